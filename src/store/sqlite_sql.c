/* sqlite_sql.c -- all SQL of the history: the schema, and the fixed statements.
 *
 * A list is one walk down occurrence_time, newest first; filters are tested on
 * the way in the narrow table, and only the rows of the page fetch their line.
 * Ids grow with time, so both tables and both indexes are appended to, and a
 * batch touches few pages. `hourly` counts rows by what totals ask most, kept
 * by triggers so that no statement can forget it. */
#include "store/sqlite.h"

const char sqlite_pragmas[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA wal_autocheckpoint = 40000;"
    "PRAGMA journal_size_limit = 268435456;"
    "PRAGMA cache_size = -16384;"
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA mmap_size = 0;"
    "PRAGMA secure_delete = OFF;"
    "PRAGMA recursive_triggers = OFF;";

/* Division that rounds down, before 1970 too. */
#define HOUR(tstamp)                                                           \
    "(" tstamp " - ((" tstamp " % 3600000) + 3600000) % 3600000) / 3600000"

#define HOURLY_KEY "hour, state, severity, entity, type"

#define COUNT_IN                                                               \
    " INSERT INTO hourly (" HOURLY_KEY ", n) VALUES ("                         \
    HOUR("new.tstamp_ms") ", new.state, new.severity, new.entity, new.type, 1)"\
    " ON CONFLICT (" HOURLY_KEY ") DO UPDATE SET n = n + 1;"

#define OLD_HOUR                                                               \
    " WHERE hour = " HOUR("old.tstamp_ms") " AND state = old.state"            \
    " AND severity = old.severity AND entity = old.entity"                     \
    " AND type = old.type"

#define COUNT_OUT                                                              \
    " UPDATE hourly SET n = n - 1" OLD_HOUR ";"                                \
    " DELETE FROM hourly" OLD_HOUR " AND n = 0;"

const char sqlite_schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE occurrence ("
    " id INTEGER PRIMARY KEY,"
    " release_id INTEGER NOT NULL,"
    " state INTEGER NOT NULL CHECK (state IN (0, 1, 2)),"
    " stored_ms INTEGER NOT NULL,"
    " tstamp_ms INTEGER NOT NULL,"
    " tstamp_end_ms INTEGER NOT NULL,"
    " entity INTEGER NOT NULL,"
    " severity INTEGER NOT NULL,"
    " score INTEGER NOT NULL,"
    " type TEXT NOT NULL,"
    " category TEXT NOT NULL,"
    " source TEXT NOT NULL,"
    " entity_value TEXT NOT NULL,"
    " cli_ip TEXT NOT NULL,"
    " srv_ip TEXT NOT NULL,"
    " ip TEXT NOT NULL,"
    " message TEXT NOT NULL) STRICT;"
    "CREATE TABLE line (id INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;"
    "CREATE INDEX occurrence_time ON occurrence (tstamp_ms);"
    "CREATE INDEX occurrence_release ON occurrence (release_id)"
    " WHERE release_id <> 0;"
    "CREATE TABLE hourly ("
    " hour INTEGER NOT NULL,"
    " state INTEGER NOT NULL,"
    " severity INTEGER NOT NULL,"
    " entity INTEGER NOT NULL,"
    " type TEXT NOT NULL,"
    " n INTEGER NOT NULL,"
    " PRIMARY KEY (" HOURLY_KEY ")) STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER occurrence_in AFTER INSERT ON occurrence BEGIN"
    COUNT_IN " END;"
    "CREATE TRIGGER occurrence_change AFTER UPDATE ON occurrence BEGIN"
    COUNT_OUT COUNT_IN " END;"
    "CREATE TRIGGER occurrence_out AFTER DELETE ON occurrence BEGIN"
    COUNT_OUT " DELETE FROM line WHERE id = old.id; END;"
    "PRAGMA user_version = 1;"
    "COMMIT;";
static_assert(SQLITE_SCHEMA_VERSION == 1, "the version that is written above");

#define COLUMNS                                                                \
    "release_id, state, stored_ms, tstamp_ms, tstamp_end_ms, entity,"          \
    " severity, score, type, category, source, entity_value, cli_ip, srv_ip,"  \
    " ip, message"

#define ROW "o.id, o.tstamp_ms, o.stored_ms, line.json" /* for row_read() */

/* What bind_walk() of sqlite_query.c binds. A filter that is not asked for is
 * NULL, or -1; the text of ?11 is a LIKE pattern with its wildcards escaped. */
#define FILTERS                                                                \
    " o.tstamp_ms >= ?1 AND o.tstamp_ms <= ?2"                                 \
    " AND (?3 >> o.state & 1) AND o.severity >= ?4"                            \
    " AND (?5 < 0 OR o.entity = ?5) AND (?6 IS NULL OR o.type = ?6)"           \
    " AND (?7 IS NULL OR o.category = ?7)"                                     \
    " AND (?8 IS NULL OR o.source = ?8)"                                       \
    " AND (?9 IS NULL OR o.entity_value = ?9)"                                 \
    " AND (?10 IS NULL OR ?10 IN (o.cli_ip, o.srv_ip, o.ip))"                  \
    " AND (?11 IS NULL OR o.message LIKE ?11 ESCAPE '\\'"                      \
    " OR o.entity_value LIKE ?11 ESCAPE '\\')"

const char *const sqlite_statements[SQL_STATEMENTS] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_INSERT] =
        "INSERT INTO occurrence (id, " COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5,"
        " ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
        " ON CONFLICT (id) DO NOTHING",
    [SQL_INSERT_LINE] = "INSERT INTO line (id, json) VALUES (?1, ?2)",
    [SQL_RELEASE] =
        "UPDATE occurrence SET (" COLUMNS ") = (?2, ?3, ?4, ?5, ?6, ?7, ?8,"
        " ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
        " WHERE id = ?1 AND state = 0",
    [SQL_RELEASE_LINE] = "UPDATE line SET json = ?2 WHERE id = ?1",
    /* What is still on is kept, however long ago it began. */
    [SQL_PRUNE] =
        "DELETE FROM occurrence WHERE id IN (SELECT id FROM occurrence"
        " WHERE tstamp_ms < ?1 AND state <> 0 ORDER BY tstamp_ms LIMIT ?2)",
    [SQL_LIST] =
        "SELECT " ROW " FROM occurrence AS o"
        " CROSS JOIN line ON line.id = o.id WHERE" FILTERS
        " AND (o.tstamp_ms < ?12 OR o.id < ?13)"
        " ORDER BY o.tstamp_ms DESC, o.id DESC LIMIT ?14",
    [SQL_LIST_UP] =
        "SELECT " ROW " FROM occurrence AS o"
        " CROSS JOIN line ON line.id = o.id WHERE" FILTERS
        " AND (o.tstamp_ms > ?12 OR o.id > ?13)"
        " ORDER BY o.tstamp_ms, o.id LIMIT ?14",
    [SQL_COUNT] = "SELECT count(*) FROM (SELECT 1 FROM occurrence AS o WHERE"
                  FILTERS " LIMIT ?12)",
    [SQL_COUNT_HOURS] =
        "SELECT coalesce(sum(n), 0) FROM hourly WHERE hour >= ?1 AND hour < ?2"
        " AND (?3 >> state & 1) AND severity >= ?4"
        " AND (?5 < 0 OR entity = ?5) AND (?6 IS NULL OR type = ?6)",
    [SQL_GET] = "SELECT " ROW " FROM occurrence AS o"
                " CROSS JOIN line ON line.id = o.id WHERE o.id = ?1",
    [SQL_GET_RELEASE] =
        "SELECT " ROW " FROM occurrence AS o"
        " CROSS JOIN line ON line.id = o.id"
        " WHERE o.release_id = ?1 AND o.release_id <> 0",
};
