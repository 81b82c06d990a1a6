/* intake.h -- alerts in: one small file a source, each a pure decoder from bytes
 * to alerts. The routes decode a whole body first, then accept all of it, and
 * hold the answer until the commit: nothing is half-accepted. */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include "alert/alert.h"
#include "web/httpd.h"

#define IDEMPOTENCY_MAX 256 /* bytes of an alert's own id or Idempotency-Key */

/* What a decoder fills. Strings live in the arena or in the body. */
struct incoming {
    struct alert alert;
    struct str idempotency; /* same text within 24 h: answered, not taken twice;
                               empty: none */
};

struct batch {
    struct incoming *v; /* in the arena */
    size_t n;
    bool test; /* the source's test button: nothing to take */
    struct str secret; /* ntopng's "sharedsecret" as sent; set on failure too */
};

struct decode_options {
    int64_t now_ms;
    int64_t resolve_timeout_ms; /* Alertmanager: lease without endsAt */
};

/* Each: the whole body or nothing; err has a place (JSON Pointer) and the words
 * for a 400 (not JSON) or 422 (wrong content): *status says which. */
typedef bool decode_fn(struct arena *a, struct str body,
                       const struct decode_options *o, struct batch *out,
                       int *status, struct error *err);
decode_fn decode_native;       /* one object, an array, or NDJSON */
decode_fn decode_ntopng;       /* webhook body 0.2, 0.1; or a bare alert, or NDJSON of them */
decode_fn decode_alertmanager; /* API v2 push */

/* One ntopng alert object, current or legacy names (the webhook's element, the
 * shell script's and the syslog JSON's line). */
bool decode_ntopng_alert(struct arena *a, const struct json *j,
                         const struct decode_options *o, struct incoming *out,
                         struct error *err) must_check;

/* Prometheus' label fingerprint: FNV-1a 64 over sorted labels, 16 hex digits. */
struct str alertmanager_fingerprint(struct arena *a, const struct json *labels);

/* What happens to decoded alerts: given by pipeline.c. `committed` is called
 * once on the loop, after the commit (or its refusal). */
enum accepted { ACCEPTED, ACCEPT_FULL, ACCEPT_FAILED };
typedef void committed_fn(void *arg, enum accepted result);
struct receipt {       /* what became of one alert of the batch */
    int64_t id;        /* of the alert (a repeat: of the engaged one) */
    const char *change; /* "engaged", "repeated", "released", "stored", "duplicate", ... */
};
struct intake_sink {
    /* Takes all of it or (not ACCEPTED, `committed` never called) none.
     * Fills receipts[b->n]. */
    enum accepted (*accept)(void *arg, const struct batch *b,
                            struct receipt *receipts, committed_fn *committed,
                            void *committed_arg);
    void *arg;
};

struct intake_settings {   /* read anew for every request */
    struct str ntopng_shared_secret, ntopng_username, ntopng_password; /* "": not asked for */
    int64_t resolve_timeout_ms;
};

struct intake_options {
    struct intake_sink sink;
    const struct clock *clock;
    const struct intake_settings *(*settings)(void *arg);
    void *settings_arg;
};

struct intake; /* counts per source, for /metrics and /status */
struct intake *intake_new(struct httpd *h, const struct intake_options *o);
void intake_free(struct intake *i);

struct intake_counts {
    const char *source;
    uint64_t accepted;          /* alerts */
    uint64_t refused, requests; /* requests; the refused ones are among them */
    int64_t last_ms; /* wall time of the last accepted one; 0: never */
    char last_error[256];
};
size_t intake_counts(const struct intake *i, const struct intake_counts **out);

#endif
