/* shown.h -- inside the room: an alert as the API shows it. */
#ifndef ADMIN_SHOWN_H
#define ADMIN_SHOWN_H

#include "admin/room.h"

/* The alert's kept line with "state" added: what its action made of it, or
 * "released" for an engage that `has_ended`. A fact that is called "state" too
 * is shown as "fact_state". False: the line cannot be read (err). */
bool shown_write(struct str line, bool has_ended, struct arena *arena,
                 struct json_out *o, const char *name, struct error *err);

#endif
