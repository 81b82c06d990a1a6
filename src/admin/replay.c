/* replay.c -- the history, page by page and oldest first, through a rehearsal.
 *
 * A row of the history is a whole occurrence: its beginning is told at its time, and
 * what followed (that it got worse, its end) waits in a heap until its own time comes,
 * so that what is told is told in the order it happened. What came before the time that
 * is asked about is told, too, but not counted: it prepares, so that repeats are known
 * as repeats. The loop does a bite of it in each turn. */
#include "admin/replay.h"

#include "base/limits.h"

/* --- the heap of what follows --------------------------------------------------------- */

static bool is_earlier(const void *a, const void *b)
{
    const struct replay_event *x = a, *y = b;

    return x->at_ms < y->at_ms || (x->at_ms == y->at_ms && x->id < y->id);
}

/* --- compared with what was sent --------------------------------------------------- */

static struct sent_to *sent_find(const struct replay_event *e, int64_t recipient_id)
{
    for (size_t i = 0; i < e->sent_count; i++)
        if (e->sent[i].recipient_id == recipient_id)
            return &e->sent[i];
    return NULL;
}

/* The recipient of now that has its place, and the other way; NULL: none. */
static const struct recipient *now_of(const struct replay *r,
                                      const struct recipient *draft)
{
    return r->own != NULL ? hash_get(&r->now_by_name, draft->name)
                          : snapshot_recipient_id(r->now, draft->id);
}

static const struct recipient *draft_of(const struct replay *r,
                                        const struct recipient *now)
{
    return r->own != NULL ? hash_get(&r->draft_by_name, now->name)
                          : snapshot_recipient_id(r->draft, now->id);
}

static bool is_compared(const struct replay *r, const struct replay_event *e)
{
    return e->is_known && e->at_ms >= r->since_ms && e->at_ms < r->until_ms;
}

/* What is held to the end may yet be sent: that is no difference. */
void replay_compare(struct replay *r, const struct rehearsed *d, enum rehearsed_end end)
{
    const struct recipient *now = now_of(r, d->to);
    struct sent_to *sent = now != NULL ? sent_find(d->of, now->id) : NULL;

    if (!is_compared(r, d->of) || (!is_told(end) && end != REHEARSED_HELD))
        return;
    if (sent != NULL)
        sent->told_too = true;
    else if (end != REHEARSED_HELD)
        replay_example_add(r, &r->more, d->of, d->to->name);
}

static size_t event_bytes(const struct replay_event *e)
{
    return sizeof *e + e->line.n + e->sent_count * sizeof *e->sent;
}

/* Nothing more becomes of it: what was sent, and is not told by the replay? */
static void event_gone(void *replay, const struct replay_event *e)
{
    struct replay *r = replay;

    r->kept_bytes -= event_bytes(e);
    for (size_t i = 0; i < e->sent_count && is_compared(r, e); i++) {
        const struct recipient *now =
            snapshot_recipient_id(r->now, e->sent[i].recipient_id);
        const struct recipient *draft = now != NULL ? draft_of(r, now) : NULL;

        if (now == NULL || now->builtin || e->sent[i].told_too ||
            (r->only != 0 && (draft == NULL || draft->id != r->only)))
            continue;
        replay_example_add(r, &r->less, e, now->name);
    }
}

/* --- telling ------------------------------------------------------------------------ */

/* Everything that happens by itself by then. False: the bite is eaten. */
static bool pass(struct replay *r, int64_t until_ms, size_t *budget)
{
    return rehearsal_pass(r->rehearsal, until_ms, budget) &&
           (r->silence.other == NULL ||
            rehearsal_pass(r->silence.other, until_ms, budget));
}

static void event_tell(struct replay *r, struct replay_event *e, size_t *budget)
{
    struct arena a freed_by(arena_release) = {0};
    struct alert alert;
    size_t n;

    if (!replay_event_read(e, &a, &alert))
        bug("a line that was read cannot be read");
    if (e->at_ms >= r->since_ms) {
        r->compared += e->is_known;
        r->not_kept += !e->is_known;
    }
    n = 1 + rehearsal_tell(r->rehearsal, e, &alert);
    if (r->silence.other != NULL)
        n += rehearsal_tell(r->silence.other, e, &alert);
    *budget -= MIN(*budget, n);
}

/* What follows, at its time. False: the bite is eaten. */
static bool later_tell(struct replay *r, size_t *budget)
{
    struct replay_event *e = heap_first(&r->waiting);

    if (!pass(r, e->at_ms, budget))
        return false;
    heap_take(&r->waiting);
    event_tell(r, e, budget);
    replay_event_drop(e);
    return true;
}

/* Those that come before it: NULL: before the end of the replay. */
static bool later_all_tell(struct replay *r, const struct replay_event *e, size_t *budget)
{
    const struct replay_event *first;

    while ((first = heap_first(&r->waiting)) != NULL &&
           (e != NULL ? is_earlier(first, e) : first->at_ms < r->until_ms)) {
        if (!later_tell(r, budget))
            return false;
    }
    return pass(r, e != NULL ? e->at_ms : r->until_ms, budget);
}

static struct replay_event *event_keep(struct replay *r, const struct replay_event *like)
{
    struct replay_event *e = replay_event_new(like);

    e->gone = event_gone;
    e->gone_arg = r;
    r->kept_bytes += event_bytes(e);
    return e;
}

static bool row_tell(struct replay *r, size_t *budget)
{
    const struct replay_row *row = &r->rows[r->row];
    const struct replay_event *begin = row->events;
    struct replay_event *e;

    if (row->n == 0)
        return true; /* it could not be read */
    if (!later_all_tell(r, begin, budget))
        return false;
    if (begin->at_ms >= r->since_ms) {
        r->alerts++;
        replay_sums_day(&r->sums, begin->at_ms)->alerts++;
    }
    e = event_keep(r, begin);
    event_tell(r, e, budget);
    replay_event_drop(e);
    for (size_t i = 1; i < row->n; i++)
        heap_put(&r->waiting, event_keep(r, &row->events[i]));
    return true;
}

/* --- one page -------------------------------------------------------------------- */

/* What the outbox has of the alert, on the historian. */
static bool sent_read(struct replay *r, struct outbox_reader *outbox,
                      struct replay_event *e, struct error *err)
{
    struct delivery_query q = {.alert_id = e->id, .state = -1, .limit = PAGE_MAX};
    struct delivery_row *rows;
    int64_t total;
    size_t n;

    if (!outbox_read_deliveries(outbox, &q, &r->page_arena, &rows, &n, &total, err))
        return false;
    e->sent = arena_array(&r->page_arena, MAX(n, 1u), sizeof *e->sent);
    for (size_t i = 0; i < n; i++)
        if (rows[i].state != DELIVERY_WITHHELD) /* never told */
            e->sent[e->sent_count++].recipient_id = rows[i].id.recipient_id;
    /* A recipient that keeps history has one of each; without, all are gone. */
    e->is_known = n > 0;
    return true;
}

static void page_ask(void *replay, const struct historian_view *view)
{
    struct replay *r = replay;
    bool ok = store_engine_list(view->engine, &r->query, &r->page_arena, &r->page,
                                &r->job.err);

    r->rows = arena_array(&r->page_arena, MAX(r->page.n, 1u), sizeof *r->rows);
    for (size_t i = 0; i < r->page.n && ok; i++) {
        struct replay_row *row = &r->rows[i];

        row->n = replay_events_of(&r->page.rows[i], &r->page_arena, row->events);
        for (size_t k = 0; k < row->n && view->outbox != NULL && ok; k++)
            ok = sent_read(r, view->outbox, &row->events[k], &r->job.err);
    }
    r->is_read = ok;
}

/* --- the walk --------------------------------------------------------------------- */

static void page_post(struct replay *r);

static bool is_too_much(struct replay *r)
{
    size_t n = rehearsal_kept(r->rehearsal);

    if (n <= REPLAY_KEPT_MAX && r->kept_bytes <= REPLAY_KEPT_BYTES_MAX)
        return false;
    error_set(&r->job.err,
              "more than %d deliveries of engaged alerts, or %u MB of alerts that are "
              "engaged or held back, at the same time; ask about one recipient, or a "
              "shorter time",
              REPLAY_KEPT_MAX, REPLAY_KEPT_BYTES_MAX >> 20);
    return true;
}

static void finish(struct replay *r)
{
    rehearsal_end(r->rehearsal);
    if (r->silence.other != NULL)
        rehearsal_end(r->silence.other);
    while (r->waiting.n > 0)
        replay_event_drop(heap_take(&r->waiting));
    replay_result(r);
    if (!r->job.result.over) {
        job_end(&r->job, JOB_DONE);
        return;
    }
    buf_reset(&r->job.result);
    error_set(&r->job.err, "the answer has more than %u bytes; ask about one recipient",
              JOB_RESULT_MAX);
    job_end(&r->job, JOB_FAILED);
}

static bool page_tell(struct replay *r, size_t *budget)
{
    for (; r->row < r->page.n; r->row++) {
        if (*budget == 0 || !row_tell(r, budget))
            return false;
        job_progress(&r->job, r->job.done + 1, r->job.total);
    }
    return r->page.more || later_all_tell(r, NULL, budget);
}

/* A bite; more of it in the next turn. */
static void go_on(void *replay)
{
    struct replay *r = replay;
    size_t budget = REPLAY_BITE;

    if (r->job.cancelled || r->job.admin->stopping) {
        job_end(&r->job, JOB_CANCELLED);
    } else if (!page_tell(r, &budget)) {
        loop_timer_set(r->job.admin->with.loop, &r->next, 0, go_on, r);
    } else if (is_too_much(r)) {
        job_end(&r->job, JOB_FAILED);
    } else if (r->page.more) {
        r->query.before_tstamp_ms = r->page.last_tstamp_ms;
        r->query.before_id = r->page.last_id;
        page_post(r);
    } else {
        finish(r);
    }
}

static void page_answer(void *replay)
{
    struct replay *r = replay;

    r->row = 0;
    if (r->query.before_id == 0)
        r->job.total = r->page.total;
    if (!r->is_read && !r->job.cancelled && !r->job.admin->stopping)
        job_end(&r->job, JOB_FAILED);
    else
        go_on(r);
}

static void page_retry(void *replay)
{
    page_post(replay);
}

static void page_post(struct replay *r)
{
    struct admin *a = r->job.admin;

    arena_reset(&r->page_arena);
    r->page = (struct store_page){0};
    if (a->stopping || r->job.cancelled)
        job_end(&r->job, JOB_CANCELLED);
    else if (!historian_ask(a->with.historian, page_ask, page_answer, r))
        loop_timer_set(a->with.loop, &r->next, REPLAY_RETRY_MS, page_retry, r);
}

static void names_index(struct hash *to, const struct snapshot *s)
{
    for (size_t i = 0; i < s->recipient_count; i++)
        hash_put(to, s->recipients[i].name, &s->recipients[i]);
}

static void rehearsal_begin(struct replay *r)
{
    struct rehearsal_options o = {
        .by = r->draft,
        .silences = r->silence.id != 0 ? &r->silence.with : NULL,
        .silence_id = r->silence.id,
        .only = r->only,
        .held = replay_held,
        .ended = replay_ended,
        .arg = r,
    };

    replay_sums_init(&r->sums, r->draft, r->since_ms);
    r->rehearsal = rehearsal_new(&o);
}

void replay_begin(struct replay *r)
{
    struct admin *a = r->job.admin;

    r->now = config_acquire(a->with.config);
    r->waiting.before = is_earlier;
    r->query = (struct store_query){
        .entity = -1,
        .since_ms = r->since_ms - REPLAY_BEFORE_MS,
        .until_ms = r->until_ms,
        .oldest_first = true,
        .limit = REPLAY_PAGE,
    };
    rehearsal_begin(r);
    if (r->own != NULL) {
        names_index(&r->draft_by_name, r->draft);
        names_index(&r->now_by_name, r->now);
    }
    page_post(r);
}

void replay_release(struct job *j)
{
    struct replay *r = (struct replay *)j; /* its first member */
    struct config *c = j->admin->with.config;

    loop_timer_clear(j->admin->with.loop, &r->next);
    rehearsal_free(r->rehearsal);
    replay_silence_release(r);
    while (r->waiting.n > 0)
        replay_event_drop(heap_take(&r->waiting));
    heap_release(&r->waiting);
    replay_sums_release(&r->sums);
    hash_release(&r->draft_by_name);
    hash_release(&r->now_by_name);
    config_release(c, r->now);
    config_release(r->own != NULL ? r->own : c, r->draft);
    config_close(r->own);
    arena_release(&r->page_arena);
    arena_release(&r->arena);
}
