/* sim.h -- the simulator's state, and its two sides. */
#ifndef TEST_SIM_H
#define TEST_SIM_H

#include "courier/courier.h"
#include "holder.h"

#define WEBHOOKS 4 /* recipients 0..; each on an endpoint of its own */
#define CHATS 3    /* the recipients after them; all on one endpoint */
#define RECIPIENTS (WEBHOOKS + CHATS)
#define BOSS (WEBHOOKS - 1) /* matches nothing: what r0 gets is escalated to it */
#define ESCALATE_MS 10000
#define ALERTS_MAX 4096
#define KEYS 12
#define INHIBITIONS 8
#define SENT_MAX 100000
#define FLIGHTS_MAX 64

#define CHECK(condition, ...)                                                  \
    do {                                                                       \
        if (!(condition)) {                                                    \
            fprintf(stderr, "sim: seed %llu: ", (unsigned long long)sim->seed); \
            fprintf(stderr, __VA_ARGS__);                                      \
            fputs("\n", stderr);                                               \
            exit(1);                                                           \
        }                                                                      \
    } while (0)

struct sending { /* the fake network's: a request that will be answered */
    const struct request *request;
    transport_fn *done;
    void *arg;
    int64_t answer_at_ms;
    bool used;
};

struct arrival { /* an alert that the far side took */
    int64_t id, recipient;
    int key;
};

struct talk { /* with one chat: the last request, and a word for each alert in it */
    char body[256], words[256];
};

struct sim {
    uint64_t seed, dice;
    int64_t now_ms;
    struct clock clock;
    struct loop *loop;
    struct registry *registry;
    struct outbox *outbox;
    struct config *config;
    struct courier *courier;
    struct pipeline *pipeline;
    struct holder *holder;
    struct sending flights[FLIGHTS_MAX];
    struct arrival *arrivals;
    size_t arrived;
    size_t offered, committed, failed;
    size_t stored; /* by the builtin recipient */
    int64_t ids[RECIPIENTS];
    int keys[ALERTS_MAX]; /* of each alert, by its id */
    unsigned char confirmed[RECIPIENTS][ALERTS_MAX];
    bool worsened[ALERTS_MAX]; /* by its number: told as what engaged, and as what got worse */
    size_t worse, skipped[RECIPIENTS]; /* how many; updates that were not for them */
    bool refused[RECIPIENTS][ALERTS_MAX]; /* or given up: it may be dead */
    unsigned char doubts[RECIPIENTS][ALERTS_MAX]; /* a chat's answers that got lost */
    struct talk talks[RECIPIENTS];
    size_t silenced; /* silences made so far */
    size_t pauses, paused; /* of queues; steps in which something waited in one */
    size_t inhibited; /* steps in which something was */
    int64_t engaged_ms[ALERTS_MAX]; /* of each alert that engaged; 0: it did not */
    bool acked[ALERTS_MAX]; /* by its number: before it was time to escalate it */
    size_t acks, escalated;
    bool freed[RECIPIENTS][ALERTS_MAX]; /* was held back for a while */
    size_t numbers[ALERTS_MAX]; /* of each alert, by its id: the sim_id webhooks see */
    size_t steps, edits, gone, redriven; /* how much of it there was */
    bool faults;
    char dir[64];
    struct arena arena;
};

/* Below n; the seed's own. */
static inline uint32_t roll(struct sim *sim, uint32_t n)
{
    sim->dice = sim->dice * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(sim->dice >> 33) % n;
}

/* acks.c: somebody has seen one of them, and perhaps takes it back at once. */
void ack_comes(struct sim *sim);
/* pauses.c: some begin or end; whether one makes anything wait; all of them end. */
void pauses_change(struct sim *sim);
void pauses_count(struct sim *sim);
void pauses_end(struct sim *sim);

/* far_side.c: a struct carrier's, and who answers when it is time. */
struct sending *far_send(void *sim, const struct request *r, transport_fn *done, void *arg);
void far_cancel(void *sim, struct sending *s);
void far_answers(struct sim *sim);
void far_forgets(struct sim *sim); /* all that is in flight: we were restarted */

#endif
