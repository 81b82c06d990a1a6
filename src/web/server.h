/* server.h -- inside the room: the server, and what it bears. */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include "web/route.h"

struct MHD_Daemon;
struct client;

#define WEB_CONNECTIONS_PER_IP_MAX (WEB_CONNECTIONS_MAX / 2)
#define WEB_BODIES_MAX (64u << 20) /* bytes of all bodies in memory; then 503 */
#define WEB_DISCARD_MAX (64u << 10) /* bytes of a refused body that are read */
/* libmicrohttpd's buffer; it clears it twice a request, so no more than needed */
#define WEB_CONNECTION_BYTES (WEB_HEADERS_MAX + (4u << 10))
#define WEB_SPARE_MAX 256 /* exchanges kept for reuse */
#define WEB_HEAD_MS 10000 /* from the connection to the end of the header */
#define WEB_BODY_MS 60000 /* from there to the end of the body */
#define WEB_ANSWER_MS 300000 /* for reading the answer */
#define WEB_SWEEP_MS 5000 /* how often these three are looked at */
#define HEADERS_OUT_MAX 16 /* that a route adds to its answer */

struct httpd {
    struct loop *loop;
    struct MHD_Daemon *daemon; /* ours */
    int poll_fd;               /* the daemon's */
    uint16_t port;
    struct routes routes;
    who_fn *who;
    proxy_fn *proxy;
    void *people;
    struct route otherwise; /* its serve NULL: none */
    struct route_entry otherwise_entry;
    size_t streams;
    uint64_t streams_slow;

    struct timer wake; /* when libmicrohttpd is to be called at the latest */
    struct timer sweep;
    struct client *clients; /* ours */
    struct exchange *held;
    struct exchange *spare; /* ours */
    size_t spare_n;
    size_t body_bytes; /* in all exchanges */
    bool stopping;        /* takes no new connections, closes what it answers */
    uint64_t answered[6]; /* by status class */
};

void httpd_soon(struct httpd *h); /* runs libmicrohttpd in the next turn */

#endif
