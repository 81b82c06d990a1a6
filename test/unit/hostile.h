/* hostile.h -- bodies that no decoder may take: broken JSON in every known way. */
#ifndef TEST_HOSTILE_H
#define TEST_HOSTILE_H

#include "intake/intake.h"

/* `%s` of the caller's template is replaced by one of these values. */
static const struct hostile {
    const char *name, *value;
} hostile_values[] = {
    {"a lone high surrogate", "\"\\ud800\""},
    {"a lone low surrogate", "\"\\udc00x\""},
    {"surrogates the wrong way round", "\"\\udc00\\ud800\""},
    {"half an escape", "\"\\u12"},
    {"an unknown escape", "\"\\x41\""},
    {"a raw control character", "\"a\x01z\""},
    {"a raw line feed", "\"a\nz\""},
    {"a bare continuation byte", "\"\x80\""},
    {"an overlong slash", "\"\xc0\xaf\""},
    {"an overlong NUL", "\"\xe0\x80\x80\""},
    {"a surrogate in UTF-8", "\"\xed\xa0\x80\""},
    {"beyond Unicode", "\"\xf4\x90\x80\x80\""},
    {"UTF-8 cut short", "\"\xe2\x82\""},
    {"Latin-1", "\"caf\xe9\""},
    {"an unknown word", "nul"},
    {"NaN", "NaN"},
    {"Infinity", "-Infinity"},
    {"a leading plus", "+1"},
    {"a leading zero", "01"},
    {"a leading point", ".5"},
    {"a trailing point", "1."},
    {"an empty exponent", "1e"},
    {"hexadecimal", "0x10"},
    {"a comment", "1 /* one */"},
    {"a line comment", "1 // one\n"},
    {"single quotes", "'a'"},
    {"no value", ""},
    {"a comma too many", "[1,]"},
    {"a member twice", "{\"a\":1,\"a\":2}"},
    {"the same member, escaped", "{\"a\":1,\"\\u0061\":2}"},
    {"33 levels", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"},
    {"an open array", "[1"},
};

/* Whole bodies. */
static const struct hostile hostile_bodies[] = {
    {"nothing", ""},
    {"white space", " \r\n\t "},
    {"a byte order mark", "\xef\xbb\xbf{\"type\":\"t\"}"},
    {"UTF-16", "{\x01"},
    {"a word", "hello"},
    {"an open object", "{"},
    {"an open string", "{\"type"},
    {"a stray bracket", "]"},
    {"a form", "alert=1&x=2"},
    {"markup", "<alert/>"},
};

/* Every one is refused with 400 and an error that says where. */
static inline void refuses(decode_fn *decode, const char *name, struct str body)
{
    static const struct decode_options options = {.now_ms = 1606141256000LL};
    struct arena a freed_by(arena_release) = {0};
    struct batch batch;
    struct error err = {0};
    int status = 0;

    if (decode(&a, body, &options, &batch, &status, &err))
        fail_msg("%s was taken", name);
    if (status != 400 || err.text[0] == '\0' || batch.n != 0)
        fail_msg("%s: %d \"%s\"", name, status, err.text);
}

static inline void refuses_hostile(decode_fn *decode, const char *before, const char *after)
{
    struct arena a freed_by(arena_release) = {0};
    size_t deep = 1000000;
    char *nested = arena_new(&a, deep);

    for (size_t i = 0; i < COUNT_OF(hostile_values); i++) {
        const struct hostile *h = &hostile_values[i];

        refuses(decode, h->name, arena_printf(&a, "%s%s%s", before, h->value, after));
    }
    for (size_t i = 0; i < COUNT_OF(hostile_bodies); i++)
        refuses(decode, hostile_bodies[i].name, str_of(hostile_bodies[i].value));
    memset(nested, '[', deep);
    refuses(decode, "a million levels", (struct str){nested, deep});
    refuses(decode, "text after it", arena_printf(&a, "%s1%s x", before, after));
}

#endif
