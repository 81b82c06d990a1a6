/* loop.h -- the one event loop: descriptors, timers, and a hook at the end of
 * every turn. Not thread-safe: another thread reaches it through a mailbox. All
 * callbacks run on the thread that called loop_run(). Signals and children are
 * descriptors too (signalfd, pidfd). SIGPIPE is ignored from loop_new() on. */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include "base/clock.h"
#include "base/error.h"

struct loop;

enum { LOOP_READ = 1, LOOP_WRITE = 2, LOOP_HANGUP = 4 };

typedef void loop_ready_fn(void *arg, int fd, int events);

struct loop *loop_new(const struct clock *clock, struct error *err);
void loop_free(struct loop *l);

/* Watches fd (borrowed) for `events`; a second call for the same fd changes
 * what it is watched for. Level-triggered. An unwatched fd gets no further
 * call, not even in the same turn. */
bool loop_watch(struct loop *l, int fd, int events, loop_ready_fn *ready,
                void *arg, struct error *err) must_check;
void loop_unwatch(struct loop *l, int fd);

/* A timer is embedded in its owner and zeroed before first use. */
typedef void timer_fn(void *arg);
struct timer {
    int64_t due_ms; /* on the clock's tick; 0: not set */
    timer_fn *fire;
    void *arg;
    size_t at; /* place in the heap, private to loop.c */
};
/* Sets or moves it. It fires once, in or after the turn in which it is due. */
void loop_timer_set(struct loop *l, struct timer *t, int64_t in_ms,
                    timer_fn *fire, void *arg);
void loop_timer_clear(struct loop *l, struct timer *t); /* also of an unset one */

/* Called at the end of every turn, in the order of registration: persist
 * first, answer after, once a turn. At most 8. */
typedef void turn_end_fn(void *arg);
void loop_at_turn_end(struct loop *l, turn_end_fn *end, void *arg);

/* Runs until loop_stop(). loop_turn() does one turn, waiting at most wait_ms
 * (-1: until something happens), for tests and the simulator. */
void loop_run(struct loop *l);
void loop_turn(struct loop *l, int64_t wait_ms);
void loop_stop(struct loop *l);

/* Makes the turn after this one not wait: there is more to do. */
void loop_again(struct loop *l);

const struct clock *loop_clock(const struct loop *l);

/* loop/signals: calls `on` (SIGINT, SIGTERM, SIGHUP ...) on the loop. Blocks
 * these signals in the calling thread; do it before starting threads. */
typedef void signal_fn(void *arg, int signal_number);
bool loop_signals(struct loop *l, const int *signals, size_t n, signal_fn *on,
                  void *arg, struct error *err) must_check;

#endif
