/* admin_metrics.c -- GET /metrics, for Prometheus. No label ever comes from an
 * alert: names of recipients, endpoints and sources are the operator's. */
#include <sys/resource.h>
#include <unistd.h>

#include "admin/exposition.h"
#include "admin/gauges.h"
#include "admin/reply.h"
#include "web/stream.h"

#define PROC_TEXT_MAX 256

static void build_expose(const struct admin *a, struct exposition *e)
{
    expose(e, "tocsin_build_info", METRIC_GAUGE, "What is running.");
    expose_i64(e, LABEL("version", str_of(a->with.version)), NO_LABEL, 1);
    expose(e, "tocsin_start_time_seconds", METRIC_GAUGE,
           "When it started, since 1970.");
    expose_double(e, NO_LABEL, NO_LABEL, (double)a->started_ms / 1000);
    expose(e, "tocsin_config_revision", METRIC_GAUGE,
           "Revision of the configuration in force.");
    expose_i64(e, NO_LABEL, NO_LABEL,
               config_now(a->with.config)->revision);
}

static void sources_expose(const struct admin *a, struct exposition *e)
{
    const struct intake_counts *list;
    size_t n = intake_counts(a->with.intake, &list);

    expose(e, "tocsin_ingest_alerts_total", METRIC_COUNTER,
           "Alerts taken, and requests refused, since the start.");
    for (size_t i = 0; i < n; i++) {
        struct label source = LABEL("source", str_of(list[i].source));

        expose_i64(e, source, LABEL("result", STR("stored")),
                   (int64_t)list[i].accepted);
        expose_i64(e, source, LABEL("result", STR("rejected")),
                   (int64_t)list[i].refused);
    }
    expose(e, "tocsin_source_last_alert_timestamp_seconds", METRIC_GAUGE,
           "When the last alert of a source was taken; 0: never.");
    for (size_t i = 0; i < n; i++)
        expose_double(e, LABEL("source", str_of(list[i].source)), NO_LABEL,
                      (double)list[i].last_ms / 1000);
}

static void engaged_expose(const struct admin *a, struct exposition *e)
{
    expose(e, "tocsin_alerts_engaged", METRIC_GAUGE,
           "Alerts that began and have not ended.");
    for (int i = 0; i < SEVERITY_COUNT; i++) {
        enum severity s = (enum severity)i;

        expose_i64(e, LABEL("severity", str_of(severity_name(s))), NO_LABEL,
                   (int64_t)registry_count_severity(a->with.registry, s));
    }
}

typedef void lane_fn(struct exposition *e, struct label who,
                     const struct lane_counts *n, int64_t now_ms);

static void lanes_expose(const struct admin *a, struct exposition *e,
                         lane_fn *each)
{
    const struct snapshot *s = config_now(a->with.config);
    int64_t now_ms = clock_wall_ms(a->with.clock);

    for (size_t i = 0; i < s->recipient_count; i++) {
        const struct recipient *r = &s->recipients[i];
        struct lane_counts n = {0};

        outbox_lane(a->with.outbox, r->id, &n);
        each(e, LABEL("recipient", r->name), &n, now_ms);
    }
}

static void lane_delivered(struct exposition *e, struct label who,
                           const struct lane_counts *n, int64_t now_ms)
{
    (void)now_ms;
    expose_i64(e, who, LABEL("outcome", STR("delivered")),
               (int64_t)n->n[DELIVERY_DELIVERED]);
}

static void lane_dead(struct exposition *e, struct label who,
                      const struct lane_counts *n, int64_t now_ms)
{
    (void)now_ms;
    expose_i64(e, who, NO_LABEL, (int64_t)n->n[DELIVERY_DEAD]);
}

static void lane_pending(struct exposition *e, struct label who,
                         const struct lane_counts *n, int64_t now_ms)
{
    (void)now_ms;
    expose_i64(e, who, NO_LABEL, (int64_t)n->n[DELIVERY_PENDING]);
}

static void lane_oldest(struct exposition *e, struct label who,
                        const struct lane_counts *n, int64_t now_ms)
{
    int64_t age_ms = n->oldest_ms != 0 ? MAX(now_ms - n->oldest_ms, 0) : 0;

    expose_double(e, who, NO_LABEL, (double)age_ms / 1000);
}

static void reached_expose(const struct admin *a, struct exposition *e)
{
    const struct snapshot *s = config_now(a->with.config);

    expose(e, "tocsin_recipient_up", METRIC_GAUGE,
           "0: its last request did not reach it, by its own fault.");
    for (size_t i = 0; i < s->recipient_count; i++) {
        const struct recipient *r = &s->recipients[i];
        struct courier_recipient health;

        courier_recipient(a->with.courier, r->id, &health);
        expose_i64(e, LABEL("recipient", r->name), NO_LABEL,
                   health.last_error.n == 0 && !health.paused);
    }
}

static void paused_expose(const struct admin *a, struct exposition *e)
{
    const struct snapshot *s = config_now(a->with.config);

    expose(e, "tocsin_queue_paused", METRIC_GAUGE,
           "1: somebody paused it, or its endpoint; see tocsin queue list.");
    for (size_t i = 0; i < s->recipient_count; i++) {
        const struct recipient *r = &s->recipients[i];

        expose_i64(e, LABEL("recipient", r->name), NO_LABEL,
                   outbox_paused(a->with.outbox, PAUSE_RECIPIENT, r->id) != NULL ||
                       outbox_paused(a->with.outbox, PAUSE_ENDPOINT,
                                     r->endpoint->id) != NULL);
    }
}

/* The dead are a gauge: a retry takes them away again. */
static void recipients_expose(const struct admin *a, struct exposition *e)
{
    expose(e, "tocsin_deliveries_total", METRIC_COUNTER,
           "Deliveries that arrived, of all time.");
    lanes_expose(a, e, lane_delivered);
    expose(e, "tocsin_deliveries_dead", METRIC_GAUGE,
           "Deliveries that failed for good and can be tried again by hand.");
    lanes_expose(a, e, lane_dead);
    expose(e, "tocsin_queue_messages", METRIC_GAUGE,
           "Deliveries on their way.");
    lanes_expose(a, e, lane_pending);
    expose(e, "tocsin_queue_oldest_seconds", METRIC_GAUGE,
           "Age of the oldest delivery on its way; 0: none is.");
    lanes_expose(a, e, lane_oldest);
    paused_expose(a, e);
    reached_expose(a, e);
}

static void holds_expose(struct exposition *e, const struct outbox_counts *n)
{
    expose(e, "tocsin_deliveries_held", METRIC_GAUGE,
           "Deliveries that are held back now, by what holds them.");
    for (int k = HOLD_NONE + 1; k < HOLD_KINDS; k++)
        expose_i64(e, LABEL("kind", str_of(hold_kind_name((enum hold_kind)k))),
                   NO_LABEL, (int64_t)n->held_by[k]);
}

static void conservation_expose(const struct admin *a, struct exposition *e)
{
    struct outbox_counts n = {0};
    struct latency latency = {0};

    outbox_counts(a->with.outbox, &n);
    courier_latency(a->with.courier, &latency);
    expose(e, "tocsin_outbox_deliveries", METRIC_GAUGE,
           "Of all time: accepted = delivered + dead + pending + held + withheld.");
    expose_i64(e, LABEL("state", STR("accepted")), NO_LABEL,
               (int64_t)n.accepted);
    expose_i64(e, LABEL("state", STR("delivered")), NO_LABEL,
               (int64_t)n.delivered);
    expose_i64(e, LABEL("state", STR("dead")), NO_LABEL, (int64_t)n.dead);
    expose_i64(e, LABEL("state", STR("pending")), NO_LABEL,
               (int64_t)n.pending);
    expose_i64(e, LABEL("state", STR("held")), NO_LABEL, (int64_t)n.held);
    expose_i64(e, LABEL("state", STR("withheld")), NO_LABEL,
               (int64_t)n.withheld);
    holds_expose(e, &n);
    expose(e, "tocsin_outbox_commits_total", METRIC_COUNTER,
           "Commits since the start.");
    expose_i64(e, NO_LABEL, NO_LABEL, (int64_t)n.commits);
    expose(e, "tocsin_alert_to_delivery_seconds", METRIC_HISTOGRAM,
           "From the alert's acceptance to its delivery, since the start.");
    expose_seconds(e, &(struct distribution){latency_bounds_ms, latency.counts,
                                             LATENCY_BUCKETS, latency.sum_ms});
}

static void attempts_expose(struct exposition *e,
                            const struct courier_endpoint *list, size_t n)
{
    expose(e, "tocsin_endpoint_requests_total", METRIC_COUNTER,
           "Requests sent since the start.");
    for (size_t i = 0; i < n; i++)
        expose_i64(e, LABEL("endpoint", list[i].name), NO_LABEL,
                   (int64_t)list[i].requests);
    expose(e, "tocsin_delivery_attempts_total", METRIC_COUNTER,
           "Attempts to deliver since the start, by verdict.");
    for (size_t i = 0; i < n; i++) {
        struct label who = LABEL("endpoint", list[i].name);

        expose_i64(e, who, LABEL("outcome", STR("delivered")),
                   (int64_t)list[i].delivered);
        expose_i64(e, who, LABEL("outcome", STR("deferred")),
                   (int64_t)list[i].deferred);
        expose_i64(e, who, LABEL("outcome", STR("refused")),
                   (int64_t)list[i].refused);
    }
}

static void endpoints_expose(const struct admin *a, struct exposition *e)
{
    const struct courier_endpoint *list;
    size_t n = courier_endpoints(a->with.courier, &list);

    expose(e, "tocsin_endpoint_up", METRIC_GAUGE,
           "0: its last request failed, or it is paused.");
    for (size_t i = 0; i < n; i++)
        expose_i64(e, LABEL("endpoint", list[i].name), NO_LABEL,
                   list[i].last_error.n == 0 && !list[i].paused);
    expose(e, "tocsin_circuit_open", METRIC_GAUGE,
           "1: it gets no requests until it answers a probe.");
    for (size_t i = 0; i < n; i++)
        expose_i64(e, LABEL("endpoint", list[i].name), NO_LABEL,
                   list[i].breaker != BREAKER_CLOSED);
    attempts_expose(e, list, n);
}

static void files_expose(const struct admin *a, struct exposition *e)
{
    expose(e, "tocsin_store_bytes", METRIC_GAUGE,
           "Size of the history on disk; -1: not known.");
    expose_i64(e, NO_LABEL, NO_LABEL,
               historian_disk_bytes(a->with.historian));
    expose(e, "tocsin_disk_free_bytes", METRIC_GAUGE,
           "Bytes free where the data is.");
    expose_i64(e, NO_LABEL, NO_LABEL, disk_free_bytes(a));
    expose(e, "tocsin_historian_jobs", METRIC_GAUGE,
           "Batches and questions that wait for the history.");
    expose_i64(e, NO_LABEL, NO_LABEL,
               (int64_t)historian_waiting(a->with.historian));
    expose(e, "tocsin_questions_cancelled_total", METRIC_COUNTER,
           "Questions to the history ended early since the start, because who "
           "asked had gone.");
    expose_i64(e, NO_LABEL, NO_LABEL,
               (int64_t)historian_cancelled(a->with.historian));
}

static void http_expose(const struct admin *a, struct exposition *e)
{
    static const char *const classes[] = {"1xx", "2xx", "3xx", "4xx", "5xx"};

    expose(e, "tocsin_http_requests_total", METRIC_COUNTER,
           "Requests answered since the start, by class of status.");
    for (int i = 0; i < (int)COUNT_OF(classes); i++)
        expose_i64(e, LABEL("code", str_of(classes[i])), NO_LABEL,
                   (int64_t)httpd_answered(a->with.httpd, i + 1));
    expose(e, "tocsin_event_streams", METRIC_GAUGE,
           "Who listens to /api/v1/events now.");
    expose_i64(e, NO_LABEL, NO_LABEL, (int64_t)httpd_streams(a->with.httpd));
    expose(e, "tocsin_event_streams_slow_total", METRIC_COUNTER,
           "Streams of events ended since the start, because their client did not "
           "read them.");
    expose_i64(e, NO_LABEL, NO_LABEL,
               (int64_t)httpd_streams_slow(a->with.httpd));
}

/* Pages resident, the second number of /proc/self/statm. */
static int64_t resident_bytes(void)
{
    char text[PROC_TEXT_MAX];
    FILE *f = fopen("/proc/self/statm", "re");
    size_t n = f != NULL ? fread(text, 1, sizeof text, f) : 0;
    struct str rest = {text, n};
    int64_t pages = 0;

    if (f != NULL)
        fclose(f);
    str_until(&rest, ' ');
    if (!str_to_i64(str_until(&rest, ' '), &pages))
        return 0;
    return pages * sysconf(_SC_PAGESIZE);
}

static void process_expose(struct exposition *e)
{
    struct rusage used = {0};

    getrusage(RUSAGE_SELF, &used);
    expose(e, "process_cpu_seconds_total", METRIC_COUNTER,
           "CPU time of the process, in user and system mode.");
    expose_double(e, NO_LABEL, NO_LABEL,
                  (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                      (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) /
                          1e6);
    expose(e, "process_resident_memory_bytes", METRIC_GAUGE,
           "Memory in use.");
    expose_i64(e, NO_LABEL, NO_LABEL, resident_bytes());
}

static void metrics_get(void *admin, struct exchange *x)
{
    const struct admin *a = admin;
    struct exposition e = {.text = BUF(ADMIN_ANSWER_MAX)};

    build_expose(a, &e);
    sources_expose(a, &e);
    engaged_expose(a, &e);
    recipients_expose(a, &e);
    conservation_expose(a, &e);
    endpoints_expose(a, &e);
    files_expose(a, &e);
    http_expose(a, &e);
    process_expose(&e);
    assert(!e.text.over);
    exchange_answer(x, 200, "text/plain; version=0.0.4; charset=utf-8",
                    buf_view(&e.text));
    buf_release(&e.text);
}

static const struct route routes[] = {
    {"GET", "/metrics", ACCESS_LOCAL, 0, metrics_get},
    {.method = NULL},
};

void admin_metrics(struct admin *a)
{
    httpd_routes(a->with.httpd, routes, a);
}
