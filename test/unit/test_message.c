/* test_message.c -- how an alert reads: each part, for each kind of alert. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/limits.h"
#include "corpus.h"
#include "message/message.h"

#define ZONE "CET-1CEST,M3.5.0,M10.5.0/3"
#define NOW "2020-11-23T14:21:00Z"

#define FLOW                                                                   \
    "\"id\":4711,\"entity\":\"flow\",\"type\":\"low_goodput\",\"score\":10,"   \
    "\"tstamp\":\"2020-11-23T14:20:56Z\",\"source\":\"ntopng\","               \
    "\"message\":\"Low Goodput Ratio: much talk\",\"ifid\":0,\"proto\":6,"     \
    "\"proto.ndpi\":\"HTTP\",\"cli_ip\":\"192.168.1.29\",\"cli_port\":60952,"  \
    "\"cli_os\":\"Mac OS X 10.13\",\"srv_ip\":\"23.206.251.35\","              \
    "\"srv_port\":80,\"srv_asn\":16625,\"srv_country_name\":\"US\","           \
    "\"cli2srv_bytes\":681,\"srv2cli_bytes\":558,\"first_seen\":1606141240,"   \
    "\"info\":\"ocsp.example.org/MFgw\",\"community_id\":\"1:fUGQ=\""
#define SCAN                                                                   \
    "\"entity\":\"host\",\"entity_value\":\"64.13.134.52\","                   \
    "\"type\":\"syn_scan\",\"severity\":\"warning\",\"source\":\"ntopng\","    \
    "\"tstamp\":\"2020-11-23T14:01:06Z\",\"is_victim\":true,"                  \
    "\"json\":{\"value\":5964,\"threshold\":256}"
#define ICMP                                                                   \
    "\"entity\":\"am_host\",\"entity_value\":\"icmp@ntop.org\","               \
    "\"type\":\"am_threshold_cross\",\"source\":\"ntopng\","                   \
    "\"tstamp\":\"2020-11-23T14:01:06Z\""
#define ENDED ",\"action\":\"release\",\"tstamp_end\":\"2020-11-23T14:09:09Z\"}"

static void zone_set(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

static void alert_from(struct arena *arena, const char *json, struct alert *out)
{
    struct error err;
    const struct json *j = json_parse(arena, arena_str(arena, str_of(json)),
                                      &err);
    int64_t now_ms;

    assert_true(time_parse(STR(NOW), &now_ms));
    if (j == NULL || !alert_read(arena, j, now_ms, out, &err))
        fail_msg("%s: %s", json, err.text);
}

static struct message_place place_of(const char *base_url)
{
    struct message_place place = {.instance = STR("gw-pisa"),
                                  .base_url = str_of(base_url)};

    assert_true(time_parse(STR(NOW), &place.now_ms));
    return place;
}

enum part { TITLE, HEADLINE, STATE, SENTENCE, SUBJECT, BRIEF, SEVERITY, WHEN,
            FOOTER, LINK };

static struct str part_of(const struct message *m, enum part part)
{
    const struct str parts[] = {
        [TITLE] = m->title,       [HEADLINE] = m->headline,
        [STATE] = m->state,       [SENTENCE] = m->sentence,
        [SUBJECT] = m->subject,   [BRIEF] = m->brief,
        [SEVERITY] = m->severity, [WHEN] = m->when,
        [FOOTER] = m->footer,     [LINK] = m->link,
    };

    return parts[part];
}

static const struct {
    const char *name, *json;
    enum phase phase;
    enum part part;
    const char *want;
} part_rows[] = {
    {"title", "{" FLOW "}", PHASE_NEW, TITLE, "Low Goodput Ratio"},
    {"title made up", "{\"type\":\"disk_full\"}", PHASE_NEW, TITLE,
     "Disk Full"},
    {"severity", "{" FLOW "}", PHASE_NEW, SEVERITY, "Notice"},
    {"headline of a flow", "{" FLOW "}", PHASE_NEW, HEADLINE,
     "Notice: Low Goodput Ratio, 192.168.1.29 -> 23.206.251.35:80 (HTTP)"},
    {"headline of a host", "{" SCAN ",\"action\":\"engage\"}", PHASE_NEW,
     HEADLINE, "Warning: TCP SYN Scan, 64.13.134.52"},
    {"headline of a release", "{" SCAN ENDED, PHASE_RELEASE, HEADLINE,
     "Released: TCP SYN Scan, 64.13.134.52"},
    {"headline without a subject", "{\"type\":\"disk_full\"}", PHASE_NEW,
     HEADLINE, "Notice: Disk Full"},
    {"headline cut",
     "{\"type\":\"t\",\"entity_value\":\"12345678901234567890123456789012345"
     "67890123456789012345678901234567890123456789012345678901234567890\"}",
     PHASE_NEW, HEADLINE,
     "Notice: T, 12345678901234567890123456789012345678901234567890123456789"
     "0123456789012345678\xe2\x80\xa6"},
    {"state of one-shot", "{" FLOW "}", PHASE_NEW, STATE, ""},
    {"state engaged", "{" SCAN ",\"action\":\"engage\"}", PHASE_NEW, STATE,
     "Engaged"},
    {"state released", "{" SCAN ENDED, PHASE_RELEASE, STATE,
     "Released after 8 min 3 s"},
    {"state released at once",
     "{" SCAN ",\"action\":\"release\",\"tstamp_end\":1606140066}",
     PHASE_RELEASE, STATE, "Released"},
    {"state late", "{" SCAN ENDED, PHASE_LATE, STATE,
     "Fired 15:01:06, cleared 15:09:09 CET"},
    {"state late, another day",
     "{" SCAN ",\"action\":\"release\",\"tstamp_end\":\"2020-11-24T23:30:00Z"
     "\"}", PHASE_LATE, STATE,
     "Fired 23 Nov 2020 15:01:06, cleared 25 Nov 2020 00:30:00 CET"},
    {"state late, without a duration",
     "{" SCAN ",\"action\":\"release\",\"tstamp_end\":1606140066}",
     PHASE_LATE, STATE, "Released"},
    {"sentence without the title", "{" FLOW "}", PHASE_NEW, SENTENCE,
     "much talk"},
    {"sentence that is the title only",
     "{\"type\":\"disk_full\",\"message\":\"Disk Full: \"}", PHASE_NEW,
     SENTENCE, "Disk Full:"},
    {"sentence on one line",
     "{\"type\":\"t\",\"message\":\"a\\nb\\u202ec\\u001b[1m\"}", PHASE_NEW,
     SENTENCE, "a bc[1m"},
    {"subject of a flow", "{" FLOW "}", PHASE_NEW, SUBJECT,
     "192.168.1.29:60952 -> 23.206.251.35:80"},
    {"subject of a measurement", "{" ICMP "}", PHASE_NEW, SUBJECT,
     "icmp://ntop.org"},
    {"a domain is not a link",
     "{\"entity\":\"domain\",\"entity_value\":\"evil.com\",\"type\":\"t\"}",
     PHASE_NEW, SUBJECT, "evil[.]com"},
    {"a host keeps its name",
     "{\"entity\":\"host\",\"entity_value\":\"db.example.com\",\"type\":"
     "\"t\"}", PHASE_NEW, SUBJECT, "db.example.com"},
    {"brief", "{" FLOW "}", PHASE_NEW, BRIEF,
     "192.168.1.29 -> 23.206.251.35:80 (HTTP)"},
    {"brief without an application",
     "{\"entity\":\"flow\",\"type\":\"t\",\"cli_ip\":\"2001:db8::1\","
     "\"srv_ip\":\"2001:db8::2\",\"srv_port\":53,\"proto\":17,"
     "\"proto.ndpi\":\"Unknown\"}", PHASE_NEW, BRIEF,
     "2001:db8::1 -> [2001:db8::2]:53"},
    {"brief of a flow nobody described",
     "{\"entity\":\"flow\",\"type\":\"t\"}", PHASE_NEW, BRIEF, "flow"},
    {"when", "{" FLOW "}", PHASE_NEW, WHEN,
     "23 Nov 2020 15:20:56 CET (14:20:56 UTC)"},
    {"when, in summer", "{\"type\":\"t\",\"tstamp\":\"2020-07-01T23:30:00Z\"}",
     PHASE_NEW, WHEN, "2 Jul 2020 01:30:00 CEST (1 Jul 2020 23:30:00 UTC)"},
    {"from when to when", "{" SCAN ENDED, PHASE_RELEASE, WHEN,
     "23 Nov 2020 15:01:06 - 15:09:09 CET (14:01:06 - 14:09:09 UTC)"},
    {"to another day",
     "{" SCAN ",\"action\":\"release\",\"tstamp_end\":\"2020-11-24T09:00:00Z"
     "\"}", PHASE_RELEASE, WHEN,
     "23 Nov 2020 15:01:06 - 24 Nov 2020 10:00:00 CET "
     "(14:01:06 - 24 Nov 2020 09:00:00 UTC)"},
    {"footer", "{" FLOW "}", PHASE_NEW, FOOTER,
     "ntopng gw-pisa \xc2\xb7 interface 0 \xc2\xb7 #4711"},
    {"footer with a name",
     "{\"id\":1,\"type\":\"t\",\"source\":\"x\",\"ifname\":\"eno1\"}",
     PHASE_NEW, FOOTER, "x gw-pisa \xc2\xb7 eno1 \xc2\xb7 #1"},
    {"footer of a test", "{\"type\":\"t\"}", PHASE_NEW, FOOTER,
     "native gw-pisa"},
    {"link", "{" FLOW "}", PHASE_NEW, LINK,
     "https://alerts.example.net/a/4711"},
    {"no link to what was not accepted", "{\"type\":\"t\"}", PHASE_NEW, LINK,
     ""},
};

static void test_parts(void **state)
{
    (void)state;
    zone_set(ZONE);
    for (size_t i = 0; i < COUNT_OF(part_rows); i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct message_place place = place_of("https://alerts.example.net/");
        struct alert a;
        struct message m;
        struct str got;

        alert_from(&arena, part_rows[i].json, &a);
        message_build(&a, part_rows[i].phase, &place, &arena, &m);
        got = part_of(&m, part_rows[i].part);
        if (!str_is(got, part_rows[i].want))
            fail_msg("%s:\n want \"%s\"\n got  \"%.*s\"", part_rows[i].name,
                     part_rows[i].want, STR_ARG(got));
    }
}

static void test_zones(void **state)
{
    static const struct {
        const char *zone, *want;
    } rows[] = {
        {"UTC0", "23 Nov 2020 14:20:56 UTC"},
        {"GMT0", "23 Nov 2020 14:20:56 GMT"},
        {"JST-9", "23 Nov 2020 23:20:56 JST (14:20:56 UTC)"},
        {"<+0545>-5:45", "23 Nov 2020 20:05:56 +0545 (14:20:56 UTC)"},
        {"HST10", "23 Nov 2020 04:20:56 HST (14:20:56 UTC)"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct message_place place = place_of("");
        struct alert a;
        struct message m;

        zone_set(rows[i].zone);
        alert_from(&arena, "{" FLOW "}", &a);
        message_build(&a, PHASE_NEW, &place, &arena, &m);
        if (!str_is(m.when, rows[i].want))
            fail_msg("%s: \"%.*s\"", rows[i].zone, STR_ARG(m.when));
        assert_int_equal(m.link.n, 0);
    }
}

static void facts_text(const struct message *m, struct buf *to)
{
    for (size_t i = 0; i < m->fact_count; i++)
        buf_printf(to, "%s=%.*s%s|", m->facts[i].label,
                   STR_ARG(m->facts[i].value), m->facts[i].code ? "`" : "");
}

static const struct {
    const char *name, *json, *want;
} fact_rows[] = {
    {"a flow", "{" FLOW "}",
     "Client=192.168.1.29:60952 (Mac OS X 10.13)|"
     "Server=23.206.251.35:80 (AS16625, US)|Application=TCP / HTTP|"
     "Traffic=681 B sent, 558 B received in 16 s|"
     "Info=ocsp[.]example[.]org/MFgw`|Community ID=1:fUGQ=`|"},
    {"a flow's attacker, VLAN, blacklist",
     "{\"entity\":\"flow\",\"type\":\"t\",\"source\":\"ntopng\","
     "\"cli_ip\":\"10.0.0.1\",\"srv_ip\":\"10.0.0.2\",\"srv_port\":0,"
     "\"srv_blacklisted\":true,\"srv_name\":\"www.evil.com\",\"vlan_id\":7,"
     "\"proto\":1,\"is_cli_attacker\":true,\"is_srv_victim\":true}",
     "Client=10.0.0.1|Server=10.0.0.2 (www[.]evil[.]com, blacklisted)|"
     "Application=ICMP|Attacker=10.0.0.1|Victim=10.0.0.2|VLAN=7|"},
    {"a flow from a file of years ago",
     "{\"entity\":\"flow\",\"type\":\"t\",\"source\":\"ntopng\","
     "\"cli_ip\":\"10.0.0.1\",\"srv_ip\":\"10.0.0.2\",\"first_seen\":1000,"
     "\"cli2srv_bytes\":1,\"srv2cli_bytes\":999500}",
     "Client=10.0.0.1|Server=10.0.0.2|"
     "Traffic=1 B sent, 1 MB received|"},
    {"a flow of others, named once",
     "{\"entity\":\"flow\",\"type\":\"t\",\"cli_ip\":\"10.0.0.1\","
     "\"srv_ip\":\"10.0.0.2\",\"proto\":\"tcp\",\"rule\":\"x.exe\"}",
     "Client=10.0.0.1|Server=10.0.0.2|Application=TCP|rule=x[.]exe|"},
    {"a host", "{" SCAN "}",
     "Host=64.13.134.52|Role=victim|Measured=5964 > 256|"
     "Delayed=sent 19 min 54 s after it happened|"},
    {"a measurement",
     "{" ICMP ",\"json\":{\"value\":4.9,\"threshold\":1,\"operator\":\"gt\","
     "\"ip\":\"178.62.197.130\",\"unit\":\"active_monitoring_stats.msec\"}}",
     "Target=icmp://ntop.org|Address=178.62.197.130|Measured=4.9 > 1 ms|"
     "Delayed=sent 19 min 54 s after it happened|"},
    {"no answer", "{" ICMP ",\"json\":{\"value\":0,\"threshold\":1}" ENDED,
     "Target=icmp://ntop.org|Measured=no answer|"
     "Delayed=sent 11 min 51 s after it happened|"},
    {"a card",
     "{\"entity\":\"mac\",\"entity_value\":\"08:00:27:EF:D3:15\",\"type\":"
     "\"mac_ip_association_change\",\"source\":\"ntopng\",\"json\":{"
     "\"ip\":\"192.168.1.254\",\"old_mac\":\"DC:F8:B9:A8:8A:CB\","
     "\"new_mac\":\"08:00:27:EF:D3:15\"}}",
     "Device=08:00:27:EF:D3:15|Address=192.168.1.254|"
     "Was at=DC:F8:B9:A8:8A:CB|Now at=08:00:27:EF:D3:15|"},
    {"Alertmanager's labels and words",
     "{\"entity\":\"host\",\"entity_value\":\"db1\",\"type\":\"Down\","
     "\"source\":\"alertmanager\",\"message\":\"db1 is down\",\"repeats\":2,"
     "\"action\":\"engage\",\"labels\":{\"alertname\":\"Down\",\"instance\":"
     "\"db1.example.com:9100\",\"severity\":\"page\",\"job\":\"node\"},"
     "\"annotations\":{\"summary\":\"db1 is down\",\"description\":\"Go.\"}}",
     "Host=db1|Repeated=2 times|instance=db1.example.com:9100|job=node|"
     "description=Go.|"},
    {"anything: plain members only",
     "{\"type\":\"t\",\"a\":1,\"b\":true,\"c\":null,\"d\":[1],\"e\":{},"
     "\"f\":\"http://x.com\",\"g\":\"\",\"test\":true}",
     "a=1|b=yes|f=hxxp://x[.]com|"},
    {"twelve, and the delay in any case",
     "{\"type\":\"t\",\"tstamp\":\"2020-11-23T14:01:06Z\",\"a\":1,\"b\":2,"
     "\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":10,"
     "\"k\":11,\"l\":12,\"m\":13}",
     "a=1|b=2|c=3|d=4|e=5|f=6|g=7|h=8|i=9|j=10|k=11|"
     "Delayed=sent 19 min 54 s after it happened|"},
};

static void test_facts(void **state)
{
    (void)state;
    zone_set(ZONE);
    for (size_t i = 0; i < COUNT_OF(fact_rows); i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct buf got freed_by(buf_release) = BUF(65536);
        struct message_place place = place_of("");
        struct alert a;
        struct message m;

        alert_from(&arena, fact_rows[i].json, &a);
        message_build(&a, PHASE_NEW, &place, &arena, &m);
        facts_text(&m, &got);
        if (strcmp(buf_c(&got), fact_rows[i].want) != 0)
            fail_msg("%s:\n want %s\n got  %s", fact_rows[i].name, fact_rows[i].want,
                     buf_c(&got));
    }
}

static const struct {
    const char *name, *json, *want;
} describe_rows[] = {
    {"a flow", "{" FLOW ",\"json\":{\"goodput_ratio\":39.790153503418}}",
     "Low Goodput Ratio: 192.168.1.29:60952 -> 23.206.251.35:80, only "
     "39.79 % of the bytes were payload"},
    {"a flow that says no more", "{" FLOW "}",
     "Low Goodput Ratio: 192.168.1.29:60952 -> 23.206.251.35:80"},
    {"a host", "{" SCAN ",\"action\":\"engage\"}",
     "TCP SYN Scan: 64.13.134.52 is the victim [5964 > 256]"},
    {"a host's end", "{" SCAN ENDED,
     "TCP SYN Scan: over now, 64.13.134.52 was the victim [5964 > 256]"},
    {"no answer", "{" ICMP ",\"json\":{\"value\":0,\"threshold\":1}}",
     "Active Monitoring: icmp://ntop.org gives no answer"},
    {"an answer", "{" ICMP ",\"json\":{\"value\":0,\"threshold\":1}" ENDED,
     "Active Monitoring: icmp://ntop.org answers again"},
    {"too slow",
     "{" ICMP ",\"json\":{\"value\":309.84,\"threshold\":1,\"unit\":"
     "\"active_monitoring_stats.msec\"}}",
     "Active Monitoring: icmp://ntop.org [309.84 > 1 ms]"},
    {"too little",
     "{" ICMP ",\"json\":{\"value\":3,\"threshold\":10,\"operator\":\"lt\","
     "\"unit\":\"field_units.mbits\"}}",
     "Active Monitoring: icmp://ntop.org [3 < 10 Mbit/s]"},
    {"a card",
     "{\"entity\":\"mac\",\"entity_value\":\"08:00:27:EF:D3:15\",\"type\":"
     "\"mac_ip_association_change\",\"json\":{\"ip\":\"192.168.1.254\","
     "\"old_mac\":\"DC:F8:B9:A8:8A:CB\",\"new_mac\":\"08:00:27:EF:D3:15\"}}",
     "IP/MAC Reassoc/Spoofing: 08:00:27:EF:D3:15, 192.168.1.254 moved from "
     "DC:F8:B9:A8:8A:CB to 08:00:27:EF:D3:15"},
    {"a user",
     "{\"entity\":\"user\",\"entity_value\":\"nologin\",\"type\":"
     "\"user_activity\",\"json\":{\"name\":\"export\",\"remote_addr\":"
     "\"127.0.0.1\"}}", "User Activity: nologin, export from 127.0.0.1"},
    {"a process",
     "{\"entity\":\"system\",\"entity_value\":\"ntopng\",\"type\":"
     "\"process_notification\",\"json\":{\"event_type\":\"start\","
     "\"msg_details\":\"ntopng v.6.3\"}}",
     "Process: ntopng, started ntopng v.6.3"},
    {"said by whoever raised it",
     "{\"entity\":\"host\",\"entity_value\":\"10.0.0.1\",\"type\":\"x\","
     "\"json\":{\"message\":\"port 22\\nopen\"}}", "port 22 open"},
    {"a report's title", "{\"type\":\"reports\",\"title\":\"Weekly\"}",
     "Weekly"},
    {"nothing but a type", "{\"type\":\"disk_full\"}", "Disk Full"},
    {"numbers that are none",
     "{\"entity\":\"host\",\"entity_value\":\"h\",\"type\":\"x\",\"json\":{"
     "\"value\":1e999,\"threshold\":\"1\"}}", "X: h"},
};

static void test_describe(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(describe_rows); i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct alert a;
        struct str got;

        alert_from(&arena, describe_rows[i].json, &a);
        got = message_describe(&a, &arena);
        if (!str_is(got, describe_rows[i].want))
            fail_msg("%s:\n want %s\n got  %.*s", describe_rows[i].name, describe_rows[i].want,
                     STR_ARG(got));
    }
}

static void test_durations_and_sizes(void **state)
{
    static const struct {
        int64_t ms;
        const char *want;
    } durations[] = {
        {-1, "0 ms"},          {0, "0 ms"},
        {999, "999 ms"},       {1000, "1 s"},
        {59999, "59 s"},       {60000, "1 min"},
        {483000, "8 min 3 s"}, {3600000, "1 h"},
        {3659000, "1 h"},      {3660000, "1 h 1 min"},
        {86400000, "1 d"},     {90000000, "1 d 1 h"},
        {INT64_MAX, "106751991167 d 7 h"},
    };
    static const struct {
        int64_t n;
        const char *want;
    } sizes[] = {
        {-5, "0 B"},          {0, "0 B"},         {681, "681 B"},
        {999, "999 B"},       {1000, "1 kB"},     {1084, "1.08 kB"},
        {10840, "10.8 kB"},   {109067, "109 kB"}, {999499, "999 kB"},
        {999500, "1 MB"},     {1080000, "1.08 MB"},
        {INT64_MAX, "9.22 EB"},
    };
    struct arena arena freed_by(arena_release) = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(durations); i++)
        assert_string_equal(message_duration(durations[i].ms, &arena).p,
                            durations[i].want);
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        assert_true(str_is(message_bytes(sizes[i].n, &arena), sizes[i].want));
}

static void test_looks(void **state)
{
    struct message_place place = place_of("");

    (void)state;
    for (int s = 0; s < SEVERITY_COUNT; s++) {
        struct arena arena freed_by(arena_release) = {0};
        struct alert a = {.type = STR("t"), .severity = (enum severity)s,
                          .action = ACTION_ENGAGE, .tstamp_ms = 1};
        struct message m, over;

        message_build(&a, PHASE_NEW, &place, &arena, &m);
        a.action = ACTION_RELEASE;
        message_build(&a, PHASE_RELEASE, &place, &arena, &over);
        assert_true(utf8_valid(str_of(m.emoji)) && m.emoji[0] != '\0');
        assert_true(m.colour[0] == '#' && strlen(m.colour) == 7);
        assert_string_not_equal(m.colour, over.colour);
        assert_string_not_equal(m.emoji, over.emoji);
    }
}

static void check_shown(struct str s)
{
    while (s.n > 0) {
        uint32_t code;
        size_t n = utf8_first(s, &code);

        assert_true(n > 0 && code >= 0x20 && code != 0x7f);
        assert_true(code < 0x80 || code >= 0xa0);
        assert_true(code < 0x202a || code > 0x202e);
        assert_true(code < 0x2060 || code > 0x206f);
        s = str_from(s, n);
    }
}

/* Whatever the source says, in every place at once. */
static void test_hostile(void **state)
{
    static const char *const facts[] = {"cli_ip", "cli_name", "srv_os", "info",
                                        "proto.ndpi", "name", "x"};
    struct message_place place = place_of("https://a.example");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(corpus) * ENTITY_COUNT; i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct str s = corpus[i / ENTITY_COUNT];
        struct json_list list = {0};
        struct alert a = {.id = 1, .type = s, .message = s, .entity_value = s,
                          .source = s, .category = s, .tstamp_ms = 1};
        struct message m;

        if (!entity_from_number((int64_t)(i % ENTITY_COUNT), &a.entity))
            continue;
        for (size_t k = 0; k < COUNT_OF(facts); k++)
            json_list_add(&list, &arena, str_of(facts[k]),
                          json_new_string(&arena, s));
        json_list_add(&list, &arena, s, json_new_string(&arena, s));
        a.facts = json_new_object(&arena, &list);
        message_build(&a, PHASE_NEW, &place, &arena, &m);
        for (int part = TITLE; part <= LINK; part++)
            check_shown(part_of(&m, (enum part)part));
        for (size_t k = 0; k < m.fact_count; k++) {
            check_shown(str_of(m.facts[k].label));
            check_shown(m.facts[k].value);
        }
        check_shown(message_describe(&a, &arena));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_zones),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_describe),
        cmocka_unit_test(test_durations_and_sizes),
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
