/* access.c -- who sends a request: its token, its password, its address. */
#include <microhttpd.h>
#include <netinet/in.h>
#include <sodium.h>

#include "web/exchange.h"

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

enum permission access_check(const struct exchange *x)
{
    const struct httpd *h = x->httpd;
    enum access need = x->entry->route->access;
    struct str token = credentials(x, "Bearer");

    if (need == ACCESS_ANYONE)
        return PERMITTED;
    if (h->allow != NULL &&
        h->allow(h->allow_arg, need, token, exchange_is_loopback(x)))
        return PERMITTED;
    if (token.n == 0)
        return TOKEN_MISSING;
    /* Any token that exists may read, so this tells the two apart. */
    return h->allow != NULL && h->allow(h->allow_arg, ACCESS_READ, token, false)
               ? TOKEN_TOO_WEAK
               : TOKEN_UNKNOWN;
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

static bool is_loopback4(uint32_t network_order)
{
    return ntohl(network_order) >> 24 == 127;
}

static bool is_loopback6(const struct in6_addr *a)
{
    uint32_t mapped;

    memcpy(&mapped, a->s6_addr + 12, sizeof(mapped));
    return IN6_IS_ADDR_LOOPBACK(a) ||
           (IN6_IS_ADDR_V4MAPPED(a) && is_loopback4(mapped));
}

static bool peer_is_loopback(struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *peer =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    union {
        struct sockaddr any;
        struct sockaddr_in in4;
        struct sockaddr_in6 in6;
    } address;

    if (peer == NULL || peer->client_addr == NULL)
        return false;
    memcpy(&address.any, peer->client_addr, sizeof(address.any));
    if (address.any.sa_family == AF_INET)
        return is_loopback4(address.in4.sin_addr.s_addr);
    if (address.any.sa_family != AF_INET6)
        return false;
    memcpy(&address.in6, peer->client_addr, sizeof(address.in6));
    return is_loopback6(&address.in6.sin6_addr);
}

bool exchange_is_loopback(const struct exchange *x)
{
    return x->connection != NULL && peer_is_loopback(x->connection) &&
           guard_local(&x->headers);
}
