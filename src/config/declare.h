/* declare.h -- objects declared in YAML (or JSON) files: read with their places,
 * turned into edits, checked with file:line:column and a "did you mean". */
#ifndef CONFIG_DECLARE_H
#define CONFIG_DECLARE_H

#include "config/revisions.h"

#define DECLARE_FILE_MAX (1u << 20) /* bytes of one file */
#define DECLARE_FILES_MAX 1000      /* files of one directory */
#define DECLARE_PROBLEMS_MAX 100    /* the last one says that there are more */

struct declared_problem {
    struct str file;
    size_t line, column;
    struct str text; /* "unknown key ...; did you mean ...?" */
    struct str source_line; /* for the caret */
};

struct declared_item; /* what is behind an edit: declare_item.h */

struct declared {
    struct edit *edits; /* in dependency order; in the arena */
    struct str *places; /* "file:line:column" of each edit */
    size_t n;
    struct declared_problem *problems;
    size_t problem_count;
    struct declared_problem *warnings; /* nothing is refused for them */
    size_t warning_count;
    struct declared_item *items; /* of each edit */
    struct str *roots; /* files and directories read, absolute */
    size_t root_count;
    const struct signature *by; /* who applies them; NULL: "files" */
    /* Of all they name; "": its file. Set before reading. They may be an export of what
     * is here then: what a file owns may be said again as it is, and a secret's placeholder
     * that nobody filled stands for the value that is there. */
    struct str owner;
    bool dry_run;     /* nothing is kept */
    struct json_out *differences; /* NULL: nobody asks; struct consequence */
    bool partial; /* of a file only its syntax problems are known */
};

/* Reads files (or every *.yaml, *.yml, *.json of a directory, sorted). Problems
 * of syntax and shape are all collected; false only when a file cannot be read. */
bool declare_read(const char *const *paths, size_t n, struct arena *a,
                  struct declared *out, struct error *err) must_check;

/* Adds one file that is in memory already, JSON when its name ends so. `out` is
 * zeroed before the first of them. */
void declare_text(struct str file, struct str text, struct arena *a,
                  struct declared *out);

/* Checks them against `c` (may be NULL: an empty configuration, in which
 * references to secrets are not followed), adds problems. */
void declare_check(struct config *c, struct declared *d, struct arena *a);

/* Finds what may be a typing mistake: `warnings`. After a check without problems. */
void declare_warn(struct declared *d, struct arena *a);

/* Looks also at the files that secrets are in ("file:/path"), from here. */
void declare_check_secrets(struct declared *d, struct arena *a);

/* Applies all or nothing. With `prune`, what the same owner has and no file names
 * any more is deleted. Counts what happened, or with `dry_run` would. */
struct declared_result {
    size_t created, changed, same, deleted;
};
bool declare_apply(struct config *c, struct declared *d, bool prune,
                   struct arena *a, struct declared_result *out,
                   struct error *err) must_check;

#endif
