/* recall.c -- the deliveries on disk, told again to the memory of who was told what:
 * they were written with their alerts, so nothing else has to be kept. */
#include "recall.h"

#include "base/log.h"
#include "outbox/outbox_read.h"

#define ROOM "pipeline"

struct recall {
    struct told *told;
    const struct snapshot *now;
};

/* As hold_note() took it when it was decided; false: it took nothing. */
static bool event_of(const struct lately *l, struct told_event *e)
{
    bool withheld = l->state == DELIVERY_HELD || l->state == DELIVERY_WITHHELD;

    if (l->state == DELIVERY_DEAD)
        return false;
    if (hold_counts(l->held, &e->outcome)) {
        if (l->held == HOLD_NONE && l->freed_ms > 0)
            e->at_ms = l->freed_ms; /* told when it got worse, see run_update.c */
        return true;
    }
    e->at_ms = l->freed_ms;
    return !withheld;
}

static enum change change_of(const struct lately *l)
{
    return l->update == UPDATE_WORSENED   ? CHANGE_WORSENED
           : l->action == ACTION_ENGAGE ? CHANGE_ENGAGED
                                        : CHANGE_STORED;
}

static void told_again(const struct recall *r, const struct recipient *to,
                       const struct lately *l)
{
    struct told_event e = {
        .recipient_id = l->id.recipient_id,
        .key_hash = l->key_hash,
        .at_ms = l->accepted_ms,
        .severity = l->severity,
        .change = change_of(l),
    };

    if (!event_of(l, &e)) {
        if (l->state == DELIVERY_DEAD)
            told_forget(r->told, e.recipient_id, e.key_hash);
        return;
    }
    told_note(r->told, &to->pace, &e);
    if (e.outcome == TOLD_WITHHELD && l->freed_ms > 0 &&
        l->state != DELIVERY_WITHHELD) {
        e.outcome = TOLD_SENT;
        e.at_ms = l->freed_ms;
        e.again = true;
        told_note(r->told, &to->pace, &e);
    }
}

static void row(void *arg, const struct lately *l)
{
    const struct recall *r = arg;
    const struct recipient *to = snapshot_recipient_id(r->now, l->id.recipient_id);

    if (to != NULL && !to->builtin)
        told_again(r, to, l);
}

void recall_told(struct told *t, const struct snapshot *now, const char *outbox_path,
                 int64_t now_ms)
{
    struct recall r = {t, now};
    struct error err = {0};
    struct outbox_reader *reader = outbox_reader_open(outbox_path, &err);

    if (reader == NULL ||
        !outbox_read_lately(reader, now_ms - TOLD_KEPT_MS, row, &r, &err))
        log_warn(ROOM, "who was told what cannot be read back, so that some alerts "
                       "are told once more: %s",
                 err.text);
    outbox_reader_close(reader);
}
