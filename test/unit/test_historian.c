/* test_historian.c -- jobs to the historian and back: on its thread, inline, in
 * order, bounded, and to the end when it stops. Run under TSan too. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "store/historian.h"

#define T0 1606141256000

struct bench {
    char directory[48], path[64];
    struct loop *loop;
    struct historian *historian;
    bool inline_thread;
};

static void bench_open(struct bench *b)
{
    struct historian_options o = {.store_path = b->path,
                                  .inline_thread = b->inline_thread};
    struct error err = {0};

    b->historian = historian_start(b->loop, &o, &err);
    assert_string_equal(err.text, "");
    assert_non_null(b->historian);
}

static int setup(void **state, bool inline_thread)
{
    struct bench *b = mem_new(sizeof *b);
    struct error err = {0};

    b->inline_thread = inline_thread;
    snprintf(b->directory, sizeof b->directory, "/tmp/test-historian-XXXXXX");
    assert_non_null(mkdtemp(b->directory));
    snprintf(b->path, sizeof b->path, "%s/history.db", b->directory);
    b->loop = loop_new(&clock_real, &err);
    assert_non_null(b->loop);
    bench_open(b);
    *state = b;
    return 0;
}

static int setup_thread(void **state)
{
    return setup(state, false);
}

static int setup_inline(void **state)
{
    return setup(state, true);
}

static int teardown(void **state)
{
    struct bench *b = *state;

    historian_stop(b->historian);
    loop_free(b->loop);
    unlink(b->path);
    assert_int_equal(rmdir(b->directory), 0);
    free(b);
    return 0;
}

static struct alert alert_make(int64_t id, int64_t tstamp_ms)
{
    return (struct alert){
        .id = id,
        .action = ACTION_STORE,
        .entity = ENTITY_HOST,
        .entity_value = STR("192.168.1.7"),
        .type = STR("syn_scan"),
        .type_id = -1,
        .category = STR("security"),
        .severity = SEVERITY_ERROR,
        .message = STR("Somebody scans"),
        .tstamp_ms = tstamp_ms,
        .source = STR("native"),
    };
}

/* Puts keep count of how they ended; `wanted` of them are awaited. */
struct tally {
    int stored, failed;
    struct error last;
};

static void put_done(void *arg, bool ok, const struct error *err)
{
    struct tally *t = arg;

    t->stored += ok;
    t->failed += !ok;
    assert_true(ok == (err == NULL));
    if (err != NULL)
        t->last = *err;
}

static bool put_one(struct bench *b, struct alert a, struct tally *t)
{
    const struct alert *list[1] = {&a};
    bool taken = historian_put(b->historian, list, 1, put_done, t);

    memset(&a, 0xee, sizeof a); /* it was copied, or this shows */
    return taken;
}

struct question {
    struct store_query query;
    struct arena arena;
    struct store_page page;
    struct error err;
    bool asked, ok, answered;
    int stored_when_answered;
    struct tally *tally;
};

static void question_ask(void *arg, const struct historian_view *view)
{
    struct question *q = arg;

    assert_false(q->asked);
    q->asked = true;
    q->ok = store_engine_list(view->engine, &q->query, &q->arena, &q->page,
                              &q->err);
}

static void question_answer(void *arg)
{
    struct question *q = arg;

    assert_true(q->asked);
    assert_false(q->answered);
    q->answered = true;
    if (q->tally != NULL)
        q->stored_when_answered = q->tally->stored;
}

static struct question question_any(void)
{
    return (struct question){.query = {.entity = -1, .limit = 1000}};
}

static void turn_until_idle(struct bench *b)
{
    while (historian_waiting(b->historian) > 0)
        loop_turn(b->loop, 1000);
}

static void what_is_put_is_found(void **state)
{
    struct bench *b = *state;
    struct question q = question_any();
    struct tally t = {0};

    for (int64_t id = 1; id <= 40; id++) {
        assert_true(put_one(b, alert_make(id, T0 + id), &t));
        assert_int_equal(t.stored, 0); /* never before put has returned */
    }
    q.tally = &t;
    assert_true(historian_ask(b->historian, question_ask, question_answer, &q));
    assert_false(q.answered);
    assert_true(historian_waiting(b->historian) > 0);
    turn_until_idle(b);
    assert_true(q.answered && q.ok);
    assert_int_equal(t.stored, 40);
    assert_int_equal(t.failed, 0);
    arena_release(&q.arena);
}

static void many_letters_cross_the_threads(void **state)
{
    enum { ROUNDS = 200, BURST = 20 };
    struct bench *b = *state;
    struct question last = question_any();
    struct tally t = {0};

    for (int round = 0; round < ROUNDS; round++) {
        struct question q = question_any();

        q.query.limit = 3;
        for (int i = 0; i < BURST; i++)
            assert_true(put_one(b, alert_make(round * BURST + i + 1, T0), &t));
        assert_true(historian_ask(b->historian, question_ask, question_answer,
                                  &q));
        turn_until_idle(b);
        assert_true(q.answered && q.ok);
        arena_release(&q.arena);
    }
    assert_int_equal(t.stored, ROUNDS * BURST);
    last.query.limit = 1;
    assert_true(historian_ask(b->historian, question_ask, question_answer,
                              &last));
    turn_until_idle(b);
    assert_int_equal(last.page.total, ROUNDS * BURST);
    arena_release(&last.arena);
}

/* A question that holds the thread until the test lets it go. */
struct gate {
    int entered[2], hold[2];
};

static void gate_ask(void *arg, const struct historian_view *view)
{
    struct gate *g = arg;
    char c;

    (void)view;
    assert_int_equal(write(g->entered[1], "x", 1), 1);
    assert_int_equal(read(g->hold[0], &c, 1), 1);
}

static void gate_answer(void *arg)
{
    (void)arg;
}

static void gate_close(struct bench *b, struct gate *g)
{
    char c;

    assert_int_equal(pipe(g->entered), 0);
    assert_int_equal(pipe(g->hold), 0);
    assert_true(historian_ask(b->historian, gate_ask, gate_answer, g));
    assert_int_equal(read(g->entered[0], &c, 1), 1); /* the thread is in it */
}

static void gate_open(struct gate *g)
{
    assert_int_equal(write(g->hold[1], "x", 1), 1);
}

static void gate_release(struct gate *g)
{
    close(g->entered[0]);
    close(g->entered[1]);
    close(g->hold[0]);
    close(g->hold[1]);
}

static void both_queues_are_bounded_apart(void **state)
{
    struct bench *b = *state;
    struct question questions[64];
    struct tally t = {0};
    struct gate gate;
    int puts = 0, asks = 0;

    gate_close(b, &gate);
    while (asks < 64) {
        questions[asks] = question_any();
        questions[asks].query.limit = 1;
        if (!historian_ask(b->historian, question_ask, question_answer,
                           &questions[asks]))
            break;
        asks++;
    }
    while (puts < 100 && put_one(b, alert_make(puts + 1, T0), &t))
        puts++;
    assert_int_equal(asks, 31); /* and the gate */
    assert_int_equal(puts, 64);
    gate_open(&gate);
    turn_until_idle(b);
    assert_int_equal(t.stored, 64);
    for (int i = 0; i < asks; i++) {
        assert_true(questions[i].answered && questions[i].ok);
        arena_release(&questions[i].arena);
    }
    gate_release(&gate);
}

/* Puts that came after a question are done before it, but not without end. */
static void puts_go_first_but_let_questions_through(void **state)
{
    struct bench *b = *state;
    struct question q = question_any();
    struct tally t = {0};
    struct gate gate;

    gate_close(b, &gate);
    q.tally = &t;
    assert_true(historian_ask(b->historian, question_ask, question_answer, &q));
    for (int i = 0; i < 60; i++)
        assert_true(put_one(b, alert_make(i + 1, T0), &t));
    gate_open(&gate);
    turn_until_idle(b);
    assert_int_equal(q.page.n, 16);
    assert_int_equal(q.stored_when_answered, 16);
    assert_int_equal(t.stored, 60);
    arena_release(&q.arena);
    gate_release(&gate);
}

/* What is still to come of a question when nobody waits for it. */
static void a_waiting_question_is_not_asked(void **state)
{
    struct bench *b = *state;
    struct question gone = question_any(), next = question_any();
    struct tally t = {0};
    struct gate gate;

    assert_true(put_one(b, alert_make(1, T0), &t));
    gate_close(b, &gate);
    assert_true(historian_ask(b->historian, question_ask, question_answer, &gone));
    assert_true(historian_ask(b->historian, question_ask, question_answer, &next));
    historian_cancel(b->historian, &gone);
    historian_cancel(b->historian, &t); /* nobody asked so */
    gate_open(&gate);
    turn_until_idle(b);
    assert_true(gone.answered && next.answered);
    assert_false(gone.ok);
    assert_non_null(strstr(gone.err.text, "cancelled"));
    assert_true(next.ok);
    assert_int_equal(next.page.n, 1);
    assert_int_equal(historian_cancelled(b->historian), 1);
    historian_cancel(b->historian, &gone); /* answered already */
    gate_release(&gate);
    arena_release(&gone.arena);
    arena_release(&next.arena);
}

/* Asks again and again, without end. */
static void endless_ask(void *arg, const struct historian_view *view)
{
    struct question *q = arg;

    q->asked = true;
    do {
        arena_reset(&q->arena);
        q->ok = store_engine_list(view->engine, &q->query, &q->arena, &q->page,
                                  &q->err);
    } while (q->ok);
}

static void a_question_under_way_ends(void **state)
{
    struct bench *b = *state;
    struct question gone = question_any(), next = question_any();
    struct gate gate;

    gate_close(b, &gate);
    assert_true(historian_ask(b->historian, endless_ask, question_answer, &gone));
    assert_true(historian_ask(b->historian, question_ask, question_answer, &next));
    gate_open(&gate);
    while (historian_waiting(b->historian) > 2)
        loop_turn(b->loop, 1000);
    historian_cancel(b->historian, &gone);
    turn_until_idle(b);
    assert_true(gone.answered && next.answered && next.ok);
    assert_string_equal(gone.err.text,
                        "cancelled: nobody waits for the answer any more");
    assert_int_equal(historian_cancelled(b->historian), 1);
    gate_release(&gate);
    arena_release(&gone.arena);
    arena_release(&next.arena);
}

static void stopping_finishes_and_calls_everybody(void **state)
{
    struct bench *b = *state;
    struct question q = question_any(), after = question_any();
    struct tally t = {0};

    for (int i = 0; i < 60; i++)
        assert_true(put_one(b, alert_make(i + 1, T0), &t));
    assert_true(historian_ask(b->historian, question_ask, question_answer, &q));
    historian_stop(b->historian);
    assert_int_equal(t.stored, 60);
    assert_true(q.answered);
    arena_release(&q.arena);

    bench_open(b);
    assert_true(historian_ask(b->historian, question_ask, question_answer,
                              &after));
    turn_until_idle(b);
    assert_int_equal(after.page.n, 60);
    arena_release(&after.arena);
}

static void what_cannot_be_stored_says_why(void **state)
{
    struct bench *b = *state;
    size_t too_long = 3 * ALERT_JSON_MAX;
    char *text = mem_new(too_long);
    struct alert a = alert_make(7, T0);
    struct tally t = {0};

    memset(text, 'x', too_long);
    a.message = (struct str){text, too_long};
    assert_true(put_one(b, a, &t));
    turn_until_idle(b);
    assert_int_equal(t.failed, 1);
    assert_non_null(strstr(t.last.text, "alert 7 is longer than"));
    free(text);
}

static void what_is_too_old_goes_by_itself(void **state)
{
    struct bench *b = *state;
    const struct store_class keep = {
        .most = SEVERITY_EMERGENCY,
        .keep_ms = 60000,
    };
    int64_t now_ms = clock_wall_ms(&clock_real);
    struct question q = question_any();
    struct tally t = {0};

    for (int i = 0; i < 50; i++)
        assert_true(put_one(b, alert_make(i + 1, now_ms - (i < 20 ? 90000 : 0)),
                            &t));
    turn_until_idle(b);
    assert_true(historian_disk_bytes(b->historian) > 0);
    historian_retain(b->historian, &keep, 1);
    loop_turn(b->loop, 0); /* its timer */
    turn_until_idle(b);
    assert_true(historian_ask(b->historian, question_ask, question_answer, &q));
    turn_until_idle(b);
    assert_int_equal(q.page.n, 30);
    arena_release(&q.arena);
}

#define THREAD(f) cmocka_unit_test_setup_teardown(f, setup_thread, teardown)
#define INLINE(f)                                                              \
    {"inline: " #f, f, setup_inline, teardown, NULL}

int main(void)
{
    const struct CMUnitTest tests[] = {
        THREAD(what_is_put_is_found),
        THREAD(many_letters_cross_the_threads),
        THREAD(both_queues_are_bounded_apart),
        THREAD(puts_go_first_but_let_questions_through),
        THREAD(a_waiting_question_is_not_asked),
        THREAD(a_question_under_way_ends),
        THREAD(stopping_finishes_and_calls_everybody),
        THREAD(what_cannot_be_stored_says_why),
        THREAD(what_is_too_old_goes_by_itself),
        INLINE(what_is_put_is_found),
        INLINE(many_letters_cross_the_threads),
        INLINE(stopping_finishes_and_calls_everybody),
        INLINE(what_cannot_be_stored_says_why),
        INLINE(what_is_too_old_goes_by_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
