/* shell_words.c -- a line of options into an argument vector, without a shell. */
#include "endpoint/shell_words.h"

#include "base/buf.h"

struct scan {
    struct str rest;
    struct buf word; /* ours */
    struct error *err;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

static char take(struct scan *s)
{
    char c = s->rest.p[0];

    s->rest = str_from(s->rest, 1);
    return c;
}

static bool take_escaped(struct scan *s)
{
    if (s->rest.n == 0)
        return error_set(s->err, "ends in a backslash; write \\\\ for one");
    buf_char(&s->word, take(s));
    return true;
}

static bool take_quoted(struct scan *s, char quote)
{
    while (s->rest.n > 0) {
        char c = take(s);

        if (c == quote)
            return true;
        if (c == '\\' && quote == '"' && s->rest.n > 0 &&
            (s->rest.p[0] == '"' || s->rest.p[0] == '\\'))
            c = take(s);
        buf_char(&s->word, c);
    }
    return error_set(s->err, "the quote %c is not closed", quote);
}

static bool take_word(struct scan *s)
{
    buf_reset(&s->word);
    while (s->rest.n > 0 && !is_blank(s->rest.p[0])) {
        char c = take(s);

        if (c == '\\') {
            if (!take_escaped(s))
                return false;
        } else if (c == '\'' || c == '"') {
            if (!take_quoted(s, c))
                return false;
        } else {
            buf_char(&s->word, c);
        }
    }
    return true;
}

static bool take_words(struct scan *s, struct arena *a, const char **words,
                       size_t *count)
{
    for (*count = 0;; ++*count) {
        while (s->rest.n > 0 && is_blank(s->rest.p[0]))
            take(s);
        if (s->rest.n == 0)
            return true;
        if (*count == SHELL_WORDS_MAX)
            return error_set(s->err, "more than %d words", SHELL_WORDS_MAX);
        if (!take_word(s))
            return false;
        words[*count] = arena_c(a, buf_view(&s->word));
    }
}

bool shell_words(struct str line, struct arena *a, const char **words,
                 size_t *count, struct error *err)
{
    struct scan s = {.rest = line, .word = BUF(line.n), .err = err};
    bool taken = take_words(&s, a, words, count);

    buf_release(&s.word);
    return taken;
}
