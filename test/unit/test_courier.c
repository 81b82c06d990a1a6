/* test_courier.c -- one delivery after another, in one request or in several: what
 * the courier makes of each answer. */
#include "courier_rig.h"

/* --- steps ---------------------------------------------------------------------- */

static void an_answer_may_ask_for_another_request(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "ab");
    assert_string_equal(desk_sent(d, "r"), "0 1n 2n");
    desk_store(d, r, "c");
    desk_answer(d, "r", "again1:x");
    assert_string_equal(desk_sent(d, "r"), "1:x 1n 2n"); /* at once, before 3 */
    desk_is(d, 1, r, DELIVERY_PENDING, 0);
    desk_answer(d, "r", "again3:y");
    assert_string_equal(desk_sent(d, "r"), "3:y 1n 2n");
    desk_answer(d, "r", "ok");
    desk_is(d, 1, r, DELIVERY_DELIVERED, 1);
    desk_is(d, 2, r, DELIVERY_DELIVERED, 1);
    assert_string_equal(desk_drain(d), "0 3n");
}

static void those_at_their_end_are_settled_at_once(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "abcd");
    desk_answer(d, "r", "ok again1:x no later");
    assert_string_equal(desk_sent(d, "r"), "1:x 2n");
    desk_is(d, 1, r, DELIVERY_DELIVERED, 1);
    desk_is(d, 3, r, DELIVERY_DEAD, 1);
    desk_says(d, 3, r, "said no");
    desk_is(d, 4, r, DELIVERY_PENDING, 1);
    desk_answer(d, "r", "ok");
    desk_is(d, 2, r, DELIVERY_DELIVERED, 1);
    desk_pass(d, 2 * BACKOFF_BASE_MS);
    assert_string_equal(desk_drain(d), "0 4n");
}

/* One request is for one thing: which alerts it is for, and what comes then. */
static void one_request_is_for_those_that_ask_the_same(void **state)
{
    static const struct {
        const char *name, *keys, *answer, *next, *then;
    } table[] = {
        {"all the same", "abcd", "again1:x", "1:x 1n 2n 3n 4n", ""},
        {"another step", "abcd", "again1:x again2:x again1:x again1:x", "1:x 1n 3n 4n", "0 2n"},
        {"another carry", "abcd", "again1:x again1:y again1:y again1:x", "1:x 1n 4n", "0 2n 3n"},
        {"two without a carry", "abc", "again1: again1: again1:x", "1: 1n 2n", "0 3n"},
        {"its key begins anew", "abb", "again1:x again2:x again1:x", "1:x 1n", "0 2n 3n"},
        {"another key may pass", "abab", "again1:x again2:x again1:x again1:x", "1:x 1n 3n",
         "0 2n 4n"},
        {"its key is at an end", "abb", "no ok again1:x", "1:x 3n", ""},
        {"its key was refused", "bb", "no again1:x", "1:x 2n", ""},
        {"its key waits", "bbc", "later again1:x again1:x", "1:x 3n", "0 1n 2n"},
    };
    struct desk *d = *state;

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        int64_t r = desk_make(d, "plain");

        desk_store(d, r, table[i].keys);
        desk_answer(d, "r", table[i].answer);
        if (strcmp(desk_sent(d, "r"), table[i].next) != 0)
            print_error("%s\n", table[i].name);
        assert_string_equal(desk_sent(d, "r"), table[i].next);
        desk_answer(d, "r", "ok");
        desk_pass(d, 2 * BACKOFF_BASE_MS);
        assert_string_equal(desk_drain(d), table[i].then);
        desk_teardown(state);
        desk_setup(state);
        d = *state;
    }
}

static void what_begins_anew_was_not_tried(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "ab");
    desk_answer(d, "r", "again1:x again1:y");
    desk_is(d, 2, r, DELIVERY_PENDING, 0);
    desk_answer(d, "r", "ok");
    assert_string_equal(desk_sent(d, "r"), "0 2n");
    desk_answer(d, "r", "again1:y");
    desk_answer(d, "r", "ok");
    desk_is(d, 2, r, DELIVERY_DELIVERED, 1);
}

static void an_endless_delivery_is_refused(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "a");
    for (int i = 1; i < STEPS_MAX; i++) {
        desk_answer(d, "r", "again1:x");
        assert_string_equal(desk_sent(d, "r"), "1:x 1n");
    }
    desk_is(d, 1, r, DELIVERY_PENDING, 0);
    desk_answer(d, "r", "again1:x");
    assert_string_equal(desk_sent(d, "r"), "");
    desk_is(d, 1, r, DELIVERY_DEAD, 1);
    desk_says(d, 1, r, "5 requests did not bring it to an end; last: said again1:x");
    assert_int_equal(desk_view(d, "e").requests, STEPS_MAX);
}

/* One of them may be why the digest has no end. */
static void an_endless_digest_is_sent_one_by_one(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "ab");
    for (int i = 0; i < STEPS_MAX; i++)
        desk_answer(d, "r", "again1:x");
    assert_string_equal(desk_drain(d), "0 1n; 0 2n");
    desk_is(d, 1, r, DELIVERY_DELIVERED, 1);
}

static void what_cannot_be_rendered_at_a_step_is_dead(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "ab");
    desk_answer(d, "r", "again1:unrenderable ok");
    desk_is(d, 1, r, DELIVERY_DEAD, 1);
    desk_says(d, 1, r, "cannot be rendered at step 1");
    desk_is(d, 2, r, DELIVERY_DELIVERED, 1);
    assert_int_equal(desk_view(d, "e").refused, 1);
    assert_int_equal(desk_view(d, "e").in_flight, 0);
    desk_store(d, r, "cd");
    desk_answer(d, "r", "again1:unrenderable"); /* together: the culprit is sought */
    assert_string_equal(desk_drain(d), "0 3n; 0 4n");
}

/* An alert that cannot be rendered is no answer of the endpoint's. */
static void what_cannot_be_rendered_closes_no_circuit(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");
    int64_t other = desk_recipient(d, "other", "e");

    desk_store(d, r, "a");
    for (int i = 0; i < CIRCUIT_FAILURES; i++) {
        desk_pass(d, BACKOFF_CAP_MS);
        desk_lose(d, "r");
    }
    desk_edit(d, OBJECT_RECIPIENT, EDIT_PATCH, "r", STR("{\"enabled\":false}"));
    rig_put_alert(&d->rig, &(struct rig_alert){ACTION_STORE, "b", "unrenderable",
                                               .to = &other, .n = 1});
    desk_pass(d, BACKOFF_CAP_MS);
    desk_is(d, 2, other, DELIVERY_DEAD, 1);
    assert_int_equal(desk_view(d, "e").breaker, BREAKER_PROBING);
    assert_true(desk_view(d, "e").last_error.n > 0);
    assert_int_equal(desk_view(d, "e").refused, 1);
}

/* A later try begins at the beginning. */
static void a_step_that_fails_is_a_try_that_failed(void **state)
{
    static const struct {
        const char *answer; /* NULL: none comes */
        int64_t attempts, wait_ms;
    } table[] = {
        {"later", 1, 2 * BACKOFF_BASE_MS},
        {NULL, 1, 2 * BACKOFF_BASE_MS},
        {"wait9000", 0, 9000},
        {"dead", 0, 2 * BACKOFF_BASE_MS},
        {"gone", 0, 2 * BACKOFF_BASE_MS},
        {"flood9000", 0, 9000},
    };
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        int64_t id = desk_put(d, r, ACTION_STORE, "a");

        desk_rest(d);
        desk_answer(d, "r", "again2:x");
        if (table[i].answer == NULL)
            desk_lose(d, "r");
        else
            desk_answer(d, "r", table[i].answer);
        assert_string_equal(desk_sent(d, "r"), "");
        desk_is(d, id, r, DELIVERY_PENDING, table[i].attempts);
        desk_pass(d, table[i].wait_ms);
        assert_string_equal(desk_sent(d, "r"),
                            arena_printf(&d->arena, "0 %lldn", (long long)id).p);
        desk_answer(d, "r", "ok");
        desk_is(d, id, r, DELIVERY_DELIVERED, table[i].attempts + 1);
    }
}

static void a_delivery_counts_once(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");
    struct courier_endpoint e;
    struct latency latency;

    desk_store(d, r, "abc");
    desk_pass(d, 40);
    desk_answer(d, "r", "again1:x again1:y no");
    e = desk_view(d, "e");
    assert_int_equal(e.delivered + e.deferred, 0);
    assert_int_equal(e.refused, 1);
    desk_answer(d, "r", "again2:x");
    desk_answer(d, "r", "ok");
    desk_answer(d, "r", "ok"); /* the second, anew */
    e = desk_view(d, "e");
    assert_int_equal(e.requests, 4);
    assert_int_equal(e.delivered, 2);
    assert_int_equal(e.refused, 1);
    assert_int_equal(e.deferred, 0);
    courier_latency(d->courier, &latency);
    assert_int_equal(latency.n, 2);
}

/* Neither a failure nor an end of one: what comes of it is known at the end. */
static void an_answer_that_asks_for_more_says_nothing_yet(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "a");
    for (int i = 0; i < CIRCUIT_FAILURES; i++) {
        assert_int_equal(desk_view(d, "e").breaker, BREAKER_CLOSED);
        desk_answer(d, "r", "again1:x");
        desk_lose(d, "r");
        assert_true(desk_view(d, "e").last_error.n > 0);
        desk_pass(d, BACKOFF_CAP_MS);
    }
    desk_answer(d, "r", "again1:x");
    assert_int_equal(desk_view(d, "e").breaker, BREAKER_PROBING);
    assert_true(desk_view(d, "e").last_error.n > 0);
    desk_answer(d, "r", "ok");
    assert_int_equal(desk_view(d, "e").breaker, BREAKER_CLOSED);
    assert_int_equal(desk_view(d, "e").last_error.n, 0);
}

static void what_is_under_way_ends_when_we_stop(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "a");
    desk_store(d, r, "b");
    assert_false(courier_quiesce(d->courier));
    desk_answer(d, "r", "again1:x");
    assert_string_equal(desk_sent(d, "r"), "1:x 1n");
    assert_false(courier_quiesce(d->courier));
    desk_answer(d, "r", "ok");
    assert_true(courier_quiesce(d->courier));
    assert_string_equal(desk_sent(d, "r"), "");
    desk_is(d, 1, r, DELIVERY_DELIVERED, 1);
}

/* --- digests ---------------------------------------------------------------------- */

static void a_refused_digest_is_sent_one_by_one(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "aba");
    desk_store(d, r, "cd");
    desk_answer(d, "r", "no");
    assert_string_equal(desk_sent(d, "r"), "0 1n");
    desk_answer(d, "r", "ok");
    assert_string_equal(desk_sent(d, "r"), "0 2n");
    desk_answer(d, "r", "no");
    assert_string_equal(desk_drain(d), "0 3n; 0 4n 5n");
    desk_is(d, 1, r, DELIVERY_DELIVERED, 1);
    desk_is(d, 2, r, DELIVERY_DEAD, 1); /* only the culprit */
    assert_int_equal(desk_view(d, "e").refused, 1);
}

static void a_digest_refused_at_a_step_is_sent_one_by_one(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "abcd");
    desk_store(d, r, "ef");
    desk_answer(d, "r", "again1:x again1:x again2:y again1:x");
    assert_string_equal(desk_sent(d, "r"), "1:x 1n 2n 4n");
    desk_answer(d, "r", "no");
    assert_string_equal(desk_drain(d), "0 1n; 0 2n; 0 3n; 0 4n; 0 5n 6n");
}

/* What is not about an alert is not found by sending each alone. */
static void a_digest_is_not_split_for_others_faults(void **state)
{
    static const char *const answers[] = {"dead", "gone", "wait2000", "flood2000"};
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    for (int i = 0; i < (int)COUNT_OF(answers); i++) {
        desk_store(d, r, "abcd");
        desk_answer(d, "r", answers[i]);
        desk_pass(d, 3000);
        assert_string_equal(desk_drain(d),
                            arena_printf(&d->arena, "0 %dn %dn %dn %dn", 4 * i + 1, 4 * i + 2,
                                         4 * i + 3, 4 * i + 4).p);
    }
    desk_store(d, r, "abc"); /* nor where each has an answer of its own */
    desk_answer(d, "r", "no gone no");
    desk_is(d, 17, r, DELIVERY_DEAD, 1);
    desk_is(d, 19, r, DELIVERY_DEAD, 1);
    desk_pass(d, 2 * BACKOFF_BASE_MS);
    assert_string_equal(desk_drain(d), "0 18n");
}

/* What a request had no room for was not tried: it goes next. */
static void what_did_not_fit_goes_next(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "abcd");
    desk_store(d, r, "e");
    desk_answer(d, "r", "ok no unsent unsent");
    desk_is(d, 3, r, DELIVERY_PENDING, 0);
    assert_string_equal(desk_sent(d, "r"), "0 3n 4n 5n"); /* at once */
    assert_int_equal(desk_view(d, "e").deferred, 0);
    desk_answer(d, "r", "again1:x again1:x unsent");
    assert_string_equal(desk_sent(d, "r"), "1:x 3n 4n");
    desk_answer(d, "r", "ok");
    assert_string_equal(desk_drain(d), "0 5n");
    desk_is(d, 5, r, DELIVERY_DELIVERED, 1);
}

/* It says nothing: neither good, nor that there is no need to seek a culprit. */
static void what_did_not_fit_says_nothing(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "abcd");
    desk_answer(d, "r", "wait9000 unsent");
    assert_true(desk_view(d, "e").last_error.n > 0);
    desk_pass(d, 8900);
    assert_string_equal(desk_sent(d, "r"), "");
    desk_pass(d, 100);
    assert_string_equal(desk_sent(d, "r"), "0 1n 2n 3n 4n");
    for (int i = 0; i < PAUSE_FAULTS; i++) {
        desk_answer(d, "r", "dead unsent");
        desk_pass(d, 10 * BACKOFF_BASE_MS);
    }
    assert_true(desk_view(d, "e").paused);
    desk_pass(d, PAUSE_MS);
    desk_answer(d, "r", "no no unsent");
    assert_string_equal(desk_drain(d), "0 1n; 0 2n; 0 3n; 0 4n");
    desk_store(d, r, "ab");
    desk_answer(d, "r", "no unsent"); /* alone it was refused */
    desk_is(d, 5, r, DELIVERY_DEAD, 1);
    assert_string_equal(desk_drain(d), "0 6n");
}

static void one_digest_may_hold_a_key_twice(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "chat");

    desk_store(d, r, "aaba");
    assert_string_equal(desk_sent(d, "r"), "0 1n 2n 3n 4n");
    desk_answer(d, "r", "again1:x");
    assert_string_equal(desk_sent(d, "r"), "1:x 1n 2n 3n 4n");
    desk_answer(d, "r", "no"); /* and one by one in their order */
    assert_string_equal(desk_drain(d), "0 1n; 0 2n; 0 3n; 0 4n");
}

/* --- what may have arrived --------------------------------------------------------- */

static void what_may_have_arrived_is_sent_once_more(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "chat");

    desk_store(d, r, "a");
    desk_lose(d, "r");
    desk_is(d, 1, r, DELIVERY_PENDING, 1);
    for (int i = 0; i < 3; i++) { /* a clear no is no doubt */
        desk_pass(d, BACKOFF_CAP_MS);
        desk_answer(d, "r", "later");
    }
    desk_pass(d, BACKOFF_CAP_MS);
    desk_lose(d, "r");
    desk_is(d, 1, r, DELIVERY_DEAD, 5);
    desk_says(d, 1, r, "it may have arrived");
    desk_says(d, 1, r, "last: connection lost before an answer came");
    desk_pass(d, BACKOFF_CAP_MS);
    assert_string_equal(desk_sent(d, "r"), "");
    rig_redrive(&d->rig, 1, r); /* somebody looked: it may go as often again */
    desk_rest(d);
    desk_lose(d, "r");
    desk_is(d, 1, r, DELIVERY_PENDING, 6);
    desk_pass(d, BACKOFF_CAP_MS);
    desk_answer(d, "r", "ok");
    desk_is(d, 1, r, DELIVERY_DELIVERED, 7);
}

/* An answer that leaves it open is as good as none; to look for the culprit would
 * be to send it again. */
static void a_digest_in_doubt_is_not_split(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "chat");

    desk_store(d, r, "abc");
    desk_answer(d, "r", "maybe");
    desk_pass(d, 2 * BACKOFF_BASE_MS);
    assert_string_equal(desk_sent(d, "r"), "0 1n 2n 3n");
    desk_answer(d, "r", "maybe maybe ok");
    desk_is(d, 1, r, DELIVERY_DEAD, 2);
    desk_is(d, 2, r, DELIVERY_DEAD, 2);
    desk_is(d, 3, r, DELIVERY_DELIVERED, 2);
}

static void a_doubt_outlives_a_restart(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "chat");

    desk_store(d, r, "a");
    desk_lose(d, "r");
    desk_reopen(d);
    desk_pass(d, BACKOFF_CAP_MS);
    desk_lose(d, "r");
    desk_is(d, 1, r, DELIVERY_DEAD, 2);
}

static void where_repeats_do_not_show_it_is_sent_until_it_is_there(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "a");
    for (int i = 0; i < 9; i++) {
        desk_lose(d, "r");
        desk_pass(d, BACKOFF_CAP_MS);
    }
    desk_answer(d, "r", "ok");
    desk_is(d, 1, r, DELIVERY_DELIVERED, 10);
}

/* --- retries by hand, and crashes, between two steps ------------------------------ */

static void a_crash_between_steps_begins_anew(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "abcd");
    desk_answer(d, "r", "ok again1:x again2:y later");
    assert_string_equal(desk_sent(d, "r"), "1:x 2n");
    desk_reopen(d);
    desk_pass(d, 2 * BACKOFF_BASE_MS);
    assert_string_equal(desk_drain(d), "0 2n 3n; 0 4n");
    for (int64_t id = 1; id <= 3; id++)
        desk_is(d, id, r, DELIVERY_DELIVERED, 1);
}

/* Dying in the middle of its steps is dying over it: that has a limit. */
static void crashes_between_steps_have_a_limit(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");
    int tries = 0;

    desk_store(d, r, "a");
    while (desk_sent(d, "r")[0] != '\0') {
        assert_in_range(++tries, 1, DELIVERY_UNENDED_MAX + 1);
        desk_answer(d, "r", "again1:x");
        assert_string_equal(desk_sent(d, "r"), "1:x 1n");
        desk_reopen(d);
    }
    desk_is(d, 1, r, DELIVERY_DEAD, 0);
}

static void a_retry_by_hand_between_steps(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "a");
    desk_answer(d, "r", "no");
    desk_store(d, r, "bcd");
    desk_store(d, r, "e");
    desk_answer(d, "r", "again1:x again1:x again2:y");
    assert_string_equal(desk_sent(d, "r"), "1:x 2n 3n");
    rig_redrive(&d->rig, 1, r);
    desk_rest(d);
    assert_int_equal(d->rig.redriven, 1);
    assert_string_equal(desk_sent(d, "r"), "1:x 2n 3n");
    desk_answer(d, "r", "again2:x");
    assert_string_equal(desk_sent(d, "r"), "2:x 2n 3n"); /* still before the first */
    desk_answer(d, "r", "ok");
    assert_string_equal(desk_drain(d), "0 1n 4n 5n");
}

/* In the same commit as what is given back. */
static void a_retry_by_hand_and_what_begins_anew(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "a");
    desk_answer(d, "r", "no");
    desk_store(d, r, "bc");
    rig_redrive(&d->rig, 1, r);
    desk_answer(d, "r", "again1:x again1:y");
    rig_redrive(&d->rig, 1, r); /* it is pending: nothing to do */
    desk_rest(d);
    assert_int_equal(d->rig.redriven, 0);
    assert_string_equal(desk_sent(d, "r"), "1:x 2n");
    desk_answer(d, "r", "ok");
    assert_string_equal(desk_drain(d), "0 1n 3n");
}

static void a_recipient_deleted_between_steps(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "ab");
    desk_answer(d, "r", "again1:x again1:y");
    desk_edit(d, OBJECT_RECIPIENT, EDIT_DELETE, "r", STR_NONE);
    assert_string_equal(desk_sent(d, "r"), "1:x 1n");
    desk_answer(d, "r", "again2:x");
    desk_answer(d, "r", "ok");
    desk_is(d, 1, r, DELIVERY_DELIVERED, 1);
    desk_is(d, 2, r, DELIVERY_DEAD, 0);
    desk_says(d, 2, r, "the recipient was deleted");
}

static void a_recipient_moved_between_steps(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "chat");

    desk_endpoint(d, "other", "plain");
    desk_store(d, r, "a");
    desk_store(d, r, "b");
    desk_answer(d, "r", "again1:x");
    desk_edit(d, OBJECT_RECIPIENT, EDIT_PATCH, "r", STR("{\"endpoint\":\"other\"}"));
    desk_answer(d, "r", "again2:x");
    assert_string_equal(desk_drain(d), "2:x 1n; 0 2n");
    assert_int_equal(desk_view(d, "e").requests, 3);
    assert_int_equal(desk_view(d, "other").requests, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(an_answer_may_ask_for_another_request),
        DESK_TEST(those_at_their_end_are_settled_at_once),
        DESK_TEST(one_request_is_for_those_that_ask_the_same),
        DESK_TEST(what_begins_anew_was_not_tried),
        DESK_TEST(an_endless_delivery_is_refused),
        DESK_TEST(an_endless_digest_is_sent_one_by_one),
        DESK_TEST(what_cannot_be_rendered_at_a_step_is_dead),
        DESK_TEST(what_cannot_be_rendered_closes_no_circuit),
        DESK_TEST(a_step_that_fails_is_a_try_that_failed),
        DESK_TEST(a_delivery_counts_once),
        DESK_TEST(an_answer_that_asks_for_more_says_nothing_yet),
        DESK_TEST(what_is_under_way_ends_when_we_stop),
        DESK_TEST(a_refused_digest_is_sent_one_by_one),
        DESK_TEST(a_digest_refused_at_a_step_is_sent_one_by_one),
        DESK_TEST(a_digest_is_not_split_for_others_faults),
        DESK_TEST(what_did_not_fit_goes_next),
        DESK_TEST(what_did_not_fit_says_nothing),
        DESK_TEST(one_digest_may_hold_a_key_twice),
        DESK_TEST(what_may_have_arrived_is_sent_once_more),
        DESK_TEST(a_digest_in_doubt_is_not_split),
        DESK_TEST(a_doubt_outlives_a_restart),
        DESK_TEST(where_repeats_do_not_show_it_is_sent_until_it_is_there),
        DESK_TEST(a_crash_between_steps_begins_anew),
        DESK_TEST(crashes_between_steps_have_a_limit),
        DESK_TEST(a_retry_by_hand_between_steps),
        DESK_TEST(a_retry_by_hand_and_what_begins_anew),
        DESK_TEST(a_recipient_deleted_between_steps),
        DESK_TEST(a_recipient_moved_between_steps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
