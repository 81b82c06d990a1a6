/* hold_look.h -- a delivery that is held is looked at again, because its time has come
 * or something else has changed: what becomes of it. The live path and a replay ask
 * the same. Pure: no clock, no I/O. */
#ifndef ROUTING_HOLD_LOOK_H
#define ROUTING_HOLD_LOOK_H

#include "routing/hold_judges.h"

struct hold_end {
    struct hold to; /* NONE: it is sent now. final: withheld. Else held on, by this */
    bool together;  /* sent: it may share a summary with others */
};

/* Whether only its time ends it, and that has not come: asked anew it would have
 * another answer each time. */
bool hold_waits(const struct hold *was, int64_t now_ms);

/* `was` is what holds it; `q` is about it, but for held and ended, which are filled
 * here. `engaged`: its alert still is. What is decided is noted in `told`, which may
 * be NULL. False: it stays as it is. */
bool hold_look(struct hold_question *q, const struct hold *was, bool engaged,
               struct told *told, struct hold_end *out);

#endif
