/* tries.c -- how often somebody may try a password. */
#include "admin/tries.h"

#include "admin/reply.h"
#include "people/patience.h"

static int64_t wait_ms(const struct admin *a, struct str name,
                       struct str address)
{
    int64_t now_ms = clock_tick_ms(a->with.clock);

    return MAX(patience_wait_ms(a->patience, PATIENCE_NAME, name, now_ms),
               patience_wait_ms(a->patience, PATIENCE_ADDRESS, address, now_ms));
}

/* Counted before it is known to be wrong, so that many at once are many. */
bool tries_grant(struct admin *a, struct exchange *x, struct str name)
{
    struct str address = exchange_address(x);
    int64_t now_ms = clock_tick_ms(a->with.clock);
    int64_t ms = wait_ms(a, name, address);

    if (ms > 0) {
        exchange_header_add(x, "Retry-After",
                            arena_printf(exchange_arena(x), "%lld",
                                         (long long)(ms + 999) / 1000));
        reply_problem_text(a, x, 429, "slow-down",
                           "too many tries that failed; the next one counts in "
                           "%lld s",
                           (long long)(ms + 999) / 1000);
        return false;
    }
    patience_failed(a->patience, PATIENCE_NAME, name, now_ms);
    patience_failed(a->patience, PATIENCE_ADDRESS, address, now_ms);
    return true;
}

void tries_right(struct admin *a, struct exchange *x, struct str name)
{
    patience_forget(a->patience, PATIENCE_NAME, name);
    patience_forget(a->patience, PATIENCE_ADDRESS, exchange_address(x));
}

void tries_take_back(struct admin *a, struct exchange *x, struct str name)
{
    patience_take_back(a->patience, PATIENCE_NAME, name);
    patience_take_back(a->patience, PATIENCE_ADDRESS, exchange_address(x));
}
