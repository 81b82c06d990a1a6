/* fuzz_field.c -- parameters from any JSON: what is taken reads back the same,
 * what is refused has a reason that does not repeat a secret. */
#include "base/field.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct thing {
    struct str secret, text;
    int64_t number, wait;
    bool flag;
    int choice;
    struct str_list list, secrets;
};

static const char *const choices[] = {"one", "two", "three", NULL};

static const struct field rows[] = {
    {TEXT(struct thing, secret), .label = "S", .help = "S.", .secret = true,
     .max = 100},
    {TEXT(struct thing, text), .label = "T", .help = "T.", .optional = true,
     .min = 2},
    {NUMBER(struct thing, number), .label = "N", .help = "N.",
     .fallback = "7", .min = -5, .max = 1000},
    {DURATION(struct thing, wait), .label = "W", .help = "W.",
     .fallback = "5m", .min = 1000, .max = 86400000},
    {FLAG(struct thing, flag), .label = "F", .help = "F.", .fallback = "false"},
    {CHOICE(struct thing, choice), .label = "C", .help = "C.",
     .fallback = "two", .choices = choices},
    {LIST(struct thing, list), .label = "L", .help = "L.",
     .fallback = "one,three", .choices = choices},
    {LIST(struct thing, secrets), .label = "SS", .help = "SS.",
     .optional = true, .secret = true},
    FIELDS_END,
};

#define MARK "SECRET"

static size_t marks_in(struct str s)
{
    size_t count = 0;

    for (; s.n > 0; s = str_from(s, 1))
        count += str_starts(s, MARK) ? 1 : 0;
    return count;
}

static bool has_secret(const struct json *j)
{
    const struct json *list = json_get(j, "secrets");

    if (marks_in(json_text(json_get(j, "secret"))) > 0)
        return true;
    for (list = list == NULL ? NULL : list->first; list; list = list->next) {
        if (marks_in(json_text(list)) > 0)
            return true;
    }
    return false;
}

static void check_error(const struct error *err, const struct json *j,
                        struct str input)
{
    assert(err->text[0] != '\0' && utf8_valid(str_of(err->text)));
    assert(err->place[0] == '\0' || err->place[0] == '/');
    if (has_secret(j) && marks_in(input) == 1)
        assert(marks_in(str_of(err->text)) == 0);
}

static const struct json *shown(const struct thing *t, struct arena *a)
{
    struct buf b freed_by(buf_release) = BUF(16u << 20);
    struct json_out o = JSON_OUT(&b);
    const struct json *j;

    out_object(&o, NULL);
    fields_write(rows, t, &o);
    out_object_end(&o);
    assert(!b.over && marks_in(buf_view(&b)) <= marks_in(t->text));
    j = json_parse(a, arena_str(a, buf_view(&b)), NULL);
    assert(j != NULL);
    return j;
}

static void check_same(const struct thing *x, const struct thing *y)
{
    assert(str_eq(x->secret, y->secret) && str_eq(x->text, y->text));
    assert(x->number == y->number && x->wait == y->wait);
    assert(x->flag == y->flag && x->choice == y->choice);
    assert(x->list.n == y->list.n && x->secrets.n == y->secrets.n);
    for (size_t i = 0; i < x->list.n; i++)
        assert(str_eq(x->list.v[i], y->list.v[i]));
    for (size_t i = 0; i < x->secrets.n; i++)
        assert(str_eq(x->secrets.v[i], y->secrets.v[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena a freed_by(arena_release) = {0};
    struct str input = {(const char *)bytes, n};
    const struct json *j = json_parse(&a, input, NULL), *merged;
    struct thing first = {0}, second = {0};
    struct error err = {0};
    bool sound;

    if (j == NULL)
        return 0;
    if (!fields_read(rows, j, &first, &a, &err)) {
        check_error(&err, j, input);
        return 0;
    }
    merged = fields_merge(rows, j, shown(&first, &a), &a);
    sound = fields_read(rows, merged, &second, &a, &err);
    assert(sound);
    check_same(&first, &second);
    return 0;
}
