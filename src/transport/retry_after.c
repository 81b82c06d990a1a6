/* retry_after.c -- reads the Retry-After header: seconds or one of HTTP's three
 * forms of a date (RFC 9110, 5.6.7). */
#include "transport/own.h"

/* A view that is eaten from the front. Each word is taken whole or not. */
static bool take_text(struct str *s, const char *text)
{
    if (!str_starts(*s, text))
        return false;
    *s = str_from(*s, strlen(text));
    return true;
}

static bool take_name(struct str *s, const char *const *names, size_t count,
                      int *out)
{
    for (size_t i = 0; i < count; i++) {
        if (take_text(s, names[i])) {
            *out = (int)i;
            return true;
        }
    }
    return false;
}

/* Exactly `digits` digits. */
static bool take_number(struct str *s, size_t digits, int *out)
{
    int n = 0;

    if (s->n < digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return false;
        n = n * 10 + (s->p[i] - '0');
    }
    *s = str_from(*s, digits);
    *out = n;
    return true;
}

static bool take_month(struct str *s, struct time_parts *t)
{
    if (!take_name(s, time_month_names, 12, &t->month))
        return false;
    t->month++;
    return true;
}

static bool take_clock(struct str *s, struct time_parts *t)
{
    return take_number(s, 2, &t->hour) && take_text(s, ":") &&
           take_number(s, 2, &t->minute) && take_text(s, ":") &&
           take_number(s, 2, &t->second);
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" */
static bool date_imf(struct str s, struct time_parts *t)
{
    return take_name(&s, time_weekday_names, 7, &t->weekday) &&
           take_text(&s, ", ") && take_number(&s, 2, &t->day) &&
           take_text(&s, " ") && take_month(&s, t) && take_text(&s, " ") &&
           take_number(&s, 4, &t->year) && take_text(&s, " ") &&
           take_clock(&s, t) && str_is(s, " GMT");
}

/* "Sunday, 06-Nov-94 08:49:37 GMT": a year more than 50 years ahead is one of
 * the past, and either way the delay comes out right, so 1970..2069 will do. */
static bool date_rfc850(struct str s, struct time_parts *t)
{
    static const char *const days[] = {"Sunday",    "Monday",   "Tuesday",
                                       "Wednesday", "Thursday", "Friday",
                                       "Saturday"};

    if (!take_name(&s, days, COUNT_OF(days), &t->weekday) ||
        !take_text(&s, ", ") || !take_number(&s, 2, &t->day) ||
        !take_text(&s, "-") || !take_month(&s, t) || !take_text(&s, "-") ||
        !take_number(&s, 2, &t->year) || !take_text(&s, " ") ||
        !take_clock(&s, t) || !str_is(s, " GMT"))
        return false;
    t->year += t->year < 70 ? 2000 : 1900;
    return true;
}

/* "Sun Nov  6 08:49:37 1994" */
static bool date_asctime(struct str s, struct time_parts *t)
{
    return take_name(&s, time_weekday_names, 7, &t->weekday) &&
           take_text(&s, " ") && take_month(&s, t) && take_text(&s, " ") &&
           (take_text(&s, " ") ? take_number(&s, 1, &t->day)
                               : take_number(&s, 2, &t->day)) &&
           take_text(&s, " ") && take_clock(&s, t) && take_text(&s, " ") &&
           take_number(&s, 4, &t->year) && s.n == 0;
}

static bool date_sane(const struct time_parts *t)
{
    return t->day >= 1 && t->day <= 31 && t->hour <= 23 && t->minute <= 59 &&
           t->second <= 60;
}

static int64_t date_delay_ms(struct str s, int64_t now_ms)
{
    struct time_parts imf = {0}, rfc850 = {0}, asctime = {0};
    const struct time_parts *t;

    if (date_imf(s, &imf))
        t = &imf;
    else if (date_rfc850(s, &rfc850))
        t = &rfc850;
    else if (date_asctime(s, &asctime))
        t = &asctime;
    else
        return 0;
    return date_sane(t) ? time_from_parts(t) - now_ms : 0;
}

static bool all_digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0;
}

/* Some send "0.25"; what is too long for a number is long enough. */
static int64_t seconds_ms(struct str s)
{
    size_t dot = str_find(s, '.');
    struct str whole = str_first(s, dot), part = str_from(s, dot + 1);
    uint64_t seconds;
    double exact;

    if (!all_digits(whole) || (dot < s.n && !all_digits(part)))
        return 0;
    if (!str_to_u64(whole, &seconds) || seconds > RETRY_AFTER_CAP_MS / 1000)
        return RETRY_AFTER_CAP_MS;
    if (dot == s.n)
        return (int64_t)seconds * 1000;
    return str_to_double(s, &exact) ? (int64_t)(exact * 1000.0) : 0;
}

int64_t retry_after_ms(struct str value, int64_t now_ms)
{
    struct str s = str_trim(value);
    int64_t ms;

    if (s.n == 0)
        return 0;
    ms = s.p[0] >= '0' && s.p[0] <= '9' ? seconds_ms(s)
                                        : date_delay_ms(s, now_ms);
    return MIN(MAX(ms, 0), RETRY_AFTER_CAP_MS);
}
