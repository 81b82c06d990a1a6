/* base.h -- what every file may count on: types, attributes, banned names. */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#ifdef NDEBUG
#error "assertions stay on: a bug must stop us, the outbox makes that safe"
#endif

#define must_check __attribute__((warn_unused_result))
#define printf_like(format_at, first_at)                                       \
    __attribute__((format(printf, format_at, first_at)))
#define unused __attribute__((unused))

/* A local that is released when its scope ends: `struct buf b freed_by(buf_release)`. */
#define freed_by(function) __attribute__((cleanup(function)))

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* The struct that embeds `member`, from a pointer to the member. */
#define CONTAINER_OF(ptr, type, member)                                        \
    ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/* Memory that is never NULL: running out of it ends the process, which is safe
 * because what was acknowledged is on disk. What an outsider can make us
 * allocate is bounded by base/limits.h. */
void *mem_new(size_t n);                 /* zeroed */
void *mem_array(size_t count, size_t n); /* zeroed, overflow checked */
void *mem_grow(void *old, size_t count, size_t n); /* realloc, not zeroed */
char *mem_dup(const char *p, size_t n);  /* NUL-terminated copy */

/* A state nobody thought of: says so and aborts. For what cannot happen where an
 * assert has no condition to show. */
static inline _Noreturn void bug(const char *what)
{
    fprintf(stderr, "tocsin: bug: %s\n", what);
    abort();
}

/* Names with no safe use here; the safe word is in base/str.h or base/buf.h. */
#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strncat strtok atoi  \
    atol gmtime localtime system popen gets

#endif
