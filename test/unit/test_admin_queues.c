/* test_admin_queues.c -- queues over HTTP: listed, stopped, resumed; and what was
 * said in a delivery's tries. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "admin_rig.h"
#include "config/ack_link.h"
#include "people/session.h"

/* --- queues ------------------------------------------------------------------- */

static void a_queue_is_stopped_and_goes_on(void **state)
{
    struct bench *b = *state;
    struct got g;

    rig_netops(b);
    g = api_ask(b, "POST", "/api/v1/queues/netops/pause",
                "{\"reason\":\"new certificates\",\"until\":\"2999-01-01T00:00:00Z\"}");
    GOT_STATUS(g, 200);
    got_want_text(&g, "/pause/reason", "new certificates");
    got_want_text(&g, "/pause/until", "2999-01-01T00:00:00.000Z");
    rig_alerts(b, 3);
    g = api_get(b, "/api/v1/queues");
    GOT_STATUS(g, 200);
    got_want_text(&g, "/data/1/recipient", "netops");
    assert_int_equal(got_number(&g, "/data/1/length"), 3);
    got_want_text(&g, "/data/1/waits_for", "resume");
    got_want_text(&g, "/data/1/pause/reason", "new certificates");
    got_want_text(&g, "/data/1/endpoint/circuit", "closed");
    assert_true(json_is(member_at(g.json, "/data/1/endpoint/pause"), JSON_NULL));
    g = api_get(b, "/api/v1/status");
    got_want_text(&g, "/recipients/1/pause/reason", "new certificates");
    got_want(&(struct got[]){api_get(b, "/metrics")}[0], 200,
             "tocsin_queue_paused{recipient=\"netops\"} 1");
    assert_int_equal(b->sent_count, 0);

    g = api_ask(b, "POST", "/api/v1/queues/netops/resume", "");
    GOT_STATUS(g, 200);
    assert_false(json_bool_or(member_at(g.json, "/paused"), true));
    bench_settle(b);
    g = api_get(b, "/api/v1/deliveries?recipient=netops&state=delivered");
    assert_int_equal(got_number(&g, "/total/value"), 3);
}

static void an_endpoint_is_stopped_and_goes_on(void **state)
{
    struct bench *b = *state;
    struct got g;

    rig_netops(b);
    g = api_ask(b, "POST", "/api/v1/endpoints/hook/pause", "{\"reason\":\"moving\"}");
    GOT_STATUS(g, 200);
    got_want_text(&g, "/endpoint", "hook");
    rig_alerts(b, 1);
    g = api_get(b, "/api/v1/queues");
    got_want_text(&g, "/data/1/endpoint/pause/reason", "moving");
    got_want_text(&g, "/data/1/waits_for", "resume");
    assert_true(json_is(member_at(g.json, "/data/1/endpoint/pause/until"), JSON_NULL));
    g = api_get(b, "/api/v1/status");
    got_want_text(&g, "/endpoints/1/pause/reason", "moving");
    assert_int_equal(b->sent_count, 0);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/endpoints/hook/resume", ""), 200);
    bench_settle(b);
    assert_int_equal(b->sent_count, 1);
}

/* The store's own deliveries stay; what is on the endpoint waits, then is dead. */
static void what_waited_too_long_is_dropped(void **state)
{
    struct bench *b = *state;
    struct got g;

    rig_netops(b);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/endpoints/hook/pause", "{\"reason\":\"x\"}"), 200);
    rig_alerts(b, 3);
    g = api_ask(b, "POST", "/api/v1/deliveries/cancel",
                "{\"state\":\"pending\",\"recipient\":\"netops\",\"before\":\"6h\"}");
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/cancelled"), 0);
    g = api_ask(b, "POST", "/api/v1/deliveries/cancel",
                "{\"state\":\"pending\",\"endpoint\":\"hook\",\"limit\":2,"
                "\"before\":\"2999-01-01T00:00:00Z\"}");
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/cancelled"), 2);
    assert_true(member_at(g.json, "/more")->truth);
    assert_int_equal(member_at(g.json, "/ids")->count, 2);
    g = api_get(b, "/api/v1/audit?limit=1");
    got_want_text(&g, "/data/0/what", "delivery.cancel");
    got_want_text(&g, "/data/0/after/endpoint", "hook");
    got_want_text(&g, "/data/0/after/before", "2999-01-01T00:00:00Z");
    g = api_get(b, "/api/v1/deliveries?endpoint=hook&state=dead");
    assert_int_equal(got_number(&g, "/total/value"), 2);
    got_want_text(&g, "/data/0/reason", "cancelled by admin token");
    g = api_ask(b, "POST", "/api/v1/deliveries/retry",
                "{\"state\":\"dead\",\"endpoint\":\"hook\"}");
    assert_int_equal(got_number(&g, "/retried"), 2);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/endpoints/hook/resume", ""), 200);
    bench_settle(b);
    g = api_get(b, "/api/v1/deliveries?endpoint=hook&state=delivered");
    assert_int_equal(got_number(&g, "/total/value"), 3);
}

static const struct {
    const char *path, *body;
    int status;
    const char *words;
} refused[] = {
    {"/api/v1/queues/netops/pause", "{}", 422, "say why"},
    {"/api/v1/queues/netops/pause", "{\"reason\":\"  \"}", 422, "say why"},
    {"/api/v1/queues/netops/pause", "{\"reason\":\"x\",\"until\":\"tomorrow\"}", 422,
     "must be a time"},
    {"/api/v1/queues/netops/pause", "{\"reason\":\"x\",\"until\":\"1999-01-01T00:00:00Z\"}",
     422, "is over already"},
    {"/api/v1/queues/netops/pause", "{\"reason\":\"x\",\"for\":\"2h\"}", 422, "for"},
    {"/api/v1/queues/netop/pause", "{\"reason\":\"x\"}", 404, "netops"},
    {"/api/v1/queues/alert_store_db/pause", "{\"reason\":\"x\"}", 409, "history"},
    {"/api/v1/endpoints/alert_store_db/pause", "{\"reason\":\"x\"}", 409, "history"},
    {"/api/v1/endpoints/nothing/resume", "", 404, "nothing"},
    {"/api/v1/deliveries/cancel", "{\"state\":\"pending\"}", 422, "say whose"},
    {"/api/v1/deliveries/cancel", "{\"state\":\"dead\",\"recipient\":\"netops\"}", 422,
     "say which"},
    {"/api/v1/deliveries/cancel",
     "{\"state\":\"pending\",\"recipient\":\"netops\",\"before\":\"tomorrow\"}", 422,
     "how long ago"},
    {"/api/v1/deliveries/cancel",
     "{\"state\":\"pending\",\"recipient\":\"netops\","
     "\"before\":\"1970-01-01T00:00:00Z\"}",
     422, "must be later than 1970"},
    {"/api/v1/deliveries/cancel", "{\"state\":\"pending\",\"recipient\":\"alert_store_db\"}",
     422, "history"},
    {"/api/v1/deliveries/cancel", "{\"state\":\"pending\",\"endpoint\":\"alert_store_db\"}",
     422, "history"},
};

static void what_cannot_be_is_refused(void **state)
{
    struct bench *b = *state;

    rig_netops(b);
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct got g = api_ask(b, "POST", refused[i].path, refused[i].body);

        got_want(&g, refused[i].status, refused[i].words);
    }
    assert_true(json_is(member_at(api_get(b, "/api/v1/queues").json, "/data/1/pause"),
                        JSON_NULL));
}

static void the_log_says_who_stopped_it(void **state)
{
    struct bench *b = *state;
    struct got g;

    rig_netops(b);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/queues/netops/pause", "{\"reason\":\"x\"}"), 200);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/queues/netops/resume", ""), 200);
    g = api_get(b, "/api/v1/audit?limit=2");
    GOT_STATUS(g, 200);
    got_want_text(&g, "/data/0/what", "queue.resume");
    got_want_text(&g, "/data/1/what", "queue.pause");
    got_want_text(&g, "/data/1/object", "netops");
}

/* --- again, and not after all ------------------------------------------------------- */

static int64_t count_of(struct bench *b, const char *state)
{
    struct got g = api_get(b, arena_printf(&b->arena,
                                           "/api/v1/deliveries?recipient=netops&state=%s",
                                           state).p);

    return got_number(&g, "/total/value");
}

static void a_retry_comes_in_bites_and_is_undone(void **state)
{
    struct bench *b = *state;
    struct str ids;
    struct got g;

    rig_netops(b);
    b->answer_status = 400;
    rig_alerts(b, 5);
    bench_settle(b);
    assert_int_equal(count_of(b, "dead"), 5);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/queues/netops/pause", "{\"reason\":\"x\"}"), 200);
    g = api_ask(b, "POST", "/api/v1/deliveries/retry", "{\"state\":\"dead\",\"limit\":3}");
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/retried"), 3);
    assert_true(json_bool_or(member_at(g.json, "/more"), false));
    assert_int_equal(member_at(g.json, "/ids")->count, 3);
    assert_int_equal(count_of(b, "pending"), 3);
    ids = json_text(member_at(g.json, "/ids/0"));
    g = api_ask(b, "POST", "/api/v1/deliveries/cancel",
                arena_printf(&b->arena, "{\"ids\":[\"%.*s\",\"1.99\"]}", STR_ARG(ids)).p);
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/cancelled"), 1);
    assert_int_equal(count_of(b, "pending"), 2);
    g = api_get(b, arena_printf(&b->arena, "/api/v1/deliveries/%.*s", STR_ARG(ids)).p);
    got_want_text(&g, "/data/state", "dead");
    got_want(&g, 200, "cancelled by ");
    g = api_ask(b, "POST", "/api/v1/deliveries/retry", "{\"state\":\"dead\",\"limit\":0}");
    got_want(&g, 422, "must be from 1");
    GOT_STATUS(api_ask(b, "POST", "/api/v1/deliveries/cancel", "{}"), 422);
    b->answer_status = 200;
    GOT_STATUS(api_ask(b, "POST", "/api/v1/queues/netops/resume", ""), 200);
    bench_settle(b);
    assert_int_equal(count_of(b, "delivered"), 2);
    assert_int_equal(count_of(b, "dead"), 3);
}

/* --- what was said --------------------------------------------------------------- */

static struct got body_to(struct bench *b, int64_t alert_id, int64_t to)
{
    return api_get(b, arena_printf(&b->arena, "/api/v1/deliveries/%lld.%lld/body",
                                   (long long)alert_id, (long long)to).p);
}

static struct got body_of(struct bench *b, int64_t alert_id)
{
    return body_to(b, alert_id,
                   snapshot_recipient(config_now(b->config), STR("netops"))->id);
}

static void a_failed_delivery_shows_what_was_said(void **state)
{
    struct bench *b = *state;
    int64_t id;
    struct got g;

    rig_netops(b);
    b->answer_status = 400;
    b->answer_body = "no such hook, " RIG_PASSWORD "; dTpjb3JyZWN0IGhvcnNlIGJhdHRlcnk=";
    id = rig_alerts(b, 1);
    bench_settle(b);
    g = body_of(b, id);
    GOT_STATUS(g, 200);
    got_want_text(&g, "/data/state", "dead");
    assert_int_equal(member_at(g.json, "/tries")->count, 1);
    got_want_text(&g, "/tries/0/transcript/request/method", "POST");
    got_want_text(&g, "/tries/0/transcript/request/headers/Authorization", "•••");
    got_want_text(&g, "/tries/0/transcript/response/body", "no such hook, •••; •••");
    assert_int_equal(got_number(&g, "/tries/0/transcript/response/status"), 400);
    got_want_text(&g, "/again/request/method", "POST");
    assert_null(memmem(g.body.p, g.body.n, "correct", 7));
    g = api_get(b, arena_printf(&b->arena, "/api/v1/deliveries?alert=%lld&recipient=netops",
                                (long long)id).p);
    g = api_get(b, arena_printf(&b->arena, "/api/v1/deliveries/%.*s",
                                STR_ARG(json_text(member_at(g.json, "/data/0/id")))).p);
    assert_true(json_bool_or(member_at(g.json, "/tries/0/transcript"), false));
}

static void what_arrived_is_rendered_again(void **state)
{
    struct bench *b = *state;
    int64_t id, to;
    struct got g;

    rig_netops(b);
    to = snapshot_recipient(config_now(b->config), STR("netops"))->id;
    id = rig_alerts(b, 1);
    bench_settle(b);
    g = body_to(b, id, to);
    GOT_STATUS(g, 200);
    got_want_text(&g, "/data/state", "delivered");
    assert_int_equal(member_at(g.json, "/tries")->count, 0);
    got_want_text(&g, "/again/request/via", "http");
    assert_true(json_is(member_at(g.json, "/again/because"), JSON_NULL));
    GOT_STATUS(api_ask(b, "DELETE", "/api/v1/recipients/netops", ""), 204);
    g = body_to(b, id, to);
    got_want_text(&g, "/again/because", "its recipient is no more");
    g = body_to(b, id, RECIPIENT_BUILTIN_ID);
    got_want_text(&g, "/again/because", "the builtin alert store takes alerts as they are");
    GOT_STATUS(api_get(b, "/api/v1/deliveries/1.99/body"), 404);
    GOT_STATUS(api_get(b, "/api/v1/deliveries/x/body"), 404);
}

static struct got as_token(struct bench *b, const char *scopes, struct str path)
{
    static const struct actor somebody = {{"test", 4}, {"", 0}};
    char token[TOKEN_BYTES + 1];
    struct token_wish wish = {.name = str_of(scopes)};
    struct error err;

    assert_true(scopes_parse(str_of(scopes), &wish.scopes, &err));
    assert_int_equal(api_token_add(b->people, &wish, &somebody, token, &err), PEOPLE_OK);
    return api_ask_with(b, "GET", path.p,
                        arena_printf(&b->arena, "Authorization: Bearer %s\r\n", token).p, "");
}

/* Addresses and answers of an endpoint are its configuration's. */
static void what_was_said_takes_both_scopes(void **state)
{
    struct bench *b = *state;
    struct str path;
    int64_t to;

    rig_netops(b);
    b->answer_status = 400;
    to = snapshot_recipient(config_now(b->config), STR("netops"))->id;
    path = arena_printf(&b->arena, "/api/v1/deliveries/%lld.%lld/body",
                        (long long)rig_alerts(b, 1), (long long)to);
    bench_settle(b);
    got_want(&(struct got[]){as_token(b, "alerts:read", path)}[0], 403, "config:read");
    GOT_STATUS(as_token(b, "config:read", path), 403);
    GOT_STATUS(as_token(b, "alerts:read config:read", path), 200);
}

/* The signature of the link that went out. */
static struct str signature_of(struct bench *b, const struct got *g, int64_t alert_id)
{
    struct ack_link link = {.alert_id = alert_id};
    int64_t accepted_ms;

    link.recipient_id = snapshot_recipient(config_now(b->config), STR("netops"))->id;
    assert_true(time_parse(json_text(member_at(g->json, "/data/accepted")), &accepted_ms));
    link.until_ms = accepted_ms + ACK_LINK_LASTS_MS;
    return ack_link_signature(ack_link_url(b->config, &link, &b->arena));
}

/* Without the ends of lines that quoted-printable has put into words. */
static struct str unfolded(struct bench *b, struct str mail)
{
    struct buf to freed_by(buf_release) = BUF(1u << 20);

    while (mail.n > 0) {
        size_t n = str_starts(mail, "=\n") ? 2 : 0;

        if (n == 0)
            buf_char(&to, mail.p[0]);
        mail = str_from(mail, MAX(n, 1));
    }
    return arena_str(&b->arena, buf_view(&to));
}

/* Whoever may only look must not get what acknowledges. */
static void a_link_that_works_is_not_shown(void **state)
{
    struct bench *b = *state;
    struct str mail, signature;
    struct got g;
    int64_t id;

    GOT_STATUS(api_ask(b, "PATCH", "/api/v1/settings",
                       "{\"base_url\":\"https://t.example\"}"), 200);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/endpoints",
                       "{\"name\":\"mail\",\"type\":\"email\",\"params\":{\"smtp_server\":"
                       "\"mx.example.net\",\"email_sender\":\"t@example.net\"}}"), 201);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/recipients",
                       "{\"name\":\"netops\",\"endpoint\":\"mail\",\"params\":"
                       "{\"email_recipient\":\"n@example.net\"}}"), 201);
    b->answer_status = 550;
    g = api_ask(b, "POST", "/api/v1/alerts",
                "{\"type\":\"t\",\"severity\":\"error\",\"message\":\"m\","
                "\"action\":\"engage\"}");
    GOT_STATUS(g, 200);
    id = got_number(&g, "/alerts/0/id");
    bench_settle(b);
    g = body_of(b, id);
    got_want_text(&g, "/data/state", "dead");
    mail = unfolded(b, json_text(member_at(g.json, "/tries/0/transcript/request/body")));
    signature = signature_of(b, &g, id);
    assert_int_equal(signature.n, 43);
    assert_null(memmem(mail.p, mail.n, signature.p, signature.n));
    assert_non_null(memmem(mail.p, mail.n, "https://t.example/l/", 20));
    mail = unfolded(b, json_text(member_at(g.json, "/again/request/body")));
    assert_non_null(memmem(mail.p, mail.n, "https://t.example/l/", 20));
    assert_null(memmem(mail.p, mail.n, signature.p, signature.n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_queue_is_stopped_and_goes_on),
        TEST(an_endpoint_is_stopped_and_goes_on),
        TEST(what_waited_too_long_is_dropped),
        TEST(what_cannot_be_is_refused),
        TEST(the_log_says_who_stopped_it),
        TEST(a_retry_comes_in_bites_and_is_undone),
        TEST(a_failed_delivery_shows_what_was_said),
        TEST(what_was_said_takes_both_scopes),
        TEST(what_arrived_is_rendered_again),
        TEST(a_link_that_works_is_not_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
