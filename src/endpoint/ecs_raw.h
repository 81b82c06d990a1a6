/* ecs_raw.h -- the alert as it is, under names that a mapping takes. Private to
 * ecs.c. */
#ifndef ENDPOINT_ECS_RAW_H
#define ENDPOINT_ECS_RAW_H

#include "alert/alert.h"

/* The member "alert". Elasticsearch would take "proto.ndpi" for something inside
 * of "proto" and refuse both, and takes no blank name: a dot becomes '_', and a
 * blank name is "_". Where that name is taken it stays as it is. */
void ecs_raw_write(const struct alert *a, struct arena *arena,
                   struct json_out *o);

#endif
