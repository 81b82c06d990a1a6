/* trial.h -- the test button: the type's questions in order, then a sample alert
 * through the real path, and what came of each request. Private to the courier. */
#ifndef COURIER_TRIAL_H
#define COURIER_TRIAL_H

#include "courier/inquiry.h"

#define TRIAL_ANSWER_MAX (4u << 10) /* bytes shown of one answer */

struct asked { /* one request, and what came of it */
    const char *name; /* "getMe", "sample" */
    bool ok;
    struct response response; /* its texts in the arena, without secrets */
    struct str reason;        /* the same */
};

struct trial {
    struct inquiry inquiry;
    courier_test_fn *done;
    void *arg;

    size_t probes;        /* asked */
    bool probing;         /* what is on its way is one */
    bool needs_recipient; /* so there will be no sample */
    struct alert alert;
    struct render_item part;
    struct render_input input; /* of the sample's request */
    struct request sample;     /* its first, until it is sent */
    size_t samples;            /* requests for it, sent */

    struct asked asked[PROBES_MAX + STEPS_MAX];
    size_t asked_count;
    struct verdict verdict; /* on the last of them */
};

/* sample.c */
void sample_alert(struct alert *out, int64_t now_ms, struct arena *a);
/* transcript.c: the whole story as one JSON object. */
void transcript_write(struct trial *t, struct buf *to);

#endif
