/* field_read.c -- parameters out of JSON, with errors a newcomer can act on. */
#include "base/field.h"

#include "base/limits.h"

#define SHOWN_MAX 64   /* bytes of a wrong value that an error repeats */
#define WANTED_MAX 160

const struct field *field_find(const struct field *rows, struct str name)
{
    for (const struct field *f = rows; f->name != NULL; f++) {
        if (str_is(name, f->name))
            return f;
    }
    return NULL;
}

static const struct json *fallback_list(const char *text, struct arena *a)
{
    struct json_list items = {0};
    struct str rest = str_of(text);

    while (rest.n > 0) {
        struct str item = str_trim(str_until(&rest, ','));

        json_list_add(&items, a, STR_NONE, json_new_string(a, item));
    }
    return json_new_array(a, &items);
}

const struct json *field_fallback(const struct field *row, struct arena *a)
{
    struct json *number;

    if (row->fallback == NULL)
        return NULL;
    switch (row->type) {
    case FIELD_TEXT:
    case FIELD_CHOICE:
    case FIELD_DURATION:
        return json_new_string(a, str_of(row->fallback));
    case FIELD_NUMBER:
        number = json_new_i64(a, 0);
        number->text = str_of(row->fallback);
        return number;
    case FIELD_BOOL:
        return json_new_bool(a, str_is(str_of(row->fallback), "true"));
    case FIELD_LIST:
        return fallback_list(row->fallback, a);
    }
    return NULL;
}

static const char *shown_text(const struct json *j, char out[SHOWN_MAX + 8])
{
    struct str cut = str_first(j->text, utf8_cut(j->text, SHOWN_MAX));
    const char *more = cut.n < j->text.n ? "..." : "";

    if (j->type == JSON_STRING)
        snprintf(out, SHOWN_MAX + 8, "\"%.*s%s\"", STR_ARG(cut), more);
    else if (j->type == JSON_NUMBER)
        snprintf(out, SHOWN_MAX + 8, "%.*s%s", STR_ARG(cut), more);
    else if (j->type == JSON_BOOL)
        return j->truth ? "true" : "false";
    else
        return json_type_name(j->type);
    return out;
}

/* "must be ..., not ...": without the second half for a secret. */
static bool refuse(const struct field *f, const struct json *j,
                   const char *wanted, struct error *err)
{
    char shown[SHOWN_MAX + 8];

    if (f->secret)
        return error_set(err, "must be %s", wanted);
    return error_set(err, "must be %s, not %s", wanted, shown_text(j, shown));
}

static bool in_range(const struct field *f, int64_t value)
{
    bool limited = f->min != 0 || f->max != 0;

    return !limited ||
           (value >= f->min && (f->max < f->min || value <= f->max));
}

static void range_number(const struct field *f, char out[WANTED_MAX])
{
    const char *of = f->unit == NULL ? "" : " of ";
    const char *unit = f->unit == NULL ? "" : f->unit;
    long long min = f->min, max = f->max;

    if (min == 0 && max == 0)
        snprintf(out, WANTED_MAX, "a whole number%s%s", of, unit);
    else if (max < min)
        snprintf(out, WANTED_MAX, "a whole number%s%s, at least %lld", of, unit,
                 min);
    else
        snprintf(out, WANTED_MAX, "a whole number%s%s from %lld to %lld", of,
                 unit, min, max);
}

static void range_duration(const struct field *f, char out[WANTED_MAX])
{
    char least[DURATION_TEXT_MAX], most[DURATION_TEXT_MAX];

    duration_text(f->min, least);
    duration_text(f->max, most);
    if (f->min == 0 && f->max == 0)
        snprintf(out, WANTED_MAX, "a duration such as \"5m\"");
    else if (f->max < f->min)
        snprintf(out, WANTED_MAX, "a duration of at least %s", least);
    else
        snprintf(out, WANTED_MAX, "a duration from %s to %s", least, most);
}

static bool read_number(const struct field *f, const struct json *j,
                        int64_t *out, struct error *err)
{
    char wanted[WANTED_MAX];
    int64_t quoted;

    if (json_i64(j, out) && in_range(f, *out))
        return true;
    range_number(f, wanted);
    if (!f->secret && str_to_i64(json_text(j), &quoted) && in_range(f, quoted))
        return error_set(err, "must be %s: write %lld without quotes", wanted,
                         (long long)quoted);
    return refuse(f, j, wanted, err);
}

static bool duration_of(const struct json *j, int64_t *ms)
{
    /* A number is plain seconds; its text has the same upper limit. */
    return (json_is(j, JSON_STRING) || json_is(j, JSON_NUMBER)) &&
           str_to_duration_ms(j->text, ms);
}

static bool read_duration(const struct field *f, const struct json *j,
                          int64_t *out, struct error *err)
{
    char wanted[WANTED_MAX];

    if (duration_of(j, out) && in_range(f, *out))
        return true;
    range_duration(f, wanted);
    return refuse(f, j, wanted, err);
}

static bool read_bool(const struct field *f, const struct json *j, bool *out,
                      struct error *err)
{
    if (!json_is(j, JSON_BOOL))
        return refuse(f, j, "true or false", err);
    *out = j->truth;
    return true;
}

static int choice_find(const struct field *f, struct str value)
{
    for (int i = 0; f->choices[i] != NULL; i++) {
        if (str_is(value, f->choices[i]))
            return i;
    }
    return -1;
}

static bool refuse_choice(const struct field *f, const struct json *j,
                          struct error *err)
{
    struct buf wanted freed_by(buf_release) = BUF((size_t)ERROR_TEXT_MAX * 4);
    const char *near = str_nearest(json_text(j), f->choices);
    char shown[SHOWN_MAX + 8];

    if (near != NULL && !f->secret)
        return error_set(err, "must not be %s; did you mean \"%s\"?",
                         shown_text(j, shown), near);
    buf_text(&wanted, "one of");
    for (size_t i = 0; f->choices[i] != NULL; i++)
        buf_printf(&wanted, "%s \"%s\"", i == 0 ? "" : ",", f->choices[i]);
    return refuse(f, j, buf_c(&wanted), err);
}

static bool read_choice(const struct field *f, const struct json *j, int *out,
                        struct error *err)
{
    int index = json_is(j, JSON_STRING) ? choice_find(f, j->text) : -1;

    if (index < 0)
        return refuse_choice(f, j, err);
    *out = index;
    return true;
}

static bool check_length(const struct field *f, size_t n, struct error *err)
{
    size_t least = f->min < 0 ? 0 : (size_t)f->min;
    bool limited = f->max > 0 && f->max >= f->min;
    size_t most = limited ? (size_t)f->max : PARAM_TEXT_MAX;

    if (n < least)
        return error_set(err, "must be at least %zu bytes long, not %zu", least,
                         n);
    if (n > most)
        return error_set(err, "must be at most %zu bytes long, not %zu", most,
                         n);
    return true;
}

/* What a header, a log line or a command could be split with. */
static bool check_characters(struct str s, struct error *err)
{
    for (size_t at = 0, n; at < s.n; at += n) {
        uint32_t code = 0;

        n = utf8_first(str_from(s, at), &code);
        if (n == 0)
            return error_set(err, "must be UTF-8, which byte %zu is not", at);
        if ((code < 0x20 && code != '\n' && code != '\t') ||
            (code >= 0x7f && code <= 0x9f))
            return error_set(err,
                             "must not contain the control character U+%04X"
                             " (at byte %zu): take it out",
                             code, at);
    }
    return true;
}

static bool check_text(const struct field *f, const struct json *j,
                       struct error *err)
{
    if (!json_is(j, JSON_STRING))
        return refuse(f, j, "a text in quotes", err);
    return check_length(f, j->text.n, err) && check_characters(j->text, err);
}

/* "" stands for nothing given, as forms send it. */
static bool may_be_empty(const struct field *f)
{
    if (f->optional)
        return true;
    return f->fallback != NULL && (f->min <= 0 || f->fallback[0] == '\0');
}

static bool read_text(const struct field *f, const struct json *j,
                      struct str *out, struct arena *a, struct error *err)
{
    bool empty = json_is(j, JSON_STRING) && j->text.n == 0;

    if (empty && !may_be_empty(f))
        return error_set(err, "must not be empty");
    if (!empty && !check_text(f, j, err))
        return false;
    *out = arena_str(a, j->text);
    return true;
}

static bool read_item(const struct field *f, const struct json *j,
                      struct str *out, struct arena *a, struct error *err)
{
    if (json_is(j, JSON_STRING) && j->text.n == 0)
        return error_set(err, "must not be empty");
    if (!check_text(f, j, err))
        return false;
    if (f->choices != NULL && choice_find(f, j->text) < 0)
        return refuse_choice(f, j, err);
    *out = arena_str(a, j->text);
    return true;
}

static bool read_list(const struct field *f, const struct json *j,
                      struct str_list *out, struct arena *a, struct error *err)
{
    const struct json *item;

    if (!json_is(j, JSON_ARRAY))
        return refuse(f, j, "a list such as [\"a\", \"b\"]", err);
    if (j->count > FIELD_LIST_MAX)
        return error_set(err, "must have at most %d entries, not %u",
                         FIELD_LIST_MAX, j->count);
    if (j->count == 0 && !f->optional && f->fallback == NULL)
        return error_set(err, "must not be empty");
    out->v = arena_array(a, j->count, sizeof(*out->v));
    out->n = 0;
    for (item = j->first; item != NULL; item = item->next, out->n++) {
        if (!read_item(f, item, &out->v[out->n], a, err))
            return error_at_index(err, out->n);
    }
    return true;
}

static bool read_by_type(const struct field *f, const struct json *j,
                         void *member, struct arena *a, struct error *err)
{
    switch (f->type) {
    case FIELD_TEXT:
        return read_text(f, j, member, a, err);
    case FIELD_NUMBER:
        return read_number(f, j, member, err);
    case FIELD_BOOL:
        return read_bool(f, j, member, err);
    case FIELD_CHOICE:
        return read_choice(f, j, member, err);
    case FIELD_LIST:
        return read_list(f, j, member, a, err);
    case FIELD_DURATION:
        return read_duration(f, j, member, err);
    }
    return false;
}

/* {"set":true} is how a secret is shown, so it may come back: it says that
 * there is a value, but not which. {"set":false} says that there is none. */
static bool is_shown_secret(const struct field *f, const struct json *j,
                            bool *set)
{
    const struct json *member = json_get(j, "set");

    if (!f->secret || !json_is(member, JSON_BOOL) || j->count != 1)
        return false;
    *set = member->truth;
    return true;
}

static bool field_read(const struct field *f, const struct json *object,
                       void *into, struct arena *a, struct error *err)
{
    const struct json *j = json_get(object, f->name);
    void *member = (char *)into + f->offset;
    bool set = false, shown = is_shown_secret(f, j, &set);

    assert(!f->secret || f->type == FIELD_TEXT || f->type == FIELD_LIST);
    if (shown && set)
        return error_set(err, "is shown as set but its value is not here: "
                              "give the value");
    if (j != NULL && !shown && !json_is(j, JSON_NULL))
        return read_by_type(f, j, member, a, err);
    if (f->fallback != NULL) {
        bool sound = read_by_type(f, field_fallback(f, a), member, a, NULL);

        assert(sound);
        return true;
    }
    return f->optional || error_set(err, "is required");
}

static bool refuse_name(const struct field *rows, struct str name,
                        struct arena *a, struct error *err)
{
    struct str shown = str_first(name, utf8_cut(name, SHOWN_MAX));
    struct buf known freed_by(buf_release) = BUF((size_t)ERROR_TEXT_MAX * 4);
    const char **names, *near;
    size_t count = 0;

    while (rows[count].name != NULL)
        count++;
    names = arena_array(a, count + 1, sizeof(*names));
    for (size_t i = 0; i < count; i++) {
        names[i] = rows[i].name;
        buf_printf(&known, "%s%s", i == 0 ? "" : ", ", rows[i].name);
    }
    near = str_nearest(name, names);
    if (near != NULL)
        error_set(err, "\"%.*s\" is not a parameter; did you mean \"%s\"?",
                  STR_ARG(shown), near);
    else if (count == 0)
        error_set(err, "\"%.*s\" is not a parameter; there are none here",
                  STR_ARG(shown));
    else
        error_set(err, "\"%.*s\" is not a parameter; known are: %s",
                  STR_ARG(shown), buf_c(&known));
    return error_at(err, arena_c(a, shown));
}

bool fields_read(const struct field *rows, const struct json *object,
                 void *into, struct arena *a, struct error *err)
{
    const struct json *first = NULL;

    if (object != NULL && object->type != JSON_OBJECT)
        return error_set(err, "must be an object, not %s",
                         json_type_name(object->type));
    if (object != NULL)
        first = object->first;
    for (const struct json *m = first; m != NULL; m = m->next) {
        if (field_find(rows, m->name) == NULL)
            return refuse_name(rows, m->name, a, err);
    }
    for (const struct field *f = rows; f->name != NULL; f++) {
        if (!field_read(f, object, into, a, err))
            return error_at(err, f->name);
    }
    return true;
}
