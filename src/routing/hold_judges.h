/* hold_judges.h -- the kinds of hold there are, and what they go by. A new kind
 * adds its judge, its rules and its state here. */
#ifndef ROUTING_HOLD_JUDGES_H
#define ROUTING_HOLD_JUDGES_H

#include "routing/holds.h"

/* Of a snapshot: immutable, each compiled by its own file; NULL: none. */
struct hold_rules {
    const struct silences *silences;
    const struct inhibitions *inhibitions;
};

/* What happened so far, as the judges need it; each kept by its own file. */
struct hold_state {
    const struct inhibitors *inhibitors; /* engaged alerts that mute others */
};

#endif
