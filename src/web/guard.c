/* guard.c -- refuses requests whose end two programs could see differently.
 *
 * Behind a proxy such a request smuggles a second one past it. libmicrohttpd
 * 0.9.75 takes Transfer-Encoding together with Content-Length, doubled lengths,
 * white space before the colon, folded lines and bare line feeds, in its strict
 * mode too; so all of that is checked here, before a byte of the body is taken.
 *
 * Folding and bare line feeds leave no trace in the parsed fields. They do in
 * the head's bytes: libmicrohttpd parses in place, and puts NUL over each CR and
 * LF and over the colon after each name. The method it hands out is the head's
 * first byte, so the whole head can be walked: name NUL value NUL NUL. If a
 * later version keeps its strings elsewhere the walk is left out, and
 * test_httpd says so. */
#include "web/guard.h"

#include <microhttpd.h>

#define METHOD_MAX 32
#define HEADERS_MAX 100
#define LENGTH_DIGITS_MAX 18

static const struct {
    const char *name;
    size_t n;
} known_names[HEADER_KNOWN_COUNT] = {
#define KNOWN(id, text) [id] = {text, sizeof(text) - 1}
    KNOWN(HEADER_AUTHORIZATION, "Authorization"),
    KNOWN(HEADER_CONTENT_ENCODING, "Content-Encoding"),
    KNOWN(HEADER_CONTENT_LENGTH, "Content-Length"),
    KNOWN(HEADER_CONTENT_TYPE, "Content-Type"),
    KNOWN(HEADER_COOKIE, "Cookie"),
    KNOWN(HEADER_EXPECT, "Expect"),
    KNOWN(HEADER_FORWARDED, "Forwarded"),
    KNOWN(HEADER_HOST, "Host"),
    KNOWN(HEADER_ORIGIN, "Origin"),
    KNOWN(HEADER_SEC_FETCH_SITE, "Sec-Fetch-Site"),
    KNOWN(HEADER_TRANSFER_ENCODING, "Transfer-Encoding"),
    KNOWN(HEADER_VIA, "Via"),
    KNOWN(HEADER_X_FORWARDED_FOR, "X-Forwarded-For"),
    KNOWN(HEADER_X_FORWARDED_PROTO, "X-Forwarded-Proto"),
    KNOWN(HEADER_X_REAL_IP, "X-Real-IP"),
    KNOWN(HEADER_X_TOCSIN_CSRF, "X-Tocsin-CSRF"),
#undef KNOWN
};

static enum MHD_Result header_seen(void *arg, enum MHD_ValueKind kind unused,
                                   const char *name, size_t name_n,
                                   const char *value, size_t value_n)
{
    struct headers *h = arg;

    h->count++;
    for (size_t i = 0; i < HEADER_KNOWN_COUNT; i++) {
        if (known_names[i].n != name_n ||
            strncasecmp(known_names[i].name, name, name_n) != 0)
            continue;
        if (h->known[i].count++ == 0)
            h->known[i].value = (struct str){value, value_n};
        break;
    }
    return MHD_YES;
}

void headers_read(struct MHD_Connection *c, struct headers *out)
{
    *out = (struct headers){0};
    MHD_get_connection_values_n(c, MHD_HEADER_KIND, header_seen, out);
}

bool headers_have(const struct headers *h, enum known_header which)
{
    return h->known[which].count > 0;
}

/* --- the head's bytes --- */

static bool is_token(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_field_byte(char c)
{
    return c == '\t' || ((unsigned char)c >= ' ' && c != 0x7f);
}

/* What is left of the head. */
struct walk {
    const char *p, *end;
};

static struct str walk_text(struct walk *w)
{
    struct str text = {w->p, strnlen(w->p, (size_t)(w->end - w->p))};

    w->p += text.n;
    return text;
}

static bool walk_line_end(struct walk *w)
{
    if (w->end - w->p < 2 || w->p[0] != '\0' || w->p[1] != '\0')
        return false;
    w->p += 2;
    return true;
}

static bool name_allowed(struct str name, struct error *err)
{
    for (size_t i = 0; i < name.n; i++)
        if (!is_token(name.p[i]))
            return error_set(err, "a header's name has the byte 0x%02x (white "
                                  "space, a folded line?)",
                             (unsigned char)name.p[i]);
    return true;
}

static bool value_allowed(struct str value, struct error *err)
{
    for (size_t i = 0; i < value.n; i++)
        if (!is_field_byte(value.p[i]))
            return error_set(err, "a header's value has the control character "
                                  "0x%02x", (unsigned char)value.p[i]);
    return true;
}

static bool walk_field(struct walk *w, struct error *err)
{
    if (!name_allowed(walk_text(w), err))
        return false;
    if (w->p < w->end)
        w->p++; /* the colon */
    if (!value_allowed(walk_text(w), err))
        return false;
    if (!walk_line_end(w))
        return error_set(err, "a header line does not end with CR LF");
    return true;
}

static bool method_allowed(struct str method, struct error *err)
{
    if (method.n == 0 || method.n > METHOD_MAX)
        return error_set(err, "the method has %zu bytes; at most %d are taken",
                         method.n, METHOD_MAX);
    for (size_t i = 0; i < method.n; i++)
        if (!is_token(method.p[i]))
            return error_set(err, "the method has the byte 0x%02x",
                             (unsigned char)method.p[i]);
    return true;
}

/* Method, one space, target, one space, version; a NUL byte among them makes
 * the parts shorter than the whole. */
static bool walk_request_line(struct walk *w, const struct head_bytes *head,
                              struct error *err)
{
    size_t method_n = strlen(head->method);

    if (head->version != head->method + method_n + 1 + head->target_n + 1)
        return error_set(err, "the request line is not a method, a target and "
                              "a version with one space between them");
    walk_text(w);
    if (!walk_line_end(w))
        return error_set(err, "the request line does not end with CR LF");
    return true;
}

bool guard_bytes(const struct head_bytes *head, struct error *err)
{
    struct walk w = {head->version, head->method + head->n};
    uintptr_t first = (uintptr_t)head->method;
    uintptr_t version = (uintptr_t)head->version;

    if (!method_allowed(str_of(head->method), err))
        return false;
    if (version < first || version >= first + head->n)
        return true; /* not laid out as described above */
    if (!walk_request_line(&w, head, err))
        return false;
    while (w.p < w.end && *w.p != '\0')
        if (!walk_field(&w, err))
            return false;
    if (!walk_line_end(&w) || w.p != w.end)
        return error_set(err, "the header does not end with CR LF CR LF");
    return true;
}

/* --- where the body ends --- */

static bool only_once(const struct headers *h, struct error *err)
{
    static const enum known_header singles[] = {
        HEADER_AUTHORIZATION,  HEADER_CONTENT_ENCODING,
        HEADER_CONTENT_LENGTH, HEADER_CONTENT_TYPE,
        HEADER_COOKIE,         HEADER_EXPECT,
        HEADER_HOST,           HEADER_ORIGIN,
        HEADER_SEC_FETCH_SITE, HEADER_TRANSFER_ENCODING,
        HEADER_X_TOCSIN_CSRF,
    };

    for (size_t i = 0; i < COUNT_OF(singles); i++)
        if (h->known[singles[i]].count > 1)
            return error_set(err, "%s is there %u times",
                             known_names[singles[i]].name,
                             h->known[singles[i]].count);
    return true;
}

static bool length_parse(struct str text, uint64_t *out, struct error *err)
{
    bool digits = text.n > 0 && text.n <= LENGTH_DIGITS_MAX;

    for (size_t i = 0; i < text.n && digits; i++)
        digits = text.p[i] >= '0' && text.p[i] <= '9';
    if (digits && str_to_u64(text, out))
        return true;
    return error_set(err, "Content-Length \"%.*s\" is not a number of bytes",
                     STR_ARG(text));
}

static bool host_allowed(const struct headers *h, bool needed,
                         struct error *err)
{
    struct str host = h->known[HEADER_HOST].value;

    if (!headers_have(h, HEADER_HOST))
        return !needed || error_set(err, "Host is missing");
    for (size_t i = 0; i < host.n; i++)
        if (!is_token(host.p[i]) && !strchr(":[]", host.p[i]))
            return error_set(err, "Host \"%.*s\" is not a host name",
                             STR_ARG(host));
    return true;
}

bool guard_framing(const struct headers *h, struct str version,
                   struct framing *out, struct error *err)
{
    bool modern = !str_is(version, "HTTP/1.0");
    bool coded = headers_have(h, HEADER_TRANSFER_ENCODING);

    *out = (struct framing){.chunked = coded};
    if (h->count > HEADERS_MAX)
        return error_set(err, "there are %u headers, more than %d", h->count,
                         HEADERS_MAX);
    if (!only_once(h, err) || !host_allowed(h, modern, err))
        return false;
    if (!coded)
        return !headers_have(h, HEADER_CONTENT_LENGTH) ||
               length_parse(h->known[HEADER_CONTENT_LENGTH].value, &out->length,
                            err);
    if (headers_have(h, HEADER_CONTENT_LENGTH))
        return error_set(err, "Transfer-Encoding and Content-Length are both "
                              "there");
    if (!modern)
        return error_set(err, "HTTP/1.0 has no Transfer-Encoding");
    if (!str_is_nocase(h->known[HEADER_TRANSFER_ENCODING].value, "chunked"))
        return error_set(err, "Transfer-Encoding \"%.*s\" is not known; only "
                              "\"chunked\" is",
                         STR_ARG(h->known[HEADER_TRANSFER_ENCODING].value));
    return true;
}

/* --- who is local --- */

static struct str host_name(struct str host)
{
    if (host.n > 0 && host.p[0] == '[') /* "[::1]:8080" */
        return str_first(host, str_find(host, ']') + 1);
    return str_first(host, str_find(host, ':'));
}

static bool is_address_127(struct str name)
{
    if (!str_starts(name, "127."))
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] != '.' && (name.p[i] < '0' || name.p[i] > '9'))
            return false;
    return true;
}

/* Only names that no name server answers for: otherwise any web page could be
 * served under a name that then points to 127.0.0.1. */
static bool names_this_host(struct str host)
{
    struct str name = host_name(host);

    return str_is_nocase(name, "localhost") || str_is(name, "[::1]") ||
           is_address_127(name);
}

static bool origin_is(struct str origin, const char *scheme, struct str host)
{
    return str_starts(origin, scheme) &&
           str_eq(str_from(origin, strlen(scheme)), host);
}

/* A browser says where the page that sends the request comes from. */
bool guard_from_elsewhere(const struct headers *h)
{
    struct str site = h->known[HEADER_SEC_FETCH_SITE].value;
    struct str origin = h->known[HEADER_ORIGIN].value;
    struct str host = h->known[HEADER_HOST].value;

    if (headers_have(h, HEADER_SEC_FETCH_SITE) &&
        !str_is(site, "same-origin") && !str_is(site, "none"))
        return true;
    return headers_have(h, HEADER_ORIGIN) &&
           !origin_is(origin, "http://", host) &&
           !origin_is(origin, "https://", host);
}

bool guard_names_this_host(const struct headers *h)
{
    return headers_have(h, HEADER_HOST) &&
           names_this_host(h->known[HEADER_HOST].value);
}

bool guard_local(const struct headers *h)
{
    static const enum known_header proxies[] = {
        HEADER_FORWARDED,         HEADER_VIA,       HEADER_X_FORWARDED_FOR,
        HEADER_X_FORWARDED_PROTO, HEADER_X_REAL_IP,
    };

    for (size_t i = 0; i < COUNT_OF(proxies); i++)
        if (headers_have(h, proxies[i]))
            return false;
    if (headers_have(h, HEADER_HOST) &&
        !names_this_host(h->known[HEADER_HOST].value))
        return false;
    return !guard_from_elsewhere(h);
}
