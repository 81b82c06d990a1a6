/* snapshot.c -- from the objects as authored to the immutable snapshot. */
#include "config/snapshot.h"

#include "config/build.h"
#include "config/geo.h"
#include "config/proposal.h"
#include "config/secret.h"

static const struct field no_fields[] = {FIELDS_END};

bool build_failed(struct build *b, size_t edit, enum config_result result)
{
    b->blame->edit = edit;
    b->blame->result = result;
    return false;
}

bool build_refused(struct build *b, const struct object *o, const char *member)
{
    if (member != NULL)
        error_at(b->err, member);
    object_blame(b->err, o->kind, o->name);
    return build_failed(b, o->edit, CONFIG_INVALID);
}

bool build_enabled(struct build *b, const struct object *o, bool *out)
{
    const struct json *enabled = json_get(o->json, "enabled");

    *out = json_bool_or(enabled, true);
    if (enabled == NULL || json_is(enabled, JSON_BOOL))
        return true;
    if (json_is(enabled, JSON_STRING))
        error_set(
            b->err, "must be true or false, not \"%.*s\"",
            STR_ARG(str_first(enabled->text, utf8_cut(enabled->text, 40))));
    else
        error_set(b->err, "must be true or false, not %s",
                  json_type_name(enabled->type));
    error_at(b->err, "enabled");
    object_blame(b->err, o->kind, o->name);
    return build_failed(b, o->edit, CONFIG_INVALID);
}

bool build_text(struct build *b, const struct object *o, const char *member, size_t max,
                const char *why, struct str *out)
{
    const struct json *j = json_get(o->json, member);

    *out = arena_str(b->a, json_text(j));
    if (j == NULL || (json_is(j, JSON_STRING) && str_trim(*out).n == 0))
        error_set(b->err, "is required: %s", why);
    else if (!json_is(j, JSON_STRING))
        error_set(b->err, "must be a text, not %s", json_type_name(j->type));
    else if (out->n > max)
        error_set(b->err, "has %zu bytes; at most %zu are taken", out->n, max);
    else
        return true;
    error_at(b->err, member);
    object_blame(b->err, o->kind, o->name);
    return build_failed(b, o->edit, CONFIG_INVALID);
}

bool build_fault(struct build *b, struct params *p)
{
    void *out = arena_new(b->a, MAX(p->size, 1u));

    if (p->touched)
        return false;
    p->fault = arena_str(b->a, str_of(b->err->text));
    if (!fields_read(p->rows != NULL ? p->rows : no_fields, NULL, out, b->a,
                     NULL))
        memset(out, 0, p->size);
    p->out = out;
    return true;
}

bool build_params(struct build *b, struct params *p)
{
    const struct field *rows = p->rows != NULL ? p->rows : no_fields;
    void *out = arena_new(b->a, MAX(p->size, 1u));
    struct error missing;
    const struct json *given;

    p->out = out;
    if (p->given != NULL && !json_is(p->given, JSON_OBJECT))
        return error_set(b->err, "must be an object, not %s",
                         json_type_name(p->given->type));
    given = secrets_read(&rows, p->given, b->a, &missing);
    if (missing.text[0] != '\0' && p->touched && b->strict) {
        *b->err = missing;
        return false;
    }
    p->fault = arena_str(b->a, str_of(missing.text));
    return fields_read(rows, given, out, b->a, b->err) || build_fault(b, p);
}

/* The secrets in force, for the redactor. */
struct secrets {
    struct arena *a;
    struct secret *v;
    size_t n, max;
};

static void secrets_add(struct secrets *s, const struct field *rows,
                        const void *params)
{
    size_t rows_n = 0;

    while (rows != NULL && rows[rows_n].name != NULL)
        rows_n++;
    if (rows_n == 0)
        return;
    if (s->n + rows_n > s->max) {
        struct secret *old = s->v;

        s->max = 2 * (s->n + rows_n);
        s->v = arena_array(s->a, s->max, sizeof(*s->v));
        if (s->n > 0)
            memcpy(s->v, old, s->n * sizeof(*s->v));
    }
    s->n += fields_secrets(rows, params, s->v + s->n, s->max - s->n);
}

static void secrets_gather(const struct snapshot *s, struct redactor *out,
                           struct arena *a)
{
    struct secrets all = {.a = a};

    secrets_add(&all, settings_fields, &s->settings);
    for (size_t i = 0; i < s->endpoint_count; i++)
        secrets_add(&all, s->endpoints[i].type->endpoint_fields,
                    s->endpoints[i].params);
    for (size_t i = 0; i < s->recipient_count; i++)
        secrets_add(&all, s->recipients[i].endpoint->type->recipient_fields,
                    s->recipients[i].params);
    redactor_init(out, all.v, all.n, a);
}

struct held *snapshot_build(const struct model *m, bool strict,
                            struct blame *blame, struct error *err)
{
    struct held *h = mem_new(sizeof(*h));
    struct error unheard;
    struct build b = {
        .m = m,
        .s = &h->snapshot,
        .a = &h->arena,
        .strict = strict,
        .blame = blame,
        .err = err != NULL ? err : &unheard,
    };
    bool built;

    h->users = 1;
    h->snapshot.revision = m->next_revision - 1;
    built = build_settings(&b) && build_endpoints(&b) && build_pools(&b) &&
            build_recipients(&b) && build_silences(&b) && build_inhibitions(&b);
    hash_release(&b.endpoints);
    if (!built) {
        held_free(h);
        return NULL;
    }
    secrets_gather(&h->snapshot, &h->secrets, &h->arena);
    return h;
}

void proposal_redact(const struct snapshot *s, struct buf *to, struct str text)
{
    const struct held *h = (const struct held *)s; /* its first member */

    redact(&h->secrets, to, text);
}

void held_free(struct held *h)
{
    if (h == NULL)
        return;
    routing_free(h->snapshot.routing);
    silences_release(&h->snapshot.holds.silences);
    pools_free(h->snapshot.pools);
    geo_close(&h->snapshot.geo);
    for (size_t i = 0; i < h->snapshot.recipient_count; i++)
        zone_free(h->snapshot.recipients[i].zone);
    arena_release(&h->arena);
    free(h);
}

const struct endpoint *snapshot_endpoint(const struct snapshot *s,
                                         struct str name)
{
    for (size_t i = 0; i < s->endpoint_count; i++)
        if (str_eq(s->endpoints[i].name, name))
            return &s->endpoints[i];
    return NULL;
}

const struct recipient *snapshot_recipient(const struct snapshot *s,
                                           struct str name)
{
    for (size_t i = 0; i < s->recipient_count; i++)
        if (str_eq(s->recipients[i].name, name))
            return &s->recipients[i];
    return NULL;
}

static int by_id(const void *key, const void *row)
{
    int64_t id = *(const int64_t *)key;
    int64_t other = ((const struct recipient *)row)->id;

    return id < other ? -1 : id > other;
}

const struct recipient *snapshot_recipient_id(const struct snapshot *s,
                                              int64_t id)
{
    if (s->recipient_count == 0)
        return NULL;
    return bsearch(&id, s->recipients, s->recipient_count,
                   sizeof(*s->recipients), by_id);
}
