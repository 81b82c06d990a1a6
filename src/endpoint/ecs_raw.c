/* ecs_raw.c -- the alert as it is, under names that a mapping takes. */
#include "endpoint/ecs_raw.h"

#include "base/hash.h"

static bool is_safe(struct str name)
{
    return str_trim(name).n > 0 && str_find(name, '.') == name.n;
}

static struct str made_safe(struct arena *arena, struct str name)
{
    char *out;

    if (str_trim(name).n == 0)
        return STR("_");
    out = arena_new(arena, name.n);
    for (size_t i = 0; i < name.n; i++)
        out[i] = name.p[i] == '.' ? '_' : name.p[i];
    return (struct str){out, name.n};
}

static bool all_safe(const struct json *object)
{
    const struct json *m = object->first;

    while (m != NULL && is_safe(m->name))
        m = m->next;
    return m == NULL;
}

/* A name that is made safe must not meet one that is there: `taken`. Of two that
 * would become the same the second stays. */
static struct str name_of(struct arena *arena, struct str name,
                          struct hash *taken)
{
    struct str safe;

    if (is_safe(name))
        return name;
    safe = made_safe(arena, name);
    if (alert_is_member(safe) || hash_get(taken, safe) != NULL)
        return name;
    hash_put(taken, safe, arena);
    return safe;
}

static const struct json *renamed(struct arena *arena, const struct json *j);

static const struct json *object_renamed(struct arena *arena,
                                         const struct json *object)
{
    struct hash taken freed_by(hash_release) = {0};
    bool safe = all_safe(object);
    struct json_list l = {0};

    for (const struct json *m = object->first; m != NULL && !safe; m = m->next)
        hash_put(&taken, m->name, arena);
    for (const struct json *m = object->first; m != NULL; m = m->next)
        json_list_add(&l, arena, name_of(arena, m->name, &taken),
                      renamed(arena, m));
    return json_new_object(arena, &l);
}

static const struct json *array_renamed(struct arena *arena,
                                        const struct json *array)
{
    struct json_list l = {0};

    for (const struct json *m = array->first; m != NULL; m = m->next)
        json_list_add(&l, arena, STR_NONE, renamed(arena, m));
    return json_new_array(arena, &l);
}

/* Only as deep as alert_check() lets facts be. */
static const struct json *renamed(struct arena *arena, const struct json *j)
{
    if (json_is(j, JSON_OBJECT))
        return object_renamed(arena, j);
    return json_is(j, JSON_ARRAY) ? array_renamed(arena, j) : j;
}

void ecs_raw_write(const struct alert *a, struct arena *arena,
                   struct json_out *o)
{
    struct alert safe = *a;

    safe.line = STR_NONE;
    safe.facts = renamed(arena, a->facts);
    out_object(o, "alert");
    alert_write(&safe, o);
    out_object_end(o);
}
