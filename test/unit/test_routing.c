/* test_routing.c -- criteria and pools as tables; live match and explanation
 * never differ. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "routing/routing.h"

static struct arena arena;

static const struct json *parse(const char *text)
{
    struct error err;
    const struct json *j = json_parse(&arena, str_of(text), &err);

    if (j == NULL)
        fail_msg("%s: %s", text, err.text);
    return j;
}

static struct alert alert_of(const char *text)
{
    struct alert a;
    struct error err;

    if (!alert_read(&arena, parse(text), 1000, &a, &err))
        fail_msg("%s: %s", text, err.text);
    return a;
}

static struct rule rule_of(const char *text)
{
    struct rule r = {.recipient_id = 7, .name = STR("r"), .enabled = true};
    struct error err;

    if (!criteria_read(parse(text), &arena, &r.criteria, &err))
        fail_msg("%s: %s", text, err.text);
    return r;
}

static const struct str office[] = {
    {"10.0.0.0/8", 10}, {"2001:db8::/32", 13}, {"AA:BB:CC:DD:EE:FF", 17}};
static const struct str lab[] = {{"10.1.0.0/16", 11}, {"192.168.1.7@12", 14}};
static const struct pool pool_list[] = {
    {.id = 1, .name = {"office", 6}, .ntopng_id = -1, .members = office, .member_count = 3},
    {.id = 2, .name = {"lab", 3}, .ntopng_id = 5, .members = lab, .member_count = 2},
};

static struct pools *pools_make(void)
{
    struct error err;
    struct pools *p = pools_new(pool_list, COUNT_OF(pool_list), &err);

    if (p == NULL)
        fail_msg("%s", err.text);
    return p;
}

/* The live answer; and that the explanation says the same. */
static bool matches(const struct rule *rule, const struct alert *a, enum change change)
{
    struct pools *pools = pools_make();
    struct error err;
    struct routing *r = routing_new(rule, 1, pools, &err);
    struct explanation *e;
    const struct routed q = {a, change, {0}};
    int64_t out[1];
    size_t matched, n = routing_match(r, &q, out, &matched);

    assert_int_equal(matched, n);
    assert_int_equal(routing_explain(r, &q, &arena, &e), 1);
    assert_int_equal(n == 1, e[0].decision == DECISION_DELIVER);
    assert_int_equal(n == 0, e[0].because.n > 0);
    routing_free(r);
    pools_free(pools);
    return n == 1;
}

#define FLOW(cli, srv)                                                         \
    "{\"type\":\"t\",\"entity\":\"flow\",\"category\":\"security\",\"severity\":"  \
    "\"warning\",\"cli_ip\":\"" cli "\",\"srv_ip\":\"" srv "\"}"
#define HOST(value, more)                                                      \
    "{\"type\":\"syn_scan\",\"entity\":\"host\",\"category\":\"security\","       \
    "\"severity\":\"warning\",\"entity_value\":\"" value "\"" more "}"
#define AM "{\"type\":\"am\",\"entity\":\"am_host\",\"entity_value\":\"icmp@ntop.org\"}"
#define SYSTEM "{\"type\":\"process\",\"entity\":\"system\",\"severity\":\"info\"}"

static const struct {
    const char *criteria, *alert;
    bool want;
} rows[] = {
    /* absent is any */
    {"{}", SYSTEM, true},
    {"{\"categories\":null,\"host_pools\":\"any\"}", HOST("1.2.3.4", ""), true},
    /* severity: at least */
    {"{\"minimum_severity\":\"warning\"}", HOST("1.2.3.4", ""), true},
    {"{\"minimum_severity\":\"error\"}", HOST("1.2.3.4", ""), false},
    {"{\"minimum_severity\":3}", HOST("1.2.3.4", ""), true},
    /* a list means those, an empty list means none */
    {"{\"categories\":[\"security\"]}", HOST("1.2.3.4", ""), true},
    {"{\"categories\":[\"network\",\"system\"]}", HOST("1.2.3.4", ""), false},
    {"{\"categories\":[]}", HOST("1.2.3.4", ""), false},
    {"{\"categories\":[\"mine\"]}", "{\"type\":\"t\",\"category\":\"mine\"}", true},
    {"{\"entities\":[\"host\"]}", HOST("1.2.3.4", ""), true},
    {"{\"entities\":[\"flow\"]}", HOST("1.2.3.4", ""), false},
    {"{\"entities\":[]}", HOST("1.2.3.4", ""), false},
    {"{\"types\":[\"syn_scan\"]}", HOST("1.2.3.4", ""), true},
    {"{\"types\":[\"host/syn_scan\"]}", HOST("1.2.3.4", ""), true},
    {"{\"types\":[\"flow/syn_scan\"]}", HOST("1.2.3.4", ""), false},
    {"{\"types\":[]}", HOST("1.2.3.4", ""), false},
    /* pools: the longest prefix wins; a flow by its client or its server */
    {"{\"host_pools\":[\"office\"]}", HOST("10.2.3.4", ""), true},
    {"{\"host_pools\":[\"office\"]}", HOST("10.1.3.4", ""), false},
    {"{\"host_pools\":[\"lab\"]}", HOST("10.1.3.4", ""), true},
    {"{\"host_pools\":[\"lab\"]}", HOST("192.168.1.7@12", ""), true},
    {"{\"host_pools\":[\"lab\"]}", HOST("192.168.1.7", ""), false},
    {"{\"host_pools\":[\"lab\"]}", HOST("192.168.1.7", ",\"vlan_id\":12"), true},
    {"{\"host_pools\":[\"office\"]}", HOST("2001:db8::1", ""), true},
    {"{\"host_pools\":[\"Default\"]}", HOST("8.8.8.8", ""), true},
    {"{\"host_pools\":[\"Default\"]}", HOST("10.9.9.9", ""), false},
    {"{\"host_pools\":[\"lab\"]}", HOST("8.8.8.8", ",\"host_pool_id\":5"), true},
    {"{\"host_pools\":[\"lab\"]}", HOST("10.9.9.9", ",\"host_pool_id\":5"), false},
    {"{\"host_pools\":[\"office\"]}", FLOW("10.9.9.9", "8.8.8.8"), true},
    {"{\"host_pools\":[\"office\"]}", FLOW("8.8.8.8", "10.9.9.9"), true},
    {"{\"host_pools\":[\"lab\"]}", FLOW("8.8.8.8", "10.9.9.9"), false},
    {"{\"host_pools\":[]}", FLOW("8.8.8.8", "10.9.9.9"), false},
    {"{\"host_pools\":[\"office\"]}", HOST("8.8.8.8", ",\"mac\":\"aa:bb:cc:dd:ee:ff\""), true},
    {"{\"host_pools\":[\"office\"]}", HOST("10.1.3.4", ",\"mac\":\"aa-bb-cc-dd-ee-ff\""), true},
    {"{\"host_pools\":[\"lab\"]}", HOST("10.1.3.4", ",\"mac\":\"00:00:00:00:00:01\""), true},
    {"{\"host_pools\":[\"office\"]}", HOST("aa:bb:cc:dd:ee:ff", ""), true},
    {"{\"host_pools\":[]}", SYSTEM, true}, /* no host */
    /* active monitoring */
    {"{\"am_hosts\":[\"icmp@ntop.org\"]}", AM, true},
    {"{\"am_hosts\":[\"ntop.org\"]}", AM, true},
    {"{\"am_hosts\":[\"http@ntop.org\"]}", AM, false},
    {"{\"am_hosts\":[]}", AM, false},
    {"{\"am_hosts\":[]}", HOST("1.2.3.4", ""), true},
    /* a filter, beside the others */
    {"{\"filter\":\"\"}", SYSTEM, true},
    {"{\"filter\":\"ip=10.0.0.0/8\"}", HOST("10.2.3.4", ""), true},
    {"{\"filter\":\"ip=10.0.0.0/8\"}", HOST("1.2.3.4", ""), false},
    {"{\"filter\":\"pool=lab and vlan=12\"}", HOST("192.168.1.7@12", ""), true},
    {"{\"filter\":\"pool=lab and vlan=12\"}", HOST("192.168.1.7", ""), false},
    {"{\"filter\":\"pool=''\"}", SYSTEM, true},
    {"{\"filter\":\"pool in (lab, office)\"}", FLOW("8.8.8.8", "10.1.9.9"), true},
    {"{\"filter\":\"type in (syn_scan, x) severity>=warning\"}", HOST("1.2.3.4", ""), true},
    {"{\"filter\":\"type in (syn_scan, x) severity>warning\"}", HOST("1.2.3.4", ""), false},
    {"{\"filter\":\"entity=host category=security\",\"types\":[\"syn_scan\"]}",
     HOST("1.2.3.4", ""), true},
    {"{\"filter\":\"entity=host category=network\",\"types\":[\"syn_scan\"]}",
     HOST("1.2.3.4", ""), false},
    {"{\"filter\":\"type=syn_scan\",\"types\":[\"other\"]}", HOST("1.2.3.4", ""), false},
    {"{\"filter\":\"cli_ip in (10.9.0.0/16, 2001:db8::/32)\"}", FLOW("10.9.9.9", "8.8.8.8"), true},
    {"{\"filter\":\"srv_ip in (10.9.0.0/16, 2001:db8::/32)\"}", FLOW("10.9.9.9", "8.8.8.8"), false},
    {"{\"filter\":\"srv_ip=8.8.8.8 and cli_ip=0.0.0.0/0\"}", FLOW("10.9.9.9", "8.8.8.8"), true},
    {"{\"filter\":\"ip=2001:db8::1\"}", HOST("2001:db8::1", ""), true},
    {"{\"filter\":\"ip=::/0\"}", HOST("10.9.9.9", ""), false},
    {"{\"filter\":\"ip!=10.0.0.0/8\"}", SYSTEM, true},
    {"{\"filter\":\"not severity>=error\"}", HOST("1.2.3.4", ""), true},
    {"{\"filter\":\"severity=error or ip=1.2.3.4\"}", HOST("1.2.3.4", ""), true},
    /* all of them together */
    {"{\"minimum_severity\":\"info\",\"categories\":[\"security\"],\"entities\":[\"host\"],"
     "\"types\":[\"syn_scan\"],\"host_pools\":[\"office\"]}", HOST("10.2.3.4", ""), true},
    {"{\"minimum_severity\":\"info\",\"categories\":[\"security\"],\"entities\":[\"host\"],"
     "\"types\":[\"other\"],\"host_pools\":[\"office\"]}", HOST("10.2.3.4", ""), false},
};

static void test_criteria(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rule rule = rule_of(rows[i].criteria);
        struct alert a = alert_of(rows[i].alert);

        if (matches(&rule, &a, CHANGE_STORED) != rows[i].want)
            fail_msg("row %zu: %s on %s", i, rows[i].criteria, rows[i].alert);
    }
}

static void test_who_is_told_of_a_change(void **state)
{
    struct rule people = rule_of("{}");
    struct rule store = people;
    struct alert a = alert_of(HOST("1.2.3.4", ""));

    (void)state;
    store.builtin = true;
    assert_true(matches(&people, &a, CHANGE_ENGAGED));
    assert_true(matches(&people, &a, CHANGE_RELEASED));
    assert_false(matches(&people, &a, CHANGE_UNSEEN));
    assert_true(matches(&store, &a, CHANGE_UNSEEN));
    people.enabled = false;
    assert_false(matches(&people, &a, CHANGE_ENGAGED));
}

/* The builtin recipient takes every alert whatever its pool. */
static void test_builtin_ignores_all_but_severity(void **state)
{
    struct rule store = rule_of("{\"host_pools\":[],\"am_hosts\":[],\"categories\":[]}");
    struct alert a = alert_of(HOST("1.2.3.4", ""));

    (void)state;
    store.builtin = true;
    assert_true(matches(&store, &a, CHANGE_STORED));
    store.criteria.minimum_severity = SEVERITY_ERROR;
    assert_false(matches(&store, &a, CHANGE_STORED));
}

static void test_criteria_errors_name_the_place(void **state)
{
    static const struct {
        const char *criteria, *place, *words;
    } bad[] = {
        {"{\"minimum_severity\":\"warnin\"}", "/minimum_severity", "did you mean warning"},
        {"{\"entities\":[\"host\",\"flo\"]}", "/entities/1", "did you mean flow"},
        {"{\"categories\":\"security\"}", "/categories", "must be a list"},
        {"{\"types\":[1]}", "/types/0", "must be a word"},
        {"{\"types\":[\"\"]}", "/types/0", "1 to"},
        {"{\"filter\":\"a and severty=x\"}", "/filter", "column 7: "},
        {"{\"filter\":[\"a\"]}", "/filter", "must be a filter"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct criteria c;
        struct error err = {0};

        assert_false(criteria_read(parse(bad[i].criteria), &arena, &c, &err));
        assert_string_equal(err.place, bad[i].place);
        assert_non_null(strstr(err.text, bad[i].words));
    }
}

static void test_criteria_round_trip(void **state)
{
    const char *text = "{\"minimum_severity\":\"error\",\"categories\":null,\"entities\":"
                       "[\"host\",\"flow\"],\"types\":[],\"host_pools\":[\"lab\"],"
                       "\"am_hosts\":null,\"filter\":\"ip=10.0.0.0/8  x\"}";
    struct rule rule = rule_of(text);
    struct buf b freed_by(buf_release) = BUF(4096);
    struct json_out o = JSON_OUT(&b);

    (void)state;
    out_object(&o, NULL);
    criteria_write(&rule.criteria, &o);
    out_object_end(&o);
    assert_string_equal(buf_c(&b), text);
}

static void test_pool_members_are_checked(void **state)
{
    static const struct {
        const char *first, *second, *words;
    } bad[] = {
        {"10.0.0.0/33", NULL, "not an address"},
        {"10.0.0.1/8", NULL, "bits set"},
        {"nonsense", NULL, "not an address"},
        {"10.0.0.0/8@4096", NULL, "VLAN"},
        {"AA:BB:CC:DD:EE:FF@3", NULL, "not an address"},
        {"10.0.0.0/8", "10.0.0.0/8", "already"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct str m[2] = {str_of(bad[i].first), str_of(bad[i].second)};
        struct pool p[2] = {{.name = STR("a"), .members = &m[0], .member_count = 1},
                            {.name = STR("b"), .members = &m[1],
                             .member_count = bad[i].second != NULL}};
        struct error err = {0};

        assert_null(pools_new(p, 2, &err));
        if (strstr(err.text, bad[i].words) == NULL)
            fail_msg("%s: %s", bad[i].first, err.text);
        assert_string_equal(err.place, "/members/0");
    }
}

/* A criterion's failure is told, and a filter's comparison by comparison. */
static void test_a_filter_is_explained(void **state)
{
    struct rule rule = rule_of("{\"filter\":\"severity>=notice and (ip=10.0.0.0/8 or "
                               "vlan=3)\"}");
    struct alert a = alert_of(HOST("1.2.3.4", ""));
    struct pools *pools = pools_make();
    struct error err;
    struct routing *r = routing_new(&rule, 1, pools, &err);
    struct explanation *e;
    const struct reason *filter;

    (void)state;
    routing_explain(r, &(struct routed){&a, CHANGE_STORED, {0}}, &arena, &e);
    assert_int_equal(e->decision, DECISION_NOT_MATCHED);
    filter = &e->reasons[e->reason_count - 1];
    assert_string_equal(filter->name, "filter");
    assert_true(str_is(filter->have, "ip 1.2.3.4, vlan nothing"));
    assert_true(str_is(filter->want, "severity>=notice and (ip=10.0.0.0/8 or vlan=3)"));
    assert_true(str_is(e->because, "filter: ip 1.2.3.4, vlan nothing, wanted "
                                   "severity>=notice and (ip=10.0.0.0/8 or vlan=3)"));
    assert_int_equal(filter->part_count, 3);
    assert_true(filter->parts[0].pass && !filter->parts[1].pass && !filter->parts[2].pass);
    routing_free(r);
    pools_free(pools);
}

/* A pattern that comes to no end keeps nothing from anybody. */
static void test_an_unsure_filter_delivers(void **state)
{
    struct rule rule = rule_of("{\"filter\":\"message~'(a+)+$'\"}");
    struct buf b freed_by(buf_release) = BUF(4096);
    struct alert a;

    (void)state;
    buf_text(&b, "{\"type\":\"t\",\"message\":\"");
    for (int i = 0; i < 1000; i++)
        buf_char(&b, 'a');
    buf_text(&b, "!\"}");
    a = alert_of(buf_c(&b));
    assert_true(matches(&rule, &a, CHANGE_STORED));
}

/* Whoever was told of it hears how it goes on and that it ends, unless disabled. */
static void test_who_was_told_follows(void **state)
{
    static const struct {
        enum change change;
        bool told, enabled;
        enum decision want;
        const char *because;
    } cases[] = {
        {CHANGE_RELEASED, true, true, DECISION_FOLLOW,
         "was told of it, so hears of its end (filter: severity error, wanted "
         "severity=warning)"},
        {CHANGE_WORSENED, true, true, DECISION_FOLLOW,
         "was told of it, so hears that it got worse (filter: severity error, wanted "
         "severity=warning)"},
        {CHANGE_RELEASED, true, false, DECISION_DISABLED, "the recipient is disabled"},
        {CHANGE_RELEASED, false, true, DECISION_NOT_MATCHED,
         "filter: severity error, wanted severity=warning"},
        {CHANGE_ENGAGED, true, true, DECISION_NOT_MATCHED,
         "filter: severity error, wanted severity=warning"},
        {CHANGE_STORED, true, true, DECISION_NOT_MATCHED,
         "filter: severity error, wanted severity=warning"},
    };
    struct rule rule = rule_of("{\"filter\":\"severity=warning\"}");
    struct alert a = alert_of("{\"type\":\"t\",\"severity\":\"error\"}");
    struct pools *pools = pools_make();
    struct error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct routed q = {&a, cases[i].change,
                                 {&rule.recipient_id, cases[i].told}};
        struct routing *r;
        struct explanation *e;
        int64_t out[1];
        size_t matched;

        rule.enabled = cases[i].enabled;
        r = routing_new(&rule, 1, pools, &err);
        assert_int_equal(routing_match(r, &q, out, &matched),
                         cases[i].want == DECISION_FOLLOW);
        assert_int_equal(matched, 0);
        routing_explain(r, &q, &arena, &e);
        assert_int_equal(e->decision, cases[i].want);
        if (!str_is(e->because, cases[i].because))
            fail_msg("case %zu: %.*s", i, STR_ARG(e->because));
        routing_free(r);
    }
    pools_free(pools);
}

/* --- the property: what is explained is what is done ---------------------------- */

static uint32_t dice_state = 1;
static uint32_t dice(uint32_t n)
{
    dice_state = dice_state * 1664525u + 1013904223u;
    return (dice_state >> 16) % n;
}

/* Each criterion from some row: the combinations nobody would write down. */
static struct rule rule_mixed(const struct rule *from, size_t n, int64_t id)
{
    struct rule r = {.recipient_id = id, .name = STR("r")};

    r.criteria = from[dice((uint32_t)n)].criteria;
    if (dice(2))
        r.criteria.categories = from[dice((uint32_t)n)].criteria.categories;
    if (dice(2))
        r.criteria.types = from[dice((uint32_t)n)].criteria.types;
    if (dice(2))
        r.criteria.host_pools = from[dice((uint32_t)n)].criteria.host_pools;
    if (dice(2))
        r.criteria.am_hosts = from[dice((uint32_t)n)].criteria.am_hosts;
    if (dice(2))
        r.criteria.filter = from[dice((uint32_t)n)].criteria.filter;
    if (dice(2))
        r.criteria.minimum_severity = (enum severity)dice(SEVERITY_COUNT);
    r.builtin = dice(10) == 0;
    r.enabled = dice(10) != 0;
    return r;
}

#define RULES 100 /* more than one word of the index */

/* Some of the recipients, and some that are no more. */
static struct told_to told_roll(int64_t out[RULES])
{
    size_t n = 0;

    for (int64_t id = (int64_t)dice(5); id < RULES + 20 && n < RULES;
         id += 1 + (int64_t)dice(12))
        out[n++] = id;
    return (struct told_to){out, dice(3) > 0 ? n : 0};
}

static void compare(const struct routing *r, const struct alert *a, struct arena *scratch)
{
    int64_t before[RULES], out[RULES];
    const struct routed q = {a, (enum change)dice(CHANGE_STORED + 1),
                             told_roll(before)};
    struct explanation *e;
    size_t told = 0, matched;
    size_t n = routing_match(r, &q, out, &matched);

    routing_explain(r, &q, scratch, &e);
    for (size_t i = 0; i < RULES; i++)
        if (e[i].decision == DECISION_DELIVER) {
            assert_true(told < matched);
            assert_int_equal(out[told++], e[i].recipient_id);
        }
    assert_int_equal(told, matched);
    for (size_t i = 0; i < RULES; i++)
        if (e[i].decision == DECISION_FOLLOW) {
            assert_true(told_to_has(q.told, e[i].recipient_id));
            assert_int_equal(out[told++], e[i].recipient_id);
        } else if (told_to_has(q.told, e[i].recipient_id) &&
                   (q.change == CHANGE_RELEASED || q.change == CHANGE_WORSENED)) {
            assert_true(e[i].decision == DECISION_DELIVER ||
                        e[i].decision == DECISION_DISABLED);
        }
    assert_int_equal(told, n);
    arena_reset(scratch);
}

/* TOCSIN_ROUTING_PAIRS=1000000 for the long run. */
static void test_match_and_explain_never_differ(void **state)
{
    const char *asked = getenv("TOCSIN_ROUTING_PAIRS");
    long pairs = asked != NULL ? strtol(asked, NULL, 10) : 3000;
    struct arena scratch freed_by(arena_release) = {0};
    struct pools *pools = pools_make();
    struct rule from[COUNT_OF(rows)];
    struct alert alerts[COUNT_OF(rows)];
    struct rule rules[RULES];
    struct routing *r;
    struct error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        from[i] = rule_of(rows[i].criteria);
        alerts[i] = alert_of(rows[i].alert);
    }
    for (long done = 0; done < pairs;) {
        for (size_t i = 0; i < RULES; i++)
            rules[i] = rule_mixed(from, COUNT_OF(rows), (int64_t)i);
        r = routing_new(rules, RULES, pools, &err);
        for (int k = 0; k < 10; k++, done++) {
            struct alert a = alerts[dice(COUNT_OF(rows))];

            a.severity = (enum severity)dice(SEVERITY_COUNT);
            compare(r, &a, &scratch);
        }
        routing_free(r);
    }
    pools_free(pools);
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_criteria),
        cmocka_unit_test(test_who_is_told_of_a_change),
        cmocka_unit_test(test_builtin_ignores_all_but_severity),
        cmocka_unit_test(test_criteria_errors_name_the_place),
        cmocka_unit_test(test_criteria_round_trip),
        cmocka_unit_test(test_pool_members_are_checked),
        cmocka_unit_test(test_a_filter_is_explained),
        cmocka_unit_test(test_an_unsure_filter_delivers),
        cmocka_unit_test(test_who_was_told_follows),
        cmocka_unit_test(test_match_and_explain_never_differ),
    };

    return cmocka_run_group_tests(tests, NULL, teardown);
}
