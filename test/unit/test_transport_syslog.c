/* test_transport_syslog.c -- syslog over connections: both framings, receivers that
 * are slow, stuck, gone, or come back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "transport_rig.h"

#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#define LONG_MS 20000
#define SHORT_MS 300
#define LARGE (256u << 10) /* bytes of one message that fills a socket */

static const struct str frames[] = {
    {"<14>1 - - - - - - one", 21},
    {"<14>1 - - - - - - gr\xc3\xbc\xc3\x9f" "e", 25},
    {"7 begins like a length", 22},
};
static const char octets[] = "21 <14>1 - - - - - - one"
                             "25 <14>1 - - - - - - gr\xc3\xbc\xc3\x9f" "e"
                             "22 7 begins like a length";
static const char lines[] = "<14>1 - - - - - - one\n"
                            "<14>1 - - - - - - gr\xc3\xbc\xc3\x9f" "e\n"
                            "7 begins like a length\n";

static struct request syslog_to(enum syslog_transport transport, uint16_t port)
{
    return (struct request){
        .via = VIA_SYSLOG,
        .timeout_ms = LONG_MS,
        .syslog = {.transport = transport, .framing = SYSLOG_OCTET,
                   .host = STR("127.0.0.1"), .port = port, .frames = frames,
                   .frame_count = COUNT_OF(frames)},
    };
}

static void check(const struct answer *a, enum outcome want, size_t written)
{
    if (a->response.outcome != want || a->response.written != written)
        fail_msg("outcome %d, %zu written: %s", (int)a->response.outcome,
                 a->response.written, a->error);
    assert_int_equal(a->response.error.n > 0, want != OUTCOME_ANSWERED);
}

struct recorder {
    struct buf got; /* of all connections, one after the other */
    size_t hang_up_after; /* bytes of one connection; 0: when they do */
    size_t piece;         /* read at a time */
};

static void record(void *arg, int fd, unsigned nth)
{
    struct recorder *r = arg;
    size_t start = r->got.n;
    char piece[4096];
    ssize_t n;

    (void)nth;
    while ((r->hang_up_after == 0 || r->got.n - start < r->hang_up_after) &&
           (n = read(fd, piece, MIN(r->piece, sizeof(piece)))) > 0)
        buf_add(&r->got, piece, (size_t)n);
}

static void stream_rig(struct rig *rig, struct server *server,
                       struct recorder *r)
{
    r->got = BUF(64u << 20);
    r->piece = r->piece > 0 ? r->piece : 4096;
    rig_init(rig);
    server_start(server, record, r);
}

static void test_framings(void **state)
{
    static const struct {
        enum syslog_framing framing;
        const char *want;
    } rows[] = {{SYSLOG_OCTET, octets}, {SYSLOG_LF, lines}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct recorder r = {.piece = 0};
        struct server server;
        struct answer a;
        struct request q;
        struct rig rig;

        stream_rig(&rig, &server, &r);
        q = syslog_to(SYSLOG_TCP, server.port);
        q.syslog.framing = rows[i].framing;
        rig_carry(&rig, &q, &a);
        check(&a, OUTCOME_ANSWERED, COUNT_OF(frames));
        rig_release(&rig);
        server_stop(&server);
        assert_string_equal(buf_c(&r.got), rows[i].want);
        buf_release(&r.got);
    }
}

/* Many at once share one connection and keep their order. */
static void test_queue(void **state)
{
    struct recorder r = {.piece = 7};
    char texts[40][16];
    struct str frame[COUNT_OF(texts)];
    struct request q[COUNT_OF(texts)];
    struct answer *a = mem_array(COUNT_OF(texts), sizeof(*a));
    struct sending *s[COUNT_OF(texts)];
    struct buf want freed_by(buf_release) = BUF(4096);
    struct server server;
    struct rig rig;

    (void)state;
    stream_rig(&rig, &server, &r);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        snprintf(texts[i], sizeof(texts[i]), "<14>number %zu", i);
        frame[i] = str_of(texts[i]);
        q[i] = syslog_to(SYSLOG_TCP, server.port);
        q[i].syslog.framing = SYSLOG_LF;
        q[i].syslog.frames = &frame[i];
        q[i].syslog.frame_count = 1;
        s[i] = rig_send(&rig, &q[i], &a[i]);
    }
    transport_cancel(s[3]);
    transport_cancel(s[0]);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (i == 0 || i == 3)
            continue;
        rig_wait(&rig, &a[i].calls, 1);
        check(&a[i], OUTCOME_ANSWERED, 1);
        buf_printf(&want, "<14>number %zu\n", i);
    }
    rig_release(&rig);
    server_stop(&server);
    assert_int_equal(a[0].calls + a[3].calls, 0);
    assert_int_equal(server.connections, 1);
    assert_string_equal(buf_c(&r.got), buf_c(&want));
    buf_release(&r.got);
    free(a);
}

/* Far more than a socket takes at once, to somebody who reads in sips. */
static void test_slow_reader(void **state)
{
    struct recorder r = {.piece = 1000};
    char *text = mem_new(LARGE);
    struct str texts[16];
    struct request q;
    struct server server;
    struct answer a;
    struct rig rig;

    (void)state;
    stream_rig(&rig, &server, &r);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        texts[i] = (struct str){memset(text, 'x', LARGE), LARGE};
    q = syslog_to(SYSLOG_TCP, server.port);
    q.syslog.frames = texts;
    q.syslog.frame_count = COUNT_OF(texts);
    rig_carry(&rig, &q, &a);
    check(&a, OUTCOME_ANSWERED, COUNT_OF(texts));
    rig_release(&rig);
    server_stop(&server);
    assert_int_equal(r.got.n, COUNT_OF(texts) * (LARGE + strlen("262144 ")));
    buf_release(&r.got);
    free(text);
}

/* The first connection is not read from until the gate opens. */
static void stuck(void *arg, int fd, unsigned nth)
{
    const int *gate = arg;
    char unwanted[1];

    if (nth == 0)
        assert_int_equal(read(gate[0], unwanted, 1), 0);
    hear_end(fd);
}

/* The time is up in the midst of a message: the connection is of no more use,
 * and the next request, which waited behind it, gets a new one. */
static void test_stuck_reader(void **state)
{
    char *text = mem_new(LARGE);
    struct str texts[60];
    struct request q, next;
    struct server server;
    struct answer a, b;
    struct rig rig;
    int gate[2];

    (void)state;
    assert_int_equal(pipe(gate), 0);
    rig_init(&rig);
    server_start(&server, stuck, gate);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        texts[i] = (struct str){memset(text, 'x', LARGE), LARGE};
    q = next = syslog_to(SYSLOG_TCP, server.port);
    q.timeout_ms = SHORT_MS;
    q.syslog.frames = texts;
    q.syslog.frame_count = COUNT_OF(texts);
    rig_send(&rig, &q, &a);
    rig_send(&rig, &next, &b);
    rig_wait(&rig, &a.calls, 1);
    assert_int_equal(a.response.outcome, OUTCOME_TIMED_OUT);
    assert_in_range(a.response.written, 1, COUNT_OF(texts) - 1);
    rig_wait(&rig, &b.calls, 1);
    check(&b, OUTCOME_ANSWERED, COUNT_OF(frames));
    close(gate[1]);
    rig_release(&rig);
    server_stop(&server);
    assert_int_equal(server.connections, 2);
    close(gate[0]);
    free(text);
}

/* A waiting request whose time is up was never sent. */
static void test_timed_out_in_the_queue(void **state)
{
    char *text = mem_new(LARGE);
    struct str texts[60];
    struct request q, next;
    struct server server;
    struct answer a, b;
    struct rig rig;
    int gate[2];

    (void)state;
    assert_int_equal(pipe(gate), 0);
    rig_init(&rig);
    server_start(&server, stuck, gate);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        texts[i] = (struct str){memset(text, 'x', LARGE), LARGE};
    q = next = syslog_to(SYSLOG_TCP, server.port);
    q.syslog.frames = texts;
    q.syslog.frame_count = COUNT_OF(texts);
    next.timeout_ms = SHORT_MS;
    rig_send(&rig, &q, &a);
    rig_send(&rig, &next, &b);
    rig_wait(&rig, &b.calls, 1);
    check(&b, OUTCOME_UNREACHED, 0);
    assert_int_equal(a.calls, 0);
    close(gate[1]);
    rig_wait(&rig, &a.calls, 1);
    check(&a, OUTCOME_ANSWERED, COUNT_OF(texts));
    rig_release(&rig);
    server_stop(&server);
    assert_int_equal(server.connections, 1);
    close(gate[0]);
    free(text);
}

/* Closes, or resets, once a request has arrived, and says that it has. */
struct closer {
    struct buf got;
    bool hard;
    atomic_uint closed;
};

static void close_after_one(void *arg, int fd, unsigned nth)
{
    struct closer *c = arg;
    char heard[sizeof(lines)];
    size_t n = 0;

    (void)nth;
    while (n < strlen(lines)) {
        ssize_t more = read(fd, heard + n, strlen(lines) - n);

        if (more <= 0)
            return;
        n += (size_t)more;
    }
    buf_add(&c->got, heard, n);
    if (c->hard)
        hang_up_hard(fd);
    if (c->hard)
        dup2(STDERR_FILENO, fd); /* closes it, and leaves something to close */
    else
        shutdown(fd, SHUT_RDWR);
    c->closed++;
}

/* Until the other thread has said so; in between the loop may turn, or not, so
 * that the news reaches us as an event or only when we look. */
static void closed_wait(struct rig *rig, struct closer *c, unsigned wanted,
                        bool turn)
{
    while (c->closed < wanted)
        usleep(100);
    for (int i = 0; turn && i < 3; i++)
        loop_turn(rig->loop, 0);
}

/* A connection that died while it waited is noticed before anything is handed to
 * it: nothing is lost, and nothing told as sent that was not. */
static void test_closed_while_kept(void **state)
{
    (void)state;
    for (int hard = 0; hard < 2; hard++) {
        struct closer c = {.got = BUF(4096), .hard = hard};
        struct server server;
        struct answer a;
        struct request q;
        struct rig rig;

        rig_init(&rig);
        server_start(&server, close_after_one, &c);
        q = syslog_to(SYSLOG_TCP, server.port);
        q.syslog.framing = SYSLOG_LF;
        for (unsigned i = 0; i < 8; i++) {
            rig_carry(&rig, &q, &a);
            check(&a, OUTCOME_ANSWERED, COUNT_OF(frames));
            assert_int_equal(a.response.reused, false);
            closed_wait(&rig, &c, i + 1, i % 2 == 0);
        }
        rig_release(&rig);
        server_stop(&server);
        assert_int_equal(server.connections, 8);
        assert_int_equal(c.got.n, 8 * strlen(lines));
        buf_release(&c.got);
    }
}

static void test_cancel(void **state)
{
    char *text = mem_new(LARGE);
    struct str texts[60];
    struct request q, next;
    struct server server;
    struct answer a, b;
    struct rig rig;
    struct sending *s;
    int gate[2];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        texts[i] = (struct str){memset(text, 'x', LARGE), LARGE};
    for (int turns = 0; turns < 6; turns++) {
        assert_int_equal(pipe(gate), 0);
        rig_init(&rig);
        server_start(&server, stuck, gate);
        q = next = syslog_to(SYSLOG_TCP, server.port);
        q.syslog.frames = texts;
        q.syslog.frame_count = COUNT_OF(texts);
        s = rig_send(&rig, &q, &a);
        rig_send(&rig, &next, &b);
        for (int i = 0; i < turns; i++)
            loop_turn(rig.loop, 10);
        transport_cancel(s);
        rig_wait(&rig, &b.calls, 1);
        check(&b, OUTCOME_ANSWERED, COUNT_OF(frames));
        assert_int_equal(a.calls, 0);
        close(gate[1]);
        rig_release(&rig);
        server_stop(&server);
        close(gate[0]);
    }
    free(text);
}

static void test_not_reached(void **state)
{
    static const struct {
        const char *host;
        enum syslog_transport transport;
        enum outcome want;
        const char *words;
    } rows[] = {
        {"127.0.0.1", SYSLOG_TCP, OUTCOME_UNREACHED, "Connection refused"},
        {"127.0.0.1", SYSLOG_TLS, OUTCOME_UNREACHED, "Connection refused"},
        {"no-such-name.invalid", SYSLOG_TCP, OUTCOME_UNREACHED,
         "Could not resolve"},
        {"169.254.169.254", SYSLOG_TCP, OUTCOME_DENIED, "metadata"},
        {"169.254.169.254", SYSLOG_UDP, OUTCOME_DENIED, "metadata"},
        {"fe80::1", SYSLOG_UDP, OUTCOME_DENIED, "link-local"},
        {"[fe80::1]", SYSLOG_TCP, OUTCOME_DENIED, "link-local"},
        {"224.0.0.1", SYSLOG_UDP, OUTCOME_DENIED, "multicast"},
        {"255.255.255.255", SYSLOG_UDP, OUTCOME_DENIED, "reserved"},
        {"0.0.0.0", SYSLOG_UDP, OUTCOME_DENIED, "unspecified"},
        {"a b", SYSLOG_UDP, OUTCOME_DENIED, "is not a host and port"},
        {"user@host", SYSLOG_TCP, OUTCOME_DENIED, "is not a host and port"},
        {"host/path", SYSLOG_TCP, OUTCOME_DENIED, "is not a host and port"},
        {"", SYSLOG_TCP, OUTCOME_DENIED, "is not a host and port"},
    };
    struct answer a;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct request q = syslog_to(rows[i].transport, port_free(SOCK_STREAM));

        q.syslog.host = str_of(rows[i].host);
        rig_carry(&rig, &q, &a);
        check(&a, rows[i].want, 0);
        if (strstr(a.error, rows[i].words) == NULL)
            fail_msg("%s: %s", rows[i].host, a.error);
    }
    rig_release(&rig);
}

static void test_no_tls_there(void **state)
{
    struct recorder r = {.hang_up_after = 1};
    struct server server;
    struct answer a;
    struct request q;
    struct rig rig;

    (void)state;
    stream_rig(&rig, &server, &r);
    q = syslog_to(SYSLOG_TLS, server.port);
    rig_carry(&rig, &q, &a);
    check(&a, OUTCOME_TLS, 0);
    rig_release(&rig);
    server_stop(&server);
    assert_null(memmem(r.got.p, r.got.n, "one", 3)); /* nothing in clear */
    buf_release(&r.got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_framings),
        cmocka_unit_test(test_queue),
        cmocka_unit_test(test_slow_reader),
        cmocka_unit_test(test_stuck_reader),
        cmocka_unit_test(test_timed_out_in_the_queue),
        cmocka_unit_test(test_closed_while_kept),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_not_reached),
        cmocka_unit_test(test_no_tls_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
