/* test_seal.c -- the key file and sealed values: what opens and what does not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/seal.h"

struct place {
    char directory[64];
    char key[96];
};

static void place_init(struct place *p)
{
    snprintf(p->directory, sizeof(p->directory), "/tmp/tocsin-seal-XXXXXX");
    assert_non_null(mkdtemp(p->directory));
    snprintf(p->key, sizeof(p->key), "%s/secret.key", p->directory);
}

static void place_release(struct place *p)
{
    unlink(p->key);
    assert_int_equal(rmdir(p->directory), 0);
}

static void file_put(const char *path, const char *text, unsigned mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static void test_key_is_made_once(void **state)
{
    struct place p freed_by(place_release);
    struct error err = {0};
    struct seal *made, *again;
    char id[SEAL_ID_MAX], other[SEAL_ID_MAX];
    struct stat st;

    (void)state;
    place_init(&p);
    made = seal_open(p.key, true, &err);
    assert_non_null(made);
    assert_int_equal(stat(p.key, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    again = seal_open(p.key, true, &err);
    assert_non_null(again);
    seal_id(made, id);
    seal_id(again, other);
    assert_string_equal(id, other);
    seal_free(made);
    seal_free(again);
}

static void test_key_refused(void **state)
{
    static const char good[] = "000102030405060708090a0b0c0d0e0f"
                               "101112131415161718191a1b1c1d1e1f\n";
    static const struct {
        const char *name, *text;
        unsigned mode;
        const char *want; /* NULL: taken */
    } table[] = {
        {"right", good, 0600, NULL},
        {"read-only is right", good, 0400, NULL},
        {"group may read", good, 0640, "has mode 0640"},
        {"all may read", good, 0644, "chmod 600"},
        {"group may write", good, 0620, "has mode 0620"},
        {"empty", "", 0600, "is not a key"},
        {"short", "0011\n", 0600, "is not a key"},
        {"no newline", "000102030405060708090a0b0c0d0e0f"
                       "101112131415161718191a1b1c1d1e1f",
         0600, "is not a key"},
        {"not hexadecimal", "x00102030405060708090a0b0c0d0e0f"
                            "101112131415161718191a1b1c1d1e1f\n",
         0600, "is not a key"},
        {"more behind it", "000102030405060708090a0b0c0d0e0f"
                           "101112131415161718191a1b1c1d1e1f\n0",
         0600, "is not a key"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct place p freed_by(place_release);
        struct error err = {0};
        struct seal *s;

        place_init(&p);
        file_put(p.key, table[i].text, table[i].mode);
        s = seal_open(p.key, true, &err);
        if ((s != NULL) != (table[i].want == NULL))
            fail_msg("%s: %s", table[i].name, err.text);
        if (table[i].want != NULL && !strstr(err.text, table[i].want))
            fail_msg("%s: \"%s\"", table[i].name, err.text);
        seal_free(s);
    }
}

static void test_key_is_no_link(void **state)
{
    struct place p freed_by(place_release);
    struct error err = {0};

    (void)state;
    place_init(&p);
    assert_int_equal(symlink("/etc/hostname", p.key), 0);
    assert_null(seal_open(p.key, true, &err));
    assert_non_null(strstr(err.text, "secret.key"));
}

static void test_key_of_another_is_refused(void **state)
{
    struct place p freed_by(place_release);
    struct error err = {0};

    (void)state;
    if (geteuid() != 0)
        skip();
    place_init(&p);
    file_put(p.key, "x", 0600);
    assert_int_equal(chown(p.key, 12345, 12345), 0);
    assert_null(seal_open(p.key, true, &err));
    assert_non_null(strstr(err.text, "belongs to user 12345"));
}

static void test_key_missing_is_not_made(void **state)
{
    struct place p freed_by(place_release);
    struct error err = {0};

    (void)state;
    place_init(&p);
    assert_null(seal_open(p.key, false, &err));
    assert_non_null(strstr(err.text, "restore it from a backup"));
    assert_int_not_equal(access(p.key, F_OK), 0);
}

static void test_round_trip(void **state)
{
    static const char long_text[] =
        "https://hooks.example/services/T00/B00/abcdefghijklmnopqrstuvwxyz";
    struct str secrets[] = {STR(""), STR("x"), STR("s3cret \xe2\x82\xac"),
                            STR("\0\1\2"), STR(long_text)};
    struct arena a freed_by(arena_release) = {0};
    struct seal *s = seal_new();

    (void)state;
    for (size_t i = 0; i < COUNT_OF(secrets); i++) {
        struct error err = {0};
        struct str place = STR("endpoint/ops/url"), opened = STR("?");
        struct str sealed = seal_close_text(s, place, secrets[i], &a);
        struct str twice = seal_close_text(s, place, secrets[i], &a);

        assert_true(seal_open_text(s, place, sealed, &a, &opened, &err));
        assert_true(str_eq(opened, secrets[i]));
        assert_false(str_eq(sealed, twice)); /* a new nonce each time */
        if (secrets[i].n > 3)
            assert_null(memmem(sealed.p, sealed.n, secrets[i].p, secrets[i].n));
    }
    seal_free(s);
}

/* What an attacker who can write config.db could try. */
static void test_changed_does_not_open(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    struct seal *s = seal_new(), *other = seal_new();
    struct str place = STR("endpoint/ops/url");
    struct str sealed = seal_close_text(s, place, STR("hunter2"), &a);
    struct str opened;
    struct error err = {0};

    (void)state;
    assert_false(seal_open_text(s, STR("endpoint/evil/url"), sealed, &a,
                                &opened, &err));
    assert_non_null(strstr(err.text, "endpoint/evil/url"));
    assert_null(strstr(err.text, "hunter2"));
    assert_false(seal_open_text(other, place, sealed, &a, &opened, &err));
    assert_false(seal_open_text(s, place, STR_NONE, &a, &opened, &err));
    assert_false(seal_open_text(s, place, STR("AAAA"), &a, &opened, &err));
    assert_false(seal_open_text(s, place, STR("!!!!"), &a, &opened, &err));
    for (size_t i = 0; i < sealed.n; i++) {
        char *bent = mem_dup(sealed.p, sealed.n);

        bent[i] = bent[i] == 'A' ? 'B' : 'A';
        assert_false(seal_open_text(s, place, (struct str){bent, sealed.n}, &a,
                                    &opened, &err));
        free(bent);
    }
    for (size_t n = 0; n < sealed.n; n++)
        assert_false(seal_open_text(s, place, str_first(sealed, n), &a,
                                    &opened, &err));
    seal_free(s);
    seal_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_is_made_once),
        cmocka_unit_test(test_key_refused),
        cmocka_unit_test(test_key_is_no_link),
        cmocka_unit_test(test_key_of_another_is_refused),
        cmocka_unit_test(test_key_missing_is_not_made),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_changed_does_not_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
