/* geo.h -- where an address is, and whose network it is in: a question that
 * rendering asks and a database may answer (config/geo.h). */
#ifndef ALERT_GEO_H
#define ALERT_GEO_H

#include "alert/ip.h"
#include "base/arena.h"

struct geo_place { /* what is not known is empty or 0 */
    struct str city;           /* "Pisa", in English */
    struct str continent_code; /* "EU" */
    struct str continent;      /* "Europe" */
    struct str country_code;   /* ISO 3166-1 alpha-2: "IT" */
    struct str country;        /* "Italy" */
    bool located;              /* the next two are known and in range */
    double latitude, longitude;
    int64_t as_number;
    struct str as_name; /* "GARR" */
};

/* The same address gets the same answer for as long as `arg` lives; no I/O that
 * could wait. False: nothing is known. Texts go into the arena. */
struct geo {
    bool (*find)(void *arg, const struct ip *ip, struct arena *a,
                 struct geo_place *out); /* NULL: there is no database */
    void *arg;
};

#endif
