/* replay.c -- the history, page by page and oldest first, through routing once more.
 *
 * A row of the history is a whole occurrence: its beginning is told at its time,
 * and its end waits in a heap until its own time comes, so that what is told is told
 * in the order it happened. What holds a message back (holds_decide() and its
 * state) has its place in event_tell(): between the match and the message. */
#include "admin/replay.h"

#include "base/limits.h"

/* --- the heap of ends --------------------------------------------------------- */

struct waiting {
    struct arena arena; /* of the event */
    struct replay_event event;
};

static bool is_earlier(const struct waiting *x, const struct waiting *y)
{
    return x->event.at_ms < y->event.at_ms ||
           (x->event.at_ms == y->event.at_ms &&
            x->event.alert.id < y->event.alert.id);
}

static void swap(struct waiting **x, struct waiting **y)
{
    struct waiting *was = *x;

    *x = *y;
    *y = was;
}

static void waiting_put(struct replay *r, struct waiting *w)
{
    size_t at = r->waiting_count++;

    r->waiting = mem_grow(r->waiting, r->waiting_count, sizeof *r->waiting);
    r->waiting[at] = w;
    for (; at > 0 && is_earlier(r->waiting[at], r->waiting[(at - 1) / 2]);
         at = (at - 1) / 2)
        swap(&r->waiting[at], &r->waiting[(at - 1) / 2]);
}

static struct waiting *waiting_take(struct replay *r)
{
    struct waiting *first = r->waiting[0];
    size_t at = 0;

    r->waiting[0] = r->waiting[--r->waiting_count];
    for (;;) {
        size_t least = at;

        for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++)
            if (child < r->waiting_count &&
                is_earlier(r->waiting[child], r->waiting[least]))
                least = child;
        if (least == at)
            return first;
        swap(&r->waiting[at], &r->waiting[least]);
        at = least;
    }
}

static void waiting_free(struct waiting *w)
{
    arena_release(&w->arena);
    free(w);
}

/* --- one event ------------------------------------------------------------------ */

static bool has_id(const int64_t *ids, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (ids[i] == id)
            return true;
    return false;
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

static void sent_compare(struct replay *r, const struct replay_event *e, size_t n)
{
    for (size_t i = 0; i < e->sent_count; i++) {
        const struct recipient *now = snapshot_recipient_id(r->now, e->sent[i]);
        const struct recipient *draft = now != NULL ? draft_of(r, now) : NULL;

        if (now == NULL || now->builtin ||
            (r->only != 0 && (draft == NULL || draft->id != r->only)))
            continue;
        if (draft == NULL || !has_id(r->matched, n, draft->id))
            replay_differs(r, &r->less, e, now->name);
    }
}

static void recipient_tell(struct replay *r, const struct replay_event *e,
                           const struct recipient *to)
{
    const struct recipient *now = now_of(r, to);

    replay_message(r, e, to);
    if (e->is_known &&
        (now == NULL || !has_id(e->sent, e->sent_count, now->id)))
        replay_differs(r, &r->more, e, to->name);
}

/* The same match as pipeline_accept()'s. */
static void event_tell(struct replay *r, const struct replay_event *e)
{
    size_t n = routing_match(r->draft->routing, &e->alert, e->change, r->matched);

    for (size_t i = 0; i < n; i++) {
        const struct recipient *to =
            snapshot_recipient_id(r->draft, r->matched[i]);

        if (!to->builtin && (r->only == 0 || to->id == r->only))
            recipient_tell(r, e, to);
    }
    r->compared += e->is_known;
    r->not_kept += !e->is_known;
    if (e->is_known)
        sent_compare(r, e, n);
}

static void ends_tell(struct replay *r, int64_t until_ms, size_t at_most)
{
    while (r->waiting_count > 0 &&
           (r->waiting[0]->event.at_ms <= until_ms || r->waiting_count > at_most)) {
        struct waiting *w = waiting_take(r);

        if (w->event.at_ms < r->until_ms)
            event_tell(r, &w->event);
        waiting_free(w);
    }
}

/* --- one row --------------------------------------------------------------------- */

/* What the outbox has of the alert, on the historian. */
static bool sent_read(struct replay *r, struct outbox_reader *outbox,
                      struct replay_event *e, struct error *err)
{
    struct delivery_query q = {
        .alert_id = e->alert.id, .state = -1, .limit = PAGE_MAX};
    struct delivery_row *rows;
    int64_t total;
    int64_t *ids;
    size_t n;

    if (!outbox_read_deliveries(outbox, &q, &r->page_arena, &rows, &n, &total, err))
        return false;
    ids = arena_array(&r->page_arena, MAX(n, 1u), sizeof *ids);
    for (size_t i = 0; i < n; i++)
        if (rows[i].state != DELIVERY_WITHHELD) /* never told */
            ids[e->sent_count++] = rows[i].id.recipient_id;
    e->sent = ids;
    /* A recipient that keeps history has one of each; without, all are gone. */
    e->is_known = n > 0;
    return true;
}

/* An occurrence that has ended was an engage first, and looked like its end but for
 * that: the history keeps the later line. */
static void events_of_release(const struct store_row *row,
                              struct replay_event *begin,
                              struct replay_event *end)
{
    end->change = CHANGE_RELEASED;
    end->at_ms = end->alert.tstamp_end_ms > 0 ? end->alert.tstamp_end_ms
                                              : row->tstamp_ms;
    begin->alert = end->alert;
    begin->alert.id = row->id;
    begin->alert.began_id = 0;
    begin->alert.action = ACTION_ENGAGE;
    begin->alert.tstamp_end_ms = 0;
    begin->alert.line = STR_NONE;
    begin->change = CHANGE_ENGAGED;
}

/* False: the line cannot be read any more, and is left out. */
static bool events_make(struct replay *r, const struct store_row *row,
                        struct replay_event *begin, struct replay_event *end)
{
    const struct json *line = json_parse(&r->page_arena, row->json, NULL);

    if (!alert_read(&r->page_arena, line, 0, &end->alert, NULL))
        return false;
    begin->at_ms = row->tstamp_ms;
    if (end->alert.action == ACTION_RELEASE && end->alert.began_id != 0) {
        events_of_release(row, begin, end);
        return true;
    }
    begin->alert = end->alert;
    begin->change = end->alert.action == ACTION_ENGAGE  ? CHANGE_ENGAGED
                    : end->alert.action == ACTION_STORE ? CHANGE_STORED
                                                        : CHANGE_UNSEEN;
    end->at_ms = 0; /* there is none */
    return true;
}

static void page_ask(void *replay, const struct historian_view *view)
{
    struct replay *r = replay;
    bool ok = store_engine_list(view->engine, &r->query, &r->page_arena, &r->page,
                                &r->job.err);

    r->events = arena_array(&r->page_arena, MAX(2 * r->page.n, 1u),
                            sizeof *r->events);
    for (size_t i = 0; i < r->page.n && ok; i++) {
        struct replay_event *e = &r->events[2 * i];

        if (!events_make(r, &r->page.rows[i], &e[0], &e[1]) ||
            view->outbox == NULL)
            continue;
        ok = sent_read(r, view->outbox, &e[0], &r->job.err) &&
             (e[1].at_ms == 0 || sent_read(r, view->outbox, &e[1], &r->job.err));
    }
    r->is_read = ok;
}

/* --- the walk --------------------------------------------------------------------- */

/* The end of an occurrence, in memory of its own until its time. */
static void end_wait(struct replay *r, const struct store_row *row,
                     const struct replay_event *e)
{
    struct waiting *w = mem_new(sizeof *w);
    int64_t *sent = arena_array(&w->arena, MAX(e->sent_count, 1u), sizeof *sent);
    struct str line = arena_str(&w->arena, row->json);

    w->event = *e;
    if (e->sent_count > 0)
        memcpy(sent, e->sent, e->sent_count * sizeof *sent);
    w->event.sent = sent;
    if (alert_read(&w->arena, json_parse(&w->arena, line, NULL), 0,
                   &w->event.alert, NULL))
        waiting_put(r, w);
    else
        waiting_free(w);
}

static void row_tell(struct replay *r, size_t i)
{
    const struct replay_event *begin = &r->events[2 * i], *end = begin + 1;

    ends_tell(r, begin->at_ms, REPLAY_WAITING_MAX);
    replay_alert(r, begin);
    event_tell(r, begin);
    if (end->at_ms != 0)
        end_wait(r, &r->page.rows[i], end);
}

static void page_post(struct replay *r);

static void retry_due(void *replay)
{
    page_post(replay);
}

static void page_tell(struct replay *r)
{
    struct job *j = &r->job;
    int64_t total = r->query.before_id == 0 ? r->page.total : j->total;

    for (size_t i = 0; i < r->page.n; i++)
        if (r->events[2 * i].at_ms != 0)
            row_tell(r, i);
    job_progress(j, j->done + (int64_t)r->page.n, total);
    r->query.before_tstamp_ms = r->page.last_tstamp_ms;
    r->query.before_id = r->page.last_id;
}

static void page_answer(void *replay)
{
    struct replay *r = replay;
    struct job *j = &r->job;

    if (j->cancelled || j->admin->stopping) {
        job_end(j, JOB_CANCELLED);
        return;
    }
    if (!r->is_read) {
        job_end(j, JOB_FAILED);
        return;
    }
    page_tell(r);
    if (r->page.more) {
        page_post(r);
        return;
    }
    ends_tell(r, INT64_MAX, 0);
    replay_result(r);
    job_end(j, JOB_DONE);
}

static void page_post(struct replay *r)
{
    struct admin *a = r->job.admin;

    arena_reset(&r->page_arena);
    r->page = (struct store_page){0};
    if (a->stopping || r->job.cancelled)
        job_end(&r->job, JOB_CANCELLED);
    else if (!historian_ask(a->with.historian, page_ask, page_answer, r))
        loop_timer_set(a->with.loop, &r->retry, REPLAY_RETRY_MS, retry_due, r);
}

static void names_index(struct hash *to, const struct snapshot *s)
{
    for (size_t i = 0; i < s->recipient_count; i++)
        hash_put(to, s->recipients[i].name, &s->recipients[i]);
}

void replay_begin(struct replay *r)
{
    struct admin *a = r->job.admin;

    r->now = config_acquire(a->with.config);
    r->matched = mem_array(MAX(r->draft->recipient_count, 1u), sizeof *r->matched);
    r->counts = mem_array(MAX(r->draft->recipient_count, 1u), sizeof *r->counts);
    r->query = (struct store_query){
        .entity = -1,
        .since_ms = r->since_ms,
        .until_ms = r->until_ms,
        .oldest_first = true,
        .limit = REPLAY_PAGE,
    };
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

    loop_timer_clear(j->admin->with.loop, &r->retry);
    hash_release(&r->draft_by_name);
    hash_release(&r->now_by_name);
    config_release(c, r->now);
    config_release(r->own != NULL ? r->own : c, r->draft);
    config_close(r->own);
    while (r->waiting_count > 0)
        waiting_free(waiting_take(r));
    free(r->waiting);
    free(r->matched);
    free(r->counts);
    free(r->days);
    arena_release(&r->page_arena);
    arena_release(&r->arena);
}
