/* snapshot.h -- from the objects as authored to the immutable snapshot that the
 * rest of the program works from. */
#ifndef CONFIG_SNAPSHOT_H
#define CONFIG_SNAPSHOT_H

#include "config/model.h"
#include "config/redact.h"

struct held { /* a snapshot and what keeps it alive */
    struct snapshot snapshot; /* first: a snapshot is given out as this */
    struct arena arena;
    struct redactor secrets;
    size_t users;
};

/* Who is to blame when a snapshot cannot be built. */
struct blame {
    size_t edit; /* 1 + its index; 0: what was there before */
    enum config_result result;
};

/* Checks the whole: parameters, references, limits. `strict`: a secret of an
 * object that an edit touched must be readable. Otherwise, and for everything
 * that was there before, an unreadable secret is the object's `fault`. */
struct held *snapshot_build(const struct model *m, bool strict,
                            struct blame *blame, struct error *err);
void held_free(struct held *h);

#endif
