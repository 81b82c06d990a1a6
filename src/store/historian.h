/* historian.h -- the thread that owns the history and an outbox reader, so that a
 * slow disk or a slow question stops nobody; the loop asks by posting jobs. */
#ifndef STORE_HISTORIAN_H
#define STORE_HISTORIAN_H

#include "loop/loop.h"
#include "outbox/outbox_read.h"
#include "store/engine.h"

struct historian;
struct historian_options {
    const char *store_path; /* of SQLite's file */
    const struct clickhouse_options *clickhouse; /* NULL: the file it is */
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

/* Nobody waits for the answer of what was asked with `arg` any more: its question to
 * the engine ends soon, with an error, whether it has begun or not. It is answered
 * all the same. Nothing when there is no such question. */
void historian_cancel(struct historian *h, const void *arg);
uint64_t historian_cancelled(const struct historian *h); /* that ended so */

size_t historian_waiting(const struct historian *h); /* jobs not answered yet */

/* What the history takes on disk, wherever it is, as of the last housekeeping; -1:
 * not known. */
int64_t historian_disk_bytes(const struct historian *h);

/* How long and how much history is kept (the classes are copied): what is too
 * old or too much goes in small bites between other jobs, looked for once a
 * minute and without a pause while there is more; so do deleted alerts, and
 * acknowledgements whose time is up. No classes: everything is kept. */
void historian_retain(struct historian *h, const struct store_class *classes,
                      size_t n);

#endif
