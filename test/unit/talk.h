/* talk.h -- a type and a fake of its vendor in conversation, without a network:
 * render, ask, judge, and again until the delivery is at an end. */
#ifndef UNIT_TALK_H
#define UNIT_TALK_H

#include "endpoint/endpoint.h"
#include "fake/fake.h"

struct talk {
    const struct endpoint_type *type;
    struct fake *fake;
    struct arena arena;
    void *endpoint, *recipient;
    int64_t now_ms;
    size_t requests; /* of the last delivery */
};

/* Parameters as JSON objects. Fails the test on any mistake in them. */
void talk_open(struct talk *t, const char *type, const char *vendor,
               const char *endpoint, const char *recipient);
void talk_close(struct talk *t);

/* One delivery of these alerts (JSON objects) to its end: v[0..n) is what the
 * courier would settle. A request that AGAIN asks for counts, up to STEPS_MAX. */
struct said {
    const char *alert;
    enum phase phase;
    struct str handle;
    const struct ack *ack; /* NULL: nobody has acknowledged it */
};
void talk_deliver(struct talk *t, const struct said *items, size_t n,
                  struct verdict *v);

#endif
