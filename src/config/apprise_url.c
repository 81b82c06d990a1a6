/* apprise_url.c -- an address in Apprise's manner, taken apart. */
#include "config/apprise_url.h"

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* %XX as bytes; a '%' that is none stays. */
static struct str decoded(struct str s, struct arena *a)
{
    char *out = arena_new(a, s.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        bool coded = s.p[i] == '%' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 &&
                     hex(s.p[i + 2]) >= 0;

        out[n++] =
            coded ? (char)(hex(s.p[i + 1]) << 4 | hex(s.p[i + 2])) : s.p[i];
        i += coded ? 2 : 0;
    }
    return (struct str){out, n};
}

static bool scheme_read(struct str *text, struct arena *a,
                        struct apprise_url *out)
{
    size_t n = str_find(*text, ':');
    char *scheme = arena_new(a, n + 1);

    if (n == 0 || !str_starts(str_from(*text, n), "://"))
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = text->p[i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c | 0x20);
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
            return false;
        scheme[i] = c;
    }
    out->scheme = (struct str){scheme, n};
    *text = str_from(*text, n + 3);
    return true;
}

/* The last '@' ends the user: a password may have one of its own. */
static void authority_read(struct str text, struct arena *a,
                           struct apprise_url *out)
{
    size_t at = text.n;
    struct str user, host;

    while (at > 0 && text.p[at - 1] != '@')
        at--;
    if (at > 0) {
        struct str rest = str_first(text, at - 1);

        user = str_until(&rest, ':');
        out->user = decoded(user, a);
        out->pass = decoded(rest, a);
    }
    text = str_from(text, at);
    out->authority = decoded(text, a);
    host = str_until(&text, ':');
    out->host = decoded(host, a);
    out->port = decoded(text, a);
}

static bool query_read(struct str text, struct arena *a,
                       struct apprise_url *out)
{
    while (text.n > 0) {
        struct str value = str_until(&text, '&');
        struct str name = str_until(&value, '=');

        if (out->query_count == APPRISE_QUERY_MAX)
            return false;
        out->query[out->query_count].name = decoded(name, a);
        out->query[out->query_count++].value = decoded(value, a);
    }
    return true;
}

static bool parts_read(struct str text, struct arena *a,
                       struct apprise_url *out)
{
    while (text.n > 0) {
        struct str part = str_until(&text, '/');

        if (part.n == 0)
            continue;
        if (out->part_count == APPRISE_PARTS_MAX)
            return false;
        out->parts[out->part_count++] = decoded(part, a);
    }
    return true;
}

bool apprise_url_read(struct str text, struct arena *a, struct apprise_url *out,
                      struct error *err)
{
    struct str path;

    *out = (struct apprise_url){0};
    if (text.n > APPRISE_URL_MAX)
        return error_set(err, "an address of %zu bytes; at most %d are read",
                         text.n, APPRISE_URL_MAX);
    if (!utf8_valid(text))
        return error_set(err, "an address that is not UTF-8");
    if (!scheme_read(&text, a, out))
        return error_set(err, "no address: it does not begin with a name and "
                              "\"://\"");
    path = str_until(&text, '?');
    authority_read(str_until(&path, '/'), a, out);
    if (!parts_read(path, a, out) || !query_read(text, a, out))
        return error_set(err, "an address of more than %d parts",
                         APPRISE_PARTS_MAX);
    return true;
}

struct str apprise_query(const struct apprise_url *u, const char *name)
{
    for (size_t i = 0; i < u->query_count; i++)
        if (str_is(u->query[i].name, name))
            return u->query[i].value;
    return STR_NONE;
}
