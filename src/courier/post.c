/* post.c -- one endpoint's state, and what an answer says of it and of the
 * recipient: whether the next request may go. */
#include "courier/lane.h"

#include "base/log.h"

#define ROOM "courier"

struct post *post_find(const struct courier *c, int64_t endpoint_id)
{
    for (size_t i = 0; i < c->post_count; i++)
        if (c->posts[i]->endpoint_id == endpoint_id)
            return c->posts[i];
    return NULL;
}

struct post *post_get(struct courier *c, const struct endpoint *e)
{
    struct post *post = post_find(c, e->id);

    if (post == NULL) {
        post = mem_new(sizeof *post);
        post->endpoint_id = e->id;
        post->courier = c;
        c->posts = mem_grow(c->posts, c->post_count + 1, sizeof *c->posts);
        c->posts[c->post_count++] = post;
    }
    /* An endpoint that was edited deserves a fresh try at once. */
    if (post->revision != e->revision)
        circuit_ok(&post->health.circuit);
    post->revision = e->revision;
    post->enabled = e->enabled;
    free(post->name);
    post->name = mem_dup(e->name.p, e->name.n);
    return post;
}

void post_free(struct post *post)
{
    loop_timer_clear(post->courier->loop, &post->gate);
    free(post->name);
    free(post->health.error);
    free(post);
}

void post_view(const struct post *post, struct courier_endpoint *out)
{
    *out = post->view;
    out->id = post->endpoint_id;
    out->name = str_of(post->name);
    out->breaker = post->health.circuit.state;
    out->paused = post->health.circuit.paused;
    out->opens_at_ms = post->health.circuit.not_before_ms;
    out->last_error = str_of(post->health.error);
    out->last_error_ms = post->health.last_error_ms;
    out->last_ok_ms = post->health.last_ok_ms;
}

/* --- the gate ----------------------------------------------------------- */

static void post_gate_open(void *arg)
{
    (void)arg; /* the turn's end looks at every post */
}

static void post_gate(struct post *post, int64_t wait_ms)
{
    loop_timer_set(post->courier->loop, &post->gate, MAX(wait_ms, 1),
                   post_gate_open, post);
}

bool post_may_send(struct post *post, const struct endpoint_type *type)
{
    struct circuit *circuit = &post->health.circuit;
    int64_t now_ms = clock_wall_ms(post->courier->clock);
    int64_t wait_ms;

    if (outbox_paused(post->courier->with.outbox, PAUSE_ENDPOINT, post->endpoint_id) != NULL)
        return false;
    if (!post->enabled || post->view.in_flight >= ENDPOINT_CONCURRENCY_MAX)
        return false;
    if (!circuit_allows(circuit, post->view.in_flight, now_ms)) {
        if (circuit->not_before_ms > now_ms)
            post_gate(post, circuit->not_before_ms - now_ms);
        return false;
    }
    wait_ms = bucket_wait_ms(&post->bucket, type->rate_per_s, type->rate_burst,
                             now_ms);
    if (wait_ms > 0)
        post_gate(post, wait_ms);
    return wait_ms == 0;
}

/* --- outcomes ----------------------------------------------------------- */

static void health_good(struct courier *c, struct health *h)
{
    free(h->error);
    h->error = NULL;
    h->last_ok_ms = clock_wall_ms(c->clock);
}

static void health_bad(struct courier *c, struct health *h, struct str reason)
{
    struct buf b freed_by(buf_release) = BUF(REASON_MAX * 4);

    config_redact(c->with.config, &b, reason);
    free(h->error);
    h->error = mem_dup(buf_c(&b), b.n);
    h->last_error_ms = clock_wall_ms(c->clock);
}

static void health_failed(struct parcel *p, struct health *h,
                          const struct verdict *v, bool answered)
{
    struct courier *c = p->courier;
    struct failure failure = {
        .answered = answered,
        .fault = v->endpoint_fault || v->recipient_fault,
        .asked_ms = v->retry_after_ms,
        .cap_ms = p->recipient->endpoint->type->probe_ms,
    };

    circuit_failed(&h->circuit, &failure, clock_wall_ms(c->clock),
                   clock_dice(c->clock));
}

/* Said once, when it changes. `who` is "endpoint e". */
static void health_log(struct str who, const struct circuit *before,
                       const struct health *now, const char *why_paused)
{
    const char *error = now->error != NULL ? now->error : "";

    if (now->circuit.paused && !before->paused)
        log_error(ROOM, "%.*s: paused, %s: %s", STR_ARG(who), why_paused, error);
    else if (now->circuit.state == BREAKER_OPEN &&
             before->state == BREAKER_CLOSED)
        log_warn(ROOM, "%.*s: circuit open: %s", STR_ARG(who), error);
    else if (now->circuit.state == BREAKER_CLOSED &&
             before->state != BREAKER_CLOSED)
        log_info(ROOM, "%.*s: circuit closed, it answers again", STR_ARG(who));
}

/* Deferred for the recipient's sake: of the endpoint it says only that it is
 * there and answers. */
static bool is_recipients(const struct verdict *v)
{
    return v->kind == VERDICT_DEFERRED && v->recipient_fault &&
           !v->endpoint_fault;
}

/* After AGAIN another request will tell: an edit may fail where posting anew does
 * not, and answer where what comes then does not. */
static bool says_something(const struct verdict *v)
{
    return v->kind != VERDICT_AGAIN && v->kind != VERDICT_UNSENT;
}

enum harm { HARM_NONE, HARM_REFUSED, HARM_DEFERRED, HARM_ASKED, HARM_FAULT };

/* A fault counts; who asks for time gets it. */
static enum harm harm_of(const struct verdict *v)
{
    if (v->kind == VERDICT_REFUSED)
        return HARM_REFUSED;
    if (v->kind != VERDICT_DEFERRED)
        return HARM_NONE;
    if (v->retry_after_ms > 0)
        return HARM_ASKED;
    return v->endpoint_fault || v->recipient_fault ? HARM_FAULT : HARM_DEFERRED;
}

static bool is_worse(const struct verdict *a, const struct verdict *b)
{
    enum harm this = harm_of(a), that = harm_of(b);

    return this > that ||
           (this == HARM_ASKED && that == HARM_ASKED &&
            a->retry_after_ms > b->retry_after_ms);
}

/* The worst that is the recipient's fault, or of the others; NULL: none. */
static const struct verdict *worst(const struct parcel *p,
                                   const struct verdict *v, bool recipients)
{
    const struct verdict *found = NULL;

    for (size_t i = 0; i < p->count; i++)
        if (says_something(&v[i]) && is_recipients(&v[i]) == recipients &&
            (found == NULL || is_worse(&v[i], found)))
            found = &v[i];
    return found;
}

void post_outcome(struct parcel *p, const struct verdict *v, bool answered)
{
    struct post *post = p->post;
    const struct circuit before = post->health.circuit;
    const struct verdict *said = worst(p, v, false);

    if (said == NULL && worst(p, v, true) == NULL)
        return;
    if (said == NULL || said->kind == VERDICT_DELIVERED)
        health_good(post->courier, &post->health);
    else
        health_bad(post->courier, &post->health, said->reason);
    if (said == NULL || said->kind != VERDICT_DEFERRED)
        circuit_ok(&post->health.circuit);
    else
        health_failed(p, &post->health, said, answered);
    health_log(arena_printf(&p->arena, "endpoint %s", post->name), &before,
               &post->health, "its credentials or address are refused");
}

static bool reached(const struct parcel *p, const struct verdict *v)
{
    for (size_t i = 0; i < p->count; i++)
        if (v[i].kind == VERDICT_DELIVERED || v[i].kind == VERDICT_REFUSED)
            return true;
    return false;
}

/* What the endpoint defers says nothing of the recipient. */
void lane_outcome(struct parcel *p, const struct verdict *v, bool answered)
{
    struct lane *lane = p->lane;
    const struct circuit before = lane->health.circuit;
    const struct verdict *fault = worst(p, v, true);

    if (fault != NULL) {
        health_bad(lane->courier, &lane->health, fault->reason);
        health_failed(p, &lane->health, fault, answered);
    } else if (reached(p, v)) {
        health_good(lane->courier, &lane->health);
        circuit_ok(&lane->health.circuit);
    }
    health_log(arena_printf(&p->arena, "recipient %.*s",
                            STR_ARG(p->recipient->name)),
               &before, &lane->health, "it cannot be reached");
}
