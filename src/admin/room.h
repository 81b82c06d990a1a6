/* room.h -- inside the room: the admin, its resources, and the pieces of an
 * answer that they share. */
#ifndef ADMIN_ROOM_H
#define ADMIN_ROOM_H

#include "admin/admin.h"

#define ADMIN_ANSWER_MAX (32u << 20) /* bytes of one answer */
#define ADMIN_TESTS_MAX 4            /* tests, choices on their way at once */
#define ADMIN_MARK_MAX 100000        /* alerts of one acknowledge or delete */
#define ADMIN_MARK_BITE 500          /* of these in one transaction */
#define ADMIN_UNDO_MS (24 * 3600 * 1000LL) /* then a delete is final */
#define ADMIN_RETRY_MAX 100000       /* deliveries of one retry */
#define ADMIN_ENGAGED_SCAN_MAX 5000  /* engaged alerts looked at for one page */

struct job;
struct question;

/* Endpoints, recipients and pools differ in these only. */
struct resource {
    struct admin *admin;
    enum object_kind kind;
    const char *path; /* "/api/v1/endpoints" */
    size_t (*count)(const struct snapshot *s);
    struct str (*name)(const struct snapshot *s, size_t i);
    int64_t (*revision)(const struct snapshot *s, size_t i);
    /* Deliveries that would be dead without it; NULL: there are none. */
    uint64_t (*waiting)(const struct admin *a, const struct snapshot *s, size_t i);
    /* What may be a mistake in it; NULL: nothing is looked for. */
    size_t (*warnings)(const struct snapshot *s, size_t i, struct arena *a,
                      struct warning **out);
    void (*write)(const struct resource *r, const struct snapshot *s, size_t i,
                  struct json_out *o, const char *name);
};

struct admin {
    struct admin_options with;
    int64_t started_ms; /* wall */
    int64_t started_tick_ms;
    struct resource endpoints, recipients, pools, silences, inhibitions;
    struct question *questions; /* those that are not answered yet */
    struct job *jobs; /* ours, the last one begun first */
    int64_t job_last_id;
    int64_t last_mark;          /* the number of the last delete or acknowledgement */
    unsigned tests;             /* and questions for choices, on their way */
    struct patience *patience;  /* with those who try passwords */
    struct events *events;
    unsigned char setup_hash[32]; /* of the token for the first admin */
    bool has_setup;
    bool stopping;
    int64_t clicks_since_ms; /* tick; acknowledgements by links since */
    unsigned clicks;
};

/* Each declares its routes: the whole API, one line a resource. */
void admin_endpoints(struct admin *a);
void admin_choices(struct admin *a);
void admin_recipients(struct admin *a);
void admin_pools(struct admin *a);
void admin_silences(struct admin *a);
void admin_inhibitions(struct admin *a);
void admin_alertmanager(struct admin *a);
void admin_alertmanager_alerts(struct admin *a);
void admin_preview(struct admin *a);
void admin_settings(struct admin *a);
void admin_apply(struct admin *a);
void admin_alerts(struct admin *a);
void admin_alert(struct admin *a);
void admin_counts(struct admin *a);
void admin_link(struct admin *a);
void admin_marks(struct admin *a);
void admin_explain(struct admin *a);
void admin_deliveries(struct admin *a);
void admin_delivery_body(struct admin *a);
void admin_queues(struct admin *a);
void admin_retry(struct admin *a);
void admin_revisions(struct admin *a);
void admin_import(struct admin *a);
void admin_schema(struct admin *a);
void admin_jobs(struct admin *a);
void admin_replay(struct admin *a);
void admin_store(struct admin *a);
void admin_apply(struct admin *a);
void admin_status(struct admin *a);
void admin_metrics(struct admin *a);
void admin_probes(struct admin *a);
void admin_login(struct admin *a);
void admin_self(struct admin *a);
void admin_users(struct admin *a);
void admin_templates(struct admin *a);
void admin_tokens(struct admin *a);
void admin_sessions(struct admin *a);
void admin_audit(struct admin *a);
void admin_events(struct admin *a);

#endif
