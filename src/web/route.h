/* route.h -- inside the room: which route a method and a path belong to. */
#ifndef WEB_ROUTE_H
#define WEB_ROUTE_H

#include "base/buf.h"
#include "web/httpd.h"
#include "web/url.h"

/* A route with its path taken apart once. */
struct route_entry {
    const struct route *route; /* borrowed, as are the parts' bytes */
    void *arg;
    const char *source; /* see httpd_source(); NULL: none */
    struct str parts[URL_SEGMENTS_MAX]; /* "api", "{id}" */
    size_t parts_n;
    uint32_t literal; /* highest bit: the first part is no {x}; and so on */
};

/* A zeroed struct routes is empty. */
struct routes {
    struct route_entry *v; /* ours */
    size_t n, capacity;
};

/* Asserts on a route that is not fit to serve: no access, no function, a path
 * that does not start with '/', or one that is there already. */
void routes_add(struct routes *r, const struct route *table, void *arg);
void routes_release(struct routes *r);

enum route_found {
    ROUTE_FOUND,
    ROUTE_NO_PATH,   /* 404 */
    ROUTE_NO_METHOD, /* 405 */
};

/* Where several paths fit, the one that is literal the longest is it:
 * "/alerts/ack" before "/alerts/{id}". HEAD is served by GET's route. */
enum route_found routes_match(const struct routes *r, struct str method,
                              const struct target *t,
                              const struct route_entry **out);

/* The value for Allow: "GET, HEAD, POST". */
void routes_allow(const struct routes *r, const struct target *t,
                  struct buf *out);

/* The segment that {name} stands for; STR_NONE if the route has none. */
struct str route_segment(const struct route_entry *e, const struct target *t,
                         const char *name);

#endif
