/* discord_judge.c -- what Discord's answers mean.
 * Source: Discord's developer documentation, "Opcodes and Status Codes", "Rate
 * Limits". */
#include "endpoint/discord.h"

#include "base/limits.h"

#define RATE_WAIT_MS 60000 /* when 429 does not say how long */

enum meaning {
    MEANS_STATUS = 0, /* what its HTTP status says */
    MEANS_GONE,       /* the message to edit */
    MEANS_RECIPIENT,
    MEANS_ENDPOINT,
    MEANS_LATER,
};

static const struct {
    int64_t code;
    enum meaning of_post, of_edit;
    const char *advice;
} codes[] = {
    {10003, MEANS_RECIPIENT, MEANS_RECIPIENT,
     "the channel has no such thread; see thread_id"},
    {10008, MEANS_STATUS, MEANS_GONE, ""},
    {10015, MEANS_ENDPOINT, MEANS_ENDPOINT,
     "the webhook was deleted; make a new one and put its URL here"},
    {30046, MEANS_STATUS, MEANS_GONE, ""},
    {50005, MEANS_STATUS, MEANS_GONE, ""},
    {50027, MEANS_ENDPOINT, MEANS_ENDPOINT,
     "the webhook's token is wrong; copy its URL again"},
    {50083, MEANS_RECIPIENT, MEANS_GONE, ""},
    {130000, MEANS_LATER, MEANS_LATER, ""},
    {160005, MEANS_RECIPIENT, MEANS_RECIPIENT, ""},
    {220001, MEANS_RECIPIENT, MEANS_RECIPIENT,
     "the webhook belongs to a forum, so give the recipient a thread_id"},
};

/* --- reading -------------------------------------------------------------- */

struct answer {
    const struct response *r;
    const struct json *j; /* NULL: no JSON: a page of Cloudflare's, a proxy's */
    bool edit;            /* was sent */
    bool thread;          /* where the recipient chose */
    enum meaning meaning;
    struct str said; /* for people */
};

/* What "Invalid Form Body" is about lies deep in a tree of names: the first. */
static struct str first_error(const struct json *errors)
{
    const struct json *list = json_get(errors, "_errors");
    struct str found = STR_NONE;

    if (json_is(list, JSON_ARRAY))
        return json_text(json_get(list->first, "message"));
    if (!json_is(errors, JSON_OBJECT))
        return STR_NONE;
    for (const struct json *j = errors->first; j != NULL && found.n == 0;
         j = j->next)
        found = first_error(j);
    return found;
}

static struct str words_of(const struct json *j, const char *advice,
                           struct arena *a)
{
    struct str said = json_text(json_get(j, "message"));
    struct str error = first_error(json_get(j, "errors"));
    int64_t code = json_i64_or(json_get(j, "code"), 0);

    if (code == 0 && said.n > 4 && said.p[3] == ':')
        return STR_NONE; /* "401: Unauthorized": its status again */
    if (error.n > 0)
        said = arena_printf(a, "%.*s: %.*s", STR_ARG(said), STR_ARG(error));
    if (code != 0)
        said = arena_printf(a, "%.*s (%lld)", STR_ARG(said), (long long)code);
    if (advice[0] != '\0')
        said = arena_printf(a, "%.*s: %s", STR_ARG(said), advice);
    return said;
}

static void answer_read(struct answer *n, struct arena *a)
{
    const char *advice = "";
    int64_t code;

    n->j = json_parse(a, n->r->body, NULL);
    code = json_i64_or(json_get(n->j, "code"), 0);
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        if (codes[i].code != code)
            continue;
        n->meaning = n->edit ? codes[i].of_edit : codes[i].of_post;
        advice = codes[i].advice;
    }
    /* The webhook's own channel does not forbid it to write. */
    if (n->thread && n->r->status == 403 && code != 0 &&
        n->meaning == MEANS_STATUS)
        n->meaning = MEANS_RECIPIENT;
    /* Whatever a 404 of an edit says, posting shows whether the webhook lives. */
    if (n->edit && n->r->status == 404 && n->meaning == MEANS_STATUS)
        n->meaning = MEANS_GONE;
    n->said = words_of(n->j, advice, a);
}

/* --- judging -------------------------------------------------------------- */

/* A whole page instead of a message is not Discord; an empty or broken-off
 * answer with its status is. A webhook cannot answer an edit: that is all, but for
 * what got worse, which somebody must hear of. */
static void judge_there(const struct answer *n, const struct render_input *in,
                        struct arena *a, struct verdict *v)
{
    static const struct chat_place nowhere;
    struct str id = json_text(json_get(n->j, "id"));

    if (!answer_broke_off(n->r->body)) {
        judge_foreign(n->r, "Discord's", a, v);
        return;
    }
    chat_delivered(in, CHAT_POST, n->r->status, &nowhere, a, v);
    v->handle = discord_is_id(id) ? chat_handle(in, id, a) : STR_NONE;
    if (!n->edit || in->items[0].phase != PHASE_WORSENED)
        return;
    v->kind = VERDICT_AGAIN;
    v->step = CHAT_REPLY;
}

static int64_t wait_ms(const struct answer *n)
{
    double seconds;

    if (json_double(json_get(n->j, "retry_after"), &seconds) && seconds > 0)
        return (int64_t)(MIN(seconds, RETRY_AFTER_CAP_MS / 1000.0) * 1000) + 1;
    return n->r->retry_after_ms > 0 ? n->r->retry_after_ms : RATE_WAIT_MS;
}

static void judge_meaning(const struct answer *n, struct verdict *v)
{
    switch (n->meaning) {
    case MEANS_STATUS:
        break;
    case MEANS_GONE:
        v->kind = VERDICT_AGAIN;
        break;
    case MEANS_RECIPIENT:
    case MEANS_ENDPOINT:
    case MEANS_LATER:
        v->kind = VERDICT_DEFERRED;
        break;
    }
    v->recipient_fault = n->meaning == MEANS_RECIPIENT;
    v->endpoint_fault = n->meaning == MEANS_ENDPOINT ||
                        (n->meaning == MEANS_STATUS && v->endpoint_fault);
}

static void judge_told(const struct answer *n, const struct render_input *in,
                       struct arena *a, struct verdict *v)
{
    struct response told = *n->r;

    told.body = n->said;
    judge_answer(&told, a, v);
    if (v->kind == VERDICT_DELIVERED) {
        judge_there(n, in, a, v);
        return;
    }
    judge_meaning(n, v);
    if (n->r->status == 429)
        v->retry_after_ms = wait_ms(n);
    if (v->kind == VERDICT_AGAIN)
        chat_anew(in, v->reason, v);
    else if (v->kind == VERDICT_REFUSED)
        chat_refused(in, v->reason, a, v);
}

static void judge_read(const struct render_input *in, enum chat_deed deed,
                       const struct response *r, struct arena *a,
                       struct verdict *v)
{
    const struct discord_recipient *to = in->recipient;
    struct answer n = {
        .r = r,
        .edit = deed == CHAT_EDIT,
        .thread = to != NULL && to->thread_id.n > 0,
    };

    answer_read(&n, a);
    judge_told(&n, in, a, v);
}

void discord_judge(const struct render_input *in, const struct request *sent,
                   const struct response *r, struct arena *a, struct verdict *v)
{
    bool edit = strcmp(sent->http.method, "PATCH") == 0;

    chat_judge(in, edit ? CHAT_EDIT : CHAT_POST, judge_read, r, a, v);
}

void discord_judge_probe(const struct render_input *in unused, size_t nth unused,
                         const struct response *r, struct arena *a,
                         struct verdict *v)
{
    struct answer n = {.r = r};
    struct render_input none = {.step = CHAT_PLAIN}; /* nothing to degrade */
    struct str name;

    if (!judge_answered(r, a, v))
        return;
    answer_read(&n, a);
    judge_told(&n, &none, a, v);
    name = json_text(json_get(n.j, "name"));
    if (v->kind == VERDICT_DELIVERED)
        v->reason = judge_reason(0, arena_printf(a, "webhook \"%.*s\"",
                                                 STR_ARG(name)), a);
    v->handle = STR_NONE;
}
