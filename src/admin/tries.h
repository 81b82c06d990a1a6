/* tries.h -- inside the room: passwords are tried, and that is slowed. */
#ifndef ADMIN_TRIES_H
#define ADMIN_TRIES_H

#include "admin/room.h"

/* Before a password of `name` is looked at: counts as a failure from this name
 * and address until tries_right() clears them all, or tries_take_back() this one,
 * which was neither right nor wrong. False: answered 429. */
bool tries_grant(struct admin *a, struct exchange *x, struct str name);
void tries_right(struct admin *a, struct exchange *x, struct str name);
void tries_take_back(struct admin *a, struct exchange *x, struct str name);

#endif
