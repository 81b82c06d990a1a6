/* buf.h -- the one growable buffer. Born with a limit; past it nothing is added
 * and `over` stays set, so a caller appends freely and tests once at the end. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

struct buf {
    char *p; /* ours; NUL-terminated once anything was added */
    size_t n;
    size_t capacity;
    size_t max; /* of n */
    bool over;  /* something did not fit and was left out entirely */
};

#define BUF(limit) ((struct buf){.max = (limit)})

void buf_add(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_text(struct buf *b, const char *c); /* a C string */
void buf_char(struct buf *b, char c);
void buf_int(struct buf *b, int64_t i);
void buf_printf(struct buf *b, const char *format, ...) printf_like(2, 3);

struct str buf_view(const struct buf *b); /* valid until the next change */
const char *buf_c(const struct buf *b);   /* NUL-terminated, never NULL */
void buf_reset(struct buf *b);            /* empty again, memory and limit kept */
void buf_release(struct buf *b);          /* also of a zeroed one */

/* Room for n more bytes to write straight into; then say how many were used.
 * NULL (and over) when they would pass the limit. */
char *buf_room(struct buf *b, size_t n);
void buf_used(struct buf *b, size_t n);

/* Drops the first n bytes: for what was read and consumed from a socket. */
void buf_drop(struct buf *b, size_t n);

/* Hands the bytes over to the caller, who frees them; b is empty after. */
char *buf_take(struct buf *b, size_t *n);

#endif
