/* sqlite_count.c -- totals, facets, histogram and top: one walk along the rows of
 * a range, along their blocks where there are some, or along their hourly counts
 * where these say enough. Adding up is done here and not by GROUP BY, which would
 * sort. */
#include "store/sqlite_block.h"
#include "store/sqlite_engine.h"
#include "store/tally.h"

/* One row, or what an hour has of the like. */
struct counted {
    int64_t tstamp_ms, n, score;
    int severity, entity, state;
    bool acked;
    size_t value_count; /* of a top's field */
    struct tally_value *values[FIELD_COLUMNS_MAX];
};
#define COUNTED_SELECT "o.severity, o.entity, o.action, o.acked"
#define COUNTED_FIELD 9 /* of the statement: where the field's columns begin */
typedef void counted_fn(void *to, const struct counted *c);

struct counting {
    struct sqlite *e;
    struct ask *ask;
    const struct field_columns *field; /* of a top; NULL: none */
    struct tally *tally;               /* of its values */
    counted_fn *add;
    void *to;
    uint64_t also[2]; /* what of `struct counted` it adds up, as columns */
    bool by_hour; /* the hourly counts do */
};

/* --- by rows, or by hours -------------------------------------------------------------- */

static bool counted_value(const struct counting *c, struct counted *one,
                          struct str text, struct error *err)
{
    struct tally_value *v = text.n == 0 ? NULL : tally_value(c->tally, text, err);

    if (v != NULL)
        one->values[one->value_count++] = v;
    return v != NULL || text.n == 0;
}

static bool counted_values(const struct counting *c, sqlite3_stmt *s,
                           struct counted *one, struct error *err)
{
    for (size_t i = 0; c->field != NULL && i < c->field->n; i++) {
        int at = COUNTED_FIELD + (int)i;
        const char *p = (const char *)sqlite3_column_text(s, at);
        struct str text = {p, (size_t)sqlite3_column_bytes(s, at)};

        if (!counted_value(c, one, text, err))
            return false;
    }
    return true;
}

static bool counting_step(const struct counting *c, sqlite3_stmt *s,
                          struct arena *scratch, struct error *err)
{
    struct counted one = {
        .tstamp_ms = sqlite3_column_int64(s, 1),
        .n = sqlite3_column_int64(s, 3),
        .score = sqlite3_column_int64(s, 4),
        .severity = sqlite3_column_int(s, 5),
        .entity = sqlite3_column_int(s, 6),
        .state = sqlite3_column_int(s, 7),
        .acked = sqlite3_column_int(s, 8) != 0,
    };
    bool passes;

    if (!ask_passes(c->e, c->ask, sqlite3_column_int64(s, 0),
                    sqlite3_column_int(s, 2) != 0, scratch, &passes, err))
        return false;
    if (!passes)
        return true;
    if (!counted_values(c, s, &one, err))
        return false;
    c->add(c->to, &one);
    return true;
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

static void counting_field(const struct counting *c, struct where *w)
{
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
    where_say(&w, "SELECT o.id, o.tstamp_ms, o.odd, 1, o.score, " COUNTED_SELECT);
    counting_field(c, &w);
    where_rows(&w, c->ask, first_ms, last_ms);
    return counting_run(c, &w, err);
}

static bool counting_hours(const struct counting *c, int64_t from,
                           int64_t before, struct error *err)
{
    struct where w freed_by(where_release) = WHERE();

    where_say(&w, "SELECT 0, o.hour * 3600000, 0, o.n, o.score, " COUNTED_SELECT);
    counting_field(c, &w);
    where_hours(&w, c->ask, from, before);
    return counting_run(c, &w, err);
}

/* --- by blocks ----------------------------------------------------------------------------- */

struct block_counting {
    const struct counting *c;
    struct block_view view;
    struct tally_value **values[FIELD_COLUMNS_MAX]; /* by code, once needed */
    struct arena *arena;  /* emptied for each block */
    struct arena scratch; /* ours */
};

static int64_t block_number(const struct block_view *v, size_t column, size_t row)
{
    const struct block_column *from = &v->columns[column];
    uint16_t code = from->codes != NULL ? from->codes[row] : 0;

    return code != 0 ? from->numbers[code - 1] : 0;
}

static struct str value_text(const struct block_column *from, size_t i,
                             char digits[24])
{
    if (from->texts != NULL)
        return from->texts[i];
    snprintf(digits, 24, "%lld", (long long)from->numbers[i]);
    return str_of(digits);
}

static bool block_values(struct block_counting *b, size_t row,
                         struct counted *one, struct error *err)
{
    const struct field_columns *field = b->c->field;

    for (size_t i = 0; field != NULL && i < field->n; i++) {
        const struct block_column *from = &b->view.columns[field->at[i]];
        uint16_t code = from->codes[row];
        char digits[24];

        if (code == 0)
            continue;
        if (b->values[i][code] == NULL)
            b->values[i][code] = tally_value(
                b->c->tally, value_text(from, code - 1u, digits), err);
        if (b->values[i][code] == NULL)
            return false;
        one->values[one->value_count++] = b->values[i][code];
    }
    return true;
}

static bool block_row_count(struct block_counting *b, size_t row,
                            struct error *err)
{
    const struct block_view *v = &b->view;
    struct counted one = {
        .tstamp_ms = v->places != NULL ? v->places[row].tstamp_ms : 0,
        .n = 1,
        .score = block_number(v, COLUMN_SCORE, row),
        .severity = (int)block_number(v, COLUMN_SEVERITY_OF, row),
        .entity = (int)block_number(v, COLUMN_ENTITY_OF, row),
        .state = (int)block_number(v, COLUMN_STATE, row),
        .acked = block_number(v, BLOCK_ACKED, row) != 0,
    };
    bool passes = true;

    if (b->c->ask->conditions.asked &&
        !ask_passes(b->c->e, b->c->ask, v->places[row].id, false, &b->scratch,
                    &passes, err))
        return false;
    if (!passes)
        return true;
    if (!block_values(b, row, &one, err))
        return false;
    b->c->add(b->c->to, &one);
    return true;
}

static void block_count_release(struct block_counting *b)
{
    arena_release(&b->scratch);
}

/* *whole is false when it cannot. */
static bool block_rows_count(const struct counting *c, const struct block *from,
                             struct arena *arena, bool *whole,
                             struct error *err)
{
    struct block_counting b freed_by(block_count_release) = {
        .c = c,
        .arena = arena,
    };

    arena_reset(arena);
    if (!block_ask(c->e, from, c->ask, c->also, arena, &b.view, whole, err))
        return false;
    for (size_t i = 0; *whole && c->field != NULL && i < c->field->n; i++)
        b.values[i] = arena_array(
            arena, b.view.columns[c->field->at[i]].values + 1,
            sizeof *b.values[i]);
    for (size_t i = 0; *whole && i < b.view.n; i++)
        if (b.view.passes[i] && !block_row_count(&b, i, err))
            return false;
    return true;
}

/* Nothing is asked of its rows but how many there are. */
static bool only_counts(const struct counting *c, const struct block *b)
{
    return b->n > 0 && b->loose == 0 && b->from_ms >= c->ask->first_ms &&
           b->to_ms - 1 <= c->ask->last_ms && !ask_has_conditions(c->ask) &&
           c->field == NULL && (c->also[0] | c->also[1]) == 0;
}

/* Its loose rows from the table. */
static bool block_count(const struct counting *c, const struct block *b,
                        struct arena *arena, struct error *err)
{
    int64_t first_ms = MAX(b->from_ms, c->ask->first_ms);
    int64_t last_ms = MIN(b->to_ms - 1, c->ask->last_ms);
    bool whole, ok;

    if (sqlite_out_of_time(c->e))
        return sqlite_too_slow(c->e, err);
    if (only_counts(c, b)) {
        c->add(c->to, &(struct counted){.n = (int64_t)b->n});
        return true;
    }
    if (!block_rows_count(c, b, arena, &whole, err))
        return false;
    if (!whole)
        return counting_rows(c, first_ms, last_ms, err);
    if (b->loose == 0)
        return true;
    c->ask->loose = true;
    ok = counting_rows(c, first_ms, last_ms, err);
    c->ask->loose = false;
    return ok;
}

/* Blocks where there are some, and rows between them. */
static bool counting_range(const struct counting *c, int64_t first_ms,
                           int64_t last_ms, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct arena of_block freed_by(arena_release) = {.keep = BLOCK_ARENA_KEEP};
    struct block *blocks = NULL;
    size_t n = 0;

    if (first_ms > last_ms)
        return true;
    if (blocks_will_do(c->ask) &&
        !blocks_find(c->e, first_ms, last_ms, &arena, &blocks, &n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!counting_rows(c, first_ms, blocks[i].from_ms - 1, err) ||
            !block_count(c, &blocks[i], &of_block, err))
            return false;
        first_ms = blocks[i].to_ms;
    }
    return counting_rows(c, first_ms, last_ms, err);
}

static int64_t hour_down(int64_t ms)
{
    return ms / HOUR_MS - (ms % HOUR_MS < 0);
}

/* --- which of them ------------------------------------------------------------------------- */

#define HOURS_FEW 48 /* hours that are always looked up as hours */
/* An hourly count takes about as long as so many codes of a block: measured. */
#define HOURLY_CODES 38

/* How many there are in the middle, to know how many there are. */
static bool hourly_sample(const struct counting *c, int64_t from, int64_t before,
                          int64_t *out, struct error *err)
{
    STATEMENT(s, c->e, SQL_HOURLY_SAMPLE);

    bind_i64(s, 1, from + (before - from) / 2);
    if (sqlite3_step(s) != SQLITE_ROW)
        return engine_error(c->e, err);
    *out = sqlite3_column_int64(s, 0);
    return true;
}

static int columns_looked_at(const struct counting *c)
{
    uint64_t low = c->ask->conditions.columns[0] | c->also[0];
    uint64_t high = c->ask->conditions.columns[1] | c->also[1];

    return __builtin_popcountll(low) + __builtin_popcountll(high);
}

/* Over a long time blocks may be read sooner than hours of many kinds of alerts. */
static bool hours_take_longer(const struct counting *c, bool *longer,
                              struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct block *blocks;
    int64_t from, before, sample = 0, rows = 0;
    size_t n;

    *longer = false;
    if (!blocks_find(c->e, c->ask->first_ms, c->ask->last_ms, &arena, &blocks,
                     &n, err))
        return false;
    if (n == 0)
        return true;
    from = hour_down(blocks[0].from_ms);
    before = hour_down(blocks[n - 1].to_ms);
    if (before - from <= HOURS_FEW)
        return true;
    for (size_t i = 0; i < n; i++)
        rows += (int64_t)blocks[i].n;
    if (!hourly_sample(c, from, before, &sample, err))
        return false;
    *longer = (before - from) * sample * HOURLY_CODES >
              rows * (1 + columns_looked_at(c));
    return true;
}

/* The whole hours from the counts, what is left at both ends by its rows. */
static bool counting_all(const struct counting *c, struct error *err)
{
    int64_t first = c->ask->first_ms, last = c->ask->last_ms;
    bool from_start = first == INT64_MIN, to_end = last == INT64_MAX;
    int64_t from = from_start ? INT64_MIN : hour_down(first - 1) + 1;
    int64_t before = to_end ? INT64_MAX : hour_down(last + 1);
    bool ok, longer = true;

    if (c->by_hour && from < before && !hours_take_longer(c, &longer, err))
        return false;
    if (longer)
        return counting_range(c, first, last, err);
    if (!counting_hours(c, from, before, err))
        return false;
    c->ask->last_ms = from_start ? last : from * HOUR_MS - 1;
    ok = from_start || counting_range(c, first, c->ask->last_ms, err);
    c->ask->last_ms = last;
    c->ask->first_ms = to_end ? first : before * HOUR_MS;
    ok = ok && (to_end || counting_range(c, c->ask->first_ms, last, err));
    c->ask->first_ms = first;
    return ok;
}

static bool hours_will_do(const struct ask *k)
{
    return conditions_are_counted(&k->conditions) && k->query->ids == NULL &&
           k->query->deletion == 0 && k->query->acked_ms == 0;
}

/* --- the total of a list ------------------------------------------------------------ */

static void total_add(void *total, const struct counted *c)
{
    *(int64_t *)total += c->n;
}

/* A total is a convenience: when it cannot be had in time the page goes out
 * with what is known. */
void sqlite_total(struct sqlite *e, const struct store_query *q,
                  struct arena *a, struct store_page *out)
{
    int64_t n = 0;
    struct counting c = {
        .e = e,
        .add = total_add,
        .to = &n,
    };
    struct ask k;

    out->total = (int64_t)out->n;
    out->exact = q->before_id == 0 && !out->more;
    if (out->exact || !ask_make(e, q, a, &k, NULL) || k.conditions.asked)
        return;
    e->deadline_ms = MIN(e->deadline_ms,
                         clock_tick_ms(&clock_real) + STORE_COUNT_MS);
    c.by_hour = hours_will_do(&k);
    c.ask = &k;
    out->exact = counting_all(&c, NULL);
    out->total = MAX(n, (int64_t)out->n);
}

/* --- facets --------------------------------------------------------------------------- */

static void facet_add(void *facets, const struct counted *c)
{
    struct store_facets *f = facets;

    assert(c->entity >= 0 && c->entity < ENTITY_COUNT && c->severity >= 0 &&
           c->severity < SEVERITY_COUNT);
    f->n[c->entity][c->severity] += c->n;
    f->total += c->n;
    f->engaged += c->state == STATE_ENGAGED ? c->n : 0;
    f->acked += c->acked ? c->n : 0;
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
    for (size_t i = 0; c->field != NULL && i < c->field->n; i++)
        block_want(c->also, c->field->at[i]);
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
    static const size_t also[] = {COLUMN_ENTITY_OF, COLUMN_SEVERITY_OF,
                                  COLUMN_STATE, BLOCK_ACKED};
    struct counting c = {
        .add = facet_add,
        .to = out,
        .by_hour = true,
    };

    for (size_t i = 0; i < COUNT_OF(also); i++)
        block_want(c.also, also[i]);

    *out = (struct store_facets){0};
    return count_ask(sqlite_of(engine), q, &arena, &c, err);
}

/* --- histogram -------------------------------------------------------------------------- */

static void bucket_add(void *histogram, const struct counted *c)
{
    struct store_histogram *h = histogram;
    int64_t at = (c->tstamp_ms - h->first_ms) / h->bucket_ms;

    assert(at >= 0 && (size_t)at < h->n && c->severity >= 0 &&
           c->severity < SEVERITY_COUNT);
    h->counts[at][c->severity] += c->n;
}

bool sqlite_histogram(struct store_engine *engine, const struct store_query *q,
                      struct store_histogram *out, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct counting c = {
        .add = bucket_add,
        .to = out,
        .by_hour = out->bucket_ms % HOUR_MS == 0,
    };

    block_want(c.also, BLOCK_PLACES);
    block_want(c.also, COLUMN_SEVERITY_OF);
    return count_ask(sqlite_of(engine), q, &arena, &c, err);
}

/* --- top ---------------------------------------------------------------------------------- */

static void top_add(void *tally, const struct counted *c)
{
    for (size_t i = 0; i < c->value_count; i++)
        tally_count(tally, c->values[i], c->n, c->score);
    tally_row_end(tally);
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
    struct counting c = {
        .field = field,
        .tally = &tally,
        .add = top_add,
        .to = &tally,
        .by_hour = true,
    };

    block_want(c.also, COLUMN_SCORE);
    if (!count_ask(sqlite_of(engine), q, &arena, &c, err))
        return false;
    tally_top(&tally, prefix, limit, a, out);
    return true;
}
