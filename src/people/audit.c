/* audit.c -- lines of the log, chained. */
#include "people/audit.h"

#include <sodium.h>

#include "base/log.h"
#include "people/room.h"

#define PRUNE_EVERY_MS (3600 * 1000)
#define FIELDS 8

/* Over the hash before and each field with its length, so that no two different
 * lines are the same bytes. */
static void row_hash(const unsigned char previous[32],
                     const struct audit_row *row, unsigned char out[32])
{
    char n[24], at_ms[24];
    crypto_generichash_state state;
    struct str fields[FIELDS];

    snprintf(n, sizeof n, "%lld", (long long)row->n);
    snprintf(at_ms, sizeof at_ms, "%lld", (long long)row->at_ms);
    memcpy(fields,
           (const struct str[FIELDS]){str_of(n), str_of(at_ms), row->who,
                                      row->from, row->what, row->object,
                                      row->before, row->after},
           sizeof fields);
    crypto_generichash_init(&state, NULL, 0, 32);
    crypto_generichash_update(&state, previous, 32);
    for (size_t i = 0; i < FIELDS; i++) {
        uint64_t length = fields[i].n;
        unsigned char bytes[8];

        for (int j = 0; j < 8; j++)
            bytes[j] = (unsigned char)(length >> 8 * j);
        crypto_generichash_update(&state, bytes, sizeof bytes);
        if (length > 0)
            crypto_generichash_update(
                &state, (const unsigned char *)fields[i].p, length);
    }
    crypto_generichash_final(&state, out, 32);
}

struct last {
    int64_t n;
    unsigned char hash[32];
};

static bool last_read(void *arg, struct sqlite3_stmt *row, struct error *err)
{
    struct last *last = arg;
    struct str hash = row_text(row, 1);

    if (hash.n != sizeof last->hash)
        return error_set(err, "people.db: a line of the audit log has no hash");
    last->n = row_number(row, 0);
    memcpy(last->hash, hash.p, hash.n);
    return true;
}

/* What is cut still ends as text. */
static struct str text_cut(struct str s)
{
    return str_first(s, utf8_cut(s, AUDIT_TEXT_MAX));
}

static void audit_log(const struct audit_row *row)
{
    log_info("audit", "%.*s %.*s by %.*s from %.*s", STR_ARG(row->what),
             STR_ARG(row->object), STR_ARG(row->who), STR_ARG(row->from));
}

static bool prune(struct people *p, int64_t now_ms, int64_t newest,
                  struct error *err)
{
    int64_t before_ms =
        p->audit_keep_ms > 0 ? now_ms - p->audit_keep_ms : INT64_MIN;

    if (newest % 1000 != 0 && now_ms < p->audit_pruned_ms + PRUNE_EVERY_MS)
        return true;
    p->audit_pruned_ms = now_ms;
    /* From the far end only: a hole would break the chain. */
    return DB_RUN(p, err,
                  "DELETE FROM audit WHERE n <= ?1 OR n < (SELECT n FROM audit"
                  " WHERE at_ms >= ?2 ORDER BY n LIMIT 1)",
                  N(newest - AUDIT_ROWS_MAX), N(before_ms));
}

bool audit_write(struct people *p, const struct actor *by, const char *what,
                 struct str object, struct str before, struct str after,
                 struct error *err)
{
    struct last last = {0};
    unsigned char hash[32];
    struct audit_row row = {
        .at_ms = clock_wall_ms(p->clock),
        .who = by->who,
        .from = by->from,
        .what = str_of(what),
        .object = object,
        .before = text_cut(before),
        .after = text_cut(after),
    };

    if (!db_rows(p, "SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1", NULL,
                 0, last_read, &last, err))
        return false;
    row.n = last.n + 1;
    row_hash(last.hash, &row, hash);
    audit_log(&row);
    return DB_RUN(p, err,
                  "INSERT INTO audit(n, at_ms, who, origin, what, object,"
                  " before, after, previous, hash)"
                  " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                  N(row.n), N(row.at_ms), T(row.who), T(row.from), T(row.what),
                  T(row.object), T(row.before), T(row.after),
                  B(BYTES(last.hash)), B(BYTES(hash))) &&
           prune(p, row.at_ms, row.n, err);
}

bool audit_add(struct people *p, const struct actor *by,
               const struct audit_row *row)
{
    char what[64];
    struct error err;

    snprintf(what, sizeof what, "%.*s", STR_ARG(row->what));
    if (db_begin(p, false, &err) &&
        audit_write(p, by, what, row->object, row->before, row->after, &err) &&
        db_commit(p, &err))
        return true;
    db_rollback(p);
    log_error("audit", "%s is not in the audit log: %s", what, err.text);
    return false;
}

void audit_keep(struct people *p, int64_t keep_ms)
{
    p->audit_keep_ms = keep_ms;
}

/* --- reading ------------------------------------------------------------------- */

static void row_read(struct sqlite3_stmt *from, struct audit_row *out)
{
    *out = (struct audit_row){
        .n = row_number(from, 0),
        .at_ms = row_number(from, 1),
        .who = row_text(from, 2),
        .from = row_text(from, 3),
        .what = row_text(from, 4),
        .object = row_text(from, 5),
        .before = row_text(from, 6),
        .after = row_text(from, 7),
    };
}

struct listing {
    audit_row_fn *each;
    void *arg;
};

static bool listing_row(void *arg, struct sqlite3_stmt *from, struct error *err)
{
    const struct listing *l = arg;
    struct audit_row row;

    (void)err;
    row_read(from, &row);
    l->each(l->arg, &row);
    return true;
}

#define COLUMNS "n, at_ms, who, origin, what, object, before, after"

bool audit_list(struct people *p, int64_t before_n, size_t limit,
                audit_row_fn *each, void *arg, struct error *err)
{
    const struct value v[] = {N(before_n > 0 ? before_n : INT64_MAX),
                              N((int64_t)limit)};
    struct listing l = {each, arg};

    return db_rows(p,
                   "SELECT " COLUMNS " FROM audit WHERE n < ?1"
                   " ORDER BY n DESC LIMIT ?2",
                   v, COUNT_OF(v), listing_row, &l, err);
}

struct check {
    bool begun;
    int64_t n;
    unsigned char hash[32]; /* of the line before */
};

static bool check_row(void *arg, struct sqlite3_stmt *from, struct error *err)
{
    struct check *c = arg;
    struct str previous = row_text(from, 8), hash = row_text(from, 9);
    struct audit_row row;

    row_read(from, &row);
    if (previous.n != 32 || hash.n != 32 ||
        (c->begun && (row.n != c->n + 1 || memcmp(previous.p, c->hash, 32))))
        return error_set(err, "audit log: what was before line %lld is not there",
                         (long long)row.n);
    row_hash((const unsigned char *)previous.p, &row, c->hash);
    if (memcmp(c->hash, hash.p, 32) != 0)
        return error_set(err, "audit log: line %lld was changed",
                         (long long)row.n);
    c->begun = true;
    c->n = row.n;
    return true;
}

bool audit_check(struct people *p, struct error *err)
{
    struct check c = {0};

    return db_rows(p, "SELECT " COLUMNS ", previous, hash FROM audit ORDER BY n",
                   NULL, 0, check_row, &c, err);
}
