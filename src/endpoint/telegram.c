/* telegram.c -- writes alerts to a chat as a bot; when one is over, its message
 * is edited and answered.
 * Source: Telegram's Bot API (core.telegram.org/bots/api), sendMessage,
 * editMessageText, "Formatting options". */
#include "endpoint/telegram.h"

#include "base/limits.h"

#define TEXT_MAX 4096 /* UTF-16 code units after parsing; we count before */
#define TOKEN_MIN 35  /* behind the bot's number */
#define TOKEN_MAX 100
#define CHANNEL_MIN 4 /* "@news": its letters */
#define CHANNEL_MAX 32
#define GENERAL_TOPIC 1 /* every forum's first: must not be named */

static const struct field telegram_fields[] = {
    {TEXT(struct telegram, token),
     .label = "Bot token", .secret = true, .min = 8, .max = 150,
     .help = "What @BotFather gave you: a number, a colon, 35 letters."},
    {TEXT(struct telegram, api_url),
     .label = "API server", .fallback = "https://api.telegram.org", .min = 8,
     .max = 500, .format = "uri",
     .help = "The address of a Bot API server of your own, if there is one."},
    {FLAG(struct telegram, allow_private),
     .label = "Allow other servers", .fallback = "false",
     .help = "Also use API servers that are not Telegram's, also in your own "
             "network."},
    CA_FILE(struct telegram),
    FIELDS_END,
};

static const struct field telegram_recipient_fields[] = {
    {TEXT(struct telegram_recipient, chat_id),
     .label = "Chat id", .min = 1, .max = 64,
     .help = "The chat's number, negative for groups, or @name of a channel; "
             "write to the bot or add it to the group first."},
    {NUMBER(struct telegram_recipient, topic_id),
     .label = "Topic id", .optional = true, .min = 0, .max = INT32_MAX,
     .help = "Writes into this topic of a group that has topics."},
    {CHOICE(struct telegram_recipient, quiet_below),
     .label = "Quiet below", .fallback = "warning", .choices = severity_names,
     .format = "severity",
     .help = "Alerts of a lower severity come without a sound."},
    FIELDS_END,
};

/* --- check ---------------------------------------------------------------- */

static bool token_ok(struct str token)
{
    struct str rest = token, number = str_until(&rest, ':');
    uint64_t bot;

    return str_to_u64(number, &bot) && rest.n >= TOKEN_MIN &&
           rest.n <= TOKEN_MAX && check_token(rest, "_-");
}

static bool endpoint_ok(const struct telegram *t, struct error *err)
{
    static const char *const hosts[] = {"api.telegram.org", NULL};

    if (!token_ok(t->token))
        return check_refuse(err, "token",
                            "must be a bot's token as @BotFather gives it: a "
                            "number, a colon, 35 letters and digits");
    return check_vendor_url(t->api_url, "api_url", hosts, t->allow_private, err) &&
           check_base_url(t->api_url, "api_url", err);
}

static bool chat_ok(struct str chat)
{
    struct str name = str_from(chat, 1);
    int64_t number;

    if (str_to_i64(chat, &number))
        return number != 0;
    return str_starts(chat, "@") && name.n >= CHANNEL_MIN &&
           name.n <= CHANNEL_MAX && check_token(name, "_");
}

static bool telegram_check(const void *endpoint, const void *recipient,
                           struct error *err)
{
    const struct telegram_recipient *r = recipient;

    if (endpoint != NULL && !endpoint_ok(endpoint, err))
        return false;
    if (r == NULL || chat_ok(r->chat_id))
        return true;
    return check_refuse(err, "chat_id",
                        "must be a number, as -1001234567890, or a public "
                        "channel's @name");
}

/* --- markup --------------------------------------------------------------- */

static void put_code(struct buf *to, struct str s)
{
    buf_text(to, "<code>");
    escape_html(to, s);
    buf_text(to, "</code>");
}

static void put_link(struct buf *to, struct str url, const char *label)
{
    buf_text(to, "<a href=\"");
    escape_html(to, url);
    buf_printf(to, "\">%s</a>", label);
}

/* A link to a host without a dot would be dropped, and its label left. */
static void put_url(struct buf *to, struct str url, const char *label unused)
{
    escape_html(to, url);
}

static const struct markup html = {
    .unit = UNIT_UTF16,
    .escape = escape_telegram,
    .code = put_code,
    .link = put_link,
    .bold = "<b>",
    .bold_end = "</b>",
    .line = "\n",
};

static const struct markup html_undotted = {
    .unit = UNIT_UTF16,
    .escape = escape_telegram,
    .code = put_code,
    .link = put_url,
    .bold = "<b>",
    .bold_end = "</b>",
    .line = "\n",
};

static const struct markup plain = {
    .unit = UNIT_UTF16,
    .escape = escape_telegram_plain,
    .code = escape_telegram_plain,
    .bold = "",
    .bold_end = "",
    .line = "\n",
};

static const struct markup *markup_of(const struct render_input *in,
                                      struct str link)
{
    if ((in->step & CHAT_PLAIN) != 0)
        return &plain;
    return url_host_is_dotted(link) ? &html : &html_undotted;
}

/* --- the message ---------------------------------------------------------- */

static void put_button(struct json_out *o, const char *text, struct str url)
{
    if (url.n == 0)
        return;
    out_object(o, NULL);
    out_text(o, "text", text);
    out_str(o, "url", url);
    out_object_end(o);
}

static void put_keyboard(struct json_out *o, struct str url, struct str ack_url)
{
    out_object(o, "reply_markup");
    out_array(o, "inline_keyboard");
    out_array(o, NULL);
    put_button(o, "Open", url);
    put_button(o, "Acknowledge", ack_url);
    out_array_end(o);
    out_array_end(o);
    out_object_end(o);
}

/* Text and all that belongs to it, the same for a new message and an edit. */
static void put_text(struct json_out *o, const struct render_input *in,
                     struct arena *a)
{
    struct message *messages = chat_messages(in, a);
    struct str link = messages[0].link;
    struct str ack_link = messages[0].ack_link;
    const struct markup *k = markup_of(in, link);
    bool button = in->count == 1 && k == &html;
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);

    if (button)
        messages[0].link = messages[0].ack_link = STR_NONE; /* in the buttons */
    chat_text(k, messages, in, TEXT_MAX, a, &b);
    out_str(o, "text", buf_view(&b));
    if (k != &plain)
        out_text(o, "parse_mode", "HTML");
    out_object(o, "link_preview_options");
    out_bool(o, "is_disabled", true);
    out_object_end(o);
    if (button)
        put_keyboard(o, link, ack_link);
}

/* A short line under a message that was edited. */
static void put_reply(struct json_out *o, const struct render_input *in,
                      struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);

    chat_reply(&plain, chat_messages(in, a), &b);
    out_str(o, "text", buf_view(&b));
}

/* What a handle's place is made of are numbers. */
static void put_number(struct json_out *o, const char *name, struct str number)
{
    int64_t value = 0;

    if (!str_to_i64(number, &value))
        bug("a place that is none");
    out_i64(o, name, value);
}

static void put_answered(struct json_out *o, struct str message)
{
    out_object(o, "reply_parameters");
    put_number(o, "message_id", message);
    out_bool(o, "allow_sending_without_reply", true);
    out_object_end(o);
}

void telegram_chat(struct json_out *o, struct str chat)
{
    int64_t number;

    if (str_to_i64(chat, &number))
        out_i64(o, "chat_id", number);
    else
        out_str(o, "chat_id", chat);
}

/* --- what to do ----------------------------------------------------------- */

static bool is_place(const struct chat_place *p)
{
    int64_t chat, message;

    return str_to_i64(p->channel, &chat) && str_to_i64(p->id, &message) &&
           message > 0;
}

enum chat_deed telegram_deed(const struct render_input *in,
                             struct chat_place *began)
{
    return chat_deed(in, is_place, began);
}

static bool telegram_wants(const void *endpoint unused, const void *recipient unused,
                           const struct render_item *item, struct error *why_not)
{
    return chat_wants(item, is_place, why_not);
}

static void put_send(struct json_out *o, const struct render_input *in,
                     const struct chat_place *answered, struct arena *a)
{
    const struct telegram_recipient *r = in->recipient;
    struct str chat = in->carry.n > 0 ? in->carry : r->chat_id;

    if (answered != NULL)
        put_number(o, "chat_id", answered->channel);
    else
        telegram_chat(o, chat);
    if (r->topic_id > GENERAL_TOPIC)
        out_i64(o, "message_thread_id", r->topic_id);
    if (answered != NULL)
        put_answered(o, answered->id);
    out_bool(o, "disable_notification", chat_quiet(in, r->quiet_below));
    if (in->step == CHAT_REPLY)
        put_reply(o, in, a);
    else
        put_text(o, in, a);
}

static void put_edit(struct json_out *o, const struct render_input *in,
                     const struct chat_place *began, struct arena *a)
{
    put_number(o, "chat_id", began->channel);
    put_number(o, "message_id", began->id);
    put_text(o, in, a);
}

/* --- the request ---------------------------------------------------------- */

void telegram_call(const struct telegram *t, const char *method, struct arena *a,
                   struct request *out)
{
    struct str url = arena_printf(a, "%.*s/bot%.*s/%s",
                                  STR_ARG(url_base(t->api_url)),
                                  STR_ARG(t->token), method);

    render_post(out, url, t->allow_private, t->ca_file);
}

static bool telegram_render(const struct render_input *in, struct arena *a,
                            struct request *out, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);
    struct json_out o = JSON_OUT(&b);
    struct chat_place began;
    enum chat_deed deed = telegram_deed(in, &began);
    bool edit = deed == CHAT_EDIT;

    telegram_call(in->endpoint, edit ? "editMessageText" : "sendMessage", a, out);
    out_object(&o, NULL);
    if (edit)
        put_edit(&o, in, &began, a);
    else
        put_send(&o, in, deed == CHAT_ANSWER ? &began : NULL, a);
    out_object_end(&o);
    return render_kept(&b, a, &out->http.body, err);
}

const struct endpoint_type endpoint_telegram = {
    .name = "telegram",
    .title = "Telegram",
    .help = "Writes alerts to Telegram chats, groups and channels as a bot.",
    .via = VIA_HTTP,
    .batch_max = 10,
    .together_max = TOGETHER_MAX,
    .own_words = true,
    .rate_per_s = 30, /* of one bot */
    .rate_burst = 30,
    .recipient_rate_per_s = 20 / 60.0, /* of a group; a private chat takes more, */
    .recipient_rate_burst = 5,         /* but what waits shares one message */
    .edits = true,
    .shows_ack = true,
    .repeats_show = true,
    .endpoint_size = sizeof(struct telegram),
    .recipient_size = sizeof(struct telegram_recipient),
    .endpoint_fields = telegram_fields,
    .recipient_fields = telegram_recipient_fields,
    .check = telegram_check,
    .wants = telegram_wants,
    .render = telegram_render,
    .judge = telegram_judge,
    .probe = telegram_probe,
    .judge_probe = telegram_judge_probe,
    .choices_field = "chat_id",
    .choices = telegram_choices,
    .choices_read = telegram_choices_read,
};
