/* teams_card.c -- alerts as an Adaptive Card, and as the MessageCard before it.
 * Source: adaptivecards.io, schema 1.4 (workflows refuse 1.5); Microsoft's "Cards
 * reference" and "Text features" for Teams; "Legacy actionable message card". */
#include "endpoint/teams.h"

#include "base/clock.h"
#include "base/limits.h"

/* Bytes of escaped text, which JSON may at worst double. */
#define TITLE_MAX 500
#define SENTENCE_MAX 5000
#define BARE_MAX 500
#define DIGEST_MAX 8000
#define FOOTER_MAX 500
#define PARAGRAPH "\n\n" /* a single one is none */

struct card { /* one being written */
    const struct render_input *in;
    const struct message *messages;
    size_t facts; /* how many of the first message's to show */
    struct arena *a;
    struct json_out *o;
};

/* --- markup --------------------------------------------------------------- */

static void put_link(struct buf *to, struct str url, const char *label)
{
    buf_printf(to, "[%s](%.*s)", label, STR_ARG(url));
}

static const struct markup adaptive = {
    .unit = UNIT_BYTES,
    .escape = escape_teams,
    .code = escape_teams,
    .link = put_link,
    .bold = "**",
    .bold_end = "**",
    .line = PARAGRAPH,
};

static const struct markup connector = {
    .unit = UNIT_BYTES,
    .escape = escape_connector,
    .code = escape_connector,
    .link = put_link,
    .bold = "**",
    .bold_end = "**",
    .line = PARAGRAPH,
};

/* Own words may be of many lines. */
static void adaptive_lines(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\n')
            buf_text(to, PARAGRAPH);
        else
            escape_teams(to, (struct str){s.p + i, 1});
    }
}

static void connector_lines(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\n')
            buf_text(to, PARAGRAPH);
        else
            escape_connector(to, (struct str){s.p + i, 1});
    }
}

/* --- what both have ------------------------------------------------------- */

static const struct alert *first_alert(const struct card *c)
{
    return c->in->items[0].alert;
}

static struct str title_of(const struct card *c)
{
    return c->in->count > 1
               ? chat_digest_title(c->in, c->a)
               : chat_title(c->messages, c->in->items[0].phase, c->in->test,
                            c->a);
}

/* Without markdown, but a card's functions may work even there. */
static void put_unbraced(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        buf_char(to, s.p[i]);
        if (s.p[i] == '{')
            buf_text(to, "\xe2\x80\x8b");
    }
}

/* Shown in notifications. */
static struct str summary_of(const struct card *c)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);

    escape_fit(&b, title_of(c), TITLE_MAX, UNIT_BYTES, put_unbraced);
    return arena_str(c->a, buf_view(&b));
}

static size_t sentence_max(const struct card *c)
{
    return c->in->step == TEAMS_BARE ? BARE_MAX : SENTENCE_MAX;
}

static void put_fact(const struct card *c, const char *name, struct str label,
                     struct str value, void (*escape)(struct buf *to,
                                                      struct str s))
{
    out_object(c->o, NULL);
    chat_out(c->o, name, label, TITLE_MAX, UNIT_BYTES, escape);
    chat_out(c->o, "value", value, SENTENCE_MAX, UNIT_BYTES, escape);
    out_object_end(c->o);
}

static void put_facts(const struct card *c, const char *name,
                      void (*escape)(struct buf *to, struct str s))
{
    const struct message *m = &c->messages[0];

    for (size_t i = 0; i < c->facts; i++)
        put_fact(c, name, str_of(m->facts[i].label), m->facts[i].value, escape);
    if (c->facts < m->fact_count)
        put_fact(c, name, STR("\xe2\x80\xa6"),
                 arena_printf(c->a, "%zu more", m->fact_count - c->facts),
                 escape);
}

/* --- Adaptive Card -------------------------------------------------------- */

static const char *style_of(const struct render_input *in)
{
    enum severity worst;

    if (!chat_is_on(in, &worst))
        return "good";
    if (worst >= SEVERITY_ERROR)
        return "attention";
    return worst == SEVERITY_WARNING ? "warning" : "accent";
}

static void block_begin(const struct card *c)
{
    out_object(c->o, NULL);
    out_text(c->o, "type", "TextBlock");
    out_bool(c->o, "wrap", true);
}

static void put_digest_block(const struct card *c)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);

    chat_digest(&adaptive, c->messages, c->in, DIGEST_MAX, c->a, &b);
    block_begin(c);
    out_str(c->o, "text", buf_view(&b));
    out_object_end(c->o);
}

static void put_title_blocks(const struct card *c)
{
    struct str sentence = str_trim(c->messages[0].sentence);

    block_begin(c);
    chat_out(c->o, "text", title_of(c), TITLE_MAX, UNIT_BYTES, escape_teams);
    out_text(c->o, "weight", "Bolder");
    out_text(c->o, "size", "Medium");
    out_object_end(c->o);
    if (sentence.n == 0)
        return;
    block_begin(c);
    chat_out(c->o, "text", sentence, sentence_max(c), UNIT_BYTES, adaptive_lines);
    out_text(c->o, "spacing", "None");
    out_object_end(c->o);
}

static void put_container(const struct card *c)
{
    out_object(c->o, NULL);
    out_text(c->o, "type", "Container");
    out_text(c->o, "style", style_of(c->in));
    out_bool(c->o, "bleed", true);
    out_array(c->o, "items");
    if (c->in->count > 1)
        put_digest_block(c);
    else
        put_title_blocks(c);
    out_array_end(c->o);
    out_object_end(c->o);
}

/* Teams shows it in the reader's own zone and language. */
static void put_date(struct buf *to, int64_t wall_ms)
{
    char text[TIME_TEXT_MAX];

    time_text(wall_ms, false, text);
    buf_printf(to, "{{DATE(%s,SHORT)}} {{TIME(%s)}}", text, text);
}

/* The one value that is ours alone, and not escaped. */
static void put_when(const struct card *c)
{
    const struct alert *alert = first_alert(c);
    struct buf b freed_by(buf_release) = BUF(300);

    put_date(&b, alert->tstamp_ms);
    if (alert->action == ACTION_RELEASE &&
        alert->tstamp_end_ms > alert->tstamp_ms) {
        buf_text(&b, " to ");
        put_date(&b, alert->tstamp_end_ms);
    }
    out_object(c->o, NULL);
    out_text(c->o, "title", "When");
    out_str(c->o, "value", buf_view(&b));
    out_object_end(c->o);
}

static void put_fact_set(const struct card *c)
{
    out_object(c->o, NULL);
    out_text(c->o, "type", "FactSet");
    out_array(c->o, "facts");
    put_facts(c, "title", escape_teams);
    put_when(c);
    out_array_end(c->o);
    out_object_end(c->o);
}

static void put_footer(const struct card *c)
{
    if (c->messages[0].footer.n == 0)
        return;
    block_begin(c);
    chat_out(c->o, "text", c->messages[0].footer, FOOTER_MAX, UNIT_BYTES,
             escape_teams);
    out_bool(c->o, "isSubtle", true);
    out_text(c->o, "size", "Small");
    out_object_end(c->o);
}

static void put_action(const struct card *c, const char *title, struct str url)
{
    if (url.n == 0)
        return;
    out_object(c->o, NULL);
    out_text(c->o, "type", "Action.OpenUrl");
    out_text(c->o, "title", title);
    out_str(c->o, "url", url);
    out_object_end(c->o);
}

static void put_actions(const struct card *c)
{
    out_array(c->o, "actions");
    put_action(c, "Open", c->messages[0].link);
    put_action(c, "Acknowledge", c->messages[0].ack_link);
    out_array_end(c->o);
}

static void put_adaptive_card(const struct card *c)
{
    out_object(c->o, "content");
    out_text(c->o, "$schema",
             "http://adaptivecards.io/schemas/adaptive-card.json");
    out_text(c->o, "type", "AdaptiveCard");
    out_text(c->o, "version", "1.4");
    out_str(c->o, "fallbackText", summary_of(c));
    out_object(c->o, "msteams");
    out_text(c->o, "width", "Full");
    out_object_end(c->o);
    out_array(c->o, "body");
    put_container(c);
    if (c->in->count == 1) {
        put_fact_set(c);
        put_footer(c);
    }
    out_array_end(c->o);
    if (c->in->count == 1 && c->messages[0].link.n > 0)
        put_actions(c);
    out_object_end(c->o);
}

static void put_workflow(const struct card *c)
{
    out_object(c->o, NULL);
    out_text(c->o, "type", "message");
    out_str(c->o, "summary", summary_of(c));
    out_array(c->o, "attachments");
    out_object(c->o, NULL);
    out_text(c->o, "contentType", "application/vnd.microsoft.card.adaptive");
    out_null(c->o, "contentUrl");
    put_adaptive_card(c);
    out_object_end(c->o);
    out_array_end(c->o);
    out_object_end(c->o);
}

/* --- MessageCard ---------------------------------------------------------- */

/* Whether its own title knows markdown is told nowhere; its text does. */
static void put_text(const struct card *c)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);
    struct str sentence = str_trim(c->messages[0].sentence);

    if (c->in->count > 1) {
        chat_digest(&connector, c->messages, c->in, DIGEST_MAX, c->a, &b);
    } else {
        buf_text(&b, connector.bold);
        escape_fit(&b, title_of(c), TITLE_MAX, UNIT_BYTES, escape_connector);
        buf_text(&b, connector.bold_end);
        buf_text(&b, sentence.n > 0 ? PARAGRAPH : "");
        escape_fit(&b, sentence, sentence_max(c), UNIT_BYTES, connector_lines);
    }
    out_str(c->o, "text", buf_view(&b));
}

static void put_sections(const struct card *c)
{
    out_array(c->o, "sections");
    out_object(c->o, NULL);
    out_array(c->o, "facts");
    put_facts(c, "name", escape_connector);
    put_fact(c, "name", STR("When"), c->messages[0].when, escape_connector);
    out_array_end(c->o);
    chat_out(c->o, "text", c->messages[0].footer, FOOTER_MAX, UNIT_BYTES,
             escape_connector);
    out_bool(c->o, "markdown", true);
    out_object_end(c->o);
    out_array_end(c->o);
}

static void put_open_uri(const struct card *c)
{
    out_array(c->o, "potentialAction");
    out_object(c->o, NULL);
    out_text(c->o, "@type", "OpenUri");
    out_text(c->o, "name", "Open");
    out_array(c->o, "targets");
    out_object(c->o, NULL);
    out_text(c->o, "os", "default");
    out_str(c->o, "uri", c->messages[0].link);
    out_object_end(c->o);
    out_array_end(c->o);
    out_object_end(c->o);
    out_array_end(c->o);
}

static void put_message_card(const struct card *c)
{
    const struct message *worst = chat_worst(c->messages, c->in);

    out_object(c->o, NULL);
    out_text(c->o, "@type", "MessageCard");
    out_text(c->o, "@context", "https://schema.org/extensions");
    out_str(c->o, "summary", summary_of(c));
    out_text(c->o, "themeColor", worst->colour + 1); /* without the '#' */
    put_text(c);
    if (c->in->count == 1)
        put_sections(c);
    if (c->in->count == 1 && c->messages[0].link.n > 0)
        put_open_uri(c);
    out_object_end(c->o);
}

/* --- the body ------------------------------------------------------------- */

static void card_write(const struct card *c)
{
    const struct teams *t = c->in->endpoint;

    if (t->format == TEAMS_MESSAGECARD)
        put_message_card(c);
    else
        put_workflow(c);
}

bool teams_card(const struct render_input *in, struct arena *a, struct str *body,
                struct error *err)
{
    struct message *messages = chat_messages(in, a);
    struct buf b freed_by(buf_release) = BUF(TEAMS_BODY_MAX);
    struct card c = {.in = in, .messages = messages, .a = a};

    if (in->count == 1 && in->items[0].phase == PHASE_RELEASE)
        chat_follow_up(messages, in->items[0].alert, a);
    c.facts = in->step == TEAMS_BARE ? 0 : messages[0].fact_count;
    for (;; c.facts--) {
        struct json_out o = JSON_OUT(&b);

        c.o = &o;
        card_write(&c);
        if (!b.over || c.facts == 0)
            return render_kept(&b, a, body, err);
        buf_reset(&b);
    }
}
