/* slack_judge.c -- what Slack's answers mean: the API's, which say it in JSON with
 * status 200, and a webhook's, which say it in a word.
 * Source: docs.slack.dev, the errors of chat.postMessage and chat.update,
 * "Sending messages using incoming webhooks", "Rate limits". */
#include "endpoint/slack.h"

#include "base/limits.h"

#define RATE_WAIT_MS 30000 /* when nothing says how long */

enum meaning {
    MEANS_STATUS = 0, /* what its HTTP status says */
    MEANS_OK,
    MEANS_MESSAGE, /* this message can not be taken as it is */
    MEANS_GONE,    /* the message to edit or answer */
    MEANS_CHANNEL,
    MEANS_ENDPOINT,
    MEANS_RATE,
    MEANS_LATER,
    MEANS_DOUBT, /* it went wrong, perhaps after it was posted */
};

static const struct {
    const char *error;
    enum meaning meaning;
    const char *advice;
} errors[] = {
    {"invalid_auth", MEANS_ENDPOINT, "the token is wrong, or used from an address "
                                     "that is not allowed"},
    {"not_authed", MEANS_ENDPOINT, ""},
    {"account_inactive", MEANS_ENDPOINT, "the app was removed"},
    {"token_revoked", MEANS_ENDPOINT, "install the app again and give its new "
                                      "token"},
    {"token_expired", MEANS_ENDPOINT, "turn off the app's token rotation"},
    {"missing_scope", MEANS_ENDPOINT, ""},
    {"not_allowed_token_type", MEANS_ENDPOINT, ""},
    {"no_permission", MEANS_ENDPOINT, ""},
    {"access_denied", MEANS_ENDPOINT, ""},
    {"accesslimited", MEANS_ENDPOINT, ""},
    {"ekm_access_denied", MEANS_ENDPOINT, ""},
    {"enterprise_is_restricted", MEANS_ENDPOINT, ""},
    {"org_login_required", MEANS_ENDPOINT, ""},
    {"team_access_not_granted", MEANS_ENDPOINT, ""},
    {"two_factor_setup_required", MEANS_ENDPOINT, ""},
    {"action_prohibited", MEANS_ENDPOINT, "an administrator forbids it"},
    {"invalid_token", MEANS_ENDPOINT, "copy the webhook's URL again"},
    {"no_service", MEANS_ENDPOINT, "the webhook was removed; make a new one"},
    {"no_service_id", MEANS_ENDPOINT, "copy the webhook's URL again"},
    {"no_active_hooks", MEANS_ENDPOINT, "the webhook is disabled"},
    {"no_team", MEANS_ENDPOINT, "copy the webhook's URL again"},
    {"team_disabled", MEANS_ENDPOINT, "the workspace is gone"},

    {"channel_not_found", MEANS_CHANNEL, "no such channel, or a private one the "
                                         "bot was not invited to"},
    {"not_in_channel", MEANS_CHANNEL, "invite the bot to the channel"},
    {"is_archived", MEANS_CHANNEL, "the channel is archived"},
    {"channel_is_archived", MEANS_CHANNEL, ""},
    {"is_inactive", MEANS_CHANNEL, "the channel is frozen, archived or deleted"},
    {"user_not_found", MEANS_CHANNEL, ""},
    {"cannot_dm_bot", MEANS_CHANNEL, ""},
    {"messages_tab_disabled", MEANS_CHANNEL, ""},
    {"team_not_found", MEANS_CHANNEL, ""},
    {"posting_to_general_channel_denied", MEANS_CHANNEL, ""},
    {"restricted_action", MEANS_CHANNEL, "the workspace's settings forbid it"},
    {"restricted_action_read_only_channel", MEANS_CHANNEL, ""},
    {"restricted_action_thread_only_channel", MEANS_CHANNEL, ""},
    {"restricted_action_non_threadable_channel", MEANS_CHANNEL, ""},
    {"restricted_action_thread_locked", MEANS_CHANNEL, ""},

    {"message_not_found", MEANS_GONE, ""},
    {"cant_update_message", MEANS_GONE, ""},
    {"edit_window_closed", MEANS_GONE, ""},
    {"thread_not_found", MEANS_GONE, ""},
    {"cannot_reply_to_message", MEANS_GONE, ""},

    {"ratelimited", MEANS_RATE, ""},
    {"rate_limited", MEANS_RATE, ""},

    {"internal_error", MEANS_DOUBT, ""},
    {"fatal_error", MEANS_DOUBT, ""},
    {"service_unavailable", MEANS_LATER, ""},
    {"request_timeout", MEANS_LATER, ""},
    {"rollup_error", MEANS_LATER, ""},
    {"update_failed", MEANS_LATER, ""},
    {"external_channel_migrating", MEANS_LATER, ""},
    {"message_limit_exceeded", MEANS_LATER, ""},
    {"team_added_to_org", MEANS_LATER, ""},
};

/* --- reading -------------------------------------------------------------- */

struct answer {
    const struct response *r;
    bool hook;
    const struct json *j; /* NULL: no JSON */
    struct str error;     /* "channel_not_found" */
    struct str said;      /* the same with what to do, for people */
    enum meaning meaning;
};

/* "invalid_blocks" alone says little: why is elsewhere. So is what is missing. */
static struct str words_of(const struct answer *n, const char *advice,
                           struct arena *a)
{
    const struct json *about = json_get(n->j, "response_metadata");
    const struct json *messages = json_get(about, "messages");
    struct str needed = json_text(json_get(n->j, "needed"));
    struct str why = STR_NONE;

    if (json_is(messages, JSON_ARRAY))
        why = json_text(messages->first);
    if (needed.n > 0)
        return arena_printf(a, "%.*s: give the app the scope %.*s and install it "
                               "again",
                            STR_ARG(n->error), STR_ARG(needed));
    if (advice[0] != '\0')
        return arena_printf(a, "%.*s: %s", STR_ARG(n->error), advice);
    if (why.n == 0)
        return n->error;
    return arena_printf(a, "%.*s: %.*s", STR_ARG(n->error), STR_ARG(why));
}

/* An unknown error of the API's is about what was sent. */
static void error_read(struct answer *n, struct arena *a)
{
    const char *advice = "";

    if (n->j != NULL && n->error.n > 0)
        n->meaning = MEANS_MESSAGE;
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        if (!str_is(n->error, errors[i].error))
            continue;
        n->meaning = errors[i].meaning;
        advice = errors[i].advice;
    }
    n->said = words_of(n, advice, a);
}

/* Of an answer that broke off its beginning decides: sending again would double. */
static bool is_ok(const struct answer *n)
{
    if (n->r->status / 100 != 2)
        return false;
    if (n->hook)
        return str_is(str_trim(n->r->body), "ok");
    return n->j != NULL ? json_bool_or(json_get(n->j, "ok"), false)
                        : str_starts(n->r->body, "{\"ok\":true,");
}

static struct answer answer_read(const struct response *r, bool hook,
                                 struct arena *a)
{
    struct answer n = {.r = r, .hook = hook};

    if (!hook)
        n.j = json_parse(a, r->body, NULL);
    if (is_ok(&n)) {
        n.meaning = MEANS_OK;
        return n;
    }
    n.error = hook ? str_trim(r->body) : json_text(json_get(n.j, "error"));
    error_read(&n, a);
    return n;
}

/* --- judging -------------------------------------------------------------- */

/* With the status, unless that says "200 OK" of what is not. */
static struct str reason_of(const struct answer *n, struct str said,
                            struct arena *a)
{
    bool fine = n->r->status / 100 == 2 && n->meaning != MEANS_OK;

    return judge_reason(fine && said.n > 0 ? 0 : n->r->status, said, a);
}

/* What is neither about the message nor about one before it. */
static void judge_fault(const struct answer *n, struct arena *a, struct verdict *v)
{
    int64_t wait_ms = n->r->retry_after_ms;
    bool ours = n->meaning == MEANS_CHANNEL || n->meaning == MEANS_RATE;

    *v = (struct verdict){
        .kind = VERDICT_DEFERRED,
        .recipient_fault = ours && !n->hook,
        .endpoint_fault = n->meaning == MEANS_ENDPOINT ||
                          (n->meaning == MEANS_CHANNEL && n->hook),
        .doubtful = n->meaning == MEANS_DOUBT,
        .reason = reason_of(n, n->said, a),
    };
    if (n->meaning == MEANS_RATE)
        v->retry_after_ms = wait_ms > 0 ? wait_ms : RATE_WAIT_MS;
    else if (n->meaning == MEANS_LATER || n->meaning == MEANS_DOUBT)
        v->retry_after_ms = wait_ms;
}

static void judge_done(const struct answer *n, const struct render_input *in,
                       enum chat_deed deed, struct arena *a, struct verdict *v)
{
    struct chat_place place = {json_text(json_get(n->j, "channel")),
                               json_text(json_get(n->j, "ts"))};

    chat_delivered(in, deed, n->r->status, &place, a, v);
}

static void judge_meaning(const struct answer *n, const struct render_input *in,
                          enum chat_deed deed, struct arena *a,
                          struct verdict *v)
{
    bool elsewhere = deed != CHAT_POST; /* where the engage went */
    struct str why = reason_of(n, n->said, a);

    switch (n->meaning) {
    case MEANS_OK:
        judge_done(n, in, deed, a, v);
        return;
    case MEANS_CHANNEL:
        if (elsewhere)
            chat_anew(in, why, v);
        else
            judge_fault(n, a, v);
        return;
    case MEANS_GONE:
        if (elsewhere)
            chat_anew(in, why, v);
        else
            chat_refused(in, why, a, v);
        return;
    case MEANS_MESSAGE:
        chat_refused(in, why, a, v);
        return;
    case MEANS_ENDPOINT:
    case MEANS_RATE:
    case MEANS_LATER:
    case MEANS_DOUBT:
        judge_fault(n, a, v);
        return;
    case MEANS_STATUS:
        judge_said(n->r, n->said, "Slack's", a, v);
        if (v->kind == VERDICT_REFUSED)
            chat_refused(in, why, a, v);
        return;
    }
}

static void judge_read(const struct render_input *in, enum chat_deed deed,
                       const struct response *r, struct arena *a,
                       struct verdict *v)
{
    const struct slack *s = in->endpoint;
    struct answer n = answer_read(r, s->bot_token.n == 0, a);

    judge_meaning(&n, in, deed, a, v);
}

void slack_judge(const struct render_input *in, const struct request *sent unused,
                 const struct response *r, struct arena *a, struct verdict *v)
{
    struct chat_place began;

    chat_judge(in, slack_deed(in, &began), judge_read, r, a, v);
}

const struct json *slack_result(const struct response *r, struct arena *a,
                                struct verdict *v)
{
    struct render_input none = {.step = CHAT_PLAIN}; /* there is none to ask */
    struct answer n;

    if (!judge_answered(r, a, v))
        return NULL;
    n = answer_read(r, false, a);
    if (n.meaning == MEANS_OK && n.j != NULL)
        return n.j;
    if (n.meaning == MEANS_OK)
        n.meaning = MEANS_STATUS;
    judge_meaning(&n, &none, CHAT_POST, a, v);
    return NULL;
}
