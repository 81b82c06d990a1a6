/* test_store.c -- the history written: what is put in is what is there. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>

#include "store_rig.h"

static void a_row_comes_back_whole(void **state)
{
    struct bench *b = *state;
    struct str text = STR("{\"cli_ip\":\"10.0.0.1\",\"deep\":{\"a\":[1,\"\\u0007\"]}}");
    struct alert a = store_alert(7, ACTION_STORE), back;
    struct store_query q = query_any();
    struct error err = {0};
    struct store_page page;

    a.facts = store_parse(b, text);
    store_put(b, &a);
    page = store_ask(b, &q);
    assert_int_equal(page.n, 1);
    assert_int_equal(page.total, 1);
    assert_true(page.exact);
    assert_false(page.more);
    assert_int_equal(page.rows[0].id, 7);
    assert_int_equal(page.rows[0].stored_ms, T0 + 999);
    assert_true(alert_read(&b->arena, store_parse(b, page.rows[0].json), 0, &back,
                           &err));
    assert_true(str_eq(back.message, a.message));
    assert_int_equal(back.tstamp_ms, a.tstamp_ms);
    assert_int_equal(alert_fact(&back, "deep")->first->count, 2);
}

static void the_same_again_changes_nothing(void **state)
{
    struct bench *b = *state;
    struct alert a = store_alert(7, ACTION_STORE), other = a;
    struct store_query q = query_any();
    struct store_page page;

    store_put(b, &a);
    other.message = STR("another text under the same id");
    store_put(b, &other);
    store_put(b, &a);
    page = store_ask(b, &q);
    assert_int_equal(page.n, 1);
    assert_int_equal(json_text(json_get(store_parse(b, page.rows[0].json),
                                        "message")).n,
                     a.message.n);
}

/* Whatever the order and however often, an engage (7) and its release (9) end
 * in one released row. */
static void engage_and_release_share_a_row(void **state)
{
    static const struct {
        const char *name;
        const char *order; /* e: the engage, r: its release */
        const char *action;
        int64_t end_ms;
    } table[] = {
        {"engage only", "e", "engage", 0},
        {"engage twice", "ee", "engage", 0},
        {"both", "er", "release", T0 + 500},
        {"release first", "re", "release", T0 + 500},
        {"engage again after the release", "ere", "release", T0 + 500},
        {"each twice", "eerr", "release", T0 + 500},
        {"release alone", "r", "release", T0 + 500},
    };
    struct bench *b = *state;

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        int64_t base = (int64_t)i * 100;
        struct alert engage = store_alert(base + 7, ACTION_ENGAGE);
        struct alert release = store_alert(base + 9, ACTION_RELEASE);
        struct error err = {0};
        struct store_row row, by_release;

        release.began_id = engage.id;
        release.tstamp_ms = engage.tstamp_ms;
        release.tstamp_end_ms = T0 + 500;
        for (const char *c = table[i].order; *c != '\0'; c++)
            store_put(b, *c == 'e' ? &engage : &release);

        if (!store_engine_get(b->engine, engage.id, &b->arena, &row, &err))
            fail_msg("%s: not there: %s", table[i].name, err.text);
        assert_int_equal(row.id, engage.id);
        assert_true(str_is(json_text(json_get(store_parse(b, row.json), "action")),
                           table[i].action));
        assert_int_equal(
            store_engine_get(b->engine, release.id, &b->arena, &by_release,
                             &err),
            table[i].end_ms != 0);
        assert_string_equal(err.text, "");
        if (table[i].end_ms != 0)
            assert_int_equal(by_release.id, engage.id);
    }
}

static void a_release_of_nothing_is_its_own_row(void **state)
{
    struct bench *b = *state;
    struct alert a = store_alert(9, ACTION_RELEASE);
    struct error err = {0};
    struct store_row row;

    store_put(b, &a);
    assert_true(store_engine_get(b->engine, 9, &b->arena, &row, &err));
    assert_int_equal(row.id, 9);
    assert_false(store_engine_get(b->engine, 10, &b->arena, &row, &err));
    assert_string_equal(err.text, "");
    assert_false(store_engine_get(b->engine, 0, &b->arena, &row, &err));
    assert_string_equal(err.text, "");
}

static int64_t hourly_sum(struct bench *b)
{
    struct store_query q = query_any();

    q.limit = 1; /* there are more, so it is the roll-up that counts */
    return store_ask(b, &q).total;
}

static void pruning_takes_the_old_and_their_counts(void **state)
{
    struct bench *b = *state;
    const struct store_class all = {.most = SEVERITY_EMERGENCY, .keep_ms = 1};
    struct row *rows = mem_array(ROWS, sizeof *rows);
    int64_t cut = T0 + 500 * 60000, want = 0;
    struct store_query q = query_any();
    struct error err = {0};
    size_t pruned = 0;

    rows_make(rows);
    rows_put(b, rows);
    for (size_t i = 0; i < ROWS; i++)
        want += rows[i].tstamp_ms >= cut || rows[i].engaged;
    assert_true(store_engine_prune(b->engine, &all, 1, cut + 1, 10, &pruned, &err));
    assert_int_equal(pruned, 10);
    assert_true(store_engine_prune(b->engine, &all, 1, cut + 1, ROWS, &pruned, &err));
    assert_int_equal(pruned, ROWS - want - 10);
    assert_true(store_engine_prune(b->engine, &all, 1, cut + 1, ROWS, &pruned, &err));
    assert_int_equal(pruned, 0);
    assert_int_equal(hourly_sum(b), want);
    q.state = STORE_ENDED;
    q.until_ms = cut;
    assert_int_equal(store_ask(b, &q).n, 0);
    free(rows);
}

static void a_batch_is_all_or_nothing(void **state)
{
    struct bench *b = *state;
    size_t too_long = 3 * ALERT_JSON_MAX;
    char *text = mem_new(too_long);
    struct alert good = store_alert(1, ACTION_STORE);
    struct alert bad = store_alert(2, ACTION_STORE);
    const struct alert *both[] = {&good, &bad};
    struct store_query q = query_any();
    struct error err = {0};

    memset(text, 'x', too_long);
    bad.message = (struct str){text, too_long};
    assert_false(store_engine_put(b->engine, both, 2, T0, &err));
    assert_non_null(strstr(err.text, "alert 2 is longer than"));
    assert_int_equal(store_ask(b, &q).n, 0);
    free(text);
}

static void a_full_disk_is_an_error_and_passes(void **state)
{
    struct bench *b = *state;
    struct row *rows = mem_array(ROWS, sizeof *rows);
    struct alert a = store_alert(ROWS + 1, ACTION_STORE);
    const struct alert *list[1] = {&a};
    struct store_query q = query_any();
    struct error err = {0};
    char pages[48];
    char *text = mem_new(60000);

    rows_make(rows);
    rows_put(b, rows);
    memset(text, 'x', 60000);
    a.facts = store_parse(b, arena_printf(&b->arena, "{\"x\":\"%.60000s\"}", text));
    snprintf(pages, sizeof pages, "PRAGMA max_page_count = 10");
    assert_int_equal(sqlite3_exec(sqlite_of(b->engine)->db, pages, NULL, NULL, NULL), 0);
    assert_false(store_engine_put(b->engine, list, 1, T0, &err));
    assert_string_equal(err.text, "the history: database or disk is full");
    snprintf(pages, sizeof pages, "PRAGMA max_page_count = 1000000");
    assert_int_equal(sqlite3_exec(sqlite_of(b->engine)->db, pages, NULL, NULL, NULL), 0);
    assert_true(store_engine_put(b->engine, list, 1, T0, &err));
    q.limit = 1;
    assert_int_equal(store_ask(b, &q).total, ROWS + 1);
    free(text);
    free(rows);
}

static void what_is_stored_is_there_after_reopening(void **state)
{
    struct bench *b = *state;
    struct store_query q = query_any();
    struct stat st;

    for (int64_t id = 1; id <= 4; id++) {
        struct alert a = store_alert(id, ACTION_STORE);

        store_put(b, &a);
    }
    store_engine_close(b->engine);
    store_open(b);
    assert_int_equal(store_ask(b, &q).n, 4);
    assert_int_equal(stat(b->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void what_is_no_history_is_refused(void **state)
{
    struct bench *b = *state;
    struct error err = {0};
    FILE *f;

    assert_int_equal(sqlite3_exec(sqlite_of(b->engine)->db, "PRAGMA user_version = 4",
                                  NULL, NULL, NULL), 0);
    store_engine_close(b->engine);
    b->engine = store_sqlite_open(b->path, &err);
    assert_null(b->engine);
    assert_non_null(strstr(err.text, "made by a newer Tocsin (schema 4"));
    assert_non_null(strstr(err.text, b->path));

    f = fopen(b->path, "we");
    assert_non_null(f);
    for (int i = 0; i < 100; i++)
        fputs("this is no database at all, but long enough to be one\n", f);
    fclose(f);
    b->engine = store_sqlite_open(b->path, &err);
    assert_null(b->engine);
    assert_non_null(strstr(err.text, "file is not a database"));
    assert_non_null(strstr(err.text, "move the file away"));
    b->engine = store_sqlite_open("/nowhere/history.db", &err);
    assert_null(b->engine);
    assert_string_equal(err.text, "/nowhere/history.db: cannot open it: No such "
                                  "file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_row_comes_back_whole),
        TEST(the_same_again_changes_nothing),
        TEST(engage_and_release_share_a_row),
        TEST(a_release_of_nothing_is_its_own_row),
        TEST(pruning_takes_the_old_and_their_counts),
        TEST(a_batch_is_all_or_nothing),
        TEST(a_full_disk_is_an_error_and_passes),
        TEST(what_is_stored_is_there_after_reopening),
        TEST(what_is_no_history_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
