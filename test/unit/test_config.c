/* test_config.c -- changes as a whole: names, ids, all or nothing, snapshots. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>

#include "base/limits.h"
#include "config_bench.h"

#define E OBJECT_ENDPOINT
#define R OBJECT_RECIPIENT
#define P OBJECT_POOL
#define S OBJECT_SETTINGS

/* --- a fresh one -------------------------------------------------------- */

static void test_fresh(void **state)
{
    struct bench b freed_by(bench_release);
    const struct snapshot *s;
    struct stat st;

    (void)state;
    bench_init(&b);
    s = config_now(b.config);
    assert_int_equal(s->revision, 0);
    assert_int_equal(s->endpoint_count, 1);
    assert_int_equal(s->endpoints[0].id, 1);
    assert_true(s->endpoints[0].builtin);
    assert_int_equal(s->recipient_count, 1);
    assert_int_equal(s->recipients[0].id, RECIPIENT_BUILTIN_ID);
    assert_true(s->recipients[0].enabled);
    assert_ptr_equal(s->recipients[0].endpoint, &s->endpoints[0]);
    assert_int_equal(s->recipients[0].criteria.minimum_severity, SEVERITY_NONE);
    assert_true(s->settings.instance.n > 0);
    assert_true(str_is(s->settings.scripts_dir, "/usr/share/tocsin/scripts/shell"));
    assert_int_equal(s->settings.resolve_timeout, 5 * 60 * 1000);
    assert_int_equal(s->settings.delivery_ttl, 72 * 3600 * 1000);
    assert_int_equal(s->settings.history_days, 30);
    assert_int_equal(stat(bench_path(&b, "config.db"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(stat(bench_path(&b, "secret.key"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

/* --- names and ids ------------------------------------------------------- */

static void test_rename_is_followed(void **state)
{
    struct bench b freed_by(bench_release);
    const struct snapshot *s;
    int64_t endpoint_id, recipient_id, pool_id;

    (void)state;
    bench_init(&b);
    bench_must(&b, EDIT_CREATE, E, NULL, WEBHOOK);
    bench_must(&b, EDIT_CREATE, P, NULL, "{\"name\":\"iot\"}");
    bench_must(&b, EDIT_CREATE, R, NULL,
               "{\"name\":\"soc\",\"endpoint\":\"hook\","
               "\"host_pools\":[\"Default\",\"iot\"]}");
    s = config_now(b.config);
    endpoint_id = s->endpoints[1].id;
    recipient_id = s->recipients[1].id;
    pool_id = s->pool_list[0].id;
    bench_must(&b, EDIT_PATCH, E, "hook", "{\"name\":\"hook-new\"}");
    bench_must(&b, EDIT_PATCH, P, "iot", "{\"name\":\"things\"}");
    bench_must(&b, EDIT_PATCH, R, "soc", "{\"name\":\"noc\"}");
    for (int round = 0; round < 2; round++) {
        s = config_now(b.config);
        assert_int_equal(s->endpoints[1].id, endpoint_id);
        assert_int_equal(s->recipients[1].id, recipient_id);
        assert_int_equal(s->pool_list[0].id, pool_id);
        assert_ptr_equal(snapshot_recipient(s, STR("noc")), &s->recipients[1]);
        assert_ptr_equal(snapshot_recipient_id(s, recipient_id),
                         &s->recipients[1]);
        assert_null(snapshot_recipient_id(s, recipient_id + 1));
        assert_null(snapshot_recipient(s, STR("soc")));
        assert_true(str_is(s->recipients[1].endpoint->name, "hook-new"));
        assert_int_equal(s->recipients[1].criteria.host_pools.n, 2);
        assert_true(str_is(s->recipients[1].criteria.host_pools.v[1], "things"));
        bench_reopen(&b);
    }
}

static void test_names_rotate_in_one_change(void **state)
{
    struct bench b freed_by(bench_release);
    struct edit e[3];
    size_t failed;
    int64_t a_id, b_id;

    (void)state;
    bench_init(&b);
    bench_must(&b, EDIT_CREATE, P, NULL, "{\"name\":\"a\"}");
    bench_must(&b, EDIT_CREATE, P, NULL, "{\"name\":\"b\"}");
    a_id = config_now(b.config)->pool_list[0].id;
    b_id = config_now(b.config)->pool_list[1].id;
    e[0] = bench_edit(&b, EDIT_PATCH, P, "a", "{\"name\":\"c\"}");
    e[1] = bench_edit(&b, EDIT_PATCH, P, "b", "{\"name\":\"a\"}");
    e[2] = bench_edit(&b, EDIT_PATCH, P, "c", "{\"name\":\"b\"}");
    assert_int_equal(config_edit_all(b.config, e, 3, &failed, &b.err), CONFIG_OK);
    bench_reopen(&b);
    assert_int_equal(config_now(b.config)->pool_list[0].id, a_id);
    assert_true(str_is(config_now(b.config)->pool_list[0].name, "b"));
    assert_int_equal(config_now(b.config)->pool_list[1].id, b_id);
    assert_true(str_is(config_now(b.config)->pool_list[1].name, "a"));
}

static void test_ids_are_never_used_again(void **state)
{
    struct bench b freed_by(bench_release);
    int64_t last = 1;

    (void)state;
    bench_init(&b);
    for (int round = 0; round < 4; round++) {
        int64_t id;

        bench_must(&b, EDIT_CREATE, E, NULL, WEBHOOK);
        id = config_now(b.config)->endpoints[1].id;
        assert_true(id > last);
        last = id;
        bench_must(&b, EDIT_DELETE, E, "hook", NULL);
        if (round % 2 == 1)
            bench_reopen(&b);
    }
}

/* --- several at once ------------------------------------------------------ */

struct heard {
    int calls;
    int64_t revision;
    const struct config *config;
};

static void hear(void *arg, const struct snapshot *now)
{
    struct heard *h = arg;

    h->calls++;
    h->revision = now->revision;
    assert_ptr_equal(now, config_now(h->config));
}

static void test_all_or_nothing(void **state)
{
    struct bench b freed_by(bench_release);
    struct heard h = {0};
    struct edit e[3];
    size_t failed = 99;

    (void)state;
    bench_init(&b);
    h.config = b.config;
    config_on_change(b.config, hear, &h);
    e[0] = bench_edit(&b, EDIT_CREATE, E, NULL, WEBHOOK);
    e[1] = bench_edit(&b, EDIT_CREATE, P, NULL, "{\"name\":\"iot\"}");
    e[2] = bench_edit(&b, EDIT_CREATE, R, NULL,
                      "{\"name\":\"r\",\"endpoint\":\"nope\"}");
    assert_int_equal(config_edit_all(b.config, e, 3, &failed, &b.err),
                     CONFIG_INVALID);
    assert_int_equal(failed, 2);
    assert_int_equal(h.calls, 0);
    assert_int_equal(config_now(b.config)->revision, 0);
    assert_int_equal(config_now(b.config)->endpoint_count, 1);
    bench_reopen(&b);
    assert_int_equal(config_now(b.config)->endpoint_count, 1);
    assert_int_equal(config_now(b.config)->pool_count, 0);

    h.config = b.config;
    config_on_change(b.config, hear, &h);
    e[2] = bench_edit(&b, EDIT_CREATE, R, NULL,
                      "{\"name\":\"r\",\"endpoint\":\"hook\"}");
    assert_int_equal(config_try(b.config, e, 3, &failed, &b.err), CONFIG_OK);
    assert_int_equal(config_now(b.config)->endpoint_count, 1);
    assert_int_equal(h.calls, 0);
    assert_int_equal(config_edit_all(b.config, e, 3, &failed, &b.err), CONFIG_OK);
    assert_int_equal(h.calls, 1);
    assert_int_equal(h.revision, 1); /* one change, of three objects */
}

static void test_who_is_to_blame(void **state)
{
    struct bench b freed_by(bench_release);
    struct edit e[3];
    size_t failed;

    (void)state;
    bench_init(&b);
    bench_must(&b, EDIT_CREATE, E, NULL, WEBHOOK);
    bench_must(&b, EDIT_CREATE, R, NULL, "{\"name\":\"r\",\"endpoint\":\"hook\"}");
    bench_must(&b, EDIT_CREATE, P, NULL, "{\"name\":\"z\",\"members\":[\"::1\"]}");

    /* The recipient goes in the same change: then the endpoint may. */
    e[0] = bench_edit(&b, EDIT_DELETE, E, "hook", NULL);
    e[1] = bench_edit(&b, EDIT_CREATE, P, NULL, "{\"name\":\"y\"}");
    e[2] = bench_edit(&b, EDIT_DELETE, R, "r", NULL);
    assert_int_equal(config_try(b.config, e, 2, &failed, &b.err), CONFIG_IN_USE);
    assert_int_equal(failed, 0);
    assert_int_equal(config_try(b.config, e, 3, &failed, &b.err), CONFIG_OK);

    /* What was there before is not to blame for what it clashes with. */
    e[0] = bench_edit(&b, EDIT_CREATE, P, NULL, "{\"name\":\"a\"}");
    e[1] = bench_edit(&b, EDIT_CREATE, P, NULL,
                      "{\"name\":\"b\",\"members\":[\"10.0.0.1\",\"::1\"]}");
    e[2] = bench_edit(&b, EDIT_CREATE, P, NULL, "{\"name\":\"c\"}");
    assert_int_equal(config_try(b.config, e, 3, &failed, &b.err), CONFIG_INVALID);
    assert_int_equal(failed, 1);
    assert_string_equal(b.err.place, "/members/1");
    assert_non_null(strstr(b.err.text, "is in pool \"z\" already"));
}

static void test_nothing_new_is_no_revision(void **state)
{
    struct bench b freed_by(bench_release);

    (void)state;
    bench_init(&b);
    bench_must(&b, EDIT_CREATE, E, NULL, WEBHOOK);
    bench_must(&b, EDIT_REPLACE, E, "hook",
               "{\"params\":{\"url\":\"https://hooks.example/a\"},"
               "\"type\":\"webhook\",\"name\":\"hook\"}");
    assert_int_equal(config_now(b.config)->revision, 1);
    assert_int_equal(config_now(b.config)->endpoints[1].revision, 1);
    bench_must(&b, EDIT_PATCH, E, "hook", "{\"enabled\":false}");
    assert_int_equal(config_now(b.config)->endpoints[1].revision, 2);
    bench_must(&b, EDIT_PATCH, E, "hook", "{\"enabled\":null}");
    assert_int_equal(config_now(b.config)->endpoints[1].revision, 3);
    assert_true(config_now(b.config)->endpoints[1].enabled);
}

static void test_if_revision(void **state)
{
    struct bench b freed_by(bench_release);
    struct edit e;

    (void)state;
    bench_init(&b);
    bench_must(&b, EDIT_CREATE, E, NULL, WEBHOOK);
    e = bench_edit(&b, EDIT_PATCH, E, "hook", "{\"enabled\":false}");
    e.if_revision = 1;
    assert_int_equal(config_edit(b.config, &e, &b.err), CONFIG_OK);
    e = bench_edit(&b, EDIT_DELETE, E, "hook", NULL);
    e.if_revision = 1;
    assert_int_equal(config_edit(b.config, &e, &b.err), CONFIG_STALE);
    e.if_revision = 2;
    assert_int_equal(config_edit(b.config, &e, &b.err), CONFIG_OK);
}

static void test_endpoints_are_limited(void **state)
{
    struct bench b freed_by(bench_release);
    struct edit *e;
    size_t failed;

    (void)state;
    bench_init(&b);
    e = arena_array(&b.arena, ENDPOINTS_MAX, sizeof(*e));
    for (size_t i = 0; i < ENDPOINTS_MAX; i++) {
        struct str text = arena_printf(
            &b.arena, "{\"name\":\"e%zu\",\"type\":\"webhook\",\"params\":"
                      "{\"url\":\"https://hooks.example/a\"}}",
            i);

        e[i] = bench_edit(&b, EDIT_CREATE, E, NULL, text.p);
    }
    assert_int_equal(config_try(b.config, e, ENDPOINTS_MAX, &failed, &b.err),
                     CONFIG_INVALID);
    assert_int_equal(failed, ENDPOINTS_MAX - 1);
    assert_non_null(strstr(b.err.text, "no more are taken"));
}

/* A disk that takes no more: files may not grow, so that the commit fails. */
static void test_a_failed_commit_changes_nothing(void **state)
{
    struct bench b freed_by(bench_release);
    struct rlimit before, none;
    struct edit e;
    enum config_result result;
    struct heard h = {0};

    (void)state;
    bench_init(&b);
    h.config = b.config;
    config_on_change(b.config, hear, &h);
    e = bench_edit(&b, EDIT_CREATE, E, NULL, WEBHOOK);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = (struct rlimit){1, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    result = config_edit(b.config, &e, &b.err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(result, CONFIG_FAILED);
    assert_non_null(strstr(b.err.text, "config.db: "));
    assert_int_equal(h.calls, 0);
    assert_int_equal(config_now(b.config)->endpoint_count, 1);
    assert_int_equal(config_edit(b.config, &e, &b.err), CONFIG_OK);
    assert_int_equal(h.calls, 1);
    bench_reopen(&b);
    assert_int_equal(config_now(b.config)->endpoint_count, 2);
}

/* --- snapshots ------------------------------------------------------------ */

static void test_acquired_lives_on(void **state)
{
    struct bench b freed_by(bench_release);
    const struct snapshot *old, *same;

    (void)state;
    bench_init(&b);
    bench_must(&b, EDIT_CREATE, E, NULL, WEBHOOK);
    old = config_acquire(b.config);
    same = config_acquire(b.config);
    assert_ptr_equal(old, same);
    bench_must(&b, EDIT_PATCH, E, "hook", "{\"name\":\"other\"}");
    assert_ptr_not_equal(config_now(b.config), old);
    assert_non_null(snapshot_endpoint(old, STR("hook")));
    assert_null(snapshot_endpoint(old, STR("other")));
    assert_null(snapshot_endpoint(config_now(b.config), STR("hook")));
    config_release(b.config, old);
    assert_non_null(snapshot_endpoint(same, STR("hook")));
    config_release(b.config, same);
    config_release(b.config, NULL);
}

static void test_routing_is_of_the_snapshot(void **state)
{
    struct bench b freed_by(bench_release);
    struct alert alert = {
        .id = 1,
        .action = ACTION_STORE,
        .entity = ENTITY_HOST,
        .entity_value = STR("10.0.0.1"),
        .type = STR("x"),
        .category = STR("security"),
        .severity = SEVERITY_WARNING,
    };
    const struct routed q = {&alert, CHANGE_STORED, {0}};
    int64_t ids[4];
    size_t matched;

    (void)state;
    bench_init(&b);
    bench_must(&b, EDIT_CREATE, E, NULL, WEBHOOK);
    bench_must(&b, EDIT_CREATE, P, NULL,
               "{\"name\":\"lab\",\"members\":[\"10.0.0.0/8\"]}");
    bench_must(&b, EDIT_CREATE, R, NULL,
               "{\"name\":\"r\",\"endpoint\":\"hook\",\"host_pools\":[\"lab\"],"
               "\"minimum_severity\":\"warning\"}");
    assert_int_equal(routing_match(config_now(b.config)->routing, &q, ids, &matched),
                     2);
    assert_int_equal(ids[0], RECIPIENT_BUILTIN_ID);
    assert_int_equal(ids[1], config_now(b.config)->recipients[1].id);
    bench_must(&b, EDIT_PATCH, R, "r", "{\"enabled\":false}");
    bench_must(&b, EDIT_PATCH, S, NULL, "{\"store_minimum_severity\":\"error\"}");
    assert_int_equal(routing_match(config_now(b.config)->routing, &q, ids, &matched),
                     0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fresh),
        cmocka_unit_test(test_rename_is_followed),
        cmocka_unit_test(test_names_rotate_in_one_change),
        cmocka_unit_test(test_ids_are_never_used_again),
        cmocka_unit_test(test_all_or_nothing),
        cmocka_unit_test(test_who_is_to_blame),
        cmocka_unit_test(test_nothing_new_is_no_revision),
        cmocka_unit_test(test_if_revision),
        cmocka_unit_test(test_endpoints_are_limited),
        cmocka_unit_test(test_a_failed_commit_changes_nothing),
        cmocka_unit_test(test_acquired_lives_on),
        cmocka_unit_test(test_routing_is_of_the_snapshot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
