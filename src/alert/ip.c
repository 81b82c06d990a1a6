/* ip.c -- strict reading and RFC 5952 writing of addresses, prefixes and MACs. */
#include "alert/ip.h"

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A decimal of 1 to `digits` digits, at most `max`. A leading zero would mean
 * octal to others, so it means nothing here. */
static bool decimal_parse(struct str s, size_t digits, unsigned max,
                          unsigned *out)
{
    unsigned value = 0;

    if (s.n == 0 || s.n > digits || (s.n > 1 && s.p[0] == '0'))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        value = value * 10 + (unsigned)(s.p[i] - '0');
    }
    if (value > max)
        return false;
    *out = value;
    return true;
}

static bool quad_parse(struct str s, uint8_t out[4])
{
    for (int i = 0; i < 4; i++) {
        struct str part;
        unsigned value;

        /* The last part must not be followed by a point, the others must. */
        if ((i < 3) == (str_find(s, '.') == s.n))
            return false;
        part = str_until(&s, '.');
        if (!decimal_parse(part, 3, 255, &value))
            return false;
        out[i] = (uint8_t)value;
    }
    return true;
}

/* One group of an IPv6 address: 1 to 4 hexadecimal digits. */
static bool group_parse(struct str s, uint8_t out[2])
{
    unsigned value = 0;

    if (s.n == 0 || s.n > 4)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        int digit = hex_digit(s.p[i]);

        if (digit < 0)
            return false;
        value = value << 4 | (unsigned)digit;
    }
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
    return true;
}

/* The groups on one side of "::", at most 16 bytes; the last may be a dotted
 * quad when the address ends there. Returns how many bytes, or -1. */
static int groups_parse(struct str s, bool at_end, uint8_t out[16])
{
    int n = 0;

    if (s.n == 0)
        return 0;
    for (bool more = true; more;) {
        struct str group;

        more = str_find(s, ':') < s.n;
        group = str_until(&s, ':');
        if (!more && at_end && n <= 12 && str_find(group, '.') < group.n)
            return quad_parse(group, out + n) ? n + 4 : -1;
        if (n == 16 || !group_parse(group, out + n))
            return -1;
        n += 2;
    }
    return n;
}

static bool v6_parse(struct str s, uint8_t out[16])
{
    uint8_t right[16];
    int n_left, n_right;
    size_t gap = 0;

    while (gap + 1 < s.n && (s.p[gap] != ':' || s.p[gap + 1] != ':'))
        gap++;
    if (gap + 1 >= s.n)
        return groups_parse(s, true, out) == 16;
    n_left = groups_parse(str_first(s, gap), false, out);
    n_right = groups_parse(str_from(s, gap + 2), true, right);
    /* "::" stands for at least one group. */
    if (n_left < 0 || n_right < 0 || n_left + n_right > 14)
        return false;
    memset(out + n_left, 0, (size_t)(16 - n_left - n_right));
    memcpy(out + 16 - n_right, right, (size_t)n_right);
    return true;
}

bool ip_parse(struct str s, struct ip *out)
{
    struct ip ip = {.v4 = str_find(s, ':') == s.n};

    if (ip.v4) {
        memcpy(ip.b, mapped, sizeof(mapped));
        if (!quad_parse(s, ip.b + 12))
            return false;
    } else {
        if (!v6_parse(s, ip.b))
            return false;
        ip.v4 = memcmp(ip.b, mapped, sizeof(mapped)) == 0;
    }
    *out = ip;
    return true;
}

static unsigned group_at(const struct ip *ip, int i)
{
    return (unsigned)ip->b[2 * i] << 8 | ip->b[2 * i + 1];
}

/* The longest run of at least two zero groups, the first of equals: RFC 5952. */
static void longest_zeros(const struct ip *ip, int *from, int *n)
{
    *from = -1;
    *n = 1;
    for (int i = 0; i < 8; i++) {
        int run = 0;

        while (i + run < 8 && group_at(ip, i + run) == 0)
            run++;
        if (run > *n) {
            *from = i;
            *n = run;
        }
    }
}

void ip_text(const struct ip *ip, char out[IP_TEXT_MAX])
{
    int gap, zeros;
    size_t at = 0;

    if (ip->v4) {
        snprintf(out, IP_TEXT_MAX, "%u.%u.%u.%u", ip->b[12], ip->b[13],
                 ip->b[14], ip->b[15]);
        return;
    }
    longest_zeros(ip, &gap, &zeros);
    for (int i = 0; i < 8; i++) {
        if (i == gap) {
            out[at++] = ':';
            out[at++] = ':';
            i += zeros - 1;
            continue;
        }
        if (at > 0 && out[at - 1] != ':')
            out[at++] = ':';
        at += (size_t)snprintf(out + at, IP_TEXT_MAX - at, "%x",
                               group_at(ip, i));
    }
    out[at] = '\0';
}

bool ip_eq(const struct ip *a, const struct ip *b)
{
    return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

/* A block of addresses; v4 ones are written in their last four bytes. */
struct block {
    bool v4;
    uint8_t bits;
    uint8_t b[16];
};

#define V4(n, ...) {.v4 = true, .bits = (n), .b = {__VA_ARGS__}}
#define V6(n, ...) {.v4 = false, .bits = (n), .b = {__VA_ARGS__}}

static bool bits_agree(const uint8_t *a, const uint8_t *b, unsigned bits)
{
    unsigned rest = bits % 8;

    if (memcmp(a, b, bits / 8) != 0)
        return false;
    return rest == 0 || (a[bits / 8] ^ b[bits / 8]) >> (8 - rest) == 0;
}

static bool in_blocks(const struct ip *ip, const struct block *blocks, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (blocks[i].v4 == ip->v4 &&
            bits_agree(ip->v4 ? ip->b + 12 : ip->b, blocks[i].b,
                       blocks[i].bits))
            return true;
    }
    return false;
}

bool ip_is_private(const struct ip *ip)
{
    static const struct block blocks[] = {
        V4(8, 10), V4(12, 172, 16), V4(16, 192, 168), V6(7, 0xfc)};

    return in_blocks(ip, blocks, COUNT_OF(blocks));
}

bool ip_is_loopback(const struct ip *ip)
{
    static const struct block blocks[] = {V4(8, 127), V6(128, [15] = 1)};

    return in_blocks(ip, blocks, COUNT_OF(blocks));
}

bool ip_is_link_local(const struct ip *ip)
{
    static const struct block blocks[] = {V4(16, 169, 254), V6(10, 0xfe, 0x80)};

    return in_blocks(ip, blocks, COUNT_OF(blocks));
}

bool ip_is_multicast(const struct ip *ip)
{
    static const struct block blocks[] = {V4(4, 224), V6(8, 0xff)};

    return in_blocks(ip, blocks, COUNT_OF(blocks));
}

bool ip_is_unspecified(const struct ip *ip)
{
    static const struct block blocks[] = {V4(8, 0), V6(128, 0)};

    return in_blocks(ip, blocks, COUNT_OF(blocks));
}

bool ip_is_metadata(const struct ip *ip)
{
    static const struct block blocks[] = {
        V4(32, 169, 254, 169, 254), /* AWS, GCP, Azure, and most others */
        V4(32, 169, 254, 170, 2),   /* AWS: a container's credentials */
        V4(32, 169, 254, 170, 23),
        V4(32, 100, 100, 100, 200), /* Alibaba */
        V4(32, 168, 63, 129, 16),   /* Azure: the host's agent */
        V4(32, 192, 0, 0, 192),     /* Oracle */
        V6(128, 0xfd, 0, 0x0e, 0xc2, [14] = 0x02, [15] = 0x54), /* AWS */
        V6(128, 0xfd, 0, 0x0e, 0xc2, [15] = 0x23),
        V6(128, 0xfd, 0x20, 0, 0xce, [14] = 0x02, [15] = 0x54), /* GCP */
    };

    return in_blocks(ip, blocks, COUNT_OF(blocks));
}

bool ip_embedded_v4(const struct ip *ip, struct ip *out)
{
    static const struct block nat64 = V6(96, 0, 0x64, 0xff, 0x9b);
    static const struct block six_to_four = V6(16, 0x20, 0x02);
    struct ip v4 = {.v4 = true};

    memcpy(v4.b, mapped, sizeof(mapped));
    if (in_blocks(ip, &nat64, 1))
        memcpy(v4.b + 12, ip->b + 12, 4);
    else if (in_blocks(ip, &six_to_four, 1))
        memcpy(v4.b + 12, ip->b + 2, 4);
    else
        return false;
    *out = v4;
    return true;
}

/* Clears all but the first `bits` bits of n bytes; says whether any was set. */
static bool bits_clear(uint8_t *b, size_t n, unsigned bits)
{
    bool had = false;

    for (size_t i = bits / 8; i < n; i++) {
        unsigned kept = i == bits / 8 ? ~(0xffu >> bits % 8) : 0;

        had = had || (b[i] & ~kept) != 0;
        b[i] = (uint8_t)(b[i] & kept);
    }
    return had;
}

bool prefix_parse(struct str s, struct prefix *out, bool *had_host_bits)
{
    struct prefix p;
    size_t slash = str_find(s, '/');
    bool dotted = str_find(s, ':') == s.n;
    unsigned most;

    if (!ip_parse(str_first(s, slash), &p.ip))
        return false;
    most = dotted ? 32 : 128;
    p.bits = most;
    if (slash < s.n &&
        !decimal_parse(str_from(s, slash + 1), 3, most, &p.bits))
        return false;
    /* ::ffff:10.0.0.0/104 is 10.0.0.0/8; anything shorter would hold more
     * than the v4 addresses it is made of. */
    if (p.ip.v4 && !dotted) {
        if (p.bits < 96)
            return false;
        p.bits -= 96;
    }
    *had_host_bits = p.ip.v4 ? bits_clear(p.ip.b + 12, 4, p.bits)
                             : bits_clear(p.ip.b, 16, p.bits);
    *out = p;
    return true;
}

bool prefix_holds(const struct prefix *p, const struct ip *ip)
{
    if (p->ip.v4 != ip->v4)
        return false;
    return ip->v4 ? bits_agree(p->ip.b + 12, ip->b + 12, p->bits)
                  : bits_agree(p->ip.b, ip->b, p->bits);
}

bool mac_parse(struct str s, struct mac *out)
{
    struct mac m;

    if (s.n != 17 || (s.p[2] != ':' && s.p[2] != '-'))
        return false;
    for (size_t i = 0; i < 6; i++) {
        int high = hex_digit(s.p[3 * i]), low = hex_digit(s.p[3 * i + 1]);

        if (high < 0 || low < 0 || (i < 5 && s.p[3 * i + 2] != s.p[2]))
            return false;
        m.b[i] = (uint8_t)(high << 4 | low);
    }
    *out = m;
    return true;
}

void mac_text(const struct mac *m, char out[MAC_TEXT_MAX])
{
    snprintf(out, MAC_TEXT_MAX, "%02X:%02X:%02X:%02X:%02X:%02X", m->b[0],
             m->b[1], m->b[2], m->b[3], m->b[4], m->b[5]);
}
