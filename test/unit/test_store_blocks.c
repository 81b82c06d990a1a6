/* test_store_blocks.c -- blocks of old rows: when they are made, what makes rows of
 * them loose, and that nothing of it can be seen in an answer. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/sqlite_block.h"
#include "store_rig.h"

#define ALERTS 2000
#define BLOCK 300
#define STEP_MS 1000
#define END_MS (T0 + ALERTS * STEP_MS)
#define LATER_MS (END_MS + BLOCK_QUIET_MS + 60000)

static int64_t number(struct bench *b, const char *sql)
{
    struct error err = {0};
    int64_t n = -1;

    if (!sqlite_number(sqlite_of(b->engine), sql, &n, &err))
        fail_msg("%s", err.text);
    return n;
}

static void run(struct bench *b, const char *sql)
{
    struct error err = {0};

    if (!sqlite_exec(sqlite_of(b->engine), sql, &err))
        fail_msg("%s", err.text);
}

/* Until there is nothing to do; how many were made. */
static int blocks_make(struct bench *b, int64_t now_ms)
{
    struct error err = {0};
    bool made = true;
    int n = -1;

    for (; made; n++)
        if (!block_make(sqlite_of(b->engine), now_ms, &made, &err))
            fail_msg("%s", err.text);
    return n;
}

static void put(struct bench *b, int64_t from, int64_t n, uint32_t odd)
{
    const struct many many = {
        .seed = 7,
        .first_ms = T0,
        .step_ms = STEP_MS,
        .odd_per_mille = odd,
    };

    store_put_many(b->engine, &many, from, n);
}

static int blocks_setup(void **state)
{
    int code = store_setup(state);
    struct bench *b = *state;

    if (code == 0 && !store_is_clickhouse())
        sqlite_of(b->engine)->block_rows = BLOCK;
    return code;
}

static void sound(struct bench *b)
{
    struct error err = {0};

    if (!store_engine_verify(b->engine, &err))
        fail_msg("%s", err.text);
}

/* --- when they are made -------------------------------------------------------------- */

static void only_what_is_old_and_enough_is_in_one(void **state)
{
    struct bench *b = *state;

    put(b, 1, BLOCK, 0);
    assert_int_equal(blocks_make(b, LATER_MS), 0); /* not more than one's */
    put(b, BLOCK + 1, ALERTS - BLOCK, 0);
    assert_int_equal(blocks_make(b, T0), 0); /* all are young */
    assert_int_equal(blocks_make(b, LATER_MS), (ALERTS * 19 / 20 - 1) / BLOCK);
    assert_int_equal(number(b, "SELECT sum(n) FROM block"),
                     number(b, "SELECT count(*) FROM occurrence WHERE tstamp_ms <"
                               " (SELECT max(to_ms) FROM block)"));
    assert_int_equal(number(b, "SELECT sum(loose) FROM block"), 0);
    sound(b);
}

static void rows_of_one_time_are_no_block(void **state)
{
    struct bench *b = *state;

    for (int64_t id = 1; id <= 2 * BLOCK; id++) {
        struct alert a = store_alert(id, ACTION_STORE);

        a.tstamp_ms = T0;
        store_put(b, &a);
    }
    assert_int_equal(blocks_make(b, LATER_MS), 1);
    assert_int_equal(number(b, "SELECT n FROM block"), 0);
    sound(b);
}

/* --- what changes is loose, until there is too much of it ------------------------------- */

struct facets_of {
    struct store_facets all, host;
    int64_t top;
};

static struct facets_of ask_all(struct bench *b)
{
    struct store_query q = query_any();
    struct facets_of f = {0};
    struct store_top top;
    struct error err = {0};

    q.filter = filter_parse(STR("score>=0"), &b->arena, NULL, &err);
    assert_true(store_engine_facets(b->engine, &q, &f.all, &err));
    assert_true(store_engine_top(b->engine, &q, STR("cli_ip"), STR_NONE, 1,
                                 &b->arena, &top, &err));
    f.top = top.n > 0 ? top.values[0].n : 0;
    q.filter = filter_parse(STR("entity=host and score>0"), &b->arena, NULL, &err);
    assert_true(store_engine_facets(b->engine, &q, &f.host, &err));
    return f;
}

static const char *const changes[] = {
    "UPDATE occurrence SET acked = 1 WHERE id % 97 = 3",
    "UPDATE occurrence SET deletion = 5 WHERE id % 101 = 3",
    "UPDATE occurrence SET deletion = 0 WHERE deletion = 5",
    "UPDATE occurrence SET cli_ip = '192.0.2.1', score = score + 1"
    " WHERE id % 89 = 3",
    "UPDATE occurrence SET tstamp_ms = tstamp_ms + 400000 WHERE id = 707;"
    "UPDATE line SET tstamp_ms = tstamp_ms + 400000 WHERE id = 707;"
    "UPDATE detail SET tstamp_ms = tstamp_ms + 400000 WHERE id = 707",
    "DELETE FROM occurrence WHERE id % 83 = 3",
    "DELETE FROM occurrence WHERE id % 3 = 0",
};

static void what_changes_is_as_if_there_were_no_blocks(void **state)
{
    struct bench *b = *state;

    put(b, 1, ALERTS, 20);
    assert_true(blocks_make(b, LATER_MS) > 3);
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct facets_of with, made, without;

        run(b, changes[i]);
        sound(b);
        with = ask_all(b);
        blocks_make(b, LATER_MS);
        sound(b);
        made = ask_all(b);
        run(b, "SAVEPOINT s; DELETE FROM block");
        assert_int_equal(number(b, "SELECT (SELECT count(*) FROM loose) +"
                                   " (SELECT count(*) FROM block_column)"), 0);
        sqlite_of(b->engine)->deadline_ms = 0;
        run(b, "RELEASE s");
        without = ask_all(b);
        assert_memory_equal(&with, &without, sizeof with);
        assert_memory_equal(&made, &without, sizeof made);
        blocks_make(b, LATER_MS);
    }
}

static void late_rows_are_loose_and_then_in_a_block(void **state)
{
    struct bench *b = *state;
    int64_t blocks;

    put(b, 1, 700, 0);
    put(b, 1000, ALERTS - 1000, 0);
    blocks_make(b, LATER_MS);
    blocks = number(b, "SELECT count(*) FROM block");
    put(b, 701, 5, 0);
    assert_int_equal(number(b, "SELECT count(*) FROM loose"), 5);
    sound(b);
    put(b, 706, 294, 0);
    assert_true(blocks_make(b, LATER_MS) > 0);
    assert_int_equal(number(b, "SELECT count(*) FROM loose"), 0);
    assert_true(number(b, "SELECT count(*) FROM block") >= blocks);
    sound(b);
}

static void pruned_blocks_go(void **state)
{
    const struct store_class old = {.most = SEVERITY_EMERGENCY, .keep_ms = 1};
    struct bench *b = *state;
    struct error err = {0};
    size_t pruned;

    put(b, 1, ALERTS, 0);
    blocks_make(b, LATER_MS);
    do {
        assert_true(store_engine_prune(b->engine, &old, 1, LATER_MS, 100, &pruned,
                                       &err));
        blocks_make(b, LATER_MS);
        sound(b);
    } while (pruned > 0);
    run(b, "DELETE FROM occurrence"); /* the engaged ones stayed */
    blocks_make(b, LATER_MS);
    assert_int_equal(number(b, "SELECT count(*) FROM block_column"), 0);
}

/* --- what is damaged is found -------------------------------------------------------------- */

static void verify_finds_what_a_block_says_wrongly(void **state)
{
    static const struct {
        const char *sql, *want;
    } table[] = {
        {"UPDATE block_column SET data = x'01' WHERE key % 128 = 4", "is damaged"},
        {"UPDATE block_column SET data = zeroblob(200000) WHERE key % 128 = 4",
         "is damaged"},
        {"UPDATE block_column SET data = (SELECT data FROM block_column AS o WHERE"
         " o.key % 128 = 8 AND o.key / 128 = block_column.key / 128)"
         " WHERE key % 128 = 9", "something else than alert"},
        {"DELETE FROM loose", "rows, not"},
        {"UPDATE block SET n = n - 1", "damaged"},
        {"DELETE FROM block_column WHERE key % 128 = 75", "damaged"},
    };
    struct bench *b = *state;
    struct error err = {0};

    put(b, 1, ALERTS, 30);
    blocks_make(b, LATER_MS);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        run(b, "SAVEPOINT s");
        run(b, table[i].sql);
        assert_false(store_engine_verify(b->engine, &err));
        if (strstr(err.text, table[i].want) == NULL)
            fail_msg("%s: %s", table[i].sql, err.text);
        run(b, "ROLLBACK TO s; RELEASE s");
    }
    sound(b);
}

/* --- from schema 2 ---------------------------------------------------------------------------- */

static void the_second_schema_gets_blocks(void **state)
{
    struct bench *b = *state;

    put(b, 1, ALERTS, 0);
    run(b, "DROP TRIGGER occurrence_loose_in; DROP TRIGGER occurrence_loose_change;"
           "DROP TRIGGER occurrence_loose_out; DROP TABLE loose; DROP TABLE block;"
           "DROP TABLE block_column; PRAGMA user_version = 2");
    store_engine_close(b->engine);
    store_open(b);
    sqlite_of(b->engine)->block_rows = BLOCK;
    assert_int_equal(number(b, "PRAGMA user_version"), SQLITE_SCHEMA_VERSION);
    assert_true(blocks_make(b, LATER_MS) > 3);
    sound(b);
}

/* A page that is out of time ends in front of a block, and goes on there. */
static void a_slow_page_goes_on(void **state)
{
    struct bench *b = *state;
    struct store_query q = query_any();
    struct store_page page = {.more = true};
    size_t n = 0, pages = 0;

    put(b, 1, ALERTS, 0);
    blocks_make(b, LATER_MS);
    q.until_ms = number(b, "SELECT max(to_ms) FROM block");
    q.text = STR("host1");
    for (int slow = 0; slow < 2; slow++) {
        size_t found = 0;

        sqlite_of(b->engine)->read_limit_ms = slow ? 0 : 60000;
        q.before_id = q.before_tstamp_ms = 0;
        for (page.more = true; page.more; pages++) {
            page = store_ask(b, &q);
            q.before_id = page.last_id;
            q.before_tstamp_ms = page.last_tstamp_ms;
            found += page.n;
            assert_true(pages < 200);
        }
        assert_true(slow == 0 || found == n);
        n = found;
    }
    assert_true(n > 0);
}

#define BLOCK_TEST(name)                                                       \
    cmocka_unit_test_setup_teardown(name, blocks_setup, store_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BLOCK_TEST(only_what_is_old_and_enough_is_in_one),
        BLOCK_TEST(rows_of_one_time_are_no_block),
        BLOCK_TEST(what_changes_is_as_if_there_were_no_blocks),
        BLOCK_TEST(late_rows_are_loose_and_then_in_a_block),
        BLOCK_TEST(pruned_blocks_go),
        BLOCK_TEST(verify_finds_what_a_block_says_wrongly),
        BLOCK_TEST(the_second_schema_gets_blocks),
        BLOCK_TEST(a_slow_page_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
