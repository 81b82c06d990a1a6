/* catalogue.h -- how the rows of the catalogue lie: for catalogue.c only. */
#ifndef ALERT_CATALOGUE_H
#define ALERT_CATALOGUE_H

#include "alert/entity.h"

/* ntopng numbers its alerts anew in each family. */
enum family { FAMILY_FLOW, FAMILY_HOST, FAMILY_OTHER };
#define FAMILY_COUNT 3

/* Family after family, by number within each. */
extern const struct alert_type catalogue_rows[];
extern const size_t catalogue_family_at[FAMILY_COUNT + 1];
extern const uint16_t catalogue_key_order[]; /* by key within each family */

#endif
