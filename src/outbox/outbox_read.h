/* outbox_read.h -- looking into the outbox from the side: a read-only
 * connection for the historian thread, so that a slow page stops nobody. */
#ifndef OUTBOX_OUTBOX_READ_H
#define OUTBOX_OUTBOX_READ_H

#include "outbox/outbox.h"

struct outbox_reader;
struct outbox_reader *outbox_reader_open(const char *path, struct error *err);
void outbox_reader_close(struct outbox_reader *r);

struct delivery_row {
    struct delivery_id id;
    enum update update; /* what it tells of; NONE: the alert itself */
    enum delivery_state state;
    int attempts, status;
    int64_t accepted_ms, due_ms, settled_ms; /* 0: n/a */
    struct hold hold; /* of one held, withheld or freed: kind, ref, until_ms */
    int64_t freed_ms;
    struct str reason, handle; /* in the caller's arena */
    struct str type, severity, entity_value; /* of the alert; there, too */
};

/* Its last tries that failed, at most DELIVERY_TRIES_KEPT, the oldest first. */
struct attempt_row {
    int64_t at_ms;
    int status;
    struct str reason;
    struct str transcript; /* JSON, of the last TRANSCRIPTS_EACH; "": not kept */
};
bool outbox_read_attempts(struct outbox_reader *r, struct delivery_id id,
                          struct arena *a, struct attempt_row **out, size_t *n,
                          struct error *err) must_check;

struct delivery_query {
    int64_t alert_id; /* 0: any */
    const int64_t *alert_ids; /* of these; NULL: alert_id says it */
    size_t alert_count;
    bool with_updates; /* of these alerts: also those of their updates, see outbox.c */
    int64_t recipient_id; /* 0: any */
    const int64_t *recipient_ids; /* one of these; NULL: any */
    size_t recipient_count;
    int64_t since_ms, until_ms; /* accepted from then on, and before; 0: at any time */
    int state;            /* -1: any */
    struct delivery_id before; /* keyset, newest first; {0,0}: from the top */
    size_t limit;
};
/* Rows in the arena; *total counts the whole query, -1 when that is too dear. */
bool outbox_read_deliveries(struct outbox_reader *r, const struct delivery_query *q,
                            struct arena *a, struct delivery_row **out, size_t *n,
                            int64_t *total, struct error *err) must_check;

/* Whom the beginning of an alert was put for: of an engage its own recipients, of what
 * tells how it goes on and of its release those of the engage. In the arena; nobody
 * once the outbox has forgotten it. */
bool outbox_read_told(struct outbox_reader *r, int64_t alert_id, struct arena *a,
                      struct told_to *out, struct error *err) must_check;

/* The handles of a recipient's deliveries whose alerts are engaged. */
typedef void outbox_handle_fn(void *arg, int64_t alert_id, struct str handle);
bool outbox_read_handles(struct outbox_reader *r, int64_t recipient_id,
                         outbox_handle_fn *found, void *arg,
                         struct error *err) must_check;

/* What was put since, oldest first, at most the newest LATELY_MAX alerts, releases
 * and acknowledgements left out: what became of each, for who must know after a restart. */
#define LATELY_MAX (1u << 18)
struct lately {
    struct delivery_id id;
    uint64_t key_hash;
    enum action action;
    enum update update; /* NONE, or WORSENED */
    enum severity severity;
    int64_t accepted_ms, freed_ms;
    enum delivery_state state;
    enum hold_kind held; /* now, or until freed_ms */
};
typedef void outbox_lately_fn(void *arg, const struct lately *l);
bool outbox_read_lately(struct outbox_reader *r, int64_t since_ms, outbox_lately_fn *fn,
                        void *arg, struct error *err) must_check;

/* The alert as kept; false with an empty error: not there (any more). */
bool outbox_read_alert(struct outbox_reader *r, int64_t id, struct arena *a,
                       struct str *json, int64_t *accepted_ms,
                       struct error *err) must_check;
#endif
