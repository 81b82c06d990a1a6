/* json_read.c -- RFC 8259 by the letter, into an immutable tree in an arena. */
#include "base/json.h"

#include "base/hash.h"
#include "base/json_plain.h"
#include "base/limits.h"

/* Objects up to this size look for doubled names without a hash table. */
#define FEW_MEMBERS 64

/* Each read_ function is given the place where its thing begins and gives the
 * place behind it, or NULL after saying what is wrong: the place stays in a
 * register that way. */
struct reader {
    const char *start, *end; /* of the text */
    struct arena *arena;
    struct error *err;
    unsigned depth;
    size_t values;
    size_t loose; /* white space and escapes so far: what is never written so */
};

enum byte_class {
    WHITE = 1,
    DIGIT = 2,
};

static const unsigned char byte_class[256] = {
    ['\t'] = WHITE, ['\n'] = WHITE, ['\r'] = WHITE,
    [' '] = WHITE,  ['0' ... '9'] = DIGIT,
};

static inline bool is_class(char c, enum byte_class class)
{
    return (byte_class[(unsigned char)c] & class) != 0;
}

/* What stands at p, in words. */
static const char *found_text(const struct reader *r, const char *p,
                              char out[24])
{
    if (p >= r->end)
        return "the end of the text";
    if (*p > 0x20 && *p < 0x7f)
        snprintf(out, 24, "'%c'", *p);
    else
        snprintf(out, 24, "byte 0x%02x", (unsigned char)*p);
    return out;
}

static const char *fail(const struct reader *r, const char *p,
                        const char *wanted)
{
    char found[24];

    error_set(r->err, "at byte %zu: expected %s, not %s",
              (size_t)(p - r->start), wanted, found_text(r, p, found));
    return NULL;
}

static const char *fail_limit(const struct reader *r, const char *p,
                              const char *what, size_t most)
{
    error_set(r->err, "at byte %zu: more than %zu %s; send less at once",
              (size_t)(p - r->start), most, what);
    return NULL;
}

static inline bool is_at(const struct reader *r, const char *p, char c)
{
    return p < r->end && *p == c;
}

static inline const char *skip_white(struct reader *r, const char *p)
{
    const char *from = p;

    while (p < r->end && is_class(*p, WHITE))
        p++;
    r->loose += (size_t)(p - from);
    return p;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The four digits of "\uXXXX", which begins at p. */
static const char *read_hex(const struct reader *r, const char *p,
                            uint32_t *code)
{
    *code = 0;
    for (size_t i = 2; i < 6; i++) {
        int digit = (size_t)(r->end - p) > i ? hex_digit(p[i]) : -1;

        if (digit < 0)
            return fail(r, p + i, "four hexadecimal digits after \\u");
        *code = *code << 4 | (uint32_t)digit;
    }
    return p + 6;
}

static char *put_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xc0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *out++ = (char)(0xe0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    } else {
        *out++ = (char)(0xf0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 0x3f));
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    }
    return out;
}

/* "\uD83D\uDE00" is one character in two halves; a half alone is none. */
static const char *read_unicode(const struct reader *r, const char *p,
                                uint32_t *code)
{
    const char *second = read_hex(r, p, code);
    uint32_t low = 0;

    if (second == NULL || *code < 0xd800 || *code > 0xdfff)
        return second;
    if (*code > 0xdbff)
        return fail(r, p, "the first half of a surrogate pair");
    if (r->end - second < 2 || second[0] != '\\' || second[1] != 'u')
        return fail(r, second, "the second half of a surrogate pair");
    p = read_hex(r, second, &low);
    if (p != NULL && (low < 0xdc00 || low > 0xdfff))
        return fail(r, second, "the second half of a surrogate pair");
    *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
    return p;
}

static const char *read_escape(const struct reader *r, const char *p,
                               char **out)
{
    static const char plain[256] = {
        ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
        ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
    };
    char letter = r->end - p >= 2 ? p[1] : '\0';
    uint32_t code;

    if (letter == 'u') {
        p = read_unicode(r, p, &code);
        if (p != NULL)
            *out = put_utf8(*out, code);
        return p;
    }
    if (plain[(unsigned char)letter] == '\0')
        return fail(r, p + 1, "one of \"\\/bfnrtu after a backslash");
    *(*out)++ = plain[(unsigned char)letter];
    return p + 2;
}

/* Over plain and multi-byte characters, up to a quote or a backslash. */
static const char *skip_characters(const struct reader *r, const char *p)
{
    for (;;) {
        size_t n;

        p = json_skip_plain(p, r->end);
        if (p == r->end)
            return fail(r, p, "a quote at the end of the string");
        if (*p == '"' || *p == '\\')
            return p;
        n = utf8_first((struct str){p, (size_t)(r->end - p)}, NULL);
        if (n == 0)
            return fail(r, p, "valid UTF-8");
        if (n == 1)
            return fail(r, p, "an escape such as \\n for a control character");
        p += n;
    }
}

/* Where the string ends, if it does: its decoded form is never longer, so one
 * allocation is enough for it. */
static const char *string_end(const struct reader *r, const char *p)
{
    while (p < r->end && *p != '"')
        p += *p == '\\' && r->end - p >= 2 ? 2 : 1;
    return p;
}

/* The rest of a string from its first escape, at p; `from` is its beginning. */
static const char *read_escaped(struct reader *r, const char *from,
                                const char *p, struct str *text)
{
    char *decoded = arena_new(r->arena, (size_t)(string_end(r, p) - from) + 1);
    char *out = decoded;

    r->loose++;
    for (;;) {
        memcpy(out, from, (size_t)(p - from));
        out += p - from;
        if (*p == '"')
            break;
        from = read_escape(r, p, &out);
        if (from == NULL)
            return NULL;
        p = skip_characters(r, from);
        if (p == NULL)
            return NULL;
    }
    *text = (struct str){decoded, (size_t)(out - decoded)};
    return p + 1;
}

static inline const char *read_string(struct reader *r, const char *p,
                                      struct str *text)
{
    const char *from = p + 1;

    p = json_skip_plain(from, r->end);
    if (!is_at(r, p, '"')) {
        p = skip_characters(r, p);
        if (p == NULL || *p == '\\')
            return p == NULL ? NULL : read_escaped(r, from, p, text);
    }
    *text = (struct str){from, (size_t)(p - from)};
    return p + 1;
}

static inline const char *skip_digits(const struct reader *r, const char *p)
{
    while (p < r->end && is_class(*p, DIGIT))
        p++;
    return p;
}

static const char *read_number(const struct reader *r, const char *from,
                               struct str *text)
{
    const char *whole = from + (*from == '-' ? 1 : 0);
    const char *p = skip_digits(r, whole), *part;

    if (p == whole)
        return fail(r, p, "a digit");
    if (*whole == '0' && p - whole > 1)
        return fail(r, whole, "a number without leading zeros");
    if (is_at(r, p, '.')) {
        part = p + 1;
        p = skip_digits(r, part);
        if (p == part)
            return fail(r, p, "a digit after the point");
    }
    if (is_at(r, p, 'e') || is_at(r, p, 'E')) {
        part = p + 1;
        part += is_at(r, part, '+') || is_at(r, part, '-') ? 1 : 0;
        p = skip_digits(r, part);
        if (p == part)
            return fail(r, p, "a digit of the exponent");
    }
    *text = (struct str){from, (size_t)(p - from)};
    return p;
}

static inline const char *read_word(const struct reader *r, const char *p,
                                    struct str word)
{
    if (!str_eq(str_first((struct str){p, (size_t)(r->end - p)}, word.n), word))
        return fail(r, p, "a value");
    return p + word.n;
}

static inline struct json *value_new(struct reader *r, const char *p)
{
    if (++r->values > JSON_VALUES_MAX) {
        fail_limit(r, p, "values", JSON_VALUES_MAX);
        return NULL;
    }
    return arena_new(r->arena, sizeof(struct json));
}

/* The names of one object: a filter says "surely new" nearly always, else its
 * members are compared; a large object gets a table keyed against hostile
 * names. */
struct names {
    uint64_t filter[4];
    struct hash table; /* ours */
};

static inline void names_release(struct names *seen)
{
    if (seen->table.size > 0)
        hash_release(&seen->table);
}

static inline bool filter_add(struct names *seen, struct str name)
{
    unsigned mix = (unsigned)name.n * 37;
    uint64_t bit, *word;

    if (name.n > 0)
        mix += (unsigned char)name.p[0] * 5u +
               (unsigned char)name.p[name.n / 2] * 13u +
               (unsigned char)name.p[name.n - 1] * 101u;
    word = &seen->filter[mix / 64 % 4];
    bit = UINT64_C(1) << mix % 64;
    if ((*word & bit) != 0)
        return false;
    *word |= bit;
    return true;
}

/* False if the object, which does not contain `member` yet, has its name. */
static inline bool names_add(struct names *seen, const struct json *object,
                             struct json *member)
{
    if (object->count < FEW_MEMBERS) {
        if (filter_add(seen, member->name))
            return true;
        for (const struct json *m = object->first; m != NULL; m = m->next) {
            if (str_eq(m->name, member->name))
                return false;
        }
        return true;
    }
    if (object->count == FEW_MEMBERS) {
        for (const struct json *m = object->first; m != NULL; m = m->next)
            hash_put(&seen->table, m->name, member);
    }
    return hash_put(&seen->table, member->name, member) == NULL;
}

static const char *fail_twice(const struct reader *r, const char *p,
                              struct str name)
{
    struct str shown = str_first(name, utf8_cut(name, 64));

    error_set(r->err, "at byte %zu: the name \"%.*s\" is there twice",
              (size_t)(p - r->start), STR_ARG(shown));
    return NULL;
}

static const char *read_value(struct reader *r, const char *p,
                              struct json *into);

static inline const char *read_member(struct reader *r, struct names *seen,
                                      const struct json *object, const char *p,
                                      struct json *member)
{
    const char *from = p;

    if (!is_at(r, p, '"'))
        return fail(r, p, "a name in quotes");
    p = read_string(r, p, &member->name);
    if (p == NULL)
        return NULL;
    if (object->count >= JSON_MEMBERS_MAX)
        return fail_limit(r, from, "members in an object", JSON_MEMBERS_MAX);
    if (!names_add(seen, object, member))
        return fail_twice(r, from, member->name);
    p = skip_white(r, p);
    if (!is_at(r, p, ':'))
        return fail(r, p, "a colon after the name");
    return read_value(r, skip_white(r, p + 1), member);
}

/* What follows a value inside an array or object; *more: another value does. */
static inline const char *read_comma(struct reader *r, const char *p,
                                     char close, bool *more)
{
    p = skip_white(r, p);
    *more = is_at(r, p, ',');
    if (*more)
        return skip_white(r, p + 1);
    if (!is_at(r, p, close))
        return fail(r, p, close == '}' ? "a comma or '}'" : "a comma or ']'");
    return p + 1;
}

/* Over the opening bracket, and over the closing one if nothing is between. */
static const char *read_open(struct reader *r, const char *p, char close,
                             bool *more)
{
    if (++r->depth > JSON_DEPTH_MAX)
        return fail_limit(r, p, "levels of nesting", JSON_DEPTH_MAX);
    p = skip_white(r, p + 1);
    *more = !is_at(r, p, close);
    return *more ? p : p + 1;
}

/* What was read from `from` to p will be written the same, byte for byte. */
static inline struct str as_written(const struct reader *r, size_t loose_before,
                                    const char *from, const char *p)
{
    if (p == NULL || r->loose != loose_before)
        return STR_NONE;
    return (struct str){from, (size_t)(p - from)};
}

static const char *read_object(struct reader *r, const char *p,
                               struct json *object)
{
    struct names seen freed_by(names_release) = {0};
    const struct json **tail = &object->first;
    const char *from = p;
    size_t loose = r->loose;
    bool more = false;

    object->type = JSON_OBJECT;
    p = read_open(r, p, '}', &more);
    while (p != NULL && more) {
        struct json *member = value_new(r, p);

        if (member == NULL)
            return NULL;
        p = read_member(r, &seen, object, p, member);
        if (p == NULL)
            return NULL;
        p = read_comma(r, p, '}', &more);
        *tail = member;
        tail = &member->next;
        object->count++;
    }
    r->depth--;
    object->text = as_written(r, loose, from, p);
    return p;
}

static const char *read_array(struct reader *r, const char *p,
                              struct json *array)
{
    const struct json **tail = &array->first;
    const char *from = p;
    size_t loose = r->loose;
    bool more = false;

    array->type = JSON_ARRAY;
    p = read_open(r, p, ']', &more);
    while (p != NULL && more) {
        struct json *element = value_new(r, p);

        if (element == NULL)
            return NULL;
        p = read_value(r, p, element);
        if (p == NULL)
            return NULL;
        p = read_comma(r, p, ']', &more);
        *tail = element;
        tail = &element->next;
        array->count++;
    }
    r->depth--;
    array->text = as_written(r, loose, from, p);
    return p;
}

static const char *read_value(struct reader *r, const char *p,
                              struct json *into)
{
    if (p == r->end)
        return fail(r, p, "a value");
    switch (*p) {
    case '"':
        into->type = JSON_STRING;
        return read_string(r, p, &into->text);
    case '{':
        return read_object(r, p, into);
    case '[':
        return read_array(r, p, into);
    case 't':
        into->type = JSON_BOOL;
        into->truth = true;
        return read_word(r, p, STR("true"));
    case 'f':
        into->type = JSON_BOOL;
        return read_word(r, p, STR("false"));
    case 'n':
        into->type = JSON_NULL;
        return read_word(r, p, STR("null"));
    default:
        into->type = JSON_NUMBER;
        if (*p != '-' && !is_class(*p, DIGIT))
            return fail(r, p, "a value");
        return read_number(r, p, &into->text);
    }
}

const struct json *json_parse_next(struct arena *a, struct str *rest,
                                   struct error *err)
{
    struct reader r = {
        .start = rest->p,
        .end = str_from(*rest, rest->n).p,
        .arena = a,
        .err = err,
    };
    const char *p = skip_white(&r, rest->p);
    struct json *value = value_new(&r, p);

    p = read_value(&r, p, value);
    if (p == NULL)
        return NULL;
    p = skip_white(&r, p);
    *rest = (struct str){p, (size_t)(r.end - p)};
    return value;
}

const struct json *json_parse(struct arena *a, struct str text,
                              struct error *err)
{
    struct str rest = text;
    const struct json *value = json_parse_next(a, &rest, err);

    if (value == NULL || rest.n == 0)
        return value;
    error_set(err, "at byte %zu: there is more text after the value",
              text.n - rest.n);
    return NULL;
}
