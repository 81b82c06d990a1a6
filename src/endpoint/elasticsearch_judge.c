/* elasticsearch_judge.c -- what a bulk's answer means for each of its items. */
#include "endpoint/elasticsearch.h"

#include "base/limits.h"

#define BLOCKED_MS 60000 /* a full disk is not emptied sooner */
#define NO_MORE_SHARDS "validation_exception"

struct str elasticsearch_error(const struct json *error, struct arena *a)
{
    struct str type = json_text(json_get(error, "type"));
    struct str reason = json_text(json_get(error, "reason"));

    if (json_is(error, JSON_STRING))
        return json_text(error);
    if (type.n == 0 || reason.n == 0)
        return type.n > 0 ? type : reason;
    return arena_printf(a, "%.*s: %.*s", STR_ARG(type), STR_ARG(reason));
}

/* --- one item ------------------------------------------------------------ */

/* It is about the index, not about the document: somebody must see to it, and then
 * all of them go. The request as a whole was allowed. */
static bool is_about_index(int64_t status, struct str type)
{
    static const char *const types[] = {
        "cluster_block_exception", "index_closed_exception",
        "index_not_found_exception", "invalid_index_name_exception",
        "security_exception",
    };

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (str_is(type, types[i]))
            return true;
    }
    return status == 401 || status == 403 || status == 404;
}

static bool has_own_index(const struct render_input *in)
{
    const struct elasticsearch_recipient *r = in->recipient;

    return r != NULL && r->index_prefix.n > 0;
}

static struct verdict delivered(const struct render_input *in, int64_t status,
                                struct arena *a)
{
    const char *how = status == 409 ? "already there"
                      : in->step == STEP_MINIMAL
                          ? "without the fields that the index refused; the "
                            "whole alert is in event.original"
                          : "";

    return (struct verdict){
        .kind = VERDICT_DELIVERED,
        .reason = judge_reason((int)status, str_of(how), a),
    };
}

/* `type` and `reason` are what was said about it. An index that only the recipient
 * asked for holds up nobody else. */
static struct verdict failed(const struct render_input *in, int64_t status,
                             struct str type, struct str reason)
{
    struct verdict v = {.kind = VERDICT_DEFERRED, .reason = reason};
    bool about_index = is_about_index(status, type);
    bool theirs = about_index && has_own_index(in);

    if (str_is(type, "cluster_block_exception")) {
        v.retry_after_ms = BLOCKED_MS;
        v.recipient_fault = theirs;
    } else if (status == 429 || status >= 500) {
        v.retry_after_ms = 0;
    } else if (about_index || str_is(type, NO_MORE_SHARDS)) {
        v.recipient_fault = theirs;
        v.endpoint_fault = !theirs;
    } else if (status == 400 && in->step != STEP_MINIMAL) {
        v.kind = VERDICT_AGAIN;
        v.step = STEP_MINIMAL;
    } else {
        v.kind = VERDICT_REFUSED;
    }
    return v;
}

/* {"create":{"status":400,"error":{"type":...,"reason":...}}} */
static struct verdict item_judge(const struct render_input *in,
                                 const struct json *item, struct arena *a)
{
    const struct json *result = json_get(item, "create");
    const struct json *error = json_get(result, "error");
    int64_t status = json_i64_or(json_get(result, "status"), 0);

    if (status == 200 || status == 201 || status == 409)
        return delivered(in, status, a);
    if (status < 300 || status > 599)
        return (struct verdict){
            .kind = VERDICT_DEFERRED,
            .reason = STR("the answer does not say what became of it")};
    return failed(in, status, json_text(json_get(error, "type")),
                  judge_reason((int)status, elasticsearch_error(error, a), a));
}

/* --- the whole ----------------------------------------------------------- */

static size_t items_sent(const struct request *sent)
{
    struct str rest = sent->http.body;
    size_t lines = 0;

    for (; rest.n > 0; lines++)
        str_until(&rest, '\n');
    return lines / 2;
}

/* A request that failed as a whole. Of one document we know who is to blame. */
static void whole_judge(const struct render_input *in, const struct response *r,
                        struct arena *a, struct verdict *v, size_t n)
{
    struct response told = *r;
    const struct json *answer = json_parse(a, r->body, NULL);
    struct str said = elasticsearch_error(json_get(answer, "error"), a);
    struct verdict verdict;

    if (said.n > 0)
        told.body = said;
    judge_answer(&told, a, &verdict);
    if (r->outcome == OUTCOME_ANSWERED && r->status == 400 && n == 1)
        verdict = failed(in, 400, STR_NONE, verdict.reason);
    judge_all(verdict, v, n);
}

/* What was stored is stored, and found to be so when it is sent again: an answer
 * that broke off does no harm. Anything else is the answer of somebody else. */
static void unread_judge(const struct request *sent, const struct response *r,
                         bool is_json, struct arena *a, struct verdict *v,
                         size_t n)
{
    bool cut = sent->answer_max > 0 && r->body.n >= sent->answer_max;
    bool broke_off = !is_json && answer_broke_off(r->body);
    const char *why = cut         ? "the answer is too large to be read"
                      : broke_off ? "the answer broke off"
                                  : "this is not how Elasticsearch answers a "
                                    "bulk; is the URL right?";
    struct verdict verdict = {
        .kind = VERDICT_DEFERRED,
        .endpoint_fault = !cut && !broke_off,
        .reason = judge_reason(r->status, str_of(why), a),
    };

    judge_all(verdict, v, n);
}

static void items_judge(const struct render_input *in, const struct request *sent,
                        const struct response *r, struct arena *a,
                        struct verdict *v, size_t n)
{
    const struct json *answer = json_parse(a, r->body, NULL);
    const struct json *items = json_get(answer, "items");

    if (!json_is(items, JSON_ARRAY) || items->count != n) {
        unread_judge(sent, r, answer != NULL, a, v, n);
        return;
    }
    for (const struct json *item = items->first; item != NULL; item = item->next)
        *v++ = item_judge(in, item, a);
}

void elasticsearch_judge(const struct render_input *in, const struct request *sent,
                         const struct response *r, struct arena *a,
                         struct verdict *v)
{
    const struct verdict unsent = {
        .kind = VERDICT_UNSENT,
        .reason = STR("the request was full; it goes with the next one")};
    size_t n = MIN(items_sent(sent), in->count);

    assert(sent->via == VIA_HTTP);
    if (r->outcome == OUTCOME_ANSWERED && r->status / 100 == 2)
        items_judge(in, sent, r, a, v, n);
    else
        whole_judge(in, r, a, v, n);
    judge_all(unsent, v + n, in->count - n);
}
