/* config_db_own.h -- inside the room: statements on config.db, for the two files
 * that know its tables. */
#ifndef CONFIG_CONFIG_DB_OWN_H
#define CONFIG_CONFIG_DB_OWN_H

#include <sqlite3.h>

#include "config/config_db.h"

struct config_db {
    sqlite3 *sql; /* ours */
};

static inline void statement_done(sqlite3_stmt **s)
{
    sqlite3_finalize(*s);
}

static inline bool db_failed(struct config_db *db, struct error *err)
{
    return error_set(err, "config.db: %s", sqlite3_errmsg(db->sql));
}

static inline bool db_run(struct config_db *db, const char *text, struct error *err)
{
    return sqlite3_exec(db->sql, text, NULL, NULL, NULL) == SQLITE_OK ||
           db_failed(db, err);
}

static inline sqlite3_stmt *db_prepare(struct config_db *db, const char *text,
                                struct error *err)
{
    sqlite3_stmt *s = NULL;

    if (sqlite3_prepare_v2(db->sql, text, -1, &s, NULL) != SQLITE_OK)
        db_failed(db, err);
    return s;
}

static inline void bind_str(sqlite3_stmt *s, int at, struct str text)
{
    int bound = sqlite3_bind_text64(s, at, text.p != NULL ? text.p : "", text.n,
                                    SQLITE_STATIC, SQLITE_UTF8);

    assert(bound == SQLITE_OK);
}

static inline void bind_i64(sqlite3_stmt *s, int at, int64_t i)
{
    int bound = sqlite3_bind_int64(s, at, i);

    assert(bound == SQLITE_OK);
}

static inline struct str column_str(sqlite3_stmt *s, int at)
{
    const char *text = (const char *)sqlite3_column_text(s, at);

    return (struct str){text, (size_t)sqlite3_column_bytes(s, at)};
}

/* Runs a statement that gives no rows. */
static inline bool db_done(struct config_db *db, sqlite3_stmt *s, struct error *err)
{
    return sqlite3_step(s) == SQLITE_DONE || db_failed(db, err);
}

#endif
