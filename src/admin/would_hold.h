/* would_hold.h -- inside the room: what would hold an alert's delivery back, asked of
 * the live path's judges: now, by all that is known; and then, by what was known then
 * and still is: the rules and the time, but not who had been told what, nor what else
 * was engaged. */
#ifndef ADMIN_WOULD_HOLD_H
#define ADMIN_WOULD_HOLD_H

#include "admin/room.h"

struct would_hold { /* of one alert, asked for one recipient after the other */
    const struct snapshot *by;
    struct filter_subject subject;
    struct muted muted;
    struct hold_state unknown; /* zeroed: what was */
    struct hold_question now, then; /* then: of then_ms; 0: there was none */
};

/* The alert, the snapshot and the arena outlive it. */
void would_hold_init(struct would_hold *w, const struct admin *a,
                     const struct snapshot *by, const struct alert *alert,
                     enum change change, int64_t then_ms, struct arena *arena);
void would_hold_release(struct would_hold *w);

/* Members of an open object: "hold", what would hold it were it new now, or null. */
void would_hold_write(struct would_hold *w, int64_t recipient_id, struct json_out *o);
/* "holds_now" and "holds_then", each an array or null: every kind of hold with
 * "kind", "holds" (null: not known), "have" and "want". */
void would_holds_write(struct would_hold *w, int64_t recipient_id, struct json_out *o);

#endif
