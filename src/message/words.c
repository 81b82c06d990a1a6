/* words.c -- cleaned texts, numbers, sizes and durations as people read them. */
#include "message/words.h"

#include "alert/ip.h"
#include "message/escape.h"

#include <math.h>

/* A byte that is not UTF-8 becomes three. */
#define CLEAN_GROWTH 3

struct str words_kept(struct arena *a, const struct buf *b)
{
    return arena_str(a, buf_view(b));
}

static void shown(struct buf *to, struct str s, size_t max)
{
    struct buf clean freed_by(buf_release) = BUF(CLEAN_GROWTH * s.n);

    clean_text(&clean, s, false);
    cut_points(to, str_trim(buf_view(&clean)), max);
}

struct str words_shown(struct arena *a, struct str s, size_t max)
{
    struct buf b freed_by(buf_release) = BUF(CLEAN_GROWTH * (s.n + 1));

    shown(&b, s, max);
    return words_kept(a, &b);
}

struct str words_foreign(struct arena *a, struct str s, size_t max)
{
    struct buf cut freed_by(buf_release) = BUF(CLEAN_GROWTH * (s.n + 1));
    struct buf b freed_by(buf_release) = BUF(3 * CLEAN_GROWTH * (s.n + 1));

    shown(&cut, s, max);
    defang(&b, buf_view(&cut));
    return words_kept(a, &b);
}

const struct json *words_inner(const struct alert *a, const char *name)
{
    return json_get(alert_fact(a, "json"), name);
}

struct str words_inner_text(const struct alert *a, const char *name)
{
    return json_text(words_inner(a, name));
}

struct str words_transport(const struct alert *a, struct arena *arena)
{
    struct str given = alert_fact_text(a, "proto");
    const char *name = proto_name(alert_fact_i64(a, "proto", -1));
    struct str text = words_shown(arena, name ? str_of(name) : given, 16);
    char *upper = arena_new(arena, text.n + 1);

    for (size_t i = 0; i < text.n; i++)
        upper[i] = text.p[i] >= 'a' && text.p[i] <= 'z'
                       ? (char)(text.p[i] - 'a' + 'A')
                       : text.p[i];
    return (struct str){upper, text.n};
}

struct str words_application(const struct alert *a, struct arena *arena)
{
    struct str name = words_foreign(arena, alert_fact_text(a, "proto.ndpi"), 40);
    struct str l4 = words_transport(a, arena);

    return str_is_nocase(name, "unknown") || str_eq(name, l4) ? STR_NONE : name;
}

/* At most `digits` behind the point, and none that say nothing. */
static struct str decimal(double d, int digits, struct arena *arena)
{
    struct str text = arena_printf(arena, "%.*f", digits, d);

    if (str_find(text, '.') == text.n)
        return text;
    while (text.p[text.n - 1] == '0')
        text.n--;
    if (text.p[text.n - 1] == '.')
        text.n--;
    return text;
}

struct str words_number(const struct json *j, struct arena *arena)
{
    int64_t whole;
    double d;

    if (json_i64(j, &whole))
        return arena_printf(arena, "%lld", (long long)whole);
    if (!json_double(j, &d) || !isfinite(d) || fabs(d) > 1e15)
        return STR_NONE;
    return decimal(d, 2, arena);
}

/* ntopng's units are keys of its translations: "active_monitoring_stats.msec". */
static struct str unit_of(const struct alert *a, struct arena *arena)
{
    static const struct {
        const char *key, *unit;
    } units[] = {
        {"msec", "ms"},       {"mbits", "Mbit/s"},   {"percentage", "%"},
        {"bytes", "bytes"},   {"packets", "packets"}, {"seconds", "s"},
    };
    struct str unit = words_inner_text(a, "unit");

    while (str_find(unit, '.') < unit.n)
        str_until(&unit, '.');
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (str_is(unit, units[i].key))
            return str_of(units[i].unit);
    }
    return words_shown(arena, unit, 12);
}

static const char *sign_of(const struct alert *a, const struct json *value,
                           const struct json *threshold)
{
    struct str comparison = words_inner_text(a, "operator");
    double measured = 0, limit = 0;

    if (str_is(comparison, "gt") || str_is(comparison, "lt"))
        return str_is(comparison, "gt") ? ">" : "<";
    if (!json_double(value, &measured) || !json_double(threshold, &limit))
        return "/";
    return measured < limit ? "<" : ">";
}

struct str words_measured(const struct alert *a, struct arena *arena)
{
    const struct json *value = words_inner(a, "value");
    const struct json *threshold = words_inner(a, "threshold");
    struct str measured = words_number(value, arena);
    struct str limit = words_number(threshold, arena);
    struct str unit;

    if (measured.n == 0 || limit.n == 0)
        return STR_NONE;
    unit = unit_of(a, arena);
    return arena_printf(arena, "%.*s %s %.*s%s%.*s", STR_ARG(measured),
                        sign_of(a, value, threshold), STR_ARG(limit),
                        unit.n > 0 ? " " : "", STR_ARG(unit));
}

bool words_unreachable(const struct alert *a)
{
    double value;

    return a->entity == ENTITY_AM_HOST &&
           json_double(words_inner(a, "value"), &value) && value <= 0;
}

/* The two largest units that say something. */
struct str message_duration(int64_t ms, struct arena *arena)
{
    static const struct {
        int64_t ms;
        const char *name;
    } units[] = {
        {86400000, "d"}, {3600000, "h"}, {60000, "min"}, {1000, "s"}, {1, "ms"},
    };
    size_t i = 0;
    int64_t more;

    ms = MAX(ms, 0);
    while (i + 1 < COUNT_OF(units) && ms < units[i].ms)
        i++;
    more = i + 2 < COUNT_OF(units) ? ms % units[i].ms / units[i + 1].ms : 0;
    if (more == 0)
        return arena_printf(arena, "%lld %s", (long long)(ms / units[i].ms),
                            units[i].name);
    return arena_printf(arena, "%lld %s %lld %s",
                        (long long)(ms / units[i].ms), units[i].name,
                        (long long)more, units[i + 1].name);
}

struct str message_bytes(int64_t n, struct arena *arena)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    double d = (double)MAX(n, 0);
    size_t i = 0;

    /* 999.5 would be shown as 1000. */
    while (d >= 999.5 && i + 1 < COUNT_OF(units)) {
        d /= 1000;
        i++;
    }
    return arena_printf(
        arena, "%.*s %s",
        STR_ARG(decimal(d, d < 10 ? 2 : d < 100 ? 1 : 0, arena)), units[i]);
}
