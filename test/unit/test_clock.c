/* test_clock.c -- RFC 3339 both ways, the calendar, zones, and real clocks. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>

#include "base/clock.h"

static void writing(void **state unused)
{
    static const struct {
        int64_t ms;
        const char *want;
    } rows[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {1606141256000, "2020-11-23T14:20:56.000Z"},
        {1606141256789, "2020-11-23T14:20:56.789Z"},
        {951782400000, "2000-02-29T00:00:00.000Z"},
        {951868800000, "2000-03-01T00:00:00.000Z"},
        {4107542400000, "2100-03-01T00:00:00.000Z"},
        {-1, "1969-12-31T23:59:59.999Z"},
        {-62135596800000, "0001-01-01T00:00:00.000Z"},
        {-62167219200000, "0000-01-01T00:00:00.000Z"},
        {253402300799999, "9999-12-31T23:59:59.999Z"},
        {INT64_MIN, "0000-01-01T00:00:00.000Z"},
        {INT64_MAX, "9999-12-31T23:59:59.999Z"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char got[TIME_TEXT_MAX];

        time_text(rows[i].ms, true, got);
        assert_string_equal(got, rows[i].want);
    }
}

static void writing_seconds(void **state unused)
{
    char got[TIME_TEXT_MAX];

    time_text(1606141256789, false, got);
    assert_string_equal(got, "2020-11-23T14:20:56Z");
}

static void parsing(void **state unused)
{
    static const struct {
        const char *text;
        int64_t want; /* -7: refused */
    } rows[] = {
        {"2020-11-23T14:20:56Z", 1606141256000},
        {"2020-11-23t14:20:56z", 1606141256000},
        {"2020-11-23 14:20:56Z", 1606141256000},
        {"2020-11-23T14:20:56.7Z", 1606141256700},
        {"2020-11-23T14:20:56.789Z", 1606141256789},
        {"2020-11-23T14:20:56.789999999Z", 1606141256789},
        {"2020-11-23T15:20:56+01:00", 1606141256000},
        {"2020-11-23T15:20:56+0100", 1606141256000},
        {"2020-11-23T09:50:56.000000-04:30", 1606141256000},
        {"2020-11-23T14:20:56-00:00", 1606141256000},
        {"2016-12-31T23:59:60Z", 1483228800000}, /* a leap second */
        {"2000-02-29T00:00:00Z", 951782400000},
        {"1969-12-31T23:59:59.999Z", -1},
        {"0001-01-01T00:00:00Z", 0}, /* Go's zero time */
        {"0001-01-01T00:00:01Z", -62135596799000},
        {"9999-12-31T23:59:59Z", 253402300799000},
        {"2020-11-23T14:20:56", -7},
        {"2020-11-23", -7},
        {"2020-11-23T14:20Z", -7},
        {"2020-11-23T14:20:56.Z", -7},
        {"2020-11-23T14:20:56,5Z", -7},
        {"2020-11-23T14:20:56.0000000000Z", -7},
        {"2020-11-23T14:20:56 Z", -7},
        {"2020-11-23T14:20:56+01", -7},
        {"2020-11-23T14:20:56+1:00", -7},
        {"2020-11-23T14:20:56+24:00", -7},
        {"2020-11-23T14:20:56+01:60", -7},
        {"2020-11-23T14:20:56Zx", -7},
        {"2020-11-23T24:00:00Z", -7},
        {"2020-11-23T14:60:00Z", -7},
        {"2020-11-23T14:20:61Z", -7},
        {"2020-13-01T00:00:00Z", -7},
        {"2020-00-01T00:00:00Z", -7},
        {"2020-01-00T00:00:00Z", -7},
        {"2020-04-31T00:00:00Z", -7},
        {"2021-02-29T00:00:00Z", -7},
        {"1900-02-29T00:00:00Z", -7},
        {"20-11-23T14:20:56Z", -7},
        {"-020-11-23T14:20:56Z", -7},
        {"2020/11/23T14:20:56Z", -7},
        {"", -7},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t got = -7;
        bool sound = time_parse(str_of(rows[i].text), &got);

        if (got != rows[i].want || sound != (rows[i].want != -7))
            fail_msg("\"%s\" gave %" PRId64, rows[i].text, got);
    }
}

/* Steps of 31 hours and a bit through ten thousand years, against gmtime_r(). */
static void calendar(void **state unused)
{
    for (int64_t s = -62167219200; s < 253402300800; s += 111111111) {
        time_t seconds = (time_t)s;
        struct time_parts got;
        struct tm want;
        int64_t parsed;
        char text[TIME_TEXT_MAX];

        gmtime_r(&seconds, &want);
        time_parts_utc(s * 1000 + 999, &got);
        assert_int_equal(got.year, want.tm_year + 1900);
        assert_int_equal(got.month, want.tm_mon + 1);
        assert_int_equal(got.day, want.tm_mday);
        assert_int_equal(got.hour, want.tm_hour);
        assert_int_equal(got.minute, want.tm_min);
        assert_int_equal(got.second, want.tm_sec);
        assert_int_equal(got.weekday, want.tm_wday);
        assert_true(time_from_parts(&got) == s * 1000);
        time_text(s * 1000, true, text);
        assert_true(time_parse(str_of(text), &parsed));
        assert_true(parsed == s * 1000);
    }
}

static void zones(void **state unused)
{
    struct time_parts summer, winter;

    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    time_parts_local(1606141256000, &winter);
    time_parts_local(1594818000000, &summer);
    assert_int_equal(winter.hour, 15);
    assert_int_equal(winter.offset_s, 3600);
    assert_int_equal(winter.weekday, 1);
    assert_int_equal(summer.hour, 15);
    assert_int_equal(summer.offset_s, 7200);
    assert_true(time_from_parts(&winter) == 1606141256000);
    assert_true(time_from_parts(&summer) == 1594818000000);
    assert_string_equal(time_month_names[winter.month - 1], "Nov");
    assert_string_equal(time_weekday_names[winter.weekday], "Mon");
    unsetenv("TZ");
    tzset();
}

/* Senders of syslog leave nonsense in their dates; it only has to be defined. */
static void odd_parts(void **state unused)
{
    struct time_parts t = {.year = 2020, .month = 14, .day = 31};

    assert_true(time_from_parts(&t) == 1614729600000); /* 2021-03-03 */
    t.month = 0;
    t.day = 1;
    assert_true(time_from_parts(&t) == 1575158400000); /* 2019-12-01 */
}

static void real_clocks(void **state unused)
{
    const struct clock *c = &clock_real;
    int64_t before = clock_tick_ms(c), wall = clock_wall_ms(c);
    uint32_t all = 0, none = UINT32_MAX;

    assert_true(wall > 1577836800000); /* 2020: the code is younger */
    assert_true(clock_tick_ms(c) >= before);
    for (int i = 0; i < 200; i++) { /* each bit is sometimes set, sometimes not */
        uint32_t dice = clock_dice(c);

        all |= dice;
        none &= dice;
    }
    assert_true(all == UINT32_MAX && none == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writing),
        cmocka_unit_test(writing_seconds),
        cmocka_unit_test(parsing),
        cmocka_unit_test(calendar),
        cmocka_unit_test(zones),
        cmocka_unit_test(odd_parts),
        cmocka_unit_test(real_clocks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
