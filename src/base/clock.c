/* clock.c -- the system's clocks and dice, as tests can replace them. */
#include "base/clock.h"

#include <sodium.h>

static int64_t read_ms(clockid_t id)
{
    struct timespec t;
    int result = clock_gettime(id, &t);

    assert(result == 0);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t real_wall_ms(void *arg unused)
{
    return read_ms(CLOCK_REALTIME);
}

static int64_t real_tick_ms(void *arg unused)
{
    return read_ms(CLOCK_BOOTTIME);
}

static uint32_t real_dice(void *arg unused)
{
    return randombytes_random();
}

const struct clock clock_real = {
    .wall_ms = real_wall_ms,
    .tick_ms = real_tick_ms,
    .dice = real_dice,
};
