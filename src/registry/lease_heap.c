/* lease_heap.c -- a heap by lease_ms; each entry knows its place in it. */
#include "registry/lease_heap.h"

/* By id where leases end together, so that replays are the same every time. */
static bool ends_before(const void *x, const void *y)
{
    const struct engaged *a = x, *b = y;

    return a->lease_ms != b->lease_ms ? a->lease_ms < b->lease_ms
                                      : a->id < b->id;
}

static size_t *place_of(void *engaged)
{
    return &((struct engaged *)engaged)->lease_at;
}

void lease_heap_init(struct heap *h)
{
    *h = (struct heap){.before = ends_before, .place = place_of};
}

void lease_heap_put(struct heap *h, struct engaged *e)
{
    if (e->lease_ms == 0)
        heap_remove(h, e);
    else if (e->lease_at != 0)
        heap_moved(h, e);
    else
        heap_put(h, e);
}
