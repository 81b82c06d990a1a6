/* clickhouse_days.c -- how many rows lie in which day, by the server's list of parts: so
 * that a page looks into the newest days first, and not through all keys. It is
 * a guess, of one server of a cluster and a minute old: what is read after it is
 * bounded by it, and goes on behind it. */
#include "store/clickhouse_engine.h"

#define DAYS_FRESH_MS 60000
#define DAY_MS INT64_C(86400000)
#define MORE 4 /* times as many rows in the next window */

/* "20201123"; 0: it is none. */
static int64_t day_parse(struct str text)
{
    int64_t number = cell_number(text);
    struct time_parts t = {
        .year = (int)(number / 10000),
        .month = (int)(number / 100 % 100),
        .day = (int)(number % 100),
    };

    return text.n == 8 && t.year >= 1970 && t.month >= 1 && t.month <= 12
               ? time_from_parts(&t)
               : 0;
}

static bool day_read(void *engine, const struct str *cells, size_t n unused,
                     struct error *err unused)
{
    struct clickhouse *e = engine;
    int64_t first_ms = day_parse(cells[0]);

    if (e->day_count < CLICKHOUSE_DAYS_MAX && first_ms < CLICKHOUSE_APART_S * 1000)
        e->days[e->day_count++] = (struct clickhouse_day){
            .first_ms = first_ms,
            .rows = cell_number(cells[1]),
        };
    return true;
}

/* Without an answer there are no days, and nothing is bounded. */
static void days_look(struct clickhouse *e)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    int64_t now_ms = clock_tick_ms(&clock_real);

    if (e->day_looked_ms != 0 && now_ms - e->day_looked_ms < DAYS_FRESH_MS)
        return;
    e->day_count = 0;
    buf_text(&b, "SELECT partition,sum(rows) FROM system.parts WHERE active AND "
                 "database=");
    say_text(&b, e->options.database);
    buf_printf(&b, " AND table='alert%s' GROUP BY partition ORDER BY partition DESC"
                   " LIMIT %d", e->options.cluster.n > 0 ? "_local" : "",
               CLICKHOUSE_DAYS_MAX);
    if (!clickhouse_rows(e, &b, day_read, e, NULL))
        e->day_count = 0;
    e->day_looked_ms = now_ms;
}

/* --- windows ------------------------------------------------------------------------- */

struct window window_first(struct clickhouse *e, const struct store_query *q,
                           size_t rows)
{
    struct window w = {
        .oldest_first = q->oldest_first,
        .rows = (int64_t)rows,
        .far_ms = !q->oldest_first  ? q->since_ms
                  : q->until_ms != 0 ? q->until_ms - 1
                                     : INT64_MAX,
    };

    if (q->ids == NULL)
        days_look(e);
    window_next(e, q->before_id != 0 ? q->before_tstamp_ms
                   : q->oldest_first ? q->since_ms
                   : q->until_ms != 0 ? q->until_ms - 1
                                      : INT64_MAX, &w);
    return w;
}

/* Whether all of the day lies behind what was looked at. */
static bool is_behind(const struct window *w, const struct clickhouse_day *d,
                      int64_t from_ms)
{
    return w->oldest_first ? d->first_ms + DAY_MS <= from_ms
                           : d->first_ms > from_ms;
}

void window_next(const struct clickhouse *e, int64_t from_ms, struct window *w)
{
    int64_t rows = 0;

    for (; w->day < e->day_count; w->day++) {
        size_t at = w->oldest_first ? e->day_count - 1 - w->day : w->day;
        const struct clickhouse_day *d = &e->days[at];

        if (is_behind(w, d, from_ms))
            continue;
        rows += d->rows;
        if (rows < w->rows)
            continue;
        w->day++;
        w->rows *= MORE;
        w->edge_ms = w->oldest_first ? d->first_ms + DAY_MS - 1 : d->first_ms;
        w->is_last = w->oldest_first ? w->edge_ms >= w->far_ms
                                     : w->edge_ms <= w->far_ms;
        return;
    }
    w->is_last = true;
}

void say_window(struct buf *b, const struct window *w)
{
    if (w->is_last)
        return;
    buf_printf(b, " AND tstamp_ms%s=%lld", w->oldest_first ? "<" : ">",
               (long long)w->edge_ms);
    say_days(b, w->oldest_first ? DAYS_FIRST_MS : w->edge_ms,
             w->oldest_first ? w->edge_ms : DAYS_LAST_MS);
}
