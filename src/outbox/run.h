/* run.h -- what ops do to the file, by the files that do it; private. Writer
 * thread. False: a statement failed, and with it the group. */
#ifndef OUTBOX_RUN_H
#define OUTBOX_RUN_H

#include "outbox/op.h"

/* fate.c: what a new delivery starts as, given its hold and, for a release, how
 * its engage fares. Changes the engage if both end here. */
bool fate_decide(struct database *d, struct op *put, struct target *t) must_check;
bool run_cancel(struct database *d, struct op *op) must_check; /* cancel.c */
bool run_pause(struct database *d, struct op *op) must_check; /* pause.c */
/* tries.c: what is kept of a try that failed, its transcript included. */
bool try_keep(struct database *d, const struct op *settle) must_check;
/* run_ack.c: the alert's escalations that are held are withheld, and added to `out`. */
bool escalations_end(struct database *d, int64_t alert_id, int64_t at_ms,
                     struct str reason, struct ended_list *out) must_check;
bool run_ack(struct database *d, struct op *op) must_check;
/* run_update.c: a put of what got worse; the engaged row is the caller's. */
bool run_worsened(struct database *d, struct op *op) must_check;
/* The update itself, as the engaged alert reads now. `ack` may be NULL. */
struct update_row {
    int64_t id, engaged_id, at_ms;
    enum update update;
    const struct ack *ack;
};
bool update_write(struct database *d, const struct update_row *u) must_check;
struct delivery_new { /* of one that is not just pending */
    struct delivery_id id;
    enum delivery_state state;
    const struct hold *hold; /* NULL: none */
    const struct message_remark *remark; /* NULL: none */
    int64_t at_ms; /* that it is settled, if it is withheld */
    int64_t freed_ms; /* since when it is pending, if not since its alert; else 0 */
};
bool delivery_write_as(struct database *d, const struct delivery_new *n) must_check;
/* run_held.c: the ops on what is held. */
bool run_held(struct database *d, struct op *op) must_check;
bool run_unhold(struct database *d, struct op *op) must_check;
bool run_redrive(struct database *d, struct op *op) must_check;
bool run_abandon(struct database *d, struct op *op) must_check;

/* What the message of a row says about others; nothing to say, nothing to do. */
bool remark_write(struct database *d, struct delivery_id id,
                  const struct message_remark *r) must_check;

#endif
