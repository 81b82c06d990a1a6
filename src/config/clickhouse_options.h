/* clickhouse_options.h -- where a ClickHouse is and how it is talked to: read from the
 * settings, checked when they are set, used by the store. */
#ifndef CONFIG_CLICKHOUSE_OPTIONS_H
#define CONFIG_CLICKHOUSE_OPTIONS_H

#include "base/arena.h"
#include "base/error.h"

struct settings;

#define CLICKHOUSE_URLS_MAX 16

struct clickhouse_options {
    struct str url;      /* "https://host:8443"; of several, with commas between
                            them, the one that answers */
    struct str database; /* a name of letters, digits and _ */
    struct str user, password; /* "": the server's default user */
    struct str cluster;  /* "": one server; else a name as above */
    struct str ca_file;  /* "": the system's */
    struct str cert_file, key_file; /* our own certificate; "": none */
};

/* Borrows all of it from the settings. */
struct clickhouse_options clickhouse_options_of(const struct settings *s);

/* False: the options are wrong, and err says which and why. */
bool clickhouse_options_check(const struct clickhouse_options *o,
                              struct error *err) must_check;

/* Takes the first address off the front of the list, without a / at its end.
 * False: there is none left. */
bool clickhouse_url_next(struct str *list, struct str *url) must_check;

#endif
