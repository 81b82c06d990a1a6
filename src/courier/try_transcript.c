/* try_transcript.c -- what was said in a try that failed, for those who look why:
 * without secrets, and without what lets anybody acknowledge the alert. */
#include "courier/try_transcript.h"

#include "config/ack_link.h"
#include "courier/shown.h"

/* The signatures of its links, as secrets of nobody's configuration. */
static void signatures_hide(const struct parcel *p, struct redactor *r, struct arena *a)
{
    struct secret *v = arena_array(a, MAX(p->count, 1u), sizeof *v);
    size_t n = 0;

    for (size_t i = 0; i < p->count; i++)
        if (p->parts[i].ack_link.n > 0)
            v[n++].value = ack_link_signature(p->parts[i].ack_link);
    redactor_init(r, v, n, a);
}

/* The same request with links that open nothing: a mail's encoding would let no
 * redactor find them. */
static bool without_links(const struct parcel *p, struct request *out, struct arena *a)
{
    struct render_input in = p->input;
    struct render_item *parts = arena_array(a, MAX(p->count, 1u), sizeof *parts);
    bool any = false;
    struct error err;

    for (size_t i = 0; i < p->count; i++) {
        parts[i] = p->parts[i];
        parts[i].ack_link = ack_link_unsigned(p->parts[i].ack_link, a);
        any = any || parts[i].ack_link.n > 0;
    }
    in.items = parts;
    *out = (struct request){0};
    return any && p->recipient->endpoint->type->render(&in, a, out, &err);
}

static void transcript_write(const struct parcel *p, const struct response *r,
                             struct arena *a, struct json_out *o)
{
    const struct endpoint *e = p->recipient->endpoint;
    struct redactor signatures;
    struct request harmless;
    struct shown shown = {
        .hide = {.was = p->snapshot, .now = p->courier->with.config,
                 .own = &signatures, .arena = a},
        .text_max = TRANSCRIPT_TEXT_MAX,
        .left = 2 * TRANSCRIPT_TEXT_MAX,
    };

    signatures_hide(p, &signatures, a);
    out_object(o, NULL);
    out_str(o, "endpoint", e->name);
    out_text(o, "type", e->type->name);
    out_i64(o, "alerts", (int64_t)p->count);
    request_show(&shown, without_links(p, &harmless, a) ? &harmless : &p->request, o);
    shown.left = 2 * TRANSCRIPT_TEXT_MAX;
    response_show(&shown, r, o);
    out_object_end(o);
}

/* A flood of failures all look alike: the first ones do. */
static bool may_make(struct courier *c)
{
    if (bucket_wait_ms(&c->transcripts, TRANSCRIPTS_PER_S, 2 * TRANSCRIPTS_PER_S,
                       clock_wall_ms(c->clock)) > 0)
        return false;
    bucket_spend(&c->transcripts);
    return true;
}

struct transcript *try_transcript(const struct parcel *p, const struct response *r)
{
    struct buf b freed_by(buf_release) = BUF(TRANSCRIPT_BYTES_MAX);
    struct arena a freed_by(arena_release) = {0};
    struct json_out o = JSON_OUT(&b);

    if (p->request.via == VIA_STORE || !may_make(p->courier))
        return NULL;
    transcript_write(p, r, &a, &o);
    return b.over ? NULL : transcript_new(buf_view(&b));
}
