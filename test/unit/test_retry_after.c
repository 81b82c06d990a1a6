/* test_retry_after.c -- what a Retry-After header asks for. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "transport/own.h"

#define NOW_MS 784111777000LL /* Sun, 06 Nov 1994 08:49:37 GMT */
#define CAP RETRY_AFTER_CAP_MS

static const struct {
    const char *name, *value;
    int64_t want_ms;
} rows[] = {
    {"seconds", "120", 120000},
    {"one", "1", 1000},
    {"none", "0", 0},
    {"with white space", " \t30 ", 30000},
    {"leading zeros", "0005", 5000},
    {"a fraction", "0.25", 250},
    {"a long fraction", "1.5000", 1500},
    {"the cap", "3600", CAP},
    {"over the cap", "3601", CAP},
    {"a billion", "1000000000", CAP},
    {"2^63", "9223372036854775808", CAP},
    {"no number fits it", "99999999999999999999999999999999999999", CAP},
    {"empty", "", 0},
    {"white space", "  ", 0},
    {"negative", "-1", 0},
    {"a sign", "+5", 0},
    {"a unit", "5s", 0},
    {"hex", "0x10", 0},
    {"an exponent", "1e3", 0},
    {"an exponent in a fraction", "1.0e3", 0},
    {"two dots", "1.2.3", 0},
    {"only a dot", ".", 0},
    {"words", "soon", 0},
    {"two values", "5, 10", 0},
    {"IMF date", "Sun, 06 Nov 1994 08:50:07 GMT", 30000},
    {"IMF date now", "Sun, 06 Nov 1994 08:49:37 GMT", 0},
    {"IMF date past", "Sun, 06 Nov 1994 08:49:36 GMT", 0},
    {"IMF date of next year", "Mon, 06 Nov 1995 08:49:37 GMT", CAP},
    {"IMF date of the year 9999", "Fri, 31 Dec 9999 23:59:59 GMT", CAP},
    {"IMF date, day of the week wrong", "Mon, 06 Nov 1994 08:50:07 GMT", 30000},
    {"IMF date, another zone", "Sun, 06 Nov 1994 08:50:07 CET", 0},
    {"IMF date, no zone", "Sun, 06 Nov 1994 08:50:07", 0},
    {"IMF date, one digit", "Sun, 6 Nov 1994 08:50:07 GMT", 0},
    {"IMF date, no such month", "Sun, 06 Foo 1994 08:50:07 GMT", 0},
    {"IMF date, no such day", "Sun, 32 Nov 1994 08:50:07 GMT", 0},
    {"IMF date, no such hour", "Sun, 06 Nov 1994 24:50:07 GMT", 0},
    {"IMF date, leap second", "Sun, 06 Nov 1994 08:49:60 GMT", 23000},
    {"IMF date and more", "Sun, 06 Nov 1994 08:50:07 GMT x", 0},
    {"RFC 850 date", "Sunday, 06-Nov-94 08:50:07 GMT", 30000},
    {"RFC 850 date of this century", "Thursday, 01-Jan-26 00:00:00 GMT", CAP},
    {"RFC 850 date, long past", "Thursday, 01-Jan-70 00:00:00 GMT", 0},
    {"asctime date", "Sun Nov  6 08:50:07 1994", 30000},
    {"asctime date, two digits", "Wed Nov 16 08:50:07 1994", CAP},
    {"asctime date and a zone", "Sun Nov  6 08:50:07 1994 GMT", 0},
    {"RFC 3339", "1994-11-06T08:50:07Z", 0},
};

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t got_ms = retry_after_ms(str_of(rows[i].value), NOW_MS);

        if (got_ms != rows[i].want_ms)
            fail_msg("%s: %lld, not %lld", rows[i].name, (long long)got_ms,
                     (long long)rows[i].want_ms);
    }
}

/* Every beginning of a date is something else, and must not be read past. */
static void test_cut(void **state)
{
    static const char *const dates[] = {"Sun, 06 Nov 1994 08:50:07 GMT",
                                        "Sunday, 06-Nov-94 08:50:07 GMT",
                                        "Sun Nov  6 08:50:07 1994"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(dates); i++) {
        for (size_t n = 0; n < strlen(dates[i]); n++) {
            char *cut = mem_dup(dates[i], n);

            assert_int_equal(retry_after_ms((struct str){cut, n}, NOW_MS), 0);
            free(cut);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
