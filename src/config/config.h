/* config.h -- endpoints, recipients, host pools and settings as objects; an
 * immutable snapshot of them, swapped between turns. Kept in DATA/config.db,
 * secrets sealed with DATA/secret.key. Loop thread only; a write waits. */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "endpoint/endpoint.h"
#include "routing/hold_judges.h"

#define ENDPOINT_BUILTIN "alert_store_db"
#define RECIPIENT_BUILTIN "alert_store_db"
#define ENDPOINT_BUILTIN_ID 1
#define RECIPIENT_BUILTIN_ID 1
struct endpoint {
    int64_t id; /* never used again */
    struct str name;
    const struct endpoint_type *type;
    const void *params; /* the type's endpoint struct */
    bool builtin, on, enabled; /* enabled: switched on, and without a fault */
    struct str managed_by; /* "api", "file:/etc/tocsin/a.yaml:7", "builtin" */
    int64_t revision;      /* of the last change; for ETag */
    struct str fault; /* why `params` cannot be used now: a secret is lost; "" */
};

struct recipient {
    int64_t id, revision;
    struct str name;
    const struct endpoint *endpoint;
    const void *params;
    struct criteria criteria;
    struct pace pace; struct zone *zone; /* ours: of its pace; NULL: UTC */
    bool builtin, on, enabled; /* as an endpoint's; routing goes by `on` */
    struct str managed_by, fault;
    struct str title_template, text_template; /* as written; "": none */
    struct message_words own; /* what they say */
};

enum store_engine_kind { STORE_IN_SQLITE, STORE_IN_CLICKHOUSE };
struct settings {
    struct str instance, base_url;
    struct str ntopng_shared_secret, ntopng_username, ntopng_password;
    struct str scripts_dir, geo_city_file, geo_asn_file, history_keep;
    int64_t resolve_timeout, delivery_ttl; /* milliseconds */
    int store_minimum_severity, store_engine; /* the builtin recipient's; enum */
    int64_t history_days, audit_days, revisions_kept; struct str_list trusted_proxies;
    int64_t repeat_interval, flapping_count, flapping_window; struct str time_zone;
    struct str clickhouse_url, clickhouse_database, clickhouse_user, clickhouse_password,
        clickhouse_cluster, clickhouse_ca_file, clickhouse_cert_file, clickhouse_key_file;
};
extern const struct field settings_fields[];

struct origin { /* of pools, settings; managed_by "": nobody set them */
    struct str managed_by, fault;
    int64_t revision;
};

struct snapshot { /* immutable, counted: config_acquire / config_release */
    int64_t revision;
    struct endpoint *endpoints; size_t endpoint_count;
    struct recipient *recipients; size_t recipient_count, pool_count; /* by id: the builtin first */
    struct pool *pool_list;
    struct origin *pool_origins; /* of each in pool_list */
    struct pools *pools; struct routing *routing;
    const int64_t *ack_told; size_t ack_told_count; /* recipients told of acknowledgements */
    struct hold_rules holds;
    struct settings settings;
    struct origin settings_origin;
    struct geo geo; /* ours */
};
struct config;
typedef void config_changed_fn(void *arg, const struct snapshot *now);

struct config *config_open(const char *data_dir, const struct clock *clock, struct error *err);
void config_close(struct config *c);
void config_on_change(struct config *c, config_changed_fn *changed, void *arg); /* at most 4 */
const struct snapshot *config_now(const struct config *c); /* until the next change */
const struct snapshot *config_acquire(struct config *c);   /* until released */
void config_release(struct config *c, const struct snapshot *s);
const struct endpoint *snapshot_endpoint(const struct snapshot *s, struct str name);
const struct recipient *snapshot_recipient(const struct snapshot *s, struct str name);
const struct recipient *snapshot_recipient_id(const struct snapshot *s, int64_t id);

/* Objects as JSON, one kind at a time. Every change is checked as a whole (a new
 * snapshot is built) before anything is written. */
enum object_kind {OBJECT_ENDPOINT, OBJECT_RECIPIENT, OBJECT_POOL, OBJECT_SILENCE, OBJECT_INHIBITION,
                  OBJECT_SETTINGS};
const char *object_kind_name(enum object_kind k); /* "endpoint" */

enum config_result { CONFIG_OK, CONFIG_INVALID, CONFIG_NOT_FOUND, CONFIG_EXISTS,
                     CONFIG_LOCKED /* builtin, or owned by a file */, CONFIG_IN_USE,
                     CONFIG_STALE /* If-Match */, CONFIG_FAILED };

struct edit {
    enum object_kind kind;
    enum { EDIT_CREATE, EDIT_REPLACE /* or create */, EDIT_PATCH, EDIT_DELETE } verb;
    struct str name;           /* of the object; CREATE takes it from the object */
    const struct json *object; /* not for DELETE */
    struct str author;         /* managed_by */
    int64_t if_revision;       /* 0: whatever it is */
};
enum config_result config_edit(struct config *c, const struct edit *e,
                               struct error *err) must_check;
/* All or nothing; *failed is the index of the offender. */
enum config_result config_edit_all(struct config *c, const struct edit *e, size_t n,
                                   size_t *failed, struct error *err) must_check;
/* The same checks without writing: for check-config and previews. */
enum config_result config_try(struct config *c, const struct edit *e, size_t n,
                              size_t *failed, struct error *err) must_check;

/* As the API shows it: no secret, ever. Into an open writer. */
void endpoint_write(const struct endpoint *e, struct json_out *o, const char *name);
void recipient_write(const struct recipient *r, struct json_out *o, const char *name);
void pool_write(const struct snapshot *s, const struct pool *p, /* of s */
                struct json_out *o, const char *name);
void settings_write(const struct snapshot *s, struct json_out *o, const char *name);
void schema_write(const struct texts *t, struct json_out *o, const char *name); /* of all types */

void config_redact(const struct config *c, struct buf *to, struct str text); /* redact.h */

#endif
