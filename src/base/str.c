/* str.c -- views of bytes: comparing, cutting, searching. */
#include "base/str.h"

struct str str_of(const char *c)
{
    return c == NULL ? STR_NONE : (struct str){c, strlen(c)};
}

bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str a, const char *b)
{
    return str_eq(a, str_of(b));
}

/* tolower() and strcasecmp() depend on the locale. */
static char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_is_nocase(struct str a, const char *b)
{
    struct str other = str_of(b);

    if (a.n != other.n)
        return false;
    for (size_t i = 0; i < a.n; i++) {
        if (ascii_lower(a.p[i]) != ascii_lower(other.p[i]))
            return false;
    }
    return true;
}

int str_cmp(struct str a, struct str b)
{
    size_t n = MIN(a.n, b.n);
    int order = n == 0 ? 0 : memcmp(a.p, b.p, n);

    if (order != 0)
        return order;
    return a.n < b.n ? -1 : a.n > b.n;
}

bool str_starts(struct str s, const char *prefix)
{
    struct str want = str_of(prefix);

    return str_eq(str_first(s, want.n), want);
}

bool str_ends(struct str s, const char *suffix)
{
    struct str want = str_of(suffix);

    return s.n >= want.n && str_eq(str_from(s, s.n - want.n), want);
}

size_t str_find(struct str s, char c)
{
    const char *at = s.n == 0 ? NULL : memchr(s.p, c, s.n);

    return at == NULL ? s.n : (size_t)(at - s.p);
}

struct str str_from(struct str s, size_t at)
{
    size_t skipped = MIN(at, s.n);

    return s.p == NULL ? s : (struct str){s.p + skipped, s.n - skipped};
}

struct str str_first(struct str s, size_t n)
{
    return (struct str){s.p, MIN(n, s.n)};
}

static bool is_white(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
    while (s.n > 0 && is_white(s.p[0]))
        s = str_from(s, 1);
    while (s.n > 0 && is_white(s.p[s.n - 1]))
        s.n--;
    return s;
}

struct str str_until(struct str *rest, char stop)
{
    size_t at = str_find(*rest, stop);
    struct str found = str_first(*rest, at);

    *rest = str_from(*rest, at == rest->n ? at : at + 1);
    return found;
}

#define NEAR_BYTES_MAX 64 /* longer names are never anybody's typing error */
#define NEAR_EDITS_MAX 2

/* Edits (one byte put in, left out, changed, or two neighbours swapped) that
 * lead from a to b, by dynamic programming over the last three rows. */
static size_t edits_between(struct str a, struct str b)
{
    size_t rows[3][NEAR_BYTES_MAX + 1];
    size_t *older = rows[0], *old = rows[1], *now = rows[2];

    for (size_t j = 0; j <= b.n; j++)
        old[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t *oldest = older;

        now[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            char x = ascii_lower(a.p[i - 1]), y = ascii_lower(b.p[j - 1]);
            size_t best = old[j - 1] + (x == y ? 0 : 1);

            best = MIN(best, MIN(old[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && x == ascii_lower(b.p[j - 2]) &&
                ascii_lower(a.p[i - 2]) == y)
                best = MIN(best, older[j - 2] + 1);
            now[j] = best;
        }
        older = old;
        old = now;
        now = oldest;
    }
    return old[b.n];
}

const char *str_nearest(struct str s, const char *const *names)
{
    const char *nearest = NULL;
    /* One or two letters are within two edits of every short name. */
    size_t least = MIN((size_t)NEAR_EDITS_MAX + 1, s.n);

    if (s.n > NEAR_BYTES_MAX)
        return NULL;
    for (; *names != NULL; names++) {
        struct str name = str_of(*names);
        size_t edits;

        if (name.n > NEAR_BYTES_MAX)
            continue;
        edits = edits_between(s, name);
        if (edits < least) {
            least = edits;
            nearest = *names;
        }
    }
    return nearest;
}
