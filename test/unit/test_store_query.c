/* test_store_query.c -- the history asked: filters, pages, totals, limits. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "alert/ip.h"
#include "store/sqlite_functions.h"
#include "store_rig.h"

/* Four rows, and which of them (a bit each) a filter finds. */
static void put_four(struct bench *b)
{
    struct alert flow = store_alert(1, ACTION_STORE);
    struct alert host = store_alert(2, ACTION_ENGAGE);
    struct alert wild = store_alert(3, ACTION_STORE);
    struct alert ended = store_alert(4, ACTION_RELEASE);

    flow.entity = ENTITY_FLOW;
    flow.entity_value = STR("a flow");
    flow.severity = SEVERITY_NOTICE;
    flow.source = STR("ntopng");
    flow.facts = store_parse(b, STR("{\"cli_ip\":\"2001:DB8:0::1\","
                              "\"srv_ip\":\"10.0.0.9\"}"));
    wild.entity = ENTITY_SYSTEM;
    wild.entity_value = STR("100%_of'it");
    wild.type = STR("disk\"full");
    wild.category = STR("system");
    wild.message = STR("back\\slash and 50% of _it_ '; DROP TABLE line; --");
    wild.severity = SEVERITY_EMERGENCY;
    ended.message = STR("\xc3\x9c" "ber 100 of them");
    ended.tstamp_ms = T0 + 5 * HOUR_MS;
    store_put(b, &flow);
    store_put(b, &host);
    store_put(b, &wild);
    store_put(b, &ended);
}

#define FLOW 1u
#define HOST 2u
#define WILD 4u
#define ENDED 8u
#define ALL (FLOW | HOST | WILD | ENDED)
#define Q(...) {.entity = -1, .limit = 100, __VA_ARGS__}

static const struct {
    const char *name;
    struct store_query query;
    unsigned want;
} filters[] = {
    {"nothing asked", Q(.state = STORE_ANY), ALL},
    {"ended", Q(.state = STORE_ENDED), FLOW | WILD | ENDED},
    {"engaged", Q(.state = STORE_ENGAGED), HOST},
    {"since, included", Q(.since_ms = T0 + 3), WILD | ENDED},
    {"until, excluded", Q(.until_ms = T0 + 3), FLOW | HOST},
    {"both", Q(.since_ms = T0 + 2, .until_ms = T0 + 3), HOST},
    {"empty range", Q(.since_ms = T0 + 3, .until_ms = T0 + 3), 0},
    {"range back to front", Q(.since_ms = T0 + 9, .until_ms = T0), 0},
    {"times of the absurd", Q(.since_ms = INT64_MIN, .until_ms = INT64_MAX),
     ALL},
    {"a far since", Q(.since_ms = INT64_MAX), 0},
    {"a far until", Q(.until_ms = INT64_MIN), 0},
    {"severity", Q(.minimum_severity = SEVERITY_ERROR), HOST | WILD | ENDED},
    {"highest severity", Q(.minimum_severity = SEVERITY_EMERGENCY), WILD},
    {"entity", {.entity = ENTITY_FLOW, .limit = 100}, FLOW},
    {"entity 0", {.entity = ENTITY_INTERFACE, .limit = 100}, 0},
    {"type", Q(.type = STR("syn_scan")), FLOW | HOST | ENDED},
    {"type with a quote", Q(.type = STR("disk\"full")), WILD},
    {"a part of a type", Q(.type = STR("syn")), 0},
    {"category", Q(.category = STR("system")), WILD},
    {"source", Q(.source = STR("ntopng")), FLOW},
    {"entity value", Q(.entity_value = STR("100%_of'it")), WILD},
    {"a wildcard there", Q(.entity_value = STR("100%")), 0},
    {"client", Q(.ip = STR("2001:db8::1")), FLOW},
    {"client, written otherwise", Q(.ip = STR("2001:0DB8::0:1")), FLOW},
    {"server", Q(.ip = STR("10.0.0.9")), FLOW},
    {"host without its VLAN", Q(.ip = STR("192.168.1.7")), HOST | ENDED},
    {"half an address", Q(.ip = STR("10.0.0")), 0},
    {"SQL for an address", Q(.ip = STR("' OR 1=1 --")), 0},
    {"text", Q(.text = STR("scans")), FLOW | HOST},
    {"text in any case", Q(.text = STR("SCANS")), FLOW | HOST},
    {"text in the entity value", Q(.text = STR("a fl")), FLOW},
    {"not ASCII", Q(.text = STR("\xc3\x9c" "ber")), ENDED},
    {"percent is a percent", Q(.text = STR("%")), WILD},
    {"100% is not 100 of", Q(.text = STR("100%")), WILD},
    {"underscore is one", Q(.text = STR("_it_")), WILD},
    {"backslash is one", Q(.text = STR("back\\slash")), WILD},
    {"backslash percent", Q(.text = STR("\\%")), 0},
    {"SQL in the text", Q(.text = STR("'; DROP TABLE line; --")), WILD},
    {"SQL that is nowhere", Q(.text = STR("' OR '1'='1")), 0},
    {"two filters", Q(.text = STR("scans"), .source = STR("native")), HOST},
};

static void every_filter_finds_its_rows(void **state)
{
    struct bench *b = *state;

    put_four(b);
    for (size_t i = 0; i < COUNT_OF(filters); i++) {
        struct store_page page = store_ask(b, &filters[i].query);
        unsigned found = 0;

        for (size_t r = 0; r < page.n; r++)
            found |= 1u << (page.rows[r].id - 1);
        if (found != filters[i].want)
            fail_msg("%s: found %x, wanted %x", filters[i].name, found,
                     filters[i].want);
        assert_int_equal(page.total, page.n);
        assert_true(page.exact);
    }
}

/* Some of it is said in SQL and all of it is asked: the answer is the filter's. */
static void every_condition_finds_its_rows(void **state)
{
    static const struct {
        const char *filter;
        unsigned want;
    } table[] = {
        {"severity>=error", HOST | WILD | ENDED},
        {"severity>error", WILD},
        {"severity<error", FLOW},
        {"not severity>=error", FLOW},
        {"entity=flow", FLOW},
        {"entity in (flow, system)", FLOW | WILD},
        {"type='disk\"full'", WILD},
        {"type~'^syn'", FLOW | HOST | ENDED},
        {"source=ntopng or entity=host", FLOW | HOST | ENDED},
        {"entity_value=\"100%_of'it\"", WILD},
        {"cli_ip=2001:db8::1", FLOW},
        {"srv_ip=2001:db8::1", 0},
        {"ip=2001:db8::1", FLOW},
        {"ip=10.0.0.0/8", FLOW},
        {"ip=192.168.1.7", HOST | ENDED},
        {"ip=192.168.1.7 action=engage", HOST},
        {"vlan=12", HOST | ENDED},
        {"SCANS", FLOW | HOST},
        {"scans \"a fl\"", FLOW},
        {"\"100%\"", WILD},
        {"not \"'; DROP TABLE line; --\"", FLOW | HOST | ENDED},
        {"pool=Default", FLOW | HOST | ENDED},
        {"pool=''", WILD},
    };
    struct bench *b = *state;
    struct error err = {0};
    struct pools *pools = pools_new(NULL, 0, &err);

    put_four(b);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct store_query q = query_any();
        struct store_page page;
        unsigned found = 0;

        q.filter = filter_parse(str_of(table[i].filter), &b->arena, NULL, &err);
        q.pools = pools;
        if (q.filter == NULL)
            fail_msg("%s: %s", table[i].filter, err.text);
        page = store_ask(b, &q);
        for (size_t r = 0; r < page.n; r++)
            found |= 1u << (page.rows[r].id - 1);
        if (found != table[i].want)
            fail_msg("%s: found %x, wanted %x", table[i].filter, found, table[i].want);
        assert_int_equal(page.total, page.n);
        assert_true(page.exact);
    }
    pools_free(pools);
}

static int newest_first(const void *a, const void *b)
{
    const struct row *x = a, *y = b;

    if (x->tstamp_ms != y->tstamp_ms)
        return x->tstamp_ms < y->tstamp_ms ? 1 : -1;
    return x->id < y->id ? 1 : -1;
}

static int oldest_first(const void *x, const void *y)
{
    return newest_first(y, x);
}

/* Page by page, whatever the page's size: each row once, in order. */
static void a_condition_is_paged(void **state)
{
    struct bench *b = *state;
    struct row *rows = mem_array(ROWS, sizeof *rows);
    struct arena kept freed_by(arena_release) = {0};
    struct store_query q = query_any();

    rows_make(rows);
    rows_put(b, rows);
    qsort(rows, ROWS, sizeof *rows, newest_first);
    q.filter = filter_parse(
        STR("(source=native or severity>=alert) and label.no=''"), &kept, NULL,
        NULL);
    q.limit = 37;
    for (size_t at = 0;;) {
        struct store_page page = store_ask(b, &q);

        assert_false(page.exact);
        for (size_t r = 0; r < page.n; r++, at++) {
            while (at < ROWS && !rows[at].native && rows[at].severity < SEVERITY_ALERT)
                at++;
            assert_true(at < ROWS);
            assert_int_equal(page.rows[r].id, rows[at].id);
        }
        if (!page.more)
            break;
        q.before_id = page.last_id;
        q.before_tstamp_ms = page.last_tstamp_ms;
        arena_reset(&b->arena);
    }
    free(rows);
}

/* Nothing matches: the question ends all the same, and goes on from there. */
static void a_condition_looks_at_so_many_rows(void **state)
{
    enum { MANY = STORE_FILTER_ROWS_MAX + 500 };
    struct bench *b = *state;
    struct alert *alerts = mem_array(500, sizeof *alerts);
    const struct alert *list[500];
    struct store_query q = query_any();
    struct error err = {0};
    struct store_page page;

    for (int64_t id = 1; id <= MANY; id += 500) {
        for (int64_t i = 0; i < 500; i++) {
            alerts[i] = store_alert(id + i, ACTION_STORE);
            list[i] = &alerts[i];
        }
        assert_true(store_engine_put(b->engine, list, 500, T0, &err));
    }
    q.filter = filter_parse(STR("label.env=a or label.env=b"), &b->arena, NULL, NULL);
    page = store_ask(b, &q);
    assert_int_equal(page.n, 0);
    assert_true(page.more && !page.exact);
    assert_int_equal(page.last_id, MANY - STORE_FILTER_ROWS_MAX + 1);
    q.before_id = page.last_id;
    q.before_tstamp_ms = page.last_tstamp_ms;
    page = store_ask(b, &q);
    assert_int_equal(page.n, 0);
    assert_false(page.more);
    free(alerts);
}

static void a_filter_has_a_length(void **state)
{
    static char longest[512 + 1];
    struct bench *b = *state;
    struct store_query q = query_any();
    struct error err = {0};
    struct store_page page;

    memset(longest, '%', sizeof longest);
    q.text = (struct str){longest, 512};
    assert_int_equal(store_ask(b, &q).n, 0);
    q.text.n++;
    assert_false(store_engine_list(b->engine, &q, &b->arena, &page, &err));
    assert_string_equal(err.text, "text is 513 bytes long; at most 512 are taken");
    q = query_any();
    q.source = (struct str){"a\0b", 3};
    assert_false(store_engine_list(b->engine, &q, &b->arena, &page, &err));
    assert_string_equal(err.text, "source holds a NUL byte; take it out");
}

static bool oracle(const struct row *r, const struct store_query *q)
{
    return (q->since_ms == 0 || r->tstamp_ms >= q->since_ms) &&
           (q->until_ms == 0 || r->tstamp_ms < q->until_ms) &&
           r->severity >= q->minimum_severity &&
           (q->entity < 0 || (int64_t)r->entity == q->entity) &&
           (q->source.n == 0 || r->native == str_is(q->source, "native")) &&
           (q->state == STORE_ANY || r->engaged == (q->state == STORE_ENGAGED));
}

/* Every page to the end: the oracle's rows, each once, in its order. */
static void walk_all(struct bench *b, const struct row *sorted,
                     struct store_query q)
{
    size_t at = 0, left = 0;
    bool more = true;

    for (size_t i = 0; i < ROWS; i++)
        left += oracle(&sorted[i], &q);
    for (bool first = true; more; first = false) {
        struct store_page page = store_ask(b, &q);

        assert_true(page.exact);
        if (first)
            assert_int_equal(page.total, left);
        for (size_t r = 0; r < page.n; r++, at++, left--) {
            while (at < ROWS && !oracle(&sorted[at], &q))
                at++;
            assert_true(at < ROWS);
            assert_int_equal(page.rows[r].id, sorted[at].id);
            q.before_tstamp_ms = sorted[at].tstamp_ms;
            q.before_id = sorted[at].id;
        }
        more = page.more;
        assert_true(page.n > 0 || !more);
        arena_reset(&b->arena);
    }
    assert_int_equal(left, 0);
}

static void pages_have_no_gap_and_no_repeat(void **state)
{
    static const struct {
        struct store_query query;
        size_t limit;
    } table[] = {
        {{.entity = -1}, 1000},
        {{.entity = -1}, 37},
        {{.entity = -1}, PAGE_MAX},
        {{.entity = -1, .minimum_severity = SEVERITY_ALERT}, 10},
        {{.entity = ENTITY_FLOW, .source = {"native", 6}}, 13},
        {{.entity = -1, .state = STORE_ENGAGED}, 50},
        {{.entity = -1, .state = STORE_ENDED, .since_ms = T0 + 1}, 499},
        {{.entity = -1, .since_ms = T0 + HOUR_MS, .until_ms = T0 + 9 * HOUR_MS},
         100},
        {{.entity = 3, .since_ms = T0 / HOUR_MS * HOUR_MS,
          .until_ms = T0 / HOUR_MS * HOUR_MS + 2 * HOUR_MS}, 7},
        {{.entity = -1, .since_ms = T0 + 60000, .until_ms = T0 + 60001}, 1},
    };
    struct bench *b = *state;
    struct row *rows = mem_array(ROWS, sizeof *rows);

    rows_make(rows);
    rows_put(b, rows);
    qsort(rows, ROWS, sizeof *rows, newest_first);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct store_query q = table[i].query;

        q.limit = table[i].limit;
        walk_all(b, rows, q);
    }
    qsort(rows, ROWS, sizeof *rows, oldest_first);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct store_query q = table[i].query;

        q.limit = table[i].limit;
        q.oldest_first = true;
        walk_all(b, rows, q);
    }
    free(rows);
}

/* A release moves a row to another hour, state and severity: so do the counts. */
static void the_roll_up_follows_a_release(void **state)
{
    struct bench *b = *state;
    struct alert engage = store_alert(1, ACTION_ENGAGE);
    struct alert release = store_alert(2, ACTION_RELEASE);
    struct store_query q = query_any();

    store_put(b, &engage);
    release.began_id = 1;
    release.tstamp_ms = T0 - 7 * HOUR_MS;
    release.severity = SEVERITY_INFO;
    store_put(b, &release);
    for (int64_t id = 3; id < 6; id++) {
        struct alert a = store_alert(id, ACTION_STORE);

        store_put(b, &a);
    }
    q.limit = 1;
    assert_int_equal(store_ask(b, &q).total, 4);
    q.minimum_severity = SEVERITY_ERROR;
    assert_int_equal(store_ask(b, &q).total, 3);
    q.minimum_severity = SEVERITY_NONE;
    q.since_ms = T0 - 2 * HOUR_MS;
    assert_int_equal(store_ask(b, &q).total, 3);
    q.since_ms = 0;
    q.state = STORE_ENGAGED;
    assert_int_equal(store_ask(b, &q).total, 0);
}

/* What is seen to be outside at once is so when it is read whole. */
static void prefixes_hold_what_they_hold(void **state unused)
{
    static const char *const prefixes[] = {
        "10.1.2.3", "10.1.2.0/24", "10.1.2.64/26", "10.0.0.0/8", "8.0.0.0/6",
        "0.0.0.0/0", "2001:db8::/32", "::ffff:10.1.2.3", "::/0",
    };
    static const char *const texts[] = {
        "10.1.2.3", "10.1.2.30", "10.1.2.65", "10.1.20.3", "10.1.2", "10.1.2.",
        "10.1.2.3.4", "10", "1", "", "100.1.2.3", "1010.1.2.3", "010.1.2.3",
        "11.1.2.3", "256.1.2.3", "2001:db8::1", "10:1:2:3::", "::ffff:10.1.2.3",
        "::10.1.2.3", "10.1.2.x", "x10.1.2.3", "255.255.255.255",
    };

    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        struct filter_value value = {0};
        const struct condition c = {
            .kind = WHEN_PREFIX,
            .values = &value,
            .count = 1,
        };
        bool host_bits;

        assert_true(prefix_parse(str_of(prefixes[i]), &value.prefix, &host_bits));
        for (size_t k = 0; k < COUNT_OF(texts); k++) {
            struct ip ip;
            bool holds = ip_parse(str_of(texts[k]), &ip) &&
                         prefix_holds(&value.prefix, &ip);

            if (text_in_prefix(&c, str_of(texts[k])) != holds)
                fail_msg("%s in %s: not %d", texts[k], prefixes[i], holds);
        }
    }
}

static void a_slow_question_ends(void **state)
{
    if (store_is_clickhouse())
        skip();
    struct bench *b = *state;
    struct row *rows = mem_array(ROWS, sizeof *rows);
    struct store_query q = query_any();
    struct error err = {0};
    struct store_page page;

    rows_make(rows);
    rows_put(b, rows);
    q.text = STR("nowhere to be found");
    assert_int_equal(store_ask(b, &q).n, 0);
    sqlite_of(b->engine)->read_limit_ms = 0; /* no time at all */
    assert_false(store_engine_list(b->engine, &q, &b->arena, &page, &err));
    assert_string_equal(err.text, "too slow: no answer within 0 ms; narrow the "
                                  "range of time or the filters");
    sqlite_of(b->engine)->read_limit_ms = STORE_READ_MS;
    assert_int_equal(store_ask(b, &q).n, 0); /* and does not spoil the next one */
    free(rows);
}

/* Lines come with whole pages of many bytes: a page is cut, not the memory. */
static void a_page_has_a_size_in_bytes(void **state)
{
    enum { LONG_ROWS = 250 };
    struct bench *b = *state;
    char *text = mem_new(50000);
    struct store_query q = query_any();
    struct store_page page;
    size_t seen = 0;

    memset(text, 'x', 49999);
    for (int64_t id = 1; id <= LONG_ROWS; id++) {
        struct alert a = store_alert(id, ACTION_STORE);

        a.message = (struct str){text, 49999};
        store_put(b, &a);
    }
    q.limit = PAGE_MAX;
    do {
        page = store_ask(b, &q);
        seen += page.n;
        assert_in_range(page.n, 1, STORE_PAGE_BYTES_MAX / 50000 + 2);
        assert_int_equal(page.total, LONG_ROWS);
        q.before_id = page.rows[page.n - 1].id;
        q.before_tstamp_ms = T0 + q.before_id;
        arena_reset(&b->arena);
    } while (page.more);
    assert_int_equal(seen, LONG_ROWS);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_filter_finds_its_rows),
        TEST(every_condition_finds_its_rows),
        TEST(a_condition_is_paged),
        TEST(a_condition_looks_at_so_many_rows),
        TEST(a_filter_has_a_length),
        TEST(pages_have_no_gap_and_no_repeat),
        TEST(the_roll_up_follows_a_release),
        cmocka_unit_test(prefixes_hold_what_they_hold),
        TEST(a_slow_question_ends),
        TEST(a_page_has_a_size_in_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
