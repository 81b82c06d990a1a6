/* clickhouse_prune.c -- how long and how much is kept. A day of which all may go is
 * dropped as a partition; elsewhere alerts leave versions without content, so that
 * none comes back when its newest version goes before an older one. */
#include "store/clickhouse_engine.h"
#include "store/retention.h"

#define DAYS_PAUSE_MS 3600000

struct pruning {
    struct clickhouse *e;
    struct retention keeps;
    size_t n;    /* classes */
    size_t left; /* rows that may go in this bite */
    struct place *places;
    int64_t *versions;
    size_t found;
};

static int64_t cut_of(const struct pruning *p, size_t at)
{
    struct retention of = p->keeps;

    of.at = at;
    return retention_cut_ms(&of);
}

/* --- whole days ---------------------------------------------------------------------- */

struct days {
    int64_t *v, *alerts;
    size_t n;
};
#define DAYS_MAX 400 /* at once; the next hour sees the others */

static bool day_read(void *days, const struct str *cells, size_t n unused,
                     struct error *err unused)
{
    struct days *d = days;

    if (d->n < DAYS_MAX) {
        d->alerts[d->n] = cell_number(cells[1]);
        d->v[d->n++] = cell_number(cells[0]);
    }
    return true;
}

/* What goes by its age; false: nothing does. */
static bool say_aged(struct buf *b, const struct pruning *p)
{
    bool any = false;

    buf_text(b, "(deletion=0 AND (0");
    for (size_t i = 0; i < p->n; i++) {
        if (p->keeps.classes[i].keep_ms == 0)
            continue;
        any = true;
        buf_printf(b, " OR (tstamp_ms<%lld AND ", (long long)cut_of(p, i));
        retention_say(b, p->keeps.classes, i);
        buf_text(b, ")");
    }
    buf_text(b, "))");
    return any;
}

static bool days_find(struct pruning *p, struct days *d, bool *any,
                      struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    int64_t cut_ms = INT64_MIN;

    for (size_t i = 0; i < p->n; i++)
        cut_ms = MAX(cut_ms, cut_of(p, i));
    buf_text(&b, "SELECT " CLICKHOUSE_DAY_OF " AS day,countIf(gone=0) FROM ");
    say_table(&b, p->e, "alert", false);
    /* Whole days only: the one of the cut is still being pruned row by row. */
    buf_printf(&b, " FINAL WHERE tstamp_ms<%lld",
               (long long)(cut_ms - cut_ms % 86400000));
    say_since(&b, p->e);
    buf_text(&b, " GROUP BY day HAVING countIf(gone=0 AND NOT ");
    *any = say_aged(&b, p);
    buf_text(&b, ")=0 ORDER BY day");
    return !*any || cut_ms < 86400000 ||
           clickhouse_rows(p->e, &b, day_read, d, err);
}

static bool days_drop(struct pruning *p, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct days d = {0};
    bool any;

    if (p->e->days_ms != 0 && p->keeps.now_ms - p->e->days_ms < DAYS_PAUSE_MS &&
        p->keeps.now_ms >= p->e->days_ms)
        return true;
    d.v = arena_array(&arena, DAYS_MAX, sizeof *d.v);
    d.alerts = arena_array(&arena, DAYS_MAX, sizeof *d.alerts);
    if (!clickhouse_has_ttl(p->e) && !clickhouse_days_drop(p->e, err))
        return false;
    if (!days_find(p, &d, &any, err))
        return false;
    for (size_t i = 0; i < d.n; i++) {
        if (!clickhouse_day_drop(p->e, d.v[i], err))
            return false;
        p->left -= MIN(p->left, (size_t)d.alerts[i]);
    }
    p->e->days_ms = p->keeps.now_ms;
    return true;
}

/* --- row by row ---------------------------------------------------------------------- */

static bool excess_count(struct pruning *p, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    int64_t bytes;

    p->keeps.excess = 0;
    if (p->keeps.classes[p->keeps.at].max_bytes == 0)
        return true;
    buf_text(&b, "SELECT sum(bytes)");
    say_from(&b, p->e, " FINAL");
    buf_text(&b, " AND deletion=0 AND ");
    retention_say(&b, p->keeps.classes, p->keeps.at);
    if (!clickhouse_numbers(p->e, &b, &bytes, 1, err))
        return false;
    p->keeps.excess = bytes - p->keeps.classes[p->keeps.at].max_bytes;
    return true;
}

static bool prune_row(void *pruning, const struct str *cells, size_t n unused,
                      struct error *err unused)
{
    struct pruning *p = pruning;
    struct place at = {cell_number(cells[0]), cell_number(cells[1]),
                       cell_number(cells[4])};

    if (!retention_takes(&p->keeps, at.tstamp_ms, cell_number(cells[3])))
        return true;
    p->places[p->found] = at;
    p->versions[p->found++] = cell_number(cells[2]);
    return true;
}

static bool rows_find(struct pruning *p, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&b, "SELECT tstamp_ms,id,version,bytes,tstamp_s");
    say_from(&b, p->e, " FINAL");
    buf_printf(&b, " AND tstamp_ms>=%lld AND deletion=0 AND ",
               (long long)p->e->pruned_ms[p->keeps.at]);
    retention_say(&b, p->keeps.classes, p->keeps.at);
    if (p->keeps.excess <= 0)
        buf_printf(&b, " AND tstamp_ms<%lld", (long long)retention_cut_ms(&p->keeps));
    buf_printf(&b, " ORDER BY tstamp_ms,id LIMIT %zu", p->left);
    p->found = 0;
    p->keeps.kept = false;
    return clickhouse_rows(p->e, &b, prune_row, p, err);
}

static bool class_prune(struct pruning *p, struct error *err)
{
    const struct store_class *c = &p->keeps.classes[p->keeps.at];

    if (!excess_count(p, err))
        return false;
    if (c->keep_ms == 0 && p->keeps.excess <= 0)
        return true;
    if (!rows_find(p, err) ||
        !clickhouse_remove(p->e, p->places, p->versions, p->found, err))
        return false;
    if (p->found < p->left && c->keep_ms != 0) /* that was all */
        p->e->pruned_ms[p->keeps.at] = retention_cut_ms(&p->keeps);
    p->left -= p->found;
    return true;
}

static void classes_know(struct pruning *p)
{
    struct clickhouse *e = p->e;

    if (memcmp(e->classes, p->keeps.classes, p->n * sizeof *e->classes) == 0 &&
        e->days_ms != 0)
        return;
    memcpy(e->classes, p->keeps.classes, p->n * sizeof *e->classes);
    for (size_t i = 0; i < STORE_CLASSES_MAX; i++)
        e->pruned_ms[i] = INT64_MIN + 1;
    e->days_ms = 0;
}

bool clickhouse_prune(struct store_engine *engine,
                      const struct store_class *classes, size_t n,
                      int64_t now_ms, size_t at_most, size_t *pruned,
                      struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct pruning p = {
        .e = clickhouse_of(engine),
        .keeps = {.classes = classes, .now_ms = now_ms},
        .n = n,
        .left = at_most,
    };
    bool ok = clickhouse_ready(p.e, err);

    p.places = arena_array(&arena, MAX(at_most, 1u), sizeof *p.places);
    p.versions = arena_array(&arena, MAX(at_most, 1u), sizeof *p.versions);
    classes_know(&p);
    ok = ok && clickhouse_reach(p.e, classes, n, now_ms, err) &&
         days_drop(&p, err);
    for (; ok && p.keeps.at < n && p.left > 0; p.keeps.at++)
        ok = class_prune(&p, err);
    *pruned = at_most - p.left;
    return ok;
}
