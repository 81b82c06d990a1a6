/* proof.h -- inside the room: whoever asks for this says their password again.
 * Who found a browser unlocked shall not keep what they found. */
#ifndef ADMIN_PROOF_H
#define ADMIN_PROOF_H

#include "admin/room.h"
#include "people/people.h"

/* Only of somebody's own session: a token has no password. NULL: answered. */
const struct user *proof_user(struct admin *a, struct exchange *x);

/* `given` answers the exchange; the user is there, and `arg` in its arena. Every
 * other end is answered here. */
typedef void proof_fn(struct admin *a, struct exchange *x, const struct user *u,
                      void *arg);
void proof_ask(struct admin *a, struct exchange *x, struct str password,
               proof_fn *given, void *arg);

#endif
