/* url.c -- a request target taken apart, strictly. */
#include "web/url.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

static bool has_escape(struct str s, bool plus_is_space)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '%' || (plus_is_space && s.p[i] == '+'))
            return true;
    return false;
}

/* The byte that "%41" at s.p[at] stands for, or -1. */
static int escape_value(struct str s, size_t at)
{
    int high, low;

    if (s.n - at < 3)
        return -1;
    high = hex_digit(s.p[at + 1]);
    low = hex_digit(s.p[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool decode_bytes(struct str s, bool plus_is_space, char *to, size_t *n,
                         struct error *err)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (c == '%') {
            int value = escape_value(s, i);

            if (value < 0)
                return error_set(err, "\"%%\" is not followed by two hex "
                                      "digits; write \"%%25\" for a \"%%\"");
            if (value == 0)
                return error_set(err, "\"%%00\" is not accepted");
            c = (char)value;
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        to[(*n)++] = c;
    }
    return true;
}

static bool decode(struct arena *a, struct str s, bool plus_is_space,
                   struct str *out, struct error *err)
{
    char *to;
    size_t n = 0;

    *out = s;
    if (!has_escape(s, plus_is_space))
        return true;
    to = arena_new(a, s.n);
    if (!decode_bytes(s, plus_is_space, to, &n, err))
        return false;
    *out = (struct str){to, n};
    if (!utf8_valid(*out))
        return error_set(err, "the escapes in \"%.*s\" are not UTF-8",
                         STR_ARG(s));
    return true;
}

/* RFC 3986: a URL is printable ASCII, and a request has no fragment. */
static bool bytes_allowed(struct str raw, struct error *err)
{
    for (size_t i = 0; i < raw.n; i++)
        if (raw.p[i] <= ' ' || raw.p[i] > '~' || raw.p[i] == '#')
            return error_set(err, "byte 0x%02x in the request target has to be "
                                  "escaped", (unsigned char)raw.p[i]);
    return true;
}

static bool segment_allowed(struct str s, struct error *err)
{
    if (str_is(s, ".") || str_is(s, ".."))
        return error_set(err, "\"%.*s\" in the path is not followed; write the "
                              "path without it", STR_ARG(s));
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
            return error_set(err, "the path has a control character, 0x%02x",
                             (unsigned char)s.p[i]);
    return true;
}

static bool path_split(struct arena *a, struct target *t, struct error *err)
{
    struct str rest = str_from(t->path, 1), segment;
    bool more = true;

    while (more) {
        more = str_find(rest, '/') < rest.n;
        if (t->segments_n == URL_SEGMENTS_MAX)
            return error_set(err, "the path has more than %d segments",
                             URL_SEGMENTS_MAX);
        segment = str_until(&rest, '/');
        if (!decode(a, segment, false, &t->segments[t->segments_n], err) ||
            !segment_allowed(t->segments[t->segments_n], err))
            return false;
        t->segments_n++;
    }
    return true;
}

static size_t count_pairs(struct str text)
{
    size_t n = 1;

    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '&';
    return n;
}

static bool query_split(struct arena *a, struct str text, struct target *t,
                        struct error *err)
{
    size_t n = count_pairs(text);

    if (n > URL_QUERIES_MAX)
        return error_set(err, "the query has %zu parameters, more than %d", n,
                         URL_QUERIES_MAX);
    t->queries = arena_array(a, n, sizeof(*t->queries));
    while (text.n > 0) {
        struct str value = str_until(&text, '&'), name;
        struct query *q = &t->queries[t->queries_n];

        if (value.n == 0) /* "a=1&&b=2" */
            continue;
        name = str_until(&value, '=');
        if (!decode(a, name, true, &q->name, err) ||
            !decode(a, value, true, &q->value, err))
            return error_in(err, "query");
        t->queries_n++;
    }
    return true;
}

bool target_parse(struct arena *a, struct str raw, struct target *out,
                  struct error *err)
{
    size_t mark = str_find(raw, '?');
    struct str query = str_from(raw, mark + 1);

    *out = (struct target){.path = str_first(raw, mark)};
    if (raw.n == 0 || raw.p[0] != '/')
        return error_set(err, "the request target is not a path starting with "
                              "\"/\"");
    return bytes_allowed(raw, err) && path_split(a, out, err) &&
           (query.n == 0 || query_split(a, query, out, err));
}
