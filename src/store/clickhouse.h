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

#define CLICKHOUSE_SCHEMA_VERSION 2
#define CLICKHOUSE_AGAIN_MS 1000 /* after a failure: not asked before */
#define CLICKHOUSE_READ_MS 5000  /* one question; then "too slow" */
#define CLICKHOUSE_VERIFY_MS 600000
#define CLICKHOUSE_DAY_OF "toYYYYMMDD(toDateTime(tstamp_s),'UTC')" /* partitions */
#define CLICKHOUSE_SQL_MAX (8u << 20)
/* A release's versions begin here: they win over whatever engage comes late. */
#define CLICKHOUSE_RELEASED (INT64_C(1) << 32)

struct place { /* a row's key */
    int64_t tstamp_ms, id;
    int64_t tstamp_s; /* its own column: whose day's partition it lies in */
};

#define CLICKHOUSE_DAYS_MAX 400
struct clickhouse_day {
    int64_t first_ms, rows;
};

struct clickhouse {
    struct store_engine engine;   /* first */
    struct clickhouse_http *http; /* ours */
    struct clickhouse_options options; /* copies, in the arena; no password */
    struct arena arena;
    int64_t read_limit_ms;
    bool ready;        /* its tables were looked at */
    bool absent;       /* a server of the cluster did not do what it was told */
    int64_t again_ms;  /* on the clock's tick: when it may be asked again */
    struct error down; /* what is said until then */
    int64_t server;    /* 18, 26 ... */
    int64_t since_s; /* what lies before is out of reach: clickhouse_since.c */
    int64_t since_n; /* how often that changed */
    int64_t ttl_s;   /* what the tables' TTL was last seen to be; -1: not yet */
    int64_t highest_id; /* no alert with a higher one was ever put */
    /* Pruning: up to here nothing is left to go, by class; of these classes. */
    int64_t pruned_ms[STORE_CLASSES_MAX];
    struct store_class classes[STORE_CLASSES_MAX];
    int64_t days_ms; /* when whole days were looked at last; 0: not yet */
    struct clickhouse_day days[CLICKHOUSE_DAYS_MAX]; /* newest first, about */
    size_t day_count;
    int64_t day_looked_ms; /* on the clock's tick; 0: not yet */
};
struct clickhouse *clickhouse_of(struct store_engine *e);
extern const struct store_type store_clickhouse;

/* Connects, and makes or migrates the tables, when that is still to be done. */
bool clickhouse_ready(struct clickhouse *e, struct error *err) must_check;

/* A statement without rows; with rows, or one that only fills numbers. */
bool clickhouse_run(struct clickhouse *e, const struct buf *sql,
                    struct error *err) must_check;
/* One that says ON CLUSTER, where there is one (say_cluster). */
bool clickhouse_define(struct clickhouse *e, const struct buf *sql,
                       struct error *err) must_check;
bool clickhouse_rows(struct clickhouse *e, const struct buf *sql,
                     clickhouse_row_fn *row, void *to,
                     struct error *err) must_check;
bool clickhouse_numbers(struct clickhouse *e, const struct buf *sql,
                        int64_t *out, size_t n, struct error *err) must_check;
int64_t cell_number(struct str cell); /* 0 when there is none */
struct place place_of(const struct str *cells); /* of tstamp_ms, id */

/* Called when it is connected. */
bool clickhouse_schema(struct clickhouse *e, struct error *err) must_check;
bool clickhouse_since_read(struct clickhouse *e, struct error *err) must_check;

/* Where a row is to lie: in its day; what is engaged and older than the history
 * reaches back lies in a day of its own, which never goes. */
#define CLICKHOUSE_APART_S 4102444800 /* 2100-01-01 */
int64_t clickhouse_tstamp_s(const struct clickhouse *e, int64_t tstamp_ms,
                            bool engaged);

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
