/* history.h -- inside the room: the engines of the data directory, opened beside a
 * running Tocsin or without one. */
#ifndef CLI_HISTORY_H
#define CLI_HISTORY_H

#include "cli/client.h"
#include "store/engine.h"

#define HISTORY_PATH_BYTES 4096
void history_path(const struct cli *c, const char *name,
                  char out[HISTORY_PATH_BYTES]);

/* "sqlite", "clickhouse" as the settings describe it, or NULL: the one that they
 * choose. `make`: the file may be new. NULL: err. */
struct store_engine *history_open(const struct cli *c, const char *engine,
                                  bool make, struct error *err);

/* Whether the settings choose ClickHouse. */
bool history_in_clickhouse(const struct cli *c, bool *out,
                           struct error *err) must_check;

int store_migrate(struct cli *c); /* tocsin store migrate */

#endif
