/* sqlite_block.c -- a block's columns as bytes, and back. A column is its different
 * values in the order they first came, then a code a row: none when all rows have
 * the same, one byte while 255 values do, else two. Numbers are LEB128, zigzag. */
#include "store/sqlite_block.h"

static_assert(BLOCK_COLUMNS <= BLOCK_KEYS, "each has a key");
static_assert(BLOCK_ROWS < UINT16_MAX, "a code for each value, and one for none");

bool block_column_is_text(size_t column)
{
    return column < COLUMN_COUNT && (columns[column].type == COLUMN_TEXT ||
                                     columns[column].type == COLUMN_ADDRESS);
}

/* --- numbers --------------------------------------------------------------------- */

static void unsigned_write(struct buf *to, uint64_t n)
{
    for (; n >= 0x80; n >>= 7)
        buf_char(to, (char)(uint8_t)(n | 0x80));
    buf_char(to, (char)(uint8_t)n);
}

static void number_write(struct buf *to, int64_t n)
{
    unsigned_write(to, (uint64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0));
}

static bool unsigned_read(struct str *from, uint64_t *out)
{
    uint64_t n = 0;

    for (unsigned shift = 0; shift < 64 && from->n > 0; shift += 7) {
        uint8_t byte = (uint8_t)*from->p;

        *from = str_from(*from, 1);
        n |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *out = n;
            return true;
        }
    }
    return false;
}

static bool number_read(struct str *from, int64_t *out)
{
    uint64_t n;

    if (!unsigned_read(from, &n))
        return false;
    *out = (int64_t)(n >> 1 ^ (n & 1 ? UINT64_MAX : 0));
    return true;
}

/* --- a column is built -------------------------------------------------------------- */

void column_builder_release(struct column_builder *b)
{
    hash_release(&b->codes);
    arena_release(&b->arena);
    buf_release(&b->values);
    free(b->of_rows);
}

static void value_write(struct column_builder *b, struct str value, bool is_text)
{
    int64_t number;

    if (is_text) {
        unsigned_write(&b->values, value.n);
        buf_str(&b->values, value);
    } else {
        memcpy(&number, value.p, sizeof number);
        number_write(&b->values, number);
    }
}

/* Of the value; what the hash holds is the code itself, as a pointer's bits. */
static uint16_t code_of(struct column_builder *b, struct str value, bool is_text)
{
    uintptr_t code;

    if (str_eq(value, b->last))
        return b->last_code;
    code = (uintptr_t)hash_get(&b->codes, value);
    if (code != 0)
        return (uint16_t)code;
    b->last = arena_str(&b->arena, value);
    b->last_code = (uint16_t)++b->count;
    hash_put(&b->codes, b->last, (void *)(uintptr_t)b->last_code);
    value_write(b, value, is_text);
    return b->last_code;
}

void column_builder_add(struct column_builder *b, struct str value, bool is_text)
{
    uint16_t code = 0;

    if (b->of_rows == NULL) {
        b->of_rows = mem_array(BLOCK_ROWS, sizeof *b->of_rows);
        b->values = BUF(BLOCK_VALUES_MAX);
    }
    assert(b->rows < BLOCK_ROWS);
    if (value.n > 0 && !b->values.over)
        code = code_of(b, value, is_text);
    b->of_rows[b->rows++] = code;
}

static bool all_the_same(const struct column_builder *b)
{
    for (size_t i = 1; i < b->rows; i++)
        if (b->of_rows[i] != b->of_rows[0])
            return false;
    return true;
}

bool column_builder_write(const struct column_builder *b, struct buf *to)
{
    size_t bytes = all_the_same(b) ? 0 : b->count <= UINT8_MAX ? 1 : 2;

    if (b->values.over)
        return false;
    unsigned_write(to, b->count);
    buf_str(to, buf_view(&b->values));
    unsigned_write(to, bytes);
    if (bytes == 0)
        unsigned_write(to, b->of_rows[0]);
    for (size_t i = 0; bytes > 0 && i < b->rows; i++) {
        buf_char(to, (char)(uint8_t)b->of_rows[i]);
        if (bytes == 2)
            buf_char(to, (char)(uint8_t)(b->of_rows[i] >> 8));
    }
    return !to->over;
}

/* --- and read ------------------------------------------------------------------------ */

static bool texts_read(struct str *from, size_t n, struct arena *a,
                       struct block_column *out)
{
    struct str *texts = arena_array(a, n + 1, sizeof *texts);

    for (size_t i = 0; i < n; i++) {
        uint64_t bytes;

        if (!unsigned_read(from, &bytes) || bytes > from->n)
            return false;
        texts[i] = str_first(*from, bytes);
        *from = str_from(*from, bytes);
    }
    out->texts = texts;
    return true;
}

static bool numbers_read(struct str *from, size_t n, struct arena *a,
                         struct block_column *out)
{
    int64_t *numbers = arena_array(a, n + 1, sizeof *numbers);

    for (size_t i = 0; i < n; i++)
        if (!number_read(from, &numbers[i]))
            return false;
    out->numbers = numbers;
    return true;
}

static bool codes_fit(const uint16_t *codes, size_t n, size_t values)
{
    uint16_t most = 0;

    for (size_t i = 0; i < n; i++)
        most = MAX(most, codes[i]);
    return most <= values;
}

bool block_codes_read(struct block_column *out, size_t n, struct arena *a)
{
    uint16_t *codes = arena_array(a, n, sizeof *codes);
    struct str from = out->written;
    const uint8_t *p;
    uint64_t bytes, same = 0;

    if (!unsigned_read(&from, &bytes) || bytes > 2 ||
        (bytes == 0 && (!unsigned_read(&from, &same) || same > UINT16_MAX)) ||
        from.n != n * bytes)
        return false;
    p = (const uint8_t *)from.p;
    for (size_t i = 0; i < n; i++)
        codes[i] = bytes == 0   ? (uint16_t)same
                   : bytes == 1 ? p[i]
                                : (uint16_t)(p[2 * i] | p[2 * i + 1] << 8);
    out->codes = codes;
    return codes_fit(codes, n, out->values);
}

bool block_column_read(struct str data, size_t n, bool is_text, struct arena *a,
                       struct block_column *out)
{
    uint64_t values;

    if (!unsigned_read(&data, &values) || values > n)
        return false;
    *out = (struct block_column){.is_read = true, .values = values};
    if (is_text ? !texts_read(&data, values, a, out)
                : !numbers_read(&data, values, a, out))
        return false;
    out->written = data;
    return true;
}

/* --- places: both rise, mostly --------------------------------------------------------- */

void block_places_write(const struct block_place *p, size_t n, struct buf *to)
{
    struct block_place before = {0};

    for (size_t i = 0; i < n; i++) {
        number_write(to, p[i].tstamp_ms - before.tstamp_ms);
        number_write(to, p[i].id - before.id);
        before = p[i];
    }
}

bool block_places_read(struct str data, size_t n, struct arena *a,
                       const struct block_place **out)
{
    struct block_place *places = arena_array(a, MAX(n, 1u), sizeof *places);
    struct block_place at = {0};

    for (size_t i = 0; i < n; i++) {
        int64_t later_ms, further;

        if (!number_read(&data, &later_ms) || !number_read(&data, &further) ||
            (i > 0 && later_ms < 0) ||
            __builtin_add_overflow(at.tstamp_ms, later_ms, &at.tstamp_ms) ||
            __builtin_add_overflow(at.id, further, &at.id))
            return false;
        places[i] = at;
    }
    *out = places;
    return data.n == 0;
}
