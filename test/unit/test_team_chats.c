/* test_team_chats.c -- Slack and Mattermost: what is asked before a test message and
 * what is answered, that every walk of steps ends, and their escaping. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "endpoint/chat.h"

#define SLACK_BOT "{\"bot_token\":\"xoxb-1\"}"
#define SLACK_HOOK "{\"webhook\":\"https://hooks.slack.com/services/T0/B0/x\"}"
#define SLACK_TO "{\"channel\":\"C0123456789\"}"
#define CHANNEL "qmd5oqtwoibz8cuzxzg5ekshgr"
#define POST "7wq1bnfa4pgojm9x3ckzte5rid"
#define MATTER_BOT "{\"url\":\"https://mm.example.net\",\"token\":\"t\"}"
#define MATTER_HOOK "{\"url\":\"https://mm.example.net/hooks/abc\"}"
#define MATTER_TO "{\"channel_id\":\"" CHANNEL "\"}"

static const void *params(struct arena *a, const struct field *rows, size_t size,
                          const char *json)
{
    void *made = arena_new(a, size + 1);
    struct error err;

    if (json == NULL)
        return NULL;
    if (!fields_read(rows, json_parse(a, str_of(json), &err), made, a, &err))
        fail_msg("%s", err.text);
    return made;
}

static const void *endpoint_of(const char *type, const char *json, struct arena *a)
{
    const struct endpoint_type *t = endpoint_type_find(str_of(type));

    return params(a, t->endpoint_fields, t->endpoint_size, json);
}

static const void *recipient_of(const char *type, const char *json,
                                struct arena *a)
{
    const struct endpoint_type *t = endpoint_type_find(str_of(type));

    return params(a, t->recipient_fields, t->recipient_size, json);
}

/* --- questions -------------------------------------------------------------- */

static const struct asked {
    const char *type, *endpoint, *recipient; /* recipient NULL: none */
    size_t nth;
    const char *name, *method, *url; /* name NULL: nothing to ask */
} asked[] = {
    {"slack", SLACK_BOT, NULL, 0, "auth.test", "POST",
     "https://slack.com/api/auth.test"},
    {"slack", SLACK_BOT, SLACK_TO, 1, NULL, NULL, NULL},
    {"slack", SLACK_HOOK, "{}", 0, NULL, NULL, NULL},
    {"mattermost", MATTER_BOT, NULL, 0, "GET users/me", "GET",
     "https://mm.example.net/api/v4/users/me"},
    {"mattermost", MATTER_BOT, NULL, 1, NULL, NULL, NULL},
    {"mattermost", MATTER_BOT, MATTER_TO, 1, "GET channels/{id}", "GET",
     "https://mm.example.net/api/v4/channels/" CHANNEL},
    {"mattermost", MATTER_BOT, MATTER_TO, 2, NULL, NULL, NULL},
    {"mattermost", MATTER_HOOK, "{}", 0, NULL, NULL, NULL},
    {"mattermost", "{\"url\":\"http://mm:8065/chat/api/v4/posts/\",\"token\":\"t\"}",
     NULL, 0, "GET users/me", "GET", "http://mm:8065/chat/api/v4/users/me"},
    {"mattermost", "{\"url\":\"http://mm/posts/api/v4/\",\"token\":\"t\"}", NULL, 0,
     "GET users/me", "GET", "http://mm/posts/api/v4/users/me"},
};

static void ask(const struct asked *q)
{
    struct arena a freed_by(arena_release) = {0};
    const struct endpoint_type *t = endpoint_type_find(str_of(q->type));
    struct render_input in = {.endpoint = endpoint_of(q->type, q->endpoint, &a),
                              .recipient = recipient_of(q->type, q->recipient, &a)};
    struct error err = {.text = "unset"};
    struct probe p;

    assert_int_equal(t->probe(&in, q->nth, &a, &p, &err), q->name != NULL);
    if (q->name == NULL) {
        assert_string_equal(err.text, "");
        return;
    }
    assert_string_equal(p.name, q->name);
    assert_string_equal(p.request.http.method, q->method);
    assert_true(str_is(p.request.http.url, q->url));
    assert_string_equal(p.request.http.headers[0].name, "Authorization");
}

static void test_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(asked); i++)
        ask(&asked[i]);
}

static const struct answered {
    const char *type;
    size_t nth;
    int status;
    const char *body;
    enum verdict_kind kind;
    bool endpoint_fault;
    const char *reason;
} answered[] = {
    {"slack", 0, 200,
     "{\"ok\":true,\"team\":\"Subarachnoid\",\"user\":\"tocsin\",\"bot_id\":\"B1\"}",
     VERDICT_DELIVERED, false, "bot tocsin in Subarachnoid"},
    {"slack", 0, 200, "{\"ok\":false,\"error\":\"token_revoked\"}",
     VERDICT_DEFERRED, true,
     "token_revoked: install the app again and give its new token"},
    {"slack", 0, 200, "{\"ok\":true,", VERDICT_DEFERRED, true,
     "200 OK: not an answer of Slack's"},
    {"slack", 0, 200, "{\"ok\":false,\"error\":\"what\"}", VERDICT_REFUSED, false,
     "what"},
    {"slack", 0, 404, "<html>", VERDICT_DEFERRED, true, "404 Not Found"},
    {"mattermost", 0, 200,
     "{\"id\":\"1\",\"username\":\"toc\\u202esin\",\"is_bot\":true}",
     VERDICT_DELIVERED, false, "bot @tocsin"},
    {"mattermost", 0, 200, "{\"id\":\"1\",\"username\":\"ada\"}",
     VERDICT_DELIVERED, false, "user @ada"},
    {"mattermost", 0, 401,
     "{\"id\":\"api.context.session_expired.app_error\",\"message\":\"Invalid.\"}",
     VERDICT_DEFERRED, true,
     "401 Unauthorized: Invalid: the token is not, or no longer, valid"},
    {"mattermost", 0, 200, "", VERDICT_DEFERRED, true,
     "200 OK: not an answer of Mattermost's"},
    {"mattermost", 1, 200,
     "{\"id\":\"1\",\"display_name\":\"NOC\",\"name\":\"noc\",\"type\":\"P\"}",
     VERDICT_DELIVERED, false, "channel NOC (private)"},
    {"mattermost", 1, 404,
     "{\"id\":\"app.channel.get.existing.app_error\",\"message\":\"No channel.\"}",
     VERDICT_DEFERRED, false,
     "404 Not Found: No channel: no such channel; see its id"},
    {"mattermost", 1, 403,
     "{\"id\":\"api.context.permissions.app_error\",\"message\":\"No.\"}",
     VERDICT_DEFERRED, false,
     "403 Forbidden: No: add the bot to the channel and its team"},
};

static void test_answered(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(answered); i++) {
        const struct answered *w = &answered[i];
        struct arena a freed_by(arena_release) = {0};
        const struct endpoint_type *t = endpoint_type_find(str_of(w->type));
        struct response r = {.status = w->status, .body = str_of(w->body)};
        struct render_input in = {0};
        struct verdict v = {0};

        t->judge_probe(&in, w->nth, &r, &a, &v);
        if (v.kind != w->kind || v.endpoint_fault != w->endpoint_fault ||
            !str_is(v.reason, w->reason))
            fail_msg("%s %d: %d %.*s", w->type, w->status, v.kind,
                     STR_ARG(v.reason));
        r.outcome = OUTCOME_TIMED_OUT;
        t->judge_probe(&in, w->nth, &r, &a, &v);
        assert_int_equal(v.kind, VERDICT_DEFERRED);
    }
}

/* --- channels to choose from -------------------------------------------------- */

static const struct offered {
    const char *type;
    int status;
    const char *body;
    const char *want; /* "value=label;", or what the error says */
} offered[] = {
    {"slack", 200,
     "{\"ok\":true,\"channels\":[{\"id\":\"C1\",\"name\":\"alerts\","
     "\"is_member\":true},{\"id\":\"C2\",\"name\":\"noc\",\"is_private\":true},"
     "{\"id\":\"C3\",\"name\":\"sales\",\"is_member\":false},{\"name\":\"x\"},7]}",
     "C1=#alerts;C2=#noc (private);C3=#sales (the bot is not in it);"},
    {"slack", 200, "{\"ok\":true}", "not one"},
    {"slack", 200,
     "{\"ok\":false,\"error\":\"missing_scope\",\"needed\":\"groups:read\"}",
     "give the app the scope groups:read"},
    {"slack", 502, "<html>", "502 Bad Gateway"},
    {"mattermost", 200,
     "[{\"id\":\"a\",\"display_name\":\"Town Square\",\"type\":\"O\"},"
     "{\"id\":\"b\",\"display_name\":\"NOC\",\"type\":\"P\"},"
     "{\"id\":\"c\",\"display_name\":\"\",\"type\":\"D\"},"
     "{\"id\":\"d\",\"display_name\":\"Old\",\"delete_at\":1}]",
     "a=Town Square;b=NOC (private);"},
    {"mattermost", 200, "{\"id\":\"1\"}", "not one"},
    {"mattermost", 401, "", "401 Unauthorized"},
};

static void test_choices(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(offered); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct buf got freed_by(buf_release) = BUF(10000);
        const struct endpoint_type *t =
            endpoint_type_find(str_of(offered[i].type));
        struct response r = {.status = offered[i].status,
                             .body = str_of(offered[i].body)};
        struct choice_list list;
        struct error err = {0};

        if (t->choices_read(&r, &a, &list, &err))
            for (size_t k = 0; k < list.n; k++)
                buf_printf(&got, "%.*s=%.*s;", STR_ARG(list.v[k].value),
                           STR_ARG(list.v[k].label));
        else
            buf_text(&got, err.text);
        if (strstr(buf_c(&got), offered[i].want) == NULL)
            fail_msg("%zu: %s", i, buf_c(&got));
    }
}

static void test_choices_asked(void **state)
{
    static const struct {
        const char *type, *endpoint, *url; /* url NULL: cannot be asked */
    } rows[] = {
        {"slack", SLACK_BOT, "https://slack.com/api/conversations.list?"
                             "types=public_channel,private_channel&"
                             "exclude_archived=true&limit=1000"},
        {"slack", SLACK_HOOK, NULL},
        {"mattermost", MATTER_BOT,
         "https://mm.example.net/api/v4/users/me/channels"},
        {"mattermost", MATTER_HOOK, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        const struct endpoint_type *t = endpoint_type_find(str_of(rows[i].type));
        struct request r;
        struct error err = {0};

        assert_non_null(field_find(t->recipient_fields, str_of(t->choices_field)));
        assert_int_equal(t->choices(endpoint_of(rows[i].type, rows[i].endpoint, &a),
                                    &a, &r, &err), rows[i].url != NULL);
        if (rows[i].url == NULL) {
            assert_non_null(strstr(err.text, "webhook"));
            continue;
        }
        assert_string_equal(r.http.method, "GET");
        assert_true(str_is(r.http.url, rows[i].url));
        assert_int_equal(r.http.header_count, 1);
        assert_int_equal(r.http.body.n, 0);
    }
}

/* --- steps -------------------------------------------------------------------- */

#define WALKS 3000
#define SLACK_NO(error) {200, "{\"ok\":false,\"error\":\"" error "\"}"}
#define MATTER_NO(status, id) {status, "{\"id\":\"" id "\",\"message\":\"x\"}"}

static const struct answer {
    int status;
    const char *body;
} slack_answers[] = {
    {200, "{\"ok\":true,\"channel\":\"C0123456789\",\"ts\":\"1.2\"}"},
    {200, "{\"ok\":true}"},
    SLACK_NO("message_not_found"),
    SLACK_NO("edit_window_closed"),
    SLACK_NO("thread_not_found"),
    SLACK_NO("is_archived"),
    SLACK_NO("invalid_blocks"),
    SLACK_NO("msg_too_long"),
    SLACK_NO("invalid_auth"),
    SLACK_NO("ratelimited"),
    {200, "ok"},
    {400, "invalid_payload"},
    {404, "no_service"},
    {413, ""},
    {500, ""},
};

static const struct answer mattermost_answers[] = {
    {201, "{\"id\":\"" POST "\",\"channel_id\":\"" CHANNEL "\"}"},
    {201, ""},
    {200, "ok"},
    MATTER_NO(400, "api.post.update_post.permissions_time_limit.app_error"),
    MATTER_NO(400, "api.post.create_post.root_id.app_error"),
    MATTER_NO(400, "model.post.is_valid.props.app_error"),
    MATTER_NO(403, "api.context.permissions.app_error"),
    MATTER_NO(404, "app.post.get.app_error"),
    {400, ""},
    {401, ""},
    {413, ""},
    {429, ""},
    {500, ""},
};

static const struct walk {
    const char *type, *endpoint, *recipient;
    const char *handles[4];
    const struct answer *answers;
    size_t count;
} walks[] = {
    {"slack", SLACK_BOT, SLACK_TO,
     {"", "C0123456789:1.2", "+C0123456789:1.2", "C0123456789:x"}, slack_answers,
     COUNT_OF(slack_answers)},
    {"slack", SLACK_HOOK, "{}", {"", "C0123456789:1.2", "", ""}, slack_answers,
     COUNT_OF(slack_answers)},
    {"mattermost", MATTER_BOT, MATTER_TO,
     {"", CHANNEL ":" POST, "+" CHANNEL ":" POST, CHANNEL}, mattermost_answers,
     COUNT_OF(mattermost_answers)},
    {"mattermost", MATTER_HOOK, "{\"channel\":\"noc\"}",
     {"", CHANNEL ":" POST, "", ""}, mattermost_answers,
     COUNT_OF(mattermost_answers)},
};

static uint32_t dice(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

/* One request and its answer; true when that was the end. */
static bool step(const struct walk *w, struct render_input *in, uint32_t *seed,
                 struct arena *a)
{
    const struct endpoint_type *t = endpoint_type_find(str_of(w->type));
    const struct answer *answer = &w->answers[dice(seed) % w->count];
    struct response r = {.status = answer->status, .body = str_of(answer->body)};
    struct verdict v[2];
    struct request request;
    struct error err;

    assert_true(t->render(in, a, &request, &err));
    assert_non_null(json_parse(a, request.http.body, &err));
    t->judge(in, &request, &r, a, v);
    assert_true(v[0].reason.n <= REASON_MAX && v[0].handle.n < HANDLE_MAX);
    if (in->count == 2)
        assert_int_equal(v[0].kind, v[1].kind);
    if (v[0].kind != VERDICT_AGAIN)
        return true;
    assert_in_range(v[0].step, 1, STEPS_MAX - 1);
    in->step = v[0].step;
    in->carry = v[0].carry;
    return false;
}

static void walk(const struct walk *w, uint32_t *seed)
{
    struct arena a freed_by(arena_release) = {0};
    bool over = dice(seed) % 3 != 0;
    struct alert alert = {.id = 1, .action = over ? ACTION_RELEASE : ACTION_ENGAGE,
                          .entity = ENTITY_HOST, .entity_value = STR("h"),
                          .type = STR("t"), .severity = SEVERITY_ERROR,
                          .tstamp_ms = 1606141256000,
                          .tstamp_end_ms = 1606141266000};
    struct render_item items[2] = {
        {.alert = &alert, .phase = over ? PHASE_RELEASE : PHASE_NEW,
         .handle = str_of(w->handles[dice(seed) % COUNT_OF(w->handles)])},
        {.alert = &alert},
    };
    struct render_input in = {
        .endpoint = endpoint_of(w->type, w->endpoint, &a),
        .recipient = recipient_of(w->type, w->recipient, &a),
        .items = items, .count = over ? 1 : 1 + dice(seed) % 2,
        .place = {STR("gw"), STR("https://alerts.example.net"), 1606141257000},
    };
    size_t requests = 1;

    while (!step(w, &in, seed, &a))
        requests++;
    assert_in_range(requests, 1, STEPS_MAX);
}

static void test_every_walk_ends(void **state)
{
    uint32_t seed = 1;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(walks); i++)
        for (size_t n = 0; n < WALKS; n++)
            walk(&walks[i], &seed);
}

/* What goes into one post twice must have one id, and nothing else that id. */
static void test_pending_ids(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    const struct endpoint_type *t = endpoint_type_find(STR("mattermost"));
    struct alert alert = {.id = 1, .entity = ENTITY_HOST, .type = STR("t"),
                          .entity_value = STR("h"), .tstamp_ms = 1606141256000};
    struct render_item items[] = {{.alert = &alert, .id = STR("1.3")},
                                  {.alert = &alert, .id = STR("2.3")}};
    static const struct {
        size_t count;
        int step;
        const char *want;
    } rows[] = {
        {1, 0, "gw:1.3:0"}, {2, 0, "gw:1.3+2.3:0"}, {1, 2, "gw:1.3:2"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct render_input in = {
            .endpoint = endpoint_of("mattermost", MATTER_BOT, &a),
            .recipient = recipient_of("mattermost", MATTER_TO, &a),
            .items = items, .count = rows[i].count, .step = rows[i].step,
            .place = {STR("gw"), STR_NONE, 1606141257000},
        };
        struct request r;
        struct error err;
        const struct json *j;

        assert_true(t->render(&in, &a, &r, &err));
        j = json_parse(&a, r.http.body, &err);
        assert_true(str_is(json_text(json_get(j, "pending_post_id")),
                           rows[i].want));
    }
}

/* --- markup ------------------------------------------------------------------- */

#define ZERO "\xe2\x80\x8b"

static void test_escapes(void **state)
{
    static const struct {
        void (*escape)(struct buf *to, struct str s);
        const char *in, *want;
    } rows[] = {
        {escape_slack, "<!channel> & *b*", "&lt;!channel&gt; &amp; *b*"},
        {escape_mattermost, "@all ~town-square",
         "@" ZERO "all \\~" ZERO "town-square"},
        {escape_mattermost, "[x](http://a) `c` 10.0.0.1:80",
         "\\[x\\](http:" ZERO "//a) \\`c\\` 10.0.0.1:80"},
        {escape_unlinked, "[x](http://a.b) @all",
         "[" ZERO "x]" ZERO "(http:" ZERO "//a." ZERO "b) @" ZERO "all"},
        {escape_unlinked, "<!here> `a` ~c",
         "<" ZERO "!" ZERO "here> `" ZERO "a`" ZERO " ~" ZERO "c"},
        {escape_code, "a`b", "a'b"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf b freed_by(buf_release) = BUF(1000);

        rows[i].escape(&b, str_of(rows[i].in));
        assert_string_equal(buf_c(&b), rows[i].want);
    }
}

static void put_stars(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        buf_text(to, s.p[i] == '*' ? "\\" : "");
        buf_char(to, s.p[i]);
    }
}

static void put_ticks(struct buf *to, struct str s)
{
    buf_text(to, "`");
    buf_str(to, s);
    buf_text(to, "`");
}

static const struct markup starred = {.unit = UNIT_POINTS, .escape = put_stars,
                                      .code = put_ticks};

static void test_values(void **state)
{
    static const struct {
        struct message_fact fact;
        size_t max;
        const char *want;
    } rows[] = {
        {{"a", STR("plain"), false}, 10, "plain"},
        {{"a", STR("plain"), true}, 10, "`plain`"},
        {{"a", STR("x_y"), false}, 10, "`x_y`"},
        {{"a", STR("x*y"), false}, 10, "x\\*y"},
        {{"a", STR("\xc3\xa4_123456"), true}, 10, "`\xc3\xa4_123456`"},
        {{"a", STR("\xc3\xa4_1234567"), true}, 10, "\xc3\xa4_1234567"},
        {{"a", STR("*********"), true}, 10, "\\*\\*\\*\\*\xe2\x80\xa6"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf b freed_by(buf_release) = BUF(1000);

        chat_value(&starred, &rows[i].fact, "_", rows[i].max, &b);
        assert_string_equal(buf_c(&b), rows[i].want);
    }
}

static void test_facts_fit(void **state)
{
    static const struct message m = {
        .facts = {{"a", STR("12"), false}, {"b", STR("*"), false},
                  {"c", STR("1"), true}},
        .fact_count = 3,
    }; /* "a: 12", "b: \*", "c: `1`" */
    static const struct {
        size_t max, want;
    } rows[] = {{0, 0}, {4, 0}, {5, 1}, {9, 1}, {10, 2}, {15, 2}, {16, 3}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(chat_facts_fit(&starred, &m, rows[i].max), rows[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_asked),
        cmocka_unit_test(test_answered),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_choices_asked),
        cmocka_unit_test(test_every_walk_ends),
        cmocka_unit_test(test_pending_ids),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_facts_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
