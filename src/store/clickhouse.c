/* clickhouse.c -- the history in ClickHouse: connected when first asked, and again
 * after it was down. Nothing is lost meanwhile: a put that fails stays a delivery. */
#include "store/clickhouse_engine.h"

#include "base/log.h"

/* All of a cluster may take so long for a definition; and once one of them did
 * not answer. */
#define DEFINE_WAIT "&distributed_ddl_task_timeout=10"
#define DEFINE_SOON "&distributed_ddl_task_timeout=2"

struct clickhouse *clickhouse_of(struct store_engine *e)
{
    assert(e->type == &store_clickhouse);
    return CONTAINER_OF(e, struct clickhouse, engine);
}

struct store_engine *store_clickhouse_open(const struct clickhouse_options *o,
                                           struct error *err)
{
    struct clickhouse *e;

    if (!clickhouse_options_check(o, err))
        return NULL;
    e = mem_new(sizeof *e);
    e->engine.type = &store_clickhouse;
    e->read_limit_ms = CLICKHOUSE_READ_MS;
    e->options.database = arena_str(&e->arena, o->database);
    e->options.cluster = arena_str(&e->arena, o->cluster);
    e->ttl_s = -1;
    e->http = clickhouse_http_new(o);
    return &e->engine;
}

void clickhouse_close(struct store_engine *engine)
{
    struct clickhouse *e = clickhouse_of(engine);

    clickhouse_http_free(e->http);
    arena_release(&e->arena);
    free(e);
}

/* --- statements ------------------------------------------------------------------------ */

/* Of several servers the next is asked when one does not answer. What it may have
 * done all the same is done twice then, which changes nothing. */
static bool ask_any(struct clickhouse *e, struct clickhouse_asked *a)
{
    size_t servers = clickhouse_http_servers(e->http);
    bool ok = clickhouse_http_ask(e->http, a, &e->down);

    for (size_t i = 1; !ok && !a->reached && i < servers; i++) {
        clickhouse_http_next(e->http);
        e->ready = false; /* it is looked at before the next statement */
        ok = clickhouse_http_ask(e->http, a, &e->down);
    }
    return ok;
}

/* A server that is down is not asked over and over: each time may cost seconds. */
static bool ask(struct clickhouse *e, struct clickhouse_asked *a,
                struct error *err)
{
    bool ok;

    if (e->again_ms != 0 && clock_tick_ms(&clock_real) < e->again_ms) {
        if (err != NULL)
            *err = e->down;
        return false;
    }
    ok = ask_any(e, a);
    e->again_ms = 0;
    if (ok)
        return true;
    if (!a->reached) {
        e->ready = false; /* it may come back as another version */
        e->again_ms = clock_tick_ms(&clock_real) + CLICKHOUSE_AGAIN_MS;
    }
    if (err != NULL)
        *err = e->down;
    return false;
}

static bool sql_fits(const struct buf *sql, struct error *err)
{
    return !sql->over || error_set(err, "the filter is too long for the history; "
                                        "use fewer values");
}

bool clickhouse_run(struct clickhouse *e, const struct buf *sql,
                    struct error *err)
{
    struct clickhouse_asked a = {
        .sql = buf_view(sql),
        .limit_ms = CLICKHOUSE_WRITE_MS,
    };

    return sql_fits(sql, err) && ask(e, &a, err);
}

/* A server that is down finds the statement in the cluster's queue when it is back. */
bool clickhouse_define(struct clickhouse *e, const struct buf *sql,
                       struct error *err)
{
    bool in_cluster = e->options.cluster.n > 0;
    struct clickhouse_asked a = {
        .sql = buf_view(sql),
        .limit_ms = CLICKHOUSE_WRITE_MS,
        .settings = !in_cluster ? NULL : e->absent ? DEFINE_SOON : DEFINE_WAIT,
    };

    if (sql_fits(sql, err) && ask(e, &a, err)) {
        e->absent = false;
        return true;
    }
    if (!in_cluster || a.code != CLICKHOUSE_TIMEOUT)
        return false;
    if (!e->absent)
        log_warn("store", "a server of the ClickHouse cluster %.*s does not do "
                          "what it is told (%.*s ...); it does when it is back",
                 STR_ARG(e->options.cluster), (int)MIN(sql->n, 60u), sql->p);
    e->absent = true;
    return true;
}

static bool cancelled(void *engine)
{
    struct clickhouse *e = engine;

    return store_engine_cancelled(&e->engine);
}

bool clickhouse_rows(struct clickhouse *e, const struct buf *sql,
                     clickhouse_row_fn *row, void *to, struct error *err)
{
    struct clickhouse_asked a = {
        .sql = buf_view(sql),
        .limit_ms = e->read_limit_ms,
        .stop = cancelled,
        .stop_arg = e,
        .row = row,
        .to = to,
    };

    return sql_fits(sql, err) && ask(e, &a, err);
}

int64_t cell_number(struct str cell)
{
    int64_t number;

    return str_to_i64(cell, &number) ? number : 0;
}

struct place place_of(const struct str *cells)
{
    return (struct place){
        .tstamp_ms = cell_number(cells[0]),
        .id = cell_number(cells[1]),
    };
}

struct numbers {
    int64_t *to;
    size_t n;
};

static bool numbers_read(void *numbers, const struct str *cells, size_t n,
                         struct error *err unused)
{
    struct numbers *to = numbers;

    assert(n == to->n);
    for (size_t i = 0; i < n; i++)
        to->to[i] = cell_number(cells[i]);
    return true;
}

bool clickhouse_numbers(struct clickhouse *e, const struct buf *sql,
                        int64_t *out, size_t n, struct error *err)
{
    struct numbers to = {.to = out, .n = n};

    memset(out, 0, n * sizeof *out);
    return clickhouse_rows(e, sql, numbers_read, &to, err);
}

/* --- connecting ------------------------------------------------------------------------ */

static bool server_read(void *engine, const struct str *cells, size_t n unused,
                        struct error *err)
{
    struct clickhouse *e = engine;
    struct str rest = cells[0];

    e->server = cell_number(str_until(&rest, '.'));
    return e->server >= 18 ||
           error_set(err, "ClickHouse %.*s is too old; 18.16 and newer will do",
                     STR_ARG(cells[0]));
}

/* Settings by what the server knows: an unknown one is refused. */
static void settings_choose(struct clickhouse *e)
{
    struct buf b freed_by(buf_release) = BUF(1024);

    if (e->server >= 21) /* each day has its own parts */
        buf_text(&b, "&do_not_merge_across_partitions_select_final=1");
    if (e->options.cluster.n > 0) /* what we wrote is what we read */
        buf_text(&b, "&insert_distributed_sync=1&load_balancing=in_order"
                     "&connect_timeout_with_failover_ms=1000");
    clickhouse_http_settings(e->http, buf_c(&b));
}

bool clickhouse_ready(struct clickhouse *e, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(64);

    if (e->ready)
        return true;
    clickhouse_http_settings(e->http, "");
    buf_text(&b, "SELECT version()");
    if (!clickhouse_rows(e, &b, server_read, e, err))
        return false;
    settings_choose(e);
    e->ttl_s = -1;
    e->ready = clickhouse_schema(e, err);
    return e->ready;
}
