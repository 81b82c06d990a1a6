/* policy.h -- the courier's decisions as pure functions of state, time and dice. */
#ifndef COURIER_POLICY_H
#define COURIER_POLICY_H

#include "courier/courier.h"

/* Full jitter: uniform in [BACKOFF_BASE_MS, min(BACKOFF_CAP_MS, base * 2^attempt)],
 * but never sooner than the other side asked for (taken up to
 * RETRY_AFTER_CAP_MS). The first attempt is 1. */
int64_t retry_delay_ms(int attempt, int64_t asked_ms, uint32_t dice);

/* Why a deferred delivery is given up: "expired ...", or NULL: not yet. `doubts`
 * are attempts after which it may have arrived, where one more would be seen. */
const char *retry_over(int attempts, int doubts, int64_t age_ms, int64_t ttl_ms);

/* The vendor's rate limit as a token bucket; zeroed at first. */
struct bucket {
    double tokens;
    int64_t filled_ms;
};
/* How long until a request may start; 0: now. */
int64_t bucket_wait_ms(struct bucket *b, double rate_per_s, double burst,
                       int64_t now_ms);
/* One request's token. What a delivery under way needs is not waited for: it may
 * go below zero, and the next delivery waits the longer. */
void bucket_spend(struct bucket *b);

/* The circuit breaker of one endpoint, or of one recipient on it. An endpoint
 * that does not answer waits as a whole, so its back-off is here; an answer that
 * defers one alert makes only that alert wait, until there are too many of them
 * in a row. A recipient's circuit knows nothing but faults. */
#define CIRCUIT_FAILURES 5 /* in a row, then open */
#define PAUSE_FAULTS 3     /* faults in a row, then paused */
struct circuit {
    enum breaker state;
    bool paused;           /* credentials, address or chat are dead */
    int failures;          /* in a row */
    int faults;            /* of these, faults in a row */
    int64_t not_before_ms; /* no request sooner; 0: none */
};
struct failure {
    bool answered;
    bool fault;       /* of the endpoint or recipient, not of what was sent */
    int64_t asked_ms; /* how long to wait, in the other side's words; 0: none */
    int64_t cap_ms;   /* longest wait between probes; 0: CIRCUIT_CAP_MS */
};
/* Whether a request may start now; an open circuit that is due becomes PROBING,
 * which allows one request at a time. */
bool circuit_allows(struct circuit *c, unsigned in_flight, int64_t now_ms);
void circuit_ok(struct circuit *c);
void circuit_failed(struct circuit *c, const struct failure *f, int64_t now_ms,
                    uint32_t dice);

#endif
