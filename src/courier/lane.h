/* lane.h -- what courier.c and parcel.c share; private to the courier.
 *
 * A lane is one recipient's queue as the courier sees it, a post is one
 * endpoint's state, a parcel is what is on its way: one request after another,
 * until each of its deliveries is at an end. A lane has at most one parcel in
 * flight: that alone keeps the order and makes the batches. */
#ifndef COURIER_LANE_H
#define COURIER_LANE_H

#include "base/hash.h"
#include "courier/policy.h"

struct post;

struct health { /* of an endpoint, or of one recipient on it */
    struct circuit circuit;
    char *error; /* ours, redacted; NULL: the last request was fine */
    int64_t last_error_ms, last_ok_ms;
};

struct lane {
    int64_t recipient_id;
    int64_t revision, endpoint_revision; /* that `health` is about */
    struct health health; /* knows only what is this recipient's fault */
    struct bucket bucket;
    struct post *post;
    struct parcel *in_flight; /* ours; NULL: idle */
    struct lane *next_ready;  /* in its post's list */
    bool ready;               /* in that list */
    size_t singly;            /* so many more go out alone, to find the culprit */
    int64_t linger_until_ms;  /* tick; the next request may grow until then */
    struct timer due;         /* when to look again */
    struct courier *courier;
};

struct post {
    int64_t endpoint_id;
    int64_t revision; /* of the endpoint this state is about */
    bool enabled;
    bool wanted; /* while a new snapshot is walked */
    struct health health;
    struct bucket bucket;
    struct lane *ready_head, *ready_tail;
    struct timer gate; /* when the circuit or the bucket opens again */
    struct courier *courier;
    char *name; /* ours */
    struct courier_endpoint view; /* its counts; the rest when asked */
};

struct parcel {
    struct courier *courier;
    struct lane *lane;
    struct post *post; /* it went out through; the lane may move meanwhile */
    const struct snapshot *snapshot; /* acquired */
    const struct recipient *recipient;
    struct arena arena;
    struct item **items; /* that are not at an end yet */
    struct render_item *parts;
    size_t count, begun; /* items; how many there were at first */
    struct str occasion; /* why they are told together; "": they are not */
    struct render_input input; /* of `request` */
    struct request request;
    size_t requests; /* so far: at most STEPS_MAX */
    struct sending *sending;
    const struct response *answer; /* while it is judged; else NULL */
    struct transcript *transcript; /* ours; of it, when something failed */
};

struct courier {
    struct loop *loop;
    const struct clock *clock;
    struct courier_options with;
    struct lane **lanes; /* ours; sorted by recipient id */
    size_t lane_count;
    struct post **posts; /* ours */
    size_t post_count;
    struct courier_endpoint *views; /* for courier_endpoints() */
    struct latency latency;
    struct bucket transcripts;
    struct share *shares; /* ours; shares.c */
    size_t share_count, share_room;
    struct inquiry *inquiries; /* outside the queue: tests, choices */
    size_t in_flight;
    bool quiescing;
};

/* parcel.c: renders and sends a batch of the lane's due deliveries. False when
 * nothing was due; *next_ms then says when to come back (wall; 0: when ready). */
bool parcel_send(struct lane *lane, const struct snapshot *now, int64_t *next_ms);
void parcel_abandon(struct parcel *p); /* at shutdown: stays pending on disk */
/* part.c: false: the alert as kept cannot be read. */
bool part_make(struct parcel *p, const struct item *i, struct render_item *out,
               struct error *err) must_check;

/* shares.c: the handles of engages, of types where several can have the same. */
void shares_add(struct courier *c, int64_t recipient_id, int64_t alert_id,
                struct str handle);
/* How many other alerts of the recipient have it, and are engaged still. */
size_t shares_of_others(const struct courier *c, int64_t recipient_id,
                        struct str handle, int64_t alert_id);
void shares_free(struct courier *c);
void inquiries_abandon(struct courier *c); /* inquiry.c: at shutdown; none is called back */

/* post.c */
struct post *post_find(const struct courier *c, int64_t endpoint_id);
struct post *post_get(struct courier *c, const struct endpoint *e); /* made if new */
void post_free(struct post *post);
/* Whether this post may send one more request now; else its gate is set. */
bool post_may_send(struct post *post, const struct endpoint_type *type);
void post_view(const struct post *post, struct courier_endpoint *out);
/* What an answer says of the endpoint and of the recipient: the worst of it. AGAIN
 * says nothing yet, UNSENT nothing at all. */
void post_outcome(struct parcel *p, const struct verdict *v, bool answered);
void lane_outcome(struct parcel *p, const struct verdict *v, bool answered);

/* courier.c: for parcel.c, when a parcel has ended. */
void lane_idle(struct lane *lane);
void latency_add(struct latency *l, int64_t ms);

#endif
