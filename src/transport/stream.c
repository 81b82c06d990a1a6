/* stream.c -- a connection that libcurl, or nobody, has opened for us. */
#include "transport/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

struct stream {
    struct loop *loop;
    struct call *call; /* ours; NULL: the socket is ours */
    int fd;            /* -1: not open yet */
    bool watched;
    struct journey journey;
    stream_opened_fn *opened;
    void *arg;
};

/* --- opening --- */

/* A connected datagram socket needs libcurl no more. */
static bool stream_take_socket(struct stream *st)
{
    int fd = fcntl(st->fd, F_DUPFD_CLOEXEC, 0);

    if (fd < 0)
        return false;
    call_hang_up(st->call);
    st->call = NULL;
    st->fd = fd;
    return true;
}

static void stream_opened(void *arg, CURLcode code)
{
    struct stream *st = arg;
    curl_socket_t fd = CURL_SOCKET_BAD;

    call_measure(st->call, &st->journey);
    if (code == CURLE_OK) {
        curl_easy_getinfo(st->call->easy, CURLINFO_ACTIVESOCKET, &fd);
        st->fd = fd;
        if (fd < 0 || (st->call->socket_type == SOCK_DGRAM &&
                       !stream_take_socket(st))) {
            st->fd = -1;
            code = CURLE_COULDNT_CONNECT;
        }
    }
    st->opened(st->arg, code);
}

static void url_cleanup(CURLU **u)
{
    curl_url_cleanup(*u);
}

static void text_free(char **text)
{
    curl_free(*text);
}

static bool url_set(CURLU *u, CURLUPart which, struct str part, unsigned flags)
{
    char *text = mem_dup(part.p, part.n);
    bool ok = strlen(text) == part.n &&
              curl_url_set(u, which, text, flags) == CURLUE_OK;

    free(text);
    return ok;
}

/* libcurl wants an IPv6 address in brackets, people write it without. */
static bool host_set(CURLU *u, struct str host)
{
    char bracketed[64];
    int n;

    if (str_find(host, ':') == host.n || host.p[0] == '[')
        return url_set(u, CURLUPART_HOST, host, 0);
    n = snprintf(bracketed, sizeof(bracketed), "[%.*s]", STR_ARG(host));
    return n < (int)sizeof(bracketed) &&
           url_set(u, CURLUPART_HOST, str_of(bracketed), 0);
}

static bool url_make(struct call *c, const struct stream_spec *spec)
{
    CURLU *u freed_by(url_cleanup) = curl_url();
    char *text freed_by(text_free) = NULL;
    char port[8], path[300];

    snprintf(port, sizeof(port), "%u", spec->port);
    snprintf(path, sizeof(path), "/%.*s", STR_ARG(spec->path));
    if (u == NULL || spec->host.n == 0 || spec->port == 0 ||
        !url_set(u, CURLUPART_SCHEME, str_of(spec->scheme), 0) ||
        !host_set(u, spec->host) ||
        !url_set(u, CURLUPART_PORT, str_of(port), 0) ||
        !url_set(u, CURLUPART_PATH, str_of(path), CURLU_URLENCODE) ||
        curl_url_get(u, CURLUPART_URL, &text, 0) != CURLUE_OK)
        return false;
    CALL_SET(c, CURLOPT_URL, text);
    return true;
}

static struct stream *stream_make(struct loop *l)
{
    struct stream *st = mem_new(sizeof(*st));

    st->loop = l;
    st->fd = -1;
    return st;
}

struct stream *stream_new(struct multi *m, const struct stream_spec *spec,
                          stream_opened_fn *opened, void *arg,
                          struct error *err)
{
    struct stream *st = stream_make(multi_loop(m));

    st->opened = opened;
    st->arg = arg;
    st->call = call_new(m, spec->reach, stream_opened, st);
    st->call->socket_type = spec->socket_type;
    CALL_SET(st->call, CURLOPT_CONNECT_ONLY, 1L);
    CALL_SET(st->call, CURLOPT_SSL_ENABLE_ALPN, 0L);
    CALL_SET(st->call, CURLOPT_CONNECTTIMEOUT_MS, (long)spec->timeout_ms);
    call_trust(st->call, spec->ca_file);
    if (!url_make(st->call, spec)) {
        error_set(err, "'%.*s' port %u is not a host and port",
                  STR_ARG(str_first(spec->host, 200)), spec->port);
        stream_free(st);
        return NULL;
    }
    return st;
}

struct call *stream_call(struct stream *st)
{
    return st->call;
}

const struct journey *stream_journey(const struct stream *st)
{
    return &st->journey;
}

void stream_dial(struct stream *st)
{
    call_start(st->call);
}

struct stream *stream_of_fd(struct loop *l, int fd)
{
    struct stream *st = stream_make(l);

    st->fd = fd;
    return st;
}

void stream_free(struct stream *st)
{
    if (st == NULL)
        return;
    stream_unwatch(st);
    if (st->call != NULL)
        call_hang_up(st->call);
    else if (st->fd >= 0)
        close(st->fd);
    free(st);
}

/* --- talking --- */

static ssize_t socket_result(ssize_t n, struct error *err)
{
    int fault = errno;

    if (n >= 0)
        return n;
    if (fault == EAGAIN || fault == EINTR)
        return 0;
    error_set(err, "%s", strerror(fault));
    errno = fault;
    return -1;
}

static ssize_t call_result(const struct stream *st, CURLcode code, size_t n,
                           struct error *err)
{
    if (code == CURLE_OK)
        return (ssize_t)n;
    if (code == CURLE_AGAIN)
        return 0;
    error_set(err, "%s", st->call->words[0] != '\0' ? st->call->words
                                                    : curl_easy_strerror(code));
    return -1;
}

ssize_t stream_send(struct stream *st, struct str bytes, struct error *err)
{
    size_t n = 0;
    CURLcode code;

    assert(st->fd >= 0 && bytes.n > 0);
    if (st->call == NULL)
        return socket_result(send(st->fd, bytes.p, bytes.n,
                                  MSG_NOSIGNAL | MSG_DONTWAIT),
                             err);
    st->call->words[0] = '\0';
    code = curl_easy_send(st->call->easy, bytes.p, bytes.n, &n);
    return call_result(st, code, n, err);
}

ssize_t stream_receive(struct stream *st, char *to, size_t size,
                       struct error *err)
{
    ssize_t n;
    size_t got = 0;
    CURLcode code;

    assert(st->fd >= 0 && size > 0);
    if (st->call == NULL) {
        n = recv(st->fd, to, size, MSG_DONTWAIT);
        if (n != 0)
            return socket_result(n, err);
    } else {
        st->call->words[0] = '\0';
        code = curl_easy_recv(st->call->easy, to, size, &got);
        if (code != CURLE_OK || got > 0)
            return call_result(st, code, got, err);
    }
    error_set(err, "the other side closed the connection");
    return -1;
}

int stream_fault(struct stream *st)
{
    int fault = 0;
    socklen_t n = sizeof(fault);

    if (getsockopt(st->fd, SOL_SOCKET, SO_ERROR, &fault, &n) != 0)
        return errno;
    return fault;
}

bool stream_watch(struct stream *st, int events, loop_ready_fn *ready,
                  void *arg, struct error *err)
{
    assert(st->fd >= 0);
    st->watched = loop_watch(st->loop, st->fd, events, ready, arg, err);
    return st->watched;
}

void stream_unwatch(struct stream *st)
{
    if (st->watched)
        loop_unwatch(st->loop, st->fd);
    st->watched = false;
}
