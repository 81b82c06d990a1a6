/* ip.h -- addresses, prefixes, MAC addresses and the Community ID. */
#ifndef ALERT_IP_H
#define ALERT_IP_H

#include "base/buf.h"

struct ip {
    uint8_t b[16]; /* v4 in the last four, after ::ffff: */
    bool v4;
};

struct prefix {
    struct ip ip;
    unsigned bits; /* 0..32 for v4, 0..128 for v6 */
};

struct mac {
    uint8_t b[6];
};

/* Strict dotted quad (no octal, no short forms) or RFC 4291; a zone ("%eth0")
 * and brackets are refused. ::ffff:1.2.3.4 becomes v4. */
bool ip_parse(struct str s, struct ip *out) must_check;
#define IP_TEXT_MAX 48
void ip_text(const struct ip *ip, char out[IP_TEXT_MAX]); /* RFC 5952 */
bool ip_eq(const struct ip *a, const struct ip *b);
bool ip_is_private(const struct ip *ip);    /* RFC 1918, ULA */
bool ip_is_loopback(const struct ip *ip);
bool ip_is_link_local(const struct ip *ip); /* 169.254/16, fe80::/10 */
bool ip_is_multicast(const struct ip *ip);
bool ip_is_unspecified(const struct ip *ip); /* 0.0.0.0/8, :: */
/* Cloud metadata services: 169.254.169.254, fd00:ec2::254 and the like. */
bool ip_is_metadata(const struct ip *ip);
/* The v4 address inside a NAT64 (64:ff9b::/96) or 6to4 one; false: none. */
bool ip_embedded_v4(const struct ip *ip, struct ip *out);

/* "10.0.0.0/8"; an address alone is a full-length prefix; host bits set is an
 * error of the caller's to report: they are cleared and *had_host_bits set. */
bool prefix_parse(struct str s, struct prefix *out, bool *had_host_bits) must_check;
bool prefix_holds(const struct prefix *p, const struct ip *ip);

bool mac_parse(struct str s, struct mac *out) must_check; /* ':' or '-' */
#define MAC_TEXT_MAX 18
void mac_text(const struct mac *m, char out[MAC_TEXT_MAX]); /* AA:BB:.. */

/* Community ID v1, https://github.com/corelight/community-id-spec: "1:..." */
struct flow_tuple {
    struct ip from, to;
    uint16_t from_port, to_port; /* ICMP: type and code */
    uint8_t proto;               /* IP protocol number */
};
#define COMMUNITY_ID_MAX 32
void community_id(const struct flow_tuple *t, uint16_t seed,
                  char out[COMMUNITY_ID_MAX]);

const char *proto_name(int64_t number); /* "tcp"; NULL: no name */
bool proto_is_icmp(uint8_t number); /* for IPv4 or for IPv6 */
bool proto_parse(struct str s, uint8_t *out) must_check;

#endif
