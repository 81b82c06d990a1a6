/* lease_heap.c -- a binary heap by lease_ms; each entry knows its place in it. */
#include "registry/lease_heap.h"

/* lease_at counts from 1: a zeroed one is not in the heap. */
static void place(struct lease_heap *h, size_t at, struct engaged *e)
{
    h->v[at] = e;
    e->lease_at = at + 1;
}

/* By id where leases end together, so that replays are the same every time. */
static bool before(const struct engaged *a, const struct engaged *b)
{
    return a->lease_ms != b->lease_ms ? a->lease_ms < b->lease_ms
                                      : a->id < b->id;
}

static void up(struct lease_heap *h, size_t at)
{
    struct engaged *e = h->v[at];

    while (at > 0 && before(e, h->v[(at - 1) / 2])) {
        place(h, at, h->v[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    place(h, at, e);
}

static void down(struct lease_heap *h, size_t at)
{
    struct engaged *e = h->v[at];
    size_t child;

    while ((child = 2 * at + 1) < h->n) {
        if (child + 1 < h->n && before(h->v[child + 1], h->v[child]))
            child++;
        if (!before(h->v[child], e))
            break;
        place(h, at, h->v[child]);
        at = child;
    }
    place(h, at, e);
}

static void settle_at(struct lease_heap *h, size_t at)
{
    up(h, at);
    down(h, at);
}

void lease_heap_remove(struct lease_heap *h, struct engaged *e)
{
    size_t at = e->lease_at - 1;

    if (e->lease_at == 0)
        return;
    assert(at < h->n && h->v[at] == e);
    e->lease_at = 0;
    h->n--;
    if (at < h->n) {
        place(h, at, h->v[h->n]);
        settle_at(h, at);
    }
}

void lease_heap_put(struct lease_heap *h, struct engaged *e)
{
    if (e->lease_ms == 0) {
        lease_heap_remove(h, e);
        return;
    }
    if (e->lease_at != 0) {
        settle_at(h, e->lease_at - 1);
        return;
    }
    if (h->n == h->room) {
        h->room = MAX(h->room * 2, (size_t)64);
        h->v = mem_grow(h->v, h->room, sizeof(struct engaged *));
    }
    place(h, h->n++, e);
    up(h, e->lease_at - 1);
}

const struct engaged *lease_heap_first(const struct lease_heap *h)
{
    return h->n > 0 ? h->v[0] : NULL;
}

void lease_heap_release(struct lease_heap *h)
{
    if (h == NULL)
        return;
    free(h->v);
    *h = (struct lease_heap){0};
}
