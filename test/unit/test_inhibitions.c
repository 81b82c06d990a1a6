/* test_inhibitions.c -- which engaged alert mutes which other, as tables. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "routing/hold_judges.h"
#include "routing/inhibitors.h"

#define T0 1700000000000

struct rig {
    struct arena a;
    struct pools *pools;
    struct inhibitions rules;
    struct inhibitors *index;
};

static void rig_release(struct rig *r)
{
    inhibitors_free(r->index);
    pools_free(r->pools);
    arena_release(&r->a);
}

static void rig_init(struct rig *r)
{
    static const struct str lab[] = {{"10.1.0.0/16", 11}};
    static const struct pool pools[] = {{.id = 1, .name = {"lab", 3}, .ntopng_id = 4,
                                         .members = lab, .member_count = 1}};

    *r = (struct rig){.index = inhibitors_new(INHIBITORS_MAX)};
    r->pools = pools_new(pools, 1, NULL);
    r->rules.v = arena_array(&r->a, 4, sizeof *r->rules.v);
}

/* `how`: a relation, or fields that are equal, with commas. */
static void rule_add(struct rig *r, const char *source, const char *target,
                     const char *how)
{
    struct inhibition *i = &r->rules.v[r->rules.n++];
    struct str rest = str_of(how);
    struct filter_place *places = arena_array(&r->a, 4, sizeof *places);
    struct error err;

    *i = (struct inhibition){.id = (int64_t)r->rules.n, .name = STR("rule"),
                             .equal = places};
    i->source = filter_parse(str_of(source), &r->a, NULL, &err);
    i->target = filter_parse(str_of(target), &r->a, NULL, &err);
    assert_non_null(i->source);
    assert_non_null(i->target);
    for (size_t k = 0; relation_names[k] != NULL; k++)
        if (str_is(rest, relation_names[k]))
            i->relation = (enum relation)k;
    while (i->relation == RELATION_EQUAL && rest.n > 0)
        assert_true(filter_place_read(str_until(&rest, ','), &r->a,
                                      &places[i->equal_count++], &err));
    r->rules.mark = 1;
}

static struct alert alert_of(struct rig *r, int64_t id, const char *text)
{
    struct alert a = {0};
    struct error err;

    if (!alert_read(&r->a, json_parse(&r->a, str_of(text), &err), T0, &a, &err))
        fail_msg("%s: %s", text, err.text);
    a.id = id;
    return a;
}

static void engage(struct rig *r, int64_t id, const char *text)
{
    struct alert a = alert_of(r, id, text);

    assert_true(inhibitors_add(r->index, &r->rules, r->pools, &a));
}

static struct hold decide(struct rig *r, const struct alert *a, enum change change)
{
    struct hold_rules rules = {.pools = r->pools, .inhibitions = r->rules};
    struct hold_state state = {.inhibitors = r->index};
    struct filter_subject subject;
    struct hold_question q = {
        .alert = a, .subject = &subject, .change = change, .now_ms = T0,
        .rules = &rules, .state = &state, .arena = &r->a, .recipient_id = 2,
    };
    struct hold hold;

    filter_subject_init(&subject, a, r->pools);
    holds_decide(&q, &hold);
    filter_subject_release(&subject);
    return hold;
}

/* Which alert mutes it; 0: none. */
static int64_t muted_by(struct rig *r, int64_t id, const char *text)
{
    struct alert a = alert_of(r, id, text);
    struct hold h = decide(r, &a, CHANGE_ENGAGED);

    assert_true(h.kind == HOLD_NONE || h.kind == HOLD_INHIBITED);
    return h.ref;
}

#define HOST(type, value)                                            \
    "{\"type\":\"" type "\",\"entity\":\"host\",\"entity_value\":\"" value \
    "\"}"
#define WITH(type, entity, value, more)                                          \
    "{\"type\":\"" type "\",\"entity\":\"" entity "\",\"entity_value\":\"" value \
    "\"," more "}"

static const struct {
    const char *name, *how, *source, *target;
    bool mutes;
} relations[] = {
    {"the same host", "host", HOST("down", "10.1.0.7"), HOST("slow", "10.1.0.7"), true},
    {"another host", "host", HOST("down", "10.1.0.7"), HOST("slow", "10.1.0.8"), false},
    {"no field at all", "", HOST("down", "10.1.0.7"), HOST("slow", "192.0.2.1"), true},
    {"one of two fields", "host,label.env",
     WITH("down", "host", "10.1.0.7", "\"labels\":{\"env\":\"a\"}"),
     WITH("slow", "host", "10.1.0.7", "\"labels\":{\"env\":\"b\"}"), false},
    {"both without it", "label.env", HOST("down", "10.1.0.7"), HOST("slow", "10.1.0.8"),
     true},
    {"only one without it", "label.env",
     WITH("down", "host", "10.1.0.7", "\"labels\":{\"env\":\"a\"}"),
     HOST("slow", "10.1.0.8"), false},
    {"not what looks the same put together", "fact.x,fact.y",
     WITH("down", "host", "h", "\"x\":\"a\",\"y\":\"bc\""),
     WITH("slow", "host", "h", "\"x\":\"ab\",\"y\":\"c\""), false},
    {"a number", "vlan", WITH("down", "host", "h", "\"vlan_id\":7"),
     WITH("slow", "host", "i", "\"vlan_id\":7"), true},
    {"hosts of one pool", "pool", HOST("down", "10.1.0.7"), HOST("slow", "10.1.9.9"),
     true},
    {"the pool itself", "pool", WITH("down", "host_pool", "4", "\"x\":1"),
     HOST("slow", "10.1.9.9"), true},
    {"the pool by its name", "pool", WITH("down", "host_pool", "lab", "\"x\":1"),
     HOST("slow", "10.1.9.9"), true},
    {"another pool", "pool", HOST("down", "10.1.0.7"), HOST("slow", "10.2.0.1"), false},
    {"Default is no pool", "pool", HOST("down", "192.0.2.1"), HOST("slow", "192.0.2.2"),
     false},
    {"a flow in the pool", "pool", HOST("down", "10.1.0.7"),
     WITH("slow", "flow", "f", "\"cli_ip\":\"192.0.2.1\",\"srv_ip\":\"10.1.0.9\""), true},
    {"on the interface", "interface", WITH("down", "interface", "3", "\"ifid\":3"),
     WITH("slow", "host", "10.1.0.7", "\"ifid\":3"), true},
    {"on another interface", "interface", WITH("down", "interface", "3", "\"ifid\":3"),
     WITH("slow", "host", "10.1.0.7", "\"ifid\":4"), false},
    {"the interface by its name", "interface",
     WITH("down", "interface", "eth1", "\"x\":1"),
     WITH("slow", "host", "10.1.0.7", "\"ifname\":\"eth1\""), true},
    {"the system is no interface", "interface", WITH("down", "host", "a", "\"ifid\":-1"),
     WITH("slow", "host", "b", "\"ifid\":-1"), false},
    {"the parent", "parent", HOST("down", "192.0.2.1"),
     WITH("slow", "host", "10.1.0.7", "\"parent\":\"192.0.2.1\""), true},
    {"one of two parents", "parent", HOST("down", "192.0.2.1"),
     WITH("slow", "host", "10.1.0.7", "\"parent\":[\"192.0.2.9\",\"192.0.2.1\"]"), true},
    {"the parent as a label", "parent", HOST("down", "sw1"),
     WITH("slow", "host", "10.1.0.7", "\"labels\":{\"parent\":\"sw1\"}"), true},
    {"the gateway", "parent", HOST("down", "192.0.2.1@12"),
     WITH("slow", "host", "10.1.0.7", "\"gateway\":\"192.0.2.1\""), true},
    {"the flow's probe", "parent", HOST("down", "192.0.2.1"),
     WITH("slow", "flow", "f", "\"probe_ip\":\"192.0.2.1\""), true},
    {"the SNMP port's device", "parent", WITH("down", "snmp_device", "192.0.2.1", "\"x\":1"),
     WITH("slow", "snmp_device", "192.0.2.1_ifidx3", "\"x\":1"), true},
    {"not the device of its own port", "parent",
     WITH("down", "snmp_device", "192.0.2.1_ifidx3", "\"ip\":\"192.0.2.1\""),
     WITH("slow", "host", "10.1.0.7", "\"parent\":\"192.0.2.1\""), false},
    {"a host behind a port", "parent",
     WITH("down", "snmp_device", "192.0.2.1_ifidx3", "\"ip\":\"192.0.2.1\""),
     WITH("slow", "host", "10.1.0.7", "\"parent\":\"192.0.2.1_ifidx3\""), true},
    {"what is pinged", "parent", WITH("down", "am_host", "icmp@sw1", "\"x\":1"),
     WITH("slow", "host", "10.1.0.7", "\"parent\":\"sw1\""), true},
    {"the parent is not muted by its child", "parent",
     WITH("down", "host", "10.1.0.7", "\"parent\":\"192.0.2.1\""),
     HOST("slow", "192.0.2.1"), false},
    {"no parent", "parent", HOST("down", "192.0.2.1"), HOST("slow", "10.1.0.7"), false},
};

static void a_source_mutes_what_it_is_related_to(void **state)
{
    for (size_t i = 0; i < COUNT_OF(relations); i++) {
        struct rig r freed_by(rig_release);

        rig_init(&r);
        rule_add(&r, "type=down", "type=slow", relations[i].how);
        engage(&r, 1, relations[i].source);
        if (muted_by(&r, 2, relations[i].target) != (relations[i].mutes ? 1 : 0))
            fail_msg("%s: %s", relations[i].name, relations[i].mutes ? "told" : "muted");
        inhibitors_remove(r.index, 1);
        if (muted_by(&r, 2, relations[i].target) != 0)
            fail_msg("%s: muted by what is over", relations[i].name);
    }
    (void)state;
}

static void the_reason_names_source_and_rule(void **state)
{
    struct rig r freed_by(rig_release);
    struct alert a;
    struct hold h;

    rig_init(&r);
    rule_add(&r, "type=down", "type=slow", "");
    engage(&r, 41, HOST("down", "10.1.0.7"));
    a = alert_of(&r, 42, HOST("slow", "10.1.0.8"));
    h = decide(&r, &a, CHANGE_ENGAGED);
    assert_true(str_is(h.reason, "inhibited by alert 41, down on 10.1.0.7, while it is "
                                 "engaged (rule rule)"));
    assert_int_equal(h.until_ms, 0);
    assert_false(h.final);
    assert_true(decide(&r, &a, CHANGE_STORED).final);
    (void)state;
}

static void no_alert_mutes_itself(void **state)
{
    struct rig r freed_by(rig_release);
    struct alert end;

    rig_init(&r);
    rule_add(&r, "type=down", "type=down or type=slow", "");
    rule_add(&r, "type=down or type=slow", "type=down", "");
    engage(&r, 5, HOST("down", "10.1.0.7"));
    assert_int_equal(muted_by(&r, 5, HOST("down", "10.1.0.7")), 0);
    end = alert_of(&r, 9, HOST("down", "10.1.0.7"));
    end.began_id = 5;
    assert_int_equal(decide(&r, &end, CHANGE_RELEASED).kind, HOLD_NONE);
    assert_int_equal(muted_by(&r, 6, HOST("slow", "10.1.0.7")), 5);
    (void)state;
}

/* As in Alertmanager: both on both sides of one rule. */
static void two_of_a_kind_do_not_mute_each_other(void **state)
{
    struct rig r freed_by(rig_release);

    rig_init(&r);
    rule_add(&r, "severity>=error", "severity>=warning", "host");
    engage(&r, 1, WITH("a", "host", "h", "\"severity\":\"error\""));
    assert_int_equal(muted_by(&r, 2, WITH("b", "host", "h", "\"severity\":\"critical\"")), 0);
    assert_int_equal(muted_by(&r, 3, WITH("c", "host", "h", "\"severity\":\"warning\"")), 1);
    (void)state;
}

static void a_parent_mutes_its_like(void **state)
{
    struct rig r freed_by(rig_release);

    rig_init(&r);
    rule_add(&r, "type=down", "type=down", "parent");
    engage(&r, 1, HOST("down", "a"));
    engage(&r, 2, WITH("down", "host", "b", "\"parent\":\"a\""));
    assert_int_equal(muted_by(&r, 1, HOST("down", "a")), 0);
    assert_int_equal(muted_by(&r, 2, WITH("down", "host", "b", "\"parent\":\"a\"")), 1);
    assert_int_equal(muted_by(&r, 3, WITH("down", "host", "c", "\"parent\":\"b\"")), 2);
    /* Each the other's: the first one is told. */
    assert_int_equal(muted_by(&r, 1, WITH("down", "host", "a", "\"parent\":\"b\"")), 0);
    (void)state;
}

/* Any order of engaging, any look later on: one of the ring is told. */
static void a_ring_of_rules_leaves_the_first_one_told(void **state)
{
    static const char *const texts[] = {HOST("a", "h"), HOST("b", "h"), HOST("c", "h")};
    static const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                       {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    for (size_t o = 0; o < COUNT_OF(orders); o++) {
        struct rig r freed_by(rig_release);

        rig_init(&r);
        rule_add(&r, "type=a", "type=b", "");
        rule_add(&r, "type=b", "type=c", "");
        rule_add(&r, "type=c", "type=a", "");
        for (size_t i = 0; i < 3; i++)
            engage(&r, (int64_t)i + 1, texts[orders[o][i]]);
        assert_int_equal(muted_by(&r, 1, texts[orders[o][0]]), 0);
    }
    (void)state;
}

/* The source engaged later, and is no target: what is looked at again is muted. */
static void a_later_source_mutes_when_it_is_no_target(void **state)
{
    struct rig r freed_by(rig_release);

    rig_init(&r);
    rule_add(&r, "type=down", "type=slow", "");
    engage(&r, 8, HOST("down", "h"));
    assert_int_equal(muted_by(&r, 2, HOST("slow", "h")), 8);
    (void)state;
}

static void another_source_takes_over(void **state)
{
    struct rig r freed_by(rig_release);

    rig_init(&r);
    rule_add(&r, "type=down", "type=slow", "");
    for (int64_t id = 9; id >= 3; id--) /* as a start reads them */
        engage(&r, id, HOST("down", "h"));
    assert_int_equal(inhibitors_count(r.index), 7);
    for (int64_t id = 3; id <= 9; id++) {
        assert_int_equal(muted_by(&r, 20, HOST("slow", "h")), id);
        inhibitors_remove(r.index, id);
    }
    assert_int_equal(muted_by(&r, 20, HOST("slow", "h")), 0);
    assert_int_equal(inhibitors_count(r.index), 0);
    (void)state;
}

/* Found by the rules of then: those of now have other revisions. */
static void a_changed_rule_forgets_what_the_old_one_found(void **state)
{
    struct rig r freed_by(rig_release);

    rig_init(&r);
    rule_add(&r, "type=down", "type=slow", "");
    engage(&r, 1, HOST("down", "h"));
    r.rules.v[0].revision++;
    assert_int_equal(muted_by(&r, 2, HOST("slow", "h")), 0);
    (void)state;
}

static void what_has_no_room_mutes_nothing(void **state)
{
    struct rig r freed_by(rig_release);
    struct alert a;

    rig_init(&r);
    inhibitors_free(r.index);
    r.index = inhibitors_new(2);
    rule_add(&r, "type=down", "type=slow", "host");
    engage(&r, 1, HOST("down", "h"));
    engage(&r, 2, HOST("down", "i"));
    a = alert_of(&r, 3, HOST("down", "j"));
    assert_false(inhibitors_add(r.index, &r.rules, r.pools, &a));
    assert_int_equal(muted_by(&r, 4, HOST("slow", "j")), 0);
    assert_int_equal(muted_by(&r, 4, HOST("slow", "i")), 2);
    inhibitors_clear(r.index);
    engage(&r, 3, HOST("down", "j"));
    assert_int_equal(muted_by(&r, 4, HOST("slow", "j")), 3);
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_source_mutes_what_it_is_related_to),
        cmocka_unit_test(the_reason_names_source_and_rule),
        cmocka_unit_test(no_alert_mutes_itself),
        cmocka_unit_test(two_of_a_kind_do_not_mute_each_other),
        cmocka_unit_test(a_parent_mutes_its_like),
        cmocka_unit_test(a_ring_of_rules_leaves_the_first_one_told),
        cmocka_unit_test(a_later_source_mutes_when_it_is_no_target),
        cmocka_unit_test(another_source_takes_over),
        cmocka_unit_test(a_changed_rule_forgets_what_the_old_one_found),
        cmocka_unit_test(what_has_no_room_mutes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
