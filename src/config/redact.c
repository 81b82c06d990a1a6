/* redact.c -- every secret value in force, taken out of texts for people. */
#include "config/redact.h"

#include "base/json.h"

#define URL_TAIL_MIN 8 /* "/" or "/hook" gives nothing away */

static int value_order(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* "/services/T0/B0/xyz" of "https://hooks.example/services/T0/B0/xyz". */
static struct str url_tail(struct str value)
{
    static const char mark[] = "://";
    const char *at = value.n > 0 ? memmem(value.p, value.n, mark, 3) : NULL;
    struct str rest;

    if (at == NULL)
        return STR_NONE;
    rest = str_from(value, (size_t)(at - value.p) + 3);
    rest = str_from(rest, str_find(rest, '/'));
    return rest.n >= URL_TAIL_MIN ? rest : STR_NONE;
}

/* "a\"b" of what JSON cannot say as it is; else "". */
static struct str json_form(struct str value, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(8 * value.n + 2);
    struct json_out o = JSON_OUT(&b);
    struct str inner;

    out_str(&o, NULL, value);
    inner = str_first(str_from(buf_view(&b), 1), b.n - 2);
    return str_eq(inner, value) ? STR_NONE : arena_str(a, inner);
}

void redactor_init(struct redactor *r, const struct str *values, size_t n,
                   struct arena *a)
{
    size_t kept = 0;

    r->values = arena_array(a, 3 * n + 1, sizeof(*r->values));
    r->n = 0;
    for (size_t i = 0; i < n; i++) {
        struct str tail = url_tail(values[i]);
        struct str escaped = json_form(values[i], a);

        if (values[i].n >= REDACT_BYTES_MIN)
            r->values[r->n++] = values[i];
        if (escaped.n >= REDACT_BYTES_MIN)
            r->values[r->n++] = escaped;
        if (tail.n > 0)
            r->values[r->n++] = tail;
    }
    if (r->n > 0)
        qsort(r->values, r->n, sizeof(*r->values), value_order);
    for (size_t i = 0; i < r->n; i++)
        if (kept == 0 || !str_eq(r->values[kept - 1], r->values[i]))
            r->values[kept++] = r->values[i];
    r->n = kept;
}

/* How many values are at most `text` in order: the last of them is the only
 * candidate for the longest one that `text` begins with. */
static size_t values_upto(const struct redactor *r, struct str text)
{
    size_t low = 0, high = r->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (str_cmp(r->values[middle], text) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t common_bytes(struct str x, struct str y)
{
    size_t n = MIN(x.n, y.n), i = 0;

    while (i < n && x.p[i] == y.p[i])
        i++;
    return i;
}

/* Bytes of the longest value that `text` begins with, or 0. When the candidate
 * is no match, a shorter one can only lie within what they have in common. */
static size_t match_at(const struct redactor *r, struct str text)
{
    while (text.n >= REDACT_BYTES_MIN) {
        size_t at = values_upto(r, text);
        size_t common;

        if (at == 0)
            return 0;
        common = common_bytes(r->values[at - 1], text);
        if (common == r->values[at - 1].n)
            return common;
        text = str_first(text, common);
    }
    return 0;
}

void redact(const struct redactor *r, struct buf *to, struct str text)
{
    size_t from = 0, at = 0;

    while (at < text.n) {
        size_t n = match_at(r, str_from(text, at));

        if (n == 0) {
            at++;
            continue;
        }
        buf_str(to, (struct str){text.p + from, at - from});
        buf_text(to, REDACTED);
        at += n;
        from = at;
    }
    buf_str(to, str_from(text, from));
}
