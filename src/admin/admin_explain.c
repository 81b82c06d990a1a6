/* admin_explain.c -- POST /api/v1/explain: who would get this alert, and why.
 * Nothing is stored and nothing is sent. */
#include "admin/decisions.h"
#include "admin/objects.h"
#include "admin/params.h"
#include "admin/reply.h"

/* As the registry would see it now, without telling it. */
static enum change change_now(const struct engaged *engaged, const struct alert *alert)
{
    switch (alert->action) {
    case ACTION_ENGAGE:
        return engaged == NULL                       ? CHANGE_ENGAGED
               : alert->severity > engaged->severity ? CHANGE_WORSENED
                                                     : CHANGE_REPEATED;
    case ACTION_RELEASE:
        return engaged != NULL ? CHANGE_RELEASED : CHANGE_UNSEEN;
    case ACTION_STORE:
        return CHANGE_STORED;
    }
    bug("an action nobody thought of");
}

static bool alert_from_body(struct admin *a, struct exchange *x,
                            struct alert *out)
{
    struct error err = {0};
    const struct json *body = params_object(a, x, NULL, false);

    if (body == NULL)
        return false;
    if (alert_read(exchange_arena(x), body, clock_wall_ms(a->with.clock), out,
                   &err) &&
        alert_check(out, &err))
        return true;
    reply_problem(a, x, 422, "invalid-alert", &err);
    return false;
}

static void explain_post(void *admin, struct exchange *x)
{
    static const char *const names[] = {"revision", NULL};
    struct admin *a = admin;
    struct reply reply freed_by(reply_release) = {0};
    struct alert alert = {0};
    struct decided d = {.alert = &alert, .arena = exchange_arena(x)};
    struct error err = {0};
    const struct engaged *engaged;
    enum config_result result;
    int64_t revision, now = config_now(a->with.config)->revision;

    if (!params_known(a, x, names) ||
        !params_revision(a, x, "revision", now, &revision) ||
        !alert_from_body(a, x, &alert))
        return;
    result = config_at(a->with.config, revision, &d.by, &err);
    if (result != CONFIG_OK) {
        edit_refused(a, x, result, &err);
        return;
    }
    alert.id = 0; /* a sender's own, if any */
    engaged = registry_find(a->with.registry, alert.key);
    d.change = change_now(engaged, &alert);
    if (d.change == CHANGE_RELEASED) /* as the registry has it */
        alert.severity = MAX(alert.severity, engaged->severity);
    d.told = told_list_view(engaged != NULL ? engaged->told : NULL);
    reply_init(&reply);
    out_object(&reply.out, NULL);
    decisions_members(a, &d, &reply.out);
    out_object_end(&reply.out);
    config_release(a->with.config, d.by);
    reply_send(&reply, x, 200);
}

static const struct route routes[] = {
    {"POST", "/api/v1/explain", ACCESS_ALERTS_READ, ADMIN_BODY_MAX, explain_post},
    {.method = NULL},
};

void admin_explain(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
