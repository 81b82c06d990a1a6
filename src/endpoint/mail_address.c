/* mail_address.c -- strict parsing of mail addresses. */
#include "endpoint/mail_address.h"

#define LOCAL_MAX 64
#define DOMAIN_MAX 255
#define LABEL_MAX 63
#define SHOWN_MAX 100

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

static bool is_local(struct str s)
{
    if (s.n == 0 || s.n > LOCAL_MAX || s.p[0] == '.' || s.p[s.n - 1] == '.')
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!is_alnum(c) &&
            (c == '\0' || strchr("!#$%&'*+-/=?^_`{|}~.", c) == NULL))
            return false;
        if (c == '.' && s.p[i + 1] == '.')
            return false;
    }
    return true;
}

static bool is_label(struct str s)
{
    if (s.n == 0 || s.n > LABEL_MAX || s.p[0] == '-' || s.p[s.n - 1] == '-')
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_alnum(s.p[i]) && s.p[i] != '-')
            return false;
    }
    return true;
}

static bool is_domain(struct str s)
{
    if (s.n == 0 || s.n > DOMAIN_MAX || s.p[s.n - 1] == '.')
        return false;
    while (s.n > 0) {
        if (!is_label(str_until(&s, '.')))
            return false;
    }
    return true;
}

static bool is_address(struct str s)
{
    struct str domain = s;
    struct str local = str_until(&domain, '@');

    return local.n < s.n && is_local(local) && is_domain(domain);
}

static bool refuse(struct str s, const char *why, struct error *err)
{
    return error_set(err, "\"%.*s\" %s",
                     STR_ARG(str_first(s, utf8_cut(s, SHOWN_MAX))), why);
}

/* Takes the quotes off, and what they escape. False: they do not close. */
static bool name_read(struct str s, struct arena *a, struct str *out)
{
    char *name;
    size_t n = 0, i;

    if (!str_starts(s, "\"")) {
        *out = arena_str(a, s);
        return str_find(s, '"') == s.n;
    }
    name = arena_new(a, s.n);
    for (i = 1; i < s.n && s.p[i] != '"'; i++) {
        if (s.p[i] == '\\' && i + 1 < s.n)
            i++;
        name[n++] = s.p[i];
    }
    *out = (struct str){name, n};
    return i + 1 == s.n;
}

static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
            return true;
    }
    return !utf8_valid(s);
}

/* Where the "<" of "Name <a@b>" is, past any quoted name; s.n: there is none. */
static size_t find_angle(struct str s)
{
    bool quoted = false;

    for (size_t i = 0; i < s.n; i++) {
        if (quoted && s.p[i] == '\\')
            i++;
        else if (s.p[i] == '"')
            quoted = !quoted;
        else if (!quoted && s.p[i] == '<')
            return i;
    }
    return s.n;
}

bool mail_address_parse(struct str s, struct arena *a, struct mail_address *out,
                        struct error *err)
{
    struct str whole = str_trim(s);
    size_t angle = find_angle(whole);
    struct str addr = whole;
    struct str name = STR_NONE;

    if (has_control(whole))
        return error_set(err, "a mail address has no control characters");
    if (angle < whole.n) {
        addr = str_from(whole, angle + 1);
        if (!str_ends(addr, ">"))
            return refuse(whole, "does not end in \">\"", err);
        addr = str_trim(str_first(addr, addr.n - 1));
        if (!name_read(str_trim(str_first(whole, angle)), a, &name))
            return refuse(whole, "has a quote that does not fit", err);
    }
    if (!is_address(addr))
        return refuse(whole, "is not a mail address; write name@example.com or "
                             "Name <name@example.com>",
                      err);
    *out = (struct mail_address){.name = name, .addr = arena_str(a, addr)};
    return true;
}

/* Takes one off the front, up to a comma that is not quoted. */
static struct str list_next(struct str *rest)
{
    bool quoted = false;
    size_t i;
    struct str first;

    for (i = 0; i < rest->n; i++) {
        if (quoted && rest->p[i] == '\\')
            i++;
        else if (rest->p[i] == '"')
            quoted = !quoted;
        else if (!quoted && rest->p[i] == ',')
            break;
    }
    first = str_first(*rest, i);
    *rest = str_from(*rest, i + 1);
    return first;
}

bool mail_address_list(struct str s, struct arena *a, struct mail_address *out,
                       size_t max, size_t *n, struct error *err)
{
    *n = 0;
    s = str_trim(s);
    while (s.n > 0) {
        struct str one = list_next(&s);

        if (*n == max)
            return error_set(err, "more than %zu mail addresses", max);
        if (!mail_address_parse(one, a, &out[*n], err))
            return false;
        ++*n;
    }
    return true;
}
