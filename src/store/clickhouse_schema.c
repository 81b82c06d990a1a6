/* clickhouse_schema.c -- the tables: made, brought up to this version's columns, and
 * in a cluster Replicated under a Distributed face. Every step can be done twice. */
#include "store/clickhouse_row.h"

#include "base/hash.h"
#include "base/log.h"

struct table {
    const char *name;
    const struct row_column *columns;
    size_t column_count;
    bool holds_alerts;    /* column.h's too, and what is worked out of them */
    const char *version;  /* ReplacingMergeTree's, or NULL */
    const char *settings; /* after ENGINE */
    const char *shard;    /* what says where a row lies in a cluster */
};

static const struct row_column place_columns[] = {
    {"id", "Int64"},
    {"row_id", "Int64"},
    {"tstamp_ms", "Int64"},
    {"tstamp_s", "UInt32"},
};
static const struct row_column note_columns[] = {
    {"id", "Int64"}, {"n", "UInt32"},    {"at_ms", "Int64"},
    {"by", "String"}, {"text", "String"}, {"tstamp_s", "UInt32"},
};
static const struct row_column kept_columns[] = {
    {"n", "UInt64"},
    {"since_s", "UInt32"},
};
static const struct row_column migration_columns[] = {
    {"version", "UInt32"},
    {"at_ms", "Int64"},
    {"servers", "UInt32"},
};

#define BY_DAY " PARTITION BY " CLICKHOUSE_DAY_OF
/* Rows are read a granule at least, and some alerts have kilobytes. Tables made with
 * larger ones stay as they are, and slower. */
#define SMALL " SETTINGS index_granularity=1024"

static const struct table tables[] = {
    {"alert", row_columns, ROW_COLUMNS, true, "version",
     BY_DAY " ORDER BY (tstamp_ms,id)" SMALL, "intHash64(id)"},
    {"place", place_columns, COUNT_OF(place_columns), false, NULL,
     BY_DAY " ORDER BY (id,row_id,tstamp_ms)" SMALL, "intHash64(id)"},
    {"note", note_columns, COUNT_OF(note_columns), false, NULL,
     BY_DAY " ORDER BY (id,n)" SMALL, "intHash64(id)"},
    {"kept", kept_columns, COUNT_OF(kept_columns), false, NULL,
     " ORDER BY n", "n"},
    {"migration", migration_columns, COUNT_OF(migration_columns), false, NULL,
     " ORDER BY version", "version"},
};

typedef bool column_fn(void *to, const char *name, const char *type);

/* All columns of a table, in order; false: the function said so. */
static bool columns_visit(const struct table *t, column_fn *visit, void *to)
{
    bool ok = true;
    char key[80];

    for (size_t i = 0; ok && i < t->column_count; i++)
        ok = visit(to, t->columns[i].name, t->columns[i].type);
    for (size_t i = 0; ok && t->holds_alerts && i < COLUMN_COUNT; i++) {
        ok = visit(to, columns[i].name, column_clickhouse_type(i));
        snprintf(key, sizeof key, "%s_key", columns[i].name);
        if (ok && columns[i].type == COLUMN_ADDRESS)
            ok = visit(to, key, "String");
    }
    return ok;
}

static bool column_say(void *to, const char *name, const char *type)
{
    struct buf *b = to;

    buf_printf(b, "%s\"%s\" %s", buf_view(b).p[b->n - 1] == '(' ? "" : ",",
               name, type);
    return true;
}

static void say_columns(struct buf *b, const struct table *t)
{
    buf_text(b, " (");
    columns_visit(t, column_say, b);
    if (t->holds_alerts)
        buf_text(b, ",tstamp DateTime ALIAS toDateTime(tstamp_s)");
    buf_char(b, ')');
}

/* --- made ----------------------------------------------------------------------------- */

static void say_engine(struct buf *b, const struct clickhouse *e,
                       const struct table *t)
{
    buf_text(b, " ENGINE=");
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

static void say_create(struct buf *b, const struct clickhouse *e,
                       const struct table *t, bool local)
{
    buf_text(b, "CREATE TABLE IF NOT EXISTS ");
    say_table(b, e, t->name, local);
    say_cluster(b, e);
    say_columns(b, t);
}

/* All versions of an alert must be on one shard, so its id says which. */
static bool table_make(struct clickhouse *e, const struct table *t,
                       struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    say_create(&b, e, t, true);
    say_engine(&b, e, t);
    if (!clickhouse_define(e, &b, err))
        return false;
    if (e->options.cluster.n == 0)
        return true;
    buf_reset(&b);
    say_create(&b, e, t, false);
    buf_printf(&b, " ENGINE=Distributed(%.*s,%.*s,%s_local,%s)",
               STR_ARG(e->options.cluster), STR_ARG(e->options.database),
               t->name, t->shard);
    return clickhouse_define(e, &b, err);
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
    return clickhouse_define(e, &b, err);
}

/* --- columns that this version has and the table does not ----------------------------- */

struct there { /* of one table on the server that is asked */
    const struct table *table;
    struct clickhouse *e;
    bool local; /* of a cluster: where the rows are */
    struct arena arena;
    struct hash columns;
    bool any;
    struct error *err;
};

static bool column_there(void *to, const struct str *cells, size_t n unused,
                         struct error *err unused)
{
    struct there *there = to;

    hash_put(&there->columns, arena_str(&there->arena, cells[0]), there);
    there->any = true;
    return true;
}

static bool there_read(struct there *there, struct error *err)
{
    struct clickhouse *e = there->e;
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&b, "SELECT name FROM system.columns WHERE database=");
    say_text(&b, e->options.database);
    buf_printf(&b, " AND table='%s%s'", there->table->name,
               there->local && e->options.cluster.n > 0 ? "_local" : "");
    return clickhouse_rows(e, &b, column_there, there, err);
}

static bool column_add(void *to, const char *name, const char *type)
{
    struct there *there = to;
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    if (hash_get(&there->columns, str_of(name)) != NULL)
        return true;
    buf_text(&b, "ALTER TABLE ");
    say_table(&b, there->e, there->table->name, there->local);
    say_cluster(&b, there->e);
    buf_printf(&b, " ADD COLUMN \"%s\" %s", name, type);
    return clickhouse_define(there->e, &b, there->err);
}

/* Makes the table, or gives it the columns that it does not have yet. */
static bool table_bring_up(struct clickhouse *e, const struct table *t,
                           bool local, struct error *err)
{
    struct there there = {
        .table = t,
        .e = e,
        .local = local,
        .err = err,
    };
    bool ok = there_read(&there, err);

    if (ok)
        ok = there.any ? columns_visit(t, column_add, &there)
                       : table_make(e, t, err);
    hash_release(&there.columns);
    arena_release(&there.arena);
    return ok;
}

static bool tables_bring_up(struct clickhouse *e, struct error *err)
{
    bool ok = true;

    for (size_t i = 0; ok && i < COUNT_OF(tables); i++) {
        ok = table_bring_up(e, &tables[i], true, err);
        if (ok && e->options.cluster.n > 0)
            ok = table_bring_up(e, &tables[i], false, err);
    }
    return ok;
}

/* --- the cluster ---------------------------------------------------------------------- */

/* How many servers it has; a name that the server does not know is a mistake. */
static bool servers_count(struct clickhouse *e, int64_t *n, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    *n = 0;
    if (e->options.cluster.n == 0)
        return true;
    buf_text(&b, "SELECT count() FROM system.clusters WHERE cluster=");
    say_text(&b, e->options.cluster);
    return clickhouse_numbers(e, &b, n, 1, err) &&
           (*n > 0 || error_set(err, "the server knows no cluster \"%.*s\"; see "
                                     "remote_servers in its configuration",
                                STR_ARG(e->options.cluster)));
}

/* A server that joined the cluster later gets the tables, too. */
static bool newcomers_serve(struct clickhouse *e, int64_t servers,
                            bool *changed, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    int64_t known = 0;
    bool ok = true;

    if (servers == 0)
        return true;
    buf_text(&b, "SELECT max(servers) FROM ");
    say_table(&b, e, "migration", false);
    if (!clickhouse_numbers(e, &b, &known, 1, err))
        return false;
    *changed = known < servers;
    for (size_t i = 0; ok && known > 0 && *changed && i < COUNT_OF(tables); i++)
        ok = table_make(e, &tables[i], err);
    return ok;
}

/* --- versions ------------------------------------------------------------------------- */

static bool version_read(struct clickhouse *e, int64_t *version,
                         struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    int64_t there = 0;

    buf_text(&b, "SELECT count() FROM system.tables WHERE name='migration' AND "
                 "database=");
    say_text(&b, e->options.database);
    if (!clickhouse_numbers(e, &b, &there, 1, err))
        return false;
    if (there == 0)
        return true;
    buf_reset(&b);
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

static bool version_write(struct clickhouse *e, int64_t servers,
                          struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    log_info("store", "the history's tables in ClickHouse are at schema %d",
             CLICKHOUSE_SCHEMA_VERSION);
    buf_text(&b, "INSERT INTO ");
    say_table(&b, e, "migration", false);
    buf_printf(&b, " (version,at_ms,servers) FORMAT TabSeparated\n%d\t%lld\t%lld\n",
               CLICKHOUSE_SCHEMA_VERSION,
               (long long)clock_wall_ms(&clock_real), (long long)servers);
    return clickhouse_run(e, &b, err);
}

static bool highest_read(struct clickhouse *e, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    int64_t there;

    buf_text(&b, "SELECT max(id) FROM ");
    say_table(&b, e, "place", false);
    if (!clickhouse_numbers(e, &b, &there, 1, err))
        return false;
    /* A replica may be behind the one that we wrote to. */
    e->highest_id = MAX(e->highest_id, there);
    return true;
}

bool clickhouse_schema(struct clickhouse *e, struct error *err)
{
    int64_t version = 0, servers;
    bool changed = false;

    if (!servers_count(e, &servers, err) || !database_make(e, err) ||
        !version_read(e, &version, err) || !tables_bring_up(e, err) ||
        !newcomers_serve(e, servers, &changed, err))
        return false;
    if ((changed || version < CLICKHOUSE_SCHEMA_VERSION) &&
        !version_write(e, servers, err))
        return false;
    return highest_read(e, err) && clickhouse_since_read(e, err);
}
