/* pools.c -- host pools: longest prefix first, one hash probe a length in use. */
#include "routing/pools.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/limits.h"

#define VLAN_ANY UINT32_MAX
#define VLAN_MAX 4095

struct pools {
    struct arena arena;    /* keys */
    struct hash by_name;   /* name -> struct pool */
    struct hash by_mac;    /* 6 bytes -> struct pool */
    struct hash by_prefix; /* struct prefix_key -> struct pool */
    struct hash by_number; /* ntopng's number -> struct pool */
    /* [v4][bits]: whether members of this length are of one VLAN, of any. */
    struct {
        bool one, any;
    } lengths[2][129];
};

/* What a member is looked up by; compared as bytes, so it is zeroed first. */
struct prefix_key {
    uint8_t ip[16];
    uint32_t vlan;
    uint16_t bits;
    uint16_t v4;
};

static void key_make(const struct ip *ip, unsigned bits, uint32_t vlan,
                     struct prefix_key *key)
{
    unsigned from = ip->v4 ? 96 : 0;

    memset(key, 0, sizeof *key);
    memcpy(key->ip, ip->b, sizeof key->ip);
    for (unsigned bit = from + bits; bit < 128; bit++)
        key->ip[bit / 8] &= (uint8_t) ~(0x80u >> (bit % 8));
    key->vlan = vlan;
    key->bits = (uint16_t)bits;
    key->v4 = ip->v4 ? 1 : 0;
}

static struct str key_view(const struct prefix_key *key)
{
    return (struct str){(const char *)key, sizeof *key};
}

/* hash_put() keeps void pointers; the pools themselves are never written to. */
static void *pool_value(const struct pool *pool)
{
    return (void *)(uintptr_t)pool;
}

static struct str number_key(const int64_t *number)
{
    return (struct str){(const char *)number, sizeof *number};
}

static bool member_claim(struct hash *h, struct str key, const struct pool *pool,
                         struct str member, struct error *err)
{
    const struct pool *other = hash_get(h, key);

    if (other != NULL && other != pool)
        return error_set(err, "\"%.*s\" is in pool \"%.*s\" already; a member "
                              "is in one pool only",
                         STR_ARG(member), STR_ARG(other->name));
    if (other == NULL)
        hash_put(h, key, pool_value(pool));
    return true;
}

static bool vlan_split(struct str *member, uint32_t *vlan, struct error *err)
{
    size_t at = str_find(*member, '@');
    uint64_t number;

    *vlan = VLAN_ANY;
    if (at == member->n)
        return true;
    if (!str_to_u64(str_from(*member, at + 1), &number) || number > VLAN_MAX)
        return error_set(err, "\"%.*s\": the VLAN after @ is a number from 0 "
                              "to %d",
                         STR_ARG(*member), VLAN_MAX);
    *vlan = (uint32_t)number;
    *member = str_first(*member, at);
    return true;
}

static bool member_add_mac(struct pools *p, const struct pool *pool,
                           struct str member, struct error *err)
{
    struct mac mac;
    struct str key;

    if (!mac_parse(member, &mac))
        return error_set(err, "\"%.*s\" is not an address, a prefix like "
                              "10.0.0.0/8, or a MAC like AA:BB:CC:DD:EE:FF",
                         STR_ARG(member));
    key = arena_str(&p->arena, (struct str){(const char *)mac.b, sizeof mac.b});
    return member_claim(&p->by_mac, key, pool, member, err);
}

static bool member_add(struct pools *p, const struct pool *pool,
                       struct str member, struct error *err)
{
    struct str address = member;
    struct prefix prefix;
    bool host_bits = false;
    uint32_t vlan;
    struct prefix_key *key;

    if (!vlan_split(&address, &vlan, err))
        return false;
    if (!prefix_parse(address, &prefix, &host_bits))
        return vlan == VLAN_ANY
                   ? member_add_mac(p, pool, member, err)
                   : error_set(err, "\"%.*s\" is not an address or a prefix",
                               STR_ARG(member));
    if (host_bits)
        return error_set(err, "\"%.*s\" has bits set behind its prefix; write "
                              "the network's own address",
                         STR_ARG(member));
    key = arena_new(&p->arena, sizeof *key);
    key_make(&prefix.ip, prefix.bits, vlan, key);
    if (vlan == VLAN_ANY)
        p->lengths[prefix.ip.v4][prefix.bits].any = true;
    else
        p->lengths[prefix.ip.v4][prefix.bits].one = true;
    return member_claim(&p->by_prefix, key_view(key), pool, member, err);
}

static bool pool_add(struct pools *p, const struct pool *pool, size_t *members,
                     struct error *err)
{
    if (str_is_nocase(pool->name, POOL_DEFAULT))
        return error_set(err, "the pool \"" POOL_DEFAULT
                              "\" is always there: it is every host in no "
                              "other pool");
    if (hash_put(&p->by_name, pool->name, pool_value(pool)) != NULL)
        return error_set(err, "two pools are named \"%.*s\"",
                         STR_ARG(pool->name));
    /* The first of two with one number; the configuration takes no second. */
    if (pool->ntopng_id >= 0 &&
        hash_get(&p->by_number, number_key(&pool->ntopng_id)) == NULL)
        hash_put(&p->by_number, number_key(&pool->ntopng_id), pool_value(pool));
    *members += pool->member_count;
    if (*members > POOL_MEMBERS_MAX)
        return error_set(err, "more than %d pool members", POOL_MEMBERS_MAX);
    for (size_t i = 0; i < pool->member_count; i++)
        if (!member_add(p, pool, pool->members[i], err)) {
            error_at_index(err, i);
            error_at(err, "members");
            return error_in(err, "pool \"%.*s\"", STR_ARG(pool->name));
        }
    return true;
}

struct pools *pools_new(const struct pool *pools, size_t n, struct error *err)
{
    struct pools *p = mem_new(sizeof *p);
    size_t members = 0;

    for (size_t i = 0; i < n; i++)
        if (!pool_add(p, &pools[i], &members, err)) {
            pools_free(p);
            return NULL;
        }
    return p;
}

void pools_free(struct pools *p)
{
    if (p == NULL)
        return;
    hash_release(&p->by_name);
    hash_release(&p->by_mac);
    hash_release(&p->by_number);
    hash_release(&p->by_prefix);
    arena_release(&p->arena);
    free(p);
}

static const struct pool *find_at(const struct pools *p, const struct ip *ip,
                                  unsigned bits, uint32_t vlan)
{
    struct prefix_key key;

    key_make(ip, bits, vlan, &key);
    return hash_get(&p->by_prefix, key_view(&key));
}

const struct pool *pools_find_ip(const struct pools *p, const struct ip *ip,
                                 int64_t vlan)
{
    bool has_vlan = vlan >= 0 && vlan <= VLAN_MAX;

    for (unsigned left = (ip->v4 ? 32 : 128) + 1; left > 0; left--) {
        const struct pool *found = NULL;
        unsigned bits = left - 1;

        /* A member of this very VLAN is closer than one of any. */
        if (p->lengths[ip->v4][bits].one && has_vlan)
            found = find_at(p, ip, bits, (uint32_t)vlan);
        if (p->lengths[ip->v4][bits].any && found == NULL)
            found = find_at(p, ip, bits, VLAN_ANY);
        if (found != NULL)
            return found;
    }
    return NULL;
}

const struct pool *pools_find_mac(const struct pools *p, const struct mac *mac)
{
    return hash_get(&p->by_mac,
                    (struct str){(const char *)mac->b, sizeof mac->b});
}

const struct pool *pools_find_name(const struct pools *p, struct str name)
{
    return hash_get(&p->by_name, name);
}

const struct pool *pools_find_ntopng(const struct pools *p, int64_t number)
{
    return number < 0 ? NULL : hash_get(&p->by_number, number_key(&number));
}

struct host { /* one of the alert, as it says */
    struct str address, mac;
    int64_t vlan, ntopng_id;
};

/* As in ntopng a MAC says more than an address. */
static const struct pool *host_find(const struct pools *p, const struct host *h)
{
    const struct pool *pool = NULL;
    struct ip ip;
    struct mac mac;

    if (mac_parse(h->mac, &mac) || mac_parse(h->address, &mac))
        pool = pools_find_mac(p, &mac);
    if (pool == NULL && ip_parse(h->address, &ip))
        pool = pools_find_ip(p, &ip, h->vlan);
    return pool != NULL ? pool : pools_find_ntopng(p, h->ntopng_id);
}

/* Our own pools know best, then the pool number that ntopng says, then Default. */
static void host_add(const struct pools *p, const struct host *h,
                     struct alert_pools *out)
{
    const struct pool *pool = host_find(p, h);

    assert(out->n < COUNT_OF(out->names));
    out->names[out->n++] = pool != NULL ? pool->name : STR(POOL_DEFAULT);
}

static void pools_of_host(const struct pools *p, const struct alert *a,
                          struct alert_pools *out)
{
    struct str rest = a->entity_value;
    struct host host = {.address = str_until(&rest, '@'),
                        .mac = alert_fact_text(a, "mac"),
                        .ntopng_id = alert_fact_i64(a, "host_pool_id", -1)};

    if (!str_to_i64(rest, &host.vlan))
        host.vlan = alert_fact_i64(a, "vlan_id", 0);
    host_add(p, &host, out);
}

static void pools_of_flow(const struct pools *p, const struct alert *a,
                          struct alert_pools *out)
{
    int64_t vlan = alert_fact_i64(a, "vlan_id", 0);
    struct host client = {.address = alert_fact_text(a, "cli_ip"),
                          .mac = alert_fact_text(a, "cli_mac"),
                          .vlan = vlan,
                          .ntopng_id = alert_fact_i64(a, "cli_host_pool_id", -1)};
    struct host server = {.address = alert_fact_text(a, "srv_ip"),
                          .mac = alert_fact_text(a, "srv_mac"),
                          .vlan = vlan,
                          .ntopng_id = alert_fact_i64(a, "srv_host_pool_id", -1)};

    host_add(p, &client, out);
    host_add(p, &server, out);
}

void pools_of_alert(const struct pools *p, const struct alert *a,
                    struct alert_pools *out)
{
    *out = (struct alert_pools){.applies = true};
    if (a->entity == ENTITY_FLOW) {
        pools_of_flow(p, a, out);
    } else if (a->entity == ENTITY_HOST ||
               alert_fact_i64(a, "host_pool_id", -1) >= 0) {
        /* Others speak about a host only when their source says so. */
        pools_of_host(p, a, out);
    } else {
        out->applies = false;
    }
}
