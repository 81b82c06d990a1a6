/* fuzz_ip.c -- addresses, prefixes and MACs against the C library and themselves. */
#include "alert/ip.h"

#include <arpa/inet.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool held)
{
    if (!held)
        abort();
}

static void check_ip(struct str s, const char *c)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    struct ip ip, again;
    uint8_t theirs[16];
    char text[IP_TEXT_MAX];
    bool taken = ip_parse(s, &ip);
    bool is_v4 = strchr(c, ':') == NULL;

    memcpy(theirs, mapped, sizeof(mapped));
    must(taken == (inet_pton(is_v4 ? AF_INET : AF_INET6, c,
                             is_v4 ? theirs + 12 : theirs) == 1));
    if (!taken)
        return;
    must(memcmp(theirs, ip.b, 16) == 0);
    ip_text(&ip, text);
    must(ip_parse(str_of(text), &again) && ip_eq(&ip, &again) && ip.v4 == again.v4);
}

static void check_prefix(struct str s)
{
    struct prefix p;
    bool host_bits;

    if (!prefix_parse(s, &p, &host_bits))
        return;
    must(p.bits <= (p.ip.v4 ? 32u : 128u));
    must(prefix_holds(&p, &p.ip));
}

static void check_mac(struct str s)
{
    struct mac m, again;
    char text[MAC_TEXT_MAX];

    if (!mac_parse(s, &m))
        return;
    mac_text(&m, text);
    must(mac_parse(str_of(text), &again) && memcmp(&m, &again, sizeof(m)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct str s = {(const char *)bytes, n};
    char *c = mem_dup((const char *)bytes, n);
    uint8_t number;

    if (strlen(c) == n)
        check_ip(s, c);
    check_prefix(s);
    check_mac(s);
    must(proto_parse(s, &number) || n != 3 || memcmp(bytes, "tcp", 3) != 0);
    free(c);
    return 0;
}
