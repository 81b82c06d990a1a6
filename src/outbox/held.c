/* held.c -- what ends without the courier, on the loop: asked for, and what it
 * means once it is committed. */
#include "outbox/own.h"

#include "base/log.h"

#define ROOM "outbox"

/* --- counts ---------------------------------------------------------------- */

static uint64_t *total(struct outbox *o, enum delivery_state state)
{
    switch (state) {
    case DELIVERY_PENDING:
        return &o->counts.pending;
    case DELIVERY_DELIVERED:
        return &o->counts.delivered;
    case DELIVERY_DEAD:
        return &o->counts.dead;
    case DELIVERY_HELD:
        return &o->counts.held;
    case DELIVERY_WITHHELD:
        return &o->counts.withheld;
    case DELIVERY_STATES:
        break;
    }
    bug("no such state");
}

void count_new(struct outbox *o, struct lane *l, enum delivery_state state,
               enum hold_kind kind)
{
    ++*total(o, state);
    l->n[state]++;
    if (state == DELIVERY_HELD)
        o->counts.held_by[kind]++;
}

void count_moved(struct outbox *o, struct lane *l, struct was was,
                 enum delivery_state state, uint64_t n)
{
    *total(o, was.state) -= n;
    l->n[was.state] -= n;
    if (was.state == DELIVERY_HELD)
        o->counts.held_by[was.kind] -= n;
    *total(o, state) += n;
    l->n[state] += n;
}

/* --- asking ------------------------------------------------------------------- */

void outbox_held(struct outbox *o, const struct held_query *q, outbox_held_fn *fn,
                 void *arg)
{
    struct op *op = op_new(OP_HELD, 0);

    op->held.query = *q;
    op->held.fn = fn;
    op->held.fn_arg = arg;
    op_gather(o, op);
}

void held_finish(struct outbox *o unused, struct op *op)
{
    op->held.fn(op->held.fn_arg, op->held.rows, op->held.count);
}

/* --- ending -------------------------------------------------------------------- */

void outbox_unhold(struct outbox *o, const struct unhold *v, size_t n,
                   outbox_count_fn *done, void *arg)
{
    struct op *op = op_new(OP_UNHOLD, 0);

    op->unhold.v = mem_array(MAX(n, 1u), sizeof *v);
    op->unhold.was = mem_array(MAX(n, 1u), sizeof *op->unhold.was);
    op->unhold.n = n;
    op->unhold.at_ms = clock_wall_ms(o->clock);
    op->unhold.counted = done;
    op->unhold.counted_arg = arg;
    for (size_t i = 0; i < n; i++) {
        op->unhold.v[i] = v[i];
        op->unhold.v[i].to.reason = text_copy(v[i].to.reason, REASON_MAX);
    }
    op_gather(o, op);
}

static enum delivery_state unheld_state(const struct unhold *v)
{
    if (v->to.kind == HOLD_NONE)
        return DELIVERY_PENDING;
    return v->to.final ? DELIVERY_WITHHELD : DELIVERY_HELD;
}

static void unheld(struct outbox *o, const struct unhold *v, struct was was)
{
    struct lane *l = lane_get(o, v->id.recipient_id);
    enum delivery_state state = unheld_state(v);

    count_moved(o, l, was, state, 1);
    if (state == DELIVERY_HELD)
        o->counts.held_by[v->to.kind]++;
    if (state == DELIVERY_PENDING)
        lane_rewind(o, l, v->id.alert_id);
}

void unhold_finish(struct outbox *o, struct op *op)
{
    for (size_t i = 0; i < op->unhold.n; i++)
        if (op->unhold.was[i].state != DELIVERY_PENDING)
            unheld(o, &op->unhold.v[i], op->unhold.was[i]);
    for (size_t i = 0; i < op->unhold.n; i++)
        if (op->unhold.was[i].state != DELIVERY_PENDING)
            lane_refill(o, lane_get(o, op->unhold.v[i].id.recipient_id));
    if (op->unhold.counted != NULL)
        op->unhold.counted(op->unhold.counted_arg, op->unhold.changed);
}

/* --- by hand -------------------------------------------------------------------- */

void redrive_finish(struct outbox *o, struct op *op)
{
    for (size_t i = 0; i < op->redrive.n; i++) {
        struct lane *l = lane_get(o, op->redrive.ids[i].recipient_id);

        if (op->redrive.was[i].state == DELIVERY_PENDING)
            continue;
        l->abandoned = false;
        count_moved(o, l, op->redrive.was[i], DELIVERY_PENDING, 1);
        lane_rewind(o, l, op->redrive.ids[i].alert_id);
    }
    for (size_t i = 0; i < op->redrive.n; i++)
        if (op->redrive.was[i].state != DELIVERY_PENDING)
            lane_refill(o, lane_get(o, op->redrive.ids[i].recipient_id));
    op->redrive.counted(op->redrive.counted_arg, op->redrive.changed);
}

/* --- a recipient is no more ------------------------------------------------------ */

void abandon_finish(struct outbox *o, struct op *op)
{
    struct lane *l = lane_get(o, op->abandon.recipient_id);
    uint64_t held = 0;

    count_moved(o, l, (struct was){0}, DELIVERY_DEAD, (uint64_t)op->abandon.changed);
    for (int k = 0; k < HOLD_KINDS; k++) {
        held += op->abandon.held[k];
        count_moved(o, l, (struct was){DELIVERY_HELD, (enum hold_kind)k},
                    DELIVERY_WITHHELD, op->abandon.held[k]);
    }
    if (op->abandon.changed > 0 || held > 0)
        log_warn(ROOM, "of recipient %lld, %lld deliveries are dead and %llu that "
                       "were held back are withheld: %.*s",
                 (long long)op->abandon.recipient_id, (long long)op->abandon.changed,
                 (unsigned long long)held, STR_ARG(op->abandon.reason));
}
