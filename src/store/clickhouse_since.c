/* clickhouse_since.c -- how far back the history reaches, and the TTL that follows.
 *
 * A TTL takes parts one by one, so of an alert the newest version may go before an
 * older one, which would then count again: an alert that ended would be engaged
 * once more. So a day first goes out of every question's reach (`kept` says since
 * when), and its TTL, which all rows of a day share, comes a day later. What is
 * still engaged is set apart before. Where there is no TTL we drop the days. */
#include "store/clickhouse_engine.h"

#define DAY_S INT64_C(86400)
#define TTL_LAST_S "4294967295" /* the end of DateTime: never */
#define TTL_SINCE 21            /* the first version that also can take it off */

static const char *const tables[] = {"note", "place", "alert"};

bool clickhouse_has_ttl(const struct clickhouse *e)
{
    return e->server >= TTL_SINCE;
}

/* The longest that anything is kept; 0: for ever. */
static int64_t longest_ms(const struct store_class *classes, size_t n)
{
    int64_t longest = 0;

    for (size_t i = 0; i < n; i++) {
        const struct store_class *c = &classes[i];
        bool any = c->entities == 0 && c->least <= SEVERITY_NONE &&
                   c->most >= SEVERITY_EMERGENCY;

        if (c->keep_ms == 0)
            return 0;
        longest = MAX(longest, c->keep_ms);
        if (any)
            return longest;
    }
    return 0; /* some are of no class */
}

/* --- days ---------------------------------------------------------------------------- */

static bool alter(struct clickhouse *e, const char *table, const char *how,
                  struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&b, "ALTER TABLE ");
    say_table(&b, e, table, true);
    say_cluster(&b, e);
    buf_printf(&b, " %s", how);
    return clickhouse_define(e, &b, err);
}

bool clickhouse_day_drop(struct clickhouse *e, int64_t day, struct error *err)
{
    char how[64];

    snprintf(how, sizeof how, "DROP PARTITION %lld", (long long)day);
    /* The alerts last: while they are there the day is found again. */
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        if (!alter(e, tables[i], how, err))
            return false;
    return true;
}

#define DAYS_AT_ONCE 400

struct days {
    int64_t v[DAYS_AT_ONCE];
    size_t n;
};

static bool day_read(void *days, const struct str *cells, size_t n unused,
                     struct error *err unused)
{
    struct days *d = days;

    if (d->n < DAYS_AT_ONCE)
        d->v[d->n++] = cell_number(cells[0]);
    return true;
}

bool clickhouse_days_drop(struct clickhouse *e, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    struct days d = {0};

    buf_text(&b, "SELECT " CLICKHOUSE_DAY_OF " AS day FROM ");
    say_table(&b, e, "alert", false);
    buf_printf(&b, " WHERE tstamp_s<%lld GROUP BY day ORDER BY day LIMIT %d",
               (long long)e->since_s, DAYS_AT_ONCE);
    do {
        d.n = 0;
        if (e->since_s > 0 && !clickhouse_rows(e, &b, day_read, &d, err))
            return false;
        for (size_t i = 0; i < d.n; i++)
            if (!clickhouse_day_drop(e, d.v[i], err))
                return false;
    } while (d.n == DAYS_AT_ONCE);
    return true;
}

/* --- in reach ------------------------------------------------------------------------ */

bool clickhouse_since_read(struct clickhouse *e, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    int64_t newest[2];

    buf_text(&b, "SELECT argMax(since_s,n),max(n) FROM ");
    say_table(&b, e, "kept", false);
    if (!clickhouse_numbers(e, &b, newest, COUNT_OF(newest), err))
        return false;
    e->since_s = newest[0];
    e->since_n = newest[1];
    return true;
}

static bool since_write(struct clickhouse *e, int64_t since_s, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&b, "INSERT INTO ");
    say_table(&b, e, "kept", false);
    buf_printf(&b, " (n,since_s) FORMAT TabSeparated\n%lld\t%lld\n",
               (long long)e->since_n + 1, (long long)since_s);
    if (!clickhouse_run(e, &b, err))
        return false;
    e->since_s = since_s;
    e->since_n++;
    return true;
}

/* --- TTL ----------------------------------------------------------------------------- */

/* The number in the table's TTL: a day's start and so many seconds; 0: none. */
static bool ttl_read(struct clickhouse *e, const char *table, int64_t *ttl_s,
                     struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&b, "SELECT toInt64OrZero(extract(engine_full,'TTL toDateTime.least"
                 "[^+]+[+] ([0-9]+)')) FROM system.tables WHERE database=");
    say_text(&b, e->options.database);
    buf_printf(&b, " AND name='%s%s'", table,
               e->options.cluster.n > 0 ? "_local" : "");
    return clickhouse_numbers(e, &b, ttl_s, 1, err);
}

static bool table_ttl_set(struct clickhouse *e, const char *table, int64_t ttl_s,
                          struct error *err)
{
    int64_t there;
    char how[192];

    if (!ttl_read(e, table, &there, err))
        return false;
    if (there == ttl_s)
        return true;
    if (ttl_s == 0)
        return alter(e, table, "REMOVE TTL", err);
    snprintf(how, sizeof how, "MODIFY TTL toDateTime(least(intDiv(tstamp_s,86400)"
                              "*86400+%lld," TTL_LAST_S "))", (long long)ttl_s);
    /* Parts go as a whole: all rows of one have the same time. */
    return alter(e, table, "MODIFY SETTING ttl_only_drop_parts=1", err) &&
           alter(e, table, how, err);
}

static bool ttl_set(struct clickhouse *e, int64_t keep_ms, struct error *err)
{
    /* Its day, the time it is kept, and a day more. */
    int64_t ttl_s = keep_ms > 0 ? 2 * DAY_S + (keep_ms + 999) / 1000 : 0;

    if (!clickhouse_has_ttl(e) || e->ttl_s == ttl_s)
        return true;
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        if (!table_ttl_set(e, tables[i], ttl_s, err))
            return false;
    e->ttl_s = ttl_s;
    return true;
}

/* Longer than before: what was left of those days goes first. */
static bool since_back(struct clickhouse *e, int64_t since_s, int64_t keep_ms,
                       struct error *err)
{
    return ttl_set(e, keep_ms, err) && clickhouse_days_drop(e, err) &&
           since_write(e, since_s, err);
}

bool clickhouse_reach(struct clickhouse *e, const struct store_class *classes,
                      size_t n, int64_t now_ms, struct error *err)
{
    int64_t keep_ms = longest_ms(classes, n);
    int64_t since_s = keep_ms > 0 ? (now_ms - keep_ms) / 1000 / DAY_S * DAY_S : 0;

    since_s = MAX(0, MIN(since_s, CLICKHOUSE_APART_S));
    if (since_s < e->since_s)
        return since_back(e, since_s, keep_ms, err);
    if (since_s > e->since_s && (!clickhouse_set_apart(e, since_s, err) ||
                                 !since_write(e, since_s, err)))
        return false;
    return ttl_set(e, keep_ms, err);
}
