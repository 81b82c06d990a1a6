/* declare_mend.c -- goes on behind a mistake: what is wrong is told and taken out of
 * the object, so that the rest of it is looked at, too. */
#include "config/declare_item.h"
#include "config/secret.h"
#include "config/tree.h"

/* What is missing was misspelt: that is told already. */
static bool is_misspelt(const struct declared_item *item, const struct error *err)
{
    const char *last = strrchr(err->place, '/');
    const char *missing[] = {last != NULL ? last + 1 : "", "params", NULL};
    const struct node *in;
    bool found;

    in = node_at(item->node, str_of(err->place), &found);
    if (found || in->type != JSON_OBJECT)
        return false;
    for (const struct node *m = in->first; m != NULL; m = m->next)
        if (!str_is(m->name, "params") && str_nearest(m->name, missing) != NULL)
            return true;
    return false;
}

static void tell(struct declared *d, struct declared_item *item,
                 struct error *err, struct arena *a)
{
    if (!is_misspelt(item, err))
        item_problem(d, a, item, err);
}

const struct field *item_rows(const struct declared_item *item)
{
    static const struct field none[] = {FIELDS_END};
    const struct field *rows;

    if (item->type == NULL)
        return NULL;
    rows = item->kind == OBJECT_ENDPOINT ? item->type->endpoint_fields
                                         : item->type->recipient_fields;
    return rows != NULL ? rows : none;
}

/* One parameter by itself. A reference to a secret is not followed here. */
static bool param_fits(const struct declared_item *item, const struct field *row,
                       const struct json *value, struct arena *a,
                       struct error *err)
{
    const struct field one[] = {*row, FIELDS_END};
    size_t size = item->kind == OBJECT_ENDPOINT ? item->type->endpoint_size
                                                : item->type->recipient_size;
    struct json_list list = {0};

    if (row->secret && secret_is_reference(json_text(value)))
        return true;
    if (value != NULL)
        json_list_add(&list, a, str_of(row->name), value);
    return fields_read(one, json_new_object(a, &list), arena_new(a, size + 1), a,
                       err);
}

/* Tells each that is wrong. False: none is; or one is that must be there, and
 * then nothing more can be looked at (*hopeless). */
static bool params_mend(struct declared *d, struct declared_item *item,
                        const struct json **params, bool *hopeless,
                        struct arena *a)
{
    const struct json *given = *params;
    bool mended = false;

    for (const struct field *f = item_rows(item); f && f->name != NULL; f++) {
        const struct json *value = json_get(given, f->name);
        struct error err = {0};

        if (param_fits(item, f, value, a, &err))
            continue;
        error_at(&err, "params");
        object_blame(&err, item->kind, item->name);
        tell(d, item, &err, a);
        *params = tree_put(*params, str_of(f->name), NULL, a);
        *hopeless |= !f->optional && f->fallback == NULL;
        mended = true;
    }
    return mended && !*hopeless;
}

/* "categories" of "/categories/1"; no member's name has an escape in it. */
static struct str first_segment(const char *pointer, struct str *rest)
{
    *rest = str_from(str_of(pointer), 1);
    return str_until(rest, '/');
}

static bool take_out(const struct json **object, struct str name,
                     struct arena *a)
{
    if (tree_get(*object, name) == NULL || str_is(name, "name") ||
        str_is(name, "type") || str_is(name, "endpoint"))
        return false;
    *object = tree_put(*object, name, NULL, a);
    return true;
}

/* What was wrong and is left out since must be there, so that nothing more can be
 * looked at. */
static bool was_taken_out(const struct declared_item *item, const struct json *object,
                          struct str name)
{
    const struct node *written = node_get(item->node, name);

    return written != NULL && written->type != JSON_NULL &&
           object_knows_member(item->kind, name) && tree_get(object, name) == NULL;
}

bool item_mend(struct declared *d, size_t i, struct error *err, struct arena *a)
{
    struct declared_item *item = &d->items[i];
    const struct json **object = &d->edits[i].object;
    struct str rest;
    struct str name = first_segment(err->place, &rest);
    const struct json *params = tree_get(*object, name);
    bool hopeless = false;

    if (!str_is(name, "params") && was_taken_out(item, *object, name))
        return false;
    if (!str_is(name, "params")) {
        tell(d, item, err, a);
        return take_out(object, name, a);
    }
    if (!params_mend(d, item, &params, &hopeless, a)) {
        if (hopeless)
            return false;
        tell(d, item, err, a); /* they do not go together */
        if (!take_out(&params, str_until(&rest, '/'), a))
            return false;
    }
    *object = tree_put(*object, STR("params"), params, a);
    return true;
}

/* --- warnings ------------------------------------------------------------ */

void declare_warn(struct declared *d, struct arena *a)
{
    struct declared found = {0};

    for (size_t i = 0; i < d->n; i++) {
        struct declared_item *item = &d->items[i];
        struct criteria c;
        struct warning *warnings;
        size_t n = 0;

        if (item->kind == OBJECT_RECIPIENT &&
            criteria_read(item->object, a, &c, NULL))
            n = criteria_warnings(&c, a, &warnings);
        for (size_t k = 0; k < n; k++) {
            struct error said = {0};

            error_set(&said, "recipient \"%.*s\": %.*s", STR_ARG(item->name),
                      STR_ARG(warnings[k].text));
            snprintf(said.place, sizeof said.place, "%.*s",
                     STR_ARG(warnings[k].place));
            item_problem(&found, a, item, &said);
        }
    }
    problems_sort(&found);
    d->warnings = found.problems;
    d->warning_count = found.problem_count;
}

/* --- secrets ------------------------------------------------------------- */

static void secret_check(struct declared *d, struct declared_item *item,
                         const struct field *row, const struct json *value,
                         struct arena *a)
{
    struct error err = {0};
    struct str secret;

    if (!row->secret || !str_starts(json_text(value), "file:") ||
        secret_read(json_text(value), a, &secret, &err))
        return;
    error_at(&err, row->name);
    if (item->kind != OBJECT_SETTINGS)
        error_at(&err, "params");
    object_blame(&err, item->kind, item->name);
    item_problem(d, a, item, &err);
}

void declare_check_secrets(struct declared *d, struct arena *a)
{
    for (size_t i = 0; i < d->n; i++) {
        struct declared_item *item = &d->items[i];
        bool settings = item->kind == OBJECT_SETTINGS;
        const struct field *rows = settings ? settings_fields : item_rows(item);
        const struct json *params =
            settings ? item->object : json_get(item->object, "params");

        for (; rows != NULL && rows->name != NULL; rows++)
            secret_check(d, item, rows, json_get(params, rows->name), a);
    }
    problems_sort(d);
}
