/* sqlite.h -- what the files of the SQLite engine share: the open database, its
 * fixed statements, and the ones written for a question. */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <sqlite3.h>

#include "base/clock.h"
#include "store/condition.h"
#include "store/engine.h"

#define STORE_READ_MS 2000              /* one question; then "too slow" */
#define STORE_COUNT_MS 200              /* of these, for counting the rows */
#define STORE_COUNT_MAX 10000           /* rows counted one by one */
#define STORE_PAGE_BYTES_MAX (8u << 20) /* of one page's lines */
#define STORE_FILTER_ROWS_MAX 20000     /* rows asked a filter for one page */

enum sql {
    SQL_BEGIN,
    SQL_BEGIN_READING,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_INSERT_LINE,
    SQL_INSERT,
    SQL_INSERT_DETAIL,
    SQL_RELEASE,
    SQL_RELEASE_DETAIL,
    SQL_RELEASE_LINE,
    SQL_ROW,
    SQL_LINE,
    SQL_OF_RELEASE,
    SQL_NOTES,
    SQL_SET_ACKED,
    SQL_SET_MARK,
    SQL_UNSET_MARK,
    SQL_NOTE,
    SQL_NOTES_OF,
    SQL_SET_DELETION,
    SQL_DELETION,
    SQL_ENDED_ACKS,
    SQL_FINAL,
    SQL_REMOVE,
    SQL_FORGET_DELETIONS,
    SQL_BLOCKS,
    SQL_BLOCK_COLUMN,
    SQL_BLOCK_PUT,
    SQL_BLOCK_SET,
    SQL_BLOCK_DROP,
    SQL_BLOCK_COLUMN_PUT,
    SQL_LOOSE,
    SQL_LOOSE_OF,
    SQL_HOURLY_SAMPLE,
};
#define SQL_STATEMENTS (SQL_HOURLY_SAMPLE + 1)

#define SQLITE_SCHEMA_VERSION 3
#define SQLITE_APPLICATION_ID 0x746f6373 /* "tocs" */
#define HOUR_MS 3600000

struct sqlite {
    struct store_engine engine;              /* first */
    sqlite3 *db;                             /* ours */
    sqlite3_stmt *statements[SQL_STATEMENTS]; /* ours */
    int64_t read_limit_ms;
    bool asked;          /* a question is, and may have to stop */
    int64_t deadline_ms; /* on the clock's tick; 0: none */
    size_t block_rows;   /* at most BLOCK_ROWS; tests make small ones */
    struct filter_subject subject; /* whose scratch patterns match with */
};
struct sqlite *sqlite_of(struct store_engine *e);
extern const struct store_type store_sqlite;

/* The texts, made from the columns; in the arena. */
extern const char sqlite_pragmas[];
const char *sqlite_schema(struct arena *a);
extern const char sqlite_schema_blocks[]; /* what schema 2 has not got */
const char *sqlite_statement(enum sql which, struct arena *a);

/* A statement being used: reset and unbound when its scope ends. */
sqlite3_stmt *statement_use(struct sqlite *e, enum sql which);
void statement_done(sqlite3_stmt **s);
#define STATEMENT(name, engine, which)                                         \
    sqlite3_stmt *name freed_by(statement_done) = statement_use(engine, which)
/* One for a question, finalised when its scope ends. NULL: err. */
sqlite3_stmt *statement_new(struct sqlite *e, const char *sql,
                            struct error *err);
void statement_free(sqlite3_stmt **s);

/* The text must live until the statement is done; an empty one is bound too. */
void bind_text(sqlite3_stmt *s, int at, struct str text);
void bind_i64(sqlite3_stmt *s, int at, int64_t i);
struct str column_text(sqlite3_stmt *s, int column, struct arena *a);

/* Runs a statement without rows to its end. */
bool statement_run(struct sqlite *e, sqlite3_stmt *s, struct error *err)
    must_check;
bool sqlite_run(struct sqlite *e, enum sql which, struct error *err) must_check;
bool sqlite_exec(struct sqlite *e, const char *sql, struct error *err)
    must_check;
void sqlite_roll_back(struct sqlite *e);
/* One number that the SQL asks for. */
bool sqlite_number(struct sqlite *e, const char *sql, int64_t *out,
                   struct error *err) must_check;

/* The database's words for what went wrong; a question out of time says so. */
bool engine_error(struct sqlite *e, struct error *err);

/* Moves the rows of an older schema into this one; goes on where it stopped. */
bool sqlite_move(struct sqlite *e, struct error *err) must_check;
/* One row, in a transaction. */
bool sqlite_put(struct sqlite *e, const struct occurrence *o, int64_t now_ms,
                struct error *err) must_check;
/* A question's time begins, and ends. */
void sqlite_question(struct sqlite *e);
void sqlite_answered(struct sqlite *e);
bool sqlite_out_of_time(struct sqlite *e); /* or cancelled */
bool sqlite_too_slow(const struct sqlite *e, struct error *err); /* says so */

#endif
