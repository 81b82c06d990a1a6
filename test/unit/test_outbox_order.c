/* test_outbox_order.c -- windows and order: who may pass whom, and when the disk
 * is asked. */
#include "outbox_rig.h"

#include <sys/wait.h>

static const int64_t one[] = {1};

/* --- the window and the disk ----------------------------------------------------- */

static void a_backlog_stays_on_disk_and_comes_in_order(void **state)
{
    enum { MANY = 3 * WINDOW_MAX };
    struct rig *r = *state;
    struct outbox_counts n;

    for (int i = 0; i < MANY; i++) {
        rig_put(r, "k");
        if (i % 100 == 0)
            rig_turn(r);
    }
    rig_settle_down(r);
    outbox_counts(r->outbox, &n);
    assert_int_equal(n.pending, MANY);
    assert_in_range(n.window_items, 1, WINDOW_MAX);
    assert_int_equal(rig_drain(r, 7), MANY);
    outbox_counts(r->outbox, &n);
    assert_int_equal(n.window_items, 0);
    assert_int_equal(n.window_bytes, 0);
    rig_conserves(r);
}

static void what_comes_while_it_drains_stays_behind(void **state)
{
    struct rig *r = *state;
    struct item *items[16];
    int64_t last = 0;
    size_t total = 0, n;

    for (int i = 0; i < 2 * WINDOW_MAX; i++)
        rig_put(r, "k");
    rig_settle_down(r);
    for (int round = 0; round < 400; round++) {
        for (int i = 0; i < 3; i++)
            rig_put(r, "k");
        n = rig_take(r, 1, COUNT_OF(items), items);
        for (size_t i = 0; i < n; i++) {
            assert_true(items[i]->kept->id > last);
            last = items[i]->kept->id;
            rig_deliver(r, items[i], "");
        }
        total += n;
        rig_turn(r);
    }
    total += rig_drain(r, 16);
    assert_int_equal(total, 2 * WINDOW_MAX + 3 * 400);
    rig_conserves(r);
}

static void a_backlog_is_there_after_a_restart(void **state)
{
    struct rig *r = *state;

    for (int i = 0; i < 3 * WINDOW_MAX; i++)
        rig_put(r, "k");
    rig_settle_down(r);
    rig_reopen(r);
    rig_settle_down(r);
    assert_true(r->ready[1] > 0);
    assert_int_equal(rig_drain(r, 32), 3 * WINDOW_MAX);
}

/* Large alerts of one recipient that is stuck must not keep another from going
 * on, nor memory from having a limit. */
static void memory_is_bounded_and_shared_fairly(void **state)
{
    struct rig *r = *state;
    char text[16000] = "";
    struct outbox_counts n;
    struct item *item;

    memset(text, 'x', sizeof text - 1);
    for (int64_t to = 1; to <= 12; to++)
        for (size_t bytes = 0; bytes < WINDOW_BYTES_MAX / 4; bytes += 16000) {
            rig_put_alert(r, &(struct rig_alert){ACTION_STORE, "k", text, .to = &to, .n = 1});
            if (bytes % 640000 == 0)
                rig_turn(r);
        }
    rig_settle_down(r);
    outbox_counts(r->outbox, &n);
    assert_in_range(n.window_bytes, 1, WINDOW_BYTES_MAX + (WINDOW_BYTES_MAX / 4));
    for (int64_t to = 1; to <= 12; to++)
        assert_int_equal(rig_take(r, to, 1, &item), 1);
    rig_reopen(r); /* nor does a start load it all */
    rig_settle_down(r);
    outbox_counts(r->outbox, &n);
    assert_in_range(n.window_bytes, 1, 2 * WINDOW_BYTES_MAX);
    for (int64_t to = 1; to <= 12; to++)
        assert_int_equal(rig_take(r, to, 1, &item), 1);
}

/* --- the order rule -------------------------------------------------------------- */

struct order_case {
    const char *name;
    const char *items;  /* "a1 b1 a2": the letter is the key */
    const char *states; /* one each: . due, w waits, s waits aside, f in flight */
    const char *want;   /* what may be taken then, in order */
};

/* Puts item i and brings it into its state; what is due before it is had as
 * well, and given back. */
static int64_t order_put(struct rig *r, const struct order_case *c, size_t i)
{
    char key[] = {c->items[3 * i], '\0'};
    int64_t id = rig_put(r, key);
    struct item *had[8];
    size_t n;

    rig_turn(r);
    if (c->states[i] == '.')
        return id;
    n = rig_take(r, 1, COUNT_OF(had), had);
    assert_true(n > 0 && had[n - 1]->kept->id == id);
    for (size_t k = 0; k + 1 < n; k++)
        rig_defer(r, had[k], 0, false);
    if (c->states[i] != 'f')
        rig_defer(r, had[n - 1], 1000, c->states[i] == 's');
    rig_turn(r);
    return id;
}

static void order_check(struct rig *r, const struct order_case *c)
{
    struct item *taken[8];
    int64_t ids[8], next_ms;
    char got[64] = "";
    size_t n = strlen(c->states), length = 0, now;

    for (size_t i = 0; i < n; i++)
        ids[i] = order_put(r, c, i);
    now = outbox_take(r->outbox, 1, &(struct take){.max = COUNT_OF(taken), .edits = false},
                       taken, &next_ms);
    for (size_t i = 0; i < now; i++)
        for (size_t k = 0; k < n; k++)
            if (ids[k] == taken[i]->kept->id)
                length += (size_t)snprintf(got + length, sizeof got - length, "%s%.2s",
                                           i ? " " : "", c->items + 3 * k);
    if (strcmp(got, c->want) != 0)
        print_error("%s\n", c->name);
    assert_string_equal(got, c->want);
    if (now == 0)
        assert_int_equal(next_ms, r->now_ms + 1000);
}

static void the_order_rule(void **state)
{
    static const struct order_case table[] = {
        {"all due", "a1 b1 c1", "...", "a1 b1 c1"},
        {"the head waits: all wait", "a1 b1 c1", "w..", ""},
        {"one in the middle waits", "a1 b1 c1", ".w.", "a1"},
        {"the head waits aside: others pass", "a1 b1 c1", "s..", "b1 c1"},
        {"those of its key do not", "a1 b1 a2 c1", "s...", "b1 c1"},
        {"nor one behind those", "a1 a2 a3 b1", "s...", "b1"},
        {"two aside", "a1 b1 a2 b2 c1", "ss...", "c1"},
        {"aside, then one that waits", "a1 b1 c1", "sw.", ""},
        {"in flight: others pass", "a1 b1 c1", "f..", "b1 c1"},
        {"in flight: those of its key do not", "a1 a2 b1", "f..", "b1"},
        {"in flight and aside", "a1 b1 a2 b2 c1", "fs...", "c1"},
    };
    struct rig *r = *state;

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        order_check(r, &table[i]);
        rig_close(r);
        rig_remove(r);
        *r = (struct rig){0};
        rig_make(r);
        rig_open(r);
    }
}

static void what_waits_aside_goes_first_when_due(void **state)
{
    struct rig *r = *state;
    struct item *items[4];
    int64_t a = rig_put(r, "a"), a2, b;

    rig_turn(r);
    rig_defer(r, rig_take_one(r), 1000, true);
    b = rig_put(r, "b");
    a2 = rig_put(r, "a");
    rig_turn(r);
    r->now_ms += 1000;
    assert_int_equal(rig_take(r, 1, 4, items), 3);
    assert_int_equal(items[0]->kept->id, a);
    assert_int_equal(items[1]->kept->id, b);
    assert_int_equal(items[2]->kept->id, a2);
}

static void those_on_disk_pass_those_aside(void **state)
{
    enum { MANY = WINDOW_MAX + 1000, ASIDE = 200 };
    struct rig *r = *state;
    struct item *item;
    char key[16];

    for (int i = 0; i < MANY; i++) {
        snprintf(key, sizeof key, "key-%d", i);
        rig_put(r, key);
    }
    rig_settle_down(r);
    for (int i = 0; i < ASIDE; i++) {
        item = rig_take_one(r);
        assert_non_null(item);
        rig_defer(r, item, RETRY_AFTER_CAP_MS, true);
        rig_settle_down(r);
    }
    assert_int_equal(rig_drain(r, 32), MANY - ASIDE);
}

/* All that is in memory ends for one of its keys; the disk holds another. */
static void a_window_of_those_aside_is_refilled(void **state)
{
    enum { ILL = WINDOW_MAX / 2 };
    struct rig *r = *state;
    struct item *item;
    int64_t well;

    for (int i = 0; i < WINDOW_MAX + ILL; i++)
        rig_put(r, "ill");
    well = rig_put(r, "well");
    rig_settle_down(r);
    for (int i = 0; i < WINDOW_MAX - ILL + 100; i++) {
        item = rig_take_one(r);
        assert_non_null(item);
        rig_deliver(r, item, "");
        if (i % 256 == 0)
            rig_settle_down(r);
    }
    rig_settle_down(r);
    rig_defer(r, rig_take_one(r), RETRY_AFTER_CAP_MS, true);
    for (int i = 0; i < 10; i++) {
        rig_settle_down(r);
        item = rig_take_one(r);
        if (item != NULL)
            break;
    }
    assert_non_null(item);
    assert_int_equal(item->kept->id, well);
}

/* What another process wrote for the same key: this program again, as `--hash`. */
static int64_t hash_of_another_process(void)
{
    int out[2];
    char text[32] = "";
    ssize_t n;
    pid_t child;

    assert_int_equal(pipe(out), 0);
    child = fork();
    if (child == 0) {
        dup2(out[1], STDOUT_FILENO);
        execl("/proc/self/exe", "test_outbox_order", "--hash", (char *)NULL);
        _exit(1);
    }
    close(out[1]);
    n = read(out[0], text, sizeof text - 1);
    assert_true(n > 0);
    close(out[0]);
    waitpid(child, NULL, 0);
    return strtoll(text, NULL, 10);
}

static int hash_print(void)
{
    void *state;
    struct rig *r;
    long long hash;

    rig_setup(&state);
    r = state;
    rig_put(r, "the same");
    rig_turn(r);
    hash = rig_number(r->path, "SELECT key_hash FROM alert", 0, 0);
    printf("%lld", hash);
    return rig_teardown(&state);
}

/* Else a release put after a restart would pass its engage that waits aside. */
static void keys_are_the_same_in_every_process(void **state)
{
    (void)state;
    assert_int_equal(hash_of_another_process(), hash_of_another_process());
}

/* --- release and engage ------------------------------------------------------------ */

struct pair {
    int64_t engage, release;
};

static struct pair put_pair(struct rig *r)
{
    struct rig_alert begins = {ACTION_ENGAGE, "on", .to = one, .n = 1};
    struct rig_alert ends = {ACTION_RELEASE, "on", .to = one, .n = 1};
    struct pair p = {rig_put_alert(r, &begins), 0};

    p.release = rig_put_alert(r, &ends);
    return p;
}

/* What the release is told of its engage, whichever way they went. */
static void a_release_knows_how_its_engage_fared(void **state)
{
    static const struct {
        const char *name;
        enum delivery_state engage;
        enum began want;
        const char *handle;
        bool later, restart; /* the release is put after; a restart in between */
    } table[] = {
        {"delivered before", DELIVERY_DELIVERED, BEGAN_DELIVERED, "msg-1", true, false},
        {"delivered meanwhile", DELIVERY_DELIVERED, BEGAN_DELIVERED, "msg-1", false, false},
        {"dead before", DELIVERY_DEAD, BEGAN_DEAD, "", true, false},
        {"dead meanwhile", DELIVERY_DEAD, BEGAN_DEAD, "", false, false},
        {"read from disk", DELIVERY_DELIVERED, BEGAN_DELIVERED, "msg-1", true, true},
        {"both from disk", DELIVERY_DELIVERED, BEGAN_DELIVERED, "msg-1", false, true},
    };
    struct rig *r = *state;

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        struct rig_alert begins = {ACTION_ENGAGE, "on", .to = one, .n = 1};
        struct rig_alert ends = {ACTION_RELEASE, "on", .to = one, .n = 1};
        struct item *item;
        int64_t engage = rig_put_alert(r, &begins), release = 0;

        if (!table[i].later)
            release = rig_put_alert(r, &ends);
        rig_settle_down(r);
        item = rig_take_one(r);
        assert_non_null(item);
        assert_int_equal(item->kept->id, engage);
        assert_null(rig_take_one(r)); /* the release waits for its flight */
        if (table[i].engage == DELIVERY_DELIVERED)
            rig_deliver(r, item, "msg-1");
        else
            rig_end(r, item, DELIVERY_DEAD);
        if (table[i].later)
            release = rig_put_alert(r, &ends);
        rig_settle_down(r);
        if (table[i].restart)
            rig_reopen(r);
        rig_settle_down(r);
        for (int tries = 0; (item = rig_take_one(r)) == NULL && tries < 3; tries++)
            rig_settle_down(r);
        assert_non_null(item);
        assert_int_equal(item->kept->id, release);
        assert_int_equal(item->kept->began_id, engage);
        if (item->began != table[i].want)
            print_error("%s\n", table[i].name);
        assert_int_equal(item->began, table[i].want);
        assert_true(str_is(item->handle, table[i].handle));
        rig_deliver(r, item, "");
        rig_settle_down(r);
    }
    rig_conserves(r);
}

/* With `edits`, what is taken at once has these ids: "5 6 7"; it is delivered. */
static void take_checks(struct rig *r, const char *want)
{
    struct item *items[8];
    char got[64] = "";
    int64_t next_ms;
    size_t length = 0;
    size_t n = outbox_take(r->outbox, 1, &(struct take){.max = COUNT_OF(items), .edits = true},
                       items, &next_ms);

    for (size_t i = 0; i < n; i++) {
        length += (size_t)snprintf(got + length, sizeof got - length, "%s%lld", i ? " " : "",
                                   (long long)items[i]->kept->id);
        rig_deliver(r, items[i], "");
    }
    assert_string_equal(got, want);
    rig_settle_down(r);
}

/* 1, 2 and 3 engage, the third without a handle; 5, 6 and 8 are their releases. */
static void a_release_that_edits_comes_alone(void **state)
{
    static const char keys[][2] = {"a", "b", "c", "x", "a", "b", "y", "c", "z"};
    static const char actions[] = "eeesrrsrs";
    struct rig *r = *state;

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        enum action action = actions[i] == 'e'   ? ACTION_ENGAGE
                             : actions[i] == 'r' ? ACTION_RELEASE
                                                 : ACTION_STORE;

        rig_put_alert(r, &(struct rig_alert){action, keys[i], .to = one, .n = 1});
        rig_settle_down(r);
        if (action == ACTION_ENGAGE)
            rig_deliver(r, rig_take_one(r), i < 2 ? "msg" : "");
    }
    rig_settle_down(r);
    take_checks(r, "4");
    take_checks(r, "5");
    take_checks(r, "6");
    take_checks(r, "7 8 9");
    take_checks(r, "");
    rig_conserves(r);
}

static void a_release_to_whom_the_engage_never_went(void **state)
{
    struct rig *r = *state;
    struct rig_alert begins = {.action = ACTION_ENGAGE, .key = "on"};
    struct rig_alert ends = {ACTION_RELEASE, "on", .to = one, .n = 1};
    struct item *item;

    rig_put_alert(r, &begins);
    rig_put_alert(r, &ends);
    rig_settle_down(r);
    item = rig_take_one(r);
    assert_non_null(item);
    assert_int_equal(item->began, BEGAN_NONE);
}

/* Both in one batch: the engage's end is not known when the release would go. */
static void a_release_is_never_taken_beside_its_engage(void **state)
{
    struct rig *r = *state;
    struct pair p = put_pair(r);
    struct item *items[4];

    rig_settle_down(r);
    assert_int_equal(rig_take(r, 1, 4, items), 1);
    assert_int_equal(items[0]->kept->id, p.engage);
    rig_defer(r, items[0], 0, false);
    rig_settle_down(r);
    assert_int_equal(rig_take(r, 1, 4, items), 1);
    assert_int_equal(items[0]->kept->id, p.engage);
}

/* Each engages and is repeated; every third ends again, in the same group. */
static void put_mixed(struct rig *r, int count)
{
    for (int i = 0; i < count; i++) {
        char key[16];
        struct rig_alert a = {ACTION_ENGAGE, key, .to = one, .n = 1};

        snprintf(key, sizeof key, "%d-%d", count, i);
        rig_put_alert(r, &a);
        rig_put_alert(r, &a);
        a.action = i % 3 == 0 ? ACTION_RELEASE : ACTION_STORE;
        rig_put_alert(r, &a);
    }
}

static void check_mixed(const struct rig *r, int count)
{
    for (int i = 0; i < count; i++) {
        char key[16];
        const struct engaged *e;

        snprintf(key, sizeof key, "%d-%d", count, i);
        e = registry_find(r->registry, str_of(key));
        assert_int_equal(e == NULL, i % 3 == 0);
        if (e != NULL)
            assert_int_equal(e->repeats, 1);
    }
}

/* Of any size: rows are written many at a time, and what is over singly. */
static void a_group_of_everything_is_written_whole(void **state)
{
    struct rig *r = *state;
    const int64_t deliveries = 2 * (33 * 34 / 2);

    for (int count = 1; count <= 2 * 16 + 1; count++) {
        put_mixed(r, count);
        rig_settle_down(r);
    }
    rig_reopen(r);
    for (int count = 1; count <= 2 * 16 + 1; count++)
        check_mixed(r, count);
    rig_settle_down(r);
    for (int64_t id = 1; id <= deliveries; id++) {
        struct item *item = rig_take_one(r);

        if (item == NULL) { /* a release first asks how its engage fared */
            rig_settle_down(r);
            item = rig_take_one(r);
        }
        assert_non_null(item);
        assert_int_equal(item->kept->id, id);
        rig_end(r, item, DELIVERY_DELIVERED);
        rig_settle_down(r);
    }
    assert_null(rig_take_one(r));
    rig_conserves(r);
}

/* Of whatever became of it, and after a start, too. */
static void a_lane_knows_its_newest(void **state)
{
    static const int64_t both[] = {1, 2};
    struct rig *r = *state;
    struct lane_counts n;

    rig_put_alert(r, &(struct rig_alert){ACTION_STORE, "k", .to = both, .n = 2});
    r->now_ms += 10;
    rig_put(r, "k");
    rig_turn(r);
    for (int start = 0; start < 2; start++) {
        outbox_lane(r->outbox, 1, &n);
        assert_int_equal(n.newest_ms, RIG_T0 + 10);
        outbox_lane(r->outbox, 2, &n);
        assert_int_equal(n.newest_ms, RIG_T0);
        if (start > 0)
            return;
        rig_deliver(r, rig_take_one(r), "");
        rig_turn(r);
        rig_reopen(r);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(a_backlog_stays_on_disk_and_comes_in_order),
        RIG_TEST(what_comes_while_it_drains_stays_behind),
        RIG_TEST(a_backlog_is_there_after_a_restart),
        RIG_TEST(memory_is_bounded_and_shared_fairly),
        RIG_TEST(the_order_rule),
        RIG_TEST(what_waits_aside_goes_first_when_due),
        RIG_TEST(those_on_disk_pass_those_aside),
        RIG_TEST(a_window_of_those_aside_is_refilled),
        cmocka_unit_test(keys_are_the_same_in_every_process),
        RIG_TEST(a_release_knows_how_its_engage_fared),
        RIG_TEST(a_release_that_edits_comes_alone),
        RIG_TEST(a_release_to_whom_the_engage_never_went),
        RIG_TEST(a_release_is_never_taken_beside_its_engage),
        RIG_TEST(a_group_of_everything_is_written_whole),
        RIG_TEST(a_lane_knows_its_newest),
    };

    if (argc == 2 && strcmp(argv[1], "--hash") == 0)
        return hash_print();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
