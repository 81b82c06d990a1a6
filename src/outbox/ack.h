/* ack.h -- acknowledgements on disk: what registry_acknowledge() has changed. */
#ifndef OUTBOX_ACK_H
#define OUTBOX_ACK_H

#include "outbox/outbox.h"

/* Whom an acknowledgement is told if they were told the alert: recipients, ascending.
 * Shared, for many alerts may be acknowledged at once. */
struct audience;
struct audience *audience_new(const int64_t *recipients, size_t n); /* copied */
bool audience_has(const struct audience *a, int64_t recipient_id);
void audience_drop(struct audience *a);

/* The engaged alert's acknowledgement (copied; NULL: taken back), and in the same
 * commit its escalations that have not come are withheld, unless they are on their
 * way: what is acknowledged is never escalated afterwards. To those of the audience
 * (shared; NULL: nobody) that the alert was told, or will be, an update is put.
 * `done` once, as with outbox_put(). Loop thread only. */
void outbox_acknowledge(struct outbox *o, int64_t alert_id, const struct ack *ack,
                        struct audience *audience, outbox_done_fn *done, void *arg);

#endif
