/* sqlite_sql.c -- the SQL of the history: the schema and the fixed statements,
 * with the columns of column.c put in.
 *
 * The rows lie in the order of time (WITHOUT ROWID, by tstamp and id), so that
 * a page, a histogram and a top are one walk along a range and need no index.
 * What is asked for seldom lies apart (`detail`, in the same order), so that the
 * walk reads a third; and lines, by id: only what is shown is read. `hourly` counts by what
 * totals ask most, kept by triggers so that no statement can forget it; what is
 * deleted and not final yet is not counted. Two more indexes are partial: of
 * releases, and of what is deleted. Old rows are kept once more in blocks
 * (sqlite_block.h); rows that change afterwards are `loose`, by triggers too. */
#include "store/sqlite.h"

#define SQL_MAX 16384

const char sqlite_pragmas[] =
    "PRAGMA page_size = 8192;" /* of a new file: half the reads of a walk */
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA wal_autocheckpoint = 20000;"
    "PRAGMA journal_size_limit = 268435456;"
    "PRAGMA cache_size = -32768;"
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA mmap_size = 0;"
    "PRAGMA secure_delete = OFF;"
    "PRAGMA recursive_triggers = OFF;";

/* Division that rounds down, before 1970 too. */
#define HOUR(tstamp)                                                           \
    "(" tstamp " - ((" tstamp " % 3600000) + 3600000) % 3600000) / 3600000"

#define HOURLY_KEY "hour, action, severity, entity, acked, type, category, source"

#define COUNT_IN                                                               \
    " INSERT INTO hourly (" HOURLY_KEY ", n, score, bytes) SELECT "            \
    HOUR("new.tstamp_ms") ", new.action, new.severity, new.entity, new.acked," \
    " coalesce(new.type, ''), coalesce(new.category, ''),"                     \
    " coalesce(new.source, ''), 1, new.score, new.bytes"                       \
    " WHERE new.deletion = 0"                                                  \
    " ON CONFLICT (" HOURLY_KEY ") DO UPDATE SET n = n + 1,"                   \
    " score = score + excluded.score, bytes = bytes + excluded.bytes;"

#define OLD_HOUR                                                               \
    " WHERE hour = " HOUR("old.tstamp_ms") " AND action = old.action"          \
    " AND severity = old.severity AND entity = old.entity"                     \
    " AND acked = old.acked AND type = coalesce(old.type, '')"                 \
    " AND category = coalesce(old.category, '')"                               \
    " AND source = coalesce(old.source, '') AND old.deletion = 0"

#define COUNT_OUT                                                              \
    " UPDATE hourly SET n = n - 1, score = score - old.score,"                 \
    " bytes = bytes - old.bytes" OLD_HOUR ";"                                  \
    " DELETE FROM hourly" OLD_HOUR " AND n = 0;"

static const char schema_before[] =
    "CREATE TABLE occurrence ("
    " tstamp_ms INTEGER NOT NULL,"
    " id INTEGER NOT NULL,"
    " odd INTEGER NOT NULL,"
    " acked INTEGER NOT NULL DEFAULT 0,"
    " deletion INTEGER NOT NULL DEFAULT 0,"
    " release_id INTEGER NOT NULL,"
    " stored_ms INTEGER NOT NULL,"
    " tstamp_end_ms INTEGER NOT NULL,"
    " bytes INTEGER NOT NULL";

static const char schema_between[] =
    ", PRIMARY KEY (tstamp_ms, id)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE detail ("
    " tstamp_ms INTEGER NOT NULL,"
    " id INTEGER NOT NULL";

static const char schema_after[] =
    ", PRIMARY KEY (tstamp_ms, id)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE line ("
    " id INTEGER PRIMARY KEY,"
    " tstamp_ms INTEGER NOT NULL,"
    " json TEXT NOT NULL) STRICT;"
    "CREATE INDEX occurrence_release ON occurrence (release_id)"
    " WHERE release_id <> 0;"
    "CREATE INDEX occurrence_deletion ON occurrence (deletion)"
    " WHERE deletion <> 0;"
    "CREATE TABLE mark ("
    " id INTEGER PRIMARY KEY,"
    " at_ms INTEGER NOT NULL,"
    " until_ms INTEGER NOT NULL,"
    " by TEXT NOT NULL,"
    " note TEXT NOT NULL) STRICT;"
    "CREATE INDEX mark_until ON mark (until_ms) WHERE until_ms <> 0;"
    "CREATE TABLE note ("
    " id INTEGER NOT NULL,"
    " n INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL,"
    " by TEXT NOT NULL,"
    " text TEXT NOT NULL,"
    " PRIMARY KEY (id, n)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE deletion ("
    " number INTEGER PRIMARY KEY,"
    " until_ms INTEGER NOT NULL) STRICT;"
    "CREATE TABLE hourly ("
    " hour INTEGER NOT NULL,"
    " action INTEGER NOT NULL,"
    " severity INTEGER NOT NULL,"
    " entity INTEGER NOT NULL,"
    " acked INTEGER NOT NULL,"
    " type TEXT NOT NULL,"
    " category TEXT NOT NULL,"
    " source TEXT NOT NULL,"
    " n INTEGER NOT NULL,"
    " score INTEGER NOT NULL,"
    " bytes INTEGER NOT NULL,"
    " PRIMARY KEY (" HOURLY_KEY ")) STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER occurrence_in AFTER INSERT ON occurrence BEGIN"
    COUNT_IN " END;"
    "CREATE TRIGGER occurrence_change AFTER UPDATE ON occurrence BEGIN"
    COUNT_OUT COUNT_IN " END;"
    "CREATE TRIGGER occurrence_out AFTER DELETE ON occurrence BEGIN"
    COUNT_OUT
    " DELETE FROM detail WHERE tstamp_ms = old.tstamp_ms AND id = old.id;"
    " DELETE FROM line WHERE id = old.id;"
    " DELETE FROM mark WHERE id = old.id;"
    " DELETE FROM note WHERE id = old.id; END;";

/* The block that a time lies in, if one does. */
#define IN_BLOCK(tstamp)                                                       \
    " FROM block WHERE from_ms = (SELECT max(from_ms) FROM block"              \
    " WHERE from_ms <= " tstamp ") AND to_ms > " tstamp
#define LOOSEN(row)                                                            \
    " INSERT INTO loose (tstamp_ms, id) SELECT " row ".tstamp_ms, " row ".id"  \
    IN_BLOCK(row ".tstamp_ms") " ON CONFLICT DO NOTHING;"
#define BEFORE_LAST(row)                                                       \
    " WHEN " row ".tstamp_ms < (SELECT to_ms FROM block"                       \
    " ORDER BY from_ms DESC LIMIT 1) BEGIN"

const char sqlite_schema_blocks[] =
    "CREATE TABLE block ("
    " from_ms INTEGER PRIMARY KEY,"
    " to_ms INTEGER NOT NULL,"
    " n INTEGER NOT NULL,"
    " odd INTEGER NOT NULL DEFAULT 0," /* loose from the beginning */
    " loose INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE block_column ("
    " key INTEGER PRIMARY KEY,"
    " data BLOB NOT NULL) STRICT;"
    "CREATE TABLE loose ("
    " tstamp_ms INTEGER NOT NULL,"
    " id INTEGER NOT NULL,"
    " PRIMARY KEY (tstamp_ms, id)) STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER loose_in AFTER INSERT ON loose BEGIN"
    " UPDATE block SET loose = loose + 1 WHERE from_ms = (SELECT max(from_ms)"
    " FROM block WHERE from_ms <= new.tstamp_ms); END;"
    "CREATE TRIGGER block_out AFTER DELETE ON block BEGIN"
    " DELETE FROM block_column WHERE key >= old.from_ms * 128"
    " AND key < old.from_ms * 128 + 128;"
    " DELETE FROM loose WHERE tstamp_ms >= old.from_ms"
    " AND tstamp_ms < old.to_ms; END;"
    "CREATE TRIGGER occurrence_loose_in AFTER INSERT ON occurrence"
    BEFORE_LAST("new") LOOSEN("new") " END;"
    "CREATE TRIGGER occurrence_loose_change AFTER UPDATE ON occurrence BEGIN"
    LOOSEN("old") LOOSEN("new") " END;"
    "CREATE TRIGGER occurrence_loose_out AFTER DELETE ON occurrence"
    BEFORE_LAST("old") LOOSEN("old") " END;"
    "PRAGMA application_id = 1953457011;"
    "PRAGMA user_version = 3;";
static_assert(SQLITE_SCHEMA_VERSION == 3, "the version that is written above");
static_assert(SQLITE_APPLICATION_ID == 1953457011, "and so is this");

static bool is_text(const struct column *c)
{
    return c->type == COLUMN_TEXT || c->type == COLUMN_ADDRESS;
}

const char *sqlite_schema(struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(SQL_MAX);

    buf_text(&b, schema_before);
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        buf_text(&b, i == COLUMN_HOT_COUNT ? schema_between : "");
        buf_printf(&b, ", \"%s\" %s", columns[i].name,
                   is_text(&columns[i]) ? "TEXT" : "INTEGER");
    }
    buf_text(&b, schema_after);
    assert(!b.over);
    return arena_c(a, buf_view(&b));
}

/* What bind_row() of sqlite.c binds: ?1 to ?7, then a hot column each; and what
 * bind_detail() does: ?1, ?2, then a column each of the others. */
#define ROW_NAMES                                                              \
    "tstamp_ms, id, odd, release_id, stored_ms, tstamp_end_ms, bytes"
#define ROW_MARKS "?1, ?2, ?3, ?4, ?5, ?6, ?7"
#define HOT_FROM 8
#define DETAIL_FROM 3

#define HOT_NAMES '\1' /* where these stand, columns_write() puts them */
#define HOT_MARKS '\2'
#define DETAIL_NAMES '\3'
#define DETAIL_MARKS '\4'

#define OF_LINE                                                                \
    " WHERE tstamp_ms = (SELECT tstamp_ms FROM line WHERE id = ?2)"            \
    " AND id = ?2"
#define AT_ID                                                                  \
    " WHERE tstamp_ms = (SELECT tstamp_ms FROM line WHERE id = ?1) AND id = ?1"

static const char *const statements[SQL_STATEMENTS] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_BEGIN_READING] = "BEGIN",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_INSERT_LINE] = "INSERT INTO line (id, tstamp_ms, json)"
                        " VALUES (?1, ?2, ?3) ON CONFLICT (id) DO NOTHING",
    [SQL_INSERT] = "INSERT INTO occurrence (" ROW_NAMES "\1)"
                   " VALUES (" ROW_MARKS "\2)",
    [SQL_INSERT_DETAIL] = "INSERT INTO detail (tstamp_ms, id\3)"
                          " VALUES (?1, ?2\4)",
    [SQL_RELEASE] = "UPDATE occurrence SET (" ROW_NAMES "\1) = (" ROW_MARKS
                    "\2)" OF_LINE " AND action = 0",
    [SQL_RELEASE_DETAIL] = "UPDATE detail SET (tstamp_ms, id\3) = (?1, ?2\4)"
                           OF_LINE,
    [SQL_RELEASE_LINE] =
        "UPDATE line SET tstamp_ms = ?2, json = ?3 WHERE id = ?1",
    /* For row_read() of sqlite_list.c. */
    [SQL_ROW] =
        "SELECT o.id, o.tstamp_ms, o.stored_ms, line.json, o.deletion,"
        " coalesce(mark.at_ms, 0), coalesce(mark.until_ms, 0), mark.by,"
        " mark.note, (SELECT count(*) FROM note WHERE note.id = o.id)"
        " FROM line CROSS JOIN occurrence AS o"
        " ON o.tstamp_ms = line.tstamp_ms AND o.id = line.id"
        " LEFT JOIN mark ON mark.id = o.id WHERE line.id = ?1",
    [SQL_LINE] = "SELECT json FROM line WHERE id = ?1",
    [SQL_OF_RELEASE] = "SELECT id FROM occurrence WHERE release_id = ?1"
                       " AND release_id <> 0",
    [SQL_NOTES] = "SELECT at_ms, by, text FROM note WHERE id = ?1 ORDER BY n",
    [SQL_SET_ACKED] = "UPDATE occurrence SET acked = ?2" AT_ID
                      " AND acked <> ?2",
    [SQL_SET_MARK] =
        "INSERT INTO mark (id, at_ms, until_ms, by, note)"
        " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO UPDATE SET"
        " at_ms = ?2, until_ms = ?3, by = ?4, note = ?5",
    [SQL_UNSET_MARK] = "DELETE FROM mark WHERE id = ?1",
    [SQL_NOTE] = "INSERT INTO note (id, n, at_ms, by, text) VALUES (?1,"
                 " (SELECT coalesce(max(n), 0) + 1 FROM note WHERE id = ?1),"
                 " ?2, ?3, ?4)",
    [SQL_NOTES_OF] = "SELECT count(*) FROM note WHERE id = ?1",
    [SQL_SET_DELETION] = "UPDATE occurrence SET deletion = ?2" AT_ID
                         " AND deletion <> ?2",
    [SQL_DELETION] = "INSERT INTO deletion (number, until_ms) VALUES (?1, ?2)"
                     " ON CONFLICT (number) DO UPDATE SET until_ms = ?2",
    [SQL_ENDED_ACKS] = "SELECT id FROM mark WHERE until_ms <> 0"
                       " AND until_ms <= ?1 LIMIT ?2",
    [SQL_FINAL] = "SELECT o.id FROM deletion CROSS JOIN occurrence AS o"
                  " INDEXED BY occurrence_deletion"
                  " ON o.deletion = deletion.number AND o.deletion <> 0"
                  " WHERE deletion.until_ms <= ?1 LIMIT ?2",
    [SQL_REMOVE] = "DELETE FROM occurrence" AT_ID,
    [SQL_FORGET_DELETIONS] =
        "DELETE FROM deletion WHERE until_ms <= ?1 AND NOT EXISTS"
        " (SELECT 1 FROM occurrence AS o INDEXED BY occurrence_deletion"
        " WHERE o.deletion = deletion.number AND o.deletion <> 0)",
    [SQL_BLOCKS] = "SELECT from_ms, to_ms, n, loose FROM block"
                   " WHERE to_ms > ?1 AND from_ms <= ?2 ORDER BY from_ms",
    [SQL_BLOCK_COLUMN] = "SELECT data FROM block_column WHERE key = ?1",
    [SQL_BLOCK_PUT] = "INSERT INTO block (from_ms, to_ms, n, odd)"
                      " VALUES (?1, ?2, ?3, ?4)",
    [SQL_BLOCK_SET] = "UPDATE block SET n = ?3, odd = ?4"
                      " WHERE from_ms = ?1 AND to_ms = ?2",
    [SQL_BLOCK_DROP] =
        "DELETE FROM block WHERE from_ms = (SELECT from_ms FROM block"
        " WHERE loose - odd > ?1 OR (n > 0 AND loose - odd >= n) LIMIT 1)",
    [SQL_BLOCK_COLUMN_PUT] = "INSERT INTO block_column (key, data)"
                             " VALUES (?1, ?2)",
    [SQL_LOOSE] = "INSERT INTO loose (tstamp_ms, id) VALUES (?1, ?2)",
    [SQL_HOURLY_SAMPLE] = "SELECT count(*) FROM hourly WHERE hour = ?1",
    [SQL_LOOSE_OF] = "SELECT tstamp_ms, id FROM loose WHERE tstamp_ms >= ?1"
                     " AND tstamp_ms < ?2",
};

static void columns_write(struct buf *to, char which)
{
    bool hot = which == HOT_NAMES || which == HOT_MARKS;
    int first = hot ? 0 : COLUMN_HOT_COUNT;
    int end = hot ? COLUMN_HOT_COUNT : COLUMN_COUNT;

    for (int i = first; i < end; i++)
        if (which == HOT_NAMES || which == DETAIL_NAMES)
            buf_printf(to, ", \"%s\"", columns[i].name);
        else
            buf_printf(to, ", ?%d", (hot ? HOT_FROM : DETAIL_FROM) + i - first);
}

const char *sqlite_statement(enum sql which, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(SQL_MAX);

    for (const char *c = statements[which]; *c != '\0'; c++)
        if (*c >= HOT_NAMES && *c <= DETAIL_MARKS)
            columns_write(&b, *c);
        else
            buf_char(&b, *c);
    assert(!b.over);
    return arena_c(a, buf_view(&b));
}
