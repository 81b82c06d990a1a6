/* test_store_conformance.c -- every engine, every question of store.h, on the same
 * alerts: the answers are those of plain loops over the alerts.
 * test_store_conformance [ALERTS [ENGINE]]: 4,000 unless said; all engines whose names
 * begin so. With many alerts it says how far it is. SQLite is asked by rows, by blocks
 * with some rows loose, and by blocks made again. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "base/limits.h"
#include "routing/filter_tree.h"
#include "store/clickhouse.h"
#include "store/sqlite_block.h"
#include "store_oracle.h"
#include "store_questions.h"

#define COUNT_LONG 100000 /* from here on it says how far it is */
#define DAY (24 * 3600000LL)
static int64_t count = 4000;
static const char *only = "";

static void progress(const char *engine, const char *what, int64_t done,
                     int64_t of)
{
    if (count < COUNT_LONG || (done < of && done * 20 / of == (done - 1) * 20 / of))
        return;
    fprintf(stderr, "%-24s %-9s %3lld %%\n", engine, what,
            (long long)(done * 100 / of));
}

/* --- the engines ------------------------------------------------------------------- */

struct engine {
    const char *name;
    /* In an empty directory of its own. NULL: it is not there to be tested. */
    struct store_engine *(*open)(const char *directory, struct error *err);
    bool blocks, again; /* made before rows are marked, and afterwards */
};

/* Many small ones while there are few alerts, real ones when there are many. */
static size_t rows_of_blocks(void)
{
    return count < COUNT_LONG ? 400 : BLOCK_ROWS;
}

static void make_blocks(struct store_engine *e)
{
    struct error err = {0};
    bool made = true;

    while (made)
        if (!block_make(sqlite_of(e), ORACLE_T0 + 60 * 86400000LL, &made, &err))
            fail_msg("%s", err.text);
}

static struct store_engine *open_sqlite(const char *directory, struct error *err)
{
    struct store_engine *e;
    char path[128];

    snprintf(path, sizeof path, "%s/history.db", directory);
    e = store_sqlite_open(path, err);
    if (e != NULL) {
        sqlite_of(e)->read_limit_ms = 600000; /* what is slow is right, too */
        sqlite_of(e)->block_rows = rows_of_blocks();
    }
    return e;
}

/* TOCSIN_TEST_CLICKHOUSE is the address of a server without a database "suite",
 * TOCSIN_TEST_CLUSTER the name of its cluster, when it is in one:
 * test/system/test_clickhouse_peer.py starts them. */
static struct store_engine *open_clickhouse(const char *directory unused,
                                            struct error *err)
{
    const struct clickhouse_options o = {
        .url = str_of(getenv("TOCSIN_TEST_CLICKHOUSE")),
        .database = STR("suite"),
        .cluster = str_of(getenv("TOCSIN_TEST_CLUSTER")),
    };
    struct store_engine *e;

    if (o.url.n == 0)
        return NULL;
    e = store_clickhouse_open(&o, err);
    if (e != NULL)
        clickhouse_of(e)->read_limit_ms = 600000;
    return e;
}

static const struct engine engines[] = {
    {.name = "sqlite by rows", .open = open_sqlite},
    {.name = "sqlite, loose rows", .open = open_sqlite, .blocks = true},
    {.name = "sqlite by blocks", .open = open_sqlite, .blocks = true, .again = true},
    {.name = "clickhouse", .open = open_clickhouse},
};

struct suite {
    struct arena arena;
    struct pools *pools;
    struct many many;
    struct store_query queries[STORE_QUESTIONS];
    struct oracle_answer answers[STORE_QUESTIONS];
};

/* --- the store is filled ---------------------------------------------------------------- */

#define BATCH 500

/* Batches come in an order of their own, and every third comes twice. */
static void fill(const char *engine, struct store_engine *e, const struct many *m)
{
    int64_t batches = count / BATCH, step = 7;
    struct arena arena = {.keep = 4u << 20};
    struct alert *alerts = mem_array(BATCH, sizeof *alerts);
    const struct alert *list[BATCH];
    struct error err = {0};

    while (batches % step == 0)
        step++;
    for (int64_t n = 0, at = 0; n < batches; n++, at = (at + step) % batches) {
        arena_reset(&arena);
        for (int64_t i = 0; i < BATCH; i++) {
            many_alert(m, at * BATCH + i + 1, &arena, &alerts[i]);
            list[i] = &alerts[i];
        }
        for (int times = n % 3 == 0 ? 2 : 1; times > 0; times--)
            if (!store_engine_put(e, list, BATCH, ORACLE_T0, &err))
                fail_msg("%s", err.text);
        progress(engine, "filled", n + 1, batches);
    }
    arena_release(&arena);
    free(alerts);
}

static void mark_some(struct store_engine *e, const struct store_mark *m,
                      bool (*which)(int64_t id))
{
    int64_t ids[PAGE_MAX];
    struct store_query q = {.entity = -1, .ids = ids, .limit = PAGE_MAX};
    struct store_marked marked;
    struct error err = {0};

    for (int64_t id = 1; id <= count;) {
        for (q.id_count = 0; id <= count && q.id_count < PAGE_MAX; id++)
            if (which(id))
                ids[q.id_count++] = id;
        if (!store_engine_mark(e, &q, m, &marked, &err))
            fail_msg("%s", err.text);
        assert_false(marked.more);
    }
}

static void marks(struct store_engine *e)
{
    const struct store_mark ack = {
        .kind = MARK_ACK,
        .at_ms = ORACLE_T0,
        .by = STR("maya"),
        .text = STR("known"),
    };
    const struct store_mark delete = {
        .kind = MARK_DELETE,
        .at_ms = ORACLE_T0,
        .until_ms = ORACLE_T0 + DAY,
        .deletion = ORACLE_DELETION,
        .by = STR("maya"),
    };

    mark_some(e, &ack, oracle_is_acked);
    mark_some(e, &delete, oracle_is_deleted);
}

/* --- the answers are compared ------------------------------------------------------------ */

struct comparing {
    const char *engine, *question;
    struct store_engine *e;
    const struct store_query *query;
    const struct oracle_answer *want;
};

#define wrong(c, ...)                                                          \
    do {                                                                       \
        print_error("%s, %s: ", (c)->engine, (c)->question);                   \
        fail_msg(__VA_ARGS__);                                                 \
    } while (0)

static size_t page_compare(const struct comparing *c, const struct store_page *p,
                           size_t at)
{
    for (size_t i = 0; i < p->n; i++, at++) {
        if (at >= c->want->n)
            wrong(c, "a row too many: %lld", (long long)p->rows[i].id);
        if (p->rows[i].id != c->want->rows[at].id)
            wrong(c, "row %zu is %lld, not %lld", at, (long long)p->rows[i].id,
                  (long long)c->want->rows[at].id);
        if ((p->rows[i].acked_ms != 0) != oracle_is_acked(p->rows[i].id))
            wrong(c, "row %lld: acknowledged or not", (long long)p->rows[i].id);
    }
    return at;
}

/* Of the long lists the first pages; all of the others. */
static void list_compare(const struct comparing *c)
{
    struct store_query q = *c->query;
    struct arena arena = {0};
    struct store_page p = {.more = true};
    struct error err = {0};
    size_t at = 0;

    for (int pages = 0; p.more && pages < 400 && at < 5000; pages++) {
        q.limit = pages == 0 ? 17 : PAGE_MAX;
        if (!store_engine_list(c->e, &q, &arena, &p, &err))
            wrong(c, "list: %s", err.text);
        if (pages == 0 && p.exact && (size_t)p.total != c->want->n)
            wrong(c, "total %lld, not %zu", (long long)p.total, c->want->n);
        if (!p.exact && (size_t)p.total > c->want->n)
            wrong(c, "total at least %lld, not %zu", (long long)p.total,
                  c->want->n);
        at = page_compare(c, &p, at);
        q.before_id = p.last_id;
        q.before_tstamp_ms = p.last_tstamp_ms;
        arena_reset(&arena);
    }
    if (!p.more && at != c->want->n)
        wrong(c, "%zu rows, not %zu", at, c->want->n);
    arena_release(&arena);
}

/* The other way round: the first pages. */
static void oldest_compare(const struct comparing *c)
{
    struct store_query q = *c->query;
    struct arena arena = {0};
    struct store_page p = {.more = true};
    struct error err = {0};
    size_t at = 0;

    q.oldest_first = true;
    for (int pages = 0; p.more && pages < 20 && at < 500; pages++) {
        q.limit = pages == 0 ? 17 : PAGE_MAX;
        arena_reset(&arena);
        if (!store_engine_list(c->e, &q, &arena, &p, &err))
            wrong(c, "oldest first: %s", err.text);
        for (size_t i = 0; i < p.n; i++, at++)
            if (at >= c->want->n ||
                p.rows[i].id != c->want->rows[c->want->n - 1 - at].id)
                wrong(c, "oldest first, row %zu: %lld", at,
                      (long long)p.rows[i].id);
        q.before_id = p.last_id;
        q.before_tstamp_ms = p.last_tstamp_ms;
    }
    if (!p.more && at != c->want->n)
        wrong(c, "oldest first: %zu rows, not %zu", at, c->want->n);
    arena_release(&arena);
}

static void facets_compare(const struct comparing *c)
{
    const struct store_facets *want = &c->want->facets;
    struct store_facets have;
    struct error err = {0};

    if (!store_engine_facets(c->e, c->query, &have, &err))
        wrong(c, "facets: %s", err.text);
    for (int e = 0; e < ENTITY_COUNT; e++)
        for (int s = 0; s < SEVERITY_COUNT; s++)
            if (have.n[e][s] != want->n[e][s])
                wrong(c, "entity %d, severity %d: %lld, not %lld", e, s,
                      (long long)have.n[e][s], (long long)want->n[e][s]);
    if (have.total != want->total || have.engaged != want->engaged ||
        have.acked != want->acked)
        wrong(c, "total %lld/%lld, engaged %lld/%lld, acked %lld/%lld",
              (long long)have.total, (long long)want->total,
              (long long)have.engaged, (long long)want->engaged,
              (long long)have.acked, (long long)want->acked);
}

/* Buckets of ten minutes add up to those of an hour. */
static void buckets_compare(const struct comparing *c, int64_t bucket_ms)
{
    struct arena arena = {0};
    struct store_histogram h;
    struct error err = {0};
    int64_t first_ms =
        c->query->since_ms - c->query->since_ms % ORACLE_BUCKET_MS;
    int64_t (*sum)[SEVERITY_COUNT] = mem_array(STORE_BUCKETS_MAX, sizeof *sum);

    if (!store_engine_histogram(c->e, c->query, bucket_ms, &arena, &h, &err))
        wrong(c, "histogram: %s", err.text);
    for (size_t i = 0; i < h.n; i++)
        for (int s = 0; s < SEVERITY_COUNT; s++)
            sum[(h.first_ms + (int64_t)i * bucket_ms - first_ms) /
                ORACLE_BUCKET_MS][s] += h.counts[i][s];
    if (memcmp(sum, c->want->buckets, STORE_BUCKETS_MAX * sizeof *sum) != 0)
        wrong(c, "the buckets of %lld ms differ", (long long)bucket_ms);
    free(sum);
    arena_release(&arena);
}

static void histogram_compare(const struct comparing *c)
{
    int64_t range_ms = c->query->until_ms - c->query->since_ms;

    if (c->want->buckets == NULL || range_ms <= 0)
        return;
    buckets_compare(c, ORACLE_BUCKET_MS);
    if (range_ms / 600000 < STORE_BUCKETS_MAX - 1)
        buckets_compare(c, 600000);
}

static void top_compare(const struct comparing *c, size_t field, size_t limit)
{
    struct oracle_value *want = mem_array(limit, sizeof *want);
    struct arena arena = {0};
    struct store_top top;
    struct error err = {0};
    int64_t distinct;
    size_t n = oracle_top(c->want, field, limit, want, &distinct);

    if (!store_engine_top(c->e, c->query, str_of(oracle_fields[field]), STR_NONE,
                          limit, &arena, &top, &err))
        wrong(c, "top %s: %s", oracle_fields[field], err.text);
    if (top.n != n || top.distinct != distinct)
        wrong(c, "top %s: %zu of %lld, not %zu of %lld", oracle_fields[field],
              top.n, (long long)top.distinct, n, (long long)distinct);
    for (size_t i = 0; i < n; i++)
        if (!str_eq(top.values[i].value, want[i].value) ||
            top.values[i].n != want[i].n || top.values[i].score != want[i].score)
            wrong(c, "top %s, %zu: %.*s %lld (%lld), not %.*s %lld (%lld)",
                  oracle_fields[field], i, STR_ARG(top.values[i].value),
                  (long long)top.values[i].n, (long long)top.values[i].score,
                  STR_ARG(want[i].value), (long long)want[i].n,
                  (long long)want[i].score);
    arena_release(&arena);
    free(want);
}

static void engine_compare(struct suite *s, const struct engine *engine,
                           struct store_engine *e)
{
    struct error err = {0};

    for (size_t i = 0; i < STORE_QUESTIONS; i++) {
        struct comparing c = {
            .engine = engine->name,
            .question = store_questions[i].filter ? store_questions[i].filter : "members",
            .e = e,
            .query = &s->queries[i],
            .want = &s->answers[i],
        };

        list_compare(&c);
        oldest_compare(&c);
        facets_compare(&c);
        histogram_compare(&c);
        for (size_t f = 0; f < ORACLE_FIELDS; f++)
            if (i < 12 || (i + f) % 4 == 0) /* each with some filters */
                top_compare(&c, f, i % 2 ? 10 : STORE_TOP_MAX);
        progress(engine->name, "compared", (int64_t)i + 1, (int64_t)STORE_QUESTIONS);
    }
    if (!store_engine_verify(e, &err))
        fail_msg("%s: %s", engine->name, err.text);
}

/* --- tests -------------------------------------------------------------------------------- */

static void every_answer_is_the_oracles(void **state)
{
    struct suite *s = *state;

    oracle_ask(&s->many, count, s->queries, STORE_QUESTIONS, s->answers);
    for (size_t i = 0; i < COUNT_OF(engines); i++) {
        char directory[] = "/tmp/test-conformance-XXXXXX", command[64];
        struct error err = {0};
        struct store_engine *e;

        if (!str_starts(str_of(engines[i].name), only))
            continue;
        assert_non_null(mkdtemp(directory));
        e = engines[i].open(directory, &err);
        if (e == NULL && err.text[0] != '\0')
            fail_msg("%s: %s", engines[i].name, err.text);
        if (e == NULL) {
            rmdir(directory);
            continue;
        }
        fill(engines[i].name, e, &s->many);
        if (engines[i].blocks)
            make_blocks(e);
        marks(e);
        if (engines[i].again)
            make_blocks(e);
        engine_compare(s, &engines[i], e);
        store_engine_close(e);
        for (size_t k = 0; k < 3; k++) {
            snprintf(command, sizeof command, "%s/history.db%s", directory,
                     k == 0 ? "" : k == 1 ? "-wal" : "-shm");
            unlink(command);
        }
        rmdir(directory);
    }
}

/* How many of the field's columns the alert fills. */
static size_t columns_filled(const char *field, const struct column_value *values)
{
    struct field_columns at;
    size_t n = 0;

    assert_true(field_columns_of(str_of(field), &at));
    for (size_t k = 0; k < at.n; k++)
        n += !values[at.at[k]].absent;
    return n;
}

static void columns_check(const char *field, const struct alert *a,
                          const struct column_value *values, struct arena *arena)
{
    struct str text = arena_printf(arena, "%s!=1", field);
    const struct filter *f = filter_parse(text, arena, NULL, NULL);
    struct filter_subject subject;
    struct findings have;
    size_t n = columns_filled(field, values);

    assert_non_null(f);
    filter_subject_init(&subject, a, NULL);
    filter_leaf_find(&f->root->leaf, &subject, &have);
    filter_subject_release(&subject);
    if (n != have.n)
        fail_msg("alert %lld, %s: %zu values, not %zu", (long long)a->id, field,
                 n, have.n);
}

/* What a filter finds in a field is what its columns hold, unless the row is odd. */
static void columns_hold_what_filters_find(void **state)
{
    static const char *const fields[] = {
        "score", "type", "category", "entity_value", "source", "message", "host",
        "cli_name", "vlan", "asn", "port", "interface", "country", "info",
        "alertname", "instance", "job",
    };
    struct column_value *values = mem_array(COLUMN_COUNT, sizeof *values);
    struct suite *s = *state;
    size_t odd = 0;

    for (int64_t id = 1; id <= 3000; id++) {
        struct arena arena freed_by(arena_release) = {0};
        struct alert a;

        many_alert(&s->many, id, &arena, &a);
        if (!columns_read(&a, &arena, values)) {
            odd++;
            continue;
        }
        for (size_t i = 0; i < COUNT_OF(fields); i++)
            columns_check(fields[i], &a, values, &arena);
    }
    assert_in_range(odd, 20, 300);
    free(values);
}

static int suite_setup(void **state)
{
    struct suite *s = mem_new(sizeof *s);
    struct error err = {0};

    s->many = (struct many){
        .seed = 4711,
        .first_ms = ORACLE_T0,
        .step_ms = ORACLE_DAYS * DAY / count,
        .odd_per_mille = 30,
    };
    s->pools = pools_new(NULL, 0, &err);
    for (size_t i = 0; i < STORE_QUESTIONS; i++) {
        s->queries[i] = store_questions[i].query;
        s->queries[i].pools = s->pools;
        if (store_questions[i].filter == NULL)
            continue;
        s->queries[i].filter =
            filter_parse(str_of(store_questions[i].filter), &s->arena, NULL, &err);
        if (s->queries[i].filter == NULL)
            fail_msg("%s: %s", store_questions[i].filter, err.text);
    }
    *state = s;
    return 0;
}

static int suite_teardown(void **state)
{
    struct suite *s = *state;

    oracle_release(s->answers, STORE_QUESTIONS);
    pools_free(s->pools);
    arena_release(&s->arena);
    free(s);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_is_the_oracles),
        cmocka_unit_test(columns_hold_what_filters_find),
    };

    if (argc > 1 && (!str_to_i64(str_of(argv[1]), &count) || count < BATCH)) {
        fprintf(stderr, "ALERTS is a number from %d on, not %s\n", BATCH, argv[1]);
        return 2;
    }
    count -= count % BATCH;
    only = argc > 2 ? argv[2] : only;
    return cmocka_run_group_tests(tests, suite_setup, suite_teardown);
}
