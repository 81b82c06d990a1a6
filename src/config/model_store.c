/* model_store.c -- the objects between the database and the memory. */
#include "config/model_store.h"

#include "config/secret.h"
#include "config/tree.h"

/* --- sealing ------------------------------------------------------------ */

/* What a value is bound to, so that it cannot be moved: kind/name/field. */
static struct str seal_place(enum object_kind kind, struct str name,
                             struct str field, struct arena *a)
{
    return arena_printf(a, "%s/%.*s/%.*s", object_kind_name(kind),
                        STR_ARG(name), STR_ARG(field));
}

/* A reference says where the secret is, and stays readable. */
static const struct json *text_sealed(const struct json *value,
                                      const struct seal *seal, struct str place,
                                      struct arena *a)
{
    if (!json_is(value, JSON_STRING) || secret_is_reference(value->text))
        return value;
    return sealed_json(seal_close_text(seal, place, value->text, a), a);
}

static const struct json *value_sealed(const struct json *value,
                                       const struct seal *seal,
                                       struct str place, struct arena *a)
{
    struct json_list list = {0};

    if (!json_is(value, JSON_ARRAY))
        return text_sealed(value, seal, place, a);
    for (const struct json *e = value->first; e != NULL; e = e->next)
        json_list_add(&list, a, STR_NONE, text_sealed(e, seal, place, a));
    return json_new_array(a, &list);
}

static const struct json *params_of(const struct object *o)
{
    return o->kind == OBJECT_SETTINGS ? o->json : json_get(o->json, "params");
}

static const struct json *
with_params(const struct object *o, const struct json *params, struct arena *a)
{
    return o->kind == OBJECT_SETTINGS
               ? params
               : tree_put(o->json, STR("params"), params, a);
}

static struct str object_row_text(const struct model *m, const struct object *o,
                                  const struct seal *seal)
{
    struct arena *a = m->arena;
    const struct field *rows = model_rows(m, o->kind, o->json);
    const struct json *params = params_of(o);
    const struct json *json = o->json;
    struct buf text freed_by(buf_release) = BUF(OBJECT_JSON_MAX);
    struct json_out out = JSON_OUT(&text);

    if (params != NULL && rows != NULL) {
        for (; rows->name != NULL; rows++) {
            struct str name = str_of(rows->name);
            const struct json *value = json_get(params, rows->name);

            if (rows->secret && value != NULL)
                params = tree_put(
                    params, name,
                    value_sealed(value, seal,
                                 seal_place(o->kind, o->name, name, a), a),
                    a);
        }
        json = with_params(o, params, a);
    }
    out_tree(&out, NULL, json);
    return text.over ? STR_NONE : arena_str(a, buf_view(&text));
}

/* --- opening ------------------------------------------------------------ */

struct opening {
    const struct seal *seal;
    struct arena *a;
    struct error *err;
};

/* NULL: an error was set. */
static const struct json *
text_opened(const struct opening *o, const struct json *value, struct str place)
{
    struct str sealed = sealed_text(value), text;

    if (sealed.n == 0)
        return value;
    if (!seal_open_text(o->seal, place, sealed, o->a, &text, o->err))
        return NULL;
    return json_new_string(o->a, text);
}

static const struct json *value_opened(const struct opening *o,
                                       const struct json *value,
                                       struct str place)
{
    struct json_list list = {0};

    if (!json_is(value, JSON_ARRAY))
        return text_opened(o, value, place);
    for (const struct json *e = value->first; e != NULL; e = e->next) {
        const struct json *opened = text_opened(o, e, place);

        if (opened == NULL)
            return NULL;
        json_list_add(&list, o->a, STR_NONE, opened);
    }
    return json_new_array(o->a, &list);
}

static bool object_open(struct object *object, const struct opening *o)
{
    const struct json *params = params_of(object);
    struct json_list list = {0};

    if (!json_is(params, JSON_OBJECT))
        return true;
    for (const struct json *m = params->first; m != NULL; m = m->next) {
        struct str place =
            seal_place(object->kind, object->name, m->name, o->a);
        const struct json *opened = value_opened(o, m, place);

        if (opened == NULL)
            return false;
        json_list_add(&list, o->a, m->name, opened);
    }
    object->json = with_params(object, json_new_object(o->a, &list), o->a);
    return true;
}

/* --- up ----------------------------------------------------------------- */

struct load {
    struct model *m;
    struct opening opening;
};

static bool row_load(void *arg, const struct object_row *row, struct error *err)
{
    struct load *l = arg;
    struct arena *a = l->m->arena;
    enum object_kind kind;
    struct object *o;

    if (!object_kind_find(row->kind, &kind))
        return error_set(err,
                         "config.db: object %lld is of the kind \"%.*s\", "
                         "which this tocsin does not know",
                         (long long)row->id, STR_ARG(row->kind));
    o = model_add(l->m, kind, row->id, row->name);
    o->managed_by = o->was.managed_by = arena_str(a, row->managed_by);
    o->was.row = arena_str(a, row->json);
    o->was.name = o->name;
    o->revision = row->revision;
    o->json = json_parse(a, o->was.row, err);
    if (o->json == NULL || !object_open(o, &l->opening))
        return error_in(err, "config.db: %.*s",
                        STR_ARG(object_title(kind, o->name, a)));
    o->was.json = o->json;
    return true;
}

bool model_load(struct model *m, struct config_db *db, const struct seal *seal,
                struct error *err)
{
    struct load l = {.m = m, .opening = {seal, m->arena, err}};

    return config_db_next(db, &m->next_id, &m->next_revision, err) &&
           config_db_objects(db, row_load, &l, err);
}

/* --- down --------------------------------------------------------------- */

void model_number(struct model *m)
{
    for (size_t k = 0; k < OBJECT_KINDS; k++)
        for (struct object *o = m->first[k]; o != NULL; o = o->next)
            if (object_changed(o) && !(object_is_new(o) && o->gone))
                o->revision = m->next_revision++;
}

static void summary_members(struct buf *to, const struct json *now,
                            const struct json *other, bool all)
{
    if (!json_is(now, JSON_OBJECT))
        return;
    for (const struct json *m = now->first; m != NULL; m = m->next) {
        const struct json *before = tree_get(other, m->name);

        if (all ? !tree_same(m, before) : before == NULL)
            buf_printf(to, "%s%.*s", to->n > 0 ? ", " : "", STR_ARG(m->name));
    }
}

/* "created", "deleted", `renamed from "x"`, "changed enabled, params" */
static struct str summary(const struct object *o, struct arena *a)
{
    struct buf names freed_by(buf_release) = BUF(4096);

    if (object_is_new(o))
        return STR("created");
    if (o->gone)
        return STR("deleted");
    summary_members(&names, o->json, o->was.json, true);
    summary_members(&names, o->was.json, o->json, false);
    if (!str_eq(o->name, o->was.name))
        return arena_printf(a, "renamed from \"%.*s\"%s%s",
                            STR_ARG(o->was.name),
                            names.n > 0 ? ", changed " : "", buf_c(&names));
    return arena_printf(a, "changed %s", buf_c(&names));
}

struct save {
    const struct model *m;
    struct config_db *db;
    const struct seal *seal;
    int64_t now_ms;
};

static bool revision_save(const struct save *s, const struct object *o,
                          struct str after, struct error *err)
{
    struct revision_row row = {
        .n = o->revision,
        .at_ms = s->now_ms,
        .author = o->managed_by,
        .summary = summary(o, s->m->arena),
        .kind = str_of(object_kind_name(o->kind)),
        .name = o->name,
        .before = o->was.row,
        .after = after,
    };

    return config_db_revise(s->db, &row, err);
}

static bool object_save(const struct save *s, const struct object *o,
                        struct error *err)
{
    struct object_row row = {
        .id = o->id,
        .kind = str_of(object_kind_name(o->kind)),
        .name = o->name,
        .json = o->was.row,
        .managed_by = o->managed_by,
        .revision = o->revision,
    };

    if (!object_changed(o) && !object_moved(o))
        return true;
    if (object_changed(o))
        row.json = object_row_text(s->m, o, s->seal);
    if (row.json.n == 0)
        return error_set(err, "%s \"%.*s\" is larger than %u bytes",
                         object_kind_name(o->kind), STR_ARG(o->name),
                         OBJECT_JSON_MAX);
    return config_db_put(s->db, &row, err) &&
           (!object_changed(o) || revision_save(s, o, row.json, err));
}

/* Names are kept apart by the database too: those that go give theirs up before
 * others take them, in whatever order. */
static bool names_free(const struct save *s, const struct object *o,
                       struct error *err)
{
    if (object_is_new(o))
        return true;
    if (o->gone)
        return config_db_delete(s->db, o->id, err) &&
               revision_save(s, o, STR_NONE, err);
    return str_eq(o->name, o->was.name) || config_db_unname(s->db, o->id, err);
}

bool model_save(const struct model *m, struct config_db *db,
                const struct seal *seal, int64_t now_ms, struct error *err)
{
    struct save s = {m, db, seal, now_ms};

    for (size_t k = 0; k < OBJECT_KINDS; k++)
        for (const struct object *o = m->first[k]; o != NULL; o = o->next)
            if (!names_free(&s, o, err))
                return false;
    for (size_t k = 0; k < OBJECT_KINDS; k++)
        for (const struct object *o = m->first[k]; o != NULL; o = o->next)
            if (!o->gone && !object_save(&s, o, err))
                return false;
    return true;
}
