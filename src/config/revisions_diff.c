/* revisions_diff.c -- what differs between two revisions, by object and member. */
#include "config/config_own.h"
#include "config/revisions.h"
#include "config/tree.h"

struct diff {
    struct model *from, *to; /* in one arena */
    struct json_out *o;
};

/* One member as it was and as it is; NULL: not there. */
struct pair {
    struct str path; /* "minimum_severity", "params/url" */
    const struct json *before, *after;
    bool secret;
};

static void value_write(struct json_out *o, const char *name,
                        const struct json *value)
{
    if (value == NULL)
        out_null(o, name);
    else
        out_tree(o, name, value);
}

static bool list_has(const struct json *list, const struct json *value)
{
    for (const struct json *e = list->first; e != NULL; e = e->next)
        if (tree_same(e, value))
            return true;
    return false;
}

static void list_less(struct json_out *o, const char *name,
                      const struct json *of, const struct json *without)
{
    out_array(o, name);
    for (const struct json *e = of->first; e != NULL; e = e->next)
        if (!list_has(without, e))
            out_tree(o, NULL, e);
    out_array_end(o);
}

/* Lists of so many that looking each up in the other is nothing. */
#define LIST_COMPARED_MAX 2000

static void pair_write(const struct diff *d, const struct pair *p)
{
    bool lists = json_is(p->before, JSON_ARRAY) &&
                 json_is(p->after, JSON_ARRAY) &&
                 p->before->count <= LIST_COMPARED_MAX &&
                 p->after->count <= LIST_COMPARED_MAX;

    out_object(d->o, NULL);
    out_str(d->o, "path", p->path);
    if (p->secret) {
        out_bool(d->o, "secret", true);
    } else if (lists) {
        list_less(d->o, "added", p->after, p->before);
        list_less(d->o, "removed", p->before, p->after);
    } else {
        value_write(d->o, "before", p->before);
        value_write(d->o, "after", p->after);
    }
    out_object_end(d->o);
}

/* Whether the parameter is a secret, as either type has it. */
static bool is_secret(const struct field *was, const struct field *is,
                      struct str name)
{
    const struct field *x = was != NULL ? field_find(was, name) : NULL;
    const struct field *y = is != NULL ? field_find(is, name) : NULL;

    return (x != NULL && x->secret) || (y != NULL && y->secret);
}

struct rows {
    const struct field *was, *is;
};

static void member_diff(const struct diff *d, const struct rows *rows,
                        struct str prefix, const struct json *m,
                        const struct json *before, const struct json *after)
{
    struct pair p = {
        .path = arena_printf(d->to->arena, "%.*s%.*s", STR_ARG(prefix),
                             STR_ARG(m->name)),
        .before = before,
        .after = after,
        .secret = rows != NULL && is_secret(rows->was, rows->is, m->name),
    };

    if (before == NULL || after == NULL || !tree_same(before, after))
        pair_write(d, &p);
}

/* Every member of two objects, those of the later one first. */
static void members_diff(const struct diff *d, const struct rows *rows,
                         struct str prefix, const struct json *before,
                         const struct json *after)
{
    if (json_is(after, JSON_OBJECT))
        for (const struct json *m = after->first; m != NULL; m = m->next)
            if (prefix.n > 0 || !str_is(m->name, "params"))
                member_diff(d, rows, prefix, m, tree_get(before, m->name), m);
    if (json_is(before, JSON_OBJECT))
        for (const struct json *m = before->first; m != NULL; m = m->next)
            if ((prefix.n > 0 || !str_is(m->name, "params")) &&
                tree_get(after, m->name) == NULL)
                member_diff(d, rows, prefix, m, m, NULL);
}

static const struct json *json_of(const struct object *o)
{
    return o != NULL ? o->json : NULL;
}

static void content_diff(const struct diff *d, const struct object *was,
                         const struct object *is)
{
    enum object_kind kind = is != NULL ? is->kind : was->kind;
    struct rows rows = {
        .was = was != NULL ? model_rows(d->from, kind, was->json) : NULL,
        .is = is != NULL ? model_rows(d->to, kind, is->json) : NULL,
    };

    if (kind == OBJECT_SETTINGS) {
        members_diff(d, &rows, STR(""), json_of(was), json_of(is));
        return;
    }
    members_diff(d, NULL, STR(""), json_of(was), json_of(is));
    members_diff(d, &rows, STR("params/"), json_get(json_of(was), "params"),
                 json_get(json_of(is), "params"));
}

static void object_diff(const struct diff *d, const struct object *was,
                        const struct object *is)
{
    const struct object *shown = is != NULL ? is : was;

    if (was != NULL && is != NULL && str_eq(was->name, is->name) &&
        tree_same(was->json, is->json))
        return;
    out_object(d->o, NULL);
    out_text(d->o, "kind", object_kind_name(shown->kind));
    out_str(d->o, "name", shown->name);
    if (was != NULL && is != NULL && !str_eq(was->name, is->name))
        out_str(d->o, "was_name", was->name);
    out_text(d->o, "change", was == NULL  ? "created"
                             : is == NULL ? "deleted"
                                          : "changed");
    out_array(d->o, "members");
    content_diff(d, was, is);
    out_array_end(d->o);
    out_object_end(d->o);
}

static const struct object *there(const struct object *o)
{
    while (o != NULL && o->gone)
        o = o->next;
    return o;
}

/* Both are in the order of ids. */
static void kind_diff(const struct diff *d, enum object_kind kind)
{
    const struct object *was = d->from->first[kind];
    const struct object *is = there(d->to->first[kind]);

    while (was != NULL || is != NULL) {
        bool only_was = is == NULL || (was != NULL && was->id < is->id);
        bool only_is = was == NULL || (is != NULL && is->id < was->id);

        object_diff(d, only_is ? NULL : was, only_was ? NULL : is);
        was = only_is ? was : was->next;
        is = only_was ? is : there(is->next);
    }
}

void models_diff(struct model *from, struct model *to, struct json_out *o,
                 const char *name)
{
    struct diff d = {from, to, o};

    out_array(o, name);
    for (size_t k = 0; k < OBJECT_KINDS; k++)
        kind_diff(&d, (enum object_kind)k);
    out_array_end(o);
}

static bool ends_load(struct config *c, struct model *from, int64_t from_n,
                      struct model *to, int64_t to_n, struct error *err)
{
    return model_load_at(from, c->db, c->seal, from_n, err) &&
           model_load_at(to, c->db, c->seal, to_n, err);
}

enum config_result revisions_diff(struct config *c, int64_t from, int64_t to,
                                  struct json_out *o, const char *name,
                                  struct error *err)
{
    struct arena a freed_by(arena_release) = {0};
    struct model was freed_by(model_release) = {.arena = &a};
    struct model is freed_by(model_release) = {.arena = &a};
    enum config_result result = revision_is_kept(c, from, err);

    if (result == CONFIG_OK)
        result = revision_is_kept(c, to, err);
    if (result != CONFIG_OK)
        return result;
    if (!ends_load(c, &was, from, &is, to, err))
        return CONFIG_FAILED;
    models_diff(&was, &is, o, name);
    return CONFIG_OK;
}
