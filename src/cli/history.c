/* history.c -- which engine the settings choose, and opening it. */
#include "cli/history.h"

#include <errno.h>
#include <unistd.h>

#include "config/config.h"

void history_path(const struct cli *c, const char *name,
                  char out[HISTORY_PATH_BYTES])
{
    snprintf(out, HISTORY_PATH_BYTES, "%s/%s", c->data_dir, name);
}

static struct store_engine *file_open(const struct cli *c, bool make,
                                      struct error *err)
{
    char path[HISTORY_PATH_BYTES];

    history_path(c, "history.db", path);
    if (!make && access(path, R_OK | W_OK) != 0) {
        error_set(err, "%s: %s", path, strerror(errno));
        return NULL;
    }
    return store_sqlite_open(path, err);
}

static struct store_engine *clickhouse_open(const struct settings *s,
                                            struct error *err)
{
    const struct clickhouse_options o = clickhouse_options_of(s);

    if (s->clickhouse_url.n == 0) {
        error_set(err, "there is no ClickHouse in the settings; tocsin settings "
                       "set clickhouse_url=https://host:8443");
        return NULL;
    }
    return store_clickhouse_open(&o, err);
}

static struct store_engine *chosen_open(const struct cli *c,
                                        const struct settings *s,
                                        const char *engine, bool make,
                                        struct error *err)
{
    bool clickhouse = engine != NULL ? strcmp(engine, "clickhouse") == 0
                                     : s->store_engine == STORE_IN_CLICKHOUSE;

    return clickhouse ? clickhouse_open(s, err) : file_open(c, make, err);
}

struct store_engine *history_open(const struct cli *c, const char *engine,
                                  bool make, struct error *err)
{
    static const struct settings none;
    char path[HISTORY_PATH_BYTES];
    struct store_engine *e;
    struct config *config;

    history_path(c, "config.db", path);
    if (access(path, R_OK) != 0) /* a history alone */
        return chosen_open(c, &none, engine, make, err);
    config = config_open(c->data_dir, &clock_real, err);
    if (config == NULL)
        return NULL;
    e = chosen_open(c, &config_now(config)->settings, engine, make, err);
    config_close(config);
    return e;
}
