/* sqlite_block.h -- old rows once more, column by column, so that counting and
 * looking for what is rare read only the columns that are asked about.
 *
 * A block holds the rows of a range of time: of each column its different values,
 * and which of them each row has. It is made by housekeeping when the range has
 * been quiet for a while. Rows that change afterwards are "loose" (triggers see to
 * it), and so are odd ones from the beginning: they are read one by one from the
 * table, where every row stays. Blocks can all be dropped and made again. */
#ifndef STORE_SQLITE_BLOCK_H
#define STORE_SQLITE_BLOCK_H

#include "base/hash.h"
#include "store/sqlite_where.h"

#define BLOCK_ROWS 16384       /* at most; of one bite of housekeeping */
#define BLOCK_QUIET_MS 120000  /* younger rows are in none yet */
#define BLOCK_LOOSE_PART 16    /* more of it loose: it is made again */
#define BLOCK_VALUES_MAX (2u << 20) /* bytes of one column; longer: not kept */
#define BLOCK_ARENA_KEEP (8u << 20) /* bytes, from one block to the next */

/* Beside the columns of column.h: */
#define BLOCK_ACKED COLUMN_COUNT
#define BLOCK_PLACES (COLUMN_COUNT + 1) /* tstamp_ms and id */
#define BLOCK_COLUMNS (COLUMN_COUNT + 2)
#define BLOCK_KEYS 128 /* of a block: key = from_ms * 128 + column */

struct block {
    int64_t from_ms, to_ms; /* from <= tstamp < to */
    size_t n;      /* rows; 0: they are to be read from the table */
    int64_t loose; /* rows of its time that are, anyway */
};

/* --- one column ---------------------------------------------------------------- */

struct block_column { /* a row's code: 0 absent, else its value + 1 */
    bool is_read;          /* its values; they and the codes are in the arena */
    size_t values;
    const struct str *texts; /* of a text's or address' column ... */
    const int64_t *numbers;  /* ... else these */
    struct str written;      /* its codes, as they lie in the file ... */
    const uint16_t *codes;   /* ... and laid out; NULL: not yet */
};

struct column_builder { /* zeroed: empty; all is ours */
    struct hash codes; /* a value's code, as a pointer's bits */
    struct arena arena;
    struct buf values; /* as they are written */
    uint16_t *of_rows; /* BLOCK_ROWS of them */
    size_t rows, count;
    struct str last; /* the value before, in the arena: mostly it is the same */
    uint16_t last_code;
};
void column_builder_release(struct column_builder *b);
/* The next row's value: its bytes; an int64_t's for a number; "" is absent. */
void column_builder_add(struct column_builder *b, struct str value, bool is_text);
/* False: its values are too long to be kept. */
bool column_builder_write(const struct column_builder *b, struct buf *to) must_check;

/* Its values, then the codes of n rows, when they are needed. False: damaged. */
bool block_column_read(struct str data, size_t n, bool is_text, struct arena *a,
                       struct block_column *out) must_check;
bool block_codes_read(struct block_column *c, size_t n, struct arena *a) must_check;

struct block_place { int64_t tstamp_ms, id; };
void block_places_write(const struct block_place *p, size_t n, struct buf *to);
bool block_places_read(struct str data, size_t n, struct arena *a,
                       const struct block_place **out) must_check;

bool block_column_is_text(size_t column);

/* --- asked ----------------------------------------------------------------------- */

/* Those that overlap the time, oldest first; in the arena. */
bool blocks_find(struct sqlite *e, int64_t first_ms, int64_t last_ms,
                 struct arena *a, struct block **out, size_t *n,
                 struct error *err) must_check;

struct block_view { /* of one block; in the arena */
    size_t n;
    const struct block_place *places; /* in the order of time; NULL: not read */
    struct block_column columns[BLOCK_COLUMNS];
    const bool *passes; /* a row of the block, not a loose one */
};
/* Whether blocks can answer it: what is deleted, and single ids, they cannot. */
bool blocks_will_do(const struct ask *k);
void block_want(uint64_t to[2], size_t column); /* sets its bit */
/* Asks each row, and reads the columns that it takes to say so. When there is one
 * that passes, those set in `also` are read, too; without, nothing more is. *whole is
 * false when it has not got all of these: read the rows. */
bool block_ask(struct sqlite *e, const struct block *b, const struct ask *k,
               const uint64_t also[2], struct arena *a, struct block_view *out,
               bool *whole, struct error *err) must_check;

/* One of its columns, or its places; *there is false when it has not got it. */
bool block_read(struct sqlite *e, const struct block *b, size_t column, struct arena *a,
                struct block_view *v, bool *there, struct error *err) must_check;
/* Its loose rows do not pass: they are read from the table, as they are now. */
bool block_loose_leave(struct sqlite *e, const struct block *b, const struct block_view *v,
                       bool *passes, struct error *err) must_check;
int block_place_order(const void *a, const void *b); /* of struct block_place */
bool block_damaged(const struct block *b, struct error *err); /* says so */

/* Its rows, in order, the odd ones too; and what one has in a column. The bytes of
 * a number are in *number. */
sqlite3_stmt *block_rows(struct sqlite *e, const struct block *b,
                         struct error *err);
struct str block_row_value(sqlite3_stmt *s, size_t column, int64_t *number);
#define BLOCK_ROW_ODD 2 /* of the statement's columns */

/* --- made ------------------------------------------------------------------------ */

/* One bite: a block is made, or one with too many loose rows is made again. *made
 * is false when there was nothing to do. */
bool block_make(struct sqlite *e, int64_t now_ms, bool *made,
                struct error *err) must_check;
/* Every block says what the rows say. */
bool blocks_verify(struct sqlite *e, struct error *err) must_check;

#endif
