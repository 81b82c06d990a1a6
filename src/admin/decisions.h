/* decisions.h -- inside the room: who gets an alert, and why or why not. */
#ifndef ADMIN_DECISIONS_H
#define ADMIN_DECISIONS_H

#include "admin/room.h"

struct decided {
    const struct alert *alert;
    enum change change;
    struct told_to told; /* whom its beginning was put for */
    const struct snapshot *by; /* the configuration that is asked */
    int64_t accepted_ms;       /* 0: not accepted, or not known when */
    const struct delivery_row *deliveries; /* those there are */
    size_t n;
    struct arena *arena;
};

/* What an alert as kept was to the registry. */
enum change change_of(const struct alert *alert);

/* An array, one a recipient of that configuration: "recipient", "outcome", "because",
 * "criteria", and where there is a delivery "delivery_id", "delivery_state",
 * "delivery_reason" and what holds it, "hold"; without one, what would hold it. Where
 * it is told, "holds_now" and "holds_then" as well (would_hold.h). */
void decisions_write(const struct admin *a, const struct decided *d,
                     struct json_out *o, const char *name);
/* The members "alert_id", "accepted_at", "change", "revision", "is_now" (it is the
 * one in force now), "evaluated_at" and "decisions". */
void decisions_members(const struct admin *a, const struct decided *d,
                       struct json_out *o);

#endif
