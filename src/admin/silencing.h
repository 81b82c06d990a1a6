/* silencing.h -- inside the room: silences made and ended, whichever API asks. */
#ifndef ADMIN_SILENCING_H
#define ADMIN_SILENCING_H

#include "admin/room.h"
#include "config/silence.h"

#define UUID_BYTES 37 /* with its NUL */
void uuid_make(char out[UUID_BYTES]); /* version 4 */
bool uuid_is(struct str s);

/* Ends it now; one that is over already is deleted. */
enum config_result silence_expire(struct admin *a, const struct silence *s,
                                  struct error *err) must_check;

#endif
