/* redact.c -- every secret value in force, taken out of texts for people. */
#include "config/redact.h"

static const char *const cut_marks[] = {"…",
                                        "..."}; /* cut_bytes(), error_set() */

static int value_order(const void *x, const void *y) {
  return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

void redactor_init(struct redactor *r, const struct secret *secrets, size_t n,
                   struct arena *a) {
  struct forms all = {.arena = a};
  size_t kept = 0;

  for (size_t i = 0; i < n; i++)
    forms_add(&all, &secrets[i]);
  if (all.n > 0)
    qsort(all.v, all.n, sizeof(*all.v), value_order);
  for (size_t i = 0; i < all.n; i++)
    if (kept == 0 || !str_eq(all.v[kept - 1], all.v[i]))
      all.v[kept++] = all.v[i];
  r->values = all.v;
  r->n = kept;
}

/* How many values are at most `text` in order: the last of them is the only
 * candidate for the longest one that `text` begins with. */
static size_t values_upto(const struct redactor *r, struct str text) {
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

static size_t common_bytes(struct str x, struct str y) {
  size_t n = MIN(x.n, y.n), i = 0;

  while (i < n && x.p[i] == y.p[i])
    i++;
  return i;
}

/* Bytes of the longest value that `text` begins with, or 0. When the candidate
 * is no match, a shorter one can only lie within what they have in common. */
static size_t match_at(const struct redactor *r, struct str text) {
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

static bool mark_at(struct str text) {
  return str_starts(text, cut_marks[0]) || str_starts(text, cut_marks[1]);
}

/* Bytes of the longest beginning of a value that `text` begins with, if the
 * rest was cut off and a mark stands there; or 0. A value may hold a mark's
 * dots. */
static size_t cut_match_at(const struct redactor *r, struct str text) {
  size_t at = values_upto(r, text), n = 0;

  if (at > 0)
    n = common_bytes(r->values[at - 1], text);
  if (at < r->n)
    n = MAX(n, common_bytes(r->values[at], text));
  while (n >= REDACT_BYTES_MIN && !mark_at(str_from(text, n)))
    n--;
  return n >= REDACT_BYTES_MIN ? n : 0;
}

void redact(const struct redactor *r, struct buf *to, struct str text) {
  size_t from = 0, at = 0;

  while (at < text.n) {
    size_t n = match_at(r, str_from(text, at));

    if (n == 0)
      n = cut_match_at(r, str_from(text, at));
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
