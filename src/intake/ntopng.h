/* ntopng.h -- the words and numbers of ntopng 4.2 and older: for decode_ntopng.c. */
#ifndef INTAKE_NTOPNG_H
#define INTAKE_NTOPNG_H

#include "alert/alert.h"

/* The present name of a member or fact ("cli_addr" is cli_ip); STR_NONE: none. */
struct str legacy_name(struct str old);

/* 4.x numbered the entities from 7 on differently. */
bool legacy_entity(int64_t number, enum entity *out) must_check;

/* `alert_severity` had three steps before 4.2 and today's nine in it; only 4.2
 * and later say which pool. */
bool legacy_severity(int64_t number, bool has_pool, enum severity *out)
    must_check;

/* `alert_type` was numbered differently, but the check that raised the alert
 * often is named inside its JSON: "low_goodput"; STR_NONE: not there. */
struct str legacy_script_key(struct arena *a, const struct json *inner);

#endif
