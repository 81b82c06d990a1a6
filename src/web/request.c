/* request.c -- a request as it comes in: every reason to refuse it before its
 * route sees it, in the order they are looked at. */
#include <microhttpd.h>

#include "web/exchange.h"

/* Each of these answers with a problem and gives false, or gives true. */
static bool refuse(struct exchange *x, int status, const char *code,
                   const char *detail)
{
    struct error err;

    error_set(&err, "%s", detail);
    exchange_problem(x, status, code, &err);
    return false;
}

static bool head_too_large(struct exchange *x, size_t n)
{
    struct error err;

    error_set(&err, "the header has %zu bytes, more than %u", n,
              WEB_HEADERS_MAX);
    exchange_problem(x, 431, "header-too-large", &err);
    return false;
}

static bool head_is_sound(struct exchange *x, const struct head_bytes *head)
{
    struct error err;

    if (head->n > WEB_HEADERS_MAX)
        return head_too_large(x, head->n);
    if (guard_bytes(head, &err) &&
        guard_framing(&x->headers, str_of(head->version), &x->framing, &err))
        return true;
    exchange_problem(x, 400, "bad-request", &err);
    return false;
}

static bool target_is_sound(struct exchange *x)
{
    struct error err;

    if (target_parse(&x->arena, x->raw_target, &x->target, &err))
        return true;
    exchange_problem(x, 400, "bad-target", &err);
    return false;
}

static bool method_missing(struct exchange *x)
{
    struct buf allow freed_by(buf_release) = BUF(256);
    struct error err;

    routes_allow(&x->httpd->routes, &x->target, &allow);
    exchange_header_add(x, "Allow", buf_view(&allow));
    error_set(&err, "%.*s is not for this path; it takes %s",
              STR_ARG(x->method), buf_c(&allow));
    exchange_problem(x, 405, "method-not-allowed", &err);
    return false;
}

static bool is_for_otherwise(struct exchange *x)
{
    if (x->httpd->otherwise.serve == NULL ||
        !(str_is(x->method, "GET") || str_is(x->method, "HEAD")))
        return false;
    x->entry = &x->httpd->otherwise_entry;
    return true;
}

static bool route_is_there(struct exchange *x)
{
    switch (routes_match(&x->httpd->routes, x->method, &x->target, &x->entry)) {
    case ROUTE_FOUND:
        return true;
    case ROUTE_NO_PATH:
        return is_for_otherwise(x) ||
               refuse(x, 404, "not-found", "there is nothing at this path");
    case ROUTE_NO_METHOD:
        return method_missing(x);
    }
    return false;
}

static bool unauthorized(struct exchange *x, const char *challenge,
                         const char *detail)
{
    exchange_header_add(x, "WWW-Authenticate", str_of(challenge));
    return refuse(x, 401, "unauthorized", detail);
}

static bool access_is_given(struct exchange *x)
{
    switch (access_check(x)) {
    case PERMITTED:
        return true;
    case CALLER_MISSING:
        return unauthorized(x, "Bearer realm=\"tocsin\"",
                            "log in, or send a token: Authorization: Bearer ...");
    case CALLER_UNKNOWN:
        return unauthorized(x, "Bearer realm=\"tocsin\", error=\"invalid_token\"",
                            "this token or session is not known, or it is over");
    case CALLER_TOO_WEAK:
        return refuse(x, 403, "forbidden",
                      "the role, or the token's scope, does not cover this");
    case CALLER_FORGED:
        return refuse(x, 403, "csrf",
                      "a change by a session needs the header X-Tocsin-CSRF with "
                      "what /api/v1/me says, from a page of this site");
    }
    return false;
}

static bool encoding_is_known(struct exchange *x)
{
    struct str coding = x->headers.known[HEADER_CONTENT_ENCODING].value;

    if (!headers_have(&x->headers, HEADER_CONTENT_ENCODING) ||
        str_is_nocase(coding, "identity"))
        return true;
    exchange_header_add(x, "Accept-Encoding", STR("identity"));
    return refuse(x, 415, "content-encoding",
                  "a compressed body is not taken; send it without "
                  "Content-Encoding");
}

static bool expectation_is_known(struct exchange *x)
{
    return !headers_have(&x->headers, HEADER_EXPECT) ||
           str_is_nocase(x->headers.known[HEADER_EXPECT].value,
                         "100-continue") ||
           refuse(x, 417, "expectation", "only Expect: 100-continue is known");
}

static bool body_too_large(struct exchange *x)
{
    struct error err;

    error_set(&err, "the body is larger than %zu bytes",
              x->entry->route->body_max);
    exchange_problem(x, 413, "body-too-large", &err);
    return false;
}

static bool head_is_accepted(struct exchange *x)
{
    return route_is_there(x) && access_is_given(x) && encoding_is_known(x) &&
           expectation_is_known(x) &&
           (x->framing.length <= x->entry->route->body_max ||
            body_too_large(x));
}

/* A refused body that is short is read to its end, so that the connection can
 * go on; with any other the answer goes out at once and ends it. */
static bool body_is_short(const struct exchange *x)
{
    return (x->framing.chunked || x->framing.length <= WEB_DISCARD_MAX) &&
           !headers_have(&x->headers, HEADER_EXPECT);
}

bool request_head(struct exchange *x, const struct head_bytes *head)
{
    headers_read(x->connection, &x->headers);
    x->method = str_of(head->method);
    if (!head_is_sound(x, head) || !target_is_sound(x))
        return answer_queue(x); /* and the connection ends */
    client_deadline(x->client, WEB_BODY_MS);
    if (head_is_accepted(x)) {
        access_basic(x);
        x->body.max = x->entry->route->body_max;
        x->stage = STAGE_BODY;
        return true;
    }
    x->stage = STAGE_REFUSED;
    return body_is_short(x) || answer_queue(x);
}

/* False: the body cannot be kept, and that has been answered. */
static bool body_keep(struct exchange *x, struct str piece)
{
    struct httpd *h = x->httpd;

    if (piece.n > x->body.max - x->body.n)
        return body_too_large(x);
    if (piece.n > WEB_BODIES_MAX - h->body_bytes) {
        exchange_header_add(x, "Retry-After", STR("1"));
        return refuse(x, 503, "overloaded",
                      "too many bodies are being received; try again");
    }
    buf_str(&x->body, piece);
    h->body_bytes += piece.n;
    return true;
}

static bool body_discard(struct exchange *x, struct str piece)
{
    x->discarded += piece.n;
    if (x->discarded <= WEB_DISCARD_MAX)
        return true;
    answer_last_words(x);
    return false;
}

bool request_body(struct exchange *x, struct str piece)
{
    if (x->stage == STAGE_REFUSED)
        return body_discard(x, piece);
    if (body_keep(x, piece))
        return true;
    answer_last_words(x);
    return false;
}

static bool request_serve(struct exchange *x)
{
    const struct route_entry *e = x->entry;

    x->stage = STAGE_SERVING;
    client_deadline(x->client, 0);
    e->route->serve(e->arg, x);
    if (x->stream != NULL)
        return true; /* stream_begin() has queued it */
    if (!x->answered) {
        exchange_hold(x);
        return true;
    }
    return answer_queue(x);
}

bool request_complete(struct exchange *x)
{
    return x->stage == STAGE_BODY ? request_serve(x) : answer_queue(x);
}
