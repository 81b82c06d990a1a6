/* mem.c -- allocation that never fails: the process ends instead. */
#include "base/base.h"

#include <unistd.h>

static _Noreturn void mem_exhausted(void)
{
    static const char text[] = "tocsin: out of memory\n";
    ssize_t written = write(STDERR_FILENO, text, sizeof(text) - 1);

    (void)written; /* there is nobody left to tell */
    abort();
}

static void *mem_checked(void *p)
{
    if (p == NULL)
        mem_exhausted();
    return p;
}

void *mem_new(size_t n)
{
    return mem_checked(calloc(1, MAX(n, 1)));
}

void *mem_array(size_t count, size_t n)
{
    return mem_checked(calloc(MAX(count, 1), MAX(n, 1)));
}

void *mem_grow(void *old, size_t count, size_t n)
{
    return mem_checked(reallocarray(old, MAX(count, 1), MAX(n, 1)));
}

char *mem_dup(const char *p, size_t n)
{
    char *copy;

    if (n == SIZE_MAX)
        mem_exhausted();
    copy = mem_checked(malloc(n + 1));
    if (n > 0)
        memcpy(copy, p, n);
    copy[n] = '\0';
    return copy;
}
