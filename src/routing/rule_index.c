/* rule_index.c -- a bit a rule: for each severity those that want so little, for
 * each category, entity, type, pool and host those that name it, for each network
 * those whose filter insists on it. An alert's candidates are these sets cut with
 * one another, 64 rules a step. */
#include "routing/rule_index.h"

#include "base/hash.h"
#include "routing/filter_tree.h"

struct posting { /* the rules that name one value */
    struct str key;
    uint32_t *rules;
    size_t n;
};

enum dimension { CATEGORIES, ENTITIES, TYPES, POOLS, AM_HOSTS, DIMENSIONS };

/* The criterion of a recipient, and the field of a filter, that it is about. */
static const struct {
    size_t criterion;
    const char *field; /* NULL: none says the same */
} about[] = {
    [CATEGORIES] = {offsetof(struct criteria, categories), "category"},
    [ENTITIES] = {offsetof(struct criteria, entities), "entity"},
    [TYPES] = {offsetof(struct criteria, types), "type"},
    [POOLS] = {offsetof(struct criteria, host_pools), "pool"},
    [AM_HOSTS] = {offsetof(struct criteria, am_hosts), NULL},
};
static_assert(COUNT_OF(about) == DIMENSIONS, "each is about something");

/* Compared as bytes, so it is zeroed first. */
struct network_key {
    uint8_t ip[16];
    uint16_t bits, v4;
};

struct rule_index {
    struct arena arena;
    struct {
        uint64_t *any;
        bool narrows;
        struct hash named;     /* struct network_key -> struct posting */
        bool lengths[2][129]; /* [v4][bits]: in use */
    } networks;
    size_t words;
    uint64_t *severity[SEVERITY_COUNT]; /* those who take this one */
    struct {
        uint64_t *any;     /* those who take anything */
        bool narrows;      /* somebody does not */
        struct hash named; /* value -> struct posting */
    } by[DIMENSIONS];
};

static void bit_set(uint64_t *bits, size_t i)
{
    bits[i / 64] |= 1ULL << (i % 64);
}

static uint64_t *bits_new(struct rule_index *x)
{
    return arena_array(&x->arena, x->words, sizeof(uint64_t));
}

static struct posting *posting_of(struct rule_index *x, struct hash *named,
                                  struct str key)
{
    struct posting *p = hash_get(named, key);

    if (p == NULL) {
        p = arena_new(&x->arena, sizeof *p);
        p->key = arena_str(&x->arena, key);
        hash_put(named, p->key, p);
    }
    return p;
}

static void posting_add(struct rule_index *x, struct posting *p, size_t rule)
{
    uint32_t *more;

    if (p->n > 0 && p->rules[p->n - 1] == rule)
        return; /* named twice */
    if ((p->n & (p->n - 1)) == 0) {
        more = arena_array(&x->arena, MAX(1u, 2 * p->n), sizeof *more);
        if (p->n > 0)
            memcpy(more, p->rules, p->n * sizeof *more);
        p->rules = more;
    }
    p->rules[p->n++] = (uint32_t)rule;
}

/* What a filter insists on narrows too. "" is what an alert without a value
 * has, and no posting finds that. */
static bool narrowed_by_filter(struct rule_index *x, const struct rule *rule,
                               size_t i, enum dimension d)
{
    const struct filter_value *v;
    size_t n;

    if (rule->criteria.filter == NULL || about[d].field == NULL ||
        !filter_needs(rule->criteria.filter, about[d].field, &v, &n))
        return false;
    for (size_t k = 0; k < n; k++)
        if (v[k].text.n == 0)
            return false;
    for (size_t k = 0; k < n; k++)
        posting_add(x, posting_of(x, &x->by[d].named, v[k].text), i);
    return true;
}

static void dimension_add(struct rule_index *x, const struct rule *rule,
                          size_t i, enum dimension d)
{
    const struct criterion *c =
        (const struct criterion *)((const char *)&rule->criteria +
                                   about[d].criterion);

    if (rule->builtin || (c->any && !narrowed_by_filter(x, rule, i, d))) {
        bit_set(x->by[d].any, i);
        return;
    }
    x->by[d].narrows = true;
    for (size_t k = 0; k < c->n; k++)
        posting_add(x, posting_of(x, &x->by[d].named, c->v[k]), i);
}

static struct str network_key(const struct ip *ip, unsigned bits,
                              struct network_key *key)
{
    unsigned from = ip->v4 ? 96 : 0;

    memset(key, 0, sizeof *key);
    memcpy(key->ip, ip->b, sizeof key->ip);
    for (unsigned bit = from + bits; bit < 128; bit++)
        key->ip[bit / 8] &= (uint8_t) ~(0x80u >> (bit % 8));
    key->bits = (uint16_t)bits;
    key->v4 = ip->v4;
    return (struct str){(const char *)key, sizeof *key};
}

static void networks_add(struct rule_index *x, const struct rule *rule,
                         size_t i)
{
    const struct filter *f = rule->criteria.filter;
    const struct filter_value *v;
    struct network_key key;
    size_t n;

    if (rule->builtin || f == NULL ||
        (!filter_needs(f, "ip", &v, &n) && !filter_needs(f, "cli_ip", &v, &n) &&
         !filter_needs(f, "srv_ip", &v, &n))) {
        bit_set(x->networks.any, i);
        return;
    }
    x->networks.narrows = true;
    for (size_t k = 0; k < n; k++) {
        const struct prefix *p = &v[k].prefix;
        struct str text = network_key(&p->ip, p->bits, &key);

        x->networks.lengths[p->ip.v4][p->bits] = true;
        posting_add(x, posting_of(x, &x->networks.named, text), i);
    }
}

static enum severity least_of(const struct rule *rule)
{
    const struct criteria *c = &rule->criteria;

    if (rule->builtin || c->filter == NULL)
        return c->minimum_severity;
    return MAX(c->minimum_severity, filter_least(c->filter));
}

/* A rule that is switched off is never a candidate. */
static void rule_add(struct rule_index *x, const struct rule *rule, size_t i)
{
    if (!rule->enabled)
        return;
    for (size_t s = least_of(rule); s < SEVERITY_COUNT; s++)
        bit_set(x->severity[s], i);
    for (int d = 0; d < DIMENSIONS; d++)
        dimension_add(x, rule, i, (enum dimension)d);
    networks_add(x, rule, i);
}

struct rule_index *rule_index_new(const struct rule *rules, size_t n)
{
    struct rule_index *x = mem_new(sizeof *x);

    x->words = rule_words(MAX(n, 1u));
    for (size_t s = 0; s < SEVERITY_COUNT; s++)
        x->severity[s] = bits_new(x);
    for (size_t d = 0; d < DIMENSIONS; d++)
        x->by[d].any = bits_new(x);
    x->networks.any = bits_new(x);
    for (size_t i = 0; i < n; i++)
        rule_add(x, &rules[i], i);
    return x;
}

void rule_index_free(struct rule_index *x)
{
    if (x == NULL)
        return;
    for (size_t d = 0; d < DIMENSIONS; d++)
        hash_release(&x->by[d].named);
    hash_release(&x->networks.named);
    arena_release(&x->arena);
    free(x);
}

/* --- the alert's side -------------------------------------------------------- */

#define KEYS_MAX 4
struct keys {
    bool applies; /* false: the criterion is not about such an alert */
    struct str v[KEYS_MAX];
    size_t n;
    char text[ALERT_NAME_MAX + 32];
};

static void key_add(struct keys *k, struct str key)
{
    assert(k->n < KEYS_MAX);
    k->v[k->n++] = key;
}

/* "syn_scan", and "host/syn_scan". */
static void keys_of_type(const struct alert *a, struct keys *k)
{
    int n = snprintf(k->text, sizeof k->text, "%s/%.*s", entity_name(a->entity),
                     STR_ARG(a->type));

    key_add(k, a->type);
    k->applies = n > 0 && (size_t)n < sizeof k->text; /* else let all pass */
    key_add(k, (struct str){k->text, k->applies ? (size_t)n : 0});
}

static void keys_of_am_host(const struct alert *a, struct keys *k)
{
    struct str host = a->entity_value;

    k->applies = a->entity == ENTITY_AM_HOST;
    key_add(k, a->entity_value);
    str_until(&host, '@');
    key_add(k, host);
}

static void keys_of_pools(struct filter_subject *s, struct keys *k)
{
    const struct alert_pools *in = filter_pools(s);

    k->applies = in->applies;
    for (size_t i = 0; i < in->n; i++)
        key_add(k, in->names[i]);
}

static void keys_of(enum dimension d, struct filter_subject *s, struct keys *k)
{
    k->applies = true;
    k->n = 0;
    switch (d) {
    case CATEGORIES:
        key_add(k, s->alert->category);
        return;
    case ENTITIES:
        key_add(k, str_of(entity_name(s->alert->entity)));
        return;
    case TYPES:
        keys_of_type(s->alert, k);
        return;
    case POOLS:
        keys_of_pools(s, k);
        return;
    case AM_HOSTS:
        keys_of_am_host(s->alert, k);
        return;
    case DIMENSIONS:
        break;
    }
    bug("a dimension nobody thought of");
}

static void posting_pass(const struct posting *p, uint64_t *pass)
{
    for (size_t r = 0; p != NULL && r < p->n; r++)
        bit_set(pass, p->rules[r]);
}

static void narrow(const struct rule_index *x, enum dimension d,
                   struct filter_subject *s, uint64_t *bits)
{
    uint64_t pass[RULE_WORDS_MAX];
    struct keys k;

    if (!x->by[d].narrows)
        return;
    keys_of(d, s, &k);
    if (!k.applies)
        return;
    memcpy(pass, x->by[d].any, x->words * sizeof *pass);
    for (size_t i = 0; i < k.n; i++)
        posting_pass(hash_get(&x->by[d].named, k.v[i]), pass);
    for (size_t w = 0; w < x->words; w++)
        bits[w] &= pass[w];
}

static void address_pass(const struct rule_index *x, const struct ip *ip,
                         uint64_t *pass)
{
    struct network_key key;

    for (unsigned length = 0; length <= (ip->v4 ? 32u : 128u); length++)
        if (x->networks.lengths[ip->v4][length])
            posting_pass(hash_get(&x->networks.named,
                                  network_key(ip, length, &key)),
                         pass);
}

/* "ip" is every address that "cli_ip" and "srv_ip" can be. */
static void narrow_networks(const struct rule_index *x,
                            struct filter_subject *s, uint64_t *bits)
{
    uint64_t pass[RULE_WORDS_MAX];
    const struct filter_addresses *have;
    struct str rest;

    if (!x->networks.narrows)
        return;
    have = filter_addresses_of(filter_field_of(STR("ip"), &rest), s);
    memcpy(pass, x->networks.any, x->words * sizeof *pass);
    for (size_t i = 0; i < have->n; i++)
        address_pass(x, &have->v[i], pass);
    for (size_t w = 0; w < x->words; w++)
        bits[w] &= pass[w];
}

void rule_index_find(const struct rule_index *x, struct filter_subject *s,
                     uint64_t *bits)
{
    memcpy(bits, x->severity[s->alert->severity], x->words * sizeof *bits);
    for (int d = 0; d < DIMENSIONS; d++)
        narrow(x, (enum dimension)d, s, bits);
    narrow_networks(x, s, bits);
}
