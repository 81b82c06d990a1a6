/* stream.h -- a connection that we talk on ourselves. Private to transport/.
 *
 * libcurl opens it (names, addresses, TLS, for mail also the greeting, STARTTLS
 * and the login) and then leaves it to us: CURLOPT_CONNECT_ONLY. A UDP socket
 * or a local one is wrapped in the same way. Nothing here ever waits. */
#ifndef TRANSPORT_STREAM_H
#define TRANSPORT_STREAM_H

#include "transport/multi.h"

struct stream;

/* CURLE_OK: it is open. Else it never will be, and only stream_free() is left. */
typedef void stream_opened_fn(void *arg, CURLcode code);

/* "smtp", "host", 25, "path" make a URL that libcurl understands; http and
 * https stand for a connection without and with TLS. More options may be set on
 * stream_call() before stream_dial(). NULL and err: that is no host. */
struct stream_spec {
    const char *scheme;
    struct str host;
    uint16_t port;
    struct str path;
    int socket_type; /* SOCK_STREAM or SOCK_DGRAM */
    enum reach reach;
    struct str ca_file;
    int64_t timeout_ms; /* until it is open */
};
struct stream *stream_new(struct multi *m, const struct stream_spec *spec,
                          stream_opened_fn *opened, void *arg,
                          struct error *err);
struct call *stream_call(struct stream *st);
void stream_dial(struct stream *st);
/* Valid from `opened` on. */
const struct journey *stream_journey(const struct stream *st);
struct stream *stream_of_fd(struct loop *l, int fd); /* takes the socket over */
void stream_free(struct stream *st);                 /* closes it; also NULL */

/* Bytes taken or read; 0: none now, wait for the loop; -1 and err: over, and of
 * a socket of our own errno says why. Bytes that were not taken must be offered
 * again as they are: TLS may have begun with them. */
ssize_t stream_send(struct stream *st, struct str bytes, struct error *err);
ssize_t stream_receive(struct stream *st, char *to, size_t size,
                       struct error *err);
/* What the network said of datagrams sent before; 0: nothing bad. */
int stream_fault(struct stream *st);

/* `ready` is told when it may be read (LOOP_READ) or written (LOOP_WRITE). */
bool stream_watch(struct stream *st, int events, loop_ready_fn *ready,
                  void *arg, struct error *err) must_check;
void stream_unwatch(struct stream *st);

#endif
