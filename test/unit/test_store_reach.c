/* test_store_reach.c -- the end of the time that alerts are kept: what is engaged
 * outlives it with its marks, what ended is gone and never comes back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "store_rig.h"

#define DAY_MS (24 * HOUR_MS)
#define AGE_DAYS 20 /* of the alerts here; by the real clock, as servers go by it */

static int64_t began_ms(int64_t id)
{
    return clock_wall_ms(&clock_real) / DAY_MS * DAY_MS - AGE_DAYS * DAY_MS + id;
}

/* Alerts are kept so long from now on; it is looked for what is older. */
static void keep(struct bench *b, int64_t days)
{
    const struct store_class all = {
        .most = SEVERITY_EMERGENCY,
        .keep_ms = days * DAY_MS,
    };
    struct error err = {0};
    size_t pruned = 1;

    while (pruned > 0)
        if (!store_engine_prune(b->engine, &all, 1, clock_wall_ms(&clock_real),
                                1000, &pruned, &err))
            fail_msg("%s", err.text);
}

static void put(struct bench *b, int64_t id, enum action action)
{
    struct alert a = store_alert(id, action);

    a.tstamp_ms = began_ms(id);
    store_put(b, &a);
}

static void release(struct bench *b, int64_t began_id, int64_t id)
{
    struct alert a = store_alert(id, ACTION_RELEASE);

    a.began_id = began_id;
    a.tstamp_ms = began_ms(began_id); /* as intake has it */
    a.tstamp_end_ms = a.tstamp_ms + 5 * DAY_MS;
    store_put(b, &a);
}

static void mark(struct bench *b, const int64_t *id, enum store_mark_kind kind)
{
    struct store_query q = query_any();
    const struct store_mark m = {
        .kind = kind,
        .at_ms = T0,
        .by = STR("maya"),
        .text = STR("seen"),
    };
    struct store_marked marked;
    struct error err = {0};

    q.ids = id;
    q.id_count = 1;
    if (!store_engine_mark(b->engine, &q, &m, &marked, &err))
        fail_msg("%s", err.text);
    assert_false(marked.more);
}

static void is_there(struct bench *b, int64_t total, int64_t engaged)
{
    struct store_query q = query_any();
    struct store_facets f;
    struct error err = {0};

    assert_true(store_engine_facets(b->engine, &q, &f, &err));
    assert_int_equal(f.total, total);
    assert_int_equal(f.engaged, engaged);
    assert_int_equal(store_ask(b, &q).n, total);
    if (!store_engine_verify(b->engine, &err))
        fail_msg("%s", err.text);
}

static void open_again(struct bench *b)
{
    store_engine_close(b->engine);
    store_open(b);
}

static void what_is_engaged_outlives_the_history(void **state)
{
    static const int64_t one = 1;
    struct bench *b = *state;
    struct store_note *notes;
    struct store_row row;
    struct error err = {0};
    size_t n;

    put(b, 1, ACTION_ENGAGE);
    put(b, 2, ACTION_STORE);
    mark(b, &one, MARK_ACK);
    mark(b, &one, MARK_NOTE);
    is_there(b, 2, 1);
    keep(b, 10);
    is_there(b, 1, 1);
    open_again(b);
    keep(b, 8);
    mark(b, &one, MARK_NOTE);
    is_there(b, 1, 1);
    assert_true(store_engine_get(b->engine, 1, &b->arena, &row, &err));
    assert_string_equal(row.acked_by.p, "maya");
    assert_int_equal(row.notes, 2);
    assert_true(store_engine_notes(b->engine, 1, &b->arena, &notes, &n, &err));
    assert_int_equal(n, 2);
    release(b, 1, 3);
    keep(b, 8);
    is_there(b, 0, 0);
}

/* One that is engaged came late, when its day was gone already. */
static void what_is_engaged_may_come_late(void **state)
{
    struct bench *b = *state;

    put(b, 1, ACTION_STORE);
    keep(b, 10);
    is_there(b, 0, 0);
    put(b, 2, ACTION_ENGAGE);
    keep(b, 10);
    is_there(b, 1, 1);
    release(b, 2, 3);
    keep(b, 10);
    is_there(b, 0, 0);
}

static void what_ended_never_comes_back(void **state)
{
    struct bench *b = *state;

    for (int64_t id = 1; id <= 40; id++)
        put(b, id, ACTION_ENGAGE);
    for (int64_t id = 1; id <= 40; id += 2)
        release(b, id, 100 + id);
    is_there(b, 40, 20);
    for (int64_t id = 2; id <= 40; id += 2)
        release(b, id, 100 + id);
    is_there(b, 40, 0);
    for (int64_t days = AGE_DAYS + 2; days > AGE_DAYS - 4; days--) {
        keep(b, days);
        open_again(b);
        is_there(b, days > AGE_DAYS ? 40 : 0, 0);
    }
}

/* Kept longer again: what was there is gone, what comes now is not. */
static void it_may_be_kept_longer_again(void **state)
{
    struct bench *b = *state;

    put(b, 1, ACTION_ENGAGE);
    put(b, 2, ACTION_STORE);
    keep(b, 10);
    is_there(b, 1, 1);
    keep(b, 100);
    is_there(b, 1, 1);
    put(b, 3, ACTION_STORE);
    open_again(b);
    is_there(b, 2, 1);
    release(b, 1, 4);
    is_there(b, 2, 0);
    keep(b, 10);
    is_there(b, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_engaged_outlives_the_history),
        TEST(what_is_engaged_may_come_late),
        TEST(what_ended_never_comes_back),
        TEST(it_may_be_kept_longer_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
