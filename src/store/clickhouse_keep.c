/* clickhouse_keep.c -- how much there is, and whether it is sound: stats, verify. */
#include "store/clickhouse_engine.h"

/* On this server; the others of a cluster have their own. */
bool clickhouse_disk_bytes(struct store_engine *engine, int64_t *out,
                           struct error *err)
{
    struct clickhouse *e = clickhouse_of(engine);
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    if (!clickhouse_ready(e, err))
        return false;
    buf_text(&b, "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND"
                 " database=");
    say_text(&b, e->options.database);
    return clickhouse_numbers(e, &b, out, 1, err);
}

bool clickhouse_stats(struct store_engine *engine, struct store_stats *out,
                      struct error *err)
{
    struct clickhouse *e = clickhouse_of(engine);
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    int64_t n[6];

    *out = (struct store_stats){
        .engine = store_clickhouse.name,
        .schema = CLICKHOUSE_SCHEMA_VERSION,
    };
    if (!clickhouse_ready(e, err))
        return false;
    buf_text(&b, "SELECT countIf(deletion=0),countIf(deletion<>0),"
                 "countIf(deletion=0 AND acked_ms<>0),"
                 "sumIf(bytes,deletion=0),min(tstamp_ms),max(tstamp_ms)");
    say_from(&b, e, " FINAL");
    if (!clickhouse_numbers(e, &b, n, 6, err))
        return false;
    out->alerts = n[0];
    out->deleted = n[1];
    out->acked = n[2];
    out->bytes = n[3];
    out->oldest_ms = n[4];
    out->newest_ms = n[5];
    return clickhouse_disk_bytes(engine, &out->file_bytes, err);
}

/* --- is it sound --------------------------------------------------------------------- */

static bool none_of(struct clickhouse *e, const char *what_sql,
                    const char *where_sql, const char *what, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    int64_t n;

    buf_text(&b, "SELECT ");
    buf_text(&b, what_sql);
    say_from(&b, e, " FINAL");
    buf_printf(&b, " AND %s", where_sql);
    if (!clickhouse_numbers(e, &b, &n, 1, err))
        return false;
    return n == 0 || error_set(err, "there are %lld %s", (long long)n, what);
}

/* Reads all of the lines; the server checks its own checksums while it does. */
bool clickhouse_verify(struct store_engine *engine, struct error *err)
{
    struct clickhouse *e = clickhouse_of(engine);
    struct buf places freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    int64_t limit_ms = e->read_limit_ms;
    bool ok;

    if (!clickhouse_ready(e, err))
        return false;
    buf_text(&places, "id GLOBAL NOT IN (SELECT row_id FROM ");
    say_table(&places, e, "place", false);
    buf_char(&places, ')');
    e->read_limit_ms = CLICKHOUSE_VERIFY_MS;
    ok = none_of(e, "count()", "(length(json)<2 OR substring(json,1,1)<>'{')",
                 "alerts without their line", err) &&
         none_of(e, "count()-uniqExact(id)", "1",
                 "alerts that are there twice", err) &&
         none_of(e, "count()", buf_c(&places), "alerts that their id does not "
                                               "lead to", err);
    e->read_limit_ms = limit_ms;
    return ok;
}

bool clickhouse_backup(struct store_engine *engine unused, const char *path unused,
                       struct error *err)
{
    return error_set(err, "a history in ClickHouse is saved there (its BACKUP, "
                          "or snapshots of its disk), or copied into a file with "
                          "tocsin store migrate --to sqlite");
}

const struct store_type store_clickhouse = {
    .name = "clickhouse",
    .close = clickhouse_close,
    .keep = clickhouse_keep,
    .list = clickhouse_list,
    .get = clickhouse_get,
    .notes = clickhouse_notes,
    .facets = clickhouse_facets,
    .histogram = clickhouse_histogram,
    .top = clickhouse_top,
    .mark = clickhouse_mark,
    .tidy = clickhouse_tidy,
    .prune = clickhouse_prune,
    .stats = clickhouse_stats,
    .disk_bytes = clickhouse_disk_bytes,
    .verify = clickhouse_verify,
    .backup = clickhouse_backup,
};
