/* syslog.c -- syslog messages to a local socket, over UDP, TCP or TLS, by lines
 * that are kept: one to each server, used by one request at a time.
 *
 * Nothing comes back in syslog, so `written` says how many messages were handed
 * to the system. That is no receipt: before a line that waited is used again we
 * look whether the other side has closed it. */
#include "transport/stream.h"

#include <errno.h>
#include <sys/socket.h>

#define IDLE_MS (300 * 1000)    /* a line that is not used is closed */
#define UDP_AGE_MS (60 * 1000)  /* then the name is looked up again */
#define DRAIN_MAX 16            /* reads of what nobody asked for, at a time */
#define PREFIX_MAX 24           /* "1234567 " */

struct syslog_job;

struct syslog_line {
    struct transport *transport;
    struct syslog_line *next, *previous;
    struct stream *stream; /* ours; NULL: closed */
    bool open;             /* else the stream is being dialled, if there is one */
    bool worn;             /* it was used before, or waited */
    bool datagrams;
    int64_t opened_ms;
    struct syslog_job *first; /* whose turn it is, and who waits */
    struct timer idle;

    enum syslog_transport kind; /* which server it goes to */
    uint16_t port;
    char *host, *ca_file; /* ours */
};

struct syslog_job {
    struct sending *sending;
    struct syslog_line *line;
    struct syslog_job *next;
    bool begun;
    struct buf wire; /* ours: the frames as one run of bytes; streams only */
    size_t sent;     /* bytes of it, or frames as datagrams */
};

struct syslog_lines {
    struct syslog_line *first;
};

static const struct syslog_request *job_request(const struct syslog_job *j)
{
    return &j->sending->request->syslog;
}

/* --- framing (RFC 6587, 3.4) --- */

static size_t frame_prefix(enum syslog_framing framing, struct str frame,
                           char prefix[PREFIX_MAX])
{
    if (framing == SYSLOG_LF)
        return 0;
    return (size_t)snprintf(prefix, PREFIX_MAX, "%zu ", frame.n);
}

/* A local stream has no framing to choose: a line a message. */
static enum syslog_framing job_framing(const struct syslog_job *j)
{
    return j->line->kind == SYSLOG_LOCAL ? SYSLOG_LF : job_request(j)->framing;
}

static void wire_make(struct syslog_job *j)
{
    const struct syslog_request *r = job_request(j);
    enum syslog_framing framing = job_framing(j);
    char prefix[PREFIX_MAX];

    buf_reset(&j->wire);
    for (size_t i = 0; i < r->frame_count; i++) {
        struct str frame = r->frames[i];

        buf_add(&j->wire, prefix, frame_prefix(framing, frame, prefix));
        buf_str(&j->wire, frame);
        if (framing == SYSLOG_LF) {
            assert(str_find(frame, '\n') == frame.n); /* else two messages */
            buf_char(&j->wire, '\n');
        }
    }
    assert(!j->wire.over);
}

/* Frames that have left us whole. */
static size_t job_written(const struct syslog_job *j)
{
    const struct syslog_request *r = job_request(j);
    enum syslog_framing framing = job_framing(j);
    char prefix[PREFIX_MAX];
    size_t end = 0, i;

    if (j->line->datagrams)
        return j->sent;
    for (i = 0; i < r->frame_count; i++) {
        end += frame_prefix(framing, r->frames[i], prefix) + r->frames[i].n +
               (framing == SYSLOG_LF ? 1 : 0);
        if (end > j->sent)
            break;
    }
    return i;
}

/* --- jobs --- */

static void job_unlink(struct syslog_job *j)
{
    struct syslog_job **at = &j->line->first;

    while (*at != j)
        at = &(*at)->next;
    *at = j->next;
}

static void job_link(struct syslog_job *j)
{
    struct syslog_job **at = &j->line->first;

    while (*at != NULL)
        at = &(*at)->next;
    *at = j;
}

static void job_free(struct syslog_job *j)
{
    job_unlink(j);
    buf_release(&j->wire);
    free(j);
}

static void job_end(struct syslog_job *j, enum outcome outcome)
{
    struct sending *s = j->sending;

    s->response.written = job_written(j);
    job_free(j);
    sending_end(s, outcome);
}

static void job_fail(struct syslog_job *j, enum outcome outcome,
                     const char *words)
{
    const struct syslog_line *l = j->line;

    if (l->kind == SYSLOG_LOCAL)
        error_set(&j->sending->err, "%s: %s", l->host, words);
    else
        error_set(&j->sending->err, "%s:%u: %s", l->host, l->port, words);
    job_end(j, outcome);
}

/* --- lines --- */

static void line_close(struct syslog_line *l)
{
    stream_free(l->stream);
    l->stream = NULL;
    l->open = false;
}

static void line_free(struct syslog_line *l)
{
    struct syslog_lines *lines = l->transport->syslog;

    assert(l->first == NULL);
    loop_timer_clear(l->transport->loop, &l->idle);
    line_close(l);
    if (l->previous != NULL)
        l->previous->next = l->next;
    else
        lines->first = l->next;
    if (l->next != NULL)
        l->next->previous = l->previous;
    free(l->host);
    free(l->ca_file);
    free(l);
}

static void line_expired(void *arg)
{
    line_free(arg);
}

/* Reads and forgets what the server says, to learn whether it is still there:
 * false and err if not. */
static bool line_drain(struct syslog_line *l, struct error *err)
{
    char unwanted[512];
    ssize_t n = 1;

    for (int i = 0; i < DRAIN_MAX && n > 0; i++)
        n = stream_receive(l->stream, unwanted, sizeof(unwanted), err);
    return n >= 0;
}

static int64_t line_now_ms(const struct syslog_line *l)
{
    return clock_tick_ms(loop_clock(l->transport->loop));
}

/* Whether a line that waited can be used for the next request. */
static bool line_usable(struct syslog_line *l)
{
    if (l->kind == SYSLOG_UDP)
        return line_now_ms(l) - l->opened_ms <= UDP_AGE_MS;
    return l->datagrams || line_drain(l, NULL);
}

/* All who wait would fail in the same way. */
static void line_fail(struct syslog_line *l, enum outcome outcome,
                      const char *words)
{
    line_close(l);
    while (l->first != NULL)
        job_fail(l->first, outcome, words);
}

/* --- dialling --- */

static void line_pump(struct syslog_line *l);

static void line_dialled(struct syslog_line *l)
{
    l->open = true;
    l->worn = false;
    l->opened_ms = line_now_ms(l);
}

static void line_opened(void *arg, CURLcode code)
{
    struct syslog_line *l = arg;
    const struct call *c = stream_call(l->stream);
    struct error err;

    if (code == CURLE_OK) {
        line_dialled(l);
    } else {
        call_explain(c, code, &err);
        line_fail(l, call_outcome(c, code), err.text);
    }
    line_pump(l);
}

static void line_dial_local(struct syslog_line *l)
{
    struct error err;
    int fd = syslog_local_open(str_of(l->host), &l->datagrams, &err);

    if (fd < 0) {
        line_fail(l, OUTCOME_UNREACHED, err.text);
        return;
    }
    l->stream = stream_of_fd(l->transport->loop, fd);
    line_dialled(l);
}

/* http and https stand for a bare connection without and with TLS. */
static void line_dial(struct syslog_line *l)
{
    bool tls = l->kind == SYSLOG_TLS;
    struct stream_spec spec = {
        .scheme = tls ? "https" : "http",
        .host = str_of(l->host),
        .port = l->port,
        .socket_type = l->kind == SYSLOG_UDP ? SOCK_DGRAM : SOCK_STREAM,
        .reach = REACH_PRIVATE,
        .ca_file = str_of(l->ca_file),
        .timeout_ms = CONNECT_TIMEOUT_MS,
    };
    struct error err;

    l->datagrams = l->kind == SYSLOG_UDP;
    l->stream = stream_new(l->transport->streams, &spec, line_opened, l, &err);
    if (l->stream == NULL)
        line_fail(l, OUTCOME_DENIED, err.text);
    else
        stream_dial(l->stream);
}

/* --- sending --- */

enum progress { PROGRESS_DONE, PROGRESS_WAITING, PROGRESS_BROKEN };

static enum progress stream_progress(struct syslog_job *j, struct error *err)
{
    while (j->sent < j->wire.n) {
        struct str rest = str_from(buf_view(&j->wire), j->sent);
        ssize_t n = stream_send(j->line->stream, rest, err);

        if (n < 0)
            return PROGRESS_BROKEN;
        if (n == 0)
            return PROGRESS_WAITING;
        j->sent += (size_t)n;
    }
    return PROGRESS_DONE;
}

static enum progress datagram_progress(struct syslog_job *j, struct error *err)
{
    const struct syslog_request *r = job_request(j);

    while (j->sent < r->frame_count) {
        ssize_t n = stream_send(j->line->stream, r->frames[j->sent], err);

        if (n < 0)
            return PROGRESS_BROKEN;
        if (n == 0)
            return PROGRESS_WAITING;
        j->sent++;
    }
    errno = stream_fault(j->line->stream); /* refused on this very machine */
    if (errno == 0)
        return PROGRESS_DONE;
    error_set(err, "%s", strerror(errno));
    return PROGRESS_BROKEN;
}

/* A refusal is news of an earlier datagram, as a rule: then nobody listens there
 * and none of them has arrived. */
static void datagram_broken(struct syslog_job *j, int fault,
                            const struct error *err)
{
    struct syslog_line *l = j->line;

    if (fault == EMSGSIZE) {
        job_fail(j, OUTCOME_DENIED,
                 "a message is too large for a datagram; lower the maximum "
                 "size, or use TCP");
        return;
    }
    if (fault == ECONNREFUSED)
        j->sent = 0;
    job_fail(j, OUTCOME_UNREACHED, err->text);
    line_close(l);
}

/* A line that had waited may have died unnoticed: it is dialled anew. Not over
 * UDP, where a refusal is all we will ever hear. */
static bool job_again(struct syslog_job *j)
{
    struct syslog_line *l = j->line;

    if (!j->sending->response.reused || l->kind == SYSLOG_UDP ||
        (!l->datagrams && j->sent > 0))
        return false;
    j->begun = false;
    line_close(l);
    return true;
}

static void job_broken(struct syslog_job *j, int fault,
                       const struct error *err)
{
    struct syslog_line *l = j->line;

    if (job_again(j))
        return;
    if (l->datagrams) {
        datagram_broken(j, fault, err);
        return;
    }
    job_fail(j, j->sent > 0 ? OUTCOME_LOST : OUTCOME_UNREACHED, err->text);
    line_close(l);
}

static void job_begin(struct syslog_job *j)
{
    struct syslog_line *l = j->line;
    struct journey none = {0};

    j->begun = true;
    if (!l->datagrams)
        wire_make(j);
    if (l->kind == SYSLOG_LOCAL)
        snprintf(none.peer, sizeof(none.peer), "%s", l->host);
    sending_travel(j->sending,
                   l->kind == SYSLOG_LOCAL ? &none : stream_journey(l->stream),
                   l->worn);
    l->worn = true;
}

static void line_ready(void *arg, int fd, int events);

/* True: go on, with this job or the next. */
static bool job_turn(struct syslog_job *j)
{
    struct syslog_line *l = j->line;
    int events = l->datagrams ? LOOP_WRITE : LOOP_READ | LOOP_WRITE;
    struct error err;

    switch (l->datagrams ? datagram_progress(j, &err)
                         : stream_progress(j, &err)) {
    case PROGRESS_DONE:
        job_end(j, OUTCOME_ANSWERED);
        return true;
    case PROGRESS_WAITING:
        if (stream_watch(l->stream, events, line_ready, l, &err))
            return false;
        job_broken(j, 0, &err);
        return true;
    case PROGRESS_BROKEN:
        job_broken(j, errno, &err);
        return true;
    }
    bug("no such progress");
}

/* True: go on. */
static bool line_turn(struct syslog_line *l)
{
    if (l->open && !l->first->begun && !line_usable(l))
        line_close(l);
    if (l->stream == NULL && l->kind == SYSLOG_LOCAL)
        line_dial_local(l);
    else if (l->stream == NULL)
        line_dial(l);
    if (!l->open)
        return false; /* being dialled, or it failed for all of them */
    if (!l->first->begun)
        job_begin(l->first);
    return job_turn(l->first);
}

/* While it waits for work a stream is watched for its end. */
static void line_rest(struct syslog_line *l)
{
    loop_timer_set(l->transport->loop, &l->idle, IDLE_MS, line_expired, l);
    if (!l->open)
        return;
    if (l->datagrams)
        stream_unwatch(l->stream);
    else if (!stream_watch(l->stream, LOOP_READ, line_ready, l, NULL))
        line_close(l);
}

static void line_pump(struct syslog_line *l)
{
    loop_timer_clear(l->transport->loop, &l->idle);
    while (l->first != NULL && line_turn(l))
        ;
    if (l->first == NULL)
        line_rest(l);
}

static void line_ready(void *arg, int fd, int events)
{
    struct syslog_line *l = arg;
    struct error err;

    (void)fd;
    (void)events;
    if (!l->datagrams && !line_drain(l, &err)) {
        if (l->first != NULL && l->first->begun)
            job_broken(l->first, 0, &err);
        else
            line_close(l);
    }
    line_pump(l);
}

/* --- requests --- */

static struct syslog_line *line_new(struct transport *t,
                                    const struct syslog_request *r)
{
    struct syslog_lines *lines = t->syslog;
    struct syslog_line *l = mem_new(sizeof(*l));

    l->transport = t;
    l->kind = r->transport;
    l->port = r->port;
    l->host = mem_dup(r->host.p, r->host.n);
    l->ca_file = mem_dup(r->ca_file.p, r->ca_file.n);
    l->next = lines->first;
    if (l->next != NULL)
        l->next->previous = l;
    lines->first = l;
    return l;
}

static struct syslog_line *line_to(struct transport *t,
                                   const struct syslog_request *r)
{
    struct syslog_line *l = t->syslog->first;

    while (l != NULL &&
           (l->kind != r->transport || l->port != r->port ||
            !str_is(r->host, l->host) || !str_is(r->ca_file, l->ca_file)))
        l = l->next;
    return l != NULL ? l : line_new(t, r);
}

static void job_late(void *arg)
{
    struct syslog_job *j = ((struct sending *)arg)->carried;
    struct syslog_line *l = j->line;
    bool begun = j->begun;

    job_fail(j, begun ? OUTCOME_TIMED_OUT : OUTCOME_UNREACHED,
             begun ? "it takes the messages too slowly"
                   : "the connection was not ours to use in time");
    if (begun)
        line_close(l); /* a message may have been cut in two */
    line_pump(l);
}

void syslog_start(struct sending *s)
{
    const struct syslog_request *r = &s->request->syslog;
    struct syslog_job *j = mem_new(sizeof(*j));

    assert(r->frame_count > 0);
    for (size_t i = 0; i < r->frame_count; i++)
        assert(r->frames[i].n > 0);
    j->sending = s;
    j->line = line_to(s->transport, r);
    j->wire = BUF(2 * REQUEST_MAX);
    s->carried = j;
    job_link(j);
    loop_timer_set(sending_loop(s), &s->timer, sending_timeout_ms(s), job_late,
                   s);
    line_pump(j->line);
}

void syslog_drop(struct sending *s)
{
    struct syslog_job *j = s->carried;
    struct syslog_line *l = j->line;

    if (j->begun)
        line_close(l);
    job_free(j);
    line_pump(l);
}

struct syslog_lines *syslog_lines_new(void)
{
    return mem_new(sizeof(struct syslog_lines));
}

void syslog_lines_free(struct syslog_lines *lines)
{
    if (lines == NULL)
        return;
    while (lines->first != NULL)
        line_free(lines->first);
    free(lines);
}
