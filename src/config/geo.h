/* geo.h -- the databases that say where an address is and whose: MaxMind DB files
 * (https://maxmind.github.io/MaxMind-DB/), read with libmaxminddb.
 *
 * They are here because a bad file must be refused when it is set, and what is
 * set is checked by building a snapshot; a snapshot owns the databases it was
 * built with, so that whoever renders with it has them open until he is done.
 *
 * A file is mapped, not read: replace it by renaming another over it, as
 * geoipupdate does, never by writing into it. */
#ifndef CONFIG_GEO_H
#define CONFIG_GEO_H

#include "alert/geo.h"
#include "base/error.h"

/* Paths are absolute; empty: none. Without any, out->find is NULL and nothing is
 * loaded; else `out` is to be closed. err->place names the setting. */
bool geo_open(struct str city_file, struct str asn_file, struct geo *out,
              struct error *err) must_check;
void geo_close(struct geo *g); /* also one that is zeroed */

#endif
