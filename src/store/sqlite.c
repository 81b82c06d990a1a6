/* sqlite.c -- the history in one SQLite file: opened, and written in batches, one
 * transaction a batch. What it is asked is in sqlite_list.c and sqlite_count.c. */
#include "store/sqlite_block.h"
#include "store/sqlite_engine.h"
#include "store/sqlite_functions.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define PROGRESS_STEPS 4000 /* of the virtual machine between two looks */

bool sqlite_too_slow(const struct sqlite *e, struct error *err)
{
    return error_set(err, "too slow: no answer within %lld ms; narrow the range "
                          "of time or the filters",
                     (long long)e->read_limit_ms);
}

bool engine_error(struct sqlite *e, struct error *err)
{
    if (sqlite3_errcode(e->db) == SQLITE_INTERRUPT)
        return sqlite_too_slow(e, err);
    if ((sqlite3_errcode(e->db) & 0xff) == SQLITE_CORRUPT)
        return error_set(err, "the history: the file is damaged (%s); restore a "
                              "backup", sqlite3_errmsg(e->db));
    return error_set(err, "the history: %s", sqlite3_errmsg(e->db));
}

struct sqlite *sqlite_of(struct store_engine *e)
{
    assert(e->type == &store_sqlite);
    return CONTAINER_OF(e, struct sqlite, engine);
}

sqlite3_stmt *statement_use(struct sqlite *e, enum sql which)
{
    sqlite3_stmt *s = e->statements[which];

    assert(s != NULL && !sqlite3_stmt_busy(s));
    return s;
}

void statement_done(sqlite3_stmt **s)
{
    /* Says again what step said, which was heard already. */
    (void)sqlite3_reset(*s);
    (void)sqlite3_clear_bindings(*s);
}

sqlite3_stmt *statement_new(struct sqlite *e, const char *sql,
                            struct error *err)
{
    sqlite3_stmt *s = NULL;

    if (sqlite3_prepare_v2(e->db, sql, -1, &s, NULL) != SQLITE_OK)
        engine_error(e, err);
    return s;
}

void statement_free(sqlite3_stmt **s)
{
    (void)sqlite3_finalize(*s); /* the same again */
}

void bind_text(sqlite3_stmt *s, int at, struct str text)
{
    int code = sqlite3_bind_text64(s, at, text.p != NULL ? text.p : "", text.n,
                                   SQLITE_STATIC, SQLITE_UTF8);

    assert(code == SQLITE_OK);
}

void bind_i64(sqlite3_stmt *s, int at, int64_t i)
{
    int code = sqlite3_bind_int64(s, at, i);

    assert(code == SQLITE_OK);
}

struct str column_text(sqlite3_stmt *s, int column, struct arena *a)
{
    const char *p = (const char *)sqlite3_column_text(s, column);

    return arena_str(
        a, (struct str){p, (size_t)sqlite3_column_bytes(s, column)});
}

bool statement_run(struct sqlite *e, sqlite3_stmt *s, struct error *err)
{
    return sqlite3_step(s) == SQLITE_DONE || engine_error(e, err);
}

bool sqlite_run(struct sqlite *e, enum sql which, struct error *err)
{
    STATEMENT(s, e, which);

    return statement_run(e, s, err);
}

bool sqlite_exec(struct sqlite *e, const char *sql, struct error *err)
{
    return sqlite3_exec(e->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
           engine_error(e, err);
}

bool sqlite_number(struct sqlite *e, const char *sql, int64_t *out,
                   struct error *err)
{
    sqlite3_stmt *s freed_by(statement_free) = statement_new(e, sql, err);

    if (s == NULL)
        return false;
    if (sqlite3_step(s) != SQLITE_ROW)
        return engine_error(e, err);
    *out = sqlite3_column_int64(s, 0);
    return true;
}

/* Gives up what was begun. After some faults SQLite has done so already. */
void sqlite_roll_back(struct sqlite *e)
{
    struct error ignored;

    if (!sqlite3_get_autocommit(e->db) &&
        !sqlite_run(e, SQL_ROLLBACK, &ignored))
        assert(sqlite3_get_autocommit(e->db));
}

/* --- opening --------------------------------------------------------------------- */

bool sqlite_out_of_time(struct sqlite *e)
{
    return e->asked && (store_engine_cancelled(&e->engine) ||
                        (e->deadline_ms != 0 &&
                         clock_tick_ms(&clock_real) >= e->deadline_ms));
}

static int out_of_time(void *engine)
{
    return sqlite_out_of_time(engine);
}

/* All that a question reads is of one moment, whoever else writes. */
void sqlite_question(struct sqlite *e)
{
    struct error ignored; /* the first that is read says the same */

    (void)!sqlite_run(e, SQL_BEGIN_READING, &ignored);
    e->deadline_ms = clock_tick_ms(&clock_real) + e->read_limit_ms;
    e->asked = true;
}

void sqlite_answered(struct sqlite *e)
{
    struct error ignored; /* it wrote nothing */

    e->asked = false; /* or what ends it would be stopped, too */
    e->deadline_ms = 0;
    if (!sqlite3_get_autocommit(e->db) && !sqlite_run(e, SQL_COMMIT, &ignored))
        sqlite_roll_back(e);
}

/* SQLite would make the file readable for all that our umask lets in; its -wal
 * and -shm take the mode of the file. */
static bool file_make(const char *path, struct error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return error_set(err, "cannot open it: %s", strerror(errno));
    close(fd);
    return true;
}

static bool database_open(struct sqlite *e, const char *path,
                          struct error *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                SQLITE_OPEN_EXRESCODE;
    int code = sqlite3_open_v2(path, &e->db, flags, NULL);

    if (code != SQLITE_OK)
        return error_set(err, "cannot open it: %s", sqlite3_errstr(code));
    sqlite3_db_config(e->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_busy_timeout(e->db, 5000); /* somebody's sqlite3 is looking in */
    if (!sqlite_exec(e, sqlite_pragmas, err))
        return error_in(err, "not usable as a history (move the file away to "
                             "begin a new one)");
    return sqlite_functions(e, err);
}

static bool statements_make(struct sqlite *e, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};

    for (int i = 0; i < SQL_STATEMENTS; i++)
        if (sqlite3_prepare_v3(e->db, sqlite_statement((enum sql)i, &arena), -1,
                               SQLITE_PREPARE_PERSISTENT, &e->statements[i],
                               NULL) != SQLITE_OK)
            return engine_error(e, err);
    return true;
}

/* The tables of schema 1 are put aside; sqlite_move() empties them. */
static const char aside[] =
    "DROP TRIGGER occurrence_in; DROP TRIGGER occurrence_change;"
    "DROP TRIGGER occurrence_out; DROP TABLE hourly;"
    "DROP INDEX occurrence_release; DROP INDEX occurrence_time;"
    "ALTER TABLE occurrence RENAME TO occurrence_1;"
    "ALTER TABLE line RENAME TO line_1;";

static bool schema_write(struct sqlite *e, int64_t from, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    bool ok = sqlite_exec(e, "BEGIN IMMEDIATE", err) &&
              (from != 1 || sqlite_exec(e, aside, err)) &&
              (from == 2 || sqlite_exec(e, sqlite_schema(&arena), err)) &&
              sqlite_exec(e, sqlite_schema_blocks, err) &&
              sqlite_exec(e, "COMMIT", err);

    if (!ok && !sqlite3_get_autocommit(e->db))
        sqlite3_exec(e->db, "ROLLBACK", NULL, NULL, NULL);
    return ok;
}

static bool schema_make(struct sqlite *e, struct error *err)
{
    int64_t version = 0;

    if (!sqlite_number(e, "PRAGMA user_version", &version, err))
        return false;
    if (version > SQLITE_SCHEMA_VERSION)
        return error_set(err,
                         "made by a newer Tocsin (schema %lld, this one knows "
                         "%d); start that one, or move the file away",
                         (long long)version, SQLITE_SCHEMA_VERSION);
    return version == SQLITE_SCHEMA_VERSION || schema_write(e, version, err);
}

struct store_engine *store_sqlite_open(const char *path, struct error *err)
{
    struct sqlite *e = mem_new(sizeof *e);

    e->engine.type = &store_sqlite;
    e->read_limit_ms = STORE_READ_MS;
    e->block_rows = BLOCK_ROWS;
    filter_subject_init(&e->subject, NULL, NULL);
    if (!file_make(path, err) || !database_open(e, path, err) ||
        !schema_make(e, err) || !statements_make(e, err) ||
        !sqlite_move(e, err)) {
        error_in(err, "%s", path);
        store_engine_close(&e->engine);
        return NULL;
    }
    sqlite3_progress_handler(e->db, PROGRESS_STEPS, out_of_time, e);
    return &e->engine;
}

void sqlite_close(struct store_engine *engine)
{
    struct sqlite *e = sqlite_of(engine);

    for (size_t i = 0; i < SQL_STATEMENTS; i++)
        sqlite3_finalize(e->statements[i]);
    sqlite3_close(e->db);
    filter_subject_release(&e->subject);
    free(e);
}

/* --- writing --------------------------------------------------------------------- */

static void bind_value(sqlite3_stmt *s, int at, const struct column *c,
                       const struct column_value *v)
{
    if (v->absent)
        return; /* NULL */
    if (c->type == COLUMN_TEXT || c->type == COLUMN_ADDRESS)
        bind_text(s, at, v->text);
    else
        bind_i64(s, at, v->number);
}

/* The parameters of SQL_INSERT and of SQL_RELEASE are the same. */
static void bind_row(sqlite3_stmt *s, const struct occurrence *o, int64_t now_ms)
{
    const int64_t numbers[] = {
        o->tstamp_ms,
        o->id,
        o->odd,
        o->release_id,
        o->stored_ms != 0 ? o->stored_ms : now_ms,
        o->tstamp_end_ms,
        occurrence_bytes(o),
    };

    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        bind_i64(s, (int)i + 1, numbers[i]);
    for (int i = 0; i < COLUMN_HOT_COUNT; i++)
        bind_value(s, (int)COUNT_OF(numbers) + i + 1, &columns[i],
                   &o->values[i]);
}

static void bind_detail(sqlite3_stmt *s, const struct occurrence *o)
{
    bind_i64(s, 1, o->tstamp_ms);
    bind_i64(s, 2, o->id);
    for (int i = COLUMN_HOT_COUNT; i < COLUMN_COUNT; i++)
        bind_value(s, 3 + i - COLUMN_HOT_COUNT, &columns[i], &o->values[i]);
}

/* *changed: the row is written now; false: it was there before. */
static bool put_row(struct sqlite *e, enum sql which,
                    const struct occurrence *o, int64_t now_ms, bool *changed,
                    struct error *err)
{
    STATEMENT(s, e, which);

    bind_row(s, o, now_ms);
    if (!statement_run(e, s, err))
        return false;
    *changed = sqlite3_changes(e->db) > 0;
    return true;
}

static bool put_detail(struct sqlite *e, enum sql which,
                       const struct occurrence *o, struct error *err)
{
    STATEMENT(s, e, which);

    bind_detail(s, o);
    return statement_run(e, s, err);
}

static bool put_line(struct sqlite *e, enum sql which,
                     const struct occurrence *o, bool *changed,
                     struct error *err)
{
    STATEMENT(s, e, which);

    bind_i64(s, 1, o->id);
    bind_i64(s, 2, o->tstamp_ms);
    bind_text(s, 3, o->json);
    if (!statement_run(e, s, err))
        return false;
    *changed = sqlite3_changes(e->db) > 0;
    return true;
}

/* Any order and any number of times ends in the same row: a release takes over
 * the engaged row, and so does what got worse; an engage never a released one. */
bool sqlite_put(struct sqlite *e, const struct occurrence *o, int64_t now_ms,
                struct error *err)
{
    bool changed = false;

    if (o->state == STATE_RELEASED || o->update == UPDATE_WORSENED) {
        if (!put_row(e, SQL_RELEASE, o, now_ms, &changed, err))
            return false;
        if (changed) /* the line last: it says where the row was */
            return put_detail(e, SQL_RELEASE_DETAIL, o, err) &&
                   put_line(e, SQL_RELEASE_LINE, o, &changed, err);
    }
    if (!put_line(e, SQL_INSERT_LINE, o, &changed, err))
        return false;
    return !changed || (put_row(e, SQL_INSERT, o, now_ms, &changed, err) &&
                        put_detail(e, SQL_INSERT_DETAIL, o, err));
}

bool sqlite_keep(struct store_engine *engine, const struct occurrence *rows,
                 size_t n, int64_t now_ms, struct error *err)
{
    struct sqlite *e = sqlite_of(engine);
    bool ok = sqlite_run(e, SQL_BEGIN, err);

    for (size_t i = 0; ok && i < n; i++)
        ok = sqlite_put(e, &rows[i], now_ms, err);
    ok = ok && sqlite_run(e, SQL_COMMIT, err);
    if (!ok)
        sqlite_roll_back(e);
    return ok;
}
