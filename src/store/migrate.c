/* migrate.c -- pages of one engine put into another, through the same door as new
 * alerts: what is there already is not changed, so a page can be done twice. */
#include "store/migrate.h"

#include "base/limits.h"

static bool occurrence_of(const struct store_row *row, struct arena *arena,
                          struct occurrence *out, struct error *err)
{
    const struct json *j = json_parse(arena, row->json, err);
    struct alert alert;

    if (j == NULL || !alert_read(arena, j, 0, &alert, err))
        return error_in(err, "alert %lld", (long long)row->id);
    alert.line = row->json;
    if (!occurrence_make(&alert, arena, out, err))
        return false;
    out->id = row->id;
    out->stored_ms = row->stored_ms;
    return true;
}

static bool alerts_put(struct migration *m, const struct store_page *page,
                       struct arena *arena, struct error *err)
{
    struct occurrence *rows = arena_array(arena, MAX(page->n, 1u), sizeof *rows);

    for (size_t i = 0; i < page->n; i++)
        if (!occurrence_of(&page->rows[i], arena, &rows[i], err))
            return false;
    return page->n == 0 || store_engine_keep(m->to, rows, page->n, 0, err);
}

/* --- marks --------------------------------------------------------------------------- */

static bool same_ack(const struct store_row *a, const struct store_row *b)
{
    return a->acked_ms == b->acked_ms &&
           a->acked_until_ms == b->acked_until_ms &&
           str_eq(a->acked_by, b->acked_by) &&
           str_eq(a->acked_note, b->acked_note);
}

static bool ack_put(struct migration *m, const struct store_row *like,
                    const int64_t *ids, size_t n, struct error *err)
{
    const struct store_query q = {
        .entity = -1,
        .acked = m->mirror ? STORE_ACKED_OR_NOT : STORE_NOT_ACKED,
        .ids = ids,
        .id_count = n,
        .limit = PAGE_MAX,
    };
    const struct store_mark ack = {
        .kind = MARK_ACK,
        .at_ms = like->acked_ms,
        .until_ms = like->acked_until_ms,
        .by = like->acked_by,
        .text = like->acked_note,
    };
    struct store_marked marked;

    return store_engine_mark(m->to, &q, &ack, &marked, err);
}

/* Those that were acknowledged at once go at once. */
static bool acks_put(struct migration *m, const struct store_page *page,
                     struct error *err)
{
    int64_t ids[PAGE_MAX];

    for (size_t i = 0; i < page->n; i++) {
        const struct store_row *row = &page->rows[i];
        bool told = row->acked_ms == 0;
        size_t n = 0;

        for (size_t k = 0; k < i && !told; k++)
            told = same_ack(&page->rows[k], row);
        for (size_t k = i; k < page->n && !told; k++)
            if (same_ack(&page->rows[k], row))
                ids[n++] = page->rows[k].id;
        if (n > 0 && !ack_put(m, row, ids, n, err))
            return false;
    }
    return true;
}

static bool note_put(struct migration *m, int64_t id,
                     const struct store_note *note, struct error *err)
{
    const struct store_query q = {
        .entity = -1,
        .ids = &id,
        .id_count = 1,
        .limit = 1,
    };
    const struct store_mark mark = {
        .kind = MARK_NOTE,
        .at_ms = note->at_ms,
        .by = note->by,
        .text = note->text,
    };
    struct store_marked marked;

    return store_engine_mark(m->to, &q, &mark, &marked, err);
}

/* Those after the ones that are there. */
static bool notes_put(struct migration *m, int64_t id, struct arena *arena,
                      struct error *err)
{
    struct store_note *from, *to;
    size_t n, there;

    if (!store_engine_notes(m->from, id, arena, &from, &n, err) ||
        !store_engine_notes(m->to, id, arena, &to, &there, err))
        return false;
    for (size_t i = there; i < n; i++)
        if (!note_put(m, id, &from[i], err))
            return false;
    return true;
}

/* Of a mirror: those that are acknowledged there, and not any more here. */
static bool acks_take_back(struct migration *m, const struct store_page *page,
                           struct error *err)
{
    int64_t ids[PAGE_MAX];
    const struct store_mark unack = {.kind = MARK_UNACK, .at_ms = m->now_ms};
    struct store_query q = {
        .entity = -1,
        .acked = STORE_ACKED,
        .ids = ids,
        .limit = PAGE_MAX,
    };
    struct store_marked marked;

    for (size_t i = 0; i < page->n; i++)
        if (page->rows[i].acked_ms == 0)
            ids[q.id_count++] = page->rows[i].id;
    return q.id_count == 0 || store_engine_mark(m->to, &q, &unack, &marked, err);
}

static bool marks_put(struct migration *m, const struct store_page *page,
                      struct arena *arena, struct error *err)
{
    for (size_t i = 0; i < page->n; i++)
        if (page->rows[i].notes > 0 &&
            !notes_put(m, page->rows[i].id, arena, err))
            return false;
    return acks_put(m, page, err) &&
           (!m->mirror || acks_take_back(m, page, err));
}

/* --- deleted, and taken back ---------------------------------------------------------- */

static bool deletion_put(struct migration *m, const struct store_page *page,
                         bool deleted, struct error *err)
{
    int64_t ids[PAGE_MAX];
    const struct store_query q = {
        .entity = -1,
        .ids = ids,
        .id_count = page->n,
        .deletion = deleted ? 0 : STORE_DELETED,
        .limit = PAGE_MAX,
    };
    const struct store_mark mark = {
        .kind = deleted ? MARK_DELETE : MARK_UNDELETE,
        .at_ms = m->now_ms,
        .until_ms = m->now_ms,
        .deletion = deleted ? MAX(m->now_ms, 1) : 0,
    };
    struct store_marked marked;

    for (size_t i = 0; i < page->n; i++)
        ids[i] = page->rows[i].id;
    return page->n == 0 || store_engine_mark(m->to, &q, &mark, &marked, err);
}

/* --- read back --------------------------------------------------------------------------- */

static bool same_row(const struct store_row *a, const struct store_row *b)
{
    return a->tstamp_ms == b->tstamp_ms && str_eq(a->json, b->json) &&
           same_ack(a, b) && a->notes == b->notes;
}

/* How many of the page are there, and how many of these say something else. Both
 * lists are newest first. */
static bool page_compare(struct migration *m, const struct store_page *page,
                         struct arena *arena, int64_t *there, int64_t *differ,
                         struct error *err)
{
    int64_t ids[PAGE_MAX];
    const struct store_query q = {
        .entity = -1,
        .ids = ids,
        .id_count = page->n,
        .limit = PAGE_MAX,
    };
    struct store_page back = {0};
    size_t at = 0;

    for (size_t i = 0; i < page->n; i++)
        ids[i] = page->rows[i].id;
    if (page->n > 0 && !store_engine_list(m->to, &q, arena, &back, err))
        return false;
    *there = *differ = 0;
    for (size_t i = 0; i < page->n && at < back.n; i++)
        if (page->rows[i].id == back.rows[at].id) {
            *differ += !same_row(&page->rows[i], &back.rows[at++]);
            ++*there;
        }
    return true;
}

static bool page_check(struct migration *m, const struct store_page *page,
                       struct arena *arena, struct error *err)
{
    int64_t there, differ;

    if (!page_compare(m, page, arena, &there, &differ, err))
        return false;
    if (m->mirror && there < (int64_t)page->n &&
        (!deletion_put(m, page, false, err) ||
         !page_compare(m, page, arena, &there, &differ, err)))
        return false;
    m->moved += there;
    m->missed += (int64_t)page->n - there;
    m->differ += differ;
    return true;
}

/* --- a page -------------------------------------------------------------------------- */

static void go_on(struct migration *m, const struct store_page *page)
{
    m->before_tstamp_ms = page->last_tstamp_ms;
    m->before_id = page->last_id;
    if (page->more)
        return;
    m->finished = m->alerts_done || !m->mirror;
    m->alerts_done = true;
    m->before_tstamp_ms = m->before_id = 0;
}

bool migrate_page(struct migration *m, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    const struct store_query q = {
        .entity = -1,
        .before_tstamp_ms = m->before_tstamp_ms,
        .before_id = m->before_id,
        .deletion = m->alerts_done ? STORE_DELETED : 0,
        .limit = PAGE_MAX,
    };
    struct store_page page;
    bool ok = store_engine_list(m->from, &q, &arena, &page, err);

    if (ok && m->alerts_done)
        ok = deletion_put(m, &page, true, err);
    else if (ok)
        ok = alerts_put(m, &page, &arena, err) &&
             marks_put(m, &page, &arena, err) &&
             page_check(m, &page, &arena, err);
    if (ok)
        go_on(m, &page);
    return ok;
}
