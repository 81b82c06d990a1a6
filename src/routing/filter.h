/* filter.h -- a condition on alerts, written by a person: `severity>=warning and
 * cli_ip=10.0.0.0/8`. One parser for lists, recipients and silences; the grammar
 * is told in docs/filters.md. A filter is immutable; any thread may ask it. */
#ifndef ROUTING_FILTER_H
#define ROUTING_FILTER_H

#include "base/arena.h"
#include "base/error.h"
#include "routing/pools.h"

#define FILTER_BYTES_MAX 4096   /* of one filter's text */
#define FILTER_DEPTH_MAX 32     /* parentheses and "not" in one another */
#define FILTER_NODES_MAX 500    /* comparisons, "and"s and "or"s */
#define FILTER_VALUES_MAX 1000  /* in all "in (...)" lists together */
#define FILTER_PATTERN_MAX 512  /* bytes of one regular expression */
#define FILTER_NAME_MAX 128     /* bytes of the name of a field, label or fact */
#define FILTER_LOOKED_MAX 16384 /* bytes of one text a pattern looks at */

struct filter;
/* In the arena, memory of patterns included: there is nothing to free. NULL: err
 * is "column 12: ...", and *column (may be NULL) the same number, in characters
 * from 1. An empty text is an error: no filter is what takes everything. */
const struct filter *filter_parse(struct str text, struct arena *a,
                                  size_t *column, struct error *err);
/* One way to write it, which reads back as the same filter. */
struct str filter_text(const struct filter *f, struct arena *a);

/* One alert and what has been worked out about it, for any number of filters.
 * `pools` may be NULL. Not shared between threads. */
struct filter_field;
#define FILTER_ADDRESSES_MAX 3 /* of one field: client, server, host */
struct filter_subject {
    const struct alert *alert;
    const struct pools *pools;
    struct alert_pools in; /* by filter_pools() */
    bool in_known;
    struct filter_addresses { /* of the fields asked for so far */
        const struct filter_field *of; /* NULL: free */
        struct ip v[FILTER_ADDRESSES_MAX];
        size_t n;
    } addresses[4];
    void *scratch; /* ours: what patterns match with; NULL: none so far */
};
void filter_subject_init(struct filter_subject *s, const struct alert *a,
                         const struct pools *pools);
void filter_subject_release(struct filter_subject *s);
const struct alert_pools *filter_pools(struct filter_subject *s);

/* UNSURE: a pattern reached its step limit, or a text was too long for it. Who
 * must lose nothing takes it for YES; who must silence nothing, for NO. */
enum filter_answer { FILTER_NO, FILTER_UNSURE, FILTER_YES };
enum filter_answer filter_ask(const struct filter *f, struct filter_subject *s);

struct reason {       /* one condition, as tried */
    const char *name; /* "minimum_severity", "cli_ip" */
    bool pass;
    struct str have, want;      /* as people read them */
    const struct reason *parts; /* a filter's comparisons */
    size_t part_count;
};
/* Every comparison in the filter, in its order, whatever the others say. */
size_t filter_explain(const struct filter *f, struct filter_subject *s,
                      struct arena *a, struct reason **out);

/* What every alert that passes must have, so that an index can leave out the
 * others: the values one field must be among, by a comparison nothing can make
 * unnecessary. False: it may be anything. */
struct filter_value {
    struct str text; /* canonical: "warning", "10.0.0.0/8" */
    double number;   /* of a number or a severity */
    struct prefix prefix;
    size_t column; /* where it is written */
};
bool filter_needs(const struct filter *f, const char *field,
                  const struct filter_value **values, size_t *n);
/* The same for the least severity; SEVERITY_NONE: any. */
enum severity filter_least(const struct filter *f);
/* A part of the message or the entity value; "" when none is needed. */
struct str filter_words(const struct filter *f);

/* The i-th pool it names, wherever; NULL: no more. */
const struct filter_value *filter_pool(const struct filter *f, size_t i);

/* A field by itself, as a filter names it: what an alert has there, without a
 * comparison. Texts of the alert, or in the arena; at most `max` of them. */
struct filter_place {
    const struct filter_field *field;
    const char *name; /* of the label or fact */
};
bool filter_place_read(struct str name, struct arena *a, struct filter_place *out,
                       struct error *err) must_check;
size_t filter_place_values(const struct filter_place *p, struct filter_subject *s,
                           struct arena *a, struct str *out, size_t max);

/* The i-th field, for documents and forms: its name, and what its values are:
 * "text", "number", "severity", "entity", "action", "address", "mac". False: there
 * are no more. Labels and facts are not among them. */
bool filter_field_at(size_t i, const char **name, const char **kind);

#endif
