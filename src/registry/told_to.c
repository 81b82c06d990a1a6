/* told_to.c -- lists of recipients, each kept once. */
#include "registry/told_to.h"

struct told_list {
    struct hash *all; /* where it is found by what is in it */
    size_t refs, n;
    int64_t v[];
};

static int by_id(const void *x, const void *y)
{
    const int64_t *a = x, *b = y;

    return *a < *b ? -1 : *a > *b;
}

bool told_to_has(struct told_to to, int64_t recipient_id)
{
    return to.n > 0 && bsearch(&recipient_id, to.v, to.n, sizeof *to.v, by_id) != NULL;
}

size_t told_to_sort(int64_t *v, size_t n)
{
    size_t kept = 0;

    if (n > 0)
        qsort(v, n, sizeof *v, by_id);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || v[kept - 1] != v[i])
            v[kept++] = v[i];
    return kept;
}

static struct str bytes_of(const int64_t *v, size_t n)
{
    return (struct str){(const char *)v, n * sizeof *v};
}

/* A share of the one that is there, or of a new one. */
static struct told_list *find(struct hash *all, const int64_t *v, size_t n)
{
    struct told_list *l = hash_get(all, bytes_of(v, n));

    if (l != NULL)
        return told_list_share(l);
    l = mem_new(sizeof *l + n * sizeof l->v[0]);
    l->all = all;
    l->refs = 1;
    l->n = n;
    memcpy(l->v, v, n * sizeof l->v[0]);
    hash_put(all, bytes_of(l->v, n), l);
    return l;
}

struct told_list *told_list_add(struct hash *all, struct told_list *old,
                                const int64_t *more, size_t n)
{
    struct told_to before = told_list_view(old);
    struct told_list *l;
    int64_t *v;

    if (n == 0)
        return old;
    v = mem_array(before.n + n, sizeof *v);
    memcpy(v, more, n * sizeof *v);
    if (before.n > 0)
        memcpy(v + n, before.v, before.n * sizeof *v);
    l = find(all, v, told_to_sort(v, before.n + n));
    free(v);
    told_list_drop(old);
    return l;
}

struct told_list *told_list_share(struct told_list *l)
{
    if (l != NULL)
        l->refs++;
    return l;
}

void told_list_drop(struct told_list *l)
{
    if (l == NULL || --l->refs > 0)
        return;
    hash_remove(l->all, bytes_of(l->v, l->n));
    free(l);
}

struct told_to told_list_view(const struct told_list *l)
{
    return l != NULL ? (struct told_to){l->v, l->n} : (struct told_to){0};
}
