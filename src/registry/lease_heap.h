/* lease_heap.h -- engaged alerts that have a lease, the one that ends first on top. */
#ifndef REGISTRY_LEASE_HEAP_H
#define REGISTRY_LEASE_HEAP_H

#include "base/heap.h"
#include "registry/registry.h"

void lease_heap_init(struct heap *h);
/* After lease_ms has changed: goes in, moves, or (0: no lease) goes out. */
void lease_heap_put(struct heap *h, struct engaged *e);

#endif
