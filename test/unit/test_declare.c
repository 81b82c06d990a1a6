/* test_declare.c -- declared files: problems as they are worded and placed, YAML's
 * traps, and what applying does. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/declare.h"
#include "config_bench.h"

/* --- problems ------------------------------------------------------------- */

struct golden {
    const char *name, *file, *text;
    const char *want; /* "line:column: text\n" of each problem */
};

#define HOOK "endpoints:\n- name: hook\n  type: webhook\n" \
             "  params: {url: https://hooks.example/a}\n"

#define MAIL "endpoints:\n- name: mail\n  type: email\n" \
             "  params: {smtp_server: mail.example.net, email_sender: a@example.net}\n" \
             "recipients:\n- name: soc\n  endpoint: mail\n" \
             "  params: {email_recipient: b@example.net}\n"

static const struct golden goldens[] = {
    {"nothing", "a.yaml", "", ""},
    {"only a comment", "a.yaml", "# nothing\n", ""},
    {"a heading alone", "a.yaml", "endpoints:\nsettings:\n", ""},
    {"sound", "a.yaml",
     HOOK "recipients:\n- {name: soc, endpoint: hook}\n"
          "pools:\n- {name: lab, members: [10.0.0.0/8], ntopng_id: 3}\n"
          "settings: {history_days: 9}\n",
     ""},
    {"sound, as a map", "a.yaml",
     "recipients:\n  soc:\n    endpoint: hook\n"
     "endpoints:\n  hook:\n    type: webhook\n"
     "    params:\n      url: https://hooks.example/a\n",
     ""},
    {"sound, in documents", "a.yaml",
     HOOK "---\nrecipients:\n- name: soc\n  endpoint: hook\n...\n---\n", ""},
    {"sound JSON", "a.json",
     "{\"endpoints\": [{\"name\": \"hook\", \"type\": \"webhook\",\n"
     " \"params\": {\"url\": \"https://hooks.example/a\",\n"
     "  \"allow_private\": true}}]}",
     ""},
    {"the example of the manual", "a.yaml",
     HOOK "recipients:\n- name: soc-mail\n  endpoint: hook\n"
          "  minimum_severty: error\n",
     "8:3: unknown key \"minimum_severty\" in recipient \"soc-mail\"; did you "
     "mean \"minimum_severity\"?\n"},
    {"all at once", "a.yaml",
     "endpoint:\n- a\n"
     "endpoints:\n"
     "- name: hook\n  typ: webhook\n  parms: {}\n"
     "- name: other\n  type: webhook\n  params:\n    ulr: x\n    alow: y\n"
     "- type: webhook\n"
     "- word\n"
     "pools:\n- name: a b\n",
     "1:1: unknown key \"endpoint\"; did you mean \"endpoints\"?\n"
     "5:3: unknown key \"typ\" in endpoint \"hook\"; did you mean \"type\"?\n"
     "6:3: unknown key \"parms\" in endpoint \"hook\"; did you mean "
     "\"params\"?\n"
     "10:5: unknown key \"ulr\" in the params of endpoint \"other\"; did you "
     "mean \"url\"?\n"
     "11:5: unknown key \"alow\" in the params of endpoint \"other\"\n"
     "12:3: this endpoint has no name\n"
     "13:3: each endpoint is an object: \"name: ...\" and more below it\n"
     "15:3: \"a b\" is not a name: letters, digits, '.', '_' and '-' are, "
     "beginning with a letter or digit\n"},
    {"what only the whole can tell", "a.yaml",
     HOOK "- name: other\n  type: webhok\n"
          "- name: third\n  type: webhook\n"
          "recipients:\n"
          "- name: a\n  endpoint: hok\n"
          "- name: b\n  endpoint: hook\n  minimum_severity: erorr\n"
          "- name: c\n  endpoint: third\n"
          "- name: d\n  endpoint: hook\n  host_pools:\n  - Default\n  - lab\n"
          "pools:\n"
          "- name: x\n  members: [10.0.0.0/8]\n"
          "- name: y\n  members:\n  - 10.1.0.0/16\n  - 10.0.0.0/8\n"
          "settings:\n  history_days: many\n",
     "6:9: endpoint \"other\": there is no endpoint type \"webhok\"; did you "
     "mean \"webhook\"?\n"
     "7:3: endpoint \"third\", url: is required\n"
     "11:13: recipient \"a\": no endpoint named \"hok\"; there is \"hook\"\n"
     "14:21: recipient \"b\": \"erorr\" is not a severity; did you mean error\n"
     "21:5: recipient \"d\": no pool named \"lab\"\n"
     "28:5: pool \"y\": \"10.0.0.0/8\" is in pool \"x\" already; a member is in "
     "one pool only\n"
     "30:17: the settings, history_days: must be a whole number of days from 1 "
     "to 36500, not \"many\"\n"},
    {"templates", "a.yaml",
     MAIL "  title_template: \"{{title}} on {{subject}}\"\n"
          "  text_template: |\n"
          "    {{#labels.runbook}}\n    Runbook: {{.}}\n    {{/labels.runbook}}\n"
          "    {{sentence}}\n",
     ""},
    {"a template with a mistake", "a.yaml",
     MAIL "  text_template: |\n"
          "    {{sentence}}\n"
          "      {{tilte}}\n",
     "9:18: recipient \"soc\", text_template: line 2, column 3: there is no "
     "\"tilte\"; did you mean \"title\"? A fact of that name is {{facts.tilte}}\n"},
    {"a template that is none", "a.yaml", MAIL "  title_template: [a]\n",
     "9:19: recipient \"soc\", title_template: must be a text, not an array\n"},
    {"a template for a program", "a.yaml",
     HOOK "recipients:\n- name: soc\n  endpoint: hook\n  text_template: x\n",
     "8:18: recipient \"soc\", text_template: Webhook sends data for programs, not "
     "words for people, so it takes no template; leave it out\n"},
    {"a template's name, mistyped", "a.yaml", MAIL "  text_templte: x\n",
     "9:3: unknown key \"text_templte\" in recipient \"soc\"; did you mean "
     "\"text_template\"?\n"},
    {"a filter", "a.yaml",
     HOOK "recipients:\n- name: a\n  endpoint: hook\n"
          "  filter: score>1 and severty>=error\n",
     "8:11: recipient \"a\", filter: column 13: there is no field \"severty\"; "
     "did you mean severity?\n"},
    {"twice", "a.yaml",
     HOOK "---\nendpoints:\n  hook:\n    type: webhook\n",
     "7:3: endpoint \"hook\" is declared already, at a.yaml:2\n"},
    {"a key twice", "a.yaml", "settings:\n  history_days: 1\n  history_days: 2\n",
     "3:3: \"history_days\" is there twice; first in line 2\n"},
    {"two names", "a.yaml", "pools:\n  lab:\n    name: bal\n",
     "3:5: is called \"lab\" above and \"bal\" here\n"},
    {"no value", "a.yaml",
     HOOK "recipients:\n- name: soc\n  endpoint: hook\n  host_pools:\n",
     "8:3: \"host_pools\" has no value: give it one, or take the line out\n"},
    {"not a list", "a.yaml", "pools: lab\n",
     "1:1: pools are a list, or names with an object each\n"},
    {"not a configuration", "a.yaml", "just words\n",
     "1:1: a configuration has the parts endpoints, recipients, pools and "
     "settings\n"},
    {"an alias", "a.yaml",
     "pools:\n- &p {name: a}\n- *p\n",
     "2:3: anchors (&) and aliases (*) are not taken: write the value out in "
     "both places\n"
     "3:3: anchors (&) and aliases (*) are not taken: write the value out in "
     "both places\n"},
    {"a tag", "a.yaml", "pools:\n- name: !!str a\n",
     "2:9: tags (!) are not taken: what a value is, its key decides\n"},
    {"indented with a tab", "a.yaml", "pools:\n\t- name: a\n",
     "2:1: found character that cannot start any token (while scanning for the "
     "next token)\n"},
    {"indented wrongly", "a.yaml", "pools:\n  - name: a\n - name: b\n",
     "3:2: did not find expected key (while parsing a block mapping)\n"},
    {"not UTF-8", "a.yaml", "pools:\n- name: \"a\xff\"\n",
     "2:11: invalid leading UTF-8 octet\n"},
    {"a list as a key", "a.yaml", "[a]: b\n", "1:1: a key must be a word\n"},
    {"too deep", "a.yaml",
     "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "1:32: too many levels\n"},
    {"JSON, wrong", "a.json", "{\"pools\": [\n  {\"name\": \"a\",}]}",
     "2:16: expected a name in quotes, not '}'\n"},
    {"JSON, unknown key", "a.json",
     "{\"pools\": [\n  {\"name\": \"a\",\n   \"membres\": []}]}",
     "3:4: unknown key \"membres\" in pool \"a\"; did you mean \"members\"?\n"},
    {"JSON, wrong value", "a.json",
     "{\"pools\": [\n  {\"name\": \"a\",\n   \"members\": [\"10.0.0.0/8\",\n"
     "    \"10.0.0.0/33\"]}]}",
     "4:5: pool \"a\": \"10.0.0.0/33\" is not an address, a prefix like "
     "10.0.0.0/8, or a MAC like AA:BB:CC:DD:EE:FF\n"},
    {"a quoted number", "a.yaml", "settings: {history_days: \"9\"}\n",
     "1:26: the settings, history_days: must be a whole number of days from 1 "
     "to 36500: write 9 without quotes\n"},
    {"a Norwegian truth", "a.yaml", HOOK "  enabled: yes\n",
     "5:12: endpoint \"hook\", enabled: must be true or false, not \"yes\"\n"},
};

static void problems_text(const struct declared *d, struct buf *to)
{
    for (size_t i = 0; i < d->problem_count; i++)
        buf_printf(to, "%zu:%zu: %.*s\n", d->problems[i].line,
                   d->problems[i].column, STR_ARG(d->problems[i].text));
}

static void test_problems(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(goldens); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct buf said freed_by(buf_release) = BUF(64u << 10);
        struct declared d = {0};

        declare_text(str_of(goldens[i].file), str_of(goldens[i].text), &a, &d);
        declare_check(NULL, &d, &a);
        problems_text(&d, &said);
        if (strcmp(buf_c(&said), goldens[i].want) != 0)
            fail_msg("%s:\n%s", goldens[i].name, buf_c(&said));
    }
}

static void test_problem_shows_its_line(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    struct declared d = {0};

    (void)state;
    declare_text(STR("a.yaml"), STR("pools:\r\n  # here\r\n  - nam: a\r\n"), &a,
                 &d);
    assert_int_equal(d.problem_count, 1);
    assert_true(str_is(d.problems[0].file, "a.yaml"));
    assert_true(str_is(d.problems[0].source_line, "  - nam: a"));
}

/* Files from memory add up: a recipient in one, its endpoint in the next. */
static void test_texts_add_up(void **state)
{
    static const char first[] = "recipients:\n- name: soc\n  endpoint: mail\n"
                                "  params: {email_recipient: soc@example.net}\n";
    static const char second[] =
        "endpoints:\n- name: mail\n  type: email\n  params:\n"
        "    smtp_server: mail.example.net\n"
        "    smtp_port: 587\n    email_sender: tocsin@example.net\n";
    struct bench b freed_by(bench_release);
    struct declared_result result;
    struct declared d = {0};

    (void)state;
    bench_init(&b);
    declare_text(STR("/a.yaml"), STR(first), &b.arena, &d);
    declare_text(STR("/b.yaml"), STR(second), &b.arena, &d);
    assert_int_equal(d.n, 2);
    assert_int_equal(d.root_count, 2);
    assert_true(str_is(d.places[0], "/b.yaml:2:3"));
    declare_check(NULL, &d, &b.arena);
    assert_int_equal(d.problem_count, 0);
    if (!declare_apply(b.config, &d, true, &b.arena, &result, &b.err))
        fail_msg("%s", b.err.text);
    assert_int_equal(result.created, 2);
    declare_text(STR("/c.yaml"), STR(second), &b.arena, &d);
    assert_int_equal(d.problem_count, 1);
    assert_true(str_is(d.problems[0].text, "endpoint \"mail\" is declared "
                                           "already, at /b.yaml:2"));
}

static void test_problems_are_limited(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    struct buf text freed_by(buf_release) = BUF(1u << 20);
    struct declared d = {0};
    const struct declared_problem *last;

    (void)state;
    buf_text(&text, "pools:\n");
    for (int i = 0; i < 500; i++)
        buf_printf(&text, "- {name: p%d, membres: [], x: y}\n", i);
    declare_text(STR("a.yaml"), buf_view(&text), &a, &d);
    declare_check(NULL, &d, &a);
    assert_int_equal(d.problem_count, DECLARE_PROBLEMS_MAX);
    last = &d.problems[DECLARE_PROBLEMS_MAX - 1];
    assert_non_null(memmem(last->text.p, last->text.n, "more problems", 13));
}

/* --- traps ---------------------------------------------------------------- */

static struct str param(struct bench *b, const char *endpoint, const char *name)
{
    const struct endpoint *e =
        snapshot_endpoint(config_now(b->config), str_of(endpoint));
    const struct field *row;

    assert_non_null(e);
    row = field_find(e->type->endpoint_fields, str_of(name));
    assert_non_null(row);
    return *(const struct str *)(const void *)((const char *)e->params +
                                               row->offset);
}

static void apply(struct bench *b, const char *const *paths, size_t n,
                  bool prune, struct declared_result *out)
{
    struct declared d = {0};

    b->err = (struct error){0};
    if (!declare_read(paths, n, &b->arena, &d, &b->err) ||
        !declare_apply(b->config, &d, prune, &b->arena, out, &b->err))
        fail_msg("%s", b->err.text);
}

/* What YAML 1.1 or 1.2 would have made something else of, as a user name. */
static void test_plain_scalars_are_what_the_field_is(void **state)
{
    static const char *const words[] = {
        "no",  "yes",  "off", "5",    "1e3",        "0o14", "0x1F", "NULL",
        "~",   "null", ".5",  "012",  "2020-11-23", "1:30", "-",    "+1",
        ".inf", "1_000", "true", "=", "on",
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        struct bench b freed_by(bench_release);
        struct declared_result result;
        const char *path;

        bench_init(&b);
        path = bench_file(
            &b, "a.yaml",
            arena_printf(&b.arena,
                         "endpoints:\n- name: hook\n  type: webhook\n"
                         "  enabled: false\n"
                         "  params:\n    url: https://hooks.example/a\n"
                         "    username: %s\n    allow_private: true\n",
                         str_is(str_of(words[i]), "-") ? "\"-\"" : words[i])
                .p,
            0600);
        apply(&b, &path, 1, false, &result);
        if (!str_is(param(&b, "hook", "username"), words[i]))
            fail_msg("%s became \"%.*s\"", words[i],
                     STR_ARG(param(&b, "hook", "username")));
        assert_false(config_now(b.config)->endpoints[1].enabled);
    }
}

static void test_numbers_are_decimal(void **state)
{
    static const struct {
        const char *word;
        int64_t want; /* 0: a problem */
    } table[] = {
        {"9", 9},   {"0o14", 0}, {"012", 0}, {"1e1", 0}, {"0x1F", 0},
        {"+9", 0},  {"9.0", 0},  {"1_0", 0}, {"-9", 0},  {"\"9\"", 0},
        {"36500", 36500},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct bench b freed_by(bench_release);
        struct declared_result result;
        struct declared d = {0};
        bool applied;

        bench_init(&b);
        declare_text(STR("a.yaml"),
                     arena_printf(&b.arena, "settings: {history_days: %s}\n",
                                  table[i].word),
                     &b.arena, &d);
        applied = declare_apply(b.config, &d, false, &b.arena, &result, &b.err);
        if (applied != (table[i].want != 0))
            fail_msg("%s: %s", table[i].word, b.err.text);
        if (applied)
            assert_int_equal(config_now(b.config)->settings.history_days,
                             table[i].want);
        else
            assert_non_null(strstr(b.err.text, "a.yaml:1:1: the settings"));
    }
}

/* --- applying ------------------------------------------------------------- */

static void assert_result(const struct declared_result *r, size_t created,
                          size_t changed, size_t same, size_t deleted)
{
    assert_int_equal(r->created, created);
    assert_int_equal(r->changed, changed);
    assert_int_equal(r->same, same);
    assert_int_equal(r->deleted, deleted);
}

static void test_apply_twice_is_the_same(void **state)
{
    struct bench b freed_by(bench_release);
    struct declared_result result;
    const char *path;
    int64_t revision;

    (void)state;
    bench_init(&b);
    path = bench_file(&b, "a.yaml",
                      HOOK "recipients:\n- name: soc\n  endpoint: hook\n"
                           "  entities: []\n"
                           "pools:\n- name: lab\n  members: [10.0.0.0/8]\n"
                           "settings:\n  history_days: 9\n",
                      0600);
    apply(&b, &path, 1, true, &result);
    assert_result(&result, 4, 0, 0, 0);
    revision = config_now(b.config)->revision;
    apply(&b, &path, 1, true, &result);
    assert_result(&result, 0, 0, 4, 0);
    assert_int_equal(config_now(b.config)->revision, revision);

    /* Only further down in the file: it is the same, at another place. */
    path = bench_file(&b, "a.yaml",
                      "# moved\n" HOOK
                      "recipients:\n- name: soc\n  endpoint: hook\n"
                      "  entities: [host]\n"
                      "pools:\n- name: lab\n  members: [10.0.0.0/8]\n"
                      "settings:\n  history_days: 9\n",
                      0600);
    apply(&b, &path, 1, true, &result);
    assert_result(&result, 0, 1, 3, 0);
    assert_true(str_ends(config_now(b.config)->endpoints[1].managed_by,
                         "/a.yaml:3"));
    bench_reopen(&b);
    assert_true(str_ends(config_now(b.config)->endpoints[1].managed_by,
                         "/a.yaml:3"));
}

static void test_prune(void **state)
{
    struct bench b freed_by(bench_release);
    struct declared_result result;
    const char *directory;

    (void)state;
    bench_init(&b);
    directory = b.directory;
    bench_must(&b, EDIT_CREATE, OBJECT_POOL, NULL, "{\"name\":\"by-api\"}");
    bench_file(&b, "10.yaml", HOOK, 0600);
    bench_file(&b, "20.yml", "recipients: [{name: soc, endpoint: hook}]\n", 0600);
    bench_file(&b, "30.json", "{\"pools\": [{\"name\": \"lab\"}]}", 0600);
    bench_file(&b, ".40.yaml", "nonsense", 0600);
    bench_file(&b, "50.yaml~", "nonsense", 0600);
    apply(&b, &directory, 1, true, &result);
    assert_result(&result, 3, 0, 0, 0);

    bench_file(&b, "20.yml", "recipients:\n", 0600);
    apply(&b, &directory, 1, false, &result);
    assert_result(&result, 0, 0, 2, 0);
    assert_non_null(snapshot_recipient(config_now(b.config), STR("soc")));

    /* A file that is gone from the directory names nothing any more. */
    assert_int_equal(unlink(bench_path(&b, "30.json")), 0);
    apply(&b, &directory, 1, true, &result);
    assert_result(&result, 0, 0, 1, 2);
    assert_null(snapshot_recipient(config_now(b.config), STR("soc")));
    assert_int_equal(config_now(b.config)->pool_count, 1);
    assert_true(str_is(config_now(b.config)->pool_list[0].name, "by-api"));

    /* What moves to another file of ours keeps its id. */
    assert_int_equal(rename(bench_path(&b, "10.yaml"),
                            bench_path(&b, "60.yaml")), 0);
    apply(&b, &directory, 1, true, &result);
    assert_result(&result, 0, 0, 1, 0);
    assert_true(str_ends(config_now(b.config)->endpoints[1].managed_by,
                         "/60.yaml:2"));
}

static void assert_not_applied(struct bench *b, const char *const *paths,
                               size_t n, const char *why)
{
    struct declared_result result;
    struct declared d = {0};
    int64_t revision = config_now(b->config)->revision;
    bool done = declare_read(paths, n, &b->arena, &d, &b->err) &&
                declare_apply(b->config, &d, true, &b->arena, &result, &b->err);

    assert_false(done);
    if (strstr(b->err.text, why) == NULL)
        fail_msg("\"%s\"", b->err.text);
    assert_int_equal(config_now(b->config)->revision, revision);
}

static void test_clashes(void **state)
{
    struct bench b freed_by(bench_release);
    struct declared_result result;
    struct arena a freed_by(arena_release) = {0};
    const char *mine, *other, *path;
    struct declared d = {0};

    (void)state;
    bench_init(&b);
    mine = bench_file(&b, "mine.yaml", HOOK, 0600);
    other = bench_file(&b, "other.yaml", HOOK, 0600);
    apply(&b, &mine, 1, false, &result);
    assert_not_applied(&b, &other, 1, "/mine.yaml:2 already; take it out there");
    assert_true(declare_read(&other, 1, &a, &d, &b.err));
    declare_check(b.config, &d, &a);
    assert_int_equal(d.problem_count, 1);

    path = bench_file(&b, "api.yaml", "pools: [{name: lab}]\n", 0600);
    bench_must(&b, EDIT_CREATE, OBJECT_POOL, NULL, "{\"name\":\"lab\"}");
    assert_not_applied(&b, &path, 1, "/api.yaml:1:9: pool \"lab\" exists already, "
                                     "managed by api");
    assert_int_equal(unlink(mine), 0);
    apply(&b, &other, 1, false, &result);
    assert_result(&result, 0, 0, 1, 0);
}

static void test_a_problem_applies_nothing(void **state)
{
    struct bench b freed_by(bench_release);
    const char *path;

    (void)state;
    bench_init(&b);
    path = bench_file(&b, "a.yaml", HOOK "pools: [{name: a, x: 1, y: 2}]\n", 0600);
    assert_not_applied(&b, &path, 1, "2 problems; the first: ");
    path = bench_file(&b, "a.yaml",
                      HOOK "recipients: [{name: r, endpoint: hok}]\n", 0600);
    assert_not_applied(&b, &path, 1, "/a.yaml:5:14: recipient \"r\": no endpoint");
    path = bench_path(&b, "none.yaml");
    assert_not_applied(&b, &path, 1, "cannot read ");
    assert_int_equal(config_now(b.config)->endpoint_count, 1);
}

/* Which parameters a recipient has, an endpoint made by the API may say. */
static void test_recipient_of_what_is_there(void **state)
{
    struct bench b freed_by(bench_release);
    struct declared_result result;
    struct declared d = {0};
    const char *path;

    (void)state;
    bench_init(&b);
    bench_must(&b, EDIT_CREATE, OBJECT_ENDPOINT, NULL,
               "{\"name\":\"mail\",\"type\":\"email\",\"params\":{\"smtp_server\":"
               "\"mail.example\",\"email_sender\":\"tocsin@example.net\"}}");
    path = bench_file(&b, "a.yaml",
                      "recipients:\n- name: soc\n  endpoint: mail\n"
                      "  params:\n    email_recipient: soc@example.net\n"
                      "    nope: 1\n",
                      0600);
    assert_true(declare_read(&path, 1, &b.arena, &d, &b.err));
    assert_int_equal(d.problem_count, 0);
    declare_check(b.config, &d, &b.arena);
    assert_int_equal(d.problem_count, 1);
    assert_int_equal(d.problems[0].line, 6);
    path = bench_file(&b, "a.yaml",
                      "recipients:\n- name: soc\n  endpoint: mail\n"
                      "  params:\n    email_recipient: soc@example.net\n",
                      0600);
    apply(&b, &path, 1, false, &result);
    assert_result(&result, 1, 0, 0, 0);
}

/* The file of docs/examples is sound, without the daemon's secrets at hand. */
static void test_the_example(void **state)
{
    const char *path = getenv("TOCSIN_EXAMPLES");
    struct arena a freed_by(arena_release) = {0};
    struct buf said freed_by(buf_release) = BUF(64u << 10);
    struct error err = {0};
    struct declared d = {0};

    (void)state;
    if (path == NULL)
        path = "docs/examples/tocsin.yaml";
    if (!declare_read(&path, 1, &a, &d, &err))
        fail_msg("%s", err.text);
    declare_check(NULL, &d, &a);
    problems_text(&d, &said);
    assert_string_equal(buf_c(&said), "");
    assert_true(d.n >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_problems),
        cmocka_unit_test(test_problem_shows_its_line),
        cmocka_unit_test(test_texts_add_up),
        cmocka_unit_test(test_problems_are_limited),
        cmocka_unit_test(test_plain_scalars_are_what_the_field_is),
        cmocka_unit_test(test_numbers_are_decimal),
        cmocka_unit_test(test_apply_twice_is_the_same),
        cmocka_unit_test(test_prune),
        cmocka_unit_test(test_clashes),
        cmocka_unit_test(test_a_problem_applies_nothing),
        cmocka_unit_test(test_recipient_of_what_is_there),
        cmocka_unit_test(test_the_example),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
