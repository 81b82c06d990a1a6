/* alertmanager_own.h -- inside the room: the two halves of reading alertmanager.yml,
 * as a tree whose scalars are all strings. */
#ifndef CONFIG_ALERTMANAGER_OWN_H
#define CONFIG_ALERTMANAGER_OWN_H

#include "config/alertmanager_file.h"

/* What the routes lead to one receiver. */
struct am_way {
    struct str receiver;
    struct str filter; /* "" : everything */
    bool too_long;     /* `filter` leaves out that earlier routes take first */
    struct am_way *next;
};
/* One for each receiver that a route leads to; NULL with err: no such tree. */
struct am_way *am_routes_read(struct import *i, const struct json *route,
                              struct error *err);

/* One integration, "email_configs" for instance, in our words. False: it is not
 * taken, which was said. */
struct am_target {
    struct str receiver; /* for the report */
    const struct json *config, *global;
    const char *type;                     /* ours */
    struct json_list endpoint, recipient; /* parameters */
    bool works;          /* false: it is taken, but switched off */
    bool tells_releases; /* by Alertmanager's default */
};
bool am_target_read(struct import *i, struct str integration,
                    struct am_target *t);

#endif
