/* test_admin_ack.c -- engaged alerts acknowledged, escalations refused and explained,
 * over HTTP. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "admin_rig.h"

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
    got_want_text(&g, "/data/0/reason", "acknowledged by admin before it came");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(acknowledged_by_id_shown_listed_and_taken_back),
        TEST(acknowledged_by_a_filter),
        TEST(circles_and_strangers_are_refused),
        TEST(escalations_wait_and_end_with_an_acknowledgement),
        TEST(explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
