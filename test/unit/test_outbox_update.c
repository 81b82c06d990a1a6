/* test_outbox_update.c -- what is told of an engaged alert beside its beginning and its
 * end: whom, in what order, through restarts, a full disk and in any mixture. */
#include "outbox_rig.h"

#include "outbox/acknowledge.h"

static const int64_t everybody[] = {1, 2, 3};

static const struct ack by_maya = {
    .at_ms = RIG_T0 + 5, .by = {"maya", 4}, .note = {"ISP ticket 88", 13}};

static int64_t engage(struct rig *r, enum severity severity, const int64_t *to, size_t n)
{
    return rig_put_alert(r, &(struct rig_alert){ACTION_ENGAGE, "k", .to = to, .n = n,
                                                .severity = severity});
}

static int64_t release(struct rig *r)
{
    return rig_put_alert(r, &(struct rig_alert){ACTION_RELEASE, "k", .to = everybody,
                                                .n = 3});
}

/* The update's id; told to those of `to` that were told the alert. */
static int64_t acknowledge_for(struct rig *r, int64_t id, const struct ack *ack,
                               const int64_t *to, size_t n)
{
    const struct engaged_set all = {r->registry, r->outbox, to, n};
    int64_t update_id = outbox_next_id(r->outbox);
    size_t changed;

    assert_true(acknowledge(&all, &id, 1, ack, &changed, NULL, NULL));
    assert_int_equal(changed, 1);
    return update_id;
}

/* The next delivery of the recipient, delivered; its alert's id, or 0. */
static int64_t deliver_next(struct rig *r, int64_t recipient_id, const char *handle)
{
    struct item *i = NULL;
    int64_t id;

    rig_settle_down(r);
    if (rig_take(r, recipient_id, 1, &i) == 0)
        return 0;
    id = i->kept->id;
    rig_deliver(r, i, handle);
    rig_settle_down(r);
    return id;
}

/* --- acknowledged ------------------------------------------------------------------ */

static void who_was_told_is_told_behind_it(void **state)
{
    struct rig *r = *state;
    static const int64_t audience[] = {1, 3};
    int64_t id = engage(r, SEVERITY_ERROR, everybody, 2), update;
    struct outbox_counts before, n;
    struct item *i = NULL;

    assert_int_equal(deliver_next(r, 2, "h2"), id);
    outbox_counts(r->outbox, &before);
    update = acknowledge_for(r, id, &by_maya, audience, 2);
    rig_settle_down(r);
    assert_int_equal(rig_state(r, update, 1), DELIVERY_PENDING); /* will be told */
    assert_int_equal(rig_state(r, update, 2), -1);               /* cannot show it */
    assert_int_equal(rig_state(r, update, 3), -1);               /* was not told */
    assert_int_equal(deliver_next(r, 1, "h1"), id);
    assert_int_equal(rig_take(r, 1, 1, &i), 0); /* asks how its engage fared */
    rig_settle_down(r);
    assert_int_equal(rig_take(r, 1, 1, &i), 1);
    assert_true(i->kept->id == update && i->kept->began_id == id);
    assert_int_equal(i->kept->update, UPDATE_ACKED);
    assert_int_equal(i->kept->action, ACTION_ENGAGE);
    assert_true(str_is(i->kept->ack->by, "maya"));
    assert_true(str_is(i->kept->ack->note, "ISP ticket 88"));
    assert_int_equal(i->began, BEGAN_DELIVERED);
    assert_true(str_is(i->handle, "h1"));
    rig_deliver(r, i, "");
    rig_settle_down(r);
    rig_conserves(r);
    outbox_counts(r->outbox, &n);
    assert_int_equal(n.accepted, before.accepted + 1);
    assert_int_equal(n.accepted_alerts, before.accepted_alerts); /* no alert */
    rig_reopen(r);
    rig_conserves(r);
    outbox_counts(r->outbox, &n);
    assert_int_equal(n.accepted_alerts, before.accepted_alerts);
}

/* --- read with what it is of --------------------------------------------------------- */

static size_t read_of(struct rig *r, int64_t id, bool with_updates, struct arena *arena,
                      struct delivery_row **rows)
{
    struct delivery_query q = {
        .alert_id = id, .state = -1, .with_updates = with_updates, .limit = 10};
    struct error err = {0};
    struct outbox_reader *reader = outbox_reader_open(r->path, &err);
    int64_t total;
    size_t n;

    assert_non_null(reader);
    assert_true(outbox_read_deliveries(reader, &q, arena, rows, &n, &total, &err));
    assert_int_equal(total, n);
    outbox_reader_close(reader);
    return n;
}

static void it_is_read_with_its_alert_where_asked(void **state)
{
    struct rig *r = *state;
    int64_t id = engage(r, SEVERITY_ERROR, everybody, 2), update;
    struct arena arena freed_by(arena_release) = {0};
    struct delivery_row *rows;

    assert_int_equal(deliver_next(r, 1, "h1"), id);
    update = acknowledge_for(r, id, &by_maya, everybody, 1);
    release(r);
    rig_settle_down(r);
    assert_int_equal(read_of(r, id, false, &arena, &rows), 2);
    assert_int_equal(read_of(r, id, true, &arena, &rows), 3);
    assert_int_equal(rows[0].id.alert_id, update); /* the newest first */
    assert_int_equal(rows[0].update, UPDATE_ACKED);
    assert_int_equal(rows[1].update, UPDATE_NONE);
    assert_int_equal(read_of(r, update, false, &arena, &rows), 1);
    assert_int_equal(read_of(r, 0, false, &arena, &rows), 6); /* any */
}

static void it_is_told_after_a_restart_and_before_the_end(void **state)
{
    struct rig *r = *state;
    int64_t id = engage(r, SEVERITY_ERROR, everybody, 1), acked, unacked, end;
    struct item *i = NULL;

    assert_int_equal(deliver_next(r, 1, "h"), id);
    acked = acknowledge_for(r, id, &by_maya, everybody, 3);
    unacked = acknowledge_for(r, id, NULL, everybody, 3);
    end = release(r);
    rig_settle_down(r);
    rig_reopen(r); /* as if killed: nothing of it was sent */
    rig_settle_down(r);
    assert_int_equal(rig_take(r, 1, 1, &i), 1);
    assert_int_equal(i->kept->id, acked);
    assert_int_equal(i->kept->update, UPDATE_ACKED);
    assert_true(str_is(i->kept->ack->by, "maya") && str_is(i->handle, "h"));
    rig_defer(r, i, 0, false);
    rig_settle_down(r);
    assert_int_equal(deliver_next(r, 1, ""), acked);
    rig_settle_down(r);
    assert_int_equal(rig_take(r, 1, 1, &i), 1);
    assert_true(i->kept->id == unacked && i->kept->update == UPDATE_UNACKED);
    assert_null(i->kept->ack);
    rig_deliver(r, i, "");
    assert_int_equal(deliver_next(r, 1, ""), end);
    assert_int_equal(deliver_next(r, 1, ""), 0);
    rig_conserves(r);
}

/* As a file of schema 2 is, which knew of no updates. */
static void make_older(const struct rig *r)
{
    static const char older[] =
        "DROP INDEX alert_update; ALTER TABLE alert DROP COLUMN ack_note;"
        "ALTER TABLE alert DROP COLUMN ack_by; ALTER TABLE alert DROP COLUMN ack_until_ms;"
        "ALTER TABLE alert DROP COLUMN ack_ms; ALTER TABLE alert DROP COLUMN update_kind;"
        "PRAGMA user_version = 2;";
    sqlite3 *db;

    assert_int_equal(sqlite3_open(r->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, older, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

static void an_older_file_learns_it(void **state)
{
    struct rig *r = *state;
    int64_t id = engage(r, SEVERITY_WARNING, everybody, 1), update;

    assert_int_equal(deliver_next(r, 1, "h"), id);
    rig_close(r);
    make_older(r);
    rig_open(r);
    rig_conserves(r);
    update = acknowledge_for(r, id, &by_maya, everybody, 3);
    engage(r, SEVERITY_ERROR, everybody, 2);
    assert_int_equal(deliver_next(r, 1, ""), update);
    assert_int_equal(deliver_next(r, 2, ""), id);
    rig_reopen(r);
    rig_conserves(r);
}

/* --- worse ---------------------------------------------------------------------------- */

static void who_did_not_match_gets_it_now(void **state)
{
    struct rig *r = *state;
    int64_t id = engage(r, SEVERITY_WARNING, everybody, 1), update, end;
    struct item *i = NULL;

    assert_int_equal(deliver_next(r, 1, "h1"), id);
    update = outbox_next_id(r->outbox);
    r->now_ms += 1000;
    assert_int_equal(engage(r, SEVERITY_ERROR, everybody, 3), id);
    rig_settle_down(r);
    assert_int_equal(rig_state(r, update, 1), DELIVERY_PENDING);
    assert_int_equal(rig_state(r, id, 2), DELIVERY_PENDING); /* the alert itself */
    assert_int_equal(rig_state(r, update, 2), -1);
    assert_int_equal(rig_take(r, 2, 1, &i), 1);
    assert_true(i->kept->id == id && i->kept->update == UPDATE_NONE);
    assert_non_null(memmem(i->kept->json.p, i->kept->json.n, "\"error\"", 7));
    assert_true(i->freed_ms >= RIG_T0 + 1000); /* it was not late */
    rig_deliver(r, i, "h2");
    rig_settle_down(r);
    assert_int_equal(rig_take(r, 1, 1, &i), 1);
    assert_true(i->kept->id == update && i->kept->update == UPDATE_WORSENED);
    assert_true(i->began == BEGAN_DELIVERED && str_is(i->handle, "h1"));
    rig_deliver(r, i, "");
    end = release(r);
    rig_settle_down(r);
    assert_int_equal(rig_take(r, 2, 1, &i), 1); /* its end finds what it ends */
    assert_true(i->kept->id == end && str_is(i->handle, "h2"));
    rig_deliver(r, i, "");
    rig_settle_down(r);
    rig_conserves(r);
}

static void a_restart_knows_how_bad_it_is(void **state)
{
    struct rig *r = *state;
    int64_t id = engage(r, SEVERITY_WARNING, everybody, 1);

    engage(r, SEVERITY_ERROR, everybody, 1);
    rig_settle_down(r);
    rig_reopen(r);
    assert_int_equal(registry_find_id(r->registry, id)->severity, SEVERITY_ERROR);
    assert_int_equal(registry_find_id(r->registry, id)->severities->v[0].severity,
                     SEVERITY_WARNING);
    assert_int_equal(engage(r, SEVERITY_WARNING, everybody, 1), id);
    assert_int_equal(engage(r, SEVERITY_ERROR, everybody, 1), id);
    rig_settle_down(r);
    assert_int_equal(rig_number(r->path, "SELECT count(*) FROM alert", 0, 0), 2);
    assert_int_equal(registry_find_id(r->registry, id)->repeats, 3);
    rig_conserves(r);
}

/* Whom its end will be told, whatever they want by then. */
static void a_restart_knows_who_was_told(void **state)
{
    struct rig *r = *state;
    int64_t id = engage(r, SEVERITY_WARNING, &everybody[1], 1), other;
    struct told_to told;

    engage(r, SEVERITY_ERROR, everybody, 2);
    other = rig_put_alert(r, &(struct rig_alert){ACTION_ENGAGE, "other", .to = everybody,
                                                 .n = 1});
    rig_settle_down(r);
    rig_reopen(r);
    told = told_list_view(registry_find_id(r->registry, id)->told);
    assert_int_equal(told.n, 2);
    assert_true(told.v[0] == everybody[0] && told.v[1] == everybody[1]);
    told = told_list_view(registry_find_id(r->registry, other)->told);
    assert_true(told.n == 1 && told.v[0] == everybody[0]);
}

static void what_is_held_or_withheld_stays_so(void **state)
{
    struct rig *r = *state;
    struct hold holds[] = {{.kind = HOLD_SILENCED, .reason = STR("s")},
                           {.kind = HOLD_STORM, .final = true, .reason = STR("f")},
                           {0}};
    int64_t id = rig_put_alert(r, &(struct rig_alert){ACTION_ENGAGE, "k", .to = everybody,
                                                      .n = 3, .holds = holds,
                                                      .severity = SEVERITY_WARNING});
    int64_t update;

    rig_settle_down(r);
    update = outbox_next_id(r->outbox);
    engage(r, SEVERITY_ERROR, everybody, 3);
    rig_settle_down(r);
    assert_int_equal(rig_state(r, id, 1), DELIVERY_HELD);
    assert_int_equal(rig_state(r, id, 2), DELIVERY_WITHHELD);
    assert_int_equal(rig_state(r, update, 1), -1);
    assert_int_equal(rig_state(r, update, 2), -1);
    assert_int_equal(rig_state(r, update, 3), DELIVERY_PENDING);
    rig_conserves(r);
}

static void an_escalation_that_is_new_waits_and_one_that_came_does_not(void **state)
{
    struct rig *r = *state;
    const struct hold waits = {.kind = HOLD_ESCALATION, .ref = 1, .reason = STR("waits"),
                               .until_ms = RIG_T0 + 60000,
                               .remark = {.escalated_ms = 60000, .escalated_from = 1}};
    struct hold holds[] = {{0}, waits, waits};
    int64_t id = rig_put_alert(r, &(struct rig_alert){ACTION_ENGAGE, "k", .to = everybody,
                                                      .n = 2, .holds = holds,
                                                      .severity = SEVERITY_WARNING});
    struct unhold come = {.id = {id, 2}};
    int64_t update;

    outbox_unhold(r->outbox, &come, 1, NULL, NULL);
    assert_int_equal(deliver_next(r, 2, "h"), id);
    update = outbox_next_id(r->outbox);
    rig_put_alert(r, &(struct rig_alert){ACTION_ENGAGE, "k", .to = everybody, .n = 3,
                                         .holds = holds});
    rig_settle_down(r);
    assert_int_equal(rig_state(r, update, 2), DELIVERY_PENDING);
    assert_int_equal(rig_state(r, id, 3), DELIVERY_HELD);
    holds[1].final = holds[2].final = true; /* acknowledged: comes to nobody new */
    rig_conserves(r);
}

/* --- escalations on their way ------------------------------------------------------------ */

static struct item *escalation_taken(struct rig *r, int64_t *id)
{
    const struct hold holds[] = {{0}, {.kind = HOLD_ESCALATION, .ref = 1,
                                       .reason = STR("waits"), .until_ms = RIG_T0 + 60000,
                                       .remark = {.escalated_ms = 60000}}};
    struct unhold come = {0};
    struct item *i = NULL;

    *id = rig_put_alert(r, &(struct rig_alert){ACTION_ENGAGE, "k", .to = everybody,
                                               .n = 2, .holds = holds});
    come.id = (struct delivery_id){*id, 2};
    outbox_unhold(r->outbox, &come, 1, NULL, NULL);
    rig_settle_down(r);
    assert_int_equal(rig_take(r, 2, 1, &i), 1);
    return i;
}

static void one_in_flight_arrives(void **state)
{
    struct rig *r = *state;
    int64_t id;
    struct item *i = escalation_taken(r, &id);

    acknowledge_for(r, id, &by_maya, everybody, 0);
    rig_settle_down(r);
    assert_int_equal(rig_state(r, id, 2), DELIVERY_PENDING);
    rig_deliver(r, i, "");
    rig_settle_down(r);
    assert_int_equal(rig_state(r, id, 2), DELIVERY_DELIVERED);
    rig_conserves(r);
}

static void one_that_comes_back_is_not_tried_again(void **state)
{
    struct rig *r = *state;
    int64_t id;
    struct item *i = escalation_taken(r, &id);

    acknowledge_for(r, id, &by_maya, everybody, 0);
    rig_settle_down(r);
    rig_defer(r, i, 0, false);
    rig_settle_down(r);
    assert_int_equal(rig_state(r, id, 2), DELIVERY_WITHHELD);
    assert_int_equal(rig_take(r, 2, 1, &i), 0);
    rig_conserves(r);
}

static void one_that_was_deferred_is_withheld(void **state)
{
    struct rig *r = *state;
    int64_t id;
    struct item *i = escalation_taken(r, &id);

    rig_defer(r, i, 0, false); /* its commit is not there yet */
    acknowledge_for(r, id, &by_maya, everybody, 0);
    rig_settle_down(r);
    assert_int_equal(rig_state(r, id, 2), DELIVERY_WITHHELD);
    assert_int_equal(rig_take(r, 2, 1, &i), 0);
    rig_conserves(r);
}

static void one_in_flight_when_we_were_killed_is_withheld(void **state)
{
    struct rig *r = *state;
    int64_t id;

    escalation_taken(r, &id);
    acknowledge_for(r, id, &by_maya, everybody, 0);
    rig_settle_down(r);
    rig_reopen(r);
    assert_int_equal(rig_state(r, id, 2), DELIVERY_WITHHELD);
    rig_conserves(r);
}

/* --- at random ------------------------------------------------------------------------------ */

struct walk {
    uint64_t dice;
    int64_t id; /* engaged; 0: not */
    int64_t last[4]; /* delivered to each recipient */
    bool told[4];    /* that it began */
};

static uint32_t roll(struct walk *w, uint32_t n)
{
    w->dice = w->dice * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(w->dice >> 33) % n;
}

/* In order; an acknowledgement only to who was told; nothing twice. */
static void arrive(struct rig *r, struct walk *w, int64_t recipient_id)
{
    struct item *i = NULL;
    int64_t *last = &w->last[recipient_id];

    if (rig_take(r, recipient_id, 1, &i) == 0)
        return;
    if (roll(w, 4) == 0) {
        rig_defer(r, i, 0, false);
        return;
    }
    if (i->kept->update == UPDATE_ACKED || i->kept->update == UPDATE_UNACKED)
        assert_int_equal(i->began, BEGAN_DELIVERED);
    assert_true(i->kept->id > *last || i->freed_ms > 0);
    *last = MAX(*last, i->kept->id);
    rig_deliver(r, i, "h");
}

static void step(struct rig *r, struct walk *w)
{
    uint32_t what = roll(w, 12);

    if (w->id == 0 || what == 0)
        w->id = engage(r, (enum severity)(SEVERITY_NOTICE + roll(w, 4)), everybody,
                       1 + roll(w, 3));
    else if (what == 1 && release(r) > 0)
        w->id = 0;
    else if (what == 2)
        acknowledge_for(r, w->id, &by_maya, everybody, 3);
    else if (what == 3 && registry_find_id(r->registry, w->id)->ack != NULL)
        acknowledge_for(r, w->id, NULL, everybody, 3);
    else
        arrive(r, w, 1 + roll(w, 3));
}

static void in_any_mixture_all_is_told_in_order(void **state)
{
    struct rig *r = *state;

    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct walk w = {.dice = seed, .last = {0}};
        struct outbox_counts n;

        for (int i = 0; i < 300; i++) {
            step(r, &w);
            if (roll(&w, 3) == 0)
                rig_settle_down(r);
            if (roll(&w, 50) == 0)
                rig_reopen(r);
        }
        if (w.id != 0)
            release(r);
        do {
            rig_settle_down(r);
            for (int64_t to = 1; to <= 3; to++)
                arrive(r, &w, to);
            outbox_counts(r->outbox, &n);
        } while (n.pending > 0);
        rig_settle_down(r);
        rig_conserves(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(who_was_told_is_told_behind_it),
        RIG_TEST(it_is_read_with_its_alert_where_asked),
        RIG_TEST(it_is_told_after_a_restart_and_before_the_end),
        RIG_TEST(an_older_file_learns_it),
        RIG_TEST(who_did_not_match_gets_it_now),
        RIG_TEST(a_restart_knows_how_bad_it_is),
        RIG_TEST(a_restart_knows_who_was_told),
        RIG_TEST(what_is_held_or_withheld_stays_so),
        RIG_TEST(an_escalation_that_is_new_waits_and_one_that_came_does_not),
        RIG_TEST(one_in_flight_arrives),
        RIG_TEST(one_that_comes_back_is_not_tried_again),
        RIG_TEST(one_that_was_deferred_is_withheld),
        RIG_TEST(one_in_flight_when_we_were_killed_is_withheld),
        RIG_TEST(in_any_mixture_all_is_told_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
