/* own.h -- the loop's side of the outbox: lanes, the outbox itself, and what its
 * files share; private. */
#ifndef OUTBOX_OWN_H
#define OUTBOX_OWN_H

#include "base/hash.h"
#include "loop/mailbox.h"
#include "outbox/op.h"

struct lane {
    int64_t recipient_id;
    struct item *head, *tail; /* ascending alert ids; in flight ones too */
    size_t count, reserved;   /* items; room promised to puts not committed */
    int64_t last_put_id;      /* newest delivery there is */
    int64_t last_loaded_id;   /* newest that was in the window */
    int64_t newest_id, newest_ms; /* of any state; the id at the start only */
    bool taking, abandoned;
    int64_t *ended; /* ours: what ended while a refill that may have read it runs */
    size_t ended_count;
    bool stuck;  /* all that is in the window waits aside */
    size_t escalations; /* in the window */
    bool hungry; /* waits for others' refills to end, in this list: */
    struct lane *next_hungry;
    uint64_t n[DELIVERY_STATES];
};

struct seen_ring;

struct outbox {
    struct loop *loop;
    const struct clock *clock;
    struct outbox_options with;
    char *path; /* ours */
    struct database database; /* the writer's alone once it runs */
    struct group *gathering;  /* ours */
    struct group *running;    /* with the writer */
    struct writer *writer;    /* NULL: inline */
    struct hash lanes;        /* key: the id's bytes inside the lane */
    struct lane *hungry_head, *hungry_tail;
    size_t refills; /* on their way */
    size_t escalations; /* in all windows */
    struct id_array acking; /* alerts whose acknowledgement is not committed yet */
    struct seen_ring *seen;
    struct buf line; /* scratch: an alert's line, before it is copied */
    int64_t next_id;
    struct outbox_counts counts;
    size_t window_items, window_bytes;
    bool full; /* the disk; until a commit succeeds */
    int64_t space_looked_ms;
    bool space_ok;
    struct timer again; /* after a full disk */
    struct timer refill;
    struct hash pauses; /* pause.c */
    struct timer pauses_end;
};

void op_gather(struct outbox *o, struct op *op);
void op_finish(struct outbox *o, struct op *op, bool committed);
void held_finish(struct outbox *o, struct op *op);   /* held.c */
void unhold_finish(struct outbox *o, struct op *op);
void redrive_finish(struct outbox *o, struct op *op);
void abandon_finish(struct outbox *o, struct op *op);
/* ack.c */
void ack_free(struct op *op);  /* what an OP_ACK owns ... */
void ack_reset(struct op *op); /* ... and what a run of it has made */
void ended_release(struct ended_list *l);
void ended_count(struct outbox *o, const struct ended_list *l);
void ack_finish(struct outbox *o, struct op *op, bool committed);
bool is_acking(const struct outbox *o, int64_t alert_id);
/* An escalation that came back, though its alert was acknowledged meanwhile, is not
 * tried again: withheld, with the reason in `text`. */
void ack_settlement(const struct outbox *o, const struct item *i, struct settlement *s,
                    char text[REASON_MAX]);
/* finish.c: a delivery that there was not: in its place in the queue. */
void delivery_enters(struct outbox *o, struct delivery_id id, enum delivery_state state,
                     enum hold_kind kind);
/* pause.c, cancel.c */
void pause_free(struct op *op);  /* what an OP_PAUSE owns */
void cancel_free(struct op *op); /* the same */
void pause_finish(struct outbox *o, struct op *op, bool committed); /* pause.c */
void cancel_finish(struct outbox *o, struct op *op); /* cancel.c */
void pauses_free(struct outbox *o);

/* n deliveries of the lane are there now (count_new), or are no longer what they
 * were (count_moved); `kind`: by what they are or were held, if they are. */
void count_new(struct outbox *o, struct lane *l, enum delivery_state state,
               enum hold_kind kind);
void count_moved(struct outbox *o, struct lane *l, struct was was,
                 enum delivery_state state, uint64_t n);

struct lane *lane_get(struct outbox *o, int64_t recipient_id); /* made if new */
struct lane *lane_find(const struct outbox *o, int64_t recipient_id);
void lane_insert(struct outbox *o, struct lane *l, struct item *i);
void lane_remove(struct outbox *o, struct lane *l, struct item *i);
void lane_drop_waiting(struct outbox *o, struct lane *l, int64_t from_id);
/* The queue is read again from this one on: it is pending, and was not. */
void lane_rewind(struct outbox *o, struct lane *l, int64_t alert_id);
void lane_ended(struct lane *l, int64_t alert_id); /* settled for good */
void lane_refill(struct outbox *o, struct lane *l);
void lane_refilled(struct outbox *o, struct lane *l); /* the next may go */
bool lane_takes_direct(const struct outbox *o, const struct lane *l);
void lane_ready(struct outbox *o, const struct lane *l);
void lanes_free(struct outbox *o);

struct writer *writer_start(struct loop *l, struct database *d, mailbox_fn *back,
                            void *arg, struct error *err);
bool writer_submit(struct writer *w, struct group *g); /* false: busy */
void writer_stop(struct writer *w); /* finishes what it has; gives it back */

struct seen_ring *seen_new(void);
void seen_free(struct seen_ring *r);
void seen_add(struct seen_ring *r, const uint64_t hash[2], int64_t id, int64_t at_ms);
void seen_forget(struct seen_ring *r, const uint64_t hash[2]);
int64_t seen_find(const struct seen_ring *r, const uint64_t hash[2], int64_t now_ms);

#endif
