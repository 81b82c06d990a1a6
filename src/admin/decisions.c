/* decisions.c -- routing's explanation as JSON: the evaluator that decides for
 * real, asked with the configuration of now, or of then. */
#include "admin/decisions.h"

#include "admin/delivery.h"
#include "admin/reply.h"
#include "admin/would_hold.h"

enum change change_of(const struct alert *alert)
{
    switch (alert->action) {
    case ACTION_ENGAGE: /* as it is now, who was told of it before follows it */
        return alert->severities != NULL ? CHANGE_WORSENED : CHANGE_ENGAGED;
    case ACTION_RELEASE:
        return alert->began_id != 0 ? CHANGE_RELEASED : CHANGE_UNSEEN;
    case ACTION_STORE:
        return CHANGE_STORED;
    }
    bug("an action nobody thought of");
}

/* A filter's comparisons are its parts. */
static void reasons_write(const struct reason *reasons, size_t n,
                          struct json_out *o, const char *name)
{
    out_array(o, name);
    for (size_t i = 0; i < n; i++) {
        const struct reason *r = &reasons[i];

        out_object(o, NULL);
        out_text(o, "name", r->name);
        out_bool(o, "pass", r->pass);
        out_str(o, "have", r->have);
        out_str(o, "want", r->want);
        if (r->part_count > 0)
            reasons_write(r->parts, r->part_count, o, "parts");
        out_object_end(o);
    }
    out_array_end(o);
}

/* What became of the decision: its delivery, and what holds it back. False: there is
 * none. */
static bool delivery_write_of(const struct admin *a, const struct decided *d,
                              int64_t recipient_id, struct json_out *o)
{
    for (size_t i = 0; i < d->n; i++) {
        const struct delivery_row *row = &d->deliveries[i];

        if (row->id.recipient_id != recipient_id || row->update != UPDATE_NONE)
            continue;
        out_str(o, "delivery_id", delivery_id_text(row->id, d->arena));
        out_text(o, "delivery_state", delivery_state_name(row->state));
        delivery_hold_write(row, o);
        out_redacted(a, o, "delivery_reason", row->reason);
        return true;
    }
    return false;
}

/* Whom an engage comes to if nobody acknowledges it. */
static size_t escalations_of(const struct snapshot *s, const struct decided *d,
                             const struct explanation *list, size_t n,
                             struct escalated **out)
{
    int64_t *told = arena_array(d->arena, MAX(n, 1u), sizeof *told);
    size_t told_n = 0;

    *out = arena_array(d->arena, MAX(n, 1u), sizeof **out);
    if (d->change != CHANGE_ENGAGED && d->change != CHANGE_WORSENED)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (list[i].decision == DECISION_DELIVER)
            told[told_n++] = list[i].recipient_id;
    return escalations_reach(&s->holds.escalations, told, told_n, *out);
}

static void escalation_write(const struct snapshot *s, const struct escalated *e,
                             size_t n, int64_t recipient_id, struct arena *arena,
                             struct json_out *o)
{
    for (size_t i = 0; i < n; i++) {
        if (e[i].recipient_id != recipient_id)
            continue;
        out_object(o, "escalation");
        out_str(o, "from", snapshot_recipient_id(s, e[i].from)->name);
        out_str(o, "after", message_duration(e[i].after_ms, arena));
        out_object_end(o);
    }
}

static void decision_write(const struct admin *a, const struct decided *d,
                           const struct explanation *e, struct would_hold *w,
                           struct json_out *o)
{
    bool has_delivery;

    out_str(o, "recipient", e->recipient);
    out_text(o, "outcome", decision_name(e->decision));
    out_str(o, "because", e->because);
    has_delivery = delivery_write_of(a, d, e->recipient_id, o);
    if (!decision_delivers(e->decision))
        return;
    if (!has_delivery)
        would_hold_write(w, e->recipient_id, o);
    would_holds_write(w, e->recipient_id, o);
}

void decisions_write(const struct admin *a, const struct decided *d,
                     struct json_out *o, const char *name)
{
    const struct snapshot *s = d->by;
    struct explanation *list;
    const struct routed q = {d->alert, d->change, d->told};
    size_t n = routing_explain(s->routing, &q, d->arena, &list);
    struct escalated *escalated;
    size_t escalated_n = escalations_of(s, d, list, n, &escalated);
    struct would_hold w;

    would_hold_init(&w, a, s, d->alert, d->change, d->accepted_ms, d->arena);
    out_array(o, name);
    for (size_t i = 0; i < n; i++) {
        out_object(o, NULL);
        decision_write(a, d, &list[i], &w, o);
        escalation_write(s, escalated, escalated_n, list[i].recipient_id, d->arena, o);
        reasons_write(list[i].reasons, list[i].reason_count, o, "criteria");
        out_object_end(o);
    }
    out_array_end(o);
    would_hold_release(&w);
}

void decisions_members(const struct admin *a, const struct decided *d,
                       struct json_out *o)
{
    if (d->alert->id != 0)
        out_i64(o, "alert_id", d->alert->id);
    if (d->accepted_ms != 0)
        out_time(o, "accepted_at", d->accepted_ms);
    out_text(o, "change", change_name(d->change));
    out_i64(o, "revision", d->by->revision);
    out_bool(o, "is_now", d->by->revision == config_now(a->with.config)->revision);
    out_time(o, "evaluated_at", clock_wall_ms(a->with.clock));
    decisions_write(a, d, o, "decisions");
}
