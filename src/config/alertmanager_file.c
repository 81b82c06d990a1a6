/* alertmanager_file.c -- the receivers of alertmanager.yml as endpoints and
 * recipients, each with the filter its routes make. */
#include "config/alertmanager_file.h"

#include "base/limits.h"
#include "config/alertmanager_own.h"
#include "config/node.h"

struct reading {
    struct import *out;
    const struct json *file, *global;
    const struct am_way *ways;
};

static const struct json *file_parse(struct str text, struct arena *a,
                                     struct error *err)
{
    const struct source source = {.file = STR("alertmanager.yml"),
                                  .text = text};
    struct declared problems = {0};
    const struct node *documents = node_read_yaml(a, &source, &problems);
    const struct declared_problem *p = problems.problems;

    if (documents == NULL || problems.problem_count > 0) {
        error_set(err, "line %zu, column %zu: %.*s", p->line, p->column,
                  STR_ARG(p->text));
        return NULL;
    }
    if (documents->count != 1 || documents->first->type != JSON_OBJECT) {
        error_set(err, "this is not alertmanager.yml: it has no receivers");
        return NULL;
    }
    return node_json(documents->first, a);
}

/* --- recipients --------------------------------------------------------------------- */

static const struct am_way *way_to(const struct reading *r, struct str receiver)
{
    const struct am_way *w = r->ways;

    while (w != NULL && !str_eq(w->receiver, receiver))
        w = w->next;
    return w;
}

/* Its filter; alerts that ended are left out where Alertmanager was told so. */
static void filter_add(struct reading *r, const struct am_target *t,
                       struct json_list *object)
{
    const struct am_way *way = way_to(r, t->receiver);
    struct str resolved = json_text(json_get(t->config, "send_resolved"));
    struct str filter = way != NULL ? way->filter : STR_NONE;
    struct import *i = r->out;

    if (way == NULL)
        import_say(i, IMPORT_ADJUSTED, "recipient", t->receiver,
                   "no route leads to it: taken, but switched off");
    else if (way->too_long)
        import_say(i, IMPORT_ADJUSTED, "recipient", t->receiver,
                   "its routes are too many for one filter: it also takes what "
                   "routes before its own take alone");
    if (str_is(resolved, "false"))
        filter = filter.n == 0
                     ? STR("action!=release")
                     : arena_printf(i->a, "(%.*s) and action!=release",
                                    STR_ARG(filter));
    else if (resolved.n == 0 && !t->tells_releases)
        import_say(i, IMPORT_ADJUSTED, "recipient", t->receiver,
                   "it is told when an alert ends, too (the filter "
                   "action!=release keeps that from it)");
    import_text(i, object, "filter", filter);
    if (way == NULL)
        import_bool(i, object, "enabled", false);
}

static void recipient_add(struct reading *r, const struct am_target *t,
                          struct str theirs)
{
    struct import *i = r->out;
    struct str name = import_new_name(i, OBJECT_RECIPIENT, theirs);
    struct json_list object = {0};

    if (!import_may(i, OBJECT_RECIPIENT, name, theirs))
        return;
    import_text(i, &object, "endpoint",
                import_endpoint(i, "alertmanager", t->type, &t->endpoint,
                                t->works));
    import_object(i, &object, "params", &t->recipient);
    filter_add(r, t, &object);
    import_add(i, OBJECT_RECIPIENT, name, &object, t->receiver,
               arena_printf(i->a, "%.*s on %s", STR_ARG(name), t->type));
}

static size_t configs_of(const struct json *receiver)
{
    size_t n = 0;

    for (const struct json *m = receiver->first; m != NULL; m = m->next)
        n += json_is(m, JSON_ARRAY) ? m->count : 0;
    return n;
}

static void receiver_read(struct reading *r, const struct json *receiver)
{
    struct str name = json_text(json_get(receiver, "name"));
    bool alone = configs_of(receiver) == 1;

    for (const struct json *m = receiver->first; m != NULL; m = m->next)
        for (const struct json *c = json_is(m, JSON_ARRAY) ? m->first : NULL;
             c != NULL; c = c->next) {
            struct am_target t = {.receiver = name,
                                  .config = c,
                                  .global = r->global};

            if (am_target_read(r->out, m->name, &t))
                recipient_add(r, &t,
                              alone ? name
                                    : arena_printf(r->out->a, "%.*s-%s",
                                                   STR_ARG(name), t.type));
        }
}

/* --- the rest ------------------------------------------------------------------------ */

/* Parts of the file that have no like here, or have it elsewhere. */
static void others_say(struct reading *r)
{
    static const struct {
        const char *name, *text;
    } others[] = {
        {"templates", "templates are written otherwise here, see "
                      "docs/templates.md"},
        {"inhibit_rules", "inhibition is not taken over yet"},
        {"mute_time_intervals", "times are not taken over yet"},
        {"time_intervals", "times are not taken over yet"},
    };
    const struct json *route = json_get(r->file, "route");

    for (size_t k = 0; k < COUNT_OF(others); k++) {
        const struct json *found = json_get(r->file, others[k].name);

        if (found != NULL && found->count > 0)
            import_say(r->out, IMPORT_LEFT, "", str_of(others[k].name), "%s",
                       others[k].text);
    }
    if (json_get(route, "group_by") != NULL)
        import_say(r->out, IMPORT_LEFT, "", STR("group_by"),
                   "alerts are not grouped here: what waits for a recipient "
                   "shares a message");
    if (json_get(r->global, "resolve_timeout") != NULL)
        import_say(r->out, IMPORT_LEFT, "", STR("resolve_timeout"),
                   "set it with: tocsin settings set resolve_timeout=%.*s",
                   STR_ARG(json_text(json_get(r->global, "resolve_timeout"))));
}

bool alertmanager_file_read(struct str text, struct import *out,
                            struct error *err)
{
    struct reading r = {.out = out};
    const struct json *receivers;

    r.file = file_parse(text, out->a, err);
    if (r.file == NULL)
        return false;
    r.global = json_get(r.file, "global");
    receivers = json_get(r.file, "receivers");
    if (!json_is(receivers, JSON_ARRAY))
        return error_set(err, "this is not alertmanager.yml: it has no "
                              "receivers");
    if (receivers->count > ALERTMANAGER_RECEIVERS_MAX)
        return error_set(err, "%u receivers; at most %d are taken",
                         receivers->count, ALERTMANAGER_RECEIVERS_MAX);
    r.ways = am_routes_read(out, json_get(r.file, "route"), err);
    if (r.ways == NULL)
        return false;
    for (const struct json *e = receivers->first; e != NULL; e = e->next)
        if (json_is(e, JSON_OBJECT))
            receiver_read(&r, e);
    others_say(&r);
    return true;
}
