/* verdict.c -- what an HTTP answer means, or that there was none. */
#include "endpoint/make.h"

#include "base/limits.h"
#include "message/escape.h"

static const struct {
    int status;
    const char *phrase;
} phrases[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
    {425, "Too Early"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
};

static const char *phrase_of(int status)
{
    for (size_t i = 0; i < COUNT_OF(phrases); i++) {
        if (phrases[i].status == status)
            return phrases[i].phrase;
    }
    return "";
}

struct str judge_reason(int status, struct str said, struct arena *a)
{
    struct buf whole freed_by(buf_release) = BUF(4 * RESPONSE_MAX);
    struct buf clean freed_by(buf_release) = BUF(4 * RESPONSE_MAX);
    struct buf cut freed_by(buf_release) = BUF(REASON_MAX);
    const char *phrase = phrase_of(status);
    struct str text;

    clean_text(&clean, str_first(said, RESPONSE_MAX), false);
    text = str_trim(buf_view(&clean));
    if (status > 0)
        buf_printf(&whole, "%d%s%s", status, phrase[0] != '\0' ? " " : "",
                   phrase);
    if (text.n > 0) {
        buf_text(&whole, whole.n == 0 ? "" : phrase[0] != '\0' ? ": " : " ");
        buf_str(&whole, text);
    }
    cut_bytes(&cut, buf_view(&whole), REASON_MAX);
    return arena_str(a, buf_view(&cut));
}

void judge_all(struct verdict verdict, struct verdict *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        v[i] = verdict;
}

static const char *outcome_words(enum outcome o)
{
    switch (o) {
    case OUTCOME_ANSWERED:
        return "answered";
    case OUTCOME_UNREACHED:
        return "not reached";
    case OUTCOME_TLS:
        return "no trusted TLS connection";
    case OUTCOME_TIMED_OUT:
        return "timed out";
    case OUTCOME_LOST:
        return "connection lost before an answer came";
    case OUTCOME_DENIED:
        return "not allowed";
    }
    bug("no such outcome");
}

void judge_no_answer(const struct response *r, struct arena *a, struct verdict *v)
{
    struct str said = r->error.n > 0 ? r->error
                                     : str_of(outcome_words(r->outcome));

    *v = (struct verdict){
        .kind = VERDICT_DEFERRED,
        .endpoint_fault = r->outcome == OUTCOME_TLS ||
                          r->outcome == OUTCOME_DENIED,
        .doubtful = r->outcome == OUTCOME_TIMED_OUT ||
                    r->outcome == OUTCOME_LOST,
        .retry_after_ms = r->retry_after_ms,
        .reason = judge_reason(0, said, a),
    };
}

bool judge_answered(const struct response *r, struct arena *a, struct verdict *v)
{
    *v = (struct verdict){.kind = VERDICT_DELIVERED};
    if (r->outcome == OUTCOME_ANSWERED)
        return true;
    judge_no_answer(r, a, v);
    return false;
}

bool answer_broke_off(struct str body)
{
    return str_trim(body).n == 0 || str_starts(str_trim(body), "{");
}

static bool is_transient(int status)
{
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

static bool is_dead_address(int status)
{
    return status == 401 || status == 403 || status == 404 || status == 405 ||
           status == 410 || status < 400;
}

static void judge_status(const struct response *r, struct arena *a,
                         struct verdict *v)
{
    bool redirect = r->status >= 300 && r->status < 400;
    struct str said = redirect ? STR("redirects are not followed; put the final "
                                     "address into the endpoint")
                               : r->body;

    *v = (struct verdict){.kind = VERDICT_REFUSED};
    if (r->status >= 200 && r->status < 300) {
        v->kind = VERDICT_DELIVERED;
        said = STR_NONE;
    } else if (is_transient(r->status)) {
        v->kind = VERDICT_DEFERRED;
        v->retry_after_ms = r->retry_after_ms;
    } else if (is_dead_address(r->status)) {
        v->kind = VERDICT_DEFERRED;
        v->endpoint_fault = true;
    }
    v->reason = judge_reason(r->status, said, a);
}

void judge_answer(const struct response *r, struct arena *a, struct verdict *v)
{
    if (r->outcome == OUTCOME_ANSWERED)
        judge_status(r, a, v);
    else
        judge_no_answer(r, a, v);
}

void judge_foreign(const struct response *r, const char *vendor, struct arena *a,
                   struct verdict *v)
{
    *v = (struct verdict){
        .kind = VERDICT_DEFERRED,
        .endpoint_fault = true,
        .doubtful = true,
        .reason = judge_reason(r->status,
                               arena_printf(a, "not an answer of %s", vendor), a),
    };
}

void judge_said(const struct response *r, struct str said, const char *vendor,
                struct arena *a, struct verdict *v)
{
    struct response told = *r;

    told.body = said;
    judge_answer(&told, a, v);
    if (v->kind == VERDICT_DELIVERED)
        judge_foreign(r, vendor, a, v);
}

void judge_http(const struct render_input *in, const struct request *sent,
                const struct response *r, struct arena *a, struct verdict *v)
{
    struct verdict verdict;

    assert(sent->via == VIA_HTTP);
    judge_answer(r, a, &verdict);
    judge_all(verdict, v, in->count);
}
