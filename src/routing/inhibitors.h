/* inhibitors.h -- the engaged alerts that are sources of inhibitions, by what relates
 * them to others: one look-up a rule answers whether an alert is muted, however many
 * are engaged. Kept in step by who engages and releases alerts (muting.h). In memory;
 * a start makes it anew from the registry. Pure: no clock, no I/O. */
#ifndef ROUTING_INHIBITORS_H
#define ROUTING_INHIBITORS_H

#include "routing/inhibitions.h"

#define INHIBITORS_MAX 2000000 /* (alert, rule, key): past it an alert mutes nothing */

struct inhibitors;
struct inhibitors *inhibitors_new(size_t max); /* INHIBITORS_MAX, fewer in tests */
void inhibitors_free(struct inhibitors *x);

/* An engaged alert, with its id; one that is no source of any rule costs nothing.
 * False: there is no room for it. */
bool inhibitors_add(struct inhibitors *x, const struct inhibitions *rules,
                    const struct pools *pools, const struct alert *a) must_check;
bool inhibitors_remove(struct inhibitors *x, int64_t id); /* whether it was there */
void inhibitors_clear(struct inhibitors *x);
size_t inhibitors_count(const struct inhibitors *x); /* alerts */

/* The one that mutes the alert, by the first rule that has one; by NULL: none. What
 * ended is asked about with `began_id`. */
void inhibitors_find(const struct inhibitors *x, const struct inhibitions *rules,
                     struct filter_subject *s, struct arena *a, struct muted *out);

#endif
