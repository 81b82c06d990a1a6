/* access.c -- who sends a request: its token, its password, its address. */
#include <sodium.h>

#include "web/exchange.h"

#define COOKIE_SECURE "__Host-tocsin"
#define COOKIE_PLAIN "tocsin-session"

static const char *cookie_name(const struct exchange *x)
{
    return exchange_is_secure(x) ? COOKIE_SECURE : COOKIE_PLAIN;
}

/* What follows the scheme in Authorization: "Bearer ..."; STR_NONE if another. */
static struct str credentials(const struct exchange *x, const char *scheme)
{
    struct str value = x->headers.known[HEADER_AUTHORIZATION].value;
    size_t n = strlen(scheme);

    if (!str_is_nocase(str_first(value, n), scheme) || value.n <= n ||
        value.p[n] != ' ')
        return STR_NONE;
    return str_trim(str_from(value, n));
}

/* The value of our cookie. One that is there twice is none: one of the two may
 * be set by somebody else, from a name beside ours. */
struct str exchange_session(const struct exchange *x)
{
    const char *name = cookie_name(x);
    struct str rest = x->headers.known[HEADER_COOKIE].value;
    struct str found = STR_NONE;

    while (rest.n > 0) {
        struct str value = str_trim(str_until(&rest, ';'));

        if (!str_is(str_until(&value, '='), name))
            continue;
        if (found.n > 0)
            return STR_NONE;
        found = value;
    }
    return found;
}

/* The one table of who may do what. */
static const unsigned scopes_needed[ACCESS_COUNT] = {
    [ACCESS_INTAKE] = SCOPE_INGEST,
    [ACCESS_LOCAL] = SCOPE_ALERTS_READ,
    [ACCESS_SELF] = SCOPE_ALL,
    [ACCESS_ALERTS_READ] = SCOPE_ALERTS_READ,
    [ACCESS_ALERTS_ACK] = SCOPE_ALERTS_ACK,
    [ACCESS_ALERTS_WRITE] = SCOPE_ALERTS_WRITE,
    [ACCESS_CONFIG_READ] = SCOPE_CONFIG_READ,
    [ACCESS_CONFIG_WRITE] = SCOPE_CONFIG_WRITE,
    [ACCESS_ADMIN] = SCOPE_ADMIN,
};

unsigned access_scopes(enum access need)
{
    assert(need > ACCESS_NONE && need < ACCESS_COUNT);
    return scopes_needed[need];
}

static bool changes_something(const struct exchange *x)
{
    return !str_is(x->method, "GET") && !str_is(x->method, "HEAD");
}

/* A browser sends the cookie whoever wrote the page, so a change has to come
 * from our own page (which the browser says in one of two headers) and to name
 * what no other page can know. */
static bool is_forged(const struct exchange *x)
{
    const struct headers *h = &x->headers;

    return !x->caller.csrf || guard_from_elsewhere(h) ||
           !(headers_have(h, HEADER_SEC_FETCH_SITE) ||
             headers_have(h, HEADER_ORIGIN));
}

const struct caller *exchange_identify(struct exchange *x)
{
    const struct httpd *h = x->httpd;
    struct credential given = {
        .token = credentials(x, "Bearer"),
        .session = exchange_session(x),
        .csrf = x->headers.known[HEADER_X_TOCSIN_CSRF].value,
        .source = x->entry->source,
    };

    x->caller = (struct caller){0};
    if (h->who != NULL && (given.token.n > 0 || given.session.n > 0))
        h->who(h->people, &given, &x->caller);
    return &x->caller;
}

enum permission access_check(struct exchange *x)
{
    enum access need = x->entry->route->access;

    if (need == ACCESS_ANYONE)
        return PERMITTED;
    if ((need == ACCESS_INTAKE || need == ACCESS_LOCAL) &&
        x->httpd->who != NULL && exchange_is_loopback(x))
        return PERMITTED;
    if (exchange_identify(x)->kind == CALLER_NOBODY)
        return credentials(x, "Bearer").n > 0 || exchange_session(x).n > 0
                   ? CALLER_UNKNOWN
                   : CALLER_MISSING;
    if (!exchange_may(x, need))
        return CALLER_TOO_WEAK;
    return x->caller.kind == CALLER_SESSION && changes_something(x) &&
                   is_forged(x)
               ? CALLER_FORGED
               : PERMITTED;
}

const struct caller *exchange_caller(const struct exchange *x)
{
    return &x->caller;
}

bool exchange_may(const struct exchange *x, enum access need)
{
    return (x->caller.scopes & access_scopes(need)) != 0;
}

void access_basic(struct exchange *x)
{
    struct str encoded = credentials(x, "Basic"), decoded;
    char *bytes;
    size_t n;

    if (encoded.n == 0)
        return;
    bytes = arena_new(&x->arena, encoded.n);
    if (sodium_base642bin((unsigned char *)bytes, encoded.n, encoded.p,
                          encoded.n, NULL, &n, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return;
    decoded = (struct str){bytes, n};
    if (str_find(decoded, ':') == n)
        return;
    x->basic_user = str_until(&decoded, ':');
    x->basic_pass = decoded;
    x->has_basic = true;
}

bool exchange_basic(const struct exchange *x, struct str *user,
                    struct str *pass)
{
    if (!x->has_basic)
        return false;
    *user = x->basic_user;
    *pass = x->basic_pass;
    return true;
}

void exchange_session_set(struct exchange *x, struct str text, int64_t life_s)
{
    struct str value = arena_printf(
        &x->arena, "%s=%.*s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s",
        cookie_name(x), STR_ARG(text), (long long)life_s,
        exchange_is_secure(x) ? "; Secure" : "");

    exchange_header_add(x, "Set-Cookie", value);
}
