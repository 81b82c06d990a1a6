/* pauses.c -- somebody stops queues, and lets them go on. */
#include "sim.h"

/* The endpoint of the i-th recipient, or the recipient itself. */
static struct pause stop_of(const struct sim *sim, int i, bool endpoint)
{
    const struct recipient *r =
        snapshot_recipient_id(config_now(sim->config), sim->ids[i]);

    return (struct pause){
        .of = endpoint ? PAUSE_ENDPOINT : PAUSE_RECIPIENT,
        .id = endpoint ? r->endpoint->id : r->id,
        .since_ms = sim->now_ms,
        .by = STR("sim"),
        .reason = STR("sim"),
    };
}

/* Somebody stops a queue for a while, or until it is resumed. */
static void pause_comes(struct sim *sim)
{
    struct pause p = stop_of(sim, (int)roll(sim, RECIPIENTS), roll(sim, 3) == 0);

    if (roll(sim, 2))
        p.until_ms = sim->now_ms + 1000 + roll(sim, 60000);
    outbox_pause(sim->outbox, &p, NULL, NULL);
    sim->pauses++;
}

static void pause_goes(struct sim *sim, int i, bool endpoint)
{
    struct pause p = stop_of(sim, i, endpoint);

    outbox_resume(sim->outbox, p.of, p.id, NULL, NULL);
}

/* Whether anything ever waited for one. */
void pauses_count(struct sim *sim)
{
    for (int i = 0; i < RECIPIENTS; i++) {
        struct lane_counts n;

        outbox_lane(sim->outbox, sim->ids[i], &n);
        sim->paused += n.n[DELIVERY_PENDING] > 0 &&
                       outbox_paused(sim->outbox, PAUSE_RECIPIENT, sim->ids[i]) != NULL;
    }
}

void pauses_change(struct sim *sim)
{
    if (roll(sim, 20) == 0)
        pause_comes(sim);
    if (roll(sim, 10) == 0)
        pause_goes(sim, (int)roll(sim, RECIPIENTS), roll(sim, 2) == 0);
}

void pauses_end(struct sim *sim)
{
    for (int i = 0; i < RECIPIENTS; i++) {
        pause_goes(sim, i, false);
        pause_goes(sim, i, true);
    }
}
