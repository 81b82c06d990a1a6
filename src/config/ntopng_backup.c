/* ntopng_backup.c -- endpoints and recipients out of ntopng's export of its
 * notifications. */
#include "config/ntopng_backup.h"

#include "base/limits.h"
#include "config/ntopng_endpoints.h"
#include "config/ntopng_pools.h"

#define ENDPOINTS_MAX 1000
#define RECIPIENTS_MAX 10000

struct reading {
    struct import *out;
    struct arena *a;
    bool keep_empty_pools;
    size_t recipients;
};

static struct str member(const struct json *object, const char *name)
{
    return str_trim(json_text(json_get(object, name)));
}

/* Lua writes numbers as numbers or as text. */
static bool number_of(const struct json *j, int64_t *out)
{
    return json_i64(j, out) || str_to_i64(json_text(j), out);
}

/* --- criteria ----------------------------------------------------------------- */

static bool category_word(int64_t number, struct str *out)
{
    if (number < 0 || number >= CATEGORY_COUNT)
        return false;
    *out = str_of(category_names[number]);
    return true;
}

static bool entity_word(int64_t number, struct str *out)
{
    enum entity entity;

    if (!entity_from_number(number, &entity))
        return false;
    *out = str_of(entity_name(entity));
    return true;
}

#define ENTITIES_ALL 11 /* ntopng does not offer host_pool */
#define NTOPNG_MITRE 13 /* and offers this, which no alert is about */

/* A list of ntopng's numbers as words of ours; all there are is "any". */
static void words_add(struct reading *r, struct str recipient,
                      const struct json *numbers, const char *ours, size_t all,
                      bool (*word)(int64_t, struct str *), struct json_list *to)
{
    struct json_list list = {0};
    struct str text;
    int64_t number;

    if (!json_is(numbers, JSON_ARRAY))
        return;
    for (const struct json *e = numbers->first; e != NULL; e = e->next)
        if (number_of(e, &number) && word(number, &text))
            json_list_add(&list, r->a, STR_NONE, json_new_string(r->a, text));
        else if (word != entity_word || number != NTOPNG_MITRE)
            import_say(r->out, IMPORT_LEFT, "recipient", recipient,
                       "one of its %s, which Tocsin does not know", ours);
    if (list.count < all)
        json_list_add(to, r->a, str_of(ours), json_new_array(r->a, &list));
}

static struct str pool_of_number(const struct reading *r, int64_t number)
{
    const struct snapshot *now = r->out->now;

    if (number == 0)
        return STR(POOL_DEFAULT);
    for (size_t k = 0; k < r->out->n; k++) {
        const struct edit *e = &r->out->edits[k];

        if (e->kind == OBJECT_POOL &&
            json_i64_or(json_get(e->object, "ntopng_id"), -1) == number)
            return e->name;
    }
    for (size_t k = 0; now != NULL && k < now->pool_count; k++)
        if (now->pool_list[k].ntopng_id == number)
            return now->pool_list[k].name;
    return STR_NONE;
}

/* Rather an alert too many than one too few: a pool that is not known makes it
 * any pool, and so does an empty list. */
static void pools_add(struct reading *r, struct str recipient,
                      const struct json *numbers, struct json_list *to)
{
    struct json_list list = {0};
    int64_t number;

    if (!json_is(numbers, JSON_ARRAY))
        return;
    for (const struct json *e = numbers->first; e != NULL; e = e->next) {
        struct str pool =
            number_of(e, &number) ? pool_of_number(r, number) : STR_NONE;

        if (pool.n == 0) {
            import_say(r->out, IMPORT_ADJUSTED, "recipient", recipient,
                       "takes any host pool: ntopng's pool %lld is not here; "
                       "import ntopng's pools first to keep its list",
                       (long long)(number_of(e, &number) ? number : -1));
            return;
        }
        json_list_add(&list, r->a, STR_NONE, json_new_string(r->a, pool));
    }
    if (list.count == 0 && !r->keep_empty_pools) {
        import_say(r->out, IMPORT_ADJUSTED, "recipient", recipient,
                   "its empty list of host pools means \"none\" in ntopng; it "
                   "takes any pool here, unless you ask to keep it");
        return;
    }
    json_list_add(to, r->a, STR("host_pools"), json_new_array(r->a, &list));
}

static void am_hosts_add(struct reading *r, const struct json *hosts,
                         struct json_list *to)
{
    struct json_list list = {0};

    if (hosts == NULL)
        return;
    for (const struct json *e = hosts->first; e != NULL; e = e->next)
        if (json_is(e, JSON_STRING))
            json_list_add(&list, r->a, STR_NONE,
                          json_new_string(r->a, json_text(e)));
    json_list_add(to, r->a, STR("am_hosts"), json_new_array(r->a, &list));
}

/* "(entity=flow and type in (a, b))" of {"flow": ["1", "2"]}. */
static void checks_write(struct reading *r, struct str recipient,
                         const struct json *entity, struct buf *to)
{
    enum entity e;
    int64_t number;
    size_t n = 0;

    if (!entity_parse(entity->name, &e))
        return;
    for (const struct json *c = entity->first; c != NULL; c = c->next) {
        const struct alert_type *type =
            number_of(c, &number) ? catalogue_by_number(e, number) : NULL;

        if (type == NULL) {
            import_say(r->out, IMPORT_LEFT, "recipient", recipient,
                       "one of its alerts of %s, which Tocsin does not know",
                       entity_name(e));
            continue;
        }
        if (n++ == 0)
            buf_printf(to, "%s(entity=%s and type in (",
                       to->n > 0 ? " or " : "", entity_name(e));
        buf_printf(to, "%s%s", n > 1 ? ", " : "", type->key);
    }
    buf_text(to, n > 0 ? "))" : "");
}

/* Alerts one by one take the place of severity, categories and entities. */
static bool checks_add(struct reading *r, struct str recipient,
                       const struct json *checks, struct json_list *to)
{
    struct buf filter freed_by(buf_release) = BUF(FILTER_BYTES_MAX);

    if (!json_is(checks, JSON_OBJECT) || checks->count == 0)
        return false;
    for (const struct json *e = checks->first; e != NULL; e = e->next)
        checks_write(r, recipient, e, &filter);
    if (filter.over) {
        import_say(
            r->out, IMPORT_LEFT, "recipient", recipient,
            "its list of alerts, which is too long for a filter; it goes "
            "by severity, category and entity");
        return false;
    }
    import_text(r->out, to, "filter", arena_str(r->a, buf_view(&filter)));
    return filter.n > 0;
}

static void criteria_add(struct reading *r, struct str name,
                         const struct json *recipient, struct json_list *to)
{
    enum severity least;
    int64_t number;

    if (!checks_add(r, name, json_get(recipient, "checks"), to)) {
        if (number_of(json_get(recipient, "minimum_severity"), &number) &&
            severity_from_number(number, &least) && least > SEVERITY_DEBUG)
            import_text(r->out, to, "minimum_severity",
                        str_of(severity_name(least)));
        words_add(r, name, json_get(recipient, "check_categories"),
                  "categories", CATEGORY_COUNT, category_word, to);
        words_add(r, name, json_get(recipient, "check_entities"), "entities",
                  ENTITIES_ALL, entity_word, to);
    }
    pools_add(r, name, json_get(recipient, "host_pools"), to);
    am_hosts_add(r, json_get(recipient, "am_hosts"), to);
}

/* --- recipients and endpoints --------------------------------------------------- */

static void recipient_read(struct reading *r, struct str key,
                           struct str endpoint, const struct json *recipient)
{
    struct json_list object = {0}, params = {0};
    struct str theirs = member(recipient, "recipient_name");
    struct str kind = member(recipient, "notifications_type");
    struct str name = import_new_name(r->out, OBJECT_RECIPIENT, theirs);

    if (kind.n > 0 && !str_is(kind, "alerts")) {
        import_say(r->out, IMPORT_LEFT, "recipient", theirs,
                   "it takes no alerts but \"%.*s\", which Tocsin has none of",
                   STR_ARG(str_first(kind, utf8_cut(kind, 60))));
        return;
    }
    if (!import_may(r->out, OBJECT_RECIPIENT, name, theirs))
        return;
    if (!str_eq(name, theirs))
        import_say(r->out, IMPORT_ADJUSTED, "recipient", theirs,
                   "it is called \"%.*s\" here", STR_ARG(name));
    import_text(r->out, &object, "endpoint", endpoint);
    ntopng_recipient_params(r->out, key,
                            json_get(recipient, "recipient_params"), &params);
    import_object(r->out, &object, "params", &params);
    criteria_add(r, theirs, recipient, &object);
    import_add(r->out, OBJECT_RECIPIENT, name, &object, theirs,
               arena_printf(r->a, "on %.*s", STR_ARG(endpoint)));
}

/* The endpoint's name here; "": it is not taken. */
static struct str endpoint_add(struct reading *r, struct str key,
                               const struct json *theirs)
{
    struct json_list object = {0}, params = {0};
    struct str called = member(theirs, "endpoint_conf_name");
    struct str name = import_new_name(r->out, OBJECT_ENDPOINT, called);
    const char *type;
    bool works;

    if (!import_may(r->out, OBJECT_ENDPOINT, name, called))
        return name; /* recipients may be added to it all the same */
    if (!ntopng_endpoint_params(r->out, key, called,
                                json_get(theirs, "endpoint_conf"), &type,
                                &params, &works))
        return STR_NONE;
    if (!str_eq(name, called))
        import_say(r->out, IMPORT_ADJUSTED, "endpoint", called,
                   "it is called \"%.*s\" here", STR_ARG(name));
    import_text(r->out, &object, "type", str_of(type));
    import_object(r->out, &object, "params", &params);
    if (!works)
        import_bool(r->out, &object, "enabled", false);
    import_add(r->out, OBJECT_ENDPOINT, name, &object, called, str_of(type));
    return name;
}

/* Its builtin pair has its own here, which nothing changes. */
static void endpoint_read(struct reading *r, const struct json *theirs)
{
    struct str key = member(theirs, "endpoint_key"), name;
    const struct json *recipients = json_get(theirs, "recipients");

    if (str_is(key, ENDPOINT_BUILTIN))
        return;
    name = endpoint_add(r, key, theirs);
    for (const struct json *e = recipients ? recipients->first : NULL;
         name.n > 0 && e != NULL && r->recipients < RECIPIENTS_MAX;
         e = e->next) {
        r->recipients++;
        recipient_read(r, key, name, e);
    }
}

/* --- the file ------------------------------------------------------------------- */

static void others_say(struct reading *r, const struct json *modules)
{
    for (const struct json *m = modules->first; m != NULL; m = m->next)
        if (!str_is(m->name, "notifications") && !str_is(m->name, "pool") &&
            m->count > 0)
            import_say(r->out, IMPORT_LEFT, "", m->name,
                       "only notifications and host pools are taken");
}

bool ntopng_backup_read(const struct json *file, bool keep_empty_pools,
                        struct import *out, struct error *err)
{
    struct reading r = {.out = out,
                        .a = out->a,
                        .keep_empty_pools = keep_empty_pools};
    const struct json *rsp = json_get(file, "rsp");
    const struct json *modules = json_get(rsp ? rsp : file, "modules");
    const struct json *endpoints = json_get(modules, "notifications");
    const struct json *pools = json_get(json_get(modules, "pool"), "host");

    if (!json_is(endpoints, JSON_ARRAY))
        return error_set(err, "this is not ntopng's export of its "
                              "notifications: modules, notifications is not "
                              "there");
    if (endpoints->count > ENDPOINTS_MAX)
        return error_set(err, "%u endpoints; at most %d are taken",
                         endpoints->count, ENDPOINTS_MAX);
    others_say(&r, modules);
    if (pools != NULL && !ntopng_pools_read(pools, out, err))
        return false;
    for (const struct json *e = endpoints->first; e != NULL; e = e->next)
        endpoint_read(&r, e);
    if (r.recipients == RECIPIENTS_MAX)
        return error_set(err, "more than %d recipients", RECIPIENTS_MAX - 1);
    return true;
}
