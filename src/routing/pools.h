/* pools.h -- host pools: named sets of addresses, prefixes and MACs, each with
 * an optional VLAN; the longest prefix wins; what is in none is in "Default". */
#ifndef ROUTING_POOLS_H
#define ROUTING_POOLS_H

#include "alert/alert.h"
#include "alert/ip.h"

#define POOL_DEFAULT "Default"

struct pool {
    int64_t id;           /* ours, never used again */
    struct str name;
    int64_t ntopng_id;    /* the number ntopng's alerts carry; -1: none */
    const struct str *members; /* "10.0.0.0/8", "192.168.1.7@12", "AA:BB:..." */
    size_t member_count;
};

struct pools;
/* `pools` must outlive it. err has the place "/members/3" of the offender, and
 * names the pool. A member may be in one pool only. */
struct pools *pools_new(const struct pool *pools, size_t n, struct error *err);
void pools_free(struct pools *p);

/* The pool of one host; NULL: Default. */
const struct pool *pools_find_ip(const struct pools *p, const struct ip *ip,
                                 int64_t vlan);
const struct pool *pools_find_mac(const struct pools *p, const struct mac *mac);
const struct pool *pools_find_name(const struct pools *p, struct str name);
const struct pool *pools_find_ntopng(const struct pools *p, int64_t number);

/* Whether the pool criterion speaks about this alert at all, and the pools of
 * its hosts (a flow's: client and server). Names; at most 4. */
struct alert_pools {
    bool applies;
    struct str names[4];
    size_t n;
};
void pools_of_alert(const struct pools *p, const struct alert *a,
                    struct alert_pools *out);

#endif
