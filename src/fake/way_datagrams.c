/* way_datagrams.c -- UDP to a fake: each datagram is a message. */
#include <sys/socket.h>
#include <unistd.h>

#include "fake/own.h"
#include "fake/serve.h"

#define DATAGRAM_MAX 65535

struct datagrams_way {
    int fd;
    char bytes[DATAGRAM_MAX];
};

static void datagrams_ready(void *arg, int fd, int events unused)
{
    struct fake_server *s = arg;
    struct datagrams_way *w = s->state;
    ssize_t n;

    while ((n = recv(fd, w->bytes, sizeof w->bytes, 0)) >= 0)
        fake_keep(s->fake, STR_NONE, STR("udp"), STR_NONE,
                  (struct str){w->bytes, (size_t)n});
}

static bool datagrams_open(struct fake_server *s, struct error *err)
{
    struct datagrams_way *w = mem_new(sizeof *w);

    s->state = w;
    w->fd = loopback_socket(SOCK_DGRAM, &s->port, err);
    return w->fd >= 0 && loop_watch(s->loop, w->fd, LOOP_READ, datagrams_ready, s, err);
}

static void datagrams_close(struct fake_server *s)
{
    struct datagrams_way *w = s->state;

    if (w->fd >= 0) {
        loop_unwatch(s->loop, w->fd);
        close(w->fd);
    }
    free(w);
}

const struct way way_datagrams = {.open = datagrams_open, .close = datagrams_close};
