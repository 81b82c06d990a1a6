/* policy.c -- back-off, rate and circuit breaker, with time and dice passed in. */
#include "courier/policy.h"

int64_t retry_delay_ms(int attempt, int64_t asked_ms, uint32_t dice)
{
    int doublings = MIN(MAX(attempt, 1), 20);
    int64_t most = MIN((int64_t)BACKOFF_CAP_MS,
                       (int64_t)BACKOFF_BASE_MS << doublings);
    int64_t span = most - BACKOFF_BASE_MS + 1;
    int64_t delay = BACKOFF_BASE_MS + (int64_t)dice % span;

    return MAX(delay, MIN(asked_ms, (int64_t)RETRY_AFTER_CAP_MS));
}

const char *retry_over(int attempts, int doubts, int64_t age_ms, int64_t ttl_ms)
{
    if (doubts >= DELIVERY_DOUBTS_MAX)
        return "gave up: it may have arrived, and one more would be seen";
    if (age_ms >= ttl_ms)
        return "expired: not delivered within the time limit";
    if (attempts >= DELIVERY_ATTEMPTS_MAX)
        return "gave up: too many attempts";
    return NULL;
}

int64_t bucket_wait_ms(struct bucket *b, double rate_per_s, double burst,
                       int64_t now_ms)
{
    if (rate_per_s <= 0)
        return 0;
    if (b->filled_ms == 0)
        b->tokens = burst;
    else if (now_ms > b->filled_ms)
        b->tokens += (double)(now_ms - b->filled_ms) * rate_per_s / 1000.0;
    b->tokens = MIN(b->tokens, burst);
    b->filled_ms = now_ms;
    if (b->tokens >= 1.0)
        return 0;
    return (int64_t)((1.0 - b->tokens) * 1000.0 / rate_per_s) + 1;
}

void bucket_spend(struct bucket *b)
{
    b->tokens -= 1.0;
}

bool circuit_allows(struct circuit *c, unsigned in_flight, int64_t now_ms)
{
    /* The wall clock may have jumped back since. */
    c->not_before_ms = MIN(c->not_before_ms, now_ms + RETRY_AFTER_CAP_MS);
    if (now_ms < c->not_before_ms)
        return false;
    if (c->state == BREAKER_OPEN)
        c->state = BREAKER_PROBING;
    return c->state != BREAKER_PROBING || in_flight == 0;
}

void circuit_ok(struct circuit *c)
{
    *c = (struct circuit){.state = BREAKER_CLOSED};
}

static void circuit_pause(struct circuit *c, int64_t now_ms)
{
    c->paused = true;
    c->state = BREAKER_OPEN;
    c->not_before_ms = now_ms + PAUSE_MS;
}

void circuit_failed(struct circuit *c, const struct failure *f, int64_t now_ms,
                    uint32_t dice)
{
    int64_t cap_ms = f->cap_ms > 0 ? f->cap_ms : CIRCUIT_CAP_MS;
    int64_t wait_ms = MIN(retry_delay_ms(c->failures + 1, 0, dice), cap_ms);

    /* "Not now" is no failure: wait as told, as a whole. */
    if (f->asked_ms > 0) {
        c->not_before_ms =
            now_ms + MAX(MIN(f->asked_ms, (int64_t)RETRY_AFTER_CAP_MS),
                         (int64_t)BACKOFF_BASE_MS);
        return;
    }
    c->failures++;
    c->faults = f->fault ? c->faults + 1 : 0;
    if (c->faults >= PAUSE_FAULTS) {
        circuit_pause(c, now_ms);
        return;
    }
    if (c->failures >= CIRCUIT_FAILURES || c->state == BREAKER_PROBING)
        c->state = BREAKER_OPEN;
    if (!f->answered || f->fault || c->state == BREAKER_OPEN)
        c->not_before_ms = now_ms + wait_ms;
}

const char *breaker_name(enum breaker b)
{
    static const char *const names[] = {
        [BREAKER_CLOSED] = "closed",
        [BREAKER_OPEN] = "open",
        [BREAKER_PROBING] = "probing",
    };

    return names[b];
}
