/* zone.c -- GLib's time zones, asked for offsets only. */
#include "base/zone.h"

#undef unused /* a word GLib's headers need for themselves */
#include <glib.h>

#define DAY_S 86400

struct zone {
    GTimeZone *zone; /* ours */
};

/* GLib would also take "+02:00", ":/etc/passwd" and "CET-1CEST". Digits and signs
 * come only after a slash in the names we want: "Etc/GMT+5". */
static bool well_formed(struct str name)
{
    bool part = false, slash = false;

    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        bool later = (c >= '0' && c <= '9') || strchr("+-_", c) != NULL;

        if (c == '\0' || !(letter || (slash && later) || (part && c == '/')))
            return false;
        slash = slash || c == '/';
        part = c != '/';
    }
    return part && name.n <= ZONE_NAME_MAX;
}

struct zone *zone_new(struct str name, struct error *err)
{
    char text[ZONE_NAME_MAX + 1] = "";
    GTimeZone *found = NULL;
    struct zone *z;

    if (well_formed(name)) {
        memcpy(text, name.p, name.n);
        found = g_time_zone_new_identifier(text);
    }
    if (found == NULL) {
        error_set(err,
                  "no time zone \"%.*s\" is known here. Write a name of the IANA "
                  "database, like \"Europe/Rome\" or \"UTC\" (timedatectl "
                  "list-timezones shows them)",
                  STR_ARG(str_first(name, ZONE_NAME_MAX)));
        return NULL;
    }
    z = mem_new(sizeof *z);
    z->zone = found;
    return z;
}

void zone_free(struct zone *z)
{
    if (z == NULL)
        return;
    g_time_zone_unref(z->zone);
    free(z);
}

int64_t zone_offset_s(const struct zone *z, int64_t at_s)
{
    if (z == NULL)
        return 0;
    return g_time_zone_get_offset(
        z->zone, g_time_zone_find_interval(z->zone, G_TIME_TYPE_UNIVERSAL, at_s));
}

int64_t zone_wall_s(const struct zone *z, int64_t at_s)
{
    return at_s + zone_offset_s(z, at_s);
}

int64_t zone_change_s(const struct zone *z, int64_t from_s, int64_t until_s)
{
    int64_t offset_s = zone_offset_s(z, from_s);

    if (z == NULL || zone_offset_s(z, until_s) == offset_s)
        return until_s;
    while (until_s - from_s > 1) {
        int64_t middle_s = from_s + (until_s - from_s) / 2;

        if (zone_offset_s(z, middle_s) == offset_s)
            from_s = middle_s;
        else
            until_s = middle_s;
    }
    return until_s;
}

/* The offset a day before and a day after are the two a clock may have gone by;
 * the earlier moment is that of the greater offset. */
int64_t zone_first_s(const struct zone *z, int64_t wall_s)
{
    int64_t before_s = zone_offset_s(z, wall_s - DAY_S);
    int64_t after_s = zone_offset_s(z, wall_s + DAY_S);

    if (zone_wall_s(z, wall_s - before_s) == wall_s)
        return wall_s - before_s;
    if (zone_wall_s(z, wall_s - after_s) == wall_s)
        return wall_s - after_s;
    return zone_change_s(z, wall_s - DAY_S, wall_s + DAY_S);
}
