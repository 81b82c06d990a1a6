/* apprise_targets.c -- Apprise's schemes and what they are here. How each address
 * is laid out: https://github.com/caronc/apprise/wiki. */
#include "config/apprise_targets.h"

struct scheme {
    const char *name, *type;
    bool (*read)(struct import *i, struct apprise_target *t);
};

static bool refuse(struct import *i, const struct apprise_target *t,
                   const char *what)
{
    import_say(i, IMPORT_LEFT, "recipient", t->line, "%.*s: %s",
               STR_ARG(t->url->scheme), what);
    return false;
}

static void adjust(struct import *i, const struct apprise_target *t,
                   const char *what)
{
    import_say(i, IMPORT_ADJUSTED, "recipient", t->line, "%.*s: %s",
               STR_ARG(t->url->scheme), what);
}

static struct str part(const struct apprise_target *t, size_t at)
{
    return at < t->url->part_count ? t->url->parts[at] : STR_NONE;
}

/* One more recipient on the endpoint. */
static struct json_list *recipient(struct apprise_target *t)
{
    assert(t->recipient_count < COUNT_OF(t->recipients));
    return &t->recipients[t->recipient_count++];
}

static bool discord_read(struct import *i, struct apprise_target *t)
{
    struct json_list *r = recipient(t);

    if (t->url->host.n == 0 || part(t, 0).n == 0)
        return refuse(i, t, "needs the webhook's id and token");
    import_text(i, &t->endpoint, "url",
                arena_printf(i->a, "https://discord.com/api/webhooks/%.*s/%.*s",
                             STR_ARG(t->url->host), STR_ARG(part(t, 0))));
    import_text(i, r, "username", t->url->user);
    import_text(i, r, "thread_id", apprise_query(t->url, "thread"));
    return true;
}

/* A bot posts to as many channels as are named; a webhook has one of its own. */
static bool slack_read(struct import *i, struct apprise_target *t)
{
    const struct apprise_url *u = t->url;

    if (str_starts(u->host, "xox")) {
        import_text(i, &t->endpoint, "bot_token", u->host);
        for (size_t k = 0; k < u->part_count; k++)
            import_text(i, recipient(t), "channel", u->parts[k]);
        return u->part_count > 0 || refuse(i, t, "a bot needs a channel");
    }
    if (part(t, 1).n == 0)
        return refuse(i, t, "needs a bot's token, or a webhook's three parts");
    import_text(i, &t->endpoint, "webhook",
                arena_printf(i->a,
                             "https://hooks.slack.com/services/%.*s/%.*s/%.*s",
                             STR_ARG(u->host), STR_ARG(part(t, 0)),
                             STR_ARG(part(t, 1))));
    recipient(t);
    if (u->part_count > 2)
        adjust(i, t,
               "taken without its channels: a webhook posts to the one it "
               "was made for");
    return true;
}

static bool telegram_read(struct import *i, struct apprise_target *t)
{
    const struct apprise_url *u = t->url;
    struct str topic = apprise_query(u, "topic");

    if (topic.n == 0)
        topic = apprise_query(u, "thread");
    import_text(i, &t->endpoint, "token", u->authority);
    for (size_t k = 0; k < u->part_count; k++) {
        struct json_list *r = recipient(t);

        import_text(i, r, "chat_id", u->parts[k]);
        import_number(i, r, "topic_id", topic);
    }
    return u->part_count > 0 ||
           refuse(i, t,
                  "names no chat; Apprise took whoever wrote to the bot "
                  "last");
}

/* --- mail ----------------------------------------------------------------------- */

struct provider {
    const char *domain, *server;
    int port;
    const char *security;
};

/* What Apprise knows by heart; the user's name there is the whole address. */
static const struct provider providers[] = {
    {"fastmail.com", "smtp.fastmail.com", 465, "tls"},
    {"gmail.com", "smtp.gmail.com", 587, "starttls"},
    {"hotmail.com", "smtp-mail.outlook.com", 587, "starttls"},
    {"live.com", "smtp-mail.outlook.com", 587, "starttls"},
    {"outlook.com", "smtp-mail.outlook.com", 587, "starttls"},
    {"yahoo.com", "smtp.mail.yahoo.com", 465, "tls"},
    {"zoho.com", "smtp.zoho.com", 587, "starttls"},
};

static const struct provider *provider_of(struct str domain)
{
    for (size_t k = 0; k < COUNT_OF(providers); k++)
        if (str_is_nocase(domain, providers[k].domain))
            return &providers[k];
    return NULL;
}

static struct str address_of(struct import *i, struct str who,
                             struct str domain)
{
    if (who.n == 0 || str_find(who, '@') < who.n)
        return who;
    return arena_printf(i->a, "%.*s@%.*s", STR_ARG(who), STR_ARG(domain));
}

static void mail_server_add(struct import *i, struct apprise_target *t,
                            const struct provider *p)
{
    const struct apprise_url *u = t->url;
    struct str server = apprise_query(u, "smtp"), port = u->port;
    struct str mode = apprise_query(u, "mode");
    bool secure = str_is(u->scheme, "mailtos") || u->pass.n > 0;
    const char *security = !secure               ? "none"
                           : str_is(mode, "ssl") ? "tls"
                                                 : "starttls";

    if (p != NULL && server.n == 0) {
        server = str_of(p->server);
        security = p->security;
        port = arena_printf(i->a, "%d", p->port);
    }
    import_text(i, &t->endpoint, "smtp_server",
                server.n > 0 ? server : u->host);
    import_number(i, &t->endpoint, "smtp_port", port);
    import_text(i, &t->endpoint, "security", str_of(security));
    if (p == NULL && u->pass.n > 0 && str_is(u->scheme, "mailto"))
        adjust(i, t,
               "Apprise sent the password in clear; here the server must "
               "take STARTTLS");
}

/* Everybody the address names, with commas between. */
static struct str mail_to(struct import *i, const struct apprise_target *t,
                          struct str self)
{
    const struct apprise_url *u = t->url;
    struct buf to freed_by(buf_release) = BUF(APPRISE_URL_MAX);

    buf_str(&to, apprise_query(u, "to"));
    for (size_t k = 0; k < u->part_count; k++)
        buf_printf(&to, "%s%.*s", to.n > 0 ? "," : "", STR_ARG(u->parts[k]));
    return to.n > 0 ? arena_str(i->a, buf_view(&to)) : self;
}

static bool mail_read(struct import *i, struct apprise_target *t)
{
    const struct apprise_url *u = t->url;
    const struct provider *p = provider_of(u->host);
    struct str user = u->user.n > 0 ? u->user : apprise_query(u, "user");
    struct str pass = u->pass.n > 0 ? u->pass : apprise_query(u, "pass");
    struct str self = address_of(i, user, u->host);
    struct str from = apprise_query(u, "from");
    struct json_list *r = recipient(t);

    if (str_find(from, '@') == from.n)
        from = self; /* Apprise takes a word without '@' for a display name */
    if (from.n == 0)
        return refuse(i, t, "names no sender");
    mail_server_add(i, t, p);
    import_text(i, &t->endpoint, "email_sender", from);
    if (pass.n > 0) {
        import_text(i, &t->endpoint, "smtp_username", p != NULL ? self : user);
        import_text(i, &t->endpoint, "smtp_password", pass);
    }
    import_text(i, r, "email_recipient", mail_to(i, t, self));
    import_text(i, r, "cc", apprise_query(u, "cc"));
    return true;
}

/* --- the others ------------------------------------------------------------------ */

static struct str web_address(struct import *i, const struct apprise_target *t,
                              const char *port, size_t parts)
{
    const struct apprise_url *u = t->url;
    struct buf b freed_by(buf_release) = BUF(APPRISE_URL_MAX * 2);

    buf_printf(&b, "%s://%.*s", str_ends(u->scheme, "s") ? "https" : "http",
               STR_ARG(u->host));
    if (u->port.n > 0 || port != NULL)
        buf_printf(&b, ":%.*s",
                   STR_ARG(u->port.n > 0 ? u->port : str_of(port)));
    for (size_t k = 0; k < parts; k++)
        buf_printf(&b, "/%.*s", STR_ARG(u->parts[k]));
    return arena_str(i->a, buf_view(&b));
}

static bool json_read(struct import *i, struct apprise_target *t)
{
    const struct apprise_url *u = t->url;

    import_text(i, &t->endpoint, "url", web_address(i, t, NULL, u->part_count));
    import_text(i, &t->endpoint, "format", STR("ntopng"));
    import_bool(i, &t->endpoint, "allow_private", true);
    import_text(i, &t->endpoint, "username", u->user);
    import_text(i, &t->endpoint, "password", u->pass);
    recipient(t);
    adjust(i, t,
           "it gets Tocsin's bodies, which are ntopng's, not Apprise's; "
           "servers in the own network stay allowed");
    return true;
}

static bool mattermost_read(struct import *i, struct apprise_target *t)
{
    const struct apprise_url *u = t->url;
    struct str channels = apprise_query(u, "channel");
    size_t n = u->part_count;

    if (n == 0)
        return refuse(i, t, "needs the webhook's token");
    import_text(i, &t->endpoint, "url",
                arena_printf(i->a, "%.*s/hooks/%.*s",
                             STR_ARG(web_address(i, t, "8065", n - 1)),
                             STR_ARG(u->parts[n - 1])));
    do {
        import_text(i, recipient(t), "channel", str_until(&channels, ','));
    } while (channels.n > 0 && t->recipient_count < APPRISE_PARTS_MAX);
    return true;
}

static bool connector_read(struct import *i, struct apprise_target *t)
{
    if (part(t, 2).n == 0)
        return refuse(i, t, "needs the connector's team and three tokens");
    import_text(i, &t->endpoint, "url",
                arena_printf(i->a,
                             "https://%.*s.webhook.office.com/webhookb2/%.*s/"
                             "IncomingWebhook/%.*s/%.*s",
                             STR_ARG(t->url->host), STR_ARG(part(t, 0)),
                             STR_ARG(part(t, 1)), STR_ARG(part(t, 2))));
    import_connector(i, &t->endpoint, "recipient", t->line);
    recipient(t);
    t->works = false;
    return true;
}

static bool pagerduty_read(struct import *i, struct apprise_target *t)
{
    import_text(i, &t->endpoint, "integration_key", t->url->user);
    import_text(i, &t->endpoint, "region", apprise_query(t->url, "region"));
    recipient(t);
    return true;
}

static bool wecom_read(struct import *i, struct apprise_target *t)
{
    import_text(i, &t->endpoint, "url",
                arena_printf(i->a,
                             "https://qyapi.weixin.qq.com/cgi-bin/webhook/"
                             "send?key=%.*s",
                             STR_ARG(t->url->host)));
    recipient(t);
    return true;
}

static bool syslog_read(struct import *i, struct apprise_target *t)
{
    import_text(i, &t->endpoint, "facility", t->url->host);
    recipient(t);
    return true;
}

static bool rsyslog_read(struct import *i, struct apprise_target *t)
{
    import_text(i, &t->endpoint, "host", t->url->host);
    import_text(i, &t->endpoint, "transport", STR("udp"));
    import_number(i, &t->endpoint, "port", t->url->port);
    import_text(i, &t->endpoint, "facility", part(t, 0));
    recipient(t);
    return true;
}

/* The services' own addresses, which Apprise takes as well. */
static bool native_read(struct import *i, struct apprise_target *t)
{
    static const struct {
        const char *host, *type, *field;
    } natives[] = {
        {"discord.com", "discord", "url"},
        {"discordapp.com", "discord", "url"},
        {"hooks.slack.com", "slack", "webhook"},
        {"qyapi.weixin.qq.com", "wechat", "url"},
    };
    struct str address = web_address(i, t, NULL, t->url->part_count);
    struct str key = apprise_query(t->url, "key");

    if (key.n > 0)
        address =
            arena_printf(i->a, "%.*s?key=%.*s", STR_ARG(address), STR_ARG(key));
    for (size_t k = 0; k < COUNT_OF(natives); k++)
        if (str_is_nocase(t->url->host, natives[k].host)) {
            t->type = natives[k].type;
            import_text(i, &t->endpoint, natives[k].field, address);
            recipient(t);
            return true;
        }
    return refuse(i, t, "no service that Tocsin knows by that address");
}

static const struct scheme schemes[] = {
    {"discord", "discord", discord_read},
    {"https", "", native_read},
    {"json", "webhook", json_read},
    {"jsons", "webhook", json_read},
    {"mailto", "email", mail_read},
    {"mailtos", "email", mail_read},
    {"mmost", "mattermost", mattermost_read},
    {"mmosts", "mattermost", mattermost_read},
    {"msteams", "teams", connector_read},
    {"pagerduty", "pagerduty", pagerduty_read},
    {"rsyslog", "syslog", rsyslog_read},
    {"slack", "slack", slack_read},
    {"syslog", "syslog", syslog_read},
    {"tgram", "telegram", telegram_read},
    {"wecombot", "wechat", wecom_read},
};

bool apprise_target_read(struct import *i, struct apprise_target *t)
{
    for (size_t k = 0; k < COUNT_OF(schemes); k++)
        if (str_is(t->url->scheme, schemes[k].name)) {
            t->type = schemes[k].type;
            t->works = true;
            return schemes[k].read(i, t);
        }
    return refuse(i, t, "Tocsin has no endpoint of that type");
}
