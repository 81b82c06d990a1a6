/* test_pace.c -- repeats, flapping, storms, quiet hours and digests as tables, and
 * the memory they go by. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "routing/pace.h"

#define MIN_MS 60000LL
#define START_MS 1795600800000LL /* 2026-11-25T10:00:00Z, a Wednesday */
#define KEY 77u

static const struct pace_defaults defaults = {
    .repeat_interval = 60 * MIN_MS,
    .flapping_count = 4,
    .flapping_window = 30 * MIN_MS,
    .time_zone = {"UTC", 3},
};

struct reader {
    struct arena arena;
    struct pace pace;
    struct zone *zone;
    struct told *told;
};

static void reader_released(struct reader *r)
{
    told_free(r->told);
    zone_free(r->zone);
    arena_release(&r->arena);
}

static struct reader reader_with(const char *options)
{
    struct reader r = {.told = told_new(100)};
    struct error err = {0};
    const struct json *j = json_parse(&r.arena, str_of(options), &err);

    if (j == NULL || !pace_read(j, &defaults, true, &r.arena, &r.pace, &r.zone, &err))
        fail_msg("%s: %s%s", options, err.place, err.text);
    return r;
}

static void note(struct reader *r, int64_t at_ms, enum severity severity,
                 enum change change, bool withheld)
{
    struct told_event e = {
        .recipient_id = 3,
        .key_hash = KEY,
        .at_ms = at_ms,
        .severity = severity,
        .change = change,
        .outcome = withheld ? TOLD_WITHHELD : TOLD_SENT,
    };

    told_note(r->told, &r->pace, &e);
}

static const struct told_alert *known(const struct reader *r)
{
    return told_alert(r->told, 3, KEY);
}

/* --- repeats ------------------------------------------------------------------- */

static void test_repeats(void **state)
{
    static const struct {
        const char *options;
        int64_t told_min; /* minutes after the start; -1: never */
        int64_t now_min;
        enum severity severity; /* told at warning */
        int64_t until_min; /* 0: it is told */
    } rows[] = {
        {"{}", -1, 0, SEVERITY_WARNING, 0},
        {"{}", 0, 1, SEVERITY_WARNING, 60},
        {"{}", 0, 59, SEVERITY_NOTICE, 60},
        {"{}", 0, 60, SEVERITY_WARNING, 0},
        {"{}", 0, 1, SEVERITY_ERROR, 0}, /* worse is news */
        {"{\"repeat_interval\":\"0\"}", 0, 0, SEVERITY_WARNING, 0},
        {"{\"repeat_interval\":\"2h\"}", 0, 119, SEVERITY_WARNING, 120},
        {"{\"repeat_interval\":300}", 0, 5, SEVERITY_WARNING, 0},
        /* The clock was set back by ten minutes. */
        {"{}", 10, 0, SEVERITY_WARNING, 60},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct reader r freed_by(reader_released) = reader_with(rows[i].options);
        int64_t until_ms = 0;
        bool held;

        if (rows[i].told_min >= 0)
            note(&r, START_MS + rows[i].told_min * MIN_MS, SEVERITY_WARNING,
                 CHANGE_STORED, false);
        held = pace_repeats(&r.pace, known(&r), rows[i].severity,
                            START_MS + rows[i].now_min * MIN_MS, &until_ms);
        if (held != (rows[i].until_min > 0) ||
            (held && until_ms != START_MS + rows[i].until_min * MIN_MS))
            fail_msg("row %zu: %d, until %lld", i, held, (long long)until_ms);
    }
}

static void test_withheld_are_counted(void **state)
{
    struct reader r freed_by(reader_released) = reader_with("{}");

    (void)state;
    note(&r, START_MS, SEVERITY_WARNING, CHANGE_STORED, false);
    note(&r, START_MS + MIN_MS, SEVERITY_WARNING, CHANGE_STORED, true);
    note(&r, START_MS + 2 * MIN_MS, SEVERITY_WARNING, CHANGE_STORED, true);
    assert_int_equal(known(&r)->withheld, 2);
    assert_true(known(&r)->withheld_from_ms == START_MS + MIN_MS);
    assert_true(known(&r)->told_ms == START_MS);
    note(&r, START_MS + 61 * MIN_MS, SEVERITY_ERROR, CHANGE_STORED, false);
    assert_int_equal(known(&r)->withheld, 0);
    assert_int_equal(known(&r)->severity, SEVERITY_ERROR);
    assert_null(told_alert(r.told, 4, KEY));
    assert_null(told_alert(r.told, 3, KEY + 1));
}

static void test_releases_and_repeats_of_engaged_change_nothing(void **state)
{
    struct reader r freed_by(reader_released) = reader_with("{}");

    (void)state;
    note(&r, START_MS, SEVERITY_WARNING, CHANGE_RELEASED, false);
    note(&r, START_MS, SEVERITY_WARNING, CHANGE_REPEATED, false);
    note(&r, START_MS, SEVERITY_WARNING, CHANGE_UNSEEN, false);
    assert_int_equal(told_count(r.told), 0);
}

/* --- flapping -------------------------------------------------------------------- */

static void test_flapping(void **state)
{
    /* Flaps from the 4th engage in 30 minutes on; settled with fewer than 2. */
    static const struct {
        int64_t at_min;
        enum flapping want;
        int64_t until_min;
    } engages[] = {
        {0, FLAPPING_NOT, 0},     {5, FLAPPING_NOT, 0},
        {10, FLAPPING_NOT, 0},    {15, FLAPPING_BEGINS, 0},
        {20, FLAPPING_ON, 45}, /* the one at 15 leaves at 45 */
        {40, FLAPPING_ON, 50},    {69, FLAPPING_ON, 70},
        {99, FLAPPING_NOT, 0}, /* the one at 69 has just left */
        {100, FLAPPING_NOT, 0},   {101, FLAPPING_NOT, 0},
        {102, FLAPPING_BEGINS, 0}, {103, FLAPPING_ON, 132},
    };
    struct reader r freed_by(reader_released) = reader_with("{}");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(engages); i++) {
        int64_t until_ms = 0, now_ms = START_MS + engages[i].at_min * MIN_MS;
        enum flapping got = pace_flaps(&r.pace, known(&r), now_ms, &until_ms);

        if (got != engages[i].want ||
            (got == FLAPPING_ON && until_ms != START_MS + engages[i].until_min * MIN_MS))
            fail_msg("engage at %lld min: %d, until %lld min",
                     (long long)engages[i].at_min, got,
                     (long long)((until_ms - START_MS) / MIN_MS));
        note(&r, now_ms, SEVERITY_WARNING, CHANGE_ENGAGED, got == FLAPPING_ON);
    }
}

static void test_flapping_off(void **state)
{
    struct reader r freed_by(reader_released) = reader_with("{\"flapping_count\":0}");
    int64_t until_ms;

    (void)state;
    for (int64_t i = 0; i < 20; i++) {
        assert_int_equal(pace_flaps(&r.pace, known(&r), START_MS + i, &until_ms),
                         FLAPPING_NOT);
        note(&r, START_MS + i, SEVERITY_WARNING, CHANGE_ENGAGED, false);
    }
}

/* --- storms ------------------------------------------------------------------------ */

static void test_storms(void **state)
{
    /* At most 2 in 10 minutes; then everything until the window ends is held. */
    static const struct {
        int64_t at_min, until_min; /* 0: told */
    } rows[] = {
        {0, 0},   {1, 0},   {2, 10},  {9, 10},  /* the window of 0 */
        {12, 22}, {13, 22}, {14, 22},           /* goes on: the window of 12 */
        {23, 33}, /* a storm's window, and only one message: it is over */
        {34, 0},  {35, 0},  {36, 44},
        {60, 0}, /* a whole window without a message ends it, too */
    };
    struct reader r freed_by(reader_released) =
        reader_with("{\"storm_limit\":2,\"storm_window\":\"10m\"}");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t until_ms = 0, now_ms = START_MS + rows[i].at_min * MIN_MS;
        bool held = pace_storms(&r.pace, told_recipient(r.told, 3), now_ms, &until_ms);

        if (held != (rows[i].until_min > 0) ||
            (held && until_ms != START_MS + rows[i].until_min * MIN_MS))
            fail_msg("at %lld min: %d until %lld min", (long long)rows[i].at_min, held,
                     (long long)((until_ms - START_MS) / MIN_MS));
        note(&r, now_ms, SEVERITY_WARNING, CHANGE_STORED, false);
    }
}

static void test_no_limit_no_storm(void **state)
{
    struct reader r freed_by(reader_released) = reader_with("{}");
    int64_t until_ms;

    (void)state;
    for (int i = 0; i < 100; i++)
        note(&r, START_MS, SEVERITY_WARNING, CHANGE_STORED, false);
    assert_false(pace_storms(&r.pace, told_recipient(r.told, 3), START_MS, &until_ms));
}

/* --- quiet hours and digests ----------------------------------------------------------- */

static void test_quiet_and_digest(void **state)
{
    static const struct {
        const char *options;
        enum severity severity;
        int64_t quiet_min, digest_min; /* minutes after 10:00 UTC; 0: told */
    } rows[] = {
        {"{}", SEVERITY_NOTICE, 0, 0},
        {"{\"quiet_hours\":\"09:00-12:00\"}", SEVERITY_NOTICE, 120, 0},
        {"{\"quiet_hours\":\"09:00-12:00\"}", SEVERITY_CRITICAL, 0, 0},
        {"{\"quiet_hours\":\"09:00-12:00\",\"urgent_severity\":\"none\"}",
         SEVERITY_EMERGENCY, 120, 0},
        {"{\"quiet_hours\":\"09:00-12:00\",\"urgent_severity\":\"warning\"}",
         SEVERITY_WARNING, 0, 0},
        {"{\"quiet_hours\":\"09:00-12:00\",\"time_zone\":\"Europe/Rome\"}",
         SEVERITY_NOTICE, 60, 0},
        {"{\"quiet_hours\":\"sat-sun\"}", SEVERITY_NOTICE, 0, 0},
        {"{\"digest\":\"every 15 min\"}", SEVERITY_NOTICE, 0, 15},
        {"{\"digest\":\"daily at 12:30\",\"time_zone\":\"Europe/Rome\"}",
         SEVERITY_NOTICE, 0, 90},
        {"{\"digest\":\"every 15 min\"}", SEVERITY_CRITICAL, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct reader r freed_by(reader_released) = reader_with(rows[i].options);
        int64_t quiet_ms = START_MS, digest_ms = START_MS;

        pace_quiet(&r.pace, rows[i].severity, START_MS, &quiet_ms);
        pace_digests(&r.pace, rows[i].severity, START_MS, &digest_ms);
        if (quiet_ms != START_MS + rows[i].quiet_min * MIN_MS ||
            digest_ms != START_MS + rows[i].digest_min * MIN_MS)
            fail_msg("row %zu: quiet %lld, digest %lld", i,
                     (long long)(quiet_ms - START_MS) / MIN_MS,
                     (long long)(digest_ms - START_MS) / MIN_MS);
    }
}

/* --- the memory ------------------------------------------------------------------------- */

static void test_memory_is_bounded(void **state)
{
    struct reader r freed_by(reader_released) = reader_with("{}");
    struct told_event e = {.recipient_id = 3, .change = CHANGE_STORED,
                           .severity = SEVERITY_WARNING};

    (void)state;
    for (e.key_hash = 0; e.key_hash < 150; e.key_hash++) {
        e.at_ms = START_MS + (int64_t)e.key_hash;
        told_note(r.told, &r.pace, &e);
    }
    assert_int_equal(told_count(r.told), 100);
    assert_null(told_alert(r.told, 3, 49));
    assert_non_null(told_alert(r.told, 3, 50));
    e.at_ms = START_MS + TOLD_KEPT_MS + 149; /* all but the one at 149 are too old */
    told_note(r.told, &r.pace, &e);
    assert_int_equal(told_count(r.told), 2);
}

static void test_what_was_not_committed_is_forgotten(void **state)
{
    struct reader r freed_by(reader_released) = reader_with("{}");
    int64_t until_ms;

    (void)state;
    note(&r, START_MS, SEVERITY_WARNING, CHANGE_STORED, false);
    told_forget(r.told, 3, KEY);
    told_forget(r.told, 3, KEY);
    assert_false(pace_repeats(&r.pace, known(&r), SEVERITY_WARNING, START_MS, &until_ms));
}

/* --- options ------------------------------------------------------------------------------ */

static void test_mistakes(void **state)
{
    static const struct {
        const char *options, *place, *says;
        bool gathers;
    } rows[] = {
        {"{\"repeat_interval\":\"8d\"}", "/repeat_interval", "0s to 1w", true},
        {"{\"flapping_count\":2}", "/flapping_count", "3 to 10", true},
        {"{\"digest\":\"22:00-07:00\"}", "/digest", "column 1: moments", true},
        {"{\"digest\":\"daily at 08:00\"}", "/digest", "no summaries", false},
        {"{\"storm_limit\":5}", "/storm_limit", "no summaries", false},
        {"{\"quiet_hours\":\"22:00\"}", "/quiet_hours", "column 6", true},
        {"{\"urgent_severity\":\"hgih\"}", "/urgent_severity", "hgih", true},
        {"{\"time_zone\":\"Europe/Berlni\"}", "/time_zone", "Europe/Berlni", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct error err = {0};
        struct zone *zone = NULL;
        struct pace p;

        assert_false(pace_read(json_parse(&a, str_of(rows[i].options), NULL), &defaults,
                               rows[i].gathers, &a, &p, &zone, &err));
        zone_free(zone);
        if (strcmp(err.place, rows[i].place) != 0 ||
            strstr(err.text, rows[i].says) == NULL)
            fail_msg("%s: %s: %s", rows[i].options, err.place, err.text);
    }
}

static void test_written_as_read(void **state)
{
    static const char *const rows[] = {
        "{\"storm_window\":\"5m\",\"urgent_severity\":\"critical\","
        "\"escalate_after\":\"15m\"}",
        "{\"storm_window\":\"5m\",\"urgent_severity\":\"critical\","
        "\"escalate_after\":\"15m\",\"repeat_interval\":\"0s\",\"flapping_count\":0}",
        "{\"repeat_interval\":\"10m\",\"flapping_count\":5,\"storm_limit\":20,"
        "\"storm_window\":\"1m\",\"digest\":\"every 15 min\","
        "\"quiet_hours\":\"22:00-07:00\",\"urgent_severity\":\"none\","
        "\"time_zone\":\"Europe/Rome\",\"escalate_to\":\"boss\","
        "\"escalate_after\":\"30s\"}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct reader r freed_by(reader_released) = reader_with(rows[i]);
        struct buf b freed_by(buf_release) = BUF(4096);
        struct json_out o = {.to = &b};

        out_object(&o, NULL);
        pace_write(&r.pace, &o);
        out_object_end(&o);
        assert_string_equal(buf_c(&b), rows[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repeats),
        cmocka_unit_test(test_withheld_are_counted),
        cmocka_unit_test(test_releases_and_repeats_of_engaged_change_nothing),
        cmocka_unit_test(test_flapping),
        cmocka_unit_test(test_flapping_off),
        cmocka_unit_test(test_storms),
        cmocka_unit_test(test_no_limit_no_storm),
        cmocka_unit_test(test_quiet_and_digest),
        cmocka_unit_test(test_memory_is_bounded),
        cmocka_unit_test(test_what_was_not_committed_is_forgotten),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_written_as_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
