/* tally.c -- values counted as they come, and the most frequent of them. */
#include "store/tally.h"

struct tally_value {
    struct str value;
    int64_t n, score;
    int64_t row; /* the last that had it */
};

static struct tally_value *value_new(struct tally *t, struct str value,
                                     struct error *err)
{
    struct tally_value *v;

    if (t->values.count == STORE_DISTINCT_MAX) {
        error_set(err, "%s has more than %d different values there; narrow the "
                       "range of time or the filters",
                  t->column->name, STORE_DISTINCT_MAX);
        return NULL;
    }
    v = arena_new(&t->arena, sizeof *v);
    v->value = arena_str(&t->arena, value);
    v->row = -1;
    hash_put(&t->values, v->value, v);
    return v;
}

struct tally_value *tally_value(struct tally *t, struct str value,
                                struct error *err)
{
    struct tally_value *v = hash_get(&t->values, value);

    assert(value.n > 0);
    return v != NULL ? v : value_new(t, value, err);
}

void tally_count(struct tally *t, struct tally_value *v, int64_t n,
                 int64_t score)
{
    if (v->row == t->row)
        return;
    v->row = t->row;
    v->n += n;
    v->score += score;
}

bool tally_add(struct tally *t, struct str value, int64_t n, int64_t score,
               struct error *err)
{
    struct tally_value *v = value.n == 0 ? NULL : tally_value(t, value, err);

    if (v != NULL)
        tally_count(t, v, n, score);
    return v != NULL || value.n == 0;
}

void tally_row_end(struct tally *t)
{
    t->row++;
}

/* --- the first of them ---------------------------------------------------------- */

static bool comes_before(const struct store_value *a, const struct store_value *b)
{
    if (a->n != b->n)
        return a->n > b->n;
    return str_cmp(a->value, b->value) < 0;
}

static void top_put(struct store_top *top, size_t limit, struct store_value v)
{
    size_t at = top->n;

    if (at == limit && (limit == 0 || !comes_before(&v, &top->values[at - 1])))
        return;
    if (at == limit)
        at--;
    else
        top->n++;
    for (; at > 0 && comes_before(&v, &top->values[at - 1]); at--)
        top->values[at] = top->values[at - 1];
    top->values[at] = v;
}

static bool begins(struct str value, struct str prefix)
{
    return value.n >= prefix.n &&
           (prefix.n == 0 || strncasecmp(value.p, prefix.p, prefix.n) == 0);
}

static struct str value_text(const struct tally *t, struct str value,
                             struct arena *a)
{
    int64_t number;

    if (t->column->type == COLUMN_TEXT || t->column->type == COLUMN_ADDRESS ||
        !str_to_i64(value, &number))
        return value;
    return column_number_text(t->column, number, a);
}

void tally_top(struct tally *t, struct str prefix, size_t limit,
               struct arena *a, struct store_top *out)
{
    struct tally_value *v;

    *out = (struct store_top){
        .values = arena_array(a, MAX(limit, 1u), sizeof *out->values),
    };
    for (size_t at = 0; (v = hash_next(&t->values, &at)) != NULL;) {
        struct store_value one = {.n = v->n, .score = v->score};

        one.value = value_text(t, v->value, &t->arena);
        if (v->n == 0 || !begins(one.value, prefix))
            continue;
        out->distinct++;
        top_put(out, limit, one);
    }
    for (size_t i = 0; i < out->n; i++)
        out->values[i].value = arena_str(a, out->values[i].value);
}

void tally_release(struct tally *t)
{
    hash_release(&t->values);
    arena_release(&t->arena);
}
