/* cancel.h -- deliveries that somebody does not want sent after all: the undoing of a
 * retry. Loop thread only. */
#ifndef OUTBOX_CANCEL_H
#define OUTBOX_CANCEL_H

#include "outbox/outbox.h"

/* Those that wait are dead, with the reason; what is in flight, or at its end, stays
 * as it is. `done` once, with how many there were. */
void outbox_cancel(struct outbox *o, const struct delivery_id *ids, size_t n,
                   struct str reason, outbox_count_fn *done, void *arg);

#endif
