/* run_ack.c -- acknowledgements, and escalations that end before they came. Runs on
 * the writer thread, inside the group's transaction. */
#include "outbox/run.h"

static void ended_add(struct ended_list *l, struct ended e)
{
    l->v = mem_grow(l->v, l->n + 1, sizeof *l->v);
    l->v[l->n++] = e;
}

static bool is_spared(const struct id_array *spared, int64_t recipient_id)
{
    for (size_t i = 0; spared != NULL && i < spared->n; i++)
        if (spared->v[i] == recipient_id)
            return true;
    return false;
}

/* Those held; and unless `spared` is NULL those pending, but for the spared. */
static bool escalations_find(struct database *d, int64_t alert_id,
                             const struct id_array *spared, struct ended_list *out)
{
    sqlite3_stmt *s = d->statements[SQL_ESCALATIONS];
    int code;

    sqlite3_bind_int64(s, 1, alert_id);
    sqlite3_bind_int(s, 2, spared != NULL);
    while ((code = sqlite3_step(s)) == SQLITE_ROW)
        if (!is_spared(spared, sqlite3_column_int64(s, 0)))
            ended_add(out, (struct ended){
                               sqlite3_column_int64(s, 0),
                               {(enum delivery_state)sqlite3_column_int(s, 2),
                                (enum hold_kind)sqlite3_column_int(s, 1)}});
    sqlite3_reset(s);
    return code == SQLITE_DONE;
}

static bool end_all(struct database *d, int64_t alert_id, int64_t at_ms,
                    struct str reason, const struct ended_list *out)
{
    sqlite3_stmt *s = d->statements[SQL_WITHHOLD];

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

bool escalations_end(struct database *d, int64_t alert_id, int64_t at_ms,
                     struct str reason, struct ended_list *out)
{
    return escalations_find(d, alert_id, NULL, out) &&
           end_all(d, alert_id, at_ms, reason, out);
}

/* --- told ------------------------------------------------------------------------ */

static bool told_find(struct database *d, struct op *op)
{
    sqlite3_stmt *s = d->statements[SQL_TOLD];
    int code;

    sqlite3_bind_int64(s, 1, op->ack.alert_id);
    while ((code = sqlite3_step(s)) == SQLITE_ROW)
        if (audience_has(op->ack.audience, sqlite3_column_int64(s, 0)))
            id_array_add(&op->ack.told, sqlite3_column_int64(s, 0));
    sqlite3_reset(s);
    return code == SQLITE_DONE;
}

static bool run_told(struct database *d, struct op *op)
{
    const struct update_row update = {
        .id = op->ack.update_id,
        .engaged_id = op->ack.alert_id,
        .at_ms = op->ack.at_ms,
        .update = op->ack.ack != NULL ? UPDATE_ACKED : UPDATE_UNACKED,
        .ack = op->ack.ack,
    };

    if (!told_find(d, op) || (op->ack.told.n > 0 && !update_write(d, &update)))
        return false;
    for (size_t i = 0; i < op->ack.told.n; i++)
        if (!delivery_write_as(d, &(struct delivery_new){
                                      .id = {update.id, op->ack.told.v[i]}}))
            return false;
    return true;
}

/* --- acknowledged ------------------------------------------------------------------ */

static bool run_escalations(struct database *d, struct op *op)
{
    char reason[REASON_MAX];
    int n;

    if (op->ack.ack == NULL)
        return true;
    n = snprintf(reason, sizeof reason, "acknowledged by %.*s before it came",
                 STR_ARG(op->ack.ack->by));
    return escalations_find(d, op->ack.alert_id, &op->ack.spared, &op->ack.ended) &&
           end_all(d, op->ack.alert_id, op->ack.at_ms,
                   (struct str){reason, (size_t)n}, &op->ack.ended);
}

bool run_ack(struct database *d, struct op *op)
{
    static const struct ack none = {0};
    const struct ack *ack = op->ack.ack != NULL ? op->ack.ack : &none;
    sqlite3_stmt *s = d->statements[SQL_ACK];

    sqlite3_bind_int64(s, 1, op->ack.alert_id);
    sqlite3_bind_int64(s, 2, ack->at_ms);
    sqlite3_bind_int64(s, 3, ack->until_ms);
    database_bind_str(s, 4, ack->by);
    database_bind_str(s, 5, ack->note);
    return database_step(d, SQL_ACK) == SQLITE_DONE && run_escalations(d, op) &&
           run_told(d, op);
}
