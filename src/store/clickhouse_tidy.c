/* clickhouse_tidy.c -- what time does to marks: an acknowledgement ends, a deletion
 * becomes final and leaves a version without content. */
#include "store/clickhouse_engine.h"
#include "store/clickhouse_row.h"

struct due { /* rows that something is to be done with */
    struct clickhouse *e;
    const char *when; /* of the columns that hold times */
    struct place *places;
    int64_t *versions;
    size_t n;
    struct place *candidates;
    size_t candidate_count;
};

static bool candidate_read(void *due, const struct str *cells, size_t n unused,
                           struct error *err unused)
{
    struct due *d = due;

    d->candidates[d->candidate_count++] = place_of(cells);
    return true;
}

/* Without FINAL, whose walk costs too much for every minute: old versions too. */
static bool candidates_find(struct due *d, size_t at_most, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    struct place after = {.tstamp_ms = INT64_MIN + 1};

    if (d->candidate_count > 0)
        after = d->candidates[d->candidate_count - 1];
    d->candidate_count = 0;
    buf_text(&b, "SELECT DISTINCT tstamp_ms,id");
    say_from(&b, d->e, "");
    buf_printf(&b, " AND %s AND tstamp_ms>=%lld AND (tstamp_ms>%lld OR id>%lld)"
                   " ORDER BY tstamp_ms,id LIMIT %zu", d->when,
               (long long)after.tstamp_ms, (long long)after.tstamp_ms,
               (long long)after.id, at_most);
    return clickhouse_rows(d->e, &b, candidate_read, d, err);
}

static bool due_read(void *due, const struct str *cells, size_t n unused,
                     struct error *err unused)
{
    struct due *d = due;

    d->places[d->n] = (struct place){cell_number(cells[0]), cell_number(cells[1]),
                                     cell_number(cells[3])};
    d->versions[d->n++] = cell_number(cells[2]);
    return true;
}

static bool due_check(struct due *d, size_t at_most, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&b, "SELECT tstamp_ms,id,version,tstamp_s");
    say_from(&b, d->e, " FINAL");
    buf_printf(&b, " AND %s AND ", d->when);
    say_places(&b, d->candidates, d->candidate_count);
    buf_printf(&b, " LIMIT %zu", at_most - d->n);
    return clickhouse_rows(d->e, &b, due_read, d, err);
}

static bool due_find(struct due *d, size_t at_most, struct error *err)
{
    d->n = 0;
    d->candidate_count = 0;
    do {
        if (!candidates_find(d, at_most, err))
            return false;
        if (d->candidate_count > 0 && !due_check(d, at_most, err))
            return false;
    } while (d->candidate_count == at_most && d->n < at_most);
    return true;
}

#define APART_AT_ONCE 1000

bool clickhouse_set_apart(struct clickhouse *e, int64_t since_s,
                          struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct due d = {.e = e};
    char when[96];

    d.when = when;
    snprintf(when, sizeof when, "action=0 AND tstamp_s<%lld", (long long)since_s);
    d.places = arena_array(&arena, APART_AT_ONCE, sizeof *d.places);
    d.candidates = arena_array(&arena, APART_AT_ONCE, sizeof *d.candidates);
    d.versions = arena_array(&arena, APART_AT_ONCE, sizeof *d.versions);
    do {
        d.n = 0;
        if (!candidates_find(&d, APART_AT_ONCE, err))
            return false;
        if (d.candidate_count > 0 &&
            (!due_check(&d, APART_AT_ONCE, err) ||
             !clickhouse_copy_apart(e, d.places, d.n, err)))
            return false;
    } while (d.candidate_count == APART_AT_ONCE);
    return true;
}

bool clickhouse_remove(struct clickhouse *e, const struct place *places,
                       const int64_t *versions, size_t n, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_BODY_MAX);

    if (n == 0)
        return true;
    say_insert(&b, e);
    for (size_t i = 0; i < n; i++)
        row_write(&b, &places[i], NULL,
                  &(struct row_extra){.version = versions[i] + 1});
    return clickhouse_run(e, &b, err);
}

static bool tidy(struct due *d, int64_t now_ms, size_t at_most, size_t *done,
                 struct error *err)
{
    static const struct store_mark none;
    char when[96];

    d->when = when;
    snprintf(when, sizeof when, "acked_until_ms<>0 AND acked_until_ms<=%lld",
             (long long)now_ms);
    if (!due_find(d, at_most, err) ||
        !clickhouse_set_acked(d->e, d->places, d->n, &none, err))
        return false;
    *done = d->n;
    if (*done == at_most)
        return true;
    snprintf(when, sizeof when, "deletion<>0 AND final_ms<=%lld",
             (long long)now_ms);
    if (!due_find(d, at_most - *done, err) ||
        !clickhouse_remove(d->e, d->places, d->versions, d->n, err))
        return false;
    *done += d->n;
    return true;
}

bool clickhouse_tidy(struct store_engine *engine, int64_t now_ms, size_t at_most,
                     size_t *done, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct due d = {.e = clickhouse_of(engine)};

    d.places = arena_array(&arena, at_most, sizeof *d.places);
    d.candidates = arena_array(&arena, at_most, sizeof *d.candidates);
    d.versions = arena_array(&arena, at_most, sizeof *d.versions);
    *done = 0;
    return clickhouse_ready(d.e, err) && tidy(&d, now_ms, at_most, done, err);
}
