/* test_people.c -- one-time passwords against the vectors of RFC 6238, and scopes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "people/scope.h"
#include "people/totp.h"

/* RFC 6238, appendix B, SHA-1; the last six of its eight digits. */
static void the_codes_are_those_of_the_rfc(void **state)
{
    static const struct {
        int64_t time_s;
        const char *code;
    } rows[] = {
        {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
        {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
    };
    struct str secret = STR("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char code[7];

        assert_true(totp_code(secret, rows[i].time_s / 30, code));
        assert_string_equal(code, rows[i].code);
    }
}

static void a_code_is_good_once_and_near_now(void **state)
{
    struct str secret = STR("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    int64_t last = 0;

    (void)state;
    assert_false(totp_check(secret, STR("287082"), 59000 + 60000, &last));
    assert_true(totp_check(secret, STR("287082"), 59000 + 30000, &last));
    assert_false(totp_check(secret, STR("287082"), 59000, &last));
    assert_false(totp_check(STR("short"), STR("287082"), 59000, &last));
}

static void scopes_are_read_and_refused(void **state)
{
    struct scopes s;
    struct error err;

    (void)state;
    assert_true(scopes_parse(STR("alerts:read ingest:ntopng"), &s, &err));
    assert_int_equal(scopes_for(&s, "ntopng"), SCOPE_ALERTS_READ | SCOPE_INGEST);
    assert_int_equal(scopes_for(&s, "native"), SCOPE_ALERTS_READ);
    assert_int_equal(scopes_for(&s, NULL), SCOPE_ALERTS_READ);
    assert_false(scopes_parse(STR("alert:read"), &s, &err));
    assert_non_null(strstr(err.text, "did you mean \"alerts:read\"?"));
    assert_false(scopes_parse(STR_NONE, &s, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codes_are_those_of_the_rfc),
        cmocka_unit_test(a_code_is_good_once_and_near_now),
        cmocka_unit_test(scopes_are_read_and_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
