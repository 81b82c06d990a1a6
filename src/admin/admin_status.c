/* admin_status.c -- GET /api/v1/status: how it is going, in one answer. */
#include "admin/gauges.h"
#include "admin/params.h"
#include "admin/pausing.h"
#include "admin/reply.h"

static void engaged_write(const struct admin *a, struct json_out *o)
{
    const struct registry *r = a->with.registry;

    out_object(o, "engaged");
    out_i64(o, "total", (int64_t)registry_count(r));
    out_object(o, "by_severity");
    for (int i = 0; i < SEVERITY_COUNT; i++) {
        enum severity s = (enum severity)i;
        size_t n = registry_count_severity(r, s);

        if (n > 0)
            out_i64(o, severity_name(s), (int64_t)n);
    }
    out_object_end(o);
    out_object_end(o);
}

/* accepted is the sum of all states, or something is very wrong. */
static void outbox_write(const struct admin *a, struct json_out *o)
{
    struct outbox_counts n = {0};

    outbox_counts(a->with.outbox, &n);
    out_object(o, "outbox");
    out_i64(o, "accepted_alerts", (int64_t)n.accepted_alerts);
    out_i64(o, "accepted", (int64_t)n.accepted);
    out_i64(o, "delivered", (int64_t)n.delivered);
    out_i64(o, "dead", (int64_t)n.dead);
    out_i64(o, "pending", (int64_t)n.pending);
    out_i64(o, "held", (int64_t)n.held);
    out_i64(o, "withheld", (int64_t)n.withheld);
    out_bool(o, "conserved", outbox_conserves(&n));
    out_time(o, "oldest_pending", n.oldest_pending_ms);
    out_i64(o, "commits", (int64_t)n.commits);
    out_i64(o, "committed_changes", (int64_t)n.committed_ops);
    out_i64(o, "last_commit_us", n.last_commit_us);
    out_i64(o, "window_deliveries", (int64_t)n.window_items);
    out_i64(o, "window_bytes", (int64_t)n.window_bytes);
    out_i64(o, "gathered", (int64_t)n.gathered);
    out_object_end(o);
}

static void recipient_status(const struct admin *a, const struct recipient *r,
                             struct json_out *o)
{
    struct lane_counts n = {0};
    struct courier_recipient health = {0};

    outbox_lane(a->with.outbox, r->id, &n);
    courier_recipient(a->with.courier, r->id, &health);
    out_object(o, NULL);
    out_str(o, "name", r->name);
    out_str(o, "endpoint", r->endpoint->name);
    out_bool(o, "enabled", r->enabled);
    out_bool(o, "paused", health.paused);
    out_redacted(a, o, "last_error", health.last_error);
    out_time(o, "last_error_at", health.last_error_ms);
    out_time(o, "last_ok_at", health.last_ok_ms);
    out_time(o, "opens_at", health.opens_at_ms);
    for (int s = 0; s < DELIVERY_STATES; s++)
        out_i64(o, delivery_state_name((enum delivery_state)s), (int64_t)n.n[s]);
    out_time(o, "oldest", n.oldest_ms);
    out_time(o, "last_matched", n.newest_ms);
    out_time(o, "changed", r->changed_ms);
    pause_write(a, o, PAUSE_RECIPIENT, r->id);
    out_object_end(o);
}

static void recipients_write(const struct admin *a, struct json_out *o)
{
    const struct snapshot *s = config_now(a->with.config);

    out_array(o, "recipients");
    for (size_t i = 0; i < s->recipient_count; i++)
        recipient_status(a, &s->recipients[i], o);
    out_array_end(o);
}

static void endpoint_status(const struct admin *a,
                            const struct courier_endpoint *e,
                            struct json_out *o)
{
    out_object(o, NULL);
    out_str(o, "name", e->name);
    out_text(o, "breaker", breaker_name(e->breaker));
    out_bool(o, "paused", e->paused);
    out_redacted(a, o, "last_error", e->last_error);
    out_time(o, "last_error_at", e->last_error_ms);
    out_time(o, "last_ok_at", e->last_ok_ms);
    out_time(o, "opens_at", e->opens_at_ms);
    out_i64(o, "in_flight", e->in_flight);
    out_i64(o, "requests", (int64_t)e->requests);
    out_i64(o, "delivered", (int64_t)e->delivered);
    out_i64(o, "deferred", (int64_t)e->deferred);
    out_i64(o, "refused", (int64_t)e->refused);
    pause_write(a, o, PAUSE_ENDPOINT, e->id);
    out_object_end(o);
}

static void endpoints_write(const struct admin *a, struct json_out *o)
{
    const struct courier_endpoint *list;
    size_t n = courier_endpoints(a->with.courier, &list);

    out_array(o, "endpoints");
    for (size_t i = 0; i < n; i++)
        endpoint_status(a, &list[i], o);
    out_array_end(o);
}

static void sources_write(const struct admin *a, struct json_out *o)
{
    const struct intake_counts *list;
    size_t n = intake_counts(a->with.intake, &list);

    out_array(o, "sources");
    for (size_t i = 0; i < n; i++) {
        out_object(o, NULL);
        out_text(o, "name", list[i].source);
        out_i64(o, "requests", (int64_t)list[i].requests);
        out_i64(o, "accepted", (int64_t)list[i].accepted);
        out_i64(o, "refused", (int64_t)list[i].refused);
        out_time(o, "last", list[i].last_ms);
        out_redacted(a, o, "last_error", str_of(list[i].last_error));
        out_object_end(o);
    }
    out_array_end(o);
}

static void disk_write(const struct admin *a, struct json_out *o)
{
    out_object(o, "disk");
    out_i64(o, "free_bytes", disk_free_bytes(a));
    out_i64(o, "least_bytes", DISK_FREE_MIN);
    out_i64(o, "outbox_bytes", database_bytes(a, "tocsin.db"));
    out_i64(o, "history_bytes", historian_disk_bytes(a->with.historian));
    out_object_end(o);
}

static void status_write(const struct admin *a, struct json_out *o)
{
    struct error why = {0};
    bool ready = is_ready(a, &why);

    out_text(o, "version", a->with.version);
    out_time(o, "started", a->started_ms);
    out_i64(o, "uptime_s", uptime_ms(a) / 1000);
    out_bool(o, "ready", ready);
    out_text(o, "not_ready_because", why.text);
    out_i64(o, "config_revision", config_now(a->with.config)->revision);
    engaged_write(a, o);
    outbox_write(a, o);
    recipients_write(a, o);
    endpoints_write(a, o);
    sources_write(a, o);
    out_i64(o, "history_waiting",
            (int64_t)historian_waiting(a->with.historian));
    disk_write(a, o);
}

static void status_get(void *admin, struct exchange *x)
{
    static const char *const no_params[] = {NULL};
    struct reply reply freed_by(reply_release) = {0};

    if (!params_known(admin, x, no_params))
        return;
    reply_init(&reply);
    out_object(&reply.out, NULL);
    status_write(admin, &reply.out);
    out_object_end(&reply.out);
    reply_send(&reply, x, 200);
}

static const struct route routes[] = {
    {"GET", "/api/v1/status", ACCESS_ALERTS_READ, 0, status_get},
    {.method = NULL},
};

void admin_status(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
