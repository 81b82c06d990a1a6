/* test_admin_replay.c -- the past over HTTP: revisions, explained as of then, and
 * replayed by a draft, as jobs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "admin_rig.h"

#define HOOK "{\"name\":\"hook\",\"type\":\"webhook\",\"params\":{\"url\":" \
             "\"https://hooks.example.net/x\",\"username\":\"u\","          \
             "\"password\":\"hunter2-canary\"}}"
#define RECIPIENT "{\"name\":\"netops\",\"endpoint\":\"hook\"," \
                  "\"minimum_severity\":\"error\"}"
#define SCAN "{\"type\":\"syn_scan\",\"entity\":\"host\",\"entity_value\":" \
             "\"192.168.1.7\",\"severity\":\"error\",\"action\":\"%s\","    \
             "\"message\":\"Somebody scans\"}"
#define DISK "{\"type\":\"disk_full\",\"entity\":\"system\",\"entity_value\":" \
             "\"gw\",\"severity\":\"warning\",\"message\":\"/var is full\"}"

static int64_t post(struct bench *b, const char *alert)
{
    struct got g = api_ask(b, "POST", "/api/v1/alerts", alert);

    GOT_STATUS(g, 200);
    bench_settle(b);
    return got_number(&g, "/alerts/0/id");
}

/* Revisions 1 and 2; then a scan that begins and ends, and a full disk. */
static int64_t past_make(struct bench *b)
{
    int64_t scan;

    GOT_STATUS(api_ask(b, "POST", "/api/v1/endpoints", HOOK), 201);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/recipients?comment=on%20call",
                       RECIPIENT),
               201);
    scan = post(b, arena_printf(&b->arena, SCAN, "engage").p);
    post(b, arena_printf(&b->arena, SCAN, "release").p);
    post(b, DISK);
    return scan;
}

static void who_changed_what_and_why(void **state)
{
    struct bench *b = *state;
    struct got g;

    past_make(b);
    g = api_get(b, "/api/v1/config/revisions?limit=1");
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/data/0/revision"), 2);
    got_want_text(&g, "/data/0/author", "admin token");
    got_want_text(&g, "/data/0/comment", "on call");
    got_want_text(&g, "/data/0/changes/0/summary", "created");
    got_want_text(&g, "/data/0/changes/0/name", "netops");
    got_want_text(&g, "/next", "1");
    assert_int_equal(got_number(&g, "/total/value"), 2);
    g = api_get(b, "/api/v1/config/revisions?cursor=1");
    got_want_text(&g, "/data/0/changes/0/kind", "endpoint");
    assert_true(json_is(member_at(g.json, "/next"), JSON_NULL));
    g = api_get(b, "/api/v1/config/revisions/1");
    GOT_STATUS(g, 200);
    assert_int_equal(member_at(g.json, "/configuration/recipients")->count, 1);
    assert_null(memmem(g.body.p, g.body.n, "hunter2", 7));
    GOT_STATUS(api_get(b, "/api/v1/config/revisions/9"), 404);
    g = api_get(b, "/api/v1/config/diff?from=0");
    got_want_text(&g, "/data/1/change", "created");
    assert_null(memmem(g.body.p, g.body.n, "hunter2", 7));
    GOT_STATUS(api_get(b, "/api/v1/config/diff?from=7"), 404);
    GOT_STATUS(api_get(b, "/api/v1/config/diff?from=x"), 400);
    g = api_get(b, "/api/v1/config/export");
    GOT_STATUS(g, 200);
    assert_null(memmem(g.body.p, g.body.n, "hunter2", 7));
    assert_non_null(memmem(g.body.p, g.body.n, "  - name: netops", 16));
}

static void and_back_again(void **state)
{
    struct bench *b = *state;
    struct got g;

    past_make(b);
    g = api_ask(b, "POST", "/api/v1/config/rollback", "{\"to\":1}");
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/revision"), 3);
    GOT_STATUS(api_get(b, "/api/v1/recipients/netops"), 404);
    g = api_ask(b, "POST", "/api/v1/config/rollback?comment=sorry", "{\"to\":2}");
    GOT_STATUS(g, 200);
    GOT_STATUS(api_get(b, "/api/v1/recipients/netops"), 200);
    g = api_get(b, "/api/v1/config/revisions");
    got_want_text(&g, "/data/0/comment", "sorry");
    got_want_text(&g, "/data/1/comment", "rollback to 1");
    GOT_STATUS(api_ask(b, "POST", "/api/v1/config/rollback", "{\"to\":77}"), 404);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/config/rollback", "{}"), 400);
}

/* The real clock: a change in the same millisecond would be in force, too. */
static void a_moment(struct bench *b)
{
    int64_t now = clock_wall_ms(loop_clock(b->loop));

    while (clock_wall_ms(loop_clock(b->loop)) <= now + 1)
        loop_turn(b->loop, 1);
}

static void as_of_then_and_now(void **state)
{
    struct bench *b = *state;
    int64_t scan = past_make(b);
    const char *path =
        arena_printf(&b->arena, "/api/v1/alerts/%lld/decisions", (long long)scan).p;
    struct got g;

    a_moment(b);
    GOT_STATUS(api_ask(b, "PATCH", "/api/v1/recipients/netops",
                       "{\"minimum_severity\":\"critical\"}"),
               200);
    g = api_get(b, path);
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/revision"), 2);
    assert_false(member_at(g.json, "/is_now")->truth);
    got_want_text(&g, "/decisions/1/outcome", "deliver");
    g = api_get(b, arena_printf(&b->arena, "%s?as_of=now", path).p);
    assert_int_equal(got_number(&g, "/revision"), 3);
    got_want_text(&g, "/decisions/1/outcome", "not_matched");
    got_want_text(&g, "/decisions/1/criteria/0/have", "error");
    got_want_text(&g, "/decisions/1/criteria/0/want", "critical or higher");
    g = api_get(b, arena_printf(&b->arena, "%s?revision=1", path).p);
    assert_int_equal(member_at(g.json, "/decisions")->count, 1);
    GOT_STATUS(api_get(b, arena_printf(&b->arena, "%s?revision=8", path).p), 404);
    GOT_STATUS(api_get(b, arena_printf(&b->arena, "%s?as_of=ever", path).p), 400);
    g = api_ask(b, "POST", "/api/v1/explain?revision=2",
                arena_printf(&b->arena, SCAN, "engage").p);
    got_want_text(&g, "/decisions/1/outcome", "deliver");
}

/* --- replay ------------------------------------------------------------------- */

/* The job, once it has ended. */
static struct got replayed(struct bench *b, const char *body)
{
    struct got g = api_ask(b, "POST", "/api/v1/replay", body);
    struct str location;

    GOT_STATUS(g, 202);
    location = got_header(&g, "Location");
    bench_settle(b);
    g = api_get(b, arena_c(&b->arena, location));
    GOT_STATUS(g, 200);
    return g;
}

#define RESULT "/data/result"

static void as_it_was_there_is_no_difference(void **state)
{
    struct bench *b = *state;
    struct got g;

    past_make(b);
    g = replayed(b, "{\"since\":\"1d\"}");
    got_want_text(&g, "/data/state", "done");
    assert_int_equal(got_number(&g, RESULT "/alerts"), 2);
    assert_int_equal(got_number(&g, RESULT "/messages"), 2);
    assert_int_equal(got_number(&g, RESULT "/by_recipient/0/engaged"), 1);
    assert_int_equal(got_number(&g, RESULT "/by_recipient/0/released"), 1);
    got_want_text(&g, RESULT "/by_severity/0/severity", "error");
    assert_int_equal(got_number(&g, RESULT "/differences/compared"), 3);
    assert_int_equal(got_number(&g, RESULT "/differences/more/count"), 0);
    assert_int_equal(got_number(&g, RESULT "/differences/less/count"), 0);
    got_want_text(&g, RESULT "/examples/0/type", "syn_scan");
}

static void a_draft_tells_more_or_less(void **state)
{
    struct bench *b = *state;
    struct got g;

    past_make(b);
    g = replayed(b, "{\"recipient\":{\"name\":\"netops\","
                    "\"minimum_severity\":\"info\"}}");
    assert_int_equal(got_number(&g, RESULT "/messages"), 3);
    assert_int_equal(got_number(&g, RESULT "/differences/more/count"), 1);
    got_want_text(&g, RESULT "/differences/more/examples/0/type", "disk_full");
    g = replayed(b, "{\"recipient\":{\"name\":\"netops\",\"filter\":"
                    "\"type=disk_full\",\"minimum_severity\":null}}");
    assert_int_equal(got_number(&g, RESULT "/differences/less/count"), 2);
    g = replayed(b, "{\"recipient\":{\"name\":\"new\",\"endpoint\":\"hook\"}}");
    assert_int_equal(got_number(&g, RESULT "/messages"), 3);
    assert_int_equal(got_number(&g, RESULT "/differences/more/count"), 3);
    g = replayed(b, "{\"recipient\":\"netops\",\"since\":\"2001-01-01T00:00:00Z\","
                    "\"until\":\"2001-01-02T00:00:00Z\"}");
    assert_int_equal(got_number(&g, RESULT "/alerts"), 0);
    g = api_get(b, "/api/v1/recipients");
    assert_int_equal(got_number(&g, "/total/value"), 2); /* nothing was stored */
}

static void a_whole_configuration(void **state)
{
    static const char body[] =
        "{\"configuration\":{\"files\":[{\"name\":\"a.yaml\",\"text\":"
        "\"endpoints:\\n  - name: mine\\n    type: webhook\\n    params:\\n"
        "      url: https://x.example/\\nrecipients:\\n  - name: other\\n"
        "    endpoint: mine\\n\"}]}%s}";
    struct bench *b = *state;
    struct got g;

    past_make(b);
    g = replayed(b, arena_printf(&b->arena, body, "").p);
    got_want_text(&g, RESULT "/by_recipient/0/recipient", "other");
    assert_int_equal(got_number(&g, RESULT "/messages"), 3);
    assert_int_equal(got_number(&g, RESULT "/differences/more/count"), 3);
    assert_int_equal(got_number(&g, RESULT "/differences/less/count"), 2);
    g = replayed(b, arena_printf(&b->arena, body, ",\"recipient\":\"other\"").p);
    assert_int_equal(got_number(&g, RESULT "/differences/less/count"), 0);
}

/* --- holds ----------------------------------------------------------------------- */

#define CHAT "{\"name\":\"chat\",\"type\":\"mattermost\",\"params\":{\"url\":" \
             "\"https://mm.example.net/hooks/hook5fake7mattermost900001\"}}"
#define AT "{\"type\":\"%s\",\"entity\":\"host\",\"entity_value\":\"10.0.0.%d\","     \
           "\"severity\":\"error\",\"action\":\"%s\",\"tstamp\":%lld%s,"            \
           "\"message\":\"m\"}"

/* Seconds since 1970, so many minutes ago. */
static long long ago(int minutes)
{
    return (long long)time(NULL) - 60LL * minutes;
}

static void at(struct bench *b, const char *type, int host, const char *action,
               int minutes)
{
    struct str end = STR_NONE;

    if (strcmp(action, "release") == 0)
        end = arena_printf(&b->arena, ",\"tstamp_end\":%lld", ago(minutes));
    post(b, arena_printf(&b->arena, AT, type, host, action, ago(minutes),
                         end.n > 0 ? end.p : "").p);
}

/* Three hours ago: three that are the same, one that ends, one that is still engaged. */
static void busy_past(struct bench *b)
{
    GOT_STATUS(api_ask(b, "POST", "/api/v1/endpoints", CHAT), 201);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/recipients",
                       "{\"name\":\"team\",\"endpoint\":\"chat\","
                       "\"repeat_interval\":\"0\"}"),
               201);
    at(b, "scan", 1, "store", 190);
    at(b, "scan", 1, "store", 185);
    at(b, "down", 2, "engage", 184);
    at(b, "scan", 1, "store", 182);
    at(b, "down", 2, "release", 181);
    at(b, "down", 3, "engage", 180);
}

static void repeats_are_left_out(void **state)
{
    struct bench *b = *state;
    struct got g;

    busy_past(b);
    g = replayed(b, "{}");
    assert_int_equal(got_number(&g, RESULT "/messages"), 6);
    assert_int_equal(got_number(&g, RESULT "/at_once"), 6);
    g = replayed(b, "{\"recipient\":{\"name\":\"team\",\"repeat_interval\":\"1h\"}}");
    assert_int_equal(got_number(&g, RESULT "/messages"), 4);
    assert_int_equal(got_number(&g, RESULT "/withheld"), 2);
    got_want_text(&g, RESULT "/by_recipient/0/by_hold/0/kind", "repeat");
    assert_int_equal(got_number(&g, RESULT "/by_recipient/0/by_hold/0/withheld"), 2);
    assert_int_equal(got_number(&g, RESULT "/differences/less/count"), 2);
    got_want_text(&g, RESULT "/held_examples/0/hold", "repeat");
    got_want_text(&g, RESULT "/held_examples/0/outcome", "withheld");
    /* What came before the time that is asked about makes it a repeat. */
    g = replayed(b, arena_printf(&b->arena,
                                 "{\"recipient\":{\"name\":\"team\","
                                 "\"repeat_interval\":\"1h\"},\"since\":\"187m\"}").p);
    assert_int_equal(got_number(&g, RESULT "/alerts"), 4);
    assert_int_equal(got_number(&g, RESULT "/messages"), 3);
}

static void a_digest_is_one_message(void **state)
{
    struct bench *b = *state;
    struct got g;

    busy_past(b);
    g = replayed(b, "{\"recipient\":{\"name\":\"team\",\"repeat_interval\":\"0\","
                    "\"quiet_hours\":\"daily\"}}");
    assert_int_equal(got_number(&g, RESULT "/messages"), 0);
    assert_int_equal(got_number(&g, RESULT "/held"), 5);
    assert_int_equal(got_number(&g, RESULT "/joined"), 1);
    got_want_text(&g, RESULT "/by_recipient/0/by_hold/0/kind", "quiet");
    g = replayed(b, "{\"recipient\":{\"name\":\"team\",\"repeat_interval\":\"0\","
                    "\"storm_limit\":2,\"storm_window\":\"1h\"}}");
    assert_int_equal(got_number(&g, RESULT "/at_once"), 2);
    assert_int_equal(got_number(&g, RESULT "/joined"), 1);
    assert_int_equal(got_number(&g, RESULT "/summarised"), 3);
    assert_int_equal(got_number(&g, RESULT "/summaries"), 1);
    assert_int_equal(got_number(&g, RESULT "/messages"), 3);
}

#define SILENCE RESULT "/silence"

static void a_silence_draft_says_what_it_holds(void **state)
{
    struct bench *b = *state;
    struct got g;

    busy_past(b);
    g = replayed(b, "{\"silence\":{\"matcher\":\"type=down\"}}");
    got_want_text(&g, "/data/state", "done");
    assert_int_equal(got_number(&g, SILENCE "/held_back"), 3);
    assert_int_equal(got_number(&g, SILENCE "/sent"), 1);
    assert_int_equal(got_number(&g, SILENCE "/withheld"), 2);
    assert_int_equal(got_number(&g, SILENCE "/messages"), 4);
    assert_int_equal(got_number(&g, SILENCE "/messages_without"), 6);
    got_want_text(&g, SILENCE "/by_recipient/0/recipient", "team");
    got_want_text(&g, SILENCE "/by_type/0/type", "down");
    assert_int_equal(member_at(g.json, SILENCE "/examples")->count, 3);
    assert_false(member_at(g.json, SILENCE "/moved")->truth);
    g = api_get(b, "/api/v1/silences");
    assert_int_equal(got_number(&g, "/total/value"), 0); /* nothing was stored */
}

/* Who makes silences need not be able to change recipients. */
static void silences_have_a_path_of_their_own(void **state)
{
    struct bench *b = *state;
    struct got g;

    busy_past(b);
    g = api_ask(b, "POST", "/api/v1/silences/replay",
                "{\"silence\":{\"matcher\":\"type=down\"}}");
    GOT_STATUS(g, 202);
    assert_true(str_is(got_header(&g, "Location"), "/api/v1/silences/replay/1"));
    bench_settle(b);
    g = api_get(b, "/api/v1/silences/replay/1");
    assert_int_equal(got_number(&g, SILENCE "/held_back"), 3);
    GOT_STATUS(api_get(b, "/api/v1/jobs/1"), 200);
    replayed(b, "{}");
    GOT_STATUS(api_get(b, "/api/v1/silences/replay/2"), 404);
    GOT_STATUS(api_ask(b, "DELETE", "/api/v1/silences/replay/2", ""), 404);
    GOT_STATUS(api_ask(b, "DELETE", "/api/v1/silences/replay/1", ""), 204);
    g = api_ask(b, "POST", "/api/v1/silences/replay", "{}");
    got_want(&g, 400, "silence");
    g = api_ask(b, "POST", "/api/v1/silences/replay", "{\"configuration\":{}}");
    got_want(&g, 422, "configuration");
}

/* One that begins later is tried out on what was; one that is over, as it was. */
static void a_silence_of_another_time(void **state)
{
    struct bench *b = *state;
    struct got g;
    char from[TIME_TEXT_MAX], to[TIME_TEXT_MAX];

    busy_past(b);
    time_text((ago(0) + 3600) * 1000, false, from);
    time_text((ago(0) + 7200) * 1000, false, to);
    g = replayed(b, arena_printf(&b->arena,
                                 "{\"silence\":{\"matcher\":\"type=scan\",\"starts\":\"%s\","
                                 "\"ends\":\"%s\",\"until_resolved\":true}}",
                                 from, to).p);
    assert_true(member_at(g.json, SILENCE "/moved")->truth);
    assert_int_equal(got_number(&g, SILENCE "/held_back"), 3);
    assert_int_equal(got_number(&g, SILENCE "/withheld"), 3);
    time_text(ago(183) * 1000, false, from);
    time_text(ago(170) * 1000, true, to);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/silences",
                       arena_printf(&b->arena,
                                    "{\"name\":\"was\",\"matcher\":\"host=10.0.0.3\","
                                    "\"comment\":\"c\",\"author\":\"a\",\"starts\":\"%s\","
                                    "\"ends\":\"%s\"}",
                                    from, to).p),
               201);
    g = replayed(b, "{\"silence\":\"was\",\"recipient\":\"team\"}");
    assert_false(member_at(g.json, SILENCE "/moved")->truth);
    got_want_text(&g, SILENCE "/to", to);
    assert_int_equal(got_number(&g, SILENCE "/held_back"), 1);
    assert_int_equal(got_number(&g, SILENCE "/sent"), 1);
    assert_int_equal(got_number(&g, SILENCE "/messages"), 6);
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *body;
        int status;
        const char *words;
    } rows[] = {
        {"{\"recipient\":\"nobody\"}", 404, "no recipient named"},
        {"{\"recipient\":\"alert_store_db\"}", 400, "builtin"},
        {"{\"since\":\"yesterday\"}", 400, "since must be a time"},
        {"{\"since\":\"1h\",\"until\":\"2h\"}", 400, "before until"},
        {"{\"silence\":{}}", 422, "matcher"},
        {"{\"silence\":{\"matcher\":\"type=\"}}", 422, "matcher"},
        {"{\"silence\":\"none\"}", 404, "no silence named"},
        {"{\"silence\":{\"matcher\":\"a\"},\"recipient\":{}}", 400, "running"},
        {"{\"recipient\":{\"name\":\"x\",\"endpoint\":\"none\"}}", 422,
         "no endpoint named"},
        {"{\"configuration\":{\"files\":[]}}", 400, "1 to 100"},
        {"{\"configuration\":{\"files\":[{\"name\":\"a.yaml\",\"text\":"
         "\"endpoint: x\"}]}}",
         422, "a.yaml:1:1"},
    };
    struct bench *b = *state;

    past_make(b);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct got g = api_ask(b, "POST", "/api/v1/replay", rows[i].body);

        got_want(&g, rows[i].status, rows[i].words);
    }
}

/* So many pages that a request comes before the last of them. */
static void a_job_is_cancelled(void **state)
{
    struct bench *b = *state;
    struct buf body freed_by(buf_release) = BUF(1u << 20);
    struct got g;

    GOT_STATUS(api_ask(b, "POST", "/api/v1/endpoints", HOOK), 201);
    for (int i = 0; i < 4000; i++)
        buf_printf(&body, "%s{\"type\":\"t\",\"message\":\"m%d\"}",
                   i > 0 ? "," : "[", i);
    buf_text(&body, "]");
    GOT_STATUS(api_ask(b, "POST", "/api/v1/alerts", buf_c(&body)), 200);
    bench_settle(b);
    g = replayed(b, "{}");
    assert_int_equal(got_number(&g, "/data/done"), 4000);
    assert_int_equal(got_number(&g, RESULT "/alerts"), 4000);
    g = api_ask(b, "DELETE", "/api/v1/jobs/1", "");
    GOT_STATUS(g, 204);
    GOT_STATUS(api_get(b, "/api/v1/jobs/1"), 404);
    g = api_ask(b, "POST", "/api/v1/replay", "{}");
    GOT_STATUS(g, 202);
    got_want_text(&g, "/data/state", "running");
    g = api_ask(b, "DELETE", "/api/v1/jobs/2", "");
    GOT_STATUS(g, 204);
    bench_settle(b);
    g = api_get(b, "/api/v1/jobs");
    assert_int_equal(got_number(&g, "/total/value"), 1);
    got_want_text(&g, "/data/0/state", "cancelled");
}

/* The rig is closed while a job runs: nothing of it is left. */
static void a_job_does_not_outlive_its_program(void **state)
{
    struct bench *b = *state;

    past_make(b);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/replay", "{}"), 202);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_changed_what_and_why),
        TEST(and_back_again),
        TEST(as_of_then_and_now),
        TEST(as_it_was_there_is_no_difference),
        TEST(a_draft_tells_more_or_less),
        TEST(a_whole_configuration),
        TEST(repeats_are_left_out),
        TEST(a_digest_is_one_message),
        TEST(a_silence_draft_says_what_it_holds),
        TEST(silences_have_a_path_of_their_own),
        TEST(a_silence_of_another_time),
        TEST(what_is_refused),
        TEST(a_job_is_cancelled),
        TEST(a_job_does_not_outlive_its_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
