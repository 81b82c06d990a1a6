/* sqlite_mark.c -- acknowledged, noted, deleted and taken back; and what time does
 * to it: an acknowledgement ends, a deletion becomes final. */
#include "store/sqlite_block.h"
#include "store/sqlite_engine.h"

struct marking {
    struct sqlite *e;
    const struct store_mark *mark;
    int64_t *ids; /* of the rows found */
    size_t n;
    int64_t changed;
};

/* Rows are found first and marked then, so that no walk meets what it changed. */
static bool found(void *marking, int64_t id, int64_t tstamp_ms unused,
                  struct error *err unused)
{
    struct marking *m = marking;

    m->ids[m->n++] = id;
    return true;
}

static bool set(struct marking *m, enum sql which, int64_t id, int64_t to,
                struct error *err)
{
    STATEMENT(s, m->e, which);

    bind_i64(s, 1, id);
    bind_i64(s, 2, to);
    if (!statement_run(m->e, s, err))
        return false;
    m->changed += sqlite3_changes(m->e->db) > 0;
    return true;
}

static bool acknowledge(struct marking *m, int64_t id, struct error *err)
{
    const struct store_mark *k = m->mark;
    STATEMENT(s, m->e, SQL_SET_MARK);

    bind_i64(s, 1, id);
    bind_i64(s, 2, k->at_ms);
    bind_i64(s, 3, k->until_ms);
    bind_text(s, 4, k->by);
    bind_text(s, 5, k->text);
    return statement_run(m->e, s, err) && set(m, SQL_SET_ACKED, id, 1, err);
}

static bool unacknowledge(struct marking *m, int64_t id, struct error *err)
{
    STATEMENT(s, m->e, SQL_UNSET_MARK);

    bind_i64(s, 1, id);
    return statement_run(m->e, s, err) && set(m, SQL_SET_ACKED, id, 0, err);
}

static bool note_full(struct marking *m, int64_t id, struct error *err)
{
    STATEMENT(s, m->e, SQL_NOTES_OF);
    int code;

    bind_i64(s, 1, id);
    code = sqlite3_step(s);
    if (code != SQLITE_ROW)
        return !engine_error(m->e, err);
    if (sqlite3_column_int64(s, 0) < STORE_NOTES_MAX)
        return false;
    error_set(err, "alert %lld has %d notes, and can have no more",
              (long long)id, STORE_NOTES_MAX);
    return true;
}

static bool note(struct marking *m, int64_t id, struct error *err)
{
    const struct store_mark *k = m->mark;
    STATEMENT(s, m->e, SQL_NOTE);

    if (note_full(m, id, err))
        return false;
    bind_i64(s, 1, id);
    bind_i64(s, 2, k->at_ms);
    bind_text(s, 3, k->by);
    bind_text(s, 4, k->text);
    m->changed++;
    return statement_run(m->e, s, err);
}

static bool mark_one(struct marking *m, int64_t id, struct error *err)
{
    switch (m->mark->kind) {
    case MARK_ACK:
        return acknowledge(m, id, err);
    case MARK_UNACK:
        return unacknowledge(m, id, err);
    case MARK_NOTE:
        return note(m, id, err);
    case MARK_DELETE:
        return set(m, SQL_SET_DELETION, id, m->mark->deletion, err);
    case MARK_UNDELETE:
        return set(m, SQL_SET_DELETION, id, 0, err);
    }
    bug("a mark nobody thought of");
}

static bool deletion_begin(struct marking *m, struct error *err)
{
    STATEMENT(s, m->e, SQL_DELETION);

    if (m->mark->kind != MARK_DELETE)
        return true;
    bind_i64(s, 1, m->mark->deletion);
    bind_i64(s, 2, m->mark->until_ms);
    return statement_run(m->e, s, err);
}

static bool mark_all(struct marking *m, struct error *err)
{
    bool ok = sqlite_run(m->e, SQL_BEGIN, err) && deletion_begin(m, err);

    for (size_t i = 0; ok && i < m->n; i++)
        ok = mark_one(m, m->ids[i], err);
    ok = ok && sqlite_run(m->e, SQL_COMMIT, err);
    if (!ok)
        sqlite_roll_back(m->e);
    return ok;
}

bool sqlite_mark(struct store_engine *engine, const struct store_query *q,
                 const struct store_mark *mark, struct store_marked *out,
                 struct error *err)
{
    static const bool never;
    struct arena arena freed_by(arena_release) = {0};
    struct marking m = {.e = sqlite_of(engine), .mark = mark};
    struct sqlite_walk w = {
        .row = found,
        .to = &m,
        .limit = q->limit,
        .full = &never,
    };
    struct sqlite_walked walked;
    bool ok;

    m.ids = arena_array(&arena, MAX(q->limit, 1u), sizeof *m.ids);
    sqlite_question(m.e);
    ok = sqlite_rows(m.e, q, &w, &walked, err);
    sqlite_answered(m.e);
    if (!ok || !mark_all(&m, err))
        return false;
    *out = (struct store_marked){
        .changed = m.changed,
        .more = walked.more,
        .last_tstamp_ms = walked.last_tstamp_ms,
        .last_id = walked.last_id,
    };
    return true;
}

/* --- what time does ---------------------------------------------------------------- */

static bool ids_due(struct sqlite *e, enum sql which, int64_t now_ms,
                    size_t at_most, struct marking *m, struct error *err)
{
    STATEMENT(s, e, which);
    int code;

    m->n = 0;
    bind_i64(s, 1, now_ms);
    bind_i64(s, 2, (int64_t)at_most);
    while ((code = sqlite3_step(s)) == SQLITE_ROW)
        m->ids[m->n++] = sqlite3_column_int64(s, 0);
    return code == SQLITE_DONE || engine_error(e, err);
}

static bool acks_end(struct marking *m, struct error *err)
{
    for (size_t i = 0; i < m->n; i++)
        if (!unacknowledge(m, m->ids[i], err))
            return false;
    return true;
}

static bool remove_row(struct sqlite *e, int64_t id, struct error *err)
{
    STATEMENT(s, e, SQL_REMOVE);

    bind_i64(s, 1, id);
    return statement_run(e, s, err);
}

static bool rows_remove(struct marking *m, struct error *err)
{
    for (size_t i = 0; i < m->n; i++)
        if (!remove_row(m->e, m->ids[i], err))
            return false;
    return true;
}

static bool deletions_forget(struct sqlite *e, int64_t now_ms,
                             struct error *err)
{
    STATEMENT(s, e, SQL_FORGET_DELETIONS);

    bind_i64(s, 1, now_ms);
    return statement_run(e, s, err);
}

static bool tidy(struct marking *m, int64_t now_ms, size_t at_most,
                 size_t *done, struct error *err)
{
    if (!ids_due(m->e, SQL_ENDED_ACKS, now_ms, at_most, m, err) ||
        !acks_end(m, err))
        return false;
    *done = m->n;
    if (!ids_due(m->e, SQL_FINAL, now_ms, at_most - *done, m, err) ||
        !rows_remove(m, err))
        return false;
    *done += m->n;
    return deletions_forget(m->e, now_ms, err);
}

static bool time_passes(struct marking *m, int64_t now_ms, size_t at_most,
                        size_t *done, struct error *err)
{
    bool ok = sqlite_run(m->e, SQL_BEGIN, err) &&
              tidy(m, now_ms, at_most, done, err) &&
              sqlite_run(m->e, SQL_COMMIT, err);

    if (!ok)
        sqlite_roll_back(m->e);
    return ok;
}

/* A block made is a bite of its own: then there may be more to do. */
bool sqlite_tidy(struct store_engine *engine, int64_t now_ms, size_t at_most,
                 size_t *done, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct marking m = {.e = sqlite_of(engine)};
    bool made = false;

    m.ids = arena_array(&arena, MAX(at_most, 1u), sizeof *m.ids);
    if (!time_passes(&m, now_ms, at_most, done, err))
        return false;
    if (*done < at_most && !block_make(m.e, now_ms, &made, err))
        return false;
    if (made)
        *done = at_most;
    return true;
}
