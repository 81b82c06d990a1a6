/* draft.c -- an endpoint that is not stored. */
#include "config/draft.h"

#include "config/build.h"

const struct field *script_field(const struct endpoint_type *type)
{
    for (const struct field *f = type->endpoint_fields; f->name != NULL; f++)
        if (f->format != NULL && strcmp(f->format, "script") == 0)
            return f;
    return NULL;
}

/* The type's rows, in which the script may be absent. */
static const struct field *draft_rows(const struct endpoint_type *type,
                                      struct arena *a)
{
    const struct field *script = script_field(type);
    size_t n = 0;
    struct field *rows;

    if (script == NULL)
        return type->endpoint_fields;
    while (type->endpoint_fields[n].name != NULL)
        n++;
    rows = arena_array(a, n + 1, sizeof(*rows));
    memcpy(rows, type->endpoint_fields, (n + 1) * sizeof(*rows));
    rows[script - type->endpoint_fields].optional = true;
    return rows;
}

static bool draft_params(const struct endpoint_type *type,
                         const struct json *given, struct arena *a,
                         const void **out, struct error *err)
{
    struct build b = {.a = a, .strict = true, .err = err};
    struct params p = {
        .rows = draft_rows(type, a),
        .given = given,
        .size = type->endpoint_size,
        .touched = true,
    };

    *out = NULL;
    if (!build_params(&b, &p))
        return false;
    *out = p.out;
    return type->check == NULL || type->check(p.out, NULL, err);
}

bool endpoint_draft(const struct endpoint_type *type, const struct json *params,
                    struct arena *a, struct endpoint *out, struct error *err)
{
    struct error why = {0};

    *out = (struct endpoint){
        .name = str_of(type->name),
        .type = type,
        .on = true,
        .enabled = true,
    };
    if (type->available != NULL && !type->available(&why))
        return error_set(err, "type \"%s\" is not available here: %s", type->name,
                         why.text);
    if (draft_params(type, params, a, &out->params, err))
        return true;
    error_at(err, "params");
    return object_blame(err, OBJECT_ENDPOINT, out->name);
}
