/* objects_write.c -- objects as the API shows them: no secret, ever. */
#include "config/config.h"

static void params_write(const struct field *rows, const void *params,
                         struct json_out *o)
{
    out_object(o, "params");
    if (rows != NULL)
        fields_write(rows, params, o);
    out_object_end(o);
}

static void origin_write(struct str managed_by, int64_t revision,
                         struct str fault, struct json_out *o)
{
    out_str(o, "managed_by", managed_by);
    out_i64(o, "revision", revision);
    if (fault.n > 0)
        out_str(o, "fault", fault);
}

void endpoint_write(const struct endpoint *e, struct json_out *o,
                    const char *name)
{
    out_object(o, name);
    out_i64(o, "id", e->id);
    out_str(o, "name", e->name);
    out_text(o, "type", e->type->name);
    params_write(e->type->endpoint_fields, e->params, o);
    out_bool(o, "enabled", e->on);
    out_bool(o, "builtin", e->builtin);
    origin_write(e->managed_by, e->revision, e->fault, o);
    out_object_end(o);
}

/* Null where there could be one; left out where there cannot. */
static void template_write(const struct recipient *r, const char *name,
                           struct str text, struct json_out *o)
{
    if (text.n > 0)
        out_str(o, name, text);
    else if (r->endpoint->type->own_words)
        out_null(o, name);
}

void recipient_write(const struct recipient *r, struct json_out *o,
                     const char *name)
{
    out_object(o, name);
    out_i64(o, "id", r->id);
    out_str(o, "name", r->name);
    out_str(o, "endpoint", r->endpoint->name);
    params_write(r->endpoint->type->recipient_fields, r->params, o);
    out_bool(o, "enabled", r->on);
    criteria_write(&r->criteria, o);
    if (!r->builtin)
        pace_write(&r->pace, o);
    template_write(r, "title_template", r->title_template, o);
    template_write(r, "text_template", r->text_template, o);
    out_bool(o, "builtin", r->builtin);
    origin_write(r->managed_by, r->revision, r->fault, o);
    out_object_end(o);
}

void pool_write(const struct snapshot *s, const struct pool *p,
                struct json_out *o, const char *name)
{
    const struct origin *origin = &s->pool_origins[p - s->pool_list];

    assert(p >= s->pool_list && p < s->pool_list + s->pool_count);
    out_object(o, name);
    out_i64(o, "id", p->id);
    out_str(o, "name", p->name);
    out_array(o, "members");
    for (size_t i = 0; i < p->member_count; i++)
        out_str(o, NULL, p->members[i]);
    out_array_end(o);
    if (p->ntopng_id >= 0)
        out_i64(o, "ntopng_id", p->ntopng_id);
    origin_write(origin->managed_by, origin->revision, STR_NONE, o);
    out_object_end(o);
}

void settings_write(const struct snapshot *s, struct json_out *o,
                    const char *name)
{
    out_object(o, name);
    fields_write(settings_fields, &s->settings, o);
    origin_write(s->settings_origin.managed_by, s->settings_origin.revision,
                 s->settings_origin.fault, o);
    out_object_end(o);
}

static void rate_write(double per_s, double burst, struct json_out *o,
                       const char *name)
{
    if (per_s <= 0)
        return;
    out_object(o, name);
    out_double(o, "per_s", per_s);
    out_double(o, "burst", burst);
    out_object_end(o);
}

/* What the manual says beside the parameters. */
static void habits_write(const struct endpoint_type *type, struct json_out *o)
{
    out_i64(o, "batch_max", (int64_t)type->batch_max);
    rate_write(type->rate_per_s, type->rate_burst, o, "rate");
    rate_write(type->recipient_rate_per_s, type->recipient_rate_burst, o,
               "recipient_rate");
    out_bool(o, "summaries", type->together_max > 0);
    out_bool(o, "edits", type->edits);
    out_bool(o, "confirms", !type->confirms_nothing);
    out_bool(o, "probes", type->probe != NULL);
    if (type->choices_field != NULL)
        out_text(o, "choices_field", type->choices_field);
}

static void type_write(const struct endpoint_type *type,
                       const struct texts *texts, struct json_out *o)
{
    static const struct field none[] = {FIELDS_END};
    struct error why = {0};
    bool available = type->available == NULL || type->available(&why);

    out_object(o, NULL);
    out_text(o, "name", type->name);
    out_text(o, "title", texts_say(texts, type->title));
    out_text(o, "help", texts_say(texts, type->help));
    fields_schema(type->endpoint_fields ? type->endpoint_fields : none, texts,
                  o, "endpoint");
    fields_schema(type->recipient_fields ? type->recipient_fields : none, texts,
                  o, "recipient");
    habits_write(type, o);
    out_bool(o, "available", available);
    if (!available)
        out_text(o, "unavailable", why.text);
    out_bool(o, "builtin", type->builtin);
    out_bool(o, "own_words", type->own_words);
    out_object_end(o);
}

void schema_write(const struct texts *texts, struct json_out *o,
                  const char *name)
{
    out_object(o, name);
    out_array(o, "data");
    for (size_t i = 0; endpoint_types[i] != NULL; i++)
        type_write(endpoint_types[i], texts, o);
    out_array_end(o);
    fields_schema(pace_fields, texts, o, "pace"); /* of every recipient */
    fields_schema(settings_fields, texts, o, "settings");
    out_object_end(o);
}
