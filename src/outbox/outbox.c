/* outbox.c -- the durable waist, the loop's side.
 *
 * Everything that must survive is one SQLite file: alerts, deliveries, engaged
 * alerts, remote handles. The loop never writes it. What is to be written is
 * gathered as ops during a turn of the loop; at the turn's end, if the writer is
 * idle, the whole group goes to it and becomes one transaction, one fsync. While
 * the writer works the next group gathers. So a lone alert is committed at once,
 * and a flood is committed in groups as large as the disk is slow: no timer, no
 * knob. An op's `done` runs on the loop after the commit, in the order of ops;
 * that is the only moment anybody may be told that something is safe.
 *
 * A delivery is one (alert, recipient) pair. Each recipient has a lane, a window
 * of its queue in memory, in the order of alerts. A put goes into the window
 * right after its commit if the whole queue is there already ("direct"); else it
 * stays on disk, and the lane is refilled from disk, oldest first, when it runs
 * low. So memory is bounded and the order is the disk's order.
 *
 * Every attempt is licensed by a commit before it is made: a direct put is born
 * licensed, a refill licenses what it loads, a deferral licenses the next try.
 * A message that kills us is thus counted before it kills us again, and after
 * DELIVERY_UNENDED_MAX licenses without an outcome it is dead.
 *
 * What is told of an engaged alert beside its beginning and its end -- it was
 * acknowledged, that was taken back, it got worse -- is an update: a row among the
 * alerts with an id of its own, whose began_id is the engaged one's as a release's
 * is, and a delivery for each recipient whom it concerns. So it is durable, comes
 * behind what it is about (same key), is tried, deferred and dead like any other, and
 * a dead endpoint keeps nobody but itself waiting. Whom it concerns is decided in the
 * commit, where alone it is known who was told: run_ack.c, run_update.c. Its
 * deliveries are deliveries, and conserved like all others; it is no alert, though,
 * so accepted_alerts knows nothing of it.
 *
 * A commit can fail in two ways. The disk is full: the transaction is rolled
 * back, every put gathered so far is refused, newest first so that the registry
 * can undo, and all else is tried again a second later. Anything else (an I/O
 * error): what is on disk is unknown, and retrying an fsync makes it worse; the
 * process ends, and the senders' own retries with their keys sort it out.
 *
 * Only the writer's connection writes and checkpoints (SQLite before 3.51.3 can
 * corrupt a WAL otherwise); readers are read-only, see outbox_read.h. */
#include "outbox/own.h"

#include <sys/statvfs.h>

#include "base/log.h"
#include "outbox/pause.h"

#define ROOM "outbox"
#define FULL_RETRY_MS 1000
#define SPACE_LOOK_MS 1000

const char *delivery_state_name(enum delivery_state s)
{
    static const char *const names[DELIVERY_STATES] = {
        [DELIVERY_PENDING] = "pending",
        [DELIVERY_DELIVERED] = "delivered",
        [DELIVERY_DEAD] = "dead",
        [DELIVERY_HELD] = "held",
        [DELIVERY_WITHHELD] = "withheld",
    };

    return names[s];
}

bool delivery_state_parse(struct str name, enum delivery_state *out)
{
    for (int s = 0; s < DELIVERY_STATES; s++)
        if (str_is(name, delivery_state_name((enum delivery_state)s))) {
            *out = (enum delivery_state)s;
            return true;
        }
    return false;
}

/* --- groups ---------------------------------------------------------------------- */

void group_add(struct group *g, struct op *op)
{
    op->next = NULL;
    op->previous = g->last;
    if (g->last != NULL)
        g->last->next = op;
    else
        g->first = op;
    g->last = op;
    g->count++;
    g->bytes += op->bytes;
}

void op_gather(struct outbox *o, struct op *op)
{
    if (o->gathering == NULL)
        o->gathering = mem_new(sizeof *o->gathering);
    group_add(o->gathering, op);
    loop_again(o->loop);
}

/* --- groups: out and back ------------------------------------------------------- */

static void group_committed(struct outbox *o, struct group *g)
{
    struct op *next;

    o->full = false;
    o->counts.commits++;
    o->counts.committed_ops += g->count;
    o->counts.last_commit_us = g->took_us;
    for (struct op *op = g->first; op != NULL; op = next) {
        next = op->next;
        op_finish(o, op, true);
    }
    free(g);
}

/* Refuses the puts (and who waits for one), newest first; keeps the rest. */
static void group_refuse(struct outbox *o, struct group *g, struct group *rest)
{
    struct op *previous;

    for (struct op *op = g->last; op != NULL; op = previous) {
        previous = op->previous;
        if (op->kind == OP_PUT || op->kind == OP_ACK || op->kind == OP_PAUSE ||
            op->kind == OP_BARRIER)
            op_finish(o, op, false);
        else
            group_add(rest, op);
    }
    free(g);
}

static void full_over(void *arg)
{
    (void)arg; /* the turn's end submits what is gathered */
}

/* group_refuse() turns the order round, so it is turned back here. */
static void group_again(struct outbox *o, struct group *turned)
{
    struct group *again = mem_new(sizeof *again);
    struct group *since = o->gathering; /* by those who were just refused */
    struct op *next;

    for (struct op *op = turned->last; op != NULL; op = next) {
        next = op->previous;
        op_reset(op);
        group_add(again, op);
    }
    for (struct op *op = since != NULL ? since->first : NULL; op != NULL; op = next) {
        next = op->next;
        group_add(again, op);
    }
    free(since);
    o->gathering = again;
}

static void group_full(struct outbox *o, struct group *g)
{
    struct group turned = {0};
    struct group *since = o->gathering;

    if (!o->full)
        log_error(ROOM, "%s: new alerts are refused with 503 until there is room "
                        "again, deliveries go on",
                  g->text);
    o->full = true;
    o->gathering = NULL;
    if (since != NULL)
        group_refuse(o, since, &turned);
    group_refuse(o, g, &turned);
    group_again(o, &turned);
    loop_timer_set(o->loop, &o->again, FULL_RETRY_MS, full_over, o);
}

static void group_back(void *arg, void *letter)
{
    struct outbox *o = arg;
    struct group *g = letter;
    struct error err;

    o->running = NULL;
    if (g->result == SQLITE_OK) {
        group_committed(o, g);
    } else if ((g->result & 0xff) == SQLITE_FULL) {
        group_full(o, g);
    } else {
        error_set(&err, "%s (code %d)", g->text, g->result);
        o->with.broken(o->with.broken_arg, &err);
    }
    if (o->gathering != NULL)
        loop_again(o->loop);
}

static void submit(struct outbox *o)
{
    struct group *g = o->gathering;

    if (g == NULL || g->count == 0 || o->running != NULL ||
        (o->full && o->again.due_ms != 0))
        return;
    o->gathering = NULL;
    o->running = g;
    if (o->writer == NULL) {
        group_run(&o->database, g);
        group_back(o, g);
    } else if (!writer_submit(o->writer, g)) {
        bug("the writer is busy with a group nobody gave it");
    }
}

static void turn_end(void *arg)
{
    submit(arg);
}

/* --- put ---------------------------------------------------------------------------- */

int64_t outbox_next_id(struct outbox *o)
{
    return o->next_id;
}

static bool space_left(struct outbox *o)
{
    int64_t now_ms = clock_tick_ms(o->clock);
    struct statvfs fs;

    if (o->space_looked_ms != 0 && now_ms - o->space_looked_ms < SPACE_LOOK_MS)
        return o->space_ok;
    o->space_looked_ms = now_ms;
    o->space_ok = statvfs(o->path, &fs) < 0 ||
                  (uint64_t)fs.f_bavail * fs.f_frsize >= DISK_FREE_MIN;
    return o->space_ok;
}

bool outbox_has_room(struct outbox *o, size_t n unused, size_t bytes)
{
    const struct group *g = o->gathering;
    size_t count = g != NULL ? g->count : 0;
    size_t held = g != NULL ? g->bytes : 0;

    /* Each body is far smaller than a group: some more than "full" is fine. */
    return !o->full && space_left(o) && count < GROUP_OPS_MAX &&
           held + bytes <= GROUP_BYTES_MAX;
}

static struct str line_of(struct outbox *o, const struct put *p)
{
    if (p->line.n > 0)
        return p->line;
    buf_reset(&o->line);
    alert_write_line(p->alert, &o->line);
    assert(!o->line.over); /* alert_check() saw to that */
    return buf_view(&o->line);
}

static struct kept *kept_of(struct outbox *o, const struct put *p)
{
    const struct alert *a = p->alert;
    struct kept *k = kept_new(line_of(o, p));

    k->id = a->update != UPDATE_NONE ? p->update_id : a->id;
    k->began_id = a->update != UPDATE_NONE ? a->id : a->began_id;
    k->update = a->update;
    k->ack = a->ack != NULL ? ack_copy(a->ack) : NULL;
    k->accepted_ms = clock_wall_ms(o->clock);
    k->action = a->action;
    k->key_hash = alert_key_hash(a->key);
    return k;
}

static void target_choose(struct outbox *o, struct target *t, const struct put *p,
                          size_t at)
{
    int64_t alert_id = p->alert->id;
    struct lane *l = lane_get(o, p->recipients[at]);

    t->recipient_id = p->recipients[at];
    t->remark = p->holds != NULL ? p->holds[at].remark : (struct message_remark){0};
    if (p->holds != NULL && p->holds[at].kind != HOLD_NONE) {
        t->hold = mem_new(sizeof *t->hold);
        *t->hold = p->holds[at];
        t->hold->reason = text_copy(p->holds[at].reason, REASON_MAX);
    }
    if (p->alert->update != UPDATE_NONE)
        return; /* the writer says which it becomes, if any */
    t->direct = lane_takes_direct(o, l);
    l->last_put_id = alert_id;
    if (t->direct) {
        l->last_loaded_id = alert_id;
        l->reserved++;
    }
}

void outbox_put(struct outbox *o, const struct put *p, outbox_done_fn *done, void *arg)
{
    bool repeat = p->engaged->op == ENGAGED_UPDATE;
    struct op *op = op_new(OP_PUT, p->recipient_count);

    op->done = done;
    op->arg = arg;
    op->put.engaged = *p->engaged;
    memcpy(op->put.seen, p->seen_hash, sizeof op->put.seen);
    seen_add(o->seen, p->seen_hash, p->alert->id, clock_wall_ms(o->clock));
    if (!repeat) {
        assert((p->update_id != 0 ? p->update_id : p->alert->id) == o->next_id);
        o->next_id++;
        op->put.kept = kept_of(o, p);
        op->bytes = op->put.kept->json.n;
        op->put.count = p->recipient_count;
        for (size_t i = 0; i < p->recipient_count; i++)
            target_choose(o, &op->targets[i], p, i);
    }
    op_gather(o, op);
}

int64_t outbox_seen(const struct outbox *o, const uint64_t hash[2])
{
    return seen_find(o->seen, hash, clock_wall_ms(o->clock));
}

void outbox_barrier(struct outbox *o, outbox_done_fn *done, void *arg)
{
    struct op *op = op_new(OP_BARRIER, 0);

    op->done = done;
    op->arg = arg;
    op_gather(o, op);
}

/* --- settle and the rest ---------------------------------------------------------------- */

void outbox_settle(struct outbox *o, struct item *i, const struct settlement *given)
{
    struct lane *l = lane_get(o, i->recipient_id);
    struct op *op = op_new(OP_SETTLE, 0);
    struct settlement own = *given, *s = &own;
    char text[REASON_MAX];

    assert(i->in_flight);
    ack_settlement(o, i, s, text);
    i->attempts += s->counted;
    i->doubts += s->doubtful;
    op->settle.id = (struct delivery_id){i->kept->id, i->recipient_id};
    op->settle.state = s->state;
    op->settle.attempts = i->attempts;
    op->settle.doubts = i->doubts;
    op->settle.status = s->status;
    op->settle.due_ms = s->due_ms;
    op->settle.at_ms = s->state == DELIVERY_PENDING ? 0 : clock_wall_ms(o->clock);
    op->settle.tried_ms = clock_wall_ms(o->clock);
    op->settle.reason = text_copy(s->reason, REASON_MAX);
    /* Half a handle is nobody's. */
    op->settle.handle = s->handle.n <= HANDLE_MAX ? text_copy(s->handle, HANDLE_MAX) : STR_NONE;
    op->settle.transcript = transcript_share(s->transcript);
    op_gather(o, op);
    i->due_ms = s->due_ms;
    i->aside = s->aside;
    i->settling = s->state == DELIVERY_PENDING;
    if (i->settling) {
        op->settle.item = i;
    } else {
        if (s->state == DELIVERY_DEAD && i->kept->update == UPDATE_NONE &&
            o->with.died != NULL)
            o->with.died(o->with.died_arg, i->recipient_id, i->kept->key_hash);
        lane_ended(l, i->kept->id);
        lane_remove(o, l, i);
    }
    lane_refill(o, l);
}

void outbox_abandon(struct outbox *o, int64_t recipient_id, struct str reason)
{
    struct lane *l = lane_get(o, recipient_id);
    struct op *op = op_new(OP_ABANDON, 0);

    l->abandoned = true;
    lane_drop_waiting(o, l, 0);
    outbox_pause_forget(o, PAUSE_RECIPIENT, recipient_id);
    op->abandon.recipient_id = recipient_id;
    op->abandon.at_ms = clock_wall_ms(o->clock);
    op->abandon.reason = text_copy(reason, REASON_MAX);
    op_gather(o, op);
}

void outbox_redrive(struct outbox *o, const struct delivery_id *ids, size_t n,
                    outbox_count_fn *done, void *arg)
{
    struct op *op = op_new(OP_REDRIVE, 0);

    op->redrive.ids = mem_array(MAX(n, 1u), sizeof *ids);
    op->redrive.was = mem_array(MAX(n, 1u), sizeof *op->redrive.was);
    if (n > 0)
        memcpy(op->redrive.ids, ids, n * sizeof *ids);
    op->redrive.n = n;
    op->redrive.counted = done;
    op->redrive.counted_arg = arg;
    op_gather(o, op);
}

/* --- counts ------------------------------------------------------------------------------- */

static int64_t oldest_ms(const struct lane *l)
{
    return l->head != NULL ? l->head->kept->accepted_ms : 0;
}

void outbox_counts(const struct outbox *o, struct outbox_counts *out)
{
    const struct lane *l;

    *out = o->counts;
    out->window_items = o->window_items;
    out->window_bytes = o->window_bytes;
    out->gathered = o->gathering != NULL ? o->gathering->count : 0;
    for (size_t at = 0; (l = hash_next(&o->lanes, &at)) != NULL;)
        if (oldest_ms(l) != 0 &&
            (out->oldest_pending_ms == 0 || oldest_ms(l) < out->oldest_pending_ms))
            out->oldest_pending_ms = oldest_ms(l);
}

bool outbox_conserves(const struct outbox_counts *n)
{
    return n->accepted == n->delivered + n->dead + n->pending + n->held + n->withheld;
}

void outbox_lane(const struct outbox *o, int64_t recipient_id, struct lane_counts *out)
{
    const struct lane *l = lane_find(o, recipient_id);

    *out = (struct lane_counts){.recipient_id = recipient_id};
    if (l == NULL)
        return;
    memcpy(out->n, l->n, sizeof out->n);
    out->oldest_ms = oldest_ms(l);
    out->newest_ms = l->newest_ms;
}

/* --- opening and closing --------------------------------------------------------------------- */

/* The first turn fills the windows of what was pending. */
static void refill_all(void *arg)
{
    struct outbox *o = arg;
    struct lane *l;

    for (size_t at = 0; (l = hash_next(&o->lanes, &at)) != NULL;)
        lane_refill(o, l);
}

struct outbox *outbox_open(struct loop *l, const struct outbox_options *options,
                           struct registry *r, struct error *err)
{
    struct outbox *o = mem_new(sizeof *o);

    o->loop = l;
    o->clock = loop_clock(l);
    o->with = *options;
    o->path = mem_dup(options->path, strlen(options->path));
    o->seen = seen_new();
    o->line = BUF(ALERT_JSON_MAX);
    if (database_open(&o->database, options->path, options->max_pages, err) &&
        database_load(&o->database, r, o, err) &&
        (options->inline_writer ||
         (o->writer = writer_start(l, &o->database, group_back, o, err)) != NULL)) {
        if (options->settled_max > 0)
            o->database.settled_max = options->settled_max;
        loop_at_turn_end(l, turn_end, o);
        loop_timer_set(l, &o->refill, 1, refill_all, o);
        return o;
    }
    outbox_close(o);
    return NULL;
}

/* Commits what is gathered, and what that in turn gathers, as long as it helps. */
static void drain(struct outbox *o)
{
    struct error err;

    writer_stop(o->writer);
    o->writer = NULL;
    for (int i = 0; i < 100 && o->gathering != NULL && !o->full; i++)
        submit(o);
    if (o->gathering != NULL && o->gathering->count > 0) {
        error_set(&err, "%zu changes could not be written before the end",
                  o->gathering->count);
        log_error(ROOM, "%s", err.text);
    }
}

void outbox_close(struct outbox *o)
{
    struct op *next;

    if (o == NULL)
        return;
    drain(o);
    for (struct op *op = o->gathering != NULL ? o->gathering->first : NULL; op != NULL;
         op = next) {
        next = op->next;
        op_free(op);
    }
    free(o->gathering);
    loop_timer_clear(o->loop, &o->again);
    loop_timer_clear(o->loop, &o->refill);
    lanes_free(o);
    free(o->acking.v);
    pauses_free(o);
    seen_free(o->seen);
    buf_release(&o->line);
    database_close(&o->database);
    free(o->path);
    free(o);
}
