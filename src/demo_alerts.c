/* demo_alerts.c -- the sample alerts: one of each action, one that is hostile. */
#include "base/clock.h"
#include "demo_own.h"

#define SCAN                                                                       \
    "\"entity\": \"host\", \"entity_value\": \"64.13.134.52\", \"type\": "         \
    "\"syn_scan\", \"type_id\": 5, \"category\": \"security\", \"severity\": "     \
    "\"warning\", \"score\": 50, \"source\": \"ntopng\", \"ifid\": 0, \"ip\": "    \
    "\"64.13.134.52\", \"is_attacker\": true, \"is_client\": true, "               \
    "\"country_name\": \"US\", \"city_name\": \"Fremont\", \"granularity\": 60, "  \
    "\"json\": {\"value\": 5964, \"threshold\": 256}"

#define DOWN                                                                       \
    "\"entity\": \"am_host\", \"entity_value\": \"icmp@ntop.org\", \"type\": "     \
    "\"host_unreachable\", \"category\": \"active_monitoring\", \"severity\": "    \
    "\"error\", \"score\": 100, \"source\": \"ntopng\""

/* The flow of ntopng's documentation. */
#define FLOW                                                                       \
    "\"entity\": \"flow\", \"type\": \"low_goodput\", \"type_id\": 12, "           \
    "\"category\": \"network\", \"severity\": \"notice\", \"score\": 10, "         \
    "\"source\": \"ntopng\", \"ifid\": 0, \"cli_ip\": \"192.168.1.29\", "          \
    "\"cli_port\": 60952, \"cli_os\": \"Intel Mac OS X 10_13_6\", "                \
    "\"cli_localhost\": true, \"srv_ip\": \"23.206.251.35\", \"srv_port\": 80, "   \
    "\"srv_asn\": 16625, \"srv_country_name\": \"US\", \"srv_continent_name\": "   \
    "\"NA\", \"proto\": 6, \"proto.ndpi\": \"HTTP\", \"l7_proto\": 7, "            \
    "\"l7_master_proto\": 7, \"cli2srv_bytes\": 681, \"cli2srv_packets\": 6, "     \
    "\"srv2cli_bytes\": 558, \"srv2cli_packets\": 5, \"vlan_id\": 0, "             \
    "\"community_id\": \"1:fUGQhJ6nxu/LILCAW+Lb8dF4sKU=\", \"is_flow_alert\": "    \
    "true, \"info\": \"ocsp.int-x3.letsencrypt.org/MFgwVqADAgEAME8wTTBLMAkGBSsO\"" \
    ", \"json\": {\"goodput_ratio\": 39.790153503418}"

/* What an attacker would like to say in your chat: mentions, links, markup,
 * terminal colours, text that runs backwards. */
#define HOSTILE                                                                    \
    "\"entity\": \"flow\", \"type\": "                                    \
    "\"ndpi_suspicious_dga_domain\", \"type_id\": 47, \"category\": "           \
    "\"security\", \"severity\": \"critical\", \"score\": 250, \"source\": "       \
    "\"ntopng\", \"ifid\": 0, \"cli_ip\": "                                       \
    "\"192.168.1.7\", \"cli_port\": 49152, \"cli_name\": "                         \
    "\"<script>alert(1)</script>\", \"srv_ip\": \"203.0.113.66\", \"srv_port\": "  \
    "443, \"proto\": 6, \"is_srv_attacker\": true, \"info\": "                     \
    "\"\\u001b[31m[Log in](https://evil.example/) *now*\\u001b[2J\""

const struct sample samples[] = {
    {"A flow carries little payload",
     "{" FLOW ", \"action\": \"store\", \"message\": \"Low Goodput Ratio: only 39.79 % "
     "of the bytes were payload\"}",
     16, 0},
    {"A host begins to scan ports",
     "{" SCAN ", \"action\": \"engage\", \"message\": \"TCP SYN Scan: 64.13.134.52 sends "
     "too many connection requests [5964 > 256]\"}",
     243, -1},
    {"... and has ended",
     "{" SCAN ", \"action\": \"release\", \"message\": \"TCP SYN Scan: 64.13.134.52 is "
     "quiet again [12 < 256]\"}",
     243, 0},
    {"A monitored host goes down",
     "{" DOWN ", \"action\": \"engage\", \"message\": \"icmp://ntop.org gave no reply for "
     "3 tries\"}",
     95, -1},
    {"... and comes back",
     "{" DOWN ", \"action\": \"release\", \"message\": \"icmp://ntop.org answers again, "
     "21 ms\"}",
     95, 0},
    {"Hostile text: it pings nobody",
     "{" HOSTILE ", \"action\": \"store\", \"message\": \"@everyone @channel <!channel> "
     "<@U123> <at>all</at> <b>PAY</b> `rm -rf /` "
     "{{DATE()}} \\u202egnp.exe\"}",
     1, 0},
};
const size_t sample_count = COUNT_OF(samples);

static void time_write(struct json_out *o, const char *name, int64_t wall_ms)
{
    char text[TIME_TEXT_MAX];

    time_text(wall_ms, false, text);
    out_text(o, name, text);
}

bool sample_decode(const struct sample *s, int64_t now_ms, struct arena *a,
                   struct batch *out, struct error *err)
{
    const struct decode_options options = {.now_ms = now_ms};
    struct buf b freed_by(buf_release) = BUF(ALERT_JSON_MAX);
    struct json_out o = JSON_OUT(&b);
    const struct json *alert = json_parse(a, str_of(s->alert), err);
    int status;

    if (alert == NULL)
        return false;
    out_object(&o, NULL);
    for (const struct json *m = alert->first; m != NULL; m = m->next)
        out_name_tree(&o, m->name, m);
    time_write(&o, "tstamp", now_ms - s->began_s * 1000LL);
    if (s->ended_s >= 0)
        time_write(&o, "tstamp_end", now_ms - s->ended_s * 1000LL);
    out_object_end(&o);
    return decode_native(a, arena_str(a, buf_view(&b)), &options, out, &status, err);
}
