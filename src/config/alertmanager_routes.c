/* alertmanager_routes.c -- a tree of routes as one filter a receiver. An alert goes
 * to the deepest node that takes it; of siblings the first takes it alone, unless
 * it says `continue`. */
#include "config/alertmanager_own.h"

#include "routing/filter.h"

/* One condition of those that must all hold, innermost first. */
struct condition {
    struct str text; /* {a="b"}, or "not {a="b"}" */
    bool exclusion;  /* without it the filter takes more, never less */
    const struct condition *up;
};

struct walk {
    struct import *i;
    struct arena *a;
    struct am_way *ways;
    size_t routes;
    struct error *err;
};

/* --- matchers ------------------------------------------------------------------ */

/* In quotes only the quote and the backslash before it are special here. */
static bool matcher_write(struct buf *to, struct str name, const char *sign,
                          struct str value)
{
    for (size_t k = 0; k < value.n; k++)
        if ((unsigned char)value.p[k] < ' ')
            return false;
    if (name.n == 0 || str_find(name, '"') < name.n)
        return false;
    buf_printf(to, "%s%.*s%s\"", to->n > 1 ? ", " : "", STR_ARG(name), sign);
    for (size_t k = 0; k < value.n; k++) {
        if (value.p[k] == '"' || value.p[k] == '\\')
            buf_char(to, '\\');
        buf_char(to, value.p[k]);
    }
    buf_char(to, '"');
    return !to->over;
}

/* match: {name: value}, of before 0.22. */
static bool old_matchers(const struct json *object, const char *sign,
                         struct buf *to)
{
    for (const struct json *m = object ? object->first : NULL; m; m = m->next)
        if (!matcher_write(to, m->name, sign, json_text(m)))
            return false;
    return true;
}

/* A value in double quotes has the escapes of a Go string: \n, \" and \\. */
static bool unquoted(struct str text, struct arena *a, struct str *out)
{
    struct buf b freed_by(buf_release) = BUF(FILTER_BYTES_MAX);

    *out = text;
    if (text.n < 2 || text.p[0] != '"')
        return true;
    if (text.p[text.n - 1] != '"')
        return false;
    for (size_t k = 1; k + 1 < text.n; k++) {
        if (text.p[k] == '\\' && k + 2 < text.n) {
            k++;
            buf_char(&b, text.p[k] == 'n' ? '\n' : text.p[k]);
        } else {
            buf_char(&b, text.p[k]);
        }
    }
    *out = arena_str(a, buf_view(&b));
    return !b.over;
}

/* `alertname = "Foo"`, `env=~dev|test`. */
static bool matcher_read(struct str text, struct arena *a, struct buf *to)
{
    static const char *const signs[] = {"=~", "!~", "!=", "="};
    struct str name, value;

    for (size_t at = 0; at < text.n; at++)
        for (size_t k = 0; k < COUNT_OF(signs); k++) {
            if (!str_starts(str_from(text, at), signs[k]))
                continue;
            name = str_trim(str_first(text, at));
            value = str_trim(str_from(text, at + strlen(signs[k])));
            return unquoted(name, a, &name) && unquoted(value, a, &value) &&
                   matcher_write(to, name, signs[k], value);
        }
    return false;
}

/* Several in one text, `{a="b", c="d"}`, are told apart outside of quotes. */
static bool matchers_read(struct str text, struct arena *a, struct buf *to)
{
    bool quoted = false;
    size_t from = 0;

    text = str_trim(text);
    if (str_starts(text, "{") && str_ends(text, "}"))
        text = str_first(str_from(text, 1), text.n - 2);
    for (size_t at = 0; at <= text.n; at++) {
        bool end = at == text.n || (text.p[at] == ',' && !quoted);
        struct str one = str_trim(str_first(str_from(text, from), at - from));

        if (!end) {
            quoted ^= text.p[at] == '"' && (at == 0 || text.p[at - 1] != '\\');
            continue;
        }
        if (one.n > 0 && !matcher_read(one, a, to))
            return false;
        from = at + 1;
    }
    return true;
}

static const struct json *member_of(const struct json *object, const char *side,
                                    const char *name, struct arena *a)
{
    return json_get(object, arena_printf(a, "%s%s", side, name).p);
}

bool am_matchers_read(const struct json *object, const char *side, struct arena *a,
                      struct str *out, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(FILTER_BYTES_MAX);
    const struct json *list = member_of(object, side, "matchers", a);
    bool ok;

    buf_char(&b, '{');
    ok = old_matchers(member_of(object, side, "match", a), "=", &b) &&
         old_matchers(member_of(object, side, "match_re", a), "=~", &b);
    if (json_is(list, JSON_STRING))
        ok = ok && matchers_read(list->text, a, &b);
    for (const struct json *m = json_is(list, JSON_ARRAY) ? list->first : NULL;
         m != NULL; m = m->next)
        ok = ok && matchers_read(json_text(m), a, &b);
    *out = b.n > 1 ? arena_printf(a, "%.*s}", STR_ARG(buf_view(&b))) : STR_NONE;
    return ok && (out->n == 0 || filter_parse(*out, a, NULL, err) != NULL);
}

static bool route_matchers(struct walk *w, const struct json *route,
                           struct str *out)
{
    return am_matchers_read(route, "", w->a, out, w->err) ||
           error_in(w->err, "a route's matchers cannot be read here");
}

/* --- the tree -------------------------------------------------------------------- */

static struct str conditions_text(const struct condition *c, bool exclusions,
                                  struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(64 * FILTER_BYTES_MAX);

    for (; c != NULL; c = c->up)
        if (exclusions || !c->exclusion)
            buf_printf(&b, "%s%.*s", b.n > 0 ? " and " : "", STR_ARG(c->text));
    return arena_str(a, buf_view(&b));
}

static struct am_way *way_of(struct walk *w, struct str receiver,
                             const struct json *route, bool *first)
{
    struct str times = am_times_text(route, w->a);
    struct am_way **at = &w->ways;

    while (*at != NULL &&
           !(str_eq((*at)->receiver, receiver) && str_eq((*at)->times, times)))
        at = &(*at)->next;
    *first = *at == NULL;
    if (*at == NULL) {
        *at = arena_new(w->a, sizeof **at);
        (*at)->receiver = receiver;
        (*at)->times = times;
        (*at)->route = route;
    }
    return *at;
}

static bool fits(struct str filter, struct arena *a)
{
    return filter.n == 0 || filter_parse(filter, a, NULL, NULL) != NULL;
}

/* One more way to its receiver. */
static void way_add(struct walk *w, struct str receiver, const struct json *route,
                    const struct condition *c)
{
    bool first;
    struct am_way *way = way_of(w, receiver, route, &first);
    struct str text = conditions_text(c, true, w->a), all;

    if (!first && way->filter.n == 0)
        return; /* it takes everything already */
    for (int wide = 0; wide < 2; wide++) {
        all = first || text.n == 0
                  ? text
                  : arena_printf(w->a, "%.*s or %.*s", STR_ARG(way->filter),
                                 STR_ARG(text));
        if (fits(all, w->a))
            break;
        way->too_long = true;
        text = conditions_text(c, false, w->a);
    }
    way->filter = fits(all, w->a) ? all : STR_NONE;
}

static const struct condition *condition_add(struct walk *w, struct str text,
                                             bool exclusion,
                                             const struct condition *up)
{
    struct condition *c = arena_new(w->a, sizeof *c);

    if (text.n == 0)
        return up;
    *c = (struct condition){
        .text =
            exclusion ? arena_printf(w->a, "not %.*s", STR_ARG(text)) : text,
        .exclusion = exclusion,
        .up = up,
    };
    return c;
}

/* What the children of a node leave over. */
struct rest {
    const struct condition *next; /* for the children behind */
    const struct condition *own;  /* for the node itself: no child took it */
    bool next_open, own_open;     /* false: there is none */
};

static void rest_narrow(struct walk *w, struct rest *r, struct str matchers,
                        bool goes_on)
{
    r->own = condition_add(w, matchers, true, r->own);
    r->own_open = r->own_open && matchers.n > 0;
    if (goes_on)
        return;
    r->next = condition_add(w, matchers, true, r->next);
    r->next_open = matchers.n > 0;
}

/* Without labels all alerts are one group; "..." tells each by itself, as it is here. */
static void grouping_say(struct walk *w, const struct json *route, struct str receiver)
{
    const struct json *labels = json_get(route, "group_by");

    if (json_is(labels, JSON_ARRAY) && labels->count > 0 &&
        !str_is(json_text(labels->first), "..."))
        import_say(w->i, IMPORT_LEFT, "recipient", receiver,
                   "group_by: alerts are not grouped here: what waits for a recipient "
                   "shares a message");
}

/* As deep as YAML went: JSON_DEPTH_MAX. */
static bool route_walk(struct walk *w, const struct json *route,
                       struct str receiver, const struct condition *c)
{
    const struct json *routes = json_get(route, "routes");
    struct rest rest = {c, c, true, true};
    struct str matchers;

    if (++w->routes > ALERTMANAGER_ROUTES_MAX)
        return error_set(w->err, "more than %d routes",
                         ALERTMANAGER_ROUTES_MAX);
    if (json_text(json_get(route, "receiver")).n > 0)
        receiver = json_text(json_get(route, "receiver"));
    grouping_say(w, route, receiver);
    am_keys_say(w->i, "recipient", receiver, route, am_route_keys);
    for (const struct json *r = routes ? routes->first : NULL;
         r != NULL && rest.next_open; r = r->next) {
        if (!route_matchers(w, r, &matchers) ||
            !route_walk(w, r, receiver,
                        condition_add(w, matchers, false, rest.next)))
            return false;
        rest_narrow(w, &rest, matchers,
                    str_is(json_text(json_get(r, "continue")), "true"));
    }
    if (rest.own_open)
        way_add(w, receiver, route, rest.own);
    return true;
}

struct am_way *am_routes_read(struct import *i, const struct json *route,
                              struct error *err)
{
    struct walk w = {.i = i, .a = i->a, .err = err};

    if (!json_is(route, JSON_OBJECT)) {
        error_set(err, "this is not alertmanager.yml: it has no route");
        return NULL;
    }
    return route_walk(&w, route, STR_NONE, NULL) ? w.ways : NULL;
}
