/* counts.h -- the states of a delivery, and how many there are of each. */
#ifndef OUTBOX_COUNTS_H
#define OUTBOX_COUNTS_H

#include "routing/holds.h"

struct outbox;

struct delivery_id {
    int64_t alert_id, recipient_id;
};

/* On disk by number. accepted = the sum of all of them, always. */
enum delivery_state {
    DELIVERY_PENDING,
    DELIVERY_DELIVERED,
    DELIVERY_DEAD,
    DELIVERY_HELD,     /* waits for something else than the courier: see holds.h */
    DELIVERY_WITHHELD, /* final: held back until telling it made no sense any more */
    DELIVERY_STATES
};
const char *delivery_state_name(enum delivery_state s);
bool delivery_state_parse(struct str name, enum delivery_state *out) must_check;

struct outbox_counts {
    uint64_t accepted_alerts, accepted;  /* of all time; the latter deliveries */
    uint64_t delivered, dead, withheld;  /* of all time */
    uint64_t pending, held;              /* now */
    uint64_t held_by[HOLD_KINDS];        /* now, by kind; together: held */
    uint64_t commits, committed_ops;
    int64_t oldest_pending_ms; /* accepted_ms; 0: none */
    size_t window_items, window_bytes, gathered;
    int64_t last_commit_us;
};
void outbox_counts(const struct outbox *o, struct outbox_counts *out);
bool outbox_conserves(const struct outbox_counts *n); /* the sum holds */

struct lane_counts { /* of one recipient */
    int64_t recipient_id;
    uint64_t n[DELIVERY_STATES];
    int64_t oldest_ms; /* accepted, of those pending; 0: none */
    int64_t newest_ms; /* accepted, of all that are kept or came since the start; 0: none */
};
void outbox_lane(const struct outbox *o, int64_t recipient_id, struct lane_counts *out);

#endif
