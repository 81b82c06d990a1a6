/* rehearsal.c -- what the pipeline, the outbox and the holder do, in memory: alerts
 * told one after the other, and holds that end in between. */
#include "admin/rehearsal.h"

#include "base/hash.h"
#include "base/heap.h"
#include "config/telling.h"
#include "outbox/fate.h"
#include "routing/hold_look.h"
#include "routing/inhibitors.h"

struct engagement {
    int64_t id, acked_ms;
    size_t ack_at; /* its place among those that will be acknowledged */
    struct rehearsed **deliveries; /* ours, the array */
    size_t count;
    struct rehearsed *muted; /* those it holds back */
    bool *hits; /* ours: one a silence that lasts until what it hits is resolved */
};

struct rehearsal {
    struct rehearsal_options with;
    struct hold_rules rules;      /* the snapshot's, with silences of our own */
    struct told *told;            /* ours */
    struct inhibitors *inhibitors; /* ours */
    size_t unmuting;              /* sources that there was no room for */
    struct hold_state state;
    struct telling telling;
    struct hash engaged;       /* struct engagement by id */
    struct heap due;           /* held until a time */
    struct heap acks;          /* engagements that somebody acknowledges */
    struct rehearsed *held;    /* all that are */
    size_t held_count;
    struct rehearsed **looks;  /* ours: to be looked at before all else */
    size_t look_count, looked_at;
    bool all_wanted;           /* and then everything that is held */
    size_t *hit_counts;        /* ours: engaged alerts that each silence hits */
    int64_t now_ms;
    struct arena arena; /* of one look */
};

/* --- what is held ------------------------------------------------------------- */

static bool is_before(const struct rehearsed *x, const struct rehearsed *y)
{
    return x->of->id < y->of->id ||
           (x->of->id == y->of->id && x->to->id < y->to->id);
}

/* As the outbox finds what is due. */
static bool is_due_before(const void *a, const void *b)
{
    const struct rehearsed *x = a, *y = b;

    if (x->hold.until_ms != y->hold.until_ms)
        return x->hold.until_ms < y->hold.until_ms;
    return is_before(x, y);
}

static size_t *due_place(void *d)
{
    return &((struct rehearsed *)d)->due_at;
}

static bool is_acked_before(const void *a, const void *b)
{
    const struct engagement *x = a, *y = b;

    return x->acked_ms < y->acked_ms || (x->acked_ms == y->acked_ms && x->id < y->id);
}

static size_t *ack_place(void *e)
{
    return &((struct engagement *)e)->ack_at;
}

static struct engagement *engagement_of(const struct rehearsal *r, int64_t id)
{
    return hash_get(&r->engaged, (struct str){(const char *)&id, sizeof id});
}

static void mute(struct rehearsed *d, struct engagement *by)
{
    d->muted_by = by;
    d->muted_previous = NULL;
    d->muted_next = by->muted;
    if (by->muted != NULL)
        by->muted->muted_previous = d;
    by->muted = d;
}

static void unmute(struct rehearsed *d)
{
    if (d->muted_by == NULL)
        return;
    *(d->muted_previous != NULL ? &d->muted_previous->muted_next
                                : &d->muted_by->muted) = d->muted_next;
    if (d->muted_next != NULL)
        d->muted_next->muted_previous = d->muted_previous;
    d->muted_by = NULL;
}

/* Held by this from now on, as it is or anew. */
static void hold_begins(struct rehearsal *r, struct rehearsed *d, const struct hold *h)
{
    struct engagement *source =
        h->kind == HOLD_INHIBITED ? engagement_of(r, h->ref) : NULL;

    if (d->state != DELIVERY_HELD) {
        d->state = DELIVERY_HELD;
        d->previous = NULL;
        d->next = r->held;
        if (r->held != NULL)
            r->held->previous = d;
        r->held = d;
        r->held_count++;
    }
    heap_remove(&r->due, d);
    unmute(d);
    d->hold = *h;
    d->hold.reason = STR_NONE;
    d->was_silenced |= h->kind == HOLD_SILENCED && h->ref == r->with.silence_id;
    if (h->until_ms != 0)
        heap_put(&r->due, d);
    if (source != NULL)
        mute(d, source);
}

static void event_let_go(struct rehearsed *d)
{
    if (d->of != NULL)
        replay_event_drop(d->of);
    d->of = NULL;
}

static void delivery_free(struct rehearsed *d)
{
    event_let_go(d);
    free(d);
}

/* It is at its end: gone, unless its alert's release will ask how it fared. */
static void delivery_done(struct rehearsed *d)
{
    if (d->engaged == NULL)
        delivery_free(d);
    else
        event_let_go(d);
}

/* Held no more. */
static void hold_ends(struct rehearsal *r, struct rehearsed *d, enum delivery_state state,
                      enum rehearsed_end end)
{
    *(d->previous != NULL ? &d->previous->next : &r->held) = d->next;
    if (d->next != NULL)
        d->next->previous = d->previous;
    r->held_count--;
    heap_remove(&r->due, d);
    unmute(d);
    d->state = state;
    r->with.ended(r->with.arg, d, end, r->now_ms);
    delivery_done(d);
}

/* --- looking again -------------------------------------------------------------- */

static bool ask_again(struct rehearsal *r, const struct rehearsed *d,
                      struct hold_end *out)
{
    struct filter_subject subject;
    struct alert alert;
    struct hold_question q = {
        .alert = &alert,
        .subject = &subject,
        .change = d->of->change,
        .now_ms = r->now_ms,
        .rules = &r->rules,
        .state = &r->state,
        .arena = &r->arena,
    };
    bool changed;

    if (!replay_event_read(d->of, &r->arena, &alert))
        bug("a line that was read cannot be read");
    q.key_hash = alert_key_hash(alert.key);
    telling_asks(&q, r->with.by, d->to->id);
    filter_subject_init(&subject, &alert, r->rules.pools);
    changed = hold_look(&q, &d->hold, d->engaged != NULL, r->told, out);
    filter_subject_release(&subject);
    return changed;
}

/* As the holder does. */
static void look(struct rehearsal *r, struct rehearsed *d)
{
    struct hold_end end;

    arena_reset(&r->arena);
    if (hold_waits(&d->hold, r->now_ms) || !ask_again(r, d, &end))
        return;
    if (end.to.kind == HOLD_NONE)
        hold_ends(r, d, DELIVERY_PENDING,
                  end.together ? REHEARSED_TOGETHER : REHEARSED_LATER);
    else if (end.to.final)
        hold_ends(r, d, DELIVERY_WITHHELD, REHEARSED_WITHHELD);
    else
        hold_begins(r, d, &end.to);
}

static int by_id(const void *x, const void *y)
{
    struct rehearsed *const *a = x, *const *b = y;

    return is_before(*a, *b) ? -1 : is_before(*b, *a);
}

static void looks_add(struct rehearsal *r, struct rehearsed *d)
{
    if ((r->look_count & (r->look_count - 1)) == 0)
        r->looks = mem_grow(r->looks, MAX(2 * r->look_count, 1u), sizeof(d));
    r->looks[r->look_count++] = d;
}

static void looks_sort(struct rehearsal *r)
{
    if (r->look_count > 0)
        qsort(r->looks, r->look_count, sizeof *r->looks, by_id);
}

/* Silences that last until what they hit is resolved, and hit nothing any more. */
static void resolved_end(struct rehearsal *r)
{
    for (size_t i = 0; i < r->rules.silences.n; i++) {
        struct silence *s = &r->rules.silences.v[i];
        int64_t until_ms;

        if (s->until_resolved && r->hit_counts[i] == 0 &&
            silence_state(s, r->now_ms, &until_ms) == SILENCE_ACTIVE)
            s->ends_ms = r->now_ms;
    }
    for (struct rehearsed *d = r->held; d != NULL; d = d->next)
        looks_add(r, d);
    looks_sort(r);
}

/* The next to be looked at, because of what happened at now_ms; or NULL. */
static struct rehearsed *look_next(struct rehearsal *r)
{
    if (r->looked_at == r->look_count) {
        r->looked_at = r->look_count = 0;
        if (r->all_wanted) {
            r->all_wanted = false;
            resolved_end(r);
        }
    }
    return r->look_count > 0 ? r->looks[r->looked_at++] : NULL;
}

static struct rehearsed *due_next(struct rehearsal *r, int64_t until_ms)
{
    struct rehearsed *d = heap_first(&r->due);

    if (d == NULL || d->hold.until_ms > until_ms)
        return NULL;
    r->now_ms = MAX(r->now_ms, d->hold.until_ms);
    return d;
}

/* Acknowledged or over before it came: as the outbox does in the same commit. */
static void escalations_end(struct rehearsal *r, const struct engagement *e)
{
    for (size_t i = 0; i < e->count; i++)
        if (e->deliveries[i]->escalates && e->deliveries[i]->state == DELIVERY_HELD)
            hold_ends(r, e->deliveries[i], DELIVERY_WITHHELD, REHEARSED_WITHHELD);
}

/* The acknowledgements that come before anything is due. */
static void acks_pass(struct rehearsal *r, int64_t until_ms)
{
    const struct rehearsed *d = heap_first(&r->due);
    const struct engagement *e;

    if (d != NULL && d->hold.until_ms < until_ms)
        until_ms = d->hold.until_ms;
    while ((e = heap_first(&r->acks)) != NULL && e->acked_ms < until_ms) {
        heap_take(&r->acks);
        r->now_ms = MAX(r->now_ms, e->acked_ms);
        escalations_end(r, e);
    }
}

bool rehearsal_pass(struct rehearsal *r, int64_t until_ms, size_t *budget)
{
    for (; *budget > 0; --*budget) {
        struct rehearsed *d = look_next(r);

        if (d == NULL) {
            acks_pass(r, until_ms);
            d = due_next(r, until_ms);
        }
        if (d == NULL)
            return true;
        look(r, d);
    }
    return false;
}

/* --- an alert --------------------------------------------------------------------- */

/* One that is at its end is told, and kept only for its release to ask. */
static struct rehearsed *delivery_begin(struct rehearsal *r, struct replay_event *e,
                                        const struct recipient *to,
                                        enum delivery_state state, const struct hold *h)
{
    struct rehearsed *d = mem_new(sizeof *d);

    replay_event_share(e);
    d->of = e;
    d->to = to;
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

        if (e->deliveries[at]->to->id == recipient_id) {
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
    struct rehearsed *d = delivery_begin(r, e, to, fate_of_new(h), h);

    delivery_told(r, d);
    if (engaged != NULL)
        engagement_keep(engaged, d);
    if (d->state != DELIVERY_HELD)
        delivery_done(d);
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
    struct rehearsed *d = delivery_begin(r, e, to, fate.state, &hold);

    d->closes = known && engage->state == DELIVERY_PENDING;
    d->was_silenced |= fate.by_engage && engage->was_silenced;
    if (fate.ends_engage)
        hold_ends(r, engage, DELIVERY_WITHHELD,
                  fate.both_told ? REHEARSED_JOINED : REHEARSED_WITHHELD);
    delivery_told(r, d);
    if (d->state != DELIVERY_HELD)
        delivery_done(d);
}

static void recipients_tell(struct rehearsal *r, struct replay_event *e,
                            const struct alert *a, struct engagement *engaged)
{
    const struct telling_by by = {r->with.by, &r->rules, &r->state, r->told};
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

/* One that is engaged already is told as any other, but changes nothing. */
static struct engagement *engagement_begin(struct rehearsal *r,
                                           const struct replay_event *of,
                                           const struct alert *a)
{
    struct engagement *e;

    if (engagement_of(r, of->id) != NULL)
        return NULL;
    e = mem_new(sizeof *e);
    e->id = of->id;
    e->acked_ms = of->acked_ms;
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

static void engagement_free(struct engagement *e)
{
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
            delivery_free(d);
    }
    while (e->muted != NULL) {
        looks_add(r, e->muted);
        unmute(e->muted);
    }
    looks_sort(r);
    for (size_t i = 0; e->hits != NULL && i < r->rules.silences.n; i++)
        r->hit_counts[i] -= e->hits[i];
    r->all_wanted = r->hit_counts != NULL;
    heap_remove(&r->acks, e);
    hash_remove(&r->engaged, (struct str){(const char *)&e->id, sizeof e->id});
    engagement_free(e);
}

void rehearsal_tell(struct rehearsal *r, struct replay_event *e, const struct alert *a)
{
    struct engagement *engaged = NULL;

    assert(r->looked_at == r->look_count && !r->all_wanted);
    r->now_ms = MAX(r->now_ms, e->at_ms);
    if (e->change == CHANGE_ENGAGED) {
        engaged = engagement_begin(r, e, a);
        inhibitor_begin(r, a);
    } else if (e->change == CHANGE_RELEASED) {
        engaged = engagement_of(r, e->began_id);
        inhibitors_remove(r->inhibitors, e->began_id);
        if (engaged != NULL)
            escalations_end(r, engaged);
    }
    recipients_tell(r, e, a, engaged);
    if (e->change == CHANGE_RELEASED && engaged != NULL)
        engagement_end(r, engaged);
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
    r->due.before = is_due_before;
    r->due.place = due_place;
    r->acks.before = is_acked_before;
    r->acks.place = ack_place;
    return r;
}

size_t rehearsal_held(const struct rehearsal *r)
{
    return r->held_count;
}

size_t rehearsal_unmuting(const struct rehearsal *r)
{
    return r->unmuting;
}

static void held_drop(struct rehearsal *r, struct rehearsed *d, bool say)
{
    r->held = d->next;
    r->held_count--;
    if (say)
        r->with.ended(r->with.arg, d, REHEARSED_HELD, r->now_ms);
    delivery_done(d); /* the rest with its alert */
}

static void held_drop_all(struct rehearsal *r, bool say)
{
    heap_release(&r->due);
    while (r->held != NULL)
        held_drop(r, r->held, say);
}

void rehearsal_end(struct rehearsal *r)
{
    held_drop_all(r, true);
}

void rehearsal_free(struct rehearsal *r)
{
    struct engagement *e;

    if (r == NULL)
        return;
    held_drop_all(r, false);
    for (size_t at = 0; (e = hash_next(&r->engaged, &at)) != NULL;) {
        for (size_t i = 0; i < e->count; i++)
            delivery_free(e->deliveries[i]);
        engagement_free(e);
    }
    heap_release(&r->acks);
    hash_release(&r->engaged);
    told_free(r->told);
    inhibitors_free(r->inhibitors);
    telling_release(&r->telling);
    free(r->rules.silences.v);
    free(r->looks);
    free(r->hit_counts);
    arena_release(&r->arena);
    free(r);
}
