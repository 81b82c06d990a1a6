/* node_yaml.c -- YAML by libyaml's events into nodes. No scalar is given a
 * type: `no` stays the text "no". Anchors, aliases and tags are refused. */
#include <yaml.h>

#include "base/hash.h"
#include "base/limits.h"
#include "config/node.h"

struct level {
    struct node *container;
    struct hash names; /* of an object's members, for doubled ones */
    bool named;        /* the next value is the member `name` */
    struct str name;
    struct place name_at;
};

struct yaml {
    struct arena *a;
    const struct source *source;
    struct declared *out;
    yaml_parser_t parser;
    struct level levels[JSON_DEPTH_MAX];
    size_t depth;
    struct node *documents;
    bool sound; /* no problem so far */
    bool ended;
};

static struct place place_of(yaml_mark_t mark)
{
    return (struct place){mark.line + 1, mark.column + 1};
}

static void yaml_problem(struct yaml *y, struct place at, struct str text)
{
    problem_add(y->a, y->out, y->source, at, text);
    y->sound = false;
}

/* libyaml counts what its reader cannot decode in bytes only. */
static void syntax_problem(struct yaml *y)
{
    const yaml_parser_t *p = &y->parser;
    const char *problem = p->problem != NULL ? p->problem : "cannot be read";
    struct place at = place_of(p->problem_mark);

    if (p->error == YAML_READER_ERROR)
        at = place_after((struct place){1, 1},
                         str_first(y->source->text, p->problem_offset));
    if (p->context != NULL)
        yaml_problem(y, at, arena_printf(y->a, "%s (%s)", problem, p->context));
    else
        yaml_problem(y, at, str_of(problem));
    y->ended = true;
}

/* Puts a value where it belongs: a document, an element, or a named member. */
static void value_add(struct yaml *y, struct node *value)
{
    struct level *l = &y->levels[y->depth];

    if (l->named) {
        value->name = l->name;
        value->at = l->name_at;
        l->named = false;
    }
    node_add(l->container, value);
}

static void name_take(struct yaml *y, struct str name, struct place at)
{
    struct level *l = &y->levels[y->depth];
    struct place *first = hash_get(&l->names, name);

    l->named = true;
    l->name = name;
    l->name_at = at;
    if (first != NULL) {
        yaml_problem(y, at,
                     arena_printf(y->a,
                                  "\"%.*s\" is there twice; first "
                                  "in line %zu",
                                  STR_ARG(name), first->line));
        return;
    }
    first = arena_new(y->a, sizeof(*first));
    *first = at;
    hash_put(&l->names, name, first);
    if (l->names.count > JSON_MEMBERS_MAX) {
        yaml_problem(y, at,
                     arena_printf(y->a,
                                  "more than %d keys side by side; "
                                  "write a list",
                                  JSON_MEMBERS_MAX));
        y->ended = true;
    }
}

static bool is_name_next(const struct yaml *y)
{
    const struct level *l = &y->levels[y->depth];

    return l->container->type == JSON_OBJECT && !l->named;
}

static void plain_only(struct yaml *y, struct place at,
                       const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor != NULL)
        yaml_problem(y, at,
                     STR("anchors (&) and aliases (*) are not taken: "
                         "write the value out in both places"));
    if (tag != NULL)
        yaml_problem(y, at,
                     STR("tags (!) are not taken: what a value is, its "
                         "key decides"));
}

static void scalar_take(struct yaml *y, const yaml_event_t *e)
{
    struct place at = place_of(e->start_mark);
    struct str text = {(const char *)e->data.scalar.value,
                       e->data.scalar.length};
    struct node *value;

    plain_only(y, at, e->data.scalar.anchor, e->data.scalar.tag);
    text = arena_str(y->a, text);
    if (is_name_next(y)) {
        name_take(y, text, at);
        return;
    }
    value = node_new(y->a, JSON_STRING, at);
    value->plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    value->text = text;
    if (value->plain && text.n == 0)
        value->type = JSON_NULL;
    value_add(y, value);
}

static void container_begin(struct yaml *y, enum json_type type,
                            struct place at)
{
    struct node *container = node_new(y->a, type, at);
    bool as_name = is_name_next(y);

    if (as_name)
        yaml_problem(y, at, STR("a key must be a word"));
    else
        value_add(y, container);
    if (as_name || y->depth + 1 == JSON_DEPTH_MAX) {
        if (!as_name)
            yaml_problem(y, at, STR("too many levels"));
        y->ended = true;
        return;
    }
    y->levels[++y->depth] = (struct level){.container = container};
}

static void container_end(struct yaml *y)
{
    assert(y->depth > 0);
    hash_release(&y->levels[y->depth--].names);
}

static void event_take(struct yaml *y, const yaml_event_t *e)
{
    struct place at = place_of(e->start_mark);

    switch (e->type) {
    case YAML_SCALAR_EVENT:
        scalar_take(y, e);
        return;
    case YAML_SEQUENCE_START_EVENT:
        plain_only(y, at, e->data.sequence_start.anchor,
                   e->data.sequence_start.tag);
        container_begin(y, JSON_ARRAY, at);
        return;
    case YAML_MAPPING_START_EVENT:
        plain_only(y, at, e->data.mapping_start.anchor,
                   e->data.mapping_start.tag);
        container_begin(y, JSON_OBJECT, at);
        return;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        container_end(y);
        return;
    case YAML_ALIAS_EVENT:
        plain_only(y, at, e->data.alias.anchor, NULL);
        y->ended = true;
        return;
    case YAML_STREAM_END_EVENT:
        y->ended = true;
        return;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return;
    }
}

struct node *node_read_yaml(struct arena *a, const struct source *source,
                            struct declared *out)
{
    struct place top = {1, 1};
    struct yaml y = {
        .a = a,
        .source = source,
        .out = out,
        .documents = node_new(a, JSON_ARRAY, top),
        .sound = true,
    };

    if (!yaml_parser_initialize(&y.parser))
        bug("no memory for libyaml");
    yaml_parser_set_encoding(&y.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(
        &y.parser, (const unsigned char *)source->text.p, source->text.n);
    y.levels[0].container = y.documents;
    while (!y.ended) {
        yaml_event_t e;

        if (!yaml_parser_parse(&y.parser, &e)) {
            syntax_problem(&y);
            break;
        }
        event_take(&y, &e);
        yaml_event_delete(&e);
    }
    while (y.depth > 0)
        container_end(&y);
    yaml_parser_delete(&y.parser);
    return y.sound ? y.documents : NULL;
}
