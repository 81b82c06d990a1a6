/* config_db_revisions.c -- the part of config.db that remembers: every revision, and
 * what each of its changes replaced. */
#include "config/config_db_own.h"

bool config_db_revise(struct config_db *db, const struct revision_row *row,
                      size_t bytes, struct error *err)
{
    sqlite3_stmt *s freed_by(statement_done) = db_prepare(
        db,
        "INSERT INTO revision(n, at_ms, author, comment, bytes)"
        " VALUES(?1, ?2, ?3, ?4, ?5)",
        err);

    if (s == NULL)
        return false;
    bind_i64(s, 1, row->n);
    bind_i64(s, 2, row->at_ms);
    bind_str(s, 3, row->author);
    bind_str(s, 4, row->comment);
    bind_i64(s, 5, (int64_t)bytes);
    return db_done(db, s, err);
}

bool config_db_change(struct config_db *db, const struct change_row *row,
                      struct error *err)
{
    sqlite3_stmt *s freed_by(statement_done) = db_prepare(
        db,
        "INSERT INTO change(n, object_id, kind, name, summary, was_name,"
        " was_managed_by, was_revision, before)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        err);

    if (s == NULL)
        return false;
    bind_i64(s, 1, row->n);
    bind_i64(s, 2, row->object_id);
    bind_str(s, 3, row->kind);
    bind_str(s, 4, row->name);
    bind_str(s, 5, row->summary);
    bind_str(s, 6, row->was_name);
    bind_str(s, 7, row->was_managed_by);
    bind_i64(s, 8, row->was_revision);
    bind_str(s, 9, row->before);
    return db_done(db, s, err);
}

/* The newest one that has to go; 0: none. */
static bool last_to_go(struct config_db *db, int64_t keep, int64_t *n,
                       struct error *err)
{
    sqlite3_stmt *s freed_by(statement_done) = db_prepare(
        db,
        "SELECT coalesce(max(n), 0) FROM"
        " (SELECT n, row_number() OVER newest AS place,"
        "  sum(bytes) OVER newest AS total FROM revision"
        "  WINDOW newest AS (ORDER BY n DESC))"
        " WHERE place > ?1 OR total > ?2",
        err);

    if (s == NULL)
        return false;
    bind_i64(s, 1, keep);
    bind_i64(s, 2, REVISIONS_BYTES_MAX);
    if (sqlite3_step(s) != SQLITE_ROW)
        return db_failed(db, err);
    *n = sqlite3_column_int64(s, 0);
    return true;
}

static bool drop_upto(struct config_db *db, const char *text, int64_t n,
                      struct error *err)
{
    sqlite3_stmt *s freed_by(statement_done) = db_prepare(db, text, err);

    if (s == NULL)
        return false;
    bind_i64(s, 1, n);
    return db_done(db, s, err);
}

bool config_db_forget(struct config_db *db, int64_t keep, struct error *err)
{
    int64_t n = 0;

    return last_to_go(db, keep, &n, err) &&
           (n == 0 ||
            (drop_upto(db, "DELETE FROM change WHERE n <= ?1", n, err) &&
             drop_upto(db, "DELETE FROM revision WHERE n <= ?1", n, err)));
}

bool config_db_revisions(struct config_db *db, int64_t upto, size_t limit,
                         revision_row_fn *each, void *arg, struct error *err)
{
    sqlite3_stmt *s freed_by(statement_done) = db_prepare(
        db,
        "SELECT n, at_ms, author, comment FROM revision WHERE n <= ?1"
        " ORDER BY n DESC LIMIT ?2",
        err);
    int step = SQLITE_ERROR;

    if (s == NULL)
        return false;
    bind_i64(s, 1, upto);
    bind_i64(s, 2, (int64_t)limit);
    while ((step = sqlite3_step(s)) == SQLITE_ROW) {
        struct revision_row row = {
            .n = sqlite3_column_int64(s, 0),
            .at_ms = sqlite3_column_int64(s, 1),
            .author = column_str(s, 2),
            .comment = column_str(s, 3),
        };

        if (!each(arg, &row, err))
            return false;
    }
    return step == SQLITE_DONE || db_failed(db, err);
}

bool config_db_changes(struct config_db *db, int64_t above, int64_t upto,
                       change_row_fn *each, void *arg, struct error *err)
{
    sqlite3_stmt *s freed_by(statement_done) = db_prepare(
        db,
        "SELECT n, object_id, kind, name, summary, was_name, was_managed_by,"
        " was_revision, before FROM change WHERE n > ?1 AND n <= ?2"
        " ORDER BY n DESC, object_id",
        err);
    int step = SQLITE_ERROR;

    if (s == NULL)
        return false;
    bind_i64(s, 1, above);
    bind_i64(s, 2, upto);
    while ((step = sqlite3_step(s)) == SQLITE_ROW) {
        struct change_row row = {
            .n = sqlite3_column_int64(s, 0),
            .object_id = sqlite3_column_int64(s, 1),
            .kind = column_str(s, 2),
            .name = column_str(s, 3),
            .summary = column_str(s, 4),
            .was_name = column_str(s, 5),
            .was_managed_by = column_str(s, 6),
            .was_revision = sqlite3_column_int64(s, 7),
            .before = column_str(s, 8),
        };

        if (!each(arg, &row, err))
            return false;
    }
    return step == SQLITE_DONE || db_failed(db, err);
}

bool config_db_kept(struct config_db *db, struct revisions_kept *out,
                    struct error *err)
{
    sqlite3_stmt *s freed_by(statement_done) = db_prepare(
        db,
        "SELECT coalesce(min(n), 0), count(*), coalesce((SELECT at_ms FROM"
        " revision ORDER BY n LIMIT 1), 0) FROM revision",
        err);

    if (s == NULL)
        return false;
    if (sqlite3_step(s) != SQLITE_ROW)
        return db_failed(db, err);
    out->oldest = sqlite3_column_int64(s, 0);
    out->count = sqlite3_column_int64(s, 1);
    out->oldest_ms = sqlite3_column_int64(s, 2);
    return true;
}

bool config_db_revision_at(struct config_db *db, int64_t at_ms, int64_t *n,
                           struct error *err)
{
    sqlite3_stmt *s freed_by(statement_done) = db_prepare(
        db, "SELECT coalesce(max(n), 0) FROM revision WHERE at_ms <= ?1", err);

    if (s == NULL)
        return false;
    bind_i64(s, 1, at_ms);
    if (sqlite3_step(s) != SQLITE_ROW)
        return db_failed(db, err);
    *n = sqlite3_column_int64(s, 0);
    return true;
}
