/* test_loop.c -- descriptors, timers, hooks and signals of the loop. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop/loop.h"

static int64_t fake_ms(void *arg)
{
    return *(const int64_t *)arg;
}

static uint32_t fake_dice(void *arg)
{
    (void)arg;
    return 4;
}

/* A loop whose time the test owns, and a record of what was called. */
struct bench {
    int64_t now_ms;
    struct clock clock;
    struct loop *loop;
    char calls[256];
    size_t n;
};

static void bench_init(struct bench *b)
{
    struct error err;

    *b = (struct bench){.now_ms = 1000};
    b->clock = (struct clock){fake_ms, fake_ms, fake_dice, &b->now_ms};
    b->loop = loop_new(&b->clock, &err);
    assert_non_null(b->loop);
}

static void bench_release(struct bench *b)
{
    loop_free(b->loop);
}

static void bench_note(struct bench *b, char what)
{
    assert_true(b->n < sizeof(b->calls) - 1);
    b->calls[b->n++] = what;
}

struct named {
    struct timer timer;
    struct bench *bench;
    char name;
    struct named *clears;
    int again; /* sets itself so many times more, at once */
};

static void named_fire(void *arg)
{
    struct named *t = arg;

    bench_note(t->bench, t->name);
    if (t->clears != NULL)
        loop_timer_clear(t->bench->loop, &t->clears->timer);
    if (t->again-- > 0)
        loop_timer_set(t->bench->loop, &t->timer, 0, named_fire, t);
}

static void named_set(struct named *t, struct bench *b, char name, int64_t in_ms)
{
    t->bench = b;
    t->name = name;
    loop_timer_set(b->loop, &t->timer, in_ms, named_fire, t);
}

static void timers_fire_in_order(void **state)
{
    static const struct {
        const char *name;
        int64_t in_ms[5]; /* of timers a, b, ...; -1: not set */
        int64_t advance_ms;
        const char *want;
    } rows[] = {
        {"by due time", {30, 10, 20, -1, -1}, 30, "bca"},
        {"equal times in the order they were set", {5, 5, 5, 5, 5}, 5, "abcde"},
        {"only what is due", {30, 10, 20, 40, 31}, 30, "bca"},
        {"exactly due is due", {10, 11, -1, -1, -1}, 10, "a"},
        {"none is due", {10, 11, -1, -1, -1}, 9, ""},
        {"at once", {0, -5, 1, -1, -1}, 0, "ab"},
        {"far away is not an overflow", {INT64_MAX, 1, -1, -1, -1}, 1, "b"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct named t[5] = {0};
        struct bench b;

        bench_init(&b);
        for (size_t k = 0; k < COUNT_OF(t); k++)
            if (rows[i].in_ms[k] != -1)
                named_set(&t[k], &b, (char)('a' + k), rows[i].in_ms[k]);
        b.now_ms += rows[i].advance_ms;
        loop_turn(b.loop, 0);
        if (strcmp(b.calls, rows[i].want) != 0)
            fail_msg("%s: %s", rows[i].name, b.calls);
        bench_release(&b);
    }
}

static void a_timer_moves_and_is_cleared(void **state)
{
    struct named t[3] = {0};
    struct bench b;

    (void)state;
    bench_init(&b);
    named_set(&t[0], &b, 'a', 10);
    named_set(&t[1], &b, 'b', 20);
    named_set(&t[2], &b, 'c', 30);
    named_set(&t[0], &b, 'a', 40);
    loop_timer_clear(b.loop, &t[1].timer);
    loop_timer_clear(b.loop, &t[1].timer);
    assert_int_equal(t[0].timer.due_ms, 1040);
    assert_int_equal(t[1].timer.due_ms, 0);
    b.now_ms += 100;
    loop_turn(b.loop, 0);
    loop_turn(b.loop, 0);
    assert_string_equal(b.calls, "ca");
    assert_int_equal(t[0].timer.due_ms, 0);
    bench_release(&b);
}

static void a_timer_may_clear_another_that_is_due(void **state)
{
    struct named t[2] = {0};
    struct bench b;

    (void)state;
    bench_init(&b);
    named_set(&t[0], &b, 'a', 1);
    named_set(&t[1], &b, 'b', 1);
    t[0].clears = &t[1];
    b.now_ms += 1;
    loop_turn(b.loop, 0);
    loop_turn(b.loop, 0);
    assert_string_equal(b.calls, "a");
    bench_release(&b);
}

static void a_timer_set_while_firing_waits_for_the_next_turn(void **state)
{
    struct named t = {.again = 2};
    struct bench b;

    (void)state;
    bench_init(&b);
    named_set(&t, &b, 'a', 0);
    loop_turn(b.loop, 0);
    assert_string_equal(b.calls, "a");
    loop_turn(b.loop, -1); /* due at once: does not wait */
    assert_string_equal(b.calls, "aa");
    loop_turn(b.loop, -1);
    loop_turn(b.loop, 0);
    assert_string_equal(b.calls, "aaa");
    bench_release(&b);
}

#define MANY 500

struct many {
    struct timer timer[MANY];
    int64_t fired[MANY]; /* due times, in the order they fired */
    size_t n;
};

struct one_of {
    struct many *all;
    int64_t due_ms;
};

static void many_fire(void *arg)
{
    struct one_of *o = arg;

    o->all->fired[o->all->n++] = o->due_ms;
}

/* Many sets, moves and clears in a fixed muddle keep the heap a heap. */
static void many_timers_stay_sorted(void **state)
{
    static struct many all;
    static struct one_of one[MANY];
    uint32_t dice = 1;
    size_t cleared = 0;
    struct bench b;

    (void)state;
    bench_init(&b);
    all = (struct many){0};
    for (size_t i = 0; i < 4 * MANY; i++) {
        size_t k = (dice = dice * 1664525 + 1013904223) >> 16 & 0xffff;
        int64_t in_ms = (dice >> 8 & 0x3ff) + 1;

        k %= MANY;
        one[k] = (struct one_of){&all, b.now_ms + in_ms};
        loop_timer_set(b.loop, &all.timer[k], in_ms, many_fire, &one[k]);
        if (i % 7 == 0)
            loop_timer_clear(b.loop, &all.timer[(k * 31) % MANY]);
    }
    for (size_t i = 0; i < MANY; i++)
        cleared += all.timer[i].due_ms == 0;
    b.now_ms += 2000;
    loop_turn(b.loop, 0);
    assert_int_equal(all.n, MANY - cleared);
    for (size_t i = 1; i < all.n; i++)
        assert_true(all.fired[i - 1] <= all.fired[i]);
    bench_release(&b);
}

/* Two pipes that are readable in the same turn; the first called lets go of
 * the other. */
struct pair {
    struct bench bench;
    int a[2], b[2];
    int called;
    int replacement[2]; /* [0] takes over the other's number if it is set */
};

static void pair_init(struct pair *p)
{
    bench_init(&p->bench);
    assert_int_equal(pipe2(p->a, O_NONBLOCK), 0);
    assert_int_equal(pipe2(p->b, O_NONBLOCK), 0);
    assert_int_equal(write(p->a[1], "x", 1), 1);
    assert_int_equal(write(p->b[1], "x", 1), 1);
    p->called = 0;
    p->replacement[0] = p->replacement[1] = -1;
}

static void pair_release(struct pair *p)
{
    bench_release(&p->bench);
    close(p->a[0]);
    close(p->a[1]);
    close(p->b[0]);
    close(p->b[1]);
}

static void count_ready(void *arg, int fd, int events)
{
    (void)fd;
    assert_true(events & LOOP_READ);
    ++*(int *)arg;
}

static void pair_ready(void *arg, int fd, int events)
{
    struct pair *p = arg;
    int other = fd == p->a[0] ? p->b[0] : p->a[0];
    struct error err;

    (void)events;
    p->called++;
    loop_unwatch(p->bench.loop, other);
    if (p->replacement[0] < 0)
        return;
    assert_int_equal(dup2(p->replacement[0], other), other);
    assert_true(loop_watch(p->bench.loop, other, LOOP_READ, count_ready,
                           &p->called, &err));
}

static void pair_watch(struct pair *p)
{
    struct error err;

    assert_true(loop_watch(p->bench.loop, p->a[0], LOOP_READ, pair_ready, p,
                           &err));
    assert_true(loop_watch(p->bench.loop, p->b[0], LOOP_READ, pair_ready, p,
                           &err));
}

static void unwatched_in_the_same_turn_is_not_called(void **state)
{
    struct pair p;

    (void)state;
    pair_init(&p);
    pair_watch(&p);
    loop_turn(p.bench.loop, 0);
    assert_int_equal(p.called, 1);
    loop_turn(p.bench.loop, 0); /* level-triggered: the one that is left */
    assert_int_equal(p.called, 2);
    pair_release(&p);
}

static void a_number_used_again_gets_no_stale_event(void **state)
{
    struct pair p;

    (void)state;
    pair_init(&p);
    assert_int_equal(pipe2(p.replacement, O_NONBLOCK), 0);
    pair_watch(&p);
    loop_turn(p.bench.loop, 0);
    assert_int_equal(p.called, 1); /* not the empty pipe under the old number */
    assert_int_equal(write(p.replacement[1], "y", 1), 1);
    close(p.replacement[0]);
    p.replacement[0] = -1;
    loop_turn(p.bench.loop, 0);
    assert_true(p.called >= 2);
    close(p.replacement[1]);
    pair_release(&p);
}

/* libcurl closes a socket and only then says so; the kernel has forgotten it
 * and the next socket has its number. */
static void closed_behind_our_back_can_be_watched_again(void **state)
{
    struct bench b;
    struct error err;
    int ends[2], fresh[2], called = 0;

    (void)state;
    bench_init(&b);
    assert_int_equal(pipe(ends), 0);
    assert_true(loop_watch(b.loop, ends[0], LOOP_READ, count_ready, &called, &err));
    assert_int_equal(pipe(fresh), 0);
    close(ends[0]);
    assert_int_equal(dup2(fresh[0], ends[0]), ends[0]);
    assert_true(loop_watch(b.loop, ends[0], LOOP_READ, count_ready, &called, &err));
    assert_int_equal(write(fresh[1], "x", 1), 1);
    loop_turn(b.loop, 0);
    assert_int_equal(called, 1);
    bench_release(&b);
    close(ends[0]);
    close(ends[1]);
    close(fresh[0]);
    close(fresh[1]);
}

static void note_events(void *arg, int fd, int events)
{
    (void)fd;
    *(int *)arg |= events;
}

static void events_are_what_was_asked_for(void **state)
{
    static const struct {
        const char *name;
        int watched;
        bool readable, closed;
        int want;
    } rows[] = {
        {"nothing to read", LOOP_READ, false, false, 0},
        {"to read", LOOP_READ, true, false, LOOP_READ},
        {"to write", LOOP_WRITE, true, false, LOOP_WRITE},
        {"both", LOOP_READ | LOOP_WRITE, true, false, LOOP_READ | LOOP_WRITE},
        {"only hang-ups", LOOP_HANGUP, true, false, 0},
        {"hung up", LOOP_HANGUP, false, true, LOOP_HANGUP},
        {"hung up, reader", LOOP_READ, false, true, LOOP_READ | LOOP_HANGUP},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench b;
        struct error err;
        int ends[2], got = 0;

        bench_init(&b);
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        assert_true(loop_watch(b.loop, ends[0], rows[i].watched, note_events,
                               &got, &err));
        if (rows[i].readable)
            assert_int_equal(write(ends[1], "x", 1), 1);
        if (rows[i].closed)
            close(ends[1]);
        loop_turn(b.loop, 0);
        if (got != rows[i].want)
            fail_msg("%s: %d", rows[i].name, got);
        bench_release(&b);
        close(ends[0]);
        if (!rows[i].closed)
            close(ends[1]);
    }
}

static void what_cannot_be_watched_is_an_error(void **state)
{
    struct bench b;
    struct error err;
    int called = 0, fd = open("/dev/null", O_RDONLY);

    (void)state;
    bench_init(&b);
    close(fd);
    assert_false(loop_watch(b.loop, fd, LOOP_READ, count_ready, &called, &err));
    assert_non_null(strstr(err.text, "Bad file descriptor"));
    loop_unwatch(b.loop, fd);
    bench_release(&b);
}

static void note_a(void *arg)
{
    bench_note(arg, 'A');
}

static void note_b(void *arg)
{
    bench_note(arg, 'B');
}

static void hooks_come_last_and_in_order(void **state)
{
    struct named t = {0};
    struct bench b;

    (void)state;
    bench_init(&b);
    loop_at_turn_end(b.loop, note_a, &b);
    loop_at_turn_end(b.loop, note_b, &b);
    named_set(&t, &b, 't', 0);
    loop_turn(b.loop, 0);
    loop_turn(b.loop, 0);
    assert_string_equal(b.calls, "tABAB");
    bench_release(&b);
}

static void again_does_not_wait(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b);
    loop_at_turn_end(b.loop, note_a, &b);
    loop_again(b.loop);
    loop_turn(b.loop, -1); /* would wait for ever */
    assert_string_equal(b.calls, "A");
    bench_release(&b);
}

static void stop_soon(void *arg)
{
    struct bench *b = arg;

    bench_note(b, 's');
    if (b->n == 3)
        loop_stop(b->loop);
    loop_again(b->loop);
}

static void runs_until_it_is_stopped(void **state)
{
    struct bench b;

    (void)state;
    bench_init(&b);
    loop_at_turn_end(b.loop, stop_soon, &b);
    loop_again(b.loop);
    loop_run(b.loop);
    assert_string_equal(b.calls, "sss");
    bench_release(&b);
}

static void note_signal(void *arg, int signal_number)
{
    bench_note(arg, signal_number == SIGUSR1 ? '1' : '2');
}

static void signals_arrive_as_events(void **state)
{
    static const int numbers[] = {SIGUSR1, SIGUSR2};
    struct bench b;
    struct error err;

    (void)state;
    bench_init(&b);
    assert_true(loop_signals(b.loop, numbers, COUNT_OF(numbers), note_signal,
                             &b, &err));
    assert_int_equal(raise(SIGUSR1), 0);
    assert_string_equal(b.calls, "");
    loop_turn(b.loop, 0);
    assert_string_equal(b.calls, "1");
    assert_int_equal(raise(SIGUSR2), 0);
    loop_turn(b.loop, 0);
    loop_turn(b.loop, 0);
    assert_string_equal(b.calls, "12");
    bench_release(&b);
}

static void a_broken_pipe_is_an_errno(void **state)
{
    struct bench b;
    int ends[2];

    (void)state;
    bench_init(&b);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(write(ends[1], "x", 1), -1);
    close(ends[1]);
    bench_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_fire_in_order),
        cmocka_unit_test(a_timer_moves_and_is_cleared),
        cmocka_unit_test(a_timer_may_clear_another_that_is_due),
        cmocka_unit_test(a_timer_set_while_firing_waits_for_the_next_turn),
        cmocka_unit_test(many_timers_stay_sorted),
        cmocka_unit_test(unwatched_in_the_same_turn_is_not_called),
        cmocka_unit_test(a_number_used_again_gets_no_stale_event),
        cmocka_unit_test(closed_behind_our_back_can_be_watched_again),
        cmocka_unit_test(events_are_what_was_asked_for),
        cmocka_unit_test(what_cannot_be_watched_is_an_error),
        cmocka_unit_test(hooks_come_last_and_in_order),
        cmocka_unit_test(again_does_not_wait),
        cmocka_unit_test(runs_until_it_is_stopped),
        cmocka_unit_test(signals_arrive_as_events),
        cmocka_unit_test(a_broken_pipe_is_an_errno),
    };

    alarm(60); /* a loop that waits for ever is a failure, not a hang */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
