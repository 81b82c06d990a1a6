/* test_import.c -- files of ntopng, Alertmanager and Apprise, and what comes of
 * them: the edits, and what the report says of the rest. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/alertmanager_file.h"
#include "config/apprise_file.h"
#include "config/apprise_url.h"
#include "config/ntopng_backup.h"
#include "config_bench.h"
#include "import_rows.h"

/* --- ntopng ------------------------------------------------------------------- */

static bool backup(struct str text, struct import *i, struct error *err)
{
    const struct json *file = json_parse(i->a, text, err);

    return file != NULL && ntopng_backup_read(file, false, i, err);
}

static bool backup_keeping(struct str text, struct import *i, struct error *err)
{
    const struct json *file = json_parse(i->a, text, err);

    return file != NULL && ntopng_backup_read(file, true, i, err);
}

#define FILE_OF(endpoints) \
    "{\"version\":\"1.0\",\"modules\":{\"notifications\":[" endpoints "]}}"
#define ENDPOINT(key, conf, recipients)                                    \
    "{\"endpoint_key\":\"" key "\",\"endpoint_conf_name\":\"e\","          \
    "\"endpoint_conf\":{" conf "},\"recipients\":[" recipients "]}"
#define EMPTY_POOLS                                                         \
    FILE_OF(ENDPOINT("telegram", "\"telegram_token\":\"1:a\"",              \
                     "{\"recipient_name\":\"r\",\"minimum_severity\":5,"    \
                     "\"check_categories\":[0,1],\"host_pools\":[],"        \
                     "\"recipient_params\":{\"telegram_channel\":\"-7\"}}"))

static const struct import_row backups[] = {
    /* all recipients of an endpoint, with the pools of the same file */
    {"{\"rsp\":{\"modules\":{\"pool\":{\"host\":[{\"pool_id\":3,\"name\":\"lab\","
     "\"members\":[\"10.0.0.0/8@0\"]}]},\"notifications\":[" ENDPOINT(
         "webhook",
         "\"webhook_url\":\"http://10.0.0.1/\",\"webhook_sharedsecret\":\"s\"",
         "{\"recipient_name\":\"one\",\"host_pools\":[0,3],\"am_hosts\":[]},"
         "{\"recipient_name\":\"two & more\",\"check_entities\":[1,4,13],"
         "\"am_hosts\":[\"icmp@ntop.org\"],\"recipient_params\":[]}") "]}}}",
     {"pool lab {\"name\":\"lab\",\"members\":[\"10.0.0.0/8@0\"],\"ntopng_id\":3}",
      "endpoint e {\"name\":\"e\",\"type\":\"webhook\",\"params\":{\"url\":"
      "\"http://10.0.0.1/\",\"shared_secret\":\"s\",\"allow_private\":true}}",
      "recipient one {\"name\":\"one\",\"endpoint\":\"e\",\"params\":{},"
      "\"host_pools\":[\"Default\",\"lab\"],\"am_hosts\":[]}",
      "recipient two-more {\"name\":\"two-more\",\"endpoint\":\"e\",\"params\":{},"
      "\"entities\":[\"host\",\"flow\"],\"am_hosts\":[\"icmp@ntop.org\"]}"},
     {"~ recipient two & more: it is called \"two-more\" here"}},
    /* an empty list of pools is "any" */
    {EMPTY_POOLS,
     {"endpoint e {\"name\":\"e\",\"type\":\"telegram\",\"params\":{\"token\":"
      "\"1:a\"}}",
      "recipient r {\"name\":\"r\",\"endpoint\":\"e\",\"params\":{\"chat_id\":"
      "\"-7\"},\"minimum_severity\":\"error\",\"categories\":[\"other\","
      "\"security\"]}"},
     {"~ recipient r: its empty list of host pools means \"none\" in ntopng; it "
      "takes any pool here, unless you ask to keep it"}},
    /* alerts one by one take the place of severity, category and entity */
    {FILE_OF(ENDPOINT("pagerduty", "\"pagerduty_integration_key\":\"k\"",
                      "{\"recipient_name\":\"r\",\"minimum_severity\":5,"
                      "\"checks\":{\"flow\":[\"1\",999],\"host\":[]}}")),
     {"endpoint e {\"name\":\"e\",\"type\":\"pagerduty\",\"params\":{"
      "\"integration_key\":\"k\"}}",
      "recipient r {\"name\":\"r\",\"endpoint\":\"e\",\"params\":{},"
      "\"filter\":\"(entity=flow and type in (blacklisted))\"}"},
     {"! recipient r: one of its alerts of flow, which Tocsin does not know"}},
    /* a mail server, with the password no longer in clear */
    {FILE_OF(ENDPOINT("email",
                      "\"smtp_server\":\"smtp://mail.example.org\",\"smtp_port\":"
                      "\"2525\",\"email_sender\":\"n@example.org\","
                      "\"smtp_username\":\"n\",\"smtp_password\":\"p\"",
                      "{\"recipient_name\":\"r\",\"notifications_type\":"
                      "\"reports\"}")),
     {"endpoint e {\"name\":\"e\",\"type\":\"email\",\"params\":{\"email_sender\":"
      "\"n@example.org\",\"smtp_username\":\"n\",\"smtp_password\":\"p\","
      "\"smtp_server\":\"mail.example.org\",\"smtp_port\":2525,\"security\":"
      "\"starttls\"}}"},
     {"~ endpoint e: ntopng sent the password in clear; here the server must take "
      "STARTTLS",
      "! recipient r: it takes no alerts but \"reports\", which Tocsin has none "
      "of"}},
    /* syslog's two layouts */
    {FILE_OF(ENDPOINT("syslog",
                      "\"syslog_alert_format\":\"plaintextrfc\",\"syslog_host\":"
                      "\"10.0.0.2\",\"syslog_port\":\"601\",\"syslog_protocol\":"
                      "\"tcp\"",
                      "")),
     {"endpoint e {\"name\":\"e\",\"type\":\"syslog\",\"params\":{\"format\":"
      "\"text\",\"header\":\"rfc5424\",\"host\":\"10.0.0.2\",\"transport\":"
      "\"tcp\",\"framing\":\"lf\",\"port\":601}}"},
     {NULL}},
    /* a retired connector is switched off, an unknown type left */
    {FILE_OF(ENDPOINT("teams",
                      "\"teams_url\":\"https://a.webhook.office.com/w\"", "") ","
             ENDPOINT("flowtriq", "", "{\"recipient_name\":\"r\"}")),
     {"endpoint e {\"name\":\"e\",\"type\":\"teams\",\"params\":{\"url\":"
      "\"https://a.webhook.office.com/w\",\"format\":\"messagecard\"},\"enabled\":"
      "false}"},
     {"! endpoint e: Tocsin has no endpoint of its type \"flowtriq\""}},
};

static const struct import_row keeping[] = {
    {EMPTY_POOLS,
     {"endpoint e {\"name\":\"e\",\"type\":\"telegram\",\"params\":{\"token\":"
      "\"1:a\"}}",
      "recipient r {\"name\":\"r\",\"endpoint\":\"e\",\"params\":{\"chat_id\":"
      "\"-7\"},\"minimum_severity\":\"error\",\"categories\":[\"other\","
      "\"security\"],\"host_pools\":[]}"},
     {NULL}},
};

static void ntopng_backups_are_read(void **state unused)
{
    import_rows_run(backup, backups, COUNT_OF(backups));
    import_rows_run(backup_keeping, keeping, COUNT_OF(keeping));
}

/* --- Alertmanager ----------------------------------------------------------------- */

static const struct import_row alertmanagers[] = {
    /* one endpoint for two receivers on the same server; secrets stay in files */
    {"global:\n"
     "  smtp_smarthost: 'mail.example.org:587'\n"
     "  smtp_from: am@example.org\n"
     "  smtp_auth_username: am\n"
     "  smtp_auth_password_file: /etc/am/password\n"
     "route: {receiver: a, routes: [{matchers: ['team=~\"b|c\"'], receiver: b}]}\n"
     "receivers:\n"
     "- {name: a, email_configs: [{to: a@example.org, send_resolved: true}]}\n"
     "- {name: b, email_configs: [{to: b@example.org, send_resolved: false}]}\n"
     "- {name: c, opsgenie_configs: [{api_key: k}]}\n",
     {"endpoint alertmanager-email {\"name\":\"alertmanager-email\",\"type\":"
      "\"email\",\"params\":{\"smtp_server\":\"mail.example.org\",\"smtp_port\":587,"
      "\"security\":\"starttls\",\"email_sender\":\"am@example.org\","
      "\"smtp_username\":\"am\",\"smtp_password\":\"file:/etc/am/password\"}}",
      "recipient a {\"name\":\"a\",\"endpoint\":\"alertmanager-email\",\"params\":"
      "{\"email_recipient\":\"a@example.org\"},\"filter\":\"not {team=~\\\"b|c\\\"}"
      "\"}",
      "recipient b {\"name\":\"b\",\"endpoint\":\"alertmanager-email\",\"params\":"
      "{\"email_recipient\":\"b@example.org\"},\"filter\":\"({team=~\\\"b|c\\\"}) "
      "and action!=release\"}"},
     {"! recipient c: \"opsgenie_configs\": Tocsin has no endpoint of that type"}},
    /* several integrations of one receiver, and one that nothing leads to */
    {"route: {receiver: a}\n"
     "receivers:\n"
     "- name: a\n"
     "  telegram_configs: [{bot_token: '1:a', chat_id: -100, api_url: "
     "'https://t.example.org', message_thread_id: 5}]\n"
     "  pagerduty_configs: [{routing_key: k}, {service_key: s}]\n"
     "- {name: lone, discord_configs: [{webhook_url_file: /etc/am/d}]}\n",
     {"endpoint alertmanager-telegram {\"name\":\"alertmanager-telegram\",\"type\":"
      "\"telegram\",\"params\":{\"token\":\"1:a\",\"api_url\":"
      "\"https://t.example.org\"}}",
      "recipient a-telegram {\"name\":\"a-telegram\",\"endpoint\":"
      "\"alertmanager-telegram\",\"params\":{\"chat_id\":\"-100\",\"topic_id\":5}}",
      "endpoint alertmanager-pagerduty {\"name\":\"alertmanager-pagerduty\","
      "\"type\":\"pagerduty\",\"params\":{\"integration_key\":\"k\"}}",
      "recipient a-pagerduty {\"name\":\"a-pagerduty\",\"endpoint\":"
      "\"alertmanager-pagerduty\",\"params\":{}}",
      "endpoint alertmanager-discord {\"name\":\"alertmanager-discord\",\"type\":"
      "\"discord\",\"params\":{\"url\":\"file:/etc/am/d\"}}",
      "recipient lone {\"name\":\"lone\",\"endpoint\":\"alertmanager-discord\","
      "\"params\":{},\"enabled\":false}"},
     {"~ recipient lone: no route leads to it: taken, but switched off",
      "! recipient a: PagerDuty by a service_key, which is its old API: make an "
      "Events API v2 integration"}},
};

static void alertmanager_files_are_read(void **state unused)
{
    import_rows_run(alertmanager_file_read, alertmanagers,
                    COUNT_OF(alertmanagers));
}

static void what_is_no_alertmanager_file_says_where(void **state unused)
{
    static const struct {
        const char *text, *error;
    } rows[] = {
        {"receivers: [\n", "line 2, column 1: "},
        {"route: {}\n", "this is not alertmanager.yml: it has no receivers"},
        {"receivers: []\n", "this is not alertmanager.yml: it has no route"},
        {"receivers: []\nroute: {routes: [{matchers: ['a=~\"(\"']}]}\n",
         "a route's matchers cannot be read here: "},
    };

    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        struct arena a freed_by(arena_release) = {0};
        struct import i;
        struct error err = {0};

        import_begin(&i, NULL, false, &a);
        assert_false(alertmanager_file_read(str_of(rows[k].text), &i, &err));
        if (!str_starts(str_of(err.text), rows[k].error))
            fail_msg("row %zu: %s", k, err.text);
    }
}

/* --- Apprise --------------------------------------------------------------------- */

/* What each address means was checked with Apprise 1.2.0 itself. */
static const struct import_row apprises[] = {
    {"# chats\n\nops=discord://77/tok%2Den?thread=5\n"
     "slack://xoxb-1/%23a/#b\n",
     {"endpoint apprise-discord {\"name\":\"apprise-discord\",\"type\":\"discord\","
      "\"params\":{\"url\":\"https://discord.com/api/webhooks/77/tok-en\"}}",
      "recipient ops {\"name\":\"ops\",\"endpoint\":\"apprise-discord\",\"params\":"
      "{\"thread_id\":\"5\"}}",
      "endpoint apprise-slack {\"name\":\"apprise-slack\",\"type\":\"slack\","
      "\"params\":{\"bot_token\":\"xoxb-1\"}}",
      "recipient apprise-slack {\"name\":\"apprise-slack\",\"endpoint\":"
      "\"apprise-slack\",\"params\":{\"channel\":\"#a\"}}",
      "recipient apprise-slack-2 {\"name\":\"apprise-slack-2\",\"endpoint\":"
      "\"apprise-slack\",\"params\":{\"channel\":\"#b\"}}"},
     {"+ recipient line 3: ops on apprise-discord"}},
    {"mailto://u:p%40w@gmail.com\n"
     "mailtos://u:p@example.org:465/ops@example.org?mode=ssl&from=a@example.org\n",
     {"endpoint apprise-email {\"name\":\"apprise-email\",\"type\":\"email\","
      "\"params\":{\"smtp_server\":\"smtp.gmail.com\",\"smtp_port\":587,"
      "\"security\":\"starttls\",\"email_sender\":\"u@gmail.com\","
      "\"smtp_username\":\"u@gmail.com\",\"smtp_password\":\"p@w\"}}",
      "recipient apprise-email {\"name\":\"apprise-email\",\"endpoint\":"
      "\"apprise-email\",\"params\":{\"email_recipient\":\"u@gmail.com\"}}",
      "endpoint apprise-email-2 {\"name\":\"apprise-email-2\",\"type\":\"email\","
      "\"params\":{\"smtp_server\":\"example.org\",\"smtp_port\":465,\"security\":"
      "\"tls\",\"email_sender\":\"a@example.org\",\"smtp_username\":\"u\","
      "\"smtp_password\":\"p\"}}",
      "recipient apprise-email-2 {\"name\":\"apprise-email-2\",\"endpoint\":"
      "\"apprise-email-2\",\"params\":{\"email_recipient\":\"ops@example.org\"}}"},
     {NULL}},
    {"mmost://h/tok\njsons://u:p@h:8/a/b\n",
     {"endpoint apprise-mattermost {\"name\":\"apprise-mattermost\",\"type\":"
      "\"mattermost\",\"params\":{\"url\":\"http://h:8065/hooks/tok\"}}",
      "recipient apprise-mattermost {\"name\":\"apprise-mattermost\",\"endpoint\":"
      "\"apprise-mattermost\",\"params\":{}}",
      "endpoint apprise-webhook {\"name\":\"apprise-webhook\",\"type\":\"webhook\","
      "\"params\":{\"url\":\"https://h:8/a/b\",\"format\":\"ntopng\","
      "\"allow_private\":true,\"username\":\"u\",\"password\":\"p\"}}",
      "recipient apprise-webhook {\"name\":\"apprise-webhook\",\"endpoint\":"
      "\"apprise-webhook\",\"params\":{}}"},
     {NULL}},
    {"version: 1\nurls:\n  - tgram://1:a/-5/?topic=7\n  - url: syslog://local5\n"
     "  - ntfy://s3cret\n",
     {"endpoint apprise-telegram {\"name\":\"apprise-telegram\",\"type\":"
      "\"telegram\",\"params\":{\"token\":\"1:a\"}}",
      "recipient apprise-telegram {\"name\":\"apprise-telegram\",\"endpoint\":"
      "\"apprise-telegram\",\"params\":{\"chat_id\":\"-5\",\"topic_id\":7}}",
      "endpoint apprise-syslog {\"name\":\"apprise-syslog\",\"type\":\"syslog\","
      "\"params\":{\"facility\":\"local5\"}}",
      "recipient apprise-syslog {\"name\":\"apprise-syslog\",\"endpoint\":"
      "\"apprise-syslog\",\"params\":{}}"},
     {"! recipient line 5: ntfy: Tocsin has no endpoint of that type"}},
};

static void apprise_files_are_read(void **state unused)
{
    import_rows_run(apprise_file_read, apprises, COUNT_OF(apprises));
}

static void an_address_is_taken_apart(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct apprise_url u;
    struct error err = {0};

    assert_true(apprise_url_read(
        STR("TGram://me:p%3Aw@x@1:2/a%20b//c%2/?q=1&q=2&r"), &a, &u, &err));
    assert_true(str_is(u.scheme, "tgram"));
    assert_true(str_is(u.user, "me"));
    assert_true(str_is(u.pass, "p:w@x"));
    assert_true(str_is(u.authority, "1:2"));
    assert_int_equal(u.part_count, 2);
    assert_true(str_is(u.parts[0], "a b") && str_is(u.parts[1], "c%2"));
    assert_true(str_is(apprise_query(&u, "q"), "1"));
    assert_int_equal(apprise_query(&u, "r").n, 0);
    assert_false(apprise_url_read(STR("no address"), &a, &u, &err));
    assert_false(apprise_url_read(STR("a-b://c"), &a, &u, &err));
    assert_false(apprise_url_read(STR("a://\xff"), &a, &u, &err));
}

/* --- what the configuration refuses ------------------------------------------------- */

static void what_is_refused_is_left_with_what_stands_on_it(void **state unused)
{
    struct bench b;
    struct arena a freed_by(arena_release) = {0};
    struct import i;
    struct error err = {0};

    bench_init(&b);
    import_begin(&i, config_now(b.config), false, &a);
    assert_true(apprise_file_read(
        STR("ops=syslog://nonsense\njson://h/\nnight=syslog://nonsense\n"), &i,
        &err));
    assert_int_equal(i.taken, 5);
    assert_int_equal(import_settle(b.config, &i, false, &err), CONFIG_OK);
    assert_int_equal(i.taken, 2);
    assert_int_equal(i.left, 3);
    assert_null(snapshot_recipient(config_now(b.config), STR("ops")));
    assert_null(snapshot_recipient(config_now(b.config), STR("night")));
    assert_non_null(
        snapshot_recipient(config_now(b.config), STR("apprise-webhook")));
    /* once more: what is there stays, and nothing is an error */
    import_begin(&i, config_now(b.config), false, &a);
    assert_true(apprise_file_read(STR("json://h/\n"), &i, &err));
    assert_int_equal(import_settle(b.config, &i, false, &err), CONFIG_OK);
    assert_int_equal(i.left, 2);
    bench_release(&b);
}

static void a_dry_run_changes_nothing(void **state unused)
{
    struct bench b;
    struct arena a freed_by(arena_release) = {0};
    struct import i;
    struct error err = {0};

    bench_init(&b);
    import_begin(&i, config_now(b.config), false, &a);
    assert_true(apprise_file_read(STR("json://h/\n"), &i, &err));
    assert_int_equal(import_settle(b.config, &i, true, &err), CONFIG_OK);
    assert_int_equal(i.taken, 2);
    assert_int_equal(config_now(b.config)->recipient_count, 1);
    bench_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ntopng_backups_are_read),
        cmocka_unit_test(alertmanager_files_are_read),
        cmocka_unit_test(what_is_no_alertmanager_file_says_where),
        cmocka_unit_test(apprise_files_are_read),
        cmocka_unit_test(an_address_is_taken_apart),
        cmocka_unit_test(what_is_refused_is_left_with_what_stands_on_it),
        cmocka_unit_test(a_dry_run_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
