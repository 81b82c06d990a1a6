/* template_list.c -- the names a template may use, and what each gives. */
#include "message/template_own.h"

#include "base/limits.h"

#define OBJECTS_DEEP 3

struct names {
    const struct template_view *view; /* NULL: no values */
    struct arena *a;
    struct template_name *v;
    size_t n;
};

static bool is_listed(const struct names *l, struct str name)
{
    for (size_t i = 0; i < l->n; i++)
        if (str_eq(l->v[i].name, name))
            return true;
    return false;
}

/* What a template of this name alone gives. False: it cannot be written so. */
static bool value_of(const struct names *l, struct str name, struct str *out)
{
    struct error err;
    const struct template *t = template_parse(
        arena_printf(l->a, "{{%.*s}}", STR_ARG(name)), l->a, &err);

    *out = STR_NONE;
    if (t != NULL && !template_render(t, l->view, l->a, out, &err))
        *out = STR_NONE;
    return t != NULL;
}

static void name_add(struct names *l, struct str name, enum template_kind kind)
{
    struct template_name *new = &l->v[l->n];

    if (l->n == TEMPLATE_NAMES_MAX || is_listed(l, name))
        return;
    *new = (struct template_name){.name = name, .kind = kind};
    if (l->view == NULL || value_of(l, name, &new->value))
        l->n++;
}

/* Members within objects by their path; each is asked for on its own, as a fact's
 * name may be one of ours. */
static void facts_add(struct names *l, const struct json *object,
                      struct str before, int depth)
{
    for (const struct json *m = object->first; m != NULL; m = m->next) {
        struct str name =
            before.n > 0 ? arena_printf(l->a, "%.*s.%.*s", STR_ARG(before),
                                        STR_ARG(m->name))
                         : m->name;

        if (json_is(m, JSON_OBJECT) && depth < OBJECTS_DEEP)
            facts_add(l, m, name, depth + 1);
        else if (name.n <= TEMPLATE_NAME_MAX)
            name_add(l, name, TEMPLATE_FACT);
    }
}

size_t template_names(const struct template_view *view, struct arena *a,
                      struct template_name **out)
{
    struct names l = {.view = view, .a = a};
    enum template_kind kind;
    const char *word;

    l.v = arena_array(a, TEMPLATE_NAMES_MAX, sizeof *l.v);
    for (size_t i = 0; (word = template_word(i, &kind)) != NULL; i++)
        name_add(&l, str_of(word), kind);
    if (view != NULL && json_is(view->alert->facts, JSON_OBJECT))
        facts_add(&l, view->alert->facts, STR_NONE, 1);
    *out = l.v;
    return l.n;
}
