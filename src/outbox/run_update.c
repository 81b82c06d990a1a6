/* run_update.c -- an engaged alert that got worse: whom that is told, and how. Runs on
 * the writer thread, inside the group's transaction.
 *
 * The criteria match the alert as it is now, or its recipient was told of it before;
 * what each of them heard only the file knows:
 *
 * the engage's delivery    | then
 * -------------------------+------------------------------------------------------
 * not there                | the recipient gets it now, as the engage: it did not
 *                          | match before, or is somebody's escalation
 * told, or about to be     | an update, behind it
 * dead                     | an update, which is then the first it hears
 * held                     | nothing: it reads as the alert is when it comes, and
 *                          | the holder looks at once whether it comes now
 * withheld                 | nothing: its recipient is not to hear of it */
#include "outbox/run.h"

bool update_write(struct database *d, const struct update_row *u)
{
    static const struct ack none = {0};
    const struct ack *ack = u->ack != NULL ? u->ack : &none;
    sqlite3_stmt *s = d->statements[SQL_UPDATE_INSERT];

    sqlite3_bind_int64(s, 1, u->id);
    sqlite3_bind_int64(s, 2, u->at_ms);
    sqlite3_bind_int64(s, 3, u->engaged_id);
    sqlite3_bind_int(s, 4, (int)u->update);
    sqlite3_bind_int64(s, 5, ack->at_ms);
    sqlite3_bind_int64(s, 6, ack->until_ms);
    database_bind_str(s, 7, ack->by);
    database_bind_str(s, 8, ack->note);
    return database_step(d, SQL_UPDATE_INSERT) == SQLITE_DONE;
}

bool delivery_write_as(struct database *d, const struct delivery_new *n)
{
    static const struct hold no_hold = {0};
    static const struct message_remark no_remark = {0};
    const struct hold *hold = n->hold != NULL ? n->hold : &no_hold;
    const struct message_remark *remark = n->remark != NULL ? n->remark : &no_remark;
    sqlite3_stmt *s = d->statements[SQL_DELIVERY_INSERT_AS];

    sqlite3_bind_int64(s, 1, n->id.alert_id);
    sqlite3_bind_int64(s, 2, n->id.recipient_id);
    sqlite3_bind_int(s, 3, (int)n->state);
    sqlite3_bind_int64(s, 4, n->state == DELIVERY_WITHHELD ? n->at_ms : 0);
    database_bind_str(s, 5, hold->reason);
    sqlite3_bind_int(s, 6, (int)hold->kind);
    sqlite3_bind_int64(s, 7, hold->ref);
    sqlite3_bind_int64(s, 8, hold->until_ms);
    sqlite3_bind_int64(s, 9, n->freed_ms);
    sqlite3_bind_int64(s, 10, remark->escalated_from);
    sqlite3_bind_int64(s, 11, remark->escalated_ms);
    return database_step(d, SQL_DELIVERY_INSERT_AS) == SQLITE_DONE;
}

static bool line_replace(struct database *d, const struct kept *k)
{
    sqlite3_stmt *s = d->statements[SQL_ALERT_REPLACE];

    sqlite3_bind_int64(s, 1, k->began_id);
    database_bind_str(s, 2, k->json);
    return database_step(d, SQL_ALERT_REPLACE) == SQLITE_DONE;
}

/* Who was told by an escalation is told at once how it goes on. */
static void hold_drop(struct target *t)
{
    text_free(t->hold->reason);
    free(t->hold);
    t->hold = NULL;
    t->remark = (struct message_remark){0};
}

static void target_decide(struct target *t, const struct fate *engage)
{
    struct worsened_fate f = fate_of_worsened(t->hold, engage->known, engage->state);

    t->row = f.row;
    t->state = f.state;
    if (f.drops_hold)
        hold_drop(t);
}

static bool target_write(struct database *d, const struct op *op, struct target *t)
{
    const struct kept *k = op->put.kept;
    bool own = t->row == ROW_OWN;
    struct delivery_new new = {
        .id = {own ? k->id : k->began_id, t->recipient_id},
        .at_ms = k->accepted_ms,
        .freed_ms = own ? 0 : k->accepted_ms,
    };

    new.state = t->state;
    new.hold = t->hold;
    new.remark = &t->remark;
    return delivery_write_as(d, &new) && remark_write(d, new.id, &t->remark);
}

bool run_worsened(struct database *d, struct op *op)
{
    const struct kept *k = op->put.kept;
    const struct update_row update = {k->id, k->began_id, k->accepted_ms, k->update,
                                      k->ack};
    bool ok = line_replace(d, k), told = false;

    for (size_t i = 0; ok && i < op->put.count; i++) {
        struct target *t = &op->targets[i];
        struct fate engage;

        ok = database_fate(d, (struct delivery_id){k->began_id, t->recipient_id},
                           &engage);
        target_decide(t, &engage);
        fate_release(&engage);
        ok = ok && (t->row == ROW_NONE || target_write(d, op, t));
        told = told || t->row == ROW_OWN;
    }
    return ok && (!told || update_write(d, &update));
}
