/* alertmanager_windows.c -- one time interval of Alertmanager, {times, weekdays,
 * days_of_month, months, years}, as windows of ours. Theirs end on the day they begin
 * and no range goes over the end of a week or a year, so that what they refuse is
 * refused here. */
#include "config/alertmanager_own.h"

struct span {
    int first, last;
};

struct unit { /* one of the lists */
    const char *name, *before, *to;
    bool (*read)(struct str word, int *out);
    bool (*is_right)(const struct span *s);
    void (*write)(int value, struct buf *to);
};

/* --- words ------------------------------------------------------------------------- */

static bool name_read(struct str word, const char *const *names, int n, int *out)
{
    for (int i = 0; i < n; i++)
        if (str_is_nocase(word, names[i])) {
            *out = i;
            return true;
        }
    return false;
}

static bool number_read(struct str word, int *out)
{
    int64_t n;

    if (!str_to_i64(word, &n) || n < -9999 || n > 9999)
        return false;
    *out = (int)n;
    return true;
}

static bool week_day_read(struct str word, int *out)
{
    return name_read(word, schedule_week_days, COUNT_OF(schedule_week_days), out);
}

static bool month_read(struct str word, int *out)
{
    if (name_read(word, schedule_months, COUNT_OF(schedule_months), out))
        ++*out;
    else if (!number_read(word, out))
        return false;
    return *out >= 1 && *out <= 12;
}

static void week_day_write(int value, struct buf *to)
{
    buf_printf(to, "%.3s", schedule_week_days[value]);
}

static void month_write(int value, struct buf *to)
{
    buf_printf(to, "%.3s", schedule_months[value - 1]);
}

static void number_write(int value, struct buf *to)
{
    buf_printf(to, "%d", value);
}

static bool goes_up(const struct span *s)
{
    return s->first <= s->last;
}

static bool are_years(const struct span *s)
{
    return s->first >= 1 && goes_up(s);
}

/* As theirs, which looks at a month of 28 days. */
static bool are_month_days(const struct span *s)
{
    int first = s->first < 0 ? 28 + s->first : s->first;
    int last = s->last < 0 ? 28 + s->last : s->last;

    return s->first != 0 && s->last != 0 && abs(s->first) <= 31 &&
           abs(s->last) <= 31 && (s->first > 0 || s->last < 0) && first <= last;
}

/* --- lists --------------------------------------------------------------------------- */

static const struct unit year = {"years", "year ", "-", number_read, are_years,
                                 number_write};
static const struct unit units[] = {
    {"months", "", "-", month_read, goes_up, month_write},
    {"days_of_month", "day ", " to ", number_read, are_month_days, number_write},
    {"weekdays", "", "-", week_day_read, goes_up, week_day_write},
};

static bool list_find(const struct json *spec, const char *name,
                      const struct json **out, struct error *err)
{
    const struct json *list = json_get(spec, name);

    *out = NULL;
    if (list == NULL || json_is(list, JSON_NULL))
        return true;
    if (!json_is(list, JSON_ARRAY) || list->count == 0)
        return error_set(err, "%s is no list with something in it", name);
    *out = list;
    return true;
}

static bool span_write(const struct unit *u, struct str text, struct buf *to,
                       struct error *err)
{
    struct str last = text, first = str_until(&last, ':');
    struct span s;

    if (str_find(text, ':') == text.n)
        last = first;
    if (!u->read(str_trim(first), &s.first) || !u->read(str_trim(last), &s.last) ||
        !u->is_right(&s))
        return error_set(err, "\"%.*s\" is nothing that can stand in %s",
                         STR_ARG(str_first(text, utf8_cut(text, 60))), u->name);
    u->write(s.first, to);
    if (s.last != s.first) {
        buf_text(to, u->to);
        u->write(s.last, to);
    }
    return true;
}

static bool unit_write(const struct unit *u, const struct json *spec, struct buf *to,
                       struct error *err)
{
    const struct json *list;

    if (!list_find(spec, u->name, &list, err))
        return false;
    for (const struct json *e = list ? list->first : NULL; e; e = e->next) {
        if (e == list->first)
            buf_printf(to, "%s%s", to->n > 0 ? " " : "", u->before);
        else
            buf_char(to, ',');
        if (!span_write(u, json_text(e), to, err))
            return false;
    }
    return true;
}

/* --- times --------------------------------------------------------------------------- */

/* HH:MM, two digits each; *out in minutes. */
static bool time_read(struct str text, int *out)
{
    int64_t hour, minute;

    if (text.n != 5 || text.p[2] != ':' || !str_to_i64(str_first(text, 2), &hour) ||
        !str_to_i64(str_from(text, 3), &minute) || hour < 0 || minute < 0 ||
        minute > 59 || hour * 60 + minute > 24 * 60)
        return false;
    *out = (int)(hour * 60 + minute);
    return true;
}

static bool times_write(const struct json *spec, struct buf *to, struct error *err)
{
    const struct json *list;

    if (!list_find(spec, "times", &list, err))
        return false;
    for (const struct json *e = list ? list->first : NULL; e; e = e->next) {
        struct str from = json_text(json_get(e, "start_time"));
        struct str until = json_text(json_get(e, "end_time"));
        int from_min, until_min;

        if (!time_read(from, &from_min) || !time_read(until, &until_min) ||
            from_min >= until_min)
            return error_set(err, "times must have a start_time and a later end_time, "
                                  "like \"09:00\" and \"17:00\"");
        buf_printf(to, "%s%.*s-%.*s",
                   e != list->first ? ", " : to->n > 0 ? " " : "", STR_ARG(from),
                   STR_ARG(until));
    }
    return true;
}

/* --- one interval ----------------------------------------------------------------------- */

static bool keys_are_known(const struct json *spec, struct error *err)
{
    static const char *const known[] = {"times", "weekdays", "days_of_month", "months",
                                        "years", "location"};

    if (!json_is(spec, JSON_OBJECT))
        return error_set(err, "a time interval is no object");
    for (const struct json *m = spec->first; m != NULL; m = m->next) {
        bool found = false;

        for (size_t i = 0; i < COUNT_OF(known); i++)
            found = found || str_is(m->name, known[i]);
        if (!found)
            return error_set(err, "\"%.*s\" is not known in a time interval",
                             STR_ARG(str_first(m->name, utf8_cut(m->name, 60))));
    }
    return true;
}

/* The windows of one range of years, or of any; "daily" when nothing is said. */
static bool years_write(const struct json *spec, const struct json *years,
                        struct buf *to, struct error *err)
{
    struct buf one freed_by(buf_release) = BUF(SCHEDULE_BYTES_MAX);

    if (years != NULL) {
        buf_text(&one, year.before);
        if (!span_write(&year, json_text(years), &one, err))
            return false;
    }
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (!unit_write(&units[i], spec, &one, err))
            return false;
    if (!times_write(spec, &one, err))
        return false;
    buf_printf(to, "%s%s", to->n > 0 ? "; " : "", one.n > 0 ? buf_c(&one) : "daily");
    return (!one.over && !to->over) || error_set(err, "a time interval is too long");
}

bool am_windows(const struct json *spec, struct buf *to, struct error *err)
{
    const struct json *years;

    if (!keys_are_known(spec, err) || !list_find(spec, year.name, &years, err))
        return false;
    if (years == NULL)
        return years_write(spec, NULL, to, err);
    for (const struct json *e = years->first; e != NULL; e = e->next)
        if (!years_write(spec, e, to, err))
            return false;
    return true;
}
