/* schema.c -- the outbox's file: tables, statements, and what is read at start. */
#include "outbox/own.h"

#define SCHEMA_VERSION 3
#define CHECKPOINT_PAGES 8000 /* 32 MB of WAL: a checkpoint is rare and large */

/* state: see enum delivery_state. It leaves 2 and 4 only by hand. What hold_kind
 * says stays when the hold has ended; freed_ms is when that was. The last ones are
 * its struct message_remark. */
#define DELIVERY_TABLE                                                         \
    "CREATE TABLE delivery ("                                                  \
    "  alert_id INTEGER NOT NULL REFERENCES alert(id),"                        \
    "  recipient_id INTEGER NOT NULL,"                                         \
    "  state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 4),"        \
    "  licensed INTEGER NOT NULL DEFAULT 0,"                                   \
    "  attempts INTEGER NOT NULL DEFAULT 0,"                                   \
    "  doubts INTEGER NOT NULL DEFAULT 0,"                                     \
    "  due_ms INTEGER NOT NULL DEFAULT 0,"                                     \
    "  settled_ms INTEGER NOT NULL DEFAULT 0,"                                 \
    "  status INTEGER NOT NULL DEFAULT 0,"                                     \
    "  reason TEXT NOT NULL DEFAULT '',"                                       \
    "  handle TEXT NOT NULL DEFAULT '',"                                       \
    "  hold_kind INTEGER NOT NULL DEFAULT 0,"                                  \
    "  hold_ref INTEGER NOT NULL DEFAULT 0,"                                   \
    "  hold_until_ms INTEGER NOT NULL DEFAULT 0,"                              \
    "  freed_ms INTEGER NOT NULL DEFAULT 0,"                                   \
    "  together INTEGER NOT NULL DEFAULT 0,"                                   \
    "  withheld INTEGER NOT NULL DEFAULT 0,"                                   \
    "  withheld_ms INTEGER NOT NULL DEFAULT 0,"                                \
    "  flaps INTEGER NOT NULL DEFAULT 0,"                                      \
    "  escalated_from INTEGER NOT NULL DEFAULT 0,"                             \
    "  escalated_ms INTEGER NOT NULL DEFAULT 0,"                               \
    "  PRIMARY KEY (alert_id, recipient_id)) WITHOUT ROWID;"
#define DELIVERY_INDEXES                                                       \
    "CREATE INDEX delivery_pending ON delivery (recipient_id, alert_id)"       \
    "  WHERE state = 0;"                                                       \
    "CREATE INDEX delivery_dead ON delivery (recipient_id, alert_id)"          \
    "  WHERE state = 2;"                                                       \
    "CREATE INDEX delivery_held ON delivery (alert_id, recipient_id)"          \
    "  WHERE state = 3;"                                                       \
    "CREATE INDEX delivery_held_due ON delivery (hold_until_ms)"               \
    "  WHERE state = 3;"                                                       \
    "CREATE INDEX delivery_held_ref ON delivery"                               \
    "  (hold_kind, hold_ref, alert_id, recipient_id) WHERE state = 3;"         \
    "CREATE INDEX delivery_held_lane ON delivery (recipient_id, alert_id)"     \
    "  WHERE state = 3;"
#define OF_STATE(n)                                                            \
    "  (SELECT count(*) FROM delivery WHERE state = " n ") +"                  \
    "    (SELECT n FROM tally WHERE state = " n ")"
#define CONSERVATION                                                           \
    "CREATE VIEW conservation AS SELECT"                                       \
    "  (SELECT count(*) FROM delivery) +"                                      \
    "    (SELECT sum(n) FROM tally WHERE state > 0) AS accepted,"              \
    OF_STATE("1") " AS delivered," OF_STATE("2") " AS dead,"                   \
    "  (SELECT count(*) FROM delivery WHERE state = 0) AS pending,"            \
    "  (SELECT count(*) FROM delivery WHERE state = 3) AS held,"               \
    OF_STATE("4") " AS withheld;"

/* By whom an engaged alert is acknowledged; ack_ms 0: nobody. */
#define ENGAGED_ACK(add, between)                                              \
    add "ack_ms INTEGER NOT NULL DEFAULT 0" between                            \
    add "ack_until_ms INTEGER NOT NULL DEFAULT 0" between                      \
    add "ack_by TEXT NOT NULL DEFAULT ''" between                              \
    add "ack_note TEXT NOT NULL DEFAULT ''"

/* A row of `alert` that is an update of an engaged one (enum update), and who had
 * acknowledged that by then. */
#define ALERT_UPDATE(add, between)                                             \
    add "update_kind INTEGER NOT NULL DEFAULT 0" between                       \
    ENGAGED_ACK(add, between)
#define ALERT_UPDATE_INDEX                                                     \
    "CREATE INDEX alert_update ON alert (began_id) WHERE update_kind <> 0;"

static const char schema[] =
    "CREATE TABLE alert ("
    "  id INTEGER PRIMARY KEY,"
    "  accepted_ms INTEGER NOT NULL,"
    "  action INTEGER NOT NULL CHECK (action BETWEEN 0 AND 2),"
    "  began_id INTEGER NOT NULL,"
    "  key_hash INTEGER NOT NULL,"
    "  seen_a INTEGER NOT NULL,"
    "  seen_b INTEGER NOT NULL,"
    "  json TEXT NOT NULL," ALERT_UPDATE("", ", ") ");"
    "CREATE INDEX alert_began ON alert (began_id) WHERE began_id <> 0;"
    ALERT_UPDATE_INDEX
    DELIVERY_TABLE DELIVERY_INDEXES
    "CREATE TABLE engaged ("
    "  id INTEGER PRIMARY KEY,"
    "  key TEXT NOT NULL,"
    "  tstamp_ms INTEGER NOT NULL,"
    "  last_ms INTEGER NOT NULL,"
    "  lease_ms INTEGER NOT NULL,"
    "  repeats INTEGER NOT NULL,"
    ENGAGED_ACK("", ", ") ");"
    /* What pruning took away: by delivery state, and -1 for alerts. */
    "CREATE TABLE tally (state INTEGER PRIMARY KEY, n INTEGER NOT NULL);"
    "INSERT INTO tally VALUES (-1, 0), (1, 0), (2, 0), (4, 0);"
    CONSERVATION
    "PRAGMA user_version = 3;";

/* 1 knew of no holds and no acknowledgements. A CHECK cannot be changed in place, so
 * the table is copied. */
static const char from_1[] =
    "DROP VIEW conservation;"
    "ALTER TABLE delivery RENAME TO delivery_1;"
    DELIVERY_TABLE
    "INSERT INTO delivery (alert_id, recipient_id, state, licensed, attempts,"
    "  due_ms, settled_ms, status, reason, handle)"
    "  SELECT alert_id, recipient_id, state, licensed, attempts,"
    "  due_ms, settled_ms, status, reason, handle FROM delivery_1;"
    "DROP TABLE delivery_1;"
    DELIVERY_INDEXES
    "INSERT INTO tally VALUES (4, 0);"
    ENGAGED_ACK("ALTER TABLE engaged ADD COLUMN ", ";") ";"
    CONSERVATION
    "PRAGMA user_version = 2;";

/* 2 knew of no updates. */
static const char from_2[] =
    ALERT_UPDATE("ALTER TABLE alert ADD COLUMN ", ";") ";"
    ALERT_UPDATE_INDEX
    "PRAGMA user_version = 3;";

/* Killed while one was on its way, and acknowledged just then: see ack.h. */
static const char escalations_end_late[] =
    "UPDATE delivery SET state = 4, reason = 'acknowledged while it was on its way'"
    " WHERE state = 0 AND escalated_ms <> 0"
    " AND alert_id IN (SELECT id FROM engaged WHERE ack_ms <> 0);";

/* What anybody reads of a held row, below; ?3 and ?4: after it. */
#define HELD_ROW                                                               \
    "SELECT d.alert_id, d.recipient_id, d.hold_kind, d.hold_ref,"              \
    " d.hold_until_ms, d.reason, a.accepted_ms, a.action, a.json, a.began_id"  \
    " FROM delivery d JOIN alert a ON a.id = d.alert_id WHERE d.state = 3"
#define HELD_AFTER                                                             \
    " AND (d.alert_id, d.recipient_id) > (?3, ?4)"                             \
    " ORDER BY d.alert_id, d.recipient_id LIMIT ?5"

/* Who stopped which queue: see enum pause_of; ended_ms 0: it is stopped. */
#define PAUSE_TABLE                                                            \
    "CREATE TABLE IF NOT EXISTS pause ("                                       \
    "  what INTEGER NOT NULL,"                                                 \
    "  id INTEGER NOT NULL,"                                                   \
    "  since_ms INTEGER NOT NULL,"                                             \
    "  until_ms INTEGER NOT NULL,"                                             \
    "  ended_ms INTEGER NOT NULL,"                                             \
    "  by TEXT NOT NULL,"                                                      \
    "  reason TEXT NOT NULL,"                                                  \
    "  PRIMARY KEY (what, id)) WITHOUT ROWID;"

/* What came of tries that did not deliver; those that do cost nothing here. A
 * transcript goes with the last try that had it. Made in any file that has them
 * not, so no version tells of them. */
static const char additions[] = PAUSE_TABLE
    "CREATE TABLE IF NOT EXISTS attempt ("
    "  alert_id INTEGER NOT NULL,"
    "  recipient_id INTEGER NOT NULL,"
    "  n INTEGER NOT NULL,"
    "  at_ms INTEGER NOT NULL,"
    "  status INTEGER NOT NULL,"
    "  reason TEXT NOT NULL,"
    "  PRIMARY KEY (alert_id, recipient_id, n)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS transcript ("
    "  id INTEGER PRIMARY KEY,"
    "  json TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS attempt_transcript ("
    "  alert_id INTEGER NOT NULL,"
    "  recipient_id INTEGER NOT NULL,"
    "  n INTEGER NOT NULL,"
    "  transcript_id INTEGER NOT NULL,"
    "  PRIMARY KEY (alert_id, recipient_id, n)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS attempt_transcript_of"
    "  ON attempt_transcript (transcript_id);"
    "CREATE TRIGGER IF NOT EXISTS attempt_goes AFTER DELETE ON attempt BEGIN"
    "  DELETE FROM attempt_transcript WHERE alert_id = old.alert_id"
    "    AND recipient_id = old.recipient_id AND n = old.n; END;"
    "CREATE TRIGGER IF NOT EXISTS attempt_transcript_goes"
    "  AFTER DELETE ON attempt_transcript WHEN NOT EXISTS (SELECT 1"
    "    FROM attempt_transcript WHERE transcript_id = old.transcript_id) BEGIN"
    "  DELETE FROM transcript WHERE id = old.transcript_id; END;";

#define ALERT_ROW "(?,?,?,?,?,?,?,?)"
#define DELIVERY_ROW "(?,?,?)"
#define ENGAGED_ROW "(?,?,?,?,?,?)"
#define ALERT_INTO                                                             \
    "INSERT INTO alert (id, accepted_ms, action, began_id, key_hash, seen_a,"  \
    " seen_b, json) VALUES "
#define ENGAGED_INTO                                                           \
    "INSERT INTO engaged (id, key, tstamp_ms, last_ms, lease_ms, repeats)"     \
    " VALUES "
#define FOUR(row) row "," row "," row "," row
#define MANY(row) FOUR(FOUR(row))
static_assert(PUT_ROWS == 4 * 4, "as many rows as MANY() makes");

static const char *const texts[SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_ALERT_INSERT] = ALERT_INTO ALERT_ROW,
    [SQL_ALERT_INSERT_MANY] = ALERT_INTO MANY(ALERT_ROW),
    [SQL_ALERT_REPLACE] = "UPDATE alert SET json = ?2 WHERE id = ?1",
    [SQL_UPDATE_INSERT] =
        "INSERT INTO alert SELECT ?1, ?2, action, id, key_hash, 0, 0, json, ?4, ?5,"
        " ?6, ?7, ?8 FROM alert WHERE id = ?3",
    [SQL_DELIVERY_INSERT] =
        "INSERT INTO delivery (alert_id, recipient_id, licensed)"
        " VALUES " DELIVERY_ROW,
    [SQL_DELIVERY_INSERT_MANY] =
        "INSERT INTO delivery (alert_id, recipient_id, licensed)"
        " VALUES " MANY(DELIVERY_ROW),
    [SQL_DELIVERY_INSERT_AS] =
        "INSERT INTO delivery (alert_id, recipient_id, state, settled_ms, reason,"
        " hold_kind, hold_ref, hold_until_ms, freed_ms, escalated_from, escalated_ms)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
    [SQL_ENGAGED_INSERT] = ENGAGED_INTO ENGAGED_ROW,
    [SQL_ENGAGED_INSERT_MANY] = ENGAGED_INTO MANY(ENGAGED_ROW),
    [SQL_ENGAGED_UPDATE] =
        "UPDATE engaged SET last_ms = ?2, lease_ms = ?3, repeats = ?4 WHERE id = ?1",
    [SQL_ENGAGED_DELETE] = "DELETE FROM engaged WHERE id = ?",
    /* A deferral licenses the next attempt, the only one without an outcome. */
    [SQL_ACK] =
        "UPDATE engaged SET ack_ms = ?2, ack_until_ms = ?3, ack_by = ?4,"
        " ack_note = ?5 WHERE id = ?1",
    [SQL_ESCALATIONS] =
        "SELECT recipient_id, hold_kind, state FROM delivery WHERE alert_id = ?1"
        " AND escalated_ms <> 0 AND (state = 3 OR (state = 0 AND ?2))",
    [SQL_TOLD] =
        "SELECT recipient_id FROM delivery WHERE alert_id = ? AND state IN (0, 1)",
    [SQL_SETTLE] =
        "UPDATE delivery SET state = ?3, attempts = ?4, due_ms = ?5,"
        " settled_ms = ?6, status = ?7, reason = ?8, handle = ?9, doubts = ?10,"
        " licensed = CASE ?3 WHEN 0 THEN ?4 + 1 ELSE licensed END"
        " WHERE alert_id = ?1 AND recipient_id = ?2 AND state = 0",
    [SQL_ATTEMPT] =
        "INSERT INTO attempt SELECT ?1, ?2, ifnull(max(n), 0) + 1, ?3, ?4, ?5"
        " FROM attempt WHERE alert_id = ?1 AND recipient_id = ?2",
    [SQL_ATTEMPT_FORGET] =
        "DELETE FROM attempt WHERE alert_id = ?1 AND recipient_id = ?2 AND n <="
        " (SELECT max(n) FROM attempt WHERE alert_id = ?1 AND recipient_id = ?2)"
        " - ?3",
    [SQL_TRANSCRIPT] = "INSERT INTO transcript (json) VALUES (?)",
    [SQL_TRANSCRIPT_FORGET] =
        "DELETE FROM attempt_transcript WHERE transcript_id <= ?",
    [SQL_TRY_TRANSCRIPT] =
        "INSERT INTO attempt_transcript SELECT ?1, ?2, max(n), ?3"
        " FROM attempt WHERE alert_id = ?1 AND recipient_id = ?2",
    [SQL_TRY_TRANSCRIPT_FORGET] =
        "DELETE FROM attempt_transcript WHERE alert_id = ?1 AND recipient_id = ?2"
        " AND n <= (SELECT max(n) FROM attempt_transcript WHERE alert_id = ?1"
        "   AND recipient_id = ?2) - ?3",
    [SQL_ROW] =
        "SELECT state, handle, hold_kind, hold_ref, hold_until_ms, reason"
        " FROM delivery WHERE alert_id = ? AND recipient_id = ?",
    [SQL_TAKE] =
        "SELECT d.alert_id, d.due_ms, d.attempts, d.licensed, a.accepted_ms,"
        " a.action, a.began_id, a.key_hash, a.json, d.hold_kind, d.together,"
        " d.freed_ms, d.doubts, d.withheld, d.withheld_ms, d.flaps,"
        " d.escalated_from, d.escalated_ms, a.update_kind, a.ack_ms, a.ack_until_ms,"
        " a.ack_by, a.ack_note"
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
    [SQL_ABANDON_HELD] =
        "UPDATE delivery SET state = 4, reason = ?2, settled_ms = ?3"
        " WHERE recipient_id = ?1 AND state = 3",
    [SQL_HELD_KINDS] =
        "SELECT hold_kind, count(*) FROM delivery"
        " WHERE recipient_id = ? AND state = 3 GROUP BY 1",
    [SQL_REDRIVE] =
        "UPDATE delivery SET state = 0, due_ms = 0, settled_ms = 0, doubts = 0,"
        " licensed = attempts"
        " WHERE alert_id = ? AND recipient_id = ? AND state IN (2, 3, 4)",
    [SQL_HELD_ALL] = HELD_ROW HELD_AFTER,
    [SQL_HELD_DUE] = HELD_ROW " AND d.hold_until_ms BETWEEN 1 AND ?1"
                              " ORDER BY d.hold_until_ms LIMIT ?5",
    [SQL_HELD_REF] =
        HELD_ROW " AND d.hold_kind = ?1 AND d.hold_ref = ?2" HELD_AFTER,
    [SQL_HELD_RECIPIENT] =
        HELD_ROW " AND d.recipient_id = ?1 AND (?2 = 0 OR d.hold_kind = ?2)"
        HELD_AFTER,
    [SQL_HELD_ALERT] = HELD_ROW " AND d.alert_id = ?1" HELD_AFTER,
    [SQL_FREE] =
        "UPDATE delivery SET state = 0, due_ms = 0, reason = '', freed_ms = ?3,"
        " together = ?4 WHERE alert_id = ?1 AND recipient_id = ?2 AND state = 3",
    [SQL_REMARK] =
        "UPDATE delivery SET withheld = ?3, withheld_ms = ?4, flaps = ?5"
        " WHERE alert_id = ?1 AND recipient_id = ?2",
    [SQL_WITHHOLD] =
        "UPDATE delivery SET state = 4, settled_ms = ?3, reason = ?4"
        " WHERE alert_id = ?1 AND recipient_id = ?2 AND state IN (0, 3)",
    [SQL_HOLD_ON] =
        "UPDATE delivery SET hold_kind = ?3, hold_ref = ?4, hold_until_ms = ?5,"
        " reason = ?6 WHERE alert_id = ?1 AND recipient_id = ?2 AND state = 3",
    [SQL_PRUNE_LIST] =
        "SELECT id FROM alert a WHERE id >= ?1 AND id < ?2"
        " AND NOT EXISTS (SELECT 1 FROM engaged e WHERE e.id = a.id)"
        " AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.alert_id = a.id"
        "   AND d.state IN (0, 3))"
        /* A release that waits will ask how its engage fared. */
        " AND NOT EXISTS (SELECT 1 FROM alert r JOIN delivery p ON p.alert_id = r.id"
        "   WHERE r.began_id = a.id AND r.began_id <> 0"
        "   AND p.state IN (0, 3))"
        " ORDER BY id LIMIT ?3",
    [SQL_PRUNE_DELIVERIES] =
        "DELETE FROM delivery WHERE alert_id = ? AND state = ?",
    [SQL_PRUNE_ATTEMPTS] = "DELETE FROM attempt WHERE alert_id = ?",
    [SQL_PRUNE_ALERT] = "DELETE FROM alert WHERE id = ?",
    [SQL_PAUSES] = "SELECT what, id, since_ms, until_ms, ended_ms, by, reason FROM pause",
    [SQL_PAUSE] = "INSERT OR REPLACE INTO pause VALUES (?,?,?,?,?,?,?)",
    [SQL_PAUSE_FORGET] = "DELETE FROM pause WHERE what = ? AND id = ?",
    [SQL_TALLY] = "UPDATE tally SET n = n + ?2 WHERE state = ?1",
    [SQL_TALLY_ALERT] =
        "UPDATE tally SET n = n + 1 WHERE state = -1"
        " AND (SELECT update_kind FROM alert WHERE id = ?) = 0",
};

static bool run(sqlite3 *db, const char *sql, struct error *err)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return true;
    return error_set(err, "%s", sqlite3_errmsg(db));
}

bool database_number(sqlite3 *db, const char *sql, int64_t *out, struct error *err)
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

    if (!database_number(db, "PRAGMA user_version", &version, err))
        return false;
    if (version > SCHEMA_VERSION)
        return error_set(err, "was written by a newer tocsin (schema %lld, this "
                              "one knows %d)",
                         (long long)version, SCHEMA_VERSION);
    if (version == SCHEMA_VERSION)
        return true;
    return run(db, "BEGIN IMMEDIATE", err) &&
           (version != 0 || run(db, schema, err)) &&
           (version != 1 || run(db, from_1, err)) &&
           (version == 0 || run(db, from_2, err)) && run(db, "COMMIT", err);
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
             run(d->db, additions, err) && run(d->db, escalations_end_late, err) &&
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
