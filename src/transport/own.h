/* own.h -- private to transport/: one request on its way, and the ways of
 * carrying it. A way is started with a request, and ends it with exactly one
 * sending_end(), unless it was told to drop it before. */
#ifndef TRANSPORT_OWN_H
#define TRANSPORT_OWN_H

#include "base/limits.h"
#include "transport/transport.h"

#define PEER_TEXT_MAX 64   /* "[2001:db8::1]:65535" */
#define PLACE_TEXT_MAX 300 /* "https://host:port" */

/* How long it took to get there, in microseconds since the start. */
struct journey {
    char peer[PEER_TEXT_MAX];
    int64_t lookup_us, connect_us, tls_us, total_us; /* 0: n/a */
};

struct sending {
    struct transport *transport; /* NULL: over, but lent */
    const struct request *request;
    transport_fn *done;
    void *arg;
    struct sending *next, *previous; /* of all that are on their way */

    struct timer timer; /* the way's, until it ends; then it reports */
    bool ended;
    bool lent; /* the store knows it, and will call transport_store_done() */
    int64_t began_ms;
    void *carried; /* the way's own; gone when it ends or drops */

    struct response response;
    struct buf body; /* ours; response.body is a view of it */
    struct buf headers; /* the same of response.headers */
    struct error err;
    char peer[PEER_TEXT_MAX];
};

/* The way is through with it: `done` will be called when the loop comes round.
 * What the response points to is the sending's own. */
void sending_end(struct sending *s, enum outcome outcome);
/* The same, with words; nothing of the answer is kept but `written`. */
void sending_fail(struct sending *s, enum outcome outcome,
                  const char *format, ...) printf_like(3, 4);
/* By which connection it goes; `reused`: by one that was open already. */
void sending_travel(struct sending *s, const struct journey *j, bool reused);
int64_t sending_timeout_ms(const struct sending *s);
struct loop *sending_loop(const struct sending *s);

struct multi;
struct errand;
struct mail_lines;
struct syslog_lines;
struct writings;

struct transport {
    struct loop *loop;
    struct transport_options options;
    char *user_agent; /* ours */
    struct sending *first;
    struct errand *errands; /* scripts that run, also those that were dropped */
    struct multi *web;     /* ours: HTTP, connections kept by libcurl */
    struct multi *streams; /* ours: connections that we talk on ourselves */
    struct mail_lines *mail;     /* ours */
    struct syslog_lines *syslog; /* ours */
    struct writings *writings;   /* ours: to files */
};

/* Each way: start, and drop what has not ended. */
void http_start(struct sending *s);
void http_drop(struct sending *s);
void mail_start(struct sending *s);
void mail_drop(struct sending *s);
void syslog_start(struct sending *s);
void syslog_drop(struct sending *s);
void exec_start(struct sending *s);
void exec_drop(struct sending *s);
void exec_abandon(struct transport *t); /* kills what still runs */
void file_start(struct sending *s);
void file_drop(struct sending *s);

struct writings *writings_new(struct loop *l, struct error *err);
void writings_free(struct writings *w); /* waits a while for what is being written */

/* The script that is to be run, open and checked; or -1 and err. */
int script_open(const struct exec_request *r, struct error *err);

/* Connections kept open between requests. */
struct mail_lines *mail_lines_new(void);
void mail_lines_free(struct mail_lines *m);
struct syslog_lines *syslog_lines_new(void);
void syslog_lines_free(struct syslog_lines *l);

/* A connected socket to syslog's `path`, or -1 and err. */
int syslog_local_open(struct str path, bool *datagrams, struct error *err);

/* What a Retry-After header asks for: seconds, or a date (RFC 9110, 10.2.3)
 * counted from now_ms on the wall; 0 for what is past, negative or not
 * understood, RETRY_AFTER_CAP_MS for anything longer. */
int64_t retry_after_ms(struct str value, int64_t now_ms);

#endif
