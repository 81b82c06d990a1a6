/* zone.h -- time zones of the IANA database, without the process' TZ. GLib reads
 * them where the system keeps them (package tzdata), and goes by a file's last rule
 * where its list of changes ends. A zone is immutable; any thread may ask it.
 * Times are seconds since 1970; a wall time is what a clock on a wall of the zone
 * shows, counted as if the zone were UTC. */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/error.h"
#include "base/str.h"

#define ZONE_NAME_MAX 64 /* bytes; the longest is about 32 */

struct zone; /* NULL is UTC, wherever a zone is asked */

/* By its name, "Europe/Rome" or "UTC"; not by an abbreviation or a rule, which mean
 * different things in different places. NULL: err says what to write. */
struct zone *zone_new(struct str name, struct error *err);
void zone_free(struct zone *z);

int64_t zone_offset_s(const struct zone *z, int64_t at_s); /* east of UTC */
int64_t zone_wall_s(const struct zone *z, int64_t at_s);

/* When the zone's clocks show `wall_s` for the first time; of a time that they
 * jump over in spring, the moment they jump. */
int64_t zone_first_s(const struct zone *z, int64_t wall_s);

/* The first moment in (from_s, until_s] with another offset than at from_s;
 * until_s when there is none. For spans of a week or so: a change that is taken
 * back within the span is not seen. */
int64_t zone_change_s(const struct zone *z, int64_t from_s, int64_t until_s);

#endif
