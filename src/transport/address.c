/* address.c -- which addresses a request may connect to. */
#include "transport/transport.h"

#include "alert/ip.h"

enum verge {
    VERGE_NONE,    /* an address like any other */
    VERGE_PRIVATE, /* only where the endpoint's owner said so */
    VERGE_NEVER,   /* no request has business there */
};

/* The first that fits says what an address is: a metadata service may have a
 * private address, and ::1 lies inside ::/96. */
static const struct {
    bool (*is)(const struct ip *ip);
    enum verge verge;
    const char *words;
} kinds[] = {
    {ip_is_metadata, VERGE_NEVER, "a cloud metadata service"},
    {ip_is_loopback, VERGE_PRIVATE, "a loopback address"},
    {ip_is_private, VERGE_PRIVATE, "a private address"},
    {ip_is_link_local, VERGE_NEVER, "a link-local address"},
    {ip_is_multicast, VERGE_NEVER, "a multicast address"},
    {ip_is_unspecified, VERGE_NEVER, "an unspecified address"},
};

#define V4(count, ...)                                                         \
    {                                                                          \
        .ip = {.v4 = true, .b = {[10] = 0xff, 0xff, __VA_ARGS__}},             \
        .bits = (count)                                                        \
    }
#define V6(count, ...)                                                         \
    {                                                                          \
        .ip = {.b = {__VA_ARGS__}}, .bits = (count)                            \
    }

/* What alert/ip.h has no name for. */
static const struct {
    struct prefix prefix;
    enum verge verge;
    const char *words;
} blocks[] = {
    {V4(4, 240), VERGE_NEVER, "a reserved address"}, /* and the broadcast */
    {V4(10, 100, 64), VERGE_PRIVATE, "a shared (RFC 6598) address"},
    {V4(24, 192, 0, 0), VERGE_PRIVATE, "an IETF protocol address"},
    {V4(15, 198, 18), VERGE_PRIVATE, "a benchmarking address"},
    {V6(96, 0), VERGE_NEVER, "an IPv4-compatible address"},
    {V6(32, 0x20, 0x01, 0, 0), VERGE_NEVER, "a Teredo address"},
    {V6(48, 0, 0x64, 0xff, 0x9b, 0, 1), VERGE_PRIVATE, "a local NAT64 address"},
    {V6(10, 0xfe, 0xc0), VERGE_PRIVATE, "a site-local address"},
};

static enum verge address_verge(const struct ip *ip, const char **words)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        *words = kinds[i].words;
        if (kinds[i].is(ip))
            return kinds[i].verge;
    }
    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        *words = blocks[i].words;
        if (prefix_holds(&blocks[i].prefix, ip))
            return blocks[i].verge;
    }
    return VERGE_NONE;
}

/* What lies inside a NAT64 or 6to4 address is where it leads. */
bool address_allowed(const struct ip *ip, bool allow_private,
                     struct error *err)
{
    const char *words, *inner_words;
    enum verge verge = address_verge(ip, &words), inner_verge;
    char shown[IP_TEXT_MAX];
    struct ip inner;

    if (ip_embedded_v4(ip, &inner)) {
        inner_verge = address_verge(&inner, &inner_words);
        if (inner_verge > verge) {
            verge = inner_verge;
            words = inner_words;
        }
    }
    ip_text(ip, shown);
    switch (verge) {
    case VERGE_NONE:
        return true;
    case VERGE_PRIVATE:
        return allow_private ||
               error_set(err, "%s is %s; allow private addresses for this "
                              "endpoint if it is meant",
                         shown, words);
    case VERGE_NEVER:
        return error_set(err, "%s is %s; nothing is ever sent there", shown,
                         words);
    }
    bug("no such verge");
}
