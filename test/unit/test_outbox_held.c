/* test_outbox_held.c -- deliveries that are held back: what they start as, how a
 * hold ends, and that none is lost on the way. */
#include "outbox_rig.h"

static const int64_t one[] = {1};

static struct hold hold_of(enum hold_kind kind)
{
    return (struct hold){.kind = kind, .ref = 7, .reason = STR("because")};
}

static int64_t put_held(struct rig *r, enum action action, const char *key,
                        const struct hold *h)
{
    return rig_put_alert(r, &(struct rig_alert){action, key, .to = one, .n = 1,
                                                .holds = h});
}

/* --- asking and ending ------------------------------------------------------ */

struct found {
    struct held_row rows[HELD_BITE];
    size_t n;
    bool asked;
};

static void found(void *arg, const struct held_row *rows, size_t n)
{
    struct found *f = arg;

    f->asked = true;
    f->n = n;
    memcpy(f->rows, rows, n * sizeof *rows); /* texts: only until we return */
}

static struct found *find(struct rig *r, struct held_query q)
{
    static struct found f;

    f = (struct found){0};
    outbox_held(r->outbox, &q, found, &f);
    rig_settle_down(r);
    assert_true(f.asked);
    return &f;
}

static void unhold(struct rig *r, int64_t id, struct hold to, bool together)
{
    struct unhold v = {.id = {id, 1}, .to = to, .together = together};

    r->redriven = -1;
    outbox_unhold(r->outbox, &v, 1, rig_counted, r);
    rig_settle_down(r);
}

/* --- one that is held --------------------------------------------------------- */

static void what_is_held_waits_and_is_counted(void **state)
{
    struct rig *r = *state;
    struct hold h = hold_of(HOLD_SILENCED);
    int64_t id = put_held(r, ACTION_ENGAGE, "a", &h);
    struct outbox_counts n;
    struct lane_counts lane;

    rig_settle_down(r);
    assert_null(rig_take_one(r));
    assert_int_equal(rig_state(r, id, 1), DELIVERY_HELD);
    outbox_counts(r->outbox, &n);
    assert_int_equal(n.held, 1);
    assert_int_equal(n.held_by[HOLD_SILENCED], 1);
    outbox_lane(r->outbox, 1, &lane);
    assert_int_equal(lane.n[DELIVERY_HELD], 1);
    rig_conserves(r);
    rig_reopen(r);
    rig_settle_down(r);
    assert_null(rig_take_one(r));
    rig_conserves(r);
}

static void a_final_hold_is_withheld_at_once(void **state)
{
    struct rig *r = *state;
    struct hold h = hold_of(HOLD_REPEAT);
    int64_t id;

    h.final = true;
    id = put_held(r, ACTION_STORE, "a", &h);
    rig_settle_down(r);
    assert_null(rig_take_one(r));
    assert_int_equal(rig_state(r, id, 1), DELIVERY_WITHHELD);
    assert_int_equal(rig_number(r->path, "SELECT settled_ms FROM delivery", 0, 0), RIG_T0);
    rig_conserves(r);
}

/* Freed, it comes before what is newer, and says how it was held. */
static void what_is_freed_is_sent_in_its_place(void **state)
{
    static const bool restarted[] = {false, true};
    struct rig *r = *state;

    for (size_t i = 0; i < COUNT_OF(restarted); i++) {
        struct hold h = hold_of(HOLD_QUIET);
        int64_t held = put_held(r, ACTION_STORE, "held", &h);
        int64_t newer = rig_put(r, "newer");
        struct item *items[4];

        rig_settle_down(r);
        if (restarted[i])
            rig_reopen(r);
        unhold(r, held, (struct hold){0}, true);
        assert_int_equal(r->redriven, 1);
        assert_int_equal(rig_take(r, 1, 4, items), 2);
        assert_int_equal(items[0]->kept->id, held);
        assert_true(items[0]->together);
        assert_int_equal(items[0]->held, HOLD_QUIET);
        assert_true(items[0]->freed_ms >= RIG_T0);
        assert_int_equal(items[1]->kept->id, newer);
        assert_false(items[1]->together);
        assert_int_equal(items[1]->held, HOLD_NONE);
        rig_conserves(r);
        rig_deliver(r, items[0], "");
        rig_deliver(r, items[1], "");
        rig_settle_down(r);
        assert_null(rig_take_one(r));
        rig_conserves(r);
    }
}

static void a_hold_ends_only_once(void **state)
{
    struct rig *r = *state;
    struct hold h = hold_of(HOLD_SILENCED), gone = hold_of(HOLD_SILENCED);
    int64_t id = put_held(r, ACTION_ENGAGE, "a", &h);

    gone.final = true;
    rig_settle_down(r);
    unhold(r, id, gone, false);
    assert_int_equal(r->redriven, 1);
    assert_int_equal(rig_state(r, id, 1), DELIVERY_WITHHELD);
    unhold(r, id, (struct hold){0}, false);
    assert_int_equal(r->redriven, 0);
    assert_int_equal(rig_state(r, id, 1), DELIVERY_WITHHELD);
    unhold(r, 4711, (struct hold){0}, false); /* there is no such delivery */
    assert_int_equal(r->redriven, 0);
    rig_conserves(r);
}

static void one_hold_may_follow_another(void **state)
{
    struct rig *r = *state;
    struct hold h = hold_of(HOLD_SILENCED);
    struct hold next = {.kind = HOLD_QUIET, .until_ms = RIG_T0 + 60000,
                        .reason = STR("quiet hours")};
    int64_t id = put_held(r, ACTION_ENGAGE, "a", &h);
    struct found *f;

    rig_settle_down(r);
    unhold(r, id, next, false);
    rig_conserves(r);
    f = find(r, (struct held_query){.by = HELD_REF, .a = HOLD_SILENCED, .b = 7});
    assert_int_equal(f->n, 0);
    assert_int_equal(find(r, (struct held_query){.by = HELD_DUE, .a = RIG_T0 + 59999})->n, 0);
    f = find(r, (struct held_query){.by = HELD_DUE, .a = RIG_T0 + 60000});
    assert_int_equal(f->n, 1);
    assert_int_equal(f->rows[0].hold.kind, HOLD_QUIET);
    assert_int_equal(f->rows[0].hold.until_ms, RIG_T0 + 60000);
}

/* --- finding ---------------------------------------------------------------------- */

static void each_question_finds_its_own(void **state)
{
    static const int64_t both[] = {1, 2};
    struct rig *r = *state;
    const struct hold holds[] = {
        {.kind = HOLD_SILENCED, .ref = 3, .until_ms = RIG_T0 + 1000},
        {.kind = HOLD_DIGEST, .until_ms = RIG_T0 + 500},
    };
    int64_t id = rig_put_alert(r, &(struct rig_alert){ACTION_ENGAGE, "a", .to = both,
                                                      .n = 2, .holds = holds});
    const struct {
        struct held_query q;
        size_t n;
    } table[] = {
        {{.by = HELD_ALL}, 2},
        {{.by = HELD_ALL, .after = {id, 1}}, 1},
        {{.by = HELD_ALL, .after = {id, 2}}, 0},
        {{.by = HELD_DUE, .a = RIG_T0 + 499}, 0},
        {{.by = HELD_DUE, .a = RIG_T0 + 500}, 1},
        {{.by = HELD_DUE, .a = RIG_T0 + 1000}, 2},
        {{.by = HELD_REF, .a = HOLD_SILENCED, .b = 3}, 1},
        {{.by = HELD_REF, .a = HOLD_SILENCED, .b = 4}, 0},
        {{.by = HELD_REF, .a = HOLD_DIGEST, .b = 0}, 1},
        {{.by = HELD_RECIPIENT, .a = 1}, 1},
        {{.by = HELD_RECIPIENT, .a = 2, .b = HOLD_DIGEST}, 1},
        {{.by = HELD_RECIPIENT, .a = 2, .b = HOLD_QUIET}, 0},
        {{.by = HELD_ALERT, .a = id}, 2},
        {{.by = HELD_ALERT, .a = id + 1}, 0},
    };

    rig_settle_down(r);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct found *f = find(r, table[i].q);

        if (f->n != table[i].n)
            fail_msg("question %zu: %zu found", i, f->n);
    }
}

/* --- an engage and its release ---------------------------------------------------- */

#define NO_ROW (-1)

enum fate_of { NOT_THERE, DELIVERED, DEAD, PENDING, HELD, WITHHELD };

static void engage_becomes(struct rig *r, enum fate_of fate, enum hold_kind kind,
                           int64_t *id)
{
    struct hold h = hold_of(kind);

    h.final = fate == WITHHELD;
    if (fate == NOT_THERE)
        *id = rig_put_alert(r, &(struct rig_alert){.action = ACTION_ENGAGE, .key = "k"});
    else
        *id = put_held(r, ACTION_ENGAGE, "k", fate >= HELD ? &h : NULL);
    rig_settle_down(r);
    if (fate == DELIVERED)
        rig_deliver(r, rig_take_one(r), "handle");
    else if (fate == DEAD)
        rig_end(r, rig_take_one(r), DELIVERY_DEAD);
    rig_settle_down(r);
}

static void a_release_goes_by_its_engage(void **state)
{
    static const struct {
        enum fate_of fate;
        enum hold_kind kind;      /* that held the engage */
        enum hold_kind own;       /* that would hold the release */
        enum delivery_state then; /* of the release */
        int engage; /* its state */
        enum began began; /* as the release is told, if it goes */
    } table[] = {
        {DELIVERED, 0, HOLD_NONE, DELIVERY_PENDING, DELIVERY_DELIVERED, BEGAN_DELIVERED},
        {DELIVERED, 0, HOLD_SILENCED, DELIVERY_PENDING, DELIVERY_DELIVERED, BEGAN_DELIVERED},
        {DELIVERED, 0, HOLD_INHIBITED, DELIVERY_PENDING, DELIVERY_DELIVERED, BEGAN_DELIVERED},
        {DELIVERED, 0, HOLD_STORM, DELIVERY_PENDING, DELIVERY_DELIVERED, BEGAN_DELIVERED},
        {DELIVERED, 0, HOLD_QUIET, DELIVERY_HELD, DELIVERY_DELIVERED, BEGAN_DELIVERED},
        {DELIVERED, 0, HOLD_DIGEST, DELIVERY_HELD, DELIVERY_DELIVERED, BEGAN_DELIVERED},
        {PENDING, 0, HOLD_SILENCED, DELIVERY_PENDING, DELIVERY_PENDING, BEGAN_DELIVERED},
        {DEAD, 0, HOLD_SILENCED, DELIVERY_PENDING, DELIVERY_DEAD, BEGAN_DEAD},
        {HELD, HOLD_SILENCED, HOLD_SILENCED, DELIVERY_WITHHELD, DELIVERY_WITHHELD, BEGAN_NONE},
        {HELD, HOLD_SILENCED, HOLD_NONE, DELIVERY_WITHHELD, DELIVERY_WITHHELD, BEGAN_NONE},
        {HELD, HOLD_INHIBITED, HOLD_NONE, DELIVERY_WITHHELD, DELIVERY_WITHHELD, BEGAN_NONE},
        {HELD, HOLD_ESCALATION, HOLD_NONE, DELIVERY_WITHHELD, DELIVERY_WITHHELD, BEGAN_NONE},
        {HELD, HOLD_QUIET, HOLD_NONE, DELIVERY_HELD, DELIVERY_WITHHELD, BEGAN_NONE},
        {HELD, HOLD_DIGEST, HOLD_SILENCED, DELIVERY_HELD, DELIVERY_WITHHELD, BEGAN_NONE},
        {HELD, HOLD_STORM, HOLD_STORM, DELIVERY_HELD, DELIVERY_WITHHELD, BEGAN_NONE},
        {WITHHELD, HOLD_REPEAT, HOLD_NONE, DELIVERY_WITHHELD, DELIVERY_WITHHELD, BEGAN_NONE},
        {WITHHELD, HOLD_SILENCED, HOLD_QUIET, DELIVERY_WITHHELD, DELIVERY_WITHHELD, BEGAN_NONE},
        {NOT_THERE, 0, HOLD_NONE, DELIVERY_PENDING, NO_ROW, BEGAN_NONE},
        {NOT_THERE, 0, HOLD_SILENCED, DELIVERY_WITHHELD, NO_ROW, BEGAN_NONE},
        {NOT_THERE, 0, HOLD_QUIET, DELIVERY_HELD, NO_ROW, BEGAN_NONE},
    };
    struct rig *r = *state;

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct hold own = hold_of(table[i].own);
        int64_t engage, release;
        struct item *item;

        engage_becomes(r, table[i].fate, table[i].kind, &engage);
        release = put_held(r, ACTION_RELEASE, "k", &own);
        rig_settle_down(r);
        if ((int)table[i].then != rig_state(r, release, 1) ||
            table[i].engage != rig_state(r, engage, 1))
            fail_msg("row %zu: release %lld, engage %lld", i,
                     (long long)rig_state(r, release, 1),
                     (long long)rig_state(r, engage, 1));
        rig_conserves(r);
        if (table[i].then == DELIVERY_HELD)
            unhold(r, release, (struct hold){0}, false);
        /* The first look at a release may only ask how its engage has fared. */
        for (int idle = 0; idle < 2; idle++, rig_settle_down(r))
            for (; (item = rig_take_one(r)) != NULL; rig_settle_down(r)) {
                if (item->kept->id == release)
                    assert_int_equal(item->began, table[i].began);
                rig_deliver(r, item, "");
            }
        rig_conserves(r);
        if (rig_number(r->path, "SELECT held + pending FROM conservation", 0, 0) != 0)
            fail_msg("row %zu: something is left", i);
    }
}

/* Both in one group: the release must see its engage's row. */
static void an_engage_and_its_release_in_one_group(void **state)
{
    struct rig *r = *state;
    struct hold h = hold_of(HOLD_DIGEST);
    int64_t engage = put_held(r, ACTION_ENGAGE, "k", &h);
    int64_t release = put_held(r, ACTION_RELEASE, "k", &h);

    rig_settle_down(r);
    assert_int_equal(rig_state(r, engage, 1), DELIVERY_WITHHELD);
    assert_int_equal(rig_state(r, release, 1), DELIVERY_HELD);
    rig_conserves(r);
}

/* The hold of an engage ends while its release is on its way: whichever the file
 * sees first, both are told or neither is. */
static void an_end_and_a_release_at_once(void **state)
{
    struct rig *r = *state;

    for (int first = 0; first < 2; first++) {
        struct hold h = hold_of(HOLD_SILENCED);
        int64_t engage = put_held(r, ACTION_ENGAGE, "k", &h), release;
        struct unhold v = {.id = {engage, 1}};

        rig_settle_down(r);
        if (first == 0)
            outbox_unhold(r->outbox, &v, 1, NULL, NULL);
        release = put_held(r, ACTION_RELEASE, "k", &h);
        if (first == 1)
            outbox_unhold(r->outbox, &v, 1, NULL, NULL);
        rig_settle_down(r);
        assert_int_equal(rig_state(r, engage, 1), rig_state(r, release, 1));
        assert_int_equal(rig_state(r, engage, 1),
                         first == 0 ? DELIVERY_PENDING : DELIVERY_WITHHELD);
        assert_int_equal(rig_drain(r, 8), first == 0 ? 2 : 0);
        rig_conserves(r);
    }
}

/* --- by hand, and a recipient's end ------------------------------------------------ */

static void what_is_held_or_withheld_is_sent_by_hand(void **state)
{
    struct rig *r = *state;

    for (int final = 0; final < 2; final++) {
        struct hold h = hold_of(HOLD_SILENCED);
        int64_t id;

        h.final = final != 0;
        id = put_held(r, ACTION_STORE, "k", &h);
        rig_settle_down(r);
        rig_redrive(r, id, 1);
        rig_settle_down(r);
        assert_int_equal(r->redriven, 1);
        rig_conserves(r);
        assert_int_equal(rig_drain(r, 8), 1);
        assert_int_equal(rig_state(r, id, 1), DELIVERY_DELIVERED);
    }
    rig_conserves(r);
}

static void a_recipient_that_goes_leaves_nothing_held(void **state)
{
    struct rig *r = *state;
    struct hold h = hold_of(HOLD_DIGEST);
    int64_t held = put_held(r, ACTION_STORE, "k", &h);
    int64_t pending = rig_put(r, "k");

    rig_settle_down(r);
    outbox_abandon(r->outbox, 1, STR("the recipient was deleted"));
    rig_settle_down(r);
    assert_int_equal(rig_state(r, held, 1), DELIVERY_WITHHELD);
    assert_int_equal(rig_state(r, pending, 1), DELIVERY_DEAD);
    rig_conserves(r);
}

/* Very many at once come free in order, none twice, none left. */
static void many_come_free_in_bites(void **state)
{
    enum { MANY = 3 * HELD_BITE + 10 };
    struct rig *r = *state;
    struct hold h = hold_of(HOLD_SILENCED);
    struct held_query q = {.by = HELD_ALL};
    size_t n = 0, freed = 0;

    for (int i = 0; i < MANY; i++)
        put_held(r, ACTION_STORE, "k", &h);
    rig_settle_down(r);
    do {
        struct found *f = find(r, q);
        struct unhold v[HELD_BITE] = {0};

        n = f->n;
        for (size_t i = 0; i < n; i++)
            v[i].id = q.after = f->rows[i].id;
        outbox_unhold(r->outbox, v, n, NULL, NULL);
        freed += n;
    } while (n == HELD_BITE);
    assert_int_equal(freed, MANY);
    assert_int_equal(rig_drain(r, 32), MANY);
    rig_conserves(r);
}

/* Pruning leaves what is held, takes what is withheld, and the sum holds. */
static void held_ones_are_not_pruned(void **state)
{
    struct rig *r = *state;
    struct hold h = hold_of(HOLD_SILENCED), final = hold_of(HOLD_REPEAT);
    int64_t held, withheld;

    r->options.settled_max = 10;
    rig_reopen(r);
    final.final = true;
    held = put_held(r, ACTION_STORE, "k", &h);
    withheld = put_held(r, ACTION_STORE, "k", &final);
    for (int i = 0; i < 50; i++) {
        rig_put(r, "k");
        rig_settle_down(r);
        rig_deliver(r, rig_take_one(r), "");
    }
    rig_settle_down(r);
    assert_int_equal(rig_state(r, held, 1), DELIVERY_HELD);
    assert_int_equal(rig_state(r, withheld, 1), -1);
    assert_int_equal(rig_number(r->path, "SELECT withheld FROM conservation", 0, 0), 1);
    rig_conserves(r);
    rig_reopen(r);
    rig_conserves(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(what_is_held_waits_and_is_counted),
        RIG_TEST(a_final_hold_is_withheld_at_once),
        RIG_TEST(what_is_freed_is_sent_in_its_place),
        RIG_TEST(a_hold_ends_only_once),
        RIG_TEST(one_hold_may_follow_another),
        RIG_TEST(each_question_finds_its_own),
        RIG_TEST(a_release_goes_by_its_engage),
        RIG_TEST(an_engage_and_its_release_in_one_group),
        RIG_TEST(an_end_and_a_release_at_once),
        RIG_TEST(what_is_held_or_withheld_is_sent_by_hand),
        RIG_TEST(a_recipient_that_goes_leaves_nothing_held),
        RIG_TEST(many_come_free_in_bites),
        RIG_TEST(held_ones_are_not_pruned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
