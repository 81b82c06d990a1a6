/* ecs.h -- an alert as a document of the Elastic Common Schema; for syslog and
 * for Elasticsearch. */
#ifndef ENDPOINT_ECS_H
#define ENDPOINT_ECS_H

#include "message/message.h"

#define ECS_VERSION "8.17.0"

struct ecs_options {
    const char *version;  /* "8.17.0"; "1.6.0" is what ntopng says */
    bool scalar_category; /* as ntopng has it; else an array, as ECS wants */
    bool raw;        /* the whole alert, too, as `alert` */
    bool shortened;  /* for want of room: labels.shortened says so */
    size_t text_max; /* bytes of the message */
};

/* One JSON object. Empty, zero and malformed values are left out, for one of
 * them would have the whole document refused. */
void ecs_write(const struct alert *a, const struct message_place *place,
               const struct ecs_options *with, struct json_out *o,
               struct arena *arena);

#endif
