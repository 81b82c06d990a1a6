/* store_oracle.h -- what an alert store must answer, worked out with plain loops over
 * the alerts of many_alerts.h. */
#ifndef TEST_STORE_ORACLE_H
#define TEST_STORE_ORACLE_H

#include "base/hash.h"
#include "many_alerts.h"
#include "store/engine.h"

#define ORACLE_T0 1606141256000
#define ORACLE_DAYS 30

/* Marks, by a row's id. */
#define ORACLE_DELETION 77
bool oracle_is_acked(int64_t id);
bool oracle_is_deleted(int64_t id);

struct oracle_row {
    int64_t tstamp_ms, id;
};

struct oracle_value {
    struct str value;
    int64_t n, score, row;
};

#define ORACLE_FIELDS 8
extern const char *const oracle_fields[ORACLE_FIELDS];

struct oracle_answer { /* to one query */
    struct oracle_row *rows; /* ours */
    size_t n, room;
    struct store_facets facets;
    int64_t (*buckets)[SEVERITY_COUNT]; /* ours; of an hour each */
    struct hash values[ORACLE_FIELDS];
    struct arena arena;
};
#define ORACLE_BUCKET_MS 3600000

/* The row of id i once all `count` alerts are stored: an engage that ended is its
 * release. False: the i-th has no row of its own. */
bool oracle_alert(const struct many *m, int64_t i, int64_t count,
                  struct arena *a, struct alert *out);

/* All queries at once, newest row first. */
void oracle_ask(const struct many *m, int64_t count,
                const struct store_query *queries, size_t n,
                struct oracle_answer *answers);
void oracle_release(struct oracle_answer *answers, size_t n);
/* The first `limit` values of a field, most first; all there are in *distinct. */
size_t oracle_top(const struct oracle_answer *a, size_t field, size_t limit,
                  struct oracle_value *out, int64_t *distinct);

#endif
