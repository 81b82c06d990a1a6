/* fate.c -- how a delivery fares, in the file; a new one starts as fate.h says, in the
 * transaction that puts it: nothing can change meanwhile. Writer thread. */
#include "outbox/fate.h"

#include "outbox/run.h"

#define BOTH_TOLD "ended before it was told; its release says both"

/* --- rows as they are ------------------------------------------------------- */

bool database_fate(struct database *d, struct delivery_id id, struct fate *out)
{
    sqlite3_stmt *s = d->statements[SQL_ROW];
    int code;

    *out = (struct fate){0};
    sqlite3_bind_int64(s, 1, id.alert_id);
    sqlite3_bind_int64(s, 2, id.recipient_id);
    code = sqlite3_step(s);
    if (code == SQLITE_ROW) {
        out->known = true;
        out->state = (enum delivery_state)sqlite3_column_int(s, 0);
        out->handle = database_column_copy(s, 1);
        out->hold.kind = (enum hold_kind)sqlite3_column_int(s, 2);
        out->hold.ref = sqlite3_column_int64(s, 3);
        out->hold.until_ms = sqlite3_column_int64(s, 4);
        out->hold.reason = database_column_copy(s, 5);
    }
    sqlite3_reset(s);
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

void fate_release(struct fate *f)
{
    text_free(f->handle);
    text_free(f->hold.reason);
    *f = (struct fate){0};
}

/* One that is held or withheld was never told. */
enum began fate_began(const struct fate *f)
{
    static const enum began states[DELIVERY_STATES] = {
        [DELIVERY_PENDING] = BEGAN_PENDING,
        [DELIVERY_DELIVERED] = BEGAN_DELIVERED,
        [DELIVERY_DEAD] = BEGAN_DEAD,
        [DELIVERY_HELD] = BEGAN_NONE,
        [DELIVERY_WITHHELD] = BEGAN_NONE,
    };

    return f->known ? states[f->state] : BEGAN_NONE;
}

bool database_began(struct database *d, int64_t began_id, int64_t recipient_id,
                    enum began *began, struct str *handle)
{
    struct fate f = {0};
    bool ok = began_id == 0 ||
              database_fate(d, (struct delivery_id){began_id, recipient_id}, &f);

    *began = fate_began(&f);
    *handle = f.handle;
    f.handle = STR_NONE;
    fate_release(&f);
    return ok;
}

/* --- new ones ---------------------------------------------------------------- */

static void target_hold(struct target *t, const struct hold *h)
{
    if (t->hold == NULL)
        t->hold = mem_new(sizeof *t->hold);
    else
        text_free(t->hold->reason);
    *t->hold = *h;
    t->hold->reason = text_copy(h->reason, REASON_MAX);
}

static bool withhold(struct database *d, struct delivery_id id, int64_t at_ms,
                     struct str reason)
{
    sqlite3_stmt *s = d->statements[SQL_WITHHOLD];

    sqlite3_bind_int64(s, 1, id.alert_id);
    sqlite3_bind_int64(s, 2, id.recipient_id);
    sqlite3_bind_int64(s, 3, at_ms);
    database_bind_str(s, 4, reason);
    return database_step(d, SQL_WITHHOLD) == SQLITE_DONE;
}

/* What was held until now ends here. */
static bool engage_end(struct database *d, const struct op *op, struct target *t,
                       const struct fate *engage, bool both_told)
{
    struct delivery_id id = {op->put.kept->began_id, t->recipient_id};

    t->ended_engage = engage->hold.kind;
    return withhold(d, id, op->put.kept->accepted_ms,
                    both_told ? STR(BOTH_TOLD) : engage->hold.reason);
}

static bool release_decide(struct database *d, struct op *op, struct target *t)
{
    struct delivery_id id = {op->put.kept->began_id, t->recipient_id};
    struct fate engage;
    bool ok = database_fate(d, id, &engage);
    struct release_fate fate =
        fate_of_release(t->hold, ok && engage.known, engage.state, engage.hold.kind);

    t->state = fate.state;
    if (fate.by_engage)
        target_hold(t, &engage.hold);
    if (ok && fate.ends_engage)
        ok = engage_end(d, op, t, &engage, fate.both_told);
    t->began = fate_began(&engage);
    t->handle = engage.handle;
    engage.handle = STR_NONE;
    fate_release(&engage);
    return ok;
}

bool fate_decide(struct database *d, struct op *put, struct target *t)
{
    if (put->put.kept->began_id != 0)
        return release_decide(d, put, t);
    t->state = fate_of_new(t->hold);
    return true;
}
