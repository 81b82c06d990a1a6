/* test_httpd.c -- requests, connections and the server, on real sockets. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "httpd_rig.h"

/* --- what a route sees --- */

static void a_route_sees_the_request(void **state)
{
    struct site s;
    struct client c;
    struct reply r;

    (void)state;
    site_init(&s);
    r = site_ask(&s, &c,
                 "GET /describe/a%2Fb?q=1%202&r=&q=3 HTTP/1.1\r\n" HOST
                 "Content-Type: text/plain; charset=utf-8\r\n"
                 "X-Thing:  some thing\r\n"
                 "Authorization: Basic dXNlcjpwYTpzcw==\r\n\r\n");
    assert_true(str_eq(
        r.body, STR("path=/describe/a%2Fb id=a/b q=1 2 has=1 "
                    "type=text/plain x=some thing\n"
                    "[q=1 2][r=][q=3]user=user pass=pa:ss\n")));
    check_headers(&r);
    assert_true(str_is(reply_header(&r, "X-One"), "1"));
    assert_true(str_is(reply_header(&r, "Cache-Control"), "max-age=60"));
    assert_null(reply_header(&r, "X-Split").p); /* never two headers for one */
    assert_null(reply_header(&r, "X-Evil").p);
    client_release(&c);
    site_release(&s);
}

static void bad_basic_is_none(void **state)
{
    static const char *const values[] = {"Basic", "Basic ", "Basic !!!!",
                                         "Basic dXNlcg==", "Basicx dTpw"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        struct buf text = BUF(1000);
        struct site s;
        struct client c;
        struct reply r;

        site_init(&s);
        buf_printf(&text, "GET /describe/a HTTP/1.1\r\n" HOST
                          "Authorization: %s\r\n\r\n", values[i]);
        r = site_ask(&s, &c, buf_c(&text));
        assert_int_equal(r.status, 200);
        assert_null(memmem(r.body.p, r.body.n, "user=", 5));
        client_release(&c);
        site_release(&s);
        buf_release(&text);
    }
}

static void large_bodies_come_whole(void **state)
{
    struct site s;
    struct client c;
    struct reply r;
    char *body = mem_new(BIG_MAX);

    (void)state;
    for (size_t i = 0; i < BIG_MAX; i++)
        body[i] = (char)(i * 2654435761u >> 24);
    site_init(&s);
    client_init(&c, &s);
    client_ask(&c, "POST /big HTTP/1.1\r\n" HOST "Content-Length: 4194304\r\n\r\n");
    client_send(&c, (struct str){body, BIG_MAX});
    r = client_wait(&c, 1);
    assert_int_equal(r.status, 200);
    assert_true(str_eq(r.body, (struct str){body, BIG_MAX}));
    client_release(&c);
    site_release(&s);
    free(body);
}

static void expect_100_is_answered(void **state)
{
    struct site s;
    struct client c;
    struct reply r;

    (void)state;
    site_init(&s);
    r = site_ask(&s, &c, POST HOST "Content-Length: 3\r\n"
                                   "Expect: 100-continue\r\n\r\n");
    assert_int_equal(r.status, 100);
    client_ask(&c, "abc");
    r = client_wait(&c, 2);
    assert_int_equal(r.status, 200);
    assert_true(str_is(r.body, "abc"));
    client_release(&c);
    site_release(&s);
}

static void head_has_no_body(void **state)
{
    struct site s;
    struct client c;
    struct reply r;

    (void)state;
    site_init(&s);
    client_init(&c, &s);
    c.head_only = true;
    client_ask(&c, "HEAD /describe/a HTTP/1.1\r\n" HOST "\r\n");
    client_ask(&c, "HEAD /nowhere HTTP/1.1\r\n" HOST "\r\n");
    r = client_wait(&c, 2);
    assert_int_equal(r.status, 404);
    check_headers(&r);
    assert_true(reply_header(&r, "Content-Length").n > 1);
    client_release(&c);
    site_release(&s);
}

/* --- connections --- */

static void connections_are_kept(void **state)
{
    struct site s;
    struct client c;

    (void)state;
    site_init(&s);
    client_init(&c, &s);
    for (size_t i = 1; i <= 5; i++) {
        client_ask(&c, POST HOST "Content-Length: 2\r\n\r\nab");
        assert_true(str_is(client_wait(&c, i).body, "ab"));
    }
    client_ask(&c, "GET /echo HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
    client_wait(&c, 6);
    client_wait_closed(&c);
    client_release(&c);
    site_ask(&s, &c, "GET /echo HTTP/1.0\r\n\r\n");
    client_wait_closed(&c);
    client_release(&c);
    site_release(&s);
}

static void answers_are_counted(void **state)
{
    struct site s;
    struct client c;

    (void)state;
    site_init(&s);
    client_init(&c, &s);
    client_ask(&c, GET("/echo") GET("/nowhere") GET("/echo"));
    client_ask(&c, POST HOST "Content-Length: 70000\r\n\r\n");
    client_wait(&c, 4);
    assert_int_equal(httpd_answered(s.httpd, 2), 2);
    assert_int_equal(httpd_answered(s.httpd, 4), 2);
    assert_int_equal(httpd_answered(s.httpd, 5), 0);
    client_release(&c);
    site_release(&s);
}

static void pipelined_requests_keep_their_order(void **state)
{
    struct site s;
    struct client c;
    struct reply r;

    (void)state;
    site_init(&s);
    client_init(&c, &s);
    client_ask(&c, POST HOST "Content-Length: 1\r\n\r\n1" GET("/hold") POST HOST
                   "Content-Length: 1\r\n\r\n3" GET("/hold"));
    turn_until_held(&s, 1);
    assert_int_equal(s.served, 2); /* the third waits for the second's answer */
    exchange_json(s.held[0], 202, STR("2"));
    turn_until_held(&s, 2);
    r = client_wait(&c, 3);
    assert_true(str_is(r.body, "3"));
    assert_non_null(memmem(c.in.p, c.in.n, "application/json", 16));
    exchange_json(s.held[1], 202, STR("4"));
    r = client_wait(&c, 4);
    assert_true(str_is(r.body, "4"));
    client_release(&c);
    site_release(&s);
}

static void held_answers_go_out_together(void **state)
{
    struct site s;
    struct client c[8];

    (void)state;
    site_init(&s);
    for (size_t round = 1; round <= 3; round++) {
        for (size_t i = 0; i < COUNT_OF(c); i++) {
            if (round == 1)
                client_init(&c[i], &s);
            client_ask(&c[i], "POST /hold HTTP/1.1\r\n" HOST
                              "Content-Length: 2\r\n\r\nab");
        }
        turn_until_held(&s, COUNT_OF(c));
        for (size_t i = 0; i < COUNT_OF(c); i++)
            exchange_answer(s.held[i], 200, "text/plain",
                            exchange_body(s.held[i]));
        s.held_n = 0;
        for (size_t i = 0; i < COUNT_OF(c); i++)
            assert_true(str_is(client_wait(&c[i], round).body, "ab"));
    }
    for (size_t i = 0; i < COUNT_OF(c); i++)
        client_release(&c[i]);
    site_release(&s);
}

static void a_client_that_is_gone_is_noticed(void **state)
{
    struct site s;
    struct client c;

    (void)state;
    site_init(&s);
    client_init(&c, &s);
    client_ask(&c, GET("/hold-watched"));
    turn_until_held(&s, 1);
    client_release(&c);
    while (s.gone == 0)
        loop_turn(s.loop, -1);
    exchange_answer(s.held[0], 200, "text/plain", STR("into the void"));
    assert_int_equal(site_ask(&s, &c, GET("/echo")).status, 200);
    client_release(&c);
    assert_int_equal(s.gone, 1);
    site_release(&s);
}

static void leaving_after_the_answer_is_not_being_gone(void **state)
{
    struct site s;
    struct client c, other;

    (void)state;
    site_init(&s);
    client_init(&c, &s);
    client_ask(&c, GET("/hold-watched"));
    turn_until_held(&s, 1);
    exchange_answer(s.held[0], 200, "text/plain", STR("here"));
    client_wait(&c, 1);
    client_release(&c);
    site_ask(&s, &other, GET("/echo"));
    client_release(&other);
    assert_int_equal(s.gone, 0);
    site_release(&s);
}

static void a_client_that_is_gone_does_no_harm(void **state)
{
    struct site s;
    struct client c;

    (void)state;
    site_init(&s);
    client_init(&c, &s);
    client_ask(&c, GET("/hold"));
    turn_until_held(&s, 1);
    client_release(&c);
    assert_int_equal(site_ask(&s, &c, GET("/echo")).status, 200);
    exchange_answer(s.held[0], 200, "text/plain", STR("into the void"));
    client_ask(&c, GET("/echo"));
    client_wait(&c, 2);
    client_release(&c);
    site_release(&s);
}

/* It has said all it has to say and still wants the answer. */
static void a_half_closed_client_gets_its_answer(void **state)
{
    struct site s;
    struct client c;

    (void)state;
    site_init(&s);
    client_init(&c, &s);
    client_ask(&c, GET("/hold-watched"));
    turn_until_held(&s, 1);
    shutdown(c.fd, SHUT_WR);
    while (s.gone == 0)
        loop_turn(s.loop, -1);
    exchange_answer(s.held[0], 200, "text/plain", STR("still"));
    assert_true(str_is(client_wait(&c, 1).body, "still"));
    client_wait_closed(&c);
    client_release(&c);
    site_release(&s);
}

static void a_client_may_leave_at_any_time(void **state)
{
    static const char *const texts[] = {
        "", "GE", "GET /echo HTTP/1.1\r\n", "GET /echo HTTP/1.1\r\nHost: a",
        POST HOST "Content-Length: 5\r\n\r\nab",
        POST HOST "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
        "POST /nowhere HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nab",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct site s;
        struct client leaver, stayer;

        site_init(&s);
        client_init(&leaver, &s);
        client_ask(&leaver, texts[i]);
        site_ask(&s, &stayer, GET("/echo"));
        client_release(&leaver);
        client_ask(&stayer, GET("/echo"));
        client_wait(&stayer, 2);
        client_release(&stayer);
        site_release(&s);
    }
}

static void slow_clients_are_ended(void **state)
{
    static const struct {
        const char *name, *text;
        int64_t allowed_ms, ended_ms;
    } rows[] = {
        {"nothing", "", 9000, 16000},
        {"half a header", "GET /echo HTTP/1.1\r\nHo", 9000, 16000},
        {"half a body", POST HOST "Content-Length: 5\r\n\r\nab", 59000, 70000},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct site s;
        struct client c, other;

        site_init(&s);
        client_init(&c, &s);
        client_ask(&c, rows[i].text);
        /* Answered after that was read, as it came after it. */
        site_ask(&s, &other, GET("/echo"));
        client_release(&other);
        s.now_ms += rows[i].allowed_ms;
        loop_turn(s.loop, 0);
        loop_turn(s.loop, 0);
        if (c.closed)
            fail_msg("%s: too early", rows[i].name);
        s.now_ms += rows[i].ended_ms - rows[i].allowed_ms;
        client_wait_closed(&c);
        assert_int_equal(s.served, 1);
        client_release(&c);
        site_release(&s);
    }
}

static void a_held_client_is_not_slow(void **state)
{
    struct site s;
    struct client c;

    (void)state;
    site_init(&s);
    client_init(&c, &s);
    client_ask(&c, GET("/hold"));
    turn_until_held(&s, 1);
    s.now_ms += 3600000;
    loop_turn(s.loop, 0);
    loop_turn(s.loop, 0);
    exchange_answer(s.held[0], 200, "text/plain", STR("late"));
    assert_true(str_is(client_wait(&c, 1).body, "late"));
    client_release(&c);
    site_release(&s);
}

/* --- opening and closing --- */

static void freed_with_exchanges_held(void **state)
{
    struct site s;
    struct client c, d;

    (void)state;
    site_init(&s);
    client_init(&c, &s);
    client_init(&d, &s);
    client_ask(&c, GET("/hold-watched"));
    client_ask(&d, "POST /hold HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nab");
    turn_until_held(&s, 2);
    httpd_free(s.httpd);
    s.httpd = NULL;
    client_wait_closed(&c);
    client_wait_closed(&d);
    assert_int_equal(c.in.n + d.in.n, 0);
    assert_int_equal(s.gone, 1);
    /* Their owners still have them, and answer them. */
    for (size_t i = 0; i < 2; i++) {
        if (exchange_body(s.held[i]).n > 0)
            assert_true(str_is(exchange_body(s.held[i]), "ab"));
        assert_null(exchange_header(s.held[i], "Host").p);
        assert_false(exchange_is_loopback(s.held[i]));
    }
    exchange_on_gone(s.held[0], NULL, NULL);
    exchange_problem(s.held[0], 503, "stopping", NULL);
    exchange_header_add(s.held[1], "X-One", STR("1"));
    exchange_answer(s.held[1], 200, "text/plain", STR("x"));
    client_release(&c);
    client_release(&d);
    site_release(&s);
}

static void stops_accepting(void **state)
{
    struct site s;
    struct client c;
    struct reply r;
    struct sockaddr_in at = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    (void)state;
    site_init(&s);
    client_init(&c, &s);
    client_ask(&c, GET("/hold"));
    turn_until_held(&s, 1);
    httpd_stop_accepting(s.httpd);
    httpd_stop_accepting(s.httpd);
    at.sin_port = htons(httpd_port(s.httpd));
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), -1);
    close(fd);
    exchange_answer(s.held[0], 200, "text/plain", STR("last"));
    r = client_wait(&c, 1);
    assert_true(str_is(r.body, "last"));
    assert_true(str_is_nocase(reply_header(&r, "Connection"), "close"));
    client_wait_closed(&c);
    client_release(&c);
    site_release(&s);
}

static void listens_where_it_is_told(void **state)
{
    static const struct {
        const char *address, *want; /* NULL: it works */
    } rows[] = {
        {"127.0.0.1", NULL},
        {"0.0.0.0", NULL},
        {"::1", NULL},
        {"localhost", "not an IP address"},
        {"", "not an IP address"},
        {"192.0.2.1", "cannot listen on 192.0.2.1 port 0"},
    };
    struct error err;
    struct loop *l = loop_new(&clock_real, &err);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct httpd_options o = {.address = rows[i].address};
        struct httpd *h = httpd_new(l, &o, &err);

        if ((h != NULL) != (rows[i].want == NULL))
            fail_msg("%s", rows[i].address);
        if (h == NULL)
            assert_non_null(strstr(err.text, rows[i].want));
        else
            assert_true(httpd_port(h) > 0);
        httpd_free(h);
    }
    loop_free(l);
}

static void a_port_in_use_is_an_error(void **state)
{
    struct httpd_options o = {.address = "127.0.0.1"};
    struct site s;
    struct error err;

    (void)state;
    site_init(&s);
    o.port = httpd_port(s.httpd);
    assert_null(httpd_new(s.loop, &o, &err));
    assert_non_null(strstr(err.text, "Address already in use"));
    site_release(&s);
}

static void an_inherited_socket_is_used(void **state)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    struct httpd_options o = {.who = site_who};
    struct site s;
    struct client c;
    struct error err;

    (void)state;
    site_init(&s);
    httpd_free(s.httpd);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    o.listen_fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(o.listen_fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(o.listen_fd, 5), 0);
    s.httpd = httpd_new(s.loop, &o, &err);
    assert_non_null(s.httpd);
    httpd_routes(s.httpd, site_routes, &s);
    assert_int_equal(site_ask(&s, &c, GET("/echo")).status, 200);
    assert_int_equal(fcntl(o.listen_fd, F_GETFD), FD_CLOEXEC);
    client_release(&c);
    site_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_route_sees_the_request),
        cmocka_unit_test(bad_basic_is_none),
        cmocka_unit_test(large_bodies_come_whole),
        cmocka_unit_test(expect_100_is_answered),
        cmocka_unit_test(head_has_no_body),
        cmocka_unit_test(connections_are_kept),
        cmocka_unit_test(answers_are_counted),
        cmocka_unit_test(pipelined_requests_keep_their_order),
        cmocka_unit_test(held_answers_go_out_together),
        cmocka_unit_test(a_client_that_is_gone_is_noticed),
        cmocka_unit_test(leaving_after_the_answer_is_not_being_gone),
        cmocka_unit_test(a_client_that_is_gone_does_no_harm),
        cmocka_unit_test(a_half_closed_client_gets_its_answer),
        cmocka_unit_test(a_client_may_leave_at_any_time),
        cmocka_unit_test(slow_clients_are_ended),
        cmocka_unit_test(a_held_client_is_not_slow),
        cmocka_unit_test(freed_with_exchanges_held),
        cmocka_unit_test(stops_accepting),
        cmocka_unit_test(listens_where_it_is_told),
        cmocka_unit_test(a_port_in_use_is_an_error),
        cmocka_unit_test(an_inherited_socket_is_used),
    };

    log_init(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
    alarm(60); /* a loop that waits for ever is a failure, not a hang */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
