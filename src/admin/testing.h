/* testing.h -- inside the room: a test message, sent for an endpoint or one of
 * its recipients, and what came of it. */
#ifndef ADMIN_TESTING_H
#define ADMIN_TESTING_H

#include "admin/room.h"

/* Answers x now or, with the transcript, when it has come back. Few at a time:
 * these are messages to people. `r` may be NULL. */
void testing_send(struct admin *a, struct exchange *x, const struct endpoint *e,
                  const struct recipient *r);

#endif
