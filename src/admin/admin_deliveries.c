/* admin_deliveries.c -- /api/v1/deliveries: what is on its way to whom, what
 * arrived and what did not. */
#include "admin/delivery.h"
#include "admin/params.h"
#include "admin/question.h"
#include "admin/reply.h"

#define ALERTS_MAX 100 /* that one list is asked of */

struct delivery_question {
    struct question q; /* first */
    struct delivery_page page;
    bool one; /* of the page's only row, not a list */
    struct attempt_row *tries; /* of that one */
    size_t try_count;
};

static void ask(void *question, const struct historian_view *view)
{
    struct delivery_question *d = question;

    d->q.ok = delivery_page_read(&d->page, view->outbox, &d->q.arena,
                                 &d->q.err) &&
              (!d->one || d->page.n == 0 ||
               outbox_read_attempts(view->outbox, d->page.rows[0].id, &d->q.arena,
                                    &d->tries, &d->try_count, &d->q.err));
}

/* Only that it is there: it takes a scope more. */
static void transcript_is_there(void *arg unused, struct str transcript, struct json_out *o)
{
    out_bool(o, "transcript", transcript.n > 0);
}

static void answer(void *question)
{
    struct delivery_question *d = question;
    struct question *q = &d->q;
    struct reply reply freed_by(reply_release) = {0};

    if (!q->ok || (d->one && d->page.n == 0)) {
        question_failed(q, "delivery");
        return;
    }
    reply_init(&reply);
    out_object(&reply.out, NULL);
    if (d->one) {
        delivery_write(q->admin, &d->page.rows[0], &reply.out, "data",
                       &q->arena);
        tries_write(q->admin, d->tries, d->try_count, &reply.out,
                    transcript_is_there, NULL);
    } else {
        delivery_page_write(q->admin, &d->page, &reply, &q->arena);
    }
    out_object_end(&reply.out);
    reply_send(&reply, q->x, 200);
    question_end(q);
}

static void delivery_ask(struct admin *a, struct exchange *x, bool one,
                         const struct delivery_query *query)
{
    struct delivery_question *d = question_new(a, x, sizeof *d);

    d->one = one;
    d->page.query = *query;
    question_read(&d->q, ask, answer);
}

/* --- the list ------------------------------------------------------------- */

static bool state_read(struct admin *a, struct exchange *x, int *out)
{
    struct str text = exchange_query(x, "state");

    enum delivery_state state;

    *out = -1;
    if (!exchange_has_query(x, "state"))
        return true;
    if (!delivery_state_parse(text, &state))
        return params_wrong(a, x, "state must be pending, held, delivered, dead "
                                  "or withheld");
    *out = (int)state;
    return true;
}

static bool recipient_read(struct admin *a, struct exchange *x, int64_t *out)
{
    struct str name = exchange_query(x, "recipient");

    *out = 0;
    return !exchange_has_query(x, "recipient") ||
           recipient_id_parse(a, name, out) ||
           params_wrong(a, x, "no recipient named \"%.*s\"; one that is no "
                              "more is #, escaped as %%23, and its number",
                        STR_ARG(str_first(name, utf8_cut(name,
                                                         NAME_MAX_BYTES))));
}

static bool endpoint_read(struct admin *a, struct exchange *x, struct delivery_query *q)
{
    struct str name = exchange_query(x, "endpoint");

    return !exchange_has_query(x, "endpoint") ||
           delivery_query_endpoint(a, name, exchange_arena(x), q) ||
           params_wrong(a, x, "no endpoint named \"%.*s\"",
                        STR_ARG(str_first(name, utf8_cut(name, NAME_MAX_BYTES))));
}

static bool alerts_read(struct admin *a, struct exchange *x, struct delivery_query *q)
{
    struct str rest = exchange_query(x, "alert");
    bool ok = !str_ends(rest, ",");
    int64_t *ids;

    if (!exchange_has_query(x, "alert"))
        return true;
    ids = arena_array(exchange_arena(x), ALERTS_MAX, sizeof *ids);
    q->alert_ids = ids;
    do {
        ok = ok && q->alert_count < ALERTS_MAX &&
             str_to_i64(str_until(&rest, ','), &ids[q->alert_count]) &&
             ids[q->alert_count] > 0;
        q->alert_count++;
    } while (ok && rest.n > 0);
    return ok || params_wrong(a, x, "alert must be an alert's id, a number, or at most %d "
                                    "of them with commas", ALERTS_MAX);
}

static void deliveries_list(void *admin, struct exchange *x)
{
    static const char *const names[] = {"state", "recipient", "endpoint", "alert", "since",
                                        "until", "limit",     "cursor",   NULL};
    struct delivery_query q = {0};
    struct admin *a = admin;
    struct page page;

    if (!params_known(a, x, names) || !params_page(a, x, &page) ||
        !params_cursor(a, x, page.cursor, &q.before.alert_id,
                       &q.before.recipient_id) ||
        !state_read(a, x, &q.state) ||
        !recipient_read(a, x, &q.recipient_id) || !endpoint_read(a, x, &q) ||
        !params_time(a, x, "since", &q.since_ms) ||
        !params_time(a, x, "until", &q.until_ms) ||
        !alerts_read(a, x, &q))
        return;
    q.limit = page.limit;
    delivery_ask(a, x, false, &q);
}

static void delivery_get(void *admin, struct exchange *x)
{
    static const char *const no_params[] = {NULL};
    struct delivery_query q = {.state = -1, .limit = 1};
    struct delivery_id id;
    struct admin *a = admin;

    if (!params_known(a, x, no_params) || !params_delivery_id(a, x, &id))
        return;
    q.alert_id = id.alert_id;
    q.recipient_id = id.recipient_id;
    delivery_ask(a, x, true, &q);
}

static const struct route routes[] = {
    {"GET", "/api/v1/deliveries", ACCESS_ALERTS_READ, 0, deliveries_list},
    {"GET", "/api/v1/deliveries/{id}", ACCESS_ALERTS_READ, 0, delivery_get},
    {.method = NULL},
};

void admin_deliveries(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
