/* admin_schema.c -- /api/v1/schema: the option tables and the fields of filters,
 * for forms. */
#include "admin/params.h"
#include "admin/reply.h"

/* A page asks for its reader's language; one we do not have is English. */
static void types_get(void *admin, struct exchange *x)
{
    static const char *const params[] = {"language", NULL};
    struct reply reply freed_by(reply_release) = {0};

    if (!params_known(admin, x, params))
        return;
    reply_init(&reply);
    schema_write(texts_find(exchange_query(x, "language")), &reply.out, NULL);
    reply_send(&reply, x, 200);
}

static void signs_write(const char *kind, struct json_out *o)
{
    static const char *const signs[] = {"=", "!=", "in", "not in",
                                        "~", "!~", "=~"};
    static const char *const ordered[] = {"<", "<=", ">", ">="};
    bool number = strcmp(kind, "number") == 0;

    out_array(o, "signs");
    for (size_t i = 0; i < (number ? 4 : COUNT_OF(signs)); i++)
        out_text(o, NULL, signs[i]);
    for (size_t i = 0; i < COUNT_OF(ordered); i++)
        if (number || strcmp(kind, "severity") == 0)
            out_text(o, NULL, ordered[i]);
    out_array_end(o);
}

static void filters_get(void *admin, struct exchange *x)
{
    static const char *const no_params[] = {NULL};
    struct reply reply freed_by(reply_release) = {0};
    const char *name, *kind;

    if (!params_known(admin, x, no_params))
        return;
    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_array(&reply.out, "data");
    for (size_t i = 0; filter_field_at(i, &name, &kind); i++) {
        out_object(&reply.out, NULL);
        out_text(&reply.out, "name", name);
        out_text(&reply.out, "kind", kind);
        signs_write(kind, &reply.out);
        out_object_end(&reply.out);
    }
    out_array_end(&reply.out);
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
}

static const struct route routes[] = {
    {"GET", "/api/v1/schema/filters", ACCESS_CONFIG_READ, 0, filters_get},
    {"GET", "/api/v1/schema/endpoint-types", ACCESS_CONFIG_READ, 0, types_get},
    {.method = NULL},
};

void admin_schema(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
