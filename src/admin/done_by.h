/* done_by.h -- inside the room: who did something, for the audit log. */
#ifndef ADMIN_DONE_BY_H
#define ADMIN_DONE_BY_H

#include "admin/reply.h"
#include "people/audit.h"

/* Its strings live as long as the exchange. */
struct actor done_by(struct exchange *x);

/* A line of the log about something that is no change of people. `what` is
 * "recipient.change"; before and after are JSON without secrets, or "". */
void done_log(struct admin *a, struct exchange *x, const char *what,
              struct str object, struct str before, struct str after);

/* Answers with the problem that a change of people ended in. */
void people_refused(struct admin *a, struct exchange *x,
                    enum people_result result, const struct error *err);

/* 403 for a password over a connection that others can read: neither TLS at a
 * trusted proxy, nor a name of this host. Also for another site's page. */
bool password_may_come(struct admin *a, struct exchange *x);

#endif
