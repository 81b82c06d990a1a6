/* model_apply.c -- one edit: may it be, and what comes of it. */
#include "base/limits.h"
#include "config/model.h"
#include "config/secret.h"
#include "config/tree.h"

/* An edit on its way: what it names, and what is there under that name. */
struct attempt {
    struct model *m;
    const struct edit *e;
    struct str name;    /* as it is now */
    struct object *old; /* NULL: there is none */
    size_t index;
};

static bool by_file(struct str managed_by)
{
    return str_starts(managed_by, "file:");
}

static bool attempt_name(struct attempt *t, struct error *err)
{
    const struct json *object = t->e->object;
    const struct json *name = json_get(object, "name");

    if (t->e->verb != EDIT_DELETE && !json_is(object, JSON_OBJECT))
        return error_set(err, "a%s %s is written as an object, not %s",
                         t->e->kind == OBJECT_ENDPOINT ? "n" : "",
                         object_kind_name(t->e->kind),
                         object ? json_type_name(object->type) : "nothing");
    if (t->e->kind == OBJECT_SETTINGS) {
        t->name = STR(SETTINGS_NAME);
        return true;
    }
    if (name != NULL && !json_is(name, JSON_STRING)) {
        error_set(err, "the name must be a string, not %s",
                  json_type_name(name->type));
        return error_at(err, "name");
    }
    t->name = t->e->verb == EDIT_CREATE ? json_text(name) : t->e->name;
    return t->e->verb != EDIT_CREATE || object_check_name(t->name, err);
}

/* Only who owns it may change it: a file what it names, the API the rest. */
static enum config_result may_write(const struct attempt *t, struct error *err)
{
    const struct object *o = t->old;
    struct str kind = str_of(object_kind_name(t->e->kind));
    struct str owner = o->managed_by;

    if (t->e->verb == EDIT_CREATE) {
        error_set(err,
                  "%.*s \"%.*s\" exists already, managed by %.*s; take "
                  "another name, or change that one",
                  STR_ARG(kind), STR_ARG(o->name), STR_ARG(owner));
        error_at(err, "name");
        return CONFIG_EXISTS;
    }
    if (by_file(owner) && !by_file(t->e->author)) {
        error_set(err, "%.*s \"%.*s\" is declared in %.*s; change it there",
                  STR_ARG(kind), STR_ARG(o->name),
                  STR_ARG(str_from(owner, strlen("file:"))));
        return CONFIG_LOCKED;
    }
    if (by_file(t->e->author) && !by_file(owner)) {
        error_set(err,
                  "%.*s \"%.*s\" exists already, managed by %.*s; delete "
                  "that one, or give this one another name",
                  STR_ARG(kind), STR_ARG(o->name), STR_ARG(owner));
        return CONFIG_EXISTS;
    }
    return CONFIG_OK;
}

static enum config_result may_be(const struct attempt *t, struct error *err)
{
    const struct edit *e = t->e;
    bool builtin =
        (e->kind == OBJECT_ENDPOINT || e->kind == OBJECT_RECIPIENT) &&
        str_is(t->name, RECIPIENT_BUILTIN);
    enum config_result result;

    if (builtin) {
        error_set(err,
                  "%s \"" RECIPIENT_BUILTIN "\" is built in; what it "
                  "takes is the setting store_minimum_severity",
                  object_kind_name(e->kind));
        return CONFIG_LOCKED;
    }
    if (t->old == NULL) {
        if (e->if_revision == 0 &&
            (e->verb == EDIT_CREATE || e->verb == EDIT_REPLACE ||
             e->kind == OBJECT_SETTINGS))
            return CONFIG_OK;
        model_not_found(t->m, e->kind, t->name, err);
        return CONFIG_NOT_FOUND;
    }
    result = may_write(t, err);
    if (result != CONFIG_OK)
        return result;
    if (e->if_revision == 0 || e->if_revision == t->old->revision)
        return CONFIG_OK;
    error_set(err,
              "%s \"%.*s\" was changed since: it is at revision %lld now, "
              "not %lld; read it again",
              object_kind_name(e->kind), STR_ARG(t->name),
              (long long)t->old->revision, (long long)e->if_revision);
    return CONFIG_STALE;
}

/* The members given, without the name, what is only read, and nulls. */
static const struct json *members_given(const struct attempt *t,
                                        struct str name, struct error *err)
{
    const struct json *object = t->e->object;
    const struct json *out = object;

    for (const struct json *m = object->first; m != NULL; m = m->next) {
        bool known = object_knows_member(t->e->kind, m->name);

        if (!known && !object_member_is_read_only(m->name)) {
            object_unknown_member(t->e->kind, name, m->name, err);
            return NULL;
        }
        if (!known || (t->e->verb != EDIT_PATCH && json_is(m, JSON_NULL)))
            out = tree_put(out, m->name, NULL, t->m->arena);
    }
    return t->e->kind == OBJECT_SETTINGS
               ? out
               : tree_put(out, STR("name"), NULL, t->m->arena);
}

/* A recipient that moves to an endpoint of another type keeps no parameters. */
static const struct json *stored_params(const struct attempt *t,
                                        const struct field *rows)
{
    if (t->old == NULL || rows != model_rows(t->m, t->e->kind, t->old->json))
        return NULL;
    return t->e->kind == OBJECT_SETTINGS ? t->old->json
                                         : json_get(t->old->json, "params");
}

/* The same as text, or as a list of one text. */
static struct str text_within(const struct json *value)
{
    return json_text(json_is(value, JSON_ARRAY) ? value->first : value);
}

/* An export's placeholders, where nobody filled them, are the values that are there. */
static const struct json *placeholders_kept(const struct attempt *t,
                                            const struct field *rows,
                                            const struct json *stored,
                                            const struct json *given)
{
    struct arena *a = t->m->arena;
    const struct json *out = given;

    for (const struct field *f = rows; f->name != NULL && stored != NULL; f++) {
        struct str word = text_within(json_get(given, f->name));
        const struct json *kept = json_get(stored, f->name);
        struct error err = {0};

        if (f->secret && kept != NULL && !secret_is_reference(text_within(kept)) &&
            str_eq(word, object_placeholder(t->e->kind, t->name, str_of(f->name), a)) &&
            !secret_read(word, a, &word, &err))
            out = tree_put(out, str_of(f->name), kept, a);
    }
    return out;
}

/* Parameters as they will be kept: given, or put over the stored ones. Nulls
 * are gone, secrets given as they were shown have their value. */
static const struct json *params_new(const struct attempt *t,
                                     const struct field *rows,
                                     const struct json *given)
{
    const struct json *stored = stored_params(t, rows);

    if (rows == NULL || !json_is(given, JSON_OBJECT))
        return given;
    if (t->e->from_export)
        given = placeholders_kept(t, rows, stored, given);
    if (t->e->verb != EDIT_PATCH)
        stored = secrets_shown(rows, stored, given, t->m->arena);
    return fields_merge(rows, stored, given, t->m->arena);
}

static const struct json *patched(const struct attempt *t,
                                  const struct json *given)
{
    const struct json *out = t->old != NULL ? t->old->json : NULL;

    if (t->e->verb != EDIT_PATCH)
        return given;
    for (const struct json *m = given->first; m != NULL; m = m->next)
        out = tree_put(out, m->name, json_is(m, JSON_NULL) ? NULL : m,
                       t->m->arena);
    return out != NULL ? out : given;
}

static const struct json *object_new(const struct attempt *t,
                                     const struct json *given)
{
    const struct json *out, *params;
    const struct field *rows;

    if (t->e->kind == OBJECT_SETTINGS)
        return params_new(t, settings_fields, given);
    out = patched(t, given);
    rows = model_rows(t->m, t->e->kind, out);
    params = json_get(given, "params");
    if (params != NULL && !json_is(params, JSON_NULL))
        return tree_put(out, STR("params"), params_new(t, rows, params),
                        t->m->arena);
    /* Those for another type's endpoint would only be in the way. */
    if (stored_params(t, rows) == NULL)
        return tree_put(out, STR("params"), NULL, t->m->arena);
    return out;
}

static bool type_may_be(const struct attempt *t, struct str name,
                        const struct json *json, struct error *err)
{
    struct str word = json_text(json_get(json, "type"));
    struct str was = json_text(json_get(t->old ? t->old->json : NULL, "type"));
    const struct endpoint_type *type = endpoint_type_find(word);
    struct error why = {0};

    if (t->old != NULL && type != NULL && !str_eq(word, was))
        error_set(err,
                  "is of type %.*s and cannot become %.*s: what was sent "
                  "could not be followed up; give the new one another "
                  "name",
                  STR_ARG(was), STR_ARG(word));
    else if (type != NULL && type->builtin)
        error_set(err, "type \"%s\" is built in, and there already",
                  type->name);
    else if (t->old == NULL && type != NULL && type->available != NULL &&
             !type->available(&why))
        error_set(err, "type \"%s\" is not available here: %s", type->name,
                  why.text);
    else
        return true;
    error_at(err, "type");
    error_in(err, "endpoint \"%.*s\"", STR_ARG(name));
    return false;
}

static bool has_room(const struct attempt *t, struct error *err)
{
    static const size_t limits[OBJECT_KINDS] = {
        [OBJECT_ENDPOINT] = ENDPOINTS_MAX - 1,
        [OBJECT_RECIPIENT] = RECIPIENTS_MAX - 1, /* the builtin is one */
        [OBJECT_POOL] = POOLS_MAX,
        [OBJECT_SILENCE] = SILENCES_MAX,
        [OBJECT_INHIBITION] = INHIBITIONS_MAX,
        [OBJECT_SETTINGS] = 1,
    };

    if (t->m->by_name[t->e->kind].count < limits[t->e->kind])
        return true;
    return error_set(err, "there are %zu %ss already, and no more are taken",
                     limits[t->e->kind], object_kind_name(t->e->kind));
}

/* What speaks of the object by its name follows it to the new one. */
static const struct json *renamed_in(const struct json *object, const char *member,
                                     struct str from, struct str to, struct arena *a)
{
    const struct json *names = json_get(object, member);
    struct json_list list = {0};
    bool found = false;

    if (json_is(names, JSON_STRING) && str_eq(names->text, from))
        return tree_put(object, str_of(member), json_new_string(a, to), a);
    for (const struct json *e = json_is(names, JSON_ARRAY) ? names->first : NULL;
         e != NULL; e = e->next) {
        bool is_it = str_eq(json_text(e), from);

        found = found || is_it;
        json_list_add(&list, a, STR_NONE, is_it ? json_new_string(a, to) : e);
    }
    return found ? tree_put(object, str_of(member), json_new_array(a, &list), a)
                 : object;
}

static void follow(struct attempt *t, struct object *o, const struct json *json)
{
    if (json == o->json || o->gone)
        return;
    o->json = json;
    o->edit = t->index + 1;
}

static void object_rename(struct attempt *t, struct object *o, struct str name)
{
    static const struct {
        enum object_kind of, in;
        const char *member;
    } speak[] = {
        {OBJECT_ENDPOINT, OBJECT_RECIPIENT, "endpoint"},
        {OBJECT_POOL, OBJECT_RECIPIENT, "host_pools"},
        {OBJECT_RECIPIENT, OBJECT_RECIPIENT, "escalate_to"},
        {OBJECT_RECIPIENT, OBJECT_SILENCE, "recipients"},
    };
    struct str from = o->name;

    hash_remove(&t->m->by_name[o->kind], from);
    o->name = arena_str(t->m->arena, name);
    hash_put(&t->m->by_name[o->kind], o->name, o);
    for (size_t i = 0; i < COUNT_OF(speak); i++)
        if (speak[i].of == o->kind)
            for (struct object *r = t->m->first[speak[i].in]; r; r = r->next)
                follow(t, r, renamed_in(r->json, speak[i].member, from, o->name,
                                        t->m->arena));
}

/* The name it will have: PATCH may change it. */
static enum config_result name_new(const struct attempt *t, struct str *out,
                                   struct error *err)
{
    const struct json *name = json_get(t->e->object, "name");
    const struct object *other;

    *out = t->name;
    if (t->e->kind == OBJECT_SETTINGS)
        return CONFIG_OK;
    if (name == NULL || str_eq(json_text(name), t->name))
        return object_check_name(*out, err) ? CONFIG_OK : CONFIG_INVALID;
    if (t->e->verb == EDIT_REPLACE) {
        error_set(err,
                  "it is called \"%.*s\" in the object and \"%.*s\" "
                  "outside; to rename it, PATCH its name",
                  STR_ARG(json_text(name)), STR_ARG(t->name));
        error_at(err, "name");
        return CONFIG_INVALID;
    }
    *out = json_text(name);
    if (!object_check_name(*out, err))
        return CONFIG_INVALID;
    other = model_find(t->m, t->e->kind, *out);
    if (other == NULL && !str_is(*out, RECIPIENT_BUILTIN))
        return CONFIG_OK;
    error_set(err,
              "%s \"%.*s\" cannot be called \"%.*s\": there is one, "
              "managed by %.*s",
              object_kind_name(t->e->kind), STR_ARG(t->name), STR_ARG(*out),
              STR_ARG(other ? other->managed_by : STR("tocsin itself")));
    error_at(err, "name");
    return CONFIG_EXISTS;
}

static enum config_result object_write(struct attempt *t, struct error *err)
{
    struct object *o = t->old;
    const struct json *json;
    struct str name;
    enum config_result result = name_new(t, &name, err);

    if (result != CONFIG_OK)
        return result;
    json = members_given(t, name, err);
    if (json == NULL)
        return CONFIG_INVALID;
    json = object_new(t, json);
    if ((t->e->kind == OBJECT_ENDPOINT && !type_may_be(t, name, json, err)) ||
        (o == NULL && !has_room(t, err)))
        return CONFIG_INVALID;
    if (o == NULL)
        o = model_add(t->m, t->e->kind, t->m->next_id++, name);
    else if (!str_eq(o->name, name))
        object_rename(t, o, name);
    o->json = json;
    o->managed_by = t->e->author;
    o->edit = t->index + 1;
    return CONFIG_OK;
}

/* Whether the edit says of the object what it is already. */
static bool is_as_before(const struct attempt *t)
{
    struct error err = {0};
    const struct json *json = members_given(t, t->name, &err);

    return json != NULL && tree_same(object_new(t, json), t->old->json);
}

enum config_result model_apply(struct model *m, const struct edit *e,
                               size_t index, struct error *err)
{
    struct attempt t = {.m = m, .e = e, .index = index};
    enum config_result result;

    assert(e->author.n > 0);
    if (!attempt_name(&t, err))
        return CONFIG_INVALID;
    t.old = model_find(m, e->kind, t.name);
    result = may_be(&t, err);
    if (result == CONFIG_LOCKED && e->from_export && t.old != NULL &&
        is_as_before(&t)) {
        *err = (struct error){0};
        return CONFIG_OK;
    }
    if (result != CONFIG_OK)
        return result;
    if (e->verb != EDIT_DELETE)
        return object_write(&t, err);
    if (t.old == NULL) /* settings that nobody set */
        return CONFIG_OK;
    hash_remove(&m->by_name[e->kind], t.old->name);
    t.old->gone = true;
    t.old->managed_by = e->author;
    t.old->edit = index + 1;
    return CONFIG_OK;
}
