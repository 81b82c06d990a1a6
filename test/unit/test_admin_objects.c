/* test_admin_objects.c -- endpoints, recipients, pools and settings over HTTP. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>

#include "admin_rig.h"

#define HOOK "{\"name\":\"hook\",\"type\":\"webhook\",\"params\":{\"url\":" \
             "\"https://hooks.example.net/x\",\"username\":\"u\"," \
             "\"password\":\"correct horse battery\"}}"
#define RECIPIENT "{\"name\":\"netops\",\"endpoint\":\"hook\"," \
                  "\"minimum_severity\":\"error\"}"

static void make_both(struct bench *b)
{
    struct got g = api_ask(b, "POST", "/api/v1/endpoints", HOOK);

    GOT_STATUS(g, 201);
    g = api_ask(b, "POST", "/api/v1/recipients", RECIPIENT);
    GOT_STATUS(g, 201);
}

static void made_read_changed_and_deleted(void **state)
{
    struct bench *b = *state;
    struct got g = api_ask(b, "POST", "/api/v1/endpoints", HOOK);
    struct str etag;

    GOT_STATUS(g, 201);
    assert_true(str_is(got_header(&g, "Location"), "/api/v1/endpoints/hook"));
    got_want_text(&g, "/data/name", "hook");
    got_want_text(&g, "/data/managed_by", "api");
    etag = got_header(&g, "ETag");
    assert_true(str_starts(etag, "\"r"));
    assert_int_equal(got_number(&g, "/data/revision"),
                     got_number(&g, "/data/revision"));

    g = api_get(b, "/api/v1/endpoints/hook");
    GOT_STATUS(g, 200);
    assert_true(str_eq(got_header(&g, "ETag"), etag));

    g = api_ask(b, "PATCH", "/api/v1/endpoints/hook", "{\"enabled\":false}");
    GOT_STATUS(g, 200);
    assert_true(member_at(g.json, "/data/enabled") != NULL &&
                !member_at(g.json, "/data/enabled")->truth);
    assert_false(str_eq(got_header(&g, "ETag"), etag));

    g = api_ask(b, "PATCH", "/api/v1/endpoints/hook", "{\"name\":\"hook2\"}");
    got_want_text(&g, "/data/name", "hook2");
    g = api_ask(b, "DELETE", "/api/v1/endpoints/hook2", "");
    GOT_STATUS(g, 204);
    assert_int_equal(g.body.n, 0);
    g = api_get(b, "/api/v1/endpoints/hook2");
    got_want(&g, 404, "no endpoint named \\\"hook2\\\"");
}

/* What is read can be changed a little and put back: read-only members and
 * secrets that were not shown are kept. */
static void what_is_read_can_be_put_back(void **state)
{
    struct bench *b = *state;
    struct buf body freed_by(buf_release) = BUF(1u << 16);
    struct json_out o = JSON_OUT(&body);
    struct got g;

    make_both(b);
    g = api_get(b, "/api/v1/endpoints/hook");
    out_tree(&o, NULL, member_at(g.json, "/data"));
    g = api_ask(b, "PUT", "/api/v1/endpoints/hook", buf_c(&body));
    GOT_STATUS(g, 200);
    g = api_get(b, "/api/v1/endpoints/hook");
    assert_true(member_at(g.json, "/data/params/password/set")->truth);
    assert_null(strstr(g.body.p, "battery"));
    g = api_get(b, "/api/v1/endpoints");
    assert_null(strstr(g.body.p, "battery"));
}

static void put_makes_what_is_not_there(void **state)
{
    struct bench *b = *state;
    struct got g = api_ask(b, "PUT", "/api/v1/endpoints/hook", HOOK);

    GOT_STATUS(g, 201);
    g = api_ask(b, "PUT", "/api/v1/endpoints/hook", HOOK);
    GOT_STATUS(g, 200);
}

/* Two people, one form: the second to save is told. */
static void if_match_guards_a_change(void **state)
{
    struct bench *b = *state;
    struct {
        const char *name, *value;
        int status;
    } table[] = {
        {"an old one", "\"r1\"", 412},
        {"one that is to come", "\"r99999\"", 412},
        {"any", "*", 200},
        {"not one of ours", "\"abc\"", 400},
        {"weak", "W/\"r1\"", 400},
        {"without quotes", "r1", 400},
        {"too large a number", "\"r99999999999999999999\"", 400},
    };
    struct str right;
    struct got g;

    make_both(b);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct str headers = arena_printf(
            &b->arena, "Authorization: Bearer %s\r\nIf-Match: %s\r\n", b->token,
            table[i].value);

        g = api_ask_with(b, "PATCH", "/api/v1/recipients/netops", headers.p,
                     "{\"enabled\":true}");
        if (g.status != table[i].status)
            fail_msg("%s: %d: %.*s", table[i].name, g.status, STR_ARG(g.body));
    }
    g = api_get(b, "/api/v1/recipients/netops");
    right = arena_printf(&b->arena,
                         "Authorization: Bearer %s\r\nIf-Match: %.*s\r\n",
                         b->token, STR_ARG(got_header(&g, "ETag")));
    g = api_ask_with(b, "PATCH", "/api/v1/recipients/netops", right.p,
                 "{\"enabled\":false}");
    GOT_STATUS(g, 200);
    g = api_ask_with(b, "DELETE", "/api/v1/recipients/netops", right.p, "");
    got_want(&g, 412, "it has changed since you read it");
    assert_true(got_header(&g, "ETag").n > 0);
    right = arena_printf(&b->arena,
                         "Authorization: Bearer %s\r\nIf-Match: *\r\n",
                         b->token);
    g = api_ask_with(b, "PUT", "/api/v1/recipients/new", right.p,
                 "{\"endpoint\":\"hook\"}");
    got_want(&g, 412, "nothing here for If-Match");
}

static void what_is_wrong_is_said(void **state)
{
    static const struct {
        const char *method, *path, *body;
        int status;
        const char *words;
    } table[] = {
        {"GET", "/api/v1/endpoints/hoook", "", 404, "there is \\\"hook\\\""},
        {"GET", "/api/v1/endpoints?limt=5", "", 400,
         "did you mean \\\"limit\\\"?"},
        {"GET", "/api/v1/endpoints/hook?x=1", "", 400, "no parameter \\\"x\\\""},
        {"GET", "/api/v1/endpoints?limit=0", "", 400, "from 1 to 1000"},
        {"GET", "/api/v1/endpoints?limit=1001", "", 400, "not \\\"1001\\\""},
        {"GET", "/api/v1/endpoints?limit=", "", 400, "from 1 to 1000"},
        {"GET", "/api/v1/endpoints?limit=5&limit=6", "", 400, "there twice"},
        {"POST", "/api/v1/endpoints", "{\"name\":", 400, "invalid-json"},
        {"POST", "/api/v1/endpoints", "", 400, "invalid-json"},
        {"POST", "/api/v1/endpoints", "[]", 422, "must be an object, not an a"},
        {"POST", "/api/v1/endpoints", "{\"nam\":\"a\"}", 422, "invalid-object"},
        {"POST", "/api/v1/endpoints", HOOK, 409, "already-exists"},
        {"POST", "/api/v1/recipients",
         "{\"name\":\"b\",\"endpoint\":\"hock\"}", 422,
         "no endpoint named \\\"hock\\\"; there is \\\"hook\\\""},
        {"POST", "/api/v1/recipients",
         "{\"name\":\"b\",\"endpoint\":\"hook\",\"minimum_severty\":\"error\"}",
         422, "did you mean \\\"minimum_severity\\\"?"},
        {"POST", "/api/v1/recipients",
         "{\"name\":\"b\",\"endpoint\":\"hook\",\"minimum_severty\":\"error\"}",
         422, "\"pointer\":\"/minimum_severty\""},
        {"DELETE", "/api/v1/endpoints/hook", "", 409, "in-use"},
        {"DELETE", "/api/v1/endpoints/alert_store_db", "", 409, "locked"},
        {"PATCH", "/api/v1/recipients/alert_store_db", "{\"enabled\":false}",
         409, "locked"},
        {"DELETE", "/api/v1/pools/none", "", 404, "not-found"},
        {"PATCH", "/api/v1/pools/none", "{}", 404, "not-found"},
        {"POST", "/api/v1/pools", "{\"name\":\"p\",\"members\":[\"10.0.0.0/33\"]}",
         422, "/members/0"},
        {"PATCH", "/api/v1/settings", "{\"base_ul\":\"http://x\"}", 422,
         "did you mean"},
        {"PATCH", "/api/v1/settings", "{\"history_days\":\"many\"}", 422,
         "/history_days"},
        {"POST", "/api/v1/settings", "{}", 405, ""},
    };
    struct bench *b = *state;

    make_both(b);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct got g = api_ask(b, table[i].method, table[i].path, table[i].body);

        if (g.status != table[i].status ||
            strstr(g.body.p, table[i].words) == NULL)
            fail_msg("%s %s %s: %d %.*s", table[i].method, table[i].path,
                     table[i].body, g.status, STR_ARG(g.body));
    }
}

static void a_token_is_asked_for(void **state)
{
    static const char *const paths[] = {
        "/api/v1/endpoints", "/api/v1/endpoints/hook", "/api/v1/recipients",
        "/api/v1/pools",     "/api/v1/settings",       "/api/v1/alerts",
        "/api/v1/alerts/1",  "/api/v1/deliveries",     "/api/v1/status",
        "/api/v1/schema/endpoint-types",
    };
    static const struct {
        const char *method, *path;
    } writes[] = {
        {"POST", "/api/v1/endpoints"},
        {"PUT", "/api/v1/endpoints/hook"},
        {"PATCH", "/api/v1/endpoints/hook"},
        {"DELETE", "/api/v1/endpoints/hook"},
        {"POST", "/api/v1/endpoints/hook/test"},
        {"GET", "/api/v1/endpoints/hook/choices"},
        {"POST", "/api/v1/endpoint-types/shell/choices"},
        {"POST", "/api/v1/recipients/netops/test"},
        {"PATCH", "/api/v1/settings"},
        {"POST", "/api/v1/explain"},
        {"POST", "/api/v1/alerts/1/release"},
        {"POST", "/api/v1/deliveries/retry"},
        {"POST", "/api/v1/config/apply"},
    };
    static const char wrong[] =
        "Authorization: Bearer tcn_000000000000000000000000000000000000\r\n";
    struct bench *b = *state;

    make_both(b);
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        struct got g = api_ask_with(b, "GET", paths[i], "", "");

        GOT_STATUS(g, 401);
        g = api_ask_with(b, "GET", paths[i], wrong, "");
        GOT_STATUS(g, 401);
    }
    for (size_t i = 0; i < COUNT_OF(writes); i++) {
        struct got g = api_ask_with(b, writes[i].method, writes[i].path, "", "{}");

        GOT_STATUS(g, 401);
        g = api_ask_with(b, writes[i].method, writes[i].path, wrong, "{}");
        GOT_STATUS(g, 401);
    }
}

static void lists_come_in_pages(void **state)
{
    enum { POOLS = 250, LIMIT = 37 };
    struct bench *b = *state;
    struct str path = STR("/api/v1/pools?limit=37"), last = STR_NONE;
    int seen = 0;

    for (int i = 0; i < POOLS; i++) {
        /* 7 and 250 have no common factor: every name once, in no order */
        struct str body = arena_printf(&b->arena, "{\"name\":\"p%03d\"}",
                                       i * 7 % POOLS);
        struct got g = api_ask(b, "POST", "/api/v1/pools", body.p);

        GOT_STATUS(g, 201);
    }
    while (path.n > 0) {
        struct got g = api_get(b, path.p);
        const struct json *next = member_at(g.json, "/next");

        GOT_STATUS(g, 200);
        assert_int_equal(got_number(&g, "/total/value"), POOLS);
        assert_true(member_at(g.json, "/total/exact")->truth);
        for (const struct json *p = member_at(g.json, "/data")->first; p != NULL;
             p = p->next, seen++) {
            struct str name = json_text(json_get(p, "name"));

            assert_true(str_cmp(last, name) < 0);
            last = name;
        }
        path = json_is(next, JSON_STRING)
                   ? arena_printf(&b->arena,
                                  "/api/v1/pools?limit=%d&cursor=%.*s", LIMIT,
                                  STR_ARG(json_text(next)))
                   : STR_NONE;
    }
    assert_int_equal(seen, POOLS);
}

static void settings_are_one_object(void **state)
{
    struct bench *b = *state;
    struct got g = api_ask(b, "PATCH", "/api/v1/settings",
                       "{\"base_url\":\"https://alerts.example.net\","
                       "\"ntopng_shared_secret\":\"open sesame\"}");
    struct str first = got_header(&g, "ETag"), headers;

    GOT_STATUS(g, 200);
    got_want_text(&g, "/data/base_url", "https://alerts.example.net");
    assert_null(strstr(g.body.p, "sesame"));
    g = api_get(b, "/api/v1/settings");
    assert_true(member_at(g.json, "/data/ntopng_shared_secret/set")->truth);
    assert_true(str_eq(got_header(&g, "ETag"), first));
    g = api_ask(b, "PATCH", "/api/v1/settings", "{\"history_days\":7}");
    assert_int_equal(got_number(&g, "/data/history_days"), 7);
    headers = arena_printf(&b->arena,
                           "Authorization: Bearer %s\r\nIf-Match: %.*s\r\n",
                           b->token, STR_ARG(first));
    g = api_ask_with(b, "PATCH", "/api/v1/settings", headers.p,
                 "{\"history_days\":8}");
    GOT_STATUS(g, 412);
}

/* If-Match for settings that nobody has set yet. */
static void settings_have_a_first_revision(void **state)
{
    struct bench *b = *state;
    struct got g = api_get(b, "/api/v1/settings");
    struct str headers = arena_printf(
        &b->arena, "Authorization: Bearer %s\r\nIf-Match: %.*s\r\n", b->token,
        STR_ARG(got_header(&g, "ETag")));

    g = api_ask_with(b, "PATCH", "/api/v1/settings", headers.p,
                 "{\"history_days\":8}");
    GOT_STATUS(g, 200);
    g = api_ask_with(b, "PATCH", "/api/v1/settings", headers.p,
                 "{\"history_days\":9}");
    GOT_STATUS(g, 412);
}

#define MAIL "{\"name\":\"mail\",\"type\":\"email\",\"params\":{"           \
             "\"smtp_server\":\"mail.example.net\",\"smtp_username\":\"u\","   \
             "\"smtp_password\":\"correct horse\","                         \
             "\"email_sender\":\"tocsin@example.net\"}}"

/* The login is tried before a mail is sent, and without anybody to send one to. */
static void a_login_can_be_tested(void **state)
{
    struct bench *b = *state;
    struct got g;

    GOT_STATUS(api_ask(b, "POST", "/api/v1/endpoints", MAIL), 201);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/recipients",
                       "{\"name\":\"ops\",\"endpoint\":\"mail\",\"params\":"
                       "{\"email_recipient\":\"ops@example.net\"}}"), 201);
    b->answers[0] = (struct peer_answer){235, "235 2.7.0 ok"};
    g = api_ask(b, "POST", "/api/v1/endpoints/mail/test", "");
    got_want_text(&g, "/verdict",
                  "checked: no message was sent, that takes a recipient");
    got_want_text(&g, "/reason", "mail.example.net talks to us, encrypted by "
                                 "STARTTLS, logged in");
    got_want_text(&g, "/requests/0/name", "EHLO and login");
    got_want_text(&g, "/requests/0/answer", "235 2.7.0 ok");
    b->answers[1] = (struct peer_answer){535, "535 no: correct horse"};
    g = api_ask(b, "POST", "/api/v1/recipients/ops/test", "");
    got_want_text(&g, "/verdict",
                  "failed at EHLO and login: the sample was not sent");
    got_want_text(&g, "/reason", "535 no: •••");
    assert_int_equal(b->sent_count, 2);
    b->answers[2] = (struct peer_answer){235, "235 ok"};
    b->answers[3] = (struct peer_answer){250, "250 queued"};
    g = api_ask(b, "POST", "/api/v1/recipients/ops/test", "");
    got_want_text(&g, "/verdict", "delivered");
    got_want_text(&g, "/answer", "250 queued");
    assert_int_equal(b->sent_count, 4);
}

static void script_write(struct bench *b, const char *name, mode_t mode)
{
    const char *path = arena_printf(&b->arena, "%s/%s", b->directory, name).p;
    FILE *f = fopen(path, "we");

    assert_non_null(f);
    assert_true(fputs("#!/bin/sh\n", f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void want_scripts(const struct got *g)
{
    GOT_STATUS(*g, 200);
    assert_int_equal(member_at(g->json, "/data")->count, 1);
    got_want_text(g, "/data/0/field", "script");
    got_want_text(g, "/data/0/value", "page.sh");
    assert_int_equal(member_at(g->json, "/refused")->count, 1);
    got_want_text(g, "/refused/0/value", "bad.sh");
    got_want(g, 200, "has mode 0777: others than its owner may change it");
}

/* Those that would be run; of an endpoint, and before there is one. */
static void scripts_are_offered(void **state)
{
    static const char draft[] = "/api/v1/endpoint-types/shell/choices";
    struct bench *b = *state;
    struct got g;

    GOT_STATUS(api_ask(b, "PATCH", "/api/v1/settings",
                       "{\"scripts_dir\":\"/no/such\"}"), 200);
    g = api_ask(b, "POST", draft, "{}");
    got_want(&g, 422, "cannot open the directory");
    GOT_STATUS(api_ask(b, "PATCH", "/api/v1/settings",
                       arena_printf(&b->arena, "{\"scripts_dir\":\"%s\"}",
                                    b->directory).p), 200);
    script_write(b, "page.sh", 0755);
    script_write(b, "bad.sh", 0777);
    g = api_ask(b, "POST", draft, "{}");
    want_scripts(&g);
    g = api_ask(b, "POST", draft, "{\"params\":{\"script\":\"../x\"}}");
    got_want(&g, 422, "/params/script");
    GOT_STATUS(api_ask(b, "POST", "/api/v1/endpoints",
                       "{\"name\":\"sh\",\"type\":\"shell\"}"), 422);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/endpoints",
                       "{\"name\":\"sh\",\"type\":\"shell\",\"params\":"
                       "{\"script\":\"page.sh\"}}"), 201);
    g = api_get(b, "/api/v1/endpoints/sh/choices");
    want_scripts(&g);
    assert_int_equal(b->sent_count, 0);
}

/* --- ntopng's pools ------------------------------------------------------------ */

#define IMPORT "/api/v1/import/ntopng-pools"
#define POOLS                                                                     \
    "{\"rc\":0,\"rsp\":{\"version\":\"1.0\",\"modules\":{\"pool\":{"              \
    "\"interface\":[{\"name\":\"wan\"}],\"local_network\":[],\"host\":["            \
    "{\"pool_id\":0,\"name\":\"Default\",\"members\":[]},"                         \
    "{\"pool_id\":1,\"name\":\"Jailed Hosts\",\"members\":[]},"                    \
    "{\"pool_id\":2,\"name\":\"IoT\",\"members\":[\"192.168.1.0/24@0\","           \
    "\"192.168.1.7/32@12\",\"10.0.0.9\",\"aa:bb:cc:dd:ee:ff\",\"10.3.0.9/16@0\","   \
    "\"nonsense\",5],\"member_details\":{},\"recipients\":[{\"recipient_id\":3}]},"  \
    "{\"pool_id\":3,\"name\":\"lab\",\"members\":[\"192.168.1.0/24@0\","           \
    "\"2001:db8::/32@0\"]},"                                                      \
    "{\"pool_id\":4,\"name\":\"!!\",\"members\":[]}]}}}}"

static void want_report(const struct got *g, bool dry_run)
{
    static const char *const lines[] = {
        "\"left\",\"kind\":\"pool\",\"name\":\"\","
        "\"text\":\"\\\"interface\\\": only host pools are taken",
        "\"adjusted\",\"kind\":\"pool\",\"name\":\"Jailed Hosts\","
        "\"text\":\"it is called "
        "\\\"Jailed-Hosts\\\" here",
        "\"adjusted\",\"kind\":\"pool\",\"name\":\"IoT\","
        "\"text\":\"member 10.3.0.9/16@0: it is the network "
        "10.3.0.0/16@0 here",
        "\"left\",\"kind\":\"pool\",\"name\":\"IoT\","
        "\"text\":\"member nonsense: not an address",
        "\"left\",\"kind\":\"pool\",\"name\":\"IoT\","
        "\"text\":\"a member that is a number",
        "\"left\",\"kind\":\"pool\",\"name\":\"IoT\","
        "\"text\":\"its 1 recipients",
        "\"taken\",\"kind\":\"pool\",\"name\":\"IoT\",\"text\":\"5 members",
        "\"left\",\"kind\":\"pool\",\"name\":\"lab\","
        "\"text\":\"member 192.168.1.0/24@0: it is in pool "
        "\\\"IoT\\\" already",
        "\"taken\",\"kind\":\"pool\",\"name\":\"lab\",\"text\":\"1 members",
        "\"left\",\"kind\":\"pool\",\"name\":\"!!\",\"text\":\"no name",
    };

    for (size_t i = 0; i < COUNT_OF(lines); i++)
        got_want(g, 200, lines[i]);
    assert_int_equal(got_number(g, "/taken"), 3);
    assert_int_equal(got_number(g, "/adjusted"), 2);
    assert_int_equal(got_number(g, "/left"), 6);
    assert_int_equal(member_at(g->json, "/dry_run")->truth, dry_run);
}

static void ntopng_pools_are_imported(void **state)
{
    struct bench *b = *state;
    struct got g = api_ask(b, "POST", IMPORT "?dry_run=true", POOLS);

    want_report(&g, true);
    GOT_STATUS(api_get(b, "/api/v1/pools/IoT"), 404);
    g = api_ask(b, "POST", IMPORT, POOLS);
    want_report(&g, false);
    g = api_get(b, "/api/v1/pools/IoT");
    got_want(&g, 200, "\"members\":[\"192.168.1.0/24@0\",\"192.168.1.7@12\","
                      "\"10.0.0.9@0\",\"AA:BB:CC:DD:EE:FF\",\"10.3.0.0/16@0\"]");
    assert_int_equal(got_number(&g, "/data/ntopng_id"), 2);
    g = api_get(b, "/api/v1/pools/Jailed-Hosts");
    assert_int_equal(got_number(&g, "/data/ntopng_id"), 1);
}

static void an_import_respects_what_is_there(void **state)
{
    struct bench *b = *state;
    struct got g;

    GOT_STATUS(api_ask(b, "POST", "/api/v1/pools",
                       "{\"name\":\"lab\",\"members\":[\"10.9.0.0/16\"],\"ntopng_id\":3}"), 201);
    GOT_STATUS(api_ask(b, "POST", "/api/v1/pools",
                       "{\"name\":\"ours\",\"members\":[\"192.168.1.7@12\"],"
                       "\"ntopng_id\":2}"), 201);
    g = api_ask(b, "POST", IMPORT, POOLS);
    got_want(&g, 200, "there is a pool \\\"lab\\\" already");
    got_want(&g, 200, "member 192.168.1.7/32@12: it is in pool \\\"ours\\\" already");
    got_want(&g, 200, "taken without its number 2, which pool \\\"ours\\\" has");
    g = api_get(b, "/api/v1/pools/lab");
    got_want(&g, 200, "\"members\":[\"10.9.0.0/16\"]");
    g = api_ask(b, "POST", IMPORT "?replace=true", POOLS);
    GOT_STATUS(g, 200);
    g = api_get(b, "/api/v1/pools/lab");
    got_want(&g, 200, "\"members\":[\"2001:db8::/32@0\"]");
    g = api_ask(b, "POST", IMPORT "?dry_run=maybe", POOLS);
    got_want(&g, 400, "dry_run must be true or false");
    g = api_ask(b, "POST", IMPORT, "{\"modules\":{}}");
    got_want(&g, 422, "not ntopng's export of its pools");
    g = api_ask(b, "POST", IMPORT, "{\"rsp\":[5]}");
    got_want(&g, 422, "a pool is an object");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(made_read_changed_and_deleted),
        TEST(what_is_read_can_be_put_back),
        TEST(put_makes_what_is_not_there),
        TEST(if_match_guards_a_change),
        TEST(what_is_wrong_is_said),
        TEST(a_token_is_asked_for),
        TEST(lists_come_in_pages),
        TEST(settings_are_one_object),
        TEST(settings_have_a_first_revision),
        TEST(a_login_can_be_tested),
        TEST(scripts_are_offered),
        TEST(ntopng_pools_are_imported),
        TEST(an_import_respects_what_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
