/* pause.c -- queues that somebody has stopped: in memory, on disk, and until when. */
#include "outbox/pause.h"

#include "base/log.h"
#include "outbox/own.h"
#include "outbox/run.h"

#define ROOM "outbox"
#define LOOK_MS 60000 /* the wall clock may have jumped */

struct pause_key { /* no room for padding: it is hashed as bytes */
    int64_t of, id;
};

struct kept_pause {
    struct pause_key key;
    struct pause pause; /* its texts ours */
    bool ending;        /* its time has come, and that is being written */
};

static struct kept_pause *find(const struct outbox *o, enum pause_of of, int64_t id)
{
    const struct pause_key key = {of, id};

    if (o->pauses.count == 0) /* nearly always */
        return NULL;
    return hash_get(&o->pauses, (struct str){(const char *)&key, sizeof key});
}

static bool is_on(const struct outbox *o, const struct pause *p)
{
    return p->ended_ms == 0 &&
           (p->until_ms == 0 || clock_wall_ms(o->clock) < p->until_ms);
}

const struct pause *outbox_paused(const struct outbox *o, enum pause_of of, int64_t id)
{
    const struct kept_pause *k = find(o, of, id);

    return k != NULL && is_on(o, &k->pause) ? &k->pause : NULL;
}

int64_t outbox_resumed_ms(const struct outbox *o, enum pause_of of, int64_t id)
{
    const struct kept_pause *k = find(o, of, id);

    return k != NULL ? k->pause.ended_ms : 0;
}

/* --- asked for ------------------------------------------------------------------ */

static struct pause pause_copy(const struct pause *p)
{
    struct pause copy = *p;

    copy.by = text_copy(p->by, PAUSE_BY_MAX);
    copy.reason = text_copy(p->reason, REASON_MAX);
    return copy;
}

static void pause_release(struct pause *p)
{
    text_free(p->by);
    text_free(p->reason);
}

static void gather(struct outbox *o, const struct pause *p, bool forget,
                   outbox_done_fn *done, void *arg)
{
    struct op *op = op_new(OP_PAUSE, 0);

    op->done = done;
    op->arg = arg;
    op->pause.p = mem_new(sizeof *op->pause.p);
    *op->pause.p = pause_copy(p);
    op->pause.forget = forget;
    op_gather(o, op);
}

void pause_free(struct op *op)
{
    pause_release(op->pause.p);
    free(op->pause.p);
}

void outbox_pause(struct outbox *o, const struct pause *p, outbox_done_fn *done, void *arg)
{
    assert(p->id > 0 && p->ended_ms == 0);
    gather(o, p, false, done, arg);
}

void outbox_resume(struct outbox *o, enum pause_of of, int64_t id, outbox_done_fn *done,
                   void *arg)
{
    const struct kept_pause *k = find(o, of, id);
    struct pause ended;

    if (k == NULL || k->pause.ended_ms != 0) {
        if (done != NULL)
            outbox_barrier(o, done, arg);
        return;
    }
    ended = k->pause;
    ended.ended_ms = clock_wall_ms(o->clock);
    gather(o, &ended, false, done, arg);
}

void outbox_pause_forget(struct outbox *o, enum pause_of of, int64_t id)
{
    const struct kept_pause *k = find(o, of, id);

    if (k != NULL)
        gather(o, &k->pause, true, NULL, NULL);
}

/* --- its time ---------------------------------------------------------------------- */

static void look(void *arg);

/* When the next one that is on ends. */
static void look_later(struct outbox *o)
{
    int64_t now_ms = clock_wall_ms(o->clock), wait_ms = LOOK_MS;
    const struct kept_pause *k;
    bool any = false;

    for (size_t at = 0; (k = hash_next(&o->pauses, &at)) != NULL;)
        if (k->pause.ended_ms == 0 && k->pause.until_ms != 0) {
            any = true;
            wait_ms = MIN(wait_ms, MAX(k->pause.until_ms - now_ms, 1));
        }
    if (any)
        loop_timer_set(o->loop, &o->pauses_end, wait_ms, look, o);
    else
        loop_timer_clear(o->loop, &o->pauses_end);
}

static void look(void *arg)
{
    struct outbox *o = arg;
    struct kept_pause *k;

    for (size_t at = 0; (k = hash_next(&o->pauses, &at)) != NULL;)
        if (k->pause.ended_ms == 0 && !k->ending && !is_on(o, &k->pause)) {
            struct pause ended = k->pause;

            k->ending = true;
            ended.ended_ms = k->pause.until_ms;
            gather(o, &ended, false, NULL, NULL);
        }
    look_later(o);
}

/* --- kept ------------------------------------------------------------------------- */

static void pause_put(struct outbox *o, const struct pause *p)
{
    struct kept_pause *k = find(o, p->of, p->id);

    if (k == NULL) {
        k = mem_new(sizeof *k);
        k->key = (struct pause_key){p->of, p->id};
        hash_put(&o->pauses, (struct str){(const char *)&k->key, sizeof k->key}, k);
    } else {
        pause_release(&k->pause);
    }
    k->ending = false;
    k->pause = pause_copy(p);
}

static void pause_drop(struct outbox *o, const struct pause *p)
{
    struct kept_pause *k = find(o, p->of, p->id);

    if (k == NULL)
        return;
    hash_remove(&o->pauses, (struct str){(const char *)&k->key, sizeof k->key});
    pause_release(&k->pause);
    free(k);
}

static void pause_log(const struct pause *p)
{
    const char *of = p->of == PAUSE_RECIPIENT ? "recipient" : "endpoint";

    if (p->ended_ms != 0)
        log_info(ROOM, "%s %lld: its queue goes on", of, (long long)p->id);
    else
        log_warn(ROOM, "%s %lld: its queue is paused by %.*s: %.*s", of,
                 (long long)p->id, STR_ARG(p->by), STR_ARG(p->reason));
}

void pause_finish(struct outbox *o, struct op *op, bool committed)
{
    const struct pause *p = op->pause.p;
    struct kept_pause *k = find(o, p->of, p->id);

    if (!committed) {
        if (k != NULL)
            k->ending = false; /* the next look sees it again */
        return;
    }
    if (op->pause.forget) {
        pause_drop(o, p);
    } else {
        pause_put(o, p);
        pause_log(p);
        if (o->with.paused != NULL)
            o->with.paused(o->with.paused_arg, p);
    }
    look_later(o);
}

void pauses_free(struct outbox *o)
{
    struct kept_pause *k;

    for (size_t at = 0; (k = hash_next(&o->pauses, &at)) != NULL;) {
        pause_release(&k->pause);
        free(k);
    }
    hash_release(&o->pauses);
    loop_timer_clear(o->loop, &o->pauses_end);
}

static struct str column(sqlite3_stmt *s, int at)
{
    return (struct str){(const char *)sqlite3_column_text(s, at),
                        (size_t)sqlite3_column_bytes(s, at)};
}

bool pauses_load(struct database *d, struct outbox *o, struct error *err)
{
    sqlite3_stmt *s = d->statements[SQL_PAUSES];
    int code;

    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        const struct pause p = {
            .of = (enum pause_of)sqlite3_column_int(s, 0),
            .id = sqlite3_column_int64(s, 1),
            .since_ms = sqlite3_column_int64(s, 2),
            .until_ms = sqlite3_column_int64(s, 3),
            .ended_ms = sqlite3_column_int64(s, 4),
            .by = column(s, 5),
            .reason = column(s, 6),
        };

        pause_put(o, &p);
    }
    sqlite3_reset(s);
    look_later(o);
    return code == SQLITE_DONE || error_set(err, "%s", sqlite3_errmsg(d->db));
}

/* --- on the writer ------------------------------------------------------------------ */

bool run_pause(struct database *d, struct op *op)
{
    const struct pause *p = op->pause.p;
    enum statement which = op->pause.forget ? SQL_PAUSE_FORGET : SQL_PAUSE;
    sqlite3_stmt *s = d->statements[which];

    sqlite3_bind_int(s, 1, (int)p->of);
    sqlite3_bind_int64(s, 2, p->id);
    if (!op->pause.forget) {
        sqlite3_bind_int64(s, 3, p->since_ms);
        sqlite3_bind_int64(s, 4, p->until_ms);
        sqlite3_bind_int64(s, 5, p->ended_ms);
        database_bind_str(s, 6, p->by);
        database_bind_str(s, 7, p->reason);
    }
    return database_step(d, which) == SQLITE_DONE;
}
