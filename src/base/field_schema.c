/* field_schema.c -- a JSON Schema (2020-12) out of an option table. */
#include "base/field.h"

#include "base/limits.h"

#define CHARACTER_BYTES_MAX 4 /* of UTF-8; a schema counts characters */

static void write_choices(const struct field *f, struct json_out *o)
{
    if (f->choices == NULL)
        return;
    out_array(o, "enum");
    for (size_t i = 0; f->choices[i] != NULL; i++)
        out_text(o, NULL, f->choices[i]);
    out_array_end(o);
}

/* Our limits are bytes, so the schema's are the weakest that follow from them:
 * it may let pass what fields_read() refuses, never the other way round. */
static void write_length(const struct field *f, int64_t least_bytes,
                         struct json_out *o)
{
    bool limited = f->max > 0 && f->max >= f->min;
    int64_t least = least_bytes / CHARACTER_BYTES_MAX;

    if (least_bytes % CHARACTER_BYTES_MAX > 0)
        least++;
    if (least > 0)
        out_i64(o, "minLength", least);
    out_i64(o, "maxLength", limited ? f->max : PARAM_TEXT_MAX);
}

static void write_text(const struct field *f, struct json_out *o)
{
    bool required = !f->optional && f->fallback == NULL;

    out_text(o, "type", "string");
    write_length(f, f->optional ? 0 : MAX(f->min, required ? 1 : 0), o);
}

static void write_range(const struct field *f, struct json_out *o)
{
    if (f->min == 0 && f->max == 0)
        return;
    out_i64(o, "minimum", f->min);
    if (f->max >= f->min)
        out_i64(o, "maximum", f->max);
}

static void write_duration(const struct field *f, struct json_out *o)
{
    char text[DURATION_TEXT_MAX];

    out_array(o, "type");
    out_text(o, NULL, "string");
    out_text(o, NULL, "integer");
    out_array_end(o);
    out_bool(o, "x-duration", true);
    if (f->min == 0 && f->max == 0)
        return;
    duration_text(f->min, text);
    out_text(o, "x-minimum", text);
    if (f->max < f->min)
        return;
    duration_text(f->max, text);
    out_text(o, "x-maximum", text);
}

static void write_list(const struct field *f, struct json_out *o)
{
    out_text(o, "type", "array");
    out_i64(o, "maxItems", FIELD_LIST_MAX);
    if (!f->optional && f->fallback == NULL)
        out_i64(o, "minItems", 1);
    out_object(o, "items");
    out_text(o, "type", "string");
    write_length(f, MAX(f->min, 1), o);
    write_choices(f, o);
    out_object_end(o);
}

static void write_type(const struct field *f, struct json_out *o)
{
    switch (f->type) {
    case FIELD_TEXT:
        write_text(f, o);
        return;
    case FIELD_NUMBER:
        out_text(o, "type", "integer");
        write_range(f, o);
        return;
    case FIELD_BOOL:
        out_text(o, "type", "boolean");
        return;
    case FIELD_CHOICE:
        out_text(o, "type", "string");
        write_choices(f, o);
        return;
    case FIELD_LIST:
        write_list(f, o);
        return;
    case FIELD_DURATION:
        write_duration(f, o);
        return;
    }
}

static void write_labels(const struct field *f, const struct texts *texts,
                         struct json_out *o)
{
    if (!f->words || texts == NULL)
        return;
    out_object(o, "x-labels");
    for (size_t i = 0; f->choices[i] != NULL; i++)
        out_text(o, f->choices[i], texts_say(texts, f->choices[i]));
    out_object_end(o);
}

static void write_property(const struct field *f, const struct texts *texts,
                           struct json_out *o)
{
    struct arena a freed_by(arena_release) = {0};
    const struct json *fallback = field_fallback(f, &a);

    out_object(o, f->name);
    write_type(f, o);
    out_text(o, "title", texts_say(texts, f->label));
    out_text(o, "description", texts_say(texts, f->help));
    write_labels(f, texts, o);
    if (fallback != NULL)
        out_tree(o, "default", fallback);
    if (f->format != NULL)
        out_text(o, "format", f->format);
    if (f->unit != NULL)
        out_text(o, "x-unit", texts_say(texts, f->unit));
    if (f->secret) {
        out_bool(o, "writeOnly", true);
        out_bool(o, "x-secret", true);
    }
    out_object_end(o);
}

void fields_schema(const struct field *rows, const struct texts *texts,
                   struct json_out *o, const char *name)
{
    out_object(o, name);
    out_text(o, "$schema", "https://json-schema.org/draft/2020-12/schema");
    out_text(o, "type", "object");
    out_object(o, "properties");
    for (const struct field *f = rows; f->name != NULL; f++)
        write_property(f, texts, o);
    out_object_end(o);
    out_array(o, "required");
    for (const struct field *f = rows; f->name != NULL; f++) {
        if (f->fallback == NULL && !f->optional)
            out_text(o, NULL, f->name);
    }
    out_array_end(o);
    out_bool(o, "additionalProperties", false);
    out_object_end(o);
}
