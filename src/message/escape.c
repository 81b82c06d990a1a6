/* escape.c -- HTML, syslog and Checkmk: one encoder each. */
#include "message/escape.h"

static const char *html_entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void escape_html(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        const char *entity = html_entity(s.p[i]);

        if (entity != NULL)
            buf_text(to, entity);
        else
            buf_char(to, s.p[i]);
    }
}

void escape_sd_param(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\\' || s.p[i] == '"' || s.p[i] == ']')
            buf_char(to, '\\');
        buf_char(to, s.p[i]);
    }
}

/* Old Event Consoles do not undo escapes, and take a backslash at the end of a
 * value for one of the quote after it: so nothing that would need an escape. */
void escape_checkmk(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        static const char bad[] = "\\\"[]\t\r\n", good[] = "/'()   ";
        const char *at = s.p[i] == '\0' ? NULL : strchr(bad, s.p[i]);

        buf_char(to, at == NULL ? s.p[i] : good[at - bad]);
    }
}

void escape_syslog(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c < ' ' || c == 0x7f)
            buf_printf(to, "#%03o", c);
        else
            buf_char(to, s.p[i]);
    }
}
