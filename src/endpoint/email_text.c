/* email_text.c -- a mail as plain text: what any program can show. */
#include "endpoint/email.h"

#include "message/escape.h"

#define LABEL_WIDTH 13
#define SENTENCE_POINTS 300 /* of one alert in a list */

static void put_upper(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        buf_char(to, s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 'a' + 'A')
                                                    : s.p[i]);
}

/* A label and enough blanks for the values to stand in a column. */
static void put_label(struct buf *to, const char *label)
{
    struct str rest = str_of(label);
    size_t width = 0;

    buf_text(to, label);
    for (; rest.n > 0; width++)
        rest = str_from(rest, MAX(utf8_first(rest, NULL), 1));
    do {
        buf_char(to, ' ');
    } while (++width < LABEL_WIDTH);
}

static void put_row(struct buf *to, const char *label, struct str value)
{
    if (value.n == 0)
        return;
    put_label(to, label);
    buf_str(to, value);
    buf_char(to, '\n');
}

/* "RELEASED after 8 min 3 s", "RELEASED. Fired 15:01:06, cleared ..." */
static void put_released(const struct message *m, struct buf *to)
{
    struct str rest = m->state;

    if (str_starts(rest, "Released"))
        rest = str_from(rest, strlen("Released"));
    buf_text(to, "RELEASED");
    if (rest.n > 0)
        buf_printf(to, "%s%.*s", rest.p[0] == ' ' ? "" : ". ", STR_ARG(rest));
}

/* The first line is what a lock screen shows of the mail. */
static void put_head(const struct letter *l, struct buf *to)
{
    const struct alert *a = l->in->items[0].alert;
    const struct message *m = &l->messages[0];

    if (l->in->test)
        buf_text(to, "TEST: this is a sample, nothing is wrong.\n\n");
    if (a->action == ACTION_RELEASE) {
        put_released(m, to);
        buf_printf(to, "\n%.*s  (%.*s, score %lld)\n", STR_ARG(m->title),
                   STR_ARG(m->severity), (long long)a->score);
        return;
    }
    put_upper(to, l->in->items[0].phase == PHASE_WORSENED ? m->state : m->severity);
    buf_printf(to, "  %.*s  (score %lld)\n", STR_ARG(m->title),
               (long long)a->score);
}

static void put_state(const struct letter *l, struct buf *to)
{
    const struct render_item *item = &l->in->items[0];

    if (item->alert->action == ACTION_ENGAGE)
        buf_text(to, "Engaged: it goes on until you are told otherwise.\n");
    else if (item->phase == PHASE_LATE)
        buf_text(to, "Over already; nothing was sent when it began.\n");
}

static void put_foot(const struct letter *l, struct str footer, struct buf *to)
{
    struct buf name freed_by(buf_release) = BUF(1024);

    clean_text(&name, l->in->recipient_name, false);
    buf_printf(to, "\n%.*s\n", STR_ARG(footer));
    if (name.n > 0)
        buf_printf(to, "You get this as recipient \"%.*s\".\n",
                   STR_ARG(buf_view(&name)));
}

static void put_alert(const struct letter *l, struct buf *to)
{
    const struct message *m = &l->messages[0];

    put_head(l, to);
    put_state(l, to);
    buf_str(to, m->sentence);
    buf_text(to, "\n\n");
    for (size_t i = 0; i < m->fact_count; i++)
        put_row(to, m->facts[i].label, m->facts[i].value);
    put_row(to, "When", m->when);
    if (m->link.n > 0)
        buf_char(to, '\n');
    put_row(to, "Open", m->link);
    put_row(to, "Ack", m->ack_link);
    put_foot(l, m->footer, to);
}

void email_entry(const struct letter *l, size_t at, struct str *about,
                 struct str *sentence)
{
    const struct message *m = &l->messages[at];
    struct str subject = m->subject;
    struct buf cut freed_by(buf_release) = BUF(4 * SENTENCE_POINTS);

    cut_points(&cut, m->sentence, SENTENCE_POINTS);
    *about = m->brief;
    *sentence = arena_str(l->arena, buf_view(&cut));
    if (subject.n == 0 || m->brief.n == 0 || m->own_text ||
        !str_eq(str_first(*sentence, subject.n), subject))
        return;
    *about = arena_printf(l->arena, "%.*s%.*s", STR_ARG(m->brief),
                          STR_ARG(str_from(*sentence, subject.n)));
    *sentence = STR_NONE;
}

/* Own words may be of several lines. */
static void put_lines(struct str text, struct buf *to)
{
    while (text.n > 0) {
        struct str line = str_until(&text, '\n');

        buf_printf(to, "%s%.*s\n", line.n > 0 ? "    " : "", STR_ARG(line));
    }
}

static void put_entry(const struct letter *l, size_t at, struct buf *to)
{
    const struct alert *a = l->in->items[at].alert;
    const struct message *m = &l->messages[at];
    bool released = a->action == ACTION_RELEASE;
    struct str about, sentence;

    email_entry(l, at, &about, &sentence);
    buf_printf(to, "\n%2zu. ", at + 1);
    put_upper(to, released ? STR("released") : m->severity);
    buf_printf(to, "  %.*s\n", STR_ARG(m->title));
    put_lines(m->state, to);
    put_lines(about, to);
    put_lines(sentence, to);
    put_lines(m->when, to);
    put_lines(m->link, to);
}

static void put_digest(const struct letter *l, struct buf *to)
{
    buf_printf(to, "%.*s\n", STR_ARG(email_digest_title(l)));
    for (size_t i = 0; i < email_shown(l); i++)
        put_entry(l, i, to);
    if (email_more(l).n > 0)
        buf_printf(to, "\n%.*s\n", STR_ARG(email_more(l)));
    put_foot(l, arena_printf(l->arena, "tocsin %.*s",
                             STR_ARG(l->in->place.instance)),
             to);
}

void email_text(const struct letter *l, struct buf *to)
{
    if (l->in->count > 1)
        put_digest(l, to);
    else
        put_alert(l, to);
}
