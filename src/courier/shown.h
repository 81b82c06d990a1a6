/* shown.h -- a request and what came back as JSON that people may see: every
 * secret hidden, binary and invisible characters made harmless, long texts cut
 * and said to be. Of headers only those are shown that give nothing away. For
 * what a delivery sent, a test, a preview. */
#ifndef COURIER_SHOWN_H
#define COURIER_SHOWN_H

#include "config/hide.h"

struct shown {
    struct hide hide;
    size_t text_max; /* bytes of one text */
    size_t left;     /* bytes of all texts together; then they are "…" */
};

/* The member "request": where it goes and what it says. "cut" is how many bytes its
 * body had, if not all are shown. */
void request_show(struct shown *s, const struct request *r, struct json_out *o);
/* The member "response": what came of it, and how long it took. */
void response_show(struct shown *s, const struct response *r, struct json_out *o);
/* The member "steps": where its time went; and all of it, in microseconds. */
void steps_show(const struct response *r, struct json_out *o);
int64_t whole_us(const struct response *r);

/* A text as a member; null when it is empty. */
void text_show(struct shown *s, struct json_out *o, const char *name, struct str text);

const char *outcome_name(enum outcome o); /* "answered" */

#endif
