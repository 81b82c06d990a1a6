/* entity.h -- the closed lists of an alert: entities, severities, categories,
 * and the catalogue of known alert types. Numbers are ntopng's. */
#ifndef ALERT_ENTITY_H
#define ALERT_ENTITY_H

#include "base/str.h"

enum entity {
    ENTITY_INTERFACE = 0,
    ENTITY_HOST = 1,
    ENTITY_NETWORK = 2,
    ENTITY_SNMP_DEVICE = 3,
    ENTITY_FLOW = 4,
    ENTITY_MAC = 5,
    ENTITY_HOST_POOL = 6,
    ENTITY_USER = 7,
    ENTITY_AM_HOST = 8,
    ENTITY_SYSTEM = 9,
    ENTITY_DOMAIN = 12,
    ENTITY_OTHER = 15,
};
#define ENTITY_COUNT 16

const char *entity_name(enum entity e);  /* "snmp_device" */
const char *entity_label(enum entity e); /* "SNMP Device" */
/* By name, label or old name ("device" is mac); any case. */
bool entity_parse(struct str s, enum entity *out) must_check;
bool entity_from_number(int64_t number, enum entity *out) must_check;
extern const char *const entity_names[]; /* NULL-terminated */

enum severity {
    SEVERITY_NONE,
    SEVERITY_DEBUG,
    SEVERITY_INFO,
    SEVERITY_NOTICE,
    SEVERITY_WARNING,
    SEVERITY_ERROR,
    SEVERITY_CRITICAL,
    SEVERITY_ALERT,
    SEVERITY_EMERGENCY,
};
#define SEVERITY_COUNT 9

const char *severity_name(enum severity s);  /* "warning" */
const char *severity_label(enum severity s); /* "Warning" */
/* And synonyms: crit, err, warn, major, page ... */
bool severity_parse(struct str s, enum severity *out) must_check;
bool severity_from_number(int64_t number, enum severity *out) must_check;
enum severity severity_from_score(int64_t score);
int64_t severity_score(enum severity s);  /* the default score */
int severity_syslog(enum severity s);     /* 0..7; none is 6 */
const char *severity_ecs(enum severity s); /* low medium high critical */
extern const char *const severity_names[]; /* NULL-terminated, in order */

/* ntopng's categories; others may exist as words. */
extern const char *const category_names[]; /* "other", "security", ... by number */
#define CATEGORY_COUNT 8
int category_number(struct str name); /* -1: not one of ntopng's */
const char *category_label(struct str name); /* "IDS/IPS"; NULL: unknown */
/* For an alert that names none: its type's, else "system" or "other". */
const char *category_default(enum entity e, struct str type);

/* The catalogue: what ntopng's numbers mean. */
struct alert_type {
    int32_t number;       /* unique within `family` only */
    uint32_t entities;    /* bit per entity it occurs on */
    const char *key;      /* "syn_scan" */
    const char *title;    /* "TCP SYN Scan" */
    const char *category; /* may be NULL */
    int16_t score;        /* default; -1: none */
    bool attacker, victim;
};
const struct alert_type *catalogue_by_number(enum entity e, int64_t number);
const struct alert_type *catalogue_by_key(enum entity e, struct str key);
/* As above, but 3.x raised the system's alerts on hosts and interfaces too. */
const struct alert_type *catalogue_like(enum entity e, struct str key);
const struct alert_type *catalogue_all(size_t *count);

#endif
