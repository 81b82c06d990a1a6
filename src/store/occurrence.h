/* occurrence.h -- an alert as the history keeps it: its columns, and the whole
 * line. Made on the loop, stored by the historian. */
#ifndef STORE_OCCURRENCE_H
#define STORE_OCCURRENCE_H

#include "store/column.h"
#include "store/store.h"

struct occurrence {
    int64_t id;         /* of the row: an engage and its release share it */
    int64_t release_id; /* 0: not a release */
    enum row_state state;
    int64_t tstamp_ms, tstamp_end_ms;
    int64_t stored_ms; /* of one moved from another engine; 0: now */
    enum update update; /* acknowledged or not: a mark of the row, and no row itself */
    struct ack ack;     /* of ACKED */
    bool odd; /* columns_read(): the line says more than the columns */
    struct column_value values[COLUMN_COUNT];
    struct str json;
};

/* Copies all of it into the arena. False: the line is too long to keep. */
bool occurrence_make(const struct alert *a, struct arena *arena,
                     struct occurrence *out, struct error *err) must_check;
struct str occurrence_text(const struct occurrence *o, enum column_id column);

/* What classes and stats count for it: its line and a round figure for the rest,
 * so that every engine counts the same. */
#define OCCURRENCE_COLUMNS_BYTES 400
int64_t occurrence_bytes(const struct occurrence *o);

/* One way to write an address, so that a filter finds it however it was
 * written; what is no address stays as it is. In the arena. */
struct str address_plain(struct str s, struct arena *arena);

#endif
