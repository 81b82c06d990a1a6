/* httpd_rig.c -- a site on the real server, and clients on its own loop. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "httpd_rig.h"

static int64_t fake_ms(void *arg)
{
    return *(const int64_t *)arg;
}

static uint32_t fake_dice(void *arg)
{
    (void)arg;
    return 0xabcd;
}

static void serve_echo(void *arg, struct exchange *x)
{
    struct site *s = arg;

    s->served++;
    exchange_answer(x, 200, "application/octet-stream", exchange_body(x));
}

static void serve_hold(void *arg, struct exchange *x)
{
    struct site *s = arg;

    s->served++;
    assert_true(s->held_n < COUNT_OF(s->held));
    s->held[s->held_n++] = x;
}

static void note_gone(void *arg)
{
    struct site *s = arg;

    s->gone++;
}

static void serve_hold_watched(void *arg, struct exchange *x)
{
    serve_hold(arg, x);
    exchange_on_gone(x, note_gone, arg);
}

/* What the request looked like from inside. */
static void serve_describe(void *arg, struct exchange *x)
{
    struct site *s = arg;
    struct buf text freed_by(buf_release) = BUF(2000);
    struct str user, pass, name, value;

    s->served++;
    buf_printf(&text, "path=%.*s id=%.*s q=%.*s has=%d type=%.*s x=%.*s\n",
               STR_ARG(exchange_path(x)), STR_ARG(exchange_segment(x, "id")),
               STR_ARG(exchange_query(x, "q")), exchange_has_query(x, "q"),
               STR_ARG(exchange_content_type(x)),
               STR_ARG(exchange_header(x, "x-thing")));
    for (size_t i = 0; exchange_query_at(x, i, &name, &value); i++)
        buf_printf(&text, "[%.*s=%.*s]", STR_ARG(name), STR_ARG(value));
    if (exchange_basic(x, &user, &pass))
        buf_printf(&text, "user=%.*s pass=%.*s", STR_ARG(user), STR_ARG(pass));
    buf_str(&text, arena_str(exchange_arena(x), STR("\n")));
    exchange_header_add(x, "X-One", STR("1"));
    exchange_header_add(x, "Cache-Control", STR("max-age=60"));
    exchange_header_add(x, "X-Split", STR("a\r\nX-Evil: 1"));
    exchange_answer(x, 200, "text/plain", buf_view(&text));
}

static void serve_fault(void *arg, struct exchange *x)
{
    struct site *s = arg;
    struct error err;

    s->served++;
    error_set(&err, "no endpoint named \"a\"");
    error_at(&err, "endpoint");
    exchange_problem(x, 422, "invalid-object", &err);
}

static void serve_nothing(void *arg, struct exchange *x)
{
    struct site *s = arg;

    s->served++;
    exchange_answer(x, 204, NULL, STR_NONE);
}

const struct route site_routes[] = {
    {"GET", "/echo", ACCESS_ANYONE, 0, serve_echo},
    {"POST", "/echo", ACCESS_ANYONE, BODY_MAX, serve_echo},
    {"POST", "/big", ACCESS_ANYONE, BIG_MAX, serve_echo},
    {"POST", "/huge", ACCESS_ANYONE, HUGE_MAX, serve_nothing},
    {"POST", "/hold", ACCESS_ANYONE, BODY_MAX, serve_hold},
    {"GET", "/hold", ACCESS_ANYONE, 0, serve_hold},
    {"GET", "/hold-watched", ACCESS_ANYONE, 0, serve_hold_watched},
    {"GET", "/describe/{id}", ACCESS_ANYONE, 0, serve_describe},
    {"POST", "/fault", ACCESS_ANYONE, BODY_MAX, serve_fault},
    {"DELETE", "/nothing", ACCESS_ANYONE, 0, serve_nothing},
    {"GET", "/smuggled", ACCESS_ANYONE, 0, serve_nothing},
    {"POST", "/intake", ACCESS_INTAKE, BODY_MAX, serve_echo},
    {"GET", "/local", ACCESS_LOCAL, 0, serve_nothing},
    {"GET", "/read", ACCESS_ALERTS_READ, 0, serve_nothing},
    {"POST", "/write", ACCESS_ADMIN, BODY_MAX, serve_nothing},
    {.method = NULL},
};

/* The tokens are "reader" and "admin". */
void site_who(void *arg, const struct credential *given, struct caller *out)
{
    (void)arg;
    if (str_is(given->token, "admin"))
        *out = (struct caller){.kind = CALLER_TOKEN, .scopes = SCOPE_ALL};
    if (str_is(given->token, "reader"))
        *out = (struct caller){.kind = CALLER_TOKEN,
                               .scopes = SCOPE_ALERTS_READ};
}

void site_init(struct site *s)
{
    struct httpd_options o = {
        .address = "127.0.0.1", .who = site_who, .people = s};
    struct error err;

    *s = (struct site){.now_ms = 1000};
    s->clock = (struct clock){fake_ms, fake_ms, fake_dice, &s->now_ms};
    s->loop = loop_new(&s->clock, &err);
    assert_non_null(s->loop);
    s->httpd = httpd_new(s->loop, &o, &err);
    if (s->httpd == NULL)
        fail_msg("%s", err.text);
    httpd_routes(s->httpd, site_routes, s);
}

void site_release(struct site *s)
{
    httpd_free(s->httpd);
    loop_free(s->loop);
}

void turn_until_held(struct site *s, size_t n)
{
    while (s->held_n < n)
        loop_turn(s->loop, -1);
}

/* --- a client on the same loop --- */

static void client_ready(void *arg, int fd, int events);

static void client_watch(struct client *c)
{
    struct error err;
    int events = LOOP_READ | (c->sent < c->out.n ? LOOP_WRITE : 0);

    if (c->closed)
        loop_unwatch(c->site->loop, c->fd);
    else
        assert_true(loop_watch(c->site->loop, c->fd, events, client_ready, c,
                               &err));
}

static void client_receive(struct client *c)
{
    static char bytes[64u << 10];
    ssize_t n = recv(c->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

    if (n > 0)
        buf_add(&c->in, bytes, (size_t)n);
    else if (n == 0 || errno != EAGAIN)
        c->closed = true;
}

static void client_ready(void *arg, int fd, int events)
{
    struct client *c = arg;
    ssize_t n;

    if ((events & LOOP_WRITE) && c->sent < c->out.n) {
        n = send(fd, c->out.p + c->sent, c->out.n - c->sent,
                 MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0)
            c->sent += (size_t)n;
        else if (errno != EAGAIN)
            c->sent = c->out.n; /* refused; the answer may still be read */
    }
    if (events & LOOP_READ)
        client_receive(c);
    client_watch(c);
}

void client_init(struct client *c, struct site *s)
{
    struct sockaddr_in at = {
        .sin_family = AF_INET,
        .sin_port = htons(httpd_port(s->httpd)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };

    *c = (struct client){.site = s, .in = BUF(REPLY_MAX), .out = BUF(REPLY_MAX)};
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(c->fd, (struct sockaddr *)&at, sizeof(at)), 0);
    client_watch(c);
}

void client_release(struct client *c)
{
    loop_unwatch(c->site->loop, c->fd);
    close(c->fd);
    buf_release(&c->in);
    buf_release(&c->out);
}

void client_send(struct client *c, struct str bytes)
{
    buf_str(&c->out, bytes);
    assert_false(c->out.over);
    client_watch(c);
}

void client_ask(struct client *c, const char *text)
{
    client_send(c, str_of(text));
}

/* One reply at the front of `text`; false: not all there yet. */
struct str reply_header(const struct reply *r, const char *name)
{
    struct str rest = r->head, line, key;

    while (rest.n > 0) {
        line = str_until(&rest, '\n');
        key = str_until(&line, ':');
        if (str_is_nocase(key, name))
            return str_trim(line);
    }
    return STR_NONE;
}

static bool reply_parse(struct str text, bool head_only, struct reply *r,
                        size_t *n)
{
    int64_t length = 0, status;
    const char *end;

    if (text.n == 0)
        return false;
    end = memmem(text.p, text.n, "\r\n\r\n", 4);
    if (end == NULL)
        return false;
    *n = (size_t)(end - text.p) + 4;
    r->head = str_first(text, *n);
    assert_true(str_starts(r->head, "HTTP/1.1 "));
    assert_true(str_to_i64(str_first(str_from(r->head, 9), 3), &status));
    r->status = (int)status;
    if (reply_header(r, "Content-Length").n > 0 && !head_only)
        assert_true(str_to_i64(reply_header(r, "Content-Length"), &length));
    r->body = str_first(str_from(text, *n), (size_t)length);
    *n += (size_t)length;
    return *n <= text.n;
}

size_t client_replies(const struct client *c, struct reply *last)
{
    struct str text = buf_view(&c->in);
    struct reply r;
    size_t count = 0, n;

    while (reply_parse(text, c->head_only, &r, &n)) {
        text = str_from(text, n);
        *last = r;
        count++;
    }
    return count;
}

/* Turns the loop until there are so many replies; gives the last of them. */
struct reply client_wait(struct client *c, size_t count)
{
    struct reply r = {0};

    while (client_replies(c, &r) < count && !c->closed)
        loop_turn(c->site->loop, -1);
    if (client_replies(c, &r) < count)
        fail_msg("closed after: %s", buf_c(&c->in));
    return r;
}

void client_wait_closed(struct client *c)
{
    while (!c->closed)
        loop_turn(c->site->loop, -1);
}

/* Asks one thing on a new connection. */
struct reply site_ask(struct site *s, struct client *c, const char *text)
{
    client_init(c, s);
    client_ask(c, text);
    return client_wait(c, 1);
}

void check_headers(const struct reply *r)
{
    assert_true(str_is(reply_header(r, "X-Content-Type-Options"), "nosniff"));
    assert_true(str_is(reply_header(r, "Referrer-Policy"), "no-referrer"));
    assert_true(str_is(reply_header(r, "Cross-Origin-Opener-Policy"),
                       "same-origin"));
    assert_true(str_is(reply_header(r, "Cross-Origin-Resource-Policy"),
                       "same-origin"));
    assert_true(str_starts(reply_header(r, "Content-Security-Policy"),
                           "default-src 'none'; script-src 'self'"));
    assert_true(reply_header(r, "Permissions-Policy").n > 0);
    assert_true(reply_header(r, "Cache-Control").n > 0);
    assert_null(reply_header(r, "Server").p);
}

void check_problem(const struct reply *r, const char *code)
{
    struct arena a = {0};
    struct error err;
    const struct json *j = json_parse(&a, r->body, &err);
    struct str type;

    if (j == NULL)
        fail_msg("%s: %.*s", err.text, STR_ARG(r->body));
    assert_true(str_is(reply_header(r, "Content-Type"),
                       "application/problem+json"));
    type = json_text(json_get(j, "type"));
    assert_true(str_starts(type, "https://tocsin.invalid/problems/"));
    if (!str_ends(type, code))
        fail_msg("%.*s, not %s", STR_ARG(type), code);
    assert_int_equal(json_i64_or(json_get(j, "status"), 0), r->status);
    assert_true(json_text(json_get(j, "title")).n > 0);
    assert_true(json_text(json_get(j, "detail")).n > 0);
    assert_true(str_is(json_text(json_get(j, "request_id")),
                       "0000abcd0000abcd"));
    arena_release(&a);
}
