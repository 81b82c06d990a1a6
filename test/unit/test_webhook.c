/* test_webhook.c -- Standard Webhooks' signature, against its own vector and
 * against OpenSSL. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/hmac.h>
#include <sodium.h>

#include "base/limits.h"
#include "endpoint/webhook.h"
#include "message/escape.h"

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

static void test_vector(void **state)
{
    struct arena arena freed_by(arena_release) = {0};
    struct str got = webhook_signature(
        STR(SECRET), STR("msg_p5jXN8AQM9LWM0D4loKWxJek"), 1614265330,
        STR("{\"test\": 2432232314}"), &arena);

    (void)state;
    assert_true(
        str_is(got, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
}

static void test_secrets(void **state)
{
    static const struct {
        const char *secret;
        bool ok;
    } rows[] = {
        {SECRET, true},
        {"whsec_" /* 24 bytes */ "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", true},
        {"whsec_" /* 23 */ "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false},
        {"whsec_" /* 64 */
         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
         "AAAAAAAAAAAAAA==", true},
        {"whsec_" /* 65 */
         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
         "AAAAAAAAAAAAAAA=", false},
        {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false},
        {"whsec_", false},
        {"whsec_not base64 at all, is it?", false},
        {"", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(webhook_secret_ok(str_of(rows[i].secret)), rows[i].ok);
}

static struct str header_of(const struct request *r, const char *name)
{
    for (size_t i = 0; i < r->http.header_count; i++) {
        if (strcmp(r->http.headers[i].name, name) == 0)
            return r->http.headers[i].value;
    }
    fail_msg("no header %s", name);
    return STR_NONE;
}

/* What a receiver does: id, timestamp and body as they arrived. */
static struct str sign_again(const struct request *r, struct arena *a)
{
    struct buf key freed_by(buf_release) = BUF(100);
    struct buf text freed_by(buf_release) = BUF(REQUEST_MAX);
    struct buf out freed_by(buf_release) = BUF(100);
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned n = 0;

    assert_true(base64_decode(STR("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), &key));
    buf_str(&text, header_of(r, "webhook-id"));
    buf_char(&text, '.');
    buf_str(&text, header_of(r, "webhook-timestamp"));
    buf_char(&text, '.');
    buf_str(&text, r->http.body);
    assert_non_null(HMAC(EVP_sha256(), key.p, (int)key.n,
                         (const unsigned char *)text.p, text.n, mac, &n));
    buf_text(&out, "v1,");
    base64(&out, (struct str){(const char *)mac, n});
    return arena_str(a, buf_view(&out));
}

static void test_request(void **state)
{
    struct arena arena freed_by(arena_release) = {0};
    const struct endpoint_type *t = endpoint_type_find(STR("webhook"));
    struct webhook w = {.url = STR("https://example.com/x"), .format = 1,
                        .signing_secret = STR(SECRET)};
    struct alert alert = {.id = 4711, .type = STR("t"), .tstamp_ms = 1};
    struct render_item item = {.alert = &alert, .id = STR("4711.3")};
    struct render_input in = {.endpoint = &w, .items = &item, .count = 1,
                              .place = {.instance = STR("gw.pisa"),
                                        .now_ms = 1614265330999}};
    struct request first, again;
    struct error err;

    (void)state;
    assert_int_equal(t->batch_limit(&w), 1);
    assert_true(t->render(&in, &arena, &first, &err));
    assert_true(str_is(header_of(&first, "webhook-id"), "msg_gw-pisa_4711-3"));
    assert_true(str_is(header_of(&first, "webhook-timestamp"), "1614265330"));
    assert_true(str_eq(header_of(&first, "webhook-signature"),
                       sign_again(&first, &arena)));
    /* Tried again: the same id, another time, another signature. */
    in.place.now_ms += 5000;
    assert_true(t->render(&in, &arena, &again, &err));
    assert_true(str_eq(header_of(&first, "webhook-id"),
                       header_of(&again, "webhook-id")));
    assert_false(str_eq(header_of(&first, "webhook-signature"),
                        header_of(&again, "webhook-signature")));
    assert_true(str_eq(header_of(&again, "webhook-signature"),
                       sign_again(&again, &arena)));
    w.format = 0;
    assert_int_equal(t->batch_limit(&w), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vector),
        cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_request),
    };

    assert(sodium_init() >= 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
