/* sqlite_move.c -- the rows of schema 1, read back from their lines into the columns
 * of this one: a bite at a time, so that it goes on where it was stopped. */
#include "store/sqlite.h"

#include "base/log.h"

#define MOVE_BITE 2000

static bool row_move(struct sqlite *e, sqlite3_stmt *s, struct arena *arena,
                     struct error *err)
{
    struct str line = column_text(s, 2, arena);
    const struct json *j = json_parse(arena, line, err);
    struct occurrence o;
    struct alert alert;

    if (j == NULL || !alert_read(arena, j, 0, &alert, err))
        return false;
    alert.line = line;
    if (!occurrence_make(&alert, arena, &o, err))
        return false;
    o.id = sqlite3_column_int64(s, 0);
    return sqlite_put(e, &o, sqlite3_column_int64(s, 1), err);
}

static bool bite_move(struct sqlite *e, int64_t *moved, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    sqlite3_stmt *s freed_by(statement_free) = statement_new(
        e, "SELECT o.id, o.stored_ms, l.json FROM occurrence_1 AS o"
           " JOIN line_1 AS l ON l.id = o.id ORDER BY o.id LIMIT ?1", err);
    int64_t n = 0;
    int code;

    if (s == NULL)
        return false;
    bind_i64(s, 1, MOVE_BITE);
    for (; (code = sqlite3_step(s)) == SQLITE_ROW; n++, arena_reset(&arena))
        if (!row_move(e, s, &arena, err))
            return error_in(err, "alert %lld",
                            (long long)sqlite3_column_int64(s, 0));
    *moved = n;
    return code == SQLITE_DONE || engine_error(e, err);
}

static bool bite_forget(struct sqlite *e, struct error *err)
{
    static const char *const sql[] = {
        "DELETE FROM line_1 WHERE id IN (SELECT id FROM occurrence_1"
        " ORDER BY id LIMIT ?1)",
        "DELETE FROM occurrence_1 WHERE id IN (SELECT id FROM occurrence_1"
        " ORDER BY id LIMIT ?1)",
    };

    for (size_t i = 0; i < COUNT_OF(sql); i++) {
        sqlite3_stmt *s freed_by(statement_free) = statement_new(e, sql[i], err);

        if (s == NULL)
            return false;
        bind_i64(s, 1, MOVE_BITE);
        if (!statement_run(e, s, err))
            return false;
    }
    return true;
}

static bool bite(struct sqlite *e, int64_t *moved, struct error *err)
{
    bool ok = sqlite_run(e, SQL_BEGIN, err) && bite_move(e, moved, err) &&
              bite_forget(e, err) && sqlite_run(e, SQL_COMMIT, err);

    if (!ok)
        sqlite_roll_back(e);
    return ok;
}

bool sqlite_move(struct sqlite *e, struct error *err)
{
    int64_t left = 0, moved;

    if (!sqlite_number(e, "SELECT count(*) FROM sqlite_schema WHERE"
                          " name = 'occurrence_1'", &left, err))
        return false;
    if (left == 0)
        return true;
    log_info("store", "moving the history into schema %d; this takes about a "
                      "minute for each million alerts", SQLITE_SCHEMA_VERSION);
    do {
        if (!bite(e, &moved, err))
            return error_in(err, "moving it into schema %d",
                            SQLITE_SCHEMA_VERSION);
    } while (moved == MOVE_BITE);
    return sqlite_exec(e, "DROP TABLE occurrence_1; DROP TABLE line_1;", err);
}
