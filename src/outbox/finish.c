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

static void put_enters_window(struct outbox *o, struct op *op, struct target *t)
{
    struct lane *l = lane_get(o, t->recipient_id);
    struct item *i;

    l->pending++;
    if (!t->direct) {
        lane_refill(o, l);
        return;
    }
    l->reserved--;
    /* Rewound meanwhile: what is on disk before it comes first. */
    if (l->abandoned || op->put.kept->id > l->last_loaded_id) {
        lane_refill(o, l);
        return;
    }
    kept_share(op->put.kept);
    i = item_new(op->put.kept, t->recipient_id);
    i->began = t->began;
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
    o->counts.accepted_alerts += op->put.kept != NULL;
    o->counts.accepted += op->put.count;
    o->counts.pending += op->put.count;
    for (size_t i = 0; i < op->put.count; i++)
        put_enters_window(o, op, &op->targets[i]);
}

/* Pending became something else: n times, by count of what is on disk. */
static void count_ended(struct outbox *o, struct lane *l, enum delivery_state state,
                        uint64_t n)
{
    bool dead = state == DELIVERY_DEAD;

    *(dead ? &o->counts.dead : &o->counts.delivered) += n;
    *(dead ? &l->dead : &l->delivered) += n;
    o->counts.pending -= n;
    l->pending -= n;
}

static void settle_finish(struct outbox *o, struct op *op)
{
    struct lane *l = lane_get(o, op->settle.id.recipient_id);
    struct item *i = op->settle.item;

    if (op->settle.changed && op->settle.state != DELIVERY_PENDING)
        count_ended(o, l, op->settle.state, 1);
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

    count_ended(o, l, DELIVERY_DEAD, op->take.gave_up);
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
    if (l->abandoned)
        lane_remove(o, l, i);
    else
        lane_ready(o, l);
}

static void abandon_finish(struct outbox *o, struct op *op)
{
    struct lane *l = lane_get(o, op->abandon.recipient_id);

    count_ended(o, l, DELIVERY_DEAD, (uint64_t)op->abandon.changed);
    if (op->abandon.changed > 0)
        log_warn(ROOM, "%lld deliveries of recipient %lld are dead: %.*s",
                 (long long)op->abandon.changed, (long long)op->abandon.recipient_id,
                 STR_ARG(op->abandon.reason));
}

/* The queue is read again from the oldest that came back. */
static void redriven(struct outbox *o, const struct delivery_id *id)
{
    struct lane *l = lane_get(o, id->recipient_id);

    l->abandoned = false;
    l->dead--;
    l->pending++;
    o->counts.dead--;
    o->counts.pending++;
    l->last_put_id = MAX(l->last_put_id, id->alert_id);
    if (id->alert_id <= l->last_loaded_id) {
        lane_drop_waiting(o, l, id->alert_id);
        l->last_loaded_id = id->alert_id - 1;
    }
}

static void redrive_finish(struct outbox *o, struct op *op)
{
    for (size_t i = 0; i < op->redrive.n; i++)
        if (op->redrive.did[i])
            redriven(o, &op->redrive.ids[i]);
    for (size_t i = 0; i < op->redrive.n; i++)
        if (op->redrive.did[i])
            lane_refill(o, lane_get(o, op->redrive.ids[i].recipient_id));
    op->redrive.counted(op->redrive.counted_arg, op->redrive.changed);
}

void op_finish(struct outbox *o, struct op *op, bool committed)
{
    if (op->kind == OP_PUT)
        put_finish(o, op, committed);
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
    if (op->done != NULL)
        op->done(op->arg, committed);
    op_free(op);
}
