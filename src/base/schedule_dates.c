/* schedule_dates.c -- which dates a window or a moment comes on: years, months, days
 * of the month, the last ones too. */
#include "base/schedule_own.h"

#define YEAR_MAX 9999
#define DAY_MAX 31

static void month_days_set(struct schedule_dates *out, uint32_t bits)
{
    for (size_t i = 0; i < COUNT_OF(out->month_days); i++)
        out->month_days[i] = bits;
}

void schedule_dates_set(struct schedule_dates *out, uint32_t month_days,
                        uint16_t months)
{
    *out = (struct schedule_dates){.months = months};
    month_days_set(out, month_days);
}

void schedule_dates_all(struct schedule_dates *out)
{
    schedule_dates_set(out, ALL_MONTH_DAYS, ALL_MONTHS);
    out->all = true;
}

/* "-" or "to" between the ends of a range. */
static bool goes_on(struct reader *r)
{
    return reader_take(r, '-') || reader_word(r, "to");
}

static bool take_year(struct reader *r, int *out)
{
    int64_t year;
    size_t start;

    reader_skip(r);
    start = r->at;
    if (!reader_number(r, YEAR_MAX, &year) || year == 0)
        return reader_expected_at(r, start, "a year like 2026");
    *out = (int)year;
    return true;
}

static bool take_years(struct reader *r, struct schedule_dates *out)
{
    size_t start;

    if (!reader_word(r, "year") && !reader_word(r, "years"))
        return true;
    reader_skip(r);
    start = r->at;
    if (!take_year(r, &out->from_year))
        return false;
    out->until_year = out->from_year;
    if (goes_on(r) && !take_year(r, &out->until_year))
        return false;
    return out->until_year >= out->from_year ||
           reader_fail(r, start, "this range goes backwards");
}

static bool take_month(struct reader *r, int *out)
{
    struct str word = reader_letters(r);

    *out = reader_month(word);
    if (*out < 0)
        return reader_expected(r, "a month (jan, feb, ...)");
    r->at += word.n;
    return true;
}

/* nov-feb goes over the year's end. */
static bool take_months(struct reader *r, struct schedule_dates *out)
{
    int first = 0, last = 0;

    if (reader_month(reader_letters(r)) < 0)
        return true;
    out->months = 0;
    do {
        if (!take_month(r, &first))
            return false;
        last = first;
        if (goes_on(r) && !take_month(r, &last))
            return false;
        for (int month = first;; month = month % 12 + 1) {
            out->months |= (uint16_t)(1u << month);
            if (month == last)
                break;
        }
    } while (reader_comma_letter(r));
    return true;
}

/* 1 to 31, or -1 to -31: the last one, and so on. */
static bool take_day(struct reader *r, int *out)
{
    bool negative;
    int64_t day;
    size_t start;

    reader_skip(r);
    start = r->at;
    negative = reader_take(r, '-');
    if (!reader_number(r, DAY_MAX, &day) || day == 0)
        return reader_expected_at(
            r, start, "a day of the month, 1 to 31, or -1 for the last,");
    *out = negative ? -(int)day : (int)day;
    return true;
}

/* Of each length of month, what the range is in it; none where it is beyond. */
static void days_add(struct schedule_dates *out, int first, int last)
{
    for (size_t i = 0; i < COUNT_OF(out->month_days); i++) {
        int length = MONTH_SHORTEST + (int)i;
        int from = first < 0 ? length + first + 1 : first;
        int until = last < 0 ? length + last + 1 : last;

        for (int day = MAX(from, 1); day <= MIN(until, length); day++)
            out->month_days[i] |= 1u << day;
    }
}

/* Which is never empty, or not in every month. */
static bool is_range(int first, int last)
{
    if ((first < 0) == (last < 0))
        return first <= last;
    return first > 0;
}

static bool take_month_days(struct reader *r, struct schedule_dates *out)
{
    int first = 0, last = 0;
    size_t start;

    if (!reader_word(r, "day") && !reader_word(r, "days"))
        return true;
    month_days_set(out, 0);
    do {
        reader_skip(r);
        start = r->at;
        if (!take_day(r, &first))
            return false;
        last = first;
        if (goes_on(r) && !take_day(r, &last))
            return false;
        if (!is_range(first, last))
            return reader_fail(r, start, "this range goes backwards");
        days_add(out, first, last);
    } while (reader_comma_number(r, true));
    return true;
}

bool reader_dates(struct reader *r, struct schedule_dates *out, bool *said)
{
    size_t start;

    reader_skip(r);
    start = r->at;
    schedule_dates_all(out);
    if (!take_years(r, out) || !take_months(r, out) || !take_month_days(r, out))
        return false;
    *said = r->at > start;
    out->all = !*said;
    return true;
}
