/* clickhouse_sql.h -- a query in ClickHouse's SQL: tables, literals, conditions. Texts
 * go in by say_text() and in no other way. */
#ifndef STORE_CLICKHOUSE_SQL_H
#define STORE_CLICKHOUSE_SQL_H

#include "store/clickhouse.h"

/* The database's table: tocsin.alert. `local`: where the rows are, in a cluster. */
void say_table(struct buf *b, const struct clickhouse *e, const char *table,
               bool local);
void say_cluster(struct buf *b, const struct clickhouse *e); /* " ON CLUSTER c" */
void say_text(struct buf *b, struct str text); /* the only way for a text in */
void say_number(struct buf *b, int64_t number);

/* " AND ..": only in days from one time to the other, both within. A part smaller
 * than the index's step is read whole, unless its day says that it need not be. */
#define DAYS_FIRST_MS INT64_C(0)
#define DAYS_LAST_MS INT64_MAX
void say_days(struct buf *b, int64_t from_ms, int64_t to_ms);
/* "tstamp_ms >= .. AND .. (tstamp_ms, id) IN (..)"; none: nothing. */
void say_places(struct buf *b, const struct place *places, size_t n);

struct asking { /* a query, its ids looked up */
    const struct store_query *query;
    struct conditions conditions;
    bool on_lines; /* every row is asked on its line, not only odd ones */
    const struct place *places; /* NULL: any */
    size_t place_count;
};
bool asking_make(struct clickhouse *e, const struct store_query *q,
                 struct arena *a, struct asking *out,
                 struct error *err) must_check;
/* " FROM alert FINAL WHERE ..."; odd rows pass the filter here. */
void say_from(struct buf *b, const struct clickhouse *e, const char *how);
void say_since(struct buf *b, const struct clickhouse *e); /* " AND ...": in reach */
void say_where(struct buf *b, const struct asking *k);

#endif
