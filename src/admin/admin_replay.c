/* admin_replay.c -- POST /api/v1/replay: what a recipient, a draft of one, or a
 * whole configuration would have sent; and POST /api/v1/silences/replay: what a
 * silence would have held back. Answers with a job. */
#include "admin/objects.h"
#include "admin/params.h"
#include "admin/replay.h"
#include "admin/reply.h"
#include "admin/silencing.h"
#include "config/config_empty.h"
#include "config/declare.h"
#include "config/proposal.h"
#include "config/tree.h"

#define REPLAY_DEFAULT_MS (7 * 86400000LL)
#define REPLAY_FILES_MAX 100
#define OF_SILENCES "/api/v1/silences/replay"

/* What is asked, before there is a job. */
struct wish {
    struct config *own;           /* ours until the job has it */
    const struct snapshot *draft; /* acquired */
    int64_t only, since_ms, until_ms;
    struct str silence; /* its name in the draft; "": none is asked about */
};

static void wish_drop(struct admin *a, struct wish *w)
{
    config_release(w->own != NULL ? w->own : a->with.config, w->draft);
    config_close(w->own);
}

/* --- a recipient ---------------------------------------------------------------- */

static bool only_set(struct admin *a, struct exchange *x, struct wish *w,
                     struct str name)
{
    const struct recipient *r = snapshot_recipient(w->draft, name);

    if (r != NULL && !r->builtin) {
        w->only = r->id;
        return true;
    }
    if (r != NULL)
        params_wrong(a, x, "the builtin alert store is told everything; name "
                           "another recipient");
    else
        reply_problem_text(a, x, 404, "not-found",
                           "no recipient named \"%.*s\" there",
                           STR_ARG(str_first(name, utf8_cut(name, 100))));
    return false;
}

/* The draft, laid over the recipient of that name if there is one. */
static bool draft_take(struct admin *a, struct exchange *x, struct wish *w,
                       const struct json *object)
{
    struct str name = json_text(json_get(object, "name"));
    const struct recipient *r =
        snapshot_recipient(config_now(a->with.config), name);
    struct edit e = {
        .kind = OBJECT_RECIPIENT,
        .verb = r != NULL ? EDIT_PATCH : EDIT_CREATE,
        .name = name,
        .object = object,
        .author = r != NULL ? r->managed_by : STR("api"),
    };
    struct error err = {0};
    enum config_result result =
        config_propose(a->with.config, &e, &w->draft, &err);

    if (result == CONFIG_OK)
        return only_set(a, x, w, name);
    edit_refused(a, x, result, &err);
    return false;
}

/* --- a silence ------------------------------------------------------------------ */

/* What is not said yet: a draft need not have a name, or say why. */
static const struct json *silence_filled(struct exchange *x, const struct json *object)
{
    static const char *const members[] = {"name", "comment", "author"};
    struct arena *arena = exchange_arena(x);
    char name[UUID_BYTES];
    const char *const texts[] = {name, "a draft", "api"};

    uuid_make(name);
    for (size_t i = 0; i < COUNT_OF(members); i++)
        if (json_get(object, members[i]) == NULL)
            object = tree_put(object, str_of(members[i]),
                              json_new_string(arena, arena_str(arena, str_of(texts[i]))),
                              arena);
    return object;
}

static bool silence_named(struct admin *a, struct exchange *x, struct wish *w,
                          struct str name)
{
    w->draft = config_acquire(a->with.config);
    w->silence = name;
    if (snapshot_silence(w->draft, name) != NULL)
        return true;
    reply_problem_text(a, x, 404, "not-found", "no silence named \"%.*s\" there",
                       STR_ARG(str_first(name, utf8_cut(name, 100))));
    return false;
}

/* Laid over the silence of that name, if there is one. */
static bool silence_take(struct admin *a, struct exchange *x, struct wish *w,
                         const struct json *silence)
{
    struct edit e = {.kind = OBJECT_SILENCE, .verb = EDIT_CREATE, .author = STR("api")};
    struct error err = {0};
    const struct silence *s;
    enum config_result result;

    if (!json_is(silence, JSON_OBJECT))
        return silence_named(a, x, w, json_text(silence));
    e.name = json_text(json_get(silence, "name"));
    s = snapshot_silence(config_now(a->with.config), e.name);
    e.object = s != NULL ? silence : silence_filled(x, silence);
    if (s != NULL) {
        e.verb = EDIT_PATCH;
        e.author = s->managed_by;
    }
    w->silence = json_text(json_get(e.object, "name"));
    result = config_propose(a->with.config, &e, &w->draft, &err);
    if (result != CONFIG_OK)
        edit_refused(a, x, result, &err);
    return result == CONFIG_OK;
}

/* --- a whole configuration --------------------------------------------------------- */

static bool files_read(struct admin *a, struct exchange *x,
                       const struct json *files, struct declared *d)
{
    if (!json_is(files, JSON_ARRAY) || files->count == 0 ||
        files->count > REPLAY_FILES_MAX)
        return params_wrong(a, x, "\"files\" must be a list of 1 to %d files",
                            REPLAY_FILES_MAX);
    for (const struct json *f = files->first; f != NULL; f = f->next) {
        struct str name = json_text(json_get(f, "name"));

        if (name.n == 0 || !json_is(json_get(f, "text"), JSON_STRING))
            return params_wrong(a, x, "a file is {\"name\": ..., \"text\": ...}");
        declare_text(name, json_text(json_get(f, "text")), exchange_arena(x), d);
    }
    return true;
}

/* Alone, as if there were nothing else; secrets it refers to are not read. */
static bool whole_take(struct admin *a, struct exchange *x, struct wish *w,
                       const struct json *configuration)
{
    struct declared d = {0};
    struct declared_result result;
    struct error err = {0};

    if (!files_read(a, x, json_get(configuration, "files"), &d))
        return false;
    declare_check(NULL, &d, exchange_arena(x));
    w->own = config_open_empty(&err);
    if (w->own == NULL ||
        !declare_apply(w->own, &d, false, exchange_arena(x), &result, &err)) {
        reply_problem(a, x, 422, "invalid-object", &err);
        return false;
    }
    w->draft = config_acquire(w->own);
    return true;
}

/* --- the request ---------------------------------------------------------------- */

static bool time_take(struct admin *a, struct exchange *x, const struct json *body,
                      const char *name, int64_t fallback, int64_t *out)
{
    const struct json *j = json_get(body, name);

    *out = fallback;
    return j == NULL || params_time_text(a, x, name, json_text(j), out);
}

static bool times_take(struct admin *a, struct exchange *x,
                       const struct json *body, struct wish *w)
{
    int64_t now_ms = clock_wall_ms(a->with.clock);

    return time_take(a, x, body, "since", now_ms - REPLAY_DEFAULT_MS,
                     &w->since_ms) &&
           time_take(a, x, body, "until", now_ms, &w->until_ms) &&
           (w->since_ms < w->until_ms ||
            params_wrong(a, x, "since must be before until"));
}

static bool wish_take(struct admin *a, struct exchange *x,
                      const struct json *body, struct wish *w)
{
    const struct json *recipient = json_get(body, "recipient");
    const struct json *configuration = json_get(body, "configuration");
    const struct json *silence = json_get(body, "silence");

    if (!times_take(a, x, body, w))
        return false;
    if (silence != NULL && (configuration != NULL || json_is(recipient, JSON_OBJECT)))
        return params_wrong(a, x, "a silence is tried out on the running configuration; "
                                  "\"recipient\" may name one of its recipients");
    if (configuration != NULL && json_is(recipient, JSON_OBJECT))
        return params_wrong(a, x, "with a configuration, \"recipient\" is the "
                                  "name of one of its own");
    if (configuration != NULL) {
        if (!whole_take(a, x, w, configuration))
            return false;
    } else if (json_is(recipient, JSON_OBJECT)) {
        return draft_take(a, x, w, recipient);
    } else if (silence != NULL) {
        if (!silence_take(a, x, w, silence))
            return false;
    } else {
        w->draft = config_acquire(a->with.config);
    }
    return recipient == NULL || only_set(a, x, w, json_text(recipient));
}

static void replay_start(struct admin *a, struct exchange *x, const struct json *body,
                         const char *path)
{
    struct wish w = {0};
    struct replay *r = NULL;

    if (wish_take(a, x, body, &w))
        r = job_new(a, x, "replay", sizeof *r, replay_release);
    if (r == NULL) {
        wish_drop(a, &w);
        return;
    }
    r->job.path = path;
    r->own = w.own;
    r->draft = w.draft;
    r->only = w.only;
    r->since_ms = w.since_ms;
    r->until_ms = w.until_ms;
    if (w.silence.n > 0)
        replay_silence_begin(r, w.silence);
    job_accepted(&r->job, x);
    replay_begin(r);
}

/* NULL: answered. */
static const struct json *body_take(struct admin *a, struct exchange *x,
                                    const char *const *members)
{
    static const char *const none[] = {NULL};

    return params_known(a, x, none) ? params_object(a, x, members, true) : NULL;
}

static void replay_post(void *admin, struct exchange *x)
{
    static const char *const members[] = {"recipient", "configuration", "silence",
                                          "since", "until", NULL};
    const struct json *body = body_take(admin, x, members);

    if (body != NULL)
        replay_start(admin, x, body, NULL);
}

/* For who may make silences, but not change recipients. */
static void silence_replay_post(void *admin, struct exchange *x)
{
    static const char *const members[] = {"recipient", "silence", "since", "until",
                                          NULL};
    const struct json *body = body_take(admin, x, members);

    if (body == NULL)
        return;
    if (json_get(body, "silence") == NULL)
        params_wrong(admin, x, "\"silence\" must be the name of one, or a draft of one");
    else if (json_is(json_get(body, "recipient"), JSON_OBJECT))
        params_wrong(admin, x, "\"recipient\" must be a name");
    else
        replay_start(admin, x, body, OF_SILENCES);
}

static const struct route routes[] = {
    {"POST", "/api/v1/replay", ACCESS_CONFIG_WRITE, INTAKE_BODY_MAX, replay_post},
    {"POST", OF_SILENCES, ACCESS_ALERTS_WRITE, ADMIN_BODY_MAX, silence_replay_post},
    {"GET", OF_SILENCES "/{id}", ACCESS_ALERTS_WRITE, 0, job_get_at},
    {"DELETE", OF_SILENCES "/{id}", ACCESS_ALERTS_WRITE, 0, job_delete_at},
    {.method = NULL},
};

void admin_replay(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
