/* acks.c -- people who acknowledge in the simulation. */
#include "sim.h"

#include "config/engaged_set.h"

static bool ack_one(struct sim *sim, int64_t id, const struct ack *ack)
{
    const struct engaged_set set =
        engaged_set_now(sim->config, sim->registry, sim->outbox);
    int64_t update_id = outbox_next_id(sim->outbox);
    size_t changed;

    sim->keys[update_id] = sim->keys[id];
    return acknowledge(&set, &id, 1, ack, &changed, NULL, NULL);
}

void ack_comes(struct sim *sim)
{
    const struct ack ack = {.at_ms = sim->now_ms, .by = STR("sim"),
                            .until_ms = roll(sim, 2) ? sim->now_ms + 5000 : 0};
    const struct engaged *list[KEYS];
    size_t n = registry_list(sim->registry, 0, KEYS, list);
    int64_t id = n > 0 ? list[roll(sim, (uint32_t)n)]->id : 0;

    if (id == 0 || !ack_one(sim, id, &ack))
        return;
    sim->acks++;
    if (sim->now_ms < sim->engaged_ms[id] + ESCALATE_MS)
        sim->acked[sim->numbers[id]] = true;
    if (roll(sim, 3) == 0)
        CHECK(ack_one(sim, id, NULL), "no room");
}
