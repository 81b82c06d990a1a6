/* test_outbox_pause.c -- pauses of queues: kept over restarts, ended by hand or by
 * their time, forgotten with what they were of. */
#include "outbox_rig.h"

#include "outbox/pause.h"

#define HOUR_MS (3600 * 1000LL)

static const struct pause of_one = {
    .of = PAUSE_RECIPIENT,
    .id = 1,
    .since_ms = RIG_T0,
    .by = STR("luca"),
    .reason = STR("new certificates"),
};

static struct pause until(int64_t until_ms)
{
    struct pause p = of_one;

    p.until_ms = until_ms;
    return p;
}

struct answers {
    int yes, no;
};

static void answered(void *arg, bool committed)
{
    struct answers *a = arg;

    *(committed ? &a->yes : &a->no) += 1;
}

static const struct pause *paused(const struct rig *r)
{
    return outbox_paused(r->outbox, PAUSE_RECIPIENT, 1);
}

static void put_down(struct rig *r, const struct pause *p)
{
    outbox_pause(r->outbox, p, NULL, NULL);
    rig_settle_down(r);
}

static void a_pause_is_there_once_it_is_written(void **state)
{
    struct rig *r = *state;
    struct answers a = {0};

    outbox_pause(r->outbox, &of_one, answered, &a);
    assert_null(paused(r));
    rig_settle_down(r);
    assert_int_equal(a.yes, 1);
    assert_true(str_is(paused(r)->by, "luca"));
    assert_null(outbox_paused(r->outbox, PAUSE_ENDPOINT, 1));
    assert_null(outbox_paused(r->outbox, PAUSE_RECIPIENT, 2));
    assert_int_equal(outbox_resumed_ms(r->outbox, PAUSE_RECIPIENT, 1), 0);
}

static void a_restart_resumes_nothing(void **state)
{
    struct rig *r = *state;

    put_down(r, &of_one);
    rig_reopen(r);
    assert_true(str_is(paused(r)->by, "luca"));
    assert_true(str_is(paused(r)->reason, "new certificates"));
    assert_int_equal(paused(r)->since_ms, RIG_T0);
    outbox_resume(r->outbox, PAUSE_RECIPIENT, 1, NULL, NULL);
    rig_settle_down(r);
    assert_null(paused(r));
    assert_true(outbox_resumed_ms(r->outbox, PAUSE_RECIPIENT, 1) > RIG_T0);
    rig_reopen(r);
    assert_null(paused(r));
    assert_true(outbox_resumed_ms(r->outbox, PAUSE_RECIPIENT, 1) > RIG_T0);
}

static void the_newest_pause_counts(void **state)
{
    struct rig *r = *state;
    struct pause again = until(RIG_T0 + HOUR_MS);

    put_down(r, &of_one);
    again.by = STR("maya");
    put_down(r, &again);
    assert_true(str_is(paused(r)->by, "maya"));
    assert_int_equal(rig_number(r->path, "SELECT count(*) FROM pause", 0, 0), 1);
}

static void its_time_ends_it(void **state)
{
    struct rig *r = *state;
    struct pause p = until(RIG_T0 + HOUR_MS);

    put_down(r, &p);
    r->now_ms = RIG_T0 + HOUR_MS - 10;
    rig_turn(r);
    assert_non_null(paused(r));
    r->now_ms = RIG_T0 + HOUR_MS;
    assert_null(paused(r)); /* at once, whatever the disk does */
    rig_settle_down(r);
    assert_int_equal(outbox_resumed_ms(r->outbox, PAUSE_RECIPIENT, 1), RIG_T0 + HOUR_MS);
    assert_int_equal(rig_number(r->path, "SELECT ended_ms FROM pause", 0, 0),
                     RIG_T0 + HOUR_MS);
}

static void its_time_may_come_while_we_are_down(void **state)
{
    struct rig *r = *state;
    struct pause p = until(RIG_T0 + HOUR_MS);

    put_down(r, &p);
    r->now_ms = RIG_T0 + 2 * HOUR_MS;
    rig_reopen(r);
    assert_null(paused(r));
    rig_settle_down(r);
    assert_int_equal(outbox_resumed_ms(r->outbox, PAUSE_RECIPIENT, 1), RIG_T0 + HOUR_MS);
}

static void what_is_not_paused_is_resumed_as_well(void **state)
{
    struct rig *r = *state;
    struct answers a = {0};

    outbox_resume(r->outbox, PAUSE_ENDPOINT, 7, answered, &a);
    rig_settle_down(r);
    assert_int_equal(a.yes, 1);
    assert_int_equal(rig_number(r->path, "SELECT count(*) FROM pause", 0, 0), 0);
}

static void a_recipient_that_is_no_more_has_no_pause(void **state)
{
    struct rig *r = *state;
    struct pause other = of_one;

    other.of = PAUSE_ENDPOINT;
    put_down(r, &of_one);
    put_down(r, &other);
    outbox_abandon(r->outbox, 1, STR("the recipient was deleted"));
    rig_settle_down(r);
    assert_null(paused(r));
    assert_int_equal(rig_number(r->path, "SELECT count(*) FROM pause", 0, 0), 1);
    outbox_pause_forget(r->outbox, PAUSE_ENDPOINT, 1);
    rig_settle_down(r);
    assert_int_equal(rig_number(r->path, "SELECT count(*) FROM pause", 0, 0), 0);
}

static void a_paused_queue_takes_what_comes(void **state)
{
    struct rig *r = *state;
    struct item *i;

    put_down(r, &of_one);
    rig_put(r, "a");
    rig_settle_down(r);
    rig_conserves(r);
    assert_int_equal(r->committed, 1);
    i = rig_take_one(r); /* whether to take it is the courier's to ask */
    assert_non_null(i);
    rig_end(r, i, DELIVERY_DELIVERED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(a_pause_is_there_once_it_is_written),
        RIG_TEST(a_restart_resumes_nothing),
        RIG_TEST(the_newest_pause_counts),
        RIG_TEST(its_time_ends_it),
        RIG_TEST(its_time_may_come_while_we_are_down),
        RIG_TEST(what_is_not_paused_is_resumed_as_well),
        RIG_TEST(a_recipient_that_is_no_more_has_no_pause),
        RIG_TEST(a_paused_queue_takes_what_comes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
