/* clickhouse.h -- what the files of the ClickHouse engine share.
 *
 * A row of `alert` is a version of an occurrence: the newest counts (FINAL), so that
 * the same put again, a release and a mark are all inserts. What is taken out
 * leaves a version without content (`gone`), until its whole day is dropped.
 * `place` says where in time an id lies; it is written first. Nothing is ever
 * updated in place, and nothing depends on a transaction. */
#ifndef STORE_CLICKHOUSE_H
#define STORE_CLICKHOUSE_H

#include "base/clock.h"
#include "store/clickhouse_http.h"
#include "store/condition.h"
#include "store/engine.h"

#define CLICKHOUSE_SCHEMA_VERSION 1
#define CLICKHOUSE_AGAIN_MS 1000 /* after a failure: not asked before */
#define CLICKHOUSE_READ_MS 5000  /* one question; then "too slow" */
#define CLICKHOUSE_VERIFY_MS 600000
#define CLICKHOUSE_DAY_OF "toYYYYMMDD(toDateTime(tstamp_s),'UTC')" /* partitions */
#define CLICKHOUSE_SQL_MAX (8u << 20)
/* A release's versions begin here: they win over whatever engage comes late. */
#define CLICKHOUSE_RELEASED (INT64_C(1) << 32)

struct clickhouse {
    struct store_engine engine;   /* first */
    struct clickhouse_http *http; /* ours */
    struct clickhouse_options options; /* copies, in the arena; no password */
    struct arena arena;
    int64_t read_limit_ms;
    bool ready;        /* its tables were looked at */
    int64_t again_ms;  /* on the clock's tick: when it may be asked again */
    struct error down; /* what is said until then */
    int64_t server;    /* 18, 26 ... */
    int64_t highest_id; /* no alert with a higher one was ever put */
    /* Pruning: up to here nothing is left to go, by class; of these classes. */
    int64_t pruned_ms[STORE_CLASSES_MAX];
    struct store_class classes[STORE_CLASSES_MAX];
    int64_t days_ms; /* when whole days were looked at last; 0: not yet */
};
struct clickhouse *clickhouse_of(struct store_engine *e);
extern const struct store_type store_clickhouse;

/* Connects, and makes or migrates the tables, when that is still to be done. */
bool clickhouse_ready(struct clickhouse *e, struct error *err) must_check;

/* A statement without rows; with rows, or one that only fills numbers. */
bool clickhouse_run(struct clickhouse *e, const struct buf *sql,
                    struct error *err) must_check;
bool clickhouse_rows(struct clickhouse *e, const struct buf *sql,
                     clickhouse_row_fn *row, void *to,
                     struct error *err) must_check;
bool clickhouse_numbers(struct clickhouse *e, const struct buf *sql,
                        int64_t *out, size_t n, struct error *err) must_check;
int64_t cell_number(struct str cell); /* 0 when there is none */

/* Called when it is connected: clickhouse_schema.c. */
bool clickhouse_schema(struct clickhouse *e, struct error *err) must_check;

/* --- SQL: clickhouse_sql.c --- */

/* The database's table: tocsin.alert. `local`: where the rows are, in a cluster. */
void say_table(struct buf *b, const struct clickhouse *e, const char *table,
               bool local);
void say_text(struct buf *b, struct str text); /* the only way for a text in */
void say_number(struct buf *b, int64_t number);

struct place { /* a row's key */
    int64_t tstamp_ms, id;
};
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
void say_where(struct buf *b, const struct asking *k);

/* Rows of a query, newest first from its cursor. */
struct walked {
    struct place place;
    bool acked;
    int64_t deletion;
    int64_t version, bytes;
};
typedef bool walk_fn(void *to, const struct walked *w, struct error *err);
struct walk {
    walk_fn *row;
    void *to;
    size_t limit;
    const bool *full;  /* set by the row function: that was enough */
    bool more;         /* out: a limit ended it ... */
    struct place last; /* ... here */
};
bool clickhouse_walk(struct clickhouse *e, const struct store_query *q,
                     struct walk *w, struct error *err) must_check;

/* Where ids lie: a place for each that is found. */
bool clickhouse_places(struct clickhouse *e, const int64_t *ids, size_t n,
                       struct arena *a, struct place **out, size_t *count,
                       struct error *err) must_check;

#endif
