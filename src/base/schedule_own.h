/* schedule_own.h -- inside the room: what reads the text of a schedule. Each function
 * that takes something stands behind it then; false of those that return bool: it is
 * not there (and nothing was taken), or where noted a mistake that was said. */
#ifndef BASE_SCHEDULE_OWN_H
#define BASE_SCHEDULE_OWN_H

#include "base/schedule.h"

#define ALL_DAYS 0x7fu
#define ALL_MONTH_DAYS 0xfffffffeu
#define ALL_MONTHS 0x1ffeu

struct reader {
    struct str text;
    size_t at;
    struct schedule *out;
    size_t *column; /* may be NULL */
    struct error *err;
};

static inline bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Always false. */
bool reader_fail(struct reader *r, size_t at, const char *format, ...)
    printf_like(3, 4);
bool reader_expected(struct reader *r, const char *what);
bool reader_expected_at(struct reader *r, size_t at, const char *what);
struct str reader_found(const struct reader *r, size_t at); /* for "..., not X" */

char reader_here(const struct reader *r); /* '\0': the end */
bool reader_ended(const struct reader *r);
void reader_skip(struct reader *r); /* white space */
/* Each may have white space before it. */
bool reader_take(struct reader *r, char c);
bool reader_word(struct reader *r, const char *word);
struct str reader_letters(struct reader *r); /* what comes next; not taken */
/* A comma, when a letter or a number is behind it: so a list goes on. */
bool reader_comma_letter(struct reader *r);
bool reader_comma_number(struct reader *r, bool may_be_negative);
/* Digits, right here. */
bool reader_number(struct reader *r, int64_t most, int64_t *out);

int reader_week_day(struct str word); /* 0 is Sunday; -1: none */
int reader_month(struct str word);    /* 1 to 12; -1: none */

/* These say what is wrong. */
bool reader_add(struct reader *r, size_t at, struct schedule_item item);
/* The "for 2h" of items that were added from `first` on. */
bool reader_for(struct reader *r, size_t first, size_t at);
bool reader_cron(struct reader *r, size_t at);
/* "year 2026-2028 dec day 24-31,-1"; *said: there was any of it. */
bool reader_dates(struct reader *r, struct schedule_dates *out, bool *said);

/* Which days a cron, or no date at all, may mean. */
void schedule_dates_all(struct schedule_dates *out);
void schedule_dates_set(struct schedule_dates *out, uint32_t month_days,
                        uint16_t months);

#endif
