/* config_db.h -- DATA/config.db: the objects and every change of them, in SQLite.
 * Knows rows and nothing of what is in them. */
#ifndef CONFIG_CONFIG_DB_H
#define CONFIG_CONFIG_DB_H

#include "base/arena.h"
#include "base/error.h"

#define REVISIONS_BYTES_MAX (64u << 20) /* of all changes that are kept */

struct config_db;

struct object_row {
    int64_t id;
    struct str kind, name;
    struct str json; /* secrets sealed */
    struct str managed_by;
    int64_t revision;
    int64_t at_ms; /* of that revision, read only; 0: it is not kept any more */
};

struct change_row { /* of one object, in one revision */
    int64_t n, object_id;
    struct str kind, name; /* its name after it, or its last one */
    struct str summary;    /* "created", "changed enabled, params" */
    struct str was_name, was_managed_by;
    int64_t was_revision;
    struct str before; /* JSON, secrets sealed; "": it was not there */
};

struct revision_row {
    int64_t n, at_ms;
    struct str author, comment;
};

/* NULL as the path: in memory only. */
struct config_db *config_db_open(const char *path, struct error *err);
void config_db_close(struct config_db *db);

bool config_db_begin(struct config_db *db, struct error *err) must_check;
bool config_db_commit(struct config_db *db, struct error *err) must_check;
void config_db_rollback(struct config_db *db);

/* Every object, by id. The row's strings live until `each` returns. */
typedef bool object_row_fn(void *arg, const struct object_row *row,
                           struct error *err);
bool config_db_objects(struct config_db *db, object_row_fn *each, void *arg,
                       struct error *err) must_check;
/* The next number that was never given to an object, and to a revision. */
bool config_db_next(struct config_db *db, int64_t *object, int64_t *revision,
                    struct error *err) must_check;

/* Inserts or overwrites the row of this id. */
bool config_db_put(struct config_db *db, const struct object_row *row,
                   struct error *err) must_check;
bool config_db_delete(struct config_db *db, int64_t id, struct error *err)
    must_check;
/* Makes a name free for others within the transaction. */
bool config_db_unname(struct config_db *db, int64_t id, struct error *err)
    must_check;
/* A revision, and the changes it is made of; `bytes`: of all of them. */
bool config_db_revise(struct config_db *db, const struct revision_row *row,
                      size_t bytes, struct error *err) must_check;
bool config_db_change(struct config_db *db, const struct change_row *row,
                      struct error *err) must_check;
/* Drops the oldest: at most `keep` stay, and REVISIONS_BYTES_MAX. */
bool config_db_forget(struct config_db *db, int64_t keep, struct error *err)
    must_check;

/* Revisions from `upto` down, at most `limit`. Strings live until `each` returns. */
typedef bool revision_row_fn(void *arg, const struct revision_row *row,
                             struct error *err);
bool config_db_revisions(struct config_db *db, int64_t upto, size_t limit,
                         revision_row_fn *each, void *arg,
                         struct error *err) must_check;
/* The changes of the revisions above < n <= upto, newest revision first. */
typedef bool change_row_fn(void *arg, const struct change_row *row,
                           struct error *err);
bool config_db_changes(struct config_db *db, int64_t above, int64_t upto,
                       change_row_fn *each, void *arg,
                       struct error *err) must_check;

/* Where what is kept begins (0, 0 when nothing is), and how much there is. */
struct revisions_kept {
    int64_t oldest, oldest_ms, count;
};
bool config_db_kept(struct config_db *db, struct revisions_kept *out,
                    struct error *err) must_check;
/* The newest revision not after that time; 0: all are after it. */
bool config_db_revision_at(struct config_db *db, int64_t at_ms, int64_t *n,
                           struct error *err) must_check;

/* One text a name: which key sealed the secrets. STR_NONE when not there. */
bool config_db_meta(struct config_db *db, const char *name, struct arena *a,
                    struct str *out, struct error *err) must_check;
bool config_db_meta_put(struct config_db *db, const char *name,
                        struct str value, struct error *err) must_check;

#endif
