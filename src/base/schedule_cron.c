/* schedule_cron.c -- the five fields of crontab(5) in a schedule. */
#include "base/schedule_own.h"

struct cron_field {
    const char *name;
    int64_t least, most;
};

static bool take_cron_value(struct reader *r, const struct cron_field *f, int64_t *out)
{
    size_t start = r->at;
    struct str word;

    if (is_letter(reader_here(r)) && (f->most == 12 || f->most == 7)) {
        word = reader_letters(r);
        *out = f->most == 7 ? reader_week_day(word) : reader_month(word);
        if (*out >= 0) {
            r->at += word.n;
            return true;
        }
    } else if (reader_number(r, f->most, out) && *out >= f->least) {
        return true;
    }
    return reader_fail(r, start, "%.*s is no %s: %ld to %ld", STR_ARG(reader_found(r, start)),
                f->name, (long)f->least, (long)f->most);
}

/* "5", "1-5", "*", each with a step: "1-30/2". */
static bool take_cron_range(struct reader *r, const struct cron_field *f,
                            uint64_t *bits)
{
    int64_t from = f->least, to = f->most, step = 1;
    size_t start = r->at;

    if (reader_here(r) == '*') {
        r->at++;
        to = f->most == 7 ? 6 : f->most;
    } else {
        if (!take_cron_value(r, f, &from))
            return false;
        to = from;
        if (reader_here(r) == '-') {
            r->at++;
            if (!take_cron_value(r, f, &to))
                return false;
        } else if (reader_here(r) == '/') {
            return reader_fail(r, r->at, "a step needs a range or * before it");
        }
    }
    if (f->most == 7 && to < from && to == 0)
        to = 7; /* fri-sun */
    if (to < from)
        return reader_fail(r, start, "this range goes backwards");
    if (reader_here(r) == '/') {
        r->at++;
        if (!reader_number(r, f->most, &step) || step == 0)
            return reader_fail(r, r->at, "here a step from 1 to %ld is expected",
                               (long)f->most);
    }
    for (int64_t i = from; i <= to; i += step)
        *bits |= 1ull << i;
    return true;
}

static bool take_cron_field(struct reader *r, const struct cron_field *f,
                            uint64_t *bits, bool *any)
{
    reader_skip(r);
    if (reader_ended(r))
        return reader_fail(r, r->at, "here the %s is expected: a cron expression has "
                              "minute, hour, day of the month, month, day of the week",
                    f->name);
    *any = reader_here(r) == '*';
    for (;;) {
        if (!take_cron_range(r, f, bits))
            return false;
        if (reader_here(r) != ',' || r->at + 1 >= r->text.n ||
            is_space(r->text.p[r->at + 1]))
            break;
        r->at++;
    }
    if (!reader_ended(r) && !is_space(reader_here(r)) &&
        strchr(";,", reader_here(r)) == NULL)
        return reader_fail(r, r->at, "what is this in the %s?", f->name);
    return true;
}

bool reader_cron(struct reader *r, size_t at)
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
        .week_days = bits[4] & ALL_DAYS, .either_day = !any[2] && !any[4],
    };
    schedule_dates_set(&once.item[0].dates, (uint32_t)bits[2], (uint16_t)bits[3]);
    if (schedule_next_ms(&once, NULL, 0) == INT64_MAX)
        return reader_fail(r, at, "this never comes: no such month has such a day");
    return reader_add(r, at, once.item[0]) && reader_for(r, first, at);
}
