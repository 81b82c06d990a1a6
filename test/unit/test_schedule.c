/* test_schedule.c -- windows and moments that come again, when clocks jump too. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/schedule.h"

#define MINUTE_MS 60000LL
#define NEVER "never"

static int64_t at(const char *text)
{
    int64_t ms = 0;

    if (strcmp(text, NEVER) == 0)
        return INT64_MAX;
    assert_true(time_parse(str_of(text), &ms));
    return ms;
}

static void assert_moment(const char *what, int64_t got, const char *want)
{
    char text[TIME_TEXT_MAX];

    if (got == at(want))
        return;
    time_text(got, false, text);
    fail_msg("%s: %s, not %s", what, text, want);
}

static struct zone *zone_of(const char *name)
{
    struct error err = {0};
    struct zone *z = zone_new(str_of(name), &err);

    if (z == NULL)
        fail_msg("%s", err.text);
    return z;
}

static void zone_closed(struct zone **z)
{
    zone_free(*z);
}

static struct schedule parsed(const char *text, enum schedule_kind kind)
{
    struct schedule s;
    struct error err = {0};

    if (!schedule_parse(str_of(text), kind, &s, NULL, &err))
        fail_msg("%s: %s", text, err.text);
    return s;
}

/* Rome: 2026-03-29 02:00 is 03:00 (01:00Z); 2026-10-25 03:00 is 02:00 (01:00Z). */
static const struct {
    const char *zone, *text, *now;
    const char *end; /* NULL: outside */
    const char *next;
} windows[] = {
    /* 2026-11-25 is a Wednesday. */
    {"UTC", "mon-fri 22:00-07:00", "2026-11-25T21:59:59Z", NULL, "2026-11-25T22:00:00Z"},
    {"UTC", "mon-fri 22:00-07:00", "2026-11-25T22:00:00Z", "2026-11-26T07:00:00Z",
     "2026-11-26T22:00:00Z"},
    {"UTC", "mon-fri 22:00-07:00", "2026-11-26T06:59:59.999Z", "2026-11-26T07:00:00Z",
     "2026-11-26T22:00:00Z"},
    {"UTC", "mon-fri 22:00-07:00", "2026-11-26T07:00:00Z", NULL, "2026-11-26T22:00:00Z"},
    /* Friday's goes into Saturday; none begins on Saturday or Sunday. */
    {"UTC", "mon-fri 22:00-07:00", "2026-11-28T03:00:00Z", "2026-11-28T07:00:00Z",
     "2026-11-30T22:00:00Z"},
    {"UTC", "mon-fri 22:00-07:00", "2026-11-30T03:00:00Z", NULL, "2026-11-30T22:00:00Z"},
    /* Two lists, what touches is one, days of their own. */
    {"UTC", "mon-fri 22:00-07:00; sat-sun", "2026-11-27T23:00:00Z",
     "2026-11-30T00:00:00Z", "2026-11-30T22:00:00Z"},
    {"UTC", "wed,fri 12:00-13:00, 18:00-19:00", "2026-11-25T13:00:00Z", NULL,
     "2026-11-25T18:00:00Z"},
    {"UTC", "10:00-12:00, 11:00-14:00, 14:00-15:00", "2026-11-25T10:30:00Z",
     "2026-11-25T15:00:00Z", "2026-11-26T10:00:00Z"},
    {"UTC", "sat-mon 00:00-24:00", "2026-11-29T10:00:00Z", "2026-12-01T00:00:00Z",
     "2026-12-05T00:00:00Z"},
    {"UTC", "Saturday, SUN", "2026-11-25T10:00:00Z", NULL, "2026-11-28T00:00:00Z"},
    /* Always: told two weeks ahead, and there is no next. */
    {"UTC", "daily", "2026-11-25T10:00:00Z", "2026-12-10T00:00:00Z", NEVER},
    /* A zone's clocks. */
    {"Europe/Rome", "22:00-07:00", "2026-11-25T21:00:00Z", "2026-11-26T06:00:00Z",
     "2026-11-26T21:00:00Z"},
    {"Asia/Kolkata", "09:00-17:00", "2026-11-25T03:29:59Z", NULL, "2026-11-25T03:30:00Z"},
    {"America/New_York", "sat", "2026-11-28T04:59:00Z", NULL, "2026-11-28T05:00:00Z"},
    /* Forward: what is skipped is not in it; the rest is. */
    {"Europe/Rome", "02:00-03:00", "2026-03-29T00:59:00Z", NULL, "2026-03-30T00:00:00Z"},
    {"Europe/Rome", "02:30-04:00", "2026-03-29T00:59:00Z", NULL, "2026-03-29T01:00:00Z"},
    {"Europe/Rome", "02:30-04:00", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z",
     "2026-03-30T00:30:00Z"},
    {"Europe/Rome", "01:00-02:30", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z",
     "2026-03-29T23:00:00Z"},
    {"Europe/Rome", "22:00-07:00", "2026-03-28T21:00:00Z", "2026-03-29T05:00:00Z",
     "2026-03-29T20:00:00Z"},
    /* Back: the hour that comes twice is in it twice. */
    {"Europe/Rome", "02:15-02:45", "2026-10-25T00:15:00Z", "2026-10-25T00:45:00Z",
     "2026-10-25T01:15:00Z"},
    {"Europe/Rome", "02:15-02:45", "2026-10-25T00:45:00Z", NULL, "2026-10-25T01:15:00Z"},
    {"Europe/Rome", "01:00-02:30", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z",
     "2026-10-25T01:00:00Z"},
    {"Europe/Rome", "22:00-07:00", "2026-10-24T20:00:00Z", "2026-10-25T06:00:00Z",
     "2026-10-25T21:00:00Z"},
    /* Midnight itself is skipped (Beirut, 2026-03-29 00:00 is 01:00). */
    {"Asia/Beirut", "sun 00:00-02:00", "2026-03-28T21:59:59Z", NULL,
     "2026-03-28T22:00:00Z"},
    {"Asia/Beirut", "sun 00:00-02:00", "2026-03-28T22:00:00Z", "2026-03-28T23:00:00Z",
     "2026-04-04T21:00:00Z"},
    /* Durations are time that passes. */
    {"Europe/Rome", "daily at 01:30 for 2h", "2026-03-29T00:30:00Z",
     "2026-03-29T02:30:00Z", "2026-03-29T23:30:00Z"},
    {"Europe/Rome", "cron 30 1 * * * for 2h", "2026-10-24T23:30:00Z",
     "2026-10-25T01:30:00Z", "2026-10-26T00:30:00Z"},
    {"UTC", "cron 30 3 1-7 * sun for 2 hours", "2026-11-29T04:00:00Z",
     "2026-11-29T05:30:00Z", "2026-12-01T03:30:00Z"},
    {"UTC", "cron 0 20 * * fri for 2d12h", "2026-11-28T12:00:00Z",
     "2026-11-30T08:00:00Z", "2026-12-04T20:00:00Z"},
    {"UTC", "every 15 min for 5 min", "2026-11-25T10:16:00Z", "2026-11-25T10:20:00Z",
     "2026-11-25T10:30:00Z"},
    {"UTC", "every 15 min for 5 min", "2026-11-25T10:20:00Z", NULL,
     "2026-11-25T10:30:00Z"},
    /* A moment that is skipped comes when the clocks jump. */
    {"Europe/Rome", "daily at 02:30 for 1h", "2026-03-29T01:10:00Z",
     "2026-03-29T02:00:00Z", "2026-03-30T00:30:00Z"},
    /* Dates: of years, months, days from the month's end. */
    {"UTC", "year 2027 jan-mar,dec day 1-7,-1 mon-fri 09:00-12:00, 13:00-17:00",
     "2026-11-25T10:00:00Z", NULL, "2027-01-01T09:00:00Z"},
    {"UTC", "feb day -1", "2026-11-25T10:00:00Z", NULL, "2027-02-28T00:00:00Z"},
    {"UTC", "feb day -1", "2028-02-29T10:00:00Z", "2028-03-01T00:00:00Z",
     "2029-02-28T00:00:00Z"},
    {"UTC", "day -3 to -1 22:00-24:00", "2026-11-27T23:00:00Z", NULL,
     "2026-11-28T22:00:00Z"},
    {"UTC", "day 30 to -1", "2027-01-29T23:00:00Z", NULL, "2027-01-30T00:00:00Z"},
    {"UTC", "day 30 to -1", "2027-01-31T23:00:00Z", "2027-02-01T00:00:00Z",
     "2027-03-30T00:00:00Z"},
    {"UTC", "year 2020-2026 dec day 24-26", "2026-12-26T23:00:00Z",
     "2026-12-27T00:00:00Z", NEVER},
    {"UTC", "nov-jan", "2026-11-25T10:00:00Z", "2026-12-10T00:00:00Z", NEVER},
    {"UTC", "feb day 30", "2026-11-25T10:00:00Z", NULL, NEVER},
    /* It belongs to the day it begins on. */
    {"UTC", "dec day 31 22:00-02:00", "2027-01-01T01:00:00Z", "2027-01-01T02:00:00Z",
     "2027-12-31T22:00:00Z"},
    {"Europe/Rome", "jul day 1", "2026-11-25T10:00:00Z", NULL, "2027-06-30T22:00:00Z"},
    /* Far off again, though the clocks are put back right behind it. */
    {"America/Havana", "oct day 31 23:00-24:00", "2026-11-01T03:59:00Z",
     "2026-11-01T04:00:00Z", "2027-11-01T03:00:00Z"},
    {"UTC", "dec at 08:00 for 2h", "2026-11-25T10:00:00Z", NULL, "2026-12-01T08:00:00Z"},
    /* All the time but these. */
    {"UTC", "outside mon-fri 09:00-17:00", "2026-11-25T10:00:00Z", NULL,
     "2026-11-25T17:00:00Z"},
    {"UTC", "outside mon-fri 09:00-17:00", "2026-11-25T17:00:00Z",
     "2026-11-26T09:00:00Z", "2026-11-26T17:00:00Z"},
    {"Europe/Rome", "outside mon-fri 09:00-17:00; sat 10:00-12:00",
     "2026-11-27T20:00:00Z", "2026-11-28T09:00:00Z", "2026-11-28T11:00:00Z"},
    {"UTC", "outside year 2020", "2026-11-25T10:00:00Z", "2026-12-09T10:00:00Z", NEVER},
    {"UTC", "outside daily", "2026-11-25T10:00:00Z", NULL, NEVER},
    /* After the last change that is written down, its rule goes on. */
    {"Europe/Rome", "22:00-07:00", "2061-07-05T20:00:00Z", "2061-07-06T05:00:00Z",
     "2061-07-06T20:00:00Z"},
};

static void test_windows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(windows); i++) {
        struct zone *z freed_by(zone_closed) = zone_of(windows[i].zone);
        struct schedule s = parsed(windows[i].text, SCHEDULE_WINDOWS);
        int64_t now_ms = at(windows[i].now);
        bool inside = windows[i].end != NULL;
        char what[200];

        snprintf(what, sizeof what, "%s, %s, %s", windows[i].zone, windows[i].text,
                 windows[i].now);
        if (schedule_inside(&s, z, now_ms) != inside)
            fail_msg("%s: %s", what, inside ? "outside" : "inside");
        assert_moment(what, schedule_end_ms(&s, z, now_ms),
                      inside ? windows[i].end : windows[i].now);
        assert_moment(what, schedule_next_ms(&s, z, now_ms), windows[i].next);
    }
}

static const struct {
    const char *zone, *text, *now;
    const char *then[3]; /* the moments after `now` */
} moments[] = {
    {"Europe/Rome", "daily at 08:00", "2026-11-25T06:59:59Z",
     {"2026-11-25T07:00:00Z", "2026-11-26T07:00:00Z", "2026-11-27T07:00:00Z"}},
    {"Europe/Rome", "at 08:00", "2026-11-25T07:00:00Z", {"2026-11-26T07:00:00Z"}},
    {"UTC", "mon-fri at 8:00, 17:30", "2026-11-27T09:00:00Z",
     {"2026-11-27T17:30:00Z", "2026-11-30T08:00:00Z", "2026-11-30T17:30:00Z"}},
    {"UTC", "mon at 08:00; fri at 16:00", "2026-11-27T09:00:00Z",
     {"2026-11-27T16:00:00Z", "2026-11-30T08:00:00Z"}},
    {"UTC", "every 15 min", "2026-11-25T23:50:00Z",
     {"2026-11-26T00:00:00Z", "2026-11-26T00:15:00Z", "2026-11-26T00:30:00Z"}},
    {"UTC", "every 7h", "2026-11-25T15:00:00Z",
     {"2026-11-25T21:00:00Z", "2026-11-26T00:00:00Z", "2026-11-26T07:00:00Z"}},
    {"UTC", "cron */20 9-17 * * mon-fri", "2026-11-27T17:30:00Z",
     {"2026-11-27T17:40:00Z", "2026-11-30T09:00:00Z"}},
    {"UTC", "cron 0 12 29 feb *", "2026-11-27T17:30:00Z",
     {"2028-02-29T12:00:00Z", "2032-02-29T12:00:00Z"}},
    {"UTC", "cron 0 12 29 2 *", "2096-02-29T12:00:00Z", {"2104-02-29T12:00:00Z"}},
    /* Both days said: either will do. */
    {"UTC", "cron 0 0 1 * 1", "2026-11-25T00:00:00Z",
     {"2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z", "2026-12-07T00:00:00Z"}},
    {"UTC", "cron 0 0 * * 7", "2026-11-25T00:00:00Z", {"2026-11-29T00:00:00Z"}},
    {"UTC", "cron 0 0 * * fri-sun", "2026-11-25T00:00:00Z",
     {"2026-11-27T00:00:00Z", "2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z"}},
    {"UTC", "cron 5,10-20/5 4 * * *", "2026-11-25T04:05:00Z",
     {"2026-11-25T04:10:00Z", "2026-11-25T04:15:00Z", "2026-11-25T04:20:00Z"}},
    /* Skipped: when the clocks jump. Twice: the first time. */
    {"Europe/Rome", "daily at 02:30", "2026-03-28T12:00:00Z",
     {"2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"}},
    {"Europe/Rome", "daily at 02:30", "2026-10-24T12:00:00Z",
     {"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
    {"Europe/Rome", "cron 0,30 2 * * *", "2026-03-28T12:00:00Z",
     {"2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z", "2026-03-30T00:30:00Z"}},
    /* Every hour: what the clock shows. */
    {"Europe/Rome", "cron 30 * * * *", "2026-10-24T23:45:00Z",
     {"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"}},
    {"Europe/Rome", "cron 30 * * * *", "2026-03-29T00:15:00Z",
     {"2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z"}},
    {"Europe/Rome", "every 2h", "2026-10-24T23:00:00Z", /* 25 hours long */
     {"2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z", "2026-10-25T04:00:00Z"}},
    {"Asia/Beirut", "daily at 00:00", "2026-03-28T12:00:00Z",
     {"2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"}},
    {"Pacific/Apia", "daily at 08:00", "2011-12-29T12:00:00Z", /* no 30 December */
     {"2011-12-29T18:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T18:00:00Z"}},
};

static void test_moments(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(moments); i++) {
        struct zone *z freed_by(zone_closed) = zone_of(moments[i].zone);
        struct schedule s = parsed(moments[i].text, SCHEDULE_MOMENTS);
        int64_t now_ms = at(moments[i].now);

        assert_false(schedule_inside(&s, z, now_ms));
        for (size_t n = 0; n < 3 && moments[i].then[n] != NULL; n++) {
            now_ms = schedule_next_ms(&s, z, now_ms);
            assert_moment(moments[i].text, now_ms, moments[i].then[n]);
        }
    }
}

static const struct {
    enum schedule_kind kind;
    const char *text;
    size_t column;
    const char *says;
} mistakes[] = {
    {SCHEDULE_WINDOWS, "", 1, "not the end"},
    {SCHEDULE_WINDOWS, "mon-fri 22:00", 14, "the window's end"},
    {SCHEDULE_WINDOWS, "mon-fry 22:00-07:00", 5, "not fry"},
    {SCHEDULE_WINDOWS, "mon, 22:00-07:00", 4, "no comma between"},
    {SCHEDULE_WINDOWS, "25:00-07:00", 1, "a time like 22:00"},
    {SCHEDULE_WINDOWS, "22:60-07:00", 1, "not 22:60-07:00"},
    {SCHEDULE_WINDOWS, "22:0-07:00", 1, "a time like 22:00"},
    {SCHEDULE_WINDOWS, "24:01-07:00", 1, "a time like 22:00"},
    {SCHEDULE_WINDOWS, "08:00-08:00", 1, "a whole day is 00:00-24:00"},
    {SCHEDULE_WINDOWS, "24:00-08:00", 1, "is empty"},
    {SCHEDULE_WINDOWS, "sat; 22:00-07:00 sun", 18, "\";\" or the end"},
    {SCHEDULE_WINDOWS, "sat;", 5, "not the end"},
    {SCHEDULE_WINDOWS, "daily at 08:00", 1, "how long?"},
    {SCHEDULE_WINDOWS, "cron 0 8 * * *", 1, "how long?"},
    {SCHEDULE_WINDOWS, "daily at 08:00 for 8 days", 20, "1 min to 7 days"},
    {SCHEDULE_WINDOWS, "daily at 08:00 for 30s", 20, "1 min to 7 days"},
    {SCHEDULE_WINDOWS, "daily at 08:00 for 30", 20, "1 min to 7 days"},
    {SCHEDULE_WINDOWS, "cron 0 8 * * 8 for 1h", 14, "8 is no day of the week"},
    {SCHEDULE_WINDOWS, "cron 60 8 * * * for 1h", 6, "60 is no minute"},
    {SCHEDULE_WINDOWS, "cron 0 8 0 * * for 1h", 10, "0 is no day of the month"},
    {SCHEDULE_WINDOWS, "cron 0 8 * foo * for 1h", 12, "foo is no month"},
    {SCHEDULE_WINDOWS, "cron 9-5 8 * * * for 1h", 6, "backwards"},
    {SCHEDULE_WINDOWS, "cron 5/5 8 * * * for 1h", 7, "a step needs a range"},
    {SCHEDULE_WINDOWS, "cron */0 8 * * * for 1h", 9, "step from 1"},
    {SCHEDULE_WINDOWS, "cron 0 8 * *", 13, "the day of the week is expected"},
    {SCHEDULE_WINDOWS, "cron 0 8 30 2 * for 1h", 1, "never comes"},
    {SCHEDULE_WINDOWS, "year 26-24", 6, "backwards"},
    {SCHEDULE_WINDOWS, "year 0", 6, "a year like 2026"},
    {SCHEDULE_WINDOWS, "jan-mon 10:00-11:00", 5, "a month (jan, feb"},
    {SCHEDULE_WINDOWS, "day 32", 5, "1 to 31, or -1 for the last"},
    {SCHEDULE_WINDOWS, "day 0", 5, "a day of the month"},
    {SCHEDULE_WINDOWS, "day 7-1", 5, "backwards"},
    {SCHEDULE_WINDOWS, "day -1 to -3", 5, "backwards"},
    {SCHEDULE_WINDOWS, "day -3 to 3", 5, "backwards"},
    {SCHEDULE_WINDOWS, "outside", 8, "not the end"},
    {SCHEDULE_MOMENTS, "outside 22:00-07:00", 1, "not outside"},
    {SCHEDULE_MOMENTS, "22:00-07:00", 1, "moments are expected"},
    {SCHEDULE_MOMENTS, "mon-fri", 8, "\"at\" and a time"},
    {SCHEDULE_MOMENTS, "daily at 24:00", 10, "00:00 of the next day"},
    {SCHEDULE_MOMENTS, "daily at 08:00 for 2h", 16, "a moment has no \"for\""},
    {SCHEDULE_MOMENTS, "every 0 min", 7, "1 min to 24 hours"},
    {SCHEDULE_MOMENTS, "every 25 hours", 7, "1 min to 24 hours"},
    {SCHEDULE_MOMENTS, "every 99999999999999999999 min", 7, "1 min to 24 hours"},
    {SCHEDULE_MOMENTS, "t\xc3\xa4glich", 1, "not t\xc3\xa4glich"},
};

static void test_mistakes_have_a_column(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        struct schedule s;
        struct error err = {0};
        size_t column = 0;

        if (schedule_parse(str_of(mistakes[i].text), mistakes[i].kind, &s, &column, &err))
            fail_msg("%s: taken", mistakes[i].text);
        if (column != mistakes[i].column || strstr(err.text, mistakes[i].says) == NULL)
            fail_msg("%s: %s", mistakes[i].text, err.text);
    }
}

static void test_limits(void **state)
{
    char text[SCHEDULE_BYTES_MAX + 2] = "";
    struct schedule s;
    struct error err = {0};

    (void)state;
    for (size_t i = 0; i <= SCHEDULE_ITEMS_MAX; i++)
        memcpy(text + i * 4, "mon;", 5);
    assert_false(schedule_parse(str_of(text), SCHEDULE_WINDOWS, &s, NULL, &err));
    assert_non_null(strstr(err.text, "more than 64"));
    memset(text, ' ', sizeof text - 1);
    assert_false(schedule_parse(str_of(text), SCHEDULE_WINDOWS, &s, NULL, &err));
    assert_non_null(strstr(err.text, "at most 2048 bytes"));
}

static void test_zones_by_name_only(void **state)
{
    static const char *const refused[] = {
        "",           "Europe/Berlni", "+02:00", "CET-1CEST",     ":UTC",
        "/etc/passwd", "../UTC",       "Europe/", "Europe//Rome", "EST5EDT",
        "Europe/Rome\nx", "Europe/../UTC", "Europe/Rome Europe/Rome Europe/Rome Europe/Rome Europe",
    };
    static const char *const known[] = {"UTC", "Europe/Rome", "Etc/GMT+5",
                                        "America/Port-au-Prince",
                                        "America/Argentina/Buenos_Aires"};
    struct error err = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct zone *z = zone_new(str_of(refused[i]), &err);

        if (z != NULL)
            fail_msg("%s: taken", refused[i]);
        assert_non_null(strstr(err.text, "timedatectl"));
    }
    for (size_t i = 0; i < COUNT_OF(known); i++)
        zone_free(zone_of(known[i]));
    assert_int_equal(zone_offset_s(NULL, 0), 0);
}

/* What the clock shows, asked minute by minute: the slow way, which cannot skip. */
static bool shown_inside(const struct zone *z, int from_min, int until_min, int64_t ms)
{
    int64_t minute = zone_wall_s(z, ms / 1000) / 60 % 1440;

    return from_min < until_min ? minute >= from_min && minute < until_min
                                : minute >= from_min || minute < until_min;
}

static void test_against_the_slow_way(void **state)
{
    static const char *const zones[] = {"Europe/Rome", "Australia/Lord_Howe",
                                        "America/Santiago", "Asia/Beirut", "UTC"};
    uint32_t seed = 1;

    (void)state;
    for (size_t round = 0; round < 400; round++) {
        struct zone *z freed_by(zone_closed) = zone_of(zones[round % COUNT_OF(zones)]);
        int from, until;
        char text[32];
        struct schedule s;
        int64_t ms, end_ms, next_ms;

        seed = seed * 1664525u + 1013904223u;
        from = (int)(seed >> 8) % 1440;
        until = (from + 1 + (int)(seed >> 20) % 1438) % 1440;
        snprintf(text, sizeof text, "%02d:%02d-%02d:%02d", from / 60, from % 60,
                 until / 60, until % 60);
        s = parsed(text, SCHEDULE_WINDOWS);
        ms = at(seed & 1 ? "2026-03-27T00:00:00Z" : "2026-10-03T00:00:00Z") +
             (int64_t)(seed >> 12) % 40000 * MINUTE_MS;
        assert_int_equal(schedule_inside(&s, z, ms), shown_inside(z, from, until, ms));
        for (end_ms = ms; shown_inside(z, from, until, end_ms);)
            end_ms += MINUTE_MS;
        for (next_ms = end_ms; !shown_inside(z, from, until, next_ms);)
            next_ms += MINUTE_MS;
        assert_true(schedule_end_ms(&s, z, ms) == end_ms);
        assert_true(schedule_next_ms(&s, z, ms) == next_ms);
    }
}

/* Whoever reads the manual tries what stands in it. */
static void test_the_manual(void **state)
{
    FILE *f = fopen("docs/noise.md", "re");
    char line[400];
    int kind = -1;
    size_t tried[2] = {0};

    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, "```", 3) == 0) {
            kind = strcmp(line, "```windows\n") == 0   ? SCHEDULE_WINDOWS
                   : strcmp(line, "```moments\n") == 0 ? SCHEDULE_MOMENTS
                                                       : -1;
        } else if (kind >= 0) {
            line[strcspn(line, "\n")] = '\0';
            (void)parsed(line, (enum schedule_kind)kind);
            tried[kind]++;
        }
    }
    fclose(f);
    assert_true(tried[SCHEDULE_WINDOWS] > 5 && tried[SCHEDULE_MOMENTS] > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows),
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_mistakes_have_a_column),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_zones_by_name_only),
        cmocka_unit_test(test_against_the_slow_way),
        cmocka_unit_test(test_the_manual),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
