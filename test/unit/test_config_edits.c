/* test_config_edits.c -- one edit after the other, each with its result. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "config_bench.h"

#define E OBJECT_ENDPOINT
#define R OBJECT_RECIPIENT
#define P OBJECT_POOL
#define S OBJECT_SETTINGS
#define Q OBJECT_SILENCE
#define I OBJECT_INHIBITION
#define STALE (-1)

struct step {
    const char *label;
    enum object_kind kind;
    int verb;
    const char *name, *object, *author;
    int64_t if_revision; /* STALE: one that is not there */
    enum config_result want;
    const char *text, *place; /* parts of the error; NULL: none wanted */
};

/* Each row finds what those above it left behind. */
static const struct step steps[] = {
    {"create", E, EDIT_CREATE, NULL, WEBHOOK, "api", 0, CONFIG_OK, NULL, NULL},
    {"create again", E, EDIT_CREATE, NULL, WEBHOOK, "api:ci", 0, CONFIG_EXISTS,
     "endpoint \"hook\" exists already, managed by api", "/name"},
    {"no object", E, EDIT_CREATE, NULL, "[]", "api", 0, CONFIG_INVALID,
     "an endpoint is written as an object, not an array", NULL},
    {"no name", E, EDIT_CREATE, NULL, "{\"type\":\"webhook\"}", "api", 0,
     CONFIG_INVALID, "is not a name", "/name"},
    {"name no string", E, EDIT_CREATE, NULL, "{\"name\":5}", "api", 0,
     CONFIG_INVALID, "must be a string, not a number", "/name"},
    {"name with a slash", E, EDIT_CREATE, NULL, "{\"name\":\"a/b\"}", "api", 0,
     CONFIG_INVALID, "\"a/b\" is not a name", "/name"},
    {"name with a dot first", E, EDIT_CREATE, NULL, "{\"name\":\".a\"}", "api", 0,
     CONFIG_INVALID, "beginning with a letter or digit", "/name"},
    {"name with NUL", E, EDIT_CREATE, NULL, "{\"name\":\"a\\u0000\"}", "api", 0,
     CONFIG_INVALID, "is not a name", "/name"},
    {"name too long", E, EDIT_CREATE, NULL,
     "{\"name\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
     "api", 0, CONFIG_INVALID, "has 65 bytes; at most 64", "/name"},
    {"no type", E, EDIT_CREATE, NULL, "{\"name\":\"x\"}", "api", 0,
     CONFIG_INVALID, "endpoint \"x\": needs a type", "/type"},
    {"wrong type", E, EDIT_CREATE, NULL, "{\"name\":\"x\",\"type\":\"webhok\"}",
     "api", 0, CONFIG_INVALID,
     "no endpoint type \"webhok\"; did you mean \"webhook\"?", "/type"},
    {"builtin type", E, EDIT_CREATE, NULL,
     "{\"name\":\"x\",\"type\":\"alert_store_db\"}", "api", 0, CONFIG_INVALID,
     "is built in", "/type"},
    {"unknown member", E, EDIT_CREATE, NULL,
     "{\"name\":\"x\",\"type\":\"webhook\",\"enabeld\":true}", "api", 0,
     CONFIG_INVALID,
     "unknown key \"enabeld\" in endpoint \"x\"; did you mean \"enabled\"?",
     "/enabeld"},
    {"unknown parameter", E, EDIT_CREATE, NULL,
     "{\"name\":\"x\",\"type\":\"webhook\",\"params\":{\"ulr\":\"\"}}", "api", 0,
     CONFIG_INVALID, "did you mean \"url\"?", "/params/ulr"},
    {"parameter missing", E, EDIT_CREATE, NULL,
     "{\"name\":\"x\",\"type\":\"webhook\"}", "api", 0, CONFIG_INVALID,
     "endpoint \"x\", url: is required", "/params/url"},
    {"parameters no object", E, EDIT_CREATE, NULL,
     "{\"name\":\"x\",\"type\":\"webhook\",\"params\":7}", "api", 0,
     CONFIG_INVALID, "must be an object, not a number", "/params"},
    {"what only the type's check knows", E, EDIT_CREATE, NULL,
     "{\"name\":\"x\",\"type\":\"webhook\",\"params\":{\"url\":"
     "\"https://hooks.example/\",\"password\":\"p\"}}",
     "api", 0, CONFIG_INVALID, "endpoint \"x\"", "/params"},
    {"enabled no truth", E, EDIT_PATCH, "hook", "{\"enabled\":\"yes\"}", "api", 0,
     CONFIG_INVALID, "endpoint \"hook\", enabled: must be true or false, not \"yes\"",
     "/enabled"},
    {"a secret shown but not there", E, EDIT_PATCH, "hook",
     "{\"params\":{\"shared_secret\":{\"set\":true}}}", "api", 0, CONFIG_INVALID,
     "give the value", "/params/shared_secret"},
    {"patch nobody", E, EDIT_PATCH, "hok", "{\"enabled\":false}", "api", 0,
     CONFIG_NOT_FOUND, "no endpoint named \"hok\"; there is \"hook\"", NULL},
    {"patch stale", E, EDIT_PATCH, "hook", "{\"enabled\":false}", "api", STALE,
     CONFIG_STALE, "was changed since", NULL},
    {"replace under another name", E, EDIT_REPLACE, "other", WEBHOOK, "api", 0,
     CONFIG_INVALID, "PATCH its name", "/name"},
    {"type cannot change", E, EDIT_PATCH, "hook", "{\"type\":\"email\"}", "api",
     0, CONFIG_INVALID, "cannot become email", "/type"},
    {"builtin endpoint", E, EDIT_PATCH, "alert_store_db", "{\"enabled\":false}",
     "api", 0, CONFIG_LOCKED, "is built in", NULL},
    {"builtin recipient", R, EDIT_DELETE, "alert_store_db", NULL, "api", 0,
     CONFIG_LOCKED, "is built in", NULL},
    {"builtin made anew", R, EDIT_CREATE, NULL, "{\"name\":\"alert_store_db\"}",
     "api", 0, CONFIG_LOCKED, "is built in", NULL},

    {"recipient without endpoint", R, EDIT_CREATE, NULL, "{\"name\":\"r\"}",
     "api", 0, CONFIG_INVALID, "recipient \"r\": needs an endpoint",
     "/endpoint"},
    {"recipient on nothing", R, EDIT_CREATE, NULL,
     "{\"name\":\"r\",\"endpoint\":\"hoook\"}", "api", 0, CONFIG_INVALID,
     "recipient \"r\": no endpoint named \"hoook\"; there is \"hook\"",
     "/endpoint"},
    {"recipient on the builtin", R, EDIT_CREATE, NULL,
     "{\"name\":\"r\",\"endpoint\":\"alert_store_db\"}", "api", 0,
     CONFIG_INVALID, "has its own recipient", "/endpoint"},
    {"recipient", R, EDIT_CREATE, NULL,
     "{\"name\":\"r\",\"endpoint\":\"hook\",\"minimum_severity\":\"error\"}",
     "api", 0, CONFIG_OK, NULL, NULL},
    {"bad severity", R, EDIT_PATCH, "r", "{\"minimum_severity\":\"erorr\"}",
     "api", 0, CONFIG_INVALID, "recipient \"r\": \"erorr\" is not a severity", "/minimum_severity"},
    {"bad entity", R, EDIT_PATCH, "r", "{\"entities\":[\"host\",\"hots\"]}",
     "api", 0, CONFIG_INVALID, "\"hots\" is not an entity", "/entities/1"},
    {"a pool that is not there", R, EDIT_PATCH, "r",
     "{\"host_pools\":[\"Default\",\"iot\"]}", "api", 0, CONFIG_INVALID,
     "recipient \"r\": no pool named \"iot\"", "/host_pools/1"},

    {"pool", P, EDIT_CREATE, NULL,
     "{\"name\":\"IoT\",\"members\":[\"10.0.0.0/8\",\"192.168.1.7@12\","
     "\"AA:BB:CC:DD:EE:FF\"],\"ntopng_id\":3}",
     "api", 0, CONFIG_OK, NULL, NULL},
    {"pool with wrong member", P, EDIT_CREATE, NULL,
     "{\"name\":\"lab\",\"members\":[\"10.1.0.0/16\",\"10.0.0.300\"]}", "api", 0,
     CONFIG_INVALID, "pool \"lab\": \"10.0.0.300\" is not an address",
     "/members/1"},
    {"pool with a member of another", P, EDIT_CREATE, NULL,
     "{\"name\":\"lab\",\"members\":[\"10.0.0.0/8\"]}", "api", 0, CONFIG_INVALID,
     "is in pool \"IoT\" already", "/members/0"},
    {"pool member no string", P, EDIT_CREATE, NULL,
     "{\"name\":\"lab\",\"members\":[10]}", "api", 0, CONFIG_INVALID,
     "pool \"lab\", members/0: must be an address", "/members/0"},
    {"pool with ntopng's number of another", P, EDIT_CREATE, NULL,
     "{\"name\":\"lab\",\"ntopng_id\":3}", "api", 0, CONFIG_INVALID,
     "which is pool \"IoT\" already", "/ntopng_id"},
    {"pool with a number below 0", P, EDIT_CREATE, NULL,
     "{\"name\":\"lab\",\"ntopng_id\":-2}", "api", 0, CONFIG_INVALID,
     "must be ntopng's number", "/ntopng_id"},
    {"the default pool", P, EDIT_CREATE, NULL, "{\"name\":\"Default\"}", "api", 0,
     CONFIG_INVALID, "always there", NULL},
    {"a pool that is there now", R, EDIT_PATCH, "r",
     "{\"host_pools\":[\"Default\",\"IoT\"]}", "api", 0, CONFIG_OK, NULL, NULL},

    {"filter with a mistake", R, EDIT_PATCH, "r",
     "{\"filter\":\"vlan=3 and severty>=error\"}", "api", 0, CONFIG_INVALID,
     "recipient \"r\", filter: column 12: there is no field \"severty\"; did "
     "you mean severity?", "/filter"},
    {"filter with a pool that is not there", R, EDIT_PATCH, "r",
     "{\"filter\":\"pool in (IoT, Iot)\"}", "api", 0, CONFIG_INVALID,
     "recipient \"r\", filter: column 15: no pool named \"Iot\"; there is "
     "\"IoT\"", "/filter"},
    {"filter", R, EDIT_PATCH, "r",
     "{\"host_pools\":null,\"filter\":\"pool=IoT or pool=Default or pool=''\"}",
     "api", 0, CONFIG_OK, NULL, NULL},
    {"pool in use by a filter", P, EDIT_DELETE, "IoT", NULL, "api", 0,
     CONFIG_IN_USE, "pool \"IoT\" is in use by recipient \"r\"", NULL},
    {"rename a pool a filter names", P, EDIT_PATCH, "IoT",
     "{\"name\":\"things\"}", "api", 0, CONFIG_INVALID,
     "recipient \"r\", filter: column 6: no pool named \"IoT\"", NULL},
    {"no filter again", R, EDIT_PATCH, "r",
     "{\"filter\":null,\"host_pools\":[\"Default\",\"IoT\"]}", "api", 0,
     CONFIG_OK, NULL, NULL},

    {"silence with a pool that is not there", Q, EDIT_CREATE, NULL,
     "{\"name\":\"q\",\"author\":\"a\",\"comment\":\"c\",\"matcher\":\"pool=Iot\"}", "api",
     0, CONFIG_INVALID, "silence \"q\", matcher: column 6: no pool named \"Iot\"",
     "/matcher"},
    {"silence of a pool", Q, EDIT_CREATE, NULL,
     "{\"name\":\"q\",\"author\":\"a\",\"comment\":\"c\",\"matcher\":\"pool=IoT\"}", "api",
     0, CONFIG_OK, NULL, NULL},
    {"inhibition with a pool that is not there", I, EDIT_CREATE, NULL,
     "{\"name\":\"i\",\"source\":\"pool=IoT\",\"target\":\"pool!=Iot\",\"equal\":[]}", "api",
     0, CONFIG_INVALID, "inhibition \"i\", target: column 7: no pool named \"Iot\"",
     "/target"},
    {"inhibition of a pool", I, EDIT_CREATE, NULL,
     "{\"name\":\"i\",\"source\":\"type=x\",\"target\":\"pool=IoT\",\"equal\":[]}", "api",
     0, CONFIG_OK, NULL, NULL},
    {"pool in use by all kinds", P, EDIT_DELETE, "IoT", NULL, "api", 0, CONFIG_IN_USE,
     "pool \"IoT\" is in use by recipient \"r\" and silence \"q\" and inhibition \"i\"; "
     "delete them", NULL},
    {"rename a pool a silence names", P, EDIT_PATCH, "IoT", "{\"name\":\"things\"}", "api",
     0, CONFIG_INVALID, "silence \"q\", matcher: column 6: no pool named \"IoT\"", NULL},
    {"silence of a recipient that is not there", Q, EDIT_PATCH, "q",
     "{\"recipients\":[\"r\",\"rr\"]}", "api", 0, CONFIG_INVALID,
     "silence \"q\", recipients/1: no recipient named \"rr\"", "/recipients/1"},
    {"silence of nobody", Q, EDIT_PATCH, "q", "{\"recipients\":[]}", "api", 0,
     CONFIG_INVALID, "must be a list of names of recipients", "/recipients"},
    {"silence of history", Q, EDIT_PATCH, "q", "{\"recipients\":[\"alert_store_db\"]}",
     "api", 0, CONFIG_INVALID, "is history", "/recipients/0"},
    {"silence of a recipient", Q, EDIT_PATCH, "q", "{\"recipients\":[\"r\"]}", "api", 0,
     CONFIG_OK, NULL, NULL},
    {"recipient in use by a silence", R, EDIT_DELETE, "r", NULL, "api", 0, CONFIG_IN_USE,
     "recipient \"r\" is in use by silence \"q\"", NULL},
    {"somebody who escalates to it", R, EDIT_CREATE, NULL,
     "{\"name\":\"first\",\"endpoint\":\"hook\",\"escalate_to\":\"r\"}", "api", 0,
     CONFIG_OK, NULL, NULL},
    {"who speaks of it follows to a new name", R, EDIT_PATCH, "r", "{\"name\":\"s\"}",
     "api", 0, CONFIG_OK, NULL, NULL},
    {"by both", R, EDIT_DELETE, "s", NULL, "api", 0, CONFIG_IN_USE,
     "recipient \"s\" is in use by recipient \"first\" and silence \"q\"", NULL},
    {"and back", R, EDIT_PATCH, "s", "{\"name\":\"r\"}", "api", 0, CONFIG_OK, NULL,
     NULL},
    {"no more", R, EDIT_DELETE, "first", NULL, "api", 0, CONFIG_OK, NULL, NULL},
    {"no silence", Q, EDIT_DELETE, "q", NULL, "api", 0, CONFIG_OK, NULL, NULL},
    {"rename a pool an inhibition names", P, EDIT_PATCH, "IoT", "{\"name\":\"things\"}",
     "api", 0, CONFIG_INVALID, "inhibition \"i\", target: column 6: no pool named", NULL},
    {"an inhibition that relates nothing", I, EDIT_PATCH, "i", "{\"equal\":null}", "api", 0,
     CONFIG_INVALID, "inhibition \"i\", relation: is required", "/relation"},
    {"one by a field that is none", I, EDIT_PATCH, "i", "{\"equal\":[\"host\",\"hots\"]}",
     "api", 0, CONFIG_INVALID, "there is no field \"hots\"; did you mean host?", "/equal/1"},
    {"one by parents", I, EDIT_PATCH, "i", "{\"equal\":null,\"relation\":\"parent\"}", "api",
     0, CONFIG_OK, NULL, NULL},
    {"one both ways", I, EDIT_PATCH, "i", "{\"equal\":[\"host\"]}", "api", 0,
     CONFIG_INVALID, "does not go with \"equal\"", "/relation"},
    {"no inhibition", I, EDIT_DELETE, "i", NULL, "api", 0, CONFIG_OK, NULL, NULL},

    {"pool in use", P, EDIT_DELETE, "IoT", NULL, "api", 0, CONFIG_IN_USE,
     "pool \"IoT\" is in use by recipient \"r\"", NULL},
    {"endpoint in use", E, EDIT_DELETE, "hook", NULL, "api", 0, CONFIG_IN_USE,
     "endpoint \"hook\" is in use by recipient \"r\"", NULL},
    {"rename to what is there", E, EDIT_PATCH, "hook",
     "{\"name\":\"alert_store_db\"}", "api", 0, CONFIG_EXISTS, "there is one",
     "/name"},
    {"rename", E, EDIT_PATCH, "hook", "{\"name\":\"hook2\"}", "api", 0,
     CONFIG_OK, NULL, NULL},
    {"rename a pool", P, EDIT_PATCH, "IoT", "{\"name\":\"things\"}", "api", 0,
     CONFIG_OK, NULL, NULL},

    {"settings", S, EDIT_PATCH, NULL,
     "{\"base_url\":\"https://alerts.example/\",\"history_days\":90}", "api", 0,
     CONFIG_OK, NULL, NULL},
    {"settings, unknown", S, EDIT_PATCH, NULL, "{\"base_ulr\":\"\"}", "api", 0,
     CONFIG_INVALID,
     "unknown key \"base_ulr\" in the settings; did you mean \"base_url\"?",
     "/base_ulr"},
    {"settings, wrong URL", S, EDIT_PATCH, NULL, "{\"base_url\":\"alerts\"}",
     "api", 0, CONFIG_INVALID, "the settings, base_url: must begin with",
     "/base_url"},
    {"settings, out of range", S, EDIT_PATCH, NULL, "{\"history_days\":0}",
     "api", 0, CONFIG_INVALID, "from 1 to 36500", "/history_days"},
    {"settings, relative directory", S, EDIT_PATCH, NULL,
     "{\"scripts_dir\":\"scripts\"}", "api", 0, CONFIG_INVALID,
     "must be an absolute path", "/scripts_dir"},
    {"settings, duration", S, EDIT_PATCH, NULL,
     "{\"resolve_timeout\":\"10m\",\"store_minimum_severity\":\"notice\"}", "api",
     0, CONFIG_OK, NULL, NULL},

    {"a file's own", E, EDIT_REPLACE, "filed",
     "{\"type\":\"webhook\",\"params\":{\"url\":\"https://hooks.example/f\"}}",
     "file:/etc/tocsin/a.yaml:7", 0, CONFIG_OK, NULL, NULL},
    {"locked to others", E, EDIT_PATCH, "filed", "{\"enabled\":false}", "api", 0,
     CONFIG_LOCKED, "is declared in /etc/tocsin/a.yaml:7; change it there",
     NULL},
    {"not to be deleted by others", E, EDIT_DELETE, "filed", NULL, "api", 0,
     CONFIG_LOCKED, "/etc/tocsin/a.yaml:7", NULL},
    {"the file may", E, EDIT_REPLACE, "filed",
     "{\"type\":\"webhook\",\"enabled\":false,\"params\":{\"url\":"
     "\"https://hooks.example/f\"}}",
     "file:/etc/tocsin/a.yaml:9", 0, CONFIG_OK, NULL, NULL},
    {"a file names the API's", E, EDIT_REPLACE, "hook2",
     "{\"type\":\"webhook\",\"params\":{\"url\":\"https://hooks.example/f\"}}",
     "file:/etc/tocsin/a.yaml:11", 0, CONFIG_EXISTS,
     "exists already, managed by api; delete that one, or give", NULL},
    {"delete", R, EDIT_DELETE, "r", NULL, "api", 0, CONFIG_OK, NULL, NULL},
    {"delete again", R, EDIT_DELETE, "r", NULL, "api", 0, CONFIG_NOT_FOUND,
     "no recipient named \"r\"", NULL},
    {"no longer in use", E, EDIT_DELETE, "hook2", NULL, "api", 0, CONFIG_OK,
     NULL, NULL},
};

static void step_run(struct bench *b, const struct step *s)
{
    struct edit e = bench_edit(b, s->verb, s->kind, s->name, s->object);
    int64_t before = config_now(b->config)->revision;
    enum config_result result;

    e.author = str_of(s->author);
    e.if_revision = s->if_revision == STALE ? before + 100 : s->if_revision;
    b->err = (struct error){0};
    result = config_edit(b->config, &e, &b->err);
    if (result != s->want)
        fail_msg("%s: result %d: %s", s->label, (int)result, b->err.text);
    if (s->text != NULL && strstr(b->err.text, s->text) == NULL)
        fail_msg("%s: said \"%s\"", s->label, b->err.text);
    if (s->place != NULL && strncmp(b->err.place, s->place, strlen(s->place)))
        fail_msg("%s: at \"%s\"", s->label, b->err.place);
    if ((config_now(b->config)->revision > before) != (s->want == CONFIG_OK))
        fail_msg("%s: at revision %lld", s->label,
                 (long long)config_now(b->config)->revision);
}

static void test_steps(void **state)
{
    struct bench b freed_by(bench_release);
    const struct snapshot *s;

    (void)state;
    bench_init(&b);
    for (size_t i = 0; i < COUNT_OF(steps); i++)
        step_run(&b, &steps[i]);
    for (int round = 0; round < 2; round++) {
        s = config_now(b.config);
        assert_int_equal(s->endpoint_count, 2);
        assert_true(str_is(s->endpoints[1].name, "filed"));
        assert_true(str_is(s->endpoints[1].managed_by,
                           "file:/etc/tocsin/a.yaml:9"));
        assert_false(s->endpoints[1].enabled);
        assert_int_equal(s->recipient_count, 1);
        assert_int_equal(s->pool_count, 1);
        assert_true(str_is(s->pool_list[0].name, "things"));
        assert_int_equal(s->pool_list[0].ntopng_id, 3);
        assert_true(str_is(s->settings.base_url, "https://alerts.example"));
        assert_int_equal(s->settings.resolve_timeout, 600 * 1000);
        assert_int_equal(s->recipients[0].criteria.minimum_severity,
                         SEVERITY_NOTICE);
        bench_reopen(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
