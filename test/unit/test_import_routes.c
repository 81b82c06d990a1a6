/* test_import_routes.c -- random trees of Alertmanager's routes: the filters they
 * become take just the alerts that Alertmanager's own walk would, each with the times
 * of the route that took it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "config/alertmanager_own.h"
#include "routing/filter.h"

#define TREES 400
#define ROUTES_MAX 12
#define CHILDREN_MAX 3
#define RECEIVERS 4
#define LABELS 3 /* a, b, c, each 0 or 1 */
#define TIMES 3  /* none, i1, i2 */

struct route {
    int receiver; /* -1: the parent's */
    int label;    /* -1: no matcher, else label == value (or != with `not`) */
    int value;
    int times; /* 0: at any time, else muted in the interval of that number */
    bool negated, goes_on;
    struct route *children[CHILDREN_MAX];
    size_t n;
};

struct tree {
    uint32_t seed;
    struct route routes[ROUTES_MAX];
    size_t n;
};

static uint32_t dice(struct tree *t, uint32_t sides)
{
    t->seed = t->seed * 1664525u + 1013904223u;
    return (t->seed >> 16) % sides;
}

static struct route *route_make(struct tree *t, unsigned depth)
{
    struct route *r = &t->routes[t->n++];
    size_t wanted = dice(t, CHILDREN_MAX + 1);

    r->receiver = depth == 0 ? 0 : (int)dice(t, RECEIVERS + 1) - 1;
    r->label = depth == 0 ? -1 : (int)dice(t, LABELS + 1) - 1;
    r->value = (int)dice(t, 2);
    r->negated = dice(t, 4) == 0;
    r->goes_on = dice(t, 3) == 0;
    r->times = depth == 0 ? 0 : (int)dice(t, TIMES);
    while (depth < 3 && r->n < wanted && t->n < ROUTES_MAX)
        r->children[r->n++] = route_make(t, depth + 1);
    return r;
}

static const struct json *route_json(struct arena *a, const struct route *r)
{
    struct json_list object = {0}, routes = {0}, matchers = {0}, times = {0};

    if (r->times > 0)
        json_list_add(&times, a, STR_NONE,
                      json_new_string(a, arena_printf(a, "i%d", r->times)));
    json_list_add(&object, a, STR("mute_time_intervals"), json_new_array(a, &times));
    if (r->receiver >= 0)
        json_list_add(&object, a, STR("receiver"),
                      json_new_string(a, arena_printf(a, "r%d", r->receiver)));
    if (r->label >= 0) {
        struct str text = arena_printf(a, "%c%s\"%d\"", 'a' + r->label,
                                       r->negated ? "!=" : "=", r->value);

        json_list_add(&matchers, a, STR_NONE, json_new_string(a, text));
        json_list_add(&object, a, STR("matchers"),
                      json_new_array(a, &matchers));
    }
    json_list_add(&object, a, STR("continue"),
                  json_new_string(a, r->goes_on ? STR("true") : STR("false")));
    for (size_t i = 0; i < r->n; i++)
        json_list_add(&routes, a, STR_NONE, route_json(a, r->children[i]));
    json_list_add(&object, a, STR("routes"), json_new_array(a, &routes));
    return json_new_object(a, &object);
}

/* Alertmanager's dispatch/route.go, Match(): which receivers at which times, as bits;
 * 0: none. Times are a route's own, never its parent's. */
static unsigned walk(const struct route *r, int receiver, const int labels[])
{
    unsigned all = 0;

    if (r->receiver >= 0)
        receiver = r->receiver;
    if (r->label >= 0 && (labels[r->label] == r->value) == r->negated)
        return 0;
    for (size_t i = 0; i < r->n; i++) {
        unsigned some = walk(r->children[i], receiver, labels);

        all |= some;
        if (some != 0 && !r->children[i]->goes_on)
            break;
    }
    return all != 0 ? all : 1u << (receiver * TIMES + r->times);
}

static unsigned asked(struct arena *a, const struct am_way *ways,
                      const int labels[])
{
    struct str text = arena_printf(
        a, "{\"type\":\"t\",\"labels\":{\"a\":\"%d\",\"b\":\"%d\",\"c\":\"%d\"}}",
        labels[0], labels[1], labels[2]);
    struct alert alert = {0};
    struct filter_subject subject;
    struct error err = {0};
    unsigned all = 0;

    assert_true(alert_read(a, json_parse(a, text, &err), 1000, &alert, &err));
    filter_subject_init(&subject, &alert, NULL);
    for (const struct am_way *w = ways; w != NULL; w = w->next) {
        const struct filter *f =
            w->filter.n > 0 ? filter_parse(w->filter, a, NULL, &err) : NULL;

        assert_false(w->too_long);
        if (f == NULL || filter_ask(f, &subject) == FILTER_YES)
            all |= 1u << ((w->receiver.p[1] - '0') * TIMES +
                          (w->times.n > 0 ? w->times.p[w->times.n - 1] - '0' : 0));
    }
    filter_subject_release(&subject);
    return all;
}

static void a_tree_is_its_filters(uint32_t seed)
{
    struct arena a freed_by(arena_release) = {0};
    struct tree t = {.seed = seed};
    const struct route *root = route_make(&t, 0);
    struct import i;
    struct error err = {0};
    const struct am_way *ways;

    import_begin(&i, NULL, false, &a);
    ways = am_routes_read(&i, route_json(&a, root), &err);
    if (ways == NULL)
        fail_msg("seed %u: %s", seed, err.text);
    for (int bits = 0; bits < 1 << LABELS; bits++) {
        const int labels[LABELS] = {bits & 1, bits >> 1 & 1, bits >> 2 & 1};
        unsigned want = walk(root, 0, labels), got = asked(&a, ways, labels);

        if (want != got)
            fail_msg("seed %u, labels %d: receivers %x, not %x", seed, bits, got,
                     want);
    }
}

static void routes_become_the_filters_of_their_receivers(void **state unused)
{
    for (uint32_t seed = 1; seed <= TREES; seed++)
        a_tree_is_its_filters(seed);
}

/* Rather too much than too little: what earlier routes take is no longer left out. */
static void what_is_too_long_for_a_filter_takes_more(void **state unused)
{
    struct arena a freed_by(arena_release) = {0};
    struct json_list routes = {0}, root = {0};
    struct import i;
    struct error err = {0};
    const struct am_way *ways;

    for (int k = 0; k < 600; k++) {
        struct json_list r = {0}, matchers = {0};

        json_list_add(&matchers, &a, STR_NONE,
                      json_new_string(&a, arena_printf(&a, "a=\"%d\"", k)));
        json_list_add(&r, &a, STR("matchers"), json_new_array(&a, &matchers));
        json_list_add(&r, &a, STR("receiver"),
                      json_new_string(&a, k < 599 ? STR("r1") : STR("r2")));
        json_list_add(&routes, &a, STR_NONE, json_new_object(&a, &r));
    }
    json_list_add(&root, &a, STR("receiver"), json_new_string(&a, STR("r0")));
    json_list_add(&root, &a, STR("routes"), json_new_array(&a, &routes));
    import_begin(&i, NULL, false, &a);
    ways = am_routes_read(&i, json_new_object(&a, &root), &err);
    assert_non_null(ways);
    for (; ways != NULL; ways = ways->next) {
        assert_true(ways->too_long);
        if (str_is(ways->receiver, "r2"))
            assert_true(str_is(ways->filter, "{a=\"599\"}"));
        else
            assert_int_equal(ways->filter.n, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routes_become_the_filters_of_their_receivers),
        cmocka_unit_test(what_is_too_long_for_a_filter_takes_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
