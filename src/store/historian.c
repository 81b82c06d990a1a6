/* historian.c -- the thread that owns the history, so that a slow disk or a slow
 * question stops nobody. Jobs go in through one bounded mailbox and come back
 * through another; in tests they run inline and come back with the next turn.
 *
 * Alerts to store go before questions, but not without end: a burst of either
 * delays the other by a bounded time only. */
#include "store/historian.h"

#include <pthread.h>
#include <signal.h>

#include "base/log.h"
#include "loop/mailbox.h"

#define PUTS_MAX 64       /* batches waiting; then the courier tries later */
#define ASKS_MAX 32       /* questions waiting; then 503 */
#define JOBS_MAX (PUTS_MAX + ASKS_MAX + 1)
#define PUTS_IN_A_ROW 16  /* while a question waits */
#define PRUNE_BITE 2000   /* rows of one transaction */
#define PRUNE_PAUSE_MS 60000

enum job_kind { JOB_PUT, JOB_ASK, JOB_PRUNE };

struct job {
    enum job_kind kind;
    struct arena arena; /* of the rows */
    struct occurrence *rows;
    size_t n;
    int64_t time_ms; /* now */
    struct store_class *classes; /* prune: ours */
    size_t class_count;
    historian_ask_fn *ask;
    historian_answer_fn *answer;
    atomic_bool cancel; /* the loop's word to the thread */
    bool cancelled;     /* ask: it ended early */
    historian_done_fn *done;
    void *arg;
    int64_t disk_bytes; /* prune: of the history; -1: not known */
    bool ok;
    struct error err;
    struct job *next;
};

struct job_list {
    struct job *head, *tail;
};

struct historian {
    struct loop *loop;
    struct historian_view view; /* ours; the thread's while it runs */
    struct mailbox *in, *out;   /* ours; NULL: inline */
    pthread_t thread;
    size_t waiting[JOB_PRUNE + 1]; /* by kind: posted and not answered */
    struct job_list answered;      /* inline only */
    struct timer answers;          /* inline only */
    struct timer prune;
    struct job *asked[ASKS_MAX]; /* and not answered; NULL: none */
    uint64_t cancelled;
    int64_t disk_bytes;
    struct store_class classes[STORE_CLASSES_MAX];
    size_t class_count;
    bool stopping;
};

static void list_add(struct job_list *l, struct job *j)
{
    j->next = NULL;
    if (l->tail != NULL)
        l->tail->next = j;
    else
        l->head = j;
    l->tail = j;
}

static struct job *list_take(struct job_list *l)
{
    struct job *j = l->head;

    if (j == NULL)
        return NULL;
    l->head = j->next;
    if (l->head == NULL)
        l->tail = NULL;
    return j;
}

static void job_free(struct job *j)
{
    if (j == NULL)
        return;
    arena_release(&j->arena);
    free(j->classes);
    free(j);
}

/* ---- on the historian's thread ---- */

/* One bite of what is to go or to be made; j->n says how much it was. */
static bool housekeeping(struct job *j, struct store_engine *e)
{
    struct error ignored; /* it is asked again in a minute */
    size_t pruned = 0;

    if (!store_engine_disk_bytes(e, &j->disk_bytes, &ignored))
        j->disk_bytes = -1;

    if (!store_engine_tidy(e, j->time_ms, PRUNE_BITE, &j->n, &j->err) ||
        !store_engine_prune(e, j->classes, j->class_count, j->time_ms,
                            PRUNE_BITE, &pruned, &j->err))
        return false;
    j->n = MAX(j->n, pruned);
    return true;
}

static void question_run(struct job *j, const struct historian_view *view)
{
    struct store_engine *e = view->engine;

    e->cancel = &j->cancel;
    e->cancelled = false;
    j->ask(j->arg, view);
    j->cancelled = e->cancelled;
    e->cancelled = false;
    e->cancel = NULL;
}

static void job_run(struct job *j, const struct historian_view *view)
{
    switch (j->kind) {
    case JOB_PUT:
        /* An alert that could not be made a row spoke up already. */
        j->ok = j->err.text[0] == '\0' &&
                store_engine_keep(view->engine, j->rows, j->n, j->time_ms,
                                  &j->err);
        break;
    case JOB_ASK:
        question_run(j, view);
        break;
    case JOB_PRUNE:
        j->ok = housekeeping(j, view->engine);
        break;
    }
}

struct desk { /* what the thread has taken from its mailbox */
    struct job_list puts, others;
    int puts_in_a_row;
};

static void desk_add(struct desk *d, struct job *j)
{
    list_add(j->kind == JOB_PUT ? &d->puts : &d->others, j);
}

/* The next job, waiting for one if need be; NULL: closed and done. */
static struct job *desk_next(struct desk *d, struct mailbox *in)
{
    bool idle = d->puts.head == NULL && d->others.head == NULL;
    struct job *j = mailbox_take(in, idle);
    bool put_now;

    for (; j != NULL; j = mailbox_take(in, false))
        desk_add(d, j);
    put_now = d->puts.head != NULL &&
              (d->others.head == NULL || d->puts_in_a_row < PUTS_IN_A_ROW);
    d->puts_in_a_row = put_now ? d->puts_in_a_row + 1 : 0;
    return list_take(put_now ? &d->puts : &d->others);
}

static void *historian_main(void *arg)
{
    struct historian *h = arg;
    struct desk desk = {0};
    struct job *j;

    while ((j = desk_next(&desk, h->in)) != NULL) {
        bool posted;

        job_run(j, &h->view);
        posted = mailbox_put(h->out, j);
        assert(posted); /* it has room for every job there can be */
    }
    return NULL;
}

/* ---- on the loop ---- */

static void asked_replace(struct historian *h, const struct job *old,
                          struct job *new)
{
    size_t i = 0;

    while (i < ASKS_MAX && h->asked[i] != old)
        i++;
    assert(i < ASKS_MAX);
    h->asked[i] = new;
}

void historian_cancel(struct historian *h, const void *arg)
{
    for (size_t i = 0; i < ASKS_MAX; i++)
        if (h->asked[i] != NULL && h->asked[i]->arg == arg)
            atomic_store(&h->asked[i]->cancel, true);
}

static void prune_later(struct historian *h, bool more);

static void job_answer(struct historian *h, struct job *j)
{
    h->waiting[j->kind]--;
    switch (j->kind) {
    case JOB_PUT:
        j->done(j->arg, j->ok, j->ok ? NULL : &j->err);
        break;
    case JOB_ASK:
        asked_replace(h, j, NULL);
        h->cancelled += j->cancelled;
        j->answer(j->arg);
        break;
    case JOB_PRUNE:
        h->disk_bytes = j->disk_bytes;
        if (!j->ok)
            log_warn("store", "cannot prune the history: %s", j->err.text);
        prune_later(h, j->ok && j->n == PRUNE_BITE);
        break;
    }
    job_free(j);
}

static void job_arrived(void *historian, void *job)
{
    job_answer(historian, job);
}

static void answers_due(void *historian)
{
    struct historian *h = historian;
    struct job_list now = h->answered;
    struct job *j;

    h->answered = (struct job_list){0};
    while ((j = list_take(&now)) != NULL)
        job_answer(h, j);
}

/* Takes the job over, also when there is no room for it: false then. */
static bool post(struct historian *h, struct job *j, size_t max)
{
    bool has_room = !h->stopping && h->waiting[j->kind] < max;

    if (has_room && h->in != NULL)
        has_room = mailbox_put(h->in, j);
    if (!has_room) {
        job_free(j);
        return false;
    }
    h->waiting[j->kind]++;
    if (h->in == NULL) {
        job_run(j, &h->view);
        list_add(&h->answered, j);
        loop_timer_set(h->loop, &h->answers, 0, answers_due, h);
    }
    return true;
}

static struct job *job_new(enum job_kind kind, void *arg)
{
    struct job *j = mem_new(sizeof *j);

    j->kind = kind;
    j->arg = arg;
    return j;
}

bool historian_put(struct historian *h, const struct alert *const *alerts,
                   size_t n, historian_done_fn *done, void *arg)
{
    struct job *j = job_new(JOB_PUT, arg);

    j->done = done;
    j->n = n;
    j->time_ms = clock_wall_ms(loop_clock(h->loop));
    j->rows = arena_array(&j->arena, MAX(n, 1u), sizeof *j->rows);
    for (size_t i = 0; i < n; i++)
        if (!occurrence_make(alerts[i], &j->arena, &j->rows[i], &j->err))
            break;
    return post(h, j, PUTS_MAX);
}

bool historian_ask(struct historian *h, historian_ask_fn *ask,
                   historian_answer_fn *answer, void *arg)
{
    struct job *j = job_new(JOB_ASK, arg);

    j->ask = ask;
    j->answer = answer;
    if (!post(h, j, ASKS_MAX))
        return false;
    asked_replace(h, NULL, j);
    return true;
}

size_t historian_waiting(const struct historian *h)
{
    return h->waiting[JOB_PUT] + h->waiting[JOB_ASK] + h->waiting[JOB_PRUNE];
}

uint64_t historian_cancelled(const struct historian *h)
{
    return h->cancelled;
}

int64_t historian_disk_bytes(const struct historian *h)
{
    return h->disk_bytes;
}

static void prune_due(void *historian)
{
    struct historian *h = historian;
    struct job *j;

    if (h->waiting[JOB_PRUNE] > 0)
        return;
    j = job_new(JOB_PRUNE, NULL);
    j->time_ms = clock_wall_ms(loop_clock(h->loop));
    j->classes = mem_array(STORE_CLASSES_MAX, sizeof *j->classes);
    memcpy(j->classes, h->classes, sizeof h->classes);
    j->class_count = h->class_count;
    if (!post(h, j, 1))
        prune_later(h, false);
}

static void prune_later(struct historian *h, bool more)
{
    if (!h->stopping)
        loop_timer_set(h->loop, &h->prune, more ? 0 : PRUNE_PAUSE_MS, prune_due,
                       h);
}

void historian_retain(struct historian *h, const struct store_class *classes,
                      size_t n)
{
    assert(n <= STORE_CLASSES_MAX);
    memcpy(h->classes, classes, n * sizeof *classes);
    h->class_count = n;
    prune_later(h, true);
}

/* ---- its life ---- */

static bool thread_start(struct historian *h, struct error *err)
{
    sigset_t all, before;
    int code;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the loop's */
    code = pthread_create(&h->thread, NULL, historian_main, h);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code != 0)
        return error_set(err, "cannot start the historian's thread: %s",
                         strerror(code));
    pthread_setname_np(h->thread, "historian");
    return true;
}

static bool databases_open(struct historian *h,
                           const struct historian_options *o,
                           struct error *err)
{
    h->view.engine = o->clickhouse != NULL
                         ? store_clickhouse_open(o->clickhouse, err)
                         : store_sqlite_open(o->store_path, err);
    if (h->view.engine == NULL)
        return error_in(err, "history");
    /* A server that is down would keep us waiting here. */
    if (o->clickhouse == NULL &&
        !store_engine_disk_bytes(h->view.engine, &h->disk_bytes, err))
        return false;
    if (o->outbox_path == NULL)
        return true;
    h->view.outbox = outbox_reader_open(o->outbox_path, err);
    return h->view.outbox != NULL;
}

static bool boxes_open(struct historian *h, struct error *err)
{
    h->in = mailbox_new(JOBS_MAX);
    h->out = mailbox_new(JOBS_MAX);
    if (mailbox_watch(h->out, h->loop, job_arrived, h, err)) {
        if (thread_start(h, err))
            return true;
        mailbox_unwatch(h->out, h->loop);
    }
    return false;
}

static void historian_free(struct historian *h)
{
    mailbox_free(h->in);
    mailbox_free(h->out);
    outbox_reader_close(h->view.outbox);
    store_engine_close(h->view.engine);
    free(h);
}

struct historian *historian_start(struct loop *l,
                                  const struct historian_options *o,
                                  struct error *err)
{
    struct historian *h = mem_new(sizeof *h);

    h->loop = l;
    h->disk_bytes = -1;
    if (!databases_open(h, o, err) ||
        (!o->inline_thread && !boxes_open(h, err))) {
        historian_free(h);
        return NULL;
    }
    return h;
}

void historian_stop(struct historian *h)
{
    struct job *j;

    if (h == NULL)
        return;
    h->stopping = true;
    loop_timer_clear(h->loop, &h->prune);
    loop_timer_clear(h->loop, &h->answers);
    if (h->in != NULL) {
        mailbox_close(h->in);
        pthread_join(h->thread, NULL);
        while ((j = mailbox_take(h->out, false)) != NULL)
            job_answer(h, j);
        mailbox_unwatch(h->out, h->loop);
    }
    answers_due(h);
    historian_free(h);
}
