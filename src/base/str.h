/* str.h -- a view of bytes that somebody else owns; never NUL-terminated by promise. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/base.h"

struct str {
    const char *p; /* borrowed; may be NULL when n is 0 */
    size_t n;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_NONE ((struct str){NULL, 0})

/* For printf: "%.*s", STR_ARG(s). */
#define STR_ARG(s) (int)MIN((s).n, (size_t)INT32_MAX), ((s).p ? (s).p : "")

struct str str_of(const char *c); /* NULL gives STR_NONE */
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *b);
bool str_is_nocase(struct str a, const char *b); /* ASCII only */
int str_cmp(struct str a, struct str b);         /* bytewise, like memcmp */
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);

/* Offset of the first `c`, or s.n. */
size_t str_find(struct str s, char c);
struct str str_from(struct str s, size_t at);  /* at > n gives the empty end */
struct str str_first(struct str s, size_t n);  /* n > s.n gives all */
struct str str_trim(struct str s);             /* ASCII white space, both ends */

/* Takes the bytes up to `stop` off the front of *rest; the stop itself is
 * swallowed. Without a stop the whole rest is taken. */
struct str str_until(struct str *rest, char stop);

/* Whole-string numbers, no sign tricks, no white space; false on anything
 * else, including overflow, and *out is then untouched. */
bool str_to_i64(struct str s, int64_t *out) must_check;
bool str_to_u64(struct str s, uint64_t *out) must_check;
bool str_to_double(struct str s, double *out) must_check;

/* "90s", "5m", "1h30m", "2d", "1w", or plain seconds; at most 10 years. */
bool str_to_duration_ms(struct str s, int64_t *out) must_check;

/* The other way: "1h30m", "2d", "0s". Whole seconds; below 0 counts as 0. */
#define DURATION_TEXT_MAX 40
void duration_text(int64_t ms, char out[DURATION_TEXT_MAX]);

/* The nearest of `names` (NULL-terminated) within two edits of `s`, or NULL:
 * what an error offers as "did you mean". */
const char *str_nearest(struct str s, const char *const *names);

/* How many leading bytes of s, at most `max`, end on a UTF-8 boundary. */
size_t utf8_cut(struct str s, size_t max);
bool utf8_valid(struct str s);

/* Bytes of the character s begins with, 0 when there is none or it is invalid;
 * its code point goes to *code, which may be NULL. */
size_t utf8_first(struct str s, uint32_t *code);

#endif
