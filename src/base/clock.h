/* clock.h -- time and chance behind an interface, so that tests own both. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/str.h"

struct clock {
    int64_t (*wall_ms)(void *arg); /* since 1970, UTC; a datum, it may jump */
    int64_t (*tick_ms)(void *arg); /* CLOCK_BOOTTIME; what timers go by */
    uint32_t (*dice)(void *arg);   /* uniform 32 bits */
    void *arg;
};

extern const struct clock clock_real;

static inline int64_t clock_wall_ms(const struct clock *c)
{
    return c->wall_ms(c->arg);
}
static inline int64_t clock_tick_ms(const struct clock *c)
{
    return c->tick_ms(c->arg);
}
static inline uint32_t clock_dice(const struct clock *c)
{
    return c->dice(c->arg);
}

/* RFC 3339 in UTC with Z: "2020-11-23T14:20:56.000Z"; seconds only when
 * `with_ms` is false. Room for the NUL included. Years 0..9999, else clamped. */
#define TIME_TEXT_MAX 32
void time_text(int64_t wall_ms, bool with_ms, char out[TIME_TEXT_MAX]);

/* RFC 3339 with any offset and 0..9 fraction digits (cut to ms); also the forms
 * "+0100" and a space for T. "0001-01-01T00:00:00Z" gives 0 (Go's zero time). */
bool time_parse(struct str s, int64_t *wall_ms) must_check;

struct time_parts {
    int year, month, day, hour, minute, second, weekday; /* 1.., Sunday = 0 */
    int offset_s; /* east of UTC */
};
void time_parts_utc(int64_t wall_ms, struct time_parts *out);
void time_parts_local(int64_t wall_ms, struct time_parts *out); /* TZ's zone */
int64_t time_from_parts(const struct time_parts *t); /* offset_s honoured */
extern const char *const time_month_names[12];   /* "Jan"..: never localised */
extern const char *const time_weekday_names[7];  /* "Sun".. */

#endif
