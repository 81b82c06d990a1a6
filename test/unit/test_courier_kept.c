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

/* --- what was said ---------------------------------------------------------------- */

static struct attempt_row *tries_of(struct desk *d, int64_t alert_id, int64_t to, size_t *n)
{
    struct outbox_reader *reader;
    struct attempt_row *rows;
    struct error err;

    reader = outbox_reader_open(d->rig.path, &err);
    assert_non_null(reader);
    assert_true(outbox_read_attempts(reader, (struct delivery_id){alert_id, to}, &d->arena,
                                     &rows, n, &err));
    outbox_reader_close(reader);
    return rows;
}

/* "sent/body": of its newest try. */
static struct str said(struct desk *d, int64_t alert_id, int64_t to, const char *part,
                       const char *member)
{
    struct error err;
    const struct json *j;
    size_t n;
    struct attempt_row *rows = tries_of(d, alert_id, to, &n);

    assert_true(n > 0);
    j = json_parse(&d->arena, rows[n - 1].transcript, &err);
    if (j == NULL)
        fail_msg("\"%.*s\": %s", STR_ARG(rows[n - 1].transcript), err.text);
    return json_text(json_get(json_get(j, part), member));
}

static size_t transcripts(const struct desk *d)
{
    return (size_t)rig_number(d->rig.path, "SELECT count(*) FROM transcript", 0, 0);
}

static void refuse(struct desk *d, const char *body)
{
    desk_respond(d, "r", &(struct response){.outcome = OUTCOME_ANSWERED,
                                            .status = 400,
                                            .body = str_of(body)});
}

static void what_was_said_is_kept_with_what_failed(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "a");
    desk_answer(d, "r", "ok");
    assert_int_equal(transcripts(d), 0);
    desk_store(d, r, "b");
    refuse(d, "no such room");
    assert_true(str_is(said(d, 2, r, "request", "body"), "0 2n"));
    assert_true(str_is(said(d, 2, r, "request", "url"), "http://far/r"));
    assert_true(str_is(said(d, 2, r, "response", "body"), "no such room"));
    assert_true(str_is(said(d, 2, r, "response", "outcome"), "answered"));
}

/* One for the whole batch; it goes with the last of them. */
static void a_batch_shares_what_was_said(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    desk_store(d, r, "abc");
    desk_answer(d, "r", "no ok no");
    assert_int_equal(transcripts(d), 1);
    assert_int_equal(rig_number(d->rig.path, "SELECT count(*) FROM attempt_transcript", 0, 0),
                     2);
    assert_true(str_is(said(d, 1, r, "request", "body"), "0 1n 2n 3n"));
    assert_true(str_is(said(d, 3, r, "request", "body"), "0 1n 2n 3n"));
}

static void of_many_tries_the_last_are_kept_whole(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");
    struct attempt_row *rows;
    size_t n;

    desk_store(d, r, "a");
    for (int i = 0; i < DELIVERY_TRIES_KEPT + 3; i++) {
        desk_lose(d, "r");
        desk_pass(d, BACKOFF_CAP_MS);
    }
    rows = tries_of(d, 1, r, &n);
    assert_int_equal(n, DELIVERY_TRIES_KEPT);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(rows[i].transcript.n > 0, i >= n - TRANSCRIPTS_EACH);
    assert_int_equal(transcripts(d), TRANSCRIPTS_EACH);
    desk_answer(d, "r", "ok");
}

/* A flood of refusals is not written down one by one. */
static void a_flood_is_sampled(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");

    for (int i = 0; i < 4 * TRANSCRIPTS_PER_S; i++) {
        desk_put(d, r, ACTION_STORE, "a");
        desk_rest(d);
        refuse(d, "no");
    }
    assert_true(transcripts(d) >= 2 * TRANSCRIPTS_PER_S);
    assert_true(transcripts(d) < 4 * TRANSCRIPTS_PER_S);
}

/* The oldest of all make room. */
static void there_are_never_too_many(void **state)
{
    struct desk *d = *state;
    int64_t r = desk_make(d, "plain");
    sqlite3 *db;
    size_t n;

    desk_store(d, r, "a");
    refuse(d, "the oldest");
    assert_int_equal(sqlite3_open(d->rig.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "INSERT INTO transcript VALUES (100000, '{}');"
                                      "INSERT INTO attempt_transcript VALUES (9, 9, 1, 100000)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    desk_store(d, r, "b");
    refuse(d, "the newest");
    assert_int_equal(transcripts(d), 2);
    assert_int_equal(tries_of(d, 1, r, &n)[0].transcript.n, 0);
    assert_true(str_is(said(d, 2, r, "response", "body"), "the newest"));
}

static void what_goes_takes_what_was_said_along(void **state)
{
    struct desk *d = *state;
    int64_t r;

    d->rig.options.settled_max = 1;
    desk_reopen(d);
    r = desk_make(d, "plain");
    desk_store(d, r, "a");
    refuse(d, "no");
    for (int i = 0; i < 3; i++) {
        desk_store(d, r, "b");
        desk_answer(d, "r", "ok");
    }
    assert_int_equal(rig_number(d->rig.path, "SELECT count(*) FROM alert WHERE id = 1", 0, 0), 0);
    assert_int_equal(transcripts(d), 0);
    assert_int_equal(rig_number(d->rig.path, "SELECT count(*) FROM attempt_transcript", 0, 0),
                     0);
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

static void secrets_are_hidden_in_what_was_said(void **state)
{
    struct desk *d = *state;
    int64_t r = make_secretive(d);

    desk_store(d, r, "a");
    desk_edit(d, OBJECT_ENDPOINT, EDIT_PATCH, "e",
              STR("{\"params\":{\"token\":\"staple-the-new\"}}"));
    desk_respond(d, "r",
                 &(struct response){.outcome = OUTCOME_ANSWERED,
                                    .status = 400,
                                    .headers = STR("Server: " OLD_TOKEN "\r\n"),
                                    .body = STR("not " OLD_TOKEN ", nor staple-the-new, nor "
                                                "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5")});
    assert_true(str_is(said(d, 1, r, "response", "body"), "not •••, nor •••, nor •••"));
    assert_int_equal(rig_number(d->rig.path,
                                "SELECT count(*) FROM transcript WHERE json LIKE '%correct%'"
                                " OR json LIKE '%staple%'",
                                0, 0),
                     0);
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
        DESK_TEST(what_was_said_is_kept_with_what_failed),
        DESK_TEST(a_batch_shares_what_was_said),
        DESK_TEST(of_many_tries_the_last_are_kept_whole),
        DESK_TEST(a_flood_is_sampled),
        DESK_TEST(there_are_never_too_many),
        DESK_TEST(what_goes_takes_what_was_said_along),
        DESK_TEST(secrets_are_hidden_in_what_was_said),
        DESK_TEST(those_who_share_a_handle_are_counted),
        DESK_TEST(the_secret_it_was_sent_with_is_hidden),
        DESK_TEST(a_secret_across_the_cut_is_hidden),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
