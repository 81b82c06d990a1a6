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

/* NULL and no error: there is a history alone. */
static struct config *config_of(const struct cli *c, struct error *err)
{
    char path[HISTORY_PATH_BYTES];

    history_path(c, "config.db", path);
    return access(path, R_OK) == 0 ? config_open(c->data_dir, &clock_real, err)
                                   : NULL;
}

bool history_in_clickhouse(const struct cli *c, bool *out, struct error *err)
{
    struct config *config = config_of(c, err);

    if (config == NULL && err->text[0] != '\0')
        return false;
    *out = config != NULL &&
           config_now(config)->settings.store_engine == STORE_IN_CLICKHOUSE;
    config_close(config);
    return true;
}

struct store_engine *history_open(const struct cli *c, const char *engine,
                                  bool make, struct error *err)
{
    static const struct settings none;
    struct config *config = config_of(c, err);
    struct store_engine *e = NULL;

    if (config != NULL || err->text[0] == '\0')
        e = chosen_open(c, config != NULL ? &config_now(config)->settings : &none,
                        engine, make, err);
    config_close(config);
    return e;
}
