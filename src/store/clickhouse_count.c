/* clickhouse_count.c -- totals, facets, histogram and top. The server counts what its
 * columns can say; rows that must be asked on their line come here one by one. */
#include "store/clickhouse_engine.h"
#include "store/tally.h"

#define COUNT_LIMIT_MS 1000 /* of the page's time, for its total */

/* Cells from COUNTED_FIRST on are those that were asked for. */
#define COUNTED_FIRST 3
struct counted {
    const struct str *cells;
    size_t n_cells;
    int64_t n, score;
};
typedef bool counted_fn(void *to, const struct counted *c, struct error *err);

struct counting {
    struct clickhouse *e;
    const struct asking *ask;
    const char *what, *each; /* grouped by the server; of each row: "a,b" */
    counted_fn *add;
    void *to;
    struct arena scratch;
};

static bool counting_row(void *counting, const struct str *cells, size_t n,
                         struct error *err)
{
    struct counting *c = counting;
    struct counted one = {
        .cells = cells + COUNTED_FIRST,
        .n_cells = n - COUNTED_FIRST,
        .n = cell_number(cells[0]),
        .score = cell_number(cells[1]),
    };

    assert(n > COUNTED_FIRST);
    if (cells[2].n > 0 && !line_passes(c->ask->query, cells[2], &c->scratch))
        return true;
    return c->add(c->to, &one, err);
}

/* Groups, of rows that need not be asked. */
static bool count_grouped(struct counting *c, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    bool filtered = c->ask->conditions.filter != NULL;

    buf_text(&b, "SELECT count(),sum(score),'',");
    buf_text(&b, c->what);
    say_from(&b, c->e, " FINAL");
    say_where(&b, c->ask);
    buf_printf(&b, "%s GROUP BY %s", filtered ? " AND odd=0" : "", c->what);
    return clickhouse_rows(c->e, &b, counting_row, c, err);
}

/* FINAL reads all columns of all it merges, lines too: of the few odd rows alone. */
static void say_odd(struct buf *b, const struct counting *c)
{
    buf_text(b, " FINAL PREWHERE (tstamp_ms,id) IN (SELECT tstamp_ms,id FROM ");
    say_table(b, c->e, "alert", true);
    buf_text(b, " WHERE odd=1");
    say_since(b, c->e);
    say_where(b, c->ask);
    buf_text(b, ")");
}

static bool count_asked(struct counting *c, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    struct buf how freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&how, c->ask->on_lines ? " FINAL" : "");
    if (!c->ask->on_lines)
        say_odd(&how, c);
    buf_text(&b, "SELECT 1,score,json,");
    buf_text(&b, c->each);
    say_from(&b, c->e, buf_c(&how));
    say_where(&b, c->ask);
    buf_text(&b, c->ask->on_lines ? "" : " AND odd=1");
    return clickhouse_rows(c->e, &b, counting_row, c, err);
}

static bool count_all(struct counting *c, const struct store_query *q,
                      struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct asking k;
    bool ok;

    if (!clickhouse_ready(c->e, err) ||
        !asking_make(c->e, q, &arena, &k, err))
        return false;
    c->ask = &k;
    ok = k.on_lines || count_grouped(c, err);
    if (ok && k.conditions.filter != NULL)
        ok = count_asked(c, err);
    arena_release(&c->scratch);
    return ok;
}

/* --- the total of a list ------------------------------------------------------------- */

void clickhouse_total(struct clickhouse *e, const struct asking *k,
                      struct store_page *out)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    int64_t limit_ms = e->read_limit_ms, n[2];
    bool ok;

    if (k->on_lines)
        return;
    buf_text(&b, "SELECT count(),sum(odd)");
    say_from(&b, e, " FINAL");
    say_where(&b, k);
    e->read_limit_ms = MIN(limit_ms, COUNT_LIMIT_MS);
    ok = clickhouse_numbers(e, &b, n, COUNT_OF(n), NULL);
    e->read_limit_ms = limit_ms;
    if (!ok)
        return;
    out->exact = k->conditions.filter == NULL || n[1] == 0;
    out->total = MAX(out->total, out->exact ? n[0] : n[0] - n[1]);
}

/* --- facets -------------------------------------------------------------------------- */

static bool facet_add(void *facets, const struct counted *c, struct error *err)
{
    struct store_facets *f = facets;
    int64_t entity = cell_number(c->cells[0]);
    int64_t severity = cell_number(c->cells[1]);

    if (entity < 0 || entity >= ENTITY_COUNT || severity < 0 ||
        severity >= SEVERITY_COUNT)
        return error_set(err, "the history holds an alert of entity %lld and "
                              "severity %lld", (long long)entity,
                         (long long)severity);
    f->n[entity][severity] += c->n;
    f->total += c->n;
    if (cell_number(c->cells[2]) == STATE_ENGAGED)
        f->engaged += c->n;
    if (cell_number(c->cells[3]) != 0)
        f->acked += c->n;
    return true;
}

bool clickhouse_facets(struct store_engine *engine, const struct store_query *q,
                       struct store_facets *out, struct error *err)
{
    struct counting c = {
        .e = clickhouse_of(engine),
        .what = "entity,severity,action,acked_ms<>0",
        .each = "entity,severity,action,acked_ms<>0",
        .add = facet_add,
        .to = out,
    };

    *out = (struct store_facets){0};
    return count_all(&c, q, err);
}

/* --- histogram ----------------------------------------------------------------------- */

static bool bucket_add(void *histogram, const struct counted *c,
                       struct error *err)
{
    struct store_histogram *h = histogram;
    int64_t at = cell_number(c->cells[0]);
    int64_t severity = cell_number(c->cells[1]);

    if (at < 0 || (size_t)at >= h->n || severity < 0 ||
        severity >= SEVERITY_COUNT)
        return error_set(err, "the history counted into bucket %lld, severity "
                              "%lld", (long long)at, (long long)severity);
    h->counts[at][severity] += c->n;
    return true;
}

bool clickhouse_histogram(struct store_engine *engine,
                          const struct store_query *q,
                          struct store_histogram *out, struct error *err)
{
    char what[128];
    struct counting c = {
        .e = clickhouse_of(engine),
        .what = what,
        .each = what,
        .add = bucket_add,
        .to = out,
    };

    snprintf(what, sizeof what, "intDiv(tstamp_ms-(%lld),%lld),severity",
             (long long)out->first_ms, (long long)out->bucket_ms);
    return count_all(&c, q, err);
}

/* --- top ----------------------------------------------------------------------------- */

static bool top_add(void *tally, const struct counted *c, struct error *err)
{
    struct tally *t = tally;

    for (size_t i = 0; i < c->n_cells; i++)
        if (!tally_add(t, c->cells[i], c->n, c->score, err))
            return false;
    tally_row_end(t);
    return true;
}

static void say_fields(struct buf *b, const struct field_columns *field)
{
    for (size_t i = 0; i < field->n; i++)
        buf_printf(b, "%sifNull(toString(\"%s\"),'')", i > 0 ? "," : "",
                   columns[field->at[i]].name);
}

bool clickhouse_top(struct store_engine *engine, const struct store_query *q,
                    const struct field_columns *field, struct str prefix,
                    size_t limit, struct arena *a, struct store_top *out,
                    struct error *err)
{
    struct buf what freed_by(buf_release) = BUF(2048);
    struct buf each freed_by(buf_release) = BUF(1024);
    struct tally tally freed_by(tally_release) = {
        .column = &columns[field->at[0]],
    };
    struct counting c = {
        .e = clickhouse_of(engine),
        .add = top_add,
        .to = &tally,
    };

    say_fields(&each, field);
    buf_printf(&what, field->n > 1 ? "arrayJoin(arrayDistinct([%s]))" : "%s",
               buf_c(&each));
    c.what = buf_c(&what);
    c.each = buf_c(&each);
    if (!count_all(&c, q, err))
        return false;
    tally_top(&tally, prefix, limit, a, out);
    return true;
}
