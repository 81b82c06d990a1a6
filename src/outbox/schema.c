/* schema.c -- the outbox's file: tables, statements, and what is read at start. */
#include "outbox/own.h"

#define SCHEMA_VERSION 1
#define CHECKPOINT_PAGES 8000 /* 32 MB of WAL: a checkpoint is rare and large */

static const char schema[] =
    "CREATE TABLE alert ("
    "  id INTEGER PRIMARY KEY,"
    "  accepted_ms INTEGER NOT NULL,"
    "  action INTEGER NOT NULL CHECK (action BETWEEN 0 AND 2),"
    "  began_id INTEGER NOT NULL,"
    "  key_hash INTEGER NOT NULL,"
    "  seen_a INTEGER NOT NULL,"
    "  seen_b INTEGER NOT NULL,"
    "  json TEXT NOT NULL);"
    "CREATE INDEX alert_began ON alert (began_id) WHERE began_id <> 0;"
    /* state: 0 pending, 1 delivered, 2 dead; it only leaves 2 by a retry. */
    "CREATE TABLE delivery ("
    "  alert_id INTEGER NOT NULL REFERENCES alert(id),"
    "  recipient_id INTEGER NOT NULL,"
    "  state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2),"
    "  licensed INTEGER NOT NULL DEFAULT 0,"
    "  attempts INTEGER NOT NULL DEFAULT 0,"
    "  doubts INTEGER NOT NULL DEFAULT 0,"
    "  due_ms INTEGER NOT NULL DEFAULT 0,"
    "  settled_ms INTEGER NOT NULL DEFAULT 0,"
    "  status INTEGER NOT NULL DEFAULT 0,"
    "  reason TEXT NOT NULL DEFAULT '',"
    "  handle TEXT NOT NULL DEFAULT '',"
    "  PRIMARY KEY (alert_id, recipient_id)) WITHOUT ROWID;"
    "CREATE INDEX delivery_pending ON delivery (recipient_id, alert_id)"
    "  WHERE state = 0;"
    "CREATE INDEX delivery_dead ON delivery (recipient_id, alert_id)"
    "  WHERE state = 2;"
    "CREATE TABLE engaged ("
    "  id INTEGER PRIMARY KEY,"
    "  key TEXT NOT NULL,"
    "  tstamp_ms INTEGER NOT NULL,"
    "  last_ms INTEGER NOT NULL,"
    "  lease_ms INTEGER NOT NULL,"
    "  repeats INTEGER NOT NULL);"
    /* What pruning took away: by delivery state, and -1 for alerts. */
    "CREATE TABLE tally (state INTEGER PRIMARY KEY, n INTEGER NOT NULL);"
    "INSERT INTO tally VALUES (-1, 0), (1, 0), (2, 0);"
    "CREATE VIEW conservation AS SELECT"
    "  (SELECT count(*) FROM delivery) +"
    "    (SELECT sum(n) FROM tally WHERE state > 0) AS accepted,"
    "  (SELECT count(*) FROM delivery WHERE state = 1) +"
    "    (SELECT n FROM tally WHERE state = 1) AS delivered,"
    "  (SELECT count(*) FROM delivery WHERE state = 2) +"
    "    (SELECT n FROM tally WHERE state = 2) AS dead,"
    "  (SELECT count(*) FROM delivery WHERE state = 0) AS pending;"
    "PRAGMA user_version = 1;";

#define ALERT_ROW "(?,?,?,?,?,?,?,?)"
#define DELIVERY_ROW "(?,?,?)"
#define ENGAGED_ROW "(?,?,?,?,?,?)"
#define FOUR(row) row "," row "," row "," row
#define MANY(row) FOUR(FOUR(row))
static_assert(PUT_ROWS == 4 * 4, "as many rows as MANY() makes");

static const char *const texts[SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_ALERT_INSERT] = "INSERT INTO alert VALUES " ALERT_ROW,
    [SQL_ALERT_INSERT_MANY] = "INSERT INTO alert VALUES " MANY(ALERT_ROW),
    [SQL_DELIVERY_INSERT] =
        "INSERT INTO delivery (alert_id, recipient_id, licensed)"
        " VALUES " DELIVERY_ROW,
    [SQL_DELIVERY_INSERT_MANY] =
        "INSERT INTO delivery (alert_id, recipient_id, licensed)"
        " VALUES " MANY(DELIVERY_ROW),
    [SQL_ENGAGED_INSERT] = "INSERT INTO engaged VALUES " ENGAGED_ROW,
    [SQL_ENGAGED_INSERT_MANY] = "INSERT INTO engaged VALUES " MANY(ENGAGED_ROW),
    [SQL_ENGAGED_UPDATE] =
        "UPDATE engaged SET last_ms = ?2, lease_ms = ?3, repeats = ?4 WHERE id = ?1",
    [SQL_ENGAGED_DELETE] = "DELETE FROM engaged WHERE id = ?",
    /* A deferral licenses the next attempt, the only one without an outcome. */
    [SQL_SETTLE] =
        "UPDATE delivery SET state = ?3, attempts = ?4, due_ms = ?5,"
        " settled_ms = ?6, status = ?7, reason = ?8, handle = ?9, doubts = ?10,"
        " licensed = CASE ?3 WHEN 0 THEN ?4 + 1 ELSE licensed END"
        " WHERE alert_id = ?1 AND recipient_id = ?2 AND state = 0",
    [SQL_BEGAN] =
        "SELECT state, handle FROM delivery WHERE alert_id = ? AND recipient_id = ?",
    [SQL_TAKE] =
        "SELECT d.alert_id, d.due_ms, d.attempts, d.licensed, a.accepted_ms,"
        " a.action, a.began_id, a.key_hash, a.json, d.doubts"
        " FROM delivery d JOIN alert a ON a.id = d.alert_id"
        " WHERE d.recipient_id = ?1 AND d.state = 0 AND d.alert_id > ?2"
        " AND d.alert_id <= ?3 ORDER BY d.alert_id LIMIT ?4",
    [SQL_LICENSE] =
        "UPDATE delivery SET licensed = licensed + 1"
        " WHERE alert_id = ? AND recipient_id = ?",
    [SQL_GIVE_UP] =
        "UPDATE delivery SET state = 2, reason = ?3, settled_ms = ?4"
        " WHERE alert_id = ?1 AND recipient_id = ?2 AND state = 0",
    [SQL_ABANDON] =
        "UPDATE delivery SET state = 2, reason = ?2, settled_ms = ?3"
        " WHERE recipient_id = ?1 AND state = 0",
    [SQL_REDRIVE] =
        "UPDATE delivery SET state = 0, due_ms = 0, doubts = 0, licensed = attempts"
        " WHERE alert_id = ? AND recipient_id = ? AND state = 2",
    [SQL_PRUNE_LIST] =
        "SELECT id FROM alert a WHERE id >= ?1 AND id < ?2"
        " AND NOT EXISTS (SELECT 1 FROM engaged e WHERE e.id = a.id)"
        " AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.alert_id = a.id"
        "   AND d.state = 0)"
        /* A release that waits will ask how its engage fared. */
        " AND NOT EXISTS (SELECT 1 FROM alert r JOIN delivery p ON p.alert_id = r.id"
        "   WHERE r.began_id = a.id AND r.began_id <> 0 AND p.state = 0)"
        " ORDER BY id LIMIT ?3",
    [SQL_PRUNE_DELIVERIES] =
        "DELETE FROM delivery WHERE alert_id = ? AND state = ?",
    [SQL_PRUNE_ALERT] = "DELETE FROM alert WHERE id = ?",
    [SQL_TALLY] = "UPDATE tally SET n = n + ?2 WHERE state = ?1",
};

static bool run(sqlite3 *db, const char *sql, struct error *err)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return true;
    return error_set(err, "%s", sqlite3_errmsg(db));
}

static bool number(sqlite3 *db, const char *sql, int64_t *out, struct error *err)
{
    sqlite3_stmt *s = NULL;
    bool ok = sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK &&
              sqlite3_step(s) == SQLITE_ROW;

    if (ok)
        *out = sqlite3_column_int64(s, 0);
    else
        error_set(err, "%s", sqlite3_errmsg(db));
    sqlite3_finalize(s);
    return ok;
}

static bool pragmas(sqlite3 *db, int max_pages, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(256);

    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    buf_printf(&b, "PRAGMA wal_autocheckpoint = %d;", CHECKPOINT_PAGES);
    if (max_pages > 0)
        buf_printf(&b, "PRAGMA max_page_count = %d;", max_pages);
    return run(db,
               "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
               "PRAGMA foreign_keys = OFF; PRAGMA trusted_schema = OFF;"
               "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;"
               "PRAGMA secure_delete = OFF; PRAGMA cache_size = -8192;"
               "PRAGMA journal_size_limit = 67108864;",
               err) &&
           run(db, buf_c(&b), err);
}

static bool migrate(sqlite3 *db, struct error *err)
{
    int64_t version;

    if (!number(db, "PRAGMA user_version", &version, err))
        return false;
    if (version > SCHEMA_VERSION)
        return error_set(err, "was written by a newer tocsin (schema %lld, this "
                              "one knows %d)",
                         (long long)version, SCHEMA_VERSION);
    if (version == SCHEMA_VERSION)
        return true;
    return run(db, "BEGIN IMMEDIATE", err) && run(db, schema, err) &&
           run(db, "COMMIT", err);
}

static bool prepare(struct database *d, struct error *err)
{
    for (int i = 0; i < SQL_COUNT; i++)
        if (sqlite3_prepare_v3(d->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &d->statements[i], NULL) != SQLITE_OK)
            return error_set(err, "%s", sqlite3_errmsg(d->db));
    return true;
}

bool database_open(struct database *d, const char *path, int max_pages,
                   struct error *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                SQLITE_OPEN_EXRESCODE;

    *d = (struct database){.settled_max = SETTLED_KEPT_MAX};
    if (sqlite3_open_v2(path, &d->db, flags, NULL) != SQLITE_OK)
        error_set(err, "%s", sqlite3_errmsg(d->db));
    else if (pragmas(d->db, max_pages, err) && migrate(d->db, err) &&
             prepare(d, err))
        return true;
    database_close(d);
    return error_in(err, "outbox %s", path);
}

void database_close(struct database *d)
{
    for (int i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(d->statements[i]);
    sqlite3_close(d->db);
    *d = (struct database){0};
}

int database_step(struct database *d, enum statement s)
{
    int code = sqlite3_step(d->statements[s]);

    sqlite3_reset(d->statements[s]);
    return code;
}

void database_bind_str(sqlite3_stmt *s, int at, struct str text)
{
    sqlite3_bind_text(s, at, text.p ? text.p : "", (int)text.n, SQLITE_STATIC);
}

struct str database_column_copy(sqlite3_stmt *s, int at)
{
    const char *p = (const char *)sqlite3_column_text(s, at);
    size_t n = (size_t)sqlite3_column_bytes(s, at);

    return n == 0 ? STR_NONE : (struct str){mem_dup(p, n), n};
}

bool database_began(struct database *d, int64_t began_id, int64_t recipient_id,
                    enum began *began, struct str *handle)
{
    static const enum began states[] = {
        [DELIVERY_PENDING] = BEGAN_PENDING,
        [DELIVERY_DELIVERED] = BEGAN_DELIVERED,
        [DELIVERY_DEAD] = BEGAN_DEAD,
    };
    sqlite3_stmt *s = d->statements[SQL_BEGAN];
    int code;

    *began = BEGAN_NONE;
    *handle = STR_NONE;
    if (began_id == 0)
        return true;
    sqlite3_bind_int64(s, 1, began_id);
    sqlite3_bind_int64(s, 2, recipient_id);
    code = sqlite3_step(s);
    if (code == SQLITE_ROW) {
        *began = states[sqlite3_column_int(s, 0)];
        *handle = database_column_copy(s, 1);
    }
    sqlite3_reset(s);
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

/* --- at start ------------------------------------------------------------------ */

static struct str column(sqlite3_stmt *s, int at)
{
    const char *p = (const char *)sqlite3_column_text(s, at);

    return (struct str){p, (size_t)sqlite3_column_bytes(s, at)};
}

/* The severity and entity of an engaged alert are in its line. */
static bool engaged_line(struct arena *a, struct engaged *e, struct error *err)
{
    const struct json *j = json_parse(a, e->json, err);
    struct alert alert;

    if (j == NULL || !alert_read(a, j, e->tstamp_ms, &alert, err))
        return error_in(err, "engaged alert %lld", (long long)e->id);
    e->entity = alert.entity;
    e->severity = alert.severity;
    return true;
}

static bool load_engaged(sqlite3 *db, struct registry *r, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    sqlite3_stmt *s = NULL;
    bool ok = sqlite3_prepare_v2(db,
                                 "SELECT e.id, e.key, e.tstamp_ms, e.last_ms,"
                                 " e.lease_ms, e.repeats, a.json FROM engaged e"
                                 " JOIN alert a ON a.id = e.id ORDER BY e.id",
                                 -1, &s, NULL) == SQLITE_OK;
    int code = SQLITE_ROW;

    while (ok && (code = sqlite3_step(s)) == SQLITE_ROW) {
        struct engaged e = {
            .id = sqlite3_column_int64(s, 0),
            .key = column(s, 1),
            .tstamp_ms = sqlite3_column_int64(s, 2),
            .last_ms = sqlite3_column_int64(s, 3),
            .lease_ms = sqlite3_column_int64(s, 4),
            .repeats = sqlite3_column_int64(s, 5),
            .json = column(s, 6),
        };

        ok = engaged_line(&arena, &e, err) && registry_load(r, &e, err);
        arena_reset(&arena);
    }
    sqlite3_finalize(s);
    return ok && (code == SQLITE_DONE || error_set(err, "%s", sqlite3_errmsg(db)));
}

static bool load_lanes(sqlite3 *db, struct outbox *o, struct error *err)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(db,
                                  "SELECT recipient_id, state, count(*), max(alert_id)"
                                  " FROM delivery GROUP BY 1, 2",
                                  -1, &s, NULL);

    while (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        struct lane *l = lane_get(o, sqlite3_column_int64(s, 0));
        uint64_t n = (uint64_t)sqlite3_column_int64(s, 2);
        int state = sqlite3_column_int(s, 1);

        *(state == 0 ? &l->pending : state == 1 ? &l->delivered : &l->dead) = n;
        if (state == DELIVERY_PENDING)
            l->last_put_id = sqlite3_column_int64(s, 3);
        code = SQLITE_OK;
    }
    sqlite3_finalize(s);
    return code == SQLITE_DONE || error_set(err, "%s", sqlite3_errmsg(db));
}

static bool load_counts(sqlite3 *db, struct outbox *o, struct error *err)
{
    int64_t alerts, accepted, delivered, dead, pending, last;

    if (!number(db, "SELECT (SELECT count(*) FROM alert) + n FROM tally"
                    " WHERE state = -1", &alerts, err) ||
        !number(db, "SELECT accepted FROM conservation", &accepted, err) ||
        !number(db, "SELECT delivered FROM conservation", &delivered, err) ||
        !number(db, "SELECT dead FROM conservation", &dead, err) ||
        !number(db, "SELECT pending FROM conservation", &pending, err) ||
        !number(db, "SELECT ifnull(max(id), 0) FROM alert", &last, err))
        return false;
    o->counts.accepted_alerts = (uint64_t)alerts;
    o->counts.accepted = (uint64_t)accepted;
    o->counts.delivered = (uint64_t)delivered;
    o->counts.dead = (uint64_t)dead;
    o->counts.pending = (uint64_t)pending;
    o->next_id = last + 1;
    return true;
}

/* The newest idempotency keys, oldest of them first. */
static bool load_seen(sqlite3 *db, struct outbox *o, struct error *err)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(db,
                                  "SELECT id, accepted_ms, seen_a, seen_b FROM alert"
                                  " WHERE id > ?1 AND accepted_ms > ?2"
                                  " AND (seen_a <> 0 OR seen_b <> 0) ORDER BY id",
                                  -1, &s, NULL);

    if (code == SQLITE_OK) {
        sqlite3_bind_int64(s, 1, o->next_id - (int64_t)SEEN_MAX);
        sqlite3_bind_int64(s, 2, clock_wall_ms(o->clock) - SEEN_MS);
    }
    while (code == SQLITE_OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        uint64_t hash[2] = {(uint64_t)sqlite3_column_int64(s, 2),
                            (uint64_t)sqlite3_column_int64(s, 3)};

        seen_add(o->seen, hash, sqlite3_column_int64(s, 0),
                 sqlite3_column_int64(s, 1));
        code = SQLITE_OK;
    }
    sqlite3_finalize(s);
    return code == SQLITE_DONE || error_set(err, "%s", sqlite3_errmsg(db));
}

bool database_load(struct database *d, struct registry *r, struct outbox *o,
                   struct error *err)
{
    return (load_engaged(d->db, r, err) && load_lanes(d->db, o, err) &&
            load_counts(d->db, o, err) && load_seen(d->db, o, err)) ||
           error_in(err, "reading the outbox");
}
