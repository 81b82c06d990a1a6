/* test_admin_events.c -- server-sent events, and the pages inside the program. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/socket.h>
#include <unistd.h>

#include "admin_rig.h"
#include "web/page.h"
#include "web/stream.h"

/* --- a listener ------------------------------------------------------------------ */

struct listening {
    int fd;
    struct buf heard;
};

static size_t times(const struct listening *l, const char *words)
{
    const char *at = l->heard.p, *end = at + l->heard.n;
    size_t n = 0;

    while (at != NULL && at < end) {
        at = memmem(at, (size_t)(end - at), words, strlen(words));
        n += at != NULL;
        at = at != NULL ? at + 1 : NULL;
    }
    return n;
}

static void hear(struct bench *b, struct listening *l, const char *words, size_t n)
{
    for (int turn = 0; turn < 1000; turn++) {
        ssize_t got = recv(l->fd, buf_room(&l->heard, 4096), 4096, 0);

        if (got > 0)
            buf_used(&l->heard, (size_t)got);
        if (times(l, words) >= n)
            return;
        loop_turn(b->loop, 10);
    }
    fail_msg("not heard: %s in %.*s", words, (int)l->heard.n, l->heard.p);
}

static struct listening listen_to(struct bench *b, const char *topics,
                                  const char *last_id)
{
    struct listening l = {.heard = BUF(1u << 20)};
    struct str headers = arena_printf(
        &b->arena, "Authorization: Bearer %s\r\nLast-Event-ID: %s\r\n", b->token,
        last_id);

    l.fd = api_connect(b);
    api_send(l.fd,
             api_request(b, "GET",
                         arena_printf(&b->arena, "/api/v1/events?topics=%s",
                                      topics).p,
                         headers.p, ""));
    hear(b, &l, "text/event-stream", 1);
    hear(b, &l, "\r\n\r\n", 1);
    return l;
}

static struct listening listen_from(struct bench *b, const char *last_id)
{
    return listen_to(b, "config", last_id);
}

/* Noticed when there is something to say to it, at the latest by the heartbeat. */
static void hang_up(struct listening *l)
{
    close(l->fd);
    buf_release(&l->heard);
}

/* What comes after the last "id: ". */
static struct str last_id(struct bench *b, const struct listening *l)
{
    struct str rest = buf_view(&l->heard), id = STR_NONE;

    while (rest.n > 0) {
        struct str line = str_until(&rest, '\n');

        if (str_starts(line, "id: "))
            id = str_from(line, 4);
    }
    return arena_str(&b->arena, id);
}

static void who_was_gone_for_a_moment_misses_nothing(void **state)
{
    struct bench *b = *state;
    struct listening l = listen_from(b, "");
    struct str id;

    admin_saw_config(b->admin, config_now(b->config));
    hear(b, &l, "event: config\n", 1);
    id = last_id(b, &l);
    hang_up(&l);
    admin_saw_config(b->admin, config_now(b->config));
    admin_saw_config(b->admin, config_now(b->config));
    l = listen_from(b, id.p);
    admin_saw_delivery(b->admin, 1, 1, DELIVERY_DEAD); /* another topic */
    admin_saw_config(b->admin, config_now(b->config));
    hear(b, &l, "event: config\n", 3);
    assert_int_equal(times(&l, "event: config\n"), 3);
    assert_int_equal(times(&l, "event: reset\n"), 0);
    assert_int_equal(times(&l, "event: delivery\n"), 0);
    hang_up(&l);
}

static void who_was_gone_for_longer_is_told_so(void **state)
{
    static const char *const ids[] = {"1-1", "nonsense", "9223372036854775807-1"};
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        struct listening l = listen_from(b, ids[i]);

        hear(b, &l, "event: reset\n", 1);
        hang_up(&l);
    }
}

/* When it begins, and when it ends; its result is a request away. */
static void jobs_are_heard_of(void **state)
{
    struct bench *b = *state;
    struct listening l = listen_to(b, "jobs", "");

    GOT_STATUS(api_ask(b, "POST", "/api/v1/replay", "{\"since\":\"1h\"}"), 202);
    hear(b, &l, "\"kind\":\"replay\",\"state\":\"running\"", 1);
    hear(b, &l, "\"kind\":\"replay\",\"state\":\"done\"", 1);
    assert_int_equal(times(&l, "event: job\n"), 2);
    assert_int_equal(times(&l, "\"result\""), 0);
    hang_up(&l);
}

/* At once, not with the next heartbeat. */
static void whose_token_is_revoked_hears_no_more(void **state)
{
    struct bench *b = *state;
    struct got g = api_ask(b, "POST", "/api/v1/tokens",
                           "{\"name\":\"ear\",\"scopes\":[\"alerts:read\"]}");
    struct str headers = arena_printf(
        &b->arena, "Authorization: Bearer %.*s\r\n",
        STR_ARG(json_text(member_at(g.json, "/data/token"))));
    struct listening l = {.heard = BUF(1u << 20), .fd = api_connect(b)};
    int64_t id = got_number(&g, "/data/id");

    api_send(l.fd, api_request(b, "GET", "/api/v1/events", headers.p, ""));
    hear(b, &l, "event: ready", 1);
    assert_int_equal(httpd_streams(b->httpd), 1);
    GOT_STATUS(api_ask(b, "DELETE",
                       arena_printf(&b->arena, "/api/v1/tokens/%lld",
                                    (long long)id).p,
                       ""),
               204);
    for (int turn = 0; turn < 100 && httpd_streams(b->httpd) > 0; turn++)
        loop_turn(b->loop, 10);
    assert_int_equal(httpd_streams(b->httpd), 0);
    hang_up(&l);
}

/* --- one who does not read ---------------------------------------------------------- */

struct slow {
    struct stream *stream;
    bool gone;
};

static void slow_gone(void *slow)
{
    ((struct slow *)slow)->gone = true;
}

static void slow_serve(void *slow, struct exchange *x)
{
    struct slow *s = slow;

    s->stream = stream_begin(x, "text/event-stream", slow_gone, s);
}

static void who_does_not_read_is_ended_and_counted(void **state)
{
    static const struct route routes[] = {
        {"GET", "/slow", ACCESS_ANYONE, 0, slow_serve}, {.method = NULL}};
    static char much[64 << 10];
    struct bench *b = *state;
    struct slow s = {0};
    int fd, written = 0;

    memset(much, 'x', sizeof much);
    httpd_routes(b->httpd, routes, &s);
    fd = api_connect(b);
    api_send(fd, api_request(b, "GET", "/slow", "", ""));
    while (s.stream == NULL)
        loop_turn(b->loop, 10);
    while (stream_write(s.stream, (struct str){much, sizeof much})) {
        loop_turn(b->loop, 0);
        assert_true(written++ < 10000);
    }
    for (int turn = 0; turn < 100 && !s.gone; turn++)
        loop_turn(b->loop, 10);
    assert_true(s.gone);
    assert_int_equal(httpd_streams_slow(b->httpd), 1);
    assert_int_equal(httpd_streams(b->httpd), 0);
    close(fd);
    got_want(&(struct got){200, STR_NONE, api_get(b, "/metrics").body, NULL}, 200,
             "tocsin_event_streams_slow_total 1");
}

/* --- pages ---------------------------------------------------------------------------- */

static const unsigned char small[] = "<!doctype html>", packed[] = "packed";
static const struct web_asset assets[] = {
    {.path = "/index.html", .type = "text/html; charset=utf-8",
     .etag = "\"i1\"", .body = small, .n = sizeof small - 1},
    {.path = "/app.1.js", .type = "text/javascript; charset=utf-8",
     .etag = "\"j1\"", .body = small, .n = sizeof small - 1, .gzip = packed,
     .gzip_n = sizeof packed - 1, .immutable = true},
};

static void pages_are_served(void **state)
{
    static const struct {
        const char *path, *headers;
        int status;
        const char *head, *body;
    } rows[] = {
        {"/", "", 200, "text/html; charset=utf-8", "<!doctype html>"},
        {"/alerts/7", "", 200, "no-cache", "<!doctype html>"},
        {"/nothing.js", "", 404, "", "not-found"},
        {"/assets/gone-1.js", "", 404, "", "not-found"},
        {"/recipients/ops.team", "", 200, "no-cache", "<!doctype html>"},
        {"/api/v1/nothing", "", 404, "", "not-found"},
        {"/in/nothing", "", 404, "", "not-found"},
        {"/../etc/passwd.x", "", 400, "", ""},
        {"/app.1.js", "", 200, "immutable", "<!doctype html>"},
        {"/app.1.js", "Accept-Encoding: br, gzip\r\n", 200,
         "Content-Encoding: gzip", "packed"},
        {"/app.1.js", "Accept-Encoding: gzip;q=0\r\n", 200,
         "Vary: Accept-Encoding", "<!doctype html>"},
        {"/app.1.js", "If-None-Match: \"x\", W/\"j1\"\r\n", 304, "ETag: \"j1\"", ""},
        {"/index.html", "If-None-Match: \"j1\"\r\n", 200, "ETag: \"i1\"", ""},
        {"/", "", 200, "Content-Security-Policy: ", ""},
    };
    struct bench *b = *state;
    const struct pages pages = {assets, COUNT_OF(assets)};

    pages_serve(b->httpd, &pages);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct got g =
            api_ask_with(b, "GET", rows[i].path, rows[i].headers, "");

        if (g.status != rows[i].status ||
            strstr(g.head.p, rows[i].head) == NULL ||
            strstr(g.body.p, rows[i].body) == NULL)
            fail_msg("%s %s: %.*s%.*s", rows[i].path, rows[i].headers,
                     STR_ARG(g.head), STR_ARG(g.body));
    }
    GOT_STATUS(api_ask_with(b, "POST", "/", "", ""), 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_was_gone_for_a_moment_misses_nothing),
        TEST(who_was_gone_for_longer_is_told_so),
        TEST(jobs_are_heard_of),
        TEST(whose_token_is_revoked_hears_no_more),
        TEST(who_does_not_read_is_ended_and_counted),
        TEST(pages_are_served),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
