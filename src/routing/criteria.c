/* criteria.c -- a recipient's delivery criteria, from JSON and back. */
#include "routing/routing.h"

#include "base/limits.h"

#define CRITERION_VALUES_MAX 10000

const char *const criteria_names[] = {
    "minimum_severity", "categories", "entities", "types", "host_pools",
    "am_hosts",         "filter",     NULL,
};

/* How one value of a list is checked and made canonical. */
typedef bool value_fn(struct str *value, struct error *err);

static bool value_word(struct str *value, struct error *err)
{
    if (value->n == 0 || value->n > ALERT_ENTITY_VALUE_MAX)
        return error_set(err, "must have 1 to %d bytes, not %zu",
                         ALERT_ENTITY_VALUE_MAX, value->n);
    return true;
}

static bool value_entity(struct str *value, struct error *err)
{
    enum entity entity;
    const char *near;

    if (entity_parse(*value, &entity)) {
        *value = str_of(entity_name(entity));
        return true;
    }
    near = str_nearest(*value, entity_names);
    return error_set(err, "\"%.*s\" is not an entity; %s%s", STR_ARG(*value),
                     near ? "did you mean " : "there are host, flow, am_host ...",
                     near ? near : "");
}

static bool list_read(const struct json *j, value_fn *check, struct arena *a,
                      struct criterion *out, struct error *err)
{
    size_t i = 0;

    out->any = j == NULL || json_is(j, JSON_NULL) || str_is(json_text(j), "any");
    if (out->any)
        return true;
    if (!json_is(j, JSON_ARRAY))
        return error_set(err, "must be a list of words, \"any\" or null, not %s",
                         json_type_name(j->type));
    if (j->count > CRITERION_VALUES_MAX)
        return error_set(err, "has %u values; at most %d are taken", j->count,
                         CRITERION_VALUES_MAX);
    out->v = arena_array(a, MAX(j->count, 1u), sizeof *out->v);
    for (const struct json *e = j->first; e != NULL; e = e->next, i++) {
        struct str value = json_text(e);

        if (!json_is(e, JSON_STRING))
            error_set(err, "must be a word, not %s", json_type_name(e->type));
        else if (check(&value, err))
            out->v[out->n++] = arena_str(a, value);
        if (out->n != i + 1)
            return error_at_index(err, i);
    }
    return true;
}

static bool severity_read(const struct json *j, enum severity *out,
                          struct error *err)
{
    int64_t number;
    const char *near;

    *out = SEVERITY_NONE;
    if (j == NULL || json_is(j, JSON_NULL) || str_is(json_text(j), "any"))
        return true;
    if (json_i64(j, &number) && severity_from_number(number, out))
        return true;
    if (json_is(j, JSON_STRING) && severity_parse(json_text(j), out))
        return true;
    near = str_nearest(json_text(j), severity_names);
    return error_set(err, "\"%.*s\" is not a severity; %s%s",
                     STR_ARG(json_text(j)),
                     near ? "did you mean "
                          : "there are info, notice, warning, error, critical, "
                            "emergency",
                     near ? near : "");
}

/* null, "" and a member that is not there are all no filter. */
static bool filter_read(const struct json *j, struct arena *a,
                        struct criteria *out, struct error *err)
{
    if (j == NULL || json_is(j, JSON_NULL) ||
        (json_is(j, JSON_STRING) && j->text.n == 0))
        return true;
    if (!json_is(j, JSON_STRING))
        return error_set(err, "must be a filter like \"severity>=warning and "
                              "ip=10.0.0.0/8\", not %s",
                         json_type_name(j->type));
    out->filter_text = arena_str(a, json_text(j));
    out->filter = filter_parse(out->filter_text, a, NULL, err);
    return out->filter != NULL;
}

bool criteria_read(const struct json *object, struct arena *a,
                   struct criteria *out, struct error *err)
{
    struct {
        const char *name;
        value_fn *check;
        struct criterion *into;
    } lists[] = {
        {"categories", value_word, &out->categories},
        {"entities", value_entity, &out->entities},
        {"types", value_word, &out->types},
        {"host_pools", value_word, &out->host_pools},
        {"am_hosts", value_word, &out->am_hosts},
    };

    memset(out, 0, sizeof *out);
    if (!severity_read(json_get(object, "minimum_severity"),
                       &out->minimum_severity, err))
        return error_at(err, "minimum_severity");
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        if (!list_read(json_get(object, lists[i].name), lists[i].check, a,
                       lists[i].into, err))
            return error_at(err, lists[i].name);
    return filter_read(json_get(object, "filter"), a, out, err) ||
           error_at(err, "filter");
}

static void list_write(const struct criterion *c, const char *name,
                       struct json_out *o)
{
    if (c->any) {
        out_null(o, name);
        return;
    }
    out_array(o, name);
    for (size_t i = 0; i < c->n; i++)
        out_str(o, NULL, c->v[i]);
    out_array_end(o);
}

void criteria_write(const struct criteria *c, struct json_out *o)
{
    if (c->minimum_severity == SEVERITY_NONE)
        out_null(o, "minimum_severity");
    else
        out_text(o, "minimum_severity", severity_name(c->minimum_severity));
    list_write(&c->categories, "categories", o);
    list_write(&c->entities, "entities", o);
    list_write(&c->types, "types", o);
    list_write(&c->host_pools, "host_pools", o);
    list_write(&c->am_hosts, "am_hosts", o);
    if (c->filter == NULL)
        out_null(o, "filter");
    else
        out_str(o, "filter", c->filter_text);
}
