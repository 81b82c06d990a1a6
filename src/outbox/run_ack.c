/* run_ack.c -- acknowledgements, and escalations that end before they came. Runs on
 * the writer thread, inside the group's transaction. */
#include "outbox/run.h"

static void ended_add(struct ended_list *l, struct ended e)
{
    l->v = mem_grow(l->v, l->n + 1, sizeof *l->v);
    l->v[l->n++] = e;
}

static bool escalations_find(struct database *d, int64_t alert_id,
                             struct ended_list *out)
{
    sqlite3_stmt *s = d->statements[SQL_ESCALATIONS];
    int code;

    sqlite3_bind_int64(s, 1, alert_id);
    while ((code = sqlite3_step(s)) == SQLITE_ROW)
        ended_add(out, (struct ended){sqlite3_column_int64(s, 0),
                                      (enum hold_kind)sqlite3_column_int(s, 1)});
    sqlite3_reset(s);
    return code == SQLITE_DONE;
}

bool escalations_end(struct database *d, int64_t alert_id, int64_t at_ms,
                     struct str reason, struct ended_list *out)
{
    sqlite3_stmt *s = d->statements[SQL_WITHHOLD];

    if (!escalations_find(d, alert_id, out))
        return false;
    for (size_t i = 0; i < out->n; i++) {
        sqlite3_bind_int64(s, 1, alert_id);
        sqlite3_bind_int64(s, 2, out->v[i].recipient_id);
        sqlite3_bind_int64(s, 3, at_ms);
        database_bind_str(s, 4, reason);
        if (database_step(d, SQL_WITHHOLD) != SQLITE_DONE)
            return false;
    }
    return true;
}

bool run_ack(struct database *d, struct op *op)
{
    static const struct ack none = {0};
    const struct ack *ack = op->ack.ack != NULL ? op->ack.ack : &none;
    sqlite3_stmt *s = d->statements[SQL_ACK];
    char reason[REASON_MAX];
    int n = snprintf(reason, sizeof reason, "acknowledged by %.*s before it came",
                     STR_ARG(ack->by));

    sqlite3_bind_int64(s, 1, op->ack.alert_id);
    sqlite3_bind_int64(s, 2, ack->at_ms);
    sqlite3_bind_int64(s, 3, ack->until_ms);
    database_bind_str(s, 4, ack->by);
    database_bind_str(s, 5, ack->note);
    return database_step(d, SQL_ACK) == SQLITE_DONE &&
           (ack->at_ms == 0 ||
            escalations_end(d, op->ack.alert_id, op->ack.at_ms,
                            (struct str){reason, (size_t)n}, &op->ack.ended));
}
