/* test_courier_kept.c -- what the courier keeps of deliveries: failed tries, whose
 * handle it is, and reasons without secrets. */
#include "courier_rig.h"

/* --- tries ------------------------------------------------------------------------ */

/* What failed is told later, the last few; what is delivered at once leaves no row. */
static void failed_tries_are_kept(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");
    struct outbox_reader *reader;
    struct attempt_row *rows;
    struct error err;
    size_t n;

    desk_store(d, r, "a");
    for (int i = 0; i < DELIVERY_TRIES_KEPT + 3; i++) {
        desk_respond(d, "r", &(struct response){.outcome = OUTCOME_ANSWERED,
                                                .status = 503,
                                                .body = arena_printf(&d->arena, "try %d", i)});
        desk_pass(d, BACKOFF_CAP_MS);
    }
    desk_answer(d, "r", "ok");
    desk_store(d, r, "b");
    desk_answer(d, "r", "ok");
    reader = outbox_reader_open(d->rig.path, &err);
    assert_non_null(reader);
    assert_true(outbox_read_attempts(reader, (struct delivery_id){1, r}, &d->arena, &rows, &n,
                                     &err));
    assert_int_equal(n, DELIVERY_TRIES_KEPT);
    assert_true(str_is(rows[0].reason, "503 Service Unavailable: try 3"));
    assert_true(str_is(rows[n - 1].reason, "503 Service Unavailable: try 12"));
    assert_int_equal(rows[0].status, 503);
    assert_true(rows[0].at_ms < rows[1].at_ms);
    assert_true(outbox_read_attempts(reader, (struct delivery_id){2, r}, &d->arena, &rows, &n,
                                     &err));
    assert_int_equal(n, 0);
    outbox_reader_close(reader);
    assert_int_equal(rig_number(d->rig.path, "SELECT count(*) FROM attempt", 0, 0),
                     DELIVERY_TRIES_KEPT);
}

/* --- what alerts share ----------------------------------------------------------- */

static void those_who_share_a_handle_are_counted(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "sharing");
    int64_t other;

    desk_endpoint(d, "f", "sharing");
    other = desk_recipient(d, "s", "f");
    desk_put(d, other, ACTION_ENGAGE, "theirs");
    desk_put(d, r, ACTION_ENGAGE, "a");
    desk_put(d, r, ACTION_ENGAGE, "b");
    desk_put(d, r, ACTION_ENGAGE, "c");
    desk_rest(d);
    desk_answer(d, "s", "ok=x");
    assert_string_equal(desk_sent(d, "r"), "0 2n");
    desk_answer(d, "r", "ok=x");
    assert_string_equal(desk_sent(d, "r"), "0 3n+1");
    desk_answer(d, "r", "ok=x");
    assert_string_equal(desk_sent(d, "r"), "0 4n+2");
    desk_answer(d, "r", "ok=y");
    desk_reopen(d); /* it is on disk */
    desk_put(d, r, ACTION_RELEASE, "a");
    desk_rest(d);
    assert_string_equal(desk_sent(d, "r"), "0 5r@x+1");
    desk_answer(d, "r", "ok");
    desk_put(d, r, ACTION_RELEASE, "b");
    desk_rest(d);
    assert_string_equal(desk_sent(d, "r"), "0 6r@x");
    desk_answer(d, "r", "ok");
}

/* --- what an answer says --------------------------------------------------------- */

#define OLD_TOKEN "correct-horse-battery"

static int64_t make_secretive(struct desk *d)
{
    desk_edit(d, OBJECT_ENDPOINT, EDIT_CREATE, NULL,
              STR("{\"name\":\"e\",\"type\":\"plain\",\"params\":{\"token\":\"" OLD_TOKEN
                  "\"}}"));
    return desk_recipient(d, "r", "e");
}

static void the_secret_it_was_sent_with_is_hidden(void **state)
{
    struct desk *d = *state;
    int64_t r = make_secretive(d);

    desk_store(d, r, "a");
    desk_edit(d, OBJECT_ENDPOINT, EDIT_PATCH, "e",
              STR("{\"params\":{\"token\":\"staple-the-new\"}}"));
    desk_respond(d, "r", &(struct response){.outcome = OUTCOME_ANSWERED,
                                            .status = 503,
                                            .body = STR("not " OLD_TOKEN ", nor staple-the-new")});
    desk_says(d, 1, r, ": not •••, nor •••");
    assert_string_equal(desk_view(d, "e").last_error.p,
                        "503 Service Unavailable: not •••, nor •••");
}

/* The cut is not to show the secret's beginning, wherever it falls. */
static void a_secret_across_the_cut_is_hidden(void **state)
{
    struct desk *d = *state;
    int64_t r = make_secretive(d);
    char body[REASON_MAX + 2 * sizeof(OLD_TOKEN)];
    int64_t id = 0;

    for (size_t n = REASON_MAX - 60; n < REASON_MAX; n++) {
        memset(body, 'x', n);
        memcpy(body + n, OLD_TOKEN, sizeof(OLD_TOKEN));
        desk_store(d, r, "a");
        desk_respond(d, "r", &(struct response){.outcome = OUTCOME_ANSWERED,
                                                .status = 400,
                                                .body = str_of(body)});
        desk_is(d, ++id, r, DELIVERY_DEAD, 1);
        desk_says(d, id, r, "xxxxx");
        assert_null(strstr(desk_view(d, "e").last_error.p, "corr"));
        assert_null(strstr(desk_reason(d, id, r), "corr"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(failed_tries_are_kept),
        DESK_TEST(those_who_share_a_handle_are_counted),
        DESK_TEST(the_secret_it_was_sent_with_is_hidden),
        DESK_TEST(a_secret_across_the_cut_is_hidden),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
