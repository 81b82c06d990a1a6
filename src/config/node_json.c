/* node_json.c -- a JSON file into nodes. The reader keeps no places, but its
 * strings and numbers are views into the text, and that tells. */
#include "base/limits.h"
#include "config/node.h"

struct finder {
    struct arena *a;
    struct str text;
    size_t at; /* bytes that `place` is behind */
    struct place place;
};

static void place_forward(struct finder *f, size_t to)
{
    if (to <= f->at)
        return;
    f->place =
        place_after(f->place, (struct str){f->text.p + f->at, to - f->at});
    f->at = to;
}

/* Of a view; of anything else, where the one before was. */
static struct place place_find(struct finder *f, struct str view, bool quoted)
{
    uintptr_t start = (uintptr_t)f->text.p, p = (uintptr_t)view.p;

    if (view.n > 0 && p >= start + f->at + quoted && p < start + f->text.n)
        place_forward(f, (size_t)(p - start) - quoted);
    return f->place;
}

/* As deep as json_parse() went: JSON_DEPTH_MAX. */
static struct node *node_of(struct finder *f, const struct json *j)
{
    struct place name_at = place_find(f, j->name, true);
    struct place at = name_at;
    bool has_text = j->type == JSON_STRING || j->type == JSON_NUMBER;
    struct node *n;

    if (has_text)
        at = place_find(f, j->text, j->type == JSON_STRING);
    n = node_new(f->a, j->type, at);
    n->name = j->name;
    n->at = j->name.n > 0 ? name_at : at;
    n->text = has_text ? j->text : STR_NONE;
    n->truth = j->truth;
    if (j->type == JSON_ARRAY || j->type == JSON_OBJECT)
        for (const struct json *m = j->first; m != NULL; m = m->next)
            node_add(n, node_of(f, m));
    if (n->first != NULL && j->name.n == 0)
        n->at = n->value_at = n->first->at;
    return n;
}

/* "at byte 17: expected ..." as a place and the rest. */
static void json_problem(struct finder *f, const struct source *source,
                         struct declared *out, const struct error *err)
{
    struct str text = str_of(err->text);
    struct str rest = str_from(text, strlen("at byte "));
    uint64_t at;

    if (str_starts(text, "at byte ") &&
        str_to_u64(str_until(&rest, ':'), &at)) {
        place_forward(f, (size_t)MIN(at, (uint64_t)f->text.n));
        text = str_trim(rest);
    }
    problem_add(f->a, out, source, f->place, text);
}

struct node *node_read_json(struct arena *a, const struct source *source,
                            struct declared *out)
{
    struct finder f = {.a = a, .text = source->text, .place = {1, 1}};
    struct node *documents = node_new(a, JSON_ARRAY, f.place);
    struct error err = {0};
    const struct json *j = json_parse(a, source->text, &err);

    if (j == NULL) {
        json_problem(&f, source, out, &err);
        return NULL;
    }
    node_add(documents, node_of(&f, j));
    return documents;
}
