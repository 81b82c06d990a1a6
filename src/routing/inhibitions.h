/* inhibitions.h -- which alerts mute which others while they are engaged: a switch
 * that is down those on its ports, a site's line those on the site's hosts. A rule is
 * an object of the configuration; here it is compiled. Immutable once made; pure.
 *
 * As in Alertmanager a muted alert mutes others all the same, and two alerts that both
 * are source and target of one rule do not mute each other (but a parent its child:
 * that goes one way). Where two rules would
 * close a ring, the alert that engaged first is told: who may be a target of some rule
 * mutes only what engaged later. So of any number of alerts one at least is told. */
#ifndef ROUTING_INHIBITIONS_H
#define ROUTING_INHIBITIONS_H

#include "routing/holds.h"

#define INHIBITION_FIELDS_MAX 16 /* of "equal" */
#define INHIBITION_KEYS_MAX 8    /* devices, pools or interfaces one alert is about */

/* How the source and what it mutes belong together. */
enum relation {
    RELATION_EQUAL,     /* they have the same in some fields; both nothing is the same */
    RELATION_POOL,      /* a host of the source, or the pool it is about, and a host of
                           the target are in the same host pool; Default is none */
    RELATION_INTERFACE, /* both are about, or were seen on, the same interface */
    RELATION_PARENT,    /* the target names the source's device: as "parent", "gateway"
                           (labels or facts) or "probe_ip"; an SNMP port's is its own */
    RELATIONS
};
extern const char *const relation_names[]; /* "equal", ...; NULL-terminated */

struct inhibition {
    int64_t id, revision;
    struct str name, comment, managed_by;
    struct str source_text, target_text; /* as written */
    const struct filter *source, *target;
    enum relation relation;
    const struct str *equal_names;
    const struct filter_place *equal; /* none: every source mutes every target */
    size_t equal_count;
};

struct inhibitions { /* by id */
    struct inhibition *v;
    size_t n;
    uint64_t mark; /* of these rules and the pools; another when any is another;
                      0: there are none */
};

/* Whether a rule is about the alert on that side, in doubt not. */
bool inhibition_is_source(const struct inhibition *i, struct filter_subject *s);
bool inhibition_is_target(const struct inhibition *i, struct filter_subject *s);

/* Whether the relation holds both ways, so that two of a kind would mute each other. */
bool inhibition_pairs(const struct inhibition *i);

/* What relates them: a source mutes a target when they have one in common. Texts of
 * the alert, or in the arena. */
size_t inhibition_keys(const struct inhibition *i, struct filter_subject *s,
                       bool as_source, struct arena *a,
                       struct str out[INHIBITION_KEYS_MAX]);

/* What mutes an alert, worked out once for all its recipients. */
struct muted {
    const uint64_t *silences; /* that hit it now, a bit each; NULL: not asked yet */
    bool known;               /* what follows is */
    const struct inhibition *by; /* NULL: nothing */
    int64_t source_id;
    struct str source; /* what it is; in the arena */
};

#endif
