/* holds.h -- what keeps a delivery from being sent now, though its recipient's
 * criteria match: a hold. The live path, explain, previews and what looks at held
 * deliveries again all ask holds_decide(). Pure: no clock, no I/O. */
#ifndef ROUTING_HOLDS_H
#define ROUTING_HOLDS_H

#include "message/message.h"
#include "routing/routing.h"

enum hold_kind { /* kept on disk by its number: new ones at the end */
    HOLD_NONE,
    HOLD_SILENCED,   /* a silence matches; ref: its id */
    HOLD_INHIBITED,  /* an engaged alert mutes it; ref: that alert's id */
    HOLD_FLAPPING,   /* it engages and releases too often */
    HOLD_REPEAT,     /* told less than the interval ago */
    HOLD_ESCALATION, /* its recipient is somebody's escalation */
    HOLD_QUIET,      /* the recipient's quiet hours */
    HOLD_DIGEST,     /* the recipient takes digests */
    HOLD_STORM,      /* too many messages for this recipient */
    HOLD_KINDS
};
const char *hold_kind_name(enum hold_kind k); /* "silenced"; NONE: "" */
/* Whether what is held is told together with others when the hold ends (quiet,
 * digest, storm), an engage and its release as one. What the other kinds hold is
 * told only if it is still engaged then. */
bool hold_gathers(enum hold_kind k);

struct hold {
    enum hold_kind kind; /* NONE: it is sent now */
    bool final;       /* withheld at once, and for good */
    int64_t ref;      /* which silence, alert, ...; 0: there is just one */
    int64_t until_ms; /* wall, later than now; 0: until something happens */
    struct str reason; /* one line for people: REASON_MAX; no secrets */
    struct message_remark remark; /* what it says when it is told, now or then */
};

/* One alert, asked about for one recipient after the other. */
struct hold_question {
    const struct alert *alert;
    enum change change;
    int64_t now_ms;
    const struct hold_rules *rules; /* of the snapshot */
    const struct hold_state *state; /* what happened so far */
    struct filter_subject *subject; /* of the alert */
    struct arena *arena;            /* for reasons */
    struct muted *muted; /* zeroed for each alert, kept for all its recipients;
                            NULL: it is worked out each time */
    /* Of the recipient: */
    int64_t recipient_id;
    bool builtin;         /* history is never held */
    const struct pace *pace; /* NULL: it is told everything at once */
    uint64_t key_hash;    /* alert_key_hash() of the alert's key */
    enum hold_kind held;  /* what holds it up to now; NONE: it is new */
    enum hold_kind ended; /* it was held by this until now: that time is over,
                             and it is not held by it again; NONE: it is new */
};

/* What one kind says of a delivery, whether it holds it or not: both values. */
struct hold_reason {
    enum hold_kind kind;
    bool holds;
    bool unknown; /* the state that it goes by is not known for that time */
    struct str have, want; /* "told 12 min ago", "at most every 1 h"; in the arena */
};

/* One kind of hold: a file of its own, a line in the table in holds.c. holds() gives
 * true and fills `out` (kind is filled already) when it holds the delivery back;
 * words() says why or why not, `hold` is NULL when it does not. */
struct hold_judge {
    enum hold_kind kind;
    bool (*holds)(const struct hold_question *q, struct hold *out);
    void (*words)(const struct hold_question *q, const struct hold *hold,
                  struct hold_reason *out);
};

/* The first that holds it, in the order of the table; kind NONE: none does. A
 * release is asked about like an engage; what its engage's fate makes of the
 * answer, the outbox decides in the commit (outbox/fate.c). */
void holds_decide(const struct hold_question *q, struct hold *out);

/* Every kind there is, in that order: the first that holds is what holds_decide()
 * says. How many; none when nothing ever holds it (history). */
size_t holds_explain(const struct hold_question *q, struct hold_reason out[HOLD_KINDS]);

#endif
