/* decode.h -- what receivers do with our encodings, written apart from them. */
#ifndef UNIT_DECODE_H
#define UNIT_DECODE_H

#include "base/buf.h"

/* Each false on what a strict receiver would refuse. */
bool decode_qp(struct str s, struct buf *to);     /* RFC 2045, 6.7 */
bool decode_words(struct str s, struct buf *to);  /* RFC 2047, a folded value */
bool decode_html(struct str s, struct buf *to);   /* text without tags */
/* RFC 5424, 6.3: one element [id name="value" ...] taken off the front of *rest;
 * `values` gets each value with \n after it. */
bool decode_element(struct str *rest, struct buf *values);
/* Checkmk of old: up to the next quote, nothing undone. */
bool decode_checkmk(struct str *rest, struct buf *values);

/* What stands between two lines of a MIME boundary, decoded, number `at` from 0;
 * false when there is no such part, or something else is wrong. */
bool decode_part(struct str mail, const char *boundary, size_t at,
                 struct buf *to);

#endif
