/* answer.h -- inside the room: one request on its way, and how each source is
 * answered in its own language. */
#ifndef INTAKE_ANSWER_H
#define INTAKE_ANSWER_H

#include "intake/intake.h"

enum source { SOURCE_NATIVE, SOURCE_NTOPNG, SOURCE_ALERTMANAGER };
#define SOURCE_COUNT 3

struct intake {
    struct intake_options options;
    int64_t started_ms;
    struct intake_counts counts[SOURCE_COUNT];
    struct arena scratch; /* of the one request that is being decoded: always the
                             same memory, so it stays in the cache */
};

struct held { /* lives in its exchange's arena */
    struct intake *intake;
    struct exchange *x;
    enum source source;
    struct batch batch; /* its alerts: until they are accepted */
    struct receipt *receipts;
    struct str warnings; /* a JSON array; "": none */
};

/* Looks for names that nearly are members of alerts: `warnings`. */
void warnings_find(struct held *h);

void answer_accepted(struct held *h);
/* Counts the refusal and keeps its words. */
void answer_refused(struct held *h, int status, const char *code,
                    const struct error *err);
/* 503: what is asked for can be done, but not now. */
void answer_later(struct held *h, enum accepted why);

#endif
