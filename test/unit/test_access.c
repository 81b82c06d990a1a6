/* test_access.c -- the admin token: its shape, its file, and what it opens. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "admin/admin.h"
#include "people/token.h"

struct bench {
    char directory[32], path[64];
};

static int setup(void **state)
{
    struct bench *b = mem_new(sizeof *b);

    snprintf(b->directory, sizeof b->directory, "/tmp/test-access-XXXXXX");
    assert_non_null(mkdtemp(b->directory));
    snprintf(b->path, sizeof b->path, "%s/admin.token", b->directory);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;

    unlink(b->path);
    assert_int_equal(rmdir(b->directory), 0); /* and nothing is left beside */
    free(b);
    return 0;
}

static struct str file_text(const struct bench *b, char out[128])
{
    FILE *f = fopen(b->path, "re");
    size_t n;

    assert_non_null(f);
    n = fread(out, 1, 128, f);
    fclose(f);
    return (struct str){out, n};
}

static void file_put(const struct bench *b, struct str text, mode_t mode)
{
    int fd;

    unlink(b->path);
    fd = open(b->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    assert_true(fd >= 0);
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(write(fd, text.p, text.n), text.n);
    close(fd);
}

static void a_token_has_its_shape(void **state)
{
    char one[TOKEN_BYTES], two[TOKEN_BYTES];
    struct str token = {one, sizeof one};

    (void)state;
    assert_int_equal(TOKEN_BYTES, 40);
    for (int i = 0; i < 200; i++) {
        token_make(one);
        token_make(two);
        assert_true(str_starts(token, "tcn_"));
        assert_true(token_check(token));
        assert_memory_not_equal(one, two, sizeof one);
    }
}

static void the_sum_is_crc32_in_base62(void **state)
{
    char sum[TOKEN_CHECK];

    (void)state;
    token_sum(STR("123456789"), sum); /* 0xcbf43926, as every table of CRCs has */
    assert_memory_equal(sum, "3jZRME", TOKEN_CHECK);
    token_sum(STR_NONE, sum);
    assert_memory_equal(sum, "000000", TOKEN_CHECK);
}

static void every_changed_character_is_seen(void **state)
{
    char token[TOKEN_BYTES + 1] = "";
    struct str view = {token, TOKEN_BYTES};

    (void)state;
    token_make(token);
    for (size_t i = 0; i < TOKEN_BYTES; i++) {
        char was = token[i];

        token[i] = was == 'x' ? 'y' : 'x';
        assert_false(token_check(view));
        token[i] = '\0';
        assert_false(token_check(view));
        token[i] = was;
    }
    assert_true(token_check(view));
    assert_false(token_check(str_first(view, TOKEN_BYTES - 1)));
    assert_false(token_check((struct str){token, TOKEN_BYTES + 1}));
    assert_false(token_check(STR_NONE));
}

static void the_first_start_makes_a_file_for_us_alone(void **state)
{
    struct bench *b = *state;
    struct httpd_options http = {0};
    struct error err = {0};
    char made[ACCESS_TOKEN_BYTES];
    char text[128], again[128];
    struct stat st;

    umask(0);
    assert_true(access_open(b->directory, &http, made, &err));
    assert_int_equal(stat(b->path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(file_text(b, text).n, TOKEN_BYTES + 1);
    assert_true(token_check(str_first(file_text(b, text), TOKEN_BYTES)));
    assert_true(str_is(str_first(file_text(b, text), TOKEN_BYTES), made));
    access_close(&http);
    access_close(&http);
    assert_null(http.who);

    assert_true(access_open(b->directory, &http, made, &err));
    file_text(b, again);
    assert_memory_equal(text, again, TOKEN_BYTES + 1);
    assert_string_equal(made, "");
    access_close(&http);
}

static bool is_admin(const struct httpd_options *http, struct str token)
{
    struct credential given = {.token = token};
    struct caller c = {0};

    http->who(http->people, &given, &c);
    assert_int_equal(c.scopes, c.kind == CALLER_TOKEN ? SCOPE_ALL : 0);
    return c.kind == CALLER_TOKEN;
}

/* Only the token itself will do, not something it begins or ends with. */
static void nearly_right_is_wrong(void **state)
{
    struct bench *b = *state;
    struct httpd_options http = {0};
    struct error err = {0};
    char made[ACCESS_TOKEN_BYTES];
    char text[128];
    struct str token;

    assert_true(access_open(b->directory, &http, made, &err));
    token = str_first(file_text(b, text), TOKEN_BYTES);
    for (size_t n = 0; n < TOKEN_BYTES; n++)
        assert_false(is_admin(&http, str_first(token, n)));
    token.n++; /* the newline of the file */
    assert_false(is_admin(&http, token));
    token.n--;
    for (size_t i = 0; i < TOKEN_BYTES; i++) {
        text[i] ^= 1;
        assert_false(is_admin(&http, token));
        text[i] ^= 1;
    }
    assert_true(is_admin(&http, token));
    access_close(&http);
}

static void a_bad_file_is_refused(void **state)
{
    static const char good[] = "tcn_000000000000000000000000000000";
    struct bench *b = *state;
    struct {
        const char *name;
        struct str text;
        mode_t mode;
        const char *want;
    } table[] = {
        {"empty", STR(""), 0600, "does not hold a whole token; delete it"},
        {"cut short", STR("tcn_0000"), 0600, "does not hold a whole token"},
        {"no sum", {good, sizeof good - 1}, 0600, "does not hold a whole token"},
        {"for the group", STR("tcn_"), 0640, "can be read by others; chmod 600"},
        {"for all", STR("tcn_"), 0604, "can be read by others; chmod 600"},
    };

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct httpd_options http = {0};
        struct error err = {0};
        char made[ACCESS_TOKEN_BYTES];

        file_put(b, table[i].text, table[i].mode);
        if (access_open(b->directory, &http, made, &err))
            fail_msg("%s: taken", table[i].name);
        if (strstr(err.text, table[i].want) == NULL)
            fail_msg("%s: %s", table[i].name, err.text);
        assert_null(http.who);
    }
}

static void a_link_is_not_followed(void **state)
{
    struct bench *b = *state;
    struct httpd_options http = {0};
    struct error err = {0};
    char made[ACCESS_TOKEN_BYTES];

    assert_int_equal(symlink("/etc/passwd", b->path), 0);
    assert_false(access_open(b->directory, &http, made, &err));
    assert_non_null(strstr(err.text, "cannot open"));
    unlink(b->path);
    assert_int_equal(mkdir(b->path, 0700), 0);
    assert_false(access_open(b->directory, &http, made, &err));
    assert_non_null(strstr(err.text, "is not a file"));
    assert_int_equal(rmdir(b->path), 0);
    assert_false(access_open("/nowhere/at/all", &http, made, &err));
    assert_non_null(strstr(err.text, "cannot make /nowhere/at/all/admin.token"));
}

/* A start that died between writing and renaming leaves a file beside. */
static void a_start_cut_short_is_no_trouble(void **state)
{
    struct bench *b = *state;
    struct httpd_options http = {0};
    struct error err = {0};
    char made[ACCESS_TOKEN_BYTES];
    char beside[80], text[128];
    int fd;

    snprintf(beside, sizeof beside, "%s.new", b->path);
    fd = open(beside, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "tcn_", 4), 4);
    close(fd);
    assert_true(access_open(b->directory, &http, made, &err));
    assert_true(token_check(str_first(file_text(b, text), TOKEN_BYTES)));
    access_close(&http);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_has_its_shape),
        cmocka_unit_test(the_sum_is_crc32_in_base62),
        cmocka_unit_test(every_changed_character_is_seen),
        TEST(the_first_start_makes_a_file_for_us_alone),
        TEST(nearly_right_is_wrong),
        TEST(a_bad_file_is_refused),
        TEST(a_link_is_not_followed),
        TEST(a_start_cut_short_is_no_trouble),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
