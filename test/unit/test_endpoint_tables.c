/* test_endpoint_tables.c -- what every endpoint type must have, and which
 * parameters each refuses, with the place and what to do. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "endpoint/endpoint.h"

static void test_list(void **state)
{
    size_t n = 0;

    (void)state;
    for (; endpoint_types[n] != NULL; n++) {
        const char *name = endpoint_types[n]->name;

        if (n > 0)
            assert_true(strcmp(endpoint_types[n - 1]->name, name) < 0);
        assert_ptr_equal(endpoint_type_find(str_of(name)), endpoint_types[n]);
    }
    assert_true(n >= 5);
    assert_null(endpoint_type_find(STR("")));
    assert_null(endpoint_type_find(STR("emai")));
    assert_null(endpoint_type_find(STR("emails")));
    assert_null(endpoint_type_find(STR_NONE));
}

static void check_row(const struct endpoint_type *t, const struct field *f)
{
    bool words = f->label != NULL && f->label[0] != '\0' && f->help != NULL &&
                 str_ends(str_of(f->help), ".");

    if (!words)
        fail_msg("%s: %s: needs a label and a help that is a sentence", t->name,
                 f->name);
    if (f->optional && f->fallback != NULL)
        fail_msg("%s: %s: optional and a default", t->name, f->name);
    if (f->type == FIELD_CHOICE && (f->choices == NULL || f->fallback == NULL))
        fail_msg("%s: %s: a choice needs choices and a default", t->name, f->name);
    if (f->type == FIELD_TEXT && f->max <= 0)
        fail_msg("%s: %s: a text needs a limit", t->name, f->name);
    if (strstr(f->name, "password") != NULL || strstr(f->name, "secret") != NULL)
        assert_true(f->secret);
}

static void check_schema(const struct field *rows)
{
    struct arena arena freed_by(arena_release) = {0};
    struct buf b freed_by(buf_release) = BUF(1u << 20);
    struct json_out o = JSON_OUT(&b);
    struct error err;

    fields_schema(rows, &o, NULL);
    if (json_parse(&arena, buf_view(&b), &err) == NULL)
        fail_msg("schema: %s", err.text);
}

static void check_rows(const struct endpoint_type *t, const struct field *rows)
{
    assert_non_null(rows);
    for (const struct field *f = rows; f->name != NULL; f++) {
        check_row(t, f);
        assert_ptr_equal(field_find(rows, str_of(f->name)), f);
    }
    check_schema(rows);
}

static void test_types(void **state)
{
    (void)state;
    for (size_t i = 0; endpoint_types[i] != NULL; i++) {
        const struct endpoint_type *t = endpoint_types[i];

        assert_non_null(t->title);
        assert_true(str_ends(str_of(t->help), "."));
        assert_true(t->batch_max >= 1);
        assert_non_null(t->render);
        assert_non_null(t->judge);
        assert_true((t->rate_per_s > 0) == (t->rate_burst > 0));
        check_rows(t, t->endpoint_fields);
        check_rows(t, t->recipient_fields);
    }
}

static bool params(struct arena *arena, const struct field *rows, size_t size,
                   const char *json, const void **out, struct error *err)
{
    const struct json *j = json_parse(arena, str_of(json), err);
    void *made = arena_new(arena, size + 1);

    assert_non_null(j);
    *out = made;
    return fields_read(rows, j, made, arena, err);
}

#define MAIL "\"smtp_server\":\"mail.example.net\",\"email_sender\":\"a@b.org\""
#define HOOK "\"url\":\"https://example.com/x\""
#define MATTER "\"url\":\"https://mm.example.net\",\"token\":\"t0k3n\""
#define MATTER_ID "\"channel_id\":\"qmd5oqtwoibz8cuzxzg5ekshgr\""
#define MATTER_HOOK "\"url\":\"https://mm.example.net/hooks/abc123\""
#define SLACK(path) "{\"webhook\":\"https://hooks.slack.com/" path "\"}"
#define SLACK_BOT "\"bot_token\":\"xoxb-12-34-aB\""
#define WHSEC "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

static const struct {
    const char *type, *endpoint, *recipient; /* recipient NULL: not given */
    const char *place, *text;                /* text NULL: taken */
} checks[] = {
    {"email", "{" MAIL "}", "{\"email_recipient\":\"a@b.org\"}", "", NULL},
    {"email", "{" MAIL "}", NULL, "", NULL},
    {"email", "{}", NULL, "/smtp_server", "required"},
    {"email", "{" MAIL ",\"smtp_port\":0}", NULL, "/smtp_port", "from 1 to 65535"},
    {"email", "{" MAIL ",\"smtp_port\":65536}", NULL, "/smtp_port", "65535"},
    {"email", "{" MAIL ",\"security\":\"ssl\"}", NULL, "/security", "tls"},
    {"email", "{" MAIL ",\"smtp_username\":\"u\"}", NULL, "/smtp_password",
     "needed"},
    {"email", "{" MAIL ",\"smtp_password\":\"p\"}", NULL, "/smtp_username",
     "needed"},
    {"email", "{" MAIL ",\"smtp_username\":\"u\",\"smtp_password\":\"p\"}", NULL,
     "", NULL},
    {"email", "{" MAIL ",\"smtp_username\":\"u\",\"smtp_password\":\"p\","
              "\"security\":\"none\"}", NULL, "/security", "readable"},
    {"email", "{\"smtp_server\":\"127.0.0.1\",\"email_sender\":\"a@b.org\","
              "\"smtp_username\":\"u\",\"smtp_password\":\"p\","
              "\"security\":\"none\"}", NULL, "", NULL},
    {"email", "{\"smtp_server\":\"smtp://x\",\"email_sender\":\"a@b.org\"}", NULL,
     "/smtp_server", "scheme"},
    {"email", "{\"smtp_server\":\"x:25\",\"email_sender\":\"a@b.org\"}", NULL,
     "/smtp_server", "port"},
    {"email", "{\"smtp_server\":\"x\",\"email_sender\":\"a b@c\"}", NULL,
     "/email_sender", "not a mail address"},
    {"email", "{" MAIL "}", "{\"email_recipient\":\"a@b.org, bad\"}",
     "/email_recipient", "\"bad\""},
    {"email", "{" MAIL "}", "{\"email_recipient\":\"   \"}", "/email_recipient",
     ""},
    {"email", "{" MAIL "}", "{\"email_recipient\":\"a@b.org\",\"cc\":\"x\"}",
     "/cc", "\"x\""},
    {"email", "{" MAIL "}",
     "{\"email_recipient\":\"a@b.org\",\"cc\":\"c@d.org\\nBcc: e@f.org\"}", "/cc",
     "control"},

    {"mattermost", "{" MATTER "}", "{" MATTER_ID "}", "", NULL},
    {"mattermost", "{" MATTER "}", NULL, "", NULL},
    {"mattermost", "{}", NULL, "/url", "required"},
    {"mattermost", "{\"url\":\"http://10.0.0.5:8065/api/v4/posts/\","
                   "\"token\":\"t\"}", NULL, "", NULL},
    {"mattermost", "{\"url\":\"mm.example.net\",\"token\":\"t\"}", NULL,
     "/url", "https://"},
    {"mattermost", "{\"url\":\"https://mm.example.net\"}", NULL, "/token",
     "needed"},
    {"mattermost", "{\"url\":\"https://mm.example.net?x\",\"token\":\"t\"}",
     NULL, "/url", "without ?"},
    {"mattermost", "{\"url\":\"https://mm.example.net\",\"token\":\"a b\"}",
     NULL, "/token", "access token"},
    {"mattermost", "{" MATTER_HOOK ",\"token\":\"t\"}", NULL, "/token",
     "left empty"},
    {"mattermost", "{\"url\":\"https://mm.example.net/hooks/\"}", NULL, "/url",
     "webhook's id"},
    {"mattermost", "{\"url\":\"https://mm.example.net/hooks/commands/x\"}",
     NULL, "/url", "webhook's id"},
    {"mattermost", "{" MATTER "}", "{}", "/channel_id", "needed"},
    {"mattermost", "{" MATTER "}", "{\"channel_id\":\"town-square\"}",
     "/channel_id", "not a name"},
    {"mattermost", "{" MATTER "}",
     "{\"channel_id\":\"QMD5OQTWOIBZ8CUZXZG5EKSHGR\"}", "/channel_id",
     "small letters"},
    {"mattermost", "{" MATTER "}", "{" MATTER_ID ",\"channel\":\"noc\"}",
     "/channel", "for webhooks"},
    {"mattermost", "{" MATTER_HOOK "}", "{}", "", NULL},
    {"mattermost", "{" MATTER_HOOK "}", "{" MATTER_ID "}", "/channel_id",
     "left empty"},
    {"mattermost", "{" MATTER_HOOK "}", "{\"channel\":\"town-square\"}", "",
     NULL},
    {"mattermost", "{" MATTER_HOOK "}", "{\"channel\":\"@admin\"}", "", NULL},
    {"mattermost", "{" MATTER_HOOK "}", "{\"channel\":\"Town Square\"}",
     "/channel", "town-square"},

    {"shell", "{\"script\":\"a.sh\"}", "{}", "", NULL},
    {"shell", "{\"script\":\"../a.sh\"}", NULL, "/script", "plain name"},
    {"shell", "{\"script\":\"/bin/a.sh\"}", NULL, "/script", "plain name"},
    {"shell", "{\"script\":\"..sh\"}", NULL, "/script", "plain name"},
    {"shell", "{\"script\":\"-x.sh\"}", NULL, "/script", "plain name"},
    {"shell", "{\"script\":\"a.py\"}", NULL, "/script", ".sh"},
    {"shell", "{\"script\":\"a\\n.sh\"}", NULL, "/script", "plain name"},
    {"shell", "{\"script\":\"a.sh\"}", "{\"options\":\"'open\"}", "/options",
     "quote"},
    {"shell", "{\"script\":\"a.sh\"}", "{\"execution\":\"never\"}", "/execution",
     "always"},

    {"slack", SLACK("services/T0/B0/xyz"), "{}", "", NULL},
    {"slack", SLACK("services/T0/B0/xyz"), NULL, "", NULL},
    {"slack", "{\"webhook\":\"https://Hooks.Slack-Gov.com/services/T0/B0/x\"}",
     NULL, "", NULL},
    {"slack", "{}", NULL, "/webhook", "bot_token"},
    {"slack", "{" SLACK_BOT ",\"webhook\":\"https://hooks.slack.com/services/x\"}",
     NULL, "/bot_token", "choose one"},
    {"slack", SLACK("workflows/T0/A0/1/x"), NULL, "/webhook", "workflow"},
    {"slack", SLACK("triggers/T0/1/x"), NULL, "/webhook", "workflow"},
    {"slack", SLACK(""), NULL, "/webhook", "/services/"},
    {"slack", "{\"webhook\":\"http://hooks.slack.com/services/T0/B0/x\"}", NULL,
     "/webhook", "https://hooks.slack.com/"},
    {"slack", "{\"webhook\":\"https://hooks.slack.com.evil.com/services/x\"}",
     NULL, "/webhook", "allow_private"},
    {"slack", "{\"webhook\":\"https://hooks.slack.com@evil.com/services/x\"}",
     NULL, "/webhook", "user name"},
    {"slack", "{\"webhook\":\"http://127.0.0.1:1/x\",\"allow_private\":true}",
     NULL, "", NULL},
    {"slack", "{\"webhook\":\"http://127.0.0.1:1/workflows/x\","
              "\"allow_private\":true}", NULL, "/webhook", "workflow"},
    {"slack", "{" SLACK_BOT "}", "{\"channel\":\"C0123456789\"}", "", NULL},
    {"slack", "{" SLACK_BOT "}", "{\"channel\":\"#n\xc3\xb6tfall-1\"}", "",
     NULL},
    {"slack", "{" SLACK_BOT "}", "{}", "/channel", "needed"},
    {"slack", "{" SLACK_BOT "}", "{\"channel\":\"alerts\"}", "/channel",
     "with a #"},
    {"slack", "{" SLACK_BOT "}", "{\"channel\":\"c0123456789\"}", "/channel",
     "with a #"},
    {"slack", "{" SLACK_BOT "}", "{\"channel\":\"#\"}", "/channel", "with a #"},
    {"slack", "{" SLACK_BOT "}", "{\"channel\":\"#a b\"}", "/channel",
     "with a #"},
    {"slack", SLACK("services/T0/B0/xyz"), "{\"channel\":\"#alerts\"}",
     "/channel", "left empty"},
    {"slack", "{\"bot_token\":\"xoxp-1-2\"}", NULL, "/bot_token", "xoxb-"},
    {"slack", "{\"bot_token\":\"xoxb-1\\nX: y\"}", NULL, "/bot_token", "xoxb-"},
    {"slack", "{\"bot_token\":\"xoxb-\"}", NULL, "/bot_token", "xoxb-"},
    {"slack", "{" SLACK_BOT ",\"api_url\":\"https://slack-gov.com/api\"}", NULL,
     "", NULL},
    {"slack", "{" SLACK_BOT ",\"api_url\":\"https://example.com/api\"}", NULL,
     "/api_url", "allow_private"},
    {"slack", "{" SLACK_BOT ",\"api_url\":\"https://slack.com/api?x=\"}", NULL,
     "/api_url", "without ?"},

    {"syslog", "{}", NULL, "", NULL},
    {"syslog", "{\"host\":\"h\"}", NULL, "/host", "choose udp"},
    {"syslog", "{\"host\":\"/run/log\"}", NULL, "", NULL},
    {"syslog", "{\"transport\":\"udp\"}", NULL, "/host", "needed"},
    {"syslog", "{\"transport\":\"tcp\",\"host\":\"2001:db8::1\"}", NULL, "", NULL},
    {"syslog", "{\"transport\":\"tcp\",\"host\":\"h h\"}", NULL, "/host", "h h"},
    {"syslog", "{\"format\":\"xml\"}", NULL, "/format", "text"},
    {"syslog", "{\"max_size\":100}", NULL, "/max_size", "480"},
    {"syslog", "{\"app_name\":\"a b\"}", NULL, "/app_name", "blanks"},
    {"syslog", "{\"app_name\":\"\"}", NULL, "/app_name", ""},
    {"syslog", "{\"facility\":\"local8\"}", NULL, "/facility", "local0"},
    {"syslog", "{\"format\":\"checkmk\",\"transport\":\"tcp\",\"host\":\"h\","
               "\"framing\":\"octet\"}", NULL, "/framing", "lf"},
    {"syslog", "{\"format\":\"checkmk\",\"transport\":\"udp\",\"host\":\"h\","
               "\"header\":\"rfc3164\"}", NULL, "/header", "rfc5424"},

    {"webhook", "{" HOOK "}", NULL, "", NULL},
    {"webhook", "{\"url\":\"http://[2001:db8::1]:8080/x?y=%20#z\"}", NULL, "",
     NULL},
    {"webhook", "{\"url\":\"ftp://example.com\"}", NULL, "/url", "https://"},
    {"webhook", "{\"url\":\"https://\"}", NULL, "/url", "host"},
    {"webhook", "{\"url\":\"https:///x\"}", NULL, "/url", "host"},
    {"webhook", "{\"url\":\"https://u:p@example.com\"}", NULL, "/url", "password"},
    {"webhook", "{\"url\":\"https://example.com:0/\"}", NULL, "/url", "host"},
    {"webhook", "{\"url\":\"https://example.com:99999/\"}", NULL, "/url", "host"},
    {"webhook", "{\"url\":\"https://example.com/a b\"}", NULL, "/url", "blanks"},
    {"webhook", "{\"url\":\"https://example.com/\\nX: y\"}", NULL, "/url",
     "blanks"},
    {"webhook", "{\"url\":\"https://ex\xc3\xa4mple.com/\"}", NULL, "/url", "%XX"},
    {"webhook", "{\"url\":\"https://exa\\\\mple.com/\"}", NULL, "/url", "host"},
    {"webhook", "{" HOOK ",\"password\":\"p\"}", NULL, "/username", "needed"},
    {"webhook", "{" HOOK ",\"format\":\"standard\"}", NULL, "/signing_secret",
     "openssl rand"},
    {"webhook", "{" HOOK ",\"format\":\"standard\",\"signing_secret\":\"" WHSEC
                "\"}", NULL, "", NULL},
    {"webhook", "{" HOOK ",\"format\":\"standard\",\"signing_secret\":"
                "\"whsec_c2hvcnQ=\"}", NULL, "/signing_secret", "24"},
    {"webhook", "{" HOOK ",\"format\":\"standard\",\"signing_secret\":"
                "\"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"}", NULL,
     "/signing_secret", "whsec_"},
};

static bool run_check(size_t i, struct arena *arena, struct error *err)
{
    const struct endpoint_type *t = endpoint_type_find(str_of(checks[i].type));
    const void *endpoint, *recipient = NULL;

    assert_non_null(t);
    return params(arena, t->endpoint_fields, t->endpoint_size,
                  checks[i].endpoint, &endpoint, err) &&
           (checks[i].recipient == NULL ||
            params(arena, t->recipient_fields, t->recipient_size,
                   checks[i].recipient, &recipient, err)) &&
           t->check(endpoint, recipient, err);
}

static void test_checks(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(checks); i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct error err = {0};
        bool taken = run_check(i, &arena, &err);

        if (taken != (checks[i].text == NULL))
            fail_msg("%s %s %s: %s", checks[i].type, checks[i].endpoint,
                     checks[i].recipient ? checks[i].recipient : "",
                     taken ? "taken" : err.text);
        if (!taken && (strcmp(err.place, checks[i].place) != 0 ||
                       strstr(err.text, checks[i].text) == NULL))
            fail_msg("%s %s: %s: %s", checks[i].type, checks[i].endpoint,
                     err.place, err.text);
    }
}

static void test_check_of_nothing(void **state)
{
    struct error err;

    (void)state;
    for (size_t i = 0; endpoint_types[i] != NULL; i++) {
        if (endpoint_types[i]->check != NULL)
            assert_true(endpoint_types[i]->check(NULL, NULL, &err));
    }
}

/* An error must not repeat what is secret. */
static void test_check_keeps_secrets(void **state)
{
    static const struct {
        const char *type, *endpoint;
    } rows[] = {
        {"mattermost", "{\"url\":\"https://h.example/hooks/h4nds0ff/\"}"},
        {"mattermost", "{\"url\":\"https://h.example\",\"token\":\"h4nds0ff!\"}"},
        {"slack", "{\"webhook\":\"https://evil.com/services/h4nds0ff\"}"},
        {"slack", "{\"webhook\":\"https://hooks.slack.com/h4nds0ff\"}"},
        {"slack", "{\"bot_token\":\"xoxp-h4nds0ff\"}"},
        {"webhook", "{" HOOK ",\"format\":\"standard\",\"signing_secret\":"
                    "\"whsec_h4nds0ff\"}"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct endpoint_type *t = endpoint_type_find(str_of(rows[i].type));
        struct arena arena freed_by(arena_release) = {0};
        const void *endpoint;
        struct error err;

        assert_true(params(&arena, t->endpoint_fields, t->endpoint_size,
                           rows[i].endpoint, &endpoint, &err));
        assert_false(t->check(endpoint, NULL, &err));
        assert_null(strstr(err.text, "h4nds0ff"));
    }
}

static void test_shell_wants(void **state)
{
    static const struct {
        const char *recipient;
        bool engage, release, store;
    } rows[] = {
        {"{}", true, true, true},
        {"{\"execution\":\"engage\"}", true, false, true},
        {"{\"execution\":\"release\"}", false, true, false},
    };
    const struct endpoint_type *t = endpoint_type_find(STR("shell"));

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const bool want[] = {rows[i].engage, rows[i].release, rows[i].store};
        struct arena arena freed_by(arena_release) = {0};
        const void *recipient;
        struct error err;

        assert_true(params(&arena, t->recipient_fields, t->recipient_size,
                           rows[i].recipient, &recipient, &err));
        for (int action = ACTION_ENGAGE; action <= ACTION_STORE; action++) {
            struct alert a = {.action = (enum action)action};
            struct render_item item = {.alert = &a};

            assert_int_equal(t->wants(recipient, &item), want[action]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_checks),
        cmocka_unit_test(test_check_of_nothing),
        cmocka_unit_test(test_check_keeps_secrets),
        cmocka_unit_test(test_shell_wants),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
