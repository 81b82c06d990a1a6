/* slack.c -- Slack's incoming webhooks (words in plain text) and its Web API (200 and
 * ok:false): limits of blocks, edits that are over, channels that are archived. */
#include "fake/own.h"

#define BOT_TOKEN "xoxb-fake-0123456789-abcdef"
#define TOKEN "Bearer " BOT_TOKEN
#define HOOK "T00000000"
#define CHANNEL "C0123456789"
#define NAME "#noc"

static void api(struct fake *f, struct fake_answer *out, const char *error)
{
    fake_say(f, out, 200, "application/json", "{\"ok\":false,\"error\":\"%s\"}", error);
}

static void hook(struct fake *f, struct fake_answer *out, int status, const char *word)
{
    fake_say(f, out, status, "text/plain", "%s", word);
}

/* --- what a message may hold -------------------------------------------------------- */

/* 1..max characters, and of a type that the place takes. */
static bool text_ok(const struct json *t, size_t max)
{
    struct str type = json_text(json_get(t, "type"));
    struct str text = json_text(json_get(t, "text"));

    if (!str_is(type, "mrkdwn") && !str_is(type, "plain_text"))
        return false;
    /* "verbatim" is mrkdwn's, "emoji" is plain_text's. */
    if (json_get(t, str_is(type, "mrkdwn") ? "emoji" : "verbatim") != NULL)
        return false;
    return text.n > 0 && fake_utf16(text) <= max;
}

static bool each_text_ok(const struct json *list, size_t most, size_t max)
{
    if (!json_is(list, JSON_ARRAY) || list->count == 0 || list->count > most)
        return false;
    for (const struct json *t = list->first; t != NULL; t = t->next)
        if (!text_ok(t, max))
            return false;
    return true;
}

static bool section_ok(const struct json *b)
{
    const struct json *text = json_get(b, "text"), *fields = json_get(b, "fields");

    return (text != NULL || fields != NULL) && (text == NULL || text_ok(text, 3000)) &&
           (fields == NULL || each_text_ok(fields, 10, 2000));
}

static bool block_ok(const struct json *b)
{
    struct str type = json_text(json_get(b, "type"));
    const struct json *text = json_get(b, "text");

    if (str_is(type, "header"))
        return str_is(json_text(json_get(text, "type")), "plain_text") &&
               text_ok(text, 150);
    if (str_is(type, "section"))
        return section_ok(b);
    if (str_is(type, "context"))
        return each_text_ok(json_get(b, "elements"), 10, 3000);
    return str_is(type, "divider");
}

static const char *blocks_fault(const struct json *blocks)
{
    if (blocks == NULL)
        return NULL;
    if (!json_is(blocks, JSON_ARRAY) || blocks->count > 50)
        return "invalid_blocks";
    for (const struct json *b = blocks->first; b != NULL; b = b->next)
        if (!block_ok(b))
            return "invalid_blocks";
    return NULL;
}

#define WHOLE_MAX 13000 /* characters of all blocks; not documented, but seen */

static const char *message_fault(const struct json *body, struct str raw)
{
    const struct json *attachments = json_get(body, "attachments");
    struct str text = json_text(json_get(body, "text"));
    const char *fault = blocks_fault(json_get(body, "blocks"));

    for (const struct json *a = attachments ? attachments->first : NULL; a; a = a->next)
        if (fault == NULL)
            fault = blocks_fault(json_get(a, "blocks"));
    if (fault != NULL)
        return fault;
    if (attachments != NULL && attachments->count > 100)
        return "too_many_attachments";
    if (fake_points(text) > 40000)
        return "msg_too_long";
    if (fake_points(raw) > WHOLE_MAX + 4000)
        return "msg_blocks_too_long";
    if (text.n == 0 && attachments == NULL && json_get(body, "blocks") == NULL)
        return "no_text";
    return NULL;
}

/* --- webhooks ------------------------------------------------------------------------- */

static bool hook_failing(struct fake *f, struct fake_answer *out)
{
    static const struct {
        enum fault fault;
        int status;
        const char *word;
    } rows[] = {
        {FAULT_LIMITED, 429, "rate_limited"},
        {FAULT_BROKEN, 500, "rollup_error"},
        {FAULT_REVOKED, 403, "invalid_token"},
        {FAULT_PLACE_GONE, 410, "channel_is_archived"},
        {FAULT_REFUSED, 400, "invalid_blocks"},
    };

    if (f->fault == FAULT_PAGE) {
        fake_say_page(f, out, 503);
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (f->fault == rows[i].fault) {
            hook(f, out, rows[i].status, rows[i].word);
            out->retry_after_s = f->fault == FAULT_LIMITED ? 3 : 0;
            return true;
        }
    return false;
}

static struct str new_ts(struct fake *f)
{
    return arena_printf(&f->scratch, "1606141256.%06llu",
                        (unsigned long long)fake_number(f));
}

static void hook_answer(struct fake *f, const struct fake_request *r,
                        const struct str *parts, size_t n, struct fake_answer *out)
{
    const struct json *body = fake_json(f, r);
    const char *fault = body != NULL ? message_fault(body, r->body) : "invalid_payload";

    if (n != 4 || !str_is(parts[1], HOOK))
        hook(f, out, 404, "no_team");
    else if (hook_failing(f, out))
        return;
    else if (fake_over_limit(f, r->now_ms, 5, 5000)) {
        hook(f, out, 429, "rate_limited");
        out->retry_after_s = 1;
    } else if (fault != NULL)
        hook(f, out, 400, fault);
    else if (fake_keep(f, new_ts(f), STR(CHANNEL), STR_NONE, r->body) == NULL)
        hook(f, out, 500, "rollup_error");
    else
        hook(f, out, 200, "ok");
}

/* --- the Web API ------------------------------------------------------------------------ */

static void say_posted(struct fake *f, struct fake_answer *out,
                       const struct fake_post *p)
{
    fake_say(f, out, 200, "application/json",
             "{\"ok\":true,\"channel\":\"" CHANNEL "\",\"ts\":\"%.*s\",\"message\":"
             "{\"type\":\"message\",\"bot_id\":\"B012\"}}",
             STR_ARG(p->id));
}

static void post(struct fake *f, const struct fake_request *r, const struct json *body,
                 struct fake_answer *out)
{
    struct str channel = json_text(json_get(body, "channel"));
    const char *fault = message_fault(body, r->body);
    struct fake_post *p;

    if (!str_is(channel, CHANNEL) && !str_is(channel, NAME)) {
        api(f, out, "channel_not_found");
        return;
    }
    if (fault != NULL) {
        api(f, out, fault);
        return;
    }
    /* An unknown thread_ts is taken: the message then stands alone. */
    p = fake_keep(f, new_ts(f), STR(CHANNEL), json_text(json_get(body, "thread_ts")),
                  r->body);
    if (p == NULL)
        api(f, out, "fatal_error");
    else
        say_posted(f, out, p);
}

static void update(struct fake *f, const struct fake_request *r,
                   const struct json *body, struct fake_answer *out)
{
    struct fake_post *p = fake_find(f, json_text(json_get(body, "ts")));
    const char *fault = message_fault(body, r->body);

    if (!str_is(json_text(json_get(body, "channel")), CHANNEL))
        api(f, out, "channel_not_found"); /* a name is not taken here */
    else if (p == NULL || p->gone)
        api(f, out, "message_not_found");
    else if (fault != NULL)
        api(f, out, fault);
    else {
        fake_change(f, p, r->body);
        say_posted(f, out, p);
    }
}

static bool api_failing(struct fake *f, const struct fake_request *r,
                        struct fake_answer *out)
{
    if (f->fault == FAULT_LIMITED || fake_over_limit(f, r->now_ms, 5, 5000)) {
        fake_say(f, out, 429, "application/json",
                 "{\"ok\":false,\"error\":\"ratelimited\"}");
        out->retry_after_s = 3;
    } else if (f->fault == FAULT_BROKEN)
        api(f, out, "internal_error");
    else if (f->fault == FAULT_PAGE)
        fake_say_page(f, out, 503);
    else if (f->fault == FAULT_REVOKED)
        api(f, out, "token_revoked");
    else if (f->fault == FAULT_PLACE_GONE)
        api(f, out, "is_archived");
    else if (f->fault == FAULT_REFUSED)
        api(f, out, "invalid_blocks");
    else
        return false;
    return true;
}

static void ask(struct fake *f, struct str method, struct fake_answer *out)
{
    if (str_is(method, "auth.test"))
        fake_say(f, out, 200, "application/json",
                 "{\"ok\":true,\"url\":\"https://example.slack.com/\",\"team\":"
                 "\"Example\",\"user\":\"tocsin\",\"team_id\":\"T00000000\","
                 "\"user_id\":\"U012\",\"bot_id\":\"B012\"}");
    else if (str_is(method, "conversations.list"))
        fake_say(f, out, 200, "application/json",
                 "{\"ok\":true,\"channels\":[{\"id\":\"" CHANNEL "\",\"name\":\"noc\","
                 "\"is_private\":false,\"is_member\":true},{\"id\":\"C0000000002\","
                 "\"name\":\"soc\",\"is_private\":true,\"is_member\":false}],"
                 "\"response_metadata\":{\"next_cursor\":\"\"}}");
    else
        api(f, out, "unknown_method");
}

static void api_answer(struct fake *f, const struct fake_request *r, struct str method,
                       struct fake_answer *out)
{
    const struct json *body = fake_json(f, r);
    bool posts = str_is(method, "chat.postMessage"), edits = str_is(method, "chat.update");

    if (r->authorization.n == 0)
        api(f, out, "not_authed");
    else if (!str_is(r->authorization, TOKEN))
        api(f, out, "invalid_auth");
    else if (api_failing(f, r, out))
        return;
    else if (!posts && !edits)
        ask(f, method, out);
    else if (body == NULL || !str_starts(r->content_type, "application/json"))
        api(f, out, "invalid_json");
    else if (posts)
        post(f, r, body, out);
    else
        update(f, r, body, out);
}

static void slack_answer(struct fake *f, const struct fake_request *r,
                         struct fake_answer *out)
{
    struct str parts[FAKE_PARTS_MAX];
    size_t n = fake_parts(r->path, parts);

    if (n >= 2 && str_is(parts[0], "services"))
        hook_answer(f, r, parts, n, out);
    else if (n == 2 && str_is(parts[0], "api"))
        api_answer(f, r, parts[1], out);
    else
        fake_say_page(f, out, 404);
}

/* --- as people see it -------------------------------------------------------------------- */

static void text_show(struct buf *to, const struct json *t)
{
    struct str text = json_text(json_get(t, "text"));

    if (str_is(json_text(json_get(t, "type")), "plain_text"))
        buf_str(to, text);
    else
        show_mrkdwn(to, text);
}

static void show_one(struct buf *to, const struct json *t)
{
    struct buf line freed_by(buf_release) = BUF(65536);

    text_show(&line, t);
    show_line(to, buf_view(&line));
}

/* A label and what is below it, beside each other as there is room. */
static void show_field(struct buf *to, const struct json *t)
{
    struct buf lines freed_by(buf_release) = BUF(65536);
    struct buf line freed_by(buf_release) = BUF(65536);
    struct str rest, label;

    text_show(&lines, t);
    rest = buf_view(&lines);
    label = str_until(&rest, '\n');
    buf_str(&line, label);
    buf_text(&line, rest.n > 0 ? "  " : "");
    buf_str(&line, rest);
    show_line(to, buf_view(&line));
}

static void show_blocks(struct buf *to, const struct json *blocks)
{
    for (const struct json *b = blocks ? blocks->first : NULL; b; b = b->next) {
        const struct json *fields = json_get(b, "fields");
        const struct json *elements = json_get(b, "elements");

        show_one(to, json_get(b, "text"));
        for (const struct json *t = fields ? fields->first : NULL; t; t = t->next)
            show_field(to, t);
        for (const struct json *t = elements ? elements->first : NULL; t; t = t->next)
            show_one(to, t);
    }
}

/* The text is what is shown where there are no blocks. */
static void slack_show(const struct fake_post *p, struct arena *a, struct buf *to)
{
    struct error err;
    const struct json *body = json_parse(a, p->body, &err);
    const struct json *attachments = json_get(body, "attachments");
    struct buf line freed_by(buf_release) = BUF(65536);

    show_blocks(to, json_get(body, "blocks"));
    for (const struct json *t = attachments ? attachments->first : NULL; t; t = t->next)
        show_blocks(to, json_get(t, "blocks"));
    if (to->n > 0)
        return;
    show_mrkdwn(&line, json_text(json_get(body, "text")));
    show_line(to, buf_view(&line));
}

const struct fake_vendor fake_slack = {
    .name = "slack",
    .title = "Slack",
    .endpoint = "{\"bot_token\": \"" BOT_TOKEN "\", \"api_url\": "
                "\"http://127.0.0.1:{port}/api\", \"allow_private\": true}",
    .recipient = "{\"channel\": \"" CHANNEL "\"}",
    .answer = slack_answer,
    .show = slack_show,
};
