/* template_names.c -- what a template may speak of by name. */
#include "message/template_own.h"

#include "base/limits.h"

#define SHORT_NAME 6

static const char *const meanings[MEANINGS] = {
    [MEANS_HERE] = ".",
    [MEANS_FACTS] = "facts",
    [MEANS_TITLE] = "title",
    [MEANS_HEADLINE] = "headline",
    [MEANS_STATE] = "state",
    [MEANS_SENTENCE] = "sentence",
    [MEANS_SUBJECT] = "subject",
    [MEANS_BRIEF] = "brief",
    [MEANS_SEVERITY] = "severity",
    [MEANS_EMOJI] = "emoji",
    [MEANS_WHEN] = "when",
    [MEANS_FOOTER] = "footer",
    [MEANS_LINK] = "link",
    [MEANS_ACK_URL] = "ack_url",
    [MEANS_INSTANCE] = "instance",
    [MEANS_ID] = "id",
    [MEANS_BEGAN_ID] = "began_id",
    [MEANS_ACTION] = "action",
    [MEANS_ENTITY] = "entity",
    [MEANS_ENTITY_VALUE] = "entity_value",
    [MEANS_TYPE] = "type",
    [MEANS_TYPE_ID] = "type_id",
    [MEANS_CATEGORY] = "category",
    [MEANS_SCORE] = "score",
    [MEANS_MESSAGE] = "message",
    [MEANS_TSTAMP] = "tstamp",
    [MEANS_TSTAMP_END] = "tstamp_end",
    [MEANS_REPEATS] = "repeats",
    [MEANS_KEY] = "key",
    [MEANS_SOURCE] = "source",
};

/* Of a list's element, and facts of the sources we know: ntopng's records and
 * what Prometheus' people write. */
static const char *const others[] = {
    "label", "value",
    "alert_category", "annotations", "city_name", "cli2srv_bytes",
    "cli2srv_packets", "cli_asn", "cli_blacklisted", "cli_city_name",
    "cli_continent_name", "cli_country_name", "cli_host_pool_id", "cli_ip",
    "cli_localhost", "cli_location", "cli_name", "cli_network", "cli_os",
    "cli_port", "community_id", "continent_name", "country_name", "device_name",
    "first_seen", "granularity", "host_pool_id", "ifid", "ifname", "info",
    "input_snmp", "ip", "ip_version", "is_attacker", "is_cli_attacker",
    "is_cli_victim", "is_client", "is_server", "is_srv_attacker",
    "is_srv_victim", "is_victim", "ja4_client_hash", "job", "json", "l7_cat",
    "l7_proto", "labels", "name", "network", "output_snmp", "pool_id", "port",
    "probe_ip", "proto", "srv2cli_bytes", "srv2cli_packets", "srv_asn",
    "srv_blacklisted", "srv_city_name", "srv_continent_name",
    "srv_country_name", "srv_host_pool_id", "srv_ip", "srv_localhost",
    "srv_location", "srv_name", "srv_network", "srv_os", "srv_port", "subtype",
    "vlan_id",
};

enum meaning template_meaning(struct str name)
{
    for (size_t i = MEANS_HERE; i < MEANINGS; i++) {
        if (str_is(name, meanings[i]))
            return (enum meaning)i;
    }
    return MEANS_FACT;
}

const char *template_word(size_t i, enum template_kind *kind)
{
    const size_t first = MEANS_TITLE, parts = MEANINGS - first;

    *kind = i >= parts                  ? TEMPLATE_FACT
            : i < MEANS_ID - first      ? TEMPLATE_PART
                                        : TEMPLATE_MEMBER;
    if (i < parts)
        return meanings[first + i];
    return i - parts < COUNT_OF(others) ? others[i - parts] : NULL;
}

static bool is_other(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        if (str_is(name, others[i]))
            return true;
    }
    return false;
}

static struct str lower(struct str name, char out[TEMPLATE_NAME_MAX])
{
    for (size_t i = 0; i < name.n; i++)
        out[i] = name.p[i] >= 'A' && name.p[i] <= 'Z'
                     ? (char)(name.p[i] - 'A' + 'a')
                     : name.p[i];
    return (struct str){out, name.n};
}

/* A letter wrong, missing or too many, or two the wrong way round. */
static bool is_one_slip(struct str x, struct str y)
{
    while (x.n > 0 && y.n > 0 && x.p[0] == y.p[0]) {
        x = str_from(x, 1);
        y = str_from(y, 1);
    }
    while (x.n > 0 && y.n > 0 && x.p[x.n - 1] == y.p[y.n - 1]) {
        x.n--;
        y.n--;
    }
    return (x.n <= 1 && y.n <= 1) ||
           (x.n == 2 && y.n == 2 && x.p[0] == y.p[1] && x.p[1] == y.p[0]);
}

const char *template_near(struct str name)
{
    const char *names[MEANINGS + COUNT_OF(others) + 1];
    char small[TEMPLATE_NAME_MAX];
    const char *near;
    size_t n = 0;

    if (template_meaning(name) != MEANS_FACT || is_other(name))
        return NULL;
    for (size_t i = MEANS_FACTS; i < MEANINGS; i++)
        names[n++] = meanings[i];
    for (size_t i = 0; i < COUNT_OF(others); i++)
        names[n++] = others[i];
    names[n] = NULL;
    name = lower(name, small);
    near = str_nearest(name, names);
    /* Two letters of four are half of it: "host" is no slip for "port". */
    return near == NULL || name.n >= SHORT_NAME ||
                   is_one_slip(name, str_of(near))
               ? near
               : NULL;
}
