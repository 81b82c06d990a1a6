/* test_buf.c -- buffers, arenas, allocation and errors. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

static void appending(void **state unused)
{
    struct buf b freed_by(buf_release) = BUF(100);

    assert_string_equal(buf_c(&b), "");
    buf_text(&b, "a");
    buf_char(&b, 'b');
    buf_str(&b, STR("cd"));
    buf_str(&b, STR_NONE);
    buf_add(&b, "ef", 1);
    buf_printf(&b, "%s-%d", "g", 7);
    buf_int(&b, 0);
    buf_int(&b, INT64_MIN);
    buf_int(&b, INT64_MAX);
    assert_string_equal(buf_c(&b), "abcdeg-7"
                                   "0-92233720368547758089223372036854775807");
    assert_int_equal(buf_view(&b).n, strlen(buf_c(&b)));
    assert_false(b.over);
    buf_reset(&b);
    assert_string_equal(buf_c(&b), "");
    assert_int_equal(b.max, 100);
}

static void limit(void **state unused)
{
    struct buf b freed_by(buf_release) = BUF(4);

    buf_text(&b, "abcd");
    assert_false(b.over); /* the limit itself still fits */
    buf_text(&b, "");
    assert_false(b.over);
    buf_char(&b, 'e');
    assert_true(b.over);
    assert_string_equal(buf_c(&b), "abcd");
    buf_reset(&b);
    buf_printf(&b, "%s", "abcde");
    assert_true(b.over);
    assert_string_equal(buf_c(&b), "");
    buf_text(&b, "a"); /* after that nothing more: no holes */
    assert_string_equal(buf_c(&b), "");
    buf_reset(&b);
    assert_null(buf_room(&b, 5));
    assert_true(b.over);
}

static void limit_of_none(void **state unused)
{
    struct buf b freed_by(buf_release) = {0};

    buf_text(&b, "x");
    assert_true(b.over);
    assert_int_equal(b.n, 0);
}

static void growing(void **state unused)
{
    struct buf b freed_by(buf_release) = BUF(100000);

    for (int i = 0; i < 100000; i++)
        buf_char(&b, (char)('a' + i % 26));
    assert_false(b.over);
    assert_int_equal(b.n, 100000);
    assert_int_equal(b.capacity, 100001); /* never more than the limit needs */
    for (int i = 0; i < 100000; i++)
        assert_true(b.p[i] == (char)('a' + i % 26));
}

static void writing_straight_in(void **state unused)
{
    struct buf b freed_by(buf_release) = BUF(10);
    char *room = buf_room(&b, 10);

    assert_non_null(room);
    memcpy(room, "abcdef", 6);
    buf_used(&b, 6);
    assert_string_equal(buf_c(&b), "abcdef");
    buf_used(&b, 0);
    assert_non_null(buf_room(&b, 4));
    assert_null(buf_room(&b, 5));
}

static void dropping(void **state unused)
{
    struct buf b freed_by(buf_release) = BUF(10);

    buf_drop(&b, 0);
    buf_text(&b, "abcdef");
    buf_drop(&b, 4);
    assert_string_equal(buf_c(&b), "ef");
    buf_drop(&b, 2);
    assert_string_equal(buf_c(&b), "");
}

static void taking(void **state unused)
{
    struct buf b = BUF(10);
    size_t n = 77;
    char *empty = buf_take(&b, &n), *full;

    assert_string_equal(empty, "");
    assert_int_equal(n, 0);
    buf_text(&b, "abc");
    full = buf_take(&b, &n);
    assert_string_equal(full, "abc");
    assert_int_equal(n, 3);
    assert_null(b.p);
    assert_int_equal(b.max, 10);
    free(empty);
    free(full);
    buf_release(&b);
    buf_release(NULL);
}

static bool is_zero(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] != 0)
            return false;
    }
    return true;
}

static void arena_zeroes(void **state unused)
{
    static const size_t sizes[] = {1, 7, 64, 4000, 5000, 70000, 200000};
    struct arena a = {0};

    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 100; i++) {
            size_t n = sizes[i % COUNT_OF(sizes)];
            unsigned char *p = arena_new(&a, n);

            assert_true((uintptr_t)p % _Alignof(max_align_t) == 0);
            assert_true(is_zero(p, n));
            memset(p, 0xff, n); /* what the next round must not see */
        }
        arena_reset(&a);
        assert_int_equal(a.used, 0);
    }
    arena_release(&a);
    arena_release(&a);
    arena_release(NULL);
}

static void arena_after_small_reset(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    void *first = arena_new(&a, 100);

    memset(first, 0xff, 100);
    arena_reset(&a);
    assert_ptr_equal(arena_new(&a, 100), first); /* the block was kept */
    assert_true(is_zero(first, 100));
    assert_int_equal(a.used, 100);
}

/* What was used once fits into one block the next time, up to what it may keep. */
static void arena_keeps_what_it_needs(void **state unused)
{
    struct arena a freed_by(arena_release) = {.keep = 400 << 10};
    char *first;

    for (int i = 0; i < 300; i++)
        memset(arena_new(&a, 1024), 1, 1024);
    arena_reset(&a);
    first = arena_new(&a, 1);
    for (int i = 0; i < 300; i++) {
        char *p = arena_new(&a, 1024);

        assert_true(p > first && p < first + (400 << 10));
        assert_int_equal(p[0] | p[1023], 0);
    }
    arena_new(&a, 1 << 20); /* too much to keep all of it */
    arena_reset(&a);
    assert_int_equal(a.used, 0);
    assert_int_equal(*(char *)arena_new(&a, 1), 0);
}

static void arena_texts(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    char text[] = "abc";
    struct str copy = arena_str(&a, str_of(text));
    struct str empty = arena_str(&a, STR_NONE);
    int *numbers = arena_array(&a, 3, sizeof(*numbers));

    text[0] = 'x';
    numbers[2] = 7;
    assert_true(str_is(copy, "abc"));
    assert_int_equal(copy.p[3], '\0');
    assert_non_null(empty.p);
    assert_int_equal(empty.n, 0);
    assert_string_equal(arena_c(&a, STR("xyz")), "xyz");
    assert_true(str_is(arena_printf(&a, "%d%s", 5, "x"), "5x"));
}

static void memory(void **state unused)
{
    char *p = mem_dup("abc", 2);
    unsigned char *zeroed = mem_array(3, 5);

    assert_string_equal(p, "ab");
    assert_true(is_zero(zeroed, 15));
    p = mem_grow(p, 1000, 2);
    assert_memory_equal(p, "ab", 3);
    free(p);
    free(zeroed);
    p = mem_new(0);
    assert_non_null(p);
    free(p);
}

static void errors(void **state unused)
{
    struct error err;

    memset(&err, 'x', sizeof(err)); /* as a local comes */
    assert_false(error_set(&err, "cannot open: %s", "no such file"));
    assert_string_equal(err.text, "cannot open: no such file");
    assert_string_equal(err.place, "");
    assert_false(error_in(&err, "%s", "a.yaml"));
    assert_string_equal(err.text, "a.yaml: cannot open: no such file");
    assert_false(error_at_index(&err, 3));
    assert_false(error_at(&err, "a/b~c"));
    assert_string_equal(err.place, "/a~1b~0c/3");
    assert_false(error_set(NULL, "nobody asked"));
    assert_false(error_in(NULL, "nobody asked"));
    assert_false(error_at(NULL, "nobody"));
    assert_false(error_at_index(NULL, 1));
}

static void long_errors(void **state unused)
{
    struct error err;
    char text[ERROR_TEXT_MAX * 2];

    for (size_t i = 0; i < sizeof(text) - 1; i++)
        text[i] = "\xe2\x82\xac"[i % 3];
    text[sizeof(text) - 1] = '\0';
    error_set(&err, "%s", text);
    /* Three bytes a character: 169 of them and "..." are below 512. */
    assert_int_equal(strlen(err.text), 169 * 3 + 3);
    assert_true(utf8_valid(str_of(err.text)));
    assert_true(str_ends(str_of(err.text), "\xac..."));
    error_in(&err, "a");
    assert_true(str_starts(str_of(err.text), "a: \xe2"));
    assert_true(str_ends(str_of(err.text), "\xac..."));
    assert_true(utf8_valid(str_of(err.text)));
    error_in(&err, "%s", text);
    assert_true(strlen(err.text) < ERROR_TEXT_MAX);
}

static void long_places(void **state unused)
{
    struct error err;

    error_set(&err, "wrong");
    for (size_t i = 0; i < 40; i++)
        error_at(&err, "abcdef~");
    assert_int_equal(strlen(err.place), sizeof(err.place) - 1);
    assert_true(str_starts(str_of(err.place), "/abcdef~0/abcdef~0/"));
    assert_true(str_ends(str_of(err.place), "..."));
    for (size_t n = 1; n < 300; n++) { /* every way to hit the end */
        char segment[300];

        memset(segment, '/', n);
        segment[n] = '\0';
        error_set(&err, "wrong");
        error_at(&err, "inner");
        error_at(&err, segment);
        assert_true(strlen(err.place) < sizeof(err.place));
        assert_true(str_ends(str_of(err.place), n <= 60 ? "/inner" : "..."));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appending),
        cmocka_unit_test(limit),
        cmocka_unit_test(limit_of_none),
        cmocka_unit_test(growing),
        cmocka_unit_test(writing_straight_in),
        cmocka_unit_test(dropping),
        cmocka_unit_test(taking),
        cmocka_unit_test(arena_zeroes),
        cmocka_unit_test(arena_after_small_reset),
        cmocka_unit_test(arena_keeps_what_it_needs),
        cmocka_unit_test(arena_texts),
        cmocka_unit_test(memory),
        cmocka_unit_test(errors),
        cmocka_unit_test(long_errors),
        cmocka_unit_test(long_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
