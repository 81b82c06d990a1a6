/* ack.c -- acknowledgements and ended escalations, on the loop: asked for, and what
 * they mean once they are committed. */
#include "outbox/ack.h"

#include "outbox/own.h"

struct audience {
    size_t refs, n;
    int64_t v[];
};

struct audience *audience_new(const int64_t *recipients, size_t n)
{
    struct audience *a = mem_new(sizeof *a + n * sizeof a->v[0]);

    a->refs = 1;
    a->n = n;
    if (n > 0)
        memcpy(a->v, recipients, n * sizeof a->v[0]);
    return a;
}

void audience_drop(struct audience *a)
{
    if (a != NULL && --a->refs == 0)
        free(a);
}

bool audience_has(const struct audience *a, int64_t recipient_id)
{
    size_t low = 0, high = a != NULL ? a->n : 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (a->v[middle] == recipient_id)
            return true;
        if (a->v[middle] < recipient_id)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

void id_array_add(struct id_array *a, int64_t id)
{
    a->v = mem_grow(a->v, a->n + 1, sizeof *a->v);
    a->v[a->n++] = id;
}

static void id_array_remove(struct id_array *a, int64_t id)
{
    size_t i = 0;

    while (a->v[i] != id)
        i++;
    a->v[i] = a->v[--a->n];
}

/* --- escalations that are about to be sent ----------------------------------------- */

bool is_acking(const struct outbox *o, int64_t alert_id)
{
    for (size_t i = 0; i < o->acking.n; i++)
        if (o->acking.v[i] == alert_id)
            return true;
    return false;
}

static struct item *escalation_of(const struct lane *l, int64_t alert_id)
{
    struct item *i = l->escalations > 0 ? l->head : NULL;

    while (i != NULL && i->kept->id < alert_id)
        i = i->next;
    return i != NULL && i->kept->id == alert_id && i->remark.escalated_ms > 0 ? i : NULL;
}

/* From here on none is taken; what is on its way is left to go. */
static void escalations_stop(struct outbox *o, struct op *op)
{
    const struct lane *l;

    id_array_add(&o->acking, op->ack.alert_id);
    for (size_t at = 0; o->escalations > 0 && (l = hash_next(&o->lanes, &at)) != NULL;) {
        struct item *i = escalation_of(l, op->ack.alert_id);

        if (i == NULL)
            continue;
        i->acked = true;
        if (i->in_flight && !i->settling)
            id_array_add(&op->ack.spared, l->recipient_id);
    }
}

static bool has_ended(const struct ended_list *l, int64_t recipient_id)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].recipient_id == recipient_id)
            return true;
    return false;
}

/* The others are tried again, should there be any: all of them after a full disk. */
static void escalations_go_on(struct outbox *o, const struct op *op, bool committed)
{
    const struct lane *l;

    for (size_t at = 0; o->escalations > 0 && (l = hash_next(&o->lanes, &at)) != NULL;) {
        struct item *i = escalation_of(l, op->ack.alert_id);

        if (i == NULL || (committed && (i->in_flight ||
                                        has_ended(&op->ack.ended, l->recipient_id))))
            continue;
        i->acked = false;
        lane_ready(o, l);
    }
}

void ack_settlement(const struct outbox *o, const struct item *i, struct settlement *s,
                    char text[REASON_MAX])
{
    int n;

    if (s->state != DELIVERY_PENDING || !i->acked || is_acking(o, i->kept->id))
        return;
    n = snprintf(text, REASON_MAX, "acknowledged while it was on its way; last: %.*s",
                 STR_ARG(s->reason));
    s->state = DELIVERY_WITHHELD;
    s->reason = (struct str){text, MIN((size_t)n, (size_t)REASON_MAX - 1)};
}

static void escalation_ended(struct outbox *o, struct lane *l, int64_t alert_id)
{
    struct item *i = escalation_of(l, alert_id);

    if (i != NULL && !i->preparing) /* else that removes it */
        lane_remove(o, l, i);
}

/* --- asked for ----------------------------------------------------------------------- */

void outbox_acknowledge(struct outbox *o, int64_t alert_id, const struct ack *ack,
                        struct audience *audience, outbox_done_fn *done, void *arg)
{
    struct op *op = op_new(OP_ACK, 0);

    op->done = done;
    op->arg = arg;
    op->ack.alert_id = alert_id;
    op->ack.update_id = o->next_id++;
    op->ack.at_ms = clock_wall_ms(o->clock);
    op->ack.ack = ack != NULL ? ack_copy(ack) : NULL;
    op->ack.audience = audience;
    if (audience != NULL)
        audience->refs++;
    if (op->ack.ack != NULL)
        escalations_stop(o, op);
    op_gather(o, op);
}

/* --- committed ------------------------------------------------------------------------- */

void ended_count(struct outbox *o, const struct ended_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        count_moved(o, lane_get(o, l->v[i].recipient_id), l->v[i].was,
                    DELIVERY_WITHHELD, 1);
}

static void ack_committed(struct outbox *o, const struct op *op)
{
    const struct ended_list *ended = &op->ack.ended;
    const struct id_array *told = &op->ack.told;

    ended_count(o, ended);
    for (size_t i = 0; i < ended->n; i++)
        if (ended->v[i].was.state == DELIVERY_PENDING)
            escalation_ended(o, lane_get(o, ended->v[i].recipient_id), op->ack.alert_id);
    for (size_t i = 0; i < told->n; i++)
        delivery_enters(o, (struct delivery_id){op->ack.update_id, told->v[i]},
                        DELIVERY_PENDING, HOLD_NONE);
}

void ack_finish(struct outbox *o, struct op *op, bool committed)
{
    if (op->ack.ack != NULL)
        id_array_remove(&o->acking, op->ack.alert_id);
    if (committed)
        ack_committed(o, op);
    if (op->ack.ack != NULL && !is_acking(o, op->ack.alert_id))
        escalations_go_on(o, op, committed);
}

void ended_release(struct ended_list *l)
{
    free(l->v);
    *l = (struct ended_list){0};
}

void ack_reset(struct op *op)
{
    ended_release(&op->ack.ended);
    free(op->ack.told.v);
    op->ack.told = (struct id_array){0};
}

void ack_free(struct op *op)
{
    ack_reset(op);
    free(op->ack.ack);
    free(op->ack.spared.v);
    audience_drop(op->ack.audience);
}
