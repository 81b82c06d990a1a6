/* test_decode_ntopng.c -- what ntopng's decoder keeps, mends, renames and refuses. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "intake/intake.h"

#include "hostile.h"
#include "strs.h"

#define NOW_MS 1606141256000LL

static const struct decode_options options = {.now_ms = NOW_MS};

/* One alert of a bare body. */
static struct incoming must_take(struct arena *a, const char *body)
{
    struct batch batch;
    struct error err = {0};
    int status = 0;

    if (!decode_ntopng(a, str_of(body), &options, &batch, &status, &err))
        fail_msg("%s: %d %s: %s", body, status, err.place, err.text);
    if (batch.n != 1)
        fail_msg("%s: %zu alerts", body, batch.n);
    return batch.v[0];
}

static struct str facts_of(struct arena *a, const struct alert *alert)
{
    struct buf b freed_by(buf_release) = BUF(ALERT_JSON_MAX);
    struct json_out o = JSON_OUT(&b);

    out_tree(&o, NULL, alert->facts);
    return arena_str(a, buf_view(&b));
}

/* What is left as facts: in the order they came, what we add last. */
static const struct {
    const char *body, *facts;
} facts_rows[] = {
    {"{\"alert_id\":5,\"entity_id\":1,\"entity_val\":\"h\",\"new\":[1,null],\"ifid\":2,"
     "\"acknowledged\":true,\"is_attacker\":false}",
     "{\"new\":[1,null],\"ifid\":2,\"acknowledged\":true,\"is_attacker\":false}"},
    /* The JSON inside: decoded where it parses. */
    {"{\"alert_id\":5,\"x\":1,\"json\":\"{\\\"value\\\": 7}\"}",
     "{\"x\":1,\"json\":{\"value\":7}}"},
    {"{\"alert_id\":5,\"x\":1,\"json\":{\"value\":7}}", "{\"x\":1,\"json\":{\"value\":7}}"},
    {"{\"alert_id\":5,\"x\":1,\"json\":\"{\\\"a\\\":\\\"{\\\"b\\\":1}\\\"}\"}",
     "{\"x\":1,\"json\":\"{\\\"a\\\":\\\"{\\\"b\\\":1}\\\"}\"}"},
    {"{\"alert_id\":5,\"x\":1,\"json\":\"\"}", "{\"x\":1,\"json\":\"\"}"},
    {"{\"alert_id\":5,\"x\":1,\"json\":[]}", "{\"x\":1,\"json\":[]}"},
    {"{\"alert_id\":5,\"x\":1,\"json\":\"[1]\"}", "{\"x\":1,\"json\":\"[1]\"}"},
    {"{\"alert_id\":5,\"json\":\"{\\\"a\\\":1,\\\"a\\\":2}\"}",
     "{\"json\":\"{\\\"a\\\":1,\\\"a\\\":2}\"}"},
    {"{\"alert_id\":5,\"json\":\"{\\\"a\\\":[[[[[[[[[[[[1]]]]]]]]]]]]}\"}",
     "{\"json\":\"{\\\"a\\\":[[[[[[[[[[[[1]]]]]]]]]]]]}\"}"},
    {"{\"alert_id\":5,\"json\":\"{\\\"a\\\":[[[[[[[[[[[1]]]]]]]]]]]}\"}",
     "{\"json\":{\"a\":[[[[[[[[[[[1]]]]]]]]]]]}}"},
    /* Names that are ours are given away. */
    {"{\"alert_id\":5,\"id\":9,\"key\":\"k\",\"source\":null}",
     "{\"ntopng_id\":9,\"ntopng_key\":\"k\",\"ntopng_source\":null}"},
    {"{\"alert_id\":5,\"id\":9,\"ntopng_id\":8,\"ntopng_id_\":7}",
     "{\"ntopng_id__\":9,\"ntopng_id\":8,\"ntopng_id_\":7}"},
    /* What is said twice, of old and of now. */
    {"{\"alert_id\":5,\"alert_type\":2,\"type\":\"w\",\"entity_id\":1,\"alert_entity\":4,"
     "\"entity_type\":\"flow\"}",
     "{\"alert_type\":2,\"ntopng_type\":\"w\",\"alert_entity\":4,\"entity_type\":\"flow\"}"},
    {"{\"alert_type\":2,\"cli_addr\":\"1.1.1.1\",\"srv_addr\":\"2.2.2.2\",\"srv_ip\":"
     "\"3.3.3.3\",\"alert_subtype\":\"s\",\"alert_granularity\":60}",
     "{\"cli_ip\":\"1.1.1.1\",\"srv_addr\":\"2.2.2.2\",\"srv_ip\":\"3.3.3.3\",\"subtype\":"
     "\"s\",\"granularity\":60,\"alert_type\":2}"},
    /* Numbers that we have no word for. */
    {"{\"alert_id\":5,\"entity_id\":13,\"alert_category\":8,\"severity\":9}",
     "{\"entity_id\":13,\"alert_category\":8,\"ntopng_severity\":9}"},
    {"{\"alert_type\":5,\"alert_entity\":14,\"alert_severity\":2}",
     "{\"alert_type\":5,\"alert_severity\":2,\"alert_entity\":14}"},
    {"{\"alert_id\":5,\"n\":18446744073709551615,\"m\":-0,\"e\":1e999}",
     "{\"n\":18446744073709551615,\"m\":-0,\"e\":1e999}"},
};

static void test_facts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(facts_rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct incoming in = must_take(&a, facts_rows[i].body);
        struct buf line freed_by(buf_release) = BUF(ALERT_JSON_MAX);
        struct error err = {0};

        assert_str(facts_rows[i].body, facts_of(&a, &in.alert), facts_rows[i].facts);
        /* Whatever became a fact, the line can be read again. */
        alert_write_line(&in.alert, &line);
        if (json_parse(&a, buf_view(&line), &err) == NULL)
            fail_msg("%s: %s", facts_rows[i].body, err.text);
    }
}

static const struct {
    const char *body;
    enum entity entity;
    const char *entity_value, *type;
    int type_id;
    const char *category;
} kinds[] = {
    {"{\"alert_id\":5,\"entity_id\":1,\"entity_val\":\"h@0\"}", ENTITY_HOST, "h",
     "syn_scan", 5, "security"},
    {"{\"alert_id\":5,\"entity_id\":1,\"entity_val\":\"h@10\"}", ENTITY_HOST, "h@10",
     "syn_scan", 5, "security"},
    {"{\"alert_id\":31,\"entity_id\":1,\"entity_val\":\"h\"}", ENTITY_HOST, "h", "alert_31",
     31, "other"},
    {"{\"alert_id\":9000,\"entity_id\":9,\"entity_val\":\"x\"}", ENTITY_SYSTEM, "x",
     "alert_9000", 9000, "system"},
    {"{\"alert_id\":99999999999,\"entity_id\":9}", ENTITY_SYSTEM, "", "alert_99999999999", -1,
     "system"},
    {"{\"alert_id\":4136,\"entity_id\":0,\"entity_val\":0,\"alert_category\":5}",
     ENTITY_INTERFACE, "0", "threshold_cross", 4136, "ids_ips"},
    {"{\"alert_id\":4136,\"entity_id\":1,\"entity_val\":\"h\"}", ENTITY_HOST, "h",
     "threshold_cross", 4136, "other"},
    {"{\"alert_id\":1,\"entity_id\":12,\"entity_val\":\"example.org\"}", ENTITY_DOMAIN,
     "example.org", "alert_1", 1, "other"},
    {"{\"alert_id\":1,\"entity_id\":13,\"entity_val\":\"x\"}", ENTITY_OTHER, "x", "alert_1", 1,
     "other"},
    {"{\"alert_id\":12,\"cli_ip\":\"::1\",\"cli_port\":5,\"srv_ip\":\"::2\",\"srv_port\":6,"
     "\"proto\":17}",
     ENTITY_FLOW, "[::1]:5->[::2]:6/udp", "low_goodput", 12, "network"},
    {"{\"alert_id\":12,\"entity_id\":4,\"entity_val\":\"flow\",\"cli_ip\":\"1.1.1.1\","
     "\"cli_port\":0,\"srv_ip\":\"2.2.2.2\",\"srv_port\":0,\"proto\":1}",
     ENTITY_FLOW, "1.1.1.1->2.2.2.2/icmp", "low_goodput", 12, "network"},
    {"{\"alert_id\":12,\"entity_id\":4,\"entity_val\":\"flow\"}", ENTITY_FLOW, "flow",
     "low_goodput", 12, "network"},
    /* The numbers of 4.x. */
    {"{\"alert_type\":3,\"alert_entity\":7,\"alert_entity_val\":\"ntopng\"}", ENTITY_SYSTEM,
     "ntopng", "alert_3", -1, "system"},
    {"{\"alert_type\":3,\"alert_entity\":8,\"alert_entity_val\":\"admin\"}", ENTITY_USER,
     "admin", "alert_3", -1, "other"},
    {"{\"alert_type\":3,\"alert_entity\":12,\"alert_entity_val\":\"icmp@x\"}", ENTITY_AM_HOST,
     "icmp@x", "alert_3", -1, "other"},
    {"{\"alert_type\":3,\"alert_entity\":4,\"alert_json\":\"{\\\"status_info\\\":"
     "{\\\"alert_generation\\\":{\\\"script_key\\\":\\\"low_goodput\\\"}}}\"}",
     ENTITY_FLOW, "flow", "low_goodput", 12, "network"},
    {"{\"type\":\"threshold_cross\",\"entity_type\":\"device\",\"entity_value\":\"m\"}",
     ENTITY_MAC, "m", "threshold_cross", 4136, "other"},
    {"{\"type\":\"x\",\"entity_type\":\"spaceship\"}", ENTITY_OTHER, "", "x", -1, "other"},
    /* Neither alerts nor to be lost. */
    {"{\"notification_type\":\"reports\",\"title\":\"Daily\",\"message\":\"m\",\"score\":0}",
     ENTITY_SYSTEM, "", "reports", -1, "system"},
    {"{\"entity_id\":4,\"severity\":2,\"tstamp\":1795467548}", ENTITY_FLOW, "flow", "unknown",
     -1, "other"},
};

static void test_kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct alert alert = must_take(&a, kinds[i].body).alert;

        assert_i64(kinds[i].body, alert.entity, kinds[i].entity);
        assert_str(kinds[i].body, alert.entity_value, kinds[i].entity_value);
        assert_str(kinds[i].body, alert.type, kinds[i].type);
        assert_i64(kinds[i].body, alert.type_id, kinds[i].type_id);
        assert_str(kinds[i].body, alert.category, kinds[i].category);
    }
}

static void test_severities(void **state)
{
    static const struct {
        const char *said, *severity;
        int64_t score;
    } rows[] = {
        {"\"score\":10", "notice", 10},
        {"\"score\":260", "emergency", 260},
        {"\"score\":99.5", "warning", 99},
        {"\"score\":1e30", "emergency", INT32_MAX},
        {"\"score\":0", "none", 0},
        {"\"score\":50,\"severity\":4", "warning", 50},
        {"\"score\":50,\"severity\":6", "critical", 50},
        {"\"severity\":6", "critical", 200},
        {"\"severity\":\"error\"", "error", 100},
        {"\"severity\":\"strange\",\"score\":20", "notice", 20},
        {"\"severity\":77,\"score\":20", "notice", 20},
        /* Three steps up to 4.1, nine from 4.2, which says the pool. */
        {"\"alert_severity\":0", "info", 1},
        {"\"alert_severity\":1", "warning", 50},
        {"\"alert_severity\":2", "error", 100},
        {"\"alert_severity\":3", "notice", 10},
        {"\"alert_severity\":5", "error", 100},
        {"\"alert_severity\":2,\"pool_id\":0", "info", 1},
        {"\"alert_severity\":4,\"pool_id\":0", "warning", 50},
        {"\"alert_severity\":2,\"score\":10", "notice", 10},
        {"\"alert_severity\":99", "warning", 50}, /* syn_scan's own */
        {"\"x\":1", "warning", 50},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct str body = arena_printf(
            &a, "{\"alert_id\":5,\"entity_id\":1,\"entity_val\":\"h\",%s}", rows[i].said);
        struct alert alert = must_take(&a, body.p).alert;

        assert_str(rows[i].said, str_of(severity_name(alert.severity)), rows[i].severity);
        assert_i64(rows[i].said, alert.score, rows[i].score);
    }
}

static void test_times(void **state)
{
    static const struct {
        const char *said;
        int64_t tstamp_ms, end_ms;
    } rows[] = {
        {"\"x\":1", NOW_MS, 0},
        {"\"tstamp\":0", NOW_MS, 0},
        {"\"tstamp\":1606141200", 1606141200000, 0},
        {"\"tstamp\":1606141200.5", 1606141200500, 0},
        {"\"action\":\"engage\",\"tstamp\":1606141200,\"tstamp_end\":1606141200",
         1606141200000, 0},
        {"\"action\":\"engage\",\"tstamp\":1606141200,\"tstamp_end\":1606141256",
         1606141200000, 0},
        {"\"action\":\"store\",\"tstamp\":1606141200,\"tstamp_end\":1606141200",
         1606141200000, 0},
        {"\"action\":\"store\",\"tstamp\":1606141200,\"tstamp_end\":1606141210",
         1606141200000, 1606141210000},
        {"\"action\":\"release\",\"tstamp\":1606141200,\"tstamp_end\":1606141210",
         1606141200000, 1606141210000},
        {"\"action\":\"release\",\"tstamp\":1606141200,\"tstamp_end\":0", 1606141200000,
         NOW_MS},
        {"\"action\":\"release\",\"tstamp\":1606141200", 1606141200000, NOW_MS},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct str body = arena_printf(&a, "{\"alert_id\":5,\"entity_id\":1,%s}", rows[i].said);
        struct alert alert = must_take(&a, body.p).alert;

        assert_i64(rows[i].said, alert.tstamp_ms, rows[i].tstamp_ms);
        assert_i64(rows[i].said, alert.tstamp_end_ms, rows[i].end_ms);
    }
}

/* F50: the wrong type in every field that matters, and only there. */
static void test_wrong_types(void **state)
{
    static const struct {
        const char *name;
        const char *wrong[6]; /* NULL ends */
    } rows[] = {
        {"action", {"1", "true", "[]", "{}", "\"explode\"", NULL}},
        {"entity_id", {"\"1\"", "true", "[]", "{}", "-1", "1.5"}},
        {"alert_id", {"\"5\"", "true", "[]", "{}", "-5", "1e99"}},
        {"entity_val", {"true", "[]", "{}", NULL}},
        {"alert_category", {"\"security\"", "[]", "{}", "-1", "0.5", NULL}},
        {"score", {"\"10\"", "true", "[]", "{}", "-1", NULL}},
        {"severity", {"true", "[]", "{}", NULL}},
        {"alert_severity", {"\"2\"", "[]", "{}", NULL}},
        {"tstamp", {"\"now\"", "true", "[]", "{}", "-1", "1e15"}},
        {"tstamp_end", {"\"0\"", "false", "[]", "{}", "1606141256000", NULL}},
        {"message", {"1", "[]", "{}", "false", NULL}},
        {"type", {"1", "[]", NULL}},
        {"cli_ip", {"16843009", "[]", "{}", NULL}},
        {"srv_ip", {"true", NULL}},
        {"cli_port", {"\"80\"", "[]", NULL}},
        {"srv_port", {"\"80\"", NULL}},
        {"proto", {"\"tcp\"", NULL}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t k = 0; k < 6 && rows[i].wrong[k] != NULL; k++) {
            struct arena a freed_by(arena_release) = {0};
            bool is = strcmp(rows[i].name, "alert_id") == 0;
            bool id = strcmp(rows[i].name, "entity_id") == 0;
            struct str body = arena_printf(
                &a, "{\"alerts\":[{\"alert_id\":5,\"entity_id\":4},{%s%s\"%s\":%s}]}",
                is ? "" : "\"alert_id\":5,", id ? "" : "\"entity_id\":4,", rows[i].name,
                rows[i].wrong[k]);
            struct batch batch;
            struct error err = {0};
            int status = 0;

            if (decode_ntopng(&a, body, &options, &batch, &status, &err))
                fail_msg("taken: %s", body.p);
            assert_int_equal(status, 422);
            assert_str(body.p, str_of(err.place),
                       arena_printf(&a, "/alerts/1/%s", rows[i].name).p);
            assert_int_equal(batch.n, 0);
        }
    }
}

/* The place says the name the sender used. */
static void test_wrong_old_names(void **state)
{
    static const struct {
        const char *body, *place;
    } rows[] = {
        {"{\"alert_type\":2,\"alert_tstamp\":\"x\"}", "/alert_tstamp"},
        {"{\"alert_type\":\"2\"}", "/alert_type"},
        {"{\"alert_type\":2,\"alert_entity\":\"host\"}", "/alert_entity"},
        {"{\"type\":\"t\",\"entity_value\":[]}", "/entity_value"},
        {"{\"type\":\"t\",\"entity_type\":1}", "/entity_type"},
        {"{\"foo\":1}", ""},
        {"{}", ""},
        {"17", ""},
        {"{\"alerts\":null}", "/alerts"},
        {"{\"alerts\":{\"1\":{}}}", "/alerts"},
        {"{\"alerts\":\"x\"}", "/alerts"},
        {"{\"alerts\":[5]}", "/alerts/0"},
        {"[{\"alert_id\":1},{}]", "/1"},
        {"{\"alert_id\":1}\n{\"alert_id\":2}\n{\"alert_id\":\"3\"}", "/2/alert_id"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct batch batch;
        struct error err = {0};
        int status = 0;

        if (decode_ntopng(&a, str_of(rows[i].body), &options, &batch, &status, &err))
            fail_msg("taken: %s", rows[i].body);
        assert_i64(rows[i].body, status, 422);
        assert_str(rows[i].body, str_of(err.place), rows[i].place);
    }
}

static void test_bodies(void **state)
{
    static const struct {
        const char *body;
        size_t n;
        bool test;
        const char *secret;
    } rows[] = {
        {"{\"version\":\"0.2\",\"sharedsecret\":\"s\",\"alerts\":[]}", 0, true, "s"},
        {"{\"version\":0.1,\"sharedsecret\":\"s\",\"alerts\":[{\"type\":\"t\"}]}", 1, false,
         "s"},
        {"{\"alerts\":{}}", 0, true, ""},
        {"{\"alerts\":[{\"alert_id\":1},{\"alert_id\":2}],\"metadata\":[],\"timestamp\":5}", 2,
         false, ""},
        {"{\"sharedsecret\":5,\"alerts\":[]}", 0, true, ""},
        {"{\"alert_id\":1}", 1, false, ""},
        {" [ {\"alert_id\":1} , {\"alert_id\":1} ] ", 2, false, ""},
        {"{\"alert_id\":1}\n{\"alert_id\":2}\r\n\n{\"alert_id\":3}\n", 3, false, ""},
        {"[]", 0, false, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct batch batch;
        struct error err = {0};
        int status = 0;

        if (!decode_ntopng(&a, str_of(rows[i].body), &options, &batch, &status, &err))
            fail_msg("%s: %s", rows[i].body, err.text);
        assert_i64(rows[i].body, (int64_t)batch.n, (int64_t)rows[i].n);
        assert_i64(rows[i].body, batch.test, rows[i].test);
        assert_str(rows[i].body, batch.secret, rows[i].secret);
    }
}

/* Text out of the network may be anything; it must not cost the other alerts. */
static void test_mended(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    struct buf body freed_by(buf_release) = BUF(1u << 20);
    struct alert alert;

    (void)state;
    alert = must_take(&a, "{\"type\":\"a\\u0000b\",\"entity_type\":\"user\",\"entity_value\":"
                          "\"x\\u001b[2J\\ny\",\"message\":\"a\\tb\\nc\\u0007\"}")
                .alert;
    assert_str("type", alert.type, "a\xef\xbf\xbd"
                                   "b");
    assert_str("value", alert.entity_value, "x\xef\xbf\xbd[2J\xef\xbf\xbdy");
    assert_str("message", alert.message, "a\tb\nc\xef\xbf\xbd");
    buf_text(&body, "{\"type\":\"t\",\"entity_type\":\"user\",\"entity_value\":\"");
    for (int i = 0; i < 1000; i++)
        buf_text(&body, "\xe2\x82\xac");
    buf_text(&body, "\",\"message\":\"");
    for (int i = 0; i < 8000; i++)
        buf_text(&body, "\xe2\x82\xac");
    buf_text(&body, "\"}");
    alert = must_take(&a, buf_c(&body)).alert;
    assert_int_equal(alert.entity_value.n, 510);
    assert_int_equal(alert.message.n, 16383);
    assert_true(utf8_valid(alert.message));
    assert_true(alert.key.n <= ALERT_KEY_MAX && utf8_valid(alert.key));
}

static void test_keys_and_hashes(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    struct incoming in[5];

    (void)state;
    in[0] = must_take(&a, "{\"action\":\"engage\",\"ifid\":0,\"entity_id\":1,\"entity_val\":"
                          "\"h\",\"alert_id\":5,\"subtype\":\"\",\"granularity\":60}");
    in[1] = must_take(&a, "{\"action\":\"release\",\"ifid\":0,\"entity_id\":1,\"entity_val\":"
                          "\"h\",\"alert_id\":5,\"subtype\":\"\",\"granularity\":60,\"n\":1}");
    in[2] = must_take(&a, "{\"action\":\"engage\",\"ifid\":1,\"entity_id\":1,\"entity_val\":"
                          "\"h\",\"alert_id\":5,\"subtype\":\"\",\"granularity\":60}");
    in[3] = must_take(&a, "{\"action\":\"engage\",\"ifid\":0,\"entity_id\":1,\"entity_val\":"
                          "\"h\",\"alert_id\":5,\"subtype\":\"\",\"granularity\":300}");
    in[4] = must_take(&a, " {\"action\" : \"engage\",\"ifid\":0,\"entity_id\":1,\"entity_val\""
                          ":\"\\u0068\",\"alert_id\":5,\"subtype\":\"\",\"granularity\":60}\n");
    assert_str("key", in[0].alert.key, "ntopng:0:host:h:syn_scan::60");
    assert_true(str_eq(in[0].alert.key, in[1].alert.key));
    assert_false(str_eq(in[0].alert.key, in[2].alert.key));
    assert_false(str_eq(in[0].alert.key, in[3].alert.key));
    /* The same alert again, however written, is known again; a release is not it. */
    assert_int_equal(in[0].idempotency.n, 32);
    assert_true(str_eq(in[0].idempotency, in[4].idempotency));
    assert_false(str_eq(in[0].idempotency, in[1].idempotency));
    assert_false(str_eq(in[0].idempotency, in[2].idempotency));
}

static void test_limits(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    struct buf body freed_by(buf_release) = BUF(4u << 20);
    struct batch batch;
    struct error err = {0};
    int status = 0;

    (void)state;
    buf_text(&body, "{\"alerts\":[{\"type\":\"t\"}");
    for (int i = 1; i < INTAKE_ALERTS_MAX; i++)
        buf_text(&body, ",{\"type\":\"t\"}");
    buf_text(&body, "]}");
    assert_true(decode_ntopng(&a, buf_view(&body), &options, &batch, &status, &err));
    assert_int_equal(batch.n, INTAKE_ALERTS_MAX);
    body.n -= 2;
    buf_text(&body, ",{\"type\":\"t\"}]}");
    assert_false(decode_ntopng(&a, buf_view(&body), &options, &batch, &status, &err));
    assert_int_equal(status, 422);
    assert_string_equal(err.place, "/alerts");
    /* One alert that is too large to keep. */
    buf_reset(&body);
    buf_text(&body, "{\"alert_id\":1,\"blob\":\"");
    for (int i = 0; i < 7000; i++)
        buf_text(&body, "0123456789");
    buf_text(&body, "\"}");
    assert_false(decode_ntopng(&a, buf_view(&body), &options, &batch, &status, &err));
    assert_int_equal(status, 422);
}

static void test_hostile(void **state)
{
    (void)state;
    refuses_hostile(decode_ntopng, "{\"alert_id\":5,\"x\":", "}");
    refuses_hostile(decode_ntopng, "{\"alerts\":[{\"alert_id\":5,\"x\":", "}]}");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_severities),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_wrong_types),
        cmocka_unit_test(test_wrong_old_names),
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_mended),
        cmocka_unit_test(test_keys_and_hashes),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
