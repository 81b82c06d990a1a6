/* fingerprint.c -- the fingerprint of a label set, the same that Prometheus and
 * Alertmanager show: FNV-1a of 64 bits over the labels in order of their names. */
#include "intake/intake.h"

#define FNV_START 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u
#define SEPARATOR 0xffu /* in no valid UTF-8, so it cannot be in a label */

static uint64_t fnv_add(uint64_t hash, struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        hash = (hash ^ (unsigned char)s.p[i]) * FNV_PRIME;
    return (hash ^ SEPARATOR) * FNV_PRIME;
}

static int by_name(const void *a, const void *b)
{
    const struct json *const *left = a, *const *right = b;

    return str_cmp((*left)->name, (*right)->name);
}

/* Its labels in order; one with an empty value is the same as none. */
static const struct json **sorted(struct arena *a, const struct json *labels,
                                  size_t *n)
{
    const struct json **v = arena_array(a, labels->count, sizeof(struct json *));
    bool in_order = true; /* as they mostly come */

    *n = 0;
    for (const struct json *l = labels->first; l != NULL; l = l->next) {
        if (l->text.n == 0)
            continue;
        in_order = in_order && (*n == 0 || str_cmp(v[*n - 1]->name, l->name) < 0);
        v[(*n)++] = l;
    }
    if (!in_order)
        qsort(v, *n, sizeof(*v), by_name);
    return v;
}

struct str alertmanager_fingerprint(struct arena *a, const struct json *labels)
{
    size_t n;
    const struct json **v = sorted(a, labels, &n);
    uint64_t hash = FNV_START;
    char *hex = arena_new(a, 16);

    for (size_t i = 0; i < n; i++)
        hash = fnv_add(fnv_add(hash, v[i]->name), v[i]->text);
    for (size_t i = 16; i > 0; i--) {
        hex[i - 1] = "0123456789abcdef"[hash & 15];
        hash >>= 4;
    }
    return (struct str){hex, 16};
}
