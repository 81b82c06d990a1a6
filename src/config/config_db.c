/* config_db.c -- DATA/config.db: the objects and each change of them. */
#include "config/config_db_own.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define SCHEMA_VERSION  2
#define BUSY_TIMEOUT_MS 2000

/* A change keeps what was before; what came of it is before the next one, or in
 * `object`. So a revision costs what it changed, once. */
#define REVISION_TABLES                                                        \
    "CREATE TABLE revision("                                                   \
    " n INTEGER PRIMARY KEY AUTOINCREMENT,"                                    \
    " at_ms INTEGER NOT NULL,"                                                 \
    " author TEXT NOT NULL,"                                                   \
    " comment TEXT NOT NULL,"                                                  \
    " bytes INTEGER NOT NULL) STRICT;"                                         \
    "CREATE TABLE change("                                                     \
    " n INTEGER NOT NULL,"                                                     \
    " object_id INTEGER NOT NULL,"                                             \
    " kind TEXT NOT NULL,"                                                     \
    " name TEXT NOT NULL,"                                                     \
    " summary TEXT NOT NULL,"                                                  \
    " was_name TEXT NOT NULL,"                                                 \
    " was_managed_by TEXT NOT NULL,"                                           \
    " was_revision INTEGER NOT NULL,"                                          \
    " before TEXT NOT NULL,"                                                   \
    " PRIMARY KEY(n, object_id)) STRICT;"

/* Number 1 is for what is built in, so that rows begin at 2. */
static const char schema[] =
    "CREATE TABLE object("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " kind TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " json TEXT NOT NULL,"
    " managed_by TEXT NOT NULL,"
    " revision INTEGER NOT NULL,"
    " UNIQUE(kind, name)) STRICT;"
    REVISION_TABLES
    "CREATE TABLE meta("
    " name TEXT PRIMARY KEY,"
    " value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "INSERT INTO sqlite_sequence(name, seq) VALUES('object', 1),"
    " ('revision', 0);"
    "PRAGMA user_version = 2;";

/* Version 1 did not say whose each change was, so nothing can be rebuilt from
 * it: its history goes, its numbers go on. */
static const char from_version_1[] =
    "CREATE TABLE first AS SELECT seq FROM sqlite_sequence WHERE"
    " name = 'revision';"
    "DROP TABLE revision;"
    REVISION_TABLES
    "INSERT INTO sqlite_sequence(name, seq) SELECT 'revision', seq FROM first;"
    "DROP TABLE first;"
    "PRAGMA user_version = 2;";

/* SQLite gives its -wal and -shm the mode of the file itself. */
static bool file_made(const char *path, struct error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return error_set(err, "cannot open %s: %s", path, strerror(errno));
    close(fd);
    return true;
}

static bool db_schema(struct config_db *db, struct error *err)
{
    sqlite3_stmt *s freed_by(statement_done) =
        db_prepare(db, "PRAGMA user_version", err);
    int version;

    if (s == NULL)
        return false;
    if (sqlite3_step(s) != SQLITE_ROW)
        return db_failed(db, err);
    version = sqlite3_column_int(s, 0);
    sqlite3_reset(s);
    if (version > SCHEMA_VERSION)
        return error_set(err,
                         "config.db has version %d, from a newer tocsin; "
                         "this one knows %d: install the newer one again",
                         version, SCHEMA_VERSION);
    if (version == SCHEMA_VERSION)
        return true;
    if (!config_db_begin(db, err))
        return false;
    if (db_run(db, version == 1 ? from_version_1 : schema, err) &&
        config_db_commit(db, err))
        return true;
    config_db_rollback(db);
    return false;
}

struct config_db *config_db_open(const char *path, struct error *err)
{
    struct config_db *db;
    int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    bool opened;

    if (path != NULL && !file_made(path, err))
        return NULL;
    db = mem_new(sizeof(*db));
    opened = sqlite3_open_v2(path != NULL ? path : ":memory:", &db->sql, flags,
                             NULL) == SQLITE_OK ||
             db_failed(db, err);
    if (opened) {
        sqlite3_busy_timeout(db->sql, BUSY_TIMEOUT_MS);
        sqlite3_extended_result_codes(db->sql, 1);
        sqlite3_db_config(db->sql, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(db->sql, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        opened = db_run(db,
                        "PRAGMA journal_mode = WAL;"
                        "PRAGMA synchronous = FULL;",
                        err) &&
                 db_schema(db, err);
    }
    if (!opened) {
        config_db_close(db);
        return NULL;
    }
    return db;
}

void config_db_close(struct config_db *db)
{
    if (db == NULL)
        return;
    sqlite3_close(db->sql);
    free(db);
}

bool config_db_begin(struct config_db *db, struct error *err)
{
    return db_run(db, "BEGIN IMMEDIATE", err);
}

bool config_db_commit(struct config_db *db, struct error *err)
{
    return db_run(db, "COMMIT", err);
}

void config_db_rollback(struct config_db *db)
{
    /* After some errors SQLite has rolled back by itself. */
    if (!sqlite3_get_autocommit(db->sql))
        sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
}

bool config_db_objects(struct config_db *db, object_row_fn *each, void *arg,
                       struct error *err)
{
    sqlite3_stmt *s freed_by(statement_done) = db_prepare(
        db,
        "SELECT id, kind, name, json, managed_by, revision, coalesce((SELECT"
        " at_ms FROM revision WHERE n = object.revision), 0) FROM object"
        " ORDER BY id",
        err);
    int step = SQLITE_ERROR;

    while (s != NULL && (step = sqlite3_step(s)) == SQLITE_ROW) {
        struct object_row row = {
            .id = sqlite3_column_int64(s, 0),
            .kind = column_str(s, 1),
            .name = column_str(s, 2),
            .json = column_str(s, 3),
            .managed_by = column_str(s, 4),
            .revision = sqlite3_column_int64(s, 5),
            .at_ms = sqlite3_column_int64(s, 6),
        };

        if (!each(arg, &row, err))
            return false;
    }
    return s != NULL && (step == SQLITE_DONE || db_failed(db, err));
}

bool config_db_next(struct config_db *db, int64_t *object, int64_t *revision,
                    struct error *err)
{
    sqlite3_stmt *s freed_by(statement_done) = db_prepare(
        db,
        "SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'object'),"
        " (SELECT seq FROM sqlite_sequence WHERE name = 'revision')",
        err);

    if (s == NULL)
        return false;
    if (sqlite3_step(s) != SQLITE_ROW)
        return db_failed(db, err);
    *object = sqlite3_column_int64(s, 0) + 1;
    *revision = sqlite3_column_int64(s, 1) + 1;
    return true;
}

bool config_db_put(struct config_db *db, const struct object_row *row,
                   struct error *err)
{
    sqlite3_stmt *s freed_by(statement_done) = db_prepare(
        db,
        "INSERT INTO object(id, kind, name, json, managed_by, revision)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT(id) DO UPDATE SET name = ?3, json = ?4,"
        " managed_by = ?5, revision = ?6",
        err);

    if (s == NULL)
        return false;
    bind_i64(s, 1, row->id);
    bind_str(s, 2, row->kind);
    bind_str(s, 3, row->name);
    bind_str(s, 4, row->json);
    bind_str(s, 5, row->managed_by);
    bind_i64(s, 6, row->revision);
    return db_done(db, s, err);
}

static bool db_done_with_id(struct config_db *db, const char *text, int64_t id,
                            struct error *err)
{
    sqlite3_stmt *s freed_by(statement_done) = db_prepare(db, text, err);

    if (s == NULL)
        return false;
    bind_i64(s, 1, id);
    return db_done(db, s, err);
}

bool config_db_delete(struct config_db *db, int64_t id, struct error *err)
{
    return db_done_with_id(db, "DELETE FROM object WHERE id = ?1", id, err);
}

bool config_db_unname(struct config_db *db, int64_t id, struct error *err)
{
    /* '/' is in no name. */
    return db_done_with_id(db,
                           "UPDATE object SET name = '/' || id"
                           " WHERE id = ?1",
                           id, err);
}

bool config_db_meta(struct config_db *db, const char *name, struct arena *a,
                    struct str *out, struct error *err)
{
    sqlite3_stmt *s freed_by(statement_done) =
        db_prepare(db, "SELECT value FROM meta WHERE name = ?1", err);
    int step;

    if (s == NULL)
        return false;
    bind_str(s, 1, str_of(name));
    step = sqlite3_step(s);
    *out = step == SQLITE_ROW ? arena_str(a, column_str(s, 0)) : STR_NONE;
    return step == SQLITE_ROW || step == SQLITE_DONE || db_failed(db, err);
}

bool config_db_meta_put(struct config_db *db, const char *name,
                        struct str value, struct error *err)
{
    sqlite3_stmt *s freed_by(statement_done) = db_prepare(
        db, "INSERT OR REPLACE INTO meta(name, value) VALUES(?1, ?2)", err);

    if (s == NULL)
        return false;
    bind_str(s, 1, str_of(name));
    bind_str(s, 2, value);
    return db_done(db, s, err);
}
