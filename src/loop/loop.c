/* loop.c -- epoll, timers and the end-of-turn hooks.
 *
 * A turn is: wait, call what is ready, fire what is due, call the hooks. The
 * hooks come last so that whatever a turn gathered is written once and answered
 * once.
 *
 * Descriptors are looked up in a table by number, not by a pointer kept in the
 * kernel: a callback may let go of any other descriptor, free what it belonged
 * to, and even open a new one that gets the same number, all while events for
 * the old one are still waiting in this turn's list. Each watch therefore has a
 * generation that travels with the event, and an event whose generation is not
 * the slot's current one is for a watch that is gone.
 *
 * Timers are a binary heap ordered by due time, then by the order they were
 * set, so that equal times fire in a known order: the simulator relies on it.
 * A timer set while timers fire waits for the next turn even when it is due at
 * once; otherwise one that always sets itself again would end the world. */
#include "loop/loop.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "loop/own.h"

#define EVENTS_MAX 256 /* taken from the kernel in one turn */
#define TURN_ENDS_MAX 8
#define OWNED_MAX 8

struct slot {
    loop_ready_fn *ready; /* NULL: not watched */
    void *arg;
    int events; /* LOOP_* */
    uint32_t generation;
};

struct due {
    int64_t due_ms;
    uint64_t serial;
    struct timer *timer;
};

struct loop {
    const struct clock *clock;
    int epoll_fd; /* ours */
    bool stopped;
    bool again;

    struct slot *slots; /* ours; by descriptor */
    size_t slots_n;

    struct due *heap; /* ours */
    size_t heap_n, heap_capacity;
    uint64_t serial; /* timers set so far */

    struct {
        turn_end_fn *end;
        void *arg;
    } ends[TURN_ENDS_MAX];
    size_t ends_n;

    struct {
        loop_release_fn *release;
        void *arg;
    } owned[OWNED_MAX];
    size_t owned_n;
};

struct loop *loop_new(const struct clock *clock, struct error *err)
{
    struct loop *l;
    int fd = epoll_create1(EPOLL_CLOEXEC);

    if (fd < 0) {
        error_set(err, "cannot create an epoll descriptor: %s",
                  strerror(errno));
        return NULL;
    }
    /* A peer that went away is an EPIPE for who writes, never a signal. */
    signal(SIGPIPE, SIG_IGN);
    l = mem_new(sizeof(*l));
    l->clock = clock;
    l->epoll_fd = fd;
    return l;
}

void loop_own(struct loop *l, loop_release_fn *release, void *arg)
{
    assert(l->owned_n < OWNED_MAX);
    l->owned[l->owned_n].release = release;
    l->owned[l->owned_n].arg = arg;
    l->owned_n++;
}

void loop_free(struct loop *l)
{
    if (l == NULL)
        return;
    while (l->owned_n > 0) {
        l->owned_n--;
        l->owned[l->owned_n].release(l->owned[l->owned_n].arg);
    }
    close(l->epoll_fd);
    free(l->slots);
    free(l->heap);
    free(l);
}

const struct clock *loop_clock(const struct loop *l)
{
    return l->clock;
}

/* --- descriptors --- */

static struct slot *slot_at(struct loop *l, int fd)
{
    size_t wanted, old = l->slots_n;

    assert(fd >= 0);
    if ((size_t)fd >= old) {
        wanted = MAX((size_t)fd + 1, MAX(old * 2, (size_t)64));
        l->slots = mem_grow(l->slots, wanted, sizeof(*l->slots));
        memset(l->slots + old, 0, (wanted - old) * sizeof(*l->slots));
        l->slots_n = wanted;
    }
    return &l->slots[fd];
}

static uint64_t event_key(int fd, uint32_t generation)
{
    return (uint64_t)generation << 32 | (uint32_t)fd;
}

static uint32_t epoll_bits(int events)
{
    uint32_t bits = 0;

    if (events & LOOP_READ)
        bits |= EPOLLIN;
    if (events & LOOP_WRITE)
        bits |= EPOLLOUT;
    if (events & LOOP_HANGUP)
        bits |= EPOLLRDHUP;
    return bits;
}

/* Errors and hang-ups come unasked. They wake the reader and the writer too,
 * whose next call then finds out what happened. */
static int loop_bits(uint32_t bits, int wanted)
{
    int events = 0;

    if (bits & EPOLLIN)
        events |= LOOP_READ;
    if (bits & EPOLLOUT)
        events |= LOOP_WRITE;
    if (bits & EPOLLRDHUP)
        events |= LOOP_HANGUP;
    if (bits & (EPOLLHUP | EPOLLERR))
        events |= LOOP_READ | LOOP_WRITE | LOOP_HANGUP;
    return events & (wanted | LOOP_HANGUP);
}

static bool epoll_change(struct loop *l, int fd, int operation, uint64_t key,
                         int events)
{
    struct epoll_event e = {.events = epoll_bits(events), .data.u64 = key};

    return epoll_ctl(l->epoll_fd, operation, fd, &e) == 0;
}

/* The kernel forgets a descriptor that is closed, and its number may come back
 * (libcurl closes sockets before it says so): then it has to be added again. */
static bool slot_watch(struct loop *l, int fd, struct slot *s, int events)
{
    if (s->ready != NULL) {
        if (epoll_change(l, fd, EPOLL_CTL_MOD, event_key(fd, s->generation),
                         events))
            return true;
        if (errno != ENOENT)
            return false;
    }
    s->generation++;
    return epoll_change(l, fd, EPOLL_CTL_ADD, event_key(fd, s->generation),
                        events);
}

bool loop_watch(struct loop *l, int fd, int events, loop_ready_fn *ready,
                void *arg, struct error *err)
{
    struct slot *s = slot_at(l, fd);

    assert(ready != NULL);
    if (!slot_watch(l, fd, s, events)) {
        s->ready = NULL;
        return error_set(err, "cannot watch descriptor %d: %s", fd,
                         strerror(errno));
    }
    s->ready = ready;
    s->arg = arg;
    s->events = events;
    return true;
}

void loop_unwatch(struct loop *l, int fd)
{
    if (fd < 0 || (size_t)fd >= l->slots_n || l->slots[fd].ready == NULL)
        return;
    l->slots[fd].ready = NULL;
    l->slots[fd].generation++;
    /* Fails only when it was closed before, and then it is gone as well. */
    epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

static void event_dispatch(struct loop *l, const struct epoll_event *e)
{
    int fd = (int)(uint32_t)e->data.u64;
    const struct slot *s = &l->slots[fd];
    int events;

    if (s->ready == NULL || s->generation != (uint32_t)(e->data.u64 >> 32))
        return;
    events = loop_bits(e->events, s->events);
    if (events != 0)
        s->ready(s->arg, fd, events);
}

/* --- timers --- */

static bool due_before(const struct due *a, const struct due *b)
{
    if (a->due_ms != b->due_ms)
        return a->due_ms < b->due_ms;
    return a->serial < b->serial;
}

static void heap_put(struct loop *l, size_t at, struct due d)
{
    l->heap[at] = d;
    d.timer->at = at + 1; /* 0 is a zeroed timer: not in the heap */
}

static void heap_up(struct loop *l, size_t at)
{
    struct due d = l->heap[at];

    while (at > 0 && due_before(&d, &l->heap[(at - 1) / 2])) {
        heap_put(l, at, l->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    heap_put(l, at, d);
}

static void heap_down(struct loop *l, size_t at)
{
    struct due d = l->heap[at];
    size_t child;

    while ((child = 2 * at + 1) < l->heap_n) {
        if (child + 1 < l->heap_n &&
            due_before(&l->heap[child + 1], &l->heap[child]))
            child++;
        if (!due_before(&l->heap[child], &d))
            break;
        heap_put(l, at, l->heap[child]);
        at = child;
    }
    heap_put(l, at, d);
}

static void heap_move(struct loop *l, size_t at)
{
    heap_up(l, at);
    heap_down(l, at);
}

void loop_timer_clear(struct loop *l, struct timer *t)
{
    size_t at;

    if (t->at == 0)
        return;
    at = t->at - 1;
    assert(at < l->heap_n && l->heap[at].timer == t);
    t->at = 0;
    t->due_ms = 0;
    l->heap_n--;
    if (at < l->heap_n) {
        heap_put(l, at, l->heap[l->heap_n]);
        heap_move(l, at);
    }
}

static void heap_reserve(struct loop *l)
{
    if (l->heap_n < l->heap_capacity)
        return;
    l->heap_capacity = MAX(l->heap_capacity * 2, (size_t)64);
    l->heap = mem_grow(l->heap, l->heap_capacity, sizeof(*l->heap));
}

void loop_timer_set(struct loop *l, struct timer *t, int64_t in_ms,
                    timer_fn *fire, void *arg)
{
    int64_t now = clock_tick_ms(l->clock);
    struct due d = {.serial = l->serial++, .timer = t};

    assert(fire != NULL);
    if (in_ms < 0)
        in_ms = 0;
    d.due_ms = in_ms > INT64_MAX - now ? INT64_MAX : now + in_ms;
    d.due_ms = MAX(d.due_ms, 1); /* 0 says "not set" */
    t->due_ms = d.due_ms;
    t->fire = fire;
    t->arg = arg;
    if (t->at != 0) {
        l->heap[t->at - 1] = d;
        heap_move(l, t->at - 1);
        return;
    }
    heap_reserve(l);
    l->heap[l->heap_n] = d;
    heap_up(l, l->heap_n++);
}

static void timers_fire(struct loop *l)
{
    uint64_t limit = l->serial;
    int64_t now;

    if (l->heap_n == 0)
        return;
    now = clock_tick_ms(l->clock);
    while (l->heap_n > 0 && l->heap[0].due_ms <= now &&
           l->heap[0].serial < limit) {
        struct timer *t = l->heap[0].timer;

        loop_timer_clear(l, t);
        t->fire(t->arg); /* may free t */
    }
}

/* --- turns --- */

void loop_at_turn_end(struct loop *l, turn_end_fn *end, void *arg)
{
    assert(l->ends_n < TURN_ENDS_MAX);
    l->ends[l->ends_n].end = end;
    l->ends[l->ends_n].arg = arg;
    l->ends_n++;
}

/* How long to sleep: until the next timer, and never past wait_ms. */
static int wait_time(struct loop *l, int64_t wait_ms)
{
    int64_t left;

    if (l->again) {
        l->again = false;
        return 0;
    }
    if (l->heap_n > 0) {
        left = MAX(l->heap[0].due_ms - clock_tick_ms(l->clock), 0);
        if (wait_ms < 0 || left < wait_ms)
            wait_ms = left;
    }
    return (int)MIN(wait_ms, INT32_MAX);
}

void loop_turn(struct loop *l, int64_t wait_ms)
{
    struct epoll_event events[EVENTS_MAX];
    int n = epoll_wait(l->epoll_fd, events, EVENTS_MAX, wait_time(l, wait_ms));

    assert(n >= 0 || errno == EINTR);
    for (int i = 0; i < n; i++)
        event_dispatch(l, &events[i]);
    timers_fire(l);
    for (size_t i = 0; i < l->ends_n; i++)
        l->ends[i].end(l->ends[i].arg);
}

void loop_run(struct loop *l)
{
    l->stopped = false;
    while (!l->stopped)
        loop_turn(l, -1);
}

void loop_stop(struct loop *l)
{
    l->stopped = true;
}

void loop_again(struct loop *l)
{
    l->again = true;
}
