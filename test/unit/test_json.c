/* test_json.c -- the JSON reader and writer: tables, limits, trees by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <math.h>

#include "base/json.h"
#include "base/limits.h"
#include "strs.h"

static void accepting(void **state unused)
{
    static const struct {
        const char *text, *want; /* written back */
    } rows[] = {
        {"null", "null"},
        {" \t\r\n true \n", "true"},
        {"false", "false"},
        {"\"\"", "\"\""},
        {"0", "0"},
        {"-0", "-0"},
        {"-12.50e+03", "-12.50e+03"},
        {"1E400", "1E400"},
        {"123456789012345678901234567890", "123456789012345678901234567890"},
        {"[]", "[]"},
        {"[ ]", "[]"},
        {"{ }", "{}"},
        {"[1 , [2] ,{}]", "[1,[2],{}]"},
        {"{\"a\" : 1 , \"b\":{\"a\":null}}", "{\"a\":1,\"b\":{\"a\":null}}"},
        {"{\"\":1}", "{\"\":1}"},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\""},
        {"\"\\u0041\\u00e9\\u20aC\"", "\"A\xc3\xa9\xe2\x82\xac\""},
        {"\"\\ud83d\\uDE00\"", "\"\xf0\x9f\x98\x80\""},
        {"\"\\u0000\\u001f\\u007f\"", "\"\\u0000\\u001f\x7f\""},
        {"\"a long plain beginning, then \\n and more \\t\"",
         "\"a long plain beginning, then \\n and more \\t\""},
        {"\"\xf0\x9f\x98\x80 \xe2\x82\xac \xc3\xa9\"",
         "\"\xf0\x9f\x98\x80 \xe2\x82\xac \xc3\xa9\""},
        {"{\"na\\u006de\":1}", "{\"name\":1}"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct buf b freed_by(buf_release) = BUF(1000);
        struct json_out o = JSON_OUT(&b);
        struct error err;
        const struct json *j = json_parse(&a, str_of(rows[i].text), &err);

        if (j == NULL)
            fail_msg("%s: %s", rows[i].text, err.text);
        out_tree(&o, NULL, j);
        assert_str(rows[i].text, buf_view(&b), rows[i].want);
    }
}

static const struct {
    const char *text, *want;
} refused[] = {
    {"", "at byte 0: expected a value, not the end of the text"},
    {"  ", "at byte 2: expected a value, not the end of the text"},
    {"\xef\xbb\xbf{}", "at byte 0: expected a value, not byte 0xef"},
    {"nul", "at byte 0: expected a value, not 'n'"},
    {"NaN", "at byte 0: expected a value, not 'N'"},
    {"Infinity", "at byte 0: expected a value, not 'I'"},
    {"True", "at byte 0: expected a value, not 'T'"},
    {"'a'", "at byte 0: expected a value, not '''"},
    {"{} x", "at byte 3: there is more text after the value"},
    {"1 2", "at byte 2: there is more text after the value"},
    {"nullx", "at byte 4: there is more text after the value"},
    {"// no\n1", "at byte 0: expected a value, not '/'"},
    {"[1,/*no*/2]", "at byte 3: expected a value, not '/'"},
    {"[1,]", "at byte 3: expected a value, not ']'"},
    {"[,1]", "at byte 1: expected a value, not ','"},
    {"[1 2]", "at byte 3: expected a comma or ']', not '2'"},
    {"[1}", "at byte 2: expected a comma or ']', not '}'"},
    {"[", "at byte 1: expected a value, not the end of the text"},
    {"[1", "at byte 2: expected a comma or ']', not the end of the text"},
    {"{", "at byte 1: expected a name in quotes, not the end of the text"},
    {"{a:1}", "at byte 1: expected a name in quotes, not 'a'"},
    {"{\"a\":1,}", "at byte 7: expected a name in quotes, not '}'"},
    {"{\"a\" 1}", "at byte 5: expected a colon after the name, not '1'"},
    {"{\"a\":}", "at byte 5: expected a value, not '}'"},
    {"{\"a\":1", "at byte 6: expected a comma or '}', not the end of the text"},
    {"{\"a\":1]", "at byte 6: expected a comma or '}', not ']'"},
    {"{\"a\":1,\"b\":2,\"a\":3}", "at byte 13: the name \"a\" is there twice"},
    {"{\"\":1,\"\":2}", "at byte 6: the name \"\" is there twice"},
    {"{\"a\":1,\"\\u0061\":2}", "at byte 7: the name \"a\" is there twice"},
    {"-", "at byte 1: expected a digit, not the end of the text"},
    {"-x", "at byte 1: expected a digit, not 'x'"},
    {"+1", "at byte 0: expected a value, not '+'"},
    {".5", "at byte 0: expected a value, not '.'"},
    {"01", "at byte 0: expected a number without leading zeros, not '0'"},
    {"-00", "at byte 1: expected a number without leading zeros, not '0'"},
    {"1.", "at byte 2: expected a digit after the point, "
           "not the end of the text"},
    {"1.e5", "at byte 2: expected a digit after the point, not 'e'"},
    {"1e", "at byte 2: expected a digit of the exponent, "
           "not the end of the text"},
    {"1e+", "at byte 3: expected a digit of the exponent, "
            "not the end of the text"},
    {"0x10", "at byte 1: there is more text after the value"},
    {"\"a", "at byte 2: expected a quote at the end of the string, "
            "not the end of the text"},
    {"\"\n\"", "at byte 1: expected an escape such as \\n for a control "
               "character, not byte 0x0a"},
    {"\"\\", "at byte 2: expected one of \"\\/bfnrtu after a backslash, "
             "not the end of the text"},
    {"\"\\x\"", "at byte 2: expected one of \"\\/bfnrtu after a backslash, "
                "not 'x'"},
    {"\"\\u12", "at byte 5: expected four hexadecimal digits after \\u, "
                "not the end of the text"},
    {"\"\\u12g4\"", "at byte 5: expected four hexadecimal digits after \\u, "
                    "not 'g'"},
    {"\"\\ud800\"", "at byte 7: expected the second half of a surrogate pair, "
                    "not '\"'"},
    {"\"\\ud800\\u0041\"", "at byte 7: expected the second half of a "
                           "surrogate pair, not '\\'"},
    {"\"\\udc00\"", "at byte 1: expected the first half of a surrogate pair, "
                    "not '\\'"},
    {"\"\\ud800\\n\"", "at byte 7: expected the second half of a surrogate "
                       "pair, not '\\'"},
    {"\"\xff\"", "at byte 1: expected valid UTF-8, not byte 0xff"},
    {"\"\xc0\x80\"", "at byte 1: expected valid UTF-8, not byte 0xc0"},
    {"\"\xed\xa0\x80\"", "at byte 1: expected valid UTF-8, not byte 0xed"},
    {"\"\xe2\x82", "at byte 1: expected valid UTF-8, not byte 0xe2"},
    {"\"long enough for eight bytes at once \x80\"",
     "at byte 37: expected valid UTF-8, not byte 0x80"},
};

static void refusing(void **state unused)
{
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct error err = {.text = "accepted"};
        /* In memory of its own size: one byte too far is found out. */
        size_t n = strlen(refused[i].text);
        char *text = malloc(n);

        memcpy(text, refused[i].text, n);
        assert_null(json_parse(&a, (struct str){text, n}, &err));
        assert_str(refused[i].text, str_of(err.text), refused[i].want);
        assert_null(json_parse(&a, (struct str){text, n}, NULL));
        free(text);
    }
}

/* Each byte at each place of a string, whichever way the scan gets there. */
static void every_byte(void **state unused)
{
    for (int byte = 0; byte < 256; byte++) {
        bool plain = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';

        for (size_t at = 1; at < 21; at++) {
            struct arena a freed_by(arena_release) = {0};
            char text[22];
            const struct json *j;

            memset(text, 'x', sizeof(text));
            text[0] = text[21] = '"';
            text[at] = (char)byte;
            j = json_parse(&a, (struct str){text, sizeof(text)}, NULL);
            if ((j != NULL) != plain)
                fail_msg("byte 0x%02x at %zu", (unsigned)byte, at);
        }
    }
}

static void raw_nul(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct error err;

    assert_null(json_parse(&a, STR("1\0"), &err));
    assert_null(json_parse(&a, STR("\"a\0\""), &err));
    assert_null(json_parse(&a, STR_NONE, &err));
}

/* [[[...]]] and {"0":0,"1":0,...} of any size. */
static struct str nested(struct buf *b, size_t depth)
{
    for (size_t i = 0; i < depth; i++)
        buf_text(b, i % 2 == 0 ? "[" : "{\"a\":");
    buf_text(b, "0");
    for (size_t i = depth; i > 0; i--)
        buf_text(b, i % 2 == 1 ? "]" : "}");
    return buf_view(b);
}

static struct str wide(struct buf *b, size_t members, size_t last)
{
    buf_char(b, '{');
    for (size_t i = 0; i < members; i++)
        buf_printf(b, "%s\"name%zu\":0", i == 0 ? "" : ",",
                   i + 1 == members ? last : i);
    buf_char(b, '}');
    return buf_view(b);
}

static void depth_limit(void **state unused)
{
    for (size_t depth = JSON_DEPTH_MAX - 1; depth < JSON_DEPTH_MAX + 3; depth++) {
        struct arena a freed_by(arena_release) = {0};
        struct buf b freed_by(buf_release) = BUF(1000);
        struct error err = {0};
        bool fits = depth <= JSON_DEPTH_MAX;

        assert_true((json_parse(&a, nested(&b, depth), &err) != NULL) == fits);
        assert_str("depth", str_of(err.text),
                   fits ? ""
                        : "at byte 96: more than 32 levels of nesting; send "
                          "less at once");
    }
}

/* Siblings do not add up to depth. */
static void depth_is_not_count(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct buf b freed_by(buf_release) = BUF(1000);

    for (int i = 0; i < 100; i++)
        buf_text(&b, i == 0 ? "[[{}]" : ",[{}]");
    buf_char(&b, ']');
    assert_non_null(json_parse(&a, buf_view(&b), NULL));
}

static void member_limit(void **state unused)
{
    for (size_t n = JSON_MEMBERS_MAX - 1; n <= JSON_MEMBERS_MAX + 1; n++) {
        struct arena a freed_by(arena_release) = {0};
        struct buf b freed_by(buf_release) = BUF(1u << 20);
        const struct json *j = json_parse(&a, wide(&b, n, n), NULL);

        assert_int_equal(j == NULL ? 0 : j->count,
                         n <= JSON_MEMBERS_MAX ? n : 0);
    }
}

static void value_limit(void **state unused)
{
    for (size_t n = JSON_VALUES_MAX - 1; n <= JSON_VALUES_MAX; n++) {
        struct arena a freed_by(arena_release) = {0};
        struct buf b freed_by(buf_release) = BUF(4u << 20);
        struct error err = {0};

        buf_text(&b, "[0");
        for (size_t i = 1; i < n; i++)
            buf_text(&b, ",0");
        buf_char(&b, ']');
        assert_true((json_parse(&a, buf_view(&b), &err) != NULL) ==
                    (n < JSON_VALUES_MAX));
    }
}

/* The last name repeats an earlier one, in objects small and large. */
static void repeated_names(void **state unused)
{
    static const size_t sizes[] = {2, 3, 16, 63, 64, 65, 66, 67, 200, 4096};

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        for (size_t at = 0; at < sizes[i]; at += 1 + sizes[i] / 20) {
            struct arena a freed_by(arena_release) = {0};
            struct buf b freed_by(buf_release) = BUF(1u << 20);
            bool twice = at + 1 < sizes[i];
            struct str text = wide(&b, sizes[i], at);

            if ((json_parse(&a, text, NULL) == NULL) != twice)
                fail_msg("%zu members, the last like %zu", sizes[i], at);
        }
    }
}

static void whole_numbers(void **state unused)
{
    static const struct {
        const char *text;
        bool whole;
        int64_t want;
    } rows[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"3.0", true, 3},
        {"-3.000", true, -3},
        {"1e3", true, 1000},
        {"1E+3", true, 1000},
        {"12.50e1", true, 125},
        {"1200e-2", true, 12},
        {"0.001e3", true, 1},
        {"0.0", true, 0},
        {"0e9999999999999999999999", true, 0},
        {"0.0e-99999", true, 0},
        {"9223372036854775807", true, INT64_MAX},
        {"9223372036854775807.0", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"-9.223372036854775808e18", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"9.223372036854775808e18", false, 0},
        {"-9223372036854775809", false, 0},
        {"1e18", true, 1000000000000000000},
        {"1e19", false, 0},
        {"10e18", false, 0},
        {"0.5", false, 0},
        {"12.505e2", false, 0},
        {"1e-1", false, 0},
        {"1e400", false, 0},
        {"1e99999999999999999999", false, 0},
        {"1e-99999999999999999999", false, 0},
        {"\"3\"", false, 0},
        {"true", false, 0},
        {"null", false, 0},
        {"[3]", false, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena a freed_by(arena_release) = {0};
        const struct json *j = json_parse(&a, str_of(rows[i].text), NULL);
        int64_t got = 77;

        if (json_i64(j, &got) != rows[i].whole ||
            got != (rows[i].whole ? rows[i].want : 77))
            fail_msg("%s gave %" PRId64, rows[i].text, got);
        assert_i64(rows[i].text, json_i64_or(j, 77), got);
    }
}

static void looking_up(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    const struct json *j = json_parse(
        &a, STR("{\"s\":\"\",\"n\":1.5,\"t\":true,\"x\":null,\"a\":[1,2]}"), NULL);
    double real = 0;

    assert_int_equal(j->count, 5);
    assert_true(json_is(json_get(j, "s"), JSON_STRING));
    assert_non_null(json_text(json_get(j, "s")).p); /* empty, but there */
    assert_null(json_text(json_get(j, "n")).p);
    assert_null(json_text(NULL).p);
    assert_true(json_double(json_get(j, "n"), &real) && real > 1.4);
    assert_false(json_double(json_get(j, "s"), &real));
    assert_true(json_bool_or(json_get(j, "t"), false));
    assert_true(json_bool_or(json_get(j, "x"), true));
    assert_false(json_bool_or(NULL, false));
    assert_null(json_get(j, "nothing"));
    assert_null(json_get(json_get(j, "a"), "s"));
    assert_null(json_get(NULL, "s"));
    assert_false(json_is(NULL, JSON_NULL));
    assert_int_equal(json_get(j, "a")->count, 2);
    assert_str("name", json_get(j, "a")->name, "a");
    assert_null(json_get(j, "a")->first->name.p);
    assert_null(json_get(j, "a")->next);
    assert_string_equal(json_type_name(JSON_STRING), "a string");
    assert_string_equal(json_type_name(JSON_OBJECT), "an object");
}

/* Without escapes a string is a view; with them it is in the arena. */
static void views(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    char text[] = "[\"plain\",\"esc\\n\"]";
    const struct json *j = json_parse(&a, str_of(text), NULL);

    assert_ptr_equal(j->first->text.p, text + 2);
    memset(text, 'x', strlen(text));
    assert_str("decoded", j->first->next->text, "esc\n");
}

static void lines(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct str rest = STR(" {\"a\":1}\r\n{\"b\":2}[3] \n\n oops"), before;
    struct error err;

    assert_int_equal(json_parse_next(&a, &rest, NULL)->count, 1);
    assert_non_null(json_get(json_parse_next(&a, &rest, NULL), "b"));
    assert_true(json_is(json_parse_next(&a, &rest, NULL), JSON_ARRAY));
    assert_str("rest", rest, "oops");
    before = rest;
    assert_null(json_parse_next(&a, &rest, &err));
    assert_ptr_equal(rest.p, before.p); /* untouched */
    assert_int_equal(rest.n, before.n);
    rest = STR("1\n ");
    assert_non_null(json_parse_next(&a, &rest, NULL));
    assert_int_equal(rest.n, 0);
}

static void by_hand(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct buf b freed_by(buf_release) = BUF(1000);
    struct json_out o = JSON_OUT(&b);
    struct json_list members = {0}, items = {0};
    char text[] = "text";
    struct json *string = json_new_string(&a, str_of(text));

    memset(text, 'x', 4); /* it was copied */
    json_list_add(&items, &a, STR_NONE, json_new_bool(&a, true));
    json_list_add(&items, &a, STR_NONE, json_new_i64(&a, INT64_MIN));
    json_list_add(&items, &a, STR_NONE, string);
    json_list_add(&members, &a, STR("list"), json_new_array(&a, &items));
    json_list_add(&members, &a, STR("same"), string);
    json_list_add(&members, &a, STR("none"),
                  json_new_object(&a, &(struct json_list){0}));
    out_tree(&o, NULL, json_new_object(&a, &members));
    assert_str("tree", buf_view(&b),
               "{\"list\":[true,-9223372036854775808,\"text\"],"
               "\"same\":\"text\",\"none\":{}}");
}

static void writing(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct buf b freed_by(buf_release) = BUF(1000);
    struct json_out o = JSON_OUT(&b);

    out_object(&o, NULL);
    out_array(&o, "empty");
    out_array_end(&o);
    out_array(&o, "a");
    out_i64(&o, NULL, -1);
    out_object(&o, NULL);
    out_object_end(&o);
    out_null(&o, NULL);
    out_bool(&o, NULL, false);
    out_array_end(&o);
    out_text(&o, "t\"", "x\n");
    out_text(&o, "none", NULL);
    out_double(&o, "d", 0.1);
    out_raw(&o, "raw", STR("[1, 2]"));
    out_name_str(&o, STR("n\0n"), STR("v"));
    out_name_tree(&o, STR("t"), json_new_bool(&a, true));
    out_object_end(&o);
    assert_str("all", buf_view(&b),
               "{\"empty\":[],\"a\":[-1,{},null,false],\"t\\\"\":\"x\\n\","
               "\"none\":\"\",\"d\":0.1,\"raw\":[1, 2],\"n\\u0000n\":\"v\","
               "\"t\":true}");
    assert_non_null(json_parse(&a, buf_view(&b), NULL));
    assert_int_equal(o.depth, 0);
}

static void writing_strings(void **state unused)
{
    static const struct {
        const char *text, *want, *want_ascii;
    } rows[] = {
        {"", "", ""},
        {"plain", "plain", "plain"},
        {"a\"b\\c/d", "a\\\"b\\\\c/d", "a\\\"b\\\\c/d"},
        {"\b\f\n\r\t\v\x01\x1f", "\\b\\f\\n\\r\\t\\u000b\\u0001\\u001f",
         "\\b\\f\\n\\r\\t\\u000b\\u0001\\u001f"},
        {"\x7f~", "\x7f~", "\\u007f~"},
        {"\xc3\xa9x\xe2\x82\xac", "\xc3\xa9x\xe2\x82\xac", "\\u00e9x\\u20ac"},
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", "\\ud83d\\ude00"},
        {"\xff", "\xef\xbf\xbd", "\\ufffd"},
        {"a\xe2\x82z", "a\xef\xbf\xbd\xef\xbf\xbdz", "a\\ufffd\\ufffdz"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
         "\\ufffd\\ufffd\\ufffd"},
    };

    for (size_t i = 0; i < COUNT_OF(rows) * 2; i++) {
        struct buf b freed_by(buf_release) = BUF(1000);
        struct json_out o = {.to = &b, .ascii = i % 2 == 1};
        const char *want = i % 2 == 1 ? rows[i / 2].want_ascii : rows[i / 2].want;

        out_text(&o, NULL, rows[i / 2].text);
        assert_int_equal(buf_c(&b)[0], '"');
        assert_int_equal(buf_c(&b)[b.n - 1], '"');
        assert_str(rows[i / 2].text, (struct str){b.p + 1, b.n - 2}, want);
    }
}

static void writing_doubles(void **state unused)
{
    static const struct {
        double value;
        const char *want;
    } rows[] = {
        {0, "0"},
        {-0.0, "-0"},
        {1, "1"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {1.0 / 3, "0.3333333333333333"},
        {100, "100"},
        {1e15, "1000000000000000"},
        {123456789.125, "123456789.125"},
        {1e17, "1e17"},
        {12345678901234567890.0, "1.2345678901234567e19"},
        {1e-5, "0.00001"},
        {1.25e-7, "1.25e-7"},
        {1e300, "1e300"},
        {1.7976931348623157e308, "1.7976931348623157e308"},
        {4.9e-324, "4.94065645841247e-324"},
        {(double)NAN, "null"},
        {(double)INFINITY, "null"},
        {(double)-INFINITY, "null"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf b freed_by(buf_release) = BUF(100);
        struct json_out o = JSON_OUT(&b);

        out_double(&o, NULL, rows[i].value);
        assert_str(rows[i].want, buf_view(&b), rows[i].want);
    }
}

static void writing_any_double(void **state unused)
{
    uint64_t seed = 3;

    for (int i = 0; i < 20000; i++) {
        struct arena a freed_by(arena_release) = {0};
        struct buf b freed_by(buf_release) = BUF(100);
        struct json_out o = JSON_OUT(&b);
        double value, again;

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        memcpy(&value, &seed, sizeof(value));
        if (!isfinite(value))
            continue;
        out_double(&o, NULL, value);
        assert_true(json_double(json_parse(&a, buf_view(&b), NULL), &again));
        if (memcmp(&again, &value, sizeof(value)) != 0)
            fail_msg("%a became %s", value, buf_c(&b));
    }
}

/* What was read at the reader's limit can be put inside something of ours. */
static void writing_deep(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct buf in freed_by(buf_release) = BUF(1000), out freed_by(buf_release) =
                                                         BUF(1000);
    struct json_out o = JSON_OUT(&out);
    const struct json *j = json_parse(&a, nested(&in, JSON_DEPTH_MAX), NULL);

    for (int i = 0; i < OUT_DEPTH_MAX - JSON_DEPTH_MAX; i++)
        out_array(&o, NULL);
    out_i64(&o, NULL, 1);
    out_tree(&o, NULL, j);
    for (int i = 0; i < OUT_DEPTH_MAX - JSON_DEPTH_MAX; i++)
        out_array_end(&o);
    assert_int_equal(o.depth, 0);
    assert_int_equal(out.n, in.n + 2 * (OUT_DEPTH_MAX - JSON_DEPTH_MAX) + 2);
}

static void writing_past_the_limit(void **state unused)
{
    struct buf b freed_by(buf_release) = BUF(10);
    struct json_out o = JSON_OUT(&b);

    out_array(&o, NULL);
    for (int i = 0; i < 10; i++)
        out_text(&o, NULL, "text");
    out_array_end(&o);
    assert_true(b.over);
    assert_true(b.n <= 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepting),
        cmocka_unit_test(refusing),
        cmocka_unit_test(every_byte),
        cmocka_unit_test(raw_nul),
        cmocka_unit_test(depth_limit),
        cmocka_unit_test(depth_is_not_count),
        cmocka_unit_test(member_limit),
        cmocka_unit_test(value_limit),
        cmocka_unit_test(repeated_names),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(looking_up),
        cmocka_unit_test(views),
        cmocka_unit_test(lines),
        cmocka_unit_test(by_hand),
        cmocka_unit_test(writing),
        cmocka_unit_test(writing_strings),
        cmocka_unit_test(writing_doubles),
        cmocka_unit_test(writing_any_double),
        cmocka_unit_test(writing_deep),
        cmocka_unit_test(writing_past_the_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
