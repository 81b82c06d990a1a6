/* test_teams.c -- a card is never too large, whatever an alert says: what is left
 * out, and that the most important stays. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "checks.h"
#include "endpoint/teams.h"

#define FACTS 12

static void repeat(struct buf *to, const char *piece, size_t times)
{
    to->n = 0;
    while (times-- > 0)
        buf_text(to, piece);
}

/* An alert whose texts are all as long as they can be, of these pieces. */
static void alert_of(const char *message, const char *value, struct arena *a,
                     struct alert *out)
{
    struct buf b freed_by(buf_release) = BUF(ALERT_MESSAGE_MAX);
    struct json_list facts = {0};
    struct str name, whom;

    for (int i = 0; i < FACTS; i++) {
        repeat(&b, value, 200);
        name = arena_printf(a, "fact %d %s", i, buf_c(&b));
        json_list_add(&facts, a, name,
                      json_new_string(a, arena_printf(a, "%d%s", i, buf_c(&b))));
    }
    repeat(&b, value, 120);
    whom = arena_str(a, buf_view(&b));
    repeat(&b, message, 3000);
    *out = (struct alert){.id = 7, .action = ACTION_ENGAGE,
                          .entity = ENTITY_OTHER, .severity = SEVERITY_ERROR,
                          .entity_value = whom, .type = whom,
                          .message = arena_str(a, buf_view(&b)),
                          .tstamp_ms = 1606141256000LL,
                          .facts = json_new_object(a, &facts)};
}

static struct str body_of(int format, const char *message, const char *value,
                          int step, struct arena *a)
{
    struct teams t = {.format = format};
    struct alert alert;
    struct render_item item = {.alert = &alert};
    struct str base = arena_printf(a, "https://a.org/%0500d", 0);
    struct render_input in = {.endpoint = &t, .items = &item, .count = 1,
                              .step = step,
                              .place = {STR("gw"), base, 0}};
    struct str body;
    struct error err;

    alert_of(message, value, a, &alert);
    if (!teams_card(&in, a, &body, &err))
        fail_msg("%s", err.text);
    assert_true(body.n <= TEAMS_BODY_MAX);
    assert_non_null(json_parse(a, body, &err));
    return body;
}

static bool says(struct str body, const char *words)
{
    return memmem(body.p, body.n, words, strlen(words)) != NULL;
}

static void test_sizes(void **state)
{
    static const struct {
        const char *message, *value;
        bool whole; /* all facts are there */
    } rows[] = {
        {"a", "b", true},
        {"\\", "\xf0\x9f\x9a\xa8", false},
        {"\xf0\x9f\x9a\xa8", "\xf0\x9f\x9a\xa8", true},
        {"{", "{", true},
        {"\"", "\\", true},
        {"<", "<", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (int format = TEAMS_WORKFLOW; format <= TEAMS_MESSAGECARD; format++) {
            struct arena a freed_by(arena_release) = {0};
            struct str body = body_of(format, rows[i].message, rows[i].value, 0,
                                      &a);

            assert_true(says(body, "When") && says(body, "0/a/7"));
            assert_true(says(body, "fact 0"));
            if (rows[i].whole != !says(body, " more\""))
                fail_msg("row %zu, format %d: %zu bytes", i, format, body.n);
        }
    }
}

/* Refused as too large all the same: the least that says what it is. */
static void test_bare(void **state)
{
    (void)state;
    for (int format = TEAMS_WORKFLOW; format <= TEAMS_MESSAGECARD; format++) {
        struct arena a freed_by(arena_release) = {0};
        struct str body = body_of(format, "a", "b", TEAMS_BARE, &a);

        assert_true(body.n < 4000 && says(body, "12 more"));
        assert_true(says(body, "0/a/7") && !says(body, "fact 0"));
    }
}

/* --- parameters --------------------------------------------------------------- */

#define SIGNED "api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=aB-_9"

static const struct check_row checks[] = {
    {"teams", "{\"url\":\"https://x.logic.azure.com:443/w?" SIGNED "\"}", "{}", "",
     NULL},
    {"teams", "{\"url\":\"https://a.b.API.powerplatform.com/w?" SIGNED "\"}", "{}",
     "", NULL},
    {"teams", "{\"url\":\"https://x.logic.azure.us/w?sig=a\"}", "{}", "", NULL},
    {"teams", "{}", NULL, "/url", "required"},
    {"teams", "{\"url\":\"https://x.logic.azure.com/w?sv=1.0\"}", NULL, "/url",
     "sig="},
    {"teams", "{\"url\":\"https://x.logic.azure.com/w?sv=1.0&sig=\"}", NULL, "/url",
     "sig="},
    {"teams", "{\"url\":\"https://x.logic.azure.com/w?nosig=a\"}", NULL, "/url",
     "sig="},
    {"teams", "{\"url\":\"https://x.logic.azure.com/sig=a\",\"allow_private\":true}",
     NULL, "/url", "sig="},
    {"teams", "{\"url\":\"https://logic.azure.com/w?sig=a\"}", NULL, "/url",
     "https://NAME.logic.azure.com/"},
    {"teams", "{\"url\":\"https://.logic.azure.com/w?sig=a\"}", NULL, "/url",
     "host"},
    {"teams", "{\"url\":\"https://xlogic.azure.com/w?sig=a\"}", NULL, "/url",
     "allow_private"},
    {"teams", "{\"url\":\"https://x.logic.azure.com.evil.org/w?sig=a\"}", NULL,
     "/url", "allow_private"},
    {"teams", "{\"url\":\"https://evil.org/.logic.azure.com/w?sig=a\"}", NULL,
     "/url", "allow_private"},
    {"teams", "{\"url\":\"https://x.logic.azure.com:444/w?sig=a\"}", NULL, "/url",
     "allow_private"},
    {"teams", "{\"url\":\"http://x.logic.azure.com/w?sig=a\"}", NULL, "/url",
     "allow_private"},
    {"teams", "{\"url\":\"http://x.logic.azure.com:443/w?sig=a\"}", NULL, "/url",
     "allow_private"},
    {"teams", "{\"url\":\"http://127.0.0.1/w\",\"allow_private\":true}", NULL, "",
     NULL},
    {"teams", "{\"url\":\"https://x.webhook.office.com/w\"}", NULL, "/format",
     "messagecard"},
    {"teams", "{\"url\":\"https://x.webhook.office.com/w\","
              "\"format\":\"messagecard\"}", NULL, "", NULL},
    {"teams", "{\"url\":\"https://outlook.office.com/webhook/a@b\","
              "\"format\":\"messagecard\"}", NULL, "", NULL},
    {"teams", "{\"url\":\"https://x.logic.azure.com/w?sig=a\","
              "\"format\":\"messagecard\"}", NULL, "/format", "workflow"},
    {"teams", "{\"url\":\"https://evil.org/w\",\"format\":\"messagecard\"}", NULL,
     "/url", "https://NAME.webhook.office.com/"},
};

static void test_checks(void **state)
{
    (void)state;
    checks_run(checks, COUNT_OF(checks));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checks),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_bare),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
