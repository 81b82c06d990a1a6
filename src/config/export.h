/* export.h -- the configuration as a file that `apply` and `serve --config` take. */
#ifndef CONFIG_EXPORT_H
#define CONFIG_EXPORT_H

#include "config/revisions.h"

/* A secret's value is never written: a reference stays as it is, and in place of
 * a value stands env:TOCSIN_KIND_NAME_FIELD, a reference that has to be filled, which
 * the file's head says. Applied to an empty Tocsin the rest is the same. */
enum config_result config_export(struct config *c, int64_t revision,
                                 struct buf *to, struct error *err) must_check;

#endif
