/* guard.h -- inside the room: what a request's head must be, beyond what
 * libmicrohttpd 0.9.75 checks. */
#ifndef WEB_GUARD_H
#define WEB_GUARD_H

#include "base/error.h"
#include "base/str.h"

struct MHD_Connection;

/* The fields that this room looks at, each with how often it came. */
enum known_header {
    HEADER_AUTHORIZATION,
    HEADER_CONTENT_ENCODING,
    HEADER_CONTENT_LENGTH,
    HEADER_CONTENT_TYPE,
    HEADER_COOKIE,
    HEADER_EXPECT,
    HEADER_FORWARDED,
    HEADER_HOST,
    HEADER_ORIGIN,
    HEADER_SEC_FETCH_SITE,
    HEADER_TRANSFER_ENCODING,
    HEADER_VIA,
    HEADER_X_FORWARDED_FOR,
    HEADER_X_FORWARDED_PROTO,
    HEADER_X_REAL_IP,
    HEADER_X_TOCSIN_CSRF,
    HEADER_KNOWN_COUNT,
};

struct headers {
    struct {
        struct str value; /* the first one's; lives as long as the request */
        unsigned count;
    } known[HEADER_KNOWN_COUNT];
    unsigned count; /* of all fields */
};

void headers_read(struct MHD_Connection *c, struct headers *out);
bool headers_have(const struct headers *h, enum known_header which);

struct framing {
    bool chunked;
    uint64_t length; /* when not chunked */
};

/* The head's bytes as libmicrohttpd leaves them: see guard.c. */
struct head_bytes {
    const char *method, *version; /* both inside; NUL-terminated */
    size_t n;                     /* from method on */
    size_t target_n;              /* of what is between the two */
};

/* Whether where the body ends is beyond doubt, and the head is RFC 9112's. What
 * is refused here is answered with 400 and the connection is closed, because
 * nobody can say where the next request would start. */
bool guard_bytes(const struct head_bytes *head, struct error *err) must_check;
bool guard_framing(const struct headers *h, struct str version,
                   struct framing *out, struct error *err) must_check;

/* Whether a request from a loopback address comes from a program on this host:
 * not through a proxy, not from a web page elsewhere, and not to a name that
 * somebody's name server may have pointed here. */
bool guard_local(const struct headers *h);

/* Two parts of it: Host is a name of this host; and a browser says, by
 * Sec-Fetch-Site or Origin, that a page from elsewhere sends this. */
bool guard_names_this_host(const struct headers *h);
bool guard_from_elsewhere(const struct headers *h);

#endif
