/* sqlite.c -- the history in one SQLite file: opened, written in batches, one
 * transaction a batch, and pruned. What it is asked is in sqlite_query.c. */
#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define PROGRESS_STEPS 4000 /* of the virtual machine between two looks */

bool engine_error(struct store_engine *e, struct error *err)
{
    if (sqlite3_errcode(e->db) == SQLITE_INTERRUPT)
        return error_set(err, "too slow: no answer within %lld ms; narrow the "
                              "range of time or the filters",
                         (long long)e->read_limit_ms);
    return error_set(err, "the history: %s", sqlite3_errmsg(e->db));
}

sqlite3_stmt *statement_use(struct store_engine *e, enum sql which)
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

bool statement_run(struct store_engine *e, sqlite3_stmt *s, struct error *err)
{
    return sqlite3_step(s) == SQLITE_DONE || engine_error(e, err);
}

static int out_of_time(void *engine)
{
    const struct store_engine *e = engine;

    return e->deadline_ms != 0 &&
           clock_tick_ms(&clock_real) >= e->deadline_ms;
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

static bool exec(struct store_engine *e, const char *sql, struct error *err)
{
    return sqlite3_exec(e->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
           engine_error(e, err);
}

static bool database_open(struct store_engine *e, const char *path,
                          struct error *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                SQLITE_OPEN_EXRESCODE;
    int code = sqlite3_open_v2(path, &e->db, flags, NULL);

    if (code != SQLITE_OK)
        return error_set(err, "cannot open it: %s", sqlite3_errstr(code));
    sqlite3_db_config(e->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_limit(e->db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_busy_timeout(e->db, 5000); /* somebody's sqlite3 is looking in */
    if (!exec(e, sqlite_pragmas, err))
        return error_in(err, "not usable as a history (move the file away to "
                             "begin a new one)");
    return true;
}

static bool version_read(struct store_engine *e, int *version,
                         struct error *err)
{
    sqlite3_stmt *s = NULL;
    bool ok = sqlite3_prepare_v2(e->db, "PRAGMA user_version", -1, &s, NULL) ==
                  SQLITE_OK &&
              sqlite3_step(s) == SQLITE_ROW;

    if (ok)
        *version = sqlite3_column_int(s, 0);
    else
        engine_error(e, err);
    sqlite3_finalize(s);
    return ok;
}

static bool schema_make(struct store_engine *e, struct error *err)
{
    int version = 0;

    if (!version_read(e, &version, err))
        return false;
    if (version > SQLITE_SCHEMA_VERSION)
        return error_set(err,
                         "made by a newer Tocsin (schema %d, this one knows "
                         "%d); start that one, or move the file away",
                         version, SQLITE_SCHEMA_VERSION);
    return version == SQLITE_SCHEMA_VERSION || exec(e, sqlite_schema, err);
}

static bool statements_make(struct store_engine *e, struct error *err)
{
    for (size_t i = 0; i < SQL_STATEMENTS; i++)
        if (sqlite3_prepare_v3(e->db, sqlite_statements[i], -1,
                               SQLITE_PREPARE_PERSISTENT, &e->statements[i],
                               NULL) != SQLITE_OK)
            return engine_error(e, err);
    return true;
}

struct store_engine *store_sqlite_open(const char *path, struct error *err)
{
    struct store_engine *e = mem_new(sizeof *e);

    e->read_limit_ms = STORE_READ_MS;
    if (!file_make(path, err) || !database_open(e, path, err) ||
        !schema_make(e, err) || !statements_make(e, err)) {
        error_in(err, "%s", path);
        store_engine_close(e);
        return NULL;
    }
    sqlite3_progress_handler(e->db, PROGRESS_STEPS, out_of_time, e);
    return e;
}

void store_engine_close(struct store_engine *e)
{
    if (e == NULL)
        return;
    for (size_t i = 0; i < SQL_STATEMENTS; i++)
        sqlite3_finalize(e->statements[i]);
    sqlite3_close(e->db);
    free(e);
}

static bool run(struct store_engine *e, enum sql which, struct error *err)
{
    STATEMENT(s, e, which);

    return statement_run(e, s, err);
}

/* Gives up what was begun. After some faults SQLite has done so already. */
static void roll_back(struct store_engine *e)
{
    struct error ignored;

    if (!sqlite3_get_autocommit(e->db) && !run(e, SQL_ROLLBACK, &ignored))
        assert(sqlite3_get_autocommit(e->db));
}

/* The parameters of SQL_INSERT and of SQL_RELEASE are the same. */
static void bind_row(sqlite3_stmt *s, const struct occurrence *o,
                     int64_t now_ms)
{
    const int64_t numbers[] = {
        o->id,
        o->release_id,
        o->state,
        now_ms,
        o->tstamp_ms,
        o->tstamp_end_ms,
        (int64_t)o->entity,
        (int64_t)o->severity,
        o->score,
    };
    const struct str texts[] = {
        o->type,   o->category, o->source, o->entity_value,
        o->cli_ip, o->srv_ip,   o->ip,     o->message,
    };

    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        bind_i64(s, (int)i + 1, numbers[i]);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        bind_text(s, (int)(COUNT_OF(numbers) + i) + 1, texts[i]);
}

/* *changed: the row is written now; false: it was there before. */
static bool put_row(struct store_engine *e, enum sql which,
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

static bool put_line(struct store_engine *e, enum sql which,
                     const struct occurrence *o, struct error *err)
{
    STATEMENT(s, e, which);

    bind_i64(s, 1, o->id);
    bind_text(s, 2, o->json);
    return statement_run(e, s, err);
}

/* Any order and any number of times ends in the same row: a release takes over
 * the engaged row, an engage never a released one. */
static bool put_one(struct store_engine *e, const struct occurrence *o,
                    int64_t now_ms, struct error *err)
{
    bool changed = false;

    if (o->state == STATE_RELEASED) {
        if (!put_row(e, SQL_RELEASE, o, now_ms, &changed, err))
            return false;
        if (changed)
            return put_line(e, SQL_RELEASE_LINE, o, err);
    }
    if (!put_row(e, SQL_INSERT, o, now_ms, &changed, err))
        return false;
    return !changed || put_line(e, SQL_INSERT_LINE, o, err);
}

bool store_engine_keep(struct store_engine *e, const struct occurrence *rows,
                       size_t n, int64_t now_ms, struct error *err)
{
    bool ok = run(e, SQL_BEGIN, err);

    for (size_t i = 0; ok && i < n; i++)
        ok = put_one(e, &rows[i], now_ms, err);
    ok = ok && run(e, SQL_COMMIT, err);
    if (!ok)
        roll_back(e);
    return ok;
}

bool store_engine_put(struct store_engine *e, const struct alert *const *alerts,
                      size_t n, int64_t now_ms, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct occurrence *rows = arena_array(&arena, MAX(n, 1u), sizeof *rows);

    for (size_t i = 0; i < n; i++)
        if (!occurrence_make(alerts[i], &arena, &rows[i], err))
            return false;
    return store_engine_keep(e, rows, n, now_ms, err);
}

bool store_engine_prune(struct store_engine *e, int64_t older_than_ms,
                        size_t at_most, size_t *pruned, struct error *err)
{
    STATEMENT(s, e, SQL_PRUNE);

    bind_i64(s, 1, older_than_ms);
    bind_i64(s, 2, (int64_t)at_most);
    if (!statement_run(e, s, err))
        return false;
    *pruned = (size_t)sqlite3_changes(e->db);
    return true;
}
