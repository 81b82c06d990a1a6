/* finish.c -- what an op means on the loop, once its group is committed. */
#include "outbox/own.h"

#include "base/log.h"

#define ROOM "outbox"

static struct item *item_new(struct kept *k, int64_t recipient_id)
{
    struct item *i = mem_new(sizeof *i);

    i->kept = k;
    i->recipient_id = recipient_id;
    return i;
}

static bool lane_has(const struct lane *l, int64_t alert_id)
{
    const struct item *i = l->tail;

    while (i != NULL && i->kept->id > alert_id)
        i = i->previous;
    return i != NULL && i->kept->id == alert_id;
}

void delivery_enters(struct outbox *o, struct delivery_id id, enum delivery_state state,
                     enum hold_kind kind)
{
    struct lane *l = lane_get(o, id.recipient_id);

    o->counts.accepted++;
    count_new(o, l, state, kind);
    if (state != DELIVERY_PENDING)
        return;
    lane_rewind(o, l, id.alert_id);
    lane_refill(o, l);
}

static void update_enters(struct outbox *o, const struct op *op, const struct target *t)
{
    const struct kept *k = op->put.kept;

    if (t->row != ROW_NONE)
        delivery_enters(o, (struct delivery_id){t->row == ROW_OWN ? k->id : k->began_id,
                                                t->recipient_id},
                        t->state, t->hold != NULL ? t->hold->kind : HOLD_NONE);
}

static void put_enters(struct outbox *o, struct op *op, struct target *t)
{
    struct lane *l = lane_get(o, t->recipient_id);
    struct item *i;

    count_new(o, l, t->state, t->hold != NULL ? t->hold->kind : HOLD_NONE);
    if (t->ended_engage != HOLD_NONE)
        count_moved(o, l, (struct was){DELIVERY_HELD, t->ended_engage},
                    DELIVERY_WITHHELD, 1);
    l->newest_ms = MAX(l->newest_ms, op->put.kept->accepted_ms);
    l->reserved -= t->direct;
    if (t->state != DELIVERY_PENDING)
        return;
    if (!t->direct) {
        lane_refill(o, l);
        return;
    }
    /* Rewound meanwhile: what is on disk before it comes first. */
    if (l->abandoned || op->put.kept->id > l->last_loaded_id) {
        lane_refill(o, l);
        return;
    }
    kept_share(op->put.kept);
    i = item_new(op->put.kept, t->recipient_id);
    i->began = t->began;
    i->remark = t->remark;
    i->handle = t->handle;
    t->handle = STR_NONE;
    lane_insert(o, l, i);
    lane_ready(o, l);
}

static void put_finish(struct outbox *o, struct op *op, bool committed)
{
    if (!committed) {
        for (size_t i = 0; i < op->put.count; i++)
            if (op->targets[i].direct)
                lane_get(o, op->targets[i].recipient_id)->reserved--;
        seen_forget(o->seen, op->put.seen);
        return;
    }
    ended_count(o, &op->put.ended);
    if (op->put.kept != NULL && op->put.kept->update != UPDATE_NONE) {
        for (size_t i = 0; i < op->put.count; i++)
            update_enters(o, op, &op->targets[i]);
        return;
    }
    o->counts.accepted_alerts += op->put.kept != NULL;
    o->counts.accepted += op->put.count;
    for (size_t i = 0; i < op->put.count; i++)
        put_enters(o, op, &op->targets[i]);
}

static void settle_finish(struct outbox *o, struct op *op)
{
    struct lane *l = lane_get(o, op->settle.id.recipient_id);
    struct item *i = op->settle.item;

    if (op->settle.changed && op->settle.state != DELIVERY_PENDING)
        count_moved(o, l, (struct was){0}, op->settle.state, 1);
    if (i == NULL)
        return;
    /* Deferred: its next try is licensed now. */
    i->in_flight = i->settling = false;
    if (l->abandoned || !op->settle.changed)
        lane_remove(o, l, i);
    else
        lane_ready(o, l);
}

static bool has_ended(const struct lane *l, int64_t alert_id)
{
    for (size_t i = 0; i < l->ended_count; i++)
        if (l->ended[i] == alert_id)
            return true;
    return false;
}

static void taken_enters_window(struct outbox *o, struct lane *l, struct taken *t)
{
    struct item *i;

    l->last_loaded_id = t->kept->id;
    /* After a retry by hand: in flight, or at its end since it was read. */
    if (l->abandoned || lane_has(l, t->kept->id) || has_ended(l, t->kept->id))
        return;
    i = item_new(t->kept, l->recipient_id);
    i->due_ms = t->due_ms;
    i->unlicensed = t->unlicensed;
    i->attempts = t->attempts;
    i->held = t->held;
    i->together = t->together;
    i->freed_ms = t->freed_ms;
    i->remark = t->remark;
    i->acked = i->remark.escalated_ms > 0 && is_acking(o, i->kept->id);
    i->doubts = t->doubts;
    i->began = t->began;
    i->handle = t->handle;
    t->kept = NULL;
    t->handle = STR_NONE;
    lane_insert(o, l, i);
}

static void take_finish(struct outbox *o, struct op *op)
{
    struct lane *l = lane_get(o, op->take.recipient_id);
    /* A retry by hand rewound the lane meanwhile: it is read again from there. */
    bool rewound = op->take.after_id != l->last_loaded_id;

    count_moved(o, l, (struct was){0}, DELIVERY_DEAD, op->take.gave_up);
    if (op->take.gave_up > 0)
        log_error(ROOM, "%zu deliveries are dead: too many tries that never came "
                        "to an end",
                  op->take.gave_up);
    for (size_t n = 0; n < op->take.count && !rewound; n++)
        taken_enters_window(o, l, &op->take.rows[n]);
    if (op->take.all && !rewound)
        l->last_loaded_id = op->take.upto_id;
    lane_ready(o, l);
    lane_refilled(o, l);
}

static void prepare_finish(struct outbox *o, struct op *op)
{
    struct item *i = op->prepare.item;
    struct lane *l = lane_get(o, i->recipient_id);

    i->preparing = i->unlicensed = false;
    /* Whatever was settled before was written before: still pending means that
     * it waits aside, and then it is not for us to wait for. */
    i->began = op->prepare.began == BEGAN_PENDING ? BEGAN_NONE : op->prepare.began;
    free((char *)(uintptr_t)i->handle.p);
    i->handle = op->prepare.handle;
    op->prepare.handle = STR_NONE;
    if (l->abandoned || (i->acked && !is_acking(o, i->kept->id)))
        lane_remove(o, l, i);
    else
        lane_ready(o, l);
}

void op_finish(struct outbox *o, struct op *op, bool committed)
{
    if (op->kind == OP_PUT)
        put_finish(o, op, committed);
    else if (op->kind == OP_PAUSE)
        pause_finish(o, op, committed);
    else if (committed && op->kind == OP_SETTLE)
        settle_finish(o, op);
    else if (committed && op->kind == OP_TAKE)
        take_finish(o, op);
    else if (committed && op->kind == OP_PREPARE)
        prepare_finish(o, op);
    else if (committed && op->kind == OP_ABANDON)
        abandon_finish(o, op);
    else if (committed && op->kind == OP_REDRIVE)
        redrive_finish(o, op);
    else if (committed && op->kind == OP_CANCEL)
        cancel_finish(o, op);
    else if (committed && op->kind == OP_HELD)
        held_finish(o, op);
    else if (committed && op->kind == OP_UNHOLD)
        unhold_finish(o, op);
    else if (op->kind == OP_ACK)
        ack_finish(o, op, committed);
    if (op->done != NULL)
        op->done(op->arg, committed);
    op_free(op);
}
