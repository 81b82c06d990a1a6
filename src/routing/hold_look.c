/* hold_look.c -- what becomes of a delivery that is held, when it is looked at. */
#include "routing/hold_look.h"

bool hold_waits(const struct hold *was, int64_t now_ms)
{
    return was->until_ms > now_ms &&
           (was->kind == HOLD_STORM || was->kind == HOLD_FLAPPING ||
            was->kind == HOLD_ESCALATION);
}

/* Another silence may have taken the place of one that is over; the other kinds
 * are not asked again when they have had their time. */
static enum hold_kind ended_kind(const struct hold *was, int64_t now_ms)
{
    bool over = was->until_ms != 0 && was->until_ms <= now_ms;

    return over && was->kind != HOLD_SILENCED && was->kind != HOLD_INHIBITED
               ? was->kind
               : HOLD_NONE;
}

/* Nothing holds it any more: is there still something to tell? */
static void set_free(const struct hold_question *q, const struct hold *was,
                     bool engaged, struct hold_end *out)
{
    if (hold_gathers(was->kind)) {
        out->together = true;
    } else if (was->kind != HOLD_ESCALATION && !engaged) {
        out->to = *was;
        out->to.final = true;
        out->to.reason = arena_printf(q->arena, "over when its hold ended; %.*s",
                                      STR_ARG(was->reason));
    }
}

static bool same_hold(const struct hold *a, const struct hold *b)
{
    return a->kind == b->kind && a->ref == b->ref && a->until_ms == b->until_ms &&
           !a->final && str_eq(a->reason, b->reason);
}

bool hold_look(struct hold_question *q, const struct hold *was, bool engaged,
               struct told *told, struct hold_end *out)
{
    *out = (struct hold_end){0};
    if (hold_waits(was, q->now_ms))
        return false;
    q->held = was->kind;
    q->ended = ended_kind(was, q->now_ms);
    holds_decide(q, &out->to);
    if (out->to.kind == HOLD_NONE)
        set_free(q, was, engaged, out);
    if (same_hold(&out->to, was))
        return false;
    hold_note(told, q, &out->to);
    return true;
}
