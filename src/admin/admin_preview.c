/* admin_preview.c -- POST /api/v1/preview and /api/v1/recipients/{name}/preview:
 * how an alert would read, and the request that would be sent. Nothing is stored
 * and nothing is sent. */
#include "admin/decisions.h"
#include "admin/found.h"
#include "admin/objects.h"
#include "admin/params.h"
#include "admin/preview.h"
#include "admin/question.h"
#include "admin/reply.h"
#include "admin/would_hold.h"
#include "config/render_input.h"
#include "message/template.h"

#define SAMPLE_LASTS_MS (8 * 60 * 1000)

/* Of a recipient, which alerts it is told: see criteria_names. */
#define CRITERIA_MEMBERS                                                       \
    "minimum_severity", "categories", "entities", "types", "host_pools", "am_hosts", \
        "filter"
/* Of a recipient, how much and when it is told: see routing/pace.h. */
#define PACE_MEMBERS                                                           \
    "repeat_interval", "flapping_count", "storm_limit", "storm_window", "digest", \
        "quiet_hours", "time_zone", "urgent_severity"

struct preview {
    struct question q; /* first; its snapshot is with the changes */
    struct found found; /* id 0: the newest it would get, else the sample */
    struct str name;    /* of the recipient; of a draft, one that is free */
    bool is_draft;
    const struct json *object; /* what to change in it; NULL: nothing */
    const enum action *as;     /* as if it had this action; NULL: as it is */
};

/* What is rendered, from the snapshot with the changes. */
struct dry_run {
    const struct admin *admin;
    const struct snapshot *s;
    const struct recipient *r;
    struct alert alert;
    bool is_sample;
    struct arena *arena;
};

/* --- what it would be -------------------------------------------------------- */

/* The message as it would have been sent when it happened, so that an old alert
 * is not called late. */
static int64_t sent_ms(const struct alert *a)
{
    return a->action == ACTION_RELEASE && a->tstamp_end_ms > 0 ? a->tstamp_end_ms
                                                               : a->tstamp_ms;
}

static void input_make(struct dry_run *d, struct render_item *item,
                       struct render_input *in)
{
    *item = (struct render_item){
        .alert = &d->alert,
        .phase = d->alert.action == ACTION_RELEASE ? PHASE_RELEASE : PHASE_NEW,
        .id = arena_printf(d->arena, "%lld.%lld", (long long)d->alert.id,
                           (long long)d->r->id),
    };
    render_input_for(d->s, d->r->endpoint, d->r, sent_ms(&d->alert), in);
    in->items = item;
    in->count = 1;
}

/* What a template may speak of, with its value in this alert. */
static void variables_write(struct dry_run *d, const struct render_input *in,
                            struct json_out *o)
{
    static const char *const kinds[] = {"part", "alert", "fact"};
    struct message_place place = in->place;
    struct template_view view = {&d->alert, NULL, place.instance};
    struct template_name *names;
    struct message ours;
    size_t n;

    place.own = NULL;
    message_build(&d->alert, in->items[0].phase, &place, d->arena, &ours);
    view.message = &ours;
    n = template_names(&view, d->arena, &names);
    out_array(o, "variables");
    for (size_t i = 0; i < n; i++) {
        out_object(o, NULL);
        out_str(o, "name", names[i].name);
        out_text(o, "kind", kinds[names[i].kind]);
        preview_text_write(d->s, o, "value", names[i].value);
        out_object_end(o);
    }
    out_array_end(o);
}

static void message_write(struct dry_run *d, const struct render_input *in,
                          struct json_out *o)
{
    struct message m;

    message_build(&d->alert, in->items[0].phase, &in->place, d->arena, &m);
    out_str(o, "title", m.title);
    out_str(o, "headline", m.headline);
    out_str(o, "text", m.sentence);
    out_array(o, "facts");
    for (size_t i = 0; i < m.fact_count; i++) {
        out_object(o, NULL);
        out_text(o, "label", m.facts[i].label);
        out_str(o, "value", m.facts[i].value);
        out_object_end(o);
    }
    out_array_end(o);
    preview_text_write(d->s, o, "failed", m.failed);
    variables_write(d, in, o);
}

/* "request", and "because" when there is none. */
static void request_write(struct dry_run *d, const struct render_input *in,
                          struct json_out *o)
{
    const struct endpoint_type *type = d->r->endpoint->type;
    struct error err = {0};
    struct request request;
    bool wanted = type->wants == NULL ||
                  type->wants(in->endpoint, in->recipient, in->items, &err);

    if (wanted && type->render(in, d->arena, &request, &err)) {
        preview_request_write(&request, d->s, o);
        out_null(o, "because");
        return;
    }
    out_null(o, "request");
    preview_text_write(d->s, o, "because", str_of(err.text));
}

/* What would keep it from being sent at once, if it came now, and then. */
static void holds_write(struct dry_run *d, struct json_out *o)
{
    int64_t then_ms = d->is_sample ? 0 : sent_ms(&d->alert);
    struct would_hold w;

    would_hold_init(&w, d->admin, d->s, &d->alert, change_of(&d->alert), then_ms,
                    d->arena);
    would_hold_write(&w, d->r->id, o);
    would_holds_write(&w, d->r->id, o);
    would_hold_release(&w);
}

static void dry_run_answer(struct dry_run *d, struct exchange *x)
{
    struct reply reply freed_by(reply_release);
    struct json_out *o = &reply.out;
    struct render_item item;
    struct render_input in;

    input_make(d, &item, &in);
    reply_init(&reply);
    out_object(o, NULL);
    out_str(o, "recipient", d->r->name);
    out_text(o, "type", d->r->endpoint->type->name);
    if (d->is_sample)
        out_null(o, "alert_id");
    else
        out_i64(o, "alert_id", d->alert.id);
    if (d->r->endpoint->type->own_words)
        message_write(d, &in, o);
    request_write(d, &in, o);
    holds_write(d, o);
    out_object_end(o);
    reply_send(&reply, x, 200);
}

/* --- of what ------------------------------------------------------------------- */

/* As if it had just begun, or were over: now, or a while after it happened. */
static void as_if(struct dry_run *d, enum action action, int64_t now_ms)
{
    struct alert *a = &d->alert;

    if (action == ACTION_RELEASE && a->tstamp_end_ms <= 0)
        a->tstamp_end_ms = a->action == ACTION_ENGAGE && now_ms > a->tstamp_ms
                               ? now_ms
                               : a->tstamp_ms + SAMPLE_LASTS_MS;
    if (action != ACTION_RELEASE)
        a->tstamp_end_ms = 0;
    a->action = action;
}

/* False: answered. */
static bool alert_take(struct preview *p, struct dry_run *d)
{
    struct question *q = &p->q;

    found_engaged(&p->found, q->admin->with.registry, &q->arena);
    d->is_sample = q->ok && p->found.line.n == 0 && p->found.id == 0;
    if (d->is_sample) {
        sample_alert(&d->alert, clock_wall_ms(q->admin->with.clock), &q->arena);
        return true;
    }
    if (!q->ok || p->found.line.n == 0 ||
        !found_read(&p->found, &q->arena, &d->alert, &q->err)) {
        question_failed(q, "alert");
        return false;
    }
    if (d->alert.id == 0)
        d->alert.id = p->found.id;
    return true;
}

/* The snapshot it is rendered from, to be released. NULL: answered. */
static const struct snapshot *snapshot_take(struct preview *p)
{
    struct admin *a = p->q.admin;
    const struct recipient *r =
        snapshot_recipient(config_now(a->with.config), p->name);
    struct edit e = {
        .kind = OBJECT_RECIPIENT,
        .verb = EDIT_PATCH,
        .name = p->name,
        .object = p->object,
        /* Nothing is written, so a file's may be tried out, too. */
        .author = r != NULL ? r->managed_by : STR("api"),
    };
    const struct snapshot *s;
    enum config_result result;

    if (p->object == NULL)
        return config_acquire(a->with.config);
    if (p->is_draft)
        e.verb = EDIT_CREATE;
    result = config_propose(a->with.config, &e, &s, &p->q.err);
    if (result != CONFIG_OK)
        edit_refused(a, p->q.x, result, &p->q.err);
    return s;
}

/* Its recipient may be gone by now, or cannot be rendered for. */
static bool recipient_take(struct preview *p, struct dry_run *d)
{
    struct str fault;

    d->r = snapshot_recipient(d->s, p->name);
    if (d->r == NULL) {
        objects_not_found(&p->q.admin->recipients, p->q.x, p->name);
        return false;
    }
    fault = d->r->endpoint->fault.n > 0 ? d->r->endpoint->fault : d->r->fault;
    if (!d->r->builtin && fault.n == 0)
        return true;
    if (d->r->builtin)
        error_set(&p->q.err, "the builtin alert store takes alerts as they are");
    else
        error_set(&p->q.err, "%.*s", STR_ARG(fault));
    reply_problem(p->q.admin, p->q.x, 422, "no-preview", &p->q.err);
    return false;
}

static void preview_answer(void *question)
{
    struct preview *p = question;
    struct dry_run d = {
        .admin = p->q.admin,
        .s = p->q.snapshot,
        .arena = &p->q.arena,
    };

    if (!alert_take(p, &d))
        return;
    if (p->as != NULL)
        as_if(&d, *p->as, clock_wall_ms(p->q.admin->with.clock));
    if (recipient_take(p, &d))
        dry_run_answer(&d, p->q.x);
    question_end(&p->q);
}

static void preview_ask(void *question, const struct historian_view *view)
{
    struct preview *p = question;
    struct question *q = &p->q;

    q->ok = p->found.id > 0
                ? found_kept(&p->found, view, &q->arena, &q->err)
                : found_newest(&p->found, q->snapshot,
                               snapshot_recipient(q->snapshot, p->name), view,
                               &q->arena, &q->err);
}

/* --- routes ----------------------------------------------------------------------- */

static bool alert_id_read(struct admin *a, struct exchange *x,
                          const struct json *body, int64_t *out)
{
    const struct json *j = json_get(body, "alert_id");

    *out = 0;
    if (j == NULL || json_is(j, JSON_NULL))
        return true;
    return (json_i64(j, out) && *out > 0) ||
           params_wrong(a, x, "\"alert_id\" must be an alert's number, or left "
                              "out for the newest one");
}

static bool action_read(struct admin *a, struct exchange *x,
                        const struct json *body, const enum action **out)
{
    static const enum action actions[] = {ACTION_ENGAGE, ACTION_RELEASE};
    struct str word = json_text(json_get(body, "action"));

    *out = NULL;
    if (json_get(body, "action") == NULL)
        return true;
    for (size_t i = 0; i < COUNT_OF(actions); i++)
        if (str_is(word, action_name(actions[i])))
            *out = &actions[i];
    return *out != NULL ||
           params_wrong(a, x, "\"action\" must be engage or release, or left "
                              "out for what the alert is");
}

/* The members that are the recipient's; NULL: there are none. */
static const struct json *object_of(const struct json *body, struct str name,
                                    struct arena *a)
{
    struct json_list members = {0};

    for (const struct json *m = body->first; m != NULL; m = m->next)
        if (!str_is(m->name, "alert_id") && !str_is(m->name, "action"))
            json_list_add(&members, a, m->name, m);
    if (members.count == 0)
        return NULL;
    if (name.n > 0)
        json_list_add(&members, a, STR("name"), json_new_string(a, name));
    return json_new_object(a, &members);
}

static void preview_post(struct admin *a, struct exchange *x, struct str name,
                         bool is_draft, const struct json *body)
{
    const enum action *as;
    struct preview *p;
    int64_t alert_id;

    if (!alert_id_read(a, x, body, &alert_id) || !action_read(a, x, body, &as))
        return;
    p = question_new(a, x, sizeof *p);
    p->found.id = alert_id;
    p->as = as;
    p->name = arena_str(&p->q.arena, name);
    p->is_draft = is_draft;
    p->object = object_of(body, is_draft ? name : STR_NONE, exchange_arena(x));
    p->q.snapshot = snapshot_take(p);
    if (p->q.snapshot != NULL)
        question_read(&p->q, preview_ask, preview_answer);
    else
        question_end(&p->q);
}

static const char *const no_params[] = {NULL};

static void of_recipient(void *admin, struct exchange *x)
{
    static const char *const members[] = {"params", "title_template", "text_template",
                                          "alert_id", "action", CRITERIA_MEMBERS,
                                          PACE_MEMBERS, NULL};
    struct admin *a = admin;
    struct str name = exchange_segment(x, "name");
    const struct json *body;

    if (!params_known(a, x, no_params))
        return;
    if (snapshot_recipient(config_now(a->with.config), name) == NULL) {
        objects_not_found(&a->recipients, x, name);
        return;
    }
    body = params_object(a, x, members, true);
    if (body != NULL)
        preview_post(a, x, name, false, body);
}

/* A draft is created under a name that nobody has. */
static struct str free_name(const struct snapshot *s, struct arena *a)
{
    struct str name = STR("draft");

    for (size_t i = 2; snapshot_recipient(s, name) != NULL; i++)
        name = arena_printf(a, "draft-%zu", i);
    return name;
}

static void of_draft(void *admin, struct exchange *x)
{
    static const char *const members[] = {"endpoint", "params", "title_template",
                                          "text_template", "alert_id", "action",
                                          CRITERIA_MEMBERS, PACE_MEMBERS, NULL};
    struct admin *a = admin;
    const struct json *body;

    if (!params_known(a, x, no_params))
        return;
    body = params_object(a, x, members, false);
    if (body == NULL)
        return;
    if (json_text(json_get(body, "endpoint")).n == 0)
        params_wrong(a, x, "\"endpoint\" must be the name of one");
    else
        preview_post(a, x, free_name(config_now(a->with.config), exchange_arena(x)),
                     true, body);
}

static const struct route routes[] = {
    {"POST", "/api/v1/preview", ACCESS_CONFIG_WRITE, ADMIN_BODY_MAX, of_draft},
    {"POST", "/api/v1/recipients/{name}/preview", ACCESS_CONFIG_WRITE, ADMIN_BODY_MAX,
     of_recipient},
    {.method = NULL},
};

void admin_preview(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
