/* clickhouse_http.h -- ClickHouse's HTTP interface, blocking, on one connection that
 * is kept: a statement goes out, rows come back. Credentials go in headers.
 * https://clickhouse.com/docs/en/interfaces/http; works from 18.16 on. */
#ifndef STORE_CLICKHOUSE_HTTP_H
#define STORE_CLICKHOUSE_HTTP_H

#include "base/arena.h"
#include "base/error.h"

#define CLICKHOUSE_CONNECT_MS 3000
#define CLICKHOUSE_WRITE_MS 60000    /* one statement that writes */
#define CLICKHOUSE_LINE_MAX (1u << 20) /* bytes of one row of an answer */
#define CLICKHOUSE_BODY_MAX (256u << 20) /* bytes of one statement with rows */
#define CLICKHOUSE_CELLS_MAX 32

struct clickhouse_options {
    struct str url;      /* "https://host:8443" */
    struct str database; /* a name of letters, digits and _ */
    struct str user, password; /* "": the server's default user */
    struct str cluster;  /* "": one server; else a name as above */
    struct str ca_file;  /* "": the system's */
};

/* False: the options are wrong, and err says which and why. */
bool clickhouse_options_check(const struct clickhouse_options *o,
                              struct error *err) must_check;

struct clickhouse_http;
struct clickhouse_http *clickhouse_http_new(const struct clickhouse_options *o);
void clickhouse_http_free(struct clickhouse_http *h);

/* Settings that go with every statement from now on: "name=value&...", ours. */
void clickhouse_http_settings(struct clickhouse_http *h, const char *settings);

/* One row of an answer; a NULL is a cell without bytes (p is NULL). The cells are
 * borrowed until it returns. False with err: nothing more is wanted. */
typedef bool clickhouse_row_fn(void *to, const struct str *cells, size_t n,
                               struct error *err);

/* What came of it: reachable says whether the server was heard at all. */
struct clickhouse_asked {
    struct str sql; /* a SELECT in TabSeparated, or INSERT ... with its rows */
    int64_t limit_ms;
    clickhouse_row_fn *row; /* NULL: no rows are expected */
    void *to;
    bool reached;
};
bool clickhouse_http_ask(struct clickhouse_http *h, struct clickhouse_asked *a,
                         struct error *err) must_check;

#endif
