/* fuzz_json.c -- what is read, written and read again is the same; whatever is
 * not read is refused with a place inside the text. */
#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* The text of an array or object only says how it was written, which may differ:
 * it is there when nothing but the value was. */
static bool same(const struct json *a, const struct json *b)
{
    const struct json *x = a->first, *y = b->first;
    bool nested = a->type == JSON_ARRAY || a->type == JSON_OBJECT;

    if (a->type != b->type || a->truth != b->truth || a->count != b->count ||
        !str_eq(a->name, b->name) || (!nested && !str_eq(a->text, b->text)))
        return false;
    for (; x != NULL && y != NULL; x = x->next, y = y->next) {
        if (!same(x, y))
            return false;
    }
    return x == NULL && y == NULL;
}

/* Numbers agree with each other however they are looked at. */
static void check_numbers(const struct json *j)
{
    int64_t whole;
    double real;

    if (json_i64(j, &whole)) {
        bool sound = json_double(j, &real);

        assert(sound);
        assert(real >= (double)whole && real <= (double)whole);
    }
    for (const struct json *m = j->first; m != NULL; m = m->next)
        check_numbers(m);
}

static void check_round_trip(const struct json *j, size_t n, bool ascii)
{
    struct arena a freed_by(arena_release) = {0};
    struct buf b freed_by(buf_release) = BUF(n * 6 + 16);
    struct json_out o = {.to = &b, .ascii = ascii};
    const struct json *again;

    out_tree(&o, NULL, j);
    assert(!b.over && o.depth == 0);
    again = json_parse(&a, buf_view(&b), NULL);
    assert(again != NULL && same(j, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena a freed_by(arena_release) = {0};
    struct str rest = {(const char *)bytes, n};
    struct error err = {0};
    size_t at;

    while (rest.n > 0) {
        struct str before = rest;
        const struct json *j = json_parse_next(&a, &rest, &err);

        if (j == NULL) {
            int found = sscanf(err.text, "at byte %zu: ", &at);

            assert(found == 1 && at <= before.n);
            assert(rest.p == before.p && rest.n == before.n);
            break;
        }
        assert(rest.n < before.n && rest.p + rest.n == before.p + before.n);
        check_numbers(j);
        check_round_trip(j, before.n, false);
        check_round_trip(j, before.n, true);
    }
    return 0;
}
