/* test_courier_paused.c -- queues that somebody stopped: nothing goes out, nothing
 * is lost, and what waited goes out in its order. */
#include "courier_rig.h"

#define HOUR_MS (3600 * 1000LL)

static int64_t endpoint_id(const struct desk *d, const char *name)
{
    return snapshot_endpoint(config_now(d->config), str_of(name))->id;
}

static void stop(struct desk *d, enum pause_of of, int64_t id, int64_t until_ms)
{
    outbox_pause(d->rig.outbox,
                 &(struct pause){.of = of, .id = id, .since_ms = d->rig.now_ms,
                                 .until_ms = until_ms, .by = STR("luca"),
                                 .reason = STR("new certificates")},
                 NULL, NULL);
    desk_rest(d);
}

static void go_on(struct desk *d, enum pause_of of, int64_t id)
{
    outbox_resume(d->rig.outbox, of, id, NULL, NULL);
    desk_rest(d);
}

static void a_paused_queue_keeps_its_order(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    stop(d, PAUSE_RECIPIENT, r, 0);
    desk_store(d, r, "a");
    desk_pass(d, HOUR_MS);
    desk_store(d, r, "ba");
    assert_string_equal(desk_sent(d, "r"), "");
    go_on(d, PAUSE_RECIPIENT, r);
    assert_string_equal(desk_drain(d), "0 1n 2n 3n");
}

static void what_is_in_flight_ends_as_it_would(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "a");
    desk_store(d, r, "b");
    stop(d, PAUSE_RECIPIENT, r, 0);
    desk_answer(d, "r", "ok");
    desk_is(d, 1, r, DELIVERY_DELIVERED, 1);
    assert_string_equal(desk_sent(d, "r"), "");
    go_on(d, PAUSE_RECIPIENT, r);
    assert_string_equal(desk_drain(d), "0 2n");
}

static void a_restart_sends_nothing(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "a"); /* in flight: its answer never comes */
    stop(d, PAUSE_RECIPIENT, r, 0);
    desk_store(d, r, "b");
    d->flights[0].request = NULL;
    desk_reopen(d);
    desk_pass(d, HOUR_MS);
    assert_string_equal(desk_sent(d, "r"), "");
    go_on(d, PAUSE_RECIPIENT, r);
    assert_string_equal(desk_drain(d), "0 1n 2n");
}

static void its_time_lets_it_go_on(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    stop(d, PAUSE_RECIPIENT, r, d->rig.now_ms + HOUR_MS);
    desk_store(d, r, "a");
    desk_pass(d, HOUR_MS - 1000);
    assert_string_equal(desk_sent(d, "r"), "");
    desk_pass(d, 2000);
    assert_string_equal(desk_drain(d), "0 1n");
}

static void an_endpoint_stops_all_who_are_on_it(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");
    int64_t s = desk_recipient(d, "s", "e");
    int64_t other;

    desk_endpoint(d, "f", "plain");
    other = desk_recipient(d, "o", "f");
    stop(d, PAUSE_ENDPOINT, endpoint_id(d, "e"), 0);
    desk_store(d, r, "a");
    desk_store(d, s, "a");
    desk_store(d, other, "a");
    assert_string_equal(desk_sent(d, "r"), "");
    assert_string_equal(desk_sent(d, "s"), "");
    assert_string_equal(desk_sent(d, "o"), "0 3n");
    desk_answer(d, "o", "ok");
    go_on(d, PAUSE_ENDPOINT, endpoint_id(d, "e"));
    assert_string_equal(desk_sent(d, "s"), "0 2n");
    desk_answer(d, "s", "ok");
    assert_string_equal(desk_drain(d), "0 1n");
}

static void both_must_go_on(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    stop(d, PAUSE_RECIPIENT, r, 0);
    stop(d, PAUSE_ENDPOINT, endpoint_id(d, "e"), 0);
    desk_store(d, r, "a");
    go_on(d, PAUSE_RECIPIENT, r);
    assert_string_equal(desk_sent(d, "r"), "");
    go_on(d, PAUSE_ENDPOINT, endpoint_id(d, "e"));
    assert_string_equal(desk_drain(d), "0 1n");
}

/* An open circuit is not probed, and a paused queue is none that failed. */
static void there_are_no_probes(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");
    uint64_t requests;

    desk_store(d, r, "a");
    for (int i = 0; i < CIRCUIT_FAILURES; i++) {
        desk_lose(d, "r");
        desk_pass(d, CIRCUIT_CAP_MS);
    }
    desk_lose(d, "r");
    assert_int_equal(desk_view(d, "e").breaker, BREAKER_OPEN);
    stop(d, PAUSE_RECIPIENT, r, 0);
    requests = desk_view(d, "e").requests;
    desk_pass(d, 24 * HOUR_MS);
    assert_int_equal(desk_view(d, "e").requests, requests);
    go_on(d, PAUSE_RECIPIENT, r);
    assert_string_equal(desk_drain(d), "0 1n");
}

/* Days of a pause are no days of its life. */
static void what_waited_is_not_too_old(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "a");
    desk_lose(d, "r");
    stop(d, PAUSE_RECIPIENT, r, 0);
    desk_pass(d, DELIVERY_TTL_MS + HOUR_MS);
    go_on(d, PAUSE_RECIPIENT, r);
    desk_lose(d, "r");
    desk_is(d, 1, r, DELIVERY_PENDING, 2);
    desk_pass(d, DELIVERY_TTL_MS + HOUR_MS);
    desk_lose(d, "r");
    desk_is(d, 1, r, DELIVERY_DEAD, 3);
    desk_says(d, 1, r, "expired");
}

/* What is dead may be sent again into a queue that is stopped. */
static void a_retry_waits_as_well(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "a");
    desk_answer(d, "r", "no");
    stop(d, PAUSE_RECIPIENT, r, 0);
    rig_redrive(&d->rig, 1, r);
    desk_rest(d);
    desk_is(d, 1, r, DELIVERY_PENDING, 1);
    assert_string_equal(desk_sent(d, "r"), "");
    go_on(d, PAUSE_RECIPIENT, r);
    assert_string_equal(desk_drain(d), "0 1n");
}

static void an_endpoint_that_is_gone_leaves_no_pause(void **state)
{
    struct desk *d = *state;

    desk_endpoint(d, "f", "plain");
    stop(d, PAUSE_ENDPOINT, endpoint_id(d, "f"), 0);
    desk_edit(d, OBJECT_ENDPOINT, EDIT_DELETE, "f", STR_NONE);
    assert_int_equal(rig_number(d->rig.path, "SELECT count(*) FROM pause", 0, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(a_paused_queue_keeps_its_order),
        DESK_TEST(what_is_in_flight_ends_as_it_would),
        DESK_TEST(a_restart_sends_nothing),
        DESK_TEST(its_time_lets_it_go_on),
        DESK_TEST(an_endpoint_stops_all_who_are_on_it),
        DESK_TEST(both_must_go_on),
        DESK_TEST(there_are_no_probes),
        DESK_TEST(what_waited_is_not_too_old),
        DESK_TEST(a_retry_waits_as_well),
        DESK_TEST(an_endpoint_that_is_gone_leaves_no_pause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
