/* config_roll.c -- recipients that differ in what they want and when, silences and
 * inhibitions, by the dice. */
#include "config_roll.h"

#include "config/config_empty.h"

#define SILENCES 5
#define INHIBITIONS 3

struct rolling {
    struct dice *dice;
    struct arena *arena;
    struct config *config;
};

static _Noreturn void fails(struct str what, const struct error *err)
{
    fprintf(stderr, "%.*s: %s\n", STR_ARG(what), err->text);
    exit(1);
}

static void object_add(struct rolling *r, enum object_kind kind, int verb, struct str text)
{
    struct error err = {0};
    struct edit e = {.kind = kind, .author = STR("api"),
                     .object = json_parse(r->arena, text, &err)};

    e.verb = (__typeof__(e.verb))verb;
    if (e.object == NULL || config_edit(r->config, &e, &err) != CONFIG_OK)
        fails(text, &err);
}

static void pace_roll(struct rolling *r, struct json_out *o)
{
    static const char *const repeats[] = {"0", "10m", "1h", "6h"};
    static const char *const digests[] = {"every 15 min", "daily at 08:00",
                                          "mon-fri at 08:00, 17:30"};
    static const char *const quiet[] = {"22:00-07:00",
                                        "mon-fri 18:00-08:00; sat-sun"};
    struct dice *d = r->dice;

    if (roll(d, 2))
        out_text(o, "repeat_interval", PICK(d, repeats));
    if (roll(d, 2))
        out_i64(o, "flapping_count", roll(d, 3) ? 3 + roll(d, 4) : 0);
    if (roll(d, 3) == 0)
        out_text(o, "digest", PICK(d, digests));
    if (roll(d, 3) == 0)
        out_text(o, "quiet_hours", PICK(d, quiet));
    if (roll(d, 2)) {
        out_i64(o, "storm_limit", 2 + roll(d, 5));
        out_text(o, "storm_window", roll(d, 2) ? "10m" : "30m");
    }
    if (roll(d, 4) == 0)
        out_text(o, "urgent_severity", roll(d, 2) ? "error" : "none");
    if (roll(d, 2))
        out_text(o, "time_zone", "Europe/Rome");
}

static void recipient_add(struct rolling *r, int at)
{
    static const char *const severities[] = {"warning", "error"};
    static const char *const filters[] = {
        "type=down or type=loss", "not type=scan", "severity=warning",
        "severity<=error", "severity=notice or type=scan"};
    struct buf b freed_by(buf_release) = BUF(4096);
    struct json_out o = JSON_OUT(&b);
    struct dice *d = r->dice;

    out_object(&o, NULL);
    out_str(&o, "name", arena_printf(r->arena, "r%d", at));
    out_text(&o, "endpoint", "chat");
    if (roll(d, 3) == 0)
        out_text(&o, "minimum_severity", PICK(d, severities));
    if (at == 0 && roll(d, 2)) /* only told what is escalated */
        out_text(&o, "filter", "type=nothing");
    else if (roll(d, 2) == 0)
        out_text(&o, "filter", PICK(d, filters));
    pace_roll(r, &o);
    if (at > 0 && roll(d, 3) == 0) {
        out_str(&o, "escalate_to", arena_printf(r->arena, "r%u", roll(d, (uint32_t)at)));
        out_text(&o, "escalate_after", roll(d, 2) ? "10m" : "45m");
    }
    out_object_end(&o);
    object_add(r, OBJECT_RECIPIENT, EDIT_CREATE, arena_str(r->arena, buf_view(&b)));
}

static void silence_add(struct rolling *r, int at)
{
    static const char *const matchers[] = {"type=down", "host=10.0.0.3",
                                           "severity>=error", "type=scan"};
    static const char *const windows[] = {"daily at 02:00 for 90 min",
                                          "mon,wed 12:00-13:00; fri 16:00-24:00"};
    struct dice *d = r->dice;
    int64_t from_ms = START_MS + (int64_t)roll(d, MINUTES) * MINUTE_MS;
    char from[TIME_TEXT_MAX], to[TIME_TEXT_MAX];
    struct str times = STR_NONE;

    time_text(from_ms, false, from);
    time_text(from_ms + (int64_t)roll(d, 1440) * MINUTE_MS, false, to);
    if (roll(d, 3))
        times = arena_printf(r->arena, ",\"starts\":\"%s\",\"ends\":\"%s\"", from, to);
    else
        times = arena_printf(r->arena, ",\"schedule\":\"%s\"", PICK(d, windows));
    object_add(r, OBJECT_SILENCE, EDIT_CREATE,
               arena_printf(r->arena,
                            "{\"name\":\"s%d\",\"comment\":\"why\",\"author\":\"who\","
                            "\"matcher\":\"%s\"%.*s}",
                            at, PICK(d, matchers), STR_ARG(times)));
}

static void inhibition_add(struct rolling *r, int at)
{
    static const char *const types[] = {"down", "loss", "scan"};
    struct dice *d = r->dice;

    object_add(r, OBJECT_INHIBITION, EDIT_CREATE,
               arena_printf(r->arena,
                            "{\"name\":\"i%d\",\"source\":\"type=%s\",\"target\":"
                            "\"type=%s\",\"equal\":[%s]}",
                            at, PICK(d, types), PICK(d, types),
                            roll(d, 2) ? "\"label.site\"" : "\"entity_value\""));
}

struct config *config_roll(struct dice *d, struct arena *a)
{
    struct rolling rolling = {.dice = d, .arena = a}, *r = &rolling;
    struct error err;

    r->config = config_open_empty(&err);
    if (r->config == NULL)
        fails(STR("empty"), &err);
    object_add(r, OBJECT_ENDPOINT, EDIT_CREATE,
               STR("{\"name\":\"chat\",\"type\":\"mattermost\",\"params\":{\"url\":"
                   "\"https://mm.example.net/hooks/hook5fake7mattermost900001\"}}"));
    for (int i = 0; i < ROLLED_RECIPIENTS; i++)
        recipient_add(r, i);
    for (uint32_t i = roll(d, SILENCES + 1); i > 0; i--)
        silence_add(r, (int)i);
    for (uint32_t i = roll(d, INHIBITIONS + 1); i > 0; i--)
        inhibition_add(r, (int)i);
    return r->config;
}
