/* test_declare_by_hand.c -- declared texts that become objects of the API's: what a
 * dry run says, and an export taken in where it came from. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/declare.h"
#include "config/export.h"
#include "config_bench.h"

#define HOOK "endpoints:\n- name: hook\n  type: webhook\n" \
             "  params: {url: https://hooks.example/a}\n"

/* What it would come to; in the bench's arena. */
static struct str taken_in(struct bench *b, const char *text, bool dry_run)
{
    struct buf said freed_by(buf_release) = BUF(1u << 20);
    struct json_out o = JSON_OUT(&said);
    struct declared d = {.owner = STR("api"), .dry_run = dry_run, .differences = &o};
    struct declared_result result;
    int64_t revision = config_now(b->config)->revision;

    declare_text(STR("in.yaml"), str_of(text), &b->arena, &d);
    declare_check(b->config, &d, &b->arena);
    if (d.problem_count > 0)
        return arena_printf(&b->arena, "%zu: %.*s", d.problems[0].line,
                            STR_ARG(d.problems[0].text));
    out_object(&o, NULL);
    if (!declare_apply(b->config, &d, true, &b->arena, &result, &b->err))
        fail_msg("%s", b->err.text);
    out_object_end(&o);
    assert_int_equal(config_now(b->config)->revision,
                     revision + (!dry_run && result.same < d.n + result.deleted));
    return arena_str(&b->arena, buf_view(&said));
}

static void said_is(struct str said, const char *want)
{
    if (!str_is(said, want))
        fail_msg("%.*s\nnot %s", STR_ARG(said), want);
}

#define BY_HAND                                                                   \
    "pools:\n"                                                                    \
    "- {name: lab, members: [10.0.0.0/8, 10.2.0.1]}\n"                            \
    "- {name: new}\n"                                                             \
    "endpoints:\n"                                                                \
    "- name: mine\n"                                                              \
    "  type: webhook\n"                                                           \
    "  params: {url: \"https://hooks.example/b\", username: u, password: other}\n"
#define BY_HAND_DIFFERS                                                           \
    "{\"changes\":["                                                              \
    "{\"kind\":\"endpoint\",\"name\":\"mine\",\"change\":\"changed\",\"members\":["  \
    "{\"path\":\"params/url\",\"before\":\"https://hooks.example/a\","             \
    "\"after\":\"https://hooks.example/b\"},"                                      \
    "{\"path\":\"params/password\",\"secret\":true}]},"                            \
    "{\"kind\":\"pool\",\"name\":\"lab\",\"change\":\"changed\",\"members\":["       \
    "{\"path\":\"members\",\"added\":[\"10.2.0.1\"],\"removed\":[]}]},"            \
    "{\"kind\":\"pool\",\"name\":\"old\",\"change\":\"deleted\",\"members\":[]},"    \
    "{\"kind\":\"pool\",\"name\":\"new\",\"change\":\"created\",\"members\":[]}]}"

static void by_hand_make(struct bench *b)
{
    const char *path = bench_file(b, "a.yaml", HOOK, 0600);
    struct declared d = {0};
    struct declared_result result;

    bench_must(b, EDIT_CREATE, OBJECT_POOL, NULL,
               "{\"name\":\"lab\",\"members\":[\"10.0.0.0/8\"]}");
    bench_must(b, EDIT_CREATE, OBJECT_POOL, NULL, "{\"name\":\"old\"}");
    bench_must(b, EDIT_CREATE, OBJECT_ENDPOINT, NULL,
               "{\"name\":\"mine\",\"type\":\"webhook\",\"params\":{\"url\":"
               "\"https://hooks.example/a\",\"username\":\"u\",\"password\":"
               "\"correct horse\"}}");
    if (!declare_read(&path, 1, &b->arena, &d, &b->err) ||
        !declare_apply(b->config, &d, true, &b->arena, &result, &b->err))
        fail_msg("%s", b->err.text);
}

static void a_dry_run_says_what_comes_of_it(void **state)
{
    struct bench b freed_by(bench_release);

    (void)state;
    bench_init(&b);
    by_hand_make(&b);
    said_is(taken_in(&b, BY_HAND, true), BY_HAND_DIFFERS);
    said_is(taken_in(&b, BY_HAND, false), BY_HAND_DIFFERS);
    said_is(taken_in(&b, BY_HAND, false), "{\"changes\":[]}");
    assert_true(str_is(config_now(b.config)->pool_origins[0].managed_by, "api"));
}

static void an_export_taken_in_again(void **state)
{
    struct bench b freed_by(bench_release);
    struct buf text freed_by(buf_release) = BUF(1u << 20);

    (void)state;
    bench_init(&b);
    by_hand_make(&b);
    assert_int_equal(config_export(b.config, config_now(b.config)->revision, &text,
                                   &b.err),
                     CONFIG_OK);
    assert_non_null(strstr(buf_c(&text), "env:TOCSIN_ENDPOINT_MINE_PASSWORD"));
    assert_non_null(strstr(buf_c(&text), "name: hook")); /* a file's */
    said_is(taken_in(&b, buf_c(&text), true), "{\"changes\":[]}");
    said_is(taken_in(&b, buf_c(&text), false), "{\"changes\":[]}");

    /* Filled, the placeholder is a reference as any other is. */
    assert_int_equal(setenv("TOCSIN_ENDPOINT_MINE_PASSWORD", "battery", 1), 0);
    said_is(taken_in(&b, buf_c(&text), true),
            "{\"changes\":[{\"kind\":\"endpoint\",\"name\":\"mine\",\"change\":"
            "\"changed\",\"members\":[{\"path\":\"params/password\",\"secret\":true}]}]}");
    assert_int_equal(unsetenv("TOCSIN_ENDPOINT_MINE_PASSWORD"), 0);
}

static void by_hand_only_what_is_not_a_files(void **state)
{
    struct bench b freed_by(bench_release);
    struct str said;

    (void)state;
    bench_init(&b);
    by_hand_make(&b);
    said = taken_in(&b, "# another\nendpoints:\n- {name: hook, type: webhook, params: {url: "
                        "\"https://hooks.example/else\"}}\n",
                    true);
    assert_true(str_starts(said, "3: endpoint \"hook\" is declared in /"));
    said = taken_in(&b, "endpoints:\n- {name: theirs, type: webhook, params: {url: "
                        "\"https://hooks.example/c\", password: "
                        "\"env:TOCSIN_ENDPOINT_THEIRS_PASSWORD\"}}\n",
                    true);
    assert_true(str_ends(said, "there is no such environment variable"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dry_run_says_what_comes_of_it),
        cmocka_unit_test(an_export_taken_in_again),
        cmocka_unit_test(by_hand_only_what_is_not_a_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
