/* mattermost_message.c -- alerts as Mattermost posts: a line of text, and an
 * attachment with a bar of the severity's colour.
 * Source: docs.mattermost.com, "Message attachments", "Format messages". */
#include "endpoint/mattermost.h"

#include "base/limits.h"

/* In code points. A post's text may have 16383, with an old database 4000; the
 * attachment counts apart, on old servers up to 8000. */
#define TEXT_MAX 4000
#define TITLE_MAX 400
#define SENTENCE_MAX 2500
#define DIGEST_MAX 6000
#define FACTS_MAX 3500 /* of all together, labels and all */
#define VALUE_MAX 1000
#define LABEL_MAX 100
#define FOOTER_MAX 300
#define SHORT_MAX 40 /* two such facts stand side by side */
#define ODD "@~:"    /* as text these need something unseen, which gets copied */

/* --- markup --------------------------------------------------------------- */

static void put_code(struct buf *to, struct str s)
{
    buf_text(to, "`");
    escape_code(to, s);
    buf_text(to, "`");
}

static void put_link(struct buf *to, struct str url, const char *label)
{
    buf_printf(to, "[%s](", label);
    for (size_t i = 0; i < url.n; i++) {
        if (url.p[i] == '(' || url.p[i] == ')')
            buf_text(to, url.p[i] == '(' ? "%28" : "%29");
        else
            buf_char(to, url.p[i]);
    }
    buf_text(to, ")");
}

static const struct markup markdown = {
    .unit = UNIT_POINTS,
    .escape = escape_mattermost,
    .code = put_code,
    .link = put_link,
    .bold = "**",
    .bold_end = "**",
    .line = "\n",
};

/* --- the attachment ------------------------------------------------------- */

/* Titles are markup in some versions, and plain text in others. */
static void put_field(struct json_out *o, const char *label, struct str value,
                      bool beside)
{
    out_object(o, NULL);
    out_bool(o, "short", beside);
    chat_out(o, "title", str_of(label), LABEL_MAX, UNIT_POINTS, escape_unlinked);
    out_str(o, "value", value);
    out_object_end(o);
}

static void put_facts(struct json_out *o, const struct message *m, struct arena *a)
{
    size_t n = chat_facts_fit(&markdown, m, FACTS_MAX);

    for (size_t i = 0; i < n; i++) {
        struct buf value freed_by(buf_release) = BUF(REQUEST_MAX);

        chat_value(&markdown, &m->facts[i], ODD, VALUE_MAX, &value);
        put_field(o, m->facts[i].label, buf_view(&value),
                  text_length(m->facts[i].value, UNIT_POINTS) <= SHORT_MAX);
    }
    if (n < m->fact_count)
        put_field(o, "\xe2\x80\xa6",
                  arena_printf(a, "%zu more", m->fact_count - n), false);
}

static void put_fields(struct json_out *o, const struct message *m, bool whole,
                       struct arena *a)
{
    struct buf link freed_by(buf_release) = BUF(REQUEST_MAX);

    out_array(o, "fields");
    if (whole)
        put_facts(o, m, a);
    if (m->when.n > 0)
        put_field(o, "When", m->when, false); /* digits, colons and a zone */
    if (m->link.n > 0) {
        put_link(&link, m->link, "Open");
        if (m->ack_link.n > 0) {
            buf_text(&link, " \xc2\xb7 ");
            put_link(&link, m->ack_link, "Acknowledge");
        }
        put_field(o, "", buf_view(&link), false);
    }
    out_array_end(o);
}

static void put_alert(struct json_out *o, const struct message *m,
                      const struct render_input *in, enum chat_deed deed,
                      struct arena *a)
{
    if (str_trim(m->sentence).n > 0)
        chat_out(o, "text", m->sentence, SENTENCE_MAX, UNIT_POINTS,
                 escape_mattermost);
    put_fields(o, m, chat_whole(in, deed), a);
    chat_out(o, "footer", m->footer, FOOTER_MAX, UNIT_POINTS, escape_unlinked);
}

/* The lines of a digest; its first is the post's text. */
static void put_digest(struct json_out *o, const struct message *messages,
                       const struct render_input *in, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);
    struct str lines;

    chat_digest(&markdown, messages, in, DIGEST_MAX, a, &b);
    lines = buf_view(&b);
    str_until(&lines, '\n');
    out_str(o, "text", lines);
}

static void put_attachment(struct json_out *o, const struct message *messages,
                           const struct render_input *in,
                           enum chat_deed deed, struct str title,
                           struct arena *a)
{
    out_array(o, "attachments");
    out_object(o, NULL);
    chat_out(o, "fallback", title, TITLE_MAX, UNIT_POINTS, escape_unlinked);
    out_text(o, "color", chat_worst(messages, in)->colour);
    if (in->count > 1)
        put_digest(o, messages, in, a);
    else
        put_alert(o, messages, in, deed, a);
    out_object_end(o);
    out_array_end(o);
}

/* --- the post ------------------------------------------------------------- */

/* "**⚠️ Warning: TCP SYN Scan, 64.13.134.52**": what a phone shows. */
static void put_line(struct buf *to, struct str title)
{
    buf_text(to, "**");
    escape_fit(to, title, TITLE_MAX, UNIT_POINTS, escape_mattermost);
    buf_text(to, "**");
}

static void put_text(struct buf *to, const struct message *messages,
                     const struct render_input *in, struct str title,
                     struct arena *a)
{
    if (!chat_text_only(in))
        put_line(to, title);
    else if (in->step == CHAT_REPLY)
        chat_reply(&markdown, messages, to);
    else
        chat_text(&markdown, messages, in, TEXT_MAX, a, to);
}

/* An edit replaces all properties: so that without an attachment takes it away. */
static void put_props(struct json_out *o, const struct message *messages,
                      const struct render_input *in, enum chat_deed deed,
                      struct str title, struct arena *a)
{
    out_object(o, "props");
    if (in->count == 1)
        out_str(o, "tocsin_alert_id",
                arena_printf(a, "%lld", (long long)in->items[0].alert->id));
    if (!chat_text_only(in))
        put_attachment(o, messages, in, deed, title, a);
    out_object_end(o);
}

void mattermost_message(const struct render_input *in, enum chat_deed deed,
                        struct arena *a, struct json_out *o)
{
    const struct mattermost *m = in->endpoint;
    const struct message *messages = chat_messages(in, a);
    struct str title = in->count > 1
                           ? chat_digest_title(in, a)
                           : chat_title(messages, in->items[0].phase, in->test, a);
    struct buf text freed_by(buf_release) = BUF(REQUEST_MAX);

    put_text(&text, messages, in, title, a);
    out_str(o, m->token.n > 0 ? "message" : "text", buf_view(&text));
    if (m->token.n > 0)
        put_props(o, messages, in, deed, title, a);
    else if (!chat_text_only(in))
        put_attachment(o, messages, in, deed, title, a);
}
