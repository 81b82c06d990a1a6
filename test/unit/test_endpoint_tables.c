/* test_endpoint_tables.c -- what every endpoint type must have, and which
 * parameters each refuses, with the place and what to do. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "check_rows.h"

static void test_list(void **state)
{
    size_t n = 0;

    (void)state;
    for (; endpoint_types[n] != NULL; n++) {
        const char *name = endpoint_types[n]->name;

        if (n > 0)
            assert_true(strcmp(endpoint_types[n - 1]->name, name) < 0);
        assert_ptr_equal(endpoint_type_find(str_of(name)), endpoint_types[n]);
    }
    assert_true(n >= 6);
    assert_null(endpoint_type_find(STR("")));
    assert_null(endpoint_type_find(STR("emai")));
    assert_null(endpoint_type_find(STR("emails")));
    assert_null(endpoint_type_find(STR_NONE));
}

static void check_row(const struct endpoint_type *t, const struct field *f)
{
    bool words = f->label != NULL && f->label[0] != '\0' && f->help != NULL &&
                 str_ends(str_of(f->help), ".");

    if (!words)
        fail_msg("%s: %s: needs a label and a help that is a sentence", t->name,
                 f->name);
    if (f->optional && f->fallback != NULL)
        fail_msg("%s: %s: optional and a default", t->name, f->name);
    if (f->type == FIELD_CHOICE && (f->choices == NULL || f->fallback == NULL))
        fail_msg("%s: %s: a choice needs choices and a default", t->name, f->name);
    if (f->type == FIELD_TEXT && f->max <= 0)
        fail_msg("%s: %s: a text needs a limit", t->name, f->name);
    if (strstr(f->name, "password") != NULL || strstr(f->name, "secret") != NULL)
        assert_true(f->secret);
}

static void check_schema(const struct field *rows)
{
    struct arena arena freed_by(arena_release) = {0};
    struct buf b freed_by(buf_release) = BUF(1u << 20);
    struct json_out o = JSON_OUT(&b);
    struct error err;

    fields_schema(rows, NULL, &o, NULL);
    if (json_parse(&arena, buf_view(&b), &err) == NULL)
        fail_msg("schema: %s", err.text);
}

static void check_rows(const struct endpoint_type *t, const struct field *rows)
{
    assert_non_null(rows);
    for (const struct field *f = rows; f->name != NULL; f++) {
        check_row(t, f);
        assert_ptr_equal(field_find(rows, str_of(f->name)), f);
    }
    check_schema(rows);
}

static void test_types(void **state)
{
    (void)state;
    for (size_t i = 0; endpoint_types[i] != NULL; i++) {
        const struct endpoint_type *t = endpoint_types[i];

        assert_non_null(t->title);
        assert_true(str_ends(str_of(t->help), "."));
        assert_true(t->batch_max >= 1);
        assert_non_null(t->render);
        assert_non_null(t->judge);
        assert_true((t->rate_per_s > 0) == (t->rate_burst > 0));
        assert_true((t->probe != NULL) == (t->judge_probe != NULL));
        assert_true((t->choices != NULL) == (t->choices_read != NULL));
        assert_true((t->choices != NULL) == (t->choices_field != NULL));
        if (t->choices != NULL)
            assert_non_null(field_find(t->recipient_fields,
                                       str_of(t->choices_field)));
        check_rows(t, t->endpoint_fields);
        check_rows(t, t->recipient_fields);
    }
}

static void test_checks(void **state)
{
    (void)state;
    checks_run(checks, COUNT_OF(checks));
}

static void test_check_of_nothing(void **state)
{
    struct error err;

    (void)state;
    for (size_t i = 0; endpoint_types[i] != NULL; i++) {
        if (endpoint_types[i]->check != NULL)
            assert_true(endpoint_types[i]->check(NULL, NULL, &err));
    }
}

/* An error must not repeat what is secret. */
static void test_check_keeps_secrets(void **state)
{
    static const struct {
        const char *type, *endpoint;
    } rows[] = {
        {"discord", "{\"url\":\"https://discord.com/api/webhooks/h4nds0ff\"}"},
        {"discord", "{\"url\":\"https://evil.com/api/webhooks/1/h4nds0ff\"}"},
        {"pagerduty", "{\"integration_key\":\"h4nds0ff!123456789abcdef01234567\"}"},
        {"teams", "{\"url\":\"https://evil.org/?sig=h4nds0ff\"}"},
        {"teams", "{\"url\":\"https://x.webhook.office.com/h4nds0ff\"}"},
        {"telegram", "{\"token\":\"123456:h4nds0ff\"}"},
        {"mattermost", "{\"url\":\"https://h.example/hooks/h4nds0ff/\"}"},
        {"mattermost", "{\"url\":\"https://h.example\",\"token\":\"h4nds0ff!\"}"},
        {"slack", "{\"webhook\":\"https://evil.com/services/h4nds0ff\"}"},
        {"slack", "{\"webhook\":\"https://hooks.slack.com/h4nds0ff\"}"},
        {"slack", "{\"bot_token\":\"xoxp-h4nds0ff\"}"},
        {"thehive", "{\"url\":\"http://hive\",\"api_key\":\"h4nds0ff or so\"}"},
        {"webhook", "{" HOOK ",\"format\":\"standard\",\"signing_secret\":"
                    "\"whsec_h4nds0ff\"}"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct endpoint_type *t = endpoint_type_find(str_of(rows[i].type));
        struct arena arena freed_by(arena_release) = {0};
        const void *endpoint;
        struct error err;

        assert_true(checks_params(&arena, t->endpoint_fields, t->endpoint_size,
                           rows[i].endpoint, &endpoint, &err));
        assert_false(t->check(endpoint, NULL, &err));
        assert_null(strstr(err.text, "h4nds0ff"));
    }
}

static void test_shell_wants(void **state)
{
    static const struct {
        const char *recipient;
        bool engage, release, store;
    } rows[] = {
        {"{}", true, true, true},
        {"{\"execution\":\"engage\"}", true, false, true},
        {"{\"execution\":\"release\"}", false, true, false},
    };
    const struct endpoint_type *t = endpoint_type_find(STR("shell"));

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const bool want[] = {rows[i].engage, rows[i].release, rows[i].store};
        struct arena arena freed_by(arena_release) = {0};
        const void *recipient;
        struct error err;

        assert_true(checks_params(&arena, t->recipient_fields, t->recipient_size,
                           rows[i].recipient, &recipient, &err));
        for (int action = ACTION_ENGAGE; action <= ACTION_STORE; action++) {
            struct alert a = {.action = (enum action)action};
            struct render_item item = {.alert = &a};

            struct error why = {0};

            assert_int_equal(t->wants(NULL, recipient, &item, &why),
                             want[action]);
            assert_int_equal(why.text[0] == '\0', want[action]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_checks),
        cmocka_unit_test(test_check_of_nothing),
        cmocka_unit_test(test_check_keeps_secrets),
        cmocka_unit_test(test_shell_wants),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
