/* ack.c -- acknowledgements and ended escalations, on the loop: asked for, and what
 * they mean once they are committed. */
#include "outbox/ack.h"

#include "outbox/own.h"

void outbox_acknowledge(struct outbox *o, int64_t alert_id, const struct ack *ack,
                        outbox_done_fn *done, void *arg)
{
    struct op *op = op_new(OP_ACK, 0);

    op->done = done;
    op->arg = arg;
    op->ack.alert_id = alert_id;
    op->ack.at_ms = clock_wall_ms(o->clock);
    op->ack.ack = ack != NULL ? ack_copy(ack) : NULL;
    op_gather(o, op);
}

void ended_count(struct outbox *o, const struct ended_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        count_moved(o, lane_get(o, l->v[i].recipient_id),
                    (struct was){DELIVERY_HELD, l->v[i].kind}, DELIVERY_WITHHELD, 1);
}

void ended_release(struct ended_list *l)
{
    free(l->v);
    *l = (struct ended_list){0};
}

void ack_free(struct op *op)
{
    free(op->ack.ack);
    ended_release(&op->ack.ended);
}
