/* pace.h -- how much and when a recipient wants to be told: options that all types
 * have in common, and the decisions they lead to. Pure functions of the options,
 * what was told so far (told.h), and the time. docs/noise.md tells it to users. */
#ifndef ROUTING_PACE_H
#define ROUTING_PACE_H

#include "base/field.h"
#include "base/schedule.h"
#include "routing/told.h"

#define REPEAT_INTERVAL_MAX_MS TOLD_KEPT_MS
#define FLAPPING_COUNT_MAX ENGAGES_KEPT

struct pace_options { /* members of a recipient object, as written */
    int64_t repeat_interval; /* ms */
    int64_t flapping_count;
    int64_t storm_limit, storm_window; /* messages; ms */
    struct str digest, quiet_hours, time_zone;
    struct str escalate_to; /* a recipient's name; "": nobody */
    int64_t escalate_after; /* ms */
    int urgent_severity;
};
extern const struct field pace_fields[];

struct pace_defaults { /* of those options that recipients need not have */
    int64_t repeat_interval, flapping_count, flapping_window;
    struct str time_zone;
};

struct pace {
    struct pace_options as_written;
    bool own_repeat, own_flapping; /* not the default */
    int64_t repeat_ms;             /* 0: every time */
    int64_t flapping_count, flapping_ms; /* engages within; 0: never flaps */
    int64_t storm_limit, storm_ms;       /* messages within; 0: no limit */
    const struct schedule *digest, *quiet; /* NULL: none */
    const struct zone *zone;
    enum severity urgent; /* told at once from here on; NONE: nothing is */
};

/* From the members of a recipient object, others are left alone; `object` may be
 * NULL. `gathers`: its type can tell many in one message; else digest and storm are
 * errors. The caller owns *zone (zone_free()), also when this fails. */
bool pace_read(const struct json *object, const struct pace_defaults *defaults,
               bool gathers, struct arena *a, struct pace *out, struct zone **zone,
               struct error *err) must_check;
void pace_write(const struct pace *p, struct json_out *o);

/* Each says whether an engaged or one-shot alert waits, and until when (later than
 * now_ms). `was` may be NULL. */

/* The same was told less than the interval ago, and no less severe. */
bool pace_repeats(const struct pace *p, const struct told_alert *was,
                  enum severity severity, int64_t now_ms, int64_t *until_ms);

/* BEGINS: the engage that makes it one is told, as the one that flaps. It settles
 * when fewer than half as many engages are left in the window. */
enum flapping { FLAPPING_NOT, FLAPPING_BEGINS, FLAPPING_ON };
enum flapping pace_flaps(const struct pace *p, const struct told_alert *was,
                         int64_t now_ms, int64_t *until_ms);

/* More messages than the limit since the window began; until it ends. After a
 * window that was a storm the next one is, until one stays below the limit. */
bool pace_storms(const struct pace *p, const struct told_recipient *was,
                 int64_t now_ms, int64_t *until_ms);

bool pace_quiet(const struct pace *p, enum severity severity, int64_t now_ms,
                int64_t *until_ms);
bool pace_digests(const struct pace *p, enum severity severity, int64_t now_ms,
                  int64_t *until_ms);

#endif
