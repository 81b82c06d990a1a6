/* object.c -- names and members of objects, and how errors speak of them. */
#include "config/object.h"

#include "base/limits.h"

static const char *const kind_names[] = {
    [OBJECT_ENDPOINT] = "endpoint",
    [OBJECT_RECIPIENT] = "recipient",
    [OBJECT_POOL] = "pool",
    [OBJECT_SILENCE] = "silence",
    [OBJECT_INHIBITION] = "inhibition",
    [OBJECT_SETTINGS] = SETTINGS_NAME,
};
static_assert(COUNT_OF(kind_names) == OBJECT_KINDS, "a name for each kind");

static const char *const endpoint_members[] = {
    "name", "type", "params", "enabled", NULL,
};
/* Those of criteria_names and pace_fields are among them. */
static const char *const recipient_members[] = {
    "name",       "endpoint", "params", "enabled",    "minimum_severity",
    "categories", "entities", "types",  "host_pools", "am_hosts",
    "filter",     "title_template", "text_template",
    "repeat_interval", "flapping_count", "storm_limit", "storm_window",
    "digest",     "quiet_hours", "urgent_severity", "time_zone",
    "escalate_to", "escalate_after", NULL,
};
static const char *const pool_members[] = {
    "name",
    "members",
    "ntopng_id",
    NULL,
};
static const char *const silence_members[] = {
    "name",   "comment",        "author",   "matcher",   "starts",
    "ends",   "until_resolved", "schedule", "time_zone", "recipients",
    NULL,
};
static const char *const inhibition_members[] = {
    "name", "comment", "source", "target", "relation", "equal", NULL,
};
static const char *const *const members[OBJECT_KINDS] = {
    [OBJECT_ENDPOINT] = endpoint_members,
    [OBJECT_RECIPIENT] = recipient_members,
    [OBJECT_POOL] = pool_members,
    [OBJECT_SILENCE] = silence_members,
    [OBJECT_INHIBITION] = inhibition_members,
};
static const char *const read_only_members[] = {
    "id", "builtin", "managed_by", "revision", "fault", "state", "until", NULL,
};

const char *object_kind_name(enum object_kind k)
{
    return kind_names[k];
}

bool object_kind_find(struct str name, enum object_kind *out)
{
    for (size_t i = 0; i < COUNT_OF(kind_names); i++)
        if (str_is(name, kind_names[i])) {
            *out = (enum object_kind)i;
            return true;
        }
    return false;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

bool object_check_name(struct str name, struct error *err)
{
    bool right = name.n > 0 && is_word(name.p[0]);

    for (size_t i = 0; right && i < name.n; i++)
        right = is_word(name.p[i]) || name.p[i] == '.' || name.p[i] == '_' ||
                name.p[i] == '-';
    if (name.n > NAME_MAX_BYTES)
        error_set(err,
                  "the name \"%.*s...\" has %zu bytes; at most %d are "
                  "taken",
                  (int)utf8_cut(name, 20), name.p, name.n, NAME_MAX_BYTES);
    else if (!right)
        error_set(err,
                  "\"%.*s\" is not a name: letters, digits, '.', '_' and "
                  "'-' are, beginning with a letter or digit",
                  STR_ARG(name));
    else
        return true;
    return error_at(err, "name");
}

static bool names_hold(const char *const *names, struct str name)
{
    for (; names != NULL && *names != NULL; names++)
        if (str_is(name, *names))
            return true;
    return false;
}

bool object_member_is_read_only(struct str member)
{
    return names_hold(read_only_members, member);
}

bool object_knows_member(enum object_kind kind, struct str member)
{
    return kind == OBJECT_SETTINGS ? field_find(settings_fields, member) != NULL
                                   : names_hold(members[kind], member);
}

struct str object_title(enum object_kind kind, struct str name, struct arena *a)
{
    return kind == OBJECT_SETTINGS
               ? STR("the settings")
               : arena_printf(a, "%s \"%.*s\"", kind_names[kind],
                              STR_ARG(name));
}

static bool unknown_key(struct error *err, struct str key, struct str where,
                        const char *near)
{
    char segment[sizeof(err->place)] = "";

    memcpy(segment, key.p, MIN(key.n, sizeof(segment) - 1));
    error_set(err, "unknown key \"%.*s\" in %.*s%s%s%s",
              STR_ARG(str_first(key, utf8_cut(key, 100))), STR_ARG(where),
              near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
              near != NULL ? "\"?" : "");
    return error_at(err, segment);
}

static const char *nearest_row(const struct field *rows, struct str name,
                               struct arena *a)
{
    size_t n = 0;
    const char **names;

    while (rows[n].name != NULL)
        n++;
    names = arena_array(a, n + 1, sizeof(*names));
    for (size_t i = 0; i < n; i++)
        names[i] = rows[i].name;
    return str_nearest(name, names);
}

bool object_unknown_member(enum object_kind kind, struct str name,
                           struct str member, struct error *err)
{
    struct arena a freed_by(arena_release) = {0};

    return unknown_key(err, member, object_title(kind, name, &a),
                       kind == OBJECT_SETTINGS
                           ? nearest_row(settings_fields, member, &a)
                           : str_nearest(member, members[kind]));
}

bool object_unknown_param(const struct field *rows, enum object_kind kind,
                          struct str name, struct str param, struct error *err)
{
    struct arena a freed_by(arena_release) = {0};
    struct str title = object_title(kind, name, &a);

    if (kind != OBJECT_SETTINGS)
        title = arena_printf(&a, "the params of %.*s", STR_ARG(title));
    unknown_key(err, param, title, nearest_row(rows, param, &a));
    if (kind != OBJECT_SETTINGS)
        error_at(err, "params");
    return false;
}

bool object_blame(struct error *err, enum object_kind kind, struct str name)
{
    struct arena a freed_by(arena_release) = {0};
    struct str title = object_title(kind, name, &a);
    struct str place = str_of(err->place);

    if (str_starts(place, "/params"))
        place = str_from(place, strlen("/params"));
    place = str_from(place, 1);
    /* A text that begins with the name in quotes needs it only once. */
    if (place.n == 0 || err->text[0] == '"')
        return error_in(err, "%.*s", STR_ARG(title));
    return error_in(err, "%.*s, %.*s", STR_ARG(title), STR_ARG(place));
}

struct str object_placeholder(enum object_kind kind, struct str name,
                              struct str field, struct arena *a)
{
    struct str of = kind == OBJECT_SETTINGS
                        ? field
                        : arena_printf(a, "%s_%.*s_%.*s", object_kind_name(kind),
                                       STR_ARG(name), STR_ARG(field));
    char *word = arena_new(a, of.n + 1);

    for (size_t i = 0; i < of.n; i++) {
        char c = of.p[i];

        word[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A')
                  : (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ? c
                                                                     : '_';
    }
    return arena_printf(a, "env:TOCSIN_%s", word);
}
