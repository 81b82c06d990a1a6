/* decode.c -- what receivers do with our encodings, written apart from them. */
#include "decode.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool take_hex(struct str s, struct buf *to)
{
    int high = s.n < 3 ? -1 : hex_digit(s.p[1]);
    int low = s.n < 3 ? -1 : hex_digit(s.p[2]);

    if (high < 0 || low < 0)
        return false;
    buf_char(to, (char)(high << 4 | low));
    return true;
}

bool decode_qp(struct str s, struct buf *to)
{
    size_t column = 0;

    while (s.n > 0) {
        if (str_starts(s, "\r\n")) {
            if (column > 76)
                return false;
            buf_text(to, "\n");
            s = str_from(s, 2);
            column = 0;
        } else if (str_starts(s, "=\r\n")) {
            if (column + 1 > 76)
                return false;
            s = str_from(s, 3);
            column = 0;
        } else if (s.p[0] == '=') {
            if (!take_hex(s, to))
                return false;
            s = str_from(s, 3);
            column += 3;
        } else {
            bool blank = s.p[0] == ' ' || s.p[0] == '\t';

            if ((s.p[0] < ' ' && !blank) || s.p[0] > '~' ||
                (blank && (s.n == 1 || s.p[1] == '\r')))
                return false;
            buf_char(to, s.p[0]);
            s = str_from(s, 1);
            column++;
        }
    }
    return column <= 76;
}

static bool take_word(struct str *s, struct buf *to)
{
    struct str start = *s;

    *s = str_from(*s, 10);
    while (s->n > 0 && !str_starts(*s, "?=")) {
        if (s->p[0] == '=') {
            if (!take_hex(*s, to))
                return false;
            *s = str_from(*s, 3);
        } else if (s->p[0] <= ' ' || s->p[0] > '~' || s->p[0] == '?') {
            return false;
        } else {
            buf_char(to, s->p[0] == '_' ? ' ' : s->p[0]);
            *s = str_from(*s, 1);
        }
    }
    if (s->n < 2)
        return false;
    *s = str_from(*s, 2);
    return start.n - s->n <= 75;
}

bool decode_words(struct str s, struct buf *to)
{
    while (s.n > 0) {
        if (str_starts(s, "=?utf-8?q?")) {
            size_t before = to->n;

            if (!take_word(&s, to) ||
                !utf8_valid(str_from(buf_view(to), before)))
                return false;
            /* Blanks between two words are not text. */
            if (str_starts(s, "\r\n =?"))
                s = str_from(s, 3);
        } else if (str_starts(s, "\r\n ")) {
            s = str_from(s, 2);
            if (to->n == 0)
                s = str_from(s, 1);
        } else if (s.p[0] < ' ' || s.p[0] > '~') {
            return false;
        } else {
            buf_char(to, s.p[0]);
            s = str_from(s, 1);
        }
    }
    return true;
}

bool decode_html(struct str s, struct buf *to)
{
    static const struct {
        const char *entity;
        char c;
    } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'},
                    {"&quot;", '"'}, {"&#39;", '\''}};

    while (s.n > 0) {
        size_t i = 0;

        if (strchr("<>\"'", s.p[0]) != NULL && s.p[0] != '\0')
            return false;
        if (s.p[0] != '&') {
            buf_char(to, s.p[0]);
            s = str_from(s, 1);
            continue;
        }
        while (i < COUNT_OF(entities) && !str_starts(s, entities[i].entity))
            i++;
        if (i == COUNT_OF(entities))
            return false;
        buf_char(to, entities[i].c);
        s = str_from(s, strlen(entities[i].entity));
    }
    return true;
}

static size_t name_length(struct str s)
{
    size_t n = 0;

    while (n < s.n && s.p[n] > ' ' && s.p[n] <= '~' &&
           strchr("=]\"", s.p[n]) == NULL)
        n++;
    return n;
}

static bool take_value(struct str *rest, struct buf *values, bool undo)
{
    while (rest->n > 0 && rest->p[0] != '"') {
        if (undo && rest->p[0] == ']')
            return false;
        if (undo && rest->p[0] == '\\') {
            *rest = str_from(*rest, 1);
            if (rest->n == 0)
                return false;
        }
        buf_char(values, rest->p[0]);
        *rest = str_from(*rest, 1);
    }
    if (rest->n == 0)
        return false;
    *rest = str_from(*rest, 1);
    buf_char(values, '\n');
    return true;
}

static bool take_element(struct str *rest, struct buf *values, bool undo)
{
    size_t n;

    if (!str_starts(*rest, "["))
        return false;
    *rest = str_from(*rest, 1);
    n = name_length(*rest);
    if (n == 0)
        return false;
    *rest = str_from(*rest, n);
    while (str_starts(*rest, " ")) {
        n = name_length(str_from(*rest, 1));
        *rest = str_from(*rest, n + 1);
        if (n == 0 || n > 32 || !str_starts(*rest, "=\""))
            return false;
        *rest = str_from(*rest, 2);
        if (!take_value(rest, values, undo))
            return false;
    }
    if (!str_starts(*rest, "]"))
        return false;
    *rest = str_from(*rest, 1);
    return true;
}

bool decode_element(struct str *rest, struct buf *values)
{
    return take_element(rest, values, true);
}

bool decode_checkmk(struct str *rest, struct buf *values)
{
    return take_element(rest, values, false);
}

static const char *find(struct str s, const char *text)
{
    return s.n == 0 ? NULL : memmem(s.p, s.n, text, strlen(text));
}

bool decode_part(struct str mail, const char *boundary, size_t at,
                 struct buf *to)
{
    char line[100];
    const char *start, *end;

    snprintf(line, sizeof(line), "\r\n--%s", boundary);
    for (size_t i = 0; i <= at; i++) {
        start = find(mail, line);
        if (start == NULL)
            return false;
        mail = str_from(mail, (size_t)(start - mail.p) + strlen(line));
        if (!str_starts(mail, "\r\n"))
            return false;
    }
    start = find(mail, "\r\n\r\n");
    if (start == NULL)
        return false;
    mail = str_from(mail, (size_t)(start - mail.p) + 4);
    end = find(mail, line);
    return end != NULL &&
           decode_qp(str_first(mail, (size_t)(end - mail.p)), to);
}
