/* test_courier_lanes.c -- whose fault it is, and who waits for it: recipients and
 * endpoints, their circuits and rates; and what goes alone. */
#include "courier_rig.h"

/* --- a recipient's fault ------------------------------------------------------------ */

struct two { /* recipients on one endpoint */
    struct desk *d;
    int64_t r, s;
};

static struct two two_make(void **state, const char *type)
{
    struct two t = {.d = *state};

    t.r = desk_make(t.d, type);
    t.s = desk_recipient(t.d, "s", "e");
    return t;
}

/* "r" is gone as often as it takes: paused. */
static void pause_it(struct desk *d)
{
    for (int i = 0; i < PAUSE_FAULTS; i++) {
        desk_pass(d, 5 * BACKOFF_BASE_MS);
        desk_answer(d, "r", "gone");
    }
}

static void a_recipient_that_is_gone_waits_alone(void **state)
{
    struct two t = two_make(state, "plain");
    struct courier_recipient reach;

    desk_store(t.d, t.r, "a");
    desk_answer(t.d, "r", "gone");
    assert_string_equal(desk_sent(t.d, "r"), "");
    desk_is(t.d, 1, t.r, DELIVERY_PENDING, 0); /* not its delivery's fault */
    desk_says(t.d, 1, t.r, "said gone");
    reach = desk_reach(t.d, t.r);
    assert_false(reach.paused);
    assert_true(str_is(reach.last_error, "said gone"));
    assert_true(reach.opens_at_ms > t.d->rig.now_ms);
    assert_int_equal(desk_view(t.d, "e").breaker, BREAKER_CLOSED);
    assert_int_equal(desk_view(t.d, "e").last_error.n, 0);
    assert_int_equal(desk_view(t.d, "e").opens_at_ms, 0);
    desk_store(t.d, t.s, "b"); /* nobody else waits */
    assert_string_equal(desk_sent(t.d, "s"), "0 2n");
    desk_answer(t.d, "s", "ok");
    desk_store(t.d, t.r, "c"); /* nor does what comes meanwhile change that */
    assert_string_equal(desk_sent(t.d, "r"), "");
    desk_pass(t.d, 2 * BACKOFF_BASE_MS);
    assert_string_equal(desk_drain(t.d), "0 1n 3n");
    reach = desk_reach(t.d, t.r);
    assert_int_equal(reach.last_error.n, 0);
    assert_int_equal(reach.opens_at_ms, 0);
    assert_int_equal(desk_reach(t.d, t.s).last_error_ms, 0);
}

static void three_times_gone_is_a_pause(void **state)
{
    struct two t = two_make(state, "plain");
    int64_t paused_ms;

    desk_store(t.d, t.r, "a");
    pause_it(t.d);
    paused_ms = t.d->rig.now_ms;
    assert_true(desk_reach(t.d, t.r).paused);
    assert_in_range(desk_reach(t.d, t.r).opens_at_ms, paused_ms + PAUSE_MS - 100,
                    paused_ms + PAUSE_MS);
    desk_pass(t.d, PAUSE_MS - 1000);
    assert_string_equal(desk_sent(t.d, "r"), "");
    desk_pass(t.d, 1000); /* one probe, and it waits as long again */
    assert_string_equal(desk_sent(t.d, "r"), "0 1n");
    desk_answer(t.d, "r", "gone");
    assert_true(desk_reach(t.d, t.r).paused);
    desk_pass(t.d, PAUSE_MS - 1000);
    assert_string_equal(desk_sent(t.d, "r"), "");
    desk_pass(t.d, 1000);
    desk_answer(t.d, "r", "ok");
    assert_false(desk_reach(t.d, t.r).paused);
    desk_is(t.d, 1, t.r, DELIVERY_DELIVERED, 1);
    desk_store(t.d, t.r, "b");
    assert_string_equal(desk_drain(t.d), "0 2n");
}

static void faults_must_be_in_a_row(void **state)
{
    static const char *const between[] = {"ok", "no"};
    struct two t = two_make(state, "plain");

    for (size_t i = 0; i < COUNT_OF(between); i++) {
        desk_store(t.d, t.r, "a");
        for (int k = 0; k < PAUSE_FAULTS - 1; k++) {
            desk_answer(t.d, "r", "gone");
            desk_pass(t.d, 5 * BACKOFF_BASE_MS);
        }
        desk_answer(t.d, "r", between[i]);
        if (desk_sent(t.d, "r")[0] == '\0')
            desk_store(t.d, t.r, "b");
        desk_answer(t.d, "r", "gone");
        assert_false(desk_reach(t.d, t.r).paused);
        desk_pass(t.d, 5 * BACKOFF_BASE_MS);
        desk_drain(t.d);
    }
}

/* As where the message to edit, and then the chat itself, is out of reach. */
static void a_chat_that_is_gone_at_a_step_is_gone(void **state)
{
    struct two t = two_make(state, "plain");

    desk_store(t.d, t.r, "a");
    for (int i = 0; i < PAUSE_FAULTS; i++) {
        assert_false(desk_reach(t.d, t.r).paused);
        desk_pass(t.d, 5 * BACKOFF_BASE_MS);
        desk_answer(t.d, "r", "again1:x");
        desk_answer(t.d, "r", "gone");
    }
    assert_true(desk_reach(t.d, t.r).paused);
    assert_int_equal(desk_view(t.d, "e").breaker, BREAKER_CLOSED);
    desk_pass(t.d, PAUSE_MS);
    desk_answer(t.d, "r", "again1:x");
    assert_true(desk_reach(t.d, t.r).last_error.n > 0);
    desk_answer(t.d, "r", "ok");
    assert_false(desk_reach(t.d, t.r).paused);
}

/* An endpoint's failure in between says nothing of the recipient. */
static void an_endpoints_failure_is_not_its_recipients(void **state)
{
    struct two t = two_make(state, "plain");

    desk_store(t.d, t.r, "a");
    desk_answer(t.d, "r", "gone");
    desk_pass(t.d, 5 * BACKOFF_BASE_MS);
    desk_lose(t.d, "r");
    assert_true(str_is(desk_reach(t.d, t.r).last_error, "said gone"));
    desk_pass(t.d, 5 * BACKOFF_BASE_MS);
    desk_answer(t.d, "r", "dead");
    desk_pass(t.d, 5 * BACKOFF_BASE_MS);
    desk_answer(t.d, "r", "gone");
    assert_false(desk_reach(t.d, t.r).paused);
    desk_pass(t.d, 5 * BACKOFF_BASE_MS);
    desk_answer(t.d, "r", "gone"); /* the third */
    assert_true(desk_reach(t.d, t.r).paused);
}

/* It did answer: what the endpoint failed before is over. */
static void a_recipients_fault_is_an_answer_of_the_endpoint(void **state)
{
    struct two t = two_make(state, "plain");

    desk_store(t.d, t.s, "a");
    for (int i = 0; i < CIRCUIT_FAILURES; i++) {
        desk_pass(t.d, CIRCUIT_CAP_MS + BACKOFF_CAP_MS);
        desk_lose(t.d, "s");
    }
    assert_int_equal(desk_view(t.d, "e").breaker, BREAKER_OPEN);
    desk_pass(t.d, CIRCUIT_CAP_MS);
    desk_answer(t.d, "s", "gone");
    assert_int_equal(desk_view(t.d, "e").breaker, BREAKER_CLOSED);
    assert_int_equal(desk_view(t.d, "e").last_error.n, 0);
    assert_int_equal(desk_view(t.d, "e").deferred, CIRCUIT_FAILURES + 1);
}

static void an_edit_tries_at_once(void **state)
{
    struct two t = two_make(state, "plain");

    desk_store(t.d, t.r, "a");
    pause_it(t.d);
    desk_edit(t.d, OBJECT_RECIPIENT, EDIT_PATCH, "s", STR("{\"params\":{\"room\":\"x\"}}"));
    assert_string_equal(desk_sent(t.d, "r"), ""); /* somebody else's */
    desk_edit(t.d, OBJECT_RECIPIENT, EDIT_PATCH, "r", STR("{\"params\":{\"room\":\"x\"}}"));
    assert_string_equal(desk_sent(t.d, "r"), "0 1n");
    assert_false(desk_reach(t.d, t.r).paused);
    pause_it(t.d); /* it is as patient again */
    assert_true(desk_reach(t.d, t.r).paused);
    desk_edit(t.d, OBJECT_ENDPOINT, EDIT_PATCH, "e", STR("{\"params\":{\"note\":\"x\"}}"));
    assert_string_equal(desk_sent(t.d, "r"), "0 1n");
}

static void a_flooded_recipient_waits_as_asked(void **state)
{
    struct two t = two_make(state, "plain");

    desk_store(t.d, t.r, "a");
    for (int i = 0; i < 2 * PAUSE_FAULTS; i++) {
        desk_answer(t.d, "r", "flood7000");
        desk_store(t.d, t.s, "b");
        assert_string_equal(desk_sent(t.d, "s"),
                            arena_printf(&t.d->arena, "0 %dn", i + 2).p);
        desk_answer(t.d, "s", "ok");
        desk_pass(t.d, 6900);
        assert_string_equal(desk_sent(t.d, "r"), "");
        desk_pass(t.d, 100);
        assert_string_equal(desk_sent(t.d, "r"), "0 1n");
    }
    assert_false(desk_reach(t.d, t.r).paused); /* "not now" is no failure */
    desk_is(t.d, 1, t.r, DELIVERY_PENDING, 0);
    desk_answer(t.d, "r", "ok");
}

static void too_old_is_dead_also_when_paused(void **state)
{
    struct two t = two_make(state, "plain");

    desk_store(t.d, t.r, "a");
    pause_it(t.d);
    desk_pass(t.d, DELIVERY_TTL_MS);
    desk_answer(t.d, "r", "gone");
    desk_is(t.d, 1, t.r, DELIVERY_DEAD, 0);
    desk_says(t.d, 1, t.r, "expired: not delivered within the time limit; last: said gone");
}

static void nothing_is_known_of_a_stranger(void **state)
{
    struct courier_recipient r = desk_reach(*state, 4711);

    assert_false(r.paused);
    assert_int_equal(r.last_error.n, 0);
    assert_int_equal(r.last_ok_ms, 0);
}

/* --- answers that say several things -------------------------------------------------- */

/* The worst of them is what the endpoint says: one fault is enough to wait. */
static void the_worst_of_a_parcel_counts(void **state)
{
    static const struct {
        const char *answer;
        int64_t wait_ms; /* at least; 0: none */
    } table[] = {
        {"ok ok no ok", 0},
        {"ok wait9000 ok later", 9000},
        {"wait9000 ok wait4000 ok", 9000},
        {"ok dead ok ok", 900},
        {"gone flood9000 ok ok", 900},
        {"ok ok flood9000 ok", 9000},
    };
    struct desk *d = *state;

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        int64_t r = desk_make(d, "plain");

        desk_store(d, r, "abcd");
        desk_answer(d, "r", table[i].answer);
        desk_store(d, r, "e");
        if (table[i].wait_ms > 0) {
            desk_pass(d, table[i].wait_ms - 100);
            if (desk_sent(d, "r")[0] != '\0')
                fail_msg("%s: sent again", table[i].answer);
            desk_pass(d, 2 * BACKOFF_BASE_MS);
        }
        assert_true(desk_sent(d, "r")[0] != '\0');
        desk_answer(d, "r", "ok");
        desk_teardown(state);
        desk_setup(state);
        d = *state;
    }
}

/* Nor does what was taken beside it make a fault one that did not happen. */
static void a_fault_among_others_pauses(void **state)
{
    struct two t = two_make(state, "plain");

    desk_store(t.d, t.r, "ab");
    desk_store(t.d, t.s, "ab");
    for (int i = 0; i < PAUSE_FAULTS; i++) {
        desk_answer(t.d, "r", "gone ok");
        desk_answer(t.d, "s", i == 0 ? "dead ok" : "dead");
        desk_store(t.d, t.r, "c");
        desk_pass(t.d, 10 * BACKOFF_BASE_MS);
    }
    assert_true(desk_reach(t.d, t.r).paused);
    assert_false(desk_reach(t.d, t.s).paused);
    assert_false(desk_view(t.d, "e").paused); /* the others' answers are good ones */
    assert_int_equal(desk_view(t.d, "e").breaker, BREAKER_CLOSED);
    for (int i = 1; i < PAUSE_FAULTS; i++) { /* after the last one above */
        desk_answer(t.d, "s", "dead ok");
        desk_store(t.d, t.s, "c");
        desk_pass(t.d, 10 * BACKOFF_BASE_MS);
    }
    assert_true(desk_view(t.d, "e").paused);
}

/* --- rates ------------------------------------------------------------------------------ */

static void every_request_costs_the_endpoint_a_token(void **state)
{
    struct two t = two_make(state, "paced");

    desk_store(t.d, t.r, "a");
    desk_answer(t.d, "r", "again1:x"); /* two at once, and no third */
    desk_answer(t.d, "r", "again2:x"); /* but a delivery under way goes on */
    assert_string_equal(desk_sent(t.d, "r"), "2:x 1n");
    desk_answer(t.d, "r", "ok");
    desk_store(t.d, t.s, "b"); /* one in debt: two seconds */
    desk_pass(t.d, 1800);
    assert_string_equal(desk_sent(t.d, "s"), "");
    desk_pass(t.d, 300);
    assert_string_equal(desk_sent(t.d, "s"), "0 2n");
}

static void each_recipient_has_a_rate_of_its_own(void **state)
{
    struct two t = two_make(state, "rooms");

    desk_store(t.d, t.r, "abcd");
    desk_store(t.d, t.s, "e");
    desk_answer(t.d, "r", "ok");
    desk_answer(t.d, "r", "ok");
    assert_string_equal(desk_sent(t.d, "r"), "");
    assert_string_equal(desk_sent(t.d, "s"), "0 5n");
    desk_answer(t.d, "s", "ok");
    desk_store(t.d, t.s, "f");
    assert_string_equal(desk_sent(t.d, "s"), "0 6n"); /* who waits holds up nobody */
    desk_answer(t.d, "s", "ok");
    desk_pass(t.d, 900);
    assert_string_equal(desk_sent(t.d, "r"), "");
    desk_pass(t.d, 100);
    assert_string_equal(desk_sent(t.d, "r"), "0 3n");
    desk_answer(t.d, "r", "again1:x"); /* in debt */
    desk_answer(t.d, "r", "ok");
    desk_pass(t.d, 1800);
    assert_string_equal(desk_sent(t.d, "r"), "");
    desk_pass(t.d, 200);
    assert_string_equal(desk_sent(t.d, "r"), "0 4n");
}

/* A rate it had on another endpoint is not for ever. */
static void a_recipient_that_moves_leaves_its_debt(void **state)
{
    struct two t = two_make(state, "rooms");

    desk_endpoint(t.d, "free", "plain");
    desk_store(t.d, t.r, "a");
    desk_drain(t.d);
    desk_edit(t.d, OBJECT_RECIPIENT, EDIT_PATCH, "r", STR("{\"endpoint\":\"free\"}"));
    for (int i = 0; i < 20; i++) {
        desk_store(t.d, t.r, "a");
        desk_drain(t.d);
    }
    desk_edit(t.d, OBJECT_RECIPIENT, EDIT_PATCH, "r", STR("{\"endpoint\":\"e\"}"));
    desk_store(t.d, t.r, "ab");
    assert_string_equal(desk_drain(t.d), "0 22n; 0 23n");
}

/* A request that was not needed costs nothing. */
static void only_requests_cost(void **state)
{
    struct two t = two_make(state, "rooms");

    for (int i = 0; i < 3; i++)
        rig_put_alert(&t.d->rig, &(struct rig_alert){ACTION_STORE, "k", "unrenderable",
                                                     .to = &t.r, .n = 1});
    desk_store(t.d, t.r, "ab");
    assert_string_equal(desk_drain(t.d), "0 4n; 0 5n");
}

/* --- what goes alone ------------------------------------------------------------------------ */

/* 1 and 2 engage, each with a message; then 3, the releases 4 and 5, and 6. */
static const char *releases(struct desk *d, int64_t r)
{
    desk_put(d, r, ACTION_ENGAGE, "a");
    desk_put(d, r, ACTION_ENGAGE, "b");
    desk_rest(d);
    assert_string_equal(desk_drain(d), "0 1n 2n");
    desk_put(d, r, ACTION_STORE, "c");
    desk_put(d, r, ACTION_RELEASE, "a");
    desk_put(d, r, ACTION_RELEASE, "b");
    desk_put(d, r, ACTION_STORE, "d");
    desk_rest(d);
    return desk_drain(d);
}

static void a_release_that_edits_goes_alone(void **state)
{
    struct desk *d = *state;

    assert_string_equal(releases(d, desk_make(d, "chat")), "0 3n; 0 4r@h1; 0 5r@h2; 0 6n");
}

static void where_nothing_is_edited_it_does_not(void **state)
{
    struct desk *d = *state;

    assert_string_equal(releases(d, desk_make(d, "plain")), "0 3n 4r@h1 5r@h2 6n");
}

/* No message to edit: it is one more line of a digest. */
static void a_release_without_a_message_goes_with_others(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "chat");

    desk_put(d, r, ACTION_ENGAGE, "a");
    desk_rest(d);
    desk_answer(d, "r", "no");
    desk_put(d, r, ACTION_STORE, "b");
    desk_put(d, r, ACTION_RELEASE, "a");
    desk_put(d, r, ACTION_STORE, "c");
    desk_rest(d);
    assert_string_equal(desk_drain(d), "0 2n 3l 4n");
}

static void an_edit_may_take_steps(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "chat");

    desk_put(d, r, ACTION_ENGAGE, "a");
    desk_rest(d);
    desk_answer(d, "r", "ok");
    desk_put(d, r, ACTION_RELEASE, "a");
    desk_rest(d);
    desk_store(d, r, "b");
    desk_answer(d, "r", "again1:h1"); /* edited; now the reply */
    assert_string_equal(desk_sent(d, "r"), "1:h1 2r@h1");
    desk_reopen(d); /* it has its handle still */
    assert_string_equal(desk_sent(d, "r"), "0 2r@h1");
    desk_answer(d, "r", "again1:h1");
    assert_string_equal(desk_drain(d), "1:h1 2r@h1; 0 3n");
}

/* Of a thousand tries that nobody answered none is the alert's fault. */
static void silence_ends_with_time_alone(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");
    int64_t id = desk_put(d, r, ACTION_STORE, "a");

    for (int i = 0; i < DELIVERY_ATTEMPTS_MAX + 10; i++) {
        desk_pass(d, CIRCUIT_CAP_MS);
        desk_lose(d, "r");
    }
    desk_is(d, id, r, DELIVERY_PENDING, DELIVERY_ATTEMPTS_MAX / 2);
    desk_pass(d, CIRCUIT_CAP_MS);
    desk_answer(d, "r", "ok");
    desk_is(d, id, r, DELIVERY_DELIVERED, DELIVERY_ATTEMPTS_MAX / 2 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(a_recipient_that_is_gone_waits_alone),
        DESK_TEST(three_times_gone_is_a_pause),
        DESK_TEST(faults_must_be_in_a_row),
        DESK_TEST(a_chat_that_is_gone_at_a_step_is_gone),
        DESK_TEST(an_endpoints_failure_is_not_its_recipients),
        DESK_TEST(a_recipients_fault_is_an_answer_of_the_endpoint),
        DESK_TEST(an_edit_tries_at_once),
        DESK_TEST(a_flooded_recipient_waits_as_asked),
        DESK_TEST(too_old_is_dead_also_when_paused),
        DESK_TEST(nothing_is_known_of_a_stranger),
        DESK_TEST(the_worst_of_a_parcel_counts),
        DESK_TEST(a_fault_among_others_pauses),
        DESK_TEST(every_request_costs_the_endpoint_a_token),
        DESK_TEST(each_recipient_has_a_rate_of_its_own),
        DESK_TEST(a_recipient_that_moves_leaves_its_debt),
        DESK_TEST(only_requests_cost),
        DESK_TEST(a_release_that_edits_goes_alone),
        DESK_TEST(where_nothing_is_edited_it_does_not),
        DESK_TEST(a_release_without_a_message_goes_with_others),
        DESK_TEST(an_edit_may_take_steps),
        DESK_TEST(silence_ends_with_time_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
