/* sqlite_block_ask.c -- a query's conditions asked of a block: of each different
 * value once, and of the rows by their codes. */
#include "store/sqlite_block.h"
#include "store/sqlite_functions.h"

/* As SQL's NULL in sqlite_where.c, so that all filters keep Kleene's logic. */
enum { NO, UNSURE, YES };

struct block_asking {
    struct sqlite *e;
    const struct block *block;
    struct block_view *view;
    struct arena *arena;
    struct error *err;
    bool ok;    /* false: err */
    bool whole; /* false: it has not got a column */
};

static uint8_t *answers_new(struct block_asking *b)
{
    return arena_array(b->arena, MAX(b->view->n, 1u), sizeof(uint8_t));
}

/* --- one value ------------------------------------------------------------------- */

static uint8_t value_is_one_of(const struct condition *c,
                               const struct block_column *from, size_t i)
{
    for (size_t k = 0; k < c->count; k++)
        if (from->texts != NULL
                ? str_eq(from->texts[i], c->values[k].text)
                : from->numbers[i] == (int64_t)c->values[k].number)
            return YES;
    return NO;
}

static bool compares(double number, enum comparison how, double with)
{
    switch (how) {
    case IS:
        return number == with;
    case BELOW:
        return number < with;
    case AT_MOST:
        return number <= with;
    case ABOVE:
        return number > with;
    case AT_LEAST:
        return number >= with;
    case MATCHES:
    case MATCHES_WHOLE:
        break;
    }
    bug("a number is compared with no pattern");
}

static uint8_t number_compares(const struct condition *c, int64_t number)
{
    for (size_t k = 0; k < c->count; k++)
        if (compares((double)number, c->how, c->values[k].number))
            return YES;
    return NO;
}

static uint8_t pattern_fits(struct block_asking *b, const struct condition *c,
                            struct str text)
{
    switch (filter_pattern_ask(c->pattern, text, &b->e->subject)) {
    case FILTER_NO:
        return NO;
    case FILTER_UNSURE:
        return UNSURE;
    case FILTER_YES:
        break;
    }
    return YES;
}

static uint8_t value_ask(struct block_asking *b, const struct condition *c,
                         const struct block_column *from, size_t i)
{
    switch (c->kind) {
    case WHEN_ONE_OF:
        return from->numbers[i] >= 0 && from->numbers[i] < 32 &&
                       (c->mask >> from->numbers[i] & 1)
                   ? YES
                   : NO;
    case WHEN_NUMBER:
        return number_compares(c, from->numbers[i]);
    case WHEN_TEXT:
        return value_is_one_of(c, from, i);
    case WHEN_PREFIX:
        return text_in_prefix(c, from->texts[i]) ? YES : NO;
    case WHEN_PATTERN:
        return pattern_fits(b, c, from->texts[i]);
    case WHEN_WORDS:
    case WHEN_ALL:
    case WHEN_ANY:
    case WHEN_NOT:
    case WHEN_ASKED:
        break;
    }
    bug("that is not asked of a value");
}

/* What is said of a row that has none in any column. */
static uint8_t nothing_ask(struct block_asking *b, const struct condition *c)
{
    if (c->kind == WHEN_TEXT)
        return c->empty ? YES : NO;
    if (c->kind == WHEN_PATTERN)
        return pattern_fits(b, c, STR_NONE);
    return c->kind == WHEN_WORDS && c->values[0].text.n == 0 ? YES : NO;
}

/* Looked for in all values at once, as they lie behind one another: what is found
 * may reach over the end of one, and is nothing then. */
static void words_ask(const struct condition *c, const struct block_column *from,
                      uint8_t *of_values)
{
    struct words words = words_of(c->values[0].text);
    struct str all = {from->texts[0].p, 0};

    all.n = (size_t)(from->texts[from->values - 1].p - all.p) +
            from->texts[from->values - 1].n;
    for (size_t i = 0, at = 0; (at = words_find(&words, all, at)) < all.n; at++) {
        const char *p = all.p + at;

        while (from->texts[i].p + from->texts[i].n <= p)
            i++;
        if (p >= from->texts[i].p &&
            p + words.what.n <= from->texts[i].p + from->texts[i].n)
            of_values[i] = YES;
    }
}

static void values_ask(struct block_asking *b, const struct condition *c,
                       const struct block_column *from, uint8_t *of_values)
{
    if (c->kind == WHEN_WORDS && c->values[0].text.n == 0)
        memset(of_values, YES, from->values);
    else if (c->kind == WHEN_WORDS && from->values > 0)
        words_ask(c, from, of_values);
    else if (c->kind != WHEN_WORDS)
        for (size_t i = 0; i < from->values; i++)
            of_values[i] = value_ask(b, c, from, i);
}

/* --- the rows ---------------------------------------------------------------------- */

/* Read when it is asked about. False: there is nothing to be said of it. */
static bool column_get(struct block_asking *b, size_t column)
{
    if (!b->view->columns[column].is_read && b->ok && b->whole)
        b->ok = block_read(b->e, b->block, column, b->arena, b->view, &b->whole,
                           b->err);
    return b->ok && b->whole;
}

/* The same, and its rows' codes laid out. */
static bool codes_get(struct block_asking *b, size_t column)
{
    struct block_column *c = &b->view->columns[column];

    if (column_get(b, column) && c->codes == NULL)
        b->ok = block_codes_read(c, b->view->n, b->arena) ||
                block_damaged(b->block, b->err);
    return b->ok && b->whole;
}

static bool any_but_no(const uint8_t *answers, size_t n)
{
    uint8_t most = NO;

    for (size_t i = 0; i < n; i++)
        most = MAX(most, answers[i]);
    return most != NO;
}

/* What is said of the rows that have something in a column; *answers is NULL while
 * that is no. Codes of a column where no value fits are not looked at. */
static void column_ask(struct block_asking *b, const struct condition *c,
                       size_t column, uint8_t **answers, bool *has)
{
    const struct block_column *from = &b->view->columns[column];
    uint8_t *of_codes;

    if (!column_get(b, column))
        return;
    of_codes = arena_array(b->arena, from->values + 1, sizeof *of_codes);
    values_ask(b, c, from, of_codes + 1);
    if ((has == NULL && !any_but_no(of_codes + 1, from->values)) ||
        !codes_get(b, column))
        return;
    if (*answers == NULL)
        *answers = answers_new(b);
    for (size_t i = 0; i < b->view->n; i++)
        (*answers)[i] = MAX((*answers)[i], of_codes[from->codes[i]]);
    for (size_t i = 0; has != NULL && i < b->view->n; i++)
        has[i] |= from->codes[i] != 0;
}

/* NULL: no, for every row. */
static uint8_t *leaf_ask(struct block_asking *b, const struct condition *c)
{
    uint8_t *answers = NULL, nothing = nothing_ask(b, c);
    bool *has = nothing == NO ? NULL
                              : arena_array(b->arena, MAX(b->view->n, 1u),
                                            sizeof *has);

    for (size_t i = 0; i < c->columns.n; i++)
        column_ask(b, c, c->columns.at[i], &answers, has);
    if (has == NULL)
        return answers;
    if (answers == NULL) /* of no column */
        answers = answers_new(b);
    for (size_t i = 0; i < b->view->n; i++)
        if (!has[i])
            answers[i] = nothing;
    return answers;
}

static uint8_t *condition_ask(struct block_asking *b, const struct condition *c);

static uint8_t *answers_all(struct block_asking *b, uint8_t answer)
{
    uint8_t *answers = answers_new(b);

    memset(answers, answer, b->view->n);
    return answers;
}

/* The least of the children; what comes behind a plain no is not asked. */
static uint8_t *all_ask(struct block_asking *b, const struct condition *c)
{
    uint8_t *answers = answers_all(b, YES);

    for (const struct condition *i = c->first; i != NULL; i = i->next) {
        const uint8_t *said = condition_ask(b, i);

        if (said == NULL)
            return NULL;
        for (size_t k = 0; k < b->view->n; k++)
            answers[k] = MIN(answers[k], said[k]);
    }
    return answers;
}

static uint8_t *any_ask(struct block_asking *b, const struct condition *c)
{
    uint8_t *answers = c->first == NULL ? answers_all(b, YES) : NULL;

    for (const struct condition *i = c->first; i != NULL; i = i->next) {
        uint8_t *said = condition_ask(b, i);

        if (answers == NULL)
            answers = said;
        else if (said != NULL)
            for (size_t k = 0; k < b->view->n; k++)
                answers[k] = MAX(answers[k], said[k]);
    }
    return answers;
}

static uint8_t *not_ask(struct block_asking *b, const struct condition *c)
{
    uint8_t *answers = all_ask(b, c);

    if (answers == NULL)
        return answers_all(b, YES);
    for (size_t k = 0; k < b->view->n; k++)
        answers[k] = YES - answers[k];
    return answers;
}

static uint8_t *condition_ask(struct block_asking *b, const struct condition *c)
{
    switch (c->kind) {
    case WHEN_ALL:
        return all_ask(b, c);
    case WHEN_ANY:
        return any_ask(b, c);
    case WHEN_NOT:
        return not_ask(b, c);
    case WHEN_ASKED: /* on the line, later */
        return answers_all(b, UNSURE);
    case WHEN_ONE_OF:
    case WHEN_NUMBER:
    case WHEN_TEXT:
    case WHEN_PREFIX:
    case WHEN_PATTERN:
    case WHEN_WORDS:
        return leaf_ask(b, c);
    }
    bug("a condition nobody thought of");
}

/* --- what is not of the columns ------------------------------------------------------ */

static void keep_number(struct block_asking *b, size_t column, int64_t number,
                        bool equal, bool *passes)
{
    const struct block_column *from = &b->view->columns[column];

    if (!codes_get(b, column))
        return;
    for (size_t i = 0; i < b->view->n; i++)
        passes[i] = passes[i] && from->codes[i] != 0 &&
                    (from->numbers[from->codes[i] - 1] == number) == equal;
}

static void keep_state(struct block_asking *b, const struct store_query *q,
                       bool *passes)
{
    if (q->acked != STORE_ACKED_OR_NOT)
        keep_number(b, BLOCK_ACKED, q->acked == STORE_ACKED, true, passes);
    if (q->state != STORE_ANY)
        keep_number(b, COLUMN_STATE, STATE_ENGAGED, q->state == STORE_ENGAGED,
                    passes);
}

/* Whether there is any that passes, as far as the columns say. */
static bool members_ask(struct block_asking *b, const struct ask *k, bool *passes)
{
    const uint8_t *members = condition_ask(b, k->conditions.members);
    const uint8_t *filter = members;
    bool any = false;

    if (members != NULL && k->conditions.filter != NULL)
        filter = condition_ask(b, k->conditions.filter);
    for (size_t i = 0; members != NULL && filter != NULL && i < b->view->n; i++) {
        passes[i] = members[i] == YES && filter[i] != NO;
        any |= passes[i];
    }
    return any;
}

static void keep_time(const struct block_view *v, const struct ask *k,
                      bool *passes)
{
    for (size_t i = 0; i < v->n; i++)
        passes[i] = passes[i] && v->places[i].tstamp_ms >= k->first_ms &&
                    v->places[i].tstamp_ms <= k->last_ms;
}

int block_place_order(const void *key, const void *element)
{
    const struct block_place *a = key, *b = element;

    if (a->tstamp_ms != b->tstamp_ms)
        return a->tstamp_ms < b->tstamp_ms ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* Loose rows are read from the table, as they are now. */
bool block_loose_leave(struct sqlite *e, const struct block *b,
                       const struct block_view *v, bool *passes,
                       struct error *err)
{
    int code = SQLITE_DONE;
    STATEMENT(s, e, SQL_LOOSE_OF);

    if (b->loose == 0)
        return true;
    bind_i64(s, 1, b->from_ms);
    bind_i64(s, 2, b->to_ms);
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        const struct block_place key = {
            .tstamp_ms = sqlite3_column_int64(s, 0),
            .id = sqlite3_column_int64(s, 1),
        };
        const struct block_place *at =
            bsearch(&key, v->places, v->n, sizeof key, block_place_order);

        if (at != NULL)
            passes[at - v->places] = false;
    }
    return code == SQLITE_DONE || engine_error(e, err);
}

/* --- its columns are read -------------------------------------------------------------- */

bool block_damaged(const struct block *b, struct error *err)
{
    return error_set(err, "the history: the block of %lld is damaged; run "
                          "tocsin store verify", (long long)b->from_ms);
}

bool block_read(struct sqlite *e, const struct block *b, size_t column,
                struct arena *a, struct block_view *v, bool *there,
                struct error *err)
{
    STATEMENT(s, e, SQL_BLOCK_COLUMN);
    struct str data;
    int code;

    bind_i64(s, 1, b->from_ms * BLOCK_KEYS + (int64_t)column);
    code = sqlite3_step(s);
    *there = code == SQLITE_ROW;
    if (!*there)
        return code == SQLITE_DONE || engine_error(e, err);
    data.p = sqlite3_column_blob(s, 0);
    data.n = (size_t)sqlite3_column_bytes(s, 0);
    data = arena_str(a, data);
    return (column == BLOCK_PLACES
                ? block_places_read(data, b->n, a, &v->places)
                : block_column_read(data, b->n, block_column_is_text(column), a,
                                    &v->columns[column])) ||
           block_damaged(b, err);
}

static bool is_wanted(const uint64_t wanted[2], size_t column)
{
    return (wanted[column / 64] >> column % 64 & 1) != 0;
}

/* What a caller looks at; with the codes. */
static void also_get(struct block_asking *b, const uint64_t wanted[2])
{
    for (size_t i = 0; i < BLOCK_PLACES && b->ok && b->whole; i++)
        if (is_wanted(wanted, i))
            codes_get(b, i);
}

void block_want(uint64_t to[2], size_t column)
{
    to[column / 64] |= UINT64_C(1) << column % 64;
}

bool blocks_will_do(const struct ask *k)
{
    return k->query->ids == NULL && k->query->deletion == 0 &&
           k->query->acked_ms == 0;
}

/* Whether it takes the times and ids of its rows. */
static bool places_wanted(const struct block *b, const struct ask *k,
                          const uint64_t also[2])
{
    return b->loose > 0 || k->conditions.asked || is_wanted(also, BLOCK_PLACES) ||
           b->from_ms < k->first_ms || b->to_ms - 1 > k->last_ms;
}

bool block_ask(struct sqlite *e, const struct block *b, const struct ask *k,
               const uint64_t also[2], struct arena *a, struct block_view *out,
               bool *whole, struct error *err)
{
    bool *passes = arena_array(a, MAX(b->n, 1u), sizeof *passes);
    struct block_asking asking = {
        .e = e,
        .block = b,
        .view = out,
        .arena = a,
        .err = err,
        .ok = true,
        .whole = b->n > 0,
    };
    bool any;

    *out = (struct block_view){.n = b->n, .passes = passes};
    any = asking.whole && members_ask(&asking, k, passes);
    if (any && places_wanted(b, k, also))
        column_get(&asking, BLOCK_PLACES);
    if (any)
        keep_state(&asking, k->query, passes);
    if (any)
        also_get(&asking, also);
    *whole = asking.whole;
    if (!asking.ok || !*whole || out->places == NULL)
        return asking.ok;
    keep_time(out, k, passes);
    return block_loose_leave(e, b, out, passes, err);
}

/* --- which of them ----------------------------------------------------------------------- */

bool blocks_find(struct sqlite *e, int64_t first_ms, int64_t last_ms,
                 struct arena *a, struct block **out, size_t *n,
                 struct error *err)
{
    STATEMENT(s, e, SQL_BLOCKS);
    size_t room = 0;
    int code;

    *out = NULL;
    *n = 0;
    bind_i64(s, 1, first_ms);
    bind_i64(s, 2, last_ms);
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
        if (*n == room) {
            struct block *more = arena_array(a, room = MAX(2 * room, 64u),
                                             sizeof *more);

            if (*n > 0)
                memcpy(more, *out, *n * sizeof *more);
            *out = more;
        }
        (*out)[(*n)++] = (struct block){
            .from_ms = sqlite3_column_int64(s, 0),
            .to_ms = sqlite3_column_int64(s, 1),
            .n = (size_t)sqlite3_column_int64(s, 2),
            .loose = sqlite3_column_int64(s, 3),
        };
    }
    return code == SQLITE_DONE || engine_error(e, err);
}
