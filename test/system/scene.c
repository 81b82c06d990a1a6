/* scene.c -- makes hostile alerts, as intake would have made them. */
#include "scene.h"

#include "base/limits.h"
#include "corpus.h"

#define FIRST_ID 4711
#define FACT_MAX 1100 /* bytes of a fact when all are long: they share a line */
#define LABELLED_MAX 4200 /* bytes of a message that is long; a flow's is longer */

struct making {
    struct arena *arena;
    struct json_list members;
    const struct material *of;
};

/* The corpus' text once, or as often as fits. */
static struct str hostile(const struct making *k, size_t max)
{
    struct str text = corpus[k->of->at];
    struct buf b freed_by(buf_release) = BUF(max + text.n);

    do
        buf_str(&b, text);
    while (k->of->over_long && text.n > 0 && b.n < max);
    return arena_str(k->arena, str_first(buf_view(&b), utf8_cut(buf_view(&b), max)));
}

static void add(struct making *k, struct str name, const struct json *value)
{
    json_list_add(&k->members, k->arena, name, value);
}

static void add_str(struct making *k, const char *name, struct str text)
{
    add(k, str_of(name), json_new_string(k->arena, text));
}

static void add_i64(struct making *k, const char *name, int64_t i)
{
    add(k, str_of(name), json_new_i64(k->arena, i));
}

static void add_each(struct making *k, const char *const *names, size_t max)
{
    for (size_t i = 0; names[i] != NULL; i++)
        add_str(k, names[i], hostile(k, max));
}

/* A name that no member of ours and none before it can have. */
static struct str own_name(const struct making *k, size_t max)
{
    struct str text = hostile(k, max - 1);

    return arena_printf(k->arena, ".%.*s", STR_ARG(text));
}

static void add_labels(struct making *k, const char *name)
{
    struct json_list labels = {0};

    json_list_add(&labels, k->arena, STR("summary"),
                  json_new_string(k->arena, hostile(k, FACT_MAX)));
    json_list_add(&labels, k->arena, own_name(k, 200),
                  json_new_string(k->arena, hostile(k, FACT_MAX)));
    add(k, str_of(name), json_new_object(k->arena, &labels));
}

/* Traffic of a flow whose ends are known: what ntopng says, in free text. */
static void make_texts(struct making *k)
{
    static const char *const names[] = {
        "cli_name", "cli_os", "cli_country_name", "cli_city_name", "srv_name",
        "srv_os", "proto.ndpi", "info", "community_id", "domain_name", "ifname",
        "alert_key", NULL};

    add_str(k, "entity", STR("flow"));
    add_str(k, "type", STR("low_goodput"));
    add_str(k, "category", STR("security"));
    add_str(k, "cli_ip", STR("64.13.134.52"));
    add_i64(k, "cli_port", 60952);
    add_str(k, "srv_ip", STR("2001:db8::9"));
    add_i64(k, "srv_port", 443);
    add_i64(k, "proto", 6);
    add_i64(k, "vlan_id", 7);
    add_i64(k, "srv_asn", 16625);
    add(k, STR("is_cli_attacker"), json_new_bool(k->arena, true));
    add_each(k, names, FACT_MAX);
    add_str(k, "message", hostile(k, ALERT_MESSAGE_MAX));
}

/* Names and addresses that are none. */
static void make_names(struct making *k)
{
    static const char *const names[] = {"cli_ip", "srv_ip", "name", "ip", "os",
                                        "device_name", NULL};
    enum entity entity;

    if (!entity_from_number((int64_t)(k->of->at % ENTITY_COUNT), &entity))
        entity = ENTITY_FLOW;
    add_str(k, "entity", str_of(entity_name(entity)));
    add_str(k, "entity_value", hostile(k, ALERT_ENTITY_VALUE_MAX));
    add_str(k, "type", hostile(k, ALERT_NAME_MAX));
    add_str(k, "category", hostile(k, ALERT_NAME_MAX));
    add_str(k, "source", hostile(k, ALERT_NAME_MAX));
    add_str(k, "key", hostile(k, ALERT_KEY_MAX));
    add_each(k, names, FACT_MAX);
    add_labels(k, "json");
    add(k, own_name(k, FACT_MAX), json_new_string(k->arena, hostile(k, FACT_MAX)));
}

static void make_labels(struct making *k)
{
    add_str(k, "source", STR("alertmanager"));
    add_str(k, "type", STR("InstanceDown"));
    add_str(k, "entity_value", STR("node3.example.net:9100"));
    add_labels(k, "labels");
    add_labels(k, "annotations");
    add_str(k, "message", hostile(k, LABELLED_MAX));
}

static const char *action_of(const struct material *of)
{
    if (of->phase != PHASE_NEW)
        return "release";
    return of->at % 2 == 0 ? "store" : "engage";
}

static const struct json *make(struct arena *a, const struct material *of)
{
    static void (*const makers[SHAPES])(struct making *) = {make_texts, make_names,
                                                            make_labels};
    struct making k = {.arena = a, .of = of};

    add_str(&k, "action", str_of(action_of(of)));
    add_i64(&k, "severity", (int64_t)(of->at % SEVERITY_COUNT));
    add_i64(&k, "tstamp", NOW_MS / 1000 - 484);
    if (of->phase != PHASE_NEW)
        add_i64(&k, "tstamp_end", NOW_MS / 1000 - 1);
    makers[of->shape](&k);
    return json_new_object(a, &k.members);
}

bool scene_add(struct scene *s, struct material of)
{
    struct alert *a = &s->alerts[s->count];
    struct error err;

    if (!alert_read(s->arena, make(s->arena, &of), NOW_MS, a, &err) ||
        !alert_check(a, &err))
        return false;
    a->id = FIRST_ID + (int64_t)s->count * 2 + 1;
    if (a->action == ACTION_RELEASE)
        a->began_id = a->id - 1;
    s->count++;
    return true;
}
