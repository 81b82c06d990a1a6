/* test_texts.c -- the catalogues of the option tables: each says all that the tables
 * say, and nothing that they do not say any more. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "config/build.h"
#include "endpoint/endpoint.h"
#include "routing/pace.h"

#define SAID_MAX 2000

struct said {
    const char *v[SAID_MAX];
    size_t n;
};

static void say(struct said *s, const char *text)
{
    if (text == NULL)
        return;
    assert_true(s->n < SAID_MAX);
    s->v[s->n++] = text;
}

static void say_fields(struct said *s, const struct field *rows)
{
    for (const struct field *f = rows; f != NULL && f->name != NULL; f++) {
        say(s, f->label);
        say(s, f->help);
        say(s, f->unit);
        for (size_t i = 0; f->words && f->choices[i] != NULL; i++)
            say(s, f->choices[i]);
    }
}

static void say_all(struct said *s)
{
    for (size_t i = 0; endpoint_types[i] != NULL; i++) {
        say(s, endpoint_types[i]->title);
        say(s, endpoint_types[i]->help);
        say_fields(s, endpoint_types[i]->endpoint_fields);
        say_fields(s, endpoint_types[i]->recipient_fields);
    }
    say_fields(s, pace_fields);
    say_fields(s, settings_fields);
}

static bool is_said(const struct said *s, const char *text)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->v[i], text) == 0)
            return true;
    return false;
}

static bool has(const struct texts *t, const char *english)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->v[i].english, english) == 0)
            return true;
    return false;
}

/* All that is wrong is told at once: who changes a text sees both halves. */
static size_t wrong_in(const struct texts *t, const struct said *s)
{
    size_t wrong = 0;

    for (size_t i = 0; i < s->n; i++) {
        if (has(t, s->v[i]))
            continue;
        print_error("options.%s.json lacks: %s\n", t->language, s->v[i]);
        wrong++;
    }
    for (size_t i = 0; i < t->n; i++) {
        if (is_said(s, t->v[i].english))
            continue;
        print_error("options.%s.json: no table says: %s\n", t->language,
                    t->v[i].english);
        wrong++;
    }
    return wrong;
}

static void every_text_is_in_every_language(void **state unused)
{
    static struct said s;
    size_t languages = 0;

    say_all(&s);
    for (const struct texts *t = texts_all; t->language != NULL; t++) {
        assert_int_equal(wrong_in(t, &s), 0);
        languages++;
    }
    assert_int_equal(languages, 2);
}

/* A help is a sentence in every language, and each text is one it can find. */
static void each_is_found_and_ends_as_the_english_does(void **state unused)
{
    for (const struct texts *t = texts_all; t->language != NULL; t++)
        for (size_t i = 0; i < t->n; i++) {
            const struct text *text = &t->v[i];

            assert_ptr_equal(texts_say(t, text->english), text->said);
            assert_true(text->said[0] != '\0');
            if (str_ends(str_of(text->english), ".") !=
                str_ends(str_of(text->said), "."))
                fail_msg("%s: \"%s\" ends otherwise", t->language, text->said);
        }
}

static void an_unknown_language_is_english(void **state unused)
{
    static const char *const unknown[] = {"", "en", "fr", "DE", "de-AT", "d"};

    for (size_t i = 0; i < COUNT_OF(unknown); i++)
        assert_null(texts_find(str_of(unknown[i])));
    assert_string_equal(texts_say(NULL, "Password"), "Password");
    assert_string_equal(texts_say(texts_find(STR("de")), "Password"),
                        "Passwort");
    assert_string_equal(texts_say(texts_find(STR("it")), "never said"),
                        "never said");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_is_in_every_language),
        cmocka_unit_test(each_is_found_and_ends_as_the_english_does),
        cmocka_unit_test(an_unknown_language_is_english),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
