/* error.h -- a fault is said once, where it is found, and prefixed on the way up. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/base.h"

#define ERROR_TEXT_MAX 512

struct error {
    char text[ERROR_TEXT_MAX]; /* one sentence: what, the value, what to do */
    char place[128];           /* JSON Pointer of the offending value, or "" */
};

/* Both always return false, so that a function can `return error_set(...)`.
 * A longer text is cut with "...". A NULL err is allowed. */
bool error_set(struct error *err, const char *format, ...) printf_like(2, 3);
bool error_in(struct error *err, const char *format, ...) printf_like(2, 3);

/* Puts "/segment" in front of the place: `error_at(err, "recipients")`. */
bool error_at(struct error *err, const char *segment);
bool error_at_index(struct error *err, size_t index);

#endif
