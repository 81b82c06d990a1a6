/* alert_json.c -- an alert as one flat JSON object, out and in. */
#include "alert/alert.h"

#include "alert/severities.h"
#include "base/clock.h"
#include "base/limits.h"

#include <math.h>

/* The last millisecond of the year 9999. */
#define TIME_MAX_MS 253402300799999LL
#define SCORE_MAX INT32_MAX
/* What a bare `{"message":"disk full"}` is: worth telling, nobody's page. */
#define SEVERITY_DEFAULT SEVERITY_NOTICE

enum member {
    M_ID,
    M_BEGAN_ID,
    M_ACTION,
    M_ENTITY,
    M_ENTITY_VALUE,
    M_TYPE,
    M_TYPE_ID,
    M_CATEGORY,
    M_SEVERITY,
    M_SCORE,
    M_MESSAGE,
    M_TSTAMP,
    M_TSTAMP_END,
    M_LEASE,
    M_REPEATS,
    M_KEY,
    M_SOURCE,
    M_SEVERITIES,
};

static const char *const member_names[] = {
    [M_ID] = "id",
    [M_BEGAN_ID] = "began_id",
    [M_ACTION] = "action",
    [M_ENTITY] = "entity",
    [M_ENTITY_VALUE] = "entity_value",
    [M_TYPE] = "type",
    [M_TYPE_ID] = "type_id",
    [M_CATEGORY] = "category",
    [M_SEVERITY] = "severity",
    [M_SCORE] = "score",
    [M_MESSAGE] = "message",
    [M_TSTAMP] = "tstamp",
    [M_TSTAMP_END] = "tstamp_end",
    [M_LEASE] = "lease",
    [M_REPEATS] = "repeats",
    [M_KEY] = "key",
    [M_SOURCE] = "source",
    [M_SEVERITIES] = "severities",
};

#define MEMBER_COUNT COUNT_OF(member_names)
#define NEAR_LEAST 4 /* bytes: "ip" is no "id" */
#define NO_MEMBER ((int)MEMBER_COUNT)

/* Every name of every alert comes through here. */
static int member_find(struct str name)
{
    for (size_t i = 0; name.n > 0 && i < MEMBER_COUNT; i++) {
        if (member_names[i][0] == name.p[0] && str_is(name, member_names[i]))
            return (int)i;
    }
    return NO_MEMBER;
}

bool alert_is_member(struct str name)
{
    return member_find(name) != NO_MEMBER;
}

static bool same_letters(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0);
}

/* In any case, with one letter more, less, another, or two swapped. Quick to say
 * no: it is asked for every fact of every alert. */
static bool is_near(struct str a, struct str b)
{
    size_t n = MIN(a.n, b.n), i = 0;

    if (MAX(a.n, b.n) - n > 1)
        return false;
    while (i < n && strncasecmp(a.p + i, b.p + i, 1) == 0)
        i++;
    if (a.n != b.n)
        return same_letters(str_from(a, i + (a.n > n)), str_from(b, i + (b.n > n)));
    return i == n || same_letters(str_from(a, i + 1), str_from(b, i + 1)) ||
           (i + 1 < n && a.p[i] == b.p[i + 1] && a.p[i + 1] == b.p[i] &&
            same_letters(str_from(a, i + 2), str_from(b, i + 2)));
}

const char *alert_member_near(struct str name)
{
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        struct str member = str_of(member_names[i]);

        if (MIN(member.n, name.n) >= NEAR_LEAST && is_near(name, member))
            return member_names[i];
    }
    return NULL;
}

static void write_time(struct json_out *o, enum member m, int64_t wall_ms)
{
    char text[TIME_TEXT_MAX];

    time_text(wall_ms, true, text);
    out_text(o, member_names[m], text);
}

static void write_number(struct json_out *o, enum member m, int64_t i)
{
    out_i64(o, member_names[m], i);
}

static void write_str(struct json_out *o, enum member m, struct str s)
{
    out_str(o, member_names[m], s);
}

/* What has its default is left out; alert_read() puts it back. */
void alert_write(const struct alert *a, struct json_out *o)
{
    const struct json *first = a->facts == NULL ? NULL : a->facts->first;

    if (a->id != 0)
        write_number(o, M_ID, a->id);
    if (a->began_id != 0)
        write_number(o, M_BEGAN_ID, a->began_id);
    write_str(o, M_ACTION, str_of(action_name(a->action)));
    write_str(o, M_ENTITY, str_of(entity_name(a->entity)));
    write_str(o, M_ENTITY_VALUE, a->entity_value);
    write_str(o, M_TYPE, a->type);
    if (a->type_id >= 0)
        write_number(o, M_TYPE_ID, a->type_id);
    write_str(o, M_CATEGORY, a->category);
    write_str(o, M_SEVERITY, str_of(severity_name(a->severity)));
    write_number(o, M_SCORE, a->score);
    write_str(o, M_MESSAGE, a->message);
    write_time(o, M_TSTAMP, a->tstamp_ms);
    if (a->tstamp_end_ms != 0)
        write_time(o, M_TSTAMP_END, a->tstamp_end_ms);
    if (a->lease_ms != 0)
        write_time(o, M_LEASE, a->lease_ms);
    if (a->repeats != 0)
        write_number(o, M_REPEATS, a->repeats);
    write_str(o, M_KEY, a->key);
    write_str(o, M_SOURCE, a->source);
    if (a->severities != NULL)
        severities_write(a->severities, o, member_names[M_SEVERITIES]);
    for (const struct json *f = first; f != NULL; f = f->next)
        out_name_tree(o, f->name, f);
}

void alert_write_line(const struct alert *a, struct buf *to)
{
    struct json_out o = JSON_OUT(to);

    out_object(&o, NULL);
    alert_write(a, &o);
    out_object_end(&o);
}

struct reading {
    const struct json *m[MEMBER_COUNT]; /* NULL: not given, or null */
    struct arena *arena;
    int64_t now_ms;
    struct alert *out;
    struct error *err;
};

static bool wrong(struct reading *r, enum member m, const char *wanted)
{
    const struct json *j = r->m[m];

    error_set(r->err, "must be %s, not %s", wanted, json_type_name(j->type));
    return error_at(r->err, member_names[m]);
}

static bool not_one_of(struct reading *r, enum member m,
                       const char *const *names)
{
    struct str given = json_text(r->m[m]);
    const char *near = str_nearest(given, names);
    struct buf all freed_by(buf_release) = BUF(ERROR_TEXT_MAX);

    for (size_t i = 0; names[i] != NULL; i++)
        buf_printf(&all, "%s%s", i > 0 ? ", " : "", names[i]);
    given = str_first(given, utf8_cut(given, 40));
    error_set(r->err, "\"%.*s\" is not one of %s%s%s%s", STR_ARG(given),
              buf_c(&all), near ? "; did you mean \"" : "", near ? near : "",
              near ? "\"?" : "");
    return error_at(r->err, member_names[m]);
}

/* The readers: what was not given stays as it is. */
static bool read_text(struct reading *r, enum member m, struct str *out)
{
    if (r->m[m] == NULL)
        return true;
    if (!json_is(r->m[m], JSON_STRING))
        return wrong(r, m, "a string");
    *out = r->m[m]->text;
    return true;
}

static bool read_i64(struct reading *r, enum member m, int64_t max,
                     int64_t *out)
{
    int64_t i;
    double d;

    if (r->m[m] == NULL)
        return true;
    if (!json_is(r->m[m], JSON_NUMBER))
        return wrong(r, m, "a number");
    if (json_i64(r->m[m], &i)) {
        if (i >= 0 && i <= max) {
            *out = i;
            return true;
        }
    } else if (json_double(r->m[m], &d) && d >= 0 && d < (double)max) {
        *out = (int64_t)d;
        return true;
    }
    error_set(r->err, "%.*s is not between 0 and %lld",
              STR_ARG(str_first(r->m[m]->text, 40)), (long long)max);
    return error_at(r->err, member_names[m]);
}

static bool bad_time(struct reading *r, enum member m)
{
    struct str given = str_first(r->m[m]->text,
                                 utf8_cut(r->m[m]->text, 40));

    error_set(r->err,
              "\"%.*s\" is no time; give RFC 3339 (2020-11-23T14:20:56Z) or "
              "seconds since 1970, up to the year 9999",
              STR_ARG(given));
    return error_at(r->err, member_names[m]);
}

static bool seconds_read(const struct json *j, int64_t *out)
{
    int64_t s;
    double d;

    if (json_i64(j, &s)) {
        if (s < 0 || s > TIME_MAX_MS / 1000)
            return false;
        *out = s * 1000;
        return true;
    }
    if (!json_double(j, &d) || !(d >= 0) || d > (double)(TIME_MAX_MS / 1000))
        return false;
    *out = (int64_t)llround(d * 1000);
    return true;
}

bool alert_read_time(const struct json *j, int64_t *wall_ms)
{
    int64_t ms;

    if (json_is(j, JSON_NUMBER))
        return seconds_read(j, wall_ms);
    if (!time_parse(json_text(j), &ms) || ms < 0)
        return false;
    *wall_ms = ms;
    return true;
}

static bool read_time(struct reading *r, enum member m, int64_t *out)
{
    const struct json *j = r->m[m];

    if (j == NULL || alert_read_time(j, out))
        return true;
    return json_is(j, JSON_NUMBER) || json_is(j, JSON_STRING)
               ? bad_time(r, m)
               : wrong(r, m, "a time");
}

/* A lease may also be said as how long from now: "5m". */
static bool read_lease(struct reading *r)
{
    int64_t from_now_ms;

    if (str_to_duration_ms(json_text(r->m[M_LEASE]), &from_now_ms)) {
        r->out->lease_ms = r->now_ms + from_now_ms;
        return true;
    }
    return read_time(r, M_LEASE, &r->out->lease_ms);
}

static bool read_action(struct reading *r)
{
    static const char *const names[] = {"engage", "release", "store", NULL};
    struct str text = STR("store");

    if (!read_text(r, M_ACTION, &text))
        return false;
    return action_parse(text, &r->out->action) ||
           not_one_of(r, M_ACTION, names);
}

static bool read_entity(struct reading *r)
{
    struct str text = STR("other");

    if (!read_text(r, M_ENTITY, &text))
        return false;
    return entity_parse(text, &r->out->entity) ||
           not_one_of(r, M_ENTITY, entity_names);
}

static bool read_severity_given(struct reading *r)
{
    int64_t number;

    if (json_is(r->m[M_SEVERITY], JSON_STRING))
        return severity_parse(r->m[M_SEVERITY]->text, &r->out->severity) ||
               not_one_of(r, M_SEVERITY, severity_names);
    if (!json_is(r->m[M_SEVERITY], JSON_NUMBER))
        return wrong(r, M_SEVERITY, "a word or a number");
    return read_i64(r, M_SEVERITY, SEVERITY_COUNT - 1, &number) &&
           severity_from_number(number, &r->out->severity);
}

/* Either follows from the other, both from the type where it is known. */
static bool read_severity_and_score(struct reading *r)
{
    struct alert *a = r->out;
    const struct alert_type *t;

    if (r->m[M_SEVERITY] != NULL) {
        if (!read_severity_given(r))
            return false;
        a->score = severity_score(a->severity);
        return read_i64(r, M_SCORE, SCORE_MAX, &a->score);
    }
    t = catalogue_by_key(a->entity, a->type);
    a->score = t != NULL && t->score >= 0 ? t->score
                                          : severity_score(SEVERITY_DEFAULT);
    if (!read_i64(r, M_SCORE, SCORE_MAX, &a->score))
        return false;
    a->severity = severity_from_score(a->score);
    return true;
}

static bool read_type(struct reading *r)
{
    struct alert *a = r->out;

    if (!read_text(r, M_TYPE, &a->type) ||
        !read_text(r, M_MESSAGE, &a->message))
        return false;
    if (a->type.n > 0)
        return true;
    if (a->message.n == 0)
        return error_set(r->err, "an alert needs a type or a message");
    /* All that begins without a type would be one thing to the registry, and
     * only the first be told. */
    if (a->action != ACTION_STORE && r->m[M_KEY] == NULL) {
        error_set(r->err, "what begins or ends needs a type or a key");
        return error_at(r->err, member_names[M_TYPE]);
    }
    a->type = STR("message");
    return true;
}

static bool read_times(struct reading *r)
{
    struct alert *a = r->out;

    if (!read_time(r, M_TSTAMP, &a->tstamp_ms) ||
        !read_time(r, M_TSTAMP_END, &a->tstamp_end_ms) || !read_lease(r))
        return false;
    if (a->tstamp_ms == 0)
        a->tstamp_ms = r->now_ms;
    if (a->action == ACTION_ENGAGE)
        a->tstamp_end_ms = 0;
    else
        a->lease_ms = 0;
    if (a->action == ACTION_RELEASE && a->tstamp_end_ms == 0)
        a->tstamp_end_ms = r->now_ms;
    return true;
}

/* Ours; a native sender's `id` may also be any string or number of its own. */
static bool read_ids(struct reading *r)
{
    int64_t type_id = -1;
    const struct json *id = r->m[M_ID];

    if (id != NULL && !json_is(id, JSON_NUMBER) && !json_is(id, JSON_STRING))
        return wrong(r, M_ID, "a string or a number");
    r->out->id = MAX(json_i64_or(id, 0), 0);
    if (!read_i64(r, M_BEGAN_ID, INT64_MAX, &r->out->began_id) ||
        !read_i64(r, M_TYPE_ID, INT32_MAX, &type_id) ||
        !read_i64(r, M_REPEATS, INT64_MAX, &r->out->repeats))
        return false;
    r->out->type_id = (int32_t)type_id;
    return true;
}

static bool read_severities(struct reading *r)
{
    return r->m[M_SEVERITIES] == NULL ||
           severities_read(r->m[M_SEVERITIES], r->arena, &r->out->severities, r->err) ||
           error_at(r->err, member_names[M_SEVERITIES]);
}

/* Sorts the members into ours and facts. */
static void sort_members(struct reading *r, const struct json *j)
{
    struct json_list facts = {0};

    for (const struct json *m = j->first; m != NULL; m = m->next) {
        int at = member_find(m->name);

        if (at == NO_MEMBER)
            json_list_add(&facts, r->arena, m->name, m);
        else if (m->type != JSON_NULL)
            r->m[at] = m;
    }
    if (facts.count > 0)
        r->out->facts = json_new_object(r->arena, &facts);
}

bool alert_read(struct arena *arena, const struct json *j, int64_t now_ms,
                struct alert *out, struct error *err)
{
    struct alert a = {.source = STR("native")};
    struct reading r = {
        .arena = arena, .now_ms = now_ms, .out = &a, .err = err};

    if (!json_is(j, JSON_OBJECT))
        return error_set(err, "an alert is an object, not %s",
                         j == NULL ? "nothing" : json_type_name(j->type));
    sort_members(&r, j);
    if (!read_action(&r) || !read_entity(&r) || !read_type(&r) ||
        !read_text(&r, M_ENTITY_VALUE, &a.entity_value) ||
        !read_severity_and_score(&r) || !read_times(&r) || !read_ids(&r) ||
        !read_text(&r, M_CATEGORY, &a.category) ||
        !read_text(&r, M_SOURCE, &a.source) || !read_text(&r, M_KEY, &a.key) ||
        !read_severities(&r))
        return false;
    if (a.entity == ENTITY_FLOW && r.m[M_ENTITY_VALUE] == NULL)
        a.entity_value = alert_flow_value(&a, arena);
    if (a.category.n == 0)
        a.category = str_of(category_default(a.entity, a.type));
    if (a.key.n == 0)
        a.key = alert_key(&a, arena);
    *out = a;
    return true;
}
