/* sqlite_keep.c -- how long and how much is kept, and whether it is sound: prune,
 * stats, verify, backup. */
#include "store/retention.h"
#include "store/sqlite_block.h"
#include "store/sqlite_engine.h"

#include <sys/stat.h>

/* --- pruning: the hourly counts tell where to look ---------------------------------- */

struct pruning {
    struct sqlite *e;
    struct retention keeps; /* of one class */
    size_t left;            /* rows that may go in this bite */
};

static void say_class(struct where *w, const struct pruning *p)
{
    where_say(w, " AND ");
    retention_say(&w->sql, p->keeps.classes, p->keeps.at);
}

/* The first number of the first row; `otherwise` when there is none. */
static bool first_number(struct sqlite *e, struct where *w, int64_t otherwise,
                         int64_t *out, struct error *err)
{
    sqlite3_stmt *s freed_by(statement_free) = where_statement(w, e, err);
    int code;

    if (s == NULL)
        return false;
    code = sqlite3_step(s);
    *out = code == SQLITE_ROW ? sqlite3_column_int64(s, 0) : otherwise;
    return code == SQLITE_ROW || code == SQLITE_DONE || engine_error(e, err);
}

static bool excess_count(struct pruning *p, struct error *err)
{
    struct where w freed_by(where_release) = WHERE();
    int64_t max_bytes = p->keeps.classes[p->keeps.at].max_bytes, bytes;

    p->keeps.excess = 0;
    if (max_bytes == 0)
        return true;
    where_say(&w, "SELECT coalesce(sum(o.bytes), 0) FROM hourly AS o WHERE 1");
    say_class(&w, p);
    if (!first_number(p->e, &w, 0, &bytes, err))
        return false;
    p->keeps.excess = bytes - max_bytes;
    return true;
}

/* The oldest hour that has some of the class; INT64_MAX: there is none. */
static bool oldest_hour(struct pruning *p, int64_t *out, struct error *err)
{
    struct where w freed_by(where_release) = WHERE();

    where_say(&w, "SELECT o.hour FROM hourly AS o WHERE 1");
    say_class(&w, p);
    where_say(&w, " ORDER BY o.hour LIMIT 1");
    return first_number(p->e, &w, INT64_MAX, out, err);
}

static bool row_remove(struct sqlite *e, int64_t id, struct error *err)
{
    STATEMENT(s, e, SQL_REMOVE);

    bind_i64(s, 1, id);
    return statement_run(e, s, err);
}

/* Its rows, oldest first. */
static bool hour_prune(struct pruning *p, int64_t hour, struct error *err)
{
    struct where w freed_by(where_release) = WHERE();
    sqlite3_stmt *s freed_by(statement_free) = NULL;
    int code;

    where_say(&w, "SELECT o.id, o.tstamp_ms, o.bytes FROM occurrence AS o"
                  " WHERE o.tstamp_ms >= ");
    where_number(&w, hour * HOUR_MS);
    where_say(&w, " AND o.tstamp_ms < ");
    where_number(&w, (hour + 1) * HOUR_MS);
    where_say(&w, " AND o.deletion = 0");
    say_class(&w, p);
    where_say(&w, " ORDER BY o.tstamp_ms, o.id LIMIT ");
    where_number(&w, (int64_t)p->left);
    s = where_statement(&w, p->e, err);
    if (s == NULL)
        return false;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        if (!retention_takes(&p->keeps, sqlite3_column_int64(s, 1),
                             sqlite3_column_int64(s, 2)))
            return true;
        if (!row_remove(p->e, sqlite3_column_int64(s, 0), err))
            return false;
        p->left--;
    }
    return code == SQLITE_DONE || engine_error(p->e, err);
}

static bool class_prune(struct pruning *p, struct error *err)
{
    int64_t hour, last = INT64_MIN;

    p->keeps.kept = false;
    if (!excess_count(p, err))
        return false;
    while (p->left > 0 && !p->keeps.kept) {
        if (!oldest_hour(p, &hour, err))
            return false;
        if (hour == INT64_MAX || hour == last)
            return true;
        if (hour * HOUR_MS >= retention_cut_ms(&p->keeps) &&
            p->keeps.excess <= 0)
            return true; /* young enough, and not too many */
        if (!hour_prune(p, hour, err))
            return false;
        last = hour;
    }
    return true;
}

bool sqlite_prune(struct store_engine *engine, const struct store_class *classes,
                  size_t n, int64_t now_ms, size_t at_most, size_t *pruned,
                  struct error *err)
{
    struct pruning p = {
        .e = sqlite_of(engine),
        .keeps = {.classes = classes, .now_ms = now_ms},
        .left = at_most,
    };
    bool ok = sqlite_run(p.e, SQL_BEGIN, err);

    for (; ok && p.keeps.at < n && p.left > 0; p.keeps.at++)
        ok = class_prune(&p, err);
    ok = ok && sqlite_run(p.e, SQL_COMMIT, err);
    if (!ok)
        sqlite_roll_back(p.e);
    *pruned = at_most - p.left;
    return ok;
}

/* --- figures ------------------------------------------------------------------------- */

bool sqlite_stats(struct store_engine *engine, struct store_stats *out,
                  struct error *err)
{
    struct sqlite *e = sqlite_of(engine);
    int64_t pages = 0, free_pages = 0, page_bytes = 0;
    const struct {
        const char *sql;
        int64_t *to;
    } table[] = {
        {"SELECT coalesce(sum(n), 0) FROM hourly", &out->alerts},
        {"SELECT coalesce(sum(n), 0) FROM hourly WHERE acked", &out->acked},
        {"SELECT coalesce(sum(bytes), 0) FROM hourly", &out->bytes},
        {"SELECT count(*) FROM occurrence INDEXED BY occurrence_deletion"
         " WHERE deletion <> 0", &out->deleted},
        {"SELECT coalesce(min(tstamp_ms), 0) FROM occurrence", &out->oldest_ms},
        {"SELECT coalesce(max(tstamp_ms), 0) FROM occurrence", &out->newest_ms},
        {"PRAGMA page_count", &pages},
        {"PRAGMA freelist_count", &free_pages},
        {"PRAGMA page_size", &page_bytes},
    };

    *out = (struct store_stats){
        .engine = store_sqlite.name,
        .schema = SQLITE_SCHEMA_VERSION,
    };
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (!sqlite_number(e, table[i].sql, table[i].to, err))
            return false;
    out->file_bytes = pages * page_bytes;
    out->free_bytes = free_pages * page_bytes;
    return true;
}

static int64_t size_of(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? st.st_size : 0;
}

/* The file, and what is written but not in it yet. */
bool sqlite_disk_bytes(struct store_engine *engine, int64_t *out,
                       struct error *err unused)
{
    const char *path = sqlite3_db_filename(sqlite_of(engine)->db, "main");

    *out = size_of(path) + size_of(sqlite3_filename_wal(path));
    return true;
}

/* --- is it sound ------------------------------------------------------------------------ */

static bool pages_sound(struct sqlite *e, struct error *err)
{
    sqlite3_stmt *s freed_by(statement_free) =
        statement_new(e, "PRAGMA integrity_check(1)", err);
    const char *said;

    if (s == NULL)
        return false;
    if (sqlite3_step(s) != SQLITE_ROW)
        return engine_error(e, err);
    said = (const char *)sqlite3_column_text(s, 0);
    return strcmp(said, "ok") == 0 ||
           error_set(err, "the file is damaged: %s; restore a backup", said);
}

#define COUNTED                                                                \
    "SELECT (tstamp_ms - ((tstamp_ms % 3600000) + 3600000) % 3600000)"         \
    " / 3600000 AS hour, action, severity, entity, acked,"                     \
    " coalesce(type, '') AS type, coalesce(category, '') AS category,"         \
    " coalesce(source, '') AS source, count(*) AS n, sum(score) AS score,"     \
    " sum(bytes) AS bytes FROM occurrence WHERE deletion = 0"                  \
    " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"

bool sqlite_verify(struct store_engine *engine, struct error *err)
{
    static const struct {
        const char *sql, *what;
    } table[] = {
        {"SELECT count(*) FROM occurrence AS o WHERE NOT EXISTS (SELECT 1 FROM"
         " line WHERE line.id = o.id AND line.tstamp_ms = o.tstamp_ms)",
         "alerts without their line"},
        {"SELECT (SELECT count(*) FROM line) - (SELECT count(*) FROM"
         " occurrence)", "lines without their alert"},
        {"SELECT count(*) FROM occurrence AS o WHERE NOT EXISTS (SELECT 1 FROM"
         " detail AS d WHERE d.id = o.id AND d.tstamp_ms = o.tstamp_ms)",
         "alerts without their details"},
        {"SELECT (SELECT count(*) FROM detail) - (SELECT count(*) FROM"
         " occurrence)", "details without their alert"},
        {"SELECT count(*) FROM (SELECT * FROM hourly EXCEPT " COUNTED ")",
         "hourly counts that are not those of the alerts"},
        {"SELECT count(*) FROM (" COUNTED " EXCEPT SELECT * FROM hourly)",
         "hours that are not counted as they are"},
        {"SELECT count(*) FROM mark WHERE NOT EXISTS (SELECT 1 FROM line WHERE"
         " line.id = mark.id)", "acknowledgements of no alert"},
    };
    struct sqlite *e = sqlite_of(engine);
    int64_t n;

    if (!pages_sound(e, err))
        return false;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        if (!sqlite_number(e, table[i].sql, &n, err))
            return false;
        if (n != 0)
            return error_set(err, "there are %lld %s", (long long)n,
                             table[i].what);
    }
    return blocks_verify(e, err);
}

/* --- backup ------------------------------------------------------------------------------ */

bool sqlite_backup(struct store_engine *engine, const char *path,
                   struct error *err)
{
    struct sqlite *e = sqlite_of(engine);
    sqlite3_stmt *s freed_by(statement_free) = NULL;

    s = statement_new(e, "VACUUM INTO ?1", err);
    if (s == NULL)
        return false;
    bind_text(s, 1, str_of(path));
    return statement_run(e, s, err) || error_in(err, "%s", path);
}

const struct store_type store_sqlite = {
    .name = "sqlite",
    .close = sqlite_close,
    .keep = sqlite_keep,
    .list = sqlite_list,
    .get = sqlite_get,
    .notes = sqlite_notes,
    .facets = sqlite_facets,
    .histogram = sqlite_histogram,
    .top = sqlite_top,
    .mark = sqlite_mark,
    .tidy = sqlite_tidy,
    .prune = sqlite_prune,
    .stats = sqlite_stats,
    .disk_bytes = sqlite_disk_bytes,
    .verify = sqlite_verify,
    .backup = sqlite_backup,
};
