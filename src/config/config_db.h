/* config_db.h -- DATA/config.db: the objects and every change of them, in SQLite.
 * Knows rows and nothing of what is in them. */
#ifndef CONFIG_CONFIG_DB_H
#define CONFIG_CONFIG_DB_H

#include "base/arena.h"
#include "base/error.h"

#define REVISIONS_KEPT 10000 /* changes remembered; older ones are dropped */

struct config_db;

struct object_row {
    int64_t id;
    struct str kind, name;
    struct str json; /* secrets sealed */
    struct str managed_by;
    int64_t revision;
};

struct revision_row {
    int64_t n, at_ms;
    struct str author, summary, kind, name;
    struct str before, after; /* JSON, secrets sealed; "": was not, is not */
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
bool config_db_revise(struct config_db *db, const struct revision_row *row,
                      struct error *err) must_check;

/* One text a name: which key sealed the secrets. STR_NONE when not there. */
bool config_db_meta(struct config_db *db, const char *name, struct arena *a,
                    struct str *out, struct error *err) must_check;
bool config_db_meta_put(struct config_db *db, const char *name,
                        struct str value, struct error *err) must_check;

#endif
