/* exposition.h -- inside the room: the Prometheus text format. */
#ifndef ADMIN_EXPOSITION_H
#define ADMIN_EXPOSITION_H

#include "base/buf.h"

struct exposition {
    struct buf text; /* ours */
    const char *family;
};

enum metric { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

/* Begins a family: its # HELP and # TYPE; the samples that follow are its. */
void expose(struct exposition *e, const char *family, enum metric type,
            const char *help);

/* A sample with up to two labels; a NULL name: no (second) label. The value of
 * a label is escaped here. */
struct label {
    const char *name;
    struct str value;
};
void expose_i64(struct exposition *e, struct label one, struct label two,
                int64_t value);
void expose_double(struct exposition *e, struct label one, struct label two,
                   double value);

/* A histogram in seconds: `counts` of values up to each of `bounds_ms` (not
 * added up), and counts[n] above. */
struct distribution {
    const int64_t *bounds_ms;
    const uint64_t *counts;
    size_t n;
    int64_t sum_ms;
};
void expose_seconds(struct exposition *e, const struct distribution *d);

#define LABEL(name, value) ((struct label){name, value})
#define NO_LABEL ((struct label){NULL, {NULL, 0}})

#endif
