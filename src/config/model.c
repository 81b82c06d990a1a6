/* model.c -- the objects while a change is worked out: finding them. */
#include "config/model.h"

#include "base/limits.h"
#include "config/tree.h"

void model_release(struct model *m)
{
    for (size_t k = 0; k < OBJECT_KINDS; k++)
        hash_release(&m->by_name[k]);
}

struct object *model_add(struct model *m, enum object_kind kind, int64_t id,
                         struct str name)
{
    struct object *o = arena_new(m->arena, sizeof(*o));

    o->kind = kind;
    o->id = id;
    o->name = arena_str(m->arena, name);
    if (m->last[kind] != NULL)
        m->last[kind]->next = o;
    else
        m->first[kind] = o;
    m->last[kind] = o;
    hash_put(&m->by_name[kind], o->name, o);
    return o;
}

struct object *model_find(const struct model *m, enum object_kind kind,
                          struct str name)
{
    return hash_get(&m->by_name[kind], name);
}

const struct endpoint_type *model_type(const struct model *m,
                                       enum object_kind kind,
                                       const struct json *json)
{
    if (kind == OBJECT_RECIPIENT) {
        const struct object *endpoint = model_find(
            m, OBJECT_ENDPOINT, json_text(json_get(json, "endpoint")));

        if (endpoint == NULL)
            return NULL;
        json = endpoint->json;
    }
    return endpoint_type_find(json_text(json_get(json, "type")));
}

const struct field *model_rows(const struct model *m, enum object_kind kind,
                               const struct json *json)
{
    const struct endpoint_type *type;

    switch (kind) {
    case OBJECT_ENDPOINT:
        type = model_type(m, kind, json);
        return type != NULL ? type->endpoint_fields : NULL;
    case OBJECT_RECIPIENT:
        type = model_type(m, kind, json);
        return type != NULL ? type->recipient_fields : NULL;
    case OBJECT_SETTINGS:
        return settings_fields;
    case OBJECT_POOL:
    case OBJECT_SILENCE:
        break;
    }
    return NULL;
}

static const char *nearest_object(const struct model *m, enum object_kind kind,
                                  struct str name)
{
    const char **names =
        arena_array(m->arena, m->by_name[kind].count + 1, sizeof(*names));
    size_t n = 0;

    for (const struct object *o = m->first[kind]; o != NULL; o = o->next)
        if (!o->gone)
            names[n++] = arena_c(m->arena, o->name);
    return str_nearest(name, names);
}

bool model_not_found(const struct model *m, enum object_kind kind,
                     struct str name, struct error *err)
{
    const char *near = nearest_object(m, kind, name);
    struct str shown = str_first(name, utf8_cut(name, 100));

    return error_set(err, "no %s named \"%.*s\"%s%s%s", object_kind_name(kind),
                     STR_ARG(shown), near != NULL ? "; there is \"" : "",
                     near != NULL ? near : "", near != NULL ? "\"" : "");
}

bool object_is_new(const struct object *o)
{
    return o->was.json == NULL;
}

bool object_changed(const struct object *o)
{
    return object_is_new(o) || o->gone || !str_eq(o->name, o->was.name) ||
           !tree_same(o->json, o->was.json);
}

bool object_moved(const struct object *o)
{
    return !object_changed(o) && !str_eq(o->managed_by, o->was.managed_by);
}
