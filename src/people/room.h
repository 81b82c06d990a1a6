/* room.h -- inside the room: people in memory, and their database. */
#ifndef PEOPLE_ROOM_H
#define PEOPLE_ROOM_H

#include "config/seal.h"
#include "people/audit.h"
#include "people/session.h"

struct sqlite3;
struct sqlite3_stmt;

struct people {
    struct sqlite3 *sql; /* ours */
    struct seal *seal;   /* ours */
    const struct clock *clock;
    struct user *users; /* ours; by id */
    size_t user_n, user_room;
    struct session *sessions; /* ours */
    size_t session_n, session_room;
    struct api_token *tokens; /* ours; by id */
    size_t token_n, token_room;
    int64_t audit_keep_ms, audit_pruned_ms;
};

/* --- people_db.c ------------------------------------------------------------- */

struct value {
    enum { VALUE_NUMBER, VALUE_TEXT, VALUE_BLOB } type;
    int64_t number;
    struct str bytes;
};
#define N(i) ((struct value){VALUE_NUMBER, (i), {NULL, 0}})
#define T(s) ((struct value){VALUE_TEXT, 0, (s)})
#define B(s) ((struct value){VALUE_BLOB, 0, (s)})
#define BYTES(array) ((struct str){(const char *)(array), sizeof(array)})
#define DB_RUN(p, err, text, ...)                                              \
    db_run(p, text, (const struct value[]){__VA_ARGS__},                       \
           COUNT_OF(((const struct value[]){__VA_ARGS__})), err)

bool db_open(struct people *p, const char *path, struct error *err) must_check;
void db_close(struct people *p);
/* `durable`: the commit waits until it is on disk. */
bool db_begin(struct people *p, bool durable, struct error *err) must_check;
bool db_commit(struct people *p, struct error *err) must_check;
void db_rollback(struct people *p);
/* A statement with no rows, its parameters bound in order. */
bool db_run(struct people *p, const char *text, const struct value *v,
            size_t n, struct error *err) must_check;
int64_t db_last_id(const struct people *p);
/* Each row of a statement, in order; false from `each` stops with its error. */
typedef bool db_row_fn(void *arg, struct sqlite3_stmt *row, struct error *err);
bool db_rows(struct people *p, const char *text, const struct value *v,
             size_t n, db_row_fn *each, void *arg, struct error *err) must_check;
int64_t row_number(struct sqlite3_stmt *row, int at);
struct str row_text(struct sqlite3_stmt *row, int at); /* or blob */
/* Into an array of `room` bytes with its NUL; false: longer. */
bool row_copy(struct sqlite3_stmt *row, int at, char *out,
                 size_t room) must_check;

/* --- within a transaction ------------------------------------------------------ */

bool audit_write(struct people *p, const struct actor *by, const char *what,
                 struct str object, struct str before, struct str after,
                 struct error *err) must_check;
bool sessions_load(struct people *p, struct error *err) must_check;
bool tokens_load(struct people *p, struct error *err) must_check;
bool users_load(struct people *p, struct error *err) must_check;
struct user *user_mutable(struct people *p, int64_t id);
bool user_write(struct people *p, const struct user *u,
                struct error *err) must_check;
/* NULL before or after: it was not, or is not. */
bool user_logged(struct people *p, const struct actor *by, const char *what,
                 const struct user *before, const struct user *after,
                 struct error *err) must_check;
/* All of a user's but one (0: none stays). In memory once committed. */
bool sessions_delete(struct people *p, int64_t user_id, int64_t but,
                     struct error *err) must_check;
void sessions_drop(struct people *p, int64_t user_id, int64_t but);
/* All of a user's, likewise. */
bool tokens_delete(struct people *p, int64_t user_id,
                   struct error *err) must_check;
void tokens_drop(struct people *p, int64_t user_id);

void secret_hash(struct str text, unsigned char out[32]);

#endif
