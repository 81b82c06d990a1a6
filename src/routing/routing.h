/* routing.h -- who gets an alert, and why. Recipients' criteria compiled for
 * matching; live match and explanation are ONE evaluator. Immutable once made. */
#ifndef ROUTING_ROUTING_H
#define ROUTING_ROUTING_H

#include "registry/registry.h"
#include "routing/filter.h"

/* One criterion everywhere: absent means any, a list means those, an empty list
 * means none. */
struct criterion {
    bool any;
    struct str *v;
    size_t n;
};

struct criteria {
    enum severity minimum_severity; /* SEVERITY_NONE: any */
    struct criterion categories; /* names */
    struct criterion entities;   /* names */
    struct criterion types;      /* "syn_scan" or "host/syn_scan" */
    struct criterion host_pools; /* names; "Default" is the pool of the rest */
    struct criterion am_hosts;   /* "icmp@ntop.org", or the host alone */
    struct str filter_text;      /* as its author wrote it; "": none */
    const struct filter *filter; /* NULL: none */
};

/* From the members of a recipient object: "minimum_severity", "categories", ...;
 * members that are not criteria are left alone. Strings go to the arena. */
bool criteria_read(const struct json *object, struct arena *a,
                   struct criteria *out, struct error *err) must_check;
/* Whether all it names exists: false for a category that does not. */
bool criteria_check(const struct criteria *c, struct error *err) must_check;
/* What may be a typing mistake all the same: a type that ntopng has not. */
struct warning {
    struct str place; /* "/types/0" */
    struct str text;
};
size_t criteria_warnings(const struct criteria *c, struct arena *a,
                       struct warning **out);
void criteria_write(const struct criteria *c, struct json_out *o);
extern const char *const criteria_names[]; /* the member names; NULL ends */

struct rule { /* one recipient, as routing sees it */
    int64_t recipient_id;
    struct str name;
    struct criteria criteria;
    bool builtin; /* pools and AM hosts do not apply */
    bool enabled;
};

struct routing;
/* Copies nothing: rules and pools must outlive it (they share a snapshot). Rules come
 * in the order of their recipients' ids. */
struct routing *routing_new(const struct rule *rules, size_t n,
                            const struct pools *pools, struct error *err);
void routing_free(struct routing *r);

/* What is decided about. */
struct routed {
    const struct alert *alert;
    enum change change;
    struct told_to told; /* whom its beginning was put for: they hear how it goes on */
};

/* Recipient ids in rule order. `out` has room for every rule. First those whose
 * criteria match, *matched of them; then those who only follow it. How many. */
size_t routing_match(const struct routing *r, const struct routed *q, int64_t *out,
                     size_t *matched);

enum decision {
    DECISION_DELIVER, /* the criteria match */
    DECISION_FOLLOW,  /* they do not, but it was told of it: delivered as well */
    DECISION_NOT_MATCHED,
    DECISION_NOT_TOLD,
    DECISION_DISABLED
};
const char *decision_name(enum decision d); /* of both that deliver: "deliver" */
bool decision_delivers(enum decision d);

#define REASONS_MAX 8
struct explanation {
    int64_t recipient_id;
    struct str recipient;
    enum decision decision;
    struct reason reasons[REASONS_MAX];
    size_t reason_count;
    struct str because; /* "severity notice < error"; "" where the criteria match */
};
/* One a rule, in rule order, in the arena. */
size_t routing_explain(const struct routing *r, const struct routed *q,
                       struct arena *arena, struct explanation **out);
#endif
