/* clickhouse_mark.c -- acknowledged, noted, deleted and taken back; and what time does
 * to it. Each is one INSERT of new versions, copied by the server from the old. */
#include "store/clickhouse_engine.h"
#include "store/clickhouse_row.h"

#include "base/limits.h"

#define DAYS_AT_ONCE_MS (4 * 86400000LL)

struct marking {
    struct clickhouse *e;
    const struct store_mark *mark;
    struct place *places; /* of the rows found */
    size_t n;
    int64_t changed;
};

static bool changes(const struct store_mark *m, const struct walked *w)
{
    switch (m->kind) {
    case MARK_ACK:
        return !w->acked;
    case MARK_UNACK:
        return w->acked;
    case MARK_NOTE:
        return true;
    case MARK_DELETE:
        return w->deletion != m->deletion;
    case MARK_UNDELETE:
        return w->deletion != 0;
    }
    bug("a mark nobody thought of");
}

static bool found(void *marking, const struct walked *w,
                  struct error *err unused)
{
    struct marking *m = marking;

    m->places[m->n++] = w->place;
    m->changed += changes(m->mark, w);
    return true;
}

/* --- new versions -------------------------------------------------------------------- */

struct put_over { /* instead of a column's own value */
    const char *column;
    struct str text; /* used when `number` is not */
    int64_t number;
    bool is_text;
};

static void say_over(struct buf *b, const struct put_over *over, size_t n,
                     const char *column)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(over[i].column, column) == 0) {
            if (over[i].is_text)
                say_text(b, over[i].text);
            else
                say_number(b, over[i].number);
            return;
        }
    buf_text(b, column);
    if (strcmp(column, "version") == 0)
        buf_text(b, "+1");
}

static bool days_insert(struct clickhouse *e, const struct place *places,
                        size_t place_count, const struct put_over *over,
                        size_t n, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&b, "INSERT INTO ");
    say_table(&b, e, "alert", false);
    buf_text(&b, " (");
    say_names(&b);
    buf_text(&b, ") SELECT ");
    for (size_t i = 0; i < ROW_COLUMNS; i++) {
        buf_text(&b, i > 0 ? "," : "");
        say_over(&b, over, n, row_columns[i].name);
    }
    say_alert_names(&b);
    say_from(&b, e, " FINAL");
    buf_text(&b, " AND ");
    say_places(&b, places, place_count);
    return clickhouse_run(e, &b, err);
}

/* The places are in an order of time. The server holds buffers for each column of
 * each day that a statement reads, so few days are read at once. */
static bool versions_insert(struct clickhouse *e, const struct place *places,
                            size_t place_count, const struct put_over *over,
                            size_t n, struct error *err)
{
    for (size_t from = 0, to = 1; from < place_count; from = to, to++) {
        while (to < place_count && llabs(places[to].tstamp_ms -
                                         places[from].tstamp_ms) < DAYS_AT_ONCE_MS)
            to++;
        if (!days_insert(e, places + from, to - from, over, n, err))
            return false;
    }
    return true;
}

bool clickhouse_set_acked(struct clickhouse *e, const struct place *places,
                          size_t n, const struct store_mark *k,
                          struct error *err)
{
    const struct put_over over[] = {
        {.column = "acked_ms", .number = k->at_ms},
        {.column = "acked_until_ms", .number = k->until_ms},
        {.column = "acked_by", .text = k->by, .is_text = true},
        {.column = "acked_note", .text = k->text, .is_text = true},
    };

    return versions_insert(e, places, n, over, COUNT_OF(over), err);
}

static bool set_deletion(const struct marking *m, int64_t deletion,
                         int64_t final_ms, struct error *err)
{
    const struct put_over over[] = {
        {.column = "deletion", .number = deletion},
        {.column = "final_ms", .number = final_ms},
    };

    return versions_insert(m->e, m->places, m->n, over, COUNT_OF(over), err);
}

/* Of a table that hangs on ids: its columns, tstamp_s the last of them. */
static bool ids_copy_apart(struct clickhouse *e, const char *table,
                           const char *names, const struct place *places,
                           size_t n, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&b, "INSERT INTO ");
    say_table(&b, e, table, false);
    buf_printf(&b, " (%s,tstamp_s) SELECT %s,%lld FROM ", names, names,
               (long long)CLICKHOUSE_APART_S);
    say_table(&b, e, table, false);
    buf_text(&b, " WHERE id IN (");
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s%lld", i > 0 ? "," : "", (long long)places[i].id);
    buf_text(&b, ")");
    return clickhouse_run(e, &b, err);
}

bool clickhouse_copy_apart(struct clickhouse *e, const struct place *places,
                           size_t n, struct error *err)
{
    const struct put_over over[] = {
        {.column = "tstamp_s", .number = CLICKHOUSE_APART_S},
    };

    return n == 0 ||
           (ids_copy_apart(e, "place", "id,row_id,tstamp_ms", places, n, err) &&
            ids_copy_apart(e, "note", "id,n,at_ms,by,text", places, n, err) &&
            versions_insert(e, places, n, over, COUNT_OF(over), err));
}

/* --- notes --------------------------------------------------------------------------- */

struct noted {
    int64_t id, n;
};
struct counting_notes {
    struct noted *v;
    size_t n, room;
};

static bool noted_read(void *counting, const struct str *cells, size_t n unused,
                       struct error *err unused)
{
    struct counting_notes *c = counting;

    if (c->n < c->room)
        c->v[c->n++] = (struct noted){
            cell_number(cells[0]),
            cell_number(cells[1]),
        };
    return true;
}

static int64_t notes_of(const struct counting_notes *c, int64_t id)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].id == id)
            return c->v[i].n;
    return 0;
}

static bool notes_count(const struct marking *m, struct counting_notes *c,
                        struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&b, "SELECT id,max(n) FROM ");
    say_table(&b, m->e, "note", false);
    buf_text(&b, " WHERE id IN (");
    for (size_t i = 0; i < m->n; i++)
        buf_printf(&b, "%s%lld", i > 0 ? "," : "", (long long)m->places[i].id);
    buf_text(&b, ") GROUP BY id");
    return clickhouse_rows(m->e, &b, noted_read, c, err);
}

static void note_write(struct json_out *o, const struct place *at, int64_t n,
                       const struct store_mark *k)
{
    out_object(o, NULL);
    out_i64(o, "id", at->id);
    out_i64(o, "n", n);
    out_i64(o, "at_ms", k->at_ms);
    out_str(o, "by", k->by);
    out_str(o, "text", k->text);
    out_i64(o, "tstamp_s", at->tstamp_s);
    out_object_end(o);
}

static bool notes_insert(const struct marking *m,
                         const struct counting_notes *c, struct error *err)
{
    struct buf b freed_by(buf_release) = BUF(CLICKHOUSE_SQL_MAX);

    buf_text(&b, "INSERT INTO ");
    say_table(&b, m->e, "note", false);
    buf_text(&b, " (id,n,at_ms,by,text,tstamp_s) FORMAT JSONEachRow\n");
    for (size_t i = 0; i < m->n; i++) {
        struct json_out o = JSON_OUT(&b);
        int64_t n = notes_of(c, m->places[i].id);

        if (n >= STORE_NOTES_MAX)
            return error_set(err, "alert %lld has %d notes, and can have no more",
                             (long long)m->places[i].id, STORE_NOTES_MAX);
        note_write(&o, &m->places[i], n + 1, m->mark);
        buf_char(&b, '\n');
    }
    return clickhouse_run(m->e, &b, err);
}

static bool note(const struct marking *m, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct counting_notes c = {.room = m->n};

    if (m->n == 0)
        return true;
    c.v = arena_array(&arena, m->n, sizeof *c.v);
    return notes_count(m, &c, err) && notes_insert(m, &c, err);
}

/* --- marks --------------------------------------------------------------------------- */

static bool mark_all(const struct marking *m, struct error *err)
{
    static const struct store_mark none;

    switch (m->mark->kind) {
    case MARK_ACK:
        return clickhouse_set_acked(m->e, m->places, m->n, m->mark, err);
    case MARK_UNACK:
        return clickhouse_set_acked(m->e, m->places, m->n, &none, err);
    case MARK_NOTE:
        return note(m, err);
    case MARK_DELETE:
        return set_deletion(m, m->mark->deletion, m->mark->until_ms, err);
    case MARK_UNDELETE:
        return set_deletion(m, 0, 0, err);
    }
    bug("a mark nobody thought of");
}

bool clickhouse_mark(struct store_engine *engine, const struct store_query *q,
                     const struct store_mark *mark, struct store_marked *out,
                     struct error *err)
{
    static const bool never;
    struct arena arena freed_by(arena_release) = {0};
    struct marking m = {.e = clickhouse_of(engine), .mark = mark};
    struct walk w = {
        .row = found,
        .to = &m,
        .limit = q->limit,
        .full = &never,
    };

    m.places = arena_array(&arena, MAX(q->limit, 1u), sizeof *m.places);
    if (!clickhouse_walk(m.e, q, &w, err) || !mark_all(&m, err))
        return false;
    *out = (struct store_marked){
        .changed = m.changed,
        .more = w.more,
        .last_tstamp_ms = w.last.tstamp_ms,
        .last_id = w.last.id,
    };
    return true;
}
