/* sim.c -- the spine on a fake clock and a fake network, driven by a seed.
 *
 * Registry, routing, outbox (inline), courier and configuration are the real
 * ones; time, chance and everything the courier sends to are ours. Some recipients
 * are webhooks, some are chats (unit/fake_types.h), whose far side asks for further
 * requests, is gone, flooded, or refuses; what it refused is sent again by hand.
 * First faults, then peace: whatever was accepted must end delivered, no release
 * before its engage, nothing twice that was confirmed once, an edit alone, a
 * further request at once. A failure prints its seed; run it again with that. */
#include "sim.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/log.h"
#include "config/inhibition.h"
#include "config/silence.h"
#include "outbox/outbox_read.h"

#define STEPS 400
#define PEACE_STEPS 20000

/* --- the near side --------------------------------------------------------- */

static void committed(void *arg, enum accepted result)
{
    struct sim *sim = arg;

    sim->committed += result == ACCEPTED;
    sim->failed += result != ACCEPTED;
}

/* It reads as it was said last, and so does the update that tells of it. */
static void worse(struct sim *sim, int64_t id, int64_t update_id)
{
    sim->worse++;
    sim->worsened[sim->offered] = true;
    sim->acked[sim->offered] = sim->acked[sim->numbers[id]];
    sim->numbers[id] = sim->numbers[update_id] = sim->offered;
    sim->keys[update_id] = sim->keys[id];
}

static void alert_comes(struct sim *sim)
{
    static const char *const actions[] = {"engage", "release", "store"};
    struct arena arena freed_by(arena_release) = {0};
    uint32_t key = roll(sim, KEYS);
    const char *action = actions[roll(sim, 3)];
    struct str text = arena_printf(
        &arena,
        "{\"type\":\"sim\",\"entity\":\"host\",\"entity_value\":\"10.0.0.%u\",\"action\":\"%s\","
        "\"severity\":\"%s\",\"sim_key\":%u,\"sim_id\":%zu}",
        key, action, roll(sim, 2) ? "warning" : "error", key, ++sim->offered);
    struct incoming in = {0};
    struct batch batch = {.v = &in, .n = 1};
    struct receipt receipt;
    struct error err;
    int64_t next_id = outbox_next_id(sim->outbox);

    CHECK(alert_read(&arena, json_parse(&arena, text, &err), sim->now_ms, &in.alert, &err), "%s",
          err.text);
    CHECK(pipeline_accept(sim->pipeline, &batch, &receipt, committed, sim) == ACCEPTED,
          "no room for an alert");
    sim->keys[receipt.id] = (int)key;
    if (strcmp(receipt.change, "engaged") == 0)
        sim->engaged_ms[receipt.id] = sim->now_ms;
    if (sim->numbers[receipt.id] == 0) /* a repeat has the id of the first */
        sim->numbers[receipt.id] = sim->offered;
    if (strcmp(receipt.change, "worsened") == 0)
        worse(sim, receipt.id, next_id);
}

static void object_edit(struct sim *sim, struct edit e, struct str text)
{
    struct arena arena freed_by(arena_release) = {0};
    struct error err = {0};

    e.author = STR("sim");
    if (text.n > 0)
        e.object = json_parse(&arena, text, &err);
    CHECK(config_edit(sim->config, &e, &err) == CONFIG_OK, "%.*s: %s", STR_ARG(text),
          err.text);
}

/* One that hits some keys, for a while, or until it is deleted. */
static void silence_comes(struct sim *sim)
{
    struct arena arena freed_by(arena_release) = {0};
    char ends[TIME_TEXT_MAX];
    uint32_t key = roll(sim, KEYS);
    bool timed = roll(sim, 3) > 0;

    time_text(sim->now_ms + 1000 + roll(sim, 60000), true, ends);
    object_edit(sim, (struct edit){.kind = OBJECT_SILENCE, .verb = EDIT_CREATE},
                arena_printf(&arena,
                             "{\"name\":\"s%zu\",\"comment\":\"sim\",\"author\":\"sim\","
                             "\"matcher\":\"fact.sim_key in (%u, %u)\",\"ends\":%s%s%s}",
                             sim->silenced++, key, (key + 1) % KEYS, timed ? "\"" : "",
                             timed ? ends : "null", timed ? "\"" : ""));
}

static void silence_goes(struct sim *sim, size_t which)
{
    struct arena arena freed_by(arena_release) = {0};
    struct edit e = {.kind = OBJECT_SILENCE, .verb = EDIT_DELETE,
                     .name = arena_printf(&arena, "s%zu", which)};

    if (snapshot_silence(config_now(sim->config), e.name) != NULL)
        object_edit(sim, e, STR_NONE);
}

/* One of a few rules is another one now: some keys mute two others, which may be
 * sources of other rules. */
static void inhibition_comes(struct sim *sim)
{
    struct arena arena freed_by(arena_release) = {0};
    uint32_t key = roll(sim, KEYS);
    struct edit e = {.kind = OBJECT_INHIBITION, .verb = EDIT_REPLACE,
                     .name = arena_printf(&arena, "i%u", roll(sim, INHIBITIONS))};

    object_edit(sim, e,
                arena_printf(&arena,
                             "{\"source\":\"fact.sim_key=%u\",\"equal\":[],"
                             "\"target\":\"fact.sim_key in (%u, %u, %u)\"}",
                             key, roll(sim, KEYS), roll(sim, KEYS), key));
}

static void inhibition_goes(struct sim *sim, size_t which)
{
    struct arena arena freed_by(arena_release) = {0};
    struct edit e = {.kind = OBJECT_INHIBITION, .verb = EDIT_DELETE,
                     .name = arena_printf(&arena, "i%zu", which)};

    if (snapshot_inhibition(config_now(sim->config), e.name) != NULL)
        object_edit(sim, e, STR_NONE);
}

/* Whether there was something to end at all. */
static void inhibited_count(struct sim *sim)
{
    struct outbox_counts n;

    outbox_counts(sim->outbox, &n);
    sim->inhibited += n.held_by[HOLD_INHIBITED] > 0;
}

static void counted(void *arg, size_t count)
{
    ((struct sim *)arg)->redriven += count;
}

/* What a chat refused is sent again, by hand: all of it that is dead. */
static void redrive(struct sim *sim)
{
    struct delivery_id ids[CHATS * 256];
    size_t n = 0;

    for (int i = WEBHOOKS; i < RECIPIENTS; i++)
        for (int64_t id = 1; id < ALERTS_MAX && n < COUNT_OF(ids); id++)
            if (sim->refused[i][id] && !sim->confirmed[i][id])
                ids[n++] = (struct delivery_id){id, sim->ids[i]};
    outbox_redrive(sim->outbox, ids, n, counted, sim);
}

static void step(struct sim *sim)
{
    sim->now_ms += 1 + roll(sim, 500);
    far_answers(sim);
    loop_turn(sim->loop, 0);
}

/* --- opening ----------------------------------------------------------------- */

static int64_t sim_now(void *arg)
{
    return ((struct sim *)arg)->now_ms;
}

static uint32_t sim_dice(void *arg)
{
    return roll(arg, UINT32_MAX);
}

static void object_add(struct sim *sim, enum object_kind kind, struct str text)
{
    struct arena arena freed_by(arena_release) = {0};
    struct error err = {0};
    struct edit edit = {.kind = kind, .verb = EDIT_CREATE, .author = STR("sim"),
                        .object = json_parse(&arena, text, &err)};

    CHECK(edit.object != NULL && config_edit(sim->config, &edit, &err) == CONFIG_OK, "%s: %s",
          text.p, err.text);
}

static void settings_set(struct sim *sim, struct str text)
{
    struct arena arena freed_by(arena_release) = {0};
    struct error err = {0};
    struct edit edit = {.kind = OBJECT_SETTINGS, .verb = EDIT_PATCH, .author = STR("sim"),
                        .object = json_parse(&arena, text, &err)};

    CHECK(edit.object != NULL && config_edit(sim->config, &edit, &err) == CONFIG_OK, "%s: %s",
          text.p, err.text);
}

static void recipients_add(struct sim *sim)
{
    struct arena arena freed_by(arena_release) = {0};

    /* What ends delivered is counted, so nothing is left out as a repeat. */
    settings_set(sim, STR("{\"repeat_interval\":\"0s\",\"flapping_count\":0}"));
    object_add(sim, OBJECT_ENDPOINT, STR("{\"name\":\"chat\",\"type\":\"chat\"}"));
    for (int i = 0; i < RECIPIENTS; i++) {
        if (i < WEBHOOKS)
            object_add(sim, OBJECT_ENDPOINT,
                       arena_printf(&arena,
                                    "{\"name\":\"e%d\",\"type\":\"webhook\",\"params\":{\"url\":"
                                    "\"http://192.0.2.1/%d\"}}", i, i));
        object_add(sim, OBJECT_RECIPIENT,
                   i == BOSS
                       ? arena_printf(&arena, "{\"name\":\"r%d\",\"endpoint\":\"e%d\","
                                              "\"minimum_severity\":\"emergency\"}", i, i)
                   : i < WEBHOOKS
                       ? arena_printf(&arena, "{\"name\":\"r%d\",\"endpoint\":\"e%d\"}", i, i)
                       : arena_printf(&arena, "{\"name\":\"r%d\",\"endpoint\":\"chat\"}", i));
    }
}

/* r0 to the boss. */
static void escalation_add(struct sim *sim)
{
    struct edit e = {.kind = OBJECT_RECIPIENT, .verb = EDIT_PATCH, .name = STR("r0")};
    struct arena arena freed_by(arena_release) = {0};

    object_edit(sim, e, arena_printf(&arena, "{\"escalate_to\":\"r%d\",\"escalate_after\":"
                                             "\"%ds\"}", BOSS, ESCALATE_MS / 1000));
}

static void sim_ready(void *arg, int64_t recipient_id)
{
    struct sim *sim = arg;

    if (sim->courier != NULL)
        courier_ready(sim->courier, recipient_id);
}

static void sim_paused(void *arg, const struct pause *p)
{
    struct sim *sim = arg;

    if (sim->courier != NULL)
        courier_paused(sim->courier, p);
}

static void sim_broken(void *arg, const struct error *err)
{
    struct sim *sim = arg;

    CHECK(false, "the outbox broke: %s", err->text);
}

static void config_is_new(void *arg, const struct snapshot *now)
{
    struct sim *sim = arg;

    (void)now;
    pipeline_changed(sim->pipeline);
    holder_changed(sim->holder);
}

static void alert_released(void *arg, const struct alert *release, bool muted)
{
    holder_released(((struct sim *)arg)->holder, release, muted);
}

static void alert_worsened(void *arg, const struct alert *alert, bool muted)
{
    holder_worsened(((struct sim *)arg)->holder, alert, muted);
}

static void sim_open(struct sim *sim)
{
    struct error err = {0};
    char path[128];
    struct outbox_options o = {.path = path, .inline_writer = true, .ready = sim_ready,
                               .ready_arg = sim, .paused = sim_paused,
                               .paused_arg = sim, .broken = sim_broken, .broken_arg = sim};
    struct courier_options c = {.carrier = {far_send, far_cancel, sim}};
    struct pipeline_options p = {.released = alert_released, .worsened = alert_worsened,
                                 .released_arg = sim};
    struct holder_options h = {0};

    snprintf(path, sizeof path, "%s/tocsin.db", sim->dir);
    sim->clock = (struct clock){sim_now, sim_now, sim_dice, sim};
    sim->loop = loop_new(&sim->clock, &err);
    sim->registry = registry_new();
    sim->outbox = outbox_open(sim->loop, &o, sim->registry, &err);
    CHECK(sim->outbox != NULL, "%s", err.text);
    sim->config = config_open(sim->dir, &sim->clock, &err);
    CHECK(sim->config != NULL, "%s", err.text);
    if (config_now(sim->config)->recipient_count == 1) {
        recipients_add(sim);
        escalation_add(sim);
    }
    for (int i = 0; i < RECIPIENTS; i++)
        sim->ids[i] = snapshot_recipient(config_now(sim->config),
                                         arena_printf(&sim->arena, "r%d", i))->id;
    c.config = p.config = sim->config;
    c.outbox = p.outbox = sim->outbox;
    c.registry = p.registry = sim->registry;
    sim->courier = courier_new(sim->loop, &c);
    p.outbox_path = path;
    sim->pipeline = pipeline_new(sim->loop, &p);
    h.config = sim->config;
    h.outbox = sim->outbox;
    h.registry = sim->registry;
    h.pipeline = sim->pipeline;
    sim->holder = holder_new(sim->loop, &h);
    config_on_change(sim->config, config_is_new, sim);
}

static void sim_close(struct sim *sim)
{
    outbox_close(sim->outbox);
    courier_free(sim->courier);
    sim->courier = NULL;
    far_forgets(sim);
    holder_free(sim->holder);
    pipeline_free(sim->pipeline);
    config_close(sim->config);
    registry_free(sim->registry);
    loop_free(sim->loop);
}

/* --- judging ------------------------------------------------------------------- */

/* Sent again by hand, or held back for a while, it comes when it comes: what was
 * not held may have passed it. */
static bool was_refused(const struct sim *sim, const struct arrival *a)
{
    return sim->refused[a->recipient][a->id] || sim->freed[a->recipient][a->id];
}

static void freed_find(struct sim *sim)
{
    struct error err = {0};
    char path[128];
    struct outbox_reader *r;

    snprintf(path, sizeof path, "%s/tocsin.db", sim->dir);
    r = outbox_reader_open(path, &err);
    CHECK(r != NULL, "%s", err.text);
    for (int i = 0; i < RECIPIENTS; i++) {
        struct delivery_query q = {.recipient_id = sim->ids[i], .state = -1,
                                   .limit = ALERTS_MAX};
        struct delivery_row *rows;
        int64_t total;
        size_t n;

        CHECK(outbox_read_deliveries(r, &q, &sim->arena, &rows, &n, &total, &err), "%s",
              err.text);
        for (size_t k = 0; k < n; k++)
            sim->skipped[i] += str_starts(rows[k].reason, "skipped");
        for (size_t k = 0; k < n; k++)
            if (rows[k].freed_ms > 0)
                sim->freed[i][i < WEBHOOKS ? (int64_t)sim->numbers[rows[k].id.alert_id]
                                           : rows[k].id.alert_id] = true;
    }
    outbox_reader_close(r);
}

static bool seen_before(const struct sim *sim, size_t end, const struct arrival *a)
{
    for (size_t i = 0; i < end; i++)
        if (sim->arrivals[i].id == a->id && sim->arrivals[i].recipient == a->recipient)
            return true;
    return false;
}

/* What got worse before it was sent reads as it does now, in its old place. */
static bool is_renumbered(const struct sim *sim, int64_t recipient, int64_t last)
{
    return recipient < WEBHOOKS && last > 0 && sim->worsened[last];
}

/* For one recipient and key, alerts are first seen in the order accepted: a
 * release never overtakes its engage. A duplicate of something older is fine. */
static void judge_order(struct sim *sim)
{
    int64_t newest[RECIPIENTS][KEYS];

    memset(newest, -1, sizeof newest);
    for (size_t i = 0; i < sim->arrived; i++) {
        const struct arrival *a = &sim->arrivals[i];
        int64_t *last = &newest[a->recipient][a->key];

        CHECK(a->id > *last || was_refused(sim, a) || seen_before(sim, i, a) ||
                  is_renumbered(sim, a->recipient, *last),
              "alert %lld of key %d came to %lld after %lld", (long long)a->id, a->key,
              (long long)a->recipient, (long long)*last);
        *last = MAX(*last, a->id);
    }
}

/* What is said to be delivered was confirmed by the far side. */
static void judge_lost(struct sim *sim)
{
    for (size_t i = 0; i < RECIPIENTS; i++) {
        struct lane_counts n;
        size_t confirmed = 0;

        outbox_lane(sim->outbox, sim->ids[i], &n);
        for (size_t id = 0; id < ALERTS_MAX; id++)
            confirmed += sim->confirmed[i][id];
        CHECK(confirmed > 0 && confirmed + sim->skipped[i] == n.n[DELIVERY_DELIVERED],
              "%zu confirmed and %zu skipped of %llu", confirmed, sim->skipped[i],
              (unsigned long long)n.n[DELIVERY_DELIVERED]);
    }
}

/* What was acknowledged in time never was escalated. */
static void judge_escalations(struct sim *sim)
{
    for (size_t i = 0; i < sim->arrived; i++) {
        const struct arrival *a = &sim->arrivals[i];

        if (a->recipient != BOSS)
            continue;
        sim->escalated++;
        CHECK(!sim->acked[a->id], "alert %lld was escalated, and was acknowledged",
              (long long)a->id);
    }
    CHECK(sim->escalated > 0 && sim->acks > 0, "%zu escalations, %zu acknowledgements",
          sim->escalated, sim->acks);
}

static void judge(struct sim *sim)
{
    struct outbox_counts n;

    outbox_counts(sim->outbox, &n);
    CHECK(n.pending == 0, "%llu deliveries still pending", (unsigned long long)n.pending);
    CHECK(n.held == 0, "%llu deliveries still held", (unsigned long long)n.held);
    CHECK(n.withheld > 0, "no silence withheld anything");
    CHECK(sim->inhibited > 0, "nothing was ever inhibited");
    CHECK(n.accepted == n.delivered + n.dead + n.withheld,
          "accepted %llu, delivered %llu, dead %llu",
          (unsigned long long)n.accepted, (unsigned long long)n.delivered,
          (unsigned long long)n.dead);
    CHECK(n.dead == 0, "%llu dead, but nothing was refused", (unsigned long long)n.dead);
    CHECK(sim->paused > 0, "nothing ever waited in a paused queue");
    CHECK(sim->failed == 0, "%zu commits failed", sim->failed);
    CHECK(sim->worse > 0, "nothing ever got worse");
    freed_find(sim);
    judge_lost(sim);
    judge_escalations(sim);
    judge_order(sim);
}

static void dir_remove(const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *e;

    while (d != NULL && (e = readdir(d)) != NULL)
        if (e->d_name[0] != '.')
            unlinkat(dirfd(d), e->d_name, 0);
    if (d != NULL)
        closedir(d);
    rmdir(dir);
}

static void run(uint64_t seed)
{
    struct sim *sim = mem_new(sizeof *sim);
    struct outbox_counts n;

    sim->seed = sim->dice = seed;
    sim->now_ms = 1700000000000;
    sim->faults = true;
    sim->arrivals = mem_array(SENT_MAX, sizeof *sim->arrivals);
    /* In memory if it can be: a power failure is not among the faults. */
    snprintf(sim->dir, sizeof sim->dir, "%s/sim-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    CHECK(mkdtemp(sim->dir) != NULL, "no directory");
    sim_open(sim);
    for (int i = 0; i < STEPS; i++) {
        for (uint32_t alerts = roll(sim, 4); alerts > 0; alerts--)
            alert_comes(sim);
        if (roll(sim, 40) == 0)
            redrive(sim);
        if (roll(sim, 30) == 0)
            silence_comes(sim);
        if (roll(sim, 6) == 0)
            ack_comes(sim);
        if (roll(sim, 30) == 0 && sim->silenced > 0)
            silence_goes(sim, roll(sim, (uint32_t)sim->silenced));
        if (roll(sim, 10) == 0)
            inhibition_comes(sim);
        if (roll(sim, 60) == 0)
            inhibition_goes(sim, roll(sim, INHIBITIONS));
        pauses_change(sim);
        step(sim);
        inhibited_count(sim);
        pauses_count(sim);
        if (roll(sim, 100) == 0) { /* a restart, with things in flight */
            sim_close(sim);
            sim_open(sim);
        }
    }
    sim->faults = false;
    for (size_t i = 0; i < sim->silenced; i++)
        silence_goes(sim, i);
    for (size_t i = 0; i < INHIBITIONS; i++)
        inhibition_goes(sim, i);
    pauses_end(sim);
    for (int i = 0; i < PEACE_STEPS; i++) {
        step(sim);
        outbox_counts(sim->outbox, &n);
        if (n.pending == 0 && n.dead == 0 && n.held == 0)
            break;
        if (n.pending == 0)
            redrive(sim);
    }
    judge(sim);
    printf("seed %llu: %zu alerts, %zu arrivals, %zu stored, %zu steps, %zu edits, %zu faults "
           "of a recipient, %zu sent again\n",
           (unsigned long long)seed, sim->committed, sim->arrived, sim->stored, sim->steps,
           sim->edits, sim->gone, sim->redriven);
    sim_close(sim);
    dir_remove(sim->dir);
    arena_release(&sim->arena);
    free(sim->arrivals);
    free(sim);
}

/* --- chance ---------------------------------------------------------------------- */

/* Also the process's own, of its hash tables for one: a seed is always the same run. */
static const char *fixed_name(void)
{
    return "fixed";
}

static uint32_t fixed_random(void)
{
    return 0x5a5a5a5a;
}

static void fixed_fill(void *to, size_t n)
{
    memset(to, 0x5a, n);
}

int main(int argc, char **argv)
{
    struct randombytes_implementation fixed = {
        .implementation_name = fixed_name, .random = fixed_random, .buf = fixed_fill};

    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 20;

    if (randombytes_set_implementation(&fixed) < 0 || sodium_init() < 0)
        return 1;
    log_init(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
    for (uint64_t seed = first; seed < first + count; seed++)
        run(seed);
    printf("%llu passed, 0 failed\n", (unsigned long long)count);
    return 0;
}
