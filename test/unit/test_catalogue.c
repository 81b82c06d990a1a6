/* test_catalogue.c -- every alert type is found by its number and by its key. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "alert/entity.h"

#include "strs.h"

/* An entity of the row's family. */
static enum entity entity_of(const struct alert_type *t)
{
    if (t->number >= 4096)
        return ENTITY_SYSTEM;
    return t->entities == 1u << ENTITY_FLOW ? ENTITY_FLOW : ENTITY_HOST;
}

static void test_every_row_is_found(void **state)
{
    size_t n, flows = 0, hosts = 0;
    const struct alert_type *all = catalogue_all(&n);

    (void)state;
    assert_int_equal(n, 216);
    for (size_t i = 0; i < n; i++) {
        enum entity e = entity_of(&all[i]);

        flows += e == ENTITY_FLOW;
        hosts += e == ENTITY_HOST;
        /* Were there a double, one of the two would not be itself. */
        assert_ptr_equal(catalogue_by_number(e, all[i].number), &all[i]);
        assert_ptr_equal(catalogue_by_key(e, str_of(all[i].key)), &all[i]);
    }
    assert_int_equal(flows, 96);
    assert_int_equal(hosts, 26);
}

static void test_every_row_is_sound(void **state)
{
    size_t n;
    const struct alert_type *all = catalogue_all(&n);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        const struct alert_type *t = &all[i];
        struct str key = str_of(t->key);

        if (t->title[0] == '\0' || key.n == 0 || str_starts(key, "alert_") ||
            str_starts(key, "flow_alert_") || str_starts(key, "host_alert_") ||
            str_starts(key, "notused") || str_is(key, "normal"))
            fail_msg("row %zu: \"%s\" \"%s\"", i, t->key, t->title);
        if (t->category != NULL)
            assert_true(category_number(str_of(t->category)) >= 0);
        assert_true(t->score >= -1 && t->score <= 250);
        for (unsigned e = 0; e < 32; e++) {
            enum entity known;

            if ((t->entities >> e & 1) != 0)
                assert_true(entity_from_number(e, &known));
        }
    }
}

static void test_known_ones(void **state)
{
    static const struct {
        enum entity entity;
        int64_t number;
        const char *key, *title, *category; /* NULL: not there */
        int score;
        bool attacker, victim;
    } rows[] = {
        {ENTITY_FLOW, 12, "low_goodput", "Low Goodput Ratio", "network", 10, false,
         false},
        {ENTITY_FLOW, 40, "ndpi_url_possible_sql_injection", "Possible SQL Inj",
         "security", 150, true, true},
        {ENTITY_HOST, 5, "syn_scan", "TCP SYN Scan", "security", 50, true, false},
        {ENTITY_FLOW, 5, "device_protocol_not_allowed", "Susp. Device Protocol",
         "security", 100, true, false},
        {ENTITY_AM_HOST, 4119, "am_threshold_cross", "Active Monitoring",
         "active_monitoring", 50, false, false},
        {ENTITY_MAC, 4112, "mac_ip_association_change", "IP/MAC Reassoc/Spoofing",
         "other", 100, false, false},
        {ENTITY_HOST, 4136, "threshold_cross", "Threshold Cross", "other", -1,
         false, false},
        {ENTITY_SYSTEM, 4125, "process_notification", "Process", "system", 10,
         false, false},
        {ENTITY_FLOW, 15, NULL, NULL, NULL, 0, false, false},
        {ENTITY_FLOW, 0, NULL, NULL, NULL, 0, false, false},
        {ENTITY_FLOW, 127, NULL, NULL, NULL, 0, false, false},
        {ENTITY_SYSTEM, 12, NULL, NULL, NULL, 0, false, false},
        {ENTITY_SYSTEM, 4129, NULL, NULL, NULL, 0, false, false},
        {ENTITY_HOST, -1, NULL, NULL, NULL, 0, false, false},
        {ENTITY_HOST, INT64_MAX, NULL, NULL, NULL, 0, false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct alert_type *t =
            catalogue_by_number(rows[i].entity, rows[i].number);

        if ((t != NULL) != (rows[i].key != NULL))
            fail_msg("%lld is %s", (long long)rows[i].number,
                     t ? t->key : "not there");
        if (t == NULL)
            continue;
        assert_string_equal(t->key, rows[i].key);
        assert_string_equal(t->title, rows[i].title);
        assert_string_equal(t->category, rows[i].category);
        assert_int_equal(t->score, rows[i].score);
        assert_int_equal(t->attacker, rows[i].attacker);
        assert_int_equal(t->victim, rows[i].victim);
    }
}

static void test_keys(void **state)
{
    (void)state;
    assert_null(catalogue_by_key(ENTITY_FLOW, STR("syn_scan")));
    assert_null(catalogue_by_key(ENTITY_FLOW, STR("low_goodpu")));
    assert_null(catalogue_by_key(ENTITY_FLOW, STR("low_goodput_")));
    assert_null(catalogue_by_key(ENTITY_FLOW, STR_NONE));
    assert_null(catalogue_by_key(ENTITY_HOST, STR("process_notification")));
    assert_int_equal(
        catalogue_like(ENTITY_HOST, STR("process_notification"))->number, 4125);
    /* The same word, a type of its own in each family. */
    assert_int_equal(catalogue_like(ENTITY_HOST, STR("flow_flood"))->number, 4);
    assert_int_equal(catalogue_like(ENTITY_USER, STR("flow_flood"))->number,
                     4101);
    assert_null(catalogue_like(ENTITY_HOST, STR("InstanceDown")));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_is_found),
        cmocka_unit_test(test_every_row_is_sound),
        cmocka_unit_test(test_known_ones),
        cmocka_unit_test(test_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
