/* test_declare_mend.c -- every mistake of every object is told at once. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/declare.h"
#include "config_bench.h"

/* --- problems ------------------------------------------------------------- */

#define HOOK "endpoints:\n- name: hook\n  type: webhook\n" \
             "  params: {url: https://hooks.example/a}\n"

static const struct {
    const char *name, *file, *text, *want;
} goldens[] = {
    {"two parameters of one object", "a.yaml",
     "endpoints:\n- name: mail\n  type: email\n  params:\n    smtp_server: h\n"
     "    smtp_port: 0\n    security: tsl\n    email_sender: a@b.org\n",
     "6:16: endpoint \"mail\", smtp_port: must be a whole number from 1 to "
     "65535, not 0\n"
     "7:15: endpoint \"mail\", security: must not be \"tsl\"; did you mean \"tls\"?\n"},
    {"one that is needed, and others", "a.yaml",
     "endpoints:\n- name: mail\n  type: email\n  enabled: maybe\n  params:\n"
     "    smtp_port: 0\n    email_sender: a@b.org\n    securty: tls\n",
     "4:12: endpoint \"mail\", enabled: must be true or false, not \"maybe\"\n"
     "5:3: endpoint \"mail\", smtp_server: is required\n"
     "6:16: endpoint \"mail\", smtp_port: must be a whole number from 1 to "
     "65535, not 0\n"
     "8:5: unknown key \"securty\" in the params of endpoint \"mail\"; did "
     "you mean \"security\"?\n"},
    {"of a recipient", "a.yaml",
     HOOK "recipients:\n- name: r\n  endpoint: hook\n  minimum_severity: eror\n"
     "  categories: [securty]\n  filter: severty>=error\n  text_template: x\n"
     "  enabled: 7\n",
     "8:21: recipient \"r\": \"eror\" is not a severity; did you mean error\n"
     "9:16: recipient \"r\": \"securty\" is not a category; did you mean "
     "\"security\"?\n"
     "10:11: recipient \"r\", filter: column 1: there is no field "
     "\"severty\"; did you mean severity?\n"
     "11:18: recipient \"r\", text_template: Webhook sends data for "
     "programs, not words for people, so it takes no template; leave it out\n"
     "12:12: recipient \"r\", enabled: must be true or false, not \"7\"\n"},
    {"categories that are none", "a.yaml",
     HOOK "recipients:\n- {name: r, endpoint: hook, categories: [security, securty]}\n"
     "- {name: s, endpoint: hook, categories: [database]}\n",
     "6:52: recipient \"r\": \"securty\" is not a category; did you mean "
     "\"security\"?\n"
     "7:42: recipient \"s\": \"database\" is not a category; for a source's own use "
     "filter, as in category=word\n"},
    {"in many objects", "a.yaml",
     "endpoints:\n- name: a\n  type: webhook\n  params: {url: x}\n  enabled: 1\n"
     "- name: b\n  type: webhook\n  params: {url: y}\n",
     "4:17: endpoint \"a\", url: must be at least 8 bytes long, not 1\n"
     "5:12: endpoint \"a\", enabled: must be true or false, not \"1\"\n"
     "8:17: endpoint \"b\", url: must be at least 8 bytes long, not 1\n"},
    {"of the settings", "a.yaml",
     "settings: {history_days: 0, instanc: a, delivery_ttl: never}\n",
     "1:26: the settings, history_days: must be a whole number of days "
     "from 1 to 36500, not 0\n"
     "1:29: unknown key \"instanc\" in the settings; did you mean \"instance\"?\n"
     "1:55: the settings, delivery_ttl: must be a duration of at least 1s, "
     "not \"never\"\n"},
};

static void problems_text(const struct declared *d, struct buf *to)
{
    for (size_t i = 0; i < d->problem_count; i++)
        buf_printf(to, "%zu:%zu: %.*s\n", d->problems[i].line,
                   d->problems[i].column, STR_ARG(d->problems[i].text));
}

static void test_problems(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(goldens); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct buf said freed_by(buf_release) = BUF(64u << 10);
        struct declared d = {0};

        declare_text(str_of(goldens[i].file), str_of(goldens[i].text), &a, &d);
        declare_check(NULL, &d, &a);
        problems_text(&d, &said);
        if (strcmp(buf_c(&said), goldens[i].want) != 0)
            print_error("%s:\n%s", goldens[i].name, buf_c(&said));
        wrong += strcmp(buf_c(&said), goldens[i].want) != 0;
    }
    assert_int_equal(wrong, 0);
}

/* A type may be some source's own: it is warned of, and taken. */
static void test_warnings(void **state)
{
    static const char text[] =
        HOOK "recipients:\n- name: r\n  endpoint: hook\n"
             "  types: [host/syn_scn, syn_scan, host/syn_scan, disk_full]\n";
    struct arena a freed_by(arena_release) = {0};
    struct buf said freed_by(buf_release) = BUF(64u << 10);
    struct declared d = {0};

    (void)state;
    declare_text(STR("/a.yaml"), STR(text), &a, &d);
    declare_check(NULL, &d, &a);
    declare_warn(&d, &a);
    assert_int_equal(d.problem_count, 0);
    d.problems = d.warnings;
    d.problem_count = d.warning_count;
    problems_text(&d, &said);
    assert_string_equal(
        buf_c(&said),
        "8:11: recipient \"r\": \"host/syn_scn\" is none of ntopng's alert types; "
        "did you mean \"syn_scan\"?\n"
        "8:50: recipient \"r\": \"disk_full\" is none of ntopng's alert types: only "
        "alerts that say exactly this have it\n");
}

/* Where secrets are is looked at when it is asked for, all of them. */
static void test_secret_files(void **state)
{
    struct bench b freed_by(bench_release);
    struct buf said freed_by(buf_release) = BUF(64u << 10);
    struct buf want freed_by(buf_release) = BUF(64u << 10);
    const char *good, *open, *text;
    struct declared d = {0};

    (void)state;
    bench_init(&b);
    good = bench_file(&b, "good", "secret\n", 0600);
    open = bench_file(&b, "open", "secret\n", 0644);
    text = arena_printf(&b.arena,
                        "endpoints:\n- name: a\n  type: webhook\n  params:\n"
                        "    url: https://a.example/x\n"
                        "    username: u\n"
                        "    password: \"file:/no/such\"\n"
                        "    shared_secret: \"file:%s\"\n"
                        "    signing_secret: \"cred:not-here\"\n"
                        "- name: b\n  type: webhook\n  params:\n"
                        "    url: https://b.example/x\n"
                        "    shared_secret: \"file:%s\"\n"
                        "settings: {ntopng_password: \"file:relative\"}\n",
                        open, good).p;
    declare_text(STR("/a.yaml"), str_of(text), &b.arena, &d);
    declare_check(NULL, &d, &b.arena);
    assert_int_equal(d.problem_count, 0);
    declare_check_secrets(&d, &b.arena);
    problems_text(&d, &said);
    buf_printf(&want,
               "7:15: endpoint \"a\": \"file:/no/such\" cannot be read: "
               "No such file or directory\n"
               "8:20: endpoint \"a\": \"file:%s\" has mode 0644, so "
               "that others can read it: chmod 600 it\n"
               "15:29: the settings: \"file:relative\": the path "
               "must be absolute\n",
               open);
    assert_string_equal(buf_c(&said), buf_c(&want));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_problems),
        cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_secret_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
