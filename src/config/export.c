/* export.c -- objects as YAML: block style, one object after the other, every text
 * in double quotes unless it is a plain word. */
#include "config/export.h"

#include "config/config_own.h"
#include "config/secret.h"
#include "config/tree.h"

struct exporting {
    const struct model *m;
    struct buf *to;
    size_t placeholders;
};

/* --- values ------------------------------------------------------------------ */

static bool is_word(struct str s)
{
    static const char *const meant[] = {"true", "false", "null", "yes", "no",
                                        "on",   "off",   "y",    "n"};

    if (s.n == 0 || s.n > 60 || !((s.p[0] >= 'a' && s.p[0] <= 'z') ||
                                  (s.p[0] >= 'A' && s.p[0] <= 'Z')))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') ||
              (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
              (s.p[i] >= '0' && s.p[i] <= '9') || strchr("_.-/", s.p[i])))
            return false;
    for (size_t i = 0; i < COUNT_OF(meant); i++)
        if (str_is_nocase(s, meant[i]))
            return false;
    return true;
}

/* JSON's quoted strings are YAML's, too, as long as nothing is a surrogate: what
 * is above ASCII is written as it is. DEL and C1 are not printable to YAML. */
static void text_write(struct buf *to, struct str s)
{
    struct json_out o = JSON_OUT(to);
    uint32_t code;
    bool odd = false;

    if (is_word(s)) {
        buf_str(to, s);
        return;
    }
    for (size_t i = 0, n; i < s.n && !odd; i += n) {
        n = MAX(utf8_first(str_from(s, i), &code), 1u);
        odd = (code >= 0x7f && code < 0xa0) || code == 0x2028 ||
              code == 0x2029 || code == 0xfeff;
    }
    if (!odd) {
        out_str(&o, NULL, s);
        return;
    }
    buf_char(to, '"');
    for (size_t i = 0, n; i < s.n; i += n) {
        n = MAX(utf8_first(str_from(s, i), &code), 1u);
        if (n == 1 && (code < 0x20 || code == '"' || code == '\\' ||
                       code == 0x7f))
            buf_printf(to, "\\x%02x", (unsigned)code);
        else if ((code >= 0x7f && code < 0xa0) || code == 0x2028 ||
                 code == 0x2029 || code == 0xfeff)
            buf_printf(to, "\\u%04x", (unsigned)code);
        else
            buf_add(to, s.p + i, n);
    }
    buf_char(to, '"');
}

static void value_write(struct buf *to, const struct json *j);

static void list_write(struct buf *to, const struct json *list)
{
    buf_char(to, '[');
    for (const struct json *e = list->first; e != NULL; e = e->next) {
        value_write(to, e);
        buf_text(to, e->next != NULL ? ", " : "");
    }
    buf_char(to, ']');
}

/* Objects hold scalars and lists of texts only; were one deeper, JSON is YAML. */
static void value_write(struct buf *to, const struct json *j)
{
    struct json_out o = JSON_OUT(to);

    if (json_is(j, JSON_STRING))
        text_write(to, j->text);
    else if (json_is(j, JSON_ARRAY))
        list_write(to, j);
    else
        out_tree(&o, NULL, j);
}

static void indent(struct buf *to, int depth)
{
    for (int i = 0; i < depth; i++)
        buf_text(to, "  ");
}

static void member_write(struct exporting *e, int depth, const struct json *m)
{
    if (json_is(m, JSON_NULL))
        return;
    indent(e->to, depth);
    text_write(e->to, m->name);
    buf_text(e->to, ": ");
    value_write(e->to, m);
    buf_char(e->to, '\n');
}

/* --- secrets ------------------------------------------------------------------ */

/* A reference says where it is and no more. */
static bool may_be_shown(const struct json *value)
{
    return json_is(value, JSON_STRING) && secret_is_reference(value->text);
}

static void secret_write(struct exporting *e, int depth, const struct object *o,
                         const struct json *m)
{
    struct arena a freed_by(arena_release) = {0};
    struct str word = object_placeholder(o->kind, o->name, m->name, &a);
    bool list = json_is(m, JSON_ARRAY);

    indent(e->to, depth);
    text_write(e->to, m->name);
    buf_printf(e->to, list ? ": [\"%.*s\"]" : ": \"%.*s\"", STR_ARG(word));
    buf_text(e->to, "  # its value is not exported\n");
    e->placeholders++;
}

static void params_write(struct exporting *e, int depth, const struct object *o,
                         const struct json *params)
{
    const struct field *rows = model_rows(e->m, o->kind, o->json);

    if (!json_is(params, JSON_OBJECT))
        return;
    for (const struct json *m = params->first; m != NULL; m = m->next) {
        const struct field *row =
            rows != NULL ? field_find(rows, m->name) : NULL;

        if (row != NULL && row->secret && !may_be_shown(m) &&
            !json_is(m, JSON_NULL))
            secret_write(e, depth, o, m);
        else
            member_write(e, depth, m);
    }
}

/* --- objects ------------------------------------------------------------------ */

static void object_export(struct exporting *e, const struct object *o)
{
    const struct json *params = json_get(o->json, "params");

    buf_text(e->to, "  - name: ");
    text_write(e->to, o->name);
    buf_char(e->to, '\n');
    for (const struct json *m = o->json->first; m != NULL; m = m->next)
        if (!str_is(m->name, "params"))
            member_write(e, 2, m);
    if (params == NULL)
        return;
    buf_text(e->to, params->count > 0 ? "    params:\n" : "    params: {}\n");
    params_write(e, 3, o, params);
}

static void kind_export(struct exporting *e, enum object_kind kind)
{
    const struct object *first = e->m->first[kind];

    if (first == NULL)
        return;
    buf_printf(e->to, "\n%s%s:\n", object_kind_name(kind),
               kind == OBJECT_SETTINGS ? "" : "s");
    if (kind == OBJECT_SETTINGS)
        params_write(e, 1, first, first->json);
    else
        for (const struct object *o = first; o != NULL; o = o->next)
            object_export(e, o);
}

static void head_write(struct buf *to, int64_t revision, size_t placeholders)
{
    buf_printf(to,
               "# Tocsin's configuration at revision %lld, for `tocsin apply -f`"
               " and\n# `serve --config`; `tocsin check-config` says whether it"
               " is right.\n",
               (long long)revision);
    if (placeholders > 0)
        buf_printf(to,
                   "#\n# %zu secret%s NOT in this file: where there was a"
                   " value stands env:TOCSIN_...\n# Set these variables where"
                   " Tocsin runs, or write file:/path or cred:NAME instead;\n"
                   "# until then it is refused with the name of what is"
                   " missing.\n",
                   placeholders, placeholders == 1 ? " is" : "s are");
}

static void model_export(const struct model *m, int64_t revision, struct buf *to)
{
    static const enum object_kind kinds[] = {
        OBJECT_SETTINGS,   OBJECT_POOL,     OBJECT_SILENCE,
        OBJECT_INHIBITION, OBJECT_ENDPOINT, OBJECT_RECIPIENT,
    };
    struct buf body freed_by(buf_release) = BUF(to->max);
    struct exporting e = {.m = m, .to = &body};

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        kind_export(&e, kinds[i]);
    head_write(to, revision, e.placeholders);
    buf_str(to, buf_view(&body));
    to->over = to->over || body.over;
}

enum config_result config_export(struct config *c, int64_t revision,
                                 struct buf *to, struct error *err)
{
    struct arena a freed_by(arena_release) = {0};
    struct model m freed_by(model_release) = {.arena = &a};
    enum config_result result = revision_is_kept(c, revision, err);

    if (result != CONFIG_OK)
        return result;
    if (!model_load_at(&m, c->db, c->seal, revision, err))
        return CONFIG_FAILED;
    model_export(&m, revision, to);
    if (!to->over)
        return CONFIG_OK;
    error_set(err, "the export would be longer than %zu bytes", to->max);
    return CONFIG_FAILED;
}
