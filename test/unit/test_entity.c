/* test_entity.c -- names, numbers and scores of entities, severities, categories. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "alert/entity.h"

#include "strs.h"

static void test_entity_names(void **state)
{
    static const struct {
        const char *text;
        int want; /* -1: none */
    } rows[] = {
        {"interface", 0},     {"host", 1},        {"network", 2},
        {"snmp_device", 3},   {"flow", 4},        {"mac", 5},
        {"host_pool", 6},     {"user", 7},        {"am_host", 8},
        {"system", 9},        {"domain", 12},     {"other", 15},
        {"Host", 1},          {"SNMP Device", 3}, {"snmp device", 3},
        {"Active Monitoring", 8}, {"device", 5},  {"MAC Address", 5},
        {"l7", 12},           {"process", 9},     {"pinged_host", 8},
        {"influx_db", 9},     {"hosts", -1},      {"", -1},
        {"host ", -1},        {"test", -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum entity e;
        bool read = entity_parse(str_of(rows[i].text), &e);

        assert_i64(rows[i].text, read ? (int)e : -1, rows[i].want);
    }
}

static void test_entity_numbers(void **state)
{
    size_t n = 0;

    (void)state;
    for (int64_t i = -2; i < 20; i++) {
        enum entity e, again;

        if (!entity_from_number(i, &e))
            continue;
        assert_int_equal(e, i);
        assert_string_equal(entity_names[n++], entity_name(e));
        assert_true(entity_parse(str_of(entity_name(e)), &again));
        assert_int_equal(again, e);
        assert_true(entity_parse(str_of(entity_label(e)), &again));
        assert_int_equal(again, e);
    }
    assert_int_equal(n, 12);
    assert_null(entity_names[n]);
}

static void test_severity_words(void **state)
{
    static const struct {
        const char *text;
        int want; /* -1: none */
    } rows[] = {
        {"none", 0},     {"debug", 1},      {"info", 2},     {"notice", 3},
        {"warning", 4},  {"error", 5},      {"critical", 6}, {"alert", 7},
        {"emergency", 8}, {"WARNING", 4},   {"Info", 2},     {"low", 2},
        {"warn", 4},     {"minor", 4},      {"err", 5},      {"high", 5},
        {"major", 5},    {"crit", 6},       {"page", 6},     {"emerg", 8},
        {"panic", 8},    {"informational", 2}, {"sev1", -1}, {"", -1},
        {"5", -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum severity s;
        bool read = severity_parse(str_of(rows[i].text), &s);

        assert_i64(rows[i].text, read ? (int)s : -1, rows[i].want);
    }
}

static void test_scores(void **state)
{
    static const struct {
        int64_t score;
        const char *severity;
    } rows[] = {
        {INT64_MIN, "none"}, {-1, "none"},       {0, "none"},
        {1, "info"},         {9, "info"},        {10, "notice"},
        {49, "notice"},      {50, "warning"},    {99, "warning"},
        {100, "error"},      {150, "error"},     {199, "error"},
        {200, "critical"},   {249, "critical"},  {250, "emergency"},
        {5000, "emergency"}, {INT64_MAX, "emergency"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(severity_name(severity_from_score(rows[i].score)),
                            rows[i].severity);
}

static void test_severities(void **state)
{
    static const struct {
        const char *name, *label, *ecs;
        int syslog;
        int64_t score;
    } rows[SEVERITY_COUNT] = {
        {"none", "None", "low", 6, 0},
        {"debug", "Debug", "low", 7, 1},
        {"info", "Info", "low", 6, 1},
        {"notice", "Notice", "low", 5, 10},
        {"warning", "Warning", "medium", 4, 50},
        {"error", "Error", "high", 3, 100},
        {"critical", "Critical", "critical", 2, 200},
        {"alert", "Alert", "critical", 1, 225},
        {"emergency", "Emergency", "critical", 0, 250},
    };

    (void)state;
    for (int i = 0; i < SEVERITY_COUNT; i++) {
        enum severity s;

        assert_true(severity_from_number(i, &s));
        assert_string_equal(severity_name(s), rows[i].name);
        assert_string_equal(severity_names[i], rows[i].name);
        assert_string_equal(severity_label(s), rows[i].label);
        assert_string_equal(severity_ecs(s), rows[i].ecs);
        assert_i64(rows[i].name, severity_syslog(s), rows[i].syslog);
        assert_i64(rows[i].name, severity_score(s), rows[i].score);
        /* The steps ntopng uses survive the way there and back. */
        if (s != SEVERITY_DEBUG && s != SEVERITY_ALERT)
            assert_int_equal(severity_from_score(severity_score(s)), s);
    }
    assert_null(severity_names[SEVERITY_COUNT]);
}

static void test_categories(void **state)
{
    static const char *const labels[CATEGORY_COUNT] = {
        "Other",   "Cybersecurity",     "Internals", "Network", "System",
        "IDS/IPS", "Active Monitoring", "SNMP",
    };
    static const struct {
        enum entity entity;
        const char *type, *want;
    } defaults[] = {
        {ENTITY_FLOW, "low_goodput", "network"},
        {ENTITY_HOST, "syn_scan", "security"},
        {ENTITY_HOST, "packets", "other"},
        {ENTITY_HOST, "process_notification", "system"},
        {ENTITY_SYSTEM, "process_notification", "system"},
        {ENTITY_SYSTEM, "alert_5000", "system"},
        {ENTITY_AM_HOST, "am_threshold_cross", "active_monitoring"},
        {ENTITY_USER, "user_activity", "other"},
        {ENTITY_OTHER, "", "other"},
    };

    (void)state;
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        assert_int_equal(category_number(str_of(category_names[i])), i);
        assert_string_equal(category_label(str_of(category_names[i])), labels[i]);
    }
    assert_null(category_names[CATEGORY_COUNT]);
    assert_int_equal(category_number(STR("prometheus")), -1);
    assert_null(category_label(STR("prometheus")));
    for (size_t i = 0; i < COUNT_OF(defaults); i++)
        assert_string_equal(category_default(defaults[i].entity,
                                             str_of(defaults[i].type)),
                            defaults[i].want);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entity_names),
        cmocka_unit_test(test_entity_numbers),
        cmocka_unit_test(test_severity_words),
        cmocka_unit_test(test_scores),
        cmocka_unit_test(test_severities),
        cmocka_unit_test(test_categories),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
