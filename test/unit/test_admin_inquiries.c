/* test_admin_inquiries.c -- tests and choices over HTTP: what is sent, in which
 * order, and what is told. This program has endpoint types of its own: it defines
 * the list that endpoint/all.c would. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "admin_rig.h"
#include "bot_types.h"

#define TOKEN "7001:correct-horse"
#define NEW_TOKEN "7002:battery-staple"

/* --- what the tests share --------------------------------------------------- */

static void make_endpoint(struct bench *b, const char *type, const char *broken)
{
    GOT_STATUS(api_ask(b, "POST", "/api/v1/endpoints",
                       arena_printf(&b->arena,
                                    "{\"name\":\"e\",\"type\":\"%s\",\"params\":"
                                    "{\"token\":\"" TOKEN "\",\"broken\":\"%s\"}}",
                                    type, broken)
                           .p),
               201);
}

static void make(struct bench *b, const char *type, const char *broken)
{
    make_endpoint(b, type, broken);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/recipients",
                       strcmp(type, "mute") == 0
                           ? "{\"name\":\"r\",\"endpoint\":\"e\"}"
                           : "{\"name\":\"r\",\"endpoint\":\"e\",\"params\":"
                             "{\"chat_id\":\"-100\"}}"),
               201);
}

static struct got test_of(struct bench *b, const char *path)
{
    struct got g = api_ask(b, "POST", path, "{}");

    GOT_STATUS(g, 200);
    if (strstr(g.body.p, "horse") != NULL)
        fail_msg("a secret: %.*s", STR_ARG(g.body));
    return g;
}

static void want_sent(const struct bench *b, const char *const *ends)
{
    size_t n = 0;

    for (; ends[n] != NULL; n++)
        if (n >= b->sent_count || !str_ends(b->sent[n], ends[n]))
            fail_msg("request %zu is not %s: %.*s", n, ends[n],
                     STR_ARG(n < b->sent_count ? b->sent[n] : STR("none")));
    assert_int_equal(b->sent_count, n);
}

static void want_ok(const struct got *g, const char *path, bool ok)
{
    const struct json *j = member_at(g->json, path);

    if (!json_is(j, JSON_BOOL) || j->truth != ok)
        fail_msg("%s is not %d: %.*s", path, ok, STR_ARG(g->body));
}

/* --- tests ------------------------------------------------------------------- */

static void questions_come_first(void **state)
{
    static const char *const ends[] = {"/getMe", "/getChat", "/send-0-", NULL};
    struct bench *b = *state;
    struct got g;

    make(b, "bot", "");
    g = test_of(b, "/api/v1/recipients/r/test");
    want_sent(b, ends);
    want_ok(&g, "/ok", true);
    got_want_text(&g, "/verdict", "delivered");
    got_want_text(&g, "/reason", "200 OK");
    got_want_text(&g, "/answer", "ok");
    got_want_text(&g, "/requests/0/name", "getMe");
    want_ok(&g, "/requests/0/ok", true);
    got_want_text(&g, "/requests/0/reason", "bot @tocsin");
    got_want_text(&g, "/requests/1/name", "getChat");
    got_want_text(&g, "/requests/2/name", "sample");
    got_want_text(&g, "/requests/2/answer", "ok");
    got_want_text(&g, "/requests/2/steps/0/step", "send");
    assert_int_equal(got_number(&g, "/requests/2/status"), 200);
    assert_true(str_is(member_at(g.json, "/requests/2/ms")->text, "1.5"));
    assert_true(str_is(member_at(g.json, "/ms")->text, "4.5"));
}

static void a_question_that_fails_stops_it(void **state)
{
    static const char *const ends[] = {"/getMe", "/getChat", NULL};
    struct bench *b = *state;
    struct got g;

    make(b, "bot", "");
    b->answers[0] = (struct peer_answer){200, "ok"};
    b->answers[1] = (struct peer_answer){403, "kicked; you said " TOKEN};
    g = test_of(b, "/api/v1/recipients/r/test");
    want_sent(b, ends);
    want_ok(&g, "/ok", false);
    got_want_text(&g, "/verdict", "failed at getChat: the sample was not sent");
    got_want_text(&g, "/reason", "403 Forbidden: kicked; you said •••");
    got_want_text(&g, "/requests/1/answer", "kicked; you said •••");
    want_ok(&g, "/requests/0/ok", true);
    want_ok(&g, "/requests/1/ok", false);
    assert_int_equal(member_at(g.json, "/requests")->count, 2);
}

/* Nobody to send to, but the token can be looked at. */
static void an_endpoint_is_checked(void **state)
{
    static const char *const ends[] = {"/getMe", "/getMe", NULL};
    struct bench *b = *state;
    struct got g;

    make(b, "bot", "");
    g = test_of(b, "/api/v1/endpoints/e/test");
    want_ok(&g, "/ok", true);
    got_want_text(&g, "/verdict",
                  "checked: no message was sent, that takes a recipient");
    got_want_text(&g, "/reason", "bot @tocsin");
    b->answer_status = 401;
    g = test_of(b, "/api/v1/endpoints/e/test");
    want_ok(&g, "/ok", false);
    got_want_text(&g, "/verdict", "failed at getMe");
    want_sent(b, ends);
}

static void without_questions_it_takes_a_recipient(void **state)
{
    struct bench *b = *state;
    struct got g;

    make(b, "shy", "");
    g = api_ask(b, "POST", "/api/v1/endpoints/e/test", "{}");
    got_want(&g, 422, "Shy needs to know who to send to");
    assert_int_equal(b->sent_count, 0);
    g = test_of(b, "/api/v1/recipients/r/test");
    got_want_text(&g, "/verdict", "delivered");
}

/* What the tables leave open the type's check may not. */
static void a_recipient_that_check_refuses_is_none(void **state)
{
    struct bench *b = *state;
    struct got g;

    make_endpoint(b, "picky", "");
    g = api_ask(b, "POST", "/api/v1/endpoints/e/test", "{}");
    got_want(&g, 422, "Picky needs to know who to send to");
    assert_int_equal(b->sent_count, 0);
}

static void what_confirms_nothing_says_accepted(void **state)
{
    struct bench *b = *state;
    struct got g;

    make(b, "mute", "");
    g = test_of(b, "/api/v1/endpoints/e/test");
    want_ok(&g, "/ok", true);
    got_want_text(&g, "/verdict", "accepted: Mute confirms no more");
    b->answer_status = 400;
    g = test_of(b, "/api/v1/recipients/r/test");
    want_ok(&g, "/ok", false);
    got_want_text(&g, "/verdict", "refused: would not be tried again");
}

/* The first is refused for its markup, say, and sent again without. */
static void the_sample_goes_all_its_steps(void **state)
{
    static const char *const ends[] = {"/getMe", "/getChat", "/send-0-",
                                       "/send-1-carried", "/send-2-carried", NULL};
    struct bench *b = *state;
    struct got g;

    make(b, "bot", "");
    b->answers[0] = b->answers[1] = (struct peer_answer){200, "ok"};
    b->answers[2] = (struct peer_answer){400, "again, without markup"};
    b->answers[3] = (struct peer_answer){200, "again: and the reply"};
    g = test_of(b, "/api/v1/recipients/r/test");
    want_sent(b, ends);
    want_ok(&g, "/ok", true);
    got_want_text(&g, "/verdict", "delivered");
    want_ok(&g, "/requests/2/ok", false);
    got_want_text(&g, "/requests/2/name", "sample");
    want_ok(&g, "/requests/3/ok", true);
    got_want_text(&g, "/requests/3/name", "sample (2)");
    got_want_text(&g, "/requests/4/name", "sample (3)");
}

static void steps_have_an_end(void **state)
{
    struct bench *b = *state;
    struct got g;

    make(b, "bot", "");
    b->answer_body = "again and again";
    g = test_of(b, "/api/v1/recipients/r/test");
    assert_int_equal(b->sent_count, 2 + STEPS_MAX);
    want_ok(&g, "/ok", false);
    got_want_text(&g, "/verdict", "failed: not at an end after 5 requests");
}

/* At once when nothing was sent yet, else in the transcript. */
static void what_cannot_be_rendered_is_said(void **state)
{
    static const struct {
        const char *broken;
        size_t sent;
        const char *verdict; /* NULL: 422 */
    } table[] = {
        {"sample", 0, NULL},
        {"getMe", 0, NULL},
        {"getChat", 1, "failed at probe: the sample was not sent"},
        {"step", 3, "refused: would not be tried again"},
    };
    struct bench *b = *state;

    make(b, "bot", "");
    b->answer_body = "again";
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct got g = api_ask(b, "PATCH", "/api/v1/endpoints/e",
                               arena_printf(&b->arena,
                                            "{\"params\":{\"broken\":\"%s\"}}",
                                            table[i].broken)
                                   .p);

        GOT_STATUS(g, 200);
        b->sent_count = 0;
        g = api_ask(b, "POST", "/api/v1/recipients/r/test", "");
        got_want(&g, table[i].verdict == NULL ? 422 : 200, "cannot ");
        if (table[i].verdict != NULL)
            got_want_text(&g, "/verdict", table[i].verdict);
        assert_int_equal(b->sent_count, table[i].sent);
    }
}

/* A secret that was changed while the request was out is a secret still, also
 * with something invisible in it; and an answer is cut behind it, not within. */
static void an_old_secret_is_hidden_too(void **state)
{
    struct bench *b = *state;
    struct str headers = arena_printf(
        &b->arena, "Authorization: Bearer %s\r\n", b->token);
    static const char joined[] = "7001:corr\xe2\x80\x8b" "ect-horse, " TOKEN;
    char *answer = arena_new(&b->arena, 6000);
    struct got g;
    int fd;

    make(b, "bot", "");
    memset(answer, 'x', 5999);
    for (size_t at = 10; at + 100 < 5999; at += 50)
        memcpy(answer + at, joined, sizeof(joined) - 1);
    b->answer_body = answer;
    b->answer_status = 401;
    b->hold = true;
    fd = api_connect(b);
    api_send(fd, api_request(b, "POST", "/api/v1/endpoints/e/test", headers.p,
                             "{}"));
    bench_settle(b);
    GOT_STATUS(api_ask(b, "PATCH", "/api/v1/endpoints/e",
                       "{\"params\":{\"token\":\"" NEW_TOKEN "\"}}"), 200);
    bench_let_go(b);
    g = got_parse(b, api_read(b, fd));
    close(fd);
    GOT_STATUS(g, 200);
    assert_null(strstr(g.body.p, "correct"));
    assert_null(strstr(g.body.p, "7001"));
    assert_non_null(strstr(g.body.p, "•••"));
    assert_true(json_text(member_at(g.json, "/requests/0/answer")).n <= 4096);
}

/* Who repeats the headers repeats the login. */
static void a_login_is_hidden_as_it_was_sent(void **state)
{
    struct bench *b = *state;
    struct got g;

    make(b, "bot", "");
    GOT_STATUS(api_ask(b, "PATCH", "/api/v1/endpoints/e",
                       "{\"params\":{\"user\":\"u\"}}"), 200);
    b->answer_status = 401;
    b->answer_body = "you sent Basic dTo3MDAxOmNvcnJlY3QtaG9yc2U="; /* u:TOKEN */
    g = test_of(b, "/api/v1/endpoints/e/test");
    got_want_text(&g, "/answer", "you sent Basic •••");
    got_want_text(&g, "/reason", "401 Unauthorized: you sent Basic •••");
}

/* --- choices ------------------------------------------------------------------ */

#define OFFERED "-100 Ops (group)\n42 Kim, who said " TOKEN "\n"

static void want_offered(const struct got *g)
{
    GOT_STATUS(*g, 200);
    got_want_text(g, "/data/0/field", "chat_id");
    got_want_text(g, "/data/0/value", "-100");
    got_want_text(g, "/data/0/label", "Ops (group)");
    got_want_text(g, "/data/1/value", "42");
    got_want_text(g, "/data/1/label", "Kim, who said •••");
    assert_int_equal(member_at(g->json, "/data")->count, 2);
}

static void an_endpoint_offers_choices(void **state)
{
    struct bench *b = *state;
    struct got g;

    make(b, "bot", "");
    b->answer_body = OFFERED;
    g = api_get(b, "/api/v1/endpoints/e/choices");
    want_offered(&g);
    b->answer_body = "";
    g = api_get(b, "/api/v1/endpoints/e/choices");
    assert_int_equal(member_at(g.json, "/data")->count, 0);
    b->answer_body = "many 1000";
    g = api_get(b, "/api/v1/endpoints/e/choices");
    assert_int_equal(member_at(g.json, "/data")->count, CHOICES_MAX);
}

/* Nothing is stored, and its secret is one though nobody else knows it. */
static void a_draft_offers_choices(void **state)
{
    struct bench *b = *state;
    struct got g;

    b->answer_body = OFFERED;
    g = api_ask(b, "POST", "/api/v1/endpoint-types/bot/choices",
                "{\"params\":{\"token\":\"" TOKEN "\"}}");
    want_offered(&g);
    assert_true(str_ends(b->sent[0], TOKEN "/getUpdates"));
    b->answer_status = 401;
    b->answer_body = "no such bot: " TOKEN;
    g = api_ask(b, "POST", "/api/v1/endpoint-types/bot/choices",
                "{\"params\":{\"token\":\"" TOKEN "\"}}");
    got_want(&g, 502, "401: no such bot: •••");
    got_want(&g, 502, "choices-refused");
    g = api_get(b, "/api/v1/endpoints");
    assert_int_equal(got_number(&g, "/total/value"), 1); /* the alert store */
}

static void what_offers_nothing_says_why(void **state)
{
#define POST_TYPE "POST", "/api/v1/endpoint-types/"
    static const struct {
        const char *method, *path, *body;
        int status;
        const char *words;
    } table[] = {
        {"GET", "/api/v1/endpoints/e/choices", "", 422, "no-choices"},
        {"GET", "/api/v1/endpoints/e/choices", "", 422,
         "Mute offers nothing to choose from"},
        {"GET", "/api/v1/endpoints/e/choices?x=1", "", 400, "x"},
        {"GET", "/api/v1/endpoints/f/choices", "", 404, "no endpoint named"},
        {"GET", "/api/v1/endpoints/alert_store_db/choices", "", 422,
         "no-choices"},
        {"POST", "/api/v1/endpoints/e/choices", "{}", 405, ""},
        {POST_TYPE "mute/choices", "{\"params\":{\"token\":\"abcd\"}}", 422,
         "no-choices"},
        {POST_TYPE "bat/choices", "{}", 404, "no endpoint type named \\\"bat\\\""},
        {POST_TYPE "alert_store_db/choices", "{}", 404, "no endpoint type"},
        {POST_TYPE "bot/choices", "{}", 422, "/params/token"},
        {POST_TYPE "bot/choices", "", 422, "required"},
        {POST_TYPE "bot/choices", "{\"params\":7}", 422, "must be an object"},
        {POST_TYPE "bot/choices", "{\"param\":{}}", 422, "did you mean"},
        {POST_TYPE "bot/choices", "{\"params\":{\"token\":\"a\"}}", 422,
         "/params/token"},
        {POST_TYPE "bot/choices", "{\"params\":{\"tokin\":\"abcd\"}}", 422,
         "did you mean"},
        {POST_TYPE "bot/choices", "{\"params\":{\"token\":\"env:NOT_SET_HERE\"}}",
         422, "no such environment variable"},
        {POST_TYPE "bot/choices",
         "{\"params\":{\"token\":\"abcd\",\"broken\":\"choices\"}}", 422,
         "cannot ask this"},
    };
    struct bench *b = *state;

    make(b, "mute", "");
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct got g = api_ask(b, table[i].method, table[i].path, table[i].body);

        if (g.status != table[i].status ||
            strstr(g.body.p, table[i].words) == NULL)
            fail_msg("%s %s %s: %d %.*s", table[i].method, table[i].path,
                     table[i].body, g.status, STR_ARG(g.body));
    }
    assert_int_equal(b->sent_count, 0);
}

static void no_answer_offers_nothing(void **state)
{
    struct bench *b = *state;
    struct got g;

    make(b, "bot", "");
    b->answer_outcome = OUTCOME_UNREACHED;
    g = api_get(b, "/api/v1/endpoints/e/choices");
    got_want(&g, 502, "not reached");
    b->answer_outcome = OUTCOME_ANSWERED;
    b->answer_body = "many 1001";
    g = api_get(b, "/api/v1/endpoints/e/choices");
    got_want(&g, 502, "write the chat_id by hand");
}

/* Four may be on their way, tests or choices; and a stop is no trouble. */
static void only_a_few_at_once(void **state)
{
    static const char *const paths[] = {
        "/api/v1/endpoints/e/choices", "/api/v1/endpoint-types/bot/choices",
        "/api/v1/endpoints/e/choices", "/api/v1/recipients/r/test",
    };
    static const char draft[] = "{\"params\":{\"token\":\"" TOKEN "\"}}";
    struct bench *b = *state;
    struct str headers = arena_printf(
        &b->arena, "Authorization: Bearer %s\r\n", b->token);
    struct got g;
    int fds[4];

    make(b, "bot", "");
    b->hold = true;
    for (int i = 0; i < 4; i++) {
        const char *method = strstr(paths[i], "endpoints") != NULL ? "GET" : "POST";
        const char *body = strstr(paths[i], "types") != NULL ? draft : "";

        fds[i] = api_connect(b);
        api_send(fds[i], api_request(b, method, paths[i], headers.p, body));
        bench_settle(b);
    }
    g = api_get(b, "/api/v1/endpoints/e/choices");
    got_want(&g, 429, "4 tests and questions for choices are on their way");
    g = api_ask(b, "POST", "/api/v1/endpoint-types/bot/choices", draft);
    GOT_STATUS(g, 429);
    assert_true(str_is(got_header(&g, "Retry-After"), "1"));
    for (int i = 0; i < 4; i++)
        close(fds[i]); /* whoever asked is gone, the question is not */
    bench_settle(b);   /* and teardown stops it all with the four on their way */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(questions_come_first),
        TEST(a_question_that_fails_stops_it),
        TEST(an_endpoint_is_checked),
        TEST(without_questions_it_takes_a_recipient),
        TEST(a_recipient_that_check_refuses_is_none),
        TEST(what_confirms_nothing_says_accepted),
        TEST(the_sample_goes_all_its_steps),
        TEST(steps_have_an_end),
        TEST(what_cannot_be_rendered_is_said),
        TEST(an_old_secret_is_hidden_too),
        TEST(a_login_is_hidden_as_it_was_sent),
        TEST(an_endpoint_offers_choices),
        TEST(a_draft_offers_choices),
        TEST(what_offers_nothing_says_why),
        TEST(no_answer_offers_nothing),
        TEST(only_a_few_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
