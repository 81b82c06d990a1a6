/* test_import_keys.c -- no key of Alertmanager's configuration is dropped in silence:
 * each that its documentation names makes another edit or a line of the report. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "config/alertmanager_file.h"

struct section {
    const char *text;     /* the file; %s is where the key stands */
    const char *keys[64]; /* each with a value; NULL ends */
};

#define INTEGRATION(type, own) \
    "route: {receiver: r}\nreceivers: [{name: r, " type "_configs: [{" own " %s}]}]\n"
#define HTTP \
    "route: {receiver: r}\n" \
    "receivers: [{name: r, discord_configs: [{webhook_url: 'https://discord.com/x', " \
    "http_config: {%s}}]}]\n"
#define TLS \
    "route: {receiver: r}\n" \
    "receivers: [{name: r, discord_configs: [{webhook_url: 'https://discord.com/x', " \
    "http_config: {tls_config: {%s}}}]}]\n"

static const struct section sections[] = {
    {"route: {receiver: r}\nreceivers: [{name: r}]\n%s\n",
     {"global: {jira_api_url: x}", "templates: ['*.tmpl']",
      "inhibit_rules: [{source_matchers: ['a=b'], target_matchers: ['c=d']}]",
      "mute_time_intervals: [{name: n, time_intervals: [{years: ['2026']}]}]",
      "time_intervals: [{name: n, time_intervals: [{years: ['2026']}]}]",
      "tracing: {endpoint: x}", "something_new: 1", NULL}},
    {"route: {receiver: r}\n"
     "receivers:\n- name: r\n"
     "  discord_configs: [{webhook_url: 'https://discord.com/x'}]\n"
     "  email_configs: [{to: a@example.org}]\n"
     "  mattermost_configs: [{channel: c}]\n"
     "  pagerduty_configs: [{routing_key: k}]\n"
     "  slack_configs: [{channel: c}]\n"
     "  telegram_configs: [{chat_id: 1}]\n"
     "global: {%s}\n",
     {"smtp_from: a@example.org", "smtp_smarthost: 'm.example.org:587'",
      "smtp_hello: here.example.org", "smtp_auth_username: u", "smtp_auth_password: p",
      "smtp_auth_password_file: /p", "smtp_auth_identity: i", "smtp_auth_secret: s",
      "smtp_auth_secret_file: /s", "smtp_require_tls: false",
      "smtp_force_implicit_tls: true", "smtp_tls_config: {ca_file: /ca}",
      "jira_api_url: x", "slack_api_url: 'https://hooks.slack.com/x'",
      "slack_api_url_file: /u", "slack_app_token: t", "slack_app_token_file: /t",
      "victorops_api_key: k", "victorops_api_key_file: /k", "victorops_api_url: u",
      "pagerduty_url: 'https://e.example.org/v2/enqueue'", "opsgenie_api_key: k",
      "opsgenie_api_key_file: /k", "opsgenie_api_url: u", "rocketchat_api_url: u",
      "rocketchat_token: t", "rocketchat_token_file: /t", "rocketchat_token_id: i",
      "rocketchat_token_id_file: /i", "wechat_api_url: u", "wechat_api_secret: s",
      "wechat_api_corp_id: c", "telegram_api_url: 'https://t.example.org'",
      "telegram_bot_token: t", "telegram_bot_token_file: /t", "webex_api_url: u",
      "mattermost_webhook_url: 'https://m.example.org'",
      "mattermost_webhook_url_file: /m", "http_config: {proxy_url: p}",
      "resolve_timeout: 5m", "something_new: 1", NULL}},
    {"route: {receiver: r, routes: [{receiver: s, %s}, {receiver: t}]}\n"
     "receivers: [{name: r}, {name: s, webhook_configs: [{url: 'http://s'}]},"
     " {name: t, webhook_configs: [{url: 'http://t'}]}]\n"
     "time_intervals: [{name: n, time_intervals: [{years: ['2026']}]}]\n",
     {"group_by: [a]", "continue: true", "match: {a: b}", "match_re: {a: b}",
      "matchers: ['a=b']", "group_wait: 30s", "group_interval: 5m",
      "repeat_interval: 4h", "mute_time_intervals: [n]", "active_time_intervals: [n]",
      "routes: [{receiver: t}]", "something_new: 1", NULL}},
    {"route: {receiver: r}\nreceivers: [{name: r}]\n"
     "inhibit_rules: [{source_matchers: ['a=b'], target_matchers: ['c=d'], %s}]\n",
     {"name: n", "source_match: {e: f}", "source_match_re: {e: f}",
      "target_match: {e: f}", "target_match_re: {e: f}", "equal: [g]",
      "sources: [{matchers: ['h=i']}]", NULL}},
    {"route: {receiver: r}\nreceivers: [{name: r, %s}]\n",
     {"discord_configs: [{}]", "email_configs: [{}]", "incidentio_configs: [{}]",
      "jira_configs: [{}]", "mattermost_configs: [{}]", "msteams_configs: [{}]",
      "msteamsv2_configs: [{}]", "opsgenie_configs: [{}]", "pagerduty_configs: [{}]",
      "pushover_configs: [{}]", "rocketchat_configs: [{}]", "slack_configs: [{}]",
      "sns_configs: [{}]", "telegram_configs: [{}]", "victorops_configs: [{}]",
      "webex_configs: [{}]", "webhook_configs: [{}]", "wechat_configs: [{}]",
      "something_new: 1", NULL}},
    {HTTP,
     {"basic_auth: {username: u}", "authorization: {credentials: c}",
      "oauth2: {client_id: c}", "enable_http2: false", "proxy_url: u", "no_proxy: u",
      "proxy_from_environment: true", "proxy_connect_header: {a: [b]}",
      "follow_redirects: false", "tls_config: {ca_file: /ca}",
      "http_headers: {a: {values: [b]}}", "something_new: 1", NULL}},
    {TLS,
     {"ca: x", "ca_file: /ca", "cert: x", "cert_file: /c", "key: x", "key_file: /k",
      "server_name: n", "insecure_skip_verify: true", "min_version: TLS12",
      "max_version: TLS13", "something_new: 1", NULL}},
    {INTEGRATION("discord", "webhook_url: 'https://discord.com/x',"),
     {"send_resolved: false", "title: t", "message: m", "content: c", "username: u",
      "avatar_url: a", "http_config: {proxy_url: p}", "something_new: 1", NULL}},
    {INTEGRATION("discord", ""), {"webhook_url: u", "webhook_url_file: /u", NULL}},
    {INTEGRATION("email", ""),
     {"send_resolved: true", "to: a@example.org", "from: a@example.org",
      "smarthost: 'm:25'", "hello: h", "auth_username: u", "auth_password: p",
      "auth_password_file: /p", "auth_secret: s", "auth_secret_file: /s",
      "auth_identity: i", "require_tls: false", "force_implicit_tls: true",
      "tls_config: {ca_file: /ca}", "html: h", "text: t", "headers: {a: b}",
      "threading: {enabled: true}", "something_new: 1", NULL}},
    {INTEGRATION("msteams", ""),
     {"send_resolved: false", "webhook_url: u", "webhook_url_file: /u", "title: t",
      "summary: s", "text: t", "http_config: {proxy_url: p}", NULL}},
    {INTEGRATION("msteamsv2", ""),
     {"send_resolved: false", "webhook_url: u", "webhook_url_file: /u", "title: t",
      "text: t", "http_config: {proxy_url: p}", NULL}},
    {INTEGRATION("mattermost", ""),
     {"send_resolved: false", "webhook_url: u", "webhook_url_file: /u", "channel: c",
      "username: u", "text: t", "icon_url: u", "icon_emoji: e", "attachments: [{a: b}]",
      "props: {card: c}", "priority: {priority: urgent}",
      "http_config: {proxy_url: p}", NULL}},
    {INTEGRATION("pagerduty", ""),
     {"routing_key: k", "routing_key_file: /k", NULL}},
    {INTEGRATION("pagerduty", "routing_key: k,"),
     {"send_resolved: false", "service_key: s", "url: 'https://e.example.org/v2/enqueue'",
      "client: c", "client_url: u", "description: d", "severity: s", "source: s",
      "details: {a: b}", "images: [{src: s}]", "links: [{href: h}]", "component: c",
      "group: g", "class: c", "timeout: 5s", "http_config: {proxy_url: p}", NULL}},
    {INTEGRATION("slack", ""),
     {"send_resolved: true", "api_url: u", "api_url_file: /u", "app_token: t",
      "app_token_file: /t", "app_url: u", "channel: c", "icon_emoji: e", "icon_url: u",
      "link_names: true", "username: u", "actions: [{text: t}]", "callback_id: c",
      "color: c", "fallback: f", "fields: [{title: t}]", "footer: f", "mrkdwn_in: [text]",
      "pretext: p", "short_fields: true", "text: t", "title: t", "title_link: l",
      "image_url: u", "thumb_url: u", "timeout: 5s", "update_message: true",
      "http_config: {authorization: {credentials: c}}", NULL}},
    {INTEGRATION("telegram", ""),
     {"send_resolved: false", "api_url: u", "bot_token: t", "bot_token_file: /t",
      "chat_id: 5", "chat_id_file: /c", "message_thread_id: 5", "message: m",
      "disable_notifications: true", "parse_mode: HTML", "http_config: {proxy_url: p}",
      NULL}},
    {INTEGRATION("webhook", ""),
     {"send_resolved: false", "url: 'http://h'", "url_file: /u", "max_alerts: 5",
      "timeout: 5s", "payload: {a: b}",
      "http_config: {basic_auth: {username: u, password: p}}", NULL}},
};

/* All that became of a file. */
static struct str read_all(struct str text, struct arena *a)
{
    struct buf all freed_by(buf_release) = BUF(1u << 20);
    struct json_out o = {.to = &all};
    struct import i;
    struct error err = {0};

    import_begin(&i, NULL, false, a);
    if (!alertmanager_file_read(text, &i, &err))
        fail_msg("%.*s: %s", STR_ARG(text), err.text);
    for (size_t k = 0; k < i.n; k++)
        out_tree(&o, NULL, i.edits[k].object);
    for (size_t k = 0; k < i.line_count; k++)
        buf_printf(&all, "%d %s %.*s %.*s\n", (int)i.lines[k].result, i.lines[k].kind,
                   STR_ARG(i.lines[k].name), STR_ARG(i.lines[k].text));
    return arena_str(a, buf_view(&all));
}

static struct str file_with(const char *text, const char *key, struct arena *a)
{
    struct str all = str_of(text);
    size_t at = 0;

    while (!str_starts(str_from(all, at), "%s"))
        at++;
    return arena_printf(a, "%.*s%s%.*s", STR_ARG(str_first(all, at)), key,
                        STR_ARG(str_from(all, at + 2)));
}

static void no_key_is_dropped_in_silence(void **state unused)
{
    size_t dropped = 0;

    for (size_t s = 0; s < COUNT_OF(sections); s++) {
        struct arena a freed_by(arena_release) = {0};
        struct str without = read_all(file_with(sections[s].text, "", &a), &a);

        for (size_t k = 0; sections[s].keys[k] != NULL; k++)
            if (str_eq(without, read_all(file_with(sections[s].text,
                                                   sections[s].keys[k], &a), &a))) {
                print_error("%s in\n%s", sections[s].keys[k], sections[s].text);
                dropped++;
            }
    }
    assert_int_equal(dropped, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_key_is_dropped_in_silence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
