/* tries.c -- what is kept of a delivery's tries that failed: when, what came of
 * it, and of the last ones what was said. */
#include "outbox/run.h"

struct transcript *transcript_new(struct str json)
{
    struct transcript *t = mem_new(sizeof *t + json.n);
    char *copy = (char *)(t + 1);

    memcpy(copy, json.p, json.n);
    t->json = (struct str){copy, json.n};
    t->refs = 1;
    return t;
}

struct transcript *transcript_share(struct transcript *t)
{
    if (t != NULL)
        t->refs++;
    return t;
}

void transcript_drop(struct transcript *t)
{
    if (t != NULL && --t->refs == 0)
        free(t);
}

/* --- on the writer ---------------------------------------------------------------- */

static sqlite3_stmt *of_delivery(struct database *d, enum statement s,
                                 struct delivery_id id)
{
    sqlite3_bind_int64(d->statements[s], 1, id.alert_id);
    sqlite3_bind_int64(d->statements[s], 2, id.recipient_id);
    return d->statements[s];
}

static bool step_done(struct database *d, enum statement s)
{
    return database_step(d, s) == SQLITE_DONE;
}

/* Once for all the deliveries that share it. The oldest of all goes for it, so
 * that no peer can fill the disk. */
static bool transcript_write(struct database *d, struct transcript *t)
{
    if (t->id != 0)
        return true;
    database_bind_str(d->statements[SQL_TRANSCRIPT], 1, t->json);
    if (!step_done(d, SQL_TRANSCRIPT))
        return false;
    t->id = sqlite3_last_insert_rowid(d->db);
    sqlite3_bind_int64(d->statements[SQL_TRANSCRIPT_FORGET], 1,
                       t->id - TRANSCRIPTS_KEPT);
    return step_done(d, SQL_TRANSCRIPT_FORGET);
}

/* The newest try's. */
static bool transcript_keep(struct database *d, const struct op *op)
{
    sqlite3_stmt *s = of_delivery(d, SQL_TRY_TRANSCRIPT, op->settle.id);

    if (op->settle.transcript == NULL)
        return true;
    if (!transcript_write(d, op->settle.transcript))
        return false;
    sqlite3_bind_int64(s, 3, op->settle.transcript->id);
    sqlite3_bind_int(of_delivery(d, SQL_TRY_TRANSCRIPT_FORGET, op->settle.id), 3,
                     TRANSCRIPTS_EACH);
    return step_done(d, SQL_TRY_TRANSCRIPT) &&
           step_done(d, SQL_TRY_TRANSCRIPT_FORGET);
}

bool try_keep(struct database *d, const struct op *op)
{
    sqlite3_stmt *s = of_delivery(d, SQL_ATTEMPT, op->settle.id);

    sqlite3_bind_int64(s, 3, op->settle.tried_ms);
    sqlite3_bind_int(s, 4, op->settle.status);
    database_bind_str(s, 5, op->settle.reason);
    sqlite3_bind_int(of_delivery(d, SQL_ATTEMPT_FORGET, op->settle.id), 3,
                     DELIVERY_TRIES_KEPT);
    return step_done(d, SQL_ATTEMPT) && step_done(d, SQL_ATTEMPT_FORGET) &&
           transcript_keep(d, op);
}
