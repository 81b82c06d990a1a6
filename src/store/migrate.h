/* migrate.h -- moves a history from one engine into another, a page at a time, so that
 * it can go on where it was stopped; what is there already is left as it is.
 * While the old one is still in force (`mirror`) the new one follows it: what was
 * acknowledged, taken back or deleted there since is so here, too. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "store/engine.h"

struct migration { /* zeroed: from the newest on */
    struct store_engine *from, *to; /* borrowed */
    int64_t before_tstamp_ms, before_id; /* where it is; 0, 0: at the top */
    bool mirror;
    int64_t now_ms; /* when deletions of a mirror are final */
    int64_t moved;  /* alerts that are there now */
    int64_t missed; /* alerts that are not, though they were put: must be 0 */
    int64_t differ; /* that are there, with another line, ack or number of notes:
                       of a mirror must be 0; else newer there */
    bool alerts_done; /* the rest is what a mirror deletes */
    bool finished;
};

/* One page: alerts, acknowledgements, notes; then they are read back and compared.
 * Deleted alerts that are not final yet stay behind; a mirror deletes them. */
bool migrate_page(struct migration *m, struct error *err) must_check;

#endif
