/* discord.c -- posts alerts as embeds to a channel, by its incoming webhook, and
 * edits the message when the alert is over.
 * Source: Discord's developer documentation, "Webhook" and "Message". */
#include "endpoint/discord.h"

#include "base/limits.h"

#define USERNAME_MAX 80 /* UTF-16 code units */
/* Discord wants this form. The version is of these requests, not Tocsin's. */
#define USER_AGENT "DiscordBot (https://tocsin.invalid, 1.0)"

static const struct field discord_fields[] = {
    {TEXT(struct discord, url),
     .label = "Webhook URL", .secret = true, .min = 8, .max = 500,
     .format = "uri",
     .help = "In Discord: Edit Channel, Integrations, Webhooks, Copy Webhook "
             "URL."},
    {FLAG(struct discord, allow_private),
     .label = "Allow other servers", .fallback = "false",
     .help = "Also post to servers that are not Discord's: proxies and test "
             "servers, also in your own network."},
    CA_FILE(struct discord),
    FIELDS_END,
};

static const struct field discord_recipient_fields[] = {
    {TEXT(struct discord_recipient, username),
     .label = "User name", .optional = true, .max = 320,
     .help = "Shown as the sender; without one, the webhook's own name."},
    {TEXT(struct discord_recipient, thread_id),
     .label = "Thread id", .optional = true, .max = 20,
     .help = "Posts into this thread of the channel; a forum needs one."},
    {TEXT(struct discord_recipient, mention_role),
     .label = "Role to mention", .optional = true, .max = 20,
     .help = "Id of a role that is mentioned for alerts that began or happened, "
             "unless they are quiet."},
    {CHOICE(struct discord_recipient, quiet_below),
     .label = "Quiet below", .fallback = "warning", .choices = severity_names,
     .format = "severity",
     .help = "Alerts of a lower severity are posted without a notification."},
    FIELDS_END,
};

/* --- the webhook's address ------------------------------------------------ */

static const char *const hosts[] = {"discord.com", "discordapp.com",
                                    "ptb.discord.com", "canary.discord.com",
                                    "ptb.discordapp.com",
                                    "canary.discordapp.com", NULL};

struct hook {
    struct str base; /* "https://discord.com" */
    struct str id, token;
};

bool discord_is_id(struct str s)
{
    uint64_t id;

    return str_to_u64(s, &id) && id > 0;
}

/* Takes "/api" or "/api/v9" off the end. */
static bool api_cut(struct str *url)
{
    uint64_t version;
    size_t at = url->n;

    while (at > 0 && url->p[at - 1] != '/')
        at--;
    if (at > 0 && str_starts(str_from(*url, at), "v") &&
        str_to_u64(str_from(*url, at + 1), &version))
        url->n = at - 1;
    if (!str_ends(*url, "/api"))
        return false;
    url->n -= strlen("/api");
    return true;
}

/* What people copy has no version, which means an old one, and may name a host
 * of former times. */
static bool hook_read(struct str url, struct hook *out)
{
    static const char mark[] = "/webhooks/";
    const char *at = memmem(url.p, url.n, mark, strlen(mark));
    struct str rest;

    if (at == NULL)
        return false;
    rest = str_from(url, (size_t)(at - url.p) + strlen(mark));
    out->base = str_first(url, (size_t)(at - url.p));
    out->id = str_until(&rest, '/');
    out->token = str_ends(rest, "/") ? str_first(rest, rest.n - 1) : rest;
    if (!api_cut(&out->base))
        return false;
    if (check_vendor_url(url, "url", hosts, false, NULL))
        out->base = STR("https://discord.com");
    return discord_is_id(out->id) && check_token(out->token, "-_");
}

/* --- check ---------------------------------------------------------------- */

static bool endpoint_ok(const struct discord *d, struct error *err)
{
    struct hook hook;

    if (!check_vendor_url(d->url, "url", hosts, d->allow_private, err))
        return false;
    if (hook_read(d->url, &hook))
        return true;
    return check_refuse(err, "url",
                        "must be a webhook's URL as Discord copies it: "
                        "https://discord.com/api/webhooks/ID/TOKEN");
}

static bool username_ok(struct str name, struct error *err)
{
    if (name.n == 0)
        return true;
    if (str_trim(name).n == 0)
        return check_refuse(err, "username",
                            "must not be blank; leave it away for the "
                            "webhook's own name");
    if (text_length(name, UNIT_UTF16) > USERNAME_MAX)
        return check_refuse(err, "username",
                            "must be of at most 80 characters");
    if (!text_says(name, "discord") && !text_says(name, "clyde"))
        return true;
    return check_refuse(err, "username",
                        "must not contain \"discord\" or \"clyde\": Discord "
                        "refuses such names");
}

static bool recipient_ok(const struct discord_recipient *r, struct error *err)
{
    if (!username_ok(r->username, err))
        return false;
    if (r->thread_id.n > 0 && !discord_is_id(r->thread_id))
        return check_refuse(err, "thread_id",
                            "must be a number: in Discord, turn on Developer "
                            "Mode, then Copy Thread ID");
    if (r->mention_role.n > 0 && !discord_is_id(r->mention_role))
        return check_refuse(err, "mention_role",
                            "must be a number: in Discord, turn on Developer "
                            "Mode, then Copy Role ID");
    return true;
}

static bool discord_check(const void *endpoint, const void *recipient,
                          struct error *err)
{
    return (endpoint == NULL || endpoint_ok(endpoint, err)) &&
           (recipient == NULL || recipient_ok(recipient, err));
}

/* --- the request ---------------------------------------------------------- */

/* ".../webhooks/ID/TOKEN" and more. */
static struct str hook_url(const struct discord *d, struct str more,
                           struct arena *a)
{
    struct hook h;

    if (!hook_read(d->url, &h))
        bug("a webhook URL that check() let through");
    return arena_printf(a, "%.*s/api/v10/webhooks/%.*s/%.*s%.*s", STR_ARG(h.base),
                        STR_ARG(h.id), STR_ARG(h.token), STR_ARG(more));
}

static void call(const struct discord *d, const char *method, struct str more,
                 struct arena *a, struct request *out)
{
    render_http(out, method, hook_url(d, more, a), d->allow_private, d->ca_file);
    render_header(&out->http, "User-Agent", STR(USER_AGENT));
}

/* Only an answer that waits for the message says whether it is there. */
static struct str url_rest(struct str edited, struct str thread, struct arena *a)
{
    const char *by = thread.n == 0 ? "" : edited.n > 0 ? "?thread_id="
                                                       : "&thread_id=";
    struct str path = edited.n > 0 ? arena_printf(a, "/messages/%.*s",
                                                  STR_ARG(edited))
                                   : STR("?wait=true");

    return arena_printf(a, "%.*s%s%.*s", STR_ARG(path), by, STR_ARG(thread));
}

/* The id of the message to edit; "": post a new one. A digest speaks of other
 * alerts too, and a webhook cannot reply: what was in one is told anew. */
static struct str edited_id(const struct render_input *in)
{
    bool shared;
    struct str id = chat_handle_id(in->items[0].handle, &shared);

    if ((in->step & (CHAT_ANEW | CHAT_REPLY)) != 0 || in->count != 1 || shared ||
        !phase_follows(in->items[0].phase) || !discord_is_id(id))
        return STR_NONE;
    return id;
}

static bool discord_wants(const void *endpoint unused, const void *recipient unused,
                          const struct render_item *item, struct error *why_not)
{
    bool shared;
    struct str id = chat_handle_id(item->handle, &shared);

    return !phase_is_ack(item->phase) || (discord_is_id(id) && !shared) ||
           error_set(why_not, "there is no message of it that can be changed");
}

static bool discord_render(const struct render_input *in, struct arena *a,
                           struct request *out, struct error *err)
{
    const struct discord_recipient *r = in->recipient;
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);
    struct json_out o = JSON_OUT(&b);
    struct str edited = edited_id(in);

    call(in->endpoint, edited.n > 0 ? "PATCH" : "POST",
         url_rest(edited, r->thread_id, a), a, out);
    render_header(&out->http, "Content-Type", STR("application/json"));
    discord_message(in, edited.n > 0, a, &o);
    return render_kept(&b, a, &out->http.body, err);
}

static bool discord_probe(const struct render_input *in, size_t nth,
                          struct arena *a, struct probe *out, struct error *err)
{
    *err = (struct error){0};
    if (nth > 0)
        return false;
    out->name = "Get Webhook with Token";
    call(in->endpoint, "GET", STR_NONE, a, &out->request);
    return true;
}

const struct endpoint_type endpoint_discord = {
    .name = "discord",
    .title = "Discord",
    .help = "Posts alerts to a Discord channel by its webhook.",
    .via = VIA_HTTP,
    .batch_max = 10,
    .together_max = TOGETHER_MAX,
    .own_words = true,
    .rate_per_s = 2.5, /* 5 in 2 s a webhook, */
    .rate_burst = 5,
    .recipient_rate_per_s = 0.5, /* 30 a minute a channel */
    .recipient_rate_burst = 5,
    .edits = true,
    .shows_ack = true,
    .repeats_show = true,
    .endpoint_size = sizeof(struct discord),
    .recipient_size = sizeof(struct discord_recipient),
    .endpoint_fields = discord_fields,
    .recipient_fields = discord_recipient_fields,
    .check = discord_check,
    .wants = discord_wants,
    .render = discord_render,
    .judge = discord_judge,
    .probe = discord_probe,
    .judge_probe = discord_judge_probe,
};
