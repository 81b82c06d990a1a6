/* many_alerts.c -- alerts made up by a seed. Shares of entities, fields and sizes
 * are those of the samples of a live ntopng. */
#include "many_alerts.h"

struct dice {
    uint64_t state;
};

static uint32_t roll(struct dice *d, uint32_t below)
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15u; /* splitmix64 */

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ z >> 31) >> 32) % below;
}

/* Few of them come up most of the time: about as 1/n. */
static uint32_t roll_few(struct dice *d, uint32_t below)
{
    uint32_t within = below;

    while (within > 4 && roll(d, 3) != 0)
        within = within / 2 + 1;
    return roll(d, within);
}

#define PICK(d, list) (list)[roll_few(d, COUNT_OF(list))]

static struct str address(struct dice *d, bool ours, struct arena *a)
{
    uint32_t n = roll_few(d, ours ? 4000 : 60000);

    if (n % 23 == 7)
        return arena_printf(a, "2001:db8:%x::%x", n % 16 + 1, n + 1);
    return ours ? arena_printf(a, "192.168.%u.%u", n / 250, n % 250 + 1)
                : arena_printf(a, "203.%u.%u.%u", n / 60000 + 1, n / 250 % 250,
                               n % 250 + 1);
}

static const char *const flow_types[] = {
    "low_goodput", "tls_certificate_expired", "known_proto_on_non_std_port",
    "tls_missing_sni", "tcp_issues_generic", "remote_to_remote",
    "http_suspicious_user_agent", "dns_data_exfiltration", "blacklisted",
    "iec_invalid_transition",
};

static struct str flow_facts(struct dice *d, struct arena *a)
{
    static const uint32_t ports[] = {443, 53, 80, 22, 123, 445, 8080, 3389, 25};
    static const char *const applications[] = {
        "TLS", "DNS", "HTTP", "TLS.Google", "QUIC.YouTube", "SSH", "NTP"};
    static const char *const countries[] = {"", "IT", "US", "DE", "NL", "CN"};
    uint32_t few = roll_few(d, 2000);

    return arena_printf(
        a,
        "{\"cli_ip\":\"%.*s\",\"srv_ip\":\"%.*s\",\"cli_port\":%u,"
        "\"srv_port\":%u,\"proto\":%u,\"l7_proto\":%u,\"l7_master_proto\":%u,"
        "\"l7_cat\":%u,\"proto.ndpi\":\"%s\",\"cli_name\":\"\",\"srv_name\":"
        "\"host%u.example.net\",\"cli_country_name\":\"\",\"srv_country_name\":"
        "\"%s\",\"cli_asn\":0,\"srv_asn\":%u,\"vlan_id\":%u,\"ifid\":%u,"
        "\"ip_version\":4,\"cli_location\":1,\"srv_location\":0,"
        "\"cli_network\":%u,\"srv_network\":65535,\"cli_host_pool_id\":%u,"
        "\"srv_host_pool_id\":0,\"cli_blacklisted\":false,"
        "\"srv_blacklisted\":%s,\"is_cli_attacker\":%s,\"is_cli_victim\":false,"
        "\"is_srv_attacker\":false,\"is_srv_victim\":false,"
        "\"cli2srv_bytes\":%u,\"srv2cli_bytes\":%u,\"cli2srv_packets\":%u,"
        "\"srv2cli_packets\":%u,\"first_seen\":%u,\"community_id\":"
        "\"1:%08x%08x%08x=\",\"alerts_map\":\"%x\",\"flow_risk_bitmap\":%u,"
        "\"info\":\"host%u.example.net\",\"probe_ip\":\"192.168.1.%u\","
        "\"observation_point_id\":0,\"input_snmp\":%u,\"output_snmp\":%u}",
        STR_ARG(address(d, true, a)), STR_ARG(address(d, false, a)),
        1024 + roll(d, 60000), PICK(d, ports), roll(d, 4) ? 6u : 17u,
        roll_few(d, 250), roll_few(d, 100), roll_few(d, 40),
        PICK(d, applications), few, PICK(d, countries), 1000 + few % 300,
        roll(d, 3) ? 0 : roll_few(d, 30), roll(d, 3), roll_few(d, 20),
        roll_few(d, 6), roll(d, 50) ? "false" : "true",
        roll(d, 5) ? "false" : "true", roll(d, 1u << 20), roll(d, 1u << 22),
        roll(d, 2000), roll(d, 3000), 1606141250 + roll(d, 86400),
        roll(d, UINT32_MAX), roll(d, UINT32_MAX), roll(d, UINT32_MAX),
        1u << roll(d, 30), 1u << roll(d, 20), few, roll_few(d, 8) + 1,
        roll_few(d, 48), roll_few(d, 48));
}

static void make_flow(struct dice *d, struct arena *a, struct alert *out)
{
    out->entity = ENTITY_FLOW;
    out->entity_value = STR("flow");
    out->type = str_of(PICK(d, flow_types));
    out->category = roll_few(d, 5) < 2 ? STR("network") : STR("security");
    out->facts = json_parse(a, flow_facts(d, a), NULL);
    out->entity_value = alert_flow_value(out, a);
    out->message = arena_printf(
        a, "%.*s: %.*s talks to %.*s", STR_ARG(alert_title(out, a)),
        STR_ARG(alert_fact_text(out, "cli_ip")),
        STR_ARG(alert_fact_text(out, "srv_name")));
}

static void make_host(struct dice *d, struct arena *a, struct alert *out)
{
    static const char *const types[] = {"syn_scan", "flow_flood", "dns_traffic",
                                        "dangerous_host", "remote_connection"};
    struct str ip = address(d, true, a);
    uint32_t vlan = roll(d, 3) ? 0 : roll_few(d, 30);

    out->entity = ENTITY_HOST;
    out->type = str_of(PICK(d, types));
    out->category = STR("security");
    out->entity_value = vlan ? arena_printf(a, "%.*s@%u", STR_ARG(ip), vlan)
                             : ip;
    out->facts = json_parse(
        a, arena_printf(a, "{\"ip\":\"%.*s\",\"vlan_id\":%u,\"name\":\"pc%u\","
                           "\"host_pool_id\":%u,\"granularity\":60,\"ifid\":0,"
                           "\"is_attacker\":%s,\"value\":%u}",
                        STR_ARG(ip), vlan, roll_few(d, 500), roll_few(d, 6),
                        roll(d, 2) ? "true" : "false", roll(d, 9000)), NULL);
    out->message = arena_printf(a, "%.*s scans, 100%% sure: %u SYN a minute",
                                STR_ARG(ip), roll(d, 9000));
}

static void make_prometheus(struct dice *d, struct arena *a, struct alert *out)
{
    static const char *const names[] = {"InstanceDown", "DiskFull", "HighLoad",
                                        "CertificateExpires"};
    const char *name = PICK(d, names);
    uint32_t n = roll_few(d, 200);

    out->entity = ENTITY_OTHER;
    out->type = str_of(name);
    out->category = STR("other");
    out->source = STR("alertmanager");
    out->entity_value = arena_printf(a, "node%u:9100", n);
    out->facts = json_parse(
        a, arena_printf(a, "{\"labels\":{\"alertname\":\"%s\",\"instance\":"
                           "\"node%u:9100\",\"job\":\"%s\",\"env\":\"%s\"}}",
                        name, n, n % 3 ? "node" : "blackbox",
                        n % 5 ? "prod" : "lab"), NULL);
    out->message = arena_printf(a, "%s on node%u", name, n);
}

static void make_other(struct dice *d, struct arena *a, struct alert *out)
{
    static const struct {
        enum entity entity;
        const char *type, *value;
    } kinds[] = {
        {ENTITY_INTERFACE, "throughput", "eno"},
        {ENTITY_MAC, "mac_ip_association_change", "08:00:27:EF:D3:"},
        {ENTITY_AM_HOST, "am_threshold_cross", "https@site"},
        {ENTITY_SYSTEM, "process_notification", "ntopng"},
        {ENTITY_USER, "user_activity", "admin"},
        {ENTITY_NETWORK, "network_discovery", "192.168."},
        {ENTITY_SNMP_DEVICE, "port_status_change", "switch"},
    };
    uint32_t i = roll_few(d, COUNT_OF(kinds));

    out->entity = kinds[i].entity;
    out->type = str_of(kinds[i].type);
    out->category = roll(d, 2) ? STR("system") : STR("active_monitoring");
    out->entity_value = arena_printf(a, "%s%02X", kinds[i].value, roll_few(d, 40));
    out->facts = json_parse(
        a, arena_printf(a, "{\"ifid\":%d,\"granularity\":60,\"subtype\":\"x%u\","
                           "\"name\":\"thing%u\",\"port\":%u}",
                        (int)roll(d, 4) - 1, roll_few(d, 9), roll_few(d, 90),
                        roll_few(d, 48)), NULL);
    out->message = arena_printf(a, "Something of %s%u_ changed", kinds[i].value,
                                roll_few(d, 40));
}

/* What no decent source would send, and some do. */
static void make_odd(struct dice *d, struct arena *a, struct alert *out)
{
    static const char *const facts[] = {
        "{\"cli_port\":[80,443],\"srv_port\":\"443\",\"port\":\"0443\"}",
        "{\"cli_ip\":\"2001:0DB8:0::1\",\"srv_ip\":\"nowhere\",\"probe_ip\":7}",
        "{\"vlan_id\":\"12\",\"cli_asn\":1.5,\"srv_asn\":1e3,\"asn\":-7}",
        "{\"mac\":\"aa-bb-cc-00-11-22\",\"cli_mac\":\"AA:BB:CC:00:11:22\"}",
        "{\"name\":[\"pc1\",\"pc2\"],\"srv_name\":{\"a\":1},\"info\":true}",
        "{\"ip\":\"192.168.1.7\",\"vlan_id\":9007199254740993,\"info\":null}",
        "{\"labels\":{\"alertname\":[\"DiskFull\",\"HighLoad\"],\"env\":7}}",
        "{\"alertname\":\"HighLoad\",\"instance\":12,\"labels\":{\"job\":\"\"}}",
        "{\"ifname\":\"eno1\",\"ifid\":\"\",\"country_name\":[\"IT\",\"DE\"]}",
    };
    static const enum entity entities[] = {ENTITY_HOST, ENTITY_MAC, ENTITY_FLOW,
                                           ENTITY_INTERFACE};

    out->entity = PICK(d, entities);
    out->entity_value = roll(d, 2) ? STR("AA:BB:CC:00:11:22") : STR("10.0.0.1@7");
    out->facts = json_parse(a, str_of(facts[roll(d, COUNT_OF(facts))]), NULL);
    out->message = roll(d, 2) ? STR("100%_of \\ it's \xc3\x9c" "ber") : STR("");
}

/* Of twenty ids, the 8th engages and the 18th ends it, or there is neither. */
static void make_pair(const struct many *m, int64_t i, struct arena *a,
                      struct alert *out)
{
    if (i % 20 == 17) {
        many_alert(m, i - 10, a, out);
        if (out->action == ACTION_ENGAGE) {
            out->action = ACTION_RELEASE;
            out->began_id = out->id;
            out->tstamp_end_ms = out->tstamp_ms + 10 * m->step_ms;
        }
        out->id = i;
    } else if (i % 20 == 7 && out->entity != ENTITY_FLOW) {
        out->action = ACTION_ENGAGE;
    }
}

void many_alert(const struct many *m, int64_t i, struct arena *a,
                struct alert *out)
{
    struct dice d = {(uint64_t)m->seed << 32 ^ (uint64_t)i * 2654435761u};
    uint32_t share = roll(&d, 100);
    bool odd = roll(&d, 1000) < m->odd_per_mille;

    *out = (struct alert){
        .id = i,
        .action = ACTION_STORE,
        .type_id = -1,
        .type = STR("odd"),
        .category = STR("other"),
        .source = STR("ntopng"),
        .tstamp_ms = m->first_ms + i * m->step_ms - roll(&d, 60000),
        .severity = (enum severity)(roll_few(&d, 6) + SEVERITY_INFO),
    };
    out->score = (int64_t)out->severity * 20 + roll(&d, 20);
    if (odd)
        make_odd(&d, a, out);
    else if (share < 84 && i % 20 != 7)
        make_flow(&d, a, out);
    else if (share < 92)
        make_host(&d, a, out);
    else if (share < 95)
        make_prometheus(&d, a, out);
    else
        make_other(&d, a, out);
    out->key = alert_key(out, a);
    make_pair(m, i, a, out);
}
