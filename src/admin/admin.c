/* admin.c -- the API put together: every resource, one line each. */
#include "admin/admin.h"

#include "admin/events.h"
#include "admin/jobs.h"
#include "admin/question.h"
#include "admin/room.h"
#include "people/patience.h"

static void (*const resources[])(struct admin *) = {
    admin_endpoints,    admin_recipients,          admin_pools,   admin_settings,
    admin_silences,     admin_inhibitions,         admin_counts,  admin_marks,
    admin_alertmanager, admin_alertmanager_alerts, admin_alerts,  admin_alert,
    admin_explain,      admin_deliveries,          admin_retry,   admin_schema,
    admin_apply,        admin_status,              admin_metrics, admin_probes,
    admin_choices,      admin_preview,             admin_import,  admin_revisions,
    admin_jobs,         admin_replay,              admin_link,    admin_delivery_body,
    admin_templates,
    admin_login,        admin_self,                admin_users,   admin_tokens,
    admin_sessions,     admin_audit,               admin_events,  admin_store,
    admin_queues,
};

struct admin *admin_new(const struct admin_options *o)
{
    struct admin *a = mem_new(sizeof *a);

    a->with = *o;
    a->started_ms = clock_wall_ms(o->clock);
    a->started_tick_ms = clock_tick_ms(o->clock);
    a->patience = patience_new();
    a->events = events_new(o->loop);
    for (size_t i = 0; i < COUNT_OF(resources); i++)
        resources[i](a);
    return a;
}

void admin_stop(struct admin *a)
{
    if (a != NULL)
        a->stopping = true;
}

void admin_free(struct admin *a)
{
    if (a == NULL)
        return;
    admin_stop(a);
    questions_abandon(a);
    jobs_free(a);
    events_free(a->events);
    patience_free(a->patience);
    free(a);
}
