/* test_smtp.c -- the SMTP dialogue as a machine: what we say to what they say. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "transport/smtp.h"

#define ANSWERS_MAX 8

static const struct str three[] = {{"a@x", 3}, {"b@x", 3}, {"c@x", 3}};

static const struct {
    const char *name;
    size_t to_count;
    const char *answers[ANSWERS_MAX]; /* to each of our commands */
    const char *said;                 /* all we said, the message as "*" */
    enum smtp_step step;
    int status;
    size_t accepted;
    const char *last, *refusal;
} rows[] = {
    {"one", 1, {"250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 queued\r\n"},
     "MAIL FROM:<f@x>\r\nRCPT TO:<a@x>\r\nDATA\r\n*", SMTP_ACCEPTED, 250, 1,
     "250 queued", ""},
    {"three", 3,
     {"250 ok\r\n", "250 ok\r\n", "251 ok\r\n", "250 ok\r\n", "354 go\r\n",
      "250 queued\r\n"},
     "MAIL FROM:<f@x>\r\nRCPT TO:<a@x>\r\nRCPT TO:<b@x>\r\nRCPT TO:<c@x>\r\n"
     "DATA\r\n*",
     SMTP_ACCEPTED, 250, 3, "250 queued", ""},
    {"lines, bare ends, no text", 1,
     {"250-one\r\n250-two\r\n250 three\r\n", "250\n", "354-a\n354 b\n",
      "250-queued\r\n250 as 7\r\n"},
     "MAIL FROM:<f@x>\r\nRCPT TO:<a@x>\r\nDATA\r\n*", SMTP_ACCEPTED, 250, 1,
     "250-queued\n250 as 7", ""},
    {"sender refused", 1, {"550 no\r\n"}, "MAIL FROM:<f@x>\r\n", SMTP_REFUSED,
     550, 0, "550 no", ""},
    {"one of three", 3,
     {"250 ok\r\n", "250 ok\r\n", "550-no\r\n550 such user\r\n", "250 ok\r\n",
      "354 go\r\n", "250 ok\r\n"},
     "MAIL FROM:<f@x>\r\nRCPT TO:<a@x>\r\nRCPT TO:<b@x>\r\nRCPT TO:<c@x>\r\n"
     "DATA\r\n*",
     SMTP_ACCEPTED, 250, 2, "250 ok", "b@x: 550-no\n550 such user"},
    {"none, one of them for now", 2,
     {"250 ok\r\n", "450 later\r\n", "550 no\r\n"},
     "MAIL FROM:<f@x>\r\nRCPT TO:<a@x>\r\nRCPT TO:<b@x>\r\n", SMTP_REFUSED,
     450, 0, "450 later", "a@x: 450 later"},
    {"none, the last for now", 2,
     {"250 ok\r\n", "550 no\r\n", "450 later\r\n"},
     "MAIL FROM:<f@x>\r\nRCPT TO:<a@x>\r\nRCPT TO:<b@x>\r\n", SMTP_REFUSED,
     450, 0, "450 later", "a@x: 550 no"},
    {"they hang up", 3, {"250 ok\r\n", "250 ok\r\n", "421 bye\r\n"},
     "MAIL FROM:<f@x>\r\nRCPT TO:<a@x>\r\nRCPT TO:<b@x>\r\n", SMTP_REFUSED,
     421, 1, "421 bye", "b@x: 421 bye"},
    {"no message wanted", 1, {"250 ok\r\n", "250 ok\r\n", "503 no\r\n"},
     "MAIL FROM:<f@x>\r\nRCPT TO:<a@x>\r\nDATA\r\n", SMTP_REFUSED, 503, 1,
     "503 no", ""},
    {"250 is no go-ahead", 1, {"250 ok\r\n", "250 ok\r\n", "250 ok\r\n"},
     "MAIL FROM:<f@x>\r\nRCPT TO:<a@x>\r\nDATA\r\n", SMTP_REFUSED, 250, 1,
     "250 ok", ""},
    {"message refused", 1,
     {"250 ok\r\n", "250 ok\r\n", "354 go\r\n", "554 spam\r\n"},
     "MAIL FROM:<f@x>\r\nRCPT TO:<a@x>\r\nDATA\r\n*", SMTP_REFUSED, 554, 1,
     "554 spam", ""},
    {"354 is no acceptance", 1,
     {"250 ok\r\n", "250 ok\r\n", "354 go\r\n", "354 go\r\n"},
     "MAIL FROM:<f@x>\r\nRCPT TO:<a@x>\r\nDATA\r\n*", SMTP_REFUSED, 354, 1,
     "354 go", ""},
    {"no number", 1, {"hello\r\n"}, "MAIL FROM:<f@x>\r\n", SMTP_MUMBLED, 0, 0,
     "", ""},
    {"nothing", 1, {"\r\n"}, "MAIL FROM:<f@x>\r\n", SMTP_MUMBLED, 0, 0, "",
     ""},
    {"two digits", 1, {"25\r\n"}, "MAIL FROM:<f@x>\r\n", SMTP_MUMBLED, 0, 0,
     "", ""},
    {"four digits", 1, {"2500 ok\r\n"}, "MAIL FROM:<f@x>\r\n", SMTP_MUMBLED, 0,
     0, "", ""},
    {"a sign", 1, {"+50 ok\r\n"}, "MAIL FROM:<f@x>\r\n", SMTP_MUMBLED, 0, 0,
     "", ""},
    {"no such number", 1, {"600 ok\r\n"}, "MAIL FROM:<f@x>\r\n", SMTP_MUMBLED,
     0, 0, "", ""},
    {"neither - nor space", 1, {"250_ok\r\n"}, "MAIL FROM:<f@x>\r\n",
     SMTP_MUMBLED, 0, 0, "", ""},
    {"all answers before the questions", 1,
     {"250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n"},
     "MAIL FROM:<f@x>\r\nRCPT TO:<a@x>\r\n", SMTP_MUMBLED, 0, 0, "", ""},
};

static const struct mail_request *mail_to(size_t to_count)
{
    static struct mail_request mail;

    mail = (struct mail_request){.from = STR("f@x"), .to = three,
                                 .to_count = to_count, .body = STR("m\r\n")};
    return &mail;
}

/* `at_once` bytes at a time. */
static void hear(struct smtp *m, const char *text, size_t at_once,
                 struct buf *out)
{
    for (size_t i = 0; i < strlen(text) && !smtp_over(m); i += at_once)
        smtp_hear(m, str_first(str_of(text + i), at_once), out);
}

static void row_check(size_t i, size_t at_once)
{
    struct buf out freed_by(buf_release) = BUF(4096);
    struct buf said freed_by(buf_release) = BUF(4096);
    struct smtp m freed_by(smtp_release);

    smtp_begin(&m, mail_to(rows[i].to_count), false, &out);
    for (size_t k = 0; k < ANSWERS_MAX && rows[i].answers[k] != NULL; k++) {
        assert_false(smtp_over(&m));
        buf_str(&said, buf_view(&out));
        buf_reset(&out);
        hear(&m, rows[i].answers[k], at_once, &out);
        if (m.step == SMTP_MESSAGE && out.n > 0) {
            assert_string_equal(buf_c(&out), "m\r\n.\r\n");
            buf_reset(&out);
            buf_char(&out, '*');
        }
    }
    buf_str(&said, buf_view(&out));
    if (m.step != rows[i].step || m.status != rows[i].status ||
        m.accepted != rows[i].accepted ||
        strcmp(buf_c(&said), rows[i].said) != 0 ||
        strcmp(buf_c(&m.said), rows[i].last) != 0 ||
        strcmp(buf_c(&m.refusal), rows[i].refusal) != 0)
        fail_msg("%s: step %d, %d, %zu accepted, '%s' '%s' after '%s'",
                 rows[i].name, (int)m.step, m.status, m.accepted,
                 buf_c(&m.said), buf_c(&m.refusal), buf_c(&said));
}

static void test_dialogues(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        row_check(i, 4096);
        if (rows[i].step != SMTP_MUMBLED) /* they answer one at a time there */
            row_check(i, 1);
    }
}

static void test_size(void **state)
{
    struct buf out freed_by(buf_release) = BUF(4096);
    struct smtp m freed_by(smtp_release);

    (void)state;
    smtp_begin(&m, mail_to(1), true, &out);
    assert_string_equal(buf_c(&out), "MAIL FROM:<f@x> SIZE=3\r\n");
}

/* Lines without end, and a line without end. */
static void test_bombs(void **state)
{
    static const char *const pieces[] = {"250-more\r\n", "250 more and more "};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        struct buf out freed_by(buf_release) = BUF(4096);
        struct smtp m freed_by(smtp_release);
        size_t heard = 0;

        smtp_begin(&m, mail_to(1), false, &out);
        while (!smtp_over(&m)) {
            hear(&m, pieces[i], 4096, &out);
            heard += strlen(pieces[i]);
            assert_true(heard < 20000);
        }
        assert_int_equal(m.step, SMTP_MUMBLED);
    }
}

static const struct {
    const char *body, *want;
} messages[] = {
    {"", ".\r\n"},
    {"a\r\n", "a\r\n.\r\n"},
    {"a", "a\r\n.\r\n"},
    {"a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n.\r\n"},
    {".\r\n", "..\r\n.\r\n"},
    {".", "..\r\n.\r\n"},
    {"..\r\n.a\r\n", "...\r\n..a\r\n.\r\n"},
    {"a.\r\n", "a.\r\n.\r\n"},
    {"\n.\nMAIL\n", "\r\n..\r\nMAIL\r\n.\r\n"},
    {"a\r.\rMAIL", "a\r\n..\r\nMAIL\r\n.\r\n"},
    {"a\n.\r\nMAIL", "a\r\n..\r\nMAIL\r\n.\r\n"},
    {"a\r\r\nb", "a\r\n\r\nb\r\n.\r\n"},
    {"a\n\rb", "a\r\n\r\nb\r\n.\r\n"},
    {"a\r", "a\r\n.\r\n"},
};

static void test_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(messages); i++) {
        struct buf out freed_by(buf_release) = BUF(4096);

        smtp_message(str_of(messages[i].body), &out);
        assert_string_equal(buf_c(&out), messages[i].want);
    }
}

static void test_addresses(void **state)
{
    static const struct {
        const char *address;
        bool want;
    } addresses[] = {
        {"", true}, /* the empty sender */
        {"ops@example.test", true},
        {"o+p.s=x@[192.0.2.1]", true},
        {"gr\xc3\xbc\xc3\x9f@example.test", true},
        {"a b@x", false},
        {"a@x\r\nRCPT TO:<evil@x>", false},
        {"a@x\n", false},
        {"a@x>", false},
        {"<a@x", false},
        {"a\tb@x", false},
        {"a\x7f@x", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(addresses); i++)
        assert_int_equal(smtp_address_ok(str_of(addresses[i].address)),
                         addresses[i].want);
    assert_false(smtp_address_ok((struct str){"a\0b@x", 5}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialogues), cmocka_unit_test(test_size),
        cmocka_unit_test(test_bombs),     cmocka_unit_test(test_messages),
        cmocka_unit_test(test_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
