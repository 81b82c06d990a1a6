/* test_shown.c -- requests and answers as people may see them: no secret, nothing
 * that a terminal or a page would act upon, never long. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/limits.h"
#include "courier/shown.h"

#define SECRET "correct-horse-battery"

struct look {
    struct arena arena;
    struct redactor redactor;
    struct shown shown;
    struct buf json;
};

static struct look *look_new(size_t text_max)
{
    static const struct secret secret = {.value = STR(SECRET), .user = STR("u")};
    struct look *l = mem_new(sizeof *l);

    redactor_init(&l->redactor, &secret, 1, &l->arena);
    l->shown = (struct shown){.hide = {.own = &l->redactor, .arena = &l->arena},
                              .text_max = text_max,
                              .left = 2 * text_max};
    l->json = BUF(8u << 20);
    return l;
}

static void look_free(struct look *l)
{
    buf_release(&l->json);
    arena_release(&l->arena);
    free(l);
}

static const struct json *parsed(struct look *l)
{
    struct error err;
    const struct json *j = json_parse(&l->arena, buf_view(&l->json), &err);

    if (j == NULL)
        fail_msg("%s: %s", err.text, buf_c(&l->json));
    return j->first;
}

static const struct json *shown_request(struct look *l, const struct request *r)
{
    struct json_out o = JSON_OUT(&l->json);

    out_object(&o, NULL);
    request_show(&l->shown, r, &o);
    out_object_end(&o);
    return parsed(l);
}

static const struct json *shown_response(struct look *l, const struct response *r)
{
    struct json_out o = JSON_OUT(&l->json);

    out_object(&o, NULL);
    response_show(&l->shown, r, &o);
    out_object_end(&o);
    return parsed(l);
}

static void text_is(const struct json *j, const char *name, const char *want)
{
    struct str text = json_text(json_get(j, name));

    if (!str_is(text, want))
        fail_msg("%s is \"%.*s\", not \"%s\"", name, STR_ARG(text), want);
}

/* --- requests ------------------------------------------------------------------ */

static const struct str two[] = {STR("a@example.net"), STR(SECRET "@example.net")};
static const char *const words[] = {"notify.sh", SECRET, NULL};

static const struct {
    const char *name;
    struct request request;
    const char *want;
} requests[] = {
    {"HTTP",
     {.via = VIA_HTTP,
      .http = {.method = "POST",
               .url = STR("https://h.example/" SECRET),
               .headers = {{"Content-Type", STR("text/plain")},
                           {"X-Signature", STR("00ff")}},
               .header_count = 2,
               .user = STR("u"),
               .password = STR(SECRET),
               .body = STR("say \"" SECRET "\"")}},
     "{\"request\":{\"via\":\"http\",\"method\":\"POST\",\"url\":\"https://h.example/•••\","
     "\"headers\":{\"Content-Type\":\"text/plain\",\"X-Signature\":\"•••\","
     "\"Authorization\":\"•••\"},\"body\":\"say \\\"•••\\\"\"}}"},
    {"mail",
     {.via = VIA_MAIL,
      .mail = {.host = STR("mx"), .port = 25, .password = STR(SECRET), .from = STR("t@x"),
               .to = two, .to_count = 2, .body = STR("Subject: x\r\n\r\n" SECRET "\r\n")}},
     "{\"request\":{\"via\":\"mail\",\"host\":\"mx\",\"port\":25,\"from\":\"t@x\",\"to\":"
     "[\"a@example.net\",\"•••@example.net\"],\"body\":\"Subject: x\\n\\n•••\\n\"}}"},
    {"syslog",
     {.via = VIA_SYSLOG,
      .syslog = {.transport = SYSLOG_TLS, .host = STR("log"), .port = 6514, .frames = two,
                 .frame_count = 2}},
     "{\"request\":{\"via\":\"syslog\",\"transport\":\"tls\",\"host\":\"log\",\"port\":6514,"
     "\"frames\":[\"a@example.net\",\"•••@example.net\"]}}"},
    {"a script",
     {.via = VIA_EXEC,
      .exec = {.script = STR("notify.sh"), .argv = words, .envp = words + 1,
               .input = STR("{}")}},
     "{\"request\":{\"via\":\"exec\",\"script\":\"notify.sh\",\"arguments\":[\"notify.sh\","
     "\"•••\"],\"environment\":[\"•••\"],\"input\":\"{}\"}}"},
    {"a file",
     {.via = VIA_FILE, .file = {.path = STR("/var/log/x"), .lines = STR("a\n" SECRET "\n")}},
     "{\"request\":{\"via\":\"file\",\"path\":\"/var/log/x\",\"lines\":\"a\\n•••\\n\"}}"},
    {"the store", {.via = VIA_STORE}, "{\"request\":{\"via\":\"store\"}}"},
};

static void requests_are_shown_without_secrets(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        struct look *l = look_new(4096);

        shown_request(l, &requests[i].request);
        if (!str_is(buf_view(&l->json), requests[i].want))
            fail_msg("%s: %s", requests[i].name, buf_c(&l->json));
        look_free(l);
    }
}

static void a_long_body_is_cut_and_says_so(void **state)
{
    struct look *l = look_new(TRANSCRIPT_TEXT_MAX);
    size_t n = 1u << 20;
    char *body = memset(mem_array(n, 1), 'x', n);
    struct request r = {.via = VIA_HTTP, .http = {.method = "POST", .body = {body, n}}};
    const struct json *shown = shown_request(l, &r);
    struct str text = json_text(json_get(shown, "body"));

    (void)state;
    assert_int_equal(json_i64_or(json_get(shown, "cut"), 0), n);
    assert_int_equal(text.n, TRANSCRIPT_TEXT_MAX);
    assert_true(str_ends(text, "x…"));
    free(body);
    look_free(l);
}

static void what_is_left_is_shared(void **state)
{
    struct look *l = look_new(100);
    struct str frames[50];
    struct request r = {.via = VIA_SYSLOG,
                        .syslog = {.host = STR("log"), .frames = frames, .frame_count = 50}};
    const struct json *list, *last;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(frames); i++)
        frames[i] = STR("thirty bytes and a little more");
    list = json_get(shown_request(l, &r), "frames");
    for (last = list->first; last->next != NULL; last = last->next)
        ;
    assert_true(str_starts(json_text(last), "… and 4"));
    assert_true(l->json.n < 400);
    look_free(l);
}

/* --- answers ------------------------------------------------------------------- */

static void headers_give_nothing_away(void **state)
{
    struct look *l = look_new(4096);
    const struct json *h = json_get(
        shown_response(l, &(struct response){
                              .status = 413,
                              .total_us = 88000,
                              .headers = STR("Content-Type: text/html\r\n"
                                             "Set-Cookie: session=" SECRET "\r\n"
                                             "X-Odd: mine\r\nServer : n\x1bginx\r\n"
                                             "no colon\r\n\r\n:\r\nRetry-After:5"),
                              .body = STR("no " SECRET)}),
        "headers");
    static const char *const want[][2] = {
        {"Content-Type", "text/html"}, {"Set-Cookie", "•••"},   {"X-Odd", "•••"},
        {"Server", "nginx"},           {"no colon", "•••"},     {"Retry-After", "5"},
    };
    const struct json *e = h->first;

    (void)state;
    assert_int_equal(h->count, COUNT_OF(want));
    for (size_t i = 0; i < COUNT_OF(want); i++, e = e->next) {
        text_is(e, "name", want[i][0]);
        text_is(e, "value", want[i][1]);
    }
    look_free(l);
}

static void what_came_is_told(void **state)
{
    struct look *l = look_new(4096);
    const struct json *r = shown_response(
        l, &(struct response){.outcome = OUTCOME_TIMED_OUT, .peer = STR("203.0.113.9:443"),
                              .lookup_us = 2000, .connect_us = 9000, .tls_us = 31000,
                              .total_us = 88000, .error = STR("no answer, " SECRET)});

    (void)state;
    text_is(r, "outcome", "timed_out");
    text_is(r, "peer", "203.0.113.9:443");
    text_is(r, "error", "no answer, •••");
    assert_true(json_is(json_get(r, "body"), JSON_NULL));
    assert_int_equal(json_get(r, "steps")->count, 4);
    assert_int_equal(json_i64_or(json_get(r, "ms"), 0), 88);
    look_free(l);
}

/* Nulls, escapes, overrides of direction, what is no UTF-8, and a secret that is
 * whole only when those are gone. */
static void hostile_bytes_are_harmless(void **state)
{
    struct look *l = look_new(4096);
    struct str body = STR("a\0b\x1b[31m\xff\xfe \xe2\x80\xae" "correct-\xe2\x80\x8bhorse-\0battery"
                          "</script>\r\n\xf0\x9f");
    struct str text = json_text(json_get(shown_response(l, &(struct response){.body = body}),
                                         "body"));

    (void)state;
    assert_true(str_is(text, "ab[31m\xef\xbf\xbd\xef\xbf\xbd •••</script>\n"
                             "\xef\xbf\xbd\xef\xbf\xbd"));
    look_free(l);
}

/* Wherever it lies, its beginning is not shown. */
static void a_secret_across_the_cut_is_hidden(void **state)
{
    enum { MAX = 200 };
    char body[3 * MAX];

    (void)state;
    for (size_t at = 0; at < 2 * MAX + 10; at++) {
        struct look *l = look_new(MAX);
        struct str text;

        memset(body, '_', sizeof body);
        memcpy(body + at, SECRET, sizeof SECRET - 1);
        text = json_text(json_get(
            shown_response(l, &(struct response){.body = {body, sizeof body}}), "body"));
        assert_true(text.n <= MAX);
        if (memmem(text.p, text.n, "corr", 4) != NULL)
            fail_msg("at %zu: %.*s", at, STR_ARG(text));
        look_free(l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_shown_without_secrets),
        cmocka_unit_test(a_long_body_is_cut_and_says_so),
        cmocka_unit_test(what_is_left_is_shared),
        cmocka_unit_test(headers_give_nothing_away),
        cmocka_unit_test(what_came_is_told),
        cmocka_unit_test(hostile_bytes_are_harmless),
        cmocka_unit_test(a_secret_across_the_cut_is_hidden),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
