/* pipeline.c -- the spine: registry_apply, telling_decide, outbox_put. */
#include "pipeline.h"

#include <sodium.h>

#include "base/log.h"
#include "config/engaged_set.h"
#include "config/telling.h"
#include "muting.h"
#include "recall.h"

#define ROOM "pipeline"
#define LAPSE_CHECK_MS 1000
#define LAPSE_TURN_MAX 500 /* leases released in one turn, so it stays short */
#define LINE_GUESS 1024    /* bytes an alert takes when it is kept, roughly */

struct pipeline {
    struct loop *loop;
    const struct clock *clock;
    struct pipeline_options with;
    struct timer lapse;
    struct telling telling; /* of the alert at hand */
    struct told *told;     /* ours */
    struct muting *muting; /* ours */
    struct hold_state hold_state;
};

/* One accepted batch until its commit: who waits for it, and what would take
 * each change back. */
struct acceptance {
    committed_fn *committed;
    void *arg;
    struct pipeline *pipeline;
    size_t waiting;
    bool failed;
    struct step {
        struct acceptance *whole;
        struct undo *undo; /* NULL: a duplicate, only waits for its first */
        void *note; /* what listeners get of it; NULL: nothing */
        uint64_t key_hash;
    } steps[];
};

/* Nobody was told of it: what is sent again is no repeat. */
static void told_undo(struct pipeline *p, uint64_t key_hash)
{
    const struct snapshot *now = config_now(p->with.config);

    for (size_t i = 0; i < now->recipient_count; i++)
        told_forget(p->told, now->recipients[i].id, key_hash);
}

static void step_undo(struct pipeline *p, struct step *step)
{
    struct engaged_row row;

    registry_row(step->undo, &row);
    registry_undo(p->with.registry, step->undo);
    muting_undone(p->muting, row.id);
    told_undo(p, step->key_hash);
}

static void step_done(void *arg, bool committed)
{
    struct step *step = arg;
    struct acceptance *whole = step->whole;

    if (step->undo != NULL && committed) {
        registry_keep(step->undo);
    } else if (step->undo != NULL) {
        step_undo(whole->pipeline, step);
    }
    if (step->note != NULL) {
        const struct pipeline_options *with = &whole->pipeline->with;

        with->noted(with->noted_arg, step->note, committed);
    }
    whole->failed = whole->failed || !committed;
    if (--whole->waiting > 0)
        return;
    if (whole->committed != NULL)
        whole->committed(whole->arg, whole->failed ? ACCEPT_FAILED : ACCEPTED);
    free(whole);
}

/* --- one alert ----------------------------------------------------------- */

static void recipients_find(struct pipeline *p, const struct undo *undo,
                            enum change change, struct put *put)
{
    const struct snapshot *now = config_now(p->with.config);
    const struct telling_by by = {now, &now->holds, &p->hold_state, p->told,
                                  registry_told(undo)};
    struct telling *t = &p->telling;

    telling_decide(t, &by, put->alert, change, clock_wall_ms(p->clock));
    put->recipients = t->recipients;
    put->holds = t->count > 0 ? t->holds : NULL;
    put->recipient_count = t->count;
}

/* What it mutes may be more now, or less. */
static bool muting_change(struct pipeline *p, const struct alert *a, enum change change)
{
    bool muted = false;

    if (change == CHANGE_RELEASED)
        muted = muting_released(p->muting, a->began_id);
    else if (change == CHANGE_WORSENED)
        muted = muting_released(p->muting, a->id);
    if (change == CHANGE_ENGAGED || change == CHANGE_WORSENED)
        muting_engaged(p->muting, a);
    return muted;
}

/* Who hears how it goes on, from now on: those it has just been put for. */
static void told_keep(struct pipeline *p, struct undo *undo, enum change change)
{
    struct telling *t = &p->telling;

    if (change == CHANGE_ENGAGED || change == CHANGE_WORSENED)
        registry_tell(p->with.registry, undo, t->recipients, telling_begun(t, change));
}

/* After the put: whoever looks at what is held finds it as it is now. */
static void others_tell(struct pipeline *p, const struct alert *a, enum change change,
                        bool muted)
{
    if (change == CHANGE_RELEASED && p->with.released != NULL)
        p->with.released(p->with.released_arg, a, muted);
    if (change == CHANGE_WORSENED && p->with.worsened != NULL)
        p->with.worsened(p->with.released_arg, a, muted);
}

static void accept_one(struct pipeline *p, struct alert *a,
                       const uint64_t seen[2], struct step *step,
                       struct receipt *receipt)
{
    struct put put = {.alert = a, .seen_hash = {seen[0], seen[1]}};
    struct engaged_row row;
    enum change change;
    bool muted;
    struct error err;

    a->id = outbox_next_id(p->with.outbox);
    /* There is room: pipeline_accept() has looked. */
    if (!registry_apply(p->with.registry, a, clock_wall_ms(p->clock), &change,
                        &step->undo, &err))
        bug(err.text);
    if (p->with.note != NULL)
        step->note = p->with.note(p->with.noted_arg, a, change);
    registry_row(step->undo, &row);
    put.engaged = &row;
    if (change == CHANGE_ENGAGED || change == CHANGE_WORSENED)
        put.line = row.json;
    if (change == CHANGE_WORSENED)
        put.update_id = outbox_next_id(p->with.outbox);
    step->key_hash = alert_key_hash(a->key);
    muted = muting_change(p, a, change);
    recipients_find(p, step->undo, change, &put);
    outbox_put(p->with.outbox, &put, step_done, step);
    told_keep(p, step->undo, change);
    others_tell(p, a, change, muted);
    *receipt = (struct receipt){.id = a->id, .change = change_name(change)};
}

/* --- seen before? --------------------------------------------------------- */

static void seen_hash(const struct incoming *in, uint64_t out[2])
{
    crypto_generichash_state state;
    unsigned char digest[16];

    out[0] = out[1] = 0;
    if (in->idempotency.n == 0)
        return;
    crypto_generichash_init(&state, NULL, 0, sizeof digest);
    crypto_generichash_update(&state, (const unsigned char *)in->alert.source.p,
                              in->alert.source.n);
    crypto_generichash_update(&state, (const unsigned char *)"\0", 1);
    crypto_generichash_update(&state, (const unsigned char *)in->idempotency.p,
                              in->idempotency.n);
    crypto_generichash_final(&state, digest, sizeof digest);
    memcpy(out, digest, sizeof digest);
}

/* A duplicate waits for what it is a duplicate of: that may not be on disk yet. */
static bool accept_duplicate(struct pipeline *p, const uint64_t seen[2],
                             struct step *step, struct receipt *receipt)
{
    int64_t id = seen[0] | seen[1] ? outbox_seen(p->with.outbox, seen) : 0;

    if (id == 0)
        return false;
    *receipt = (struct receipt){.id = id, .change = "duplicate"};
    outbox_barrier(p->with.outbox, step_done, step);
    return true;
}

/* --- a batch -------------------------------------------------------------- */

static bool has_room(const struct pipeline *p, const struct batch *b)
{
    return outbox_has_room(p->with.outbox, b->n, b->n * LINE_GUESS) &&
           registry_count(p->with.registry) + b->n <= ENGAGED_MAX;
}

enum accepted pipeline_accept(struct pipeline *p, const struct batch *b,
                              struct receipt *receipts, committed_fn *committed,
                              void *arg)
{
    struct acceptance *whole;

    assert(b->n > 0);
    if (!has_room(p, b))
        return ACCEPT_FULL;
    whole = mem_new(sizeof *whole + b->n * sizeof whole->steps[0]);
    whole->pipeline = p;
    whole->committed = committed;
    whole->arg = arg;
    whole->waiting = b->n;
    for (size_t i = 0; i < b->n; i++) {
        struct step *step = &whole->steps[i];
        uint64_t seen[2];

        step->whole = whole;
        seen_hash(&b->v[i], seen);
        if (!accept_duplicate(p, seen, step, &receipts[i]))
            accept_one(p, &b->v[i].alert, seen, step, &receipts[i]);
    }
    return ACCEPTED;
}

static enum accepted sink_accept(void *arg, const struct batch *b,
                                 struct receipt *receipts,
                                 committed_fn *committed, void *committed_arg)
{
    return pipeline_accept(arg, b, receipts, committed, committed_arg);
}

struct intake_sink pipeline_sink(struct pipeline *p)
{
    return (struct intake_sink){.accept = sink_accept, .arg = p};
}

/* --- releases of our own --------------------------------------------------- */

/* The release of `e` at end_ms, as if its source had sent it. */
static bool release(struct pipeline *p, const struct engaged *e, int64_t end_ms,
                    committed_fn *committed, void *arg, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct incoming in = {0};
    struct batch one = {.v = &in, .n = 1};
    struct receipt receipt;
    /* The registry lets go of its copy while the alert is still in use. */
    const struct json *line =
        json_parse(&arena, arena_str(&arena, e->json), err);

    if (line == NULL || !alert_read(&arena, line, end_ms, &in.alert, err))
        return error_in(err, "engaged alert %lld as kept", (long long)e->id);
    in.alert.action = ACTION_RELEASE;
    in.alert.key = arena_str(&arena, e->key);
    in.alert.tstamp_end_ms = end_ms;
    in.alert.lease_ms = 0;
    if (pipeline_accept(p, &one, &receipt, committed, arg) != ACCEPTED)
        return error_set(err, "no room in the outbox just now; try again");
    return true;
}

bool pipeline_release(struct pipeline *p, int64_t id, committed_fn *committed,
                      void *arg, struct error *err)
{
    const struct engaged *e = registry_find_id(p->with.registry, id);

    if (e == NULL)
        return error_set(err, "alert %lld is not engaged", (long long)id);
    return release(p, e, clock_wall_ms(p->clock), committed, arg, err);
}

/* Leases that ran out: their source has gone silent, so they ended then. */
static void lapse_check(void *arg)
{
    struct pipeline *p = arg;
    const struct engaged_set all =
        engaged_set_now(p->with.config, p->with.registry, p->with.outbox);
    int64_t now_ms = clock_wall_ms(p->clock);
    const struct engaged *e;
    struct error err;

    for (int n = 0; n < LAPSE_TURN_MAX; n++) {
        e = registry_lapsed(p->with.registry, now_ms);
        if (e == NULL)
            break;
        if (!release(p, e, e->lease_ms, NULL, NULL, &err)) {
            log_warn(ROOM, "cannot release alert %lld whose lease ran out: %s",
                     (long long)e->id, err.text);
            break;
        }
    }
    acknowledge_lapse(&all, now_ms);
    loop_timer_set(p->loop, &p->lapse, LAPSE_CHECK_MS, lapse_check, p);
}

struct told *pipeline_told(struct pipeline *p)
{
    return p->told;
}

struct pipeline *pipeline_new(struct loop *l, const struct pipeline_options *o)
{
    struct pipeline *p = mem_new(sizeof *p);

    p->loop = l;
    p->clock = loop_clock(l);
    p->with = *o;
    p->told = told_new(TOLD_MAX);
    p->muting = muting_new(o->registry, o->config);
    p->hold_state.told = p->told;
    p->hold_state.inhibitors = muting_inhibitors(p->muting);
    if (o->outbox_path != NULL)
        recall_told(p->told, config_now(o->config), o->outbox_path,
                    clock_wall_ms(p->clock));
    loop_timer_set(l, &p->lapse, LAPSE_CHECK_MS, lapse_check, p);
    return p;
}

const struct hold_state *pipeline_hold_state(const struct pipeline *p)
{
    return &p->hold_state;
}

void pipeline_changed(struct pipeline *p)
{
    muting_changed(p->muting);
}

void pipeline_free(struct pipeline *p)
{
    if (p == NULL)
        return;
    loop_timer_clear(p->loop, &p->lapse);
    telling_release(&p->telling);
    told_free(p->told);
    muting_free(p->muting);
    free(p);
}
