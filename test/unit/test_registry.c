/* test_registry.c -- engaged alerts: what each alert changes, and every way back. */
#include "registry_rig.h"

#include <malloc.h>

#include "base/limits.h"

/* --- sequences --------------------------------------------------------------- */

/* A step is an action (e, r, s; w: an engage that is more severe) on a key, one letter
 * each; what is expected is the change's first letters in the same order. */
static void each_alert_is_the_change_it_should_be(void **state)
{
    static const struct {
        const char *name, *steps, *want;
        size_t left;
    } table[] = {
        {"a one-shot", "sa", "st", 0},
        {"begins", "ea", "en", 1},
        {"begins twice", "ea ea", "en re", 1},
        {"begins and ends", "ea ra", "en RE", 0},
        {"ends only", "ra", "un", 0},
        {"ends twice", "ea ra ra", "en RE un", 0},
        {"begins again after its end", "ea ra ea", "en RE en", 1},
        {"two keys apart", "ea eb ra eb", "en en RE re", 1},
        {"the other's end", "ea rb", "en un", 1},
        {"a one-shot of an engaged key", "ea sa ra", "en st RE", 0},
        {"worse, and worse no more", "ea wa ea wa ra", "en wo re re RE", 0},
        {"worse from the start", "wa wa ea", "en re re", 1},
        {"worse than the one before it", "wa ra ea wa", "en RE en wo", 1},
    };
    static const char *const letters[] = {
        [CHANGE_ENGAGED] = "en",  [CHANGE_REPEATED] = "re",
        [CHANGE_WORSENED] = "wo", [CHANGE_RELEASED] = "RE",
        [CHANGE_UNSEEN] = "un",   [CHANGE_STORED] = "st",
    };
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        char got[64] = "";
        size_t n = 0;

        registry_free(b->registry);
        b->registry = registry_new();
        for (const char *p = table[i].steps; *p != '\0'; p += p[2] ? 3 : 2) {
            char key[] = {p[1], '\0'};
            struct alert a = alert_of(b,
                                      p[0] == 'r'   ? ACTION_RELEASE
                                      : p[0] == 's' ? ACTION_STORE
                                                    : ACTION_ENGAGE,
                                      key);

            if (p[0] == 'w')
                a.severity = SEVERITY_CRITICAL;

            n += (size_t)snprintf(got + n, sizeof got - n, "%s%s", n ? " " : "",
                                  letters[apply_keep(b, &a, T0)]);
        }
        if (strcmp(got, table[i].want) != 0)
            print_error("%s\n", table[i].name);
        assert_string_equal(got, table[i].want);
        assert_int_equal(registry_count(b->registry), table[i].left);
    }
}

static void an_engage_is_kept_as_it_was_said(void **state)
{
    struct bench *b = *state;
    struct alert a = alert_of(b, ACTION_ENGAGE, "k");
    struct buf line freed_by(buf_release) = BUF(ALERT_JSON_MAX);
    const struct engaged *e;

    a.repeats = 77; /* nobody says that but us */
    a.began_id = 5;
    a.lease_ms = T0 + 1000;
    assert_int_equal(apply_keep(b, &a, T0 + 9), CHANGE_ENGAGED);
    assert_int_equal(a.began_id, 0);
    e = registry_find(b->registry, STR("k"));
    assert_non_null(e);
    assert_ptr_equal(e, registry_find_id(b->registry, a.id));
    assert_int_equal(e->id, a.id);
    assert_int_equal(e->entity, ENTITY_HOST);
    assert_int_equal(e->severity, SEVERITY_ERROR);
    assert_int_equal(e->tstamp_ms, a.tstamp_ms);
    assert_int_equal(e->last_ms, T0 + 9);
    assert_int_equal(e->lease_ms, T0 + 1000);
    assert_int_equal(e->repeats, 0);
    alert_write_line(&a, &line);
    assert_true(str_eq(e->json, buf_view(&line)));
    assert_int_equal(registry_count_severity(b->registry, SEVERITY_ERROR), 1);
    assert_int_equal(registry_count_severity(b->registry, SEVERITY_ALERT), 0);
}

static void a_repeat_counts_and_takes_the_engaged_id(void **state)
{
    struct bench *b = *state;
    struct alert a = alert_of(b, ACTION_ENGAGE, "k");
    struct alert again = alert_of(b, ACTION_ENGAGE, "k");
    struct engaged_row row;
    struct undo *undo;

    apply_keep(b, &a, T0);
    assert_int_equal(apply(b, &again, T0 + 500, &undo), CHANGE_REPEATED);
    registry_row(undo, &row);
    registry_keep(undo);
    assert_int_equal(again.id, a.id);
    assert_int_equal(row.op, ENGAGED_UPDATE);
    assert_int_equal(row.id, a.id);
    assert_int_equal(row.last_ms, T0 + 500);
    assert_int_equal(row.repeats, 1);
    assert_int_equal(row.tstamp_ms, a.tstamp_ms);
}

static void a_release_knows_what_it_ends(void **state)
{
    struct bench *b = *state;
    struct alert a = alert_of(b, ACTION_ENGAGE, "k");
    struct alert end = alert_of(b, ACTION_RELEASE, "k");
    struct alert stray = alert_of(b, ACTION_RELEASE, "k");
    struct engaged_row row;
    struct undo *undo;

    apply_keep(b, &a, T0);
    assert_int_equal(apply(b, &end, T0 + 500, &undo), CHANGE_RELEASED);
    registry_row(undo, &row);
    assert_int_equal(row.op, ENGAGED_DELETE);
    assert_int_equal(row.id, a.id);
    registry_keep(undo);
    assert_int_equal(end.began_id, a.id);
    assert_int_equal(end.tstamp_ms, a.tstamp_ms);
    assert_null(registry_find(b->registry, STR("k")));
    assert_null(registry_find_id(b->registry, a.id));

    stray.began_id = a.id; /* what its source claims is not believed */
    assert_int_equal(apply(b, &stray, T0 + 600, &undo), CHANGE_UNSEEN);
    registry_row(undo, &row);
    assert_int_equal(row.op, ENGAGED_NONE);
    registry_keep(undo);
    assert_int_equal(stray.began_id, 0);
}

static void what_is_worse_takes_its_place(void **state)
{
    struct bench *b = *state;
    struct alert a = alert_of(b, ACTION_ENGAGE, "k");
    struct alert worse = alert_of(b, ACTION_ENGAGE, "k");
    struct alert end = alert_of(b, ACTION_RELEASE, "k");
    const struct ack ack = {.at_ms = T0, .by = STR("maya")};
    struct engaged_row row;
    struct undo *acked, *undo;

    apply_keep(b, &a, T0);
    acked = registry_acknowledge(b->registry, a.id, &ack);
    worse.severity = SEVERITY_CRITICAL;
    worse.message = STR("a worse scan");
    assert_int_equal(apply(b, &worse, T0 + 500, &undo), CHANGE_WORSENED);
    registry_row(undo, &row);
    assert_int_equal(row.op, ENGAGED_REPLACE);
    assert_true(row.id == a.id && row.repeats == 1 && row.last_ms == T0 + 500);
    assert_non_null(memmem(row.json.p, row.json.n, "a worse scan", 12));
    assert_true(worse.id == a.id && worse.tstamp_ms == a.tstamp_ms);
    assert_int_equal(worse.update, UPDATE_WORSENED);
    assert_true(str_is(worse.ack->by, "maya"));
    assert_int_equal(registry_count_severity(b->registry, SEVERITY_ERROR), 0);
    assert_int_equal(registry_count_severity(b->registry, SEVERITY_CRITICAL), 1);
    registry_keep(acked);
    registry_undo(b->registry, undo);
    assert_int_equal(registry_find_id(b->registry, a.id)->severity, SEVERITY_ERROR);
    assert_true(str_is(registry_find_id(b->registry, a.id)->ack->by, "maya"));
    worse = alert_of(b, ACTION_ENGAGE, "k");
    worse.severity = SEVERITY_CRITICAL;
    assert_int_equal(apply_keep(b, &worse, T0 + 600), CHANGE_WORSENED);
    assert_true(str_is(registry_find_id(b->registry, a.id)->ack->by, "maya"));
    assert_int_equal(apply_keep(b, &end, T0 + 700), CHANGE_RELEASED);
    assert_int_equal(end.severity, SEVERITY_CRITICAL); /* who was told is told */
}

/* --- leases ------------------------------------------------------------------- */

static void engage_with_lease(struct bench *b, const char *key, int64_t lease_ms)
{
    struct alert a = alert_of(b, ACTION_ENGAGE, key);

    a.lease_ms = lease_ms;
    apply_keep(b, &a, T0);
}

static void leases_lapse_in_order(void **state)
{
    static const struct {
        const char *key;
        int64_t lease_ms;
    } leases[] = {{"c", 300}, {"a", 100}, {"none", 0}, {"d", 400}, {"b", 200}};
    static const char *const want[] = {"a", "b", "c", "d"};
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(leases); i++)
        engage_with_lease(b, leases[i].key,
                          leases[i].lease_ms ? T0 + leases[i].lease_ms : 0);
    for (size_t i = 0; i < COUNT_OF(want); i++) {
        int64_t at_ms = T0 + 100 * ((int64_t)i + 1);
        struct alert end = alert_of(b, ACTION_RELEASE, want[i]);
        const struct engaged *e;

        assert_int_equal(registry_next_lapse_ms(b->registry), at_ms);
        assert_null(registry_lapsed(b->registry, at_ms - 1));
        e = registry_lapsed(b->registry, at_ms);
        assert_non_null(e);
        assert_true(str_is(e->key, want[i]));
        assert_int_equal(apply_keep(b, &end, at_ms), CHANGE_RELEASED);
    }
    assert_int_equal(registry_next_lapse_ms(b->registry), 0);
    assert_null(registry_lapsed(b->registry, INT64_MAX));
    assert_int_equal(registry_count(b->registry), 1);
}

static void a_repeat_says_the_lease_anew(void **state)
{
    static const struct {
        const char *name;
        int64_t first, then; /* after T0; 0: none */
    } table[] = {
        {"extended", 100, 500},
        {"cut short", 500, 100},
        {"given up", 100, 0},
        {"given at last", 0, 100},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        int64_t then = table[i].then ? T0 + table[i].then : 0;

        engage_with_lease(b, table[i].name,
                          table[i].first ? T0 + table[i].first : 0);
        engage_with_lease(b, table[i].name, then);
        assert_int_equal(registry_next_lapse_ms(b->registry), then);
        registry_free(b->registry);
        b->registry = registry_new();
    }
}

/* --- pages --------------------------------------------------------------------- */

static void pages_go_from_the_newest_down(void **state)
{
    struct bench *b = *state;
    const struct engaged *page[3];
    char key[8];
    int64_t before = 0;
    size_t n, seen = 0;

    for (int i = 0; i < 20; i++) {
        snprintf(key, sizeof key, "k%d", i);
        engage_with_lease(b, key, 0);
    }
    for (int i = 0; i < 20; i += 2) { /* half of them end: their ids are gaps */
        struct alert end;

        snprintf(key, sizeof key, "k%d", i);
        end = alert_of(b, ACTION_RELEASE, key);
        apply_keep(b, &end, T0);
    }
    while ((n = registry_list(b->registry, before, COUNT_OF(page), page)) > 0) {
        for (size_t i = 0; i < n; i++, seen++) {
            snprintf(key, sizeof key, "k%zu", 19 - 2 * seen);
            assert_true(str_is(page[i]->key, key));
        }
        before = page[n - 1]->id;
    }
    assert_int_equal(seen, 10);
}

/* --- loading --------------------------------------------------------------------- */

static void what_was_on_disk_is_engaged_again(void **state)
{
    struct bench *b = *state;
    struct error err = {0};
    struct engaged e = {.id = 9, .key = STR("k"), .json = STR("{\"a\":1}"),
                        .severity = SEVERITY_ALERT, .lease_ms = T0 + 1};
    struct alert end = alert_of(b, ACTION_RELEASE, "k");
    const struct engaged *there;

    assert_true(registry_load(b->registry, &e, &err));
    there = registry_find_id(b->registry, 9);
    assert_non_null(there);
    assert_true(there->key.p != e.key.p && there->json.p != e.json.p);
    assert_true(str_eq(there->json, e.json));
    assert_int_equal(registry_next_lapse_ms(b->registry), T0 + 1);
    e.id = 10;
    assert_false(registry_load(b->registry, &e, &err)); /* its key is taken */
    assert_non_null(strstr(err.text, "\"k\""));
    e = (struct engaged){.id = 9, .key = STR("l")};
    assert_false(registry_load(b->registry, &e, &err)); /* so is its id */
    assert_int_equal(apply_keep(b, &end, T0), CHANGE_RELEASED);
    assert_int_equal(end.began_id, 9);
}

static void there_is_a_limit(void **state)
{
    struct bench *b = *state;
    struct error err = {0};
    struct alert a = alert_of(b, ACTION_ENGAGE, "one too many");
    struct alert again = alert_of(b, ACTION_ENGAGE, "k1");
    struct undo *undo = NULL;
    enum change change;
    char key[16];

    for (int64_t id = 1; id <= ENGAGED_MAX; id++) {
        struct engaged e = {.id = id, .key.p = key, .severity = SEVERITY_ERROR};

        e.key.n = (size_t)snprintf(key, sizeof key, "k%lld", (long long)id);
        if (!registry_load(b->registry, &e, &err))
            fail_msg("%s", err.text);
    }
    a.id = again.id = ENGAGED_MAX + 1;
    assert_false(registry_apply(b->registry, &a, T0, &change, &undo, &err));
    assert_non_null(strstr(err.text, "1000000"));
    assert_null(undo);
    assert_int_equal(registry_count(b->registry), ENGAGED_MAX);
    assert_int_equal(apply_keep(b, &again, T0), CHANGE_REPEATED);
}

static void an_entry_costs_what_we_say(void **state)
{
    struct bench *b = *state;
    size_t before = mallinfo2().uordblks, after, line = 0;
    char key[64];

    for (int i = 0; i < 100000; i++) {
        snprintf(key, sizeof key, "host:192.168.%d.%d:syn_scan", i / 256, i % 256);
        engage_with_lease(b, key, T0 + 1000 + i);
    }
    after = mallinfo2().uordblks;
    line = registry_find(b->registry, str_of(key))->json.n;
    print_message("100000 engaged: %zu bytes each, %zu of them its line\n",
                  (after - before) / 100000, line);
    if (after > before) /* a sanitizer's malloc does not say */
        assert_in_range((after - before) / 100000, line, line + 320);
}

/* --- undo, against a model ---------------------------------------------------------- */

#define KEYS 6
#define PENDING_MAX 32

struct model_entry {
    int64_t id, tstamp_ms, last_ms, lease_ms, repeats; /* id 0: not engaged */
    enum severity severity;
};

struct model {
    struct model_entry keys[KEYS];
};

struct undo_run {
    struct bench *b;
    uint32_t seed;
    int64_t now_ms;
    struct model before[PENDING_MAX]; /* what each pending change began with */
    struct undo *undo[PENDING_MAX];
    size_t pending;
    struct model now;
};

static uint32_t roll(struct undo_run *r, uint32_t below)
{
    r->seed = r->seed * 1664525u + 1013904223u;
    return (r->seed >> 8) % below;
}

static void model_apply(struct undo_run *r, const struct alert *a, size_t key,
                        int64_t id)
{
    struct model_entry *e = &r->now.keys[key];

    if (a->action == ACTION_ENGAGE && e->id == 0) {
        *e = (struct model_entry){id, a->tstamp_ms, r->now_ms, a->lease_ms, 0,
                                  a->severity};
    } else if (a->action == ACTION_ENGAGE) {
        e->last_ms = r->now_ms;
        e->lease_ms = a->lease_ms;
        e->repeats++;
        e->severity = MAX(e->severity, a->severity);
    } else if (a->action == ACTION_RELEASE) {
        *e = (struct model_entry){0};
    }
}

static void step_apply(struct undo_run *r)
{
    static const char *const names[KEYS] = {"a", "b", "c", "d", "e", "f"};
    size_t key = roll(r, KEYS);
    struct alert a = alert_of(r->b, (enum action)roll(r, 3), names[key]);
    int64_t id = a.id;
    struct alert said;

    if (r->pending == PENDING_MAX)
        return;
    a.lease_ms = roll(r, 2) ? r->now_ms + roll(r, 1000) : 0;
    a.severity = (enum severity)(SEVERITY_WARNING + roll(r, 3));
    said = a;
    r->before[r->pending] = r->now;
    apply(r->b, &a, r->now_ms, &r->undo[r->pending++]);
    model_apply(r, &said, key, id);
}

/* Commits come in order: the oldest so many are kept. */
static void step_keep(struct undo_run *r)
{
    size_t n = roll(r, (uint32_t)r->pending + 1);

    for (size_t i = 0; i < n; i++)
        registry_keep(r->undo[i]);
    r->pending -= n;
    memmove(r->undo, r->undo + n, r->pending * sizeof *r->undo);
    memmove(r->before, r->before + n, r->pending * sizeof *r->before);
}

static void step_undo(struct undo_run *r)
{
    while (r->pending > 0) {
        registry_undo(r->b->registry, r->undo[--r->pending]);
        r->now = r->before[r->pending];
    }
}

static int64_t next_lapse(const struct model *m)
{
    int64_t next = 0;

    for (size_t i = 0; i < KEYS; i++)
        if (m->keys[i].lease_ms != 0 && (next == 0 || m->keys[i].lease_ms < next))
            next = m->keys[i].lease_ms;
    return next;
}

static size_t compare_one(const struct undo_run *r, size_t key)
{
    const struct model_entry *m = &r->now.keys[key];
    char name[] = {(char)('a' + key), '\0'};
    const struct engaged *e = registry_find(r->b->registry, str_of(name));

    assert_int_equal(e != NULL, m->id != 0);
    if (e == NULL)
        return 0;
    assert_int_equal(e->id, m->id);
    assert_int_equal(e->tstamp_ms, m->tstamp_ms);
    assert_int_equal(e->last_ms, m->last_ms);
    assert_int_equal(e->lease_ms, m->lease_ms);
    assert_int_equal(e->repeats, m->repeats);
    assert_int_equal(e->severity, m->severity);
    assert_ptr_equal(registry_find_id(r->b->registry, m->id), e);
    return 1;
}

static void compare(const struct undo_run *r)
{
    const struct engaged *page[KEYS + 1];
    size_t engaged = 0, errors = 0;

    for (size_t i = 0; i < KEYS; i++)
        engaged += compare_one(r, i);
    for (size_t i = 0; i < KEYS; i++)
        errors += r->now.keys[i].severity == SEVERITY_ERROR;
    assert_int_equal(registry_count(r->b->registry), engaged);
    assert_int_equal(registry_count_severity(r->b->registry, SEVERITY_ERROR), errors);
    assert_int_equal(registry_next_lapse_ms(r->b->registry), next_lapse(&r->now));
    assert_int_equal(registry_list(r->b->registry, 0, COUNT_OF(page), page),
                     engaged);
    for (size_t i = 1; i < engaged; i++)
        assert_true(page[i - 1]->id > page[i]->id);
}

static void undo_in_reverse_restores_exactly(void **state)
{
    struct bench *b = *state;

    for (uint32_t seed = 1; seed <= 200; seed++) {
        struct undo_run r = {.b = b, .seed = seed, .now_ms = T0};

        print_message("\rseed %u ", seed);
        registry_free(b->registry);
        b->registry = registry_new();
        for (int i = 0; i < 300; i++, r.now_ms += 7) {
            uint32_t what = roll(&r, 10);

            if (what < 7)
                step_apply(&r);
            else if (what < 9)
                step_keep(&r);
            else
                step_undo(&r);
            compare(&r);
        }
        step_undo(&r);
        compare(&r);
    }
    print_message("\n");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(each_alert_is_the_change_it_should_be),
        T(an_engage_is_kept_as_it_was_said),
        T(a_repeat_counts_and_takes_the_engaged_id),
        T(a_release_knows_what_it_ends),
        T(what_is_worse_takes_its_place),
        T(leases_lapse_in_order),
        T(a_repeat_says_the_lease_anew),
        T(pages_go_from_the_newest_down),
        T(what_was_on_disk_is_engaged_again),
        T(there_is_a_limit),
        T(an_entry_costs_what_we_say),
        T(undo_in_reverse_restores_exactly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
