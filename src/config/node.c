/* node.c -- a declared file as a tree that knows where everything stands. */
#include "config/node.h"

#include "base/limits.h"
#include "config/tree.h"

#define SOURCE_LINE_MAX 400 /* bytes of a line shown with a problem */

static struct str source_line(struct str text, size_t line)
{
    struct str found = STR_NONE;

    for (size_t i = 0; i < line; i++)
        found = str_until(&text, '\n');
    if (str_ends(found, "\r"))
        found.n--;
    return str_first(found, utf8_cut(found, SOURCE_LINE_MAX));
}

void problem_add(struct arena *a, struct declared *out,
                 const struct source *source, struct place at, struct str text)
{
    if (out->problems == NULL)
        out->problems =
            arena_array(a, DECLARE_PROBLEMS_MAX, sizeof(*out->problems));
    if (out->problem_count == DECLARE_PROBLEMS_MAX)
        return;
    if (out->problem_count == DECLARE_PROBLEMS_MAX - 1)
        text = STR("there are more problems than are shown; mend these first");
    out->problems[out->problem_count++] = (struct declared_problem){
        .file = source->file,
        .line = at.line,
        .column = at.column,
        .text = arena_str(a, text),
        .source_line = source_line(source->text, at.line),
    };
}

struct place place_after(struct place from, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\n') {
            from.line++;
            from.column = 1;
        } else if (((unsigned char)text.p[i] & 0xc0) != 0x80) {
            from.column++;
        }
    }
    return from;
}

struct node *node_new(struct arena *a, enum json_type type, struct place at)
{
    struct node *n = arena_new(a, sizeof(*n));

    n->type = type;
    n->at = n->value_at = at;
    return n;
}

void node_add(struct node *to, struct node *child)
{
    if (to->last != NULL)
        to->last->next = child;
    else
        to->first = child;
    to->last = child;
    to->count++;
}

struct node *node_get(const struct node *object, struct str name)
{
    if (object->type != JSON_OBJECT)
        return NULL;
    for (struct node *m = object->first; m != NULL; m = m->next)
        if (str_eq(m->name, name))
            return m;
    return NULL;
}

/* One segment of a JSON Pointer, its escapes undone. */
static struct str segment_text(struct str raw, char out[128])
{
    size_t n = 0;

    for (size_t i = 0; i < raw.n && n < 128; i++) {
        char c = raw.p[i];

        if (c == '~' && i + 1 < raw.n)
            c = raw.p[++i] == '1' ? '/' : '~';
        out[n++] = c;
    }
    return (struct str){out, n};
}

const struct node *node_at(const struct node *from, struct str pointer,
                           bool *found)
{
    *found = true;
    pointer = str_from(pointer, 1);
    while (pointer.n > 0) {
        char text[128];
        struct str segment = segment_text(str_until(&pointer, '/'), text);
        const struct node *next = node_get(from, segment);
        uint64_t index;

        if (from->type == JSON_ARRAY && str_to_u64(segment, &index))
            for (next = from->first; next != NULL && index > 0; index--)
                next = next->next;
        if (next == NULL) {
            *found = false;
            break;
        }
        from = next;
    }
    return from;
}

/* --- as JSON ------------------------------------------------------------ */

static struct json *json_number(struct str text, struct arena *a)
{
    struct json *j = json_new_i64(a, 0);

    j->text = text;
    return j;
}

/* The reader went no deeper than JSON_DEPTH_MAX, so neither does this. */
const struct json *node_json(const struct node *node, struct arena *a)
{
    struct json_list list = {0};

    switch (node->type) {
    case JSON_BOOL:
        return json_new_bool(a, node->truth);
    case JSON_NUMBER:
        return json_number(node->text, a);
    case JSON_NULL: /* was said to be a problem */
    case JSON_STRING:
        return json_new_string(a, node->text);
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    for (const struct node *m = node->first; m != NULL; m = m->next)
        json_list_add(&list, a, m->name, node_json(m, a));
    return node->type == JSON_ARRAY ? json_new_array(a, &list)
                                    : json_new_object(a, &list);
}

const struct json *node_bool(const struct node *node, struct arena *a)
{
    if (node->plain && str_is(node->text, "true"))
        return json_new_bool(a, true);
    if (node->plain && str_is(node->text, "false"))
        return json_new_bool(a, false);
    return node_json(node, a);
}

/* Decimal only: what 0o14, 012 or 1e3 are depends on whom one asks. */
const struct json *node_number(const struct node *node, struct arena *a)
{
    struct str digits = node->text;
    int64_t number;

    if (str_starts(digits, "-"))
        digits = str_from(digits, 1);
    if (!node->plain || (digits.n > 1 && digits.p[0] == '0') ||
        !str_to_i64(node->text, &number))
        return node_json(node, a);
    return json_new_i64(a, number);
}

static const struct json *field_json(const struct node *node,
                                     const struct field *row, struct arena *a)
{
    if (row == NULL)
        return node_json(node, a);
    switch (row->type) {
    case FIELD_NUMBER:
    case FIELD_DURATION: /* plain seconds are a number, and stay one */
        return node_number(node, a);
    case FIELD_BOOL:
        return node_bool(node, a);
    case FIELD_TEXT:
    case FIELD_CHOICE:
    case FIELD_LIST:
        break;
    }
    return node_json(node, a);
}

const struct json *node_params(const struct node *node,
                               const struct field *rows, struct arena *a)
{
    struct json_list list = {0};

    if (node->type != JSON_OBJECT || rows == NULL)
        return node_json(node, a);
    for (const struct node *m = node->first; m != NULL; m = m->next)
        json_list_add(&list, a, m->name,
                      field_json(m, field_find(rows, m->name), a));
    return json_new_object(a, &list);
}
