/* peer.c -- where a request comes from: its socket, or what a trusted proxy says
 * of whom it forwards for. */
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "web/exchange.h"

#define ADDRESS_MAX 64

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

union address {
    struct sockaddr any;
    struct sockaddr_in in4;
    struct sockaddr_in6 in6;
};

static bool peer_address(struct MHD_Connection *c, union address *out)
{
    const union MHD_ConnectionInfo *peer =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    if (peer == NULL || peer->client_addr == NULL)
        return false;
    memcpy(&out->any, peer->client_addr, sizeof(out->any));
    if (out->any.sa_family == AF_INET6)
        memcpy(&out->in6, peer->client_addr, sizeof(out->in6));
    return out->any.sa_family == AF_INET || out->any.sa_family == AF_INET6;
}

static bool peer_is_loopback(struct MHD_Connection *c)
{
    union address at;

    if (!peer_address(c, &at))
        return false;
    return at.any.sa_family == AF_INET
               ? is_loopback4(at.in4.sin_addr.s_addr)
               : is_loopback6(&at.in6.sin6_addr);
}

bool exchange_is_loopback(const struct exchange *x)
{
    return x->connection != NULL && peer_is_loopback(x->connection) &&
           guard_local(&x->headers);
}

/* Without "::ffff:" before an IPv4 address. */
static struct str peer_text(const struct exchange *x, char out[ADDRESS_MAX])
{
    static const char mapped[] = "::ffff:";
    union address at;
    socklen_t n = sizeof(at);

    out[0] = '\0';
    if (x->connection == NULL || !peer_address(x->connection, &at))
        return STR_NONE;
    if (at.any.sa_family == AF_INET)
        n = sizeof(at.in4);
    if (getnameinfo(&at.any, n, out, ADDRESS_MAX, NULL, 0, NI_NUMERICHOST) != 0)
        return STR_NONE;
    if (strncmp(out, mapped, strlen(mapped)) == 0 && strchr(out, '.') != NULL)
        return str_of(out + strlen(mapped));
    return str_of(out);
}

static bool is_trusted(const struct exchange *x, struct str address)
{
    const struct httpd *h = x->httpd;

    return h != NULL && h->proxy != NULL && address.n > 0 &&
           h->proxy(h->people, address);
}

/* The last of "a, b, c" is what the proxy before us saw; only where that is a
 * trusted proxy as well does the one before count. */
struct str exchange_address(struct exchange *x)
{
    struct str list = x->headers.known[HEADER_X_FORWARDED_FOR].value;
    char text[ADDRESS_MAX];
    struct str at = arena_str(&x->arena, peer_text(x, text));

    if (x->headers.known[HEADER_X_FORWARDED_FOR].count != 1)
        return at;
    while (list.n > 0 && is_trusted(x, at)) {
        size_t comma = list.n;

        while (comma > 0 && list.p[comma - 1] != ',')
            comma--;
        at = str_first(str_trim(str_from(list, comma)), ADDRESS_MAX - 1);
        list.n = comma > 0 ? comma - 1 : 0;
    }
    return at;
}

bool exchange_is_secure(const struct exchange *x)
{
    char text[ADDRESS_MAX];

    return x->headers.known[HEADER_X_FORWARDED_PROTO].count == 1 &&
           str_is_nocase(x->headers.known[HEADER_X_FORWARDED_PROTO].value,
                         "https") &&
           is_trusted(x, peer_text(x, text));
}

bool exchange_names_this_host(const struct exchange *x)
{
    return guard_names_this_host(&x->headers) && guard_local(&x->headers);
}

bool exchange_is_cross_site(const struct exchange *x)
{
    return guard_from_elsewhere(&x->headers);
}
