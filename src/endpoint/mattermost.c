/* mattermost.c -- posts alerts to Mattermost as a bot, which edits and answers its
 * post when an alert is over, or by an incoming webhook.
 * Source: Mattermost's API reference, "Create a post", "Patch a post", and
 * docs.mattermost.com, "Incoming webhooks", "Message attachments". */
#include "endpoint/mattermost.h"

#include "base/limits.h"

#define ID_BYTES 26
#define CHANNEL_MAX 65 /* bytes of a name, or "@user" */

static const struct field mattermost_fields[] = {
    {TEXT(struct mattermost, url),
     .label = "Server URL", .secret = true, .min = 8, .max = 500, .format = "uri",
     .help = "The server's address, as https://mattermost.example.com, or an "
             "incoming webhook's URL, as https://.../hooks/..."},
    {TEXT(struct mattermost, token),
     .label = "Token", .optional = true, .secret = true, .max = 255,
     .help = "The bot account's access token; left empty for a webhook."},
    CA_FILE(struct mattermost),
    FIELDS_END,
};

static const struct field mattermost_recipient_fields[] = {
    {TEXT(struct mattermost_recipient, channel_id),
     .label = "Channel id", .optional = true, .max = 100,
     .help = "For a bot: the 26 letters and digits under the channel's menu, View "
             "Info; not its name, which is a frequent mistake."},
    {TEXT(struct mattermost_recipient, channel),
     .label = "Other channel", .optional = true, .max = 100,
     .help = "For a webhook: the name in the address of a channel, as "
             "town-square, or @user, if it is not to be the webhook's own."},
    FIELDS_END,
};

/* --- the server's address ------------------------------------------------- */

/* Offset of "/hooks/ID" at the end; url.n when it is no webhook's. */
static size_t hook_at(struct str url)
{
    static const char mark[] = "/hooks/";
    const char *at = memmem(url.p, url.n, mark, strlen(mark));

    return at == NULL ? url.n : (size_t)(at - url.p);
}

static bool is_hook(const struct mattermost *m)
{
    return hook_at(m->url) < m->url.n;
}

/* ntopng took the address of the posts: so that is one, too. */
static struct str base_of(const struct mattermost *m)
{
    static const char *const ends[] = {"/", "/api/v4/posts", "/api/v4", "/"};
    struct str base = m->url;

    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        while (str_ends(base, ends[i]))
            base.n -= strlen(ends[i]);
    }
    return base;
}

/* --- check ---------------------------------------------------------------- */

static bool hook_ok(const struct mattermost *m, struct error *err)
{
    struct str id = str_from(m->url, hook_at(m->url) + strlen("/hooks/"));

    if (!check_token(id, ""))
        return check_refuse(err, "url",
                            "must end in the webhook's id, as https://mattermost."
                            "example.com/hooks/xxx-generatedkey-xxx");
    if (m->token.n == 0)
        return true;
    return check_refuse(err, "token",
                        "must be left empty: url is an incoming webhook's, which "
                        "needs none; for a bot, give the server's address");
}

static bool endpoint_ok(const struct mattermost *m, struct error *err)
{
    if (!check_url(m->url, "url", err))
        return false;
    if (is_hook(m))
        return hook_ok(m, err);
    if (!check_base_url(m->url, "url", err))
        return false;
    if (m->token.n == 0)
        return check_refuse(err, "token",
                            "is needed, unless url is an incoming webhook's");
    if (check_token(m->token, "-_."))
        return true;
    return check_refuse(err, "token",
                        "must be an access token: letters and digits");
}

static bool is_id(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] >= 'A' && s.p[i] <= 'Z')
            return false;
    }
    return s.n == ID_BYTES && check_token(s, "");
}

static bool recipient_ok(const struct mattermost_recipient *r, struct error *err)
{
    struct str name = str_from(r->channel, str_starts(r->channel, "@") ? 1 : 0);

    if (r->channel_id.n > 0 && !is_id(r->channel_id))
        return check_refuse(err, "channel_id",
                            "must be an id, of 26 small letters and digits, not a "
                            "name: in Mattermost, the channel's menu, View Info");
    if (r->channel.n == 0 ||
        (r->channel.n <= CHANNEL_MAX && check_token(name, "-_.")))
        return true;
    return check_refuse(err, "channel",
                        "must be the name in the channel's address, as "
                        "town-square, or a user, as @admin");
}

static bool fits(const struct mattermost *m, const struct mattermost_recipient *r,
                 struct error *err)
{
    if (!is_hook(m) && r->channel_id.n == 0)
        return check_refuse(err, "channel_id",
                            "is needed: a bot must be told where to post");
    if (!is_hook(m) && r->channel.n > 0)
        return check_refuse(err, "channel",
                            "is for webhooks; a bot posts where channel_id says");
    if (!is_hook(m) || r->channel_id.n == 0)
        return true;
    return check_refuse(err, "channel_id",
                        "must be left empty: a webhook has a channel of its own; "
                        "for another, give that one's name in channel");
}

static bool mattermost_check(const void *endpoint, const void *recipient,
                             struct error *err)
{
    if (endpoint != NULL && !endpoint_ok(endpoint, err))
        return false;
    if (recipient == NULL)
        return true;
    return (endpoint == NULL || fits(endpoint, recipient, err)) &&
           recipient_ok(recipient, err);
}

/* --- what to do ----------------------------------------------------------- */

static bool is_place(const struct chat_place *p)
{
    return is_id(p->channel) && is_id(p->id);
}

enum chat_deed mattermost_deed(const struct render_input *in,
                               struct chat_place *began)
{
    return is_hook(in->endpoint) ? CHAT_POST : chat_deed(in, is_place, began);
}

/* --- the request ---------------------------------------------------------- */

void mattermost_call(const struct mattermost *m, const char *method,
                     struct str path, struct arena *a, struct request *out)
{
    render_http(out, method,
                arena_printf(a, "%.*s/api/v4/%.*s", STR_ARG(base_of(m)),
                             STR_ARG(path)),
                true, m->ca_file); /* it is its user's own server */
    render_header(&out->http, "Authorization",
                  arena_printf(a, "Bearer %.*s", STR_ARG(m->token)));
}

/* The server takes no second post of the same id for half a minute. All that is
 * in the post is in its id: one with more in it is another. */
static struct str pending_id(const struct render_input *in, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);

    buf_str(&b, render_token(a, in->place.instance, 64));
    for (size_t i = 0; i < in->count; i++) {
        buf_char(&b, i == 0 ? ':' : '+');
        buf_str(&b, render_token(a, in->items[i].id, 64));
    }
    buf_printf(&b, ":%d", in->step);
    return arena_str(a, buf_view(&b));
}

static bool mattermost_wants(const void *endpoint, const void *recipient unused,
                             const struct render_item *item, struct error *why_not)
{
    if (is_hook(endpoint) && phase_is_ack(item->phase))
        return error_set(why_not, "a webhook cannot change what it has posted");
    return chat_wants(item, is_place, why_not);
}

static void put_place(struct json_out *o, const struct render_input *in,
                      enum chat_deed deed,
                      const struct chat_place *began, struct arena *a)
{
    const struct mattermost_recipient *r = in->recipient;

    if (is_hook(in->endpoint)) {
        if (r->channel.n > 0)
            out_str(o, "channel", r->channel);
        return;
    }
    if (deed == CHAT_EDIT)
        return;
    out_str(o, "channel_id",
            deed == CHAT_POST ? r->channel_id : began->channel);
    if (deed == CHAT_ANSWER)
        out_str(o, "root_id", began->id);
    out_str(o, "pending_post_id", pending_id(in, a));
}

static void request_for(const struct mattermost *m, enum chat_deed deed,
                        const struct chat_place *began, struct arena *a,
                        struct request *out)
{
    if (is_hook(m))
        render_http(out, "POST", m->url, true, m->ca_file);
    else if (deed == CHAT_EDIT)
        mattermost_call(m, "PUT",
                        arena_printf(a, "posts/%.*s/patch", STR_ARG(began->id)),
                        a, out);
    else
        mattermost_call(m, "POST", STR("posts"), a, out);
    render_header(&out->http, "Content-Type", STR("application/json"));
}

static bool mattermost_render(const struct render_input *in, struct arena *a,
                              struct request *out, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);
    struct json_out o = JSON_OUT(&b);
    struct chat_place began;
    enum chat_deed deed = mattermost_deed(in, &began);

    request_for(in->endpoint, deed, &began, a, out);
    out_object(&o, NULL);
    put_place(&o, in, deed, &began, a);
    mattermost_message(in, deed, a, &o);
    out_object_end(&o);
    return render_kept(&b, a, &out->http.body, err);
}

const struct endpoint_type endpoint_mattermost = {
    .name = "mattermost",
    .title = "Mattermost",
    .help = "Posts alerts to Mattermost channels, as a bot or by a webhook.",
    .via = VIA_HTTP,
    .batch_max = 10,
    .together_max = TOGETHER_MAX,
    .rate_per_s = 10, /* what a server allows that limits at all */
    .rate_burst = 20,
    .edits = true,
    .shows_ack = true,
    .repeats_show = true,
    .own_words = true,
    .endpoint_size = sizeof(struct mattermost),
    .recipient_size = sizeof(struct mattermost_recipient),
    .endpoint_fields = mattermost_fields,
    .recipient_fields = mattermost_recipient_fields,
    .check = mattermost_check,
    .wants = mattermost_wants,
    .render = mattermost_render,
    .judge = mattermost_judge,
    .probe = mattermost_probe,
    .judge_probe = mattermost_judge_probe,
    .choices_field = "channel_id",
    .choices = mattermost_choices,
    .choices_read = mattermost_choices_read,
};
