/* hold_judges.h -- the kinds of hold there are, and what they go by. A new kind
 * adds its judge, its rules and its state here. */
#ifndef ROUTING_HOLD_JUDGES_H
#define ROUTING_HOLD_JUDGES_H

#include "routing/escalations.h"
#include "routing/holds.h"
#include "routing/told.h"

/* Of a snapshot: immutable, each compiled by its own file; NULL: none. */
struct hold_rules {
    const struct silences *silences;
    const struct inhibitions *inhibitions;
    struct escalations escalations;
};

/* What happened so far, as the judges need it; each kept by its own file. */
struct hold_state {
    const struct told *told; /* NULL: nothing was told so far */
    const struct inhibitors *inhibitors; /* engaged alerts that mute others */
};

/* hold_escalation.c: what holds the delivery of who is told later, if ever. Of a
 * release it says that there is nothing to close unless the engage was told. */
void hold_escalation(const struct escalated *e, enum change change, int64_t now_ms,
                     struct hold *out);

/* hold_pace.c: these judges, and the remark for what is told. */
extern const struct hold_judge hold_flapping, hold_repeat, hold_quiet, hold_digest,
    hold_storm;
/* What was decided, as the next question must know it. After holds_decide(), once
 * for each delivery that is new, and once more when its hold has ended and it is
 * told (q->ended says by what it was held). */
void hold_note(struct told *t, const struct hold_question *q, const struct hold *h);
void hold_pace_remark(const struct hold_question *q, struct message_remark *out);

#endif
