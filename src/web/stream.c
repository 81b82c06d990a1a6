/* stream.c -- answers without an end, pulled by libmicrohttpd as the socket takes
 * them. While there is nothing to send the connection is suspended. */
#include "web/stream.h"

#include <errno.h>
#include <microhttpd.h>
#include <sys/socket.h>

#include "base/log.h"
#include "web/exchange.h"

#define BLOCK_BYTES (16u << 10) /* asked for at once */

struct stream {
    struct exchange *x;
    struct buf waiting;
    bool suspended, ended;
    void (*gone)(void *arg);
    void *arg;
};

static void suspend(struct stream *s)
{
    if (s->suspended)
        return;
    s->suspended = true;
    MHD_suspend_connection(s->x->connection);
}

static void resume(struct stream *s)
{
    if (!s->suspended)
        return;
    s->suspended = false;
    MHD_resume_connection(s->x->connection);
    httpd_soon(s->x->httpd);
}

/* Its shape is libmicrohttpd's: MHD_ContentReaderCallback. */
static ssize_t read_some(void *stream, uint64_t at unused, char *to, size_t max)
{
    struct stream *s = stream;
    size_t n = MIN(max, s->waiting.n);

    if (s->ended)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (n == 0) {
        suspend(s);
        return 0;
    }
    memcpy(to, s->waiting.p, n);
    buf_drop(&s->waiting, n);
    return (ssize_t)n;
}

static bool stream_queue(struct exchange *x)
{
    struct MHD_Response *r = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_some, x->stream, NULL);
    enum MHD_Result queued;

    assert(r != NULL);
    answer_headers(x, r);
    queued = MHD_queue_response(x->connection, 200, r);
    MHD_destroy_response(r);
    return queued == MHD_YES;
}

static bool has_room(struct exchange *x)
{
    struct error err;

    if (x->httpd->streams < WEB_STREAMS_MAX && !x->httpd->stopping)
        return true;
    exchange_header_add(x, "Retry-After", STR("30"));
    error_set(&err, "%zu clients listen already, which is the most",
              x->httpd->streams);
    exchange_problem(x, 503, "too-many-streams", &err);
    return false;
}

struct stream *stream_begin(struct exchange *x, const char *content_type,
                            void (*gone)(void *arg), void *arg)
{
    struct stream *s;

    assert(x->stage == STAGE_SERVING && !x->answered);
    if (!has_room(x))
        return NULL;
    s = mem_new(sizeof *s);
    *s = (struct stream){.x = x,
                         .waiting = BUF(STREAM_BUFFER_MAX),
                         .gone = gone,
                         .arg = arg};
    x->answered = true;
    x->status = 200;
    x->content_type = content_type;
    x->stream = s;
    x->client->streaming = x;
    client_deadline(x->client, 0); /* a buffer that is full ends it */
    x->httpd->streams++;
    x->httpd->answered[2]++;
    if (!stream_queue(x))
        s->ended = true; /* libmicrohttpd closes it, and says so */
    return s;
}

bool stream_write(struct stream *s, struct str bytes)
{
    if (s->ended)
        return false;
    buf_str(&s->waiting, bytes);
    if (!s->waiting.over) {
        resume(s);
        return true;
    }
    s->ended = true;
    s->x->httpd->streams_slow++;
    log_info("web", "a client of a stream does not read, its connection is "
                    "ended");
    shutdown(s->x->client->fd, SHUT_RDWR); /* libmicrohttpd sees that */
    resume(s);
    return false;
}

void stream_gone(struct exchange *x)
{
    struct stream *s = x->stream;

    x->stream = NULL;
    x->client->streaming = NULL;
    x->httpd->streams--;
    s->gone(s->arg);
    buf_release(&s->waiting);
    free(s);
}

void stream_end(struct stream *s)
{
    s->ended = true;
    resume(s);
}

size_t httpd_streams(const struct httpd *h)
{
    return h->streams;
}

uint64_t httpd_streams_slow(const struct httpd *h)
{
    return h->streams_slow;
}
