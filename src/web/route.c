/* route.c -- tables of routes, and which one a request belongs to. */
#include "web/route.h"

static bool part_is_name(struct str part)
{
    return part.n > 2 && part.p[0] == '{' && part.p[part.n - 1] == '}';
}

static void entry_split(struct route_entry *e)
{
    struct str rest = str_from(str_of(e->route->path), 1);
    bool more = true;

    while (more) {
        assert(e->parts_n < URL_SEGMENTS_MAX);
        more = str_find(rest, '/') < rest.n;
        e->parts[e->parts_n] = str_until(&rest, '/');
        if (!part_is_name(e->parts[e->parts_n]))
            e->literal |= 1u << (31 - e->parts_n);
        e->parts_n++;
    }
}

static bool part_literal(const struct route_entry *e, size_t i)
{
    return (e->literal & 1u << (31 - i)) != 0;
}

static bool entry_same(const struct route_entry *a, const struct route_entry *b)
{
    if (a->parts_n != b->parts_n || a->literal != b->literal ||
        strcmp(a->route->method, b->route->method) != 0)
        return false;
    for (size_t i = 0; i < a->parts_n; i++)
        if (part_literal(a, i) && !str_eq(a->parts[i], b->parts[i]))
            return false;
    return true;
}

static void routes_add_one(struct routes *r, const struct route *route,
                           void *arg)
{
    struct route_entry *e;

    assert(route->access != ACCESS_NONE);
    assert(route->serve != NULL && route->path[0] == '/');
    if (r->n == r->capacity) {
        r->capacity = MAX(r->capacity * 2, (size_t)32);
        r->v = mem_grow(r->v, r->capacity, sizeof(*r->v));
    }
    e = &r->v[r->n];
    *e = (struct route_entry){.route = route, .arg = arg};
    entry_split(e);
    for (size_t i = 0; i < r->n; i++)
        assert(!entry_same(&r->v[i], e));
    r->n++;
}

void routes_add(struct routes *r, const struct route *table, void *arg)
{
    for (; table->method != NULL; table++)
        routes_add_one(r, table, arg);
}

void routes_release(struct routes *r)
{
    free(r->v);
    *r = (struct routes){0};
}

static bool path_fits(const struct route_entry *e, const struct target *t)
{
    if (e->parts_n != t->segments_n)
        return false;
    for (size_t i = 0; i < e->parts_n; i++) {
        if (part_literal(e, i) ? !str_eq(e->parts[i], t->segments[i])
                               : t->segments[i].n == 0)
            return false;
    }
    return true;
}

static bool method_fits(const struct route_entry *e, struct str method)
{
    return str_is(method, e->route->method) ||
           (str_is(method, "HEAD") && strcmp(e->route->method, "GET") == 0);
}

enum route_found routes_match(const struct routes *r, struct str method,
                              const struct target *t,
                              const struct route_entry **out)
{
    enum route_found found = ROUTE_NO_PATH;

    *out = NULL;
    for (size_t i = 0; i < r->n; i++) {
        const struct route_entry *e = &r->v[i];

        if (!path_fits(e, t))
            continue;
        if (found == ROUTE_NO_PATH)
            found = ROUTE_NO_METHOD;
        if (!method_fits(e, method))
            continue;
        found = ROUTE_FOUND;
        if (*out == NULL || e->literal > (*out)->literal)
            *out = e;
    }
    return found;
}

static void allow_add(struct buf *out, const char *method)
{
    if (out->n > 0)
        buf_text(out, ", ");
    buf_text(out, method);
}

/* Whether an earlier route that fits the path has this method already. */
static bool allow_said(const struct routes *r, const struct target *t,
                       size_t before, const char *method)
{
    for (size_t i = 0; i < before; i++)
        if (path_fits(&r->v[i], t) &&
            strcmp(r->v[i].route->method, method) == 0)
            return true;
    return false;
}

void routes_allow(const struct routes *r, const struct target *t,
                  struct buf *out)
{
    for (size_t i = 0; i < r->n; i++) {
        const char *method = r->v[i].route->method;

        if (!path_fits(&r->v[i], t) || allow_said(r, t, i, method))
            continue;
        allow_add(out, method);
        if (strcmp(method, "GET") == 0)
            allow_add(out, "HEAD");
    }
}

struct str route_segment(const struct route_entry *e, const struct target *t,
                         const char *name)
{
    for (size_t i = 0; i < e->parts_n; i++) {
        struct str part = e->parts[i];

        if (!part_literal(e, i) &&
            str_is((struct str){part.p + 1, part.n - 2}, name))
            return t->segments[i];
    }
    return STR_NONE;
}
