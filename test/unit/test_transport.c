/* test_transport.c -- the in-process store, and what holds for every way: `done`
 * exactly once, never too early, and not after a cancel. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "transport_rig.h"

#include <sys/socket.h>

/* A store that does as it is told. */
struct store {
    bool takes, at_once, stored;
    struct sending *taken;
    size_t count;
};

static bool store_take(void *arg, const struct store_request *r,
                       struct sending *s)
{
    struct store *store = arg;

    if (!store->takes)
        return false;
    store->taken = s;
    store->count = r->count;
    if (store->at_once)
        transport_store_done(s, store->stored, STR("disk full"));
    return true;
}

static void store_rig(struct rig *rig, struct store *store)
{
    struct transport_options o = {.store = store_take, .store_arg = store};

    rig_init_with(rig, &o);
}

static const struct alert *const no_alerts[3] = {NULL};
static const struct request to_store = {
    .via = VIA_STORE,
    .timeout_ms = 20000,
    .store = {.alerts = no_alerts, .count = 3},
};

static void test_store(void **state)
{
    static const struct {
        struct store store;
        enum outcome want;
        size_t written;
        const char *error;
    } rows[] = {
        {{.takes = true, .at_once = true, .stored = true},
         OUTCOME_ANSWERED, 3, ""},
        {{.takes = true, .at_once = true}, OUTCOME_UNREACHED, 0,
         "the alert store: disk full"},
        {{.takes = false}, OUTCOME_UNREACHED, 0,
         "the alert store is behind and takes no more for now"},
    };
    struct answer a;
    struct rig rig;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct store store = rows[i].store;

        store_rig(&rig, &store);
        rig_carry(&rig, &to_store, &a);
        assert_int_equal(a.response.outcome, rows[i].want);
        assert_int_equal(a.response.written, rows[i].written);
        assert_string_equal(a.error, rows[i].error);
        assert_int_equal(store.count, rows[i].store.takes ? 3 : 0);
        rig_release(&rig);
    }
}

static void test_store_later(void **state)
{
    struct store store = {.takes = true};
    struct answer a;
    struct rig rig;

    (void)state;
    store_rig(&rig, &store);
    rig_send(&rig, &to_store, &a);
    for (int i = 0; i < 10; i++)
        loop_turn(rig.loop, 0);
    assert_int_equal(a.calls, 0);
    transport_store_done(store.taken, true, STR_NONE);
    assert_int_equal(a.calls, 0);
    rig_wait(&rig, &a.calls, 1);
    assert_int_equal(a.response.outcome, OUTCOME_ANSWERED);
    rig_release(&rig);
}

static void test_no_store(void **state)
{
    struct answer a;
    struct rig rig;

    (void)state;
    rig_init(&rig);
    rig_carry(&rig, &to_store, &a);
    assert_int_equal(a.response.outcome, OUTCOME_UNREACHED);
    assert_string_equal(a.error, "there is no alert store");
    rig_release(&rig);
}

/* The store finishes after the time is up: before or after that was said. */
static void test_store_late(void **state)
{
    struct store store = {.takes = true};
    struct request q = to_store;
    struct answer a;
    struct rig rig;

    (void)state;
    q.timeout_ms = 20;
    store_rig(&rig, &store);
    rig_carry(&rig, &q, &a);
    assert_int_equal(a.response.outcome, OUTCOME_TIMED_OUT);
    assert_string_equal(a.error, "the alert store did not answer within 20 ms");
    transport_store_done(store.taken, true, STR_NONE);
    for (int i = 0; i < 3; i++)
        loop_turn(rig.loop, 0);
    assert_int_equal(a.calls, 1);
    rig_release(&rig);
}

/* Whatever became of the request, the store may finish it: ASan sees to it that
 * the memory is there, and is freed. */
static void test_store_after_cancel(void **state)
{
    struct store store = {.takes = true};
    struct answer a;
    struct rig rig;

    (void)state;
    store_rig(&rig, &store);
    transport_cancel(rig_send(&rig, &to_store, &a));
    transport_store_done(store.taken, true, STR_NONE);
    rig_send(&rig, &to_store, &a);
    rig_release(&rig);
    transport_store_done(store.taken, false, STR("late"));
    assert_int_equal(a.calls, 0);
}

static void test_cancel_after_the_end(void **state)
{
    struct store store = {.takes = true, .at_once = true, .stored = true};
    struct answer a;
    struct rig rig;

    (void)state;
    store_rig(&rig, &store);
    transport_cancel(rig_send(&rig, &to_store, &a));
    for (int i = 0; i < 3; i++)
        loop_turn(rig.loop, 0);
    assert_int_equal(a.calls, 0);
    rig_release(&rig);
}

/* One of each way that can fail at once: none may say so before its sending is
 * known to whoever sent it. rig_send() looks. */
static void test_never_too_early(void **state)
{
    static const char *const argv[] = {"a.sh", NULL};
    static const struct str texts[] = {{"<14>x", 5}};
    const struct request rows[] = {
        {.via = VIA_HTTP, .http = {.method = "POST", .url = STR("nonsense")}},
        {.via = VIA_HTTP,
         .http = {.method = "POST", .url = STR("http://127.0.0.1:1/")}},
        {.via = VIA_MAIL,
         .mail = {.host = STR("a b"), .port = 25, .to = texts, .to_count = 1}},
        {.via = VIA_MAIL,
         .mail = {.host = STR("127.0.0.1"), .port = 0, .to = texts,
                  .to_count = 1}},
        {.via = VIA_SYSLOG,
         .syslog = {.transport = SYSLOG_LOCAL, .host = STR("/no/such/socket"),
                    .frames = texts, .frame_count = 1}},
        {.via = VIA_SYSLOG,
         .syslog = {.transport = SYSLOG_TCP, .host = STR("a b"), .port = 1,
                    .frames = texts, .frame_count = 1}},
        {.via = VIA_EXEC,
         .exec = {.directory = STR("/nowhere"), .script = STR("a.sh"),
                  .argv = argv, .envp = argv + 1}},
        {.via = VIA_FILE, .file = {STR("relative"), STR("x\n")}},
        {.via = VIA_FILE, .file = {STR("/no/such/directory/x"), STR("x\n")}},
        {.via = VIA_STORE, .store = {.alerts = no_alerts, .count = 1}},
    };
    struct rig rig;

    (void)state;
    rig_init(&rig);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct answer a;

        rig_carry(&rig, &rows[i], &a);
        assert_true(a.response.outcome != OUTCOME_ANSWERED);
        assert_true(a.response.error.n > 0);
    }
    rig_release(&rig);
}

/* The same, abandoned on the spot. */
static void test_abandoned(void **state)
{
    static const struct str texts[] = {{"<14>x", 5}};
    uint16_t port = port_free(SOCK_STREAM);
    const struct request rows[] = {
        {.via = VIA_HTTP,
         .http = {.method = "POST", .url = STR("http://no-such.invalid/")}},
        {.via = VIA_MAIL,
         .mail = {.host = STR("no-such.invalid"), .port = port, .to = texts,
                  .to_count = 1}},
        {.via = VIA_SYSLOG,
         .syslog = {.transport = SYSLOG_TLS, .host = STR("no-such.invalid"),
                    .port = port, .frames = texts, .frame_count = 1}},
        {.via = VIA_SYSLOG,
         .syslog = {.transport = SYSLOG_UDP, .host = STR("localhost"),
                    .port = port, .frames = texts, .frame_count = 1}},
    };
    struct answer answers[2 * COUNT_OF(rows)];
    struct rig rig;

    (void)state;
    for (int turns = 0; turns < 4; turns++) {
        rig_init(&rig);
        for (size_t i = 0; i < COUNT_OF(answers); i++)
            rig_send(&rig, &rows[i % COUNT_OF(rows)], &answers[i]);
        for (int i = 0; i < turns; i++)
            loop_turn(rig.loop, 0);
        rig_release(&rig);
    }
}

/* `done` may send the next one, and stop everything. */
struct chain {
    struct rig rig;
    unsigned left, calls;
};

static void chain_next(void *arg, const struct response *r)
{
    struct chain *c = arg;

    assert_int_equal(r->outcome, OUTCOME_ANSWERED);
    c->calls++;
    if (c->left-- > 0)
        transport_send(c->rig.transport, &to_store, chain_next, c);
}

static void test_chain(void **state)
{
    struct store store = {.takes = true, .at_once = true, .stored = true};
    struct chain c = {.left = 99};
    struct carrier carrier;

    (void)state;
    store_rig(&c.rig, &store);
    carrier = transport_carrier(c.rig.transport);
    carrier.send(carrier.arg, &to_store, chain_next, &c);
    rig_wait(&c.rig, &c.calls, 100);
    carrier.cancel(carrier.arg,
                   carrier.send(carrier.arg, &to_store, chain_next, &c));
    loop_turn(c.rig.loop, 0);
    assert_int_equal(c.calls, 100);
    rig_release(&c.rig);
}

static void free_all(void *arg, const struct response *r)
{
    struct chain *c = arg;

    (void)r;
    c->calls++;
    transport_free(c->rig.transport);
    c->rig.transport = NULL;
}

static void test_free_in_done(void **state)
{
    struct store store = {.takes = true, .at_once = true, .stored = true};
    struct chain c = {.left = 0};

    (void)state;
    store_rig(&c.rig, &store);
    transport_send(c.rig.transport, &to_store, free_all, &c);
    transport_send(c.rig.transport, &to_store, free_all, &c);
    rig_wait(&c.rig, &c.calls, 1);
    loop_turn(c.rig.loop, 0);
    assert_int_equal(c.calls, 1);
    rig_release(&c.rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_store),
        cmocka_unit_test(test_store_later),
        cmocka_unit_test(test_no_store),
        cmocka_unit_test(test_store_late),
        cmocka_unit_test(test_store_after_cancel),
        cmocka_unit_test(test_cancel_after_the_end),
        cmocka_unit_test(test_never_too_early),
        cmocka_unit_test(test_abandoned),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_free_in_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
