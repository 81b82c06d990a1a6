/* shown.c -- an alert's line, with its state. */
#include "admin/shown.h"

#include "admin/reply.h"

static const char *state_of(const struct json *alert, bool has_ended)
{
    enum action action = ACTION_STORE;

    if (!action_parse(json_text(json_get(alert, "action")), &action))
        return "stored";
    switch (action) {
    case ACTION_ENGAGE:
        return has_ended ? "released" : "engaged";
    case ACTION_RELEASE:
        return "released";
    case ACTION_STORE:
        return "stored";
    }
    bug("an action nobody thought of");
}

/* What the registry knows better than the line that began it. */
static const char *const live[] = {"repeats", "last", "lease", NULL};

static bool is_live(struct str name)
{
    for (size_t i = 0; live[i] != NULL; i++)
        if (str_is(name, live[i]))
            return true;
    return false;
}

static void live_write(const struct engaged *e, struct json_out *o)
{
    out_i64(o, "repeats", e->repeats);
    out_time(o, "last", e->last_ms);
    out_time(o, "lease", e->lease_ms);
}

static bool is_ours(const struct shown *s, struct str name)
{
    return str_is(name, "state") || str_is(name, "last") ||
           (s->engaged != NULL && str_is(name, "ack")) ||
           (s->row != NULL && (str_is(name, "ack") || str_is(name, "notes")));
}

static void ack_out(const struct ack *ack, struct json_out *o)
{
    if (ack == NULL || ack->at_ms == 0) {
        out_null(o, "ack");
        return;
    }
    out_object(o, "ack");
    out_time(o, "at", ack->at_ms);
    out_time(o, "until", ack->until_ms);
    out_str(o, "by", ack->by);
    out_str(o, "note", ack->note);
    out_object_end(o);
}

void ack_write(const struct store_row *row, struct json_out *o)
{
    ack_out(&(struct ack){row->acked_ms, row->acked_until_ms, row->acked_by,
                          row->acked_note},
            o);
}

bool shown_write(const struct shown *s, struct arena *arena,
                 struct json_out *o, const char *name, struct error *err)
{
    const struct json *alert = json_parse(arena, s->line, err);

    if (alert == NULL)
        return error_in(err, "an alert as it was kept");
    out_object(o, name);
    for (const struct json *m = alert->first; m != NULL; m = m->next) {
        bool ours = is_ours(s, m->name);

        if (s->engaged != NULL && is_live(m->name) && !ours)
            continue;
        out_name_tree(o, ours ? arena_printf(arena, "fact_%.*s", STR_ARG(m->name)) : m->name,
                      m);
    }
    out_text(o, "state", state_of(alert, s->has_ended));
    if (s->engaged != NULL)
        live_write(s->engaged, o);
    if (s->engaged != NULL)
        ack_out(s->engaged->ack, o);
    else if (s->row != NULL)
        ack_write(s->row, o);
    if (s->row != NULL)
        out_i64(o, "notes", s->row->notes);
    out_object_end(o);
    return true;
}
