/* test_heap.c -- a heap against a sorted list, with items taken out of its middle. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/heap.h"

struct item {
    unsigned key, number; /* the number decides between two of one key */
    size_t at;
};

static bool is_before(const void *a, const void *b)
{
    const struct item *x = a, *y = b;

    return x->key != y->key ? x->key < y->key : x->number < y->number;
}

static size_t *place(void *item)
{
    return &((struct item *)item)->at;
}

static void what_comes_out_is_in_order(void **state)
{
    struct item items[500];
    struct heap h = {.before = is_before, .place = place};
    unsigned dice = 7;
    const struct item *last = NULL;
    size_t left = 0;

    for (unsigned i = 0; i < COUNT_OF(items); i++) {
        dice = dice * 1103515245u + 12345u;
        items[i] = (struct item){.key = (dice >> 16) % 50, .number = i};
        heap_put(&h, &items[i]);
    }
    for (unsigned i = 0; i < COUNT_OF(items); i += 3) {
        heap_remove(&h, &items[i]);
        heap_remove(&h, &items[i]); /* it is in none now */
        assert_int_equal(items[i].at, 0);
    }
    for (struct item *i; (i = heap_take(&h)) != NULL; last = i, left++) {
        assert_true(last == NULL || is_before(last, i));
        assert_int_not_equal(i->number % 3, 0);
        assert_int_equal(i->at, 0);
    }
    assert_int_equal(left, COUNT_OF(items) - (COUNT_OF(items) + 2) / 3);
    heap_release(&h);
    (void)state;
}

static void one_without_places(void **state)
{
    struct item a = {.key = 2}, b = {.key = 1};
    struct heap h = {.before = is_before};

    assert_null(heap_first(&h));
    assert_null(heap_take(&h));
    heap_put(&h, &a);
    heap_put(&h, &b);
    assert_ptr_equal(heap_first(&h), &b);
    assert_ptr_equal(heap_take(&h), &b);
    assert_ptr_equal(heap_take(&h), &a);
    assert_int_equal(a.at, 0);
    heap_release(&h);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_out_is_in_order),
        cmocka_unit_test(one_without_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
