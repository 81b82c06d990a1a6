/* build_words.c -- a recipient's own words: its templates, parsed. */
#include "config/build.h"
#include "message/template.h"

static bool template_text(const struct json *j, struct str *out,
                          struct error *err)
{
    *out = json_text(j);
    if (j == NULL || json_is(j, JSON_NULL) || json_is(j, JSON_STRING))
        return true;
    return error_set(err, "must be a text, not %s", json_type_name(j->type));
}

static bool template_read(struct build *b, const struct recipient *r,
                          struct str text, const struct template **out)
{
    const struct endpoint_type *type = r->endpoint->type;

    *out = NULL;
    if (text.n == 0)
        return true;
    if (!type->own_words)
        return error_set(b->err, "%s sends data for programs, not words for "
                                 "people, so it takes no template; leave it out",
                         type->title);
    *out = template_parse(text, b->a, b->err);
    return *out != NULL;
}

/* What an edit brings is refused. What was there before, and an older Tocsin took,
 * gives way to the builtin words, and each message says so. */
static bool template_failed(struct build *b, const struct object *o, size_t edit,
                            const char *name, struct recipient *r)
{
    if (edit == 0) {
        r->own.unread = arena_printf(b->a, "%s cannot be read: %s", name,
                                     b->err->text);
        return true;
    }
    error_at(b->err, name);
    object_blame(b->err, o->kind, o->name);
    return build_failed(b, edit, CONFIG_INVALID);
}

bool build_words(struct build *b, const struct object *o, size_t edit,
                 struct recipient *r)
{
    const struct {
        const char *name;
        struct str *text;
        const struct template **parsed;
    } both[] = {
        {"title_template", &r->title_template, &r->own.title},
        {"text_template", &r->text_template, &r->own.text},
    };

    for (size_t i = 0; i < COUNT_OF(both); i++) {
        struct str text;

        if (template_text(json_get(o->json, both[i].name), &text, b->err)) {
            *both[i].text = arena_str(b->a, text);
            if (template_read(b, r, text, both[i].parsed))
                continue;
        }
        if (!template_failed(b, o, edit, both[i].name, r))
            return false;
    }
    return true;
}
