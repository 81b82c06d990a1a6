/* retention.h -- which alerts go next: what both engines ask of the classes of
 * store.h when they prune. */
#ifndef STORE_RETENTION_H
#define STORE_RETENTION_H

#include "base/buf.h"
#include "store/store.h"

/* One class being pruned. Its rows are looked at oldest first; the first that stays
 * ends it, for all behind it stay, too. */
struct retention {
    const struct store_class *classes;
    size_t at;      /* the class */
    int64_t now_ms;
    int64_t excess; /* bytes that it has too many */
    bool kept;      /* one that stays was met */
};

/* What is older goes; INT64_MIN: nothing by its age. */
int64_t retention_cut_ms(const struct retention *r);
/* As a condition in SQL that every engine takes: it has ended, fits this class and
 * none before it. */
void retention_say(struct buf *to, const struct store_class *classes, size_t at);
/* Does the next row go? Then its bytes are taken off the excess. */
bool retention_takes(struct retention *r, int64_t tstamp_ms, int64_t bytes);

#endif
