/* test_admin_deliveries.c -- deliveries over HTTP: listed, retried; test
 * messages; status, metrics and probes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "admin/exposition.h"
#include "admin_rig.h"

static int64_t post_many(struct bench *b, int n)
{
    int64_t first = rig_alerts(b, n);

    bench_settle(b);
    return first;
}

static int64_t total(struct bench *b, const char *query)
{
    struct got g = api_get(b, arena_printf(&b->arena, "/api/v1/deliveries?%s",
                                       query).p);

    GOT_STATUS(g, 200);
    return got_number(&g, "/total/value");
}

static void a_delivery_tells_its_story(void **state)
{
    struct bench *b = *state;
    int64_t id;
    struct got g;

    rig_netops(b);
    b->answer_status = 400;
    b->answer_body = "no such hook";
    id = post_many(b, 1);
    g = api_get(b, arena_printf(&b->arena,
                            "/api/v1/deliveries?recipient=netops&alert=%lld",
                            (long long)id).p);
    GOT_STATUS(g, 200);
    assert_int_equal(member_at(g.json, "/data")->count, 1);
    assert_int_equal(got_number(&g, "/data/0/alert_id"), id);
    got_want_text(&g, "/data/0/recipient", "netops");
    got_want_text(&g, "/data/0/state", "dead");
    assert_int_equal(got_number(&g, "/data/0/status"), 400);
    assert_int_equal(got_number(&g, "/data/0/attempts"), 1);
    assert_true(json_is(member_at(g.json, "/data/0/due"), JSON_NULL));
    assert_true(json_is(member_at(g.json, "/data/0/settled"), JSON_STRING));
    assert_true(json_is(member_at(g.json, "/data/0/reason"), JSON_STRING));

    g = api_get(b, arena_printf(&b->arena, "/api/v1/deliveries/%.*s",
                            STR_ARG(json_text(member_at(g.json, "/data/0/id")))).p);
    GOT_STATUS(g, 200);
    got_want_text(&g, "/data/state", "dead");
    assert_int_equal(member_at(g.json, "/tries")->count, 1);
    assert_int_equal(got_number(&g, "/tries/0/status"), 400);
    got_want_text(&g, "/tries/0/reason", "400 Bad Request: no such hook");
    got_want_text(&g, "/data/alert/severity", "error");
    assert_true(json_is(member_at(g.json, "/tries/0/time"), JSON_STRING));
    g = api_get(b, arena_printf(&b->arena, "/api/v1/alerts/%lld/deliveries",
                            (long long)id).p);
    assert_int_equal(got_number(&g, "/total/value"), 2);
}

static const char *alerts_path(struct bench *b, int n)
{
    struct str ids = STR("1");

    for (int i = 2; i <= n; i++)
        ids = arena_printf(&b->arena, "%.*s,%d", STR_ARG(ids), i);
    return arena_printf(&b->arena, "/api/v1/deliveries?alert=%.*s", STR_ARG(ids)).p;
}

static int64_t total_of_alerts(struct bench *b, int n)
{
    struct got g = api_get(b, alerts_path(b, n));

    GOT_STATUS(g, 200);
    return got_number(&g, "/total/value");
}

static void lists_of_deliveries_are_filtered(void **state)
{
    struct bench *b = *state;

    rig_netops(b);
    b->answer_status = 400;
    post_many(b, 5);
    assert_int_equal(total(b, ""), 10);
    assert_int_equal(total(b, "state=dead"), 5);
    assert_int_equal(total(b, "state=delivered"), 5);
    assert_int_equal(total(b, "state=pending"), 0);
    assert_int_equal(total(b, "recipient=alert_store_db"), 5);
    assert_int_equal(total(b, "recipient=netops&state=delivered"), 0);
    assert_int_equal(total(b, "endpoint=hook"), 5);
    assert_int_equal(total(b, "alert=1,3,77"), 4);
    assert_int_equal(total(b, "alert=1,3,5&state=dead"), 3);
    assert_int_equal(total(b, "endpoint=hook&recipient=alert_store_db"), 0);
    assert_int_equal(total(b, "endpoint=hook&state=dead&alert=1"), 1);
    got_want(&(struct got[]){api_get(b, "/api/v1/deliveries?endpoint=hoook")}[0], 400,
         "no endpoint named \\\"hoook\\\"");
    got_want(&(struct got[]){api_get(b, "/api/v1/deliveries?recipient=nobody")}[0], 400,
         "no recipient named \\\"nobody\\\"");
    got_want(&(struct got[]){api_get(b, "/api/v1/deliveries?state=lost")}[0], 400,
         "state must be pending, held, delivered, dead or withheld");
    got_want(&(struct got[]){api_get(b, "/api/v1/deliveries?alert=x")}[0], 400,
         "alert must be");
    got_want(&(struct got[]){api_get(b, "/api/v1/deliveries?alert=1,,2")}[0], 400,
         "alert must be");
    got_want(&(struct got[]){api_get(b, "/api/v1/deliveries?alert=")}[0], 400,
         "alert must be");
    got_want(&(struct got[]){api_get(b, "/api/v1/deliveries?alert=1,")}[0], 400,
         "alert must be");
    assert_int_equal(total_of_alerts(b, 100), 10);
    got_want(&(struct got[]){api_get(b, alerts_path(b, 101))}[0], 400, "at most 100");
    GOT_STATUS(api_get(b, "/api/v1/deliveries/x"), 404);
    GOT_STATUS(api_get(b, "/api/v1/deliveries/1.99"), 404);
    GOT_STATUS(api_get(b, "/api/v1/deliveries/1.1.1"), 404);
}

static void lists_of_deliveries_are_of_a_time(void **state)
{
    struct bench *b = *state;
    struct str accepted;
    struct got g;

    rig_netops(b);
    post_many(b, 1);
    g = api_get(b, "/api/v1/deliveries?limit=1");
    accepted = json_text(member_at(g.json, "/data/0/accepted"));
    assert_int_equal(total(b, "since=1h"), 2);
    assert_int_equal(total(b, "until=1h"), 0);
    assert_int_equal(
        total(b, arena_printf(&b->arena, "since=%.*s", STR_ARG(accepted)).p), 2);
    assert_int_equal(
        total(b, arena_printf(&b->arena, "until=%.*s", STR_ARG(accepted)).p), 0);
    got_want(&(struct got[]){api_get(b, "/api/v1/deliveries?since=soon")}[0], 400,
             "since must be");
}

static void lists_of_deliveries_come_in_pages(void **state)
{
    enum { ALERTS = 60, LIMIT = 7 };
    struct bench *b = *state;
    struct str path = STR("/api/v1/deliveries?limit=7");
    struct delivery_id last = {INT64_MAX, 0};
    int seen = 0;

    rig_netops(b);
    post_many(b, ALERTS);
    while (path.n > 0) {
        struct got g = api_get(b, path.p);
        const struct json *next = member_at(g.json, "/next");

        GOT_STATUS(g, 200);
        for (const struct json *d = member_at(g.json, "/data")->first; d != NULL;
             d = d->next, seen++) {
            struct str rest = json_text(json_get(d, "id"));
            struct delivery_id id = {0};

            assert_true(str_to_i64(str_until(&rest, '.'), &id.alert_id));
            assert_true(str_to_i64(rest, &id.recipient_id));
            assert_true(id.alert_id < last.alert_id ||
                        (id.alert_id == last.alert_id &&
                         id.recipient_id < last.recipient_id));
            last = id;
        }
        path = json_is(next, JSON_STRING)
                   ? arena_printf(&b->arena,
                                  "/api/v1/deliveries?limit=%d&cursor=%.*s",
                                  LIMIT, STR_ARG(json_text(next)))
                   : STR_NONE;
    }
    assert_int_equal(seen, 2 * ALERTS);
}

static void the_dead_are_tried_again(void **state)
{
    enum { ALERTS = 1500 }; /* more than one page of them */
    struct bench *b = *state;
    struct got g;

    rig_netops(b);
    b->answer_status = 400;
    post_many(b, ALERTS);
    assert_int_equal(total(b, "state=dead"), ALERTS);
    b->answer_status = 200;
    g = api_ask(b, "POST", "/api/v1/deliveries/retry",
            "{\"state\":\"dead\",\"recipient\":\"alert_store_db\"}");
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/retried"), 0);
    g = api_ask(b, "POST", "/api/v1/deliveries/retry",
            "{\"state\":\"dead\",\"endpoint\":\"alert_store_db\"}");
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/retried"), 0);
    g = api_ask(b, "POST", "/api/v1/deliveries/retry",
            "{\"state\":\"dead\",\"recipient\":\"netops\"}");
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/retried"), ALERTS);
    assert_false(member_at(g.json, "/more")->truth);
    bench_settle(b);
    assert_int_equal(total(b, "state=dead"), 0);
    assert_int_equal(total(b, "state=delivered"), 2 * ALERTS);
}

static void named_deliveries_are_tried_again(void **state)
{
    struct bench *b = *state;
    int64_t first;
    struct got g;

    rig_netops(b);
    b->answer_status = 400;
    first = post_many(b, 3);
    b->answer_status = 200;
    g = api_get(b, "/api/v1/deliveries?state=dead&limit=1");
    g = api_ask(b, "POST", "/api/v1/deliveries/retry",
            arena_printf(&b->arena, "{\"ids\":[\"%.*s\",\"%lld.1\",\"999.9\"]}",
                         STR_ARG(json_text(member_at(g.json, "/data/0/id"))),
                         (long long)first).p);
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/retried"), 1); /* only what is dead */
    bench_settle(b);
    assert_int_equal(total(b, "state=dead"), 2);
}

static void a_wrong_retry_is_refused(void **state)
{
    static const struct {
        const char *body, *words;
    } table[] = {
        {"{}", "say which"},
        {"{\"state\":\"pending\"}", "say which"},
        {"{\"ids\":\"1.1\"}", "must be a list of ids"},
        {"{\"ids\":[1]}", "\"pointer\":\"/ids/0\""},
        {"{\"ids\":[\"1.1\",\"1\"]}", "\"pointer\":\"/ids/1\""},
        {"{\"ids\":[\"1.1\"],\"state\":\"dead\"}", "leave the rest out"},
        {"{\"state\":\"dead\",\"recipient\":\"nobody\"}", "/recipient"},
        {"{\"state\":\"dead\",\"endpoint\":\"nothing\"}", "/endpoint"},
        {"{\"state\":\"dead\",\"recipent\":\"x\"}", "did you mean"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct got g = api_ask(b, "POST", "/api/v1/deliveries/retry",
                           table[i].body);

        if (g.status != 422 || strstr(g.body.p, table[i].words) == NULL)
            fail_msg("%s: %d %.*s", table[i].body, g.status, STR_ARG(g.body));
    }
}

static void the_recipient_of_old_is_a_number(void **state)
{
    struct bench *b = *state;
    struct got g;

    rig_netops(b);
    b->answer_status = 400;
    post_many(b, 1);
    GOT_STATUS(api_ask(b, "DELETE", "/api/v1/recipients/netops", ""), 204);
    bench_settle(b);
    g = api_get(b, "/api/v1/deliveries?state=dead");
    assert_int_equal(member_at(g.json, "/data")->count, 1);
    assert_true(str_starts(json_text(member_at(g.json, "/data/0/recipient")), "#"));
    assert_int_equal(
        total(b, arena_printf(&b->arena, "recipient=%%23%.*s",
                              STR_ARG(str_from(json_text(member_at(
                                  g.json, "/data/0/recipient")), 1))).p),
        1);
}

/* A reason may hold what the peer said, and the peer our own secret. */
static void no_secret_in_any_answer(void **state)
{
    static const char *const paths[] = {
        "/api/v1/deliveries", "/api/v1/status", "/api/v1/alerts/1",
        "/api/v1/endpoints", "/metrics", "/api/v1/recipients",
    };
    struct bench *b = *state;
    struct got g;

    rig_netops(b);
    b->answer_status = 400;
    b->answer_body = "bad password correct horse battery given";
    post_many(b, 1);
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        g = api_get(b, paths[i]);
        GOT_STATUS(g, 200);
        if (strstr(g.body.p, "battery") != NULL)
            fail_msg("%s: %.*s", paths[i], STR_ARG(g.body));
    }
    g = api_ask(b, "POST", "/api/v1/recipients/netops/test", "");
    GOT_STATUS(g, 200);
    assert_null(strstr(g.body.p, "battery"));
    g = api_ask(b, "PATCH", "/api/v1/endpoints/hook",
            "{\"params\":{\"url\":\"correct horse battery\"}}");
    GOT_STATUS(g, 422);
    assert_null(strstr(g.body.p, "battery"));
}

static void a_test_message_goes_and_comes(void **state)
{
    struct bench *b = *state;
    struct got g;

    rig_netops(b);
    g = api_ask(b, "POST", "/api/v1/recipients/netops/test", "{}");
    GOT_STATUS(g, 200);
    assert_true(member_at(g.json, "/ok")->truth);
    b->answer_status = 500;
    g = api_ask(b, "POST", "/api/v1/endpoints/hook/test", "");
    GOT_STATUS(g, 200);
    assert_false(member_at(g.json, "/ok")->truth);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/recipients/nobody/test", "{}"), 404);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/recipients/netops/test", "{\"a\":1}"),
                422);
    g = api_ask(b, "POST", "/api/v1/endpoints/alert_store_db/test", "{}");
    got_want(&g, 422, "not-testable");
}

/* Tests are held at the peer: four may be, a fifth not, and a client that is
 * gone, or a stop, is no trouble. */
static void only_a_few_tests_at_once(void **state)
{
    struct bench *b = *state;
    struct str headers = arena_printf(
        &b->arena, "Authorization: Bearer %s\r\n", b->token);
    int fds[4];
    struct got g;

    rig_netops(b);
    b->hold = true;
    for (int i = 0; i < 4; i++) {
        fds[i] = api_connect(b);
        api_send(fds[i], api_request(b, "POST",
                                         "/api/v1/recipients/netops/test",
                                         headers.p, "{}"));
        bench_settle(b);
    }
    g = api_ask(b, "POST", "/api/v1/recipients/netops/test", "{}");
    got_want(&g, 429, "4 tests and questions for choices are on their way");
    assert_true(str_is(got_header(&g, "Retry-After"), "1"));
    close(fds[0]);
    bench_settle(b);
    bench_let_go(b);
    for (int i = 1; i < 4; i++) {
        g = got_parse(b, api_read(b, fds[i]));
        GOT_STATUS(g, 200);
        close(fds[i]);
    }
    b->hold = true;
    fds[0] = api_connect(b);
    api_send(fds[0], api_request(b, "POST",
                                     "/api/v1/recipients/netops/test",
                                     headers.p, "{}"));
    bench_settle(b);
    close(fds[0]); /* and teardown stops it all with the test on its way */
}

static void status_adds_up(void **state)
{
    struct bench *b = *state;
    struct got g;

    rig_netops(b);
    b->answer_status = 400;
    post_many(b, 3);
    b->answer_status = 200;
    GOT_STATUS(api_ask(b, "POST", "/api/v1/alerts",
                    "{\"type\":\"x\",\"action\":\"engage\",\"severity\":"
                    "\"critical\"}"), 200);
    bench_settle(b);
    g = api_get(b, "/api/v1/status");
    GOT_STATUS(g, 200);
    got_want_text(&g, "/version", "1.2.3");
    assert_true(member_at(g.json, "/ready")->truth);
    assert_int_equal(got_number(&g, "/engaged/total"), 1);
    assert_int_equal(got_number(&g, "/engaged/by_severity/critical"), 1);
    assert_int_equal(got_number(&g, "/outbox/accepted_alerts"), 4);
    assert_int_equal(got_number(&g, "/outbox/accepted"), 8);
    assert_int_equal(got_number(&g, "/outbox/delivered"), 5);
    assert_int_equal(got_number(&g, "/outbox/dead"), 3);
    assert_true(member_at(g.json, "/outbox/conserved")->truth);
    got_want_text(&g, "/recipients/1/name", "netops");
    assert_false(member_at(g.json, "/recipients/1/paused")->truth);
    assert_true(json_is(member_at(g.json, "/recipients/1/last_matched"), JSON_STRING));
    assert_true(json_is(member_at(g.json, "/recipients/1/changed"), JSON_STRING));
    assert_int_equal(got_number(&g, "/recipients/1/dead"), 3);
    assert_int_equal(got_number(&g, "/recipients/1/delivered"), 1);
    assert_true(got_number(&g, "/disk/free_bytes") > 0);
    assert_true(got_number(&g, "/disk/history_bytes") > 0);
    assert_non_null(strstr(g.body.p, "\"name\":\"native\""));
}

static void metrics_are_text_for_this_machine(void **state)
{
    static const char *const samples[] = {
        "tocsin_build_info{version=\"1.2.3\"} 1\n",
        "tocsin_alerts_engaged{severity=\"critical\"} 0\n",
        "tocsin_ingest_alerts_total{source=\"native\",result=\"stored\"} 3\n",
        "tocsin_deliveries_total{recipient=\"netops\",outcome=\"delivered\"} 0\n",
        "tocsin_deliveries_dead{recipient=\"netops\"} 3\n",
        "tocsin_queue_messages{recipient=\"netops\"} 0\n",
        "tocsin_outbox_deliveries{state=\"accepted\"} 6\n",
        "tocsin_recipient_up{recipient=\"netops\"} 1\n",
        "tocsin_circuit_open{endpoint=\"hook\"} 0\n",
        "tocsin_alert_to_delivery_seconds_bucket{le=\"+Inf\"} 3\n",
        "tocsin_alert_to_delivery_seconds_count 3\n",
        "process_resident_memory_bytes ",
    };
    struct bench *b = *state;
    struct got g;

    rig_netops(b);
    b->answer_status = 400;
    post_many(b, 3);
    g = api_ask_with(b, "GET", "/metrics", "", ""); /* loopback needs no token */
    GOT_STATUS(g, 200);
    assert_true(str_starts(got_header(&g, "Cache-Control"), "no-store"));
    assert_true(str_starts(got_header(&g, "Content-Type"),
                           "text/plain; version=0.0.4"));
    for (size_t i = 0; i < COUNT_OF(samples); i++)
        if (strstr(g.body.p, samples[i]) == NULL)
            fail_msg("no %s in %.*s", samples[i], STR_ARG(g.body));
}

static void a_label_cannot_break_out(void **state)
{
    struct exposition e = {.text = BUF(4096)};

    (void)state;
    expose(&e, "f", METRIC_GAUGE, "help");
    expose_i64(&e, LABEL("a", STR("x\"} 1\nf{a=\"\\")), LABEL("b", STR("")), -7);
    assert_string_equal(buf_c(&e.text),
                        "# HELP f help\n# TYPE f gauge\n"
                        "f{a=\"x\\\"} 1\\nf{a=\\\"\\\\\",b=\"\"} -7\n");
    buf_release(&e.text);
}

static void a_histogram_adds_up(void **state)
{
    static const int64_t bounds[] = {5, 1000};
    static const uint64_t counts[] = {2, 0, 3};
    struct exposition e = {.text = BUF(4096), .family = "f"};

    (void)state;
    expose_seconds(&e, &(struct distribution){bounds, counts, 2, 1500});
    assert_string_equal(buf_c(&e.text), "f_bucket{le=\"0.005\"} 2\n"
                                        "f_bucket{le=\"1\"} 2\n"
                                        "f_bucket{le=\"+Inf\"} 5\n"
                                        "f_sum 1.500\nf_count 5\n");
    buf_release(&e.text);
}

static void probes_answer_anyone(void **state)
{
    struct bench *b = *state;
    struct got g = api_ask_with(b, "GET", "/healthz", "", "");

    got_want(&g, 200, "ok");
    g = api_ask_with(b, "GET", "/readyz", "", "");
    got_want(&g, 200, "\"ready\":true");
    admin_stop(b->admin);
    g = api_ask_with(b, "GET", "/readyz", "", "");
    got_want(&g, 503, "stopping");
    g = api_get(b, "/api/v1/alerts");
    got_want(&g, 503, "busy");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_delivery_tells_its_story),
        TEST(lists_of_deliveries_are_filtered),
        TEST(lists_of_deliveries_are_of_a_time),
        TEST(lists_of_deliveries_come_in_pages),
        TEST(the_dead_are_tried_again),
        TEST(named_deliveries_are_tried_again),
        TEST(a_wrong_retry_is_refused),
        TEST(the_recipient_of_old_is_a_number),
        TEST(no_secret_in_any_answer),
        TEST(a_test_message_goes_and_comes),
        TEST(only_a_few_tests_at_once),
        TEST(status_adds_up),
        TEST(metrics_are_text_for_this_machine),
        cmocka_unit_test(a_label_cannot_break_out),
        cmocka_unit_test(a_histogram_adds_up),
        TEST(probes_answer_anyone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
