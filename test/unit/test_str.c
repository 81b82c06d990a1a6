/* test_str.c -- views, numbers, durations, near names and UTF-8. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <locale.h>

#include "base/str.h"

static void views(void **state unused)
{
    assert_true(str_eq(STR_NONE, STR("")));
    assert_true(str_is(STR("abc"), "abc"));
    assert_false(str_is(STR("abc"), "abcd"));
    assert_false(str_is(STR("abc"), "abd"));
    assert_true(str_is(STR_NONE, NULL));
    assert_true(str_is_nocase(STR("Content-Type"), "content-TYPE"));
    assert_false(str_is_nocase(STR("@"), "`")); /* no letters: 0x20 apart */
    assert_true(str_starts(STR("abc"), "ab"));
    assert_true(str_starts(STR("abc"), ""));
    assert_false(str_starts(STR("a"), "ab"));
    assert_true(str_ends(STR("abc"), "bc"));
    assert_false(str_ends(STR("c"), "bc"));
    assert_int_equal(str_find(STR("abc"), 'c'), 2);
    assert_int_equal(str_find(STR("abc"), 'x'), 3);
    assert_int_equal(str_find(STR_NONE, 'x'), 0);
    assert_true(str_is(str_from(STR("abc"), 1), "bc"));
    assert_int_equal(str_from(STR("abc"), 9).n, 0);
    assert_true(str_is(str_first(STR("abc"), 2), "ab"));
    assert_true(str_is(str_first(STR("abc"), 9), "abc"));
    assert_true(str_is(str_trim(STR(" \t\r\n a b \v\f")), "a b"));
    assert_int_equal(str_trim(STR(" \n ")).n, 0);
}

static void ordering(void **state unused)
{
    assert_true(str_cmp(STR("a"), STR("b")) < 0);
    assert_true(str_cmp(STR("b"), STR("a")) > 0);
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_cmp(STR("ab"), STR("a")) > 0);
    assert_true(str_cmp(STR("\xff"), STR("a")) > 0); /* bytes are unsigned */
    assert_int_equal(str_cmp(STR_NONE, STR("")), 0);
}

static void until(void **state unused)
{
    struct str rest = STR("a,,b");

    assert_true(str_is(str_until(&rest, ','), "a"));
    assert_true(str_is(str_until(&rest, ','), ""));
    assert_true(str_is(str_until(&rest, ','), "b"));
    assert_int_equal(rest.n, 0);
    assert_true(str_is(str_until(&rest, ','), ""));
}

static void signed_numbers(void **state unused)
{
    static const struct {
        const char *text;
        bool sound;
        int64_t want;
    } rows[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"007", true, 7},
        {"-42", true, -42},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"99999999999999999999999", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"+1", false, 0},
        {"--1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1.0", false, 0},
        {"0x10", false, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t got = 77;

        if (str_to_i64(str_of(rows[i].text), &got) != rows[i].sound ||
            got != (rows[i].sound ? rows[i].want : 77))
            fail_msg("\"%s\" gave %" PRId64, rows[i].text, got);
    }
}

static void unsigned_numbers(void **state unused)
{
    uint64_t got = 77;

    assert_false(str_to_u64(STR("18446744073709551616"), &got));
    assert_false(str_to_u64(STR("-1"), &got));
    assert_false(str_to_u64(STR(""), &got));
    assert_true(got == 77);
    assert_true(str_to_u64(STR("18446744073709551615"), &got));
    assert_true(got == UINT64_MAX);
}

static const struct {
    const char *text;
    bool sound;
    double want;
} doubles[] = {
    {"0", true, 0.0},
    {"1.5", true, 1.5},
    {"-1.5", true, -1.5},
    {"0.1", true, 0.1},
    {"123456789012345", true, 123456789012345.0},
    {"1e22", true, 1e22},
    {"1e23", true, 1e23},
    {"9007199254740993", true, 9007199254740992.0},
    {"2.2250738585072014E-308", true, 2.2250738585072014e-308},
    {"4.9e-324", true, 4.9e-324},
    {"1.7976931348623157e+308", true, 1.7976931348623157e+308},
    {"1e-400", true, 0.0},
    {"0e99999999999999999999", true, 0.0},
    {"100000000000000000000000000000000000000001", true, 1e41},
    {"1e400", false, 0.0},
    {"-1e400", false, 0.0},
    {"", false, 0.0},
    {".5", false, 0.0},
    {"5.", false, 0.0},
    {"1e", false, 0.0},
    {"1e+", false, 0.0},
    {"+1", false, 0.0},
    {"1,5", false, 0.0},
    {"nan", false, 0.0},
    {"inf", false, 0.0},
    {"0x1p3", false, 0.0},
    {"1 ", false, 0.0},
};

static void real_numbers(void **state unused)
{
    for (size_t i = 0; i < COUNT_OF(doubles); i++) {
        double got = 77, want = doubles[i].sound ? doubles[i].want : 77;

        if (str_to_double(str_of(doubles[i].text), &got) != doubles[i].sound ||
            memcmp(&got, &want, sizeof(got)) != 0)
            fail_msg("\"%s\" gave %a", doubles[i].text, got);
    }
}

/* The process's locale may have a comma for a point; numbers do not change. */
static void real_numbers_elsewhere(void **state)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (setlocale(LC_ALL, names[i]) != NULL) {
            real_numbers(state);
            setlocale(LC_ALL, "C");
            return;
        }
    }
    skip(); /* no such locale on this machine */
}

/* Both ways to a double, the exact one and strtod()'s, against strtod(). */
static void real_numbers_random(void **state unused)
{
    uint64_t seed = 1;

    for (int i = 0; i < 40000; i++) {
        char text[64];
        double got;

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        snprintf(text, sizeof(text), "%" PRIu64 ".%04" PRIu64 "e%d",
                 (seed >> 1) >> (seed >> 50) % 60, (seed >> 11) % 10000,
                 (int)(seed >> 55) % 60 - 30);
        assert_true(str_to_double(str_of(text), &got));
        if (got > strtod(text, NULL) || got < strtod(text, NULL))
            fail_msg("\"%s\" gave %a", text, got);
    }
}

static void durations(void **state unused)
{
    static const struct {
        const char *text;
        bool sound;
        int64_t want_s;
        const char *back;
    } rows[] = {
        {"90", true, 90, "1m30s"},
        {"0", true, 0, "0s"},
        {"90s", true, 90, "1m30s"},
        {"5m", true, 300, "5m"},
        {"1h30m", true, 5400, "1h30m"},
        {"2d", true, 172800, "2d"},
        {"2w", true, 1209600, "2w"},
        {"90d", true, 7776000, "90d"},
        {"1w1d", true, 691200, "8d"},
        {"3650d", true, 315360000, "3650d"},
        {"1d1h1m1s", true, 90061, "1d1h1m1s"},
        {"3651d", false, 0, NULL},
        {"315360001", false, 0, NULL},
        {"99999999999999999999s", false, 0, NULL},
        {"300000000w", false, 0, NULL},
        {"18446744073709551615s", false, 0, NULL},
        {"1d9223372036854775807s", false, 0, NULL},
        {"", false, 0, NULL},
        {"m", false, 0, NULL},
        {"5", true, 5, "5s"},
        {"5 m", false, 0, NULL},
        {"-5m", false, 0, NULL},
        {"1.5h", false, 0, NULL},
        {"30m1h", false, 0, NULL},
        {"1m1m", false, 0, NULL},
        {"1h30", false, 0, NULL},
        {"5ms", false, 0, NULL},
        {"5y", false, 0, NULL},
        {"5M", false, 0, NULL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char back[DURATION_TEXT_MAX];
        int64_t got = -77000, want = rows[i].sound ? rows[i].want_s * 1000 : got;

        if (str_to_duration_ms(str_of(rows[i].text), &got) != rows[i].sound ||
            got != want)
            fail_msg("\"%s\" gave %" PRId64, rows[i].text, got);
        if (!rows[i].sound)
            continue;
        duration_text(got, back);
        assert_string_equal(back, rows[i].back);
    }
}

static void odd_durations(void **state unused)
{
    char text[DURATION_TEXT_MAX];

    duration_text(-5, text);
    assert_string_equal(text, "0s");
    duration_text(1999, text);
    assert_string_equal(text, "1s");
    duration_text(INT64_MAX, text);
    assert_string_equal(text, "106751991167d7h12m55s");
}

static void nearest(void **state unused)
{
    static const char *const names[] = {
        "minimum_severity", "webhook", "port", "to", NULL,
    };
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"minimum_severty", "minimum_severity"},
        {"minimum-severity", "minimum_severity"},
        {"MINIMUM_SEVERITY", "minimum_severity"},
        {"webhoko", "webhook"},
        {"web_hoook", "webhook"},
        {"webhook_url", NULL},
        {"prot", "port"},
        {"ot", "to"},
        {"ab", NULL},
        {"x", NULL},
        {"", NULL},
        {"wwwebhook_and_much_more_than_anybody_would_ever_type_by_mistake_", NULL},
        {"a_name_longer_than_the_table_that_distances_are_computed_in_is_wide",
         NULL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *got = str_nearest(str_of(rows[i].text), names);

        if (!str_is(str_of(got), rows[i].want))
            fail_msg("\"%s\" gave %s", rows[i].text, got);
    }
}

static void utf8(void **state unused)
{
    static const struct {
        const char *text;
        size_t first;
        uint32_t code;
        bool valid;
    } rows[] = {
        {"", 0, 0, true},
        {"a", 1, 'a', true},
        {"\xc3\xa9", 2, 0xe9, true},
        {"\xe2\x82\xac", 3, 0x20ac, true},
        {"\xf0\x9f\x98\x80", 4, 0x1f600, true},
        {"\xed\x9f\xbf", 3, 0xd7ff, true},
        {"\xee\x80\x80", 3, 0xe000, true},
        {"\xf4\x8f\xbf\xbf", 4, 0x10ffff, true},
        {"\xc0\x80", 0, 0, false},         /* overlong NUL */
        {"\xc1\xbf", 0, 0, false},
        {"\xe0\x9f\xbf", 0, 0, false},     /* overlong */
        {"\xf0\x8f\xbf\xbf", 0, 0, false}, /* overlong */
        {"\xed\xa0\x80", 0, 0, false},     /* surrogate */
        {"\xf4\x90\x80\x80", 0, 0, false}, /* above U+10FFFF */
        {"\xf5\x80\x80\x80", 0, 0, false},
        {"\x80", 0, 0, false},
        {"\xe2\x82", 0, 0, false},
        {"\xe2\x82x", 0, 0, false},
        {"\xff", 0, 0, false},
        {"twelve ascii, then \xe2\x82\xac and more ascii", 1, 't', true},
        {"twelve ascii, then \xe2\x82 and more ascii", 1, 't', false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint32_t code = 0;
        size_t n = utf8_first(str_of(rows[i].text), &code);

        if (n != rows[i].first || code != rows[i].code ||
            utf8_valid(str_of(rows[i].text)) != rows[i].valid)
            fail_msg("row %zu gave %zu bytes, U+%04X", i, n, code);
    }
}

static void utf8_cutting(void **state unused)
{
    struct str s = STR("a\xe2\x82\xacz");
    static const size_t want[] = {0, 1, 1, 1, 4, 5, 5};

    for (size_t max = 0; max < COUNT_OF(want); max++)
        assert_int_equal(utf8_cut(s, max), want[max]);
    assert_int_equal(utf8_cut(STR("\xf0\x9f\x98\x80"), 3), 0);
    /* What is not UTF-8 is cut where it was asked for. */
    assert_int_equal(utf8_cut(STR("\x80\x80\x80\x80\x80\x80"), 4), 4);
    assert_int_equal(utf8_cut(STR_NONE, 4), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views),
        cmocka_unit_test(ordering),
        cmocka_unit_test(until),
        cmocka_unit_test(signed_numbers),
        cmocka_unit_test(unsigned_numbers),
        cmocka_unit_test(real_numbers),
        cmocka_unit_test(real_numbers_elsewhere),
        cmocka_unit_test(real_numbers_random),
        cmocka_unit_test(durations),
        cmocka_unit_test(odd_durations),
        cmocka_unit_test(nearest),
        cmocka_unit_test(utf8),
        cmocka_unit_test(utf8_cutting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
