/* load.c -- sends numbered alerts and writes down which got a 2xx.
 *
 * One thread, many keep-alive connections, each sending its next request only
 * when the last was answered. What got no answer, or a 5xx, is sent again with
 * the same idempotency key: exactly what a careful sender does. */
#include "base/arena.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#define WORKERS_MAX 1024
#define RECONNECT_US 20000

enum form { FORM_STORE, FORM_PAIRS, FORM_ALERTMANAGER, FORM_ENGAGE };

struct options {
    struct sockaddr_in to;
    unsigned workers, batch, pad;
    double rate; /* alerts a second; 0: as fast as it goes */
    uint64_t first, count;
    double seconds; /* 0: until count is done */
    uint64_t distinct; /* alertmanager: so many label sets; 0: all differ */
    enum form form;
    FILE *acked;
    bool quiet;
};

struct worker {
    int fd; /* -1: to be connected at `at_us` */
    int64_t at_us;
    uint64_t seq; /* first of the request under way */
    unsigned n;   /* alerts in it; 0: none */
    struct buf out, in;
    size_t written;
    int64_t sent_us;
};

struct load {
    struct options o;
    struct worker workers[WORKERS_MAX];
    uint64_t next, acked, requests, retried, refused;
    int64_t start_us;
    uint32_t *latency_us; /* of acknowledged requests */
    size_t latencies, latency_room;
};

static volatile sig_atomic_t stopped; /* no new alerts; what is open is finished */

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

static void body_alertmanager(struct load *l, struct buf *b, uint64_t seq)
{
    uint64_t label = l->o.distinct ? seq % l->o.distinct : seq;

    buf_printf(b,
               "{\"labels\":{\"alertname\":\"LoadTest\",\"instance\":"
               "\"10.%llu.%llu.%llu:9100\",\"job\":\"node\",\"severity\":"
               "\"warning\",\"site\":\"lab\",\"n\":\"%llu\"},\"annotations\":{"
               "\"summary\":\"load alert %llu\",\"description\":\"%0*d\"},"
               "\"generatorURL\":\"http://vm:9090/graph?g0.expr=up\"}",
               (unsigned long long)(label >> 16 & 255),
               (unsigned long long)(label >> 8 & 255),
               (unsigned long long)(label & 255), (unsigned long long)label,
               (unsigned long long)seq, (int)l->o.pad, 0);
}

static void body_native(struct load *l, struct buf *b, uint64_t seq)
{
    bool pairs = l->o.form == FORM_PAIRS;
    uint64_t key = pairs ? seq / 2 : seq;
    const char *action = l->o.form == FORM_ENGAGE ? "engage"
                         : !pairs                 ? "store"
                         : seq % 2                ? "release"
                                                  : "engage";

    buf_printf(b,
               "{\"id\":\"%llu\",\"action\":\"%s\",\"entity\":\"host\","
               "\"entity_value\":\"10.%llu.%llu.%llu\",\"type\":\"load_test\","
               "\"category\":\"network\",\"severity\":\"warning\",\"key\":"
               "\"load:%llu\",\"message\":\"load alert %llu\",\"seq\":%llu,"
               "\"sent_us\":%lld,\"pad\":\"%0*d\"}",
               (unsigned long long)seq, action,
               (unsigned long long)(key >> 16 & 255),
               (unsigned long long)(key >> 8 & 255),
               (unsigned long long)(key & 255), (unsigned long long)key,
               (unsigned long long)seq, (unsigned long long)seq,
               (long long)now_us(CLOCK_REALTIME), (int)l->o.pad, 0);
}

static void request_make(struct load *l, struct worker *w)
{
    struct buf body freed_by(buf_release) = BUF(8u << 20);
    bool am = l->o.form == FORM_ALERTMANAGER;

    buf_char(&body, '[');
    for (unsigned i = 0; i < w->n; i++) {
        if (i)
            buf_char(&body, ',');
        if (am)
            body_alertmanager(l, &body, w->seq + i);
        else
            body_native(l, &body, w->seq + i);
    }
    buf_char(&body, ']');
    buf_reset(&w->out);
    buf_printf(&w->out,
               "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
               "application/json\r\nContent-Length: %zu\r\n\r\n",
               am ? "/api/v2/alerts" : "/api/v1/alerts", body.n);
    buf_str(&w->out, buf_view(&body));
    w->written = 0;
}

static void worker_fail(struct load *l, struct worker *w, int64_t after_us)
{
    if (w->fd >= 0)
        close(w->fd);
    w->fd = -1;
    w->at_us = now_us(CLOCK_MONOTONIC) + after_us;
    w->written = 0;
    buf_reset(&w->in);
    l->retried += w->n > 0;
}

static void worker_connect(struct load *l, struct worker *w)
{
    int one = 1;

    w->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (w->fd < 0)
        abort();
    setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(w->fd, (struct sockaddr *)&l->o.to, sizeof l->o.to) < 0 &&
        errno != EINPROGRESS)
        worker_fail(l, w, RECONNECT_US);
}

static bool over(const struct load *l, int64_t now)
{
    return stopped || (l->o.count && l->next >= l->o.first + l->o.count) ||
           (l->o.seconds > 0 &&
            (double)(now - l->start_us) > l->o.seconds * 1e6);
}

/* In pairs a worker sends an engage and, once that is acknowledged, its
 * release; so a release can never be ahead of its engage on our side. */
static void worker_next(struct load *l, struct worker *w, int64_t now)
{
    double allowed = (double)(now - l->start_us) * l->o.rate / 1e6;

    if (over(l, now))
        return;
    if (l->o.rate > 0 && (double)(l->next - l->o.first) + l->o.batch > allowed + 1)
        return;
    w->seq = l->next;
    w->n = l->o.form == FORM_PAIRS ? 1 : l->o.batch;
    l->next += l->o.form == FORM_PAIRS ? 2 : l->o.batch;
    request_make(l, w);
    w->sent_us = now;
}

static void latency_note(struct load *l, int64_t us)
{
    if (l->latencies == l->latency_room) {
        l->latency_room = MAX(l->latency_room * 2, (size_t)65536);
        l->latency_us =
            mem_grow(l->latency_us, l->latency_room, sizeof *l->latency_us);
    }
    l->latency_us[l->latencies++] = (uint32_t)us;
}

static void answered(struct load *l, struct worker *w, int status)
{
    l->requests++;
    if (status >= 500 || status == 429) {
        worker_fail(l, w, RECONNECT_US);
        return;
    }
    if (status / 100 == 2) {
        for (unsigned i = 0; l->o.acked != NULL && i < w->n; i++)
            fprintf(l->o.acked, "%llu\n", (unsigned long long)(w->seq + i));
        l->acked += w->n;
        latency_note(l, now_us(CLOCK_MONOTONIC) - w->sent_us);
    } else {
        l->refused += w->n;
        fprintf(stderr, "load: refused with %d: %.300s\n", status, buf_c(&w->in));
    }
    if (l->o.form == FORM_PAIRS && w->seq % 2 == 0 && status / 100 == 2) {
        w->seq++;
        request_make(l, w);
        w->sent_us = now_us(CLOCK_MONOTONIC);
        return;
    }
    w->n = 0;
}

/* A whole answer: status line, headers, Content-Length bytes. */
static bool answer_complete(struct worker *w, int *status, size_t *length)
{
    const char *text = buf_c(&w->in);
    const char *end = strstr(text, "\r\n\r\n");
    const char *field;
    size_t body = 0;

    if (end == NULL || strlen(text) < 12)
        return false;
    field = strcasestr(text, "\r\nContent-Length:");
    if (field != NULL && field < end)
        body = strtoul(field + 17, NULL, 10);
    *status = (int)strtol(text + 9, NULL, 10);
    *length = (size_t)(end - text) + 4 + body;
    return w->in.n >= *length;
}

static void worker_read(struct load *l, struct worker *w)
{
    char *room = buf_room(&w->in, 65536);
    ssize_t n = room ? recv(w->fd, room, 65536, 0) : 0;
    int status;
    size_t length;

    if (n <= 0) {
        if (n < 0 && errno == EAGAIN)
            return;
        worker_fail(l, w, RECONNECT_US);
        return;
    }
    buf_used(&w->in, (size_t)n);
    if (!answer_complete(w, &status, &length))
        return;
    buf_drop(&w->in, length);
    answered(l, w, status);
}

static void worker_write(struct load *l, struct worker *w)
{
    ssize_t n = send(w->fd, w->out.p + w->written, w->out.n - w->written,
                     MSG_NOSIGNAL);

    if (n < 0 && errno != EAGAIN)
        worker_fail(l, w, RECONNECT_US);
    else if (n > 0)
        w->written += (size_t)n;
}

static bool turn(struct load *l, struct pollfd *fds)
{
    int64_t now = now_us(CLOCK_MONOTONIC);
    bool busy = false;

    for (unsigned i = 0; i < l->o.workers; i++) {
        struct worker *w = &l->workers[i];

        if (w->n == 0)
            worker_next(l, w, now);
        if (w->fd < 0 && w->n > 0 && now >= w->at_us)
            worker_connect(l, w);
        /* Most writes fit at once: try before asking. */
        if (w->fd >= 0 && w->n > 0 && w->written < w->out.n)
            worker_write(l, w);
        busy = busy || w->n > 0;
        fds[i].fd = w->fd;
        fds[i].events = w->n == 0 ? 0 : w->written < w->out.n ? POLLOUT : POLLIN;
    }
    if (!busy && over(l, now))
        return false;
    poll(fds, l->o.workers, 1);
    for (unsigned i = 0; i < l->o.workers; i++) {
        struct worker *w = &l->workers[i];

        if (w->fd < 0 || w->n == 0 || fds[i].revents == 0)
            continue;
        if (w->written < w->out.n)
            worker_write(l, w);
        else
            worker_read(l, w);
    }
    /* What was acknowledged is known outside, should we be stopped. */
    if (l->o.acked != NULL)
        fflush(l->o.acked);
    return true;
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

static double percentile_ms(struct load *l, double part)
{
    if (l->latencies == 0)
        return 0;
    return l->latency_us[(size_t)((double)(l->latencies - 1) * part)] / 1000.0;
}

static void report(struct load *l)
{
    double took_s = (double)(now_us(CLOCK_MONOTONIC) - l->start_us) / 1e6;

    if (l->latencies > 0)
        qsort(l->latency_us, l->latencies, sizeof *l->latency_us, by_value);
    printf("{\"acked\":%llu,\"seconds\":%.3f,\"per_s\":%.0f,\"requests\":%llu,"
           "\"retried\":%llu,\"refused\":%llu,\"next\":%llu,\"p50_ms\":%.3f,"
           "\"p99_ms\":%.3f}\n",
           (unsigned long long)l->acked, took_s, (double)l->acked / took_s,
           (unsigned long long)l->requests, (unsigned long long)l->retried,
           (unsigned long long)l->refused, (unsigned long long)l->next,
           percentile_ms(l, 0.5), percentile_ms(l, 0.99));
}

static enum form form_of(const char *word)
{
    if (strcmp(word, "pairs") == 0)
        return FORM_PAIRS;
    if (strcmp(word, "alertmanager") == 0)
        return FORM_ALERTMANAGER;
    return strcmp(word, "engage") == 0 ? FORM_ENGAGE : FORM_STORE;
}

static void options_read(int argc, char **argv, struct options *o)
{
    int c;

    *o = (struct options){.workers = 16, .batch = 1, .pad = 200,
                          .to = {.sin_family = AF_INET}};
    o->to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    while ((c = getopt(argc, argv, "p:w:b:r:n:s:f:F:a:d:P:")) != -1) {
        double number = optarg ? strtod(optarg, NULL) : 0;

        switch (c) {
        case 'p': o->to.sin_port = htons((uint16_t)number); break;
        case 'w': o->workers = MIN((unsigned)number, WORKERS_MAX); break;
        case 'b': o->batch = (unsigned)number; break;
        case 'r': o->rate = number; break;
        case 'n': o->count = (uint64_t)number; break;
        case 's': o->seconds = number; break;
        case 'f': o->first = (uint64_t)number; break;
        case 'd': o->distinct = (uint64_t)number; break;
        case 'P': o->pad = (unsigned)number; break;
        case 'F': o->form = form_of(optarg); break;
        case 'a': o->acked = fopen(optarg, "ae"); break;
        default:
            fputs("usage: load -p PORT [-w WORKERS] [-b BATCH] [-r PER_S] "
                  "[-n COUNT] [-s SECONDS] [-f FIRST] [-d DISTINCT] [-P PAD] "
                  "[-F store|pairs|engage|alertmanager] [-a ACKED_FILE]\n",
                  stderr);
            exit(2);
        }
    }
}

int main(int argc, char **argv)
{
    struct load *l = mem_new(sizeof *l);
    struct pollfd *fds = mem_array(WORKERS_MAX, sizeof *fds);

    options_read(argc, argv, &l->o);
    signal(SIGTERM, on_stop);
    signal(SIGINT, on_stop);
    l->next = l->o.first;
    l->start_us = now_us(CLOCK_MONOTONIC);
    for (unsigned i = 0; i < l->o.workers; i++) {
        l->workers[i].fd = -1;
        l->workers[i].out = BUF(16u << 20);
        l->workers[i].in = BUF(16u << 20);
    }
    while (turn(l, fds))
        ;
    report(l);
    for (unsigned i = 0; i < WORKERS_MAX; i++) {
        buf_release(&l->workers[i].out);
        buf_release(&l->workers[i].in);
    }
    free(l->latency_us);
    free(l);
    free(fds);
    return 0;
}
