/* hold_judges.h -- the kinds of hold there are, and what they go by. A new kind
 * adds its judge, its rules and its state here. */
#ifndef ROUTING_HOLD_JUDGES_H
#define ROUTING_HOLD_JUDGES_H

#include "routing/silences.h"

/* What a snapshot says, each kind in a struct of its own. */
struct hold_rules {
    const struct pools *pools;
    struct silences silences;
};

/* What happened so far, as the judges need it. */
struct hold_state {
    int64_t since_ms; /* of all of it; 0: nothing is remembered */
};

extern const struct hold_judge hold_judge_silenced;

#endif
