/* lease_heap.h -- engaged alerts that have a lease, the one that ends first on top. */
#ifndef REGISTRY_LEASE_HEAP_H
#define REGISTRY_LEASE_HEAP_H

#include "registry/registry.h"

struct lease_heap {
    struct engaged **v; /* the array is ours */
    size_t n, room;
};

/* After lease_ms has changed: goes in, moves, or (0: no lease) goes out. */
void lease_heap_put(struct lease_heap *h, struct engaged *e);
void lease_heap_remove(struct lease_heap *h, struct engaged *e);
const struct engaged *lease_heap_first(const struct lease_heap *h); /* or NULL */
void lease_heap_release(struct lease_heap *h);

#endif
