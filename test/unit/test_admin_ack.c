/* test_admin_ack.c -- engaged alerts acknowledged, escalations refused and explained,
 * over HTTP. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "admin_rig.h"
#include "config/ack_link.h"

#define ALERTS "/api/v1/alerts"
#define RECIPIENTS "/api/v1/recipients"

static int64_t engage(struct bench *b, const char *host, const char *severity)
{
    struct got g = api_ask(
        b, "POST", ALERTS,
        arena_printf(&b->arena,
                     "{\"type\":\"disk\",\"entity\":\"host\",\"entity_value\":\"%s\","
                     "\"severity\":\"%s\",\"action\":\"engage\",\"message\":\"full\"}",
                     host, severity).p);

    GOT_STATUS(g, 200);
    bench_settle(b);
    return registry_count(b->registry) > 0 ? outbox_next_id(b->outbox) - 1 : 0;
}

static void acknowledged_by_id_shown_listed_and_taken_back(void **state)
{
    struct bench *b = *state;
    int64_t id = engage(b, "10.0.0.1", "error");
    struct got g;

    engage(b, "10.0.0.2", "error");
    g = api_ask(b, "POST", ALERTS "/ack",
                arena_printf(&b->arena, "{\"ids\":[%lld],\"by\":\"maya\",\"note\":\"<b>\","
                                        "\"until\":\"2h\"}", (long long)id).p);
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/changed"), 1);
    assert_int_equal(got_number(&g, "/engaged"), 1);
    g = api_get(b, ALERTS "?state=engaged&acknowledged=true");
    assert_int_equal(member_at(g.json, "/data")->count, 1);
    assert_int_equal(got_number(&g, "/data/0/id"), id);
    got_want_text(&g, "/data/0/ack/by", "maya");
    got_want_text(&g, "/data/0/ack/note", "<b>");
    g = api_get(b, ALERTS "?state=acknowledged");
    assert_int_equal(member_at(g.json, "/data")->count, 1);
    g = api_get(b, ALERTS "?state=engaged&acknowledged=false");
    assert_int_equal(member_at(g.json, "/data")->count, 1);
    g = api_ask(b, "POST", ALERTS "/unack?state=engaged", "{}");
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/engaged"), 1);
    assert_int_equal(registry_count_acknowledged(b->registry), 0);
}

static void acknowledged_by_a_filter(void **state)
{
    struct bench *b = *state;
    struct got g;

    engage(b, "10.0.0.1", "error");
    engage(b, "10.0.0.2", "warning");
    engage(b, "10.0.0.3", "error");
    g = api_ask(b, "POST", ALERTS "/ack", "{\"filter\":\"severity>=error\"}");
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/engaged"), 2);
    assert_int_equal(registry_count_acknowledged(b->registry), 2);
    g = api_ask(b, "POST", ALERTS "/ack?state=ended", "{\"filter\":\"severity>=info\"}");
    assert_int_equal(got_number(&g, "/engaged"), 0);
    g = api_ask(b, "POST", ALERTS "/ack", "{}");
    got_want(&g, 422, "say which");
}

static void an_undo_of_engaged_ones(void **state)
{
    struct bench *b = *state;
    int64_t first = engage(b, "10.0.0.1", "error"), second, done;
    struct got g;

    second = engage(b, "10.0.0.2", "error");
    engage(b, "10.0.0.3", "error");
    api_ask(b, "POST", ALERTS "/ack",
            arena_printf(&b->arena, "{\"ids\":[%lld],\"by\":\"maya\"}", (long long)first).p);
    g = api_ask(b, "POST", ALERTS "/ack?state=engaged", "{\"again\":false,\"by\":\"tom\"}");
    assert_int_equal(got_number(&g, "/engaged"), 2);
    done = got_number(&g, "/acknowledgement");
    api_ask(b, "POST", ALERTS "/ack",
            arena_printf(&b->arena, "{\"ids\":[%lld],\"by\":\"lee\"}", (long long)second).p);
    g = api_ask(b, "POST", ALERTS "/unack",
                arena_printf(&b->arena, "{\"acknowledgement\":%lld}", (long long)done).p);
    assert_int_equal(got_number(&g, "/engaged"), 1);
    assert_true(str_is(registry_find_id(b->registry, first)->ack->by, "maya"));
    assert_true(str_is(registry_find_id(b->registry, second)->ack->by, "lee"));
    assert_int_equal(registry_count_acknowledged(b->registry), 2);
}

/* --- escalations --------------------------------------------------------------------- */

static struct got recipient(struct bench *b, const char *name, const char *more)
{
    return api_ask(b, "POST", RECIPIENTS,
                   arena_printf(&b->arena, "{\"name\":\"%s\",\"endpoint\":\"hook\"%s}", name,
                                more).p);
}

static void chain(struct bench *b)
{
    struct got g = api_ask(b, "POST", "/api/v1/endpoints",
                           "{\"name\":\"hook\",\"type\":\"webhook\",\"params\":"
                           "{\"url\":\"https://192.0.2.1/\"}}");

    GOT_STATUS(g, 201);
    g = recipient(b, "c", ",\"minimum_severity\":\"emergency\"");
    GOT_STATUS(g, 201);
    g = recipient(b, "b", ",\"minimum_severity\":\"emergency\",\"escalate_to\":\"c\"");
    GOT_STATUS(g, 201);
    g = recipient(b, "a", ",\"escalate_to\":\"b\",\"escalate_after\":\"10m\"");
    GOT_STATUS(g, 201);
}

static void circles_and_strangers_are_refused(void **state)
{
    struct bench *b = *state;
    struct got g;

    chain(b);
    g = api_ask(b, "PATCH", RECIPIENTS "/c", "{\"escalate_to\":\"a\"}");
    got_want(&g, 422, "-> ");
    got_want(&g, 422, "/escalate_to");
    g = api_ask(b, "PATCH", RECIPIENTS "/c", "{\"escalate_to\":\"c\"}");
    got_want(&g, 422, "c -> c");
    g = api_ask(b, "PATCH", RECIPIENTS "/c", "{\"escalate_to\":\"nobody\"}");
    got_want(&g, 422, "nobody");
    g = api_ask(b, "PATCH", RECIPIENTS "/c", "{\"escalate_to\":\"alert_store_db\"}");
    got_want(&g, 422, "tells nobody");
    g = api_ask(b, "DELETE", RECIPIENTS "/b", "");
    got_want(&g, 409, "in use by recipient \\\"a\\\"");
}

static int64_t held(struct bench *b)
{
    struct outbox_counts n;

    outbox_counts(b->outbox, &n);
    return (int64_t)n.held_by[HOLD_ESCALATION];
}

static void escalations_wait_and_end_with_an_acknowledgement(void **state)
{
    struct bench *b = *state;
    int64_t id;
    struct got g;

    chain(b);
    id = engage(b, "10.0.0.1", "error");
    assert_int_equal(held(b), 2);
    g = api_get(b, "/api/v1/deliveries?state=held");
    assert_int_equal(member_at(g.json, "/data")->count, 2);
    g = api_ask(b, "POST", ALERTS "/ack",
                arena_printf(&b->arena, "{\"ids\":[%lld]}", (long long)id).p);
    assert_int_equal(got_number(&g, "/engaged"), 1);
    assert_int_equal(held(b), 0);
    g = api_get(b, "/api/v1/deliveries?state=withheld");
    got_want_text(&g, "/data/0/reason", "acknowledged by admin token before it came");
}

static void explained(void **state)
{
    struct bench *b = *state;
    struct got g;

    chain(b);
    g = api_ask(b, "POST", "/api/v1/explain",
                "{\"type\":\"disk\",\"entity\":\"host\",\"entity_value\":\"10.0.0.1\","
                "\"severity\":\"error\",\"action\":\"engage\",\"message\":\"full\"}");
    GOT_STATUS(g, 200);
    got_want(&g, 200, "\"escalation\":{\"from\":\"a\",\"after\":\"10 min\"}");
    got_want(&g, 200, "\"escalation\":{\"from\":\"b\",\"after\":\"25 min\"}");
}

/* --- links ----------------------------------------------------------------------------- */

/* "/l/..." for somebody who was told. */
static const char *link_path(struct bench *b, int64_t alert_id, int64_t until_ms)
{
    const struct ack_link link = {alert_id, snapshot_recipient(config_now(b->config),
                                                               STR("a"))->id,
                                  until_ms};
    struct str url = ack_link_url(b->config, &link, &b->arena);

    assert_true(str_starts(url, "https://tocsin.example.org/x/l/"));
    return arena_printf(&b->arena, "%.*s", STR_ARG(str_from(url, 28))).p;
}

static void base_url(struct bench *b)
{
    struct got g = api_ask(b, "PATCH", "/api/v1/settings",
                           "{\"base_url\":\"https://tocsin.example.org/x/\"}");

    GOT_STATUS(g, 200);
}

static struct got visit(struct bench *b, const char *method, const char *path,
                        const char *body)
{
    return api_ask_with(b, method, path, "", body); /* nobody we know */
}

#define SOON (clock_wall_ms(&clock_real) + 60000)

static void only_a_post_acknowledges(void **state)
{
    struct bench *b = *state;
    const struct engaged *e;
    const char *path;
    int64_t id;
    struct got g;

    base_url(b);
    chain(b);
    id = engage(b, "10.0.0.1<script>", "error");
    e = registry_find_id(b->registry, id);
    path = link_path(b, id, SOON);
    for (int i = 0; i < 3; i++) {
        g = visit(b, "GET", path, "");
        got_want(&g, 200, "<form method=\"post\">");
        got_want(&g, 200, "&lt;script&gt;");
        assert_true(str_is(got_header(&g, "Referrer-Policy"), "no-referrer"));
        assert_true(str_starts(got_header(&g, "X-Robots-Tag"), "noindex"));
        assert_null(e->ack);
    }
    assert_int_equal(held(b), 2);
    g = visit(b, "POST", path, "note=on+my+way%3Cb%3E%0A%FF&note=not");
    got_want(&g, 200, "Acknowledged");
    assert_true(str_is(e->ack->by, "link of a"));
    assert_true(str_starts(e->ack->note, "on my way<b>"));
    assert_int_equal(held(b), 0);
    g = visit(b, "GET", path, "");
    got_want(&g, 200, "Acknowledged by link of a");
    got_want(&g, 200, "on my way&lt;b&gt;");
    g = visit(b, "POST", path, "note=again"); /* the first one counts */
    GOT_STATUS(g, 200);
    assert_true(str_starts(e->ack->note, "on my way"));
}

static void what_is_changed_expired_or_ended_does_nothing(void **state)
{
    struct bench *b = *state;
    const struct engaged *e;
    const char *path;
    char *changed;
    int64_t id, other;
    struct got g;

    base_url(b);
    chain(b);
    id = engage(b, "10.0.0.1", "error");
    other = engage(b, "10.0.0.2", "error");
    e = registry_find_id(b->registry, id);
    path = link_path(b, id, SOON);
    for (size_t i = strlen("/l/"); i < strlen(path); i++) {
        changed = mem_dup(path, strlen(path) + 1);
        changed[i] = changed[i] == '1' ? '2' : '1';
        g = visit(b, i % 2 ? "POST" : "GET", changed, "");
        free(changed);
        GOT_STATUS(g, 403);
    }
    g = visit(b, "POST", arena_printf(&b->arena, "%.*s", (int)strlen(path) - 1, path).p, "");
    GOT_STATUS(g, 403);
    g = visit(b, "POST", arena_printf(&b->arena, "%s1", path).p, "");
    GOT_STATUS(g, 403);
    g = visit(b, "POST", "/l/1.2", "");
    GOT_STATUS(g, 403);
    g = visit(b, "POST", link_path(b, id, 1700000000000), "");
    got_want(&g, 410, "good no more");
    assert_null(e->ack);
    assert_null(registry_find_id(b->registry, other)->ack);
    g = api_ask(b, "POST", arena_printf(&b->arena, ALERTS "/%lld/release",
                                        (long long)id).p, "{}");
    GOT_STATUS(g, 200);
    g = visit(b, "POST", path, "");
    got_want(&g, 410, "has ended");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(acknowledged_by_id_shown_listed_and_taken_back),
        TEST(acknowledged_by_a_filter),
        TEST(an_undo_of_engaged_ones),
        TEST(circles_and_strangers_are_refused),
        TEST(escalations_wait_and_end_with_an_acknowledgement),
        TEST(explained),
        TEST(only_a_post_acknowledges),
        TEST(what_is_changed_expired_or_ended_does_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
