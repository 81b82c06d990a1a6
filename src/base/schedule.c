/* schedule.c -- walks a schedule along a zone's clocks: inside, until, next. */
#include "base/clock.h"
#include "base/schedule.h"

#define DAY_S 86400
#define WEEK_S (7LL * DAY_S)
#define HOUR_S 3600
#define MINUTE_S 60
#define YEARS_AHEAD_S (9LL * 366 * DAY_S) /* 29 February may be eight years off */
/* Beyond these nobody plans, and no sum below can overflow. */
#define FIRST_S (2LL * DAY_S)
#define LAST_S 253370764800LL /* 9999-01-01 */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

static int64_t seconds_of(int64_t now_ms)
{
    return MIN(MAX(floor_div(now_ms, 1000), FIRST_S), LAST_S);
}

/* --- days ---------------------------------------------------------------------- */

static int64_t day_of(int year, int month)
{
    struct time_parts t = {.year = year, .month = month, .day = 1};

    return floor_div(time_from_parts(&t) / 1000, DAY_S);
}

static bool has_week_day(const struct schedule_item *i, int64_t day)
{
    return i->week_days >> (day + 4 - floor_div(day + 4, 7) * 7) & 1;
}

static int month_length(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return lengths[month - 1] + (month == 2 && leap ? 1 : 0);
}

static bool has_month_day(const struct schedule_dates *d, const struct time_parts *t)
{
    int length = month_length(t->year, t->month);

    return d->month_days[length - MONTH_SHORTEST] >> t->day & 1;
}

static bool has_month(const struct schedule_dates *d, const struct time_parts *t)
{
    return (d->months >> t->month & 1) &&
           (d->from_year == 0 || (t->year >= d->from_year && t->year <= d->until_year));
}

static bool on_day(const struct schedule_item *i, int64_t day)
{
    bool month_day, week_day = has_week_day(i, day);
    struct time_parts t;

    if (i->dates.all || (!week_day && !i->either_day))
        return week_day;
    time_parts_utc(day * DAY_S * 1000, &t);
    month_day = has_month_day(&i->dates, &t);
    return has_month(&i->dates, &t) &&
           (i->either_day ? month_day || week_day : month_day && week_day);
}

/* The first day from `day` on that it comes on; INT64_MAX: none in sight. */
static int64_t next_day(const struct schedule_item *i, int64_t day)
{
    int64_t last;

    if (i->dates.from_year != 0)
        day = MAX(day, day_of(i->dates.from_year, 1));
    last = day + YEARS_AHEAD_S / DAY_S;
    if (i->dates.until_year != 0)
        last = MIN(last, day_of(i->dates.until_year + 1, 1) - 1);
    while (day <= last && !on_day(i, day))
        day++;
    return day <= last ? day : INT64_MAX;
}

/* --- windows by the clock ------------------------------------------------------ */

/* The wall time at which the window that holds `wall_s` ends, or 0. */
static int64_t clock_end(const struct schedule_item *i, int64_t wall_s)
{
    int64_t today = floor_div(wall_s, DAY_S);

    for (int64_t day = today; day >= today - 1; day--) {
        int64_t from_s = day * DAY_S + i->from_min * MINUTE_S;
        int64_t until_s = day * DAY_S + i->until_min * MINUTE_S;

        if (wall_s >= from_s && wall_s < until_s && on_day(i, day))
            return until_s;
    }
    return 0;
}

/* The next wall time at which one begins; INT64_MAX: none in sight. */
static int64_t clock_next(const struct schedule_item *i, int64_t wall_s)
{
    int64_t day = floor_div(wall_s, DAY_S);

    day = next_day(i, day * DAY_S + i->from_min * MINUTE_S <= wall_s ? day + 1 : day);
    return day == INT64_MAX ? day : day * DAY_S + i->from_min * MINUTE_S;
}

/* --- moments by the calendar ---------------------------------------------------- */

static bool every_hour(const struct schedule_item *i)
{
    return i->hours == (1u << 24) - 1;
}

static bool shown(const struct schedule_item *i, const struct zone *z, int64_t at_s)
{
    int64_t wall_s = zone_wall_s(z, at_s);
    int64_t minute = floor_div(wall_s, MINUTE_S);

    return on_day(i, floor_div(wall_s, DAY_S)) &&
           (i->minutes >> (minute - floor_div(minute, 60) * 60) & 1);
}

static int64_t day_start(const struct zone *z, int64_t day)
{
    return zone_first_s(z, day * DAY_S);
}

/* The first moment after `at_s` on one day; INT64_MAX: none. */
static int64_t next_on_day(const struct schedule_item *i, const struct zone *z,
                           int64_t day, int64_t at_s)
{
    if (every_hour(i)) {
        int64_t end_s = day_start(z, day + 1);
        int64_t t = MAX(at_s + 1, day_start(z, day));

        /* Offsets are whole minutes today, not in every past. */
        for (t += (MINUTE_S - zone_wall_s(z, t) % MINUTE_S) % MINUTE_S; t < end_s;
             t += MINUTE_S)
            if (shown(i, z, t))
                return t;
        return INT64_MAX;
    }
    for (int hour = 0; hour < 24; hour++) {
        int64_t hour_s = day * DAY_S + hour * HOUR_S;

        if (!(i->hours >> hour & 1) ||
            zone_first_s(z, hour_s + 59 * MINUTE_S) <= at_s)
            continue;
        for (int minute = 0; minute < 60; minute++) {
            int64_t t = zone_first_s(z, hour_s + minute * MINUTE_S);

            if ((i->minutes >> minute & 1) && t > at_s)
                return t;
        }
    }
    return INT64_MAX;
}

/* Looks at days that begin by `by_s`, so that a rare one costs no walk of years. */
static int64_t calendar_next(const struct schedule_item *i, const struct zone *z,
                             int64_t at_s, int64_t by_s)
{
    int64_t last = floor_div(zone_wall_s(z, by_s), DAY_S);

    for (int64_t day = floor_div(zone_wall_s(z, at_s), DAY_S); day <= last; day++) {
        int64_t t = on_day(i, day) ? next_on_day(i, z, day, at_s) : INT64_MAX;

        if (t != INT64_MAX)
            return t;
    }
    return INT64_MAX;
}

/* --- moments by an interval ------------------------------------------------------ */

static int64_t interval_last(const struct schedule_item *i, const struct zone *z,
                             int64_t at_s)
{
    int64_t start_s = day_start(z, floor_div(zone_wall_s(z, at_s), DAY_S));

    return start_s + floor_div(at_s - start_s, i->every_s) * i->every_s;
}

static int64_t interval_next(const struct schedule_item *i, const struct zone *z,
                             int64_t at_s)
{
    int64_t next_s = interval_last(i, z, at_s) + i->every_s;
    int64_t tomorrow_s =
        day_start(z, floor_div(zone_wall_s(z, at_s), DAY_S) + 1);

    return tomorrow_s > at_s ? MIN(next_s, tomorrow_s) : next_s;
}

/* --- one item -------------------------------------------------------------------- */

static int64_t moment_next(const struct schedule_item *i, const struct zone *z,
                           int64_t at_s, int64_t by_s)
{
    return i->way == BY_CALENDAR ? calendar_next(i, z, at_s, by_s)
                                 : interval_next(i, z, at_s);
}

/* The last moment in (after_s, at_s]; after_s: there is none. The span is halved,
 * because moments can only be asked for forwards. */
static int64_t moment_last(const struct schedule_item *i, const struct zone *z,
                           int64_t after_s, int64_t at_s)
{
    int64_t last_s = after_s, from_s = after_s, until_s = at_s;

    while (from_s < until_s) {
        int64_t middle_s = from_s + (until_s - from_s) / 2;
        int64_t next_s = moment_next(i, z, middle_s, at_s);

        if (next_s <= at_s)
            from_s = last_s = next_s;
        else
            until_s = middle_s;
    }
    return last_s;
}

/* When what holds `at_s` ends, or earlier: it is asked again there. at_s: nothing
 * of this item holds it. */
static int64_t item_end(const struct schedule_item *i, const struct zone *z,
                        int64_t at_s)
{
    int64_t wall_s = zone_wall_s(z, at_s), after_s = at_s - i->for_s;
    int64_t last_s;

    if (i->way == BY_CLOCK) {
        int64_t end_s = clock_end(i, wall_s);

        return end_s == 0 ? at_s : zone_change_s(z, at_s, at_s + end_s - wall_s);
    }
    last_s = moment_last(i, z, after_s, at_s);
    return last_s == after_s ? at_s : last_s + i->for_s;
}

/* As item_next, of windows by the clock. One that is far off is asked for again two
 * days before it: until then the clocks may be changed there and back. */
static int64_t window_next(const struct schedule_item *i, const struct zone *z,
                           int64_t at_s)
{
    int64_t wall_s = zone_wall_s(z, at_s), next_s = clock_next(i, wall_s), change_s;

    if (next_s == INT64_MAX)
        return INT64_MAX;
    if (next_s - wall_s <= WEEK_S)
        return zone_change_s(z, at_s, at_s + next_s - wall_s);
    change_s = zone_change_s(z, at_s, at_s + 2 * DAY_S);
    return change_s < at_s + 2 * DAY_S ? change_s
                                       : zone_first_s(z, next_s - 2 * DAY_S);
}

/* When this item may begin next, or earlier: it is asked again there. */
static int64_t item_next(const struct schedule_item *i, const struct zone *z,
                         int64_t at_s)
{
    return i->way == BY_CLOCK ? window_next(i, z, at_s)
                              : moment_next(i, z, at_s, at_s + YEARS_AHEAD_S);
}

/* --- all of them ------------------------------------------------------------------ */

/* As item_end, of the item that ends last. */
static int64_t holds_until(const struct schedule *s, const struct zone *z, int64_t at_s)
{
    int64_t end_s = at_s;

    for (size_t i = 0; i < s->n; i++)
        end_s = MAX(end_s, item_end(&s->item[i], z, at_s));
    return end_s;
}

static int64_t end_of(const struct schedule *s, const struct zone *z, int64_t at_s)
{
    int64_t t = at_s, end_s = holds_until(s, z, at_s);

    while (end_s > t && t - at_s < SCHEDULE_AHEAD_S) {
        t = end_s;
        end_s = holds_until(s, z, t);
    }
    return t;
}

static int64_t may_begin(const struct schedule *s, const struct zone *z, int64_t at_s)
{
    int64_t next_s = INT64_MAX;

    for (size_t i = 0; i < s->n; i++)
        next_s = MIN(next_s, item_next(&s->item[i], z, at_s));
    return next_s;
}

/* When the first of them begins behind `at_s`, which is in none. */
static int64_t begin_of(const struct schedule *s, const struct zone *z, int64_t at_s)
{
    int64_t next_s = may_begin(s, z, at_s);

    while (next_s != INT64_MAX && holds_until(s, z, next_s) == next_s)
        next_s = may_begin(s, z, next_s);
    return next_s;
}

static bool is_in(const struct schedule *s, const struct zone *z, int64_t at_s)
{
    return holds_until(s, z, at_s) > at_s;
}

/* The end of the span between windows that `at_s` is in. */
static int64_t gap_end(const struct schedule *s, const struct zone *z, int64_t at_s)
{
    int64_t begin_s = begin_of(s, z, at_s);

    return begin_s == INT64_MAX ? at_s + SCHEDULE_AHEAD_S : begin_s;
}

/* When the first span between windows begins behind `at_s`. */
static int64_t gap_next(const struct schedule *s, const struct zone *z, int64_t at_s)
{
    int64_t begin_s = is_in(s, z, at_s) ? at_s : begin_of(s, z, at_s);
    int64_t end_s = begin_s == INT64_MAX ? INT64_MAX : end_of(s, z, begin_s);

    return end_s != INT64_MAX && is_in(s, z, end_s) ? INT64_MAX : end_s;
}

static int64_t window_begin(const struct schedule *s, const struct zone *z, int64_t at_s)
{
    int64_t end_s = end_of(s, z, at_s);

    return is_in(s, z, end_s) ? INT64_MAX : begin_of(s, z, end_s);
}

bool schedule_inside(const struct schedule *s, const struct zone *z, int64_t now_ms)
{
    return s->kind == SCHEDULE_WINDOWS && is_in(s, z, seconds_of(now_ms)) != s->outside;
}

int64_t schedule_end_ms(const struct schedule *s, const struct zone *z, int64_t now_ms)
{
    int64_t at_s = seconds_of(now_ms);

    if (!schedule_inside(s, z, now_ms))
        return now_ms;
    return (s->outside ? gap_end(s, z, at_s) : end_of(s, z, at_s)) * 1000;
}

int64_t schedule_next_ms(const struct schedule *s, const struct zone *z, int64_t now_ms)
{
    int64_t at_s = seconds_of(now_ms);
    int64_t next_s = s->kind == SCHEDULE_MOMENTS ? may_begin(s, z, at_s)
                     : s->outside                ? gap_next(s, z, at_s)
                                                 : window_begin(s, z, at_s);

    return next_s == INT64_MAX ? INT64_MAX : next_s * 1000;
}
