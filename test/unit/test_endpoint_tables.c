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
    assert_true(n >= 6);
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
        assert_true((t->probe != NULL) == (t->judge_probe != NULL));
        assert_true((t->choices != NULL) == (t->choices_read != NULL));
        assert_true((t->choices != NULL) == (t->choices_field != NULL));
        if (t->choices != NULL)
            assert_non_null(field_find(t->recipient_fields,
                                       str_of(t->choices_field)));
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
#define WECOM "qyapi.weixin.qq.com"
#define ROBOT "\"url\":\"https://" WECOM "/cgi-bin/webhook/send?key=k\""
#define SIXTY_FOUR                                                             \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ELASTIC "\"url\":\"https://search.example.net:9200\""
#define HOOK "\"url\":\"https://example.com/x\""
#define DISCORD "\"url\":\"https://discord.com/api/webhooks/11/abc_-9\""
#define AT(url) "{\"url\":\"" url "\"}"
#define HOOKS "https://discord.com/api/webhooks/"
#define TOKEN "\"token\":\"123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsa-w\""
#define CHAT "\"chat_id\":\"-100\""
#define TEN "0123456789"
#define EIGHTY TEN TEN TEN TEN TEN TEN TEN TEN
#define WHSEC "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

static const struct {
    const char *type, *endpoint, *recipient; /* recipient NULL: not given */
    const char *place, *text;                /* text NULL: taken */
} checks[] = {
    {"discord", "{" DISCORD "}", "{}", "", NULL},
    {"discord", "{" DISCORD "}", NULL, "", NULL},
    {"discord", "{}", NULL, "/url", "required"},
    {"discord", AT("https://DiscordApp.com/api/v6/webhooks/11/abc/"), NULL, "",
     NULL},
    {"discord", AT("https://ptb.discord.com/api/webhooks/11/abc"), NULL, "",
     NULL},
    {"discord", AT("http://discord.com/api/webhooks/11/abc"), NULL, "/url",
     "https://discord.com/"},
    {"discord", AT("https://discord.com:8443/api/webhooks/11/abc"), NULL,
     "/url", "https://discord.com/"},
    {"discord", AT("https://discord.com.evil.com/api/webhooks/11/abc"), NULL,
     "/url", "allow_private"},
    {"discord", AT("https://evil.com/api/webhooks/11/abc"), NULL, "/url",
     "allow_private"},
    {"discord", AT("https://u@discord.com/api/webhooks/11/abc"), NULL, "/url",
     "user name"},
    {"discord", AT(HOOKS "11"), NULL, "/url", "ID/TOKEN"},
    {"discord", AT(HOOKS "x1/abc"), NULL, "/url", "ID/TOKEN"},
    {"discord", AT("https://discord.com/webhooks/11/abc"), NULL, "/url",
     "ID/TOKEN"},
    {"discord", AT("https://discord.com/api/x9/webhooks/11/abc"), NULL, "/url",
     "ID/TOKEN"},
    {"discord", AT(HOOKS "11/abc/slack"), NULL, "/url", "ID/TOKEN"},
    {"discord", AT(HOOKS "11/abc?thread_id=1"), NULL, "/url", "ID/TOKEN"},
    {"discord", AT(HOOKS "11/a%62c"), NULL, "/url", "ID/TOKEN"},
    {"discord",
     "{\"allow_private\":true,\"url\":\"http://10.0.0.1:1/api/webhooks/1/ab\"}",
     NULL, "", NULL},
    {"discord", "{" DISCORD "}", "{\"username\":\"Captain Hook\"}", "", NULL},
    {"discord", "{" DISCORD "}", "{\"username\":\"My DISCORD bot\"}",
     "/username", "Discord refuses"},
    {"discord", "{" DISCORD "}", "{\"username\":\"Bonnie and Clyde\"}",
     "/username", "Discord refuses"},
    {"discord", "{" DISCORD "}", "{\"username\":\"   \"}", "/username",
     "blank"},
    {"discord", "{" DISCORD "}", "{\"username\":\"" EIGHTY "\"}", "", NULL},
    {"discord", "{" DISCORD "}", "{\"username\":\"" EIGHTY "9\"}", "/username",
     "80"},
    {"discord", "{" DISCORD "}", "{\"thread_id\":\"42&wait=false\"}",
     "/thread_id", "number"},
    {"discord", "{" DISCORD "}", "{\"thread_id\":\"42\"}", "", NULL},
    {"discord", "{" DISCORD "}", "{\"mention_role\":\"@everyone\"}",
     "/mention_role", "number"},
    {"discord", "{" DISCORD "}", "{\"mention_role\":\"0\"}", "/mention_role",
     "number"},
    {"discord", "{" DISCORD "}", "{\"quiet_below\":\"loud\"}", "/quiet_below",
     "warning"},

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

    {"fail2ban", "{}", "{\"jail\":\"sshd\"}", "", NULL},
    {"fail2ban", "{}", "{\"jail\":\"_A.b-9\"}", "", NULL},
    {"fail2ban", "{}", "{\"jail\":\"" SIXTY_FOUR "\"}", "", NULL},
    {"fail2ban", "{}", "{\"jail\":\"" SIXTY_FOUR "x\"}", "/jail", "64"},
    {"fail2ban", "{}", "{}", "/jail", "required"},
    {"fail2ban", "{}", "{\"jail\":\"\"}", "/jail", ""},
    {"fail2ban", "{}", "{\"jail\":\"-x\"}", "/jail", "no name of a jail"},
    {"fail2ban", "{}", "{\"jail\":\".x\"}", "/jail", "no name of a jail"},
    {"fail2ban", "{}", "{\"jail\":\"a b\"}", "/jail", "no name of a jail"},
    {"fail2ban", "{}", "{\"jail\":\"a;id\"}", "/jail", "no name of a jail"},
    {"fail2ban", "{}", "{\"jail\":\"$(id)\"}", "/jail", "no name of a jail"},
    {"fail2ban", "{}", "{\"jail\":\"a\\nb\"}", "/jail", "no name of a jail"},
    {"fail2ban", "{}", "{\"jail\":\"\xc3\xa4\"}", "/jail", "no name of a jail"},
    {"fail2ban", "{\"socket\":\"run/x.sock\"}", NULL, "/socket", "absolute"},
    {"fail2ban", "{\"socket\":\"/run/x.sock\"}", NULL, "", NULL},
    {"fail2ban", "{\"method\":\"sudo\"}", NULL, "/method", "client"},
    {"fail2ban", "{\"method\":\"log\"}", NULL, "/file", "absolute"},
    {"fail2ban", "{\"method\":\"log\",\"file\":\"x.log\"}", NULL, "/file",
     "absolute"},
    {"fail2ban", "{\"method\":\"log\",\"file\":\"/var/log/\"}", NULL, "/file",
     "absolute"},
    {"fail2ban", "{\"method\":\"log\",\"file\":\"/var/log/x.log\"}", NULL, "",
     NULL},
    {"fail2ban", "{\"method\":\"log\",\"file\":\"/x\",\"unban_on_release\":"
                 "true}", NULL, "/unban_on_release", "client"},
    {"fail2ban", "{\"unban_on_release\":true}", NULL, "", NULL},
    {"fail2ban", "{\"never_ban\":[\"10.0.0.0/8\",\"2001:db8::/32\","
                 "\"192.0.2.1\"]}", NULL, "", NULL},
    {"fail2ban", "{\"never_ban\":[\"10.0.0.0/8\",\"gateway\"]}", NULL,
     "/never_ban/1", "no address or prefix"},
    {"fail2ban", "{\"never_ban\":[\"10.0.0.1/8\"]}", NULL, "/never_ban/0",
     "inside of a prefix"},
    {"fail2ban", "{\"never_ban\":[\"10.0.0.0/33\"]}", NULL, "/never_ban/0",
     "no address or prefix"},
    {"elasticsearch", "{" ELASTIC "}", NULL, "", NULL},
    {"elasticsearch", "{" ELASTIC "}", "{}", "", NULL},
    {"elasticsearch", "{\"url\":\"http://127.0.0.1:9200/es/\"}", NULL, "", NULL},
    {"elasticsearch", "{}", NULL, "/url", "required"},
    {"elasticsearch", "{\"url\":\"es.example:9200\"}", NULL, "/url", "https://"},
    {"elasticsearch", "{\"url\":\"https://u:p@es:9200\"}", NULL, "/url",
     "password"},
    {"elasticsearch", "{\"url\":\"https://es/?pretty\"}", NULL, "/url", "'?'"},
    {"elasticsearch", "{\"url\":\"https://es/#x\"}", NULL, "/url", "'#'"},
    {"elasticsearch", "{" ELASTIC ",\"username\":\"u\",\"password\":\"p\"}", NULL,
     "", NULL},
    {"elasticsearch", "{" ELASTIC ",\"password\":\"p\"}", NULL, "/username",
     "needed"},
    {"elasticsearch", "{" ELASTIC ",\"username\":\"u\",\"api_key\":\"a:b\"}", NULL,
     "/api_key", "not both"},
    {"elasticsearch", "{" ELASTIC ",\"api_key\":\"YTpi\"}", NULL, "", NULL},
    {"elasticsearch", "{" ELASTIC ",\"api_key\":\"a:\"}", NULL, "/api_key", "id:key"},
    {"elasticsearch", "{" ELASTIC ",\"api_key\":\":b\"}", NULL, "/api_key", "id:key"},
    {"elasticsearch", "{" ELASTIC ",\"api_key\":\"a:b\\nX: y\"}", NULL, "/api_key",
     "id:key"},
    {"elasticsearch", "{" ELASTIC ",\"api_key\":\"YTpi\\n\"}", NULL, "/api_key",
     "id:key"},
    {"elasticsearch", "{" ELASTIC ",\"index_prefix\":\".x-1_y+z\"}", NULL, "", NULL},
    {"elasticsearch", "{" ELASTIC ",\"index_prefix\":\"Alerts\"}", NULL,
     "/index_prefix", "small letters"},
    {"elasticsearch", "{" ELASTIC ",\"index_prefix\":\"a b\"}", NULL,
     "/index_prefix", "small letters"},
    {"elasticsearch", "{" ELASTIC ",\"index_prefix\":\"a*\"}", NULL,
     "/index_prefix", "small letters"},
    {"elasticsearch", "{" ELASTIC ",\"index_prefix\":\"a/b\"}", NULL,
     "/index_prefix", "small letters"},
    {"elasticsearch", "{" ELASTIC ",\"index_prefix\":\"a:b\"}", NULL,
     "/index_prefix", "small letters"},
    {"elasticsearch", "{" ELASTIC ",\"index_prefix\":\"\xc3\xa9\"}", NULL,
     "/index_prefix", "small letters"},
    {"elasticsearch", "{" ELASTIC ",\"index_prefix\":\"-a\"}", NULL,
     "/index_prefix", "begin with a letter"},
    {"elasticsearch", "{" ELASTIC ",\"index_prefix\":\"_a\"}", NULL,
     "/index_prefix", "begin with a letter"},
    {"elasticsearch", "{" ELASTIC ",\"index_prefix\":\"..\"}", NULL,
     "/index_prefix", "begin with a letter"},
    {"elasticsearch", "{" ELASTIC ",\"index_prefix\":\"logs-tocsin\"}", NULL,
     "/index_prefix", "data streams"},
    {"elasticsearch", "{" ELASTIC ",\"index_prefix\":\"metrics\"}", NULL,
     "/index_prefix", "data streams"},
    {"elasticsearch", "{" ELASTIC ",\"index_prefix\":\"logstash-tocsin\"}", NULL,
     "", NULL},
    {"elasticsearch", "{" ELASTIC "}", "{\"index_prefix\":\"traces-x\"}",
     "/index_prefix", "data streams"},
    {"elasticsearch", "{" ELASTIC "}", "{\"index_prefix\":\"ours\"}", "", NULL},
    {"elasticsearch", "{" ELASTIC ",\"ecs_version\":\"8.0\"}", NULL, "/ecs_version",
     "1.6.0"},
    {"elasticsearch", "{" ELASTIC ",\"index_date\":\"DD\"}", NULL, "/index_date",
     "YYYY.MM.DD"},

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

    {"telegram", "{" TOKEN "}", "{" CHAT "}", "", NULL},
    {"telegram", "{" TOKEN "}", NULL, "", NULL},
    {"telegram", "{}", NULL, "/token", "required"},
    {"telegram", "{" TOKEN "}", "{}", "/chat_id", "required"},
    {"telegram",
     "{\"token\":\"bot123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsa-w\"}", NULL,
     "/token", "@BotFather"},
    {"telegram", "{\"token\":\"123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsa-\"}",
     NULL, "/token", "@BotFather"},
    {"telegram", "{\"token\":\"123456AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsa-w1\"}",
     NULL, "/token", "@BotFather"},
    {"telegram", "{\"token\":\"123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsa/..\"}",
     NULL, "/token", "@BotFather"},
    {"telegram", "{" TOKEN ",\"api_url\":\"http://127.0.0.1:8081\"}", NULL,
     "/api_url", "allow_private"},
    {"telegram",
     "{" TOKEN ",\"api_url\":\"http://127.0.0.1:8081\",\"allow_private\":true}",
     NULL, "", NULL},
    {"telegram", "{" TOKEN ",\"api_url\":\"http://api.telegram.org\"}", NULL,
     "/api_url", "https://api.telegram"},
    {"telegram", "{" TOKEN ",\"api_url\":\"https://api.telegram.org/?x\"}",
     NULL, "/api_url", "without ?"},
    {"telegram", "{" TOKEN ",\"api_url\":\"https://api.telegram.org/#\"}",
     NULL, "/api_url", "without ?"},
    {"telegram", "{" TOKEN "}", "{\"chat_id\":\"0\"}", "/chat_id", "number"},
    {"telegram", "{" TOKEN "}", "{\"chat_id\":\"--1\"}", "/chat_id", "number"},
    {"telegram", "{" TOKEN "}", "{\"chat_id\":\"9223372036854775808\"}",
     "/chat_id", "number"},
    {"telegram", "{" TOKEN "}", "{\"chat_id\":\"-9223372036854775808\"}", "",
     NULL},
    {"telegram", "{" TOKEN "}", "{\"chat_id\":\"@gw_Pisa1\"}", "", NULL},
    {"telegram", "{" TOKEN "}", "{\"chat_id\":\"gw_pisa\"}", "/chat_id",
     "@name"},
    {"telegram", "{" TOKEN "}", "{\"chat_id\":\"@gw\"}", "/chat_id", "@name"},
    {"telegram", "{" TOKEN "}", "{\"chat_id\":\"@gw-pisa\"}", "/chat_id",
     "@name"},
    {"telegram", "{" TOKEN "}", "{" CHAT ",\"topic_id\":-1}", "/topic_id",
     "from 0"},
    {"telegram", "{" TOKEN "}", "{" CHAT ",\"topic_id\":7}", "", NULL},

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

    {"wechat", "{" ROBOT "}", "{}", "", NULL},
    {"wechat", "{}", NULL, "/url", "required"},
    {"wechat", "{\"url\":\"https://" WECOM "\"}", NULL, "/url", "whole address"},
    {"wechat", "{\"url\":\"https://" WECOM "/cgi-bin/webhook/send?key=\"}", NULL,
     "/url", "whole address"},
    {"wechat", "{\"url\":\"http://" WECOM "/cgi-bin/webhook/send?key=k\"}", NULL,
     "/url", "https://" WECOM},
    {"wechat", "{\"url\":\"https://" WECOM ".evil.org/?key=k\"}", NULL, "/url",
     "https://" WECOM},
    {"wechat", "{\"url\":\"https://evil.org/" WECOM "?key=k\"}", NULL, "/url",
     "https://" WECOM},
    {"wechat", "{\"url\":\"https://evil.org#" WECOM "/\"}", NULL, "/url",
     "https://" WECOM},
    {"wechat", "{\"url\":\"https://" WECOM "@evil.org/\"}", NULL, "/url",
     "password"},
    {"wechat", "{\"url\":\"https://" WECOM ":444/\"}", NULL, "/url",
     "https://" WECOM},
    {"wechat", "{\"url\":\"http://127.0.0.1:8080/x\",\"allow_private\":true}",
     NULL, "", NULL},
    {"wechat", "{\"url\":\"ftp://127.0.0.1/\",\"allow_private\":true}", NULL,
     "/url", "https://"},
    {"wechat", "{" ROBOT "}", "{\"msgtype\":\"image\"}", "/msgtype", "markdown"},
    {"wechat", "{" ROBOT "}", "{\"mentioned_list\":[\"a\"]}", "/mentioned_list",
     "text"},
    {"wechat", "{" ROBOT "}", "{\"msgtype\":\"text\",\"mentioned_list\":[\"a.b-c\","
     "\"d@e\",\"@all\"]}", "", NULL},
    {"wechat", "{" ROBOT "}", "{\"msgtype\":\"text\",\"mentioned_list\":[\"a\","
     "\"@everyone\"]}", "/mentioned_list/1", "nor @all"},
    {"wechat", "{" ROBOT "}", "{\"msgtype\":\"text\",\"mentioned_list\":[\"a b\"]}",
     "/mentioned_list/0", "nor @all"},
    {"wechat", "{" ROBOT "}", "{\"msgtype\":\"text\",\"mentioned_list\":[\"<a>\"]}",
     "/mentioned_list/0", "nor @all"},
    {"wechat", "{" ROBOT "}", "{\"msgtype\":\"text\",\"mentioned_list\":[\"\"]}",
     "/mentioned_list/0", ""},
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
        {"discord", "{\"url\":\"https://discord.com/api/webhooks/h4nds0ff\"}"},
        {"discord", "{\"url\":\"https://evil.com/api/webhooks/1/h4nds0ff\"}"},
        {"telegram", "{\"token\":\"123456:h4nds0ff\"}"},
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

            struct error why = {0};

            assert_int_equal(t->wants(NULL, recipient, &item, &why),
                             want[action]);
            assert_int_equal(why.text[0] == '\0', want[action]);
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
