/* ack.h -- acknowledgements on disk: what registry_acknowledge() has changed. */
#ifndef OUTBOX_ACK_H
#define OUTBOX_ACK_H

#include "outbox/outbox.h"

/* The engaged alert's acknowledgement (copied; NULL: taken back), and in the same
 * commit its escalations that have not come are withheld: what is acknowledged is
 * never escalated afterwards. `done` once, as with outbox_put(). Loop thread only. */
void outbox_acknowledge(struct outbox *o, int64_t alert_id, const struct ack *ack,
                        outbox_done_fn *done, void *arg);

#endif
