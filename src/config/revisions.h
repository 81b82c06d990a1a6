/* revisions.h -- the configuration's past. A revision is one change, of one object
 * or of many, with its time, its author and why. What each change replaced is kept,
 * so that any kept revision can be rebuilt whole, compared, and gone back to. */
#ifndef CONFIG_REVISIONS_H
#define CONFIG_REVISIONS_H

#include "config/config.h"

#define COMMENT_MAX 1000 /* bytes of a comment */

struct signature { /* who changes something, and why */
    struct str author;  /* "": who owns the first object edited */
    struct str comment; /* "": not said */
};
struct consequence { /* zeroed before */
    size_t created, changed, deleted;
    struct json_out *to; /* an array "changes" as revisions_diff() has it; may be NULL */
};
struct intent {
    const struct edit *edits;
    size_t n;
    const struct signature *by; /* may be NULL */
    bool dry_run;               /* all but the commit */
    struct consequence *then;    /* nobody asks: NULL */
};
/* All or nothing; *failed is the index of the offender. */
enum config_result config_intend(struct config *c, const struct intent *what,
                                 size_t *failed, struct error *err) must_check;
/* config_edit_all(), signed. */
enum config_result config_change(struct config *c, const struct edit *e, size_t n,
                                 const struct signature *by, size_t *failed,
                                 struct error *err) must_check;

/* Revision 0 is the empty configuration; every other is that after a change. */
struct revision_range {
    int64_t first, last; /* those that can be rebuilt */
    int64_t count;       /* remembered with author and changes */
};
bool config_revisions(struct config *c, struct revision_range *out,
                      struct error *err) must_check;

/* The snapshot as of a revision, the caller's until config_release(). What a
 * secret's reference leads to, and the databases of places, are those of now.
 * NULL: err; NOT_FOUND when it is not kept, INVALID when it cannot be built. */
enum config_result config_at(struct config *c, int64_t revision,
                             const struct snapshot **out,
                             struct error *err) must_check;
/* The revision that was in force at that time. NOT_FOUND: not kept any more. */
enum config_result config_revision_at(struct config *c, int64_t at_ms,
                                      int64_t *out, struct error *err) must_check;

/* {"revision":12,"at":...,"author":...,"comment":...,"changes":[{"kind","name",
 * "summary"}]}, newest first, from `upto` down; *last: the last one written. */
bool revisions_write(struct config *c, int64_t upto, size_t limit,
                     struct json_out *o, const char *name, int64_t *last,
                     struct error *err) must_check;

/* An array with an object for each that differs: "kind", "name", "was_name" when it
 * is another, "change" (created, deleted, changed), and "members": "path",
 * "before" and "after" (null: not there), or, of lists, "added" and "removed". Of
 * a secret only "secret": true. */
enum config_result revisions_diff(struct config *c, int64_t from, int64_t to,
                                  struct json_out *o, const char *name,
                                  struct error *err) must_check;

/* A new revision with what was in force then. What files declare, now or then, is
 * theirs and stays as it is: titles of those in `left`, in the arena. */
enum config_result config_rollback(struct config *c, int64_t to,
                                   const struct signature *by, struct arena *a,
                                   struct str **left, size_t *left_count,
                                   struct error *err) must_check;

#endif
