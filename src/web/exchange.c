/* exchange.c -- a request's life, and what its route can ask of it. */
#include "web/exchange.h"

#include <microhttpd.h>

#include "base/log.h"

#define BODY_KEPT_BYTES (64u << 10) /* of a spare exchange's buffer */

void client_deadline(struct client *c, int64_t in_ms)
{
    const struct clock *clock = loop_clock(c->httpd->loop);

    c->deadline_ms = in_ms == 0 ? 0 : clock_tick_ms(clock) + in_ms;
}

static struct exchange *spare_take(struct httpd *h)
{
    struct exchange *x = h->spare;

    if (x == NULL)
        return mem_new(sizeof(*x));
    h->spare = x->next;
    h->spare_n--;
    x->next = NULL;
    return x;
}

struct exchange *exchange_take(struct httpd *h, struct MHD_Connection *c,
                               const char *raw_target)
{
    const union MHD_ConnectionInfo *socket =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct exchange *x = spare_take(h);

    x->httpd = h;
    x->connection = c;
    x->client = socket->socket_context;
    x->raw_target = arena_str(&x->arena, str_of(raw_target));
    return x;
}

void exchange_free(struct exchange *x)
{
    arena_release(&x->arena);
    buf_release(&x->body);
    free(x);
}

/* Back to a zeroed one, but for its memory. */
static void exchange_clear(struct exchange *x)
{
    struct arena arena = x->arena;
    struct buf body = x->body;

    arena_reset(&arena);
    if (body.capacity > BODY_KEPT_BYTES)
        buf_release(&body);
    buf_reset(&body);
    *x = (struct exchange){.arena = arena, .body = body};
}

static void exchange_spare(struct exchange *x)
{
    struct httpd *h = x->httpd;

    h->body_bytes -= x->body.n;
    if (h->spare_n == WEB_SPARE_MAX) {
        exchange_free(x);
        return;
    }
    exchange_clear(x);
    x->next = h->spare;
    h->spare = x;
    h->spare_n++;
}

/* --- while it is held --- */

/* The client's end is closed. It may only have finished sending and still want
 * the answer; that cannot be known, so the owner is told and still answers. */
static void gone_ready(void *arg, int fd, int events unused)
{
    struct exchange *x = arg;

    loop_unwatch(x->httpd->loop, fd);
    x->gone_watched = false;
    x->gone(x->gone_arg);
}

/* libmicrohttpd does not look at a suspended connection, so we do. */
static void gone_watch(struct exchange *x)
{
    struct error err;

    if (x->gone == NULL || x->gone_watched)
        return;
    x->gone_watched = loop_watch(x->httpd->loop, x->client->fd, LOOP_HANGUP,
                                 gone_ready, x, &err);
    if (!x->gone_watched) /* then the answer goes into the void, later */
        log_warn("web", "%s", err.text);
}

static void gone_unwatch(struct exchange *x)
{
    if (x->gone_watched)
        loop_unwatch(x->httpd->loop, x->client->fd);
    x->gone_watched = false;
}

void exchange_on_gone(struct exchange *x, void (*gone)(void *arg), void *arg)
{
    assert(!x->answered);
    x->gone = gone;
    x->gone_arg = arg;
    if (x->stage != STAGE_HELD || x->httpd == NULL)
        return;
    if (gone == NULL)
        gone_unwatch(x);
    else
        gone_watch(x);
}

void exchange_hold(struct exchange *x)
{
    struct httpd *h = x->httpd;

    x->stage = STAGE_HELD;
    x->next = h->held;
    if (h->held != NULL)
        h->held->previous = x;
    h->held = x;
    MHD_suspend_connection(x->connection);
    gone_watch(x);
}

void exchange_unhold(struct exchange *x)
{
    struct httpd *h = x->httpd;

    gone_unwatch(x);
    if (x->previous != NULL)
        x->previous->next = x->next;
    else
        h->held = x->next;
    if (x->next != NULL)
        x->next->previous = x->previous;
    x->previous = x->next = NULL;
    MHD_resume_connection(x->connection);
}

/* Without an answer only when the server is being freed: the exchange is then
 * its owner's alone, until it is answered. */
void exchange_completed(struct exchange *x)
{
    if (x->stream != NULL)
        stream_gone(x);
    if (x->stage != STAGE_HELD || x->answered) {
        client_deadline(x->client, WEB_IDLE_S * 1000 + WEB_HEAD_MS);
        exchange_spare(x);
        return;
    }
    x->httpd = NULL;
    x->connection = NULL;
    x->client = NULL;
    if (x->gone != NULL)
        x->gone(x->gone_arg);
}

/* --- what a route can ask --- */

struct str exchange_body(const struct exchange *x)
{
    return buf_view(&x->body);
}

struct str exchange_path(const struct exchange *x)
{
    return x->target.path;
}

struct str exchange_segment(const struct exchange *x, const char *name)
{
    return route_segment(x->entry, &x->target, name);
}

static const struct query *query_find(const struct exchange *x,
                                      const char *name)
{
    for (size_t i = 0; i < x->target.queries_n; i++)
        if (str_is(x->target.queries[i].name, name))
            return &x->target.queries[i];
    return NULL;
}

struct str exchange_query(const struct exchange *x, const char *name)
{
    const struct query *q = query_find(x, name);

    return q == NULL ? STR_NONE : q->value;
}

bool exchange_has_query(const struct exchange *x, const char *name)
{
    return query_find(x, name) != NULL;
}

bool exchange_query_at(const struct exchange *x, size_t at, struct str *name,
                       struct str *value)
{
    if (at >= x->target.queries_n)
        return false;
    *name = x->target.queries[at].name;
    *value = x->target.queries[at].value;
    return true;
}

struct str exchange_header(const struct exchange *x, const char *name)
{
    const char *value = NULL;
    size_t n = 0;

    if (x->connection == NULL)
        return STR_NONE;
    MHD_lookup_connection_value_n(x->connection, MHD_HEADER_KIND, name,
                                  strlen(name), &value, &n);
    return (struct str){value, n};
}

struct str exchange_content_type(const struct exchange *x)
{
    struct str value = x->headers.known[HEADER_CONTENT_TYPE].value;

    return str_trim(str_first(value, str_find(value, ';')));
}

struct arena *exchange_arena(struct exchange *x)
{
    return &x->arena;
}
