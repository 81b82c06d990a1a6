/* alertmanager_targets.c -- Alertmanager's integrations and what they are here. */
#include "config/alertmanager_own.h"

#define SMTPS_PORT 465

struct integration {
    const char *theirs, *ours;
    bool tells_releases; /* send_resolved, when it is not there */
    bool (*read)(struct import *i, struct am_target *t);
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
    if (number == SMTPS_PORT)
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
    const struct json *http = json_get(t->config, "http_config");
    struct str token =
        json_text(json_get(json_get(http, "authorization"), "credentials"));
    struct str app = secret(i, t, "app_token", "slack_app_token");

    if (token.n == 0)
        token = app;
    if (token.n > 0) {
        import_text(i, &t->endpoint, "bot_token", token);
        import_text(i, &t->recipient, "channel", own(t, "channel"));
    } else {
        import_text(i, &t->endpoint, "webhook",
                    secret(i, t, "api_url", "slack_api_url"));
    }
    return true;
}

static bool pagerduty_read(struct import *i, struct am_target *t)
{
    struct str key = secret(i, t, "routing_key", NULL);

    if (key.n == 0)
        return refuse(i, t,
                      "PagerDuty by a service_key, which is its old API: "
                      "make an Events API v2 integration");
    import_text(i, &t->endpoint, "integration_key", key);
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
    return true;
}

static bool webhook_read(struct import *i, struct am_target *t)
{
    const struct json *basic =
        json_get(json_get(t->config, "http_config"), "basic_auth");
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
    import_text(i, &t->endpoint, "format", STR("messagecard"));
    import_say(i, IMPORT_ADJUSTED, "recipient", t->receiver,
               "an Office 365 connector, which Microsoft retires: taken, but "
               "switched off; make a workflow and give its URL");
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

static const struct integration integrations[] = {
    {"discord_configs", "discord", true, discord_read},
    {"email_configs", "email", false, email_read},
    {"mattermost_configs", "mattermost", true, mattermost_read},
    {"msteams_configs", "teams", true, connector_read},
    {"msteamsv2_configs", "teams", true, workflow_read},
    {"pagerduty_configs", "pagerduty", true, pagerduty_read},
    {"slack_configs", "slack", false, slack_read},
    {"telegram_configs", "telegram", true, telegram_read},
    {"webhook_configs", "webhook", true, webhook_read},
};

/* What Tocsin does not send of what Alertmanager would. */
static void words_say(struct import *i, const struct am_target *t)
{
    static const char *const words[] = {"html",    "text", "title", "message",
                                        "headers", "card", NULL};

    for (size_t k = 0; words[k] != NULL; k++)
        if (json_get(t->config, words[k]) != NULL) {
            import_say(i, IMPORT_LEFT, "recipient", t->receiver,
                       "its own \"%s\": templates are written otherwise here, "
                       "see docs/templates.md",
                       words[k]);
            return;
        }
}

bool am_target_read(struct import *i, struct str integration,
                    struct am_target *t)
{
    for (size_t k = 0; k < COUNT_OF(integrations); k++) {
        if (!str_is(integration, integrations[k].theirs))
            continue;
        t->type = integrations[k].ours;
        t->tells_releases = integrations[k].tells_releases;
        t->works = true;
        words_say(i, t);
        return integrations[k].read(i, t);
    }
    import_say(i, IMPORT_LEFT, "recipient", t->receiver,
               "\"%.*s\": Tocsin has no endpoint of that type",
               STR_ARG(str_first(integration, utf8_cut(integration, 60))));
    return false;
}
