/* httpd.c -- libmicrohttpd without a thread of its own, inside our loop.
 *
 * It keeps its sockets in an epoll descriptor, which we watch like any other;
 * when that is ready, or the time it asked for has come, it runs once and calls
 * us back: on a connection's start and end, on a request line, with a request's
 * head, with each piece of its body, once more when it is complete, and when all
 * is sent. An exchange that its route does not answer at once is suspended; the
 * answers of a turn are then sent together, by one run in the next.
 *
 * libmicrohttpd ends connections that are idle. One that is busy being slow is
 * ended here: each phase has a deadline, looked at every few seconds. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "web/exchange.h"
#include "web/stream.h"

#define LISTEN_BACKLOG 511
#define WAKE_MAX_MS 3600000

/* --- called by libmicrohttpd --- */

static enum MHD_Result yes_if(bool go_on)
{
    return go_on ? MHD_YES : MHD_NO;
}

static enum MHD_Result head_arrived(struct exchange *x,
                                    struct MHD_Connection *c,
                                    const char *method, const char *version)
{
    struct head_bytes head = {method, version, 0, x->raw_target.n};
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

    if (size != NULL)
        head.n = size->header_size;
    return yes_if(request_head(x, &head));
}

/* Its shape is libmicrohttpd's: MHD_AccessHandlerCallback. */
static enum MHD_Result on_request(void *arg unused, struct MHD_Connection *c,
                                  const char *url unused, const char *method,
                                  const char *version, const char *piece,
                                  size_t *piece_n, void **request)
{
    struct exchange *x = *request;
    struct str bytes = {piece, *piece_n};

    if (x->stage == STAGE_HEAD)
        return head_arrived(x, c, method, version);
    if (bytes.n == 0)
        return yes_if(request_complete(x));
    *piece_n = 0;
    return yes_if(request_body(x, bytes));
}

static void *on_request_line(void *arg, const char *target,
                             struct MHD_Connection *c)
{
    return exchange_take(arg, c, target);
}

static void on_completed(void *arg unused, struct MHD_Connection *c unused,
                         void **request,
                         enum MHD_RequestTerminationCode how unused)
{
    if (*request != NULL)
        exchange_completed(*request);
    *request = NULL;
}

static void on_log(void *arg unused, const char *format, va_list args)
    printf_like(2, 0);
static void on_log(void *arg unused, const char *format, va_list args)
{
    char line[LOG_LINE_MAX];

    vsnprintf(line, sizeof(line), format, args);
    log_debug("web", "libmicrohttpd: %s", line);
}

/* --- connections --- */

static void sweep(void *arg)
{
    struct httpd *h = arg;
    int64_t now = clock_tick_ms(loop_clock(h->loop));

    if (h->clients == NULL)
        return;
    for (struct client *c = h->clients; c != NULL; c = c->next) {
        if (c->deadline_ms == 0 || now < c->deadline_ms)
            continue;
        log_debug("web", "a client is too slow, its connection is ended");
        c->deadline_ms = 0;
        shutdown(c->fd, SHUT_RDWR); /* libmicrohttpd sees that and closes it */
    }
    loop_timer_set(h->loop, &h->sweep, WEB_SWEEP_MS, sweep, h);
}

static struct client *client_new(struct httpd *h, int fd)
{
    struct client *c = mem_new(sizeof(*c));

    c->httpd = h;
    c->fd = fd;
    c->next = h->clients;
    if (h->clients != NULL)
        h->clients->previous = c;
    h->clients = c;
    client_deadline(c, WEB_HEAD_MS);
    if (h->sweep.due_ms == 0)
        loop_timer_set(h->loop, &h->sweep, WEB_SWEEP_MS, sweep, h);
    return c;
}

static void client_free(struct client *c)
{
    if (c->previous != NULL)
        c->previous->next = c->next;
    else
        c->httpd->clients = c->next;
    if (c->next != NULL)
        c->next->previous = c->previous;
    free(c);
}

static void on_connection(void *arg, struct MHD_Connection *c, void **client,
                          enum MHD_ConnectionNotificationCode what)
{
    const union MHD_ConnectionInfo *socket;

    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        client_free(*client);
        *client = NULL;
        return;
    }
    socket = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    *client = client_new(arg, socket->connect_fd);
}

/* --- running --- */

static void run(void *arg);

/* The deadlines it asks for only ever move later, so a timer that is set is
 * early enough; then it is asked again. */
static void plan(struct httpd *h)
{
    MHD_UNSIGNED_LONG_LONG in_ms;

    if (MHD_get_timeout(h->daemon, &in_ms) != MHD_YES)
        return;
    if (in_ms == 0)
        httpd_soon(h);
    else if (h->wake.due_ms == 0)
        loop_timer_set(h->loop, &h->wake, (int64_t)MIN(in_ms, WAKE_MAX_MS), run,
                       h);
}

static void run(void *arg)
{
    struct httpd *h = arg;

    loop_timer_clear(h->loop, &h->wake);
    MHD_run(h->daemon);
    plan(h);
}

static void ready(void *arg, int fd unused, int events unused)
{
    run(arg);
}

void httpd_soon(struct httpd *h)
{
    loop_timer_set(h->loop, &h->wake, 0, run, h);
}

/* --- opening and closing --- */

static struct addrinfo *address_parse(const struct httpd_options *o,
                                      struct error *err)
{
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC,
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
    };
    struct addrinfo *found = NULL;
    char port[8];

    snprintf(port, sizeof(port), "%u", (unsigned)o->port);
    if (getaddrinfo(o->address, port, &hints, &found) != 0) {
        error_set(err, "\"%s\" is not an IP address", o->address);
        return NULL;
    }
    return found;
}

static bool bind_and_listen(int fd, const struct addrinfo *at)
{
    int on = 1;

    return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
           bind(fd, at->ai_addr, at->ai_addrlen) == 0 &&
           listen(fd, LISTEN_BACKLOG) == 0;
}

static int listen_on(const struct httpd_options *o, struct error *err)
{
    struct addrinfo *at = address_parse(o, err);
    int fd;

    if (at == NULL)
        return -1;
    fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || !bind_and_listen(fd, at)) {
        error_set(err, "cannot listen on %s port %u: %s", o->address,
                  (unsigned)o->port, strerror(errno));
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    freeaddrinfo(at);
    return fd;
}

static int listen_fd(const struct httpd_options *o, struct error *err)
{
    if (o->listen_fd <= 0)
        return listen_on(o, err);
    if (fcntl(o->listen_fd, F_SETFL, O_NONBLOCK) == 0 &&
        fcntl(o->listen_fd, F_SETFD, FD_CLOEXEC) == 0)
        return o->listen_fd;
    error_set(err, "cannot use inherited descriptor %d: %s", o->listen_fd,
              strerror(errno));
    return -1;
}

static uint16_t port_of(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in in4;
        struct sockaddr_in6 in6;
    } address = {0};
    socklen_t n = sizeof(address);

    if (getsockname(fd, &address.any, &n) != 0)
        return 0;
    if (address.any.sa_family == AF_INET)
        return ntohs(address.in4.sin_port);
    return address.any.sa_family == AF_INET6 ? ntohs(address.in6.sin6_port) : 0;
}

static struct MHD_Daemon *daemon_start(struct httpd *h, int fd)
{
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL,
        NULL, on_request, h, MHD_OPTION_EXTERNAL_LOGGER, on_log, h,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
        WEB_CONNECTIONS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        WEB_CONNECTIONS_PER_IP_MAX, MHD_OPTION_CONNECTION_TIMEOUT, WEB_IDLE_S,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)WEB_CONNECTION_BYTES,
        MHD_OPTION_URI_LOG_CALLBACK, on_request_line, h,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, h, MHD_OPTION_END);
}

static bool httpd_open(struct httpd *h, const struct httpd_options *o,
                       struct error *err)
{
    int fd = listen_fd(o, err);

    if (fd < 0)
        return false;
    h->port = port_of(fd);
    h->daemon = daemon_start(h, fd);
    if (h->daemon == NULL) {
        close(fd);
        return error_set(err, "cannot start the HTTP server");
    }
    h->poll_fd =
        MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    if (!loop_watch(h->loop, h->poll_fd, LOOP_READ, ready, h, err))
        return false;
    run(h); /* it listens from its first run on */
    return true;
}

struct httpd *httpd_new(struct loop *l, const struct httpd_options *o,
                        struct error *err)
{
    struct httpd *h = mem_new(sizeof(*h));

    h->loop = l;
    h->who = o->who;
    h->proxy = o->proxy;
    h->people = o->people;
    if (!httpd_open(h, o, err)) {
        httpd_free(h);
        return NULL;
    }
    return h;
}

static void spares_free(struct httpd *h)
{
    while (h->spare != NULL) {
        struct exchange *next = h->spare->next;

        exchange_free(h->spare);
        h->spare = next;
    }
}

void httpd_free(struct httpd *h)
{
    if (h == NULL)
        return;
    while (h->held != NULL)
        exchange_unhold(h->held); /* a suspended one cannot be closed */
    for (struct client *c = h->clients; c != NULL; c = c->next)
        if (c->streaming != NULL)
            stream_end(c->streaming->stream);
    if (h->daemon != NULL) {
        loop_unwatch(h->loop, h->poll_fd);
        MHD_stop_daemon(h->daemon);
    }
    loop_timer_clear(h->loop, &h->wake);
    loop_timer_clear(h->loop, &h->sweep);
    spares_free(h);
    routes_release(&h->routes);
    free(h);
}

uint16_t httpd_port(const struct httpd *h)
{
    return h->port;
}

void httpd_routes(struct httpd *h, const struct route *table, void *arg)
{
    routes_add(&h->routes, table, arg);
}

void httpd_source(struct httpd *h, const char *path, const char *source)
{
    for (size_t i = 0; i < h->routes.n; i++)
        if (strcmp(h->routes.v[i].route->path, path) == 0)
            h->routes.v[i].source = source;
}

void httpd_otherwise(struct httpd *h,
                     void (*serve)(void *arg, struct exchange *x), void *arg)
{
    assert(h->otherwise.serve == NULL);
    h->otherwise = (struct route){"GET", "/", ACCESS_ANYONE, 0, serve};
    h->otherwise_entry =
        (struct route_entry){.route = &h->otherwise, .arg = arg};
}

void httpd_each_route(const struct httpd *h,
                      void (*each)(void *arg, const struct route *r), void *arg)
{
    for (size_t i = 0; i < h->routes.n; i++)
        each(arg, h->routes.v[i].route);
}

void httpd_stop_accepting(struct httpd *h)
{
    int fd;

    if (h->stopping)
        return;
    h->stopping = true;
    fd = MHD_quiesce_daemon(h->daemon);
    if (fd >= 0)
        close(fd);
}

uint64_t httpd_answered(const struct httpd *h, int status_class)
{
    assert(status_class >= 1 && status_class <= 5);
    return h->answered[status_class];
}
