/* silencing.h -- inside the room: silences made and ended, whichever API asks. */
#ifndef ADMIN_SILENCING_H
#define ADMIN_SILENCING_H

#include "admin/room.h"
#include "config/revisions.h"
#include "config/silence.h"

#define UUID_BYTES 37 /* with its NUL */
void uuid_make(char out[UUID_BYTES]); /* version 4 */
bool uuid_is(struct str s);

/* Ends it now; one that is over already is deleted. */
enum config_result silence_expire(struct admin *a, const struct silence *s,
                                  const struct signature *by,
                                  struct error *err) must_check;

/* How Alertmanager's API calls it; in the arena. */
struct str silence_uuid(const struct silence *s, struct arena *a);
/* An error of that API is a JSON string. */
void alertmanager_refuse(struct exchange *x, int status, const char *text);

#endif
