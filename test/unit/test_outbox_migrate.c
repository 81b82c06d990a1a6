/* test_outbox_migrate.c -- files that older versions wrote are read, and nothing of
 * them is lost. */
#include "outbox_rig.h"

/* As version 0.1.0 made it. */
static const char version_1[] =
    "CREATE TABLE alert ("
    "  id INTEGER PRIMARY KEY,"
    "  accepted_ms INTEGER NOT NULL,"
    "  action INTEGER NOT NULL CHECK (action BETWEEN 0 AND 2),"
    "  began_id INTEGER NOT NULL,"
    "  key_hash INTEGER NOT NULL,"
    "  seen_a INTEGER NOT NULL,"
    "  seen_b INTEGER NOT NULL,"
    "  json TEXT NOT NULL);"
    "CREATE INDEX alert_began ON alert (began_id) WHERE began_id <> 0;"
    /* state: 0 pending, 1 delivered, 2 dead; it only leaves 2 by a retry. */
    "CREATE TABLE delivery ("
    "  alert_id INTEGER NOT NULL REFERENCES alert(id),"
    "  recipient_id INTEGER NOT NULL,"
    "  state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2),"
    "  licensed INTEGER NOT NULL DEFAULT 0,"
    "  attempts INTEGER NOT NULL DEFAULT 0,"
    "  due_ms INTEGER NOT NULL DEFAULT 0,"
    "  settled_ms INTEGER NOT NULL DEFAULT 0,"
    "  status INTEGER NOT NULL DEFAULT 0,"
    "  reason TEXT NOT NULL DEFAULT '',"
    "  handle TEXT NOT NULL DEFAULT '',"
    "  PRIMARY KEY (alert_id, recipient_id)) WITHOUT ROWID;"
    "CREATE INDEX delivery_pending ON delivery (recipient_id, alert_id)"
    "  WHERE state = 0;"
    "CREATE INDEX delivery_dead ON delivery (recipient_id, alert_id)"
    "  WHERE state = 2;"
    "CREATE TABLE engaged ("
    "  id INTEGER PRIMARY KEY,"
    "  key TEXT NOT NULL,"
    "  tstamp_ms INTEGER NOT NULL,"
    "  last_ms INTEGER NOT NULL,"
    "  lease_ms INTEGER NOT NULL,"
    "  repeats INTEGER NOT NULL);"
    /* What pruning took away: by delivery state, and -1 for alerts. */
    "CREATE TABLE tally (state INTEGER PRIMARY KEY, n INTEGER NOT NULL);"
    "INSERT INTO tally VALUES (-1, 0), (1, 0), (2, 0);"
    "CREATE VIEW conservation AS SELECT"
    "  (SELECT count(*) FROM delivery) +"
    "    (SELECT sum(n) FROM tally WHERE state > 0) AS accepted,"
    "  (SELECT count(*) FROM delivery WHERE state = 1) +"
    "    (SELECT n FROM tally WHERE state = 1) AS delivered,"
    "  (SELECT count(*) FROM delivery WHERE state = 2) +"
    "    (SELECT n FROM tally WHERE state = 2) AS dead,"
    "  (SELECT count(*) FROM delivery WHERE state = 0) AS pending;"
    "PRAGMA user_version = 1;";

#define LINE(key)                                                              \
    "{\"type\":\"syn_scan\",\"entity\":\"host\",\"entity_value\":\"10.0.0.1\","    \
    "\"action\":\"engage\",\"severity\":\"error\",\"key\":\"" key "\"}"

/* An engaged one that was told, a dead one, one on its way, and what was pruned. */
static const char rows_1[] =
    "INSERT INTO alert VALUES"
    " (5, 1700000000000, 0, 0, 1, 11, 12, '" LINE("a") "'),"
    " (6, 1700000000001, 2, 0, 2, 0, 0, '" LINE("b") "'),"
    " (7, 1700000000002, 2, 0, 3, 0, 0, '" LINE("c") "');"
    "INSERT INTO delivery VALUES"
    " (5, 1, 1, 1, 1, 0, 1700000000100, 200, '', 'msg-5'),"
    " (6, 1, 2, 1, 1, 0, 1700000000200, 400, 'no', ''),"
    " (7, 1, 0, 3, 2, 1700000000300, 0, 503, 'later', ''),"
    " (7, 2, 0, 0, 0, 0, 0, 0, '', '');"
    "INSERT INTO engaged VALUES (5, 'a', 1700000000000, 1700000000000, 0, 2);"
    "UPDATE tally SET n = 4 WHERE state = -1;"
    "UPDATE tally SET n = 3 WHERE state = 1;"
    "UPDATE tally SET n = 1 WHERE state = 2;";

static void write_file(const struct rig *r, const char *schema, const char *rows)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(r->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, schema, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(db, rows, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

static int setup(void **state)
{
    struct rig *r = mem_new(sizeof *r);

    rig_make(r);
    *state = r;
    return 0;
}

static void version_1_is_taken_over(void **state)
{
    struct rig *r = *state;
    struct outbox_counts n;
    struct item *item;

    write_file(r, version_1, rows_1);
    rig_open(r);
    rig_settle_down(r);
    outbox_counts(r->outbox, &n);
    assert_int_equal(n.accepted_alerts, 7);
    assert_int_equal(n.accepted, 8);
    assert_int_equal(n.delivered, 4);
    assert_int_equal(n.dead, 2);
    assert_int_equal(n.pending, 2);
    assert_int_equal(n.held + n.withheld, 0);
    rig_conserves(r);
    assert_int_equal(registry_count(r->registry), 1);
    assert_int_equal(outbox_next_id(r->outbox), 8);
    r->now_ms += 1000;
    item = rig_take_one(r);
    assert_int_equal(item->kept->id, 7);
    assert_int_equal(item->attempts, 2);
    rig_deliver(r, item, "");
    rig_redrive(r, 6, 1);
    rig_settle_down(r);
    assert_int_equal(r->redriven, 1);
    rig_conserves(r);
}

/* The handle came over, the release is an edit, and the new states are there. */
static void version_1_goes_on_working(void **state)
{
    static const int64_t one[] = {1};
    struct hold held = {.kind = HOLD_SILENCED, .ref = 1, .reason = STR("silenced")};
    struct rig *r = *state;
    int64_t release, silenced;
    struct item *items[4];

    write_file(r, version_1, rows_1);
    rig_open(r);
    rig_settle_down(r);
    r->now_ms += 1000;
    rig_deliver(r, rig_take_one(r), "");
    release = rig_put_alert(r, &(struct rig_alert){ACTION_RELEASE, "a", .to = one, .n = 1});
    silenced = rig_put_alert(r, &(struct rig_alert){ACTION_ENGAGE, "new", .to = one, .n = 1,
                                                    .holds = &held});
    rig_settle_down(r);
    assert_int_equal(rig_take(r, 1, 4, items), 1);
    assert_int_equal(items[0]->kept->id, release);
    assert_int_equal(items[0]->began, BEGAN_DELIVERED);
    assert_true(str_is(items[0]->handle, "msg-5"));
    assert_int_equal(rig_state(r, silenced, 1), DELIVERY_HELD);
    rig_conserves(r);
    rig_reopen(r);
    rig_conserves(r);
}

/* A migration that cannot finish leaves the file as it was. */
static void a_failed_migration_changes_nothing(void **state)
{
    struct rig *r = *state;
    struct error err;

    write_file(r, version_1, rows_1);
    write_file(r, "CREATE TABLE delivery_1 (x INTEGER)", "");
    assert_false(rig_try_open(r, &err));
    rig_close(r);
    assert_int_equal(rig_number(r->path, "PRAGMA user_version", 0, 0), 1);
    assert_int_equal(rig_number(r->path, "SELECT accepted FROM conservation", 0, 0), 8);
}

static void a_newer_file_is_left_alone(void **state)
{
    struct rig *r = *state;
    struct error err;

    write_file(r, version_1, "PRAGMA user_version = 99;");
    assert_false(rig_try_open(r, &err));
    assert_non_null(strstr(err.text, "newer tocsin (schema 99"));
    rig_close(r);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(version_1_is_taken_over),
        TEST(version_1_goes_on_working),
        TEST(a_failed_migration_changes_nothing),
        TEST(a_newer_file_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
