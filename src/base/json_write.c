/* json_write.c -- one encoder for everything that leaves as JSON. */
#include "base/json.h"

#include "base/json_plain.h"

#include <math.h>

/* How a byte below 0x80 is written inside a string: 0 as it is, 'u' as \u00XX,
 * anything else after a backslash. */
static const char escapes[128] = {
    [0x00 ... 0x07] = 'u',
    ['\b'] = 'b',
    ['\t'] = 't',
    ['\n'] = 'n',
    [0x0b] = 'u',
    ['\f'] = 'f',
    ['\r'] = 'r',
    [0x0e ... 0x1f] = 'u',
    ['"'] = '"',
    ['\\'] = '\\',
};

static void put_unit(struct buf *to, uint32_t unit)
{
    static const char digits[] = "0123456789abcdef";
    const char text[6] = {
        '\\',
        'u',
        digits[unit >> 12 & 15],
        digits[unit >> 8 & 15],
        digits[unit >> 4 & 15],
        digits[unit & 15],
    };

    buf_add(to, text, sizeof(text));
}

static void put_code(struct buf *to, uint32_t code)
{
    if (code < 0x10000) {
        put_unit(to, code);
        return;
    }
    put_unit(to, 0xd800 + ((code - 0x10000) >> 10));
    put_unit(to, 0xdc00 + ((code - 0x10000) & 0x3ff));
}

/* The character at the front of s, which is not written as it is; gives how
 * many bytes it had. */
static size_t put_special(struct buf *to, struct str s, bool ascii)
{
    unsigned char first = (unsigned char)s.p[0];
    uint32_t code = 0xfffd;
    size_t n;

    if (first < 0x7f && escapes[first] != 'u') {
        buf_add(to, (const char[]){'\\', escapes[first]}, 2);
        return 1;
    }
    n = utf8_first(s, &code);
    if (first < 0x20 || ascii)
        put_code(to, code);
    else if (n == 0)
        buf_str(to, STR("\xef\xbf\xbd"));
    else
        buf_str(to, str_first(s, n));
    return MAX(n, 1);
}

/* Bytes at the front of s that need nothing done to them. */
static inline size_t plain_run(struct str s, bool ascii)
{
    size_t n = s.n == 0 ? 0 : (size_t)(json_skip_plain(s.p, s.p + s.n) - s.p);
    const char *del = ascii && n > 0 ? memchr(s.p, 0x7f, n) : NULL;

    return del != NULL ? (size_t)(del - s.p) : n;
}

static void put_quoted(struct buf *to, struct str plain)
{
    char *p = buf_room(to, plain.n + 2);

    if (p == NULL)
        return;
    p[0] = '"';
    if (plain.n > 0)
        memcpy(p + 1, plain.p, plain.n);
    p[plain.n + 1] = '"';
    buf_used(to, plain.n + 2);
}

static void put_string(struct buf *to, struct str s, bool ascii)
{
    size_t n = plain_run(s, ascii);

    if (n == s.n) { /* nearly always */
        put_quoted(to, s);
        return;
    }
    buf_char(to, '"');
    for (;;) {
        buf_add(to, s.p, n);
        s = str_from(s, n);
        if (s.n == 0)
            break;
        s = str_from(s, put_special(to, s, ascii));
        n = plain_run(s, ascii);
    }
    buf_char(to, '"');
}

/* Whether a comma comes before what is written next. */
static bool needs_comma(struct json_out *o)
{
    uint64_t bit = UINT64_C(1) << o->depth;
    bool needs = (o->comma & bit) != 0;

    o->comma |= bit;
    return needs;
}

static void begin(struct json_out *o)
{
    if (needs_comma(o))
        buf_char(o->to, ',');
}

/* ,"name": at once. */
static void put_plain_name(struct json_out *o, struct str name)
{
    char *p = buf_room(o->to, name.n + 4), *from = p;

    if (p == NULL)
        return;
    if (needs_comma(o))
        *p++ = ',';
    *p++ = '"';
    if (name.n > 0)
        memcpy(p, name.p, name.n);
    p += name.n;
    *p++ = '"';
    *p++ = ':';
    buf_used(o->to, (size_t)(p - from));
}

static void begin_named(struct json_out *o, struct str name)
{
    if (plain_run(name, o->ascii) == name.n) {
        put_plain_name(o, name);
        return;
    }
    begin(o);
    put_string(o->to, name, o->ascii);
    buf_char(o->to, ':');
}

static void begin_value(struct json_out *o, const char *name)
{
    if (name == NULL)
        begin(o);
    else
        begin_named(o, str_of(name));
}

static void put_open(struct json_out *o, char bracket)
{
    assert(o->depth < OUT_DEPTH_MAX);
    buf_char(o->to, bracket);
    o->depth++;
    o->comma &= ~(UINT64_C(1) << o->depth);
}

static void put_close(struct json_out *o, char bracket)
{
    assert(o->depth > 0);
    buf_char(o->to, bracket);
    o->depth--;
}

void out_object(struct json_out *o, const char *name)
{
    begin_value(o, name);
    put_open(o, '{');
}

void out_object_end(struct json_out *o)
{
    put_close(o, '}');
}

void out_array(struct json_out *o, const char *name)
{
    begin_value(o, name);
    put_open(o, '[');
}

void out_array_end(struct json_out *o)
{
    put_close(o, ']');
}

void out_str(struct json_out *o, const char *name, struct str value)
{
    begin_value(o, name);
    put_string(o->to, value, o->ascii);
}

void out_text(struct json_out *o, const char *name, const char *value)
{
    out_str(o, name, str_of(value));
}

void out_i64(struct json_out *o, const char *name, int64_t value)
{
    begin_value(o, name);
    buf_int(o->to, value);
}

struct digits {
    char text[24]; /* without a point: that is the locale's business */
    size_t n;
    int64_t exponent; /* 0.text times ten to this */
};

static void digits_of(double value, int precision, struct digits *d)
{
    char text[40];
    struct str rest;
    bool negative;

    snprintf(text, sizeof(text), "%.*e", precision - 1, value);
    rest = str_of(text);
    d->n = 0;
    for (; rest.n > 0 && rest.p[0] != 'e'; rest = str_from(rest, 1)) {
        if (rest.p[0] >= '0' && rest.p[0] <= '9')
            d->text[d->n++] = rest.p[0];
    }
    while (d->n > 1 && d->text[d->n - 1] == '0')
        d->n--;
    negative = str_starts(rest, "e-");
    if (!str_to_i64(str_from(rest, 2), &d->exponent))
        d->exponent = 0;
    d->exponent = (negative ? -d->exponent : d->exponent) + 1;
}

static void put_zeros(struct buf *to, int64_t count)
{
    for (; count > 0; count--)
        buf_char(to, '0');
}

static void put_digits(struct buf *to, const struct digits *d)
{
    int64_t n = (int64_t)d->n, whole = MIN(MAX(d->exponent, 0), n);

    if (d->exponent > 17 || d->exponent < -5) {
        buf_char(to, d->text[0]);
        if (n > 1)
            buf_char(to, '.');
        buf_add(to, d->text + 1, d->n - 1);
        buf_char(to, 'e');
        buf_int(to, d->exponent - 1);
        return;
    }
    buf_add(to, d->text, (size_t)whole);
    put_zeros(to, d->exponent - whole);
    if (d->exponent <= 0)
        buf_char(to, '0');
    if (whole == n)
        return;
    buf_char(to, '.');
    put_zeros(to, -d->exponent);
    buf_add(to, d->text + whole, d->n - (size_t)whole);
}

/* The fewest digits that read back as the same number; 17 always do. */
static void put_double(struct buf *to, double value)
{
    struct buf text freed_by(buf_release) = BUF(64);

    for (int precision = 15; precision <= 17; precision++) {
        struct digits d;
        double again;

        buf_reset(&text);
        if (signbit(value))
            buf_char(&text, '-');
        digits_of(fabs(value), precision, &d);
        put_digits(&text, &d);
        if (str_to_double(buf_view(&text), &again) && again <= value &&
            again >= value)
            break;
    }
    buf_str(to, buf_view(&text));
}

void out_double(struct json_out *o, const char *name, double value)
{
    begin_value(o, name);
    if (isfinite(value))
        put_double(o->to, value);
    else
        buf_text(o->to, "null");
}

void out_bool(struct json_out *o, const char *name, bool value)
{
    begin_value(o, name);
    buf_text(o->to, value ? "true" : "false");
}

void out_null(struct json_out *o, const char *name)
{
    begin_value(o, name);
    buf_text(o->to, "null");
}

void out_raw(struct json_out *o, const char *name, struct str json)
{
    begin_value(o, name);
    buf_str(o->to, json);
}

static void put_array(struct json_out *o, const struct json *array)
{
    put_open(o, '[');
    for (const struct json *e = array->first; e != NULL; e = e->next)
        out_tree(o, NULL, e);
    put_close(o, ']');
}

static void put_object(struct json_out *o, const struct json *object)
{
    put_open(o, '{');
    for (const struct json *m = object->first; m != NULL; m = m->next)
        out_name_tree(o, m->name, m);
    put_close(o, '}');
}

/* The comma and the name are there already. Deep trees end in put_open(). */
static void put_tree(struct json_out *o, const struct json *value)
{
    bool as_read = value->text.n > 0 && !o->ascii;

    switch (value->type) {
    case JSON_NULL:
        buf_text(o->to, "null");
        return;
    case JSON_BOOL:
        buf_text(o->to, value->truth ? "true" : "false");
        return;
    case JSON_NUMBER:
        buf_str(o->to, value->text);
        return;
    case JSON_STRING:
        put_string(o->to, value->text, o->ascii);
        return;
    case JSON_ARRAY:
        if (as_read)
            buf_str(o->to, value->text);
        else
            put_array(o, value);
        return;
    case JSON_OBJECT:
        if (as_read)
            buf_str(o->to, value->text);
        else
            put_object(o, value);
        return;
    }
}

void out_tree(struct json_out *o, const char *name, const struct json *value)
{
    begin_value(o, name);
    put_tree(o, value);
}

void out_name_tree(struct json_out *o, struct str name,
                   const struct json *value)
{
    begin_named(o, name);
    put_tree(o, value);
}

void out_name_str(struct json_out *o, struct str name, struct str value)
{
    begin_named(o, name);
    put_string(o->to, value, o->ascii);
}
