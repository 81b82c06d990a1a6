/* admin_alert.c -- /api/v1/alerts/{id}: one alert, its deliveries, why it was
 * or was not delivered, and its release by hand. */
#include "admin/decisions.h"
#include "admin/delivery.h"
#include "admin/done_by.h"
#include "admin/found.h"
#include "admin/objects.h"
#include "admin/params.h"
#include "admin/question.h"
#include "admin/reply.h"
#include "admin/shown.h"

/* Which configuration explains it. */
enum as_of { AS_OF_NONE, AS_OF_THEN, AS_OF_THEN_OR_NOW, AS_OF_REVISION };

struct alert_question {
    struct question q; /* first */
    struct found found;
    struct delivery_page deliveries;
    struct told_to told;
    enum as_of as_of;
    int64_t revision; /* AS_OF_REVISION */
    void (*write)(struct alert_question *l, const struct alert *alert,
                  struct reply *reply);
};

static void alert_ask(void *question, const struct historian_view *view)
{
    struct alert_question *l = question;

    l->q.ok = found_kept(&l->found, view, &l->q.arena, &l->q.err) &&
              delivery_page_read(&l->deliveries, view->outbox, &l->q.arena,
                                 &l->q.err) &&
              outbox_read_told(view->outbox, l->found.id, &l->q.arena, &l->told,
                               &l->q.err);
}

/* The snapshot to explain from, released with the question. */
static enum config_result snapshot_take(struct alert_question *l)
{
    struct config *c = l->q.admin->with.config;
    int64_t revision = l->revision;
    enum config_result result = CONFIG_OK;

    if (l->as_of == AS_OF_NONE)
        return CONFIG_OK;
    if (l->as_of != AS_OF_REVISION)
        result = config_revision_at(c, l->found.accepted_ms, &revision, &l->q.err);
    if (result == CONFIG_OK)
        result = config_at(c, revision, &l->q.snapshot, &l->q.err);
    if (result == CONFIG_OK || l->as_of != AS_OF_THEN_OR_NOW)
        return result;
    l->q.snapshot = config_acquire(c);
    return CONFIG_OK;
}

static void alert_answer(void *question)
{
    struct alert_question *l = question;
    struct question *q = &l->q;
    struct reply reply freed_by(reply_release) = {0};
    struct alert alert;
    enum config_result result;

    found_engaged(&l->found, q->admin->with.registry, &q->arena);
    if (!q->ok || l->found.line.n == 0 ||
        !found_read(&l->found, &q->arena, &alert, &q->err)) {
        question_failed(q, "alert");
        return;
    }
    if (l->found.accepted_ms == 0) /* in the registry only */
        l->found.accepted_ms = alert.tstamp_ms;
    result = snapshot_take(l);
    if (result != CONFIG_OK) {
        edit_refused(q->admin, q->x, result, &q->err);
        question_end(q);
        return;
    }
    reply_init(&reply);
    out_object(&reply.out, NULL);
    l->write(l, &alert, &reply);
    out_object_end(&reply.out);
    reply_send(&reply, q->x, 200);
    question_end(q);
}

/* --- what of it is shown -------------------------------------------------------- */

static struct decided decided_of(struct alert_question *l,
                                 const struct alert *alert)
{
    return (struct decided){
        .alert = alert,
        .change = change_of(alert),
        .told = l->told,
        .by = l->q.snapshot,
        .accepted_ms = l->found.accepted_ms,
        .deliveries = l->deliveries.rows,
        .n = l->deliveries.n,
        .arena = &l->q.arena,
    };
}

/* How an engage ended, if it has: the history knows its release. */
static void ended_write(struct alert_question *l, const struct alert *alert,
                        struct json_out *o)
{
    const struct json *last = NULL;
    struct str action;

    if (l->found.history.n > 0)
        last = json_parse(&l->q.arena, l->found.history, NULL);
    action = json_text(json_get(last, "action"));
    if (alert->action != ACTION_ENGAGE || !str_is(action, "release")) {
        out_null(o, "ended");
        return;
    }
    out_object(o, "ended");
    out_tree(o, "id", json_get(last, "id"));
    out_str(o, "tstamp_end", json_text(json_get(last, "tstamp_end")));
    out_object_end(o);
}

static void write_whole(struct alert_question *l, const struct alert *alert,
                        struct reply *r)
{
    struct admin *a = l->q.admin;
    struct decided d = decided_of(l, alert);
    const struct engaged *engaged = registry_find_id(a->with.registry, alert->id);
    struct shown shown = {.line = l->found.line, .has_ended = engaged == NULL, .engaged = engaged};

    if (!shown_write(&shown, &l->q.arena, &r->out, "data", NULL))
        bug("a line that was read cannot be read");
    ended_write(l, alert, &r->out);
    out_array(&r->out, "deliveries");
    for (size_t i = 0; i < l->deliveries.n; i++)
        delivery_write(a, &l->deliveries.rows[i], &r->out, NULL, &l->q.arena);
    out_array_end(&r->out);
    out_bool(&r->out, "more_deliveries", l->deliveries.more);
    decisions_write(l->q.admin, &d, &r->out, "explanation");
    out_i64(&r->out, "explanation_revision", d.by->revision);
}

static void write_deliveries(struct alert_question *l,
                             const struct alert *alert, struct reply *r)
{
    (void)alert;
    delivery_page_write(l->q.admin, &l->deliveries, r, &l->q.arena);
}

static void write_decisions(struct alert_question *l, const struct alert *alert,
                            struct reply *r)
{
    struct decided d = decided_of(l, alert);

    decisions_members(l->q.admin, &d, &r->out);
}

/* --- routes ------------------------------------------------------------------------ */

static void alert_post(struct admin *a, struct exchange *x,
                       const struct delivery_query *query,
                       enum as_of as_of, int64_t revision,
                       void (*write)(struct alert_question *,
                                     const struct alert *, struct reply *))
{
    struct alert_question *l = question_new(a, x, sizeof *l);

    l->found.id = query->alert_id;
    l->deliveries.query = *query;
    l->as_of = as_of;
    l->revision = revision;
    l->write = write;
    question_read(&l->q, alert_ask, alert_answer);
}

static const char *const no_params[] = {NULL};

static void alert_get(void *admin, struct exchange *x)
{
    struct delivery_query q = {.state = -1, .limit = PAGE_MAX, .with_updates = true};

    if (params_known(admin, x, no_params) && params_id(admin, x, &q.alert_id))
        alert_post(admin, x, &q, AS_OF_THEN_OR_NOW, 0, write_whole);
}

static void alert_decisions(void *admin, struct exchange *x)
{
    static const char *const names[] = {"as_of", "revision", NULL};
    struct delivery_query q = {.state = -1, .limit = PAGE_MAX};
    struct admin *a = admin;
    struct str as_of = exchange_query(x, "as_of");
    bool is_now = str_is(as_of, "now");
    int64_t revision, now = config_now(a->with.config)->revision;

    if (!params_known(a, x, names) ||
        !params_revision(a, x, "revision", now, &revision) ||
        !params_id(a, x, &q.alert_id))
        return;
    if ((as_of.n > 0 && !is_now && !str_is(as_of, "then")) ||
        (as_of.n > 0 && exchange_has_query(x, "revision")))
        params_wrong(a, x, "as_of must be then or now; or give a revision");
    else
        alert_post(a, x, &q,
                   is_now || exchange_has_query(x, "revision") ? AS_OF_REVISION
                                                               : AS_OF_THEN,
                   revision, write_decisions);
}

static void alert_deliveries(void *admin, struct exchange *x)
{
    static const char *const names[] = {"limit", "cursor", NULL};
    struct delivery_query q = {.state = -1, .with_updates = true};
    struct page page;

    if (!params_known(admin, x, names) || !params_page(admin, x, &page) ||
        !params_cursor(admin, x, page.cursor, &q.before.alert_id,
                       &q.before.recipient_id) ||
        !params_id(admin, x, &q.alert_id))
        return;
    q.limit = page.limit;
    alert_post(admin, x, &q, AS_OF_NONE, 0, write_deliveries);
}

struct release_question {
    struct question q; /* first */
    int64_t id;
};

static void release_committed(void *question, enum accepted result)
{
    struct release_question *l = question;
    struct question *q = &l->q;
    struct reply reply freed_by(reply_release) = {0};

    if (result != ACCEPTED) {
        reply_later(q->admin, q->x, "the release could not be stored; send it "
                                    "again");
        question_end(q);
        return;
    }
    reply_init(&reply);
    out_object(&reply.out, NULL);
    out_i64(&reply.out, "id", l->id);
    out_text(&reply.out, "state", "released");
    out_object_end(&reply.out);
    reply_send(&reply, q->x, 200);
    question_end(q);
}

static void alert_release(void *admin, struct exchange *x)
{
    struct admin *a = admin;
    struct release_question *l;
    int64_t id;

    if (!params_known(a, x, no_params) || !params_id(a, x, &id) ||
        params_object(a, x, no_params, true) == NULL)
        return;
    if (registry_find_id(a->with.registry, id) == NULL) {
        reply_problem_text(a, x, 409, "not-engaged",
                           "alert %lld is not engaged, so there is nothing to "
                           "release",
                           (long long)id);
        return;
    }
    l = question_new(a, x, sizeof *l);
    l->id = id;
    if (a->with.release(a->with.release_arg, id, release_committed, l,
                        &l->q.err)) {
        done_log(a, x, "alert.release", exchange_segment(x, "id"), STR_NONE,
                 STR_NONE);
        return;
    }
    reply_later(a, x, l->q.err.text);
    question_end(&l->q);
}

#define PATH "/api/v1/alerts/{id}"

static const struct route routes[] = {
    {"GET", PATH, ACCESS_ALERTS_READ, 0, alert_get},
    {"GET", PATH "/deliveries", ACCESS_ALERTS_READ, 0, alert_deliveries},
    {"GET", PATH "/decisions", ACCESS_ALERTS_READ, 0, alert_decisions},
    {"POST", PATH "/release", ACCESS_ALERTS_WRITE, ADMIN_BODY_MAX, alert_release},
    {.method = NULL},
};

void admin_alert(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
