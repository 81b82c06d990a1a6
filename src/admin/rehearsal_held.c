/* rehearsal_held.c -- what is held back in a rehearsal, and how it ends: the outbox's
 * held deliveries and the holder, in memory. */
#include "admin/rehearsal_own.h"

#include "routing/hold_look.h"

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

void rehearsal_orders(struct rehearsal *r)
{
    r->due.before = is_due_before;
    r->due.place = due_place;
    r->acks.before = is_acked_before;
    r->acks.place = ack_place;
}

struct engagement *engagement_of(const struct rehearsal *r, int64_t id)
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

void hold_begins(struct rehearsal *r, struct rehearsed *d, const struct hold *h)
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

void delivery_free(struct rehearsal *r, struct rehearsed *d)
{
    r->kept_count--;
    event_let_go(d);
    free(d);
}

void delivery_done(struct rehearsal *r, struct rehearsed *d)
{
    if (d->engaged == NULL)
        delivery_free(r, d);
    else
        event_let_go(d);
}

void hold_ends(struct rehearsal *r, struct rehearsed *d, enum delivery_state state,
               enum rehearsed_end end)
{
    *(d->previous != NULL ? &d->previous->next : &r->held) = d->next;
    if (d->next != NULL)
        d->next->previous = d->previous;
    heap_remove(&r->due, d);
    unmute(d);
    d->state = state;
    r->with.ended(r->with.arg, d, end, r->now_ms);
    delivery_done(r, d);
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
        .change = d->tells_worse ? CHANGE_ENGAGED : d->of->change, /* as the holder */
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

void muted_look(struct rehearsal *r, struct engagement *e)
{
    while (e->muted != NULL) {
        looks_add(r, e->muted);
        unmute(e->muted);
    }
    looks_sort(r);
}

void worsened_look(struct rehearsal *r, struct engagement *e)
{
    for (struct rehearsed *d = e->muted; d != NULL; d = d->muted_next)
        looks_add(r, d);
    for (size_t i = 0; i < e->count; i++)
        if (e->deliveries[i]->state == DELIVERY_HELD && !e->deliveries[i]->tells_worse)
            looks_add(r, e->deliveries[i]);
    looks_sort(r);
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

void escalations_withhold(struct rehearsal *r, const struct engagement *e)
{
    for (size_t i = 0; i < e->count; i++)
        if (e->deliveries[i]->escalates && e->deliveries[i]->state == DELIVERY_HELD)
            hold_ends(r, e->deliveries[i], DELIVERY_WITHHELD, REHEARSED_WITHHELD);
}

/* The acknowledgements that come before anything is due. */
static void acks_pass(struct rehearsal *r, int64_t until_ms)
{
    const struct rehearsed *d = heap_first(&r->due);
    struct engagement *e;

    if (d != NULL && d->hold.until_ms < until_ms)
        until_ms = d->hold.until_ms;
    while ((e = heap_first(&r->acks)) != NULL && e->acked_ms < until_ms) {
        heap_take(&r->acks);
        r->now_ms = MAX(r->now_ms, e->acked_ms);
        e->acked = true;
        escalations_withhold(r, e);
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
