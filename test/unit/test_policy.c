/* test_policy.c -- back-off, rate and circuit breaker as tables. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "courier/policy.h"

static void test_delay_stays_in_its_range(void **state)
{
    static const struct {
        int attempt;
        int64_t most_ms;
    } rows[] = {
        {1, 2000}, {2, 4000}, {3, 8000}, {8, 256000}, {9, 300000}, {1000, 300000},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t least = INT64_MAX;
        int64_t most = 0;

        for (uint32_t dice = 0; dice < 4000000000u - 9999973u; dice += 9999973u) {
            int64_t ms = retry_delay_ms(rows[i].attempt, 0, dice);

            least = MIN(least, ms);
            most = MAX(most, ms);
        }
        assert_true(least >= BACKOFF_BASE_MS);
        assert_true(most <= rows[i].most_ms);
        /* Full jitter: the range is used, not just its edges. */
        assert_true(least < BACKOFF_BASE_MS + (rows[i].most_ms - BACKOFF_BASE_MS) / 10);
        assert_true(most > rows[i].most_ms - (rows[i].most_ms - BACKOFF_BASE_MS) / 10);
    }
}

static void test_delay_obeys_what_was_asked(void **state)
{
    (void)state;
    assert_int_equal(retry_delay_ms(1, 30000, 0), 30000);
    assert_int_equal(retry_delay_ms(1, INT64_MAX, 0), RETRY_AFTER_CAP_MS);
    assert_int_equal(retry_delay_ms(1, -5, 0), BACKOFF_BASE_MS);
}

static void test_retry_ends(void **state)
{
    (void)state;
    assert_null(retry_over(1, 0, 0, 1000));
    assert_null(retry_over(DELIVERY_ATTEMPTS_MAX - 1, DELIVERY_DOUBTS_MAX - 1, 999,
                           1000));
    assert_non_null(retry_over(1, 0, 1000, 1000));
    assert_non_null(retry_over(DELIVERY_ATTEMPTS_MAX, 0, 0, 1000));
    assert_non_null(retry_over(1, DELIVERY_DOUBTS_MAX, 0, 1000));
}

static void test_bucket(void **state)
{
    struct bucket b = {0};

    (void)state;
    assert_int_equal(bucket_wait_ms(&b, 0, 0, 5), 0); /* no limit, ever */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(bucket_wait_ms(&b, 2, 3, 1000), 0);
        bucket_spend(&b);
    }
    assert_in_range(bucket_wait_ms(&b, 2, 3, 1000), 499, 502);
    /* Looking costs nothing. */
    assert_int_equal(bucket_wait_ms(&b, 2, 3, 1600), 0);
    assert_int_equal(bucket_wait_ms(&b, 2, 3, 1600), 0);
    bucket_spend(&b);
    assert_in_range(bucket_wait_ms(&b, 2, 3, 1600), 1, 401);
    /* The clock going back gives nothing and breaks nothing. */
    assert_true(bucket_wait_ms(&b, 2, 3, 10) > 0);
}

static void test_bucket_in_debt(void **state)
{
    struct bucket b = {0};

    (void)state;
    assert_int_equal(bucket_wait_ms(&b, 1, 1, 1000), 0);
    for (int i = 0; i < 5; i++)
        bucket_spend(&b);
    assert_in_range(bucket_wait_ms(&b, 1, 1, 1000), 5000, 5001);
    assert_in_range(bucket_wait_ms(&b, 1, 1, 3000), 3000, 3001);
    assert_int_equal(bucket_wait_ms(&b, 1, 1, 6001), 0);
    /* However long it rested, there is no more than the burst. */
    assert_int_equal(bucket_wait_ms(&b, 1, 1, 900000), 0);
    bucket_spend(&b);
    assert_true(bucket_wait_ms(&b, 1, 1, 900000) > 0);
}

static const struct failure failed = {.answered = true};
static const struct failure silent = {.answered = false};
static const struct failure dead_token = {.answered = true, .fault = true};
static const struct failure slow_down = {.answered = true, .asked_ms = 7000};

static void test_circuit_opens_probes_and_closes(void **state)
{
    struct circuit c = {0};
    int64_t now = 1000;

    (void)state;
    assert_true(circuit_allows(&c, 9, now));
    for (int i = 0; i < CIRCUIT_FAILURES - 1; i++)
        circuit_failed(&c, &failed, now, 0);
    assert_int_equal(c.state, BREAKER_CLOSED);
    assert_true(circuit_allows(&c, 0, now)); /* an answer makes one alert wait */
    circuit_failed(&c, &failed, now, 0);
    assert_int_equal(c.state, BREAKER_OPEN);
    assert_false(circuit_allows(&c, 0, now));
    now = c.not_before_ms;
    assert_true(circuit_allows(&c, 0, now));
    assert_int_equal(c.state, BREAKER_PROBING);
    assert_false(circuit_allows(&c, 1, now)); /* one probe at a time */
    circuit_failed(&c, &silent, now, 0);
    assert_int_equal(c.state, BREAKER_OPEN);
    now = c.not_before_ms;
    assert_true(circuit_allows(&c, 0, now));
    circuit_ok(&c);
    assert_int_equal(c.state, BREAKER_CLOSED);
    assert_true(circuit_allows(&c, 5, now));
}

static void test_circuit_waits_when_nothing_answers(void **state)
{
    struct circuit c = {0};

    (void)state;
    circuit_failed(&c, &silent, 1000, 0);
    assert_int_equal(c.state, BREAKER_CLOSED);
    assert_false(circuit_allows(&c, 0, 1000));
    for (int i = 0; i < 50; i++)
        circuit_failed(&c, &silent, 1000, UINT32_MAX);
    assert_true(c.not_before_ms <= 1000 + CIRCUIT_CAP_MS);
}

/* Our own history is looked at sooner. */
static void test_a_circuit_may_have_a_cap_of_its_own(void **state)
{
    const struct failure ours = {.answered = false, .cap_ms = 5000};
    struct circuit c = {0};

    (void)state;
    for (int i = 0; i < 50; i++)
        circuit_failed(&c, &ours, 1000, UINT32_MAX - (uint32_t)i * 7919);
    assert_false(circuit_allows(&c, 0, 1000));
    assert_true(circuit_allows(&c, 0, 6000));
}

static void test_circuit_pauses_on_dead_credentials(void **state)
{
    struct circuit c = {0};

    (void)state;
    for (int i = 0; i < PAUSE_FAULTS; i++) {
        assert_false(c.paused);
        circuit_failed(&c, &dead_token, 1000, 0);
    }
    assert_true(c.paused);
    assert_int_equal(c.not_before_ms, 1000 + PAUSE_MS);
    circuit_ok(&c);
    assert_false(c.paused);
}

static void test_not_now_is_no_failure(void **state)
{
    struct circuit c = {0};

    (void)state;
    for (int i = 0; i < 100; i++)
        circuit_failed(&c, &slow_down, 1000, 0);
    assert_int_equal(c.state, BREAKER_CLOSED);
    assert_false(circuit_allows(&c, 0, 7999));
    assert_true(circuit_allows(&c, 0, 8000));
}

static void test_circuit_survives_a_clock_that_jumps_back(void **state)
{
    struct circuit c = {0};

    (void)state;
    circuit_failed(&c, &slow_down, 1700000000000, 0);
    assert_false(circuit_allows(&c, 0, 5000));
    assert_false(circuit_allows(&c, 0, 5000 + RETRY_AFTER_CAP_MS - 1));
    assert_true(circuit_allows(&c, 0, 5000 + RETRY_AFTER_CAP_MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delay_stays_in_its_range),
        cmocka_unit_test(test_delay_obeys_what_was_asked),
        cmocka_unit_test(test_retry_ends),
        cmocka_unit_test(test_bucket),
        cmocka_unit_test(test_bucket_in_debt),
        cmocka_unit_test(test_circuit_opens_probes_and_closes),
        cmocka_unit_test(test_circuit_waits_when_nothing_answers),
        cmocka_unit_test(test_a_circuit_may_have_a_cap_of_its_own),
        cmocka_unit_test(test_circuit_pauses_on_dead_credentials),
        cmocka_unit_test(test_not_now_is_no_failure),
        cmocka_unit_test(test_circuit_survives_a_clock_that_jumps_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
