/* sqlite_list.c -- a page of the history, one alert, its notes. */
#include "store/sqlite_engine.h"
#include "store/sqlite_where.h"

/* --- rows ------------------------------------------------------------------------- */

static bool rows_walk(struct sqlite *e, const struct ask *k, sqlite3_stmt *s,
                      const struct sqlite_walk *w, struct sqlite_walked *out,
                      struct error *err)
{
    struct arena scratch freed_by(arena_release) = {0};
    size_t asked = 0, found = 0;
    int code;

    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(s, 0);
        bool passes;

        if (found == w->limit || *w->full || asked++ == STORE_FILTER_ROWS_MAX) {
            out->more = true;
            return true;
        }
        if (!ask_passes(e, k, s, &scratch, &passes, err))
            return false;
        out->last_id = id;
        out->last_tstamp_ms = sqlite3_column_int64(s, 1);
        if (passes && !w->row(w->to, id, out->last_tstamp_ms, err))
            return false;
        found += passes;
    }
    return code == SQLITE_DONE || engine_error(e, err);
}

/* Behind what came last, in either direction. */
static void where_onward(struct where *w, const struct store_query *q)
{
    const char *beyond = q->oldest_first ? " > " : " < ";

    if (q->before_id != 0) {
        where_say(w, " AND (o.tstamp_ms");
        where_say(w, beyond);
        where_number(w, q->before_tstamp_ms);
        where_say(w, " OR o.id");
        where_say(w, beyond);
        where_number(w, q->before_id);
        where_say(w, ")");
    }
    where_say(w, q->oldest_first ? " ORDER BY o.tstamp_ms, o.id"
                                 : " ORDER BY o.tstamp_ms DESC, o.id DESC");
}

bool sqlite_rows(struct sqlite *e, const struct store_query *q,
                 const struct sqlite_walk *w, struct sqlite_walked *out,
                 struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct where where freed_by(where_release) = WHERE();
    bool from_top = q->before_id == 0;
    sqlite3_stmt *s freed_by(statement_free) = NULL;
    struct ask k;

    *out = (struct sqlite_walked){0};
    if (!ask_make(e, q, &arena, &k, err))
        return false;
    if (!from_top && q->oldest_first)
        k.first_ms = MAX(k.first_ms, q->before_tstamp_ms);
    else if (!from_top)
        k.last_ms = MIN(k.last_ms, q->before_tstamp_ms);
    where_say(&where, "SELECT o.id, o.tstamp_ms, o.odd");
    where_rows(&where, &k, k.first_ms, k.last_ms);
    where_onward(&where, q);
    s = where_statement(&where, e, err);
    return s != NULL && rows_walk(e, &k, s, w, out, err);
}

/* --- a page ----------------------------------------------------------------------- */

static void row_read(sqlite3_stmt *s, struct arena *a, struct store_row *out)
{
    *out = (struct store_row){
        .id = sqlite3_column_int64(s, 0),
        .tstamp_ms = sqlite3_column_int64(s, 1),
        .stored_ms = sqlite3_column_int64(s, 2),
        .json = column_text(s, 3, a),
        .acked_ms = sqlite3_column_int64(s, 5),
        .acked_until_ms = sqlite3_column_int64(s, 6),
        .acked_by = column_text(s, 7, a),
        .acked_note = column_text(s, 8, a),
        .notes = sqlite3_column_int64(s, 9),
    };
}

/* *found is untouched when there is no such row, or none to be seen. */
static bool row_get(struct sqlite *e, int64_t id, bool deleted_too,
                    struct arena *a, struct store_row *out, bool *found,
                    struct error *err)
{
    STATEMENT(s, e, SQL_ROW);
    int code;

    bind_i64(s, 1, id);
    code = sqlite3_step(s);
    if (code == SQLITE_ROW &&
        (deleted_too || sqlite3_column_int64(s, 4) == 0)) {
        row_read(s, a, out);
        *found = true;
    }
    return code == SQLITE_ROW || code == SQLITE_DONE || engine_error(e, err);
}

struct paging {
    struct sqlite *e;
    struct arena *a;
    struct store_page *out;
    size_t bytes;
    bool full;
};

static bool page_row(void *paging, int64_t id, int64_t tstamp_ms unused,
                     struct error *err)
{
    struct paging *p = paging;
    bool found = false;

    if (!row_get(p->e, id, true, p->a, &p->out->rows[p->out->n], &found, err))
        return false;
    assert(found); /* it is being walked over */
    p->bytes += p->out->rows[p->out->n++].json.n;
    p->full = p->bytes > STORE_PAGE_BYTES_MAX;
    return true;
}

static bool page_read(struct sqlite *e, const struct store_query *q,
                      struct arena *a, struct store_page *out,
                      struct error *err)
{
    struct paging p = {.e = e, .a = a, .out = out};
    struct sqlite_walk w = {
        .row = page_row,
        .to = &p,
        .limit = q->limit,
        .full = &p.full,
    };
    struct sqlite_walked walked;

    out->rows = arena_array(a, MAX(q->limit, 1u), sizeof *out->rows);
    if (!sqlite_rows(e, q, &w, &walked, err))
        return false;
    out->more = walked.more;
    out->last_id = walked.last_id;
    out->last_tstamp_ms = walked.last_tstamp_ms;
    return true;
}

bool sqlite_list(struct store_engine *engine, const struct store_query *q,
                 struct arena *a, struct store_page *out, struct error *err)
{
    struct sqlite *e = sqlite_of(engine);
    bool ok;

    *out = (struct store_page){0};
    sqlite_question(e);
    ok = page_read(e, q, a, out, err);
    if (ok)
        sqlite_total(e, q, a, out);
    sqlite_answered(e);
    return ok;
}

static bool id_of_release(struct sqlite *e, int64_t release_id, int64_t *id,
                          struct error *err)
{
    STATEMENT(s, e, SQL_OF_RELEASE);
    int code;

    bind_i64(s, 1, release_id);
    code = sqlite3_step(s);
    *id = code == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;
    return code == SQLITE_ROW || code == SQLITE_DONE || engine_error(e, err);
}

bool sqlite_get(struct store_engine *engine, int64_t id, struct arena *a,
                struct store_row *out, struct error *err)
{
    struct sqlite *e = sqlite_of(engine);
    bool found = false;
    int64_t row;

    if (!row_get(e, id, false, a, out, &found, err))
        return false;
    if (found || !id_of_release(e, id, &row, err) || row == 0)
        return found;
    return row_get(e, row, false, a, out, &found, err) && found;
}

bool sqlite_notes(struct store_engine *engine, int64_t id, struct arena *a,
                  struct store_note **out, size_t *n, struct error *err)
{
    struct sqlite *e = sqlite_of(engine);
    struct store_note *notes = arena_array(a, STORE_NOTES_MAX, sizeof *notes);
    size_t count = 0;
    int code;
    STATEMENT(s, e, SQL_NOTES);

    bind_i64(s, 1, id);
    while ((code = sqlite3_step(s)) == SQLITE_ROW && count < STORE_NOTES_MAX)
        notes[count++] = (struct store_note){
            .at_ms = sqlite3_column_int64(s, 0),
            .by = column_text(s, 1, a),
            .text = column_text(s, 2, a),
        };
    if (code != SQLITE_DONE && code != SQLITE_ROW)
        return engine_error(e, err);
    *out = notes;
    *n = count;
    return true;
}
