/* pace_options.c -- a recipient's options about how much and when, from JSON and
 * back. */
#include "routing/pace.h"

#include "base/limits.h"

const struct field pace_fields[] = {
    {
        DURATION(struct pace_options, repeat_interval),
        .label = "Repeat at most every",
        .optional = true,
        .min = 0,
        .max = REPEAT_INTERVAL_MAX_MS,
        .help = "The same alert is told at most once in this time and counted "
                "meanwhile; 0 tells it every time. Unset: the setting "
                "repeat_interval.",
    },
    {
        NUMBER(struct pace_options, flapping_count),
        .label = "Flapping from",
        .optional = true,
        .unit = "engages",
        .min = 0,
        .max = FLAPPING_COUNT_MAX,
        .help = "An alert that engages this often within the setting "
                "flapping_window flaps: that is told once, and then how it "
                "settled; 3 to 10, or 0 for never. Unset: the setting "
                "flapping_count.",
    },
    {
        NUMBER(struct pace_options, storm_limit),
        .label = "Storm above",
        .optional = true,
        .unit = "messages",
        .min = 0,
        .max = 1000,
        .help = "More messages than this within the storm window become one "
                "summary at its end; unset or 0: no limit. Only for chats and "
                "e-mail.",
    },
    {
        DURATION(struct pace_options, storm_window),
        .label = "Storm window",
        .fallback = "5m",
        .min = 10 * 1000,
        .max = 24 * 3600 * 1000,
        .help = "The time messages are counted over for the storm limit.",
    },
    {
        TEXT(struct pace_options, digest),
        .label = "Digest",
        .optional = true,
        .max = SCHEDULE_BYTES_MAX,
        .help = "Tell everything together at these moments, like \"daily at "
                "08:00\", \"every 30 min\" or \"cron 0 8 * * 1-5\". Only for "
                "chats and e-mail.",
    },
    {
        TEXT(struct pace_options, quiet_hours),
        .label = "Quiet hours",
        .optional = true,
        .max = SCHEDULE_BYTES_MAX,
        .help = "Tell nothing in these windows, and together what came in them "
                "when they end, like \"22:00-07:00\" or \"mon-fri 18:00-08:00; "
                "sat-sun\".",
    },
    {
        CHOICE(struct pace_options, urgent_severity),
        .label = "Urgent from",
        .fallback = "critical",
        .choices = severity_names,
        .format = "severity",
        .help = "From this severity on an alert is told at once, in quiet hours "
                "and to who takes digests; none: nothing is.",
    },
    {
        TEXT(struct pace_options, time_zone),
        .label = "Time zone",
        .optional = true,
        .max = ZONE_NAME_MAX,
        .help = "Whose clocks digest and quiet hours are meant by, like "
                "Europe/Rome. Unset: the setting time_zone.",
    },
    {
        TEXT(struct pace_options, escalate_to),
        .label = "Escalate to",
        .optional = true,
        .max = NAME_MAX_BYTES,
        .help = "Another recipient, who is told what nobody has acknowledged "
                "and what has not ended after a while. Its own criteria do not "
                "count for this.",
    },
    {
        DURATION(struct pace_options, escalate_after),
        .label = "Escalate after",
        .fallback = "15m",
        .min = 1000,
        .max = 7 * 24 * 3600 * 1000LL,
        .help = "How long it waits for an acknowledgement before the other "
                "recipient is told.",
    },
    FIELDS_END,
};

/* Only the members that are ours, as an object of their own. */
static const struct json *ours(const struct json *object, struct arena *a)
{
    struct json_list members = {0};

    for (const struct field *f = pace_fields; f->name != NULL; f++) {
        const struct json *value = json_get(object, f->name);

        if (value != NULL && !json_is(value, JSON_NULL))
            json_list_add(&members, a, str_of(f->name), value);
    }
    return json_new_object(a, &members);
}

static bool read_schedule(struct str text, enum schedule_kind kind, const char *name,
                          struct arena *a, const struct schedule **out,
                          struct error *err)
{
    struct schedule *s;

    *out = NULL;
    if (text.n == 0)
        return true;
    s = arena_new(a, sizeof *s);
    if (!schedule_parse(text, kind, s, NULL, err))
        return error_at(err, name);
    *out = s;
    return true;
}

static bool check(const struct pace_options *o, bool gathers, struct error *err)
{
    static const char *const why =
        "this type sends each alert by itself and has no summaries; only chats "
        "and e-mail have. Leave it out";

    if (o->flapping_count == 1 || o->flapping_count == 2) {
        error_set(err, "must be 3 to %d, or 0 for never, not %d",
                  FLAPPING_COUNT_MAX, (int)o->flapping_count);
        return error_at(err, "flapping_count");
    }
    if (!gathers && o->digest.n > 0) {
        error_set(err, "%s", why);
        return error_at(err, "digest");
    }
    if (!gathers && o->storm_limit > 0) {
        error_set(err, "%s", why);
        return error_at(err, "storm_limit");
    }
    return true;
}

static bool read_zone(struct str own, struct str fallback, struct zone **zone,
                      struct error *err)
{
    struct str name = own.n > 0 ? own : fallback;

    *zone = name.n > 0 ? zone_new(name, err) : NULL;
    return *zone != NULL || name.n == 0 || error_at(err, "time_zone");
}

static bool has(const struct json *object, const char *name)
{
    return json_get(object, name) != NULL;
}

bool pace_read(const struct json *object, const struct pace_defaults *defaults,
               bool gathers, struct arena *a, struct pace *out, struct zone **zone,
               struct error *err)
{
    const struct json *members = ours(object, a);
    struct pace_options *o = &out->as_written;

    *out = (struct pace){0};
    *zone = NULL;
    if (!fields_read(pace_fields, members, o, a, err) || !check(o, gathers, err) ||
        !read_schedule(o->digest, SCHEDULE_MOMENTS, "digest", a, &out->digest, err) ||
        !read_schedule(o->quiet_hours, SCHEDULE_WINDOWS, "quiet_hours", a,
                       &out->quiet, err) ||
        !read_zone(o->time_zone, defaults->time_zone, zone, err))
        return false;
    out->zone = *zone;
    out->own_repeat = has(members, "repeat_interval");
    out->own_flapping = has(members, "flapping_count");
    out->repeat_ms = out->own_repeat ? o->repeat_interval : defaults->repeat_interval;
    out->flapping_count =
        out->own_flapping ? o->flapping_count : defaults->flapping_count;
    out->flapping_ms = defaults->flapping_window;
    out->storm_limit = o->storm_limit;
    out->storm_ms = o->storm_window;
    out->urgent = (enum severity)o->urgent_severity;
    return true;
}

void pace_write(const struct pace *p, struct json_out *o)
{
    fields_write(pace_fields, &p->as_written, o);
    /* A zero that was written means something. */
    if (p->own_repeat && p->repeat_ms == 0)
        out_text(o, "repeat_interval", "0s");
    if (p->own_flapping && p->flapping_count == 0)
        out_i64(o, "flapping_count", 0);
}
