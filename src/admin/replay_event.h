/* replay_event.h -- inside the room: one thing that happened, as the history has it:
 * an alert that began, got worse, ended, or was a one-shot. */
#ifndef ADMIN_REPLAY_EVENT_H
#define ADMIN_REPLAY_EVENT_H

#include "config/config.h"

/* What was really sent of it, and what a replay would have: an end is compared when
 * its last share is dropped. */
struct sent_to {
    int64_t recipient_id; /* of now */
    bool told_too;        /* by the replay as well; or not known yet at its end */
};

struct replay_event { /* shared: by who waits to tell it, and by what is held of it */
    int64_t id, at_ms;
    int64_t began_id; /* what it ends, or what got worse; else 0 */
    int64_t acked_ms; /* a beginning's: when somebody acknowledged it; 0: nobody */
    enum change change;
    enum severity severity; /* then; a beginning's follows what it gets to */
    bool as_begun;    /* its line is a later one; it is read as it was then */
    bool worsens;     /* a beginning's: it gets worse */
    struct str line, type; /* right behind it */
    bool is_known;    /* the outbox still has it, so `sent` says all */
    struct sent_to *sent; /* ours */
    size_t sent_count;
    unsigned shares;
    void (*gone)(void *arg, const struct replay_event *e); /* its last share; or NULL */
    void *gone_arg;
};

/* With one share, the caller's; texts and `sent` are copied. */
struct replay_event *replay_event_new(const struct replay_event *like);
void replay_event_share(struct replay_event *e);
void replay_event_drop(struct replay_event *e);

/* False: the line cannot be read any more. */
bool replay_event_read(const struct replay_event *e, struct arena *a,
                       struct alert *out) must_check;

/* What a row of the history tells: its beginning, each time it got worse, its end. Of
 * what it was before only the severity is known; all else is as it was at last. Lines
 * are borrowed. How many; 0: it cannot be read. */
#define REPLAY_EVENTS_MAX (SEVERITY_COUNT + 1)
struct store_row;
size_t replay_events_of(const struct store_row *row, struct arena *a,
                        struct replay_event out[REPLAY_EVENTS_MAX]) must_check;

#endif
