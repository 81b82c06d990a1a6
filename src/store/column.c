/* column.c -- the columns of the history, and how an alert fills them. */
#include "store/column.h"

#include "alert/ip.h"

#define FACT(word, kind, who, what) {word, COLUMN_##kind, word, who, what}
#define MADE(word, kind, who, what) {word, COLUMN_##kind, NULL, who, what}

const struct column columns[COLUMN_COUNT] = {
    [COLUMN_STATE] = MADE("action", ACTION, "any", "engage, release or store"),
    [COLUMN_SEVERITY_OF] = MADE("severity", SEVERITY, "any", "how bad"),
    [COLUMN_ENTITY_OF] = MADE("entity", ENTITY, "any", "kind of thing"),
    [COLUMN_SCORE] = MADE("score", NUMBER, "any", "how bad, as a number"),
    [COLUMN_TYPE] = MADE("type", TEXT, "any", "what kind of alert"),
    [COLUMN_CATEGORY] = MADE("category", TEXT, "any", "security, network ..."),
    [COLUMN_SOURCE] = MADE("source", TEXT, "any", "who sent it"),
    [COLUMN_ENTITY_VALUE] = MADE("entity_value", TEXT, "any", "which thing"),
    [COLUMN_CLI_IP] = FACT("cli_ip", ADDRESS, "ntopng", "client's address"),
    [COLUMN_SRV_IP] = FACT("srv_ip", ADDRESS, "ntopng", "server's address"),
    [COLUMN_IP] = MADE("ip", ADDRESS, "ntopng", "address of the host"),
    [COLUMN_HOST] = MADE("host_address", TEXT, "ntopng",
                         "a host's entity value without its VLAN"),
    [COLUMN_VLAN] = MADE("vlan", NUMBER, "ntopng", "VLAN"),
    [COLUMN_MAC] = MADE("mac", TEXT, "ntopng", "MAC address"),
    [COLUMN_INTERFACE] = MADE("interface_name", TEXT, "ntopng",
                              "the interface that an alert is about"),
    [COLUMN_ALERTNAME] = MADE("alertname", TEXT, "prometheus",
                              "its name there; else the type"),
    [COLUMN_INSTANCE] = MADE("instance", TEXT, "prometheus", "its label"),
    [COLUMN_JOB] = MADE("job", TEXT, "prometheus", "its label"),
    [COLUMN_FACTS] =
    FACT("cli_port", NUMBER, "ntopng", "client's port"),
    FACT("srv_port", NUMBER, "ntopng", "server's port"),
    FACT("port", NUMBER, "ntopng", "port, or an SNMP interface's index"),
    FACT("proto", NUMBER, "ntopng", "IP protocol number"),
    FACT("ip_version", NUMBER, "ntopng", "4 or 6"),
    FACT("l7_proto", NUMBER, "ntopng", "nDPI's number of the application"),
    FACT("l7_master_proto", NUMBER, "ntopng", "nDPI's number beneath it"),
    FACT("l7_cat", NUMBER, "ntopng", "nDPI's number of its category"),
    {"proto_ndpi", COLUMN_TEXT, "proto.ndpi", "ntopng", "application's name"},
    FACT("cli_name", TEXT, "ntopng", "client's name"),
    FACT("srv_name", TEXT, "ntopng", "server's name"),
    FACT("name", TEXT, "ntopng", "name of the host or thing"),
    FACT("cli_mac", TEXT, "ntopng", "client's MAC address"),
    FACT("srv_mac", TEXT, "ntopng", "server's MAC address"),
    FACT("cli_asn", NUMBER, "ntopng", "client's autonomous system"),
    FACT("srv_asn", NUMBER, "ntopng", "server's autonomous system"),
    FACT("asn", NUMBER, "ntopng", "autonomous system"),
    FACT("cli_country_name", TEXT, "ntopng", "client's country"),
    FACT("srv_country_name", TEXT, "ntopng", "server's country"),
    FACT("country_name", TEXT, "ntopng", "country of the host"),
    FACT("cli_location", NUMBER, "ntopng", "0 remote, 1 local, 2 multicast"),
    FACT("srv_location", NUMBER, "ntopng", "0 remote, 1 local, 2 multicast"),
    FACT("cli_network", NUMBER, "ntopng", "client's local network"),
    FACT("srv_network", NUMBER, "ntopng", "server's local network"),
    FACT("network", NUMBER, "ntopng", "the host's local network"),
    FACT("cli_host_pool_id", NUMBER, "ntopng", "ntopng's pool of the client"),
    FACT("srv_host_pool_id", NUMBER, "ntopng", "ntopng's pool of the server"),
    FACT("host_pool_id", NUMBER, "ntopng", "ntopng's pool of the host"),
    FACT("cli_blacklisted", TEXT, "ntopng", "true: client on a blacklist"),
    FACT("srv_blacklisted", TEXT, "ntopng", "true: server on a blacklist"),
    FACT("is_cli_attacker", TEXT, "ntopng", "true or false"),
    FACT("is_cli_victim", TEXT, "ntopng", "true or false"),
    FACT("is_srv_attacker", TEXT, "ntopng", "true or false"),
    FACT("is_srv_victim", TEXT, "ntopng", "true or false"),
    FACT("is_attacker", TEXT, "ntopng", "true or false"),
    FACT("is_victim", TEXT, "ntopng", "true or false"),
    FACT("cli2srv_bytes", NUMBER, "ntopng", "bytes from client to server"),
    FACT("srv2cli_bytes", NUMBER, "ntopng", "bytes from server to client"),
    FACT("cli2srv_packets", NUMBER, "ntopng", "packets to the server"),
    FACT("srv2cli_packets", NUMBER, "ntopng", "packets to the client"),
    FACT("first_seen", NUMBER, "ntopng", "seconds since 1970: first packet"),
    FACT("community_id", TEXT, "ntopng", "Community ID of the flow"),
    FACT("alerts_map", TEXT, "ntopng", "bitmap of all alerts of the flow"),
    FACT("flow_risk_bitmap", TEXT, "ntopng", "nDPI's risks of the flow"),
    FACT("info", TEXT, "ntopng", "name, URL or query of the flow"),
    FACT("probe_ip", ADDRESS, "ntopng", "exporter of the flow"),
    FACT("input_snmp", NUMBER, "ntopng", "exporter's interface in"),
    FACT("output_snmp", NUMBER, "ntopng", "exporter's interface out"),
    FACT("ifid", TEXT, "ntopng", "ntopng's number of the interface"),
    FACT("ifname", TEXT, "ntopng", "the interface's name"),
    FACT("subtype", TEXT, "ntopng", "which of several, like the metric"),
    FACT("granularity", NUMBER, "ntopng", "seconds between two checks"),
    FACT("observation_point_id", NUMBER, "ntopng", "who saw it"),
    FACT("device_type", NUMBER, "ntopng", "ntopng's number of a MAC's kind"),
    FACT("device_name", TEXT, "ntopng", "name of a MAC's device"),
    [COLUMN_MESSAGE] = MADE("message", TEXT, "any", "what happened"),
};

/* --- one alert's values ------------------------------------------------------- */

struct reading {
    const struct alert *alert;
    struct arena *arena;
    struct column_value *out;
    bool plain; /* all of it fits its columns */
};

static void put_number(struct reading *r, int at, int64_t number)
{
    r->out[at] = (struct column_value){.number = number};
}

static void put_text(struct reading *r, int at, struct str text)
{
    if (str_find(text, '\0') < text.n) { /* the end of a text, to some engines */
        r->plain = false;
        text = STR_NONE;
    }
    r->out[at] = (struct column_value){.text = text, .absent = text.n == 0};
}

/* Digits that come back as they were. */
static void put_digits(struct reading *r, int at, struct str text)
{
    char back[24];
    int64_t number = 0;
    bool fits = str_to_i64(text, &number) && number <= COLUMN_NUMBER_MAX &&
                number >= -COLUMN_NUMBER_MAX;

    snprintf(back, sizeof back, "%lld", (long long)number);
    fits = fits && str_is(text, back);
    r->plain = r->plain && (fits || text.n == 0);
    r->out[at] = (struct column_value){.number = number, .absent = !fits};
}

/* A text that is no address stays as it is; nobody asks for its prefix. */
static void put_address(struct reading *r, int at, struct str text)
{
    char plain[IP_TEXT_MAX];
    struct ip ip;

    if (!ip_parse(text, &ip)) {
        put_text(r, at, text);
        return;
    }
    ip_text(&ip, plain);
    r->plain = r->plain && str_is(text, plain);
    put_text(r, at, arena_str(r->arena, str_of(plain)));
}

/* As filter_field.c finds it; of a list there is only room for none. */
static struct str scalar_text(struct reading *r, const struct json *j)
{
    if (j == NULL)
        return STR_NONE;
    switch (j->type) {
    case JSON_STRING:
    case JSON_NUMBER:
        return j->text;
    case JSON_BOOL:
        return j->truth ? STR("true") : STR("false");
    case JSON_ARRAY:
        r->plain = r->plain && j->first == NULL;
        return STR_NONE;
    case JSON_NULL:
    case JSON_OBJECT:
        return STR_NONE;
    }
    bug("a kind of JSON nobody thought of");
}

static void put_fact(struct reading *r, int at)
{
    const struct column *c = &columns[at];
    const struct json *j = alert_fact(r->alert, c->fact);

    if (c->type == COLUMN_ADDRESS) {
        put_address(r, at, json_text(j));
        if (j != NULL && !json_is(j, JSON_STRING))
            r->plain = false; /* fact.cli_ip sees it, cli_ip does not */
    } else if (c->type == COLUMN_NUMBER) {
        put_digits(r, at, scalar_text(r, j));
    } else {
        put_text(r, at, scalar_text(r, j));
    }
}

/* --- what is worked out -------------------------------------------------------- */

static struct str host_address(const struct alert *a)
{
    struct str rest = a->entity_value;

    return a->entity == ENTITY_HOST ? str_until(&rest, '@') : STR_NONE;
}

static void put_vlan(struct reading *r)
{
    struct str said = scalar_text(r, alert_fact(r->alert, "vlan_id"));
    struct str rest = r->alert->entity_value;
    int64_t vlan;

    put_digits(r, COLUMN_VLAN, said);
    if (said.n > 0 || r->alert->entity != ENTITY_HOST)
        return;
    str_until(&rest, '@');
    if (str_to_i64(rest, &vlan))
        put_number(r, COLUMN_VLAN, vlan);
}

static void put_mac(struct reading *r)
{
    const struct alert *a = r->alert;
    struct str said = scalar_text(r, alert_fact(a, "mac"));
    struct str ours = a->entity == ENTITY_MAC ? a->entity_value : STR_NONE;

    if (said.n > 0 && ours.n > 0 && !str_eq(said, ours))
        r->plain = false; /* it has two */
    put_text(r, COLUMN_MAC, said.n > 0 ? said : ours);
}

/* MAC addresses are compared as such; a column only holds their one spelling. */
static void check_mac(struct reading *r, struct str text)
{
    char plain[MAC_TEXT_MAX];
    struct mac mac;

    if (!mac_parse(text, &mac))
        return;
    mac_text(&mac, plain);
    r->plain = r->plain && str_is(text, plain);
}

static void put_label(struct reading *r, int at, struct str otherwise)
{
    const struct json *labels = alert_fact(r->alert, "labels");
    struct str text = scalar_text(r, json_get(labels, columns[at].name));

    if (text.n == 0)
        text = scalar_text(r, alert_fact(r->alert, columns[at].name));
    put_text(r, at, text.n > 0 ? text : otherwise);
}

static void put_address_of_host(struct reading *r)
{
    struct str said = alert_fact_text(r->alert, "ip");

    put_address(r, COLUMN_IP, said.n > 0 ? said : host_address(r->alert));
}

static int state_of(enum action action)
{
    static const int states[] = {
        [ACTION_ENGAGE] = STATE_ENGAGED,
        [ACTION_RELEASE] = STATE_RELEASED,
        [ACTION_STORE] = STATE_STORED,
    };

    return states[action];
}

static void put_made(struct reading *r)
{
    const struct alert *a = r->alert;

    put_number(r, COLUMN_STATE, state_of(a->action));
    put_number(r, COLUMN_SEVERITY_OF, (int64_t)a->severity);
    put_number(r, COLUMN_ENTITY_OF, (int64_t)a->entity);
    put_number(r, COLUMN_SCORE, a->score);
    put_text(r, COLUMN_TYPE, a->type);
    put_text(r, COLUMN_CATEGORY, a->category);
    put_text(r, COLUMN_SOURCE, a->source);
    put_text(r, COLUMN_ENTITY_VALUE, a->entity_value);
    put_text(r, COLUMN_MESSAGE, a->message);
    put_text(r, COLUMN_HOST, host_address(a));
    put_text(r, COLUMN_INTERFACE,
             a->entity == ENTITY_INTERFACE ? a->entity_value : STR_NONE);
    put_address_of_host(r);
    put_vlan(r);
    put_mac(r);
    put_label(r, COLUMN_ALERTNAME, a->type);
    put_label(r, COLUMN_INSTANCE, STR_NONE);
    put_label(r, COLUMN_JOB, STR_NONE);
}

bool columns_read(const struct alert *a, struct arena *arena,
                  struct column_value out[COLUMN_COUNT])
{
    struct reading r = {
        .alert = a,
        .arena = arena,
        .out = out,
        .plain = true,
    };

    put_made(&r);
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (columns[i].fact != NULL)
            put_fact(&r, i);
    check_mac(&r, out[COLUMN_MAC].text);
    check_mac(&r, alert_fact_text(a, "cli_mac"));
    check_mac(&r, alert_fact_text(a, "srv_mac"));
    return r.plain;
}

/* --- names -------------------------------------------------------------------- */

static int column_find(struct str name)
{
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (str_is(name, columns[i].name))
            return i;
    return -1;
}

static int fact_find(struct str name)
{
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (columns[i].fact != NULL && str_is(name, columns[i].fact))
            return i;
    return -1;
}

/* The fields with several values, and what is called otherwise in a filter. */
static const struct {
    const char *field, *columns[FIELD_COLUMNS_MAX];
} several[] = {
    {"ip", {"cli_ip", "srv_ip", "ip"}},
    {"host", {"name", "cli_name", "srv_name", "host_address"}},
    {"mac", {"mac", "cli_mac", "srv_mac"}},
    {"asn", {"cli_asn", "srv_asn", "asn"}},
    {"port", {"cli_port", "srv_port", "port"}},
    {"interface", {"ifname", "ifid", "interface_name"}},
    {"ifname", {"ifname", "ifid", "interface_name"}},
    {"country", {"cli_country_name", "srv_country_name", "country_name"}},
    {"vlan_id", {"vlan"}},
};

static void field_add(struct field_columns *to, int at)
{
    assert(at >= 0 && to->n < FIELD_COLUMNS_MAX);
    to->at[to->n++] = (uint8_t)at;
}

bool field_columns_of(struct str field, struct field_columns *out)
{
    struct str name = field;
    bool is_fact = str_starts(field, "fact.");
    int one;

    *out = (struct field_columns){.n = 0};
    for (size_t i = 0; i < COUNT_OF(several); i++) {
        if (!str_is(field, several[i].field))
            continue;
        for (size_t k = 0; k < FIELD_COLUMNS_MAX && several[i].columns[k]; k++)
            field_add(out, column_find(str_of(several[i].columns[k])));
        return true;
    }
    if (is_fact)
        name = str_from(field, strlen("fact."));
    one = is_fact ? fact_find(name) : column_find(name);
    if (one < 0)
        return false;
    field_add(out, one);
    return true;
}

enum action row_action(enum row_state state)
{
    static const enum action actions[] = {
        [STATE_ENGAGED] = ACTION_ENGAGE,
        [STATE_RELEASED] = ACTION_RELEASE,
        [STATE_STORED] = ACTION_STORE,
    };

    return actions[state];
}

struct str column_number_text(const struct column *c, int64_t number,
                              struct arena *arena)
{
    switch (c->type) {
    case COLUMN_SEVERITY:
        return str_of(severity_name((enum severity)number));
    case COLUMN_ENTITY:
        return str_of(entity_name((enum entity)number));
    case COLUMN_ACTION:
        return str_of(action_name(row_action((enum row_state)number)));
    case COLUMN_NUMBER:
        return arena_printf(arena, "%lld", (long long)number);
    case COLUMN_TEXT:
    case COLUMN_ADDRESS:
        break;
    }
    bug("a text is no number");
}
