/* admin_pools.c -- /api/v1/pools. */
#include "admin/objects.h"

static size_t count(const struct snapshot *s)
{
    return s->pool_count;
}

static struct str name_of(const struct snapshot *s, size_t i)
{
    return s->pool_list[i].name;
}

static int64_t revision_of(const struct snapshot *s, size_t i)
{
    return s->pool_origins[i].revision;
}

static void write(const struct resource *r unused, const struct snapshot *s,
                  size_t i, struct json_out *o, const char *name)
{
    pool_write(s, &s->pool_list[i], o, name);
}

#define PATH "/api/v1/pools"

static const struct route routes[] = {
    OBJECT_ROUTES(PATH),
    {.method = NULL},
};

void admin_pools(struct admin *a)
{
    a->pools = (struct resource){
        .admin = a,
        .kind = OBJECT_POOL,
        .path = PATH,
        .count = count,
        .name = name_of,
        .revision = revision_of,
        .write = write,
    };
    httpd_routes(a->with.httpd, routes, &a->pools);
}
