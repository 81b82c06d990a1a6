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

static const struct json *file_parse(struct import *i, struct str text,
                                     struct error *err)
{
    const struct node *documents = import_yaml(i, text, "alertmanager.yml", err);

    if (documents == NULL)
        return NULL;
    if (documents->count != 1 || documents->first->type != JSON_OBJECT) {
        error_set(err, "this is not alertmanager.yml: it has no receivers");
        return NULL;
    }
    return node_json(documents->first, i->a);
}

/* --- recipients --------------------------------------------------------------------- */

/* The first from `w` on. */
static const struct am_way *way_to(const struct am_way *w, struct str receiver)
{
    while (w != NULL && !str_eq(w->receiver, receiver))
        w = w->next;
    return w;
}

/* Its filter; alerts that ended are left out where Alertmanager was told so. */
static void filter_add(struct reading *r, const struct am_target *t,
                       const struct am_way *way, struct json_list *object)
{
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
                          const struct am_way *way, struct str theirs)
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
    filter_add(r, t, way, &object);
    import_add(i, OBJECT_RECIPIENT, name, &object, t->receiver,
               arena_printf(i->a, "%.*s on %s", STR_ARG(name), t->type));
    if (way != NULL)
        am_times_add(i, r->file, way->route, name, t->receiver);
}

/* One for each of its times, and one for a receiver that nothing leads to. */
static void recipients_add(struct reading *r, const struct am_target *t,
                           struct str theirs)
{
    const struct am_way *way = way_to(r->ways, t->receiver);
    bool alone = way == NULL || way_to(way->next, t->receiver) == NULL;
    size_t most = NAME_MAX_BYTES / 2;

    do {
        struct str times = way != NULL ? way->times : STR_NONE;

        recipient_add(r, t, way,
                      alone || times.n == 0
                          ? theirs
                          : arena_printf(r->out->a, "%.*s-%.*s",
                                         STR_ARG(str_first(theirs, most)),
                                         STR_ARG(str_trim(times))));
        way = way != NULL ? way_to(way->next, t->receiver) : NULL;
    } while (way != NULL);
}

static size_t configs_of(const struct json *receiver)
{
    size_t n = 0;

    for (const struct json *m = receiver->first; m != NULL; m = m->next)
        n += json_is(m, JSON_ARRAY) ? m->count : 0;
    return n;
}

/* The integrations of one type. */
static void integrations_read(struct reading *r, struct str receiver, bool alone,
                              const struct json *list)
{
    for (const struct json *c = list->first; c != NULL; c = c->next) {
        struct am_target t = {.receiver = receiver, .config = c, .global = r->global};

        if (am_target_read(r->out, list->name, &t))
            recipients_add(r, &t,
                           alone ? receiver
                                 : arena_printf(r->out->a, "%.*s-%s",
                                                STR_ARG(receiver), t.type));
    }
}

static void receiver_read(struct reading *r, const struct json *receiver)
{
    static const struct am_key keys[] = {{"name", NULL}, {NULL, NULL}};
    struct str name = json_text(json_get(receiver, "name"));
    bool alone = configs_of(receiver) == 1;
    struct json_list rest = {0};

    for (const struct json *m = receiver->first; m != NULL; m = m->next)
        if (json_is(m, JSON_ARRAY))
            integrations_read(r, name, alone, m);
        else
            json_list_add(&rest, r->out->a, m->name, m);
    am_keys_say(r->out, "recipient", name, json_new_object(r->out->a, &rest), keys);
}

/* --- inhibition ---------------------------------------------------------------------- */

#define EVERYTHING "score>=0" /* the filter of a side without matchers */

/* Labels, as a filter names them. */
static const struct json *equal_labels(const struct json *list, struct arena *a)
{
    static const char *const short_names[] = {"alertname", "instance", "job"};
    struct json_list out = {0};

    for (const struct json *j = json_is(list, JSON_ARRAY) ? list->first : NULL;
         j != NULL; j = j->next) {
        struct str name = json_text(j);
        bool is_short = false;

        for (size_t i = 0; i < COUNT_OF(short_names); i++)
            is_short = is_short || str_is(name, short_names[i]);
        if (!is_short)
            name = arena_printf(a, "label.%.*s", STR_ARG(name));
        json_list_add(&out, a, STR_NONE, json_new_string(a, name));
    }
    return json_new_array(a, &out);
}

/* One with a key we do not know might mute more here than there. */
static bool rule_is_known(struct reading *r, const struct json *rule, struct str theirs)
{
    size_t before = r->out->left;

    am_keys_say(r->out, "inhibition", theirs, rule, am_inhibition_keys);
    return r->out->left == before;
}

static void inhibition_add(struct reading *r, const struct json *rule, size_t number)
{
    struct import *i = r->out;
    struct str source, target, theirs = json_text(json_get(rule, "name"));
    struct json_list object = {0};
    struct error err = {0};
    struct str name;

    if (theirs.n == 0)
        theirs = arena_printf(i->a, "inhibit-%zu", number);
    if (!am_matchers_read(rule, "source_", i->a, &source, &err) ||
        !am_matchers_read(rule, "target_", i->a, &target, &err)) {
        import_say(i, IMPORT_LEFT, "inhibition", theirs,
                   "its matchers cannot be read here%s%s",
                   err.text[0] != '\0' ? ": " : "", err.text);
        return;
    }
    if (!rule_is_known(r, rule, theirs))
        return;
    name = import_new_name(i, OBJECT_INHIBITION, theirs);
    if (!import_may(i, OBJECT_INHIBITION, name, theirs))
        return;
    import_text(i, &object, "source", source.n > 0 ? source : STR(EVERYTHING));
    import_text(i, &object, "target", target.n > 0 ? target : STR(EVERYTHING));
    json_list_add(&object, i->a, STR("equal"),
                  equal_labels(json_get(rule, "equal"), i->a));
    import_add(i, OBJECT_INHIBITION, name, &object, theirs, name);
}

static void inhibitions_read(struct reading *r)
{
    const struct json *list = json_get(r->file, "inhibit_rules");
    size_t number = 0;

    for (const struct json *j = json_is(list, JSON_ARRAY) ? list->first : NULL;
         j != NULL; j = j->next)
        inhibition_add(r, j, ++number);
}

/* --- the rest ------------------------------------------------------------------------ */

static bool route_names(const struct json *route, struct str interval)
{
    static const char *const keys[] = {"mute_time_intervals", "active_time_intervals"};
    const struct json *routes = json_get(route, "routes");
    bool found = false;

    for (size_t k = 0; k < COUNT_OF(keys); k++) {
        const struct json *names = json_get(route, keys[k]);

        for (const struct json *n = json_is(names, JSON_ARRAY) ? names->first : NULL;
             n != NULL; n = n->next)
            found = found || str_eq(json_text(n), interval);
    }
    for (const struct json *e = json_is(routes, JSON_ARRAY) ? routes->first : NULL;
         e != NULL && !found; e = e->next)
        found = route_names(e, interval);
    return found;
}

static void unused_say(struct reading *r, const char *key)
{
    const struct json *list = json_get(r->file, key);

    for (const struct json *e = json_is(list, JSON_ARRAY) ? list->first : NULL;
         e != NULL; e = e->next)
        if (!route_names(json_get(r->file, "route"), json_text(json_get(e, "name"))))
            import_say(r->out, IMPORT_LEFT, "", json_text(json_get(e, "name")),
                       "no route names this time interval");
}

/* What has no like here, or has it elsewhere. */
static void others_say(struct reading *r)
{
    struct str timeout = json_text(json_get(r->global, "resolve_timeout"));

    unused_say(r, "time_intervals");
    unused_say(r, "mute_time_intervals");
    am_keys_say(r->out, "", STR("alertmanager.yml"), r->file, am_file_keys);
    am_keys_say(r->out, "", STR("global"), r->global, am_global_keys);
    if (timeout.n > 0)
        import_say(r->out, IMPORT_LEFT, "", STR("global"),
                   "resolve_timeout: set it with: tocsin settings set "
                   "resolve_timeout=%.*s",
                   STR_ARG(timeout));
}

bool alertmanager_file_read(struct str text, struct import *out,
                            struct error *err)
{
    struct reading r = {.out = out};
    const struct json *receivers;

    r.file = file_parse(out, text, err);
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
    inhibitions_read(&r);
    others_say(&r);
    return true;
}
