/* test_thehive.c -- what is asked before a test message, what TheHive answers to it,
 * and which addresses and names of an alert become observables. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks.h"
#include "endpoint/thehive.h"

/* --- questions ---------------------------------------------------------------- */

static const struct asked {
    int version;
    const char *organisation; /* NULL: no recipient */
    size_t nth;
    const char *url; /* NULL: nothing to ask */
    size_t headers;
} asked[] = {
    {THEHIVE_5, NULL, 0, "http://hive:9000/api/v1/status/public", 0},
    {THEHIVE_4, NULL, 0, "http://hive:9000/api/status", 0},
    {THEHIVE_5, NULL, 1, "http://hive:9000/api/v1/user/current", 1},
    {THEHIVE_5, "", 1, "http://hive:9000/api/v1/user/current", 1},
    {THEHIVE_4, "SOC", 1, "http://hive:9000/api/v1/user/current", 2},
    {THEHIVE_5, NULL, 2, NULL, 0},
};

static void test_asked(void **state)
{
    const struct endpoint_type *t = endpoint_type_find(STR("thehive"));

    (void)state;
    for (size_t i = 0; i < COUNT_OF(asked); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct thehive hive = {.url = STR("http://hive:9000//"),
                               .api_key = STR("k"), .version = asked[i].version};
        struct thehive_recipient r = {.organisation = str_of(asked[i].organisation)};
        struct render_input in = {.endpoint = &hive};
        struct error err = {.text = "unset"};
        struct probe p;

        in.recipient = asked[i].organisation != NULL ? &r : NULL;
        assert_int_equal(t->probe(&in, asked[i].nth, &a, &p, &err),
                         asked[i].url != NULL);
        if (asked[i].url == NULL) {
            assert_string_equal(err.text, "");
            continue;
        }
        assert_string_equal(p.request.http.method, "GET");
        assert_true(str_is(p.request.http.url, asked[i].url));
        assert_int_equal(p.request.http.header_count, asked[i].headers);
    }
}

static const struct answered {
    int version;
    size_t nth;
    int status;
    const char *body;
    enum verdict_kind kind;
    bool fault;
    const char *reason;
} answered[] = {
    {THEHIVE_5, 0, 200, "{\"version\":\"5.4.6-1\"}", VERDICT_DELIVERED, false,
     "TheHive 5.4.6-1"},
    {THEHIVE_4, 0, 200, "{\"versions\":{\"TheHive\":\"4.1.24-1\"}}",
     VERDICT_DELIVERED, false, "TheHive 4.1.24-1"},
    {THEHIVE_5, 0, 200, "{\"versions\":{\"TheHive\":\"4.1.24-1\"}}",
     VERDICT_DEFERRED, true,
     "this is TheHive 4.1.24-1, but version is 5: choose the other"},
    {THEHIVE_4, 0, 200, "{\"version\":\"5.4.6-1\"}", VERDICT_DEFERRED, true,
     "this is TheHive 5.4.6-1, but version is 4: choose the other"},
    {THEHIVE_5, 0, 404, "{\"message\":\"Not found\"}", VERDICT_DEFERRED, true,
     "404 Not Found: Not found; see the server's url and version"},
    {THEHIVE_5, 0, 200, "<html>", VERDICT_DEFERRED, true,
     "200 OK: not an answer of TheHive's"},
    {THEHIVE_5, 0, 503, "<html>", VERDICT_DEFERRED, false,
     "503 Service Unavailable: <html>"},
    {THEHIVE_5, 1, 200,
     "{\"login\":\"a@b.org\",\"organisation\":\"SOC\",\"permissions\":"
     "[\"manageCase\",\"manageAlert/create\"]}",
     VERDICT_DELIVERED, false, "user a@b.org of SOC"},
    {THEHIVE_5, 1, 200,
     "{\"login\":\"a@b.org\",\"organisation\":\"SOC\",\"permissions\":"
     "[\"manageCase\"]}",
     VERDICT_DEFERRED, true,
     "user a@b.org of SOC: the user needs the right manageAlert/create"},
    {THEHIVE_5, 1, 200, "{\"login\":\"a@b.org\",\"organisation\":\"SOC\"}",
     VERDICT_DELIVERED, false, "user a@b.org of SOC"},
    {THEHIVE_5, 1, 200, "{}", VERDICT_DEFERRED, true,
     "200 OK: not an answer of TheHive's"},
    {THEHIVE_5, 1, 401, "{\"message\":\"Authentication failure\"}",
     VERDICT_DEFERRED, true, "401 Unauthorized: Authentication failure"},
};

static void test_answered(void **state)
{
    const struct endpoint_type *t = endpoint_type_find(STR("thehive"));

    (void)state;
    for (size_t i = 0; i < COUNT_OF(answered); i++) {
        const struct answered *w = &answered[i];
        struct arena a freed_by(arena_release) = {0};
        struct thehive hive = {.version = w->version};
        struct render_input in = {.endpoint = &hive};
        struct response r = {.status = w->status, .body = str_of(w->body)};
        struct verdict v = {0};

        t->judge_probe(&in, w->nth, &r, &a, &v);
        if (v.kind != w->kind || v.endpoint_fault != w->fault ||
            !str_is(v.reason, w->reason))
            fail_msg("row %zu: %d %.*s", i, v.kind, STR_ARG(v.reason));
        r.outcome = OUTCOME_TIMED_OUT;
        t->judge_probe(&in, w->nth, &r, &a, &v);
        assert_int_equal(v.kind, VERDICT_DEFERRED);
    }
}

/* --- observables -------------------------------------------------------------- */

#define FLOW "\"type\":\"t\",\"entity\":\"flow\","

static const struct observed {
    const char *alert, *want; /* "type data[!];": '!' an indicator */
} observed[] = {
    {FLOW "\"cli_ip\":\"192.168.1.29\",\"srv_ip\":\"192.0.2.7\"",
     "ip 192.0.2.7;ip 192.168.1.29;"},
    /* Once each, in one spelling. */
    {FLOW "\"cli_ip\":\"2001:db8:0::1\",\"srv_ip\":\"2001:DB8::1\"",
     "ip 2001:db8::1;"},
    {FLOW "\"cli_ip\":\"198.51.100.4\",\"cli_blacklisted\":true,\"srv_ip\":"
          "\"10.0.0.1\",\"srv_blacklisted\":true",
     "ip 10.0.0.1;ip 198.51.100.4!;"},
    {FLOW "\"cli_ip\":\"198.51.100.4\",\"is_cli_attacker\":true",
     "ip 198.51.100.4!;"},
    {FLOW "\"cli_ip\":\"192.168.0.4\",\"is_cli_attacker\":true",
     "ip 192.168.0.4;"},
    {FLOW "\"cli_ip\":\"127.0.0.1\",\"cli_blacklisted\":true,\"srv_ip\":"
          "\"224.0.0.251\",\"srv_blacklisted\":true",
     "ip 224.0.0.251;ip 127.0.0.1;"},
    {FLOW "\"cli_ip\":\"0.0.0.0\",\"srv_ip\":\"no address\"", ""},
    {FLOW "\"srv_name\":\"www.example.org\",\"cli_name\":\"laptop\"",
     "fqdn www.example.org;"},
    {FLOW "\"info\":\"www.example.org\"", "fqdn www.example.org;"},
    {FLOW "\"info\":\"www.example.org/a?b=c\"", "url http://www.example.org/a?b=c;"},
    {FLOW "\"info\":\"www.example.org:8080/a\"",
     "url http://www.example.org:8080/a;"},
    {FLOW "\"info\":\"https://www.example.org/a\"",
     "url https://www.example.org/a;"},
    {FLOW "\"info\":\"GET / of something\"", ""},
    {FLOW "\"info\":\"/etc/passwd\"", ""},
    {FLOW "\"info\":\"localhost\"", ""},
    {"\"type\":\"t\",\"entity\":\"host\",\"entity_value\":\"64.13.134.52\","
     "\"name\":\"scan.example.org\",\"ip\":\"64.13.134.52\"",
     "ip 64.13.134.52;fqdn scan.example.org;"},
    {"\"type\":\"t\",\"entity\":\"domain\",\"entity_value\":\"evil.example\"",
     "domain evil.example;"},
    {"\"type\":\"t\",\"entity\":\"mac\",\"entity_value\":\"08:00:27:ef:d3:15\","
     "\"json\":{\"ip\":\"192.168.1.254\"}",
     "ip 192.168.1.254;other 08:00:27:EF:D3:15;"},
    {"\"type\":\"t\",\"entity\":\"interface\",\"entity_value\":\"eno1\"", ""},
};

static void list_observables(const struct json *list, struct buf *to)
{
    for (const struct json *j = list->first; j != NULL; j = j->next)
        buf_printf(to, "%.*s %.*s%s;", STR_ARG(json_text(json_get(j, "dataType"))),
                   STR_ARG(json_text(json_get(j, "data"))),
                   json_bool_or(json_get(j, "ioc"), false) ? "!" : "");
}

static void observe(const struct observed *w, const struct thehive *hive,
                    struct buf *to)
{
    struct arena a freed_by(arena_release) = {0};
    struct alert alert;
    struct render_item item = {.alert = &alert};
    struct render_input in = {.endpoint = hive, .items = &item, .count = 1};
    struct buf b freed_by(buf_release) = BUF(100000);
    struct json_out o = JSON_OUT(&b);
    struct str text = arena_printf(&a, "{%s}", w->alert);
    struct error err;

    if (!alert_read(&a, json_parse(&a, text, &err), 1, &alert, &err))
        fail_msg("%s: %s", w->alert, err.text);
    out_object(&o, NULL);
    thehive_observables(&in, &a, &o);
    out_object_end(&o);
    list_observables(json_get(json_parse(&a, buf_view(&b), &err),
                              hive->version == THEHIVE_4 ? "artifacts"
                                                         : "observables"), to);
}

static void test_observables(void **state)
{
    static const struct thehive plain = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(observed); i++) {
        struct buf got freed_by(buf_release) = BUF(100000);

        observe(&observed[i], &plain, &got);
        if (strcmp(buf_c(&got), observed[i].want) != 0)
            fail_msg("%s: %s", observed[i].alert, buf_c(&got));
    }
}

/* Those the operator names, even when the alert has them too. */
static void test_configured(void **state)
{
    struct thehive hive = {.version = THEHIVE_4,
                           .observable_url = STR("https://www.example.org/a"),
                           .observable_email = STR("soc@example.org")};
    struct observed flow = {FLOW "\"info\":\"https://www.example.org/a\"", ""};
    struct buf got freed_by(buf_release) = BUF(100000);

    (void)state;
    observe(&flow, &hive, &got);
    assert_string_equal(buf_c(&got), "url https://www.example.org/a;"
                                     "mail soc@example.org;");
}

/* --- parameters --------------------------------------------------------------- */

#define HIVE "\"url\":\"http://10.0.0.7:9000/hive/\",\"api_key\":\"a0+/=-_.~\""

static const struct check_row checks[] = {
    {"thehive", "{" HIVE "}", "{}", "", NULL},
    {"thehive", "{" HIVE "}", NULL, "", NULL},
    {"thehive", "{\"api_key\":\"01234567\"}", NULL, "/url", "required"},
    {"thehive", "{\"url\":\"http://hive\"}", NULL, "/api_key", "required"},
    {"thehive", "{\"url\":\"http://hive/?x\",\"api_key\":\"01234567\"}", NULL,
     "/url", "without ?"},
    {"thehive", "{\"url\":\"http://hive\",\"api_key\":\"0123 4567\"}", NULL,
     "/api_key", "letters"},
    {"thehive", "{\"url\":\"http://hive\",\"api_key\":\"01234567\\nX: y\"}", NULL,
     "/api_key", "letters"},
    {"thehive", "{" HIVE ",\"version\":\"3\"}", NULL, "/version", "5"},
    {"thehive", "{" HIVE ",\"observable_url\":\"https://a.org/\","
                "\"observable_email\":\"a@b.org\"}", NULL, "", NULL},
    {"thehive", "{" HIVE ",\"observable_url\":\"a.org\"}", NULL, "/observable_url",
     "https://"},
    {"thehive", "{" HIVE ",\"observable_email\":\"a b\"}", NULL,
     "/observable_email", "a b"},
    {"thehive", "{" HIVE "}", "{\"organisation\":\"SOC North\"}", "", NULL},
    {"thehive", "{" HIVE "}", "{\"organisation\":\"a\\nX: y\"}", "/organisation",
     "plain"},
    {"thehive", "{" HIVE "}", "{\"organisation\":\"S\xc3\xbc" "d\"}", "/organisation",
     "plain"},
    {"thehive", "{" HIVE "}", "{\"tlp\":\"amber+strict\"}", "", NULL},
    {"thehive", "{" HIVE ",\"version\":\"4\"}", "{\"tlp\":\"amber+strict\"}",
     "/tlp", "TheHive 4"},
    {"thehive", "{" HIVE ",\"version\":\"4\"}", "{\"tlp\":\"red\"}", "", NULL},
    {"thehive", "{" HIVE "}", "{\"pap\":\"amber+strict\"}", "/pap", "amber"},
};

static void test_checks(void **state)
{
    (void)state;
    checks_run(checks, COUNT_OF(checks));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checks),
        cmocka_unit_test(test_asked),
        cmocka_unit_test(test_answered),
        cmocka_unit_test(test_observables),
        cmocka_unit_test(test_configured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
