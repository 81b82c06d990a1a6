/* webhook_ntopng.c -- an alert as ntopng's own webhook posts it, version 0.2. */
#include "endpoint/webhook.h"

/* Facts that would say again what we say, perhaps otherwise. */
static bool is_said(struct str name)
{
    static const char *const said[] = {
        "entity_id", "entity_val", "alert_id", "alert_category",
    };

    for (size_t i = 0; i < COUNT_OF(said); i++) {
        if (str_is(name, said[i]))
            return true;
    }
    return false;
}

/* ntopng's "value" of every flow is just that; the two ends are facts. */
static struct str entity_val(const struct alert *a)
{
    return a->entity == ENTITY_FLOW ? STR("flow") : a->entity_value;
}

/* 0 while engaged; of what has no duration, when it was. */
static int64_t tstamp_end_s(const struct alert *a)
{
    if (a->action == ACTION_ENGAGE)
        return 0;
    return (a->tstamp_end_ms > 0 ? a->tstamp_end_ms : a->tstamp_ms) / 1000;
}

/* Under ntopng's names, what it has a name for. */
static void write_known(const struct alert *a, struct json_out *o)
{
    out_text(o, "action", action_name(a->action));
    out_i64(o, "entity_id", a->entity);
    out_str(o, "entity_val", entity_val(a));
    if (a->type_id >= 0)
        out_i64(o, "alert_id", a->type_id);
    out_i64(o, "alert_category", MAX(category_number(a->category), 0));
    out_i64(o, "score", a->score);
    out_i64(o, "tstamp", a->tstamp_ms / 1000);
    out_i64(o, "tstamp_end", tstamp_end_s(a));
    if (alert_fact(a, "ifid") == NULL)
        out_i64(o, "ifid", -1); /* what ntopng says of the whole system */
}

static void write_added(const struct alert *a, struct json_out *o)
{
    out_i64(o, "id", a->id);
    if (a->began_id > 0)
        out_i64(o, "began_id", a->began_id);
    out_text(o, "severity", severity_name(a->severity));
    out_text(o, "entity", entity_name(a->entity));
    out_str(o, "entity_value", a->entity_value);
    out_str(o, "type", a->type);
    out_str(o, "category", a->category);
    out_str(o, "message", a->message);
    out_str(o, "source", a->source);
}

static void write_alert(const struct alert *a, struct json_out *o)
{
    const struct json *first = a->facts == NULL ? NULL : a->facts->first;

    out_object(o, NULL);
    write_known(a, o);
    write_added(a, o);
    for (const struct json *f = first; f != NULL; f = f->next) {
        if (!is_said(f->name))
            out_name_tree(o, f->name, f);
    }
    out_object_end(o);
}

void webhook_ntopng(const struct render_input *in, const struct webhook *w,
                    struct json_out *o)
{
    out_object(o, NULL);
    out_text(o, "version", "0.2");
    out_i64(o, "timestamp", in->place.now_ms / 1000);
    if (w->shared_secret.n > 0)
        out_str(o, "sharedsecret", w->shared_secret);
    if (in->test)
        out_bool(o, "test", true);
    out_array(o, "alerts");
    for (size_t i = 0; i < in->count; i++)
        write_alert(in->items[i].alert, o);
    out_array_end(o);
    out_object_end(o);
}
