/* build_endpoints.c -- the endpoints of a snapshot. */
#include "config/build.h"

/* Names of the types one may choose, for "did you mean". */
static const char *nearest_type(struct str word, struct arena *a)
{
    size_t n = 0, kept = 0;
    const char **names;

    while (endpoint_types[n] != NULL)
        n++;
    names = arena_array(a, n + 1, sizeof(*names));
    for (size_t i = 0; i < n; i++)
        if (!endpoint_types[i]->builtin)
            names[kept++] = endpoint_types[i]->name;
    return str_nearest(word, names);
}

static bool type_unknown(struct build *b, const struct object *o)
{
    const struct json *type = json_get(o->json, "type");
    struct str word = json_text(type);
    const char *near = nearest_type(word, b->a);

    if (word.n == 0)
        error_set(b->err, "needs a type: the name of an endpoint type, as "
                          "\"email\"");
    else
        error_set(b->err, "there is no endpoint type \"%.*s\"%s%s%s",
                  STR_ARG(str_first(word, utf8_cut(word, 100))),
                  near != NULL ? "; did you mean \"" : "",
                  near != NULL ? near : "", near != NULL ? "\"?" : "");
    error_at(b->err, "type");
    error_in(b->err, "endpoint \"%.*s\"", STR_ARG(o->name));
    return build_failed(b, o->edit, CONFIG_INVALID);
}

static bool endpoint_params(struct build *b, const struct object *o,
                            struct endpoint *e)
{
    struct params p = {
        .rows = e->type->endpoint_fields,
        .given = json_get(o->json, "params"),
        .size = e->type->endpoint_size,
        .touched = o->edit != 0,
    };
    bool right = build_params(b, &p);

    if (right && p.fault.n == 0 && e->type->check != NULL &&
        !e->type->check(p.out, NULL, b->err))
        right = build_fault(b, &p);
    if (!right) {
        error_at(b->err, "params");
        object_blame(b->err, o->kind, o->name);
        return build_failed(b, o->edit, CONFIG_INVALID);
    }
    e->params = p.out;
    e->fault = p.fault;
    e->enabled = e->on && e->fault.n == 0;
    return true;
}

static bool endpoint_build(struct build *b, const struct object *o,
                           struct endpoint *e)
{
    e->id = o->id;
    e->name = arena_str(b->a, o->name);
    e->managed_by = arena_str(b->a, o->managed_by);
    e->revision = o->revision;
    e->type = model_type(b->m, OBJECT_ENDPOINT, o->json);
    if (e->type == NULL || e->type->builtin)
        return type_unknown(b, o);
    return build_enabled(b, o, &e->on) && endpoint_params(b, o, e);
}

static bool endpoint_builtin(struct build *b, struct endpoint *e)
{
    struct params p = {0};

    e->id = ENDPOINT_BUILTIN_ID;
    e->name = STR(ENDPOINT_BUILTIN);
    e->managed_by = STR("builtin");
    e->builtin = e->enabled = e->on = true;
    e->type = endpoint_type_find(e->name);
    assert(e->type != NULL);
    p.rows = e->type->endpoint_fields;
    p.size = e->type->endpoint_size;
    if (!build_params(b, &p))
        return build_failed(b, 0, CONFIG_FAILED);
    e->params = p.out;
    return true;
}

bool build_endpoints(struct build *b)
{
    struct snapshot *s = b->s;
    struct endpoint *e;

    s->endpoints =
        arena_array(b->a, b->m->by_name[OBJECT_ENDPOINT].count + 1, sizeof(*e));
    e = s->endpoints;
    if (!endpoint_builtin(b, e++))
        return false;
    for (const struct object *o = b->m->first[OBJECT_ENDPOINT]; o != NULL;
         o = o->next) {
        if (o->gone)
            continue;
        if (!endpoint_build(b, o, e))
            return false;
        hash_put(&b->endpoints, e->name, e);
        e++;
    }
    s->endpoint_count = (size_t)(e - s->endpoints);
    return true;
}
