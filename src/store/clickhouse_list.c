/* clickhouse_list.c -- a page of the history, one alert, its notes.
 *
 * FINAL merges versions while it reads, which costs a walk over a whole range. So
 * the newest rows are found without it, old versions among them; they say how far
 * back a page can reach, and only that stretch is read with FINAL: whole, or, of a
 * filter, which may pass one row in a million, those rows alone. Old servers do not
 * read keys in their order, so these are looked for in a few days first. */
#include "store/clickhouse_engine.h"

#include "base/limits.h"

#define STRETCH_ROWS 2000           /* of a walk that asks lines, at once */
#define LIST_BYTES_MAX (8u << 20)   /* of one page's lines */
#define LIST_FILTER_ROWS_MAX 20000  /* rows asked a filter for one page */

/* --- places -------------------------------------------------------------------------- */

struct placing {
    struct place *to;
    size_t n, room;
};

static bool place_read(void *placing, const struct str *cells, size_t n unused,
                       struct error *err unused)
{
    struct placing *p = placing;

    if (p->n < p->room)
        p->to[p->n++] = place_of(cells);
    return true;
}

bool clickhouse_places(struct clickhouse *e, const int64_t *ids, size_t n,
                       struct arena *a, struct place **out, size_t *count,
                       struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    struct placing p = {.room = 2 * n};

    p.to = arena_array(a, MAX(p.room, 1u), sizeof *p.to);
    *out = p.to;
    *count = 0;
    if (n == 0)
        return true;
    buf_text(&b, "SELECT DISTINCT tstamp_ms,row_id FROM ");
    say_table(&b, e, "place", false);
    buf_text(&b, " WHERE id IN (");
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%lld", i > 0 ? "," : "", (long long)ids[i]);
    buf_text(&b, ")");
    if (!clickhouse_rows(e, &b, place_read, &p, err))
        return false;
    *count = p.n;
    return true;
}

/* --- a walk -------------------------------------------------------------------------- */

struct stretch { /* of a walk: rows behind a key and up to another */
    struct clickhouse *e;
    const struct asking *ask;
    struct walk *walk;
    struct window window;
    struct place before; /* id 0: from the top */
    size_t rows;         /* at most */
    size_t found, asked; /* of the whole walk */
    struct place *candidates;
    size_t candidate_count;
    bool any_odd; /* of these */
    struct arena scratch;
};

/* Rows that come after a key, in the order of the walk; or up to it, with it. */
static void say_side(struct buf *b, const struct stretch *s,
                     const struct place *key, bool behind)
{
    bool rising = s->ask->query->oldest_first == behind;
    long long ms = key->tstamp_ms;

    buf_printf(b, " AND tstamp_ms%s=%lld AND (tstamp_ms%s%lld OR id%s%s%lld)",
               rising ? ">" : "<", ms, rising ? ">" : "<", ms,
               rising ? ">" : "<", behind ? "" : "=", (long long)key->id);
    say_days(b, rising ? ms : DAYS_FIRST_MS, rising ? DAYS_LAST_MS : ms);
}

static void say_before(struct buf *b, const struct stretch *s)
{
    if (s->before.id != 0)
        say_side(b, s, &s->before, true);
}

static const char *order_of(const struct store_query *q)
{
    return q->oldest_first ? " ORDER BY tstamp_ms,id"
                           : " ORDER BY tstamp_ms DESC,id DESC";
}

static bool candidate(void *stretch, const struct str *cells, size_t n unused,
                      struct error *err)
{
    struct stretch *s = stretch;

    if (s->candidate_count == s->rows)
        return error_set(err, "ClickHouse answers more rows than the %zu it was "
                              "asked for", s->rows);
    s->candidates[s->candidate_count++] = place_of(cells);
    s->any_odd = s->any_odd || cell_number(cells[2]) != 0;
    return true;
}

static bool candidates(struct stretch *s, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&b, "SELECT tstamp_ms,id,odd");
    say_from(&b, s->e, "");
    say_where(&b, s->ask);
    say_before(&b, s);
    say_window(&b, &s->window);
    buf_printf(&b, "%s LIMIT %zu", order_of(s->ask->query), s->rows);
    s->candidate_count = 0;
    s->any_odd = false;
    return clickhouse_rows(s->e, &b, candidate, s, err);
}

static bool stretch_row(void *stretch, const struct str *c, size_t n,
                        struct error *err)
{
    struct stretch *s = stretch;
    struct walk *w = s->walk;
    struct walked one = {
        .place = {cell_number(c[0]), cell_number(c[1]), cell_number(c[7])},
        .acked = cell_number(c[2]) != 0,
        .deletion = cell_number(c[3]),
        .version = cell_number(c[4]),
        .bytes = cell_number(c[5]),
    };

    assert(n == 8);
    if (w->more)
        return true; /* these are for the next page */
    if (s->found == w->limit || *w->full || s->asked++ == LIST_FILTER_ROWS_MAX) {
        w->more = true;
        return true;
    }
    w->last = one.place;
    if (c[6].n > 0 && !line_passes(s->ask->query, c[6], &s->scratch))
        return true;
    s->found++;
    return w->row(w->to, &one, err);
}

/* The line, of rows that are to be asked on it. */
static const char *line_of(const struct stretch *s)
{
    if (s->ask->on_lines)
        return "json";
    return s->any_odd && s->ask->conditions.filter != NULL ? "if(odd=1,json,'')"
                                                           : "''";
}

/* Of these rows alone; all versions of each, as FINAL needs them. */
static void say_from_places(struct buf *b, const struct clickhouse *e,
                            const struct place *places, size_t n)
{
    struct buf how freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&how, " FINAL PREWHERE ");
    say_places(&how, places, n);
    say_from(b, e, buf_c(&how));
}

static void say_stretch(struct buf *b, const struct stretch *s)
{
    bool whole = s->ask->conditions.filter == NULL;

    if (whole)
        say_from(b, s->e, " FINAL");
    else
        say_from_places(b, s->e, s->candidates, s->candidate_count);
    say_where(b, s->ask);
    say_before(b, s);
    if (whole)
        say_side(b, s, &s->candidates[s->candidate_count - 1], false);
    buf_text(b, order_of(s->ask->query));
}

static bool stretch_read(struct stretch *s, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&b, "SELECT tstamp_ms,id,acked_ms<>0,deletion,version,bytes,");
    buf_text(&b, line_of(s));
    buf_text(&b, ",tstamp_s");
    say_stretch(&b, s);
    return clickhouse_rows(s->e, &b, stretch_row, s, err);
}

/* Behind all rows of the window. (No id is below 0.) */
static void window_leave(struct stretch *s)
{
    bool rising = s->window.oldest_first;

    s->before = (struct place){
        .tstamp_ms = s->window.edge_ms,
        .id = rising ? INT64_MAX : -1,
    };
    window_next(s->e, s->window.edge_ms + (rising ? 1 : -1), &s->window);
}

static bool walk_all(struct stretch *s, struct error *err)
{
    for (bool ended = false; !ended && !s->walk->more;) {
        if (!candidates(s, err))
            return false;
        if (s->candidate_count > 0 && !stretch_read(s, err))
            return false;
        if (s->candidate_count > 0)
            s->before = s->candidates[s->candidate_count - 1];
        ended = s->candidate_count < s->rows && s->window.is_last;
        if (s->candidate_count < s->rows && !ended)
            window_leave(s);
    }
    return true;
}

bool clickhouse_walk(struct clickhouse *e, const struct store_query *q,
                     struct walk *w, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct asking k;
    struct stretch s = {
        .e = e,
        .ask = &k,
        .walk = w,
        .before = {.tstamp_ms = q->before_tstamp_ms, .id = q->before_id},
    };
    bool ok;

    if (!clickhouse_ready(e, err) || !asking_make(e, q, &arena, &k, err))
        return false;
    s.rows = k.conditions.filter != NULL ? STRETCH_ROWS : w->limit + 1;
    s.window = window_first(e, q, s.rows);
    s.candidates = arena_array(&arena, s.rows, sizeof *s.candidates);
    ok = walk_all(&s, err);
    arena_release(&s.scratch);
    return ok;
}

/* --- a page -------------------------------------------------------------------------- */

struct paging {
    struct arena *a;
    struct store_page *out;
    struct place *places;
    size_t n;
    int64_t bytes;
    bool full;
};

static bool page_place(void *paging, const struct walked *w,
                       struct error *err unused)
{
    struct paging *p = paging;

    p->places[p->n++] = w->place;
    p->bytes += w->bytes;
    p->full = p->bytes > LIST_BYTES_MAX;
    return true;
}

static bool page_row(void *paging, const struct str *c, size_t n,
                     struct error *err unused)
{
    struct paging *p = paging;

    assert(n == 8);
    if (p->out->n < p->n) /* a note by another may be new, an alert never */
        p->out->rows[p->out->n++] = (struct store_row){
            .tstamp_ms = cell_number(c[0]),
            .id = cell_number(c[1]),
            .stored_ms = cell_number(c[2]),
            .json = arena_str(p->a, c[3]),
            .acked_ms = cell_number(c[4]),
            .acked_until_ms = cell_number(c[5]),
            .acked_by = arena_str(p->a, c[6]),
            .acked_note = arena_str(p->a, c[7]),
        };
    return true;
}

#define ROW_SELECT                                                             \
    "SELECT tstamp_ms,id,stored_ms,json,acked_ms,acked_until_ms,acked_by,"     \
    "acked_note"

static bool rows_fetch(struct clickhouse *e, struct paging *p, bool deleted_too,
                       const char *order, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&b, ROW_SELECT);
    say_from_places(&b, e, p->places, p->n);
    buf_text(&b, deleted_too ? "" : " AND deletion=0");
    buf_text(&b, order);
    return p->n == 0 || clickhouse_rows(e, &b, page_row, p, err);
}

static bool note_count(void *page, const struct str *cells, size_t n unused,
                       struct error *err unused)
{
    struct store_page *p = page;

    for (size_t i = 0; i < p->n; i++)
        if (p->rows[i].id == cell_number(cells[0]))
            p->rows[i].notes = cell_number(cells[1]);
    return true;
}

static bool notes_count(struct clickhouse *e, struct store_page *page,
                        struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    if (page->n == 0)
        return true;
    buf_text(&b, "SELECT id,uniqExact(n) FROM ");
    say_table(&b, e, "note", false);
    buf_text(&b, " WHERE id IN (");
    for (size_t i = 0; i < page->n; i++)
        buf_printf(&b, "%s%lld", i > 0 ? "," : "", (long long)page->rows[i].id);
    buf_text(&b, ") GROUP BY id");
    return clickhouse_rows(e, &b, note_count, page, err);
}

static bool page_read(struct clickhouse *e, const struct store_query *q,
                      struct arena *a, struct store_page *out,
                      struct error *err)
{
    struct paging p = {.a = a, .out = out};
    struct walk w = {
        .row = page_place,
        .to = &p,
        .limit = q->limit,
        .full = &p.full,
    };

    p.places = arena_array(a, MAX(q->limit, 1u), sizeof *p.places);
    out->rows = arena_array(a, MAX(q->limit, 1u), sizeof *out->rows);
    if (!clickhouse_walk(e, q, &w, err) || !rows_fetch(e, &p, true, order_of(q), err) ||
        !notes_count(e, out, err))
        return false;
    out->more = w.more;
    out->last_id = w.last.id;
    out->last_tstamp_ms = w.last.tstamp_ms;
    return true;
}

bool clickhouse_list(struct store_engine *engine, const struct store_query *q,
                     struct arena *a, struct store_page *out, struct error *err)
{
    struct clickhouse *e = clickhouse_of(engine);
    struct asking k;

    *out = (struct store_page){0};
    if (!page_read(e, q, a, out, err))
        return false;
    out->total = (int64_t)out->n;
    out->exact = q->before_id == 0 && !out->more;
    if (!out->exact && asking_make(e, q, a, &k, NULL))
        clickhouse_total(e, &k, out);
    return true;
}

/* --- one of them --------------------------------------------------------------------- */

bool clickhouse_get(struct store_engine *engine, int64_t id, struct arena *a,
                    struct store_row *out, struct error *err)
{
    struct clickhouse *e = clickhouse_of(engine);
    struct store_page page = {0};
    struct paging p = {.a = a, .out = &page};

    if (!clickhouse_ready(e, err) ||
        !clickhouse_places(e, &id, 1, a, &p.places, &p.n, err))
        return false;
    page.rows = arena_array(a, MAX(p.n, 1u), sizeof *page.rows);
    if (!rows_fetch(e, &p, false, "", err) || !notes_count(e, &page, err) ||
        page.n == 0)
        return false;
    *out = page.rows[0];
    return true;
}

struct noting {
    struct arena *a;
    struct store_note *notes;
    size_t n;
};

static bool note_read(void *noting, const struct str *c, size_t n unused,
                      struct error *err unused)
{
    struct noting *to = noting;

    if (to->n < STORE_NOTES_MAX)
        to->notes[to->n++] = (struct store_note){
            .at_ms = cell_number(c[0]),
            .by = arena_str(to->a, c[1]),
            .text = arena_str(to->a, c[2]),
        };
    return true;
}

bool clickhouse_notes(struct store_engine *engine, int64_t id, struct arena *a,
                      struct store_note **out, size_t *n, struct error *err)
{
    struct clickhouse *e = clickhouse_of(engine);
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);
    struct noting to = {.a = a};

    to.notes = arena_array(a, STORE_NOTES_MAX, sizeof *to.notes);
    if (!clickhouse_ready(e, err))
        return false;
    buf_text(&b, "SELECT at_ms,by,text FROM ");
    say_table(&b, e, "note", false);
    buf_printf(&b, " FINAL WHERE id=%lld", (long long)id);
    say_since(&b, e); /* what was set apart is there twice for a while */
    buf_text(&b, " ORDER BY n");
    if (!clickhouse_rows(e, &b, note_read, &to, err))
        return false;
    *out = to.notes;
    *n = to.n;
    return true;
}
