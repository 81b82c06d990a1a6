/* test_decode_native.c -- one alert, an array, NDJSON; names, limits, refusals. */
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

static bool take(struct arena *a, struct str body, struct batch *batch, int *status,
                 struct error *err)
{
    *err = (struct error){0};
    *status = 0;
    return decode_native(a, body, &options, batch, status, err);
}

static void test_bodies(void **state)
{
    static const struct {
        const char *body;
        size_t n;
        const char *types; /* joined by blanks */
    } rows[] = {
        {"{\"type\":\"a\"}", 1, "a "},
        {"  {\"type\":\"a\"}\r\n", 1, "a "},
        {"[{\"type\":\"a\"},{\"type\":\"b\"}]", 2, "a b "},
        {"[]", 0, ""},
        {"{\"type\":\"a\"}\n{\"type\":\"b\"}\n{\"type\":\"c\"}\n", 3, "a b c "},
        {"\n\n{\"type\":\"a\"}\n\n{\"type\":\"b\"}", 2, "a b "},
        {"{\"type\":\"a\"}\n{\"type\":\"b\"}\n{\"type\":\"c\"}\n{\"type\":\"d\"}\n"
         "{\"type\":\"e\"}\n{\"type\":\"f\"}\n{\"type\":\"g\"}\n{\"type\":\"h\"}\n"
         "{\"type\":\"i\"}",
         9, "a b c d e f g h i "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct buf types freed_by(buf_release) = BUF(1000);
        struct batch batch;
        struct error err;
        int status;

        if (!take(&a, str_of(rows[i].body), &batch, &status, &err))
            fail_msg("%s: %s: %s", rows[i].body, err.place, err.text);
        assert_i64(rows[i].body, (int64_t)batch.n, (int64_t)rows[i].n);
        assert_false(batch.test);
        for (size_t k = 0; k < batch.n; k++) {
            buf_str(&types, batch.v[k].alert.type);
            buf_char(&types, ' ');
        }
        assert_str(rows[i].body, buf_view(&types), rows[i].types);
    }
}

/* A sender's `id` is its name for the alert, never our number. */
static void test_ids(void **state)
{
    static const struct {
        const char *body, *idempotency;
    } rows[] = {
        {"{\"type\":\"a\"}", ""},
        {"{\"type\":\"a\",\"id\":\"x-1\"}", "x-1"},
        {"{\"type\":\"a\",\"id\":4711}", "4711"},
        {"{\"type\":\"a\",\"id\":18446744073709551616}", "18446744073709551616"},
        {"{\"type\":\"a\",\"id\":-1.5e3}", "-1.5e3"},
        {"{\"type\":\"a\",\"id\":null}", ""},
        {"{\"type\":\"a\",\"id\":\"\"}", ""},
        {"{\"type\":\"a\",\"id\":7,\"began_id\":8,\"repeats\":9}", "7"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct batch batch;
        struct error err;
        int status;

        if (!take(&a, str_of(rows[i].body), &batch, &status, &err))
            fail_msg("%s: %s: %s", rows[i].body, err.place, err.text);
        assert_str(rows[i].body, batch.v[0].idempotency, rows[i].idempotency);
        assert_i64(rows[i].body, batch.v[0].alert.id, 0);
        assert_i64(rows[i].body, batch.v[0].alert.began_id, 0);
        assert_i64(rows[i].body, batch.v[0].alert.repeats, 0);
        assert_null(batch.v[0].alert.facts);
    }
}

static void test_messages(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    struct batch batch;
    struct error err;
    int status;

    (void)state;
    assert_true(take(&a, STR("[{\"type\":\"a\",\"message\":\"said\"},{\"type\":\"a_b\"}]"),
                     &batch, &status, &err));
    assert_str("given", batch.v[0].alert.message, "said");
    assert_true(batch.v[1].alert.message.n > 0); /* made from what is known */
}

static void test_refused(void **state)
{
    static const struct {
        const char *body;
        int status;
        const char *place, *words;
    } rows[] = {
        {"{}", 422, "", "type or a message"},
        {"[{\"type\":\"a\"},{\"type\":\"b\"},{\"type\":\"c\"},{\"type\":\"d\","
         "\"entity_value\":5}]",
         422, "/3/entity_value", "a string, not a number"},
        {"{\"type\":\"a\"}\n{\"type\":\"b\",\"score\":-1}", 422, "/1/score", "-1"},
        {"{\"type\":\"a\"}\n{\"type\":\"b\"", 400, "/1", "byte"},
        {"{\"type\":\"a\"}\nhello", 400, "/1", "byte"},
        {"{\"type\":\"a\"},{\"type\":\"b\"}", 400, "/1", "byte"},
        {"[{\"type\":\"a\"}] x", 400, "", "more text"},
        {"[{\"type\":\"a\"},", 400, "", "byte"},
        {"[1]", 422, "/0", "not a number"},
        {"[[]]", 422, "/0", "not an array"},
        {"\"text\"", 422, "", "not a string"},
        {"null", 422, "", "not null"},
        {"{\"type\":\" \"}", 422, "/type", "blank"},
        {"{\"type\":\"a\\u0000\"}", 422, "/type", "U+0000"},
        {"{\"type\":\"a\",\"message\":\"\\u001b[31m\"}", 422, "/message", "U+001B"},
        {"{\"type\":\"a\",\"entity_value\":\"x\\ny\"}", 422, "/entity_value", "U+000A"},
        {"{\"type\":\"a\",\"id\":true}", 422, "/id", "a string or a number"},
        {"{\"type\":\"a\",\"f\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", 422, "", "too deep"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct batch batch;
        struct error err;
        int status;

        if (take(&a, str_of(rows[i].body), &batch, &status, &err))
            fail_msg("taken: %s", rows[i].body);
        assert_i64(rows[i].body, status, rows[i].status);
        assert_str(rows[i].body, str_of(err.place), rows[i].place);
        if (strstr(err.text, rows[i].words) == NULL)
            fail_msg("%s: \"%s\"", rows[i].body, err.text);
        assert_int_equal(batch.n, 0);
    }
}

/* What no rule forbids comes through unchanged: bidi, zero width, large numbers. */
static void test_kept(void **state)
{
    static const char line[] =
        "{\"type\":\"t\",\"message\":\"\xe2\x80\xae"
        "abc\xe2\x80\x8b\",\"a\":9007199254740993,\"b\":9223372036854775808,\"c\":1e999,"
        "\"d\":-0,\"e\":\"\\u0000\",\"f\":\"\\ud83d\\ude00\"}";
    struct arena a freed_by(arena_release) = {0};
    struct batch batch;
    struct error err;
    int status;

    (void)state;
    assert_true(take(&a, STR(line), &batch, &status, &err));
    assert_str("message", batch.v[0].alert.message, "\xe2\x80\xae"
                                                    "abc\xe2\x80\x8b");
    assert_str("a", alert_fact_text(&batch.v[0].alert, "a"), "9007199254740993");
    assert_str("b", alert_fact_text(&batch.v[0].alert, "b"), "9223372036854775808");
    assert_str("c", alert_fact_text(&batch.v[0].alert, "c"), "1e999");
    assert_str("d", alert_fact_text(&batch.v[0].alert, "d"), "-0");
    assert_int_equal(alert_fact_text(&batch.v[0].alert, "e").n, 1);
    assert_str("f", alert_fact_text(&batch.v[0].alert, "f"), "\xf0\x9f\x98\x80");
}

/* n alerts, in an array or as lines. */
static bool take_many(size_t n, bool lines, struct error *err)
{
    struct buf body freed_by(buf_release) = BUF(4u << 20);
    struct arena a freed_by(arena_release) = {0};
    struct batch batch;
    int status;

    buf_text(&body, lines ? "" : "[");
    for (size_t i = 0; i < n; i++)
        buf_printf(&body, "%s{\"type\":\"t\"}", i == 0 ? "" : lines ? "\n" : ",");
    buf_text(&body, lines ? "" : "]");
    return take(&a, buf_view(&body), &batch, &status, err) && batch.n == n;
}

static void test_limits(void **state)
{
    static const struct {
        const char *name;
        size_t most;
    } rows[] = {
        {"type", ALERT_NAME_MAX},         {"category", ALERT_NAME_MAX},
        {"source", ALERT_NAME_MAX},       {"key", ALERT_KEY_MAX},
        {"entity_value", ALERT_ENTITY_VALUE_MAX}, {"message", ALERT_MESSAGE_MAX},
        {"id", IDEMPOTENCY_MAX},
    };
    struct error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows) * 2; i++) {
        struct arena a freed_by(arena_release) = {0};
        size_t n = rows[i / 2].most + i % 2;
        char *text = arena_new(&a, n + 1);
        const char *name = rows[i / 2].name;
        struct batch batch;
        int status;
        bool taken;

        memset(text, 'x', n);
        taken = take(&a,
                     arena_printf(&a, "{%s\"%s\":\"%s\"}",
                                  strcmp(name, "type") == 0 ? "" : "\"type\":\"t\",", name,
                                  text),
                     &batch, &status, &err);
        if (taken != (i % 2 == 0))
            fail_msg("%s of %zu: %s", name, n, err.text);
        if (!taken)
            assert_str(name, str_of(err.place), arena_printf(&a, "/%s", name).p);
    }
    assert_true(take_many(INTAKE_ALERTS_MAX, false, &err));
    assert_true(take_many(INTAKE_ALERTS_MAX, true, &err));
    assert_false(take_many(INTAKE_ALERTS_MAX + 1, false, &err));
    assert_non_null(strstr(err.text, "10000"));
    assert_false(take_many(INTAKE_ALERTS_MAX + 1, true, &err));
    assert_non_null(strstr(err.text, "10000"));
}

static void test_too_many_members(void **state)
{
    struct buf body freed_by(buf_release) = BUF(4u << 20);

    (void)state;
    buf_text(&body, "{\"type\":\"t\"");
    for (int i = 0; i < 100000; i++)
        buf_printf(&body, ",\"%d\":0", i);
    buf_text(&body, "}");
    refuses(decode_native, "100,000 members", buf_view(&body));
}

static void test_hostile(void **state)
{
    (void)state;
    refuses_hostile(decode_native, "{\"type\":\"t\",\"x\":", "}");
    refuses_hostile(decode_native, "[{\"type\":\"t\",\"x\":", "}]");
    refuses_hostile(decode_native, "{\"type\":\"t\"}\n{\"type\":\"t\",\"x\":", "}");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_too_many_members),
        cmocka_unit_test(test_hostile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
