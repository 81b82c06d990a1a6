/* silences.h -- who decided that what is not to be told for now. A silence is an
 * object of the configuration; here it is compiled, and says whether it holds an
 * alert back. Immutable once made; pure. */
#ifndef ROUTING_SILENCES_H
#define ROUTING_SILENCES_H

#include "base/schedule.h"
#include "routing/holds.h"

#define SILENCE_TEXT_MAX 500 /* bytes of a comment; an author has NAME_MAX_BYTES */

struct silence_recipient {
    int64_t id;
    struct str name;
};

struct silence {
    int64_t id, revision;
    struct str name, comment, author, managed_by;
    struct str matcher; /* as it was written: the grammar of filters */
    const struct filter *filter;
    const struct silence_recipient *recipients; /* NULL: all are told nothing */
    size_t recipient_count;
    int64_t starts_ms;   /* 0: ever since */
    int64_t ends_ms;     /* 0: until it is ended, or what it hits is resolved */
    bool until_resolved; /* ends once nothing it hits is engaged any more */
    struct str schedule_text, zone_name;      /* ""; recurring: these windows */
    const struct schedule *schedule;          /* NULL: all the time */
    struct zone *zone; /* ours once it is in silences; NULL: UTC */
};

enum silence_state {
    SILENCE_PENDING, /* begins later, or is between two windows */
    SILENCE_ACTIVE,
    SILENCE_EXPIRED,
};
const char *silence_state_name(enum silence_state s); /* Alertmanager's words */

/* *until_ms: when that ends; 0: when something happens. */
enum silence_state silence_state(const struct silence *s, int64_t now_ms,
                                 int64_t *until_ms);
/* Whether it keeps that recipient from being told anything, ever. */
bool silence_is_for(const struct silence *s, int64_t recipient_id);
/* Whether it is about this alert, whatever the time. */
bool silence_hits(const struct silence *s, struct filter_subject *subject);

struct silences { /* by id */
    struct silence *v;
    size_t n;
    struct rule_index *index; /* ours; NULL: each is asked about every alert */
};
/* So that an alert costs those that may hit it, and not all there are. What it needs is
 * in the arena, which must outlive it. */
void silences_index(struct silences *s, struct arena *a);
void silences_release(struct silences *s); /* the zones and the index */

#endif
