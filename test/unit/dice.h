/* dice.h -- chance from a seed: the same each time, for tests that make things up. */
#ifndef TEST_DICE_H
#define TEST_DICE_H

#include "base/base.h"

struct dice {
    uint64_t state;
};

/* Below `sides`. Knuth's 64-bit linear congruence; its low bits are not random. */
static inline uint32_t roll(struct dice *d, uint32_t sides)
{
    d->state = d->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(d->state >> 33) % sides;
}

#define PICK(d, list) (list)[roll((d), COUNT_OF(list))]

#endif
