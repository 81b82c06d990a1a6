/* admin_queues.c -- /api/v1/queues: what waits for whom, since when and why; and
 * stopping and resuming it, for one recipient or for an endpoint with all of its. */
#include "admin/done_by.h"
#include "admin/objects.h"
#include "admin/params.h"
#include "admin/pausing.h"
#include "admin/question.h"
#include "admin/reply.h"

/* --- the list ------------------------------------------------------------------ */

void pause_write(const struct admin *a, struct json_out *o, enum pause_of of, int64_t id)
{
    const struct pause *p = outbox_paused(a->with.outbox, of, id);

    if (p == NULL) {
        out_null(o, "pause");
        return;
    }
    out_object(o, "pause");
    out_time(o, "since", p->since_ms);
    out_time(o, "until", p->until_ms);
    out_str(o, "by", p->by);
    out_redacted(a, o, "reason", p->reason);
    out_object_end(o);
}

struct queue { /* what is written of one */
    const struct recipient *recipient;
    const struct courier_endpoint *endpoint; /* NULL: the courier knows it not yet */
    struct lane_counts counts;
    struct courier_recipient health;
};

/* All endpoints are looked at once for all queues. */
struct endpoints {
    const struct courier_endpoint *v;
    size_t n;
};

static struct queue queue_of(const struct admin *a, const struct recipient *r,
                             const struct endpoints *all)
{
    struct queue q = {.recipient = r};

    for (size_t i = 0; i < all->n && q.endpoint == NULL; i++)
        if (all->v[i].id == r->endpoint->id)
            q.endpoint = &all->v[i];
    outbox_lane(a->with.outbox, r->id, &q.counts);
    courier_recipient(a->with.courier, r->id, &q.health);
    return q;
}

/* Its endpoint's part of it: it may be what all of them wait for. */
static void queue_endpoint_write(const struct admin *a, const struct queue *q,
                                 struct json_out *o)
{
    static const struct courier_endpoint unknown = {.breaker = BREAKER_CLOSED};
    const struct courier_endpoint *e = q->endpoint != NULL ? q->endpoint : &unknown;
    const struct endpoint *endpoint = q->recipient->endpoint;

    out_object(o, "endpoint");
    out_str(o, "name", endpoint->name);
    out_bool(o, "enabled", endpoint->enabled);
    out_text(o, "circuit", breaker_name(e->breaker));
    out_bool(o, "paused", e->paused);
    out_time(o, "opens_at", e->opens_at_ms);
    out_redacted(a, o, "last_error", e->last_error);
    pause_write(a, o, PAUSE_ENDPOINT, endpoint->id);
    out_object_end(o);
}

/* What it waits for, the first that stands in its way. */
static const char *waits_for(const struct admin *a, const struct queue *q)
{
    const struct recipient *r = q->recipient;
    int64_t now_ms = clock_wall_ms(a->with.clock);

    if (outbox_paused(a->with.outbox, PAUSE_RECIPIENT, r->id) != NULL ||
        outbox_paused(a->with.outbox, PAUSE_ENDPOINT, r->endpoint->id) != NULL)
        return "resume";
    if (!r->enabled || !r->endpoint->enabled)
        return "enabling";
    if (q->endpoint != NULL && q->endpoint->opens_at_ms > now_ms)
        return "endpoint";
    return q->health.opens_at_ms > now_ms ? "recipient" : NULL;
}

static void queue_write(const struct admin *a, const struct queue *q,
                        struct json_out *o)
{
    const char *waits = waits_for(a, q);

    out_object(o, NULL);
    out_str(o, "recipient", q->recipient->name);
    out_i64(o, "length", (int64_t)q->counts.n[DELIVERY_PENDING]);
    out_i64(o, "held", (int64_t)q->counts.n[DELIVERY_HELD]);
    out_i64(o, "dead", (int64_t)q->counts.n[DELIVERY_DEAD]);
    out_time(o, "oldest", q->counts.oldest_ms);
    out_bool(o, "in_flight", q->health.in_flight);
    if (waits != NULL)
        out_text(o, "waits_for", waits);
    else
        out_null(o, "waits_for");
    out_bool(o, "paused", q->health.paused);
    out_time(o, "opens_at", q->health.opens_at_ms);
    out_redacted(a, o, "last_error", q->health.last_error);
    pause_write(a, o, PAUSE_RECIPIENT, q->recipient->id);
    queue_endpoint_write(a, q, o);
    out_object_end(o);
}

static void queues_list(void *admin, struct exchange *x)
{
    static const char *const no_params[] = {NULL};
    struct reply reply freed_by(reply_release) = {0};
    struct admin *a = admin;
    const struct snapshot *s = config_now(a->with.config);
    struct endpoints all;

    if (!params_known(a, x, no_params))
        return;
    all.n = courier_endpoints(a->with.courier, &all.v);
    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_array(&reply.out, "data");
    for (size_t i = 0; i < s->recipient_count; i++) {
        struct queue q = queue_of(a, &s->recipients[i], &all);

        queue_write(a, &q, &reply.out);
    }
    out_array_end(&reply.out);
    reply_list_end(&reply, STR_NONE, (int64_t)s->recipient_count, true);
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
}

/* --- stopping and going on -------------------------------------------------------- */

struct pausing {
    struct question q; /* first */
    struct pause pause;
    struct str name;
    bool resumes;
};

static void pausing_write(const struct pausing *p, struct json_out *o)
{
    const struct pause *is = outbox_paused(p->q.admin->with.outbox, p->pause.of, p->pause.id);

    out_object(o, NULL);
    out_str(o, p->pause.of == PAUSE_RECIPIENT ? "recipient" : "endpoint", p->name);
    out_bool(o, "paused", is != NULL);
    pause_write(p->q.admin, o, p->pause.of, p->pause.id);
    out_object_end(o);
}

static void pausing_done(void *pausing, bool committed)
{
    static const char *const what[2][2] = {
        [PAUSE_RECIPIENT] = {"queue.pause", "queue.resume"},
        [PAUSE_ENDPOINT] = {"endpoint.pause", "endpoint.resume"},
    };
    struct pausing *p = pausing;
    struct reply reply freed_by(reply_release) = {0};

    if (!committed) {
        reply_later(p->q.admin, p->q.x, "the disk is full: nothing was changed");
        question_end(&p->q);
        return;
    }
    reply_init(&reply);
    pausing_write(p, &reply.out);
    done_log(p->q.admin, p->q.x, what[p->pause.of][p->resumes], p->name, STR_NONE,
             buf_view(&reply.body));
    reply_send(&reply, p->q.x, 200);
    question_end(&p->q);
}

/* False: answered. */
static bool target_find(struct pausing *p, struct exchange *x)
{
    struct admin *a = p->q.admin;
    const struct snapshot *s = config_now(a->with.config);
    struct str name = exchange_segment(x, "name");
    bool of_recipient = p->pause.of == PAUSE_RECIPIENT;
    const struct recipient *r = of_recipient ? snapshot_recipient(s, name) : NULL;
    const struct endpoint *e = of_recipient ? NULL : snapshot_endpoint(s, name);

    if (r == NULL && e == NULL) {
        objects_not_found(of_recipient ? &a->recipients : &a->endpoints, x, name);
        return false;
    }
    if (r != NULL ? r->builtin : e->builtin) {
        reply_problem_text(a, x, 409, "locked",
                           "the builtin alert store cannot be paused: it is the "
                           "history");
        return false;
    }
    p->pause.id = r != NULL ? r->id : e->id;
    p->name = arena_str(&p->q.arena, name);
    return true;
}

static bool until_read(struct pausing *p, const struct json *until, struct error *err)
{
    if (until == NULL || json_is(until, JSON_NULL))
        return true;
    if (!time_parse(json_text(until), &p->pause.until_ms))
        error_set(err, "must be a time like 2026-11-25T18:00:00Z, or null: until "
                       "somebody resumes it");
    else if (p->pause.until_ms > p->pause.since_ms)
        return true;
    else
        error_set(err, "is over already");
    return error_at(err, "until");
}

/* False: answered. */
static bool pause_read(struct pausing *p, struct exchange *x, const struct json *body)
{
    struct str reason = str_trim(json_text(json_get(body, "reason")));
    struct error err = {0};

    p->pause.since_ms = clock_wall_ms(p->q.admin->with.clock);
    p->pause.by = arena_str(&p->q.arena, done_by(x).who);
    p->pause.reason = arena_str(&p->q.arena, reason);
    if (reason.n == 0 || reason.n > REASON_MAX) {
        error_set(&err, "say why, in at most %d bytes: whoever finds it paused wants "
                        "to know", REASON_MAX);
        error_at(&err, "reason");
    }
    if (err.text[0] == '\0' && until_read(p, json_get(body, "until"), &err))
        return true;
    reply_problem(p->q.admin, x, 422, "invalid-object", &err);
    return false;
}

static void pausing_begin(struct admin *a, struct exchange *x, enum pause_of of,
                          bool resumes)
{
    static const char *const no_params[] = {NULL};
    static const char *const members[] = {"reason", "until", NULL};
    const struct json *body;
    struct pausing *p;

    if (!params_known(a, x, no_params))
        return;
    body = params_object(a, x, resumes ? members + 2 : members, resumes);
    if (body == NULL)
        return;
    p = question_new(a, x, sizeof *p);
    p->pause.of = of;
    p->resumes = resumes;
    if (!target_find(p, x) || (!resumes && !pause_read(p, x, body)))
        question_end(&p->q);
    else if (resumes)
        outbox_resume(a->with.outbox, of, p->pause.id, pausing_done, p);
    else
        outbox_pause(a->with.outbox, &p->pause, pausing_done, p);
}

static void queue_pause(void *admin, struct exchange *x)
{
    pausing_begin(admin, x, PAUSE_RECIPIENT, false);
}

static void queue_resume(void *admin, struct exchange *x)
{
    pausing_begin(admin, x, PAUSE_RECIPIENT, true);
}

static void endpoint_pause(void *admin, struct exchange *x)
{
    pausing_begin(admin, x, PAUSE_ENDPOINT, false);
}

static void endpoint_resume(void *admin, struct exchange *x)
{
    pausing_begin(admin, x, PAUSE_ENDPOINT, true);
}

#define QUEUE "/api/v1/queues/{name}"
#define ENDPOINT "/api/v1/endpoints/{name}"

static const struct route routes[] = {
    {"GET", "/api/v1/queues", ACCESS_ALERTS_READ, 0, queues_list},
    {"POST", QUEUE "/pause", ACCESS_ALERTS_WRITE, ADMIN_BODY_MAX, queue_pause},
    {"POST", QUEUE "/resume", ACCESS_ALERTS_WRITE, ADMIN_BODY_MAX, queue_resume},
    {"POST", ENDPOINT "/pause", ACCESS_ALERTS_WRITE, ADMIN_BODY_MAX, endpoint_pause},
    {"POST", ENDPOINT "/resume", ACCESS_ALERTS_WRITE, ADMIN_BODY_MAX, endpoint_resume},
    {.method = NULL},
};

void admin_queues(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
