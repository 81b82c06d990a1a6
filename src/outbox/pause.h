/* pause.h -- queues that somebody has stopped: one recipient's, or those of all
 * who are on an endpoint. A paused queue takes what comes and sends nothing, not
 * even a probe; what is in flight ends as it would. On disk, so that a restart
 * resumes nothing; at its time it ends by itself. Loop thread only. */
#ifndef OUTBOX_PAUSE_H
#define OUTBOX_PAUSE_H

#include "outbox/outbox.h"

#define PAUSE_BY_MAX 128 /* bytes */

enum pause_of { PAUSE_RECIPIENT, PAUSE_ENDPOINT };

struct pause {
    enum pause_of of;
    int64_t id;
    int64_t since_ms, until_ms; /* wall; until 0: until somebody resumes it */
    int64_t ended_ms;           /* 0: it is on */
    struct str by, reason;
};

/* Copied; of what is paused already it becomes the pause. `done` once, after the
 * commit: only then is it so. */
void outbox_pause(struct outbox *o, const struct pause *p, outbox_done_fn *done,
                  void *arg);
/* `done` may be NULL. Of what is not paused nothing is written, and `done` comes
 * after what was put so far. */
void outbox_resume(struct outbox *o, enum pause_of of, int64_t id,
                   outbox_done_fn *done, void *arg);
/* What is no more: its pause, and that it ever had one. */
void outbox_pause_forget(struct outbox *o, enum pause_of of, int64_t id);

/* NULL: it is not paused. Until the next turn. */
const struct pause *outbox_paused(const struct outbox *o, enum pause_of of, int64_t id);
/* When its last pause ended, 0: it had none. What waited meanwhile is no older than
 * that, as far as its time to live goes. */
int64_t outbox_resumed_ms(const struct outbox *o, enum pause_of of, int64_t id);

#endif
