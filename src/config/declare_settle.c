/* declare_settle.c -- declared items into the objects that edits carry: a plain
 * scalar is what the field it is for says. */
#include "base/hash.h"
#include "config/declare_item.h"
#include "config/tree.h"

struct settling {
    struct declared *d;
    const struct snapshot *now; /* NULL: nothing is there */
    struct arena *a;
    struct hash endpoints; /* declared ones, by name */
};

static const struct endpoint_type *
endpoint_item_type(const struct declared_item *item)
{
    const struct node *type = node_get(item->node, STR("type"));

    return type != NULL ? endpoint_type_find(type->text) : NULL;
}

/* Of an endpoint, or of the endpoint of a recipient; NULL: not known. */
static const struct endpoint_type *item_type(const struct settling *s,
                                             const struct declared_item *item)
{
    const struct declared_item *declared;
    const struct endpoint *endpoint;
    const struct node *name;

    if (item->kind == OBJECT_ENDPOINT)
        return endpoint_item_type(item);
    name = node_get(item->node, STR("endpoint"));
    if (name == NULL)
        return NULL;
    declared = hash_get(&s->endpoints, name->text);
    if (declared != NULL)
        return endpoint_item_type(declared);
    endpoint = s->now != NULL ? snapshot_endpoint(s->now, name->text) : NULL;
    return endpoint != NULL ? endpoint->type : NULL;
}

void member_is_empty(const struct node *m, struct error *err)
{
    error_set(err, "\"%.*s\" has no value: give it one, or take the line out",
              STR_ARG(m->name));
}

static void params_check(const struct settling *s, struct declared_item *item,
                         const struct node *params, const struct field *rows)
{
    if (params->type != JSON_OBJECT)
        return;
    for (const struct node *m = params->first; m != NULL; m = m->next) {
        struct error err = {0};

        if (m->type == JSON_NULL)
            member_is_empty(m, &err);
        else if (field_find(rows, m->name) == NULL)
            object_unknown_param(rows, item->kind, item->name, m->name, &err);
        else
            continue;
        problem_add(s->a, s->d, item->source, m->at, str_of(err.text));
    }
}

/* A member that was told to be wrong is left out, so that the rest is looked at. */
static const struct json *params_json(const struct settling *s,
                                      const struct node *params,
                                      const struct field *rows)
{
    const struct json *all = node_params(params, rows, s->a);

    if (rows == NULL || params->type != JSON_OBJECT)
        return all;
    for (const struct node *m = params->first; m != NULL; m = m->next)
        if (m->type == JSON_NULL || field_find(rows, m->name) == NULL)
            all = tree_put(all, m->name, NULL, s->a);
    return all;
}

static bool is_flag(struct str member)
{
    return str_is(member, "enabled") || str_is(member, "until_resolved");
}

static bool is_number(struct str member)
{
    const struct field *f = field_find(pace_fields, member);

    return str_is(member, "ntopng_id") ||
           (f != NULL && (f->type == FIELD_NUMBER || f->type == FIELD_DURATION));
}

static const struct json *member_json(const struct settling *s,
                                      const struct node *m,
                                      const struct field *rows)
{
    if (str_is(m->name, "params"))
        return params_json(s, m, rows);
    if (is_flag(m->name))
        return node_bool(m, s->a);
    if (is_number(m->name))
        return node_number(m, s->a);
    return node_json(m, s->a);
}

static const struct json *item_json(const struct settling *s,
                                    const struct declared_item *item,
                                    const struct field *rows)
{
    struct json_list members = {0};

    if (item->kind == OBJECT_SETTINGS)
        return params_json(s, item->node, settings_fields);
    for (const struct node *m = item->node->first; m != NULL; m = m->next)
        if (m->type != JSON_NULL && object_knows_member(item->kind, m->name))
            json_list_add(&members, s->a, m->name, member_json(s, m, rows));
    return json_new_object(s->a, &members);
}

static void item_settle(struct settling *s, size_t i)
{
    struct declared_item *item = &s->d->items[i];
    const struct node *params = node_get(item->node, STR("params"));
    const struct field *rows = NULL;

    if (item->kind == OBJECT_ENDPOINT || item->kind == OBJECT_RECIPIENT) {
        item->type = item_type(s, item);
        rows = item_rows(item);
    } else {
        item->settled = true;
    }
    if (rows != NULL) {
        item->settled = true;
        if (params != NULL)
            params_check(s, item, params, rows);
    }
    item->object = item_json(s, item, rows);
    s->d->edits[i].object = item->object;
}

void items_settle(struct declared *d, const struct snapshot *now,
                  struct arena *a)
{
    struct settling s = {.d = d, .now = now, .a = a};

    for (size_t i = 0; i < d->n; i++)
        if (d->items[i].kind == OBJECT_ENDPOINT)
            hash_put(&s.endpoints, d->items[i].name, &d->items[i]);
    for (size_t i = 0; i < d->n; i++)
        if (!d->items[i].settled)
            item_settle(&s, i);
    hash_release(&s.endpoints);
}
