/* http.c -- one HTTP request and what came back. Connections are libcurl's to
 * keep. What counts is the status that was received: a transfer that broke
 * after that has been answered, and sending it again would be a duplicate. */
#include "transport/multi.h"

#define HEADER_BYTES_MAX (64u << 10) /* of one answer; then we stop reading */
#define URL_MAX (8u << 10)

struct http {
    struct sending *sending;
    struct call *call;         /* ours */
    struct curl_slist *headers; /* ours */
    size_t header_bytes;
    int64_t retry_after_ms;
    char place[PLACE_TEXT_MAX];
};

static void http_free(struct http *h)
{
    call_hang_up(h->call);
    curl_slist_free_all(h->headers);
    free(h);
}

/* --- the answer --- */

static size_t on_body(char *bytes, size_t size, size_t n, void *arg)
{
    struct http *h = arg;
    struct buf *body = &h->sending->body;
    size_t fits = MIN(size * n, body->max - body->n);

    buf_add(body, bytes, fits);
    return fits; /* fewer than given ends the transfer */
}

static void header_read(struct http *h, struct str line)
{
    const struct clock *clock = loop_clock(sending_loop(h->sending));
    struct str name = str_until(&line, ':');

    if (str_is_nocase(name, "Retry-After"))
        h->retry_after_ms = retry_after_ms(line, clock_wall_ms(clock));
}

static size_t on_header(char *bytes, size_t size, size_t n, void *arg)
{
    struct http *h = arg;
    struct str line = {bytes, size * n};

    h->header_bytes += line.n;
    if (h->header_bytes > HEADER_BYTES_MAX)
        return 0;
    if (str_starts(line, "HTTP/")) {
        h->retry_after_ms = 0; /* what came before was a 1xx */
        buf_reset(&h->sending->headers);
    } else {
        header_read(h, line);
        buf_str(&h->sending->headers, line); /* what has no room is left out */
    }
    return line.n;
}

static int http_status(const struct http *h)
{
    long status = 0;

    curl_easy_getinfo(h->call->easy, CURLINFO_RESPONSE_CODE, &status);
    return status >= 200 && status <= 999 ? (int)status : 0;
}

static void http_ended(void *arg, CURLcode code)
{
    struct http *h = arg;
    struct sending *s = h->sending;
    enum outcome outcome = OUTCOME_ANSWERED;
    struct journey j;

    call_measure(h->call, &j);
    sending_travel(s, &j, call_reused(h->call));
    s->response.total_us = j.total_us;
    s->response.status = http_status(h);
    if (s->response.status != 0) {
        s->response.retry_after_ms = h->retry_after_ms;
    } else {
        outcome = call_outcome(h->call, code);
        if (code == CURLE_LOGIN_DENIED)
            error_set(&s->err, "the URL must not hold a user and password; "
                               "they have settings of their own");
        else
            call_explain(h->call, code, &s->err);
        error_in(&s->err, "%s", h->place);
    }
    http_free(h);
    sending_end(s, outcome);
}

/* --- the request --- */

/* A line break in here would be somebody else's header. */
static void header_add(struct http *h, const char *name, struct str value)
{
    struct buf line freed_by(buf_release) = BUF(REQUEST_MAX);
    struct curl_slist *more;

    assert(name[0] != '\0' && strpbrk(name, "\r\n:") == NULL);
    assert(str_find(value, '\r') == value.n &&
           str_find(value, '\n') == value.n &&
           str_find(value, '\0') == value.n);
    if (value.n > 0)
        buf_printf(&line, "%s: %.*s", name, STR_ARG(value));
    else
        buf_printf(&line, "%s;", name); /* libcurl's word for an empty one */
    assert(!line.over);
    more = curl_slist_append(h->headers, buf_c(&line));
    if (more == NULL)
        bug("libcurl has no memory left");
    h->headers = more;
}

/* A name without a value takes away what libcurl would add of its own. */
static void header_omit(struct http *h, const char *name)
{
    char line[64];
    struct curl_slist *more;

    snprintf(line, sizeof(line), "%s:", name);
    more = curl_slist_append(h->headers, line);
    if (more == NULL)
        bug("libcurl has no memory left");
    h->headers = more;
}

static void headers_set(struct http *h, const struct http_request *r)
{
    bool typed = false;

    assert(r->header_count <= REQUEST_HEADERS_MAX);
    for (size_t i = 0; i < r->header_count; i++) {
        header_add(h, r->headers[i].name, r->headers[i].value);
        typed = typed || strcasecmp(r->headers[i].name, "Content-Type") == 0;
    }
    header_omit(h, "Expect");
    if (!typed)
        header_omit(h, "Content-Type");
    CALL_SET(h->call, CURLOPT_HTTPHEADER, h->headers);
    CALL_SET(h->call, CURLOPT_USERAGENT, h->sending->transport->user_agent);
}

static void body_set(struct http *h, const struct http_request *r)
{
    if (strcmp(r->method, "HEAD") == 0) {
        CALL_SET(h->call, CURLOPT_NOBODY, 1L);
    } else if (strcmp(r->method, "GET") == 0 && r->body.n == 0) {
        CALL_SET(h->call, CURLOPT_HTTPGET, 1L);
    } else {
        CALL_SET(h->call, CURLOPT_POSTFIELDS, r->body.n > 0 ? r->body.p : "");
        CALL_SET(h->call, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
        CALL_SET(h->call, CURLOPT_CUSTOMREQUEST, r->method);
    }
}

static void answer_set(struct http *h)
{
    CALL_SET(h->call, CURLOPT_WRITEFUNCTION, on_body);
    CALL_SET(h->call, CURLOPT_WRITEDATA, h);
    CALL_SET(h->call, CURLOPT_HEADERFUNCTION, on_header);
    CALL_SET(h->call, CURLOPT_HEADERDATA, h);
}

static void request_set(struct http *h, const struct http_request *r)
{
    int64_t timeout_ms = sending_timeout_ms(h->sending);

    CALL_SET(h->call, CURLOPT_PROTOCOLS_STR, "http,https");
    CALL_SET(h->call, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    CALL_SET(h->call, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    call_set_text(h->call, CURLOPT_URL, r->url);
    call_trust(h->call, r->ca_file);
    if (r->user.n > 0) {
        CALL_SET(h->call, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        call_set_text(h->call, CURLOPT_USERNAME, r->user);
        call_set_text(h->call, CURLOPT_PASSWORD, r->password);
    }
}

/* --- where to --- */

static void url_cleanup(CURLU **u)
{
    curl_url_cleanup(*u);
}

static void url_part(CURLU *u, CURLUPart which, char *out, size_t size)
{
    char *part = NULL;

    out[0] = '\0';
    if (curl_url_get(u, which, &part, CURLU_DEFAULT_PORT) == CURLUE_OK)
        snprintf(out, size, "%s", part);
    curl_free(part);
}

/* "https://host:port": of a URL the only part that is never a secret. */
static bool place_read(struct str url, char place[PLACE_TEXT_MAX])
{
    CURLU *u freed_by(url_cleanup) = curl_url();
    char text[URL_MAX + 1], scheme[16], host[256], port[8];
    bool ok;

    if (u == NULL || url.n == 0 || url.n > URL_MAX ||
        str_find(url, '\0') < url.n)
        return false;
    memcpy(text, url.p, url.n);
    text[url.n] = '\0';
    ok = curl_url_set(u, CURLUPART_URL, text, 0) == CURLUE_OK;
    explicit_bzero(text, url.n);
    if (!ok)
        return false;
    url_part(u, CURLUPART_SCHEME, scheme, sizeof(scheme));
    url_part(u, CURLUPART_HOST, host, sizeof(host));
    url_part(u, CURLUPART_PORT, port, sizeof(port));
    snprintf(place, PLACE_TEXT_MAX, "%s://%s:%s", scheme, host, port);
    return true;
}

void http_start(struct sending *s)
{
    const struct http_request *r = &s->request->http;
    char place[PLACE_TEXT_MAX];
    struct http *h;

    if (!place_read(r->url, place)) {
        sending_fail(s, OUTCOME_DENIED, "the URL is not valid; it must look "
                                        "like https://host:port/path");
        return;
    }
    h = mem_new(sizeof(*h));
    h->sending = s;
    s->carried = h;
    memcpy(h->place, place, sizeof(place));
    h->call = call_new(s->transport->web,
                       r->allow_private ? REACH_PRIVATE : REACH_PUBLIC,
                       http_ended, h);
    request_set(h, r);
    body_set(h, r);
    headers_set(h, r);
    answer_set(h);
    call_start(h->call);
}

void http_drop(struct sending *s)
{
    http_free(s->carried);
}
