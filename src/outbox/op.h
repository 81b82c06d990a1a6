/* op.h -- one change on its way to the writer: filled on the loop, run on the
 * writer inside the group's transaction, ended on the loop after its commit;
 * private. */
#ifndef OUTBOX_OP_H
#define OUTBOX_OP_H

#include "outbox/ack.h"
#include "outbox/op_parts.h"

enum op_kind {
    OP_PUT,
    OP_SETTLE,
    OP_TAKE,
    OP_PREPARE,
    OP_ABANDON,
    OP_REDRIVE,
    OP_HELD,
    OP_UNHOLD,
    OP_ACK,
    OP_PAUSE,
    OP_CANCEL,
    OP_BARRIER,
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
            struct ended_list ended; /* of what it releases */
        } put;
        struct {
            struct item *item; /* PENDING: goes back into its window; else NULL */
            struct delivery_id id;
            enum delivery_state state;
            int attempts, doubts, status;
            int64_t due_ms, at_ms, tried_ms;
            struct str reason, handle; /* ours */
            struct transcript *transcript; /* a share of it; may be NULL */
            bool changed;
        } settle;
        struct {
            int64_t recipient_id, after_id, upto_id, at_ms;
            size_t limit, bytes_max;
            struct taken *rows; /* ours */
            size_t count, gave_up;
            bool all; /* there are no more up to upto_id */
        } take;
        struct {
            struct item *item;
            enum began began;
            struct str handle; /* ours */
        } prepare;
        struct {
            int64_t recipient_id, at_ms;
            struct str reason; /* ours */
            int64_t changed;
            uint64_t held[HOLD_KINDS];
        } abandon;
        struct {
            struct delivery_id *ids; /* ours */
            size_t n, changed;
            struct was *was; /* ours; of each */
            outbox_count_fn *counted;
            void *counted_arg;
        } redrive;
        struct {
            struct held_query query;
            struct held_row *rows; /* ours, with their texts */
            size_t count;
            outbox_held_fn *fn;
            void *fn_arg;
        } held;
        struct {
            struct unhold *v; /* ours, with their reasons */
            size_t n, changed;
            struct was *was; /* ours; of each */
            int64_t at_ms;
            outbox_count_fn *counted; /* may be NULL */
            void *counted_arg;
        } unhold;
        struct {
            int64_t alert_id, update_id, at_ms;
            struct ack *ack; /* ours; NULL: taken back */
            struct audience *audience; /* a share of it; NULL: nobody */
            struct id_array spared; /* whose escalation is on its way */
            struct ended_list ended;
            struct id_array told; /* filled by the writer: whom it is told */
        } ack;
        struct {
            struct pause *p; /* ours, with its texts */
            bool forget;
        } pause;
        struct cancel_op cancel;
    };
    struct target targets[]; /* of a put */
};

/* One whole group in one transaction; result and text say how it went. */
void group_run(struct database *d, struct group *g);

struct op *op_new(enum op_kind kind, size_t targets);
void op_reset(struct op *op); /* what a run of it has made: it runs again */
void op_free(struct op *op);
/* A text of our own, cut at max, and its end. */
struct str text_copy(struct str s, size_t max);
void text_free(struct str s);
struct transcript *transcript_share(struct transcript *t); /* t; may be NULL */
struct kept *kept_new(struct str json); /* copied; the caller's share */
void kept_share(struct kept *k);
void kept_drop(struct kept *k);

#endif
