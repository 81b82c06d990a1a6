/* test_decode_alertmanager.c -- Prometheus' pushes: samples, ladder, leases, errors. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/limits.h"
#include "intake/intake.h"

#include "hostile.h"
#include "strs.h"

/* The samples were taken at 2026-11-23T20:42:44Z. */
#define NOW_MS 1795466564000LL
#define TIMEOUT_MS 300000LL

static const struct decode_options options = {.now_ms = NOW_MS,
                                              .resolve_timeout_ms = TIMEOUT_MS};

static bool take(struct arena *a, struct str body, struct batch *batch, int *status,
                 struct error *err)
{
    *err = (struct error){0};
    *status = 0;
    return decode_alertmanager(a, body, &options, batch, status, err);
}

/* An alert with these labels and, behind them, what else is given. */
static struct alert must_take(struct arena *a, const char *labels, const char *more)
{
    struct str body = arena_printf(a, "[{\"labels\":{%s}%s}]", labels, more);
    struct batch batch;
    struct error err;
    int status;

    if (!take(a, body, &batch, &status, &err))
        fail_msg("%s: %d %s: %s", body.p, status, err.place, err.text);
    assert_int_equal(batch.n, 1);
    assert_str("no idempotency", batch.v[0].idempotency, "");
    return batch.v[0].alert;
}

static const struct row {
    const char *file;
    enum entity entity;
    const char *entity_value, *type, *category, *severity;
    int64_t score;
    enum action action;
    const char *key, *message;
    const char *tstamp, *end, *lease; /* "": none */
} rows[] = {
    {"prometheus--v2-alerts-firing.json", ENTITY_HOST, "127.0.0.1", "InstanceDown", "netops",
     "critical", 200, ACTION_ENGAGE, "c00807568973afb2", "Instance 127.0.0.1:39999 down",
     "2026-11-23T20:42:03.418Z", "", "2026-11-23T20:46:03.418Z"},
    {"prometheus--v2-alerts-raw-request.http.txt", ENTITY_HOST, "127.0.0.1", "InstanceDown",
     "netops", "critical", 200, ACTION_ENGAGE, "c00807568973afb2",
     "Instance 127.0.0.1:39999 down", "2026-11-23T20:42:03.418Z", "",
     "2026-11-23T20:46:03.418Z"},
    {"prometheus--v2-alerts-resolved.json", ENTITY_OTHER, "Flappy", "Flappy", "prometheus",
     "warning", 50, ACTION_RELEASE, "5bdfd85e7eab21aa", "toggles every 10 s, value 19.42",
     "2026-11-23T20:42:30.418Z", "2026-11-23T20:42:40.418Z", ""},
};

static void assert_time(const char *row, int64_t got_ms, const char *want)
{
    char text[TIME_TEXT_MAX] = "";

    if (got_ms != 0)
        time_text(got_ms, true, text);
    assert_str(row, str_of(text), want);
}

static void check_row(const struct row *r, const struct alert *a)
{
    assert_i64(r->file, a->entity, r->entity);
    assert_str(r->file, a->entity_value, r->entity_value);
    assert_str(r->file, a->type, r->type);
    assert_i64(r->file, a->type_id, -1);
    assert_str(r->file, a->category, r->category);
    assert_string_equal(severity_name(a->severity), r->severity);
    assert_i64(r->file, a->score, r->score);
    assert_i64(r->file, a->action, r->action);
    assert_str(r->file, a->key, r->key);
    assert_str(r->file, a->message, r->message);
    assert_time(r->file, a->tstamp_ms, r->tstamp);
    assert_time(r->file, a->tstamp_end_ms, r->end);
    assert_time(r->file, a->lease_ms, r->lease);
    assert_str(r->file, a->source, "alertmanager");
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct str body = sample_read(&a, rows[i].file);
        const char *head_end = strstr(body.p, "\n\n");
        struct batch batch;
        struct error err;
        int status;

        if (str_ends(str_of(rows[i].file), ".http.txt"))
            body = str_of(head_end + 2);
        if (!take(&a, body, &batch, &status, &err))
            fail_msg("%s: %s: %s", rows[i].file, err.place, err.text);
        assert_int_equal(batch.n, 1);
        check_row(&rows[i], &batch.v[0].alert);
    }
}

static void test_facts(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    struct alert alert = must_take(
        &a, "\"alertname\":\"A\",\"b\":\"\"",
        ",\"generatorURL\":\"http://x/?a\\u0026b\",\"status\":{\"state\":\"active\"},\"id\":5,"
        "\"annotations\":{\"summary\":\"s\",\"description\":\"d\",\"runbook_url\":\"u\"}");
    struct buf facts freed_by(buf_release) = BUF(4096);
    struct json_out o = JSON_OUT(&facts);

    (void)state;
    out_tree(&o, NULL, alert.facts);
    assert_str("facts", buf_view(&facts),
               "{\"generatorURL\":\"http://x/?a&b\",\"status\":{\"state\":\"active\"},"
               "\"alertmanager_id\":5,\"labels\":{\"alertname\":\"A\",\"b\":\"\"},"
               "\"annotations\":{\"summary\":\"s\",\"description\":\"d\",\"runbook_url\":"
               "\"u\"}}");
}

static void test_entities(void **state)
{
    static const struct {
        const char *labels;
        enum entity entity;
        const char *value;
    } ladder[] = {
        {"\"instance\":\"10.0.0.1:9100\"", ENTITY_HOST, "10.0.0.1"},
        {"\"instance\":\"10.0.0.1\"", ENTITY_HOST, "10.0.0.1"},
        {"\"instance\":\"web1.example.org:443\"", ENTITY_HOST, "web1.example.org"},
        {"\"instance\":\"[2001:db8::1]:9100\"", ENTITY_HOST, "2001:db8::1"},
        {"\"instance\":\"[2001:db8::1]\"", ENTITY_HOST, "2001:db8::1"},
        {"\"instance\":\"2001:db8::1\"", ENTITY_HOST, "2001:db8::1"},
        {"\"instance\":\"https://example.org:8443/x\"", ENTITY_HOST,
         "https://example.org:8443/x"},
        {"\"instance\":\"web1:http\"", ENTITY_HOST, "web1:http"},
        {"\"instance\":\"web1:\"", ENTITY_HOST, "web1:"},
        {"\"instance\":\"[::1\"", ENTITY_HOST, "::1"},
        {"\"instance\":\"sw1:161\",\"ifName\":\"Gi0/1\"", ENTITY_HOST, "sw1"},
        {"\"device\":\"eth0\"", ENTITY_INTERFACE, "eth0"},
        {"\"ifName\":\"Gi0/1\",\"node\":\"n\"", ENTITY_INTERFACE, "Gi0/1"},
        {"\"node\":\"n1\",\"pod\":\"p\"", ENTITY_HOST, "n1"},
        {"\"pod\":\"p1\",\"host\":\"h\"", ENTITY_HOST, "p1"},
        {"\"host\":\"h1\",\"job\":\"j\"", ENTITY_HOST, "h1"},
        {"\"job\":\"node\"", ENTITY_OTHER, "node"},
        {"\"instance\":\"\",\"job\":\"node\"", ENTITY_OTHER, "node"},
        {"\"x\":\"y\"", ENTITY_OTHER, "A"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ladder); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct str labels = arena_printf(&a, "\"alertname\":\"A\",%s", ladder[i].labels);
        struct alert alert = must_take(&a, labels.p, "");

        assert_i64(ladder[i].labels, alert.entity, ladder[i].entity);
        assert_str(ladder[i].labels, alert.entity_value, ladder[i].value);
    }
}

static void test_severities_and_categories(void **state)
{
    static const struct {
        const char *labels, *severity;
        int64_t score;
        const char *category;
    } said[] = {
        {"\"severity\":\"critical\"", "critical", 200, "prometheus"},
        {"\"severity\":\"page\"", "critical", 200, "prometheus"},
        {"\"severity\":\"error\"", "error", 100, "prometheus"},
        {"\"severity\":\"high\"", "error", 100, "prometheus"},
        {"\"severity\":\"major\"", "error", 100, "prometheus"},
        {"\"severity\":\"Warning\"", "warning", 50, "prometheus"},
        {"\"severity\":\"minor\"", "warning", 50, "prometheus"},
        {"\"severity\":\"info\"", "info", 1, "prometheus"},
        {"\"severity\":\"low\"", "info", 1, "prometheus"},
        {"\"severity\":\"none\"", "none", 0, "prometheus"},
        {"\"severity\":\"sev2\"", "warning", 50, "prometheus"},
        {"\"x\":\"y\"", "warning", 50, "prometheus"},
        {"\"category\":\"c\",\"team\":\"t\",\"component\":\"o\"", "warning", 50, "c"},
        {"\"team\":\"t\",\"component\":\"o\"", "warning", 50, "t"},
        {"\"component\":\"o\"", "warning", 50, "o"},
        {"\"category\":\"\",\"component\":\"o\"", "warning", 50, "o"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(said); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct str labels = arena_printf(&a, "\"alertname\":\"A\",%s", said[i].labels);
        struct alert alert = must_take(&a, labels.p, "");

        assert_str(said[i].labels, str_of(severity_name(alert.severity)), said[i].severity);
        assert_i64(said[i].labels, alert.score, said[i].score);
        assert_str(said[i].labels, alert.category, said[i].category);
    }
}

static void test_times(void **state)
{
    static const struct {
        const char *more;
        enum action action;
        int64_t tstamp_ms, end_ms, lease_ms;
    } said[] = {
        {"", ACTION_ENGAGE, NOW_MS, 0, NOW_MS + TIMEOUT_MS},
        {",\"endsAt\":null,\"startsAt\":null", ACTION_ENGAGE, NOW_MS, 0, NOW_MS + TIMEOUT_MS},
        {",\"endsAt\":\"0001-01-01T00:00:00Z\"", ACTION_ENGAGE, NOW_MS, 0,
         NOW_MS + TIMEOUT_MS},
        {",\"startsAt\":\"0001-01-01T00:00:00Z\"", ACTION_ENGAGE, NOW_MS, 0,
         NOW_MS + TIMEOUT_MS},
        {",\"startsAt\":\"2026-11-23T20:42:03.418123456Z\"", ACTION_ENGAGE, 1795466523418, 0,
         NOW_MS + TIMEOUT_MS},
        {",\"startsAt\":\"2026-11-23T21:42:03+01:00\",\"endsAt\":\"2026-11-23T20:42:45Z\"",
         ACTION_ENGAGE, 1795466523000, 0, NOW_MS + 1000},
        {",\"endsAt\":\"2026-11-23T20:42:44Z\"", ACTION_RELEASE, NOW_MS, NOW_MS, 0},
        {",\"endsAt\":\"2026-11-23T20:42:43Z\"", ACTION_RELEASE, NOW_MS - 1000, NOW_MS - 1000,
         0},
        {",\"startsAt\":\"2026-11-23T20:42:03Z\",\"endsAt\":\"2026-11-23T20:42:43Z\"",
         ACTION_RELEASE, 1795466523000, NOW_MS - 1000, 0},
        {",\"endsAt\":\"1960-01-01T00:00:00Z\"", ACTION_ENGAGE, NOW_MS, 0,
         NOW_MS + TIMEOUT_MS},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(said); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct alert alert = must_take(&a, "\"alertname\":\"A\"", said[i].more);

        assert_i64(said[i].more, alert.action, said[i].action);
        assert_i64(said[i].more, alert.tstamp_ms, said[i].tstamp_ms);
        assert_i64(said[i].more, alert.tstamp_end_ms, said[i].end_ms);
        assert_i64(said[i].more, alert.lease_ms, said[i].lease_ms);
    }
}

static void test_messages(void **state)
{
    static const struct {
        const char *annotations, *want; /* NULL: made by us */
    } said[] = {
        {"\"summary\":\"s\",\"description\":\"d\"", "s"},
        {"\"summary\":\"\",\"description\":\"d\"", "d"},
        {"\"description\":\"d\"", "d"},
        {"\"message\":\"m\"", "m"},
        {"\"summary\":\"a\\u0007\\nb\"", "a\xef\xbf\xbd\nb"},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(said); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct str more = arena_printf(&a, ",\"annotations\":{%s}", said[i].annotations);
        struct alert alert = must_take(&a, "\"alertname\":\"A\"", more.p);

        assert_true(alert.message.n > 0);
        if (said[i].want != NULL)
            assert_str(said[i].annotations, alert.message, said[i].want);
    }
}

/* Values worked out with a few lines of Python. */
static void test_fingerprints(void **state)
{
    static const struct {
        const char *labels, *want;
    } known[] = {
        {"{}", "cbf29ce484222325"},
        {"{\"alertname\":\"InstanceDown\",\"instance\":\"127.0.0.1:39999\",\"job\":\"node\","
         "\"replica\":\"a\",\"severity\":\"critical\",\"site\":\"lab\",\"team\":\"netops\"}",
         "c00807568973afb2"},
        {"{\"team\":\"netops\",\"site\":\"lab\",\"severity\":\"critical\",\"replica\":\"a\","
         "\"job\":\"node\",\"instance\":\"127.0.0.1:39999\",\"alertname\":\"InstanceDown\"}",
         "c00807568973afb2"},
        {"{\"alertname\":\"InstanceDown\",\"empty\":\"\",\"instance\":\"127.0.0.1:39999\","
         "\"job\":\"node\",\"replica\":\"a\",\"severity\":\"critical\",\"site\":\"lab\","
         "\"team\":\"netops\"}",
         "c00807568973afb2"},
        {"{\"a\":\"b\"}", "d2b371819297f98a"},
        {"{\"\xc3\xa9\":\"\xe2\x82\xac\",\"z\":\"\"}", "4bb658ed85e438cb"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        struct arena a freed_by(arena_release) = {0};
        const struct json *labels = json_parse(&a, str_of(known[i].labels), NULL);

        assert_non_null(labels);
        assert_str(known[i].labels, alertmanager_fingerprint(&a, labels), known[i].want);
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *body, *place, *words;
    } bad[] = {
        {"{}", "", "an array"},
        {"[1]", "/0", "an object"},
        {"[{}]", "/0/labels", "at least one label"},
        {"[{\"labels\":null}]", "/0/labels", "at least one label"},
        {"[{\"labels\":[]}]", "/0/labels", "an object"},
        {"[{\"labels\":{}}]", "/0/labels", "alertname"},
        {"[{\"labels\":{\"alertname\":\"\"}}]", "/0/labels", "alertname"},
        {"[{\"labels\":{\"job\":\"j\"}}]", "/0/labels", "alertname"},
        {"[{\"labels\":{\"alertname\":5}}]", "/0/labels/alertname", "a string"},
        {"[{\"labels\":{\"alertname\":\"A\"}},{\"labels\":{\"alertname\":\"A\",\"x\":null}}]",
         "/1/labels/x", "not null"},
        {"[{\"labels\":{\"alertname\":\"A\"},\"annotations\":5}]", "/0/annotations",
         "an object"},
        {"[{\"labels\":{\"alertname\":\"A\"},\"annotations\":{\"s\":[]}}]",
         "/0/annotations/s", "a string"},
        {"[{\"labels\":{\"alertname\":\"A\"},\"startsAt\":\"now\"}]", "/0/startsAt",
         "RFC 3339"},
        {"[{\"labels\":{\"alertname\":\"A\"},\"startsAt\":1606141256}]", "/0/startsAt",
         "RFC 3339"},
        {"[{\"labels\":{\"alertname\":\"A\"},\"endsAt\":{}}]", "/0/endsAt", "RFC 3339"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct batch batch;
        struct error err;
        int status;

        if (take(&a, str_of(bad[i].body), &batch, &status, &err))
            fail_msg("taken: %s", bad[i].body);
        assert_i64(bad[i].body, status, 400);
        assert_str(bad[i].body, str_of(err.place), bad[i].place);
        if (strstr(err.text, bad[i].words) == NULL)
            fail_msg("%s: \"%s\"", bad[i].body, err.text);
        assert_int_equal(batch.n, 0);
    }
}

static void test_mended(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    char name[300] = "\"alertname\":\"";
    struct alert alert;

    (void)state;
    memset(name + strlen(name), 'n', 200);
    name[213] = '"';
    alert = must_take(&a, name, "");
    assert_int_equal(alert.type.n, ALERT_NAME_MAX);
    assert_int_equal(alert.entity_value.n, 200);
    alert = must_take(&a, "\"alertname\":\"a\\u0000b\",\"instance\":\"x\\ny\"", "");
    assert_str("type", alert.type, "a\xef\xbf\xbd"
                                   "b");
    assert_str("value", alert.entity_value, "x\xef\xbf\xbdy");
}

static void test_many_labels(void **state)
{
    struct buf body freed_by(buf_release) = BUF(1u << 20);
    struct arena a freed_by(arena_release) = {0};
    struct batch batch;
    struct error err;
    int status;

    (void)state;
    buf_text(&body, "[{\"labels\":{\"alertname\":\"A\"");
    for (int i = 3000; i > 0; i--)
        buf_printf(&body, ",\"l%d\":\"\"", i);
    buf_text(&body, "}}]");
    assert_true(take(&a, buf_view(&body), &batch, &status, &err));
    /* As without the empty ones. */
    assert_true(str_eq(batch.v[0].alert.key, must_take(&a, "\"alertname\":\"A\"", "").key));
}

static void test_hostile(void **state)
{
    (void)state;
    refuses_hostile(decode_alertmanager, "[{\"labels\":{\"alertname\":\"A\"},\"x\":", "}]");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_entities),
        cmocka_unit_test(test_severities_and_categories),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_fingerprints),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_mended),
        cmocka_unit_test(test_many_labels),
        cmocka_unit_test(test_hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
