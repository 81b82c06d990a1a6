/* arena.h -- memory that dies all at once: a request's, a render's, a snapshot's. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/buf.h"

struct arena_block;

struct arena {
    struct arena_block *blocks; /* ours */
    size_t used;                /* bytes handed out */
    size_t keep; /* bytes it may keep for reuse at a reset; 0: some, few */
};

/* A zeroed struct arena is ready to use. Pointers are aligned for any type. */
void *arena_new(struct arena *a, size_t n); /* zeroed */
void *arena_array(struct arena *a, size_t count, size_t n);
struct str arena_str(struct arena *a, struct str s); /* a copy; NUL follows it */
const char *arena_c(struct arena *a, struct str s);  /* the same as a C string */
struct str arena_printf(struct arena *a, const char *format, ...)
    printf_like(2, 3);

void arena_reset(struct arena *a);   /* empty; keeps one block for reuse */
void arena_release(struct arena *a); /* also of a zeroed one */

#endif
