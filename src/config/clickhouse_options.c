/* clickhouse_options.c -- what the settings say about ClickHouse, and whether it is so. */
#include "config/clickhouse_options.h"

#include "base/limits.h"
#include "config/config.h"

struct clickhouse_options clickhouse_options_of(const struct settings *s)
{
    return (struct clickhouse_options){
        .url = s->clickhouse_url,
        .database = s->clickhouse_database,
        .user = s->clickhouse_user,
        .password = s->clickhouse_password,
        .cluster = s->clickhouse_cluster,
        .ca_file = s->clickhouse_ca_file,
        .cert_file = s->clickhouse_cert_file,
        .key_file = s->clickhouse_key_file,
    };
}

bool clickhouse_url_next(struct str *list, struct str *url)
{
    do
        *url = str_trim(str_until(list, ','));
    while (url->n == 0 && list->n > 0);
    while (str_ends(*url, "/"))
        url->n--;
    return url->n > 0;
}

static bool has(struct str text, char c)
{
    return str_find(text, c) < text.n;
}

static bool url_check(struct str url, struct error *err)
{
    bool http = str_starts(url, "http://") || str_starts(url, "https://");

    return (http && !has(url, '@') && !has(url, '?') && !has(url, '#') &&
            !has(url, ' ') && !has(url, '\0')) ||
           error_set(err, "must be like https://host:8443, without user, "
                          "password and \"?\", not \"%.*s\"", STR_ARG(url));
}

static bool urls_check(struct str list, struct error *err)
{
    struct str url;
    size_t n = 0;

    for (; clickhouse_url_next(&list, &url); n++)
        if (!url_check(url, err))
            return error_at(err, "clickhouse_url");
    if (n > CLICKHOUSE_URLS_MAX) {
        error_set(err, "has %zu addresses; at most %d are taken", n,
                  CLICKHOUSE_URLS_MAX);
        return error_at(err, "clickhouse_url");
    }
    return true;
}

static bool name_check(struct str name, const char *what, struct error *err)
{
    bool fits = name.n <= NAME_MAX_BYTES;

    for (size_t i = 0; i < name.n; i++)
        fits = fits && name.p[i] != '\0' &&
               strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                      "0123456789_", name.p[i]) != NULL;
    if (fits)
        return true;
    error_set(err, "must be a name of letters, digits and _, at most %d of "
                   "them, not \"%.*s\"", NAME_MAX_BYTES, STR_ARG(name));
    return error_at(err, what);
}

static bool certificate_check(const struct clickhouse_options *o,
                              struct error *err)
{
    if ((o->cert_file.n > 0) == (o->key_file.n > 0))
        return true;
    error_set(err, "a certificate needs its key, and a key its certificate");
    return error_at(err, o->key_file.n > 0 ? "clickhouse_cert_file"
                                           : "clickhouse_key_file");
}

bool clickhouse_options_check(const struct clickhouse_options *o,
                              struct error *err)
{
    if (!urls_check(o->url, err))
        return false;
    if (o->database.n == 0) {
        error_set(err, "needs a name");
        return error_at(err, "clickhouse_database");
    }
    return name_check(o->database, "clickhouse_database", err) &&
           name_check(o->cluster, "clickhouse_cluster", err) &&
           certificate_check(o, err);
}
