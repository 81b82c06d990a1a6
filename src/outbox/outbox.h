/* outbox.h -- the durable waist: alerts and their deliveries in one SQLite file.
 * Intake ends at outbox_put()'s commit, delivery begins at outbox_take(). All
 * writing happens on the writer thread, in groups, one commit a group. Loop
 * thread only. Design essay: outbox.c. What is held back: held.h. */
#ifndef OUTBOX_OUTBOX_H
#define OUTBOX_OUTBOX_H

#include "base/limits.h"
#include "outbox/counts.h"
#include "outbox/transcript.h"
#include "registry/registry.h"

/* An alert as kept, shared by its deliveries in memory, freed with the last. */
struct kept {
    int64_t id, began_id, accepted_ms;
    enum action action;
    enum update update; /* then began_id is the engaged alert's */
    struct ack *ack;    /* ours: of an update, who had acknowledged it; or NULL */
    uint64_t key_hash; /* orders deliveries of one alert key */
    struct str json;   /* right behind it */
    unsigned refs;
};

/* What became of the delivery of the engage that a release ends, or an update is of. */
enum began { BEGAN_NONE, BEGAN_DELIVERED, BEGAN_DEAD, BEGAN_PENDING };

struct item { /* one delivery in memory: waiting in its window, or in flight */
    struct kept *kept;
    int64_t recipient_id;
    int64_t due_ms;   /* wall; 0: at once */
    int attempts, doubts; /* that had an outcome; that may have arrived, since a retry by hand */
    enum began began; /* never BEGAN_PENDING once taken */
    struct str handle; /* ours: of the engage's message; may be empty */
    bool in_flight, aside; /* aside: others may pass it; those of its key wait */
    bool settling;  /* its deferral is not on disk yet */
    bool acked;     /* an escalation of what was acknowledged: not tried (any more) */
    bool unlicensed, preparing; /* a commit of its own comes before it is tried */
    enum hold_kind held; /* by what it was until freed_ms (wall); NONE: it never was */
    bool together;       /* freed with others: may be told in one summary */
    int64_t freed_ms;
    struct message_remark remark; /* what its message says about others */
    struct item *next, *previous;
};
typedef void outbox_ready_fn(void *arg, int64_t recipient_id);
struct outbox;
struct pause; /* pause.h */
struct outbox_options {
    const char *path;    /* DATA/tocsin.db */
    bool inline_writer;  /* no thread: commits at the turn's end (tests) */
    int max_pages, settled_max; /* of the file; instead of SETTLED_KEPT_MAX; 0: not (tests) */
    outbox_ready_fn *ready; /* something to take for this recipient */
    void *ready_arg;
    /* A delivery is dead; NULL: nobody wants to know. */
    void (*died)(void *arg, int64_t recipient_id, uint64_t key_hash);
    /* A queue is paused, or goes on ; NULL: the same. */
    void (*paused)(void *arg, const struct pause *p);
    void *died_arg, *paused_arg;
    void (*broken)(void *arg, const struct error *err); /* I/O error: must end */
    void *broken_arg;
};

/* Opens, recovers, and loads the engaged alerts into `r`. */
struct outbox *outbox_open(struct loop *l, const struct outbox_options *o,
                           struct registry *r, struct error *err);
void outbox_close(struct outbox *o); /* commits what is gathered first */
int64_t outbox_next_id(struct outbox *o); /* of the next alert that is put */

/* Room for n more alerts of together `bytes`: false is a 503 (disk or group full). */
bool outbox_has_room(struct outbox *o, size_t n, size_t bytes);

typedef void outbox_done_fn(void *arg, bool committed);
struct put {
    const struct alert *alert;   /* REPEATED: only the engaged row is written */
    int64_t update_id; /* of a WORSENED: outbox_next_id(); see outbox.c */
    struct str line; /* alert_write_line() of it if known already; copied */
    const struct engaged_row *engaged; /* copied, but for its key: until `done` */
    uint64_t seen_hash[2];       /* idempotency; 0,0: none */
    const int64_t *recipients;
    const struct hold *holds; /* one a recipient, copied; NULL: none is held */
    size_t recipient_count;
};
/* `done` once, after the commit; after a failed commit in reverse order of put. */
void outbox_put(struct outbox *o, const struct put *p, outbox_done_fn *done,
                void *arg);
/* The alert that had this idempotency hash within SEEN_MS; 0: none. */
int64_t outbox_seen(const struct outbox *o, const uint64_t hash[2]);
/* Calls back after everything put so far is committed (a duplicate's answer). */
void outbox_barrier(struct outbox *o, outbox_done_fn *done, void *arg);

struct take {
    size_t max;          /* deliveries */
    size_t together_max; /* of those told together; 0: they are like any other */
    bool edits;          /* what has its engage's handle comes alone */
};
/* Deliveries of the recipient that may be tried now, oldest first; they are in flight
 * until settled. What is told together comes with its like: held by the same kind.
 * 0: *next_ms says when to come back (wall; 0: `ready` will be called). */
size_t outbox_take(struct outbox *o, int64_t recipient_id, const struct take *how,
                   struct item **out, int64_t *next_ms);

struct settlement {
    enum delivery_state state; /* PENDING: deferred until due_ms */
    int64_t due_ms;
    bool counted;       /* false: the endpoint's fault, not this alert's */
    bool aside, doubtful; /* doubtful: it may have arrived all the same */
    int status;
    struct str reason;  /* no secrets; cut at REASON_MAX */
    struct str handle;  /* DELIVERED */
    struct transcript *transcript; /* the caller's; of a try that failed; or NULL */
};
/* Ends the flight; the item is gone (or back in its window). */
void outbox_settle(struct outbox *o, struct item *i, const struct settlement *s);

/* A recipient that is no more: its pending ones are dead, its held ones withheld. */
void outbox_abandon(struct outbox *o, int64_t recipient_id, struct str reason);
/* By hand: dead, held and withheld ones back to pending; `done` has how many. */
typedef void outbox_count_fn(void *arg, size_t count);
void outbox_redrive(struct outbox *o, const struct delivery_id *ids, size_t n,
                    outbox_count_fn *done, void *arg);
#endif
