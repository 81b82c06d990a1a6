/* told_to.h -- to which recipients there is a delivery of the beginning of an engaged
 * alert: whoever is told how it goes on, and that it ended. A list is kept once for
 * all alerts that have the same. */
#ifndef REGISTRY_TOLD_TO_H
#define REGISTRY_TOLD_TO_H

#include "base/hash.h"

struct told_to { /* borrowed; zeroed: nobody */
    const int64_t *v; /* recipient ids, ascending, each once */
    size_t n;
};
bool told_to_has(struct told_to to, int64_t recipient_id);
/* Ascending, each once, in place; how many are left. */
size_t told_to_sort(int64_t *v, size_t n);

struct told_list; /* one that is kept, and shared */
/* The list of all in `old` (may be NULL; its share is taken) and `more` (in any
 * order); NULL: there is nobody. `all` has every list there is, and outlives them. */
struct told_list *told_list_add(struct hash *all, struct told_list *old,
                                const int64_t *more, size_t n);
struct told_list *told_list_share(struct told_list *l); /* l; may be NULL */
void told_list_drop(struct told_list *l);               /* may be NULL */
struct told_to told_list_view(const struct told_list *l); /* of NULL: nobody */

#endif
