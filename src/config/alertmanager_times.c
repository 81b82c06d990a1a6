/* alertmanager_times.c -- the times of a route as silences of its recipients that come
 * again: in the windows of mute_time_intervals, and outside of those of
 * active_time_intervals. What one silence cannot say is said by several; what none can
 * is left, and then the recipient is rather told too much. */
#include <stdarg.h>

#include "base/limits.h"
#include "config/alertmanager_own.h"
#include "config/silence.h"

#define MUTE "mute_time_intervals"
#define ACTIVE "active_time_intervals"
#define EVERYTHING "score>=0"
#define ALWAYS_TOLD ": it is told at those times, too"

struct timing {
    struct import *i;
    const struct json *file;
    struct str recipient; /* ours */
    struct str theirs;
    const char *key; /* MUTE or ACTIVE */
    struct str names; /* of its intervals, for people */
};

/* What is of one time zone: a silence has only one. */
struct zoned {
    struct str zone;
    struct buf windows;
    size_t specs;
    struct zoned *next;
};

static void left(const struct timing *t, const char *format, ...) printf_like(2, 3);
static void left(const struct timing *t, const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    import_say(t->i, IMPORT_LEFT, "silence", t->theirs, "%s of %.*s: %s", t->key,
               STR_ARG(t->recipient), text);
}

/* --- silences ------------------------------------------------------------------------ */

static void comment_add(const struct timing *t, struct json_list *to)
{
    struct str text = arena_printf(t->i->a, "Alertmanager's %s: %.*s", t->key,
                                   STR_ARG(t->names));

    import_text(t->i, to, "comment", str_first(text, utf8_cut(text, SILENCE_TEXT_MAX)));
}

/* `schedule` "": at all times. */
static void silence_add(const struct timing *t, struct str schedule, struct str zone)
{
    struct import *i = t->i;
    const char *what = strcmp(t->key, MUTE) == 0 ? "muted" : "inactive";
    size_t most = (size_t)NAME_MAX_BYTES - 14;
    struct str first = str_first(t->recipient, most);
    struct str name = import_new_name(
        i, OBJECT_SILENCE, arena_printf(i->a, "%.*s-%s", STR_ARG(first), what));
    struct json_list object = {0}, recipients = {0};

    if (!import_may(i, OBJECT_SILENCE, name, t->theirs))
        return;
    comment_add(t, &object);
    import_text(i, &object, "author", STR("alertmanager.yml"));
    import_text(i, &object, "matcher", STR(EVERYTHING));
    json_list_add(&recipients, i->a, STR_NONE, json_new_string(i->a, t->recipient));
    json_list_add(&object, i->a, STR("recipients"), json_new_array(i->a, &recipients));
    import_text(i, &object, "schedule", schedule);
    import_text(i, &object, "time_zone", schedule.n > 0 ? zone : STR_NONE);
    import_add(i, OBJECT_SILENCE, name, &object, t->theirs,
               arena_printf(i->a, "%.*s is not told %.*s%s%.*s", STR_ARG(t->recipient),
                            STR_ARG(schedule.n > 0 ? schedule : STR("anything, ever")),
                            schedule.n > 0 ? ", " : "",
                            STR_ARG(schedule.n > 0 ? zone : STR_NONE)));
}

static bool is_schedule(struct str text)
{
    struct schedule s;

    return schedule_parse(text, SCHEDULE_WINDOWS, &s, NULL, NULL);
}

/* --- intervals ------------------------------------------------------------------------- */

static const struct json *interval_find(const struct json *file, struct str name)
{
    static const char *const keys[] = {"time_intervals", "mute_time_intervals"};

    for (size_t k = 0; k < COUNT_OF(keys); k++) {
        const struct json *list = json_get(file, keys[k]);

        for (const struct json *e = json_is(list, JSON_ARRAY) ? list->first : NULL;
             e != NULL; e = e->next)
            if (str_eq(json_text(json_get(e, "name")), name))
                return e;
    }
    return NULL;
}

static struct zoned *zoned_of(struct zoned **all, struct str zone, struct arena *a)
{
    struct zoned **at = all;

    while (*at != NULL && !str_eq((*at)->zone, zone))
        at = &(*at)->next;
    if (*at == NULL) {
        *at = arena_new(a, sizeof **at);
        **at = (struct zoned){.zone = zone, .windows = BUF(SCHEDULE_BYTES_MAX)};
    }
    return *at;
}

static void zoned_release(struct zoned **all)
{
    for (struct zoned *z = *all; z != NULL; z = z->next)
        buf_release(&z->windows);
}

static bool zone_read(const struct timing *t, struct str name, const struct json *spec,
                      struct str *out)
{
    *out = json_text(json_get(spec, "location"));
    if (out->n == 0)
        *out = STR("UTC");
    if (!str_is(*out, "Local"))
        return true;
    left(t, "%.*s is by the clock of Alertmanager's machine (location: Local); write "
            "its time zone there" ALWAYS_TOLD,
         STR_ARG(name));
    return false;
}

/* More windows; a silence that is full is done, and another begins. */
static bool muted_add(const struct timing *t, struct zoned *z, struct str windows)
{
    struct str more = z->windows.n == 0
                          ? windows
                          : arena_printf(t->i->a, "%.*s; %.*s",
                                         STR_ARG(buf_view(&z->windows)),
                                         STR_ARG(windows));

    if (!is_schedule(more) && z->windows.n > 0) {
        silence_add(t, arena_str(t->i->a, buf_view(&z->windows)), z->zone);
        more = windows;
    }
    if (!is_schedule(more))
        return false;
    buf_reset(&z->windows);
    buf_str(&z->windows, more);
    return true;
}

/* They are one schedule: it is the windows' outside that is silent. */
static bool active_add(const struct timing *t, struct zoned *z, struct str windows)
{
    if (z->windows.n > 0)
        buf_text(&z->windows, "; ");
    buf_str(&z->windows, windows);
    return !z->windows.over &&
           is_schedule(arena_printf(t->i->a, "outside %.*s",
                                    STR_ARG(buf_view(&z->windows))));
}

typedef bool add_fn(const struct timing *t, struct zoned *z, struct str windows);

static bool spec_read(const struct timing *t, struct str name, const struct json *spec,
                      struct zoned **all, add_fn *add)
{
    struct buf windows freed_by(buf_release) = BUF(SCHEDULE_BYTES_MAX);
    struct error err = {0};
    struct str zone;

    if (!zone_read(t, name, spec, &zone))
        return false;
    if (!am_windows(spec, &windows, &err)) {
        left(t, "%.*s: %s" ALWAYS_TOLD, STR_ARG(name), err.text);
        return false;
    }
    if (add(t, zoned_of(all, zone, t->i->a), buf_view(&windows)))
        return true;
    left(t, "%.*s has more windows than one schedule takes" ALWAYS_TOLD, STR_ARG(name));
    return false;
}

/* False: something was left. */
static bool intervals_read(const struct timing *t, const struct json *names,
                           struct zoned **all, add_fn *add)
{
    bool right = true;

    for (const struct json *n = names->first; n != NULL; n = n->next) {
        struct str name = json_text(n);
        const struct json *found = interval_find(t->file, name);
        const struct json *list = json_get(found, "time_intervals");

        if (found == NULL)
            left(t, "there is no time interval \"%.*s\"" ALWAYS_TOLD, STR_ARG(name));
        right = right && found != NULL;
        for (const struct json *s = json_is(list, JSON_ARRAY) ? list->first : NULL;
             s != NULL; s = s->next)
            right = spec_read(t, name, s, all, add) && right;
    }
    return right;
}

/* --- a route's times ---------------------------------------------------------------------- */

static void muted_read(const struct timing *t, const struct json *names)
{
    struct zoned *all freed_by(zoned_release) = NULL;

    (void)intervals_read(t, names, &all, muted_add);
    for (struct zoned *z = all; z != NULL; z = z->next)
        if (z->windows.n > 0)
            silence_add(t, arena_str(t->i->a, buf_view(&z->windows)), z->zone);
}

static void active_read(const struct timing *t, const struct json *names)
{
    struct zoned *all freed_by(zoned_release) = NULL;

    if (!intervals_read(t, names, &all, active_add))
        return;
    if (all == NULL) /* intervals that never come */
        silence_add(t, STR_NONE, STR_NONE);
    else if (all->next != NULL)
        left(t, "they are in several time zones, which one schedule cannot be"
                ALWAYS_TOLD);
    else
        silence_add(t, arena_printf(t->i->a, "outside %.*s",
                                    STR_ARG(buf_view(&all->windows))),
                    all->zone);
}

static struct str names_text(const struct json *names, struct arena *a)
{
    struct str all = STR_NONE;

    for (const struct json *n = names ? names->first : NULL; n != NULL; n = n->next)
        all = arena_printf(a, "%.*s%s%.*s", STR_ARG(all), all.n > 0 ? ", " : "",
                           STR_ARG(json_text(n)));
    return all;
}

static const struct json *names_of(const struct json *route, const char *key)
{
    const struct json *list = json_get(route, key);

    return json_is(list, JSON_ARRAY) && list->count > 0 ? list : NULL;
}

struct str am_times_text(const struct json *route, struct arena *a)
{
    const struct json *muted = names_of(route, MUTE);
    const struct json *active = names_of(route, ACTIVE);

    if (muted == NULL && active == NULL)
        return STR_NONE;
    return arena_printf(a, "%.*s%s%.*s", STR_ARG(names_text(active, a)),
                        muted != NULL ? " not " : "", STR_ARG(names_text(muted, a)));
}

void am_times_add(struct import *i, const struct json *file, const struct json *route,
                  struct str recipient, struct str theirs)
{
    static const struct {
        const char *key;
        void (*read)(const struct timing *t, const struct json *names);
    } kinds[] = {{MUTE, muted_read}, {ACTIVE, active_read}};
    bool any = false;

    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        const struct json *names = names_of(route, kinds[k].key);
        struct timing t = {i, file, recipient, theirs, kinds[k].key,
                           names_text(names, i->a)};

        if (names != NULL)
            kinds[k].read(&t, names);
        any = any || names != NULL;
    }
    if (any)
        import_say(i, IMPORT_ADJUSTED, "recipient", theirs,
                   "while it is not told anything, it is still told that what it was "
                   "told of before has ended");
}
