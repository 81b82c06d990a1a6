/* test_admin_history.c -- the history in numbers and marked, over HTTP. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "admin_rig.h"

#define ALERTS "/api/v1/alerts"

static void post(struct bench *b, const char *alert)
{
    GOT_STATUS(api_ask(b, "POST", ALERTS, alert), 200);
}

/* Ids 1 to 4. */
static void post_four(struct bench *b)
{
    post(b, "{\"type\":\"syn_scan\",\"entity\":\"host\",\"entity_value\":"
            "\"10.0.0.7\",\"severity\":\"error\",\"score\":100,\"message\":"
            "\"a\",\"tstamp\":1606141256}");
    post(b, "{\"type\":\"syn_scan\",\"entity\":\"host\",\"entity_value\":"
            "\"10.0.0.8\",\"severity\":\"warning\",\"score\":50,\"message\":"
            "\"b\",\"tstamp\":1606141257}");
    post(b, "{\"type\":\"disk\",\"entity\":\"system\",\"entity_value\":\"gw\","
            "\"severity\":\"error\",\"score\":100,\"message\":\"c\",\"tstamp\":"
            "1606144856}");
    post(b, "{\"type\":\"low_goodput\",\"entity\":\"flow\",\"entity_value\":"
            "\"f\",\"severity\":\"notice\",\"score\":10,\"message\":\"d\","
            "\"cli_ip\":\"10.0.0.7\",\"srv_ip\":\"192.0.2.1\",\"srv_port\":443,"
            "\"tstamp\":1606144857,\"ack\":\"a fact\"}");
    bench_settle(b);
}

static void facets_count_by_entity_and_severity(void **state)
{
    struct bench *b = *state;
    struct got g;

    post_four(b);
    g = api_get(b, ALERTS "/facets");
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/total"), 4);
    assert_int_equal(got_number(&g, "/entities/host/error"), 1);
    assert_int_equal(got_number(&g, "/entities/host/total"), 2);
    assert_int_equal(got_number(&g, "/severities/error"), 2);
    g = api_get(b, ALERTS "/facets?filter=srv_port%3D443");
    assert_int_equal(got_number(&g, "/total"), 1);
}

static void a_series_has_all_its_buckets(void **state)
{
    struct bench *b = *state;
    struct got g;

    post_four(b);
    g = api_get(b, ALERTS "/timeseries?since=1606140000&until=1606147200&"
                          "bucket=1h");
    GOT_STATUS(g, 200);
    assert_int_equal(member_at(g.json, "/data")->count, 2);
    got_want_text(&g, "/data/0/from", "2020-11-23T14:00:00.000Z");
    assert_int_equal(got_number(&g, "/data/0/severities/total"), 2);
    assert_int_equal(got_number(&g, "/data/1/severities/notice"), 1);
    g = api_get(b, ALERTS "/timeseries?since=1606140000&until=1606147200&"
                          "bucket=1");
    got_want(&g, 400, "at most");
    g = api_get(b, ALERTS "/timeseries?bucket=never");
    got_want(&g, 400, "bucket must be a duration like 10m");
}

static void a_top_has_the_most_first(void **state)
{
    struct bench *b = *state;
    struct got g;

    post_four(b);
    g = api_get(b, ALERTS "/top/ip");
    GOT_STATUS(g, 200);
    got_want_text(&g, "/data/0/value", "10.0.0.7");
    assert_int_equal(got_number(&g, "/data/0/count"), 2);
    assert_int_equal(got_number(&g, "/data/0/score"), 110);
    assert_int_equal(got_number(&g, "/distinct"), 3);
    g = api_get(b, ALERTS "/values/type?prefix=SY&limit=5");
    got_want_text(&g, "/data/0/value", "syn_scan");
    assert_int_equal(got_number(&g, "/distinct"), 1);
    g = api_get(b, ALERTS "/top/pool");
    got_want(&g, 404, "no field");
}

static void an_ack_is_shown_and_filtered_by(void **state)
{
    struct bench *b = *state;
    struct got g;

    post_four(b);
    g = api_ask(b, "POST", ALERTS "/ack",
                "{\"ids\":[1,3],\"by\":\"maya\",\"note\":\"known\",\"until\":"
                "\"8h\"}");
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/changed"), 2);
    g = api_get(b, ALERTS "?acknowledged=true");
    assert_int_equal(member_at(g.json, "/data")->count, 2);
    got_want_text(&g, "/data/0/ack/by", "maya");
    got_want_text(&g, "/data/0/ack/note", "known");
    g = api_get(b, ALERTS "?filter=srv_port%3D443");
    got_want_text(&g, "/data/0/fact_ack", "a fact");
    assert_true(json_is(member_at(g.json, "/data/0/ack"), JSON_NULL));
    g = api_ask(b, "POST", ALERTS "/unack?severity=error", "{}");
    assert_int_equal(got_number(&g, "/changed"), 2);
    g = api_get(b, ALERTS "/facets");
    assert_int_equal(got_number(&g, "/acknowledged"), 0);
}

/* Neither an older one, nor what somebody did afterwards. */
static void an_undo_takes_back_what_was_done(void **state)
{
    struct bench *b = *state;
    int64_t done;
    struct got g;

    post_four(b);
    api_ask(b, "POST", ALERTS "/ack", "{\"ids\":[1],\"by\":\"maya\",\"note\":\"known\"}");
    g = api_ask(b, "POST", ALERTS "/ack?severity=debug", "{\"again\":false,\"by\":\"tom\"}");
    assert_int_equal(got_number(&g, "/changed"), 3);
    done = got_number(&g, "/acknowledgement");
    g = api_ask(b, "POST", ALERTS "/ack", "{\"ids\":[2],\"by\":\"lee\"}");
    assert_true(got_number(&g, "/acknowledgement") > done);
    g = api_ask(b, "POST", ALERTS "/unack",
                arena_printf(&b->arena, "{\"acknowledgement\":%lld}", (long long)done).p);
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/changed"), 2);
    g = api_get(b, ALERTS "?acknowledged=true");
    assert_int_equal(member_at(g.json, "/data")->count, 2);
    got_want(&g, 200, "\"by\":\"maya\"");
    got_want(&g, 200, "\"note\":\"known\"");
    got_want(&g, 200, "\"by\":\"lee\"");
    g = api_ask(b, "POST", ALERTS "/ack?acknowledged=true", "{\"again\":false}");
    assert_int_equal(got_number(&g, "/changed"), 0);
}

/* So that a page can say how far it is. */
static void many_are_marked_part_by_part(void **state)
{
    struct bench *b = *state;
    struct got g;
    int parts = 1;

    post_four(b);
    g = api_ask(b, "POST", ALERTS "/ack?state=any", "{\"ids\":[1],\"at_most\":0}");
    got_want(&g, 422, "at_most");
    g = api_ask(b, "POST", ALERTS "/ack?severity=debug", "{\"at_most\":1}");
    GOT_STATUS(g, 200);
    while (json_is(member_at(g.json, "/more"), JSON_BOOL) &&
           member_at(g.json, "/more")->truth) {
        struct str next = json_text(member_at(g.json, "/next"));

        g = api_ask(b, "POST",
                    arena_printf(&b->arena, ALERTS "/ack?severity=debug&cursor=%.*s",
                                 STR_ARG(next)).p,
                    "{\"at_most\":1}");
        GOT_STATUS(g, 200);
        assert_true(++parts < 10);
    }
    assert_true(parts >= 4);
    assert_true(json_is(member_at(g.json, "/next"), JSON_NULL));
    g = api_get(b, ALERTS "?acknowledged=true");
    assert_int_equal(member_at(g.json, "/data")->count, 4);
}

static void a_note_is_read_back(void **state)
{
    struct bench *b = *state;
    struct got g;

    post_four(b);
    g = api_ask(b, "POST", ALERTS "/note",
                "{\"filter\":\"type=disk\",\"text\":\"ordered a new one\"}");
    GOT_STATUS(g, 200);
    g = api_get(b, ALERTS "/3/notes");
    GOT_STATUS(g, 200);
    got_want_text(&g, "/data/0/text", "ordered a new one");
    got_want_text(&g, "/data/0/by", "admin token");
    g = api_get(b, ALERTS "/99/notes");
    GOT_STATUS(g, 404);
}

static void a_delete_can_be_taken_back(void **state)
{
    struct bench *b = *state;
    struct got g;

    post_four(b);
    g = api_ask(b, "POST", ALERTS "/delete", "{\"filter\":\"entity=host\"}");
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/changed"), 2);
    assert_int_equal(member_at(api_get(b, ALERTS).json, "/data")->count, 2);
    g = api_ask(b, "POST", ALERTS "/undelete",
                arena_printf(&b->arena, "{\"deletion\":%lld}",
                             (long long)got_number(&g, "/deletion")).p);
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/changed"), 2);
    assert_int_equal(member_at(api_get(b, ALERTS).json, "/data")->count, 4);
}

static void what_is_wrong_is_said(void **state)
{
    static const struct {
        const char *verb, *body;
        int status;
        const char *words;
    } table[] = {
        {"ack", "{}", 422, "say which"},
        {"delete", "{}", 422, "say which"},
        {"undelete", "{}", 422, "say which"},
        {"ack", "{\"ids\":7}", 422, "must be a list"},
        {"ack", "{\"ids\":[\"7\"]}", 422, "must be numbers"},
        {"ack", "{\"ids\":[7],\"until\":\"soon\"}", 422, "like 8h"},
        {"ack", "{\"ids\":[7],\"until\":1606141256}", 422, "is over already"},
        {"ack", "{\"filter\":\"sevrity=1\"}", 422, "did you mean severity"},
        {"ack?filter=score>1", "{\"filter\":\"score>1\"}", 422, "said twice"},
        {"note", "{\"ids\":[7]}", 422, "a note needs a text"},
        {"note", "{\"ids\":[7],\"note\":\"x\"}", 422, "no member \\\"note\\\""},
        {"ack", "{\"ids\":[7],\"again\":1}", 422, "must be true or false"},
        {"unack", "{\"acknowledgement\":\"x\"}", 422, "must be the number"},
        {"ack?acknowledged=7", "{}", 400, "must be true or false"},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct str path = arena_printf(&b->arena, ALERTS "/%s", table[i].verb);
        struct got g = api_ask(b, "POST", path.p, table[i].body);

        got_want(&g, table[i].status, table[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(facets_count_by_entity_and_severity),
        TEST(a_series_has_all_its_buckets),
        TEST(a_top_has_the_most_first),
        TEST(an_ack_is_shown_and_filtered_by),
        TEST(an_undo_takes_back_what_was_done),
        TEST(many_are_marked_part_by_part),
        TEST(a_note_is_read_back),
        TEST(a_delete_can_be_taken_back),
        TEST(what_is_wrong_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
