/* rehearsal.h -- inside the room: the live path without its disk and its clock. It is
 * told what happened, in the order of time, and says what becomes of each delivery,
 * with all that happens between two alerts: digests, quiet hours and silences that
 * end, escalations that are due. It decides by the live path's own code:
 * telling_decide(), hold_look(), fate_of_release(), the index of inhibitors. Nothing
 * is stored and nothing is sent; whatever is sent counts as delivered. */
#ifndef ADMIN_REHEARSAL_H
#define ADMIN_REHEARSAL_H

#include "admin/replay_event.h"
#include "outbox/counts.h"

struct rehearsal;
struct engagement; /* an alert that is engaged in it */

enum rehearsed_end { /* what becomes of a delivery */
    REHEARSED_AT_ONCE,  /* sent */
    REHEARSED_LATER,    /* sent alone when what held it was over */
    REHEARSED_TOGETHER, /* sent then, and may share a summary with its like */
    REHEARSED_JOINED,   /* told by its release, which came before it */
    REHEARSED_WITHHELD,
    REHEARSED_HELD,     /* still, at the end of the rehearsal */
    REHEARSED_ENDS
};

struct rehearsed { /* a delivery, as long as something may still become of it */
    struct replay_event *of;    /* a share of it */
    const struct recipient *to; /* of the snapshot */
    enum delivery_state state;
    struct hold hold;      /* what holds it, or did last; without its reason */
    bool was_silenced;     /* by options.silence_id, at some time */
    bool escalates;        /* it comes only if nobody acknowledges its alert */
    bool closes;           /* the end of what was told, or that it got worse: it may edit
                              that message */
    bool tells_worse;      /* of an update: its alert got worse */
    int64_t put_ms;        /* since when it is there, if later than its alert; else 0 */
    size_t due_at;         /* its place among those that wait for a time; private ... */
    struct engagement *engaged; /* ... its own alert's, or NULL */
    struct engagement *muted_by;
    struct rehearsed *previous, *next;             /* of all that are held */
    struct rehearsed *muted_previous, *muted_next; /* of those one alert mutes */
};

struct rehearsal_options { /* borrowed; they outlive it */
    const struct snapshot *by;
    const struct silences *silences; /* instead of the snapshot's; copied, as some
                                        end with what they hit */
    int64_t silence_id; /* whose victims are marked; 0: none */
    int64_t only;       /* a recipient; 0: all */
    /* A delivery is held back from its beginning, or withheld at once, and why; "":
       as its engage is. */
    void (*held)(void *arg, const struct rehearsed *d, struct str reason);
    /* ... and has come to its end, once for each, at that time. */
    void (*ended)(void *arg, const struct rehearsed *d, enum rehearsed_end end,
                  int64_t at_ms);
    void *arg;
};

struct rehearsal *rehearsal_new(const struct rehearsal_options *o);
void rehearsal_free(struct rehearsal *r);

/* What happens by itself up to that time, at most *budget looks, which are taken off
 * it. False: there is more to come; ask again before telling anything. */
bool rehearsal_pass(struct rehearsal *r, int64_t until_ms, size_t *budget);

/* Something happens, no earlier than what came before; `a` is what it says. How many
 * deliveries that makes. */
size_t rehearsal_tell(struct rehearsal *r, struct replay_event *e,
                      const struct alert *a);

/* What is held to the end has ended as REHEARSED_HELD. */
void rehearsal_end(struct rehearsal *r);

/* When it came to be: with its alert, or when that got worse. */
int64_t rehearsed_at_ms(const struct rehearsed *d);

/* Deliveries in memory: what is held, and what engaged alerts were told to. */
size_t rehearsal_kept(const struct rehearsal *r);
/* Alerts that could mute none, as there were INHIBITORS_MAX sources already. */
size_t rehearsal_unmuting(const struct rehearsal *r);

#endif
