/* sqlite_count.c -- totals, facets, histogram and top: one walk along the rows of
 * a range, or along their hourly counts where these say enough. Adding up is
 * done here and not by GROUP BY, which would sort. */
#include "store/sqlite_engine.h"
#include "store/sqlite_where.h"
#include "store/tally.h"

/* One row, or what an hour has of the like. Of the statement, columns from
 * COUNTED_FIRST on are those that were asked for. */
struct counted {
    int64_t tstamp_ms, n, score;
    enum severity severity;
    sqlite3_stmt *s;
};
#define COUNTED_FIRST 6
typedef bool counted_fn(void *to, const struct counted *c, struct error *err);

struct counting {
    struct sqlite *e;
    const struct ask *ask;
    const char *what; /* ", o.x, o.y" ... */
    const struct field_columns *field; /* ... and these; NULL: no more */
    counted_fn *add;
    void *to;
    bool by_hour; /* the hourly counts do */
};

static bool counting_step(const struct counting *c, sqlite3_stmt *s,
                          struct arena *scratch, struct error *err)
{
    struct counted one = {
        .tstamp_ms = sqlite3_column_int64(s, 1),
        .severity = (enum severity)sqlite3_column_int(s, 3),
        .n = sqlite3_column_int64(s, 4),
        .score = sqlite3_column_int64(s, 5),
        .s = s,
    };
    bool passes;

    if (!ask_passes(c->e, c->ask, s, scratch, &passes, err))
        return false;
    return !passes || c->add(c->to, &one, err);
}

static bool counting_run(const struct counting *c, struct where *w,
                         struct error *err)
{
    struct arena scratch freed_by(arena_release) = {0};
    sqlite3_stmt *s freed_by(statement_free) = where_statement(w, c->e, err);
    int code;

    if (s == NULL)
        return false;
    while ((code = sqlite3_step(s)) == SQLITE_ROW)
        if (!counting_step(c, s, &scratch, err))
            return false;
    return code == SQLITE_DONE || engine_error(c->e, err);
}

static void counting_what(const struct counting *c, struct where *w)
{
    where_say(w, c->what);
    for (size_t i = 0; c->field != NULL && i < c->field->n; i++) {
        where_say(w, ",");
        where_column(w, c->field->at[i]);
    }
}

static bool counting_rows(const struct counting *c, int64_t first_ms,
                          int64_t last_ms, struct error *err)
{
    struct where w freed_by(where_release) = WHERE();

    if (first_ms > last_ms)
        return true;
    where_say(&w, "SELECT o.id, o.tstamp_ms, o.odd, o.severity, 1, o.score");
    counting_what(c, &w);
    where_rows(&w, c->ask, first_ms, last_ms);
    return counting_run(c, &w, err);
}

static bool counting_hours(const struct counting *c, int64_t from,
                           int64_t before, struct error *err)
{
    struct where w freed_by(where_release) = WHERE();

    where_say(&w, "SELECT 0, o.hour * 3600000, 0, o.severity, o.n, o.score");
    counting_what(c, &w);
    where_hours(&w, c->ask, from, before);
    return counting_run(c, &w, err);
}

static int64_t hour_down(int64_t ms)
{
    return ms / HOUR_MS - (ms % HOUR_MS < 0);
}

/* The whole hours from the counts, what is left at both ends row by row. */
static bool counting_all(const struct counting *c, struct error *err)
{
    int64_t first = c->ask->first_ms, last = c->ask->last_ms;
    bool from_start = first == INT64_MIN, to_end = last == INT64_MAX;
    int64_t from = from_start ? INT64_MIN : hour_down(first - 1) + 1;
    int64_t before = to_end ? INT64_MAX : hour_down(last + 1);

    if (!c->by_hour || from >= before)
        return counting_rows(c, first, last, err);
    return counting_hours(c, from, before, err) &&
           (from_start || counting_rows(c, first, from * HOUR_MS - 1, err)) &&
           (to_end || counting_rows(c, before * HOUR_MS, last, err));
}

static bool hours_will_do(const struct ask *k)
{
    return conditions_are_counted(&k->conditions) && k->query->ids == NULL &&
           k->query->deletion == 0;
}

/* --- the total of a list ------------------------------------------------------------ */

struct total {
    int64_t n;
    bool over; /* and perhaps more */
};

static bool total_add(void *total, const struct counted *c,
                      struct error *err unused)
{
    struct total *t = total;

    t->n += c->n;
    return true;
}

static bool total_rows(struct sqlite *e, const struct ask *k, struct total *t)
{
    struct where w freed_by(where_release) = WHERE();
    sqlite3_stmt *s freed_by(statement_free) = NULL;

    where_say(&w, "SELECT count(*) FROM (SELECT 1");
    where_rows(&w, k, k->first_ms, k->last_ms);
    where_say(&w, " LIMIT ");
    where_number(&w, STORE_COUNT_MAX + 1);
    where_say(&w, ")");
    s = where_statement(&w, e, NULL);
    if (s == NULL || sqlite3_step(s) != SQLITE_ROW)
        return false;
    t->n = sqlite3_column_int64(s, 0);
    t->over = t->n > STORE_COUNT_MAX;
    t->n = MIN(t->n, STORE_COUNT_MAX);
    return true;
}

/* A total is a convenience: when it cannot be had in time the page goes out
 * with what is known. */
void sqlite_total(struct sqlite *e, const struct store_query *q,
                  struct arena *a, struct store_page *out)
{
    struct total t = {0};
    struct counting c = {
        .e = e,
        .what = "",
        .add = total_add,
        .to = &t,
    };
    struct ask k;
    bool ok;

    out->total = (int64_t)out->n;
    out->exact = q->before_id == 0 && !out->more;
    if (out->exact || !ask_make(e, q, a, &k, NULL))
        return;
    c.by_hour = hours_will_do(&k);
    if (q->filter != NULL && !c.by_hour)
        return; /* odd rows would have to be asked */
    e->deadline_ms = MIN(e->deadline_ms,
                         clock_tick_ms(&clock_real) + STORE_COUNT_MS);
    c.ask = &k;
    ok = c.by_hour ? counting_all(&c, NULL) : total_rows(e, &k, &t);
    out->exact = ok && !t.over;
    out->total = MAX(t.n, (int64_t)out->n);
}

/* --- facets --------------------------------------------------------------------------- */

static bool facet_add(void *facets, const struct counted *c,
                      struct error *err unused)
{
    struct store_facets *f = facets;
    int entity = sqlite3_column_int(c->s, COUNTED_FIRST);

    assert(entity >= 0 && entity < ENTITY_COUNT &&
           c->severity < SEVERITY_COUNT);
    f->n[entity][c->severity] += c->n;
    f->total += c->n;
    if (sqlite3_column_int(c->s, COUNTED_FIRST + 1) == STATE_ENGAGED)
        f->engaged += c->n;
    if (sqlite3_column_int(c->s, COUNTED_FIRST + 2) != 0)
        f->acked += c->n;
    return true;
}

/* What all three share: the question's time, and where its counts come from. */
static bool count_ask(struct sqlite *e, const struct store_query *q,
                      struct arena *a, struct counting *c, struct error *err)
{
    struct ask k;
    bool ok;

    c->e = e;
    c->ask = &k;
    sqlite_question(e);
    ok = ask_make(e, q, a, &k, err);
    if (ok && c->field != NULL)
        conditions_look_at(&k.conditions, c->field);
    if (ok) {
        c->by_hour = c->by_hour && hours_will_do(&k);
        ok = counting_all(c, err);
    }
    sqlite_answered(e);
    return ok;
}

bool sqlite_facets(struct store_engine *engine, const struct store_query *q,
                   struct store_facets *out, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct counting c = {
        .what = ", o.entity, o.action, o.acked",
        .add = facet_add,
        .to = out,
        .by_hour = true,
    };

    *out = (struct store_facets){0};
    return count_ask(sqlite_of(engine), q, &arena, &c, err);
}

/* --- histogram -------------------------------------------------------------------------- */

static bool bucket_add(void *histogram, const struct counted *c,
                       struct error *err unused)
{
    struct store_histogram *h = histogram;
    int64_t at = (c->tstamp_ms - h->first_ms) / h->bucket_ms;

    assert(at >= 0 && (size_t)at < h->n && c->severity < SEVERITY_COUNT);
    h->counts[at][c->severity] += c->n;
    return true;
}

bool sqlite_histogram(struct store_engine *engine, const struct store_query *q,
                      struct store_histogram *out, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct counting c = {
        .what = "",
        .add = bucket_add,
        .to = out,
        .by_hour = out->bucket_ms % HOUR_MS == 0,
    };

    return count_ask(sqlite_of(engine), q, &arena, &c, err);
}

/* --- top ---------------------------------------------------------------------------------- */

struct topping {
    struct tally *tally;
    const struct field_columns *field;
};

static struct str top_text(const struct counted *c, size_t i)
{
    const char *p = (const char *)sqlite3_column_text(c->s, COUNTED_FIRST + (int)i);

    return (struct str){
        p,
        p != NULL ? (size_t)sqlite3_column_bytes(c->s, COUNTED_FIRST + (int)i)
                  : 0,
    };
}

static bool top_add(void *topping, const struct counted *c, struct error *err)
{
    struct topping *t = topping;

    for (size_t i = 0; i < t->field->n; i++)
        if (sqlite3_column_type(c->s, COUNTED_FIRST + (int)i) != SQLITE_NULL &&
            !tally_add(t->tally, top_text(c, i), c->n, c->score, err))
            return false;
    tally_row_end(t->tally);
    return true;
}

bool sqlite_top(struct store_engine *engine, const struct store_query *q,
                const struct field_columns *field, struct str prefix,
                size_t limit, struct arena *a, struct store_top *out,
                struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct tally tally freed_by(tally_release) = {
        .column = &columns[field->at[0]],
    };
    struct topping t = {.tally = &tally, .field = field};
    struct counting c = {
        .what = "",
        .field = field,
        .add = top_add,
        .to = &t,
        .by_hour = true,
    };

    if (!count_ask(sqlite_of(engine), q, &arena, &c, err))
        return false;
    tally_top(&tally, prefix, limit, a, out);
    return true;
}
