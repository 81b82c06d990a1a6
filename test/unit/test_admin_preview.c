/* test_admin_preview.c -- previews over HTTP: how an alert would read, and that
 * nothing is stored, sent or given away. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "admin_rig.h"

#define MAIL "{\"name\":\"mail\",\"type\":\"email\",\"params\":{\"smtp_server\":" \
             "\"mail.example.net\",\"email_sender\":\"tocsin@example.net\"," \
             "\"smtp_username\":\"u\",\"smtp_password\":\"correct horse\"}}"
#define HOOK "{\"name\":\"hook\",\"type\":\"webhook\",\"params\":{\"url\":" \
             "\"https://hooks.example.net/x\",\"username\":\"u\"," \
             "\"password\":\"battery staple\"," \
             "\"shared_secret\":\"quoted \\\"and\\\\slashed\"}}"
#define NETOPS "{\"name\":\"netops\",\"endpoint\":\"mail\",\"params\":" \
               "{\"email_recipient\":\"netops@example.net\"}}"
#define TEMPLATES "\"title_template\":\"{{title}} on {{subject}}\"," \
                  "\"text_template\":\"{{sentence}}\\n{{labels.team}}\""
#define DISK "{\"type\":\"disk_full\",\"severity\":\"error\",\"entity\":\"host\"," \
             "\"entity_value\":\"db1\",\"message\":\"no room\",\"action\":\"%s\"," \
             "\"tstamp\":\"2020-11-23T14:20:56Z\",\"labels\":{\"team\":\"%s\"}}"

static struct got make(struct bench *b, const char *path, const char *object)
{
    struct got g = api_ask(b, "POST", path, object);

    GOT_STATUS(g, 201);
    return g;
}

static void make_all(struct bench *b)
{
    make(b, "/api/v1/endpoints", MAIL);
    make(b, "/api/v1/endpoints", HOOK);
    make(b, "/api/v1/recipients", NETOPS);
    make(b, "/api/v1/recipients", "{\"name\":\"hook\",\"endpoint\":\"hook\"}");
}

static void post_alert(struct bench *b, const char *action, const char *team)
{
    struct str body = arena_printf(&b->arena, DISK, action, team);

    GOT_STATUS(api_ask(b, "POST", "/api/v1/alerts", body.p), 200);
    bench_settle(b);
}

static struct got preview(struct bench *b, const char *body)
{
    return api_ask(b, "POST", "/api/v1/recipients/netops/preview", body);
}

static void want_null(const struct got *g, const char *path)
{
    assert_true(json_is(member_at(g->json, path), JSON_NULL));
}

static void without_an_alert_it_is_the_sample(void **state)
{
    struct bench *b = *state;
    struct got g;

    make_all(b);
    g = preview(b, "");
    GOT_STATUS(g, 200);
    got_want_text(&g, "/recipient", "netops");
    got_want_text(&g, "/type", "email");
    want_null(&g, "/alert_id");
    want_null(&g, "/failed");
    want_null(&g, "/because");
    got_want_text(&g, "/title", "Low Goodput Ratio");
    got_want_text(&g, "/facts/0/label", "Client");
}

/* By its criteria, as they are or as they would be; else the sample. */
static void the_newest_that_it_would_get(void **state)
{
    struct bench *b = *state;
    struct got g;

    make_all(b);
    post_alert(b, "store", "storage");
    GOT_STATUS(api_ask(b, "POST", "/api/v1/alerts",
                       "{\"type\":\"scan\",\"severity\":\"notice\",\"entity\":\"host\","
                       "\"entity_value\":\"db2\",\"message\":\"many ports\"}"), 200);
    bench_settle(b);
    g = preview(b, "");
    assert_int_equal(got_number(&g, "/alert_id"), 2);
    g = preview(b, "{\"minimum_severity\":\"error\"}");
    assert_int_equal(got_number(&g, "/alert_id"), 1);
    g = preview(b, "{\"filter\":\"entity_value=db3\"}");
    want_null(&g, "/alert_id");
    GOT_STATUS(api_ask(b, "PATCH", "/api/v1/recipients/netops",
                       "{\"types\":[\"disk_full\"]}"), 200);
    g = preview(b, "");
    assert_int_equal(got_number(&g, "/alert_id"), 1);
    g = preview(b, "{\"types\":[]}");
    want_null(&g, "/alert_id");
    got_want_text(&g, "/title", "Low Goodput Ratio");
}

static void the_newest_alert_or_the_one_asked_for(void **state)
{
    struct bench *b = *state;
    struct got g;

    make_all(b);
    post_alert(b, "store", "storage");
    post_alert(b, "store", "web");
    g = preview(b, "{" TEMPLATES "}");
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/alert_id"), 2);
    got_want_text(&g, "/title", "Disk Full on db1");
    got_want_text(&g, "/headline", "Error: Disk Full on db1");
    got_want_text(&g, "/text", "no room\nweb");
    assert_int_equal(member_at(g.json, "/facts")->count, 0);
    g = preview(b, "{\"alert_id\":1," TEMPLATES "}");
    got_want_text(&g, "/text", "no room\nstorage");
    g = preview(b, "{\"alert_id\":3}");
    got_want(&g, 404, "no such alert");
    g = preview(b, "{\"alert_id\":\"1\"}");
    got_want(&g, 400, "must be an alert's number");
    g = preview(b, "{\"alert_id\":-1}");
    GOT_STATUS(g, 400);
}

/* An old one is not called late, and a release reads as one. */
static void as_it_would_have_been_sent(void **state)
{
    struct bench *b = *state;
    struct got g;

    make_all(b);
    post_alert(b, "engage", "web");
    g = preview(b, "{\"text_template\":\"{{state}}{{#facts}} {{label}}{{/facts}}\"}");
    got_want_text(&g, "/text", "Engaged Host team");
    post_alert(b, "release", "web");
    g = preview(b, "{\"text_template\":\"{{state}}\"}");
    GOT_STATUS(g, 200);
    assert_true(str_starts(json_text(member_at(g.json, "/text")), "Released"));
    assert_true(str_starts(json_text(member_at(g.json, "/headline")), "Released: "));
}

/* Whoever writes a template sees it for both, whatever the alert is. */
static void as_if_it_began_or_were_over(void **state)
{
    struct bench *b = *state;
    struct got g;

    make_all(b);
    post_alert(b, "store", "web");
    g = preview(b, "{\"action\":\"engage\",\"text_template\":\"{{state}}\"}");
    got_want_text(&g, "/text", "Engaged");
    g = preview(b, "{\"action\":\"release\",\"text_template\":\"{{state}}\"}");
    got_want_text(&g, "/text", "Released after 8 min");
    g = preview(b, "{\"action\":\"store\"}");
    got_want(&g, 400, "must be engage or release");
}

static const char *variable(struct bench *b, const struct got *g, const char *name)
{
    const struct json *v = member_at(g->json, "/variables")->first;

    while (v != NULL && !str_is(json_text(json_get(v, "name")), name))
        v = v->next;
    if (v == NULL)
        fail_msg("no variable %s", name);
    return arena_c(&b->arena, json_text(json_get(v, "value")));
}

static void what_can_be_spoken_of_is_listed(void **state)
{
    struct bench *b = *state;
    struct got g;

    make_all(b);
    post_alert(b, "store", "web");
    g = preview(b, "{" TEMPLATES "}");
    assert_string_equal(variable(b, &g, "title"), "Disk Full"); /* our own words */
    assert_string_equal(variable(b, &g, "entity_value"), "db1");
    assert_string_equal(variable(b, &g, "labels.team"), "web");
    assert_string_equal(variable(b, &g, "cli_ip"), ""); /* null: it gives nothing */
}

/* Both at once, and whatever else is missing from the recipient. */
static void mistakes_are_said_while_one_writes(void **state)
{
    struct bench *b = *state;
    struct got g = api_ask(b, "POST", "/api/v1/templates/check",
                           "{\"title_template\":\"{{titel}}\","
                           "\"text_template\":\"a\\n  {{#labels}}\"}");

    GOT_STATUS(g, 200);
    got_want_text(&g, "/errors/0/member", "title_template");
    got_want_text(&g, "/errors/1/message",
                  "line 2, column 3: {{#labels}} is not closed: {{/labels}} is "
                  "missing");
    got_want_text(&g, "/names/0/name", "title");
    g = api_ask(b, "POST", "/api/v1/templates/check",
                "{\"title_template\":\"\",\"text_template\":null}");
    assert_int_equal(member_at(g.json, "/errors")->count, 0);
}

static void what_is_saved_and_what_is_tried(void **state)
{
    struct bench *b = *state;
    struct got g;

    make_all(b);
    post_alert(b, "store", "web");
    g = api_ask(b, "PATCH", "/api/v1/recipients/netops", "{" TEMPLATES "}");
    GOT_STATUS(g, 200);
    got_want_text(&g, "/data/title_template", "{{title}} on {{subject}}");
    g = preview(b, "{}");
    got_want_text(&g, "/title", "Disk Full on db1");
    g = preview(b, "{\"title_template\":null}");
    got_want_text(&g, "/title", "Disk Full");
    got_want_text(&g, "/text", "no room\nweb");
    g = preview(b, "{\"title_template\":\"x\",\"params\":{\"email_recipient\":"
                   "\"other@example.net\"}}");
    got_want_text(&g, "/title", "x");
    got_want_text(&g, "/request/to/0", "other@example.net");
    g = preview(b, "{\"text_template\":\"{{nowhere}}\"}");
    got_want_text(&g, "/failed", "text_template gives nothing for this alert");
    got_want_text(&g, "/text", "no room");
    got_want_text(&g, "/facts/0/label", "Template");
    g = preview(b, "{\"text_template\":\"{{tilte}}\"}");
    got_want(&g, 422, "did you mean");
    got_want(&g, 422, "/text_template");
    g = preview(b, "{\"text_templte\":\"x\"}");
    got_want(&g, 422, "text_templte");
    g = api_get(b, "/api/v1/recipients/netops");
    got_want_text(&g, "/data/title_template", "{{title}} on {{subject}}");
    got_want_text(&g, "/data/params/email_recipient", "netops@example.net");
}

static void a_draft_needs_no_name(void **state)
{
    struct bench *b = *state;
    struct got g;

    make_all(b);
    make(b, "/api/v1/recipients", "{\"name\":\"draft\",\"endpoint\":\"hook\"}");
    g = api_ask(b, "POST", "/api/v1/preview",
                "{\"endpoint\":\"mail\",\"params\":{\"email_recipient\":"
                "\"a@example.net\"},\"text_template\":\"{{severity}}!\"}");
    GOT_STATUS(g, 200);
    got_want_text(&g, "/text", "Notice!");
    got_want_text(&g, "/recipient", "draft-2");
    got_want_text(&g, "/request/via", "mail");
    got_want_text(&g, "/request/host", "mail.example.net");
    assert_non_null(strstr(g.body.p, "Notice!"));
    g = api_ask(b, "POST", "/api/v1/preview", "{\"endpoint\":\"mail\"}");
    got_want(&g, 422, "/params/email_recipient");
    g = api_ask(b, "POST", "/api/v1/preview", "{\"endpoint\":\"nail\"}");
    got_want(&g, 422, "there is \\\"mail\\\"");
    g = api_ask(b, "POST", "/api/v1/preview", "{}");
    got_want(&g, 400, "\\\"endpoint\\\" must be the name of one");
    g = api_get(b, "/api/v1/recipients");
    assert_int_equal(got_number(&g, "/total/value"), 4);
}

static void the_request_is_without_secrets(void **state)
{
    struct bench *b = *state;
    struct got g;

    make_all(b);
    post_alert(b, "store", "quoted \\\"and\\\\slashed");
    g = api_ask(b, "POST", "/api/v1/recipients/hook/preview", "{}");
    GOT_STATUS(g, 200);
    got_want_text(&g, "/request/method", "POST");
    got_want_text(&g, "/request/url", "https://hooks.example.net/x");
    got_want_text(&g, "/request/headers/Content-Type", "application/json");
    got_want_text(&g, "/request/headers/Authorization", "•••");
    assert_null(member_at(g.json, "/title"));
    assert_null(strstr(g.body.p, "staple"));
    assert_null(strstr(g.body.p, "slashed"));
    assert_non_null(strstr(g.body.p, "\\\"sharedsecret\\\":\\\"•••\\\""));
    g = preview(b, "{}");
    assert_null(strstr(g.body.p, "correct horse"));
}

static void who_has_no_preview(void **state)
{
    struct bench *b = *state;
    struct got g;

    make_all(b);
    g = api_ask(b, "POST", "/api/v1/recipients/alert_store_db/preview", "{}");
    got_want(&g, 422, "takes alerts as they are");
    g = api_ask(b, "POST", "/api/v1/recipients/netop/preview", "{}");
    got_want(&g, 404, "there is \\\"netops\\\"");
    g = api_ask(b, "POST", "/api/v1/recipients/netops/preview?x=1", "{}");
    GOT_STATUS(g, 400);
    g = api_ask_with(b, "POST", "/api/v1/preview", "", "{\"endpoint\":\"mail\"}");
    GOT_STATUS(g, 401);
}

static void nothing_is_sent(void **state)
{
    struct bench *b = *state;
    struct got g;

    make_all(b);
    b->hold = true;
    GOT_STATUS(preview(b, "{}"), 200);
    bench_settle(b);
    assert_null(b->held);
    g = api_get(b, "/api/v1/alerts");
    assert_int_equal(got_number(&g, "/total/value"), 0);
}

/* --- what would hold it ------------------------------------------------------------ */

/* The kind's entry of a "holds" array. */
static const struct json *kind_of(const struct got *g, const char *path, const char *kind)
{
    const struct json *list = member_at(g->json, path);

    for (const struct json *h = list != NULL ? list->first : NULL; h; h = h->next)
        if (str_is(json_text(json_get(h, "kind")), kind))
            return h;
    fail_msg("no %s at %s in %.*s", kind, path, STR_ARG(g->body));
    return NULL;
}

static void want_kind(const struct got *g, const char *path, const char *kind,
                      enum json_type holds, bool truth, const char *want)
{
    const struct json *h = kind_of(g, path, kind);

    if (json_get(h, "holds")->type != holds ||
        (holds == JSON_BOOL && json_get(h, "holds")->truth != truth) ||
        !str_is(json_text(json_get(h, "want")), want))
        fail_msg("%s at %s in %.*s", kind, path, STR_ARG(g->body));
}

/* One told already: a repeat if it came now; of then only the rules are known. */
static void what_would_hold_it_now_and_then(void **state)
{
    struct bench *b = *state;
    struct got g;

    make_all(b);
    post_alert(b, "store", "a");
    g = preview(b, "{}");
    got_want_text(&g, "/hold/kind", "repeat");
    assert_true(member_at(g.json, "/hold/final")->truth);
    want_kind(&g, "/holds_now", "repeat", JSON_BOOL, true,
              "at most every 1h, unless more severe");
    want_kind(&g, "/holds_then", "repeat", JSON_NULL, false,
              "at most every 1h, unless more severe");
    g = preview(b, "{\"repeat_interval\":\"0\",\"quiet_hours\":\"mon 14:00-15:00\"}");
    want_null(&g, "/hold");
    want_kind(&g, "/holds_now", "repeat", JSON_BOOL, false, "any");
    want_kind(&g, "/holds_then", "quiet", JSON_BOOL, true,
              "outside mon 14:00-15:00, or critical and higher");
    g = preview(b, "{\"repeat_interval\":\"0\",\"digest\":\"daily at 08:00\"}");
    got_want_text(&g, "/hold/kind", "digest");
    want_kind(&g, "/holds_now", "digest", JSON_BOOL, true,
              "together daily at 08:00, or critical and higher");
}

static void decisions_say_it_as_well(void **state)
{
    struct bench *b = *state;
    struct got g;

    make_all(b);
    post_alert(b, "store", "a");
    post_alert(b, "store", "b");
    g = api_get(b, "/api/v1/alerts/2/decisions");
    got_want_text(&g, "/decisions/1/recipient", "netops");
    got_want_text(&g, "/decisions/1/delivery_state", "withheld");
    got_want_text(&g, "/decisions/1/hold/kind", "repeat");
    want_kind(&g, "/decisions/1/holds_now", "repeat", JSON_BOOL, true,
              "at most every 1h, unless more severe");
    want_kind(&g, "/decisions/1/holds_then", "repeat", JSON_NULL, false,
              "at most every 1h, unless more severe");
    want_kind(&g, "/decisions/1/holds_then", "quiet", JSON_BOOL, false, "any");
    assert_int_equal(member_at(g.json, "/decisions/0/holds_now")->count, 0);
    g = api_ask(b, "POST", "/api/v1/explain", arena_printf(&b->arena, DISK, "store", "c").p);
    got_want_text(&g, "/decisions/1/hold/kind", "repeat");
    want_null(&g, "/decisions/1/holds_then");
}

/* --- what an inhibition would mute ------------------------------------------------- */

#define DOWN "{\"type\":\"%s\",\"severity\":\"error\",\"entity\":\"host\","      \
             "\"entity_value\":\"%s\",\"action\":\"engage\",\"message\":\"m\"," \
             "\"labels\":{\"site\":\"%s\"}}"
#define RULE "\"source\":\"type=uplink\",\"target\":\"type=down\","             \
             "\"equal\":[\"label.site\"]"

static void down(struct bench *b, const char *type, const char *host, const char *site)
{
    GOT_STATUS(api_ask(b, "POST", "/api/v1/alerts",
                       arena_printf(&b->arena, DOWN, type, host, site).p),
               200);
    bench_settle(b);
}

static void an_inhibition_says_what_it_mutes(void **state)
{
    static const char path[] = "/api/v1/inhibitions/preview";
    struct bench *b = *state;
    struct got g;

    make_all(b);
    down(b, "down", "early", "pisa"); /* before its source: it is told */
    down(b, "uplink", "switch", "pisa");
    down(b, "down", "db1", "pisa");
    down(b, "down", "db2", "pisa");
    down(b, "down", "db3", "roma");
    g = api_ask(b, "POST", path, "{" RULE "}");
    GOT_STATUS(g, 200);
    assert_int_equal(got_number(&g, "/sources/count"), 1);
    got_want_text(&g, "/sources/alerts/0/entity_value", "switch");
    assert_int_equal(got_number(&g, "/targets/count"), 2);
    assert_int_equal(got_number(&g, "/told_before"), 1);
    got_want_text(&g, "/targets/alerts/0/alert/entity_value", "db2");
    assert_int_equal(got_number(&g, "/targets/alerts/0/muted_by"), 2);
    assert_true(member_at(g.json, "/targets/exact")->truth);
    /* Over one that is there, of which it changes the target. */
    make(b, "/api/v1/inhibitions", "{\"name\":\"up\"," RULE "}");
    g = api_ask(b, "POST", path, "{\"name\":\"up\",\"target\":\"host=db1\"}");
    assert_int_equal(got_number(&g, "/targets/count"), 1);
    g = api_ask(b, "POST", path, "{\"source\":\"type=\",\"target\":\"a\"}");
    got_want(&g, 422, "source");
    g = api_get(b, "/api/v1/inhibitions");
    assert_int_equal(got_number(&g, "/total/value"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_an_alert_it_is_the_sample),
        TEST(the_newest_that_it_would_get),
        TEST(the_newest_alert_or_the_one_asked_for),
        TEST(as_it_would_have_been_sent),
        TEST(as_if_it_began_or_were_over),
        TEST(what_can_be_spoken_of_is_listed),
        TEST(mistakes_are_said_while_one_writes),
        TEST(what_is_saved_and_what_is_tried),
        TEST(a_draft_needs_no_name),
        TEST(the_request_is_without_secrets),
        TEST(who_has_no_preview),
        TEST(nothing_is_sent),
        TEST(what_would_hold_it_now_and_then),
        TEST(decisions_say_it_as_well),
        TEST(an_inhibition_says_what_it_mutes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
