/* filter_place.c -- where an alert has something, asked without comparing it. */
#include "routing/filter_tree.h"

bool filter_place_read(struct str name, struct arena *a, struct filter_place *out,
                       struct error *err)
{
    struct str rest;
    const char *near = filter_field_near(name);

    out->field = name.n <= FILTER_NAME_MAX ? filter_field_of(name, &rest) : NULL;
    if (out->field != NULL) {
        out->name = arena_c(a, rest);
        return true;
    }
    name = str_first(name, utf8_cut(name, 60));
    if (near != NULL)
        return error_set(err, "there is no field \"%.*s\"; did you mean %s?",
                         STR_ARG(name), near);
    return error_set(err,
                     "there is no field \"%.*s\"; a label is label.%.*s, a fact is "
                     "fact.%.*s",
                     STR_ARG(name), STR_ARG(name), STR_ARG(name));
}

size_t filter_place_values(const struct filter_place *p, struct filter_subject *s,
                           struct arena *a, struct str *out, size_t max)
{
    const struct filter_leaf leaf = {.field = p->field, .name = p->name};
    struct findings have;
    size_t n;

    filter_leaf_find(&leaf, s, &have);
    n = MIN(have.n, max);
    for (size_t i = 0; i < n; i++)
        out[i] = have.v[i].is_number ? arena_printf(a, "%.15g", have.v[i].number)
                                     : have.v[i].text;
    return n;
}
