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
    SQL_ALERT_REPLACE,
    SQL_UPDATE_INSERT,
    SQL_DELIVERY_INSERT,
    SQL_DELIVERY_INSERT_MANY,
    SQL_DELIVERY_INSERT_AS,
    SQL_ENGAGED_INSERT,
    SQL_ENGAGED_INSERT_MANY,
    SQL_ENGAGED_UPDATE,
    SQL_ENGAGED_DELETE,
    SQL_ACK,
    SQL_ESCALATIONS,
    SQL_TOLD,
    SQL_SETTLE,
    SQL_ATTEMPT,
    SQL_ATTEMPT_FORGET,
    SQL_TRANSCRIPT,
    SQL_TRANSCRIPT_FORGET,
    SQL_TRY_TRANSCRIPT,
    SQL_TRY_TRANSCRIPT_FORGET,
    SQL_ROW,
    SQL_TAKE,
    SQL_LICENSE,
    SQL_GIVE_UP,
    SQL_ABANDON,
    SQL_ABANDON_HELD,
    SQL_HELD_KINDS,
    SQL_REDRIVE,
    SQL_HELD_ALL, /* the next ones in the order of enum held_by */
    SQL_HELD_DUE,
    SQL_HELD_REF,
    SQL_HELD_RECIPIENT,
    SQL_HELD_ALERT,
    SQL_FREE,
    SQL_REMARK,
    SQL_WITHHOLD,
    SQL_HOLD_ON,
    SQL_PRUNE_LIST,
    SQL_PRUNE_DELIVERIES,
    SQL_PRUNE_ATTEMPTS,
    SQL_PRUNE_ALERT,
    SQL_TALLY,
    SQL_TALLY_ALERT,
    SQL_PAUSES,
    SQL_PAUSE,
    SQL_PAUSE_FORGET,
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
/* The one number that a question gives. */
bool database_number(sqlite3 *db, const char *sql, int64_t *out,
                     struct error *err) must_check;
void database_bind_str(sqlite3_stmt *s, int at, struct str text); /* borrowed */
struct str database_column_copy(sqlite3_stmt *s, int at); /* the caller's */
/* A delivery as it is now; its texts are the caller's: fate_release(). */
struct fate {
    bool known; /* there is such a row */
    enum delivery_state state;
    struct hold hold; /* of one held or withheld: by what */
    struct str handle;
};
bool database_fate(struct database *d, struct delivery_id id, struct fate *out) must_check;
void fate_release(struct fate *f);
/* The same of the engage that a release ends, as its item is told. */
bool database_began(struct database *d, int64_t began_id, int64_t recipient_id,
                    enum began *began, struct str *handle) must_check;
enum began fate_began(const struct fate *f);

/* What is on disk at the start, for the loop's side. */
bool database_load(struct database *d, struct registry *r, struct outbox *o,
                   struct error *err) must_check;
bool pauses_load(struct database *d, struct outbox *o,
                 struct error *err) must_check; /* pause.c */

#endif
