/* time.c -- calendar arithmetic and RFC 3339, without the C library's zones. */
#include "base/clock.h"

#define DAY_S 86400
#define YEAR_0_MS (-62167219200000LL)     /* 0000-01-01T00:00:00.000Z */
#define YEAR_9999_MS 253402300799999LL    /* 9999-12-31T23:59:59.999Z */
#define GO_ZERO_MS (-62135596800000LL)    /* 0001-01-01T00:00:00.000Z */
#define DAYS_TO_1970 719468               /* since 0000-03-01 */
#define DAYS_IN_400_YEARS 146097

const char *const time_month_names[12] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
};
const char *const time_weekday_names[7] = {
    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

/* Years are counted from March here, so that the leap day is their last. Days
 * before a month since March: (153 m + 2) / 5 for m = 0..11. */
static int64_t days_of(int64_t year, int month, int64_t day)
{
    int64_t months = year * 12 + (month - 3); /* since March of year 0 */
    int64_t y = floor_div(months, 12), m = months - y * 12;

    return y * 365 + floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400) +
           (153 * m + 2) / 5 + day - 1 - DAYS_TO_1970;
}

static void date_of(int64_t days, struct time_parts *out)
{
    int64_t since = days + DAYS_TO_1970;
    int64_t era = floor_div(since, DAYS_IN_400_YEARS);
    int64_t in_era = since - era * DAYS_IN_400_YEARS;
    /* Take the leap days out, and what is left are years of 365 days. */
    int64_t leap_days = in_era / 1460 - in_era / 36524 + in_era / 146096;
    int64_t y = (in_era - leap_days) / 365;
    int64_t in_year = in_era - (y * 365 + y / 4 - y / 100);
    int64_t m = (5 * in_year + 2) / 153;

    out->day = (int)(in_year - (153 * m + 2) / 5 + 1);
    out->month = (int)(m < 10 ? m + 3 : m - 9);
    out->year = (int)(era * 400 + y + (m < 10 ? 0 : 1));
    out->weekday = (int)(days + 4 - floor_div(days + 4, 7) * 7);
}

void time_parts_utc(int64_t wall_ms, struct time_parts *out)
{
    int64_t clamped = MIN(MAX(wall_ms, YEAR_0_MS), YEAR_9999_MS);
    int64_t seconds = floor_div(clamped, 1000);
    int64_t days = floor_div(seconds, DAY_S);
    int in_day = (int)(seconds - days * DAY_S);

    date_of(days, out);
    out->hour = in_day / 3600;
    out->minute = in_day / 60 % 60;
    out->second = in_day % 60;
    out->offset_s = 0;
}

void time_parts_local(int64_t wall_ms, struct time_parts *out)
{
    int64_t clamped = MIN(MAX(wall_ms, YEAR_0_MS), YEAR_9999_MS);
    time_t seconds = (time_t)floor_div(clamped, 1000);
    struct tm t;

    if (localtime_r(&seconds, &t) == NULL) {
        time_parts_utc(wall_ms, out);
        return;
    }
    *out = (struct time_parts){
        .year = t.tm_year + 1900,
        .month = t.tm_mon + 1,
        .day = t.tm_mday,
        .hour = t.tm_hour,
        .minute = t.tm_min,
        .second = t.tm_sec,
        .weekday = t.tm_wday,
        .offset_s = (int)t.tm_gmtoff,
    };
}

int64_t time_from_parts(const struct time_parts *t)
{
    int64_t seconds = days_of(t->year, t->month, t->day) * DAY_S;

    seconds += (int64_t)t->hour * 3600 + (int64_t)t->minute * 60 + t->second;
    return (seconds - t->offset_s) * 1000;
}

static char *put_digits(char *out, int value, size_t width)
{
    for (size_t i = width; i > 0; i--) {
        out[i - 1] = (char)('0' + value % 10);
        value /= 10;
    }
    return out + width;
}

void time_text(int64_t wall_ms, bool with_ms, char out[TIME_TEXT_MAX])
{
    int64_t clamped = MIN(MAX(wall_ms, YEAR_0_MS), YEAR_9999_MS);
    struct time_parts t;
    char *p;

    time_parts_utc(clamped, &t);
    p = put_digits(out, t.year, 4);
    *p++ = '-';
    p = put_digits(p, t.month, 2);
    *p++ = '-';
    p = put_digits(p, t.day, 2);
    *p++ = 'T';
    p = put_digits(p, t.hour, 2);
    *p++ = ':';
    p = put_digits(p, t.minute, 2);
    *p++ = ':';
    p = put_digits(p, t.second, 2);
    if (with_ms) {
        *p++ = '.';
        p = put_digits(p, (int)(clamped - floor_div(clamped, 1000) * 1000), 3);
    }
    *p++ = 'Z';
    *p = '\0';
}

static bool take_number(struct str *s, size_t width, int most, int *out)
{
    int value = 0;

    if (s->n < width)
        return false;
    for (size_t i = 0; i < width; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return false;
        value = value * 10 + (s->p[i] - '0');
    }
    *s = str_from(*s, width);
    *out = value;
    return value <= most;
}

static bool take_one_of(struct str *s, const char *choices)
{
    if (s->n == 0 || s->p[0] == '\0' || strchr(choices, s->p[0]) == NULL)
        return false;
    *s = str_from(*s, 1);
    return true;
}

static int days_in_month(int year, int month)
{
    return (int)(days_of(year, month + 1, 1) - days_of(year, month, 1));
}

static bool take_date(struct str *s, struct time_parts *t)
{
    return take_number(s, 4, 9999, &t->year) && take_one_of(s, "-") &&
           take_number(s, 2, 12, &t->month) && take_one_of(s, "-") &&
           take_number(s, 2, 31, &t->day) && t->month >= 1 && t->day >= 1 &&
           t->day <= days_in_month(t->year, t->month);
}

/* A leap second is the first one of the next minute here. */
static bool take_clock(struct str *s, struct time_parts *t)
{
    return take_number(s, 2, 23, &t->hour) && take_one_of(s, ":") &&
           take_number(s, 2, 59, &t->minute) && take_one_of(s, ":") &&
           take_number(s, 2, 60, &t->second);
}

static bool take_fraction(struct str *s, int *ms)
{
    size_t n = 0;

    *ms = 0;
    if (!take_one_of(s, "."))
        return true;
    for (; n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++) {
        if (n < 3)
            *ms = *ms * 10 + (s->p[n] - '0');
    }
    *s = str_from(*s, n);
    for (size_t i = n; i < 3; i++)
        *ms *= 10;
    return n >= 1 && n <= 9;
}

static bool take_offset(struct str *s, int *offset_s)
{
    bool west = str_starts(*s, "-");
    int hours, minutes;

    *offset_s = 0;
    if (take_one_of(s, "Zz"))
        return true;
    if (!take_one_of(s, "+-") || !take_number(s, 2, 23, &hours))
        return false;
    if (str_starts(*s, ":"))
        *s = str_from(*s, 1);
    if (!take_number(s, 2, 59, &minutes))
        return false;
    *offset_s = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
    return true;
}

bool time_parse(struct str s, int64_t *wall_ms)
{
    struct time_parts t = {0};
    int64_t parsed;
    int ms;

    if (!take_date(&s, &t) || !take_one_of(&s, "Tt ") || !take_clock(&s, &t) ||
        !take_fraction(&s, &ms) || !take_offset(&s, &t.offset_s) || s.n != 0)
        return false;
    parsed = time_from_parts(&t) + ms;
    *wall_ms = parsed == GO_ZERO_MS ? 0 : parsed;
    return true;
}
