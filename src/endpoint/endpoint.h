/* endpoint.h -- a kind of channel is two option tables and two pure functions.
 * A type has no state, no I/O, no clock and no log; it cannot block, leak a
 * socket, log a secret or retry wrongly. Adding one: one file, one line in
 * endpoint/all.c, golden files. */
#ifndef ENDPOINT_ENDPOINT_H
#define ENDPOINT_ENDPOINT_H

#include "base/field.h"
#include "endpoint/request.h"
#include "message/message.h"

struct render_item {
    const struct alert *alert;
    enum phase phase;
    struct str handle; /* of the message sent for the engage; may be empty */
    struct str id;     /* stable over retries: "4711.3"; the idempotency key */
};

struct render_input {
    const void *endpoint;  /* the struct endpoint_fields describe */
    const void *recipient; /* the struct recipient_fields describe */
    const struct render_item *items;
    size_t count; /* 1..batch_max */
    struct str recipient_name;
    struct str scripts_dir; /* where shell scripts lie; from our own settings */
    struct message_place place;
    bool test; /* a test message: says so */
};

enum verdict_kind {
    VERDICT_DELIVERED, /* final: it is there */
    VERDICT_DEFERRED,  /* try again later */
    VERDICT_REFUSED,   /* final: trying again cannot help */
};

struct verdict {
    enum verdict_kind kind;
    bool endpoint_fault; /* with DEFERRED: credentials or address are dead;
                            pause the endpoint, do not count the attempt */
    int64_t retry_after_ms; /* what the other side asked for; 0: nothing */
    struct str reason;      /* for people: "429 Too Many Requests"; no secrets */
    struct str handle;      /* DELIVERED: message id to keep; may be empty */
};

struct endpoint_type {
    const char *name;  /* "slack" */
    const char *title; /* "Slack" */
    const char *help;  /* one sentence */
    enum via via;
    size_t batch_max; /* alerts one request may carry */
    /* How many this endpoint takes, 1..batch_max. NULL: batch_max. */
    size_t (*batch_limit)(const void *endpoint);
    double rate_per_s, rate_burst; /* the vendor's limit as a token bucket; 0: none */
    int64_t linger_ms; /* after a large request, how long to let the next one
                          grow: for what costs much a request, little an alert */
    bool builtin;     /* not offered, not editable */
    size_t endpoint_size, recipient_size; /* of the structs the tables fill */
    const struct field *endpoint_fields, *recipient_fields;

    bool (*available)(struct error *why_not); /* NULL: always */
    /* What the tables cannot say. Either argument may be NULL: not given. NULL: nothing. */
    bool (*check)(const void *endpoint, const void *recipient, struct error *err);
    /* Whether this recipient wants the item at all (shell: "on release" only).
     * NULL: always. What it skips counts as delivered, reason "skipped: ...". */
    bool (*wants)(const void *recipient, const struct render_item *item);
    /* Everything in `out` lives in the arena or in the input. */
    bool (*render)(const struct render_input *in, struct arena *a,
                   struct request *out, struct error *err);
    /* v[0..n): one verdict an item. Reasons live in the arena. */
    void (*judge)(const struct request *sent, const struct response *r,
                  struct arena *a, struct verdict *v, size_t n);
};

extern const struct endpoint_type *const endpoint_types[]; /* all.c; NULL ends */
const struct endpoint_type *endpoint_type_find(struct str name);

/* The default judgement of an HTTP answer and of no answer at all: 2xx; 408,
 * 425, 429, 5xx, no answer; 401, 403, 404, 410 and 3xx, which is never followed,
 * an endpoint fault; the rest refused. Fills all n with the same verdict. */
void judge_http(const struct request *sent, const struct response *r,
                struct arena *a, struct verdict *v, size_t n);
/* DEFERRED with the transport's words, for every via, when there was no answer;
 * an endpoint fault when it was TLS or we that said no. */
void judge_no_answer(const struct response *r, struct arena *a, struct verdict *v);

#endif
