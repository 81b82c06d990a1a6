/* apprise_url.h -- an address as Apprise writes them: scheme://user:pass@host:port/
 * parts?name=value. What stands where depends on the scheme, so nothing of it is
 * judged here. Pure. */
#ifndef CONFIG_APPRISE_URL_H
#define CONFIG_APPRISE_URL_H

#include "base/arena.h"
#include "base/error.h"

#define APPRISE_URL_MAX 4096
#define APPRISE_PARTS_MAX 32
#define APPRISE_QUERY_MAX 32

struct apprise_url {       /* decoded; in the arena */
    struct str scheme;     /* in small letters */
    struct str user, pass; /* "": none */
    struct str
        authority; /* what stands before the first '/', without the user */
    struct str host, port; /* of it, as if it were an address */
    struct str parts[APPRISE_PARTS_MAX];
    size_t part_count;
    struct {
        struct str name, value;
    } query[APPRISE_QUERY_MAX];
    size_t query_count;
};

/* The error never repeats the address, which holds secrets. */
bool apprise_url_read(struct str text, struct arena *a, struct apprise_url *out,
                      struct error *err) must_check;
struct str apprise_query(const struct apprise_url *u, const char *name);

#endif
