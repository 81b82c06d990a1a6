/* store_rig.c -- a history in a directory of its own, and rows to put in. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "base/clock.h"
#include "store_rig.h"

/* TOCSIN_TEST_CLICKHOUSE: the address of a server that is asked instead, in a new
 * database for each test; what looks into the file is skipped then.
 * TOCSIN_TEST_CLUSTER: the name of a cluster that it is in. */
bool store_is_clickhouse(void)
{
    return getenv("TOCSIN_TEST_CLICKHOUSE") != NULL;
}

static struct store_engine *clickhouse_open(struct bench *b, struct error *err)
{
    const struct clickhouse_options o = {
        .url = str_of(getenv("TOCSIN_TEST_CLICKHOUSE")),
        .database = arena_printf(&b->arena, "rig_%s",
                                 b->directory + strlen("/tmp/test-store-")),
        .cluster = str_of(getenv("TOCSIN_TEST_CLUSTER")),
    };

    return store_clickhouse_open(&o, err);
}

void store_open(struct bench *b)
{
    struct error err = {0};

    b->engine = store_is_clickhouse() ? clickhouse_open(b, &err)
                                      : store_sqlite_open(b->path, &err);
    assert_string_equal(err.text, "");
    assert_non_null(b->engine);
}

int store_setup(void **state)
{
    struct bench *b = mem_new(sizeof *b);

    snprintf(b->directory, sizeof b->directory, "/tmp/test-store-XXXXXX");
    assert_non_null(mkdtemp(b->directory));
    snprintf(b->path, sizeof b->path, "%s/history.db", b->directory);
    store_open(b);
    *state = b;
    return 0;
}

int store_teardown(void **state)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    struct bench *b = *state;
    char path[80];

    store_engine_close(b->engine);
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        snprintf(path, sizeof path, "%s%s", b->path, ends[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(b->directory), 0);
    arena_release(&b->arena);
    free(b);
    return 0;
}

struct alert store_alert(int64_t id, enum action action)
{
    return (struct alert){
        .id = id,
        .action = action,
        .entity = ENTITY_HOST,
        .entity_value = STR("192.168.1.7@12"),
        .type = STR("syn_scan"),
        .type_id = -1,
        .category = STR("security"),
        .severity = SEVERITY_ERROR,
        .score = 100,
        .message = STR("Somebody scans"),
        .tstamp_ms = T0 + id,
        .key = STR("host:192.168.1.7@12:syn_scan"),
        .source = STR("native"),
    };
}

/* A server of a cluster may take its time to make its tables: who delivers tries again
 * what failed, and so do we, for a while. */
static void put_all(struct store_engine *e, const struct alert **list, size_t n,
                    int64_t now_ms)
{
    bool in_cluster = getenv("TOCSIN_TEST_CLUSTER") != NULL;
    int64_t until_ms = clock_tick_ms(&clock_real) + (in_cluster ? 120000 : 0);
    struct error err = {0};

    while (!store_engine_put(e, list, n, now_ms, &err)) {
        if (clock_tick_ms(&clock_real) >= until_ms)
            fail_msg("%s", err.text);
        usleep(200 * 1000);
    }
}

void store_put(struct bench *b, const struct alert *a)
{
    put_all(b->engine, &a, 1, T0 + 999);
}

void store_put_many(struct store_engine *e, const struct many *m, int64_t from,
                    int64_t n)
{
    struct alert *alerts = mem_array((size_t)n, sizeof *alerts);
    const struct alert **list = mem_array((size_t)n, sizeof *list);
    struct arena arena freed_by(arena_release) = {0};

    for (int64_t i = 0; i < n; i++) {
        many_alert(m, from + i, &arena, &alerts[i]);
        list[i] = &alerts[i];
    }
    put_all(e, list, (size_t)n, T0);
    free(alerts);
    free(list);
}

struct store_query query_any(void)
{
    return (struct store_query){.entity = -1, .limit = 100};
}

struct store_page store_ask(struct bench *b,
                            const struct store_query *q)
{
    struct error err = {0};
    struct store_page page;

    if (!store_engine_list(b->engine, q, &b->arena, &page, &err))
        fail_msg("%s", err.text);
    return page;
}

const struct json *store_parse(struct bench *b, struct str text)
{
    struct error err = {0};
    const struct json *j = json_parse(&b->arena, text, &err);

    if (j == NULL)
        fail_msg("%s: %.*s", err.text, STR_ARG(text));
    return j;
}

static uint32_t rows_draw(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

void rows_make(struct row *rows)
{
    uint32_t seed = 4711;

    for (size_t i = 0; i < ROWS; i++)
        rows[i] = (struct row){
            .id = (int64_t)i + 1,
            .tstamp_ms = T0 + (int64_t)(rows_draw(&seed) % 1000) * 60000,
            .severity = (enum severity)(rows_draw(&seed) % SEVERITY_COUNT),
            .entity = (enum entity)(rows_draw(&seed) % 8),
            .native = rows_draw(&seed) % 3 == 0,
            .engaged = rows_draw(&seed) % 10 == 0,
        };
}

void rows_put(struct bench *b, const struct row *rows)
{
    struct alert *alerts = mem_array(ROWS, sizeof *alerts);
    const struct alert **list = mem_array(ROWS, sizeof *list);
    struct error err = {0};

    for (size_t i = 0; i < ROWS; i++) {
        alerts[i] = store_alert(rows[i].id, rows[i].engaged ? ACTION_ENGAGE
                                                           : ACTION_STORE);
        alerts[i].tstamp_ms = rows[i].tstamp_ms;
        alerts[i].severity = rows[i].severity;
        alerts[i].entity = rows[i].entity;
        alerts[i].source = rows[i].native ? STR("native") : STR("ntopng");
        list[i] = &alerts[i];
    }
    for (size_t i = 0; i < ROWS; i += 500)
        assert_true(store_engine_put(b->engine, list + i, 500, T0, &err));
    free(alerts);
    free(list);
}
