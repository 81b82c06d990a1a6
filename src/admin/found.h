/* found.h -- inside the room: an alert looked for by its id, in the outbox (as
 * kept), then the history, then the registry. */
#ifndef ADMIN_FOUND_H
#define ADMIN_FOUND_H

#include "admin/room.h"

struct found {
    int64_t id;         /* looked for */
    struct str line;    /* the alert's; "": not found yet */
    struct str history; /* the history's line of it; "": not there */
    int64_t accepted_ms; /* 0: not known. Once the outbox has forgotten it: when it
                            was stored; of an engage that has ended, its tstamp */
};

/* On the historian. False: it cannot be read (err), not that it is not there. */
bool found_kept(struct found *f, const struct historian_view *view,
                struct arena *a, struct error *err) must_check;
/* The newest one of the history that the recipient would get, among the newest
 * FOUND_LOOKED_AT that are severe enough, if there is any. */
#define FOUND_LOOKED_AT 1000
bool found_newest(struct found *f, const struct snapshot *s, const struct recipient *r,
                  const struct historian_view *view, struct arena *a,
                  struct error *err) must_check;

/* On the loop. */
void found_engaged(struct found *f, const struct registry *r, struct arena *a);
bool found_read(const struct found *f, struct arena *a, struct alert *out,
                struct error *err) must_check;

#endif
