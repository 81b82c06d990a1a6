/* apprise_targets.h -- inside the room: one of Apprise's addresses in our words. */
#ifndef CONFIG_APPRISE_TARGETS_H
#define CONFIG_APPRISE_TARGETS_H

#include "config/apprise_url.h"
#include "config/import.h"

struct apprise_target {
    const struct apprise_url *url;
    struct str line;           /* "line 12", for the report */
    const char *type;          /* ours */
    struct json_list endpoint; /* parameters */
    struct json_list recipients[APPRISE_PARTS_MAX]; /* of each */
    size_t recipient_count;
    bool works; /* false: it is taken, but switched off */
};

/* False: it is not taken, which was said. */
bool apprise_target_read(struct import *i, struct apprise_target *t);

#endif
