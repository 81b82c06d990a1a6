/* test_store_marks.c -- acknowledged, noted, deleted, taken back, pruned by class; an
 * older schema moved; a backup that is sound. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "base/clock.h"
#include "store_rig.h"

#define DAY_MS (24 * HOUR_MS)

static void put_from(struct bench *b, int64_t from_ms, int64_t n)
{
    for (int64_t id = 1; id <= n; id++) {
        struct alert a = store_alert(id, ACTION_STORE);

        a.severity = id % 2 ? SEVERITY_ERROR : SEVERITY_INFO;
        a.tstamp_ms = from_ms + id * HOUR_MS;
        store_put(b, &a);
    }
}

static void put_n(struct bench *b, int64_t n)
{
    put_from(b, T0, n);
}

static struct store_marked mark(struct bench *b, const struct store_query *q,
                                const struct store_mark *m)
{
    struct store_marked out = {0};
    struct error err = {0};

    if (!store_engine_mark(b->engine, q, m, &out, &err))
        fail_msg("%s", err.text);
    return out;
}

static size_t tidy(struct bench *b, int64_t now_ms)
{
    struct error err = {0};
    size_t done;

    assert_true(store_engine_tidy(b->engine, now_ms, 1000, &done, &err));
    assert_true(store_engine_verify(b->engine, &err));
    return done;
}

static int64_t total(struct bench *b, enum store_acked acked)
{
    struct store_query q = query_any();
    struct store_facets f;
    struct error err = {0};

    q.acked = acked;
    assert_true(store_engine_facets(b->engine, &q, &f, &err));
    assert_int_equal(store_ask(b, &q).total, f.total);
    return f.total;
}

static void an_ack_ends_when_its_time_is_up(void **state)
{
    static const int64_t ids[] = {2, 3, 99};
    struct bench *b = *state;
    struct store_query q = query_any();
    struct store_mark ack = {
        .kind = MARK_ACK,
        .at_ms = T0,
        .until_ms = T0 + DAY_MS,
        .by = STR("maya"),
        .text = STR("known noise"),
    };
    struct store_row row;
    struct error err = {0};

    put_n(b, 5);
    q.ids = ids;
    q.id_count = 3;
    assert_int_equal(mark(b, &q, &ack).changed, 2);
    assert_int_equal(mark(b, &q, &ack).changed, 0);
    assert_int_equal(total(b, STORE_ACKED), 2);
    assert_int_equal(total(b, STORE_NOT_ACKED), 3);
    assert_true(store_engine_get(b->engine, 2, &b->arena, &row, &err));
    assert_true(str_is(row.acked_by, "maya"));
    assert_true(str_is(row.acked_note, "known noise"));
    assert_int_equal(row.acked_until_ms, T0 + DAY_MS);
    assert_int_equal(tidy(b, T0 + DAY_MS - 1), 0);
    assert_int_equal(tidy(b, T0 + DAY_MS), 2);
    assert_int_equal(total(b, STORE_ACKED), 0);
    assert_true(store_engine_get(b->engine, 2, &b->arena, &row, &err));
    assert_int_equal(row.acked_ms, 0);
}

/* A release comes after the engage was acknowledged: the mark stays. */
static void a_mark_outlives_the_release(void **state)
{
    struct bench *b = *state;
    struct alert engage = store_alert(1, ACTION_ENGAGE);
    struct alert release = store_alert(2, ACTION_RELEASE);
    struct store_mark ack = {.kind = MARK_ACK, .at_ms = T0, .by = STR("maya")};
    struct store_query q = query_any();
    int64_t id = 2;

    store_put(b, &engage);
    assert_int_equal(mark(b, &q, &ack).changed, 1);
    release.began_id = 1;
    release.tstamp_ms = engage.tstamp_ms - DAY_MS;
    store_put(b, &release);
    assert_int_equal(total(b, STORE_ACKED), 1);
    ack.kind = MARK_UNACK;
    q.ids = &id; /* the release's names the row as well */
    q.id_count = 1;
    assert_int_equal(mark(b, &q, &ack).changed, 1);
    assert_int_equal(total(b, STORE_ACKED), 0);
    tidy(b, T0);
}

static void notes_are_kept_in_order(void **state)
{
    struct bench *b = *state;
    struct store_mark note = {.kind = MARK_NOTE, .by = STR("maya")};
    struct store_query q = query_any();
    struct store_note *notes;
    struct store_marked out;
    struct error err = {0};
    size_t n;

    put_n(b, 1);
    for (int i = 0; i < STORE_NOTES_MAX; i++) {
        note.at_ms = T0 + i;
        note.text = arena_printf(&b->arena, "note %d", i);
        assert_int_equal(mark(b, &q, &note).changed, 1);
    }
    assert_false(store_engine_mark(b->engine, &q, &note, &out, &err));
    assert_string_equal(err.text,
                        "alert 1 has 100 notes, and can have no more");
    assert_true(store_engine_notes(b->engine, 1, &b->arena, &notes, &n, &err));
    assert_int_equal(n, STORE_NOTES_MAX);
    assert_true(str_is(notes[7].text, "note 7"));
    note.text = STR(" ");
    assert_false(store_engine_mark(b->engine, &q, &note, &out, &err));
    assert_string_equal(err.text, "a note needs a text");
}

static void a_delete_is_taken_back_or_final(void **state)
{
    struct bench *b = *state;
    struct store_mark delete = {
        .kind = MARK_DELETE,
        .at_ms = T0,
        .until_ms = T0 + DAY_MS,
        .deletion = 41,
    };
    struct store_mark undelete = {.kind = MARK_UNDELETE, .at_ms = T0};
    struct store_query some = query_any(), gone = query_any();
    struct error err = {0};
    struct store_row row;
    struct alert again = store_alert(1, ACTION_STORE);

    put_n(b, 10);
    some.minimum_severity = SEVERITY_ERROR; /* the odd ones */
    assert_int_equal(mark(b, &some, &delete).changed, 5);
    assert_int_equal(total(b, STORE_ACKED_OR_NOT), 5);
    assert_false(store_engine_get(b->engine, 1, &b->arena, &row, &err));
    store_put(b, &again); /* what was deleted stays so */
    assert_int_equal(total(b, STORE_ACKED_OR_NOT), 5);
    gone.deletion = 40;
    assert_int_equal(mark(b, &gone, &undelete).changed, 0);
    gone.deletion = 41;
    assert_int_equal(mark(b, &gone, &undelete).changed, 5);
    assert_int_equal(total(b, STORE_ACKED_OR_NOT), 10);
    delete.deletion = 42;
    assert_int_equal(mark(b, &some, &delete).changed, 5);
    assert_int_equal(tidy(b, T0 + DAY_MS - 1), 0);
    assert_int_equal(tidy(b, T0 + DAY_MS), 5);
    gone.deletion = STORE_DELETED;
    assert_int_equal(mark(b, &gone, &undelete).changed, 0);
    assert_int_equal(total(b, STORE_ACKED_OR_NOT), 5);
}

static void a_mark_goes_on_from_its_cursor(void **state)
{
    struct bench *b = *state;
    struct store_mark ack = {.kind = MARK_ACK, .at_ms = T0};
    struct store_query q = query_any();
    struct store_marked m = {.more = true};
    int64_t changed = 0;
    int bites = 0;

    put_n(b, 25);
    q.limit = 10;
    for (; m.more; bites++) {
        m = mark(b, &q, &ack);
        changed += m.changed;
        q.before_id = m.last_id;
        q.before_tstamp_ms = m.last_tstamp_ms;
    }
    assert_int_equal(changed, 25);
    assert_int_equal(bites, 3);
}

/* Forty rows, an hour apart; odd ones are errors. */
static void classes_keep_what_they_say(void **state)
{
    static const struct {
        const char *name;
        struct store_class classes[2];
        size_t n;
        int64_t left;
    } table[] = {
        {"everything", {{0}}, 0, 40},
        {"all of ten hours", {{.most = SEVERITY_EMERGENCY,
                               .keep_ms = 10 * HOUR_MS}}, 1, 10},
        {"info goes first", {{.least = SEVERITY_INFO, .most = SEVERITY_INFO,
                              .keep_ms = 4 * HOUR_MS}}, 1, 22},
        {"the first class that fits", {{.least = SEVERITY_ERROR,
                                        .most = SEVERITY_EMERGENCY},
                                       {.most = SEVERITY_EMERGENCY,
                                        .keep_ms = HOUR_MS}}, 2, 21},
        {"another entity", {{.entities = 1u << ENTITY_FLOW,
                             .most = SEVERITY_EMERGENCY, .keep_ms = 1}}, 1, 40},
        {"a size of about nothing", {{.most = SEVERITY_EMERGENCY,
                                      .max_bytes = 1}}, 1, 0},
    };
    /* The real time: a server goes by that. */
    const int64_t now_ms = clock_wall_ms(&clock_real);
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct error err = {0};
        size_t pruned = 1;

        /* They are looked at as soon as they are set. */
        assert_true(store_engine_prune(b->engine, table[i].classes, table[i].n,
                                       now_ms, 7, &pruned, &err));
        put_from(b, now_ms - 40 * HOUR_MS - 1, 40);
        pruned = 1;
        while (pruned > 0)
            assert_true(store_engine_prune(b->engine, table[i].classes,
                                           table[i].n, now_ms, 7,
                                           &pruned, &err));
        if (total(b, STORE_ACKED_OR_NOT) != table[i].left)
            fail_msg("%s: %lld left", table[i].name,
                     (long long)total(b, STORE_ACKED_OR_NOT));
        assert_true(store_engine_verify(b->engine, &err));
    }
}

static void a_size_keeps_the_newest(void **state)
{
    struct bench *b = *state;
    struct store_class c = {.most = SEVERITY_EMERGENCY};
    struct store_stats s;
    struct error err = {0};
    struct store_query q = query_any();
    struct store_page page;
    size_t pruned;

    put_n(b, 40);
    assert_true(store_engine_stats(b->engine, &s, &err));
    assert_int_equal(s.alerts, 40);
    c.max_bytes = s.bytes / 2;
    assert_true(store_engine_prune(b->engine, &c, 1, T0, 1000, &pruned, &err));
    assert_true(store_engine_stats(b->engine, &s, &err));
    assert_true(s.bytes <= c.max_bytes && s.bytes > c.max_bytes * 9 / 10);
    page = store_ask(b, &q);
    assert_int_equal(page.rows[0].id, 40);
    assert_int_equal(page.rows[page.n - 1].id, 40 - (int64_t)page.n + 1);
    assert_int_equal(page.n + pruned, 40);
}

static void a_backup_is_the_same_and_sound(void **state)
{
    if (store_is_clickhouse())
        skip();
    struct bench *b = *state;
    struct store_query q = query_any();
    struct store_mark ack = {.kind = MARK_ACK, .at_ms = T0};
    struct store_engine *copy;
    struct error err = {0};
    struct store_stats s;
    char path[80];

    put_n(b, 20);
    mark(b, &q, &ack);
    snprintf(path, sizeof path, "%s/copy.db", b->directory);
    assert_true(store_engine_backup(b->engine, path, &err));
    put_n(b, 30);
    assert_false(store_engine_backup(b->engine, path, &err));
    copy = store_sqlite_open(path, &err);
    assert_non_null(copy);
    assert_true(store_engine_verify(copy, &err));
    assert_true(store_engine_stats(copy, &s, &err));
    assert_int_equal(s.alerts, 20);
    assert_int_equal(s.acked, 20);
    store_engine_close(copy);
    unlink(path);
}

static void what_does_not_agree_is_said(void **state)
{
    if (store_is_clickhouse())
        skip();
    static const struct {
        const char *sql, *want;
    } table[] = {
        {"DELETE FROM line WHERE id = 3", "there are 1 alerts without their line"},
        {"UPDATE hourly SET n = 2 WHERE severity = 5",
         "hourly counts that are not those of the alerts"},
    };
    struct bench *b = *state;
    struct error err = {0};

    put_n(b, 5);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        sqlite3_exec(sqlite_of(b->engine)->db, "SAVEPOINT s", NULL, NULL, NULL);
        sqlite3_exec(sqlite_of(b->engine)->db, table[i].sql, NULL, NULL, NULL);
        assert_false(store_engine_verify(b->engine, &err));
        if (strstr(err.text, table[i].want) == NULL)
            fail_msg("%s: %s", table[i].sql, err.text);
        sqlite3_exec(sqlite_of(b->engine)->db, "ROLLBACK TO s; RELEASE s", NULL,
                     NULL, NULL);
    }
    assert_true(store_engine_verify(b->engine, &err));
}

/* A history as the first version made it. */
static const char schema_1[] =
    "PRAGMA journal_mode = WAL; BEGIN;"
    "CREATE TABLE occurrence (id INTEGER PRIMARY KEY, release_id INTEGER NOT NULL,"
    " state INTEGER NOT NULL, stored_ms INTEGER NOT NULL, tstamp_ms INTEGER NOT"
    " NULL, tstamp_end_ms INTEGER NOT NULL, entity INTEGER NOT NULL, severity"
    " INTEGER NOT NULL, score INTEGER NOT NULL, type TEXT NOT NULL, category TEXT"
    " NOT NULL, source TEXT NOT NULL, entity_value TEXT NOT NULL, cli_ip TEXT NOT"
    " NULL, srv_ip TEXT NOT NULL, ip TEXT NOT NULL, message TEXT NOT NULL) STRICT;"
    "CREATE TABLE line (id INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;"
    "CREATE INDEX occurrence_time ON occurrence (tstamp_ms);"
    "CREATE INDEX occurrence_release ON occurrence (release_id) WHERE release_id"
    " <> 0;"
    "CREATE TABLE hourly (hour INTEGER NOT NULL, state INTEGER NOT NULL, severity"
    " INTEGER NOT NULL, entity INTEGER NOT NULL, type TEXT NOT NULL, n INTEGER NOT"
    " NULL, PRIMARY KEY (hour, state, severity, entity, type)) STRICT, WITHOUT"
    " ROWID;"
    "CREATE TRIGGER occurrence_in AFTER INSERT ON occurrence BEGIN SELECT 1; END;"
    "CREATE TRIGGER occurrence_change AFTER UPDATE ON occurrence BEGIN SELECT 1;"
    " END;"
    "CREATE TRIGGER occurrence_out AFTER DELETE ON occurrence BEGIN DELETE FROM"
    " line WHERE id = old.id; END;"
    "PRAGMA user_version = 1; COMMIT;";

#define ROWS_1 5003

static void rows_of_schema_1(sqlite3 *db)
{
    static const char sql[] =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE"
        " i < 5003) INSERT INTO line SELECT i, printf('{\"id\":%d,%s\"action\":"
        "\"%s\",\"entity\":\"host\",\"entity_value\":\"10.0.0.%d\",\"type\":"
        "\"old\",\"category\":\"other\",\"severity\":\"error\",\"score\":7,"
        "\"message\":\"m\",\"tstamp\":%d,\"key\":\"k\",\"source\":\"native\","
        "\"vlan_id\":12}', iif(i = 9, 10, i), iif(i = 9, '\"began_id\":9,', ''),"
        " iif(i = 9, 'release', 'store'), i % 200, 1606141256 + i) FROM n"
        " WHERE i <> 10;"
        "INSERT INTO occurrence SELECT id, iif(id = 9, 10, 0), iif(id = 9, 1, 2),"
        " 4711, 1606141256000 + id * 1000, 0, 1, 5, 7, 'old', 'other', 'native',"
        " 'x', '', '', '', 'm' FROM line;";
    char *said = NULL;

    if (sqlite3_exec(db, schema_1, NULL, NULL, &said) != SQLITE_OK ||
        sqlite3_exec(db, sql, NULL, NULL, &said) != SQLITE_OK)
        fail_msg("%s", said);
}

static void the_first_schema_is_moved(void **state)
{
    if (store_is_clickhouse())
        skip();
    struct bench *b = *state;
    struct store_query q = query_any();
    struct error err = {0};
    struct store_row row;
    sqlite3 *db;

    store_engine_close(b->engine);
    unlink(b->path);
    assert_int_equal(sqlite3_open(b->path, &db), SQLITE_OK);
    rows_of_schema_1(db);
    sqlite3_close(db);
    store_open(b);
    assert_true(store_engine_verify(b->engine, &err));
    q.limit = 1;
    assert_int_equal(store_ask(b, &q).total, ROWS_1 - 1);
    q.filter = filter_parse(STR("vlan=12 and ip=10.0.0.7"), &b->arena, NULL, &err);
    q.limit = 100;
    assert_int_equal(store_ask(b, &q).n, ROWS_1 / 200);
    assert_true(store_engine_get(b->engine, 10, &b->arena, &row, &err));
    assert_int_equal(row.id, 9);
    assert_int_equal(row.stored_ms, 4711);
    store_engine_close(b->engine);
    store_open(b); /* and is not moved again */
    q = query_any();
    q.limit = 1;
    assert_int_equal(store_ask(b, &q).total, ROWS_1 - 1);
}

/* As they come from the outbox: behind the alert, which may be in the same batch. */
static struct alert update_of(int64_t id, enum update update, const struct ack *ack)
{
    struct alert a = store_alert(id, ACTION_ENGAGE);

    a.update = update;
    a.ack = ack;
    return a;
}

static void an_update_marks_the_row_before_it(void **state)
{
    static const struct ack by_maya = {.at_ms = T0 + 5, .by = {"maya", 4},
                                       .note = {"ISP", 3}};
    struct bench *b = *state;
    struct alert early = update_of(2, UPDATE_ACKED, &by_maya);
    struct alert first = store_alert(1, ACTION_ENGAGE);
    struct alert acked = update_of(1, UPDATE_ACKED, &by_maya);
    struct alert second = store_alert(2, ACTION_ENGAGE);
    struct alert unacked = update_of(1, UPDATE_UNACKED, NULL);
    const struct alert *batch[] = {&early, &first, &acked, &second};
    struct store_row row;
    struct error err = {0};

    for (int again = 0; again < 2; again++) /* as after a kill: the end is the same */
        assert_true(store_engine_put(b->engine, batch, again ? 4 : 2, T0, &err));
    assert_true(store_engine_get(b->engine, 1, &b->arena, &row, &err));
    assert_int_equal(row.acked_ms, T0 + 5);
    assert_true(str_is(row.acked_by, "maya") && str_is(row.acked_note, "ISP"));
    store_put(b, &unacked);
    assert_true(store_engine_get(b->engine, 1, &b->arena, &row, &err));
    assert_int_equal(row.acked_ms, 0);
    assert_true(store_engine_get(b->engine, 2, &b->arena, &row, &err));
    assert_int_equal(row.acked_ms, 0); /* there was no such row */
    assert_true(store_engine_verify(b->engine, &err));
}

static void what_got_worse_takes_over_its_row(void **state)
{
    struct bench *b = *state;
    struct alert first = store_alert(1, ACTION_ENGAGE);
    struct alert worse = update_of(1, UPDATE_WORSENED, NULL);
    struct alert end = store_alert(2, ACTION_RELEASE);
    struct store_query q = query_any();
    struct store_row row;
    struct error err = {0};

    first.severity = SEVERITY_WARNING;
    worse.severity = SEVERITY_CRITICAL;
    store_put(b, &first);
    store_put(b, &worse);
    store_put(b, &first); /* once more changes nothing */
    assert_true(store_engine_get(b->engine, 1, &b->arena, &row, &err));
    assert_non_null(memmem(row.json.p, row.json.n, "\"critical\"", 10));
    q.minimum_severity = SEVERITY_CRITICAL;
    assert_int_equal(store_ask(b, &q).total, 1);
    end.began_id = 1;
    end.severity = SEVERITY_CRITICAL;
    store_put(b, &end);
    store_put(b, &worse); /* late: it has ended */
    assert_true(store_engine_get(b->engine, 1, &b->arena, &row, &err));
    assert_non_null(memmem(row.json.p, row.json.n, "\"release\"", 9));
    assert_true(store_engine_verify(b->engine, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_ack_ends_when_its_time_is_up),
        TEST(a_mark_outlives_the_release),
        TEST(an_update_marks_the_row_before_it),
        TEST(what_got_worse_takes_over_its_row),
        TEST(notes_are_kept_in_order),
        TEST(a_delete_is_taken_back_or_final),
        TEST(a_mark_goes_on_from_its_cursor),
        TEST(classes_keep_what_they_say),
        TEST(a_size_keeps_the_newest),
        TEST(a_backup_is_the_same_and_sound),
        TEST(what_does_not_agree_is_said),
        TEST(the_first_schema_is_moved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
