/* muting.h -- which engaged alerts mute others now: the index of inhibitors, in step
 * with the registry and the rules in force. Loop thread only. */
#ifndef MUTING_H
#define MUTING_H

#include "config/config.h"

struct muting;
/* Both outlive it; the registry is loaded. */
struct muting *muting_new(struct registry *r, struct config *c);
void muting_free(struct muting *m);

/* What judges go by: the same pointer for good. */
const struct inhibitors *muting_inhibitors(const struct muting *m);

/* The snapshot is another one: made anew from all that is engaged, if the rules or the
 * pools are others than before. */
void muting_changed(struct muting *m);

void muting_engaged(struct muting *m, const struct alert *a);
/* True: it may have muted others. */
bool muting_released(struct muting *m, int64_t began_id);
/* After registry_undo() of a change whose commit failed. */
void muting_undone(struct muting *m, int64_t engaged_id);

#endif
