/* lane.c -- one recipient's window: what of its queue is in memory. */
#include "outbox/own.h"

#define REFILL_BELOW (WINDOW_MAX / 4)
#define BLOCKED_MAX 1024 /* keys that wait in one walk; then the walk ends */
#define REFILL_MAX 1024 /* rows of one refill: a commit waits for it */
#define REFILL_BYTES_MAX (WINDOW_BYTES_MAX / 8) /* of one refill, roughly */
#define REFILLS_MAX 4 /* at once: all lanes want one after a start */
#define SMALL_REFILL 16 /* when memory is short, each lane still goes on */

/* One allocation, the line right behind: there are very many. */
struct kept *kept_new(struct str json)
{
    struct kept *k = mem_new(sizeof *k + json.n);
    char *copy = (char *)(k + 1);

    if (json.n > 0)
        memcpy(copy, json.p, json.n);
    k->json = (struct str){copy, json.n};
    k->refs = 1;
    return k;
}

void kept_share(struct kept *k)
{
    k->refs++;
}

void kept_drop(struct kept *k)
{
    if (k == NULL || --k->refs > 0)
        return;
    free(k->ack);
    free(k);
}

static struct str lane_key(const int64_t *recipient_id)
{
    return (struct str){(const char *)recipient_id, sizeof *recipient_id};
}

struct lane *lane_find(const struct outbox *o, int64_t recipient_id)
{
    return hash_get(&o->lanes, lane_key(&recipient_id));
}

struct lane *lane_get(struct outbox *o, int64_t recipient_id)
{
    struct lane *l = lane_find(o, recipient_id);

    if (l == NULL) {
        l = mem_new(sizeof *l);
        l->recipient_id = recipient_id;
        hash_put(&o->lanes, lane_key(&l->recipient_id), l);
    }
    return l;
}

/* --- the list --------------------------------------------------------------- */

/* In the order of ids; nearly always at the end. */
void lane_insert(struct outbox *o, struct lane *l, struct item *i)
{
    struct item *before = l->tail;

    while (before != NULL && before->kept->id > i->kept->id)
        before = before->previous;
    i->previous = before;
    i->next = before != NULL ? before->next : l->head;
    if (i->next != NULL)
        i->next->previous = i;
    else
        l->tail = i;
    if (before != NULL)
        before->next = i;
    else
        l->head = i;
    l->count++;
    l->escalations += i->remark.escalated_ms > 0;
    o->escalations += i->remark.escalated_ms > 0;
    o->window_items++;
    o->window_bytes += i->kept->json.n;
}

void lane_remove(struct outbox *o, struct lane *l, struct item *i)
{
    if (i->previous != NULL)
        i->previous->next = i->next;
    else
        l->head = i->next;
    if (i->next != NULL)
        i->next->previous = i->previous;
    else
        l->tail = i->previous;
    l->count--;
    l->escalations -= i->remark.escalated_ms > 0;
    o->escalations -= i->remark.escalated_ms > 0;
    o->window_items--;
    o->window_bytes -= i->kept->json.n;
    kept_drop(i->kept);
    free((char *)(uintptr_t)i->handle.p);
    free(i);
}

void lane_drop_waiting(struct outbox *o, struct lane *l, int64_t from_id)
{
    struct item *next;

    for (struct item *i = l->head; i != NULL; i = next) {
        next = i->next;
        if (i->kept->id >= from_id && !i->in_flight && !i->preparing)
            lane_remove(o, l, i);
    }
}

void lanes_free(struct outbox *o)
{
    struct lane *l;

    for (size_t at = 0; (l = hash_next(&o->lanes, &at)) != NULL;) {
        while (l->head != NULL)
            lane_remove(o, l, l->head);
        free(l->ended);
        free(l);
    }
    hash_release(&o->lanes);
}

/* --- the window and the disk ---------------------------------------------------- */

bool lane_takes_direct(const struct outbox *o, const struct lane *l)
{
    return l->last_loaded_id >= l->last_put_id && !l->taking && !l->abandoned &&
           l->count + l->reserved < WINDOW_MAX &&
           o->window_bytes < WINDOW_BYTES_MAX;
}

static size_t refill_limit(const struct outbox *o, const struct lane *l)
{
    size_t room = WINDOW_MAX - MIN(l->count + l->reserved, (size_t)WINDOW_MAX);

    return MIN(room, (size_t)(o->window_bytes < WINDOW_BYTES_MAX ? REFILL_MAX
                                                                 : SMALL_REFILL));
}

static bool wants_refill(const struct outbox *o, const struct lane *l)
{
    size_t held = l->count + l->reserved;

    if (l->taking || l->abandoned || l->last_loaded_id >= l->last_put_id)
        return false;
    if (l->count > 0 && o->window_bytes >= WINDOW_BYTES_MAX)
        return false;
    return held < REFILL_BELOW || (l->stuck && held < WINDOW_MAX);
}

static void hungry_add(struct outbox *o, struct lane *l)
{
    if (l->hungry)
        return;
    l->hungry = true;
    l->next_hungry = NULL;
    if (o->hungry_tail != NULL)
        o->hungry_tail->next_hungry = l;
    else
        o->hungry_head = l;
    o->hungry_tail = l;
}

static struct lane *hungry_next(struct outbox *o)
{
    struct lane *l = o->hungry_head;

    if (l == NULL)
        return NULL;
    o->hungry_head = l->next_hungry;
    if (o->hungry_head == NULL)
        o->hungry_tail = NULL;
    l->hungry = false;
    return l;
}

void lane_refill(struct outbox *o, struct lane *l)
{
    struct op *op;

    if (!wants_refill(o, l))
        return;
    if (o->refills == REFILLS_MAX) {
        hungry_add(o, l);
        return;
    }
    op = op_new(OP_TAKE, 0);
    op->take.recipient_id = l->recipient_id;
    op->take.after_id = l->last_loaded_id;
    op->take.upto_id = l->last_put_id;
    op->take.at_ms = clock_wall_ms(o->clock);
    op->take.limit = refill_limit(o, l);
    op->take.bytes_max = REFILL_BYTES_MAX;
    l->taking = true;
    o->refills++;
    op_gather(o, op);
}

void lane_rewind(struct outbox *o, struct lane *l, int64_t alert_id)
{
    l->last_put_id = MAX(l->last_put_id, alert_id);
    if (alert_id <= l->last_loaded_id) {
        lane_drop_waiting(o, l, alert_id);
        l->last_loaded_id = alert_id - 1;
    }
}

/* A lane that was rewound by a retry by hand reads again what is in flight. */
void lane_ended(struct lane *l, int64_t alert_id)
{
    if (!l->taking || alert_id <= l->last_loaded_id)
        return;
    l->ended = mem_grow(l->ended, l->ended_count + 1, sizeof *l->ended);
    l->ended[l->ended_count++] = alert_id;
}

void lane_refilled(struct outbox *o, struct lane *l)
{
    struct lane *next;

    l->taking = false;
    l->ended_count = 0;
    o->refills--;
    while (o->refills < REFILLS_MAX && (next = hungry_next(o)) != NULL)
        lane_refill(o, next);
    lane_refill(o, l);
}

void lane_ready(struct outbox *o, const struct lane *l)
{
    if (!l->abandoned && l->head != NULL)
        o->with.ready(o->with.ready_arg, l->recipient_id);
}

/* --- taking ------------------------------------------------------------------------ */

enum what { PASS_IT, TAKE_IT, STOP_HERE };

struct walk { /* over a window, oldest first */
    int64_t now_ms;
    enum what last; /* what came of the last look */
    int64_t next_ms; /* when something waiting is due; 0: nothing is */
    uint64_t blocked[2 * BLOCKED_MAX]; /* an open table of keys; 0: free */
    size_t blocked_count;
};

/* Where the key is, or where it belongs. Never 0: that is the free place's. */
static uint64_t *blocked_at(struct walk *w, uint64_t *key_hash)
{
    size_t at;

    *key_hash |= *key_hash == 0;
    at = *key_hash % COUNT_OF(w->blocked);
    while (w->blocked[at] != 0 && w->blocked[at] != *key_hash)
        at = (at + 1) % COUNT_OF(w->blocked);
    return &w->blocked[at];
}

static bool is_blocked(struct walk *w, uint64_t key_hash)
{
    return w->blocked_count > 0 && *blocked_at(w, &key_hash) != 0;
}

/* False: too many keys wait, go no further. */
static bool block(struct walk *w, uint64_t key_hash)
{
    uint64_t *place = blocked_at(w, &key_hash);

    if (*place == 0 && w->blocked_count == BLOCKED_MAX)
        return false;
    w->blocked_count += *place == 0;
    *place = key_hash;
    return true;
}

static void note_due(struct walk *w, int64_t due_ms)
{
    if (w->next_ms == 0 || due_ms < w->next_ms)
        w->next_ms = due_ms;
}

/* Asks the disk how its engage fared, and for a license of its own. */
static void prepare(struct outbox *o, struct item *i)
{
    struct op *op;

    if (i->preparing)
        return;
    i->preparing = true;
    op = op_new(OP_PREPARE, 0);
    op->prepare.item = i;
    op_gather(o, op);
}

/* Whether the engage that `i` ends, or is an update of, is still here: not settled, so
 * that the disk does not know either how it fares. */
static bool engage_is_here(const struct item *i)
{
    const struct item *before = i->previous;

    while (before != NULL && before->kept->id > i->kept->began_id)
        before = before->previous;
    return before != NULL && before->kept->id == i->kept->began_id;
}

static enum what look_at(struct outbox *o, struct walk *w, struct item *i)
{
    if (i->settling && !i->aside)
        return STOP_HERE;
    if (i->in_flight || i->acked || is_blocked(w, i->kept->key_hash))
        return block(w, i->kept->key_hash) ? PASS_IT : STOP_HERE;
    /* The wall clock may have jumped back since. */
    i->due_ms = MIN(i->due_ms, w->now_ms + RETRY_AFTER_CAP_MS);
    if (i->due_ms > w->now_ms) {
        note_due(w, i->due_ms);
        if (!i->aside) /* the order is kept: what is behind it waits too */
            return STOP_HERE;
        return block(w, i->kept->key_hash) ? PASS_IT : STOP_HERE;
    }
    if (i->began == BEGAN_PENDING && engage_is_here(i))
        return STOP_HERE;
    if (i->began == BEGAN_PENDING || i->unlicensed) {
        prepare(o, i);
        return STOP_HERE;
    }
    return TAKE_IT;
}

/* What changes the message that was sent for its engage. */
static bool is_edit(const struct item *i)
{
    return i->began == BEGAN_DELIVERED && i->handle.n > 0;
}

/* Whether `i` goes with the first that was taken: into a summary of its kind, or
 * anywhere but into one. */
static bool goes_with(const struct item *first, const struct item *i, bool summary)
{
    return summary ? i->together && i->held == first->held : !i->together;
}

/* Walks the window until enough are taken, or one that must be alone. */
static size_t take(struct outbox *o, struct walk *w, struct item *i,
                   const struct take *how, struct item **out)
{
    bool alone = false, summary = false;
    size_t n = 0, max = how->max;

    for (; i != NULL && n < max && !alone && w->last != STOP_HERE; i = i->next) {
        w->last = look_at(o, w, i);
        if (w->last != TAKE_IT)
            continue;
        alone = how->edits && is_edit(i);
        if (n == 0) {
            summary = how->together_max > 0 && i->together && !alone;
            max = summary ? how->together_max : max;
        } else if (alone || (how->together_max > 0 && !goes_with(out[0], i, summary))) {
            /* A summary goes on behind it; its like waits for it. */
            if (!summary || !block(w, i->kept->key_hash))
                break;
            alone = false;
            continue;
        }
        i->in_flight = true;
        out[n++] = i;
    }
    return n;
}

size_t outbox_take(struct outbox *o, int64_t recipient_id, const struct take *how,
                   struct item **out, int64_t *next_ms)
{
    struct lane *l = lane_find(o, recipient_id);
    struct walk w = {.now_ms = clock_wall_ms(o->clock)};
    size_t n = 0;

    if (l != NULL) {
        n = take(o, &w, l->head, how, out);
        l->stuck = n == 0 && w.last == PASS_IT;
        lane_refill(o, l);
    }
    *next_ms = n == 0 ? w.next_ms : 0;
    return n;
}
