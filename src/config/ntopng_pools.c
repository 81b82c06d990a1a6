/* ntopng_pools.c -- ntopng's pool export, read as edits of ours. ntopng gives
 * each member one pool and stores "192.168.1.0/24@0", "192.168.1.7/32@12" or a
 * MAC. */
#include "config/ntopng_pools.h"

#include "base/hash.h"
#include "base/limits.h"
#include "config/object.h"

struct reading {
    struct arena *a;
    struct import *out;
    struct hash members; /* canonical text -> its pool's name, a C string */
    struct hash names;   /* ours, of this file -> the same */
    struct hash numbers; /* ntopng's, as text -> the same */
    struct str pool;     /* the one being read, as ntopng calls it */
};

/* --- members ------------------------------------------------------------ */

/* "10.0.0.0/8@12", "AA:BB:CC:DD:EE:FF": one text for one member, however it is
 * written. STR_NONE: it is none. */
static struct str canonical(struct str member, bool *cut, struct arena *a)
{
    struct str vlan = member;
    struct str address = str_until(&vlan, '@');
    char text[IP_TEXT_MAX + 4];
    struct prefix prefix;
    struct mac mac;
    uint64_t number = 0;

    *cut = false;
    if (vlan.n > 0 && (!str_to_u64(vlan, &number) || number > 4095))
        return STR_NONE;
    if (mac_parse(address, &mac) && number == 0) {
        mac_text(&mac, text);
        return arena_str(a, str_of(text));
    }
    if (!prefix_parse(address, &prefix, cut))
        return STR_NONE;
    ip_text(&prefix.ip, text);
    if (prefix.bits < (prefix.ip.v4 ? 32u : 128u))
        snprintf(text + strlen(text), 5, "/%u", prefix.bits);
    return vlan.n == 0
               ? arena_str(a, str_of(text))
               : arena_printf(a, "%s@%llu", text, (unsigned long long)number);
}

/* As ntopng means it: no VLAN is VLAN 0. A MAC has none. */
static struct str member_of(struct str text, bool *cut, struct arena *a)
{
    struct str c = canonical(text, cut, a);
    struct mac mac;

    if (c.n == 0 || str_find(c, '@') < c.n || mac_parse(c, &mac))
        return c;
    return arena_printf(a, "%.*s@0", STR_ARG(c));
}

static bool member_claim(struct reading *r, struct str member, struct str text,
                         const char *pool)
{
    const char *other = hash_get(&r->members, member);

    if (other == NULL) {
        hash_put(&r->members, member, (void *)(uintptr_t)pool);
        return true;
    }
    if (strcmp(other, pool) != 0)
        import_say(r->out, IMPORT_LEFT, "pool", r->pool,
                   "member %.*s: it is in pool \"%s\" already, and a "
                   "member is in one pool only",
                   STR_ARG(text), other);
    return false;
}

static void member_read(struct reading *r, const struct json *j,
                        const char *pool, struct json_list *to)
{
    struct str text = str_first(json_text(j), utf8_cut(json_text(j), 100));
    struct str member;
    bool cut;

    if (!json_is(j, JSON_STRING)) {
        import_say(r->out, IMPORT_LEFT, "pool", r->pool, "a member that is %s",
                   json_type_name(j->type));
        return;
    }
    member = member_of(json_text(j), &cut, r->a);
    if (member.n == 0) {
        import_say(r->out, IMPORT_LEFT, "pool", r->pool,
                   "member %.*s: not an address, a prefix or a MAC",
                   STR_ARG(text));
        return;
    }
    if (cut)
        import_say(r->out, IMPORT_ADJUSTED, "pool", r->pool,
                   "member %.*s: it is the network %.*s here", STR_ARG(text),
                   STR_ARG(member));
    if (member_claim(r, member, text, pool))
        json_list_add(to, r->a, STR_NONE, json_new_string(r->a, member));
}

/* --- pools -------------------------------------------------------------- */

static void number_add(struct reading *r, const struct json *pool,
                       const char *name, struct json_list *to)
{
    int64_t number;
    struct str key;
    const char *other;

    if (!json_i64(json_get(pool, "pool_id"), &number) || number < 0 ||
        number > UINT16_MAX)
        return; /* then its alerts are told apart by their addresses only */
    key = arena_printf(r->a, "%lld", (long long)number);
    other = hash_get(&r->numbers, key);
    if (other != NULL && strcmp(other, name) != 0) {
        import_say(r->out, IMPORT_ADJUSTED, "pool", r->pool,
                   "taken without its number %lld, which pool "
                   "\"%s\" has",
                   (long long)number, other);
        return;
    }
    hash_put(&r->numbers, key, (void *)(uintptr_t)name);
    json_list_add(to, r->a, STR("ntopng_id"), json_new_i64(r->a, number));
}

static void pool_add(struct reading *r, struct str name,
                     const struct json_list *members, const struct json *pool)
{
    struct json_list object = {0};

    json_list_add(&object, r->a, STR("members"), json_new_array(r->a, members));
    number_add(r, pool, name.p, &object);
    import_add(r->out, OBJECT_POOL, name, &object, r->pool,
               arena_printf(r->a, "%u members", members->count));
}

/* Whether the pool of this name is to be read at all. */
static bool name_is_free(struct reading *r, struct str name)
{
    if (name.n == 0 || str_is_nocase(name, POOL_DEFAULT)) {
        import_say(r->out, IMPORT_LEFT, "pool", r->pool,
                   "no name that could be used here");
        return false;
    }
    if (hash_get(&r->names, name) != NULL) {
        import_say(r->out, IMPORT_LEFT, "pool", r->pool,
                   "the file has another pool that is \"%.*s\" here",
                   STR_ARG(name));
        return false;
    }
    return import_may(r->out, OBJECT_POOL, name, r->pool);
}

static void pool_read(struct reading *r, const struct json *pool)
{
    const struct json *members = json_get(pool, "members");
    const struct json *told = json_get(pool, "recipients");
    struct json_list list = {0};
    struct str name;

    r->pool = json_text(json_get(pool, "name"));
    r->pool = str_first(r->pool, utf8_cut(r->pool, 100));
    if (json_i64_or(json_get(pool, "pool_id"), -1) == 0)
        return; /* Default: every host in no other, here as there */
    name = import_name(r->pool, r->a);
    if (!name_is_free(r, name))
        return;
    hash_put(&r->names, name, (void *)(uintptr_t)name.p);
    if (!str_eq(name, r->pool))
        import_say(r->out, IMPORT_ADJUSTED, "pool", r->pool,
                   "it is called \"%.*s\" here", STR_ARG(name));
    for (const struct json *m = members ? members->first : NULL; m; m = m->next)
        member_read(r, m, name.p, &list);
    if (told != NULL && told->count > 0)
        import_say(r->out, IMPORT_LEFT, "pool", r->pool,
                   "its %u recipients: here a recipient names its "
                   "pools, in host_pools",
                   told->count);
    pool_add(r, name, &list, pool);
}

/* --- the file ----------------------------------------------------------- */

static bool is_replaced(const struct reading *r, const struct json *pools,
                        struct str name)
{
    struct arena a freed_by(arena_release) = {0};

    for (const struct json *p = pools->first; r->out->replace && p; p = p->next)
        if (str_eq(import_name(json_text(json_get(p, "name")), &a), name))
            return true;
    return false;
}

/* Members and numbers of what stays as it is are not to be had. */
static void claim_ours(struct reading *r, const struct json *pools)
{
    for (size_t i = 0; r->out->now != NULL && i < r->out->now->pool_count;
         i++) {
        const struct pool *p = &r->out->now->pool_list[i];
        const char *name = arena_c(r->a, p->name);
        bool cut;

        if (is_replaced(r, pools, p->name))
            continue;
        for (size_t k = 0; k < p->member_count; k++)
            hash_put(&r->members, canonical(p->members[k], &cut, r->a),
                     (void *)(uintptr_t)name);
        if (p->ntopng_id >= 0)
            hash_put(&r->numbers,
                     arena_printf(r->a, "%lld", (long long)p->ntopng_id),
                     (void *)(uintptr_t)name);
    }
}

/* What else is in the file; an empty table is a list to ntopng's writer. */
static void others_say(struct reading *r, const struct json *object,
                       const char *ours)
{
    for (const struct json *m = object ? object->first : NULL; m; m = m->next)
        if (!str_is(m->name, ours) && m->count > 0)
            import_say(r->out, IMPORT_LEFT, "pool", r->pool,
                       "\"%.*s\": only host pools are taken",
                       STR_ARG(str_first(m->name, utf8_cut(m->name, 60))));
}

static const struct json *pools_in(struct reading *r, const struct json *file)
{
    const struct json *rsp = json_get(file, "rsp");
    const struct json *inside = rsp != NULL ? rsp : file;
    const struct json *modules = json_get(inside, "modules");
    const struct json *pool = json_get(modules, "pool");

    if (json_is(inside, JSON_ARRAY))
        return inside;
    others_say(r, modules, "pool");
    others_say(r, pool, "host");
    return json_get(pool, "host");
}

static void reading_release(struct reading *r)
{
    hash_release(&r->members);
    hash_release(&r->names);
    hash_release(&r->numbers);
}

bool ntopng_pools_read(const struct json *file, struct import *out,
                       struct error *err)
{
    struct reading r freed_by(reading_release) = {.a = out->a, .out = out};
    const struct json *pools = pools_in(&r, file);

    if (!json_is(pools, JSON_ARRAY))
        return error_set(err, "this is not ntopng's export of its pools: "
                              "modules, pool, host is not there");
    if (pools->count > POOLS_MAX)
        return error_set(err, "%u pools; at most %d are taken", pools->count,
                         POOLS_MAX);
    claim_ours(&r, pools);
    for (const struct json *p = pools->first; p != NULL; p = p->next) {
        if (!json_is(p, JSON_OBJECT))
            return error_set(err,
                             "a pool is an object with name and members, "
                             "not %s",
                             json_type_name(p->type));
        pool_read(&r, p);
    }
    return true;
}
