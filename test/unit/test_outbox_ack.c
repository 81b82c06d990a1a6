/* test_outbox_ack.c -- acknowledgements: kept over a restart, taken back with a commit
 * that fails, over by their time; and escalations that end before they came. */
#include "outbox_rig.h"

#include "outbox/acknowledge.h"

static const int64_t both[] = {1, 2};

static struct engaged_set set_of(struct rig *r)
{
    return (struct engaged_set){.registry = r->registry, .outbox = r->outbox};
}

/* Told to 1, and to 2 unless somebody acknowledges within a minute. */
static int64_t engage(struct rig *r, const char *key)
{
    struct hold holds[] = {{0},
                           {.kind = HOLD_ESCALATION, .ref = 1, .reason = STR("waits"),
                            .until_ms = r->now_ms + 60000,
                            .remark = {.escalated_ms = 60000, .escalated_from = 1}}};

    return rig_put_alert(r, &(struct rig_alert){ACTION_ENGAGE, key, .to = both, .n = 2,
                                                .holds = holds});
}

static int64_t release(struct rig *r, const char *key)
{
    struct hold holds[] = {{0}, {.kind = HOLD_ESCALATION, .reason = STR("ends it")}};

    return rig_put_alert(r, &(struct rig_alert){ACTION_RELEASE, key, .to = both, .n = 2,
                                                .holds = holds});
}

static void was_done(void *arg, bool committed)
{
    *(int *)arg = committed ? 1 : 2;
}

static int acknowledge_one(struct rig *r, int64_t id, const struct ack *ack)
{
    struct engaged_set s = set_of(r);
    size_t changed;
    int done = 0;

    assert_true(acknowledge(&s, &id, 1, ack, &changed, was_done, &done));
    rig_settle_down(r);
    assert_int_equal(changed, done == 0 ? 0 : 1);
    return done;
}

static const struct ack by_maya = {
    .at_ms = RIG_T0 + 5, .by = {"maya", 4}, .note = {"ISP ticket 88", 13}};

static void an_acknowledgement_survives_a_restart_and_a_repeat(void **state)
{
    struct rig *r = *state;
    int64_t id = engage(r, "a");
    const struct engaged *e;

    assert_int_equal(acknowledge_one(r, id, &by_maya), 1);
    rig_reopen(r);
    engage(r, "a"); /* a repeat */
    rig_settle_down(r);
    e = registry_find_id(r->registry, id);
    assert_int_equal(e->repeats, 1);
    assert_non_null(e->ack);
    assert_int_equal(e->ack->at_ms, RIG_T0 + 5);
    assert_true(str_is(e->ack->by, "maya"));
    assert_true(str_is(e->ack->note, "ISP ticket 88"));
    assert_int_equal(registry_count_acknowledged(r->registry), 1);
    assert_int_equal(acknowledge_one(r, id, NULL), 1);
    assert_int_equal(acknowledge_one(r, id, NULL), 0); /* nothing to take back */
    rig_reopen(r);
    assert_null(registry_find_id(r->registry, id)->ack);
}

static void it_ends_with_the_alert(void **state)
{
    struct rig *r = *state;
    int64_t id = engage(r, "a");

    assert_int_equal(acknowledge_one(r, id, &by_maya), 1);
    release(r, "a");
    rig_settle_down(r);
    assert_int_equal(registry_count_acknowledged(r->registry), 0);
    assert_int_equal(acknowledge_one(r, id, &by_maya), 0);
    engage(r, "a");
    rig_settle_down(r);
    assert_null(registry_find(r->registry, STR("a"))->ack);
}

static void it_lapses_at_its_time(void **state)
{
    struct rig *r = *state;
    struct ack first = by_maya, later = by_maya;
    struct engaged_set s = set_of(r);
    int64_t a = engage(r, "a"), b = engage(r, "b");

    first.until_ms = RIG_T0 + 10000;
    later.until_ms = RIG_T0 + 20000;
    acknowledge_one(r, a, &later);
    acknowledge_one(r, b, &first);
    acknowledge_lapse(&s, RIG_T0 + 9999);
    assert_int_equal(registry_count_acknowledged(r->registry), 2);
    acknowledge_lapse(&s, RIG_T0 + 10000);
    rig_settle_down(r);
    assert_null(registry_find_id(r->registry, b)->ack);
    assert_non_null(registry_find_id(r->registry, a)->ack);
    rig_reopen(r);
    s = set_of(r);
    acknowledge_lapse(&s, RIG_T0 + 20000);
    rig_settle_down(r);
    assert_int_equal(registry_count_acknowledged(r->registry), 0);
}

static void what_is_undone_is_as_it_was(void **state)
{
    struct rig *r = *state;
    struct ack other = by_maya;
    int64_t id = engage(r, "a");
    const struct engaged *e;
    struct undo *first, *second;

    rig_settle_down(r);
    other.by = STR("ugo");
    first = registry_acknowledge(r->registry, id, &by_maya);
    second = registry_acknowledge(r->registry, id, &other);
    e = registry_find_id(r->registry, id);
    assert_true(str_is(e->ack->by, "ugo"));
    registry_undo(r->registry, second);
    assert_true(str_is(e->ack->by, "maya"));
    registry_undo(r->registry, first);
    assert_null(e->ack);
    assert_int_equal(registry_count_acknowledged(r->registry), 0);
    assert_null(registry_acknowledge(r->registry, id + 1, &by_maya));
}

/* --- escalations ------------------------------------------------------------------ */

static void free_it(struct rig *r, int64_t id)
{
    struct unhold v = {.id = {id, 2}};

    outbox_unhold(r->outbox, &v, 1, NULL, NULL);
}

static void what_is_acknowledged_is_not_escalated(void **state)
{
    struct rig *r = *state;
    int64_t id = engage(r, "a");

    rig_settle_down(r);
    assert_int_equal(rig_state(r, id, 2), DELIVERY_HELD);
    assert_int_equal(acknowledge_one(r, id, &by_maya), 1);
    assert_int_equal(rig_state(r, id, 2), DELIVERY_WITHHELD);
    free_it(r, id); /* too late */
    rig_settle_down(r);
    assert_int_equal(rig_state(r, id, 2), DELIVERY_WITHHELD);
    rig_conserves(r);
    release(r, "a");
    rig_settle_down(r);
    rig_conserves(r);
}

/* Also in one group, and also what was about to be sent. */
static void an_end_and_an_acknowledgement_at_once(void **state)
{
    struct rig *r = *state;
    struct engaged_set s = set_of(r);
    int64_t a = engage(r, "a"), b = engage(r, "b");
    size_t changed;

    free_it(r, a);
    assert_true(acknowledge(&s, &a, 1, &by_maya, &changed, NULL, NULL));
    assert_true(acknowledge(&s, &b, 1, &by_maya, &changed, NULL, NULL));
    free_it(r, b);
    rig_settle_down(r);
    assert_int_equal(rig_state(r, a, 2), DELIVERY_WITHHELD);
    assert_int_equal(rig_state(r, b, 2), DELIVERY_WITHHELD);
    rig_conserves(r);
}

static void a_release_goes_to_who_was_told(void **state)
{
    struct rig *r = *state;
    int64_t quick = engage(r, "quick"), quick_end = release(r, "quick");
    int64_t slow = engage(r, "slow"), slow_end;
    struct item *i = NULL;

    rig_settle_down(r);
    assert_int_equal(rig_state(r, quick, 2), DELIVERY_WITHHELD);
    assert_int_equal(rig_state(r, quick_end, 2), DELIVERY_WITHHELD);
    free_it(r, slow);
    rig_settle_down(r);
    assert_int_equal(rig_take(r, 2, 1, &i), 1);
    assert_int_equal(i->kept->id, slow);
    assert_int_equal(i->remark.escalated_ms, 60000);
    assert_int_equal(i->remark.escalated_from, 1);
    rig_deliver(r, i, "");
    slow_end = release(r, "slow");
    rig_settle_down(r);
    assert_int_equal(rig_state(r, slow_end, 2), DELIVERY_PENDING);
    rig_conserves(r);
    rig_reopen(r);
    rig_conserves(r);
}

/* --- at random ---------------------------------------------------------------------- */

#define KEYS 5
#define IDS_MAX 4096

/* What must become of the escalation of each alert: the first of the time that is
 * up, an acknowledgement and a release decides. */
struct model {
    uint64_t dice;
    int64_t engaged[KEYS]; /* ids; 0: not */
    enum delivery_state want[IDS_MAX]; /* by id; PENDING: nothing put */
    bool known[IDS_MAX];
};

static uint32_t roll(struct model *m, uint32_t n)
{
    m->dice = m->dice * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(m->dice >> 33) % n;
}

static void decide(struct model *m, int64_t id, enum delivery_state state)
{
    if (m->want[id] == DELIVERY_HELD)
        m->want[id] = state;
}

/* Nothing is taken here, so it can still be stopped when its time was up. */
static void decide_acked(struct model *m, int64_t id)
{
    if (m->want[id] == DELIVERY_HELD || m->want[id] == DELIVERY_PENDING)
        m->want[id] = DELIVERY_WITHHELD;
}

static void step(struct rig *r, struct model *m)
{
    static const char *const keys[KEYS] = {"a", "b", "c", "d", "e"};
    struct engaged_set s = set_of(r);
    uint32_t k = roll(m, KEYS);
    int64_t id = m->engaged[k];
    size_t changed;

    switch (id == 0 ? 0 : roll(m, 6)) {
    case 0:
        if (id != 0)
            break;
        m->engaged[k] = id = engage(r, keys[k]);
        m->known[id] = true;
        m->want[id] = DELIVERY_HELD;
        break;
    case 1:
        release(r, keys[k]);
        decide(m, id, DELIVERY_WITHHELD);
        m->engaged[k] = 0;
        break;
    case 2:
        assert_true(acknowledge(&s, &id, 1, &by_maya, &changed, NULL, NULL));
        decide_acked(m, id);
        break;
    case 3:
        assert_true(acknowledge(&s, &id, 1, NULL, &changed, NULL, NULL));
        break;
    case 4:
        free_it(r, id);
        decide(m, id, DELIVERY_PENDING);
        break;
    default:
        break;
    }
}

static void judge(struct rig *r, const struct model *m)
{
    for (int64_t id = 1; id < IDS_MAX; id++)
        if (m->known[id] && rig_state(r, id, 2) != m->want[id])
            fail_msg("escalation of %lld is %s, not %s", (long long)id,
                     delivery_state_name((enum delivery_state)rig_state(r, id, 2)),
                     delivery_state_name(m->want[id]));
    rig_conserves(r);
}

static void every_escalation_ends_as_what_came_first(void **state)
{
    struct rig *r = *state;

    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct model m = {.dice = seed};
        struct outbox_counts n;

        for (int i = 0; i < 120; i++) {
            step(r, &m);
            if (roll(&m, 4) == 0)
                rig_settle_down(r);
            if (roll(&m, 40) == 0)
                rig_reopen(r);
        }
        rig_settle_down(r);
        judge(r, &m);
        for (int k = 0; k < KEYS; k++)
            if (m.engaged[k] != 0) {
                release(r, (const char *[]){"a", "b", "c", "d", "e"}[k]);
                decide(&m, m.engaged[k], DELIVERY_WITHHELD);
            }
        rig_settle_down(r);
        judge(r, &m);
        outbox_counts(r->outbox, &n);
        assert_int_equal(n.held, 0);
        assert_int_equal(registry_count_acknowledged(r->registry), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(an_acknowledgement_survives_a_restart_and_a_repeat),
        RIG_TEST(it_ends_with_the_alert),
        RIG_TEST(it_lapses_at_its_time),
        RIG_TEST(what_is_undone_is_as_it_was),
        RIG_TEST(what_is_acknowledged_is_not_escalated),
        RIG_TEST(an_end_and_an_acknowledgement_at_once),
        RIG_TEST(a_release_goes_to_who_was_told),
        RIG_TEST(every_escalation_ends_as_what_came_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
