/* server.c -- a fake behind a port or a file, whichever way it is reached. */
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake/serve.h"

static const struct way *const ways[] = {
    [FAKE_HTTP] = &way_http,
    [FAKE_SMTP] = &way_smtp,
    [FAKE_DATAGRAMS] = &way_datagrams,
    [FAKE_FILE] = &way_file,
};

struct fake_server *fake_serve(struct loop *l, struct fake *f, const char *dir,
                               struct error *err)
{
    struct fake_server *s = mem_new(sizeof *s);

    *s = (struct fake_server){
        .fake = f,
        .loop = l,
        .dir = dir,
        .way = ways[fake_vendor(f)->face],
    };
    if (s->way->open(s, err))
        return s;
    fake_server_free(s);
    return NULL;
}

uint16_t fake_port(const struct fake_server *s)
{
    return s->port;
}

void fake_look(struct fake_server *s)
{
    if (s->way->look != NULL)
        s->way->look(s);
}

void fake_server_free(struct fake_server *s)
{
    if (s == NULL)
        return;
    if (s->state != NULL)
        s->way->close(s);
    free(s);
}

static bool bind_anywhere(int fd, struct sockaddr_in *at)
{
    socklen_t n = sizeof *at;

    return bind(fd, (const struct sockaddr *)at, sizeof *at) == 0 &&
           getsockname(fd, (struct sockaddr *)at, &n) == 0;
}

int loopback_socket(int type, uint16_t *port, struct error *err)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd >= 0 && bind_anywhere(fd, &at) &&
        (type != SOCK_STREAM || listen(fd, SOMAXCONN) == 0)) {
        *port = ntohs(at.sin_port);
        return fd;
    }
    error_set(err, "cannot listen on 127.0.0.1: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}
