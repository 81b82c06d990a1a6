/* test_admin_apply.c -- Tocsin's own YAML over HTTP: looked at, applied, refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "admin_rig.h"

#define APPLY "/api/v1/config/apply"
#define LAB "{\"managed_by\":\"api\",\"files\":[{\"name\":\"import.yaml\",\"text\":" \
            "\"pools:\\n- {name: lab, members: [10.0.0.0/8]}\\n\"}]}"

static void looked_at_then_applied(void **state)
{
    struct bench *b = *state;
    struct got g = api_ask(b, "POST", APPLY "?dry_run=true", LAB);

    got_want(&g, 200, "{\"dry_run\":true,\"changes\":[{\"kind\":\"pool\",\"name\":\"lab\","
                      "\"change\":\"created\",");
    assert_int_equal(got_number(&g, "/created"), 1);
    GOT_STATUS(api_get(b, "/api/v1/pools/lab"), 404);
    g = api_get(b, "/api/v1/audit");
    assert_null(strstr(g.body.p, "config.apply"));

    g = api_ask(b, "POST", APPLY, LAB);
    got_want(&g, 200, "{\"dry_run\":false,\"changes\":[{\"kind\":\"pool\",\"name\":\"lab\"");
    g = api_get(b, "/api/v1/pools/lab");
    got_want_text(&g, "/data/managed_by", "api");
    g = api_get(b, "/api/v1/audit?limit=1");
    got_want_text(&g, "/data/0/what", "config.apply");
    assert_int_equal(got_number(&g, "/data/0/after/created"), 1);

    g = api_ask(b, "POST", APPLY "?dry_run=true", LAB);
    got_want(&g, 200, "\"changes\":[]");
    assert_int_equal(got_number(&g, "/same"), 1);
}

static void the_wrong_line_is_named(void **state)
{
    struct bench *b = *state;
    struct got g = api_ask(b, "POST", APPLY "?dry_run=true",
                           "{\"files\":[{\"name\":\"import.yaml\",\"text\":"
                           "\"pools:\\n- name: lab\\n  membrs: []\\n\"}]}");

    got_want(&g, 422, "1 mistake; nothing was changed");
    got_want_text(&g, "/errors/0/source", "import.yaml:3:3");
    got_want(&g, 422, "did you mean \\\"members\\\"");
    g = api_ask(b, "POST", APPLY "?dry_run=maybe", LAB);
    got_want(&g, 400, "dry_run must be true or false");
    g = api_ask(b, "POST", APPLY, "{\"files\":[],\"managed_by\":\"me\"}");
    got_want(&g, 400, "\\\"managed_by\\\" must be");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(looked_at_then_applied),
        TEST(the_wrong_line_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
