/* make.c -- checks of addresses, and the small pieces of requests. */
#include "endpoint/make.h"

#include "alert/ip.h"

const struct field no_fields[] = {FIELDS_END};

bool check_refuse(struct error *err, const char *field, const char *wanted)
{
    error_set(err, "%s", wanted);
    return error_at(err, field);
}

bool check_token(struct str s, const char *more)
{
    for (size_t i = 0; i < s.n; i++) {
        bool letter = (s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z';
        bool digit = s.p[i] >= '0' && s.p[i] <= '9';

        if (!letter && !digit && (s.p[i] == '\0' || !strchr(more, s.p[i])))
            return false;
    }
    return s.n > 0;
}

static bool is_visible_ascii(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] <= ' ' || s.p[i] > '~')
            return false;
    }
    return true;
}

static bool is_host_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

static bool is_host(struct str s)
{
    struct ip ip;

    if (ip_parse(s, &ip))
        return true;
    if (s.n == 0 || s.n > 253 || s.p[0] == '-' || s.p[0] == '.')
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_host_byte(s.p[i]))
            return false;
    }
    return true;
}

static bool is_port(struct str s)
{
    uint64_t port;

    return str_to_u64(s, &port) && port >= 1 && port <= UINT16_MAX;
}

/* "host", "host:80", "[2001:db8::1]:80" */
static bool is_authority(struct str s)
{
    size_t at = str_find(s, ':');

    if (str_starts(s, "[")) {
        at = str_find(s, ']');
        if (at == s.n || !is_host(str_first(str_from(s, 1), at - 1)))
            return false;
        at++;
    } else if (!is_host(str_first(s, at))) {
        return false;
    }
    return at == s.n || (s.p[at] == ':' && is_port(str_from(s, at + 1)));
}

static struct str authority_of(struct str url)
{
    size_t n = 0;

    while (n < url.n && strchr("/?#", url.p[n]) == NULL)
        n++;
    return str_first(url, n);
}

bool check_url(struct str url, const char *field, struct error *err)
{
    struct str authority;

    if (!str_starts(url, "http://") && !str_starts(url, "https://"))
        return check_refuse(err, field, "must begin with https:// or http://");
    if (!is_visible_ascii(url))
        return check_refuse(err, field,
                            "must be without blanks and other than plain "
                            "characters; write them as %XX");
    authority = authority_of(str_from(url, str_find(url, '/') + 2));
    if (str_find(authority, '@') < authority.n)
        return check_refuse(err, field,
                            "must not hold a user name or password; put them "
                            "into the fields for them");
    if (!is_authority(authority))
        return check_refuse(err, field,
                            "needs a host name or address after https://, as "
                            "in https://example.com/path");
    return true;
}

/* What stands between "https://" and the path; "" for what is no URL. */
static struct str url_authority(struct str url)
{
    size_t at = str_find(url, '/');

    return authority_of(str_from(url, MIN(at + 2, url.n)));
}

static bool host_matches(struct str host, const char *pattern)
{
    size_t n = strlen(pattern);

    if (pattern[0] != '.')
        return str_is_nocase(host, pattern);
    return host.n > n && str_is_nocase(str_from(host, host.n - n), pattern);
}

bool url_host_is_one_of(struct str url, const char *const *hosts)
{
    struct str host = url_authority(url);

    if (str_starts(url, "https://") && str_ends(host, ":443"))
        host.n -= strlen(":443");
    for (size_t i = 0; hosts[i] != NULL; i++) {
        if (host_matches(host, hosts[i]))
            return true;
    }
    return false;
}

bool check_vendor_url(struct str url, const char *field, const char *const *hosts,
                      bool others, struct error *err)
{
    if (!check_url(url, field, err))
        return false;
    if (others || (str_starts(url, "https://") && url_host_is_one_of(url, hosts)))
        return true;
    error_set(err, "must begin with https://%s%s/; for any other server, set "
                   "allow_private",
              hosts[0][0] == '.' ? "NAME" : "", hosts[0]);
    return error_at(err, field);
}

bool check_base_url(struct str url, const char *field, struct error *err)
{
    if (!check_url(url, field, err))
        return false;
    if (str_find(url, '?') == url.n && str_find(url, '#') == url.n)
        return true;
    return check_refuse(err, field,
                        "must be without ? and #: a path is put behind it");
}

bool url_host_is_dotted(struct str url)
{
    struct str host = url_authority(url);
    size_t dot;

    if (str_starts(host, "["))
        return false;
    host = str_first(host, str_find(host, ':'));
    dot = str_find(host, '.');
    return dot > 0 && dot + 1 < host.n;
}

bool check_host(struct str host, const char *field, struct error *err)
{
    if (is_host(host))
        return true;
    error_set(err, "\"%.*s\" is not a host name or address; a port or scheme "
                   "has a field of its own",
              STR_ARG(str_first(host, utf8_cut(host, 100))));
    return error_at(err, field);
}

bool host_is_loopback(struct str host)
{
    struct ip ip;

    return str_is_nocase(host, "localhost") ||
           (ip_parse(host, &ip) && ip_is_loopback(&ip));
}

bool text_says(struct str text, const char *words)
{
    size_t n = strlen(words);

    for (size_t i = 0; i + n <= text.n; i++) {
        if (str_is_nocase(str_first(str_from(text, i), n), words))
            return true;
    }
    return false;
}

void render_message(const struct render_input *in, size_t at, struct arena *a,
                    struct message *out)
{
    const struct render_item *item = &in->items[at];
    struct message_place place = in->place;

    place.ack_link = item->ack_link;
    message_build(item->alert, item->phase, &place, a, out);
    message_remark(&item->remark, a, out);
    message_ack(item->alert, a, out);
}

void render_http(struct request *out, const char *method, struct str url,
                 bool allow_private, struct str ca_file)
{
    *out = (struct request){
        .via = VIA_HTTP,
        .http = {.method = method, .url = url, .allow_private = allow_private,
                 .ca_file = ca_file},
    };
}

void render_post(struct request *out, struct str url, bool allow_private,
                 struct str ca_file)
{
    render_http(out, "POST", url, allow_private, ca_file);
    render_header(&out->http, "Content-Type", STR("application/json"));
}

struct str url_base(struct str url)
{
    while (str_ends(url, "/"))
        url.n--;
    return url;
}

bool render_kept(const struct buf *b, struct arena *a, struct str *out,
                 struct error *err)
{
    if (b->over)
        return error_set(err, "the request would be larger than %zu bytes",
                         b->max);
    *out = arena_str(a, buf_view(b));
    return true;
}

void render_header(struct http_request *h, const char *name, struct str value)
{
    assert(h->header_count < REQUEST_HEADERS_MAX);
    h->headers[h->header_count++] = (struct header){name, value};
}

struct str render_token(struct arena *a, struct str s, size_t max)
{
    size_t n = MIN(s.n, max);
    char *out = arena_new(a, n + 1);

    for (size_t i = 0; i < n; i++)
        out[i] = is_host_byte(s.p[i]) ? s.p[i] : '-';
    return (struct str){out, n};
}

const char *alert_state_word(const struct alert *a)
{
    switch (a->action) {
    case ACTION_ENGAGE:
        return "engaged";
    case ACTION_RELEASE:
        return "released";
    case ACTION_STORE:
        return "stored";
    }
    bug("an alert without an action");
}

int64_t event_ms(const struct alert *a)
{
    return a->action == ACTION_RELEASE && a->tstamp_end_ms > 0
               ? a->tstamp_end_ms
               : a->tstamp_ms;
}
