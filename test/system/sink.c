/* sink.c -- a webhook receiver with a script of faults; writes down every alert
 * it received, and whether it said so.
 *
 * A line a request: "A seq seq ..." answered with a 2xx, "N seq ..." received but
 * never answered (the sender cannot know), nothing for what was refused. */
#include "base/arena.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 4096
#define MODES_MAX 16

enum fault {
    FAULT_OK,     /* 200 */
    FAULT_HANG,   /* read, never answered; closed when the mode ends */
    FAULT_429,    /* Retry-After: 1 */
    FAULT_500,
    FAULT_400,    /* this alert will never do */
    FAULT_401,    /* the credentials are dead */
    FAULT_RESET,  /* RST after the request was read, nothing done with it */
    FAULT_LOST,   /* the work done, then closed without an answer */
    FAULT_REFUSE, /* not listening, and what was open is closed */
};

struct mode {
    enum fault fault;
    int64_t for_ms;
};

struct connection {
    bool open, hung;
    struct buf in;
};

struct sink {
    int listener, epoll;
    uint16_t port;
    struct mode modes[MODES_MAX];
    size_t mode_count, mode;
    int64_t mode_until_ms;
    FILE *log;
    struct connection connections[CONNECTIONS_MAX];
    uint64_t requests, alerts;
    uint32_t *latency_us;
    size_t latencies, latency_room;
};

static volatile sig_atomic_t stopped;

static void on_stop(int number)
{
    (void)number;
    stopped = 1;
}

static int64_t now_us(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int listen_on(uint16_t port, uint16_t *bound)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t size = sizeof a;
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 512) < 0) {
        perror("sink: listen");
        exit(1);
    }
    getsockname(fd, (struct sockaddr *)&a, &size);
    *bound = ntohs(a.sin_port);
    return fd;
}

static void watch(struct sink *s, int fd)
{
    struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};

    epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e);
}

static void hang_up(struct sink *s, int fd, bool reset)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    struct connection *c = &s->connections[fd];

    if (reset)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
    buf_release(&c->in);
    *c = (struct connection){0};
}

static void accept_all(struct sink *s)
{
    int one = 1;
    int fd;

    while ((fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        if (fd >= CONNECTIONS_MAX) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        s->connections[fd] = (struct connection){.open = true, .in = BUF(32u << 20)};
        watch(s, fd);
    }
}

static void latency_note(struct sink *s, int64_t us)
{
    if (s->latencies == s->latency_room) {
        s->latency_room = MAX(s->latency_room * 2, (size_t)65536);
        s->latency_us =
            mem_grow(s->latency_us, s->latency_room, sizeof *s->latency_us);
    }
    s->latency_us[s->latencies++] = (uint32_t)MAX(us, 0);
}

/* The numbers the load gave its alerts, wherever they stand in the body. */
static void received(struct sink *s, const char *body, bool acked)
{
    int64_t now = now_us(CLOCK_REALTIME);
    const char *at = body;

    if (s->log != NULL)
        fputc(acked ? 'A' : 'N', s->log);
    while ((at = strstr(at, "\"seq\":")) != NULL) {
        unsigned long long seq = strtoull(at + 6, NULL, 10);
        const char *sent = strstr(at, "\"sent_us\":");

        if (s->log != NULL)
            fprintf(s->log, " %llu", seq);
        if (sent != NULL)
            latency_note(s, now - strtoll(sent + 10, NULL, 10));
        s->alerts++;
        at += 6;
    }
    if (s->log != NULL) {
        fputc('\n', s->log);
        fflush(s->log);
    }
}

static void answer(int fd, const char *status, const char *more)
{
    char text[256];
    int n = snprintf(text, sizeof text,
                     "HTTP/1.1 %s\r\n%sContent-Length: 0\r\n\r\n", status, more);

    if (send(fd, text, (size_t)n, MSG_NOSIGNAL) != n)
        fputs("sink: an answer was not taken\n", stderr);
}

static void serve(struct sink *s, int fd, const char *body)
{
    s->requests++;
    switch (s->modes[s->mode].fault) {
    case FAULT_OK:
        received(s, body, true);
        answer(fd, "200 OK", "");
        break;
    case FAULT_HANG:
        s->connections[fd].hung = true;
        break;
    case FAULT_429:
        answer(fd, "429 Too Many Requests", "Retry-After: 1\r\n");
        break;
    case FAULT_500:
        answer(fd, "500 Internal Server Error", "");
        break;
    case FAULT_400:
        answer(fd, "400 Bad Request", "");
        break;
    case FAULT_401:
        answer(fd, "401 Unauthorized", "");
        break;
    case FAULT_RESET:
    case FAULT_REFUSE:
        hang_up(s, fd, true);
        break;
    case FAULT_LOST:
        received(s, body, false);
        hang_up(s, fd, false);
        break;
    }
}

static bool request_complete(struct buf *in, size_t *head, size_t *length)
{
    const char *text = buf_c(in);
    const char *end = strstr(text, "\r\n\r\n");
    const char *field;

    if (end == NULL)
        return false;
    field = strcasestr(text, "\r\nContent-Length:");
    *head = (size_t)(end - text) + 4;
    *length = *head + (field ? strtoul(field + 17, NULL, 10) : 0);
    return in->n >= *length;
}

static void readable(struct sink *s, int fd)
{
    struct connection *c = &s->connections[fd];
    char *room = buf_room(&c->in, 65536);
    ssize_t n = room ? recv(fd, room, 65536, 0) : 0;
    size_t head;
    size_t length;

    if (n <= 0) {
        if (n == 0 || errno != EAGAIN)
            hang_up(s, fd, false);
        return;
    }
    buf_used(&c->in, (size_t)n);
    while (c->open && request_complete(&c->in, &head, &length)) {
        char *body = mem_dup(c->in.p + head, length - head);

        buf_drop(&c->in, length);
        serve(s, fd, body);
        free(body);
    }
}

static void close_all(struct sink *s, bool only_hung)
{
    for (int fd = 0; fd < CONNECTIONS_MAX; fd++)
        if (s->connections[fd].open && (!only_hung || s->connections[fd].hung))
            hang_up(s, fd, true);
}

static void mode_enter(struct sink *s, size_t mode)
{
    uint16_t bound;
    bool refuse = s->modes[mode].fault == FAULT_REFUSE;

    close_all(s, !refuse);
    s->mode = mode;
    s->mode_until_ms = now_us(CLOCK_MONOTONIC) / 1000 + s->modes[mode].for_ms;
    if (refuse && s->listener >= 0) {
        close(s->listener);
        s->listener = -1;
    } else if (!refuse && s->listener < 0) {
        s->listener = listen_on(s->port, &bound);
        watch(s, s->listener);
    }
}

static void mode_check(struct sink *s)
{
    if (s->mode_count > 1 && now_us(CLOCK_MONOTONIC) / 1000 >= s->mode_until_ms)
        mode_enter(s, (s->mode + 1) % s->mode_count);
}

static enum fault fault_of(struct str word)
{
    static const char *const words[] = {"ok",  "hang",  "429",  "500", "400",
                                        "401", "reset", "lost", "refuse"};

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_is(word, words[i]))
            return (enum fault)i;
    fprintf(stderr, "sink: no fault named %.*s\n", STR_ARG(word));
    exit(2);
}

/* "ok:500,hang:300,429:1000": each for so many milliseconds, round and round. */
static void modes_read(struct sink *s, const char *text)
{
    struct str rest = str_of(text);

    s->mode_count = 0;
    while (rest.n > 0 && s->mode_count < MODES_MAX) {
        struct str part = str_until(&rest, ',');
        struct mode *m = &s->modes[s->mode_count++];

        m->fault = fault_of(str_until(&part, ':'));
        if (!str_to_i64(part, &m->for_ms))
            m->for_ms = 1000;
    }
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

static void report(struct sink *s)
{
    size_t n = s->latencies;

    if (n > 0)
        qsort(s->latency_us, n, sizeof *s->latency_us, by_value);
    printf("{\"requests\":%llu,\"alerts\":%llu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
           "\"max_ms\":%.3f}\n",
           (unsigned long long)s->requests, (unsigned long long)s->alerts,
           n ? s->latency_us[n / 2] / 1000.0 : 0,
           n ? s->latency_us[(size_t)((double)(n - 1) * 0.99)] / 1000.0 : 0,
           n ? s->latency_us[n - 1] / 1000.0 : 0);
}

static void run(struct sink *s)
{
    struct epoll_event events[256];

    while (!stopped) {
        int n = epoll_wait(s->epoll, events, COUNT_OF(events), 20);

        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;

            if (fd == s->listener)
                accept_all(s);
            else if (s->connections[fd].open)
                readable(s, fd);
        }
        mode_check(s);
    }
}

int main(int argc, char **argv)
{
    struct sink *s = mem_new(sizeof *s);
    int c;

    s->modes[0] = (struct mode){.fault = FAULT_OK};
    s->mode_count = 1;
    while ((c = getopt(argc, argv, "p:m:l:")) != -1)
        switch (c) {
        case 'p': s->port = (uint16_t)strtoul(optarg, NULL, 10); break;
        case 'm': modes_read(s, optarg); break;
        case 'l': s->log = fopen(optarg, "ae"); break;
        default:
            fputs("usage: sink [-p PORT] [-m ok:MS,hang:MS,...] [-l LOG]\n", stderr);
            return 2;
        }
    signal(SIGTERM, on_stop);
    signal(SIGINT, on_stop);
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    s->listener = listen_on(s->port, &s->port);
    watch(s, s->listener);
    mode_enter(s, 0);
    printf("%u\n", s->port);
    fflush(stdout);
    run(s);
    report(s);
    close_all(s, false);
    free(s->latency_us);
    free(s);
    return 0;
}
