/* admin_retry.c -- POST /api/v1/deliveries/retry and /cancel: what is dead is tried
 * once more, or what waits is dead after all; those that are named, or all that are
 * found, a page at a time so that neither the historian nor a commit is kept long. */
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
    struct delivery_page page; /* ... as this page of the dead */
    size_t retried, looked_at;
    size_t limit; /* of what is looked at */
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
    struct buf text freed_by(buf_release) = BUF(256);
    struct json_out o = JSON_OUT(&text);

    out_object(&o, NULL);
    counts_write(r, &o);
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
        error_in(&r->q.err, "after %zu that were retried", r->retried);
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

static bool query_read(const struct admin *a, const struct json *body,
                       struct retry *r, struct error *err)
{
    const struct json *recipient = json_get(body, "recipient");
    int64_t limit = json_i64_or(json_get(body, "limit"), ADMIN_RETRY_MAX);

    if (!str_is(json_text(json_get(body, "state")), "dead")) {
        error_set(err, "say which: \"ids\", or \"state\": \"dead\"");
        return error_at(err, "state");
    }
    if (recipient != NULL && !recipient_id_parse(a, json_text(recipient),
                                                 &r->page.query.recipient_id)) {
        error_set(err, "no recipient has this name");
        return error_at(err, "recipient");
    }
    if (limit < 1 || limit > ADMIN_RETRY_MAX) {
        error_set(err, "must be from 1 to %d", ADMIN_RETRY_MAX);
        return error_at(err, "limit");
    }
    r->limit = (size_t)limit;
    r->page.query.state = DELIVERY_DEAD;
    r->page.query.limit = MIN(r->limit, (size_t)PAGE_MAX);
    return true;
}

static void retry_found(struct admin *a, struct exchange *x,
                        const struct json *body)
{
    struct retry *r = question_new(a, x, sizeof *r);
    struct error err = {0};

    if (!query_read(a, body, r, &err)) {
        reply_problem(a, x, 422, "invalid-object", &err);
        question_end(&r->q);
        return;
    }
    r->find = true;
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

static void retry_named(struct admin *a, struct exchange *x,
                        const struct json *body, bool cancels)
{
    const struct json *list = json_get(body, "ids");
    struct error err = {0};
    struct retry *r;

    if (body->count > 1) {
        error_set(&err, "\"ids\" says it all; leave the rest out");
        reply_problem(a, x, 422, "invalid-object", &err);
        return;
    }
    r = question_new(a, x, sizeof *r);
    if (!ids_read(list, &r->q.arena, &r->ids, &err)) {
        reply_problem(a, x, 422, "invalid-object", &err);
        question_end(&r->q);
        return;
    }
    r->n = list->count;
    if (cancels)
        r->cancelled_by = arena_str(&r->q.arena, done_by(x).who);
    retry_page(r);
}

static void retry_post(void *admin, struct exchange *x)
{
    static const char *const no_params[] = {NULL};
    static const char *const members[] = {"ids", "state", "recipient", "limit", NULL};
    struct admin *a = admin;
    const struct json *body;

    if (!params_known(a, x, no_params))
        return;
    body = params_object(a, x, members, false);
    if (body == NULL)
        return;
    if (json_get(body, "ids") != NULL)
        retry_named(a, x, body, false);
    else
        retry_found(a, x, body);
}

static void cancel_post(void *admin, struct exchange *x)
{
    static const char *const no_params[] = {NULL};
    static const char *const members[] = {"ids", NULL};
    struct admin *a = admin;
    const struct json *body;

    if (!params_known(a, x, no_params))
        return;
    body = params_object(a, x, members, false);
    if (body != NULL)
        retry_named(a, x, body, true);
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
