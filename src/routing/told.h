/* told.h -- what each recipient was told lately: the memory that repeat control,
 * flapping and storms go by. It is a fold over deliveries in the order of alerts, so
 * that a restart rebuilds it from the outbox, and a replay from stored alerts:
 * both call told_note() for each and need nothing else. Bounded: what was not
 * touched for longest is forgotten first, and being forgotten only ever means that
 * something is told once more. */
#ifndef ROUTING_TOLD_H
#define ROUTING_TOLD_H

#include "registry/registry.h"

#define TOLD_MAX 200000                   /* (recipient, alert key) pairs remembered */
#define TOLD_KEPT_MS (7 * 86400 * 1000LL) /* and for how long */
#define ENGAGES_KEPT 10                   /* times of engages, for flapping */

struct pace;

/* The same alert for one recipient. "The same" is what has the same key: type and
 * entity, a flow's addresses, server port and protocol (as ntopng has it), or what
 * its source calls one alert. */
struct told_alert {
    int64_t told_ms; /* the last time; 0: never */
    enum severity severity; /* and how severe it was then */
    uint32_t withheld;      /* repeats since, that were not told */
    int64_t withheld_from_ms; /* the first of them */
    bool flaps;               /* flapping when it last engaged */
    uint8_t engage_count;
    int64_t engaged_ms[ENGAGES_KEPT]; /* the newest last */
};

struct told_recipient { /* its messages by the window of a storm */
    int64_t from_ms;    /* when the window began; 0: none did */
    int64_t count;      /* messages in it, held ones too */
    bool storm;         /* the window before was one */
};

struct told;
struct told *told_new(size_t max); /* pairs; TOLD_MAX, fewer in tests */
void told_free(struct told *t);

/* NULL: nothing is known. Until the next note. */
const struct told_alert *told_alert(const struct told *t, int64_t recipient_id,
                                    uint64_t key_hash);
const struct told_recipient *told_recipient(const struct told *t,
                                            int64_t recipient_id);

enum told_outcome {
    TOLD_SENT,     /* told now, or later together with others */
    TOLD_WITHHELD, /* kept back as a repeat, or because it flaps */
};

struct told_event { /* what became of one alert for one recipient */
    int64_t recipient_id;
    uint64_t key_hash;
    int64_t at_ms; /* of the alert's acceptance */
    enum severity severity;
    enum change change; /* of what was not told anybody: leave it out */
    bool again; /* noted before, when it engaged: its hold has ended now */
    enum told_outcome outcome;
};
void told_note(struct told *t, const struct pace *pace, const struct told_event *e);
/* Its commit failed, so that nobody was told. */
void told_forget(struct told *t, int64_t recipient_id, uint64_t key_hash);
size_t told_count(const struct told *t);

#endif
