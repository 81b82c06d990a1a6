/* admin_retry.c -- POST /api/v1/deliveries/retry and /cancel: what is dead is tried
 * once more, or what waits is dead after all; those that are named, or all that are
 * found, a page at a time so that neither the historian nor a commit is kept long.
 * What must live as long as the exchange is in its arena; the question's has a page. */
#include "admin/delivery.h"
#include "admin/done_by.h"
#include "admin/params.h"
#include "admin/question.h"
#include "admin/reply.h"
#include "outbox/cancel.h"

struct retry {
    struct question q; /* first */
    struct delivery_id *ids; /* those of this page, in an arena */
    size_t n, at;
    bool find;                 /* the ids come from the outbox ... */
    struct delivery_page page; /* ... as this page of the dead, or of what waits */
    size_t retried, looked_at;
    size_t limit; /* of what is looked at */
    const struct json *asked; /* how they are found; NULL: they are named */
    struct str cancelled_by; /* the other way round: pending ones are dead; "": not */
};

static void retry_page(struct retry *r);

static void counts_write(const struct retry *r, struct json_out *o)
{
    out_i64(o, r->cancelled_by.n > 0 ? "cancelled" : "retried", (int64_t)r->retried);
    if (r->find)
        out_bool(o, "more", r->page.more);
}

/* For their undoing, when they are but one page. */
static void ids_write(struct retry *r, struct json_out *o)
{
    if (!r->find || r->limit > PAGE_MAX)
        return;
    out_array(o, "ids");
    for (size_t i = 0; i < r->n; i++)
        out_str(o, NULL, delivery_id_text(r->ids[i], &r->q.arena));
    out_array_end(o);
}

static void retry_log(const struct retry *r)
{
    static const char *const which[] = {"recipient", "endpoint", "before"};
    struct buf text freed_by(buf_release) = BUF(4096);
    struct json_out o = JSON_OUT(&text);

    out_object(&o, NULL);
    counts_write(r, &o);
    for (size_t i = 0; i < COUNT_OF(which); i++)
        if (json_get(r->asked, which[i]) != NULL)
            out_str(&o, which[i], json_text(json_get(r->asked, which[i])));
    out_object_end(&o);
    done_log(r->q.admin, r->q.x,
             r->cancelled_by.n > 0 ? "delivery.cancel" : "delivery.retry", STR_NONE,
             STR_NONE, buf_view(&text));
}

static void retry_answer(struct retry *r)
{
    struct reply reply freed_by(reply_release);

    retry_log(r);
    reply_init(&reply);
    out_object(&reply.out, NULL);
    counts_write(r, &reply.out);
    ids_write(r, &reply.out);
    out_object_end(&reply.out);
    reply_send(&reply, r->q.x, 200);
    question_end(&r->q);
}

static void retry_done(void *retry, size_t count)
{
    struct retry *r = retry;

    r->retried += count;
    retry_page(r);
}

/* The next ids at hand go back to pending in one commit; or from there to dead. */
static void retry_send(struct retry *r)
{
    const struct delivery_id *ids = r->ids + r->at;
    size_t n = MIN(r->n - r->at, (size_t)PAGE_MAX);

    r->at += n;
    r->looked_at += n;
    if (r->cancelled_by.n > 0)
        outbox_cancel(r->q.admin->with.outbox, ids, n,
                      arena_printf(&r->q.arena, "cancelled by %.*s",
                                   STR_ARG(r->cancelled_by)),
                      retry_done, r);
    else
        outbox_redrive(r->q.admin->with.outbox, ids, n, retry_done, r);
}

/* --- all that are found ----------------------------------------------------- */

static void find_ask(void *retry, const struct historian_view *view)
{
    struct retry *r = retry;

    arena_reset(&r->q.arena);
    r->q.ok = delivery_page_read(&r->page, view->outbox, &r->q.arena,
                                 &r->q.err);
    if (!r->q.ok)
        return;
    r->n = r->page.n;
    r->at = 0;
    r->ids = arena_array(&r->q.arena, MAX(r->n, 1u), sizeof *r->ids);
    for (size_t i = 0; i < r->n; i++)
        r->ids[i] = r->page.rows[i].id;
    if (r->n > 0)
        r->page.query.before = r->ids[r->n - 1];
}

static void find_answer(void *retry)
{
    struct retry *r = retry;

    if (r->q.ok && r->n == 0) {
        retry_answer(r);
    } else if (r->q.ok) {
        retry_send(r);
    } else {
        error_in(&r->q.err, "after %zu that were %s", r->retried,
                 r->cancelled_by.n > 0 ? "cancelled" : "retried");
        question_failed(&r->q, "delivery");
    }
}

/* Goes on until there are no more ids, or enough were retried. */
static void retry_page(struct retry *r)
{
    bool more = r->find && r->page.more && r->looked_at < r->limit;

    if (r->q.admin->stopping)
        retry_answer(r);
    else if (r->at < r->n)
        retry_send(r);
    else if (more)
        question_post(&r->q, find_ask, find_answer);
    else
        retry_answer(r);
}

static bool wrong(struct error *err, const char *member, const char *words)
{
    error_set(err, "%s", words);
    return error_at(err, member);
}

/* Whose: a recipient's, or of all who are on an endpoint. */
static bool whose_read(const struct admin *a, const struct json *body, struct arena *arena,
                       struct delivery_query *q, struct error *err)
{
    const struct json *recipient = json_get(body, "recipient");
    const struct json *endpoint = json_get(body, "endpoint");

    if (recipient != NULL &&
        !recipient_id_parse(a, json_text(recipient), &q->recipient_id))
        return wrong(err, "recipient", "no recipient has this name");
    return endpoint == NULL ||
           delivery_query_endpoint(a, json_text(endpoint), arena, q) ||
           wrong(err, "endpoint", "no endpoint has this name");
}

static bool is_builtin(const struct admin *a, int64_t recipient_id)
{
    const struct recipient *r =
        snapshot_recipient_id(config_now(a->with.config), recipient_id);

    return r != NULL && r->builtin;
}

static bool is_of_history(const struct admin *a, const struct delivery_query *q)
{
    bool is = is_builtin(a, q->recipient_id);

    for (size_t i = 0; i < q->recipient_count; i++)
        is = is || is_builtin(a, q->recipient_ids[i]);
    return is;
}

/* Never 0, which would be any time: all that waits would go. */
static bool before_read(const struct admin *a, struct str text, int64_t *out,
                        struct error *err)
{
    int64_t ago_ms;

    if (str_to_duration_ms(text, &ago_ms))
        *out = clock_wall_ms(a->with.clock) - ago_ms;
    else if (!time_parse(text, out))
        return wrong(err, "before", "must be a time like 2026-11-25T18:00:00Z, or how "
                                    "long ago, like 6h");
    return *out > 0 || wrong(err, "before", "must be later than 1970");
}

/* What is dropped is said with care: whose, and up to when it was accepted. */
static bool drop_read(const struct admin *a, const struct json *body,
                      struct delivery_query *q, struct error *err)
{
    const struct json *before = json_get(body, "before");

    if (q->recipient_id == 0 && q->recipient_ids == NULL)
        return wrong(err, "recipient", "say whose: \"recipient\", or \"endpoint\"");
    if (is_of_history(a, q))
        return wrong(err, q->recipient_id != 0 ? "recipient" : "endpoint",
                     "nothing is dropped for the builtin alert store: it is the history");
    return before == NULL || before_read(a, json_text(before), &q->until_ms, err);
}

static bool query_read(struct retry *r, const struct json *body, bool cancels,
                       struct error *err)
{
    int64_t limit = json_i64_or(json_get(body, "limit"), ADMIN_RETRY_MAX);
    enum delivery_state of = cancels ? DELIVERY_PENDING : DELIVERY_DEAD;
    struct delivery_query *q = &r->page.query;

    if (!str_is(json_text(json_get(body, "state")), delivery_state_name(of))) {
        error_set(err, "say which: \"ids\", or \"state\": \"%s\"", delivery_state_name(of));
        return error_at(err, "state");
    }
    if (!whose_read(r->q.admin, body, exchange_arena(r->q.x), q, err) ||
        (cancels && !drop_read(r->q.admin, body, q, err)))
        return false;
    if (limit < 1 || limit > ADMIN_RETRY_MAX) {
        error_set(err, "must be from 1 to %d", ADMIN_RETRY_MAX);
        return error_at(err, "limit");
    }
    r->limit = (size_t)limit;
    q->state = (int)of;
    q->limit = MIN(r->limit, (size_t)PAGE_MAX);
    return true;
}

static void retry_found(struct retry *r, const struct json *body)
{
    struct error err = {0};

    if (!query_read(r, body, r->cancelled_by.n > 0, &err)) {
        reply_problem(r->q.admin, r->q.x, 422, "invalid-object", &err);
        question_end(&r->q);
        return;
    }
    r->find = true;
    r->asked = body;
    question_post(&r->q, find_ask, find_answer);
}

/* --- those that are named ---------------------------------------------------- */

static bool ids_read(const struct json *list, struct arena *arena,
                     struct delivery_id **out, struct error *err)
{
    struct delivery_id *ids;
    size_t i = 0;

    if (!json_is(list, JSON_ARRAY)) {
        error_set(err, "must be a list of ids like \"4711.3\"");
        return error_at(err, "ids");
    }
    ids = arena_array(arena, MAX(list->count, 1u), sizeof *ids);
    for (const struct json *e = list->first; e != NULL; e = e->next, i++)
        if (!delivery_id_parse(json_text(e), &ids[i])) {
            error_set(err, "must be an id like \"4711.3\"");
            error_at_index(err, i);
            return error_at(err, "ids");
        }
    *out = ids;
    return true;
}

static void retry_named(struct retry *r, const struct json *body)
{
    const struct json *list = json_get(body, "ids");
    struct error err = {0};

    if (body->count > 1)
        error_set(&err, "\"ids\" says it all; leave the rest out");
    if (body->count > 1 || !ids_read(list, exchange_arena(r->q.x), &r->ids, &err)) {
        reply_problem(r->q.admin, r->q.x, 422, "invalid-object", &err);
        question_end(&r->q);
        return;
    }
    r->n = list->count;
    retry_page(r);
}

static void begin(struct admin *a, struct exchange *x, const char *const *members,
                  struct str cancelled_by)
{
    static const char *const no_params[] = {NULL};
    const struct json *body;
    struct retry *r;

    if (!params_known(a, x, no_params))
        return;
    body = params_object(a, x, members, false);
    if (body == NULL)
        return;
    r = question_new(a, x, sizeof *r);
    r->cancelled_by = cancelled_by;
    if (json_get(body, "ids") != NULL)
        retry_named(r, body);
    else
        retry_found(r, body);
}

static void retry_post(void *admin, struct exchange *x)
{
    static const char *const members[] = {"ids",      "state", "recipient",
                                          "endpoint", "limit", NULL};

    begin(admin, x, members, STR_NONE);
}

static void cancel_post(void *admin, struct exchange *x)
{
    static const char *const members[] = {"ids",      "state",  "recipient",
                                          "endpoint", "before", "limit", NULL};

    begin(admin, x, members, arena_str(exchange_arena(x), done_by(x).who));
}

static const struct route routes[] = {
    {"POST", "/api/v1/deliveries/retry", ACCESS_ALERTS_WRITE, ADMIN_BODY_MAX,
     retry_post},
    {"POST", "/api/v1/deliveries/cancel", ACCESS_ALERTS_WRITE, ADMIN_BODY_MAX,
     cancel_post},
    {.method = NULL},
};

void admin_retry(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
