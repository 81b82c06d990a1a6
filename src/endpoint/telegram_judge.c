/* telegram_judge.c -- what the Bot API's answers mean.
 * Source: core.telegram.org/bots/api, "Making requests", "ResponseParameters";
 * the descriptions are those of its server. */
#include "endpoint/telegram.h"

#include "base/limits.h"

#define RATE_WAIT_MS 30000 /* when 429 does not say how long */

enum meaning {
    MEANS_STATUS = 0, /* what its HTTP status says */
    MEANS_OK,
    MEANS_SAME,       /* the message to edit reads so already */
    MEANS_GONE,       /* the message to edit */
    MEANS_RECIPIENT,
    MEANS_MOVED,
};

static const struct {
    const char *words; /* of a description, in any case */
    enum meaning meaning;
} told[] = {
    {"message is not modified", MEANS_SAME},
    {"message to edit not found", MEANS_GONE},
    {"message can't be edited", MEANS_GONE},
    {"MESSAGE_ID_INVALID", MEANS_GONE},
    {"chat not found", MEANS_RECIPIENT},
    {"thread not found", MEANS_RECIPIENT},
    {"TOPIC_CLOSED", MEANS_RECIPIENT},
    {"TOPIC_DELETED", MEANS_RECIPIENT},
    {"group chat was deactivated", MEANS_RECIPIENT},
    {"user not found", MEANS_RECIPIENT},
    {"PEER_ID_INVALID", MEANS_RECIPIENT},
    {"CHAT_WRITE_FORBIDDEN", MEANS_RECIPIENT},
    {"CHAT_RESTRICTED", MEANS_RECIPIENT},
    {"not enough rights", MEANS_RECIPIENT},
    {"have no rights", MEANS_RECIPIENT},
    {"need administrator rights", MEANS_RECIPIENT},
};

/* --- reading -------------------------------------------------------------- */

struct answer {
    const struct response *r;
    const struct json *j, *parameters, *result; /* NULL: none */
    bool ok;
    struct str said;
    int64_t moved_to; /* 0: not */
    enum meaning meaning;
};

static enum meaning meaning_of(const struct answer *n)
{
    if (n->moved_to != 0)
        return MEANS_MOVED;
    for (size_t i = 0; i < COUNT_OF(told); i++) {
        if (text_says(n->said, told[i].words))
            return told[i].meaning;
    }
    /* Whatever else is forbidden: blocked, kicked, no member, deactivated. */
    return n->r->status == 403 && n->said.n > 0 ? MEANS_RECIPIENT : MEANS_STATUS;
}

/* "chat not found" of "Bad Request: chat not found": its status says the rest. */
static struct str description_of(const struct json *j)
{
    static const char *const phrases[] = {
        "Bad Request: ", "Forbidden: ", "Conflict: ", "Too Many Requests: ",
        "Internal Server Error: ",
    };
    struct str said = json_text(json_get(j, "description"));

    for (size_t i = 0; i < COUNT_OF(phrases); i++) {
        if (str_starts(said, phrases[i]))
            return str_from(said, strlen(phrases[i]));
    }
    return said;
}

static struct answer answer_read(const struct response *r, struct arena *a)
{
    struct answer n = {.r = r, .j = json_parse(a, r->body, NULL)};

    /* One that broke off: sending again would double. */
    n.ok = r->status / 100 == 2 &&
           (n.j != NULL ? json_bool_or(json_get(n.j, "ok"), false)
                        : answer_broke_off(r->body));
    n.parameters = json_get(n.j, "parameters");
    n.result = json_get(n.j, "result");
    n.said = description_of(n.j);
    n.moved_to = json_i64_or(json_get(n.parameters, "migrate_to_chat_id"), 0);
    n.meaning = n.ok ? MEANS_OK : meaning_of(&n);
    return n;
}

/* --- judging -------------------------------------------------------------- */

static int64_t wait_ms(const struct answer *n)
{
    int64_t s = json_i64_or(json_get(n->parameters, "retry_after"), 0);

    if (s > 0)
        return MIN(s, RETRY_AFTER_CAP_MS / 1000) * 1000;
    return n->r->retry_after_ms > 0 ? n->r->retry_after_ms : RATE_WAIT_MS;
}

/* As its status says. Telegram floods by the chat, and does not tell when it is
 * the whole bot; what is no answer of its own concerns everybody. */
static void judge_status(const struct answer *n, struct arena *a,
                         struct verdict *v)
{
    int status = n->r->status;

    judge_said(n->r, n->said, "Telegram's", a, v);
    if ((status == 401 || status == 404) && n->said.n > 0)
        v->reason = judge_reason(status,
                                 STR("the bot's token is not, or no longer, "
                                     "valid; ask @BotFather for it"), a);
    if (status != 429)
        return;
    v->retry_after_ms = wait_ms(n);
    v->recipient_fault = n->said.n > 0;
}

static struct chat_place place_of(const struct answer *n, struct arena *a)
{
    int64_t chat, message;

    if (!json_i64(json_get(json_get(n->result, "chat"), "id"), &chat) ||
        !json_i64(json_get(n->result, "message_id"), &message))
        return (struct chat_place){0};
    return (struct chat_place){arena_printf(a, "%lld", (long long)chat),
                               arena_printf(a, "%lld", (long long)message)};
}

static struct str moved_words(int64_t to, struct arena *a)
{
    return arena_printf(a, "the group is a supergroup now: put %lld into the "
                           "recipient's chat_id",
                        (long long)to);
}

/* What the operator should know of how it got there; "" when nothing. */
static struct str remark(const struct render_input *in, struct arena *a)
{
    bool plain = (in->step & CHAT_PLAIN) != 0;
    const struct telegram_recipient *r = in->recipient;
    struct str moved = STR_NONE;
    int64_t to;

    if (str_to_i64(in->carry, &to) && !str_eq(in->carry, r->chat_id))
        moved = moved_words(to, a);
    if (!plain)
        return moved;
    return arena_printf(a, "as plain text, since its markup was refused%s%.*s",
                        moved.n > 0 ? "; " : "", STR_ARG(moved));
}

static void judge_done(const struct answer *n, const struct render_input *in,
                       enum chat_deed deed, struct arena *a, struct verdict *v)
{
    struct chat_place place = place_of(n, a);

    chat_delivered(in, deed, n->r->status, &place, a, v);
    v->reason = judge_reason(n->r->status, n->ok ? remark(in, a) : n->said, a);
}

/* Sends it as a new message, to where the recipient is, or the group went. */
static void judge_anew(const struct answer *n, const struct render_input *in,
                       struct arena *a, struct verdict *v)
{
    bool moved = n->meaning == MEANS_MOVED;
    struct str said = moved ? moved_words(n->moved_to, a) : n->said;

    chat_anew(in, judge_reason(n->r->status, said, a), v);
    if (moved)
        v->carry = arena_printf(a, "%lld", (long long)n->moved_to);
}

static void judge_recipient(const struct answer *n, struct str said,
                            struct arena *a, struct verdict *v)
{
    v->kind = VERDICT_DEFERRED;
    v->recipient_fault = true;
    v->reason = judge_reason(n->r->status, said, a);
}

/* Where it goes is carried, not why it goes without markup. */
static void judge_refused(const struct render_input *in, struct arena *a,
                          struct verdict *v)
{
    chat_refused(in, v->reason, a, v);
    if (v->kind == VERDICT_AGAIN)
        v->carry = in->carry;
}

static void judge_told(const struct answer *n, const struct render_input *in,
                       enum chat_deed deed, struct arena *a,
                       struct verdict *v)
{
    bool elsewhere = deed != CHAT_POST; /* where the engage went */

    if (n->ok || (n->meaning == MEANS_SAME && deed == CHAT_EDIT)) {
        judge_done(n, in, deed, a, v);
    } else if (n->meaning == MEANS_MOVED || n->meaning == MEANS_RECIPIENT) {
        if (elsewhere || (n->meaning == MEANS_MOVED && in->carry.n == 0))
            judge_anew(n, in, a, v);
        else
            judge_recipient(n, n->said, a, v);
    } else if (n->meaning == MEANS_GONE && elsewhere) {
        judge_anew(n, in, a, v);
    } else {
        judge_status(n, a, v);
        if (v->kind == VERDICT_REFUSED)
            judge_refused(in, a, v);
    }
}

static void judge_read(const struct render_input *in, enum chat_deed deed,
                       const struct response *r, struct arena *a,
                       struct verdict *v)
{
    struct answer n = answer_read(r, a);

    judge_told(&n, in, deed, a, v);
}

void telegram_judge(const struct render_input *in,
                    const struct request *sent unused, const struct response *r,
                    struct arena *a, struct verdict *v)
{
    struct chat_place began;

    chat_judge(in, telegram_deed(in, &began), judge_read, r, a, v);
}

const struct json *telegram_result(const struct response *r, struct arena *a,
                                   struct verdict *v)
{
    struct answer n;

    if (!judge_answered(r, a, v))
        return NULL;
    n = answer_read(r, a);
    if (n.ok && n.result != NULL)
        return n.result;
    if (n.meaning == MEANS_RECIPIENT)
        judge_recipient(&n, n.said, a, v);
    else if (n.meaning == MEANS_MOVED)
        judge_recipient(&n, moved_words(n.moved_to, a), a, v);
    else
        judge_status(&n, a, v);
    return NULL;
}
