/* test_transport_mail.c -- mail servers that do what they should not, and one slow
 * enough to show that nobody else waits for it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "transport_rig.h"

#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#define SHORT_MS 300
#define LONG_MS 20000
#define ANSWERS_MAX 8

enum ending {
    CLOSE,
    RESET,
    HANG,
    FLOOD, /* the last answer again and again */
};

/* What is answered, one a line: the greeting, then to EHLO, MAIL, RCPT, DATA and
 * the message. After the last comes the ending. */
struct script {
    const char *answers[ANSWERS_MAX];
    enum ending ending;
};

#define GREETED "220 mx.test\r\n", "250-mx.test\r\n250 SIZE 1000000\r\n"
#define ASKED GREETED, "250 ok\r\n", "250 ok\r\n", "354 go on\r\n"

static const struct {
    const char *name;
    struct script script;
    enum outcome want;
    int status;
    size_t written;
    const char *body, *words;
} rows[] = {
    {"fine", {{ASKED, "250 queued\r\n"}, CLOSE}, OUTCOME_ANSWERED, 250, 1,
     "250 queued", ""},
    {"busy at once", {{"421 busy\r\n"}, CLOSE}, OUTCOME_ANSWERED, 421, 0,
     "421 busy", ""},
    {"no service", {{"554-go\r\n554 away\r\n"}, CLOSE}, OUTCOME_ANSWERED, 554,
     0, "554-go\n554 away", ""},
    {"no EHLO, no HELO", {{"220 a\r\n", "500 what\r\n", "500 what\r\n"}, CLOSE},
     OUTCOME_ANSWERED, 500, 0, "500 what", ""},
    {"HELO only",
     {{"220 a\r\n", "500 what\r\n", "250 ok\r\n", "250 ok\r\n", "250 ok\r\n",
       "354 go\r\n", "250 queued\r\n"},
      CLOSE},
     OUTCOME_ANSWERED, 250, 1, "250 queued", ""},
    {"greylisted", {{GREETED, "250 ok\r\n", "450 4.7.1 greylisted\r\n"}, CLOSE},
     OUTCOME_ANSWERED, 450, 0, "450 4.7.1 greylisted",
     "1 of 1 recipients refused, the first is to@x: 450 4.7.1 greylisted"},
    {"gone before a greeting", {{""}, CLOSE}, OUTCOME_UNREACHED, 0, 0, "",
     "127.0.0.1:"},
    {"reset before a greeting", {{""}, RESET}, OUTCOME_UNREACHED, 0, 0, "",
     "127.0.0.1:"},
    {"no greeting", {{""}, HANG}, OUTCOME_UNREACHED, 0, 0, "", "127.0.0.1:"},
    {"no answer to MAIL", {{GREETED, ""}, HANG}, OUTCOME_UNREACHED, 0, 0, "",
     "no answer within"},
    {"no answer to DATA", {{GREETED, "250 ok\r\n", "250 ok\r\n", ""}, HANG},
     OUTCOME_UNREACHED, 0, 0, "", "no answer within"},
    {"gone after MAIL", {{GREETED, ""}, CLOSE}, OUTCOME_UNREACHED, 0, 0, "",
     "the other side closed the connection"},
    {"gone after DATA", {{GREETED, "250 ok\r\n", "250 ok\r\n", ""}, CLOSE},
     OUTCOME_UNREACHED, 0, 0, "", "closed"},
    {"gone after the message", {{ASKED, ""}, CLOSE}, OUTCOME_LOST, 0, 0, "",
     "the other side closed the connection"},
    {"reset after the message", {{ASKED, ""}, RESET}, OUTCOME_LOST, 0, 0, "",
     "reset"},
    {"no answer to the message", {{ASKED, ""}, HANG}, OUTCOME_TIMED_OUT, 0, 0,
     "", "no answer within"},
    {"half an answer to the message", {{ASKED, "250"}, CLOSE}, OUTCOME_LOST, 0,
     0, "", "closed"},
    {"garbage after the message", {{ASKED, "\x01\x02\r\n"}, HANG},
     OUTCOME_LOST, 0, 0, "", "the answer is not SMTP"},
    {"garbage for MAIL", {{GREETED, "hello\r\n"}, HANG}, OUTCOME_UNREACHED, 0,
     0, "", "the answer is not SMTP"},
    {"lines without end for MAIL", {{GREETED, "250-more\r\n"}, FLOOD},
     OUTCOME_UNREACHED, 0, 0, "", "the answer is not SMTP"},
    {"lines without end after the message", {{ASKED, "250-more\r\n"}, FLOOD},
     OUTCOME_LOST, 0, 0, "", "the answer is not SMTP"},
    {"lines without end for EHLO", {{"220 a\r\n", "250-more\r\n"}, FLOOD},
     OUTCOME_UNREACHED, 0, 0, "", "127.0.0.1:"},
    {"a line without end for a greeting", {{"more and more "}, FLOOD},
     OUTCOME_UNREACHED, 0, 0, "", "127.0.0.1:"},
    {"all answers at once",
     {{GREETED, "250 ok\r\n250 ok\r\n354 go\r\n250 queued\r\n"}, HANG},
     OUTCOME_UNREACHED, 0, 0, "", "the answer is not SMTP"},
};

static void script_end(int fd, const struct script *s, const char *last)
{
    switch (s->ending) {
    case CLOSE:
        return;
    case RESET:
        hang_up_hard(fd);
        return;
    case HANG:
        hear_end(fd);
        return;
    case FLOOD:
        while (send(fd, last, strlen(last), MSG_NOSIGNAL) > 0)
            ;
        return;
    }
}

static void script_serve(void *arg, int fd, unsigned nth)
{
    const struct script *const *script = arg;
    const char *const *answers = (*script)->answers;
    char heard[4096];
    size_t i;

    (void)nth;
    for (i = 0; i < ANSWERS_MAX && answers[i] != NULL; i++) {
        bool message = i > 0 && strncmp(answers[i - 1], "354", 3) == 0;

        if (i > 0 && !hear_until(fd, message ? "\r\n.\r\n" : "\r\n", heard,
                                 sizeof(heard)))
            return;
        say_text(fd, answers[i]);
    }
    script_end(fd, *script, answers[i - 1]);
}

static const struct str to[] = {{"to@x", 4}};

static struct request mail_to(uint16_t port)
{
    return (struct request){
        .via = VIA_MAIL,
        .timeout_ms = LONG_MS,
        .mail = {.host = STR("127.0.0.1"), .port = port, .helo = STR("us.test"),
                 .from = STR("from@x"), .to = to, .to_count = 1,
                 .body = STR("Subject: x\r\n\r\nhello\r\n")},
    };
}

static void row_check(size_t i, const struct answer *a)
{
    const struct response *r = &a->response;

    if (r->outcome != rows[i].want || r->status != rows[i].status ||
        r->written != rows[i].written || strcmp(a->body, rows[i].body) != 0 ||
        strstr(a->error, rows[i].words) == NULL ||
        (rows[i].words[0] == '\0' && r->error.n > 0))
        fail_msg("%s: outcome %d, status %d, %zu written, '%s': '%s'",
                 rows[i].name, (int)r->outcome, r->status, r->written, a->body,
                 a->error);
}

static void test_scripts(void **state)
{
    const struct script *script;
    struct server server;
    struct answer a;
    struct rig rig;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct request q;

        rig_init(&rig);
        server_start(&server, script_serve, &script);
        q = mail_to(server.port);
        if (rows[i].script.ending == HANG)
            q.timeout_ms = SHORT_MS;
        script = &rows[i].script;
        rig_carry(&rig, &q, &a);
        row_check(i, &a);
        rig_release(&rig);
        server_stop(&server);
        assert_int_equal(server.connections, 1);
    }
}

/* What libcurl would do in our place: wait in one call for the answer to the
 * message, or to QUIT, while the loop stands still. */
static void test_slow_server_holds_up_nobody(void **state)
{
    static const struct script slow = {{ASKED, ""}, HANG};
    static const struct script fine = {{ASKED, "250 queued\r\n", ""}, HANG};
    const struct script *slow_script = &slow, *fine_script = &fine;
    struct server slow_server, fine_server;
    struct answer stuck, a;
    struct request p, q;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    server_start(&slow_server, script_serve, &slow_script);
    server_start(&fine_server, script_serve, &fine_script);
    p = mail_to(slow_server.port);
    rig_send(&rig, &p, &stuck);
    q = mail_to(fine_server.port);
    rig_carry(&rig, &q, &a);
    assert_int_equal(a.response.status, 250);
    assert_int_equal(stuck.calls, 0);
    rig_release(&rig); /* one waits for its answer, one is kept and says QUIT */
    assert_int_equal(stuck.calls, 0);
    server_stop(&slow_server);
    server_stop(&fine_server);
}

/* --- kept connections --- */

/* Two messages at most on a connection; what the second gets is the test's. */
struct keeper {
    const char *second; /* the answer to its MAIL; NULL: closed before it */
    atomic_uint messages;
};

static bool one_message(int fd)
{
    char heard[4096];

    if (!hear_until(fd, "RCPT TO:<to@x>\r\n", heard, sizeof(heard)))
        return false;
    say_text(fd, "250 ok\r\n");
    if (!hear_until(fd, "DATA\r\n", heard, sizeof(heard)))
        return false;
    say_text(fd, "354 go\r\n");
    if (!hear_until(fd, "\r\n.\r\n", heard, sizeof(heard)))
        return false;
    say_text(fd, "250 queued\r\n");
    return true;
}

static void keeper_serve(void *arg, int fd, unsigned nth)
{
    struct keeper *k = arg;
    char heard[4096];

    (void)nth;
    say_text(fd, "220 a\r\n");
    hear_until(fd, "\r\n", heard, sizeof(heard));
    say_text(fd, "250 a\r\n");
    hear_until(fd, "\r\n", heard, sizeof(heard));
    say_text(fd, "250 ok\r\n");
    if (one_message(fd))
        k->messages++;
    if (k->second == NULL ||
        !hear_until(fd, "MAIL FROM:<from@x>\r\n", heard, sizeof(heard)))
        return;
    say_text(fd, k->second);
    if (one_message(fd))
        k->messages++;
}

/* A kept connection that fails before a recipient was named is replaced. */
static void test_kept(void **state)
{
    static const struct {
        const char *second;
        unsigned connections; /* for two messages */
        bool reused;
    } kept[] = {
        {"250 ok\r\n", 1, true},
        {NULL, 2, false},
        {"421 idle for too long\r\n", 2, false},
        {"503 too many messages\r\n", 2, false},
        {"what?\r\n", 1, true},
    };
    struct server server;
    struct answer a, b;
    struct rig rig;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        struct keeper k = {.second = kept[i].second};
        struct request q;
        bool fine = i + 1 < COUNT_OF(kept);

        rig_init(&rig);
        server_start(&server, keeper_serve, &k);
        q = mail_to(server.port);
        rig_carry(&rig, &q, &a);
        rig_carry(&rig, &q, &b);
        assert_int_equal(a.response.status, 250);
        assert_int_equal(b.response.status, fine ? 250 : 0);
        assert_int_equal(a.response.reused, false);
        assert_int_equal(b.response.reused, kept[i].reused);
        rig_release(&rig);
        server_stop(&server);
        assert_int_equal(server.connections, kept[i].connections);
        assert_int_equal(k.messages, fine ? 2 : 1);
    }
}

/* Who is somebody else does not get the connection of another. */
static void test_not_shared(void **state)
{
    struct keeper k = {.second = "250 ok\r\n"};
    struct server server;
    struct answer a;
    struct request q;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    server_start(&server, keeper_serve, &k);
    q = mail_to(server.port);
    rig_carry(&rig, &q, &a);
    q.mail.helo = STR("other.test");
    rig_send(&rig, &q, &a);
    for (int i = 0; i < 5 && a.calls == 0; i++)
        loop_turn(rig.loop, 10);
    assert_int_equal(a.calls, 0); /* it dials: the server serves the first */
    rig_release(&rig);
    server_stop(&server);
    assert_int_equal(k.messages, 1);
}

/* --- a look at the server, without a mail --- */

/* What is answered to EHLO, and all that was said after it. */
struct looker {
    const char *ehlo;
    char heard[4096];
};

static void looker_serve(void *arg, int fd, unsigned nth)
{
    struct looker *l = arg;

    (void)nth;
    say_text(fd, "220 mx.test\r\n");
    hear_until(fd, "\r\n", l->heard, sizeof(l->heard));
    say_text(fd, l->ehlo);
    hear_until(fd, "never", l->heard, sizeof(l->heard));
}

static void test_look(void **state)
{
    static const struct {
        const char *ehlo;
        enum outcome outcome;
        int status;
        const char *body, *heard;
    } looks[] = {
        {"250-mx.test\r\n250-SIZE 1000\r\n250 HELP\r\n", OUTCOME_ANSWERED, 250,
         "250-mx.test\n250-SIZE 1000\n250 HELP", "QUIT\r\n"},
        {"250 mx.test\r\n", OUTCOME_ANSWERED, 250, "250 mx.test", "QUIT\r\n"},
        {"", OUTCOME_UNREACHED, 0, "", ""}, /* and what it hears is our end */
    };
    struct server server;
    struct answer a;
    struct rig rig;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(looks); i++) {
        struct looker l = {.ehlo = looks[i].ehlo};
        struct request q;

        rig_init(&rig);
        server_start(&server, looker_serve, &l);
        q = mail_to(server.port);
        q.timeout_ms = looks[i].outcome == OUTCOME_ANSWERED ? LONG_MS : SHORT_MS;
        q.mail.to_count = 0;
        rig_carry(&rig, &q, &a);
        assert_int_equal(a.response.outcome, looks[i].outcome);
        assert_int_equal(a.response.status, looks[i].status);
        assert_string_equal(a.body, looks[i].body);
        assert_int_equal(a.response.written, 0);
        rig_release(&rig);
        server_stop(&server);
        assert_string_equal(l.heard, looks[i].heard);
    }
}

/* A kept connection says nothing of whether one may log in now. */
static void test_look_dials_anew(void **state)
{
    struct keeper k = {.second = "250 ok\r\n"};
    struct server server;
    struct answer a;
    struct request q;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    server_start(&server, keeper_serve, &k);
    q = mail_to(server.port);
    rig_carry(&rig, &q, &a);
    q.mail.to_count = 0;
    rig_send(&rig, &q, &a);
    for (int i = 0; i < 5 && a.calls == 0; i++)
        loop_turn(rig.loop, 10);
    assert_int_equal(a.calls, 0); /* it dials: the server serves the first */
    rig_release(&rig);
    server_stop(&server);
    assert_int_equal(k.messages, 1);
}

/* --- large messages --- */

/* Refuses while most of the message is still to come, and closes. */
static void early_serve(void *arg, int fd, unsigned nth)
{
    char heard[4096];

    (void)arg;
    (void)nth;
    say_text(fd, "220 a\r\n");
    for (int i = 0; i < 3; i++) {
        hear_until(fd, "\r\n", heard, sizeof(heard));
        say_text(fd, "250 ok\r\n");
    }
    hear_until(fd, "DATA\r\n", heard, sizeof(heard));
    say_text(fd, "354 go\r\n");
    hear_until(fd, "\r\n", heard, sizeof(heard));
    say_text(fd, "552 too large\r\n");
    shutdown(fd, SHUT_WR);
    hear_end(fd);
}

static void test_refused_half_way(void **state)
{
    struct buf body freed_by(buf_release) = BUF(REQUEST_MAX);
    struct server server;
    struct answer a;
    struct request q;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    server_start(&server, early_serve, NULL);
    while (body.n + 100 < body.max)
        buf_text(&body, ".2345678901234567890123456789012345678901234567\r\n");
    q = mail_to(server.port);
    q.mail.body = buf_view(&body);
    rig_carry(&rig, &q, &a);
    assert_int_equal(a.response.outcome, OUTCOME_ANSWERED);
    assert_int_equal(a.response.status, 552);
    assert_int_equal(a.response.written, 0);
    rig_release(&rig);
    server_stop(&server);
}

/* --- refused by ourselves --- */

static void never_serve(void *arg, int fd, unsigned nth)
{
    (void)arg;
    (void)fd;
    (void)nth; /* counted */
}

static void denied(struct rig *rig, const struct request *q, const char *words)
{
    struct answer a;

    rig_carry(rig, q, &a);
    assert_int_equal(a.response.outcome, OUTCOME_DENIED);
    if (strstr(a.error, words) == NULL)
        fail_msg("'%s' is not in: %s", words, a.error);
    assert_null(strstr(a.error, "S3CRET"));
}

static void test_denied(void **state)
{
    static const struct str evil[] = {{"a@x>\r\nDATA", 10}};
    struct server server;
    struct request q;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    server_start(&server, never_serve, NULL);
    q = mail_to(server.port);
    q.mail.to = evil;
    denied(&rig, &q, "recipient 1's address is not one");
    q = mail_to(server.port);
    q.mail.from = STR("a@x\r\nRSET");
    denied(&rig, &q, "the sender's address is not one");
    q = mail_to(25);
    q.mail.host = STR("169.254.169.254");
    denied(&rig, &q, "metadata");
    q.mail.host = STR("a/b");
    denied(&rig, &q, "is not a host");
    q.mail.host = STR("");
    denied(&rig, &q, "is not a host");
    q.mail.host = STR("192.0.2.1"); /* never asked */
    q.mail.user = STR("user");
    q.mail.password = STR("S3CRET");
    denied(&rig, &q, "without TLS a password is only sent to this machine");
    rig_release(&rig);
    server_stop(&server);
    assert_int_equal(server.connections, 0);
}

static void test_cancel(void **state)
{
    static const struct script hang = {{ASKED, ""}, HANG};
    const struct script *script = &hang;
    struct server server;
    struct answer a;
    struct request q;
    struct rig rig;

    (void)state;
    for (int turns = 0; turns < 12; turns++) {
        struct sending *s;

        rig_init(&rig);
        server_start(&server, script_serve, &script);
        q = mail_to(server.port);
        s = rig_send(&rig, &q, &a);
        for (int i = 0; i < turns; i++)
            loop_turn(rig.loop, 10);
        transport_cancel(s);
        loop_turn(rig.loop, 0);
        assert_int_equal(a.calls, 0);
        rig_release(&rig);
        server_stop(&server);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scripts),
        cmocka_unit_test(test_slow_server_holds_up_nobody),
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_not_shared),
        cmocka_unit_test(test_look),
        cmocka_unit_test(test_look_dials_anew),
        cmocka_unit_test(test_refused_half_way),
        cmocka_unit_test(test_denied),
        cmocka_unit_test(test_cancel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
