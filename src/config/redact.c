/* redact.c -- every secret value in force, taken out of texts for people. */
#include "config/redact.h"

#include "base/json.h"

#define URL_PATH_MIN 8 /* "/" or "/hook" gives nothing away */
#define PIECE_MIN 20   /* a token, and hardly a word of anybody's */

static int value_order(const void *x, const void *y)
{
    return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

static bool is_url(struct str value)
{
    return value.n > 0 && memmem(value.p, value.n, "://", 3) != NULL;
}

/* "/services/T0/B0/xyz" of "https://hooks.example/services/T0/B0/xyz". */
static struct str url_path(struct str value)
{
    const char *at = memmem(value.p, value.n, "://", 3);
    struct str rest = str_from(value, (size_t)(at - value.p) + 3);

    return str_from(rest, str_find(rest, '/'));
}

/* "xyz" of that path, and what follows the colon of a bot's token: an endpoint
 * puts these into another path, and an answer may write the rest of it
 * differently ("%3A"). Only counts them, with a NULL `out`. */
static size_t pieces_of(struct str value, struct str *out)
{
    struct str rest = is_url(value) ? url_path(value) : value;
    size_t n = 0;

    while (rest.n > 0) {
        size_t end = 0;

        while (end < rest.n && strchr("/?&=:", rest.p[end]) == NULL)
            end++;
        if (end >= PIECE_MIN && out != NULL)
            out[n] = str_first(rest, end);
        n += end >= PIECE_MIN;
        rest = str_from(rest, end + 1);
    }
    return n;
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

static size_t value_add(struct str *out, struct str value, size_t least)
{
    if (value.n < least)
        return 0;
    *out = value;
    return 1;
}

void redactor_init(struct redactor *r, const struct str *values, size_t n,
                   struct arena *a)
{
    size_t kept = 0, pieces = 0;

    for (size_t i = 0; i < n; i++)
        pieces += pieces_of(values[i], NULL);
    r->values = arena_array(a, 3 * n + pieces + 1, sizeof(*r->values));
    r->n = 0;
    for (size_t i = 0; i < n; i++) {
        struct str path = is_url(values[i]) ? url_path(values[i]) : STR_NONE;

        r->n += value_add(r->values + r->n, values[i], REDACT_BYTES_MIN);
        r->n += value_add(r->values + r->n, json_form(values[i], a),
                          REDACT_BYTES_MIN);
        r->n += value_add(r->values + r->n, path, URL_PATH_MIN);
        r->n += pieces_of(values[i], r->values + r->n);
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
