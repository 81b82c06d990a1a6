/* test_field.c -- option tables: reading, errors, reading back, merging, schema. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/field.h"
#include "base/limits.h"
#include "strs.h"

struct chat {
    struct str webhook, channel, prefix;
    int64_t port, retries, offset, wait, window;
    bool verify;
    int mention;
    struct str_list to, categories, keys;
};

static const char *const severities[] = {"info", "warning", "critical", NULL};
static const char *const categories[] = {"security", "system", NULL};

static const struct field chat_fields[] = {
    {TEXT(struct chat, webhook), .label = "Webhook URL", .secret = true,
     .min = 9, .max = 40, .help = "Address given out by the chat server.",
     .format = "uri"},
    {TEXT(struct chat, channel), .label = "Channel", .optional = true, .min = 2,
     .help = "Where to post."},
    {TEXT(struct chat, prefix), .label = "Prefix", .fallback = "alert:",
     .help = "What each message begins with."},
    {NUMBER(struct chat, port), .label = "Port", .fallback = "443", .min = 1,
     .max = 65535, .help = "The server's port."},
    {NUMBER(struct chat, retries), .label = "Retries", .optional = true,
     .min = 1, .unit = "attempts", .help = "How often."},
    {NUMBER(struct chat, offset), .label = "Offset", .fallback = "-3",
     .help = "Any number."},
    {DURATION(struct chat, wait), .label = "Wait", .fallback = "1h30m",
     .min = 60000, .max = 7 * 86400000LL, .help = "How long."},
    {DURATION(struct chat, window), .label = "Window", .optional = true,
     .help = "How long a window is."},
    {FLAG(struct chat, verify), .label = "Verify", .fallback = "true",
     .help = "Check the certificate."},
    {CHOICE(struct chat, mention), .label = "Mention", .fallback = "critical",
     .choices = severities, .help = "From when on."},
    {LIST(struct chat, to), .label = "To", .help = "Who.", .max = 10},
    {LIST(struct chat, categories), .label = "Categories",
     .fallback = "security, system", .choices = categories, .help = "Which."},
    {LIST(struct chat, keys), .label = "Keys", .optional = true, .secret = true,
     .help = "Keys."},
    FIELDS_END,
};

#define LEAST "\"webhook\":\"https://a\",\"to\":[\"me\"]"

static bool read_text(const char *text, struct chat *c, struct arena *a,
                      struct error *err)
{
    const struct json *j = json_parse(a, str_of(text), err);

    if (j == NULL)
        fail_msg("%s: %s", text, err != NULL ? err->text : "refused");
    *c = (struct chat){0};
    return fields_read(chat_fields, j, c, a, err);
}

static void defaults(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct error err = {0};
    struct chat c;

    if (!read_text("{" LEAST ",\"channel\":null,\"prefix\":null}", &c, &a, &err))
        fail_msg("%s: %s", err.place, err.text);
    assert_str("webhook", c.webhook, "https://a");
    assert_str("channel", c.channel, "");
    assert_str("prefix", c.prefix, "alert:");
    assert_i64("port", c.port, 443);
    assert_true(read_text("{" LEAST ",\"channel\":\"\"}", &c, &a, &err));
    assert_str("channel", c.channel, ""); /* in spite of its least length */
    assert_i64("retries", c.retries, 0);
    assert_i64("offset", c.offset, -3);
    assert_i64("wait", c.wait, 5400000);
    assert_i64("window", c.window, 0);
    assert_true(c.verify);
    assert_int_equal(c.mention, 2);
    assert_int_equal(c.to.n, 1);
    assert_str("to", c.to.v[0], "me");
    assert_int_equal(c.categories.n, 2);
    assert_str("categories", c.categories.v[1], "system");
    assert_int_equal(c.keys.n, 0);
}

static void given(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct error err = {0};
    struct chat c;
    char text[] =
        "{\"webhook\":\"https://b\\n\\t\",\"channel\":\"#a\",\"prefix\":\"\","
        "\"port\":25.0,\"retries\":5,\"offset\":-9223372036854775808,"
        "\"wait\":90,\"window\":\"1w\",\"verify\":false,\"mention\":\"info\","
        "\"to\":[\"a\",\"b\"],\"categories\":[],\"keys\":[\"k\"]}";

    if (!read_text(text, &c, &a, &err))
        fail_msg("%s: %s", err.place, err.text);
    memset(text, 'x', sizeof(text) - 1); /* strings were copied */
    assert_str("webhook", c.webhook, "https://b\n\t");
    assert_str("channel", c.channel, "#a");
    assert_str("prefix", c.prefix, "");
    assert_i64("port", c.port, 25);
    assert_i64("retries", c.retries, 5);
    assert_i64("offset", c.offset, INT64_MIN);
    assert_i64("wait", c.wait, 90000);
    assert_i64("window", c.window, 604800000);
    assert_false(c.verify);
    assert_int_equal(c.mention, 0);
    assert_str("to", c.to.v[1], "b");
    assert_int_equal(c.categories.n, 0);
    assert_str("keys", c.keys.v[0], "k");
}

#define KNOWN                                                                  \
    "webhook, channel, prefix, port, retries, offset, wait, window, verify, "  \
    "mention, to, categories, keys"

static const struct {
    const char *text, *place, *want;
} refused[] = {
    {"[]", "", "must be an object, not an array"},
    {"{\"to\":[\"a\"]}", "/webhook", "is required"},
    {"{\"webhook\":null,\"to\":[\"a\"]}", "/webhook", "is required"},
    {"{" LEAST ",\"chanel\":\"x\"}", "/chanel",
     "\"chanel\" is not a parameter; did you mean \"channel\"?"},
    {"{" LEAST ",\"a/b\":\"x\"}", "/a~1b",
     "\"a/b\" is not a parameter; known are: " KNOWN},
    {"{" LEAST ",\"port\":0}", "/port",
     "must be a whole number from 1 to 65535, not 0"},
    {"{" LEAST ",\"port\":\"abc\"}", "/port",
     "must be a whole number from 1 to 65535, not \"abc\""},
    {"{" LEAST ",\"port\":\"25\"}", "/port",
     "must be a whole number from 1 to 65535: write 25 without quotes"},
    {"{" LEAST ",\"port\":\"0\"}", "/port",
     "must be a whole number from 1 to 65535, not \"0\""},
    {"{" LEAST ",\"port\":1.5}", "/port",
     "must be a whole number from 1 to 65535, not 1.5"},
    {"{" LEAST ",\"port\":1e400}", "/port",
     "must be a whole number from 1 to 65535, not 1e400"},
    {"{" LEAST ",\"port\":{}}", "/port",
     "must be a whole number from 1 to 65535, not an object"},
    {"{" LEAST ",\"retries\":0}", "/retries",
     "must be a whole number of attempts, at least 1, not 0"},
    {"{" LEAST ",\"offset\":true}", "/offset", "must be a whole number, not true"},
    {"{" LEAST ",\"wait\":\"59s\"}", "/wait",
     "must be a duration from 1m to 1w, not \"59s\""},
    {"{" LEAST ",\"wait\":59}", "/wait", "must be a duration from 1m to 1w, not 59"},
    {"{" LEAST ",\"window\":\"soon\"}", "/window",
     "must be a duration such as \"5m\", not \"soon\""},
    {"{" LEAST ",\"window\":-5}", "/window",
     "must be a duration such as \"5m\", not -5"},
    {"{" LEAST ",\"window\":[]}", "/window",
     "must be a duration such as \"5m\", not an array"},
    {"{" LEAST ",\"verify\":\"yes\"}", "/verify",
     "must be true or false, not \"yes\""},
    {"{" LEAST ",\"verify\":1}", "/verify", "must be true or false, not 1"},
    {"{" LEAST ",\"mention\":\"Critical\"}", "/mention",
     "must not be \"Critical\"; did you mean \"critical\"?"},
    {"{" LEAST ",\"mention\":\"loud\"}", "/mention",
     "must be one of \"info\", \"warning\", \"critical\", not \"loud\""},
    {"{" LEAST ",\"mention\":2}", "/mention",
     "must be one of \"info\", \"warning\", \"critical\", not 2"},
    {"{" LEAST ",\"channel\":5}", "/channel",
     "must be a text in quotes, not 5"},
    {"{" LEAST ",\"channel\":\"x\"}", "/channel",
     "must be at least 2 bytes long, not 1"},
    {"{" LEAST ",\"channel\":\"a\\r\\nb\"}", "/channel",
     "must not contain the control character U+000D (at byte 1): take it out"},
    {"{" LEAST ",\"channel\":\"ab\\u0000\"}", "/channel",
     "must not contain the control character U+0000 (at byte 2): take it out"},
    {"{" LEAST ",\"channel\":\"ab\\u007f\"}", "/channel",
     "must not contain the control character U+007F (at byte 2): take it out"},
    {"{" LEAST ",\"channel\":\"\\u0085a\"}", "/channel",
     "must not contain the control character U+0085 (at byte 0): take it out"},
    {"{" LEAST ",\"categories\":\"security\"}", "/categories",
     "must be a list such as [\"a\", \"b\"], not \"security\""},
    {"{" LEAST ",\"categories\":[\"security\",\"sytem\"]}", "/categories/1",
     "must not be \"sytem\"; did you mean \"system\"?"},
    {"{" LEAST ",\"categories\":[\"security\",\"\"]}", "/categories/1",
     "must not be empty"},
    {"{" LEAST ",\"categories\":[5]}", "/categories/0",
     "must be a text in quotes, not 5"},
    {"{\"webhook\":\"https://a\",\"to\":[]}", "/to", "must not be empty"},
    {"{\"webhook\":\"https://a\",\"to\":[\"12345678901\"]}", "/to/0",
     "must be at most 10 bytes long, not 11"},
    {"{\"webhook\":\"https://a\",\"to\":[null]}", "/to/0",
     "must be a text in quotes, not null"},
    /* a secret's value is never repeated */
    {"{\"webhook\":\"\",\"to\":[\"a\"]}", "/webhook", "must not be empty"},
    {"{\"webhook\":\"SECRET\",\"to\":[\"a\"]}", "/webhook",
     "must be at least 9 bytes long, not 6"},
    {"{\"webhook\":12345678,\"to\":[\"a\"]}", "/webhook",
     "must be a text in quotes"},
    {"{\"webhook\":\"SECRET\\u0001SECRET\",\"to\":[\"a\"]}", "/webhook",
     "must not contain the control character U+0001 (at byte 6): take it out"},
    {"{" LEAST ",\"keys\":\"SECRET\"}", "/keys",
     "must be a list such as [\"a\", \"b\"]"},
    {"{\"webhook\":{\"set\":true},\"to\":[\"a\"]}", "/webhook",
     "is shown as set but its value is not here: give the value"},
    {"{\"webhook\":{\"set\":false},\"to\":[\"a\"]}", "/webhook", "is required"},
    {"{\"webhook\":{\"set\":true,\"x\":1},\"to\":[\"a\"]}", "/webhook",
     "must be a text in quotes"},
};

static void refusing(void **state unused)
{
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct error err = {.text = "accepted"};
        struct chat c;

        assert_false(read_text(refused[i].text, &c, &a, &err));
        assert_str(refused[i].text, str_of(err.text), refused[i].want);
        assert_str(refused[i].text, str_of(err.place), refused[i].place);
        assert_false(read_text(refused[i].text, &c, &a, NULL));
    }
}

static void shown_values_are_cut(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct buf b freed_by(buf_release) = BUF(10000);
    struct error err;
    struct chat c;

    buf_text(&b, "{" LEAST ",\"verify\":\"");
    for (int i = 0; i < 1000; i++)
        buf_text(&b, "\xe2\x82\xac");
    buf_text(&b, "\"}");
    assert_false(read_text(buf_c(&b), &c, &a, &err));
    assert_true(utf8_valid(str_of(err.text)));
    assert_true(str_ends(str_of(err.text), "\xac...\""));
    assert_true(strlen(err.text) < 120);
}

static void text_limits(void **state unused)
{
    for (size_t n = PARAM_TEXT_MAX; n <= PARAM_TEXT_MAX + 1; n++) {
        struct arena a freed_by(arena_release) = {0};
        struct json_list l = {0};
        struct error err;
        struct chat c = {0};
        char *text = arena_new(&a, n);

        memset(text, 'x', n);
        json_list_add(&l, &a, STR("webhook"),
                      json_new_string(&a, STR("https://a")));
        json_list_add(&l, &a, STR("channel"),
                      json_new_string(&a, (struct str){text, n}));
        assert_false(fields_read(chat_fields, json_new_object(&a, &l), &c, &a,
                                 &err));
        assert_str("place", str_of(err.place),
                   n > PARAM_TEXT_MAX ? "/channel" : "/to");
        if (n <= PARAM_TEXT_MAX)
            continue;
        assert_str("text", str_of(err.text),
                   "must be at most 4096 bytes long, not 4097");
    }
}

static void list_limits(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct json_list l = {0}, items = {0};
    struct error err;
    struct chat c = {0};

    for (int i = 0; i <= FIELD_LIST_MAX; i++)
        json_list_add(&items, &a, STR_NONE, json_new_string(&a, STR("a")));
    json_list_add(&l, &a, STR("webhook"), json_new_string(&a, STR("https://a")));
    json_list_add(&l, &a, STR("to"), json_new_array(&a, &items));
    assert_false(fields_read(chat_fields, json_new_object(&a, &l), &c, &a, &err));
    assert_str("text", str_of(err.text),
               "must have at most 1000 entries, not 1001");
}

/* A tree that did not come from our reader may hold anything. */
static void invalid_utf8(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct json_list l = {0};
    struct error err;
    struct chat c = {0};

    json_list_add(&l, &a, STR("webhook"),
                  json_new_string(&a, STR("https://\xff")));
    assert_false(fields_read(chat_fields, json_new_object(&a, &l), &c, &a, &err));
    assert_str("text", str_of(err.text), "must be UTF-8, which byte 8 is not");
}

struct pair {
    int64_t a, b;
};

static const struct field pair_fields[] = {
    {NUMBER(struct pair, a), .label = "A", .help = "A.", .fallback = "1"},
    {NUMBER(struct pair, b), .label = "B", .help = "B.", .optional = true},
    FIELDS_END,
};
static const struct field no_fields[] = {FIELDS_END};

static void nothing_given(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct pair p = {0};
    struct error err;

    assert_true(fields_read(pair_fields, NULL, &p, &a, &err));
    assert_i64("a", p.a, 1);
    assert_true(fields_read(no_fields, NULL, &p, &a, &err));
    assert_false(fields_read(no_fields, json_parse(&a, STR("{\"x\":1}"), NULL),
                             &p, &a, &err));
    assert_str("text", str_of(err.text),
               "\"x\" is not a parameter; there are none here");
    assert_null(field_find(no_fields, STR("a")));
    assert_string_equal(field_find(pair_fields, STR("b"))->label, "B");
}

static struct str written(const struct chat *c, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(10000);
    struct json_out o = JSON_OUT(&b);

    out_object(&o, NULL);
    fields_write(chat_fields, c, &o);
    out_object_end(&o);
    return arena_str(a, buf_view(&b));
}

static void reading_back(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct error err;
    struct chat c;

    assert_true(read_text("{" LEAST "}", &c, &a, &err));
    assert_str("least", written(&c, &a),
               "{\"webhook\":{\"set\":true},\"prefix\":\"alert:\",\"port\":443,"
               "\"offset\":-3,\"wait\":\"1h30m\",\"verify\":true,"
               "\"mention\":\"critical\",\"to\":[\"me\"],"
               "\"categories\":[\"security\",\"system\"],"
               "\"keys\":{\"set\":false}}");
    assert_true(read_text("{" LEAST ",\"channel\":\"#a\",\"retries\":2,"
                          "\"window\":\"90s\",\"keys\":[\"SECRET\"]}",
                          &c, &a, &err));
    assert_str("more", written(&c, &a),
               "{\"webhook\":{\"set\":true},\"channel\":\"#a\","
               "\"prefix\":\"alert:\",\"port\":443,\"retries\":2,"
               "\"offset\":-3,\"wait\":\"1h30m\",\"window\":\"1m30s\","
               "\"verify\":true,\"mention\":\"critical\",\"to\":[\"me\"],"
               "\"categories\":[\"security\",\"system\"],"
               "\"keys\":{\"set\":true}}");
}

static void merging(void **state unused)
{
    static const struct {
        const char *stored, *change, *want;
    } rows[] = {
        {"{\"port\":1,\"prefix\":\"a\"}", "{\"port\":2}",
         "{\"port\":2,\"prefix\":\"a\"}"},
        {"{\"port\":1,\"prefix\":\"a\"}", "{\"port\":null}", "{\"prefix\":\"a\"}"},
        {"{\"port\":1}", "{\"channel\":\"x\"}", "{\"port\":1,\"channel\":\"x\"}"},
        {"{\"port\":1}", "{\"channel\":null}", "{\"port\":1}"},
        {"{\"to\":[1,2]}", "{\"to\":[3]}", "{\"to\":[3]}"},
        {"{\"webhook\":\"s\"}", "{\"webhook\":{\"set\":true}}",
         "{\"webhook\":\"s\"}"},
        {"{\"webhook\":\"s\"}", "{\"webhook\":{\"set\":false}}", "{}"},
        {"{\"webhook\":\"s\"}", "{\"webhook\":\"t\"}", "{\"webhook\":\"t\"}"},
        {"{\"webhook\":\"s\"}", "{\"webhook\":null}", "{}"},
        {"{\"webhook\":\"s\"}", "{}", "{\"webhook\":\"s\"}"},
        /* nothing stored: fields_read() will say that the value is missing */
        {"{}", "{\"webhook\":{\"set\":true}}", "{\"webhook\":{\"set\":true}}"},
        {"{}", "{\"webhook\":{\"set\":false}}", "{}"},
        /* no secret, or more than what is shown: as given, for an error */
        {"{\"port\":1}", "{\"port\":{\"set\":true}}",
         "{\"port\":{\"set\":true}}"},
        {"{\"webhook\":\"s\"}", "{\"webhook\":{\"set\":true,\"x\":1}}",
         "{\"webhook\":{\"set\":true,\"x\":1}}"},
        {"{\"port\":1}", "{\"prot\":2}", "{\"port\":1,\"prot\":2}"},
        {"{\"port\":1}", "[]", "[]"},
        {"{\"port\":1}", NULL, "{\"port\":1}"},
        {NULL, "{\"port\":1}", "{\"port\":1}"},
        {NULL, NULL, "{}"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct buf b freed_by(buf_release) = BUF(1000);
        struct json_out o = JSON_OUT(&b);
        const struct json *stored = NULL, *change = NULL;

        if (rows[i].stored != NULL)
            stored = json_parse(&a, str_of(rows[i].stored), NULL);
        if (rows[i].change != NULL)
            change = json_parse(&a, str_of(rows[i].change), NULL);
        out_tree(&o, NULL, fields_merge(chat_fields, stored, change, &a));
        assert_str(rows[i].want, buf_view(&b), rows[i].want);
    }
}

/* GET, then PATCH with what came back, changes nothing. */
static void merging_what_was_read(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct error err;
    struct chat before, after = {0};
    const struct json *stored, *shown;

    stored = json_parse(&a, STR("{" LEAST ",\"window\":\"1w1d\"}"), NULL);
    before = (struct chat){0};
    assert_true(fields_read(chat_fields, stored, &before, &a, &err));
    shown = json_parse(&a, written(&before, &a), NULL);
    if (!fields_read(chat_fields, fields_merge(chat_fields, stored, shown, &a),
                     &after, &a, &err))
        fail_msg("%s: %s", err.place, err.text);
    assert_str("written", written(&after, &a), written(&before, &a).p);
    assert_str("webhook", after.webhook, "https://a");
}

static void secrets(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct secret found[3] = {{STR_NONE, STR_NONE},
                              {STR_NONE, STR_NONE},
                              {STR("untouched"), STR_NONE}};
    struct error err;
    struct chat c;

    assert_true(read_text("{" LEAST ",\"keys\":[\"k1\",\"k2\"]}", &c, &a, &err));
    assert_int_equal(fields_secrets(chat_fields, &c, NULL, 0), 3);
    assert_int_equal(fields_secrets(chat_fields, &c, found, 2), 2);
    assert_str("third", found[2].value, "untouched");
    assert_int_equal(fields_secrets(chat_fields, &c, found, 3), 3);
    assert_str("first", found[0].value, "https://a");
    assert_str("second", found[1].value, "k1");
    assert_str("third", found[2].value, "k2");
    c.webhook = STR(""); /* nothing to look for */
    assert_int_equal(fields_secrets(chat_fields, &c, found, 3), 2);
}

static void schema(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct buf b freed_by(buf_release) = BUF(10000);
    struct json_out o = JSON_OUT(&b);

    out_object(&o, NULL);
    fields_schema(chat_fields, NULL, &o, "schema");
    out_object_end(&o);
    assert_str(
        "schema", buf_view(&b),
        "{\"schema\":{"
        "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
        "\"type\":\"object\",\"properties\":{"
        "\"webhook\":{\"type\":\"string\",\"minLength\":3,\"maxLength\":40,"
        "\"title\":\"Webhook URL\","
        "\"description\":\"Address given out by the chat server.\","
        "\"format\":\"uri\",\"writeOnly\":true,\"x-secret\":true},"
        "\"channel\":{\"type\":\"string\",\"maxLength\":4096,"
        "\"title\":\"Channel\",\"description\":\"Where to post.\"},"
        "\"prefix\":{\"type\":\"string\",\"maxLength\":4096,"
        "\"title\":\"Prefix\",\"description\":\"What each message begins "
        "with.\",\"default\":\"alert:\"},"
        "\"port\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":65535,"
        "\"title\":\"Port\",\"description\":\"The server's port.\","
        "\"default\":443},"
        "\"retries\":{\"type\":\"integer\",\"minimum\":1,"
        "\"title\":\"Retries\",\"description\":\"How often.\","
        "\"x-unit\":\"attempts\"},"
        "\"offset\":{\"type\":\"integer\",\"title\":\"Offset\","
        "\"description\":\"Any number.\",\"default\":-3},"
        "\"wait\":{\"type\":[\"string\",\"integer\"],\"x-duration\":true,"
        "\"x-minimum\":\"1m\",\"x-maximum\":\"1w\",\"title\":\"Wait\","
        "\"description\":\"How long.\",\"default\":\"1h30m\"},"
        "\"window\":{\"type\":[\"string\",\"integer\"],\"x-duration\":true,"
        "\"title\":\"Window\",\"description\":\"How long a window is.\"},"
        "\"verify\":{\"type\":\"boolean\",\"title\":\"Verify\","
        "\"description\":\"Check the certificate.\",\"default\":true},"
        "\"mention\":{\"type\":\"string\","
        "\"enum\":[\"info\",\"warning\",\"critical\"],\"title\":\"Mention\","
        "\"description\":\"From when on.\",\"default\":\"critical\"},"
        "\"to\":{\"type\":\"array\",\"maxItems\":1000,\"minItems\":1,"
        "\"items\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":10},"
        "\"title\":\"To\",\"description\":\"Who.\"},"
        "\"categories\":{\"type\":\"array\",\"maxItems\":1000,"
        "\"items\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":4096,"
        "\"enum\":[\"security\",\"system\"]},\"title\":\"Categories\","
        "\"description\":\"Which.\",\"default\":[\"security\",\"system\"]},"
        "\"keys\":{\"type\":\"array\",\"maxItems\":1000,"
        "\"items\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":4096},"
        "\"title\":\"Keys\",\"description\":\"Keys.\","
        "\"writeOnly\":true,\"x-secret\":true}},"
        "\"required\":[\"webhook\",\"to\"],\"additionalProperties\":false}}");
    assert_non_null(json_parse(&a, buf_view(&b), NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(given),
        cmocka_unit_test(refusing),
        cmocka_unit_test(shown_values_are_cut),
        cmocka_unit_test(text_limits),
        cmocka_unit_test(list_limits),
        cmocka_unit_test(invalid_utf8),
        cmocka_unit_test(nothing_given),
        cmocka_unit_test(reading_back),
        cmocka_unit_test(merging),
        cmocka_unit_test(merging_what_was_read),
        cmocka_unit_test(secrets),
        cmocka_unit_test(schema),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
