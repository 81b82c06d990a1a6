/* holder.h -- ends holds: looks again at what is held back when its time has come,
 * when the configuration has changed, when an alert was released, and after a
 * start. Each is decided anew (holds_decide()): sent, held on, or withheld because
 * telling it makes no sense any more. Loop thread only. */
#ifndef HOLDER_H
#define HOLDER_H

#include "pipeline.h"

struct holder;

struct holder_options { /* borrowed; they outlive it, but for the outbox, whose
                           close() still calls back */
    struct config *config;
    struct registry *registry;
    struct outbox *outbox;
    struct pipeline *pipeline;
};

struct holder *holder_new(struct loop *l, const struct holder_options *o);
void holder_free(struct holder *h); /* after outbox_close() */

void holder_changed(struct holder *h); /* the snapshot is another one */
/* Engaged no longer: what it inhibited (`muted`: it may have), and silences that last
 * until it ends. */
void holder_released(struct holder *h, const struct alert *release, bool muted);
/* Engaged, and more severe than before: what held it may hold it no longer. */
void holder_worsened(struct holder *h, const struct alert *alert, bool muted);

#endif
