/* escape_chat.c -- the markup of the chats: what each would take for more than
 * text. None needs to look at more than the next character. */
#include "message/escape.h"

#define UNSEEN "\xe2\x80\x8b" /* U+200B: breaks what is read together */

/* Puts `mark` before each of `before`, and U+200B after each of `after`. */
static void escape_marked(struct buf *to, struct str s, const char *before,
                          const char *mark, const char *after)
{
    for (size_t i = 0; i < s.n; i++) {
        bool zero = s.p[i] == '\0'; /* strchr() would find it */

        if (!zero && strchr(before, s.p[i]) != NULL)
            buf_text(to, mark);
        buf_char(to, s.p[i]);
        if (!zero && strchr(after, s.p[i]) != NULL)
            buf_text(to, UNSEEN);
    }
}

static const char *entity_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    default:
        return NULL;
    }
}

static void put_entity(struct buf *to, char c)
{
    const char *entity = entity_of(c);

    if (entity != NULL)
        buf_text(to, entity);
    else
        buf_char(to, c);
}

void escape_slack(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        put_entity(to, s.p[i]);
}

static bool may_begin_label(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

/* Where a client would see a name or an address to link to: after an "@", the colon
 * of a scheme, the dot of a host's name. Where the text ends, who knows what comes. */
static bool links_on(struct str s, size_t i)
{
    bool last = i + 1 == s.n;
    char next = last ? '\0' : s.p[i + 1];

    return s.p[i] == '@' || (s.p[i] == ':' && (last || next == '/')) ||
           (s.p[i] == '.' && (last || may_begin_label(next)));
}

void escape_telegram(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        put_entity(to, s.p[i]);
        if (links_on(s, i))
            buf_text(to, UNSEEN);
    }
}

void escape_telegram_plain(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        buf_char(to, s.p[i]);
        if (links_on(s, i))
            buf_text(to, UNSEEN);
    }
}

/* The same where a colon that a "//" may follow makes a link of what is around it:
 * such a one is written as `colon`; others stay, for addresses have them. */
static void escape_linking(struct buf *to, struct str s, const char *before,
                           const char *after, const char *colon)
{
    while (s.n > 0) {
        size_t n = str_find(s, ':');
        bool links = n < s.n && (n + 1 == s.n || s.p[n + 1] == '/');

        escape_marked(to, str_first(s, n), before, "\\", after);
        if (n < s.n)
            buf_text(to, links ? colon : ":");
        s = str_from(s, n + 1);
    }
}

void escape_discord(struct buf *to, struct str s)
{
    escape_linking(to, s, "\\*_~`|>#[]<", "@", "\\:");
}

void escape_mattermost(struct buf *to, struct str s)
{
    escape_linking(to, s, "\\`*_[]#|~><", "@~&", ":" UNSEEN);
}

void escape_teams(struct buf *to, struct str s)
{
    escape_marked(to, s, "\\*_[]()`#-<>~", "\\", "{&");
}

void escape_connector(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        const char *entity = entity_of(s.p[i]);

        if (entity != NULL)
            buf_text(to, entity);
        else
            escape_teams(to, (struct str){s.p + i, 1});
    }
}

/* TheHive shows GitHub's markdown, tables and links too. */
void escape_markdown(struct buf *to, struct str s)
{
    escape_linking(to, s, "\\`*_[]()<>!|#~", "@&", ":" UNSEEN);
}

/* Knows no escape: "<" would begin a mention or a colour. */
void escape_wecom(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '<')
            buf_text(to, "\xef\xbc\x9c"); /* full width */
        else
            escape_marked(to, (struct str){s.p + i, 1}, "", "", "[]*#>`_");
        if (links_on(s, i))
            buf_text(to, UNSEEN);
    }
}

void escape_unlinked(struct buf *to, struct str s)
{
    escape_marked(to, s, "", "", "@~[]!:.`<");
}

void escape_code(struct buf *to, struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        buf_char(to, s.p[i] == '`' ? '\'' : s.p[i]);
}
