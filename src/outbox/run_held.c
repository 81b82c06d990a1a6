/* run_held.c -- what ends without the courier: by hand, with a recipient, or when a
 * hold ends. Runs on the writer thread, inside the group's transaction. */
#include "outbox/run.h"

static bool step_done(struct database *d, enum statement s)
{
    return database_step(d, s) == SQLITE_DONE;
}

/* --- a recipient is no more ------------------------------------------------------ */

static bool held_kinds(struct database *d, struct op *op)
{
    sqlite3_stmt *s = d->statements[SQL_HELD_KINDS];
    int code;

    memset(op->abandon.held, 0, sizeof op->abandon.held);
    sqlite3_bind_int64(s, 1, op->abandon.recipient_id);
    while ((code = sqlite3_step(s)) == SQLITE_ROW)
        op->abandon.held[sqlite3_column_int(s, 0)] =
            (uint64_t)sqlite3_column_int64(s, 1);
    sqlite3_reset(s);
    return code == SQLITE_DONE;
}

static bool abandon_all(struct database *d, const struct op *op, enum statement which)
{
    sqlite3_stmt *s = d->statements[which];

    sqlite3_bind_int64(s, 1, op->abandon.recipient_id);
    database_bind_str(s, 2, op->abandon.reason);
    sqlite3_bind_int64(s, 3, op->abandon.at_ms);
    return step_done(d, which);
}

bool run_abandon(struct database *d, struct op *op)
{
    if (!abandon_all(d, op, SQL_ABANDON))
        return false;
    op->abandon.changed = sqlite3_changes(d->db);
    return held_kinds(d, op) && abandon_all(d, op, SQL_ABANDON_HELD);
}

/* --- by hand ---------------------------------------------------------------------- */

static bool was_read(struct database *d, struct delivery_id id, struct was *out)
{
    struct fate f;
    bool ok = database_fate(d, id, &f);

    *out = (struct was){f.known ? f.state : DELIVERY_PENDING, f.hold.kind};
    fate_release(&f);
    return ok;
}

static bool redrive_one(struct database *d, struct delivery_id id, struct was *was)
{
    sqlite3_stmt *s = d->statements[SQL_REDRIVE];

    if (!was_read(d, id, was))
        return false;
    sqlite3_bind_int64(s, 1, id.alert_id);
    sqlite3_bind_int64(s, 2, id.recipient_id);
    if (!step_done(d, SQL_REDRIVE))
        return false;
    if (sqlite3_changes(d->db) == 0)
        was->state = DELIVERY_PENDING;
    return true;
}

bool run_redrive(struct database *d, struct op *op)
{
    op->redrive.changed = 0;
    for (size_t i = 0; i < op->redrive.n; i++) {
        if (!redrive_one(d, op->redrive.ids[i], &op->redrive.was[i]))
            return false;
        op->redrive.changed += op->redrive.was[i].state != DELIVERY_PENDING;
    }
    return true;
}

/* --- what is held ------------------------------------------------------------------ */

static struct held_row held_of_row(sqlite3_stmt *s)
{
    return (struct held_row){
        .id = {sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1)},
        .hold = {
            .kind = (enum hold_kind)sqlite3_column_int(s, 2),
            .ref = sqlite3_column_int64(s, 3),
            .until_ms = sqlite3_column_int64(s, 4),
            .reason = database_column_copy(s, 5),
        },
        .accepted_ms = sqlite3_column_int64(s, 6),
        .action = (enum action)sqlite3_column_int(s, 7),
        .json = database_column_copy(s, 8),
        .began_id = sqlite3_column_int64(s, 9),
    };
}

bool run_held(struct database *d, struct op *op)
{
    static const enum statement which[] = {
        [HELD_ALL] = SQL_HELD_ALL,
        [HELD_DUE] = SQL_HELD_DUE,
        [HELD_REF] = SQL_HELD_REF,
        [HELD_RECIPIENT] = SQL_HELD_RECIPIENT,
        [HELD_ALERT] = SQL_HELD_ALERT,
    };
    const struct held_query *q = &op->held.query;
    sqlite3_stmt *s = d->statements[which[q->by]];
    const int64_t values[] = {q->a, q->b, q->after.alert_id,
                              q->after.recipient_id, HELD_BITE};
    int code = SQLITE_ROW;

    op->held.rows = mem_array(HELD_BITE, sizeof *op->held.rows);
    /* Not every question has all of them. */
    for (int i = 0; i < (int)COUNT_OF(values); i++)
        if (i < sqlite3_bind_parameter_count(s))
            sqlite3_bind_int64(s, i + 1, values[i]);
    while (op->held.count < HELD_BITE && (code = sqlite3_step(s)) == SQLITE_ROW)
        op->held.rows[op->held.count++] = held_of_row(s);
    sqlite3_reset(s);
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

static enum statement unhold_bind(struct database *d, const struct unhold *v,
                                  int64_t at_ms)
{
    enum statement which = v->to.kind == HOLD_NONE ? SQL_FREE
                           : v->to.final           ? SQL_WITHHOLD
                                                   : SQL_HOLD_ON;
    sqlite3_stmt *s = d->statements[which];

    sqlite3_bind_int64(s, 1, v->id.alert_id);
    sqlite3_bind_int64(s, 2, v->id.recipient_id);
    if (which == SQL_HOLD_ON) {
        sqlite3_bind_int(s, 3, (int)v->to.kind);
        sqlite3_bind_int64(s, 4, v->to.ref);
        sqlite3_bind_int64(s, 5, v->to.until_ms);
        database_bind_str(s, 6, v->to.reason);
        return which;
    }
    sqlite3_bind_int64(s, 3, at_ms);
    if (which == SQL_FREE)
        sqlite3_bind_int(s, 4, v->together);
    else
        database_bind_str(s, 4, v->to.reason);
    return which;
}

static bool unhold_one(struct database *d, const struct unhold *v, int64_t at_ms,
                       struct was *was)
{
    if (!was_read(d, v->id, was))
        return false;
    if (was->state != DELIVERY_HELD) {
        was->state = DELIVERY_PENDING;
        return true;
    }
    return step_done(d, unhold_bind(d, v, at_ms)) &&
           remark_write(d, v->id, &v->to.remark);
}

bool run_unhold(struct database *d, struct op *op)
{
    op->unhold.changed = 0;
    for (size_t i = 0; i < op->unhold.n; i++) {
        if (!unhold_one(d, &op->unhold.v[i], op->unhold.at_ms, &op->unhold.was[i]))
            return false;
        op->unhold.changed += op->unhold.was[i].state != DELIVERY_PENDING;
    }
    return true;
}
