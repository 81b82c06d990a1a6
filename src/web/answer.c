/* answer.c -- every answer that leaves the server, and the headers on it. */
#include <errno.h>
#include <microhttpd.h>
#include <sys/socket.h>

#include "base/log.h"
#include "web/exchange.h"

#define LAST_WORDS_MAX (8u << 10)

/* On every answer; a route's own header of the same name takes one's place. */
static const struct header_out standard_headers[] = {
    {"Cache-Control", "no-store"},
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; "
     "img-src 'self' data:; connect-src 'self'; form-action 'self'; "
     "base-uri 'none'; frame-ancestors 'none'; "
     "require-trusted-types-for 'script'"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Content-Type-Options", "nosniff"},
};

static bool is_added(const struct exchange *x, const char *name)
{
    for (size_t i = 0; i < x->added_n; i++)
        if (strcasecmp(x->added[i].name, name) == 0)
            return true;
    return false;
}

typedef void header_fn(void *arg, const char *name, const char *value);

static void each_header(const struct exchange *x, header_fn *call, void *arg)
{
    for (size_t i = 0; i < COUNT_OF(standard_headers); i++)
        if (!is_added(x, standard_headers[i].name))
            call(arg, standard_headers[i].name, standard_headers[i].value);
    for (size_t i = 0; i < x->added_n; i++)
        call(arg, x->added[i].name, x->added[i].value);
    if (x->content_type != NULL)
        call(arg, "Content-Type", x->content_type);
    if (exchange_is_secure(x))
        call(arg, "Strict-Transport-Security", "max-age=31536000");
}

static void response_header(void *arg, const char *name, const char *value)
{
    enum MHD_Result added = MHD_add_response_header(arg, name, value);

    assert(added == MHD_YES); /* exchange_header_add() let only good ones in */
}

void answer_headers(const struct exchange *x, void *response)
{
    each_header(x, response_header, response);
}

static void answer_count(struct exchange *x)
{
    x->httpd->answered[x->status / 100]++;
}

/* The bytes stay in the exchange's arena: libmicrohttpd says when they are sent
 * before the exchange is used again. */
bool answer_queue(struct exchange *x)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(
        x->answer_n, (void *)(uintptr_t)x->answer, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result queued;

    assert(r != NULL && x->answered);
    each_header(x, response_header, r);
    if (x->httpd->stopping)
        response_header(r, "Connection", "close");
    queued = MHD_queue_response(x->connection, (unsigned)x->status, r);
    MHD_destroy_response(r);
    if (queued != MHD_YES)
        return false;
    answer_count(x);
    client_deadline(x->client, WEB_ANSWER_MS);
    return true;
}

static void text_header(void *arg, const char *name, const char *value)
{
    buf_printf(arg, "%s: %s\r\n", name, value);
}

/* In the middle of a body libmicrohttpd takes no answer, and reading on is what
 * the answer refuses. So it is written past it, as far as the socket takes it,
 * and the connection is closed by the caller. */
void answer_last_words(struct exchange *x)
{
    struct buf text freed_by(buf_release) = BUF(LAST_WORDS_MAX);
    ssize_t sent;

    buf_printf(&text, "HTTP/1.1 %d %s\r\nConnection: close\r\n", x->status,
               MHD_get_reason_phrase_for((unsigned)x->status));
    buf_printf(&text, "Content-Length: %zu\r\n", x->answer_n);
    each_header(x, text_header, &text);
    buf_text(&text, "\r\n");
    buf_add(&text, x->answer, x->answer_n);
    assert(!text.over);
    sent = send(x->client->fd, text.p, text.n, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent != (ssize_t)text.n)
        log_debug("web", "a refusal was not sent whole: %s",
                  sent < 0 ? strerror(errno) : "the client does not read");
    answer_count(x);
}

static bool value_allowed(struct str value)
{
    for (size_t i = 0; i < value.n; i++)
        if ((unsigned char)value.p[i] < ' ' || value.p[i] == 0x7f)
            return false;
    return value.n > 0;
}

void exchange_header_add(struct exchange *x, const char *name, struct str value)
{
    assert(!x->answered && x->added_n < HEADERS_OUT_MAX);
    if (!value_allowed(value)) {
        log_error("web", "header %s is left out: its value is empty or has "
                         "control characters", name);
        return;
    }
    x->added[x->added_n].name = name;
    x->added[x->added_n].value = arena_c(&x->arena, value);
    x->added_n++;
}

static void answer_keep(struct exchange *x, struct str body)
{
    char *copy = arena_new(&x->arena, body.n);

    if (body.n > 0)
        memcpy(copy, body.p, body.n);
    x->answer = copy;
    x->answer_n = body.n;
}

/* `keep`: the body is to be copied. */
static void answer(struct exchange *x, int status, const char *content_type,
                   struct str body, bool keep)
{
    assert(!x->answered && status >= 200 && status <= 599);
    x->answered = true;
    if (x->httpd == NULL) { /* it was freed meanwhile */
        exchange_free(x);
        return;
    }
    x->status = status;
    x->content_type = content_type;
    x->answer = body.p;
    x->answer_n = body.n;
    if (keep)
        answer_keep(x, body);
    if (x->stage != STAGE_HELD)
        return;
    exchange_unhold(x);
    httpd_soon(x->httpd); /* once for all that is answered in this turn */
}

void exchange_answer(struct exchange *x, int status, const char *content_type,
                     struct str body)
{
    answer(x, status, content_type, body, true);
}

void exchange_answer_static(struct exchange *x, int status,
                            const char *content_type, struct str body)
{
    answer(x, status, content_type, body, false);
}

void exchange_json(struct exchange *x, int status, struct str json)
{
    exchange_answer(x, status, "application/json", json);
}
