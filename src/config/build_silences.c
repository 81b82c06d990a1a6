/* build_silences.c -- the silences of a snapshot. */
#include "base/clock.h"
#include "base/limits.h"
#include "config/build.h"
#include "config/silence.h"

static bool time_read(struct build *b, const struct object *o, const char *member,
                      int64_t *out)
{
    const struct json *j = json_get(o->json, member);

    *out = 0;
    if (j == NULL || (json_is(j, JSON_STRING) && time_parse(j->text, out)))
        return true;
    error_set(b->err, "must be a time like \"2026-03-01T22:00:00Z\"");
    return build_refused(b, o, member);
}

static bool flag_read(struct build *b, const struct object *o, const char *member,
                      bool *out)
{
    const struct json *j = json_get(o->json, member);

    *out = json_bool_or(j, false);
    if (j == NULL || json_is(j, JSON_BOOL))
        return true;
    error_set(b->err, "must be true or false, not %s", json_type_name(j->type));
    return build_refused(b, o, member);
}

static bool zone_read(struct build *b, const struct object *o, struct silence *s)
{
    const struct json *j = json_get(o->json, "time_zone");

    struct str name = b->s->settings.time_zone;

    s->zone_name = arena_str(b->a, json_text(j));
    if (s->zone_name.n > 0)
        name = s->zone_name;
    if ((j == NULL && s->schedule == NULL) || str_is(name, "UTC"))
        return true;
    if (s->schedule == NULL)
        error_set(b->err, "only goes with a schedule; \"starts\" and \"ends\" "
                          "have their zone with them");
    else
        s->zone = zone_new(name, b->err);
    return s->zone != NULL || build_refused(b, o, "time_zone");
}

static bool schedule_read(struct build *b, const struct object *o, struct silence *s)
{
    const struct json *j = json_get(o->json, "schedule");
    struct schedule *schedule;

    if (j == NULL)
        return zone_read(b, o, s);
    schedule = arena_new(b->a, sizeof *schedule);
    s->schedule_text = arena_str(b->a, json_text(j));
    if (!schedule_parse(s->schedule_text, SCHEDULE_WINDOWS, schedule, NULL, b->err))
        return build_refused(b, o, "schedule");
    s->schedule = schedule;
    return zone_read(b, o, s);
}

static bool times_read(struct build *b, const struct object *o, struct silence *s)
{
    if (!time_read(b, o, "starts", &s->starts_ms) ||
        !time_read(b, o, "ends", &s->ends_ms) ||
        !flag_read(b, o, "until_resolved", &s->until_resolved) ||
        !schedule_read(b, o, s))
        return false;
    if (s->ends_ms != 0 && s->ends_ms < s->starts_ms) {
        error_set(b->err, "is before it starts");
        return build_refused(b, o, "ends");
    }
    if (s->until_resolved && s->schedule != NULL) {
        error_set(b->err, "does not go with a schedule: a window ends by the clock");
        return build_refused(b, o, "until_resolved");
    }
    return true;
}

/* --- whom it is for ---------------------------------------------------------- */

static bool recipient_blame(struct build *b, const struct object *o, size_t at)
{
    error_at_index(b->err, at);
    return build_refused(b, o, "recipients");
}

static bool recipient_read(struct build *b, const struct object *o, size_t at,
                           struct str name, struct silence_recipient *out)
{
    const struct recipient *r = snapshot_recipient(b->s, name);

    if (r != NULL && !r->builtin) {
        *out = (struct silence_recipient){r->id, r->name};
        return true;
    }
    if (r != NULL)
        error_set(b->err, "\"" RECIPIENT_BUILTIN "\" is history, which has every "
                          "alert; name a recipient of yours");
    else if (build_is_gone(b, OBJECT_RECIPIENT, name))
        return false;
    else
        model_not_found(b->m, OBJECT_RECIPIENT, name, b->err);
    return recipient_blame(b, o, at);
}

static bool recipients_read(struct build *b, const struct object *o, struct silence *s)
{
    const struct json *list = json_get(o->json, "recipients");
    struct silence_recipient *v;

    if (list == NULL)
        return true;
    if (!json_is(list, JSON_ARRAY) || list->count == 0) {
        error_set(b->err, "must be a list of names of recipients; leave it out for "
                          "all of them");
        return build_refused(b, o, "recipients");
    }
    v = arena_array(b->a, list->count, sizeof *v);
    for (const struct json *e = list->first; e != NULL; e = e->next)
        if (!recipient_read(b, o, s->recipient_count, json_text(e),
                            &v[s->recipient_count]))
            return false;
        else
            s->recipient_count++;
    s->recipients = v;
    return true;
}

static bool silence_build(struct build *b, const struct object *o, struct silence *s)
{
    s->id = o->id;
    s->name = arena_str(b->a, o->name);
    s->managed_by = arena_str(b->a, o->managed_by);
    s->revision = o->revision;
    if (!build_text(b, o, "comment", SILENCE_TEXT_MAX,
                    "why is it silent? people will ask at 3 a.m.", &s->comment) ||
        !build_text(b, o, "author", NAME_MAX_BYTES, "who is to be asked about it?",
                   &s->author) ||
        !build_text(b, o, "matcher", FILTER_BYTES_MAX,
                    "which alerts, as a filter like \"host=10.0.0.7\"", &s->matcher) ||
        !times_read(b, o, s) || !recipients_read(b, o, s))
        return false;
    s->filter = filter_parse(s->matcher, b->a, NULL, b->err);
    if (s->filter == NULL)
        return build_refused(b, o, "matcher");
    return build_filter_pools(b, o, s->filter, "matcher");
}

bool build_silences(struct build *b)
{
    struct silences *all = &b->s->holds.silences;
    size_t most = b->m->by_name[OBJECT_SILENCE].count;

    b->s->holds.pools = b->s->pools;
    all->v = arena_array(b->a, MAX(most, 1u), sizeof *all->v);
    for (const struct object *o = b->m->first[OBJECT_SILENCE]; o; o = o->next) {
        if (o->gone)
            continue;
        all->n++; /* also when it fails: it may have a zone by then */
        if (!silence_build(b, o, &all->v[all->n - 1]))
            return false;
    }
    silences_index(all, b->a);
    return true;
}

const struct silence *snapshot_silence(const struct snapshot *s, struct str name)
{
    for (size_t i = 0; i < s->holds.silences.n; i++)
        if (str_eq(s->holds.silences.v[i].name, name))
            return &s->holds.silences.v[i];
    return NULL;
}

static void write_time(struct json_out *o, const char *name, int64_t wall_ms)
{
    char text[TIME_TEXT_MAX];

    if (wall_ms == 0)
        return;
    time_text(wall_ms, true, text);
    out_text(o, name, text);
}

void silence_write(const struct silence *s, int64_t now_ms, struct json_out *o,
                   const char *name)
{
    int64_t until_ms;

    out_object(o, name);
    out_i64(o, "id", s->id);
    out_str(o, "name", s->name);
    out_str(o, "comment", s->comment);
    out_str(o, "author", s->author);
    out_str(o, "matcher", s->matcher);
    if (s->recipient_count > 0)
        out_array(o, "recipients");
    for (size_t i = 0; i < s->recipient_count; i++)
        out_str(o, NULL, s->recipients[i].name);
    if (s->recipient_count > 0)
        out_array_end(o);
    write_time(o, "starts", s->starts_ms);
    write_time(o, "ends", s->ends_ms);
    if (s->until_resolved)
        out_bool(o, "until_resolved", true);
    if (s->schedule != NULL)
        out_str(o, "schedule", s->schedule_text);
    if (s->zone_name.n > 0)
        out_str(o, "time_zone", s->zone_name);
    out_text(o, "state", silence_state_name(silence_state(s, now_ms, &until_ms)));
    write_time(o, "until", until_ms);
    out_str(o, "managed_by", s->managed_by);
    out_i64(o, "revision", s->revision);
    out_object_end(o);
}
