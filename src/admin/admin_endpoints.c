/* admin_endpoints.c -- /api/v1/endpoints. */
#include "admin/objects.h"
#include "admin/testing.h"

static size_t count(const struct snapshot *s)
{
    return s->endpoint_count;
}

static struct str name_of(const struct snapshot *s, size_t i)
{
    return s->endpoints[i].name;
}

static int64_t revision_of(const struct snapshot *s, size_t i)
{
    return s->endpoints[i].revision;
}

static void write(const struct resource *r unused, const struct snapshot *s,
                  size_t i, struct json_out *o, const char *name)
{
    endpoint_write(&s->endpoints[i], o, name);
}

static void test(void *resource, struct exchange *x)
{
    const struct resource *r = resource;
    struct str name = exchange_segment(x, "name");
    const struct endpoint *e =
        snapshot_endpoint(config_now(r->admin->with.config), name);

    if (e == NULL)
        objects_not_found(r, x, name);
    else
        testing_send(r->admin, x, e, NULL);
}

#define PATH "/api/v1/endpoints"

static const struct route routes[] = {
    OBJECT_ROUTES(PATH),
    {"POST", PATH "/{name}/test", ACCESS_CONFIG_WRITE, ADMIN_BODY_MAX, test},
    {.method = NULL},
};

void admin_endpoints(struct admin *a)
{
    a->endpoints = (struct resource){
        .admin = a,
        .kind = OBJECT_ENDPOINT,
        .path = PATH,
        .count = count,
        .name = name_of,
        .revision = revision_of,
        .write = write,
    };
    httpd_routes(a->with.httpd, routes, &a->endpoints);
}
