/* store_rig.h -- a history in a directory of its own, for each test of it. */
#ifndef TEST_STORE_RIG_H
#define TEST_STORE_RIG_H

#include "base/limits.h"
#include "many_alerts.h"
#include "store/sqlite.h"

#define T0 1606141256000 /* 2020-11-23T14:20:56Z */
#define HOUR_MS 3600000

struct bench {
    char directory[32], path[64];
    struct store_engine *engine;
    struct arena arena;
};

/* cmocka fixtures; *state is a struct bench. */
int store_setup(void **state);
int store_teardown(void **state);
#define TEST(f) cmocka_unit_test_setup_teardown(f, store_setup, store_teardown)

bool store_is_clickhouse(void);
void store_open(struct bench *b);
struct alert store_alert(int64_t id, enum action action);

/* These fail the test when it cannot be done. */
void store_put(struct bench *b, const struct alert *a);
/* n of the many, in one batch. */
void store_put_many(struct store_engine *e, const struct many *m, int64_t from,
                    int64_t n);
struct store_query query_any(void);
struct store_page store_ask(struct bench *b, const struct store_query *q);
const struct json *store_parse(struct bench *b, struct str text);

/* Rows in an order of time that has nothing to do with their ids, many of them
 * at one and the same time. */
#define ROWS 5000

struct row {
    int64_t id, tstamp_ms;
    enum severity severity;
    enum entity entity;
    bool native, engaged;
};
void rows_make(struct row *rows);
void rows_put(struct bench *b, const struct row *rows);

#endif
