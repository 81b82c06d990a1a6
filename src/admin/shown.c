/* shown.c -- an alert's line, with its state. */
#include "admin/shown.h"

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

bool shown_write(struct str line, bool has_ended, struct arena *arena,
                 struct json_out *o, const char *name, struct error *err)
{
    const struct json *alert = json_parse(arena, line, err);

    if (alert == NULL)
        return error_in(err, "an alert as it was kept");
    out_object(o, name);
    for (const struct json *m = alert->first; m != NULL; m = m->next) {
        bool is_state = str_is(m->name, "state");

        out_name_tree(o, is_state ? STR("fact_state") : m->name, m);
    }
    out_text(o, "state", state_of(alert, has_ended));
    out_object_end(o);
    return true;
}
