/* filter_token.c -- a filter's text in words, quotes and signs, and its errors. */
#include <stdarg.h>
#include <stdio.h>

#include "routing/filter_parser.h"

size_t parser_column(const struct parser *p, size_t at)
{
    size_t column = 1;

    for (size_t i = 0; i < at; i++)
        column += ((unsigned char)p->text.p[i] & 0xc0) != 0x80;
    return column;
}

void *parser_fail(struct parser *p, size_t at, const char *format, ...)
{
    char words[ERROR_TEXT_MAX];
    size_t column = parser_column(p, at);
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    error_set(p->err, "column %zu: %s", column, words);
    if (p->column != NULL)
        *p->column = column;
    return NULL;
}

/* --- tokens ------------------------------------------------------------------ */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool ends_word(char c)
{
    return (unsigned char)c <= ' ' || c == 0x7f ||
           strchr("\"(),;{}=!<>~&|", c) != NULL;
}

/* Only \" and \\ are escapes, so that patterns are written as they are. */
static bool quoted(struct parser *p, char quote)
{
    struct buf b freed_by(buf_release) = BUF(FILTER_BYTES_MAX);
    size_t i = p->now.at + 1;

    for (; i < p->text.n && p->text.p[i] != quote; i++) {
        if (p->text.p[i] == '\\' && i + 1 < p->text.n &&
            (p->text.p[i + 1] == quote || p->text.p[i + 1] == '\\'))
            i++;
        if ((unsigned char)p->text.p[i] < ' ' && p->text.p[i] != '\t')
            return parser_fail(p, i,
                               "a control character or a line's end in quotes");
        buf_char(&b, p->text.p[i]);
    }
    if (i == p->text.n)
        return parser_fail(p, p->now.at,
                           "the quote %c that opens here is not closed", quote);
    p->now.kind = T_QUOTED;
    p->now.text = arena_str(p->a, buf_view(&b));
    p->next = i + 1;
    return true;
}

static bool sign(struct parser *p)
{
    static const char *const signs[] = {
        "==", "!=", "<=", ">=", "=~", "!~", "&&", "||", "=", "!",
        "<",  ">",  "~",  "&",  "(",  ")",  "{",  "}",  ",", ";",
    };
    struct str rest = str_from(p->text, p->now.at);

    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (str_starts(rest, signs[i])) {
            p->now.kind = T_SIGN;
            p->now.text = str_of(signs[i]);
            p->next = p->now.at + p->now.text.n;
            return true;
        }
    return parser_fail(p, p->now.at,
                       "what is this character? Put it in quotes if it "
                       "belongs to a text");
}

bool parser_next(struct parser *p)
{
    size_t at = p->next, end;

    while (at < p->text.n && is_space(p->text.p[at]))
        at++;
    p->now = (struct token){.kind = T_END, .at = at};
    p->next = at;
    if (at == p->text.n)
        return true;
    if (p->text.p[at] == '"' || p->text.p[at] == '\'')
        return quoted(p, p->text.p[at]);
    for (end = at; end < p->text.n && !ends_word(p->text.p[end]);)
        end++;
    if (end == at)
        return sign(p);
    p->now.kind = T_WORD;
    p->now.text = str_first(str_from(p->text, at), end - at);
    p->next = end;
    return true;
}

bool parser_at_sign(const struct parser *p, const char *text)
{
    return p->now.kind == T_SIGN && str_is(p->now.text, text);
}

bool parser_at_word(const struct parser *p, const char *text)
{
    return p->now.kind == T_WORD && str_is_nocase(p->now.text, text);
}

/* What stands here, for "..., not X". */
static struct str here(struct parser *p)
{
    struct str shown = str_first(p->now.text, utf8_cut(p->now.text, 40));

    if (p->now.kind == T_END)
        return STR("the end");
    return arena_printf(p->a, "\"%.*s\"", STR_ARG(shown));
}

void *parser_expected(struct parser *p, const char *what)
{
    return parser_fail(p, p->now.at, "here %s is expected, not %.*s", what,
                       STR_ARG(here(p)));
}
