/* way_smtp.c -- connections to a fake mail server. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake/mailhost.h"
#include "fake/serve.h"

#define REPLIES_MAX (64u << 10) /* bytes that wait for a client to read them */

struct caller {
    struct fake_server *server;
    struct caller *next, *previous;
    struct mailhost mailhost;
    struct buf out; /* ours */
    int fd;
};

struct smtp_way {
    int listener;
    struct caller *first;
};

static void caller_free(struct caller *c)
{
    struct smtp_way *w = c->server->state;

    if (c->previous != NULL)
        c->previous->next = c->next;
    else
        w->first = c->next;
    if (c->next != NULL)
        c->next->previous = c->previous;
    loop_unwatch(c->server->loop, c->fd);
    close(c->fd);
    mailhost_release(&c->mailhost);
    buf_release(&c->out);
    free(c);
}

static void caller_ready(void *arg, int fd, int events);

/* Says what is to be said; false: the connection is at its end. */
static bool caller_flush(struct caller *c)
{
    struct error err;
    ssize_t n = 0;

    while (c->out.n > 0 && (n = send(c->fd, c->out.p, c->out.n, MSG_NOSIGNAL)) > 0)
        buf_drop(&c->out, (size_t)n);
    if ((n < 0 && errno != EAGAIN) || c->out.over || (c->mailhost.over && c->out.n == 0))
        return false;
    return loop_watch(c->server->loop, c->fd, c->out.n > 0 ? LOOP_READ | LOOP_WRITE : LOOP_READ,
                      caller_ready, c, &err);
}

static bool caller_hear(struct caller *c)
{
    char bytes[4096];
    ssize_t n;

    while (!c->mailhost.over && (n = recv(c->fd, bytes, sizeof bytes, 0)) != 0) {
        if (n < 0)
            return errno == EAGAIN;
        mailhost_hear(&c->mailhost, (struct str){bytes, (size_t)n}, &c->out);
    }
    return c->mailhost.over;
}

static void caller_ready(void *arg, int fd unused, int events unused)
{
    struct caller *c = arg;

    if (!caller_hear(c) || !caller_flush(c))
        caller_free(c);
}

static void caller_new(struct fake_server *s, int fd)
{
    struct smtp_way *w = s->state;
    struct caller *c = mem_new(sizeof *c);

    *c = (struct caller){.server = s, .fd = fd, .next = w->first, .out = BUF(REPLIES_MAX)};
    if (w->first != NULL)
        w->first->previous = c;
    w->first = c;
    mailhost_begin(&c->mailhost, s->fake, &c->out);
    if (!caller_flush(c))
        caller_free(c);
}

static void listener_ready(void *arg, int listener, int events unused)
{
    int fd;

    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
        caller_new(arg, fd);
}

static bool smtp_open(struct fake_server *s, struct error *err)
{
    struct smtp_way *w = mem_new(sizeof *w);

    s->state = w;
    w->listener = loopback_socket(SOCK_STREAM, &s->port, err);
    return w->listener >= 0 &&
           loop_watch(s->loop, w->listener, LOOP_READ, listener_ready, s, err);
}

static void smtp_close(struct fake_server *s)
{
    struct smtp_way *w = s->state;

    while (w->first != NULL)
        caller_free(w->first);
    if (w->listener >= 0) {
        loop_unwatch(s->loop, w->listener);
        close(w->listener);
    }
    free(w);
}

const struct way way_smtp = {.open = smtp_open, .close = smtp_close};
