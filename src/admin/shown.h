/* shown.h -- inside the room: an alert as the API shows it. */
#ifndef ADMIN_SHOWN_H
#define ADMIN_SHOWN_H

#include "admin/room.h"

struct shown {
    const struct store_row *row; /* the history's: "ack", "notes"; NULL: neither */
    struct str line; /* as kept */
    bool has_ended;  /* an engage that is over */
    const struct engaged *engaged; /* while it is on: repeats, last seen and
                                      lease are the registry's; else NULL */
};

/* The alert's line with "state" added: what its action made of it, or "released"
 * for an engage that has ended. A fact of one of our added names is shown with
 * "fact_" before it. False: the line cannot be read (err). */
bool shown_write(const struct shown *s, struct arena *arena,
                 struct json_out *o, const char *name, struct error *err);

/* Member "ack": null, or when, until when, by whom, with which words. */
void ack_write(const struct store_row *row, struct json_out *o);

#endif
