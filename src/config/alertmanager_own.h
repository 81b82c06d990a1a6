/* alertmanager_own.h -- inside the room: the two halves of reading alertmanager.yml,
 * as a tree whose scalars are all strings. */
#ifndef CONFIG_ALERTMANAGER_OWN_H
#define CONFIG_ALERTMANAGER_OWN_H

#include "config/alertmanager_file.h"

/* What the routes lead to one receiver, at the same times. */
struct am_way {
    struct str receiver;
    struct str times;         /* am_times_text() of each of these routes */
    const struct json *route; /* one of them */
    struct str filter; /* "" : everything */
    bool too_long;     /* `filter` leaves out that earlier routes take first */
    struct am_way *next;
};
/* One for each receiver that a route leads to, and each text of times; NULL with err:
 * no such tree. */
struct am_way *am_routes_read(struct import *i, const struct json *route,
                              struct error *err);

/* All matchers of a route, or of one side ("source_", "target_") of an inhibition, as
 * {...}; "" takes every alert. False: they cannot be read, or are no filter here. */
bool am_matchers_read(const struct json *object, const char *side, struct arena *a,
                      struct str *out, struct error *err);

/* A route's mute_time_intervals and active_time_intervals as a text; "": none. */
struct str am_times_text(const struct json *route, struct arena *a);
/* The silences by which the recipient is told only when that route is. */
void am_times_add(struct import *i, const struct json *file, const struct json *route,
                  struct str recipient, struct str theirs);
/* One time interval, in our words, behind what is there and "; ". False: it is none
 * of Alertmanager's, or there is no room. */
bool am_windows(const struct json *spec, struct buf *to, struct error *err);

/* A key, and what is there in its place; NULL: whoever reads it says it. */
struct am_key {
    const char *name, *text;
};
extern const struct am_key am_file_keys[], am_global_keys[], am_route_keys[],
    am_inhibition_keys[];
/* A line for each key of the object that is not taken over. */
void am_keys_say(struct import *i, const char *kind, struct str name,
                 const struct json *object, const struct am_key *keys);

/* One integration, "email_configs" for instance, in our words. False: it is not
 * taken, which was said. */
struct am_target {
    struct str receiver; /* for the report */
    const struct json *config, *global;
    const char *const *reads; /* its keys, and those of http_config; ends with NULL */
    const char *type;                     /* ours */
    struct json_list endpoint, recipient; /* parameters */
    bool works;          /* false: it is taken, but switched off */
    bool tells_releases; /* by Alertmanager's default */
};
bool am_target_read(struct import *i, struct str integration,
                    struct am_target *t);
/* Its own http_config and tls_config, or those for all; NULL: none. */
const struct json *am_http(const struct am_target *t);
const struct json *am_tls(const struct am_target *t);
/* A line for each of its keys that is not taken over. */
void am_target_keys_say(struct import *i, const struct am_target *t);

#endif
