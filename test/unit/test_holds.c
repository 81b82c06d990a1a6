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
    (void)state;
}

/* --- what is said of it ---------------------------------------------------------- */

struct asked { /* one recipient's question, with a memory */
    struct told *told;
    struct hold_state state;
    struct hold_rules rules;
    struct pace pace;
    struct filter_subject subject;
    struct hold_question q;
};

static void asked_init(struct asked *k, struct arena *a)
{
    static const struct pace none = {.urgent = SEVERITY_CRITICAL};

    *k = (struct asked){.pace = none, .told = told_new(100)};
    k->state.told = k->told;
    k->q = (struct hold_question){
        .alert = &the_alert, .subject = &k->subject, .change = CHANGE_ENGAGED, .now_ms = T0,
        .rules = &k->rules, .state = &k->state, .arena = a, .recipient_id = 2,
        .pace = &k->pace, .key_hash = alert_key_hash(the_alert.key),
    };
    filter_subject_init(&k->subject, &the_alert, NULL);
}

static void asked_release(struct asked *k)
{
    filter_subject_release(&k->subject);
    told_free(k->told);
}

static void told_at(struct asked *k, int64_t at_ms)
{
    struct told_event e = {.recipient_id = 2, .key_hash = k->q.key_hash, .at_ms = at_ms,
                           .severity = SEVERITY_ERROR, .change = CHANGE_ENGAGED};

    told_note(k->told, &k->pace, &e);
}

static void said(const struct asked *k, enum hold_kind kind, const char *have,
                 const char *want)
{
    struct hold_reason v[HOLD_KINDS];
    size_t n = holds_explain(&k->q, v);

    for (size_t i = 0; i < n; i++)
        if (v[i].kind == kind) {
            if (!str_is(v[i].have, have) || !str_is(v[i].want, want))
                fail_msg("%s: %.*s; %.*s", hold_kind_name(kind), STR_ARG(v[i].have),
                         STR_ARG(v[i].want));
            return;
        }
    fail_msg("nothing is said of %s", hold_kind_name(kind));
}

static void both_values_are_said(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    struct schedule quiet, digest;
    struct asked k freed_by(asked_release);
    struct error err;

    asked_init(&k, &a);
    assert_true(schedule_parse(STR("tue 22:00-23:00"), SCHEDULE_WINDOWS, &quiet, NULL, &err));
    assert_true(schedule_parse(STR("daily at 08:00"), SCHEDULE_MOMENTS, &digest, NULL, &err));
    said(&k, HOLD_REPEAT, "", "any");
    said(&k, HOLD_QUIET, "", "any");
    said(&k, HOLD_SILENCED, "no silence", "no silence that is on");
    said(&k, HOLD_INHIBITED, "no inhibition", "no engaged alert that mutes it");
    k.pace.repeat_ms = HOUR;
    k.pace.flapping_count = 5;
    k.pace.flapping_ms = HOUR / 2;
    k.pace.storm_limit = 20;
    k.pace.storm_ms = HOUR / 12;
    k.pace.quiet = &quiet;
    k.pace.digest = &digest;
    k.pace.as_written.quiet_hours = STR("tue 22:00-23:00");
    k.pace.as_written.digest = STR("daily at 08:00");
    said(&k, HOLD_REPEAT, "not told in the last 7 days", "at most every 1h, unless more severe");
    told_at(&k, T0 - 12 * 60000);
    said(&k, HOLD_REPEAT, "error; told as error 12 min ago",
         "at most every 1h, unless more severe");
    said(&k, HOLD_FLAPPING, "2 with this one", "fewer than 5 engages in 30m");
    said(&k, HOLD_STORM, "0 in this window", "at most 20 messages in 5m");
    told_at(&k, T0 - 60000);
    said(&k, HOLD_STORM, "1 in this window", "at most 20 messages in 5m");
    said(&k, HOLD_QUIET, "error, Tue 22:13", "outside tue 22:00-23:00, or critical and higher");
    said(&k, HOLD_DIGEST, "error, Tue 22:13", "together daily at 08:00, or critical and higher");
    k.q.change = CHANGE_RELEASED;
    said(&k, HOLD_REPEAT, "it ends what was told", "at most every 1h, unless more severe");
    (void)state;
}

/* What went before is not known of a moment that has passed: that is said, too. */
static void what_is_not_known_is_said(void **state)
{
    struct arena a freed_by(arena_release) = {0};
    struct asked k freed_by(asked_release);
    struct hold_reason v[HOLD_KINDS];
    size_t n, unknown_n = 0;

    asked_init(&k, &a);
    k.state.told = NULL;
    k.pace.repeat_ms = HOUR;
    k.rules.inhibitions.n = 1;
    n = holds_explain(&k.q, v);
    for (size_t i = 0; i < n; i++) {
        unknown_n += v[i].unknown;
        assert_true(!v[i].unknown || !v[i].holds);
        assert_true(!v[i].unknown || v[i].kind == HOLD_REPEAT || v[i].kind == HOLD_INHIBITED);
    }
    assert_int_equal(unknown_n, 2);
    (void)state;
}

/* Words or not, it is one decision: the first that holds is the one that is decided. */
static void the_explanation_is_the_decision(void **state)
{
    static const enum change changes[] = {CHANGE_ENGAGED, CHANGE_STORED, CHANGE_RELEASED};
    struct schedule quiet, digest;
    unsigned dice = 1;
    struct error err;
    size_t kinds[HOLD_KINDS] = {0};

    assert_true(schedule_parse(STR("tue 22:00-23:00"), SCHEDULE_WINDOWS, &quiet, NULL, &err));
    assert_true(schedule_parse(STR("daily at 08:00"), SCHEDULE_MOMENTS, &digest, NULL, &err));
    for (int i = 0; i < 3000; i++) {
        struct arena a freed_by(arena_release) = {0};
        struct silence s = silence_of("host=10.0.0.7", 0, 0, NULL, &a);
        struct asked k freed_by(asked_release);
        struct hold_reason v[HOLD_KINDS];
        struct hold hold;
        size_t n, first = 0;

        dice = dice * 1103515245u + 12345u;
        asked_init(&k, &a);
        k.q.change = changes[(dice >> 16) % 3];
        k.rules.silences = (struct silences){&s, (dice >> 18) % 7 == 0, NULL};
        k.pace.repeat_ms = (dice >> 19) % 2 ? HOUR : 0;
        k.pace.flapping_count = (dice >> 20) % 2 ? 3 : 0;
        k.pace.flapping_ms = HOUR;
        k.pace.storm_limit = (dice >> 21) % 2 ? 2 : 0;
        k.pace.storm_ms = HOUR;
        k.pace.quiet = (dice >> 22) % 5 == 0 ? &quiet : NULL;
        k.pace.digest = (dice >> 24) % 5 == 0 ? &digest : NULL;
        for (unsigned t = (dice >> 25) % 8; t > 0; t--)
            told_at(&k, T0 - (int64_t)t * 15 * 60000);
        holds_decide(&k.q, &hold);
        n = holds_explain(&k.q, v);
        while (first < n && !v[first].holds)
            first++;
        assert_int_equal(first < n ? v[first].kind : HOLD_NONE, hold.kind);
        kinds[hold.kind]++;
    }
    assert_true(kinds[HOLD_SILENCED] > 0 && kinds[HOLD_FLAPPING] > 0);
    assert_true(kinds[HOLD_REPEAT] > 0 && kinds[HOLD_QUIET] > 0);
    assert_true(kinds[HOLD_DIGEST] > 0 && kinds[HOLD_STORM] > 0);
    (void)state;
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
        cmocka_unit_test(both_values_are_said),
        cmocka_unit_test(what_is_not_known_is_said),
        cmocka_unit_test(the_explanation_is_the_decision),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
