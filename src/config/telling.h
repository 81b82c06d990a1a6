/* telling.h -- who is told of an alert by a snapshot, and what holds each delivery
 * back: the one piece that decides it, for the live path, for a replay and for what
 * explains them. No clock, no I/O. */
#ifndef CONFIG_TELLING_H
#define CONFIG_TELLING_H

#include "config/config.h"

/* What it is decided by. */
struct telling_by {
    const struct snapshot *snapshot;
    const struct hold_rules *rules; /* the snapshot's, or a draft's of them */
    const struct hold_state *state;
    struct told *told; /* where it is noted */
    struct told_to told_to; /* whom the alert's beginning was put for */
};

struct telling { /* zeroed: ready; used again for one alert after the other */
    int64_t *recipients; /* ours; those that match, those it may come to, and those who
                            only follow it, as they were told of it */
    struct hold *holds;  /* ours; one a recipient: NONE is told at once */
    size_t count;
    size_t room;
    struct escalated *escalated; /* ours */
    int64_t *following;          /* ours */
    struct arena reasons;        /* of the holds */
};

/* In t->recipients and t->holds until the next one. */
void telling_decide(struct telling *t, const struct telling_by *by,
                    const struct alert *a, enum change change, int64_t now_ms);
/* Of what began, or got worse: for whom there is a delivery of its beginning now, into
 * t->recipients; how many. What was decided is gone then. */
size_t telling_begun(struct telling *t, enum change change);
void telling_release(struct telling *t);

/* Fills what a question says about its recipient; one that is no more has no pace. */
void telling_asks(struct hold_question *q, const struct snapshot *s,
                  int64_t recipient_id);

#endif
