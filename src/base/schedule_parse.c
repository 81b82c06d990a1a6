/* schedule_parse.c -- the text of a schedule, with the column of every mistake. */
#include <stdarg.h>

#include "base/clock.h"
#include "base/schedule.h"

#define DAY_MIN 1440
#define ALL_DAYS 0x7fu

struct reader {
    struct str text;
    size_t at;
    struct schedule *out;
    size_t *column;
    struct error *err;
};

/* Everything before a mistake is ASCII, so that bytes are characters. */
static bool fail(struct reader *r, size_t at, const char *format, ...)
    printf_like(3, 4);
static bool fail(struct reader *r, size_t at, const char *format, ...)
{
    char words[ERROR_TEXT_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    if (r->column != NULL)
        *r->column = at + 1;
    return error_set(r->err, "column %zu: %s", at + 1, words);
}

/* --- characters --------------------------------------------------------------- */

static char here(const struct reader *r)
{
    return r->at < r->text.n ? r->text.p[r->at] : '\0';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(struct reader *r)
{
    while (is_space(here(r)))
        r->at++;
}

static bool ended(const struct reader *r)
{
    return r->at >= r->text.n;
}

/* White space, then `c`; nothing is taken when it is not there. */
static bool take(struct reader *r, char c)
{
    size_t before = r->at;

    skip_space(r);
    if (!ended(r) && here(r) == c) {
        r->at++;
        return true;
    }
    r->at = before;
    return false;
}

/* The letters that come next, behind white space; may be none. */
static struct str peek_letters(struct reader *r)
{
    size_t n = 0;

    skip_space(r);
    while (r->at + n < r->text.n && is_letter(r->text.p[r->at + n]))
        n++;
    return str_first(str_from(r->text, r->at), n);
}

static bool take_word(struct reader *r, const char *word)
{
    struct str letters = peek_letters(r);

    if (!str_is_nocase(letters, word))
        return false;
    r->at += letters.n;
    return true;
}

/* What stands at `at`, for "..., not X". */
static struct str found(const struct reader *r, size_t at)
{
    struct str rest = str_from(r->text, at);
    size_t n = 0;

    while (n < rest.n && !is_space(rest.p[n]) && strchr(",;", rest.p[n]) == NULL)
        n++;
    n = utf8_cut(rest, MIN(n, 40));
    return rest.n == 0 ? STR("the end") : str_first(rest, MAX(n, (size_t)1));
}

static bool expected_at(struct reader *r, size_t at, const char *what)
{
    return fail(r, at, "here %s is expected, not %.*s", what, STR_ARG(found(r, at)));
}

static bool expected(struct reader *r, const char *what)
{
    skip_space(r);
    return expected_at(r, r->at, what);
}

/* --- numbers, times, durations ------------------------------------------------- */

static bool take_number(struct reader *r, int64_t most, int64_t *out)
{
    size_t n = 0;

    while (r->at + n < r->text.n && is_digit(r->text.p[r->at + n]))
        n++;
    if (!str_to_i64(str_first(str_from(r->text, r->at), n), out) || *out > most)
        return false;
    r->at += n;
    return true;
}

/* 07:00, 7:00 or 24:00, in minutes. */
static bool take_time(struct reader *r, int *out)
{
    int64_t hour, minute;
    size_t start;

    skip_space(r);
    start = r->at;
    if (!take_number(r, 24, &hour) || here(r) != ':')
        return expected_at(r, start, "a time like 22:00");
    r->at++;
    if (r->at + 2 > r->text.n || !is_digit(r->text.p[r->at + 1]) ||
        !take_number(r, 59, &minute) || hour * 60 + minute > DAY_MIN)
        return expected_at(r, start, "a time like 22:00");
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

    skip_space(r);
    start = r->at;
    while (start + n < r->text.n &&
           (is_digit(r->text.p[start + n]) || is_letter(r->text.p[start + n])))
        n++;
    text = str_first(str_from(r->text, start), n);
    if (take_number(r, most_s, &count) && unit_s(peek_letters(r)) > 0) {
        ms = count * unit_s(peek_letters(r)) * 1000;
        r->at += peek_letters(r).n;
    } else if (n > 0 && is_letter(text.p[n - 1]) && str_to_duration_ms(text, &ms)) {
        r->at = start + n;
    }
    if (ms >= 60000 && ms % 60000 == 0 && ms <= most_s * 1000) {
        *out = ms / 1000;
        return true;
    }
    return expected_at(r, start,
                       most_s > 86400
                           ? "a time from 1 min to 7 days, like \"2h\","
                           : "a time from 1 min to 24 hours, like \"15 min\",");
}

/* --- days ----------------------------------------------------------------------- */

static const char *const week_days[] = {"sunday",   "monday", "tuesday", "wednesday",
                                        "thursday", "friday", "saturday"};
static const char *const months[] = {"",    "jan", "feb", "mar", "apr", "may", "jun",
                                     "jul", "aug", "sep", "oct", "nov", "dec"};

/* Three letters, or all of them; -1: no such day. */
static int week_day_of(struct str word)
{
    for (int i = 0; i < 7; i++)
        if (word.n >= 3 && str_is_nocase(word, week_days[i]))
            return i;
    for (int i = 0; i < 7; i++)
        if (word.n == 3 && strncasecmp(word.p, week_days[i], 3) == 0)
            return i;
    return -1;
}

static bool take_week_day(struct reader *r, int *out)
{
    struct str word = peek_letters(r);

    *out = week_day_of(word);
    if (*out < 0)
        return expected(r, "a day of the week (mon, tue, ...)");
    r->at += word.n;
    return true;
}

/* Is a letter behind the comma, so that the list of days goes on? */
static bool comma_and_letter(const struct reader *r)
{
    struct reader ahead = *r;

    return take(&ahead, ',') && peek_letters(&ahead).n > 0;
}

/* mon-fri,sun; fri-mon goes over the week's end. */
static bool take_days(struct reader *r, uint8_t *out)
{
    int first, last;

    do {
        if (!take_week_day(r, &first))
            return false;
        last = first;
        if (take(r, '-') && !take_week_day(r, &last))
            return false;
        for (int day = first;; day = (day + 1) % 7) {
            *out |= (uint8_t)(1u << day);
            if (day == last)
                break;
        }
    } while (comma_and_letter(r) && take(r, ','));
    return true;
}

/* --- items ----------------------------------------------------------------------- */

static bool add(struct reader *r, size_t at, struct schedule_item item)
{
    if (r->out->n == SCHEDULE_ITEMS_MAX)
        return fail(r, at, "more than %d windows or moments in one schedule",
                    SCHEDULE_ITEMS_MAX);
    r->out->item[r->out->n++] = item;
    return true;
}

/* The "for 2h" of items that were added from `first` on. */
static bool duration_of(struct reader *r, size_t first, size_t at)
{
    int64_t for_s = 0;

    if (take_word(r, "for")) {
        if (r->out->kind == SCHEDULE_MOMENTS)
            return fail(r, r->at - 3, "a moment has no \"for\": only windows do");
        if (!take_duration(r, SCHEDULE_FOR_MAX_S, &for_s))
            return false;
    } else if (r->out->kind == SCHEDULE_WINDOWS) {
        return fail(r, at, "how long? Write \"for 2h\" behind this");
    }
    for (size_t i = first; i < r->out->n; i++)
        r->out->item[i].for_s = for_s;
    return true;
}

static bool window(struct reader *r, uint8_t days)
{
    struct schedule_item item = {.way = BY_CLOCK, .week_days = days};
    size_t at;

    skip_space(r);
    at = r->at;
    if (r->out->kind == SCHEDULE_MOMENTS)
        return fail(r, at, "moments are expected here, not windows: "
                           "\"daily at 08:00\"");
    if (!take_time(r, &item.from_min))
        return false;
    if (!take(r, '-'))
        return expected(r, "the window's end, like 08:00-17:00,");
    if (!take_time(r, &item.until_min))
        return false;
    if (item.from_min == item.until_min || item.from_min == DAY_MIN)
        return fail(r, at, "this window is empty; a whole day is 00:00-24:00");
    if (item.until_min < item.from_min)
        item.until_min += DAY_MIN;
    return add(r, at, item);
}

/* Is a digit behind the comma, so that the list of times goes on? */
static bool comma_and_digit(const struct reader *r)
{
    struct reader ahead = *r;

    if (!take(&ahead, ','))
        return false;
    skip_space(&ahead);
    return is_digit(here(&ahead));
}

static bool windows(struct reader *r, uint8_t days)
{
    do {
        if (!window(r, days))
            return false;
    } while (comma_and_digit(r) && take(r, ','));
    return true;
}

static bool whole_days(struct reader *r, uint8_t days, size_t at)
{
    if (r->out->kind == SCHEDULE_MOMENTS)
        return expected(r, "\"at\" and a time");
    if (comma_and_digit(r)) /* these days, or all of them? */
        return fail(r, r->at, "no comma between days and their times; between "
                              "two windows, \";\"");
    return add(r, at, (struct schedule_item){.way = BY_CLOCK, .week_days = days,
                                             .until_min = DAY_MIN});
}

static bool at_times(struct reader *r, uint8_t days, size_t at)
{
    size_t first = r->out->n;
    int minute;

    do {
        size_t start;

        skip_space(r);
        start = r->at;
        if (!take_time(r, &minute))
            return false;
        if (minute == DAY_MIN)
            return fail(r, start, "24:00 is 00:00 of the next day");
        if (!add(r, start,
                 (struct schedule_item){
                     .way = BY_CALENDAR, .week_days = days, .months = 0x1ffe,
                     .month_days = 0xfffffffe, .minutes = 1ull << minute % 60,
                     .hours = 1u << minute / 60}))
            return false;
    } while (comma_and_digit(r) && take(r, ','));
    return duration_of(r, first, at);
}

static bool interval(struct reader *r, size_t at)
{
    struct schedule_item item = {.way = BY_INTERVAL};
    size_t first = r->out->n;

    return take_duration(r, 86400, &item.every_s) && add(r, at, item) &&
           duration_of(r, first, at);
}

/* --- cron ------------------------------------------------------------------------- */

struct cron_field {
    const char *name;
    int64_t least, most;
};

static bool take_cron_value(struct reader *r, const struct cron_field *f, int64_t *out)
{
    size_t start = r->at;
    struct str word;

    if (is_letter(here(r)) && (f->most == 12 || f->most == 7)) {
        word = peek_letters(r);
        *out = f->most == 7 ? week_day_of(word) : -1;
        for (int64_t i = 1; f->most == 12 && i <= 12; i++)
            if (str_is_nocase(word, months[i]))
                *out = i;
        if (*out >= 0) {
            r->at += word.n;
            return true;
        }
    } else if (take_number(r, f->most, out) && *out >= f->least) {
        return true;
    }
    return fail(r, start, "%.*s is no %s: %ld to %ld", STR_ARG(found(r, start)),
                f->name, (long)f->least, (long)f->most);
}

/* "5", "1-5", "*", each with a step: "1-30/2". */
static bool take_cron_range(struct reader *r, const struct cron_field *f,
                            uint64_t *bits)
{
    int64_t from = f->least, to = f->most, step = 1;
    size_t start = r->at;

    if (here(r) == '*') {
        r->at++;
        to = f->most == 7 ? 6 : f->most;
    } else {
        if (!take_cron_value(r, f, &from))
            return false;
        to = from;
        if (here(r) == '-') {
            r->at++;
            if (!take_cron_value(r, f, &to))
                return false;
        } else if (here(r) == '/') {
            return fail(r, r->at, "a step needs a range or * before it");
        }
    }
    if (f->most == 7 && to < from && to == 0)
        to = 7; /* fri-sun */
    if (to < from)
        return fail(r, start, "this range goes backwards");
    if (here(r) == '/') {
        r->at++;
        if (!take_number(r, f->most, &step) || step == 0)
            return fail(r, r->at, "here a step from 1 to %ld is expected",
                        (long)f->most);
    }
    for (int64_t i = from; i <= to; i += step)
        *bits |= 1ull << i;
    return true;
}

static bool take_cron_field(struct reader *r, const struct cron_field *f,
                            uint64_t *bits, bool *any)
{
    skip_space(r);
    if (ended(r))
        return fail(r, r->at, "here the %s is expected: a cron expression has "
                              "minute, hour, day of the month, month, day of the week",
                    f->name);
    *any = here(r) == '*';
    for (;;) {
        if (!take_cron_range(r, f, bits))
            return false;
        if (here(r) != ',' || is_space(r->at + 1 < r->text.n ? r->text.p[r->at + 1] : ' '))
            break;
        r->at++;
    }
    if (!ended(r) && !is_space(here(r)) && here(r) != ';' && here(r) != ',')
        return fail(r, r->at, "what is this in the %s?", f->name);
    return true;
}

static bool cron(struct reader *r, size_t at)
{
    static const struct cron_field fields[5] = {
        {"minute", 0, 59}, {"hour", 0, 23}, {"day of the month", 1, 31},
        {"month", 1, 12},  {"day of the week", 0, 7},
    };
    uint64_t bits[5] = {0};
    bool any[5];
    size_t first = r->out->n;
    struct schedule once = {.kind = SCHEDULE_MOMENTS, .n = 1};

    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (!take_cron_field(r, &fields[i], &bits[i], &any[i]))
            return false;
    bits[4] |= bits[4] >> 7; /* 7 is Sunday too */
    once.item[0] = (struct schedule_item){
        .way = BY_CALENDAR, .minutes = bits[0], .hours = (uint32_t)bits[1],
        .month_days = (uint32_t)bits[2], .months = (uint16_t)bits[3],
        .week_days = bits[4] & ALL_DAYS, .either_day = !any[2] && !any[4],
    };
    if (schedule_next_ms(&once, NULL, 0) == INT64_MAX)
        return fail(r, at, "this never comes: no such month has such a day");
    return add(r, at, once.item[0]) && duration_of(r, first, at);
}

static bool item(struct reader *r)
{
    uint8_t days = ALL_DAYS;
    bool said = false;
    size_t at;

    skip_space(r);
    at = r->at;
    if (take_word(r, "cron"))
        return cron(r, at);
    if (take_word(r, "every")) {
        if (!take_word(r, "day"))
            return interval(r, at);
        said = true;
    } else if (take_word(r, "daily")) {
        said = true;
    } else if (week_day_of(peek_letters(r)) >= 0) {
        days = 0;
        said = true;
        if (!take_days(r, &days))
            return false;
    }
    if (take_word(r, "at"))
        return at_times(r, days, at);
    skip_space(r);
    if (said && !is_digit(here(r)))
        return whole_days(r, days, at);
    if (!is_digit(here(r)))
        return expected(r, "a day, a time, \"daily\", \"every\" or \"cron\"");
    return windows(r, days);
}

bool schedule_parse(struct str text, enum schedule_kind kind, struct schedule *out,
                    size_t *column, struct error *err)
{
    struct reader r = {.text = text, .out = out, .column = column, .err = err};

    memset(out, 0, sizeof *out);
    out->kind = kind;
    if (text.n > SCHEDULE_BYTES_MAX)
        return fail(&r, SCHEDULE_BYTES_MAX, "a schedule has at most %d bytes",
                    SCHEDULE_BYTES_MAX);
    do {
        if (!item(&r))
            return false;
    } while (take(&r, ';') || take(&r, ','));
    skip_space(&r);
    if (!ended(&r))
        return expected(&r, "\";\" or the end");
    return true;
}
