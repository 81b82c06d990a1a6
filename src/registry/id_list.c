/* id_list.c -- a sorted array: ids grow, so adding is appending; what leaves
 * leaves a gap, and the gaps are closed when they are the half. */
#include "registry/id_list.h"

#define GAPS_MIN 64 /* below this closing them is not worth it */

/* The first row with an id of at least `id`. */
static size_t row_at(const struct id_list *l, int64_t id)
{
    size_t from = 0, to = l->n;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (l->rows[middle].id < id)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static void reserve(struct id_list *l)
{
    if (l->n < l->room)
        return;
    l->room = MAX(l->room * 2, (size_t)64);
    l->rows = mem_grow(l->rows, l->room, sizeof *l->rows);
}

void id_list_add(struct id_list *l, struct engaged *e)
{
    size_t at = l->n > 0 && l->rows[l->n - 1].id < e->id ? l->n
                                                         : row_at(l, e->id);

    if (at < l->n && l->rows[at].id == e->id) {
        assert(l->rows[at].engaged == NULL);
        l->rows[at].engaged = e;
        l->gone--;
        return;
    }
    reserve(l);
    memmove(&l->rows[at + 1], &l->rows[at], (l->n - at) * sizeof *l->rows);
    l->rows[at] = (struct id_row){e->id, e};
    l->n++;
}

static void close_gaps(struct id_list *l)
{
    size_t kept = 0;

    for (size_t i = 0; i < l->n; i++)
        if (l->rows[i].engaged != NULL)
            l->rows[kept++] = l->rows[i];
    l->n = kept;
    l->gone = 0;
}

void id_list_remove(struct id_list *l, const struct engaged *e)
{
    size_t at = row_at(l, e->id);

    assert(at < l->n && l->rows[at].engaged == e);
    l->rows[at].engaged = NULL;
    l->gone++;
    if (l->gone > GAPS_MIN && l->gone > l->n / 2)
        close_gaps(l);
}

struct engaged *id_list_find(const struct id_list *l, int64_t id)
{
    size_t at = row_at(l, id);

    return at < l->n && l->rows[at].id == id ? l->rows[at].engaged : NULL;
}

size_t id_list_newest(const struct id_list *l, int64_t before, size_t max,
                      const struct engaged **out)
{
    size_t found = 0;

    for (size_t at = before == 0 ? l->n : row_at(l, before);
         at > 0 && found < max; at--)
        if (l->rows[at - 1].engaged != NULL)
            out[found++] = l->rows[at - 1].engaged;
    return found;
}

void id_list_release(struct id_list *l)
{
    if (l == NULL)
        return;
    free(l->rows);
    *l = (struct id_list){0};
}
