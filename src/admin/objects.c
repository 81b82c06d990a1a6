/* objects.c -- endpoints, recipients and pools over HTTP: listed, read, made,
 * replaced, patched and deleted, each with a revision to guard it. */
#include "admin/objects.h"

#include "admin/done_by.h"
#include "admin/params.h"
#include "admin/reply.h"

static const char *const no_params[] = {NULL};
static const char *const write_params[] = {"comment", NULL};
static const char *const list_params[] = {"limit", "cursor", NULL};

static const struct snapshot *now(const struct resource *r)
{
    return config_now(r->admin->with.config);
}

size_t objects_find(const struct resource *r, const struct snapshot *s,
                    struct str name)
{
    size_t n = r->count(s);

    for (size_t i = 0; i < n; i++)
        if (str_eq(r->name(s, i), name))
            return i;
    return n;
}

void objects_not_found(const struct resource *r, struct exchange *x,
                       struct str name)
{
    struct arena *arena = exchange_arena(x);
    const struct snapshot *s = now(r);
    size_t n = r->count(s);
    const char **names = arena_array(arena, n + 1, sizeof *names);
    const char *kind = object_kind_name(r->kind);
    const char *near;

    for (size_t i = 0; i < n; i++)
        names[i] = arena_c(arena, r->name(s, i));
    near = str_nearest(name, names);
    reply_problem_text(r->admin, x, 404, "not-found",
                       "no %s named \"%.*s\"%s%s%s", kind,
                       STR_ARG(str_first(name, utf8_cut(name, NAME_MAX_BYTES))),
                       near != NULL ? "; there is \"" : "",
                       near != NULL ? near : "", near != NULL ? "\"" : "");
}

/* --- revisions ------------------------------------------------------------ */

void etag_add(struct exchange *x, int64_t revision)
{
    exchange_header_add(x, "ETag",
                        arena_printf(exchange_arena(x), "\"r%lld\"",
                                     (long long)revision));
}

static bool etag_parse(struct str s, int64_t *revision)
{
    return s.n > 3 && str_starts(s, "\"r") && s.p[s.n - 1] == '"' &&
           str_to_i64(str_first(str_from(s, 2), s.n - 3), revision) &&
           *revision >= 0;
}

bool etag_matches(struct admin *a, struct exchange *x, bool exists,
                  int64_t current, int64_t *revision)
{
    struct str wanted = str_trim(exchange_header(x, "If-Match"));
    bool matches;

    *revision = 0;
    if (wanted.n == 0)
        return true;
    matches = exists;
    if (!str_is(wanted, "*")) {
        if (!etag_parse(wanted, revision))
            return params_wrong(a, x, "If-Match takes one ETag as it was given, "
                                      "like \"r12\", or *");
        matches = exists && *revision == current;
    }
    if (matches)
        return true;
    if (exists)
        etag_add(x, current);
    reply_problem_text(a, x, 412, "stale",
                       exists ? "it has changed since you read it: it is at "
                                "r%lld now, not at r%lld; read it again"
                              : "there is nothing here for If-Match to match",
                       (long long)current, (long long)*revision);
    return false;
}

void edit_refused(struct admin *a, struct exchange *x,
                  enum config_result result, const struct error *err)
{
    static const struct {
        int status;
        const char *code;
    } problems[] = {
        [CONFIG_OK] = {500, "bug"},
        [CONFIG_INVALID] = {422, "invalid-object"},
        [CONFIG_NOT_FOUND] = {404, "not-found"},
        [CONFIG_EXISTS] = {409, "already-exists"},
        [CONFIG_LOCKED] = {409, "locked"},
        [CONFIG_IN_USE] = {409, "in-use"},
        [CONFIG_STALE] = {412, "stale"},
        [CONFIG_FAILED] = {503, "not-stored"},
    };

    assert(result != CONFIG_OK);
    reply_problem(a, x, problems[result].status, problems[result].code, err);
}

/* --- reading -------------------------------------------------------------- */

static void write_warnings(const struct resource *r, struct exchange *x, size_t at,
                           struct json_out *o)
{
    struct warning *warnings;
    size_t n = 0;

    if (r->warnings != NULL)
        n = r->warnings(now(r), at, exchange_arena(x), &warnings);
    if (n == 0)
        return;
    out_array(o, "warnings");
    for (size_t i = 0; i < n; i++) {
        out_object(o, NULL);
        out_str(o, "place", warnings[i].place);
        out_str(o, "text", warnings[i].text);
        out_object_end(o);
    }
    out_array_end(o);
}

static void object_answer(const struct resource *r, struct exchange *x,
                          int status, size_t at)
{
    struct reply reply freed_by(reply_release);

    reply_init(&reply);
    out_object(&reply.out, NULL);
    r->write(r, now(r), at, &reply.out, "data");
    write_warnings(r, x, at, &reply.out);
    out_object_end(&reply.out);
    etag_add(x, r->revision(now(r), at));
    reply_send(&reply, x, status);
}

void objects_get(void *resource, struct exchange *x)
{
    const struct resource *r = resource;
    struct str name = exchange_segment(x, "name");
    size_t at = objects_find(r, now(r), name);

    if (!params_known(r->admin, x, no_params))
        return;
    if (at == r->count(now(r)))
        objects_not_found(r, x, name);
    else
        object_answer(r, x, 200, at);
}

struct named {
    struct str name;
    size_t at;
};

static int by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;

    return str_cmp(x->name, y->name);
}

/* Those behind the cursor, which is the name of the last one, in order. */
static size_t names_after(const struct resource *r, struct str cursor,
                          struct arena *arena, struct named **out)
{
    size_t all = r->count(now(r)), n = 0;
    struct named *v = arena_array(arena, MAX(all, 1u), sizeof *v);

    for (size_t i = 0; i < all; i++) {
        struct str name = r->name(now(r), i);

        if (str_cmp(name, cursor) > 0)
            v[n++] = (struct named){name, i};
    }
    qsort(v, n, sizeof *v, by_name);
    *out = v;
    return n;
}

void objects_list(void *resource, struct exchange *x)
{
    const struct resource *r = resource;
    struct reply reply freed_by(reply_release) = {0};
    struct str next = STR_NONE;
    struct named *names;
    struct page page;
    size_t n;

    if (!params_known(r->admin, x, list_params) ||
        !params_page(r->admin, x, &page))
        return;
    n = names_after(r, page.cursor, exchange_arena(x), &names);
    if (n > page.limit)
        next = names[page.limit - 1].name;
    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_array(&reply.out, "data");
    for (size_t i = 0; i < MIN(n, page.limit); i++)
        r->write(r, now(r), names[i].at, &reply.out, NULL);
    out_array_end(&reply.out);
    reply_list_end(&reply, next, (int64_t)r->count(now(r)), true);
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
}

/* --- writing -------------------------------------------------------------- */

/* The object as it is after the edit; its name may be another now. */
static void edited_answer(const struct resource *r, struct exchange *x,
                          int status, const struct edit *e)
{
    struct str renamed = json_text(json_get(e->object, "name"));
    struct str name = renamed.n > 0 ? renamed : e->name;
    size_t at = objects_find(r, now(r), name);

    assert(at < r->count(now(r)));
    if (status == 201)
        exchange_header_add(x, "Location",
                            arena_printf(exchange_arena(x), "%s/%.*s", r->path,
                                         STR_ARG(name)));
    object_answer(r, x, status, at);
}

/* As the API shows it, for the log; "" where it is not. */
static struct str object_json(const struct resource *r, struct str name,
                              struct buf *to)
{
    struct json_out o = JSON_OUT(to);
    size_t at = objects_find(r, now(r), name);

    if (at < r->count(now(r)))
        r->write(r, now(r), at, &o, NULL);
    return buf_view(to);
}

static void edit_log(const struct resource *r, struct exchange *x,
                     const struct edit *e, struct str before)
{
    static const char *const verbs[] = {[EDIT_CREATE] = "add",
                                        [EDIT_REPLACE] = "replace",
                                        [EDIT_PATCH] = "change",
                                        [EDIT_DELETE] = "delete"};
    struct buf after freed_by(buf_release) = BUF(ADMIN_BODY_MAX);
    struct str renamed = json_text(json_get(e->object, "name"));
    struct str name = renamed.n > 0 ? renamed : e->name;
    char what[64];

    snprintf(what, sizeof what, "%s.%s", object_kind_name(r->kind),
             verbs[e->verb]);
    done_log(r->admin, x, what, e->name.n > 0 ? e->name : name, before,
             object_json(r, name, &after));
}

static void object_edit(const struct resource *r, struct exchange *x,
                        struct edit *e, int status)
{
    struct buf before freed_by(buf_release) = BUF(ADMIN_BODY_MAX);
    struct error err = {0};
    struct signature by;
    enum config_result result;
    size_t failed;

    if (!params_signature(r->admin, x, &by))
        return;
    e->kind = r->kind;
    e->author = STR("api");
    object_json(r, e->name, &before);
    result = config_change(r->admin->with.config, e, 1, &by, &failed, &err);
    if (result == CONFIG_OK)
        edit_log(r, x, e, buf_view(&before));
    if (result != CONFIG_OK)
        edit_refused(r->admin, x, result, &err);
    else if (e->verb == EDIT_DELETE)
        exchange_answer(x, status, NULL, STR_NONE);
    else
        edited_answer(r, x, status, e);
}

void objects_create_from(const struct resource *r, struct exchange *x,
                         const struct json *object)
{
    struct edit e = {.verb = EDIT_CREATE, .object = object};

    if (params_known(r->admin, x, write_params))
        object_edit(r, x, &e, 201);
}

void objects_create(void *resource, struct exchange *x)
{
    const struct resource *r = resource;
    const struct json *object;

    object = params_object(r->admin, x, NULL, false);
    if (object != NULL)
        objects_create_from(r, x, object);
}

/* What PUT, PATCH and DELETE have in common. False: answered. */
static bool edit_begin(const struct resource *r, struct exchange *x,
                       const char *const *params, struct edit *e, bool *exists)
{
    const struct snapshot *s = now(r);
    size_t at;

    e->name = exchange_segment(x, "name");
    at = objects_find(r, s, e->name);
    *exists = at < r->count(s);
    return params_known(r->admin, x, params) &&
           etag_matches(r->admin, x, *exists,
                        *exists ? r->revision(s, at) : 0, &e->if_revision);
}

void objects_replace(void *resource, struct exchange *x)
{
    const struct resource *r = resource;
    struct edit e = {.verb = EDIT_REPLACE};
    bool exists;

    if (!edit_begin(r, x, write_params, &e, &exists))
        return;
    e.object = params_object(r->admin, x, NULL, false);
    if (e.object != NULL)
        object_edit(r, x, &e, exists ? 200 : 201);
}

void objects_patch(void *resource, struct exchange *x)
{
    const struct resource *r = resource;
    struct edit e = {.verb = EDIT_PATCH};
    bool exists;

    if (!edit_begin(r, x, write_params, &e, &exists))
        return;
    e.object = params_object(r->admin, x, NULL, false);
    if (e.object != NULL)
        object_edit(r, x, &e, 200);
}

/* False: answered, for what would be lost with it, and nobody said force=true. */
static bool may_delete(const struct resource *r, struct exchange *x, struct str name)
{
    size_t at = objects_find(r, now(r), name);
    struct str force = exchange_query(x, "force");
    uint64_t n = 0;

    if (exchange_has_query(x, "force") && !str_is(force, "true") &&
        !str_is(force, "false"))
        return params_wrong(r->admin, x, "force must be true or false");
    if (r->waiting != NULL && at < r->count(now(r)) && !str_is(force, "true"))
        n = r->waiting(r->admin, now(r), at);
    if (n == 0)
        return true;
    reply_problem_text(r->admin, x, 409, "pending",
                       "%s \"%.*s\" has %llu pending deliver%s, which would be dead "
                       "with it; wait, or delete it with force=true",
                       object_kind_name(r->kind), STR_ARG(name),
                       (unsigned long long)n, n == 1 ? "y" : "ies");
    return false;
}

void objects_delete(void *resource, struct exchange *x)
{
    static const char *const params[] = {"force", "comment", NULL};
    const struct resource *r = resource;
    struct edit e = {.verb = EDIT_DELETE};
    bool exists;

    if (edit_begin(r, x, r->waiting != NULL ? params : write_params, &e, &exists) &&
        may_delete(r, x, e.name))
        object_edit(r, x, &e, 204);
}
