/* stream.h -- an answer without an end: server-sent events. Costs a suspended
 * connection while there is nothing to say. A client that does not read has its
 * buffer, and is ended and counted when that is full. */
#ifndef WEB_STREAM_H
#define WEB_STREAM_H

#include "web/httpd.h"

#define WEB_STREAMS_MAX 200
#define STREAM_BUFFER_MAX (256u << 10) /* bytes waiting for one client */

struct stream;

/* Answers x with 200 and this type, without an end. `gone` is called once, when
 * the client went away or was ended; the stream is no more after it. NULL: there
 * are too many, and x has been answered (503). */
struct stream *stream_begin(struct exchange *x, const char *content_type,
                            void (*gone)(void *arg), void *arg);
/* False: its client is too slow; `gone` is called in a later turn. */
bool stream_write(struct stream *s, struct str bytes);

void stream_end(struct stream *s); /* as if its client had gone away */

size_t httpd_streams(const struct httpd *h);
uint64_t httpd_streams_slow(const struct httpd *h); /* ended for being slow */

#endif
