/* test_chat_questions.c -- what is asked before a test message, and what Discord,
 * Mattermost, Slack and Telegram answer to it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "chat_rig.h"

static const struct asked {
    const char *type, *endpoint, *recipient; /* recipient NULL: none */
    size_t nth;
    const char *name, *method, *url, *body, *header; /* name NULL: nothing to ask */
} asked[] = {
    {"discord", "{\"url\":\"https://ptb.discord.com/api/v6/webhooks/11/abc\"}",
     "{}", 0, "Get Webhook with Token", "GET",
     "https://discord.com/api/v10/webhooks/11/abc", "", "User-Agent"},
    {"discord", "{\"url\":\"https://discord.com/api/webhooks/11/abc\"}", "{}", 1,
     NULL, NULL, NULL, NULL, NULL},
    {"telegram", "{\"token\":\"" TOKEN "\"}", NULL, 0, "getMe", "POST",
     "https://api.telegram.org/bot" TOKEN "/getMe", "{}", "Content-Type"},
    {"telegram", "{\"token\":\"" TOKEN "\"}", NULL, 1, NULL, NULL, NULL, NULL, NULL},
    {"telegram", "{\"token\":\"" TOKEN "\"}", "{\"chat_id\":\"-100\"}", 1,
     "getChat", "POST", "https://api.telegram.org/bot" TOKEN "/getChat",
     "{\"chat_id\":-100}", "Content-Type"},
    {"telegram", "{\"token\":\"" TOKEN "\"}", "{\"chat_id\":\"@news\"}", 1,
     "getChat", "POST", "https://api.telegram.org/bot" TOKEN "/getChat",
     "{\"chat_id\":\"@news\"}", "Content-Type"},
    {"telegram", "{\"token\":\"" TOKEN "\"}", "{\"chat_id\":\"-100\"}", 2, NULL,
     NULL, NULL, NULL, NULL},
    {"slack", SLACK_BOT, NULL, 0, "auth.test", "POST",
     "https://slack.com/api/auth.test", "{}", "Authorization"},
    {"slack", SLACK_BOT, SLACK_TO, 1, NULL, NULL, NULL, NULL, NULL},
    {"slack", SLACK_HOOK, "{}", 0, NULL, NULL, NULL, NULL, NULL},
    {"mattermost", MATTER_BOT, NULL, 0, "GET users/me", "GET",
     "https://mm.example.net/api/v4/users/me", "", "Authorization"},
    {"mattermost", MATTER_BOT, NULL, 1, NULL, NULL, NULL, NULL, NULL},
    {"mattermost", MATTER_BOT, MATTER_TO, 1, "GET channels/{id}", "GET",
     "https://mm.example.net/api/v4/channels/" CHANNEL, "", "Authorization"},
    {"mattermost", MATTER_BOT, MATTER_TO, 2, NULL, NULL, NULL, NULL, NULL},
    {"mattermost", MATTER_HOOK, "{}", 0, NULL, NULL, NULL, NULL, NULL},
    {"mattermost", "{\"url\":\"http://mm:8065/chat/api/v4/posts/\",\"token\":\"t\"}",
     NULL, 0, "GET users/me", "GET", "http://mm:8065/chat/api/v4/users/me", "",
     "Authorization"},
    {"mattermost", "{\"url\":\"http://mm/posts/api/v4/\",\"token\":\"t\"}", NULL, 0,
     "GET users/me", "GET", "http://mm/posts/api/v4/users/me", "", "Authorization"},
};

static void ask(const struct asked *q)
{
    struct arena a freed_by(arena_release) = {0};
    const struct endpoint_type *t = endpoint_type_find(str_of(q->type));
    struct render_input in = {
        .endpoint = endpoint_of(q->type, q->endpoint, &a),
        .recipient = recipient_of(q->type, q->recipient, &a),
    };
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
    assert_true(str_is(p.request.http.body, q->body));
    assert_string_equal(p.request.http.headers[0].name, q->header);
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
    {"discord", 0, 200, "{\"id\":\"11\",\"name\":\"Captain Hook\"}",
     VERDICT_DELIVERED, false, "webhook \"Captain Hook\""},
    {"discord", 0, 404, "{\"message\":\"Unknown Webhook\",\"code\":10015}",
     VERDICT_DEFERRED, true,
     "404 Not Found: Unknown Webhook (10015): the webhook was deleted; make a new "
     "one and put its URL here"},
    {"discord", 0, 200, "<html>", VERDICT_DEFERRED, true,
     "200 OK: not an answer of Discord's"},
    {"discord", 0, 400, "{}", VERDICT_REFUSED, false, "400 Bad Request"},
    {"telegram", 0, 200,
     "{\"ok\":true,\"result\":{\"id\":1,\"username\":\"tocsin_bot\"}}",
     VERDICT_DELIVERED, false, "bot @tocsin_bot"},
    {"telegram", 0, 401, "{\"ok\":false,\"description\":\"Unauthorized\"}",
     VERDICT_DEFERRED, true, "401 Unauthorized: the bot's token is not, or no "
                             "longer, valid; ask @BotFather for it"},
    {"telegram", 0, 200, "", VERDICT_DEFERRED, true,
     "200 OK: not an answer of Telegram's"},
    {"telegram", 1, 200,
     "{\"ok\":true,\"result\":{\"id\":-100,\"title\":\"Network\\u202e team\","
     "\"type\":\"supergroup\"}}",
     VERDICT_DELIVERED, false, "Network team (supergroup)"},
    {"telegram", 1, 200,
     "{\"ok\":true,\"result\":{\"id\":1,\"first_name\":\"Ada\","
     "\"last_name\":\"Lovelace\",\"type\":\"private\"}}",
     VERDICT_DELIVERED, false, "Ada Lovelace (private)"},
    {"telegram", 1, 400,
     "{\"ok\":false,\"description\":\"Bad Request: chat not found\"}",
     VERDICT_DEFERRED, false, "400 Bad Request: chat not found"},
    {"telegram", 1, 400,
     "{\"ok\":false,\"description\":\"Bad Request: group chat was upgraded\","
     "\"parameters\":{\"migrate_to_chat_id\":-200}}",
     VERDICT_DEFERRED, false,
     "400 Bad Request: the group is a supergroup now: put -200 into the "
     "recipient's chat_id"},
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

/* --- what there is to choose from ----------------------------------------- */

#define UPDATES(list) "{\"ok\":true,\"result\":[" list "]}"
#define TEAM "{\"id\":-100123,\"title\":\"Network team\",\"type\":\"group\"}"
#define ADA "{\"id\":42,\"first_name\":\"Ada\",\"type\":\"private\"}"

static const struct offered {
    const char *type;
    int status;
    const char *body;
    const char *want; /* "value=label;", or what the error says */
} offered[] = {
    {"telegram", 200, UPDATES("{\"update_id\":1,\"message\":{\"chat\":" ADA "}},"
                  "{\"update_id\":2,\"my_chat_member\":{\"chat\":" TEAM "}},"
                  "{\"update_id\":3,\"channel_post\":{\"chat\":" TEAM "}},"
                  "7,{\"update_id\":4,\"poll\":{\"id\":\"5\"}}"),
     "42=Ada (private);-100123=Network team (group);"},
    {"telegram", 200, UPDATES(""), "write to it"},
    {"telegram", 200, "{\"ok\":true,\"result\":7}", "not one"},
    {"telegram", 409, "{\"ok\":false,\"description\":\"Conflict: can't use getUpdates method "
          "while webhook is active\"}", "webhook"},
    {"telegram", 401, "{\"ok\":false,\"description\":\"Unauthorized\"}", "401 Unauthorized"},
    {"telegram", 502, "<html>", "502 Bad Gateway"},
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

/* Half a list is no JSON: that it was too long is what to say. */
static void test_choices_too_long(void **state)
{
    static char body[RESPONSE_MAX];
    const struct endpoint_type *t = endpoint_type_find(STR("telegram"));
    struct response r = {.status = 200, .body = {body, sizeof(body)}};
    struct arena a freed_by(arena_release) = {0};
    struct choice_list list;
    struct error err;

    (void)state;
    memset(body, '{', sizeof(body));
    assert_false(t->choices_read(&r, &a, &list, &err));
    assert_non_null(strstr(err.text, "@getidsbot"));
}

static void test_choices_asked(void **state)
{
    static const struct {
        const char *type, *endpoint, *url, *body; /* url NULL: cannot be asked */
    } rows[] = {
        {"telegram", TELEGRAM_BOT,
         "https://api.telegram.org/bot" TOKEN "/getUpdates", "{\"limit\":50}"},
        {"slack", SLACK_BOT, "https://slack.com/api/conversations.list?"
                             "types=public_channel,private_channel&"
                             "exclude_archived=true&limit=1000", ""},
        {"slack", SLACK_HOOK, NULL, NULL},
        {"mattermost", MATTER_BOT,
         "https://mm.example.net/api/v4/users/me/channels", ""},
        {"mattermost", MATTER_HOOK, NULL, NULL},
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
        assert_string_equal(r.http.method, rows[i].body[0] ? "POST" : "GET");
        assert_true(str_is(r.http.url, rows[i].url));
        assert_int_equal(r.http.header_count, 1);
        assert_true(str_is(r.http.body, rows[i].body));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_asked),
        cmocka_unit_test(test_answered),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_choices_too_long),
        cmocka_unit_test(test_choices_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
