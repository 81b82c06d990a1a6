/* events.c -- a ring of what happened, and those who listen to it. */
#include "admin/events.h"

const char *const topic_names[] = {"alerts", "deliveries", "config", "jobs",
                                   NULL};
/* What is said instead of those too many in a second. */
static const char *const more_names[TOPIC_COUNT] = {
    "alerts-more", "deliveries-more", "config-more", "jobs-more"};

struct event {
    int64_t n;
    enum topic topic;
    char *text; /* ours; as it is sent */
    size_t text_n;
};

struct listener {
    struct events *events;
    struct stream *stream;
    unsigned topics; /* bits */
    int64_t session_id, token_id;
    events_still_fn *still;
    void *still_arg;
    struct listener *previous, *next;
};

struct events {
    struct loop *loop;
    int64_t epoch_ms; /* of the start: ids of another run are not ours */
    int64_t n;        /* the last one's number, also of what was not kept */
    struct event kept[EVENTS_KEPT]; /* a ring */
    size_t first, count, bytes;
    struct listener *listeners; /* each its stream's */
    int64_t linger_until_ms;    /* on the tick */
    struct timer heartbeat, second;
    struct {
        unsigned said, more;
    } in_this_second[TOPIC_COUNT];
};

struct events *events_new(struct loop *l)
{
    struct events *e = mem_new(sizeof *e);

    e->loop = l;
    e->epoch_ms = clock_wall_ms(loop_clock(l));
    return e;
}

/* --- the ring ------------------------------------------------------------------ */

static void oldest_drop(struct events *e)
{
    struct event *old = &e->kept[e->first];

    e->bytes -= old->text_n;
    free(old->text);
    *old = (struct event){0};
    e->first = (e->first + 1) % EVENTS_KEPT;
    e->count--;
}

static void ring_clear(struct events *e)
{
    while (e->count > 0)
        oldest_drop(e);
}

static void ring_add(struct events *e, enum topic topic, struct str text)
{
    struct event *new;

    while (e->count == EVENTS_KEPT ||
           (e->count > 0 && e->bytes + text.n > EVENTS_BYTES))
        oldest_drop(e);
    new = &e->kept[(e->first + e->count) % EVENTS_KEPT];
    *new = (struct event){e->n, topic, mem_dup(text.p, text.n), text.n};
    e->count++;
    e->bytes += text.n;
}

bool events_wanted(struct events *e, enum topic topic unused)
{
    if (e->listeners != NULL)
        return true;
    if (e->linger_until_ms != 0 &&
        clock_tick_ms(loop_clock(e->loop)) < e->linger_until_ms)
        return true;
    e->linger_until_ms = 0;
    e->n++;
    ring_clear(e);
    return false;
}

/* --- saying it ------------------------------------------------------------------- */

static void say(struct events *e, enum topic topic, const char *name,
                struct str data)
{
    struct buf text freed_by(buf_release) = BUF(ALERT_JSON_MAX);

    e->n++;
    buf_printf(&text, "id: %lld-%lld\nevent: %s\ndata: ", (long long)e->epoch_ms,
               (long long)e->n, name);
    buf_str(&text, data);
    buf_text(&text, "\n\n");
    if (text.over) { /* then it is as if the listener had missed it */
        ring_clear(e);
        return;
    }
    ring_add(e, topic, buf_view(&text));
    for (struct listener *l = e->listeners; l != NULL; l = l->next)
        if ((l->topics & 1u << topic) != 0)
            stream_write(l->stream, buf_view(&text));
}

/* What was too much in the last second, in one event a topic. */
static void second_over(void *events)
{
    struct events *e = events;
    char data[64];

    for (int t = 0; t < TOPIC_COUNT; t++) {
        if (e->in_this_second[t].more > 0) {
            snprintf(data, sizeof data, "{\"count\":%u}",
                     e->in_this_second[t].more);
            say(e, (enum topic)t, more_names[t], str_of(data));
        }
        e->in_this_second[t].said = e->in_this_second[t].more = 0;
    }
}

void events_report(struct events *e, enum topic topic, const char *name,
                   struct str data)
{
    if (e->second.due_ms == 0)
        loop_timer_set(e->loop, &e->second, 1000, second_over, e);
    if (e->in_this_second[topic].said == EVENTS_EACH_S) {
        e->in_this_second[topic].more++;
        return;
    }
    e->in_this_second[topic].said++;
    say(e, topic, name, data);
}

/* --- listening ----------------------------------------------------------------------- */

static void listener_gone(void *listener)
{
    struct listener *l = listener;
    struct events *e = l->events;

    if (e == NULL) { /* they were freed */
        free(l);
        return;
    }
    if (l->previous != NULL)
        l->previous->next = l->next;
    else
        e->listeners = l->next;
    if (l->next != NULL)
        l->next->previous = l->previous;
    e->linger_until_ms =
        clock_tick_ms(loop_clock(e->loop)) + EVENTS_LINGER_MS;
    free(l);
}

static bool may_listen(const struct listener *l)
{
    return l->still(l->still_arg, l->session_id, l->token_id);
}

void events_let_go(struct events *e)
{
    for (struct listener *l = e->listeners; l != NULL; l = l->next)
        if (!may_listen(l))
            stream_end(l->stream);
}

static void heartbeat(void *events)
{
    struct events *e = events;

    for (struct listener *l = e->listeners; l != NULL; l = l->next)
        if (may_listen(l))
            stream_write(l->stream, STR(": still here\n\n"));
        else
            stream_end(l->stream);
    if (e->listeners != NULL)
        loop_timer_set(e->loop, &e->heartbeat, EVENTS_HEARTBEAT_MS, heartbeat, e);
}

/* The number in "EPOCH-N" of this run; -1: another's, or none. */
static int64_t last_number(const struct events *e, struct str id)
{
    int64_t epoch, n;
    struct str first = str_until(&id, '-');

    if (!str_to_i64(first, &epoch) || epoch != e->epoch_ms ||
        !str_to_i64(id, &n) || n < 0 || n > e->n)
        return -1;
    return n;
}

static void note_write(const struct events *e, struct stream *s,
                       const char *name)
{
    struct buf text freed_by(buf_release) = BUF(256);

    buf_printf(&text, "id: %lld-%lld\nevent: %s\ndata: {}\n\n",
               (long long)e->epoch_ms, (long long)e->n, name);
    stream_write(s, buf_view(&text));
}

/* What came after `n`; false: some of it is not kept any more. */
static bool replay(const struct events *e, struct listener *l, int64_t n)
{
    if (n < e->n - (int64_t)e->count)
        return false;
    for (size_t i = 0; i < e->count; i++) {
        const struct event *old = &e->kept[(e->first + i) % EVENTS_KEPT];

        if (old->n > n && (l->topics & 1u << old->topic) != 0)
            stream_write(l->stream,
                                (struct str){old->text, old->text_n});
    }
    return true;
}

static struct listener *listener_new(struct events *e, struct exchange *x,
                                     unsigned topics)
{
    struct listener *l = mem_new(sizeof *l);

    l->events = e;
    l->topics = topics;
    l->session_id = exchange_caller(x)->session_id;
    l->token_id = exchange_caller(x)->token_id;
    l->stream = stream_begin(x, "text/event-stream; charset=utf-8",
                             listener_gone, l);
    if (l->stream == NULL) {
        free(l);
        return NULL;
    }
    l->next = e->listeners;
    if (l->next != NULL)
        l->next->previous = l;
    e->listeners = l;
    return l;
}

void events_listen(struct events *e, struct exchange *x, unsigned topics,
                   struct str last_id, events_still_fn *still, void *arg)
{
    struct listener *l;
    int64_t n = last_number(e, last_id);

    exchange_header_add(x, "X-Accel-Buffering", STR("no"));
    l = listener_new(e, x, topics);
    if (l == NULL)
        return;
    l->still = still;
    l->still_arg = arg;
    if (e->heartbeat.due_ms == 0)
        loop_timer_set(e->loop, &e->heartbeat, EVENTS_HEARTBEAT_MS, heartbeat, e);
    stream_write(l->stream, STR("retry: 3000\n\n"));
    if (last_id.n == 0)
        note_write(e, l->stream, "ready");
    else if (n < 0 || !replay(e, l, n))
        note_write(e, l->stream, "reset");
}

void events_free(struct events *e)
{
    if (e == NULL)
        return;
    for (struct listener *l = e->listeners; l != NULL; l = l->next) {
        l->events = NULL;
        stream_end(l->stream);
    }
    loop_timer_clear(e->loop, &e->heartbeat);
    loop_timer_clear(e->loop, &e->second);
    ring_clear(e);
    free(e);
}
