/* admin_schema.c -- /api/v1/schema/endpoint-types: the option tables, for forms. */
#include "admin/params.h"
#include "admin/reply.h"

static void types_get(void *admin, struct exchange *x)
{
    static const char *const no_params[] = {NULL};
    struct reply reply freed_by(reply_release) = {0};

    if (!params_known(admin, x, no_params))
        return;
    reply_init(&reply);
    schema_write(&reply.out, NULL);
    reply_send(&reply, x, 200);
}

static const struct route routes[] = {
    {"GET", "/api/v1/schema/endpoint-types", ACCESS_READ, 0, types_get},
    {.method = NULL},
};

void admin_schema(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
