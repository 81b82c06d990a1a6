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
    o->changed_ms = row->at_ms;
    o->json = json_parse(a, o->was.row, err);
    if (o->json == NULL || !object_open(o, &l->opening))
        return error_in(err, "config.db: %.*s",
                        STR_ARG(object_title(kind, o->name, a)));
    o->was.json = o->json;
    o->was.revision = o->revision;
    return true;
}

bool model_load(struct model *m, struct config_db *db, const struct seal *seal,
                struct error *err)
{
    struct load l = {.m = m, .opening = {seal, m->arena, err}};

    return config_db_next(db, &m->next_id, &m->next_revision, err) &&
           config_db_objects(db, row_load, &l, err);
}

/* --- up, as it once was ---------------------------------------------------- */

struct past {
    struct arena *a;
    struct object_row **rows;
    size_t n, max;
    struct hash by_id; /* struct object_row; its kind "" when it was not there */
};

static struct str id_key(const int64_t *id)
{
    return (struct str){(const char *)id, sizeof *id};
}

static struct object_row *past_row(struct past *p, int64_t id)
{
    struct object_row *row = hash_get(&p->by_id, id_key(&id));

    if (row != NULL)
        return row;
    if (p->n == p->max) {
        struct object_row **old = p->rows;

        p->max = MAX(2 * p->max, 64u);
        p->rows = arena_array(p->a, p->max, sizeof *p->rows);
        if (p->n > 0)
            memcpy(p->rows, old, p->n * sizeof *old);
    }
    row = arena_new(p->a, sizeof *row);
    row->id = id;
    hash_put(&p->by_id, id_key(&row->id), row);
    p->rows[p->n++] = row;
    return row;
}

static bool past_take(void *past, const struct object_row *now,
                      struct error *err unused)
{
    struct past *p = past;

    *past_row(p, now->id) = (struct object_row){
        .id = now->id,
        .kind = arena_str(p->a, now->kind),
        .name = arena_str(p->a, now->name),
        .json = arena_str(p->a, now->json),
        .managed_by = arena_str(p->a, now->managed_by),
        .revision = now->revision,
        .at_ms = now->at_ms,
    };
    return true;
}

static bool past_undo(void *past, const struct change_row *c,
                      struct error *err unused)
{
    struct past *p = past;
    struct object_row *row = past_row(p, c->object_id);

    row->kind = c->before.n > 0 ? arena_str(p->a, c->kind) : STR_NONE;
    row->name = arena_str(p->a, c->was_name);
    row->json = arena_str(p->a, c->before);
    row->managed_by = arena_str(p->a, c->was_managed_by);
    row->revision = c->was_revision;
    row->at_ms = 0;
    return true;
}

static int by_id(const void *x, const void *y)
{
    const struct object_row *const *a = x, *const *b = y;

    return (*a)->id < (*b)->id ? -1 : (*a)->id > (*b)->id;
}

static bool past_load(struct past *p, struct load *l, struct error *err)
{
    if (p->n > 0)
        qsort(p->rows, p->n, sizeof *p->rows, by_id);
    for (size_t i = 0; i < p->n; i++)
        if (p->rows[i]->kind.n > 0 && !row_load(l, p->rows[i], err))
            return false;
    return true;
}

bool model_load_at(struct model *m, struct config_db *db, const struct seal *seal,
                   int64_t revision, struct error *err)
{
    struct load l = {.m = m, .opening = {seal, m->arena, err}};
    struct past p = {.a = m->arena};
    bool ok = config_db_next(db, &m->next_id, &m->next_revision, err) &&
              config_db_objects(db, past_take, &p, err) &&
              config_db_changes(db, revision, INT64_MAX, past_undo, &p, err) &&
              past_load(&p, &l, err);

    m->next_revision = revision + 1;
    hash_release(&p.by_id);
    return ok;
}

/* --- down --------------------------------------------------------------- */

bool model_number(struct model *m)
{
    bool any = false;

    for (size_t k = 0; k < OBJECT_KINDS; k++)
        for (struct object *o = m->first[k]; o != NULL; o = o->next)
            if (object_changed(o) && !(object_is_new(o) && o->gone)) {
                o->revision = m->next_revision;
                o->changed_ms = m->now_ms;
                any = true;
            }
    m->next_revision += any;
    return any;
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
    const struct saving *with;
    size_t bytes; /* of all changes */
    bool any;
};

static bool change_save(struct save *s, const struct object *o, struct error *err)
{
    struct change_row row = {
        .n = o->revision,
        .object_id = o->id,
        .summary = summary(o, s->m->arena),
        .kind = str_of(object_kind_name(o->kind)),
        .name = o->name,
        .was_name = o->was.name,
        .was_managed_by = o->was.managed_by,
        .was_revision = o->was.revision,
        .before = o->was.row,
    };

    s->any = true;
    s->bytes += row.before.n + row.summary.n + row.name.n + row.was_name.n;
    return config_db_change(s->with->db, &row, err);
}

static bool object_save(struct save *s, const struct object *o,
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
        row.json = object_row_text(s->m, o, s->with->seal);
    if (row.json.n == 0)
        return error_set(err, "%s \"%.*s\" is larger than %u bytes",
                         object_kind_name(o->kind), STR_ARG(o->name),
                         OBJECT_JSON_MAX);
    return config_db_put(s->with->db, &row, err) &&
           (!object_changed(o) || change_save(s, o, err));
}

/* Names are kept apart by the database too: those that go give theirs up before
 * others take them, in whatever order. */
static bool names_free(struct save *s, const struct object *o, struct error *err)
{
    if (object_is_new(o))
        return true;
    if (o->gone)
        return config_db_delete(s->with->db, o->id, err) &&
               change_save(s, o, err);
    return str_eq(o->name, o->was.name) ||
           config_db_unname(s->with->db, o->id, err);
}

static bool revision_save(const struct save *s, struct error *err)
{
    struct revision_row row = {
        .n = s->m->next_revision - 1,
        .at_ms = s->with->now_ms,
        .author = s->with->author,
        .comment = s->with->comment,
    };

    return !s->any || (config_db_revise(s->with->db, &row, s->bytes, err) &&
                       config_db_forget(s->with->db, s->with->keep, err));
}

bool model_save(const struct model *m, const struct saving *with,
                struct error *err)
{
    struct save s = {.m = m, .with = with};

    for (size_t k = 0; k < OBJECT_KINDS; k++)
        for (const struct object *o = m->first[k]; o != NULL; o = o->next)
            if (!names_free(&s, o, err))
                return false;
    for (size_t k = 0; k < OBJECT_KINDS; k++)
        for (const struct object *o = m->first[k]; o != NULL; o = o->next)
            if (!o->gone && !object_save(&s, o, err))
                return false;
    return revision_save(&s, err);
}
