/* multi.h -- libcurl's multi interface on our loop. Private to transport/.
 *
 * A call is one libcurl transfer, from a pool, with everything set that holds
 * for all of them: no proxies, no redirects, no signals, TLS 1.2 and verified,
 * and every address judged when it is connected to and again when an open
 * connection is used once more. */
#ifndef TRANSPORT_MULTI_H
#define TRANSPORT_MULTI_H

#include <curl/curl.h>

#include "transport/own.h"

struct multi;

/* Keeps at most `kept` idle connections; 0: libcurl keeps none to use again. */
struct multi *multi_new(struct loop *l, long kept, struct error *err);
struct loop *multi_loop(const struct multi *m);
void multi_free(struct multi *m); /* all calls must have been hung up */

enum reach {
    REACH_PUBLIC,
    REACH_PRIVATE, /* private and loopback addresses too */
    REACH_SELF,    /* loopback only: what is sent would be readable */
};

/* Called on the loop, never from inside libcurl, and never before
 * call_start() has returned. */
typedef void call_fn(void *arg, CURLcode code);

struct call {
    struct multi *multi;
    CURL *easy; /* ours */
    call_fn *ended;
    void *arg;
    struct call *next; /* in the pool */

    enum reach reach;
    int socket_type;    /* SOCK_STREAM; SOCK_DGRAM makes it a UDP "connection" */
    bool started;
    bool sent;          /* the request was about to go out on the connection */
    struct error denied; /* the first address that was refused; "" */
    char words[CURL_ERROR_SIZE];
};

/* For options: what cannot fail but for a mistake of ours. */
#define CALL_SET(c, option, value)                                             \
    call_must(curl_easy_setopt((c)->easy, (option), (value)))
static inline void call_must(CURLcode code)
{
    assert(code == CURLE_OK);
}

struct call *call_new(struct multi *m, enum reach reach, call_fn *ended,
                      void *arg);
/* libcurl wants C strings and copies them. */
void call_set_text(struct call *c, CURLoption option, struct str text);
/* The certificates to trust; empty: the system's. */
void call_trust(struct call *c, struct str ca_file);
void call_start(struct call *c);
void call_hang_up(struct call *c); /* at any time; also NULL */

/* How it ended when there is no answer that says so, and the words for it. Who
 * puts a place before them takes no more of a URL than scheme, host and port:
 * the rest may hold secrets. */
enum outcome call_outcome(const struct call *c, CURLcode code);
void call_explain(const struct call *c, CURLcode code, struct error *err);
void call_measure(const struct call *c, struct journey *j);
bool call_reused(const struct call *c); /* the connection was open already */

#endif
