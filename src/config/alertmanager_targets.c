/* alertmanager_targets.c -- Alertmanager's integrations and what they are here. */
#include "config/alertmanager_own.h"

#define SMTPS_PORT 465

struct integration {
    const char *theirs, *ours;
    bool tells_releases; /* send_resolved, when it is not there */
    bool (*read)(struct import *i, struct am_target *t);
    const char *const *reads; /* as am_target's */
};

static struct str own(const struct am_target *t, const char *name)
{
    return str_trim(json_text(json_get(t->config, name)));
}

static bool refuse(struct import *i, const struct am_target *t,
                   const char *what)
{
    import_say(i, IMPORT_LEFT, "recipient", t->receiver, "%s", what);
    return false;
}

const struct json *am_http(const struct am_target *t)
{
    const struct json *own = json_get(t->config, "http_config");

    if (str_is(str_of(t->type), "email"))
        return NULL;
    return own != NULL ? own : json_get(t->global, "http_config");
}

const struct json *am_tls(const struct am_target *t)
{
    const struct json *own = json_get(t->config, "tls_config");

    if (!str_is(str_of(t->type), "email"))
        return json_get(am_http(t), "tls_config");
    return own != NULL ? own : json_get(t->global, "smtp_tls_config");
}

/* NAME, or the path in NAME_file as a reference; else the same in `global`. */
static struct str secret(struct import *i, const struct am_target *t,
                         const char *name, const char *global)
{
    struct str value = own(t, name), path;

    path = own(t, arena_c(i->a, arena_printf(i->a, "%s_file", name)));
    if (value.n == 0 && path.n == 0 && global != NULL) {
        value = str_trim(json_text(json_get(t->global, global)));
        path = str_trim(json_text(
            json_get(t->global,
                     arena_c(i->a, arena_printf(i->a, "%s_file", global)))));
    }
    if (value.n == 0 && path.n > 0)
        return arena_printf(i->a, "file:%.*s", STR_ARG(path));
    return value;
}

static struct str own_or(const struct am_target *t, const char *name,
                         const char *global)
{
    struct str value = own(t, name);

    return value.n > 0 ? value
                       : str_trim(json_text(json_get(t->global, global)));
}

/* "mail.example.org:587", "[2001:db8::1]:25". */
static void smarthost_add(struct import *i, struct am_target *t)
{
    struct str server = own_or(t, "smarthost", "smtp_smarthost"), port;
    const char *security = "starttls";
    size_t at = server.n;
    int64_t number = 0;

    while (at > 0 && server.p[at - 1] != ':')
        at--;
    port = at > 0 ? str_from(server, at) : STR_NONE;
    server = at > 0 ? str_first(server, at - 1) : server;
    if (str_starts(server, "[") && str_ends(server, "]"))
        server = str_first(str_from(server, 1), server.n - 2);
    import_text(i, &t->endpoint, "smtp_server", server);
    if (str_to_i64(port, &number))
        import_i64(i, &t->endpoint, "smtp_port", number);
    if (number == SMTPS_PORT ||
        str_is(own_or(t, "force_implicit_tls", "smtp_force_implicit_tls"), "true"))
        security = "tls";
    else if (str_is(own_or(t, "require_tls", "smtp_require_tls"), "false"))
        security = "none";
    import_text(i, &t->endpoint, "security", str_of(security));
}

static bool email_read(struct import *i, struct am_target *t)
{
    smarthost_add(i, t);
    import_text(i, &t->endpoint, "email_sender",
                own_or(t, "from", "smtp_from"));
    import_text(i, &t->endpoint, "smtp_username",
                own_or(t, "auth_username", "smtp_auth_username"));
    import_text(i, &t->endpoint, "smtp_password",
                secret(i, t, "auth_password", "smtp_auth_password"));
    import_text(i, &t->recipient, "email_recipient", own(t, "to"));
    return true;
}

static bool slack_read(struct import *i, struct am_target *t)
{
    struct am_target authorization = {
        .config = json_get(am_http(t), "authorization"),
    };
    struct str token = secret(i, &authorization, "credentials", NULL);
    struct str app = secret(i, t, "app_token", "slack_app_token");

    if (token.n == 0)
        token = app;
    if (token.n > 0) {
        import_text(i, &t->endpoint, "bot_token", token);
        import_text(i, &t->recipient, "channel", own(t, "channel"));
    } else {
        import_text(i, &t->endpoint, "webhook",
                    secret(i, t, "api_url", "slack_api_url"));
        if (own(t, "channel").n > 0)
            import_say(i, IMPORT_ADJUSTED, "recipient", t->receiver,
                       "its channel: that of its webhook, as Slack has it");
    }
    return true;
}

/* Theirs has the path of the API in it; ours has not. */
static void events_url_add(struct import *i, struct am_target *t)
{
    static const char path[] = "/v2/enqueue";
    struct str url = own_or(t, "url", "pagerduty_url");

    if (url.n == 0 || str_is(url, "https://events.pagerduty.com/v2/enqueue"))
        return;
    if (str_ends(url, path)) {
        import_text(i, &t->endpoint, "api_url", str_first(url, url.n - strlen(path)));
        import_bool(i, &t->endpoint, "allow_private", true);
        return;
    }
    import_say(i, IMPORT_LEFT, "recipient", t->receiver,
               "url: no address of PagerDuty's API that ends in %s", path);
}

static bool pagerduty_read(struct import *i, struct am_target *t)
{
    struct str key = secret(i, t, "routing_key", NULL);

    if (key.n == 0)
        return refuse(i, t,
                      "PagerDuty by a service_key, which is its old API: "
                      "make an Events API v2 integration");
    if (own(t, "service_key").n > 0 || own(t, "service_key_file").n > 0)
        import_say(i, IMPORT_LEFT, "recipient", t->receiver,
                   "service_key: the routing_key counts");
    import_text(i, &t->endpoint, "integration_key", key);
    events_url_add(i, t);
    return true;
}

static bool discord_read(struct import *i, struct am_target *t)
{
    import_text(i, &t->endpoint, "url", secret(i, t, "webhook_url", NULL));
    import_text(i, &t->recipient, "username", own(t, "username"));
    return true;
}

static bool telegram_read(struct import *i, struct am_target *t)
{
    import_text(i, &t->endpoint, "token",
                secret(i, t, "bot_token", "telegram_bot_token"));
    import_text(i, &t->endpoint, "api_url",
                own_or(t, "api_url", "telegram_api_url"));
    import_text(i, &t->recipient, "chat_id", own(t, "chat_id"));
    import_number(i, &t->recipient, "topic_id", own(t, "message_thread_id"));
    if (str_is(own(t, "disable_notifications"), "true"))
        import_say(i, IMPORT_ADJUSTED, "recipient", t->receiver,
                   "disable_notifications: all but critical alerts come without a sound");
    if (str_is(own(t, "disable_notifications"), "true"))
        import_text(i, &t->recipient, "quiet_below", STR("critical"));
    return true;
}

static bool webhook_read(struct import *i, struct am_target *t)
{
    const struct json *basic = json_get(am_http(t), "basic_auth");
    struct am_target b = {.config = basic};
    struct str url = secret(i, t, "url", NULL);

    if (str_starts(url, "file:"))
        return refuse(i, t,
                      "a webhook whose URL is in a file: here the URL is "
                      "no secret; name it in the endpoint");
    import_text(i, &t->endpoint, "url", url);
    import_text(i, &t->endpoint, "format", STR("ntopng"));
    import_bool(i, &t->endpoint, "allow_private", true);
    import_text(i, &t->endpoint, "username", own(&b, "username"));
    import_text(i, &t->endpoint, "password", secret(i, &b, "password", NULL));
    import_say(i, IMPORT_ADJUSTED, "recipient", t->receiver,
               "its webhook gets Tocsin's bodies, which are ntopng's, not "
               "Alertmanager's; servers in the own network stay allowed");
    return true;
}

static bool connector_read(struct import *i, struct am_target *t)
{
    import_text(i, &t->endpoint, "url", secret(i, t, "webhook_url", NULL));
    import_connector(i, &t->endpoint, "recipient", t->receiver);
    t->works = false;
    return true;
}

static bool workflow_read(struct import *i, struct am_target *t)
{
    import_text(i, &t->endpoint, "url", secret(i, t, "webhook_url", NULL));
    return true;
}

static bool mattermost_read(struct import *i, struct am_target *t)
{
    import_text(i, &t->endpoint, "url",
                secret(i, t, "webhook_url", "mattermost_webhook_url"));
    import_text(i, &t->recipient, "channel", own(t, "channel"));
    return true;
}

/* What each reads of its own keys, and of http_config's. */
static const char *const discord_keys[] = {"username", "webhook_url", "webhook_url_file",
                                           NULL};
static const char *const email_keys[] = {
    "auth_password", "auth_password_file", "auth_username", "force_implicit_tls",
    "from",          "require_tls",        "smarthost",     "to",
    NULL};
static const char *const mattermost_keys[] = {"channel", "webhook_url",
                                              "webhook_url_file", NULL};
static const char *const teams_keys[] = {"webhook_url", "webhook_url_file", NULL};
static const char *const pagerduty_keys[] = {
    "routing_key", "routing_key_file", "service_key", "service_key_file", "url", NULL};
static const char *const slack_keys[] = {
    "api_url", "api_url_file", "app_token", "app_token_file", "authorization", "channel",
    NULL};
static const char *const telegram_keys[] = {
    "api_url",          "bot_token", "bot_token_file", "chat_id", "disable_notifications",
    "message_thread_id", NULL};
static const char *const webhook_keys[] = {"basic_auth", "url", "url_file", NULL};

static const struct integration integrations[] = {
    {"discord_configs", "discord", true, discord_read, discord_keys},
    {"email_configs", "email", false, email_read, email_keys},
    {"mattermost_configs", "mattermost", true, mattermost_read, mattermost_keys},
    {"msteams_configs", "teams", true, connector_read, teams_keys},
    {"msteamsv2_configs", "teams", true, workflow_read, teams_keys},
    {"pagerduty_configs", "pagerduty", true, pagerduty_read, pagerduty_keys},
    {"slack_configs", "slack", false, slack_read, slack_keys},
    {"telegram_configs", "telegram", true, telegram_read, telegram_keys},
    {"webhook_configs", "webhook", true, webhook_read, webhook_keys},
};

bool am_target_read(struct import *i, struct str integration,
                    struct am_target *t)
{
    for (size_t k = 0; k < COUNT_OF(integrations); k++) {
        if (!str_is(integration, integrations[k].theirs))
            continue;
        t->type = integrations[k].ours;
        t->tells_releases = integrations[k].tells_releases;
        t->reads = integrations[k].reads;
        t->works = true;
        am_target_keys_say(i, t);
        if (!integrations[k].read(i, t))
            return false;
        import_text(i, &t->endpoint, "ca_file",
                    str_trim(json_text(json_get(am_tls(t), "ca_file"))));
        return true;
    }
    import_say(i, IMPORT_LEFT, "recipient", t->receiver,
               "\"%.*s\": Tocsin has no endpoint of that type",
               STR_ARG(str_first(integration, utf8_cut(integration, 60))));
    return false;
}
