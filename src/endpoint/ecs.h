/* ecs.h -- an alert as a document of the Elastic Common Schema; for syslog and
 * for Elasticsearch. Every key that the seed lists is in it, those of geo and as
 * where the source or a database knows them. Of it all only
 * event.severity_label (the seed's) and `alert` are not of ECS.
 * https://www.elastic.co/guide/en/ecs/current/ecs-field-reference.html */
#ifndef ENDPOINT_ECS_H
#define ENDPOINT_ECS_H

#include "alert/geo.h"
#include "message/message.h"

#define ECS_VERSION "8.17.0"
#define ECS_VERSION_OLD "1.6.0" /* what ntopng says */

struct ecs_options {
    const char *version;    /* ECS_VERSION or ECS_VERSION_OLD */
    bool scalar_category;   /* as ntopng has it; else an array, as ECS wants */
    const struct geo *geo;  /* NULL: what the source said */
    bool raw;               /* the whole alert, too, as `alert` */
    bool minimal;   /* only what cannot well clash with a mapping: time, message,
                       ecs and event, and the whole alert as event.original */
    bool test;      /* a test message: a tag says so */
    bool shortened; /* for want of room: labels.shortened says so */
    size_t text_max; /* bytes of the message */
};

/* One JSON object. Empty, zero and malformed values are left out, for one of
 * them would have the whole document refused. In `alert` the dots in names are
 * '_', see ecs_raw.h. */
void ecs_write(const struct alert *a, const struct message_place *place,
               const struct ecs_options *with, struct json_out *o,
               struct arena *arena);

#endif
