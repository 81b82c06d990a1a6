/* admin_counts.c -- the history in numbers: GET /api/v1/alerts/facets, /timeseries,
 * /top/{field} and /values/{field}. */
#include "admin/filter.h"
#include "admin/question.h"
#include "admin/reply.h"

#define TOP_DEFAULT 10
#define BUCKETS_WANTED 150 /* when nobody says how wide one is */
#define DAY_MS (24 * 3600 * 1000LL)

struct count_question {
    struct question q; /* first */
    struct store_query query;
    int64_t bucket_ms;
    struct str field, prefix;
    size_t limit;
    struct reply reply;
};

/* The common frame: asked on the historian, written there, sent on the loop. */
static void count_answer(void *question)
{
    struct count_question *c = question;

    if (c->q.ok) {
        reply_send(&c->reply, c->q.x, 200);
        reply_release(&c->reply);
        question_end(&c->q);
        return;
    }
    reply_release(&c->reply);
    question_failed(&c->q, "count");
}

static struct count_question *count_new(struct admin *a, struct exchange *x,
                                        const struct store_query *query)
{
    struct count_question *c = question_new(a, x, sizeof *c);

    c->q.snapshot = config_acquire(a->with.config);
    c->query = *query;
    c->query.pools = c->q.snapshot->pools;
    return c;
}

static void counts_write(struct json_out *o, const char *name,
                         const int64_t by_severity[SEVERITY_COUNT])
{
    int64_t total = 0;

    out_object(o, name);
    for (int s = 0; s < SEVERITY_COUNT; s++) {
        if (by_severity[s] != 0)
            out_i64(o, severity_name((enum severity)s), by_severity[s]);
        total += by_severity[s];
    }
    out_i64(o, "total", total);
    out_object_end(o);
}

/* --- facets ------------------------------------------------------------------------- */

static void facets_write(const struct store_facets *f, struct json_out *o)
{
    int64_t all[SEVERITY_COUNT] = {0};

    out_object(o, "entities");
    for (int64_t e = 0; e < ENTITY_COUNT; e++) {
        int64_t n = 0;
        enum entity entity;

        for (int s = 0; s < SEVERITY_COUNT; s++) {
            n += f->n[e][s];
            all[s] += f->n[e][s];
        }
        if (n != 0 && entity_from_number(e, &entity))
            counts_write(o, entity_name(entity), f->n[e]);
    }
    out_object_end(o);
    counts_write(o, "severities", all);
    out_i64(o, "total", f->total);
    out_i64(o, "engaged", f->engaged);
    out_i64(o, "acknowledged", f->acked);
}

static void facets_ask(void *question, const struct historian_view *view)
{
    struct count_question *c = question;
    struct store_facets f;

    c->q.ok = store_engine_facets(view->engine, &c->query, &f, &c->q.err);
    if (!c->q.ok)
        return;
    reply_init(&c->reply);
    out_object(&c->reply.out, NULL);
    facets_write(&f, &c->reply.out);
    out_object_end(&c->reply.out);
}

static void facets_get(void *admin, struct exchange *x)
{
    struct store_query query;

    if (filter_read(admin, x, &query))
        question_read(&count_new(admin, x, &query)->q, facets_ask,
                      count_answer);
}

/* --- timeseries ----------------------------------------------------------------------- */

static void series_ask(void *question, const struct historian_view *view)
{
    struct count_question *c = question;
    struct json_out *o = &c->reply.out;
    struct store_histogram h;

    c->q.ok = store_engine_histogram(view->engine, &c->query, c->bucket_ms,
                                     &c->q.arena, &h, &c->q.err);
    if (!c->q.ok)
        return;
    reply_init(&c->reply);
    out_object(o, NULL);
    out_i64(o, "bucket", h.bucket_ms / 1000);
    out_array(o, "data");
    for (size_t i = 0; i < h.n; i++) {
        out_object(o, NULL);
        out_time(o, "from", h.first_ms + (int64_t)i * h.bucket_ms);
        counts_write(o, "severities", h.counts[i]);
        out_object_end(o);
    }
    out_array_end(o);
    out_object_end(o);
}

/* The narrowest that gives no more buckets than wanted. */
static int64_t bucket_for(int64_t range_ms)
{
    static const int64_t widths_s[] = {1,    10,   60,    300,   600,   1800,
                                       3600, 3600 * 6, 86400, 86400 * 7};
    size_t i = 0;

    while (i + 1 < COUNT_OF(widths_s) &&
           range_ms / (widths_s[i] * 1000) > BUCKETS_WANTED)
        i++;
    return widths_s[i] * 1000;
}

static bool bucket_read(struct admin *a, struct exchange *x, int64_t range_ms,
                        int64_t *out)
{
    struct str text = exchange_query(x, "bucket");

    *out = bucket_for(range_ms);
    return !exchange_has_query(x, "bucket") ||
           (str_to_duration_ms(text, out) && *out > 0) ||
           params_wrong(a, x, "bucket must be a duration like 10m, not "
                              "\"%.*s\"",
                        STR_ARG(str_first(text, utf8_cut(text, 60))));
}

static void series_get(void *admin, struct exchange *x)
{
    static const char *const names[] = {FILTER_PARAMS, "bucket", NULL};
    struct admin *a = admin;
    struct count_question *c;
    struct store_query query;
    int64_t bucket_ms;

    if (!filter_read_among(a, x, names, &query))
        return;
    if (query.until_ms == 0)
        query.until_ms = clock_wall_ms(a->with.clock) + 1;
    if (query.since_ms == 0)
        query.since_ms = query.until_ms - DAY_MS;
    if (!bucket_read(a, x, query.until_ms - query.since_ms, &bucket_ms))
        return;
    if (query.since_ms >= query.until_ms ||
        (query.until_ms - query.since_ms) / bucket_ms >= STORE_BUCKETS_MAX) {
        params_wrong(a, x, "since must be before until, with at most %d "
                           "buckets between them",
                     STORE_BUCKETS_MAX - 1);
        return;
    }
    c = count_new(a, x, &query);
    c->bucket_ms = bucket_ms;
    question_read(&c->q, series_ask, count_answer);
}

/* --- top and values --------------------------------------------------------------------- */

static void top_ask(void *question, const struct historian_view *view)
{
    struct count_question *c = question;
    struct json_out *o = &c->reply.out;
    struct store_top top;

    c->q.ok = store_engine_top(view->engine, &c->query, c->field, c->prefix,
                               c->limit, &c->q.arena, &top, &c->q.err);
    if (!c->q.ok)
        return;
    reply_init(&c->reply);
    out_object(o, NULL);
    out_array(o, "data");
    for (size_t i = 0; i < top.n; i++) {
        out_object(o, NULL);
        out_str(o, "value", top.values[i].value);
        out_i64(o, "count", top.values[i].n);
        out_i64(o, "score", top.values[i].score);
        out_object_end(o);
    }
    out_array_end(o);
    out_i64(o, "distinct", top.distinct);
    out_object_end(o);
}

static void top_post(struct admin *a, struct exchange *x,
                     const char *const *names)
{
    struct str field = exchange_segment(x, "field");
    struct field_columns known;
    struct store_query query;
    struct count_question *c;

    if (!filter_read_among(a, x, names, &query))
        return;
    if (!field_columns_of(field, &known)) {
        reply_problem_text(a, x, 404, "not-found",
                           "there is no field \"%.*s\" that is counted; there "
                           "are type, ip, host, port, country ...",
                           STR_ARG(str_first(field, utf8_cut(field, 60))));
        return;
    }
    c = count_new(a, x, &query);
    c->field = arena_str(&c->q.arena, field);
    c->prefix = arena_str(&c->q.arena, exchange_query(x, "prefix"));
    c->limit = exchange_has_query(x, "limit") ? query.limit : TOP_DEFAULT;
    question_read(&c->q, top_ask, count_answer);
}

static void top_get(void *admin, struct exchange *x)
{
    top_post(admin, x, filter_params);
}

/* For completion while somebody types. */
static void values_get(void *admin, struct exchange *x)
{
    static const char *const names[] = {FILTER_PARAMS, "prefix", NULL};

    top_post(admin, x, names);
}

#define PATH "/api/v1/alerts"

static const struct route routes[] = {
    {"GET", PATH "/facets", ACCESS_ALERTS_READ, 0, facets_get},
    {"GET", PATH "/timeseries", ACCESS_ALERTS_READ, 0, series_get},
    {"GET", PATH "/top/{field}", ACCESS_ALERTS_READ, 0, top_get},
    {"GET", PATH "/values/{field}", ACCESS_ALERTS_READ, 0, values_get},
    {.method = NULL},
};

void admin_counts(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
