/* replay.h -- inside the room: the alerts of the history, told once more in the order
 * of time to a configuration that may be a draft, through the code that tells them
 * live, holds and all. Nothing is stored and nothing is sent. */
#ifndef ADMIN_REPLAY_H
#define ADMIN_REPLAY_H

#include "admin/jobs.h"
#include "admin/replay_sums.h"
#include "base/hash.h"
#include "base/heap.h"

#define REPLAY_PAGE 200         /* alerts of one look at the history */
#define REPLAY_BITE 2000        /* deliveries decided in one turn of the loop */
#define REPLAY_KEPT_MAX 1000000 /* deliveries, and ... */
#define REPLAY_KEPT_BYTES_MAX (256u << 20) /* ... alerts, in memory at a time */
#define REPLAY_EXAMPLES_MAX 10
#define REPLAY_TYPES_MAX 50     /* counted apart of what a silence held back */
#define REPLAY_RECIPIENTS_MAX 1000 /* shown */
#define REPLAY_BEFORE_MS (25 * 3600 * 1000LL) /* prepares: the alerts of a day */
#define REPLAY_RETRY_MS 500     /* the historian had no room for a question */

struct replay_example {
    int64_t alert_id, at_ms;
    struct str type, recipient; /* in the replay's arena */
    struct str title, text;     /* "": the channel has no words of ours */
    struct str reason;          /* of a hold */
    enum hold_kind kind;        /* that held it; NONE: it was sent at once */
    enum rehearsed_end end;
};

struct replay_examples {
    int64_t count; /* of all there are */
    struct replay_example v[REPLAY_EXAMPLES_MAX]; /* the first */
    size_t n;
};

struct replay_type { /* of what a silence held back */
    struct str type;
    int64_t count;
};

struct replay_victims { /* of one recipient */
    int64_t held, sent, withheld;
};

struct replay_silence { /* a draft silence: the same without it, and what it holds */
    int64_t id;               /* 0: none is asked about */
    int64_t from_ms, to_ms;
    bool is_moved;            /* its own time is none of the replay's */
    struct silences with, without; /* ours; of the draft */
    struct rehearsal *other;  /* ours: without it */
    struct replay_sums sums; /* of the other */
    struct replay_victims *victims; /* ours: of each recipient of the draft */
    struct replay_type types[REPLAY_TYPES_MAX];
    size_t type_count;
    int64_t other_types;
    struct replay_examples examples;
};

struct replay {
    struct job job; /* first */
    struct arena arena; /* as long as the job */
    struct config *own; /* ours: a whole draft; NULL: the admin's is asked */
    const struct snapshot *draft; /* acquired: what is asked */
    const struct snapshot *now;   /* acquired: whose ids deliveries carry */
    struct hash draft_by_name, now_by_name; /* with `own` */
    int64_t only;                 /* a recipient of the draft; 0: all */
    int64_t since_ms, until_ms;

    struct store_query query; /* the next page */
    struct arena page_arena;  /* of the page that is on its way */
    struct store_page page;
    struct replay_row {
        struct replay_event events[REPLAY_EVENTS_MAX];
        size_t n; /* 0: it cannot be read */
    } *rows; /* of the page */
    bool is_read;
    size_t row;               /* of the page: the next to be told */
    struct timer next;

    struct heap waiting;         /* what follows a beginning, until its time comes */
    size_t kept_bytes;           /* of these, and of what is held */
    struct rehearsal *rehearsal; /* ours */
    struct replay_sums sums;
    struct replay_silence silence;
    int64_t alerts, compared, not_kept;
    struct replay_examples more, less; /* than what was really sent */
    struct replay_examples examples, held;
};

/* What is to be asked has been set; goes on by itself until the job ends. */
void replay_begin(struct replay *r);
void replay_release(struct job *j);

/* replay_silence.c */
void replay_silence_begin(struct replay *r, struct str name);
void replay_silence_release(struct replay *r);
void replay_silence_held(struct replay *r, const struct rehearsed *d,
                         enum rehearsed_end end);
void replay_silence_write(struct replay *r, struct json_out *o);

/* replay_result.c: examples, and all of it as JSON. */
void replay_held(void *replay, const struct rehearsed *d, struct str reason);
void replay_ended(void *replay, const struct rehearsed *d, enum rehearsed_end end,
                  int64_t at_ms);
struct replay_example *replay_example_add(struct replay *r, struct replay_examples *to,
                                          const struct replay_event *e,
                                          struct str recipient);
void replay_words(struct replay *r, const struct rehearsed *d, int64_t at_ms,
                  struct replay_example *out);
void replay_examples_write(const struct replay *r, const char *name,
                           const struct replay_examples *x, struct json_out *o);
void replay_result(struct replay *r);

/* replay.c: compares, when the replay tells it; and the recipient that has the place of
 * one of the draft's now, or NULL. */
void replay_compare(struct replay *r, const struct rehearsed *d, enum rehearsed_end end);

#endif
