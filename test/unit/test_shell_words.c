/* test_shell_words.c -- options into words, and nothing in them that is run. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "endpoint/shell_words.h"

#define TEN "1 2 3 4 5 6 7 8 9 10 "

static void test_taken(void **state)
{
    static const struct {
        const char *in, *want; /* words between bars */
    } rows[] = {
        {"", ""},
        {"  \t\n ", ""},
        {"a", "a|"},
        {" a  b\tc\nd ", "a|b|c|d|"},
        {"'a b' c", "a b|c|"},
        {"\"a b\"c d", "a bc|d|"},
        {"a'b'\"c\"d", "abcd|"},
        {"''", "|"},
        {"'' \"\"", "||"},
        {"a\\ b", "a b|"},
        {"\\'a \\\"b \\\\", "'a|\"b|\\|"},
        {"'a\\b\\'", "a\\b\\|"},
        {"\"a\\\"b\\\\c\\d\"", "a\"b\\c\\d|"},
        {"'\"' \"'\"", "\"|'|"},
        {"$HOME $(id) `id` *.sh ~ {a,b}", "$HOME|$(id)|`id`|*.sh|~|{a,b}|"},
        {"; rm -rf / && x | y > z & #", ";|rm|-rf|/|&&|x|||y|>|z|&|#|"},
        {"d\xc3\xa9j\xc3\xa0 '\xe7\x99\xbb \xe5\xbd\x95'",
         "d\xc3\xa9j\xc3\xa0|\xe7\x99\xbb \xe5\xbd\x95|"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct buf got freed_by(buf_release) = BUF(4096);
        const char *words[SHELL_WORDS_MAX];
        struct error err;
        size_t n;

        if (!shell_words(str_of(rows[i].in), &arena, words, &n, &err))
            fail_msg("%s: %s", rows[i].in, err.text);
        for (size_t k = 0; k < n; k++)
            buf_printf(&got, "%s|", words[k]);
        assert_string_equal(buf_c(&got), rows[i].want);
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *in, *why;
    } rows[] = {
        {"'a", "quote ' is not closed"},
        {"a \"b", "quote \" is not closed"},
        {"\"a\\\"", "quote \" is not closed"},
        {"a\\", "backslash"},
        {TEN TEN TEN TEN TEN TEN "1 2 3 4 5", "more than 64 words"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena freed_by(arena_release) = {0};
        const char *words[SHELL_WORDS_MAX];
        struct error err;
        size_t n;

        assert_false(shell_words(str_of(rows[i].in), &arena, words, &n, &err));
        assert_non_null(strstr(err.text, rows[i].why));
    }
}

static void test_the_most(void **state)
{
    struct arena arena freed_by(arena_release) = {0};
    const char *words[SHELL_WORDS_MAX];
    struct error err;
    size_t n;

    (void)state;
    assert_true(shell_words(STR(TEN TEN TEN TEN TEN TEN "1 2 3 4 "), &arena,
                            words, &n, &err));
    assert_int_equal(n, SHELL_WORDS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_the_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
