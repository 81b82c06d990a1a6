/* keep.h -- how long and how much of the history is kept, as somebody wrote it:
 * "critical=365d, flow/info=3d/2GB, am_host=90d". */
#ifndef CONFIG_KEEP_H
#define CONFIG_KEEP_H

#include "alert/entity.h"
#include "base/error.h"

#define KEEP_CLASSES_MAX 15

struct keep_class {
    uint32_t entities; /* a bit each; 0: any */
    enum severity least, most;
    int64_t keep_ms;   /* 0: for ever */
    int64_t max_bytes; /* 0: any */
};

/* Comma-separated CLASS=AGE, CLASS=SIZE or CLASS=AGE/SIZE; a class is an entity, a
 * severity (that one alone), or entity/severity. Sizes are in MB or GB of a
 * million and a thousand million bytes. An empty text has none. */
bool keep_read(struct str text, struct keep_class out[KEEP_CLASSES_MAX],
               size_t *n, struct error *err) must_check;

#endif
