/* test_outbox_cancel.c -- what waits is cancelled: it is dead, nobody takes it, and
 * what was behind it goes on. */
#include "outbox_rig.h"

#include "outbox/cancel.h"

static size_t cancel(struct rig *r, int64_t first, int64_t last)
{
    size_t n = (size_t)(last - first + 1), found = 99;
    struct delivery_id *ids = mem_array(n, sizeof *ids);

    for (size_t i = 0; i < n; i++)
        ids[i] = (struct delivery_id){first + (int64_t)i, 1};
    r->redriven = -1;
    outbox_cancel(r->outbox, ids, n, STR("cancelled by luca"), rig_counted, r);
    free(ids);
    rig_settle_down(r);
    found = (size_t)r->redriven;
    rig_conserves(r);
    return found;
}

static void put_many(struct rig *r, int n)
{
    for (int i = 0; i < n; i++)
        rig_put(r, "a");
    rig_settle_down(r);
}

static void what_waits_is_dead(void **state)
{
    struct rig *r = *state;
    struct item *i;

    put_many(r, 3);
    assert_int_equal(cancel(r, 1, 2), 2);
    assert_int_equal(rig_state(r, 1, 1), DELIVERY_DEAD);
    assert_int_equal(rig_state(r, 2, 1), DELIVERY_DEAD);
    assert_int_equal(rig_number(r->path, "SELECT count(*) FROM delivery WHERE reason ="
                                         " 'cancelled by luca' AND settled_ms > 0", 0, 0), 2);
    i = rig_take_one(r);
    assert_int_equal(i->kept->id, 3);
    rig_end(r, i, DELIVERY_DELIVERED);
    assert_null(rig_take_one(r));
}

static void what_is_in_flight_stays(void **state)
{
    struct rig *r = *state;
    struct item *i;

    put_many(r, 1);
    i = rig_take_one(r);
    assert_int_equal(cancel(r, 1, 1), 0);
    rig_end(r, i, DELIVERY_DELIVERED);
    rig_settle_down(r);
    assert_int_equal(rig_state(r, 1, 1), DELIVERY_DELIVERED);
    assert_int_equal(cancel(r, 1, 5), 0);
}

static void a_retry_is_undone(void **state)
{
    struct rig *r = *state;

    put_many(r, 2);
    rig_end(r, rig_take_one(r), DELIVERY_DEAD);
    rig_settle_down(r);
    rig_redrive(r, 1, 1);
    rig_settle_down(r);
    assert_int_equal(cancel(r, 1, 1), 1);
    assert_int_equal(rig_state(r, 1, 1), DELIVERY_DEAD);
    assert_int_equal(rig_take_one(r)->kept->id, 2);
}

/* Also what is on disk only, or being read from it just now. */
static void a_long_queue_is_cancelled(void **state)
{
    enum { N = WINDOW_MAX + 500 };
    struct rig *r = *state;
    size_t taken = 0, cancelled = 0;
    struct item *i;

    put_many(r, N);
    for (int64_t id = 2; id + 499 <= N; id += 500)
        cancelled += cancel(r, id, id + 499);
    while ((i = rig_take_one(r)) != NULL) {
        assert_true(i->kept->id == 1 || (size_t)i->kept->id > 1 + cancelled);
        rig_end(r, i, DELIVERY_DELIVERED);
        rig_settle_down(r);
        taken++;
    }
    assert_int_equal(taken + cancelled, N);
    rig_reopen(r);
    rig_settle_down(r);
    assert_null(rig_take_one(r));
}

static void a_refill_that_is_on_its_way_brings_nothing_back(void **state)
{
    struct rig *r = *state;
    struct delivery_id id = {2, 1};

    put_many(r, 3);
    rig_reopen(r);
    rig_turn(r); /* the timer has gathered a refill, which is not committed */
    r->now_ms += 2;
    outbox_cancel(r->outbox, &id, 1, STR("x"), rig_counted, r);
    rig_settle_down(r);
    rig_conserves(r);
    rig_end(r, rig_take_one(r), DELIVERY_DELIVERED);
    rig_settle_down(r);
    assert_int_equal(rig_take_one(r)->kept->id, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(what_waits_is_dead),
        RIG_TEST(what_is_in_flight_stays),
        RIG_TEST(a_retry_is_undone),
        RIG_TEST(a_long_queue_is_cancelled),
        RIG_TEST(a_refill_that_is_on_its_way_brings_nothing_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
