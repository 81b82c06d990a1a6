/* test_verdict.c -- what each answer means, for each type: status by status. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "endpoint/endpoint.h"
#include "verdict_rows.h"

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

/* Parameters, where an answer means one thing with them and another without. */
static const struct setting {
    const char *name, *type, *endpoint, *recipient;
} settings[] = {
    {"connector", "teams", "{\"url\":\"https://x.org/\",\"format\":\"messagecard\"}", "{}"},
    {"mattermost", "mattermost", "{\"url\":\"https://mm.example.net\",\"token\":\"t\"}",
     "{\"channel_id\":\"qmd5oqtwoibz8cuzxzg5ekshgr\"}"},
    {"slack", "slack", "{\"bot_token\":\"xoxb-1\"}", "{\"channel\":\"#alerts\"}"},
    {"teams", "teams", "{\"url\":\"https://x.org/\"}", "{}"},
};

static const struct setting *setting_of(const struct row *row)
{
    for (size_t i = 0; i < COUNT_OF(settings); i++)
        if (strcmp(settings[i].name, row->type) == 0)
            return &settings[i];
    return NULL;
}

static const struct endpoint_type *type_of(const struct row *row)
{
    const struct setting *s = setting_of(row);

    return endpoint_type_find(str_of(s != NULL ? s->type : row->type));
}

static const void *params(struct arena *a, const struct field *rows_of,
                          size_t size, const char *json)
{
    void *made = arena_new(a, size + 1);

    assert_true(fields_read(rows_of, json_parse(a, str_of(json), NULL), made, a,
                            NULL));
    return made;
}

static void settings_read(const struct row *row, struct arena *a,
                          struct render_input *in)
{
    const struct endpoint_type *t = type_of(row);
    const struct setting *s = setting_of(row);

    if (s == NULL)
        return;
    in->endpoint = params(a, t->endpoint_fields, t->endpoint_size, s->endpoint);
    in->recipient = params(a, t->recipient_fields, t->recipient_size, s->recipient);
}

static void test_rows(void **state)
{
    static const struct alert alert = {.action = ACTION_ENGAGE};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena freed_by(arena_release) = {0};
        const struct endpoint_type *t = type_of(&rows[i]);
        struct request sent = sent_by(t);
        struct response r = {.outcome = rows[i].outcome,
                             .status = rows[i].status,
                             .body = str_of(rows[i].body),
                             .retry_after_ms = 7000,
                             .written = rows[i].kind == YES ? ITEMS : 0};
        struct verdict v[ITEMS] = {{.kind = NO}};
        struct render_item items[ITEMS] = {{.alert = &alert}};
        struct render_input in = {.items = items,
                                  .count = MIN(t->batch_max, (size_t)ITEMS)};
        size_t n = in.count;

        settings_read(&rows[i], &arena, &in);
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

/* Whether sent twice is there twice: spec and vendors say so of each type; who has
 * an id of ours can tell. */
static void test_doubts(void **state)
{
    static const struct {
        const char *type;
        bool repeats_show;
    } types[] = {
        {"alert_store_db", false}, {"discord", true},    {"elasticsearch", false},
        {"email", true},           {"fail2ban", false},  {"mattermost", true},
        {"pagerduty", false},      {"shell", true},      {"slack", true},
        {"syslog", false},         {"teams", true},      {"telegram", true},
        {"thehive", false},        {"webhook", false},   {"wechat", true},
    };
    size_t n = 0;

    (void)state;
    while (endpoint_types[n] != NULL)
        n++;
    assert_int_equal(n, COUNT_OF(types));
    for (size_t i = 0; i < n; i++) {
        const struct endpoint_type *t = endpoint_type_find(str_of(types[i].type));

        if (t->repeats_show != types[i].repeats_show)
            fail_msg("%s", t->name);
    }
}

/* What was sent and not answered may have arrived; what was answered has or has
 * not, unless it is somebody else who says so. */
static void test_what_is_in_doubt(void **state)
{
    static const struct {
        enum outcome outcome;
        int status;
        const char *body;
        bool doubtful;
    } table[] = {
        {OUTCOME_UNREACHED, 0, "", false}, {OUTCOME_TLS, 0, "", false},
        {OUTCOME_DENIED, 0, "", false},    {OUTCOME_TIMED_OUT, 0, "", true},
        {OUTCOME_LOST, 0, "", true},       {OUTCOME_ANSWERED, 200, "<html>", true},
        {OUTCOME_ANSWERED, 503, "", false},
    };
    static const char *const types[] = {"discord", "mattermost", "slack", "teams",
                                        "telegram", "wechat"};
    static const struct alert alert = {.action = ACTION_ENGAGE};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(types) * COUNT_OF(table); i++) {
        struct arena arena freed_by(arena_release) = {0};
        const struct row row = {.type = types[i / COUNT_OF(table)]};
        const struct endpoint_type *t = type_of(&row);
        struct request sent = sent_by(t);
        size_t k = i % COUNT_OF(table);
        struct response r = {.outcome = table[k].outcome, .status = table[k].status,
                             .body = str_of(table[k].body)};
        struct render_item item = {.alert = &alert};
        struct render_input in = {.items = &item, .count = 1};
        struct verdict v;

        settings_read(&row, &arena, &in);
        t->judge(&in, &sent, &r, &arena, &v);
        if (v.kind != VERDICT_DEFERRED || v.doubtful != table[k].doubtful)
            fail_msg("%s: outcome %d, status %d", row.type, r.outcome, r.status);
    }
}

static const char elastic[] = "{\"url\":\"https://es.example.net:9200\"}";
static const char hive[] = "{\"url\":\"https://hive.example.net\","
                           "\"api_key\":\"0123456789abcdef0123456789abcdef\"}";
static const char hook[] = "{\"url\":\"https://discord.com/api/webhooks/1/x\"}";
static const char script[] = "{\"script\":\"a.sh\"}";
static const char own_index[] = "{\"index_prefix\":\"theirs\"}";
static const char own_thread[] = "{\"thread_id\":\"1100000000000000001\"}";
static const struct {
    const char *type, *endpoint, *recipient;
    int status;
    const char *body;
    bool theirs; /* when they ask for this; never without */
} faults[] = {
    {"elasticsearch", elastic, own_index, 200,
     BULK("404", "index_not_found_exception"), true},
    {"elasticsearch", elastic, own_index, 200,
     BULK("400", "index_closed_exception"), true},
    {"elasticsearch", elastic, own_index, 200,
     BULK("400", "invalid_index_name_exception"), true},
    {"elasticsearch", elastic, own_index, 200, BULK("403", "security_exception"),
     true},
    {"elasticsearch", elastic, own_index, 200,
     BULK("403", "cluster_block_exception"), true},
    {"elasticsearch", elastic, own_index, 200,
     BULK("400", "validation_exception"), false},
    {"elasticsearch", elastic, own_index, 401, "", false},
    {"elasticsearch", elastic, own_index, 403, "", false},
    {"thehive", hive, "{\"organisation\":\"SOC\"}", 401, "{\"message\":\"no\"}",
     true},
    {"thehive", hive, "{\"organisation\":\"SOC\"}", 403, "{\"message\":\"no\"}",
     true},
    {"thehive", hive, "{\"organisation\":\"SOC\"}", 401, "<html>", false},
    {"thehive", hive, "{\"organisation\":\"SOC\"}", 404, "{\"message\":\"no\"}",
     false},
    {"discord", hook, own_thread, 403, "{\"code\":50013}", true},
    {"discord", hook, own_thread, 403, "<html>", false},
    {"discord", hook, own_thread, 401, "{\"code\":50027}", false},
    {"shell", script, "{\"options\":\"-x\"}", 127, "x: not found", true},
};

/* What only one recipient asked for makes nobody else wait. */
static void test_whose_fault(void **state)
{
    static const struct alert alert = {.action = ACTION_ENGAGE};

    (void)state;
    for (size_t i = 0; i < 2 * COUNT_OF(faults); i++) {
        struct arena arena freed_by(arena_release) = {0};
        size_t k = i / 2;
        const struct endpoint_type *t = endpoint_type_find(str_of(faults[k].type));
        struct request sent = sent_by(t);
        struct response r = {.status = faults[k].status,
                             .body = str_of(faults[k].body)};
        struct render_item items[ITEMS] = {{.alert = &alert}};
        struct render_input in = {.items = items,
                                  .count = MIN(t->batch_max, (size_t)ITEMS)};
        bool theirs = i % 2 == 0 && faults[k].theirs;
        struct verdict v[ITEMS];

        in.endpoint = params(&arena, t->endpoint_fields, t->endpoint_size,
                             faults[k].endpoint);
        in.recipient = params(&arena, t->recipient_fields, t->recipient_size,
                              i % 2 == 0 ? faults[k].recipient : "{}");
        t->judge(&in, &sent, &r, &arena, v);
        for (size_t n = 0; n < in.count; n++)
            if (v[n].kind != VERDICT_DEFERRED || v[n].recipient_fault != theirs ||
                (v[n].endpoint_fault == theirs && v[n].retry_after_ms == 0))
                fail_msg("%s %d %s with %s", t->name, r.status, faults[k].body,
                         i % 2 == 0 ? faults[k].recipient : "{}");
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
        cmocka_unit_test(test_doubts),
        cmocka_unit_test(test_what_is_in_doubt),
        cmocka_unit_test(test_whose_fault),
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_syslog_written),
        cmocka_unit_test(test_mail_handle),
        cmocka_unit_test(test_mail_look),
        cmocka_unit_test(test_reasons),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
