/* test_store_cancel.c -- a question that nobody waits for any more stops where it is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/clickhouse.h"
#include "store/sqlite_block.h"
#include "store_rig.h"

#define ALERTS 5000
#define BLOCK 400
#define STEP_MS 1000
#define CANCELLED "cancelled: nobody waits for the answer any more"

static const struct many many = {.seed = 7, .first_ms = T0, .step_ms = STEP_MS};

/* --- SQLite: in the middle of its statements ---------------------------------------- */

/* Called when a statement begins, the question's first one too. */
static int cancel_now(unsigned why unused, void *cancel, void *statement unused,
                      void *text unused)
{
    atomic_store((atomic_bool *)cancel, true);
    return 0;
}

static bool list(struct store_engine *e, const struct store_query *q,
                 struct arena *a, struct error *err)
{
    struct store_page page;

    return store_engine_list(e, q, a, &page, err);
}

static bool facets(struct store_engine *e, const struct store_query *q,
                   struct arena *a unused, struct error *err)
{
    struct store_facets f;

    return store_engine_facets(e, q, &f, err);
}

static bool histogram(struct store_engine *e, const struct store_query *q,
                      struct arena *a, struct error *err)
{
    struct store_histogram h;

    return store_engine_histogram(e, q, HOUR_MS, a, &h, err);
}

static bool top(struct store_engine *e, const struct store_query *q,
                struct arena *a, struct error *err)
{
    struct store_top t;

    return store_engine_top(e, q, STR("cli_ip"), STR_NONE, 10, a, &t, err);
}

static const struct {
    const char *name;
    bool (*ask)(struct store_engine *e, const struct store_query *q,
                struct arena *a, struct error *err);
} questions[] = {
    {"list", list},
    {"facets", facets},
    {"histogram", histogram},
    {"top", top},
};

static void stops(struct bench *b, size_t i, const struct store_query *q)
{
    struct store_engine *e = b->engine;
    sqlite3 *db = sqlite_of(e)->db;
    struct error err = {0};
    atomic_bool cancel = false;

    e->cancel = &cancel;
    sqlite3_trace_v2(db, SQLITE_TRACE_STMT, cancel_now, &cancel);
    if (questions[i].ask(e, q, &b->arena, &err) || !e->cancelled)
        fail_msg("%s: it went on", questions[i].name);
    assert_string_equal(err.text, CANCELLED);
    sqlite3_trace_v2(db, 0, NULL, NULL);
    e->cancel = NULL;
    e->cancelled = false;
    if (!questions[i].ask(e, q, &b->arena, &err)) /* the next is not spoilt */
        fail_msg("%s: %s", questions[i].name, err.text);
}

static void all_stop(struct bench *b)
{
    struct store_query q = query_any();
    struct error err = {0};

    q.since_ms = T0;
    q.until_ms = T0 + (ALERTS + 1) * STEP_MS;
    q.filter = filter_parse(STR("message~nowhere or cli_ip=192.0.2.255"), &b->arena,
                            NULL, &err);
    assert_non_null(q.filter);
    sqlite_of(b->engine)->read_limit_ms = 600000; /* it is not what ends them */
    for (size_t i = 0; i < COUNT_OF(questions); i++)
        stops(b, i, &q);
}

static void rows_stop(void **state)
{
    struct bench *b = *state;

    if (store_is_clickhouse())
        skip();
    store_put_many(b->engine, &many, 1, ALERTS);
    all_stop(b);
}

static void blocks_stop(void **state)
{
    struct bench *b = *state;
    struct error err = {0};
    bool made = true;

    if (store_is_clickhouse())
        skip();
    store_put_many(b->engine, &many, 1, ALERTS);
    sqlite_of(b->engine)->block_rows = BLOCK;
    while (made)
        assert_true(block_make(sqlite_of(b->engine), T0 + 1500LL * HOUR_MS, &made,
                               &err));
    all_stop(b);
}

/* --- either, before it has begun ------------------------------------------------------ */

static void what_is_cancelled_does_not_begin(void **state)
{
    struct bench *b = *state;
    struct store_query q = query_any();
    atomic_bool cancel = true;
    struct error err = {0};

    q.since_ms = T0;
    q.until_ms = T0 + STEP_MS;
    b->engine->cancel = &cancel;
    for (size_t i = 0; i < COUNT_OF(questions); i++) {
        b->engine->cancelled = false;
        assert_false(questions[i].ask(b->engine, &q, &b->arena, &err));
        assert_string_equal(err.text, CANCELLED);
        assert_true(b->engine->cancelled);
    }
    b->engine->cancelled = false;
    b->engine->cancel = NULL;
    assert_true(list(b->engine, &q, &b->arena, &err));
}

/* --- ClickHouse: the server stops, too -------------------------------------------------- */

static bool third_look(void *looks)
{
    int *n = looks;

    return ++*n > 3;
}

static bool number_read(void *number, const struct str *cells, size_t n unused,
                        struct error *err unused)
{
    *(int64_t *)number = cell_number(cells[0]);
    return true;
}

static int64_t ask_number(struct clickhouse_http *h, const char *sql)
{
    int64_t n = -1;
    struct clickhouse_asked a = {
        .sql = str_of(sql),
        .limit_ms = 10000,
        .row = number_read,
        .to = &n,
    };
    struct error err = {0};

    if (!clickhouse_http_ask(h, &a, &err))
        fail_msg("%s: %s", sql, err.text);
    return n;
}

#define ENDLESS "SELECT count() FROM system.numbers"

static void the_server_stops(void **state)
{
    struct bench *b = *state;
    int looks = 0, tries = 0;
    struct clickhouse_asked a = {
        .sql = STR(ENDLESS),
        .limit_ms = 600000,
        .stop = third_look,
        .stop_arg = &looks,
    };
    struct clickhouse_http *h;
    struct error err = {0};

    if (!store_is_clickhouse())
        skip();
    h = clickhouse_of(b->engine)->http;
    assert_false(clickhouse_http_ask(h, &a, &err));
    assert_true(a.stopped && a.reached);
    while (ask_number(h, "SELECT count() FROM system.processes WHERE query LIKE '"
                         ENDLESS "%'") > 0)
        assert_true(++tries < 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_stop),
        TEST(blocks_stop),
        TEST(what_is_cancelled_does_not_begin),
        TEST(the_server_stops),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
