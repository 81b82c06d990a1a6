/* test_escape.c -- every encoder: what it must give, and that whatever goes in
 * comes out of the receiver's decoder again and cannot leave its place. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "corpus.h"
#include "decode.h"
#include "message/escape.h"

#define TEXT_MAX 65536

typedef void encode_fn(struct buf *to, struct str s);

struct row {
    const char *name;
    struct str in;
    const char *want;
};

static void check_rows(const struct row *rows, size_t n, encode_fn *encode)
{
    for (size_t i = 0; i < n; i++) {
        struct buf b freed_by(buf_release) = BUF(TEXT_MAX);

        encode(&b, rows[i].in);
        if (strcmp(buf_c(&b), rows[i].want) != 0)
            fail_msg("%s: want \"%s\", got \"%s\"", rows[i].name, rows[i].want,
                     buf_c(&b));
    }
}

#define CHECK(rows, encode) check_rows(rows, COUNT_OF(rows), encode)

static void one_line(struct buf *to, struct str s)
{
    clean_text(to, s, false);
}

static void lines(struct buf *to, struct str s)
{
    clean_text(to, s, true);
}

static void test_clean_one_line(void **state)
{
    static const struct row rows[] = {
        {"plain", STR("plain text"), "plain text"},
        {"line end and tab", STR("a\nb\tc"), "a b c"},
        {"CR LF is one line end", STR("a\r\nb"), "a b"},
        {"NUL and ESC", STR("a\0b\x1b[31mc"), "ab[31mc"},
        {"DEL", STR("a\x7f" "b"), "ab"},
        {"C1", STR("a\xc2\x9b" "31mb"), "a31mb"},
        {"bidi override", STR("\xe2\x80\xae" "gnp.exe"), "gnp.exe"},
        {"bidi isolate", STR("\xe2\x81\xa6x\xe2\x81\xa9"), "x"},
        {"zero width", STR("a\xe2\x80\x8b" "b\xe2\x80\x8d" "c\xef\xbb\xbf"), "abc"},
        {"soft hyphen", STR("a\xc2\xad" "b"), "ab"},
        {"tag characters", STR("a\xf3\xa0\x81\x81" "b"), "ab"},
        {"line separators", STR("a\xe2\x80\xa8" "b\xc2\x85" "c"), "a b c"},
        {"emoji and its selector", STR("\xe2\x9a\xa0\xef\xb8\x8f"),
         "\xe2\x9a\xa0\xef\xb8\x8f"},
        {"not UTF-8", STR("a\xff" "b\xc0\xaf"),
         "a\xef\xbf\xbd" "b\xef\xbf\xbd\xef\xbf\xbd"},
        {"cut short", STR("a\xe2\x82"), "a\xef\xbf\xbd\xef\xbf\xbd"},
        {"a surrogate", STR("\xed\xa0\x80"),
         "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"other scripts", STR("d\xc3\xa9j\xc3\xa0 \xe7\x99\xbb"),
         "d\xc3\xa9j\xc3\xa0 \xe7\x99\xbb"},
    };

    (void)state;
    CHECK(rows, one_line);
}

static void test_clean_lines(void **state)
{
    static const struct row rows[] = {
        {"line ends stay", STR("a\r\nb\nc\td"), "a\nb\nc\td"},
        {"all kinds", STR("a\xe2\x80\xa9" "b"), "a\nb"},
        {"others go", STR("a\rb\x0b"), "ab"},
    };

    (void)state;
    CHECK(rows, lines);
}

static bool is_clean(struct str s, bool with_lines)
{
    while (s.n > 0) {
        uint32_t code;
        size_t n = utf8_first(s, &code);

        if (n == 0 || (code < 0x20 && !(with_lines && (code == '\n' || code == '\t'))) ||
            (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) ||
            (code >= 0x2028 && code <= 0x202e) ||
            (code >= 0x2060 && code <= 0x206f) || code == 0xfeff)
            return false;
        s = str_from(s, n);
    }
    return true;
}

static void test_clean_corpus(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(corpus); i++) {
        struct buf one freed_by(buf_release) = BUF(TEXT_MAX);
        struct buf more freed_by(buf_release) = BUF(TEXT_MAX);

        clean_text(&one, corpus[i], false);
        clean_text(&more, corpus[i], true);
        assert_true(is_clean(buf_view(&one), false));
        assert_true(is_clean(buf_view(&more), true));
    }
}

static void test_defang(void **state)
{
    static const struct row rows[] = {
        {"a name", STR("evil.com"), "evil[.]com"},
        {"each that could end a name", STR("www.google.com.evil.org"),
         "www[.]google[.]com[.]evil[.]org"},
        {"not in front of what cannot", STR("ocsp.int-x3.a1.org"),
         "ocsp.int-x3.a1[.]org"},
        {"http", STR("http://evil.com/a?b=c"), "hxxp://evil[.]com/a?b=c"},
        {"https in any case", STR("HTTPS://EVIL.COM"), "hxxps://EVIL[.]COM"},
        {"another scheme", STR("ftp://evil.com"), "ftp[:]//evil[.]com"},
        {"a scheme inside", STR("/r?u=https://evil.com"),
         "/r?u=hxxps://evil[.]com"},
        {"not a scheme", STR("xhttp://a.com"), "xhttp[:]//a[.]com"},
        {"a mail address", STR("a.b@evil.com"), "a.b@evil[.]com"},
        {"an IPv4 address", STR("192.168.1.29:80"), "192.168.1.29:80"},
        {"an IPv6 address", STR("[2001:db8::1]:80"), "[2001:db8::1]:80"},
        {"a version", STR("nginx 1.18.0"), "nginx 1.18.0"},
        {"an end of sentence", STR("Gone. Again."), "Gone. Again."},
        {"punycode", STR("a.xn--p1ai/x"), "a[.]xn--p1ai/x"},
        {"xn without more", STR("a.xn-1"), "a.xn-1"},
        {"other scripts", STR("\xe4\xbe\x8b.\xe3\x83\x86"),
         "\xe4\xbe\x8b[.]\xe3\x83\x86"},
        {"an ideographic dot", STR("evil\xe3\x80\x82" "com"), "evil[.]com"},
        {"a wide dot", STR("evil\xef\xbc\x8e" "com"), "evil[.]com"},
        {"done before", STR("evil[.]com"), "evil[.]com"},
        {"a trailing dot", STR("evil.com."), "evil[.]com."},
        {"http alone", STR("http"), "http"},
        {"https alone", STR("https"), "https"},
        {"nothing", STR(""), ""},
    };

    (void)state;
    CHECK(rows, defang);
}

static void test_cut(void **state)
{
    static const struct {
        const char *in;
        size_t max;
        const char *bytes, *points;
    } rows[] = {
        {"abcdef", 6, "abcdef", "abcdef"},
        {"abcdef", 5, "ab\xe2\x80\xa6", "abcd\xe2\x80\xa6"},
        {"abcdef", 3, "\xe2\x80\xa6", "ab\xe2\x80\xa6"},
        {"abcdef", 2, "ab", "a\xe2\x80\xa6"},
        {"abcdef", 1, "a", "\xe2\x80\xa6"},
        {"abcdef", 0, "", ""},
        {"", 0, "", ""},
        {"d\xc3\xa9j\xc3\xa0", 6, "d\xc3\xa9j\xc3\xa0", "d\xc3\xa9j\xc3\xa0"},
        {"d\xc3\xa9j\xc3\xa0", 5, "d\xe2\x80\xa6", "d\xc3\xa9j\xc3\xa0"},
        {"d\xc3\xa9j\xc3\xa0", 4, "d\xe2\x80\xa6", "d\xc3\xa9j\xc3\xa0"},
        {"d\xc3\xa9j\xc3\xa0", 3, "\xe2\x80\xa6", "d\xc3\xa9\xe2\x80\xa6"},
        {"\xf0\x9f\x9a\x92\xf0\x9f\x9a\x92", 7, "\xf0\x9f\x9a\x92\xe2\x80\xa6",
         "\xf0\x9f\x9a\x92\xf0\x9f\x9a\x92"},
        {"\xf0\x9f\x9a\x92\xf0\x9f\x9a\x92", 1, "", "\xe2\x80\xa6"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf bytes freed_by(buf_release) = BUF(TEXT_MAX);
        struct buf points freed_by(buf_release) = BUF(TEXT_MAX);

        cut_bytes(&bytes, str_of(rows[i].in), rows[i].max);
        cut_points(&points, str_of(rows[i].in), rows[i].max);
        assert_string_equal(buf_c(&bytes), rows[i].bytes);
        assert_string_equal(buf_c(&points), rows[i].points);
    }
}

static void test_html(void **state)
{
    static const struct row rows[] = {
        {"all five", STR("&<>\"'"), "&amp;&lt;&gt;&quot;&#39;"},
        {"twice is twice", STR("&amp;"), "&amp;amp;"},
        {"nothing to do", STR("d\xc3\xa9j\xc3\xa0 (x)"), "d\xc3\xa9j\xc3\xa0 (x)"},
    };

    (void)state;
    CHECK(rows, escape_html);
    for (size_t i = 0; i < COUNT_OF(corpus); i++) {
        struct buf b freed_by(buf_release) = BUF(TEXT_MAX);
        struct buf back freed_by(buf_release) = BUF(TEXT_MAX);

        escape_html(&b, corpus[i]);
        assert_true(decode_html(buf_view(&b), &back));
        assert_true(str_eq(buf_view(&back), corpus[i]));
    }
}

static void test_sd_param(void **state)
{
    static const struct row rows[] = {
        {"the three", STR("\\ \" ]"), "\\\\ \\\" \\]"},
        {"no more", STR("[a=b]"), "[a=b\\]"},
    };

    (void)state;
    CHECK(rows, escape_sd_param);
    for (size_t i = 0; i < COUNT_OF(corpus); i++) {
        struct buf b freed_by(buf_release) = BUF(TEXT_MAX);
        struct buf back freed_by(buf_release) = BUF(TEXT_MAX);
        struct str rest;

        buf_text(&b, "[x@1 a=\"");
        escape_sd_param(&b, corpus[i]);
        buf_text(&b, "\" b=\"\"] msg");
        rest = buf_view(&b);
        assert_true(decode_element(&rest, &back));
        assert_true(str_is(rest, " msg"));
        assert_true(str_eq(str_first(buf_view(&back), corpus[i].n), corpus[i]));
        assert_string_equal(back.p + corpus[i].n, "\n\n");
    }
}

static void test_checkmk(void **state)
{
    static const struct row rows[] = {
        {"nothing to undo", STR("a\"b]c[d\\e"), "a'b)c(d/e"},
        {"a backslash at the end", STR("C:\\dir\\"), "C:/dir/"},
        {"line ends", STR("a\r\nb\tc"), "a  b c"},
        {"NUL stays out of the table", STR("a\0b"), "a"},
    };

    (void)state;
    CHECK(rows, escape_checkmk);
    for (size_t i = 0; i < COUNT_OF(corpus); i++) {
        struct buf b freed_by(buf_release) = BUF(TEXT_MAX);
        struct buf old freed_by(buf_release) = BUF(TEXT_MAX);
        struct buf new freed_by(buf_release) = BUF(TEXT_MAX);
        struct str a, c;

        buf_text(&b, "[Checkmk@18662 sl=\"4\" comment=\"");
        escape_checkmk(&b, corpus[i]);
        buf_text(&b, "\" severity=\"x\"] msg");
        a = c = buf_view(&b);
        assert_true(decode_checkmk(&a, &old));
        assert_true(decode_element(&c, &new));
        assert_true(str_is(a, " msg") && str_is(c, " msg"));
        assert_true(str_eq(buf_view(&old), buf_view(&new)));
    }
}

static void test_syslog(void **state)
{
    static const struct row rows[] = {
        {"as rsyslog does", STR("a\nb\r\tc\x1b[\x7f"),
         "a#012b#015#011c#033[#177"},
        {"other scripts", STR("d\xc3\xa9j\xc3\xa0"), "d\xc3\xa9j\xc3\xa0"},
    };

    (void)state;
    CHECK(rows, escape_syslog);
    for (size_t i = 0; i < COUNT_OF(corpus); i++) {
        struct buf b freed_by(buf_release) = BUF(TEXT_MAX);

        escape_syslog(&b, corpus[i]);
        for (size_t k = 0; k < b.n; k++)
            assert_true((unsigned char)b.p[k] >= ' ' && b.p[k] != 0x7f);
    }
}

static void header_at_9(struct buf *to, struct str s)
{
    mime_header(to, s, strlen("Subject: "));
}

static void phrase_at_6(struct buf *to, struct str s)
{
    mime_phrase(to, s, strlen("From: "));
}

static void test_mime_rows(void **state)
{
    static const struct row headers[] = {
        {"plain", STR("[Error] Host down"), "[Error] Host down"},
        {"not plain", STR("d\xc3\xa9j\xc3\xa0 vu"),
         "=?utf-8?q?d=C3=A9j=C3=A0_vu?="},
        {"like a word", STR("=?x?="), "=?utf-8?q?=3D=3Fx=3F=3D?="},
        {"a line end", STR("a\r\nBcc: b"), "=?utf-8?q?a=0D=0ABcc=3A_b?="},
        {"blanks at the ends", STR(" a "), "=?utf-8?q?_a_?="},
        {"nothing", STR(""), ""},
    };
    static const struct row phrases[] = {
        {"always a word", STR("Joe (x)"), "=?utf-8?q?Joe_=28x=29?="},
        {"nothing", STR(""), ""},
    };

    (void)state;
    CHECK(headers, header_at_9);
    CHECK(phrases, phrase_at_6);
}

/* Lines of at most 76 columns, every one but the first begun by a blank. */
static void check_folding(struct str s, size_t column)
{
    while (s.n > 0) {
        struct str line = str_until(&s, '\n');

        if (s.n > 0) {
            assert_true(str_ends(line, "\r"));
            assert_int_equal(s.p[0], ' ');
            line.n--;
        }
        assert_true(column + line.n <= 76);
        assert_int_equal(str_find(line, '\r'), line.n);
        column = 0;
    }
}

static void test_mime_corpus(void **state)
{
    static const size_t columns[] = {0, 6, 9, 40, 70, 76};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(corpus); i++) {
        struct buf clean freed_by(buf_release) = BUF(TEXT_MAX);

        clean_text(&clean, corpus[i], true);
        for (size_t k = 0; k < COUNT_OF(columns); k++) {
            struct buf b freed_by(buf_release) = BUF(TEXT_MAX);
            struct buf back freed_by(buf_release) = BUF(TEXT_MAX);

            mime_header(&b, buf_view(&clean), columns[k]);
            check_folding(buf_view(&b), columns[k]);
            assert_true(decode_words(buf_view(&b), &back));
            assert_string_equal(buf_c(&back), buf_c(&clean));
        }
    }
}

static void test_quoted_printable(void **state)
{
    static const struct row rows[] = {
        {"plain", STR("a b\n"), "a b\r\n"},
        {"equals and others", STR("a=b d\xc3\xa9j\xc3\xa0\n"),
         "a=3Db d=C3=A9j=C3=A0\r\n"},
        {"a blank at the end", STR("a \nb\t\n \n"), "a=20\r\nb=09\r\n=20\r\n"},
        {"at the very end", STR("a "), "a=20"},
        {"a lone CR", STR("a\rb"), "a=0Db"},
        {"75 columns and 76",
         STR("123456789012345678901234567890123456789012345678901234567890"
             "1234567890123456"),
         "123456789012345678901234567890123456789012345678901234567890"
         "123456789012345=\r\n6"},
        {"nothing", STR(""), ""},
    };

    (void)state;
    CHECK(rows, quoted_printable);
    for (size_t i = 0; i < COUNT_OF(corpus); i++) {
        struct buf b freed_by(buf_release) = BUF(TEXT_MAX);
        struct buf back freed_by(buf_release) = BUF(TEXT_MAX);

        quoted_printable(&b, corpus[i]);
        assert_true(decode_qp(buf_view(&b), &back));
        assert_true(str_eq(buf_view(&back), corpus[i]));
        assert_null(strstr(buf_c(&b), "=_"));
    }
}

static void test_base64(void **state)
{
    static const struct row rows[] = {
        {"0", STR(""), ""},           {"1", STR("f"), "Zg=="},
        {"2", STR("fo"), "Zm8="},     {"3", STR("foo"), "Zm9v"},
        {"any byte", STR("\xfb\xff\0"), "+/8A"},
    };
    static const char *const bad[] = {"Zg", "Zg=", "Zm8==", "Z", "Zm9v\n",
                                      " Zm9v", "Zm9-", "Zm9v=", "===="};

    (void)state;
    CHECK(rows, base64);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf b freed_by(buf_release) = BUF(TEXT_MAX);

        assert_true(base64_decode(str_of(rows[i].want), &b));
        assert_true(str_eq(buf_view(&b), rows[i].in));
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct buf b freed_by(buf_release) = BUF(TEXT_MAX);

        if (base64_decode(str_of(bad[i]), &b))
            fail_msg("\"%s\" was taken", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clean_one_line),
        cmocka_unit_test(test_clean_lines),
        cmocka_unit_test(test_clean_corpus),
        cmocka_unit_test(test_defang),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_sd_param),
        cmocka_unit_test(test_checkmk),
        cmocka_unit_test(test_syslog),
        cmocka_unit_test(test_mime_rows),
        cmocka_unit_test(test_mime_corpus),
        cmocka_unit_test(test_quoted_printable),
        cmocka_unit_test(test_base64),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
