/* buf.c -- the one growable buffer. */
#include "base/buf.h"

#include <stdarg.h>

#define BUF_CAPACITY_MIN 64

/* Room for n more bytes and the NUL, or over. */
static bool buf_fits(struct buf *b, size_t n)
{
    size_t wanted, capacity;

    if (b->over || n > b->max - b->n) {
        b->over = true;
        return false;
    }
    wanted = b->n + n + 1;
    if (wanted > b->capacity) {
        capacity = MAX(b->capacity * 2, (size_t)BUF_CAPACITY_MIN);
        capacity = MAX(wanted, MIN(capacity, b->max + 1));
        b->p = mem_grow(b->p, capacity, 1);
        b->capacity = capacity;
    }
    return true;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    if (!buf_fits(b, n))
        return;
    if (n > 0)
        memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void buf_str(struct buf *b, struct str s)
{
    buf_add(b, s.p, s.n);
}

void buf_text(struct buf *b, const char *c)
{
    buf_str(b, str_of(c));
}

void buf_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_int(struct buf *b, int64_t i)
{
    char digits[20]; /* "-9223372036854775808" */
    char *p = digits + sizeof(digits);
    uint64_t rest = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;

    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (i < 0)
        *--p = '-';
    buf_add(b, p, (size_t)(digits + sizeof(digits) - p));
}

static void buf_vprintf(struct buf *b, const char *format, va_list args)
    printf_like(2, 0);
static void buf_vprintf(struct buf *b, const char *format, va_list args)
{
    va_list again;
    int n;

    va_copy(again, args);
    n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    assert(n >= 0);
    if (!buf_fits(b, (size_t)n))
        return;
    vsnprintf(b->p + b->n, (size_t)n + 1, format, args);
    b->n += (size_t)n;
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    buf_vprintf(b, format, args);
    va_end(args);
}

struct str buf_view(const struct buf *b)
{
    return (struct str){b->p, b->n};
}

const char *buf_c(const struct buf *b)
{
    return b->p == NULL ? "" : b->p;
}

void buf_reset(struct buf *b)
{
    b->n = 0;
    b->over = false;
    if (b->p != NULL)
        b->p[0] = '\0';
}

void buf_release(struct buf *b)
{
    if (b == NULL)
        return;
    free(b->p);
    *b = BUF(b->max);
}

char *buf_room(struct buf *b, size_t n)
{
    return buf_fits(b, n) ? b->p + b->n : NULL;
}

void buf_used(struct buf *b, size_t n)
{
    if (n == 0)
        return;
    assert(n < b->capacity - b->n);
    b->n += n;
    b->p[b->n] = '\0';
}

void buf_drop(struct buf *b, size_t n)
{
    assert(n <= b->n);
    if (n == 0)
        return;
    b->n -= n;
    memmove(b->p, b->p + n, b->n);
    b->p[b->n] = '\0';
}

char *buf_take(struct buf *b, size_t *n)
{
    char *p = b->p == NULL ? mem_dup("", 0) : b->p;

    if (n != NULL)
        *n = b->n;
    *b = BUF(b->max);
    return p;
}
