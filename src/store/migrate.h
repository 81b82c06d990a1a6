/* migrate.h -- moves a history from one engine into another, a page at a time, so that
 * it can go on where it was stopped; what is there already is left as it is. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "store/engine.h"

struct migration { /* zeroed: from the newest on */
    struct store_engine *from, *to; /* borrowed */
    int64_t before_tstamp_ms, before_id; /* where it is; 0, 0: at the top */
    int64_t moved;  /* alerts that are there now */
    int64_t missed; /* alerts that are not, though they were put: must be 0 */
    bool finished;
};

/* One page: alerts, acknowledgements, notes; then it is counted whether they are
 * there. Deleted alerts that are not final yet stay behind. */
bool migrate_page(struct migration *m, struct error *err) must_check;

#endif
