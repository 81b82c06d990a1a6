/* apprise_file.c -- the addresses of an Apprise configuration, one after another. */
#include "config/apprise_file.h"

#include "config/apprise_targets.h"
#include "config/node.h"

struct reading {
    struct import *out;
    size_t addresses;
};

/* "ops,night=discord://...": tags name the recipients. */
static struct str tags_of(struct str *address)
{
    struct str before = *address;
    size_t sign = str_find(before, '=');

    if (sign == before.n || sign > str_find(before, ':'))
        return STR_NONE;
    *address = str_trim(str_from(before, sign + 1));
    return str_trim(str_first(before, sign));
}

static void recipients_add(struct reading *r, struct apprise_target *t,
                           struct str tags)
{
    struct import *i = r->out;
    struct str theirs =
        tags.n > 0 ? tags : arena_printf(i->a, "apprise-%s", t->type);
    struct str endpoint =
        import_endpoint(i, "apprise", t->type, &t->endpoint, t->works);

    for (size_t k = 0; k < t->recipient_count; k++) {
        struct str name = import_new_name(i, OBJECT_RECIPIENT, theirs);
        struct json_list object = {0};

        if (!import_may(i, OBJECT_RECIPIENT, name, t->line))
            continue;
        import_text(i, &object, "endpoint", endpoint);
        import_object(i, &object, "params", &t->recipients[k]);
        import_add(i, OBJECT_RECIPIENT, name, &object, t->line,
                   arena_printf(i->a, "%.*s on %.*s", STR_ARG(name),
                                STR_ARG(endpoint)));
    }
}

static void address_read(struct reading *r, struct str address, struct str tags,
                         size_t line)
{
    struct apprise_url url;
    struct error err = {0};
    struct apprise_target *t = arena_new(r->out->a, sizeof *t);

    r->addresses++;
    *t = (struct apprise_target){.url = &url,
                                 .line =
                                     arena_printf(r->out->a, "line %zu", line)};
    if (!apprise_url_read(address, r->out->a, &url, &err))
        import_say(r->out, IMPORT_LEFT, "recipient", t->line, "%s", err.text);
    else if (apprise_target_read(r->out, t))
        recipients_add(r, t, tags);
}

/* --- the text form ------------------------------------------------------------- */

static void lines_read(struct reading *r, struct str text)
{
    for (size_t n = 1; text.n > 0 && r->addresses < APPRISE_ADDRESSES_MAX;
         n++) {
        struct str line = str_trim(str_until(&text, '\n')), tags;

        if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';')
            continue;
        if (str_starts(line, "include ") || str_starts(line, "import ")) {
            import_say(r->out, IMPORT_LEFT, "",
                       arena_printf(r->out->a, "line %zu", n),
                       "another file: import that one, too");
            continue;
        }
        tags = tags_of(&line);
        address_read(r, line, tags, n);
    }
}

/* --- the YAML form --------------------------------------------------------------- */

static bool is_yaml(struct str text)
{
    while (text.n > 0) {
        struct str line = str_until(&text, '\n');

        if (str_starts(line, "urls:") || str_starts(line, "version:"))
            return true;
    }
    return false;
}

/* An address alone, or as the name of its options. */
static void node_address_read(struct reading *r, const struct node *e)
{
    const struct node *named = e->type == JSON_OBJECT ? e->first : NULL;
    struct str text = named != NULL && str_is(named->name, "url") ? named->text
                      : named != NULL                             ? named->name
                                                                  : e->text;

    address_read(r, text, STR_NONE, e->at.line);
    if (named != NULL && !str_is(named->name, "url"))
        import_say(r->out, IMPORT_ADJUSTED, "recipient",
                   arena_printf(r->out->a, "line %zu", e->at.line),
                   "taken without the options below it");
}

static bool yaml_read(struct reading *r, struct str text, struct error *err)
{
    const struct node *documents = import_yaml(r->out, text, "apprise.yml", err);
    const struct node *urls;

    if (documents == NULL)
        return false;
    urls = documents->first ? node_get(documents->first, STR("urls")) : NULL;
    for (const struct node *e = urls ? urls->first : NULL;
         e != NULL && r->addresses < APPRISE_ADDRESSES_MAX; e = e->next)
        node_address_read(r, e);
    return true;
}

bool apprise_file_read(struct str text, struct import *out, struct error *err)
{
    struct reading r = {.out = out};

    if (is_yaml(text)) {
        if (!yaml_read(&r, text, err))
            return false;
    } else {
        lines_read(&r, text);
    }
    if (r.addresses == 0)
        return error_set(err, "there is no address in it: one a line, like "
                              "discord://ID/TOKEN");
    if (r.addresses == APPRISE_ADDRESSES_MAX)
        return error_set(err, "more than %d addresses",
                         APPRISE_ADDRESSES_MAX - 1);
    return true;
}
