/* severities.c -- how severe an engaged alert was, and since when. */
#include "alert/severities.h"

#include "base/clock.h"

struct severities *severities_copy(const struct severities *l)
{
    struct severities *copy = NULL;

    if (l != NULL) {
        copy = mem_new(sizeof *copy);
        *copy = *l;
    }
    return copy;
}

void severities_write(const struct severities *l, struct json_out *o, const char *name)
{
    char since[TIME_TEXT_MAX];

    out_array(o, name);
    for (size_t i = 0; i < l->n; i++) {
        time_text(l->v[i].since_ms, true, since);
        out_object(o, NULL);
        out_i64(o, "id", l->v[i].id);
        out_text(o, "severity", severity_name(l->v[i].severity));
        out_text(o, "since", since);
        out_object_end(o);
    }
    out_array_end(o);
}

static bool since_read(const struct json *j, struct severity_since *out)
{
    out->id = json_i64_or(json_get(j, "id"), 0);
    return out->id > 0 &&
           severity_parse(json_text(json_get(j, "severity")), &out->severity) &&
           time_parse(json_text(json_get(j, "since")), &out->since_ms);
}

bool severities_read(const struct json *j, struct arena *a, const struct severities **out,
                 struct error *err)
{
    struct severities *l = arena_array(a, 1, sizeof *l);
    bool ok = json_is(j, JSON_ARRAY) && j->count > 0 && j->count <= SEVERITY_COUNT;

    for (const struct json *e = ok ? j->first : NULL; ok && e != NULL; e = e->next) {
        ok = since_read(e, &l->v[l->n]) &&
             (l->n == 0 || l->v[l->n - 1].severity < l->v[l->n].severity);
        l->n++;
    }
    *out = l;
    return ok || error_set(err, "is for Tocsin to say: leave it out");
}
