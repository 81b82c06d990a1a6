/* test_outbox_redrive.c -- what is sent again by hand, while all else goes on. */
#include "outbox_rig.h"

static const int64_t one[] = {1};

/* What is older than what comes back stays where it is. */
static void a_redrive_forgets_nothing_older(void **state)
{
    struct rig *r = *state;
    struct item *items[4];

    for (int i = 0; i < 4; i++)
        rig_put(r, "k");
    rig_settle_down(r);
    assert_int_equal(rig_take(r, 1, 3, items), 3);
    rig_defer(r, items[0], 1000, false);
    rig_deliver(r, items[1], "");
    rig_end(r, items[2], DELIVERY_DEAD);
    rig_settle_down(r);
    rig_redrive(r, 3, 1);
    rig_settle_down(r);
    assert_int_equal(rig_take(r, 1, 4, items), 0); /* the oldest is not due yet */
    r->now_ms += 1000;
    assert_int_equal(rig_take(r, 1, 4, items), 3);
    assert_int_equal(items[0]->kept->id, 1);
    assert_int_equal(items[1]->kept->id, 3);
    assert_int_equal(items[2]->kept->id, 4);
}

/* What is in flight when the queue is read again from before it: the disk says it
 * is pending until its end is written, and then it must not come a second time. */
static void a_redrive_and_an_end_at_once(void **state)
{
    static const struct {
        const char *name;
        int turns; /* between the redrive and the end */
    } table[] = {{"before it is read again", 0}, {"while it is read", 1}, {"after", 2}};
    struct rig *r = *state;

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct item *items[4];
        int64_t dead = rig_put(r, "dead");
        int64_t others = rig_put(r, "k");

        rig_put(r, "k");
        rig_settle_down(r);
        assert_int_equal(rig_take(r, 1, 4, items), 3);
        rig_end(r, items[0], DELIVERY_DEAD);
        rig_turn(r);
        rig_redrive(r, dead, 1);
        for (int k = 0; k < table[i].turns; k++)
            rig_turn(r);
        rig_deliver(r, items[1], "");
        rig_defer(r, items[2], 0, false);
        rig_settle_down(r);
        if (rig_take(r, 1, 4, items) != 2)
            print_error("%s\n", table[i].name);
        assert_int_equal(items[0]->kept->id, dead);
        assert_int_equal(items[1]->kept->id, others + 1);
        rig_deliver(r, items[0], "");
        rig_deliver(r, items[1], "");
        rig_settle_down(r);
        assert_null(rig_take_one(r));
    }
    rig_conserves(r);
}

/* What comes back to life is older than what was loaded already, and a refill is
 * on its way meanwhile: nothing may be left lying on disk. */
static void a_redrive_and_a_refill_at_once(void **state)
{
    struct rig *r = *state;
    struct item *items[64];
    int64_t first;
    size_t n = 0, total = 0;

    first = rig_put(r, "first");
    rig_settle_down(r);
    rig_end(r, rig_take_one(r), DELIVERY_DEAD);
    for (int i = 0; i < 2 * WINDOW_MAX; i++)
        rig_put(r, "k");
    rig_settle_down(r);
    while (total < WINDOW_MAX - 64 && (n = rig_take(r, 1, 64, items)) > 0) {
        /* The redrive first, then what makes the refill: both in one group. */
        if (total + n >= WINDOW_MAX - WINDOW_MAX / 4)
            rig_redrive(r, first, 1);
        for (size_t i = 0; i < n; i++)
            rig_deliver(r, items[i], "");
        total += n;
        if (r->redriven == -1)
            break;
        rig_turn(r);
    }
    assert_int_equal(r->redriven, -1);
    rig_settle_down(r);
    assert_int_equal(r->redriven, 1);
    n = rig_take(r, 1, 1, items);
    assert_int_equal(n, 1);
    assert_int_equal(items[0]->kept->id, first);
    rig_deliver(r, items[0], "");
    rig_settle_down(r);
    assert_int_equal(total + rig_drain(r, 32), 2 * WINDOW_MAX);
    rig_conserves(r);
}

/* A put that was promised a place in the window while a redrive empties it must
 * not come before what fell out. */
static void a_redrive_and_a_put_at_once(void **state)
{
    struct rig *r = *state;
    struct rig_alert begins = {ACTION_ENGAGE, "on", .to = one, .n = 1};
    struct rig_alert ends = {ACTION_RELEASE, "on", .to = one, .n = 1};
    int64_t dead = rig_put(r, "dead"), engage;
    struct item *item;

    rig_settle_down(r);
    rig_end(r, rig_take_one(r), DELIVERY_DEAD);
    rig_settle_down(r);
    engage = rig_put_alert(r, &begins);
    rig_settle_down(r);
    rig_redrive(r, dead, 1);
    rig_put_alert(r, &ends); /* in the same group, after the redrive */
    rig_turn(r);
    item = rig_take_one(r); /* whatever may go now, the release may not */
    if (item != NULL)
        assert_int_not_equal(item->kept->action, ACTION_RELEASE);
    if (item != NULL)
        rig_deliver(r, item, "");
    for (int i = 0; i < 5; i++) {
        rig_settle_down(r);
        item = rig_take_one(r);
        if (item == NULL)
            continue;
        if (item->kept->action == ACTION_RELEASE)
            assert_int_equal(rig_state(r, engage, 1), DELIVERY_DELIVERED);
        rig_deliver(r, item, "");
    }
    rig_settle_down(r);
    rig_conserves(r);
    assert_int_equal(rig_number(r->path, "SELECT pending FROM conservation", 0, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(a_redrive_forgets_nothing_older),
        RIG_TEST(a_redrive_and_an_end_at_once),
        RIG_TEST(a_redrive_and_a_refill_at_once),
        RIG_TEST(a_redrive_and_a_put_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
