/* test_migrate.c -- a history moved into another one, stopped and gone on with, while
 * alerts come and are released, acknowledged, noted and deleted. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "base/hash.h"
#include "store/migrate.h"
#include "store_rig.h"

#define ALERTS 3000

static const struct many many = {
    .seed = 11,
    .first_ms = T0,
    .step_ms = 1000,
    .odd_per_mille = 20,
};

static int64_t mark(struct store_engine *e, enum store_mark_kind kind,
                    const char *filter, const char *text)
{
    struct arena arena freed_by(arena_release) = {0};
    const struct store_mark m = {
        .kind = kind,
        .at_ms = T0 + 5,
        .until_ms = kind == MARK_DELETE ? T0 + 100000 : 0,
        .deletion = kind == MARK_DELETE ? 7 : 0,
        .by = STR("maya"),
        .text = str_of(text),
    };
    struct error err = {0};
    struct store_query q = {
        .entity = -1,
        .limit = PAGE_MAX,
        .deletion = kind == MARK_UNDELETE ? 7 : 0,
    };
    struct store_marked marked;

    q.filter = filter_parse(str_of(filter), &arena, NULL, &err);
    assert_non_null(q.filter);
    if (!store_engine_mark(e, &q, &m, &marked, &err))
        fail_msg("%s", err.text);
    return marked.changed;
}

/* All of it, in order: lines, marks and notes. */
static uint64_t contents(struct store_engine *e, int64_t *alerts)
{
    struct buf all freed_by(buf_release) = BUF(64u << 20);
    struct store_query q = {.entity = -1, .limit = PAGE_MAX};
    struct store_page p = {.more = true};

    for (*alerts = 0; p.more; *alerts += (int64_t)p.n) {
        struct arena arena freed_by(arena_release) = {0};
        struct error err = {0};

        assert_true(store_engine_list(e, &q, &arena, &p, &err));
        for (size_t i = 0; i < p.n; i++) {
            const struct store_row *r = &p.rows[i];
            struct store_note *notes;
            size_t n;

            buf_printf(&all, "%lld %.*s %lld %lld %.*s %.*s\n", (long long)r->id,
                       STR_ARG(r->json), (long long)r->acked_ms,
                       (long long)r->acked_until_ms, STR_ARG(r->acked_by),
                       STR_ARG(r->acked_note));
            assert_true(store_engine_notes(e, r->id, &arena, &notes, &n, &err));
            for (size_t k = 0; k < n; k++)
                buf_printf(&all, "  %lld %.*s: %.*s\n", (long long)notes[k].at_ms,
                           STR_ARG(notes[k].by), STR_ARG(notes[k].text));
        }
        q.before_id = p.last_id;
        q.before_tstamp_ms = p.last_tstamp_ms;
    }
    assert_false(all.over);
    return hash_bytes(buf_view(&all));
}

static void same(struct store_engine *a, struct store_engine *b)
{
    int64_t in_a, in_b;
    uint64_t of_a = contents(a, &in_a), of_b = contents(b, &in_b);

    assert_int_equal(in_a, in_b);
    assert_true(of_a == of_b);
}

struct two {
    struct bench *from;
    struct bench *to;
};

static int two_setup(void **state)
{
    struct two *t = mem_new(sizeof *t);

    store_setup((void **)&t->from);
    store_setup((void **)&t->to);
    *state = t;
    return 0;
}

static int two_teardown(void **state)
{
    struct two *t = *state;

    store_teardown((void **)&t->from);
    store_teardown((void **)&t->to);
    free(t);
    return 0;
}

static struct migration begin(struct two *t, bool mirror)
{
    return (struct migration){
        .from = t->from->engine,
        .to = t->to->engine,
        .mirror = mirror,
        .now_ms = T0 + 99,
    };
}

static void pages(struct migration *m, int n)
{
    struct error err = {0};

    for (; n != 0 && !m->finished; n--)
        if (!migrate_page(m, &err))
            fail_msg("%s", err.text);
}

static void prepare(struct two *t)
{
    store_put_many(t->from->engine, &many, 1, ALERTS);
    assert_true(mark(t->from->engine, MARK_ACK, "vlan=3", "known") > 0);
    assert_true(mark(t->from->engine, MARK_NOTE, "vlan=4", "first") > 0);
    assert_true(mark(t->from->engine, MARK_DELETE, "vlan=5", "") > 0);
}

static void all_of_it_is_moved(void **state)
{
    struct two *t = *state;
    struct migration m = begin(t, false);

    prepare(t);
    pages(&m, -1);
    assert_int_equal(m.missed, 0);
    assert_int_equal(m.differ, 0);
    same(t->from->engine, t->to->engine);
    m = begin(t, false);
    pages(&m, -1); /* once more changes nothing */
    same(t->from->engine, t->to->engine);
}

/* The old one is still in force: it changes while it is moved, then it is done once
 * more, as the program says. */
static void a_mirror_follows(void **state)
{
    struct two *t = *state;
    struct store_engine *from = t->from->engine;
    struct migration m = begin(t, true), stopped;

    prepare(t);
    pages(&m, 2);
    stopped = m; /* killed behind this page, before its cursor was written */
    pages(&m, 1);
    m = stopped;
    /* Some of them release what was moved. */
    store_put_many(from, &many, ALERTS + 1, 300);
    assert_true(mark(from, MARK_UNACK, "vlan=3", "") > 0);
    assert_true(mark(from, MARK_ACK, "vlan=6", "seen") > 0);
    assert_true(mark(from, MARK_NOTE, "vlan=4 or vlan=7", "second") > 0);
    assert_true(mark(from, MARK_DELETE, "vlan=8", "") > 0);
    pages(&m, -1);
    m = begin(t, true);
    pages(&m, -1);
    assert_int_equal(m.missed, 0);
    assert_int_equal(m.differ, 0);
    same(from, t->to->engine);
    assert_true(mark(from, MARK_UNDELETE, "vlan=8", "") > 0);
    mark(from, MARK_ACK, "vlan=6", "seen again"); /* it was acknowledged before */
    m = begin(t, true);
    pages(&m, -1);
    assert_int_equal(m.differ, 0);
    same(from, t->to->engine);
}

/* The new one is in force: what was done there stays. */
static void what_is_newer_there_stays(void **state)
{
    struct two *t = *state;
    struct store_engine *to = t->to->engine;
    struct migration m = begin(t, false);
    struct store_query q = query_any();
    struct store_facets facets;
    struct error err = {0};

    store_put_many(t->from->engine, &many, 1, ALERTS);
    /* Releases of what is only in the old one yet. */
    store_put_many(to, &many, ALERTS + 1, 300);
    pages(&m, -1);
    assert_int_equal(m.missed, 0);
    assert_true(mark(to, MARK_ACK, "vlan=3", "here") > 0);
    assert_true(mark(to, MARK_NOTE, "vlan=3", "here") > 0);
    assert_true(mark(to, MARK_DELETE, "vlan=5", "") > 0);
    assert_true(mark(t->from->engine, MARK_NOTE, "vlan=3", "there") > 0);
    m = begin(t, false);
    pages(&m, -1);
    assert_true(m.differ > 0);
    q.filter = filter_parse(STR("vlan=3"), &t->to->arena, NULL, &err);
    assert_true(store_engine_facets(to, &q, &facets, &err));
    assert_true(facets.total > 0);
    assert_int_equal(facets.acked, facets.total);
    q.filter = filter_parse(STR("vlan=5"), &t->to->arena, NULL, &err);
    assert_true(store_engine_facets(to, &q, &facets, &err));
    assert_int_equal(facets.total, 0);
}

#define TWO_TEST(f) cmocka_unit_test_setup_teardown(f, two_setup, two_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TWO_TEST(all_of_it_is_moved),
        TWO_TEST(a_mirror_follows),
        TWO_TEST(what_is_newer_there_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
