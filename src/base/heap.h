/* heap.h -- a heap of pointers: the first is always at hand. Of what knows its place
 * any can be taken out. */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include "base/base.h"

struct heap {
    bool (*before)(const void *x, const void *y); /* a strict order */
    size_t *(*place)(void *item); /* where an item keeps its place: from 1; 0: not in
                                     it. NULL: they do not */
    void **v; /* ours, the items not */
    size_t n;
};

void heap_put(struct heap *h, void *item);
void *heap_first(const struct heap *h); /* NULL: empty */
void *heap_take(struct heap *h);        /* the first, out of it */
void heap_remove(struct heap *h, void *item); /* with places; it may be in none */
void heap_moved(struct heap *h, void *item); /* with places; its order has changed */
void heap_release(struct heap *h);

#endif
