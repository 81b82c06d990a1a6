/* slack.c -- posts alerts to Slack by an incoming webhook, or as a bot: then, when
 * one is over, its message is edited and answered in its thread.
 * Source: docs.slack.dev, "Sending messages using incoming webhooks",
 * chat.postMessage, chat.update, "Rate limits". */
#include "endpoint/slack.h"

#include "base/limits.h"

#define TOKEN_PREFIX "xoxb-"
#define ID_MIN 9 /* "C01234567" */
#define NAME_POINTS 80 /* of a channel */

static const struct field slack_fields[] = {
    {TEXT(struct slack, webhook),
     .label = "Notification webhook", .optional = true, .secret = true,
     .max = 500, .format = "uri",
     .help = "URL of an incoming webhook, as https://hooks.slack.com/services/"
             "T.../B.../...; or give a bot token."},
    {TEXT(struct slack, bot_token),
     .label = "Bot token", .optional = true, .secret = true, .max = 255,
     .help = "Bot User OAuth Token of an app with the scope chat:write, xoxb-...; "
             "with it the release edits the message and answers it."},
    {TEXT(struct slack, api_url),
     .label = "API server", .fallback = "https://slack.com/api", .min = 8,
     .max = 500, .format = "uri",
     .help = "Where a bot's requests go; https://slack-gov.com/api for GovSlack."},
    {FLAG(struct slack, allow_private),
     .label = "Allow other servers", .fallback = "false",
     .help = "Also post to servers that are not Slack's: proxies and test "
             "servers, also in your own network."},
    CA_FILE(struct slack),
    FIELDS_END,
};

static const struct field slack_recipient_fields[] = {
    {TEXT(struct slack_recipient, channel),
     .label = "Channel", .optional = true, .max = 400,
     .help = "For a bot: the channel's id (C..., at the end of its details) or "
             "#name; invite the bot first. A webhook has its own."},
    {FLAG(struct slack_recipient, broadcast),
     .label = "Show releases in the channel", .fallback = "false",
     .help = "For a bot: what is answered in a message's thread is also shown in "
             "the channel."},
    FIELDS_END,
};

/* --- check ---------------------------------------------------------------- */

/* "/services/T0/B0/x" of "https://hooks.slack.com/services/T0/B0/x". */
static struct str url_path(struct str url)
{
    struct str rest = str_from(url, str_find(url, '/') + 2);

    return str_from(rest, str_find(rest, '/'));
}

static bool is_workflow(struct str webhook)
{
    struct str path = url_path(webhook);

    return str_starts(path, "/workflows/") || str_starts(path, "/triggers/");
}

static bool webhook_ok(const struct slack *s, struct error *err)
{
    static const char *const hosts[] = {"hooks.slack.com", "hooks.slack-gov.com",
                                        NULL};

    if (!check_vendor_url(s->webhook, "webhook", hosts, s->allow_private, err))
        return false;
    if (is_workflow(s->webhook))
        return check_refuse(err, "webhook",
                            "is the address of a workflow, which takes variables "
                            "of its own and no messages; give the URL of an "
                            "incoming webhook: https://hooks.slack.com/services/"
                            "...");
    if (s->allow_private || str_starts(url_path(s->webhook), "/services/"))
        return true;
    return check_refuse(err, "webhook",
                        "must be an incoming webhook's URL as Slack shows it: "
                        "https://hooks.slack.com/services/T.../B.../...");
}

static bool bot_ok(const struct slack *s, struct error *err)
{
    static const char *const hosts[] = {"slack.com", "slack-gov.com",
                                        "www.slack.com", NULL};

    if (!str_starts(s->bot_token, TOKEN_PREFIX) ||
        !check_token(str_from(s->bot_token, strlen(TOKEN_PREFIX)), "-"))
        return check_refuse(err, "bot_token",
                            "must be a bot token, which begins with xoxb-: in "
                            "the app's settings, OAuth & Permissions, Bot User "
                            "OAuth Token");
    return check_vendor_url(s->api_url, "api_url", hosts, s->allow_private, err) &&
           check_base_url(s->api_url, "api_url", err);
}

static bool endpoint_ok(const struct slack *s, struct error *err)
{
    if (s->webhook.n > 0 && s->bot_token.n > 0)
        return check_refuse(err, "bot_token",
                            "must not be given next to a webhook: choose one");
    if (s->webhook.n > 0)
        return webhook_ok(s, err);
    if (s->bot_token.n > 0)
        return bot_ok(s, err);
    return check_refuse(err, "webhook",
                        "is needed, or a bot token in bot_token");
}

static bool is_id(struct str s)
{
    if (s.n < ID_MIN || strchr("CGDUW", s.p[0]) == NULL || !check_token(s, ""))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] >= 'a' && s.p[i] <= 'z')
            return false;
    }
    return true;
}

static bool is_name(struct str s)
{
    struct str name = str_from(s, 1);

    if (!str_starts(s, "#") || name.n == 0 ||
        text_length(name, UNIT_POINTS) > NAME_POINTS)
        return false;
    for (size_t i = 0; i < name.n; i++) {
        if (strchr(" \t\n#@<>&,:/", name.p[i]) != NULL)
            return false;
    }
    return true;
}

static bool channel_ok(const struct slack_recipient *r, struct error *err)
{
    if (r->channel.n == 0 || is_id(r->channel) || is_name(r->channel))
        return true;
    return check_refuse(err, "channel",
                        "must be a channel's id, as C0123456789, or its name "
                        "with a #, as #alerts");
}

static bool slack_check(const void *endpoint, const void *recipient,
                        struct error *err)
{
    const struct slack *s = endpoint;
    const struct slack_recipient *r = recipient;

    if (s != NULL && !endpoint_ok(s, err))
        return false;
    if (r == NULL)
        return true;
    if (s != NULL && s->bot_token.n > 0 && r->channel.n == 0)
        return check_refuse(err, "channel",
                            "is needed: a bot must be told where to write");
    if (s != NULL && s->webhook.n > 0 && r->channel.n > 0)
        return check_refuse(err, "channel",
                            "must be left empty: a webhook writes to the channel "
                            "it was made for; to choose one, use a bot token");
    return channel_ok(r, err);
}

/* --- what to do ----------------------------------------------------------- */

static bool is_ts(struct str s)
{
    size_t dot = str_find(s, '.');
    uint64_t number;

    return str_to_u64(str_first(s, dot), &number) &&
           str_to_u64(str_from(s, dot + 1), &number);
}

static bool is_place(const struct chat_place *p)
{
    return is_id(p->channel) && is_ts(p->id);
}

enum chat_deed slack_deed(const struct render_input *in, struct chat_place *began)
{
    const struct slack *s = in->endpoint;

    return s->bot_token.n == 0 ? CHAT_POST : chat_deed(in, is_place, began);
}

static bool slack_wants(const void *endpoint, const void *recipient unused,
                        const struct render_item *item, struct error *why_not)
{
    const struct slack *s = endpoint;

    if (s->bot_token.n == 0 && phase_is_ack(item->phase))
        return error_set(why_not, "a webhook cannot change what it has posted");
    return chat_wants(item, is_place, why_not);
}

/* --- the request ---------------------------------------------------------- */

void slack_call(const struct slack *s, const char *method, struct arena *a,
                struct request *out)
{
    render_http(out, "POST",
                arena_printf(a, "%.*s/%s", STR_ARG(url_base(s->api_url)), method),
                s->allow_private, s->ca_file);
    render_header(&out->http, "Authorization",
                  arena_printf(a, "Bearer %.*s", STR_ARG(s->bot_token)));
    render_header(&out->http, "Content-Type",
                  STR("application/json; charset=utf-8"));
}

/* For other apps in the workspace, which may act on it. */
static void put_metadata(struct json_out *o, const struct alert *a)
{
    out_object(o, "metadata");
    out_text(o, "event_type", "tocsin_alert");
    out_object(o, "event_payload");
    out_i64(o, "id", a->id);
    out_text(o, "state", alert_state_word(a));
    out_object_end(o);
    out_object_end(o);
}

/* Where a bot writes. */
static void put_place(struct json_out *o, const struct render_input *in,
                      enum chat_deed deed, const struct chat_place *began)
{
    const struct slack_recipient *r = in->recipient;
    bool plain = (in->step & CHAT_PLAIN) != 0;

    out_str(o, "channel", deed == CHAT_POST ? r->channel : began->channel);
    if (deed == CHAT_EDIT)
        out_str(o, "ts", began->id);
    if (deed == CHAT_ANSWER)
        out_str(o, "thread_ts", began->id);
    if (deed == CHAT_ANSWER && r->broadcast && !plain)
        out_bool(o, "reply_broadcast", true);
    if (in->count == 1 && !plain && in->step != CHAT_REPLY)
        put_metadata(o, in->items[0].alert);
}

/* An edit would look for links and names in its text unless told not to. */
static void put_parsing(struct json_out *o, enum chat_deed deed)
{
    if (deed == CHAT_EDIT) {
        out_text(o, "parse", "none");
        return;
    }
    out_bool(o, "unfurl_links", false);
    out_bool(o, "unfurl_media", false);
}

static bool slack_render(const struct render_input *in, struct arena *a,
                         struct request *out, struct error *err)
{
    const struct slack *s = in->endpoint;
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);
    struct json_out o = JSON_OUT(&b);
    struct chat_place began;
    enum chat_deed deed = slack_deed(in, &began);
    bool bot = s->bot_token.n > 0;

    if (bot) {
        slack_call(s, deed == CHAT_EDIT ? "chat.update" : "chat.postMessage", a,
                   out);
    } else {
        render_post(out, s->webhook, s->allow_private, s->ca_file);
    }
    out_object(&o, NULL);
    if (bot)
        put_place(&o, in, deed, &began);
    put_parsing(&o, deed);
    slack_message(in, deed, a, &o);
    out_object_end(&o);
    return render_kept(&b, a, &out->http.body, err);
}

const struct endpoint_type endpoint_slack = {
    .name = "slack",
    .title = "Slack",
    .help = "Posts alerts to Slack channels, by an incoming webhook or as a bot.",
    .via = VIA_HTTP,
    .batch_max = 10,
    .together_max = TOGETHER_MAX,
    .recipient_rate_per_s = 1, /* of a channel; bursts are tolerated */
    .recipient_rate_burst = 3,
    .edits = true,
    .shows_ack = true,
    .repeats_show = true,
    .own_words = true,
    .endpoint_size = sizeof(struct slack),
    .recipient_size = sizeof(struct slack_recipient),
    .endpoint_fields = slack_fields,
    .recipient_fields = slack_recipient_fields,
    .check = slack_check,
    .wants = slack_wants,
    .render = slack_render,
    .judge = slack_judge,
    .probe = slack_probe,
    .judge_probe = slack_judge_probe,
    .choices_field = "channel",
    .choices = slack_choices,
    .choices_read = slack_choices_read,
};
