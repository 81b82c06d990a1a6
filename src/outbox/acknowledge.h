/* acknowledge.h -- somebody has seen engaged alerts: who would be told of them in the
 * end is not. Loop thread only. */
#ifndef OUTBOX_ACKNOWLEDGE_H
#define OUTBOX_ACKNOWLEDGE_H

#include "outbox/ack.h"

#define ACK_LAPSES_MAX 500 /* that end in one turn */

struct engaged_set { /* in memory, and on disk */
    struct registry *registry;
    struct outbox *outbox;
    const int64_t *recipients; /* whom it may be told: see audience_new() */
    size_t recipient_count;
};

/* Acknowledges those of the ids that are engaged; NULL takes it back. What changed
 * is in the registry at once; `done` (may be NULL) once, after the commit, and not
 * at all when nothing changed. False: no room in the outbox just now. */
bool acknowledge(const struct engaged_set *s, const int64_t *ids, size_t n,
                 const struct ack *ack, size_t *changed, outbox_done_fn *done,
                 void *arg) must_check;

/* Acknowledgements whose time is over are taken back. */
void acknowledge_lapse(const struct engaged_set *s, int64_t now_ms);

#endif
