/* arena.c -- memory that dies all at once. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdalign.h>

/* Under AddressSanitizer what was not handed out is poisoned, so that running
 * past an allocation is found in an arena too. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONED 1
#endif
#endif

#ifdef ARENA_POISONED
#include <sanitizer/asan_interface.h>
#define ARENA_GAP 8 /* poisoned bytes after each allocation */
#define ARENA_POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define ARENA_UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define ARENA_GAP 0
#define ARENA_POISON(p, n) ((void)(p), (void)(n))
#define ARENA_UNPOISON(p, n) ((void)(p), (void)(n))
#endif

#define BLOCK_MIN (4u << 10)
#define BLOCK_MAX (64u << 10) /* larger requests get a block of their own */

/* Bytes past `used` are zero: arena_new() need not clear what it hands out. */
struct arena_block {
    struct arena_block *next; /* ours */
    size_t size, used;        /* of bytes */
    alignas(max_align_t) char bytes[];
};

static struct arena_block *block_new(size_t size)
{
    struct arena_block *b = mem_new(sizeof(*b) + size);

    b->size = size;
    ARENA_POISON(b->bytes, size);
    return b;
}

static void block_free(struct arena_block *b)
{
    ARENA_UNPOISON(b->bytes, b->size);
    free(b);
}

/* A new block with room for n bytes, in front of the others. */
static struct arena_block *arena_grow(struct arena *a, size_t n)
{
    size_t size = a->blocks == NULL ? BLOCK_MIN : a->blocks->size * 2;
    struct arena_block *b;

    assert(n < SIZE_MAX / 2);
    b = block_new(MAX(MIN(size, (size_t)BLOCK_MAX), n));
    b->next = a->blocks;
    a->blocks = b;
    return b;
}

static inline char *arena_take(struct arena *a, size_t n, size_t align)
{
    struct arena_block *b = a->blocks;
    size_t at = b == NULL ? 0 : (b->used + align - 1) & ~(align - 1);
    size_t whole = n + ARENA_GAP;

    if (b == NULL || at > b->size || whole > b->size - at) {
        b = arena_grow(a, whole);
        at = 0;
    }
    b->used = at + whole;
    a->used += n;
    ARENA_UNPOISON(b->bytes + at, n);
    return b->bytes + at;
}

void *arena_new(struct arena *a, size_t n)
{
    return arena_take(a, n, alignof(max_align_t));
}

void *arena_array(struct arena *a, size_t count, size_t n)
{
    size_t bytes;
    bool overflow = __builtin_mul_overflow(count, n, &bytes);

    assert(!overflow);
    return arena_new(a, bytes);
}

struct str arena_str(struct arena *a, struct str s)
{
    char *copy = arena_take(a, s.n + 1, 1);

    if (s.n > 0)
        memcpy(copy, s.p, s.n);
    return (struct str){copy, s.n};
}

const char *arena_c(struct arena *a, struct str s)
{
    return arena_str(a, s).p;
}

struct str arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    char *text;
    int n;

    va_start(args, format);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(n >= 0);
    text = arena_take(a, (size_t)n + 1, 1);
    va_start(args, format);
    vsnprintf(text, (size_t)n + 1, format, args);
    va_end(args);
    return (struct str){text, (size_t)n};
}

static void blocks_free(struct arena_block *b)
{
    while (b != NULL) {
        struct arena_block *next = b->next;

        block_free(b);
        b = next;
    }
}

static void block_clear(struct arena_block *b)
{
    ARENA_UNPOISON(b->bytes, b->size);
    memset(b->bytes, 0, b->used);
    b->used = 0;
    ARENA_POISON(b->bytes, b->size);
}

static size_t blocks_size(const struct arena_block *b)
{
    size_t size = 0;

    for (; b != NULL; b = b->next)
        size += b->size;
    return size;
}

/* Several blocks become one that would have sufficed, so that what is used alike
 * every time comes to allocate no more; one large alert is not kept for ever. */
void arena_reset(struct arena *a)
{
    struct arena_block *newest = a->blocks;
    size_t keep = MAX(a->keep, (size_t)BLOCK_MAX), size = blocks_size(newest);

    a->used = 0;
    if (newest == NULL)
        return;
    blocks_free(newest->next);
    newest->next = NULL;
    if (newest->size > keep || (newest->size < size && size <= keep)) {
        block_free(newest);
        a->blocks = size <= keep ? block_new(size) : NULL;
        return;
    }
    block_clear(newest);
}

void arena_release(struct arena *a)
{
    if (a == NULL)
        return;
    blocks_free(a->blocks);
    *a = (struct arena){0};
}
