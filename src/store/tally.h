/* tally.h -- values counted as they come, and the most frequent of them. */
#ifndef STORE_TALLY_H
#define STORE_TALLY_H

#include "base/hash.h"
#include "store/column.h"
#include "store/store.h"

struct tally_value;
struct tally { /* zeroed but for `column`: empty */
    const struct column *column; /* whose values they are */
    struct hash values; /* ours */
    struct arena arena; /* ours */
    int64_t row;        /* a value counts once in each */
};

/* Where a value is counted: a text, or a number's digits; not empty. NULL: there
 * are more than STORE_DISTINCT_MAX. */
struct tally_value *tally_value(struct tally *t, struct str value,
                                struct error *err);
void tally_count(struct tally *t, struct tally_value *v, int64_t n,
                 int64_t score);
/* Both; an empty text is no value. */
bool tally_add(struct tally *t, struct str value, int64_t n, int64_t score,
               struct error *err) must_check;
void tally_row_end(struct tally *t);

/* As filters write them; most first, then bytewise. */
void tally_top(struct tally *t, struct str prefix, size_t limit,
               struct arena *a, struct store_top *out);
void tally_release(struct tally *t);

#endif
