/* community_id.c -- the Community ID of a flow: the same text in every tool.
 * https://github.com/corelight/community-id-spec, version 1. */
#include "alert/ip.h"

#undef unused /* a word OpenSSL's headers need for themselves */
#include <openssl/evp.h>

enum { ICMP = 1, TCP = 6, UDP = 17, ICMP6 = 58, SCTP = 132 };

#define SHA1_BYTES 20

struct end {
    const uint8_t *ip;
    uint16_t port;
};

/* ICMP messages that have a counterpart: a query and its answer are one flow. */
static const struct {
    uint8_t proto, type, counterpart;
} icmp_pairs[] = {
    {ICMP, 8, 0},      {ICMP, 0, 8},      {ICMP, 13, 14},    {ICMP, 14, 13},
    {ICMP, 15, 16},    {ICMP, 16, 15},    {ICMP, 17, 18},    {ICMP, 18, 17},
    {ICMP, 10, 9},     {ICMP, 9, 10},     {ICMP6, 128, 129}, {ICMP6, 129, 128},
    {ICMP6, 130, 131}, {ICMP6, 131, 130}, {ICMP6, 133, 134}, {ICMP6, 134, 133},
    {ICMP6, 135, 136}, {ICMP6, 136, 135}, {ICMP6, 139, 140}, {ICMP6, 140, 139},
    {ICMP6, 144, 145}, {ICMP6, 145, 144},
};

/* Puts the counterpart where the port goes; false: such a message has none,
 * and its flow goes one way only. */
static bool icmp_counterpart(uint8_t proto, uint16_t type, uint16_t *port)
{
    for (size_t i = 0; i < COUNT_OF(icmp_pairs); i++) {
        if (icmp_pairs[i].proto == proto && icmp_pairs[i].type == type) {
            *port = icmp_pairs[i].counterpart;
            return true;
        }
    }
    return false;
}

static bool has_ports(uint8_t proto)
{
    return proto == TCP || proto == UDP || proto == SCTP || proto == ICMP ||
           proto == ICMP6;
}

static bool in_order(const struct end *a, const struct end *b, size_t ip_bytes)
{
    int order = memcmp(a->ip, b->ip, ip_bytes);

    return order < 0 || (order == 0 && a->port <= b->port);
}

static void add_u16(struct buf *b, uint16_t v)
{
    uint8_t bytes[2] = {(uint8_t)(v >> 8), (uint8_t)v};

    buf_add(b, bytes, 2);
}

void community_id(const struct flow_tuple *t, uint16_t seed,
                  char out[COMMUNITY_ID_MAX])
{
    bool v4 = t->from.v4 && t->to.v4;
    size_t ip_bytes = v4 ? 4 : 16;
    struct end a = {t->from.b + 16 - ip_bytes, t->from_port};
    struct end b = {t->to.b + 16 - ip_bytes, t->to_port};
    bool icmp = t->proto == ICMP || t->proto == ICMP6;
    bool one_way = icmp && !icmp_counterpart(t->proto, a.port, &b.port);
    struct buf hashed freed_by(buf_release) = BUF(64);
    unsigned char digest[EVP_MAX_MD_SIZE];

    if (!has_ports(t->proto))
        a.port = b.port = 0;
    if (!one_way && !in_order(&a, &b, ip_bytes)) {
        struct end first = b;

        b = a;
        a = first;
    }
    add_u16(&hashed, seed);
    buf_add(&hashed, a.ip, ip_bytes);
    buf_add(&hashed, b.ip, ip_bytes);
    buf_char(&hashed, (char)t->proto);
    buf_char(&hashed, 0);
    if (has_ports(t->proto)) {
        add_u16(&hashed, a.port);
        add_u16(&hashed, b.port);
    }
    /* Refused only where a policy forbids SHA-1: then there is no id. */
    out[0] = '\0';
    if (EVP_Digest(hashed.p, hashed.n, digest, NULL, EVP_sha1(), NULL) != 1)
        return;
    memcpy(out, "1:", 2);
    EVP_EncodeBlock((unsigned char *)out + 2, digest, SHA1_BYTES);
}
