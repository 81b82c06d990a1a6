/* test_rehearsal.c -- what a rehearsal says of a few alerts, where the property test
 * does not go: silences that last until what they hit is resolved, bites, its end. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "admin/rehearsal.h"
#include "config/config_empty.h"
#include "store/store.h"

#define T0 1700000000000
#define MINUTE 60000

struct scene {
    struct config *config;
    struct rehearsal *rehearsal;
    struct arena arena;
    struct str said; /* "1 later at 5, ...": ids, ends, minutes */
    int64_t last_id;
};

static const char *const end_names[REHEARSED_ENDS] = {
    "at_once", "later", "together", "joined", "withheld", "held"};

static void held(void *arg, const struct rehearsed *d, struct str reason)
{
    (void)arg;
    assert_int_not_equal(d->hold.kind, HOLD_NONE);
    assert_true(reason.n > 0 || d->of->change == CHANGE_RELEASED);
}

static void ended(void *arg, const struct rehearsed *d, enum rehearsed_end end,
                  int64_t at_ms)
{
    struct scene *s = arg;

    s->said = arena_printf(&s->arena, "%.*s%lld %s at %lld; ", STR_ARG(s->said),
                           (long long)d->of->id, end_names[end],
                           (long long)((at_ms - T0) / MINUTE));
}

static void object_add(struct scene *s, enum object_kind kind, const char *text)
{
    struct error err = {0};
    struct edit e = {.kind = kind, .verb = EDIT_CREATE, .author = STR("api"),
                     .object = json_parse(&s->arena, str_of(text), &err)};

    if (config_edit(s->config, &e, &err) != CONFIG_OK)
        fail_msg("%s", err.text);
}

static int scene_setup(void **state)
{
    struct scene *s = mem_new(sizeof *s);
    struct error err;

    s->config = config_open_empty(&err);
    object_add(s, OBJECT_ENDPOINT, "{\"name\":\"hook\",\"type\":\"webhook\",\"params\":{"
                                   "\"url\":\"https://hooks.example.net/x\"}}");
    object_add(s, OBJECT_RECIPIENT, "{\"name\":\"r\",\"endpoint\":\"hook\"}");
    *state = s;
    return 0;
}

static int scene_teardown(void **state)
{
    struct scene *s = *state;

    rehearsal_free(s->rehearsal);
    config_close(s->config);
    arena_release(&s->arena);
    free(s);
    return 0;
}

static void begin(struct scene *s)
{
    const struct rehearsal_options o = {
        .by = config_now(s->config), .held = held, .ended = ended, .arg = s};

    s->rehearsal = rehearsal_new(&o);
}

static void pass(struct scene *s, int minute)
{
    size_t budget = 100;

    assert_true(rehearsal_pass(s->rehearsal, T0 + (int64_t)minute * MINUTE, &budget));
}

/* `ends`: the id of what it is the end of; 0: it begins. */
static int64_t tell(struct scene *s, int minute, const char *type, int64_t ends)
{
    struct str line = arena_printf(
        &s->arena,
        "{\"type\":\"%s\",\"entity\":\"host\",\"entity_value\":\"h\",\"severity\":\"error\","
        "\"action\":\"%s\",\"message\":\"m\"}",
        type, ends != 0 ? "release" : "engage");
    const struct replay_event like = {
        .id = ++s->last_id, .began_id = ends, .line = line, .type = str_of(type),
        .at_ms = T0 + (int64_t)minute * MINUTE,
        .change = ends != 0 ? CHANGE_RELEASED : CHANGE_ENGAGED,
    };
    struct replay_event *e = replay_event_new(&like);
    struct alert alert;

    pass(s, minute);
    assert_true(replay_event_read(e, &s->arena, &alert));
    rehearsal_tell(s->rehearsal, e, &alert);
    replay_event_drop(e);
    return s->last_id;
}

static void said(struct scene *s, const char *want)
{
    if (!str_is(s->said, want))
        fail_msg("%.*s, not %s", STR_ARG(s->said), want);
}

/* Two that it hits: it ends with the second of them, whatever else ends before, and
 * what came later is told then. */
static void a_silence_ends_with_what_it_hits(void **state)
{
    struct scene *s = *state;
    int64_t a, b, other;

    object_add(s, OBJECT_SILENCE,
               "{\"name\":\"s\",\"comment\":\"c\",\"author\":\"a\",\"matcher\":\"type=a or "
               "type=b or type=c\",\"until_resolved\":true}");
    begin(s);
    other = tell(s, 0, "x", 0);
    a = tell(s, 1, "a", 0);
    b = tell(s, 2, "b", 0);
    tell(s, 3, "x", other);
    tell(s, 4, "a", a);
    pass(s, 5);
    said(s, "1 at_once at 0; 4 at_once at 3; 2 withheld at 4; 5 withheld at 4; ");
    tell(s, 6, "b", b);
    pass(s, 7);
    tell(s, 8, "c", 0);
    said(s, "1 at_once at 0; 4 at_once at 3; 2 withheld at 4; 5 withheld at 4; "
            "3 withheld at 6; 6 withheld at 6; 7 at_once at 8; ");
}

static void row_tell(struct scene *s, const char *json)
{
    const struct store_row row = {.id = 1, .tstamp_ms = T0, .json = str_of(json)};
    struct replay_event events[REPLAY_EVENTS_MAX];
    size_t n = replay_events_of(&row, &s->arena, events);

    assert_true(n > 0);
    for (size_t i = 0; i < n; i++) {
        struct replay_event *e = replay_event_new(&events[i]);
        struct alert alert;

        pass(s, (int)((e->at_ms - T0) / MINUTE));
        assert_true(replay_event_read(e, &s->arena, &alert));
        rehearsal_tell(s->rehearsal, e, &alert);
        replay_event_drop(e);
    }
}

#define GREW(rest)                                                             \
    "{\"type\":\"x\",\"entity\":\"host\",\"entity_value\":\"h\","              \
    "\"severity\":\"critical\",\"message\":\"m\",\"severities\":["               \
    "{\"id\":1,\"severity\":\"warning\",\"since\":\"2023-11-14T22:13:20Z\"},"    \
    "{\"id\":5,\"severity\":\"error\",\"since\":\"2023-11-14T22:15:20Z\"},"      \
    "{\"id\":9,\"severity\":\"critical\",\"since\":\"2023-11-14T22:17:20Z\"}]," rest

/* Once a level, to whom each level matches and to whom it was told; its end to both,
 * and not before it got worse, whatever its source's clock says. */
static void what_gets_worse_is_told_once_a_level(void **state)
{
    struct scene *s = *state;

    object_add(s, OBJECT_RECIPIENT, "{\"name\":\"w\",\"endpoint\":\"hook\","
                                    "\"filter\":\"severity=warning\"}");
    object_add(s, OBJECT_RECIPIENT, "{\"name\":\"n\",\"endpoint\":\"hook\","
                                    "\"filter\":\"severity=notice\"}");
    begin(s);
    row_tell(s, GREW("\"action\":\"release\",\"id\":12,\"began_id\":1,"
                     "\"tstamp_end\":\"2023-11-14T22:16:20Z\"}"));
    said(s, "1 at_once at 0; 1 at_once at 0; 5 at_once at 2; 5 at_once at 2; "
            "9 at_once at 4; 9 at_once at 4; 12 at_once at 4; 12 at_once at 4; ");
}

/* Who did not match before gets it as a new one, and what is held reads as it is. */
static void what_gets_worse_comes_to_others(void **state)
{
    struct scene *s = *state;

    object_add(s, OBJECT_RECIPIENT, "{\"name\":\"e\",\"endpoint\":\"hook\","
                                    "\"minimum_severity\":\"error\"}");
    object_add(s, OBJECT_SILENCE,
               "{\"name\":\"s\",\"comment\":\"c\",\"author\":\"a\",\"matcher\":"
               "\"severity<=error\"}");
    begin(s);
    row_tell(s, GREW("\"action\":\"engage\",\"id\":1}"));
    said(s, "");
    pass(s, 4);
    said(s, "1 later at 4; 1 later at 4; ");
}

static void more_than_a_bite_goes_on(void **state)
{
    struct scene *s = *state;
    size_t budget;

    object_add(s, OBJECT_INHIBITION, "{\"name\":\"i\",\"source\":\"type=source\","
                                     "\"target\":\"type=t\",\"equal\":[\"entity\"]}");
    begin(s);
    tell(s, 0, "source", 0);
    for (int i = 1; i <= 5; i++)
        tell(s, i, "t", 0);
    assert_int_equal(rehearsal_kept(s->rehearsal), 6);
    tell(s, 6, "source", 1);
    for (int i = 0; i < 2; i++) {
        budget = 2;
        assert_false(rehearsal_pass(s->rehearsal, T0 + 7 * MINUTE, &budget));
    }
    assert_int_equal(rehearsal_kept(s->rehearsal), 5); /* for their releases */
    pass(s, 7);
    said(s, "1 at_once at 0; 7 at_once at 6; 2 later at 6; 3 later at 6; 4 later at 6; "
            "5 later at 6; 6 later at 6; ");
}

/* Some are engaged, some held, when it is freed without an end. */
static void what_is_held_to_the_end_is_said(void **state)
{
    struct scene *s = *state;

    object_add(s, OBJECT_SILENCE, "{\"name\":\"s\",\"comment\":\"c\",\"author\":\"a\","
                                  "\"matcher\":\"type=a\"}");
    begin(s);
    tell(s, 0, "a", 0);
    tell(s, 1, "b", 0);
    rehearsal_end(s->rehearsal);
    said(s, "2 at_once at 1; 1 held at 1; ");
    rehearsal_free(s->rehearsal);
    begin(s);
    tell(s, 2, "a", 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, scene_setup, scene_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_silence_ends_with_what_it_hits),
        TEST(what_gets_worse_is_told_once_a_level),
        TEST(what_gets_worse_comes_to_others),
        TEST(more_than_a_bite_goes_on),
        TEST(what_is_held_to_the_end_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
