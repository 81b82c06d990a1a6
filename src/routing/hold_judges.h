/* hold_judges.h -- the kinds of hold there are, and what they go by. A new kind
 * adds its judge, its rules and its state here. */
#ifndef ROUTING_HOLD_JUDGES_H
#define ROUTING_HOLD_JUDGES_H

#include "routing/escalations.h"
#include "routing/holds.h"
#include "routing/inhibitions.h"
#include "routing/silences.h"
#include "routing/pace.h"

/* What a snapshot says, each kind in a struct of its own. */
struct hold_rules {
    const struct pools *pools;
    struct silences silences;
    struct inhibitions inhibitions;
    struct escalations escalations;
};

/* What happened so far, as the judges need it. */
struct hold_state {
    const struct told *told; /* NULL: nothing was told so far */
    const struct inhibitors *inhibitors; /* NULL: nothing is engaged */
    int64_t since_ms; /* of all of it; 0: nothing is remembered */
};

/* hold_escalation.c: what holds the delivery of who is told later, if ever. Of a
 * release it says that there is nothing to close unless the engage was told. */
void hold_escalation(const struct escalated *e, enum change change, int64_t now_ms,
                     struct hold *out);

extern const struct hold_judge hold_judge_silenced, hold_judge_inhibited;

/* hold_pace.c: these judges, and the remark for what is told. */
extern const struct hold_judge hold_judge_flapping, hold_judge_repeat,
    hold_judge_quiet, hold_judge_digest, hold_judge_storm;
/* hold_words.c: what these say. */
void words_flapping(const struct hold_question *q, const struct hold *h,
                    struct hold_reason *out);
void words_repeat(const struct hold_question *q, const struct hold *h,
                  struct hold_reason *out);
void words_quiet(const struct hold_question *q, const struct hold *h,
                 struct hold_reason *out);
void words_digest(const struct hold_question *q, const struct hold *h,
                  struct hold_reason *out);
void words_storm(const struct hold_question *q, const struct hold *h,
                 struct hold_reason *out);
void hold_pace_remark(const struct hold_question *q, struct message_remark *out);
/* As what a delivery counts that is held by this (NONE: it is not held). False: as
 * nothing yet; what a silence, an inhibition or an escalation holds was not told, and
 * is no repeat either. */
bool hold_counts(enum hold_kind k, enum told_outcome *out) must_check;
/* What was decided, as the next question must know it: after holds_decide(), once for
 * each delivery that is new, and whenever what holds it has changed. */
void hold_note(struct told *t, const struct hold_question *q, const struct hold *h);

#endif
