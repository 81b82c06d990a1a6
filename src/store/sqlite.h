/* sqlite.h -- what sqlite.c and sqlite_query.c share: the open database, its
 * statements, and how each is bound and stepped. */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <sqlite3.h>

#include "store/occurrence.h"
#include "store/store.h"

#define STORE_READ_MS 2000              /* one question; then "too slow" */
#define STORE_COUNT_MS 200              /* of these, for counting the rows */
#define STORE_COUNT_MAX 10000           /* rows counted one by one */
#define STORE_PAGE_BYTES_MAX (8u << 20) /* of one page's lines */
#define STORE_TEXT_MAX 512              /* bytes of one filter */
#define STORE_FILTER_ROWS_MAX 20000     /* rows asked a filter for one page */

enum sql {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_INSERT,
    SQL_INSERT_LINE,
    SQL_RELEASE,
    SQL_RELEASE_LINE,
    SQL_PRUNE,
    SQL_LIST,
    SQL_LIST_UP,
    SQL_COUNT,
    SQL_COUNT_HOURS,
    SQL_GET,
    SQL_GET_RELEASE,
};
#define SQL_STATEMENTS (SQL_GET_RELEASE + 1)

extern const char *const sqlite_statements[SQL_STATEMENTS];
extern const char sqlite_pragmas[], sqlite_schema[];
#define SQLITE_SCHEMA_VERSION 1

struct store_engine {
    sqlite3 *db;                             /* ours */
    sqlite3_stmt *statements[SQL_STATEMENTS]; /* ours */
    int64_t read_limit_ms;
    int64_t deadline_ms; /* on the clock's tick; 0: none */
};

/* A statement being used: reset and unbound when its scope ends. */
sqlite3_stmt *statement_use(struct store_engine *e, enum sql which);
void statement_done(sqlite3_stmt **s);
#define STATEMENT(name, engine, which)                                         \
    sqlite3_stmt *name freed_by(statement_done) = statement_use(engine, which)

/* The text must live until the statement is done; an empty one is bound too. */
void bind_text(sqlite3_stmt *s, int at, struct str text);
void bind_i64(sqlite3_stmt *s, int at, int64_t i);

/* Runs a statement without rows to its end. */
bool statement_run(struct store_engine *e, sqlite3_stmt *s, struct error *err)
    must_check;

/* The database's words for what went wrong; a question out of time says so. */
bool engine_error(struct store_engine *e, struct error *err);

#endif
