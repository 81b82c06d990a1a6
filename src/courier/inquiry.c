/* inquiry.c -- something asked of an endpoint outside the queue. */
#include "courier/inquiry.h"

#include "config/hide.h"

static void inquiry_link(struct inquiry *q)
{
    q->next = q->courier->inquiries;
    if (q->next != NULL)
        q->next->previous = q;
    q->courier->inquiries = q;
}

static void inquiry_unlink(struct inquiry *q)
{
    if (q->previous != NULL)
        q->previous->next = q->next;
    else
        q->courier->inquiries = q->next;
    if (q->next != NULL)
        q->next->previous = q->previous;
}

static void secrets_gather(struct inquiry *q, const struct recipient *r)
{
    const struct endpoint_type *type = q->endpoint->type;
    const void *theirs = r != NULL ? r->params : NULL;
    size_t ours = fields_secrets(type->endpoint_fields, q->endpoint->params,
                                 NULL, 0);
    size_t n = ours;
    struct secret *v;

    if (theirs != NULL)
        n += fields_secrets(type->recipient_fields, theirs, NULL, 0);
    v = arena_array(&q->arena, n + 1, sizeof(*v));
    fields_secrets(type->endpoint_fields, q->endpoint->params, v, ours);
    if (theirs != NULL)
        fields_secrets(type->recipient_fields, theirs, v + ours, n - ours);
    redactor_init(&q->secrets, v, n, &q->arena);
}

void *inquiry_new(struct courier *c, const struct endpoint *e,
                  const struct recipient *r, size_t size, struct error *err)
{
    struct str fault = r != NULL && e->fault.n == 0 ? r->fault : e->fault;
    struct inquiry *q;

    if (fault.n > 0) {
        error_set(err, "%.*s", STR_ARG(fault));
        return NULL;
    }
    q = mem_new(size);
    q->courier = c;
    q->snapshot = config_acquire(c->with.config);
    q->endpoint = e;
    secrets_gather(q, r);
    inquiry_link(q);
    return q;
}

void inquiry_end(struct inquiry *q)
{
    inquiry_unlink(q);
    config_release(q->courier->with.config, q->snapshot);
    arena_release(&q->arena);
    free(q);
}

void inquiry_send(struct inquiry *q, transport_fn *answered)
{
    const struct carrier *by = &q->courier->with.carrier;

    q->sending = by->send(by->arg, &q->request, answered, q);
}

struct str inquiry_shown(struct inquiry *q, struct str text, size_t max)
{
    const struct hide h = {
        .now = q->courier->with.config,
        .own = &q->secrets,
        .arena = &q->arena,
    };

    return hide_text(&h, text, max);
}

void inquiries_abandon(struct courier *c)
{
    const struct carrier *by = &c->with.carrier;

    while (c->inquiries != NULL) {
        struct inquiry *q = c->inquiries;

        by->cancel(by->arg, q->sending);
        inquiry_end(q);
    }
}
