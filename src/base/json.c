/* json.c -- looking things up in a JSON tree, and making one by hand. */
#include "base/json.h"

const struct json *json_get(const struct json *object, const char *name)
{
    struct str wanted = str_of(name);

    if (!json_is(object, JSON_OBJECT))
        return NULL;
    for (const struct json *m = object->first; m != NULL; m = m->next) {
        if (str_eq(m->name, wanted))
            return m;
    }
    return NULL;
}

bool json_is(const struct json *j, enum json_type type)
{
    return j != NULL && j->type == type;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The power of ten after an "e"; beyond `most` it is all the same. */
static int64_t exponent_of(struct str s)
{
    const int64_t most = INT64_C(1) << 40;
    bool negative = str_starts(s, "-");
    int64_t value = 0;

    if (negative || str_starts(s, "+"))
        s = str_from(s, 1);
    for (; s.n > 0; s = str_from(s, 1))
        value = MIN(value * 10 + (s.p[0] - '0'), most);
    return negative ? -value : value;
}

/* "-12.50e3": the digits that count are 125, `zeros` more zeros belong after
 * them (fewer than none: it is not whole). */
static int64_t zeros_after(struct str number, size_t *first, size_t *last)
{
    size_t e = MIN(str_find(number, 'e'), str_find(number, 'E'));
    size_t point = MIN(str_find(number, '.'), e);
    int64_t exponent = exponent_of(str_from(number, e + 1));

    for (*first = 0; *first < e; (*first)++) {
        if (number.p[*first] >= '1' && number.p[*first] <= '9')
            break;
    }
    for (*last = e; *last > *first; (*last)--) {
        if (number.p[*last - 1] >= '1' && number.p[*last - 1] <= '9')
            break;
    }
    if (*last <= point)
        return exponent + (int64_t)(point - *last);
    return exponent - (int64_t)(*last - point - 1);
}

/* A whole number with a point or an exponent in its text, without rounding. */
static bool whole_number(struct str number, int64_t *out)
{
    int sign = str_starts(number, "-") ? -1 : 1;
    bool fits = true;
    size_t first, last;
    int64_t zeros = zeros_after(number, &first, &last), value = 0;

    if (first < last && (zeros < 0 || zeros > 18))
        return false;
    for (size_t i = first; i < last; i++) {
        int digit = number.p[i] - '0';

        if (!is_digit(number.p[i]))
            continue; /* the point */
        fits = fits && !__builtin_mul_overflow(value, 10, &value) &&
               !__builtin_add_overflow(value, sign * digit, &value);
    }
    for (; value != 0 && zeros > 0; zeros--)
        fits = fits && !__builtin_mul_overflow(value, 10, &value);
    if (fits)
        *out = value;
    return fits;
}

bool json_i64(const struct json *j, int64_t *out)
{
    return json_is(j, JSON_NUMBER) &&
           (str_to_i64(j->text, out) || whole_number(j->text, out));
}

bool json_double(const struct json *j, double *out)
{
    return json_is(j, JSON_NUMBER) && str_to_double(j->text, out);
}

struct str json_text(const struct json *j)
{
    return json_is(j, JSON_STRING) ? j->text : STR_NONE;
}

int64_t json_i64_or(const struct json *j, int64_t fallback)
{
    int64_t value;

    return json_i64(j, &value) ? value : fallback;
}

bool json_bool_or(const struct json *j, bool fallback)
{
    return json_is(j, JSON_BOOL) ? j->truth : fallback;
}

const char *json_type_name(enum json_type type)
{
    switch (type) {
    case JSON_NULL:
        return "null";
    case JSON_BOOL:
        return "true or false";
    case JSON_NUMBER:
        return "a number";
    case JSON_STRING:
        return "a string";
    case JSON_ARRAY:
        return "an array";
    case JSON_OBJECT:
        return "an object";
    }
    return "nothing";
}

static struct json *json_new(struct arena *a, enum json_type type)
{
    struct json *j = arena_new(a, sizeof(*j));

    j->type = type;
    return j;
}

struct json *json_new_string(struct arena *a, struct str text)
{
    struct json *j = json_new(a, JSON_STRING);

    j->text = arena_str(a, text);
    return j;
}

struct json *json_new_i64(struct arena *a, int64_t i)
{
    struct json *j = json_new(a, JSON_NUMBER);

    j->text = arena_printf(a, "%lld", (long long)i);
    return j;
}

struct json *json_new_bool(struct arena *a, bool truth)
{
    struct json *j = json_new(a, JSON_BOOL);

    j->truth = truth;
    return j;
}

void json_list_add(struct json_list *l, struct arena *a, struct str name,
                   const struct json *value)
{
    struct json *copy = arena_new(a, sizeof(*copy));

    *copy = *value;
    copy->name = name;
    copy->next = NULL;
    if (l->tail == NULL)
        l->head = copy;
    else
        l->tail->next = copy;
    l->tail = copy;
    l->count++;
}

static struct json *json_new_parent(struct arena *a, enum json_type type,
                                    const struct json_list *l)
{
    struct json *j = json_new(a, type);

    j->first = l->head;
    j->count = l->count;
    return j;
}

struct json *json_new_object(struct arena *a, const struct json_list *l)
{
    return json_new_parent(a, JSON_OBJECT, l);
}

struct json *json_new_array(struct arena *a, const struct json_list *l)
{
    return json_new_parent(a, JSON_ARRAY, l);
}
