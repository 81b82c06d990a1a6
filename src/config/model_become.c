/* model_become.c -- the objects as they once were, put over those of now: a
 * rollback. By ids: an object that was deleted comes back as itself. */
#include "config/model.h"
#include "config/tree.h"

struct becoming {
    struct model *m;
    struct left *left;
    struct hash now; /* objects of m, by id */
};

bool object_is_of_file(const struct object *o)
{
    return str_starts(o->managed_by, "file:");
}

static struct str id_key(const struct object *o)
{
    return (struct str){(const char *)&o->id, sizeof o->id};
}

static void leave(struct becoming *b, const struct object *o)
{
    b->left->titles[b->left->n++] = object_title(o->kind, o->name, b->m->arena);
}

/* What is there now and was not then. */
static void remove_later(struct becoming *b, struct object *o,
                         const struct hash *then)
{
    if (hash_get(then, id_key(o)) != NULL)
        return;
    if (object_is_of_file(o)) {
        leave(b, o);
        return;
    }
    o->gone = true;
    hash_remove(&b->m->by_name[o->kind], o->name);
}

static bool is_same(const struct object *x, const struct object *y)
{
    return str_eq(x->name, y->name) && tree_same(x->json, y->json);
}

/* What is there and was something else gives up its name first, so that names
 * may have been exchanged. */
static void unname(struct becoming *b, const struct object *then)
{
    struct object *now = hash_get(&b->now, id_key(then));

    if (now == NULL || is_same(now, then))
        return;
    if (object_is_of_file(now) || object_is_of_file(then))
        leave(b, now);
    else
        hash_remove(&b->m->by_name[now->kind], now->name);
}

/* In the order of ids, which everybody counts on. */
static void object_insert(struct model *m, struct object *o)
{
    struct object **at = &m->first[o->kind];

    while (*at != NULL && (*at)->id < o->id)
        at = &(*at)->next;
    o->next = *at;
    *at = o;
    if (o->next == NULL)
        m->last[o->kind] = o;
}

static struct object *object_of(struct becoming *b, const struct object *then)
{
    struct object *now = hash_get(&b->now, id_key(then));

    if (now != NULL)
        return now;
    now = arena_new(b->m->arena, sizeof *now);
    now->kind = then->kind;
    now->id = then->id;
    object_insert(b->m, now);
    return now;
}

static enum config_result restore(struct becoming *b, const struct object *then,
                                  struct error *err)
{
    struct object *now = hash_get(&b->now, id_key(then));

    if ((now != NULL && (is_same(now, then) || object_is_of_file(now))))
        return CONFIG_OK;
    if (object_is_of_file(then)) {
        if (now == NULL)
            leave(b, then);
        return CONFIG_OK;
    }
    if (model_find(b->m, then->kind, then->name) != NULL) {
        error_set(err, "%.*s cannot come back: another one has its name now, "
                       "which a file declares",
                  STR_ARG(object_title(then->kind, then->name, b->m->arena)));
        return CONFIG_EXISTS;
    }
    now = object_of(b, then);
    now->name = then->name;
    now->json = then->json;
    now->managed_by = then->managed_by;
    hash_put(&b->m->by_name[now->kind], now->name, now);
    return CONFIG_OK;
}

static enum config_result become(struct becoming *b, const struct model *then,
                                 const struct hash *ids, struct error *err)
{
    enum config_result result = CONFIG_OK;

    for (size_t k = 0; k < OBJECT_KINDS; k++) {
        for (struct object *o = b->m->first[k]; o != NULL; o = o->next)
            remove_later(b, o, ids);
        for (const struct object *o = then->first[k]; o != NULL; o = o->next)
            unname(b, o);
        for (const struct object *o = then->first[k]; o != NULL; o = o->next) {
            result = restore(b, o, err);
            if (result != CONFIG_OK)
                return result;
        }
    }
    return result;
}

static size_t index_ids(const struct model *m, struct hash *to)
{
    for (size_t k = 0; k < OBJECT_KINDS; k++)
        for (struct object *o = m->first[k]; o != NULL; o = o->next)
            hash_put(to, id_key(o), o);
    return to->count;
}

enum config_result model_become(struct model *m, const struct model *then,
                                struct left *left, struct error *err)
{
    struct hash ids freed_by(hash_release) = {0};
    struct becoming b = {.m = m, .left = left};
    enum config_result result;
    size_t most = index_ids(m, &b.now) + index_ids(then, &ids);

    left->titles = arena_array(m->arena, MAX(most, 1u), sizeof *left->titles);
    left->n = 0;
    result = become(&b, then, &ids, err);
    hash_release(&b.now);
    return result;
}
