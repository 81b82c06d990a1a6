/* slack_message.c -- alerts as Slack messages: a header, and blocks beside a bar of
 * the severity's colour.
 * Source: docs.slack.dev, "Blocks", "Formatting message text". */
#include "endpoint/slack.h"

#include "base/clock.h"
#include "base/limits.h"

/* Slack's limits, in UTF-16 code units to be sure. All blocks of a message together
 * may have about 13,000, which is documented nowhere: hence FACTS_MAX. */
#define TEXT_MAX 4000 /* what is shown without blocks; longer is split or cut */
#define SUMMARY_MAX 500
#define HEADER_MAX 150
#define SECTION_MAX 3000
#define FIELDS_MAX 10
#define FIELD_MAX 2000
#define CONTEXT_MAX 1000
#define FACTS_MAX 5000 /* of all together, labels and all */
#define ODD "*_~`" /* has no escape, but is left alone within code */

/* --- markup --------------------------------------------------------------- */

static void put_code(struct buf *to, struct str s)
{
    struct buf code freed_by(buf_release) = BUF(REQUEST_MAX);

    escape_code(&code, s);
    buf_text(to, "`");
    escape_slack(to, buf_view(&code));
    buf_text(to, "`");
}

static void put_link(struct buf *to, struct str url, const char *label)
{
    buf_text(to, "<");
    escape_slack(to, url);
    buf_printf(to, "|%s>", label);
}

static void put_as_is(struct buf *to, struct str s)
{
    buf_str(to, s);
}

static const struct markup mrkdwn = {
    .unit = UNIT_UTF16,
    .escape = escape_slack,
    .code = put_code,
    .link = put_link,
    .bold = "*",
    .bold_end = "*",
    .line = "\n",
};

/* The text of a message cannot be verbatim: so no "//" that would be a link. */
static void escape_loose(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        escape_slack(to, (struct str){s.p + i, 1});
        if (s.p[i] == '/')
            buf_text(to, "\xe2\x80\x8b");
    }
}

static const struct markup loose = {
    .unit = UNIT_UTF16,
    .escape = escape_loose,
    .code = put_code,
    .link = put_link,
    .bold = "*",
    .bold_end = "*",
    .line = "\n",
};

/* --- small objects -------------------------------------------------------- */

/* Shown as it is: neither markup nor ":smile:" means anything. */
static void out_plain(struct json_out *o, const char *name, struct str raw,
                      size_t max)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);

    escape_fit(&b, raw, max, UNIT_UTF16, put_as_is);
    out_object(o, name);
    out_text(o, "type", "plain_text");
    out_str(o, "text", buf_view(&b));
    out_bool(o, "emoji", false);
    out_object_end(o);
}

/* Ours and escaped; verbatim: no links are made of what looks like some. */
static void out_mrkdwn(struct json_out *o, const char *name, struct str text)
{
    out_object(o, name);
    out_text(o, "type", "mrkdwn");
    out_str(o, "text", text);
    out_bool(o, "verbatim", true);
    out_object_end(o);
}

static void block_begin(struct json_out *o, const char *type)
{
    out_object(o, NULL);
    out_text(o, "type", type);
}

/* --- facts ---------------------------------------------------------------- */

struct fields { /* of one section after another */
    struct json_out *o;
    size_t n;
};

static void field_add(struct fields *f, struct str label, struct str text)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);

    buf_text(&b, "*");
    escape_fit(&b, label, HEADER_MAX, UNIT_UTF16, escape_slack);
    buf_text(&b, "*\n");
    buf_str(&b, text);
    if (f->n > 0 && f->n % FIELDS_MAX == 0) {
        out_array_end(f->o);
        out_object_end(f->o);
    }
    if (f->n % FIELDS_MAX == 0) {
        block_begin(f->o, "section");
        out_array(f->o, "fields");
    }
    out_mrkdwn(f->o, NULL, buf_view(&b));
    f->n++;
}

static void fields_end(struct fields *f)
{
    out_array_end(f->o);
    out_object_end(f->o);
}

/* Shown in the reader's own zone; the text behind | where that is not possible. */
static void put_date(struct buf *to, int64_t wall_ms)
{
    char text[TIME_TEXT_MAX];

    time_text(wall_ms, false, text);
    buf_printf(to, "<!date^%lld^{date_short_pretty} {time_secs}|%s>",
               (long long)(wall_ms / 1000), text);
}

static void add_when(struct fields *f, const struct alert *a)
{
    struct buf b freed_by(buf_release) = BUF(300);

    put_date(&b, a->tstamp_ms);
    if (a->action == ACTION_RELEASE && a->tstamp_end_ms > a->tstamp_ms) {
        buf_text(&b, " to ");
        put_date(&b, a->tstamp_end_ms);
    }
    field_add(f, STR("When"), buf_view(&b));
}

static void put_facts(struct json_out *o, const struct message *m,
                      const struct alert *alert, bool whole, struct arena *a)
{
    size_t n = whole ? chat_facts_fit(&mrkdwn, m, FACTS_MAX) : 0;
    struct fields f = {.o = o};

    for (size_t i = 0; i < n; i++) {
        struct buf value freed_by(buf_release) = BUF(REQUEST_MAX);

        chat_value(&mrkdwn, &m->facts[i], ODD, FIELD_MAX - HEADER_MAX - 3, &value);
        field_add(&f, str_of(m->facts[i].label), buf_view(&value));
    }
    if (whole && n < m->fact_count)
        field_add(&f, STR("\xe2\x80\xa6"),
                  arena_printf(a, "%zu more", m->fact_count - n));
    add_when(&f, alert);
    fields_end(&f);
}

/* --- blocks --------------------------------------------------------------- */

static void put_sentence(struct json_out *o, const struct message *m)
{
    if (str_trim(m->sentence).n == 0)
        return;
    block_begin(o, "section");
    out_plain(o, "text", str_trim(m->sentence), SECTION_MAX);
    out_object_end(o);
}

/* A button would make Slack ask for a server that hears of clicks: so a link. */
static void put_context(struct json_out *o, const struct message *m)
{
    struct buf link freed_by(buf_release) = BUF(REQUEST_MAX);

    if (m->link.n == 0 && m->footer.n == 0)
        return;
    block_begin(o, "context");
    out_array(o, "elements");
    if (m->link.n > 0) {
        put_link(&link, m->link, "Open");
        if (m->ack_link.n > 0) {
            buf_text(&link, " \xc2\xb7 ");
            put_link(&link, m->ack_link, "Acknowledge");
        }
        out_mrkdwn(o, NULL, buf_view(&link));
    }
    if (m->footer.n > 0)
        out_plain(o, NULL, m->footer, CONTEXT_MAX);
    out_array_end(o);
    out_object_end(o);
}

/* The lines of a digest; its first is in the header. */
static void put_digest(struct json_out *o, const struct message *messages,
                       const struct render_input *in, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);
    struct str lines;

    chat_digest(&mrkdwn, messages, in, SECTION_MAX, a, &b);
    lines = buf_view(&b);
    str_until(&lines, '\n');
    block_begin(o, "section");
    out_mrkdwn(o, "text", lines);
    out_object_end(o);
}

static void put_alert(struct json_out *o, const struct message *m,
                      const struct render_input *in, enum chat_deed deed,
                      struct arena *a)
{
    bool whole = chat_whole(in, deed);

    put_sentence(o, m);
    put_facts(o, m, in->items[0].alert, whole, a);
    put_context(o, m);
}

static void put_blocks(struct json_out *o, const struct message *messages,
                       const struct render_input *in, enum chat_deed deed,
                       struct str title, struct str summary, struct arena *a)
{
    out_array(o, "blocks");
    block_begin(o, "header");
    out_plain(o, "text", title, HEADER_MAX);
    out_object_end(o);
    out_array_end(o);
    out_array(o, "attachments");
    out_object(o, NULL);
    out_text(o, "color", chat_worst(messages, in)->colour);
    out_str(o, "fallback", summary);
    out_array(o, "blocks");
    if (in->count > 1)
        put_digest(o, messages, in, a);
    else
        put_alert(o, messages, in, deed, a);
    out_array_end(o);
    out_object_end(o);
    out_array_end(o);
}

/* --- the message ---------------------------------------------------------- */

/* What a notification shows, and whoever shows no blocks. */
static struct str summary_of(struct str title, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);

    escape_fit(&b, title, SUMMARY_MAX, UNIT_UTF16, escape_slack);
    return arena_str(a, buf_view(&b));
}

static void put_text(struct json_out *o, const struct message *messages,
                     const struct render_input *in, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);

    if (in->step == CHAT_REPLY)
        chat_reply(&loose, messages, &b);
    else
        chat_text(&loose, messages, in, TEXT_MAX, a, &b);
    out_str(o, "text", buf_view(&b));
}

/* An edit leaves what it does not name. */
static void put_nothing_else(struct json_out *o)
{
    out_array(o, "blocks");
    out_array_end(o);
    out_array(o, "attachments");
    out_array_end(o);
}

void slack_message(const struct render_input *in, enum chat_deed deed,
                   struct arena *a, struct json_out *o)
{
    const struct message *messages = chat_messages(in, a);
    struct str title, summary;

    if (chat_text_only(in)) {
        put_text(o, messages, in, a);
        if (deed == CHAT_EDIT)
            put_nothing_else(o);
        return;
    }
    title = in->count > 1 ? chat_digest_title(in, a)
                          : chat_title(messages, in->items[0].phase, in->test, a);
    summary = summary_of(title, a);
    out_str(o, "text", summary);
    put_blocks(o, messages, in, deed, title, summary, a);
}
