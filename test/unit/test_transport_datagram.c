/* test_transport_datagram.c -- syslog over UDP and to the local socket: what is
 * refused, too large, or not taken, and a daemon that goes and comes back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "transport_rig.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LONG_MS 20000
#define SHORT_MS 300

static const struct str frames[] = {
    {"<14>1 - - - - - - one", 21},
    {"<14>1 - - - - - - gr\xc3\xbc\xc3\x9f" "e", 25},
    {"7 begins like a length", 22},
};
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

/* --- UDP --- */

static int udp_open(uint16_t port)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                            .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)(void *)&a, sizeof(a)), 0);
    return fd;
}

static void frames_arrived(int fd)
{
    char got[1024];

    for (size_t i = 0; i < COUNT_OF(frames); i++) {
        ssize_t n = recv(fd, got, sizeof(got), 0);

        assert_int_equal(n, frames[i].n);
        assert_memory_equal(got, frames[i].p, frames[i].n);
    }
    assert_int_equal(recv(fd, got, sizeof(got), 0), -1);
}

static void test_udp(void **state)
{
    uint16_t port = port_free(SOCK_DGRAM);
    struct request q = syslog_to(SYSLOG_UDP, port);
    int fd = udp_open(port);
    struct answer a;
    struct rig rig;
    char peer[32];

    (void)state;
    rig_init(&rig);
    snprintf(peer, sizeof(peer), "127.0.0.1:%u", port);
    for (int i = 0; i < 3; i++) {
        rig_carry(&rig, &q, &a);
        check(&a, OUTCOME_ANSWERED, COUNT_OF(frames));
        assert_string_equal(a.peer, peer);
        assert_int_equal(a.response.reused, i > 0);
        frames_arrived(fd);
    }
    close(fd);
    rig_release(&rig);
}

static void test_udp_by_name(void **state)
{
    uint16_t port = port_free(SOCK_DGRAM);
    struct request q = syslog_to(SYSLOG_UDP, port);
    int fd = udp_open(port);
    struct answer a;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    q.syslog.host = STR("localhost");
    rig_carry(&rig, &q, &a);
    check(&a, OUTCOME_ANSWERED, COUNT_OF(frames));
    frames_arrived(fd);
    q.syslog.host = STR("no-such-name.invalid");
    rig_carry(&rig, &q, &a);
    check(&a, OUTCOME_UNREACHED, 0);
    assert_non_null(strstr(a.error, "Could not resolve"));
    close(fd);
    rig_release(&rig);
}

static void test_udp_refused(void **state)
{
    uint16_t port = port_free(SOCK_DGRAM);
    struct request q = syslog_to(SYSLOG_UDP, port);
    struct answer a;
    struct rig rig;
    int fd;

    (void)state;
    rig_init(&rig);
    for (int i = 0; i < 3; i++) {
        rig_carry(&rig, &q, &a);
        check(&a, OUTCOME_UNREACHED, 0);
        assert_non_null(strstr(a.error, "Connection refused"));
    }
    fd = udp_open(port);
    rig_carry(&rig, &q, &a);
    check(&a, OUTCOME_ANSWERED, COUNT_OF(frames));
    frames_arrived(fd);
    close(fd);
    rig_carry(&rig, &q, &a);
    check(&a, OUTCOME_UNREACHED, 0);
    rig_release(&rig);
}

static void test_udp_oversize(void **state)
{
    uint16_t port = port_free(SOCK_DGRAM);
    struct request q = syslog_to(SYSLOG_UDP, port);
    int fd = udp_open(port);
    char *large = mem_new(70000);
    struct str texts[] = {frames[0], {memset(large, 'x', 70000), 70000},
                          frames[2]};
    struct answer a;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    q.syslog.frames = texts;
    rig_carry(&rig, &q, &a);
    check(&a, OUTCOME_DENIED, 1);
    assert_non_null(strstr(a.error, "too large for a datagram"));
    q.syslog.frames = frames;
    rig_carry(&rig, &q, &a);
    check(&a, OUTCOME_ANSWERED, COUNT_OF(frames));
    free(large);
    close(fd);
    rig_release(&rig);
}

/* --- the local socket --- */

struct local {
    char dir[40], path[64];
    int fd;
};

static void local_open(struct local *l, int type)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};

    snprintf(a.sun_path, sizeof(a.sun_path), "%s", l->path);
    l->fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(l->fd, (struct sockaddr *)(void *)&a, sizeof(a)), 0);
    if (type == SOCK_STREAM)
        assert_int_equal(listen(l->fd, 4), 0);
}

static void local_close(struct local *l)
{
    close(l->fd);
    unlink(l->path);
}

static void local_init(struct local *l)
{
    *l = (struct local){.dir = "/tmp/test_transport_syslog_XXXXXX"};
    assert_non_null(mkdtemp(l->dir));
    snprintf(l->path, sizeof(l->path), "%s/log", l->dir);
}

static struct request syslog_local(const struct local *l)
{
    struct request q = syslog_to(SYSLOG_LOCAL, 0);

    q.syslog.host = str_of(l->path);
    return q;
}

/* The daemon goes and comes back between two requests. */
static void test_local(void **state)
{
    struct local l;
    struct request q;
    struct answer a;
    struct rig rig;

    (void)state;
    local_init(&l);
    q = syslog_local(&l);
    rig_init(&rig);
    rig_carry(&rig, &q, &a);
    check(&a, OUTCOME_UNREACHED, 0);
    assert_non_null(strstr(a.error, "No such file or directory"));
    for (int i = 0; i < 3; i++) {
        local_open(&l, SOCK_DGRAM);
        for (int k = 0; k < 2; k++) {
            rig_carry(&rig, &q, &a);
            check(&a, OUTCOME_ANSWERED, COUNT_OF(frames));
            assert_string_equal(a.peer, l.path);
            frames_arrived(l.fd);
        }
        local_close(&l);
    }
    rig_carry(&rig, &q, &a);
    check(&a, OUTCOME_UNREACHED, 0);
    rig_release(&rig);
    rmdir(l.dir);
}

/* More than the daemon's queue takes: the rest waits for it, on the loop. */
static void test_local_full(void **state)
{
    struct str texts[500];
    struct local l;
    struct request q;
    struct answer a;
    struct rig rig;
    char got[64];
    size_t arrived = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        texts[i] = frames[0];
    local_init(&l);
    local_open(&l, SOCK_DGRAM);
    q = syslog_local(&l);
    q.syslog.frames = texts;
    q.syslog.frame_count = COUNT_OF(texts);
    rig_init(&rig);
    rig_send(&rig, &q, &a);
    assert_int_equal(a.calls, 0);
    while (arrived < COUNT_OF(texts)) {
        while (recv(l.fd, got, sizeof(got), 0) > 0)
            arrived++;
        loop_turn(rig.loop, 10);
    }
    rig_wait(&rig, &a.calls, 1);
    check(&a, OUTCOME_ANSWERED, COUNT_OF(texts));
    q.timeout_ms = SHORT_MS; /* and if it takes no more at all */
    rig_carry(&rig, &q, &a);
    assert_int_equal(a.response.outcome, OUTCOME_TIMED_OUT);
    assert_in_range(a.response.written, 1, COUNT_OF(texts) - 1);
    rig_release(&rig);
    local_close(&l);
    rmdir(l.dir);
}

static void test_local_stream(void **state)
{
    struct local l;
    struct request q;
    struct answer a;
    struct rig rig;
    char got[256];
    int fd;

    (void)state;
    local_init(&l);
    local_open(&l, SOCK_STREAM);
    q = syslog_local(&l);
    rig_init(&rig);
    rig_carry(&rig, &q, &a);
    check(&a, OUTCOME_ANSWERED, COUNT_OF(frames));
    fd = accept4(l.fd, NULL, NULL, SOCK_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(read(fd, got, sizeof(got)), strlen(lines));
    assert_memory_equal(got, lines, strlen(lines));
    close(fd);
    rig_release(&rig);
    local_close(&l);
    rmdir(l.dir);
}

static void test_local_path_too_long(void **state)
{
    char path[200];
    struct request q = syslog_to(SYSLOG_LOCAL, 0);
    struct answer a;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    memset(path, 'x', sizeof(path));
    path[0] = '/';
    q.syslog.host = (struct str){path, sizeof(path)};
    rig_carry(&rig, &q, &a);
    check(&a, OUTCOME_UNREACHED, 0);
    assert_non_null(strstr(a.error, "is no path of a socket"));
    rig_release(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_udp),
        cmocka_unit_test(test_udp_by_name),
        cmocka_unit_test(test_udp_refused),
        cmocka_unit_test(test_udp_oversize),
        cmocka_unit_test(test_local),
        cmocka_unit_test(test_local_full),
        cmocka_unit_test(test_local_stream),
        cmocka_unit_test(test_local_path_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
