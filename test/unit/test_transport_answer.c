/* test_transport_answer.c -- how much of an answer is kept: what was asked for. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "transport_rig.h"

#include <sys/socket.h>

static void flood_serve(void *arg, int fd, unsigned nth)
{
    const size_t *bytes = arg;
    char head[4096];
    char piece[4096];

    (void)nth;
    assert_true(hear_until(fd, "the body", head, sizeof(head)));
    /* Else the next request may go out on this connection while it closes. */
    snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                                 "Content-Length: %zu\r\n\r\n",
             *bytes);
    say_text(fd, head);
    memset(piece, 'x', sizeof(piece));
    for (size_t sent = 0; sent < *bytes; sent += sizeof(piece))
        if (send(fd, piece, MIN(sizeof(piece), *bytes - sent), MSG_NOSIGNAL) <= 0)
            return;
}

struct measured {
    unsigned calls;
    int status;
    size_t bytes;
};

static void measure(void *arg, const struct response *r)
{
    struct measured *m = arg;

    m->calls++;
    m->status = r->status;
    m->bytes = r->body.n;
}

/* As much as was asked for, whatever the other side sends. */
static void test_answer_max(void **state)
{
    static const struct {
        size_t max, sent, want;
    } rows[] = {
        {0, RESPONSE_MAX, RESPONSE_MAX},
        {0, RESPONSE_MAX + 1, RESPONSE_MAX},
        {100, 4096, 100},
        {RESPONSE_LARGE_MAX, RESPONSE_MAX + 1, RESPONSE_MAX + 1},
        {RESPONSE_LARGE_MAX, RESPONSE_LARGE_MAX, RESPONSE_LARGE_MAX},
        {RESPONSE_LARGE_MAX, RESPONSE_LARGE_MAX + (1u << 20), RESPONSE_LARGE_MAX},
    };
    struct server server;
    size_t bytes;
    struct rig rig;
    char url[128];

    (void)state;
    rig_init(&rig);
    server_start(&server, flood_serve, &bytes);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u/", server.port);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct request q = {
            .via = VIA_HTTP,
            .answer_max = rows[i].max,
            .http = {.method = "POST", .url = str_of(url),
                     .body = STR("the body"), .allow_private = true},
        };
        struct measured got = {0};

        bytes = rows[i].sent;
        transport_send(rig.transport, &q, measure, &got);
        rig_wait(&rig, &got.calls, 1);
        assert_int_equal(got.status, 200);
        assert_int_equal(got.bytes, rows[i].want);
    }
    rig_release(&rig);
    server_stop(&server);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer_max),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
