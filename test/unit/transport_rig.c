/* transport_rig.c -- a transport on a loop of its own, and servers for it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "transport_rig.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 30000 /* a test that takes longer has failed */

/* --- the transport --- */

void rig_init_with(struct rig *r, const struct transport_options *o)
{
    struct error err;

    r->loop = loop_new(&clock_real, &err);
    assert_non_null(r->loop);
    r->transport = transport_new(r->loop, o, &err);
    assert_non_null(r->transport);
}

void rig_init(struct rig *r)
{
    struct transport_options o = {.user_agent = "rig/1"};

    rig_init_with(r, &o);
}

void rig_release(struct rig *r)
{
    transport_free(r->transport);
    loop_free(r->loop);
}

static struct str text_keep(struct str s, char *to, size_t size)
{
    assert_true(s.n < size);
    if (s.n > 0)
        memcpy(to, s.p, s.n);
    to[s.n] = '\0';
    return (struct str){to, s.n};
}

void answer_take(void *answer, const struct response *r)
{
    struct answer *a = answer;

    a->calls++;
    a->response = *r;
    a->response.body = text_keep(r->body, a->body, sizeof(a->body));
    a->response.error = text_keep(r->error, a->error, sizeof(a->error));
    a->response.peer = text_keep(r->peer, a->peer, sizeof(a->peer));
}

struct sending *rig_send(struct rig *r, const struct request *q,
                         struct answer *a)
{
    struct sending *s;

    a->calls = 0;
    s = transport_send(r->transport, q, answer_take, a);
    assert_int_equal(a->calls, 0); /* never before it has returned */
    return s;
}

void rig_wait(struct rig *r, const unsigned *calls, unsigned wanted)
{
    int64_t end_ms = clock_tick_ms(&clock_real) + PATIENCE_MS;

    while (*calls < wanted) {
        loop_turn(r->loop, 100);
        assert_true(clock_tick_ms(&clock_real) < end_ms);
    }
    assert_int_equal(*calls, wanted);
}

void rig_carry(struct rig *r, const struct request *q, struct answer *a)
{
    rig_send(r, q, a);
    rig_wait(r, &a->calls, 1);
}

/* --- servers --- */

static int listener_open(uint16_t *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)(void *)&a, sizeof(a)), 0);
    assert_int_equal(listen(fd, 64), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)(void *)&a, &n), 0);
    *port = ntohs(a.sin_port);
    return fd;
}

static void *server_run(void *arg)
{
    struct server *s = arg;
    struct sockaddr_in from;
    socklen_t n = sizeof(from);
    int fd;

    while ((fd = accept4(s->listener, (struct sockaddr *)(void *)&from, &n,
                         SOCK_CLOEXEC)) >= 0) {
        bool stop = from.sin_port == s->last_port;

        if (!stop)
            s->serve(s->arg, fd, s->connections++);
        close(fd);
        if (stop)
            break;
    }
    return NULL;
}

void server_start(struct server *s, serve_fn *serve, void *arg)
{
    *s = (struct server){.serve = serve, .arg = arg};
    s->listener = listener_open(&s->port);
    assert_int_equal(pthread_create(&s->thread, NULL, server_run, s), 0);
}

/* A connection of our own is the last: those before it are served first. */
void server_stop(struct server *s)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)(void *)&a, sizeof(a)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)(void *)&a, &n), 0);
    s->last_port = a.sin_port;
    a.sin_port = htons(s->port);
    assert_int_equal(connect(fd, (struct sockaddr *)(void *)&a, sizeof(a)), 0);
    pthread_join(s->thread, NULL);
    close(fd);
    close(s->listener);
}

void say(int fd, struct str bytes)
{
    while (bytes.n > 0) {
        ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);

        if (n <= 0)
            return; /* the other side has had enough */
        bytes = str_from(bytes, (size_t)n);
    }
}

void say_text(int fd, const char *text)
{
    say(fd, str_of(text));
}

bool hear_until(int fd, const char *end, char *into, size_t size)
{
    size_t n = 0;

    while (n + 1 < size && read(fd, into + n, 1) == 1) {
        into[++n] = '\0';
        if (strstr(into, end) != NULL)
            return true;
    }
    into[n] = '\0';
    return false;
}

void hear_end(int fd)
{
    char unwanted[4096];

    while (read(fd, unwanted, sizeof(unwanted)) > 0)
        ;
}

void hang_up_hard(int fd)
{
    struct linger now = {.l_onoff = 1};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

uint16_t port_free(int socket_type)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(a);
    int fd = socket(AF_INET, socket_type | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)(void *)&a, sizeof(a)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)(void *)&a, &n), 0);
    close(fd);
    return ntohs(a.sin_port);
}
