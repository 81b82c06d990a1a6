/* clickhouse_http.h -- ClickHouse's HTTP interface, blocking, on one connection that
 * is kept: a statement goes out, rows come back. Credentials go in headers.
 * https://clickhouse.com/docs/en/interfaces/http; works from 18.16 on. */
#ifndef STORE_CLICKHOUSE_HTTP_H
#define STORE_CLICKHOUSE_HTTP_H

#include "config/clickhouse_options.h"

#define CLICKHOUSE_CONNECT_MS 3000
#define CLICKHOUSE_WRITE_MS 60000    /* one statement that writes */
#define CLICKHOUSE_LINE_MAX (1u << 20) /* bytes of one row of an answer */
#define CLICKHOUSE_BODY_MAX (256u << 20) /* bytes of one statement with rows */
#define CLICKHOUSE_CELLS_MAX 32

struct clickhouse_http;
struct clickhouse_http *clickhouse_http_new(const struct clickhouse_options *o);
void clickhouse_http_free(struct clickhouse_http *h);

/* How many addresses there are; the next one is asked from now on. */
size_t clickhouse_http_servers(const struct clickhouse_http *h);
void clickhouse_http_next(struct clickhouse_http *h);

/* Settings that go with every statement from now on: "name=value&...", ours. */
void clickhouse_http_settings(struct clickhouse_http *h, const char *settings);

/* One row of an answer; a NULL is a cell without bytes (p is NULL). The cells are
 * borrowed until it returns. False with err: nothing more is wanted. */
typedef bool clickhouse_row_fn(void *to, const struct str *cells, size_t n,
                               struct error *err);

#define CLICKHOUSE_TIMEOUT 159 /* a code: too slow, or not all of a cluster did it */

/* What came of it: reachable says whether the server was heard at all. */
struct clickhouse_asked {
    struct str sql; /* a SELECT in TabSeparated, or INSERT ... with its rows */
    int64_t limit_ms;
    const char *settings; /* of this statement, "&name=value"; NULL: none */
    bool (*stop)(void *arg); /* looked at all the time; NULL: never */
    void *stop_arg;
    clickhouse_row_fn *row; /* NULL: no rows are expected */
    void *to;
    bool reached;
    bool stopped; /* out: the connection was closed, and the server told to stop */
    int64_t code; /* out: ClickHouse's own number of what is wrong; 0: none */
};
bool clickhouse_http_ask(struct clickhouse_http *h, struct clickhouse_asked *a,
                         struct error *err) must_check;

#endif
