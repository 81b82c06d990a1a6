/* registry.h -- engaged alerts: what began and has not ended. In memory; every
 * change is written by the outbox in the same commit as the alert and its
 * deliveries, so "engaged but not queued" cannot exist. */
#ifndef REGISTRY_REGISTRY_H
#define REGISTRY_REGISTRY_H

#include "alert/alert.h"
#include "loop/loop.h"
#include "registry/told_to.h"

/* Never fewer: the states an alert can put its engagement into. */
enum change {
    CHANGE_ENGAGED,  /* new: told to recipients */
    CHANGE_REPEATED, /* engaged already: counted, lease renewed, not told */
    CHANGE_WORSENED, /* the same, but more severe than it ever was: told */
    CHANGE_RELEASED, /* ended: told */
    CHANGE_UNSEEN,   /* a release of what was never seen: stored, not told */
    CHANGE_STORED,   /* one-shot: told */
};
const char *change_name(enum change c); /* "engaged", "repeated", ... */

struct engaged {
    int64_t id;        /* of the alert that engaged */
    struct str key;    /* ours */
    struct str json;   /* ours: the alert's line as kept (alert_write_line) */
    enum entity entity;
    enum severity severity;
    int64_t tstamp_ms;
    int64_t last_ms;   /* wall time of the last repeat, or of the engage */
    int64_t lease_ms;  /* 0: none */
    int64_t repeats;
    const struct ack *ack; /* ours; NULL: nobody has acknowledged it */
    const struct severities *severities; /* ours; NULL: it got no worse so far */
    struct told_list *told; /* a share of it: whom it is put for; NULL: nobody */
    size_t lease_at, ack_at; /* places in the registry's lists; private */
};

struct registry;
struct registry *registry_new(void);
void registry_free(struct registry *r);

/* Applies `a` (id already given) and says what changed. For a release that ends
 * something a->began_id is set, and tstamp_ms to when it began; it is as severe as
 * what it ends. On REPEATED and WORSENED a->id becomes the engaged one's, on WORSENED
 * tstamp_ms, too, and a->update and a->ack are set: the engaged alert now reads as
 * `a` does. a->severities is set where it was less severe before, until the undo ends.
 * False: ENGAGED_MAX reached (err says). */
struct undo; /* what takes this one change back, should its commit fail */
bool registry_apply(struct registry *r, struct alert *a, int64_t now_ms,
                    enum change *change, struct undo **undo,
                    struct error *err) must_check;
/* Exactly one of the two, in reverse order of apply for registry_undo(). */
void registry_undo(struct registry *r, struct undo *u);
void registry_keep(struct undo *u);

/* Acknowledges it, or takes that back (a zeroed `ack`, NULL). The copy is the
 * registry's. Its undo is among those of registry_apply(). NULL: no engaged alert
 * has this id. The outbox writes it (outbox/ack.h). */
struct undo *registry_acknowledge(struct registry *r, int64_t id,
                                  const struct ack *ack);

/* The engaged row as the outbox must write it for the change just applied. */
struct engaged_row {
    enum {
        ENGAGED_NONE,
        ENGAGED_INSERT,
        ENGAGED_UPDATE,
        ENGAGED_REPLACE, /* the same, and the alert's line is another one */
        ENGAGED_DELETE,
    } op;
    struct str key, json; /* borrowed: until the undo is kept or undone */
    int64_t id, tstamp_ms, last_ms, lease_ms, repeats;
};
void registry_row(const struct undo *u, struct engaged_row *out);

/* Whom what it changes was put for when it began, or got worse before; for RELEASED
 * and WORSENED, until the undo is kept or undone. Nobody for all others. */
struct told_to registry_told(const struct undo *u);
/* Of ENGAGED and WORSENED: these as well (in any order), until it is undone. */
void registry_tell(struct registry *r, struct undo *u, const int64_t *recipients,
                   size_t n);

/* At start: what the outbox has on disk. */
bool registry_load(struct registry *r, const struct engaged *e, struct error *err)
    must_check; /* strings are copied */
void registry_load_told(struct registry *r, int64_t id, const int64_t *recipients,
                        size_t n);

const struct engaged *registry_find(const struct registry *r, struct str key);
const struct engaged *registry_find_id(const struct registry *r, int64_t id);
size_t registry_count(const struct registry *r);
size_t registry_count_severity(const struct registry *r, enum severity s);

/* Engaged ones with id < before (0: from the newest), newest first. */
size_t registry_list(const struct registry *r, int64_t before, size_t max,
                     const struct engaged **out);

/* The one whose lease ends first, if it has ended by now_ms; else NULL. */
const struct engaged *registry_lapsed(struct registry *r, int64_t now_ms);
int64_t registry_next_lapse_ms(const struct registry *r); /* 0: none */
/* One whose acknowledgement has ended by now_ms; else NULL. */
const struct engaged *registry_ack_lapsed(struct registry *r, int64_t now_ms);
size_t registry_count_acknowledged(const struct registry *r);

#endif
