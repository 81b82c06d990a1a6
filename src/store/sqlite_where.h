/* sqlite_where.h -- a query as SQL: text made of our own words and columns, and
 * what it binds. */
#ifndef STORE_SQLITE_WHERE_H
#define STORE_SQLITE_WHERE_H

#include "store/sqlite.h"

struct binding {
    enum { BIND_NUMBER, BIND_REAL, BIND_TEXT, BIND_POINTER } kind;
    int64_t number;
    double real;
    struct str text;
    const void *pointer;
};

struct where { /* zeroed: empty */
    struct buf sql; /* ours */
    struct binding *bindings; /* ours */
    size_t n, room;
};
#define WHERE() ((struct where){.sql = BUF(1u << 20)})
void where_release(struct where *w);

/* Text of ours; a parameter bound to a number. */
void where_say(struct where *w, const char *sql);
void where_number(struct where *w, int64_t number);
void where_column(struct where *w, size_t column);

/* A query asked of a database: its ends closed. */
struct ask {
    const struct store_query *query;
    struct conditions conditions;
    int64_t first_ms, last_ms; /* both included; INT64_MIN, MAX: open */
    const int64_t *rows;       /* the query's ids, as ids of rows */
    bool loose;                /* only rows that their block has not got */
};
bool ask_make(struct sqlite *e, const struct store_query *q, struct arena *a,
              struct ask *out, struct error *err) must_check;

/* "FROM occurrence AS o WHERE ..." of the rows in that time; odd rows pass the
 * filter here, and are asked on their line later. */
void where_rows(struct where *w, const struct ask *k, int64_t first_ms,
                int64_t last_ms);
/* "FROM hourly AS o WHERE ...": for what conditions_are_counted() allows. */
void where_hours(struct where *w, const struct ask *k, int64_t from,
                 int64_t before);
/* Without any, every row of its time passes. */
bool ask_has_conditions(const struct ask *k);
/* Asks the filter, where need be, of the row's line. */
bool ask_passes(struct sqlite *e, const struct ask *k, int64_t id, bool odd,
                struct arena *scratch, bool *passes,
                struct error *err) must_check;

/* Prepared and bound; the texts must live on. NULL: err. */
sqlite3_stmt *where_statement(struct where *w, struct sqlite *e,
                              struct error *err);

#endif
