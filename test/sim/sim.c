/* sim.c -- the spine on a fake clock and a fake network, driven by a seed.
 *
 * Registry, routing, outbox (inline), courier and configuration are the real
 * ones; time, chance and everything the courier sends to are ours. First faults,
 * then peace: whatever was accepted must end delivered (or dead, where the far
 * side refused it), no release before its engage, nothing twice that was
 * confirmed once. A failure prints its seed; run it again with that number. */
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/log.h"
#include "courier/courier.h"
#include "pipeline.h"

#define RECIPIENTS 4
#define STEPS 400
#define KEYS 12
#define SENT_MAX 100000
#define FLIGHTS_MAX 64
#define PEACE_STEPS 20000

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

struct arrival { /* an alert that the far side confirmed */
    int64_t id, recipient;
    char action;
    int key;
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
    struct sending flights[FLIGHTS_MAX];
    struct arrival *arrivals;
    size_t arrived;
    size_t committed, failed;
    size_t stored; /* by the builtin recipient */
    size_t refused; /* alerts the far side said no to for good */
    bool faults;
    char dir[64];
};

static uint32_t roll(struct sim *sim, uint32_t n)
{
    sim->dice = sim->dice * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(sim->dice >> 33) % n;
}

static int64_t sim_now(void *arg)
{
    return ((struct sim *)arg)->now_ms;
}

static uint32_t sim_dice(void *arg)
{
    return roll(arg, UINT32_MAX);
}

/* --- the far side --------------------------------------------------------- */

static struct sending *sim_send(void *arg, const struct request *r, transport_fn *done,
                                void *done_arg)
{
    struct sim *sim = arg;

    for (size_t i = 0; i < FLIGHTS_MAX; i++) {
        struct sending *s = &sim->flights[i];

        if (s->used)
            continue;
        *s = (struct sending){.request = r, .done = done, .arg = done_arg, .used = true,
                              .answer_at_ms = sim->now_ms + roll(sim, sim->faults ? 3000 : 20)};
        return s;
    }
    CHECK(false, "more than %d requests in flight", FLIGHTS_MAX);
    return NULL;
}

static void sim_cancel(void *arg, struct sending *s)
{
    (void)arg;
    s->used = false;
}

static int64_t number_after(const char *text, const char *name)
{
    const char *at = strstr(text, name);

    return at != NULL ? strtoll(at + strlen(name), NULL, 10) : -1;
}

/* What the far side took, read from the request's own bytes. */
static void far_side_takes(struct sim *sim, const struct request *r)
{
    char *body = mem_dup(r->http.body.p, r->http.body.n);
    int64_t recipient = r->http.url.p[r->http.url.n - 1] - '0';
    const char *at = body;

    while ((at = strstr(at, "\"sim_key\":")) != NULL) {
        struct arrival *a = &sim->arrivals[sim->arrived];

        CHECK(++sim->arrived < SENT_MAX, "more arrivals than anybody sent");
        a->key = (int)strtol(at + 10, NULL, 10);
        a->id = number_after(at, "\"sim_id\":");
        a->action = *(strstr(at, "\"sim_action\":\"") + 14);
        a->recipient = recipient;
        at += 10;
    }
    free(body);
}

static void answer_store(struct sim *sim, struct sending *s, struct response *r)
{
    if (sim->faults && roll(sim, 4) == 0) {
        r->outcome = OUTCOME_LOST;
        r->error = STR("the store is slow");
        return;
    }
    sim->stored += s->request->store.count;
}

static void answer_http(struct sim *sim, struct sending *s, struct response *r)
{
    static const struct {
        enum outcome outcome;
        int status;
        int64_t retry_after_ms;
    } ills[] = {
        {OUTCOME_UNREACHED, 0, 0},  {OUTCOME_TIMED_OUT, 0, 0}, {OUTCOME_LOST, 0, 0},
        {OUTCOME_ANSWERED, 500, 0}, {OUTCOME_ANSWERED, 503, 4000}, {OUTCOME_ANSWERED, 429, 9000},
        {OUTCOME_ANSWERED, 401, 0}, {OUTCOME_TLS, 0, 0},
    };
    size_t ill = roll(sim, COUNT_OF(ills) * 2);

    r->status = 200;
    if (sim->faults && ill < COUNT_OF(ills)) {
        r->outcome = ills[ill].outcome;
        r->status = ills[ill].status;
        r->retry_after_ms = ills[ill].retry_after_ms;
        r->error = STR("a fault");
    }
    /* LOST: the work was done all the same. */
    if (r->outcome == OUTCOME_LOST || r->status == 200)
        far_side_takes(sim, s->request);
}

static void flights_land(struct sim *sim)
{
    for (size_t i = 0; i < FLIGHTS_MAX; i++) {
        struct sending s = sim->flights[i];
        struct response r = {.outcome = OUTCOME_ANSWERED, .status = 200};

        if (!s.used || s.answer_at_ms > sim->now_ms)
            continue;
        sim->flights[i].used = false;
        if (s.request->via == VIA_STORE)
            answer_store(sim, &s, &r);
        else
            answer_http(sim, &s, &r);
        s.done(s.arg, &r);
    }
}

/* --- the near side --------------------------------------------------------- */

static void committed(void *arg, enum accepted result)
{
    struct sim *sim = arg;

    sim->committed += result == ACCEPTED;
    sim->failed += result != ACCEPTED;
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
        "\"severity\":\"%s\",\"sim_key\":%u,\"sim_id\":%zu,\"sim_action\":\"%s\"}",
        key, action, roll(sim, 2) ? "warning" : "error", key, sim->committed, action);
    struct incoming in = {0};
    struct batch batch = {.v = &in, .n = 1};
    struct receipt receipt;
    struct error err;

    CHECK(alert_read(&arena, json_parse(&arena, text, &err), sim->now_ms, &in.alert, &err), "%s",
          err.text);
    CHECK(pipeline_accept(sim->pipeline, &batch, &receipt, committed, sim) == ACCEPTED,
          "no room for an alert");
}

static void step(struct sim *sim)
{
    sim->now_ms += 1 + roll(sim, 500);
    flights_land(sim);
    loop_turn(sim->loop, 0);
}

/* --- opening ----------------------------------------------------------------- */

static void object_add(struct sim *sim, enum object_kind kind, struct str text)
{
    struct arena arena freed_by(arena_release) = {0};
    struct error err = {0};
    struct edit edit = {.kind = kind, .verb = EDIT_CREATE, .author = STR("sim"),
                        .object = json_parse(&arena, text, &err)};

    CHECK(edit.object != NULL && config_edit(sim->config, &edit, &err) == CONFIG_OK, "%s: %s",
          text.p, err.text);
}

static void recipients_add(struct sim *sim)
{
    struct arena arena freed_by(arena_release) = {0};

    for (int i = 0; i < RECIPIENTS; i++) {
        /* Two recipients share each endpoint's fate only when it is theirs. */
        object_add(sim, OBJECT_ENDPOINT,
                   arena_printf(&arena,
                                "{\"name\":\"e%d\",\"type\":\"webhook\",\"params\":{\"url\":"
                                "\"http://192.0.2.1/%d\"}}", i, i));
        object_add(sim, OBJECT_RECIPIENT,
                   arena_printf(&arena, "{\"name\":\"r%d\",\"endpoint\":\"e%d\"}", i, i));
    }
}

static void sim_ready(void *arg, int64_t recipient_id)
{
    struct sim *sim = arg;

    if (sim->courier != NULL)
        courier_ready(sim->courier, recipient_id);
}

static void sim_broken(void *arg, const struct error *err)
{
    struct sim *sim = arg;

    CHECK(false, "the outbox broke: %s", err->text);
}

static void sim_open(struct sim *sim)
{
    struct error err = {0};
    char path[128];
    struct outbox_options o = {.path = path, .inline_writer = true, .ready = sim_ready,
                               .ready_arg = sim, .broken = sim_broken, .broken_arg = sim};
    struct courier_options c = {.carrier = {sim_send, sim_cancel, sim}};
    struct pipeline_options p = {0};

    snprintf(path, sizeof path, "%s/tocsin.db", sim->dir);
    sim->clock = (struct clock){sim_now, sim_now, sim_dice, sim};
    sim->loop = loop_new(&sim->clock, &err);
    sim->registry = registry_new();
    sim->outbox = outbox_open(sim->loop, &o, sim->registry, &err);
    CHECK(sim->outbox != NULL, "%s", err.text);
    sim->config = config_open(sim->dir, &sim->clock, &err);
    CHECK(sim->config != NULL, "%s", err.text);
    if (config_now(sim->config)->recipient_count == 1)
        recipients_add(sim);
    c.config = p.config = sim->config;
    c.outbox = p.outbox = sim->outbox;
    p.registry = sim->registry;
    sim->courier = courier_new(sim->loop, &c);
    sim->pipeline = pipeline_new(sim->loop, &p);
}

static void sim_close(struct sim *sim)
{
    outbox_close(sim->outbox);
    courier_free(sim->courier);
    sim->courier = NULL;
    memset(sim->flights, 0, sizeof sim->flights);
    pipeline_free(sim->pipeline);
    config_close(sim->config);
    registry_free(sim->registry);
    loop_free(sim->loop);
}

/* --- judging ------------------------------------------------------------------- */

static bool seen_before(const struct sim *sim, size_t end, const struct arrival *a)
{
    for (size_t i = 0; i < end; i++)
        if (sim->arrivals[i].id == a->id && sim->arrivals[i].recipient == a->recipient)
            return true;
    return false;
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

        CHECK(a->id > *last || seen_before(sim, i, a), "alert %lld of key %d came after %lld",
              (long long)a->id, a->key, (long long)*last);
        *last = MAX(*last, a->id);
    }
}

static void judge(struct sim *sim)
{
    struct outbox_counts n;

    outbox_counts(sim->outbox, &n);
    CHECK(n.pending == 0, "%llu deliveries still pending", (unsigned long long)n.pending);
    CHECK(n.accepted == n.delivered + n.dead, "accepted %llu, delivered %llu, dead %llu",
          (unsigned long long)n.accepted, (unsigned long long)n.delivered,
          (unsigned long long)n.dead);
    CHECK(n.dead == 0, "%llu dead, but nothing was refused", (unsigned long long)n.dead);
    CHECK(sim->failed == 0, "%zu commits failed", sim->failed);
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
    snprintf(sim->dir, sizeof sim->dir, "/tmp/sim-XXXXXX");
    CHECK(mkdtemp(sim->dir) != NULL, "no directory");
    sim_open(sim);
    for (int i = 0; i < STEPS; i++) {
        for (uint32_t alerts = roll(sim, 4); alerts > 0; alerts--)
            alert_comes(sim);
        step(sim);
        if (roll(sim, 100) == 0) { /* a restart, with things in flight */
            sim_close(sim);
            sim_open(sim);
        }
    }
    sim->faults = false;
    for (int i = 0; i < PEACE_STEPS; i++) {
        step(sim);
        outbox_counts(sim->outbox, &n);
        if (n.pending == 0)
            break;
    }
    judge(sim);
    printf("seed %llu: %zu alerts, %zu arrivals, %zu stored\n", (unsigned long long)seed,
           sim->committed, sim->arrived, sim->stored);
    sim_close(sim);
    dir_remove(sim->dir);
    free(sim->arrivals);
    free(sim);
}

int main(int argc, char **argv)
{
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 20;

    if (sodium_init() < 0)
        return 1;
    log_init(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
    for (uint64_t seed = first; seed < first + count; seed++)
        run(seed);
    printf("%llu passed, 0 failed\n", (unsigned long long)count);
    return 0;
}
