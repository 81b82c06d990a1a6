/* clickhouse_engine.h -- what the ClickHouse engine's table of functions is made of. */
#ifndef STORE_CLICKHOUSE_ENGINE_H
#define STORE_CLICKHOUSE_ENGINE_H

#include "store/clickhouse_sql.h"

void clickhouse_close(struct store_engine *e);
bool clickhouse_keep(struct store_engine *e, const struct occurrence *rows,
                     size_t n, int64_t now_ms, struct error *err) must_check;
bool clickhouse_list(struct store_engine *e, const struct store_query *q,
                     struct arena *a, struct store_page *out,
                     struct error *err) must_check;
bool clickhouse_get(struct store_engine *e, int64_t id, struct arena *a,
                    struct store_row *out, struct error *err) must_check;
bool clickhouse_notes(struct store_engine *e, int64_t id, struct arena *a,
                      struct store_note **out, size_t *n,
                      struct error *err) must_check;
bool clickhouse_facets(struct store_engine *e, const struct store_query *q,
                       struct store_facets *out,
                       struct error *err) must_check;
bool clickhouse_histogram(struct store_engine *e, const struct store_query *q,
                          struct store_histogram *out,
                          struct error *err) must_check;
bool clickhouse_top(struct store_engine *e, const struct store_query *q,
                    const struct field_columns *field, struct str prefix,
                    size_t limit, struct arena *a, struct store_top *out,
                    struct error *err) must_check;
bool clickhouse_mark(struct store_engine *e, const struct store_query *q,
                     const struct store_mark *m, struct store_marked *out,
                     struct error *err) must_check;
bool clickhouse_tidy(struct store_engine *e, int64_t now_ms, size_t at_most,
                     size_t *done, struct error *err) must_check;
bool clickhouse_prune(struct store_engine *e, const struct store_class *classes,
                      size_t n, int64_t now_ms, size_t at_most, size_t *pruned,
                      struct error *err) must_check;
bool clickhouse_stats(struct store_engine *e, struct store_stats *out,
                      struct error *err) must_check;
bool clickhouse_disk_bytes(struct store_engine *e, int64_t *out,
                           struct error *err) must_check;
bool clickhouse_verify(struct store_engine *e, struct error *err) must_check;
bool clickhouse_backup(struct store_engine *e, const char *path,
                       struct error *err) must_check;

/* New versions of rows: acknowledged so, or not (at_ms 0); without content. */
bool clickhouse_set_acked(struct clickhouse *e, const struct place *places,
                          size_t n, const struct store_mark *k,
                          struct error *err) must_check;
bool clickhouse_remove(struct clickhouse *e, const struct place *places,
                       const int64_t *versions, size_t n,
                       struct error *err) must_check;

/* Takes days out of reach by the longest of the classes, what is engaged there set
 * apart, and has the TTL follow; or takes them back in, empty. */
bool clickhouse_reach(struct clickhouse *e, const struct store_class *classes,
                      size_t n, int64_t now_ms, struct error *err) must_check;
bool clickhouse_set_apart(struct clickhouse *e, int64_t since_s,
                          struct error *err) must_check;
bool clickhouse_days_drop(struct clickhouse *e, struct error *err) must_check; /* out of reach */
bool clickhouse_has_ttl(const struct clickhouse *e);
bool clickhouse_day_drop(struct clickhouse *e, int64_t day,
                         struct error *err) must_check;
/* Copies of rows, and of what leads to them, that lie apart. */
bool clickhouse_copy_apart(struct clickhouse *e, const struct place *places,
                           size_t n, struct error *err) must_check;

/* Days that a walk looks into together, next to where it begins: with about so many
 * rows, then with more. The last one is open: it has all that is still to come. */
struct window {
    bool oldest_first, is_last;
    int64_t edge_ms; /* the last time in it */
    int64_t far_ms;  /* where the query itself ends */
    int64_t rows;
    size_t day; /* the next one's first */
};
struct window window_first(struct clickhouse *e, const struct store_query *q,
                           size_t rows);
/* `from_ms`: days before it, in the walk's order, are not looked into. */
void window_next(const struct clickhouse *e, int64_t from_ms, struct window *w);
void say_window(struct buf *b, const struct window *w); /* " AND ..", or nothing */

/* The page's total, where it can be had. */
void clickhouse_total(struct clickhouse *e, const struct asking *k,
                      struct store_page *out);

#endif
