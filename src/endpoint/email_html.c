/* email_html.c -- a mail as HTML: tables and inline styles, nothing fetched. */
#include "endpoint/email.h"

#include "message/escape.h"

#define PREHEADER_POINTS 120
#define INK "#1f2328"
#define MUTED "#59636e"
#define LINK "#0a5fb4"

/* Colours that can be read on a dark card, by class name. */
static const char *const dark[SEVERITY_COUNT + 1] = {
    [SEVERITY_NONE] = "#6cb6ff",     [SEVERITY_DEBUG] = "#6cb6ff",
    [SEVERITY_INFO] = "#6cb6ff",     [SEVERITY_NOTICE] = "#4fc4cc",
    [SEVERITY_WARNING] = "#f0b35a",  [SEVERITY_ERROR] = "#ff8a8a",
    [SEVERITY_CRITICAL] = "#f287bd", [SEVERITY_ALERT] = "#f287bd",
    [SEVERITY_EMERGENCY] = "#c3a6ff", [SEVERITY_COUNT] = "#6fd29a",
};

/* Shapes for those who see no colours. */
static const char *const shapes[SEVERITY_COUNT + 1] = {
    [SEVERITY_NONE] = "&#9679;",     [SEVERITY_DEBUG] = "&#9679;",
    [SEVERITY_INFO] = "&#9679;",     [SEVERITY_NOTICE] = "&#9670;",
    [SEVERITY_WARNING] = "&#9650;",  [SEVERITY_ERROR] = "&#9632;",
    [SEVERITY_CRITICAL] = "&#9632;", [SEVERITY_ALERT] = "&#9632;",
    [SEVERITY_EMERGENCY] = "&#9733;", [SEVERITY_COUNT] = "&#10003;",
};

static unsigned look_of(const struct alert *a)
{
    return a->action == ACTION_RELEASE ? SEVERITY_COUNT : a->severity;
}

static void put_upper(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        buf_char(to, s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 'a' + 'A')
                                                    : s.p[i]);
}

/* --- around -------------------------------------------------------------- */

static void put_style(struct buf *to)
{
    buf_text(to, "<style>\n:root{color-scheme:light dark}\n"
                 "@media (prefers-color-scheme:dark){"
                 ".bg{background:#12161c!important}"
                 ".card{background:#1a2028!important}"
                 ".tx{color:#e6edf3!important}.mu{color:#9aa4af!important}"
                 ".lk{color:#6cb6ff!important}"
                 ".hr{border-color:#30363d!important}");
    for (unsigned i = 0; i < COUNT_OF(dark); i++)
        buf_printf(to, ".s%u{color:%s!important}", i, dark[i]);
    /* Outlook's own dark mode. */
    buf_text(to, "}\n[data-ogsb] .card{background:#1a2028!important}"
                 "[data-ogsc] .tx{color:#e6edf3!important}"
                 "[data-ogsc] .mu{color:#9aa4af!important}"
                 "[data-ogsc] .lk{color:#6cb6ff!important}");
    for (unsigned i = 0; i < COUNT_OF(dark); i++)
        buf_printf(to, "[data-ogsc] .s%u{color:%s!important}", i, dark[i]);
    buf_text(to, "\n</style>\n");
}

static void put_top(struct str title, const char *colour, struct str preheader,
                    struct buf *to)
{
    struct buf cut freed_by(buf_release) = BUF(4 * PREHEADER_POINTS);

    cut_points(&cut, preheader, PREHEADER_POINTS);
    buf_text(to, "<!doctype html>\n<html lang=\"en\"><head>"
                 "<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" "
                 "content=\"width=device-width,initial-scale=1\">\n"
                 "<meta name=\"color-scheme\" content=\"light dark\">\n"
                 "<meta name=\"supported-color-schemes\" "
                 "content=\"light dark\">\n<title>");
    escape_html(to, title);
    buf_text(to, "</title>\n");
    put_style(to);
    buf_text(to, "</head>\n<body class=\"bg\" "
                 "style=\"margin:0;padding:0;background:#f6f8fa\">\n"
                 "<div style=\"display:none;max-height:0;overflow:hidden\">");
    escape_html(to, buf_view(&cut));
    buf_printf(to, "</div>\n"
                   "<table role=\"presentation\" width=\"100%%\" "
                   "cellpadding=\"0\" cellspacing=\"0\" border=\"0\" "
                   "class=\"bg\" style=\"background:#f6f8fa\"><tr>"
                   "<td align=\"center\" style=\"padding:16px\">\n"
                   "<table role=\"presentation\" width=\"600\" "
                   "cellpadding=\"0\" cellspacing=\"0\" border=\"0\" "
                   "class=\"card\" style=\"width:100%%;max-width:600px;"
                   "background:#ffffff;border-left:6px solid %s;"
                   "font-family:Segoe UI,Roboto,Helvetica,Arial,sans-serif;"
                   "font-size:15px;line-height:22px;text-align:left\">\n",
               colour);
}

static void put_bottom(const struct letter *l, struct str footer, struct buf *to)
{
    struct buf name freed_by(buf_release) = BUF(1024);

    clean_text(&name, l->in->recipient_name, false);
    buf_text(to, "<tr><td class=\"mu hr\" style=\"padding:10px 20px 16px;"
                 "color:" MUTED ";font-size:14px;line-height:20px;"
                 "border-top:1px solid #d1d9e0\">");
    escape_html(to, footer);
    if (name.n > 0) {
        buf_text(to, "<br>\nYou get this as recipient <b>");
        escape_html(to, buf_view(&name));
        buf_text(to, "</b>.");
    }
    buf_text(to, "</td></tr>\n</table>\n</td></tr></table>\n</body></html>\n");
}

/* "■ ERROR", "✓ Released after 8 min 3 s" */
static void put_badge(const struct alert *a, const struct message *m,
                      struct buf *to)
{
    unsigned look = look_of(a);

    buf_printf(to, "<span class=\"s%u\" style=\"color:%s;font-weight:bold\">%s ",
               look, m->colour, shapes[look]);
    if (a->action != ACTION_RELEASE)
        put_upper(to, m->severity);
    else if (!str_starts(m->state, "Released"))
        buf_text(to, "Released. ");
    if (a->action == ACTION_RELEASE)
        escape_html(to, m->state);
    buf_text(to, "</span>");
}

/* Own words may be of several lines. */
static void put_words(struct str text, struct buf *to)
{
    escape_html(to, str_until(&text, '\n'));
    while (text.n > 0) {
        buf_text(to, "<br>\n");
        escape_html(to, str_until(&text, '\n'));
    }
}

/* --- one alert ----------------------------------------------------------- */

static void put_head(const struct letter *l, struct buf *to)
{
    const struct render_item *item = &l->in->items[0];
    const struct alert *a = item->alert;
    const struct message *m = &l->messages[0];

    buf_text(to, "<tr><td class=\"tx\" style=\"padding:16px 20px 4px;"
                 "color:" INK "\">");
    if (l->in->test)
        buf_text(to, "<b>&#129514; TEST</b>: this is a sample, nothing is "
                     "wrong.<br>\n");
    put_badge(a, m, to);
    if (a->action == ACTION_RELEASE)
        buf_printf(to, " &middot; was %.*s", STR_ARG(m->severity));
    else if (m->state.n > 0)
        buf_printf(to, " &middot; %.*s", STR_ARG(m->state));
    buf_printf(to, " &middot; score %lld\n"
                   "<h1 class=\"tx\" style=\"margin:4px 0;font-size:20px;"
                   "line-height:26px;color:" INK "\">",
               (long long)a->score);
    escape_html(to, m->title);
    buf_text(to, "</h1>\n");
    if (item->phase == PHASE_LATE)
        buf_text(to, "Over already; nothing was sent when it began.<br>\n");
    put_words(m->sentence, to);
    buf_text(to, "</td></tr>\n");
}

static void put_row(const char *label, struct str value, bool code,
                    struct buf *to)
{
    buf_text(to, "<tr valign=\"top\"><td class=\"mu\" width=\"110\" "
                 "style=\"color:" MUTED ";padding:2px 8px 2px 0\">");
    escape_html(to, str_of(label));
    buf_printf(to, "</td><td class=\"tx\" style=\"color:" INK
                   ";padding:2px 0;word-break:break-word%s\">",
               code ? ";font-family:Consolas,Menlo,monospace;font-size:14px"
                    : "");
    escape_html(to, value);
    buf_text(to, "</td></tr>\n");
}

static void put_facts(const struct message *m, struct buf *to)
{
    buf_text(to, "<tr><td style=\"padding:8px 20px 16px\">"
                 "<table role=\"presentation\" cellpadding=\"0\" "
                 "cellspacing=\"0\" border=\"0\" width=\"100%\">\n");
    for (size_t i = 0; i < m->fact_count; i++)
        put_row(m->facts[i].label, m->facts[i].value, m->facts[i].code, to);
    put_row("When", m->when, false, to);
    buf_text(to, "</table></td></tr>\n");
}

static void put_button(const struct message *m, struct buf *to)
{
    if (m->link.n == 0)
        return;
    buf_text(to, "<tr><td style=\"padding:0 20px 16px\">"
                 "<table role=\"presentation\" cellpadding=\"0\" "
                 "cellspacing=\"0\" border=\"0\"><tr>"
                 "<td bgcolor=\"" LINK "\" style=\"background:" LINK
                 ";padding:10px 16px\"><a href=\"");
    escape_html(to, m->link);
    buf_text(to, "\" style=\"color:#ffffff;text-decoration:none;"
                 "font-weight:bold\">Open alert</a></td>");
    if (m->ack_link.n > 0) {
        buf_text(to, "<td style=\"padding:10px 16px\"><a href=\"");
        escape_html(to, m->ack_link);
        buf_text(to, "\">Acknowledge</a></td>");
    }
    buf_text(to, "</tr></table></td></tr>\n");
}

static void put_alert(const struct letter *l, struct buf *to)
{
    const struct message *m = &l->messages[0];
    struct str preheader = arena_printf(
        l->arena, "%.*s%s%.*s", STR_ARG(m->state), m->state.n > 0 ? ": " : "",
        STR_ARG(m->sentence));

    put_top(m->title, m->colour, preheader, to);
    put_head(l, to);
    put_facts(m, to);
    put_button(m, to);
    put_bottom(l, m->footer, to);
}

/* --- several ------------------------------------------------------------- */

static void put_line(struct str line, struct buf *to)
{
    if (line.n == 0)
        return;
    buf_text(to, "<br>\n");
    put_words(line, to);
}

static void put_entry(const struct letter *l, size_t at, struct buf *to)
{
    const struct message *m = &l->messages[at];
    struct str about, sentence;

    email_entry(l, at, &about, &sentence);
    buf_text(to, "<tr><td class=\"tx hr\" style=\"padding:10px 20px;"
                 "color:" INK ";border-top:1px solid #d1d9e0;"
                 "word-break:break-word\">");
    put_badge(l->in->items[at].alert, m, to);
    buf_text(to, " &middot; <b>");
    if (m->link.n > 0) {
        buf_text(to, "<a class=\"lk\" style=\"color:" LINK "\" href=\"");
        escape_html(to, m->link);
        buf_text(to, "\">");
    }
    escape_html(to, m->title);
    buf_text(to, m->link.n > 0 ? "</a></b>" : "</b>");
    put_line(about, to);
    put_line(sentence, to);
    buf_text(to, "<br>\n<span class=\"mu\" style=\"color:" MUTED
                 ";font-size:14px\">");
    escape_html(to, m->when);
    buf_text(to, "</span></td></tr>\n");
}

static void put_more(struct str more, struct buf *to)
{
    if (more.n == 0)
        return;
    buf_text(to, "<tr><td class=\"tx hr\" style=\"padding:10px 20px;"
                 "color:" INK ";border-top:1px solid #d1d9e0\">");
    escape_html(to, more);
    buf_text(to, "</td></tr>\n");
}

static void put_digest(const struct letter *l, struct buf *to)
{
    struct str title = email_digest_title(l);

    put_top(title, l->messages[email_worst(l)].colour, title, to);
    buf_text(to, "<tr><td class=\"tx\" style=\"padding:16px 20px 12px;"
                 "color:" INK "\"><h1 class=\"tx\" style=\"margin:0;"
                 "font-size:20px;line-height:26px;color:" INK "\">");
    escape_html(to, title);
    buf_text(to, "</h1></td></tr>\n");
    for (size_t i = 0; i < email_shown(l); i++)
        put_entry(l, i, to);
    put_more(email_more(l), to);
    put_bottom(l, arena_printf(l->arena, "tocsin %.*s",
                               STR_ARG(l->in->place.instance)),
               to);
}

void email_html(const struct letter *l, struct buf *to)
{
    if (l->in->count > 1)
        put_digest(l, to);
    else
        put_alert(l, to);
}
