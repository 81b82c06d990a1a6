/* fate.h -- what a new delivery starts as. Pure; in the outbox it is asked on the
 * writer thread, in the transaction that puts the delivery.
 *
 * A hold is decided from the alert and the rules. What a release does depends also
 * on how the delivery of its engage fares:
 *
 * engage                  | then the release
 * ------------------------+---------------------------------------------------
 * told, or about to be    | closes what is open: only quiet hours and a digest
 *                         | hold it back
 * held by what gathers    | tells both: the engage is withheld, the release
 * (quiet, digest, storm)  | takes its place
 * held by another kind    | both are withheld: what nobody heard of has ended
 * withheld                | withheld as well
 * not there               | as its own hold says; one that gathers keeps it, of
 *                         | the others it could never come free: withheld */
#ifndef OUTBOX_FATE_H
#define OUTBOX_FATE_H

#include "outbox/counts.h"

/* Of what began or is a one-shot; `own` may be NULL: nothing holds it. */
enum delivery_state fate_of_new(const struct hold *own);

struct release_fate {
    enum delivery_state state;
    bool by_engage;   /* it is held or withheld by what held its engage */
    bool ends_engage; /* the engage was held until now and is withheld ... */
    bool both_told;   /* ... because the release says both */
};
/* `known`: there is a delivery of the engage, in that state, held (if it is, or was)
 * by that kind. */
struct release_fate fate_of_release(const struct hold *own, bool known,
                                    enum delivery_state engage,
                                    enum hold_kind engage_held);

/* Of an engaged alert that got worse; see run_update.c. */
enum target_row {
    ROW_OWN,    /* an update's own delivery */
    ROW_ENGAGE, /* the engage's, which was not there */
    ROW_NONE    /* none, for it was neither told nor will be */
};
struct worsened_fate {
    enum target_row row;
    enum delivery_state state; /* of that row */
    bool drops_hold;           /* its hold counts for nothing */
};
struct worsened_fate fate_of_worsened(const struct hold *own, bool known,
                                      enum delivery_state engage);

#endif
