/* cancel.c -- deliveries that somebody does not want sent after all. */
#include "outbox/cancel.h"

#include "outbox/own.h"
#include "outbox/run.h"

static struct item *item_of(const struct lane *l, int64_t alert_id)
{
    struct item *i = l->tail;

    while (i != NULL && i->kept->id > alert_id)
        i = i->previous;
    return i != NULL && i->kept->id == alert_id ? i : NULL;
}

/* Out of its window at once, so that nobody takes it before the commit; and out of
 * the refill that may be reading it. False: it is too late. */
static bool take_out(struct outbox *o, struct delivery_id id)
{
    struct lane *l = lane_find(o, id.recipient_id);
    struct item *i = l != NULL ? item_of(l, id.alert_id) : NULL;

    if (l == NULL || (i != NULL && (i->in_flight || i->preparing)))
        return false;
    lane_ended(l, id.alert_id);
    if (i == NULL)
        return true;
    if (o->with.died != NULL)
        o->with.died(o->with.died_arg, id.recipient_id, i->kept->key_hash);
    lane_remove(o, l, i);
    return true;
}

void outbox_cancel(struct outbox *o, const struct delivery_id *ids, size_t n,
                   struct str reason, outbox_count_fn *done, void *arg)
{
    struct op *op = op_new(OP_CANCEL, 0);

    op->cancel.ids = mem_array(MAX(n, 1u), sizeof *ids);
    op->cancel.changed = mem_array(MAX(n, 1u), sizeof *op->cancel.changed);
    op->cancel.at_ms = clock_wall_ms(o->clock);
    op->cancel.reason = text_copy(reason, REASON_MAX);
    op->cancel.counted = done;
    op->cancel.counted_arg = arg;
    for (size_t i = 0; i < n; i++)
        if (take_out(o, ids[i]))
            op->cancel.ids[op->cancel.n++] = ids[i];
    op_gather(o, op);
}

void cancel_free(struct op *op)
{
    free(op->cancel.ids);
    free(op->cancel.changed);
    text_free(op->cancel.reason);
}

void cancel_finish(struct outbox *o, struct op *op)
{
    size_t count = 0;

    for (size_t i = 0; i < op->cancel.n; i++) {
        struct lane *l = lane_get(o, op->cancel.ids[i].recipient_id);

        if (op->cancel.changed[i])
            count_moved(o, l, (struct was){0}, DELIVERY_DEAD, 1);
        count += op->cancel.changed[i];
        lane_refill(o, l);
        lane_ready(o, l); /* what it stood before may go */
    }
    op->cancel.counted(op->cancel.counted_arg, count);
}

bool run_cancel(struct database *d, struct op *op)
{
    sqlite3_stmt *s = d->statements[SQL_GIVE_UP];

    for (size_t i = 0; i < op->cancel.n; i++) {
        sqlite3_bind_int64(s, 1, op->cancel.ids[i].alert_id);
        sqlite3_bind_int64(s, 2, op->cancel.ids[i].recipient_id);
        database_bind_str(s, 3, op->cancel.reason);
        sqlite3_bind_int64(s, 4, op->cancel.at_ms);
        if (database_step(d, SQL_GIVE_UP) != SQLITE_DONE)
            return false;
        op->cancel.changed[i] = sqlite3_changes(d->db) > 0;
    }
    return true;
}
