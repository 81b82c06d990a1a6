/* caller.h -- who sends a request, and what a route asks of them. */
#ifndef WEB_CALLER_H
#define WEB_CALLER_H

#include "people/scope.h"

struct exchange;

/* Who may call a route; a route cannot be declared without one. What each asks
 * for is one table in web/access.c. */
enum access {
    ACCESS_NONE,         /* = not set: httpd_routes() asserts on it */
    ACCESS_ANYONE,       /* probes, the pages, logging in */
    ACCESS_INTAKE,       /* scope ingest; or anyone on loopback */
    ACCESS_LOCAL,        /* scope alerts:read; or anyone on loopback: /metrics */
    ACCESS_SELF,         /* any scope: one's own password */
    ACCESS_ALERTS_READ,
    ACCESS_ALERTS_ACK,
    ACCESS_ALERTS_WRITE,
    ACCESS_CONFIG_READ,
    ACCESS_CONFIG_WRITE,
    ACCESS_ADMIN,
    ACCESS_COUNT,
};
/* Any one of these scopes is enough. */
unsigned access_scopes(enum access need);

/* What a request brings that may tell who sends it. */
struct credential {
    struct str token;   /* Bearer's; STR_NONE */
    struct str session; /* the cookie's; STR_NONE */
    struct str csrf;    /* X-Tocsin-CSRF */
    const char *source; /* the route's, for scope ingest:SOURCE; may be NULL */
};

#define CALLER_NAME_MAX 96
struct caller { /* zeroed: nobody */
    enum { CALLER_NOBODY, CALLER_TOKEN, CALLER_SESSION } kind;
    unsigned scopes;
    int64_t user_id, session_id, token_id; /* 0: not one of these */
    bool csrf;                   /* the credential's was the session's */
    char name[CALLER_NAME_MAX];  /* "user luca", "token ci", "admin token" */
};
/* Says who it is; leaves `out` zeroed when nobody is. A token goes first. */
typedef void who_fn(void *arg, const struct credential *given,
                    struct caller *out);
/* Whether a peer's word about whom it forwards for is taken. */
typedef bool proxy_fn(void *arg, struct str address);

/* Who it is, after the route's access was given: nobody for ACCESS_ANYONE and
 * where being on loopback was enough. */
const struct caller *exchange_caller(const struct exchange *x);
/* The same, looked for now, for a route that anyone may call. */
const struct caller *exchange_identify(struct exchange *x);
bool exchange_may(const struct exchange *x, enum access need);

/* The peer's address, or whom a trusted proxy forwards for. */
struct str exchange_address(struct exchange *x);
/* It came over TLS, as a trusted proxy says. */
bool exchange_is_secure(const struct exchange *x);
/* Its Host is a name of this host, and no proxy forwards it (many say our own
 * address as Host): a browser then runs on it, or on the far end of its tunnel,
 * and the password does not cross a network in the clear. */
bool exchange_names_this_host(const struct exchange *x);
/* A browser says that another site's page sends it. */
bool exchange_is_cross_site(const struct exchange *x);

/* What the cookie holds; STR_NONE. */
struct str exchange_session(const struct exchange *x);
/* The session cookie: "__Host-tocsin" (Secure) over TLS, else "tocsin-session".
 * An empty text takes it away. */
void exchange_session_set(struct exchange *x, struct str text, int64_t life_s);

#endif
