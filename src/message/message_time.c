/* message_time.c -- when it happened: in the zone of this machine, and in UTC. */
#include "message/words.h"

#include "base/clock.h"

#define ZONE_MAX 16

/* From when to when; `to` is the same as `from` for what has no end. */
struct span {
    struct time_parts from, to;
    bool ends;
};

static struct span span_of(const struct alert *a,
                           void (*parts)(int64_t, struct time_parts *))
{
    struct span s = {0};

    s.ends = a->action == ACTION_RELEASE && a->tstamp_end_ms > a->tstamp_ms;
    parts(a->tstamp_ms, &s.from);
    parts(s.ends ? a->tstamp_end_ms : a->tstamp_ms, &s.to);
    return s;
}

static bool same_day(const struct time_parts *a, const struct time_parts *b)
{
    return a->day == b->day && a->month == b->month && a->year == b->year;
}

static void put_date(struct buf *b, const struct time_parts *t)
{
    buf_printf(b, "%d %s %d ", t->day, time_month_names[t->month - 1], t->year);
}

static void put_time(struct buf *b, const struct time_parts *t)
{
    buf_printf(b, "%02d:%02d:%02d", t->hour, t->minute, t->second);
}

static void put_span(struct buf *b, const struct span *s)
{
    put_time(b, &s->from);
    if (!s->ends)
        return;
    buf_text(b, " - ");
    if (!same_day(&s->from, &s->to))
        put_date(b, &s->to);
    put_time(b, &s->to);
}

/* "CET", or "+05:45" where a zone has no letters. */
static void zone_name(int64_t wall_ms, char out[ZONE_MAX])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm t;

    if (localtime_r(&seconds, &t) == NULL || t.tm_zone == NULL)
        snprintf(out, ZONE_MAX, "UTC");
    else
        snprintf(out, ZONE_MAX, "%s", t.tm_zone);
}

struct str message_when(const struct alert *a, struct arena *arena)
{
    struct buf b freed_by(buf_release) = BUF(200);
    struct span local = span_of(a, time_parts_local);
    struct span utc = span_of(a, time_parts_utc);
    char zone[ZONE_MAX];

    zone_name(a->tstamp_ms, zone);
    put_date(&b, &local.from);
    put_span(&b, &local);
    buf_printf(&b, " %s", zone);
    if (local.from.offset_s == 0 && local.to.offset_s == 0)
        return words_kept(arena, &b);
    buf_text(&b, " (");
    if (!same_day(&local.from, &utc.from))
        put_date(&b, &utc.from);
    put_span(&b, &utc);
    buf_text(&b, " UTC)");
    return words_kept(arena, &b);
}

struct str message_moment(int64_t wall_ms, struct arena *arena)
{
    struct buf b freed_by(buf_release) = BUF(200);
    struct time_parts local;
    char zone[ZONE_MAX];

    time_parts_local(wall_ms, &local);
    zone_name(wall_ms, zone);
    put_date(&b, &local);
    put_time(&b, &local);
    buf_printf(&b, " %s", zone);
    return words_kept(arena, &b);
}

struct str message_clock(int64_t wall_ms, int64_t other_ms, struct arena *arena)
{
    struct buf b freed_by(buf_release) = BUF(200);
    struct time_parts at, other;

    time_parts_local(wall_ms, &at);
    time_parts_local(other_ms, &other);
    if (!same_day(&at, &other))
        put_date(&b, &at);
    buf_printf(&b, "%02d:%02d", at.hour, at.minute);
    return words_kept(arena, &b);
}

struct str message_fired(const struct alert *a, struct arena *arena)
{
    struct buf b freed_by(buf_release) = BUF(200);
    struct span local = span_of(a, time_parts_local);
    char zone[ZONE_MAX];

    zone_name(a->tstamp_ms, zone);
    buf_text(&b, "Fired ");
    if (!same_day(&local.from, &local.to))
        put_date(&b, &local.from);
    put_time(&b, &local.from);
    buf_text(&b, ", cleared ");
    if (!same_day(&local.from, &local.to))
        put_date(&b, &local.to);
    put_time(&b, &local.to);
    buf_printf(&b, " %s", zone);
    return words_kept(arena, &b);
}
