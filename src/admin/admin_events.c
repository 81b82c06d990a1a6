/* admin_events.c -- GET /api/v1/events: what happens, as server-sent events; and
 * what each of them says. */
#include "admin/events.h"
#include "admin/params.h"
#include "admin/reply.h"
#include "people/audit.h"
#include "people/session.h"

#define DATA_MAX (16u << 10)
#define MESSAGE_MAX 300 /* bytes of an alert's message; the rest is a request away */

/* --- what is said ----------------------------------------------------------------- */

struct note { /* of an alert that is not on disk yet */
    struct buf data; /* ours */
};

static void alert_data(struct buf *to, const struct alert *alert,
                       enum change change)
{
    struct json_out o = JSON_OUT(to);
    struct str message = alert->message;

    out_object(&o, NULL);
    out_i64(&o, "id", alert->id);
    out_text(&o, "change", change_name(change));
    out_str(&o, "type", alert->type);
    out_str(&o, "category", alert->category);
    out_text(&o, "severity", severity_names[alert->severity]);
    out_text(&o, "entity", entity_names[alert->entity]);
    out_str(&o, "entity_value", alert->entity_value);
    out_str(&o, "message", str_first(message, utf8_cut(message, MESSAGE_MAX)));
    out_time(&o, "when", alert->tstamp_ms);
    out_object_end(&o);
}

void *admin_note_alert(void *admin, const struct alert *alert,
                       enum change change)
{
    struct admin *a = admin;
    struct note *note;

    if (!events_wanted(a->events, TOPIC_ALERTS))
        return NULL;
    note = mem_new(sizeof *note);
    note->data = BUF(DATA_MAX);
    alert_data(&note->data, alert, change);
    return note;
}

void admin_told(void *admin, void *told, bool committed)
{
    struct admin *a = admin;
    struct note *note = told;

    if (committed)
        events_report(a->events, TOPIC_ALERTS, "alert", buf_view(&note->data));
    buf_release(&note->data);
    free(note);
}

void admin_saw_delivery(void *admin, int64_t alert_id, int64_t recipient_id,
                        enum delivery_state state)
{
    struct admin *a = admin;
    struct buf data freed_by(buf_release) = BUF(DATA_MAX);
    struct json_out o = JSON_OUT(&data);
    const struct recipient *r;

    if (!events_wanted(a->events, TOPIC_DELIVERIES))
        return;
    r = snapshot_recipient_id(config_now(a->with.config), recipient_id);
    out_object(&o, NULL);
    out_i64(&o, "alert_id", alert_id);
    out_str(&o, "recipient", r != NULL ? r->name : STR(""));
    out_text(&o, "state", delivery_state_name(state));
    out_object_end(&o);
    events_report(a->events, TOPIC_DELIVERIES, "delivery", buf_view(&data));
}

void admin_saw_pause(void *admin, const struct pause *p)
{
    struct admin *a = admin;
    const struct snapshot *s = config_now(a->with.config);
    const struct recipient *r = snapshot_recipient_id(s, p->id);
    struct buf data freed_by(buf_release) = BUF(DATA_MAX);
    struct json_out o = JSON_OUT(&data);

    if (!events_wanted(a->events, TOPIC_DELIVERIES))
        return;
    out_object(&o, NULL);
    if (p->of == PAUSE_RECIPIENT)
        out_str(&o, "recipient", r != NULL ? r->name : STR(""));
    else
        out_i64(&o, "endpoint_id", p->id);
    out_bool(&o, "paused", p->ended_ms == 0);
    out_str(&o, "by", p->by);
    out_object_end(&o);
    events_report(a->events, TOPIC_DELIVERIES, "queue", buf_view(&data));
}

void events_marked(struct admin *a, const char *what, int64_t changed)
{
    char data[96];

    if (changed == 0 || !events_wanted(a->events, TOPIC_ALERTS))
        return;
    snprintf(data, sizeof data, "{\"what\":\"%s\",\"changed\":%lld}", what,
             (long long)changed);
    events_report(a->events, TOPIC_ALERTS, "mark", str_of(data));
}

void admin_saw_config(void *admin, const struct snapshot *now)
{
    struct admin *a = admin;
    char data[64];

    if (a->with.people != NULL)
        audit_keep(a->with.people,
                   now->settings.audit_days * 24 * 3600 * 1000);
    if (!events_wanted(a->events, TOPIC_CONFIG))
        return;
    snprintf(data, sizeof data, "{\"revision\":%lld}", (long long)now->revision);
    events_report(a->events, TOPIC_CONFIG, "config", str_of(data));
}

/* --- who listens ----------------------------------------------------------------------- */

/* A stream must not outlive what let it in. */
static bool may_still_listen(void *admin, int64_t session_id, int64_t token_id)
{
    struct admin *a = admin;
    const struct api_token *t;

    if (token_id != 0) {
        t = api_token_of_id(a->with.people, token_id);
        return t != NULL &&
               api_token_scopes(a->with.people, t, NULL) != 0 &&
               (t->expires_ms == 0 ||
                clock_wall_ms(a->with.clock) < t->expires_ms);
    }
    return session_id == 0 || session_is_on(a->with.people, session_id);
}

static bool topics_read(struct admin *a, struct exchange *x, unsigned *out)
{
    struct str list = exchange_query(x, "topics");

    *out = exchange_has_query(x, "topics") ? 0 : (1u << TOPIC_COUNT) - 1;
    while (list.n > 0) {
        struct str word = str_until(&list, ',');
        int t = 0;

        while (t < TOPIC_COUNT && !str_is(word, topic_names[t]))
            t++;
        if (t == TOPIC_COUNT)
            return params_wrong(a, x, "no topic \"%.*s\"; there are alerts, "
                                      "deliveries, config, jobs",
                                STR_ARG(str_first(word, 60)));
        *out |= 1u << t;
    }
    return *out != 0 || params_wrong(a, x, "\"topics\" is empty");
}

/* As the lists they are about. */
static bool topics_are_allowed(struct admin *a, struct exchange *x,
                               unsigned *topics)
{
    const unsigned of_config = 1u << TOPIC_CONFIG | 1u << TOPIC_JOBS;

    if (exchange_may(x, ACCESS_CONFIG_READ))
        return true;
    if (!exchange_has_query(x, "topics"))
        *topics &= ~of_config;
    if ((*topics & of_config) == 0)
        return true;
    reply_problem_text(a, x, 403, "forbidden",
                       "the topics config and jobs need the scope config:read");
    return false;
}

static void events_get(void *admin, struct exchange *x)
{
    static const char *const names[] = {"topics", NULL};
    struct admin *a = admin;
    unsigned topics;

    if (params_known(a, x, names) && topics_read(a, x, &topics) &&
        topics_are_allowed(a, x, &topics))
        events_listen(a->events, x, topics,
                      exchange_header(x, "Last-Event-ID"), may_still_listen, a);
}

static const struct route routes[] = {
    {"GET", "/api/v1/events", ACCESS_ALERTS_READ, 0, events_get},
    {.method = NULL},
};

void admin_events(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
