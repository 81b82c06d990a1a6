/* ntopng_endpoints.c -- what ntopng's notification types are called here, and their
 * parameters. */
#include "config/ntopng_endpoints.h"

struct carried {
    const char *theirs, *ours;
};

struct known_type {
    const char *theirs, *ours;
    const struct carried *endpoint, *recipient; /* what only changes its name */
    /* The rest; may be NULL. False: it would not work as it is. */
    bool (*more)(struct import *i, struct str name, const struct json *conf,
                 struct json_list *params);
};

static const struct carried none[] = {{NULL, NULL}};

static struct str member(const struct json *object, const char *name)
{
    return str_trim(json_text(json_get(object, name)));
}

/* ntopng writes its numbers as text. */
static void port_add(struct import *i, struct str name, struct str port,
                     struct json_list *params, const char *ours)
{
    int64_t number;

    if (port.n == 0)
        return;
    if (str_to_i64(port, &number))
        import_i64(i, params, ours, number);
    else
        import_say(i, IMPORT_ADJUSTED, "endpoint", name,
                   "taken without its port, which is no number");
}

/* ntopng never asked for STARTTLS. A password does not go in clear here. */
static bool email_more(struct import *i, struct str name,
                       const struct json *conf, struct json_list *params)
{
    struct str server = member(conf, "smtp_server"), rest = server, port;
    const char *security = "none";

    if (str_starts(server, "smtps://"))
        security = "tls";
    else if (member(conf, "smtp_password").n > 0)
        security = "starttls";
    for (size_t at = str_find(rest, ':'); at < rest.n; at = rest.n)
        if (str_starts(str_from(rest, at), "://"))
            server = str_from(rest, at + 3);
    rest = server;
    server = str_until(&rest, ':');
    port = member(conf, "smtp_port").n > 0 ? member(conf, "smtp_port") : rest;
    import_text(i, params, "smtp_server", server);
    port_add(i, name, port, params, "smtp_port");
    import_text(i, params, "security", str_of(security));
    if (strcmp(security, "starttls") == 0)
        import_say(i, IMPORT_ADJUSTED, "endpoint", name,
                   "ntopng sent the password in clear; here the server must "
                   "take STARTTLS");
    else if (strcmp(security, "none") == 0)
        import_say(
            i, IMPORT_ADJUSTED, "endpoint", name,
            "mail goes in clear, as from ntopng: set security to starttls "
            "if the server can");
    if (json_bool_or(json_get(conf, "use_proxy"), false) ||
        str_is(member(conf, "use_proxy"), "true"))
        import_say(i, IMPORT_LEFT, "endpoint", name,
                   "the proxy: mail goes straight to its server here");
    return true;
}

static bool syslog_more(struct import *i, struct str name,
                        const struct json *conf, struct json_list *params)
{
    static const struct {
        const char *theirs, *format, *header;
    } formats[] = {{"plaintext", "text", "rfc3164"},
                   {"plaintextrfc", "text", "rfc5424"},
                   {"json", "json", "rfc3164"},
                   {"ecs", "ecs", "rfc3164"},
                   {"checkmk", "checkmk", "rfc5424"}};
    struct str format = member(conf, "syslog_alert_format");
    struct str host = member(conf, "syslog_host");
    struct str protocol = member(conf, "syslog_protocol");

    for (size_t k = 0; k < COUNT_OF(formats); k++)
        if (str_is(format, formats[k].theirs)) {
            import_text(i, params, "format", str_of(formats[k].format));
            import_text(i, params, "header", str_of(formats[k].header));
        }
    if (host.n == 0)
        return true; /* this machine's syslog, here as there */
    import_text(i, params, "host", host);
    import_text(i, params, "transport", protocol.n > 0 ? protocol : STR("udp"));
    if (str_is(protocol, "tcp"))
        import_text(i, params, "framing", STR("lf"));
    port_add(i, name, member(conf, "syslog_port"), params, "port");
    return true;
}

static bool teams_more(struct import *i, struct str name,
                       const struct json *conf, struct json_list *params)
{
    struct str url = member(conf, "teams_url");
    bool connector = false;

    for (size_t at = 0; at < url.n && !connector; at++)
        connector = str_starts(str_from(url, at), ".office.com/");
    if (!connector)
        return true;
    import_connector(i, params, "endpoint", name);
    return false;
}

static bool slack_more(struct import *i, struct str name,
                       const struct json *conf, struct json_list *params)
{
    (void)params;
    if (member(conf, "slack_sender_username").n > 0)
        import_say(
            i, IMPORT_ADJUSTED, "endpoint", name,
            "taken without the sender's name: Slack's webhooks go by the "
            "name of their app");
    return true;
}

/* ntopng sends to any server, so those in the own network stay allowed. */
static bool webhook_more(struct import *i, struct str name,
                         const struct json *conf, struct json_list *params)
{
    (void)name;
    (void)conf;
    import_bool(i, params, "allow_private", true);
    return true;
}

static const struct known_type types[] = {
    {"discord", "discord",
     (const struct carried[]){{"discord_url", "url"}, {NULL, NULL}},
     (const struct carried[]){{"discord_username", "username"}, {NULL, NULL}},
     NULL},
    {"elasticsearch", "elasticsearch",
     (const struct carried[]){{"elasticsearch_url", "url"},
                              {"elasticsearch_username", "username"},
                              {"elasticsearch_password", "password"},
                              {NULL, NULL}},
     (const struct carried[]){{"elasticsearch_index", "index_prefix"},
                              {NULL, NULL}},
     NULL},
    {"email", "email",
     (const struct carried[]){{"email_sender", "email_sender"},
                              {"smtp_username", "smtp_username"},
                              {"smtp_password", "smtp_password"},
                              {NULL, NULL}},
     (const struct carried[]){{"email_recipient", "email_recipient"},
                              {"cc", "cc"},
                              {NULL, NULL}},
     email_more},
    {"fail2ban", "fail2ban", none,
     (const struct carried[]){{"fail2ban_jail", "jail"}, {NULL, NULL}}, NULL},
    {"mattermost", "mattermost",
     (const struct carried[]){{"mattermost_url", "url"},
                              {"mattermost_token", "token"},
                              {NULL, NULL}},
     (const struct carried[]){{"mattermost_channelname", "channel_id"},
                              {NULL, NULL}},
     NULL},
    {"pagerduty", "pagerduty",
     (const struct carried[]){{"pagerduty_integration_key", "integration_key"},
                              {NULL, NULL}},
     none, NULL},
    {"shell", "shell",
     (const struct carried[]){{"shell_script", "script"}, {NULL, NULL}},
     (const struct carried[]){{"shell_script_options", "options"},
                              {"shell_script_execution", "execution"},
                              {NULL, NULL}},
     NULL},
    {"slack", "slack",
     (const struct carried[]){{"slack_webhook", "webhook"}, {NULL, NULL}}, none,
     slack_more},
    {"syslog", "syslog", none, none, syslog_more},
    {"teams", "teams",
     (const struct carried[]){{"teams_url", "url"}, {NULL, NULL}}, none,
     teams_more},
    {"telegram", "telegram",
     (const struct carried[]){{"telegram_token", "token"}, {NULL, NULL}},
     (const struct carried[]){{"telegram_channel", "chat_id"}, {NULL, NULL}},
     NULL},
    {"thehive", "thehive",
     (const struct carried[]){{"thehive_url", "url"},
                              {"thehive_token", "api_key"},
                              {"thehive_obs_url", "observable_url"},
                              {"thehive_obs_mail", "observable_email"},
                              {NULL, NULL}},
     none, NULL},
    {"webhook", "webhook",
     (const struct carried[]){{"webhook_url", "url"},
                              {"webhook_sharedsecret", "shared_secret"},
                              {"webhook_username", "username"},
                              {"webhook_password", "password"},
                              {NULL, NULL}},
     none, webhook_more},
    {"wechat", "wechat",
     (const struct carried[]){{"wechat_url", "url"}, {NULL, NULL}}, none, NULL},
};

static const struct known_type *known(struct str key)
{
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (str_is(key, types[i].theirs))
            return &types[i];
    return NULL;
}

static void carry(struct import *i, const struct carried *rows,
                  const struct json *theirs, struct json_list *params)
{
    for (; rows->theirs != NULL; rows++)
        import_text(i, params, rows->ours, member(theirs, rows->theirs));
}

bool ntopng_endpoint_params(struct import *i, struct str key, struct str name,
                            const struct json *conf, const char **type,
                            struct json_list *params, bool *works)
{
    const struct known_type *t = known(key);

    if (t == NULL) {
        import_say(i, IMPORT_LEFT, "endpoint", name,
                   "Tocsin has no endpoint of its type \"%.*s\"",
                   STR_ARG(str_first(key, utf8_cut(key, 60))));
        return false;
    }
    *type = t->ours;
    carry(i, t->endpoint, conf, params);
    *works = t->more == NULL || t->more(i, name, conf, params);
    return true;
}

void ntopng_recipient_params(struct import *i, struct str key,
                             const struct json *theirs,
                             struct json_list *params)
{
    const struct known_type *t = known(key);

    assert(t != NULL); /* its endpoint was taken */
    carry(i, t->recipient, theirs, params);
}
