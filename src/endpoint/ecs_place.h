/* ecs_place.h -- where one end of a flow is and whose network it is in, as ECS
 * has it. Private to ecs.c. */
#ifndef ENDPOINT_ECS_PLACE_H
#define ENDPOINT_ECS_PLACE_H

#include "alert/alert.h"
#include "alert/geo.h"

/* What anybody may have said, fit to show: cleaned, on one line, of at most `max`
 * bytes. */
struct str ecs_said(struct str s, size_t max, struct arena *arena);

/* What the alert says of `prefix` ("cli_"), and what `geo` (may be NULL) adds for
 * `ip` (NULL: the alert names none). What was said wins: the source may know its
 * own networks better, and of an address it places in another country than the
 * database does the database's city would be nonsense. Names of at most `max`
 * bytes. */
void ecs_place_find(const struct alert *a, const char *prefix,
                    const struct ip *ip, const struct geo *geo, size_t max,
                    struct arena *arena, struct geo_place *out);

/* The members "as" and "geo", where something is known. `codes`: also the
 * continent's code, which ECS has since 1.10. */
void ecs_place_write(const struct geo_place *p, bool codes, struct json_out *o);

#endif
