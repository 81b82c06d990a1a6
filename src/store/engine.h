/* engine.h -- an engine is a table of functions that answers store.h. The functions
 * below check what is asked, so that every engine refuses the same with the same words. */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include <stdatomic.h>

#include "store/clickhouse_http.h"
#include "store/occurrence.h"

struct store_engine { /* first member of an engine's own */
    const struct store_type *type;
    const atomic_bool *cancel; /* set by another thread; NULL: nobody will */
    bool cancelled;            /* a question ended early by it: ours to clear */
};
/* For engines, while they answer: whether to stop, whatever they then say. */
bool store_engine_cancelled(struct store_engine *e);

/* As the store_engine_*() below, with their arguments checked. */
struct store_type {
    const char *name; /* "sqlite" */
    void (*close)(struct store_engine *e);
    bool (*keep)(struct store_engine *e, const struct occurrence *rows,
                 size_t n, int64_t now_ms, struct error *err);
    bool (*list)(struct store_engine *e, const struct store_query *q,
                 struct arena *a, struct store_page *out, struct error *err);
    bool (*get)(struct store_engine *e, int64_t id, struct arena *a,
                struct store_row *out, struct error *err);
    bool (*notes)(struct store_engine *e, int64_t id, struct arena *a,
                  struct store_note **out, size_t *n, struct error *err);
    bool (*facets)(struct store_engine *e, const struct store_query *q,
                   struct store_facets *out, struct error *err);
    bool (*histogram)(struct store_engine *e, const struct store_query *q,
                      struct store_histogram *out, struct error *err);
    bool (*top)(struct store_engine *e, const struct store_query *q,
                const struct field_columns *field, struct str prefix,
                size_t limit, struct arena *a, struct store_top *out,
                struct error *err);
    bool (*mark)(struct store_engine *e, const struct store_query *q,
                 const struct store_mark *m, struct store_marked *out,
                 struct error *err);
    bool (*tidy)(struct store_engine *e, int64_t now_ms, size_t at_most,
                 size_t *done, struct error *err);
    bool (*prune)(struct store_engine *e, const struct store_class *classes,
                  size_t n, int64_t now_ms, size_t at_most, size_t *pruned,
                  struct error *err);
    bool (*stats)(struct store_engine *e, struct store_stats *out,
                  struct error *err);
    bool (*disk_bytes)(struct store_engine *e, int64_t *out, struct error *err);
    bool (*verify)(struct store_engine *e, struct error *err);
    bool (*backup)(struct store_engine *e, const char *path, struct error *err);
};

struct store_engine *store_sqlite_open(const char *path, struct error *err);
/* NULL: the options are wrong. A server that is down is no fault here: what is
 * asked then fails with "ClickHouse is not reachable: ...". */
struct store_engine *store_clickhouse_open(const struct clickhouse_options *o,
                                           struct error *err);
void store_engine_close(struct store_engine *e); /* NULL: nothing */

/* Idempotent: the same alert again changes nothing; a release takes over the row
 * of its engage, whichever comes first, and leaves its marks; what got worse takes over
 * one that is engaged. What was deleted stays so. All or nothing, but for updates that
 * say who has acknowledged a row: each is a mark of its own, between what is before and
 * what is behind it, and marks nothing where there is no row. */
bool store_engine_put(struct store_engine *e, const struct alert *const *alerts,
                      size_t n, int64_t now_ms, struct error *err) must_check;
bool store_engine_keep(struct store_engine *e, const struct occurrence *rows,
                       size_t n, int64_t now_ms, struct error *err) must_check;
bool store_engine_list(struct store_engine *e, const struct store_query *q,
                       struct arena *a, struct store_page *out,
                       struct error *err) must_check;
/* By alert id, an engage's or its release's; false with an empty error: not
 * there, or deleted. Notes are in the order they were written. */
bool store_engine_get(struct store_engine *e, int64_t id, struct arena *a,
                      struct store_row *out, struct error *err) must_check;
bool store_engine_notes(struct store_engine *e, int64_t id, struct arena *a,
                        struct store_note **out, size_t *n,
                        struct error *err) must_check;
bool store_engine_facets(struct store_engine *e, const struct store_query *q,
                         struct store_facets *out, struct error *err) must_check;
/* Both ends of the query's time must be set. Buckets begin at multiples of
 * bucket_ms since 1970, the first at or before `since`. */
bool store_engine_histogram(struct store_engine *e, const struct store_query *q,
                            int64_t bucket_ms, struct arena *a,
                            struct store_histogram *out,
                            struct error *err) must_check;
/* `field` is a filter's or a column's name. A row counts once for each value it
 * has ("ip": client, server, host), not for one that is empty. `prefix`: only
 * values that begin so, in any case of ASCII; "" : all. */
bool store_engine_top(struct store_engine *e, const struct store_query *q,
                      struct str field, struct str prefix, size_t limit,
                      struct arena *a, struct store_top *out,
                      struct error *err) must_check;
/* Marks at most q->limit rows, newest first from the cursor, in one transaction;
 * go on from `out` while there is more. An undelete's query names what was
 * deleted by `deletion`. */
bool store_engine_mark(struct store_engine *e, const struct store_query *q,
                       const struct store_mark *m, struct store_marked *out,
                       struct error *err) must_check;
/* A small bite, one transaction: acknowledgements whose time is up end, and what was
 * deleted goes for good. *done < at_most: that was all. */
bool store_engine_tidy(struct store_engine *e, int64_t now_ms, size_t at_most,
                       size_t *done, struct error *err) must_check;
/* What is still engaged is kept, however old. */
bool store_engine_prune(struct store_engine *e, const struct store_class *classes,
                        size_t n, int64_t now_ms, size_t at_most,
                        size_t *pruned, struct error *err) must_check;
bool store_engine_stats(struct store_engine *e, struct store_stats *out,
                        struct error *err) must_check;
/* What it takes on disk: quick, unlike the rest of the stats. */
bool store_engine_disk_bytes(struct store_engine *e, int64_t *out,
                             struct error *err) must_check;
/* Reads everything: what it stores and what it counts must agree. */
bool store_engine_verify(struct store_engine *e, struct error *err) must_check;
/* A copy of one moment into a new file; what is put meanwhile is not in it. */
bool store_engine_backup(struct store_engine *e, const char *path,
                         struct error *err) must_check;

#endif
