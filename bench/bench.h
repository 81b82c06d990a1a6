/* bench.h -- chance that comes again, and the time a benchmark took of the processor. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <time.h>

#include "base/base.h"

static inline uint32_t dice(uint32_t n)
{
    static uint32_t state = 7;

    state = state * 1664525u + 1013904223u;
    return (state >> 16) % n;
}

static inline double cpu_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

#endif
