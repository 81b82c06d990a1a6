/* build_inhibitions.c -- the inhibitions of a snapshot. */
#include "base/hash.h"
#include "base/limits.h"
#include "config/build.h"
#include "config/inhibition.h"

static bool filter_read(struct build *b, const struct object *o, const char *member,
                        const char *why, struct str *text, const struct filter **out)
{
    if (!build_text(b, o, member, FILTER_BYTES_MAX, why, text))
        return false;
    *out = filter_parse(*text, b->a, NULL, b->err);
    if (*out == NULL)
        return build_refused(b, o, member);
    return build_filter_pools(b, o, *out, member);
}

static bool field_read(struct build *b, const struct json *j, struct str *name,
                       struct filter_place *out)
{
    *name = arena_str(b->a, json_text(j));
    if (!json_is(j, JSON_STRING))
        return error_set(b->err, "must be the name of a field, not %s",
                         json_type_name(j->type));
    return filter_place_read(*name, b->a, out, b->err);
}

static bool equal_read(struct build *b, const struct object *o, struct inhibition *i)
{
    const struct json *list = json_get(o->json, "equal");
    struct str *names;
    struct filter_place *places;

    if (!json_is(list, JSON_ARRAY) || list->count > INHIBITION_FIELDS_MAX) {
        error_set(b->err, "must be a list of at most %d fields, like [\"host\"]",
                  INHIBITION_FIELDS_MAX);
        return build_refused(b, o, "equal");
    }
    i->equal_names = names = arena_array(b->a, list->count + 1, sizeof *names);
    i->equal = places = arena_array(b->a, list->count + 1, sizeof *places);
    for (const struct json *j = list->first; j != NULL; j = j->next, i->equal_count++)
        if (!field_read(b, j, &names[i->equal_count], &places[i->equal_count])) {
            error_at_index(b->err, i->equal_count);
            return build_refused(b, o, "equal");
        }
    return true;
}

static bool relation_find(struct str name, enum relation *out)
{
    for (size_t i = 0; relation_names[i] != NULL; i++)
        if (str_is(name, relation_names[i])) {
            *out = (enum relation)i;
            return true;
        }
    return false;
}

/* One that relates nothing would mute everything: that is said by an empty list. */
static bool relation_read(struct build *b, const struct object *o, struct inhibition *i)
{
    const struct json *said = json_get(o->json, "relation");
    bool equal = json_get(o->json, "equal") != NULL;

    if (said == NULL && !equal)
        error_set(b->err, "is required: what have source and target in common? "
                          "pool, interface, parent, or \"equal\" with a list of fields");
    else if (said != NULL && !relation_find(json_text(said), &i->relation))
        error_set(b->err, "must be one of equal, pool, interface, parent");
    else if (i->relation == RELATION_EQUAL && !equal)
        error_set(b->err, "needs \"equal\", the fields that must be the same");
    else if (i->relation != RELATION_EQUAL && equal)
        error_set(b->err, "does not go with \"equal\"");
    else
        return i->relation != RELATION_EQUAL || equal_read(b, o, i);
    return build_refused(b, o, "relation");
}

static bool comment_read(struct build *b, const struct object *o, struct inhibition *i)
{
    return json_get(o->json, "comment") == NULL ||
           build_text(b, o, "comment", SILENCE_TEXT_MAX, "or leave it out", &i->comment);
}

static bool inhibition_build(struct build *b, const struct object *o,
                             struct inhibition *i)
{
    i->id = o->id;
    i->revision = o->revision;
    i->name = arena_str(b->a, o->name);
    i->managed_by = arena_str(b->a, o->managed_by);
    return comment_read(b, o, i) &&
           filter_read(b, o, "source", "which engaged alerts mute others, as a filter",
                       &i->source_text, &i->source) &&
           filter_read(b, o, "target", "which alerts they mute, as a filter",
                       &i->target_text, &i->target) &&
           relation_read(b, o, i);
}

static uint64_t mark_of(struct build *b, const struct inhibitions *all)
{
    struct buf text freed_by(buf_release) = BUF(SIZE_MAX);

    if (all->n == 0)
        return 0;
    for (size_t i = 0; i < all->n; i++)
        buf_printf(&text, "%lld.%lld ", (long long)all->v[i].id,
                   (long long)all->v[i].revision);
    for (size_t i = 0; i < b->s->pool_count; i++)
        buf_printf(&text, "%lld.%lld ", (long long)b->s->pool_list[i].id,
                   (long long)b->s->pool_origins[i].revision);
    return hash_bytes(buf_view(&text)) | 1u;
}

bool build_inhibitions(struct build *b)
{
    struct inhibitions *all = &b->s->holds.inhibitions;
    size_t most = b->m->by_name[OBJECT_INHIBITION].count;

    all->v = arena_array(b->a, MAX(most, 1u), sizeof *all->v);
    for (const struct object *o = b->m->first[OBJECT_INHIBITION]; o; o = o->next) {
        if (o->gone)
            continue;
        if (!inhibition_build(b, o, &all->v[all->n]))
            return false;
        all->n++;
    }
    all->mark = mark_of(b, all);
    return true;
}

const struct inhibition *snapshot_inhibition(const struct snapshot *s, struct str name)
{
    for (size_t i = 0; i < s->holds.inhibitions.n; i++)
        if (str_eq(s->holds.inhibitions.v[i].name, name))
            return &s->holds.inhibitions.v[i];
    return NULL;
}

void inhibition_write(const struct inhibition *i, struct json_out *o, const char *name)
{
    out_object(o, name);
    out_i64(o, "id", i->id);
    out_str(o, "name", i->name);
    if (i->comment.n > 0)
        out_str(o, "comment", i->comment);
    out_str(o, "source", i->source_text);
    out_str(o, "target", i->target_text);
    out_text(o, "relation", relation_names[i->relation]);
    if (i->relation == RELATION_EQUAL) {
        out_array(o, "equal");
        for (size_t e = 0; e < i->equal_count; e++)
            out_str(o, NULL, i->equal_names[e]);
        out_array_end(o);
    }
    out_str(o, "managed_by", i->managed_by);
    out_i64(o, "revision", i->revision);
    out_object_end(o);
}
