/* sqlite_block_make.c -- blocks are made where there are none, oldest first, and made
 * again where too much has changed. */
#include "store/sqlite_block.h"

struct gap { /* from <= tstamp < to */
    int64_t from_ms, to_ms;
    bool open; /* at one end: it waits until there are enough rows */
};

/* --- what is to be made ---------------------------------------------------------- */

/* The time of the n-th row from the gap's beginning; *found: there are so many. */
static bool nth_row(struct sqlite *e, const struct gap *g, size_t n,
                    int64_t *tstamp_ms, bool *found, struct error *err)
{
    sqlite3_stmt *s freed_by(statement_free) = statement_new(
        e, "SELECT tstamp_ms FROM occurrence WHERE tstamp_ms >= ?1 AND"
           " tstamp_ms < ?2 ORDER BY tstamp_ms LIMIT 1 OFFSET ?3", err);
    int code;

    if (s == NULL)
        return false;
    bind_i64(s, 1, g->from_ms);
    bind_i64(s, 2, g->to_ms);
    bind_i64(s, 3, (int64_t)n);
    code = sqlite3_step(s);
    *found = code == SQLITE_ROW;
    if (*found)
        *tstamp_ms = sqlite3_column_int64(s, 0);
    return *found || code == SQLITE_DONE || engine_error(e, err);
}

/* Rows of one time are in one block; more than fit into one are in none, which is a
 * block without rows. */
static bool block_within(struct sqlite *e, const struct gap *g,
                         struct block *out, bool *found, struct error *err)
{
    int64_t first_ms = 0, after_ms = 0;
    bool many;

    if (!nth_row(e, g, 0, &first_ms, found, err))
        return false;
    if (!*found)
        return true;
    if (!nth_row(e, g, e->block_rows, &after_ms, &many, err))
        return false;
    *found = many || !g->open;
    *out = (struct block){
        .from_ms = g->from_ms == INT64_MIN ? first_ms : g->from_ms,
        .to_ms = many ? after_ms : g->to_ms,
    };
    if (many && after_ms == first_ms) {
        out->from_ms = first_ms;
        out->to_ms = first_ms + 1;
        out->loose = -1; /* not to be read */
    }
    return true;
}

/* The next gap with something to do: between two blocks, or at an end. */
static bool next_block(struct sqlite *e, int64_t now_ms, struct block *out,
                       bool *found, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct gap gap = {.from_ms = INT64_MIN, .open = true};
    struct block *blocks;
    size_t n;

    *found = false;
    if (!blocks_find(e, INT64_MIN, INT64_MAX, &arena, &blocks, &n, err))
        return false;
    for (size_t i = 0; i <= n && !*found; i++) {
        gap.to_ms = i < n ? blocks[i].from_ms : now_ms - BLOCK_QUIET_MS;
        gap.open = i == 0 || i == n;
        if (gap.from_ms < gap.to_ms && !block_within(e, &gap, out, found, err))
            return false;
        gap.from_ms = i < n ? blocks[i].to_ms : 0;
    }
    return true;
}

/* --- a block is made ------------------------------------------------------------------ */

struct block_making {
    struct sqlite *e;
    struct column_builder columns[BLOCK_PLACES];
    struct block_place places[BLOCK_ROWS];
    size_t n, odd;
};

sqlite3_stmt *block_rows(struct sqlite *e, const struct block *b,
                         struct error *err)
{
    struct buf sql freed_by(buf_release) = BUF(16384);
    sqlite3_stmt *s;

    buf_text(&sql, "SELECT o.tstamp_ms, o.id, o.odd, o.acked");
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        buf_printf(&sql, ", %c.\"%s\"", i < COLUMN_HOT_COUNT ? 'o' : 'd',
                   columns[i].name);
    buf_text(&sql, " FROM occurrence AS o CROSS JOIN detail AS d"
                   " ON d.tstamp_ms = o.tstamp_ms AND d.id = o.id"
                   " WHERE o.tstamp_ms >= ?1 AND o.tstamp_ms < ?2"
                   " AND o.deletion = 0 ORDER BY o.tstamp_ms, o.id");
    s = statement_new(e, buf_c(&sql), err);
    if (s != NULL) {
        bind_i64(s, 1, b->from_ms);
        bind_i64(s, 2, b->to_ms);
    }
    return s;
}

struct str block_row_value(sqlite3_stmt *s, size_t column, int64_t *number)
{
    int at = column == BLOCK_ACKED ? 3 : 4 + (int)column;

    if (sqlite3_column_type(s, at) == SQLITE_NULL)
        return STR_NONE;
    if (block_column_is_text(column))
        return (struct str){
            .p = sqlite3_column_blob(s, at),
            .n = (size_t)sqlite3_column_bytes(s, at),
        };
    *number = sqlite3_column_int64(s, at);
    return (struct str){(const char *)number, sizeof *number};
}

static void row_add(struct block_making *m, sqlite3_stmt *s)
{
    int64_t number;

    for (size_t i = 0; i < BLOCK_PLACES; i++)
        column_builder_add(&m->columns[i], block_row_value(s, i, &number),
                           block_column_is_text(i));
    m->places[m->n++] = (struct block_place){
        .tstamp_ms = sqlite3_column_int64(s, 0),
        .id = sqlite3_column_int64(s, 1),
    };
}

static bool loose_put(struct block_making *m, sqlite3_stmt *row,
                      struct error *err)
{
    STATEMENT(s, m->e, SQL_LOOSE);

    bind_i64(s, 1, sqlite3_column_int64(row, 0));
    bind_i64(s, 2, sqlite3_column_int64(row, 1));
    m->odd++;
    return statement_run(m->e, s, err);
}

static bool rows_add(struct block_making *m, const struct block *b,
                     struct error *err)
{
    sqlite3_stmt *s freed_by(statement_free) = block_rows(m->e, b, err);
    int code;

    if (s == NULL)
        return false;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        if (sqlite3_column_int(s, 2) == 0)
            row_add(m, s);
        else if (!loose_put(m, s, err))
            return false;
    }
    return code == SQLITE_DONE || engine_error(m->e, err);
}

static bool data_put(struct block_making *m, const struct block *b, size_t column,
                     const struct buf *data, struct error *err)
{
    STATEMENT(s, m->e, SQL_BLOCK_COLUMN_PUT);
    int code;

    bind_i64(s, 1, b->from_ms * BLOCK_KEYS + (int64_t)column);
    code = sqlite3_bind_blob64(s, 2, data->p, data->n, SQLITE_STATIC);
    assert(code == SQLITE_OK);
    return statement_run(m->e, s, err);
}

static bool columns_put(struct block_making *m, const struct block *b,
                        struct error *err)
{
    struct buf data freed_by(buf_release) = BUF(2 * BLOCK_VALUES_MAX);

    for (size_t i = 0; m->n > 0 && i < BLOCK_PLACES; i++) {
        buf_reset(&data);
        if (column_builder_write(&m->columns[i], &data) &&
            !data_put(m, b, i, &data, err))
            return false;
    }
    buf_reset(&data);
    block_places_write(m->places, m->n, &data);
    return m->n == 0 || data_put(m, b, BLOCK_PLACES, &data, err);
}

static bool block_row(struct block_making *m, enum sql which,
                      const struct block *b, int64_t third, int64_t fourth,
                      struct error *err)
{
    STATEMENT(s, m->e, which);

    bind_i64(s, 1, b->from_ms);
    bind_i64(s, 2, b->to_ms);
    bind_i64(s, 3, third);
    bind_i64(s, 4, fourth);
    return statement_run(m->e, s, err);
}

static void making_free(struct block_making *m)
{
    for (size_t i = 0; i < BLOCK_PLACES; i++)
        column_builder_release(&m->columns[i]);
    free(m);
}

static bool block_put(struct sqlite *e, const struct block *b, struct error *err)
{
    struct block_making *m = mem_new(sizeof *m);
    bool ok;

    m->e = e;
    /* It is there before its loose rows, which are counted in it. */
    ok = block_row(m, SQL_BLOCK_PUT, b, 0, 0, err) &&
         (b->loose < 0 ||
          (rows_add(m, b, err) && columns_put(m, b, err) &&
           block_row(m, SQL_BLOCK_SET, b, (int64_t)m->n, (int64_t)m->odd, err)));
    making_free(m);
    return ok;
}

static bool worn_out_drop(struct sqlite *e, struct error *err)
{
    STATEMENT(s, e, SQL_BLOCK_DROP);

    bind_i64(s, 1, (int64_t)e->block_rows / BLOCK_LOOSE_PART);
    return statement_run(e, s, err);
}

static bool bite(struct sqlite *e, int64_t now_ms, bool *made, struct error *err)
{
    struct block next;

    return worn_out_drop(e, err) && next_block(e, now_ms, &next, made, err) &&
           (!*made || block_put(e, &next, err));
}

bool block_make(struct sqlite *e, int64_t now_ms, bool *made, struct error *err)
{
    bool ok = sqlite_run(e, SQL_BEGIN, err) && bite(e, now_ms, made, err) &&
              sqlite_run(e, SQL_COMMIT, err);

    if (!ok)
        sqlite_roll_back(e);
    return ok;
}
