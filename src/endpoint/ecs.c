/* ecs.c -- an alert as a document of the Elastic Common Schema. */
#include "endpoint/ecs.h"

#include "base/clock.h"
#include "base/limits.h"
#include "endpoint/ecs_place.h"
#include "endpoint/ecs_raw.h"
#include "endpoint/make.h"
#include "message/escape.h"

#define NS_PER_MS 1000000
#define KEYWORD_MAX 1024 /* bytes; a longer one is kept, but cannot be found */

/* What every part of the document is made from. */
struct ecs {
    const struct alert *a;
    const struct message_place *place;
    const struct ecs_options *with;
    struct json_out *o;
    struct arena *arena;
};

static size_t keyword_max(const struct ecs *e)
{
    return MIN((size_t)KEYWORD_MAX, e->with->text_max);
}

static void put_text(struct ecs *e, const char *name, struct str s)
{
    struct str said = ecs_said(s, keyword_max(e), e->arena);

    if (said.n > 0)
        out_str(e->o, name, said);
}

static void put_time(struct ecs *e, const char *name, int64_t wall_ms)
{
    char text[TIME_TEXT_MAX];

    time_text(wall_ms, true, text);
    out_text(e->o, name, text);
}

static void put_positive(struct ecs *e, const char *name, int64_t i)
{
    if (i > 0)
        out_i64(e->o, name, i);
}

static struct str lower(struct ecs *e, struct str s)
{
    char *out = arena_new(e->arena, s.n + 1);

    for (size_t i = 0; i < s.n; i++)
        out[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a')
                                                : s.p[i];
    return (struct str){out, s.n};
}

/* --- event --------------------------------------------------------------- */

/* Words that ECS 1.6 and 8 both have. */
static const char *category_of(const struct alert *a)
{
    static const struct {
        const char *ours, *ecs;
    } words[] = {
        {"security", "intrusion_detection"},
        {"ids_ips", "intrusion_detection"},
        {"internals", "process"},
        {"system", "host"},
    };

    if (a->entity == ENTITY_USER)
        return "iam";
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (str_is(a->category, words[i].ours))
            return words[i].ecs;
    }
    return "network";
}

/* Which types go with which category is ECS's to say; "info" goes with all. */
static void put_type(struct ecs *e, const char *category)
{
    bool spans = strcmp(category, "network") == 0 ||
                 strcmp(category, "host") == 0 ||
                 strcmp(category, "process") == 0;

    out_array(e->o, "type");
    if (e->a->entity == ENTITY_FLOW && strcmp(category, "network") == 0)
        out_text(e->o, NULL, "connection");
    if (spans && e->a->action == ACTION_ENGAGE)
        out_text(e->o, NULL, "start");
    else if (spans && e->a->action == ACTION_RELEASE)
        out_text(e->o, NULL, "end");
    else
        out_text(e->o, NULL, "info");
    out_array_end(e->o);
}

static int64_t start_ms(const struct alert *a)
{
    int64_t first_s = alert_fact_i64(a, "first_seen", 0);

    if (a->entity == ENTITY_FLOW && first_s > 0 &&
        first_s <= a->tstamp_ms / 1000)
        return first_s * 1000;
    return a->tstamp_ms;
}

static void put_event_times(struct ecs *e, int64_t at_ms)
{
    int64_t from_ms = start_ms(e->a);

    put_time(e, "created", at_ms);
    put_time(e, "start", from_ms);
    if (e->a->action == ACTION_ENGAGE)
        return;
    put_time(e, "end", at_ms);
    if (at_ms >= from_ms && at_ms - from_ms <= INT64_MAX / NS_PER_MS)
        out_i64(e->o, "duration", (at_ms - from_ms) * NS_PER_MS);
}

/* ECS has it so: kept and shown, but not looked into. */
static void put_original(struct ecs *e)
{
    struct buf line freed_by(buf_release) = BUF(2 * ALERT_JSON_MAX);

    alert_write_line(e->a, &line);
    out_str(e->o, "original", buf_view(&line));
}

static void put_event(struct ecs *e, int64_t at_ms, struct str link)
{
    const struct alert *a = e->a;
    const char *category = category_of(a);
    int64_t id = a->began_id > 0 ? a->began_id : a->id;

    out_object(e->o, "event");
    /* The same for what began and what ended it. */
    if (id > 0)
        put_text(e, "id", arena_printf(e->arena, "%lld", (long long)id));
    out_text(e->o, "kind", "alert");
    if (e->with->scalar_category) {
        out_text(e->o, "category", category);
    } else {
        out_array(e->o, "category");
        out_text(e->o, NULL, category);
        out_array_end(e->o);
    }
    put_type(e, category);
    out_text(e->o, "action", action_name(a->action));
    put_event_times(e, at_ms);
    out_text(e->o, "module", "tocsin");
    out_text(e->o, "dataset", "tocsin.alerts");
    out_i64(e->o, "severity", a->severity);
    out_text(e->o, "severity_label", severity_ecs(a->severity));
    out_i64(e->o, "risk_score", a->score);
    if (link.n > 0)
        out_str(e->o, "url", link); /* ours: of use as a whole only */
    if (e->with->minimal)
        put_original(e);
    out_object_end(e->o);
}

/* --- the two ends -------------------------------------------------------- */

static bool address_read(struct str text, struct ip *out)
{
    return ip_parse(str_first(text, str_find(text, '%')), out);
}

/* The canonical form, without a zone; "" for what is no address. */
static struct str address_of(struct ecs *e, struct str text)
{
    struct ip ip;
    char out[IP_TEXT_MAX];

    if (!address_read(text, &ip))
        return STR_NONE;
    ip_text(&ip, out);
    return arena_str(e->arena, str_of(out));
}

static const struct json *side(struct ecs *e, const char *prefix,
                               const char *name)
{
    struct str whole = arena_printf(e->arena, "%s%s", prefix, name);

    return alert_fact(e->a, whole.p);
}

static void put_port(struct ecs *e, const char *prefix)
{
    int64_t port = json_i64_or(side(e, prefix, "port"), 0);

    if (port > 0 && port <= UINT16_MAX)
        out_i64(e->o, "port", port);
}

static void put_place(struct ecs *e, const char *prefix)
{
    bool codes = strcmp(e->with->version, ECS_VERSION_OLD) != 0;
    struct geo_place place;
    struct ip ip;
    bool named = address_read(json_text(side(e, prefix, "ip")), &ip);

    ecs_place_find(e->a, prefix, named ? &ip : NULL, e->with->geo,
                   keyword_max(e), e->arena, &place);
    ecs_place_write(&place, codes, e->o);
}

static void put_side(struct ecs *e, const char *name, const char *prefix,
                     const char *traffic)
{
    out_object(e->o, name);
    put_text(e, "ip", address_of(e, json_text(side(e, prefix, "ip"))));
    put_port(e, prefix);
    put_positive(e, "bytes", json_i64_or(side(e, traffic, "bytes"), 0));
    put_positive(e, "packets", json_i64_or(side(e, traffic, "packets"), 0));
    put_place(e, prefix);
    out_object_end(e->o);
}

static int64_t sum_of(struct ecs *e, const char *name)
{
    int64_t sent = json_i64_or(side(e, "cli2srv_", name), 0);
    int64_t received = json_i64_or(side(e, "srv2cli_", name), 0);

    return sent < 0 || received < 0 || sent > INT64_MAX - received
               ? 0
               : sent + received;
}

/* 6, "6" and "TCP" are the same. */
static bool protocol_of(const struct alert *a, uint8_t *out)
{
    int64_t number = alert_fact_i64(a, "proto", -1);

    if (number < 0 || number > UINT8_MAX)
        return proto_parse(alert_fact_text(a, "proto"), out);
    *out = (uint8_t)number;
    return true;
}

static uint16_t port_of(const struct alert *a, const char *name)
{
    int64_t port = alert_fact_i64(a, name, 0);

    return port > 0 && port <= UINT16_MAX ? (uint16_t)port : 0;
}

/* The source's own, else made from the flow. ICMP's is made from its type and
 * code, which only the source knows. */
static struct str community_id_of(struct ecs *e, uint8_t proto)
{
    const struct alert *a = e->a;
    struct str said = alert_fact_text(a, "community_id");
    struct flow_tuple t = {
        .from_port = port_of(a, "cli_port"),
        .to_port = port_of(a, "srv_port"),
        .proto = proto,
    };
    char made[COMMUNITY_ID_MAX];

    if (said.n > 0 || proto_is_icmp(proto) ||
        !address_read(alert_fact_text(a, "cli_ip"), &t.from) ||
        !address_read(alert_fact_text(a, "srv_ip"), &t.to))
        return said;
    community_id(&t, 0, made);
    return arena_str(e->arena, str_of(made));
}

/* nDPI's "TLS.Google" is what is spoken, and who is spoken to. */
static void put_application(struct ecs *e)
{
    struct str application = lower(e, alert_fact_text(e->a, "proto.ndpi"));
    struct str protocol = str_until(&application, '.');

    put_text(e, "protocol", protocol);
    put_text(e, "application", application);
}

static void put_network(struct ecs *e)
{
    const struct alert *a = e->a;
    int64_t vlan = alert_fact_i64(a, "vlan_id", -1);
    uint8_t proto;

    out_object(e->o, "network");
    if (protocol_of(a, &proto)) {
        put_text(e, "transport", str_of(proto_name(proto)));
        put_text(e, "community_id", community_id_of(e, proto));
    } else {
        put_text(e, "community_id", alert_fact_text(a, "community_id"));
    }
    put_application(e);
    put_positive(e, "bytes", sum_of(e, "bytes"));
    put_positive(e, "packets", sum_of(e, "packets"));
    if (vlan >= 0) {
        out_object(e->o, "vlan");
        put_text(e, "id", arena_printf(e->arena, "%lld", (long long)vlan));
        out_object_end(e->o);
    }
    out_object_end(e->o);
}

/* --- the rest ------------------------------------------------------------ */

/* A host's own address; of a monitored one the address that was measured. */
static struct str host_address(struct ecs *e)
{
    const struct alert *a = e->a;
    struct str value = a->entity_value;
    struct str said = a->entity == ENTITY_AM_HOST
                          ? json_text(json_get(alert_fact(a, "json"), "ip"))
                          : alert_fact_text(a, "ip");
    struct str address = address_of(e, said);

    return address.n > 0 ? address
                         : address_of(e, str_first(value, str_find(value, '@')));
}

static void put_host(struct ecs *e, struct str address)
{
    out_object(e->o, "host");
    if (address.n > 0) {
        out_array(e->o, "ip");
        out_str(e->o, NULL, address);
        out_array_end(e->o);
    }
    put_text(e, "name", e->a->entity == ENTITY_HOST &&
                                alert_fact_text(e->a, "name").n > 0
                            ? alert_fact_text(e->a, "name")
                            : alert_subject(e->a, e->arena));
    out_object_end(e->o);
}

/* ECS wants it as AA-BB-CC-DD-EE-FF. */
static void put_card(struct ecs *e)
{
    struct mac mac;
    char text[MAC_TEXT_MAX];

    out_object(e->o, "source");
    put_text(e, "ip", address_of(e, json_text(json_get(alert_fact(e->a, "json"),
                                                       "ip"))));
    if (mac_parse(e->a->entity_value, &mac)) {
        mac_text(&mac, text);
        for (char *p = text; *p != '\0'; p++)
            *p = *p == ':' ? '-' : *p;
        out_text(e->o, "mac", text);
    }
    out_object_end(e->o);
}

static void put_related(struct ecs *e, struct str one, struct str other)
{
    if (one.n == 0 && other.n == 0)
        return;
    out_object(e->o, "related");
    out_array(e->o, "ip");
    put_text(e, NULL, one);
    if (!str_eq(one, other))
        put_text(e, NULL, other);
    out_array_end(e->o);
    out_object_end(e->o);
}

static void put_what_it_is_about(struct ecs *e)
{
    struct str client = address_of(e, alert_fact_text(e->a, "cli_ip"));
    struct str server = address_of(e, alert_fact_text(e->a, "srv_ip"));

    if (e->a->entity == ENTITY_FLOW) {
        put_side(e, "source", "cli_", "cli2srv_");
        put_side(e, "destination", "srv_", "srv2cli_");
        put_network(e);
        put_related(e, client, server);
    } else if (e->a->entity == ENTITY_HOST || e->a->entity == ENTITY_AM_HOST) {
        put_host(e, host_address(e));
        put_related(e, host_address(e), STR_NONE);
    } else if (e->a->entity == ENTITY_MAC) {
        put_card(e);
    } else if (e->a->entity == ENTITY_USER) {
        out_object(e->o, "user");
        put_text(e, "name", e->a->entity_value);
        out_object_end(e->o);
    }
}

static void put_rule(struct ecs *e)
{
    out_object(e->o, "rule");
    put_text(e, "name", alert_title(e->a, e->arena));
    if (e->a->type_id >= 0)
        put_text(e, "id", arena_printf(e->arena, "%d", e->a->type_id));
    out_object_end(e->o);
}

static void put_where_from(struct ecs *e)
{
    bool ntopng = str_is(e->a->source, "ntopng");

    out_object(e->o, "organization");
    out_str(e->o, "name", ntopng ? STR("ntop") : e->place->instance.n > 0
                                                     ? e->place->instance
                                                     : STR("tocsin"));
    out_object_end(e->o);
    out_object(e->o, "observer");
    put_text(e, "name", e->place->instance);
    out_text(e->o, "type", "ids");
    put_text(e, "product", e->a->source);
    out_object_end(e->o);
}

static void put_message(struct ecs *e)
{
    struct str said = e->a->message;
    struct buf clean freed_by(buf_release) = BUF(3 * ALERT_MESSAGE_MAX);
    struct buf cut freed_by(buf_release) = BUF(e->with->text_max);

    if (str_trim(said).n == 0)
        said = arena_printf(e->arena, "%.*s: %.*s",
                            STR_ARG(alert_title(e->a, e->arena)),
                            STR_ARG(alert_subject(e->a, e->arena)));
    clean_text(&clean, said, true);
    cut_bytes(&cut, buf_view(&clean), e->with->text_max);
    out_str(e->o, "message", buf_view(&cut));
}

static void put_labels(struct ecs *e)
{
    out_array(e->o, "tags");
    out_text(e->o, NULL, "tocsin");
    if (e->with->test)
        out_text(e->o, NULL, "test");
    out_array_end(e->o);
    if (!e->with->shortened)
        return;
    out_object(e->o, "labels");
    out_text(e->o, "shortened", "true");
    out_object_end(e->o);
}

void ecs_write(const struct alert *a, const struct message_place *place,
               const struct ecs_options *with, struct json_out *o,
               struct arena *arena)
{
    struct ecs e = {a, place, with, o, arena};
    int64_t at_ms = event_ms(a);

    out_object(o, NULL);
    put_time(&e, "@timestamp", at_ms);
    put_message(&e);
    out_object(o, "ecs");
    out_text(o, "version", with->version);
    out_object_end(o);
    put_event(&e, at_ms, message_link(a, place, arena));
    if (!with->minimal) {
        put_rule(&e);
        put_what_it_is_about(&e);
        put_where_from(&e);
        put_labels(&e);
        if (with->raw)
            ecs_raw_write(a, arena, o);
    }
    out_object_end(o);
}
