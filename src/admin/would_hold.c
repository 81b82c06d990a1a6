/* would_hold.c -- holds_decide() and holds_explain() as JSON. */
#include "admin/would_hold.h"

#include "admin/reply.h"
#include "config/telling.h"

void would_hold_init(struct would_hold *w, const struct admin *a,
                     const struct snapshot *by, const struct alert *alert,
                     enum change change, int64_t then_ms, struct arena *arena)
{
    *w = (struct would_hold){.by = by};
    filter_subject_init(&w->subject, alert, by->pools);
    w->now = (struct hold_question){
        .alert = alert,
        .subject = &w->subject,
        .muted = &w->muted,
        .change = change,
        .now_ms = clock_wall_ms(a->with.clock),
        .rules = &by->holds,
        .state = a->with.hold_state,
        .arena = arena,
        .key_hash = alert_key_hash(alert->key),
    };
    w->then = w->now;
    w->then.muted = NULL;
    w->then.now_ms = then_ms;
    w->then.state = &w->unknown;
}

void would_hold_release(struct would_hold *w)
{
    filter_subject_release(&w->subject);
}

void would_hold_write(struct would_hold *w, int64_t recipient_id, struct json_out *o)
{
    struct hold hold;

    telling_asks(&w->now, w->by, recipient_id);
    holds_decide(&w->now, &hold);
    if (hold.kind == HOLD_NONE) {
        out_null(o, "hold");
        return;
    }
    out_object(o, "hold");
    out_text(o, "kind", hold_kind_name(hold.kind));
    if (hold.ref != 0)
        out_i64(o, "ref", hold.ref);
    out_time(o, "until", hold.until_ms);
    out_bool(o, "final", hold.final);
    out_str(o, "reason", hold.reason);
    out_object_end(o);
}

static void reasons_write(struct hold_question *q, const struct snapshot *by,
                          int64_t recipient_id, struct json_out *o, const char *name)
{
    struct hold_reason v[HOLD_KINDS];
    size_t n;

    telling_asks(q, by, recipient_id);
    n = holds_explain(q, v);
    out_array(o, name);
    for (size_t i = 0; i < n; i++) {
        out_object(o, NULL);
        out_text(o, "kind", hold_kind_name(v[i].kind));
        if (v[i].unknown)
            out_null(o, "holds");
        else
            out_bool(o, "holds", v[i].holds);
        out_str(o, "have", v[i].have);
        out_str(o, "want", v[i].want);
        out_object_end(o);
    }
    out_array_end(o);
}

void would_holds_write(struct would_hold *w, int64_t recipient_id, struct json_out *o)
{
    reasons_write(&w->now, w->by, recipient_id, o, "holds_now");
    if (w->then.now_ms != 0)
        reasons_write(&w->then, w->by, recipient_id, o, "holds_then");
    else
        out_null(o, "holds_then");
}
