/* sqlite_block_verify.c -- whether the blocks say what the rows say. */
#include "store/sqlite_block.h"

static bool differs(const struct block *b, int64_t id, const char *what,
                    struct error *err)
{
    return error_set(err, "the block of %lld says something else than alert "
                          "%lld: its %s",
                     (long long)b->from_ms, (long long)id, what);
}

static bool value_agrees(const struct block_view *v, size_t column, size_t row,
                         struct str value)
{
    const struct block_column *from = &v->columns[column];
    uint16_t code;

    if (from->codes == NULL)
        return true; /* it is not kept */
    code = from->codes[row];
    if (code == 0 || value.n == 0)
        return code == 0 && value.n == 0;
    return str_eq(value, from->texts != NULL
                             ? from->texts[code - 1]
                             : (struct str){
                                   (const char *)&from->numbers[code - 1],
                                   sizeof *from->numbers,
                               });
}

static bool row_agrees(const struct block *b, const struct block_view *v,
                       size_t row, sqlite3_stmt *s, struct error *err)
{
    int64_t number;

    for (size_t i = 0; i < BLOCK_PLACES; i++)
        if (!value_agrees(v, i, row, block_row_value(s, i, &number)))
            return differs(b, v->places[row].id,
                           i < COLUMN_COUNT ? columns[i].name : "ack", err);
    return true;
}

/* A row that is not loose is in the block once, and each in the block is there. */
static bool rows_agree(struct sqlite *e, const struct block *b,
                       const struct block_view *v, bool *in_block,
                       struct error *err)
{
    sqlite3_stmt *s freed_by(statement_free) = block_rows(e, b, err);
    int code;

    if (s == NULL)
        return false;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        const struct block_place key = {
            .tstamp_ms = sqlite3_column_int64(s, 0),
            .id = sqlite3_column_int64(s, 1),
        };
        const struct block_place *at =
            bsearch(&key, v->places, v->n, sizeof key, block_place_order);

        if (at == NULL || !in_block[at - v->places])
            continue; /* loose, or rows_missed() finds it */
        in_block[at - v->places] = false;
        if (!row_agrees(b, v, (size_t)(at - v->places), s, err))
            return false;
    }
    for (size_t i = 0; i < v->n; i++)
        if (in_block[i])
            return differs(b, v->places[i].id, "row is not there", err);
    return code == SQLITE_DONE || engine_error(e, err);
}

/* Rows of its time that are neither in it nor loose. */
static bool rows_counted(struct sqlite *e, const struct block *b, size_t kept,
                         struct error *err)
{
    sqlite3_stmt *s freed_by(statement_free) = statement_new(
        e, "SELECT count(*) FROM occurrence AS o WHERE o.tstamp_ms >= ?1 AND"
           " o.tstamp_ms < ?2 AND o.deletion = 0 AND NOT EXISTS (SELECT 1 FROM"
           " loose AS l WHERE l.tstamp_ms = o.tstamp_ms AND l.id = o.id)", err);
    int64_t rows;

    if (s == NULL)
        return false;
    bind_i64(s, 1, b->from_ms);
    bind_i64(s, 2, b->to_ms);
    if (sqlite3_step(s) != SQLITE_ROW)
        return engine_error(e, err);
    rows = sqlite3_column_int64(s, 0);
    return rows == (int64_t)kept ||
           error_set(err, "the block of %lld has %zu rows, not %lld",
                     (long long)b->from_ms, kept, (long long)rows);
}

static bool block_agrees(struct sqlite *e, const struct block *b,
                         struct error *err)
{
    struct arena a freed_by(arena_release) = {0};
    struct block_view v = {.n = b->n};
    bool *in_block = arena_array(&a, MAX(b->n, 1u), sizeof *in_block);
    size_t kept = 0;
    bool there;

    for (size_t i = 0; b->n > 0 && i < BLOCK_COLUMNS; i++) {
        if (!block_read(e, b, i, &a, &v, &there, err))
            return false;
        if (there && i != BLOCK_PLACES &&
            !block_codes_read(&v.columns[i], v.n, &a))
            return block_damaged(b, err);
    }
    if (b->n == 0)
        return true;
    if (v.places == NULL)
        return block_damaged(b, err);
    memset(in_block, true, v.n);
    if (!block_loose_leave(e, b, &v, in_block, err))
        return false;
    for (size_t i = 0; i < v.n; i++)
        kept += in_block[i];
    return rows_agree(e, b, &v, in_block, err) && rows_counted(e, b, kept, err);
}

bool blocks_verify(struct sqlite *e, struct error *err)
{
    struct arena arena freed_by(arena_release) = {0};
    struct block *blocks;
    size_t n;

    if (!blocks_find(e, INT64_MIN, INT64_MAX, &arena, &blocks, &n, err))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!block_agrees(e, &blocks[i], err))
            return false;
    return true;
}
