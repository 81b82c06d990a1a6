/* puts.h -- a group's puts on their way into the file, many rows a statement;
 * private. A statement costs as much as several rows do, so rows of one table are
 * held back until there are PUT_ROWS of them, or something else wants to see
 * them. Writer thread. */
#ifndef OUTBOX_PUTS_H
#define OUTBOX_PUTS_H

#include "outbox/op.h"

struct row { /* borrowed from the group */
    const struct op *op;
    const struct target *target; /* of a delivery; else NULL */
};

struct rows { /* of one table, not written yet */
    const struct row_kind *kind;
    struct row v[PUT_ROWS];
    size_t n;
};

struct puts {
    struct database *database;
    struct rows alerts, deliveries, engaged;
};

struct puts puts_begin(struct database *d);
/* False: the statement failed, and with it the group. */
bool puts_add(struct puts *p, struct op *op) must_check;
bool puts_flush(struct puts *p) must_check; /* before anything else is run */

#endif
