/* admin_inhibitions.c -- /api/v1/inhibitions. */
#include "admin/objects.h"
#include "config/inhibition.h"

static size_t count(const struct snapshot *s)
{
    return s->holds.inhibitions.n;
}

static struct str name_of(const struct snapshot *s, size_t i)
{
    return s->holds.inhibitions.v[i].name;
}

static int64_t revision_of(const struct snapshot *s, size_t i)
{
    return s->holds.inhibitions.v[i].revision;
}

static void write(const struct resource *r unused, const struct snapshot *s,
                  size_t i, struct json_out *o, const char *name)
{
    inhibition_write(&s->holds.inhibitions.v[i], o, name);
}

#define PATH "/api/v1/inhibitions"

static const struct route routes[] = {
    OBJECT_ROUTES(PATH),
    {.method = NULL},
};

void admin_inhibitions(struct admin *a)
{
    a->inhibitions = (struct resource){
        .admin = a,
        .kind = OBJECT_INHIBITION,
        .path = PATH,
        .count = count,
        .name = name_of,
        .revision = revision_of,
        .write = write,
    };
    httpd_routes(a->with.httpd, routes, &a->inhibitions);
}
