/* test_template.c -- templates: what is refused and where, what comes of the rest. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/limits.h"
#include "message/template.h"

#define NOW "2020-11-23T14:21:00Z"

/* --- mistakes --------------------------------------------------------------- */

static const struct {
    const char *name, *text;
    const char *want; /* "" : none */
} mistakes[] = {
    {"plain words", "Something is wrong.", ""},
    {"every kind of tag", "{{title}}{{#state}}{{.}}{{/state}}{{^state}}-{{/state}}"
                          "{{! {{ anything > }}", ""},
    {"blanks in tags", "{{ title }}{{# state }}x{{/ state }}", ""},
    {"a brace alone", "a } b { c }} d", ""},
    {"any fact", "{{my_own_thing}} {{facts.titel}} {{labels.tilte}} {{a:b/c@d-e}}",
     ""},
    {"facts that are a little like a part", "{{host}} {{node}} {{file}} {{service}}",
     ""},
    {"names in an object", "{{#labels}}{{titel}}{{/labels}}", ""},
    {"element of the list", "{{#facts}}{{label}} {{value}}{{/facts}}", ""},
    {"nothing", "", "has no words"},
    {"blanks", " \n\t\r\n", "has no words"},
    {"not closed", "a\n  {{title", "line 2, column 3: {{ is not closed: }} is "
                                   "missing"},
    {"not closed, at the end", "{{", "line 1, column 1: {{ is not closed: }} is "
                                     "missing"},
    {"a section without its end", "x\n{{#labels}}\ny",
     "line 2, column 1: {{#labels}} is not closed: {{/labels}} is missing"},
    {"an inverted one", "{{^labels}}y",
     "line 1, column 1: {{^labels}} is not closed: {{/labels}} is missing"},
    {"an end without a section", "x{{/labels}}",
     "line 1, column 2: {{/labels}} closes nothing"},
    {"crossed", "{{#labels}}\n{{#state}}\n{{/labels}}{{/state}}",
     "line 3, column 1: {{/labels}} stands where {{/state}} must close the section "
     "of line 2"},
    {"columns are characters", "\xc3\xa4\xe2\x82\xac\xf0\x9f\xa7\xaa{{}}",
     "line 1, column 4: \"\" is not a name: {{title}}, {{cli_ip}} and {{labels.job}}"
     " are, and {{#name}}...{{/name}} is what depends on one"},
    {"another engine's condition", "{{if firing}}",
     "line 1, column 1: \"if firing\" is not a name: {{title}}, {{cli_ip}} and "
     "{{labels.job}} are, and {{#name}}...{{/name}} is what depends on one"},
    {"another engine's dot", "{{ .Labels.job }}",
     "line 1, column 1: \" .Labels.job \" is not a name: {{title}}, {{cli_ip}} and "
     "{{labels.job}} are, and {{#name}}...{{/name}} is what depends on one"},
    {"markup unescaped", "{{{title}}}",
     "line 1, column 1: write {{name}}: every channel escapes text in its own way, "
     "always"},
    {"the same, spelled otherwise", "{{&title}}",
     "line 1, column 1: write {{name}}: every channel escapes text in its own way, "
     "always"},
    {"an include", "a\n{{>footer}}",
     "line 2, column 1: a template cannot include another"},
    {"other delimiters", "{{=<% %>=}}",
     "line 1, column 1: the delimiters are {{ and }}, always"},
    {"a typing error", "{{tilte}}",
     "line 1, column 1: there is no \"tilte\"; did you mean \"title\"? A fact of "
     "that name is {{facts.tilte}}"},
    {"a short one with a letter too many", "{{#whenn}}x{{/whenn}}",
     "line 1, column 1: there is no \"whenn\"; did you mean \"when\"? A fact of "
     "that name is {{facts.whenn}}"},
    {"a capital", "{{Severity}}",
     "line 1, column 1: there is no \"Severity\"; did you mean \"severity\"? A fact "
     "of that name is {{facts.Severity}}"},
    {"a known fact, mistyped", "{{#cli_pi}}x{{/cli_pi}}",
     "line 1, column 1: there is no \"cli_pi\"; did you mean \"cli_ip\"? A fact of "
     "that name is {{facts.cli_pi}}"},
    {"in a section about a text", "{{#state}}{{tilte}}{{/state}}",
     "line 1, column 11: there is no \"tilte\"; did you mean \"title\"? A fact of "
     "that name is {{facts.tilte}}"},
    {"an element of nothing", "{{.}}",
     "line 1, column 1: {{.}} is the element of a section, and here is none"},
    {"too deep",
     "{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}x",
     "line 1, column 49: more than 8 sections within each other"},
    {"a control character", "a\x1b[1m", "line 1, column 2: a control character (1b)"},
    {"a carriage return alone", "a\rb", "line 1, column 2: a control character (0d)"},
    {"not UTF-8", "a\xff", "is not UTF-8"},
};

static void mistakes_are_said_with_their_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct error err = {0};
        const struct template *t =
            template_parse(str_of(mistakes[i].text), &arena, &err);

        if ((t != NULL) != (mistakes[i].want[0] == '\0') ||
            strcmp(err.text, mistakes[i].want) != 0)
            fail_msg("%s:\n want: %s\n got:  %s", mistakes[i].name,
                     mistakes[i].want, err.text);
    }
}

static void long_ones_are_refused(void **state)
{
    struct arena arena freed_by(arena_release) = {0};
    char text[TEMPLATE_TEXT_MAX + 1];
    struct error err;

    (void)state;
    memset(text, 'x', sizeof(text));
    assert_non_null(template_parse((struct str){text, TEMPLATE_TEXT_MAX}, &arena,
                                   &err));
    assert_null(template_parse((struct str){text, sizeof(text)}, &arena, &err));
    assert_string_equal(err.text, "has 4097 bytes; at most 4096 are taken");
    memcpy(text, "{{", 2);
    memcpy(text + 2 + TEMPLATE_NAME_MAX + 1, "}}", 2);
    assert_null(template_parse((struct str){text, 1000}, &arena, &err));
    assert_non_null(strstr(err.text, "is not a name"));
}

/* --- what comes of them ------------------------------------------------------- */

#define FLOW                                                                   \
    "{\"id\":4711,\"entity\":\"flow\",\"type\":\"low_goodput\",\"score\":10,"  \
    "\"tstamp\":\"2020-11-23T14:20:56Z\",\"source\":\"ntopng\","               \
    "\"message\":\"Low Goodput Ratio: much talk\",\"proto\":6,"                \
    "\"proto.ndpi\":\"HTTP\",\"cli_ip\":\"192.168.1.29\",\"cli_port\":60952,"  \
    "\"cli_asn\":0,\"cli_city_name\":\"\",\"cli_localhost\":true,"             \
    "\"srv_ip\":\"23.206.251.35\",\"srv_port\":80,\"srv_blacklisted\":false,"  \
    "\"info\":\"evil.com/x\",\"json\":{\"value\":3.50,\"a.b\":{\"c\":1},"      \
    "\"hops\":[\"a\",7,null,{\"n\":1},true]}}"
#define PROM                                                                   \
    "{\"action\":\"engage\",\"entity\":\"host\",\"entity_value\":\"db1\","     \
    "\"type\":\"InstanceDown\",\"severity\":\"error\",\"source\":\"native\","  \
    "\"message\":\"db1 is down\",\"tstamp\":\"2020-11-23T14:01:06Z\","         \
    "\"labels\":{\"job\":\"node\",\"instance\":\"db1.example.com\","           \
    "\"title\":\"its own\"},"                                                  \
    "\"rooms\":[{\"name\":\"cellar\",\"racks\":[1,2]},{\"name\":\"roof\"}],"   \
    "\"titel\":\"mine\",\"none\":[],\"host\":\"web.example.com\"}"

static const struct {
    const char *name, *alert, *text, *want;
} renders[] = {
    {"parts", FLOW, "{{severity}}: {{title}}, {{brief}}. {{sentence}}",
     "Notice: Low Goodput Ratio, 192.168.1.29 -> 23.206.251.35:80 (HTTP). much "
     "talk"},
    {"more parts", FLOW, "{{headline}}|{{subject}}|{{when}}|{{footer}}|{{link}}|"
                         "{{instance}}|{{emoji}}",
     "Notice: Low Goodput Ratio, 192.168.1.29 -> 23.206.251.35:80 (HTTP)|"
     "192.168.1.29:60952 -> 23.206.251.35:80|23 Nov 2020 14:20:56 UTC|"
     "ntopng gw-pisa \xc2\xb7 #4711|https://alerts.example.net/a/4711|gw-pisa|"
     "\xf0\x9f\x94\x94"},
    {"members", FLOW, "{{id}} {{action}} {{entity}} {{entity_value}} {{type}} "
                      "{{category}} {{score}} {{message}} {{tstamp}} "
                      "{{source}} [{{type_id}}{{tstamp_end}}{{repeats}}{{began_id}}]",
     "4711 store flow 192.168.1.29:60952->23.206.251.35:80/tcp low_goodput "
     "network 10 Low Goodput Ratio: much talk 2020-11-23T14:20:56Z ntopng []"},
    {"facts", FLOW, "{{cli_ip}}:{{cli_port}} {{cli_localhost}} {{srv_blacklisted}}",
     "192.168.1.29:60952 yes no"},
    {"a dot in a name", FLOW, "{{proto.ndpi}} {{json.value}} {{json.a.b.c}}",
     "HTTP 3.50 1"},
    {"what is not there", FLOW, "a{{nowhere}}{{labels.x}}{{json.a.x}}{{proto.x}}b",
     "ab"},
    {"an object is no text", FLOW, "a{{json}}b", "ab"},
    {"a list is, with commas", FLOW, "{{json.hops}}", "a, 7, yes"},
    {"out of the traffic", FLOW, "{{info}}", "evil[.]com/x"},
    {"the operator's own", PROM, "{{labels.instance}}", "db1.example.com"},
    {"a fact is not", PROM, "{{host}}", "web[.]example[.]com"},
    {"a fact with a known name's neighbour", PROM, "{{facts.titel}}", "mine"},
    {"if", FLOW, "{{#cli_ip}}yes{{/cli_ip}}{{#cli_asn}}no{{/cli_asn}}"
                 "{{#cli_city_name}}no{{/cli_city_name}}"
                 "{{#srv_blacklisted}}no{{/srv_blacklisted}}"
                 "{{#nowhere}}no{{/nowhere}}{{#state}}no{{/state}}",
     "yes"},
    {"if not", FLOW, "{{^cli_ip}}no{{/cli_ip}}{{^cli_asn}}1{{/cli_asn}}"
                     "{{^nowhere}}2{{/nowhere}}{{^state}}3{{/state}}",
     "123"},
    {"an empty list", PROM, "{{#none}}no{{/none}}{{^none}}none{{/none}}", "none"},
    {"it", PROM, "{{#state}}[{{.}}]{{/state}}", "[Engaged]"},
    {"each of a list", FLOW, "{{#json.hops}}<{{.}}>{{/json.hops}}",
     "<a><7><><><yes>"},
    {"each of objects", PROM, "{{#rooms}}{{name}}:{{#racks}} {{.}}{{/racks}}"
                              "{{^racks}} none{{/racks}}; {{/rooms}}",
     "cellar: 1 2; roof: none;"},
    {"an object's members come first", PROM,
     "{{#labels}}{{title}}, {{severity}}{{/labels}}, {{title}}",
     "its own, Error, InstanceDown"},
    {"the list people see", PROM, "{{#facts}}{{label}}={{value}};{{/facts}}",
     "Host=db1;job=node;instance=db1.example.com;title=its own;titel=mine;"
     "host=web[.]example[.]com;Delayed=sent 19 min 54 s after it happened;"},
    {"tags alone on their lines", PROM,
     "Down:\n{{#labels.job}}\n  job {{labels.job}}\n{{/labels.job}}\n"
     "  {{! nobody sees this }}  \n{{^labels.team}}\nno team\n{{/labels.team}}\nend\n",
     "Down:\n  job node\nno team\nend"},
    {"the same with \\r\\n", PROM,
     "Down:\r\n{{#labels.job}}\r\n  job {{labels.job}}\r\n{{/labels.job}}\r\nend",
     "Down:\n  job node\nend"},
    {"not alone on their lines", PROM, "a\n {{#state}} b {{/state}} \nc",
     "a\n  b  \nc"},
    {"a value alone on its line", PROM, "a\n{{nowhere}}\nb", "a\n\nb"},
    {"format strings are words", FLOW, "%n%s%1000000d {{score}}%", "%n%s%1000000d 10%"},
    {"tabs are blanks", FLOW, "a\tb", "a b"},
    {"its own words are cleaned, too", FLOW, "a\xe2\x80\xae" "b", "ab"},
};

static void alert_from(struct arena *arena, const char *json, struct alert *out)
{
    struct error err;
    const struct json *j = json_parse(arena, arena_str(arena, str_of(json)), &err);
    int64_t now_ms;

    assert_true(time_parse(STR(NOW), &now_ms));
    if (j == NULL || !alert_read(arena, j, now_ms, out, &err))
        fail_msg("%s: %s", json, err.text);
}

/* False: it failed, `why`. */
static bool render(struct arena *arena, const struct alert *a, struct str text,
                   struct str *out, struct error *why)
{
    struct message_place place = {.instance = STR("gw-pisa"),
                                  .base_url = STR("https://alerts.example.net")};
    struct message m;
    struct template_view view = {a, &m, place.instance};
    const struct template *t = template_parse(text, arena, why);

    if (t == NULL)
        fail_msg("%.*s: %s", STR_ARG(text), why->text);
    assert_true(time_parse(STR(NOW), &place.now_ms));
    message_build(a, PHASE_NEW, &place, arena, &m);
    return template_render(t, &view, arena, out, why);
}

static void names_and_sections_become_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(renders); i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct error why;
        struct alert a;
        struct str got;

        alert_from(&arena, renders[i].alert, &a);
        if (!render(&arena, &a, str_of(renders[i].text), &got, &why))
            fail_msg("%s: %s", renders[i].name, why.text);
        if (!str_is(got, renders[i].want))
            fail_msg("%s:\n want: %s\n got:  %.*s", renders[i].name,
                     renders[i].want, STR_ARG(got));
    }
}

static void every_name_that_is_listed_can_be_written(void **state)
{
    struct arena arena freed_by(arena_release) = {0};
    struct template_name *names;
    size_t n = template_names(NULL, &arena, &names);

    (void)state;
    assert_true(n > 80 && n <= TEMPLATE_NAMES_MAX);
    for (size_t i = 0; i < n; i++) {
        struct str text = arena_printf(&arena, "{{%.*s}}", STR_ARG(names[i].name));
        struct error err;

        if (template_parse(text, &arena, &err) == NULL)
            fail_msg("%.*s: %s", STR_ARG(text), err.text);
    }
}

/* --- what an attacker would say ------------------------------------------------ */

static void values_are_only_text(void **state)
{
    static const struct {
        const char *value, *want;
    } rows[] = {
        {"{{id}}{{#facts}}{{value}}{{/facts}}", "<{{id}}{{#facts}}{{value}}{{/facts}}>"},
        {"%s%n", "<%s%n>"},
        {"one\\ntwo\\r\\u2028three", "<one two three>"},
        {"\\u001b[2J\\u202eevil\\u200b", "<[2Jevil>"},
        {"http://evil.com/?a=b", "<hxxp://evil[.]com/?a=b>"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct str json = arena_printf(&arena, "{\"type\":\"t\",\"x\":\"%s\"}",
                                       rows[i].value);
        struct error why;
        struct alert a;
        struct str got;

        alert_from(&arena, json.p, &a);
        assert_true(render(&arena, &a, STR("<{{x}}>"), &got, &why));
        if (!str_is(got, rows[i].want))
            fail_msg("want: %s\n got:  %.*s", rows[i].want, STR_ARG(got));
    }
}

static void a_long_value_is_cut(void **state)
{
    struct arena arena freed_by(arena_release) = {0};
    char value[5001] = "";
    struct error why;
    struct alert a;
    struct str got;

    (void)state;
    memset(value, 'x', sizeof(value) - 1);
    alert_from(&arena, arena_printf(&arena, "{\"type\":\"t\",\"x\":\"%s\"}", value).p,
               &a);
    assert_true(render(&arena, &a, STR("{{x}}."), &got, &why));
    assert_true(str_ends(got, "x\xe2\x80\xa6."));
    assert_int_equal(got.n, 1999 + 3 + 1);
}

static void nothing_is_a_failure(void **state)
{
    struct arena arena freed_by(arena_release) = {0};
    struct error why;
    struct alert a;
    struct str got;

    (void)state;
    alert_from(&arena, PROM, &a);
    assert_false(render(&arena, &a, STR(" {{nowhere}}\n{{! x }}\n"), &got, &why));
    assert_string_equal(why.text, "gives nothing for this alert");
    assert_int_equal(got.n, 0);
}

/* A list of ten, ten, ... times within itself: 10^9 if nobody counted. */
static struct str list_of(struct arena *arena, size_t n, const char *element)
{
    struct buf b freed_by(buf_release) = BUF(64u << 10);

    buf_text(&b, "{\"type\":\"t\",\"l\":[");
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%s", i > 0 ? "," : "", element);
    buf_text(&b, "],\"word\":\"word\"}");
    return arena_str(arena, buf_view(&b));
}

static void expansion_ends(void **state)
{
    static const struct {
        const char *name, *text, *element;
        size_t n;
        const char *want;
    } rows[] = {
        {"10^8 words", "{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}word"
                       "{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}",
         "1", 10, "gives more than 65536 bytes for this alert"},
        {"10^24 of nothing", "x{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}"
                             "{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}",
         "1", 1000, "takes more than 262144 steps for this alert"},
        {"a name that is nowhere, often",
         "x{{#l}}{{#l}}{{nowhere}}{{/l}}{{/l}}", "{\"a\":1,\"b\":2}", 3000,
         "takes more than 262144 steps for this alert"},
        {"values that show nothing", "x{{#l}}{{#l}}{{.}}{{/l}}{{/l}}",
         "\"\\u200b\\u200b\\u200b\\u200b\\u200b\\u200b\\u200b\"", 1000,
         "takes more than 262144 steps for this alert"},
        {"the people's list, often", "x{{#l}}{{#l}}{{#facts}}{{/facts}}{{/l}}{{/l}}",
         "1", 3000, "takes more than 262144 steps for this alert"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct str json = list_of(&arena, rows[i].n, rows[i].element);
        struct error why;
        struct alert a;
        struct str got;

        alert_from(&arena, json.p, &a);
        if (render(&arena, &a, str_of(rows[i].text), &got, &why) ||
            strcmp(why.text, rows[i].want) != 0)
            fail_msg("%s: %s", rows[i].name, why.text);
        assert_int_equal(got.n, 0);
        assert_in_range(arena.used, 0, 8u << 20);
    }
}

/* --- in a message ----------------------------------------------------------------- */

enum part { TITLE, HEADLINE, SENTENCE, BRIEF, FACT, FAILED };

static const struct {
    const char *name, *title, *text, *unread;
    enum part part;
    const char *want;
    size_t facts; /* six are ours */
} own_rows[] = {
    {"a title", "{{title}} at {{labels.job}}", NULL, "", TITLE,
     "InstanceDown at node", 6},
    {"the headline has it", "{{title}} at\n{{labels.job}}", NULL, "", HEADLINE,
     "Error: InstanceDown at node", 6},
    {"and on whom is the title's to say", "down", NULL, "", BRIEF, "", 6},
    {"the text is ours still", "down", NULL, "", SENTENCE, "db1 is down", 6},
    {"a text", NULL, "{{sentence}}\n{{title}}", "", SENTENCE,
     "db1 is down\nInstanceDown", 0},
    {"the title is ours still", NULL, "x", "", TITLE, "InstanceDown", 0},
    {"both speak of our words", "x", "{{title}}: {{headline}}", "", SENTENCE,
     "InstanceDown: Error: InstanceDown, db1", 0},
    {"a title that gives nothing", "{{nowhere}}", NULL, "", TITLE, "InstanceDown",
     7},
    {"is said", "{{nowhere}}", NULL, "", FACT,
     "Template: title_template gives nothing for this alert, so the builtin words "
     "are used", 7},
    {"a text that gives nothing", NULL, "{{nowhere}}", "", SENTENCE, "db1 is down",
     7},
    {"is said, too", "x", "{{nowhere}}", "", FAILED,
     "text_template gives nothing for this alert", 7},
    {"both", "{{nowhere}}", "{{nowhere}}", "", FAILED,
     "title_template gives nothing for this alert; text_template gives nothing for "
     "this alert", 7},
    {"beside a text that is right", "{{nowhere}}", "x", "", FACT,
     "Template: title_template gives nothing for this alert, so the builtin words "
     "are used", 1},
    {"one that cannot be read", NULL, NULL, "text_template cannot be read: why",
     FACT, "Template: text_template cannot be read: why, so the builtin words are "
           "used", 7},
    {"no failure", "x", "y", "", FAILED, "", 0},
};

static struct str part_of(const struct message *m, enum part part,
                          struct arena *arena)
{
    switch (part) {
    case TITLE:
        return m->title;
    case HEADLINE:
        return m->headline;
    case SENTENCE:
        return m->sentence;
    case BRIEF:
        return m->brief;
    case FAILED:
        return m->failed;
    case FACT:
        return arena_printf(arena, "%s: %.*s", m->facts[0].label,
                            STR_ARG(m->facts[0].value));
    }
    return STR_NONE;
}

static const struct template *parsed(const char *text, struct arena *arena)
{
    struct error err;
    const struct template *t;

    if (text == NULL)
        return NULL;
    t = template_parse(str_of(text), arena, &err);
    if (t == NULL)
        fail_msg("%s: %s", text, err.text);
    return t;
}

static void own_words_stand_in_for_ours(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(own_rows); i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct message_words own = {parsed(own_rows[i].title, &arena),
                                    parsed(own_rows[i].text, &arena),
                                    str_of(own_rows[i].unread)};
        struct message_place place = {.instance = STR("gw"), .own = &own};
        struct message m;
        struct alert a;
        struct str got;

        alert_from(&arena, PROM, &a);
        message_build(&a, PHASE_NEW, &place, &arena, &m);
        got = part_of(&m, own_rows[i].part, &arena);
        if (!str_is(got, own_rows[i].want))
            fail_msg("%s:\n want: %s\n got:  %.*s", own_rows[i].name,
                     own_rows[i].want, STR_ARG(got));
        assert_int_equal(m.fact_count, own_rows[i].facts);
        assert_int_equal(m.own_text, own_rows[i].facts < 6);
    }
}

/* Twelve facts and a failure: the last makes room. */
static void a_failure_has_room(void **state)
{
    struct arena arena freed_by(arena_release) = {0};
    struct message_words own = {.text = parsed("{{nowhere}}", &arena)};
    struct message_place place = {.instance = STR("gw"), .own = &own};
    struct message m;
    struct alert a;

    (void)state;
    alert_from(&arena,
               "{\"type\":\"t\",\"source\":\"x\",\"a\":1,\"b\":2,\"c\":3,\"d\":4,"
               "\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":10,\"k\":11,\"l\":12,"
               "\"m\":13}", &a);
    message_build(&a, PHASE_NEW, &place, &arena, &m);
    assert_int_equal(m.fact_count, MESSAGE_FACTS_MAX);
    assert_string_equal(m.facts[0].label, "Template");
    assert_string_equal(m.facts[1].label, "a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_are_said_with_their_place),
        cmocka_unit_test(long_ones_are_refused),
        cmocka_unit_test(names_and_sections_become_text),
        cmocka_unit_test(every_name_that_is_listed_can_be_written),
        cmocka_unit_test(values_are_only_text),
        cmocka_unit_test(a_long_value_is_cut),
        cmocka_unit_test(nothing_is_a_failure),
        cmocka_unit_test(expansion_ends),
        cmocka_unit_test(own_words_stand_in_for_ours),
        cmocka_unit_test(a_failure_has_room),
    };

    setenv("TZ", "UTC0", 1);
    tzset();
    return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
