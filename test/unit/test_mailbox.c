/* test_mailbox.c -- letters between two threads: order, bounds, waking. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "loop/mailbox.h"

#define LETTERS 20000

static void *letter_of(size_t number)
{
    static char base[LETTERS + 1];

    return base + number;
}

static void bounds_and_order(void **state)
{
    struct mailbox *m = mailbox_new(3);

    (void)state;
    assert_null(mailbox_take(m, false));
    for (size_t round = 0; round < 3; round++) { /* the ring goes round */
        assert_true(mailbox_put(m, letter_of(1)));
        assert_true(mailbox_put(m, letter_of(2)));
        assert_int_equal(mailbox_count(m), 2);
        assert_true(mailbox_put(m, letter_of(3)));
        assert_false(mailbox_put(m, letter_of(4)));
        assert_ptr_equal(mailbox_take(m, false), letter_of(1));
        assert_ptr_equal(mailbox_take(m, true), letter_of(2));
        assert_ptr_equal(mailbox_take(m, true), letter_of(3));
        assert_null(mailbox_take(m, false));
    }
    mailbox_free(m);
    mailbox_free(NULL);
}

static void closed_is_drained_and_takes_no_more(void **state)
{
    struct mailbox *m = mailbox_new(3);

    (void)state;
    assert_true(mailbox_put(m, letter_of(1)));
    mailbox_close(m);
    assert_false(mailbox_put(m, letter_of(2)));
    assert_ptr_equal(mailbox_take(m, true), letter_of(1));
    assert_null(mailbox_take(m, true));
    mailbox_free(m);
}

/* A worker as the writer thread is one: takes until the box is closed. */
struct worker {
    struct mailbox *in, *out;
    size_t taken;
    bool in_order;
};

static void *worker_run(void *arg)
{
    struct worker *w = arg;
    void *letter;

    w->in_order = true;
    while ((letter = mailbox_take(w->in, true)) != NULL) {
        if (letter != letter_of(++w->taken))
            w->in_order = false;
        while (w->out != NULL && !mailbox_put(w->out, letter))
            sched_yield();
    }
    return NULL;
}

static void a_thread_takes_all_in_order(void **state)
{
    struct worker w = {.in = mailbox_new(16)};
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, worker_run, &w), 0);
    for (size_t i = 1; i <= LETTERS; i++)
        while (!mailbox_put(w.in, letter_of(i)))
            sched_yield();
    mailbox_close(w.in);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(w.taken, LETTERS);
    assert_true(w.in_order);
    mailbox_free(w.in);
}

struct reader {
    struct loop *loop;
    struct mailbox *box;
    size_t sent, got;
    bool in_order;
    size_t unwatch_after; /* 0: never */
};

static void reader_arrived(void *arg, void *letter)
{
    struct reader *r = arg;

    if (letter != letter_of(++r->got))
        r->in_order = false;
    if (r->got == r->unwatch_after)
        mailbox_unwatch(r->box, r->loop);
}

static void reader_init(struct reader *r, size_t max)
{
    struct error err;

    *r = (struct reader){.in_order = true};
    r->loop = loop_new(&clock_real, &err);
    r->box = mailbox_new(max);
    assert_non_null(r->loop);
    assert_true(mailbox_watch(r->box, r->loop, reader_arrived, r, &err));
}

static void reader_release(struct reader *r)
{
    mailbox_unwatch(r->box, r->loop);
    mailbox_free(r->box);
    loop_free(r->loop);
}

/* Round trip: the loop sends to a worker, whose answers wake the loop. A lost
 * wake-up would leave the last turn waiting, and the alarm ends the test. */
static void a_thread_wakes_the_loop(void **state)
{
    struct worker w = {.in = mailbox_new(7)};
    struct reader r;
    pthread_t thread;

    (void)state;
    reader_init(&r, 5);
    w.out = r.box;
    assert_int_equal(pthread_create(&thread, NULL, worker_run, &w), 0);
    while (r.got < LETTERS) {
        while (r.sent < LETTERS && mailbox_put(w.in, letter_of(r.sent + 1)))
            r.sent++;
        loop_turn(r.loop, -1);
    }
    mailbox_close(w.in);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(r.in_order);
    assert_int_equal(mailbox_count(r.box), 0);
    mailbox_free(w.in);
    reader_release(&r);
}

static void letters_from_before_the_watch_arrive(void **state)
{
    struct reader r = {.in_order = true};
    struct error err;

    (void)state;
    r.loop = loop_new(&clock_real, &err);
    r.box = mailbox_new(4);
    assert_true(mailbox_put(r.box, letter_of(1)));
    assert_true(mailbox_put(r.box, letter_of(2)));
    assert_true(mailbox_watch(r.box, r.loop, reader_arrived, &r, &err));
    loop_turn(r.loop, 0);
    assert_int_equal(r.got, 2);
    loop_turn(r.loop, 0);
    assert_int_equal(r.got, 2);
    reader_release(&r);
}

static void unwatching_keeps_the_rest(void **state)
{
    struct reader r;
    struct error err;

    (void)state;
    reader_init(&r, 4);
    r.unwatch_after = 1;
    assert_true(mailbox_put(r.box, letter_of(1)));
    assert_true(mailbox_put(r.box, letter_of(2)));
    loop_turn(r.loop, 0);
    assert_int_equal(r.got, 1);
    loop_turn(r.loop, 0);
    assert_int_equal(r.got, 1);
    assert_true(mailbox_watch(r.box, r.loop, reader_arrived, &r, &err));
    loop_turn(r.loop, 0);
    assert_int_equal(r.got, 2);
    reader_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_and_order),
        cmocka_unit_test(closed_is_drained_and_takes_no_more),
        cmocka_unit_test(a_thread_takes_all_in_order),
        cmocka_unit_test(a_thread_wakes_the_loop),
        cmocka_unit_test(letters_from_before_the_watch_arrive),
        cmocka_unit_test(unwatching_keeps_the_rest),
    };

    alarm(60); /* a lost wake-up is a failure, not a hang */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
