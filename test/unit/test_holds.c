/* test_holds.c -- what is held back: the judges in their order, as tables. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "routing/hold_judges.h"

#define T0 1700000000000 /* a Tuesday, 22:13:20 UTC */
#define HOUR 3600000

static const struct alert the_alert = {
    .id = 7, .action = ACTION_ENGAGE, .entity = ENTITY_HOST,
    .entity_value = {"10.0.0.7", 8}, .type = {"syn_scan", 8}, .type_id = -1,
    .category = {"security", 8}, .severity = SEVERITY_ERROR, .tstamp_ms = T0,
    .key = {"k", 1}, .source = {"native", 6},
};

static struct hold decide(const struct silences *all, enum change change, bool builtin,
                          enum hold_kind ended, struct arena *a)
{
    struct hold_rules rules = {.silences = *all};
    struct hold_state state = {0};
    struct filter_subject subject;
    struct hold_question q = {
        .alert = &the_alert, .subject = &subject, .change = change, .now_ms = T0,
        .rules = &rules, .state = &state, .arena = a, .recipient_id = builtin ? 1 : 2,
        .builtin = builtin, .ended = ended,
    };
    struct hold hold;

    filter_subject_init(&subject, &the_alert, NULL);
    holds_decide(&q, &hold);
    filter_subject_release(&subject);
    return hold;
}

static struct silence silence_of(const char *matcher, int64_t starts_ms, int64_t ends_ms,
                                 const char *schedule, struct arena *a)
{
    struct silence s = {.id = 5, .name = STR("s5"), .author = STR("alice"),
                        .comment = STR("new switch"), .matcher = str_of(matcher),
                        .starts_ms = starts_ms, .ends_ms = ends_ms};
    struct schedule *windows = arena_new(a, sizeof *windows);
    struct error err;

    s.filter = filter_parse(s.matcher, a, NULL, &err);
    assert_non_null(s.filter);
    if (schedule != NULL) {
        assert_true(schedule_parse(str_of(schedule), SCHEDULE_WINDOWS, windows, NULL, &err));
        s.schedule = windows;
    }
    return s;
}

static void a_silence_holds_what_it_hits_while_it_is_on(void **state)
{
    static const struct {
        const char *name, *matcher;
        int64_t starts_ms, ends_ms;
        const char *schedule;
        bool holds;
        int64_t until_ms;
        enum silence_state is;
    } table[] = {
        {"for good", "host=10.0.0.7", 0, 0, NULL, true, 0, SILENCE_ACTIVE},
        {"another host", "host=10.0.0.8", 0, 0, NULL, false, 0, SILENCE_ACTIVE},
        {"for a time", "type=syn_scan", T0 - 1, T0 + 9, NULL, true, T0 + 9, SILENCE_ACTIVE},
        {"begins now", "type=syn_scan", T0, T0 + 9, NULL, true, T0 + 9, SILENCE_ACTIVE},
        {"later", "type=syn_scan", T0 + 1, T0 + 9, NULL, false, T0 + 1, SILENCE_PENDING},
        {"just over", "type=syn_scan", T0 - 9, T0, NULL, false, 0, SILENCE_EXPIRED},
        {"in a window", "type=syn_scan", 0, 0, "tue 22:00-23:00", true,
         T0 - (13 * 60 + 20) * 1000 + HOUR, SILENCE_ACTIVE},
        {"before a window", "type=syn_scan", 0, 0, "tue 23:00-23:30", false,
         T0 - (13 * 60 + 20) * 1000 + HOUR, SILENCE_PENDING},
        {"a window that is cut", "type=syn_scan", 0, T0 + 9, "tue 22:00-23:00", true, T0 + 9,
         SILENCE_ACTIVE},
        {"as Alertmanager says it", "{alertname=~\"syn_.*\"}", 0, 0, NULL, true, 0,
         SILENCE_ACTIVE},
    };

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct silence s = silence_of(table[i].matcher, table[i].starts_ms,
                                      table[i].ends_ms, table[i].schedule, &a);
        struct silences all = {.v = &s, .n = 1};
        int64_t until_ms;
        struct hold h = decide(&all, CHANGE_ENGAGED, false, HOLD_NONE, &a);

        if (silence_state(&s, T0, &until_ms) != table[i].is ||
            until_ms != table[i].until_ms || (h.kind == HOLD_SILENCED) != table[i].holds ||
            (table[i].holds && h.until_ms != table[i].until_ms))
            fail_msg("%s: until %lld, kind %s", table[i].name, (long long)until_ms,
                     hold_kind_name(h.kind));
    }
    (void)state;
}

static void a_silence_is_named_in_the_reason(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    struct silence s = silence_of("host=10.0.0.7", 0, T0 + HOUR, NULL, &a);
    struct silences all = {.v = &s, .n = 1};
    struct hold h = decide(&all, CHANGE_ENGAGED, false, HOLD_NONE, &a);

    assert_true(str_is(h.reason, "silenced by s5 (#5, alice) until "
                                 "2023-11-14T23:13:20Z: new switch"));
    assert_int_equal(h.ref, 5);
    assert_false(h.final);
    (void)state;
}

/* A one-shot is never engaged, so it cannot be told when the silence ends. */
static void a_one_shot_is_withheld_at_once(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    struct silence s = silence_of("host=10.0.0.7", 0, 0, NULL, &a);
    struct silences all = {.v = &s, .n = 1};

    assert_true(decide(&all, CHANGE_STORED, false, HOLD_NONE, &a).final);
    (void)state;
}

static void history_is_never_held(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    struct silence s = silence_of("host=10.0.0.7", 0, 0, NULL, &a);
    struct silences all = {.v = &s, .n = 1};

    assert_int_equal(decide(&all, CHANGE_ENGAGED, true, HOLD_NONE, &a).kind, HOLD_NONE);
    (void)state;
}

static void of_several_the_longest_holds(void **state)
{
    static const int64_t ends[][2] = {{T0 + 5, T0 + 9}, {T0 + 9, T0 + 5}, {T0 + 9, 0}, {0, T0 + 9}};

    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct arena a freed_by(arena_release) = {0};
        struct silence two[] = {silence_of("host=10.0.0.7", 0, ends[i][0], NULL, &a),
                                silence_of("host=10.0.0.7", 0, ends[i][1], NULL, &a)};
        struct silences all = {.v = two, .n = 2};
        struct hold h = decide(&all, CHANGE_ENGAGED, false, HOLD_NONE, &a);

        assert_int_equal(h.until_ms, i < 2 ? T0 + 9 : 0);
    }
    (void)state;
}

static void what_has_ended_does_not_hold_again(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    struct silence s = silence_of("host=10.0.0.7", 0, 0, NULL, &a);
    struct silences all = {.v = &s, .n = 1};

    assert_int_equal(decide(&all, CHANGE_ENGAGED, false, HOLD_SILENCED, &a).kind, HOLD_NONE);
    assert_int_equal(decide(&all, CHANGE_ENGAGED, false, HOLD_QUIET, &a).kind, HOLD_SILENCED);
    (void)state;
}

static uint32_t roll(uint32_t *seed, uint32_t sides)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 16) % sides;
}

static void silences_roll(struct silences *all, size_t n, uint32_t *seed, struct arena *a)
{
    static const char *const matchers[] = {
        "type=syn_scan", "type=other", "host=10.0.0.7", "host=10.0.0.8", "ip=10.0.0.0/8",
        "severity>=error", "severity>=critical", "category=security and type=syn_scan",
        "{alertname=~\"syn.*\"}", "not type=syn_scan", "type in (a, b, syn_scan)"};
    static const struct silence_recipient some[] = {{2, {"r", 1}}, {3, {"s", 1}}};

    *all = (struct silences){arena_array(a, n, sizeof *all->v), n, NULL};
    for (size_t i = 0; i < n; i++) {
        all->v[i] = silence_of(matchers[roll(seed, COUNT_OF(matchers))],
                               T0 - 1 + (int64_t)roll(seed, 4),
                               T0 + (int64_t)roll(seed, 5), NULL, a);
        all->v[i].id = (int64_t)i + 1;
        all->v[i].recipients = some + roll(seed, 2);
        all->v[i].recipient_count = roll(seed, 2);
    }
}

/* Each asked for each recipient, against the index asked once for all. */
static void an_index_finds_what_asking_each_does(void **state unused)
{
    uint32_t seed = 1;

    for (int round = 0; round < 300; round++) {
        struct arena a freed_by(arena_release) = {0};
        struct filter_subject subject freed_by(filter_subject_release);
        struct silences all;
        struct hold_rules rules;
        struct hold_state none = {0};
        struct muted muted = {0};

        silences_roll(&all, 1 + roll(&seed, 150), &seed, &a);
        rules = (struct hold_rules){.silences = all};
        silences_index(&rules.silences, &a);
        filter_subject_init(&subject, &the_alert, NULL);
        for (int64_t r = 2; r <= 4; r++) {
            struct hold_question q = {
                .alert = &the_alert, .subject = &subject, .change = CHANGE_ENGAGED,
                .now_ms = T0, .rules = &rules, .state = &none, .arena = &a,
                .recipient_id = r, .muted = &muted};
            const struct hold_rules plain = {.silences = all};
            struct hold indexed, asked;

            holds_decide(&q, &indexed);
            q.rules = &plain;
            q.muted = NULL;
            holds_decide(&q, &asked);
            assert_int_equal(indexed.kind, asked.kind);
            assert_int_equal(indexed.ref, asked.ref);
            assert_true(indexed.until_ms == asked.until_ms);
        }
        silences_release(&rules.silences);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_silence_holds_what_it_hits_while_it_is_on),
        cmocka_unit_test(a_silence_is_named_in_the_reason),
        cmocka_unit_test(a_one_shot_is_withheld_at_once),
        cmocka_unit_test(history_is_never_held),
        cmocka_unit_test(of_several_the_longest_holds),
        cmocka_unit_test(what_has_ended_does_not_hold_again),
        cmocka_unit_test(an_index_finds_what_asking_each_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
