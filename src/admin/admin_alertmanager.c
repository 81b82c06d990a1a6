/* admin_alertmanager.c -- Alertmanager's API v2 for silences, so that amtool, karma
 * and Grafana need only our address. A silence made here is called by its UUID; one
 * that is called otherwise gets a UUID made of our number. Its matchers are a filter
 * of ours, `{alertname="Up", env=~"prod|lab"}`, which is read back as matchers.
 * Source: Alertmanager's api/v2/openapi.yaml. Its errors are a JSON string. */
#include "admin/done_by.h"
#include "admin/matchers.h"
#include "admin/reply.h"
#include "admin/silencing.h"
#include "base/clock.h"

#define OTHER_UUID "00000000-0000-4000-8000-"

void alertmanager_refuse(struct exchange *x, int status, const char *text)
{
    struct buf b freed_by(buf_release) = BUF(ERROR_TEXT_MAX * 2);
    struct json_out o = JSON_OUT(&b);

    out_text(&o, NULL, text);
    exchange_json(x, status, buf_view(&b));
}

/* --- ids ------------------------------------------------------------------------ */

struct str silence_uuid(const struct silence *s, struct arena *a)
{
    return uuid_is(s->name) ? s->name
                            : arena_printf(a, OTHER_UUID "%012llx", (long long)s->id);
}

static const struct silence *silence_by_uuid(const struct admin *a, struct str uuid,
                                             struct arena *arena)
{
    const struct silences *all = &config_now(a->with.config)->holds.silences;

    for (size_t i = 0; i < all->n; i++)
        if (str_eq(silence_uuid(&all->v[i], arena), uuid))
            return &all->v[i];
    return NULL;
}

/* --- writing ------------------------------------------------------------------------ */

static void matcher_write(struct json_out *o, const struct matcher *m)
{
    out_object(o, NULL);
    out_bool(o, "isEqual", m->equal);
    out_bool(o, "isRegex", m->regex);
    out_str(o, "name", m->name);
    out_str(o, "value", m->value);
    out_object_end(o);
}

static struct str recipients_text(const struct silence *s, struct arena *a)
{
    struct str all = STR_NONE;

    for (size_t i = 0; i < s->recipient_count; i++)
        all = arena_printf(a, "%.*s%s%.*s", STR_ARG(all), i > 0 ? "," : "",
                           STR_ARG(s->recipients[i].name));
    return all;
}

/* What says more than matchers can is shown as some they do not have. */
static void matchers_write(struct json_out *o, const struct silence *s, struct arena *a)
{
    struct matcher list[MATCHERS_MAX + 2];
    size_t n = matchers_read(s->matcher, a, list);

    if (n == 0)
        list[n++] = (struct matcher){STR("tocsin_filter"), s->matcher, false, true};
    if (s->recipient_count > 0)
        list[n++] = (struct matcher){STR("tocsin_recipients"), recipients_text(s, a),
                                     false, true};
    if (s->schedule != NULL)
        list[n++] = (struct matcher){STR("tocsin_schedule"), s->schedule_text, false,
                                     true};
    out_array(o, "matchers");
    for (size_t i = 0; i < n; i++)
        matcher_write(o, &list[i]);
    out_array_end(o);
}

static void write_time(struct json_out *o, const char *name, int64_t wall_ms)
{
    char text[TIME_TEXT_MAX];

    time_text(wall_ms, true, text);
    out_text(o, name, text);
}

/* One without an end has none to show: a year ahead stands for it. */
static void silence_show(const struct admin *a, const struct silence *s,
                         struct json_out *o, struct arena *arena)
{
    int64_t now_ms = clock_wall_ms(a->with.clock), until_ms;
    enum silence_state state = silence_state(s, now_ms, &until_ms);

    out_object(o, NULL);
    out_str(o, "id", silence_uuid(s, arena));
    out_object(o, "status");
    out_text(o, "state", silence_state_name(state));
    out_object_end(o);
    write_time(o, "updatedAt", s->starts_ms);
    write_time(o, "startsAt", s->starts_ms);
    write_time(o, "endsAt", s->ends_ms != 0 ? s->ends_ms : now_ms + 365 * 86400000LL);
    out_str(o, "createdBy", s->author);
    out_str(o, "comment", s->comment);
    matchers_write(o, s, arena);
    out_object_end(o);
}

/* --- routes -------------------------------------------------------------------------- */

/* ?filter=a="b": those that have this matcher. */
static bool wanted(const struct silence *s, struct exchange *x, struct arena *arena)
{
    struct matcher have[MATCHERS_MAX], want;
    size_t n = matchers_read(s->matcher, arena, have);
    struct str name, value;

    for (size_t at = 0; exchange_query_at(x, at, &name, &value); at++) {
        bool found = false;

        if (!str_is(name, "filter") || !matcher_parse(value, arena, &want))
            continue;
        for (size_t i = 0; i < n; i++)
            found = found || (str_eq(have[i].name, want.name) &&
                              str_eq(have[i].value, want.value) == want.equal);
        if (!found)
            return false;
    }
    return true;
}

static void silences_get(void *admin, struct exchange *x)
{
    struct admin *a = admin;
    const struct silences *all = &config_now(a->with.config)->holds.silences;
    struct arena *arena = exchange_arena(x);
    struct reply r freed_by(reply_release) = {0};

    reply_init(&r);
    out_array(&r.out, NULL);
    for (size_t i = 0; i < all->n; i++)
        if (wanted(&all->v[i], x, arena))
            silence_show(a, &all->v[i], &r.out, arena);
    out_array_end(&r.out);
    reply_send(&r, x, 200);
}

static void silence_get(void *admin, struct exchange *x)
{
    struct admin *a = admin;
    struct arena *arena = exchange_arena(x);
    const struct silence *s = silence_by_uuid(a, exchange_segment(x, "id"), arena);
    struct reply r freed_by(reply_release) = {0};

    if (s == NULL) {
        alertmanager_refuse(x, 404, "there is no silence with this id");
        return;
    }
    reply_init(&r);
    silence_show(a, s, &r.out, arena);
    reply_send(&r, x, 200);
}

static void silence_delete(void *admin, struct exchange *x)
{
    struct admin *a = admin;
    const struct silence *s =
        silence_by_uuid(a, exchange_segment(x, "id"), exchange_arena(x));
    const struct signature by = {.author = done_by(x).who};
    struct error err = {0};

    if (s == NULL) {
        alertmanager_refuse(x, 404, "there is no silence with this id");
    } else if (silence_expire(a, s, &by, &err) != CONFIG_OK) {
        alertmanager_refuse(x, 500, err.text);
    } else {
        done_log(a, x, "silence.expire", exchange_segment(x, "id"), STR_NONE,
                 STR_NONE);
        exchange_answer(x, 200, NULL, STR_NONE);
    }
}

static const struct json *silence_object(const struct json *body, struct str name,
                                         struct arena *a, struct error *err)
{
    static const struct {
        const char *theirs, *ours;
    } names[] = {{"comment", "comment"}, {"createdBy", "author"},
                 {"startsAt", "starts"}, {"endsAt", "ends"}};
    struct buf filter freed_by(buf_release) = BUF(FILTER_BYTES_MAX);
    struct json_list members = {0};

    if (!matchers_filter(json_get(body, "matchers"), &filter, err))
        return NULL;
    json_list_add(&members, a, STR("name"), json_new_string(a, name));
    json_list_add(&members, a, STR("matcher"),
                  json_new_string(a, arena_str(a, buf_view(&filter))));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct json *given = json_get(body, names[i].theirs);

        if (given != NULL)
            json_list_add(&members, a, str_of(names[i].ours), given);
    }
    return json_new_object(a, &members);
}

/* Its matchers would come back without the rest of it, and silence more. */
static bool says_more(const struct silence *s)
{
    return s != NULL && (s->schedule != NULL || s->recipient_count > 0);
}

/* With an id it changes that one, as theirs does. */
static void silences_post(void *admin, struct exchange *x)
{
    struct admin *a = admin;
    struct arena *arena = exchange_arena(x);
    struct error err = {0};
    const struct json *body = json_parse(arena, exchange_body(x), &err);
    struct str id = json_text(json_get(body, "id"));
    const struct silence *old = id.n > 0 ? silence_by_uuid(a, id, arena) : NULL;
    struct edit e = {.kind = OBJECT_SILENCE, .verb = EDIT_REPLACE, .author = STR("api")};
    const struct signature by = {done_by(x).who, json_text(json_get(body, "comment"))};
    char made[UUID_BYTES];
    size_t failed;
    struct reply r freed_by(reply_release) = {0};

    uuid_make(made);
    e.name = old != NULL ? old->name : arena_str(arena, str_of(made));
    if (id.n > 0 && old == NULL) {
        alertmanager_refuse(x, 404, "there is no silence with this id");
        return;
    }
    if (says_more(old)) {
        alertmanager_refuse(x, 400, "this silence recurs or is for some recipients only, "
                                    "which this API cannot say: change it with tocsin "
                                    "or in its pages");
        return;
    }
    if (body != NULL)
        e.object = silence_object(body, e.name, arena, &err);
    if (e.object == NULL || config_change(a->with.config, &e, 1, &by, &failed, &err) != CONFIG_OK) {
        alertmanager_refuse(x, 400, err.text);
        return;
    }
    done_log(a, x, "silence.change", e.name, STR_NONE, exchange_body(x));
    reply_init(&r);
    out_object(&r.out, NULL);
    out_str(&r.out, "silenceID",
            silence_uuid(snapshot_silence(config_now(a->with.config), e.name), arena));
    out_object_end(&r.out);
    reply_send(&r, x, 200);
}

static void receivers_get(void *admin, struct exchange *x)
{
    struct admin *a = admin;
    const struct snapshot *s = config_now(a->with.config);
    struct reply r freed_by(reply_release) = {0};

    reply_init(&r);
    out_array(&r.out, NULL);
    for (size_t i = 0; i < s->recipient_count; i++) {
        out_object(&r.out, NULL);
        out_str(&r.out, "name", s->recipients[i].name);
        out_object_end(&r.out);
    }
    out_array_end(&r.out);
    reply_send(&r, x, 200);
}

static const struct route routes[] = {
    {"GET", "/api/v2/silences", ACCESS_ALERTS_READ, 0, silences_get},
    {"POST", "/api/v2/silences", ACCESS_ALERTS_WRITE, ADMIN_BODY_MAX, silences_post},
    {"GET", "/api/v2/silence/{id}", ACCESS_ALERTS_READ, 0, silence_get},
    {"DELETE", "/api/v2/silence/{id}", ACCESS_ALERTS_WRITE, 0, silence_delete},
    {"GET", "/api/v2/receivers", ACCESS_CONFIG_READ, 0, receivers_get},
    {.method = NULL},
};

void admin_alertmanager(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
