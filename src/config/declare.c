/* declare.c -- what files declare, checked and applied. */
#include "config/declare.h"

#include <unistd.h>

#include "base/hash.h"
#include "base/limits.h"
#include "config/config_empty.h"
#include "config/declare_item.h"

/* --- who owns what ------------------------------------------------------ */

/* "/etc/tocsin/a.yaml" of "file:/etc/tocsin/a.yaml:7"; STR_NONE: no file. */
static struct str owner_path(struct str managed_by)
{
    struct str path = str_from(managed_by, strlen("file:"));

    if (!str_starts(managed_by, "file:"))
        return STR_NONE;
    while (path.n > 0 && path.p[path.n - 1] != ':')
        path.n--;
    path.n -= path.n > 0;
    return path;
}

/* Whether this run speaks for the object: the file that owns it is one of those
 * read, or it is, or was, in a directory that was read. */
static bool is_ours(const struct declared *d, struct str managed_by)
{
    struct str path = owner_path(managed_by);

    if (d->owner.n > 0)
        return str_eq(managed_by, d->owner);
    for (size_t i = 0; path.n > 0 && i < d->root_count; i++) {
        struct str root = d->roots[i];
        struct str rest = str_from(path, root.n);

        if (!str_eq(str_first(path, root.n), root))
            continue;
        if (rest.n == 0 || (rest.p[0] == '/' &&
                            str_find(str_from(rest, 1), '/') == rest.n - 1))
            return true;
    }
    return false;
}

struct owned { /* an object that is there */
    enum object_kind kind;
    struct str name;
    struct str managed_by;
    int64_t revision;
};

/* All objects there are, but for the builtin; settings only when set. */
static struct owned *owned_all(const struct snapshot *s, struct arena *a,
                               size_t *n)
{
    size_t most = s->endpoint_count + s->recipient_count + s->pool_count +
                  s->holds.silences.n + s->holds.inhibitions.n + 1;
    struct owned *v = arena_array(a, most, sizeof(*v)), *o = v;

    for (size_t i = 1; i < s->endpoint_count; i++)
        *o++ = (struct owned){OBJECT_ENDPOINT, s->endpoints[i].name,
                              s->endpoints[i].managed_by,
                              s->endpoints[i].revision};
    for (size_t i = 1; i < s->recipient_count; i++)
        *o++ = (struct owned){OBJECT_RECIPIENT, s->recipients[i].name,
                              s->recipients[i].managed_by,
                              s->recipients[i].revision};
    for (size_t i = 0; i < s->pool_count; i++)
        *o++ = (struct owned){OBJECT_POOL, s->pool_list[i].name,
                              s->pool_origins[i].managed_by,
                              s->pool_origins[i].revision};
    for (size_t i = 0; i < s->holds.silences.n; i++)
        *o++ = (struct owned){OBJECT_SILENCE, s->holds.silences.v[i].name,
                              s->holds.silences.v[i].managed_by,
                              s->holds.silences.v[i].revision};
    for (size_t i = 0; i < s->holds.inhibitions.n; i++)
        *o++ = (struct owned){OBJECT_INHIBITION, s->holds.inhibitions.v[i].name,
                              s->holds.inhibitions.v[i].managed_by,
                              s->holds.inhibitions.v[i].revision};
    if (s->settings_origin.revision > 0)
        *o++ = (struct owned){OBJECT_SETTINGS, STR(SETTINGS_NAME),
                              s->settings_origin.managed_by,
                              s->settings_origin.revision};
    *n = (size_t)(o - v);
    return v;
}

/* By kind and name, for as many look-ups as there are items. */
struct owners {
    struct owned *v;
    size_t n;
    struct hash by_name[OBJECT_KINDS];
};

static void owners_init(struct owners *w, const struct snapshot *s,
                        struct arena *a)
{
    w->v = owned_all(s, a, &w->n);
    for (size_t i = 0; i < w->n; i++)
        hash_put(&w->by_name[w->v[i].kind], w->v[i].name, &w->v[i]);
}

static void owners_release(struct owners *w)
{
    for (size_t k = 0; k < OBJECT_KINDS; k++)
        hash_release(&w->by_name[k]);
}

/* Another file that still is there names the same object. */
static bool is_foreign(const struct declared *d, const struct owners *w,
                       size_t i, struct arena *a, struct error *err)
{
    const struct declared_item *item = &d->items[i];
    const struct owned *o = hash_get(&w->by_name[item->kind], item->name);
    struct str path = o != NULL ? owner_path(o->managed_by) : STR_NONE;

    if (path.n == 0 || d->owner.n > 0 || is_ours(d, o->managed_by) ||
        access(arena_c(a, path), F_OK) != 0)
        return false; /* another owner is told when the edit is tried */
    error_set(err, "%.*s is declared in %.*s already; take it out there first",
              STR_ARG(object_title(item->kind, item->name, a)),
              STR_ARG(str_from(o->managed_by, strlen("file:"))));
    return true;
}

/* --- check -------------------------------------------------------------- */

/* One look at all that has no problem yet. */
struct round {
    struct edit *edits;
    size_t *which; /* item of each edit */
    size_t n;
    const struct declared_item **bad;
    size_t bad_count;
};

static bool names_bad(const struct round *r, enum object_kind kind,
                      const struct json *name)
{
    for (size_t i = 0; i < r->bad_count; i++)
        if (r->bad[i]->kind == kind && str_eq(r->bad[i]->name, json_text(name)))
            return true;
    return false;
}

static bool lists_bad(const struct round *r, enum object_kind kind,
                      const struct json *list)
{
    for (const struct json *m = json_is(list, JSON_ARRAY) ? list->first : NULL;
         m != NULL; m = m->next)
        if (names_bad(r, kind, m))
            return true;
    return false;
}

/* What speaks of something that has a problem itself would only be told that
 * there is no such thing. */
static bool hangs_on_bad(const struct round *r, const struct edit *e)
{
    if (e->kind == OBJECT_SILENCE)
        return lists_bad(r, OBJECT_RECIPIENT, json_get(e->object, "recipients"));
    return e->kind == OBJECT_RECIPIENT &&
           (names_bad(r, OBJECT_ENDPOINT, json_get(e->object, "endpoint")) ||
            lists_bad(r, OBJECT_POOL, json_get(e->object, "host_pools")));
}

static void round_make(struct round *r, const struct declared *d)
{
    r->n = r->bad_count = 0;
    for (size_t i = 0; i < d->n; i++)
        if (d->items[i].bad)
            r->bad[r->bad_count++] = &d->items[i];
    for (size_t i = 0; i < d->n; i++)
        if (!d->items[i].bad && !hangs_on_bad(r, &d->edits[i])) {
            r->which[r->n] = i;
            r->edits[r->n++] = d->edits[i];
        }
}

/* True: nothing more was found. */
static bool check_round(struct config *c, struct declared *d, struct round *r,
                        struct arena *a)
{
    struct error err = {0};
    size_t failed = 0;
    enum config_result result;

    round_make(r, d);
    result = config_try(c, r->edits, r->n, &failed, &err);
    if (result == CONFIG_OK)
        return true;
    if (r->n == 0 || result == CONFIG_FAILED) {
        problem_add(a, d, &(struct source){0}, (struct place){0, 0},
                    str_of(err.text));
        return true;
    }
    failed = r->which[failed];
    d->items[failed].bad = !item_mend(d, failed, &err, a);
    return false;
}

static void check_all(struct config *c, struct declared *d, struct arena *a)
{
    struct owners w freed_by(owners_release) = {0};
    struct round r = {
        .edits = arena_array(a, d->n, sizeof(*r.edits)),
        .which = arena_array(a, d->n, sizeof(*r.which)),
        .bad = arena_array(a, d->n, sizeof(*r.bad)),
    };

    owners_init(&w, config_now(c), a);
    items_settle(d, config_now(c), a);
    for (size_t i = 0; i < d->n; i++) {
        struct error err = {0};

        if (is_foreign(d, &w, i, a, &err)) {
            item_problem(d, a, &d->items[i], &err);
            d->items[i].bad = true;
        }
    }
    while (d->problem_count < DECLARE_PROBLEMS_MAX && !check_round(c, d, &r, a))
        ;
}

void declare_check(struct config *c, struct declared *d, struct arena *a)
{
    struct error err = {0};
    struct config *empty;

    if (d->partial || d->n == 0)
        return;
    if (c != NULL) {
        check_all(c, d, a);
    } else {
        empty = config_open_empty(&err);
        if (empty == NULL)
            bug("SQLite has no memory for an empty configuration");
        check_all(empty, d, a);
        config_close(empty);
    }
    problems_sort(d);
}

/* --- apply -------------------------------------------------------------- */

/* Whether the files still name it. */
static bool is_declared(const struct hash by_name[OBJECT_KINDS],
                        const struct owned *o)
{
    return hash_get(&by_name[o->kind], o->name) != NULL;
}

/* The declared edits, and deletions of what our files no longer name. */
static struct edit *edits_all(const struct declared *d, const struct owners *w,
                              bool prune, struct arena *a, size_t *n)
{
    struct edit *all = arena_array(a, d->n + w->n, sizeof(*all));
    struct hash declared[OBJECT_KINDS] = {0};

    for (*n = 0; *n < d->n; (*n)++) {
        all[*n] = d->edits[*n];
        hash_put(&declared[all[*n].kind], d->items[*n].name, &d->items[*n]);
    }
    for (size_t i = 0; prune && i < w->n; i++) {
        const struct owned *o = &w->v[i];

        if (is_ours(d, o->managed_by) && !is_declared(declared, o))
            all[(*n)++] = (struct edit){
                .kind = o->kind,
                .verb = EDIT_DELETE,
                .name = arena_str(a, o->name),
                .author = arena_str(a, o->managed_by),
            };
    }
    for (size_t k = 0; k < OBJECT_KINDS; k++)
        hash_release(&declared[k]);
    return all;
}

static bool has_problems(const struct declared *d, struct error *err)
{
    const struct declared_problem *p = d->problems;

    if (d->problem_count == 0)
        return false;
    error_set(err, "%.*s:%zu:%zu: %.*s", STR_ARG(p->file), p->line, p->column,
              STR_ARG(p->text));
    if (d->problem_count > 1)
        error_in(err, "%zu problems; the first", d->problem_count);
    return true;
}

static bool apply_edits(struct config *c, const struct declared *d,
                        const struct edit *edits, size_t n,
                        struct consequence *then, struct error *err)
{
    struct signature files = {.author = STR("files")};
    struct intent what = {
        .edits = edits,
        .n = n,
        .by = d->by != NULL ? d->by : &files,
        .dry_run = d->dry_run,
        .then = then,
    };
    size_t failed = 0;
    enum config_result result = config_intend(c, &what, &failed, err);

    if (result == CONFIG_OK)
        return true;
    if (result != CONFIG_FAILED && failed < d->n)
        return error_in(err, "%.*s", STR_ARG(d->places[failed]));
    return result != CONFIG_FAILED
               ? error_in(err, "pruning what no file declares any more")
               : false;
}

bool declare_apply(struct config *c, struct declared *d, bool prune,
                   struct arena *a, struct declared_result *out,
                   struct error *err)
{
    struct owners w freed_by(owners_release) = {0};
    struct consequence then = {.to = d->differences};
    struct edit *edits;
    size_t n;
    bool applied;

    owners_init(&w, config_now(c), a);
    items_settle(d, config_now(c), a);
    applied = !has_problems(d, err);
    for (size_t i = 0; i < d->n && applied; i++)
        if (is_foreign(d, &w, i, a, err))
            applied = error_in(err, "%.*s", STR_ARG(d->places[i]));
    if (applied) {
        edits = edits_all(d, &w, prune, a, &n);
        applied = apply_edits(c, d, edits, n, &then, err);
    }
    if (applied)
        *out = (struct declared_result){
            .created = then.created,
            .changed = then.changed,
            .same = d->n - then.created - then.changed,
            .deleted = then.deleted,
        };
    return applied;
}
