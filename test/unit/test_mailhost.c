/* test_mailhost.c -- the fake mail server: its side of the dialogue (RFC 5321), and a
 * mail as its reader sees it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake/mailhost.h"

struct talking {
    struct fake *fake;
    struct mailhost host;
    struct buf out;
};

static void open_talk(struct talking *t)
{
    t->fake = fake_new(fake_vendor_find(STR("email")));
    t->out = BUF(65536);
    mailhost_begin(&t->host, t->fake, &t->out);
    assert_true(str_starts(buf_view(&t->out), "220 "));
}

static void close_talk(struct talking *t)
{
    mailhost_release(&t->host);
    buf_release(&t->out);
    fake_free(t->fake);
}

static struct str hear(struct talking *t, struct str bytes)
{
    buf_reset(&t->out);
    mailhost_hear(&t->host, bytes, &t->out);
    return buf_view(&t->out);
}

static size_t mails(const struct talking *t, const struct fake_post **posts)
{
    return fake_posts(t->fake, posts);
}

/* --- the dialogue ----------------------------------------------------------------------- */

#define MAIL "MAIL FROM:<a@example.com>\r\n"
#define RCPT "RCPT TO:<b@example.com>\r\n"
#define LONG_LOCAL "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct line {
    const char *said, *reply; /* the start of the last answer; "": none yet */
    size_t mails;             /* afterwards */
    enum fault fault;
} dialogue[] = {
    {MAIL, "503 5.5.1", 0, FAULT_NONE},
    {"HELO x\r\n", "250 ", 0, FAULT_NONE},
    {"DATA\r\n", "503 5.5.1", 0, FAULT_NONE},
    {RCPT, "503 5.5.1", 0, FAULT_NONE},
    {"mail from:<>\r\n", "250 2.1.0", 0, FAULT_NONE}, /* a bounce; in any case */
    {MAIL, "503 5.5.1", 0, FAULT_NONE},
    {"RSET\r\n", "250 2.0.0", 0, FAULT_NONE},
    {"MAIL FROM:a@example.com\r\n", "501 5.1.7", 0, FAULT_NONE},
    {"MAIL FROM:<a@example.com> SIZE=99999999\r\n", "552 5.3.4", 0, FAULT_NONE},
    {"MAIL FROM:<a@example.com> BODY=8BITMIME SIZE=100\r\n", "250 2.1.0", 0, FAULT_NONE},
    {"RCPT TO:<b>\r\n", "501 5.1.3", 0, FAULT_NONE},
    {"RCPT TO:<b@>\r\n", "501 5.1.3", 0, FAULT_NONE},
    {"RCPT TO:<" LONG_LOCAL "@example.com>\r\n", "501 5.1.3", 0, FAULT_NONE},
    {"RCPT TO:<\xc3\xa4@example.com>\r\n", "501 5.1.3", 0, FAULT_NONE},
    {RCPT, "250 2.1.5", 0, FAULT_NONE},
    {"DA", "", 0, FAULT_NONE},
    {"TA\r\n", "354 ", 0, FAULT_NONE},
    {"Subject: x\r\n\r\n..\r\n.dot\r\n.", "", 0, FAULT_NONE},
    {"\r\n", "250 2.0.0", 1, FAULT_NONE},
    {MAIL RCPT "DATA\r\n", "354 ", 1, FAULT_NONE},
    {"a\n.\n", "", 1, FAULT_NONE}, /* neither is a line's end, nor the mail's */
    {"\r\n.\r\n", "554 5.6.0", 1, FAULT_NONE},
    {MAIL RCPT "DATA\r\n" "a\rb\r\n.\r\n", "554 5.6.0", 1, FAULT_NONE},
    {"VRFY b\r\n", "252 ", 1, FAULT_NONE},
    {"NOOP\r\n", "250 ", 1, FAULT_NONE},
    {"TURN\r\n", "500 5.5.1", 1, FAULT_NONE},
    {"NOOP\n", "500 5.5.2", 1, FAULT_NONE},
    {MAIL, "530 5.7.0", 1, FAULT_REVOKED},
    {MAIL RCPT, "450 4.7.1", 1, FAULT_LIMITED},
    {"RSET\r\n" MAIL RCPT, "550 5.1.1", 1, FAULT_PLACE_GONE},
    {"RSET\r\n" MAIL RCPT "DATA\r\nx\r\n.\r\n", "554 5.7.1", 1, FAULT_REFUSED},
    {MAIL RCPT "DATA\r\nx\r\n.\r\n", "451 4.3.0", 1, FAULT_BROKEN},
    {MAIL RCPT "DATA\r\nx\r\n.\r\n", "250 2.0.0", 2, FAULT_NONE},
    {"QUIT\r\n", "221 2.0.0", 2, FAULT_NONE},
};

static struct str last_line(struct str said)
{
    struct str line = STR_NONE;

    while (said.n > 0)
        line = str_until(&said, '\n');
    return line;
}

static void each_command_has_its_answer(void **state)
{
    const struct fake_post *posts;
    struct talking t;

    (void)state;
    open_talk(&t);
    for (size_t i = 0; i < COUNT_OF(dialogue); i++) {
        const struct line *l = &dialogue[i];
        struct str reply;

        fake_fail(t.fake, l->fault, l->fault != FAULT_NONE);
        reply = last_line(hear(&t, str_of(l->said)));
        if (!str_starts(reply, l->reply) || (l->reply[0] == '\0' && reply.n > 0))
            fail_msg("row %zu, %s: %.*s", i, l->said, STR_ARG(reply));
        if (mails(&t, &posts) != l->mails)
            fail_msg("row %zu: %zu mails", i, mails(&t, &posts));
    }
    assert_true(t.host.over);
    assert_string_equal(arena_c(&t.host.fake->scratch, posts[0].body),
                        "Subject: x\r\n\r\n.\r\ndot\r\n");
    assert_true(str_is(posts[0].place, "b@example.com"));
    close_talk(&t);
}

static void extensions_are_offered(void **state)
{
    struct talking t;

    (void)state;
    open_talk(&t);
    assert_non_null(strstr(arena_c(&t.fake->scratch, hear(&t, STR("EHLO x\r\n"))),
                           "250-SIZE 1048576\r\n"));
    close_talk(&t);
}

/* --- limits ------------------------------------------------------------------------------- */

static void say_often(struct talking *t, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        hear(t, str_of(text));
}

static void what_is_too_much_is_refused(void **state)
{
    struct talking t;

    (void)state;
    open_talk(&t);
    hear(&t, STR("HELO x\r\n" MAIL));
    say_often(&t, RCPT, MAILHOST_TO_MAX);
    assert_true(str_starts(hear(&t, STR(RCPT)), "452 4.5.3"));
    hear(&t, STR("DATA\r\n"));
    say_often(&t, "0123456789012345678901234567890123456789\r\n", MAILHOST_SIZE_MAX / 42 + 1);
    assert_true(str_starts(hear(&t, STR(".\r\n")), "552 5.3.4"));
    hear(&t, STR(MAIL RCPT "DATA\r\n"));
    say_often(&t, "0123456789", 100);
    assert_true(str_starts(hear(&t, STR("\r\n.\r\n")), "554 5.6.0"));
    say_often(&t, "0123456789", 51);
    assert_true(str_starts(hear(&t, STR("01\r\n")), "500 5.5.2"));
    say_often(&t, "0123456789", 300); /* without an end */
    assert_true(t.host.over);
    close_talk(&t);
}

/* --- mails -------------------------------------------------------------------------------- */

static const struct {
    const char *name, *mail, *seen;
} readings[] = {
    {"plain", "From: a@example.com\r\nSubject: hi\r\n\r\nline one\r\nline two\r\n",
     "From     a@example.com\nSubject  hi\n\nline one\nline two"},
    {"folded and encoded",
     "Subject: =?utf-8?q?a_=E2=86=92?=\r\n =?UTF-8?B?IGI=?= c\r\n\r\nx\r\n",
     "Subject  a \xe2\x86\x92 b c\n\nx"},
    {"not encoded after all", "Subject: =?utf-8?x?a?= =?\r\n\r\nx\r\n",
     "Subject  =?utf-8?x?a?= =?\n\nx"},
    {"quoted-printable",
     "Content-Transfer-Encoding: quoted-printable\r\n\r\na=C3=A4=\r\nb =3D=\r\n=zz\r\n",
     "\na\xc3\xa4" "b ==zz"},
    {"base64", "Content-Transfer-Encoding: base64\r\n\r\naGVs\r\nbG8=\r\n", "\nhello"},
    {"no base64", "Content-Transfer-Encoding: base64\r\n\r\n***\r\n", "\n***"},
    {"the part of text",
     "Content-Type: multipart/alternative; boundary=\"=_b\"\r\n\r\n--=_b\r\nContent-Type: "
     "text/html\r\n\r\n<b>no</b>\r\n--=_b\r\nContent-Type: text/plain\r\n\r\nyes\r\n--=_b--"
     "\r\n",
     "\nyes"},
    {"a part without an end",
     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nyes", "\n--b\n\nyes"},
    {"no headers", "\r\nx\r\n", "\nx"},
    {"nothing", "", ""},
};

static void a_mail_is_seen_decoded(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(readings); i++) {
        struct fake *f = fake_new(fake_vendor_find(STR("email")));
        struct buf seen freed_by(buf_release) = BUF(65536);

        fake_show(f, fake_keep_mail(f, STR("b@example.com"), str_of(readings[i].mail)), &seen);
        if (!str_is(str_trim(buf_view(&seen)), readings[i].seen[0] == '\n'
                                                   ? readings[i].seen + 1
                                                   : readings[i].seen))
            fail_msg("%s: %s", readings[i].name, buf_c(&seen));
        fake_free(f);
    }
}

static void an_answer_is_in_its_thread(void **state)
{
    struct fake *f = fake_new(fake_vendor_find(STR("email")));
    const struct fake_post *p =
        fake_keep_mail(f, STR("b"), STR("Message-ID: <2@x>\r\nIn-Reply-To:\r\n <1@x>\r\n\r\n"));

    (void)state;
    assert_true(str_is(p->id, "<2@x>"));
    assert_true(str_is(p->thread, "<1@x>"));
    fake_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_command_has_its_answer),
        cmocka_unit_test(extensions_are_offered),
        cmocka_unit_test(what_is_too_much_is_refused),
        cmocka_unit_test(a_mail_is_seen_decoded),
        cmocka_unit_test(an_answer_is_in_its_thread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
