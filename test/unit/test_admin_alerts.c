/* test_admin_alerts.c -- alerts over HTTP: listed, explained, released. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "admin_rig.h"

#define HOOK "{\"name\":\"hook\",\"type\":\"webhook\",\"params\":{\"url\":" \
             "\"https://hooks.example.net/x\"}}"
#define RECIPIENT "{\"name\":\"netops\",\"endpoint\":\"hook\"," \
                  "\"minimum_severity\":\"error\"}"

static void make_both(struct bench *b)
{
    struct got g = api_ask(b, "POST", "/api/v1/endpoints", HOOK);

    GOT_STATUS(g, 201);
    g = api_ask(b, "POST", "/api/v1/recipients", RECIPIENT);
    GOT_STATUS(g, 201);
}

/* Posts an alert, waits until it went where it goes, and gives its id. */
static int64_t post(struct bench *b, const char *alert)
{
    struct got g = api_ask(b, "POST", "/api/v1/alerts", alert);

    GOT_STATUS(g, 200);
    bench_settle(b);
    return got_number(&g, "/alerts/0/id");
}

static struct got get_alert(struct bench *b, int64_t id, const char *part)
{
    return api_get(b, arena_printf(&b->arena, "/api/v1/alerts/%lld%s",
                               (long long)id, part)
                      .p);
}

static struct got release(struct bench *b, int64_t id)
{
    struct str path = arena_printf(&b->arena, "/api/v1/alerts/%lld/release",
                                   (long long)id);
    struct got g = api_ask(b, "POST", path.p, "{}");

    bench_settle(b);
    return g;
}

#define SCAN "{\"type\":\"syn_scan\",\"entity\":\"host\",\"entity_value\":"    \
             "\"192.168.1.7\",\"severity\":\"error\",\"action\":\"engage\","   \
             "\"message\":\"Somebody scans\",\"state\":\"a fact\"}"
#define WORSE_SCAN                                                             \
    "{\"type\":\"syn_scan\",\"entity\":\"host\",\"entity_value\":"             \
    "\"192.168.1.7\",\"severity\":\"critical\",\"action\":\"engage\"}"
#define DISK "{\"type\":\"disk_full\",\"entity\":\"system\",\"entity_value\":" \
             "\"gw\",\"severity\":\"warning\",\"message\":\"/var is 97 % full\"}"

static void an_alert_lives_from_engage_to_release(void **state)
{
    struct bench *b = *state;
    int64_t id, ended_id;
    struct got g;

    make_both(b);
    id = post(b, SCAN);
    g = get_alert(b, id, "");
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/data/id"), id);
    got_want_text(&g, "/data/state", "engaged");
    got_want_text(&g, "/data/fact_state", "a fact");
    assert_true(json_is(member_at(g.json, "/ended"), JSON_NULL));
    assert_int_equal(member_at(g.json, "/deliveries")->count, 2);
    assert_int_equal(member_at(g.json, "/explanation")->count, 2);

    g = release(b, id);
    GOT_STATUS(g, 200);
    got_want_text(&g, "/state", "released");
    g = release(b, id);
    got_want(&g, 409, "not engaged");

    g = get_alert(b, id, "");
    got_want_text(&g, "/data/action", "engage");
    got_want_text(&g, "/data/state", "released");
    ended_id = got_number(&g, "/ended/id");
    assert_true(ended_id > id);
    g = get_alert(b, ended_id, "");
    got_want_text(&g, "/data/action", "release");
    got_want_text(&g, "/data/state", "released");
    assert_int_equal(got_number(&g, "/data/began_id"), id);
}

static void what_is_not_there_is_404(void **state)
{
    static const struct {
        const char *path;
        int status;
    } table[] = {
        {"/api/v1/alerts/4711", 404},
        {"/api/v1/alerts/0", 404},
        {"/api/v1/alerts/-1", 404},
        {"/api/v1/alerts/x", 404},
        {"/api/v1/alerts/99999999999999999999", 404},
        {"/api/v1/alerts/4711/deliveries", 404},
        {"/api/v1/alerts/4711/decisions", 404},
        {"/api/v1/alerts/1/nonsense", 404},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct got g = api_get(b, table[i].path);

        if (g.status != table[i].status)
            fail_msg("%s: %d", table[i].path, g.status);
    }
    GOT_STATUS(api_ask(b, "POST", "/api/v1/alerts/4711/release", "{}"), 409);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/alerts/1/release", "{\"why\":1}"), 422);
}

static void both_lists_take_the_same_filters(void **state)
{
    static const struct {
        const char *query;
        int any, engaged; /* how many of SCAN (engaged) and DISK */
    } table[] = {
        {"", 2, 1},
        {"severity=error", 1, 1},
        {"severity=critical", 0, 0},
        {"severity=warning", 2, 1},
        {"entity=host", 1, 1},
        {"entity=system", 1, 0},
        {"type=syn_scan", 1, 1},
        {"type=syn", 0, 0},
        {"source=native", 2, 1},
        {"source=ntopng", 0, 0},
        {"entity_value=192.168.1.7", 1, 1},
        {"ip=192.168.1.7", 1, 1},
        {"ip=192.168.1.8", 0, 0},
        {"text=SCANS", 1, 1},
        {"text=97+%25", 1, 0},
        {"text=%25", 1, 0},
        {"text=192.168", 1, 1},
        {"since=1h", 2, 1},
        {"until=1h", 0, 0},
        {"since=1606141256", 2, 1},
        {"until=1606141256", 0, 0},
        {"since=2020-11-23T14:20:56Z", 2, 1},
        {"since=2020-11-23T15:20:56%2B01:00", 2, 1},
        {"since=2020-11-23T15:20:56+01:00", 2, 1},
        {"until=2020-11-23T15:20:56.123%2B01:00", 0, 0},
        {"severity=error&entity=host&text=scan&since=5m", 1, 1},
        {"filter=severity%3E%3Derror", 1, 1},
        {"filter=ip%3D192.168.0.0/16+and+scans", 1, 1},
        {"filter=pool%3DDefault", 1, 1},
        {"filter=type~full+or+action%3Dengage", 2, 1},
        {"filter=not+scans", 1, 0},
        {"filter=fact.state~fact&severity=error", 1, 1},
        {"filter=ip%3D10.0.0.0/8", 0, 0},
    };
    struct bench *b = *state;

    post(b, SCAN);
    post(b, DISK);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct got any = api_get(b, arena_printf(&b->arena, "/api/v1/alerts?%s",
                                             table[i].query).p);
        struct got engaged =
            api_get(b, arena_printf(&b->arena, "/api/v1/alerts?state=engaged&%s",
                                table[i].query).p);

        GOT_STATUS(any, 200);
        GOT_STATUS(engaged, 200);
        if ((int)member_at(any.json, "/data")->count != table[i].any ||
            (int)member_at(engaged.json, "/data")->count != table[i].engaged)
            fail_msg("%s: %.*s %.*s", table[i].query, STR_ARG(any.body),
                     STR_ARG(engaged.body));
        assert_int_equal(got_number(&any, "/total/value"), table[i].any);
        assert_int_equal(got_number(&engaged, "/total/value"),
                         table[i].engaged);
    }
}

static void what_is_asked_wrongly_is_said(void **state)
{
    static const struct {
        const char *query, *words;
    } table[] = {
        {"state=on", "state must be any, ended, engaged or acknowledged, not \\\"on\\\""},
        {"severty=error", "did you mean \\\"severity\\\"?"},
        {"severity=bad", "severity must be a word"},
        {"entity=thing", "entity must be one of"},
        {"since=yesterday", "since must be a time like"},
        {"since=-5", "since must be a time like"},
        {"since=", "since must be a time like"},
        {"ip=1.2.3", "ip must be an address"},
        {"ip=%27%20OR%201=1", "ip must be an address"},
        {"cursor=x", "the cursor is not one"},
        {"cursor=5", "the cursor is not one"},
        {"cursor=5.0", "the cursor is not one"},
        {"cursor=5.-7", "the cursor is not one"},
        {"limit=many", "limit must be a number"},
        {"text=a&text=b", "there twice"},
        {"filter=vlan%3D3+severty%3Dx",
         "filter: column 8: there is no field \\\"severty\\\"; did you mean severity?"},
        {"filter=", "filter: column 1: the filter is empty"},
        {"offset=100", "no parameter \\\"offset\\\""},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct got g = api_get(b, arena_printf(&b->arena, "/api/v1/alerts?%s",
                                           table[i].query).p);

        if (g.status != 400 || strstr(g.body.p, table[i].words) == NULL)
            fail_msg("%s: %d %.*s", table[i].query, g.status, STR_ARG(g.body));
    }
}

static int64_t walk(struct bench *b, const char *query, int limit, int64_t want)
{
    struct str path = arena_printf(&b->arena, "/api/v1/alerts?limit=%d&%s",
                                   limit, query);
    int64_t last = INT64_MAX, seen = 0;

    while (path.n > 0) {
        struct got g = api_get(b, path.p);
        const struct json *next = member_at(g.json, "/next");

        GOT_STATUS(g, 200);
        assert_int_equal(got_number(&g, "/total/value"), want);
        for (const struct json *a = member_at(g.json, "/data")->first; a != NULL;
             a = a->next, seen++) {
            int64_t id = json_i64_or(json_get(a, "id"), 0);

            assert_true(id > 0 && id < last); /* newest first, each once */
            last = id;
        }
        path = json_is(next, JSON_STRING)
                   ? arena_printf(&b->arena,
                                  "/api/v1/alerts?limit=%d&%s&cursor=%.*s",
                                  limit, query, STR_ARG(json_text(next)))
                   : STR_NONE;
    }
    return seen;
}

static void both_lists_come_in_pages(void **state)
{
    enum { ALERTS = 150 };
    struct bench *b = *state;
    struct buf body freed_by(buf_release) = BUF(1u << 20);

    buf_char(&body, '[');
    for (int i = 0; i < ALERTS; i++)
        buf_printf(&body,
                   "%s{\"type\":\"down\",\"entity\":\"host\",\"entity_value\":"
                   "\"h%d\",\"action\":\"engage\",\"severity\":\"error\","
                   "\"message\":\"down\",\"tstamp\":1606141256}",
                   i ? "," : "", i);
    buf_char(&body, ']');
    GOT_STATUS(api_ask(b, "POST", "/api/v1/alerts", buf_c(&body)), 200);
    bench_settle(b);
    assert_int_equal(walk(b, "state=any", 7, ALERTS), ALERTS);
    assert_int_equal(walk(b, "state=any", 50, ALERTS), ALERTS);
    assert_int_equal(walk(b, "state=engaged", 7, ALERTS), ALERTS);
    assert_int_equal(walk(b, "state=engaged", 75, ALERTS), ALERTS);
    assert_int_equal(walk(b, "state=ended", 7, 0), 0);
}

/* A filter that finds little is answered in pieces: the loop is not kept. */
static void a_long_search_goes_on_with_the_next_page(void **state)
{
    enum { ALERTS = 6000 };
    struct bench *b = *state;
    struct buf body freed_by(buf_release) = BUF(4u << 20);
    struct got g;

    buf_char(&body, '[');
    for (int i = 0; i < ALERTS; i++)
        buf_printf(&body,
                   "%s{\"type\":\"down\",\"entity_value\":\"h%d\",\"action\":"
                   "\"engage\",\"severity\":\"error\"}",
                   i ? "," : "", i);
    buf_char(&body, ']');
    assert_false(body.over);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/alerts", buf_c(&body)), 200);
    bench_settle(b);
    g = api_get(b, "/api/v1/alerts?state=engaged&entity_value=h7");
    GOT_STATUS(g, 200);
    assert_int_equal(member_at(g.json, "/data")->count, 0);
    assert_false(member_at(g.json, "/total/exact")->truth);
    g = api_get(b, arena_printf(&b->arena,
                            "/api/v1/alerts?state=engaged&entity_value=h7"
                            "&cursor=%.*s",
                            STR_ARG(json_text(member_at(g.json, "/next")))).p);
    GOT_STATUS(g, 200);
    got_want_text(&g, "/data/0/entity_value", "h7");
    assert_true(json_is(member_at(g.json, "/next"), JSON_NULL));
}

/* What a list says is what the decision was: the same evaluator. */
static void why_and_why_not(void **state)
{
    struct bench *b = *state;
    struct got g;
    int64_t id;

    make_both(b);
    id = post(b, DISK);
    g = get_alert(b, id, "/decisions");
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/alert_id"), id);
    assert_true(got_number(&g, "/revision") > 0);
    got_want_text(&g, "/decisions/0/recipient", "alert_store_db");
    got_want_text(&g, "/decisions/0/outcome", "deliver");
    assert_true(str_eq(json_text(member_at(g.json, "/decisions/0/delivery_id")),
                       arena_printf(&b->arena, "%lld.1", (long long)id)));
    got_want_text(&g, "/decisions/1/recipient", "netops");
    got_want_text(&g, "/decisions/1/outcome", "not_matched");
    got_want_text(&g, "/decisions/1/criteria/0/name", "minimum_severity");
    got_want_text(&g, "/decisions/1/criteria/0/have", "warning");
    got_want_text(&g, "/decisions/1/criteria/0/want", "error or higher");
    assert_false(member_at(g.json, "/decisions/1/criteria/0/pass")->truth);
    assert_null(member_at(g.json, "/decisions/1/delivery_id"));
}

static void an_alert_can_be_explained_without_being_one(void **state)
{
    struct bench *b = *state;
    struct got g, before, after;

    make_both(b);
    before = api_get(b, "/api/v1/status");
    g = api_ask(b, "POST", "/api/v1/explain", SCAN);
    GOT_STATUS(g, 200);
    got_want_text(&g, "/change", "engaged");
    got_want_text(&g, "/decisions/1/outcome", "deliver");
    assert_null(member_at(g.json, "/alert_id"));
    after = api_get(b, "/api/v1/status");
    assert_int_equal(got_number(&before, "/outbox/accepted_alerts"),
                     got_number(&after, "/outbox/accepted_alerts"));

    post(b, SCAN);
    g = api_ask(b, "POST", "/api/v1/explain", SCAN);
    got_want_text(&g, "/change", "repeated");
    got_want_text(&g, "/decisions/1/outcome", "not_told");
    g = api_ask(b, "POST", "/api/v1/explain", WORSE_SCAN);
    got_want_text(&g, "/change", "worsened");
    got_want_text(&g, "/decisions/1/outcome", "deliver");
    g = api_ask(b, "POST", "/api/v1/explain", "{\"severity\":\"error\"}");
    got_want(&g, 422, "an alert needs a type or a message");
    g = api_ask(b, "POST", "/api/v1/explain",
            "{\"type\":\"x\",\"severity\":\"hefty\"}");
    got_want(&g, 422, "/severity");
    g = api_ask(b, "POST", "/api/v1/explain", "[1]");
    got_want(&g, 422, "must be an object");
}

static void stored(void *arg, bool ok, const struct error *err)
{
    (void)arg;
    assert_true(ok && err == NULL);
}

/* An alert that no recipient's delivery keeps any more is in the history. */
static void an_alert_is_found_in_the_history_too(void **state)
{
    struct bench *b = *state;
    struct alert old = {
        .id = 900000,
        .action = ACTION_STORE,
        .entity = ENTITY_SYSTEM,
        .entity_value = STR("gw"),
        .type = STR("long_ago"),
        .type_id = -1,
        .category = STR("system"),
        .severity = SEVERITY_ERROR,
        .message = STR("It was long ago"),
        .tstamp_ms = 1606141256000,
        .source = STR("native"),
    };
    const struct alert *list[1] = {&old};
    struct got g;

    assert_true(historian_put(b->historian, list, 1, stored, NULL));
    bench_settle(b);
    g = get_alert(b, old.id, "");
    GOT_STATUS(g, 200);
    got_want_text(&g, "/data/type", "long_ago");
    got_want_text(&g, "/data/state", "stored");
    assert_int_equal(member_at(g.json, "/deliveries")->count, 0);
}

static void a_client_that_goes_away_is_no_trouble(void **state)
{
    static const char *const paths[] = {
        "/api/v1/alerts", "/api/v1/alerts/1", "/api/v1/deliveries",
        "/api/v1/alerts/1/decisions",
    };
    struct bench *b = *state;
    struct str headers = arena_printf(
        &b->arena, "Authorization: Bearer %s\r\n", b->token);

    post(b, SCAN);
    for (size_t i = 0; i < COUNT_OF(paths); i++)
        for (int turns = 0; turns < 6; turns++) {
            int fd = api_connect(b);

            api_send(fd, api_request(b, "GET", paths[i], headers.p, ""));
            for (int t = 0; t < turns; t++)
                loop_turn(b->loop, 0);
            close(fd);
            bench_settle(b);
        }
    GOT_STATUS(api_get(b, "/api/v1/alerts"), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_alert_lives_from_engage_to_release),
        TEST(what_is_not_there_is_404),
        TEST(both_lists_take_the_same_filters),
        TEST(what_is_asked_wrongly_is_said),
        TEST(both_lists_come_in_pages),
        TEST(a_long_search_goes_on_with_the_next_page),
        TEST(why_and_why_not),
        TEST(an_alert_can_be_explained_without_being_one),
        TEST(an_alert_is_found_in_the_history_too),
        TEST(a_client_that_goes_away_is_no_trouble),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
