/* test_outbox.c -- what is put is on disk, and stays what it became. */
#include "outbox_rig.h"

static const int64_t two[] = {1, 2};

/* --- put, take, settle -------------------------------------------------------- */

static void done_comes_after_the_commit(void **state)
{
    struct rig *r = *state;
    int64_t id = rig_put(r, "k");

    assert_int_equal(r->committed, 0);
    assert_int_equal(rig_state(r, id, 1), -1);
    assert_int_equal(r->ready[1], 0);
    rig_turn(r);
    assert_int_equal(r->committed, 1);
    assert_int_equal(rig_state(r, id, 1), DELIVERY_PENDING);
    assert_true(r->ready[1] > 0);
    rig_conserves(r);
}

static void a_group_is_one_commit_in_the_order_of_puts(void **state)
{
    struct rig *r = *state;
    struct outbox_counts before, after;
    int64_t last = 0;

    outbox_counts(r->outbox, &before);
    for (int i = 0; i < 50; i++)
        last = rig_put(r, "k");
    rig_turn(r);
    outbox_counts(r->outbox, &after);
    assert_int_equal(after.commits - before.commits, 1);
    assert_int_equal(after.committed_ops - before.committed_ops, 50);
    assert_int_equal(r->committed, 50);
    assert_int_equal(r->last_done, last);
    assert_int_equal(after.accepted_alerts, 50);
}

static void what_is_taken_is_what_was_put(void **state)
{
    struct rig *r = *state;
    int64_t id = rig_put_alert(
        r, &(struct rig_alert){ACTION_STORE, "k", "disk \"full\"", .to = two, .n = 2});
    struct item *a, *b;

    assert_null(rig_take_one(r)); /* not before it is on disk */
    rig_turn(r);
    assert_int_equal(rig_take(r, 1, 8, &a), 1);
    assert_int_equal(rig_take(r, 2, 8, &b), 1);
    assert_ptr_equal(a->kept, b->kept); /* one copy in memory */
    assert_int_equal(a->kept->id, id);
    assert_int_equal(a->kept->accepted_ms, r->now_ms);
    assert_int_equal(a->kept->action, ACTION_STORE);
    assert_int_equal(a->attempts, 0);
    assert_true(a->in_flight);
    assert_int_equal(a->began, BEGAN_NONE);
    assert_non_null(memmem(a->kept->json.p, a->kept->json.n, "disk \\\"full\\\"", 13));
    assert_null(rig_take_one(r)); /* only once */
}

static void each_end_is_on_disk_after_its_commit(void **state)
{
    static const struct {
        const char *name;
        enum delivery_state state;
    } table[] = {{"delivered", DELIVERY_DELIVERED}, {"dead", DELIVERY_DEAD}};
    struct rig *r = *state;

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        int64_t id = rig_put(r, "k");
        struct item *item;

        rig_turn(r);
        item = rig_take_one(r);
        assert_non_null(item);
        rig_end(r, item, table[i].state);
        assert_int_equal(rig_state(r, id, 1), DELIVERY_PENDING);
        rig_turn(r);
        assert_int_equal(rig_state(r, id, 1), table[i].state);
        assert_string_equal(delivery_state_name(table[i].state), table[i].name);
        assert_int_equal(rig_number(r->path, "SELECT settled_ms FROM delivery"
                                             " WHERE alert_id = ?", id, 0),
                         r->now_ms);
    }
    rig_conserves(r);
    rig_reopen(r);
    assert_null(rig_take_one(r));
    rig_conserves(r);
}

static void what_was_in_flight_comes_again_after_a_restart(void **state)
{
    struct rig *r = *state;
    int64_t id = rig_put(r, "k");
    struct item *item;

    rig_turn(r);
    assert_non_null(rig_take_one(r));
    rig_reopen(r);
    rig_settle_down(r);
    assert_true(r->ready[1] > 0);
    item = rig_take_one(r);
    assert_non_null(item);
    assert_int_equal(item->kept->id, id);
    assert_null(rig_take_one(r));
    assert_true(outbox_next_id(r->outbox) > id);
}

static void a_deferral_waits_and_counts(void **state)
{
    struct rig *r = *state;
    struct item *item;
    int64_t next_ms;

    rig_put(r, "k");
    rig_turn(r);
    rig_defer(r, rig_take_one(r), 5000, false);
    rig_turn(r);
    assert_int_equal(outbox_take(r->outbox, 1, &(struct take){.max = 1, .edits = false},
                       &item, &next_ms), 0);
    assert_int_equal(next_ms, r->now_ms + 5000);
    rig_reopen(r); /* nor does a restart make it sooner */
    rig_settle_down(r);
    assert_int_equal(outbox_take(r->outbox, 1, &(struct take){.max = 1, .edits = false},
                       &item, &next_ms), 0);
    assert_int_equal(next_ms, RIG_T0 + 5000);
    r->now_ms = RIG_T0 + 5000;
    item = rig_take_one(r);
    assert_non_null(item);
    assert_int_equal(item->attempts, 1);
    rig_conserves(r);
}

/* A try is counted on disk before it is made. */
static void a_deferral_is_not_taken_before_its_license_is_on_disk(void **state)
{
    struct rig *r = *state;

    rig_put(r, "k");
    rig_turn(r);
    rig_defer(r, rig_take_one(r), 0, false);
    assert_null(rig_take_one(r));
    rig_turn(r);
    assert_true(r->ready[1] >= 2);
    assert_non_null(rig_take_one(r));
}

static void a_clock_that_jumped_back_holds_nothing_up(void **state)
{
    struct rig *r = *state;
    struct item *item;
    int64_t next_ms;

    rig_put(r, "k");
    rig_turn(r);
    rig_defer(r, rig_take_one(r), 5000, false);
    rig_turn(r);
    r->now_ms -= 400LL * 24 * 3600 * 1000;
    assert_int_equal(outbox_take(r->outbox, 1, &(struct take){.max = 1, .edits = false},
                       &item, &next_ms), 0);
    assert_in_range(next_ms, r->now_ms, r->now_ms + RETRY_AFTER_CAP_MS);
    rig_reopen(r);
    rig_settle_down(r);
    assert_int_equal(outbox_take(r->outbox, 1, &(struct take){.max = 1, .edits = false},
                       &item, &next_ms), 0);
    assert_in_range(next_ms, r->now_ms, r->now_ms + RETRY_AFTER_CAP_MS);
}

/* --- attempts without an end ------------------------------------------------------ */

/* What kills us each time it is tried is given up at last; what only waited in
 * memory meanwhile is not. */
static void a_delivery_that_kills_is_given_up(void **state)
{
    struct rig *r = *state;
    int64_t killer = rig_put(r, "killer"), bystander;
    struct item *item;
    int kills = 0;

    rig_settle_down(r);
    bystander = rig_put(r, "bystander");
    rig_settle_down(r);
    while (rig_state(r, killer, 1) == DELIVERY_PENDING && kills < 100) {
        rig_settle_down(r);
        item = rig_take_one(r);
        if (item == NULL) { /* it is prepared first */
            rig_settle_down(r);
            item = rig_take_one(r);
        }
        if (item == NULL || item->kept->id != killer)
            break;
        kills++;
        rig_reopen(r); /* in flight: it never ended */
        rig_settle_down(r);
    }
    rig_settle_down(r);
    assert_in_range(kills, DELIVERY_UNENDED_MAX - 5, DELIVERY_UNENDED_MAX + 5);
    assert_int_equal(rig_state(r, killer, 1), DELIVERY_DEAD);
    assert_int_equal(rig_state(r, bystander, 1), DELIVERY_PENDING);
    assert_true(rig_number(r->path, "SELECT settled_ms FROM delivery WHERE alert_id = ?",
                           killer, 0) > RIG_T0);
    rig_conserves(r);
}

static void restarts_alone_kill_nothing(void **state)
{
    struct rig *r = *state;
    int64_t id = rig_put(r, "k");
    struct item *item;

    for (int i = 0; i < 3 * DELIVERY_UNENDED_MAX; i++) {
        rig_settle_down(r);
        rig_reopen(r);
    }
    rig_settle_down(r);
    assert_int_equal(rig_state(r, id, 1), DELIVERY_PENDING);
    for (int i = 0; (item = rig_take_one(r)) == NULL && i < 5; i++)
        rig_settle_down(r);
    assert_non_null(item);
}

/* An endpoint that says "later" ends the attempt, and does so for days. */
static void deferrals_that_do_not_count_kill_nothing(void **state)
{
    struct rig *r = *state;
    int64_t id = rig_put(r, "k");
    struct settlement later = {.state = DELIVERY_PENDING, .status = 429};
    struct item *item = NULL;

    for (int i = 0; i < 4 * DELIVERY_UNENDED_MAX; i++) {
        rig_settle_down(r);
        item = rig_take_one(r);
        assert_non_null(item);
        assert_int_equal(item->attempts, 0);
        outbox_settle(r->outbox, item, &later);
    }
    rig_settle_down(r);
    rig_reopen(r);
    rig_settle_down(r);
    assert_int_equal(rig_state(r, id, 1), DELIVERY_PENDING);
    assert_non_null(rig_take_one(r));
}

/* --- by hand ---------------------------------------------------------------------- */

static void a_dead_delivery_can_be_sent_again(void **state)
{
    struct rig *r = *state;
    int64_t id = rig_put(r, "k");
    struct item *item;

    rig_turn(r);
    rig_end(r, rig_take_one(r), DELIVERY_DEAD);
    rig_turn(r);
    rig_redrive(r, id, 1);
    assert_int_equal(r->redriven, -1);
    rig_turn(r);
    assert_int_equal(r->redriven, 1);
    rig_conserves(r);
    rig_settle_down(r);
    item = rig_take_one(r);
    assert_non_null(item);
    assert_int_equal(item->kept->id, id);
    assert_int_equal(item->attempts, 1);
    rig_deliver(r, item, "");
    rig_turn(r);
    assert_int_equal(rig_state(r, id, 1), DELIVERY_DELIVERED);
    rig_conserves(r);
}

static void only_what_is_dead_is_sent_again(void **state)
{
    struct rig *r = *state;
    int64_t id = rig_put(r, "k");

    rig_turn(r);
    rig_redrive(r, id, 1); /* pending */
    rig_turn(r);
    assert_int_equal(r->redriven, 0);
    rig_deliver(r, rig_take_one(r), "");
    rig_redrive(r, id, 1); /* delivered */
    rig_turn(r);
    assert_int_equal(r->redriven, 0);
    rig_redrive(r, id + 1000, 1); /* never there */
    rig_turn(r);
    assert_int_equal(r->redriven, 0);
    assert_null(rig_take_one(r));
    rig_conserves(r);
}

static void a_recipient_that_is_gone_ends_its_deliveries(void **state)
{
    struct rig *r = *state;
    struct outbox_counts n;
    int64_t first = rig_put_alert(r, &(struct rig_alert){ACTION_STORE, "k", .to = two, .n = 2});
    struct item *flying;

    rig_turn(r);
    flying = rig_take_one(r);
    for (int i = 0; i < 2000; i++)
        rig_put(r, "k"); /* more than its window; not yet on disk */
    outbox_abandon(r->outbox, 1, STR("the recipient was deleted"));
    rig_settle_down(r);
    outbox_counts(r->outbox, &n);
    assert_int_equal(n.dead, 2001);
    assert_int_equal(n.pending, 1); /* the other's */
    rig_conserves(r);
    assert_null(rig_take_one(r));
    rig_defer(r, flying, 0, false);
    rig_settle_down(r);
    assert_null(rig_take_one(r));
    assert_int_equal(rig_state(r, first, 1), DELIVERY_DEAD);
    assert_int_equal(rig_number(r->path, "SELECT count(*) FROM delivery WHERE reason ="
                                         " 'the recipient was deleted'", 0, 0),
                     2001);
    rig_conserves(r);
    rig_reopen(r);
    rig_settle_down(r);
    assert_null(rig_take_one(r));
    rig_conserves(r);
}

/* Whoever sends those again hears of them again. */
static void abandoned_deliveries_can_be_sent_again(void **state)
{
    struct rig *r = *state;
    int64_t id = rig_put(r, "k");

    rig_turn(r);
    outbox_abandon(r->outbox, 1, STR("gone"));
    rig_settle_down(r);
    r->ready[1] = 0;
    rig_redrive(r, id, 1);
    rig_settle_down(r);
    assert_int_equal(r->redriven, 1);
    assert_true(r->ready[1] > 0);
    assert_non_null(rig_take_one(r));
    rig_conserves(r);
}

/* --- idempotency -------------------------------------------------------------------- */

static void a_key_seen_before_gives_the_first_alert(void **state)
{
    static const uint64_t seen[2] = {7, 9}, other[2] = {7, 10};
    struct rig *r = *state;
    struct rig_alert a = {ACTION_STORE, "k", .seen = {7, 9}, .to = two, .n = 2};
    int64_t id = rig_put_alert(r, &a);
    struct rig_step *barrier;

    assert_int_equal(outbox_seen(r->outbox, seen), id);
    assert_int_equal(outbox_seen(r->outbox, other), 0);
    barrier = rig_barrier(r);
    assert_true(barrier->waiting);
    rig_turn(r);
    assert_true(!barrier->waiting && barrier->committed);
    rig_reopen(r);
    assert_int_equal(outbox_seen(r->outbox, seen), id);
    r->now_ms += SEEN_MS + 1;
    assert_int_equal(outbox_seen(r->outbox, seen), 0);
    assert_int_equal(outbox_seen(r->outbox, (uint64_t[2]){0, 0}), 0);
}

/* --- what is engaged ------------------------------------------------------------------ */

static void what_is_engaged_is_engaged_after_a_restart(void **state)
{
    struct rig *r = *state;
    struct rig_alert begins = {ACTION_ENGAGE, "k", .lease_ms = RIG_T0 + 500, .to = two, .n = 2};
    struct rig_alert again = {ACTION_ENGAGE, "k", .lease_ms = RIG_T0 + 900};
    struct rig_alert ends = {ACTION_RELEASE, "k", .to = two, .n = 2};
    int64_t id = rig_put_alert(r, &begins);
    const struct engaged *e;

    rig_turn(r);
    r->now_ms += 7;
    assert_int_equal(rig_put_alert(r, &again), id);
    rig_turn(r);
    rig_reopen(r);
    e = registry_find(r->registry, STR("k"));
    assert_non_null(e);
    assert_int_equal(e->id, id);
    assert_int_equal(e->entity, ENTITY_HOST);
    assert_int_equal(e->severity, SEVERITY_ERROR);
    assert_int_equal(e->tstamp_ms, RIG_T0);
    assert_int_equal(e->last_ms, RIG_T0 + 7);
    assert_int_equal(e->lease_ms, RIG_T0 + 900);
    assert_int_equal(e->repeats, 1);
    assert_true(str_starts(e->json, "{"));
    rig_put_alert(r, &ends);
    rig_turn(r);
    rig_reopen(r);
    assert_int_equal(registry_count(r->registry), 0);
    rig_conserves(r);
}

/* A million repeats are not a million alerts: what is kept counts by ids. */
static void repeats_use_up_no_ids(void **state)
{
    struct rig *r = *state;
    struct rig_alert begins = {ACTION_ENGAGE, "k", .to = two, .n = 2};
    int64_t first = rig_put_alert(r, &begins);

    for (int i = 0; i < 10; i++)
        assert_int_equal(rig_put_alert(r, &begins), first);
    assert_int_equal(rig_put(r, "other"), first + 1);
}

/* --- lanes and limits -------------------------------------------------------------------- */

static void a_lane_knows_its_own(void **state)
{
    struct rig *r = *state;
    struct lane_counts n;

    rig_put_alert(r, &(struct rig_alert){ACTION_STORE, "k", .to = two, .n = 2});
    r->now_ms += 10;
    rig_put(r, "k");
    rig_turn(r);
    outbox_lane(r->outbox, 1, &n);
    assert_int_equal(n.n[DELIVERY_PENDING], 2);
    assert_int_equal(n.oldest_ms, RIG_T0);
    rig_deliver(r, rig_take_one(r), "");
    rig_turn(r);
    outbox_lane(r->outbox, 1, &n);
    assert_int_equal(n.n[DELIVERY_PENDING], 1);
    assert_int_equal(n.n[DELIVERY_DELIVERED], 1);
    assert_int_equal(n.oldest_ms, RIG_T0 + 10);
    outbox_lane(r->outbox, 2, &n);
    assert_int_equal(n.n[DELIVERY_PENDING], 1);
    assert_int_equal(n.n[DELIVERY_DEAD], 0);
    outbox_lane(r->outbox, 77, &n);
    assert_int_equal(n.n[DELIVERY_PENDING], 0);
    assert_int_equal(n.newest_ms, 0);
}

static void texts_are_cut_at_their_limits(void **state)
{
    struct rig *r = *state;
    char *longer = mem_new(2000);
    struct settlement s = {.state = DELIVERY_DELIVERED, .counted = true,
                           .reason = {longer, 1999}, .handle = {longer, HANDLE_MAX + 1}};
    int64_t id = rig_put(r, "k");

    memset(longer, 'x', 1999);
    rig_turn(r);
    outbox_settle(r->outbox, rig_take_one(r), &s);
    rig_turn(r);
    assert_int_equal(rig_number(r->path, "SELECT length(reason) FROM delivery"
                                         " WHERE alert_id = ?", id, 0), REASON_MAX);
    /* Half a handle is nobody's. */
    assert_int_equal(rig_number(r->path, "SELECT length(handle) FROM delivery"
                                         " WHERE alert_id = ?", id, 0), 0);
    free(longer);
}

static void a_group_has_room_for_a_whole_body(void **state)
{
    struct rig *r = *state;

    assert_true(outbox_has_room(r->outbox, INTAKE_ALERTS_MAX, GROUP_BYTES_MAX / 2));
    rig_put(r, "k"); /* others' alerts do not keep a large body out */
    assert_true(outbox_has_room(r->outbox, INTAKE_ALERTS_MAX, GROUP_BYTES_MAX / 2));
    for (int i = 0; i < GROUP_OPS_MAX; i++)
        rig_put(r, "k");
    assert_false(outbox_has_room(r->outbox, 1, 1));
    rig_turn(r);
    assert_true(outbox_has_room(r->outbox, 1, 1));
    rig_put(r, "k");
    assert_false(outbox_has_room(r->outbox, 1, GROUP_BYTES_MAX));
}

/* --- pruning ----------------------------------------------------------------------------- */

static void the_settled_are_pruned_the_others_never(void **state)
{
    struct rig *r = *state;
    struct rig_alert begins = {ACTION_ENGAGE, "on", .to = two, .n = 2};
    struct rig_alert briefly = {ACTION_ENGAGE, "brief", .to = two, .n = 1};
    struct rig_alert ends = {ACTION_RELEASE, "brief", .to = two, .n = 1};
    struct item *item;
    int64_t engaged, engage, pending;

    r->options.settled_max = 100;
    rig_reopen(r);
    engaged = rig_put_alert(r, &begins);
    engage = rig_put_alert(r, &briefly);
    rig_settle_down(r);
    while (rig_take(r, 1, 1, &item) == 1 || rig_take(r, 2, 1, &item) == 1)
        rig_deliver(r, item, "handle");
    pending = rig_put_alert(r, &ends); /* will ask how the engage fared */
    rig_settle_down(r);
    for (int i = 0; i < 3000; i++) {
        rig_put_alert(r, &(struct rig_alert){ACTION_STORE, "k", .to = two + 1, .n = 1});
        if (i % 50 == 49) {
            rig_settle_down(r);
            while (rig_take(r, 2, 1, &item) == 1)
                rig_end(r, item, i % 100 == 49 ? DELIVERY_DEAD : DELIVERY_DELIVERED);
        }
    }
    rig_settle_down(r);
    rig_put(r, "one more");
    rig_settle_down(r);
    assert_in_range(rig_number(r->path, "SELECT count(*) FROM alert", 0, 0), 100, 1500);
    assert_int_equal(rig_number(r->path, "SELECT id FROM alert WHERE id = ?", engaged, 0),
                     engaged);
    assert_int_equal(rig_state(r, engage, 1), DELIVERY_DELIVERED);
    assert_int_equal(rig_state(r, pending, 1), DELIVERY_PENDING);
    rig_conserves(r);
    rig_reopen(r);
    rig_conserves(r);
    rig_settle_down(r);
    item = rig_take_one(r);
    assert_non_null(item);
    assert_int_equal(item->kept->id, pending);
    assert_int_equal(item->began, BEGAN_DELIVERED);
    assert_true(str_is(item->handle, "handle"));
}

/* --- the file ------------------------------------------------------------------------------ */

static void a_newer_file_is_refused(void **state)
{
    struct rig *r = *state;
    struct error err = {0};
    sqlite3 *db;

    rig_close(r);
    assert_int_equal(sqlite3_open(r->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_false(rig_try_open(r, &err));
    assert_non_null(strstr(err.text, r->path));
    assert_non_null(strstr(err.text, "newer"));
}

static void what_is_no_database_is_refused_and_kept(void **state)
{
    static const char text[] = "this is somebody's letter, not a database at all\n";
    struct rig *r = *state;
    struct error err = {0};
    char back[sizeof text] = "";
    int fd;

    rig_close(r);
    fd = open(r->path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_int_equal(write(fd, text, sizeof text), sizeof text);
    close(fd);
    assert_false(rig_try_open(r, &err));
    assert_non_null(strstr(err.text, r->path));
    fd = open(r->path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(fd, back, sizeof back), sizeof back);
    close(fd);
    assert_string_equal(back, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(done_comes_after_the_commit),
        RIG_TEST(a_group_is_one_commit_in_the_order_of_puts),
        RIG_TEST(what_is_taken_is_what_was_put),
        RIG_TEST(each_end_is_on_disk_after_its_commit),
        RIG_TEST(what_was_in_flight_comes_again_after_a_restart),
        RIG_TEST(a_deferral_waits_and_counts),
        RIG_TEST(a_deferral_is_not_taken_before_its_license_is_on_disk),
        RIG_TEST(a_clock_that_jumped_back_holds_nothing_up),
        RIG_TEST(a_delivery_that_kills_is_given_up),
        RIG_TEST(restarts_alone_kill_nothing),
        RIG_TEST(deferrals_that_do_not_count_kill_nothing),
        RIG_TEST(a_dead_delivery_can_be_sent_again),
        RIG_TEST(only_what_is_dead_is_sent_again),
        RIG_TEST(a_recipient_that_is_gone_ends_its_deliveries),
        RIG_TEST(abandoned_deliveries_can_be_sent_again),
        RIG_TEST(a_key_seen_before_gives_the_first_alert),
        RIG_TEST(what_is_engaged_is_engaged_after_a_restart),
        RIG_TEST(repeats_use_up_no_ids),
        RIG_TEST(a_lane_knows_its_own),
        RIG_TEST(texts_are_cut_at_their_limits),
        RIG_TEST(a_group_has_room_for_a_whole_body),
        RIG_TEST(the_settled_are_pruned_the_others_never),
        RIG_TEST(a_newer_file_is_refused),
        RIG_TEST(what_is_no_database_is_refused_and_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
