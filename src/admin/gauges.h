/* gauges.h -- inside the room: what status, metrics and probes say alike. */
#ifndef ADMIN_GAUGES_H
#define ADMIN_GAUGES_H

#include "admin/room.h"

int64_t uptime_ms(const struct admin *a);

/* Bytes free for us where the data is (-1: not known), and of a database there
 * with what its log holds. */
int64_t disk_free_bytes(const struct admin *a);
int64_t database_bytes(const struct admin *a, const char *name);

/* Whether alerts are taken now; else `why` says why not. */
bool is_ready(const struct admin *a, struct error *why);

#endif
