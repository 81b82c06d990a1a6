/* pausing.h -- inside the room: who paused a queue, as the API shows it. */
#ifndef ADMIN_PAUSING_H
#define ADMIN_PAUSING_H

#include "admin/room.h"

/* The member "pause": null, or since and until when, by whom and why. */
void pause_write(const struct admin *a, struct json_out *o, enum pause_of of, int64_t id);

#endif
