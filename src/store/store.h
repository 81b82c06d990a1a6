/* store.h -- the alert store's question: history, for the explorer. Answered by
 * sqlite.c (ClickHouse later). Runs on the historian thread; the loop asks by
 * posting jobs. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "endpoint/request.h"
#include "loop/loop.h"
#include "outbox/outbox_read.h"
#include "routing/filter.h"

enum store_state { STORE_ANY, STORE_ENDED, STORE_ENGAGED };

struct store_query {
    enum store_state state;
    int64_t since_ms, until_ms; /* since <= tstamp < until; 0: open */
    enum severity minimum_severity;
    int64_t entity;             /* -1: any */
    struct str type, category, source, entity_value; /* exact; "": any */
    struct str text;            /* a part of the message or the entity value */
    struct str ip;              /* cli_ip, srv_ip or ip; "" : any */
    const struct filter *filter; /* NULL: none; an unsure answer is shown */
    const struct pools *pools;   /* that the filter's pools are looked up in */
    int64_t before_tstamp_ms, before_id; /* keyset: newest first; 0,0: from the top */
    bool oldest_first; /* the other way round; the keyset is then what came last */
    size_t limit;
};

struct store_row {
    int64_t id;        /* the engage's for engage+release: one row an occurrence */
    int64_t tstamp_ms; /* with the id: where the next page begins */
    int64_t stored_ms;
    struct str json;   /* the alert's line; the release's once released */
};

struct store_page {
    struct store_row *rows; /* in the arena */
    size_t n;
    int64_t total; /* of the whole query, whatever the cursor ... */
    bool exact;    /* ... or, when false, at least that many */
    bool more;     /* with a filter: perhaps; a page may be short, or empty */
    int64_t last_tstamp_ms, last_id; /* the last looked at: the next cursor */
};

struct store_engine;  /* one open database */
struct store_engine *store_sqlite_open(const char *path, struct error *err);
void store_engine_close(struct store_engine *e);
/* Idempotent: the same alert again changes nothing. All or nothing. */
bool store_engine_put(struct store_engine *e, const struct alert *const *alerts,
                      size_t n, int64_t now_ms, struct error *err) must_check;
bool store_engine_list(struct store_engine *e, const struct store_query *q,
                       struct arena *a, struct store_page *out,
                       struct error *err) must_check;
/* By alert id, an engage's or its release's; false with an empty error: not there. */
bool store_engine_get(struct store_engine *e, int64_t id, struct arena *a,
                      struct store_row *out, struct error *err) must_check;
bool store_engine_prune(struct store_engine *e, int64_t older_than_ms,
                        size_t at_most, size_t *pruned, struct error *err) must_check;

/* The historian: a thread that owns the engine and an outbox reader. */
struct historian;
struct historian_options {
    const char *store_path;
    const char *outbox_path; /* NULL: no outbox to look into */
    bool inline_thread; /* tests: jobs run at once */
};
struct historian *historian_start(struct loop *l, const struct historian_options *o,
                                  struct error *err);
/* Finishes what is queued and calls what is still to be called, so the owners
 * of these calls must still be there. */
void historian_stop(struct historian *h);

/* A put: the alerts are copied before it returns. False: the queue is full. */
typedef void historian_done_fn(void *arg, bool ok, const struct error *err);
bool historian_put(struct historian *h, const struct alert *const *alerts,
                   size_t n, historian_done_fn *done, void *arg) must_check;

/* A question: `ask` runs on the historian and fills what `arg` points to,
 * `answer` then runs on the loop. False: the queue is full (answer 503). */
struct historian_view {
    struct store_engine *engine;
    struct outbox_reader *outbox;
};
typedef void historian_ask_fn(void *arg, const struct historian_view *view);
typedef void historian_answer_fn(void *arg);
bool historian_ask(struct historian *h, historian_ask_fn *ask,
                   historian_answer_fn *answer, void *arg) must_check;

size_t historian_waiting(const struct historian *h); /* jobs not answered yet */

/* Keeps this much history: what is older is pruned in small bites, one a minute
 * and without a pause while there is more. 0: everything is kept. */
void historian_retain(struct historian *h, int64_t keep_ms);

#endif
