/* rehearsal_own.h -- what the files of a rehearsal share; private. */
#ifndef ADMIN_REHEARSAL_OWN_H
#define ADMIN_REHEARSAL_OWN_H

#include "admin/rehearsal.h"
#include "base/hash.h"
#include "base/heap.h"
#include "config/telling.h"

struct engagement {
    int64_t id, acked_ms;
    bool acked; /* that time has come */
    struct replay_event *of; /* a share of its beginning, if it gets worse; or NULL */
    size_t ack_at; /* its place among those that will be acknowledged */
    struct rehearsed **deliveries; /* ours, the array: its own, and its updates' */
    size_t count;
    struct rehearsed *muted; /* those it holds back */
    bool *hits; /* ours: one a silence that lasts until what it hits is resolved */
};

struct rehearsal {
    struct rehearsal_options with;
    struct hold_rules rules;      /* the snapshot's, with silences of our own */
    struct told *told;            /* ours */
    struct inhibitors *inhibitors; /* ours */
    size_t unmuting;              /* sources that there was no room for */
    struct hold_state state;
    struct telling telling;
    struct hash engaged;       /* struct engagement by id */
    struct heap due;           /* held until a time */
    struct heap acks;          /* engagements that somebody acknowledges */
    struct rehearsed *held;    /* all that are */
    size_t kept_count;         /* of all deliveries there are */
    struct rehearsed **looks;  /* ours: to be looked at before all else */
    size_t look_count, looked_at;
    bool all_wanted;           /* and then everything that is held */
    size_t *hit_counts;        /* ours: engaged alerts that each silence hits */
    int64_t now_ms;
    struct arena arena; /* of one look */
    struct { /* ours: whom what is told now was told to before */
        int64_t *v;
        size_t room;
    } told_to;
};

/* rehearsal_held.c */
void rehearsal_orders(struct rehearsal *r); /* of its heaps, at its beginning */
struct engagement *engagement_of(const struct rehearsal *r, int64_t id);
/* Held by this from now on, as it is or anew. */
void hold_begins(struct rehearsal *r, struct rehearsed *d, const struct hold *h);
/* Held no more: what became of it is told. */
void hold_ends(struct rehearsal *r, struct rehearsed *d, enum delivery_state state,
               enum rehearsed_end end);
void delivery_free(struct rehearsal *r, struct rehearsed *d);
/* It is at its end: gone, unless its alert's release will ask how it fared. */
void delivery_done(struct rehearsal *r, struct rehearsed *d);
/* Acknowledged or over before it came: as the outbox does in the same commit. */
void escalations_withhold(struct rehearsal *r, const struct engagement *e);
/* It got worse: what is held of it, and what it mutes, is to be looked at. */
void worsened_look(struct rehearsal *r, struct engagement *e);
/* What it mutes is to be looked at. */
void muted_look(struct rehearsal *r, struct engagement *e);

#endif
