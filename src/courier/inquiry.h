/* inquiry.h -- something asked of an endpoint outside the queue: a test, or what
 * there is to choose from. One request after the other, by the same carrier as
 * the deliveries; nothing of it is kept. Private to the courier. */
#ifndef COURIER_INQUIRY_H
#define COURIER_INQUIRY_H

#include "config/redact.h"
#include "courier/lane.h"

/* First member of what each kind needs to remember. */
struct inquiry {
    struct courier *courier;
    const struct snapshot *snapshot; /* acquired */
    const struct endpoint *endpoint; /* of the snapshot, or the asker's draft */
    struct arena arena;
    struct redactor secrets; /* of the endpoint and the recipient themselves:
                                a draft's, or what was changed meanwhile, the
                                configuration does not know */
    struct request request;  /* on its way while `sending` is set */
    struct sending *sending;
    struct inquiry *next, *previous; /* in the courier's list */
};

/* `size` of the struct that it is the first member of; `r` may be NULL. NULL and
 * err: the endpoint cannot be used as it is. */
void *inquiry_new(struct courier *c, const struct endpoint *e,
                  const struct recipient *r, size_t size, struct error *err);
void inquiry_end(struct inquiry *q);

/* Sends q->request; `answered` gets q. */
void inquiry_send(struct inquiry *q, transport_fn *answered);

/* What somebody else said, for people: cleaned, without secrets, then cut to
 * `max` bytes, in the arena. */
struct str inquiry_shown(struct inquiry *q, struct str text, size_t max);

#endif
