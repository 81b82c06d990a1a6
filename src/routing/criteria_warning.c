/* criteria_warning.c -- criteria that can be read, and may not be what was meant. */
#include "routing/routing.h"

/* Which it has to be, unlike a type, which any source may have of its own. */
bool criteria_check(const struct criteria *c, struct error *err)
{
    for (size_t i = 0; i < c->categories.n; i++) {
        struct str name = c->categories.v[i];
        const char *near;

        if (category_number(name) >= 0)
            continue;
        near = str_nearest(name, category_names);
        error_set(err, "\"%.*s\" is not a category; %s%s%s", STR_ARG(name),
                  near ? "did you mean \"" : "for a source's own use filter, as in ",
                  near ? near : "category=word", near ? "\"?" : "");
        error_at_index(err, i);
        return error_at(err, "categories");
    }
    return true;
}

/* `keys` gets all there are. */
static bool is_known(struct str key, const char **keys)
{
    size_t n;
    const struct alert_type *all = catalogue_all(&n);

    for (size_t i = 0; i < n; i++) {
        if (str_is(key, all[i].key))
            return true;
        keys[i] = all[i].key;
    }
    keys[n] = NULL;
    return false;
}

size_t criteria_warnings(const struct criteria *c, struct arena *a,
                       struct warning **out)
{
    struct warning *v = arena_array(a, c->types.n + 1, sizeof *v);
    size_t n, found = 0;
    const char **keys;

    catalogue_all(&n);
    keys = arena_array(a, n + 1, sizeof *keys);
    for (size_t i = 0; i < c->types.n; i++) {
        struct str type = c->types.v[i];
        size_t slash = str_find(type, '/'); /* "host/syn_scan" */
        struct str key = slash < type.n ? str_from(type, slash + 1) : type;
        const char *near;

        if (is_known(key, keys))
            continue;
        near = str_nearest(key, keys);
        v[found++] = (struct warning){
            .place = arena_printf(a, "/types/%zu", i),
            .text = arena_printf(
                a, "\"%.*s\" is none of ntopng's alert types%s%s%s", STR_ARG(type),
                near ? "; did you mean \"" : ": only alerts that say exactly this have it",
                near ? near : "", near ? "\"?" : ""),
        };
    }
    *out = v;
    return found;
}
