/* admin_alerts.c -- GET /api/v1/alerts: what is engaged from the registry, all
 * else from the history. */
#include "admin/filter.h"
#include "admin/question.h"
#include "admin/reply.h"
#include "admin/shown.h"

/* --- from the history: the page is written where it is read ------------------ */

struct list_question {
    struct question q; /* first */
    struct store_query query;
    struct reply reply;
};

static struct str list_next(const struct store_page *page, struct arena *arena)
{
    if (!page->more)
        return STR_NONE;
    return cursor_text(arena, page->last_tstamp_ms, page->last_id);
}

static bool rows_write(struct list_question *l, const struct store_page *page)
{
    struct question *q = &l->q;

    out_array(&l->reply.out, "data");
    for (size_t i = 0; i < page->n; i++) {
        struct shown shown = {
            .line = page->rows[i].json,
            .row = &page->rows[i],
        };

        if (!shown_write(&shown, &q->arena, &l->reply.out, NULL, &q->err))
            return false;
    }
    out_array_end(&l->reply.out);
    return true;
}

static void list_ask(void *question, const struct historian_view *view)
{
    struct list_question *l = question;
    struct question *q = &l->q;
    struct store_page page;

    q->ok = store_engine_list(view->engine, &l->query, &q->arena, &page,
                              &q->err);
    if (!q->ok)
        return;
    reply_init(&l->reply);
    out_object(&l->reply.out, NULL);
    q->ok = rows_write(l, &page);
    if (!q->ok)
        return;
    reply_list_end(&l->reply, list_next(&page, &q->arena), page.total,
                   page.exact);
    out_object_end(&l->reply.out);
}

static void list_answer(void *question)
{
    struct list_question *l = question;

    if (l->q.ok)
        reply_send(&l->reply, l->q.x, 200);
    reply_release(&l->reply);
    if (l->q.ok)
        question_end(&l->q);
    else
        question_failed(&l->q, "list");
}

static void list_history(struct admin *a, struct exchange *x,
                         const struct store_query *query)
{
    struct list_question *l = question_new(a, x, sizeof *l);

    /* Host pools are those of now: an alert does not remember its own. */
    l->q.snapshot = config_acquire(a->with.config);
    l->query = *query;
    l->query.pools = l->q.snapshot->pools;
    question_read(&l->q, list_ask, list_answer);
}

/* --- from the registry ------------------------------------------------------- */

struct scan { /* of the engaged, newest first */
    const struct store_query *query;
    struct arena arena; /* of one alert at a time */
    struct reply reply;
    size_t looked_at, found;
    int64_t last_id; /* the last one looked at */
    bool done;       /* there are no more */
};

static bool scan_one(struct scan *s, const struct engaged *e,
                     struct error *err)
{
    bool matches, ok = true;

    arena_reset(&s->arena);
    matches = filter_matches(s->query, e, &s->arena);
    if (matches)
        ok = shown_write(&(struct shown){.line = e->json, .engaged = e}, &s->arena,
                         &s->reply.out, NULL, err);
    s->found += matches;
    s->looked_at++;
    s->last_id = e->id;
    return ok;
}

/* A page may be shorter than its limit when few match: the loop is not kept. */
static bool scan_page(struct scan *s, const struct registry *r,
                      struct error *err)
{
    const struct engaged *some[64];
    int64_t before = s->query->before_id;

    while (!s->done && s->found < s->query->limit &&
           s->looked_at < ADMIN_ENGAGED_SCAN_MAX) {
        size_t max = MIN(COUNT_OF(some), s->query->limit - s->found);
        size_t n = registry_list(r, before, max, some);

        for (size_t i = 0; i < n; i++)
            if (!scan_one(s, some[i], err))
                return false;
        before = s->last_id;
        s->done = n < max;
    }
    return true;
}

/* What is behind the page is counted only where the registry counts already. */
static void scan_end(struct scan *s, const struct registry *r,
                     struct arena *arena)
{
    bool open = filter_is_open(s->query);
    bool whole = s->query->before_id == 0 && s->done;
    size_t total = open ? registry_count(r) : s->found;
    struct str next = s->done ? STR_NONE : cursor_text(arena, 0, s->last_id);

    out_array_end(&s->reply.out);
    reply_list_end(&s->reply, next, (int64_t)total, open || whole);
    out_object_end(&s->reply.out);
}

static void list_engaged(struct admin *a, struct exchange *x,
                         const struct store_query *query)
{
    struct store_query now = *query;
    struct scan s = {.query = &now};
    struct error err = {0};

    now.pools = config_now(a->with.config)->pools;
    reply_init(&s.reply);
    out_object(&s.reply.out, NULL);
    out_array(&s.reply.out, "data");
    if (scan_page(&s, a->with.registry, &err)) {
        scan_end(&s, a->with.registry, exchange_arena(x));
        reply_send(&s.reply, x, 200);
    } else {
        reply_problem(a, x, 500, "unreadable", &err);
    }
    reply_release(&s.reply);
    arena_release(&s.arena);
}

static void alerts_list(void *admin, struct exchange *x)
{
    struct store_query query;

    if (!filter_read(admin, x, &query))
        return;
    if (query.state == STORE_ENGAGED)
        list_engaged(admin, x, &query);
    else
        list_history(admin, x, &query);
}

static const struct route routes[] = {
    {"GET", "/api/v1/alerts", ACCESS_ALERTS_READ, 0, alerts_list},
    {.method = NULL},
};

void admin_alerts(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
