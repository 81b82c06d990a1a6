/* schedule_reader.c -- the characters, words and numbers of a schedule's text. */
#include "base/schedule_own.h"

#include <stdarg.h>

/* Everything before a mistake is ASCII, so that bytes are characters. */
bool reader_fail(struct reader *r, size_t at, const char *format, ...)
{
    char words[ERROR_TEXT_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    if (r->column != NULL)
        *r->column = at + 1;
    return error_set(r->err, "column %zu: %s", at + 1, words);
}

/* --- characters --------------------------------------------------------------- */

char reader_here(const struct reader *r)
{
    return r->at < r->text.n ? r->text.p[r->at] : '\0';
}

void reader_skip(struct reader *r)
{
    while (is_space(reader_here(r)))
        r->at++;
}

bool reader_ended(const struct reader *r)
{
    return r->at >= r->text.n;
}

bool reader_take(struct reader *r, char c)
{
    size_t before = r->at;

    reader_skip(r);
    if (!reader_ended(r) && reader_here(r) == c) {
        r->at++;
        return true;
    }
    r->at = before;
    return false;
}

struct str reader_letters(struct reader *r)
{
    size_t n = 0;

    reader_skip(r);
    while (r->at + n < r->text.n && is_letter(r->text.p[r->at + n]))
        n++;
    return str_first(str_from(r->text, r->at), n);
}

bool reader_word(struct reader *r, const char *word)
{
    struct str letters = reader_letters(r);

    if (!str_is_nocase(letters, word))
        return false;
    r->at += letters.n;
    return true;
}

struct str reader_found(const struct reader *r, size_t at)
{
    struct str rest = str_from(r->text, at);
    size_t n = 0;

    while (n < rest.n && !is_space(rest.p[n]) && strchr(",;", rest.p[n]) == NULL)
        n++;
    n = utf8_cut(rest, MIN(n, 40));
    return rest.n == 0 ? STR("the end") : str_first(rest, MAX(n, (size_t)1));
}

bool reader_expected_at(struct reader *r, size_t at, const char *what)
{
    return reader_fail(r, at, "here %s is expected, not %.*s", what,
                       STR_ARG(reader_found(r, at)));
}

bool reader_expected(struct reader *r, const char *what)
{
    reader_skip(r);
    return reader_expected_at(r, r->at, what);
}

bool reader_number(struct reader *r, int64_t most, int64_t *out)
{
    size_t n = 0;

    while (r->at + n < r->text.n && is_digit(r->text.p[r->at + n]))
        n++;
    if (!str_to_i64(str_first(str_from(r->text, r->at), n), out) || *out > most)
        return false;
    r->at += n;
    return true;
}

bool reader_comma_letter(struct reader *r)
{
    struct reader ahead = *r;

    if (!reader_take(&ahead, ',') || reader_letters(&ahead).n == 0)
        return false;
    return reader_take(r, ',');
}

bool reader_comma_number(struct reader *r, bool may_be_negative)
{
    struct reader ahead = *r;

    if (!reader_take(&ahead, ','))
        return false;
    reader_skip(&ahead);
    if (may_be_negative && reader_here(&ahead) == '-')
        ahead.at++;
    return is_digit(reader_here(&ahead)) && reader_take(r, ',');
}

/* --- days and months -------------------------------------------------------------- */

const char *const schedule_week_days[7] = {
    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
const char *const schedule_months[12] = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};

/* Three letters, or all of them. */
static int name_of(struct str word, const char *const *names, int n)
{
    for (int i = 0; i < n; i++)
        if (str_is_nocase(word, names[i]) ||
            (word.n == 3 && strncasecmp(word.p, names[i], 3) == 0))
            return i;
    return -1;
}

int reader_week_day(struct str word)
{
    return name_of(word, schedule_week_days, COUNT_OF(schedule_week_days));
}

int reader_month(struct str word)
{
    int month = name_of(word, schedule_months, COUNT_OF(schedule_months));

    return month < 0 ? month : month + 1;
}
