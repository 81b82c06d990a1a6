/* parcel.c -- deliveries on their way: take, render, send, judge, settle each; and
 * once more for those whose answer asks for another request. */
#include "courier/lane.h"

#include "base/log.h"
#include "config/proposal.h"
#include "config/render_input.h"
#include "courier/try_transcript.h"

#define ASIDE_ATTEMPTS 3 /* answered failures, then others may pass it */
#define LINGER_COUNT 16  /* alerts in a request that make it a large one */
#define ROOM "courier"

/* --- render ------------------------------------------------------------ */

static bool parcel_render(struct parcel *p, int step, struct str carry,
                          struct error *err)
{
    const struct endpoint *endpoint = p->recipient->endpoint;

    render_input_for(p->snapshot, endpoint, p->recipient,
                     clock_wall_ms(p->courier->clock), &p->input);
    p->input.items = p->parts;
    p->input.count = p->count;
    p->input.occasion = p->occasion;
    p->input.step = step;
    p->input.carry = arena_str(&p->arena, carry); /* it may lie in the answer */
    p->request = (struct request){0};
    return endpoint->type->render(&p->input, &p->arena, &p->request, err);
}

/* --- settle ------------------------------------------------------------ */

/* The secrets it was sent with may have been changed meanwhile. */
static struct str reason_safe(struct parcel *p, struct str reason)
{
    struct buf sent freed_by(buf_release) = BUF(REASON_MAX * 4);
    struct buf now freed_by(buf_release) = BUF(REASON_MAX * 8);

    proposal_redact(p->snapshot, &sent, reason);
    config_redact(p->courier->with.config, &now, buf_view(&sent));
    return arena_str(&p->arena, buf_view(&now));
}

/* Before anything is made of them. Often all have the same one. */
static void reasons_hide(struct parcel *p, struct verdict *v)
{
    struct str last = STR_NONE, safe = STR_NONE;

    for (size_t i = 0; i < p->count; i++) {
        if (v[i].reason.n == 0)
            continue;
        if (v[i].reason.p != last.p || v[i].reason.n != last.n) {
            last = v[i].reason;
            safe = reason_safe(p, last);
        }
        v[i].reason = safe;
    }
}

/* The time it was held back, or its queue was paused, does not count. */
static int64_t age_ms(const struct parcel *p, const struct item *i, int64_t now_ms)
{
    const struct outbox *o = p->courier->with.outbox;
    int64_t since_ms = MAX(i->kept->accepted_ms, i->freed_ms);

    since_ms = MAX(since_ms, outbox_resumed_ms(o, PAUSE_RECIPIENT, i->recipient_id));
    since_ms = MAX(since_ms, outbox_resumed_ms(o, PAUSE_ENDPOINT, p->post->endpoint_id));
    return now_ms - since_ms;
}

/* Who is silent for days says nothing of what waits first: time ends that. */
#define UNANSWERED_MAX (DELIVERY_ATTEMPTS_MAX / 2)

static void settle_deferred(struct parcel *p, const struct item *i,
                            const struct verdict *v, bool answered,
                            struct settlement *s)
{
    int64_t now_ms = clock_wall_ms(p->courier->clock);
    int attempts = i->attempts + 1;
    bool shows = p->recipient->endpoint->type->repeats_show;
    const char *over;

    s->doubtful = v->doubtful && shows;
    over = retry_over(attempts, i->doubts + s->doubtful,
                      age_ms(p, i, now_ms),
                      p->snapshot->settings.delivery_ttl);
    s->counted = !v->endpoint_fault && !v->recipient_fault &&
                 v->retry_after_ms == 0 &&
                 (answered || attempts <= UNANSWERED_MAX);
    if (over != NULL) {
        s->state = DELIVERY_DEAD;
        s->reason = arena_printf(&p->arena, "%s; last: %.*s", over,
                                 STR_ARG(s->reason));
        return;
    }
    s->state = DELIVERY_PENDING;
    if (!answered || !s->counted)
        return; /* the endpoint or the lane waits as a whole, see policy.h */
    s->due_ms = now_ms + retry_delay_ms(attempts, 0,
                                        clock_dice(p->courier->clock));
    s->aside = attempts >= ASIDE_ATTEMPTS;
}

static void settlement_log(const struct parcel *p, const struct item *i,
                           const struct settlement *s)
{
    long long id = i->kept->id;
    long long to = i->recipient_id;
    struct str name = p->recipient->name;

    if (s->state == DELIVERY_DEAD)
        log_error(ROOM, "delivery %lld.%lld to %.*s: dead: %.*s", id, to,
                  STR_ARG(name), STR_ARG(s->reason));
    else if (s->state == DELIVERY_PENDING)
        log_warn(ROOM, "delivery %lld.%lld to %.*s: deferred: %.*s", id, to,
                 STR_ARG(name), STR_ARG(s->reason));
    else
        log_debug(ROOM, "delivery %lld.%lld to %.*s: delivered", id, to,
                  STR_ARG(name));
}

static void item_settle(struct parcel *p, struct item *i,
                        const struct settlement *s)
{
    const struct courier_options *with = &p->courier->with;

    if (with->ended != NULL && s->state != DELIVERY_PENDING)
        with->ended(with->ended_arg, i->kept->id, i->recipient_id, s->state);
    outbox_settle(with->outbox, i, s);
}

static void settle_one(struct parcel *p, struct item *i, const struct verdict *v,
                       const struct response *r)
{
    struct courier *c = p->courier;
    struct courier_endpoint *counts = &p->post->view;
    struct settlement s = {
        .counted = true,
        .status = r->status,
        .reason = v->reason,
        .handle = v->handle,
    };

    switch (v->kind) {
    case VERDICT_DELIVERED:
        s.state = DELIVERY_DELIVERED;
        if (p->recipient->endpoint->type->shared != NULL && v->handle.n > 0 &&
            i->kept->action == ACTION_ENGAGE && i->kept->update == UPDATE_NONE)
            shares_add(c, i->recipient_id, i->kept->id, v->handle);
        counts->delivered++;
        latency_add(&c->latency,
                    clock_wall_ms(c->clock) - i->kept->accepted_ms);
        break;
    case VERDICT_REFUSED:
        s.state = DELIVERY_DEAD;
        s.transcript = p->transcript;
        counts->refused++;
        break;
    case VERDICT_DEFERRED:
        counts->deferred++;
        s.transcript = p->transcript;
        settle_deferred(p, i, v, r->outcome == OUTCOME_ANSWERED, &s);
        break;
    case VERDICT_AGAIN:
    case VERDICT_UNSENT:
        bug("a delivery settled before its end");
    }
    settlement_log(p, i, &s);
    item_settle(p, i, &s);
}

/* Pending as before, as if it had not been tried. */
static void give_back(struct parcel *p, struct item *i)
{
    struct settlement again = {.state = DELIVERY_PENDING};

    outbox_settle(p->courier->with.outbox, i, &again);
}

/* Whether a batch failed as a whole in a way that one bad alert could explain;
 * then each is sent alone, so that only the culprit suffers. */
static bool wants_splitting(const struct parcel *p, const struct verdict *v,
                            const struct response *r)
{
    size_t sent = 0;

    if (r->outcome != OUTCOME_ANSWERED)
        return false;
    for (size_t i = 0; i < p->count; i++) {
        if (v[i].kind == VERDICT_DELIVERED || v[i].kind == VERDICT_AGAIN ||
            v[i].endpoint_fault || v[i].recipient_fault || v[i].doubtful ||
            v[i].retry_after_ms > 0)
            return false;
        sent += v[i].kind != VERDICT_UNSENT;
    }
    return sent >= 2;
}

/* What of the batch was given back before goes alone as well. */
static void split(struct parcel *p)
{
    p->lane->singly = p->begun;
    for (size_t i = 0; i < p->count; i++)
        give_back(p, p->items[i]);
    p->count = 0;
}

/* --- steps ------------------------------------------------------------- */

/* An answer that asks for more and more is an end, too. */
static void limit_steps(struct parcel *p, struct verdict *v)
{
    for (size_t i = 0; p->requests >= STEPS_MAX && i < p->count; i++)
        if (v[i].kind == VERDICT_AGAIN)
            v[i] = (struct verdict){
                .kind = VERDICT_REFUSED,
                .reason = arena_printf(&p->arena,
                                       "gave up: %d requests did not bring it to "
                                       "an end; last: %.*s",
                                       STEPS_MAX, STR_ARG(v[i].reason)),
            };
}

/* Whether an earlier one of its key comes again later: then it may not go on. */
static bool would_overtake(const struct parcel *p, const struct verdict *v,
                           const bool *goes_on, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (!goes_on[i] && p->items[i]->kept->key_hash ==
                               p->items[at]->kept->key_hash &&
            v[i].kind != VERDICT_DELIVERED && v[i].kind != VERDICT_REFUSED)
            return true;
    return false;
}

/* One request is for those that ask for the same as the first does; the others
 * begin anew. NULL: none asks. */
static const struct verdict *choose_next(const struct parcel *p,
                                         const struct verdict *v, bool *goes_on)
{
    const struct verdict *next = NULL;

    for (size_t i = 0; i < p->count; i++) {
        if (v[i].kind != VERDICT_AGAIN || would_overtake(p, v, goes_on, i))
            continue;
        if (next == NULL)
            next = &v[i];
        goes_on[i] = v[i].step == next->step && str_eq(v[i].carry, next->carry);
    }
    return next;
}

/* Settles what is at its end; keeps what the next request is for. */
static const struct verdict *settle(struct parcel *p, const struct verdict *v,
                                    const struct response *r)
{
    bool *goes_on = arena_array(&p->arena, p->count, sizeof *goes_on);
    const struct verdict *next = choose_next(p, v, goes_on);
    size_t count = p->count;

    p->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (goes_on[i]) {
            p->items[p->count] = p->items[i];
            p->parts[p->count++] = p->parts[i];
        } else if (v[i].kind == VERDICT_AGAIN || v[i].kind == VERDICT_UNSENT) {
            give_back(p, p->items[i]);
        } else {
            settle_one(p, p->items[i], &v[i], r);
        }
    }
    return next;
}

/* --- end --------------------------------------------------------------- */

static void parcel_free(struct parcel *p)
{
    config_release(p->courier->with.config, p->snapshot);
    arena_release(&p->arena);
    free(p);
}

static void parcel_done(struct parcel *p)
{
    struct lane *lane = p->lane;

    lane->in_flight = NULL;
    if (p->begun >= LINGER_COUNT)
        lane->linger_until_ms = clock_tick_ms(p->courier->clock) +
                                p->recipient->endpoint->type->linger_ms;
    parcel_free(p);
    lane_idle(lane);
}

/* What was said is kept with those that failed, once for all of them. */
static void transcript_take(struct parcel *p, const struct verdict *v)
{
    for (size_t i = 0; i < p->count; i++)
        if (v[i].kind == VERDICT_DEFERRED || v[i].kind == VERDICT_REFUSED) {
            p->transcript = try_transcript(p, p->answer);
            return;
        }
}

/* What the answer means for each; what the next request is to be, or NULL. */
static const struct verdict *conclude(struct parcel *p, const struct verdict *v,
                                      const struct response *r)
{
    if (wants_splitting(p, v, r)) {
        split(p);
        return NULL;
    }
    if (p->answer != NULL)
        transcript_take(p, v);
    return settle(p, v, r);
}

/* What cannot be rendered can never be sent: dead, with the reason. */
static void parcel_unrenderable(struct parcel *p, const struct error *err)
{
    struct verdict *v = arena_array(&p->arena, p->count, sizeof *v);
    struct response none = {.outcome = OUTCOME_ANSWERED};

    for (size_t i = 0; i < p->count; i++)
        v[i] = (struct verdict){.kind = VERDICT_REFUSED,
                                .reason = str_of(err->text)};
    reasons_hide(p, v);
    conclude(p, v, &none);
    parcel_done(p);
}

/* --- send -------------------------------------------------------------- */

static void parcel_answered(void *arg, const struct response *r);

static void parcel_try(struct parcel *p, int step, struct str carry)
{
    struct courier *c = p->courier;
    struct error err;

    if (!parcel_render(p, step, carry, &err)) {
        parcel_unrenderable(p, &err);
        return;
    }
    p->requests++;
    bucket_spend(&p->lane->bucket);
    bucket_spend(&p->post->bucket);
    c->in_flight++;
    p->post->view.in_flight++;
    p->post->view.requests++;
    p->sending = c->with.carrier.send(c->with.carrier.arg, &p->request,
                                      parcel_answered, p);
}

static void parcel_answered(void *arg, const struct response *r)
{
    struct parcel *p = arg;
    const struct endpoint_type *type = p->recipient->endpoint->type;
    struct verdict *v = arena_array(&p->arena, p->count, sizeof *v);
    bool answered = r->outcome == OUTCOME_ANSWERED;
    const struct verdict *next;

    p->sending = NULL;
    p->courier->in_flight--;
    p->post->view.in_flight--;
    type->judge(&p->input, &p->request, r, &p->arena, v);
    reasons_hide(p, v);
    limit_steps(p, v);
    post_outcome(p, v, answered);
    lane_outcome(p, v, answered);
    p->answer = r;
    next = conclude(p, v, r);
    p->answer = NULL;
    transcript_drop(p->transcript);
    p->transcript = NULL;
    if (next == NULL) {
        parcel_done(p);
        return;
    }
    assert(next->step > 0 && next->step < STEPS_MAX);
    parcel_try(p, next->step, next->carry);
}

/* --- begin ------------------------------------------------------------- */

static size_t batch_limit(const struct lane *lane, const struct recipient *r)
{
    const struct endpoint_type *type = r->endpoint->type;

    if (lane->singly > 0)
        return 1;
    return type->batch_limit != NULL ? type->batch_limit(r->endpoint->params)
                                     : type->batch_max;
}

static size_t together_limit(const struct lane *lane, const struct recipient *r)
{
    return lane->singly > 0 ? 0 : r->endpoint->type->together_max;
}

static bool is_summary(const struct parcel *p)
{
    return p->count > 1 && p->items[0]->together &&
           p->recipient->endpoint->type->together_max > 0;
}

/* Why many are told in one. */
static struct str occasion_of(const struct parcel *p)
{
    static const char *const names[HOLD_KINDS] = {
        [HOLD_QUIET] = "Quiet hours",
        [HOLD_DIGEST] = "Digest",
        [HOLD_STORM] = "Storm",
    };

    return is_summary(p) ? str_of(names[p->items[0]->held]) : STR_NONE;
}

/* A summary shows the first: the worst. The others keep their order. */
static void worst_first(struct parcel *p)
{
    for (size_t i = 1; is_summary(p) && i < p->count; i++) {
        struct render_item part = p->parts[i];
        struct item *item = p->items[i];
        size_t at = i;

        for (; at > 0 && p->parts[at - 1].alert->severity < part.alert->severity; at--) {
            p->parts[at] = p->parts[at - 1];
            p->items[at] = p->items[at - 1];
        }
        p->parts[at] = part;
        p->items[at] = item;
    }
}

/* Who never got the alert hears nothing of its acknowledgement. */
static bool update_wanted(const struct endpoint_type *type,
                          const struct render_item *part, struct error *err)
{
    enum update update = part->alert->update;

    if (update == UPDATE_NONE || update == UPDATE_WORSENED)
        return true;
    if (part->phase == PHASE_NEW)
        return error_set(err, "the alert itself did not arrive");
    return type->shows_ack || error_set(err, "it cannot be shown there");
}

static bool parcel_wants(const struct parcel *p, const struct render_item *part,
                         struct error *err)
{
    const struct recipient *r = p->recipient;
    const struct endpoint_type *type = r->endpoint->type;

    return (update_wanted(type, part, err) &&
            (type->wants == NULL ||
             type->wants(r->endpoint->params, r->params, part, err))) ||
           error_in(err, "skipped");
}

/* Settles what the recipient does not want at all, and what cannot be read
 * back; keeps the rest. */
static void parcel_fill(struct parcel *p, size_t taken)
{
    struct settlement skipped = {.state = DELIVERY_DELIVERED, .counted = true};
    struct settlement dead = {.state = DELIVERY_DEAD, .counted = true};
    struct error err;

    for (size_t i = 0; i < taken; i++) {
        struct render_item *part = &p->parts[p->count];
        struct item *item = p->items[i];

        if (!part_make(p, item, part, &err)) {
            dead.reason = str_of(err.text);
            settlement_log(p, item, &dead);
            item_settle(p, item, &dead);
        } else if (!parcel_wants(p, part, &err)) {
            skipped.reason = str_of(err.text);
            item_settle(p, item, &skipped);
        } else {
            p->items[p->count++] = item;
        }
    }
}

static struct parcel *parcel_new(struct lane *lane, const struct snapshot *now,
                                 const struct recipient *r, size_t max)
{
    struct parcel *p = mem_new(sizeof *p);

    p->courier = lane->courier;
    p->lane = lane;
    p->post = lane->post;
    p->snapshot = config_acquire(p->courier->with.config);
    assert(p->snapshot == now);
    p->recipient = r;
    p->items = arena_array(&p->arena, max, sizeof(struct item *));
    p->parts = arena_array(&p->arena, max, sizeof *p->parts);
    return p;
}

bool parcel_send(struct lane *lane, const struct snapshot *now, int64_t *next_ms)
{
    const struct recipient *r = snapshot_recipient_id(now, lane->recipient_id);
    struct take how = {
        .max = batch_limit(lane, r),
        .together_max = together_limit(lane, r),
        .edits = r->endpoint->type->edits,
    };
    struct parcel *p = parcel_new(lane, now, r, MAX(how.max, how.together_max));
    size_t taken = outbox_take(p->courier->with.outbox, lane->recipient_id, &how,
                               p->items, next_ms);

    assert(lane->in_flight == NULL);
    lane->singly -= MIN(lane->singly, taken);
    parcel_fill(p, taken);
    if (p->count == 0) {
        parcel_free(p);
        return taken > 0;
    }
    worst_first(p);
    p->occasion = occasion_of(p);
    p->begun = p->count;
    lane->in_flight = p;
    parcel_try(p, 0, STR_NONE);
    return true;
}

void parcel_abandon(struct parcel *p)
{
    if (p == NULL)
        return;
    if (p->sending != NULL)
        p->courier->with.carrier.cancel(p->courier->with.carrier.arg, p->sending);
    parcel_free(p);
}
