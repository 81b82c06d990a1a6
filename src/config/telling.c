/* telling.c -- routing_match(), holds_decide() for each, and escalations. */
#include "config/telling.h"

void telling_asks(struct hold_question *q, const struct snapshot *s,
                  int64_t recipient_id)
{
    const struct recipient *to = snapshot_recipient_id(s, recipient_id);

    q->recipient_id = recipient_id;
    q->builtin = recipient_id == RECIPIENT_BUILTIN_ID;
    q->pace = to != NULL && !to->builtin ? &to->pace : NULL;
}

static void room_make(struct telling *t, const struct snapshot *s)
{
    if (s->recipient_count <= t->room)
        return;
    t->room = s->recipient_count;
    t->recipients = mem_grow(t->recipients, t->room, sizeof *t->recipients);
    t->holds = mem_grow(t->holds, t->room, sizeof *t->holds);
    t->escalated = mem_grow(t->escalated, t->room, sizeof *t->escalated);
    t->following = mem_grow(t->following, t->room, sizeof *t->following);
}

static void holds_find(struct telling *t, const struct telling_by *by,
                       const struct alert *a, enum change change, int64_t now_ms,
                       size_t from)
{
    struct filter_subject subject;
    struct muted muted = {0};
    struct hold_question q = {
        .alert = a,
        .subject = &subject,
        .muted = &muted,
        .change = change,
        .now_ms = now_ms,
        .rules = by->rules,
        .state = by->state,
        .arena = &t->reasons,
        .key_hash = alert_key_hash(a->key),
    };

    if (from == t->count)
        return;
    filter_subject_init(&subject, a, by->rules->pools);
    for (size_t i = from; i < t->count; i++) {
        telling_asks(&q, by->snapshot, t->recipients[i]);
        holds_decide(&q, &t->holds[i]);
        hold_note(by->told, &q, &t->holds[i]);
    }
    filter_subject_release(&subject);
}

/* Whom an engage comes to if nobody acknowledges it. Its release is put for the
 * same: it closes what had come to them (outbox/fate.h); else both are withheld. */
static void escalations_add(struct telling *t, const struct telling_by *by,
                            const struct alert *a, enum change change,
                            int64_t now_ms)
{
    size_t n = 0;

    if (change == CHANGE_ENGAGED || change == CHANGE_WORSENED ||
        change == CHANGE_RELEASED)
        n = escalations_reach(&by->rules->escalations, t->recipients, t->count,
                              t->escalated);
    for (size_t i = 0; i < n; i++) {
        const struct recipient *to =
            snapshot_recipient_id(by->snapshot, t->escalated[i].recipient_id);

        if (!to->on)
            continue;
        t->recipients[t->count] = to->id;
        hold_escalation(&t->escalated[i], change, now_ms, &t->holds[t->count]);
        /* What is acknowledged comes to nobody new. */
        t->holds[t->count++].final = a->ack != NULL;
    }
}

/* Who is told by an escalation is told of its end as one. */
static bool is_escalated(const struct telling *t, size_t matched, int64_t recipient_id)
{
    for (size_t i = matched; i < t->count; i++)
        if (t->recipients[i] == recipient_id)
            return true;
    return false;
}

static void following_add(struct telling *t, const struct telling_by *by,
                          const struct alert *a, enum change change, int64_t now_ms,
                          size_t matched, size_t following)
{
    size_t from = t->count, n = from;

    for (size_t i = 0; i < following; i++)
        if (!is_escalated(t, matched, t->following[i]))
            t->recipients[n++] = t->following[i];
    t->count = n;
    holds_find(t, by, a, change, now_ms, from);
}

void telling_decide(struct telling *t, const struct telling_by *by,
                    const struct alert *a, enum change change, int64_t now_ms)
{
    const struct routed q = {a, change, by->told_to};
    size_t all, matched;

    room_make(t, by->snapshot);
    arena_reset(&t->reasons);
    all = routing_match(by->snapshot->routing, &q, t->recipients, &matched);
    if (all > matched)
        memcpy(t->following, &t->recipients[matched],
               (all - matched) * sizeof *t->following);
    t->count = matched;
    holds_find(t, by, a, change, now_ms, 0);
    escalations_add(t, by, a, change, now_ms);
    following_add(t, by, a, change, now_ms, matched, all - matched);
}

size_t telling_begun(struct telling *t, enum change change)
{
    size_t n = 0;

    assert(change == CHANGE_ENGAGED || change == CHANGE_WORSENED);
    for (size_t i = 0; i < t->count; i++) {
        const struct hold *h = &t->holds[i];

        /* See run_update.c: nothing is put for these, unless it was before. */
        if (change != CHANGE_WORSENED || h->kind != HOLD_ESCALATION || !h->final)
            t->recipients[n++] = t->recipients[i];
    }
    t->count = 0;
    return n;
}

void telling_release(struct telling *t)
{
    free(t->recipients);
    free(t->holds);
    free(t->escalated);
    free(t->following);
    arena_release(&t->reasons);
    *t = (struct telling){0};
}
