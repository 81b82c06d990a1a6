/* build_uses.c -- who speaks of an object by its name, so that it cannot go: pools
 * in criteria and filters, endpoints and escalations in recipients, recipients in
 * silences. */
#include "config/build.h"

#define USERS_SHOWN 5 /* of each kind, when something is in use */

/* The members of each kind that are filters, and may name pools. */
static const char *const *filters_of(enum object_kind kind)
{
    static const char *const recipient[] = {"filter", NULL};
    static const char *const silence[] = {"matcher", NULL};
    static const char *const inhibition[] = {"source", "target", NULL};
    static const char *const none[] = {NULL};

    return kind == OBJECT_RECIPIENT    ? recipient
           : kind == OBJECT_SILENCE    ? silence
           : kind == OBJECT_INHIBITION ? inhibition
                                       : none;
}

static bool filter_names(const struct filter *f, struct str pool)
{
    const struct filter_value *v;

    for (size_t i = 0; (v = filter_pool(f, i)) != NULL; i++)
        if (str_eq(v->text, pool))
            return true;
    return false;
}

static bool text_names(struct str filter, struct str pool)
{
    struct arena a freed_by(arena_release) = {0};
    const struct filter *f = filter_parse(filter, &a, NULL, NULL);

    return f != NULL && filter_names(f, pool);
}

static bool list_names(const struct json *list, struct str name)
{
    for (const struct json *e = json_is(list, JSON_ARRAY) ? list->first : NULL;
         e != NULL; e = e->next)
        if (str_eq(json_text(e), name))
            return true;
    return false;
}

static bool names_pool(const struct object *o, struct str name)
{
    if (list_names(json_get(o->json, "host_pools"), name))
        return true;
    for (const char *const *m = filters_of(o->kind); *m != NULL; m++)
        if (text_names(json_text(json_get(o->json, *m)), name))
            return true;
    return false;
}

static bool names_object(const struct object *o, enum object_kind kind, struct str name)
{
    if (kind == OBJECT_RECIPIENT)
        return str_eq(json_text(json_get(o->json, "escalate_to")), name) ||
               list_names(json_get(o->json, "recipients"), name);
    return kind == OBJECT_ENDPOINT
               ? str_eq(json_text(json_get(o->json, "endpoint")), name)
               : names_pool(o, name);
}

/* `recipients "a", "b" and 7 more`; how many there are. */
static size_t users_write(const struct build *b, enum object_kind of,
                          const struct object *gone, struct buf *to)
{
    struct buf names freed_by(buf_release) = BUF(ERROR_TEXT_MAX);
    size_t n = 0;

    for (const struct object *o = b->m->first[of]; o != NULL; o = o->next)
        if (!o->gone && names_object(o, gone->kind, gone->name) && n++ < USERS_SHOWN)
            buf_printf(&names, "%s\"%.*s\"", n > 1 ? ", " : "", STR_ARG(o->name));
    if (n == 0)
        return 0;
    buf_printf(to, "%s%s%s %s", to->n > 0 ? " and " : "", object_kind_name(of),
               n > 1 ? "s" : "", buf_c(&names));
    if (n > USERS_SHOWN)
        buf_printf(to, " and %zu more", n - USERS_SHOWN);
    return n;
}

/* What was deleted in this very change while others still speak of it. */
static void in_use(struct build *b, const struct object *gone)
{
    static const enum object_kind kinds[] = {OBJECT_RECIPIENT, OBJECT_SILENCE,
                                             OBJECT_INHIBITION};
    struct buf users freed_by(buf_release) = BUF(ERROR_TEXT_MAX);
    size_t n = 0;

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        n += users_write(b, kinds[i], gone, &users);
    error_set(b->err,
              "%s \"%.*s\" is in use by %s; delete %s or give %s another one first",
              object_kind_name(gone->kind), STR_ARG(gone->name), buf_c(&users),
              n > 1 ? "them" : "it", n > 1 ? "them" : "it");
    build_failed(b, gone->edit, CONFIG_IN_USE);
}

bool build_is_gone(struct build *b, enum object_kind kind, struct str name)
{
    for (const struct object *g = b->m->first[kind]; g != NULL; g = g->next)
        if (g->gone && str_eq(g->name, name)) {
            in_use(b, g);
            return true;
        }
    return false;
}

/* The pool that was called so until this change; NULL: none was. */
static const struct object *renamed_from(const struct build *b, struct str name)
{
    for (const struct object *p = b->m->first[OBJECT_POOL]; p != NULL; p = p->next)
        if (!p->gone && p->was.json != NULL && str_eq(p->was.name, name) &&
            !str_eq(p->name, name))
            return p;
    return NULL;
}

static bool pool_missing(struct build *b, const struct object *o,
                         const struct filter_value *v, const char *member, size_t edit)
{
    model_not_found(b->m, OBJECT_POOL, v->text, b->err);
    error_in(b->err, "column %zu", v->column);
    error_at(b->err, member);
    object_blame(b->err, o->kind, o->name);
    return build_failed(b, edit, CONFIG_INVALID);
}

/* "" is an alert about no host. What was there before an edit stays as it was. */
bool build_filter_pools(struct build *b, const struct object *o, const struct filter *f,
                        const char *member)
{
    const struct object *renamed;
    const struct filter_value *v;

    for (size_t i = 0; f != NULL && (v = filter_pool(f, i)) != NULL; i++) {
        if (v->text.n == 0 || str_is(v->text, POOL_DEFAULT) ||
            pools_find_name(b->s->pools, v->text) != NULL)
            continue;
        if (build_is_gone(b, OBJECT_POOL, v->text))
            return false;
        renamed = renamed_from(b, v->text);
        if (o->edit != 0 || renamed != NULL || o->kind == OBJECT_RECIPIENT)
            return pool_missing(b, o, v, member,
                                o->edit == 0 && renamed != NULL ? renamed->edit : o->edit);
    }
    return true;
}
