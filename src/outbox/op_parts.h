/* op_parts.h -- what ops are made of; private. */
#ifndef OUTBOX_OP_PARTS_H
#define OUTBOX_OP_PARTS_H

#include "outbox/database.h"
#include "outbox/fate.h"
#include "outbox/held.h"

struct target { /* of a put: one recipient */
    int64_t recipient_id;
    bool direct;       /* enters its window after the commit; born licensed */
    struct hold *hold; /* ours, with its reason; NULL: none */
    struct message_remark remark;
    /* Filled by the writer: of an update, which delivery this became: its own, the
     * engage's that was not there, or none, for it was neither told nor will be. */
    enum target_row row;
    enum delivery_state state;    /* filled by the writer, as is what follows */
    enum hold_kind ended_engage;  /* the engage was held by this and is withheld now */
    enum began began;  /* filled by the writer */
    struct str handle; /* filled by the writer, ours */
};

struct was { /* a row before it was changed; state PENDING: it was not changed */
    enum delivery_state state;
    enum hold_kind kind;
};

struct ended { /* an escalation that ends before it came */
    int64_t recipient_id;
    struct was was; /* here PENDING is one that was about to be sent */
};

struct ended_list { /* filled by the writer */
    struct ended *v; /* ours */
    size_t n;
};

struct transcript {
    int64_t id; /* its row's, once the writer has written it; 0: not yet */
    unsigned refs;
    struct str json; /* right behind it */
};

struct cancel_op {
    struct delivery_id *ids; /* ours; those that were taken out of their windows */
    bool *changed;           /* ours; filled by the writer */
    size_t n;
    int64_t at_ms;
    struct str reason; /* ours */
    outbox_count_fn *counted;
    void *counted_arg;
};

struct id_array {
    int64_t *v; /* ours */
    size_t n;
};
void id_array_add(struct id_array *a, int64_t id); /* ack.c */

struct taken { /* a row of a TAKE, ours until it is an item */
    struct kept *kept;
    int64_t due_ms;
    int attempts, doubts;
    bool unlicensed;
    enum hold_kind held;
    bool together;
    int64_t freed_ms;
    struct message_remark remark;
    enum began began;
    struct str handle;
};

struct op;
struct group {
    struct op *first, *last;
    size_t count, bytes;
    int result; /* SQLITE_OK after a commit */
    char text[ERROR_TEXT_MAX];
    int64_t took_us;
};
void group_add(struct group *g, struct op *op);

#endif
