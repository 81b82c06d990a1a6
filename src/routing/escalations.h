/* escalations.h -- who is told when nobody acknowledges. Pure. */
#ifndef ROUTING_ESCALATIONS_H
#define ROUTING_ESCALATIONS_H

#include "base/str.h"

struct escalation { /* to whom, when `from` was told and nobody acknowledged it */
    int64_t from, to; /* recipient ids */
    int64_t after_ms; /* > 0 */
};

struct escalations { /* of a snapshot, in the order of `from`; no cycles */
    const struct escalation *v;
    size_t n;
};

struct escalated { /* somebody the alert comes to if it is not acknowledged */
    int64_t recipient_id;
    int64_t from;     /* who is before it on the shortest way ... */
    int64_t after_ms; /* ... and how long from the engage it takes */
};

/* From the recipients that are told anyway, along every chain: each once, at its
 * earliest, none of the told themselves. `out` has room for e->n; how many. */
size_t escalations_reach(const struct escalations *e, const int64_t *told, size_t n,
                         struct escalated *out);

/* Whether the chain that begins with `from` comes back to it. */
bool escalations_cycle(const struct escalations *e, int64_t from);
const struct escalation *escalation_of(const struct escalations *e, int64_t from);

#endif
