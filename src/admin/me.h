/* me.h -- inside the room: what somebody is told of themselves. */
#ifndef ADMIN_ME_H
#define ADMIN_ME_H

#include "admin/room.h"

/* The answer to a login: {"data": me}, with what each change has to send. */
void me_answer_session(struct admin *a, struct exchange *x,
                       const struct user *u, struct str session, int status);

#endif
