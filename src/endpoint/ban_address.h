/* ban_address.h -- which addresses may be banned, and which never. fail2ban takes
 * any word for an address, and 127.0.0.1 and 0.0.0.0/0 too: so we look. Pure;
 * private to endpoint/. */
#ifndef ENDPOINT_BAN_ADDRESS_H
#define ENDPOINT_BAN_ADDRESS_H

#include "alert/ip.h"
#include "endpoint/make.h"

/* The address of a host that could be banned: no loopback, unspecified, multicast,
 * link-local, metadata, broadcast or reserved one, and none that hides such a v4
 * one. False: err says which it is; it quotes `said`, cleaned and cut. */
bool ban_address(struct str said, struct ip *out, struct arena *a,
                 struct error *err) must_check;

/* Whether one of the prefixes holds it, or the v4 address inside of it (NAT64,
 * 6to4); why: "192.0.2.1 is never banned (never_ban: 192.0.2.0/24)". */
bool ban_spared(const struct str_list *prefixes, const struct ip *ip,
                struct error *why);
/* Each is an address or prefix; the error's place is never_ban and its index. */
bool ban_check_prefixes(const struct str_list *prefixes,
                        struct error *err) must_check;

#endif
