/* ntopng_pools.h -- ntopng's host pools become ours. Pure. */
#ifndef CONFIG_NTOPNG_POOLS_H
#define CONFIG_NTOPNG_POOLS_H

#include "config/import.h"

/* `file` is what ntopng exports (with or without its "rsp"), or the list its
 * REST API answers with; `out` has begun. Names get our letters, members our
 * spelling: an address without a VLAN is ntopng's VLAN 0. False: this is no such
 * file. */
bool ntopng_pools_read(const struct json *file, struct import *out,
                       struct error *err) must_check;

#endif
