/* alertmanager_keys.c -- what becomes of the keys of alertmanager.yml that are not
 * taken over: each is named, with what is there in its place. The keys that are taken
 * over have no text here; one that no table knows is named, too. Source: Alertmanager's
 * docs/configuration.md. */
#include "config/alertmanager_own.h"

/* --- the tables -------------------------------------------------------------------- */

#define NO_ENDPOINT "Tocsin has no endpoint of that type"
#define OWN_WORDS "templates are written otherwise here, see docs/templates.md"

const struct am_key am_file_keys[] = {
    {"global", NULL},
    {"inhibit_rules", NULL},
    {"mute_time_intervals", NULL},
    {"receivers", NULL},
    {"route", NULL},
    {"templates", OWN_WORDS},
    {"time_intervals", NULL},
    {"tracing", "Tocsin sends no traces of its own work"},
    {NULL, NULL},
};

const struct am_key am_global_keys[] = {
    {"http_config", NULL},
    {"jira_api_url", NO_ENDPOINT},
    {"mattermost_webhook_url", NULL},
    {"mattermost_webhook_url_file", NULL},
    {"opsgenie_api_key", NO_ENDPOINT},
    {"opsgenie_api_key_file", NO_ENDPOINT},
    {"opsgenie_api_url", NO_ENDPOINT},
    {"pagerduty_url", NULL},
    {"resolve_timeout", NULL},
    {"rocketchat_api_url", NO_ENDPOINT},
    {"rocketchat_token", NO_ENDPOINT},
    {"rocketchat_token_file", NO_ENDPOINT},
    {"rocketchat_token_id", NO_ENDPOINT},
    {"rocketchat_token_id_file", NO_ENDPOINT},
    {"slack_api_url", NULL},
    {"slack_api_url_file", NULL},
    {"slack_app_token", NULL},
    {"slack_app_token_file", NULL},
    {"smtp_auth_identity", "only the user name and the password are sent"},
    {"smtp_auth_password", NULL},
    {"smtp_auth_password_file", NULL},
    {"smtp_auth_secret", "there is no secret besides the password"},
    {"smtp_auth_secret_file", "there is no secret besides the password"},
    {"smtp_auth_username", NULL},
    {"smtp_force_implicit_tls", NULL},
    {"smtp_from", NULL},
    {"smtp_hello", "mail servers are told the setting \"instance\""},
    {"smtp_require_tls", NULL},
    {"smtp_smarthost", NULL},
    {"smtp_tls_config", NULL},
    {"telegram_api_url", NULL},
    {"telegram_bot_token", NULL},
    {"telegram_bot_token_file", NULL},
    {"victorops_api_key", NO_ENDPOINT},
    {"victorops_api_key_file", NO_ENDPOINT},
    {"victorops_api_url", NO_ENDPOINT},
    {"webex_api_url", NO_ENDPOINT},
    {"wechat_api_corp_id", "WeCom's apps have no endpoint here, its bots have"},
    {"wechat_api_secret", "WeCom's apps have no endpoint here, its bots have"},
    {"wechat_api_url", "WeCom's apps have no endpoint here, its bots have"},
    {NULL, NULL},
};

const struct am_key am_route_keys[] = {
    {"active_time_intervals", NULL},
    {"continue", NULL},
    {"group_by", NULL},
    {"group_interval", "what comes while a message is on its way shares the next; a "
                       "recipient's \"digest\" tells all together at its times"},
    {"group_wait", "an alert is told at once; a recipient's \"storm_limit\" makes many "
                   "of them one summary"},
    {"match", NULL},
    {"match_re", NULL},
    {"matchers", NULL},
    {"mute_time_intervals", NULL},
    {"receiver", NULL},
    {"repeat_interval", "what is still engaged is not told again; \"escalate_to\" tells "
                        "somebody else until one acknowledges it"},
    {"routes", NULL},
    {NULL, NULL},
};

const struct am_key am_inhibition_keys[] = {
    {"equal", NULL},           {"name", NULL},         {"source_match", NULL},
    {"source_match_re", NULL}, {"source_matchers", NULL}, {"target_match", NULL},
    {"target_match_re", NULL}, {"target_matchers", NULL}, {NULL, NULL},
};

/* Of any integration; what is in none of these is about how a message looks. */
static const struct am_key integration_keys[] = {
    {"auth_identity", "only the user name and the password are sent"},
    {"auth_secret", "there is no secret besides the password"},
    {"auth_secret_file", "there is no secret besides the password"},
    {"chat_id_file", "the chat stands in the recipient itself"},
    {"headers", "a mail has the headers that Tocsin gives it"},
    {"hello", "mail servers are told the setting \"instance\""},
    {"http_config", NULL},
    {"max_alerts", "messages are as long as their receiver takes them"},
    {"payload", "its webhook gets Tocsin's bodies"},
    {"send_resolved", NULL},
    {"threading", "mails about one alert are one thread, always"},
    {"timeout", "requests have a time limit that cannot be set"},
    {"tls_config", NULL},
    {"update_message", "endpoints here edit or answer what they sent, always"},
    {NULL, NULL},
};

static const struct am_key http_keys[] = {
    {"authorization", "no authorization by a token of one's own"},
    {"basic_auth", "no user name and password are sent there"},
    {"enable_http2", "requests are HTTP/1.1"},
    {"follow_redirects", "redirects are never followed"},
    {"http_headers", "no headers of one's own"},
    {"no_proxy", "requests go straight, through no proxy"},
    {"oauth2", "no OAuth 2"},
    {"proxy_connect_header", "requests go straight, through no proxy"},
    {"proxy_from_environment", "requests go straight, through no proxy"},
    {"proxy_url", "requests go straight, through no proxy"},
    {"tls_config", NULL},
    {NULL, NULL},
};

static const struct am_key tls_keys[] = {
    {"ca", "the CA must be in a file: ca_file"},
    {"ca_file", NULL},
    {"ca_ref", "the CA must be in a file: ca_file"},
    {"cert", "no client certificates"},
    {"cert_file", "no client certificates"},
    {"cert_ref", "no client certificates"},
    {"insecure_skip_verify", "certificates are always checked; give the endpoint a "
                             "ca_file"},
    {"key", "no client certificates"},
    {"key_file", "no client certificates"},
    {"key_ref", "no client certificates"},
    {"max_version", "TLS 1.2 and later, as the system has it"},
    {"min_version", "TLS 1.2 and later, as the system has it"},
    {"server_name", "the certificate must be for the server's own name"},
    {NULL, NULL},
};

/* --- what is said ------------------------------------------------------------------------ */

static bool is_empty(const struct json *m)
{
    return json_is(m, JSON_NULL) ||
           ((json_is(m, JSON_ARRAY) || json_is(m, JSON_OBJECT)) && m->count == 0);
}

static const struct am_key *key_find(const struct am_key *keys, struct str name)
{
    for (; keys->name != NULL; keys++)
        if (str_is(name, keys->name))
            return keys;
    return NULL;
}

static bool is_one_of(struct str name, const char *const *names)
{
    for (; names != NULL && *names != NULL; names++)
        if (str_is(name, *names))
            return true;
    return false;
}

static struct str shown(struct str key)
{
    return str_first(key, utf8_cut(key, IMPORT_NAME_SHOWN));
}

void am_keys_say(struct import *i, const char *kind, struct str name,
                 const struct json *object, const struct am_key *keys)
{
    const struct json *m = json_is(object, JSON_OBJECT) ? object->first : NULL;

    for (; m != NULL; m = m->next) {
        const struct am_key *key = key_find(keys, m->name);

        if (is_empty(m) || (key != NULL && key->text == NULL))
            continue;
        import_say(i, IMPORT_LEFT, kind, name, "%.*s: %s", STR_ARG(shown(m->name)),
                   key != NULL ? key->text : "not known to this import");
    }
}

/* As am_keys_say, without those that this integration reads. */
static void nested_say(struct import *i, const struct am_target *t,
                       const struct json *object, const struct am_key *keys)
{
    struct json_list rest = {0};

    for (const struct json *m = json_is(object, JSON_OBJECT) ? object->first : NULL;
         m != NULL; m = m->next)
        if (!is_one_of(m->name, t->reads))
            json_list_add(&rest, i->a, m->name, m);
    am_keys_say(i, "recipient", t->receiver, json_new_object(i->a, &rest), keys);
}

static void looks_say(struct import *i, const struct am_target *t)
{
    struct str names = STR_NONE;

    for (const struct json *m = t->config->first; m != NULL; m = m->next)
        if (!is_empty(m) && !is_one_of(m->name, t->reads) &&
            key_find(integration_keys, m->name) == NULL)
            names = arena_printf(i->a, "%.*s%s%.*s", STR_ARG(names),
                                 names.n > 0 ? ", " : "", STR_ARG(shown(m->name)));
    if (names.n > 0)
        import_say(i, IMPORT_LEFT, "recipient", t->receiver,
                   "its own %.*s: messages look as Tocsin makes them; " OWN_WORDS,
                   STR_ARG(str_first(names, utf8_cut(names, ERROR_TEXT_MAX / 2))));
}

void am_target_keys_say(struct import *i, const struct am_target *t)
{
    struct json_list known = {0};
    const struct json *http = am_http(t), *tls = am_tls(t);

    if (!json_is(t->config, JSON_OBJECT))
        return;
    for (const struct json *m = t->config->first; m != NULL; m = m->next)
        if (key_find(integration_keys, m->name) != NULL)
            json_list_add(&known, i->a, m->name, m);
    nested_say(i, t, json_new_object(i->a, &known), integration_keys);
    looks_say(i, t);
    nested_say(i, t, http, http_keys);
    nested_say(i, t, tls, tls_keys);
}
