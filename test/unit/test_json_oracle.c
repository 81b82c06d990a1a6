/* test_json_oracle.c -- what we read and write, against jansson: samples, odd
 * texts, and random documents with random damage; what is written as it was read. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <inttypes.h>

#include "base/json.h"
#include "oracle.h"
#include "strs.h"

#define DOCUMENTS 30000

static bool is_integer(struct str number)
{
    return str_find(number, '.') == number.n &&
           str_find(number, 'e') == number.n &&
           str_find(number, 'E') == number.n;
}

static void canon_string(struct str s, FILE *to)
{
    fprintf(to, "%zu:", s.n);
    fwrite(s.p, 1, s.n, to);
}

static void canon_number(const struct json *j, FILE *to)
{
    int64_t whole;
    double real;

    if (is_integer(j->text) && json_i64(j, &whole))
        fprintf(to, "i%" PRId64, whole);
    else if (!is_integer(j->text) && json_double(j, &real))
        fprintf(to, "d%a", real);
    else
        fprintf(to, "?%.*s", STR_ARG(j->text)); /* jansson has none of these */
}

/* Our tree in the oracle's form. */
static void canon(const struct json *j, FILE *to)
{
    switch (j->type) {
    case JSON_NULL:
        fputc('n', to);
        return;
    case JSON_BOOL:
        fputc(j->truth ? 't' : 'f', to);
        return;
    case JSON_NUMBER:
        canon_number(j, to);
        return;
    case JSON_STRING:
        fputc('s', to);
        canon_string(j->text, to);
        return;
    case JSON_ARRAY:
    case JSON_OBJECT:
        fprintf(to, "%c%u", j->type == JSON_ARRAY ? 'a' : 'o', j->count);
        for (const struct json *m = j->first; m != NULL; m = m->next) {
            if (j->type == JSON_OBJECT)
                canon_string(m->name, to);
            canon(m, to);
        }
        return;
    }
}

/* Only where we take more than jansson: numbers that fit no C type, of which we
 * keep the text, and names with a NUL. Only where we take less: our limits,
 * which no document here comes near. */
static bool has_excuse(const struct json *j)
{
    int64_t whole;
    double real;

    if (j->type == JSON_NUMBER)
        return is_integer(j->text) ? !json_i64(j, &whole)
                                   : !json_double(j, &real);
    for (const struct json *m = j->first; m != NULL; m = m->next) {
        if (str_find(m->name, '\0') < m->name.n || has_excuse(m))
            return true;
    }
    return false;
}

struct memory {
    char *p;
    size_t n;
    FILE *file;
};

static void memory_open(struct memory *m)
{
    m->file = open_memstream(&m->p, &m->n);
}

static struct str memory_close(struct memory *m)
{
    fclose(m->file);
    return (struct str){m->p, m->n};
}

static void memory_release(struct memory *m)
{
    free(m->p);
}

static void show(const char *what, struct str text)
{
    print_error("%s: %.*s\n", what, STR_ARG(text));
}

/* Read, written (both ways) and read again, it is still the same. */
static void check_round_trip(const struct json *j, struct str want)
{
    for (int ascii = 0; ascii < 2; ascii++) {
        struct arena a freed_by(arena_release) = {0};
        struct buf b freed_by(buf_release) = BUF(8u << 20);
        struct json_out o = {.to = &b, .ascii = ascii == 1};
        struct memory m freed_by(memory_release) = {0};
        const struct json *again;

        out_tree(&o, NULL, j);
        assert_false(b.over);
        again = json_parse(&a, buf_view(&b), NULL);
        assert_non_null(again);
        memory_open(&m);
        canon(again, m.file);
        if (!str_eq(memory_close(&m), want)) {
            show("written", buf_view(&b));
            fail();
        }
        for (size_t i = 0; ascii == 1 && i < b.n; i++)
            assert_in_range(b.p[i], 0x20, 0x7e);
    }
}

/* True if both took it. */
static bool check_document(struct str text)
{
    struct arena a freed_by(arena_release) = {0};
    struct memory ours freed_by(memory_release) = {0};
    struct memory theirs freed_by(memory_release) = {0};
    struct error err = {0};
    const struct json *j = json_parse(&a, text, &err);
    struct str want, got;
    bool taken;

    memory_open(&theirs);
    taken = oracle_canonical(text.p, text.n, theirs.file);
    want = memory_close(&theirs);
    if (taken != (j != NULL) && (j == NULL || !has_excuse(j))) {
        show("document", text);
        fail_msg("jansson %s, we %s", taken ? "yes" : "no", err.text);
    }
    if (j == NULL)
        return false;
    memory_open(&ours);
    canon(j, ours.file);
    got = memory_close(&ours);
    if (taken && !str_eq(got, want)) {
        show("document", text);
        show("jansson", want);
        show("we", got);
        fail();
    }
    check_round_trip(j, got);
    return taken;
}

static void samples(void **state unused)
{
    const char *dir = getenv("TOCSIN_SAMPLES");
    DIR *d = opendir(dir != NULL ? dir : SAMPLES_DIR);
    size_t taken = 0;

    if (d == NULL)
        fail_msg("cannot open %s", dir != NULL ? dir : SAMPLES_DIR);
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        struct arena a freed_by(arena_release) = {0};

        if (str_ends(str_of(e->d_name), ".json"))
            taken += check_document(sample_read(&a, e->d_name)) ? 1 : 0;
    }
    closedir(d);
    assert_true(taken >= 40);
}

static void odd_texts(void **state unused)
{
    static const struct {
        const char *text;
        bool both;
    } rows[] = {
        {"", false},
        {"1", true},
        {"-0", true},
        {"-0.0", true},
        {"1e400", false},
        {"9223372036854775808", false},
        {"9223372036854775807", true},
        {"0.1e1", true},
        {"[1,2,]", false},
        {"{\"a\":1,\"a\":1}", false},
        {"{\"\\u0000\":1}", false},
        {"\"\\u0000\"", true},
        {"\"\\uD834\\uDD1E\"", true},
        {"\"\\uD834\"", false},
        {"\"\\uDD1E\\uD834\"", false},
        {"\"\xe2\x80\xa8\"", true},
        {"\"\xf4\x90\x80\x80\"", false},
        {"\"\x7f\"", true},
        {"\"\x1f\"", false},
        {"\"\\a\"", false},
        {"[\"\\u00e9\xc3\xa9\"]", true},
        {"truefalse", false},
        {"[true false]", false},
        {"{\"a\":{\"a\":{\"a\":[]}}}", true},
        {"\v1", false},
        {"\f1", false},
        {"\xc2\xa0" "1", false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (check_document(str_of(rows[i].text)) != rows[i].both)
            fail_msg("%s", rows[i].text);
    }
}

struct random {
    uint64_t seed;
    struct buf text;
};

static uint32_t roll(struct random *r, uint32_t sides)
{
    r->seed = r->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(r->seed >> 33) % sides;
}

static void add_one_of(struct random *r, const char *const *texts, size_t n)
{
    buf_text(&r->text, texts[roll(r, (uint32_t)n)]);
}

static void add_white(struct random *r)
{
    static const char *const white[] = {"", "", "", "", " ", "\n", "\t\r "};

    add_one_of(r, white, COUNT_OF(white));
}

static void add_string(struct random *r)
{
    static const char *const parts[] = {
        "a",        "b",    "key",    " ",          "0",
        "\\n",      "\\\"", "\\\\",   "\\/",        "\\u0041",
        "\\u00e9",  "\\t",  "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
        "\\ud83d\\ude00",   "eight by", "sixteen bytes as", "\\u0000",
    };

    buf_char(&r->text, '"');
    for (uint32_t n = roll(r, 5); n > 0; n--)
        add_one_of(r, parts, COUNT_OF(parts));
    buf_char(&r->text, '"');
}

static void add_scalar(struct random *r)
{
    static const char *const scalars[] = {
        "null", "true", "false", "0",      "-1",    "42",
        "1.5",  "-0.0", "1e3",   "1E-7",   "1e+20", "0.30000000000000004",
        "1e400", "9223372036854775807", "123456789012345678901234567890",
    };

    if (roll(r, 3) == 0)
        add_string(r);
    else if (roll(r, 4) == 0)
        buf_printf(&r->text, "%s%u.%ue%d", roll(r, 2) == 0 ? "-" : "",
                   roll(r, 100000) + 1, roll(r, 1000000), (int)roll(r, 60) - 30);
    else
        add_one_of(r, scalars, COUNT_OF(scalars));
}

static void add_value(struct random *r, unsigned depth)
{
    uint32_t kind = depth >= 6 ? 2 : roll(r, 4);
    uint32_t count = roll(r, 5);

    add_white(r);
    if (kind > 1) {
        add_scalar(r);
    } else {
        buf_char(&r->text, kind == 0 ? '[' : '{');
        for (uint32_t i = 0; i < count; i++) {
            if (i > 0)
                buf_char(&r->text, ',');
            add_white(r);
            if (kind == 1)
                add_string(r);
            if (kind == 1)
                buf_char(&r->text, ':');
            add_value(r, depth + 1);
        }
        buf_char(&r->text, kind == 0 ? ']' : '}');
    }
    add_white(r);
}

/* Puts in, takes out or changes one byte. */
static void damage(struct random *r)
{
    static const char bytes[] = "\"\\{}[],:0123456789.eE+-tfnu \n\x80\xc3\xff\x01";
    struct buf *b = &r->text;
    size_t at = roll(r, (uint32_t)b->n);
    char c = bytes[roll(r, sizeof(bytes) - 1)];

    switch (roll(r, 3)) {
    case 0:
        b->p[at] = c;
        break;
    case 1:
        memmove(b->p + at, b->p + at + 1, b->n - at);
        b->n--;
        break;
    default:
        buf_char(b, ' ');
        memmove(b->p + at + 1, b->p + at, b->n - at - 1);
        b->p[at] = c;
    }
}

static void random_documents(void **state unused)
{
    struct random r = {.seed = 11, .text = BUF(1u << 20)};
    size_t taken = 0, damaged_taken = 0;

    for (int i = 0; i < DOCUMENTS; i++) {
        bool damaged = i % 2 == 1, both;

        buf_reset(&r.text);
        add_value(&r, 0);
        for (uint32_t n = roll(&r, 3) + 1; damaged && n > 0 && r.text.n > 1; n--)
            damage(&r);
        both = check_document(buf_view(&r.text));
        *(damaged ? &damaged_taken : &taken) += both ? 1 : 0;
    }
    buf_release(&r.text);
    /* Neither side of the question went unasked. */
    assert_in_range(taken, DOCUMENTS / 4, DOCUMENTS / 2 - 100);
    assert_in_range(damaged_taken, DOCUMENTS / 40, DOCUMENTS / 2 - 100);
}

/* What is compact already is written as it was read, also inside of what is not. */
static void writing_as_read(void **state unused)
{
    static const struct {
        const char *text, *as_read; /* "": it will be written anew */
    } rows[] = {
        {"{}", "{}"},
        {"[ ]", ""},
        {"[1,2e5,\"x\",null,{\"a\":[]}]", "[1,2e5,\"x\",null,{\"a\":[]}]"},
        {"{\"a\":1} ", "{\"a\":1}"},
        {"{\"a\": 1}", ""},
        {"{\"a\":1 ,\"b\":2}", ""},
        {"[\"\\u0041\"]", ""},
        {"[\"\\/\"]", ""},
        {"{\"\\n\":1}", ""},
        {"[\"\x7f \xc3\xa9\"]", "[\"\x7f \xc3\xa9\"]"},
        {"1", "1"}, /* as every number */
        {"true", ""},
    };
    static const char mixed[] = "[ {\"a\":[1,2]},{\"b\": [\"\xc3\xa9\x7f\"]}]";
    struct arena a freed_by(arena_release) = {0};
    struct buf b freed_by(buf_release) = BUF(1000);
    struct json_out o = JSON_OUT(&b), ascii = {.to = &b, .ascii = true};
    const struct json *j;
    struct error err;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        j = json_parse(&a, str_of(rows[i].text), &err);
        assert_non_null(j);
        assert_str(rows[i].text, j->text, rows[i].as_read);
    }
    j = json_parse(&a, STR(mixed), &err);
    assert_non_null(j);
    assert_str(mixed, j->text, "");
    assert_str(mixed, j->first->text, "{\"a\":[1,2]}");
    assert_str(mixed, j->first->next->text, "");
    out_tree(&o, NULL, j);
    assert_str(mixed, buf_view(&b),
               "[{\"a\":[1,2]},{\"b\":[\"\xc3\xa9\x7f\"]}]");
    buf_reset(&b);
    out_tree(&ascii, NULL, j);
    assert_str(mixed, buf_view(&b),
               "[{\"a\":[1,2]},{\"b\":[\"\\u00e9\\u007f\"]}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples),
        cmocka_unit_test(odd_texts),
        cmocka_unit_test(random_documents),
        cmocka_unit_test(writing_as_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
