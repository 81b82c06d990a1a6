/* build_pools.c -- the host pools of a snapshot. */
#include "base/limits.h"
#include "config/build.h"

static bool pool_members(struct build *b, const struct object *o,
                         struct pool *pool)
{
    const struct json *list = json_get(o->json, "members");
    struct str *members;

    if (list == NULL)
        return true;
    if (!json_is(list, JSON_ARRAY)) {
        error_set(b->err,
                  "must be a list of addresses, prefixes and MAC "
                  "addresses, not %s",
                  json_type_name(list->type));
        return build_refused(b, o, "members");
    }
    members = arena_array(b->a, list->count + 1, sizeof(*members));
    pool->members = members;
    for (const struct json *e = list->first; e != NULL; e = e->next) {
        if (!json_is(e, JSON_STRING)) {
            error_set(b->err,
                      "must be an address, a prefix or a MAC address "
                      "as a string, not %s",
                      json_type_name(e->type));
            error_at_index(b->err, pool->member_count);
            return build_refused(b, o, "members");
        }
        members[pool->member_count++] = arena_str(b->a, json_text(e));
    }
    return true;
}

/* Two pools with ntopng's one number: whose alert would it be? */
static bool number_is_free(struct build *b, const struct object *o,
                           const struct pool *pool)
{
    for (const struct pool *p = b->s->pool_list; p < pool; p++)
        if (p->ntopng_id == pool->ntopng_id && p->ntopng_id >= 0) {
            error_set(b->err, "is %lld, which is pool \"%.*s\" already",
                      (long long)p->ntopng_id, STR_ARG(p->name));
            return build_refused(b, o, "ntopng_id");
        }
    return true;
}

static bool pool_build(struct build *b, const struct object *o,
                       struct pool *pool)
{
    const struct json *number = json_get(o->json, "ntopng_id");

    pool->id = o->id;
    pool->name = arena_str(b->a, o->name);
    pool->ntopng_id = -1;
    if (number != NULL &&
        (!json_i64(number, &pool->ntopng_id) || pool->ntopng_id < 0 ||
         pool->ntopng_id > UINT16_MAX)) {
        error_set(b->err, "must be ntopng's number of the pool, 0 to %d",
                  UINT16_MAX);
        return build_refused(b, o, "ntopng_id");
    }
    return number_is_free(b, o, pool) && pool_members(b, o, pool);
}

/* The first `n` in an order that has those not edited first. */
struct suspects {
    struct pool *pools;
    const struct object **objects;
    size_t n;
};

static void suspects_add(struct suspects *s, const struct build *b,
                         bool touched)
{
    size_t i = 0;

    for (const struct object *o = b->m->first[OBJECT_POOL]; o; o = o->next) {
        if (o->gone)
            continue;
        if ((o->edit != 0) == touched) {
            s->pools[s->n] = b->s->pool_list[i];
            s->objects[s->n++] = o;
        }
        i++;
    }
}

static bool pools_agree(const struct suspects *s, size_t n, struct error *err)
{
    struct pools *pools = pools_new(s->pools, n, err);

    pools_free(pools);
    return pools != NULL;
}

/* pools_new() names the pool; which edit that is, is found by leaving pools
 * out: what agreed before the edits cannot be to blame. */
static bool pools_blame(struct build *b)
{
    size_t n = b->s->pool_count, low = 1, high = n;
    struct suspects s = {
        .pools = arena_array(b->a, n, sizeof(*s.pools)),
        .objects = arena_array(b->a, n, sizeof(*s.objects)),
    };

    suspects_add(&s, b, false);
    suspects_add(&s, b, true);
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (pools_agree(&s, middle, NULL))
            low = middle + 1;
        else
            high = middle;
    }
    if (pools_agree(&s, low, b->err))
        bug("pools that agree in one order do not in another");
    return build_failed(b, s.objects[low - 1]->edit, CONFIG_INVALID);
}

bool build_pools(struct build *b)
{
    struct snapshot *s = b->s;
    size_t most = b->m->by_name[OBJECT_POOL].count + 1;

    s->pool_list = arena_array(b->a, most, sizeof(*s->pool_list));
    s->pool_origins = arena_array(b->a, most, sizeof(*s->pool_origins));
    for (const struct object *o = b->m->first[OBJECT_POOL]; o; o = o->next) {
        if (o->gone)
            continue;
        if (!pool_build(b, o, &s->pool_list[s->pool_count]))
            return false;
        s->pool_origins[s->pool_count++] = (struct origin){
            .managed_by = arena_str(b->a, o->managed_by),
            .revision = o->revision,
        };
    }
    s->pools = pools_new(s->pool_list, s->pool_count, b->err);
    return s->pools != NULL || pools_blame(b);
}
