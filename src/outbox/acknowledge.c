/* acknowledge.c -- engaged alerts are acknowledged, or that is taken back: in the
 * registry at once, on disk with a commit, like every change. */
#include "outbox/acknowledge.h"

#include "base/log.h"

#define ROOM "outbox"

/* Until its last commit: who waits, and what would take each change back. */
struct acknowledging {
    struct registry *registry;
    outbox_done_fn *done;
    void *arg;
    size_t waiting;
    bool failed;
    struct ack_step {
        struct acknowledging *whole;
        struct undo *undo;
    } steps[];
};

static void step_done(void *arg, bool committed)
{
    struct ack_step *step = arg;
    struct acknowledging *whole = step->whole;

    if (committed)
        registry_keep(step->undo);
    else
        registry_undo(whole->registry, step->undo);
    whole->failed = whole->failed || !committed;
    if (--whole->waiting > 0)
        return;
    if (whole->done != NULL)
        whole->done(whole->arg, !whole->failed);
    free(whole);
}

static bool changes(const struct engaged *e, const struct ack *ack)
{
    return e != NULL && (ack != NULL || e->ack != NULL);
}

bool acknowledge(const struct engaged_set *s, const int64_t *ids, size_t n,
                 const struct ack *ack, size_t *changed, outbox_done_fn *done,
                 void *arg)
{
    struct acknowledging *whole;
    struct audience *audience;

    *changed = 0;
    if (!outbox_has_room(s->outbox, n, 0))
        return false;
    whole = mem_new(sizeof *whole + n * sizeof whole->steps[0]);
    audience = audience_new(s->recipients, s->recipient_count);
    whole->registry = s->registry;
    whole->done = done;
    whole->arg = arg;
    for (size_t i = 0; i < n; i++) {
        struct ack_step *step = &whole->steps[whole->waiting];

        if (!changes(registry_find_id(s->registry, ids[i]), ack))
            continue;
        step->whole = whole;
        step->undo = registry_acknowledge(s->registry, ids[i], ack);
        whole->waiting++;
        outbox_acknowledge(s->outbox, ids[i], ack, audience, step_done, step);
    }
    audience_drop(audience);
    *changed = whole->waiting;
    if (whole->waiting == 0)
        free(whole);
    return true;
}

void acknowledge_lapse(const struct engaged_set *s, int64_t now_ms)
{
    const struct engaged *e;
    size_t changed;

    for (int n = 0; n < ACK_LAPSES_MAX; n++) {
        e = registry_ack_lapsed(s->registry, now_ms);
        if (e == NULL)
            return;
        log_info(ROOM, "alert %lld is acknowledged no more: the time that %.*s gave "
                       "is over",
                 (long long)e->id, STR_ARG(e->ack->by));
        if (!acknowledge(s, &e->id, 1, NULL, &changed, NULL, NULL))
            return; /* the disk is full: later */
    }
}
