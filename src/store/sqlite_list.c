/* sqlite_list.c -- a page of the history, one alert, its notes. */
#include "store/sqlite_block.h"
#include "store/sqlite_engine.h"

/* --- rows ------------------------------------------------------------------------- */

struct walking {
    struct sqlite *e;
    const struct store_query *q;
    const struct sqlite_walk *w;
    struct sqlite_walked *out;
    struct ask ask;
    struct arena scratch;  /* ours */
    struct arena of_block; /* ours; emptied for each */
    size_t asked, found, blocks; /* so far */
};

static void walking_release(struct walking *k)
{
    arena_release(&k->scratch);
    arena_release(&k->of_block);
}

/* The next row; out->more, when there is no more room. */
static bool row_visit(struct walking *k, int64_t id, int64_t tstamp_ms, bool odd,
                      struct error *err)
{
    bool passes;

    if (k->found == k->w->limit || *k->w->full ||
        k->asked++ == STORE_FILTER_ROWS_MAX) {
        k->out->more = true;
        return true;
    }
    if (!ask_passes(k->e, &k->ask, id, odd, &k->scratch, &passes, err))
        return false;
    k->out->last_id = id;
    k->out->last_tstamp_ms = tstamp_ms;
    k->found += passes;
    return !passes || k->w->row(k->w->to, id, tstamp_ms, err);
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

static sqlite3_stmt *rows_statement(struct walking *k, struct where *w,
                                    int64_t first_ms, int64_t last_ms,
                                    struct error *err)
{
    where_say(w, "SELECT o.id, o.tstamp_ms, o.odd");
    where_rows(w, &k->ask, first_ms, last_ms);
    where_onward(w, k->q);
    return where_statement(w, k->e, err);
}

static bool rows_walk(struct walking *k, int64_t first_ms, int64_t last_ms,
                      struct error *err)
{
    struct where where freed_by(where_release) = WHERE();
    sqlite3_stmt *s freed_by(statement_free) = NULL;
    int code;

    if (first_ms > last_ms || k->out->more)
        return true;
    s = rows_statement(k, &where, first_ms, last_ms, err);
    if (s == NULL)
        return false;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        if (!row_visit(k, sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1),
                       sqlite3_column_int(s, 2) != 0, err))
            return false;
        if (k->out->more)
            return true;
    }
    return code == SQLITE_DONE || engine_error(k->e, err);
}

/* --- in a block ----------------------------------------------------------------------- */

struct block_found { /* rows of a block, and its loose ones */
    struct candidate {
        struct block_place place; /* first: it is what they are sorted by */
        bool odd;
    } *rows; /* in the arena */
    size_t n, room;
};

static void found_add(struct block_found *f, struct arena *a, int64_t tstamp_ms,
                      int64_t id, bool odd)
{
    if (f->n == f->room) {
        struct candidate *more =
            arena_array(a, f->room = MAX(2 * f->room, 256u), sizeof *more);

        if (f->n > 0)
            memcpy(more, f->rows, f->n * sizeof *more);
        f->rows = more;
    }
    f->rows[f->n++] = (struct candidate){
        .place = {.tstamp_ms = tstamp_ms, .id = id},
        .odd = odd,
    };
}

static bool loose_find(struct walking *k, const struct block *b,
                       struct arena *a, struct block_found *f, struct error *err)
{
    struct where where freed_by(where_release) = WHERE();
    sqlite3_stmt *s freed_by(statement_free) = NULL;
    int code;

    k->ask.loose = true;
    s = rows_statement(k, &where, MAX(b->from_ms, k->ask.first_ms),
                       MIN(b->to_ms - 1, k->ask.last_ms), err);
    k->ask.loose = false;
    if (s == NULL)
        return false;
    while ((code = sqlite3_step(s)) == SQLITE_ROW)
        found_add(f, a, sqlite3_column_int64(s, 1), sqlite3_column_int64(s, 0),
                  sqlite3_column_int(s, 2) != 0);
    if (code == SQLITE_DONE && f->n > 0)
        qsort(f->rows, f->n, sizeof *f->rows, block_place_order);
    return code == SQLITE_DONE || engine_error(k->e, err);
}

static bool is_onward(const struct store_query *q, const struct block_place *p)
{
    const struct block_place last = {
        .tstamp_ms = q->before_tstamp_ms,
        .id = q->before_id,
    };
    int order = block_place_order(p, &last);

    return q->before_id == 0 || (q->oldest_first ? order > 0 : order < 0);
}

/* Out of time in front of a block: what was found is a page, and it goes on here,
 * with all rows of the block. (No id is below 0.) */
static void page_ends(struct walking *k, const struct block *b)
{
    k->out->more = true;
    k->out->last_tstamp_ms = k->q->oldest_first ? b->from_ms : b->to_ms - 1;
    k->out->last_id = k->q->oldest_first ? -1 : INT64_MAX;
}

static bool block_find(struct walking *k, const struct block *b,
                       struct arena *a, struct block_found *f, bool *whole,
                       struct error *err)
{
    uint64_t places[2] = {0};
    struct block_view v;

    block_want(places, BLOCK_PLACES);
    if (!block_ask(k->e, b, &k->ask, places, a, &v, whole, err))
        return false;
    for (size_t i = 0; *whole && i < v.n; i++)
        if (v.passes[i] && is_onward(k->q, &v.places[i]))
            found_add(f, a, v.places[i].tstamp_ms, v.places[i].id, false);
    return !*whole || b->loose == 0 || loose_find(k, b, a, f, err);
}

static bool block_visit(struct walking *k, const struct block *b,
                        struct error *err)
{
    struct block_found f = {0};
    bool whole;

    arena_reset(&k->of_block);
    if (!block_find(k, b, &k->of_block, &f, &whole, err))
        return false;
    if (!whole)
        return rows_walk(k, MAX(b->from_ms, k->ask.first_ms),
                         MIN(b->to_ms - 1, k->ask.last_ms), err);
    for (size_t i = 0; i < f.n && !k->out->more; i++) {
        const struct candidate *c =
            &f.rows[k->q->oldest_first ? i : f.n - 1 - i];

        if (!row_visit(k, c->place.id, c->place.tstamp_ms, c->odd, err))
            return false;
    }
    return true;
}

/* The time is looked at between two blocks: one is always finished. */
static bool block_walk(struct walking *k, const struct block *b,
                       struct error *err)
{
    int64_t deadline_ms = k->e->deadline_ms;
    bool ok;

    if (k->out->more)
        return true;
    if (k->blocks++ > 0 && sqlite_out_of_time(k->e)) {
        page_ends(k, b);
        return true;
    }
    k->e->deadline_ms = 0;
    ok = block_visit(k, b, err);
    k->e->deadline_ms = deadline_ms;
    return ok;
}

/* Blocks where there are some, and rows between them, in the order asked for. */
static bool stretches_walk(struct walking *k, const struct block *blocks,
                           size_t n, struct error *err)
{
    int64_t first_ms = k->ask.first_ms, last_ms = k->ask.last_ms;
    bool ok = true;

    for (size_t i = 0; ok && i < n && k->q->oldest_first; i++) {
        ok = rows_walk(k, first_ms, blocks[i].from_ms - 1, err) &&
             block_walk(k, &blocks[i], err);
        first_ms = blocks[i].to_ms;
    }
    for (size_t i = n; ok && i-- > 0 && !k->q->oldest_first;) {
        ok = rows_walk(k, blocks[i].to_ms, last_ms, err) &&
             block_walk(k, &blocks[i], err);
        last_ms = blocks[i].from_ms - 1;
    }
    return ok && rows_walk(k, first_ms, last_ms, err);
}

bool sqlite_rows(struct sqlite *e, const struct store_query *q,
                 const struct sqlite_walk *w, struct sqlite_walked *out,
                 struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct walking k freed_by(walking_release) = {
        .e = e,
        .q = q,
        .w = w,
        .out = out,
        .of_block = {.keep = BLOCK_ARENA_KEEP},
    };
    struct block *blocks = NULL;
    size_t n = 0;

    *out = (struct sqlite_walked){0};
    if (!ask_make(e, q, &arena, &k.ask, err))
        return false;
    if (q->before_id != 0 && q->oldest_first)
        k.ask.first_ms = MAX(k.ask.first_ms, q->before_tstamp_ms);
    else if (q->before_id != 0)
        k.ask.last_ms = MIN(k.ask.last_ms, q->before_tstamp_ms);
    if (blocks_will_do(&k.ask) && ask_has_conditions(&k.ask) &&
        !blocks_find(e, k.ask.first_ms, k.ask.last_ms, &arena, &blocks, &n, err))
        return false;
    return stretches_walk(&k, blocks, n, err);
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
