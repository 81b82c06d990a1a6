/* schedule.h -- when: windows and moments that come again, written by a person and
 * meant by the clocks of a time zone. Pure: the caller says what time it is. The
 * grammar, with examples, is in docs/noise.md ("Times that come again"):
 *
 *   windows   mon-fri 22:00-07:00        over midnight: begins on mon..fri
 *             mon,wed 12:00-13:00, 18:00-19:00; sat-sun
 *             daily at 02:00 for 90 min
 *             dec day 24-26; year 2027 jan day -1 12:00-24:00
 *             outside mon-fri 09:00-17:00
 *             cron 30 3 1-7 * sun for 2h  crontab(5)'s five fields
 *   moments   daily at 08:00    mon-fri at 08:00, 17:30    every 15 min
 *             cron 0 8 * * 1-5
 *
 * When clocks are put forward or back:
 * - a window is what the clock shows: an hour that is skipped is not in it, one that
 *   comes twice is in it twice;
 * - a moment that is skipped comes when the clocks jump, one that comes twice comes
 *   the first time only (as cron(8) does it); with every hour in a cron's hour
 *   field, it is what the clock shows, as a window;
 * - "for" is time that passes, whatever clocks show; "every" counts time that
 *   passes from the day's first moment, and anew each day. */
#ifndef BASE_SCHEDULE_H
#define BASE_SCHEDULE_H

#include "base/zone.h"

#define SCHEDULE_BYTES_MAX 2048
#define SCHEDULE_ITEMS_MAX 64
#define SCHEDULE_FOR_MAX_S (7 * 86400)
#define SCHEDULE_AHEAD_S (14 * 86400)

enum schedule_kind { SCHEDULE_WINDOWS, SCHEDULE_MOMENTS };

#define MONTH_SHORTEST 28 /* days */

struct schedule_dates {
    bool all;               /* none is left out */
    uint32_t month_days[4]; /* bit 1: the first; of months of 28, 29, 30, 31 days */
    uint16_t months;        /* bit 1: January */
    int from_year, until_year; /* 0: any */
};

struct schedule_item {
    enum schedule_way { BY_CLOCK, BY_CALENDAR, BY_INTERVAL } way;
    uint8_t week_days;        /* bit 0: Sunday */
    struct schedule_dates dates; /* the day it begins on */
    int from_min, until_min;  /* BY_CLOCK; until > 24 h: on the next day */
    uint64_t minutes;         /* BY_CALENDAR, one bit each */
    uint32_t hours;
    bool either_day;          /* month_days or week_days will do (crontab(5)) */
    int64_t every_s;          /* BY_INTERVAL */
    int64_t for_s;            /* not BY_CLOCK; 0: a moment */
};

struct schedule { /* a value; nothing to free */
    enum schedule_kind kind;
    bool outside; /* windows: all the time but these */
    size_t n;
    struct schedule_item item[SCHEDULE_ITEMS_MAX];
};

/* "sunday" .. "saturday", "january" .. "december": three letters will do, too. */
extern const char *const schedule_week_days[7], *const schedule_months[12];

/* False: err is "column 12: ...", and *column (may be NULL) the same number. */
bool schedule_parse(struct str text, enum schedule_kind kind, struct schedule *out,
                    size_t *column, struct error *err);

/* Of windows; what touches or overlaps is one window. */
bool schedule_inside(const struct schedule *s, const struct zone *z, int64_t now_ms);
/* When the window we are in ends; now_ms: we are in none. One that is longer than
 * SCHEDULE_AHEAD_S is told up to about there: ask again then. */
int64_t schedule_end_ms(const struct schedule *s, const struct zone *z, int64_t now_ms);
/* The next moment, or when the next window begins, after now_ms; INT64_MAX: there
 * is none, because the present window does not end in sight. */
int64_t schedule_next_ms(const struct schedule *s, const struct zone *z, int64_t now_ms);

#endif
