/* test_config_words.c -- a recipient's templates: kept as written, checked when
 * they are saved, and never in the way of an alert. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sqlite3.h>

#include "base/limits.h"
#include "config/proposal.h"
#include "config/render_input.h"
#include "config_bench.h"

#define E OBJECT_ENDPOINT
#define R OBJECT_RECIPIENT

#define MAIL                                                                   \
    "{\"name\":\"mail\",\"type\":\"email\",\"params\":{\"smtp_server\":"       \
    "\"mail.example.net\",\"email_sender\":\"a@example.net\"}}"
#define SOC                                                                    \
    "{\"name\":\"soc\",\"endpoint\":\"mail\",\"params\":{\"email_recipient\":" \
    "\"soc@example.net\"},\"title_template\":\"{{title}}!\","                  \
    "\"text_template\":\"{{sentence}}\\n{{#state}}({{.}}){{/state}}\\n\"}"

static const struct recipient *soc(struct bench *b)
{
    const struct recipient *r = snapshot_recipient(config_now(b->config), STR("soc"));

    assert_non_null(r);
    return r;
}

static void bench_with_soc(struct bench *b)
{
    bench_init(b);
    bench_must(b, EDIT_CREATE, E, NULL, WEBHOOK);
    bench_must(b, EDIT_CREATE, E, NULL, MAIL);
    bench_must(b, EDIT_CREATE, R, NULL, SOC);
}

/* What a message to the recipient says, as it would be sent. */
static void message_to(struct bench *b, struct message *m)
{
    static const struct alert alert = {
        .id = 7, .action = ACTION_ENGAGE, .entity = ENTITY_SYSTEM,
        .entity_value = STR("gw"), .type = STR("disk_full"), .type_id = -1,
        .category = STR("system"), .severity = SEVERITY_ERROR,
        .message = STR("no room"), .tstamp_ms = 1606141256000,
        .source = STR("native"),
    };
    const struct recipient *r = soc(b);
    struct render_input in;

    render_input_for(config_now(b->config), r->endpoint, r, 1606141256000, &in);
    assert_ptr_equal(in.endpoint, r->endpoint->params);
    assert_ptr_equal(in.recipient, r->params);
    message_build(&alert, PHASE_NEW, &in.place, &b->arena, m);
}

static void test_kept_as_written(void **state)
{
    struct bench b freed_by(bench_release);
    struct buf text freed_by(buf_release) = BUF(1u << 16);
    struct json_out o = JSON_OUT(&text);
    struct message m;

    (void)state;
    bench_with_soc(&b);
    for (int round = 0; round < 2; round++) {
        message_to(&b, &m);
        assert_true(str_is(m.title, "Disk Full!"));
        assert_true(str_is(m.sentence, "no room\n(Engaged)"));
        assert_int_equal(m.fact_count, 0);
        assert_true(str_is(soc(&b)->text_template,
                           "{{sentence}}\n{{#state}}({{.}}){{/state}}\n"));
        bench_reopen(&b);
    }
    /* What is read can be put back. */
    recipient_write(soc(&b), &o, NULL);
    bench_must(&b, EDIT_REPLACE, R, "soc", buf_c(&text));
    message_to(&b, &m);
    assert_true(str_is(m.title, "Disk Full!"));
    assert_true(str_is(m.sentence, "no room\n(Engaged)"));
}

static void test_taken_away(void **state)
{
    static const char *const ways[] = {
        "{\"title_template\":null,\"text_template\":null}",
        "{\"title_template\":\"\",\"text_template\":\"\"}",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct bench b freed_by(bench_release);
        struct message m;

        bench_with_soc(&b);
        bench_must(&b, EDIT_PATCH, R, "soc", "{\"minimum_severity\":\"error\"}");
        message_to(&b, &m);
        assert_true(str_is(m.title, "Disk Full!"));
        bench_must(&b, EDIT_PATCH, R, "soc", ways[i]);
        message_to(&b, &m);
        assert_true(str_is(m.title, "Disk Full"));
        assert_true(str_is(m.sentence, "no room"));
        assert_true(m.fact_count > 0 && m.failed.n == 0);
    }
}

static const struct {
    const char *name, *change, *text, *place;
} refusals[] = {
    {"a mistake", "{\"text_template\":\"a\\n {{#labels}}\"}",
     "recipient \"soc\", text_template: line 2, column 2: {{#labels}} is not closed: "
     "{{/labels}} is missing", "/text_template"},
    {"a typing error", "{\"title_template\":\"{{serverity}}\"}",
     "recipient \"soc\", title_template: line 1, column 1: there is no \"serverity\"; "
     "did you mean \"severity\"? A fact of that name is {{facts.serverity}}",
     "/title_template"},
    {"no text", "{\"title_template\":5}",
     "recipient \"soc\", title_template: must be a text, not a number",
     "/title_template"},
    {"blanks", "{\"title_template\":\" \"}",
     "recipient \"soc\", title_template: has no words", "/title_template"},
    {"on to an endpoint for programs", "{\"endpoint\":\"hook\"}",
     "recipient \"soc\", title_template: Webhook sends data for programs, not words "
     "for people, so it takes no template; leave it out", "/title_template"},
};

static void test_refused_when_saved(void **state)
{
    struct bench b freed_by(bench_release);

    (void)state;
    bench_with_soc(&b);
    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        struct edit e = bench_edit(&b, EDIT_PATCH, R, "soc", refusals[i].change);

        b.err = (struct error){0};
        if (config_edit(b.config, &e, &b.err) != CONFIG_INVALID ||
            strcmp(b.err.text, refusals[i].text) != 0 ||
            strcmp(b.err.place, refusals[i].place) != 0)
            fail_msg("%s: %s %s", refusals[i].name, b.err.place, b.err.text);
    }
    assert_int_equal(soc(&b)->revision, 3);
    bench_must(&b, EDIT_PATCH, R, "soc", "{\"endpoint\":\"hook\","
                                         "\"title_template\":null,"
                                         "\"text_template\":null}");
}

/* As if an older Tocsin had taken what this one does not. */
static void row_change(struct bench *b, const char *from, const char *to)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;

    config_close(b->config);
    assert_int_equal(sqlite3_open(bench_path(b, "config.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "UPDATE object SET json = "
                                            "replace(json, ?, ?) "
                                            "WHERE name = 'soc'",
                                        -1, &s, NULL), SQLITE_OK);
    sqlite3_bind_text(s, 1, from, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, to, -1, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(s), SQLITE_DONE);
    assert_int_equal(sqlite3_changes(db), 1);
    sqlite3_finalize(s);
    sqlite3_close(db);
    bench_open(b);
}

static void test_what_was_saved_is_no_fault(void **state)
{
    struct bench b freed_by(bench_release);
    struct message m;
    struct edit e;

    (void)state;
    bench_with_soc(&b);
    row_change(&b, "{{#state}}", "{{#stat}}");
    assert_true(soc(&b)->enabled && soc(&b)->fault.n == 0);
    message_to(&b, &m);
    assert_true(str_is(m.title, "Disk Full!"));
    assert_true(str_is(m.sentence, "no room"));
    assert_true(str_starts(m.failed, "text_template cannot be read: line 2, column "
                                     "1: there is no \"stat\""));
    assert_string_equal(m.facts[0].label, "Template");
    /* It is as it was written, and whoever edits it is told. */
    assert_true(memmem(soc(&b)->text_template.p, soc(&b)->text_template.n,
                       "{{#stat}}", 9) != NULL);
    bench_must(&b, EDIT_PATCH, E, "hook", "{\"enabled\":false}");
    e = bench_edit(&b, EDIT_PATCH, R, "soc", "{\"minimum_severity\":\"error\"}");
    assert_int_equal(config_edit(b.config, &e, &b.err), CONFIG_INVALID);
    assert_string_equal(b.err.place, "/text_template");
}

static void test_a_proposal_changes_nothing(void **state)
{
    struct bench b freed_by(bench_release);
    struct buf text freed_by(buf_release) = BUF(1000);
    const struct snapshot *s = NULL;
    struct edit e;

    (void)state;
    bench_with_soc(&b);
    e = bench_edit(&b, EDIT_PATCH, E, "hook",
                   "{\"params\":{\"username\":\"u\",\"password\":\"not saved\"}}");
    assert_int_equal(config_propose(b.config, &e, &s, &b.err), CONFIG_OK);
    assert_ptr_not_equal(s, config_now(b.config));
    proposal_redact(s, &text, STR("it is not saved yet"));
    assert_string_equal(buf_c(&text), "it is ••• yet");
    assert_int_equal(config_now(b.config)->revision, 3);
    config_release(b.config, s);

    e = bench_edit(&b, EDIT_PATCH, R, "soc", "{\"text_template\":\"{{/x}}\"}");
    assert_int_equal(config_propose(b.config, &e, &s, &b.err), CONFIG_INVALID);
    assert_null(s);
    bench_reopen(&b);
    assert_int_equal(config_now(b.config)->revision, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept_as_written),
        cmocka_unit_test(test_taken_away),
        cmocka_unit_test(test_refused_when_saved),
        cmocka_unit_test(test_what_was_saved_is_no_fault),
        cmocka_unit_test(test_a_proposal_changes_nothing),
    };

    setenv("TZ", "UTC0", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
