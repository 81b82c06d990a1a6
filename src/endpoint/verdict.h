/* verdict.h -- what an answer means for a delivery. */
#ifndef ENDPOINT_VERDICT_H
#define ENDPOINT_VERDICT_H

#include "endpoint/request.h"

struct render_input;

#define STEPS_MAX 5 /* requests for one delivery, of one try */

enum verdict_kind {
    VERDICT_DELIVERED, /* final: it is there */
    VERDICT_DEFERRED,  /* try again later */
    VERDICT_REFUSED,   /* final: trying again cannot help */
    VERDICT_AGAIN,     /* not at an end: render `step` and send that at once */
    VERDICT_UNSENT,    /* the request had no room for it: it was not tried */
};

struct verdict {
    enum verdict_kind kind;
    bool endpoint_fault; /* with DEFERRED: credentials or address are dead;
                            pause the endpoint, do not count the attempt */
    bool recipient_fault; /* with DEFERRED: it is about this recipient alone (its
                             chat is gone, or flooded); nobody else waits */
    bool doubtful; /* with DEFERRED: it may have arrived all the same */
    int64_t retry_after_ms; /* what the other side asked for; 0: nothing */
    struct str reason;      /* for people: "429 Too Many Requests"; no secrets */
    struct str handle;      /* DELIVERED: message id to keep; may be empty */
    int step;               /* AGAIN: 1.. below STEPS_MAX, of our own choosing */
    struct str carry;       /* AGAIN: for that render: "-100123"; in the arena */
};

/* The default judgement of an HTTP answer and of no answer at all: 2xx; 408,
 * 425, 429, 5xx, no answer; 401, 403, 404, 405, 410 and 3xx, never followed,
 * an endpoint fault; the rest refused. All items get the same verdict. */
void judge_http(const struct render_input *in, const struct request *sent,
                const struct response *r, struct arena *a, struct verdict *v);
/* The same for one, as a piece of a type's own judge. */
void judge_answer(const struct response *r, struct arena *a, struct verdict *v);
/* A 2xx of somebody else: what answered is not this vendor, whatever its status;
 * but behind it the vendor may have taken it. */
void judge_foreign(const struct response *r, const char *vendor, struct arena *a,
                   struct verdict *v);
/* By the status alone, with what the body was read to say; a 2xx is foreign, for the
 * vendor's own were taken out before. */
void judge_said(const struct response *r, struct str said, const char *vendor,
                struct arena *a, struct verdict *v);
/* DEFERRED with the transport's words, for every via, when there was no answer;
 * an endpoint fault when it was TLS or we that said no; doubtful when it was sent. */
void judge_no_answer(const struct response *r, struct arena *a, struct verdict *v);
/* Whether there is an answer to read: then v is DELIVERED; else judge_no_answer(). */
bool judge_answered(const struct response *r, struct arena *a, struct verdict *v);
/* Empty, or an object of JSON begun: it broke off, and is no page of somebody else's. */
bool answer_broke_off(struct str body);

#endif
