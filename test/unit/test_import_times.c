/* test_import_times.c -- random time intervals of Alertmanager: the silences they
 * become hold just when its documentation says that the route is muted or inactive. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/schedule.h"
#include "config/alertmanager_file.h"

#define FILES 300
#define INSTANTS 300
#define INTERVALS 4 /* the first two are for active_time_intervals */
#define ACTIVE 2
#define SPECS_MAX 2
#define RANGES_MAX 3
#define HOUR_MS 3600000LL

enum { TIMES, WEEK_DAYS, MONTH_DAYS, MONTHS, YEARS, UNITS };

struct spec {
    const char *zone;
    size_t n[UNITS]; /* 0: not said */
    int first[UNITS][RANGES_MAX], last[UNITS][RANGES_MAX];
};

struct file {
    uint32_t seed;
    struct spec specs[INTERVALS][SPECS_MAX];
    size_t n[INTERVALS];
    bool named[INTERVALS]; /* by the route */
};

static const char *const zones[] = {"UTC",           "Europe/Rome", "Australia/Lord_Howe",
                                    "America/Havana", "Asia/Kolkata", "Asia/Beirut"};
static const char *const week_days[] = {"sunday",   "Monday", "tuesday", "wednesday",
                                        "thursday", "friday", "SATURDAY"};
static const char *const months[] = {
    "",     "January", "february", "march",     "april",   "may",      "june",
    "July", "august",  "september", "october", "november", "december"};

static int dice(struct file *f, int least, int most)
{
    f->seed = f->seed * 1664525u + 1013904223u;
    return least + (int)(f->seed >> 12) % (most - least + 1);
}

/* --- making ------------------------------------------------------------------------ */

static void order(int *first, int *last)
{
    int least = MIN(*first, *last);

    *last = MAX(*first, *last);
    *first = least;
}

/* What Alertmanager takes: it looks at a month of 28 days. */
static void month_days_make(struct file *f, int *first, int *last)
{
    int a, b;

    do {
        *first = dice(f, -31, 31);
        *last = dice(f, 0, 2) == 0 ? *first : dice(f, -31, 31);
        a = *first < 0 ? 28 + *first : *first;
        b = *last < 0 ? 28 + *last : *last;
    } while (*first == 0 || *last == 0 || (*first < 0 && *last > 0) || a > b);
}

static void range_make(struct file *f, int unit, int *first, int *last)
{
    static const int least[UNITS] = {0, 0, 0, 1, 2024}, most[UNITS] = {1439, 6, 0, 12, 2030};

    if (unit == MONTH_DAYS) {
        month_days_make(f, first, last);
        return;
    }
    *first = dice(f, least[unit], most[unit]);
    *last = dice(f, least[unit], most[unit]);
    order(first, last);
    if (unit == TIMES)
        *last += 1;
}

static void spec_make(struct file *f, struct spec *s, const char *zone)
{
    *s = (struct spec){.zone = zone};
    for (int unit = 0; unit < UNITS; unit++) {
        int n = dice(f, -1, RANGES_MAX);

        s->n[unit] = n > 0 ? (size_t)n : 0;
        for (size_t i = 0; i < s->n[unit]; i++)
            range_make(f, unit, &s->first[unit][i], &s->last[unit][i]);
    }
}

static const char *zone_any(struct file *f)
{
    return zones[dice(f, 0, COUNT_OF(zones) - 1)];
}

static void file_make(struct file *f, uint32_t seed)
{
    const char *active;

    *f = (struct file){.seed = seed};
    active = zone_any(f);
    for (size_t i = 0; i < INTERVALS; i++) {
        f->named[i] = dice(f, 0, 2) > 0;
        f->n[i] = (size_t)dice(f, 0, SPECS_MAX);
        for (size_t s = 0; s < f->n[i]; s++)
            spec_make(f, &f->specs[i][s], i < ACTIVE ? active : zone_any(f));
    }
}

/* --- writing ------------------------------------------------------------------------ */

static void member_write(struct buf *to, int unit, int value)
{
    if (unit == TIMES)
        buf_printf(to, "%02d:%02d", value / 60, value % 60);
    else if (unit == WEEK_DAYS)
        buf_text(to, week_days[value]);
    else if (unit == MONTHS && value % 2 == 0)
        buf_text(to, months[value]);
    else
        buf_printf(to, "%d", value);
}

static void range_write(struct buf *to, int unit, int first, int last)
{
    buf_text(to, unit == TIMES ? "{start_time: '" : "'");
    member_write(to, unit, first);
    if (unit == TIMES)
        buf_text(to, "', end_time: '");
    else if (last != first)
        buf_char(to, ':');
    if (unit == TIMES || last != first)
        member_write(to, unit, last);
    buf_text(to, unit == TIMES ? "'}" : "'");
}

static void spec_write(struct buf *to, const struct spec *s)
{
    static const char *const names[UNITS] = {"times", "weekdays", "days_of_month",
                                             "months", "years"};

    buf_text(to, "    - {");
    if (strcmp(s->zone, "UTC") != 0)
        buf_printf(to, "location: '%s', ", s->zone);
    for (int unit = 0; unit < UNITS; unit++) {
        if (s->n[unit] == 0)
            continue;
        buf_printf(to, "%s: [", names[unit]);
        for (size_t i = 0; i < s->n[unit]; i++) {
            buf_text(to, i > 0 ? ", " : "");
            range_write(to, unit, s->first[unit][i], s->last[unit][i]);
        }
        buf_text(to, "], ");
    }
    buf_text(to, "}\n");
}

static void names_write(struct buf *to, const struct file *f, const char *key,
                        size_t from, size_t until)
{
    buf_printf(to, "    %s: [", key);
    for (size_t i = from; i < until; i++)
        if (f->named[i])
            buf_printf(to, "i%zu, ", i);
    buf_text(to, "]\n");
}

/* The first and the last under the old key. */
static void file_write(struct buf *to, const struct file *f)
{
    buf_text(to, "route:\n  receiver: all\n  routes:\n  - receiver: some\n");
    names_write(to, f, "active_time_intervals", 0, ACTIVE);
    names_write(to, f, "mute_time_intervals", ACTIVE, INTERVALS);
    buf_text(to, "receivers:\n- {name: all}\n- {name: some, webhook_configs: "
                 "[{url: 'http://192.0.2.1/'}]}\n");
    for (size_t k = 0; k < INTERVALS; k++) {
        size_t i = k < 2 ? k * (INTERVALS - 1) : k - 1;

        if (k % 2 == 0)
            buf_text(to, k == 0 ? "mute_time_intervals:\n" : "time_intervals:\n");
        buf_printf(to, "- name: i%zu\n  time_intervals:%s\n", i, f->n[i] ? "" : " []");
        for (size_t s = 0; s < f->n[i]; s++)
            spec_write(to, &f->specs[i][s]);
    }
}

/* --- what the documentation says ----------------------------------------------------- */

static int month_length(const struct time_parts *t)
{
    struct time_parts first = {.year = t->year, .month = t->month, .day = 1};
    struct time_parts next = {.year = t->year + t->month / 12, .month = t->month % 12 + 1,
                              .day = 1};

    return (int)((time_from_parts(&next) - time_from_parts(&first)) / (24 * HOUR_MS));
}

static bool range_holds(int unit, int first, int last, const struct time_parts *t)
{
    const int now[UNITS] = {t->hour * 60 + t->minute, t->weekday, t->day, t->month, t->year};
    int length = month_length(t);

    if (unit == TIMES)
        return now[unit] >= first && now[unit] < last;
    if (unit == MONTH_DAYS && first < 0)
        first += length + 1;
    if (unit == MONTH_DAYS && last < 0)
        last += length + 1;
    return now[unit] >= first && now[unit] <= last;
}

static bool spec_holds(const struct spec *s, struct zone *const *opened, int64_t now_ms)
{
    struct time_parts t;

    for (size_t z = 0; z < COUNT_OF(zones); z++)
        if (strcmp(s->zone, zones[z]) == 0)
            time_parts_utc(zone_wall_s(opened[z], now_ms / 1000) * 1000, &t);
    for (int unit = 0; unit < UNITS; unit++) {
        bool some = s->n[unit] == 0;

        for (size_t i = 0; i < s->n[unit]; i++)
            some = some || range_holds(unit, s->first[unit][i], s->last[unit][i], &t);
        if (!some)
            return false;
    }
    return true;
}

static bool is_muted(const struct file *f, struct zone *const *opened, int64_t now_ms)
{
    bool muted = false, active = false, restricted = false;

    for (size_t i = 0; i < INTERVALS; i++) {
        bool holds = false;

        for (size_t s = 0; s < f->n[i]; s++)
            holds = holds || spec_holds(&f->specs[i][s], opened, now_ms);
        muted = muted || (f->named[i] && i >= ACTIVE && holds);
        active = active || (f->named[i] && i < ACTIVE && holds);
        restricted = restricted || (f->named[i] && i < ACTIVE);
    }
    return muted || (restricted && !active);
}

/* --- what it became ------------------------------------------------------------------ */

struct windows {
    struct schedule schedule;
    struct zone *zone;
    bool always;
};

static void windows_read(const struct edit *e, struct windows *out)
{
    const struct json *schedule = json_get(e->object, "schedule");
    struct str zone = json_text(json_get(e->object, "time_zone"));
    struct error err = {0};

    assert_int_equal(json_get(e->object, "recipients")->count, 1);
    out->always = schedule == NULL;
    out->zone = NULL;
    if (out->always)
        return;
    if (!schedule_parse(schedule->text, SCHEDULE_WINDOWS, &out->schedule, NULL, &err))
        fail_msg("%.*s: %s", STR_ARG(schedule->text), err.text);
    if (!str_is(zone, "UTC") && (out->zone = zone_new(zone, &err)) == NULL)
        fail_msg("%s", err.text);
}

static bool any_holds(const struct windows *all, size_t n, int64_t now_ms)
{
    for (size_t i = 0; i < n; i++)
        if (all[i].always || schedule_inside(&all[i].schedule, all[i].zone, now_ms))
            return true;
    return false;
}

static void instants_agree(struct file *f, uint32_t seed, const struct windows *all,
                           size_t n, struct zone *const *opened, const char *text)
{
    const int64_t from_ms = 1703980800000; /* 2023-12-31 */

    for (size_t k = 0; k < INSTANTS; k++) {
        /* A minute is all that counts; its first or its last millisecond. */
        int64_t now_ms = from_ms + (int64_t)dice(f, 0, 2600) * 24 * HOUR_MS +
                         (int64_t)dice(f, 0, 1439) * 60000 - (k % 2 ? 1 : 0);
        bool want = is_muted(f, opened, now_ms), got = any_holds(all, n, now_ms);
        char when[TIME_TEXT_MAX];

        time_text(now_ms, true, when);
        if (want != got)
            fail_msg("seed %u, %s: %s\n%s", seed, when, want ? "told" : "not told", text);
    }
}

static void a_file_is_its_silences(uint32_t seed, struct zone *const *opened)
{
    struct arena a freed_by(arena_release) = {0};
    struct buf text freed_by(buf_release) = BUF(1u << 16);
    struct windows *all = arena_array(&a, INTERVALS * SPECS_MAX, sizeof *all);
    struct file f;
    struct import i;
    struct error err = {0};
    size_t n = 0;

    file_make(&f, seed);
    file_write(&text, &f);
    import_begin(&i, NULL, false, &a);
    if (!alertmanager_file_read(buf_view(&text), &i, &err))
        fail_msg("seed %u: %s\n%s", seed, err.text, buf_c(&text));
    for (size_t k = 0; k < i.line_count; k++)
        if (i.lines[k].result == IMPORT_LEFT && strcmp(i.lines[k].kind, "silence") == 0)
            fail_msg("seed %u: %.*s\n%s", seed, STR_ARG(i.lines[k].text), buf_c(&text));
    for (size_t k = 0; k < i.n; k++)
        if (i.edits[k].kind == OBJECT_SILENCE)
            windows_read(&i.edits[k], &all[n++]);
    instants_agree(&f, seed, all, n, opened, buf_c(&text));
    for (size_t k = 0; k < n; k++)
        zone_free(all[k].zone);
}

static void times_become_what_the_documentation_says(void **state unused)
{
    struct zone *opened[COUNT_OF(zones)] = {NULL};

    for (size_t z = 1; z < COUNT_OF(zones); z++)
        assert_non_null(opened[z] = zone_new(str_of(zones[z]), NULL));
    for (uint32_t seed = 1; seed <= FILES; seed++)
        a_file_is_its_silences(seed, opened);
    for (size_t z = 1; z < COUNT_OF(zones); z++)
        zone_free(opened[z]);
}

/* --- what cannot be taken is said ------------------------------------------------------ */

static const struct {
    const char *interval, *key, *says;
} refused[] = {
    {"weekdays: ['saturday:sunday']", "mute", "\"saturday:sunday\" is nothing that can"},
    {"weekdays: [mon]", "mute", "\"mon\" is nothing that can stand in weekdays"},
    {"weekdays: []", "mute", "weekdays is no list with something in it"},
    {"weekdays: monday", "mute", "weekdays is no list"},
    {"months: ['3:1']", "mute", "stand in months"},
    {"months: ['13']", "mute", "stand in months"},
    {"days_of_month: ['0']", "mute", "stand in days_of_month"},
    {"days_of_month: ['-3:3']", "mute", "stand in days_of_month"},
    {"days_of_month: ['20:-20']", "mute", "stand in days_of_month"},
    {"years: ['2030:2020']", "mute", "stand in years"},
    {"times: [{start_time: '17:00', end_time: '09:00'}]", "mute", "a later end_time"},
    {"times: [{start_time: '9:00', end_time: '17:00'}]", "mute", "like \"09:00\""},
    {"times: [{start_time: '09:00', end_time: '24:30'}]", "mute", "like \"09:00\""},
    {"week_days: [monday]", "mute", "\"week_days\" is not known"},
    {"location: Local", "mute", "write its time zone there"},
    {"location: Local", "active", "it is told at those times, too"},
    {"location: UTC}, {location: Europe/Rome", "active", "in several time zones"},
};

static void what_cannot_be_taken_is_said(void **state unused)
{
    for (size_t k = 0; k < COUNT_OF(refused); k++) {
        struct arena a freed_by(arena_release) = {0};
        struct str text = arena_printf(
            &a,
            "route: {receiver: r, routes: [{receiver: r, %s_time_intervals: [i]}]}\n"
            "receivers: [{name: r, webhook_configs: [{url: 'http://192.0.2.1/'}]}]\n"
            "time_intervals: [{name: i, time_intervals: [{%s}]}]\n",
            refused[k].key, refused[k].interval);
        struct import i;
        struct error err = {0};
        bool said = false;

        import_begin(&i, NULL, false, &a);
        if (!alertmanager_file_read(text, &i, &err))
            fail_msg("%s: %s", refused[k].interval, err.text);
        for (size_t e = 0; e < i.n; e++)
            if (i.edits[e].kind == OBJECT_SILENCE)
                fail_msg("%s: taken", refused[k].interval);
        for (size_t l = 0; l < i.line_count; l++)
            said = said || strstr(arena_c(&a, i.lines[l].text), refused[k].says) != NULL;
        if (!said)
            fail_msg("%s: nothing said", refused[k].interval);
    }
}

/* A hundred holidays of each year are more than one silence can say. */
static void many_windows_are_several_silences(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct buf text freed_by(buf_release) = BUF(1u << 16);
    struct import i;
    struct error err = {0};
    size_t silences = 0, windows = 0;

    buf_text(&text, "route: {receiver: r, routes: [{receiver: r, mute_time_intervals: "
                    "[i]}]}\nreceivers: [{name: r, webhook_configs: [{url: "
                    "'http://192.0.2.1/'}]}]\ntime_intervals:\n- name: i\n"
                    "  time_intervals:\n");
    for (int k = 0; k < 300; k++)
        buf_printf(&text, "  - {months: ['%d'], days_of_month: ['%d']}\n", k % 12 + 1,
                   k / 12 + 1);
    import_begin(&i, NULL, false, &a);
    assert_true(alertmanager_file_read(buf_view(&text), &i, &err));
    for (size_t k = 0; k < i.n; k++)
        if (i.edits[k].kind == OBJECT_SILENCE) {
            struct windows w;

            windows_read(&i.edits[k], &w);
            silences++;
            windows += w.schedule.n;
        }
    assert_true(silences >= 300 / SCHEDULE_ITEMS_MAX);
    assert_int_equal(windows, 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_become_what_the_documentation_says),
        cmocka_unit_test(what_cannot_be_taken_is_said),
        cmocka_unit_test(many_windows_are_several_silences),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
