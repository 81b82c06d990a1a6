/* testing.h -- inside the room: what is asked of an endpoint over the network, a
 * test message or what there is to choose from, and what came of it. */
#ifndef ADMIN_TESTING_H
#define ADMIN_TESTING_H

#include "admin/room.h"

/* Answers x now or, with the transcript, when it has come back. Few at a time:
 * these are messages to people. `r` may be NULL. */
void testing_send(struct admin *a, struct exchange *x, const struct endpoint *e,
                  const struct recipient *r);

/* Whether one more may be on its way; if not, x is answered 429. */
bool testing_has_room(struct admin *a, struct exchange *x);

#endif
