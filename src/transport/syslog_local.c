/* syslog_local.c -- opens the local syslog socket, /dev/log. */
#include "transport/own.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* -1 and errno. */
static int local_connect(const struct sockaddr_un *address, int type)
{
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int failed;

    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)(const void *)address,
                sizeof(*address)) == 0)
        return fd;
    failed = errno;
    close(fd);
    errno = failed;
    return -1;
}

/* Some daemons listen there as a stream, which the kernel tells us by name. */
int syslog_local_open(struct str path, bool *datagrams, struct error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd;

    if (path.n == 0 || path.n >= sizeof(address.sun_path)) {
        error_set(err, "'%.*s' is no path of a socket: it must have 1 to %zu "
                       "bytes",
                  STR_ARG(path), sizeof(address.sun_path) - 1);
        return -1;
    }
    memcpy(address.sun_path, path.p, path.n);
    *datagrams = true;
    fd = local_connect(&address, SOCK_DGRAM);
    if (fd < 0 && errno == EPROTOTYPE) {
        *datagrams = false;
        fd = local_connect(&address, SOCK_STREAM);
    }
    if (fd < 0)
        error_set(err, "cannot reach %s: %s", address.sun_path,
                  strerror(errno));
    return fd;
}
