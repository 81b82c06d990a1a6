/* thehive_alert.c -- an alert as TheHive's, and what its release says there.
 * Source: docs.strangebee.com, "TheHive API docs", schema InputAlert; severities,
 * TLP and PAP as documented for each version (5.2 made TLP red 4). */
#include "endpoint/thehive.h"

#include "base/limits.h"

#define TYPE_MAX 32   /* characters, as all that follows */
#define TITLE_MAX 512
#define TAG_MAX 128
#define LINK_MAX 4096

/* --- markdown ------------------------------------------------------------- */

static void put_link(struct buf *to, struct str url, const char *label)
{
    buf_printf(to, "[%s](<%.*s>)", label, STR_ARG(url));
}

static const struct markup markdown = {
    .unit = UNIT_POINTS,
    .escape = escape_markdown,
    .code = escape_markdown,
    .link = put_link,
    .bold = "**",
    .bold_end = "**",
    .line = "\n\n",
};

static void put_row(struct buf *to, const char *label, struct str value)
{
    if (value.n == 0)
        return;
    buf_text(to, "| ");
    escape_markdown(to, str_of(label));
    buf_text(to, " | ");
    escape_markdown(to, value);
    buf_text(to, " |\n");
}

static void put_table(struct buf *to, const struct message *m)
{
    buf_text(to, "| | |\n|---|---|\n");
    for (size_t i = 0; i < m->fact_count; i++)
        put_row(to, m->facts[i].label, m->facts[i].value);
    put_row(to, "When", m->when);
    put_row(to, "From", m->footer);
}

static void put_description(struct buf *to, const struct message *m)
{
    if (m->state.n > 0) {
        buf_text(to, markdown.bold);
        escape_markdown(to, m->state);
        buf_text(to, markdown.bold_end);
        buf_text(to, markdown.line);
    }
    if (m->sentence.n > 0) {
        chat_lines(&markdown, m->sentence, to);
        buf_text(to, markdown.line);
    }
    put_table(to, m);
    if (m->link.n > 0) {
        buf_text(to, "\n");
        put_link(to, m->link, "Open in Tocsin");
    }
}

static void out_description(struct json_out *o, const struct message *m)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);

    put_description(&b, m);
    out_str(o, "description", buf_view(&b));
}

/* --- the alert ------------------------------------------------------------ */

static void out_cut(struct json_out *o, const char *name, struct str s,
                    size_t max)
{
    struct buf clean freed_by(buf_release) = BUF(REQUEST_MAX);
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);

    clean_text(&clean, s, false);
    cut_points(&b, buf_view(&clean), max);
    out_str(o, name, buf_view(&b));
}

static void out_tag(struct json_out *o, const char *kind, struct str word,
                    struct arena *a)
{
    struct buf clean freed_by(buf_release) = BUF(REQUEST_MAX);

    clean_text(&clean, word, false);
    if (str_trim(buf_view(&clean)).n > 0)
        out_cut(o, NULL, arena_printf(a, "%s:%.*s", kind,
                                      STR_ARG(buf_view(&clean))), TAG_MAX);
}

/* Each has a kind of its own, so that none comes twice. */
static void write_tags(const struct render_input *in, struct arena *a,
                       struct json_out *o)
{
    const struct alert *alert = in->items[0].alert;

    out_array(o, "tags");
    out_text(o, NULL, "tocsin");
    if (in->test)
        out_text(o, NULL, "test");
    out_tag(o, "source", alert->source, a);
    out_tag(o, "entity", str_of(entity_name(alert->entity)), a);
    out_tag(o, "type", alert->type, a);
    out_tag(o, "category", alert->category, a);
    out_tag(o, "severity", str_of(severity_name(alert->severity)), a);
    out_tag(o, "sensor", in->place.instance, a);
    out_array_end(o);
}

int thehive_severity(const struct alert *a)
{
    if (a->severity >= SEVERITY_CRITICAL)
        return 4;
    if (a->severity == SEVERITY_ERROR)
        return 3;
    return a->severity == SEVERITY_WARNING ? 2 : 1;
}

/* Version 4 counts red as 3, where 5 has amber+strict. */
static int tlp_of(const struct thehive *t, const struct thehive_recipient *r)
{
    return t->version == THEHIVE_4 && r->tlp == TLP_RED ? 3 : r->tlp;
}

static void write_protocols(const struct render_input *in, struct json_out *o)
{
    const struct thehive_recipient *r = in->recipient;

    out_i64(o, "tlp", tlp_of(in->endpoint, r));
    out_i64(o, "pap", r->pap);
}

void thehive_alert(const struct render_input *in, struct arena *a,
                   struct json_out *o)
{
    const struct render_item *item = &in->items[0];
    const struct message *m = chat_messages(in, a);
    struct str type = render_token(a, item->alert->source, TYPE_MAX);

    out_object(o, NULL);
    out_str(o, "type", type.n > 0 ? type : STR("tocsin"));
    out_str(o, "source", thehive_source(in, a));
    out_str(o, "sourceRef", thehive_reference(in, a));
    if (m->link.n > 0 && text_length(m->link, UNIT_POINTS) <= LINK_MAX)
        out_str(o, "externalLink", m->link);
    out_cut(o, "title", chat_plain_title(m, item->phase, in->test, a), TITLE_MAX);
    out_description(o, m);
    out_i64(o, "severity", thehive_severity(item->alert));
    out_i64(o, "date", item->alert->tstamp_ms);
    write_tags(in, a, o);
    write_protocols(in, o);
    if (in->step != THEHIVE_BARE)
        thehive_observables(in, a, o);
    out_object_end(o);
}

/* --- what follows ----------------------------------------------------------- */

/* Of an acknowledgement nothing but itself is news. */
static void put_ack(struct buf *to, const struct message *m, enum phase phase)
{
    if (phase == PHASE_UNACKED) {
        buf_text(to, "Acknowledged no more");
        return;
    }
    buf_printf(to, "%s: ", m->facts[0].label);
    escape_markdown(to, m->facts[0].value);
}

static void out_comment(struct json_out *o, const struct message *m, enum phase phase)
{
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);

    if (phase_is_ack(phase)) {
        put_ack(&b, m, phase);
        out_str(o, "message", buf_view(&b));
        return;
    }
    chat_reply(&markdown, m, &b);
    if (m->sentence.n > 0) {
        buf_text(&b, markdown.line);
        chat_lines(&markdown, m->sentence, &b);
    }
    buf_text(&b, markdown.line);
    escape_markdown(&b, m->when);
    out_str(o, "message", buf_view(&b));
}

/* Version 4 knows no comments on alerts; nobody but us writes its description. */
void thehive_note(const struct render_input *in, struct arena *a,
                  struct json_out *o)
{
    const struct thehive *t = in->endpoint;
    const struct message *m = chat_messages(in, a);

    out_object(o, NULL);
    if (t->version == THEHIVE_5)
        out_comment(o, m, in->items[0].phase);
    else
        out_description(o, m);
    if (t->version == THEHIVE_4 && in->items[0].phase == PHASE_WORSENED)
        out_i64(o, "severity", thehive_severity(in->items[0].alert));
    out_object_end(o);
}
