/* replay.h -- inside the room: the alerts of the history, told once more in the order
 * of time to a configuration that may be a draft, through the code that tells them
 * live. Nothing is stored and nothing is sent. */
#ifndef ADMIN_REPLAY_H
#define ADMIN_REPLAY_H

#include "admin/jobs.h"
#include "base/hash.h"

#define REPLAY_PAGE 200       /* alerts of one look at the history */
#define REPLAY_WAITING_MAX 50000 /* releases that wait for their time */
#define REPLAY_EXAMPLES_MAX 10
#define REPLAY_RETRY_MS 500   /* the historian had no room for a question */

/* One thing that happened, and what was really sent of it. */
struct replay_event {
    struct alert alert;
    enum change change;
    int64_t at_ms;
    bool is_known; /* the outbox still has it, so `sent` says all */
    const int64_t *sent; /* recipient ids */
    size_t sent_count;
};

struct replay_example {
    int64_t alert_id, at_ms;
    struct str type, recipient; /* in the replay's arena */
    struct str title, text;     /* "": the channel has no words of ours */
};

struct replay_day {
    int64_t day; /* since 1970, UTC */
    int64_t alerts, messages;
};

struct replay_counts { /* of one recipient */
    int64_t engaged, released, stored;
};

struct replay_differences {
    int64_t count;
    struct replay_example v[REPLAY_EXAMPLES_MAX]; /* the first */
    size_t n;
};

struct waiting; /* a release, until its time comes: replay.c */

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
    struct replay_event *events; /* two a row: begin, and end */
    bool is_read;
    struct timer retry;

    struct waiting **waiting; /* ours: a heap by time */
    size_t waiting_count;
    int64_t *matched; /* ours: room for every recipient */

    int64_t alerts, messages, by_severity[SEVERITY_COUNT];
    struct replay_day *days; /* ours */
    size_t day_count;
    struct replay_counts *counts; /* ours: of each recipient of the draft */
    int64_t compared, not_kept;   /* events */
    struct replay_differences more, less;
    struct replay_example examples[REPLAY_EXAMPLES_MAX];
    size_t example_count;
};

/* What is to be asked has been set; goes on by itself until the job ends. */
void replay_begin(struct replay *r);
void replay_release(struct job *j);

/* replay_result.c: counts one message, and an alert; and all of it as JSON. */
void replay_alert(struct replay *r, const struct replay_event *e);
void replay_message(struct replay *r, const struct replay_event *e,
                    const struct recipient *to);
void replay_differs(struct replay *r, struct replay_differences *d,
                    const struct replay_event *e, struct str recipient);
void replay_result(struct replay *r);

#endif
