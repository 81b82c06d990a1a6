/* test_httpd_guard.c -- requests whose framing is in doubt, and heads that are no heads. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "base/log.h"
#include "httpd_rig.h"

#define SMUGGLED GET("/smuggled")

struct attack {
    const char *name;
    const char *text;
    int want; /* status; 0: closed without an answer */
};

static const struct attack attacks[] = {
    {"CL and TE", POST HOST "Content-Length: 5\r\nTransfer-Encoding: chunked"
     "\r\n\r\n0\r\n\r\n", 400},
    {"TE and CL", POST HOST "Transfer-Encoding: chunked\r\nContent-Length: 5"
     "\r\n\r\n0\r\n\r\n", 400},
    {"TE twice", POST HOST "Transfer-Encoding: chunked\r\n"
     "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"TE twice, one unknown", POST HOST "Transfer-Encoding: chunked\r\n"
     "Transfer-Encoding: cow\r\n\r\n0\r\n\r\n", 400},
    {"unknown TE", POST HOST "Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n", 400},
    {"TE list", POST HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
     400},
    {"TE chunked twice in one", POST HOST
     "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400},
    {"TE identity", POST HOST "Transfer-Encoding: identity\r\n\r\n", 400},
    {"TE empty", POST HOST "Transfer-Encoding:\r\n\r\n", 400},
    {"TE with a vertical tab", POST HOST
     "Transfer-Encoding: \x0b" "chunked\r\n\r\n0\r\n\r\n", 400},
    {"TE in HTTP/1.0", "POST /echo HTTP/1.0\r\n"
     "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"CL twice, same", POST HOST "Content-Length: 2\r\nContent-Length: 2"
     "\r\n\r\nab", 400},
    {"CL twice, other", POST HOST "Content-Length: 2\r\nContent-Length: 3"
     "\r\n\r\nab", 400},
    {"CL list", POST HOST "Content-Length: 2, 2\r\n\r\nab", 400},
    {"CL with a sign", POST HOST "Content-Length: +2\r\n\r\nab", 400},
    {"CL negative", POST HOST "Content-Length: -2\r\n\r\nab", 400},
    {"CL in hex", POST HOST "Content-Length: 0x2\r\n\r\nab", 400},
    {"CL empty", POST HOST "Content-Length:\r\n\r\n", 400},
    {"CL 2^63", POST HOST "Content-Length: 9223372036854775808\r\n\r\n", 400},
    {"CL 2^64", POST HOST "Content-Length: 18446744073709551616\r\n\r\n", 413},
    {"space before the colon", POST HOST "Content-Length : 2\r\n\r\nab", 400},
    {"tab before the colon", POST HOST "Content-Length\t: 2\r\n\r\nab", 400},
    {"space before the colon of TE", POST HOST
     "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400},
    {"space before the first name", POST " Host: localhost\r\n\r\n", 400},
    {"folded line", POST HOST "X-A: b\r\n c\r\n\r\n", 400},
    {"folded length", POST HOST "Content-Length: 1\r\n 0\r\n\r\nabcdefghij",
     400},
    {"folded TE", POST HOST "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
     400},
    {"bare LF after a header", POST HOST "X-A: b\nX-B: c\r\n\r\n", 400},
    {"bare LF after the last header", POST HOST "X-A: b\n\r\n", 400},
    {"bare LF after the request line", "GET /echo HTTP/1.1\n" HOST "\r\n", 400},
    {"bare LF at the end", POST HOST "X-A: b\r\n\n", 400},
    {"bare LF everywhere", "GET /echo HTTP/1.1\nHost: localhost\n\n", 400},
    {"bare CR in a value", POST HOST "X-A: b\rContent-Length: 2\r\n\r\nab", 400},
    {"CR CR LF", POST HOST "X-A: b\r\r\n\r\n", 400},
    {"control character in a value", POST HOST "X-A: b\x01\r\n\r\n", 400},
    {"byte in a name", POST HOST "X-A\x80: b\r\n\r\n", 400},
    {"empty name", POST HOST ": b\r\n\r\n", 400},
    {"no colon", POST HOST "X-A\r\n\r\n", 400},
    {"no Host", POST "\r\n", 400},
    {"two Hosts", POST HOST HOST "\r\n", 400},
    {"Host with a path", POST "Host: a/b\r\n\r\n", 400},
    {"Host with a user", POST "Host: a@b\r\n\r\n", 400},
    {"absolute target", "GET http://localhost/echo HTTP/1.1\r\n" HOST "\r\n",
     400},
    {"asterisk", "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 400},
    {"authority", "CONNECT localhost:80 HTTP/1.1\r\n" HOST "\r\n", 400},
    {"NUL escape", GET("/ec%00ho"), 400},
    {"bad escape", GET("/%zz"), 400},
    {"dot dot", GET("/a/../echo"), 400},
    {"escaped dot dot", GET("/a/%2e%2e/echo"), 400},
    {"space in the target", GET("/ec ho"), 400},
    {"byte in the target", GET("/\xff"), 400},
    {"unknown method", "M\xffN /echo HTTP/1.1\r\n" HOST "\r\n", 400},
    {"long method", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA /echo HTTP/1.1\r\n" HOST
     "\r\n", 400},
    {"two spaces", "GET  /echo HTTP/1.1\r\n" HOST "\r\n", 400},
    {"two spaces later", "GET /echo  HTTP/1.1\r\n" HOST "\r\n", 400},
    {"no version", "GET /echo\r\n\r\n", 400},
    {"lower-case version", "GET /echo http/1.1\r\n" HOST "\r\n", 400},
    {"HTTP/2", "GET /echo HTTP/2.0\r\n" HOST "\r\n", 505},
    {"HTTP/0.9", "GET /echo HTTP/0.9\r\n" HOST "\r\n", 505},
    {"bad chunk size", POST HOST "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
    {"negative chunk size", POST HOST "Transfer-Encoding: chunked\r\n\r\n"
     "-1\r\n", 400},
    {"huge chunk size", POST HOST "Transfer-Encoding: chunked\r\n\r\n"
     "fffffffffffffffff\r\n", 413},
    {"chunk longer than said", POST HOST "Transfer-Encoding: chunked\r\n\r\n"
     "1\r\nabc\r\n0\r\n\r\n", 400},
    {"junk", "\x16\x03\x01\x02\x01\r\n\r\n", 0},
};

/* Each is answered once, the connection ends, and what follows the attack in
 * the same bytes is never taken for a request. */
static void framing_attacks_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(attacks); i++) {
        struct site s;
        struct client c;
        struct reply r = {0};

        site_init(&s);
        client_init(&c, &s);
        client_ask(&c, attacks[i].text);
        client_ask(&c, SMUGGLED);
        client_wait_closed(&c);
        if (client_replies(&c, &r) != (attacks[i].want == 0 ? 0 : 1) ||
            r.status != attacks[i].want || s.served != 0)
            fail_msg("%s: %zu served, %s", attacks[i].name, s.served,
                     buf_c(&c.in));
        client_release(&c);
        site_release(&s);
    }
}

static void nul_bytes_are_refused(void **state)
{
    static const struct {
        const char *name;
        struct str text;
    } rows[] = {
        {"in a value", STR(POST HOST "X-A: b\0c\r\n\r\n")},
        {"two in a value", STR(POST HOST "X-A: b\0\0X-B: c\r\n\r\n")},
        {"in a length", STR(POST HOST "Content-Length: 2\0\r\n\r\nab")},
        {"in a name", STR(POST HOST "X-A\0: b\r\n\r\n")},
        {"in the target", STR("GET /echo\0x HTTP/1.1\r\n" HOST "\r\n")},
        {"in the method", STR("GET\0 /echo HTTP/1.1\r\n" HOST "\r\n")},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct site s;
        struct client c;

        site_init(&s);
        client_init(&c, &s);
        client_send(&c, rows[i].text);
        client_ask(&c, SMUGGLED);
        client_wait_closed(&c);
        if (s.served != 0)
            fail_msg("%s: served", rows[i].name);
        client_release(&c);
        site_release(&s);
    }
}

static void long_heads_are_refused(void **state)
{
    static const struct {
        const char *name, *before, *after;
        size_t filler;
        int want;
    } rows[] = {
        {"target", "GET /", " HTTP/1.1\r\n" HOST "\r\n", 40000, 414},
        {"header", "GET /echo HTTP/1.1\r\n" HOST "X-A: ", "\r\n\r\n", 40000, 431},
        {"header, by our limit", "GET /echo HTTP/1.1\r\n" HOST "X-A: ",
         "\r\n\r\n", 16384, 431},
        {"just fits", "GET /echo HTTP/1.1\r\n" HOST "X-A: ", "\r\n\r\n", 15000,
         200},
    };
    struct buf filler = BUF(50000);

    (void)state;
    while (filler.n < 40000)
        buf_char(&filler, 'a');
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct site s;
        struct client c;

        site_init(&s);
        client_init(&c, &s);
        client_ask(&c, rows[i].before);
        client_send(&c, str_first(buf_view(&filler), rows[i].filler));
        client_ask(&c, rows[i].after);
        if (client_wait(&c, 1).status != rows[i].want)
            fail_msg("%s: %.60s", rows[i].name, buf_c(&c.in));
        client_release(&c);
        site_release(&s);
    }
    buf_release(&filler);
}

static void many_headers_are_refused(void **state)
{
    struct site s;
    struct client c;

    (void)state;
    site_init(&s);
    client_init(&c, &s);
    client_ask(&c, "GET /echo HTTP/1.1\r\n" HOST);
    for (int i = 0; i < 100; i++)
        client_ask(&c, "X: y\r\n");
    client_ask(&c, "\r\n");
    assert_int_equal(client_wait(&c, 1).status, 400);
    client_release(&c);
    site_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(framing_attacks_are_refused),
        cmocka_unit_test(nul_bytes_are_refused),
        cmocka_unit_test(long_heads_are_refused),
        cmocka_unit_test(many_headers_are_refused),
    };

    log_init(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
    alarm(60); /* a loop that waits for ever is a failure, not a hang */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
