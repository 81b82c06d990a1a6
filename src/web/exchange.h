/* exchange.h -- inside the room: a connection, and an exchange's parts. */
#ifndef WEB_EXCHANGE_H
#define WEB_EXCHANGE_H

#include "base/arena.h"
#include "web/guard.h"
#include "web/server.h"

struct MHD_Connection;

enum stage {
    STAGE_HEAD,    /* the header is on its way */
    STAGE_BODY,    /* the body is, into x->body */
    STAGE_REFUSED, /* the body is, to nowhere; the answer is known */
    STAGE_SERVING, /* the route has it */
    STAGE_HELD,    /* suspended, until the owner answers */
};

/* A connection. It lives as long as the socket; exchanges come and go. */
struct client {
    struct httpd *httpd;
    struct client *previous, *next;
    struct exchange *streaming; /* its answer has no end; else NULL */
    int fd;
    int64_t deadline_ms; /* on the clock's tick; 0: none, it waits for us */
};

struct exchange {
    struct httpd *httpd;               /* NULL: the server was freed */
    struct MHD_Connection *connection; /* NULL: the client is gone */
    struct client *client;
    struct exchange *previous, *next; /* among the held, or the spare */
    enum stage stage;
    struct arena arena;

    struct str raw_target;
    struct str method;
    struct target target;
    struct headers headers;
    struct framing framing;
    const struct route_entry *entry; /* NULL: refused before it was found */
    bool has_basic;
    struct str basic_user, basic_pass;
    struct caller caller;
    struct stream *stream; /* its answer has no end */
    struct buf body;
    size_t discarded;

    bool answered;
    int status;
    const char *content_type; /* NULL: none */
    const char *answer; /* in the arena, or as old as the program */
    size_t answer_n;
    struct header_out {
        const char *name, *value;
    } added[HEADERS_OUT_MAX];
    size_t added_n;

    void (*gone)(void *arg);
    void *gone_arg;
    bool gone_watched;
};

/* exchange.c: from the request's first line to its last byte sent. */
struct exchange *exchange_take(struct httpd *h, struct MHD_Connection *c,
                               const char *raw_target);
void exchange_hold(struct exchange *x); /* suspends it until it is answered */
void exchange_unhold(struct exchange *x);
void exchange_completed(struct exchange *x); /* the client's part is over */
void exchange_free(struct exchange *x);
void client_deadline(struct client *c, int64_t in_ms); /* 0: none */

/* request.c: what libmicrohttpd hands over, in this order. False: hang up. */
bool request_head(struct exchange *x, const struct head_bytes *head);
bool request_body(struct exchange *x, struct str piece);
bool request_complete(struct exchange *x);

/* access.c */
enum permission {
    PERMITTED,
    CALLER_MISSING,  /* no token, no session */
    CALLER_UNKNOWN,  /* one that is not known any more */
    CALLER_TOO_WEAK, /* known, and may not */
    CALLER_FORGED,   /* a session's, but perhaps by another site's page */
};
enum permission access_check(struct exchange *x);
void access_basic(struct exchange *x); /* fills basic_user and basic_pass */

/* stream.c */
void stream_gone(struct exchange *x); /* its connection is over */

/* answer.c */
void answer_headers(const struct exchange *x, void *response);
bool answer_queue(struct exchange *x);      /* hands it to libmicrohttpd */
void answer_last_words(struct exchange *x); /* straight to the socket */

#endif
