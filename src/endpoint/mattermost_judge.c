/* mattermost_judge.c -- what a Mattermost server's answers mean.
 * Source: Mattermost's API reference, "Error response", and the ids its server
 * gives errors, of which old and new versions differ in status. */
#include "endpoint/mattermost.h"

#include "base/limits.h"

#define RATE_WAIT_MS 10000 /* when 429 does not say how long */

enum meaning {
    MEANS_STATUS = 0, /* what its HTTP status says */
    MEANS_OK,
    MEANS_GONE,    /* the post to edit or answer */
    MEANS_CHANNEL,
    MEANS_ENDPOINT,
};

static const struct {
    const char *id; /* of an error; its beginning is enough */
    enum meaning meaning;
    const char *advice;
} errors[] = {
    {"api.post.update_post.", MEANS_GONE, ""}, /* too late, deleted, not allowed */
    {"api.post.patch_post.", MEANS_GONE, ""},
    {"api.post.create_post.root_id.", MEANS_GONE, ""},
    {"api.post.create_post.channel_root_id.", MEANS_GONE, ""},
    {"app.post.get.", MEANS_GONE, ""},
    {"api.post.create_post.can_not_post_to_deleted", MEANS_CHANNEL,
     "the channel is archived"},
    {"api.post.create_post.can_not_post_in_restricted_dm", MEANS_CHANNEL, ""},
    {"api.post.create_post.town_square_read_only", MEANS_CHANNEL, ""},
    {"api.context.permissions.", MEANS_CHANNEL,
     "add the bot to the channel and its team"},
    {"app.channel.get.", MEANS_CHANNEL, "no such channel; see its id"},
    {"store.sql_channel.get.", MEANS_CHANNEL, "no such channel; see its id"},
    {"web.incoming_webhook.channel", MEANS_CHANNEL, ""},
    {"web.incoming_webhook.user", MEANS_CHANNEL, ""},
    {"web.incoming_webhook.permissions", MEANS_CHANNEL, ""},
    {"web.incoming_webhook.invalid.", MEANS_ENDPOINT,
     "the webhook was deleted; make a new one"},
    {"web.incoming_webhook.disabled.", MEANS_ENDPOINT,
     "turn webhooks on in the System Console"},
    {"api.context.session_expired.", MEANS_ENDPOINT,
     "the token is not, or no longer, valid"},
    {"api.context.404.", MEANS_ENDPOINT, "see the server URL"},
};

/* --- reading -------------------------------------------------------------- */

struct answer {
    const struct response *r;
    const struct json *j; /* NULL: no JSON, or a webhook's "ok" */
    struct str said;      /* for people */
    enum meaning meaning;
};

/* Of what has no row: what is forbidden is the channel; a parameter is named. */
static enum meaning meaning_of(const struct answer *n, struct str id,
                               struct str message)
{
    if (n->r->status == 501)
        return MEANS_ENDPOINT; /* not in this server, or turned off */
    if (id.n == 0)
        return MEANS_STATUS;
    if (n->r->status == 403 || n->r->status == 404)
        return MEANS_CHANNEL;
    if (str_starts(id, "api.context.invalid_") && text_says(message, "channel_id"))
        return MEANS_CHANNEL;
    return MEANS_STATUS;
}

static void error_read(struct answer *n, struct arena *a)
{
    struct str id = json_text(json_get(n->j, "id"));
    const char *advice = "";

    n->said = json_text(json_get(n->j, "message"));
    n->meaning = meaning_of(n, id, n->said);
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        if (!str_starts(id, errors[i].id))
            continue;
        n->meaning = errors[i].meaning;
        advice = errors[i].advice;
    }
    if (n->said.n == 0)
        n->said = id.n > 0 ? id : n->r->body;
    if (advice[0] == '\0')
        return;
    while (str_ends(n->said, "."))
        n->said.n--;
    n->said = arena_printf(a, "%.*s: %s", STR_ARG(n->said), advice);
}

/* A status of success from something else, as a proxy's page for logging in, is
 * none; an answer that broke off is: sending again would double. */
static bool is_ok(const struct answer *n, bool hook)
{
    struct str body = str_trim(n->r->body);

    if (n->r->status / 100 != 2)
        return false;
    if (hook)
        return str_is(body, "ok");
    if (json_is(n->j, JSON_OBJECT))
        return json_get(n->j, "id") != NULL;
    return answer_broke_off(body) || str_starts(body, "[");
}

static struct answer answer_read(const struct response *r, bool hook,
                                 struct arena *a)
{
    struct answer n = {.r = r, .j = json_parse(a, r->body, NULL)};

    if (is_ok(&n, hook))
        n.meaning = MEANS_OK;
    else
        error_read(&n, a);
    return n;
}

/* --- judging -------------------------------------------------------------- */

static void judge_status(const struct answer *n, struct arena *a,
                         struct verdict *v)
{
    judge_said(n->r, n->said, "Mattermost's", a, v);
    if (n->r->status == 429 && v->retry_after_ms == 0)
        v->retry_after_ms = RATE_WAIT_MS;
}

static void judge_done(const struct answer *n, const struct render_input *in,
                       enum chat_deed deed, struct arena *a, struct verdict *v)
{
    struct chat_place place = {json_text(json_get(n->j, "channel_id")),
                               json_text(json_get(n->j, "id"))};

    chat_delivered(in, deed, n->r->status, &place, a, v);
}

/* A webhook's own channel is all it has; one it was told is the recipient's. */
static void judge_fault(const struct answer *n, const struct render_input *in,
                        struct arena *a, struct verdict *v)
{
    const struct mattermost *m = in->endpoint;
    const struct mattermost_recipient *r = in->recipient;
    bool chosen = m->token.n > 0 || r->channel.n > 0;
    bool ours = n->meaning == MEANS_CHANNEL && chosen;

    *v = (struct verdict){
        .kind = VERDICT_DEFERRED,
        .recipient_fault = ours,
        .endpoint_fault = !ours,
        .reason = judge_reason(n->r->status, n->said, a),
    };
}

static void judge_meaning(const struct answer *n, const struct render_input *in,
                          enum chat_deed deed, struct arena *a,
                          struct verdict *v)
{
    bool elsewhere = deed != CHAT_POST; /* where the engage went */

    if (n->meaning == MEANS_OK) {
        judge_done(n, in, deed, a, v);
    } else if (elsewhere &&
               (n->meaning == MEANS_GONE || n->meaning == MEANS_CHANNEL)) {
        chat_anew(in, judge_reason(n->r->status, n->said, a), v);
    } else if (n->meaning == MEANS_CHANNEL || n->meaning == MEANS_ENDPOINT) {
        judge_fault(n, in, a, v);
    } else {
        judge_status(n, a, v);
        if (v->kind == VERDICT_REFUSED)
            chat_refused(in, v->reason, a, v);
    }
}

static void judge_read(const struct render_input *in, enum chat_deed deed,
                       const struct response *r, struct arena *a,
                       struct verdict *v)
{
    const struct mattermost *m = in->endpoint;
    struct answer n = answer_read(r, m->token.n == 0, a);

    judge_meaning(&n, in, deed, a, v);
}

void mattermost_judge(const struct render_input *in,
                      const struct request *sent unused, const struct response *r,
                      struct arena *a, struct verdict *v)
{
    struct chat_place began;

    chat_judge(in, mattermost_deed(in, &began), judge_read, r, a, v);
}

const struct json *mattermost_result(const struct response *r, struct arena *a,
                                     struct verdict *v)
{
    struct answer n;

    if (!judge_answered(r, a, v))
        return NULL;
    n = answer_read(r, false, a);
    if (n.meaning == MEANS_OK && n.j != NULL)
        return n.j;
    judge_status(&n, a, v);
    if (n.meaning == MEANS_CHANNEL || n.meaning == MEANS_ENDPOINT) {
        v->kind = VERDICT_DEFERRED;
        v->recipient_fault = n.meaning == MEANS_CHANNEL;
        v->endpoint_fault = !v->recipient_fault;
    }
    return NULL;
}
