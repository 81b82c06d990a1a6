/* own.h -- what the files of the outbox share; private to the room.
 *
 * An op is one change on its way to the writer: filled on the loop, run on the
 * writer inside the group's transaction, ended on the loop after its commit. */
#ifndef OUTBOX_OWN_H
#define OUTBOX_OWN_H

#include <sqlite3.h>

#include "base/hash.h"
#include "loop/mailbox.h"
#include "outbox/outbox.h"

/* --- the writer's side: schema.c, run.c, writer.c --------------------------- */

enum statement {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_ALERT_INSERT,
    SQL_DELIVERY_INSERT,
    SQL_ENGAGED_INSERT,
    SQL_ENGAGED_UPDATE,
    SQL_ENGAGED_DELETE,
    SQL_SETTLE,
    SQL_BEGAN,
    SQL_TAKE,
    SQL_LICENSE,
    SQL_GIVE_UP,
    SQL_ABANDON,
    SQL_REDRIVE,
    SQL_PRUNE_LIST,
    SQL_PRUNE_DELIVERIES,
    SQL_PRUNE_ALERT,
    SQL_TALLY,
    SQL_COUNT,
};

struct database {
    sqlite3 *db;
    sqlite3_stmt *statements[SQL_COUNT];
    int64_t prune_from; /* alerts below are pruned or cannot be yet */
};

bool database_open(struct database *d, const char *path, int max_pages,
                   struct error *err) must_check;
void database_close(struct database *d);
/* Runs one statement that gives no rows and resets it; SQLITE_DONE or an error. */
int database_step(struct database *d, enum statement s);

/* What is on disk at the start, for the loop's side. */
struct lane_start {
    int64_t recipient_id, pending, last_id;
};
bool database_load(struct database *d, struct registry *r, struct outbox *o,
                   struct error *err) must_check;

enum op_kind {
    OP_PUT,
    OP_SETTLE,
    OP_TAKE,
    OP_RESOLVE,
    OP_ABANDON,
    OP_REDRIVE,
    OP_BARRIER,
};

struct target { /* of a put: one recipient */
    int64_t recipient_id;
    bool direct;       /* enters its window after the commit; born licensed */
    enum began began;  /* filled by the writer */
    struct str handle; /* filled by the writer, ours */
};

struct taken { /* a row of a TAKE, ours until it is an item */
    struct kept *kept;
    int64_t due_ms;
    int attempts;
    enum began began;
    struct str handle;
};

struct op {
    enum op_kind kind;
    struct op *next, *previous;
    outbox_done_fn *done;
    void *arg;
    size_t bytes; /* for GROUP_BYTES_MAX */
    union {
        struct {
            struct kept *kept; /* a share of it; NULL: only the engaged row */
            struct engaged_row engaged;
            uint64_t seen[2];
            size_t count;
        } put;
        struct {
            struct delivery_id id;
            enum delivery_state state;
            int attempts, status;
            int64_t due_ms, at_ms;
            struct str reason, handle; /* ours */
            bool changed;
        } settle;
        struct {
            int64_t recipient_id, after_id, upto_id;
            size_t limit;
            struct taken *rows; /* ours */
            size_t count, gave_up;
        } take;
        struct {
            struct item *item;
            enum began began;
            struct str handle; /* ours */
        } resolve;
        struct {
            int64_t recipient_id, at_ms;
            struct str reason; /* ours */
            int64_t changed;
        } abandon;
        struct {
            struct delivery_id *ids; /* ours */
            size_t n, changed;
            bool *did; /* ours; which of them */
            outbox_count_fn *counted;
            void *counted_arg;
        } redrive;
    };
    struct target targets[]; /* of a put */
};

struct group {
    struct op *first, *last;
    size_t count, bytes;
    int result; /* SQLITE_OK after a commit */
    char text[ERROR_TEXT_MAX];
    int64_t took_us;
};
void group_add(struct group *g, struct op *op);

/* One whole group in one transaction; result and text say how it went. */
void group_run(struct database *d, struct group *g);

/* --- the loop's side: outbox.c, lane.c, finish.c ------------------------------- */

struct lane {
    int64_t recipient_id;
    struct item *head, *tail; /* ascending alert ids; in flight ones too */
    size_t count, reserved;   /* items; room promised to puts not committed */
    int64_t last_put_id;      /* newest delivery there is */
    int64_t last_loaded_id;   /* newest that was in the window */
    bool taking, resolving, abandoned;
    uint64_t pending, delivered, dead;
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
    struct seen_ring *seen;
    int64_t next_id;
    struct outbox_counts counts;
    size_t window_items, window_bytes;
    bool full; /* the disk; until a commit succeeds */
    int64_t space_looked_ms;
    bool space_ok;
    struct timer again; /* after a full disk */
    struct timer refill;
};

struct op *op_new(enum op_kind kind, size_t targets);
void op_gather(struct outbox *o, struct op *op);
void op_free(struct op *op);
void op_finish(struct outbox *o, struct op *op, bool committed);

struct lane *lane_get(struct outbox *o, int64_t recipient_id); /* made if new */
struct lane *lane_find(const struct outbox *o, int64_t recipient_id);
void lane_insert(struct outbox *o, struct lane *l, struct item *i);
void lane_remove(struct outbox *o, struct lane *l, struct item *i);
void lane_drop_waiting(struct outbox *o, struct lane *l);
void lane_refill(struct outbox *o, struct lane *l);
bool lane_takes_direct(const struct outbox *o, const struct lane *l);
void lane_ready(struct outbox *o, const struct lane *l);
void lanes_free(struct outbox *o);

void kept_share(struct kept *k);
void kept_drop(struct kept *k);

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
