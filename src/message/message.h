/* message.h -- how an alert reads, the same on every channel: headline, one
 * sentence, facts. Pure; an endpoint picks the parts its vendor has room for
 * and runs each through that channel's escaper (message/escape.h). */
#ifndef MESSAGE_MESSAGE_H
#define MESSAGE_MESSAGE_H

#include "alert/alert.h"

#define MESSAGE_FACTS_MAX 12

enum phase {
    PHASE_NEW,     /* nothing was sent for this alert before */
    PHASE_RELEASE, /* ends one whose engage was delivered (handle kept) */
    PHASE_LATE,    /* a release whose engage never went out: say both */
    PHASE_ACKED,    /* what follows changes what was told of an engaged alert: ... */
    PHASE_UNACKED,  /* ... nobody has acknowledged it any more */
    PHASE_WORSENED, /* ... it is more severe than it was */
};

/* Whether it is about one whose beginning was told, and whose handle there may be; and
 * whether somebody acknowledged that, or no longer does, which changes no more. */
bool phase_follows(enum phase p);
bool phase_is_ack(enum phase p);

struct message_fact {
    const char *label; /* "Client" */
    struct str value;  /* cleaned and defanged, not yet escaped */
    bool code;         /* reads best in a fixed-width face */
};

struct template; /* message/template.h */

/* What a recipient has instead of our words. */
struct message_words {
    const struct template *title, *text; /* NULL: ours */
    struct str unread; /* why one of them cannot be read; "": they can */
};

struct message_place {   /* where we speak from, for every message */
    struct str instance; /* "gw-pisa": the host's name unless set */
    struct str base_url; /* "" : no links */
    int64_t now_ms;
    const struct message_words *own; /* the recipient's; NULL: none */
    struct str ack_link; /* by which this alert is acknowledged; "": none */
};

struct message {
    struct str title;    /* "Low Goodput Ratio", or the recipient's own; one line */
    struct str kind;     /* the title in our words: what a digest counts by */
    struct str headline; /* "Notice: Low Goodput Ratio, 1.2.3.4 -> ..." <= 90 characters */
    struct str state;    /* "Engaged", "Worse, now Error", "" for store,
                            "Released after 8 min 3 s"; late: "Fired 15:01:06,
                            cleared 15:09:09 CET" */
    struct str sentence; /* what happened: one line, or the recipient's own text of
                            one or more, ended by \n */
    struct str subject;  /* alert_subject() */
    struct str brief;    /* the same for titles: "1.2.3.4 -> 5.6.7.8:80 (HTTP)"; "" with
                            a title of the recipient's own */
    struct str severity; /* "Notice" */
    const char *emoji;   /* UTF-8; decoration only */
    const char *colour;  /* "#0e6a70" */
    struct message_fact facts[MESSAGE_FACTS_MAX];
    size_t fact_count;
    struct str when;   /* "23 Nov 2020 15:20:56 CET (14:20:56 UTC)" */
    struct str footer; /* "ntopng gw-pisa · eno1 · #4711" */
    struct str link;   /* message_link() */
    struct str ack_link; /* the place's */
    bool own_text;     /* the sentence is the recipient's own, and all it wants:
                          no facts beside it but one of ours about a failure */
    struct str failed; /* why own words were not used, also told as the first fact;
                          "": they were, or there are none */
};

/* Everything in `out` is in the arena, free of control and bidi characters. */
void message_build(const struct alert *a, enum phase phase,
                   const struct message_place *place, struct arena *arena,
                   struct message *out);

/* What a delivery says beside its alert; zeroed: nothing. */
struct message_remark {
    int64_t withheld; /* repeats of the same alert that were not told */
    int64_t since_ms; /* the first of them */
    bool flaps;       /* it flaps, and is not told again until it has settled */
    int64_t escalated_ms; /* an escalation, for nobody acknowledged it so long; 0: none */
    int64_t escalated_from;    /* the recipient who was told first ... */
    struct str escalated_name; /* ... its name, for whoever renders */
};
/* Who has acknowledged it, as the first fact: 👀 maya, 15:03: "ISP ticket 88". */
void message_ack(const struct alert *a, struct arena *arena, struct message *m);
/* As the first facts; also where the recipient's own text has no others. */
void message_remark(const struct message_remark *r, struct arena *arena,
                    struct message *m);

/* The text of an alert that came without one: title, entity, and what its facts
 * say ("5964 > 256"). Intake puts it into alert.message. */
struct str message_describe(const struct alert *a, struct arena *arena);

/* Where the alert is to be seen: base_url/a/4711, or "". */
struct str message_link(const struct alert *a, const struct message_place *place,
                        struct arena *arena);

/* Its message without the title it may begin with; not cleaned. */
struct str message_untitled(const struct alert *a, struct arena *arena);

/* "8 min 3 s", "1.08 MB": how durations and sizes read. */
struct str message_duration(int64_t ms, struct arena *arena);
/* "23 Nov 2020 15:20:56 CET": in the zone of this machine. */
struct str message_moment(int64_t wall_ms, struct arena *arena);
struct str message_bytes(int64_t n, struct arena *arena);

#endif
