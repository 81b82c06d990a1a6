/* alertmanager_file.h -- alertmanager.yml becomes endpoints and recipients of ours:
 * each integration of a receiver is a recipient, and the tree of routes becomes
 * its filter. Pure. The format: Prometheus' Alertmanager, docs/configuration.md,
 * up to 0.34. */
#ifndef CONFIG_ALERTMANAGER_FILE_H
#define CONFIG_ALERTMANAGER_FILE_H

#include "config/import.h"

#define ALERTMANAGER_RECEIVERS_MAX 1000
#define ALERTMANAGER_ROUTES_MAX 2000

/* `text` is the file; `out` has begun. Secrets in files of their own stay there:
 * they become references "file:PATH". False: this is no such file; err has line
 * and column when it is no YAML. */
bool alertmanager_file_read(struct str text, struct import *out,
                            struct error *err) must_check;

#endif
