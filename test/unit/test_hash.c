/* test_hash.c -- the hash table, against a table that cannot be wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/hash.h"

#define KEYS 3000

struct entry {
    char key[16];
    bool there;
};

static void entries_make(struct entry *e)
{
    for (int i = 0; i < KEYS; i++) {
        snprintf(e[i].key, sizeof(e[i].key), "key-%d", i);
        e[i].there = false;
    }
}

static size_t count_there(const struct entry *e)
{
    size_t n = 0;

    for (int i = 0; i < KEYS; i++)
        n += e[i].there ? 1 : 0;
    return n;
}

/* Every key is found if and only if it is there, and the walk sees each once. */
static void check_all(const struct hash *h, const struct entry *e)
{
    static bool seen[KEYS];
    size_t at = 0;
    struct entry *v;

    memset(seen, 0, sizeof(seen));
    assert_int_equal(h->count, count_there(e));
    for (int i = 0; i < KEYS; i++)
        assert_ptr_equal(hash_get(h, str_of(e[i].key)),
                         e[i].there ? &e[i] : NULL);
    while ((v = hash_next(h, &at)) != NULL) {
        assert_true(v->there);
        assert_false(seen[v - e]);
        seen[v - e] = true;
    }
    for (int i = 0; i < KEYS; i++)
        assert_true(seen[i] == e[i].there);
}

static void random_changes(void **state unused)
{
    static struct entry e[KEYS];
    struct hash h = {0};
    uint64_t seed = 7;

    entries_make(e);
    for (int step = 0; step < 60000; step++) {
        struct entry *one;

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        one = &e[(seed >> 33) % KEYS];
        /* Thousands come and go, so runs wrap round and gaps are closed. */
        if ((seed >> 20) % 100 < (step / 10000 % 2 == 0 ? 70u : 30u)) {
            assert_ptr_equal(hash_put(&h, str_of(one->key), one),
                             one->there ? one : NULL);
            one->there = true;
        } else {
            assert_ptr_equal(hash_remove(&h, str_of(one->key)),
                             one->there ? one : NULL);
            one->there = false;
        }
        if (step % 5000 == 0)
            check_all(&h, e);
    }
    check_all(&h, e);
    assert_true(h.size <= 8192); /* 3000 keys fit 4096 at three quarters */
    hash_release(&h);
    assert_int_equal(h.count, 0);
}

static void replacing(void **state unused)
{
    struct hash h = {0};
    char first[] = "key", second[] = "key";

    assert_null(hash_put(&h, str_of(first), first));
    assert_ptr_equal(hash_put(&h, str_of(second), second), first);
    memset(first, 'x', 3); /* the entry's key is the new value's from now on */
    assert_ptr_equal(hash_get(&h, STR("key")), second);
    assert_int_equal(h.count, 1);
    hash_release(&h);
}

static void emptiness(void **state unused)
{
    struct hash h = {0};
    size_t at = 0;
    int value;

    assert_null(hash_get(&h, STR("a")));
    assert_null(hash_remove(&h, STR("a")));
    assert_null(hash_next(&h, &at));
    assert_null(hash_put(&h, STR_NONE, &value)); /* an empty key is a key */
    assert_ptr_equal(hash_get(&h, STR("")), &value);
    assert_ptr_equal(hash_remove(&h, STR("")), &value);
    assert_null(hash_get(&h, STR("")));
    hash_release(&h);
    hash_release(&h);
    hash_release(NULL);
}

static void load(void **state unused)
{
    static char keys[96][4];
    struct hash h = {0};

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        snprintf(keys[i], sizeof(keys[i]), "%zu", i);
        hash_put(&h, str_of(keys[i]), keys[i]);
        assert_true(h.count * 4 <= h.size * 3);
        assert_true((h.size & (h.size - 1)) == 0);
    }
    assert_int_equal(h.size, 128); /* 96 is three quarters of it */
    hash_release(&h);
}

static void hashing(void **state unused)
{
    assert_true(hash_bytes(STR("a")) == hash_bytes(STR("a")));
    assert_true(hash_bytes(STR("a")) != hash_bytes(STR("b")));
    assert_true(hash_bytes(STR_NONE) == hash_bytes(STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_changes),
        cmocka_unit_test(replacing),
        cmocka_unit_test(emptiness),
        cmocka_unit_test(load),
        cmocka_unit_test(hashing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
