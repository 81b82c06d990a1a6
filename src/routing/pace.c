/* pace.c -- the decisions: repeated, flapping, storm, quiet, digest. */
#include "routing/pace.h"

bool pace_repeats(const struct pace *p, const struct told_alert *was,
                  enum severity severity, int64_t now_ms, int64_t *until_ms)
{
    if (was == NULL || was->told_ms == 0 || severity > was->severity ||
        now_ms >= was->told_ms + p->repeat_ms)
        return false;
    /* A clock that was set back must not make the interval longer. */
    *until_ms = MIN(was->told_ms, now_ms) + p->repeat_ms;
    return true;
}

/* How many of the engages are in the window that ends at now_ms. */
static int64_t engages_since(const struct told_alert *was, int64_t since_ms)
{
    int64_t n = 0;

    for (size_t i = 0; was != NULL && i < was->engage_count; i++)
        n += was->engaged_ms[i] > since_ms;
    return n;
}

enum flapping pace_flaps(const struct pace *p, const struct told_alert *was,
                         int64_t now_ms, int64_t *until_ms)
{
    int64_t n = engages_since(was, now_ms - p->flapping_ms) + 1;
    int64_t settled = (p->flapping_count + 1) / 2; /* fewer than these */
    bool flaps = was != NULL && was->flaps && n >= settled;

    if (p->flapping_count == 0 || (!flaps && n < p->flapping_count))
        return FLAPPING_NOT;
    if (!flaps)
        return FLAPPING_BEGINS;
    /* The oldest whose leaving makes it fewer; the present one is the newest. */
    *until_ms = was->engaged_ms[was->engage_count - (settled - 1)] + p->flapping_ms;
    *until_ms = MAX(*until_ms, now_ms + 1);
    return FLAPPING_ON;
}

bool pace_storms(const struct pace *p, const struct told_recipient *was,
                 int64_t now_ms, int64_t *until_ms)
{
    int64_t end_ms = was != NULL ? was->from_ms + p->storm_ms : 0;

    if (p->storm_limit == 0 || was == NULL || was->from_ms == 0)
        return false;
    if (now_ms < end_ms) {
        *until_ms = MIN(end_ms, now_ms + p->storm_ms);
        return was->storm || was->count >= p->storm_limit;
    }
    *until_ms = now_ms + p->storm_ms; /* it would begin the next window */
    return was->count > p->storm_limit && now_ms < end_ms + p->storm_ms;
}

static bool is_urgent(const struct pace *p, enum severity severity)
{
    return p->urgent != SEVERITY_NONE && severity >= p->urgent;
}

bool pace_quiet(const struct pace *p, enum severity severity, int64_t now_ms,
                int64_t *until_ms)
{
    if (p->quiet == NULL || is_urgent(p, severity) ||
        !schedule_inside(p->quiet, p->zone, now_ms))
        return false;
    *until_ms = schedule_end_ms(p->quiet, p->zone, now_ms);
    return true;
}

bool pace_digests(const struct pace *p, enum severity severity, int64_t now_ms,
                  int64_t *until_ms)
{
    if (p->digest == NULL || is_urgent(p, severity))
        return false;
    *until_ms = schedule_next_ms(p->digest, p->zone, now_ms);
    return true;
}
