/* test_transport_http.c -- HTTP requests against servers that do everything but
 * answer nicely, and what is made of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "transport_rig.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define SHORT_MS 300 /* for what can only end by time */
#define LONG_MS 20000

/* What a server does once it has read the request and sent its bytes. */
enum ending {
    CLOSE,
    RESET,
    HANG,         /* says nothing more until the other side hangs up */
    FLOOD_BODY,   /* never stops */
    FLOOD_HEADER,
    DRIP,         /* the bytes again and again, one at a time */
};

struct scene {
    const char *name;
    const char *bytes;
    enum ending ending;
    enum outcome want;
    int status;
    int64_t retry_after_ms;
    const char *body; /* NULL: RESPONSE_MAX of anything */
};

static const struct scene scenes[] = {
    {"200", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", CLOSE,
     OUTCOME_ANSWERED, 200, 0, "ok"},
    {"204", "HTTP/1.1 204 No Content\r\n\r\n", CLOSE, OUTCOME_ANSWERED, 204, 0,
     ""},
    {"body until the end", "HTTP/1.1 200 OK\r\n\r\nok", CLOSE,
     OUTCOME_ANSWERED, 200, 0, "ok"},
    {"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "2\r\nok\r\n1\r\n!\r\n0\r\n\r\n",
     CLOSE, OUTCOME_ANSWERED, 200, 0, "ok!"},
    {"HTTP/1.0", "HTTP/1.0 202 Accepted\r\n\r\nok", CLOSE, OUTCOME_ANSWERED,
     202, 0, "ok"},
    {"HTTP/2 by name only", "HTTP/2 200\r\nContent-Length: 2\r\n\r\nok", CLOSE,
     OUTCOME_ANSWERED, 200, 0, "ok"},
    {"a body that claims to be compressed",
     "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nraw",
     CLOSE, OUTCOME_ANSWERED, 200, 0, "raw"},
    {"500", "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", CLOSE,
     OUTCOME_ANSWERED, 500, 0, ""},
    {"401", "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\n"
            "Content-Length: 0\r\n\r\n",
     CLOSE, OUTCOME_ANSWERED, 401, 0, ""},

    {"429 with seconds", "HTTP/1.1 429 X\r\nRetry-After: 7\r\n\r\n", CLOSE,
     OUTCOME_ANSWERED, 429, 7000, ""},
    {"429 in small letters", "HTTP/1.1 429 X\r\nretry-after:7\r\n\r\n", CLOSE,
     OUTCOME_ANSWERED, 429, 7000, ""},
    {"429 without", "HTTP/1.1 429 X\r\n\r\n", CLOSE, OUTCOME_ANSWERED, 429, 0,
     ""},
    {"429 with a date that is past",
     "HTTP/1.1 429 X\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n",
     CLOSE, OUTCOME_ANSWERED, 429, 0, ""},
    {"429 with a date far ahead",
     "HTTP/1.1 429 X\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n\r\n",
     CLOSE, OUTCOME_ANSWERED, 429, RETRY_AFTER_CAP_MS, ""},
    {"429 with 10^9", "HTTP/1.1 429 X\r\nRetry-After: 1000000000\r\n\r\n",
     CLOSE, OUTCOME_ANSWERED, 429, RETRY_AFTER_CAP_MS, ""},
    {"429 with a negative number", "HTTP/1.1 429 X\r\nRetry-After: -5\r\n\r\n",
     CLOSE, OUTCOME_ANSWERED, 429, 0, ""},
    {"429 with garbage", "HTTP/1.1 429 X\r\nRetry-After: \xff\x01\r\n\r\n",
     CLOSE, OUTCOME_ANSWERED, 429, 0, ""},
    {"503 after hints that ask for patience",
     "HTTP/1.1 103 Early Hints\r\nRetry-After: 9\r\n\r\n"
     "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n",
     CLOSE, OUTCOME_ANSWERED, 503, 0, ""},

    {"302 to a metadata service",
     "HTTP/1.1 302 X\r\nLocation: http://169.254.169.254/\r\n"
     "Content-Length: 0\r\n\r\n",
     CLOSE, OUTCOME_ANSWERED, 302, 0, ""},
    {"307 to a file", "HTTP/1.1 307 X\r\nLocation: file:///etc/passwd\r\n"
                      "Content-Length: 0\r\n\r\n",
     CLOSE, OUTCOME_ANSWERED, 307, 0, ""},
    {"308 to itself", "HTTP/1.1 308 X\r\nLocation: /hook\r\n"
                      "Content-Length: 0\r\n\r\n",
     CLOSE, OUTCOME_ANSWERED, 308, 0, ""},

    /* a status was received: that is the answer */
    {"200, then half a body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok",
     CLOSE, OUTCOME_ANSWERED, 200, 0, "ok"},
    {"200, then no more chunks",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", CLOSE,
     OUTCOME_ANSWERED, 200, 0, "ok"},
    {"200, then a chunk that is none",
     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", CLOSE,
     OUTCOME_ANSWERED, 200, 0, ""},
    {"200, then nothing", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok",
     HANG, OUTCOME_ANSWERED, 200, 0, "ok"},
    {"200 and headers without end", "HTTP/1.1 200 OK\r\n", FLOOD_HEADER,
     OUTCOME_ANSWERED, 200, 0, ""},
    {"200 and a body without end", "HTTP/1.1 200 OK\r\n\r\n", FLOOD_BODY,
     OUTCOME_ANSWERED, 200, 0, NULL},
    {"200 and a body of a terabyte",
     "HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n", FLOOD_BODY,
     OUTCOME_ANSWERED, 200, 0, NULL},

    {"nothing", "", CLOSE, OUTCOME_LOST, 0, 0, ""},
    {"a reset", "", RESET, OUTCOME_LOST, 0, 0, ""},
    {"no end in sight", "", HANG, OUTCOME_TIMED_OUT, 0, 0, ""},
    {"100 and no more", "HTTP/1.1 100 Continue\r\n\r\n", CLOSE, OUTCOME_LOST,
     0, 0, ""},
    {"half a status", "HTTP/1.1 20", CLOSE, OUTCOME_LOST, 0, 0, ""},
    {"something else", "SSH-2.0-OpenSSH_9.2\r\n", CLOSE, OUTCOME_LOST, 0, 0,
     ""},
    {"bytes", "\x16\x03\x01\xff\xfe", CLOSE, OUTCOME_LOST, 0, 0, ""},
    {"a status, byte by byte", "HTTP/1.1 200 O", DRIP, OUTCOME_TIMED_OUT, 0, 0,
     ""},
};

static void flood(int fd, const char *bytes)
{
    char piece[4096];
    size_t n = 0, length = strlen(bytes);

    while (n + length <= sizeof(piece)) {
        memcpy(piece + n, bytes, length);
        n += length;
    }
    while (send(fd, piece, n, MSG_NOSIGNAL) > 0)
        ;
}

/* A byte every 20 ms, as long as somebody listens. */
static void drip(int fd, const char *bytes)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    for (size_t i = 0; poll(&p, 1, 20) == 0; i++)
        say(fd, (struct str){bytes + i % strlen(bytes), 1});
}

static void scene_serve(void *arg, int fd, unsigned nth)
{
    const struct scene *const *scene = arg;
    char request[4096];

    (void)nth;
    assert_true(hear_until(fd, "the body", request, sizeof(request)));
    if ((*scene)->ending != DRIP)
        say_text(fd, (*scene)->bytes);
    switch ((*scene)->ending) {
    case CLOSE:
        return;
    case RESET:
        hang_up_hard(fd);
        return;
    case HANG:
        hear_end(fd);
        return;
    case FLOOD_BODY:
        flood(fd, "all work and no play ");
        return;
    case FLOOD_HEADER:
        flood(fd, "X-Header: of no use\r\n");
        return;
    case DRIP:
        drip(fd, (*scene)->bytes);
        return;
    }
}

/* A request that may go to our own servers. */
static struct request request_to(const char *url)
{
    return (struct request){
        .via = VIA_HTTP,
        .timeout_ms = LONG_MS,
        .http = {.method = "POST", .url = str_of(url), .body = STR("the body"),
                 .allow_private = true},
    };
}

static void scene_check(const struct scene *s, const struct answer *a)
{
    const struct response *r = &a->response;
    bool body_ok = s->body == NULL ? r->body.n == RESPONSE_MAX
                                   : str_is(r->body, s->body);

    if (r->outcome != s->want || r->status != s->status || !body_ok ||
        r->retry_after_ms != s->retry_after_ms)
        fail_msg("%s: outcome %d, status %d, retry after %lld, '%.80s': %s",
                 s->name, (int)r->outcome, r->status,
                 (long long)r->retry_after_ms, a->body, a->error);
    if ((r->outcome == OUTCOME_ANSWERED) != (r->error.n == 0))
        fail_msg("%s: said '%s'", s->name, a->error);
    assert_null(strstr(a->error, "S3CRET"));
    assert_non_null(strstr(a->peer, "127.0.0.1:"));
}

static void test_scenes(void **state)
{
    const struct scene *scene;
    struct server server;
    struct answer a;
    struct rig rig;
    char url[128];

    (void)state;
    rig_init(&rig);
    server_start(&server, scene_serve, &scene);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/hook?token=S3CRET",
             server.port);
    for (size_t i = 0; i < COUNT_OF(scenes); i++) {
        struct request q = request_to(url);

        scene = &scenes[i];
        if (scene->ending == HANG || scene->ending == DRIP)
            q.timeout_ms = SHORT_MS;
        rig_carry(&rig, &q, &a);
        scene_check(scene, &a);
    }
    rig_release(&rig);
    server_stop(&server);
    assert_int_equal(server.connections, COUNT_OF(scenes)); /* no retries */
}

/* --- what is sent --- */

struct recorder {
    char requests[8][4096 + 64];
    unsigned count;
};

/* Keep-alive: as many requests as come. Bodies end with "END". */
static void record(void *arg, int fd, unsigned nth)
{
    struct recorder *r = arg;
    char head[4096], rest[64] = "";

    (void)nth;
    while (r->count < COUNT_OF(r->requests) &&
           hear_until(fd, "\r\n\r\n", head, sizeof(head))) {
        if (strcasestr(head, "Content-Length: 0\r") == NULL &&
            strcasestr(head, "Content-Length:") != NULL)
            assert_true(hear_until(fd, "END", rest, sizeof(rest)));
        snprintf(r->requests[r->count], sizeof(r->requests[0]), "%s%s", head,
                 rest);
        r->count++;
        rest[0] = '\0';
        say_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }
}

static void test_request(void **state)
{
    static const struct {
        const char *method;
        const char *body;
    } rows[] = {{"POST", "{}END"}, {"PUT", "{}END"}, {"PATCH", "{}END"},
                {"DELETE", ""},    {"GET", ""},      {"POST", ""}};
    struct recorder got = {.count = 0};
    struct server server;
    struct answer a;
    struct rig rig;
    char url[128], want[1024];

    (void)state;
    rig_init(&rig);
    server_start(&server, record, &got);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/a/b?c=d%%20e&f=1",
             server.port);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct request q = request_to(url);

        q.http.method = rows[i].method;
        q.http.body = str_of(rows[i].body);
        q.http.headers[0] = (struct header){"Content-Type",
                                            STR("application/json")};
        q.http.headers[1] = (struct header){"X-Empty", STR_NONE};
        q.http.header_count = 2;
        rig_carry(&rig, &q, &a);
        assert_int_equal(a.response.status, 200);
        assert_int_equal(a.response.reused, i > 0);
    }
    rig_release(&rig);
    server_stop(&server);
    assert_int_equal(server.connections, 1);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char length[64] = "";

        if (strcmp(rows[i].method, "GET") != 0)
            snprintf(length, sizeof(length), "Content-Length: %zu\r\n",
                     strlen(rows[i].body));
        snprintf(want, sizeof(want),
                 "%s /a/b?c=d%%20e&f=1 HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                 "User-Agent: rig/1\r\nAccept: */*\r\n"
                 "Content-Type: application/json\r\nX-Empty:\r\n%s\r\n%s",
                 rows[i].method, server.port, length, rows[i].body);
        assert_string_equal(got.requests[i], want);
    }
}

static void test_basic(void **state)
{
    struct recorder got = {.count = 0};
    struct server server;
    struct answer a;
    struct rig rig;
    struct request q;
    char url[128];

    (void)state;
    rig_init(&rig);
    server_start(&server, record, &got);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", server.port);
    q = request_to(url);
    q.http.body = STR("END");
    q.http.user = STR("Aladdin");
    q.http.password = STR("open sesame");
    rig_carry(&rig, &q, &a);
    q = request_to(url); /* what was set must be forgotten again */
    q.http.body = STR("END");
    rig_carry(&rig, &q, &a);
    rig_release(&rig);
    server_stop(&server);
    assert_int_equal(got.count, 2);
    assert_non_null(strstr(got.requests[0], "Authorization: Basic "
                                            "QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
    assert_null(strstr(got.requests[0], "Content-Type"));
    assert_null(strstr(got.requests[1], "Authorization"));
}

static void test_head(void **state)
{
    struct recorder got = {.count = 0};
    struct server server;
    struct answer a;
    struct rig rig;
    struct request q;
    char url[128];

    (void)state;
    rig_init(&rig);
    server_start(&server, record, &got);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", server.port);
    q = request_to(url);
    q.http.method = "HEAD";
    q.http.body = STR_NONE;
    rig_carry(&rig, &q, &a);
    assert_int_equal(a.response.status, 200);
    rig_release(&rig);
    server_stop(&server);
    assert_int_equal(strncmp(got.requests[0], "HEAD / HTTP/1.1\r\n", 17), 0);
}

/* A large body, over a connection that takes it slowly, arrives whole. */
static void swallow(void *arg, int fd, unsigned nth)
{
    size_t *total = arg;
    char head[4096], piece[512];
    ssize_t n;

    (void)nth;
    assert_true(hear_until(fd, "\r\n\r\n", head, sizeof(head)));
    while (*total < REQUEST_MAX && (n = read(fd, piece, sizeof(piece))) > 0)
        *total += (size_t)n;
    say_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

static void test_large(void **state)
{
    struct buf body freed_by(buf_release) = BUF(REQUEST_MAX);
    size_t total = 0;
    struct server server;
    struct answer a;
    struct rig rig;
    struct request q;
    char url[128];

    (void)state;
    rig_init(&rig);
    server_start(&server, swallow, &total);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", server.port);
    memset(buf_room(&body, REQUEST_MAX), 'x', REQUEST_MAX);
    buf_used(&body, REQUEST_MAX);
    q = request_to(url);
    q.http.body = buf_view(&body);
    rig_carry(&rig, &q, &a);
    assert_int_equal(a.response.status, 200);
    rig_release(&rig);
    server_stop(&server);
    assert_int_equal(total, REQUEST_MAX);
}

/* --- around it --- */

static void test_nobody_there(void **state)
{
    struct answer a;
    struct rig rig;
    struct request q;
    char url[128], want[200];

    (void)state;
    rig_init(&rig);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/S3CRET",
             port_free(SOCK_STREAM));
    q = request_to(url);
    rig_carry(&rig, &q, &a);
    assert_int_equal(a.response.outcome, OUTCOME_UNREACHED);
    snprintf(want, sizeof(want), "%.*s: cannot connect: Connection refused",
             (int)(strlen(url) - strlen("/S3CRET")), url);
    assert_string_equal(a.error, want);
    q = request_to("http://no-such-name.invalid/S3CRET");
    rig_carry(&rig, &q, &a);
    assert_int_equal(a.response.outcome, OUTCOME_UNREACHED);
    assert_string_equal(a.error, "http://no-such-name.invalid:80: Could not "
                                 "resolve host: no-such-name.invalid");
    rig_release(&rig);
}

/* A proxy of the environment's would see what is none of its business. */
static void test_no_proxy(void **state)
{
    struct recorder got = {.count = 0};
    struct server server;
    struct answer a;
    struct rig rig;
    struct request q;
    char url[128];

    (void)state;
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("all_proxy", "socks5://127.0.0.1:1", 1);
    rig_init(&rig);
    server_start(&server, record, &got);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", server.port);
    q = request_to(url);
    q.http.body = STR("END");
    rig_carry(&rig, &q, &a);
    assert_int_equal(a.response.status, 200);
    rig_release(&rig);
    server_stop(&server);
    unsetenv("http_proxy");
    unsetenv("all_proxy");
}

/* A server that closes after each answer, and does not say that it will. */
static void one_answer(void *arg, int fd, unsigned nth)
{
    char request[4096];

    (void)arg;
    (void)nth;
    if (hear_until(fd, "the body", request, sizeof(request)))
        say_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

static void test_closed_while_kept(void **state)
{
    struct server server;
    struct answer a;
    struct rig rig;
    struct request q;
    char url[128];

    (void)state;
    rig_init(&rig);
    server_start(&server, one_answer, NULL);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", server.port);
    for (int i = 0; i < 20; i++) {
        q = request_to(url);
        rig_carry(&rig, &q, &a);
        if (a.response.outcome != OUTCOME_ANSWERED)
            fail_msg("request %d: %s", i, a.error);
    }
    rig_release(&rig);
    server_stop(&server);
    assert_int_equal(server.connections, 20);
}

/* One server hangs; the requests to another do not wait for it. */
static void test_one_hangs(void **state)
{
    static const struct scene hang = {.bytes = "", .ending = HANG};
    static const struct scene fine = {
        .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"};
    const struct scene *bad_scene = &hang, *good_scene = &fine;
    struct server bad, good;
    struct answer stuck, a;
    struct request q, p;
    struct rig rig;
    char bad_url[64], good_url[64];

    (void)state;
    rig_init(&rig);
    server_start(&bad, scene_serve, &bad_scene);
    server_start(&good, scene_serve, &good_scene);
    snprintf(bad_url, sizeof(bad_url), "http://127.0.0.1:%u/", bad.port);
    snprintf(good_url, sizeof(good_url), "http://127.0.0.1:%u/", good.port);
    p = request_to(bad_url);
    rig_send(&rig, &p, &stuck);
    for (int i = 0; i < 50; i++) {
        q = request_to(good_url);
        rig_carry(&rig, &q, &a);
        assert_int_equal(a.response.status, 200);
    }
    assert_int_equal(stuck.calls, 0);
    rig_release(&rig); /* abandons the stuck one */
    assert_int_equal(stuck.calls, 0);
    server_stop(&bad);
    server_stop(&good);
}

static void test_cancel(void **state)
{
    static const struct scene hang = {.bytes = "", .ending = HANG};
    const struct scene *scene = &hang;
    struct answer answers[8];
    struct sending *sendings[8];
    struct server server;
    struct request q;
    struct rig rig;
    char url[64];

    (void)state;
    rig_init(&rig);
    server_start(&server, scene_serve, &scene);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", server.port);
    q = request_to(url);
    q.timeout_ms = SHORT_MS;
    for (size_t i = 0; i < COUNT_OF(answers); i++)
        sendings[i] = rig_send(&rig, &q, &answers[i]);
    for (size_t i = 0; i < COUNT_OF(answers); i += 2)
        transport_cancel(sendings[i]);
    for (size_t i = 1; i < COUNT_OF(answers); i += 2)
        rig_wait(&rig, &answers[i].calls, 1);
    for (size_t i = 0; i < COUNT_OF(answers); i += 2)
        assert_int_equal(answers[i].calls, 0);
    rig_release(&rig);
    server_stop(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scenes),
        cmocka_unit_test(test_request),
        cmocka_unit_test(test_basic),
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_nobody_there),
        cmocka_unit_test(test_no_proxy),
        cmocka_unit_test(test_closed_while_kept),
        cmocka_unit_test(test_one_hangs),
        cmocka_unit_test(test_cancel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
