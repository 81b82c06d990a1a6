/* people_db.c -- DATA/people.db, and the few words of SQLite the room needs. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "people/room.h"

#define SCHEMA_VERSION  2
#define BUSY_TIMEOUT_MS 2000

static const char schema[] =
    "CREATE TABLE user("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " name TEXT NOT NULL UNIQUE,"
    " role TEXT NOT NULL,"
    " enabled INTEGER NOT NULL,"
    " hash TEXT NOT NULL,"
    " created_ms INTEGER NOT NULL,"
    " login_ms INTEGER NOT NULL,"
    " totp INTEGER NOT NULL,"
    " totp_sealed TEXT NOT NULL,"
    " totp_step INTEGER NOT NULL,"
    " recovery BLOB NOT NULL) STRICT;"
    "CREATE TABLE session("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " user_id INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,"
    " hash BLOB NOT NULL UNIQUE,"
    " created_ms INTEGER NOT NULL,"
    " seen_ms INTEGER NOT NULL,"
    " address TEXT NOT NULL,"
    " agent TEXT NOT NULL) STRICT;"
    "CREATE INDEX session_of_user ON session(user_id);"
    "CREATE TABLE token("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " name TEXT NOT NULL UNIQUE,"
    " hash BLOB NOT NULL UNIQUE,"
    " shown TEXT NOT NULL,"
    " scopes TEXT NOT NULL,"
    " author TEXT NOT NULL,"
    " created_ms INTEGER NOT NULL,"
    " expires_ms INTEGER NOT NULL,"
    " used_ms INTEGER NOT NULL,"
    " user_id INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE audit("
    " n INTEGER PRIMARY KEY AUTOINCREMENT,"
    " at_ms INTEGER NOT NULL,"
    " who TEXT NOT NULL,"
    " origin TEXT NOT NULL,"
    " what TEXT NOT NULL,"
    " object TEXT NOT NULL,"
    " before TEXT NOT NULL,"
    " after TEXT NOT NULL,"
    " previous BLOB NOT NULL,"
    " hash BLOB NOT NULL) STRICT;"
    "PRAGMA user_version = 2;";

/* From each version to the next. */
static const char *const steps[SCHEMA_VERSION] = {
    [1] = "ALTER TABLE token ADD COLUMN user_id INTEGER NOT NULL DEFAULT 0;"
          "PRAGMA user_version = 2;",
};

void db_close(struct people *p)
{
    sqlite3_close(p->sql);
    p->sql = NULL;
}

static void statement_done(sqlite3_stmt **s)
{
    sqlite3_finalize(*s);
}

static bool db_failed(struct people *p, struct error *err)
{
    return error_set(err, "people.db: %s", sqlite3_errmsg(p->sql));
}

static bool db_script(struct people *p, const char *text, struct error *err)
{
    return sqlite3_exec(p->sql, text, NULL, NULL, NULL) == SQLITE_OK ||
           db_failed(p, err);
}

static sqlite3_stmt *db_prepare(struct people *p, const char *text,
                                const struct value *v, size_t n,
                                struct error *err)
{
    sqlite3_stmt *s = NULL;

    if (sqlite3_prepare_v2(p->sql, text, -1, &s, NULL) != SQLITE_OK) {
        db_failed(p, err);
        return NULL;
    }
    assert((size_t)sqlite3_bind_parameter_count(s) == n);
    for (size_t i = 0; i < n; i++) {
        const char *bytes = v[i].bytes.p != NULL ? v[i].bytes.p : "";
        int at = (int)i + 1;
        int bound = v[i].type == VALUE_NUMBER
                        ? sqlite3_bind_int64(s, at, v[i].number)
                    : v[i].type == VALUE_TEXT
                        ? sqlite3_bind_text64(s, at, bytes, v[i].bytes.n,
                                              SQLITE_TRANSIENT, SQLITE_UTF8)
                        : sqlite3_bind_blob64(s, at, bytes, v[i].bytes.n,
                                              SQLITE_TRANSIENT);

        assert(bound == SQLITE_OK);
    }
    return s;
}

bool db_run(struct people *p, const char *text, const struct value *v,
            size_t n, struct error *err)
{
    sqlite3_stmt *s freed_by(statement_done) = db_prepare(p, text, v, n, err);

    return s != NULL && (sqlite3_step(s) == SQLITE_DONE || db_failed(p, err));
}

bool db_rows(struct people *p, const char *text, const struct value *v,
             size_t n, db_row_fn *each, void *arg, struct error *err)
{
    sqlite3_stmt *s freed_by(statement_done) = db_prepare(p, text, v, n, err);
    int step = SQLITE_ERROR;

    while (s != NULL && (step = sqlite3_step(s)) == SQLITE_ROW)
        if (!each(arg, s, err))
            return false;
    return s != NULL && (step == SQLITE_DONE || db_failed(p, err));
}

int64_t db_last_id(const struct people *p)
{
    return sqlite3_last_insert_rowid(p->sql);
}

int64_t row_number(sqlite3_stmt *row, int at)
{
    return sqlite3_column_int64(row, at);
}

struct str row_text(sqlite3_stmt *row, int at)
{
    const char *bytes = sqlite3_column_blob(row, at);

    return (struct str){bytes, (size_t)sqlite3_column_bytes(row, at)};
}

bool row_copy(sqlite3_stmt *row, int at, char *out, size_t room)
{
    struct str text = row_text(row, at);

    if (text.n >= room)
        return false;
    if (text.n > 0)
        memcpy(out, text.p, text.n);
    out[text.n] = '\0';
    return true;
}

bool db_begin(struct people *p, bool durable, struct error *err)
{
    return db_script(p, durable ? "PRAGMA synchronous = FULL; BEGIN IMMEDIATE"
                                : "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE",
                     err);
}

void db_rollback(struct people *p)
{
    /* After some errors SQLite has rolled back by itself. */
    if (!sqlite3_get_autocommit(p->sql))
        sqlite3_exec(p->sql, "ROLLBACK", NULL, NULL, NULL);
}

bool db_commit(struct people *p, struct error *err)
{
    if (db_script(p, "COMMIT", err))
        return true;
    db_rollback(p);
    return false;
}

/* SQLite gives its -wal and -shm the mode of the file itself. */
static bool file_made(const char *path, struct error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return error_set(err, "cannot open %s: %s", path, strerror(errno));
    close(fd);
    return true;
}

static bool version_read(void *version, sqlite3_stmt *row, struct error *err)
{
    (void)err;
    *(int64_t *)version = row_number(row, 0);
    return true;
}

/* Version 0 is a new file. */
static bool schema_bring(struct people *p, int64_t version, struct error *err)
{
    if (version == 0)
        return db_script(p, schema, err);
    for (; version < SCHEMA_VERSION; version++)
        if (!db_script(p, steps[version], err))
            return false;
    return true;
}

static bool schema_make(struct people *p, struct error *err)
{
    int64_t version = 0;

    if (!db_rows(p, "PRAGMA user_version", NULL, 0, version_read, &version, err))
        return false;
    if (version > SCHEMA_VERSION)
        return error_set(err,
                         "people.db has version %lld, from a newer tocsin; this "
                         "one knows %d: install the newer one again",
                         (long long)version, SCHEMA_VERSION);
    if (version == SCHEMA_VERSION)
        return true;
    if (db_begin(p, true, err) && schema_bring(p, version, err) &&
        db_commit(p, err))
        return true;
    db_rollback(p);
    return false;
}

bool db_open(struct people *p, const char *path, struct error *err)
{
    int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;

    if (path != NULL && !file_made(path, err))
        return false;
    if (sqlite3_open_v2(path != NULL ? path : ":memory:", &p->sql, flags,
                        NULL) != SQLITE_OK)
        return db_failed(p, err);
    sqlite3_busy_timeout(p->sql, BUSY_TIMEOUT_MS);
    sqlite3_extended_result_codes(p->sql, 1);
    sqlite3_db_config(p->sql, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(p->sql, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(p->sql, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
    return db_script(p, "PRAGMA journal_mode = WAL", err) &&
           schema_make(p, err);
}
