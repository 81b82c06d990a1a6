/* wechat.c -- a WeCom (WeChat Work) group robot: markdown or text into its group.
 * The vendor's page: https://developer.work.weixin.qq.com/document/path/91770 */
#include "endpoint/chat_steps.h"

#include "base/limits.h"

#define HOST "qyapi.weixin.qq.com"
#define PATH_PREFIX "https://" HOST "/cgi-bin/webhook/send?key="
#define MARKDOWN_MAX 4096 /* bytes, as all of WeCom's limits */
#define TEXT_LENGTH_MAX 2048
#define USER_ID_MAX 64
#define FREQUENCY_WAIT_MS 60000
#define AS_TEXT 1 /* the step after markdown was refused */

static const char *const hosts[] = {HOST, NULL};

struct wechat {
    struct str url;
    bool allow_private;
    struct str ca_file;
};

enum msgtype { MSGTYPE_MARKDOWN, MSGTYPE_TEXT };
static const char *const msgtypes[] = {"markdown", "text", NULL};

struct wechat_to {
    int msgtype;
    struct str_list mentioned_list;
};

static const struct field wechat_fields[] = {
    {TEXT(struct wechat, url),
     .label = "Webhook URL", .secret = true, .min = 8, .max = 2000,
     .format = "uri",
     .help = "The group robot's address, as " PATH_PREFIX "...; who knows it can "
             "write to the group."},
    {FLAG(struct wechat, allow_private),
     .label = "Allow other servers", .fallback = "false",
     .help = "For proxies and test servers: any address, also in your own "
             "network."},
    CA_FILE(struct wechat),
    FIELDS_END,
};

static const struct field wechat_to_fields[] = {
    {CHOICE(struct wechat_to, msgtype),
     .label = "Message type", .fallback = "markdown", .choices = msgtypes,
     .help = "markdown: with colours and links. text: plain, which personal "
             "WeChat shows too, and can mention people."},
    {LIST(struct wechat_to, mentioned_list),
     .label = "Mention", .optional = true, .max = USER_ID_MAX,
     .help = "For text: ids of members to mention, or @all."},
    FIELDS_END,
};

static bool is_user_id(struct str s)
{
    bool fine = s.n > 0 && s.p[0] != '@';

    for (size_t i = 0; i < s.n; i++)
        fine = fine && s.p[i] > ' ' && s.p[i] <= '~' &&
               strchr("<>\"'`,;", s.p[i]) == NULL;
    return fine || str_is(s, "@all");
}

static bool mentions_check(const struct wechat_to *to, struct error *err)
{
    if (to->mentioned_list.n > 0 && to->msgtype != MSGTYPE_TEXT)
        return check_refuse(err, "mentioned_list", "needs the message type text");
    for (size_t i = 0; i < to->mentioned_list.n; i++) {
        if (is_user_id(to->mentioned_list.v[i]))
            continue;
        error_set(err, "is no id of a member, nor @all");
        error_at_index(err, i);
        return error_at(err, "mentioned_list");
    }
    return true;
}

static bool wechat_check(const void *endpoint, const void *recipient,
                         struct error *err)
{
    const struct wechat *w = endpoint;

    if (recipient != NULL && !mentions_check(recipient, err))
        return false;
    if (w == NULL)
        return true;
    if (!check_vendor_url(w->url, "url", hosts, w->allow_private, err))
        return false;
    if (w->allow_private ||
        (str_starts(w->url, PATH_PREFIX) && w->url.n > strlen(PATH_PREFIX)))
        return true;
    return check_refuse(err, "url",
                        "must be the robot's whole address: " PATH_PREFIX "...");
}

/* --- the message --------------------------------------------------------------- */

static void grey(struct buf *to, struct str cleaned)
{
    buf_text(to, "<font color=\"comment\">");
    escape_wecom(to, cleaned);
    buf_text(to, "</font>");
}

static void link_to(struct buf *to, struct str url, const char *label)
{
    buf_printf(to, "[%s](%.*s)", label, STR_ARG(url));
}

static const struct markup text_markup = {
    .unit = UNIT_BYTES,
    .escape = escape_wecom,
    .code = escape_wecom,
    .bold = "",
    .bold_end = "",
    .line = "\n",
};

/* WeCom has three colours; the title has that of the severity. */
static struct markup markdown_in(const char *heading)
{
    return (struct markup){
        .unit = UNIT_BYTES,
        .escape = escape_wecom,
        .code = grey,
        .link = link_to,
        .bold = heading,
        .bold_end = "</font>",
        .line = "\n",
    };
}

#define HEADING(colour) "## <font color=\"" colour "\">"

static const char *heading(const struct render_input *in)
{
    enum severity worst;

    if (!chat_is_on(in, &worst))
        return HEADING("info");
    if (worst >= SEVERITY_WARNING)
        return HEADING("warning");
    return worst >= SEVERITY_NOTICE ? HEADING("info") : HEADING("comment");
}

static void write_content(const struct render_input *in, bool markdown,
                          struct arena *a, struct buf *to)
{
    struct markup k = markdown ? markdown_in(heading(in)) : text_markup;
    size_t max = markdown ? MARKDOWN_MAX : TEXT_LENGTH_MAX;
    struct message *messages = chat_messages(in, a);

    if (in->count == 1 && in->items[0].phase == PHASE_RELEASE)
        chat_follow_up(messages, in->items[0].alert, a);
    chat_text(&k, messages, in, max, a, to);
}

static void write_body(const struct render_input *in, struct arena *a,
                       struct json_out *o)
{
    const struct wechat_to *to = in->recipient;
    bool markdown = to->msgtype == MSGTYPE_MARKDOWN && in->step != AS_TEXT;
    const char *msgtype = msgtypes[markdown ? MSGTYPE_MARKDOWN : MSGTYPE_TEXT];
    struct buf content freed_by(buf_release) = BUF(REQUEST_MAX);

    write_content(in, markdown, a, &content);
    out_object(o, NULL);
    out_text(o, "msgtype", msgtype);
    out_object(o, msgtype);
    out_str(o, "content", buf_view(&content));
    if (!markdown && to->mentioned_list.n > 0 &&
        chat_calls(in, SEVERITY_NONE)) {
        out_array(o, "mentioned_list");
        for (size_t i = 0; i < to->mentioned_list.n; i++)
            out_str(o, NULL, to->mentioned_list.v[i]);
        out_array_end(o);
    }
    out_object_end(o);
    out_object_end(o);
}

static bool wechat_render(const struct render_input *in, struct arena *a,
                          struct request *out, struct error *err)
{
    const struct wechat *w = in->endpoint;
    struct buf b freed_by(buf_release) = BUF(REQUEST_MAX);
    struct json_out o = JSON_OUT(&b);

    render_post(out, w->url, w->allow_private, w->ca_file);
    write_body(in, a, &o);
    return render_kept(&b, a, &out->http.body, err);
}

/* --- the answer ----------------------------------------------------------------- */

enum meaning { IS_DONE, IS_BUSY, IS_TOO_MANY, IS_DEAD_ROBOT, IS_BAD_MESSAGE };

/* The status is always 200; errcode says how it went. */
static enum meaning meaning_of(int64_t errcode)
{
    switch (errcode) {
    case 0:
        return IS_DONE;
    case 45009: /* api freq out of limit */
        return IS_TOO_MANY;
    case 40008: /* invalid message type */
    case 40058: /* invalid parameter, also: content exceed max length */
    case 44004: /* empty content */
    case 45002: /* content too long */
        return IS_BAD_MESSAGE;
    default: /* 93000: invalid webhook url; 93008, 93017 ...: the robot is gone */
        return errcode / 1000 == 93 ? IS_DEAD_ROBOT : IS_BUSY; /* -1, others */
    }
}

static void judge_errcode(int64_t errcode, bool may_degrade, struct verdict *v)
{
    switch (meaning_of(errcode)) {
    case IS_DONE:
        v->kind = VERDICT_DELIVERED;
        return;
    case IS_TOO_MANY:
        v->kind = VERDICT_DEFERRED;
        v->retry_after_ms = FREQUENCY_WAIT_MS;
        return;
    case IS_DEAD_ROBOT:
        v->kind = VERDICT_DEFERRED;
        v->endpoint_fault = true;
        return;
    case IS_BAD_MESSAGE:
        v->kind = may_degrade ? VERDICT_AGAIN : VERDICT_REFUSED;
        v->step = may_degrade ? AS_TEXT : 0;
        return;
    case IS_BUSY:
        v->kind = VERDICT_DEFERRED;
        return;
    }
}

static void judge_body(const struct render_input *in, const struct response *r,
                       struct arena *a, struct verdict *v)
{
    const struct wechat_to *to = in->recipient;
    bool may_degrade = in->step != AS_TEXT && to != NULL &&
                       to->msgtype == MSGTYPE_MARKDOWN;
    const struct json *body = json_parse(a, r->body, NULL);
    int64_t errcode = json_i64_or(json_get(body, "errcode"), INT64_MIN);
    struct str said = judge_reason(0, json_text(json_get(body, "errmsg")), a);

    *v = (struct verdict){0};
    if (errcode == INT64_MIN) { /* a proxy's page, mostly */
        judge_foreign(r, "WeCom's", a, v);
        return;
    }
    judge_errcode(errcode, may_degrade, v);
    v->reason = judge_reason(
        0, arena_printf(a, "errcode %lld: %.*s", (long long)errcode, STR_ARG(said)),
        a);
}

static void judge_read(const struct render_input *in, enum chat_deed deed unused,
                       const struct response *r, struct arena *a,
                       struct verdict *v)
{
    if (r->status / 100 == 2)
        judge_body(in, r, a, v);
    else
        judge_answer(r, a, v);
}

static void wechat_judge(const struct render_input *in,
                         const struct request *sent unused,
                         const struct response *r, struct arena *a,
                         struct verdict *v)
{
    chat_judge(in, CHAT_POST, judge_read, r, a, v);
}

const struct endpoint_type endpoint_wechat = {
    .name = "wechat",
    .title = "WeChat",
    .help = "Writes to a WeCom (WeChat Work) group through its group robot.",
    .via = VIA_HTTP,
    .batch_max = 20,
    .together_max = TOGETHER_MAX,
    .repeats_show = true,
    .own_words = true,
    .rate_per_s = 0.25, /* with the burst never more than 20 in a minute */
    .rate_burst = 5,
    .endpoint_size = sizeof(struct wechat),
    .recipient_size = sizeof(struct wechat_to),
    .endpoint_fields = wechat_fields,
    .recipient_fields = wechat_to_fields,
    .check = wechat_check,
    .render = wechat_render,
    .judge = wechat_judge,
};
