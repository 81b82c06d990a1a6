/* many_alerts.h -- alerts made up by a seed, as a network's are: most are flows, few
 * types and addresses make up most of them, some engage and end. The i-th is the
 * same each time, so nobody has to keep them. */
#ifndef TEST_MANY_ALERTS_H
#define TEST_MANY_ALERTS_H

#include "alert/alert.h"

struct many {
    uint32_t seed;
    int64_t first_ms, step_ms; /* alert i is at about first + i * step */
    uint32_t odd_per_mille;    /* with lists, strange spellings, labels ... */
};

/* Its id is i, from 1. In the arena. */
void many_alert(const struct many *m, int64_t i, struct arena *a,
                struct alert *out);

#endif
