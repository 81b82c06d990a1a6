/* test_chat_questions.c -- what is asked before a test message, and what Discord
 * and Telegram answer to it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "endpoint/endpoint.h"

#define TOKEN "1:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsa-w"

static const struct asked {
    const char *type, *endpoint, *recipient; /* recipient NULL: none */
    size_t nth;
    const char *name, *method, *url, *body; /* name NULL: nothing to ask */
} asked[] = {
    {"discord", "{\"url\":\"https://ptb.discord.com/api/v6/webhooks/11/abc\"}",
     "{}", 0, "Get Webhook with Token", "GET",
     "https://discord.com/api/v10/webhooks/11/abc", ""},
    {"discord", "{\"url\":\"https://discord.com/api/webhooks/11/abc\"}", "{}", 1,
     NULL, NULL, NULL, NULL},
    {"telegram", "{\"token\":\"" TOKEN "\"}", NULL, 0, "getMe", "POST",
     "https://api.telegram.org/bot" TOKEN "/getMe", "{}"},
    {"telegram", "{\"token\":\"" TOKEN "\"}", NULL, 1, NULL, NULL, NULL, NULL},
    {"telegram", "{\"token\":\"" TOKEN "\"}", "{\"chat_id\":\"-100\"}", 1,
     "getChat", "POST", "https://api.telegram.org/bot" TOKEN "/getChat",
     "{\"chat_id\":-100}"},
    {"telegram", "{\"token\":\"" TOKEN "\"}", "{\"chat_id\":\"@news\"}", 1,
     "getChat", "POST", "https://api.telegram.org/bot" TOKEN "/getChat",
     "{\"chat_id\":\"@news\"}"},
    {"telegram", "{\"token\":\"" TOKEN "\"}", "{\"chat_id\":\"-100\"}", 2, NULL,
     NULL, NULL, NULL},
};

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

static void ask(const struct asked *q)
{
    struct arena a freed_by(arena_release) = {0};
    const struct endpoint_type *t = endpoint_type_find(str_of(q->type));
    struct render_input in = {
        .endpoint = params(&a, t->endpoint_fields, t->endpoint_size, q->endpoint),
        .recipient = params(&a, t->recipient_fields, t->recipient_size,
                            q->recipient),
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

/* --- the chats a bot has seen --------------------------------------------- */

#define UPDATES(list) "{\"ok\":true,\"result\":[" list "]}"
#define TEAM "{\"id\":-100123,\"title\":\"Network team\",\"type\":\"group\"}"
#define ADA "{\"id\":42,\"first_name\":\"Ada\",\"type\":\"private\"}"

static const struct offered {
    int status;
    const char *body;
    const char *want; /* "value=label;", or what the error says */
} offered[] = {
    {200, UPDATES("{\"update_id\":1,\"message\":{\"chat\":" ADA "}},"
                  "{\"update_id\":2,\"my_chat_member\":{\"chat\":" TEAM "}},"
                  "{\"update_id\":3,\"channel_post\":{\"chat\":" TEAM "}},"
                  "7,{\"update_id\":4,\"poll\":{\"id\":\"5\"}}"),
     "42=Ada (private);-100123=Network team (group);"},
    {200, UPDATES(""), "write to it"},
    {200, "{\"ok\":true,\"result\":7}", "not one"},
    {409, "{\"ok\":false,\"description\":\"Conflict: can't use getUpdates method "
          "while webhook is active\"}", "webhook"},
    {401, "{\"ok\":false,\"description\":\"Unauthorized\"}", "401 Unauthorized"},
    {502, "<html>", "502 Bad Gateway"},
};

static void test_choices(void **state)
{
    const struct endpoint_type *t = endpoint_type_find(STR("telegram"));

    (void)state;
    for (size_t i = 0; i < COUNT_OF(offered); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct buf got freed_by(buf_release) = BUF(10000);
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
    const struct endpoint_type *t = endpoint_type_find(STR("telegram"));
    struct arena a freed_by(arena_release) = {0};
    struct request request;
    struct error err;

    (void)state;
    assert_non_null(field_find(t->recipient_fields, str_of(t->choices_field)));
    assert_true(t->choices(params(&a, t->endpoint_fields, t->endpoint_size,
                                  "{\"token\":\"" TOKEN "\"}"),
                           &a, &request, &err));
    assert_true(str_is(request.http.url,
                       "https://api.telegram.org/bot" TOKEN "/getUpdates"));
    assert_true(str_is(request.http.body, "{\"limit\":50}"));
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
