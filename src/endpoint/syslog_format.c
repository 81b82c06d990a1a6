/* syslog_format.c -- text, JSON, ECS and Checkmk: what a syslog message says. */
#include "endpoint/syslog.h"

#include "alert/ip.h"
#include "base/clock.h"
#include "base/limits.h"
#include "endpoint/ecs.h"
#include "message/escape.h"

#define VALUE_POINTS 256 /* characters of one bracketed value */
#define ESCAPE_MAX 4     /* "#012" */
#define TEXT_MIN 16      /* bytes of a JSON text while all members are there */
#define TEXT_LEAST 12    /* and when only ntopng's are */
#define DROPPED_MAX 20   /* bytes of ,"dropped":1000} */

/* --- text ---------------------------------------------------------------- */

/* One clean line without brackets: a value must not end its own field. */
static struct str bracketless(const struct syslog_line *l, struct str s)
{
    struct buf clean freed_by(buf_release) = BUF(3 * s.n);
    struct buf cut freed_by(buf_release) = BUF(3 * s.n + 3);
    char *out;

    clean_text(&clean, s, false);
    cut_points(&cut, buf_view(&clean), VALUE_POINTS);
    out = arena_new(l->arena, cut.n + 1);
    for (size_t i = 0; i < cut.n; i++)
        out[i] = cut.p[i] == '[' ? '(' : cut.p[i] == ']' ? ')' : cut.p[i];
    return (struct str){out, cut.n};
}

static void put_field(const struct syslog_line *l, struct str s, struct buf *to)
{
    buf_char(to, '[');
    buf_str(to, bracketless(l, s));
    buf_char(to, ']');
}

static const char *action_label(const struct alert *a)
{
    switch (a->action) {
    case ACTION_ENGAGE:
        return "Engaged";
    case ACTION_RELEASE:
        return "Released";
    case ACTION_STORE:
        return ""; /* has no life to tell of */
    }
    bug("an alert without an action");
}

static void put_action(const struct alert *a, struct buf *to)
{
    if (a->action != ACTION_STORE)
        buf_printf(to, "[%s]", action_label(a));
}

/* The alert's own words on one line. */
static void put_words(const struct syslog_line *l, struct buf *to)
{
    struct str words = message_untitled(l->alert, l->arena);
    struct buf clean freed_by(buf_release) = BUF(3 * words.n);

    if (l->phase == PHASE_LATE) {
        struct message m;

        message_build(l->alert, l->phase, l->place, l->arena, &m);
        buf_printf(to, "%.*s: ", STR_ARG(m.state));
    }
    clean_text(&clean, words, true);
    escape_syslog(to, str_trim(buf_view(&clean)));
}

/* Cuts what was escaped, but not inside an escape. */
static void put_cut(struct str escaped, size_t room, struct buf *to)
{
    struct buf cut freed_by(buf_release) = BUF(room);
    struct str kept;

    cut_bytes(&cut, escaped, room);
    kept = buf_view(&cut);
    if (escaped.n <= room || room < 3) {
        buf_str(to, kept);
        return;
    }
    kept.n -= 3; /* the mark that it was cut */
    for (size_t i = 1; i < ESCAPE_MAX && i <= kept.n; i++) {
        if (kept.p[kept.n - i] == '#') {
            kept.n -= i;
            break;
        }
    }
    buf_str(to, kept);
    buf_text(to, "\xe2\x80\xa6");
}

static bool put_text(const struct syslog_line *l, size_t room, struct buf *to)
{
    const struct alert *a = l->alert;
    struct buf whole freed_by(buf_release) =
        BUF(ESCAPE_MAX * 3 * ALERT_MESSAGE_MAX + 4096);
    char time[TIME_TEXT_MAX];

    time_text(event_ms(a), false, time);
    buf_printf(&whole, "[%s][%s]", time, severity_label(a->severity));
    put_field(l, alert_title(a, l->arena), &whole);
    put_field(l, str_of(entity_label(a->entity)), &whole);
    put_field(l, alert_subject(a, l->arena), &whole);
    put_action(a, &whole);
    buf_char(&whole, ' ');
    put_words(l, &whole);
    put_cut(buf_view(&whole), room, to);
    return true;
}

/* --- JSON ---------------------------------------------------------------- */

static void put_str(struct json_out *o, const char *name, struct str s,
                    size_t max)
{
    struct buf clean freed_by(buf_release) = BUF(3 * s.n);
    struct buf cut freed_by(buf_release) = BUF(max);

    clean_text(&clean, s, true);
    cut_bytes(&cut, buf_view(&clean), max);
    out_str(o, name, buf_view(&cut));
}

/* "min_bytes": how often it is checked, and what. */
static struct str alert_key_of(const struct syslog_line *l)
{
    static const struct {
        int64_t seconds;
        const char *word;
    } words[] = {{60, "min"}, {300, "5min"}, {3600, "hour"}, {86400, "day"}};
    struct str given = alert_fact_text(l->alert, "alert_key");
    struct str metric = json_text(json_get(alert_fact(l->alert, "json"),
                                           "metric"));
    int64_t seconds = alert_fact_i64(l->alert, "granularity", 0);

    if (metric.n == 0)
        metric = alert_fact_text(l->alert, "subtype");
    if (given.n > 0 || metric.n == 0)
        return given;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (words[i].seconds == seconds)
            return arena_printf(l->arena, "%s_%.*s", words[i].word,
                                STR_ARG(metric));
    }
    return metric;
}

/* ntopng's members first, then what we add, unless room is very short; texts of
 * at most `max` bytes. */
static void put_members(const struct syslog_line *l, size_t max,
                        struct json_out *o)
{
    const struct alert *a = l->alert;
    struct str link = message_link(a, l->place, l->arena);

    out_i64(o, "tstamp", a->tstamp_ms / 1000);
    out_text(o, "severity", severity_name(a->severity));
    put_str(o, "type", a->type, max);
    out_text(o, "entity_type", entity_name(a->entity));
    put_str(o, "entity_value", alert_subject(a, l->arena), max);
    out_text(o, "action", action_name(a->action));
    out_i64(o, "ifid", alert_fact_i64(a, "ifid", -1));
    put_str(o, "alert_key", alert_key_of(l), max);
    put_str(o, "message", a->message, max);
    out_i64(o, "id", a->id);
    if (max < TEXT_MIN)
        return;
    if (a->began_id > 0)
        out_i64(o, "began_id", a->began_id);
    if (a->tstamp_end_ms > 0)
        out_i64(o, "tstamp_end", a->tstamp_end_ms / 1000);
    out_i64(o, "score", a->score);
    put_str(o, "category", a->category, max);
    put_str(o, "source", a->source, max);
    if (link.n > 0)
        out_str(o, "url", link);
}

static bool is_one_of(struct str name, const char *const *names)
{
    while (*names != NULL && !str_is(name, *names))
        names++;
    return *names != NULL;
}

/* Facts as long as they fit, small ones even after one that did not. */
static void put_facts(const struct syslog_line *l, size_t room,
                      struct json_out *o)
{
    const struct json *facts = l->alert->facts;
    static const char *const said[] = {"ifid", "alert_key", NULL};
    static const char *const taken[] = {"entity_type", "url", "dropped", NULL};
    struct buf one freed_by(buf_release) = BUF(8 * ALERT_JSON_MAX);
    int64_t dropped = 0;

    for (const struct json *f = facts ? facts->first : NULL; f; f = f->next) {
        struct json_out measure = {.to = &one, .ascii = true};

        if (is_one_of(f->name, said))
            continue;
        buf_reset(&one);
        out_object(&measure, NULL);
        out_name_tree(&measure, f->name, f);
        out_object_end(&measure);
        /* Two braces less, one comma more. */
        if (one.over || is_one_of(f->name, taken) ||
            o->to->n + one.n - 1 + DROPPED_MAX > room)
            dropped++;
        else
            out_name_tree(o, f->name, f);
    }
    if (dropped > 0)
        out_i64(o, "dropped", dropped);
}

static bool too_small(size_t room, struct error *err)
{
    return error_set(err, "the alert does not fit into the %zu bytes that "
                          "max_size leaves; raise it",
                     room);
}

static bool put_json(const struct syslog_line *l, size_t room, struct buf *to,
                     struct error *err)
{
    for (size_t max = ALERT_MESSAGE_MAX * 3; max >= TEXT_LEAST; max /= 2) {
        struct json_out o = {.to = to, .ascii = true};

        buf_reset(to);
        out_object(&o, NULL);
        put_members(l, max, &o);
        if (to->over || to->n + DROPPED_MAX > room)
            continue;
        put_facts(l, room, &o);
        out_object_end(&o);
        return true;
    }
    return too_small(room, err);
}

/* --- ECS ----------------------------------------------------------------- */

static bool put_ecs(const struct syslog_line *l, size_t room, struct buf *to,
                    struct error *err)
{
    static const struct {
        bool raw;
        size_t text_max;
    } ways[] = {
        {true, 3 * ALERT_MESSAGE_MAX}, {false, 3 * ALERT_MESSAGE_MAX},
        {false, 1000}, {false, 200}, {false, 50},
    };

    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct json_out o = {.to = to, .ascii = true};
        struct ecs_options with = {
            .version = ECS_VERSION,
            .geo = l->geo,
            .raw = ways[i].raw,
            .shortened = !ways[i].raw,
            .text_max = ways[i].text_max,
        };

        buf_reset(to);
        ecs_write(l->alert, l->place, &with, &o, l->arena);
        if (!to->over && to->n <= room)
            return true;
    }
    return too_small(room, err);
}

/* --- Checkmk ------------------------------------------------------------- */

static void put_param(const struct syslog_line *l, const char *name,
                      struct str value, struct buf *to)
{
    struct str clean = bracketless(l, value);

    buf_printf(to, " %s=\"", name);
    escape_checkmk(to, clean);
    buf_char(to, '"');
}

/* The address that makes the Event Console find the monitored host; the same
 * when the alert begins and when it ends. */
static struct str monitored_address(const struct syslog_line *l)
{
    const struct alert *a = l->alert;
    struct str value = a->entity_value;
    struct str said = STR_NONE;
    struct ip ip;
    char text[IP_TEXT_MAX];

    if (a->entity == ENTITY_FLOW)
        said = alert_fact_text(a, "cli_ip");
    else if (a->entity == ENTITY_AM_HOST)
        said = json_text(json_get(alert_fact(a, "json"), "ip"));
    else if (a->entity == ENTITY_HOST || a->entity == ENTITY_SNMP_DEVICE)
        said = str_first(value, str_find(value, '@'));
    if (!ip_parse(said, &ip))
        return STR_NONE;
    ip_text(&ip, text);
    return arena_str(l->arena, str_of(text));
}

static struct str comment_of(const struct syslog_line *l)
{
    const struct alert *a = l->alert;
    struct buf b freed_by(buf_release) = BUF(8192);
    struct str ifname = alert_fact_text(a, "ifname");
    int64_t ifid = alert_fact_i64(a, "ifid", -1);

    if (ifname.n > 0)
        buf_printf(&b, "(Interface: %.*s) ", STR_ARG(bracketless(l, ifname)));
    else if (ifid >= 0)
        buf_printf(&b, "(Interface: %lld) ", (long long)ifid);
    buf_printf(&b, "(Severity: %s) (%s) (%.*s) (%.*s)",
               severity_label(a->severity), entity_label(a->entity),
               STR_ARG(bracketless(l, alert_title(a, l->arena))),
               STR_ARG(bracketless(l, alert_subject(a, l->arena))));
    if (a->action != ACTION_STORE)
        buf_printf(&b, " (%s)", action_label(a));
    return arena_str(l->arena, buf_view(&b));
}

void syslog_element(const struct syslog_line *l, struct buf *to)
{
    struct str address = monitored_address(l);

    if (l->to->format != FORMAT_CHECKMK)
        return;
    /* A service level must be a number; ntopng gives the entity's. */
    buf_printf(to, "[Checkmk@18662 sl=\"%d\"", l->alert->entity);
    if (address.n > 0) {
        put_param(l, "host", address, to);
        put_param(l, "ipaddress", address, to);
    }
    put_param(l, "application", l->to->app_name, to);
    put_param(l, "comment", comment_of(l), to);
    put_param(l, "severity", str_of(severity_label(l->alert->severity)), to);
    buf_char(to, ']');
}

static bool put_checkmk(const struct syslog_line *l, size_t room, struct buf *to)
{
    struct buf whole freed_by(buf_release) =
        BUF(ESCAPE_MAX * 3 * ALERT_MESSAGE_MAX + 4096);

    put_action(l->alert, &whole);
    if (whole.n > 0)
        buf_char(&whole, ' ');
    buf_printf(&whole, "%.*s: ",
               STR_ARG(bracketless(l, alert_title(l->alert, l->arena))));
    put_words(l, &whole);
    put_cut(buf_view(&whole), room, to);
    return true;
}

bool syslog_body(const struct syslog_line *l, size_t room, struct buf *to,
                 struct error *err)
{
    switch ((enum syslog_format)l->to->format) {
    case FORMAT_TEXT:
        return put_text(l, room, to);
    case FORMAT_JSON:
        return put_json(l, room, to, err);
    case FORMAT_ECS:
        return put_ecs(l, room, to, err);
    case FORMAT_CHECKMK:
        return put_checkmk(l, room, to);
    }
    bug("a choice that is none");
}
