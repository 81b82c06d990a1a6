/* admin_silences.c -- /api/v1/silences: list, show, make, change, end, and what one
 * would hit. */
#include <sodium.h>

#include "admin/done_by.h"
#include "admin/filter.h"
#include "admin/objects.h"
#include "admin/question.h"
#include "admin/reply.h"
#include "admin/shown.h"
#include "admin/silencing.h"
#include "config/tree.h"

#define PATH "/api/v1/silences"
#define SHOWN_MAX 20 /* alerts shown of each list in a preview */
#define DAYS_MAX 90
#define DAY_MS (24 * 3600 * 1000LL)

/* --- what both APIs do ------------------------------------------------------- */

void uuid_make(char out[UUID_BYTES])
{
    unsigned char b[16];

    randombytes_buf(b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    snprintf(out, UUID_BYTES,
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
             b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
             b[12], b[13], b[14], b[15]);
}

bool uuid_is(struct str s)
{
    static const char hex[] = "0123456789abcdef";

    if (s.n != UUID_BYTES - 1)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? s.p[i] != '-' : memchr(hex, s.p[i], sizeof hex - 1) == NULL)
            return false;
    }
    return true;
}

enum config_result silence_expire(struct admin *a, const struct silence *s,
                                  const struct signature *by, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct json_list members = {0};
    struct edit e = {.kind = OBJECT_SILENCE, .author = STR("api"), .name = s->name};
    int64_t now_ms = clock_wall_ms(a->with.clock), until_ms;
    char now_text[TIME_TEXT_MAX];
    size_t failed;

    if (silence_state(s, now_ms, &until_ms) == SILENCE_EXPIRED ||
        s->starts_ms > now_ms) {
        e.verb = EDIT_DELETE; /* nothing ever was, or is any more, silent by it */
        return config_change(a->with.config, &e, 1, by, &failed, err);
    }
    time_text(now_ms, true, now_text);
    json_list_add(&members, &arena, STR("ends"),
                  json_new_string(&arena, str_of(now_text)));
    e.verb = EDIT_PATCH;
    e.object = json_new_object(&arena, &members);
    return config_change(a->with.config, &e, 1, by, &failed, err);
}

/* --- the object -------------------------------------------------------------- */

static size_t count(const struct snapshot *s)
{
    return s->holds.silences.n;
}

static struct str name_of(const struct snapshot *s, size_t i)
{
    return s->holds.silences.v[i].name;
}

static int64_t revision_of(const struct snapshot *s, size_t i)
{
    return s->holds.silences.v[i].revision;
}

static void write(const struct resource *r, const struct snapshot *s, size_t i,
                  struct json_out *o, const char *name)
{
    silence_write(&s->holds.silences.v[i], clock_wall_ms(r->admin->with.clock), o, name);
}

/* People seldom name a silence: without a name it gets one. */
static void silences_create(void *resource, struct exchange *x)
{
    const struct resource *r = resource;
    struct arena *arena = exchange_arena(x);
    const struct json *body = params_object(r->admin, x, NULL, false);
    char name[UUID_BYTES];

    if (body == NULL)
        return;
    uuid_make(name);
    if (json_get(body, "name") == NULL)
        body = tree_put(body, STR("name"),
                        json_new_string(arena, arena_str(arena, str_of(name))), arena);
    objects_create_from(r, x, body);
}

static void silences_expire(void *resource, struct exchange *x)
{
    static const char *const params[] = {"comment", NULL};
    const struct resource *r = resource;
    struct str name = exchange_segment(x, "name");
    const struct silence *s =
        snapshot_silence(config_now(r->admin->with.config), name);
    struct error err = {0};
    enum config_result result;
    struct signature by;

    if (!params_known(r->admin, x, params) || !params_signature(r->admin, x, &by))
        return;
    if (s == NULL) {
        objects_not_found(r, x, name);
        return;
    }
    result = silence_expire(r->admin, s, &by, &err);
    if (result != CONFIG_OK) {
        edit_refused(r->admin, x, result, &err);
        return;
    }
    done_log(r->admin, x, "silence.expire", name, STR_NONE, STR_NONE);
    exchange_answer(x, 204, NULL, STR_NONE);
}

/* --- what one would hit --------------------------------------------------------- */

struct preview {
    struct question q; /* first */
    struct store_query query;
    struct reply reply;
};

static bool preview_engaged(struct preview *p, struct error *err)
{
    const struct registry *registry = p->q.admin->with.registry;
    struct arena arena freed_by(arena_release) = {0};
    const struct engaged *some[64];
    int64_t before = 0;
    size_t looked_at = 0, hits = 0, n;

    out_object(&p->reply.out, "engaged");
    out_array(&p->reply.out, "alerts");
    do {
        n = registry_list(registry, before, COUNT_OF(some), some);
        for (size_t i = 0; i < n; i++, looked_at++) {
            struct shown shown = {.line = some[i]->json, .engaged = some[i]};

            before = some[i]->id;
            arena_reset(&arena);
            if (filter_matches(&p->query, some[i], &arena) && hits++ < SHOWN_MAX &&
                !shown_write(&shown, &arena, &p->reply.out, NULL, err))
                return false;
        }
    } while (n == COUNT_OF(some) && looked_at < ADMIN_ENGAGED_SCAN_MAX);
    out_array_end(&p->reply.out);
    out_i64(&p->reply.out, "count", (int64_t)hits);
    out_bool(&p->reply.out, "exact", n < COUNT_OF(some));
    out_object_end(&p->reply.out);
    return true;
}

static void preview_ask(void *question, const struct historian_view *view)
{
    struct preview *p = question;
    struct store_page page;
    struct json_out *o = &p->reply.out;

    p->q.ok = store_engine_list(view->engine, &p->query, &p->q.arena, &page, &p->q.err);
    if (!p->q.ok)
        return;
    out_object(o, "history");
    out_array(o, "alerts");
    for (size_t i = 0; i < page.n && p->q.ok; i++) {
        struct shown shown = {.line = page.rows[i].json};

        p->q.ok = shown_write(&shown, &p->q.arena, o, NULL, &p->q.err);
    }
    out_array_end(o);
    out_i64(o, "count", page.total);
    out_bool(o, "exact", page.exact);
    out_object_end(o);
    out_object_end(o);
}

static void preview_answer(void *question)
{
    struct preview *p = question;

    if (p->q.ok)
        reply_send(&p->reply, p->q.x, 200);
    reply_release(&p->reply);
    if (p->q.ok)
        question_end(&p->q);
    else
        question_failed(&p->q, "alerts");
}

static bool preview_read(struct admin *a, struct exchange *x, const struct filter **filter,
                         int64_t *days)
{
    static const char *const members[] = {"matcher", "days", NULL};
    const struct json *body = params_object(a, x, members, false);
    const struct json *given = json_get(body, "days");
    struct error err = {0};

    *days = 7;
    if (body == NULL)
        return false;
    *filter = filter_parse(json_text(json_get(body, "matcher")), exchange_arena(x), NULL,
                           &err);
    if (*filter == NULL) {
        error_at(&err, "matcher");
    } else if (given != NULL &&
               (!json_i64(given, days) || *days < 1 || *days > DAYS_MAX)) {
        error_set(&err, "must be a number of days from 1 to %d", DAYS_MAX);
        error_at(&err, "days");
    } else {
        return true;
    }
    reply_problem(a, x, 422, "invalid-object", &err);
    return false;
}

static void silences_preview(void *resource, struct exchange *x)
{
    const struct resource *r = resource;
    const struct filter *filter;
    struct preview *p;
    struct error err;
    int64_t days;

    if (!preview_read(r->admin, x, &filter, &days))
        return;
    p = question_new(r->admin, x, sizeof *p);
    p->q.snapshot = config_acquire(r->admin->with.config);
    p->query = (struct store_query){
        .entity = -1,
        .since_ms = clock_wall_ms(r->admin->with.clock) - days * DAY_MS,
        .filter = filter,
        .pools = p->q.snapshot->pools,
        .limit = SHOWN_MAX,
    };
    reply_init(&p->reply);
    out_object(&p->reply.out, NULL);
    if (preview_engaged(p, &err)) {
        question_read(&p->q, preview_ask, preview_answer);
        return;
    }
    reply_release(&p->reply);
    p->q.err = err;
    question_failed(&p->q, "alerts");
}

static const struct route routes[] = {
    {"GET", PATH, ACCESS_ALERTS_READ, 0, objects_list},
    {"POST", PATH, ACCESS_ALERTS_WRITE, ADMIN_BODY_MAX, silences_create},
    {"POST", PATH "/preview", ACCESS_ALERTS_READ, ADMIN_BODY_MAX, silences_preview},
    {"GET", PATH "/{name}", ACCESS_ALERTS_READ, 0, objects_get},
    {"PATCH", PATH "/{name}", ACCESS_ALERTS_WRITE, ADMIN_BODY_MAX, objects_patch},
    {"PUT", PATH "/{name}", ACCESS_ALERTS_WRITE, ADMIN_BODY_MAX, objects_replace},
    {"DELETE", PATH "/{name}", ACCESS_ALERTS_WRITE, 0, silences_expire},
    {.method = NULL},
};

void admin_silences(struct admin *a)
{
    a->silences = (struct resource){
        .admin = a,
        .kind = OBJECT_SILENCE,
        .path = PATH,
        .count = count,
        .name = name_of,
        .revision = revision_of,
        .write = write,
    };
    httpd_routes(a->with.httpd, routes, &a->silences);
}
