/* transcript.c -- what a test did and found, request by request, as JSON. */
#include "courier/shown.h"
#include "courier/trial.h"

static void asked_write(struct json_out *o, const struct asked *a)
{
    const struct response *r = &a->response;

    out_object(o, NULL);
    out_text(o, "name", a->name);
    out_bool(o, "ok", a->ok);
    out_str(o, "peer", r->peer);
    steps_show(r, o);
    out_double(o, "ms", (double)whole_us(r) / 1000.0);
    out_i64(o, "status", r->status);
    out_str(o, "reason", a->reason);
    out_str(o, "answer", r->body);
    out_object_end(o);
}

static double total_ms(const struct trial *t)
{
    int64_t us = 0;

    for (size_t i = 0; i < t->asked_count; i++)
        us += whole_us(&t->asked[i].response);
    return (double)us / 1000.0;
}

static struct str delivered_words(struct trial *t)
{
    const struct endpoint_type *type = t->inquiry.endpoint->type;

    if (t->samples == 0)
        return STR("checked: no message was sent, that takes a recipient");
    if (type->confirms_nothing)
        return arena_printf(&t->inquiry.arena, "accepted: %s confirms no more",
                            type->title);
    return STR("delivered");
}

static struct str verdict_words(struct trial *t)
{
    struct arena *a = &t->inquiry.arena;
    const char *last = t->asked[t->asked_count - 1].name;

    if (t->verdict.kind == VERDICT_DELIVERED)
        return delivered_words(t);
    if (t->samples == 0)
        return arena_printf(a, "failed at %s%s", last,
                            t->needs_recipient ? ""
                                               : ": the sample was not sent");
    if (t->verdict.kind == VERDICT_AGAIN)
        return arena_printf(a, "failed: not at an end after %zu requests",
                            t->samples);
    return t->verdict.kind == VERDICT_DEFERRED
               ? STR("failed: would be tried again")
               : STR("refused: would not be tried again");
}

/* In front what came of the last request, which is how it ended; then each. */
void transcript_write(struct trial *t, struct buf *to)
{
    const struct asked *last = &t->asked[t->asked_count - 1];
    struct json_out o = JSON_OUT(to);

    out_object(&o, NULL);
    out_bool(&o, "ok", t->verdict.kind == VERDICT_DELIVERED);
    out_str(&o, "endpoint", t->inquiry.endpoint->name);
    out_text(&o, "type", t->inquiry.endpoint->type->name);
    out_str(&o, "peer", last->response.peer);
    steps_show(&last->response, &o);
    out_double(&o, "ms", total_ms(t));
    out_i64(&o, "status", last->response.status);
    out_str(&o, "verdict", verdict_words(t));
    out_str(&o, "reason", last->reason);
    out_str(&o, "answer", last->response.body);
    out_array(&o, "requests");
    for (size_t i = 0; i < t->asked_count; i++)
        asked_write(&o, &t->asked[i]);
    out_array_end(&o);
    out_object_end(&o);
}
