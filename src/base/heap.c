/* heap.c -- a binary heap of pointers. */
#include "base/heap.h"

static void set(struct heap *h, size_t at, void *item)
{
    h->v[at] = item;
    if (h->place != NULL)
        *h->place(item) = at + 1;
}

/* The item goes from a free place towards the first. */
static void rise(struct heap *h, size_t at, void *item)
{
    while (at > 0 && h->before(item, h->v[(at - 1) / 2])) {
        set(h, at, h->v[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    set(h, at, item);
}

/* ... or away from it. */
static void sink(struct heap *h, size_t at, void *item)
{
    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < h->n && h->before(h->v[child + 1], h->v[child]))
            child++;
        if (child >= h->n || !h->before(h->v[child], item))
            break;
        set(h, at, h->v[child]);
        at = child;
    }
    set(h, at, item);
}

void heap_put(struct heap *h, void *item)
{
    if ((h->n & (h->n - 1)) == 0) /* full at 0, 1, 2, 4, ... */
        h->v = mem_grow(h->v, MAX(2 * h->n, 1u), sizeof *h->v);
    rise(h, h->n++, item);
}

void *heap_first(const struct heap *h)
{
    return h->n > 0 ? h->v[0] : NULL;
}

static void settle(struct heap *h, size_t at, void *item)
{
    if (at > 0 && h->before(item, h->v[(at - 1) / 2]))
        rise(h, at, item);
    else
        sink(h, at, item);
}

static void take_at(struct heap *h, size_t at)
{
    void *last = h->v[--h->n];

    if (at < h->n)
        settle(h, at, last);
}

void heap_moved(struct heap *h, void *item)
{
    size_t at = *h->place(item) - 1;

    assert(at < h->n && h->v[at] == item);
    settle(h, at, item);
}

void *heap_take(struct heap *h)
{
    void *first = heap_first(h);

    if (first == NULL)
        return NULL;
    take_at(h, 0);
    if (h->place != NULL)
        *h->place(first) = 0;
    return first;
}

void heap_remove(struct heap *h, void *item)
{
    size_t *place = h->place(item);

    if (*place == 0)
        return;
    assert(*place <= h->n && h->v[*place - 1] == item);
    take_at(h, *place - 1);
    *place = 0;
}

void heap_release(struct heap *h)
{
    free(h->v);
    h->v = NULL;
    h->n = 0;
}
