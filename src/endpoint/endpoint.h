/* endpoint.h -- a kind of channel is two option tables and two pure functions.
 * A type has no state, no I/O, no clock and no log; it cannot block, leak a
 * socket, log a secret or retry wrongly. Adding one: one file, one line in
 * endpoint/all.c, golden files. */
#ifndef ENDPOINT_ENDPOINT_H
#define ENDPOINT_ENDPOINT_H

#include "alert/geo.h"
#include "base/field.h"
#include "endpoint/request.h"
#include "endpoint/verdict.h"
#include "message/message.h"

struct render_item {
    const struct alert *alert;
    enum phase phase;
    struct str handle;   /* of the message sent for the engage; may be empty */
    struct str ack_link; /* by which people acknowledge it; "": none */
    struct message_remark remark; /* what its message says about others */
    struct str id;     /* stable over retries: "4711.3"; the idempotency key */
    size_t shared_by;  /* other engaged alerts with the same handle, see `shared` */
};

struct render_input {
    const void *endpoint;  /* the struct endpoint_fields describe */
    const void *recipient; /* the struct recipient_fields describe */
    const struct render_item *items;
    size_t count; /* 1..batch_max */
    struct str recipient_name;
    struct str scripts_dir; /* where shell scripts lie; from our own settings */
    struct message_place place;
    const struct geo *geo; /* NULL, or without a find: nothing is known */
    struct str occasion; /* why many are told together: "Quiet hours"; or "" */
    bool test; /* a test message: says so */
    int step;  /* 0 at first; then what the verdict AGAIN asked for */
    struct str carry; /* what that verdict gave along; "" at step 0 */
};

/* A question asked before a test message is sent: is the token right? */
struct probe {
    const char *name; /* "getMe", as the vendor calls it */
    struct request request;
};

#define PROBES_MAX 5

struct choice { /* a value the other side offers for a recipient's field */
    struct str value, label; /* "-100123", "Network team (group)" */
};
struct choice_list {
    struct choice *v; /* in the arena */
    size_t n;
};
#define CHOICES_MAX 1000

struct endpoint_type {
    const char *name;  /* "slack" */
    const char *title; /* "Slack" */
    const char *help;  /* one sentence */
    enum via via;
    size_t batch_max; /* alerts one request may carry */
    /* How many this endpoint takes, 1..batch_max. NULL: batch_max. */
    size_t (*batch_limit)(const void *endpoint);
    double rate_per_s, rate_burst; /* the vendor's limit as a token bucket; 0: none */
    double recipient_rate_per_s, recipient_rate_burst; /* the same, of each recipient */
    bool edits; /* a release changes the message its engage was: so it goes alone */
    size_t together_max; /* alerts of a summary (digest, storm); 0: has none */
    bool shows_ack; /* tells of acknowledgements, by the message that was sent */
    bool repeats_show; /* sent twice it is there twice; given up after two doubts */
    int64_t linger_ms; /* how long to let the next request grow after a large one */
    int64_t probe_ms;  /* while it is down, the longest wait between probes; 0: as others */
    bool confirms_nothing; /* DELIVERED is only "accepted": it may not arrive */
    bool builtin;     /* not offered, not editable */
    bool own_words;   /* its recipients may have templates for what it says */
    size_t endpoint_size, recipient_size; /* of the structs the tables fill */
    const struct field *endpoint_fields, *recipient_fields;

    bool (*available)(struct error *why_not); /* NULL: always */
    /* What the tables cannot say. Either argument may be NULL: not given. NULL: nothing. */
    bool (*check)(const void *endpoint, const void *recipient, struct error *err);
    /* Whether the item is for this recipient at all; if not, why. NULL: always.
     * What is skipped counts as delivered, reason "skipped: WHY". */
    bool (*wants)(const void *endpoint, const void *recipient,
                  const struct render_item *item, struct error *why_not);
    /* The handle it has or would get, where several can share one (a ban). NULL: never. */
    struct str (*shared)(const struct render_item *item, struct arena *a);
    /* Everything in `out` lives in the arena or in the input. With in->step > 0 it
     * goes on with what the last answer left undone (a reply after an edit, the
     * same without what was refused). A crash in between begins at step 0. */
    bool (*render)(const struct render_input *in, struct arena *a,
                   struct request *out, struct error *err);
    /* v[0..in->count): one verdict an item. `in` is what `sent` was rendered
     * from. Reasons live in the arena. */
    void (*judge)(const struct render_input *in, const struct request *sent,
                  const struct response *r, struct arena *a, struct verdict *v);

    /* The nth question before a test message, 0..PROBES_MAX; false with err->text
     * empty: no more. in->items is NULL, and so is in->recipient when an endpoint
     * is tested whose recipients need parameters. judge_probe: DELIVERED, with
     * what was found as the reason ("bot @tocsin_bot"), or what is wrong: then
     * nothing more is sent. NULL: nothing to ask. */
    bool (*probe)(const struct render_input *in, size_t nth, struct arena *a,
                  struct probe *out, struct error *err);
    void (*judge_probe)(const struct render_input *in, size_t nth,
                        const struct response *r, struct arena *a,
                        struct verdict *v);

    /* What is offered for the recipient's field `choices_field` (the chats a bot has
     * seen): one request, and its answer read, when there is one. NULL: nothing. */
    const char *choices_field;
    bool (*choices)(const void *endpoint, struct arena *a, struct request *out,
                    struct error *err);
    bool (*choices_read)(const struct response *r, struct arena *a,
                         struct choice_list *out, struct error *err);
};

extern const struct endpoint_type *const endpoint_types[]; /* all.c; NULL ends */
const struct endpoint_type *endpoint_type_find(struct str name);

#endif
