/* golden.h -- one golden case: what goes in, and what comes out as text. */
#ifndef UNIT_GOLDEN_H
#define UNIT_GOLDEN_H

#include "endpoint/endpoint.h"

struct golden {
    const struct endpoint_type *type;
    struct arena arena;
    void *endpoint, *recipient;
    struct message_words own; /* "title_template", "text_template" */
    struct render_item *items;
    struct render_input in;
    struct request request;
};

/* From a case's JSON: parameters, alerts, place; sets TZ. */
bool golden_read(struct golden *g, const char *type, struct str json,
                 struct error *err);
void golden_release(struct golden *g);

/* The rendered request, for people to read and for us to compare. */
void golden_request(const struct golden *g, struct buf *to);
/* What judge() makes of each answer in the JSON array `answers`. */
bool golden_verdicts(struct golden *g, struct str answers, struct buf *to,
                     struct error *err);

#endif
