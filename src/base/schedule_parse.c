/* schedule_parse.c -- the text of a schedule, with the column of every mistake. */
#include "base/schedule_own.h"

#define DAY_MIN 1440

/* 07:00, 7:00 or 24:00, in minutes. */
static bool take_time(struct reader *r, int *out)
{
    int64_t hour, minute;
    size_t start;

    reader_skip(r);
    start = r->at;
    if (!reader_number(r, 24, &hour) || reader_here(r) != ':')
        return reader_expected_at(r, start, "a time like 22:00");
    r->at++;
    if (r->at + 2 > r->text.n || !is_digit(r->text.p[r->at + 1]) ||
        !reader_number(r, 59, &minute) || hour * 60 + minute > DAY_MIN)
        return reader_expected_at(r, start, "a time like 22:00");
    *out = (int)(hour * 60 + minute);
    return true;
}

static int64_t unit_s(struct str word)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } units[] = {{"min", 60},    {"mins", 60},    {"minute", 60}, {"minutes", 60},
                 {"hour", 3600}, {"hours", 3600}, {"day", 86400}, {"days", 86400}};

    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (str_is_nocase(word, units[i].name))
            return units[i].seconds;
    return 0;
}

/* "90m", "1h30m", "15 min", "2 hours": whole minutes, 1 to `most_s`. */
static bool take_duration(struct reader *r, int64_t most_s, int64_t *out)
{
    size_t n = 0, start;
    int64_t count = 0, ms = 0;
    struct str text;

    reader_skip(r);
    start = r->at;
    while (start + n < r->text.n &&
           (is_digit(r->text.p[start + n]) || is_letter(r->text.p[start + n])))
        n++;
    text = str_first(str_from(r->text, start), n);
    if (reader_number(r, most_s, &count) && unit_s(reader_letters(r)) > 0) {
        ms = count * unit_s(reader_letters(r)) * 1000;
        r->at += reader_letters(r).n;
    } else if (n > 0 && is_letter(text.p[n - 1]) && str_to_duration_ms(text, &ms)) {
        r->at = start + n;
    }
    if (ms >= 60000 && ms % 60000 == 0 && ms <= most_s * 1000) {
        *out = ms / 1000;
        return true;
    }
    return reader_expected_at(r, start,
                       most_s > 86400
                           ? "a time from 1 min to 7 days, like \"2h\","
                           : "a time from 1 min to 24 hours, like \"15 min\",");
}

/* --- days ----------------------------------------------------------------------- */

static bool take_week_day(struct reader *r, int *out)
{
    struct str word = reader_letters(r);

    *out = reader_week_day(word);
    if (*out < 0)
        return reader_expected(r, "a day of the week (mon, tue, ...)");
    r->at += word.n;
    return true;
}

/* mon-fri,sun; fri-mon goes over the week's end. */
static bool take_days(struct reader *r, uint8_t *out)
{
    int first, last;

    do {
        if (!take_week_day(r, &first))
            return false;
        last = first;
        if (reader_take(r, '-') && !take_week_day(r, &last))
            return false;
        for (int day = first;; day = (day + 1) % 7) {
            *out |= (uint8_t)(1u << day);
            if (day == last)
                break;
        }
    } while (reader_comma_letter(r));
    return true;
}

/* --- items ----------------------------------------------------------------------- */

bool reader_add(struct reader *r, size_t at, struct schedule_item item)
{
    if (r->out->n == SCHEDULE_ITEMS_MAX)
        return reader_fail(r, at, "more than %d windows or moments in one schedule",
                    SCHEDULE_ITEMS_MAX);
    r->out->item[r->out->n++] = item;
    return true;
}

bool reader_for(struct reader *r, size_t first, size_t at)
{
    int64_t for_s = 0;

    if (reader_word(r, "for")) {
        if (r->out->kind == SCHEDULE_MOMENTS)
            return reader_fail(r, r->at - 3, "a moment has no \"for\": only windows do");
        if (!take_duration(r, SCHEDULE_FOR_MAX_S, &for_s))
            return false;
    } else if (r->out->kind == SCHEDULE_WINDOWS) {
        return reader_fail(r, at, "how long? Write \"for 2h\" behind this");
    }
    for (size_t i = first; i < r->out->n; i++)
        r->out->item[i].for_s = for_s;
    return true;
}

/* The days an item comes on. */
struct days {
    struct schedule_dates dates;
    uint8_t week_days;
};

static bool window(struct reader *r, const struct days *days)
{
    struct schedule_item item = {.way = BY_CLOCK, .dates = days->dates,
                                 .week_days = days->week_days};
    size_t at;

    reader_skip(r);
    at = r->at;
    if (r->out->kind == SCHEDULE_MOMENTS)
        return reader_fail(r, at, "moments are expected here, not windows: "
                           "\"daily at 08:00\"");
    if (!take_time(r, &item.from_min))
        return false;
    if (!reader_take(r, '-'))
        return reader_expected(r, "the window's end, like 08:00-17:00,");
    if (!take_time(r, &item.until_min))
        return false;
    if (item.from_min == item.until_min || item.from_min == DAY_MIN)
        return reader_fail(r, at, "this window is empty; a whole day is 00:00-24:00");
    if (item.until_min < item.from_min)
        item.until_min += DAY_MIN;
    return reader_add(r, at, item);
}

static bool windows(struct reader *r, const struct days *days)
{
    do {
        if (!window(r, days))
            return false;
    } while (reader_comma_number(r, false));
    return true;
}

static bool whole_days(struct reader *r, const struct days *days, size_t at)
{
    size_t comma = r->at;

    if (r->out->kind == SCHEDULE_MOMENTS)
        return reader_expected(r, "\"at\" and a time");
    if (reader_comma_number(r, false)) /* these days, or all of them? */
        return reader_fail(r, comma, "no comma between days and their times; between "
                                     "two windows, \";\"");
    return reader_add(r, at, (struct schedule_item){
                                 .way = BY_CLOCK, .dates = days->dates,
                                 .week_days = days->week_days,
                                 .until_min = DAY_MIN});
}

static bool at_times(struct reader *r, const struct days *days, size_t at)
{
    size_t first = r->out->n;
    int minute;

    do {
        size_t start;

        reader_skip(r);
        start = r->at;
        if (!take_time(r, &minute))
            return false;
        if (minute == DAY_MIN)
            return reader_fail(r, start, "24:00 is 00:00 of the next day");
        if (!reader_add(r, start,
                 (struct schedule_item){
                     .way = BY_CALENDAR, .dates = days->dates,
                     .week_days = days->week_days,
                     .minutes = 1ull << minute % 60, .hours = 1u << minute / 60}))
            return false;
    } while (reader_comma_number(r, false));
    return reader_for(r, first, at);
}

static bool interval(struct reader *r, size_t at)
{
    struct schedule_item item = {.way = BY_INTERVAL};
    size_t first = r->out->n;

    return take_duration(r, 86400, &item.every_s) && reader_add(r, at, item) &&
           reader_for(r, first, at);
}

/* Which days of the week, behind the dates; *said: there are words for it. */
static bool take_which_days(struct reader *r, struct days *out, bool *said)
{
    out->week_days = ALL_DAYS;
    if (reader_word(r, "daily")) {
        *said = true;
    } else if (reader_week_day(reader_letters(r)) >= 0) {
        *said = true;
        out->week_days = 0;
        return take_days(r, &out->week_days);
    }
    return true;
}

static bool item(struct reader *r)
{
    bool said = false;
    struct days days;
    size_t at;

    reader_skip(r);
    at = r->at;
    if (reader_word(r, "cron"))
        return reader_cron(r, at);
    if (reader_word(r, "every")) {
        if (!reader_word(r, "day"))
            return interval(r, at);
        said = true;
        schedule_dates_all(&days.dates);
    } else if (!reader_dates(r, &days.dates, &said)) {
        return false;
    }
    if (!take_which_days(r, &days, &said))
        return false;
    if (reader_word(r, "at"))
        return at_times(r, &days, at);
    reader_skip(r);
    if (said && !is_digit(reader_here(r)))
        return whole_days(r, &days, at);
    if (!is_digit(reader_here(r)))
        return reader_expected(r, "a day, a time, \"daily\", \"every\" or \"cron\"");
    return windows(r, &days);
}

bool schedule_parse(struct str text, enum schedule_kind kind, struct schedule *out,
                    size_t *column, struct error *err)
{
    struct reader r = {.text = text, .out = out, .column = column, .err = err};

    memset(out, 0, sizeof *out);
    out->kind = kind;
    if (text.n > SCHEDULE_BYTES_MAX)
        return reader_fail(&r, SCHEDULE_BYTES_MAX, "a schedule has at most %d bytes",
                    SCHEDULE_BYTES_MAX);
    out->outside = kind == SCHEDULE_WINDOWS && reader_word(&r, "outside");
    do {
        if (!item(&r))
            return false;
    } while (reader_take(&r, ';') || reader_take(&r, ','));
    reader_skip(&r);
    if (!reader_ended(&r))
        return reader_expected(&r, "\";\" or the end");
    return true;
}
