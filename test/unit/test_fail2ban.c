/* test_fail2ban.c -- who is banned, and who is not, with the words for it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "endpoint/endpoint.h"

#define NEVER "\"never_ban\":[\"198.51.100.0/24\",\"2001:db8:5::/48\"]"

struct rig {
    struct arena arena;
    const struct endpoint_type *type;
    struct alert alert;
    struct render_item item;
    struct render_input in;
};

static const void *params(struct arena *a, const struct field *rows, size_t size,
                          const char *json)
{
    void *made = arena_new(a, size + 1);
    struct error err;

    if (!fields_read(rows, json_parse(a, str_of(json), &err), made, a, &err))
        fail_msg("%s", err.text);
    return made;
}

static void rig_init(struct rig *r, const char *endpoint, struct str attacker)
{
    struct json_list facts = {0};

    *r = (struct rig){.type = endpoint_type_find(STR("fail2ban"))};
    if (attacker.n > 0)
        json_list_add(&facts, &r->arena, STR("attacker"),
                      json_new_string(&r->arena, attacker));
    r->alert = (struct alert){.id = 4711,
                              .facts = json_new_object(&r->arena, &facts)};
    r->item = (struct render_item){.alert = &r->alert, .id = STR("4711.3")};
    r->in = (struct render_input){
        .endpoint = params(&r->arena, r->type->endpoint_fields,
                           r->type->endpoint_size, endpoint),
        .recipient = params(&r->arena, r->type->recipient_fields,
                            r->type->recipient_size, "{\"jail\":\"j\"}"),
        .items = &r->item,
        .count = 1,
    };
}

/* NULL: err says why not. */
static const char *banned(struct rig *r, struct error *err)
{
    struct request out;

    if (!r->type->render(&r->in, &r->arena, &out, err))
        return NULL;
    assert_int_equal(out.via, VIA_EXEC);
    return out.exec.argv[6];
}

static const struct {
    const char *attacker;
    const char *want; /* what is banned; NULL: nobody, and `words` say why */
    const char *words;
} attackers[] = {
    {"192.0.2.1", "192.0.2.1", NULL},
    {"10.1.2.3", "10.1.2.3", NULL}, /* one's own network may hold an attacker */
    {"2001:DB8:0::1", "2001:db8::1", NULL},
    {"::ffff:192.0.2.1", "192.0.2.1", NULL},
    {"0:0:0:0:0:FFFF:C000:0201", "192.0.2.1", NULL},
    {"fd00::1", "fd00::1", NULL},
    {"64:ff9b::192.0.2.1", "64:ff9b::c000:201", NULL},

    {"", NULL, "names no attacker"},
    {"not_an_ip", NULL, "\"not_an_ip\" is no IP address"},
    {"x;touch${IFS}p;$(id)", NULL, "is no IP address"},
    {"192.0.2.1 127.0.0.2", NULL, "is no IP address"},
    {"192.0.2.1\n192.0.2.2", NULL, "\"192.0.2.1 192.0.2.2\" is no"},
    {" 192.0.2.1", NULL, "is no IP address"},
    {"-s", NULL, "is no IP address"},
    {"--unban", NULL, "is no IP address"},
    {"192.0.2.1/32", NULL, "is no IP address"},
    {"0.0.0.0/0", NULL, "is no IP address"},
    {"::/0", NULL, "is no IP address"},
    {"192.0.2.01", NULL, "is no IP address"},
    {"0xc0000201", NULL, "is no IP address"},
    {"3221225985", NULL, "is no IP address"},
    {"192.0.2", NULL, "is no IP address"},
    {"fe80::1%eth0", NULL, "is no IP address"},
    {"[2001:db8::1]", NULL, "is no IP address"},
    {"evil.example.org", NULL, "is no IP address"},
    {"\x1b[2J\xff", NULL, "\"[2J\xef\xbf\xbd\" is no IP address"},

    {"127.0.0.1", NULL, "127.0.0.1 must not be banned: it is this machine"},
    {"127.255.255.255", NULL, "this machine"},
    {"::1", NULL, "this machine"},
    {"::ffff:127.0.0.1", NULL, "127.0.0.1 must not be banned"},
    {"::ffff:7f00:1", NULL, "127.0.0.1 must not be banned"},
    {"64:ff9b::127.0.0.1", NULL, "this machine"},
    {"2002:7f00:1::", NULL, "this machine"},
    {"::127.0.0.1", NULL, "no address of a host"},
    {"::192.0.2.1", NULL, "no address of a host"},
    {"0.0.0.0", NULL, "no address of a host"},
    {"0.1.2.3", NULL, "no address of a host"},
    {"::", NULL, "no address of a host"},
    {"::ffff:0.0.0.0", NULL, "no address of a host"},
    {"224.0.0.1", NULL, "multicast"},
    {"239.255.255.250", NULL, "multicast"},
    {"ff02::1", NULL, "multicast"},
    {"255.255.255.255", NULL, "broadcast"},
    {"240.0.0.1", NULL, "reserved"},
    {"64:ff9b::ffff:ffff", NULL, "broadcast"},
    {"169.254.169.254", NULL, "link-local"},
    {"fe80::1", NULL, "link-local"},
    {"fd00:ec2::254", NULL, "metadata"},

    {"198.51.100.0", NULL, "198.51.100.0 is never banned (never_ban: 198.51.100.0/24)"},
    {"198.51.100.255", NULL, "never banned"},
    {"::ffff:198.51.100.7", NULL, "198.51.100.7 is never banned"},
    {"64:ff9b::198.51.100.7", NULL, "never_ban: 198.51.100.0/24"},
    {"198.51.101.0", "198.51.101.0", NULL},
    {"2001:db8:5:ffff::1", NULL, "never_ban: 2001:db8:5::/48"},
    {"2001:db8:6::", "2001:db8:6::", NULL},
};

static void test_attackers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(attackers); i++) {
        struct error err = {0};
        struct rig r;
        const char *got;

        rig_init(&r, "{" NEVER "}", str_of(attackers[i].attacker));
        got = banned(&r, &err);
        if ((got == NULL) != (attackers[i].want == NULL) ||
            (got != NULL && strcmp(got, attackers[i].want) != 0))
            fail_msg("%s: %s", attackers[i].attacker, got ? got : err.text);
        if (got == NULL && (strstr(err.text, attackers[i].words) == NULL ||
                            !utf8_valid(str_of(err.text))))
            fail_msg("%s: %s", attackers[i].attacker, err.text);
        arena_release(&r.arena);
    }
}

static void test_a_long_lie_is_cut(void **state)
{
    static char lie[5000];
    struct error err = {0};
    struct rig r;

    (void)state;
    memset(lie, 'x', sizeof(lie));
    rig_init(&r, "{}", (struct str){lie, sizeof(lie)});
    assert_null(banned(&r, &err));
    assert_true(strlen(err.text) < 120);
    arena_release(&r.arena);
}

/* --- which alerts ------------------------------------------------------------- */

#define UNBAN "{\"unban_on_release\":true," NEVER "}"
#define PLAIN "{" NEVER "}"

static const struct {
    const char *endpoint;
    enum phase phase;
    const char *attacker, *handle;
    const char *want;  /* "banip 192.0.2.1"; NULL: skipped */
    const char *words; /* for that */
    size_t shared_by;
} phases[] = {
    {PLAIN, PHASE_NEW, "192.0.2.1", "", "banip 192.0.2.1", NULL, 0},
    {PLAIN, PHASE_NEW, "", "", NULL, "names no attacker", 0},
    {PLAIN, PHASE_NEW, "198.51.100.7", "", NULL, "never banned", 0},
    {PLAIN, PHASE_RELEASE, "192.0.2.1", "192.0.2.1", NULL, "bantime ends", 0},
    {PLAIN, PHASE_LATE, "192.0.2.1", "", "banip 192.0.2.1", NULL, 0},
    {PLAIN, PHASE_LATE, "", "", NULL, "names no attacker", 0},

    {UNBAN, PHASE_NEW, "192.0.2.1", "", "banip 192.0.2.1", NULL, 0},
    {UNBAN, PHASE_RELEASE, "192.0.2.1", "192.0.2.1", "unbanip 192.0.2.1", NULL, 0},
    {UNBAN, PHASE_RELEASE, "", "192.0.2.1", "unbanip 192.0.2.1", NULL, 0},
    {UNBAN, PHASE_RELEASE, "192.0.2.9", "192.0.2.1", "unbanip 192.0.2.1", NULL, 0},
    {UNBAN, PHASE_RELEASE, "", "198.51.100.7", "unbanip 198.51.100.7", NULL, 0},
    {UNBAN, PHASE_RELEASE, "192.0.2.1", "", NULL, "nobody was banned", 0},
    {UNBAN, PHASE_LATE, "192.0.2.1", "", NULL, "over before", 0},
    {UNBAN, PHASE_NEW, "192.0.2.1", "", "banip 192.0.2.1", NULL, 1},
    {UNBAN, PHASE_RELEASE, "192.0.2.1", "192.0.2.1", NULL,
     "1 other alert keeps 192.0.2.1 banned", 1},
    {UNBAN, PHASE_RELEASE, "192.0.2.1", "192.0.2.1", NULL,
     "2 other alerts keep 192.0.2.1 banned", 2},
};

static void check_phase(size_t i, struct rig *r)
{
    struct error err = {0};
    struct request out;
    bool wanted = r->type->wants(r->in.endpoint, r->in.recipient, &r->item, &err);
    char got[100];

    if (wanted != (phases[i].want != NULL))
        fail_msg("%zu: %s", i, wanted ? "wanted" : err.text);
    if (!wanted) {
        if (strstr(err.text, phases[i].words) == NULL)
            fail_msg("%zu: %s", i, err.text);
        assert_false(r->type->render(&r->in, &r->arena, &out, &err));
        return;
    }
    assert_true(r->type->render(&r->in, &r->arena, &out, &err));
    snprintf(got, sizeof(got), "%s %s", out.exec.argv[5], out.exec.argv[6]);
    assert_string_equal(got, phases[i].want);
    assert_null(out.exec.argv[7]);
}

static void test_phases(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(phases); i++) {
        struct rig r;

        rig_init(&r, phases[i].endpoint, str_of(phases[i].attacker));
        r.item.phase = phases[i].phase;
        r.item.handle = str_of(phases[i].handle);
        r.item.shared_by = phases[i].shared_by;
        check_phase(i, &r);
        arena_release(&r.arena);
    }
}

/* One that must not be banned does not stop the others: the courier sends a batch
 * that was refused one by one. */
static void test_batch(void **state)
{
    struct error err = {0};
    struct render_item items[2];
    struct request out;
    struct rig good, bad;

    (void)state;
    rig_init(&good, "{\"method\":\"log\",\"file\":\"/x\"}", STR("192.0.2.1"));
    rig_init(&bad, "{}", STR("127.0.0.1"));
    items[0] = good.item;
    items[1] = bad.item;
    good.in.items = items;
    good.in.count = 2;
    assert_false(good.type->render(&good.in, &good.arena, &out, &err));
    assert_non_null(strstr(err.text, "127.0.0.1 must not be banned"));
    good.in.count = 1;
    assert_true(good.type->render(&good.in, &good.arena, &out, &err));
    assert_int_equal(out.via, VIA_FILE);
    assert_true(str_is(out.file.lines, "1970-01-01T00:00:00.000Z tocsin: jail j: "
                                       "ban 192.0.2.1 (alert 4711.3)\n"));
    arena_release(&good.arena);
    arena_release(&bad.arena);
}

/* A ban that was there already is ours only if another alert of ours made it. */
static void test_whose_ban(void **state)
{
    static const struct {
        const char *answer;
        size_t shared_by;
        const char *handle, *reason;
    } table[] = {
        {"1\n", 0, "192.0.2.1", "newly banned"},
        {"1\n", 1, "192.0.2.1", "newly banned"},
        {"0\n", 0, "", "was banned already"},
        {"0\n", 1, "192.0.2.1", "was banned already, for another alert"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct response answer = {.outcome = OUTCOME_ANSWERED,
                                  .body = str_of(table[i].answer)};
        struct error err = {0};
        struct request sent;
        struct verdict v;
        struct rig r;

        rig_init(&r, UNBAN, STR("192.0.2.1"));
        r.item.shared_by = table[i].shared_by;
        assert_true(str_is(r.type->shared(&r.item, &r.arena), "192.0.2.1"));
        assert_true(r.type->render(&r.in, &r.arena, &sent, &err));
        r.type->judge(&r.in, &sent, &answer, &r.arena, &v);
        assert_int_equal(v.kind, VERDICT_DELIVERED);
        assert_true(str_is(v.handle, table[i].handle));
        assert_true(str_is(v.reason, table[i].reason));
        arena_release(&r.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attackers),
        cmocka_unit_test(test_a_long_lie_is_cut),
        cmocka_unit_test(test_phases),
        cmocka_unit_test(test_batch),
        cmocka_unit_test(test_whose_ban),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
