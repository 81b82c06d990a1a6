/* sqlite_engine.h -- what the SQLite engine's table of functions is made of. */
#ifndef STORE_SQLITE_ENGINE_H
#define STORE_SQLITE_ENGINE_H

#include "store/sqlite.h"

void sqlite_close(struct store_engine *e);
bool sqlite_keep(struct store_engine *e, const struct occurrence *rows,
                 size_t n, int64_t now_ms, struct error *err) must_check;
bool sqlite_list(struct store_engine *e, const struct store_query *q,
                 struct arena *a, struct store_page *out,
                 struct error *err) must_check;
bool sqlite_get(struct store_engine *e, int64_t id, struct arena *a,
                struct store_row *out, struct error *err) must_check;
bool sqlite_notes(struct store_engine *e, int64_t id, struct arena *a,
                  struct store_note **out, size_t *n,
                  struct error *err) must_check;
bool sqlite_facets(struct store_engine *e, const struct store_query *q,
                   struct store_facets *out, struct error *err) must_check;
bool sqlite_histogram(struct store_engine *e, const struct store_query *q,
                      struct store_histogram *out,
                      struct error *err) must_check;
bool sqlite_top(struct store_engine *e, const struct store_query *q,
                const struct field_columns *field, struct str prefix,
                size_t limit, struct arena *a, struct store_top *out,
                struct error *err) must_check;
bool sqlite_mark(struct store_engine *e, const struct store_query *q,
                 const struct store_mark *m, struct store_marked *out,
                 struct error *err) must_check;
bool sqlite_tidy(struct store_engine *e, int64_t now_ms, size_t at_most,
                 size_t *done, struct error *err) must_check;
bool sqlite_prune(struct store_engine *e, const struct store_class *classes,
                  size_t n, int64_t now_ms, size_t at_most, size_t *pruned,
                  struct error *err) must_check;
bool sqlite_stats(struct store_engine *e, struct store_stats *out,
                  struct error *err) must_check;
bool sqlite_disk_bytes(struct store_engine *e, int64_t *out,
                       struct error *err) must_check;
bool sqlite_verify(struct store_engine *e, struct error *err) must_check;
bool sqlite_backup(struct store_engine *e, const char *path,
                   struct error *err) must_check;

/* Rows of a query, newest first from its cursor: for a page and for a mark. */
typedef bool sqlite_row_fn(void *to, int64_t id, int64_t tstamp_ms,
                           struct error *err);
struct sqlite_walked {
    bool more; /* it was ended by a limit */
    int64_t last_tstamp_ms, last_id;
};
/* The row function says whether to go on by `*full`. */
struct sqlite_walk {
    sqlite_row_fn *row;
    void *to;
    size_t limit;
    const bool *full;
};

/* The page's total, when it is not known by reading it. */
void sqlite_total(struct sqlite *e, const struct store_query *q,
                  struct arena *a, struct store_page *out);
bool sqlite_rows(struct sqlite *e, const struct store_query *q,
                 const struct sqlite_walk *w, struct sqlite_walked *out,
                 struct error *err) must_check;

#endif
