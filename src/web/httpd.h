/* httpd.h -- the only HTTP server: a thin face on libmicrohttpd inside our loop.
 * Routes are tables; an answer may be held back until something else happened
 * (intake holds it until the commit). Our own guard refuses what libmicrohttpd
 * lets through: CL with TE, doubled or odd Content-Length, white space in
 * header names, unknown transfer codings, Content-Encoding (415). */
#ifndef WEB_HTTPD_H
#define WEB_HTTPD_H

#include "base/json.h"
#include "base/limits.h"
#include "loop/loop.h"
#include "web/caller.h"

struct httpd;
struct exchange; /* one request and its answer; lives until answered */

struct route {
    const char *method; /* "GET", "POST", ... GET also answers HEAD */
    const char *path;   /* "/api/v1/alerts/{id}": {x} is one segment */
    enum access access;
    size_t body_max;    /* 0: a body is refused */
    void (*serve)(void *arg, struct exchange *x); /* the body is complete */
};

struct httpd_options {
    const char *address; /* "127.0.0.1", "::1", "0.0.0.0" */
    uint16_t port;       /* 0: any; see httpd_port() */
    int listen_fd;       /* > 0: inherited (systemd), address not used */
    who_fn *who;      /* NULL: nobody is known */
    proxy_fn *proxy;  /* NULL: none is trusted */
    void *people;     /* of both */
};

struct httpd *httpd_new(struct loop *l, const struct httpd_options *o,
                        struct error *err);
void httpd_free(struct httpd *h); /* open exchanges are closed unanswered */
uint16_t httpd_port(const struct httpd *h);
/* Adds a table (borrowed), ended by {.method = NULL}; before loop_run(). An
 * unknown path answers 404, a known one with another method 405 and Allow. */
void httpd_routes(struct httpd *h, const struct route *table, void *arg);
/* Whose alerts come in at a path of ours, for tokens with ingest:SOURCE. */
void httpd_source(struct httpd *h, const char *path, const char *source);
/* Serves GET of a path that no route has; at most one. */
void httpd_otherwise(struct httpd *h,
                     void (*serve)(void *arg, struct exchange *x), void *arg);
/* Calls `each` for every route there is. */
void httpd_each_route(const struct httpd *h,
                      void (*each)(void *arg, const struct route *r),
                      void *arg);
void httpd_stop_accepting(struct httpd *h); /* existing exchanges finish */

/* The request. All views live as long as the exchange. */
struct str exchange_body(const struct exchange *x);
struct str exchange_path(const struct exchange *x);
struct str exchange_segment(const struct exchange *x, const char *name); /* decoded */
struct str exchange_query(const struct exchange *x, const char *name);   /* decoded */
bool exchange_has_query(const struct exchange *x, const char *name);
/* The parameter at place `at` (from 0) as sent, decoded; false: no more. For
 * refusing what is unknown or said twice. */
bool exchange_query_at(const struct exchange *x, size_t at, struct str *name,
                       struct str *value);
struct str exchange_header(const struct exchange *x, const char *name);
struct str exchange_content_type(const struct exchange *x); /* without parameters */
bool exchange_is_loopback(const struct exchange *x);
/* Basic authentication as sent; false: none. */
bool exchange_basic(const struct exchange *x, struct str *user, struct str *pass);
struct arena *exchange_arena(struct exchange *x); /* dies with the exchange */

/* The answer. An exchange is answered exactly once, in serve() or later on the
 * loop; until then it is suspended at no cost. The body is copied. */
void exchange_header_add(struct exchange *x, const char *name, struct str value);
void exchange_answer(struct exchange *x, int status, const char *content_type,
                     struct str body);
void exchange_json(struct exchange *x, int status, struct str json);
/* Of bytes that live as long as the program. */
void exchange_answer_static(struct exchange *x, int status,
                            const char *content_type, struct str body);

/* RFC 9457 application/problem+json; `code` ends the type URL
 * ("invalid-alert"); err's place becomes errors[0].pointer. */
void exchange_problem(struct exchange *x, int status, const char *code,
                      const struct error *err);

/* Called if the client goes away before the answer; the exchange must then
 * still be answered (into the void) by its owner. May be NULL. */
void exchange_on_gone(struct exchange *x, void (*gone)(void *arg), void *arg);

/* For /metrics: requests answered, by status class 1..5. */
uint64_t httpd_answered(const struct httpd *h, int status_class);

#endif
