/* held.h -- deliveries that are held back: finding them, and ending their hold.
 * Whoever ends one decides again for each (holds_decide()): another hold may have
 * taken its place. So a hold ends in two steps, each in bites: outbox_held() reads
 * some, outbox_unhold() says what becomes of each. Killed in between, nothing is
 * lost: what is still held is found again at the next start. Loop thread only. */
#ifndef OUTBOX_HELD_H
#define OUTBOX_HELD_H

#include "outbox/outbox.h"

#define HELD_BITE 256 /* rows of one answer: a commit waits for it */

struct held_query {
    enum held_by {
        HELD_ALL,
        HELD_DUE,       /* until_ms has come: a <= it is wall time `a` */
        HELD_REF,       /* kind `a`, ref `b` */
        HELD_RECIPIENT, /* recipient `a`, kind `b` (0: any) */
        HELD_ALERT,     /* alert `a` */
    } by;
    int64_t a, b;
    struct delivery_id after; /* keyset, oldest first; {0,0}: from the start.
                                 HELD_DUE has none: what is due must be dealt with */
};

struct held_row {
    struct delivery_id id;
    struct hold hold;
    int64_t accepted_ms;
    int64_t began_id; /* of a release, or of an update: the engaged alert's; or 0 */
    enum action action;
    struct str json; /* the alert as kept */
};

/* `rows` until it returns; fewer than HELD_BITE: there are no more. */
typedef void outbox_held_fn(void *arg, const struct held_row *rows, size_t n);
void outbox_held(struct outbox *o, const struct held_query *q, outbox_held_fn *fn,
                 void *arg);

struct unhold { /* what becomes of one that is held; copied */
    struct delivery_id id;
    /* NONE: pending. `final`: withheld, with the reason. Else held on, by this. */
    struct hold to;
    bool together; /* pending: may share a summary with others */
};
/* `done` may be NULL; it gets how many still were held. */
void outbox_unhold(struct outbox *o, const struct unhold *v, size_t n,
                   outbox_count_fn *done, void *arg);

#endif
