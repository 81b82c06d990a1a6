/* courier.h -- each turn: take what is due, render, send, judge, settle. Keeps
 * order per recipient, batches naturally, backs off with full jitter, honours
 * Retry-After, and breaks the circuit of a bad endpoint so that it delays
 * nobody else. Decisions are pure functions in policy.h. */
#ifndef COURIER_COURIER_H
#define COURIER_COURIER_H

#include "config/config.h"
#include "outbox/outbox_read.h"
#include "outbox/pause.h"
#include "transport/transport.h"

struct courier;

struct courier_options {
    struct carrier carrier;
    struct config *config;
    struct outbox *outbox;
    const struct registry *registry;
    /* Told of each delivery that came to its end; may be NULL. */
    void (*ended)(void *arg, int64_t alert_id, int64_t recipient_id,
                  enum delivery_state state);
    void *ended_arg;
};

struct courier *courier_new(struct loop *l, const struct courier_options *o);
void courier_free(struct courier *c); /* what is in flight stays pending */

/* At start: which engaged alerts share a ban, from what is on disk. */
bool courier_shares_load(struct courier *c, struct outbox_reader *r,
                         struct error *err) must_check;

void courier_ready(void *courier, int64_t recipient_id); /* an outbox_ready_fn */
/* A queue was paused, or goes on. */
void courier_paused(void *courier, const struct pause *p);
void courier_changed(void *courier, const struct snapshot *now); /* a config_changed_fn */
/* No new deliveries; true once those under way are at their end. */
bool courier_quiesce(struct courier *c);

enum breaker { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_PROBING };
const char *breaker_name(enum breaker b);

struct courier_endpoint { /* for status and metrics */
    int64_t id;
    struct str name;
    enum breaker breaker;
    bool paused;             /* credentials or address dead; by hand: pause.h */
    struct str last_error;   /* "" : the last request was fine */
    int64_t last_error_ms, last_ok_ms;
    int64_t opens_at_ms;     /* next probe; 0: not open */
    unsigned in_flight;
    uint64_t requests, delivered, deferred, refused;
};
size_t courier_endpoints(const struct courier *c, const struct courier_endpoint **out);

/* The same of one recipient: what is its own fault (its chat is gone, or
 * flooded), not its endpoint's. All zero: nothing is known of it. */
struct courier_recipient {
    bool paused;           /* it cannot be reached */
    struct str last_error; /* "" : the last request reached it */
    int64_t last_error_ms, last_ok_ms;
    int64_t opens_at_ms;   /* no request sooner; 0: none */
    bool in_flight;        /* something is on its way */
};
void courier_recipient(const struct courier *c, int64_t recipient_id,
                       struct courier_recipient *out);

/* accept -> delivered, all deliveries since start, for /metrics. */
#define LATENCY_BUCKETS 14
struct latency {
    uint64_t counts[LATENCY_BUCKETS + 1];
    int64_t sum_ms;
    uint64_t n;
};
extern const int64_t latency_bounds_ms[LATENCY_BUCKETS];
void courier_latency(const struct courier *c, struct latency *out);

/* A test message through the real path, outside the queue: asks the type's
 * questions in order, then sends the sample for this endpoint and recipient with
 * all its steps, and returns the transcript as one JSON object
 * {"ok":..,"verdict":..,"requests":[..]} with secrets hidden. Without a recipient
 * where its parameters are needed only the questions are asked. False: nothing
 * can be sent. */
typedef void courier_test_fn(void *arg, bool ok, struct str transcript_json);
bool courier_test(struct courier *c, const struct endpoint *e,
                  const struct recipient *r, courier_test_fn *done, void *arg,
                  struct error *err) must_check;

/* Asks what there is to choose from for type->choices_field. `e` may be a draft;
 * it must live until `done`, which gets NULL and what the other side said, or
 * the choices, with secrets hidden. Both live during the call. False: the type
 * offers nothing, or the endpoint cannot be used. */
typedef void courier_choices_fn(void *arg, const struct choice_list *choices,
                                const struct error *why_not);
bool courier_choices(struct courier *c, const struct endpoint *e,
                     courier_choices_fn *done, void *arg,
                     struct error *err) must_check;
/* The alert that a test message tells of, in the arena. */
void sample_alert(struct alert *out, int64_t now_ms, struct arena *a);

#endif
