/* transport.c -- takes requests, gives each to its way of carrying, and reports
 * how it ended when the loop comes round. */
#include "transport/transport.h"

#include <stdarg.h>

#include "transport/multi.h"
#include "transport/own.h"

#define WEB_KEPT_MAX 256 /* idle HTTP connections */

/* --- a request on its way --- */

struct loop *sending_loop(const struct sending *s)
{
    return s->transport->loop;
}

int64_t sending_timeout_ms(const struct sending *s)
{
    int64_t asked_ms = s->request->timeout_ms;

    return asked_ms > 0 ? asked_ms : ATTEMPT_TIMEOUT_MS;
}

static void sending_link(struct sending *s)
{
    s->next = s->transport->first;
    if (s->next != NULL)
        s->next->previous = s;
    s->transport->first = s;
}

static void sending_unlink(struct sending *s)
{
    if (s->previous != NULL)
        s->previous->next = s->next;
    else
        s->transport->first = s->next;
    if (s->next != NULL)
        s->next->previous = s->previous;
}

/* What the store was lent is freed when the store is through with it. */
static void sending_free(struct sending *s)
{
    s->transport = NULL;
    if (s->lent)
        return;
    buf_release(&s->body);
    buf_release(&s->headers);
    free(s);
}

/* After `done` the request may be gone, and the transport too. */
static void sending_report(void *arg)
{
    struct sending *s = arg;

    sending_unlink(s);
    s->done(s->arg, &s->response);
    sending_free(s);
}

void sending_end(struct sending *s, enum outcome outcome)
{
    struct response *r = &s->response;
    const struct clock *clock = loop_clock(sending_loop(s));

    assert(!s->ended);
    s->ended = true;
    s->carried = NULL;
    r->outcome = outcome;
    r->error = str_of(s->err.text);
    r->peer = str_of(s->peer);
    r->body = buf_view(&s->body);
    r->headers = buf_view(&s->headers);
    if (r->total_us == 0)
        r->total_us = (clock_tick_ms(clock) - s->began_ms) * 1000;
    loop_timer_set(sending_loop(s), &s->timer, 0, sending_report, s);
}

void sending_fail(struct sending *s, enum outcome outcome,
                  const char *format, ...)
{
    char words[ERROR_TEXT_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof(words), format, args);
    va_end(args);
    error_set(&s->err, "%s", words);
    sending_end(s, outcome);
}

void sending_travel(struct sending *s, const struct journey *j, bool reused)
{
    struct response *r = &s->response;

    memcpy(s->peer, j->peer, sizeof(s->peer));
    r->reused = reused;
    r->lookup_us = reused ? 0 : j->lookup_us;
    r->connect_us = reused ? 0 : j->connect_us;
    r->tls_us = reused ? 0 : j->tls_us;
}

/* --- the in-process store --- */

static void store_late(void *arg)
{
    struct sending *s = arg;

    sending_fail(s, OUTCOME_TIMED_OUT,
                 "the alert store did not answer within %lld ms",
                 (long long)sending_timeout_ms(s));
}

static void store_start(struct sending *s)
{
    const struct transport_options *o = &s->transport->options;

    if (o->store == NULL) {
        sending_fail(s, OUTCOME_UNREACHED, "there is no alert store");
        return;
    }
    s->lent = true;
    loop_timer_set(sending_loop(s), &s->timer, sending_timeout_ms(s),
                   store_late, s);
    if (!o->store(o->store_arg, &s->request->store, s)) {
        s->lent = false;
        sending_fail(s, OUTCOME_UNREACHED, "the alert store is behind and "
                                           "takes no more for now");
    }
}

static void store_drop(struct sending *s)
{
    (void)s; /* the store may finish it; nobody will be told */
}

void transport_store_done(struct sending *s, bool stored, struct str why_not)
{
    assert(s->lent);
    s->lent = false;
    if (s->transport == NULL) {
        sending_free(s);
    } else if (s->ended) {
        return; /* too late: the report is on its way */
    } else if (stored) {
        s->response.status = 200;
        s->response.written = s->request->store.count;
        sending_end(s, OUTCOME_ANSWERED);
    } else {
        sending_fail(s, OUTCOME_UNREACHED, "the alert store: %.*s",
                     STR_ARG(why_not));
    }
}

/* --- every way --- */

static const struct {
    void (*start)(struct sending *s);
    void (*drop)(struct sending *s);
} ways[] = {
    [VIA_HTTP] = {http_start, http_drop},
    [VIA_MAIL] = {mail_start, mail_drop},
    [VIA_SYSLOG] = {syslog_start, syslog_drop},
    [VIA_EXEC] = {exec_start, exec_drop},
    [VIA_FILE] = {file_start, file_drop},
    [VIA_STORE] = {store_start, store_drop},
};

struct sending *transport_send(struct transport *t, const struct request *r,
                               transport_fn *done, void *arg)
{
    struct sending *s = mem_new(sizeof(*s));

    assert(done != NULL && (size_t)r->via < COUNT_OF(ways));
    assert(r->answer_max <= RESPONSE_LARGE_MAX);
    s->transport = t;
    s->request = r;
    s->done = done;
    s->arg = arg;
    s->body = BUF(r->answer_max > 0 ? r->answer_max : RESPONSE_MAX);
    s->headers = BUF(RESPONSE_HEADERS_MAX);
    s->began_ms = clock_tick_ms(loop_clock(t->loop));
    sending_link(s);
    ways[r->via].start(s);
    return s;
}

void transport_cancel(struct sending *s)
{
    if (!s->ended)
        ways[s->request->via].drop(s);
    loop_timer_clear(sending_loop(s), &s->timer);
    sending_unlink(s);
    sending_free(s);
}

/* --- the room --- */

struct transport *transport_new(struct loop *l,
                                const struct transport_options *o,
                                struct error *err)
{
    struct transport *t = mem_new(sizeof(*t));
    struct str agent = str_of(o->user_agent);

    t->loop = l;
    t->options = *o;
    t->user_agent = mem_dup(agent.p, agent.n);
    t->web = multi_new(l, WEB_KEPT_MAX, err);
    t->streams = multi_new(l, 0, err);
    t->writings = writings_new(l, err);
    if (t->web == NULL || t->streams == NULL || t->writings == NULL) {
        transport_free(t);
        return NULL;
    }
    t->mail = mail_lines_new();
    t->syslog = syslog_lines_new();
    return t;
}

void transport_free(struct transport *t)
{
    if (t == NULL)
        return;
    while (t->first != NULL)
        transport_cancel(t->first);
    exec_abandon(t);
    writings_free(t->writings);
    syslog_lines_free(t->syslog);
    mail_lines_free(t->mail);
    multi_free(t->streams);
    multi_free(t->web);
    free(t->user_agent);
    free(t);
}

static struct sending *carrier_send(void *arg, const struct request *r,
                                    transport_fn *done, void *done_arg)
{
    return transport_send(arg, r, done, done_arg);
}

static void carrier_cancel(void *arg, struct sending *s)
{
    (void)arg;
    transport_cancel(s);
}

struct carrier transport_carrier(struct transport *t)
{
    return (struct carrier){carrier_send, carrier_cancel, t};
}
