/* clickhouse_schema.c -- the tables: made, brought up to this version's columns, and
 * in a cluster Replicated under a Distributed face. Every step can be done twice. */
#include "store/clickhouse_row.h"

#include "base/log.h"

struct table {
    const char *name;
    void (*columns)(struct buf *b);
    const char *version;  /* ReplacingMergeTree's, or NULL */
    const char *settings; /* after ENGINE */
};

static void alert_columns(struct buf *b)
{
    for (size_t i = 0; i < ROW_COLUMNS; i++)
        buf_printf(b, "%s%s %s", i > 0 ? "," : "", row_columns[i].name,
                   row_columns[i].type);
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        buf_printf(b, ",\"%s\" %s", columns[i].name, column_clickhouse_type(i));
        if (columns[i].type == COLUMN_ADDRESS)
            buf_printf(b, ",\"%s_key\" String", columns[i].name);
    }
    buf_text(b, ",tstamp DateTime ALIAS toDateTime(tstamp_s)");
}

static void place_columns(struct buf *b)
{
    buf_text(b, "id Int64,row_id Int64,tstamp_ms Int64,tstamp_s UInt32");
}

static void note_columns(struct buf *b)
{
    buf_text(b, "id Int64,n UInt32,at_ms Int64,by String,text String,"
                "tstamp_s UInt32");
}

static void migration_columns(struct buf *b)
{
    buf_text(b, "version UInt32,at_ms Int64");
}

static const struct table tables[] = {
    {"alert", alert_columns, "version",
     " PARTITION BY " CLICKHOUSE_DAY_OF " ORDER BY (tstamp_ms,id)"},
    {"place", place_columns, NULL,
     " PARTITION BY " CLICKHOUSE_DAY_OF " ORDER BY (id,row_id,tstamp_ms)"
     " SETTINGS index_granularity=1024"},
    {"note", note_columns, NULL,
     " PARTITION BY " CLICKHOUSE_DAY_OF " ORDER BY (id,n) SETTINGS index_granularity=1024"},
    {"migration", migration_columns, NULL, " ORDER BY version"},
};

static void say_cluster(struct buf *b, const struct clickhouse *e)
{
    if (e->options.cluster.n > 0)
        buf_printf(b, " ON CLUSTER %.*s", STR_ARG(e->options.cluster));
}

static void say_engine(struct buf *b, const struct clickhouse *e,
                       const struct table *t)
{
    buf_text(b, ") ENGINE=");
    if (e->options.cluster.n > 0)
        buf_printf(b, "ReplicatedReplacingMergeTree("
                      "'/clickhouse/tables/{shard}/%.*s/%s','{replica}'%s%s)",
                   STR_ARG(e->options.database), t->name,
                   t->version != NULL ? "," : "",
                   t->version != NULL ? t->version : "");
    else
        buf_printf(b, "ReplacingMergeTree(%s)",
                   t->version != NULL ? t->version : "");
    buf_text(b, t->settings);
}

static bool table_make(struct clickhouse *e, const struct table *t,
                       struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&b, "CREATE TABLE IF NOT EXISTS ");
    say_table(&b, e, t->name, true);
    say_cluster(&b, e);
    buf_text(&b, " (");
    t->columns(&b);
    say_engine(&b, e, t);
    return clickhouse_run(e, &b, err);
}

/* All versions of an alert must be on one shard, so its id says which. */
static bool table_distribute(struct clickhouse *e, const struct table *t,
                             struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    bool by_id = strcmp(t->name, "migration") != 0;

    if (e->options.cluster.n == 0)
        return true;
    buf_text(&b, "CREATE TABLE IF NOT EXISTS ");
    say_table(&b, e, t->name, false);
    say_cluster(&b, e);
    buf_text(&b, " (");
    t->columns(&b);
    buf_printf(&b, ") ENGINE=Distributed(%.*s,%.*s,%s_local,%s)",
               STR_ARG(e->options.cluster), STR_ARG(e->options.database),
               t->name, by_id ? "intHash64(id)" : "version");
    return clickhouse_run(e, &b, err);
}

/* A user who may not make databases can use one that is there. */
static bool database_make(struct clickhouse *e, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    int64_t there = 0;

    buf_text(&b, "SELECT count() FROM system.databases WHERE name=");
    say_text(&b, e->options.database);
    if (!clickhouse_numbers(e, &b, &there, 1, err))
        return false;
    if (there > 0)
        return true;
    buf_reset(&b);
    buf_printf(&b, "CREATE DATABASE IF NOT EXISTS %.*s",
               STR_ARG(e->options.database));
    say_cluster(&b, e);
    return clickhouse_run(e, &b, err);
}

/* --- columns that this version has and the table does not ----------------------------- */

struct columns_there {
    bool has[COLUMN_COUNT];
    bool has_key[COLUMN_COUNT];
};

static bool column_there(void *to, const struct str *cells, size_t n unused,
                         struct error *err unused)
{
    struct columns_there *there = to;
    char key[80];

    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        snprintf(key, sizeof key, "%s_key", columns[i].name);
        there->has[i] |= str_is(cells[0], columns[i].name);
        there->has_key[i] |= str_is(cells[0], key);
    }
    return true;
}

static bool column_add(struct clickhouse *e, const char *name, const char *end,
                       const char *type, bool local, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&b, "ALTER TABLE ");
    say_table(&b, e, "alert", local);
    say_cluster(&b, e);
    buf_printf(&b, " ADD COLUMN \"%s%s\" %s", name, end, type);
    return clickhouse_run(e, &b, err);
}

static bool columns_add(struct clickhouse *e, bool local, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    struct columns_there there = {0};
    bool ok, is_distributed = e->options.cluster.n > 0;

    if (!local && !is_distributed)
        return true;
    buf_text(&b, "SELECT name FROM system.columns WHERE database=");
    say_text(&b, e->options.database);
    buf_text(&b, " AND table=");
    say_text(&b, local && is_distributed ? STR("alert_local") : STR("alert"));
    ok = clickhouse_rows(e, &b, column_there, &there, err);
    for (size_t i = 0; ok && i < COLUMN_COUNT; i++) {
        if (!there.has[i])
            ok = column_add(e, columns[i].name, "", column_clickhouse_type(i),
                            local, err);
        if (ok && columns[i].type == COLUMN_ADDRESS && !there.has_key[i])
            ok = column_add(e, columns[i].name, "_key", "String", local, err);
    }
    return ok;
}

/* --- versions ------------------------------------------------------------------------- */

static bool version_read(struct clickhouse *e, int64_t *version,
                         struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&b, "SELECT max(version) FROM ");
    say_table(&b, e, "migration", false);
    if (!clickhouse_numbers(e, &b, version, 1, err))
        return false;
    if (*version > CLICKHOUSE_SCHEMA_VERSION)
        return error_set(err, "its tables were made by a newer Tocsin (schema "
                              "%lld, this one knows %d); start that one, or "
                              "name another database", (long long)*version,
                         CLICKHOUSE_SCHEMA_VERSION);
    return true;
}

static bool version_write(struct clickhouse *e, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    log_info("store", "the history's tables in ClickHouse are at schema %d",
             CLICKHOUSE_SCHEMA_VERSION);
    buf_text(&b, "INSERT INTO ");
    say_table(&b, e, "migration", false);
    buf_printf(&b, " (version,at_ms) FORMAT TabSeparated\n%d\t%lld\n",
               CLICKHOUSE_SCHEMA_VERSION,
               (long long)clock_wall_ms(&clock_real));
    return clickhouse_run(e, &b, err);
}

static bool highest_read(struct clickhouse *e, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&b, "SELECT max(id) FROM ");
    say_table(&b, e, "place", false);
    return clickhouse_numbers(e, &b, &e->highest_id, 1, err);
}

bool clickhouse_schema(struct clickhouse *e, struct error *err)
{
    int64_t version = 0;
    bool ok = database_make(e, err);

    for (size_t i = 0; ok && i < COUNT_OF(tables); i++)
        ok = table_make(e, &tables[i], err) &&
             table_distribute(e, &tables[i], err);
    ok = ok && version_read(e, &version, err) && columns_add(e, true, err) &&
         columns_add(e, false, err);
    if (ok && version < CLICKHOUSE_SCHEMA_VERSION)
        ok = version_write(e, err);
    return ok && highest_read(e, err);
}
