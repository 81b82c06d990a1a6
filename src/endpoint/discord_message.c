/* discord_message.c -- alerts as a Discord message: an embed, or plain text.
 * Source: Discord's developer documentation, "Message", "Embed Limits". */
#include "endpoint/discord.h"

#include "base/clock.h"
#include "base/limits.h"

/* Discord's limits, in UTF-16 code units; an embed's texts share 6000, so ours
 * are smaller where that is enough. */
#define CONTENT_MAX 2000
#define TITLE_MAX 256
#define DESCRIPTION_MAX 2400 /* 4096 */
#define DIGEST_MAX 4096
#define NAME_MAX_UNITS 256
#define VALUE_MAX 1024
#define FACTS_MAX 2000 /* names and values of all facts */
#define LINK_MAX 700
#define FOOTER_MAX 300 /* 2048 */
static_assert(TITLE_MAX + DESCRIPTION_MAX + FACTS_MAX + LINK_MAX + FOOTER_MAX +
                      300 <= 6000,
              "300 is for the time, and what is left out");
static_assert(TITLE_MAX + DIGEST_MAX + FOOTER_MAX <= 6000, "one embed");

#define INLINE_MAX 40 /* a longer fact has a line of its own */
#define SUPPRESS_NOTIFICATIONS (1 << 12)
#define UNSEEN "\xe2\x80\x8b" /* U+200B: an empty name or value is refused */
/* --- markup --------------------------------------------------------------- */

static void put_code(struct buf *to, struct str s)
{
    buf_text(to, "`");
    escape_code(to, s);
    buf_text(to, "`");
}

/* <> keeps Discord from fetching a preview. */
static void put_link(struct buf *to, struct str url, const char *label)
{
    buf_printf(to, "[%s](<%.*s>)", label, STR_ARG(url));
}

static void put_as_is(struct buf *to, struct str s)
{
    buf_str(to, s);
}

static const struct markup markdown = {
    .unit = UNIT_UTF16,
    .escape = escape_discord,
    .code = put_code,
    .link = put_link,
    .bold = "**",
    .bold_end = "**",
    .line = "\n",
};

/* --- the embed ------------------------------------------------------------ */

static void put_field(struct json_out *o, struct str name, struct str value,
                      bool beside)
{
    out_object(o, NULL);
    out_str(o, "name", str_trim(name).n > 0 ? name : STR(UNSEEN));
    out_str(o, "value", str_trim(value).n > 0 ? value : STR(UNSEEN));
    if (beside)
        out_bool(o, "inline", true);
    out_object_end(o);
}

static void put_facts(struct json_out *o, const struct message *m,
                      struct arena *a)
{
    size_t n = chat_facts_fit(&markdown, m, FACTS_MAX);

    for (size_t i = 0; i < n; i++) {
        const struct message_fact *f = &m->facts[i];
        struct buf name freed_by(buf_release) = BUF(REQUEST_MAX);
        struct buf value freed_by(buf_release) = BUF(REQUEST_MAX);

        escape_fit(&name, str_of(f->label), NAME_MAX_UNITS, UNIT_UTF16,
                   escape_discord);
        chat_value(&markdown, f, "", VALUE_MAX, &value);
        put_field(o, buf_view(&name), buf_view(&value),
                  !f->code && text_length(f->value, UNIT_UTF16) <= INLINE_MAX);
    }
    if (n < m->fact_count)
        put_field(o, STR("\xe2\x80\xa6"),
                  arena_printf(a, "%zu more", m->fact_count - n), false);
}

/* Discord shows these in the reader's own zone and language. */
static void put_when(struct json_out *o, const struct alert *alert,
                     struct arena *a)
{
    long long from_s = alert->tstamp_ms / 1000;
    long long to_s = alert->tstamp_end_ms / 1000;
    struct str text = arena_printf(a, "<t:%lld:F> (<t:%lld:R>)", from_s, from_s);

    if (alert->action == ACTION_RELEASE && to_s > from_s)
        text = arena_printf(a, "<t:%lld:f> to <t:%lld:f>", from_s, to_s);
    put_field(o, STR("When"), text, true);
}

/* Without application Discord shows no buttons: so links are text. */
static void put_links(struct json_out *o, const struct message *m)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);

    if (m->link.n == 0)
        return;
    put_link(&b, m->link, "Open");
    if (m->ack_link.n > 0) {
        buf_text(&b, " \xc2\xb7 ");
        put_link(&b, m->ack_link, "Acknowledge");
    }
    if (text_length(buf_view(&b), UNIT_UTF16) <= LINK_MAX)
        put_field(o, STR(UNSEEN), buf_view(&b), false);
}

static int64_t colour_number(const char *colour)
{
    return strtol(colour + 1, NULL, 16); /* "#0e6a70" */
}

static void put_description(struct json_out *o, const struct message *m)
{
    if (str_trim(m->sentence).n > 0)
        chat_out(o, "description", m->sentence, DESCRIPTION_MAX, UNIT_UTF16,
                 escape_discord);
}

static void put_alert(struct json_out *o, const struct message *m,
                      const struct render_input *in, struct arena *a)
{
    const struct render_item *item = &in->items[0];
    char text[TIME_TEXT_MAX];

    chat_out(o, "title", chat_title(m, item->phase, in->test, a), TITLE_MAX,
             UNIT_UTF16, escape_discord);
    if (m->link.n > 0 && url_host_is_dotted(m->link))
        out_str(o, "url", m->link);
    out_i64(o, "color", colour_number(m->colour));
    put_description(o, m);
    out_array(o, "fields");
    put_facts(o, m, a);
    put_when(o, item->alert, a);
    put_links(o, m);
    out_array_end(o);
    out_object(o, "footer");
    chat_out(o, "text", m->footer, FOOTER_MAX, UNIT_UTF16, put_as_is);
    out_object_end(o);
    time_text(event_ms(item->alert), true, text);
    out_text(o, "timestamp", text);
}

static void put_embeds(struct json_out *o, const struct message *messages,
                       const struct render_input *in, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);

    out_array(o, "embeds");
    out_object(o, NULL);
    if (in->count == 1) {
        put_alert(o, messages, in, a);
    } else {
        out_i64(o, "color", colour_number(chat_worst(messages, in)->colour));
        chat_digest(&markdown, messages, in, DIGEST_MAX, a, &b);
        out_str(o, "description", buf_view(&b));
    }
    out_object_end(o);
    out_array_end(o);
}

/* --- the message ---------------------------------------------------------- */

/* Nothing of an alert is ever a mention; the role is our own configuration. An
 * edit says so again, since it is parsed again. */
static void put_mentions(struct json_out *o, struct str role, bool mention)
{
    out_object(o, "allowed_mentions");
    out_array(o, "parse");
    out_array_end(o);
    if (mention) {
        out_array(o, "roles");
        out_str(o, NULL, role);
        out_array_end(o);
    }
    out_object_end(o);
}

/* The message before it has the facts. */
static void put_worse(struct buf *to, const struct message *m, size_t max, struct arena *a)
{
    escape_fit(to, chat_title(m, PHASE_WORSENED, false, a), max, UNIT_UTF16,
               markdown.escape);
}

static void put_content(struct json_out *o, const struct message *messages,
                        const struct render_input *in, struct str mention,
                        struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);
    struct buf text freed_by(buf_release) = BUF(REQUEST_MAX);
    size_t room = CONTENT_MAX - mention.n;

    buf_str(&b, mention);
    if (in->step == CHAT_REPLY)
        put_worse(&text, messages, room, a);
    else if ((in->step & CHAT_PLAIN) != 0)
        chat_text(&markdown, messages, in, room, a, &text);
    buf_str(&b, buf_view(&text));
    if (b.n > 0)
        out_str(o, "content", buf_view(&b));
}

/* The whole state of the message: an edit leaves what it does not name. */
static void put_edit(struct json_out *o, const struct message *messages,
                     const struct render_input *in, struct arena *a)
{
    if ((in->step & CHAT_PLAIN) != 0) {
        put_content(o, messages, in, STR_NONE, a);
        out_array(o, "embeds");
        out_array_end(o);
    } else {
        out_null(o, "content");
        put_embeds(o, messages, in, a);
    }
    put_mentions(o, STR_NONE, false);
}

static void put_post(struct json_out *o, const struct message *messages,
                     const struct render_input *in, struct arena *a)
{
    const struct discord_recipient *r = in->recipient;
    bool mention = r->mention_role.n > 0 && chat_calls(in, r->quiet_below);
    bool plain = chat_text_only(in);
    struct str text = mention ? arena_printf(a, "<@&%.*s>%s",
                                             STR_ARG(r->mention_role),
                                             plain ? "\n" : "")
                              : STR_NONE;

    if (r->username.n > 0 && !plain)
        out_str(o, "username", r->username);
    put_content(o, messages, in, text, a);
    put_mentions(o, r->mention_role, mention);
    if (chat_quiet(in, r->quiet_below))
        out_i64(o, "flags", SUPPRESS_NOTIFICATIONS);
    if (!plain)
        put_embeds(o, messages, in, a);
}

void discord_message(const struct render_input *in, bool edit, struct arena *a,
                     struct json_out *o)
{
    const struct message *messages = chat_messages(in, a);

    out_object(o, NULL);
    if (edit)
        put_edit(o, messages, in, a);
    else
        put_post(o, messages, in, a);
    out_object_end(o);
}
