/* test_httpd_refuse.c -- what is refused, how it is said, and who may. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "base/log.h"
#include "httpd_rig.h"

static const struct {
    const char *name, *text;
    int want;
    const char *code, *header, *value;
} refusals[] = {
    {"unknown path", GET("/nowhere"), 404, "not-found", NULL, NULL},
    {"other method", "PUT /echo HTTP/1.1\r\n" HOST "\r\n", 405,
     "method-not-allowed", "Allow", "GET, HEAD, POST"},
    {"TRACE", "TRACE /echo HTTP/1.1\r\n" HOST "\r\n", 405, "method-not-allowed",
     "Allow", "GET, HEAD, POST"},
    {"unknown path with a body", "POST /nowhere HTTP/1.1\r\n" HOST
     "Content-Length: 3\r\n\r\nabc", 404, "not-found", NULL, NULL},
    {"unknown path with chunks", "POST /nowhere HTTP/1.1\r\n" HOST
     "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 404, "not-found",
     NULL, NULL},
    {"a body where none is taken", "GET /echo HTTP/1.1\r\n" HOST
     "Content-Length: 1\r\n\r\na", 413, "body-too-large", NULL, NULL},
    {"compressed", POST HOST "Content-Encoding: gzip\r\nContent-Length: 3"
     "\r\n\r\nabc", 415, "content-encoding", "Accept-Encoding", "identity"},
    {"no token", GET("/read"), 401, "unauthorized", "WWW-Authenticate",
     "Bearer realm=\"tocsin\""},
    {"not a token", "GET /read HTTP/1.1\r\n" HOST "Authorization: Basic YTpi"
     "\r\n\r\n", 401, "unauthorized", "WWW-Authenticate",
     "Bearer realm=\"tocsin\""},
    {"unknown token", "GET /read HTTP/1.1\r\n" HOST "Authorization: Bearer x"
     "\r\n\r\n", 401, "unauthorized", "WWW-Authenticate",
     "Bearer realm=\"tocsin\", error=\"invalid_token\""},
    {"weak token", "POST /write HTTP/1.1\r\n" HOST "Authorization: Bearer reader"
     "\r\nContent-Length: 1\r\n\r\nx", 403, "forbidden", NULL, NULL},
    {"fault of a route", "POST /fault HTTP/1.1\r\n" HOST "\r\n", 422,
     "invalid-object", NULL, NULL},
};

/* The connection goes on: the next request is answered. */
static void refusals_are_problems(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct site s;
        struct client c;
        struct reply r;

        site_init(&s);
        r = site_ask(&s, &c, refusals[i].text);
        if (r.status != refusals[i].want)
            fail_msg("%s: %s", refusals[i].name, buf_c(&c.in));
        check_problem(&r, refusals[i].code);
        check_headers(&r);
        if (refusals[i].header != NULL)
            assert_true(str_is(reply_header(&r, refusals[i].header),
                               refusals[i].value));
        client_ask(&c, GET("/echo"));
        assert_int_equal(client_wait(&c, 2).status, 200);
        client_release(&c);
        site_release(&s);
    }
}

/* These say no before the body is read, so the connection ends. */
static void refusals_that_end_the_connection(void **state)
{
    static const struct {
        const char *name, *text;
        int want;
        const char *code;
    } rows[] = {
        {"too large", POST HOST "Content-Length: 70000\r\n\r\n", 413,
         "body-too-large"},
        {"large and unknown", "POST /nowhere HTTP/1.1\r\n" HOST
         "Content-Length: 70000\r\n\r\n", 404, "not-found"},
        {"expecting", POST HOST "Content-Length: 1001\r\n"
         "Expect: 100-continue\r\n\r\n", 413, "body-too-large"},
        {"expecting something else", POST HOST "Content-Length: 1\r\n"
         "Expect: a-cow\r\n\r\n", 417, "expectation"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct site s;
        struct client c;
        struct reply r;

        site_init(&s);
        r = site_ask(&s, &c, rows[i].text);
        if (r.status != rows[i].want)
            fail_msg("%s: %s", rows[i].name, buf_c(&c.in));
        check_problem(&r, rows[i].code);
        check_headers(&r);
        client_wait_closed(&c);
        assert_int_equal(client_replies(&c, &r), 1);
        assert_int_equal(s.served, 0);
        client_release(&c);
        site_release(&s);
    }
}

static void chunks_are_counted(void **state)
{
    static const struct {
        const char *name;
        size_t chunks; /* of 100 bytes each */
        bool last;
        int want;
    } rows[] = {
        {"fits", 10, true, 200},
        {"one too many", 11, true, 413},
        {"without end", 1000, false, 413},
    };
    struct buf chunk = BUF(200);

    (void)state;
    buf_text(&chunk, "64\r\n");
    for (int i = 0; i < 100; i++)
        buf_char(&chunk, 'x');
    buf_text(&chunk, "\r\n");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct site s;
        struct client c;
        struct reply r;

        site_init(&s);
        client_init(&c, &s);
        client_ask(&c, POST HOST "Transfer-Encoding: chunked\r\n\r\n");
        for (size_t k = 0; k < rows[i].chunks; k++)
            client_send(&c, buf_view(&chunk));
        if (rows[i].last)
            client_ask(&c, "0\r\n\r\n");
        r = client_wait(&c, 1);
        if (r.status != rows[i].want)
            fail_msg("%s: %s", rows[i].name, buf_c(&c.in));
        check_headers(&r);
        if (r.status == 413) {
            check_problem(&r, "body-too-large");
            client_wait_closed(&c);
        } else {
            assert_int_equal(r.body.n, 1000);
        }
        client_release(&c);
        site_release(&s);
    }
    buf_release(&chunk);
}

/* A refused body in chunks is skipped, but not for ever. */
static void a_refused_body_is_not_read_for_ever(void **state)
{
    struct site s;
    struct client c;
    struct reply r;

    (void)state;
    site_init(&s);
    client_init(&c, &s);
    client_ask(&c, "POST /nowhere HTTP/1.1\r\n" HOST
                   "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 20000; i++)
        client_ask(&c, "5\r\nabcde\r\n");
    r = client_wait(&c, 1);
    assert_int_equal(r.status, 404);
    check_problem(&r, "not-found");
    client_wait_closed(&c);
    client_release(&c);
    site_release(&s);
}

/* All bodies together are bounded too. */
static void bodies_together_are_bounded(void **state)
{
    struct site s;
    struct client c;
    struct reply r = {0};
    char *piece = mem_new(1u << 20);

    (void)state;
    site_init(&s);
    client_init(&c, &s);
    client_ask(&c, "POST /huge HTTP/1.1\r\n" HOST
                   "Content-Length: 100000000\r\n\r\n");
    while (client_replies(&c, &r) == 0) {
        if (c.sent == c.out.n) {
            buf_reset(&c.out);
            c.sent = 0;
            client_send(&c, (struct str){piece, 1u << 20});
        }
        loop_turn(s.loop, -1);
    }
    assert_int_equal(r.status, 503);
    assert_true(str_is(reply_header(&r, "Retry-After"), "1"));
    assert_int_equal(s.served, 0);
    client_release(&c);
    client_init(&c, &s); /* and there is room again */
    client_ask(&c, "POST /huge HTTP/1.1\r\n" HOST
                   "Content-Length: 1048576\r\n\r\n");
    client_send(&c, (struct str){piece, 1u << 20});
    assert_int_equal(client_wait(&c, 1).status, 204);
    free(piece);
    client_release(&c);
    site_release(&s);
}

static void a_problem_points_at_the_fault(void **state)
{
    struct site s;
    struct client c;
    struct reply r;
    struct arena a = {0};
    struct error err;
    const struct json *first;

    (void)state;
    site_init(&s);
    r = site_ask(&s, &c, "POST /fault HTTP/1.1\r\n" HOST "\r\n");
    first = json_get(json_parse(&a, r.body, &err), "errors")->first;
    assert_true(str_is(json_text(json_get(first, "pointer")), "/endpoint"));
    assert_true(str_is(json_text(json_get(first, "message")),
                       "no endpoint named \"a\""));
    arena_release(&a);
    client_release(&c);
    site_release(&s);
}

static void access_goes_by_token_or_address(void **state)
{
    static const struct {
        const char *name, *line, *headers;
        int want;
    } rows[] = {
        {"reader reads", "GET /read", HOST "Authorization: Bearer reader\r\n",
         204},
        {"scheme in any case", "GET /read",
         HOST "authorization: bEARER   reader\r\n", 204},
        {"admin writes", "POST /write", HOST "Authorization: Bearer admin\r\n",
         204},
        {"from here", "GET /local", HOST, 204},
        {"from here, with a port", "GET /local", "Host: 127.0.0.1:80\r\n", 204},
        {"from here, IPv6", "GET /local", "Host: [::1]:80\r\n", 204},
        {"intake from here", "POST /intake", HOST, 200},
        {"a page of ours", "GET /local",
         HOST "Sec-Fetch-Site: same-origin\r\nOrigin: http://localhost\r\n", 204},
        {"typed by the user", "GET /local", HOST "Sec-Fetch-Site: none\r\n", 204},
        {"a page elsewhere", "POST /intake",
         HOST "Sec-Fetch-Site: cross-site\r\n", 401},
        {"a neighbouring page", "POST /intake",
         HOST "Sec-Fetch-Site: same-site\r\n", 401},
        {"an old browser's page elsewhere", "POST /intake",
         HOST "Origin: http://evil.example\r\n", 401},
        {"no origin", "POST /intake", HOST "Origin: null\r\n", 401},
        {"a name that now points here", "POST /intake",
         "Host: evil.example\r\n", 401},
        {"a name made to look local", "POST /intake",
         "Host: 127.0.0.1.evil.example\r\n", 401},
        {"through a proxy", "GET /local", HOST "X-Forwarded-For: 10.0.0.1\r\n",
         401},
        {"through another", "GET /local", HOST "Forwarded: for=10.0.0.1\r\n",
         401},
        {"through a third", "GET /local", HOST "Via: 1.1 proxy\r\n", 401},
        {"through a proxy, with a token", "GET /local",
         HOST "Via: 1.1 proxy\r\nAuthorization: Bearer reader\r\n", 204},
        {"two tokens", "GET /read",
         HOST "Authorization: Bearer reader\r\nAuthorization: Bearer admin\r\n",
         400},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf text = BUF(1000);
        struct site s;
        struct client c;

        site_init(&s);
        buf_printf(&text, "%s HTTP/1.1\r\n%s\r\n", rows[i].line, rows[i].headers);
        if (site_ask(&s, &c, buf_c(&text)).status != rows[i].want)
            fail_msg("%s: %s", rows[i].name, buf_c(&c.in));
        client_release(&c);
        site_release(&s);
        buf_release(&text);
    }
}

static void without_a_judge_nothing_is_allowed(void **state)
{
    struct httpd_options o = {.address = "127.0.0.1"};
    struct site s;
    struct client c;
    struct error err;

    (void)state;
    site_init(&s);
    httpd_free(s.httpd);
    s.httpd = httpd_new(s.loop, &o, &err);
    httpd_routes(s.httpd, site_routes, &s);
    assert_int_equal(site_ask(&s, &c, GET("/local")).status, 401);
    client_release(&c);
    site_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals_are_problems),
        cmocka_unit_test(refusals_that_end_the_connection),
        cmocka_unit_test(chunks_are_counted),
        cmocka_unit_test(a_refused_body_is_not_read_for_ever),
        cmocka_unit_test(bodies_together_are_bounded),
        cmocka_unit_test(a_problem_points_at_the_fault),
        cmocka_unit_test(access_goes_by_token_or_address),
        cmocka_unit_test(without_a_judge_nothing_is_allowed),
    };

    log_init(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
    alarm(60); /* a loop that waits for ever is a failure, not a hang */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
