/* rehearsal.c -- what the pipeline and the outbox's writer do with an alert, in
 * memory: alerts told one after the other. */
#include "admin/rehearsal_own.h"

#include "outbox/fate.h"
#include "routing/inhibitors.h"

/* --- an alert --------------------------------------------------------------------- */

/* One that is at its end is told, and kept only for its release to ask. */
static struct rehearsed *delivery_begin(struct rehearsal *r, struct replay_event *e,
                                        const struct recipient *to,
                                        enum delivery_state state, const struct hold *h,
                                        int64_t put_ms)
{
    struct rehearsed *d = mem_new(sizeof *d);

    r->kept_count++;
    replay_event_share(e);
    d->of = e;
    d->to = to;
    d->put_ms = put_ms;
    d->hold = *h;
    d->escalates = h->kind == HOLD_ESCALATION && e->change == CHANGE_ENGAGED;
    if (state == DELIVERY_HELD) {
        hold_begins(r, d, h);
    } else {
        d->state = state;
        d->hold.reason = STR_NONE;
        d->was_silenced = h->kind == HOLD_SILENCED && h->ref == r->with.silence_id;
    }
    if (h->kind != HOLD_NONE && state != DELIVERY_PENDING)
        r->with.held(r->with.arg, d, h->reason);
    return d;
}

static void delivery_told(struct rehearsal *r, const struct rehearsed *d)
{
    if (d->state == DELIVERY_PENDING)
        r->with.ended(r->with.arg, d, REHEARSED_AT_ONCE, r->now_ms);
    else if (d->state == DELIVERY_WITHHELD)
        r->with.ended(r->with.arg, d, REHEARSED_WITHHELD, r->now_ms);
}

static void engagement_keep(struct engagement *e, struct rehearsed *d)
{
    e->deliveries = mem_grow(e->deliveries, e->count + 1, sizeof(d));
    e->deliveries[e->count++] = d;
    d->engaged = e;
}

/* Both lists are in the order of the rules: it is nearly always the next one. */
static struct rehearsed *engage_of(const struct engagement *e, int64_t recipient_id,
                                   size_t *hint)
{
    for (size_t i = 0; e != NULL && i < e->count; i++) {
        size_t at = (*hint + i) % e->count;

        if (e->deliveries[at]->to->id == recipient_id &&
            !e->deliveries[at]->tells_worse) {
            *hint = at + 1;
            return e->deliveries[at];
        }
    }
    return NULL;
}

static void new_told(struct rehearsal *r, struct replay_event *e,
                     struct engagement *engaged, const struct recipient *to,
                     const struct hold *h)
{
    struct rehearsed *d = delivery_begin(r, e, to, fate_of_new(h), h, 0);

    delivery_told(r, d);
    if (engaged != NULL)
        engagement_keep(engaged, d);
    if (d->state != DELIVERY_HELD)
        delivery_done(r, d);
}

/* As the outbox's writer does (outbox/fate.c). */
static void release_told(struct rehearsal *r, struct replay_event *e,
                         struct rehearsed *engage, const struct recipient *to,
                         const struct hold *own)
{
    bool known = engage != NULL;
    struct release_fate fate =
        fate_of_release(own, known, known ? engage->state : DELIVERY_PENDING,
                        known ? engage->hold.kind : HOLD_NONE);
    struct hold hold = fate.by_engage ? engage->hold : *own;
    struct rehearsed *d = delivery_begin(r, e, to, fate.state, &hold, 0);

    d->closes = known && engage->state == DELIVERY_PENDING;
    d->was_silenced |= fate.by_engage && engage->was_silenced;
    if (fate.ends_engage)
        hold_ends(r, engage, DELIVERY_WITHHELD,
                  fate.both_told ? REHEARSED_JOINED : REHEARSED_WITHHELD);
    delivery_told(r, d);
    if (d->state != DELIVERY_HELD)
        delivery_done(r, d);
}

static void worsened_told(struct rehearsal *r, struct replay_event *e,
                          struct engagement *engaged, const struct rehearsed *engage,
                          const struct recipient *to, const struct hold *own)
{
    static const struct hold no_hold = {0};
    struct worsened_fate fate = fate_of_worsened(
        own, engage != NULL, engage != NULL ? engage->state : DELIVERY_PENDING);
    struct rehearsed *d;

    if (fate.row == ROW_NONE)
        return;
    d = delivery_begin(r, fate.row == ROW_OWN ? e : engaged->of, to, fate.state,
                       fate.drops_hold ? &no_hold : own,
                       fate.row == ROW_OWN ? 0 : r->now_ms);
    d->tells_worse = fate.row == ROW_OWN;
    d->closes = engage != NULL && engage->state == DELIVERY_PENDING;
    delivery_told(r, d);
    engagement_keep(engaged, d);
    if (d->state != DELIVERY_HELD)
        delivery_done(r, d);
}

/* Whom the outbox has a delivery of its beginning for. */
static struct told_to told_to_of(struct rehearsal *r, const struct engagement *e)
{
    size_t n = 0;

    if (e == NULL || e->count == 0)
        return (struct told_to){0};
    if (r->told_to.room < e->count) {
        r->told_to.room = e->count;
        r->told_to.v = mem_grow(r->told_to.v, e->count, sizeof *r->told_to.v);
    }
    for (size_t i = 0; i < e->count; i++)
        if (!e->deliveries[i]->tells_worse)
            r->told_to.v[n++] = e->deliveries[i]->to->id;
    return (struct told_to){r->told_to.v, told_to_sort(r->told_to.v, n)};
}

static void recipients_tell(struct rehearsal *r, struct replay_event *e,
                            const struct alert *a, struct engagement *engaged)
{
    const struct telling_by by = {r->with.by, &r->rules, &r->state, r->told,
                                  told_to_of(r, engaged)};
    struct telling *t = &r->telling;
    size_t hint = 0;

    telling_decide(t, &by, a, e->change, r->now_ms);
    for (size_t i = 0; i < t->count; i++) {
        const struct recipient *to =
            snapshot_recipient_id(r->with.by, t->recipients[i]);

        if (to->builtin || (r->with.only != 0 && to->id != r->with.only))
            continue;
        if (e->change == CHANGE_RELEASED)
            release_told(r, e, engage_of(engaged, to->id, &hint), to, &t->holds[i]);
        else if (e->change == CHANGE_WORSENED)
            worsened_told(r, e, engaged, engage_of(engaged, to->id, &hint), to,
                          &t->holds[i]);
        else
            new_told(r, e, engaged, to, &t->holds[i]);
    }
}

/* --- engaged alerts ------------------------------------------------------------------ */

/* Which silences last until it, too, is resolved. */
static void hits_find(struct rehearsal *r, struct engagement *e, const struct alert *a)
{
    const struct silences *all = &r->rules.silences;
    struct filter_subject subject;

    if (r->hit_counts == NULL)
        return;
    e->hits = mem_array(all->n, sizeof *e->hits);
    filter_subject_init(&subject, a, r->rules.pools);
    for (size_t i = 0; i < all->n; i++) {
        e->hits[i] = all->v[i].until_resolved && silence_hits(&all->v[i], &subject);
        r->hit_counts[i] += e->hits[i];
    }
    filter_subject_release(&subject);
}

static void hits_drop(struct rehearsal *r, struct engagement *e)
{
    for (size_t i = 0; e->hits != NULL && i < r->rules.silences.n; i++)
        r->hit_counts[i] -= e->hits[i];
    free(e->hits);
    e->hits = NULL;
}

/* One that is engaged already is told as any other, but changes nothing. */
static struct engagement *engagement_begin(struct rehearsal *r,
                                           struct replay_event *of,
                                           const struct alert *a)
{
    struct engagement *e;

    if (engagement_of(r, of->id) != NULL)
        return NULL;
    e = mem_new(sizeof *e);
    e->id = of->id;
    e->acked_ms = of->acked_ms;
    if (of->worsens) {
        replay_event_share(of);
        e->of = of;
    }
    if (e->acked_ms != 0)
        heap_put(&r->acks, e);
    hash_put(&r->engaged, (struct str){(const char *)&e->id, sizeof e->id}, e);
    hits_find(r, e, a);
    return e;
}

/* Without room for more of them an alert mutes nothing, as in the live path. */
static void inhibitor_begin(struct rehearsal *r, const struct alert *a)
{
    const struct hold_rules *rules = &r->rules;

    if (rules->inhibitions.n > 0 &&
        !inhibitors_add(r->inhibitors, &rules->inhibitions, rules->pools, a))
        r->unmuting++;
}

static void beginning_let_go(struct engagement *e)
{
    if (e->of != NULL)
        replay_event_drop(e->of);
    e->of = NULL;
}

static void engagement_free(struct engagement *e)
{
    beginning_let_go(e);
    free(e->deliveries);
    free(e->hits);
    free(e);
}

/* Its deliveries that are held go on without it; what it muted is looked at. */
static void engagement_end(struct rehearsal *r, struct engagement *e)
{
    for (size_t i = 0; i < e->count; i++) {
        struct rehearsed *d = e->deliveries[i];

        d->engaged = NULL;
        if (d->state != DELIVERY_HELD)
            delivery_free(r, d);
    }
    muted_look(r, e);
    hits_drop(r, e);
    r->all_wanted = r->hit_counts != NULL;
    heap_remove(&r->acks, e);
    hash_remove(&r->engaged, (struct str){(const char *)&e->id, sizeof e->id});
    engagement_free(e);
}

/* It reads as it is now, whoever is told of it from here on. */
static void worsened_tell(struct rehearsal *r, struct replay_event *e,
                          const struct alert *a)
{
    static const struct ack by_somebody = {.at_ms = 1};
    struct engagement *engaged = engagement_of(r, e->began_id);
    struct alert now = *a;

    if (engaged == NULL || engaged->of == NULL)
        return;
    engaged->of->severity = e->severity;
    now.ack = engaged->acked ? &by_somebody : NULL;
    hits_drop(r, engaged);
    hits_find(r, engaged, a);
    inhibitors_remove(r->inhibitors, engaged->id);
    inhibitor_begin(r, a);
    recipients_tell(r, e, &now, engaged);
    worsened_look(r, engaged);
}

size_t rehearsal_tell(struct rehearsal *r, struct replay_event *e, const struct alert *a)
{
    struct engagement *engaged = NULL;

    assert(r->looked_at == r->look_count && !r->all_wanted);
    r->now_ms = MAX(r->now_ms, e->at_ms);
    if (e->change == CHANGE_WORSENED) {
        worsened_tell(r, e, a);
        return r->telling.count;
    }
    if (e->change == CHANGE_ENGAGED) {
        engaged = engagement_begin(r, e, a);
        inhibitor_begin(r, a);
    } else if (e->change == CHANGE_RELEASED) {
        engaged = engagement_of(r, e->began_id);
        inhibitors_remove(r->inhibitors, e->began_id);
        if (engaged != NULL)
            escalations_withhold(r, engaged);
    }
    recipients_tell(r, e, a, engaged);
    if (e->change == CHANGE_RELEASED && engaged != NULL)
        engagement_end(r, engaged);
    return r->telling.count;
}

/* --- from outside ------------------------------------------------------------------- */

static void silences_take(struct rehearsal *r, const struct silences *from)
{
    struct silences *own = &r->rules.silences;
    bool any = false;

    own->n = from->n;
    own->v = mem_array(MAX(from->n, 1u), sizeof *own->v);
    for (size_t i = 0; i < from->n; i++) {
        own->v[i] = from->v[i];
        any = any || from->v[i].until_resolved;
    }
    if (any)
        r->hit_counts = mem_array(from->n, sizeof *r->hit_counts);
}

struct rehearsal *rehearsal_new(const struct rehearsal_options *o)
{
    struct rehearsal *r = mem_new(sizeof *r);

    r->with = *o;
    r->rules = o->by->holds;
    silences_take(r, o->silences != NULL ? o->silences : &o->by->holds.silences);
    r->told = told_new(TOLD_MAX);
    r->inhibitors = inhibitors_new(INHIBITORS_MAX);
    r->state.told = r->told;
    r->state.inhibitors = r->inhibitors;
    rehearsal_orders(r);
    return r;
}

int64_t rehearsed_at_ms(const struct rehearsed *d)
{
    return MAX(d->of->at_ms, d->put_ms);
}

size_t rehearsal_kept(const struct rehearsal *r)
{
    return r->kept_count;
}

size_t rehearsal_unmuting(const struct rehearsal *r)
{
    return r->unmuting;
}

static void held_drop(struct rehearsal *r, struct rehearsed *d, bool say)
{
    r->held = d->next;
    if (say)
        r->with.ended(r->with.arg, d, REHEARSED_HELD, r->now_ms);
    delivery_done(r, d); /* the rest with its alert */
}

static void held_drop_all(struct rehearsal *r, bool say)
{
    heap_release(&r->due);
    while (r->held != NULL)
        held_drop(r, r->held, say);
}

void rehearsal_end(struct rehearsal *r)
{
    struct engagement *e;

    held_drop_all(r, true);
    for (size_t at = 0; (e = hash_next(&r->engaged, &at)) != NULL;)
        beginning_let_go(e);
}

void rehearsal_free(struct rehearsal *r)
{
    struct engagement *e;

    if (r == NULL)
        return;
    held_drop_all(r, false);
    for (size_t at = 0; (e = hash_next(&r->engaged, &at)) != NULL;) {
        for (size_t i = 0; i < e->count; i++)
            delivery_free(r, e->deliveries[i]);
        engagement_free(e);
    }
    heap_release(&r->acks);
    hash_release(&r->engaged);
    told_free(r->told);
    inhibitors_free(r->inhibitors);
    free(r->told_to.v);
    telling_release(&r->telling);
    free(r->rules.silences.v);
    free(r->looks);
    free(r->hit_counts);
    arena_release(&r->arena);
    free(r);
}
