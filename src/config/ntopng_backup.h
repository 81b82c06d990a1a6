/* ntopng_backup.h -- what ntopng exports of its notifications becomes endpoints and
 * recipients of ours: all recipients of an endpoint, with their pools. Pure. The
 * format: ntopng's scripts/lua/modules/notifications, version "1.0". */
#ifndef CONFIG_NTOPNG_BACKUP_H
#define CONFIG_NTOPNG_BACKUP_H

#include "config/import.h"

/* `file` with or without its "rsp"; `out` has begun. In ntopng an empty list of
 * pools means "none", and its own import makes every list empty: so an empty one
 * becomes "any", which the report says, unless `keep_empty_pools`. False: this is
 * no such file. */
bool ntopng_backup_read(const struct json *file, bool keep_empty_pools,
                        struct import *out, struct error *err) must_check;

#endif
