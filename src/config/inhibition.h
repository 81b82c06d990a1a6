/* inhibition.h -- inhibitions as objects of the configuration. Members: "name",
 * "source" and "target" (filters, both required), "relation" ("equal", "pool",
 * "interface", "parent"), "equal" (fields, as filters name them; then the relation
 * need not be said) and "comment". */
#ifndef CONFIG_INHIBITION_H
#define CONFIG_INHIBITION_H

#include "config/config.h"

const struct inhibition *snapshot_inhibition(const struct snapshot *s, struct str name);
void inhibition_write(const struct inhibition *i, struct json_out *o, const char *name);

#endif
