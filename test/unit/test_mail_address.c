/* test_mail_address.c -- which mail addresses are taken, and as what. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "endpoint/mail_address.h"

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void test_taken(void **state)
{
    static const struct {
        const char *in, *name, *addr;
    } rows[] = {
        {"a@b.org", "", "a@b.org"},
        {"  a@b.org ", "", "a@b.org"},
        {"<a@b.org>", "", "a@b.org"},
        {"root@localhost", "", "root@localhost"},
        {"Joe <joe@b.org>", "Joe", "joe@b.org"},
        {"Joe  Doe<joe@b.org>", "Joe  Doe", "joe@b.org"},
        {"\"Doe, Joe\" <joe@b.org>", "Doe, Joe", "joe@b.org"},
        {"\"a \\\"b\\\" <c>\" <joe@b.org>", "a \"b\" <c>", "joe@b.org"},
        {"J\xc3\xbcrgen <j@b.org>", "J\xc3\xbcrgen", "j@b.org"},
        {"o'neil+tag/x=y!#$%&*?^_`{|}~-@b.org", "",
         "o'neil+tag/x=y!#$%&*?^_`{|}~-@b.org"},
        {"a.b.c@x-y.b2.co.uk", "", "a.b.c@x-y.b2.co.uk"},
        {A64 "@b.org", "", A64 "@b.org"},
        {"a@" A63 ".org", "", "a@" A63 ".org"},
        {"a@b.org <c@d.org>", "a@b.org", "c@d.org"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct mail_address m = {0};
        struct error err;

        if (!mail_address_parse(str_of(rows[i].in), &arena, &m, &err))
            fail_msg("%s: %s", rows[i].in, err.text);
        if (!str_is(m.name, rows[i].name) || !str_is(m.addr, rows[i].addr))
            fail_msg("%s: got \"%.*s\" <%.*s>", rows[i].in, STR_ARG(m.name),
                     STR_ARG(m.addr));
    }
}

static void test_refused(void **state)
{
    static const struct str rows[] = {
        STR(""),
        STR("a"),
        STR("a@"),
        STR("@b.org"),
        STR("a@@b.org"),
        STR("a@b@c.org"),
        STR("a b@c.org"),
        STR(".a@b.org"),
        STR("a.@b.org"),
        STR("a..b@b.org"),
        STR("\"a b\"@b.org"),
        STR("a(comment)@b.org"),
        STR("a@b..org"),
        STR("a@b.org."),
        STR("a@.org"),
        STR("a@-b.org"),
        STR("a@b-.org"),
        STR("a@b_c.org"),
        STR("a@[192.0.2.1]"),
        STR("a@b.org>"),
        STR("<a@b.org"),
        STR("Joe <a@b.org"),
        STR("Joe <a@b.org> x"),
        STR("Joe <<a@b.org>>"),
        STR("\"Joe <a@b.org>"),
        STR("\"Joe\"x <a@b.org>"),
        STR("Jo\"e <a@b.org>"),
        STR("<@relay:a@b.org>"),
        STR("a@b.org, c@d.org"),
        STR("a@b.org\r\nRCPT TO:<c@d.org>"),
        STR("Joe\nBcc: x <a@b.org>"),
        STR("a\0@b.org"),
        STR("j\xc3\xbc@b.org"),
        STR("a@b\xc3\xbc.org"),
        STR("\xff <a@b.org>"),
        STR(A64 "a@b.org"),
        STR("a@" A63 "a.org"),
        STR("a@" A63 "." A63 "." A63 "." A63 ".org"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct mail_address m;
        struct error err = {0};

        if (mail_address_parse(rows[i], &arena, &m, &err))
            fail_msg("\"%.*s\" was taken", STR_ARG(rows[i]));
        assert_true(err.text[0] != '\0');
    }
}

static void test_lists(void **state)
{
    static const struct {
        const char *in;
        int n; /* -1: refused */
    } rows[] = {
        {"", 0},
        {"  ", 0},
        {"a@b.org", 1},
        {"a@b.org,c@d.org", 2},
        {" a@b.org , Joe <c@d.org>,e@f.org ", 3},
        {"\"Doe, Joe\" <c@d.org>, a@b.org", 2},
        {"\"a\\\", b\" <c@d.org>, a@b.org", 2},
        {"a@b.org,", 1},
        {"a@b.org,,c@d.org", -1},
        {",a@b.org", -1},
        {"a@b.org;c@d.org", -1},
        {"a@b.org c@d.org", -1},
        {"a@b.org,c@d.org,e@f.org,g@h.org", -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct mail_address out[3];
        struct error err;
        size_t n;
        bool taken = mail_address_list(str_of(rows[i].in), &arena, out,
                                       COUNT_OF(out), &n, &err);

        if (taken != (rows[i].n >= 0) || (taken && n != (size_t)rows[i].n))
            fail_msg("\"%s\": %s, %zu", rows[i].in, taken ? "taken" : "refused",
                     n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
