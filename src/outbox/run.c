/* run.c -- what each op does to the file, inside the group's transaction. Runs
 * on the writer thread: no loop, no lanes, only ops and the database. */
#include "outbox/own.h"
#include "outbox/puts.h"
#include "outbox/run.h"

#define PRUNE_BITE 256  /* alerts a group may prune along the way */
#define SUSPECT 3       /* tries without an end, then each is licensed alone */
#define PRUNE_BUSY 512  /* a group larger than this has no time for it */

static sqlite3_stmt *statement(struct database *d, enum statement s)
{
    return d->statements[s];
}

static bool step_done(struct database *d, enum statement s)
{
    return database_step(d, s) == SQLITE_DONE;
}

/* --- settle -------------------------------------------------------------------- */

/* Of what is only given back, no try came to an end. */
static bool has_failed(const struct op *op)
{
    return op->settle.state != DELIVERY_DELIVERED &&
           (op->settle.reason.n > 0 || op->settle.status != 0);
}

static bool run_settle(struct database *d, struct op *op)
{
    sqlite3_stmt *s = statement(d, SQL_SETTLE);

    sqlite3_bind_int64(s, 1, op->settle.id.alert_id);
    sqlite3_bind_int64(s, 2, op->settle.id.recipient_id);
    sqlite3_bind_int(s, 3, (int)op->settle.state);
    sqlite3_bind_int(s, 4, op->settle.attempts);
    sqlite3_bind_int64(s, 5, op->settle.due_ms);
    sqlite3_bind_int64(s, 6, op->settle.at_ms);
    sqlite3_bind_int(s, 7, op->settle.status);
    database_bind_str(s, 8, op->settle.reason);
    database_bind_str(s, 9, op->settle.handle);
    sqlite3_bind_int(s, 10, op->settle.doubts);
    if (!step_done(d, SQL_SETTLE))
        return false;
    op->settle.changed = sqlite3_changes(d->db) > 0;
    return !has_failed(op) || try_keep(d, op);
}

/* --- take ------------------------------------------------------------------------ */

static struct str text_of_row(sqlite3_stmt *s, int at)
{
    const char *p = (const char *)sqlite3_column_text(s, at);

    return (struct str){p, (size_t)sqlite3_column_bytes(s, at)};
}

static struct ack *ack_of_row(sqlite3_stmt *s, int at)
{
    const struct ack ack = {
        .at_ms = sqlite3_column_int64(s, at),
        .until_ms = sqlite3_column_int64(s, at + 1),
        .by = text_of_row(s, at + 2),
        .note = text_of_row(s, at + 3),
    };

    return ack_copy(&ack);
}

static struct kept *kept_of_row(sqlite3_stmt *s)
{
    struct kept *k = kept_new(text_of_row(s, 8));

    k->id = sqlite3_column_int64(s, 0);
    k->accepted_ms = sqlite3_column_int64(s, 4);
    k->action = (enum action)sqlite3_column_int(s, 5);
    k->began_id = sqlite3_column_int64(s, 6);
    k->key_hash = (uint64_t)sqlite3_column_int64(s, 7);
    k->update = (enum update)sqlite3_column_int(s, 18);
    if (k->update != UPDATE_NONE)
        k->ack = ack_of_row(s, 19);
    return k;
}

static bool take_rows(struct database *d, struct op *op, int *unended)
{
    sqlite3_stmt *s = statement(d, SQL_TAKE);
    size_t bytes = 0;
    int code;

    sqlite3_bind_int64(s, 1, op->take.recipient_id);
    sqlite3_bind_int64(s, 2, op->take.after_id);
    sqlite3_bind_int64(s, 3, op->take.upto_id);
    sqlite3_bind_int64(s, 4, (int64_t)op->take.limit);
    while ((code = sqlite3_step(s)) == SQLITE_ROW && bytes < op->take.bytes_max) {
        struct taken *t = &op->take.rows[op->take.count];

        t->due_ms = sqlite3_column_int64(s, 1);
        t->attempts = sqlite3_column_int(s, 2);
        t->doubts = sqlite3_column_int(s, 12);
        unended[op->take.count++] = sqlite3_column_int(s, 3) - t->attempts;
        t->kept = kept_of_row(s);
        t->held = (enum hold_kind)sqlite3_column_int(s, 9);
        t->together = sqlite3_column_int(s, 10) != 0;
        t->freed_ms = sqlite3_column_int64(s, 11);
        t->remark.withheld = sqlite3_column_int64(s, 13);
        t->remark.since_ms = sqlite3_column_int64(s, 14);
        t->remark.flaps = sqlite3_column_int(s, 15) != 0;
        t->remark.escalated_from = sqlite3_column_int64(s, 16);
        t->remark.escalated_ms = sqlite3_column_int64(s, 17);
        bytes += t->kept->json.n;
    }
    sqlite3_reset(s);
    op->take.all = code == SQLITE_DONE && op->take.count < op->take.limit;
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

/* Tried again and again without any try coming to an end: it may be what kills
 * us, so it is not tried any more. */
static bool give_up(struct database *d, const struct op *op, const struct taken *t)
{
    sqlite3_stmt *s = statement(d, SQL_GIVE_UP);

    sqlite3_bind_int64(s, 1, t->kept->id);
    sqlite3_bind_int64(s, 2, op->take.recipient_id);
    database_bind_str(s, 3, STR("gave up: too many tries never came to an end"));
    sqlite3_bind_int64(s, 4, op->take.at_ms);
    return step_done(d, SQL_GIVE_UP);
}

static bool license(struct database *d, int64_t alert_id, int64_t recipient_id)
{
    sqlite3_stmt *s = statement(d, SQL_LICENSE);

    sqlite3_bind_int64(s, 1, alert_id);
    sqlite3_bind_int64(s, 2, recipient_id);
    return step_done(d, SQL_LICENSE);
}

/* What is loaded is licensed on the spot, while it is above suspicion: a restart
 * alone must not use licenses up. What has several behind it that never ended
 * gets its next one when it really is its turn. */
static bool take_one(struct database *d, struct op *op, struct taken *t, int unended)
{
    t->unlicensed = unended >= SUSPECT;
    return (t->unlicensed || license(d, t->kept->id, op->take.recipient_id)) &&
           database_began(d, t->kept->began_id, op->take.recipient_id, &t->began, &t->handle);
}

static bool run_take(struct database *d, struct op *op)
{
    int *unended = mem_array(op->take.limit, sizeof *unended);
    size_t kept = 0;
    bool ok;

    op->take.rows = mem_array(op->take.limit, sizeof *op->take.rows);
    ok = take_rows(d, op, unended);
    for (size_t i = 0; ok && i < op->take.count; i++) {
        struct taken *t = &op->take.rows[i];

        if (unended[i] > DELIVERY_UNENDED_MAX) {
            ok = give_up(d, op, t);
            kept_drop(t->kept);
            t->kept = NULL;
            op->take.gave_up++;
        } else {
            ok = take_one(d, op, t, unended[i]);
            if (kept < i) { /* each row has one owner, should this fail midway */
                op->take.rows[kept] = *t;
                *t = (struct taken){0};
            }
            kept++;
        }
    }
    if (ok)
        op->take.count = kept;
    free(unended);
    return ok;
}

/* --- the rare ones ------------------------------------------------------------------ */

static bool run_prepare(struct database *d, struct op *op)
{
    const struct item *i = op->prepare.item;

    return (!i->unlicensed || license(d, i->kept->id, i->recipient_id)) &&
           database_began(d, i->kept->began_id, i->recipient_id, &op->prepare.began,
                      &op->prepare.handle);
}

static bool op_run(struct database *d, struct puts *puts, struct op *op)
{
    if (op->kind == OP_PUT)
        return puts_add(puts, op);
    if (!puts_flush(puts))
        return false;
    switch (op->kind) {
    case OP_PUT:
        break;
    case OP_SETTLE:
        return run_settle(d, op);
    case OP_TAKE:
        return run_take(d, op);
    case OP_PREPARE:
        return run_prepare(d, op);
    case OP_ABANDON:
        return run_abandon(d, op);
    case OP_REDRIVE:
        return run_redrive(d, op);
    case OP_HELD:
        return run_held(d, op);
    case OP_UNHOLD:
        return run_unhold(d, op);
    case OP_ACK:
        return run_ack(d, op);
    case OP_CANCEL:
        return run_cancel(d, op);
    case OP_PAUSE:
        return run_pause(d, op);
    case OP_BARRIER:
        return true;
    }
    bug("no such op");
}

/* --- pruning ---------------------------------------------------------------------------- */

static bool tally(struct database *d, int state, int64_t n)
{
    sqlite3_stmt *s = statement(d, SQL_TALLY);

    sqlite3_bind_int(s, 1, state);
    sqlite3_bind_int64(s, 2, n);
    return n == 0 || step_done(d, SQL_TALLY);
}

static bool prune_one(struct database *d, int64_t id)
{
    static const int states[] = {DELIVERY_DELIVERED, DELIVERY_DEAD,
                                 DELIVERY_WITHHELD};
    sqlite3_stmt *s = statement(d, SQL_PRUNE_DELIVERIES);

    for (size_t i = 0; i < COUNT_OF(states); i++) {
        sqlite3_bind_int64(s, 1, id);
        sqlite3_bind_int(s, 2, states[i]);
        if (!step_done(d, SQL_PRUNE_DELIVERIES) ||
            !tally(d, states[i], sqlite3_changes(d->db)))
            return false;
    }
    sqlite3_bind_int64(statement(d, SQL_PRUNE_ATTEMPTS), 1, id);
    if (!step_done(d, SQL_PRUNE_ATTEMPTS))
        return false;
    sqlite3_bind_int64(statement(d, SQL_TALLY_ALERT), 1, id);
    sqlite3_bind_int64(statement(d, SQL_PRUNE_ALERT), 1, id);
    return step_done(d, SQL_TALLY_ALERT) && step_done(d, SQL_PRUNE_ALERT);
}

/* Old settled alerts go a bite at a time, never the engaged, pending or held. */
static bool prune(struct database *d, int64_t newest_id)
{
    int64_t ids[PRUNE_BITE];
    int64_t below = newest_id - d->settled_max;
    sqlite3_stmt *s = statement(d, SQL_PRUNE_LIST);
    size_t n = 0;

    if (below <= d->prune_from)
        return true;
    sqlite3_bind_int64(s, 1, d->prune_from);
    sqlite3_bind_int64(s, 2, below);
    sqlite3_bind_int(s, 3, PRUNE_BITE);
    while (n < PRUNE_BITE && sqlite3_step(s) == SQLITE_ROW)
        ids[n++] = sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    for (size_t i = 0; i < n; i++)
        if (!prune_one(d, ids[i]))
            return false;
    d->prune_from = n < PRUNE_BITE ? below : ids[n - 1] + 1;
    return true;
}

/* --- the group ------------------------------------------------------------------------------ */

static int group_fail(struct database *d, struct group *g)
{
    int code = sqlite3_extended_errcode(d->db);

    snprintf(g->text, sizeof g->text, "the outbox cannot be written: %s",
             sqlite3_errmsg(d->db));
    if (sqlite3_get_autocommit(d->db) == 0)
        database_step(d, SQL_ROLLBACK);
    return code == SQLITE_OK || code == SQLITE_DONE ? SQLITE_ERROR : code;
}

void group_run(struct database *d, struct group *g)
{
    struct puts puts = puts_begin(d);
    int64_t newest_id = 0;
    bool ok = step_done(d, SQL_BEGIN);

    for (struct op *op = g->first; ok && op != NULL; op = op->next) {
        ok = op_run(d, &puts, op);
        if (op->kind == OP_PUT && op->put.kept != NULL)
            newest_id = op->put.kept->id;
    }
    ok = ok && puts_flush(&puts);
    if (ok && newest_id > 0 && g->count <= PRUNE_BUSY)
        ok = prune(d, newest_id);
    ok = ok && step_done(d, SQL_COMMIT);
    g->result = ok ? SQLITE_OK : group_fail(d, g);
}
