/* ntopng_pools.h -- ntopng's host pools become ours: edits like any others, and a
 * report of what was changed on the way and what was not taken. Pure. */
#ifndef CONFIG_NTOPNG_POOLS_H
#define CONFIG_NTOPNG_POOLS_H

#include "config/config.h"

#define IMPORT_LINES_MAX 1000 /* of a report; the last one says that there are more */

struct import_line {
    enum { IMPORT_TAKEN, IMPORT_ADJUSTED, IMPORT_LEFT } result;
    struct str pool; /* as ntopng calls it; "": the file */
    struct str text;
};
const char *import_result_name(int result); /* "taken", "adjusted", "left" */

struct import { /* all of it in the arena */
    struct edit *edits;
    size_t n;
    struct import_line *lines;
    size_t line_count;
    size_t taken, adjusted, left; /* lines of each, those not kept included */
};

/* `file` is what ntopng exports (with or without its "rsp"), or the list its
 * REST API answers with. Names get our letters, members our spelling: an address
 * without a VLAN is ntopng's VLAN 0. What `now` has already stays as it is, unless
 * `replace`. False: this is no such file. */
bool ntopng_pools_read(const struct json *file, const struct snapshot *now,
                       bool replace, struct arena *a, struct import *out,
                       struct error *err) must_check;

#endif
