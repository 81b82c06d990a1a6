/* test_alert.c -- an alert as JSON, there and back; and what is said of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "alert/alert.h"
#include "base/limits.h"

#include "strs.h"

#define NOW_MS 1606141256000LL /* 2020-11-23T14:20:56Z */

static bool read_json(struct arena *a, const char *text, struct alert *out,
                      struct error *err)
{
    const struct json *j = json_parse(a, str_of(text), err);

    *err = (struct error){0};
    if (j == NULL)
        fail_msg("no JSON: %s", text);
    return alert_read(a, j, NOW_MS, out, err);
}

static struct alert must_read(struct arena *a, const char *text)
{
    struct alert alert;
    struct error err;

    if (!read_json(a, text, &alert, &err))
        fail_msg("%s: %s: %s", text, err.place, err.text);
    return alert;
}

static struct str line_of(struct arena *a, const struct alert *alert)
{
    struct buf line freed_by(buf_release) = BUF(ALERT_JSON_MAX);

    alert_write_line(alert, &line);
    assert_false(line.over);
    return arena_str(a, buf_view(&line));
}

#define WHEN "\"tstamp\":\"2020-11-23T14:20:56.000Z\""

/* What is read, as the line we keep of it. */
static const struct {
    const char *name, *json, *line;
} reads[] = {
    {"a message only", "{\"message\":\"disk full\"}",
     "{\"action\":\"store\",\"entity\":\"other\",\"entity_value\":\"\",\"type\":"
     "\"message\",\"category\":\"other\",\"severity\":\"notice\",\"score\":10,"
     "\"message\":\"disk full\"," WHEN
     ",\"key\":\"other::message\",\"source\":\"native\"}"},
    {"a type only", "{\"type\":\"DiskFull\"}",
     "{\"action\":\"store\",\"entity\":\"other\",\"entity_value\":\"\",\"type\":"
     "\"DiskFull\",\"category\":\"other\",\"severity\":\"notice\",\"score\":10,"
     "\"message\":\"\"," WHEN
     ",\"key\":\"other::DiskFull\",\"source\":\"native\"}"},
    {"severity gives the score",
     "{\"type\":\"t\",\"entity\":\"host\",\"entity_value\":\"10.0.0.1\","
     "\"severity\":\"CRIT\"}",
     "{\"action\":\"store\",\"entity\":\"host\",\"entity_value\":\"10.0.0.1\","
     "\"type\":\"t\",\"category\":\"other\",\"severity\":\"critical\",\"score\":200,"
     "\"message\":\"\"," WHEN
     ",\"key\":\"host:10.0.0.1:t\",\"source\":\"native\"}"},
    {"score gives the severity", "{\"type\":\"t\",\"score\":160}",
     "{\"action\":\"store\",\"entity\":\"other\",\"entity_value\":\"\",\"type\":"
     "\"t\",\"category\":\"other\",\"severity\":\"error\",\"score\":160,\"message\":"
     "\"\"," WHEN ",\"key\":\"other::t\",\"source\":\"native\"}"},
    {"both are kept as given",
     "{\"type\":\"t\",\"score\":0,\"severity\":6}",
     "{\"action\":\"store\",\"entity\":\"other\",\"entity_value\":\"\",\"type\":"
     "\"t\",\"category\":\"other\",\"severity\":\"critical\",\"score\":0,"
     "\"message\":\"\"," WHEN ",\"key\":\"other::t\",\"source\":\"native\"}"},
    {"a known type gives score and category",
     "{\"type\":\"syn_scan\",\"entity\":\"host\",\"entity_value\":\"h\"}",
     "{\"action\":\"store\",\"entity\":\"host\",\"entity_value\":\"h\",\"type\":"
     "\"syn_scan\",\"category\":\"security\",\"severity\":\"warning\",\"score\":50,"
     "\"message\":\"\"," WHEN
     ",\"key\":\"host:h:syn_scan\",\"source\":\"native\"}"},
    {"an engage with a lease, in seconds and from now",
     "{\"type\":\"t\",\"action\":\"engage\",\"tstamp\":1606141200,\"lease\":\"5m\","
     "\"tstamp_end\":1606141201}",
     "{\"action\":\"engage\",\"entity\":\"other\",\"entity_value\":\"\",\"type\":"
     "\"t\",\"category\":\"other\",\"severity\":\"notice\",\"score\":10,\"message\":"
     "\"\",\"tstamp\":\"2020-11-23T14:20:00.000Z\",\"lease\":"
     "\"2020-11-23T14:25:56.000Z\",\"key\":\"other::t\",\"source\":\"native\"}"},
    {"a release without an end ended now; only an engage has a lease",
     "{\"type\":\"t\",\"action\":\"release\",\"tstamp\":"
     "\"2020-11-23T15:20:00+01:00\",\"lease\":\"5m\"}",
     "{\"action\":\"release\",\"entity\":\"other\",\"entity_value\":\"\",\"type\":"
     "\"t\",\"category\":\"other\",\"severity\":\"notice\",\"score\":10,\"message\":"
     "\"\",\"tstamp\":\"2020-11-23T14:20:00.000Z\",\"tstamp_end\":"
     "\"2020-11-23T14:20:56.000Z\",\"key\":\"other::t\",\"source\":\"native\"}"},
    {"fractions of seconds", "{\"type\":\"t\",\"tstamp\":1606141256.25}",
     "{\"action\":\"store\",\"entity\":\"other\",\"entity_value\":\"\",\"type\":"
     "\"t\",\"category\":\"other\",\"severity\":\"notice\",\"score\":10,\"message\":"
     "\"\",\"tstamp\":\"2020-11-23T14:20:56.250Z\",\"key\":\"other::t\",\"source\":"
     "\"native\"}"},
    {"facts of every kind, in their order",
     "{\"subtype\":\"s\",\"type\":\"t\",\"n\":18446744073709551616,\"b\":true,"
     "\"z\":null,\"o\":{\"a\":[1,{}]},\"granularity\":60,\"e\":1e400}",
     "{\"action\":\"store\",\"entity\":\"other\",\"entity_value\":\"\",\"type\":"
     "\"t\",\"category\":\"other\",\"severity\":\"notice\",\"score\":10,\"message\":"
     "\"\"," WHEN ",\"key\":\"other::t:s:60\",\"source\":\"native\",\"subtype\":"
     "\"s\",\"n\":18446744073709551616,\"b\":true,\"z\":null,\"o\":{\"a\":[1,{}]},"
     "\"granularity\":60,\"e\":1e400}"},
    {"a flow by its facts",
     "{\"type\":\"t\",\"entity\":\"flow\",\"cli_ip\":\"10.0.0.1\",\"cli_port\":4000,"
     "\"srv_ip\":\"2001:db8::1\",\"srv_port\":80,\"proto\":6}",
     "{\"action\":\"store\",\"entity\":\"flow\",\"entity_value\":"
     "\"10.0.0.1:4000->[2001:db8::1]:80/tcp\",\"type\":\"t\",\"category\":\"other\","
     "\"severity\":\"notice\",\"score\":10,\"message\":\"\"," WHEN
     ",\"key\":\"flow:10.0.0.1:2001:db8::1:80:6:t\",\"source\":\"native\",\"cli_ip\":"
     "\"10.0.0.1\",\"cli_port\":4000,\"srv_ip\":\"2001:db8::1\",\"srv_port\":80,"
     "\"proto\":6}"},
    {"null is the same as nothing",
     "{\"type\":\"t\",\"score\":null,\"severity\":null,\"key\":null,\"tstamp\":null,"
     "\"message\":null,\"entity\":null,\"lease\":null,\"id\":null,\"action\":null}",
     "{\"action\":\"store\",\"entity\":\"other\",\"entity_value\":\"\",\"type\":"
     "\"t\",\"category\":\"other\",\"severity\":\"notice\",\"score\":10,\"message\":"
     "\"\"," WHEN ",\"key\":\"other::t\",\"source\":\"native\"}"},
    {"everything we write",
     "{\"id\":4712,\"began_id\":4711,\"action\":\"release\",\"entity\":\"am_host\","
     "\"entity_value\":\"icmp@ntop.org\",\"type\":\"am_threshold_cross\",\"type_id\":"
     "4119,\"category\":\"active_monitoring\",\"severity\":\"alert\",\"score\":225,"
     "\"message\":\"a\\nb\",\"tstamp\":\"2020-11-23T14:20:56.789Z\",\"tstamp_end\":"
     "\"2020-11-23T14:21:56.000Z\",\"repeats\":3,\"key\":\"k\",\"source\":\"s\",\"x\":"
     "\"\\u00e9\"}",
     "{\"id\":4712,\"began_id\":4711,\"action\":\"release\",\"entity\":\"am_host\","
     "\"entity_value\":\"icmp@ntop.org\",\"type\":\"am_threshold_cross\",\"type_id\":"
     "4119,\"category\":\"active_monitoring\",\"severity\":\"alert\",\"score\":225,"
     "\"message\":\"a\\nb\",\"tstamp\":\"2020-11-23T14:20:56.789Z\",\"tstamp_end\":"
     "\"2020-11-23T14:21:56.000Z\",\"repeats\":3,\"key\":\"k\",\"source\":\"s\",\"x\":"
     "\"\xc3\xa9\"}"},
};

static void test_read_and_write(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(reads); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct alert alert = must_read(&a, reads[i].json);
        struct str line = line_of(&a, &alert);
        struct error err = {0};

        assert_str(reads[i].name, line, reads[i].line);
        assert_true(alert_check(&alert, &err));
        /* What was written is read back as the same, at any later time. */
        alert = must_read(&a, line.p);
        assert_str(reads[i].name, line_of(&a, &alert), reads[i].line);
    }
}

static void test_read_errors(void **state)
{
    static const struct {
        const char *json, *place, *words; /* words: part of the text */
    } rows[] = {
        {"{}", "", "type or a message"},
        {"{\"type\":\"\",\"message\":\"\"}", "", "type or a message"},
        {"[]", "", "not an array"},
        {"\"x\"", "", "not a string"},
        {"{\"type\":1}", "/type", "a string, not a number"},
        {"{\"type\":\"t\",\"message\":{}}", "/message", "not an object"},
        {"{\"type\":\"t\",\"action\":\"engaged\"}", "/action",
         "did you mean \"engage\"?"},
        {"{\"type\":\"t\",\"action\":\"explode\"}", "/action",
         "engage, release, store"},
        {"{\"type\":\"t\",\"action\":true}", "/action", "not true or false"},
        {"{\"type\":\"t\",\"entity\":\"hots\"}", "/entity",
         "did you mean \"host\"?"},
        {"{\"type\":\"t\",\"entity\":1}", "/entity", "not a number"},
        {"{\"type\":\"t\",\"entity_value\":10}", "/entity_value", "a string"},
        {"{\"type\":\"t\",\"severity\":\"wraning\"}", "/severity",
         "did you mean \"warning\"?"},
        {"{\"type\":\"t\",\"severity\":9}", "/severity", "between 0 and 8"},
        {"{\"type\":\"t\",\"severity\":[]}", "/severity", "not an array"},
        {"{\"type\":\"t\",\"score\":-1}", "/score", "-1 is not between"},
        {"{\"type\":\"t\",\"score\":2147483648}", "/score", "2147483648"},
        {"{\"type\":\"t\",\"score\":1e999}", "/score", "1e999"},
        {"{\"type\":\"t\",\"score\":\"10\"}", "/score", "not a string"},
        {"{\"type\":\"t\",\"tstamp\":\"yesterday\"}", "/tstamp", "RFC 3339"},
        {"{\"type\":\"t\",\"tstamp\":1606141256000}", "/tstamp", "seconds"},
        {"{\"type\":\"t\",\"tstamp\":-1}", "/tstamp", "-1"},
        {"{\"type\":\"t\",\"tstamp\":\"1969-12-31T23:59:59Z\"}", "/tstamp",
         "1969"},
        {"{\"type\":\"t\",\"tstamp\":1e300}", "/tstamp", "1e300"},
        {"{\"type\":\"t\",\"tstamp\":false}", "/tstamp", "a time"},
        {"{\"type\":\"t\",\"tstamp_end\":{}}", "/tstamp_end", "a time"},
        {"{\"type\":\"t\",\"lease\":\"soon\"}", "/lease", "soon"},
        {"{\"type\":\"t\",\"category\":3}", "/category", "a string"},
        {"{\"type\":\"t\",\"key\":3}", "/key", "a string"},
        {"{\"type\":\"t\",\"source\":3}", "/source", "a string"},
        {"{\"type\":\"t\",\"id\":[]}", "/id", "a string or a number"},
        {"{\"type\":\"t\",\"type_id\":\"5\"}", "/type_id", "a number"},
        {"{\"type\":\"t\",\"repeats\":-5}", "/repeats", "-5"},
        {"{\"type\":\"t\",\"began_id\":9223372036854775808}", "/began_id",
         "9223372036854775808"},
        {"{\"message\":\"m\",\"action\":\"engage\"}", "/type",
         "a type or a key"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct alert alert;
        struct error err;

        if (read_json(&a, rows[i].json, &alert, &err))
            fail_msg("taken: %s", rows[i].json);
        assert_str(rows[i].json, str_of(err.place), rows[i].place);
        if (strstr(err.text, rows[i].words) == NULL)
            fail_msg("%s: \"%s\"", rows[i].json, err.text);
    }
}

/* n times c, in the arena. */
static struct str run_of(struct arena *a, char c, size_t n)
{
    char *p = arena_new(a, n + 1);

    memset(p, c, n);
    return (struct str){p, n};
}

static void test_check_lengths(void **state)
{
    static const struct {
        const char *place;
        size_t offset, max;
    } rows[] = {
        {"/type", offsetof(struct alert, type), ALERT_NAME_MAX},
        {"/category", offsetof(struct alert, category), ALERT_NAME_MAX},
        {"/source", offsetof(struct alert, source), ALERT_NAME_MAX},
        {"/entity_value", offsetof(struct alert, entity_value),
         ALERT_ENTITY_VALUE_MAX},
        {"/key", offsetof(struct alert, key), ALERT_KEY_MAX},
        {"/message", offsetof(struct alert, message), ALERT_MESSAGE_MAX},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct alert alert = must_read(&a, "{\"type\":\"t\"}");
        struct str *text = (struct str *)(void *)((char *)&alert + rows[i].offset);
        struct error err = {0};

        *text = run_of(&a, 'x', rows[i].max);
        assert_true(alert_check(&alert, &err));
        *text = run_of(&a, 'x', rows[i].max + 1);
        assert_false(alert_check(&alert, &err));
        assert_string_equal(err.place, rows[i].place);
        err = (struct error){0};
        *text = STR("a\x1b[31m");
        assert_false(alert_check(&alert, &err));
        assert_string_equal(err.place, rows[i].place);
        err = (struct error){0};
        *text = (struct str){"a\0b", 3};
        assert_false(alert_check(&alert, &err));
        assert_string_equal(err.place, rows[i].place);
    }
}

static void test_check_values(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    struct alert alert = must_read(&a, "{\"type\":\"t\",\"message\":\"a\\tb\\r\\n\"}");
    struct error err = {0};

    (void)state;
    assert_true(alert_check(&alert, &err));
    alert.score = -1;
    assert_false(alert_check(&alert, &err));
    assert_string_equal(err.place, "/score");
    alert.score = (int64_t)INT32_MAX + 1;
    assert_false(alert_check(&alert, &err));
    alert.score = INT32_MAX;
    assert_true(alert_check(&alert, &err));
    err = (struct error){0};
    alert.type = STR_NONE;
    assert_false(alert_check(&alert, &err));
    assert_string_equal(err.place, "/type");
}

/* One fact with a text of n bytes c. */
static bool check_with_fact(char c, size_t n)
{
    struct arena a freed_by(arena_release) = {0};
    struct alert alert = must_read(&a, "{\"type\":\"t\"}");
    struct json_list facts = {0};
    struct error err;

    json_list_add(&facts, &a, STR("f"), json_new_string(&a, run_of(&a, c, n)));
    alert.facts = json_new_object(&a, &facts);
    return alert_check(&alert, &err);
}

static void test_check_size(void **state)
{
    (void)state;
    assert_true(check_with_fact('x', 64000));
    assert_false(check_with_fact('x', ALERT_JSON_MAX));
    /* A control character takes six bytes of JSON. */
    assert_true(check_with_fact('\x01', 10000));
    assert_false(check_with_fact('\x01', 11000));
}

static void test_check_facts(void **state)
{
    struct buf text freed_by(buf_release) = BUF(1u << 20);
    struct arena a freed_by(arena_release) = {0};
    struct alert alert;
    struct error err;

    (void)state;
    buf_text(&text, "{\"type\":\"t\"");
    for (int i = 0; i < 1000; i++)
        buf_printf(&text, ",\"f%d\":0", i);
    buf_text(&text, "}");
    alert = must_read(&a, buf_c(&text));
    assert_true(alert_check(&alert, &err));
    text.n--;
    buf_text(&text, ",\"one\":\"more\"}");
    alert = must_read(&a, buf_c(&text));
    assert_false(alert_check(&alert, &err));
    /* As deep as may be, and one deeper. */
    alert = must_read(&a, "{\"type\":\"t\",\"f\":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}");
    assert_true(alert_check(&alert, &err));
    alert = must_read(&a, "{\"type\":\"t\",\"f\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}");
    assert_false(alert_check(&alert, &err));
}

static void test_titles_and_subjects(void **state)
{
    static const struct {
        const char *json, *title, *subject;
    } rows[] = {
        {"{\"type\":\"syn_scan\",\"entity\":\"host\",\"entity_value\":\"10.0.0.1@0\"}",
         "TCP SYN Scan", "10.0.0.1"},
        {"{\"type\":\"InstanceDown\",\"entity\":\"host\",\"entity_value\":"
         "\"10.0.0.1@12\"}",
         "InstanceDown", "10.0.0.1@12"},
        {"{\"type\":\"my_type\",\"entity\":\"system\",\"entity_value\":\"x\"}",
         "My Type", "x"},
        {"{\"type\":\"disk-is 90% full\"}", "disk-is 90% full", ""},
        {"{\"type\":\"\xc3\xa9tat_du_disque\"}", "\xc3\xa9tat Du Disque", ""},
        {"{\"type\":\"alert_72\",\"entity\":\"user\",\"entity_value\":\"admin\"}",
         "Alert 72", "admin"},
        {"{\"type\":\"t\",\"entity\":\"am_host\",\"entity_value\":\"icmp@ntop.org\"}",
         "T", "icmp://ntop.org"},
        {"{\"type\":\"t\",\"entity\":\"am_host\",\"entity_value\":"
         "\"http@http://127.0.0.1:80/x@y\"}",
         "T", "http://127.0.0.1:80/x@y"},
        {"{\"type\":\"t\",\"entity\":\"am_host\",\"entity_value\":\"ntop.org\"}",
         "T", "ntop.org"},
        {"{\"type\":\"t\",\"entity\":\"interface\",\"entity_value\":\"0\",\"name\":"
         "\"eno1\"}",
         "T", "eno1"},
        {"{\"type\":\"t\",\"entity\":\"interface\",\"entity_value\":\"iface_0\"}", "T",
         "iface_0"},
        {"{\"type\":\"low_goodput\",\"entity\":\"flow\",\"entity_value\":\"flow\","
         "\"cli_ip\":\"192.168.1.29\",\"cli_port\":60952,\"srv_ip\":\"1.2.3.4\","
         "\"srv_port\":80}",
         "Low Goodput Ratio", "192.168.1.29:60952 -> 1.2.3.4:80"},
        {"{\"type\":\"t\",\"entity\":\"flow\",\"cli_ip\":\"fe80::1\",\"srv_ip\":"
         "\"fe80::2\",\"srv_port\":80,\"proto\":\"udp\"}",
         "T", "fe80::1 -> [fe80::2]:80"},
        {"{\"type\":\"t\",\"entity\":\"flow\",\"entity_value\":\"a->b\"}", "T", "a->b"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct alert alert = must_read(&a, rows[i].json);

        assert_str(rows[i].json, alert_title(&alert, &a), rows[i].title);
        assert_str(rows[i].json, alert_subject(&alert, &a), rows[i].subject);
    }
}

static void test_flow_values(void **state)
{
    static const struct {
        const char *facts, *want;
    } rows[] = {
        {"\"cli_ip\":\"1.1.1.1\",\"srv_ip\":\"2.2.2.2\"", "1.1.1.1->2.2.2.2"},
        {"\"cli_ip\":\"1.1.1.1\",\"srv_ip\":\"2.2.2.2\",\"cli_port\":0,\"srv_port\":0,"
         "\"proto\":1",
         "1.1.1.1->2.2.2.2/icmp"},
        {"\"cli_ip\":\"1.1.1.1\",\"srv_ip\":\"::2\",\"srv_port\":53,\"proto\":\"udp\"",
         "1.1.1.1->[::2]:53/udp"},
        {"\"cli_ip\":\"1.1.1.1\",\"srv_ip\":\"2.2.2.2\",\"proto\":253",
         "1.1.1.1->2.2.2.2/253"},
        {"\"cli_ip\":\"1.1.1.1\"", "flow"},
        {"\"cli_ip\":5,\"srv_ip\":[]", "flow"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct str json = arena_printf(
            &a, "{\"type\":\"t\",\"entity\":\"flow\",%s}", rows[i].facts);
        struct alert alert = must_read(&a, json.p);

        assert_str(rows[i].facts, alert.entity_value, rows[i].want);
    }
}

static void test_long_keys(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    struct str parts[] = {STR("host"), run_of(&a, 'v', ALERT_KEY_MAX - 5), STR("t")};
    struct str fits = alert_key_join(&a, parts, 2);
    struct str left = alert_key_join(&a, parts, 3), right;

    (void)state;
    assert_int_equal(fits.n, ALERT_KEY_MAX);
    assert_true(left.n <= ALERT_KEY_MAX);
    parts[2] = STR("u");
    right = alert_key_join(&a, parts, 3);
    assert_false(str_eq(left, right));
    assert_true(str_starts(left, "host:vvv"));
}

static void test_roles(void **state)
{
    static const struct {
        const char *json, *attacker, *victim;
    } rows[] = {
        {"{\"type\":\"t\",\"entity\":\"flow\",\"cli_ip\":\"1.1.1.1\",\"srv_ip\":"
         "\"2.2.2.2\",\"is_cli_attacker\":true,\"is_srv_victim\":true}",
         "1.1.1.1", "2.2.2.2"},
        {"{\"type\":\"t\",\"entity\":\"flow\",\"cli_ip\":\"1.1.1.1\",\"srv_ip\":"
         "\"2.2.2.2\",\"is_srv_attacker\":true,\"is_cli_victim\":true}",
         "2.2.2.2", "1.1.1.1"},
        {"{\"type\":\"t\",\"entity\":\"flow\",\"cli_ip\":\"1.1.1.1\",\"srv_ip\":"
         "\"2.2.2.2\",\"is_cli_attacker\":false}",
         "", ""},
        {"{\"type\":\"syn_scan\",\"entity\":\"host\",\"entity_value\":\"3.3.3.3@7\","
         "\"is_attacker\":true,\"is_victim\":false}",
         "3.3.3.3", ""},
        {"{\"type\":\"syn_scan\",\"entity\":\"host\",\"entity_value\":\"h\",\"ip\":"
         "\"4.4.4.4\",\"is_victim\":true}",
         "", "4.4.4.4"},
        {"{\"type\":\"t\",\"entity\":\"user\",\"entity_value\":\"u\",\"is_attacker\":"
         "true}",
         "", ""},
        {"{\"type\":\"t\",\"attacker\":\"5.5.5.5\",\"victim\":\"6.6.6.6\"}", "5.5.5.5",
         "6.6.6.6"},
        {"{\"type\":\"t\",\"is_cli_attacker\":\"true\",\"cli_ip\":\"1.1.1.1\"}", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct alert alert = must_read(&a, rows[i].json);

        assert_str(rows[i].json, alert_attacker(&alert), rows[i].attacker);
        assert_str(rows[i].json, alert_victim(&alert), rows[i].victim);
    }
}

static void assert_member_near(const char *name, const char *want)
{
    const char *near = alert_member_near(str_of(name));

    if (strcmp(near != NULL ? near : "", want) != 0)
        fail_msg("%s: %s", name, near != NULL ? near : "nothing");
}

static void test_facts(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    struct alert alert = must_read(
        &a, "{\"type\":\"t\",\"s\":\"text\",\"n\":3.0,\"b\":true}");

    (void)state;
    assert_str("s", alert_fact_text(&alert, "s"), "text");
    assert_str("n", alert_fact_text(&alert, "n"), "3.0");
    assert_str("b", alert_fact_text(&alert, "b"), "");
    assert_int_equal(alert_fact_i64(&alert, "n", -1), 3);
    assert_int_equal(alert_fact_i64(&alert, "s", -1), -1);
    assert_int_equal(alert_fact_i64(&alert, "not there", -1), -1);
    assert_null(alert_fact(&alert, "type"));
    assert_member_near("severty", "severity");
    assert_member_near("Severity", "severity");
    assert_member_near("entityvalue", "entity_value");
    assert_member_near("entityValue", "entity_value");
    assert_member_near("messgae", "message");
    assert_member_near("mesxage", "message");
    assert_member_near("tyype", "type");
    assert_member_near("sources", "source");
    assert_member_near("ource", "source");
    assert_member_near("ip", "");
    assert_member_near("key1", "");
    assert_member_near("cli_ip", "");
    assert_member_near("sevrty", "");
    assert_member_near("", "");
    assert_true(alert_is_member(STR("type")));
    assert_true(alert_is_member(STR("source")));
    assert_false(alert_is_member(STR("s")));
    assert_false(alert_is_member(STR_NONE));
    alert.facts = NULL;
    assert_null(alert_fact(&alert, "s"));
    assert_str("none", alert_fact_text(&alert, "s"), "");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_and_write),
        cmocka_unit_test(test_read_errors),
        cmocka_unit_test(test_check_lengths),
        cmocka_unit_test(test_check_values),
        cmocka_unit_test(test_check_size),
        cmocka_unit_test(test_check_facts),
        cmocka_unit_test(test_titles_and_subjects),
        cmocka_unit_test(test_flow_values),
        cmocka_unit_test(test_long_keys),
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_facts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
