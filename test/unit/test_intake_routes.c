/* test_intake_routes.c -- the paths of intake on the real server, with a sink that
 * does what the test wants. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/log.h"
#include "intake/intake.h"

#include "strs.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define NOW_MS 1606141256000LL
#define REPLY_MAX (4u << 20)
#define TURNS_MAX 2000

/* --- the server, and what stands behind intake --- */

struct site {
    int64_t now_ms;
    struct clock clock;
    struct loop *loop;
    struct httpd *httpd;
    struct intake *intake;
    struct intake_settings settings;

    /* the sink */
    enum accepted answer, commit; /* what it says, now and at the commit */
    bool hold;                    /* commit only when the test says so */
    committed_fn *committed;
    void *committed_arg;
    size_t calls, taken;
    char names[200]; /* of the last batch: types and idempotency texts */
};

static int64_t fake_ms(void *arg)
{
    return *(const int64_t *)arg;
}

static uint32_t fake_dice(void *arg)
{
    (void)arg;
    return 0xabcd;
}

static enum accepted sink_accept(void *arg, const struct batch *b, struct receipt *receipts,
                                 committed_fn *committed, void *committed_arg)
{
    struct site *s = arg;
    struct buf names freed_by(buf_release) = BUF(sizeof(s->names) - 1);

    s->calls++;
    if (s->answer != ACCEPTED)
        return s->answer;
    for (size_t i = 0; i < b->n; i++) {
        receipts[i] = (struct receipt){.id = (int64_t)++s->taken, .change = "stored"};
        buf_printf(&names, "%.*s/%.*s ", STR_ARG(b->v[i].alert.type),
                   STR_ARG(b->v[i].idempotency));
    }
    snprintf(s->names, sizeof(s->names), "%s", buf_c(&names));
    s->committed = committed;
    s->committed_arg = committed_arg;
    if (!s->hold)
        committed(committed_arg, s->commit);
    return ACCEPTED;
}

static const struct intake_settings *settings(void *arg)
{
    const struct site *s = arg;

    return &s->settings;
}

/* Tokens: "good". */
static void who(void *arg, const struct credential *given, struct caller *out)
{
    (void)arg;
    if (str_is(given->token, "good"))
        *out = (struct caller){.kind = CALLER_TOKEN, .scopes = SCOPE_INGEST};
}

static void site_init(struct site *s)
{
    struct httpd_options o = {.address = "127.0.0.1", .who = who};
    struct intake_options i = {.sink = {sink_accept, s},
                               .clock = &s->clock,
                               .settings = settings,
                               .settings_arg = s};
    struct error err;

    *s = (struct site){.now_ms = NOW_MS, .answer = ACCEPTED, .commit = ACCEPTED};
    s->clock = (struct clock){fake_ms, fake_ms, fake_dice, &s->now_ms};
    s->loop = loop_new(&s->clock, &err);
    assert_non_null(s->loop);
    s->httpd = httpd_new(s->loop, &o, &err);
    if (s->httpd == NULL)
        fail_msg("%s", err.text);
    s->intake = intake_new(s->httpd, &i);
}

static void site_release(struct site *s)
{
    httpd_free(s->httpd);
    intake_free(s->intake);
    loop_free(s->loop);
}

/* --- a client that sends one request and reads one answer --- */

struct reply {
    struct buf bytes;
    int status;
    struct str head, body;
    bool whole;
};

static void reply_release(struct reply *r)
{
    buf_release(&r->bytes);
}

static int client_connect(const struct site *s)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET,
        .sin_port = htons(httpd_port(s->httpd)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

/* The head, and once it is all there the body that Content-Length says. */
static void reply_parse(struct reply *r)
{
    struct str text = buf_view(&r->bytes);
    const char *end = text.n == 0 ? NULL : memmem(text.p, text.n, "\r\n\r\n", 4);
    const char *length;
    int64_t status;

    if (end == NULL)
        return;
    r->head = str_first(text, (size_t)(end - text.p) + 4);
    r->body = str_from(text, r->head.n);
    assert_true(str_to_i64(str_first(str_from(r->head, 9), 3), &status));
    r->status = (int)status;
    length = strcasestr(buf_c(&r->bytes), "\r\nContent-Length: ");
    r->whole = length == NULL || r->body.n == strtoul(length + 18, NULL, 10);
}

static void client_read(int fd, struct reply *r)
{
    char *room = buf_room(&r->bytes, 65536);
    ssize_t n = recv(fd, room, 65536, MSG_DONTWAIT);

    if (n > 0) {
        buf_used(&r->bytes, (size_t)n);
        reply_parse(r);
    } else if (n == 0) {
        fail_msg("closed after \"%s\"", buf_c(&r->bytes));
    } else {
        assert_true(errno == EAGAIN);
    }
}

static void turn(struct site *s, size_t times)
{
    for (size_t i = 0; i < times; i++)
        loop_turn(s->loop, 1);
}

static int client_send(struct site *s, const char *head, struct str body)
{
    struct buf request freed_by(buf_release) = BUF(REPLY_MAX);
    int fd = client_connect(s);

    buf_printf(&request, "%s\r\nHost: localhost\r\nContent-Length: %zu\r\n\r\n", head, body.n);
    buf_str(&request, body);
    for (size_t sent = 0; sent < request.n;) {
        ssize_t n = send(fd, request.p + sent, request.n - sent, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (n > 0)
            sent += (size_t)n;
        loop_turn(s->loop, 1);
    }
    return fd;
}

static void ask(struct site *s, const char *head, struct str body, struct reply *r)
{
    int fd = client_send(s, head, body);

    *r = (struct reply){.bytes = BUF(REPLY_MAX)};
    for (int i = 0; i < TURNS_MAX && !r->whole; i++) {
        loop_turn(s->loop, 1);
        client_read(fd, r);
    }
    if (!r->whole)
        fail_msg("no answer to %s", head);
    close(fd);
    turn(s, 2);
}

/* --- the tables --- */

#define NATIVE "POST /api/v1/alerts HTTP/1.1\r\n"
#define NTOPNG "POST /in/ntopng HTTP/1.1\r\n"
#define PUSH "POST /api/v2/alerts HTTP/1.1\r\n"
#define JSON "Content-Type: application/json"
#define FAR "\r\nX-Forwarded-For: 192.0.2.7" /* counts as another machine */
#define BASIC "\r\nAuthorization: Basic bnRvcG5nOnBhc3M6d29yZA==" /* ntopng:pass:word */

#define ONE "{\"type\":\"a\"}"
#define FIRING "[{\"labels\":{\"alertname\":\"A\"}}]"

static const struct {
    const char *name, *head, *body;
    enum accepted answer, commit;
    int status;
    const char *in_head, *want; /* part of the head; part of the body */
} requests[] = {
    {"one alert", NATIVE JSON, ONE, ACCEPTED, ACCEPTED, 200, "application/json",
     "{\"accepted\":1,\"alerts\":[{\"id\":1,\"change\":\"stored\"}]}"},
    {"lines", NATIVE "Content-Type: application/x-ndjson", ONE "\n" ONE "\n", ACCEPTED,
     ACCEPTED, 200, "", "{\"accepted\":2,"},
    {"a name that nearly is one", NATIVE JSON, "{\"type\":\"a\",\"severty\":\"error\"}",
     ACCEPTED, ACCEPTED, 200, "",
     "}],\"warnings\":[{\"place\":\"/severty\",\"text\":\"was taken as a fact; did you mean "
     "\\\"severity\\\"?\"}]}"},
    {"one of several", NATIVE JSON, "[" ONE ",{\"type\":\"a\",\"Message\":\"b\"}]", ACCEPTED,
     ACCEPTED, 200, "", "\"warnings\":[{\"place\":\"/1/Message\","},
    {"nothing to take", NATIVE JSON, "[]", ACCEPTED, ACCEPTED, 200, "",
     "{\"accepted\":0,\"alerts\":[]}"},
    {"a type with parameters", NATIVE JSON "; charset=utf-8", ONE, ACCEPTED, ACCEPTED, 200, "",
     "accepted"},
    {"no type, but it looks right", NATIVE "X: y", " [" ONE "]", ACCEPTED, ACCEPTED, 200, "",
     "accepted"},
    {"another type that looks right", NATIVE "Content-Type: application/octet-stream", ONE,
     ACCEPTED, ACCEPTED, 200, "", "accepted"},
    {"no type and not JSON", NATIVE "X: y", "type=a", ACCEPTED, ACCEPTED, 415, "problem+json",
     "Content-Type: application/json"},
    {"what a page's form sends", NATIVE "Content-Type: application/x-www-form-urlencoded", ONE,
     ACCEPTED, ACCEPTED, 415, "problem+json", "application/x-www-form-urlencoded"},
    {"what a page's script sends", NATIVE "Content-Type: text/plain;charset=UTF-8", ONE,
     ACCEPTED, ACCEPTED, 415, "", "text/plain"},
    {"a form with files", NATIVE "Content-Type: multipart/form-data; boundary=x", ONE,
     ACCEPTED, ACCEPTED, 415, "", "multipart"},
    {"empty", NATIVE JSON, "", ACCEPTED, ACCEPTED, 400, "problem+json", "empty"},
    {"empty, of no type", NATIVE "X: y", "", ACCEPTED, ACCEPTED, 400, "", "empty"},
    {"broken", NATIVE JSON, "{", ACCEPTED, ACCEPTED, 400, "problem+json", "problems/not-json"},
    {"wrong", NATIVE JSON, "[" ONE ",{\"type\":\"b\",\"score\":-1}]", ACCEPTED, ACCEPTED, 422,
     "problem+json", "\"pointer\":\"/1/score\""},
    {"full", NATIVE JSON, ONE, ACCEPT_FULL, ACCEPTED, 503, "Retry-After: 1", "problems/busy"},
    {"failed", NATIVE JSON, ONE, ACCEPT_FAILED, ACCEPTED, 503, "Retry-After: 1", "not-stored"},
    {"failed at the commit", NATIVE JSON, ONE, ACCEPTED, ACCEPT_FAILED, 503, "Retry-After: 1",
     "not-stored"},
    {"from elsewhere", NATIVE JSON FAR, ONE, ACCEPTED, ACCEPTED, 401, "", ""},
    {"from elsewhere with a token", NATIVE JSON FAR "\r\nAuthorization: Bearer good", ONE,
     ACCEPTED, ACCEPTED, 200, "", "accepted"},

    {"a push", PUSH JSON, FIRING, ACCEPTED, ACCEPTED, 200, "Content-Length: 0", ""},
    {"a wrong push", PUSH JSON, "[{\"labels\":{\"alertname\":5}}]", ACCEPTED, ACCEPTED, 400,
     "application/json", "\"/0/labels/alertname: must be a string, not a number\""},
    {"a broken push", PUSH JSON, "[", ACCEPTED, ACCEPTED, 400, "application/json", "\"at byte 1"},
    {"a push to the old path", NATIVE JSON, FIRING, ACCEPTED, ACCEPTED, 422, "",
     "type or a message"},
    {"a push when full", PUSH JSON, FIRING, ACCEPT_FULL, ACCEPTED, 503, "Retry-After: 1",
     "\"too much"},
    {"a push by a page", PUSH "Content-Type: text/plain", FIRING, ACCEPTED, ACCEPTED, 415, "",
     "\"alerts are not taken"},

    {"ntopng", NTOPNG JSON, "{\"version\":\"0.2\",\"alerts\":[{\"alert_id\":1}]}", ACCEPTED,
     ACCEPTED, 200, "application/json", "{\"result\":\"ok\",\"accepted\":1}"},
    {"ntopng's test", NTOPNG JSON, "{\"version\":\"0.2\",\"alerts\":[]}", ACCEPT_FULL,
     ACCEPTED, 200, "", "{\"result\":\"ok\",\"accepted\":0,\"test\":true}"},
    {"ntopng, wrong", NTOPNG JSON, "{\"alerts\":[{\"alert_id\":\"1\"}]}", ACCEPTED, ACCEPTED,
     422, "problem+json", "/alerts/0/alert_id"},
    {"ntopng when full", NTOPNG JSON, "{\"alerts\":[{\"alert_id\":1}]}", ACCEPT_FULL, ACCEPTED,
     503, "Retry-After: 1", "busy"},
    {"ntopng's script, as a form", NTOPNG "Content-Type: application/x-www-form-urlencoded",
     "{\"alert_id\":1}", ACCEPTED, ACCEPTED, 415, "", "application/json"},

    {"status", "GET /api/v2/status HTTP/1.1\r\nX: y", "", ACCEPTED, ACCEPTED, 200,
     "application/json", "\"cluster\":{\"status\":\"disabled\"}"},
    {"status says since when", "GET /api/v2/status HTTP/1.1\r\nX: y", "", ACCEPTED, ACCEPTED,
     200, "", "\"uptime\":\"2020-11-23T14:20:56.000Z\""},
    {"healthy", "GET /-/healthy HTTP/1.1\r\nX: y", "", ACCEPTED, ACCEPTED, 200, "text/plain",
     "OK"},
    {"ready", "GET /-/ready HTTP/1.1\r\nX: y" FAR, "", ACCEPTED, ACCEPTED, 200, "text/plain",
     "OK"},
};

static void test_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        struct site s;
        struct reply r freed_by(reply_release) = {0};

        site_init(&s);
        s.answer = requests[i].answer;
        s.commit = requests[i].commit;
        ask(&s, requests[i].head, str_of(requests[i].body), &r);
        assert_i64(requests[i].name, r.status, requests[i].status);
        if (strstr(buf_c(&r.bytes), requests[i].in_head) == NULL ||
            strstr(r.body.p ? r.body.p : "", requests[i].want) == NULL)
            fail_msg("%s: %s", requests[i].name, buf_c(&r.bytes));
        site_release(&s);
    }
}

#define SECRET "{\"sharedsecret\":\"s3cr3t\",\"alerts\":[{\"alert_id\":1}]}"
#define WRONG_SECRET "{\"sharedsecret\":\"s3cr3T\",\"alerts\":[{\"alert_id\":1}]}"
#define NO_SECRET "{\"alerts\":[{\"alert_id\":1}]}"

/* Who may send ntopng's alerts: on this machine or not, with what set here. */
static const struct {
    const char *name, *head, *body, *secret, *user, *pass;
    int status;
    const char *want; /* part of the whole answer */
} senders[] = {
    {"here, nothing set", NTOPNG JSON, NO_SECRET, "", "", "", 200, "ok"},
    {"here, a secret nobody asked for", NTOPNG JSON, SECRET, "", "", "", 200, "ok"},
    {"far, nothing set", NTOPNG JSON FAR, SECRET, "", "", "", 401, "until a shared secret"},
    {"far, nothing set, with a password", NTOPNG JSON FAR BASIC, SECRET, "", "", "", 401,
     "until a shared secret"},
    {"here, the secret", NTOPNG JSON, SECRET, "s3cr3t", "", "", 200, "ok"},
    {"far, the secret", NTOPNG JSON FAR, SECRET, "s3cr3t", "", "", 200, "ok"},
    {"far, its test", NTOPNG JSON FAR, "{\"sharedsecret\":\"s3cr3t\",\"alerts\":[]}", "s3cr3t",
     "", "", 200, "test"},
    {"here, a wrong secret", NTOPNG JSON, WRONG_SECRET, "s3cr3t", "", "", 401,
     "not the one set here"},
    {"far, a longer secret", NTOPNG JSON FAR, SECRET, "s3cr3t!", "", "", 401, "not the one"},
    {"here, no secret", NTOPNG JSON, NO_SECRET, "s3cr3t", "", "", 401, "has no"},
    {"far, the secret, and wrong", NTOPNG JSON FAR,
     "{\"sharedsecret\":\"s3cr3t\",\"alerts\":[5]}", "s3cr3t", "", "", 422, "/alerts/0"},
    {"far, no secret, and wrong", NTOPNG JSON FAR, "{\"alerts\":[5]}", "s3cr3t", "", "", 401,
     "has no"},
    {"far, no JSON", NTOPNG JSON FAR, "{", "s3cr3t", "", "", 401, "has no"},
    {"here, the password", NTOPNG JSON BASIC, NO_SECRET, "", "ntopng", "pass:word", 200, "ok"},
    {"far, the password", NTOPNG JSON FAR BASIC, NO_SECRET, "", "ntopng", "pass:word", 200,
     "ok"},
    {"far, no password", NTOPNG JSON FAR, NO_SECRET, "", "ntopng", "pass:word", 401,
     "WWW-Authenticate: Basic"},
    {"here, no password", NTOPNG JSON, NO_SECRET, "", "ntopng", "pass:word", 401,
     "username or password"},
    {"far, another password", NTOPNG JSON FAR BASIC, NO_SECRET, "", "ntopng", "password", 401,
     "username or password"},
    {"far, another user", NTOPNG JSON FAR BASIC, NO_SECRET, "", "ntop", "pass:word", 401,
     "username or password"},
    {"far, both", NTOPNG JSON FAR BASIC, SECRET, "s3cr3t", "ntopng", "pass:word", 200, "ok"},
    {"far, the password, not the secret", NTOPNG JSON FAR BASIC, WRONG_SECRET, "s3cr3t",
     "ntopng", "pass:word", 401, "shared secret"},
    {"far, the secret, not the password", NTOPNG JSON FAR, SECRET, "s3cr3t", "ntopng",
     "pass:word", 401, "username or password"},
    {"a bare alert, where a secret is asked for", NTOPNG JSON, "{\"alert_id\":1}", "s3cr3t",
     "", "", 401, "has no"},
};

static void test_senders(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(senders); i++) {
        struct site s;
        struct reply r freed_by(reply_release) = {0};
        const struct intake_counts *counts;

        site_init(&s);
        s.settings.ntopng_shared_secret = str_of(senders[i].secret);
        s.settings.ntopng_username = str_of(senders[i].user);
        s.settings.ntopng_password = str_of(senders[i].pass);
        ask(&s, senders[i].head, str_of(senders[i].body), &r);
        assert_i64(senders[i].name, r.status, senders[i].status);
        if (strstr(buf_c(&r.bytes), senders[i].want) == NULL)
            fail_msg("%s: %s", senders[i].name, buf_c(&r.bytes));
        /* Nothing said or kept may help to guess. */
        intake_counts(s.intake, &counts);
        if (senders[i].status == 401) {
            assert_null(strstr(buf_c(&r.bytes), "s3cr3t"));
            assert_null(strstr(counts[1].last_error, "s3cr3t"));
            assert_int_equal(s.calls, 0);
        }
        assert_int_equal(counts[1].refused, senders[i].status == 200 ? 0 : 1);
        site_release(&s);
    }
}

/* The answer waits for the commit, and for nothing else. */
static void test_held_until_commit(void **state)
{
    struct reply r freed_by(reply_release) = {.bytes = BUF(REPLY_MAX)};
    struct site s;
    int fd;

    (void)state;
    site_init(&s);
    s.hold = true;
    fd = client_send(&s, NATIVE JSON, STR(ONE));
    for (int i = 0; i < TURNS_MAX && s.calls == 0; i++)
        turn(&s, 1);
    assert_int_equal(s.calls, 1);
    turn(&s, 20);
    client_read(fd, &r);
    assert_int_equal(r.bytes.n, 0);
    s.committed(s.committed_arg, ACCEPTED);
    for (int i = 0; i < TURNS_MAX && !r.whole; i++) {
        turn(&s, 1);
        client_read(fd, &r);
    }
    assert_int_equal(r.status, 200);
    close(fd);
    site_release(&s);
}

/* Nobody waits for the answer any more: the commit is counted all the same. */
static void test_client_gone(void **state)
{
    const struct intake_counts *counts;
    struct site s;
    int fd;

    (void)state;
    site_init(&s);
    s.hold = true;
    fd = client_send(&s, NATIVE JSON, STR(ONE));
    for (int i = 0; i < TURNS_MAX && s.calls == 0; i++)
        turn(&s, 1);
    close(fd);
    turn(&s, 20);
    s.committed(s.committed_arg, ACCEPTED);
    turn(&s, 20);
    assert_int_equal(intake_counts(s.intake, &counts), 3);
    assert_int_equal(counts[0].accepted, 1);
    site_release(&s);
}

static void test_idempotency_key(void **state)
{
    struct site s;
    struct reply r freed_by(reply_release) = {0};
    struct buf head freed_by(buf_release) = BUF(1000);

    (void)state;
    site_init(&s);
    ask(&s, NATIVE JSON "\r\nIdempotency-Key: k1",
        STR("[" ONE ",{\"type\":\"b\",\"id\":\"mine\"},{\"type\":\"c\"}]"), &r);
    assert_int_equal(r.status, 200);
    assert_string_equal(s.names, "a/k1#0 b/mine c/k1#2 ");
    reply_release(&r);
    buf_text(&head, NATIVE JSON "\r\nIdempotency-Key: ");
    for (int i = 0; i <= IDEMPOTENCY_MAX; i++)
        buf_char(&head, 'k');
    ask(&s, buf_c(&head), STR(ONE), &r);
    assert_int_equal(r.status, 400);
    assert_int_equal(s.calls, 1);
    site_release(&s);
}

static void test_counts(void **state)
{
    static const struct {
        const char *head, *body;
        enum accepted answer;
    } steps[] = {
        {NATIVE JSON, "[" ONE "," ONE "]", ACCEPTED},
        {NATIVE JSON, "[" ONE ",{\"type\":5}]", ACCEPTED},
        {NATIVE JSON, ONE, ACCEPT_FULL},
        {NATIVE JSON, ONE, ACCEPTED},
        {PUSH JSON, "{}", ACCEPTED},
        {NTOPNG JSON, "{\"alerts\":[]}", ACCEPTED},
    };
    const struct intake_counts *c;
    struct site s;

    (void)state;
    site_init(&s);
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        struct reply r freed_by(reply_release) = {0};

        s.answer = steps[i].answer;
        s.now_ms = NOW_MS + (int64_t)i;
        ask(&s, steps[i].head, str_of(steps[i].body), &r);
        if (i == 1) {
            intake_counts(s.intake, &c);
            assert_string_equal(c[0].last_error,
                                "422 at /1/type: must be a string, not a number");
        }
    }
    assert_int_equal(intake_counts(s.intake, &c), 3);
    assert_string_equal(c[0].source, "native");
    assert_int_equal(c[0].requests, 4);
    assert_int_equal(c[0].accepted, 3);
    assert_int_equal(c[0].refused, 2);
    assert_int_equal(c[0].last_ms, NOW_MS + 3);
    assert_non_null(strstr(c[0].last_error, "503"));
    assert_string_equal(c[1].source, "ntopng");
    assert_int_equal(c[1].requests, 1);
    assert_int_equal(c[1].accepted, 0);
    assert_int_equal(c[1].refused, 0);
    assert_int_equal(c[1].last_ms, 0);
    assert_string_equal(c[2].source, "alertmanager");
    assert_int_equal(c[2].refused, 1);
    assert_non_null(strstr(c[2].last_error, "400: the body must be an array"));
    site_release(&s);
}

/* Ten thousand at once: the answer names each. */
static void test_many(void **state)
{
    struct site s;
    struct reply r freed_by(reply_release) = {0};
    struct buf body freed_by(buf_release) = BUF(INTAKE_BODY_MAX);

    (void)state;
    site_init(&s);
    for (int i = 0; i < INTAKE_ALERTS_MAX; i++)
        buf_text(&body, ONE "\n");
    ask(&s, NATIVE JSON, buf_view(&body), &r);
    assert_int_equal(r.status, 200);
    assert_int_equal(s.taken, INTAKE_ALERTS_MAX);
    assert_non_null(strstr(r.body.p, "{\"id\":10000,\"change\":\"stored\"}]}"));
    site_release(&s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_senders),
        cmocka_unit_test(test_held_until_commit),
        cmocka_unit_test(test_client_gone),
        cmocka_unit_test(test_idempotency_key),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_many),
    };

    log_init(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
