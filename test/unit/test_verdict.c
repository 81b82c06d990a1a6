/* test_verdict.c -- what each answer means, for each type: status by status. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "endpoint/endpoint.h"

#define YES VERDICT_DELIVERED
#define LATER VERDICT_DEFERRED
#define NO VERDICT_REFUSED
#define AGAIN VERDICT_AGAIN

#define ITEMS 3

/* A bulk's answer, the same for each of them. */
#define ITEM(status, type)                                                     \
    "{\"create\":{\"status\":" status ",\"error\":{\"type\":\"" type "\"}}}"
#define BULK(status, type)                                                     \
    "{\"items\":[" ITEM(status, type) "," ITEM(status, type) ","               \
    ITEM(status, type) "]}"

struct row {
    const char *type;
    enum outcome outcome;
    int status;
    const char *body;
    enum verdict_kind kind;
    bool fault;
};

static const struct row rows[] = {
    {"webhook", OUTCOME_ANSWERED, 200, "", YES, false},
    {"webhook", OUTCOME_ANSWERED, 201, "", YES, false},
    {"webhook", OUTCOME_ANSWERED, 204, "", YES, false},
    {"webhook", OUTCOME_ANSWERED, 299, "", YES, false},
    {"webhook", OUTCOME_ANSWERED, 300, "", LATER, true},
    {"webhook", OUTCOME_ANSWERED, 302, "", LATER, true},
    {"webhook", OUTCOME_ANSWERED, 308, "", LATER, true},
    {"webhook", OUTCOME_ANSWERED, 400, "", NO, false},
    {"webhook", OUTCOME_ANSWERED, 401, "", LATER, true},
    {"webhook", OUTCOME_ANSWERED, 402, "", NO, false},
    {"webhook", OUTCOME_ANSWERED, 403, "", LATER, true},
    {"webhook", OUTCOME_ANSWERED, 404, "", LATER, true},
    {"webhook", OUTCOME_ANSWERED, 405, "", NO, false},
    {"webhook", OUTCOME_ANSWERED, 408, "", LATER, false},
    {"webhook", OUTCOME_ANSWERED, 409, "", NO, false},
    {"webhook", OUTCOME_ANSWERED, 410, "", LATER, true},
    {"webhook", OUTCOME_ANSWERED, 413, "", NO, false},
    {"webhook", OUTCOME_ANSWERED, 415, "", NO, false},
    {"webhook", OUTCOME_ANSWERED, 422, "", NO, false},
    {"webhook", OUTCOME_ANSWERED, 425, "", LATER, false},
    {"webhook", OUTCOME_ANSWERED, 429, "", LATER, false},
    {"webhook", OUTCOME_ANSWERED, 500, "", LATER, false},
    {"webhook", OUTCOME_ANSWERED, 502, "", LATER, false},
    {"webhook", OUTCOME_ANSWERED, 503, "", LATER, false},
    {"webhook", OUTCOME_ANSWERED, 504, "", LATER, false},
    {"webhook", OUTCOME_ANSWERED, 599, "", LATER, false},
    {"webhook", OUTCOME_UNREACHED, 0, "", LATER, false},
    {"webhook", OUTCOME_TLS, 0, "", LATER, true},
    {"webhook", OUTCOME_TIMED_OUT, 0, "", LATER, false},
    {"webhook", OUTCOME_LOST, 0, "", LATER, false},
    {"webhook", OUTCOME_DENIED, 0, "", LATER, true},

    {"elasticsearch", OUTCOME_ANSWERED, 200, BULK("201", ""), YES, false},
    {"elasticsearch", OUTCOME_ANSWERED, 200, BULK("200", ""), YES, false},
    {"elasticsearch", OUTCOME_ANSWERED, 200,
     BULK("409", "version_conflict_engine_exception"), YES, false},
    {"elasticsearch", OUTCOME_ANSWERED, 200,
     BULK("429", "es_rejected_execution_exception"), LATER, false},
    {"elasticsearch", OUTCOME_ANSWERED, 200, BULK("429", "cluster_block_exception"),
     LATER, false},
    {"elasticsearch", OUTCOME_ANSWERED, 200, BULK("403", "cluster_block_exception"),
     LATER, false},
    {"elasticsearch", OUTCOME_ANSWERED, 200,
     BULK("503", "unavailable_shards_exception"), LATER, false},
    {"elasticsearch", OUTCOME_ANSWERED, 200, BULK("400", "mapper_parsing_exception"),
     VERDICT_AGAIN, false},
    {"elasticsearch", OUTCOME_ANSWERED, 200,
     BULK("400", "document_parsing_exception"), VERDICT_AGAIN, false},
    {"elasticsearch", OUTCOME_ANSWERED, 200, BULK("400", "illegal_argument_exception"),
     VERDICT_AGAIN, false},
    {"elasticsearch", OUTCOME_ANSWERED, 200, BULK("404", "index_not_found_exception"),
     LATER, true},
    {"elasticsearch", OUTCOME_ANSWERED, 200, BULK("403", "security_exception"), LATER,
     true},
    {"elasticsearch", OUTCOME_ANSWERED, 200, BULK("418", "teapot"), NO, false},
    {"elasticsearch", OUTCOME_ANSWERED, 200, BULK("0", ""), LATER, false},
    {"elasticsearch", OUTCOME_ANSWERED, 200, "", LATER, false},
    {"elasticsearch", OUTCOME_ANSWERED, 200, "{\"items\":[]}", LATER, true},
    {"elasticsearch", OUTCOME_ANSWERED, 204, "", LATER, false},
    {"elasticsearch", OUTCOME_ANSWERED, 302, "", LATER, true},
    {"elasticsearch", OUTCOME_ANSWERED, 400, "", NO, false},
    {"elasticsearch", OUTCOME_ANSWERED, 401, "", LATER, true},
    {"elasticsearch", OUTCOME_ANSWERED, 403, "", LATER, true},
    {"elasticsearch", OUTCOME_ANSWERED, 404, "", LATER, true},
    {"elasticsearch", OUTCOME_ANSWERED, 413, "", NO, false},
    {"elasticsearch", OUTCOME_ANSWERED, 429, "", LATER, false},
    {"elasticsearch", OUTCOME_ANSWERED, 503, "", LATER, false},
    {"elasticsearch", OUTCOME_UNREACHED, 0, "", LATER, false},
    {"elasticsearch", OUTCOME_TLS, 0, "", LATER, true},
    {"elasticsearch", OUTCOME_TIMED_OUT, 0, "", LATER, false},
    {"elasticsearch", OUTCOME_LOST, 0, "", LATER, false},
    {"elasticsearch", OUTCOME_DENIED, 0, "", LATER, true},

    {"email", OUTCOME_ANSWERED, 250, "250 OK", YES, false},
    {"email", OUTCOME_ANSWERED, 251, "251 forwarded", YES, false},
    {"email", OUTCOME_ANSWERED, 0, "", LATER, false},
    {"email", OUTCOME_ANSWERED, 421, "421 closing", LATER, false},
    {"email", OUTCOME_ANSWERED, 450, "450 greylisted", LATER, false},
    {"email", OUTCOME_ANSWERED, 451, "451 later", LATER, false},
    {"email", OUTCOME_ANSWERED, 452, "452 storage", LATER, false},
    {"email", OUTCOME_ANSWERED, 454, "454 TLS not available", LATER, false},
    {"email", OUTCOME_ANSWERED, 530, "530 STARTTLS first", LATER, true},
    {"email", OUTCOME_ANSWERED, 534, "534 too weak", LATER, true},
    {"email", OUTCOME_ANSWERED, 535, "535 wrong", LATER, true},
    {"email", OUTCOME_ANSWERED, 538, "538 encrypt", LATER, true},
    {"email", OUTCOME_ANSWERED, 550, "550 no such user", NO, false},
    {"email", OUTCOME_ANSWERED, 551, "551 not here", NO, false},
    {"email", OUTCOME_ANSWERED, 552, "552 message too big", NO, false},
    {"email", OUTCOME_ANSWERED, 552, "552 Too many recipients", LATER, false},
    {"email", OUTCOME_ANSWERED, 552, "552 too many RCPT", LATER, false},
    {"email", OUTCOME_ANSWERED, 552, "", NO, false},
    {"email", OUTCOME_ANSWERED, 553, "553 bad name", NO, false},
    {"email", OUTCOME_ANSWERED, 554, "554 policy", NO, false},
    {"email", OUTCOME_UNREACHED, 0, "", LATER, false},
    {"email", OUTCOME_TLS, 0, "", LATER, true},
    {"email", OUTCOME_TIMED_OUT, 0, "", LATER, false},
    {"email", OUTCOME_LOST, 0, "", LATER, false},

    {"fail2ban", OUTCOME_ANSWERED, 0, "1\n", YES, false},
    {"fail2ban", OUTCOME_ANSWERED, 0, "0\n", YES, false},
    {"fail2ban", OUTCOME_ANSWERED, 0, "warning\n17", YES, false},
    {"fail2ban", OUTCOME_ANSWERED, 0, "", LATER, false},
    {"fail2ban", OUTCOME_ANSWERED, 0, "1 warning\n", LATER, false},
    {"fail2ban", OUTCOME_ANSWERED, 0, "-1\n", LATER, false},
    {"fail2ban", OUTCOME_ANSWERED, 1, "Traceback", LATER, false},
    {"fail2ban", OUTCOME_ANSWERED, 255, "", LATER, false},
    {"fail2ban", OUTCOME_ANSWERED, 255, "1\n", LATER, false},
    {"fail2ban", OUTCOME_ANSWERED, 255, "Sorry but the jail 'j' does not exist",
     LATER, false},
    {"fail2ban", OUTCOME_ANSWERED, 255, "Failed to access socket path: /x", LATER,
     false},
    {"fail2ban", OUTCOME_ANSWERED, 255, "Permission denied to socket: /x", LATER,
     true},
    {"fail2ban", OUTCOME_ANSWERED, 255, "Invalid command", LATER, true},
    {"fail2ban", OUTCOME_ANSWERED, -1, "1\n", LATER, false},
    {"fail2ban", OUTCOME_TIMED_OUT, 0, "", LATER, false},
    {"fail2ban", OUTCOME_DENIED, 0, "", LATER, true},
    {"fail2ban", OUTCOME_UNREACHED, 0, "", LATER, false},
    {"discord", OUTCOME_ANSWERED, 200, "{\"id\":\"7\"}", YES, false},
    {"discord", OUTCOME_ANSWERED, 204, "", YES, false},
    {"discord", OUTCOME_ANSWERED, 200, "<p>", LATER, true},
    {"discord", OUTCOME_ANSWERED, 302, "", LATER, true},
    {"discord", OUTCOME_ANSWERED, 400, "", AGAIN, false},
    {"discord", OUTCOME_ANSWERED, 401, "", LATER, true},
    {"discord", OUTCOME_ANSWERED, 403, "", LATER, true},
    {"discord", OUTCOME_ANSWERED, 404, "", LATER, true},
    {"discord", OUTCOME_ANSWERED, 404, "{\"code\":10015}", LATER, true},
    {"discord", OUTCOME_ANSWERED, 404, "{\"code\":10003}", LATER, false},
    {"discord", OUTCOME_ANSWERED, 408, "", LATER, false},
    {"discord", OUTCOME_ANSWERED, 410, "", LATER, true},
    {"discord", OUTCOME_ANSWERED, 413, "", AGAIN, false},
    {"discord", OUTCOME_ANSWERED, 429, "<p>", LATER, false},
    {"discord", OUTCOME_ANSWERED, 500, "", LATER, false},
    {"discord", OUTCOME_ANSWERED, 503, "", LATER, false},
    {"discord", OUTCOME_UNREACHED, 0, "", LATER, false},
    {"discord", OUTCOME_TLS, 0, "", LATER, true},
    {"discord", OUTCOME_TIMED_OUT, 0, "", LATER, false},
    {"discord", OUTCOME_LOST, 0, "", LATER, false},
    {"discord", OUTCOME_DENIED, 0, "", LATER, true},

    {"telegram", OUTCOME_ANSWERED, 200, "{\"ok\":true}", YES, false},
    {"telegram", OUTCOME_ANSWERED, 200, "{\"ok\":false}", LATER, true},
    {"telegram", OUTCOME_ANSWERED, 200, "<p>", LATER, true},
    {"telegram", OUTCOME_ANSWERED, 302, "", LATER, true},
    {"telegram", OUTCOME_ANSWERED, 400, "", AGAIN, false},
    {"telegram", OUTCOME_ANSWERED, 401, "", LATER, true},
    {"telegram", OUTCOME_ANSWERED, 403, "", LATER, true},
    {"telegram", OUTCOME_ANSWERED, 403,
     "{\"description\":\"Forbidden: x\"}", LATER, false},
    {"telegram", OUTCOME_ANSWERED, 404, "", LATER, true},
    {"telegram", OUTCOME_ANSWERED, 408, "", LATER, false},
    {"telegram", OUTCOME_ANSWERED, 413, "", AGAIN, false},
    {"telegram", OUTCOME_ANSWERED, 429, "", LATER, false},
    {"telegram", OUTCOME_ANSWERED, 500, "", LATER, false},
    {"telegram", OUTCOME_ANSWERED, 502, "<p>", LATER, false},
    {"telegram", OUTCOME_UNREACHED, 0, "", LATER, false},
    {"telegram", OUTCOME_TLS, 0, "", LATER, true},
    {"telegram", OUTCOME_TIMED_OUT, 0, "", LATER, false},
    {"telegram", OUTCOME_LOST, 0, "", LATER, false},
    {"telegram", OUTCOME_DENIED, 0, "", LATER, true},

    {"shell", OUTCOME_ANSWERED, 0, "", YES, false},
    {"shell", OUTCOME_ANSWERED, 0, "said much", YES, false},
    {"shell", OUTCOME_ANSWERED, 1, "", NO, false},
    {"shell", OUTCOME_ANSWERED, 2, "usage", NO, false},
    {"shell", OUTCOME_ANSWERED, 74, "", NO, false},
    {"shell", OUTCOME_ANSWERED, 75, "", LATER, false},
    {"shell", OUTCOME_ANSWERED, 76, "", NO, false},
    {"shell", OUTCOME_ANSWERED, 125, "", NO, false},
    {"shell", OUTCOME_ANSWERED, 126, "", LATER, true},
    {"shell", OUTCOME_ANSWERED, 127, "", LATER, true},
    {"shell", OUTCOME_ANSWERED, 128, "", NO, false},
    {"shell", OUTCOME_ANSWERED, 255, "", NO, false},
    {"shell", OUTCOME_ANSWERED, -1, "half a line", LATER, false},
    {"shell", OUTCOME_TIMED_OUT, 0, "", LATER, false},
    {"shell", OUTCOME_DENIED, 0, "", LATER, true},
    {"shell", OUTCOME_UNREACHED, 0, "", LATER, false},

    {"syslog", OUTCOME_ANSWERED, 0, "", YES, false},
    {"syslog", OUTCOME_UNREACHED, 0, "", LATER, false},
    {"syslog", OUTCOME_LOST, 0, "", LATER, false},
    {"syslog", OUTCOME_TIMED_OUT, 0, "", LATER, false},
    {"syslog", OUTCOME_TLS, 0, "", LATER, true},
    {"syslog", OUTCOME_DENIED, 0, "", LATER, true},

    {"wechat", OUTCOME_ANSWERED, 200, "{\"errcode\":0}", YES, false},
    {"wechat", OUTCOME_ANSWERED, 200, "{\"errcode\":0,\"errmsg\":\"ok\"}", YES, false},
    {"wechat", OUTCOME_ANSWERED, 200, "{\"errcode\":-1}", LATER, false},
    {"wechat", OUTCOME_ANSWERED, 200, "{\"errcode\":45009}", LATER, false},
    {"wechat", OUTCOME_ANSWERED, 200, "{\"errcode\":93000}", LATER, true},
    {"wechat", OUTCOME_ANSWERED, 200, "{\"errcode\":93017}", LATER, true},
    {"wechat", OUTCOME_ANSWERED, 200, "{\"errcode\":40008}", NO, false},
    {"wechat", OUTCOME_ANSWERED, 200, "{\"errcode\":40058}", NO, false},
    {"wechat", OUTCOME_ANSWERED, 200, "{\"errcode\":44004}", NO, false},
    {"wechat", OUTCOME_ANSWERED, 200, "{\"errcode\":45002}", NO, false},
    {"wechat", OUTCOME_ANSWERED, 200, "{\"errcode\":50001}", LATER, false},
    {"wechat", OUTCOME_ANSWERED, 200, "{}", LATER, false},
    {"wechat", OUTCOME_ANSWERED, 200, "[0]", LATER, false},
    {"wechat", OUTCOME_ANSWERED, 200, "", LATER, false},
    {"wechat", OUTCOME_ANSWERED, 200, "<html>", LATER, false},
    {"wechat", OUTCOME_ANSWERED, 204, "", LATER, false},
    {"wechat", OUTCOME_ANSWERED, 500, "{\"errcode\":0}", LATER, false},
    {"wechat", OUTCOME_ANSWERED, 404, "", LATER, true},
    {"wechat", OUTCOME_ANSWERED, 400, "", NO, false},
    {"wechat", OUTCOME_TIMED_OUT, 0, "", LATER, false},
    {"wechat", OUTCOME_TLS, 0, "", LATER, true},

    {"alert_store_db", OUTCOME_ANSWERED, 0, "", YES, false},
    {"alert_store_db", OUTCOME_UNREACHED, 0, "", LATER, false},
    {"alert_store_db", OUTCOME_TIMED_OUT, 0, "", LATER, false},
};


static struct request sent_by(const struct endpoint_type *t)
{
    static const char *const ban[] = {"fail2ban-client", "-s", "/x", "set", "j",
                                      "banip", "192.0.2.1", NULL};
    struct request sent = {.via = t->via};

    if (t->via == VIA_HTTP)
        sent.http.method = "POST";
    if (t->via == VIA_MAIL)
        sent.mail = (struct mail_request){
            .to_count = 1,
            .body = STR("Message-ID: <1.2@host>\r\n\r\ntext\r\n")};
    if (t->via == VIA_EXEC)
        sent.exec.argv = ban;
    if (t->via == VIA_HTTP)
        sent.http.body = STR("{}\n{}\n{}\n{}\n{}\n{}\n"); /* a bulk of three */
    if (t->via == VIA_SYSLOG)
        sent.syslog.transport = SYSLOG_TCP;
    return sent;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena freed_by(arena_release) = {0};
        const struct endpoint_type *t = endpoint_type_find(str_of(rows[i].type));
        struct request sent = sent_by(t);
        struct response r = {.outcome = rows[i].outcome,
                             .status = rows[i].status,
                             .body = str_of(rows[i].body),
                             .retry_after_ms = 7000,
                             .written = rows[i].kind == YES ? ITEMS : 0};
        struct verdict v[ITEMS] = {{.kind = NO}};
        struct render_item items[ITEMS] = {{.phase = PHASE_NEW}};
        struct render_input in = {.items = items,
                                  .count = MIN(t->batch_max, (size_t)ITEMS)};
        size_t n = in.count;

        t->judge(&in, &sent, &r, &arena, v);
        for (size_t k = 0; k < n; k++) {
            if (v[k].kind != rows[i].kind || v[k].endpoint_fault != rows[i].fault)
                fail_msg("%s outcome %d status %d: got %d%s", rows[i].type,
                         rows[i].outcome, rows[i].status, v[k].kind,
                         v[k].endpoint_fault ? ", fault" : "");
            assert_true(v[k].reason.n > 0 && v[k].reason.n <= REASON_MAX);
            assert_true(utf8_valid(v[k].reason));
        }
    }
}

/* Only where the other side said so. */
static void test_retry_after(void **state)
{
    static const struct {
        int status;
        int64_t want_ms;
    } answers[] = {{200, 0}, {400, 0}, {401, 0}, {429, 7000}, {503, 7000}};
    const struct endpoint_type *t = endpoint_type_find(STR("webhook"));
    struct request sent = sent_by(t);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct response r = {.status = answers[i].status, .retry_after_ms = 7000};
        struct verdict v;

        t->judge(&(struct render_input){.count = 1}, &sent, &r, &arena, &v);
        assert_int_equal(v.retry_after_ms, answers[i].want_ms);
    }
}

/* A datagram that went out is gone; of a stream that broke nothing is sure. */
static void test_syslog_written(void **state)
{
    static const struct {
        enum syslog_transport transport;
        enum outcome outcome;
        size_t written, delivered;
    } cases[] = {
        {SYSLOG_UDP, OUTCOME_ANSWERED, 3, 3},
        {SYSLOG_UDP, OUTCOME_ANSWERED, 2, 2},
        {SYSLOG_UDP, OUTCOME_UNREACHED, 1, 1},
        {SYSLOG_LOCAL, OUTCOME_LOST, 2, 2},
        {SYSLOG_TCP, OUTCOME_ANSWERED, 3, 3},
        {SYSLOG_TCP, OUTCOME_LOST, 2, 0},
        {SYSLOG_TLS, OUTCOME_TIMED_OUT, 3, 0},
    };
    const struct endpoint_type *t = endpoint_type_find(STR("syslog"));

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct request sent = {.via = VIA_SYSLOG,
                               .syslog.transport = cases[i].transport};
        struct response r = {.outcome = cases[i].outcome,
                             .written = cases[i].written};
        struct verdict v[ITEMS];

        t->judge(&(struct render_input){.count = ITEMS}, &sent, &r, &arena, v);
        for (size_t k = 0; k < ITEMS; k++)
            assert_int_equal(v[k].kind, k < cases[i].delivered ? YES : LATER);
    }
}

static void test_mail_handle(void **state)
{
    static const struct {
        const char *mail, *want;
    } mails[] = {
        {"From: a\r\nMessage-ID: <1.2@h>\r\n\r\nx\r\n", "<1.2@h>"},
        {"Message-ID: <2.2@h>\r\nIn-Reply-To: <1.2@h>\r\nReferences: <1.2@h>\r\n"
         "\r\nx", "<1.2@h>"},
        {"Message-ID: <2.2@h>\r\n\r\nReferences: <evil@h>\r\n", "<2.2@h>"},
        {"Subject: x\r\n References: <evil@h>\r\nMessage-ID: <2.2@h>\r\n\r\n",
         "<2.2@h>"},
    };
    const struct endpoint_type *t = endpoint_type_find(STR("email"));

    (void)state;
    for (size_t i = 0; i < COUNT_OF(mails); i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct request sent = {.via = VIA_MAIL,
                               .mail = {.to_count = 1,
                                        .body = str_of(mails[i].mail)}};
        struct response r = {.status = 250, .written = 1};
        struct verdict v;

        t->judge(&(struct render_input){.count = 1}, &sent, &r, &arena, &v);
        assert_true(str_is(v.handle, mails[i].want));
    }
}

/* A look at the server before a test: the same words of SMTP, other answers. */
static const struct {
    const char *login; /* in the parameters */
    enum outcome outcome;
    int status;
    const char *body;
    enum verdict_kind kind;
    bool fault;
    const char *reason;
} looks[] = {
    {"", OUTCOME_ANSWERED, 250, "250 HELP", YES, false,
     "mx.test talks to us, encrypted by STARTTLS, without a login"},
    {",\"smtp_username\":\"u\",\"smtp_password\":\"p\"", OUTCOME_ANSWERED, 235,
     "235 ok", YES, false,
     "mx.test talks to us, encrypted by STARTTLS, logged in"},
    {",\"security\":\"tls\"", OUTCOME_ANSWERED, 250, "", YES, false,
     "mx.test talks to us, encrypted, without a login"},
    {",\"security\":\"none\"", OUTCOME_ANSWERED, 250, "", YES, false,
     "mx.test talks to us, not encrypted, without a login"},
    {"", OUTCOME_ANSWERED, 421, "421 busy", LATER, false, "421 busy"},
    {"", OUTCOME_ANSWERED, 535, "535 no", LATER, true, "535 no"},
    {"", OUTCOME_ANSWERED, 554, "554 away", NO, false, "554 away"},
    {"", OUTCOME_ANSWERED, 0, "", LATER, false,
     "no answer that could be understood"},
    {"", OUTCOME_UNREACHED, 0, "", LATER, false, "not reached"},
    {"", OUTCOME_TLS, 0, "", LATER, true, "no trusted TLS connection"},
};

static void look(size_t i, struct arena *a, struct verdict *v)
{
    const struct endpoint_type *t = endpoint_type_find(STR("email"));
    struct str json = arena_printf(a, "{\"smtp_server\":\"mx.test\","
                                      "\"email_sender\":\"a@b.org\"%s}",
                                   looks[i].login);
    void *params = arena_new(a, t->endpoint_size);
    struct render_input in = {.endpoint = params};
    struct response r = {.outcome = looks[i].outcome, .status = looks[i].status,
                         .body = str_of(looks[i].body)};
    struct probe probe;
    struct error err = {0};

    assert_true(fields_read(t->endpoint_fields, json_parse(a, json, &err), params,
                            a, &err));
    assert_true(t->probe(&in, 0, a, &probe, &err));
    assert_int_equal(probe.request.mail.to_count, 0);
    assert_true(str_is(probe.request.mail.host, "mx.test"));
    t->judge_probe(&in, 0, &r, a, v);
    assert_false(t->probe(&in, 1, a, &probe, &err));
    assert_string_equal(err.text, "");
}

static void test_mail_look(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(looks); i++) {
        struct arena arena freed_by(arena_release) = {0};
        struct verdict v;

        look(i, &arena, &v);
        if (v.kind != looks[i].kind || v.endpoint_fault != looks[i].fault ||
            !str_is(v.reason, looks[i].reason))
            fail_msg("%zu: %d, %.*s", i, v.kind, STR_ARG(v.reason));
    }
}

/* What the other side says is cleaned and cut before people read it. */
static void test_reasons(void **state)
{
    static char body[RESPONSE_MAX];
    const struct endpoint_type *t = endpoint_type_find(STR("webhook"));
    struct request sent = sent_by(t);
    struct response r = {.status = 400};
    struct arena arena freed_by(arena_release) = {0};
    struct verdict v;

    (void)state;
    r.body = STR("bad\r\n\x1b[31m\xff thing");
    t->judge(&(struct render_input){.count = 1}, &sent, &r, &arena, &v);
    assert_true(str_is(v.reason, "400 Bad Request: bad [31m\xef\xbf\xbd thing"));
    memset(body, 0xff, sizeof(body));
    r.body = (struct str){body, sizeof(body)};
    r.status = 418;
    t->judge(&(struct render_input){.count = 1}, &sent, &r, &arena, &v);
    assert_true(str_starts(v.reason, "418 \xef\xbf\xbd"));
    assert_true(str_ends(v.reason, "\xe2\x80\xa6"));
    assert_true(v.reason.n <= REASON_MAX && utf8_valid(v.reason));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_syslog_written),
        cmocka_unit_test(test_mail_handle),
        cmocka_unit_test(test_mail_look),
        cmocka_unit_test(test_reasons),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
