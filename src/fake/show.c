/* show.c -- markup as a client shows it, in plain text: for the demo. */
#include "fake/own.h"

void show_line(struct buf *to, struct str text)
{
    if (text.n == 0)
        return;
    if (to->n > 0)
        buf_char(to, '\n');
    buf_str(to, text);
}

void show_body(const struct fake_post *p, struct arena *a unused, struct buf *to)
{
    show_line(to, p->body);
}

static const struct {
    const char *entity, *text;
} entities[] = {
    {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"},
};

/* Bytes of the entity s begins with, which is written; 0: none. */
static size_t entity_take(struct buf *to, struct str s)
{
    for (size_t i = 0; i < COUNT_OF(entities); i++)
        if (str_starts(s, entities[i].entity)) {
            buf_text(to, entities[i].text);
            return strlen(entities[i].entity);
        }
    return 0;
}

/* "<https://x|Open>" is "Open", "<!date^1^f|23 Nov>" is "23 Nov". */
static size_t slack_link_take(struct buf *to, struct str s)
{
    size_t end = str_find(s, '>');
    struct str inside = str_first(str_from(s, 1), end > 0 ? end - 1 : 0);
    size_t bar = str_find(inside, '|');

    if (s.p[0] != '<' || end == s.n)
        return 0;
    buf_str(to, bar < inside.n ? str_from(inside, bar + 1) : inside);
    return end + 1;
}

/* "`a*b`" is "a*b": nothing counts inside. Fences have three. */
static size_t code_take(struct buf *to, struct str s)
{
    size_t marks = 0;
    const char *end;

    while (marks < s.n && s.p[marks] == '`')
        marks++;
    if (marks == 0)
        return 0;
    end = memmem(s.p + marks, s.n - marks, s.p, marks);
    if (end == NULL)
        return 0;
    buf_add(to, s.p + marks, (size_t)(end - s.p) - marks);
    return (size_t)(end - s.p) + marks;
}

/* In code Slack still reads its entities, and nothing else. */
static size_t slack_code_take(struct buf *to, struct str s)
{
    struct buf inside freed_by(buf_release) = BUF(65536);
    size_t n = code_take(&inside, s);
    struct str rest = buf_view(&inside);

    while (rest.n > 0) {
        size_t taken = entity_take(to, rest);

        if (taken == 0)
            buf_char(to, rest.p[0]);
        rest = str_from(rest, MAX(taken, 1));
    }
    return n;
}

void show_mrkdwn(struct buf *to, struct str s)
{
    while (s.n > 0) {
        size_t n = entity_take(to, s);

        if (n == 0)
            n = slack_link_take(to, s);
        if (n == 0)
            n = slack_code_take(to, s);
        if (n == 0) {
            if (s.p[0] != '*')
                buf_char(to, s.p[0]);
            n = 1;
        }
        s = str_from(s, n);
    }
}

void show_html(struct buf *to, struct str s)
{
    while (s.n > 0) {
        size_t n = entity_take(to, s);

        if (n == 0 && s.p[0] == '<')
            n = MIN(str_find(s, '>') + 1, s.n);
        if (n == 0) {
            buf_char(to, s.p[0]);
            n = 1;
        }
        s = str_from(s, n);
    }
}

/* "[Open](https://x)" is "Open"; the label is on one line, without brackets. */
static size_t link_take(struct buf *to, struct str s)
{
    size_t label = 1, end;

    if (s.p[0] != '[')
        return 0;
    while (label < s.n && strchr("[]\n", s.p[label]) == NULL)
        label++;
    if (label + 1 >= s.n || s.p[label] != ']' || s.p[label + 1] != '(')
        return 0;
    end = str_find(str_from(s, label), ')');
    buf_str(to, str_first(str_from(s, 1), label - 1));
    return MIN(label + end + 1, s.n);
}

static bool is_punctuation(char c)
{
    return c > ' ' && c < 0x7f && !(c >= '0' && c <= '9') &&
           !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z');
}

/* "# ", "> " at the start of a line. */
static size_t heading_take(struct str s)
{
    size_t n = 0;

    while (n < s.n && (s.p[n] == '#' || s.p[n] == '>'))
        n++;
    return n > 0 && n < s.n && s.p[n] == ' ' ? n + 1 : 0;
}

static size_t markdown_take(struct buf *to, struct str s)
{
    size_t n = link_take(to, s);

    if (n == 0)
        n = code_take(to, s);
    if (n > 0)
        return n;
    if (s.p[0] == '\\' && s.n > 1 && is_punctuation(s.p[1])) {
        buf_char(to, s.p[1]);
        return 2;
    }
    if (s.p[0] != '*')
        buf_char(to, s.p[0]);
    return 1;
}

void show_markdown(struct buf *to, struct str s)
{
    bool line_start = true;

    while (s.n > 0) {
        size_t n = line_start ? heading_take(s) : 0;

        if (n == 0)
            n = markdown_take(to, s);
        line_start = s.p[n - 1] == '\n';
        s = str_from(s, n);
    }
}

void show_timed(struct buf *to, struct str s,
                size_t (*time_take)(struct buf *to, struct str s))
{
    struct buf b freed_by(buf_release) = BUF(65536);

    while (s.n > 0) {
        size_t n = time_take(&b, s);

        if (n == 0)
            buf_char(&b, s.p[0]);
        s = str_from(s, MAX(n, 1));
    }
    show_markdown(to, buf_view(&b));
}

void show_text(struct buf *to, const struct json *j, const char *name,
               void (*show)(struct buf *to, struct str text))
{
    struct buf line freed_by(buf_release) = BUF(65536);

    show(&line, json_text(json_get(j, name)));
    show_line(to, buf_view(&line));
}
