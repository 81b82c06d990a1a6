/* test_pagerduty.c -- which alerts page somebody, and that a beginning and its end
 * have one key, which no other alert has. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "checks.h"

#define PAGER "\"integration_key\":\"0123456789abcdef0123456789abcdef\""

static const void *params(struct arena *a, const struct field *rows, size_t size,
                          const char *json)
{
    const void *made;

    assert_true(checks_params(a, rows, size, json, &made, NULL));
    return made;
}

static const struct endpoint_type *type(void)
{
    return endpoint_type_find(STR("pagerduty"));
}

static void test_wants(void **state)
{
    static const struct {
        const char *recipient;
        enum action action;
        bool want;
    } rows[] = {
        {"{}", ACTION_ENGAGE, true},
        {"{}", ACTION_RELEASE, true},
        {"{}", ACTION_STORE, true},
        {"{\"one_shot\":\"change\"}", ACTION_STORE, true},
        {"{\"one_shot\":\"skip\"}", ACTION_STORE, false},
        {"{\"one_shot\":\"skip\"}", ACTION_ENGAGE, true},
        {"{\"one_shot\":\"skip\"}", ACTION_RELEASE, true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct alert alert = {.action = rows[i].action};
        struct render_item item = {.alert = &alert};
        struct error why = {0};
        const void *recipient = params(&a, type()->recipient_fields,
                                       type()->recipient_size, rows[i].recipient);

        assert_int_equal(type()->wants(NULL, recipient, &item, &why),
                         rows[i].want);
        assert_int_equal(why.text[0] == '\0', rows[i].want);
    }
}

static const struct json *event_of(const struct alert *alert, enum phase phase,
                                   const char *instance, struct arena *a)
{
    struct render_item item = {.alert = alert, .phase = phase, .id = STR("1.1")};
    struct render_input in = {
        .endpoint = params(a, type()->endpoint_fields, type()->endpoint_size,
                           "{" PAGER "}"),
        .recipient = params(a, type()->recipient_fields, type()->recipient_size,
                            "{}"),
        .items = &item,
        .count = 1,
        .place = {str_of(instance), STR_NONE, 0},
    };
    struct request r;
    struct error err;

    assert_true(type()->render(&in, a, &r, &err));
    return json_parse(a, r.http.body, &err);
}

static struct str key_of(const struct alert *alert, enum phase phase,
                         const char *instance, struct arena *a)
{
    return json_text(json_get(event_of(alert, phase, instance, a), "dedup_key"));
}

/* PagerDuty refuses an event without these. */
static void test_nothing_to_show(void **state)
{
    struct alert alert = {.type = STR("\xe2\x80\x8b"), .entity = ENTITY_FLOW,
                          .entity_value = STR("\xe2\x80\xae"),
                          .message = STR("\xe2\x80\x8b")};
    struct arena a freed_by(arena_release) = {0};
    const struct json *payload = json_get(event_of(&alert, PHASE_NEW,
                                                   "\xe2\x80\x8b", &a), "payload");

    (void)state;
    assert_true(str_is(json_text(json_get(payload, "summary")), "Alert"));
    assert_true(json_text(json_get(payload, "source")).n > 0);
}

/* "ab" and "c" are not "a" and "bc". */
static void test_keys(void **state)
{
    static const struct {
        const char *instance;
        enum entity entity;
        const char *value, *type, *key;
    } rows[] = {
        {"gw", ENTITY_HOST, "ab", "c", "k"}, {"gw", ENTITY_HOST, "a", "bc", "k"},
        {"gw", ENTITY_HOST, "ab", "c", "l"}, {"gw", ENTITY_USER, "ab", "c", "k"},
        {"hw", ENTITY_HOST, "ab", "c", "k"}, {"", ENTITY_HOST, "", "", ""},
    };
    struct arena a freed_by(arena_release) = {0};
    struct str keys[COUNT_OF(rows)];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct alert begins = {.entity = rows[i].entity,
                               .entity_value = str_of(rows[i].value),
                               .type = str_of(rows[i].type),
                               .key = str_of(rows[i].key), .id = 1,
                               .message = STR("began")};
        struct alert ends = begins;

        ends.action = ACTION_RELEASE;
        ends.id = 2;
        ends.message = STR("is over");
        keys[i] = key_of(&begins, PHASE_NEW, rows[i].instance, &a);
        assert_int_equal(keys[i].n, 64);
        assert_true(str_eq(keys[i], key_of(&ends, PHASE_RELEASE, rows[i].instance,
                                           &a)));
        for (size_t k = 0; k < i; k++)
            assert_false(str_eq(keys[i], keys[k]));
    }
}

/* --- parameters --------------------------------------------------------------- */

static const struct check_row checks[] = {
    {"pagerduty", "{" PAGER "}", "{}", "", NULL},
    {"pagerduty", "{" PAGER ",\"region\":\"eu\"}", "{\"one_shot\":\"skip\"}", "",
     NULL},
    {"pagerduty", "{}", NULL, "/integration_key", "required"},
    {"pagerduty", "{\"integration_key\":\"0123456789abcdef0123456789abcde\"}", NULL,
     "/integration_key", "32"},
    {"pagerduty", "{\"integration_key\":\"0123456789abcdef0123456789abcde!\"}",
     NULL, "/integration_key", "32 letters and digits"},
    {"pagerduty", "{" PAGER ",\"region\":\"asia\"}", NULL, "/region", "eu"},
    {"pagerduty", "{" PAGER "}", "{\"one_shot\":\"page\"}", "/one_shot",
     "incident"},
    {"pagerduty", "{" PAGER ",\"api_url\":\"https://events.pagerduty.com/\"}",
     NULL, "", NULL},
    {"pagerduty", "{" PAGER ",\"api_url\":\"http://127.0.0.1:8080\"}", NULL,
     "/api_url", "allow_private"},
    {"pagerduty", "{" PAGER ",\"api_url\":\"http://127.0.0.1:8080\","
                  "\"allow_private\":true}", NULL, "", NULL},
    {"pagerduty", "{" PAGER ",\"api_url\":\"http://127.0.0.1:8080/?x\","
                  "\"allow_private\":true}", NULL, "/api_url", "without ?"},
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
        cmocka_unit_test(test_wants),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_nothing_to_show),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
