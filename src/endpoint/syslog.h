/* syslog.h -- what the files of the syslog type share; private to them. */
#ifndef ENDPOINT_SYSLOG_H
#define ENDPOINT_SYSLOG_H

#include "endpoint/make.h"

enum syslog_format {
    FORMAT_TEXT,
    FORMAT_JSON,
    FORMAT_ECS,
    FORMAT_CHECKMK,
};
enum syslog_header { HEADER_RFC5424, HEADER_RFC3164 };

struct syslog {
    int format, transport, header, framing, facility;
    struct str host, app_name, ca_file;
    int64_t port, max_size;
};

/* One alert on its way into one frame. */
struct syslog_line {
    const struct syslog *to;
    const struct message_place *place;
    const struct geo *geo;
    const struct alert *alert;
    enum phase phase;
    struct arena *arena;
};

size_t syslog_max_size(const struct syslog *s);

/* Header, structured data and message; no line ends, at most max_size bytes. */
bool syslog_frame(const struct syslog_line *l, struct str *out,
                  struct error *err) must_check;

/* syslog_format.c: what stands in the frame, in at most `room` bytes. False, with
 * an error: it cannot be made so small. */
bool syslog_body(const struct syslog_line *l, size_t room, struct buf *to,
                 struct error *err) must_check;
/* Checkmk's one element of structured data; nothing for other formats. */
void syslog_element(const struct syslog_line *l, struct buf *to);

#endif
