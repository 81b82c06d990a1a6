/* message_facts.c -- what else is known, as label and value: at most twelve. */
#include "message/words.h"

#define NAME_POINTS 60   /* of a host, an operating system */
#define INFO_POINTS 120  /* of a URL */
#define LABEL_POINTS 40  /* of a fact's own name */
#define VALUE_POINTS 200
#define LATE_MS (5 * 60 * 1000)           /* sooner is not worth saying */
#define FLOW_LONGEST_MS (30 * 86400000LL) /* longer is a clock gone wrong */

struct facts {
    const struct alert *a;
    struct arena *arena;
    struct message *m;
};

static void fact_add(struct facts *f, const char *label, struct str value,
                     bool code)
{
    if (value.n > 0 && f->m->fact_count < MESSAGE_FACTS_MAX)
        f->m->facts[f->m->fact_count++] =
            (struct message_fact){label, value, code};
}

static void fact_text(struct facts *f, const char *label, struct str value)
{
    fact_add(f, label, words_foreign(f->arena, value, VALUE_POINTS), false);
}

/* --- what several entities have ----------------------------------------- */

static void add_in(struct buf *b, struct str s)
{
    if (s.n == 0)
        return;
    buf_text(b, b->n > 0 ? ", " : "");
    buf_str(b, s);
}

/* A fact "cli_name" by its end and the side "cli_"; "" for a host's own. */
static struct str side_text(struct facts *f, const char *side, const char *name)
{
    struct str whole = arena_printf(f->arena, "%s%s", side, name);

    return words_foreign(f->arena, alert_fact_text(f->a, whole.p), NAME_POINTS);
}

static bool side_flag(struct facts *f, const char *side, const char *name)
{
    struct str whole = arena_printf(f->arena, "%s%s", side, name);

    return json_bool_or(alert_fact(f->a, whole.p), false);
}

/* "Mac OS X 10.13, AS16625, US" */
static struct str side_details(struct facts *f, const char *side,
                               struct str address)
{
    struct buf b freed_by(buf_release) = BUF(4096);
    struct str name = side_text(f, side, "name");
    struct str asn = side_text(f, side, "asn");

    if (!str_eq(name, address))
        add_in(&b, name);
    add_in(&b, side_text(f, side, "os"));
    if (asn.n > 0 && !str_is(asn, "0"))
        add_in(&b, arena_printf(f->arena, "AS%.*s", STR_ARG(asn)));
    add_in(&b, side_text(f, side, "city_name"));
    add_in(&b, side_text(f, side, "country_name"));
    if (side_flag(f, side, "blacklisted") || side_flag(f, side, "is_blacklisted"))
        add_in(&b, STR("blacklisted"));
    return words_kept(f->arena, &b);
}

static struct str with_details(struct facts *f, struct str what,
                               struct str details)
{
    return details.n == 0 ? what
                          : arena_printf(f->arena, "%.*s (%.*s)", STR_ARG(what),
                                         STR_ARG(details));
}

static void add_measured(struct facts *f)
{
    fact_add(f, "Measured", words_measured(f->a, f->arena), false);
}

static void add_vlan(struct facts *f)
{
    int64_t vlan = alert_fact_i64(f->a, "vlan_id", 0);

    if (vlan > 0)
        fact_add(f, "VLAN", arena_printf(f->arena, "%lld", (long long)vlan),
                 false);
}

/* --- flows --------------------------------------------------------------- */

static void add_end(struct facts *f, const char *label, const char *side)
{
    struct str ip = side_text(f, side, "ip");
    struct str port = side_text(f, side, "port");
    bool v6 = str_find(ip, ':') < ip.n;
    struct str address = ip;

    if (ip.n == 0)
        return;
    if (port.n > 0 && !str_is(port, "0"))
        address = arena_printf(f->arena, v6 ? "[%.*s]:%.*s" : "%.*s:%.*s",
                               STR_ARG(ip), STR_ARG(port));
    fact_add(f, label, with_details(f, address, side_details(f, side, ip)),
             false);
}

static void add_application(struct facts *f)
{
    struct str l4 = words_transport(f->a, f->arena);
    struct str l7 = words_application(f->a, f->arena);

    if (l4.n > 0 && l7.n > 0)
        l4 = arena_printf(f->arena, "%.*s / %.*s", STR_ARG(l4), STR_ARG(l7));
    fact_add(f, "Application", l4.n > 0 ? l4 : l7, false);
}

static int64_t flow_lasted_ms(const struct alert *a)
{
    int64_t first_s = alert_fact_i64(a, "first_seen", 0);
    int64_t last_s = json_i64_or(words_inner(a, "last_seen"), 0);
    int64_t last_ms = last_s > 0 ? last_s * 1000 : a->tstamp_ms;

    if (first_s <= 0 || first_s > INT64_MAX / 1000 || last_s > INT64_MAX / 1000)
        return 0;
    return last_ms - first_s * 1000;
}

static void add_traffic(struct facts *f)
{
    int64_t sent = alert_fact_i64(f->a, "cli2srv_bytes", -1);
    int64_t received = alert_fact_i64(f->a, "srv2cli_bytes", -1);
    int64_t lasted_ms = flow_lasted_ms(f->a);
    struct buf b freed_by(buf_release) = BUF(200);

    if (sent < 0 || received < 0)
        return;
    buf_str(&b, message_bytes(sent, f->arena));
    buf_text(&b, " sent, ");
    buf_str(&b, message_bytes(received, f->arena));
    buf_text(&b, " received");
    if (lasted_ms > 0 && lasted_ms <= FLOW_LONGEST_MS) {
        buf_text(&b, " in ");
        buf_str(&b, message_duration(lasted_ms, f->arena));
    }
    fact_add(f, "Traffic", words_kept(f->arena, &b), false);
}

static void add_role(struct facts *f)
{
    fact_text(f, "Attacker", alert_attacker(f->a));
    fact_text(f, "Victim", alert_victim(f->a));
}

static void add_flow(struct facts *f)
{
    struct str info = alert_fact_text(f->a, "info");

    add_end(f, "Client", "cli_");
    add_end(f, "Server", "srv_");
    add_application(f);
    add_traffic(f);
    add_role(f);
    fact_add(f, "Info", words_foreign(f->arena, info, INFO_POINTS), true);
    add_measured(f);
    add_vlan(f);
    fact_add(f, "Community ID",
             words_foreign(f->arena, alert_fact_text(f->a, "community_id"),
                           NAME_POINTS),
             true);
}

/* --- the other entities -------------------------------------------------- */

static void add_host(struct facts *f)
{
    static const struct {
        const char *fact, *role;
    } roles[] = {
        {"is_attacker", "attacker"},
        {"is_victim", "victim"},
        {"is_client", "client"},
        {"is_server", "server"},
    };
    struct buf b freed_by(buf_release) = BUF(200);

    fact_add(f, "Host",
             with_details(f, f->m->subject, side_details(f, "", f->m->subject)),
             false);
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        if (json_bool_or(alert_fact(f->a, roles[i].fact), false))
            add_in(&b, str_of(roles[i].role));
    }
    fact_add(f, "Role", words_kept(f->arena, &b), false);
    add_measured(f);
    add_vlan(f);
}

static void add_am_host(struct facts *f)
{
    struct str address = words_inner_text(f->a, "ip");

    fact_add(f, "Target", f->m->subject, false);
    if (address.n > 0 && !str_eq(address, f->m->subject))
        fact_text(f, "Address", address);
    if (words_unreachable(f->a))
        fact_add(f, "Measured", STR("no answer"), false);
    else
        add_measured(f);
}

static void add_mac(struct facts *f)
{
    fact_add(f, "Device",
             with_details(f, f->m->subject, side_text(f, "device_", "name")),
             false);
    fact_text(f, "Address", words_inner_text(f->a, "ip"));
    fact_text(f, "Was at", words_inner_text(f->a, "old_mac"));
    fact_text(f, "Now at", words_inner_text(f->a, "new_mac"));
}

static void add_user(struct facts *f)
{
    fact_add(f, "User", f->m->subject, false);
    fact_text(f, "Did", words_inner_text(f->a, "name"));
    fact_text(f, "From", words_inner_text(f->a, "remote_addr"));
    fact_text(f, "Outcome", words_inner_text(f->a, "status"));
}

static void add_device(struct facts *f)
{
    fact_add(f,
             f->a->entity == ENTITY_OTHER ? "About"
                                          : entity_label(f->a->entity),
             f->m->subject, false);
    fact_text(f, "Name", alert_fact_text(f->a, "name"));
    add_measured(f);
}

/* --- of any source ------------------------------------------------------- */

static bool is_shown_already(const struct facts *f, struct str value)
{
    if (str_eq(value, f->m->sentence) || str_eq(value, f->m->subject) ||
        str_eq(value, f->a->type) || str_eq(value, f->a->message))
        return true;
    for (size_t i = 0; i < f->m->fact_count; i++) {
        if (str_eq(value, f->m->facts[i].value))
            return true;
    }
    return false;
}

static struct str scalar_text(const struct json *j)
{
    if (json_is(j, JSON_BOOL))
        return j->truth ? STR("yes") : STR("no");
    return json_is(j, JSON_STRING) || json_is(j, JSON_NUMBER) ? j->text
                                                              : STR_NONE;
}

static bool is_one_of(struct str name, const char *const *names)
{
    while (*names != NULL && !str_is(name, *names))
        names++;
    return *names != NULL;
}

/* What was taken by name already, or says nothing to people. */
static bool is_taken(const struct alert *a, struct str name)
{
    static const char *const of_all[] = {"severity", "ifid", "ip_version",
                                         "test", NULL};
    static const char *const of_flows[] = {"proto", "proto.ndpi", "first_seen",
                                           "info", "community_id", "vlan_id",
                                           NULL};
    static const char *const of_hosts[] = {"name", "ip", "asn", "os", "vlan_id",
                                           "city_name", "country_name", NULL};

    if (is_one_of(name, of_all))
        return true;
    if (a->entity == ENTITY_HOST)
        return is_one_of(name, of_hosts) || str_starts(name, "is_");
    return a->entity == ENTITY_FLOW &&
           (is_one_of(name, of_flows) || str_starts(name, "cli_") ||
            str_starts(name, "srv_") || str_starts(name, "cli2srv_") ||
            str_starts(name, "srv2cli_") || str_starts(name, "is_"));
}

/* Every plain member, under its own name. An operator's labels name his own
 * machines, so they keep their dots. */
static void add_members(struct facts *f, const struct json *object, bool ours)
{
    const struct json *first = json_is(object, JSON_OBJECT) ? object->first
                                                            : NULL;

    for (const struct json *j = first; j != NULL; j = j->next) {
        struct str value = scalar_text(j);
        struct str label = words_shown(f->arena, j->name, LABEL_POINTS);

        if (label.n == 0 || is_taken(f->a, j->name) || is_shown_already(f, value))
            continue;
        value = ours ? words_shown(f->arena, value, VALUE_POINTS)
                     : words_foreign(f->arena, value, VALUE_POINTS);
        fact_add(f, label.p, value, false);
    }
}

static void add_of_entity(struct facts *f)
{
    switch (f->a->entity) {
    case ENTITY_FLOW:
        add_flow(f);
        return;
    case ENTITY_HOST:
        add_host(f);
        return;
    case ENTITY_AM_HOST:
        add_am_host(f);
        return;
    case ENTITY_MAC:
        add_mac(f);
        return;
    case ENTITY_USER:
        add_user(f);
        return;
    case ENTITY_INTERFACE:
    case ENTITY_NETWORK:
    case ENTITY_SNMP_DEVICE:
    case ENTITY_HOST_POOL:
    case ENTITY_SYSTEM:
    case ENTITY_DOMAIN:
    case ENTITY_OTHER:
        add_device(f);
        return;
    }
}

static void add_delay(struct facts *f, const struct message_place *place)
{
    int64_t event_ms = f->a->action == ACTION_RELEASE ? f->a->tstamp_end_ms
                                                      : f->a->tstamp_ms;
    int64_t late_ms = place->now_ms - event_ms;

    if (late_ms < LATE_MS)
        return;
    f->m->fact_count = MIN(f->m->fact_count, MESSAGE_FACTS_MAX - 1);
    fact_add(f, "Delayed",
             arena_printf(f->arena, "sent %.*s after it happened",
                          STR_ARG(message_duration(late_ms, f->arena))),
             false);
}

void message_facts(const struct alert *a, const struct message_place *place,
                   struct arena *arena, struct message *m)
{
    struct facts f = {a, arena, m};

    add_of_entity(&f);
    if (a->repeats > 0)
        fact_add(&f, "Repeated",
                 arena_printf(arena, "%lld times", (long long)a->repeats),
                 false);
    /* Of ntopng's members those that say something were taken by name. */
    if (!str_is(a->source, "ntopng") && !str_is(a->source, "tocsin")) {
        add_members(&f, alert_fact(a, "labels"), true);
        add_members(&f, alert_fact(a, "annotations"), true);
        add_members(&f, a->facts, str_is(a->source, "alertmanager"));
    }
    add_delay(&f, place);
}
