/* database.h -- the outbox's SQLite file: connection and statements; private. It is
 * the writer thread's alone once that runs. */
#ifndef OUTBOX_DATABASE_H
#define OUTBOX_DATABASE_H

#include <sqlite3.h>

#include "outbox/outbox.h"

#define PUT_ROWS 16 /* rows of one _MANY statement */

enum statement {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_ALERT_INSERT,
    SQL_ALERT_INSERT_MANY,
    SQL_DELIVERY_INSERT,
    SQL_DELIVERY_INSERT_MANY,
    SQL_ENGAGED_INSERT,
    SQL_ENGAGED_INSERT_MANY,
    SQL_ENGAGED_UPDATE,
    SQL_ENGAGED_DELETE,
    SQL_SETTLE,
    SQL_ATTEMPT,
    SQL_ATTEMPT_FORGET,
    SQL_BEGAN,
    SQL_TAKE,
    SQL_LICENSE,
    SQL_GIVE_UP,
    SQL_ABANDON,
    SQL_REDRIVE,
    SQL_PRUNE_LIST,
    SQL_PRUNE_DELIVERIES,
    SQL_PRUNE_ATTEMPTS,
    SQL_PRUNE_ALERT,
    SQL_TALLY,
    SQL_COUNT,
};

struct database {
    sqlite3 *db;
    sqlite3_stmt *statements[SQL_COUNT];
    int64_t settled_max; /* alerts kept beside the engaged and pending */
    int64_t prune_from; /* alerts below are pruned or cannot be yet */
};

bool database_open(struct database *d, const char *path, int max_pages,
                   struct error *err) must_check;
void database_close(struct database *d);
/* Runs one statement that gives no rows and resets it; SQLITE_DONE or an error. */
int database_step(struct database *d, enum statement s);
void database_bind_str(sqlite3_stmt *s, int at, struct str text); /* borrowed */
struct str database_column_copy(sqlite3_stmt *s, int at); /* the caller's */
/* How the delivery of the engage that a release ends has fared so far; `handle`
 * is the caller's. */
bool database_began(struct database *d, int64_t began_id, int64_t recipient_id,
                    enum began *began, struct str *handle) must_check;

/* What is on disk at the start, for the loop's side. */
bool database_load(struct database *d, struct registry *r, struct outbox *o,
                   struct error *err) must_check;

#endif
