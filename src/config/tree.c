/* tree.c -- small changes to JSON objects, as new objects in an arena. */
#include "config/tree.h"

#include "base/limits.h"

const struct json *tree_get(const struct json *object, struct str name)
{
    if (!json_is(object, JSON_OBJECT))
        return NULL;
    for (const struct json *m = object->first; m != NULL; m = m->next)
        if (str_eq(m->name, name))
            return m;
    return NULL;
}

const struct json *tree_put(const struct json *object, struct str name,
                            const struct json *value, struct arena *a)
{
    struct json_list members = {0};
    bool put = value == NULL;

    if (json_is(object, JSON_OBJECT))
        for (const struct json *m = object->first; m != NULL; m = m->next) {
            if (!str_eq(m->name, name)) {
                json_list_add(&members, a, m->name, m);
            } else if (!put) {
                json_list_add(&members, a, name, value);
                put = true;
            }
        }
    if (!put)
        json_list_add(&members, a, name, value);
    return json_new_object(a, &members);
}

static bool same_at(const struct json *x, const struct json *y, unsigned depth);

static bool same_elements(const struct json *x, const struct json *y,
                          unsigned depth)
{
    const struct json *other = y->first;

    for (const struct json *e = x->first; e != NULL;
         e = e->next, other = other->next)
        if (!same_at(e, other, depth))
            return false;
    return true;
}

/* Names are not doubled within an object, so that one direction is enough. */
static bool same_members(const struct json *x, const struct json *y,
                         unsigned depth)
{
    for (const struct json *m = x->first; m != NULL; m = m->next)
        if (!same_at(m, tree_get(y, m->name), depth))
            return false;
    return true;
}

static bool same_at(const struct json *x, const struct json *y, unsigned depth)
{
    if (x == NULL || y == NULL || depth == 0)
        return x == y;
    if (x->type != y->type || x->count != y->count)
        return false;
    switch (x->type) {
    case JSON_NULL:
        return true;
    case JSON_BOOL:
        return x->truth == y->truth;
    case JSON_NUMBER:
    case JSON_STRING:
        return str_eq(x->text, y->text);
    case JSON_ARRAY:
        return same_elements(x, y, depth - 1);
    case JSON_OBJECT:
        return same_members(x, y, depth - 1);
    }
    return false;
}

bool tree_same(const struct json *x, const struct json *y)
{
    return same_at(x, y, JSON_DEPTH_MAX + 1);
}
